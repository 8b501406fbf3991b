"""Owns the lines of real time: what waits to be sent on each, what comes in by it, and the rooms that they are in.

Each line is bounded on its own. What waits is a few messages, the newest of a kind in place of the one before; a reader that never reads
is let go, and catches up when it comes back. What comes in is read no faster than a phone could have meant it.
"""

import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import gevent
from gevent.event import Event
from gevent.lock import BoundedSemaphore
from gevent.queue import Empty
from socketio import Manager

from facilitate import metrics

_WAITING = 256
"""Messages that one line may have waiting: updates take each other's place, so these are answers that nobody reads."""
STUCK = 20
"""Seconds in which nothing at all can be sent: nobody reads."""
_SILENT = 45
"""Seconds without a word: more than a ping and its answer take."""
BURST, RATE = 96 * 1024, 8 * 1024
"""Bytes that come in at once, then a second: one act of the largest, or some twenty ordinary ones."""
RECEIVED = 2048
RESET = struct.pack("ii", 1, 0)


class Outbox:
    """What waits to be sent to one Engine.IO socket, which takes it for a queue. ``full`` is called when that is too much."""

    __slots__ = ("_some", "_waiting", "full")

    def __init__(self) -> None:
        self._waiting: dict[object, Any] = {}
        self._some: Event | None = None
        self.full: Callable[[], object] = _nobody

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, packet: Any) -> None:
        """Never waits: whoever tells a room is not held back by one of its screens."""
        kind = _told(packet)
        self._waiting.pop(kind, None)
        self._waiting[kind] = packet
        if self._some is not None:
            self._some.set()
        if len(self._waiting) > _WAITING:
            self._waiting.clear()
            metrics.dropped.add()
            self.full()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """The eldest; raises Empty where there is none (in time)."""
        while not self._waiting:
            if not block:
                raise Empty
            self._some = self._some or Event()
            self._some.clear()
            if not self._some.wait(timeout):
                raise Empty
        return self._waiting.pop(next(iter(self._waiting)))

    def task_done(self) -> None:
        """Nobody counts."""

    def join(self) -> None:
        """What waits leaves, or not: whoever closes a line does not wait for it."""


def _nobody() -> None:
    """Nobody is told that a line is full."""


def _told(packet: Any) -> object:
    """What stands for the same thing said anew: an update of a room, who is here. All else stands for itself."""
    data = getattr(packet, "data", None)
    if isinstance(data, str) and data.startswith('2["'):
        if data.startswith('2["update",'):
            return data[: data.find(',"prev"', 0, 200)]
        if data.startswith('2["presence",'):
            return "presence"
    return object()


class _Wire:
    """A WebSocket's line: each message is sent to its end before the next, and what comes in is read in its turn.

    simple-websocket calls ``send`` once, which takes only a part of a large update when the line is slow: the screen would get a
    broken stream. It reads without pause what comes without pause: nobody else would be served.
    """

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._turn = BoundedSemaphore()
        self._due = 0.0
        sock.settimeout(_SILENT)

    def send(self, data: bytes) -> None:
        with self._turn:
            left = memoryview(data)
            try:
                while left:
                    with gevent.Timeout(STUCK, TimeoutError):
                        left = left[self._sock.send(left) :]
            except OSError as error:
                metrics.dropped.add(number=isinstance(error, TimeoutError))
                # Gone, or stuck. simple-websocket, which says goodbye, expects this one way of being gone.
                self.drop()
                raise BrokenPipeError("nobody reads") from error

    def recv(self, size: int) -> bytes:
        data: bytes = self._sock.recv(size)
        now = time.monotonic()
        self._due = max(self._due, now - BURST / RATE) + len(data) / RATE
        gevent.sleep(max(0.0, self._due - now))
        return data

    def drop(self) -> None:
        """Lets go of a reader that does not read, and of what waits for it: its page notices, and comes back."""
        try:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


def bounded(parts: Mapping[str, Any], most: int) -> dict[str, Any]:
    """Engine.IO's parts for gevent, with lines that are bounded; ``most`` bytes a message that comes in."""

    def websocket(handler: Any, server: Any) -> Any:
        def start(opened: Any) -> Any:
            wire = opened.ws.sock = _Wire(opened.ws.sock)
            handler.__self__.queue.full = wire.drop
            try:
                return handler(opened)
            except ValueError:
                # What it said is no packet, which is no defect of ours: it is hung up on.
                wire.drop()
                handler.__self__.close(wait=False, abort=True)
                return []

        made = parts["websocket"](start, server)
        made.server_args |= {"max_message_size": most, "receive_bytes": RECEIVED}
        return made

    return {**parts, "websocket": websocket, "queue": Outbox}


class Rooms(Manager):  # type: ignore[misc]
    """Socket.IO's rooms, with the rooms of each socket: one that leaves is looked for where it is, not in every room of the house."""

    def __init__(self) -> None:
        super().__init__()
        self._of: dict[str, set[Any]] = {}

    def basic_enter_room(self, sid: str, namespace: str, room: Any, eio_sid: str | None = None) -> None:
        """A socket enters a room."""
        if room is None or namespace not in self.rooms:
            super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        else:
            # Looked up one way only: a dict costs a fifth of what the library's two-way one does.
            rooms = self.rooms[namespace]
            rooms.setdefault(room, {})[sid] = rooms[None][sid] if eio_sid is None else eio_sid
        self._of.setdefault(sid, set()).add(room)

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:
        """Who is in a room: (socket, its line)."""
        yield from tuple(self.rooms.get(namespace, {}).get(room, {}).items())

    def stop(self) -> None:
        """Nothing goes on here by itself."""

    def basic_leave_room(self, sid: str, namespace: str, room: Any) -> None:
        """A socket leaves a room."""
        super().basic_leave_room(sid, namespace, room)
        if (rooms := self._of.get(sid)) is not None:
            rooms.discard(room)

    def basic_disconnect(self, sid: str, namespace: str, **kwargs: Any) -> None:
        """A socket leaves every room that it is in."""
        for room in self._of.pop(sid, ()):
            super().basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
                if not pending[namespace]:
                    del pending[namespace]
