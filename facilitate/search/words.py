"""Owns how words are compared: capitals and accents aside, French and English endings too.

A word becomes a *token*: ASCII letters and digits only, so that every database reads it alike, without a grammar of its own to escape.
'Réciprocité' → 'reciprocite'; a sign of a script without spaces is a word of its own; what no ASCII letter stands for is written by its
code. The token of a word's stem begins with '0', which no word of people's does.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any

MADE = f"1, {version('snowballstemmer')}"
"""What an index is made with: one made with something else is made anew."""

BREAK = "u0000a"
"""The token of a line's end: no phrase goes over it."""

_LONGEST = 64
_STEMMED = {"fr": "french", "en": "english"}
_LETTERS = {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
# Thai to Lao, Burmese, Khmer, kana, Chinese.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))

_FRENCH = """
a ai au aux avec c ce ces cet cette d dans de des du elle elles en et eux est il ils j je l la le les leur leurs lui m ma mais me mes meme
moi mon n ne nos notre nous on ont ou par pas pour qu que qui s sa se ses si son sont sur t ta te tes toi ton tu un une vos votre vous y
"""
_ENGLISH = """
a and are as at be but by for from has have he in is it its of or our she that the their them they this to was we were with you
"""
EMPTY = frozenset((_FRENCH + _ENGLISH).split())
"""Words that say nothing of what a text is about: asked beside others, they are not looked for."""


class _Splitting(dict[int, str]):
    """What each character becomes in the words of a text, made as they come: itself, small; a space; nothing for a mark upon another."""

    def __missing__(self, code: int) -> str:
        self[code] = made = _split(chr(code))
        return made


def _split(char: str) -> str:
    if char == "\n":
        return " \n "
    if any(low <= ord(char) <= high for low, high in _UNSPACED):
        return f" {char} " if char.isalnum() else ""
    if char.isalnum() or unicodedata.category(char) == "Mc":
        return char.lower()
    return "" if unicodedata.category(char) in ("Mn", "Me", "Cf") else " "


_SPLITTING = _Splitting()


@lru_cache(maxsize=65536)
def token(word: str) -> str:
    """The token of one of a text's words."""
    made = ""
    for one in unicodedata.normalize("NFKD", word.casefold()) if word != "\n" else word:
        one = _LETTERS.get(one, one)
        if one.isascii() and one.isalnum():
            made += one
        elif one == "\n" or one.isalnum() or unicodedata.category(one) == "Mc":
            made += f"u{ord(one):05x}"
    return made[:_LONGEST]


@lru_cache(maxsize=65536)
def stems(word: str, language: str) -> frozenset[str]:
    """The tokens of a word's stem: as it is written, and without its accents, for whoever types none. None for an empty word."""
    plain = token(word)
    if plain in EMPTY or word == "\n":
        return frozenset()
    if len(plain) < 3 or len(plain) == _LONGEST or not word.isalpha():
        return frozenset({f"0{plain}"})
    return frozenset(f"0{token(_stemmer(language).stemWord(one))}" for one in (word, plain))


@cache
def _stemmer(language: str) -> Any:
    import snowballstemmer  # not before someone searches

    return snowballstemmer.stemmer(_STEMMED[language])


def words(text: str) -> list[str]:
    """The words of a text in order, small, '\\n' between its lines."""
    return [word for word in text.translate(_SPLITTING).split(" ") if word]


def places(text: str) -> Iterator[tuple[str, int, int]]:
    """The same, each with where it begins and ends in the text."""
    word, start, end = "", 0, 0
    for at, char in enumerate(text):
        made = _SPLITTING[ord(char)]
        if word and made.startswith(" "):
            yield word, start, end
            word = ""
        if (here := made.strip(" ")) and not word:
            start = at
        word, end = word + here, at + 1 if here else end
        if word and made.endswith(" "):
            yield word, start, end
            word = ""
    if word:
        yield word, start, end


def indexed(texts: Iterable[str], language: str) -> str:
    """What the index holds of these texts: the tokens of their words, in order, then those of their stems."""
    found = words("\n".join(texts))
    ends = [one for word in found for one in sorted(stems(word, language))]
    return " ".join([*map(token, found), BREAK, *ends])
