"""Owns the edition of a report: what staff say over what a day produced. Their texts, its sections, cards set aside or brought out,
spellings, names.

Each thing said is an entry: nothing a participant wrote changes, and compiling again loses nothing. Whoever changes a text says which
version they saw (``base``): two members of staff at once never overwrite one another.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from immutables import Map

from facilitate.core.contribution import Contribution, Field, read_fields
from facilitate.core.entry import Act, Entry, Refused
from facilitate.core.words import N_, is_yes

EDITION_VERBS = frozenset(("write", "leave", "arrange", "aside", "highlight", "correct", "naming", "reopen"))

PARTS = {
    "title": Field("text", N_("Title"), 200),
    "introduction": Field("text", N_("Introduction"), 20_000),
    "synthesis": Field("text", N_("Synthesis"), 40_000),
}
"""What staff may write over a section, and over the whole ('')."""

NAMINGS = ("named", "pseudonyms", "roles")
"""Who is named in the document: those who agreed; nobody, each under a number of their own; nobody, each by their role alone."""

CITED = re.compile(r"\[@((?:[A-Z]{3}\d{3}:)?[0-9a-f-]{36}(?:\+\d+)?)\]")
"""How a text cites a contribution: '[@ID]', in a text over several days '[@RVT482:ID]'. Screens show its number instead."""

APART = "experience-"
"""How the anchors begin of what stands in no report of a day: a sheet of its own, which staff complete."""

_ANCHOR = re.compile(r"[a-z0-9-]{0,160}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A text as it stands: ``seq`` of the entry that said it, ``by`` whom, ``at`` when."""

    text: str
    seq: int
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Edition:
    """All that staff said over a day.

    ``texts``: 'SECTION/PART' → the text, SECTION the anchor of a section or '' for the whole, PART one of ``PARTS``;
    ``left`` sections left out; ``moves`` (section, the one it follows or '' for first), one after the other;
    ``aside`` contributions that stand in the annex only; ``highlights`` those brought out, with the seq at which they were;
    ``corrections``: 'ID/FIELD' → its spelling corrected; ``naming`` one of ``NAMINGS``; ``until`` the last day on which participants may
    still correct what they wrote, '' where none.
    """

    texts: Map[str, Kept] = field(default_factory=Map)
    left: frozenset[str] = frozenset()
    moves: tuple[tuple[str, str], ...] = ()
    aside: frozenset[str] = frozenset()
    highlights: Map[str, int] = field(default_factory=Map)
    corrections: Map[str, Kept] = field(default_factory=Map)
    naming: str = "named"
    until: str = ""

    def text(self, section: str, part: str) -> str:
        """What was written over a section, or ''."""
        kept = self.texts.get(f"{section}/{part}")
        return kept.text if kept else ""

    def corrected(self, contribution: Contribution) -> Contribution:
        """As it is told in the body: its spelling corrected where it was, and where its author has not changed the text since."""
        found = {
            key: kept.text
            for key in contribution.content
            if (kept := self.corrections.get(f"{contribution.id}/{key}")) and kept.seq > contribution.edited
        }
        return replace(contribution, content={**contribution.content, **found}) if found else contribution


def decide_edition(edition: Edition, act: Act, contribution: Contribution | None) -> Mapping[str, Any] | Refused | None:
    """What an act of the edition keeps; None where it changes nothing. ``contribution`` is the one that ``act.on`` names, if any."""
    if act.do in ("aside", "highlight", "correct"):
        if contribution is None or contribution.status == "withdrawn":
            return Refused("unknown-contribution", N_("This contribution no longer exists."), status=404)
        return _corrected(edition, act, contribution) if act.do == "correct" else _chosen(edition, act)
    section = act.content.get("section", "")
    if act.do in ("write", "leave", "arrange") and not (isinstance(section, str) and _ANCHOR.fullmatch(section)):
        return Refused("unknown-section", N_("There is no such section in this report."), status=404)
    match act.do:
        case "write":
            return _written(edition, act, section)
        case "leave":
            if section in ("", "annex", "method") or section.startswith("annex-"):
                text = N_("The annex and the method stay: the report holds every word, and says how it was made.")
                return Refused("must-stay", text, status=409)
            off = is_yes(act.content.get("off"))
            return None if (section not in edition.left) == off else {"section": section} | ({"off": True} if off else {})
        case "arrange":
            after = act.content.get("after", "")
            if not section or not isinstance(after, str) or not _ANCHOR.fullmatch(after) or after == section:
                return Refused("unknown-section", N_("There is no such section in this report."), status=404)
            return {"section": section, "after": after}
        case "naming":
            asked = act.content.get("as")
            if asked not in NAMINGS:
                return Refused("unknown-naming", N_("Choose how people are named: by name, under a number, or by their role alone."))
            return None if asked == edition.naming else {"as": asked}
        case _:
            until = act.content.get("until", "")
            if until and not _is_day(until):
                return Refused("not-a-day", N_("Give a day, as in 2026-12-31, or nothing to close."), field="until")
            return None if until == edition.until else {"until": until}


def fold_edition(edition: Edition, entry: Entry) -> Edition:
    """One entry further."""
    said, on = entry.content, entry.on
    off = bool(said.get("off"))
    match entry.do:
        case "write":
            key = f"{said['section']}/{said['part']}"
            return replace(edition, texts=edition.texts.set(key, Kept(str(said["text"]), entry.seq, entry.by, entry.at)))
        case "leave":
            one = {str(said["section"])}
            return replace(edition, left=edition.left - one if off else edition.left | one)
        case "arrange":
            move = (str(said["section"]), str(said["after"]))
            before = edition.moves[:-1] if edition.moves and edition.moves[-1][0] == move[0] else edition.moves
            return replace(edition, moves=(*before, move))
        case "aside":
            return replace(edition, aside=edition.aside - {on} if off else edition.aside | {on})
        case "highlight":
            kept = edition.highlights
            return replace(edition, highlights=(kept.delete(on) if on in kept else kept) if off else kept.set(on, entry.seq))
        case "correct":
            key = f"{on}/{said['field']}"
            return replace(edition, corrections=edition.corrections.set(key, Kept(str(said["text"]), entry.seq, entry.by, entry.at)))
        case "naming":
            # A way that is not known here, as a later version may have, names nobody.
            return replace(edition, naming=said["as"] if said["as"] in NAMINGS else "roles")
        case "reopen":
            return replace(edition, until=str(said["until"]))
    return edition


def _written(edition: Edition, act: Act, section: str) -> Mapping[str, Any] | Refused | None:
    part = act.content.get("part")
    if not isinstance(part, str) or part not in PARTS:
        return Refused("unknown-section", N_("There is no such section in this report."), status=404)
    texts = read_fields((PARTS[part],), act.content)
    if isinstance(texts, Refused):
        return texts
    kept, text = edition.texts.get(f"{section}/{part}"), texts.get("text", "")
    if (kept.text if kept else "") == text:
        return None
    if act.base is not None and act.base != (kept.seq if kept else 0):
        return _meanwhile()
    return {"section": section, "part": part, "text": text}


def _chosen(edition: Edition, act: Act) -> Mapping[str, Any] | None:
    there, off = act.on in (edition.aside if act.do == "aside" else edition.highlights), is_yes(act.content.get("off"))
    return None if there is not off else ({"off": True} if off else {})


def _corrected(edition: Edition, act: Act, contribution: Contribution) -> Mapping[str, Any] | Refused | None:
    """A text given back as it was written takes the correction away."""
    key = act.content.get("field")
    written = contribution.content.get(key) if isinstance(key, str) else None
    if not isinstance(key, str) or not isinstance(written, str):
        return Refused("unknown-field", N_("This contribution has no such text."), status=404)
    said = read_fields((Field("text", N_("Text"), max(2 * len(written), 200)),), act.content)
    if isinstance(said, Refused):
        return said
    kept, text = edition.corrections.get(f"{act.on}/{key}"), said.get("text") or written
    current = kept is not None and kept.seq > contribution.edited
    if (kept.text if kept and current else written) == text:
        return None
    if act.base is not None and act.base != max(kept.seq if kept else 0, contribution.edited):
        return _meanwhile()
    return {"field": key, "text": text}


def _meanwhile() -> Refused:
    text = N_("A colleague changed this text while you were writing. Yours stays here: compare, then save again.")
    return Refused("stale", text, status=409)


def _is_day(text: Any) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
