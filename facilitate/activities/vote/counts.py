"""Owns votes counted in the room, hands or stickers: how many dots so many people can give."""

from collections.abc import Mapping
from typing import Any

from facilitate.core.counts import Tally, decide_count
from facilitate.core.entry import Act, Refused
from facilitate.core.words import N_

WAYS = ("hands", "stickers")


def decide_dots(
    counts: Mapping[str, Tally], settings: Mapping[str, Any], act: Act, dots: Mapping[str, int] | Refused
) -> Mapping[str, Any] | Refused:
    """What the journal keeps of *count* {by, people, dots}, with ``on`` a correction of one; or of *uncount*."""
    unknown = N_("Choose how it was counted: by show of hands, or with stickers.")
    return decide_count(counts, act, WAYS, unknown, lambda people: _fitting(settings, people, dots))


def _fitting(settings: Mapping[str, Any], people: int, dots: Mapping[str, int] | Refused) -> Mapping[str, Any] | Refused:
    """The dots, if so many people can have given them."""
    if isinstance(dots, Refused):
        return dots
    if not dots:
        return Refused("empty", N_("Nothing is counted yet: give at least one card a number."), field="dots")
    for id, given in dots.items():
        if given > people * settings["most"]:
            values = {"given": given, "most": people * settings["most"]}
            text = N_("Too many for this number of people: %(given)s dots on one card, %(most)s at most. Check both numbers.")
            return Refused("too-many-on-one", text, values, field=f"dots.{id}")
    if sum(dots.values()) > people * settings["dots"]:
        values = {"given": sum(dots.values()), "most": people * settings["dots"]}
        text = N_("Too many for this number of people: %(given)s dots in all, %(most)s at most. Check both numbers.")
        return Refused("too-many", text, values, field="people")
    return {"dots": dict(dots)}
