"""Owns the proofs of a report, as the page where staff edit it shows them: its sections, the cards of each, the names that look alike.

A document, how it cites, and its cards are all it needs: those of one day, or of many.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from typing import Any

from immutables import Map

from facilitate.core.activity import Kinds
from facilitate.core.contribution import Contribution
from facilitate.core.edition import APART, CITED, PARTS, Edition
from facilitate.core.reading import fold
from facilitate.core.state import SessionState, Step
from facilitate.core.tree import Card, Document, Listing, Node, Paragraph, Section, Table
from facilitate.core.words import N_, Say
from facilitate.language import Language
from facilitate.library import Capitalisation
from facilitate.restitution.build import Building
from facilitate.restitution.edited import Citations, edited

STAYING = ("annex", "method")
PAGE = 40
"""Cards shown at once: more would only be scrolled past."""

ALL = ("", *STAYING)
"""Sections whose cards are those of the whole."""

SHOWS = {
    "": N_("Of this section"),
    "all": N_("All of them"),
    "free": N_("Not cited yet"),
    "highlight": N_("Highlighted"),
    "aside": N_("Those set aside"),
    "correct": N_("With a corrected spelling"),
}
"""Which cards a list shows."""

_ALIKE = 0.84
_NUMBER = re.compile(r"n°|no\.")
_NUMBERED = re.compile(r"(?:n°|no\.)\s*\d+$")
"""How a line in the margin of a list says which card it comes from."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a card. ``key``: its place in the contribution, '' where it has none of its own; ``written`` by its author; ``told`` in
    the body; ``draft`` what a correction starts from, names and all, and ``base`` its seq."""

    key: str
    label: str
    written: str
    told: str
    draft: str = ""
    base: int = 0


@dataclass(frozen=True, slots=True)
class Word:
    """One card. ``id`` as texts cite it, ``label`` as people read it ('12', 'RVT 482, 12'), ``anchor`` where it stands in the document,
    ``home`` the section it was written for; ``by`` as the document names its author; ``status`` a contribution's."""

    id: str
    label: str
    anchor: str
    home: str
    by: str
    texts: tuple[Text, ...]
    status: str = "shown"
    plain: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A card that stands in no document: where it was, why."""

    id: str
    home: str
    why: str


@dataclass(frozen=True, slots=True)
class Proofs:
    """A report to edit. ``plain``: as its days left it; ``document``: in the order of its ``edition``, nothing left out, without what staff
    wrote over it; ``words`` in the order of their numbers; ``within``: anchor of a section → places in ``words`` of the cards that stand in
    it or were written for it; ``digest`` of its numbers."""

    plain: Document
    document: Document
    citations: Citations
    words: tuple[Word, ...]
    edition: Edition
    withheld: tuple[Withheld, ...]
    within: Mapping[str, frozenset[int]]
    digest: str
    say: Say

    def edited(self, edition: Edition) -> "Proofs":
        """The same day under another edition, where its texts stand over the same sections and it changes no word of a card."""
        return replace(self, document=_arranged(self.plain, edition, self.citations, self.say), edition=edition)

    def section(self, anchor: str) -> Section | None:
        """The section of that anchor, at whatever depth."""
        return next((one for one, _ in _sections(self.document.children) if one.anchor == anchor), None)

    def beside(self, anchor: str) -> list[Section]:
        """The sections of its level that are not left out, itself included, in order; the annex and the method stay last."""
        for level in (self.document.children, *(one.children for one, _ in _sections(self.document.children))):
            some = [one for one in level if isinstance(one, Section)]
            if any(one.anchor == anchor for one in some):
                return [one for one in some if one.anchor not in self.edition.left and one.anchor not in STAYING]
        return []

    def after(self, anchor: str, step: int) -> str | None:
        """The section that ``anchor`` follows once it went ``step`` places down (up where negative), '' for first; None at the end."""
        line = [one.anchor for one in self.beside(anchor)]
        if anchor not in line or not 0 <= line.index(anchor) + step < len(line):
            return None
        to = line.index(anchor) + step
        line.remove(anchor)
        return line[to - 1] if to else ""

    def titled(self, anchor: str) -> str:
        """A section's title as the document has it, '' for the whole, its anchor where it is there no more."""
        section = self.section(anchor)
        return self.edition.text(anchor, "title") or (section.title if section else anchor)

    def listed(self, chosen: str) -> list[dict[str, Any]]:
        """The list of sections: each of the first level, and those inside the one that is looked at."""
        rows: list[dict[str, Any]] = []
        open = next((top.anchor for top in self.document.children if any(one.anchor == chosen for one, _ in _sections((top,)))), "")
        for top in self.document.children:
            for one, depth in _sections((top,)):
                if not depth or top.anchor == open:
                    rows.append(self._row(one, depth, chosen))
        return rows

    def _row(self, one: Section, depth: int, chosen: str) -> dict[str, Any]:
        line = [other.anchor for other in self.beside(one.anchor)]
        return {
            "anchor": one.anchor,
            "title": self.titled(one.anchor),
            "depth": depth,
            "left": one.anchor in self.edition.left,
            "stays": one.anchor in STAYING,
            "cards": 0 if one.anchor in STAYING else len(self.within.get(one.anchor, ())),
            "written": [PARTS[part].label for part in ("introduction", "synthesis") if self.edition.text(one.anchor, part)],
            "chosen": one.anchor == chosen,
            "up": one.anchor in line[1:],
            "down": one.anchor in line[:-1],
        }

    def lost(self) -> list[str]:
        """The sections that texts were written over and that are there no more."""
        there = {"", *(one.anchor for one, _ in _sections(self.document.children))}
        written = {key.rpartition("/")[0] for key, kept in self.edition.texts.items() if kept.text and not key.startswith(APART)}
        return sorted(written - there)

    def knows(self, anchor: str) -> bool:
        """Whether this is a section of the report, '' the whole of it, or one that a text was written over."""
        return not anchor or self.section(anchor) is not None or any(key.startswith(f"{anchor}/") for key in self.edition.texts)

    def cited(self) -> set[str]:
        """What any text cites."""
        return {id for kept in self.edition.texts.values() for id in CITED.findall(kept.text)}

    def cards(self, anchor: str, show: str = "", asked: str = "") -> list[Word]:
        """The cards of a section, of a sort, that hold every word ``asked``, or bear that number."""
        edition = self.edition
        if show == "" and anchor not in ALL:
            held = self.within.get(anchor, frozenset())
            some: Iterable[Word] = (self.words[place] for place in sorted(held))
        elif show in ("aside", "highlight"):
            chosen = edition.aside if show == "aside" else edition.highlights
            some = (one for one in self.words if one.id in chosen)
        elif show == "correct":
            some = (one for one in self.words if any(text.written != text.told for text in one.texts))
        elif show == "free":
            cited = self.cited()
            some = (one for one in self.words if one.id not in cited)
        else:
            some = self.words
        sought = fold(asked).split()
        return [one for one in some if one.label == asked.strip() or all(part in one.plain for part in sought)]


def _sections(nodes: Iterable[Node], depth: int = 0) -> Iterator[tuple[Section, int]]:
    """Every section that bears a title, with its depth; of the annex none inside: it holds each word once."""
    for one in nodes:
        if isinstance(one, Section) and one.title:
            yield one, depth
            if one.anchor not in STAYING:
                yield from _sections(one.children, depth + 1)


def _gather(node: Node, labels: Mapping[str, int], homes: Mapping[str, set[int]], found: dict[str, frozenset[int]]) -> set[int]:
    """The cards that stand in a node or are cited there; each section in it is added to ``found``."""
    held = set[int]()
    said: list[str] = []
    inside: tuple[Node, ...] = ()
    match node:
        case Section():
            held |= homes.get(node.anchor, set())
            inside = node.children
        case Card():
            said, inside = [str(node.number) if node.number else node.by.rpartition(" · ")[2]], node.inside
        case Paragraph():
            said = [run.text for run in node.runs if run.href.startswith("#")]
        case Listing():
            said = [run.text for runs in node.runs for run in runs if run.href.startswith("#")]
            # Of a line in the margin, the number that it ends on.
            said += [part.rpartition(" · ")[2] for part in node.beside if _NUMBERED.search(part)]
        case Table():
            # Over several days a row begins with its card; of a day, a figure there is no card's.
            said = [row[0] for row in node.rows if row and "," in row[0]]
    held |= {labels[plain] for one in said if (plain := _label(one)) in labels}
    for one in inside:
        held |= _gather(one, labels, homes, found)
    if isinstance(node, Section):
        found[node.anchor] = frozenset(held)
    return held


def _label(said: str) -> str:
    """'RVT 482, n° 12' and 'RVT 482, 12' are one."""
    return "".join(_NUMBER.sub("", said).split())


def proofs_of_day(state: SessionState, kinds: Kinds, language: Language) -> Proofs:
    """The proofs of a day's report, in the language of its document. Cards set aside stand where they were."""
    edition = state.edition
    untouched = replace(state, edition=replace(edition, aside=frozenset(), corrections=Map()))
    building = Building(untouched, kinds, language)
    body = Building(state, kinds, language).body if edition.corrections else building.body
    words = tuple(_word(building, body, state, step, one) for step in building.state.ordered for one in building.written[step.activity.id])
    withheld = tuple(
        Withheld(one.id, f"step-{step.activity.id}", one.why)
        for step in state.ordered
        for one in sorted(state.summaries[step.activity.id].contributions.values(), key=lambda one: one.n)
        if one.status == "withheld"
    )
    return _proofs(building.plain(), building.citations, words, edition, withheld, language.say)


_SAID_OVER = frozenset(("seq", "at", "acts", "log", "edition"))
"""What of a day changes where staff speak over it, and nothing is said in it."""


def same_day(one: SessionState, other: SessionState) -> bool:
    """Whether the proofs of one are those of the other under another edition."""
    mine, theirs = one.edition, other.edition
    return (
        mine.corrections == theirs.corrections
        and mine.naming == theirs.naming
        and set(mine.texts) == set(theirs.texts)
        and all(getattr(one, part.name) is getattr(other, part.name) for part in fields(one) if part.name not in _SAID_OVER)
    )


def _proofs(
    plain: Document, citations: Citations, words: tuple[Word, ...], edition: Edition, withheld: tuple[Withheld, ...], say: Say
) -> Proofs:
    found: dict[str, frozenset[int]] = {}
    homes: dict[str, set[int]] = {}
    for place, word in enumerate(words):
        homes.setdefault(word.home, set()).add(place)
    labels = {_label(word.label): place for place, word in enumerate(words)}
    for section in plain.children:
        _gather(section, labels, homes, found)
    document = _arranged(plain, edition, citations, say)
    return Proofs(plain, document, citations, words, edition, withheld, found, citations.digest, say)


def _arranged(plain: Document, edition: Edition, citations: Citations, say: Say) -> Document:
    return edited(plain, replace(edition, texts=Map(), left=frozenset()), citations, {}, say)


def _word(building: Building, body: SessionState, state: SessionState, step: Step, one: Contribution) -> Word:
    kind, settings = building.kinds[step.activity.kind], step.activity.settings
    told, plain = (day.summaries[step.activity.id].contributions.get(one.id, one) for day in (body, state))
    edition = state.edition
    written = kind.texts(settings, one)
    keys = {text: key for key, text in reversed(list(one.content.items())) if isinstance(text, str)}
    texts = []
    for label, text in written:
        key = keys.get(text, "")
        now = str(told.content.get(key, text)) if key else text
        kept = edition.corrections.get(f"{one.id}/{key}")
        draft = str(edition.corrected(plain).content.get(key, "")) if key else ""
        texts.append(Text(key, building.say(label) if label else "", text, now, draft, max(one.edited, kept.seq if kept else 0)))
    by = building.signature(step, one)
    found = fold(" ".join([by, *(f"{text.written} {text.told}" for text in texts)]))
    cited = building.citations
    return Word(one.id, cited.labels[one.id], cited.anchors[one.id], f"step-{step.activity.id}", by, tuple(texts), one.status, found)


def proofs_over_days(made: Capitalisation) -> Proofs:
    """The proofs of a document over several days. Its cards are theirs: they are cited here, and changed where they were written."""
    edition = made.state.edition
    plain, citations = made.plain(), made.citations
    words = tuple(
        _cited_word(building, citations, step, one, day.code)
        for day in made.days
        for building in (made.made[day.code],)
        for step in building.state.ordered
        for one in building.written[step.activity.id]
    )
    return _proofs(plain, citations, words, edition, (), made.say)


def _cited_word(building: Building, citations: Citations, step: Step, one: Contribution, code: str) -> Word:
    id, by = f"{code}:{one.id}", building.signature(step, one)
    told = building.kinds[step.activity.kind].texts(step.activity.settings, one)
    texts = tuple(Text("", building.say(label) if label else "", text, text) for label, text in told)
    plain = fold(" ".join([citations.labels[id], by, *(text.told for text in texts)]))
    return Word(id, citations.labels[id], citations.anchors.get(id, ""), "", by, texts, one.status, plain)


@dataclass(frozen=True, slots=True)
class Name:
    """A territory or an organisation: as it is written, how many people say it, the one it might be a variant of."""

    name: str
    count: int
    like: str = ""


def names_of(state: SessionState, what: str) -> list[Name]:
    """The territories, or the organisations ('structure'), of those who joined, the most said first; each that looks like one said more
    often, or listed in the sheet, names it."""
    counts = Counter(text for one in state.people.values() if (text := getattr(one, what)))
    listed = state.agenda.territories if what == "territory" else ()
    # Of two said as often, the one with its accents.
    order = sorted(counts, key=lambda name: (-(name in listed), -counts[name], -len(name.encode()), name))
    found = []
    for place, name in enumerate(order):
        like = "" if name in listed else next((other for other in order[:place] if _alike(name, other)), "")
        found.append(Name(name, counts[name], like))
    return sorted(found, key=lambda one: (-one.count, one.name))


def _alike(one: str, other: str) -> bool:
    """Whether two names may be one spelt in two ways: 'Drome' and 'Drôme', 'CC du Val' and 'C.C. du Val'; not 'Loire', 'Haute-Loire'."""
    plain, held = fold(one).replace(" ", ""), fold(other).replace(" ", "")
    if plain == held:
        return True
    if min(len(plain), len(held)) < 5 or [c for c in plain if c.isdigit()] != [c for c in held if c.isdigit()]:
        return False
    matcher = SequenceMatcher(None, plain, held, autojunk=False)
    return plain[:2] == held[:2] and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
