"""Owns the smallest group that a figure may tell apart: of fewer than five people, one could say who they are."""

from collections import Counter
from collections.abc import Iterable

from facilitate.core.words import N_

LEAST = 5
OTHERS = N_("others, or not said")
"""What the rest is called."""


def grouped(said: Iterable[str]) -> tuple[dict[str, int], int]:
    """What people said of themselves ('' where they did not), as figures that single out nobody: (how many said each thing that five people
    or more say, the most said first; how many all the others are).

    Where something was said by fewer, the others are five or more too, or nothing is told: else who did not say would give them away.
    """
    counts = Counter(said)
    silent = counts.pop("", 0)
    told = {text: count for text, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])) if count >= LEAST}
    others = silent + sum(count for text, count in counts.items() if text not in told)
    while told and len(told) < len(counts) and others < LEAST:
        others += told.popitem()[1]
    return told, others
