"""Owns a real Redis for the tests: a server of its own on a Unix socket, which keeps nothing, stopped at the end.

It can be killed, hung, and go on or begin again at the same address.
"""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = shutil.which("redis-server")


class Redis:
    """``url`` is what ``--redis-url`` takes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = f"unix://{folder}/redis.sock"
        self.start()

    def start(self) -> None:
        """Returns once it answers."""
        assert PROGRAM
        settings = {"port": "0", "unixsocket": "redis.sock", "save": "", "appendonly": "no", "daemonize": "no", "loglevel": "notice"}
        command = [PROGRAM, *(part for name, value in settings.items() for part in (f"--{name}", value))]
        self._process = subprocess.Popen(command, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8")
        assert self._process.stdout is not None
        # What it says later goes nowhere.
        with self._process.stdout as said:
            assert any("eady to accept connections" in line for line in said), "Redis did not start"

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    def kill(self) -> None:
        """As a crash does: SIGKILL."""
        self._process.kill()
        self._process.wait()

    def hang(self) -> None:
        """From now on it says nothing, refuses nothing and ends no connection, until ``go_on``."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def redis() -> Iterator[Redis]:
    """One that runs until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="redis-") as name:
        server = Redis(Path(name))
        try:
            yield server
        finally:
            server.kill()
