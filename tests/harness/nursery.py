"""Owns the quick birth of servers: a process that has the program's modules at hand already, and forks into ``facilitate …``.

What is born is the program itself, in a process of its own, which is killed and stopped as any other. Run as a script, with the number
of a socket: each message there is a command line and its environment, and brings what will be stdin, stdout and stderr, and a pipe on
which the exit code is told.
"""

import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
_MOST = 1 << 20
_TURN = threading.Lock()


class Born:
    """``facilitate ARGUMENTS``, running: of subprocess.Popen what tests need. ``stdin`` can be written to where it is ``told``."""

    stdin: IO[str] | None = None

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], stderr: IO[str], *, told: bool) -> None:
        self.returncode: int | None = None
        inside, tell = os.pipe()
        hear, outside = os.pipe()
        self._end, ended = os.pipe()
        # One at a time: a thread that starts another server at the same moment would be told this one's number.
        with _TURN:
            nursery = _nursery()
            socket.send_fds(nursery, [json.dumps([[*arguments], {**environment}]).encode()], [inside, outside, stderr.fileno(), ended])
            self.pid = int(nursery.recv(_MOST))
        for one in (inside, outside, ended):
            os.close(one)
        self.stdout = open(hear, encoding="utf-8")  # noqa: SIM115 - closed by whoever reads it
        if told:
            self.stdin = open(tell, "w", encoding="utf-8")  # noqa: SIM115
        else:
            os.close(tell)

    def poll(self) -> int | None:
        """The exit code as Popen says it, None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float) -> int:
        """The exit code once it has ended; subprocess.TimeoutExpired after ``timeout`` seconds."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("facilitate", timeout)
        return code

    def send_signal(self, number: int) -> None:
        """As Popen's: nothing for one that has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, seconds: float) -> int | None:
        if self.returncode is None and select.select([self._end], [], [], seconds)[0]:
            self.returncode = int(os.read(self._end, _MOST))
            os.close(self._end)
        return self.returncode


@cache
def _nursery() -> socket.socket:
    """Of this process, started when first needed; it ends with it."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen([sys.executable, __file__, str(there.fileno())], pass_fds=[there.fileno()], cwd=ROOT)
    there.close()
    atexit.register(process.wait)
    atexit.register(here.close)
    return here


def _grow(requests: socket.socket) -> bool:
    """True in each process that is to be the program; False in the nursery, once nobody can ask for one any more."""
    while True:
        message, given, _, _ = socket.recv_fds(requests, _MOST, 4)
        while _reaped():
            pass
        if not message:
            return False
        if os.fork():
            for one in given:
                os.close(one)
            continue
        *streams, ended = given
        if child := os.fork():
            # Its parent lives as long as it does, to tell how it ended.
            requests.send(str(child).encode())
            os.write(ended, str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())
            os._exit(0)
        requests.close()
        os.close(ended)
        for number, one in enumerate(streams):
            os.dup2(one, number)
            os.close(one)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        arguments, environment = json.loads(message)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv[1:] = arguments
        return True


def _reaped() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] > 0
    except ChildProcessError:
        return False


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path[0] = str(ROOT)
    from facilitate.cli import main
    from facilitate.installed import beside, find_kinds
    from facilitate.journal import Journal
    from facilitate.language import languages
    from facilitate.render import Entrance, Screens
    from facilitate.web.assets import Assets

    for each in ("facilitate.serve", "alembic.command", "encodings.utf_8_sig", "engineio.async_drivers.gevent", "gevent.resolver.thread"):
        import_module(each)
    Journal("sqlite://").close()
    kinds = find_kinds()
    assets = Assets(beside("static"), kinds)
    # What is packed and what templates are compiled to is kept.
    deque((*assets.pack(phones=True), *assets.pack(phones=False)), 0)
    deque(Screens(kinds, languages(kinds), beside("templates"), Entrance(""), str, str).compile(), 0)
    gc.collect()
    gc.freeze()
    if _grow(socket.socket(fileno=int(sys.argv[1]))):
        main()
