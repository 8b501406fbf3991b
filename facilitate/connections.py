"""Owns the connections: how many there may be, how long each may take to say what it wants, how much a request may weigh.

A connection that says nothing, or half of something, waits among the *silent*: for so many seconds, and the eldest makes room for a
newcomer when they are too many. Whoever speaks is served, so that a thousand silent ones keep nobody out.
"""

import _socket
import contextlib
import errno
import re
import socket
import time
from collections import OrderedDict
from typing import Any

import gevent
from gevent import pywsgi

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

_MOST = 8192
_SILENT = 4096
_FILES = 512
"""Files kept for all that is no connection."""
_WANTED = 20_000
_SECONDS = 20
"""For a request's line and headers, silence before them included; and for any read or write to get on."""
_HEADERS = 32 * 1024
_LINE = 8192
_FIELDS = 100
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\0\r\n]*)\r?\n")
_LENGTHS = {"content-length": re.compile("[0-9]+"), "transfer-encoding": re.compile("chunked", re.IGNORECASE)}
_SLOWEST = 8 * 1024
"""Bytes a second that a body brings at least, after the first seconds: a photo over a poor network takes its time."""
_CHUNKED = 16 * 1024 * 1024
_UNREAD = 64 * 1024 * 1024
"""What is still taken of a body that was refused, so that the refusal is read; beyond, the line is cut."""
_PIECE = 64 * 1024
_ANSWERS = {
    400: b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    431: b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    503: b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n",
}


def files_allowed() -> int:
    """As many open files as this system lets the program have, up to what it could use: many give 1,024 unless asked."""
    if resource is None:
        return 2 * _MOST + _FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            # macOS says 'unlimited' and means 10,240.
            return soft
        return wanted
    return min(soft, _WANTED) if soft != resource.RLIM_INFINITY else _WANTED


class _Heavy(ValueError):
    """Headers beyond what is read of them."""


class _Headers:
    """A request's headers: what pywsgi asks of them, at a tenth of what the library of e-mails takes."""

    __slots__ = ("_found", "said")
    status = ""

    def __init__(self, lines: list[str]) -> None:
        if len(lines) > _FIELDS:
            raise ValueError("too many headers")
        self._found: dict[str, str] = {}
        self.said: list[tuple[str, str]] = []
        sized = False
        for line in lines:
            header = _HEADER.fullmatch(line)
            if header is None:
                raise ValueError("no header")
            name, value = header[1].lower(), header[2].strip(" \t")
            if (form := _LENGTHS.get(name)) is not None:
                # A proxy might read another one: what it takes for a body would be heard as someone's request. RFC 9112, 6.3.
                if sized or not form.fullmatch(value):
                    raise ValueError("no length that all read alike")
                sized = True
            self._found.setdefault(name, value)
            if "_" not in name and name not in ("content-type", "content-length"):
                self.said.append(("HTTP_" + name.replace("-", "_").upper(), value))

    def get(self, name: str, default: Any = None) -> Any:
        """The first of that name."""
        return self._found.get(name.lower(), default)

    getheader = get

    @property
    def typeheader(self) -> str | None:
        """What the body is."""
        return self._found.get("content-type")

    def __delitem__(self, name: str) -> None:
        del self._found[name]


class _Body(pywsgi.Input):
    """A request's body. Of one that nobody reads to its end, so much is still taken, a piece at a time."""

    __slots__ = ("line",)
    line: "Visit"
    _chunked_input_error: bool

    @property
    def whole(self) -> bool:
        """Whether all of it has come."""
        return self.chunk_length == 0 if self.chunked_input else self.position >= (self.content_length or 0)

    def _discard(self) -> None:
        if self.whole or self._chunked_input_error:
            return
        self.send_100_continue_enabled = False
        for _ in range(_UNREAD // _PIECE):
            if not self.read(_PIECE):
                return
            gevent.sleep(0)
        self.line.close_connection = True


class Visit(pywsgi.WSGIHandler):
    """One connection, request after request."""

    server: "Gate"
    socket: Any
    headers: Any
    rfile: Any
    wsgi_input: Any
    _asked = False
    ignored_socket_errors = tuple(
        getattr(errno, name)
        for name in ("EPIPE", "ECONNRESET", "ECONNABORTED", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "ENOTCONN", "EBADF")
    )

    def handle(self) -> None:
        """Until it ends; what goes wrong with a line is nobody's news."""
        self.socket.settimeout(_SECONDS)
        try:
            super().handle()
        except OSError:
            pass
        finally:
            self.server.silent.pop(self, None)

    def read_requestline(self) -> str:
        """The first line, once it has come; whoever has more to ask lets the others ask first."""
        if self._asked:
            gevent.sleep(0)
        self._asked = True
        self.server.heard(self)
        line: str = super().read_requestline()
        return line

    def read_request(self, raw_requestline: str) -> Any:
        """The headers; from here on it has said what it wants."""
        read = super().read_request(raw_requestline)
        self.server.silent.pop(self, None)
        if (self.content_length or 0) > 1024**3:
            raise ValueError("no body is that large")
        return read

    def MessageClass(self, *given: Any) -> Any:
        """Headers that come to their end, and are not too many."""
        lines, size, read = list[str](), 0, given[0].readline
        while (line := read(_LINE)) not in (b"\r\n", b"\n"):
            size += len(line)
            if size > _HEADERS:
                raise _Heavy("too many headers")
            if not line.endswith(b"\n"):
                raise ValueError("headers without end")
            lines.append(line.decode("latin-1"))
        return _Headers(lines)

    def _headers(self) -> Any:
        return self.headers.said

    def log_request(self) -> None:
        """Nobody's visit is written down."""

    def _handle_client_error(self, ex: Exception) -> tuple[str, bytes]:
        """Someone else's mistake: answered, and not written down with their address."""
        status = 431 if isinstance(ex, _Heavy) else 400
        return str(status), _ANSWERS[status]

    def get_environ(self) -> Any:
        """What the application reads, with a body that is bounded."""
        env = super().get_environ()
        given = self.wsgi_input
        self.wsgi_input = _Body(given.rfile, given.content_length, given.socket, given.chunked_input)
        self.wsgi_input.line = self
        env["facilitate.visit"] = self
        if env["wsgi.input"] is given:
            env["wsgi.input"] = self.wsgi_input
        return env

    def handle_one_response(self) -> None:
        """Answers; a body is waited for as long as it goes on coming."""
        if not self.wsgi_input.whole:
            size = self.content_length if not self.wsgi_input.chunked_input else _CHUNKED
            self.server.bodies[self] = time.monotonic() + _SECONDS + (size or 0) / _SLOWEST
        try:
            super().handle_one_response()
        finally:
            self.server.bodies.pop(self, None)
            if self._connection_upgrade_requested():  # type: ignore[attr-defined]
                # What follows a WebSocket is no request.
                self.close_connection = True

    def _sendall(self, data: Any) -> None:
        """A piece at a time: a large file to a slow phone takes as long as it takes, what nobody reads ends."""
        if self.socket is None:
            raise BrokenPipeError(errno.EPIPE, "the line was given away")
        try:
            for at in range(0, len(data), _PIECE):
                super()._sendall(memoryview(data)[at : at + _PIECE])  # type: ignore[misc]
        except TimeoutError as error:
            raise BrokenPipeError(errno.EPIPE, "nobody reads") from error

    def leave(self) -> tuple[Any, bytes]:
        """Gives the line away: (a socket of the system, what was read of it already). Whoever takes it says ``Gate.left`` once it ends."""
        given, self.socket = self.socket, None
        given.settimeout(0.0)
        early = self.rfile.peek()
        taken = _socket.socket(given.family, given.type, given.proto, given.detach())
        taken.setblocking(False)
        self.server.open += 1
        return taken, early

    def cut(self) -> None:
        """Ends the line from elsewhere: whoever waits on it is woken."""
        if self.socket is not None:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)


class Gate(pywsgi.WSGIServer):
    """The server's listening side."""

    handler_class = Visit

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        most = min(_MOST, (files_allowed() - _FILES) // 2)
        self.most, self.most_silent = most, min(_SILENT, most // 2)
        self.open = 0
        self.silent: OrderedDict[Visit, float] = OrderedDict()
        self.bodies: dict[Visit, float] = {}
        self._watch = gevent.spawn(self._watching)

    def handle(self, sock: Any, address: Any) -> None:
        """One connection, from its beginning to its end."""
        self.open += 1
        try:
            if self.open > self.most and not self._make_room():
                sock.setblocking(False)
                sock.send(_ANSWERS[503])
                return
            super().handle(sock, address)
        except OSError:
            pass
        finally:
            self.open -= 1

    def left(self) -> None:
        """A line that was given away has ended."""
        self.open -= 1

    def heard(self, line: Visit) -> None:
        """A line is there and has not said what it wants yet: the youngest of the silent ones."""
        self.silent[line] = time.monotonic() + _SECONDS
        if len(self.silent) > self.most_silent:
            self._make_room()

    def _make_room(self) -> bool:
        """The eldest of the silent lines ends; False where all of them are being served."""
        if not self.silent:
            return False
        self.silent.popitem(last=False)[0].cut()
        return True

    def _watching(self) -> None:
        while True:
            gevent.sleep(1)
            now = time.monotonic()
            while self.silent and next(iter(self.silent.values())) < now:
                self._make_room()
            for line, due in tuple(self.bodies.items()):
                if due < now and not line.wsgi_input.whole:
                    line.cut()

    def stop(self, timeout: float | None = None) -> None:
        """Ends the watch too."""
        self._watch.kill(block=False)
        super().stop(timeout)
