"""Owns the agenda: the facts of a day and its activities in order, with the hours that follow from their lengths."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from facilitate.core.words import N_, slug

_UNION = re.compile(
    r"\W*(?:(?:l[’'])?union européenne|(?:the )?european union|fonds européen|european (?:regional|social))\b", re.IGNORECASE
)
REMINDER = N_("Name no one who is not in the room: neither a name, nor what someone could be recognised by.")
_ROOM = re.compile(r"(.*\S)\s*\((.+)\)")


@dataclass(frozen=True, slots=True)
class Activity:
    """One step of the agenda.

    ``minutes`` is its planned length; ``at`` a start given in the sheet ('9:30' is kept as '09:30') or ''; ``fixed`` means that
    start may not move (a meal, a train); ``minimum`` the shortest length in minutes, 0 where none is set; ``settings`` hold every
    setting of its kind, defaults included; ``instructions`` is the organiser's Markdown; ``line`` its line in the sheet, 0 if improvised.
    ``track`` is the parallel workshop it belongs to and ``within`` the step that holds that workshop, both '' in plenary; ``approval``
    means that what people post waits for a facilitator before the wall shows it; ``stays`` that it remains open beside the steps that
    follow, until it is closed or the day ends; ``sensitive`` what whoever writes is reminded of: 'yes' the usual, 'no' nothing, else the
    sheet's own words, '' as the day says. ``objective``, ``material``, ``who`` and ``trace`` (what
    is expected to remain of it) are the run sheet's columns.
    """

    id: str
    kind: str
    title: str
    minutes: int
    at: str = ""
    fixed: bool = False
    optional: bool = False
    minimum: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    instructions: str = ""
    line: int = 0
    track: str = ""
    within: str = ""
    approval: bool = False
    stays: bool = False
    sensitive: str = ""
    objective: str = ""
    material: str = ""
    who: str = ""
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Agenda:
    """A day as its sheet tells it.

    ``date`` is ISO ('2021-09-24') or ''; ``start`` and ``end`` are 'HH:MM' or ''; ``capacity`` 0 where there is no limit;
    ``territories`` and ``structure_types`` are proposed on the join page; ``notices`` are the organisation's words by name
    ('data', 'photos'); ``good_for`` says in one line what kind of day it suits, for whoever looks for a model; ``sections`` the prose of
    the sheet as (heading, Markdown); ``attendance`` where one signs: on 'paper' or on one's own 'phone'; ``attendance_kept`` how long the
    list of those who came is kept after the day, as ISO 8601 writes it ('P12M', 'P5Y', 'P90D'). ``online`` is 'no', 'yes' (everyone at a
    distance) or 'hybrid' (some of them); ``access`` 'open' or 'list'
    (on invitation, each with a code). ``europe`` is 'yes' where the European Union pays for the day; ``capitalisation`` 'yes' where what is
    said is to be taken up with that of other days; ``sensitive`` as in an Activity, for all its steps.
    """

    title: str
    language: str = "fr"
    date: str = ""
    start: str = ""
    end: str = ""
    timezone: str = "Europe/Paris"
    place: str = ""
    online: str = "no"
    host: str = ""
    capacity: int = 0
    deadline: str = ""
    access: str = "open"
    format: str = ""
    series: str = ""
    good_for: str = ""
    funders: tuple[str, ...] = ()
    europe: str = ""
    capitalisation: str = ""
    sensitive: str = ""
    territories: tuple[str, ...] = ()
    structure_types: tuple[str, ...] = ()
    attendance: str = "paper"
    attendance_kept: str = ""
    notices: Mapping[str, str] = field(default_factory=dict)
    sections: tuple[tuple[str, str], ...] = ()
    activities: tuple[Activity, ...] = ()

    @property
    def european(self) -> bool:
        """Whether its papers and screens bear the emblem of the European Union: the sheet says so, or names it among who pays."""
        return self.europe == "yes" if self.europe else any(map(_UNION.match, self.funders))

    @property
    def capitalised(self) -> bool:
        """Whether people are told that their words may be taken up beyond the day: the sheet says so, or makes it one of a series."""
        return self.capitalisation == "yes" if self.capitalisation else bool(self.series)

    def reminder(self, activity: Activity) -> str:
        """What whoever writes in this step is reminded of: the sheet's own words or the usual ones, a msgid; ''."""
        said = activity.sensitive or self.sensitive
        return "" if said == "no" else REMINDER if said == "yes" else said


@dataclass(frozen=True, slots=True)
class Track:
    """A workshop that runs beside others: its id, its name, the room it is in or ''."""

    id: str
    name: str
    room: str = ""


def tracks_of(settings: Mapping[str, Any]) -> tuple[Track, ...]:
    """The workshops that a step holds, each written 'Name' or 'Name (room)' in its setting ``tracks``."""
    taken: set[str] = set()
    found = []
    for text in settings.get("tracks", ()):
        named = _ROOM.fullmatch(text)
        name, room = (named[1], named[2]) if named else (text, "")
        id = slug(name, taken)
        taken.add(id)
        found.append(Track(id, name, room))
    return tuple(found)


def minutes_of(hour: str) -> int:
    """'09:30' → 570, minutes since midnight."""
    hours, minutes = hour.split(":")
    return int(hours) * 60 + int(minutes)


def hour_of(minutes: int) -> str:
    """570 → '09:30'; a day that runs past midnight goes on at '00:10'."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def planned(start: str, activities: Iterable[Activity]) -> dict[str, tuple[int, int]]:
    """Activity id → (start, end) in minutes since midnight: each begins at its given hour, or when the one before ends, in plenary or in
    its own workshop."""
    clocks = {("", ""): minutes_of(start) if start else 0}
    hours: dict[str, tuple[int, int]] = {}
    for activity in activities:
        line = (activity.within, activity.track)
        begins = minutes_of(activity.at) if activity.at else clocks[line] if line in clocks else hours.get(activity.within, (0, 0))[0]
        clocks[line] = begins + activity.minutes
        hours[activity.id] = (begins, clocks[line])
    return hours
