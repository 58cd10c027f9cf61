import os

from alembic import context
from sqlalchemy import create_engine

# libpq reads host, role and password from the service file that the run brings.
engine = create_engine("postgresql+psycopg2:///?service=" + os.environ["PGSERVICE"])
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
