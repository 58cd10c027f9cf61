import sqlalchemy as sa
from alembic import op

revision = "c3"
down_revision = "b2"


def upgrade():
    op.add_column("orders", sa.Column("cents", sa.BigInteger))
    # What Python does with the rows is what no SQL that was stored could do.
    rows = op.get_bind().execute(sa.text("select id, price from orders")).all()
    for row in rows:
        op.get_bind().execute(sa.text("update orders set cents = :cents where id = :id"), {"cents": int(row.price * 100), "id": row.id})
    op.drop_column("orders", "price")


def downgrade():
    op.add_column("orders", sa.Column("price", sa.Numeric))
    op.execute("update orders set price = cents / 100.0")
    op.drop_column("orders", "cents")
