"""Owns the cuts a late day can make: which steps to shorten or skip so that fixed hours and the end are kept."""

from collections.abc import Sequence
from dataclasses import dataclass

_LEAST_SHARE = 0.5
"""A step whose sheet gives no minimum keeps at least half of its length."""
_STEP = 5
"""Lengths are proposed in multiples of five minutes where that is enough, else to the minute."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A step still to come: its length now, its least length (0: none given), whether it may be left out, its fixed start or None.

    Minutes; hours are minutes since midnight.
    """

    id: str
    minutes: int
    minimum: int = 0
    optional: bool = False
    fixed: int | None = None

    @property
    def least(self) -> int:
        """How short it may become without being left out."""
        return min(self.minutes, self.minimum or max(1, round(self.minutes * _LEAST_SHARE)))


@dataclass(frozen=True, slots=True)
class Cut:
    """One step's new length; 0 leaves it out. ``was`` is its length before."""

    id: str
    minutes: int
    was: int


@dataclass(frozen=True, slots=True)
class Cuts:
    """What is proposed, and the minutes that no permitted cut can give back."""

    cuts: tuple[Cut, ...]
    short: int


def propose(coming: Sequence[Coming], starts: int, end: int | None) -> Cuts:
    """The cuts that bring each fixed step back to its hour, and the day to its end.

    ``starts``: when the first of ``coming`` would begin; ``end``: the hour at which the day must be over, None where it may run on.
    Each stretch up to a fixed hour is mended by its own steps: first every step gives in proportion to what it can give above its
    least length, then optional steps are left out, the last first.
    """
    lengths = {step.id: step.minutes for step in coming}
    short, clock, stretch = 0, starts, list[Coming]()
    for step in coming:
        if step.fixed is not None:
            short += _mend(stretch, lengths, clock + sum(lengths[one.id] for one in stretch) - step.fixed)
            clock, stretch = max(step.fixed, clock + sum(lengths[one.id] for one in stretch)), []
        stretch.append(step)
    if end is not None:
        short += _mend(stretch, lengths, clock + sum(lengths[one.id] for one in stretch) - end)
    cuts = tuple(Cut(step.id, lengths[step.id], step.minutes) for step in coming if lengths[step.id] != step.minutes)
    return Cuts(cuts, short)


def _mend(stretch: Sequence[Coming], lengths: dict[str, int], over: int) -> int:
    """Takes ``over`` minutes out of a stretch; the minutes it could not take."""
    if over <= 0:
        return 0
    left_out = 0
    optional = [step for step in reversed(stretch) if step.optional]
    while sum(lengths[step.id] - step.least for step in stretch if lengths[step.id]) + left_out < over and optional:
        step = optional.pop(0)
        left_out += lengths[step.id]
        lengths[step.id] = 0
    wanted = max(0, over - left_out)
    givers = [step for step in stretch if lengths[step.id] > step.least]
    room = sum(lengths[step.id] - step.least for step in givers)
    taken = min(wanted, room)
    for place, step in enumerate(givers):
        gives = lengths[step.id] - step.least
        share = taken if place == len(givers) - 1 else min(gives, taken, _rounded(taken * gives / room))
        share = max(share, taken - (room - gives))
        lengths[step.id] -= share
        taken, room = taken - share, room - gives
    return max(0, over - sum(step.minutes - lengths[step.id] for step in stretch))


def _rounded(minutes: float) -> int:
    whole = round(minutes / _STEP) * _STEP
    return whole if whole else round(minutes)
