"""Owns what came to this computer before the doors opened: phones that tried the page, a wall's window, what the facilitator saw.

In memory only: after a restart everything is looked at again, for what was true an hour ago may no longer be.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from facilitate.core.words import N_

_MOST = 30
_DEVICES = (
    (r"iPhone|iPod", N_("iPhone")),
    (r"iPad", N_("iPad")),
    (r"Android.*Mobile", N_("Android phone")),
    (r"Android", N_("Android tablet")),
    (r"Windows", N_("Windows computer")),
    (r"Macintosh", N_("Mac or iPad")),
    (r"CrOS", N_("Chromebook")),
    (r"Linux", N_("Linux computer")),
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A device that opened the test page. ``device`` a msgid; ``at`` when; ``trip`` in milliseconds and ``ahead`` in seconds, by how
    much its clock is ahead of ours: None until it said so, as without script."""

    address: str
    device: str
    language: str
    at: str
    trip: float | None = None
    ahead: float | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A wall's window: its size in pixels, and whether it fills its screen."""

    width: int
    height: int
    whole: bool


@dataclass(slots=True)
class Seen:
    """Of one day. ``ticks``: name of a check → when the facilitator saw to it."""

    arrivals: dict[str, Arrival] = field(default_factory=dict)
    window: Window | None = None
    ticks: dict[str, str] = field(default_factory=dict)

    def arrive(self, address: str, agent: str, language: str, at: str) -> None:
        """A device opened the test page. One that comes back from the same address is the same one."""
        known = self.arrivals.pop(address, None)
        trip, ahead = (known.trip, known.ahead) if known else (None, None)
        self.arrivals[address] = Arrival(address, device(agent), language, at, trip, ahead)
        while len(self.arrivals) > _MOST:
            del self.arrivals[next(iter(self.arrivals))]

    def measure(self, address: str, told: Mapping[str, Any], at: str) -> None:
        """What its script says: {"at": its time in ms since 1970, "trip": the quickest round trip so far in ms}."""
        known, clock, trip = self.arrivals.get(address), _number(told.get("at")), _number(told.get("trip"))
        if known and clock is not None and trip is not None:
            self.arrivals[address] = replace(known, trip=trip, ahead=ahead(clock + trip / 2, at))

    def show(self, told: Mapping[str, Any]) -> None:
        """What a wall says of its window: {"width", "height", "screen": [width, height]}."""
        width, height = _number(told.get("width")), _number(told.get("height"))
        screen = told.get("screen")
        sides = [_number(side) for side in screen] if isinstance(screen, list) else []
        if width and height:
            area = (sides[0] or 0) * (sides[1] or 0) if len(sides) == 2 else 0
            self.window = Window(round(width), round(height), width * height >= 0.95 * area)


def device(agent: str) -> str:
    """What kind of device a browser says it is: a msgid. An iPad may say that it is a Mac."""
    return next((name for pattern, name in _DEVICES if re.search(pattern, agent)), N_("Another device"))


def ahead(clock: float, at: str) -> float:
    """By how many seconds a clock, in ms since 1970, is ahead of the instant ``at``."""
    return clock / 1000 - datetime.fromisoformat(at).timestamp()


def _number(value: Any) -> float | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e14
    return float(value) if good else None
