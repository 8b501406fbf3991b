"""Owns the degrees of agreement: given in private, shown together."""

from collections.abc import Iterable, Mapping
from typing import Any

from facilitate.core.gradient import ABSTAINS, ACCEPTS, AGAINST, GRADIENT
from facilitate.core.words import N_, Count, Say

SUPPORTS = 3
"""The last degree that supports the position: whoever gives one beyond it may say what holds them back."""

FEW = 3
"""With fewer answers than this, who gave which degree could be guessed: only their number is told."""


def told(given: Iterable[int]) -> dict[str, Any]:
    """How many gave each degree, plain JSON: ``counts`` of 1 to 7 and ``shares`` of the highest in per cent; both empty, and ``few`` true,
    where the answers are fewer than ``FEW``."""
    degrees = list(given)
    counts = [degrees.count(degree) for degree in range(1, len(GRADIENT) + 1)]
    few = len(degrees) < FEW
    most = max(counts) or 1
    return {
        "people": len(degrees),
        "few": few,
        "counts": [] if few else counts,
        "shares": [] if few else [round(100 * count / most, 1) for count in counts],
    }


def sentence(seen: Mapping[str, Any], say: Say, count: Count) -> str:
    """What ``told`` gave, in one sentence: '15 people gave their degree: 12 at least accept it, 3 stand against it.'"""
    people = count(N_("%(count)s person gave their degree"), N_("%(count)s people gave their degree"), seen["people"])
    if seen["few"]:
        return f"{people}."
    degrees = dict(enumerate(seen["counts"], 1))
    parts = (
        (N_("%(count)s at least accepts it"), N_("%(count)s at least accept it"), sum(degrees[one] for one in ACCEPTS)),
        (N_("%(count)s abstains"), N_("%(count)s abstain"), degrees[ABSTAINS]),
        (N_("%(count)s stands against it"), N_("%(count)s stand against it"), sum(degrees[one] for one in AGAINST)),
    )
    said = ", ".join(count(one, many, number) for one, many, number in parts if number)
    return say(N_("%(people)s: %(said)s."), people=people, said=said)
