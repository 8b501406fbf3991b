"""Owns votes counted in the room, hands or stickers: each count stands apart from the ballots, and is never summed with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from immutables import Map

from facilitate.core.entry import Act, Entry, Refused
from facilitate.core.words import N_

WAYS: Mapping[str, str] = {"": N_("Person by person"), "hands": N_("By show of hands"), "stickers": N_("With stickers")}
"""How dots were given; '' is by ballots, from phones or entered one by one."""

_MOST_PEOPLE = 2000


@dataclass(frozen=True, slots=True)
class Tally:
    """Dots that were counted one way. ``by`` a key of ``WAYS``; ``dots`` card's id → dots; ``n`` and ``edited`` the seqs of its entry and
    of its last correction."""

    id: str
    by: str
    people: int
    dots: Map[str, int]
    n: int = 0
    edited: int = 0


def decide_count(
    counts: Mapping[str, Tally], settings: Mapping[str, Any], act: Act, dots: Mapping[str, int] | Refused
) -> dict[str, Any] | Refused:
    """What the journal keeps of *count* {by, people, dots}, with ``on`` a correction of one; or of *uncount*."""
    found = counts.get(act.on)
    if (act.on or act.do == "uncount") and found is None:
        return Refused("unknown-count", N_("This count was taken back. What you have typed stays here."), status=404)
    if found and act.base is not None and act.base < found.edited:
        return Refused("stale", N_("This was changed while you were writing. Your text stays here: compare, then send again."), status=409)
    if act.do == "uncount":
        return {}
    by, people = act.content.get("by"), whole(act.content.get("people"), 1, _MOST_PEOPLE)
    if not isinstance(by, str) or not by or by not in WAYS:
        return Refused("unknown-way", N_("Choose how it was counted: by show of hands, or with stickers."), field="by")
    if people is None:
        return Refused("people", N_("Say how many people took part: a whole number, 1 or more."), field="people")
    if isinstance(dots, Refused):
        return dots
    if not dots:
        return Refused("empty", N_("Nothing is counted yet: give at least one card a number."), field="dots")
    for id, given in dots.items():
        if given > people * settings["most"]:
            values = {"given": given, "most": people * settings["most"]}
            text = N_("Too many for this number of people: %(given)s dots on one card, %(most)s at most. Check both numbers.")
            return Refused("too-many-on-one", text, values, field=f"dots.{id}")
    if sum(dots.values()) > people * settings["dots"]:
        values = {"given": sum(dots.values()), "most": people * settings["dots"]}
        text = N_("Too many for this number of people: %(given)s dots in all, %(most)s at most. Check both numbers.")
        return Refused("too-many", text, values, field="people")
    return {"by": by, "people": people, "dots": dict(dots)}


def fold_counts(counts: Map[str, Tally], entry: Entry) -> Map[str, Tally]:
    """One entry further."""
    if entry.do == "uncount":
        return counts.delete(entry.on)
    id, content = entry.on or entry.id, entry.content
    first = counts[id].n if id in counts else entry.seq
    return counts.set(id, Tally(id, content["by"], content["people"], Map(content["dots"]), first, entry.seq))


def whole(value: Any, low: int, high: int) -> int | None:
    """A whole number between bounds, given as a number or as text; else None."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 6:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None
