"""Alembic's entry: one connection, each migration in a transaction of its own."""

from alembic import context
from sqlmodel import SQLModel

from kb.keep import store

METADATA = SQLModel.metadata if store.TABLES else None  # the tables are known once imported

engine = store.engine_of(context.config.attributes["store"])
with engine.connect().execution_options(kb_writes=True) as connection:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        # Alembic takes SQLite for a database that cannot undo a change of tables. It can, where
        # the transaction is begun by hand, as `engine_of` does.
        transactional_ddl=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
