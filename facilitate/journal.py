"""Owns what is on disk: sessions, their entries, the keys and secrets that go with them. SQLite by default, PostgreSQL by URL.

Every call is plain, blocking, and may come from any thread. One that writes returns once the commit is on disk. Any of them may
raise ``Unavailable`` (nothing was changed, unless the connection was lost during the commit) or ``Damaged``.
"""

import hashlib
import json
import secrets
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import quote

import sqlalchemy as db
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, IntegrityError, InterfaceError, InternalError, OperationalError

from facilitate.core.entry import Audience, Entry, Refused
from facilitate.core.erasure import ERASURES
from facilitate.core.words import N_
from facilitate.migrations import UnknownRevision, attendance, codes, entries, keys, media, pseudonyms, removed, sessions, settings, upgrade

LETTERS = "BCDGHJMRTVWXZ"  # none mistaken for another, in writing or by ear; without vowels, F, K, N, P or S nothing rude comes out
STAFF = ("wall", "console", "shelf")
SWEEP = "sweep"
"""The setting that stands while bytes of something erased may be left in the files."""
LIST = "list "
"""With a session's id, the setting that holds the number of the last change of its attendance."""
_SECONDS = 5
"""Seconds to wait for one of the connections that are open."""
_TURN = 0.05
"""Seconds between two looks whether another has ended."""
T = TypeVar("T")

_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
_FIELDS = [field.name for field in fields(Entry)]
_SINCE = db.select(*(entries.c[name] for name in _FIELDS)).order_by(entries.c.seq)
_LAST = db.select(db.func.max(entries.c.seq)).where(entries.c.session == db.bindparam("of"))
_INSERT_ENTRIES, _INSERT_KEYS = db.insert(entries), db.insert(keys)
_entries, _keys = entries, keys  # where a parameter has the word


class Conflict(Exception):
    """Another writer appended: catch up and decide again."""


class Unavailable(Exception):
    """The store cannot be reached or written now (locked, full disk, lost connection): the same call may succeed later."""


class Damaged(Exception):
    """Something stored cannot be opened or read. ``refused`` holds the msgid and its values; ``str()`` says it in English."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.text % refused.values)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One day. ``keys`` are the staff's raw keys: wall, console, shelf."""

    id: str
    code: str
    path: str | None
    created: str
    title: str
    keys: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A participant's phone: ``hash`` is the SHA-256, in hexadecimal, of the raw key, which is not kept."""

    hash: str
    audience: Audience
    participant: str


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, compact, unescaped. ValueError for NaN and infinities."""
    return _ENCODE(value)


def seal(row: Mapping[str, Any]) -> str:
    """The checksum of a stored entry, by column, its content as the canonical text: what damage does not leave alone."""
    return hashlib.blake2b(json.dumps([row[name] for name in _FIELDS]).encode(), digest_size=8).hexdigest()


def _row_of(entry: Entry) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in _FIELDS}
    row["content"] = canonical(row["content"])
    row["sum"] = seal(row)
    return row


def _typed(code: str) -> str:
    return "".join(code.split()).upper()


def destroyed(entries: Iterable[Entry]) -> set[str]:
    """The ids of the pictures that these entries destroy."""
    named = (entry.content.get("destroys") for entry in entries)
    return {str(id) for ids in named if isinstance(ids, list | tuple) for id in ids}


def new_code() -> str:
    """Three letters and three digits, to be read from a wall and typed on a phone: 'RVT482'."""
    return "".join(secrets.choice(LETTERS) for _ in range(3)) + f"{secrets.randbelow(1000):03}"


class Journal:
    """The store behind a SQLAlchemy URL; opening it creates or upgrades its tables. ``Damaged`` if it cannot be opened."""

    def __init__(self, url: str | db.URL) -> None:
        try:
            # What is told of an error may be logged: never the words that were being written.
            url = make_url(url)
            given: dict[str, Any] = {} if url.get_backend_name() == "sqlite" else {"pool_pre_ping": True, "pool_timeout": _SECONDS}
            given |= {"connect_args": _bounded(url)} if url.get_backend_name() == "postgresql" else {}
            self._engine = db.create_engine(url, hide_parameters=True, **given)
        except (ArgumentError, ImportError, ValueError) as error:
            raise _unreadable(error) from error
        self._sqlite = self._engine.dialect.name == "sqlite"
        self._watching = threading.Lock()
        self._watch: sqlite3.Connection | None = None
        if self._sqlite:
            db.event.listen(self._engine, "connect", _set_up_sqlite)
        try:
            upgrade(self._engine)
        except DBAPIError as error:
            self.close()
            raise self._damaged(error) from error
        except UnknownRevision as error:
            self.close()
            text = N_("This journal was written by a newer version of the program (revision %(revision)s). Open it with that version.")
            raise Damaged(Refused("journal_newer", text, {"revision": error.args[0]})) from error

    @classmethod
    def in_folder(cls, folder: Path) -> Self:
        """The SQLite journal 'facilitate.db' of a folder; what is missing is made, for its owner alone."""
        file = folder / "facilitate.db"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.touch(mode=0o600)
        except OSError as error:
            raise _unreadable(error) from error
        return cls(db.URL.create("sqlite", database=str(file)))

    def close(self) -> None:
        # A thread that still holds a connection gives it back to nobody: it ends then.
        db.event.listen(self._engine, "checkin", lambda link, _: link and link.close())
        self._engine.dispose()
        with self._watching:
            if self._watch is not None:
                self._watch.close()

    def sessions(self) -> list[SessionRow]:
        """All of them, newest first."""
        return self._sessions()

    def session(self, code: str) -> SessionRow | None:
        """By the code people type, whatever its case and spaces."""
        return next(iter(self._sessions(sessions.c.code == _typed(code))), None)

    def by_id(self, id: str) -> SessionRow | None:
        return next(iter(self._sessions(sessions.c.id == id)), None)

    def was_removed(self, id: str) -> bool:
        """Whether this session was here and was removed, because it was kept long enough: no archive brings it back."""
        return self._value(db.select(removed.c.number).where(removed.c.session == id).limit(1)) is not None

    def at_path(self, path: str) -> SessionRow | None:
        """The newest session run from this sheet."""
        return next(iter(self._sessions(sessions.c.path == path)), None)

    def create(
        self, *, path: str | None, title: str, created: str,
        code: str | None = None, id: str | None = None, keys: Mapping[str, str] | None = None,
    ) -> SessionRow:  # fmt: skip
        """Stores a new session; makes the id, the code and the staff's keys not given. ValueError if one given is taken."""
        keys = keys or {name: secrets.token_urlsafe(16) for name in STAFF}
        while True:
            row = SessionRow(id or str(uuid.uuid4()), _typed(code or new_code()), path, created, title, dict(keys))
            if self._insert_once(sessions, asdict(row) | {"keys": canonical(row.keys)}):
                return row
            if code or (id and self.by_id(id)):
                raise ValueError(f"session {row.id} or code {row.code} is already there")

    def place(self, id: str, path: str) -> None:
        """From now on this session is the one run from the sheet at ``path``."""
        with self._begin() as link:
            link.execute(db.update(sessions).where(sessions.c.id == id).values(path=path))

    def append(
        self, session: str, expected: int, entries: Sequence[Entry], keys: Sequence[KeyRow] = (),
        emptied: Sequence[Entry] = (), leave: Collection[str] = (),
    ) -> None:  # fmt: skip
        """Writes a batch and its keys in one commit, and forgets the pictures that its entries destroy: those their content names under
        'destroys'. ``expected`` is the seq that the first entry follows. With an erasure, ``emptied`` are the earlier entries as they stand
        from now on, and ``leave`` the participants whose phones are forgotten.

        Raises ``Conflict`` if the stored last seq differs; ValueError if the seqs do not follow each other, if an id or a key is
        already there, or if there is no such session.
        """
        if any(entry.seq != seq for seq, entry in enumerate(entries, expected + 1)):
            raise ValueError(f"entries do not follow {expected}")
        rows = [_row_of(entry) | {"session": session} for entry in entries]
        gone = destroyed(entries)
        try:
            with self._begin() as link:
                _expect(link, session, expected)
                if rows:
                    link.execute(_INSERT_ENTRIES, rows)
                if keys:
                    link.execute(_INSERT_KEYS, [{"session": session} | asdict(key) for key in keys])
                for entry in emptied:
                    row = _row_of(entry)
                    changed = {name: row[name] for name in ("on", "content", "print", "sum")}
                    link.execute(db.update(_entries).where(_entries.c.session == session, _entries.c.seq == entry.seq).values(changed))
                if leave:
                    for table in (_keys, codes):
                        link.execute(db.delete(table).where(table.c.session == session, table.c.participant.in_(leave)))
                if emptied:
                    _due(link)
                if gone:
                    link.execute(db.delete(media).where(media.c.session == session, media.c.id.in_(gone)))
        except IntegrityError as error:
            with self._begin() as link:
                _expect(link, session, expected)  # another writer may have come between our reading and our writing
            raise ValueError(str(error.orig)) from error
        if gone:
            self._truncate()

    def sweep(self) -> bool:
        """Leaves no byte of what was erased in the database's files, if anything was since the last time; whether there was. SQLite writes
        its file anew; PostgreSQL frees the rows, whose bytes stay in its files until they are used again."""
        if (due := self.setting(SWEEP)) is None:
            return False
        try:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
                if not self._sqlite:
                    link.exec_driver_sql("SET statement_timeout = 0")
                link.exec_driver_sql("VACUUM")
                if not self._sqlite:
                    link.exec_driver_sql("RESET statement_timeout")
        except DBAPIError as error:
            raise Unavailable(str(error.orig)) from error
        with self._begin() as link:
            # Not what another worker erased meanwhile.
            link.execute(db.delete(settings).where(settings.c.name == SWEEP, settings.c.value == due))
        self._truncate()
        return True

    def erased_from(self) -> list[str]:
        """The sessions out of whose journal words were taken."""
        return [row.session for row in self._read(db.select(entries.c.session).where(entries.c.do.in_(ERASURES)).distinct())]

    def sweep_due(self) -> None:
        """Something was taken out of a table beside the entries: its bytes are to go too."""
        with self._begin() as link:
            _due(link)

    def since(self, session: str, seq: int = 0) -> list[Entry]:
        """The entries that follow ``seq``, in order."""
        rows = self._read(_SINCE.where(entries.c.session == session, entries.c.seq > seq))
        try:
            return [
                Entry(seq, id, at, by, do, activity, on, json.loads(content), print, v)
                for seq, id, at, by, do, activity, on, content, print, v in rows
            ]
        except ValueError as error:
            raise self._damaged(error) from error

    def sheet(self, session: str) -> str:
        """The text of its sheet, as it was last kept; '' where it has none."""
        asked = db.select(entries.c.content).where(entries.c.session == session, entries.c.do == "sheet")
        content = self._value(asked.order_by(entries.c.seq.desc()).limit(1))
        # A day that was brought in may hold one without a text: it stands in the way of no other.
        return str(json.loads(content).get("text", "")) if content else ""

    def keys(self, session: str) -> list[KeyRow]:
        """The participants' phones."""
        rows = self._read(db.select(keys.c.hash, keys.c.audience, keys.c.participant).where(keys.c.session == session))
        return [KeyRow(*row) for row in rows]

    def add_key(self, session: str, key: KeyRow) -> None:
        """Stores one more phone; a hash already there stays as it is."""
        self._insert_once(keys, {"session": session} | asdict(key))

    def revoke_key(self, session: str, hash: str) -> None:
        with self._begin() as link:
            link.execute(db.delete(keys).where(keys.c.session == session, keys.c.hash == hash))

    def keep_code(self, session: str, hash: str, participant: str, until: str, now: str) -> bool:
        """Stores the hash of the one code that brings this participant back ``until`` then; whether nobody else has it. Those that end by
        ``now`` go."""
        with self._begin() as link:
            mine = (codes.c.session == session) & (codes.c.participant == participant)
            link.execute(db.delete(codes).where(mine | (codes.c.until <= now)))
        return self._insert_once(codes, {"session": session, "hash": hash, "participant": participant, "until": until})

    def take_code(self, session: str, hash: str, now: str) -> str:
        """Whom this code brings back, '' for nobody: once, whichever worker it is typed at."""
        of = (codes.c.session == session) & (codes.c.hash == hash)
        found = self._value(db.select(codes.c.participant).where(of, codes.c.until > now))
        with self._begin() as link:
            return found if found and link.execute(db.delete(codes).where(of)).rowcount else ""

    def forget_codes(self, session: str) -> None:
        """From now on none of these codes brings anyone back."""
        with self._begin() as link:
            link.execute(db.delete(codes).where(codes.c.session == session))

    def codes(self, session: str) -> dict[str, str]:
        """Until when a code brings each participant back."""
        return {row.participant: row.until for row in self._read(db.select(codes).where(codes.c.session == session))}

    def lasts(self, ids: Collection[str]) -> dict[str, int]:
        """The last seq of each of these sessions that is still there."""
        last = db.select(db.func.max(entries.c.seq)).where(entries.c.session == sessions.c.id).scalar_subquery()
        return {row.id: row[1] or 0 for row in self._read(db.select(sessions.c.id, last).where(sessions.c.id.in_(ids)))}

    def version(self) -> int | None:
        """A number that changes with each commit to SQLite's file, which costs nearly nothing to read; None for a database elsewhere."""
        if self.folder is None:
            return None
        with self._watching:
            if self._watch is None:
                self._watch = sqlite3.connect(str(self._engine.url.database), timeout=0, isolation_level=None, check_same_thread=False)
            try:
                return int(self._watch.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.Error as error:
                raise Unavailable(str(error)) from error

    def secret(self, session: str, activity: str) -> bytes | None:
        return self._value(db.select(pseudonyms.c.secret).where(pseudonyms.c.session == session, pseudonyms.c.activity == activity))

    def make_secret(self, session: str, activity: str) -> bytes:
        """The activity's secret, 256 bits, made the first time: two writers who ask at once get the same. ValueError: no session."""
        if (secret := self.secret(session, activity)) is None:
            self._insert_once(pseudonyms, {"session": session, "activity": activity, "secret": secrets.token_bytes(32)})
            secret = self.secret(session, activity)
        if secret is None:
            raise ValueError(f"no session {session}")
        return secret

    def destroy_secrets(self, session: str) -> None:
        """Forgets every vote secret of a session; SQLite's files keep no byte of them."""
        with self._begin() as link:
            link.execute(db.delete(pseudonyms).where(pseudonyms.c.session == session))
        self._truncate()

    def _truncate(self) -> None:
        if self._sqlite:
            with self._begin() as link:
                link.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def keep_media(self, session: str, id: str, type: str, data: bytes) -> None:
        """Stores a picture; one already there stays as it is."""
        self._insert_once(media, {"session": session, "id": id, "type": type, "data": data})

    def forget_media(self, session: str, id: str) -> None:
        """Deletes a picture; SQLite's files keep no byte of it."""
        with self._begin() as link:
            link.execute(db.delete(media).where(media.c.session == session, media.c.id == id))
        self._truncate()

    def media(self, session: str, id: str) -> tuple[str, bytes] | None:
        """(media type, bytes) of a picture."""
        found = self._read(db.select(media.c.type, media.c.data).where(media.c.session == session, media.c.id == id))
        return (found[0].type, bytes(found[0].data)) if found else None

    def pictures(self, session: str) -> Callable[[str], bytes | None]:
        """What the writers of a restitution ask for its pictures, by id."""

        def read(id: str) -> bytes | None:
            found = self.media(session, id)
            return found[1] if found else None

        return read

    def media_ids(self, session: str) -> list[str]:
        """The pictures of a session, by id, sorted."""
        return [row.id for row in self._read(db.select(media.c.id).where(media.c.session == session).order_by(media.c.id))]

    def attendance(self, session: str) -> dict[str, dict[str, Any]]:
        """Who is expected or came, by id: kept apart from what was written, and never in an export."""
        rows = self._read(db.select(attendance.c.id, attendance.c.facts).where(attendance.c.session == session).order_by(attendance.c.id))
        return {row.id: json.loads(row.facts) for row in rows}

    def attendance_seq(self, session: str) -> int:
        """The number of the last change of who is expected or came, 0 for none: higher than those before, whichever worker made it."""
        return int(self.setting(LIST + session) or 0)

    def change_attendance(
        self, session: str, expected: int, seq: int, kept: Mapping[str, Mapping[str, Any]], gone: Sequence[str] = (),
        also: Callable[[Connection], None] | None = None,
    ) -> bool:  # fmt: skip
        """Stores people by id in place of what was known of them, each with the ``seq`` of this change, and deletes others: in one commit,
        with what is written ``also``. SQLite's files keep no byte of who is deleted. False, and nothing done, where the last change is
        not the one ``expected``."""
        last = settings.c.name == LIST + session
        with self._begin() as link:
            mine = db.update(settings).where(last, settings.c.value == str(expected)).values(value=str(seq))
            if not link.execute(mine).rowcount:
                if expected or link.scalar(db.select(settings.c.name).where(last)):
                    return False
                try:
                    link.execute(db.insert(settings), {"name": LIST + session, "value": str(seq)})
                except IntegrityError:
                    return False  # two workers at the first change of all
            link.execute(db.delete(attendance).where(attendance.c.session == session, attendance.c.id.in_([*kept, *gone])))
            if kept:
                rows = [{"session": session, "id": id, "facts": canonical({**one, "seq": seq})} for id, one in kept.items()]
                link.execute(db.insert(attendance), rows)
            if also is not None:
                also(link)
        if gone:
            self._truncate()
        return True

    @property
    def folder(self) -> Path | None:
        """Where SQLite keeps its file; None for a database elsewhere, or in memory."""
        file = self._engine.url.database
        return Path(file).parent if self._sqlite and file and file != ":memory:" else None

    @property
    def size(self) -> int:
        """Bytes of SQLite's file; 0 for a database elsewhere."""
        file = self._engine.url.database
        return Path(file).stat().st_size if self.folder and file else 0

    def prove(self) -> None:
        """Writes, in earnest, and takes it back: ``Unavailable`` where nothing can be kept."""
        with self._begin() as link:
            link.execute(db.insert(settings), {"name": (name := f"proof {uuid.uuid4()}"), "value": "written"})
        with self._begin() as link:
            link.execute(db.delete(settings).where(settings.c.name == name))

    def setting(self, name: str) -> str | None:
        return self._value(db.select(settings.c.value).where(settings.c.name == name))

    def keep_setting(self, name: str, value: str) -> str:
        """Stores a value unless there is one; returns the one kept."""
        self._insert_once(settings, {"name": name, "value": value})
        return self.setting(name) or ""

    @contextmanager
    def alone(self, name: str, seconds: float = 0.0) -> Iterator[bool]:
        """Whether nobody else, in this process or another on the same database, is at ``name`` now: if so nobody is until the end of the
        block, or of the process, however it ends. Blocks for so many ``seconds`` until others have ended. Names are few: jobs, not days.
        """
        if not self._sqlite:
            number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
            with self._locked(number, seconds) as mine:
                yield mine
        elif self.folder is None:
            yield True
        else:
            with _file_locked(Path(f"{self._engine.url.database}-{quote(name, safe='')}.lock"), seconds) as mine:
                yield mine

    @contextmanager
    def _locked(self, number: int, seconds: float) -> Iterator[bool]:
        """PostgreSQL's advisory lock, held by a connection of its own that is in no transaction: it ends with the connection."""
        until = time.monotonic() + seconds
        try:
            link = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except DBAPIError as error:
            raise Unavailable(str(error.orig)) from error
        try:
            try:
                while not (mine := bool(link.scalar(db.select(db.func.pg_try_advisory_lock(number))))) and time.monotonic() < until:
                    time.sleep(_TURN)
            except DBAPIError as error:
                raise Unavailable(str(error.orig)) from error
            yield mine
        finally:
            try:
                link.scalar(db.select(db.func.pg_advisory_unlock_all()))
            except DBAPIError:
                link.invalidate()
            link.close()

    @contextmanager
    def link(self) -> Iterator[Connection]:
        """One transaction on this database, for the rooms that keep tables of their own beside the journal."""
        with self._begin() as link:
            yield link

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as link:
                yield link
        except (OperationalError, InterfaceError, InternalError) as error:
            raise Unavailable(str(error.orig)) from error
        except DatabaseError as error:
            if type(error) is DatabaseError:  # this is how sqlite3 reports a malformed file
                raise self._damaged(error) from error
            raise

    def _read(self, query: db.Select[*tuple[Any, ...]]) -> Sequence[db.Row[*tuple[Any, ...]]]:
        with self._begin() as link:
            return link.execute(query).all()

    def _value(self, query: db.Select[T]) -> T | None:
        with self._begin() as link:
            return link.scalar(query)

    def _sessions(self, *where: db.ColumnElement[bool]) -> list[SessionRow]:
        rows = self._read(db.select(sessions).where(*where).order_by(sessions.c.created.desc(), sessions.c.id))
        return [SessionRow(**(row._asdict() | {"keys": json.loads(row[-1])})) for row in rows]

    def _insert_once(self, table: db.Table, row: Mapping[str, Any]) -> bool:
        try:
            with self._begin() as link:
                link.execute(db.insert(table), row)
        except IntegrityError as error:
            if "session" in row and self.by_id(row["session"]) is None:
                raise ValueError(f"no session {row['session']}") from error
            return False
        return True

    def _damaged(self, error: Exception) -> Damaged:
        return _unreadable(error, self._engine.url.render_as_string() + ": ")


def _unreadable(error: Exception, where: str = "") -> Damaged:
    why = str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0]
    return Damaged(Refused("journal_unreadable", N_("The journal cannot be read: %(why)s"), {"why": where + why}))


@contextmanager
def _file_locked(file: Path, seconds: float) -> Iterator[bool]:
    """Whether this empty database of SQLite's could be taken: its lock is the same on every system, and ends with its process."""
    try:
        file.touch(mode=0o600)
        link = sqlite3.connect(file, timeout=seconds, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise Unavailable(str(error)) from error
    try:
        try:
            link.execute("BEGIN EXCLUSIVE")
            mine = True
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise Unavailable(str(error)) from error
            mine = False
        yield mine
    finally:
        link.close()


def _bounded(url: db.URL) -> dict[str, Any]:
    """How PostgreSQL is asked so that neither a server that is gone nor another worker that hangs is waited for longer than a moment. What
    the URL says of it itself holds."""
    options = "-c lock_timeout=5s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"
    options += " -c tcp_keepalives_idle=20 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    said: dict[str, Any] = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3}
    said |= {"connect_timeout": 3, "tcp_user_timeout": 5000}
    said |= {"options": f"{options} {url.query.get('options', '')}".strip()}
    return {name: value for name, value in said.items() if name == "options" or name not in url.query}


def _due(link: Connection) -> None:
    """Something was erased: a mark of its own, in place of any other. Two workers may erase at once."""
    insert = (sqlite if link.dialect.name == "sqlite" else postgresql).insert(settings).values(name=SWEEP, value=str(uuid.uuid4()))
    link.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": insert.excluded.value}))


def _expect(link: Connection, session: str, expected: int) -> None:
    last = link.scalar(_LAST, {"of": session}) or 0
    if last != expected:
        raise Conflict(f"{session} is at {last}, not at {expected}")


def _set_up_sqlite(link: Any, _record: Any) -> None:
    # FULL: a commit that returned survives a power cut. secure_delete: what is deleted is overwritten with zeros.
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        link.execute(f"PRAGMA {pragma}")
