"""Owns the sharing of situations: cards that tell one, with the fields that decoding reads."""

from collections.abc import Mapping
from typing import Any, ClassVar

from facilitate.activities.cards import ASKED, PHOTO, SIGNED, Cards
from facilitate.core.activity import Examples, Field, Lesson, Sources, fields_setting, told
from facilitate.core.agenda import Activity
from facilitate.core.words import N_

FIELDS = (
    Field("title", N_("The situation, in one or two sentences"), 280, required=True),
    Field("territory", N_("Where it is"), 120),
    Field("context", N_("The context"), 600),
    Field("done", N_("What was done"), 600),
    Field("results", N_("What came of it"), 600),
    Field("watch", N_("What to watch"), 600),
)
"""What a situation tells, where the sheet does not say otherwise."""


class Situations(Cards):
    kind = "situations"
    fr = "situations"
    label = N_("Situations")
    none = N_("No situation was told.")
    experiences = True
    presets: ClassVar[Mapping[str, tuple[Field, ...]]] = {"free": FIELDS}
    settings = (
        *ASKED,
        fields_setting("fields", "champs", N_("What each card tells; only the first is asked at once."), FIELDS),
        SIGNED,
        PHOTO,
    )
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

    def lessons(self, activity: Activity, summary: Any, sources: Sources) -> tuple[Lesson, ...]:
        """What is to be watched, as whoever tells a situation says it themselves."""
        said = ((one, str(one.content.get("watch", ""))) for one in told(summary.contributions))
        return tuple(Lesson("vigilance", N_("Points of vigilance"), text, one.id, one.id) for one, text in said if text)
