"""Owns what an organisation brings to its documents: its name, two colours, logos, mentions, templates."""

import re
from dataclasses import dataclass

from facilitate.restitution.colours import COLOUR, MARK

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that stands for an organisation: ``png`` its bytes, made here; ``name`` whose it is, said to whoever does not see it.

    ``beside``: words that stand next to it, always; ``svg`` the same drawn in lines, where we drew it ourselves.
    """

    name: str
    png: bytes
    beside: str = ""
    svg: str = ""


@dataclass(frozen=True, slots=True)
class Brand:
    """``colour`` is read as text on white (5.5 : 1, kept by whoever computes it); ``mark`` only fills beside ink. Both '#rrggbb'.

    ``name`` of the organisation; ``logo`` its own, ``funders`` those of who pays; ``legal`` lines about who publishes and hosts;
    ``licence`` under which it may be reused, in one sentence; ``docx`` and ``odt`` the organisation's own templates, already mended.

    Raises ValueError on a colour that is none: it is written into a style.
    """

    colour: str = COLOUR
    mark: str = MARK
    name: str = ""
    logo: Logo | None = None
    funders: tuple[Logo, ...] = ()
    legal: tuple[str, ...] = ()
    licence: str = ""
    docx: bytes = b""
    odt: bytes = b""

    def __post_init__(self) -> None:
        for colour in (self.colour, self.mark):
            if not _COLOUR.fullmatch(colour):
                raise ValueError(f"not a colour: {colour!r}")


HOUSE = Brand()
