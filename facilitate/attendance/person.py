"""Owns what is kept of someone expected, or who came."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from facilitate.attendance.signing import Signature
from facilitate.core.reading import fold

Standing = Literal["", "waiting", "declined"]
"""Someone's place: theirs, awaited, or given back."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One person, one half-day: hours 'HH:MM' of the room's clock, '' where there is none."""

    came: str = ""
    left: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Someone expected, or who came (``walkin``). ``phone`` False: nothing can be asked of them on a screen of theirs; ``remote``: they
    take part at a distance. ``code`` is their own, '' where a day needs none; ``asked`` the instant they registered themselves.
    ``signatures``: what they signed, by half-day; ``key``, the print of the phone that did, finds them again and tells nothing of what
    that phone writes."""

    id: str
    last: str
    first: str = ""
    structure: str = ""
    role: str = ""
    territory: str = ""
    walkin: bool = False
    phone: bool = True
    remote: bool = False
    code: str = ""
    standing: Standing = ""
    asked: str = ""
    ticks: Mapping[str, Tick] = field(default_factory=dict)
    signatures: Mapping[str, Signature] = field(default_factory=dict)
    key: str = ""

    @classmethod
    def read(cls, id: str, facts: Mapping[str, Any]) -> Self:
        """From what is stored; when it last changed is the list's to know."""
        facts = {name: value for name, value in facts.items() if name != "seq"}
        ticks = {half: Tick(**tick) for half, tick in facts["ticks"].items()}
        signatures = {half: Signature(**one) for half, one in facts.get("signatures", {}).items()}
        return cls(id, **{**facts, "ticks": ticks, "signatures": signatures})

    def stored(self) -> dict[str, Any]:
        """As it is stored."""
        facts = asdict(self)
        del facts["id"]
        return facts

    @property
    def name(self) -> str:
        """As it is said."""
        return f"{self.first} {self.last}".strip()

    @property
    def order(self) -> tuple[str, str, str]:
        """By family name."""
        return fold(self.last), fold(self.first), self.id

    def tick(self, half: str) -> Tick:
        """That half-day's."""
        return self.ticks.get(half, Tick())

    @property
    def expected(self) -> bool:
        """A place is kept for them."""
        return not self.walkin and not self.standing

    @property
    def came(self) -> bool:
        """In any half-day."""
        return any(tick.came for tick in self.ticks.values())
