"""Owns the copy of everything that is kept, taken while a server runs, in one file; and its way back.

The file is a zip, packed without compression: the database as SQLite has it or as pg_dump writes it, and the sheets being prepared.
"""

import json
import os
import re
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import sqlalchemy as db
from sqlalchemy.engine import URL, make_url

from facilitate import __version__
from facilitate.core.words import N_
from facilitate.journal import SWEEP
from facilitate.verify import DATABASE, DUMP, SHEETS, File, NotReadable, run, unpacked

ABOUT = "backup.json"
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_SHEET = re.compile(re.escape(SHEETS) + r"[a-z0-9-]+\.md")


def backup(where: Path | str, file: Path, at: str) -> None:
    """Writes everything at a data folder, or at a database's URL, into ``file``: as it is at one instant, whoever writes meanwhile, and
    whole or not at all. ``at`` is now. Raises ``NotReadable``, and OSError."""
    with tempfile.TemporaryDirectory(prefix="facilitate-", dir=file.absolute().parent) as name:
        folder = Path(name)
        os.chmod(folder, 0o700)
        made = _copied(where, folder)
        sheets = sorted((where / SHEETS).glob("*.md")) if isinstance(where, Path) else []
        about = {"facilitate": __version__, "made": at, "sheets": len(sheets)}
        packed = folder / "packed"
        with packed.open("wb") as raw:
            with ZipFile(raw, "w", ZIP_STORED) as archive:
                archive.writestr(ABOUT, json.dumps(about))
                archive.write(made, made.name)
                for sheet in sheets:
                    if _SHEET.fullmatch(SHEETS + sheet.name) and not sheet.is_symlink():
                        archive.write(sheet, SHEETS + sheet.name)
            raw.flush()
            os.fsync(raw.fileno())
        packed.chmod(0o600)
        os.replace(packed, file)


def _copied(where: Path | str, folder: Path) -> Path:
    if isinstance(where, str) and make_url(where).get_backend_name() != "sqlite":
        address, environment = _libpq(make_url(where))
        options = ["--format=custom", "--compress=0", "--no-owner", f"--file={folder / DUMP}"]
        done = run("pg_dump", *options, address, environment=environment)
        if done.returncode:
            raise NotReadable(N_("pg_dump could not copy the database: %(why)s"), why=done.stderr.decode(errors="replace").strip())
        return folder / DUMP
    path = where / DATABASE if isinstance(where, Path) else Path(make_url(where).database or "")
    if not path.is_file():
        raise NotReadable(N_("There is no %(file)s."), file=path)
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as live, closing(sqlite3.connect(folder / DATABASE)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, that needs none beside it
            _swept(copy)
    except sqlite3.Error as error:
        raise NotReadable(N_("The journal cannot be read: %(why)s"), why=f"{path}: {error}") from error
    return folder / DATABASE


def _swept(copy: sqlite3.Connection) -> None:
    """What was erased and waits to be swept from the live file is in no backup. A damaged file is copied as it is."""
    with suppress(sqlite3.DatabaseError):
        if copy.execute("SELECT 1 FROM settings WHERE name = ?", (SWEEP,)).fetchone():
            copy.execute("VACUUM")


def restore(file: Path, where: Path | str, *, replace: bool = False) -> None:
    """Puts what a backup holds at a data folder or at a PostgreSQL database's URL. What is there already is refused, unless it is to be
    replaced; a server must not be running on it. Raises ``NotReadable``: nothing was changed then."""
    with tempfile.TemporaryDirectory(prefix="facilitate-") as name:
        made = unpacked(file, Path(name))
        if made.name == DUMP:
            _to_postgresql(made, where, replace)
        else:
            if not isinstance(where, Path):
                raise NotReadable(N_("This backup is SQLite’s: it is restored into a data folder, with --data-dir."))
            with closing(File(made)) as copy:
                if torn := copy.complaints():
                    raise NotReadable(N_("This backup is damaged: %(why)s"), why=torn[0])
            _to_folder(made, file, where, replace)


def _to_folder(made: Path, file: Path, where: Path, replace: bool) -> None:
    target = where / DATABASE
    if target.exists() and target.stat().st_size:
        if not replace:
            raise NotReadable(N_("There is a journal in %(folder)s already. To put the backup in its place: --replace"), folder=where)
        _let_go(target)
    (where / SHEETS).mkdir(mode=0o700, parents=True, exist_ok=True)
    with ZipFile(file) as archive:
        for name in filter(_SHEET.fullmatch, archive.namelist()):
            (where / name).write_bytes(archive.read(name))
    aside = where / f"{DATABASE}.restored"
    shutil.copyfile(made, aside)
    aside.chmod(0o600)
    with aside.open("rb") as raw:
        os.fsync(raw.fileno())
    for one in ("-wal", "-shm"):
        # Of the journal that goes: it must not be taken for the new one's.
        target.with_name(DATABASE + one).unlink(missing_ok=True)
    os.replace(aside, target)
    folder = os.open(where, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _let_go(target: Path) -> None:
    """Refuses while a server has the journal open."""
    try:
        with closing(sqlite3.connect(target, timeout=0)) as link:
            link.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            text = N_("A server is running on %(folder)s. Stop it first: nothing was changed.")
            raise NotReadable(text, folder=target.parent) from error
    except sqlite3.DatabaseError:
        return  # no journal any more: this is why one restores


def _to_postgresql(made: Path, where: Path | str, replace: bool) -> None:
    if isinstance(where, Path):
        raise NotReadable(N_("This backup is PostgreSQL’s: it is restored into a database, with --database-url."))
    engine = db.create_engine(where, poolclass=db.NullPool, hide_parameters=True)
    try:
        with engine.connect() as link:
            taken = db.inspect(link).has_table("sessions")
            others = link.scalar(db.text(_OTHERS))
    except db.exc.SQLAlchemyError as error:
        raise NotReadable(N_("The journal cannot be read: %(why)s"), why=str(error).partition("\n")[0]) from error
    if taken and not replace:
        raise NotReadable(N_("There is a journal in this database already. To put the backup in its place: --replace"))
    if taken and others:
        raise NotReadable(N_("A server is running on %(folder)s. Stop it first: nothing was changed."), folder=make_url(where).database)
    clean = ["--clean", "--if-exists"] if taken else []
    address, environment = _libpq(make_url(where))
    options = ["--single-transaction", "--exit-on-error", "--no-owner", *clean]
    done = run("pg_restore", *options, f"--dbname={address}", str(made), environment=environment)
    if done.returncode:
        raise NotReadable(N_("pg_restore could not bring the backup back: %(why)s"), why=done.stderr.decode(errors="replace").strip())


def _libpq(url: URL) -> tuple[str, dict[str, str]]:
    """The address as PostgreSQL's programs take it; the password apart, where no other user of the machine can read it."""
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False), {**os.environ, **password}
