"""The plain model of a day, in dicts: what was asked, what stands, who may see it. Written from docs/protocol.md, it shares no code with
the program but the facts that travel (Act, Caller, Entry).

``verdict`` says beforehand how an act must be answered, ``take`` what a stored entry changes, ``seen_by`` which words a screen may hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from facilitate.core.entry import Act, Caller, Entry

SHEET = """---
title: A day
language: en
date: 2021-09-24
time: 9:00 - 17:00
---
## Programme

### 20 min – Welcome
- kind: welcome

### 30 min – Situations
- kind: situations

### 30 min – Read first
- kind: cards
- approval: yes

### 20 min – Choose
- kind: vote
- source: situations

### 20 min – Evaluation
- kind: evaluation

### 10 min – Pause
- kind: break
"""
STEPS = ("welcome", "situations", "read-first", "choose", "evaluation", "pause")
FIRST = {"welcome": "text", "situations": "title", "read-first": "text"}
"""The steps that take cards, and the field that each asks at once."""
LIMIT = {"welcome": 280, "situations": 280, "read-first": 500}
TAKEN, NOTHING = "taken", "nothing"


@dataclass(frozen=True)
class Asked:
    """One act and who asked it; ``word`` is in no other act's text."""

    act: Act
    who: Caller
    word: str = ""

    @property
    def same(self) -> tuple[Any, ...]:
        """What makes it the same act when it comes again."""
        act = self.act
        return (act.do, act.activity, act.on, act.base, act.behalf, repr(act.content), self.who)


@dataclass
class Card:
    step: str
    author: str
    signed: bool
    words: str
    edited: int
    status: str = "shown"
    entered: str = ""
    key: str = ""
    offer: str | None = None


@dataclass
class Step:
    status: str = "planned"
    opened: int = 0
    closed: int = 0


@dataclass
class Day:
    """What a day adds up to, act by act."""

    kept: dict[str, Asked] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    steps: dict[str, Step] = field(default_factory=lambda: {id: Step() for id in STEPS})
    now: str = ""
    resume: str = ""
    cards: dict[str, Card] = field(default_factory=dict)
    ballots: dict[str, dict[str, int]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    revealed: set[str] = field(default_factory=set)
    notes: dict[str, tuple[str, bool, int]] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    finished: bool = False
    reopened: bool = False
    log: dict[int, tuple[Entry, str]] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)

    # How an act must be answered

    def verdict(self, asked: Asked) -> str:
        """TAKEN, NOTHING where there is nothing left to do, else the code of its refusal."""
        act, who = asked.act, asked.who
        if act.id in self.erased:
            return "erased"
        if act.id in self.kept:
            return NOTHING if self.kept[act.id].same == asked.same else "conflict"
        if who.audience in ("wall", "reception"):
            return "not-allowed"
        if who.member in self.left:
            return "not-allowed"
        if who.audience == "participant" and who.participant not in self.people and act.do != "join":
            return "not-joined"
        if act.do in ("open", "close", "next"):
            return self._driving(act, who)
        if act.do in ("hide", "withhold", "restore", "approve", "refuse"):
            return self._moderating(act, who)
        if act.do in ("note", "amend", "strike", "unstrike"):
            return self._noting(act, who)
        if act.do == "erase":
            return self._erasing(act, who)
        if act.do == "welcome":
            return TAKEN if who.audience in ("console", "scribe") else "not-allowed"
        if act.do == "finish":
            return "not-allowed" if who.audience != "console" else NOTHING if self.finished else TAKEN
        if act.activity not in self.steps:
            return "unknown-activity"
        return self._writing(act, who)

    def _driving(self, act: Act, who: Caller) -> str:
        if who.audience != "console":
            return "not-allowed"
        if act.do == "next":
            following = STEPS.index(self.now) + 1 if self.now else 0
            coming = any(self.steps[one].status == "planned" or one == self.resume for one in STEPS[following:])
            more = coming or (self.now and self.steps[self.now].status == "open")
            return TAKEN if act.content.get("leaving", "") == self.now and more else NOTHING
        if act.activity not in self.steps:
            return "unknown-activity"
        return TAKEN if (self.steps[act.activity].status == "open") == (act.do == "close") else NOTHING

    def _moderating(self, act: Act, who: Caller) -> str:
        if who.audience != "console":
            return "not-allowed"
        card = self.cards.get(act.on)
        if card is None:
            return "unknown-contribution"
        if card.status == "withdrawn":
            return "withdrawn"
        if act.do == "refuse":
            return TAKEN if card.status == "proposed" or card.offer is not None else NOTHING
        if act.do == "approve":
            return TAKEN if card.status in ("waiting", "proposed", "declined") or card.offer is not None else NOTHING
        if card.status in ("proposed", "declined"):
            return "not-accepted"
        return NOTHING if card.status == {"hide": "hidden", "withhold": "withheld", "restore": "shown"}[act.do] else TAKEN

    def _noting(self, act: Act, who: Caller) -> str:
        if who.audience not in ("console", "scribe", "notes"):
            return "not-allowed"
        if act.do == "note":
            return TAKEN
        if act.on not in self.notes:
            return "unknown-note"
        words, struck, edited = self.notes[act.on]
        if act.do != "amend":
            return NOTHING if struck == (act.do == "strike") else TAKEN
        if struck:
            return "struck"
        return "stale" if act.base is not None and act.base < edited else NOTHING if act.content["text"] == words else TAKEN

    def _erasing(self, act: Act, who: Caller) -> str:
        card = self.cards.get(act.on)
        if card is None and act.on not in self.people:
            return "unknown-contribution"
        mine = act.on == who.participant
        if card is not None:
            mine = card.author == who.participant if card.signed else bool(card.key) and card.key == who.key
        if who.audience != "console" and not (mine and who.participant):
            return "not-yours"
        return TAKEN if self._emptied(act.on) else NOTHING

    def _emptied(self, on: str) -> set[int]:
        """The places that lose their words where a card, or a person, is erased."""
        theirs = {id for id, one in self.cards.items() if one.signed and one.author == on} if on in self.people else {on}
        return {
            seq
            for seq, (entry, person) in self.log.items()
            if entry.id in theirs
            or entry.on in theirs
            or (on in self.people and (entry.by == on or ("voter" in entry.content and person == on and not self.finished)))
        }

    def _writing(self, act: Act, who: Caller) -> str:
        step, staff = self.steps[act.activity], who.audience in ("console", "scribe")
        known = (
            ("post", "edit", "withdraw")
            if act.activity in FIRST
            else {"choose": ("vote", "reveal"), "evaluation": ("post", "reveal")}.get(act.activity, ())
        )
        if act.do not in known:
            return "unknown-verb"
        if act.do == "reveal":
            if who.audience != "console":
                return "not-allowed"
            return "not-open" if not step.opened else "revealed" if act.activity in self.revealed else TAKEN
        person = act.behalf if staff else who.participant
        if act.behalf and staff:
            if act.behalf not in self.people:
                return "unknown-participant"
            card = self.cards.get(act.on)
            if card and card.step == act.activity and card.signed and card.author == act.behalf and not card.entered:
                return "not-yours"
        elif who.audience not in ("participant", "console", "scribe"):
            return "not-allowed"
        elif staff and act.activity in ("choose", "evaluation"):
            return "for-whom"
        vote = act.activity in ("choose", "evaluation")
        if when := self._too_late(act, step, staff, vote):
            return when
        if vote and act.activity in self.revealed:
            return "revealed"
        if act.do in ("edit", "withdraw"):
            return self._changing(act, who, person)
        fits = self._dots(act.content["dots"]) if act.do == "vote" else self._fits(act)
        return "finished" if vote and self.finished and fits == TAKEN else fits

    def _too_late(self, act: Act, step: Step, staff: bool, vote: bool) -> str:
        written_then = act.seen is not None and step.opened <= act.seen < step.closed
        if self.finished and not staff and not written_then:
            if not step.opened:
                return "not-open"
            if act.do == "withdraw":
                return ""
            if vote:
                return "finished"
            if not self.reopened:
                return "corrections-closed"
            card = self.cards.get(act.on)
            return "declined" if act.do == "edit" and card and card.status == "declined" else ""
        opened = step.opened and (act.do in ("edit", "withdraw") or (staff and not self.finished))
        if step.status == "open" or opened:
            return ""
        if step.status != "closed":
            return "not-open"
        return "" if act.do in ("post", "vote") and written_then else "closed"

    def _fits(self, act: Act) -> str:
        if act.activity == "evaluation":
            return TAKEN if act.content["useful"] else "empty"
        text = act.content.get(FIRST[act.activity], "")
        return "empty" if not text else "too-long" if len(text) > LIMIT[act.activity] else TAKEN

    def _dots(self, dots: Mapping[str, int]) -> str:
        for id in dots:
            card = self.cards.get(id)
            if card is None or card.step != "situations":
                return "unknown-contribution"
            if card.status != "shown":
                return "withdrawn" if card.status == "withdrawn" else "not-shown"
        return "too-many-on-one" if max(dots.values(), default=0) > 3 else "too-many" if sum(dots.values()) > 5 else TAKEN

    def _changing(self, act: Act, who: Caller, person: str) -> str:
        # What is said is read before whose it is.
        if act.do == "edit" and (unfit := self._fits(act)) != TAKEN:
            return unfit
        card = self.cards.get(act.on)
        if card is None or card.step != act.activity or card.status == "withdrawn":
            return "unknown-contribution"
        by = who.participant or who.member or who.audience
        mine = card.author == (person or by) if card.signed else bool(card.key) and card.key == who.key
        if not mine and (card.signed or act.behalf or card.entered != by):
            return "not-yours"
        return "stale" if act.base is not None and act.base < card.edited else TAKEN

    # What an entry changes

    def take(self, asked: Asked | None, entry: Entry) -> None:
        """One entry of the journal, made by ``asked``; None where the program made it by itself."""
        if asked is not None:
            self.kept.setdefault(asked.act.id, asked)
        if entry.do == "erase":
            self._erased(self._emptied(entry.on))
            return
        self.log[entry.seq] = entry, (asked.act.behalf or asked.who.participant) if asked else ""
        match entry.do:
            case "open" | "close" | "finish":
                self._took_place(entry)
            case "join":
                self.people.add(entry.by)
            case "dismiss":
                self.left.add(entry.on)
            case "reveal":
                self.revealed.add(entry.activity)
            case "reopen":
                self.reopened = bool(entry.content.get("until"))
            case "note" | "amend":
                assert asked is not None
                self.notes[entry.on or entry.id] = (asked.act.content["text"], False, entry.seq)
            case "strike" | "unstrike":
                self.notes[entry.on] = (self.notes[entry.on][0], entry.do == "strike", entry.seq)
            case "vote" | "post" | "edit" | "withdraw":
                assert asked is not None
                self._wrote_down(asked, entry)
            case "hide" | "withhold" | "restore" | "approve" | "refuse":
                self._decided(self.cards[entry.on], entry)

    def _erased(self, seqs: set[int]) -> None:
        for seq in seqs:
            entry, person = self.log.pop(seq)
            self.erased.add(entry.id)
            if entry.id in self.cards:
                card = self.cards[entry.id]
                card.status, card.words, card.edited, card.key, card.offer = "withdrawn", "", seq, "", None
            if "voter" in entry.content:
                (self.ballots if entry.do == "vote" else self.answers).pop(person, None)

    def _took_place(self, entry: Entry) -> None:
        for id, step in self.steps.items():
            leaves = entry.do == "open" and not entry.content.get("beside") and id == self.now != entry.activity
            if step.status == "open" and (leaves or entry.do == "finish" or (entry.do == "close" and id == entry.activity)):
                step.status, step.closed = "closed", entry.seq
        if entry.do == "open":
            step = self.steps[entry.activity]
            step.status, step.opened, step.closed = "open", step.opened or entry.seq, 0
            if not entry.content.get("beside"):
                left = max(filter(None, (self.now, self.resume)), key=STEPS.index, default=entry.activity)
                self.resume = left if STEPS.index(left) > STEPS.index(entry.activity) else ""
                self.now = entry.activity
        if entry.do == "finish":
            self.finished, self.now = True, ""

    def _wrote_down(self, asked: Asked, entry: Entry) -> None:
        act, who = asked.act, asked.who
        person = act.behalf or who.participant
        if entry.do == "vote":
            self.ballots[person] = {id: count for id, count in act.content["dots"].items() if count}
        elif entry.activity == "evaluation":
            self.answers[person] = asked.word
        elif entry.do == "post":
            staff = "" if who.participant else who.member or who.audience
            signed = act.content.get("signed", True) is True or act.activity == "welcome"
            waits = act.activity == "read-first" and not staff
            status = "proposed" if entry.content.get("proposed") else "waiting" if waits else "shown"
            entered = staff if act.behalf or (staff and not signed) else ""
            key = who.key if not signed and who.participant else ""
            author = person or staff
            self.cards[act.id] = Card(act.activity, author, signed, asked.word, entry.seq, status, entered, key)
        elif entry.do == "withdraw":
            card = self.cards[act.on]
            card.status, card.words, card.edited, card.offer = "withdrawn", "", entry.seq, None
        else:
            card = self.cards[act.on]
            if entry.content.get("proposed"):
                card.offer = asked.word
                return
            card.words, card.edited = asked.word, entry.seq
            if card.status == "shown" and act.activity == "read-first" and who.participant:
                card.status = "waiting"

    def _decided(self, card: Card, entry: Entry) -> None:
        if entry.do == "approve":
            if card.offer is not None:
                card.words, card.edited, card.offer = card.offer, entry.seq, None
            card.status = "shown" if card.status in ("waiting", "proposed", "declined") else card.status
        elif entry.do == "refuse":
            card.status, card.offer = "declined" if card.status == "proposed" else card.status, None
        else:
            card.status = {"hide": "hidden", "withhold": "withheld", "restore": "shown"}[entry.do]

    # Who may see it

    def seen_by(self, who: Caller) -> set[str]:
        """Every word that the state this key may ask for may hold."""
        words = set()
        for card in self.cards.values():
            mine = bool(who.participant) and (card.author == who.participant if card.signed else card.key == who.key)
            if card.status == "shown" or (card.status not in ("withheld", "withdrawn") and (mine or who.audience == "console")):
                words.add(card.words)
            if card.offer is not None and card.status != "withdrawn" and (mine or who.audience == "console"):
                words.add(card.offer)
        told = self.answers if "evaluation" in self.revealed else {who.participant: self.answers.get(who.participant, "")}
        return (words | set(told.values())) - {""}
