"""Owns a real server under test: its own process, killed, stopped and started again on the same data."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from harness.nursery import ROOT, Born

PATIENCE = 60  # seconds; only a broken server comes near
TRACEBACK = "Traceback (most recent call last)"

# A shell that runs the tests in the background has them ignore SIGINT, and what they start would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Server:
    """``facilitate run SHEET`` on a free port of 127.0.0.1; without a sheet, ``facilitate prepare``.

    ``code``, ``pid``, ``urls`` and ``keys`` are what it printed once it listened: ``urls['join' | 'wall' | 'console' | 'shelf']``,
    ``keys['wall' | 'console' | 'shelf']``. ``base`` is 'http://127.0.0.1:PORT'.
    """

    code: str
    pid: int
    urls: dict[str, str]
    keys: dict[str, str]
    port = 0

    def __init__(
        self, sheet: Path | None, data_dir: Path, arguments: Sequence[str] = (), environment: Mapping[str, str] | None = None
    ) -> None:
        self.sheet, self.data_dir = sheet, data_dir
        self._arguments, self._environment = arguments, environment
        self._log = data_dir.with_suffix(".log")
        self._start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def where(self) -> Path | str:
        """Where its journal is: its data folder, or its database's URL."""
        options = [*self._arguments]
        return options[options.index("--database-url") + 1] if "--database-url" in options else self.data_dir

    @property
    def each(self) -> list["Server"]:
        """Its processes, one by one."""
        return [self]

    @property
    def log(self) -> str:
        """What it has written to stderr, restarts included."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def tell(self, instant: str) -> None:
        """It is now ``instant``, UTC as entries write it: a server started with ``--clock stdin`` stands still between two."""
        assert self._process.stdin is not None
        print(instant, file=self._process.stdin, flush=True)
        assert self._lines.get(timeout=PATIENCE).strip() == instant

    def kill(self) -> None:
        """As a power cut does: SIGKILL."""
        self._process.kill()
        self._wait()

    def stop(self) -> None:
        """As Ctrl-C does, and it must end well: exit code 0, no traceback."""
        self._process.send_signal(signal.SIGINT)
        self._wait()
        assert self._process.returncode == 0, f"the server ended with {self._process.returncode}:\n{self.log}"
        assert TRACEBACK not in self.log, self.log

    def restart(self) -> None:
        """Starts it again, on the same data and the same port; stops it first if it runs."""
        if self.running:
            self.stop()
        self._start()

    def close(self) -> None:
        """Ends what still runs of it."""
        if self.running:
            self.kill()

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def _start(self) -> None:
        command = ["run", str(self.sheet)] if self.sheet else ["prepare"]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--data-dir", str(self.data_dir), "--print-urls", "json", *self._arguments]
        with self._log.open("a") as log:
            self._process = self._begin(command, log)
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lines = lines
        assert self._process.stdout is not None
        # stdout is read to its end, or a server that goes on talking would one day wait for a reader.
        self._reader = threading.Thread(target=_read, args=(self._process.stdout, lines), daemon=True)
        self._reader.start()
        try:
            said = json.loads(lines.get(timeout=PATIENCE))
        except (queue.Empty, json.JSONDecodeError) as error:
            self.kill()
            raise AssertionError(f"the server did not say where it listens:\n{self.log}") from error
        self.code, self.pid, self.urls, self.keys = said["code"], said["pid"], said["urls"], said["keys"]
        self.port = urlsplit(next(iter(self.urls.values()))).port or 80

    def _begin(self, command: Sequence[str], log: IO[str]) -> "Born | subprocess.Popen[str]":
        told = "--clock" in self._arguments
        if not self._environment:
            return Born(command, os.environ, log, told=told)
        # Some variables are read as Python starts.
        program, pipe = [sys.executable, "-m", "facilitate", *command], subprocess.PIPE
        environment, stdin = {**os.environ, **self._environment}, pipe if told else subprocess.DEVNULL
        return subprocess.Popen(program, cwd=ROOT, env=environment, stdin=stdin, stdout=pipe, stderr=log, encoding="utf-8")

    def _wait(self) -> None:
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"the server did not end within {PATIENCE} s:\n{self.log}") from None
        finally:
            self._reader.join()
            if self._process.stdin is not None:
                self._process.stdin.close()


def _read(stream: IO[str], lines: "queue.SimpleQueue[str]") -> None:
    with stream:
        for line in stream:
            lines.put(line)
    lines.put("")
