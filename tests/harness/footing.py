"""Owns what a server under test may stand on: which database, how many workers, the direct path or not.

``pytestmark = pytest.mark.footings(*FOOTINGS)`` has every test of a module that starts a server run on each of them in turn, two in
`make test`, all in `make faults`; ``AT_LENGTH``, in `make test`, only on one process and SQLite; on a single test, ``footings(*SINGLE)``
says that it means something on one process alone, and a comment beside it says why.
"""

from dataclasses import dataclass
from typing import Literal

from harness.tally import LONG


@dataclass(frozen=True, slots=True)
class Footing:
    """Several workers hear each other by Redis."""

    database: Literal["sqlite", "postgres"] = "sqlite"
    workers: int = 1
    direct: bool = True

    def __str__(self) -> str:
        return f"{self.database}-{self.workers}{'' if self.direct else '-no-direct'}"


ALONE, TOGETHER = Footing(), Footing("postgres", 2)
FOOTINGS = [ALONE, TOGETHER]
if LONG:
    FOOTINGS += [Footing("sqlite", 2), Footing("postgres", 1), Footing(direct=False), Footing("postgres", 2, direct=False)]
SINGLE = [one for one in FOOTINGS if one.workers == 1]
SEVERAL = [one for one in FOOTINGS if one.workers > 1]
AT_LENGTH = FOOTINGS if LONG else [ALONE]
