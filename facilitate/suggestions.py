"""Owns suggestions computed on this machine: a question about the state of a step, answered by a process apart that stays warm.

The process is started afresh (``python -m facilitate.suggestions``) at the first question, takes one question a line on its stdin, and is
ended after some quiet minutes or with the server. What it imports weighs nothing on the server; where it fails, whoever asked is told.
"""

import contextlib
import importlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from typing import Any

from facilitate import logs

log = logging.getLogger(__name__)

_SECONDS = 60.0  # a slow computer takes long to start the process
_QUIET = 600.0
_KEPT = 16


class Suggestions:
    """One process for all who ask, one question at a time. ``seconds``: the longest an answer may take; ``quiet``: when it is ended."""

    def __init__(self, seconds: float = _SECONDS, quiet: float = _QUIET) -> None:
        self.seconds, self.quiet = seconds, quiet
        self.process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()
        self._rest: threading.Timer | None = None
        self._kept: OrderedDict[str, Any] = OrderedDict()

    def ask(self, module: str, question: Any) -> Any | None:
        """What ``module.answer(question)`` gives, plain JSON both; None when it cannot be had. Blocks: not for the hub."""
        line = json.dumps([module, question])
        with self._turn:
            if line in self._kept:
                self._kept.move_to_end(line)
                return self._kept[line]
            told = self._asked(line)
            if told is not None:
                self._kept[line] = told
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            return told

    def stop(self) -> None:
        """Ends the process; another question starts it again."""
        if self._rest is not None:
            self._rest.cancel()
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]

    def forget(self) -> None:
        """Words were erased: no question that held them, and no process that read them, is kept."""
        with self._turn:
            self._kept.clear()
            self.stop()

    def _asked(self, line: str) -> Any | None:
        if self._rest is not None:
            self._rest.cancel()
        process = self._running()
        late = threading.Timer(self.seconds, process.kill)
        late.daemon = True
        late.start()
        said = _said(process, line)
        late.cancel()
        if not said.endswith(b"\n"):
            log.warning("suggestions could not be computed: their process ended or took too long")
            self.stop()
            return None
        self._rest = threading.Timer(self.quiet, self._end)
        self._rest.daemon = True
        self._rest.start()
        return json.loads(said).get("answer")

    def _end(self) -> None:
        with self._turn:
            self.stop()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self.process is not None and self.process.poll() is not None:
            self.stop()
        if self.process is None:
            # One thread: the sums are small, and the same input gives the same output to the last bit.
            alone = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
            command = [sys.executable, "-m", "facilitate.suggestions"]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **alone})
        return self.process


def _said(process: "subprocess.Popen[bytes]", line: str) -> bytes:
    """The line that answers; without its end where the process died."""
    asks, answers = process.stdin, process.stdout
    if asks is None or answers is None:
        return b""
    with contextlib.suppress(OSError):
        asks.write(line.encode() + b"\n")
        asks.flush()
        return answers.readline()
    return b""


def main() -> None:
    """In the process: answers each line of stdin by a line; what cannot be answered is logged, and null. Ends with whoever asks."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(5)
    # Whatever a library prints goes to the log: stdout belongs to the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    logs.begin(os.environ.get("FACILITATE_LOG", "text"))
    for line in sys.stdin:
        told: dict[str, Any] = {}
        try:
            module, question = json.loads(line)
            told["answer"] = importlib.import_module(module).answer(question)
        except Exception:
            logging.exception("a question could not be answered")
        try:
            answers.write(json.dumps(told) + "\n")
            answers.flush()
        except BrokenPipeError:
            # Whoever asked has gone. What waits to be written is not tried again as this ends: see Python's note on SIGPIPE.
            os.dup2(os.open(os.devnull, os.O_WRONLY), answers.fileno())
            return


if __name__ == "__main__":
    main()
