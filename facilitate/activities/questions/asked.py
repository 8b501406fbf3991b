"""Owns what becomes of questions: who supports them, which ask the same, whom they are put to, what was answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from immutables import Map

from facilitate.core.contribution import Contribution, Same, Summary
from facilitate.core.entry import Entry

Where = Literal["open", "answered", "promised", "aside"]

STATES: Mapping[str, Where] = {"answer": "answered", "promise": "promised", "aside": "aside", "reopen": "open"}
"""What each verb makes of a question."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a question: ``text`` what was said, or why it was set aside; ``who`` answers, '' where nobody is named; ``date`` by
    when an answer is promised, ISO; ``by`` whoever wrote this, and ``seq`` when: 0 where nothing was done yet."""

    state: Where = "open"
    text: str = ""
    who: str = ""
    date: str = ""
    by: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Asked(Summary):
    """The questions; by id of a question: its ``supports`` (pseudonyms), whom it is put to (``routes``), its ``replies``, the question it
    was united with (``united``). ``on`` is the one being answered, ''."""

    supports: Map[str, frozenset[str]] = field(default_factory=Map)
    routes: Map[str, str] = field(default_factory=Map)
    replies: Map[str, Reply] = field(default_factory=Map)
    united: Map[str, str] = field(default_factory=Map)
    on: str = ""

    def head(self, id: str) -> str:
        """The question under which this one is counted: itself, unless it was united with another."""
        return _head(self.united, id)

    def alike(self, id: str) -> list[Contribution]:
        """All that were united with it, itself included: the one they were united under first, then in the order they came."""
        head = self.head(id)
        others = [self.contributions[one] for one in _under(Same(self.united)).get(head, ())]
        return [self.contributions[head], *sorted(others, key=lambda one: one.n)]

    def supporters(self, id: str) -> frozenset[str]:
        """Whoever supports it or one united with it: each person once."""
        return frozenset().union(*(self.supports.get(one.id, ()) for one in self.alike(id)))

    def reply(self, id: str) -> Reply:
        """What became of it."""
        return self.replies.get(self.head(id), Reply())

    def put_to(self, id: str) -> str:
        """Whom it is put to: as it was routed, else as its author asked; ''."""
        head = self.head(id)
        named = (str(one.content["to"]) for one in self.alike(id) if one.content.get("to"))
        return self.routes[head] if head in self.routes else next(named, "")

    def groups(self) -> list[list[Contribution]]:
        """The questions that are shown, those that ask the same together, each group in the order of ``alike``; groups as they came."""
        found: dict[str, list[Contribution]] = {}
        for one in sorted(self.contributions.values(), key=lambda one: one.n):
            if one.status == "shown":
                found.setdefault(self.head(one.id), []).append(one)
        return [sorted(ones, key=lambda one: (one.id != head, one.n)) for head, ones in found.items()]


def _head(united: Map[str, str], id: str) -> str:
    while id in united:
        id = united[id]
    return id


@lru_cache(64)
def _under(united: Same) -> dict[str, list[str]]:
    """The ids of those united under each question: gathered once for all who look."""
    found: dict[str, list[str]] = {}
    for one in united.held[0]:
        found.setdefault(_head(united.held[0], one), []).append(one)
    return found


def fold_asked(held: Asked, entry: Entry) -> Asked:
    """One entry further, of a verb that is this kind's own."""
    content, on = entry.content, entry.on
    match entry.do:
        case "support":
            return replace(held, supports=held.supports.set(on, held.supports.get(on, frozenset()) | {str(content["voter"])}))
        case "unsupport":
            given = [one.id for one in held.alike(on) if one.id in held.supports]
            return replace(held, supports=_without(held.supports, given, str(content["voter"])))
        case "route":
            return replace(held, routes=held.routes.set(held.head(on), str(content["to"])))
        case "take":
            return replace(held, on=held.head(on) if on else "")
        case "unite":
            # Always under one that stands alone: no journal, however it was made, leads round in a circle.
            united, into = held.united, held.head(str(content["into"]))
            for id in map(str, content["these"]):
                united = united.set(id, into) if id != into else united
            return replace(held, united=united, on=into if held.on in content["these"] else held.on)
        case "separate":
            return replace(held, united=held.united.delete(on))
        case "answer" | "promise" | "aside" | "reopen":
            head = held.head(on)
            said = {name: str(content.get(name, "")) for name in ("text", "who", "date")}
            if entry.do == "reopen":
                # What was said stays at hand, for whoever answers again.
                said = {"text": held.reply(on).text, "who": held.reply(on).who, "date": ""}
            reply = Reply(STATES[entry.do], **said, by=entry.by, seq=entry.seq)
            return replace(held, replies=held.replies.set(head, reply), on="" if held.on == head and entry.do != "reopen" else held.on)
    return held


def _without(supports: Map[str, frozenset[str]], ids: Iterable[str], voter: str) -> Map[str, frozenset[str]]:
    for id in ids:
        supports = supports.set(id, supports[id] - {voter})
    return supports
