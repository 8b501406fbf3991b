"""Owns the canonical form of a restitution: a small frozen tree whose leaves are plain text, never markup.

Activities build its nodes; ``facilitate.restitution`` arranges them and writes every format from them.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a text that staff wrote. ``style``: '' | 'strong' | 'emphasis'; ``href`` where it leads: an address of the web, or
    '#ANCHOR' within the document, which is how a statement cites a contribution ('12' → '#word-12')."""

    text: str
    style: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph. ``role``: '' | 'lede' | 'note' (small, secondary). Where there are ``runs``, ``text`` is what they say in plain."""

    text: str
    role: str = ""
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, each item a plain text. ``beside``: for each item, where it comes from ('5 cards'), set in the margin; or nothing.
    ``runs``: for each item, the stretches of its text; or nothing."""

    items: tuple[str, ...]
    ordered: bool = False
    beside: tuple[str, ...] = ()
    runs: tuple[tuple[Run, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value pairs ('When', '24 September 2021')."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What someone wrote, as they wrote it.

    ``title`` is the first thing said; ``fields`` the others as (label, text), an empty label meaning a plain text;
    ``by`` the signature line ('Drôme, Nadia', 'anonymous'); ``number`` its number in the annex; ``inside`` what stands beneath it;
    ``role``: '' | 'quotation', which staff chose to set apart, large, at the head of its section.
    """

    title: str
    fields: tuple[tuple[str, str], ...] = ()
    by: str = ""
    number: int = 0
    inside: tuple["Node", ...] = ()
    role: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: caption, heads, rows of plain text; the first cell of a row is its head. ``numeric``: columns to align right;
    ``said``: columns that hold what people wrote, set as their words are; ``anchors``: for each row where a link may lead, or nothing."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    said: tuple[int, ...] = ()
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """Horizontal bars with the table of the same numbers. ``rows``: (label, value, value as shown); ``sentence`` says it in one line.

    ``unit`` heads the value column; ``label`` heads the label column; bars are drawn against ``most`` or the largest value.
    """

    caption: str
    label: str
    unit: str
    rows: tuple[tuple[str, float, str], ...]
    sentence: str = ""
    most: float = 0

    def share(self, value: float) -> float:
        """How much of the longest bar a value fills, 0 to 1."""
        most = self.most or max((other for _, other, _ in self.rows), default=0)
        return min(max(value / most, 0), 1) if most > 0 else 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: ``media`` its id in the journal, ``alt`` what it shows, in words, for whoever does not see it; ``caption`` one line."""

    media: str
    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it. ``anchor`` is unique in the document, ASCII, made of [a-z0-9-]."""

    title: str
    anchor: str
    children: tuple["Node", ...] = ()


Node = Paragraph | Listing | Facts | Card | Table | Chart | Figure | Section

Pictures = Callable[[str], bytes | None]
"""The JPEG of a figure, by its ``media``; None where it is not there: its words then stand alone."""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole restitution. ``language`` is 'fr' or 'en'; ``date`` ISO 8601, the last entry's; ``facts`` head the first page;
    ``mentions`` stand at its foot; ``kind`` says what it is, where it is not the report of a day."""

    title: str
    subtitle: str
    language: str
    date: str
    facts: Facts
    children: tuple[Section, ...]
    organisation: str = ""
    mentions: tuple[str, ...] = ()
    kind: str = ""
