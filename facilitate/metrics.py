"""Owns what this process counts of itself, and tells it as Prometheus text: https://prometheus.io/docs/instrumenting/exposition_formats/

Any room counts with one call, from wherever it stands; a count costs less than a microsecond, which the usual library's
do not. A label is a word of the program's: none names a day, a person, an address, or holds a word that anyone wrote.
"""

import gc
import os
import platform
import re
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from facilitate import __version__

P = ParamSpec("P")
T = TypeVar("T")

_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}|", re.ASCII)
_WORDS = 100
"""Different labels of one count: what comes beyond is told as 'other'."""
_STATM = Path("/proc/self/statm")
_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_BATCHES = (1, 2, 5, 10, 20, 50, 100, 200, 500)


class Counter:
    """What only grows, by its labels."""

    kind = "counter"

    def __init__(self, name: str, told: str, *labels: str) -> None:
        self.name, self.told, self.labels = name, told, labels
        self.counts: dict[tuple[str, ...], float] = {} if labels else {(): 0}

    def add(self, *which: str, number: float = 1) -> None:
        """So many more under these labels, one for each that the count has."""
        try:
            self.counts[which] += number
        except KeyError:
            self._begun(which, number)

    def _begun(self, which: tuple[str, ...], number: float) -> None:
        which = tuple(word if _WORD.fullmatch(word) else "other" for word in which)
        if len(self.counts) >= _WORDS:
            which = ("other",) * len(which)
        self.counts[which] = self.counts.get(which, 0) + number

    def lines(self) -> Iterator[str]:
        """Each sample."""
        for which, number in sorted(self.counts.items()):
            said = ",".join(f'{label}="{word}"' for label, word in zip(self.labels, which, strict=True))
            yield f"{self.name}{{{said}}} {number:.17g}" if said else f"{self.name} {number:.17g}"


class Gauge(Counter):
    """What stands at a value, and may be unknown: it is told once it was set."""

    kind = "gauge"

    def __init__(self, name: str, told: str) -> None:
        super().__init__(name, told)
        self.counts = {}

    def set(self, number: float) -> None:
        """It stands at ``number`` now."""
        self.counts[()] = number

    @property
    def value(self) -> float | None:
        """Where it stands; None before it was set."""
        return self.counts.get(())


class Histogram:
    """How values are spread: how many were at most each of ``bounds``, and their sum."""

    kind = "histogram"

    def __init__(self, name: str, told: str, bounds: Sequence[float]) -> None:
        self.name, self.told, self.bounds = name, told, bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """One more value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def timed(self, work: Callable[P, T]) -> Callable[P, T]:
        """The same function, the seconds of each call observed, one that raises included."""

        @wraps(work)
        def timed(*given: P.args, **named: P.kwargs) -> T:
            began = time.perf_counter()
            try:
                return work(*given, **named)
            finally:
                self.observe(time.perf_counter() - began)

        return timed

    def lines(self) -> Iterator[str]:
        """Each sample."""
        so_far = 0
        for bound, count in zip([*map(str, self.bounds), "+Inf"], self.counts, strict=True):
            so_far += count
            yield f'{self.name}_bucket{{le="{bound}"}} {so_far}'
        yield f"{self.name}_sum {self.sum:.17g}"
        yield f"{self.name}_count {so_far}"


acts = Counter("facilitate_acts_total", "Acts answered, by result (accepted, refused, later) and code.", "result", "code")
turned_away = Counter("facilitate_turned_away_total", "Asked to wait before anything was decided, by code.", "code")
waiting = Gauge("facilitate_acts_waiting", "Acts in the queues of all days.")
batch = Histogram("facilitate_batch_acts", "Acts decided and committed together.", _BATCHES)
commit = Histogram("facilitate_commit_seconds", "From a batch handed to the writer until it is on disk, or was not kept.", _SECONDS)
fanout = Histogram("facilitate_fanout_seconds", "A tick of one day, for one commit or more: drawing, telling screens.", _SECONDS)
updates = Counter("facilitate_updates_total", "Updates told to rooms, however many screens are in each.")
conflicts = Counter("facilitate_conflicts_total", "Batches decided again: another worker had written first.")
caught_up = Counter("facilitate_caught_up_entries_total", "Entries read that another worker wrote, or an import.")
nudges = Counter("facilitate_nudges_total", "Nudges between workers, by way (sent, received).", "way")
frames = Counter("facilitate_frames_sent_total", "Messages written to lines of real time.")
sent = Counter("facilitate_sent_bytes_total", "Bytes written to lines of real time.")
dropped = Counter("facilitate_slow_readers_dropped_total", "Lines ended because nobody read what waited for them.")
sessions = Gauge("facilitate_sessions_loaded", "Days in memory.")
lines = Gauge("facilitate_lines_connected", "Pages connected in real time.")
participants = Gauge("facilitate_participants_connected", "Participants connected here, each counted once.")
redis_up = Gauge("facilitate_redis_up", "1 where Redis carries nudges, 0 where it is looked for every second instead; absent without one.")
database_up = Gauge("facilitate_database_up", "1 where the database answered within two seconds just now.")

_ALL: tuple[Counter | Histogram, ...] = (
    *(acts, turned_away, waiting, batch, commit, fanout, updates, conflicts, caught_up, nudges),
    *(frames, sent, dropped, sessions, lines, participants, redis_up, database_up),
)


def answered(answer: object) -> None:
    """One more act is answered: with its seq, or with what bears a ``code`` and is called Refused or Later."""
    if isinstance(answer, int):
        acts.add("accepted", "")
    else:
        acts.add(type(answer).__name__.lower(), getattr(answer, "code", ""))


def text() -> str:
    """All of it, and what the process takes, as it stands now."""
    written = list[str]()
    for one in [*_ALL, *_process()]:
        if samples := list(one.lines()):
            written += [f"# HELP {one.name} {one.told}", f"# TYPE {one.name} {one.kind}", *samples]
    return "\n".join(written) + "\n"


def _process() -> Iterator[Counter]:
    """Under the names that every dashboard knows."""
    built = Gauge("facilitate_build_info", "Always 1; the labels say what runs.")
    built.labels = ("version", "python")
    built.counts = {(__version__, platform.python_version()): 1}
    yield built
    cpu = Counter("process_cpu_seconds_total", "Processor time, user and system.")
    cpu.add(number=time.process_time())
    yield cpu
    if _STATM.exists():
        memory = Gauge("process_resident_memory_bytes", "Memory held.")
        memory.set(int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
        yield memory
    collected = Counter("python_gc_collections_total", "Runs of the collector, by generation.", "generation")
    for generation, found in enumerate(gc.get_stats()):
        collected.add(str(generation), number=found["collections"])
    yield collected
