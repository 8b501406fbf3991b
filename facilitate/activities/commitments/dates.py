"""Owns what a commitment's 'by when' says: a real date where there is one, so that the nearest come first; else nothing is guessed."""

import re
from datetime import date, timedelta

from facilitate.core.reading import fold

_MONTHS = (
    ("janvier", "janv", "january", "jan"),
    ("fevrier", "fevr", "fev", "february", "feb"),
    ("mars", "march", "mar"),
    ("avril", "avr", "april", "apr"),
    ("mai", "may"),
    ("juin", "june", "jun"),
    ("juillet", "juil", "july", "jul"),
    ("aout", "august", "aug"),
    ("septembre", "sept", "september", "sep"),
    ("octobre", "oct", "october"),
    ("novembre", "nov", "november"),
    ("decembre", "dec", "december"),
)
_NUMBER = {name: place for place, names in enumerate(_MONTHS, 1) for name in names}
_MONTH, _YEAR = rf"(?P<month>{'|'.join(_NUMBER)})", r"(?: (?P<year>20\d\d))?"
_WAYS = (
    re.compile(r"\b(?P<year>20\d\d) (?P<m>\d\d?) (?P<day>\d\d?)\b"),
    re.compile(rf"\b(?P<day>\d\d?)(?:er|st|nd|rd|th)? (?:of )?{_MONTH}\b{_YEAR}\b"),
    re.compile(rf"\b{_MONTH} (?P<day>\d\d?)(?:st|nd|rd|th)?\b{_YEAR}\b"),
    re.compile(rf"(?:\b(?P<part>avant|before|debut|early|mi|mid) )?\b{_MONTH}\b{_YEAR}\b"),
)
_FIGURES = re.compile(r"(?<!\d)(?P<day>\d\d?)[/.](?P<m>\d\d?)(?:[/.](?P<year>\d{4}|\d\d))?(?![\d/])")
_ALONE = {"mar", "mai", "may", "jan", "march", "mars"}
"""Names of months that also say something else: alone, without a day or a year, they are not read."""


def read_due(text: str, today: str) -> str:
    """The last day that ``text`` leaves, ISO, or '' where it names none: '15 septembre', '15/9', 'fin octobre 2023', 'Sept 15th'.

    ``today`` (ISO) gives the year where none is written: the next such day. A month alone ends with its last day, 'mi-' the 15th, 'début'
    the 10th, 'avant' the eve of its first.
    """
    plain = fold(text)
    for found in (_FIGURES.search(text), *(way.search(plain) for way in _WAYS)):
        if found is not None:
            parts = found.groupdict()
            month = int(parts["m"]) if parts.get("m") else _NUMBER[parts["month"]]
            if "day" not in parts and not parts["year"] and parts["month"] in _ALONE and not parts["part"]:
                continue
            return _day(parts, month, today)
    return ""


def _day(parts: dict[str, str | None], month: int, today: str) -> str:
    given, now = parts.get("year"), date.fromisoformat(today) if today else None
    if given:
        return _made(parts, int(given) + (2000 if len(given) == 2 else 0), month)
    if now is None:
        return ""
    this = _made(parts, now.year, month)
    return this if this >= now.isoformat() else _made(parts, now.year + 1, month)


def _made(parts: dict[str, str | None], year: int, month: int) -> str:
    try:
        if day := parts.get("day"):
            return date(year, month, int(day)).isoformat()
        match parts.get("part"):
            case "mi" | "mid":
                return date(year, month, 15).isoformat()
            case "debut" | "early":
                return date(year, month, 10).isoformat()
            case "avant" | "before":
                return (date(year, month, 1) - timedelta(1)).isoformat()
        after = date(year + month // 12, month % 12 + 1, 1)
        return (after - timedelta(1)).isoformat()
    except ValueError:
        return ""
