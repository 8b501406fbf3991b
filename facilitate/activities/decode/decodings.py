"""Owns what a decoding is: its moments, its columns, and the state of each situation that was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from immutables import Map

from facilitate.core.activity import Field, Summary
from facilitate.core.words import N_

Phase = Literal["telling", "questions", "notes", "card", "done"]

PHASES: Mapping[str, str] = {
    "telling": N_("The telling"),
    "questions": N_("Clarifying questions"),
    "notes": N_("Everyone’s notes"),
    "card": N_("The card"),
    "done": N_("Done"),
}
"""In the order of a decoding, with their names. The whole has no teller: it begins with the notes."""

COLUMNS = (
    Field("benefits", N_("Benefits"), 280),
    Field("keys", N_("Key success factors"), 280),
    Field("vigilance", N_("Points of vigilance"), 280),
    Field("reuse", N_("Methods and tools to reuse"), 280),
)
QUESTION = Field("question", N_("Clarifying question"), 280)
NOTE = Field("text", N_("Your note"), 280, required=True)

CARD_LIMIT = 1000
"""Characters of each column of the completed card."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """One situation being decoded; ``about`` is its contribution's id, '' over the whole.

    ``n`` is the seq that chose it; ``since`` the instant its phase began; ``scribe`` a participant's id; ``card`` the id of the
    contribution that holds the completed card, '' before; ``confirmed`` who confirmed it: '' | 'teller' | 'console'.
    """

    about: str
    n: int = 0
    phase: Phase = "notes"
    since: str = ""
    scribe: str = ""
    card: str = ""
    confirmed: str = ""


@dataclass(frozen=True, slots=True)
class Decodings(Summary):
    """Every decoding by its situation's id, the whole under ''; ``current`` is the one that is on."""

    decodings: Map[str, Decoding] = field(default_factory=Map)
    current: str = ""

    def about(self, id: str) -> Decoding:
        """The decoding of that situation; not begun, it takes notes as the whole does."""
        return self.decodings.get(id) or Decoding(id)

    def with_one(self, decoding: Decoding) -> "Decodings":
        return replace(self, decodings=self.decodings.set(decoding.about, decoding))
