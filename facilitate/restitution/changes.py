"""Owns what changed between two publications of a report: facts kept with each, never a word of what people wrote, and their comparison
told in a document's own tree."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from typing import Any

from facilitate.core.edition import PARTS, Edition
from facilitate.core.tree import Card, Document, Figure, Listing, Node, Paragraph, Run, Section
from facilitate.core.words import N_, Count, Say
from facilitate.restitution.build import Building

ANCHOR = "changes"
_LAST = ("annex", "method")


@dataclass(frozen=True, slots=True)
class Word:
    """One contribution as a publication told it: its ``number`` in the annex, the ``title`` of its step, a ``print`` of its words, and
    what ``became`` of it (a msgid, as 'Carried out'; '' nothing)."""

    number: int
    title: str
    print: str = ""
    became: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is kept of a publication. ``words`` by contribution; ``texts`` of the staff, 'SECTION/PART' → print; ``sections`` anchor →
    title; ``naming`` how people were named; ``whole`` a print of all that the document says."""

    words: Mapping[str, Word] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    naming: str = "named"
    whole: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Facts":
        """Back from JSON."""
        return cls(**{**data, "words": {id: Word(**word) for id, word in data["words"].items()}})


@dataclass(frozen=True, slots=True)
class Changes:
    """From one publication to the next. ``gone`` bear the numbers of the former. ``texts``, ``came`` and ``left`` are titles of sections;
    ``naming``: people are named otherwise; ``other``: something else is not as it was, an order or a quotation say."""

    added: tuple[Word, ...] = ()
    corrected: tuple[Word, ...] = ()
    gone: tuple[Word, ...] = ()
    became: tuple[Word, ...] = ()
    texts: tuple[str, ...] = ()
    came: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    naming: bool = False
    other: bool = False

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)


def facts_of(building: Building, document: Document) -> Facts:
    """The facts of a document as it is published now, before its own changes are told in it."""
    state, words = building.state, {}
    for step in building.state.ordered:
        kind = building.kinds.get(step.activity.kind)
        became = kind.became(state.summaries[step.activity.id]) if kind else {}
        for one in building.written[step.activity.id]:
            said = _print(one.id, building.words(step, one))
            words[one.id] = Word(building.policy.number(one), step.activity.title, said, became.get(one.id, ""))
    return replace(facts_over(state.edition, document), words=words)


def facts_over(edition: Edition, document: Document) -> Facts:
    """The facts of a document that tells several days: those of its own texts and sections."""
    texts = {key: _print(key, kept.text) for key, kept in sorted(edition.texts.items()) if kept.text}
    return Facts({}, texts, dict(_titles(document.children)), edition.naming, _print(repr(document.children)))


def compare(before: Facts, now: Facts) -> Changes:
    """What changed. Where people are named otherwise, masked names make every print another: no correction can be told apart then."""
    both = [(before.words[id], word) for id, word in now.words.items() if id in before.words]
    named = before.naming != now.naming
    touched = {key.partition("/")[0] for key in {**before.texts, **now.texts} if before.texts.get(key) != now.texts.get(key)}
    there = [anchor for anchor in now.sections if anchor in touched]
    found = Changes(
        added=_in_order(word for id, word in now.words.items() if id not in before.words),
        corrected=() if named else _in_order(word for was, word in both if was.print != word.print),
        gone=_in_order(word for id, word in before.words.items() if id not in now.words),
        became=_in_order(word for was, word in both if word.became and was.became != word.became),
        texts=tuple(now.sections[anchor] for anchor in there if anchor in before.sections) + (("",) if "" in touched else ()),
        came=tuple(title for anchor, title in now.sections.items() if anchor not in before.sections and not _is_text(anchor)),
        left=tuple(title for anchor, title in before.sections.items() if anchor not in now.sections and not _is_text(anchor)),
        naming=named,
    )
    return found if found or before.whole == now.whole else replace(found, other=True)


def lines(changes: Changes, say: Say, count: Count) -> list[tuple[Run, ...]]:
    """The changes, a line for each sort of them, as stretches: numbers lead to the annex."""
    told: list[tuple[Run, ...]] = []
    for words, one, many in (
        (changes.added, N_("%(count)s contribution added"), N_("%(count)s contributions added")),
        (changes.corrected, N_("%(count)s contribution corrected"), N_("%(count)s contributions corrected")),
    ):
        if words:
            told.append((Run(count(one, many, len(words)) + say(N_(": "))), *_numbers(words, say)))
    if changes.gone:
        one, many = N_("%(count)s contribution withdrawn"), N_("%(count)s contributions withdrawn")
        head = count(one, many, len(changes.gone)) + " " + say(N_("(numbers of the last publication)")) + say(N_(": "))
        told.append((Run(head), *_numbers(changes.gone, say, linked=False)))
    for became, some in groupby(sorted(changes.became, key=lambda word: (word.became, word.number)), key=lambda word: word.became):
        told.append((Run(say(became) + say(N_(": "))), *_numbers(tuple(some), say)))
    for titles, label in (
        (changes.texts, N_("Texts of the organisers written or changed")),
        (changes.came, N_("Sections that came")),
        (changes.left, N_("Sections left out")),
    ):
        if titles:
            named = dict.fromkeys(title or say(N_("the whole report")) for title in titles)
            told.append((Run(say(label) + say(N_(": ")) + ", ".join(named)),))
    if changes.naming:
        told.append((Run(say(N_("People are named in another way."))),))
    if changes.other:
        told.append((Run(say(N_("Details of the presentation, such as an order, a quotation or a spelling."))),))
    return told


def with_changes(document: Document, changes: Changes, since: str, say: Say, count: Count) -> Document:
    """The document that says near its end what changed since ``since``, a day as its language writes it."""
    told = lines(changes, say, count)
    if told:
        items = tuple("".join(run.text for run in line) for line in told)
        children: tuple[Node, ...] = (Listing(items, runs=tuple(told)),)
    else:
        children = (Paragraph(say(N_("Nothing has changed."))),)
    section = Section(say(N_("Changes since %(date)s"), date=since), ANCHOR, children)
    place = next((place for place, one in enumerate(document.children) if one.anchor in _LAST), len(document.children))
    return replace(document, children=(*document.children[:place], section, *document.children[place:]))


def pictures_in(nodes: Iterable[Node]) -> list[str]:
    """The media of every figure, in order, each once."""
    found: dict[str, None] = {}
    for node in nodes:
        if isinstance(node, Figure):
            found[node.media] = None
        inner = node.children if isinstance(node, Section) else node.inside if isinstance(node, Card) else ()
        found |= dict.fromkeys(pictures_in(inner))
    return list(found)


def _numbers(words: Sequence[Word], say: Say, *, linked: bool = True) -> Iterable[Run]:
    """'12, 15 (Situations), 18 (Questions)', the numbers as citations where they are in this document."""
    for place, (title, some) in enumerate(groupby(words, key=lambda word: word.title)):
        for at, word in enumerate(some):
            yield from ((Run(", "),) if place or at else ())
            yield Run(str(word.number), href=f"#word-{word.number}" if linked else "")
        yield Run(say(N_(" (%(title)s)"), title=title))


def _is_text(anchor: str) -> bool:
    """Whether a section is the staff's own introduction or synthesis: told among their texts."""
    return anchor in PARTS


def _in_order(words: Iterable[Word]) -> tuple[Word, ...]:
    return tuple(sorted(words, key=lambda word: word.number))


def _titles(nodes: Iterable[Node]) -> Iterable[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, Section):
            if not node.anchor.startswith("annex-"):
                yield node.anchor, node.title
            yield from _titles(node.children)


def _print(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:24]
