"""Owns the forms a card may have where the sheet does not say: who does what and how, an initiative or a tool, one free text."""

from collections.abc import Mapping

from facilitate.core.activity import Field
from facilitate.core.words import N_

PRESETS: Mapping[str, tuple[Field, ...]] = {
    "free": (Field("text", N_("Your text"), 500, required=True),),
    "practice": (
        Field("doing", N_("What is done, in one or two sentences"), 280, required=True),
        Field("led_by", N_("Who does it"), 120),
        Field("how", N_("How it is done"), 600),
        Field("means", N_("With what means"), 400),
        Field("open", N_("A question that remains open"), 280),
    ),
    "initiative": (
        Field("name", N_("The name of the initiative or tool"), 120, required=True),
        Field("does", N_("What it does"), 500),
        Field("public", N_("For whom it is"), 200),
        Field("find", N_("Where to find it"), 200),
        Field("contact", N_("The organisation to contact"), 160),
    ),
}
"""By preset, its fields: the first is asked at once and stands on the wall."""

SECOND: Mapping[str, str] = {"practice": "led_by", "initiative": "does"}
"""The field asked at once besides the first, and read beneath it on the wall: a name alone says too little."""

OPEN = "open"
"""The field whose texts a restitution gathers at its end."""
