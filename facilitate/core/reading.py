"""Owns how the words of a sheet are read: an hour, a length, a date, a number, yes or no; and what is said of those that cannot be."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, Literal, TypeVar

from facilitate.core.agenda import hour_of
from facilitate.core.words import N_, clean

T = TypeVar("T")
Names = Mapping[str, tuple[str, ...]]
"""What we call a thing → what a sheet calls it: in English, in French, then whatever else is taken."""

MOST_PROBLEMS = 200
_REMINDER = 300
FLAGS: Names = {"yes": ("yes", "oui", "true", "vrai"), "no": ("no", "non", "false", "faux")}
LANGUAGES: Names = {"fr": ("fr", "français", "french"), "en": ("en", "anglais", "english")}

_ARTICLE_9 = N_(
    "A reminder, not an error: what tells of someone’s health, opinions, beliefs, origins or sexual life is collected only with their "
    "explicit consent (GDPR, article 9). Ask for none of it, and erase what names anyone."
)
_ASSESSMENT = N_(
    "A reminder, not an error: where people who are in a fragile position are spoken of, see with your data protection officer, before the "
    "day, whether an impact assessment (DPIA) is needed."
)

_MONTHS = [
    *["janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre"],
    *["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"],
]
_DAYS = [
    *["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    *["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
]
_DAY, _MONTH = rf"(?:(?P<day>{'|'.join(_DAYS)}) )?", rf"(?P<m>{'|'.join(_MONTHS)})"
_DATES = [
    re.compile(r"(?P<y>\d{4}) (?P<m>\d\d?) (?P<d>\d\d?)"),
    re.compile(r"(?P<d>\d\d?) (?P<m>\d\d?) (?P<y>\d{4})"),
    re.compile(rf"{_DAY}(?P<d>\d\d?)(?:er|st|nd|rd|th)? {_MONTH} (?P<y>\d{{4}})"),
    re.compile(rf"{_DAY}{_MONTH} (?P<d>\d\d?)(?:st|nd|rd|th)? (?P<y>\d{{4}})"),
]
_HOUR = r"[0-9]{1,2}\s*(?::\s*[0-9]{2}|h(?:eures?)?(?:\s*[0-9]{2})?)(?![0-9])"
HOURS = rf"(?:(?:de|from)\s+)?(?P<from>{_HOUR})(?:\s*(?:[-–—]|à|to)\s*(?P<to>{_HOUR}))?"
_MINUTES = r"[0-9]{1,4}\s*(?:min|mn|minutes?)"
# In a heading '10 h 20' is an hour, but no day has a step at one or two in the night: '1 h 30' is a length.
LENGTH = rf"(?:[0-9]{{1,2}}\s*h\s*)?{_MINUTES}|[1-4]\s*h(?:\s*[0-9]{{2}})?(?![0-9])"
_LENGTH = r"(?:([0-9]{1,2})\s*(?:h(?:eures?|ours?)?|:))?\s*(?:([0-9]{1,4})\s*(?:min|mn|minutes?)?)?"
_PERIOD = r"([0-9]{1,4})\s*(?:(days?|jours?)|(mois|months?)|(ans?|années?|years?))"
_PLAIN = re.compile(r"[^\W_]+")
_NUMBER = r"(-?[0-9]{1,6})(?:\s*(?:min|mn|minutes?|points?))?"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, on which line (from 1): a msgid with ``%(name)s`` places and their values. Only an error stops the sheet."""

    line: int
    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    level: Literal["error", "warning"] = "error"


class Wrong(Exception):
    """Why one value cannot be read: a msgid, its values."""

    def __init__(self, text: str, **values: str) -> None:
        self.text, self.values = text, values


class Enough(Exception):
    """There are too many problems to go on."""


class Problems:
    """The problems found so far in one sheet, and the language (``french`` or not) its hints are given in."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.french = True
        self._reminded = False

    def add(self, line: int, text: str, **values: str) -> None:
        """One more error; ``Enough`` is raised at the first problem that is one too many."""
        self._keep(Problem(line, text, {name: _short(value) for name, value in values.items()}))

    def warn(self, line: int, text: str, **values: str) -> None:
        """One more warning."""
        self._keep(Problem(line, text, {name: _short(value) for name, value in values.items()}, "warning"))

    def _keep(self, problem: Problem) -> None:
        if len(self.found) == MOST_PROBLEMS:
            self.found.append(Problem(problem.line, N_("There are more problems than are shown here: correct these first.")))
            raise Enough
        self.found.append(problem)

    def tried(self, line: int, default: T, parse: Callable[..., T], *given: Any) -> T:
        """What ``parse`` makes of ``given``; where it cannot, a problem on this line, and the default."""
        try:
            return parse(*given)
        except Wrong as wrong:
            self.add(line, wrong.text, **wrong.values)
            return default

    def sensitive(self, line: int) -> None:
        """Reminds, once, of what a sensitive subject asks of whoever organises the day: no error."""
        if self._reminded:
            return
        self._reminded = True
        self.warn(line, _ARTICLE_9)
        self.warn(line, _ASSESSMENT)

    def unknown_key(self, line: int, word: str, names: Names) -> None:
        """A key nobody knows, with the one it looks like, or all there are."""
        guess = closest(word, names)
        if guess:
            self.add(line, N_("“%(key)s” is not a key known here. Did you mean “%(guess)s”?"), key=word, guess=guess)
        else:
            self.add(line, N_("“%(key)s” is not a key known here. These are: %(known)s."), key=word, known=self.listed(names))

    def listed(self, names: Names) -> str:
        """The names in the sheet's language."""
        return ", ".join(some[1] if self.french and len(some) > 1 else some[0] for some in names.values())

    def hour(self, minutes: int) -> str:
        """An hour, given in minutes since midnight, as the sheet's language writes it."""
        hours, minutes = divmod(minutes, 60)
        if not self.french:
            return f"{hours % 24}:{minutes:02d}"
        return f"{hours % 24}\xa0h\xa0{minutes:02d}" if minutes else f"{hours % 24}\xa0h"


def _short(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:299]}…"


def fold(text: str) -> str:
    """Letters and digits without accents or capitals: 'Types de structure' and 'types-de-structure' are the same word."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)) if not text.isascii() else text
    return " ".join(_PLAIN.findall(plain.casefold()))


def table(names: Names) -> dict[str, str]:
    """Every folded name → what we call it."""
    return {fold(name): ours for ours, some in names.items() for name in some}


def closest(word: str, names: Names | Iterable[str]) -> str:
    """The name this word looks like, or ''."""
    every = (name for some in names.values() for name in some) if isinstance(names, Mapping) else names
    folded = {fold(name[:60]): name for name in every}
    return next((folded[found] for found in get_close_matches(fold(word[:60]), folded, 1)), "")


def split(text: str) -> tuple[str, ...]:
    """Texts given on one line, between semicolons, or between commas where there is no semicolon."""
    return tuple(filter(None, map(clean, text.split(";" if ";" in text else ","))))


def read_choice(text: str, names: Names, french: bool = True) -> str:
    """What we call the one of these that ``text`` names. Raises ``Wrong``, like all that follow."""
    if found := table(names).get(fold(text)):
        return found
    if guess := closest(text, names):
        raise Wrong(N_("“%(word)s” is not one of the answers. Did you mean “%(guess)s”?"), word=text, guess=guess)
    known = ", ".join(some[1] if french else some[0] for some in names.values())
    raise Wrong(N_("“%(word)s” is not one of the answers: %(known)s."), word=text, known=known)


def read_flag(text: str) -> bool:
    """'oui' → True."""
    return read_choice(text, FLAGS) == "yes"


def read_reminder(text: str) -> str:
    """'oui' → 'yes', 'non' → 'no'; else the very words people are to be reminded of, 300 signs at most."""
    if len(text) > _REMINDER:
        raise Wrong(N_("This reminder is too long: %(most)s characters at most, to be read above a form."), most=str(_REMINDER))
    return table(FLAGS).get(fold(text), text)


def read_language(text: str) -> str:
    """'français', 'fr' or 'fr-BE' → 'fr'. The program speaks no other than these."""
    return read_choice(text.partition("-")[0], LANGUAGES)


def read_number(text: str, low: int, high: int) -> int:
    """'5', '5 min' or '5 points' → 5."""
    found = re.fullmatch(_NUMBER, text, re.I)
    if found and low <= int(found[1]) <= high:
        return int(found[1])
    raise Wrong(N_("“%(word)s” is not a whole number from %(low)s to %(high)s."), word=text, low=str(low), high=str(high))


def read_hour(text: str) -> str:
    """'9 h 30', '9h30' or '9:30' → '09:30'."""
    hours, minutes, *_ = [*map(int, re.findall("[0-9]{1,2}", text)), 0, 0]
    if re.fullmatch(_HOUR, text, re.I) and hours < 24 and minutes < 60:
        return hour_of(hours * 60 + minutes)
    raise Wrong(N_("“%(word)s” is not an hour of the day: write it like 9:30 or 9 h 30."), word=text)


def read_hours(text: str) -> tuple[str, str]:
    """'9 h 30 – 17 h' → ('09:30', '17:00'); a start alone → ('09:30', '')."""
    found = re.fullmatch(HOURS, text, re.I)
    if not found:
        raise Wrong(N_("“%(word)s” does not give the hours of a day: write them like 9:30-17:00."), word=text)
    start, end = read_hour(found["from"]), read_hour(found["to"]) if found["to"] else ""
    if end and end <= start:
        raise Wrong(N_("“%(word)s” ends before it begins."), word=text)
    return start, end


def read_length(text: str) -> int:
    """'30 min', '1 h', '1 h 30' or '90' → minutes, a day at most."""
    found = re.fullmatch(_LENGTH, text, re.I)
    minutes = int(found[1] or 0) * 60 + int(found[2] or 0) if found else 0
    if 0 < minutes <= 24 * 60:
        return minutes
    raise Wrong(N_("“%(word)s” is not a length: write it like 30 min or 1 h 30."), word=text)


def read_period(text: str) -> str:
    """'5 ans', '12 mois' or '90 days' → 'P5Y', 'P12M', 'P90D' (ISO 8601); thirty years at most."""
    found = re.fullmatch(_PERIOD, text, re.I)
    if found:
        number, (unit, most) = int(found[1]), ("D", 10_950) if found[2] else ("M", 360) if found[3] else ("Y", 30)
        if 0 < number <= most:
            return f"P{number}{unit}"
    raise Wrong(N_("“%(word)s” is not a time to keep something: write it like 12 months or 90 days."), word=text)


def read_date(text: str) -> str:
    """'2021-09-24', '24/09/2021' or 'vendredi 24 septembre 2021' → '2021-09-24'."""
    folded = fold(text)
    for found in filter(None, (pattern.fullmatch(folded) for pattern in _DATES)):
        part = found.groupdict()
        month = _MONTHS.index(part["m"]) % 12 + 1 if part["m"] in _MONTHS else int(part["m"])
        try:
            day = date(int(part["y"]), month, int(part["d"]))
        except ValueError:
            break
        if part.get("day") and _DAYS.index(part["day"]) % 7 != day.weekday():
            raise Wrong(N_("“%(word)s” does not fall on that day of the week."), word=text)
        return day.isoformat()
    raise Wrong(N_("“%(word)s” is not a date: write it like 24 September 2021 or 2021-09-24."), word=text)
