"""Owns the journal's tables, and how a database gets them: one file per change in ``versions``, run by Alembic.

A change to a table is a new file there and a new ``HEAD`` here; a test compares the two.
"""

from pathlib import Path
from typing import Any

import sqlalchemy as db
from sqlalchemy.exc import DBAPIError

HEAD = "0006"

metadata = db.MetaData()


def _text(name: str, **more: Any) -> db.Column[str]:
    return db.Column(name, db.Text, nullable=False, **more)


def _of_session() -> db.Column[str]:
    return db.Column("session", db.Text, db.ForeignKey("sessions.id"), primary_key=True)


_path = db.Column("path", db.Text, index=True)
sessions = db.Table(
    "sessions", metadata, _text("id", primary_key=True), _text("code", unique=True), _path, *map(_text, ("created", "title", "keys"))
)
entries = db.Table(
    "entries",
    metadata,
    _of_session(),
    db.Column("seq", db.Integer, primary_key=True, autoincrement=False),
    *map(_text, ("id", "at", "by", "do", "activity", "on", "content", "print")),
    db.Column("v", db.Integer, nullable=False),
    _text("sum", server_default=""),
    db.UniqueConstraint("session", "id"),
)
keys = db.Table("keys", metadata, _of_session(), _text("hash", primary_key=True), _text("audience"), _text("participant"))
codes = db.Table("codes", metadata, _of_session(), _text("hash", primary_key=True), *map(_text, ("participant", "until")))
_secret = db.Column("secret", db.LargeBinary, nullable=False)
pseudonyms = db.Table("secrets", metadata, _of_session(), _text("activity", primary_key=True), _secret)
media = db.Table(
    "media", metadata, _of_session(), _text("id", primary_key=True), _text("type"), db.Column("data", db.LargeBinary, nullable=False)
)
attendance = db.Table("attendance", metadata, _of_session(), _text("id", primary_key=True), _text("facts"))
settings = db.Table("settings", metadata, _text("name", primary_key=True), _text("value"))
house = db.Table("house", metadata, _text("name", primary_key=True), _text("type"), db.Column("data", db.LargeBinary, nullable=False))
accounts = db.Table("accounts", metadata, _text("id", primary_key=True), _text("facts"))
signins = db.Table(
    "signins",
    metadata,
    _text("hash", primary_key=True),
    db.Column("account", db.Text, db.ForeignKey("accounts.id"), nullable=False),
    _text("until"),
)
publications = db.Table("publications", metadata, _of_session(), _text("id", primary_key=True), _text("facts"))
published = db.Table(
    "published",
    metadata,
    _of_session(),
    _text("id", primary_key=True),
    _text("name", primary_key=True),
    _text("type"),
    db.Column("data", db.LargeBinary, nullable=False),
)
# The search's own index, ``found_words``, is each database's own kind of table: a migration makes it, no metadata says it.
searched = db.Table(
    "searched",
    metadata,
    _of_session(),
    db.Column("number", db.Integer, nullable=False, unique=True),
    db.Column("seq", db.Integer, nullable=False),
    *map(_text, ("made", "facts")),
)
found = db.Table(
    "found",
    metadata,
    db.Column("place", db.BigInteger, primary_key=True, autoincrement=False),
    db.Column("session", db.Text, db.ForeignKey("sessions.id"), nullable=False),
    *map(_text, ("id", "facts")),
    db.UniqueConstraint("session", "id"),
)
accesses = db.Table(
    "accesses", metadata, db.Column("number", db.Integer, primary_key=True), *map(_text, ("at", "who", "did", "session", "facts"))
)
removed = db.Table("removed", metadata, db.Column("number", db.Integer, primary_key=True), *map(_text, ("session", "at", "facts")))


_ALONE = ("SET LOCAL statement_timeout = 0", "SET LOCAL lock_timeout = 0", "SELECT pg_advisory_xact_lock(6174)")


class UnknownRevision(Exception):
    """The database is at a revision that this program does not have: its only argument."""


def upgrade(engine: db.Engine) -> None:
    """Brings a database to ``HEAD``. Raises ``UnknownRevision``, and SQLAlchemy's own DBAPIError."""
    if _revision(engine) == HEAD:
        return  # without Alembic, which takes ten times longer to import than this took
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        with engine.begin() as link:
            # One upgrade at a time, wholly or not at all, and however long it takes: sqlite3 would commit after each table.
            begin = {"sqlite": ("BEGIN IMMEDIATE",), "postgresql": _ALONE}
            for statement in begin.get(engine.dialect.name, ()):
                link.exec_driver_sql(statement)
            config.attributes["connection"] = link
            command.upgrade(config, "head")
    except CommandError as error:
        raise UnknownRevision(_revision(engine)) from error
    except DBAPIError:
        if _revision(engine) != HEAD:  # another process may have just done the same
            raise


def _revision(engine: db.Engine) -> str | None:
    with engine.connect() as link:
        if not db.inspect(link).has_table("alembic_version"):
            return None
        return link.scalar(db.select(db.column("version_num", db.Text)).select_from(db.table("alembic_version")))
