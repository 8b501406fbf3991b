"""Owns how Alembic runs: on the connection that the journal opened, in its transaction."""

from alembic import context

from facilitate.migrations import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
