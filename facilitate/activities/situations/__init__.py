"""Owns the sharing of situations: structured cards, signed or anonymous, the first field asked at once and the others later."""

from collections.abc import Mapping
from dataclasses import asdict, replace
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
    fields_setting,
    told,
)
from facilitate.core.agenda import Activity
from facilitate.core.entry import Act, Actor, Refused
from facilitate.core.paper import Blank, Note, Ticks
from facilitate.core.tree import Card, Node, Paragraph
from facilitate.core.words import N_, Count, Say

FIELDS = (
    Field("title", N_("The situation, in one or two sentences"), 280, required=True),
    Field("territory", N_("Where it is"), 120),
    Field("context", N_("The context"), 600),
    Field("done", N_("What was done"), 600),
    Field("results", N_("What came of it"), 600),
    Field("watch", N_("What to watch"), 600),
)
"""What a situation tells, where the sheet does not say otherwise."""


class Situations(ActivityType):
    kind = "situations"
    fr = "situations"
    label = N_("Situations")
    settings = (
        Setting("question", "question", "text", "", N_("The question above the form and on the wall.")),
        Setting("hint", "aide", "text", "", N_("One line beneath the question.")),
        fields_setting("fields", "champs", N_("What each card tells; only the first is asked at once."), FIELDS),
        Setting(
            "signed",
            "signature",
            "choice",
            "free",
            N_("Whether cards are signed: as each person chooses, always, or never."),
            choices={"free": "libre", "signed": "signée", "anonymous": "anonyme"},
        ),
    )
    verbs: ClassVar[Mapping[str, Verb]] = {"post": Verb(late=True), "edit": Verb(when="opened"), "withdraw": Verb(when="opened")}
    examples = Examples(
        accepts=(
            {"title": "A town planner comes two days a month for four of our villages."},
            {"title": "x" * 280, "signed": "true"},
            {"title": "We were invited once all was settled.", "signed": False},
            {"title": "A night bus.\nThat is all.", "territory": "Diois", "context": "c" * 600},
            {"title": "Compost", "done": "<i>d</i>", "results": "100 %", "watch": "**w**", "signed": True},
        ),
        refuses=(
            {},
            {"title": ""},
            {"context": "No first field."},
            {"title": "x" * 281},
            {"title": "Fine", "watch": "x" * 601},
            {"title": 3},
            {"title": ["a", "b"]},
            {"title": "Fine", "signed": "perhaps"},
        ),
    )

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        first, *others = settings["fields"] or FIELDS
        return (replace(first, required=True), *others)

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Summary, sources: Sources) -> Accepted | Refused:
        accepted = super().accept(settings, act, actor, summary, sources)
        if act.do != "post" or isinstance(accepted, Refused):
            return accepted
        asked = act.content.get("signed", True)
        if asked not in (True, False, "true", "false"):
            return Refused("signed-or-not", N_("Choose: signed or anonymous."), field="signed")
        signed = asked in (True, "true")
        if not signed and settings["signed"] == "signed":
            return Refused("signed-only", N_("Cards are signed here. Nothing was sent: your text is kept."), field="signed")
        return replace(accepted, unsigned=not signed or settings["signed"] == "anonymous")

    def view(self, settings: Mapping[str, Any], summary: Summary, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        seen = {
            "fields": [asdict(field) for field in self.fields(settings)],
            "signed": settings["signed"],
            "cards": cards(summary.contributions, viewer, sources.people),
        }
        if viewer.audience != "participant":
            # Phones look again when what they all see changes: they are not told how many others wrote.
            shown = told(summary.contributions)
            seen["shown"] = len(shown)
            seen["territories"] = len({sources.people[one.by].territory for one in shown if one.by in sources.people} - {""})
        return seen

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        """Signed or anonymous, then every field."""
        fields = super().paper(settings, sources, say, count)
        if settings["signed"] == "anonymous":
            return (Note(say(N_("The card will be anonymous.")), nameless=True), *fields)
        return (
            (Ticks(say(N_("Your card will be")), (say(N_("Signed")), say(N_("Anonymous")))), *fields)
            if settings["signed"] == "free"
            else fields
        )

    def sections(self, activity: Activity, summary: Summary, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        first, *others = self.fields(activity.settings)
        situations = [
            Card(
                one.content.get(first.key, ""),
                tuple((policy.say(field.label), one.content[field.key]) for field in others if one.content.get(field.key)),
                policy.signature(one),
                policy.number(one),
            )
            for one in told(summary.contributions)
        ]
        question = (Paragraph(activity.settings["question"], "lede"),) if activity.settings["question"] else ()
        return (*question, *(situations or (Paragraph(policy.say(N_("No situation was told.")), "note"),)))

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """A card, sometimes two; whoever has one may complete it later."""
        first, *others = self.fields(settings)
        if mine := [one for one in view["cards"] if one["mine"]]:
            card = voice.pick(mine)
            blank = [one for one in others if one.key not in card["content"]]
            if not blank or not voice.chance(0.3):
                return ()
            more = voice.pick(blank)
            return (Gesture("edit", {**card["content"], more.key: voice.says(more.key, more.limit)}, card["id"]),)
        posts = []
        for _ in range(2 if voice.chance(0.2) else 1):
            content: dict[str, Any] = {first.key: voice.says(first.key, first.limit)}
            content |= {one.key: voice.says(one.key, one.limit) for one in others if voice.chance(0.5)}
            if settings["signed"] == "free":
                content["signed"] = voice.chance(0.75)
            posts.append(Gesture("post", content))
        return tuple(posts)
