"""Owns the note of each table: one for a table and a round, written by one person at a time, in which no text ever takes another's place
unseen. Also the lines that others add, and what the restitution of a note is made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from facilitate.activities.tables.plan import Seating
from facilitate.core.activity import Contribution, Field
from facilitate.core.contribution import fold_contributions
from facilitate.core.entry import Entry
from facilitate.core.words import N_

FIELDS = (
    Field("keep", N_("What our table keeps"), 1000),
    Field("open", N_("Questions that remain open"), 500),
)
"""What a table writes where the sheet does not say otherwise."""

LINE = Field("line", N_("A line to add"), 280, required=True)


Hand = tuple[str, int]
"""Who wrote a field last, and the seq at which they did."""


@dataclass(frozen=True, slots=True)
class Written:
    """What becomes of a text sent for a note: the note's texts, and what is set beside them because it was written at the same time,
    with whose it is."""

    texts: Mapping[str, str]
    aside: Mapping[str, str]
    by: str = ""


def reconciled(
    standing: Mapping[str, str],
    hands: Mapping[str, Hand],
    holder: str,
    writer: str,
    base: int | None,
    sent: Mapping[str, str],
    keys: Iterable[str],
    *,
    blind: bool = False,
) -> Written:
    """The note once ``sent`` has come, of which ``keys`` were filled or emptied by a writer who had read version ``base``; ``hands``: who
    wrote each field last, and when; ``blind``: they write a new text without having seen any, their own included.

    Whoever saw a field as it stands, or wrote it last, goes on. Otherwise two people wrote at once: where one text holds the other, the
    longer stays; where they differ, whoever has the pen keeps the note, and the other text is set beside it.
    """
    texts, aside, by = dict(standing), dict[str, str](), ""
    for key in keys:
        mine, theirs = sent.get(key, ""), standing.get(key, "")
        hand = hands.get(key, ("", 0))
        fresh = not hand[0] or (hand[0] == writer and not blind) or (base or 0) >= hand[1]
        if mine == theirs or (not fresh and mine in theirs):
            continue
        if fresh or theirs in mine:
            texts[key] = mine
        elif holder == writer:
            texts[key], aside[key], by = mine, theirs, hand[0]
        else:
            aside[key], by = mine, writer
    return Written({key: text for key, text in texts.items() if text}, aside, by)


def fold_notes(held: Seating, entry: Entry) -> Seating:
    """One entry further: what is written for a table, lines, what is settled, and what every kind's contributions may become."""
    content = entry.content
    match entry.do:
        case "write":
            return _written(held, entry)
        case "line":
            said = {"at": content["at"], "line": content["line"]}
            late, entered = bool(content.get("late")), str(content.get("entered", ""))
            line = Contribution(entry.id, entry.seq, entry.at, entry.by, "", said, entry.seq, late=late, entered=entered)
            return replace(held, contributions=held.contributions.set(line.id, line))
        case "settle":
            held = replace(held, asides=held.asides.set(entry.on, True))
            return _taken_up(held, entry) if content["take"] else held
    return replace(held, contributions=fold_contributions(held.contributions, entry))


def _written(held: Seating, entry: Entry) -> Seating:
    content, key = entry.content, entry.content["at"]
    known = held.contributions.get(held.notes.get(key, ""))
    said = {"at": key, "note": dict(content["note"])}
    late = bool(content.get("late"))
    if known is None:
        note = Contribution(
            entry.id, entry.seq, entry.at, entry.by, "", said, entry.seq, late=late, entered=str(content.get("entered", ""))
        )
    elif content["note"] == known.content["note"]:
        note = known
    else:
        note = replace(known, content=said, by=entry.by, at=entry.at, edited=entry.seq, late=known.late or late)
    contributions = held.contributions.set(note.id, note)
    asides, pens = held.asides, held.pens
    if content["aside"]:
        by = content["by"]
        id = f"{note.id}+{by}"[:80]
        before = contributions.get(id)
        if before is None or before.status == "withdrawn":
            said = {"at": key, "note": dict(content["aside"]), "beside": note.id}
            beside = Contribution(id, entry.seq, entry.at, by, "", said, entry.seq)
        else:
            # Whoever goes on offline says the same text anew; what others lost is gathered.
            texts = before.content["note"] | content["aside"] if by == entry.by else _joined(before.content["note"], content["aside"])
            beside = replace(before, content={**before.content, "note": texts}, edited=entry.seq)
        if note.status in ("hidden", "withheld"):
            # What was taken away with the note does not come back beside it.
            beside = replace(beside, status=note.status, why=note.why)
        contributions, asides = contributions.set(id, replace(beside, late=beside.late or late)), asides.set(id, False)
    held = _in_hand(held, key, known.content["note"] if known else {}, note.content["note"], (entry.by, entry.seq))
    if content.get("pen"):
        pens = pens.set(key, content["pen"])
    return replace(held, contributions=contributions, asides=asides, pens=pens, notes=held.notes.set(key, note.id))


def _taken_up(held: Seating, entry: Entry) -> Seating:
    """What was set beside a note comes at its end, as its author's: whoever is writing meanwhile takes nobody's words away."""
    beside = held.contributions[entry.on]
    note = held.contributions.get(beside.content["beside"])
    if note is None:
        return held
    said = {**note.content, "note": _joined(note.content["note"], beside.content["note"])}
    held = _in_hand(held, note.content["at"], note.content["note"], said["note"], (beside.by, entry.seq))
    return replace(
        held, contributions=held.contributions.set(note.id, replace(note, content=said, by=beside.by, at=entry.at, edited=entry.seq))
    )


def _in_hand(held: Seating, key: str, before: Mapping[str, str], after: Mapping[str, str], hand: Hand) -> Seating:
    """Each field that changes is in this hand now."""
    changed = {f"{key}.{field}": hand for field in {*before, *after} if before.get(field) != after.get(field)}
    return replace(held, hands=held.hands.update(changed)) if changed else held


def hands_on(held: Seating, key: str, fields: Iterable[Field]) -> dict[str, Hand]:
    """Who wrote each field of a table's note last."""
    return {one.key: hand for one in fields if (hand := held.hands.get(f"{key}.{one.key}"))}


def _joined(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    """Both texts of each field, one under the other unless one holds the other."""
    both = dict(first)
    for key, text in second.items():
        one = both.get(key, "")
        both[key] = one if text in one else text if one in text else f"{one}\n{text}"
    return both


def notes_at(held: Seating, key: str) -> tuple[Contribution | None, list[Contribution], list[Contribution]]:
    """(the note, the lines added, what was set beside it and is not settled) of a table, in the order they came."""
    ones = sorted((one for one in held.contributions.values() if one.content.get("at") == key), key=lambda one: one.n)
    lines = [one for one in ones if "line" in one.content]
    return held.contributions.get(held.notes.get(key, "")), lines, [one for one in ones if held.asides.get(one.id) is False]
