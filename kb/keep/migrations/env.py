"""Alembic's entry: one connection, every migration in a transaction."""

from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from kb.keep import store

METADATA = SQLModel.metadata if store.TABLES else None  # the tables are known once imported

engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
