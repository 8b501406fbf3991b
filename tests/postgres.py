"""Owns a real PostgreSQL for the tests: a server of its own in a temporary folder, on a Unix socket, stopped at the end."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import sqlalchemy as db


def programs() -> Path | None:
    """Where initdb and pg_ctl are; Debian keeps them off the PATH, one folder per version."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), default=None)


@contextmanager
def postgres(programs: Path) -> Iterator[Callable[[], str]]:
    """Starts a server; each call of what it gives makes an empty database and returns its SQLAlchemy URL."""
    user = _someone() if os.getuid() == 0 else None  # PostgreSQL refuses to run as root
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)

        def run(program: str, *arguments: str) -> None:
            quiet = subprocess.DEVNULL  # a pipe would stay open as long as the server
            subprocess.run([programs / program, "-D", folder / "data", *arguments], user=user, cwd=folder, stdout=quiet, check=True)

        run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        run("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", f"-k {folder} -c listen_addresses='' -c fsync=off")
        numbers = count(1)
        address = f"postgresql+psycopg://postgres@/%s?host={folder}"

        def new() -> str:
            database = f"journal{next(numbers)}"
            engine = db.create_engine(address % "postgres", isolation_level="AUTOCOMMIT", poolclass=db.NullPool)
            with engine.connect() as link:
                link.exec_driver_sql(f"CREATE DATABASE {database}")
            return address % database

        try:
            yield new
        finally:
            run("pg_ctl", "stop", "-w", "-m", "immediate")


def _someone() -> str:
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
