"""Pictures beside the journal, and who came: kept apart from what was written."""

import sqlalchemy as db
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "media",
        db.Column("session", db.Text, db.ForeignKey("sessions.id"), primary_key=True),
        db.Column("id", db.Text, primary_key=True),
        db.Column("type", db.Text, nullable=False),
        db.Column("data", db.LargeBinary, nullable=False),
    )
    op.create_table(
        "attendance",
        db.Column("session", db.Text, db.ForeignKey("sessions.id"), primary_key=True),
        db.Column("id", db.Text, primary_key=True),
        db.Column("facts", db.Text, nullable=False),
    )
