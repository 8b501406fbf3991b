"""Owns the vote by dots on the cards of an earlier step: a few dots each, at most so many on one card, hidden until revealed."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, ClassVar

from immutables import Map

from facilitate.activities.vote.counts import decide_dots
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
)
from facilitate.core.agenda import Activity
from facilitate.core.counts import WAYS, Tally, fold_counts, in_turn
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.paper import Blank, Grid, Note
from facilitate.core.tree import Chart, Listing, Node, Paragraph
from facilitate.core.words import N_, Count, Say

WALL_LINES = 15
"""Lines of text and bars that the wall holds under the question, at 1920 × 1080 and at 1024 × 768."""


@dataclass(frozen=True, slots=True)
class Ballots(Summary):
    """The last ballot of each voter, by pseudonym: card's id → dots, none at 0. ``revealed``: the room has seen the result. ``counts``:
    what was counted in the room, by id."""

    ballots: Map[str, Map[str, int]] = field(default_factory=Map)
    revealed: bool = False
    at: str = ""
    counts: Map[str, Tally] = field(default_factory=Map)


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
        "count": Verb(by=frozenset({"console", "scribe"})),
        "uncount": Verb(by=frozenset({"console", "scribe"})),
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
        if act.do in ("count", "uncount"):
            kept = decide_dots(summary.counts, settings, act, _read_for(act.content.get("dots"), sources))
            return kept if isinstance(kept, Refused) else Accepted(kept)
        if summary.revealed:
            return Refused("revealed", N_("The result has been shown: dots no longer move."), status=409)
        dots = _read_for(act.content.get("dots"), sources)
        if isinstance(dots, Refused):
            return dots
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
            case "count" | "uncount":
                return replace(held, counts=fold_counts(held.counts, entry, "dots"))
        return held

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        held: Ballots = summary
        source = sources.named.get("source")
        shown = _shown(source)
        tallies = _tallies(held, shown)
        seen: dict[str, Any] = {
            "question": settings["question"],
            "dots": settings["dots"],
            "most": settings["most"],
            "revealed": held.revealed,
            "at": held.at,
            "results": _results(source, held, tallies, viewer, sources) if source and held.revealed else [],
        }
        seen["given"] = sum(one["dots"] for one in seen["results"])
        seen["first"] = sum(one["rank"] == 1 for one in seen["results"])
        seen["counted"] = [_told(one, held.revealed) for one in tallies] if held.counts and held.revealed else []
        if viewer.audience in ("participant", "scribe"):
            mine = {id: dots for id, dots in (held.ballots.get(viewer.voter) or Map()).items() if id in shown}
            # Without the number of voters: phones look again when what they all see changes, and this does at every vote.
            seen["left"] = settings["dots"] - sum(mine.values())
            seen["ballot"] = [_seen(source, one, viewer, sources) | {"given": mine.get(id, 0)} for id, one in shown.items() if source]
        if viewer.audience == "scribe":
            # Whoever typed a count reads it again, to mend it; nobody else before the reveal.
            seen["counts"] = [
                {"id": one.id, "by": one.by, "people": one.people, "edited": one.edited, "dots": dict(one.given)}
                for one in in_turn(held.counts)
            ]
        if viewer.audience != "participant":
            seen["counted"] = [_told(one, held.revealed) for one in tallies] if held.counts else []
            seen["voters"] = len(held.ballots)
            seen["top"] = _top(seen["results"])
        return seen

    def answered(self, summary: Any) -> Collection[str]:
        """Those whose last ballot has a dot, by pseudonym."""
        held: Ballots = summary
        return held.ballots

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        """The cards, and for each as many boxes as one may give it dots: to tick, or to hold stickers."""
        source = sources.named.get("source")
        rows = tuple((_text(source, one), _by(one, sources, say)) for one in _shown(source).values()) if source else ()
        each = count(N_("%(count)s dot each"), N_("%(count)s dots each"), settings["dots"])
        most = count(N_(", at most %(count)s on one card."), N_(", at most %(count)s on one card."), settings["most"])
        return (Note(each + most), Grid(say(N_("Dots")), rows, ("",) * min(settings["most"], 6), said=True)) if rows else ()

    def hides(self, summary: Any, sources: Sources) -> bool:
        """Until it is revealed, or the step is closed."""
        return sources.status == "open" and not summary.revealed

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        held: Ballots = summary
        source = sources.named.get("source")
        tallies = _tallies(held, _shown(source))
        voters = _voted(len(held.ballots), policy)
        if sources.status in ("planned", "skipped") and not tallies:
            return ()
        if self.hides(held, sources):
            # A draft of the restitution, asked for while people vote, must not tell them the ranking.
            counted = (Paragraph(f"{policy.say(WAYS[one.by])}. {_took_part(one.people, policy)}", "note") for one in tallies if one.by)
            return (Paragraph(voters, "note"), *counted, Paragraph(policy.say(N_("The result is hidden until it is revealed.")), "note"))
        if source is None or not tallies:
            return (Paragraph(policy.say(N_("Nobody voted.")), "note"), *_unchosen(source, {}, policy))
        charts = tuple(_chart(activity, source, one, policy, apart=bool(held.counts)) for one in tallies)
        chosen = Counter(id for one in tallies for id, dots in one.given.items() if dots)
        return (*charts, *_unchosen(source, chosen, policy))

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


def _read_for(given: Any, sources: Sources) -> dict[str, int] | Refused:
    """The same, of cards that one may vote on."""
    dots = _read(given)
    refused = None if isinstance(dots, Refused) else next(filter(None, (_not_for_vote(id, sources) for id in dots)), None)
    return refused or dots


def _not_for_vote(id: str, sources: Sources) -> Refused | None:
    source = sources.named.get("source")
    if id in _shown(source):
        return None
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
    return dict(source.type.offered(source.activity.settings, source.summary)) if source else {}


def _tallies(held: Ballots, shown: Mapping[str, Contribution]) -> list[Tally]:
    """The dots of every card one may vote on: those of all ballots together, where there are any, then each count of the room."""
    totals: Counter[str] = Counter()
    for ballot in held.ballots.values():
        totals.update(ballot)
    ballots = [Tally("", "", len(held.ballots), Map({id: totals[id] for id in shown}))] if held.ballots else []
    return ballots + [replace(one, given=Map({id: one.given.get(id, 0) for id in shown})) for one in in_turn(held.counts)]


def _told(tally: Tally, revealed: bool) -> dict[str, Any]:
    """One way of counting: how many people, and how many dots once the room may know."""
    return {"by": tally.by, "people": tally.people, "given": sum(tally.given.values()) if revealed else 0}


def _text(source: Source, contribution: Contribution) -> str:
    texts = source.type.texts(source.activity.settings, contribution)
    return texts[0][1] if texts else ""


def _seen(source: Source, contribution: Contribution, viewer: Viewer, sources: Sources) -> dict[str, Any]:
    """A card as one votes on it: the first thing it says, and who signed it."""
    seen = card(contribution, viewer, sources.people)
    return {key: seen[key] for key in ("id", "anonymous", "name", "territory", "entered", "staff")} | {"text": _text(source, contribution)}


def _by(contribution: Contribution, sources: Sources, say: Say) -> str:
    person = sources.people.get(contribution.by)
    return (person.territory if person else "") if contribution.by else say(N_("anonymous"))


def _results(source: Source, held: Ballots, tallies: list[Tally], viewer: Viewer, sources: Sources) -> list[dict[str, Any]]:
    """Every card, most dots first, in order of arrival where level; ``rank`` counts from 1, 0 for a card without any dot.

    The ballots rank, or the first count where there are none; ``beside`` holds what each other count gave this card.
    """
    shown = _shown(source)
    totals, *others = [one.given for one in tallies] or [Map(dict.fromkeys(shown, 0))]
    mine = held.ballots.get(viewer.voter) or Map()
    alike = Counter(totals.values())
    ranks = {dots: 1 + sum(count for other, count in alike.items() if other > dots) for dots in alike}
    most = max(totals.values(), default=0) or 1
    return [
        _seen(source, shown[id], viewer, sources)
        | {
            "dots": totals[id],
            "share": round(100 * totals[id] / most, 1),
            "rank": ranks[totals[id]] if totals[id] else 0,
            "level": bool(totals[id]) and alike[totals[id]] > 1,
            "given": mine.get(id, 0),
            "beside": [{"by": tally.by, "dots": dots[id]} for tally, dots in zip(tallies[1:], others, strict=True)],
        }
        for id in sorted(shown, key=lambda one: -totals[one])
    ]


def _top(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first cards, as many as a wall holds: by the lines their words take, at some 60 signs a line, and a bar each."""
    room, top = WALL_LINES, []
    for one in results:
        if not one["dots"] and not any(other["dots"] for other in one["beside"]):
            continue
        room -= 1 + ceil((len(one["text"]) + len(one["territory"]) + len(one["name"])) / 60) + ceil(len(one["beside"]) / 2)
        if room < 0:
            break
        top.append(one)
    return top or results[:1]


def _voted(people: int, policy: Policy) -> str:
    return policy.count(N_("%(count)s person voted."), N_("%(count)s people voted."), people)


def _took_part(people: int, policy: Policy) -> str:
    return policy.count(N_("%(count)s person took part."), N_("%(count)s people took part."), people)


def _chart(activity: Activity, source: Source, tally: Tally, policy: Policy, *, apart: bool) -> Node:
    """One way of counting; ``apart``: there are several, each says which it is."""
    shown = _shown(source)
    chosen = sorted(((id, dots) for id in shown if (dots := tally.given[id])), key=lambda one: -one[1])
    rows = tuple((_signed(source, shown[id], policy), float(dots), policy.figure(dots)) for id, dots in chosen)
    first = [id for id, dots in chosen if dots == chosen[0][1]]
    people = _took_part(tally.people, policy) if tally.by else _voted(tally.people, policy)
    given = policy.count(N_("%(count)s dot was given."), N_("%(count)s dots were given."), sum(tally.given.values()))
    level = policy.count(N_("%(count)s card comes first."), N_("%(count)s cards come first, level."), len(first)) if first else ""
    caption = activity.settings["question"] or policy.say(N_("Dots given to each card"))
    caption = f"{caption} · {policy.say(WAYS[tally.by])}" if apart else caption
    return Chart(caption, policy.say(N_("Card")), policy.say(N_("Dots")), rows, " ".join(part for part in (people, given, level) if part))


def _unchosen(source: Source | None, totals: Mapping[str, int], policy: Policy) -> tuple[Node, ...]:
    """The cards without any dot: nothing is dropped because nobody voted on it."""
    left = [one for one in _shown(source).values() if not totals.get(one.id)]
    if source is None or not left:
        return ()
    named = Listing(tuple(_text(source, one) for one in left), beside=tuple(_signature(source, one, policy) for one in left))
    return (Paragraph(policy.count(N_("%(count)s card received no dot:"), N_("%(count)s cards received no dot:"), len(left))), named)


def _signed(source: Source, contribution: Contribution, policy: Policy) -> str:
    signature = _signature(source, contribution, policy)
    return f"{_text(source, contribution)} ({signature})" if signature else _text(source, contribution)


def _signature(source: Source, contribution: Contribution, policy: Policy) -> str:
    """Who wrote it; nobody signs what is no contribution, as the name of a theme."""
    return policy.signature(contribution) if contribution.id in source.summary.contributions else ""
