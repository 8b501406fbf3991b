"""Owns what the edition makes of a document: the staff's texts in their places, the sections as they chose them; and how a text cites."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from facilitate.core.edition import APART, CITED, Edition
from facilitate.core.prose import written
from facilitate.core.tree import Card, Document, Node, Section
from facilitate.core.words import N_, Say

_TYPED = re.compile(r"\[([^\[\]@]{1,80})\](?!\()")
_OF_A_DAY = re.compile(r"[A-Z]{3}\d{3},\d+")
_LAST = ("annex", "method")


@dataclass(frozen=True, slots=True)
class Citations:
    """How the contributions of a document are cited: ``labels`` by id, as in '[@ID]', → what people read and type ('12', 'RVT 482, 12');
    ``anchors`` by id → where a link leads."""

    labels: Mapping[str, str]
    anchors: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Changes when a number comes to mean another contribution: a form gives back the one it saw."""
        return hashlib.sha256("\n".join(f"{id} {label}" for id, label in sorted(self.labels.items())).encode()).hexdigest()[:12]

    def shown(self, text: str) -> str:
        """A stored text as people read it: '[@ID]' → '[12]'. What is in the document no more stays as it is stored."""
        return CITED.sub(lambda found: f"[{self.labels[found[1]]}]" if found[1] in self.labels else found[0], text)

    def stored(self, text: str) -> str:
        """A typed text as it is kept: '[12]' or '[12, 15]' → '[@ID]'. What is no number of this document stays as it was typed."""
        ids = {_plain(label): id for id, label in self.labels.items()}

        def kept(found: re.Match[str]) -> str:
            whole = ids.get(_plain(found[1]))
            some = [whole] if whole else [ids.get(_plain(part)) for part in re.split("[,;]", found[1])]
            return "".join(f"[@{id}]" for id in some) if all(some) else found[0]

        return _TYPED.sub(kept, text)

    def unknown(self, text: str) -> list[str]:
        """The numbers that a stored text puts between brackets and that no contribution bears: they are read as typed, and lead nowhere."""
        labels = {_plain(label) for label in self.labels.values()}
        unlike = [found for found in _TYPED.findall(text) if _plain(found) not in labels]
        parts = [part.strip() for found in unlike for part in ([found] if _OF_A_DAY.fullmatch(_plain(found)) else re.split("[,;]", found))]
        return [one for one in dict.fromkeys(parts) if _plain(one) not in labels and (_plain(one).isdecimal() or "," in one)]

    def cited(self, id: str) -> tuple[str, str] | None:
        """(label, anchor or '') of a citation; None where it is in no document."""
        return (self.labels[id], self.anchors.get(id, "")) if id in self.labels else None


def edited(document: Document, edition: Edition, citations: Citations, quotations: Mapping[str, Iterable[Card]], say: Say) -> Document:
    """The document as staff edited it. ``quotations``: anchor of a section → the cards they chose to set at its head."""
    made = _Edited(edition, citations, quotations, say)
    children = [one for one in made.arranged(document.children) if isinstance(one, Section)]
    last = next((place for place, one in enumerate(children) if one.anchor in _LAST), len(children))
    whole = (*made.whole(), *children[:last], *made.lost(document), *children[last:])
    return replace(document, title=edition.text("", "title") or document.title, children=whole)


def edited_section(section: Section, edition: Edition, citations: Citations, quotations: Mapping[str, Iterable[Card]], say: Say) -> Section:
    """One section as staff edited it, for a document without the annex to which its citations would lead."""
    return _Edited(edition, replace(citations, anchors={}), quotations, say).section(section)


class _Edited:
    def __init__(self, edition: Edition, citations: Citations, quotations: Mapping[str, Iterable[Card]], say: Say) -> None:
        self.edition, self.citations, self.quotations, self.say = edition, citations, quotations, say

    def whole(self) -> Iterator[Section]:
        """What stands over everything."""
        for part, title in (("introduction", N_("Introduction")), ("synthesis", N_("Synthesis"))):
            if told := self._text("", part, part):
                yield Section(self.say(title), part, told)

    def arranged(self, nodes: Iterable[Node]) -> list[Node]:
        """These nodes, their sections kept, edited, and moved to where staff want them among themselves."""
        kept = [self.section(one) if isinstance(one, Section) else one for one in nodes]
        for anchor, after in self.edition.moves:
            places = {one.anchor: place for place, one in enumerate(kept) if isinstance(one, Section)}
            if anchor in places and (after in places or not after):
                moved = kept.pop(places[anchor])
                first = min(places.values())
                place = next((n for n, one in enumerate(kept, 1) if isinstance(one, Section) and one.anchor == after), first)
                kept.insert(place, moved)
        # Left out last: what was moved behind one that is gone stays where it was put.
        return [one for one in kept if not self._is_left(one)]

    def lost(self, document: Document) -> Iterator[Section]:
        """Texts over sections that are there no more: nothing that was written disappears."""
        there = {"", *self.edition.left, *_anchors(document.children)}
        told: list[Node] = []
        for key in sorted(self.edition.texts):
            section, _, part = key.rpartition("/")
            if section not in there and part != "title" and not section.startswith(APART):
                told += self._text(section, part, f"unplaced-{section}-{part}")
        if told:
            yield Section(self.say(N_("Texts whose section is no longer there")), "unplaced", tuple(told))

    def _is_left(self, node: Node) -> bool:
        return isinstance(node, Section) and node.anchor in self.edition.left

    def section(self, one: Section) -> Section:
        """One section with what stands over it, those inside it too."""
        introduction = self._text(one.anchor, "introduction", f"{one.anchor}-introduction")
        synthesis = self._text(one.anchor, "synthesis", f"{one.anchor}-synthesis")
        told: list[Node] = [*introduction]
        if synthesis:
            told.append(Section(self.say(N_("Synthesis")), f"{one.anchor}-synthesis", synthesis))
        told += self.quotations.get(one.anchor, ())
        title = self.edition.text(one.anchor, "title") or one.title
        return replace(one, title=title, children=(*told, *self.arranged(one.children)))

    def _text(self, section: str, part: str, anchor: str) -> tuple[Node, ...]:
        text = self.edition.text(section, part)
        return written(text, anchor, self.citations.cited) if text else ()


def _anchors(nodes: Iterable[Node]) -> Iterator[str]:
    for one in nodes:
        if isinstance(one, Section):
            yield one.anchor
            yield from _anchors(one.children)


def _plain(label: str) -> str:
    return "".join(label.split()).upper().removeprefix("N°").removeprefix("NO.")
