from alembic import op

revision = "e5"
down_revision = "c3"


def upgrade():
    op.execute("alter table orders add column half int")
    op.execute("select 1 / 0")


def downgrade():
    op.execute("select 1")
