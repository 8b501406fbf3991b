"""Owns the days behind a document over several of them: what each adds up to now, read in a thread and kept, without opening them."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial

from flask import current_app

from facilitate.core.agenda import Agenda
from facilitate.core.erasure import ERASURES
from facilitate.core.state import SessionState, fold
from facilitate.core.tree import Document
from facilitate.journal import Journal, SessionRow
from facilitate.language import Language
from facilitate.library import EDITABLE, Capitalisation, Day, document_of
from facilitate.web.door import off_hub, workshop
from facilitate.workshop import Session

_KEPT = 60


class Readings:
    """The days that documents were made of lately: each is read once, then only what came since."""

    def __init__(self) -> None:
        self._states: OrderedDict[str, SessionState] = OrderedDict()

    def day(self, row: SessionRow) -> Day:
        """A day as it is now; of one that is open here, its own state."""
        if there := workshop().at_hand(row.code):
            return Day(row.code, there.state)
        known, journal, kinds = self._states.get(row.id, SessionState()), workshop().journal, workshop().kinds

        def read() -> SessionState:
            news = journal.since(row.id, known.seq)
            if any(one.do in ERASURES for one in news):
                # It stands in what was read before.
                return fold(SessionState(), journal.since(row.id), kinds)
            return fold(known, news, kinds)

        state = off_hub(read)
        self._states[row.id] = state
        self._states.move_to_end(row.id)
        while len(self._states) > _KEPT:
            self._states.popitem(last=False)
        return Day(row.code, state)

    def forget(self) -> None:
        """Reads every day anew: something was erased."""
        self._states.clear()


def day_of(row: SessionRow) -> Day:
    """A day as it is now."""
    found: Readings = current_app.extensions.setdefault("readings", Readings())
    return found.day(row)


def rows_of(ids: Sequence[str]) -> list[SessionRow]:
    """The sessions of these ids that are here."""
    journal: Journal = workshop().journal
    every = {row.id: row for row in journal.sessions()}
    return [every[id] for id in ids if id in every]


def days_of(session: Session) -> list[Day]:
    """The days that a document over several gathers, those that are here."""
    days = map(day_of, rows_of(session.state.collects.get("sessions", ())))
    return [day for day in days if not day.state.collects]


def capitalised(session: Session, *, blanks: bool = False) -> Callable[[Language], Capitalisation]:
    """The document of a session that gathers others, in the making, in a language: to be made in a thread."""
    return partial(Capitalisation, session.state, days_of(session), workshop().kinds, blanks=blanks)


def document_over(session: Session, format: str) -> tuple[Callable[[Language], Document], list[Agenda]]:
    """The document of a session that gathers others, as this format holds it, in a language: to be made in a thread; and what its days
    say of themselves."""
    state, days, kinds = session.state, days_of(session), workshop().kinds
    made = partial(document_of, state, days, kinds, blanks=format in EDITABLE)
    return made, [day.state.agenda for day in days]
