"""Owns what the shelf's list knows of each day without reading its journal again: one small row a day, made anew once its journal grew.

The rows are readings of the journals, kept among the settings: lost, they are made again. Every call blocks and may come from any thread.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import sqlalchemy as db
from sqlalchemy.engine import Connection

from facilitate.core.activity import Kinds
from facilitate.core.reading import fold as folded
from facilitate.core.state import SessionState, fold
from facilitate.journal import Journal, SessionRow, canonical
from facilitate.migrations import entries, publications, sessions, settings

_KEPT = "day "
_VERSION = 1  # of what a row holds: another one makes them all again
_MOST_THEMES = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One day as the list tells it. ``seq`` of its journal then; ``date`` ISO or ''; ``themes`` those that people sorted cards into, and
    the workshops that ran side by side; ``kinds`` of the steps that were opened; ``registers`` whether places are kept; ``collects`` over
    how many days this is a document, where it is no day of its own."""

    seq: int
    title: str
    date: str = ""
    place: str = ""
    series: str = ""
    people: int = 0
    began: bool = False
    finished: str = ""
    themes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    registers: bool = False
    collects: int = 0
    v: int = _VERSION


@dataclass(frozen=True, slots=True)
class Kept:
    """A session and what is known of it: ``row`` None where its journal was never read, ``fresh`` where it says all that the journal does;
    ``published`` whether its report was."""

    session: SessionRow
    row: Row | None
    fresh: bool
    published: bool = False

    @property
    def date(self) -> str:
        """Its day, as its sheet says; else the day it was begun."""
        return self.row.date if self.row and len(self.row.date) == 10 else self.session.created[:10]

    @property
    def state(self) -> str:
        """'planned', 'running', 'finished' or 'published'."""
        if self.published or self.row is None:
            return "published" if self.published else "planned"
        return "finished" if self.row.finished else "running" if self.row.began else "planned"


class Shelf:
    """The rows of one journal."""

    def __init__(self, journal: Journal, kinds: Kinds) -> None:
        self.journal, self.kinds = journal, kinds

    def all(self) -> list[Kept]:
        """Every session, the latest day first."""
        last = db.select(db.func.max(entries.c.seq)).where(entries.c.session == sessions.c.id).scalar_subquery()
        with self.journal.link() as link:
            seqs = {row.id: row.last or 0 for row in link.execute(db.select(sessions.c.id, last.label("last")))}
            kept = {
                row.name.removeprefix(_KEPT): row.value
                for row in link.execute(db.select(settings).where(settings.c.name.startswith(_KEPT, autoescape=True)))
            }
            made = db.select(publications.c.session).where(publications.c.id.startswith("made:"))  # links stand there too
            published = set(link.scalars(made))
        found = []
        for session in self.journal.sessions():
            row = _row(kept.get(session.id, ""))
            fresh = row is not None and row.seq == seqs.get(session.id, 0)
            found.append(Kept(session, row, fresh, session.id in published))
        return sorted(found, key=lambda one: (one.date, one.session.created, one.session.code), reverse=True)

    def read(self, session: SessionRow, state: SessionState | None = None) -> Row:
        """Makes a day's row and keeps it: of its state where it is at hand, else of its journal (some 0.1 s for 1,500 cards)."""
        state = state or fold(SessionState(), self.journal.since(session.id), self.kinds)
        row = row_of(state, self.kinds)
        name, value = _KEPT + session.id, canonical(asdict(row))
        if self.journal.keep_setting(name, value) != value:
            with self.journal.link() as link:
                link.execute(db.update(settings).where(settings.c.name == name).values(value=value))
        return row


def forget(link: Connection, session: str) -> None:
    """Lets go of a day's row, within a transaction."""
    link.execute(db.delete(settings).where(settings.c.name == _KEPT + session))


def row_of(state: SessionState, kinds: Kinds) -> Row:
    """What the list tells of a day that stands there."""
    agenda, collects = state.agenda, state.collects
    return Row(
        state.seq,
        state.title,
        agenda.date,
        agenda.place,
        agenda.series,
        len(state.people),
        any(step.opened for step in state.ordered),
        state.finished,
        tuple(_themes(state, kinds).values())[:_MOST_THEMES],
        tuple(dict.fromkeys(step.activity.kind for step in state.ordered if step.opened)),
        bool(agenda.deadline) or agenda.access == "list",
        len(collects.get("sessions", ())),
    )


def _themes(state: SessionState, kinds: Kinds) -> Mapping[str, str]:
    """Folded → as it was written, the first time."""
    names: dict[str, str] = {}
    for step in state.ordered:
        kind = kinds.get(step.activity.kind)
        if kind is not None and step.opened:
            told = kind.themes(step.activity, state.summaries[step.activity.id], state.sources(step, kinds))
            for name, ids in told:
                if ids:
                    names.setdefault(folded(name), name)
    for track in state.tracks.values():
        names.setdefault(folded(track.name), track.name)
    names.pop("", None)
    return names


def _row(value: str) -> Row | None:
    facts = json.loads(value) if value else {}
    if facts.get("v") != _VERSION or facts.keys() != {one.name for one in fields(Row)}:
        return None
    return Row(**facts | {name: tuple(facts[name]) for name in ("themes", "kinds")})
