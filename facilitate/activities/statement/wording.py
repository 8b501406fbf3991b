"""Owns the wording of a position: what one text changes in another, and the same change made in a text that has moved on.

Texts are compared word by word; the pieces of a comparison, put together again, are both texts to the letter.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

_PIECE = re.compile(r"\s*[\w’'-]+|\s*[^\w\s]|\s+")

_BEFORE = 4
"""Words that say where something is added."""

Way = Literal["same", "cut", "new"]
Kind = Literal["add", "remove", "replace"]


@dataclass(frozen=True, slots=True)
class Change:
    """One place where two texts differ: ``cut`` leaves, ``new`` comes, one of them may be ''; ``after``: the words of the old text before
    it, '' at the beginning."""

    cut: str
    new: str
    after: str


@lru_cache(maxsize=4096)
def compared(old: str, new: str) -> tuple[tuple[Way, str], ...]:
    """From ``old`` to ``new`` piece by piece. Without the 'new' pieces it is ``old``; without those 'cut', ``new``."""
    pieces: list[tuple[Way, list[str]]] = []
    for same, before, after in _runs(old, new):
        pieces += [("same", before)] if same else [("cut", before), ("new", after)]
    return tuple((way, "".join(one)) for way, one in pieces if one)


@lru_cache(maxsize=4096)
def changes(old: str, new: str) -> tuple[Change, ...]:
    """What an amendment says: every place where ``new`` differs from ``old``."""
    found, before = list[Change](), ""
    for same, cut, came in _runs(old, new):
        if not same:
            change = Change("".join(cut).strip(), "".join(came).strip(), " ".join(before.split()[-_BEFORE:]))
            found += [change] if change.cut or change.new else []
        before += "".join(cut)
    return tuple(found)


def kind_of(old: str, new: str) -> Kind:
    """Whether ``new`` only adds to ``old``, only removes from it, or replaces something."""
    ways = {way for way, *_ in _opcodes(_pieces(old), _pieces(new))} - {"equal"}
    return "add" if ways == {"insert"} else "remove" if ways == {"delete"} else "replace"


def moved_on(old: str, wanted: str, now: str) -> str | None:
    """The change from ``old`` to ``wanted``, made in ``now``; None where ``now`` changed the same words, or those beside them."""
    ours, theirs = _hunks(old, wanted), _hunks(old, now)
    for begins, ends, words in ours:
        for other_begins, other_ends, other in theirs:
            alike = (begins, ends, words) == (other_begins, other_ends, other)
            if not alike and begins <= other_ends and other_begins <= ends:
                return None
    pieces, text, at = _pieces(old), "", 0
    for begins, ends, words in sorted({*ours, *theirs}):
        text += "".join(pieces[at:begins]) + words
        at = ends
    return text + "".join(pieces[at:])


def _pieces(text: str) -> list[str]:
    """Its words and signs, each with the blanks before it."""
    return _PIECE.findall(text)


def _hunks(old: str, new: str) -> list[tuple[int, int, str]]:
    """(begins, ends, words): the pieces of ``old`` that give way to words of ``new``."""
    before, after = _pieces(old), _pieces(new)
    return [(i, j, "".join(after[k:end])) for way, i, j, k, end in _opcodes(before, after) if way != "equal"]


def _opcodes(before: list[str], after: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


def _runs(old: str, new: str) -> Iterator[tuple[bool, list[str], list[str]]]:
    """(alike, of old, of new), in turn; one lonely word that two changes have between them goes with them: no one reads confetti."""
    before, after = _pieces(old), _pieces(new)
    found = _opcodes(before, after)
    cut, came = list[str](), list[str]()
    for place, (way, i, j, k, end) in enumerate(found):
        if way != "equal" or (j - i == 1 and 0 < place < len(found) - 1):
            cut += before[i:j]
            came += after[k:end]
            continue
        if cut or came:
            yield False, cut, came
            cut, came = [], []
        yield True, before[i:j], after[k:end]
    if cut or came:
        yield False, cut, came
