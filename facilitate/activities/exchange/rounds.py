"""Owns the rounds of the game: which there are, how long each lasts, and what may be done in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from facilitate.core.words import N_

Round = Literal["rules", "inventory", "negotiation", "balancing", "signature", "debrief"]

ROUNDS: Mapping[Round, str] = {
    "rules": N_("Rules"),
    "inventory": N_("Inventory"),
    "negotiation": N_("Negotiation"),
    "balancing": N_("Balancing"),
    "signature": N_("Signature"),
    "debrief": N_("Debrief"),
}

_BARGAINING: frozenset[Round] = frozenset(("negotiation", "balancing"))
_UNSETTLED: frozenset[Round] = _BARGAINING | {"signature"}
_INVENTORY: frozenset[Round] = _BARGAINING | {"rules", "inventory"}

MAY: Mapping[str, frozenset[Round]] = {
    "post": _INVENTORY,
    "propose": _BARGAINING,
    "counter": _BARGAINING,
    "agree": _UNSETTLED,
    "decline": _UNSETTLED,
    "leave": _UNSETTLED,
    "sign": frozenset({"signature"}),
    "unsign": frozenset({"signature"}),
    "tell": frozenset({"debrief"}),
    "start": frozenset({"debrief"}),
}
"""The rounds in which a team may do this; what is not here it may do in any."""


@dataclass(frozen=True, slots=True)
class Timed:
    """One round: its kind, its number among those of its kind and how many these are, its minutes."""

    kind: Round
    number: int
    of: int
    minutes: int

    @property
    def key(self) -> str:
        """What the journal calls it: it stays the same round where a revised sheet has others before it."""
        return f"{self.kind}-{self.number}"


def rounds(settings: Mapping[str, Any]) -> tuple[Timed, ...]:
    """The rounds of this sheet, in their order; one that lasts no time is left out. The negotiations are never left out."""
    found: list[Timed] = []
    for kind in ROUNDS:
        times = max(1, settings["negotiations"]) if kind == "negotiation" else 1
        minutes = max(1, settings[kind]) if kind == "negotiation" else settings[kind]
        found += [Timed(kind, number, times, minutes) for number in range(1, times + 1) if minutes]
    return tuple(found)


def on(settings: Mapping[str, Any], key: str) -> Timed:
    """The round of that key, the first where it is ''. Where a revised sheet has it no longer, the one before it: what one may do stays."""
    all, order = rounds(settings), [*map(str, ROUNDS)]
    kind, _, number = key.partition("-")
    past = [one for one in all if key and (order.index(one.kind), one.number) <= (order.index(kind), int(number))]
    return past[-1] if past else all[0]
