"""Owns a bad network between phones and a real server: a TCP proxy on loopback.

What it does to TCP is what phones see of a bad Wi-Fi: bytes late, in order; lines that end with a reset; lines that look open and carry
nothing any more, without a word; all that a line says said a second time, on another. air.py loses the packets themselves.
"""

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections.abc import Sequence
from typing import Literal, Self

Way = Literal["up", "down"]
_LOST = 1.0  # seconds until TCP sends again what was lost
_HELD = 64  # parts on their way at once: whoever reads nothing is sent no more through a proxy either


class Proxy:
    """Stands on a free port of 127.0.0.1 (or on ``listener``) before the server at ``target``; its faults may be changed at any moment.
    Before several, each new line goes to the next of them that takes it.

    ``latency``: seconds each way. ``loss``: the part of what passes that comes late, as after a loss, twice as late where it is lost
    again. ``resets``: the part that ends its line. ``doubled``: the part of the lines whose requests are said to the server a second
    time. ``silence`` and ``cut`` do it to the lines that are open.
    """

    latency = loss = resets = doubled = 0.0

    def __init__(self, target: int | Sequence[int], listener: socket.socket | None = None, seed: int = 1) -> None:
        self.targets = [target] if isinstance(target, int) else [*target]
        self.lines = 0  # opened so far
        self._chance = random.Random(seed)
        self._silent: set[Way] = set()
        self._open: list[_Line] = []
        self._carrying: set[asyncio.Task[None] | None] = set()  # a loop alone does not keep a task from the collector
        self._listener = listener or socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        begun = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(begun)), daemon=True)
        self._thread.start()
        begun.wait()

    def silence(self, *ways: Way) -> None:
        """Half-open: the lines that are open, and those that come until ``relent``, are accepted and never carry anything again.

        'up' alone loses what phones say, 'down' alone the answers. No line is ended: nobody is told.
        """
        self._silent |= set(ways or ("up", "down"))
        for line in self._open:
            line.silent |= self._silent

    def relent(self) -> None:
        """New lines carry again; the silent ones stay so, as after a router forgot them."""
        self._silent.clear()

    def cut(self) -> None:
        """Every open line ends with a reset."""
        self._loop.call_soon_threadsafe(lambda: [line.end() for line in self._open])

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _serve(self, begun: threading.Event) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._accept, sock=self._listener)
        begun.set()
        await self._over.wait()
        server.close()
        for line in self._open:
            line.end()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (reached := await self._reach()) is None:
            _reset(writer)
            return
        self.lines += 1
        target, *far = reached
        line = _Line(writer, far[1], set(self._silent))
        self._carrying.add(task := asyncio.current_task())
        self._open.append(line)
        twin = await asyncio.open_connection("127.0.0.1", target) if self._chance.random() < self.doubled else None
        try:
            await asyncio.gather(
                self._carry(reader, far[1], "up", line, twin[1] if twin else None),
                self._carry(far[0], writer, "down", line),
                *([_drain(twin[0])] if twin else []),
            )
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._open.remove(line)
            self._carrying.discard(task)
            for one in (writer, far[1], *([twin[1]] if twin else [])):
                _reset(one)

    async def _reach(self) -> tuple[int, asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A line to the next server that takes one; None where none does."""
        for _ in range(len(self.targets)):
            self.targets.append(target := self.targets.pop(0))
            with contextlib.suppress(OSError):
                return target, *(await asyncio.open_connection("127.0.0.1", target))
        return None

    async def _carry(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, way: Way, line: "_Line", twin: asyncio.StreamWriter | None = None
    ) -> None:
        """What comes, in order, each part when it is due; the end of the line too."""
        due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_HELD)

        async def deliver() -> None:
            while True:
                when, data = await due.get()
                await asyncio.sleep(when - self._loop.time())
                if way in line.silent:
                    continue
                if not data:
                    to.close()
                    return
                if self._chance.random() < self.resets:
                    line.end()
                    return
                to.write(data)
                if twin:
                    twin.write(data)
                await to.drain()

        delivering = asyncio.create_task(deliver())
        data = b"-"
        try:
            while data:
                data = await source.read(65536)
                await due.put((self._loop.time() + self.latency + self._stall(), data))
            await delivering
        finally:
            delivering.cancel()

    def _stall(self) -> float:
        wait = 0.0
        while self._chance.random() < self.loss:
            wait = wait * 2 or _LOST
        return wait


class _Line:
    """One TCP line through the proxy."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter, silent: set[Way]) -> None:
        self.near, self.far, self.silent = near, far, silent

    def end(self) -> None:
        _reset(self.near)
        _reset(self.far)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends it as a router does that forgot it: RST, not FIN."""
    taken: socket.socket = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _drain(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(OSError):
        while await reader.read(65536):
            pass
