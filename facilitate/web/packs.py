"""Owns the packs of this server: those being made, one at a time, and the last whole one of each day and language.

They are kept in a folder for as long as the program runs, and made anew by a press: what was withdrawn since is in no new one.
"""

import logging
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gevent import get_hub

from facilitate.restitution.pack import Failed, Order, pack_apart

log = logging.getLogger(__name__)

_KEPT = 12


@dataclass(slots=True)
class Job:
    """How far a pack is: ``state`` is '' (none asked for), 'running', 'ready' or 'failed'; ``done`` of ``of`` files; ``why`` it failed."""

    state: str = ""
    done: int = 0
    of: int = 9
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """A whole pack, and the seq of the last entry that is in it."""

    file: Path
    seq: int

    @property
    def megabytes(self) -> float:
        return max(0.1, round(self.file.stat().st_size / 1e6, 1))


class Packs:
    """By day and language. What makes one runs in a thread, its work in a process apart."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._jobs: dict[tuple[str, str], Job] = {}
        self._ready: dict[tuple[str, str], Ready] = {}
        self._turn = threading.Lock()
        self.drops = Counter[str]()
        """How often the packs of a day were dropped so far: whoever read it before a drop has no pack made of what it read."""

    def job(self, code: str, language: str) -> Job:
        return self._jobs.get((code, language), Job())

    def ready(self, code: str, language: str) -> Ready | None:
        found = self._ready.get((code, language))
        return found if found and found.file.is_file() else None

    def drop(self, code: str) -> None:
        """Lets go of the packs of a day, one being made too: they hold people who were taken off its list since, or words erased."""
        self.drops[code] += 1
        for key in [key for key in list(self._jobs) if key[0] == code]:
            self._jobs.pop(key, None)
            if ready := self._ready.pop(key, None):
                ready.file.unlink(missing_ok=True)

    def make(self, code: str, language: str, seq: int, made: Callable[[], Order], drops: int) -> None:
        """Begins, unless it has begun, or what it is to be made of was read before the last of the ``drops``."""
        if self.job(code, language).state == "running" or drops != self.drops[code]:
            return
        job = self._jobs[code, language] = Job("running")
        get_hub().threadpool.spawn(self._make, (code, language), job, seq, made)

    def _make(self, key: tuple[str, str], job: Job, seq: int, made: Callable[[], Order]) -> None:
        def done(_: str, count: int, of: int) -> None:
            job.done, job.of = count, of

        try:
            with self._turn:
                self._folder = self._folder or tempfile.TemporaryDirectory(prefix="facilitate-packs-", ignore_cleanup_errors=True)
                file = Path(self._folder.name, "-".join(key) + ".zip")
                pack_apart(made(), file, done)
                if self._jobs.get(key) is not job:
                    file.unlink()
                    return
                self._ready.pop(key, None)
                self._ready[key] = Ready(file, seq)
                for old in list(self._ready)[:-_KEPT]:
                    self._ready.pop(old).file.unlink(missing_ok=True)
            job.state = "ready"
        except Exception as error:
            # Whatever it was, it is said where the pack was asked for; the last whole one stays.
            log.exception("the pack %s could not be made", "-".join(key))
            job.why = error.what if isinstance(error, Failed) else "disk" if isinstance(error, OSError) else ""
            job.state = "failed"
