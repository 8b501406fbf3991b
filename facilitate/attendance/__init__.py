"""Owns who is expected and who came: places and codes, ticking at the welcome desk, signing, the list's end. None of it is in the journal.

One ``Desk`` a day, in memory and in a table of its own. What is pressed says what it sets, so two desks at once lose nothing: the
last one wins, and both are shown it. Each change has a number, higher than those before it whichever worker makes it: who decided upon an
older one reads again, and decides again. The list is deleted by itself when its time has come.
"""

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import gevent
from gevent.lock import BoundedSemaphore, RLock
from sqlalchemy.engine import Connection

from facilitate.attendance.codes import Guesses, beginning, new_code
from facilitate.attendance.day import USUAL, Attended, Half, deleted_on, halves, now_on
from facilitate.attendance.person import Person, Tick
from facilitate.attendance.registrants import MOST, Registrant, completed, name_key, same
from facilitate.attendance.signing import Signature
from facilitate.core.agenda import Agenda
from facilitate.core.entry import Refused
from facilitate.core.words import N_
from facilitate.journal import Conflict, Damaged, Unavailable
from facilitate.workshop import Later, Session, Workshop

__all__ = ["SETS", "Attendance", "Desk"]

log = logging.getLogger(__name__)

_DAY = 24 * 3600
Set = Literal["came", "late", "left", "back", "none"]
SETS: tuple[Set, ...] = ("came", "late", "left", "back", "none")
"""What a press sets: here, here but late, gone, not gone after all, not here after all."""
P = ParamSpec("P")
T = TypeVar("T")


def _in_turn(change: Callable[Concatenate["Desk", P], T]) -> Callable[Concatenate["Desk", P], T]:
    """A change of the list, one at a time, decided anew where another worker's came first. Done twice it is done once."""

    @wraps(change)
    def done(self: "Desk", /, *given: P.args, **named: P.kwargs) -> T:
        with self._turn:
            while True:
                try:
                    return change(self, *given, **named)
                except Conflict:
                    self.look()

    return done


class Desk:
    """The list of one day. What writes may raise ``Unavailable`` or ``Damaged``: nothing was changed then."""

    def __init__(self, workshop: Workshop, session: Session) -> None:
        self._workshop, self._session = workshop, session
        self._turn = RLock()
        self._guesses = Guesses()
        self.forgotten: Sequence[Callable[[str], None]] = ()
        self.usual = USUAL
        self.people: dict[str, Person] = {}
        self.seq = -1
        self._gone: dict[str, int] = {}
        self.look()
        self._read_at, self._gone = self.seq, {}

    def look(self) -> None:
        """Reads the list again where another worker changed it."""
        with self._turn:
            found = gevent.get_hub().threadpool.apply(self._stored)
            if found is None:
                return
            seq, stored = found
            gone = self.people.keys() - stored.keys()
            self.people = {id: Person.read(id, facts) for id, facts in stored.items()}
            self._changed = {id: int(facts.get("seq", 0)) for id, facts in stored.items()}
            self._gone |= dict.fromkeys(gone, seq)
            self.seq = seq
        if gone:
            self._told()

    def _stored(self) -> tuple[int, dict[str, dict[str, Any]]] | None:
        """In a thread: the number of the last change and everyone, as they stood together; None where that is known."""
        journal, id = self._workshop.journal, self._session.row.id
        seq = journal.attendance_seq(id)
        while seq != self.seq:
            stored, now = journal.attendance(id), journal.attendance_seq(id)
            if now == seq:
                return seq, stored
            seq = now
        return None

    def _told(self) -> None:
        for told in self.forgotten:
            told(self._session.code)

    @property
    def halves(self) -> tuple[Half, ...]:
        """The day's; one that the sheet no longer has, but that was ticked, stays."""
        found = halves(self._session.state.agenda, self._workshop.kinds)
        ticked = {half for one in self.people.values() for half, tick in one.ticks.items() if tick.came}
        if len(found) == 1 and len(ticked) == 2:
            morning, afternoon = Half("am", "Morning"), Half("pm", "Afternoon")
            return (replace(morning, start=found[0].start), replace(afternoon, end=found[0].end))
        return found

    def half(self, key: str) -> Half:
        """That one, else the one that is on."""
        return next((one for one in self.halves if one.key == key), now_on(self.halves, self.hour()))

    def hour(self) -> str:
        """The room's: 'HH:MM'."""
        return self._now().strftime("%H:%M")

    def _now(self) -> datetime:
        return datetime.fromisoformat(self._workshop.clock()).astimezone(ZoneInfo(self._session.state.agenda.timezone))

    @property
    def deleted_on(self) -> date:
        """When this list is deleted."""
        return deleted_on(self._session.state.agenda, self._session.row.created, self.usual)

    @property
    def due(self) -> bool:
        """Whether that time has come."""
        return self._now().date() >= self.deleted_on

    def ordered(self) -> list[Person]:
        """Everyone, by family name."""
        return sorted(self.people.values(), key=lambda one: one.order)

    def listed(self) -> list[Person]:
        """Those who have a place, or came: who stands on paper."""
        return [one for one in self.ordered() if not one.standing or one.came]

    def changes(self, since: int) -> tuple[list[Person], list[str]]:
        """Who changed after ``since``, and the ids of those who were taken off the list."""
        changed = [one for one in self.ordered() if self._changed[one.id] > since]
        return changed, [id for id, seq in self._gone.items() if seq > since]

    def knows(self, since: int) -> bool:
        """Whether all who were taken off the list after ``since`` are known here: this worker may have read it later."""
        return since >= self._read_at

    @_in_turn
    def tick(self, id: str, half: str, what: Set, hour: str = "") -> Person | None:
        """Sets one half-day of one person, at ``hour`` or now; None for someone who is not on the list."""
        one = self.people.get(id)
        return one and self._kept(self._ticked(one, half, what, hour))

    def _ticked(self, one: Person, half: str, what: Set, hour: str = "") -> Person:
        was, at = one.tick(half), hour or self.hour()
        held = self._session.state.agenda.date == self._now().date().isoformat()
        late = held and self.half(half).key == half and self.half(half).late(at)
        # Arriving twice is arriving once: the first hour holds, unless one is given.
        came = replace(was, came=hour or was.came or at, late=was.late if was.came and not hour else late)
        then = {
            "came": came,
            "late": replace(came, late=True),
            "left": replace(came, left=at),
            "back": replace(was, left=""),
            "none": Tick(),
        }[what]
        # Whoever came in has a place, whatever the list said.
        return replace(one, ticks={**one.ticks, half: then}, standing="" if then.came else one.standing)

    @_in_turn
    def arrive(self, name: str, structure: str, half: str, *, phone: bool = True) -> Person:
        """Someone who is not on the list comes in; who is on it after all is not put there twice."""
        asked = Registrant(name, structure=structure)
        known = next((one for one in self.people.values() if same(_registrant(one), asked)), None)
        one = known or self._kept(Person(str(uuid.uuid4()), name, structure=structure, walkin=True, code=self._new_code()))
        if not phone and one.phone:
            one = self._kept(replace(one, phone=False))
        return self.tick(one.id, half, "came") or one

    # Signing on one's own phone

    @property
    def signing(self) -> bool:
        """Whether phones sign now: where the sheet says so, until the end of the day on which it was finished."""
        ended = self._ended()
        return self._session.state.agenda.attendance == "phone" and (ended is None or self._now().date() <= ended.date())

    def of_phone(self, key: str, participant: str) -> Person | None:
        """Whose phone this is: the one that signed for them, or that came in with their invitation."""
        mine = (one for one in self.people.values() if (key and one.key == key) or self._session.guest(one.id) == participant)
        return next(mine, None)

    @_in_turn
    def sign(self, drawn: str, key: str, *, id: str = "", name: str = "", structure: str = "") -> Person | Refused:
        """Someone signs for the half-day that is on, and so is here; once: a second signature changes nothing. ``id`` of who is known,
        else their ``name``: one of the list, whom no other phone signed for, or someone nobody expected."""
        asked = Registrant(name, structure=structure)
        if not self.signing:
            return Refused("signing-closed", N_("One no longer signs on a phone for this day: see the welcome desk."), status=409)
        one = self.people.get(id) or next((one for one in self.people.values() if same(_registrant(one), asked)), None)
        if one is not None and not id and one.key not in ("", key):
            text = N_("Another phone has signed under this name. Not yours? See the welcome desk. Someone else? Add your organisation.")
            return Refused("signed", text, field="name", status=409)
        if one is None and len(self.people) >= MOST:
            return Refused("too-large", N_("So many people are on this list that it takes no one else: see the welcome desk."), status=409)
        one = one or Person(str(uuid.uuid4()), name, structure=structure, walkin=True, code=self._new_code())
        half = self.half("").key
        if half in one.signatures:
            return one
        signed = replace(one, signatures={**one.signatures, half: Signature(self.hour(), drawn)}, key=key)
        return self._kept(self._ticked(signed, half, "came"))

    @_in_turn
    def unsign(self, id: str, half: str) -> Person | None:
        """Takes a signature off: the phone that made it is let go once none is left, and what was ticked stays."""
        one = self.people.get(id)
        if one is None or half not in one.signatures:
            return one
        left = {key: signature for key, signature in one.signatures.items() if key != half}
        return self._kept(replace(one, signatures=left, key=one.key if left else ""))

    @property
    def over(self) -> bool:
        """Whether the day is: finished, or past its last hour."""
        last, held, today = self.halves[-1].end, self._held(), self._now().date().isoformat()
        return bool(self._ended()) or held < today or (held == today and bool(last) and self.hour() >= last)

    def _held(self) -> str:
        """The day it takes place, ISO; today where the sheet does not tell."""
        day = self._session.state.agenda.date
        return day if len(day) == 10 else self._now().date().isoformat()

    def _ended(self) -> datetime | None:
        state = self._session.state
        return datetime.fromisoformat(state.finished).astimezone(ZoneInfo(state.agenda.timezone)) if state.finished else None

    def attended(self, one: Person) -> list[Attended]:
        """The half-days that someone attended, with the hours that are known: nothing but what was ticked or signed."""
        today, held = self._now().date().isoformat(), self._held()
        ended = self._ended()
        # Whoever finished early was not there until the end that was planned.
        ends = ended.strftime("%H:%M") if ended and ended.date().isoformat() == held else "24:00"
        found = []
        for half in self.halves:
            tick = one.tick(half.key)
            if tick.came:
                over = self.over or (held == today and self.hour() >= half.end)
                end = tick.left or (min(half.end, ends) if half.end and over else "")
                found.append(Attended(half, max(tick.came, half.start), end, one.signatures.get(half.key)))
        return found

    @_in_turn
    def correct(self, id: str, facts: Mapping[str, Any]) -> Person | None:
        """Puts right what is said of someone: any of the fields of a Person but its id."""
        one = self.people.get(id)
        return one and self._kept(replace(one, **facts))

    @_in_turn
    def merge(self, people: Sequence[Registrant]) -> tuple[int, int]:
        """(how many were added, how many were there): these are expected. Who is there keeps every tick and every fact."""
        added, kept = 0, dict[str, Person]()
        alike, begun = self._alike(), self._begun()
        for registrant in people:
            others = alike.setdefault(name_key(registrant.name), [])
            there = next((one for one in others if same(_registrant(one), registrant)), None)
            if there is None:
                added += 1
                there = Person(str(uuid.uuid4()), registrant.last, code=self._new_code(begun))
            else:
                others.remove(there)
            whole = completed(_registrant(there), registrant) if there.id in self.people else registrant
            facts = {name: getattr(whole, name) for name in ("last", "first", "structure", "role", "territory")}
            kept[there.id] = replace(there, **facts, walkin=False)
            # Completed, so that of two of one name in two organisations the second is someone else.
            others.append(kept[there.id])
        self._keep([one for one in kept.values() if one != self.people.get(one.id)])
        return added, len(people) - added

    def known(self, people: Sequence[Registrant]) -> set[tuple[int, ...]]:
        """The lines of those of a list who are on this one already."""
        alike = self._alike()
        return {each.lines for each in people if any(same(_registrant(one), each) for one in alike.get(name_key(each.name), ()))}

    def _alike(self) -> dict[str, list[Person]]:
        """Everyone, by name whatever its order, accents and capitals."""
        alike = dict[str, list[Person]]()
        for one in self.people.values():
            alike.setdefault(name_key(one.name), []).append(one)
        return alike

    @_in_turn
    def forget(self, *ids: str, also: Callable[[Connection], None] | None = None) -> None:
        """Takes people off the list, or deletes it whole: no byte of them stays. ``also`` is written with it, once."""
        gone = [id for id in ids if id in self.people] if ids else list(self.people)
        if gone:
            self._write({}, gone, also)
            for id in gone:
                del self.people[id], self._changed[id]
                self._gone[id] = self.seq
            self._told()
        self._settle()

    # Places, and the codes that bring people back to theirs

    @property
    def coded(self) -> bool:
        """Whether everyone of this list has a code of their own: they come on invitation, or registered before the day."""
        agenda = self._session.state.agenda
        return agenda.access == "list" or bool(agenda.deadline)

    @property
    def registering(self) -> bool:
        """Whether one may register now: until the end of the last day for it, where the room is."""
        state = self._session.state
        return bool(state.agenda.deadline) and self._now().date().isoformat() <= state.agenda.deadline and not state.finished

    @property
    def places(self) -> int:
        """How many can be expected, 0 without limit: what the sheet says."""
        return self._session.state.agenda.capacity

    @property
    def free(self) -> bool:
        """Whether a place is free."""
        return not self.places or sum(one.expected for one in self.people.values()) < self.places

    def waiting(self) -> list[Person]:
        """Those who wait for a place, the first first."""
        return sorted((one for one in self.people.values() if one.standing == "waiting"), key=lambda one: one.asked)

    def rank(self, one: Person) -> int:
        """Their turn on the waiting list, from 1; 0 for whoever does not wait."""
        return next((n for n, each in enumerate(self.waiting(), 1) if each.id == one.id), 0)

    def of_code(self, typed: str) -> Person | Later | None:
        """Whose code this is; None for a wrong one; Later where it was guessed at too often."""
        found = self._guesses.find(typed, [one.code for one in self.people.values() if one.code])
        return next(one for one in self.people.values() if one.code == found) if isinstance(found, str) else found

    @_in_turn
    def register(self, id: str, facts: Mapping[str, Any]) -> Person | Refused:
        """Someone asks for a place: the same ``id`` sent twice is the same person. Without a free place they wait for one."""
        if id in self.people:
            return self.people[id]
        if not self.registering:
            return Refused("registration-closed", N_("Registration is closed."), status=409)
        if len(self.people) >= MOST:
            return Refused("too-large", N_("So many people have registered that this list takes no one else."), status=409)
        self._settle()
        standing = "" if self.free else "waiting"
        one = Person(id, **facts, code=self._new_code(), standing=standing, asked=self._workshop.clock())  # type: ignore[arg-type]
        return self._kept(one)

    @_in_turn
    def add(self, facts: Mapping[str, Any]) -> Person:
        """The staff put someone on the list: a place is theirs, whatever the limit."""
        return self._kept(Person(str(uuid.uuid4()), **facts, code=self._new_code()))

    def leaves(self, one: Person) -> bool:
        """Whether giving their place back takes them off the list: they put themselves there; who was invited stays on it."""
        return bool(one.asked) and not one.came and self._session.state.agenda.access != "list"

    @_in_turn
    def withdraw(self, id: str) -> None:
        """Someone gives their place back, to the first who waits."""
        one = self.people.get(id)
        if one is not None and self.leaves(one):
            self.forget(id)
        elif one is not None:
            self._kept(replace(one, standing="declined"))
            self._settle()

    @_in_turn
    def seat(self, id: str, *, first: bool = False) -> Person | None:
        """Gives someone a place: ``first``, whatever the limit; else when their turn comes."""
        one = self.people.get(id)
        if one is None or not one.standing:
            return one
        if not first and not self.free:
            return self._kept(replace(one, standing="waiting", asked=one.asked or self._workshop.clock()))
        return self._kept(replace(one, standing=""))

    @_in_turn
    def renew(self, id: str) -> Person | None:
        """Another code for someone: the one they had opens nothing any more."""
        one = self.people.get(id)
        return one and self._kept(replace(one, code=self._new_code()))

    @_in_turn
    def settle(self) -> None:
        """A sheet that changed may have more places, and codes where it had none."""
        if self.coded:
            begun = self._begun()
            self._keep([replace(one, code=self._new_code(begun)) for one in self.people.values() if not one.code])
        self._settle()

    def _settle(self) -> None:
        """Free places go to those who wait, in their order."""
        free = self.places - sum(one.expected for one in self.people.values()) if self.places else len(self.people)
        if free > 0:
            self._keep([replace(one, standing="") for one in self.waiting()[:free]])

    def _begun(self) -> set[str]:
        return {beginning(one.code) for one in self.people.values()}

    def _new_code(self, begun: set[str] | None = None) -> str:
        return new_code(self._begun() if begun is None else begun) if self.coded else ""

    def counts(self, half: str) -> dict[str, int]:
        """How many were expected, are here or came in that half-day, are still awaited, came unannounced, have no phone."""
        people = self.people.values()
        came = [one for one in people if one.tick(half).came]
        return {
            "expected": sum(one.expected for one in people),
            "came": len(came),
            "gone": sum(bool(one.tick(half).left) for one in came),
            "absent": sum(one.expected and not one.tick(half).came for one in people),
            "remote": sum(one.remote for one in came),
            "waiting": sum(one.standing == "waiting" for one in people),
            "walkins": sum(one.walkin for one in came),
            "phoneless": sum(not one.phone for one in came),
            "signed": sum(half in one.signatures for one in people),
        }

    def _kept(self, one: Person) -> Person:
        self._keep([one])
        return one

    def _keep(self, people: Sequence[Person]) -> None:
        if people:
            self._write({one.id: one.stored() for one in people})
            for one in people:
                self.people[one.id] = one
                self._changed[one.id] = self.seq

    def _write(
        self, kept: Mapping[str, Mapping[str, Any]], gone: Sequence[str] = (), also: Callable[[Connection], None] | None = None
    ) -> None:
        # Higher than any that an earlier version of the program gave to a page that stayed open.
        seq = max(self.seq + 1, int(datetime.now().timestamp() * 1000))
        written = (self._session.row.id, self.seq, seq, kept, gone, also)
        if not self._workshop.writer.apply(self._workshop.journal.change_attendance, written):
            raise Conflict("another worker changed the list")
        self.seq = seq


def _registrant(one: Person) -> Registrant:
    return Registrant(one.last, one.first, one.structure, one.role, one.territory)


class Attendance:
    """The desks of a workshop's days, and the daily end of the lists whose time has come."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self.forgotten: list[Callable[[str], None]] = []
        """Told the code of a day of whose list someone was taken off: whoever keeps a paper of it lets it go."""
        self.ends: Callable[[Session, Agenda, int], Callable[[Connection], None] | None] = lambda *_: lambda _: None
        """Asked whether a list whose time has come is deleted now: the session, what its sheet says, how many people are on it; if so, what
        is written with its end."""
        self.usual = USUAL
        """How long lists are kept whose sheet does not say."""
        self._desks: dict[str, Desk] = {}
        self._turn = BoundedSemaphore()
        self._daily = gevent.spawn(self._sweep_daily)

    def desk(self, session: Session) -> Desk:
        """That day's, as it stands whichever worker changed it last. Raises ``Unavailable`` or ``Damaged``."""
        with self._turn:
            desk = self._desks.get(session.code)
            if desk is None:
                desk = self._desks[session.code] = Desk(self._workshop, session)
                desk.forgotten = self.forgotten
        desk.look()
        desk.usual = self.usual
        if desk.people and desk.due and (also := self.ends(session, session.state.agenda, len(desk.people))):
            desk.forget(also=also)
        return desk

    def let_go(self, code: str) -> None:
        """Forgets the list of a day that is no longer here."""
        self._desks.pop(code, None)

    def sweep(self) -> None:
        """Deletes every list whose time has come."""
        for row in self._workshop.writer.apply(self._workshop.journal.sessions):
            if self._workshop.writer.apply(self._workshop.journal.attendance, (row.id,)):
                session = self._workshop.session(row.code)
                if session is not None:
                    self.desk(session)

    def _sweep_daily(self) -> None:
        while True:
            try:
                self.sweep()
            except (Unavailable, Damaged):
                log.exception("the lists of those who came could not be looked at: tomorrow again, or at the next start")
            gevent.sleep(_DAY)

    def stop(self) -> None:
        """Ends the daily look."""
        self._daily.kill()
