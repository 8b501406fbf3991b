"""Owns meeting: what each brings and looks for, whom to meet and why, and who agreed to be put in touch."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from typing import Any, ClassVar

from facilitate.activities.meet.matching import Match, index_of, lines_of, meetings_possible, suggested
from facilitate.activities.meet.outcome import outcome
from facilitate.activities.meet.requests import (
    CONTACT,
    NO_NAME,
    WHERE,
    WORD,
    Meetings,
    Reach,
    Request,
    consents,
    decide,
    fold_requests,
    touched,
)
from facilitate.core.activity import (
    Accepted,
    ActivityType,
    Consent,
    Contribution,
    Examples,
    Field,
    Gesture,
    Participant,
    Policy,
    Setting,
    Sources,
    Verb,
    Viewer,
    Voice,
    cards,
)
from facilitate.core.agenda import Activity
from facilitate.core.contribution import fold_contributions, in_order
from facilitate.core.entry import Act, Actor, Audience, Entry, Refused
from facilitate.core.paper import Blank, Lines, Note
from facilitate.core.tree import Node
from facilitate.core.words import N_, Count, Say

FIELDS = (Field("brings", N_("I bring"), 280), Field("seeks", N_("I look for"), 280))
MOST_CARDS = 6
"""What one person may write, in so many times."""
_SUGGESTED, _OTHERS, _RECALLED = 5, 15, 3
_LINE = 90
"""Characters of what a simulated person writes: one idea."""
_NOBODY = Participant("")
_OWN: frozenset[Audience] = frozenset({"participant"})


class Meet(ActivityType):
    """Lines that bring people together."""

    kind: ClassVar[str] = "meet"
    fr: ClassVar[str] = "interconnaissance"
    label: ClassVar[str] = N_("Who to meet")
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("question", "question", "text", "", N_("The question above the form and on the wall.")),
        Setting("hint", "aide", "text", "", N_("One line beneath the question.")),
    )
    verbs: ClassVar[Mapping[str, Verb]] = {
        "post": Verb(by=_OWN, late=True),
        "edit": Verb(by=_OWN, when="opened"),
        "withdraw": Verb(by=_OWN, when="opened"),
        "reach": Verb(by=_OWN, when="always"),
        "ask": Verb(by=_OWN, late=True),
        "unask": Verb(by=_OWN, when="always"),
        "agree": Verb(by=_OWN, when="always"),
        "decline": Verb(by=_OWN, when="always"),
        "met": Verb(by=frozenset({"console", "scribe"}), when="opened"),
    }
    examples: ClassVar[Examples] = Examples(
        accepts=(
            {"brings": "Ten years of shared kitchens."},
            {"seeks": "Someone who has run a network of farms.\nA lorry, once a week."},
            {"brings": "x" * 280, "seeks": "<b>100 %</b>"},
        ),
        refuses=({}, {"brings": "", "seeks": ""}, {"brings": "x" * 281}, {"brings": "Fine.", "seeks": 3}, {"brings": ["a"]}),
    )

    def start(self, settings: Mapping[str, Any]) -> Meetings:
        return Meetings()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return FIELDS

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Any, sources: Sources) -> Accepted | Refused:
        held: Meetings = summary
        if act.do not in ("post", "edit", "withdraw"):
            return decide(act, actor, held, sources.people)
        accepted = super().accept(settings, act, actor, summary, sources)
        if isinstance(accepted, Refused) or act.do == "withdraw":
            return accepted
        if not accepted.content:
            return Refused("empty", N_("Say what you bring or what you look for: a few words are enough."), field="brings")
        if act.do == "post":
            me = sources.people.get(actor.participant)
            if me is None or not me.name:
                return NO_NAME
            if sum(one.by == me.id and one.status != "withdrawn" for one in held.contributions.values()) >= MOST_CARDS:
                return Refused("many-lines", N_("You have written %(most)s times: change one of these instead."), {"most": MOST_CARDS}, 409)
        return accepted

    def fold(self, summary: Any, entry: Entry) -> Meetings:
        held: Meetings = summary
        if entry.do in ("post", "edit", "withdraw"):
            return replace(held, contributions=fold_contributions(held.contributions, entry))
        return fold_requests(held, entry)

    def concerns(self, summary: Any, entry: Entry) -> Collection[str]:
        """Those whom a new line suits best; for a request, the other of the two."""
        held: Meetings = summary
        if entry.do not in ("post", "edit"):
            return touched(held, entry)
        matches = suggested(index_of(held.contributions), entry.by, lambda _: "", (), _RECALLED) if entry.by else []
        return {one.theirs.by for one in matches}

    def consents(self, summary: Any, participant: str, people: Mapping[str, Participant]) -> tuple[Consent, ...]:
        return consents(summary, participant, people)

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        held: Meetings = summary
        seen: dict[str, Any] = {
            "fields": [asdict(one) for one in FIELDS],
            "asked": {one.key: asdict(one) for one in (WHERE, CONTACT, WORD)},
            "cards": cards(held.contributions, viewer, sources.people),
        }
        if viewer.audience == "participant":
            return seen | (_own(held, viewer.participant, sources) if viewer.participant else _own(Meetings(), "", sources))
        shown = [one for one in in_order(held.contributions) if one.status == "shown"]
        seen |= {
            "people": len({one.by for one in shown}),
            "possible": meetings_possible(held.contributions),
            "requests": {state: sum(one.state == state for one in held.requests.values()) for state in ("asked", "agreed", "declined")},
        }
        if viewer.audience in ("console", "scribe"):
            seen["introduce"] = _to_introduce(held, sources)
        if viewer.audience == "scribe":
            seen["askable"] = _askable(held, sources)
        if viewer.audience != "console":
            # The room reads what is offered and sought, and from where: whom, one asks.
            seen["cards"] = [one | {"name": ""} for one in seen["cards"]]
            seen["sides"] = {field.key: _lines(seen["cards"], held, field.key) for field in FIELDS}
        return seen

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        return outcome(activity, summary, FIELDS, sources, policy)

    def texts(self, settings: Mapping[str, Any], contribution: Contribution) -> tuple[tuple[str, str], ...]:
        """Which side it is stands before each: nobody takes what is sought for what is offered."""
        return tuple((one.label, str(contribution.content[one.key])) for one in FIELDS if contribution.content.get(one.key))

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        """Both sides, then how to be found; the contact is asked for on no sheet that lies about."""
        sides = tuple(Lines(say(one.label), 4, required=True) for one in FIELDS)
        return (Note(say(N_("Write your name so that you can be met; a pseudonym will do."))), *sides, Lines(say(WHERE.label), 1))

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """First a card and how to be found; then answers, and a request to one of those suggested."""
        if not view["named"]:
            return ()
        if not view["cards"]:
            texts = {one.key: voice.says(one.key, _LINE) for one in FIELDS if voice.chance(0.8)}
            if not texts:
                return ()
            reach = {"where": voice.says("spot", WHERE.limit), "listed": voice.chance(0.6)} if voice.chance(0.6) else None
            return (Gesture("post", texts), *([Gesture("reach", reach)] if reach else []))
        answers = [
            Gesture("agree" if voice.chance(0.8) else "decline", {"offers": voice.chance(0.5)}, one["id"])
            for one in view["incoming"]
            if one["state"] == "asked" and voice.chance(0.7)
        ]
        if view["suggested"] and voice.chance(0.5):
            word = {"word": voice.says("meeting", WORD.limit)} if voice.chance(0.6) else {}
            answers.append(Gesture("ask", word | {"offers": voice.chance(0.5)}, voice.pick(view["suggested"][:3])["card"]))
        return tuple(answers)

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        """Introduces those who have no phone."""
        waiting = [one for one in view["introduce"] if not one["met"]]
        return Gesture("met", on=waiting[0]["id"]) if waiting else None


def _own(held: Meetings, me: str, sources: Sources) -> dict[str, Any]:
    """What one person's phone shows besides their cards. Nobody else is ever given it."""
    people = sources.people
    asked = held.of(me) if me else []
    known = {me} | {one.to if one.by == me else one.by for one in asked}
    index = index_of(held.contributions)

    def territory(id: str) -> str:
        return people[id].territory if id in people else ""

    matches = [one for one in suggested(index, me, territory, known, _SUGGESTED) if one.theirs.by in people] if me in index.own else []
    return {
        "named": me in people and bool(people[me].name),
        "reach": asdict(held.reaches.get(me, Reach())),
        "incoming": [_request(held, one, me, sources) for one in asked if one.to == me],
        "outgoing": [_request(held, one, me, sources) for one in asked if one.by == me],
        "suggested": [_suggestion(one, held, sources) for one in matches],
        "others": _others(held, me, known | {one.theirs.by for one in matches}, sources) if me in index.own else [],
    }


def _who(held: Meetings, id: str, sources: Sources) -> dict[str, str]:
    """Someone as those who may meet them see them. No contact."""
    person = sources.people.get(id, _NOBODY)
    called = f"{person.name} ({person.territory})" if person.territory else person.name
    where = held.reaches.get(id, Reach()).where
    return {"name": person.name, "territory": person.territory, "structure": person.structure, "called": called, "where": where}


def _request(held: Meetings, one: Request, me: str, sources: Sources) -> dict[str, Any]:
    other = one.to if one.by == me else one.by
    lines = [card for card in in_order(held.contributions) if card.by == other and card.status == "shown"]
    # Whoever said no is not to be looked for in the room.
    hidden = {"where": ""} if one.state == "declined" else {}
    return {
        "id": one.id,
        **(_who(held, other, sources) | hidden),
        "word": one.word,
        "state": one.state,
        "mine": one.offers if one.by == me else one.answers,
        "theirs": one.answers if one.by == me else one.offers,
        "contact": held.contact_for(me, one),
        "sides": {field.key: [line for card in lines for line in lines_of(card, field.key)] for field in FIELDS},
    }


def _suggestion(match: Match, held: Meetings, sources: Sources) -> dict[str, Any]:
    return {
        "card": match.theirs.card,
        **_who(held, match.theirs.by, sources),
        "mine": match.mine.text,
        "i": match.mine.side,
        "theirs": match.theirs.text,
        "they": match.theirs.side,
    }


def _others(held: Meetings, me: str, known: Collection[str], sources: Sources) -> list[dict[str, Any]]:
    """A few more people, those of other territories first; which ones, a hash draws, so that nobody stands first on every phone."""
    person = sources.people.get(me, _NOBODY)
    first = dict[str, Contribution]()
    for one in in_order(held.contributions):
        if one.status == "shown" and one.by not in known and one.by in sources.people:
            first.setdefault(one.by, one)

    def turn(id: str) -> tuple[bool, bytes]:
        other = sources.people[id]
        return other.territory == person.territory, hashlib.sha256(f"{person.n} {other.n}".encode()).digest()

    return [
        {"card": first[id].id, **_who(held, id, sources), "sides": {field.key: lines_of(first[id], field.key) for field in FIELDS}}
        for id in sorted(first, key=turn)[:_OTHERS]
    ]


def _lines(shown: list[dict[str, Any]], held: Meetings, side: str) -> list[dict[str, Any]]:
    """One side of the wall, a line each."""
    keys = ("n", "anonymous", "name", "territory", "entered", "staff")
    return [
        {"id": f"{one['id']}-{side}-{place}", "text": line} | {key: one[key] for key in keys}
        for one in shown
        if one["status"] == "shown"
        for place, line in enumerate(lines_of(held.contributions[one["id"]], side))
    ]


def _askable(held: Meetings, sources: Sources) -> list[dict[str, str]]:
    """Whom someone without a phone may ask to meet: one card each."""
    first = {one.by: one.id for one in reversed(in_order(held.contributions)) if one.status == "shown" and one.by in sources.people}
    told = [{"card": card, "by": id, **_who(held, id, sources)} for id, card in first.items()]
    return sorted(told, key=lambda one: (one["name"], one["by"]))


def _to_introduce(held: Meetings, sources: Sources) -> list[dict[str, Any]]:
    """Requests in which one of the two has no phone: the facilitators tell them, in person. Their words only where nobody else can."""
    told = []
    for one in sorted(held.requests.values(), key=lambda one: one.n):
        by, to = sources.people.get(one.by), sources.people.get(one.to)
        if by is None or to is None or (by.phone and to.phone) or one.state == "declined":
            continue
        told.append(
            {
                "id": one.id,
                "by": {"name": by.name, "territory": by.territory, "phone": by.phone},
                "to": {"id": to.id, "name": to.name, "territory": to.territory, "phone": to.phone},
                "word": "" if to.phone else one.word,
                "where": [held.reaches.get(id, Reach()).where for id in (one.by, one.to)],
                "state": one.state,
                "met": one.met,
            }
        )
    return told
