"""What the shelf keeps beside the journal: the house's style, accounts and their sign-ins, publications and their files."""

import sqlalchemy as db
from alembic import op

revision = "0003"
down_revision = "0002"


def _text(name: str, key: bool = False) -> db.Column[str]:
    return db.Column(name, db.Text, primary_key=key, nullable=False)


def _of_session() -> db.Column[str]:
    return db.Column("session", db.Text, db.ForeignKey("sessions.id"), primary_key=True)


def _data() -> db.Column[bytes]:
    return db.Column("data", db.LargeBinary, nullable=False)


def upgrade() -> None:
    op.create_table("house", _text("name", key=True), _text("type"), _data())
    op.create_table("accounts", _text("id", key=True), _text("facts"))
    account = db.Column("account", db.Text, db.ForeignKey("accounts.id"), nullable=False)
    op.create_table("signins", _text("hash", key=True), account, _text("until"))
    op.create_table("publications", _of_session(), _text("id", key=True), _text("facts"))
    op.create_table("published", _of_session(), _text("id", key=True), _text("name", key=True), _text("type"), _data())
