"""Owns evaluations counted from paper: each pile stands apart from the answers of each person, and is never summed with them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from immutables import Map

from facilitate.core.contribution import Field
from facilitate.core.entry import Act, Entry, Refused
from facilitate.core.words import N_

_MOST_PEOPLE = 2000


@dataclass(frozen=True, slots=True)
class Pile:
    """Sheets of paper typed together: how many chose each number (``roti`` from 0, each scale from 1), and their words. ``n`` and
    ``edited`` the seqs of its entry and of its last correction."""

    id: str
    people: int
    roti: tuple[int, ...]
    scales: Map[str, tuple[int, ...]]
    texts: Map[str, tuple[str, ...]]
    n: int = 0
    edited: int = 0


def decide_pile(
    piles: Mapping[str, Pile], act: Act, rotis: int, scales: Mapping[str, str], degrees: int, texts: Iterable[Field]
) -> dict[str, Any] | Refused:
    """What the journal keeps of *count* {people, roti, scales, texts}, with ``on`` a correction of one; or of *uncount*."""
    found = piles.get(act.on)
    if (act.on or act.do == "uncount") and found is None:
        return Refused("unknown-count", N_("These sheets were taken back. What you have typed stays here."), status=404)
    if found and act.base is not None and act.base < found.edited:
        return Refused("stale", N_("This was changed while you were writing. Your text stays here: compare, then send again."), status=409)
    if act.do == "uncount":
        return {}
    people = _whole(act.content.get("people"), 1)
    if people is None:
        return Refused("people", N_("Say how many sheets these are: a whole number, 1 or more."), field="people")
    roti = _counts(act.content.get("roti"), rotis, people, "roti")
    if isinstance(roti, Refused):
        return roti
    given, rated = act.content.get("scales") or {}, dict[str, list[int]]()
    if not isinstance(given, Mapping) or not set(given) <= set(scales):
        return Refused("unknown-scale", N_("There is no such scale here."), field="scales")
    for key in scales:
        counts = _counts(given.get(key), degrees, people, f"scales.{key}")
        if isinstance(counts, Refused):
            return counts
        if any(counts):
            rated[key] = counts
    said = _said(act.content.get("texts") or {}, texts)
    if isinstance(said, Refused):
        return said
    if not any(roti) and not rated and not said:
        return Refused("empty", N_("Nothing is counted yet: one number or one answer is enough."), field="people")
    return {"people": people, "roti": roti, "scales": rated, "texts": said}


def _counts(given: Any, length: int, people: int, where: str) -> list[int] | Refused:
    """How many sheets chose each answer, none where nothing is given. Numbers may come as text, an empty field is none."""
    values = [*given] if isinstance(given, list | tuple) else [] if given in (None, "") else None
    if values is not None and not values:
        return [0] * length
    counts = [_whole(0 if value == "" else value, 0) for value in values or ()]
    if len(counts) != length or None in counts:
        return Refused("not-a-number", N_("Give each answer a whole number of sheets, 0 or more."), field=where)
    found = [count or 0 for count in counts]
    if sum(found) > people:
        values_ = {"given": sum(found), "people": people}
        return Refused("too-many", N_("More answers (%(given)s) than sheets (%(people)s): check both numbers."), values_, field=where)
    return found


def _said(given: Any, fields: Iterable[Field]) -> dict[str, list[str]] | Refused:
    """What the sheets say in words, one answer a line."""
    said: dict[str, list[str]] = {}
    for one in fields:
        value = given.get(one.key, "") if isinstance(given, Mapping) else None
        lines = value.split("\n") if isinstance(value, str) else value
        if not isinstance(lines, Sequence) or not all(isinstance(line, str) for line in lines):
            return Refused("not-text", N_("“%(label)s” must be a text."), {"label": one.label}, field=f"texts.{one.key}")
        for place, line in enumerate(lines, 1):
            if (over := len(line.strip()) - one.limit) > 0:
                return Refused(
                    "too-long",
                    N_("“%(label)s”: line %(line)s is %(count)s character too long. Your text is kept."),
                    {"label": one.label, "line": place, "count": over},
                    field=f"texts.{one.key}",
                    plural=N_("“%(label)s”: line %(line)s is %(count)s characters too long. Your text is kept."),
                )
        if kept := [line.strip() for line in lines if line.strip()]:
            said[one.key] = kept
    return said


def fold_piles(piles: Map[str, Pile], entry: Entry) -> Map[str, Pile]:
    """One entry further."""
    if entry.do == "uncount":
        return piles.delete(entry.on)
    id, content = entry.on or entry.id, entry.content
    scales = Map({key: tuple(counts) for key, counts in content["scales"].items()})
    texts = Map({key: tuple(lines) for key, lines in content["texts"].items()})
    first = piles[id].n if id in piles else entry.seq
    return piles.set(id, Pile(id, content["people"], tuple(content["roti"]), scales, texts, first, entry.seq))


def in_turn(piles: Mapping[str, Pile]) -> list[Pile]:
    """In the order they were typed."""
    return sorted(piles.values(), key=lambda one: one.n)


def _whole(value: Any, low: int) -> int | None:
    if isinstance(value, str) and value.isdecimal() and len(value) < 6:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= _MOST_PEOPLE else None
