"""What shows a damaged entry; who of the staff opened what; what was removed, so that nothing brings it back."""

import sqlalchemy as db
from alembic import op

revision = "0005"
down_revision = "0004"


def _text(name: str) -> db.Column[str]:
    return db.Column(name, db.Text, nullable=False)


def _number() -> db.Column[int]:
    return db.Column("number", db.Integer, primary_key=True)


def upgrade() -> None:
    # What an older program wrote has none.
    op.add_column("entries", db.Column("sum", db.Text, nullable=False, server_default=""))
    op.create_table("accesses", _number(), *map(_text, ("at", "who", "did", "session", "facts")))
    op.create_table("removed", _number(), *map(_text, ("session", "at", "facts")))
