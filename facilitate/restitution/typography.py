"""Owns how text is set for a reader: spaces, numbers, dates. Nothing here is ever stored; what people typed stays as they typed it."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date as Day
from datetime import time as Time
from typing import Any, TypeVar

from babel.dates import format_date
from babel.numbers import format_decimal

from facilitate.core.tree import Card, Document, Run
from facilitate.core.words import N_, Say, clean

NARROW = "\u202f"
"""The narrow no-break space: before ; ! ? in French."""
FIXED = "\u00a0"
"""The no-break space: before : and inside « » in French."""

# A mark is one that ends something: ':)' , '12:30' and 'http://' are left alone. Only a space that is there is changed.
_HIGH = re.compile(r"(?<=\S) (?=[!?]+(?:[\s»”\"’')\]….,;:]|$)|;(?:\s|$))")
_LOW = re.compile(r"(?<=\S) (?=:(?:\s|$))|(?<=«) | (?=»)")

# Private use, non-characters (the last two of each plane among them), the byte order mark.
_ENDS = "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(15))
_UNPRINTABLE = re.compile(f"[\ue000-\uf8ff\ufdd0-\ufdef\ufeff\U000f0000-\U0010ffff{_ENDS}]")

_NOT_PROSE = frozenset({"anchor", "anchors", "language", "date", "role", "media", "style", "href"})
_LOCALES = {"fr": "fr", "en": "en_GB"}

Tree = TypeVar("Tree")


def spaced(text: str, language: str) -> str:
    """The text with French no-break spaces where its author typed ordinary ones; other languages come back as they are."""
    if not language.startswith("fr"):
        return text
    return _LOW.sub(FIXED, _HIGH.sub(NARROW, text))


def printable(text: str) -> str:
    """The text every format can carry: NFC, no control, surrogate, private-use, non-character or bidi-override character.

    Line ends stay, as ``\\n``; tabs and the Unicode line separators become a space or a line end.
    """
    text = clean(text.replace("\t", " ").replace("\u2028", "\n").replace("\u2029", "\n"))
    return text if text.isascii() else _UNPRINTABLE.sub("", text)


def dressed(document: Document) -> Document:
    """The document as a reader sees it: every text printable, and spaced in the document's language."""
    return mapped(document, lambda text: spaced(printable(text), document.language))


def mapped(tree: Tree, change: Callable[[str], str]) -> Tree:
    """A document, or any part of one, with ``change`` made to each of its texts; anchors, dates and roles stay."""
    value: Any = tree
    if isinstance(value, str):
        return change(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(mapped(item, change) for item in value)  # type: ignore[return-value]
    if isinstance(value, int | float):
        return tree
    if isinstance(value, Run):
        # Its outer spaces part it from its neighbours: between two signs they stay, and are set as any other.
        before, after = "·" * value.text[:1].isspace(), "·" * value.text[-1:].isspace()
        return replace(value, text=change(before + value.text + after).removeprefix(before).removesuffix(after))  # type: ignore[return-value]
    names = [field.name for field in fields(value) if field.name not in _NOT_PROSE]
    changed: Tree = replace(value, **{name: mapped(getattr(value, name), change) for name in names})
    return changed


def number(value: float, language: str) -> str:
    """A number with its language's decimal sign and thousands, at most three decimals: '1 234,5'."""
    return format_decimal(value, locale=_locale(language))


def date(iso: str, language: str) -> str:
    """The day of an ISO 8601 date or instant: '24 septembre 2021', '1er juin 2022', '24 September 2021'. '' for ''.

    The day is the one written: whoever calls has put the instant in the session's time zone. Raises ValueError on anything else.
    """
    if not iso:
        return ""
    day = Day.fromisoformat(iso[:10])
    text = format_date(day, "long", locale=_locale(language))
    return text.replace("1 ", "1er ", 1) if language.startswith("fr") and day.day == 1 else text


def hour(iso: str, language: str) -> str:
    """The hour of an ISO 8601 time or instant, as written: '9 h 30', '17 h', in English '9:30', '17:00'. Raises ValueError."""
    at = Time.fromisoformat(iso[iso.find("T") + 1 :])
    if not language.startswith("fr"):
        return f"{at.hour}:{at.minute:02d}"
    return f"{at.hour}{FIXED}h{FIXED}{at.minute:02d}" if at.minute else f"{at.hour}{FIXED}h"


def signature(card: Card, say: Say) -> str:
    """Who said it, and where it stands in the annex: 'Drôme, Nadia · n° 12'."""
    return " · ".join(part for part in (card.by, say(N_("no. %(number)s"), number=card.number) if card.number else "") if part)


def _locale(language: str) -> str:
    return _LOCALES.get(language[:2], "en_GB")
