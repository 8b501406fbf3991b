"""Owns the evaluation in the room: was the time worth it (ROTI, 0 to 4) and what was useful, a few scales, what each keeps and will do.

It is anonymous: an answer is held under a pseudonym and carries neither author nor hour.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, ClassVar

from immutables import Map

from facilitate.activities.evaluation.sheets import Pile, decide_pile, fold_piles, in_turn
from facilitate.core.activity import (
    Accepted,
    ActivityType,
    Contribution,
    Examples,
    Field,
    Gesture,
    Policy,
    Setting,
    Sources,
    Summary,
    Verb,
    Viewer,
    Voice,
    card,
    read_fields,
)
from facilitate.core.agenda import Activity
from facilitate.core.contribution import fold_contributions
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.paper import Blank, Grid, Lines, Note, Ticks
from facilitate.core.tree import Chart, Listing, Node, Paragraph, Section, Table
from facilitate.core.words import N_, Count, Say, slug

# Return On Time Invested: E. Derby and D. Larsen, Agile Retrospectives, Pragmatic Bookshelf, 2006, “Return on Time Invested”.
ROTI = (
    N_("lost time"),
    N_("less than the time it took"),
    N_("just the time it took"),
    N_("more than the time it took"),
    N_("far more than the time it took"),
)
"""What each ROTI from 0 to 4 means."""

DEGREES = (N_("poor"), N_("fair"), N_("good"), N_("very good"))
"""What each degree of a scale from 1 to 4 means: an even number, so that no one sits in the middle."""

SCALES = (N_("Facilitation"), N_("Exchanges"), N_("Relevance"), N_("Organisation of the day"))

USEFUL = Field("useful", N_("What was useful?"), 500)
TEXTS = (USEFUL, Field("keep", N_("What I keep"), 500), Field("will", N_("What I will do"), 500))


@dataclass(frozen=True, slots=True)
class Answers(Summary):
    """Each answer is a contribution under the id of its first act; ``voters``: pseudonym → that id. The last answer counts.
    ``piles``: sheets of paper typed together, by id."""

    voters: Map[str, str] = field(default_factory=Map)
    revealed: bool = False
    piles: Map[str, Pile] = field(default_factory=Map)


class Evaluation(ActivityType):
    """ROTI, scales, what I keep, what I will do."""

    kind: ClassVar[str] = "evaluation"
    fr: ClassVar[str] = "évaluation"
    pseudonymous: ClassVar[bool] = True
    label: ClassVar[str] = N_("Evaluation")
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("question", "question", "text", N_("Was this time worth it?"), N_("What the answers from 0 to 4 are asked for.")),
        Setting("scales", "échelles", "list", SCALES, N_("What is rated from 1 to 4.")),
    )
    verbs: ClassVar[Mapping[str, Verb]] = {
        "post": Verb(by=frozenset({"participant"}), late=True),
        "reveal": Verb(by=frozenset({"console"}), when="opened"),
        "count": Verb(by=frozenset({"console", "scribe"})),
        "uncount": Verb(by=frozenset({"console", "scribe"})),
    }
    examples: ClassVar[Examples] = Examples(
        accepts=(
            {"roti": 3, "useful": "The visit of each other’s territory.", "keep": "Start small.", "will": "Call the cook on Monday."},
            {"roti": "0"},
            {"useful": "The break."},
            {"scales": {"facilitation": "4", "exchanges": 3}},
        ),
        refuses=(
            {},
            {"roti": "", "useful": "", "scales": {}},
            {"roti": 5},
            {"roti": -1},
            {"roti": "good"},
            {"roti": 2.5},
            {"scales": {"facilitation": 0}},
            {"scales": {"facilitation": 5}},
            {"scales": {"weather": 3}},
            {"scales": 3},
            {"roti": 3, "useful": "x" * 501},
            {"roti": 3, "keep": ["a list"]},
        ),
    )

    def start(self, settings: Mapping[str, Any]) -> Answers:
        return Answers()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return TEXTS

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Any, sources: Sources) -> Accepted | Refused:
        if act.do == "reveal":
            return Refused("revealed", N_("The result is shown already."), status=409) if summary.revealed else Accepted()
        if act.do in ("count", "uncount"):
            kept = decide_pile(summary.piles, act, len(ROTI), _scales(settings), len(DEGREES), TEXTS)
            return kept if isinstance(kept, Refused) else Accepted(kept)
        if summary.revealed:
            return Refused("revealed", N_("The results have been shown: answers no longer change."), status=409)
        texts = read_fields(TEXTS, act.content)
        if isinstance(texts, Refused):
            return texts
        given: dict[str, Any] = dict(texts)
        if act.content.get("roti", "") != "":
            roti = _whole(act.content["roti"], 0, 4)
            if roti is None:
                return Refused("out-of-range", N_("Choose a number from 0 to 4."), field="roti")
            given["roti"] = roti
        scales = _read_scales(_scales(settings), act.content.get("scales") or {})
        if isinstance(scales, Refused):
            return scales
        if scales:
            given["scales"] = scales
        if not given:
            return Refused("empty", N_("Nothing is filled in yet: one answer is enough."), field="roti")
        return Accepted(given, vote=True)

    def fold(self, summary: Any, entry: Entry) -> Answers:
        held: Answers = summary
        if entry.do == "reveal":
            return replace(held, revealed=True)
        if entry.do in ("count", "uncount"):
            return replace(held, piles=fold_piles(held.piles, entry))
        if entry.do != "post":
            return replace(held, contributions=fold_contributions(held.contributions, entry))
        voter, late = str(entry.content.get("voter", "")), bool(entry.content.get("late"))
        content = {key: value for key, value in entry.content.items() if key not in ("voter", "late")}
        known = held.contributions.get(held.voters.get(voter, ""))
        if known:
            return replace(held, contributions=held.contributions.set(known.id, replace(known, content=content, edited=entry.seq)))
        first = Contribution(entry.id, entry.seq, "", "", "", content, entry.seq, late=late)
        return replace(held, contributions=held.contributions.set(first.id, first), voters=held.voters.set(voter, first.id))

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        held: Answers = summary
        scales = _scales(settings)
        seen: dict[str, Any] = {
            "question": settings["question"],
            "revealed": held.revealed,
            "roti": [{"value": value, "label": label} for value, label in enumerate(ROTI)],
            "degrees": [{"value": value, "label": label} for value, label in enumerate(DEGREES, 1)],
            "scales": [{"key": key, "label": label} for key, label in scales.items()],
            "texts": [{"key": one.key, "label": one.label, "limit": one.limit} for one in TEXTS],
            "results": _results(scales, held) if held.revealed else None,
            "paper": [{"people": one.people} | _of_pile(scales, one) for one in in_turn(held.piles)] if held.revealed else [],
        }
        if viewer.audience == "participant":
            mine = held.contributions.get(held.voters.get(viewer.voter, "")) if viewer.voter else None
            seen["answered"] = mine is not None
            seen["mine"] = dict(mine.content) if mine and mine.status != "withheld" else {}
        else:
            seen["count"] = len(held.voters)
            seen["sheets"] = sum(one.people for one in held.piles.values())
        if viewer.audience == "console":
            seen["answers"] = [_answer(one, viewer) for one in _by_chance(held) if _has_text(one)] if held.revealed else []
        if viewer.audience == "scribe":
            # Whoever typed sheets reads them again, to mend them; nobody else before the reveal.
            seen["mine"] = {}
            seen["piles"] = [_typed(one) for one in in_turn(held.piles)]
        return seen

    def answered(self, summary: Any) -> Collection[str]:
        held: Answers = summary
        return held.voters

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        """Was it worth it, with a box for each answer; the scales; the words."""
        degrees = tuple(f"{value}, {say(label)}" for value, label in enumerate(DEGREES, 1))
        scales = tuple((say(label), "") for label in _scales(settings).values())
        return (
            Note(say(N_("Anonymous: do not write your name.")), nameless=True),
            Ticks(say(settings["question"]), tuple(f"{value}, {say(label)}" for value, label in enumerate(ROTI))),
            Lines(say(USEFUL.label), 4),
            *((Grid(say(N_("A few scales, from 1 to 4")), scales, degrees),) if scales else ()),
            *(Lines(say(one.label), 4) for one in TEXTS[1:]),
        )

    def hides(self, summary: Any, sources: Sources) -> bool:
        """Until it is revealed, or the step is closed."""
        return sources.status == "open" and not summary.revealed

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        held: Answers = summary
        answers = policy.count(N_("%(count)s answer."), N_("%(count)s answers."), len(held.voters))
        piles = in_turn(held.piles)
        if sources.status in ("planned", "skipped") and not held.voters and not piles:
            return ()
        if not held.voters and not piles:
            return (Paragraph(policy.say(N_("Nobody answered.")), "note"),)
        if self.hides(held, sources):
            counted = (Paragraph(_on_paper(one, policy), "note") for one in piles)
            return (Paragraph(answers, "note"), *counted, Paragraph(policy.say(N_("The result is hidden until it is revealed.")), "note"))
        scales = _scales(activity.settings)
        nodes: list[Node] = [Paragraph(policy.say(N_("Anonymous answers: neither names nor hours were kept.")), "note")]
        if held.voters or not piles:
            nodes += _numbers(activity.settings["question"], _results(scales, held), "", policy)
        for pile in piles:
            nodes += _numbers(activity.settings["question"], _of_pile(scales, pile), _on_paper(pile, policy), policy)
        for place, one in enumerate(TEXTS, 1):
            said = tuple(answer.content[one.key] for answer in _by_chance(held) if answer.status == "shown" and one.key in answer.content)
            listed: list[Node] = [Listing(said)] if said else []
            for pile in (pile for pile in piles if pile.texts.get(one.key)):
                listed += (Paragraph(_on_paper(pile, policy), "note"), Listing(pile.texts[one.key]))
            if listed:
                nodes.append(Section(policy.say(one.label), f"{activity.id}-{place}", tuple(listed)))
        return tuple(nodes)

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """One answer each, rather a good one, with a word or two."""
        if view["revealed"] or view["answered"]:
            return ()
        answer: dict[str, Any] = {"roti": voice.pick((1, 2, 2, 3, 3, 3, 3, 4, 4))}
        answer["scales"] = {one["key"]: voice.pick((2, 3, 3, 3, 4, 4)) for one in view["scales"] if voice.chance(0.9)}
        return (Gesture("post", answer | {one.key: voice.says(one.key, one.limit) for one in TEXTS if voice.chance(0.6)}),)

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        """The reveal, once people have answered."""
        return Gesture("reveal") if view["count"] and not view["revealed"] else None


def _scales(settings: Mapping[str, Any]) -> dict[str, str]:
    """The scales' labels by key."""
    keys: dict[str, str] = {}
    for label in settings["scales"]:
        keys[slug(label, set(keys))] = label
    return keys


def _whole(value: Any, low: int, high: int) -> int | None:
    if isinstance(value, str) and value.isdecimal() and len(value) < 4:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None


def _read_scales(scales: Mapping[str, str], given: Any) -> dict[str, int] | Refused:
    if not isinstance(given, Mapping):
        return Refused("not-scales", N_("The scales could not be read. Nothing was changed."), field="scales", status=400)
    read: dict[str, int] = {}
    for key, value in given.items():
        if key not in scales:
            return Refused("unknown-scale", N_("There is no such scale here."), field=f"scales.{key}")
        if value == "":
            continue
        degree = _whole(value, 1, len(DEGREES))
        if degree is None:
            return Refused("out-of-range", N_("Choose a number from 1 to 4."), field=f"scales.{key}")
        read[key] = degree
    return read


def _results(scales: Mapping[str, str], held: Answers) -> dict[str, Any]:
    """The numbers of every answer. Withholding takes words away, never a number: it must not mend the mean."""
    answers = [one.content for one in held.contributions.values()]
    rotis = [one["roti"] for one in answers if "roti" in one]
    rated = [(label, [one["scales"][key] for one in answers if key in one.get("scales", {})]) for key, label in scales.items()]
    return {
        "roti": _spread([rotis.count(value) for value in range(len(ROTI))], 0),
        "scales": [
            {"label": label} | _spread([degrees.count(value) for value in range(1, len(DEGREES) + 1)], 1) for label, degrees in rated
        ],
    }


def _of_pile(scales: Mapping[str, str], pile: Pile) -> dict[str, Any]:
    """The same numbers, of one pile of sheets."""
    none = (0,) * len(DEGREES)
    return {
        "roti": _spread(pile.roti, 0),
        "scales": [{"label": label} | _spread(pile.scales.get(key, none), 1) for key, label in scales.items()],
    }


def _spread(counts: Sequence[int], lowest: int) -> dict[str, Any]:
    """How many chose each value, from ``lowest`` on, and their mean to one decimal; None when nobody did."""
    count, most = sum(counts), max(counts) or 1
    total = sum(value * times for value, times in enumerate(counts, lowest))
    return {
        "count": count,
        "mean": round(total / count, 1) if count else None,
        "counts": list(counts),
        "shares": [round(100 * times / most, 1) for times in counts],
    }


def _typed(pile: Pile) -> dict[str, Any]:
    """A pile as its form shows it again."""
    texts = {key: "\n".join(lines) for key, lines in pile.texts.items()}
    scales = {key: list(counts) for key, counts in pile.scales.items()}
    return {"id": pile.id, "edited": pile.edited, "people": pile.people, "roti": list(pile.roti), "scales": scales, "texts": texts}


def _on_paper(pile: Pile, policy: Policy) -> str:
    return policy.count(N_("On paper: %(count)s sheet"), N_("On paper: %(count)s sheets"), pile.people) + "."


def _by_chance(held: Answers) -> list[Contribution]:
    """The answers in an order drawn from their ids: between two hours, a place in the order of arrival is an hour."""
    return sorted(held.contributions.values(), key=lambda one: sha256(one.id.encode()).digest())


def _has_text(answer: Contribution) -> bool:
    return any(answer.content.get(one.key) for one in TEXTS)


def _answer(answer: Contribution, viewer: Viewer) -> dict[str, Any]:
    """One person's texts for the console, which may take them off; no number beside them, no place in the order of arrival."""
    seen = card(answer, viewer, {}) | {"n": 0, "edited": 0, "late": False}
    content = seen["content"]
    return seen | {"content": {}, "texts": [{"label": one.label, "text": content[one.key]} for one in TEXTS if content.get(one.key)]}


def _numbers(question: str, results: Mapping[str, Any], apart: str, policy: Policy) -> list[Node]:
    """Chart and table of one way of answering; ``apart`` says which it is, '' for the answers of each person."""
    nodes: list[Node] = [Paragraph(apart, "note")] if apart else []
    if results["roti"]["count"]:
        nodes.append(_roti_chart(question, results["roti"], policy))
    if any(one["count"] for one in results["scales"]):
        nodes.append(_scales_table(results["scales"], policy))
    return nodes


def _roti_chart(question: str, roti: Mapping[str, Any], policy: Policy) -> Chart:
    rows = tuple(
        (f"{value}, {policy.say(ROTI[value])}", float(roti["counts"][value]), policy.figure(roti["counts"][value]))
        for value in reversed(range(len(ROTI)))
    )
    answers = policy.count(N_("%(count)s answer."), N_("%(count)s answers."), roti["count"])
    mean = policy.say(N_("On average %(mean)s out of 4."), mean=policy.figure(roti["mean"]))
    return Chart(policy.say(question), policy.say(N_("Answer")), policy.say(N_("People")), rows, f"{answers} {mean}", most=roti["count"])


def _scales_table(scales: Iterable[Mapping[str, Any]], policy: Policy) -> Table:
    head = (
        policy.say(N_("Scale")),
        *(f"{value}, {policy.say(degree)}" for value, degree in enumerate(DEGREES, 1)),
        policy.say(N_("Mean, 1 to 4")),
    )
    rows = tuple(
        (policy.say(one["label"]), *(policy.figure(count) for count in one["counts"]), policy.figure(one["mean"]))
        for one in scales
        if one["count"]
    )
    return Table(policy.say(N_("How many people gave each answer")), head, rows, numeric=tuple(range(1, len(DEGREES) + 2)))
