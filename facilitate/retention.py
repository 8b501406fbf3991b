"""Owns how long things are kept: what the house decided, whose time has come, the archives' visa, removing it, the register of what went.

Nothing goes until an administrator decided how long it is kept: a program that deleted by a rule of its own would take days from people who
never heard of that rule. A duration that was just set removes nothing for a week. Where the house is a public body, what falls due
waits until the archives gave their visa (code du patrimoine, art. L. 212-2). Attendance lists have an end of their own, which a sheet or
the house may change.

Every function blocks, and may come from any thread; ``Retention`` lives on the hub and works in a thread, a piece at a time.
"""

import json
import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import gevent
import sqlalchemy as db
from sqlalchemy.engine import Connection

from facilitate import shelf
from facilitate.attendance import Attendance
from facilitate.attendance.day import USUAL, deleted_on
from facilitate.core.activity import Kinds
from facilitate.core.agenda import Agenda
from facilitate.core.entry import ERASED, Act, Caller, Refused
from facilitate.core.period import after, before
from facilitate.core.reading import Wrong, read_date, read_period
from facilitate.core.sheet import read_sheet
from facilitate.core.words import N_, clean
from facilitate.journal import LIST, Damaged, Journal, SessionRow, Unavailable, canonical
from facilitate.migrations import (
    accesses,
    attendance,
    codes,
    entries,
    keys,
    media,
    pseudonyms,
    publications,
    published,
    removed,
    sessions,
    settings,
)
from facilitate.remaking import Remaking
from facilitate.search import Search
from facilitate.workshop import Session, Workshop

log = logging.getLogger(__name__)

KEPT: Mapping[str, str] = {
    "day": N_("Days: what people wrote, their photos, the report and all else of the day"),
    "names": N_("Names of participants, within days that are kept"),
    "attendance": N_("Lists of those who came, and their signatures"),
    "publication": N_("Published reports, and the links to them"),
    "returns": N_("What lets a phone come back to its words: keys and codes"),
    "accesses": N_("The log of what staff open"),
}
"""What is kept, each with a duration of its own."""

BEFORE_VISA = ("day", "names", "attendance", "publication")
"""What is an archive where the house is a public body. Keys, and the log of who opened what, are the program's own traces."""

FATES: Mapping[str, str] = {"eliminated": N_("Eliminated"), "transferred": N_("Transferred to the archives")}
NOTICE = 7
"""Days between a duration being set and the first removal by it."""

RULES, _VISAS, RUN, _TURN = "retention", "visas", "retention run", "retention turn"
_LONGEST_RUN = timedelta(hours=1)
_HOUR = 3.5  # of the night, where the computer stands
_TABLES: Mapping[str, tuple[db.Table, ...]] = {
    "day": (entries, keys, codes, pseudonyms, media, attendance, published, publications),
    "attendance": (attendance,),
    "publication": (published, publications),
    "returns": (keys, codes),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the house decided. ``durations``: of what is in KEPT → how long ('P24M'), those decided alone; ``public``: a public body, whose
    archives give a visa; ``since`` the day on which this was decided, ISO."""

    durations: Mapping[str, str] = field(default_factory=dict)
    public: bool = False
    since: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """Something of a day whose time has come. ``what`` is in KEPT; ``day`` from which it counts, ``end`` when its time came, ``on`` when it
    goes; ``counts`` says how much: 'people', 'named', 'posts', 'photos', 'listed', 'files', 'keys'; ``waits`` for a visa."""

    session: str
    code: str
    title: str
    day: str
    what: str
    end: date
    on: date
    counts: Mapping[str, int]
    waits: bool = False

    @property
    def key(self) -> str:
        """What names it in a form."""
        return f"{self.what}:{self.session}"


@dataclass(frozen=True, slots=True)
class Visa:
    """The archives' agreement. ``given`` on that day by ``who``, under ``reference``; ``fate`` is in FATES; ``items`` keys of what it is
    about; ``at`` when it was noted, ``by`` whom of the staff."""

    id: str
    given: str
    who: str
    reference: str
    fate: str
    items: tuple[str, ...]
    at: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """A line of the register of removals. ``facts`` hold 'what', 'title', 'code', 'date', 'counts', and 'visa' where there was one."""

    at: str
    session: str
    facts: Mapping[str, Any]


# What the house decided


def rules(journal: Journal) -> Rules:
    """The house's; nothing decided at first."""
    return _rules(journal.setting(RULES))


def _rules(kept: str | None) -> Rules:
    return Rules(**json.loads(kept)) if kept else Rules()


def read_rules(typed: Mapping[str, str], public: bool, today: str) -> Rules | Refused:
    """What a form says: under each name of KEPT a duration as one writes it ('24 mois'), or nothing."""
    durations = {}
    for name in KEPT:
        text = clean(typed.get(name, "")).strip()
        if text:
            try:
                durations[name] = read_period(text)
            except Wrong as wrong:
                return Refused("bad-duration", wrong.text, wrong.values, field=name)
    return Rules(durations, public, today)


def decide(journal: Journal, given: Rules) -> None:
    """Keeps what the house decided; the same again is not decided anew."""
    if replace(rules(journal), since="") != replace(given, since=""):
        put(journal, RULES, canonical(asdict(given)))


def visas(journal: Journal) -> list[Visa]:
    """Every visa noted, the last first."""
    return _visas(journal.setting(_VISAS))


def _visas(kept: str | None) -> list[Visa]:
    return [Visa(**one | {"items": tuple(one["items"])}) for one in json.loads(kept or "[]")]


def read_visa(typed: Mapping[str, str], items: Iterable[str], waiting: Iterable[Due], at: str, by: str) -> Visa | Refused:
    """What a form says of a visa over some of what waits for one."""
    said = {name: " ".join(clean(typed.get(name, "")).split())[:200] for name in ("given", "who", "reference")}
    for name in said:
        if not said[name]:
            return Refused(
                "no-visa", N_("A visa has a date, someone who gave it, and a reference: write them as they stand on it."), field=name
            )
    try:
        given = read_date(said["given"])
    except Wrong as wrong:
        return Refused("bad-date", wrong.text, wrong.values, field="given")
    if given > at[:10]:
        return Refused("bad-date", N_("This date is still to come."), field="given")
    if typed.get("fate") not in FATES:
        return Refused("unknown-fate", N_("Say whether it is eliminated, or was transferred to the archives."), field="fate")
    keys = {one.key for one in waiting if one.waits}
    chosen = tuple(dict.fromkeys(one for one in items if one in keys))
    if not chosen:
        return Refused("no-days", N_("Tick what the visa is about."), field="items")
    return Visa(str(uuid.uuid4()), given, said["who"], said["reference"], typed["fate"], chosen, at, by)


def note_visa(journal: Journal, visa: Visa) -> None:
    """Keeps a visa: what it is about goes at the next run."""
    with journal.link() as link:
        known = _visas(_value(link, _VISAS))
        _keep(link, _VISAS, canonical([asdict(visa), *map(asdict, known)]))


def visa_over(noted: Sequence[Visa], one: Due) -> Visa | None:
    """The visa under which something goes: one that was noted once its time had come. What falls due anew needs another."""
    return next((visa for visa in noted if one.key in visa.items and visa.at[:10] >= one.end.isoformat()), None)


# Whose time has come


def due(journal: Journal, kinds: Kinds, today: date) -> list[Due]:
    """All whose time has come, by day: it goes on its ``on``, or once its visa was given."""
    kept, noted = rules(journal), visas(journal)
    shortest = max((before(today, period) for what, period in kept.durations.items() if what != "accesses"), default=date.min)
    if kept.public:
        shortest = max(shortest, today)
    found = []
    for row in journal.sessions():
        if date.fromisoformat(row.created[:10]) <= shortest:
            try:
                some = list(_due_of(journal, kinds, row, kept, today))
            except (Damaged, ValueError):
                log.exception("whether %s is kept too long could not be read", row.code)
                continue
            for one in some:
                archive = kept.public and one.what in BEFORE_VISA
                waits = archive and visa_over(noted, one) is None
                found.append(replace(one, waits=waits, on=one.end if archive else one.on))
    return sorted(found, key=lambda one: (one.day, one.code, list(KEPT).index(one.what)))


def _due_of(journal: Journal, kinds: Kinds, row: SessionRow, kept: Rules, today: date) -> Iterator[Due]:
    agenda, _ = read_sheet(journal.sheet(row.id), kinds)
    agenda = agenda or Agenda(row.title)
    with journal.link() as link:
        held, title = _held(link, row, agenda)
        made = _made(link, row.id)
        there = _counts(link, row.id)
    notice = date.fromisoformat(kept.since) + timedelta(days=NOTICE) if kept.since else date.min
    listed_until = deleted_on(agenda, row.created, kept.durations.get("attendance", USUAL))
    ends = {what: after(held, period) for what, period in kept.durations.items() if what in ("day", "names", "returns")}
    if "publication" in kept.durations and made:
        ends["publication"] = after(date.fromisoformat(made[:10]), kept.durations["publication"])
    if kept.public or "attendance" in kept.durations:
        ends["attendance"] = listed_until
    if ends.get("day", date.max) <= today:
        # With the day goes all that is of it.
        ends = {"day": ends["day"]}
    for what, end in ends.items():
        counts = {name: there[name] for name in _COUNTED[what] if there[name]}
        if end <= today and (counts or what == "day"):
            yield Due(row.id, row.code, title, held.isoformat(), what, end, max(end, notice), counts)


_COUNTED: Mapping[str, Sequence[str]] = {
    "day": ("people", "posts", "photos", "listed", "files"),
    "names": ("named",),
    "attendance": ("listed",),
    "publication": ("files",),
    "returns": ("keys",),
}


def _held(link: Connection, row: SessionRow, agenda: Agenda) -> tuple[date, str]:
    """The day from which durations count: that of its sheet, or the one on which it was begun here or ended, where that came later. A
    document over several days has that of its last change."""
    mine = entries.c.session == row.id
    finished = link.scalar(db.select(db.func.max(entries.c.at)).where(mine, entries.c.do == "finish"))
    last = finished or link.scalar(db.select(entries.c.at).where(mine).order_by(entries.c.seq.desc()).limit(1)) or ""
    chosen = link.scalar(db.select(entries.c.content).where(mine, entries.c.do == "collect").order_by(entries.c.seq.desc()).limit(1))
    title = str(json.loads(chosen).get("title", "")) if chosen else agenda.title
    days = (agenda.date if len(agenda.date) == 10 else "", row.created[:10], last[:10])
    return date.fromisoformat(max(days)), title


def _made(link: Connection, session: str) -> str:
    """When the publication that stands was made; ''."""
    mine = (publications.c.session == session) & publications.c.id.startswith("made:")
    return (link.scalar(db.select(db.func.max(publications.c.id)).where(mine)) or "").removeprefix("made:")


def _counts(link: Connection, session: str) -> dict[str, int]:
    def count(table: db.Table, *where: db.ColumnElement[bool], of: Any = None) -> int:
        asked = db.select(db.func.count() if of is None else db.func.count(of.distinct())).select_from(table)
        return link.scalar(asked.where(table.c.session == session, *where)) or 0

    met = entries.c.do.in_(("join", "introduce"))
    return {
        "people": count(entries, entries.c.do == "join", of=entries.c.by),
        "named": count(entries, met, entries.c.print != ERASED, of=entries.c.by),
        "posts": count(entries, entries.c.do == "post"),
        "photos": count(media),
        "listed": count(attendance),
        "files": count(published),
        "keys": count(keys),
    }


# Removing


def remove(journal: Journal, one: Due, at: str, search: Search) -> None:
    """Takes something of a day out of every table, with its line in the register, in one commit; all but names, which are an erasure's."""
    visa = visa_over(visas(journal), one)
    with journal.link() as link:
        if one.what == "day":
            search.take_out(link, one.session)
            shelf.forget(link, one.session)
        for table in _TABLES[one.what]:
            link.execute(db.delete(table).where(table.c.session == one.session))
        if one.what == "day":
            link.execute(db.delete(settings).where(settings.c.name == LIST + one.session))
            link.execute(db.delete(sessions).where(sessions.c.id == one.session))
        _register(link, one, at, visa)


def register(journal: Journal, one: Due, at: str) -> None:
    """Notes what was removed by another hand."""
    visa = visa_over(visas(journal), one)
    with journal.link() as link:
        _register(link, one, at, visa)


def _register(link: Connection, one: Due, at: str, visa: Visa | None) -> None:
    facts: dict[str, Any] = {"what": one.what, "title": one.title, "code": one.code, "date": one.day, "counts": dict(one.counts)}
    if visa:
        facts["visa"] = {"given": visa.given, "who": visa.who, "reference": visa.reference, "fate": visa.fate}
    link.execute(db.insert(removed).values(session=one.session, at=at, facts=canonical(facts)))


def gone(journal: Journal, most: int = 500) -> list[Gone]:
    """The register of removals, the last first."""
    with journal.link() as link:
        rows = link.execute(db.select(removed).order_by(removed.c.number.desc()).limit(most)).all()
    return [Gone(row.at, row.session, json.loads(row.facts)) for row in rows]


def last_run(journal: Journal) -> str:
    """When the last run ended; '' where none did."""
    return journal.setting(RUN) or ""


class Retention:
    """It runs by itself: when the program starts, then each night; one worker at a time."""

    def __init__(self, workshop: Workshop, lists: Attendance, search: Search, remaking: Remaking) -> None:
        self.workshop, self.lists, self.search, self.remaking = workshop, lists, search, remaking
        self._rules = Rules()
        lists.ends, workshop.lapsed = self._list_ends, self._lapsed
        self._nightly = gevent.spawn(self._each_night)

    def settle(self) -> None:
        """What the house decided holds from now on."""
        self._rules = self._apart(rules, self.workshop.journal)
        self.lists.usual = self._rules.durations.get("attendance", USUAL)

    def run(self) -> list[Due]:
        """Removes all that may go now; what it was. Nothing where another worker is at it. Raises ``Unavailable`` or ``Damaged``."""
        journal, now = self.workshop.journal, self.workshop.clock()
        self.settle()
        if self._rules == Rules(since=self._rules.since) or not self._apart(_take_turn, journal, now):
            return []
        done = []
        try:
            today = date.fromisoformat(now[:10])
            for one in self._apart(due, journal, self.workshop.kinds, today):
                if not one.waits and one.on <= today:
                    try:
                        self._remove(one, now)
                        done.append(one)
                    except Damaged:
                        log.exception("%s is kept too long, and could not be read to be removed", one.code)
                    gevent.sleep(0)
            self._apart(_forget_accesses, journal, today)
            if done:
                self._apart(journal.sweep_due)
                self.workshop.sweep_soon()
        finally:
            self._apart(_end_turn, journal, now)
        return done

    def _remove(self, one: Due, now: str) -> None:
        journal = self.workshop.journal
        if one.what == "names":
            self._unname(one, now)
        elif one.what == "attendance":
            session = self.workshop.session(one.code)
            if session is not None:
                self.lists.desk(session)  # whose time has come: it is deleted as it is opened
        elif one.what == "day":
            row = self._apart(journal.by_id, one.session)
            # Lest a power cut leave its words in what other documents published.
            self._apart(self.remaking.withdrawn, one.session)
            self._apart(remove, journal, one, now, self.search)
            self.workshop.erased(row)
            self.remaking.soon()
            self.workshop.let_go(one.code)
            self.lists.let_go(one.code)
        else:
            self._apart(remove, journal, one, now, self.search)
            if there := self.workshop.at_hand(one.code):
                there.look_again()
        self.remaking.drop(one.code, one.session)

    def _unname(self, one: Due, now: str) -> None:
        """Each participant's profile is erased, as they could do; what they wrote stays, unsigned."""
        session = self.workshop.session(one.code)
        if session is None:
            return
        asked = [Act(str(uuid.uuid4()), "erase", on=person, content={"what": "profile"}) for person in session.state.people]
        if all(isinstance(session.act(act, Caller("system")), int) for act in asked):
            self._apart(register, self.workshop.journal, one, now)

    def _lapsed(self, session: Session) -> bool:
        """Whether nobody comes back to this day any more, with a code either."""
        period, state = self._rules.durations.get("returns", ""), session.state
        if not period:
            return False
        days = (state.agenda.date if len(state.agenda.date) == 10 else "", session.row.created[:10], (state.finished or state.at)[:10])
        end = max(after(date.fromisoformat(max(days)), period), date.fromisoformat(self._rules.since) + timedelta(days=NOTICE))
        return date.fromisoformat(self.workshop.clock()[:10]) >= end

    def _list_ends(self, session: Session, agenda: Agenda, people: int) -> Callable[[Connection], None] | None:
        """Where a list whose time has come may be deleted now, what notes it."""
        journal, now, row = self.workshop.journal, self.workshop.clock(), session.row

        def asked() -> Callable[[Connection], None] | None:
            kept, today = rules(journal), datetime.fromisoformat(now).astimezone(ZoneInfo(agenda.timezone)).date()
            end = deleted_on(agenda, row.created, kept.durations.get("attendance", USUAL))
            day = agenda.date if len(agenda.date) == 10 else row.created[:10]
            one = Due(row.id, row.code, agenda.title, day, "attendance", end, end, {"listed": people})
            visa = visa_over(visas(journal), one)
            if today < end or (kept.public and visa is None):
                return None
            if "attendance" in kept.durations and not kept.public and today < date.fromisoformat(kept.since) + timedelta(days=NOTICE):
                return None
            return partial(_register, one=one, at=now, visa=visa)

        found: Callable[[Connection], None] | None = self._apart(asked)
        return found

    def _each_night(self) -> None:
        while True:
            try:
                self.run()
            except (Unavailable, Damaged):
                log.exception("what is kept too long could not be removed: at the next start, or tomorrow")
            except Exception:
                # A defect here must not end the nights to come.
                log.exception("what is kept too long could not be looked at")
            gevent.sleep(_until_night(datetime.now()))

    @staticmethod
    def _apart(work: Callable[..., Any], *args: Any) -> Any:
        return gevent.get_hub().threadpool.apply(work, args)

    def stop(self) -> None:
        """Ends the nightly run."""
        self._nightly.kill()


def _until_night(now: datetime) -> float:
    """Seconds to the next run, at an hour when no day is held."""
    hour = now.hour + now.minute / 60
    return ((_HOUR - hour) % 24 or 24) * 3600


def _forget_accesses(journal: Journal, today: date) -> None:
    period = rules(journal).durations.get("accesses")
    if period:
        with journal.link() as link:
            link.execute(db.delete(accesses).where(accesses.c.at < before(today, period).isoformat()))


def _take_turn(journal: Journal, now: str) -> bool:
    """Whether this worker is the one that runs: another's turn ends by itself, should its program have ended within it."""
    until = (datetime.fromisoformat(now) + _LONGEST_RUN).isoformat()
    held = journal.keep_setting(_TURN, "")
    if held > now:
        return False
    with journal.link() as link:
        mine = db.update(settings).where(settings.c.name == _TURN, settings.c.value == held).values(value=until)
        return link.execute(mine).rowcount == 1


def _end_turn(journal: Journal, now: str) -> None:
    with journal.link() as link:
        link.execute(db.update(settings).where(settings.c.name == _TURN).values(value=""))
        _keep(link, RUN, now)


def _value(link: Connection, name: str) -> str | None:
    return link.scalar(db.select(settings.c.value).where(settings.c.name == name))


def put(journal: Journal, name: str, value: str) -> None:
    """Keeps a setting in place of the one there was."""
    with journal.link() as link:
        _keep(link, name, value)


def _keep(link: Connection, name: str, value: str) -> None:
    if not link.execute(db.update(settings).where(settings.c.name == name).values(value=value)).rowcount:
        link.execute(db.insert(settings).values(name=name, value=value))
