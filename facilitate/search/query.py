"""Owns what people type into the search: read into terms, asked of either database, marked in what was found. Nothing typed is an error."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from facilitate.search.words import EMPTY, places, stems, token, words

MOST_TYPED = 500
"""Characters of a query; the rest is not read."""

_MOST_TERMS = 20
_BEGUN = 3  # letters from which a word may be the beginning of others
_EXCERPT, _BEFORE = 300, 90

_PART = re.compile(r'(?<!\S)(?P<no>-)?(?:"(?P<a>[^"]*)"|“(?P<b>[^”]*)”|«(?P<c>[^»]*)»)|(?P<no2>(?<!\S)-)?(?P<word>[^\s"“”«»]+)')


@dataclass(frozen=True, slots=True)
class Term:
    """What a text must hold: these words one after the other, the last perhaps only begun, or a word of one of these stems."""

    words: tuple[str, ...]
    stems: frozenset[str] = frozenset()
    begun: bool = False

    def at(self, tokens: Sequence[str], ends: Sequence[frozenset[str]], place: int) -> int:
        """How many of a text's words it takes at this place, 0 where it is not there."""
        if self.stems & ends[place]:
            return 1
        here = tokens[place : place + len(self.words)]
        if len(here) < len(self.words):
            return 0
        *first, last = zip(here, self.words, strict=True)
        found = all(one == other for one, other in first) and (last[0].startswith(last[1]) if self.begun else last[0] == last[1])
        return len(self.words) if found else 0


@dataclass(frozen=True, slots=True)
class Query:
    """All of ``wanted``, none of ``unwanted``. ``cut``: more was typed than is read."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    cut: bool = False

    def fts5(self, also: Iterable[str] = ()) -> str:
        """As SQLite reads it; ``also``: tokens that must be there too. A token needs no escape. There must be something wanted."""
        return _asked(self, also, _fts5, " AND ", " OR ", " NOT ")

    def tsquery(self, also: Iterable[str] = ()) -> str:
        """As PostgreSQL reads it."""
        return _asked(self, also, _tsquery, " & ", " | ", " & !")


def read(typed: str) -> Query:
    """What people type: words, each of which must be there; "words in a row"; -unwanted. The last word may be begun only."""
    wanted, unwanted, last = list[Term](), list[Term](), False
    for part in _PART.finditer(typed[:MOST_TYPED]):
        phrase = next((text for name in ("a", "b", "c") if (text := part[name]) is not None), None)
        if phrase is not None:
            row = tuple(map(token, words(phrase.replace("\n", " "))))
            found, last = [Term(row)] if row else [], False
        else:
            found = list(_terms(part["word"]))
            last = not part["no2"] and bool(found)
        (unwanted if part["no"] or part["no2"] else wanted).extend(found)
    if last and len(wanted[-1].words[-1]) >= _BEGUN:
        wanted[-1] = Term(wanted[-1].words, wanted[-1].stems, begun=True)
    telling = [term for term in wanted if len(term.words) > 1 or term.words[0] not in EMPTY]
    kept = list(dict.fromkeys(telling or wanted))
    cut = len(typed) > MOST_TYPED or len(kept) > _MOST_TERMS or len(unwanted) > _MOST_TERMS
    return Query(tuple(kept[:_MOST_TERMS]), tuple(dict.fromkeys(unwanted))[:_MOST_TERMS], cut)


def _terms(typed: str) -> Iterator[Term]:
    """The words of what was typed without a space: 'porte-à-porte' three, 'l’eau' two; signs that touch each other stand in a row."""
    row, ended = list[str](), -1
    for word, start, end in places(typed):
        alone = len(word) == 1 and not word.isascii()
        if row and not (alone and start == ended):
            yield Term(tuple(row))
            row = []
        if alone:
            row.append(token(word))
            ended = end
        else:
            yield Term((token(word),), stems(word, "fr") | stems(word, "en"))
    if row:
        yield Term(tuple(row))


def _asked(query: Query, also: Iterable[str], written: Callable[[Term], list[str]], both: str, either: str, but: str) -> str:
    def any_of(ways: list[str]) -> str:
        return f"({either.join(ways)})"

    asked = both.join([*(any_of(written(term)) for term in query.wanted), *(any_of(written(Term((one,)))) for one in also)])
    unwanted = [way for term in query.unwanted for way in written(term)]
    return f"({asked}){but}{any_of(unwanted)}" if unwanted else asked


def _fts5(term: Term) -> list[str]:
    row = f'"{" ".join(term.words)}"' + (" *" if term.begun else "")
    return [*([row] if term.begun or not term.stems else []), *(f'"{one}"' for one in sorted(term.stems))]


def _tsquery(term: Term) -> list[str]:
    *first, last = term.words
    row = " <-> ".join([*(f"'{one}'" for one in first), f"'{last}'" + (":*" if term.begun else "")])
    return [*([row] if term.begun or not term.stems else []), *(f"'{one}'" for one in sorted(term.stems))]


def marked(text: str, query: Query, language: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it was looked for."""
    found = list(places(text))
    tokens, ends = [token(word) for word, _, _ in found], [stems(word, language) for word, _, _ in found]
    pieces, done, place = list[tuple[str, bool]](), 0, 0
    while place < len(found):
        taken = max((term.at(tokens, ends, place) for term in query.wanted), default=0)
        if taken:
            start, end = found[place][1], found[place + taken - 1][2]
            pieces += [(text[done:start], False), (text[start:end], True)]
            done = end
        place += taken or 1
    return [piece for piece in (*pieces, (text[done:], False)) if piece[0]]


def excerpt(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """As much of a text as a list shows: from a little before what was looked for."""
    length = sum(len(text) for text, _ in pieces)
    if length <= _EXCERPT:
        return pieces
    before = 0
    for text, mark in pieces:
        if mark:
            break
        before += len(text)
    start = 0 if before == length else max(0, min(before - _BEFORE, length - _EXCERPT))
    kept, at = list[tuple[str, bool]](), 0
    for text, mark in pieces:
        here = text[max(0, start - at) : max(0, start + _EXCERPT - at)]
        at += len(text)
        if here:
            kept.append((here, mark))
    first, last = kept[0], kept[-1]
    if start and not first[1]:
        kept[0] = ("…" + re.sub(r"^\S{0,30}\s", "", first[0]), False)
    if start + _EXCERPT < length and not last[1]:
        kept[-1] = (re.sub(r"\s\S{0,30}$", "", kept[-1][0]) + "…", False)
    return kept
