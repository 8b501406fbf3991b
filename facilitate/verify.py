"""Owns the proof that what is kept is whole: it reads a data folder, a database or a backup, changes nothing, and says what is damaged.

What can be read of a damaged one is saved into a new folder. There, an entry that is lost leaves a line that says so in its place:
those after it keep their numbers.
"""

import json
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile, ZipFile

import sqlalchemy as db
from sqlalchemy.engine import make_url

from facilitate.core.activity import Kinds
from facilitate.core.entry import Entry
from facilitate.core.state import SessionState, fold
from facilitate.core.words import N_, code_shown
from facilitate.journal import STAFF, Journal, canonical, new_code, seal
from facilitate.migrations import metadata
from facilitate.pictures import media_id
from facilitate.sqlite_pages import rows as rows_on_pages

LOST = "lost"
"""The verb of an entry that stands where one was that could not be read."""

DATABASE, DUMP, SHEETS = "facilitate.db", "facilitate.dump", "sheets/"
"""What a backup holds: SQLite's file, or what pg_dump wrote; and the sheets that were being prepared."""

_ON_A_PAGE = 500
"""More rows than a page holds."""

_DERIVED = frozenset({"searched", "found"})
"""Made from the rest, and again when they are missing."""

_SHAPES = {"entries": (11, 12), "media": (4,), "sessions": (6,), "keys": (4,)}
"""The tables whose rows are known by what they hold, wherever they lie: how many columns each has."""

_KEPT = {name: [column.name for column in table.columns] for name, table in metadata.tables.items()}

_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
"""As COPY writes them."""

_NO_JOURNAL = N_("%(file)s holds no journal: it is not a backup of this program.")

Row = dict[str, Any]


class NotReadable(Exception):
    """There is nothing here that could be read: a msgid, its values."""

    def __init__(self, text: str, **values: Any) -> None:
        super().__init__(text % values)
        self.text, self.values = text, values


class Source(Protocol):
    """A journal that is only read, wherever it is kept."""

    def rows(self, table: str) -> Iterator[Row]:
        """The rows that can be read, by column; none for a table that is not there."""

    def numbers(self) -> Iterator[tuple[str, int]]:
        """(session, seq) of every entry that was ever written, as far as something else than the entries says so."""

    def complaints(self) -> list[str]:
        """What the database itself finds damaged, in its own words."""


class File:
    """SQLite's file, damaged or not, with its log (-wal); a server may be writing to it meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._link = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        # What is no text any more must not stand in the way of its neighbours.
        self._link.text_factory = lambda raw: raw.decode(errors="surrogateescape")
        self._torn: list[str] | None = None

    def close(self) -> None:
        self._link.close()

    def holds_journal(self) -> bool:
        """Whether there is one, or may be where nothing can be asked any more."""
        try:
            return self._link.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sessions'").fetchone() is not None
        except sqlite3.DatabaseError:
            return True

    def complaints(self) -> list[str]:
        if self._torn is None:
            try:
                self._torn = [line for (told,) in self._link.execute("PRAGMA integrity_check(50)") for line in told.splitlines()]
            except sqlite3.Error as error:
                self._torn = [str(error)]
            self._torn = [line for line in self._torn if line not in ("ok", "*** in database main ***")]
        return self._torn

    def numbers(self) -> Iterator[tuple[str, int]]:
        with suppress(sqlite3.DatabaseError):
            for session, seq in self._link.execute("SELECT session, seq FROM entries INDEXED BY sqlite_autoindex_entries_1"):
                if isinstance(session, str) and type(seq) is int:
                    yield session, seq

    def rows(self, table: str) -> Iterator[Row]:
        yield from self._asked(table)
        if self.complaints() and table in _SHAPES:
            for values in rows_on_pages(self.path):
                if len(values) in _SHAPES[table]:
                    row = dict(zip(_KEPT[table], values, strict=False))
                    if _is(table, row):
                        yield row

    def _asked(self, table: str) -> Iterator[Row]:
        """By number, so that a page that cannot be read costs its own rows alone; rows that are known wherever they lie are then looked for
        on the pages themselves."""
        last, failed = 0, 0
        while failed < (1 if table in _SHAPES else _ON_A_PAGE):
            try:
                asked = f'SELECT rowid, * FROM "{table}" NOT INDEXED WHERE rowid > ? ORDER BY rowid'  # noqa: S608 - a table of ours
                cursor = self._link.execute(asked, (last,))
                names = [one[0] for one in cursor.description][1:]
                for number, *values in cursor:
                    last, failed = number, 0
                    yield dict(zip(names, values, strict=True))
                return
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return
                last, failed = last + 1, failed + 1
            except sqlite3.DatabaseError:
                last, failed = last + 1, failed + 1


class Server:
    """A PostgreSQL database, as it is at one instant."""

    def __init__(self, url: str) -> None:
        self._engine = db.create_engine(url, isolation_level="REPEATABLE READ", hide_parameters=True)
        self._link = self._engine.connect()

    def close(self) -> None:
        self._link.close()
        self._engine.dispose()

    def numbers(self) -> Iterator[tuple[str, int]]:
        return iter(())

    def complaints(self) -> list[str]:
        return []

    def rows(self, table: str) -> Iterator[Row]:
        there = {one["name"] for one in db.inspect(self._link).get_columns(table)} if db.inspect(self._link).has_table(table) else set()
        columns = [column for column in metadata.tables[table].columns if column.name in there]
        if columns:
            for row in self._link.execute(db.select(*columns), execution_options={"yield_per": 100}).mappings():
                yield {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


class Dump:
    """What pg_dump wrote: read by pg_restore, without any database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told: list[str] = []

    def close(self) -> None:
        """Nothing stays open."""

    def numbers(self) -> Iterator[tuple[str, int]]:
        return iter(())

    def complaints(self) -> list[str]:
        done = run("pg_restore", "--file=/dev/null", str(self._path))
        return done.stderr.decode(errors="replace").splitlines() if done.returncode else []

    def rows(self, table: str) -> Iterator[Row]:
        done = run("pg_restore", "--data-only", f"--table={table}", "--file=-", str(self._path))
        names: list[str] = []
        for line in done.stdout.decode(errors="replace").split("\n"):
            if names and line == "\\.":
                names = []
            elif names:
                yield {name: self._value(table, name, told) for name, told in zip(names, line.split("\t"), strict=False)}
            elif line.startswith("COPY "):
                names = [name.strip().strip('"') for name in line.partition("(")[2].partition(")")[0].split(",")]

    def _value(self, table: str, name: str, told: str) -> Any:
        if told == "\\N":
            return None
        parts = told.split("\\\\")
        text = "\\".join("".join(self._unescaped(part)) for part in parts)
        kind = metadata.tables[table].columns[name].type if name in _KEPT[table] else db.Text()
        if isinstance(kind, db.LargeBinary):
            return bytes.fromhex(text.removeprefix("\\x"))
        return int(text) if isinstance(kind, db.Integer) else text

    def _unescaped(self, part: str) -> Iterator[str]:
        first, *rest = part.split("\\")
        yield first
        for one in rest:
            yield _ESCAPED.get(one[0], one[0]) + one[1:]


def run(program: str, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """One of PostgreSQL's programs. Raises ``NotReadable`` where it is missing."""
    found = shutil.which(program)
    if found is None:
        text = N_("The program %(program)s is missing: it comes with PostgreSQL (on Debian and Ubuntu: apt install postgresql-client).")
        raise NotReadable(text, program=program)
    return subprocess.run([found, *arguments], capture_output=True, check=False, env=environment)


@contextmanager
def opened(where: Path | str) -> Iterator[File | Server | Dump]:
    """What is at a path (a data folder, SQLite's file, a backup) or at a database's URL. Raises ``NotReadable``."""
    if isinstance(where, str):
        source = _server(where)
        with closing(source):
            yield source
        return
    path = where / DATABASE if where.is_dir() else where
    if not path.is_file():
        raise NotReadable(N_("There is no %(file)s."), file=path)
    with tempfile.TemporaryDirectory(prefix="facilitate-") as name:
        with path.open("rb") as file:
            packed = not where.is_dir() and file.read(4) == b"PK\x03\x04"
        if packed:
            path = unpacked(path, Path(name))
        if path.name == DUMP:
            yield Dump(path)
            return
        with closing(_file(path, Path(name))) as held:
            if not held.holds_journal():
                raise NotReadable(_NO_JOURNAL, file=where)
            yield held


def _server(url: str) -> File | Server:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return File(Path(parsed.database or ""))
    try:
        return Server(url)
    except db.exc.SQLAlchemyError as error:
        raise NotReadable(N_("The journal cannot be read: %(why)s"), why=str(error).partition("\n")[0]) from error


def _file(path: Path, aside: Path) -> File:
    """A folder that cannot be written has no room for what SQLite needs beside its file: a copy is read."""
    file = File(path)
    with suppress(sqlite3.DatabaseError):
        try:
            file._link.execute("SELECT count(*) FROM sqlite_schema")
        except sqlite3.OperationalError:
            file.close()
            for one in (path, path.with_name(f"{path.name}-wal")):
                if one.is_file():
                    shutil.copy(one, aside / one.name)
            return File(aside / path.name)
    return file


def unpacked(backup: Path, folder: Path) -> Path:
    """A backup's database, taken out into ``folder``. Raises ``NotReadable``."""
    try:
        with ZipFile(backup) as archive:
            for name in (DATABASE, DUMP):
                if name in archive.namelist():
                    # What was damaged since is what is to be found: a wrong checksum of the zip does not end it.
                    with archive.open(name) as packed, (folder / name).open("wb") as file:
                        packed._expected_crc = None  # type: ignore[attr-defined]
                        shutil.copyfileobj(packed, file)
                    return folder / name
    except (BadZipFile, OSError, EOFError) as error:
        raise NotReadable(N_("%(file)s cannot be read as a backup: %(why)s"), file=backup, why=error) from error
    raise NotReadable(_NO_JOURNAL, file=backup)


@dataclass(slots=True)
class Day:
    """What is left of one session: its row if it was found, its entries by seq, the seqs whose entry is damaged, its pictures' trouble."""

    id: str
    row: Row | None = None
    entries: dict[int, Row] = field(default_factory=dict)
    damaged: set[int] = field(default_factory=set)
    pictures: int = 0
    broken: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)

    @property
    def lost(self) -> list[int]:
        """The seqs whose entry is missing or damaged."""
        return [seq for seq in range(1, max([*self.entries, *self.damaged], default=0) + 1) if seq not in self.entries]

    @property
    def gaps(self) -> list[int]:
        """The seqs where a salvage found none."""
        return sorted(seq for seq, row in self.entries.items() if row["do"] == LOST and row["by"] == "system")

    @property
    def until(self) -> str:
        """The hour of the last entry that has one."""
        return max((str(row["at"]) for row in self.entries.values()), default="")

    @property
    def whole(self) -> bool:
        return self.row is not None and not (self.lost or self.broken or self.missing)

    def journal(self) -> list[Entry]:
        """Its entries that can be read, in order."""
        return [entry_of(self.entries[seq]) for seq in sorted(self.entries)]


@dataclass(slots=True)
class Found:
    """Everything that was read: days by id, other tables with rows that could not be, what the database says."""

    days: dict[str, Day]
    other: Counter[str]
    complaints: list[str]

    @property
    def whole(self) -> bool:
        return not self.complaints and not self.other and all(day.whole for day in self.days.values())


def entry_of(row: Mapping[str, Any]) -> Entry:
    """The entry of a stored row."""
    return Entry(**{one.name: json.loads(row["content"]) if one.name == "content" else row[one.name] for one in fields(Entry)})


def verify(source: Source, kinds: Kinds) -> Found:
    """Reads everything, once."""
    found = Found({}, Counter(), source.complaints())
    for row in source.rows("sessions"):
        if _is("sessions", row):
            found.days.setdefault(row["id"], Day(row["id"])).row = row
        else:
            found.other["sessions"] += 1
    numbers = set(source.numbers())
    for row in source.rows("entries"):
        if _is("entries", row):
            day = found.days.setdefault(row["session"], Day(row["session"]))
            day.entries.setdefault(row["seq"], row)
        elif (row["session"], row["seq"]) not in numbers:
            # What a damaged entry says of its own place is believed where something else says it too, or where nothing can.
            if numbers or row["session"] not in found.days or type(row["seq"]) is not int:
                found.other["entries"] += 1
            else:
                found.days[row["session"]].damaged.add(row["seq"])
    for session, seq in numbers:
        if session in found.days:
            found.days[session].damaged.add(seq)
    pictures: set[tuple[str, str]] = set()
    for row in source.rows("media"):
        if (row["session"], row["id"]) not in pictures and row["session"] in found.days:
            day = found.days[row["session"]]
            if _is("media", row):
                pictures.add((row["session"], row["id"]))
                day.pictures += 1
            else:
                day.broken.append(str(row["id"]))
    for table in _KEPT.keys() - {"sessions", "entries", "media", *_DERIVED}:
        found.other[table] += sum(not _is(table, row) for row in source.rows(table))
    found.other += Counter()  # only what there is
    for day in found.days.values():
        day.broken = [id for id in day.broken if (day.id, id) not in pictures]
        day.missing = sorted(named(day.journal()) - {id for session, id in pictures if session == day.id} - set(day.broken))
        day.unknown = [entry.seq for entry in fold(SessionState(), day.journal(), kinds).unknown if entry.do != LOST]
    return found


def spans(numbers: Iterable[int]) -> str:
    """Numbers as people write them: '3, 7–12'."""
    runs: list[list[int]] = []
    for one in sorted(numbers):
        if runs and runs[-1][-1] == one - 1:
            runs[-1][1:] = [one]
        else:
            runs.append([one])
    return ", ".join("–".join(map(str, run)) for run in runs)


def told(found: Found, say: Callable[..., str]) -> Iterator[str]:
    """What was found, line by line: each day with where it ends and what it lacks, then the rest."""
    for day in found.days.values():
        name = f"{code_shown(day.row['code'])}  {day.row['title']}" if day.row else say(N_("A day whose code and keys are lost"))
        yield f"{name} ({day.id})"
        last = max(day.entries, default=0)
        lines = [say(N_("entries: %(count)s, the last is %(last)s, of %(at)s"), count=len(day.entries), last=last, at=day.until or "–")]
        if day.lost:
            lines.append(say(N_("lost entries: %(numbers)s"), numbers=spans(day.lost)))
        if day.gaps:
            lines.append(say(N_("entries that were lost before this was saved: %(numbers)s"), numbers=spans(day.gaps)))
        if day.unknown:
            lines.append(say(N_("entries that this program does not know, kept aside: %(numbers)s"), numbers=spans(day.unknown)))
        if pictures := [*day.broken, *day.missing]:
            lines.append(say(N_("lost pictures: %(names)s"), names=", ".join(pictures)))
        yield from (f"    {line}" for line in lines)
    for table, count in sorted(found.other.items()):
        yield say(N_("lines of the table “%(table)s” that cannot be read: %(count)s"), count=count, table=table)
    for line in found.complaints:
        yield say(N_("the database says: %(line)s"), line=line)


def _is(table: str, row: Mapping[str, Any]) -> bool:
    """Whether a row is what was written there, as far as it says so itself."""
    try:
        if not all(isinstance(value, str | int | float | bytes | None) for value in row.values()):
            return False
        "".join(value for value in row.values() if isinstance(value, str)).encode()
        match table:
            case "entries":
                said = row.get("sum") or ""
                texts = ("session", "id", "at", "by", "do", "activity", "on", "content", "print")
                right = all(isinstance(row[name], str) for name in texts) and type(row["seq"]) is type(row["v"]) is int and row["seq"] > 0
                return (
                    right
                    and isinstance(json.loads(row["content"]), dict)
                    and str(uuid.UUID(row["session"])) == row["session"]
                    and (not said or said == seal(row))
                )
            case "media":
                return isinstance(row["data"], bytes) and media_id(row["data"]) == row["id"]
            case "sessions":
                return str(uuid.UUID(row["id"])) == row["id"] and set(STAFF) <= set(json.loads(row["keys"])) and row["code"].isalnum()
            case "keys":
                return len(bytes.fromhex(row["hash"])) == 32 and str(uuid.UUID(row["session"])) == row["session"]
        return all(isinstance(json.loads(row[name]), dict) for name in ("facts",) if name in row)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return False


def named(entries: Iterable[Entry]) -> set[str]:
    """The pictures that entries speak of and that none destroys."""
    named: set[str] = set()
    destroyed: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, Mapping):
            named.update(one for name, one in value.items() if name in ("media", "small") and isinstance(one, str) and one)
            for one in value.values():
                look(one)
        elif isinstance(value, list | tuple):
            for one in value:
                look(one)

    for entry in entries:
        gone = entry.content.get("destroys")
        destroyed.update(map(str, gone) if isinstance(gone, list | tuple) else ())
        look(entry.content)
    return named - destroyed


def salvage(source: Source, found: Found, folder: Path) -> int:
    """Writes what can be read into a new folder, which must hold no journal yet; how many entries are lost. Raises ``NotReadable``."""
    if (folder / DATABASE).exists():
        raise NotReadable(N_("There is a journal in %(folder)s already: give another folder."), folder=folder)
    journal = Journal.in_folder(folder)
    lost = 0
    try:
        with journal.link() as link:
            for day in found.days.values():
                lost += len(day.lost)
                _put(link, "sessions", [day.row or _another(day)])
                _put(link, "entries", [day.entries.get(seq) or _gap(day, seq) for seq in sorted({*day.entries, *day.lost})])
            for table in metadata.sorted_tables:
                if table.name not in {"sessions", "entries", "signins", *_DERIVED}:
                    of_day = bool(table.columns.get("session") is not None and table.columns["session"].foreign_keys)
                    _put(link, table.name, (row for row in source.rows(table.name) if not of_day or row["session"] in found.days))
    finally:
        journal.close()
    return lost


def _put(link: db.Connection, table: str, rows: Iterable[Row]) -> None:
    """The rows that are right; of two for the same thing, the first."""
    insert = db.insert(metadata.tables[table]).prefix_with("OR IGNORE")
    for row in rows:
        if _is(table, row):
            link.execute(insert, {name: value for name, value in row.items() if name in _KEPT[table]})


def _another(day: Day) -> Row:
    """A row for a session whose own is lost: its address and its keys are new."""
    title = next((one.content["text"] for one in day.journal() if one.do == "sheet"), "")
    keys = {name: secrets.token_urlsafe(16) for name in STAFF}
    named = next((line.partition(":")[2].strip() for line in str(title).splitlines() if line.startswith(("title", "titre"))), "")
    created = min((one.at for one in day.journal() if one.at), default="1970-01-01T00:00:00.000Z")
    return {"id": day.id, "code": new_code(), "path": None, "created": created, "title": named, "keys": canonical(keys)}


def _gap(day: Day, seq: int) -> Row:
    before = max((one for one in day.entries if one < seq), default=0)
    at = day.entries[before]["at"] if before else ""
    entry = asdict(Entry(seq, str(uuid.uuid5(uuid.UUID(day.id), str(seq))), at, "system", LOST)) | {"content": "{}"}
    return entry | {"session": day.id, "sum": seal(entry)}
