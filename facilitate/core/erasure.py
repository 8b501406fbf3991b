"""Owns what an erasure takes out of a journal: which of its entries lose their words, and how such an entry reads from then on.

The tombstone, an entry *erase*, names the entries it emptied by their seqs and the pictures it destroyed. An emptied entry keeps its place,
its id, its hour and its verb: an erased act is never taken again, and a day folds as if the words had been withdrawn. An entry *mask* does
the same to one name alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from facilitate.core.activity import Kinds
from facilitate.core.contribution import Contribution, Participant, masked
from facilitate.core.entry import ERASED, MASKED, Act, Actor, Entry, Refused, entry_of
from facilitate.core.words import N_

_UPON = frozenset(("edit", "withdraw", "hide", "restore", "withhold", "approve", "refuse", "mask", "correct", "discard", "faces"))
"""What is done upon a contribution in words that are its own, or about it."""
ERASURES = frozenset(("erase", "mask"))
"""The acts that take words out of the journal."""
_SAID_OF_ONESELF = frozenset(("join", "introduce"))


@dataclass(frozen=True, slots=True)
class Erasure:
    """``emptied`` are the entries as they stand from now on, ``destroys`` the pictures that go, by id, ``leave`` those whose keys go."""

    emptied: tuple[Entry, ...]
    destroys: tuple[str, ...] = ()
    leave: frozenset[str] = frozenset()


def empty(entry: Entry) -> Entry:
    """An entry without its words, and without what it was about: once its author is known to have erased it, that would say whom they asked
    to meet, or what they supported. One that was counted under a pseudonym says so: it is no card."""
    counted = "voter" in entry.content or (entry.print == ERASED and "counted" in entry.content)
    return replace(entry, on="", content={"counted": True} if counted else {}, print=ERASED)


def erasure(
    entries: Iterable[Entry], on: str, kinds: Mapping[str, str], known: Kinds, voters: Mapping[str, str], kept: Mapping[str, str],
    *, profile: bool = False,
) -> Erasure:  # fmt: skip
    """What erasing ``on`` takes out of a whole journal: a contribution by its id; or a participant by theirs, and with them all they gave,
    or only their ``profile``.

    ``kinds`` are the kinds of the steps by id; ``voters`` the pseudonyms of this participant by step, as long as anyone can make them;
    ``kept`` contribution → its picture. What someone wrote for their table or group is the group's, and stays when a person goes.
    """
    # A tombstone holds no word, and stays: what it emptied is known by it, here and where the day is taken to.
    whole = tuple(entries)
    entries = [entry for entry in whole if entry.print != ERASED and entry.do != "erase"]

    def together(entry: Entry) -> bool:
        kind = known.get(kinds.get(entry.activity, ""))
        return kind is not None and entry.do in kind.together

    person = on if any(entry.by == on and entry.do == "join" for entry in whole) else ""
    if person and profile:
        gone = [entry for entry in entries if entry.by == person and (entry.do in _SAID_OF_ONESELF or entry.do == "reach")]
    elif person:
        theirs = {entry.id for entry in entries if entry.by == person and entry.do == "post" and not together(entry)}
        gone = [
            entry
            for entry in entries
            if (entry.by == person and not together(entry))
            or (entry.on in theirs and entry.do in _UPON)
            or (entry.content.get("voter") and entry.content["voter"] == voters.get(entry.activity))
        ]
    else:
        first = next((entry for entry in entries if entry.id == on), None)
        voter = first.content.get("voter") if first else None
        gone = [
            entry
            for entry in entries
            if entry.id == on
            or (entry.on == on and (entry.do in _UPON or together(entry) or (first is not None and first.by and entry.by == first.by)))
            or (voter and first and entry.activity == first.activity and entry.content.get("voter") == voter)
        ]
    named = [ids for entry in gone if isinstance(ids := entry.content.get("destroys"), list | tuple)]
    still = {media for contribution, media in kept.items() if not any(entry.id == contribution for entry in gone)}
    pictures = {media for contribution, media in kept.items() if any(entry.id == contribution for entry in gone)} - still
    destroys = pictures | {str(id) for ids in named for id in ids}
    emptied = tuple(empty(entry) for entry in gone)
    # Their key goes even where nothing but it was left of them.
    leaves = person and not profile and (gone or on not in left_by(whole))
    return Erasure(emptied, tuple(sorted(destroys)), frozenset([person] if leaves else []))


def masking(entries: Iterable[Entry], on: str, name: str) -> Erasure:
    """What masking a name in a contribution takes out of a whole journal: the name, wherever the contribution's words were kept."""
    found = [entry for entry in entries if entry.print != ERASED and (entry.id == on or (entry.on == on and entry.do in _UPON))]
    less = [replace(entry, content=masked(dict(entry.content), [name]), print=MASKED) for entry in found]
    return Erasure(tuple(after for before, after in zip(found, less, strict=True) if after.content != before.content))


def decide_erasure(
    act: Act, actor: Actor, people: Mapping[str, Participant], contribution: Contribution | None, by: str
) -> tuple[Entry, ...] | Refused:
    """The tombstone of an erasure; nothing where nothing is left to take out. ``act.reckoned`` is the ``Erasure``."""
    staff = actor.audience in ("console", "shelf", "system") and not actor.track
    if contribution is None and act.on not in people:
        return Refused("unknown-contribution", N_("This contribution no longer exists."), status=404)
    mine = act.on == actor.participant and bool(actor.participant)
    if contribution is not None:
        mine = contribution.by == actor.participant if contribution.by else bool(actor.owner) and contribution.owner == actor.owner
    if not staff and not (mine and actor.audience == "participant"):
        return Refused("not-yours", N_("Only the person who wrote this can change it."), status=403)
    asked: Any = act.reckoned
    if not isinstance(asked, Erasure) or not (asked.emptied or asked.leave):
        return ()
    content: dict[str, Any] = {"seqs": [entry.seq for entry in asked.emptied]}
    content |= {"destroys": list(asked.destroys)} if asked.destroys else {}
    content |= {"leaves": True} if asked.leave else {}
    why = act.content.get("why")
    content |= {"why": why[:200]} if staff and isinstance(why, str) and why else {}
    unsigned = contribution is not None and not contribution.by and not staff
    return (entry_of(act, "" if unsigned else by, content, on=act.on),)


def emptied_by(entries: Iterable[Entry]) -> set[int]:
    """The seqs of the entries out of which these took words: tombstones, and masks."""
    named = (entry.content.get("seqs") for entry in entries if entry.do in ERASURES)
    return {seq for seqs in named if isinstance(seqs, list | tuple) for seq in seqs if isinstance(seq, int)}


def left_by(entries: Iterable[Entry]) -> set[str]:
    """The participants who erased all they gave by these tombstones: their keys open nothing any more."""
    return {entry.on for entry in entries if entry.do == "erase" and entry.content.get("leaves")}
