"""Owns what joins several workers on one database: each takes in what the others wrote, and knows who is connected to them.

Once a second one query tells how far the days have gone that someone here is at. Where there is a Redis, each commit is told through it
at once, and who is connected; nothing is kept there, and nobody ever waits for it: it is spoken to by two threads of its own.
"""

import json
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

import gevent
from gevent.lock import BoundedSemaphore

from facilitate import metrics
from facilitate.journal import Damaged, Unavailable
from facilitate.live import Away, Live
from facilitate.workshop import Session, Workshop

log = logging.getLogger(__name__)

_POLL, _WHOLE = 1.0, 60
"""Seconds between two looks at the days that someone is at; every so many, at all that are loaded."""
_UNWATCHED = 30.0
"""Seconds after which nobody is at a day any more that no page was asked of."""
_SHARED = 60.0
"""Seconds for which a day that another wrote to is looked at before each page of it, while Redis says nothing."""
_PRESENCE, _TOLD_AGAIN, _LAPSES = 2.0, 10.0, 25.0
"""Seconds between two looks at who is here, from one telling of it to the next, and until what another worker told is forgotten."""
_ANSWERS, _PAUSE, _PAUSES = 2.0, 0.25, 10.0
"""Seconds in which Redis answers, and the first and the longest pause before it is tried again."""
_TICK, _UNHEARD, _MOST = 0.02, 5.0, 10_000
"""Seconds from one telling to the next; without a word, where each worker says one every two; messages that wait to be read."""
_NOBODY = Away()


class Workers:
    """What this worker tells the others, and takes from them."""

    def __init__(self, workshop: Workshop, live: Live, redis_url: str | None = None) -> None:
        self.workshop, self.live, self.id = workshop, live, secrets.token_urlsafe(6)
        self._round = 0
        self._seen: tuple[int | None, frozenset[str]] = None, frozenset()
        self._known: dict[str, int] = {}
        self._shared: dict[str, float] = {}
        self._behind: set[str] = set()
        self._asking = BoundedSemaphore()
        self._told: dict[str, tuple[float, Away]] = {}
        self._heard: dict[str, dict[str, tuple[float, Away]]] = {}
        self._away: dict[str, Away] = {}
        workshop.subscribers.append(self._written)
        workshop.parted.append(self._part)
        workshop.freshen, workshop.elsewhere = self._freshen, self._again
        live.elsewhere = lambda code: self._away.get(code, _NOBODY)
        self._bus: Bus | None = None
        self._greenlets = [gevent.spawn(self._each, _POLL, self._poll)]
        if redis_url:
            # Others may share that Redis with another database: they are not heard.
            channel = f"facilitate:{workshop.journal.keep_setting('bus', secrets.token_urlsafe(16))}"
            self._bus = Bus(redis_url, channel, self._take)
            self._say("", here=[])
            self._greenlets.append(gevent.spawn(self._each, _PRESENCE, self._tell_presence))

    @staticmethod
    def _each(seconds: float, work: Callable[[], None]) -> None:
        while True:
            gevent.sleep(seconds)
            try:
                work()
            except (Unavailable, Damaged):
                pass  # the acts that meet it say so
            except Exception:
                log.exception("the other workers could not be looked at")

    def stop(self) -> None:
        """Says goodbye, and ends."""
        gevent.killall(self._greenlets)
        if self._bus:
            self._say("", bye=True)
            self._bus.stop()

    def _part(self, session: Session) -> None:
        for kept in (self._known, self._shared, self._told, self._heard, self._away):
            kept.pop(session.code, None)

    # What others wrote

    def _poll(self) -> None:
        self._round += 1
        whole, version = self._round % _WHOLE == 0, _apart(self.workshop.journal.version)
        # SQLite's file tells without a query that nobody wrote at all; but a day loaded since may have been read before.
        seen = version, frozenset(one.code for one in self.workshop.at_work)
        if whole or version is None or seen != self._seen:
            open, since = self.live.open, time.monotonic() - _UNWATCHED
            watched = [one for one in self.workshop.at_work if whole or one.code in open or one.waiting or one.asked > since]
            if not watched or self._compare(watched):
                self._seen = seen

    def _compare(self, sessions: Collection[Session]) -> bool:
        """Has these sessions take in what others wrote to them; those that were removed are let go. Whether all could be."""
        lasts = gevent.spawn(self._lasts, [one.row.id for one in sessions]).get()
        if lasts is None:
            return False
        for one in sessions:
            if one.row.id not in lasts:
                self.workshop.let_go(one.code)
        behind = [one for one in sessions if lasts.get(one.row.id, -1) > one.state.seq]
        gevent.joinall([gevent.spawn(self._reach, one, lasts[one.row.id]) for one in behind])
        return all(one.state.seq >= lasts[one.row.id] for one in behind)

    def _lasts(self, ids: Collection[str]) -> Mapping[str, int] | None:
        # A database that hangs holds one thread, however many ask and go.
        if not self._asking.acquire(timeout=_ANSWERS):
            return None
        try:
            found: Mapping[str, int] = _apart(self.workshop.journal.lasts, ids)
            return found
        except (Unavailable, Damaged):
            return None
        finally:
            self._asking.release()

    def _reach(self, session: Session, seq: int) -> None:
        """Has a session take in what was written up to ``seq``; several who ask at once wait for one look."""
        code = session.code
        self._known[code] = max(seq, self._known.get(code, 0))
        self._shared[code] = time.monotonic() + _SHARED
        self._behind.add(code)
        try:
            while session.state.seq < self._known.get(code, 0):
                before = session.state.seq
                session.newest()
                if session.state.seq == before:
                    break
        except (Unavailable, Damaged):
            pass  # the next poll looks again
        finally:
            self._behind.discard(code)

    def _freshen(self, session: Session) -> None:
        """Before a page of it: what is known to have been written is taken in first, as far as the database can be asked."""
        now, hears = time.monotonic(), self._bus is not None and self._bus.hears
        asked, session.asked = session.asked, now
        with suppress(Unavailable, Damaged), gevent.Timeout(_ANSWERS, False):  # type: ignore[arg-type]
            if asked < now - _UNWATCHED and session.code not in self.live.open:
                self._compare([session])
                if session is self.workshop.at_hand(session.code):
                    session.look_again()  # keys go by themselves, when a day has been kept long enough
            elif session.code in self._behind or (not hears and self._shared.get(session.code, 0.0) > now):
                session.newest()

    def _written(self, session: Session, *_: Any) -> None:
        if session.state.seq > self._known.get(session.code, 0):
            self._say(session.code, seq=session.state.seq)
            metrics.nudges.add("sent", number=self._bus is not None)

    def _again(self, session: Session) -> None:
        self._say(session.code, again=True)

    # Who is connected

    def _tell_presence(self) -> None:
        now = time.monotonic()
        self._say("", here=[])
        for code in self.live.open | self._told.keys():
            mine = Away(frozenset(self.live.present(code)), self.live.desks(code))
            at, told = self._told.get(code, (0.0, _NOBODY))
            if mine != told or now - at > _TOLD_AGAIN:
                self._say(code, here=sorted(mine.here), desks=mine.desks)
                self._told[code] = now, mine
                if mine == _NOBODY:
                    del self._told[code]
        for code, workers in tuple(self._heard.items()):
            for worker in [one for one, (until, _) in workers.items() if until < now]:
                self._known_away(code, worker, _NOBODY)

    def _known_away(self, code: str, worker: str, away: Away) -> None:
        workers = self._heard.setdefault(code, {})
        if away == _NOBODY:
            workers.pop(worker, None)
        else:
            if worker not in workers:
                self._told.pop(code, None)  # one that has just come is told who is here
            workers[worker] = time.monotonic() + _LAPSES, away
        before, all = self._away.get(code, _NOBODY), [one for _, one in workers.values()]
        if all:
            self._away[code] = Away(frozenset().union(*(one.here for one in all)), tuple(desk for one in all for desk in one.desks))
        else:
            self._away.pop(code, None)
            self._heard.pop(code, None)
        session = self.workshop.at_hand(code)
        if session and sorted(self._away.get(code, _NOBODY).desks) != sorted(before.desks):
            self.live.drives(session)

    # The bus

    def _say(self, code: str, **what: Any) -> None:
        if self._bus:
            self._bus.say(f"{code} {next(iter(what))}", {"from": self.id, "session": code} | what)

    def _take(self, said: Mapping[str, Any]) -> None:
        """On the hub, in a greenlet: what a worker said."""
        worker, code = str(said.get("from")), str(said.get("session"))
        session = self.workshop.at_hand(code)
        if worker == self.id:
            return
        if "bye" in said:
            for one in [one for one, workers in self._heard.items() if worker in workers]:
                self._known_away(one, worker, _NOBODY)
        elif session is None:
            return
        elif "seq" in said:
            metrics.nudges.add("received")
            if int(said["seq"]) > session.state.seq and code not in self._behind:
                self._reach(session, int(said["seq"]))
            else:
                self._known[code] = max(int(said["seq"]), self._known.get(code, 0))
        elif "again" in said:
            session.look_again()
            self.live.drives(session)
        elif "here" in said:
            desks = tuple((str(place), str(member)) for place, member in said.get("desks", ()))
            self._known_away(code, worker, Away(frozenset(map(str, said["here"])), desks))


def _apart(work: Callable[..., Any], *given: Any) -> Any:
    return gevent.get_hub().threadpool.apply(work, given)


class Bus:
    """One channel of a Redis. ``take`` is called with each message, in a greenlet of its own. ValueError for a URL that is none."""

    def __init__(self, url: str, channel: str, take: Callable[[Mapping[str, Any]], None]) -> None:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._redis = redis.Redis.from_url(
            url, socket_connect_timeout=_ANSWERS, socket_timeout=_ANSWERS, retry=Retry(NoBackoff(), 0), protocol=2
        )
        said = self._redis.connection_pool.connection_kwargs
        self._where = said.get("path") or f"{said.get('host', 'localhost')}:{said.get('port', 6379)}"
        self._channel, self._take = channel, take
        self._out: dict[str, Mapping[str, Any]] = {}
        self._in: deque[bytes] = deque(maxlen=_MOST)
        metrics.redis_up.set(0)
        self._lock, self._some, self._ended = threading.Lock(), threading.Event(), threading.Event()
        self._heard, self._answers = float("-inf"), True
        self._woken = gevent.get_hub().loop.async_()
        self._woken.start(lambda: gevent.spawn(self._read))
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._speak, self._listen)]
        for thread in self._threads:
            thread.start()

    @property
    def hears(self) -> bool:
        """Whether what is said reaches this worker: it hears itself too."""
        return time.monotonic() - self._heard < _UNHEARD

    def say(self, about: str, message: Mapping[str, Any]) -> None:
        """Leaves at once, in place of what still waits ``about`` the same."""
        with self._lock:
            self._out[about] = message
        self._some.set()

    def stop(self) -> None:
        """Once what waits has left, or could not."""
        self._ended.set()
        self._some.set()
        for thread in self._threads:
            gevent.get_hub().threadpool.apply(thread.join, (2 * _ANSWERS,))
        self._woken.stop()
        self._woken.close()
        self._redis.close()

    def _read(self) -> None:
        while self._in:
            try:
                said = json.loads(self._in.popleft())
                if isinstance(said, dict):
                    gevent.spawn(self._taken, said)
            except ValueError:
                log.warning("Redis carried what no worker says")

    def _taken(self, said: Mapping[str, Any]) -> None:
        try:
            self._take(said)
        except Exception:
            log.exception("what another worker said could not be followed")

    # In threads of their own

    def _speak(self) -> None:
        pause = _PAUSE
        while not self._ended.is_set() or self._out:
            self._some.wait()
            self._some.clear()
            with self._lock:
                out, self._out = self._out, {}
            try:
                pipe = self._redis.pipeline(transaction=False)
                for message in out.values():
                    pipe.publish(self._channel, json.dumps(message))
                pipe.execute()
                pause = _PAUSE
                self._ended.wait(_TICK)
            except Exception as error:  # whatever it is: a thread that ended would never try again
                self._lost(error)
                if self._ended.wait(pause):
                    return
                with self._lock:
                    self._out = out | self._out
                self._some.set()
                pause = min(2 * pause, _PAUSES)

    def _listen(self) -> None:
        pause = _PAUSE
        while not self._ended.is_set():
            line = self._redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
            try:
                line.subscribe(self._channel)
                begun = time.monotonic()
                while not self._ended.is_set():
                    message = line.get_message(timeout=1.0)
                    if message is not None:
                        self._heard, pause = time.monotonic(), _PAUSE
                        self._found()
                        self._in.append(message["data"])
                        self._woken.send()
                    elif time.monotonic() - max(begun, self._heard) > _UNHEARD:
                        raise TimeoutError("it says nothing")
            except Exception as error:  # whatever it is: a thread that ended would never try again
                self._lost(error)
                self._ended.wait(pause)
                pause = min(2 * pause, _PAUSES)
            finally:
                line.close()

    def _lost(self, error: Exception) -> None:
        if self._answers and not self._ended.is_set():
            self._answers = False
            metrics.redis_up.set(0)
            log.warning("Redis at %s does not answer (%s): screens follow a second later, and it is tried again", self._where, error)

    def _found(self) -> None:
        metrics.redis_up.set(1)
        if not self._answers:
            self._answers = True
            log.warning("Redis at %s answers again", self._where)
