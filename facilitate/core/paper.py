"""Owns the form of a sheet of paper to fill by hand: what a kind asks there, plain text, before anyone draws it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence that helps to fill what follows; ``nameless``: the sheet does not ask who fills it."""

    text: str
    nameless: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """A question and ``count`` lines to write on; ``required``: the sheet says of the others that they are optional."""

    label: str
    count: int
    required: bool = False


@dataclass(frozen=True, slots=True)
class Ticks:
    """A question and its answers, a box before each, of which one is ticked."""

    label: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows with a box under each column: to tick, or to hold a sticker. ``rows``: (text, who signed it or ''); ``columns`` '' where a box
    needs no head; ``said``: the rows are people's words."""

    label: str
    rows: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    said: bool = False


Blank = Note | Lines | Ticks | Grid
