"""Owns the log of accesses: who of the staff opened or took away what, and when.

It names staff, by their account or the link they hold, and days; never a participant, a word of theirs, what was searched for, nor a key.
How long it is kept, ``retention`` knows.
"""

import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as db

from facilitate.core.words import N_
from facilitate.journal import Damaged, Journal, Unavailable, canonical
from facilitate.migrations import accesses

log = logging.getLogger(__name__)

DONE: Mapping[str, str] = {
    "report": N_("the report"),
    "pack": N_("the pack of every format"),
    "step": N_("what the report says of one step"),
    "tables": N_("the answers of a step, as tables"),
    "experiences": N_("experience sheets"),
    "contribution": N_("the joint contribution"),
    "edition": N_("the report, being edited"),
    "publication": N_("the publication, and who may read it"),
    "archive": N_("the whole day, as a zip"),
    "series": N_("the synthesis of a series"),
    "search": N_("the search in every day"),
    "desk": N_("the list of those who come"),
    "attendance": N_("the attendance list, as a file"),
    "log": N_("the log of the day"),
    "accesses": N_("this log of accesses"),
}
"""What can be opened or taken away, by the name it is kept under."""
_AGAIN = timedelta(hours=1)
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Access:
    """``at`` UTC, ISO; ``who`` 'staff:ID' an account, 'shelf' its key, else the id of a member of the team, or whose key of the day it was:
    'console'; ``did`` one of ``DONE``; ``session`` the day's id, ''; ``facts`` the format, the name of the team's member as it was."""

    at: str
    who: str
    did: str
    session: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Accesses:
    """The log of one journal. ``later(work, one)`` has it written by whoever writes, off the hub."""

    def __init__(self, journal: Journal, later: Callable[[Callable[[Access], None], Access], object]) -> None:
        self.journal, self._later = journal, later
        self._seen: OrderedDict[tuple[str, ...], datetime] = OrderedDict()

    def note(self, one: Access) -> None:
        """Keeps one access; the same again within the hour is the same, as a page that is loaded anew."""
        key, at = (one.who, one.did, one.session, canonical(one.facts)), datetime.fromisoformat(one.at)
        if key in self._seen and at - self._seen[key] < _AGAIN:
            return
        self._seen[key] = at
        self._seen.move_to_end(key)
        if len(self._seen) > _MOST:
            self._seen.popitem(last=False)
        self._later(self._write, one)

    def _write(self, one: Access) -> None:
        try:
            with self.journal.link() as link:
                row = {"at": one.at, "who": one.who, "did": one.did, "session": one.session, "facts": canonical(one.facts)}
                link.execute(db.insert(accesses).values(row))
        except (Unavailable, Damaged):
            # Whoever reads is not kept from it; that it is missing is said where the program speaks.
            log.exception("an access could not be noted: %s, %s", one.who, one.did)

    def latest(self, most: int, skip: int = 0) -> list[Access]:
        """The last first."""
        query = db.select(accesses).order_by(accesses.c.number.desc()).limit(most).offset(skip)
        with self.journal.link() as link:
            return [Access(row.at, row.who, row.did, row.session, json.loads(row.facts)) for row in link.execute(query)]

    def count(self) -> int:
        """How many are kept."""
        with self.journal.link() as link:
            return link.scalar(db.select(db.func.count()).select_from(accesses)) or 0
