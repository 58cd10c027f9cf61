import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Text, primary_key=True), sa.Column("price", sa.Numeric, nullable=False))


def downgrade():
    op.drop_table("orders")
