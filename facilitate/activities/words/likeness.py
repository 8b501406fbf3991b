"""Owns which words are the same: ``key`` folds what differs only in writing, ``groups`` adds up what a room said.

Folded: capitals, accents, ligatures, hyphens, apostrophes and spaces, signs, an article before, plurals in French and in English, and a
letter doubled or not in words of six letters or more (never s: poisson, poison). Nothing else: 'ville' and 'villa', 'tourisme' and
'touriste' are different words, which a facilitator may fold by hand.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

_ARTICLE = re.compile(r"^(?:(?:le|la|les|un|une|des|the|an?)\s+|l\s*['’]\s*)(?=\S)")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})
_PARTS = re.compile(r"[^\W_]+")
_DOUBLED = re.compile(r"([bcdfglmnprt])\1")

# An s that is no plural, where the word without it is another one.
_ALONE = frozenset("cours fois mois fils vers sous plus fonds sans dans mars gens sens tous".split())  # noqa: SIM905
# Words in -aux whose singular is not in -al.
_AUX = {
    **dict.fromkeys(("noyaux", "tuyaux", "joyaux", "boyaux", "preaux", "etaux", "sarraux"), "au"),
    **dict.fromkeys(("travaux", "baux", "coraux", "vitraux", "emaux", "soupiraux"), "ail"),
    **dict.fromkeys(("taux", "faux", "chaux"), "aux"),
}
_LONG = 6
"""From how many letters on a doubled one may be a slip."""

LITTLE = frozenset(
    "le la les l un une de du des d et ou a au aux en dans par pour sur avec sans the an of and or to in on for by with".split()  # noqa: SIM905
)
"""Words that are not counted among the real ones of an expression: 'qualité de vie' has two."""


def real_words(text: str) -> int:
    """How many words an expression has, little ones left out; 'bien-être' and 'l’entraide' are one."""
    words = (_PARTS.findall(_plain(word)) for word in text.split())
    return sum(any(part not in LITTLE for part in parts) for parts in words if parts)


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """What all ways of writing the same word have in common; a text without letters (an emoji) is itself."""
    plain = _ARTICLE.sub("", _plain(text))
    return "".join(_single(part) for part in _PARTS.findall(plain)) or text.strip()


def _plain(text: str) -> str:
    """Small letters without accents; 'É' → 'e', 'œ' → 'oe'."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(one for one in folded if not unicodedata.combining(one))


def _single(word: str) -> str:
    """One word in the singular, its doubled letters single where it is long."""
    plural = word.endswith(("eaux", "eux", "oux")) or (word.endswith("s") and not word.endswith("ss") and word not in _ALONE)
    if len(word) > 3 and plural:
        word = word[:-1]
    elif len(word) > 3 and word.endswith("aux"):
        word = word[:-3] + _AUX.get(word, "al")
    if word.endswith("y") and len(word) > 3 and word[-2] not in "aeiouy":
        word = word[:-1] + "ie"  # communities, community
    if word.endswith(("sse", "che", "she")):
        word = word[:-1]  # businesses, business
    return _DOUBLED.sub(r"\1", word) if len(word) >= _LONG else word


@dataclass(frozen=True, slots=True)
class Group:
    """One word of the picture: ``word`` the way most wrote it, ``count`` how often it was said, ``forms`` every way it was written with its
    number, the most frequent first, ``ids`` of what was said."""

    word: str
    count: int
    forms: tuple[tuple[str, int], ...]
    ids: tuple[str, ...]


def groups(said: Mapping[str, str], folds: Iterable[tuple[str, str]] = ()) -> list[Group]:
    """What was said, added up: ``said`` id → text, ``folds`` pairs of words that a facilitator says are the same.

    The most frequent first, then by alphabet: the same words give the same order, whoever came first.
    """
    same = _together(folds)
    found: dict[str, list[str]] = {}
    for id, text in said.items():
        one = key(text)
        found.setdefault(same.get(one, one), []).append(id)
    added = [_group(ids, Counter(said[id] for id in ids)) for ids in found.values()]
    return sorted(added, key=lambda one: (-one.count, _plain(one.word), one.word))


def _group(ids: Sequence[str], written: Counter[str]) -> Group:
    # Of two ways written as often: with its accents, then the shorter, then with small letters.
    forms = sorted(
        written.items(), key=lambda form: (-form[1], not _has_accents(form[0]), len(form[0]), form[0] != form[0].lower(), form[0])
    )
    return Group(forms[0][0], len(ids), tuple(forms), tuple(sorted(ids)))


def _has_accents(text: str) -> bool:
    return any(one.isalpha() and not one.isascii() for one in text)


def _together(folds: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each key that a fold names → the one that stands for all those it is folded with."""
    same: dict[str, str] = {}
    for pair in folds:
        one, other = (same.get(key(word), key(word)) for word in pair)
        low, high = sorted((one, other))
        same = {name: low if of == high else of for name, of in same.items()} | {high: low, low: low}
    return same
