"""Owns the welcome: who is here, shown as counts, and a first question while people arrive."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from facilitate.core.activity import (
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
from facilitate.core.tree import Card, Node, Paragraph
from facilitate.core.words import N_

ROWS = 12
"""Names a picture of the room holds; the others are counted together."""


def tally(said: Iterable[str]) -> dict[str, Any]:
    """What people said of themselves as counts, the most frequent first.

    ``rows`` hold at most ``ROWS`` names, ``others`` how many names are left out, ``names`` how many there are, ``silent`` how many
    people said nothing.
    """
    counts = Counter(said)
    silent = counts.pop("", 0)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].casefold(), pair[0]))
    rows = [{"name": name, "count": count} for name, count in ranked[:ROWS]]
    return {"rows": rows, "others": len(ranked) - len(rows), "names": len(ranked), "silent": silent}


class Welcome(ActivityType):
    kind = "welcome"
    fr = "accueil"
    label = N_("Welcome")
    settings = (
        Setting("question", "question", "text", N_("What do you expect of this day?"), N_("What phones ask while people arrive.")),
        Setting("ask", "demander", "flag", True, N_("Whether phones ask it.")),
    )
    verbs: ClassVar[Mapping[str, Verb]] = {"post": Verb(late=True), "edit": Verb(when="opened"), "withdraw": Verb(when="opened")}
    examples = Examples(
        accepts=({"text": "To hear how others began."}, {"text": "x" * 280}, {"text": "<b>bold</b> is **not** markup: 100 %"}),
        refuses=({}, {"text": ""}, {"text": "x" * 281}, {"text": 3}, {"text": ["a", "b"]}, {"text": None}),
    )

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (Field("text", settings["question"], 280, required=True),) if settings["ask"] else ()

    def view(self, settings: Mapping[str, Any], summary: Summary, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        seen: dict[str, Any] = {
            "fields": [asdict(field) for field in self.fields(settings)],
            "cards": cards(summary.contributions, viewer, sources.people),
        }
        if viewer.audience != "participant":
            # Phones look again when what they all see changes: they are not told of each arrival.
            people = sources.people.values()
            seen |= {
                "people": len(people),
                "territories": tally(person.territory for person in people),
                "types": tally(person.type for person in people),
                "roles": tally(person.role for person in people),
            }
        return seen

    def sections(self, activity: Activity, summary: Summary, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        """The answers to its question; who took part has a section of the restitution's own."""
        answers = [Card(one.content["text"], by=policy.signature(one), number=policy.number(one)) for one in told(summary.contributions)]
        return (Paragraph(policy.say(activity.settings["question"]), "lede"), *answers) if answers else ()

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """Half the room answers."""
        if view["cards"] or not settings["ask"] or not voice.chance(0.5):
            return ()
        return (Gesture("post", {"text": voice.says(settings["question"], 280)}),)
