"""Owns an input: someone presents, slide by slide, phones follow and may ask a question."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

from facilitate.core.activity import (
    Accepted,
    ActivityType,
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
    cards,
    told,
)
from facilitate.core.agenda import Activity
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.prose import cut, heading, nodes
from facilitate.core.tree import Card, Facts, Node, Section
from facilitate.core.words import N_


@dataclass(frozen=True, slots=True)
class InputSummary(Summary):
    """The questions asked, and the slide that is on, from 1."""

    slide: int = 1


class Input(ActivityType):
    kind = "input"
    fr = "apport"
    label = N_("Input")
    settings = (
        Setting("slides", "diapositives", "markdown", "", N_("The slides, in Markdown, a line “---” between two.")),
        Setting("speaker", "intervenant", "text", "", N_("Who presents.")),
        Setting("questions", "questions", "flag", True, N_("Whether phones may ask questions.")),
    )
    verbs: ClassVar[Mapping[str, Verb]] = {
        "post": Verb(late=True),
        "edit": Verb(when="opened"),
        "withdraw": Verb(when="opened"),
        "slide": Verb(by=frozenset({"console"}), when="opened"),
    }
    examples = Examples(
        accepts=({"text": "How many villages take part?"}, {"text": "x" * 280}, {"text": "What does <b>100 %</b> mean, _here_?"}),
        refuses=({}, {"text": ""}, {"text": "x" * 281}, {"text": 3}, {"text": ["a", "b"]}, {"text": None}),
    )

    def start(self, settings: Mapping[str, Any]) -> InputSummary:
        return InputSummary()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (Field("text", N_("Your question"), 280, required=True),) if settings["questions"] else ()

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: InputSummary, sources: Sources) -> Accepted | Refused:
        if act.do != "slide":
            return super().accept(settings, act, actor, summary, sources)
        asked, last = str(act.content.get("to", "")), len(cut(settings["slides"]))
        if asked.isdecimal() and len(asked) < 5 and 1 <= int(asked) <= last:
            return Accepted({"to": int(asked)})
        return Refused("no-slide", N_("There is no slide %(to)s: they go from 1 to %(last)s."), {"to": asked[:8], "last": last}, field="to")

    def fold(self, summary: InputSummary, entry: Entry) -> Any:
        return replace(summary, slide=entry.content["to"]) if entry.do == "slide" else super().fold(summary, entry)

    def view(self, settings: Mapping[str, Any], summary: InputSummary, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        slides = cut(settings["slides"])
        slide = min(summary.slide, len(slides))
        seen: dict[str, Any] = {
            "fields": [asdict(field) for field in self.fields(settings)],
            "speaker": settings["speaker"],
            "slide": slide,
            "slides": len(slides),
            "text": slides[slide - 1] if slides else "",
            "cards": cards(summary.contributions, viewer, sources.people),
        }
        if viewer.audience != "participant":
            # Phones look again when what they all see changes: they are not told how many questions others asked.
            seen["questions"] = len(told(summary.contributions))
        if viewer.audience == "console":
            seen["headings"] = [heading(one) for one in slides]
        return seen

    def sections(self, activity: Activity, summary: InputSummary, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        """Who spoke, what the slides say, and the questions asked."""
        parts: list[Node] = []
        if activity.settings["speaker"]:
            parts.append(Facts(((policy.say(N_("Presented by")), activity.settings["speaker"]),)))
        for number, slide in enumerate(cut(activity.settings["slides"]), 1):
            parts.extend(nodes(slide, f"{activity.id}-{number}"))
        if questions := told(summary.contributions):
            asked = tuple(Card(one.content["text"], by=policy.signature(one), number=policy.number(one)) for one in questions)
            parts.append(Section(policy.say(N_("Questions asked")), f"{activity.id}-questions", asked))
        return tuple(parts)

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """A question now and then."""
        if not settings["questions"] or not voice.chance(0.05):
            return ()
        return (Gesture("post", {"text": voice.says("question", 280)}),)

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        """The next slide, until the last."""
        return Gesture("slide", {"to": view["slide"] + 1}) if view["slide"] < view["slides"] else None
