"""Owns what a day says of its attendance: its half-days, and until when the list of those who came is kept."""

from dataclasses import dataclass
from datetime import date

from facilitate.attendance.signing import Signature
from facilitate.core.activity import Kinds
from facilitate.core.agenda import Agenda, hour_of, minutes_of, planned
from facilitate.core.period import after
from facilitate.core.words import N_

USUAL = "P12M"
"""How long a list is kept where nobody decided it."""

_MEAL, _NOON = 40, (11 * 60, 14 * 60 + 30)  # at least so many minutes, beginning between these
_LATE = 10  # minutes of grace


@dataclass(frozen=True, slots=True)
class Half:
    """Half a day, or a whole one that no meal cuts: ``key`` 'am' or 'pm', its name (a msgid), its hours 'HH:MM' or ''."""

    key: str
    label: str
    start: str = ""
    end: str = ""

    def late(self, hour: str) -> bool:
        """Whether who comes at that hour comes late."""
        return bool(self.start) and minutes_of(hour) > minutes_of(self.start) + _LATE


@dataclass(frozen=True, slots=True)
class Attended:
    """A half-day that someone attended, from ``start`` to ``end``, 'HH:MM' or '' where no one knows, and its signature if there is one."""

    half: Half
    start: str
    end: str
    signature: Signature | None = None

    @property
    def minutes(self) -> int:
        """How long it was; 0 where that is not known."""
        return max(0, minutes_of(self.end) - minutes_of(self.start)) if self.start and self.end else 0


def halves(agenda: Agenda, kinds: Kinds) -> tuple[Half, ...]:
    """One half-day, or two on each side of a meal: a step of 40 minutes at least, around noon, in which nobody is asked anything."""
    if not agenda.start:
        return (Half("am", N_("Day")),)
    hours = planned(agenda.start, agenda.activities)
    end = agenda.end or hour_of(max((last for _, last in hours.values()), default=minutes_of(agenda.start)))
    meals = [
        (step.minutes, hours[step.id])
        for step in agenda.activities
        if step.id in hours and step.kind in kinds and not kinds[step.kind].verbs and not step.track
        if step.minutes >= _MEAL and _NOON[0] <= hours[step.id][0] <= _NOON[1]
    ]
    if meals:
        _, (stop, again) = max(meals)
        if minutes_of(agenda.start) < stop and again < minutes_of(end):
            return Half("am", N_("Morning"), agenda.start, hour_of(stop)), Half("pm", N_("Afternoon"), hour_of(again), end)
    if agenda.start >= "12:00":
        return (Half("pm", N_("Afternoon") if agenda.start < "17:00" else N_("Evening"), agenda.start, end),)
    return (Half("am", N_("Morning") if end <= "14:00" else N_("Day"), agenda.start, end),)


def now_on(some: tuple[Half, ...], hour: str) -> Half:
    """The half-day of that hour: the second once the first has ended."""
    return some[-1] if some[0].end and hour >= some[0].end else some[0]


def deleted_on(agenda: Agenda, created: str, usual: str = USUAL) -> date:
    """When the list is deleted: so long after the day, or after it was first opened here where that came later (a trial, say). Where its
    sheet does not say how long, ``usual`` does."""
    first = date.fromisoformat(created[:10])
    held = max(date.fromisoformat(agenda.date), first) if len(agenda.date) == 10 else first
    return after(held, agenda.attendance_kept or usual)
