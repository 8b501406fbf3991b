"""Owns a real PostgreSQL for the tests: a server of its own in a temporary folder, on a Unix socket, stopped at the end.

It can be stopped at once, as by a crash, hung, and go on or begin again at the same address.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import sqlalchemy as db


def programs() -> Path | None:
    """Where initdb and pg_ctl are; Debian keeps them off the PATH, one folder per version."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), default=None)


class Postgres:
    """A server. Each call makes an empty database and returns its SQLAlchemy URL."""

    def __init__(self, programs: Path, folder: Path, user: str | None, *, durable: bool = False) -> None:
        self._programs, self._folder, self._user, self._durable = programs, folder, user, durable
        self._numbers = count(1)
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        self.start()

    def __call__(self) -> str:
        address = f"postgresql+psycopg://postgres@/%s?host={self._folder}"
        database = f"journal{next(self._numbers)}"
        engine = db.create_engine(address % "postgres", isolation_level="AUTOCOMMIT", poolclass=db.NullPool)
        with engine.connect() as link:
            link.exec_driver_sql(f"CREATE DATABASE {database}")
        return address % database

    def start(self) -> None:
        """Returns once it answers; at once where it runs."""
        if not self.pid:
            options = f"-k {self._folder} -c listen_addresses='' -c fsync={'on' if self._durable else 'off'}"
            self._run("pg_ctl", "start", "-w", "-l", str(self._folder / "log"), "-o", options)

    def stop(self) -> None:
        """As a crash does: every connection ends amid what it says. What was committed is read from its log at the next start."""
        if not self.pid:
            return
        self.go_on()
        self._run("pg_ctl", "stop", "-w", "-m", "immediate")

    def hang(self) -> None:
        """From now on it says nothing, refuses nothing and ends no connection, until ``go_on``."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    @property
    def pid(self) -> int:
        """Of the process that is the parent of all others; 0 where none runs."""
        file = self._folder / "data" / "postmaster.pid"
        return int(file.read_text().split("\n")[0]) if file.exists() else 0

    def _signal(self, number: signal.Signals) -> None:
        # The parent first: once it stands still there is no other child.
        os.kill(self.pid, number)
        for child in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
            os.kill(int(child), number)

    def _run(self, program: str, *arguments: str) -> None:
        quiet = subprocess.DEVNULL  # a pipe would stay open as long as the server
        command = [self._programs / program, "-D", self._folder / "data", *arguments]
        subprocess.run(command, user=self._user, cwd=self._folder, stdout=quiet, check=True)


@contextmanager
def postgres(programs: Path, *, durable: bool = False) -> Iterator[Postgres]:
    """One that runs until the end of the block; ``durable`` as people run it, where a test waits for no disk."""
    user = _someone() if os.getuid() == 0 else None  # PostgreSQL refuses to run as root
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        if user:
            shutil.chown(name, user)
        server = Postgres(programs, Path(name), user, durable=durable)
        try:
            yield server
        finally:
            server.stop()


def _someone() -> str:
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
