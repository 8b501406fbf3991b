"""Owns what the staff counts in the room: each count stands apart from what people answer one by one, and is never summed with it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from immutables import Map

from facilitate.core.entry import Act, Entry, Refused
from facilitate.core.words import N_

WAYS: Mapping[str, str] = {
    "": N_("Person by person"),
    "hands": N_("By show of hands"),
    "stickers": N_("With stickers"),
    "paper": N_("On paper"),
}
"""How it was given; '' is one by one, from phones or entered for someone."""

_MOST_PEOPLE = 2000


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted one way. ``by`` a key of ``WAYS``; ``given`` what was chosen → how many; ``n`` and ``edited`` the seqs of its
    entry and of its last correction."""

    id: str
    by: str
    people: int
    given: Map[str, int]
    n: int = 0
    edited: int = 0


def decide_count(
    counts: Mapping[str, Tally], act: Act, ways: Collection[str], unknown: str, read: Callable[[int], Mapping[str, Any] | Refused]
) -> Mapping[str, Any] | Refused:
    """What the journal keeps of *count* {by, people, …}, with ``on`` a correction of one; or of *uncount*.

    ``ways``: those of ``WAYS`` that are offered, ``unknown`` the msgid that refuses another; ``read`` gives the rest of the content, for so
    many people.
    """
    found = counts.get(act.on)
    if (act.on or act.do == "uncount") and found is None:
        return Refused("unknown-count", N_("This count was taken back. What you have typed stays here."), status=404)
    if found and act.base is not None and act.base < found.edited:
        return Refused("stale", N_("This was changed while you were writing. Your text stays here: compare, then send again."), status=409)
    if act.do == "uncount":
        return {}
    by, people = act.content.get("by"), whole(act.content.get("people"), 1, _MOST_PEOPLE)
    if not isinstance(by, str) or by not in ways:
        return Refused("unknown-way", unknown, field="by")
    if people is None:
        return Refused("people", N_("Say how many people took part: a whole number, 1 or more."), field="people")
    rest = read(people)
    return rest if isinstance(rest, Refused) else {"by": by, "people": people, **rest}


def fold_counts(counts: Map[str, Tally], entry: Entry, key: str) -> Map[str, Tally]:
    """One entry further; ``key`` is where its content holds the numbers."""
    if entry.do == "uncount":
        return counts.delete(entry.on) if entry.on in counts else counts
    id, content = entry.on or entry.id, entry.content
    first = counts[id].n if id in counts else entry.seq
    return counts.set(id, Tally(id, content["by"], content["people"], Map(content[key]), first, entry.seq))


def in_turn(counts: Mapping[str, Tally]) -> list[Tally]:
    """In the order they were made."""
    return sorted(counts.values(), key=lambda one: one.n)


def whole(value: Any, low: int, high: int) -> int | None:
    """A whole number between bounds, given as a number or as text; else None."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 6:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None
