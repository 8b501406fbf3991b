"""Owns real time: who is connected, which rooms they are in, and what each room is told after a commit.

A room is what a group of screens shows alike: the wall in French, the console in English, the phones, one person's own words.
It keeps the seq it was last told; an ``update`` carries the one before (``prev``), so a screen that missed one notices and asks
again. At most one update per room and tick, whatever the number of posts: at once when quiet, else every 40 ms.
"""

import json
import logging
import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from traceback import walk_tb
from types import TracebackType
from typing import Any

import gevent
import gevent.event
from flask_socketio import SocketIO
from gevent import spawn_raw
from werkzeug.http import parse_cookie

from facilitate import metrics
from facilitate.core.entry import Audience, Caller, Entry, Refused
from facilitate.core.erasure import ERASURES
from facilitate.core.rules import read_act
from facilitate.core.state import MODERATION, SessionState
from facilitate.core.words import N_
from facilitate.direct import Direct
from facilitate.journal import Unavailable
from facilitate.language import LANGUAGES
from facilitate.limits import Allowance
from facilitate.lines import Rooms, bounded
from facilitate.render import Asked, Place, Screens, audience_of
from facilitate.workshop import Answer, Later, Session, Workshop

log = logging.getLogger(__name__)

_TICK = 0.04
_SHARE = 10
"""A screen that takes long to draw is drawn the more seldom: once in so many times that time."""
_QUIET = 15.0
_PRESENCE = 2.0
_KNOCKS, _HEAVY_KNOCKS, _KNOCKING = 6144, 2048, 15.0
"""Lines that have not said whose they are: how many (fewer where each has two greenlets), and for how many seconds."""
_ERASURE = 10
"""Acts that one erasure is counted as: it reads the whole day."""
_LINES, _STAFF_LINES = 12, 200
"""Pages that one key may have open at once; one link of the wall, or of the console, may be on many screens."""
_ALIKE: tuple[Place, ...] = ("wall", "cards", "console", "remote", "notes", "scribe", "panel")
"""Places that look the same on every screen of a language, and of a track."""
_LOOKS: tuple[Place, ...] = ("wall", "console", "remote", "notes", "scribe", "panel")

_SAID = re.compile(r"0(?:\{|$)|1$|2(\d{0,15})(?=\[\"act\"[,\]])")
"""All that a page says: who it is, that it goes, an act."""

_TRACKED: tuple[Place, ...] = ("wall", "console", "remote")
_INSTEAD: Mapping[Audience, tuple[Audience, ...]] = {"notes": ("console",), "scribe": ("console",), "wall": ("participant",)}
"""Whose key opens a page too: the facilitator's those of the staff; a phone's shows it what the wall shows."""


@dataclass(slots=True)
class Room:
    """``seq`` last told, the HTML it stood for ('' where each screen asks for its own), who is in it, when it was last told; ``at`` the seq
    it was last drawn at, which ``took`` so many seconds, ``rest`` until when it is not drawn again."""

    name: str
    seq: int
    html: Any = ""
    members: set[str] = field(default_factory=set)
    told: float = 0.0
    at: int = 0
    took: float = 0.0
    rest: float = 0.0


@dataclass(frozen=True, slots=True)
class Connection:
    """One socket."""

    session: Session
    caller: Caller
    language: str
    rooms: tuple[str, ...]
    place: Place = "now"
    line: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """Who is connected to the other workers: participants, and the staff's pages as ``Live.driving`` has them."""

    here: frozenset[str] = frozenset()
    desks: tuple[tuple[str, str], ...] = ()


_NOBODY = Away()


class Live:
    """The real-time side of a workshop, through one Socket.IO server."""

    def __init__(self, socketio: SocketIO, workshop: Workshop, screens: Screens, build: Callable[[], str], *, direct: bool = True) -> None:
        self.socketio = socketio
        self._build = build
        self.workshop = workshop
        self.screens = screens
        self.rooms: dict[str, Room] = {}
        self.connections: dict[str, Connection] = {}
        self._alike: dict[str, set[str]] = {}
        self._desks: dict[str, dict[str, Connection]] = {}
        self._held: dict[str, dict[str, None]] = {}
        self._knocking: OrderedDict[str, float] = OrderedDict()
        self._present: dict[str, dict[str, int]] = {}
        self._dirty: dict[str, set[str]] = {}
        self._due: dict[str, tuple[float, gevent.Greenlet[..., None]]] = {}
        self._flushed: dict[str, float] = {}
        self._counted: dict[str, int] = {}
        self._acting, self._looking = Allowance(100, 5), Allowance(100, 5)
        self._staff, self._joining = Allowance(1000, 50), Allowance(1000, 5)
        self._guessing = Allowance(300, 2)
        self._sought: dict[str, gevent.event.Event] = {}
        self._server = server = socketio.server  # type: ignore[attr-defined]
        self._engine = server.eio
        server.manager = Direct(self._engine) if direct else Rooms()
        self._knocks = _KNOCKS if direct else _HEAVY_KNOCKS
        server.manager.set_server(server)
        self._engine.logger.addFilter(_ours)
        self._engine._async = bounded(self._engine._async, self._engine.max_http_buffer_size)
        self._engine.on("connect", self._knock)
        self._engine.on("message", self._hear)
        workshop.subscribers.append(self.changed)
        # Not as Flask's: none of them needs a request made up around it.
        for name in ("connect", "disconnect", "act"):
            server.on(name, getattr(self, name))
        workshop.parted.append(self.part)
        self.elsewhere: Callable[[str], Away] = lambda code: _NOBODY
        """Who is connected to other workers."""
        self._beats = gevent.spawn(self._beat)

    # Rooms

    def here(self, session: Session) -> Collection[str]:
        """The participants who are connected: people, not sockets."""
        return self._here(session.code)

    def _here(self, code: str) -> Collection[str]:
        away = self.elsewhere(code).here
        return away | self.present(code) if away else self.present(code)

    def present(self, code: str) -> Set[str]:
        """Those of them who are connected to this worker."""
        return self._present.get(code, {}).keys()

    def driving(self, session: Session) -> Collection[tuple[str, str]]:
        """Whose staff pages are open: (page, member of the team or ''), one for each screen."""
        return sorted((*self.desks(session.code), *self.elsewhere(session.code).desks))

    def desks(self, code: str) -> tuple[tuple[str, str], ...]:
        """Those of them that are open at this worker."""
        return tuple((one.place, one.caller.member) for one in self._desks.get(code, {}).values())

    @property
    def open(self) -> Set[str]:
        """The codes of the sessions of which a page is open at this worker."""
        return {code for kept in (self._alike, self._present) for code, some in kept.items() if some}

    def rooms_of(self, session: Session, place: Place, caller: Caller, language: str, track: str = "") -> dict[str, int]:
        """The rooms a page belongs to, each with the seq its HTML stands at."""
        names = _names(session, place, caller, language, track)
        return {name: self.rooms[name].seq if name in self.rooms else session.state.seq for name in names}

    def connect(self, socket: str, environ: Mapping[str, Any], auth: Any = None) -> bool | None:
        """A socket knocks with {"code", "key"?, "lang", "look", "track"?}; without a key, this browser's cookies speak."""
        try:
            return self._connect(socket, environ, auth)
        except Unavailable:
            return False  # its page asks why, is told 'later', and comes back

    def _connect(self, socket: str, environ: Mapping[str, Any], auth: Any) -> bool | None:
        auth = auth if isinstance(auth, Mapping) else {}
        code = str(auth.get("code", ""))[:12]
        session = None if self.guessed(code) else self.workshop.session(code)
        if session is None or session.state.collects:
            return False
        look = next((one for one in _LOOKS if one == auth.get("look")), None)
        audience: Audience = audience_of(look) if look else "participant"
        key = auth.get("key")
        kept = parse_cookie(environ.get("HTTP_COOKIE"))
        cookies = [kept.get(f"{one}-{session.code}") for one in (audience, *_INSTEAD.get(audience, ()))]
        if auth.get("person"):
            # A page says whose it is: on a shared phone its words leave under their name, whoever holds it now.
            cookies = [keys_held(session, kept).get(str(auth["person"]))]
        # As over HTTP: a link that was taken back stands in the way of no other that this browser holds.
        keys = cookies if key is None else [key if isinstance(key, str) else ""]
        caller = next(filter(None, (session.caller(one or "") for one in keys)), None)
        if caller is None or caller.audience not in (audience, *_INSTEAD.get(audience, ())):
            return False
        language = auth.get("lang") if auth.get("lang") in LANGUAGES else session.state.agenda.language
        place: Place = look or "now"
        if look == "wall" and caller.audience == "participant":
            place = "cards"
        asked = str(auth.get("track", ""))
        track = caller.track or (asked if place in _TRACKED and asked in session.state.tracks else "")
        names = tuple(_names(session, place, caller, str(language), track))
        line = self._server.manager.eio_sid_from_sid(socket, "/")
        if line is None:
            return None  # it ended while its key was looked for
        self.connections[socket] = Connection(session, caller, str(language), names, place, line)
        if place in ("console", "remote", "notes", "scribe"):
            self._desks.setdefault(session.code, {})[socket] = self.connections[socket]
        self._knocking.pop(line, None)
        held = self._held.setdefault(_holder(session, caller), {})
        held[line] = None
        if len(held) > (_LINES if caller.participant else _STAFF_LINES):
            # The eldest: what a phone left behind when its network went, most likely. Not that one again, however long its end takes.
            eldest = next(iter(held))
            del held[eldest]
            self._drop(eldest)
        for name in names:
            room = self.rooms.get(name) or self._opened(session, name)
            room.members.add(socket)
            self._server.enter_room(socket, name)
            self._send(socket, "update", {"room": name, "prev": room.seq, "seq": room.seq, "build": self._build()})
        if caller.participant:
            present = self._present.setdefault(session.code, {})
            present[caller.participant] = present.get(caller.participant, 0) + 1
        elif place != "wall":
            self.drives(session)
        return None

    def _opened(self, session: Session, name: str) -> Room:
        """A room's first member: what it shows now is what its screens have just been given."""
        shown = self.screens.shared(session) if name == f"{session.code}:mine" else ""
        self.rooms[name] = Room(name, session.state.seq, shown, told=time.monotonic())
        if ":mine" not in name:
            self._alike.setdefault(session.code, set()).add(name)
        return self.rooms[name]

    def disconnect(self, socket: str, *_: Any) -> None:
        """A socket left; its room goes with the last one."""
        gone = self.connections.pop(socket, None)
        if gone is None:
            return
        for name in gone.rooms:
            room = self.rooms.get(name)
            if room is not None:
                room.members.discard(socket)
                if not room.members:
                    del self.rooms[name]
                    self._alike.get(gone.session.code, set()).discard(name)
        self._desks.get(gone.session.code, {}).pop(socket, None)
        holder = _holder(gone.session, gone.caller)
        held = self._held.get(holder, {})
        held.pop(gone.line, None)
        if not held:
            self._held.pop(holder, None)
        if (line := self._engine.sockets.get(gone.line)) is not None and not line.closing:
            self._knocking[gone.line] = time.monotonic()
        if not gone.caller.participant and gone.place != "wall":
            self.drives(gone.session)
        present = self._present.get(gone.session.code, {})
        if gone.caller.participant in present:
            present[gone.caller.participant] -= 1
            if not present[gone.caller.participant]:
                del present[gone.caller.participant]

    def drives(self, session: Session) -> None:
        """Someone of the team came or went, a code was given: nothing was written, so consoles are asked to look again."""
        for name in tuple(self._alike.get(session.code, ())):
            if name.startswith((f"{session.code}:console:", f"{session.code}:remote:")):
                self._send(name, "presence", {"here": len(self.here(session)), "again": True})

    def act(self, socket: str, data: Any = None, *_: Any) -> dict[str, Any]:
        """The same act as over HTTP, answered through the acknowledgement."""
        found = self.connections.get(socket)
        if found is None:
            return {"later": "", "code": "not-connected"}
        act = read_act(data)
        if isinstance(act, Refused):
            answer: Answer = act
        else:
            answer = self.often(found.session, found.caller, act.do) or found.session.act(act, found.caller)
        if isinstance(answer, int):
            return {"seq": answer}
        text = self.screens.say(found.language).refusal(
            Refused(answer.code, answer.text, answer.values, plural=getattr(answer, "plural", ""))
        )
        if isinstance(answer, Refused):
            return {"refused": text, "code": answer.code} | ({"field": answer.field} if answer.field else {})
        return {"later": text, "code": answer.code, "after": answer.seconds}

    # How much each may ask

    def often(self, session: Session, caller: Caller, do: str = "", *, looks: bool = False) -> Later | None:
        """Not now, for whoever acts (or looks) more often than anyone does: for this key alone, whatever address it comes from."""
        allowance = (self._looking if looks else self._acting) if caller.participant else self._staff
        cost = _ERASURE if do in ERASURES else 1
        wait = allowance.wait(_holder(session, caller), time.monotonic(), cost)
        metrics.turned_away.add("often", number=bool(wait))
        text = N_("This sends more than one person can. Your text is kept and leaves by itself in a moment.")
        return Later("often", text, math.ceil(wait), 429) if wait else None

    def crowded(self, session: Session) -> Later | None:
        """Not now, for whoever comes in where more come than a room holds."""
        wait = self._joining.wait(session.code, time.monotonic())
        metrics.turned_away.add("crowded", number=bool(wait))
        return Later("crowded", N_("Many people are coming in at once. Try again in a moment."), math.ceil(wait), 429) if wait else None

    def guessed(self, code: str) -> Later | None:
        """Not now, where so many codes are looked for that someone tries them one after the other. A day that is under way is at hand, and
        found whatever anyone tries."""
        typed = "".join(code.split()).upper()
        if self.workshop.at_hand(typed) is not None:
            return None
        if (sought := self._sought.get(typed)) is not None:
            # After a restart a whole room comes at once: that is one code.
            sought.wait()
            return None
        if wait := self._guessing.wait("", time.monotonic()):
            metrics.turned_away.add("guesses")
            text = N_("Many codes are being tried at this moment. Wait a little, then type yours again.")
            return Later("guesses", text, math.ceil(wait), 429)
        sought = self._sought[typed] = gevent.event.Event()
        try:
            if self.workshop.session(typed) is not None:
                # That was no guess.
                self._guessing.wait("", time.monotonic(), -1)
        finally:
            del self._sought[typed]
            sought.set()
        return None

    def _knock(self, line: str, environ: Any) -> Any:
        """A line is open, and has not said whose it is: for so long, and so many at once; the eldest goes first."""
        if len(self._knocking) >= self._knocks:
            self._drop(next(iter(self._knocking)))
        self._knocking[line] = time.monotonic()
        socket = self._engine.sockets[line]
        socket.queue.full = partial(gevent.spawn, socket.close, wait=False, abort=True)
        # All that is read of a request once its line is open.
        return self._server._handle_eio_connect(line, {"HTTP_COOKIE": environ.get("HTTP_COOKIE", "")})

    def _hear(self, line: str, said: Any) -> None:
        """What a page says. Whoever says anything else is no page of ours."""
        try:
            if isinstance(said, str) and (meant := _SAID.match(said)):
                if (id := meant.group(1)) is None:
                    self._server._handle_eio_message(line, said)
                elif (socket := self._server.manager.sid_from_eio_sid(line, "/")) in self.connections:
                    spawn_raw(self._answer, line, socket, id, json.loads(said[meant.end(1) :]))
                return
        except (ValueError, RecursionError) as error:
            if error.__traceback__ and _through_us(error.__traceback__.tb_next):
                log.exception("what a page said could not be heard")
        self._drop(line)

    def _answer(self, line: str, socket: str, id: str, said: Sequence[Any]) -> None:
        try:
            told = json.dumps([self.act(socket, *said[1:])], separators=(",", ":"))
            if id:
                self._engine.send(line, f"3{id}{told}")
        except Exception:
            log.exception("an act could not be answered")

    def _drop(self, line: str) -> None:
        self._knocking.pop(line, None)
        if (socket := self._engine.sockets.get(line)) is not None:
            socket.queue.full()

    # After a commit

    def changed(self, session: Session, entries: Sequence[Entry], callers: Sequence[Caller], before: SessionState) -> None:
        """Called by the workshop: remembers whose own words changed, and tells the rooms at the next tick."""
        dirty = self._dirty.setdefault(session.code, set())
        dirty |= {caller.participant for caller in callers if caller.participant}
        # What another worker wrote: its author may have a page open here.
        dirty |= {entry.by for entry in entries if entry.by}
        for entry in entries:
            if entry.do == "dismiss" or (entry.do == "erase" and entry.content.get("leaves")):
                self._shut_out(session, entry.on)
            if entry.on and (found := session.state.contribution(entry.on)) and (found[1].by or entry.do in MODERATION):
                # Nobody knows whose phone holds an anonymous card: '' has all of them look again.
                dirty.add(found[1].by)
            step = session.state.step(entry.activity)
            if step is not None and (kind := self.workshop.kinds.get(step.activity.kind)):
                dirty |= set(kind.concerns(session.state.summaries[entry.activity], entry))
        self._flush_at(session, self._flushed.get(session.code, 0.0) + _TICK)

    def _flush_at(self, session: Session, wanted: float) -> None:
        """The rooms are told then, if they are not to be earlier."""
        due = self._due.get(session.code)
        if due is not None and due[0] <= wanted:
            return
        if due is not None:
            due[1].kill(block=False)
        self._due[session.code] = wanted, gevent.spawn_later(max(0.0, wanted - time.monotonic()), self._flush, session)

    def _shut_out(self, session: Session, who: str) -> None:
        """The link of someone of the team was taken back, or a participant erased all they gave: their open pages are told nothing more.
        They ask again, which is refused, and then say so."""
        self._end(session, lambda caller: who in (caller.member, caller.participant))

    def part(self, session: Session) -> None:
        """A session is no longer there: nor are its pages."""
        self._end(session, lambda caller: True)

    def _end(self, session: Session, whose: Callable[[Caller], bool]) -> None:
        for socket, one in tuple(self.connections.items()):
            if one.session is session and whose(one.caller):
                for name in one.rooms:
                    self._server.leave_room(socket, name)
                    self._send(socket, "update", {"room": name, "prev": -1, "seq": session.state.seq})
                gevent.spawn(self._server.disconnect, socket)

    @metrics.fanout.timed
    def _flush(self, session: Session) -> None:
        self._due.pop(session.code, None)
        self._flushed[session.code] = began = time.monotonic()
        dirty = self._dirty.pop(session.code, set())
        for place in _ALIKE:
            # Only what someone looks at is drawn.
            for name in [one for one in self._alike.get(session.code, ()) if one.startswith(f"{session.code}:{place}:")]:
                room = self.rooms.get(name)
                if room is not None and room.at != session.state.seq:
                    if room.rest <= began:
                        _tried(self._tell_alike, session, place, room)
                    else:
                        self._flush_at(session, room.rest)
        _tried(self._tell_phones, session, dirty)

    def _tell_alike(self, session: Session, place: Place, room: Room) -> None:
        """One rendering for every screen of this place, language and track."""
        began, spent, seq = time.monotonic(), time.thread_time(), session.state.seq
        html = self._drawn(session, place, room)
        # One that took long once, as when much else was to be collected, does not count.
        took, spent = room.took, time.thread_time() - spent
        room.took, room.rest = spent, began + _SHARE * min(took, spent)
        if html != room.html:
            before, room.html = room.html, html
            # A wall on many phones: what they have is not sent to them again.
            news = {"cut": cut(before, html)} if place == "cards" and before else {"html": html}
            self._update(room, seq, **news)

    def _drawn(self, session: Session, place: Place, room: Room) -> str:
        language, _, track = room.name.split(":", 2)[2].partition(":")
        caller = Caller("wall" if place == "cards" else audience_of(place), track=track)
        room.at = session.state.seq
        return self.screens.region(session, place, Asked(caller, language, self.here(session), track=track, driving=self.driving(session)))

    def cards(self, session: Session, language: str) -> tuple[int, str] | None:
        """(seq, HTML) of the wall as phones were last told it, from memory: those who come to it at once cost one drawing. None where
        nobody looks at it."""
        room = self.rooms.get(_alike(session, "cards", language, ""))
        if room is None:
            return None
        if not room.html:
            room.html = self._drawn(session, "cards", room)
            if room.seq != session.state.seq:
                # Whoever was here before has not been told, and is not once it is drawn.
                self._update(room, session.state.seq)
        return room.seq, room.html

    def _tell_phones(self, session: Session, dirty: set[str]) -> None:
        """Phones are told that something of theirs changed; each asks for its own region."""
        room = self.rooms.get(f"{session.code}:mine")
        if room is not None:
            shown = self.screens.shared(session)
            if shown != room.html or "" in dirty:
                room.html = shown
                self._update(room, session.state.seq)
        for participant in dirty:
            own = self.rooms.get(f"{session.code}:mine:{participant}")
            if own is not None:
                self._update(own, session.state.seq)

    def _update(self, room: Room, seq: int, **more: Any) -> None:
        metrics.updates.add()
        self._send(room.name, "update", {"room": room.name, "prev": room.seq, "seq": seq, **more})
        room.seq, room.told = seq, time.monotonic()

    def _send(self, room: str, event: str, data: Mapping[str, Any]) -> None:
        """The one way out: an event to a room, or to the one socket of that name."""
        self._server.manager.emit(event, data, "/", room=room)

    # While nothing happens

    def _beat(self) -> None:
        """Every two seconds who is here, where it changed; every fifteen the seq of quiet rooms, so that a lost last update is noticed."""
        while True:
            gevent.sleep(_PRESENCE)
            _tried(self._pulse)

    def _pulse(self) -> None:
        now = time.monotonic()
        while self._knocking and next(iter(self._knocking.values())) + _KNOCKING < now:
            self._drop(next(iter(self._knocking)))
        for code, names in tuple(self._alike.items()):
            here = len(self._here(code))
            if self._counted.get(code) != here:
                self._counted[code] = here
                for name in tuple(names):
                    if name.startswith((f"{code}:wall:", f"{code}:console:", f"{code}:remote:")):
                        self._send(name, "presence", {"here": here})
        quiet = [room for room in self.rooms.values() if now - room.told > _QUIET]
        for n, room in enumerate(quiet):
            if n % 100 == 0:
                gevent.sleep(0)
            self._update(room, room.seq)

    def measure(self) -> None:
        """Tells the metrics who is connected here."""
        metrics.lines.set(len(self.connections))
        metrics.participants.set(sum(map(len, self._present.values())))

    def stop(self) -> None:
        """Ends the beat, and the watch over lines."""
        self._beats.kill()
        self._server.manager.stop()


def cut(before: str, now: str) -> list[list[int] | str]:
    """A text made of the lines of one that its reader has: [first, beyond the last] of those, or lines that are new."""
    had = before.split("\n")
    places = {line: place for place, line in enumerate(had)}
    parts = list[list[int] | str]()
    for line in now.split("\n"):
        last = parts[-1] if parts else None
        if isinstance(last, list) and last[1] < len(had) and had[last[1]] == line:
            last[1] += 1
        elif (place := places.get(line)) is not None:
            parts.append([place, place + 1])
        elif isinstance(last, str):
            parts[-1] = f"{last}\n{line}"
        else:
            parts.append(line)
    return parts


def _tried(tell: Callable[..., None], *what: Any) -> None:
    """What one screen cannot be told, by a defect of its template say, keeps no other from its news."""
    try:
        tell(*what)
    except Exception:
        log.exception("a screen could not be told")


def _ours(record: logging.LogRecord) -> bool:
    """Whether the trace of an error leads through our code: a packet that is none is its sender's fault, and fills no log."""
    trace = record.exc_info[2] if record.exc_info else None
    return trace is None or _through_us(trace)


def _through_us(trace: TracebackType | None) -> bool:
    return any(frame.f_globals.get("__name__", "").startswith("facilitate.") for frame, _ in walk_tb(trace))


def _holder(session: Session, caller: Caller) -> str:
    """Who asks, as one who is counted."""
    return caller.participant or f"{session.code}:{caller.audience}:{caller.member}"


def _alike(session: Session, place: Place, language: str, track: str) -> str:
    return f"{session.code}:{place}:{language}" + (f":{track}" if track else "")


def keys_held(session: Session, cookies: Mapping[str, str]) -> dict[str, str]:
    """The people who share a browser, each with the key it keeps for them; who holds it now comes first."""
    keys = [cookies.get(f"participant-{session.code}", ""), *cookies.get(f"others-{session.code}", "").split(".")]
    callers = [caller for key in keys if (caller := session.caller(key)) and caller.participant]
    return {caller.participant: caller.key for caller in callers}


def _names(session: Session, place: Place, caller: Caller, language: str, track: str) -> list[str]:
    if place in _ALIKE:
        return [_alike(session, place, language, track)]
    return [f"{session.code}:mine"] + ([f"{session.code}:mine:{caller.participant}"] if caller.participant else [])
