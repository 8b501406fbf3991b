"""Owns the direct path: WebSockets whose broadcasts are framed once, and written straight to every line that has nothing else to send.

A line that is still sending, or has messages waiting, gets the same broadcast through its Outbox as ever: order is kept, and the Outbox's
bounds hold. No line has a greenlet of its own: the hub reads and writes it, and one watch of the house pings them all. ``install`` puts
this in the place of the library's own WebSockets; the rest of the house does not know which one speaks.

Frames are those of RFC 6455, without extensions: what phones say is short, and what walls are told goes once to a few of them.
"""

import base64
import binascii
import codecs
import hashlib
import json
import logging
import struct
import time
from _socket import SHUT_WR, SO_LINGER, SOL_SOCKET
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import gevent
from engineio import exceptions, packet
from engineio.socket import Socket
from gevent import get_hub, spawn_raw

from facilitate import metrics
from facilitate.lines import BURST, RATE, RECEIVED, RESET, STUCK, Outbox, Rooms

log = logging.getLogger(__name__)

CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_CODES = frozenset((*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)))
_TOGETHER = 32 * 1024
"""Bytes that leave in one go, of what waits."""
_GOODBYE = 2
"""Seconds for the other side to end a line that was closed."""
_TURNS = 200
"""Lines pinged before others have their turn."""
_READ, _WRITE = 1, 2
_PINGED = b"\x81\x012"


class Broken(Exception):
    """What came in is no WebSocket message that is taken. ``code`` is the one to close with."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


def frame(data: bytes, kind: int = TEXT) -> bytes:
    """A whole message as a server sends it: in one frame, unmasked."""
    size = len(data)
    if size < 126:
        return bytes((0x80 | kind, size)) + data
    if size < 65536:
        return struct.pack("!BBH", 0x80 | kind, 126, size) + data
    return struct.pack("!BBQ", 0x80 | kind, 127, size) + data


def framed(message: str | bytes) -> bytes:
    """A message, text or binary, in its frame."""
    return frame(message.encode()) if isinstance(message, str) else frame(message, BINARY)


def unmask(data: bytes, mask: bytes) -> bytes:
    """What a client masked (RFC 6455, 5.3), as one operation on two large numbers."""
    size = len(data)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data) ^ int.from_bytes(key)).to_bytes(size)


class Frames:
    """What a client sends, byte by byte or all at once, as messages. ``most`` bytes a message."""

    __slots__ = ("_came", "_kind", "_letters", "_most", "_parts", "_seen", "_size")

    def __init__(self, most: int) -> None:
        self._most = most
        self._came = b""
        self._kind = 0
        self._parts: list[bytes] = []
        self._size = self._seen = 0
        self._letters: codecs.IncrementalDecoder | None = None

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Each message that is whole now: (TEXT, BINARY, CLOSE, PING or PONG, its bytes). Raises ``Broken``."""
        came, at = self._came + data if self._came else data, 0
        while (head := self._head(came, at)) is not None:
            kind, last, start, size = head
            if len(came) < start + size:
                if kind == TEXT or (kind == CONTINUED and self._kind == TEXT):
                    self._foresee(came, start)
                break
            said = unmask(came[start : start + size], came[start - 4 : start])
            at = start + size
            if kind >= CLOSE:
                yield kind, said
            elif whole := self._told(kind, last, said):
                yield whole
        self._came = came[at:]

    def _head(self, came: bytes, at: int) -> tuple[int, bool, int, int] | None:
        """(kind, whether it is the last of its message, where what it says begins, how many bytes): None where it has not come yet."""
        if len(came) < at + 2:
            return None
        first, size = came[at], came[at + 1] & 127
        kind, last, start = first & 15, bool(first & 0x80), at + 6
        if first & 0x70:
            raise Broken(1002, "an extension that was not agreed")
        if not came[at + 1] & 0x80:
            raise Broken(1002, "a client masks")
        if kind > PONG or BINARY < kind < CLOSE:
            raise Broken(1002, "a kind of frame that is not known")
        if kind >= CLOSE and (not last or size > 125):
            raise Broken(1002, "a control frame is short, and whole")
        if kind < CLOSE and bool(kind) == bool(self._kind):
            raise Broken(1002, "a message goes on, or another begins")
        if size > 125:
            wide = 2 if size == 126 else 8
            start += wide
            if len(came) < at + 2 + wide:
                return None
            size = int.from_bytes(came[at + 2 : at + 2 + wide])
        if kind < CLOSE and self._size + size > self._most:
            raise Broken(1009, "too large")
        return (kind, last, start, size) if len(came) >= start else None

    def _told(self, kind: int, last: bool, said: bytes) -> tuple[int, bytes] | None:
        self._kind = self._kind or kind
        if self._kind == TEXT:
            self._read(said[self._seen :], last)
            self._seen = 0
        if said:
            self._parts.append(said)
            self._size += len(said)
        if not last:
            return None
        whole = self._kind, b"".join(self._parts)
        self._kind, self._parts, self._size, self._letters = 0, [], 0, None
        return whole

    def _foresee(self, came: bytes, start: int) -> None:
        """Of a frame that has not come whole: what could be no text is refused now (RFC 6455, 8.1), not when the rest is there."""
        at = self._seen % 4
        mask = came[start - 4 : start]
        some = unmask(came[start + self._seen :], mask[at:] + mask[:at])
        self._read(some, False)
        self._seen += len(some)

    def _read(self, some: bytes, last: bool) -> None:
        try:
            if self._letters is None and last:
                some.decode()
                return
            self._letters = self._letters or codecs.getincrementaldecoder("utf-8")()
            self._letters.decode(some, last)
        except UnicodeDecodeError as error:
            raise Broken(1007, "no text") from error


def closing(said: bytes) -> bytes:
    """What to answer to a close frame that says this: the same code, or why it is none. RFC 6455, 7.4."""
    if not said:
        return b""
    if len(said) == 1 or int.from_bytes(said[:2]) not in _CODES:
        return struct.pack("!H", 1002)
    try:
        said[2:].decode()
    except UnicodeDecodeError:
        return struct.pack("!H", 1007)
    return said[:2]


def accepted(environ: Mapping[str, Any]) -> bytes | None:
    """The answer that opens a WebSocket, to a request that asks for one as RFC 6455, 4.2.1 says; None for any other."""
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "").encode()
    try:
        sixteen = len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        sixteen = False
    asked = [one.strip().lower() for one in environ.get("HTTP_CONNECTION", "").split(",")]
    if environ["REQUEST_METHOD"] != "GET" or "upgrade" not in asked or environ.get("HTTP_UPGRADE", "").lower() != "websocket":
        return None
    if not sixteen or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        return None
    answer = base64.b64encode(hashlib.sha1(key + _MAGIC, usedforsecurity=False).digest())
    return b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + answer + b"\r\n\r\n"


class Watch:
    """What time does to lines: each is pinged in its second, and what nobody reads, or ends, is let go."""

    def __init__(self) -> None:
        self.stuck: dict[Wire, float] = {}
        self.closed: dict[Wire, float] = {}
        self._turns: dict[int, list[tuple[Callable[[], object], int]]] = {}
        self._second = int(time.monotonic())
        self._task = gevent.spawn(self._watching)

    def every(self, seconds: int, turn: Callable[[], object]) -> None:
        """``turn`` is called every so many seconds, for as long as it says True."""
        self._turns.setdefault(self._second + seconds, []).append((turn, seconds))

    def _watching(self) -> None:
        while True:
            gevent.sleep(1)
            now = time.monotonic()
            for since, most in ((self.stuck, STUCK), (self.closed, _GOODBYE)):
                for wire in [one for one, at in since.items() if at + most < now]:
                    metrics.dropped.add(number=since is self.stuck)
                    wire.drop()
            while self._second < int(now):
                self._second += 1
                for n, (turn, seconds) in enumerate(self._turns.pop(self._second, ())):
                    if n % _TURNS == 0:
                        gevent.sleep(0)
                    try:
                        if turn():
                            self.every(seconds, turn)
                    except Exception:
                        log.exception("a line could not be pinged")

    def stop(self) -> None:
        """Watches no more."""
        self._task.kill()


class Wire:
    """One WebSocket on a socket of the system. ``hear`` is told each message, in the hub: it never waits; ``over`` once that it has ended.

    ``write`` is the system's own send where the line has nothing else to say, and None where what is said waits in ``waiting``.
    """

    __slots__ = (
        *("_busy", "_due", "_frames", "_hear", "_held", "_last", "_left", "_over", "_pong", "_reading", "_rest", "_resume", "_sock"),
        *("_watch", "_writing", "closed", "waiting", "write"),
    )  # fmt: skip

    def __init__(
        self,
        sock: Any,
        most: int,
        watch: Watch,
        waiting: Outbox,
        *,
        hear: Callable[[int, bytes], object],
        over: Callable[[], object],
        left: Callable[[], object],
    ) -> None:
        self._sock, self._watch, self.waiting = sock, watch, waiting
        self._hear, self._over, self._left = hear, over, left
        self._frames = Frames(most)
        self.write: Callable[[bytes], int] | None = None
        self._rest, self._pong = b"", b""
        self._held, self._busy, self._last, self.closed = True, False, False, False
        self._due = 0.0
        self._reading = get_hub().loop.io(sock.fileno(), _READ)
        self._writing: Any = None
        self._resume: Any = None

    # What goes out

    def say(self, message: bytes) -> None:
        """Something framed, before all that waits: for whoever opens a line. A line that is free takes it whole."""
        self._rest += message
        self._drain()

    def send(self, said: Any) -> None:
        """One message (anything with ``encode()``, as a packet of Engine.IO), now or in its turn."""
        if self.write is None:
            if not self.closed:
                self.waiting.put(said)
            return
        message = framed(said.encode())
        try:
            sent = self.write(message)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.end()
            return
        if sent != len(message):
            self.behind(message, sent, said)

    def behind(self, message: bytes, sent: int, said: Any) -> None:
        """The system took so many bytes of a framed message: the rest goes first, once it takes more."""
        if sent:
            self._rest = message[sent:]
        else:
            self.waiting.put(said)
        self._wait()

    def hold(self) -> None:
        """What is said from now on waits, and leaves together: see ``go``."""
        self._held, self.write = True, None

    def go(self) -> None:
        """Sends what waits, then all that is said."""
        self._held = False
        self._drain()

    def _drain(self) -> None:
        if self.closed:
            return
        send = self._sock.send
        try:
            while self._rest or self._next():
                sent = send(self._rest)
                self._rest = self._rest[sent:]
                if self._writing is not None:
                    self._watch.stuck[self] = time.monotonic()
        except BlockingIOError:
            self._wait()
            return
        except OSError:
            self.end()
            return
        self._unwatch_writing()
        if self._last:
            self._finish()
        elif not self._held:
            self.write = send

    def _next(self) -> bool:
        """Takes what waits, up to a bound, as one piece to send."""
        parts, size = [self._pong] if self._pong else [], 0
        self._pong = b""
        while not self._held and not self._last and self.waiting and size < _TOGETHER:
            said = self.waiting.get(block=False)
            # None is Engine.IO's word that the line ends, once all before it has left.
            self._last = said is None
            parts.append(frame(b"\x03\xe8", CLOSE) if said is None else framed(said.encode()))
            size += len(parts[-1])
        self._rest = b"".join(parts)
        return bool(parts)

    def _wait(self) -> None:
        # Nothing overtakes what has begun to leave.
        self.write = None
        if self._writing is None and not self.closed:
            self._watch.stuck[self] = time.monotonic()
            self._writing = get_hub().loop.io(self._sock.fileno(), _WRITE)
            self._writing.start(self._drain)

    def _unwatch_writing(self) -> None:
        self._watch.stuck.pop(self, None)
        if self._writing is not None:
            self._writing.stop()
            self._writing.close()
            self._writing = None

    # What comes in

    def listen(self, early: bytes = b"") -> None:
        """Reads from now on; ``early`` is what was read already."""
        if early and not self.closed:
            self._heard(early)
        self._look()

    def pause(self) -> None:
        """Reads no more, until ``resume``."""
        self._busy = True
        self._reading.stop()

    def resume(self) -> None:
        """Reads again."""
        self._busy = False
        self._look()

    def _look(self) -> None:
        if not self._busy and self._resume is None and self._sock is not None:
            self._reading.start(self._readable)

    def _readable(self) -> None:
        try:
            data = self._sock.recv(RECEIVED)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.end()
            return
        now = time.monotonic()
        self._due = max(self._due, now - BURST / RATE) + len(data) / RATE
        if self._due > now:
            # No faster than a phone could mean it.
            self._reading.stop()
            self._resume = get_hub().loop.timer(self._due - now)
            self._resume.start(self._rested)
        if not self.closed:
            self._heard(data)

    def _rested(self) -> None:
        self._resume.close()
        self._resume = None
        self._look()

    def _heard(self, data: bytes) -> None:
        try:
            for kind, said in self._frames.feed(data):
                if kind == CLOSE:
                    self.close(closing(said))
                elif kind == PING:
                    self._answer(said)
                elif kind != PONG:
                    self._hear(kind, said)
                if self.closed:
                    return
        except Broken as broken:
            self.close(struct.pack("!H", broken.code))
        except Exception:
            # The hub would stop reading this line, and leave it open.
            log.exception("what a line said could not be heard")
            self.drop()

    def _answer(self, said: bytes) -> None:
        """To a ping; of those that wait for a line that sends, the last is enough (RFC 6455, 5.5.3)."""
        self._pong = frame(said, PONG)
        if self._writing is None and not self._rest:
            self._drain()

    # Its end

    def close(self, why: bytes = b"\x03\xe8") -> None:
        """Says that it ends, where it is between two messages, and ends it once the other side has."""
        if not self.closed:
            try:
                if not self._rest:
                    self._sock.send(frame(why, CLOSE))
            except OSError:
                self.end()
            else:
                self._finish()

    def _finish(self) -> None:
        """All is said; the other side has a moment to end."""
        try:
            self._sock.shutdown(SHUT_WR)
        except OSError:
            self.end()
            return
        self.closed, self.write, self._rest = True, None, b""
        self._unwatch_writing()
        self._watch.closed[self] = time.monotonic()
        self._over()

    def drop(self) -> None:
        """Lets go of a reader that does not read, and of what waits for it: its page notices, and comes back."""
        if self._sock is not None:
            with suppress(OSError):
                self._sock.setsockopt(SOL_SOCKET, SO_LINGER, RESET)
            self.end()

    def end(self) -> None:
        """Ends the line at once."""
        if self._sock is None:
            return
        told, self.closed, self.write = self.closed, True, None
        self._unwatch_writing()
        self._watch.closed.pop(self, None)
        for one in (self._reading, self._resume):
            if one is not None:
                one.stop()
                one.close()
        self._resume = None
        self._sock.close()
        self._sock = None
        self._left()
        if not told:
            self._over()


class Line(Socket):  # type: ignore[misc]
    """An Engine.IO socket that speaks over a Wire, or by polling until it has one."""

    wire: Any = None
    _said: deque[str] | None = None

    def __init__(self, server: Any, sid: str, house: "Direct") -> None:
        super().__init__(server, sid)
        self._house, self.queue = house, Outbox()
        self.last_ping: float | None = None
        house.watch.every(int(server.ping_interval), self._ping)

    def send(self, pkt: Any) -> None:
        """A packet, now or in its turn."""
        if self.closed:
            raise exceptions.SocketIsClosedError()
        if self.upgraded and self.wire is not None:
            self.wire.send(pkt)
        else:
            self.queue.put(pkt)

    def schedule_ping(self) -> None:
        """It answered; it is pinged in its turn."""
        self.last_ping = None

    def check_ping_timeout(self) -> bool:
        """The watch does that."""
        return not self.closed

    def _ping(self) -> bool:
        if self.closing or self.closed:
            return False
        if self.last_ping is not None:
            self.close(wait=False, reason=self.server.reason.PING_TIMEOUT)
            return False
        self.last_ping = time.time()
        self.send(packet.Packet(packet.PING))
        return True

    def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        """Ends it, once what waits has left."""
        super().close(wait=False, abort=abort, reason=reason)
        self.server.sockets.pop(self.sid, None)
        if self.wire is not None:
            self._house.wires.pop(self.sid, None)
            self.wire.go()

    # Over a WebSocket

    def begin(self, visit: Any, answer: bytes, first: bytes = b"") -> None:
        """Takes the request's own socket for its line, and says ``first`` after the answer."""
        sock, early = visit.leave()
        most, watch, left = self.server.max_http_buffer_size, self._house.watch, visit.server.left
        wire = self.wire = Wire(sock, most, watch, self.queue, hear=self._hear, over=self._over, left=left)
        if first:
            self._up()
        wire.say(answer + first)
        if first:
            wire.go()
        wire.listen(early)

    def _up(self) -> None:
        self.connected = self.upgraded = True
        self.upgrading = False
        self.queue.full = self.wire.drop
        self._house.wires[self.sid] = self.wire

    def _upgrade_websocket(self, environ: Any, start_response: Any) -> Any:
        if "facilitate.visit" not in environ:
            return super()._upgrade_websocket(environ, start_response)
        if self.upgraded or self.wire is not None:
            return self.server._bad_request("Socket has been upgraded already")
        if (answer := accepted(environ)) is None:
            return self.server._bad_request("Invalid websocket upgrade")
        self.begin(environ["facilitate.visit"], answer)
        return []

    def _hear(self, kind: int, said: bytes) -> None:
        what, text = said[:1], said.decode() if kind == TEXT else ""
        if not self.upgraded:
            self._upgrade(text)
        elif what == b"4" and kind == TEXT:
            if self._said is not None:
                self._said.append(text[1:])
            elif text[1:2] == "2":
                # An event is answered by a greenlet of its own.
                self.server.handlers["message"](self.sid, text[1:])
            else:
                self._said = deque((text[1:],))
                self.wire.pause()
                spawn_raw(self._listen)
        elif what == b"3" and kind == TEXT:
            self.last_ping = None
        elif what == b"1" and kind == TEXT:
            spawn_raw(self._end, self.server.reason.CLIENT_DISCONNECT)
        elif kind == BINARY or not what.isdigit():
            # What it says is no packet, which is no defect of ours: it is hung up on.
            self.wire.drop()

    def _upgrade(self, said: str) -> None:
        """From polling: a probe first, then the word that all goes this way from now on."""
        if said == "2probe" and not self.upgrading:
            self.upgrading = True
            self.wire.say(frame(b"3probe"))
            self.queue.put(packet.Packet(packet.NOOP))  # ends the poll
        elif said == "5" and self.upgrading:
            self._up()
            self.wire.go()
        else:
            self.wire.close()

    def _listen(self) -> None:
        """Whose line it is, and whatever it says until that is known. What it is told meanwhile leaves together."""
        self.wire.hold()
        try:
            while self._said and not self.closed:
                self.server.handlers["message"](self.sid, self._said.popleft())
        except Exception:
            log.exception("what a line said could not be heard")
            self.wire.drop()
        self._said = None
        self.wire.go()
        self.wire.resume()

    def _over(self) -> None:
        """The WebSocket has ended."""
        self._house.wires.pop(self.sid, None)
        if self.upgraded and not self.closed:
            spawn_raw(self._end, self.server.reason.TRANSPORT_CLOSE)
        elif not self.upgraded:
            self.wire, self.upgrading = None, False

    def _end(self, reason: Any) -> None:
        try:
            self.close(wait=False, abort=True, reason=reason)
        except Exception:
            log.exception("a line could not be ended")


class Direct(Rooms):
    """Socket.IO's rooms, told straight over their wires."""

    def __init__(self, engine: Any) -> None:
        super().__init__()
        self.watch = Watch()
        self.wires: dict[str, Wire] = {}
        self._engine, self._connect = engine, engine._handle_connect
        self._encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
        self._opened = {
            "pingTimeout": int(engine.ping_timeout * 1000),
            "pingInterval": int(engine.ping_interval * 1000),
            "maxPayload": engine.max_http_buffer_size,
        }
        engine._handle_connect = self._open
        engine.start_service_task = False

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, **more: Any) -> None:
        """An event to a room: encoded and framed once, and written to each line that is free."""
        if any(more.get(one) for one in ("callback", "to", "skip_sid")) or isinstance(data, (tuple, bytes)):
            super().emit(event, data, namespace, room=room, **more)
            return
        members = self.rooms.get(namespace, {}).get(room)
        if not members:
            return
        text = "2" + self._encode([event] if data is None else [event, data])
        said = packet.Packet(packet.MESSAGE, text)
        message = framed(said.encode())
        size, wires = len(message), self.wires
        told = 0
        for line in members.values():
            wire = wires.get(line)
            if wire is None:
                self.server._send_eio_packet(line, said)
                continue
            write = wire.write
            if write is None:
                wire.waiting.put(said)
                continue
            try:
                sent = write(message)
            except BlockingIOError:
                sent = 0
            except OSError:
                wire.end()
                continue
            if sent == size:
                told += 1
            else:
                wire.behind(message, sent, said)
        metrics.frames.add(number=told)
        metrics.sent.add(number=told * size)

    def _open(self, environ: Any, start_response: Any, transport: str, jsonp_index: Any = None) -> Any:
        """A line: as Engine.IO's ``_handle_connect``, with one of ours."""
        if "facilitate.visit" not in environ:
            return self._connect(environ, start_response, transport, jsonp_index)
        engine = self._engine
        answer = accepted(environ) if transport == "websocket" else b""
        if answer is None:
            return engine._bad_request("Invalid websocket upgrade")
        sid = engine.generate_id()
        line = engine.sockets[sid] = Line(engine, sid, self)
        if engine._trigger_event("connect", sid, environ, run_async=False) is False:
            del engine.sockets[sid]
            return engine._unauthorized()
        opened = self._encode({"sid": sid, "upgrades": engine._upgrades(sid, transport), **self._opened})
        if answer:
            line.begin(environ["facilitate.visit"], answer, frame(b"0" + opened.encode()))
            return []
        line.connected = True
        return engine._ok([packet.Packet(packet.OPEN, opened)], jsonp_index=jsonp_index)

    def stop(self) -> None:
        """Watches no more."""
        self.watch.stop()
