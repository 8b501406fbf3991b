"""Which code brings whom back on another phone, until when: known to every worker."""

import sqlalchemy as db
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    session = db.Column("session", db.Text, db.ForeignKey("sessions.id"), primary_key=True)
    hash = db.Column("hash", db.Text, nullable=False, primary_key=True)
    op.create_table("codes", session, hash, *(db.Column(name, db.Text, nullable=False) for name in ("participant", "until")))
