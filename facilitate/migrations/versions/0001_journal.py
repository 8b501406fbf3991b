"""The journal's first tables."""

import sqlalchemy as db
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        db.Column("id", db.Text, primary_key=True),
        db.Column("code", db.Text, nullable=False, unique=True),
        db.Column("path", db.Text, index=True),
        db.Column("created", db.Text, nullable=False),
        db.Column("title", db.Text, nullable=False),
        db.Column("keys", db.Text, nullable=False),
    )
    op.create_table(
        "entries",
        db.Column("session", db.Text, db.ForeignKey("sessions.id"), primary_key=True),
        db.Column("seq", db.Integer, primary_key=True, autoincrement=False),
        *(db.Column(name, db.Text, nullable=False) for name in ("id", "at", "by", "do", "activity", "on", "content", "print")),
        db.Column("v", db.Integer, nullable=False),
        db.UniqueConstraint("session", "id"),
    )
    op.create_table(
        "keys",
        db.Column("session", db.Text, db.ForeignKey("sessions.id"), primary_key=True),
        db.Column("hash", db.Text, primary_key=True),
        db.Column("audience", db.Text, nullable=False),
        db.Column("participant", db.Text, nullable=False),
    )
    op.create_table(
        "secrets",
        db.Column("session", db.Text, db.ForeignKey("sessions.id"), primary_key=True),
        db.Column("activity", db.Text, primary_key=True),
        db.Column("secret", db.LargeBinary, nullable=False),
    )
    op.create_table("settings", db.Column("name", db.Text, primary_key=True), db.Column("value", db.Text, nullable=False))
