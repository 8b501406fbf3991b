"""Owns the wording of a position: what one text changes in another, and the same change made in a text that has moved on.

Texts are compared word by word; the pieces of a comparison, put together again, are both texts to the letter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

_PIECE = re.compile(r"\s*[\w’'-]+|\s*[^\w\s]|\s+")

_ENDS = (".", ";", "!", "?")

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
    for same, before, after in _read(old, new):
        pieces += [("same", before)] if same else [("cut", before), ("new", after)]
    return tuple((way, "".join(one)) for way, one in pieces if one)


@lru_cache(maxsize=4096)
def changes(old: str, new: str) -> tuple[Change, ...]:
    """What an amendment says: every place where ``new`` differs from ``old``."""
    found, before = list[Change](), ""
    for same, cut, came in _read(old, new):
        if not same:
            change = Change("".join(cut).strip(), "".join(came).strip(), " ".join(before.split()[-_BEFORE:]))
            found += [change] if change.cut or change.new else []
        before += "".join(cut)
    return tuple(found)


def kind_of(old: str, new: str) -> Kind:
    """Whether ``new`` only adds to ``old``, only removes from it, or replaces something."""
    changed = [(bool(before), bool(after)) for same, before, after in _runs(old, new) if not same]
    return "add" if not any(cut for cut, _ in changed) else "remove" if not any(came for _, came in changed) else "replace"


@lru_cache(maxsize=4096)
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


@lru_cache(maxsize=4096)
def _hunks(old: str, new: str) -> tuple[tuple[int, int, str], ...]:
    """(begins, ends, words): the pieces of ``old`` that give way to words of ``new``."""
    found, at = [], 0
    for same, before, after in _runs(old, new):
        if not same:
            found.append((at, at + len(before), "".join(after)))
        at += len(before)
    return tuple(found)


_Run = tuple[bool, list[str], list[str]]
"""(alike, pieces of the old text, pieces of the new one)."""


def _runs(old: str, new: str) -> list[_Run]:
    """The whole of both texts, in turn alike and not."""
    before, after = _pieces(old), _pieces(new)
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    runs = [(way == "equal", before[i:j], after[k:end]) for way, i, j, k, end in found]
    for last, here, following in zip(runs, runs[1:], runs[2:], strict=False):
        _slide(last, here, following)
    return [run for run in runs if run[1] or run[2]]


def _slide(last: _Run, here: _Run, following: _Run) -> None:
    """A sentence that comes or leaves is told from its first word to its full stop, also where a comparison begins elsewhere."""
    came = here[1] or here[2]
    if here[0] or (here[1] and here[2]) or not last[1] or last[1][-1] in _ENDS:
        return
    if following[1][:1] == came[:1] and came[0] in _ENDS:
        for run in (last[1], last[2], came):
            run.append(came[0])
        for run in (came, following[1], following[2]):
            run.pop(0)
        return
    for steps in range(1, min(len(came), len(last[1]))):
        if came[-steps] != last[1][-steps]:
            return
        if last[1][-steps - 1] in _ENDS:
            moved = last[1][-steps:]
            came[:] = moved + came[:-steps]
            for run in (last[1], last[2]):
                del run[-steps:]
            for run in (following[1], following[2]):
                run[:0] = moved
            return


def _read(old: str, new: str) -> Iterator[_Run]:
    """The same for who reads: a lonely word that two changes have between them goes with them, no one reads confetti."""
    runs = _runs(old, new)
    cut, came = list[str](), list[str]()
    for place, (same, before, after) in enumerate(runs):
        if not same or (len(before) == 1 and 0 < place < len(runs) - 1):
            cut += before
            came += after
            continue
        if cut or came:
            yield False, cut, came
            cut, came = [], []
        yield True, before, after
    if cut or came:
        yield False, cut, came
