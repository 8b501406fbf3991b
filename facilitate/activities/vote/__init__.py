"""Owns the vote by dots on the cards of an earlier step: a few dots each, at most so many on one card, hidden until revealed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, ClassVar

from immutables import Map

from facilitate.core.activity import (
    Accepted,
    ActivityType,
    Contribution,
    Examples,
    Gesture,
    Policy,
    Setting,
    Source,
    Sources,
    Summary,
    Verb,
    Viewer,
    Voice,
    card,
    told,
)
from facilitate.core.agenda import Activity
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.tree import Chart, Listing, Node, Paragraph
from facilitate.core.words import N_

WALL_LINES = 15
"""Lines of text and bars that the wall holds under the question, at 1920 × 1080 and at 1024 × 768."""


@dataclass(frozen=True, slots=True)
class Ballots(Summary):
    """The last ballot of each voter, by pseudonym: card's id → dots, none at 0. ``revealed``: the room has seen the result."""

    ballots: Map[str, Map[str, int]] = field(default_factory=Map)
    revealed: bool = False
    at: str = ""


class Vote(ActivityType):
    """Dots on cards."""

    kind: ClassVar[str] = "vote"
    fr: ClassVar[str] = "vote"
    pseudonymous: ClassVar[bool] = True
    label: ClassVar[str] = N_("Vote")
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("source", "sur", "source", "", N_("The earlier step whose cards are voted on."), required=True),
        Setting("question", "question", "text", "", N_("What the room chooses.")),
        Setting("dots", "points", "number", 5, N_("Dots that each person has."), low=1, high=50),
        Setting("most", "maximum", "number", 3, N_("The most that one person may put on one card."), low=1, high=50),
    )
    verbs: ClassVar[Mapping[str, Verb]] = {
        "vote": Verb(by=frozenset({"participant"}), late=True),
        "reveal": Verb(by=frozenset({"console"}), when="opened"),
    }
    examples: ClassVar[Examples] = Examples(
        accepts=({"dots": {}}, {"dots": {"a-card-left-at-nought": "0"}}),
        refuses=(
            {},
            {"dots": 3},
            {"dots": ["1"]},
            {"dots": {"no-such-card": 1}},
            {"dots": {"no-such-card": -1}},
            {"dots": {"no-such-card": 1.5}},
            {"dots": {"no-such-card": "many"}},
            {"dots": {"no-such-card": True}},
        ),
    )

    def start(self, settings: Mapping[str, Any]) -> Ballots:
        return Ballots()

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Any, sources: Sources) -> Accepted | Refused:
        if act.do == "reveal":
            return Refused("revealed", N_("The result is shown already."), status=409) if summary.revealed else Accepted()
        if summary.revealed:
            return Refused("revealed", N_("The result has been shown: dots no longer move."), status=409)
        dots = _read(act.content.get("dots"))
        if isinstance(dots, Refused):
            return dots
        for id in dots:
            if refused := _not_for_vote(id, sources):
                return refused
        if any(given > settings["most"] for given in dots.values()):
            return Refused(
                "too-many-on-one",
                N_("You can put %(count)s dot on one card, no more."),
                {"count": settings["most"]},
                field="dots",
                plural=N_("You can put %(count)s dots on one card, no more."),
            )
        if sum(dots.values()) > settings["dots"]:
            return Refused(
                "too-many",
                N_("You have %(count)s dot in all: take some back from a card first."),
                {"count": settings["dots"]},
                field="dots",
                plural=N_("You have %(count)s dots in all: take some back from a card first."),
            )
        return Accepted({"dots": dots}, vote=True)

    def fold(self, summary: Any, entry: Entry) -> Ballots:
        held: Ballots = summary
        match entry.do:
            case "reveal":
                return replace(held, revealed=True, at=entry.at)
            case "vote":
                dots, voter = Map(entry.content["dots"]), str(entry.content.get("voter", ""))
                others = held.ballots.delete(voter) if voter in held.ballots else held.ballots
                return replace(held, ballots=others.set(voter, dots) if dots else others)
        return held

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        held: Ballots = summary
        source = sources.named.get("source")
        shown = _shown(source)
        seen: dict[str, Any] = {
            "question": settings["question"],
            "dots": settings["dots"],
            "most": settings["most"],
            "revealed": held.revealed,
            "at": held.at,
            "results": _results(source, held, viewer, sources) if source and held.revealed else [],
        }
        seen["given"] = sum(one["dots"] for one in seen["results"])
        seen["first"] = sum(one["rank"] == 1 for one in seen["results"])
        if viewer.audience == "participant":
            mine = {id: dots for id, dots in (held.ballots.get(viewer.voter) or Map()).items() if id in shown}
            # Without the number of voters: phones look again when what they all see changes, and this does at every vote.
            seen["left"] = settings["dots"] - sum(mine.values())
            seen["ballot"] = [_seen(source, one, viewer, sources) | {"given": mine.get(id, 0)} for id, one in shown.items() if source]
        else:
            seen["voters"] = len(held.ballots)
            seen["top"] = _top(seen["results"])
        return seen

    def hides(self, summary: Any, sources: Sources) -> bool:
        """Until it is revealed, or the step is closed."""
        return sources.status == "open" and not summary.revealed

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        held: Ballots = summary
        source = sources.named.get("source")
        voters = policy.count(N_("%(count)s person voted."), N_("%(count)s people voted."), len(held.ballots))
        if sources.status in ("planned", "skipped") and not held.ballots:
            return ()
        if self.hides(held, sources):
            # A draft of the restitution, asked for while people vote, must not tell them the ranking.
            return (Paragraph(voters, "note"), Paragraph(policy.say(N_("The result is hidden until it is revealed.")), "note"))
        if source is None or not held.ballots:
            return (Paragraph(policy.say(N_("Nobody voted.")), "note"), *_unchosen(source, {}, policy))
        totals = _totals(held, _shown(source))
        return (_chart(activity, source, totals, voters, policy), *_unchosen(source, totals, policy))

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """All dots, or nearly, once; the first cards are read by more people."""
        ballot = [one["id"] for one in view["ballot"]]
        if view["revealed"] or any(one["given"] for one in view["ballot"]):
            return ()
        dots: dict[str, int] = {}
        left = view["dots"] - (1 if voice.chance(0.1) else 0)
        while left and ballot:
            id = ballot.pop(min(voice.whole(0, len(ballot) - 1), voice.whole(0, len(ballot) - 1)))
            dots[id] = voice.whole(1, min(left, view["most"]))
            left -= dots[id]
        return (Gesture("vote", {"dots": dots}),) if dots else ()

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        """The reveal, once people have voted."""
        return Gesture("reveal") if view["voters"] and not view["revealed"] else None


def _read(given: Any) -> dict[str, int] | Refused:
    """Card's id → dots, those at 0 left out; numbers may come as text, an empty field is 0."""
    if not isinstance(given, Mapping):
        return Refused("not-dots", N_("This vote could not be read. Nothing was changed."), field="dots", status=400)
    dots: dict[str, int] = {}
    for id, value in given.items():
        number = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 4 else 0 if value == "" else value
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            return Refused("not-a-number", N_("Give each card a whole number of dots, 0 or more."), field=f"dots.{id}")
        if number:
            dots[str(id)] = number
    return dots


def _not_for_vote(id: str, sources: Sources) -> Refused | None:
    source = sources.named.get("source")
    found = source.summary.contributions.get(id) if source else None
    where = f"dots.{id}"
    if found is None:
        return Refused("unknown-contribution", N_("This card is not part of this vote."), field=where, status=404)
    if found.status == "withdrawn":
        return Refused("withdrawn", N_("A card was withdrawn by its author: your dots on it came back to you."), field=where, status=409)
    if found.status != "shown":
        return Refused("not-shown", N_("A card was taken off the wall: your dots on it came back to you."), field=where, status=409)
    return None


def _shown(source: Source | None) -> dict[str, Contribution]:
    """The cards one may vote on. Dots on any other card are given back: they count nowhere."""
    return {one.id: one for one in told(source.summary.contributions)} if source else {}


def _totals(held: Ballots, shown: Mapping[str, Contribution]) -> dict[str, int]:
    """Card's id → dots of all ballots, for every card one may vote on."""
    totals: Counter[str] = Counter()
    for ballot in held.ballots.values():
        totals.update(ballot)
    return {id: totals[id] for id in shown}


def _text(source: Source, contribution: Contribution) -> str:
    texts = source.type.texts(source.activity.settings, contribution)
    return texts[0][1] if texts else ""


def _seen(source: Source, contribution: Contribution, viewer: Viewer, sources: Sources) -> dict[str, Any]:
    """A card as one votes on it: the first thing it says, and who signed it."""
    seen = card(contribution, viewer, sources.people)
    return {key: seen[key] for key in ("id", "anonymous", "name", "territory")} | {"text": _text(source, contribution)}


def _results(source: Source, held: Ballots, viewer: Viewer, sources: Sources) -> list[dict[str, Any]]:
    """Every card, most dots first, in order of arrival where level; ``rank`` counts from 1, 0 for a card without any dot."""
    shown = _shown(source)
    totals = _totals(held, shown)
    mine = held.ballots.get(viewer.voter) or Map()
    alike = Counter(totals.values())
    ranks = {dots: 1 + sum(count for other, count in alike.items() if other > dots) for dots in alike}
    most = max(totals.values(), default=0) or 1
    return [
        _seen(source, shown[id], viewer, sources)
        | {
            "dots": dots,
            "share": round(100 * dots / most, 1),
            "rank": ranks[dots] if dots else 0,
            "level": bool(dots) and alike[dots] > 1,
            "given": mine.get(id, 0),
        }
        for id, dots in sorted(totals.items(), key=lambda one: -one[1])
    ]


def _top(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first cards, as many as a wall holds: by the lines their words take, at some 60 signs a line, and a bar each."""
    room, top = WALL_LINES, []
    for one in results:
        room -= 1 + ceil((len(one["text"]) + len(one["territory"]) + len(one["name"])) / 60)
        if room < 0 or not one["dots"]:
            break
        top.append(one)
    return top or results[:1]


def _chart(activity: Activity, source: Source, totals: Mapping[str, int], voters: str, policy: Policy) -> Node:
    shown = _shown(source)
    chosen = sorted(((id, dots) for id, dots in totals.items() if dots), key=lambda one: -one[1])
    rows = tuple((_signed(source, shown[id], policy), float(dots), policy.figure(dots)) for id, dots in chosen)
    first = [id for id, dots in chosen if dots == chosen[0][1]]
    dots = policy.count(N_("%(count)s dot was given."), N_("%(count)s dots were given."), sum(totals.values()))
    level = policy.count(N_("%(count)s card comes first."), N_("%(count)s cards come first, level."), len(first)) if first else ""
    caption = activity.settings["question"] or policy.say(N_("Dots given to each card"))
    return Chart(caption, policy.say(N_("Card")), policy.say(N_("Dots")), rows, " ".join(part for part in (voters, dots, level) if part))


def _unchosen(source: Source | None, totals: Mapping[str, int], policy: Policy) -> tuple[Node, ...]:
    """The cards without any dot: nothing is dropped because nobody voted on it."""
    left = [one for one in _shown(source).values() if not totals.get(one.id)]
    if source is None or not left:
        return ()
    named = Listing(tuple(_text(source, one) for one in left), beside=tuple(policy.signature(one) for one in left))
    return (Paragraph(policy.count(N_("%(count)s card received no dot:"), N_("%(count)s cards received no dot:"), len(left))), named)


def _signed(source: Source, contribution: Contribution, policy: Policy) -> str:
    signature = policy.signature(contribution)
    return f"{_text(source, contribution)} ({signature})" if signature else _text(source, contribution)
