from alembic import op

revision = "d4"
down_revision = "b2"


def upgrade():
    op.execute("select 1")


def downgrade():
    op.execute("select 1")
