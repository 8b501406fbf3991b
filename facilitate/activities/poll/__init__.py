"""Owns the poll: one question, one answer per person, hidden until it is revealed: a choice, a scale, degrees of agreement, a number.

It is anonymous: an answer is held under a pseudonym and carries neither author nor hour; so does the reason that may go with it, which
stands apart from the answer.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, ClassVar

from immutables import Map

from facilitate.activities.poll.figures import Result, of_answers, of_tally
from facilitate.activities.poll.forms import OPTIONS, Answer, Asked, asked, read_answer, read_counts
from facilitate.activities.poll.outcome import drawn, in_brief
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
from facilitate.core.contribution import MASK, fold_contributions
from facilitate.core.counts import WAYS, Tally, decide_count, fold_counts, in_turn
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.paper import Blank, Lines, Note, Ticks
from facilitate.core.tree import Listing, Node, Paragraph, Section
from facilitate.core.words import N_, Count, Say

REASON = Field("why", N_("Your reason, if you wish to give it"), 280)

_FAR = 999_999


@dataclass(frozen=True, slots=True)
class Answers(Summary):
    """The last answer of each person, by pseudonym. A reason is a contribution under the id of its first act, ``reasons`` says whose it is:
    pseudonym → that id. ``counts``: what was counted in the room, by id."""

    answers: Map[str, Answer] = field(default_factory=Map)
    reasons: Map[str, str] = field(default_factory=Map)
    revealed: bool = False
    at: str = ""
    counts: Map[str, Tally] = field(default_factory=Map)


class Poll(ActivityType):
    """One question."""

    kind: ClassVar[str] = "poll"
    fr: ClassVar[str] = "sondage"
    pseudonymous: ClassVar[bool] = True
    label: ClassVar[str] = N_("Poll")
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("question", "question", "text", "", N_("What is asked, or the proposal that people say how far they agree with.")),
        Setting(
            "form",
            "forme",
            "choice",
            "one",
            N_("How one answers: one choice, several, a scale, seven degrees of agreement, or a number."),
            choices={
                "one": "choix unique",
                "several": "choix multiple",
                "scale": "échelle",
                "gradient": "gradient d’accord",
                "number": "nombre",
            },
        ),
        Setting("options", "réponses", "list", OPTIONS, N_("What one chooses among, for one choice or several.")),
        Setting(
            "most",
            "au plus",
            "number",
            0,
            N_("For several choices: the most that one person may tick; 0 for as many as they like."),
            high=50,
        ),
        Setting(
            "low",
            "de",
            "number",
            "",
            N_("The lowest degree of a scale (1 where none is given), or the smallest number."),
            low=-_FAR,
            high=_FAR,
        ),
        Setting(
            "high",
            "à",
            "number",
            "",
            N_("The highest degree of a scale (5 where none is given), or the largest number."),
            low=-_FAR,
            high=_FAR,
        ),
        Setting("ends", "extrémités", "list", (), N_("What the lowest and the highest degree of a scale mean.")),
        Setting("unit", "unité", "text", "", N_("The unit of a number, such as km.")),
        Setting("whole", "entier", "flag", False, N_("Yes: a number without decimals.")),
        Setting("why", "pourquoi", "flag", False, N_("Yes: each may give a reason, read after the reveal without name nor answer.")),
        Setting(
            "immediate", "résultat immédiat", "flag", False, N_("Yes: the wall shows the result as answers come, instead of hiding it.")
        ),
    )
    improvised: ClassVar[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
        "one": (N_("Poll: yes or no, or your own answers"), {}),
        "several": (N_("Poll: several choices among your own answers"), {"form": "several"}),
        "gradient": (N_("Poll: degrees of agreement"), {"form": "gradient"}),
        "scale": (N_("Poll: from 1 to 5"), {"form": "scale"}),
        "number": (N_("Poll: a number"), {"form": "number"}),
    }
    verbs: ClassVar[Mapping[str, Verb]] = {
        "answer": Verb(by=frozenset({"participant"}), late=True),
        "reveal": Verb(by=frozenset({"console"}), when="opened"),
        "count": Verb(by=frozenset({"console", "scribe"})),
        "uncount": Verb(by=frozenset({"console", "scribe"})),
    }
    examples: ClassVar[Examples] = Examples(
        accepts=({"answer": "Yes"}, {"answer": "No"}, {"answer": ["No opinion"]}),
        refuses=(
            {},
            {"answer": ""},
            {"answer": []},
            {"answer": "Perhaps"},
            {"answer": ["Yes", "No"]},
            {"answer": 1},
            {"answer": True},
            {"answer": {"Yes": 1}},
        ),
    )

    def start(self, settings: Mapping[str, Any]) -> Answers:
        return Answers()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (REASON,) if settings["why"] else ()

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Any, sources: Sources) -> Accepted | Refused:
        held: Answers = summary
        poll = asked(settings)
        if act.do == "reveal":
            shown = held.revealed or settings["immediate"]
            return Refused("revealed", N_("The result is shown already."), status=409) if shown else Accepted()
        if act.do in ("count", "uncount"):
            unknown = N_("Choose how it was counted: by show of hands, with stickers, or on paper.")
            kept = decide_count(
                held.counts,
                act,
                tuple(way for way in WAYS if way),
                unknown,
                lambda people: read_counts(poll, act.content.get("counts"), people),
            )
            return kept if isinstance(kept, Refused) else Accepted(kept)
        if held.revealed:
            return Refused("revealed", N_("The result has been shown: answers no longer change."), status=409)
        answer = read_answer(poll, act.content.get("answer"))
        if isinstance(answer, Refused):
            return answer
        texts = read_fields(self.fields(settings), act.content)
        if isinstance(texts, Refused):
            return texts
        return Accepted({"answer": list(answer) if isinstance(answer, tuple) else answer, **texts}, vote=True)

    def fold(self, summary: Any, entry: Entry) -> Answers:
        held: Answers = summary
        match entry.do:
            case "reveal":
                return replace(held, revealed=True, at=entry.at)
            case "count" | "uncount":
                return replace(held, counts=fold_counts(held.counts, entry, "counts"))
            case "answer":
                voter, answer = str(entry.content.get("voter", "")), entry.content["answer"]
                answer = tuple(answer) if isinstance(answer, list | tuple) else answer
                return _with_reason(replace(held, answers=held.answers.set(voter, answer)), voter, entry)
        return replace(held, contributions=fold_contributions(held.contributions, entry))

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        held: Answers = summary
        poll = asked(settings)
        over = held.revealed or (settings["immediate"] and sources.status == "closed")
        # Live figures are the wall's: phones would all ask again at each answer. They have them when it is over.
        shown = over or (settings["immediate"] and viewer.audience != "participant")
        seen: dict[str, Any] = {
            "question": settings["question"],
            "form": poll.form,
            "options": [{"value": one, "label": poll.label(one)} for one in poll.options],
            "most": poll.most,
            "low": poll.low,
            "high": poll.high,
            "whole": poll.whole,
            "unit": poll.unit,
            "why": [{"key": one.key, "label": one.label, "limit": one.limit} for one in self.fields(settings)],
            "immediate": settings["immediate"],
            "revealed": bool(shown),
            "at": held.at,
            "results": [one.plain() | {"way": WAYS[one.by]} for one in _results(poll, held)] if shown else [],
        }
        if viewer.audience == "participant":
            answer = held.answers.get(viewer.voter) if viewer.voter else None
            reason = held.contributions.get(held.reasons.get(viewer.voter, ""))
            seen["answered"] = answer is not None
            seen["mine"] = [] if answer is None else list(poll.keys(answer))
            seen["reason"] = str(reason.content.get("why", "")) if reason and reason.status != "withheld" else ""
            return seen
        seen["people"] = len(held.answers)
        seen["counted"] = [{"by": one.by, "way": WAYS[one.by], "people": one.people} for one in in_turn(held.counts)]
        seen["cards"] = [_read(one, viewer) for one in _by_chance(held) if _may_read(one, viewer)] if over else []
        if viewer.audience in ("console", "scribe"):
            seen["ways"] = [{"value": way, "label": WAYS[way]} for way in WAYS if way] if poll.counted else []
        if viewer.audience == "scribe":
            # Whoever typed a count reads it again, to mend it; nobody else before the reveal.
            seen |= {"mine": [], "reason": ""}
            seen["counts"] = [_typed(poll, one) for one in in_turn(held.counts)]
        return seen

    def answered(self, summary: Any) -> Collection[str]:
        held: Answers = summary
        return held.answers

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        """The answers with a box each, or a line for the number; then the reason. What is not counted in a pile is entered for someone."""
        poll, question = asked(settings), say(settings["question"] or N_("Your answer"))
        nameless = Note(say(N_("Anonymous: do not write your name.")), nameless=True)
        named = Note(say(N_("Your name serves to enter your answer once; it is not kept with it.")))
        notes = [nameless if poll.counted and not settings["why"] else named]
        if poll.form == "several":
            most = count(N_("Tick %(count)s answer at most."), N_("Tick %(count)s answers at most."), poll.most)
            notes.append(Note(most if poll.most else say(N_("Tick as many answers as you like."))))
        labels = (say(poll.label(one)) for one in poll.options)
        boxes = tuple(
            f"{one}, {label}".rstrip(", ") if poll.form == "scale" else label for one, label in zip(poll.options, labels, strict=True)
        )
        line = say(N_("Your answer, in %(unit)s"), unit=poll.unit) if poll.unit else question
        asks = Ticks(question, boxes) if boxes else Lines(line, 1, required=True)
        return (*notes, asks, *(Lines(say(one.label), 3) for one in self.fields(settings)))

    def hides(self, summary: Any, sources: Sources) -> bool:
        """Until it is revealed, or the step is closed."""
        return sources.status == "open" and not summary.revealed

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        held: Answers = summary
        poll, question = asked(activity.settings), activity.settings["question"]
        results = _results(poll, held)
        lede = (Paragraph(question, "lede"),) if question else ()
        if not results:
            told = policy.say(N_("Nobody answered."))
            return () if sources.status in ("planned", "skipped") else (*lede, Paragraph(told, "note"))
        if self.hides(held, sources) and not activity.settings["immediate"]:
            # A draft of the restitution, asked for while people answer, must not tell them the result.
            counted = (Paragraph(in_brief(one, policy), "note") for one in results)
            return (*lede, *counted, Paragraph(policy.say(N_("The result is hidden until it is revealed.")), "note"))
        nodes: list[Node] = [*lede, *(drawn(poll, one, policy, apart=len(results) > 1) for one in results)]
        nodes.append(Paragraph(policy.say(N_("Anonymous answers: neither names nor hours were kept.")), "note"))
        said = tuple(one.content["why"] for one in _by_chance(held) if one.status == "shown")
        if said and not self.hides(held, sources):
            nodes.append(Section(policy.say(N_("Reasons given")), f"{activity.id}-reasons", (Listing(said),)))
        return tuple(nodes)

    def texts(self, settings: Mapping[str, Any], contribution: Contribution) -> tuple[tuple[str, str], ...]:
        """The reason alone, whatever the sheet asks now."""
        return (("", str(contribution.content["why"])),) if contribution.content.get("why") else ()

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """One answer each, rather a favourable one; some say why."""
        if view["revealed"] or view["answered"]:
            return ()
        poll = asked(settings)
        content: dict[str, Any] = {"answer": _simulated(poll, voice)}
        if settings["why"] and voice.chance(0.4):
            content["why"] = voice.says("remark", REASON.limit)
        return (Gesture("answer", content),)

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        """The reveal, once people have answered."""
        return Gesture("reveal") if view["people"] and not view["revealed"] else None


def _with_reason(held: Answers, voter: str, entry: Entry) -> Answers:
    """The reason that came with the last answer takes the place of the one before; an answer without one takes it back."""
    why, known = entry.content.get("why", ""), held.contributions.get(held.reasons.get(voter, ""))
    if known is None and not why:
        return held
    content = {"why": why} if why else {}
    if known is None:
        first = Contribution(entry.id, entry.seq, "", "", "", content, entry.seq, late=bool(entry.content.get("late")))
        return replace(held, contributions=held.contributions.set(first.id, first), reasons=held.reasons.set(voter, first.id))
    status = known.status if known.status in ("hidden", "withheld") else "shown" if why else "withdrawn"
    changed = replace(known, content=content, edited=entry.seq, status=status, masked=known.masked and MASK in why)
    return replace(held, contributions=held.contributions.set(known.id, changed))


def _results(poll: Asked, held: Answers) -> list[Result]:
    """What people answered one by one, where anyone did, then each count of the room: never summed."""
    alone = [of_answers(poll, held.answers.values())] if held.answers else []
    return alone + [of_tally(poll, one) for one in in_turn(held.counts)]


def _typed(poll: Asked, tally: Tally) -> dict[str, Any]:
    """A count as its form shows it again."""
    counts = [tally.given.get(option, "") for option in poll.options]
    return {"id": tally.id, "by": tally.by, "way": WAYS[tally.by], "people": tally.people, "edited": tally.edited, "counts": counts}


def _by_chance(held: Answers) -> list[Contribution]:
    """The reasons in an order drawn from their ids: between two hours, a place in the order of arrival is an hour."""
    return sorted(held.contributions.values(), key=lambda one: sha256(one.id.encode()).digest())


def _may_read(reason: Contribution, viewer: Viewer) -> bool:
    return reason.status == "shown" or (viewer.audience == "console" and reason.status != "withdrawn")


def _read(reason: Contribution, viewer: Viewer) -> dict[str, Any]:
    """A reason, without its place in the order of arrival."""
    return card(reason, viewer, {}) | {"n": 0, "edited": 0, "late": False}


def _simulated(poll: Asked, voice: Voice) -> Any:
    if poll.form == "number":
        low = poll.low if poll.low is not None else 0
        high = poll.high if poll.high is not None else low + 40
        middle = voice.whole(low, high)
        return middle if poll.whole or voice.chance(0.8) or middle == high else middle + 0.5
    if poll.form == "gradient":
        return voice.pick((1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6, 7))
    if poll.form == "scale":
        return max(int(voice.pick(poll.options)), int(voice.pick(poll.options)))
    if poll.form == "one":
        return voice.pick((*poll.options, poll.options[0]))
    ticked = {voice.pick(poll.options) for _ in range(voice.whole(1, poll.most or 3))}
    return [one for one in poll.options if one in ticked]
