"""Owns what an organisation brings to its documents: two colours."""

import re
from dataclasses import dataclass

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Brand:
    """``colour`` is read as text on white (5.5 : 1, kept by whoever computes it); ``mark`` only fills beside ink. Both '#rrggbb'.

    Raises ValueError on anything else: a colour is written into a style.
    """

    colour: str = "#17564b"
    mark: str = "#f0b323"

    def __post_init__(self) -> None:
        for colour in (self.colour, self.mark):
            if not _COLOUR.fullmatch(colour):
                raise ValueError(f"not a colour: {colour!r}")


HOUSE = Brand()
