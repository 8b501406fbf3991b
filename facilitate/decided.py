"""Owns what the house decided and this worker goes by in memory: looked at each second, taken up anew where another worker changed it."""

import logging
from collections.abc import Callable

import gevent
import sqlalchemy as db
from gevent.lock import BoundedSemaphore

from facilitate.journal import Damaged, Journal, Unavailable
from facilitate.migrations import settings

log = logging.getLogger(__name__)

_EACH = 1.0


class Decided:
    """Settings of a journal, and what is done where one of them is no longer what it was."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._follow: dict[str, Callable[[], None]] = {}
        self._known: dict[str, str | None] = {}
        self._version: int | None = None
        self._turn = BoundedSemaphore()
        self._greenlet = gevent.spawn(self._look_on)

    def follow(self, name: str, take_up: Callable[[], None]) -> None:
        """Takes up a setting, now and each time it changes, whichever worker changes it."""
        self._follow[name] = take_up
        self.look()

    def look(self) -> None:
        """Takes up at once what changed. Raises ``Unavailable`` or ``Damaged``: what is not taken up is the next time."""
        with self._turn:
            found: dict[str, str] = gevent.get_hub().threadpool.apply(self._read)
            for name, take_up in self._follow.items():
                if name not in self._known or self._known[name] != found.get(name):
                    take_up()
                    self._known[name] = found.get(name)

    def _read(self) -> dict[str, str]:
        with self._journal.link() as link:
            rows = link.execute(db.select(settings.c.name, settings.c.value).where(settings.c.name.in_(tuple(self._follow)))).all()
        return {row.name: row.value for row in rows}

    def _look_on(self) -> None:
        while True:
            gevent.sleep(_EACH)
            try:
                # SQLite's file tells without a query that nobody wrote at all.
                version = gevent.get_hub().threadpool.apply(self._journal.version)
                if version is None or version != self._version:
                    self.look()
                    self._version = version
            except (Unavailable, Damaged):
                pass  # whoever meets it says so
            except Exception:
                log.exception("what another worker decided could not be taken up")

    def stop(self) -> None:
        """Looks no more."""
        self._greenlet.kill()
