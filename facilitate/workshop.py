"""Owns the one door: every act upon a session passes through ``Session.act``, is decided, stored, and only then answered.

A session has one queue and one greenlet. It takes what has gathered, decides each act against the state left by those before it,
commits the whole batch in one go (in a thread: the hub goes on serving), then publishes the new state, answers, and tells the
subscribers. A batch that could not be stored leaves no trace, and its acts are answered 'later'.
"""

import base64
import hashlib
import hmac
import logging
import secrets
import sys
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, cast

import gevent
from gevent.event import AsyncResult
from gevent.lock import BoundedSemaphore
from gevent.queue import Queue
from gevent.threadpool import ThreadPool

from facilitate import metrics
from facilitate.core.activity import Kinds
from facilitate.core.contribution import Viewer
from facilitate.core.entry import Act, Actor, Caller, Entry, Refused
from facilitate.core.erasure import ERASURES, Erasure, erasure, left_by, masking
from facilitate.core.rules import Known, decide
from facilitate.core.state import SessionState, apply, fold
from facilitate.core.team import Member
from facilitate.core.words import N_
from facilitate.fragments import Lately
from facilitate.journal import LETTERS, STAFF, SWEEP, Conflict, Damaged, Journal, KeyRow, SessionRow, Unavailable
from facilitate.limits import Allowance

log = logging.getLogger(__name__)

# What a thread could not read or write is told to whoever asked it, and not printed, with its trace, by the hub as well.
gevent.hub.Hub.NOT_ERROR = (*gevent.hub.Hub.NOT_ERROR, Unavailable, Damaged)

_BATCH = 500
_TOGETHER = 0.045
"""Seconds from one commit to the next while a crowd writes: what comes meanwhile is written together, as it is told together."""
_CROWD = 4
"""People who wrote within three such spans: fewer are no crowd, and are answered at once."""
_CALM = 1.0
"""Seconds in which nobody waits for others, once it was seen that the others do not come: many who write one after the other."""
_WAITING = 5000
_REJOIN_SECONDS = 600
_REJOIN_DIGITS = 6
_REJOIN_GUESSES = 20
_SIGNS = LETTERS + "34579"
_LONG = 18
_SWEEP, _REST = 5.0, 1800.0
"""Seconds from the last erasure to the files written anew: several are swept at once. Where that takes long, since nobody last wrote."""
_SWIFT = 64_000_000
"""Bytes that are written anew within about a second, in which acts wait."""
_LEFT_UNDONE = 30.0
"""Seconds from an erasure that another worker did to a look whether all that follows it was done."""
_ANSWER = 7.0
_UNSAVED = N_("The room’s computer cannot save just now. Your text is kept and leaves by itself.")
_KEY = len(secrets.token_urlsafe(16))
_STRANGERS = 2000
"""Keys that were looked for in the journal and are nobody's."""
_LOOK, _DOOR = 0.05, 0.5
"""Seconds between two looks at what other workers wrote, and whom they let in, for those who need to know at once."""
_CACHES = type(lru_cache(lambda: None)), Lately
_PATIENCE = 10.0
"""Seconds for what is being done in threads, or by another process, to end."""
_SLICE = 50
"""Entries folded at a stretch where a whole day is read again: phones are answered between two."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: keep the act and send it again after ``seconds``. Same shape as Refused: a stable code and a msgid."""

    code: str
    text: str
    seconds: int = 3
    status: int = 503
    values: Mapping[str, Any] = field(default_factory=dict)


Answer = int | Refused | Later
Changed = Callable[["Session", Sequence[Entry], Sequence[Caller], SessionState], None]
"""Called after each commit: the session (already in its new state), the new entries, who asked, the state before."""


def utc_now() -> str:
    """Now, as entries write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def forget_words() -> None:
    """Empties every cache of this process: they are keyed by what people wrote."""
    for name, module in tuple(sys.modules.items()):
        if name.startswith("facilitate."):
            for kept in tuple(vars(module).values()):
                # By its type: a name of Flask's that stands for the request cannot be asked anything outside of one.
                if type(kept) in _CACHES:
                    kept.cache_clear()


def hash_key(key: str) -> str:
    """What is stored of a participant's key."""
    return hashlib.sha256(key.encode()).hexdigest()


class Workshop:
    """All the sessions of one journal. ``clock`` gives the time of entries (UTC, ISO); the core never asks for it itself."""

    def __init__(self, journal: Journal, kinds: Kinds, clock: Callable[[], str] = utc_now) -> None:
        self.journal = journal
        self.kinds = kinds
        self.clock = clock
        self.writer = ThreadPool(1)
        self.subscribers: list[Changed] = []
        self.apart: Callable[[str, Any], Any] = lambda module, question: None
        """Asks a module's ``answer`` in a process apart: plain JSON both ways, None where it cannot be had. Blocks."""
        self.erasers: list[Callable[[SessionRow], None]] = []
        """Called in a thread once something of a session was erased: each takes it out of what it keeps beside the journal."""
        self.forgetters: list[Callable[[SessionRow], None]] = []
        """The same, in every worker: each forgets what it keeps in memory."""
        self.parted: list[Callable[[Session], None]] = []
        """Called as a session is let go."""
        self.freshen: Callable[[Session], None] = lambda session: None
        """Called before someone is told of a session: has it take in what other workers wrote, lets it go if it was removed."""
        self.elsewhere: Callable[[Session], None] = lambda session: None
        """Has the other workers look again at what is kept of a session beside its entries."""
        self.lapsed: Callable[[Session], bool] = lambda session: False
        """Whether nobody comes back to that day any more, with a code: it is kept without what would let them."""
        self._sessions: dict[str, Session] = {}
        self._opening = BoundedSemaphore()
        self.wrote = 0.0
        self._undone = False
        self._sweeping = gevent.spawn(self._sweep)

    def session(self, code: str) -> "Session | None":
        """The session of a code as people type it ('rvt 482'), loaded from the journal the first time; None if there is none."""
        typed = "".join(code.split()).upper()
        found = self._sessions.get(typed)
        if found is None:
            row = gevent.get_hub().threadpool.apply(self.journal.session, (typed,)) if typed.isalnum() and len(typed) <= 12 else None
            return self._opened(row) if row else None
        self.freshen(found)
        return self._sessions.get(typed)

    def _opened(self, row: SessionRow) -> "Session":
        with self._opening:
            if row.code not in self._sessions:
                self._sessions[row.code] = Session(self, row)
            return self._sessions[row.code]

    @property
    def at_work(self) -> Collection["Session"]:
        """Every session that is loaded."""
        return tuple(self._sessions.values())

    def at_hand(self, code: str) -> "Session | None":
        """The session of a code ('RVT482') where it was loaded already."""
        return self._sessions.get(code)

    def standing(self, id: str) -> SessionState | None:
        """The state of a session, by its id, where it was loaded already. From any thread."""
        return next((one.state for one in self.at_work if one.row.id == id), None)

    def let_go(self, code: str) -> None:
        """Forgets a session whose journal is no longer there."""
        if session := self._sessions.pop(code, None):
            for told in self.parted:
                told(session)
            session.stop()

    def sheet(self, path: str, text: str, title: str, *, new: bool = False) -> "Session | Refused":
        """The session that runs the sheet at ``path``: the one already begun, or a new one. A changed text becomes a revision."""
        row = gevent.get_hub().threadpool.apply(self._begun, (path, text, title, new))
        session = self._opened(row)
        answer = session.act(Act(str(uuid.uuid4()), "sheet", content={"text": text}), Caller("system"))
        if isinstance(answer, Later):
            raise Unavailable(answer.text)
        return answer if isinstance(answer, Refused) else session

    def _begun(self, path: str, text: str, title: str, new: bool) -> SessionRow:
        """In a thread: the day's row, found or made; workers that are started at once on one sheet run one day."""
        with self.journal.alone("sheets", _PATIENCE) as mine:
            if not mine:
                raise Unavailable("another process has been opening a sheet all this time")
            row = None if new else self.journal.at_path(path) or self._brought(text, path)
            return row or self.journal.create(path=path, title=title, created=self.clock())

    def _brought(self, text: str, path: str) -> SessionRow | None:
        """A day that came in from another computer and was begun with this very sheet: it is gone on with here."""
        for row in self.journal.sessions():
            # Without reading the whole of each: an office has many that it will never go on with.
            if row.path is None and self.journal.sheet(row.id) == text:
                self.journal.place(row.id, path)
                return row
        return None

    def shelf(self, key: str) -> bool:
        """Whether ``key`` opens the shelf. Any day's does: the days of one data folder are one organisation's."""
        apart, journal = gevent.get_hub().threadpool, self.journal
        known = [row.keys.get("shelf", "") for row in apart.apply(journal.sessions)] + [apart.apply(journal.setting, ("shelf",)) or ""]
        opened = [hmac.compare_digest(one.encode(), key.encode()) for one in known]
        return bool(key) and any(opened)

    def own_shelf(self) -> str:
        """The shelf's key where no day was begun yet: made the first time, kept with the data."""
        return self.journal.keep_setting("shelf", secrets.token_urlsafe(16))

    def erased(self, row: SessionRow, *, here: bool = True) -> None:
        """Has every room forget what was just erased from a session's journal, then leaves no byte of it in the files. What another worker
        erased is forgotten here; the rest is that worker's, unless it ended before."""
        for eraser in (*self.forgetters, *(self.erasers if here else ())):
            try:
                gevent.get_hub().threadpool.apply(eraser, (row,))
            except Exception:
                # That something is due stays written: the next start does what follows it anew.
                self._undone = True
                log.exception("what was erased from %s may stand beside the journal still", row.code)
        forget_words()
        if here:
            self.sweep_soon()
        else:
            gevent.spawn_later(_LEFT_UNDONE, self._erased_elsewhere, row)

    def _erased_elsewhere(self, row: SessionRow) -> None:
        try:
            if self.writer.apply(self.journal.setting, (SWEEP,)) is not None:
                self.erased(row)
        except (Unavailable, Damaged) as error:
            log.warning("what was erased from %s may stand beside the journal until the next start: %s", row.code, error)

    def sweep_soon(self) -> None:
        """Leaves no byte in the files of what was taken out, in a moment."""
        self._sweeping.kill(block=False)
        self._sweeping = gevent.spawn_later(_SWEEP, self._rested)

    def _rested(self) -> None:
        """A large file is written anew when nobody writes: what was deleted is zeros already, but for what SQLite had copied elsewhere."""
        while self.journal.size > _SWIFT and (wait := self.wrote + _REST - time.monotonic()) > 0:
            gevent.sleep(wait)
        self._sweep()

    def _sweep(self) -> None:
        if self._undone:
            return
        # SQLite has one writer; PostgreSQL goes on taking acts meanwhile.
        apart = self.writer if self.journal.folder else gevent.get_hub().threadpool
        try:
            apart.apply(self._swept)
        except (Unavailable, Damaged) as error:
            # Another process reads, or there is no room to write the file anew: at the next erasure, or at the next start.
            log.warning("the files may still hold bytes of what was erased: %s", error)

    def _swept(self) -> None:
        """In a thread."""
        with self.journal.alone("sweep") as mine:
            if mine:
                self.journal.sweep()

    def measure(self) -> None:
        """Tells the metrics what stands now."""
        metrics.sessions.set(len(self._sessions))
        metrics.waiting.set(sum(one.waiting for one in self._sessions.values()))

    def close(self) -> None:
        """Waits for what is being written, then lets go of the journal."""
        for session in self._sessions.values():
            session.stop()
        self._sweeping.kill()
        self._sweep()
        self.writer.join()
        self.writer.kill()
        # Whatever still reads or writes in another thread holds a connection.
        gevent.with_timeout(_PATIENCE, gevent.get_hub().threadpool.join, timeout_value=None)
        self.journal.close()


@dataclass(slots=True)
class _Waiting:
    act: Act
    caller: Caller
    answer: "AsyncResult[Answer]"
    keys: tuple[KeyRow, ...] = ()

    @property
    def erases(self) -> bool:
        return self.act.do in ERASURES


class Session:
    """One day: its committed state, its keys, and the queue its acts pass through."""

    def __init__(self, workshop: Workshop, row: SessionRow) -> None:
        self.workshop = workshop
        self.row = row
        self.code = row.code
        self.asked = time.monotonic()
        """When someone last came to this day."""
        apart = gevent.get_hub().threadpool
        self.state = self._folded(SessionState(), apart.apply(workshop.journal.since, (row.id,)))
        self._phones, self._codes = apart.apply(self._doors)
        self._secrets: dict[str, bytes] = {}
        self._unsure = self._strange = self._erases = self._settling = False
        self._told = self.state
        self._untold: list[Entry] = []
        self._strangers: OrderedDict[str, None] = OrderedDict()
        self._newest, self._door = _Looks(self._look, _LOOK), _Looks(self._look_around, _DOOR)
        self._joined: dict[str, tuple[str, str]] = {}
        self._guesses, self._guessing = 0, Allowance(_REJOIN_GUESSES, 0.5, 1)
        self._left: set[str] = set()
        self._queue: Queue[_Waiting] = Queue()
        self._timer: gevent.Greenlet[..., None] | None = None
        self._greenlet = gevent.spawn(self._work)
        self._announce()
        if self.state.finished:
            # The program may have ended between the day's end and the end of its secrets.
            workshop.writer.spawn(self._forget)

    # Who is at the door

    def caller(self, key: str) -> Caller | None:
        """Whose key this is; compared in constant time for the staff's, by its hash for phones. One that is not known here is looked for in
        the journal, by all who ask at once: it may have been given by another worker. ``Unavailable`` where that cannot be."""
        if not key or len(key) > 200 or not key.isascii():
            return None
        found, hash = self._known(key), hash_key(key)
        if found is None and len(key) == _KEY and hash not in self._strangers:
            self._door.wait()
            found = self._known(key)
            if found is None:
                self._strangers[hash] = None
                if len(self._strangers) > _STRANGERS:
                    self._strangers.popitem(last=False)
        return found

    def _known(self, key: str) -> Caller | None:
        for audience in STAFF:
            if hmac.compare_digest(self.row.keys.get(audience, "").encode(), key.encode()):
                return Caller(audience)  # type: ignore[arg-type]
        participant = self._phones.get(hash_key(key))
        if participant:
            return Caller("participant", participant, key)
        for member in self.state.team.values():
            if hmac.compare_digest(self.member_key(member).encode(), key.encode()) and not member.left:
                return Caller(member.role, member=member.id, track=member.track)
            if hmac.compare_digest(self.wall_key(member).encode(), key.encode()) and not member.left:
                return Caller("wall", member=member.id)
        return None

    def member_key(self, member: Member) -> str:
        """The key of someone of the team: made from the console's, so that none is kept, and another computer's console makes others."""
        said = f"{member.role}:{member.track}:{member.id}"
        made = hmac.new(self.row.keys["console"].encode(), said.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(made[:16]).decode().rstrip("=")

    def wall_key(self, member: Member | None) -> str:
        """The wall's key, or the one that opens it to someone of the team for as long as their own link does."""
        return self.member_key(replace(member, role="wall")) if member else self.row.keys["wall"]

    def viewer(self, caller: Caller, activity: str) -> Viewer:
        """What a kind's view may know of the one who looks."""
        return Viewer(caller.audience, caller.participant, self._voter(caller.participant, activity), caller.owner, caller.member)

    def guest(self, person: str) -> str:
        """The participant whom someone of the day's list becomes, by their id there. Made from the console's key: nothing stored ties the
        two, and nothing can once the list is deleted."""
        return self._made(f"guest:{person}")

    def _made(self, of: str) -> str:
        """A participant's id, the same for the same words: nobody makes it without the console's key."""
        made = hmac.new(self.row.keys["console"].encode(), of.encode(), hashlib.sha256).digest()
        return str(uuid.UUID(bytes=made[:16], version=4))

    def join(self, id: str, profile: Mapping[str, Any], guest: str = "", *, kept: bool = False) -> tuple[str, str] | Refused | Later:
        """(participant, raw key) for someone who joins. The same ``id`` again, as from a double tap, within ten minutes, gives the same
        participant with another key: their phone may never have had the first.

        ``guest`` is the participant that someone of the list becomes, on whatever phone; ``kept``: a place was kept for them.
        """
        again = id not in self._joined and not guest
        participant, key = self._joined.setdefault(id, (guest or self._made(f"join:{id}"), secrets.token_urlsafe(16)))
        known = self.state.people.get(participant)
        if known and not guest and self._seconds_since(known.at) > _REJOIN_SECONDS:
            self._joined.pop(id)
            text = N_("This identifier was already used for something else. Reload the page and try again.")
            return Refused("conflict", text, status=409)
        if known and not again:
            # Not the key that was given: whoever reads this act's id in an archive would have it, and know their anonymous cards by it.
            return self._once_more(participant)
        act = Act(id, "join", content={**profile, **({"kept": True} if kept else {})})
        answer = self._ask(act, Caller("participant", participant, key), (KeyRow(hash_key(key), "participant", participant),))
        if isinstance(answer, Refused):
            self._joined.pop(id, None)
        if not isinstance(answer, int):
            return answer
        self._joined[id] = participant, ""  # nor is it held here
        # Two phones of one guest at once, the other came first; or someone who had joined before the program was started again.
        return (participant, key) if self._phones.get(hash_key(key)) == participant else self._once_more(participant)

    def _seconds_since(self, instant: str) -> float:
        return (datetime.fromisoformat(self.workshop.clock()) - datetime.fromisoformat(instant)).total_seconds()

    def let_in(self, id: str) -> bool:
        """Whether this very act has let someone in, since the program started: a double tap is no second phone."""
        return id in self._joined

    def issue_rejoin(self, participant: str) -> str | None:
        """A code of six digits that moves a person to another phone: once, within ten minutes. None for someone unknown."""
        if participant not in self.state.people:
            return None
        now = self.workshop.clock()
        while True:
            # A part of it that nobody knows, so that each is another.
            end = datetime.fromisoformat(now) + timedelta(seconds=_REJOIN_SECONDS, microseconds=secrets.randbelow(10**6))
            until = end.isoformat(timespec="microseconds").replace("+00:00", "Z")
            code = self._six(participant, until)
            kept = (self.row.id, self._made(f"code:{code}"), participant, until, now)
            if self.workshop.writer.apply(self.workshop.journal.keep_code, kept):
                self._codes[participant] = until
                self.workshop.elsewhere(self)
                return code

    def _six(self, participant: str, until: str) -> str:
        """Made from the console's key, so that every worker shows it and none keeps it."""
        return f"{uuid.UUID(self._made(f'six:{participant}:{until}')).int % 10**_REJOIN_DIGITS:0{_REJOIN_DIGITS}}"

    def rejoins(self) -> dict[str, str]:
        """The codes that still work, by participant: the console shows them."""
        now = self.workshop.clock()
        return {participant: self._six(participant, until) for participant, until in self._codes.items() if until > now}

    def keepsake(self, participant: str) -> str:
        """The long code that brings someone back to their words after the day, as often as they like; '' before its end. It is made from
        the console's key, so that their phone can show it again; the journal holds its hash alone, which goes where the day goes."""
        code = self._long_code(participant)
        return code if self.state.codes.get(hash_key(code)) == participant else ""

    def _long_code(self, participant: str) -> str:
        """18 signs, 75 bits: nobody guesses it, here or from its hash."""
        number = int.from_bytes(hmac.new(self.row.keys["console"].encode(), f"back:{participant}".encode(), hashlib.sha256).digest())
        signs = ""
        for _ in range(_LONG):
            number, place = divmod(number, len(_SIGNS))
            signs += _SIGNS[place]
        return signs

    def rejoin(self, code: str) -> tuple[str, str] | None:
        """(participant, a new raw key) for a rejoin code, of six digits or a long one. The old phone's key stays valid for what it still
        has to send."""
        typed = "".join(sign for sign in code.upper() if sign.isalnum())
        if kept := self.state.codes.get(hash_key(typed)):
            return None if self.workshop.lapsed(self) else self._once_more(kept)
        digits, journal, participant = "".join(code.split()), self.workshop.journal, ""
        if len(digits) == _REJOIN_DIGITS and not self._guessing.wait("", time.monotonic()):
            taken = (self.row.id, self._made(f"code:{digits}"), self.workshop.clock())
            participant = self.workshop.writer.apply(journal.take_code, taken)
        if not participant:
            # Six digits could be guessed: after so many wrong ones, here, every code falls, and the facilitator issues another.
            self._guesses += 1
            if self._guesses >= _REJOIN_GUESSES:
                self._guesses = 0
                self._codes.clear()
                self.workshop.writer.apply(journal.forget_codes, (self.row.id,))
            return None
        self._codes.pop(participant, None)
        self.workshop.elsewhere(self)
        return self._once_more(participant)

    def _once_more(self, participant: str) -> tuple[str, str]:
        """(participant, a new raw key): they go on with another phone."""
        key = secrets.token_urlsafe(16)
        row = KeyRow(hash_key(key), "participant", participant)
        self.workshop.writer.apply(self.workshop.journal.add_key, (self.row.id, row))
        self._phones[row.hash] = participant
        return participant, key

    # Acts

    def act(self, act: Act, caller: Caller) -> Answer:
        """Decides and stores one act; returns once it is on disk, or with the reason why it is not."""
        return self._ask(self._reckoned(act, caller), caller, ())

    def _reckoned(self, act: Act, caller: Caller) -> Act:
        """The act with what its kind wants worked out first, by a process apart: the hub goes on serving meanwhile."""
        step = self.state.steps.get(act.activity)
        kind = self.workshop.kinds.get(step.activity.kind) if step else None
        if step is None or kind is None or act.do not in kind.verbs or caller.audience not in kind.verbs[act.do].by:
            return act
        try:
            summary, sources = self.state.summaries[act.activity], self.state.sources(step, self.workshop.kinds)
            asked = kind.reckons(step.activity.settings, act, summary, sources)
            return replace(act, reckoned=gevent.get_hub().threadpool.apply(self.workshop.apart, asked)) if asked else act
        except Exception:
            # What could not be worked out apart is worked out when it is decided.
            log.exception("an act of the kind %r could not be prepared", act.do)
            return act

    def _ask(self, act: Act, caller: Caller, keys: tuple[KeyRow, ...]) -> Answer:
        if self._queue.qsize() > _WAITING:
            metrics.turned_away.add("busy")
            return Later("busy", N_("Many people are writing at once. Your text is kept and leaves by itself in a moment."))
        waiting = _Waiting(act, caller, AsyncResult(), keys)
        self._queue.put(waiting)
        # A database that takes no call and refuses none is waited for no longer than a phone waits; an erasure takes its time.
        late = Later("storage", _UNSAVED)
        return cast(Answer, gevent.with_timeout(None if waiting.erases else _ANSWER, waiting.answer.get, timeout_value=late))

    def _work(self) -> None:
        crowd = _Crowd()
        while True:
            self._settling = False
            batch = [self._queue.get()]
            self._settling = True
            if (wait := crowd.wait()) > 0:
                gevent.sleep(wait)
            # An erasure reads the whole journal, and stands alone.
            while not batch[0].erases and len(batch) < _BATCH and not self._queue.empty() and not self._queue.peek().erases:
                batch.append(self._queue.get())
            metrics.batch.observe(len(batch))
            crowd.took([(one.caller.participant, one.caller.member) for one in batch], waited=wait > 0)
            try:
                self._settle(batch)
            except (Unavailable, Damaged) as error:
                self._answer(batch, self._unsaved(error, [0] * len(batch)))
            except Exception:
                # A defect in one activity must not silence the day: this batch is answered 'later', the next one goes on.
                log.exception("a batch of %d acts could not be decided", len(batch))
                self._answer(batch, [_broken()] * len(batch))

    def _settle(self, batch: Sequence[_Waiting]) -> None:
        """Decides a batch, commits it, publishes the state, answers, tells the subscribers."""
        before, news = self._told, self._untold
        if self._unsure or self._strange:
            # A commit whose connection was lost may have been stored all the same.
            self._catch_up()
            self._unsure = False
        erases = batch[0].act.on if batch[0].erases else ""
        while True:
            gone, decided = None, self._decided(batch)
            if erases and isinstance(decided[1][0], int):
                # What is refused is refused without reading the whole day.
                gone = self._erasure(batch[0])
                decided = self._decided(batch, gone)
            state, answers, entries, keys = decided
            self._erases |= bool(erases and entries)
            failed = self.workshop.writer.apply(self._append, (entries, keys, gone)) if entries else None
            # A batch that writes nothing meets no conflict: that it was decided upon all that is written is seen by looking.
            behind = isinstance(failed, Conflict) or not entries
            if not behind or not self._catch_up():
                break
            metrics.conflicts.add()
        if failed is not None:
            self._unsure = True
            answers = self._unsaved(failed, answers)
        elif entries:
            self.workshop.wrote = time.monotonic()
            self._phones |= {key.hash: key.participant for key in keys}
            if erases:
                self._joined = {id: joined for id, joined in self._joined.items() if joined[0] != erases}
                # Should reading it fail, the next batch meets the tombstone, and reads it anew before all else.
                self._unsure = True
                self._catch_up(anew=True)
                self._unsure = False
            else:
                self.state = state
                news += entries
        if self.state.finished and not before.finished:
            self._secrets.clear()
            self.workshop.writer.apply(self._forget)
        self._answer(batch, answers)
        self._told, self._untold = self.state, []
        if news:
            self._tell(news, [waiting.caller for waiting in batch], before)
        if any(entry.do in ERASURES for entry in news):
            gevent.spawn(self.workshop.erased, self.row, here=self._erases)
            self._erases = False

    def _tell(self, news: Sequence[Entry], callers: Sequence[Caller], before: SessionState) -> None:
        self._announce()
        for told in self.workshop.subscribers:
            try:
                told(self, news, callers, before)
            except Exception:
                # What was stored is answered already: whoever shows it must not unsay it.
                log.exception("a subscriber could not be told of %d entries", len(news))

    def _forget(self) -> None:
        """In the writer's thread: destroys the secrets of a finished day; what fails now is done when the day is next loaded."""
        try:
            self.workshop.journal.destroy_secrets(self.row.id)
        except (Unavailable, Damaged):
            log.exception("the vote secrets of %s could not be destroyed", self.code)

    @staticmethod
    def _unsaved(error: Exception, answers: Sequence[Answer]) -> list[Answer]:
        log.error("the journal could not be written: %s", error)
        later = Later("storage", _UNSAVED)
        return [later if isinstance(answer, int) else answer for answer in answers]

    @metrics.commit.timed
    def _append(self, entries: Sequence[Entry], keys: Sequence[KeyRow], gone: Erasure | None) -> Conflict | Unavailable | Damaged | None:
        """In the writer's thread: None once the batch is on disk, or what stood in the way."""
        gone = gone or Erasure(())
        try:
            self.workshop.journal.append(self.row.id, self.state.seq, entries, keys, gone.emptied, gone.leave)
        except (Conflict, Unavailable, Damaged) as error:
            return error
        return None

    def _erasure(self, waiting: _Waiting) -> Erasure:
        """What an act takes out of the journal as it stands. The kinds of steps that are no longer there are not known."""
        on, state, kinds, apart = waiting.act.on, self.state, self.workshop.kinds, gevent.get_hub().threadpool
        found: Erasure
        entries: list[Entry] = self.workshop.writer.apply(self.workshop.journal.since, (self.row.id,))
        if waiting.act.do == "mask":
            found = apart.apply(masking, (entries, on, str(waiting.act.content.get("name", ""))))
            return found
        steps = {id: step.activity.kind for id, step in state.steps.items()}
        voters = {id: voter for id in steps if on in state.people and (voter := self._voter(on, id))}
        kept = {
            one: shot.media
            for id, kind in steps.items()
            if kind in kinds
            for one, shot in kinds[kind].snapshots(state.summaries[id]).items()
        }
        profile = waiting.act.content.get("what") == "profile"
        found = apart.apply(erasure, (entries, on, steps, kinds, voters, kept), {"profile": profile})
        return found

    def _decided(
        self, batch: Sequence[_Waiting], gone: Erasure | None = None
    ) -> tuple[SessionState, list[Answer], list[Entry], list[KeyRow]]:
        state, answers, entries, keys = self.state, list[Answer](), list[Entry](), list[KeyRow]()
        for waiting in batch:
            act, caller = waiting.act, waiting.caller
            if caller.participant in self._left and hash_key(caller.key) not in self._phones:
                # What waited behind the erasure of all they gave, or came by a page that is not ended yet: nobody could erase it.
                answers.append(Refused("not-joined", N_("This phone has not joined this day. Scan the code again."), status=403))
                continue
            if act.do == "finish":
                # The codes of those who are there at this very moment.
                act = replace(act, reckoned={hash_key(self._long_code(one)): one for one in sorted(state.people)})
            if gone is not None:
                act = replace(act, reckoned=gone)
            try:
                owner, voter = caller.owner(act.on or act.id), self._voter(caller.participant or act.behalf, act.activity)
                actor = Actor(caller.audience, caller.participant, owner, voter, caller.member, caller.track)
                decided = decide(state, act, actor, self.workshop.clock(), self.workshop.kinds)
                if isinstance(decided, tuple):
                    after = state
                    for entry in decided:
                        after = apply(after, entry, self.workshop.kinds)
                    state = after
            except (Unavailable, Damaged):
                raise
            except Exception:
                log.exception("an act of the kind %r could not be decided", act.do)
                answers.append(_broken())
                continue
            if isinstance(decided, Refused):
                answers.append(decided)
            elif isinstance(decided, Known):
                answers.append(int(decided))
            else:
                entries.extend(decided)
                keys.extend(waiting.keys if decided else ())
                answers.append(state.seq)
        return state, answers, entries, keys

    @staticmethod
    def _answer(batch: Sequence[_Waiting], answers: Sequence[Answer]) -> None:
        for waiting, answer in zip(batch, answers, strict=True):
            waiting.answer.set(answer)
            if waiting.act.do:
                metrics.answered(answer)

    def _catch_up(self, *, anew: bool = False) -> bool:
        """What another worker wrote, or a commit that seemed lost; whether there was any. After an erasure the whole day is read ``anew``:
        no memory keeps it."""
        since = 0 if anew else self.state.seq
        entries: list[Entry] = self.workshop.writer.apply(self.workshop.journal.since, (self.row.id, since))
        metrics.caught_up.add(number=0 if anew else len(entries))
        if not anew and any(entry.do in ERASURES for entry in entries):
            return self._catch_up(anew=True)
        if anew or self._strange:
            # A phone that another worker let in is looked for when it comes: whoever joins is not read by all of them.
            self._strange = False  # before: whoever comes while it is read is looked for again
            try:
                self._phones, self._codes = self.workshop.writer.apply(self._doors)
            except (Unavailable, Damaged):
                self._strange = True
                raise
        state = self._folded(SessionState() if anew else self.state, entries)
        news = [entry for entry in entries if entry.seq > self.state.seq]
        self.state = state
        self._untold += news
        self._left |= left_by(entries)
        return bool(news)

    def _folded(self, state: SessionState, entries: Sequence[Entry]) -> SessionState:
        for place in range(0, len(entries), _SLICE):
            state = fold(state, entries[place : place + _SLICE], self.workshop.kinds)
            gevent.sleep(0)
        return state

    def _doors(self) -> tuple[dict[str, str], dict[str, str]]:
        """In a thread: the phones' keys, and until when a code brings whom back."""
        journal, id = self.workshop.journal, self.row.id
        return {key.hash: key.participant for key in journal.keys(id)}, journal.codes(id)

    def _voter(self, participant: str, activity: str) -> str:
        """This participant's pseudonym in one activity: its secret is kept outside the journal and destroyed with the day's end."""
        step = self.state.steps.get(activity)
        kind = self.workshop.kinds.get(step.activity.kind) if step else None
        if not participant or kind is None or not (kind.pseudonymous or kind.votes) or self.state.finished:
            return ""
        if activity not in self._secrets:
            secret = self.workshop.writer.apply(self.workshop.journal.make_secret, (self.row.id, activity))
            if self.state.finished:
                # The day ended meanwhile: its secrets are destroyed already.
                self.workshop.writer.apply(self._forget)
                return ""
            self._secrets[activity] = secret
        return hmac.new(self._secrets[activity], participant.encode(), hashlib.sha256).hexdigest()[:32]

    # Announced closings

    def _announce(self) -> None:
        """Wakes when the first announced closing falls due. The journal holds the announcement, so a restart keeps it."""
        if self._timer is not None:
            self._timer.kill(block=False)
        due = [(step.closing, id) for id, step in self.state.steps.items() if step.closing and step.status == "open"]
        if not due:
            self._timer = None
            return
        until, id = min(due)
        seconds = (datetime.fromisoformat(until) - datetime.fromisoformat(self.workshop.clock())).total_seconds()
        self._timer = gevent.spawn_later(max(0.0, seconds), self._fall_due, id, until)

    def _fall_due(self, id: str, until: str) -> None:
        step = self.state.steps[id]
        if step.closing != until or step.status != "open":
            return
        track = step.activity.track
        then = step.then if id == self.state.on(track) else "close"
        content = {"leaving": id, "track": track} if then == "next" else {}
        # The same act from every worker, so that it takes effect once. Not from this greenlet: the announcement that follows would end it.
        gevent.spawn(self._insist, Act(self._made(f"closing:{id}:{until}"), then, id, content))

    def _insist(self, act: Act) -> None:
        """What nobody's phone keeps is asked again until it can be stored."""
        while isinstance(answer := self.act(act, Caller("system")), Later) and not self._greenlet.dead:
            gevent.sleep(answer.seconds)

    @property
    def waiting(self) -> int:
        """Acts in the queue."""
        return self._queue.qsize()

    def look_again(self) -> None:
        """Takes in what came into the journal by another way than an act, as an import."""
        self._strangers.clear()
        self._look_around()

    def newest(self) -> None:
        """Takes in what other workers wrote; all who ask at once wait for one look. ``Unavailable`` where that cannot be."""
        self._newest.wait()

    def _look_around(self) -> bool:
        self._strange = True
        return self._look()

    def _look(self) -> bool:
        """Whether what is known here is what was written, up to now."""
        self._unsure = True
        answer = self._ask(Act(str(uuid.uuid4()), ""), Caller("system"), ())  # asks for nothing: its batch begins by catching up
        return not isinstance(answer, Later)

    def stop(self) -> None:
        """Ends the greenlets once all that was asked is answered: whoever erases waits for as long as it takes."""
        while not self._greenlet.dead and (self._settling or not self._queue.empty()):
            gevent.sleep(0.01)
        if self._timer is not None:
            self._timer.kill()
        self._greenlet.kill()


class _Crowd:
    """Whether many write at once: then each commit waits for what else comes within a tick. Those who write one after the other, as many as
    they are, are no crowd: whoever waits for others that do not come is soon seen to."""

    def __init__(self) -> None:
        self._lately: dict[tuple[str, str], float] = {}
        self._began = self._calm = 0.0
        self._alone = 0

    def wait(self) -> float:
        """Seconds until the next commit may begin; none where nobody else writes."""
        many = len(self._lately) >= _CROWD and self._began >= self._calm
        return self._began + _TOGETHER - time.monotonic() if many else 0.0

    def took(self, whose: Sequence[tuple[str, str]], *, waited: bool) -> None:
        """Who wrote what begins to be committed now."""
        self._began = now = time.monotonic()
        self._lately = {who: at for who, at in self._lately.items() if at > now - 3 * _TOGETHER} | dict.fromkeys(whose, now)
        self._alone = self._alone + 1 if waited and len(whose) == 1 else 0
        if self._alone == 2:
            self._calm = now + _CALM


class _Looks:
    """A look that all who need it wait for together: one at a time begins, each so many seconds at most."""

    def __init__(self, look: Callable[[], bool], rest: float) -> None:
        self._look, self._rest = look, rest
        self._next: gevent.Greenlet[..., bool] | None = None
        self._due = 0.0

    def wait(self) -> None:
        """Until one that begins from now on is done; ``Unavailable`` where it could not be."""
        if self._next is None:
            self._next = gevent.spawn(self._begin)
        if not self._next.get():
            raise Unavailable("what other workers wrote cannot be read now")

    def _begin(self) -> bool:
        gevent.sleep(max(0.0, self._due - time.monotonic()))
        self._next, self._due = None, time.monotonic() + self._rest
        return self._look()


def _broken() -> Later:
    return Later(
        "broken", N_("Something went wrong on the room’s computer. Your text is kept; tell the facilitators if it stays."), 10, 500
    )
