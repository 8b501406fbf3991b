"""Owns what an erasure reaches beyond the journal: the search forgets, the shelf forgets, what was published is made again without it.

Files of a publication are deleted at once; it is then made again from the journal as it stood on its own date, without what was erased, and
its addresses say so meanwhile. What was left undone, as by a power cut, is found when the program starts: the journal says what was erased.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import gevent

from facilitate import publications, shelf
from facilitate.core.agenda import Agenda
from facilitate.core.entry import Entry
from facilitate.core.erasure import ERASURES
from facilitate.core.state import SessionState, fold
from facilitate.core.tree import Document
from facilitate.house import brand
from facilitate.journal import SWEEP, Damaged, SessionRow, Unavailable
from facilitate.language import Language
from facilitate.library import Day, document_of
from facilitate.publications import NotPublished, Publication, Told
from facilitate.restitution.changes import Facts, facts_over
from facilitate.search import Search
from facilitate.workshop import Session, Workshop

log = logging.getLogger(__name__)

_QUIET, _ELSEWHERE, _AGAIN = 2.0, 30.0, 600.0
"""Seconds from the last erasure to the making; to a look whether another worker has made all; from one that failed to the next."""


class Remaking:
    """That of a workshop's days."""

    def __init__(self, workshop: Workshop, search: Search, languages: Mapping[str, Language]) -> None:
        self.workshop, self.search, self.languages = workshop, search, languages
        self.dropped: list[Callable[[str], None]] = []
        """Told the code of each session of which something was erased, on the hub: whoever keeps a paper of it lets it go."""
        self._turn = threading.Lock()
        workshop.erasers.append(self.erased)
        workshop.subscribers.append(self._told)
        self._next = gevent.spawn(self._make)
        if workshop.journal.setting(SWEEP) is not None:
            gevent.spawn(self._finish)

    def erased(self, row: SessionRow) -> None:
        """Once something was erased from a day; called in a thread."""
        self._forget(row.id)
        self.withdrawn(row.id)

    def _forget(self, id: str) -> None:
        self.search.forget(id)
        with self.workshop.journal.link() as link:
            shelf.forget(link, id)

    def _finish(self) -> None:
        """The program ended, the last time, between an erasure and the end of what follows it."""

        def forget() -> None:
            for id in self.workshop.journal.erased_from():
                self._forget(id)
            self.workshop.journal.sweep_due()

        try:
            gevent.get_hub().threadpool.apply(forget)
        except (Unavailable, Damaged) as error:
            log.error("the search may still hold what was erased: %s", error)
        self.workshop.sweep_soon()

    def followed(self, row: SessionRow) -> None:
        """Has all that follows an erasure follow what came, or went, by another way than an act; on the hub."""
        self.workshop.erased(row)
        self.soon()
        self.drop(row.code, row.id)

    def withdrawn(self, id: str) -> None:
        """Takes down what a session published, and what documents over several days published of it; called in a thread."""
        publications.take_down(self.workshop.journal, [id, *publications.over(self.workshop.journal, id)])

    def soon(self, seconds: float = _QUIET) -> None:
        """What is to be made again is, in a moment."""
        if gevent.getcurrent() is not self._next:
            self._next.kill(block=False)
        self._next = gevent.spawn_later(seconds, self._make)

    def drop(self, code: str, id: str) -> None:
        """Has the papers of a session, and of the documents over several days that hold it, let go."""
        journal = self.workshop.journal
        others = gevent.get_hub().threadpool.apply(publications.over, (journal, id))
        codes = [row.code for row in map(journal.by_id, others) if row]
        for told in self.dropped:
            for one in (code, *codes):
                told(one)

    def _told(self, session: Session, news: Sequence[Entry], *_: Any) -> None:
        if any(entry.do in ERASURES for entry in news):
            gevent.spawn(self.drop, session.code, session.row.id)
            self.soon()

    def _make(self) -> None:
        try:
            if not gevent.get_hub().threadpool.apply(self.make):
                self.soon(_ELSEWHERE)
        except (NotPublished, Unavailable, Damaged) as error:
            log.error("what was published could not be made again without what was erased: %s", error)
            self.soon(_AGAIN)

    def make(self) -> bool:
        """Makes again all that is to be; False where another worker is at it. Raises ``NotPublished``, ``Unavailable`` or ``Damaged``:
        what could not be made stays down, and keeps no other from being made."""
        failed: NotPublished | None = None
        with self._turn, self.workshop.journal.alone("remaking") as mine:
            if not mine:
                return False
            found = publications.stale(self.workshop.journal)
            publications.take_down(self.workshop.journal, found)
            for id in found:
                try:
                    self._again(id)
                except NotPublished as error:
                    failed = error
        if failed is not None:
            raise failed
        return True

    def _again(self, id: str) -> None:
        journal, at = self.workshop.journal, self.workshop.clock()
        row, made = journal.by_id(id), publications.last(journal, id)
        if row and made:
            told, agendas = self._report(row, made)
            language = self.languages[made.language]
            publications.remake(journal, row, made, told, language, at, brand(journal, agendas, language.say))

    def _report(self, row: SessionRow, made: Publication) -> tuple[Told, list[Agenda]]:
        """What it told, of the journal as it now stands up to its date."""
        kinds = self.workshop.kinds
        state = self._until(row, lambda entry: entry.seq > made.seq)
        if not state.collects:
            return publications.of_day(state, kinds), [state.agenda]
        journal = self.workshop.journal
        rows = filter(None, map(journal.by_id, state.collects.get("sessions", ())))
        days = [Day(one.code, self._until(one, lambda entry: entry.at > made.at)) for one in rows]
        days = [day for day in days if not day.state.collects]
        document = partial(document_of, state, days, kinds)

        def told(language: Language) -> tuple[Document, Facts]:
            whole = document(language)
            return whole, facts_over(state.edition, whole)

        return told, [day.state.agenda for day in days]

    def _until(self, row: SessionRow, later: Callable[[Entry], bool]) -> SessionState:
        return fold(SessionState(), stood(self.workshop.journal.since(row.id), later), self.workshop.kinds)

    def stop(self) -> None:
        """Ends what waits: it is found at the next start."""
        self._next.kill()


def stood(entries: Sequence[Entry], later: Callable[[Entry], bool]) -> list[Entry]:
    """A journal up to the first entry that is ``later``, and what was taken back since: what is made now tells none of it, of whatever
    date it is."""
    until = next((entry.seq for entry in entries if later(entry)), len(entries) + 1)
    return [entry for entry in entries if entry.seq < until or _takes_back(entry)]


def _takes_back(entry: Entry) -> bool:
    """A card withdrawn by its author or withheld by the staff, a consent that is given no more."""
    no_more = entry.do in ("introduce", "reach") and any(value is False for value in entry.content.values())
    return no_more or entry.do in ("withdraw", "withhold")
