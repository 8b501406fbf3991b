"""What the search over all days reads: the words of each contribution, and how far each day was read."""

import sqlalchemy as db
from alembic import op

revision = "0004"
down_revision = "0003"


def _text(name: str, key: bool = False) -> db.Column[str]:
    return db.Column(name, db.Text, primary_key=key, nullable=False)


def _session(key: bool = False) -> db.Column[str]:
    return db.Column("session", db.Text, db.ForeignKey("sessions.id"), primary_key=key, nullable=False)


def upgrade() -> None:
    number = db.Column("number", db.Integer, nullable=False, unique=True)
    op.create_table("searched", _session(key=True), number, db.Column("seq", db.Integer, nullable=False), _text("made"), _text("facts"))
    place = db.Column("place", db.BigInteger, primary_key=True, autoincrement=False)
    op.create_table("found", place, _session(), _text("id"), _text("facts"), db.UniqueConstraint("session", "id"))
    # Each database has its own way to find words.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE found_words USING fts5(words, tokenize='ascii')")
    else:
        # Apart from its rows, which are counted more often than they are weighed.
        op.execute("CREATE TABLE found_words (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL) WITH (toast_tuple_target = 128)")
        op.execute("CREATE INDEX found_words_gin ON found_words USING gin (words)")
