"""Owns the storms: a thousand phones, and those who mean ill, in a process of their own, over plain sockets on loopback.

``python storm.py PORT CODE`` reads one JSON list a line, a storm's name and what it is given, and writes what came of it, as JSON.
"""

import asyncio
import contextlib
import json
import os
import random
import resource
import select
import socket
import struct
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

SECONDS = 120  # only a broken server comes near
PORT, CODE = int(sys.argv[1]), sys.argv[2]


class Phone:
    """A phone as its page behaves: holds a line, notices what it missed, fetches its region, sends again what was not answered."""

    def __init__(self, key: str, deflate: bool = False) -> None:
        self.key, self.deflate = key, deflate
        self.held: dict[str, int] = {}
        self.answers: dict[int, asyncio.Future[Any]] = {}
        self.waiting: list[dict[str, Any]] = []
        self.acknowledged: list[str] = []
        self.tries = self.later = 0
        self.up = asyncio.Event()

    async def live(self) -> None:
        """Connects, and connects again when it is cut off."""
        while True:
            try:
                await self._line()
            except (OSError, EOFError, asyncio.IncompleteReadError, TimeoutError):
                self.up.clear()
                self.tries += 1
                for one in self.answers.values():
                    one.cancel()
                self.answers.clear()
                await asyncio.sleep(min(5, 0.5 * 2 ** min(self.tries, 4)) * random.uniform(0.5, 1))

    async def _line(self) -> None:
        async with asyncio.timeout(20):
            reader, self.writer = await asyncio.open_connection("127.0.0.1", PORT)
            self.writer.write(upgrade(deflate=self.deflate))
            if b" 101 " not in await reader.readuntil(b"\r\n\r\n"):
                raise EOFError
        unpack = zlib.decompressobj(-15)
        try:
            while True:
                said = await frame(reader, unpack)
                if said.startswith("0"):
                    self.say("40" + json.dumps({"code": CODE, "key": self.key, "lang": "fr"}))
                elif said == "2":
                    self.say("3")
                elif said.startswith("40"):
                    self.tries = 0
                    self.up.set()
                elif said.startswith("42"):
                    name, told = json.loads(said[2:])
                    if name == "update" and told["seq"] != self.held.get(told["room"]):
                        await self.fetch()
                elif said.startswith("43"):
                    id, _, answer = said[2:].partition("[")
                    self.answers.pop(int(id)).set_result(json.loads("[" + answer)[0])
        finally:
            self.writer.close()

    def say(self, text: str) -> None:
        self.writer.write(framed(text.encode()))

    async def fetch(self) -> None:
        await asyncio.sleep(random.uniform(0, 0.4))
        answer = await ask("GET", f"/s/{CODE}/region/now", self.key)
        if answer.status == 200:
            self.held = answer.json["rooms"]

    async def post(self, act: dict[str, Any]) -> Any:
        """Sends until it is answered, or refused."""
        while True:
            await self.up.wait()
            answer = asyncio.get_running_loop().create_future()
            id = len(self.acknowledged) * 1000 + random.randrange(1000)
            self.answers[id] = answer
            self.say(f'42{id}["act",{json.dumps(act)}]')
            try:
                told = await answer
            except asyncio.CancelledError:
                if asyncio.current_task().cancelling():  # type: ignore[union-attr]
                    raise
                continue
            if "seq" in told:
                self.acknowledged.append(act["id"])
                return told
            self.later += "later" in told
            if "later" not in told:
                return told
            await asyncio.sleep(0.5)


class Told:
    def __init__(self, status: int, head: str, body: bytes) -> None:
        self.status, self.head, self.body = status, head, body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def ask(method: str, path: str, key: str = "", data: Any = None) -> Told:
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    try:
        writer.write(request(method, path, key, data))
        return await told(reader)
    finally:
        writer.close()


async def told(reader: asyncio.StreamReader) -> Told:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    size = next((int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length")), 0)
    return Told(int(head.split(" ", 2)[1]), head, await reader.readexactly(size))


def request(method: str, path: str, key: str = "", data: Any = None, more: str = "") -> bytes:
    body = b"" if data is None else json.dumps(data).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nAccept: application/json\r\n{more}"
    head += f"Authorization: Bearer {key}\r\n" if key else ""
    return (head + (f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else "") + "\r\n").encode() + body


def upgrade(path: str = "/socket.io/?EIO=4&transport=websocket", *, deflate: bool = False) -> bytes:
    more = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    return request("GET", path, more=more + ("Sec-WebSocket-Extensions: permessage-deflate\r\n" if deflate else ""))


def framed(data: bytes, first: int = 0x81) -> bytes:
    """A client's frame, masked with zeros."""
    size = len(data)
    long = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size) if size < 65536 else b"\xff" + struct.pack("!Q", size)
    return bytes([first]) + long + bytes(4) + data


async def frame(reader: asyncio.StreamReader, unpack: Any) -> str:
    while True:
        first, size = await reader.readexactly(2)
        if size == 126:
            (size,) = struct.unpack("!H", await reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await reader.readexactly(8))
        data = await reader.readexactly(size)
        if first & 15 == 8:
            raise EOFError
        if first & 15 == 1:
            return (unpack.decompress(data + b"\0\0\xff\xff") if first & 0x40 else data).decode()


def post(text: str) -> dict[str, Any]:
    return {"id": str(uuid4()), "do": "post", "activity": "situations", "content": {"title": text}}


phones: list[Phone] = []
lives: set[asyncio.Task[None]] = set()
kept: list[socket.socket] = []


async def join(many: int) -> Any:
    """So many people come in, from one address."""
    keys: list[str] = []

    async def come(turns: asyncio.Semaphore, n: int) -> None:
        async with turns:
            keys.append((await ask("POST", f"/j/{CODE}", data={"name": f"Personne {n}"})).json["key"])

    turns = asyncio.Semaphore(50)
    await asyncio.gather(*(come(turns, n) for n in range(many)))
    return keys


async def connect(keys: Sequence[str], deflate: bool = False) -> Any:
    """All of them at once."""
    for key in keys:
        phones.append(Phone(key, deflate))
        lives.add(asyncio.create_task(phones[-1].live()))
    return await connected()


async def connected() -> Any:
    began = time.monotonic()
    await asyncio.gather(*(one.up.wait() for one in phones))
    return {"connected": sum(one.up.is_set() for one in phones), "seconds": round(time.monotonic() - began, 2)}


async def lost() -> Any:
    """Until each has noticed that the server is gone."""
    while any(one.up.is_set() for one in phones):
        await asyncio.sleep(0.01)
    return len(phones)


async def posts(each: int = 1) -> Any:
    """Each posts; what was acknowledged, by its id, and how often one was asked to wait."""

    async def some(phone: Phone, n: int) -> None:
        for m in range(each):
            assert "seq" in await phone.post(post(f"Carte {n}.{m}"))

    await asyncio.gather(*(some(phone, n) for n, phone in enumerate(phones)))
    return {
        "ids": [id for one in phones for id in one.acknowledged],
        "later": sum(one.later for one in phones),
    }


async def converge(room: str, seq: int) -> Any:
    """Until every phone holds what the room was last told."""
    while not all(one.held.get(room, -1) >= seq for one in phones):
        await asyncio.sleep(0.05)
    return Counter(one.held[room] for one in phones).most_common(1)[0][1]


async def leave() -> Any:
    """Everyone goes at once."""
    for task in lives:
        task.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
    phones.clear()
    lives.clear()
    return True


async def hog(key: str, many: int, lines: int = 20) -> Any:
    """One phone posts as fast as it can, over so many connections: what it was answered."""
    answers: Counter[str] = Counter()
    ids: list[str] = []
    retry: set[str] = set()

    async def hammer(count: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        for n in range(count):
            act = post(f"Encore {n}")
            writer.write(request("POST", f"/s/{CODE}/act", key, act))
            answer = await told(reader)
            answers[str(answer.status)] += 1
            if answer.status == 200:
                ids.append(act["id"])
            else:
                assert answer.json["later"]
                answers[answer.json["code"]] += 1
                retry.update(line.split(": ")[1] for line in answer.head.split("\r\n") if line.startswith("Retry-After"))
        writer.close()

    began = time.monotonic()
    await asyncio.gather(*(hammer(many // lines) for _ in range(lines)))
    return {"answers": answers, "ids": ids, "retry": sorted(retry), "rate": round(many / (time.monotonic() - began))}


def opened(small: bool = False) -> socket.socket:
    one = socket.socket()
    if small:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    one.connect(("127.0.0.1", PORT))
    return one


async def silent(many: int, said: str = "") -> Any:
    """So many connections that say nothing more than ``said``. How many the server still holds once all are open."""
    for n in range(many):
        kept.append(opened())
        if said:
            kept[-1].sendall(said.encode())
        if n % 50 == 0:
            await asyncio.sleep(0)
    return await held()


async def held() -> int:
    """How many of the lines kept here the server has not ended."""
    poll = select.poll()
    for one in kept:
        poll.register(one, select.POLLIN | select.POLLRDHUP)
    ended = {file for file, what in poll.poll(0) if what & (select.POLLRDHUP | select.POLLHUP | select.POLLERR)}
    return len(kept) - len(ended)


async def ended(left: int = 0, said: str = "") -> Any:
    """Until the server has ended all of them but so many; each goes on saying ``said``, a drop at a time."""
    while await held() > left:
        for one in kept if said else ():
            with contextlib.suppress(OSError):
                one.send(said.encode())
        await asyncio.sleep(0.25)
    return await held()


async def line(key: str, look: str = "mine", small: bool = False) -> socket.socket:
    """A WebSocket that has said whose it is, and is read no more."""
    one = opened(small)
    one.sendall(upgrade())
    one.setblocking(False)
    loop, got = asyncio.get_running_loop(), b""
    while b"\r\n\r\n" not in got:
        got += await loop.sock_recv(one, 1)
    await loop.sock_sendall(one, framed(("40" + json.dumps({"code": CODE, "key": key, "lang": "fr", "look": look})).encode()))
    kept.append(one)
    return one


async def unread(key: str, look: str, many: int) -> Any:
    """Readers that never read."""
    for _ in range(many):
        await line(key, look, small=True)
    return await held()


async def pour(key: str, what: str, size: int) -> Any:
    """Says without end, on a line that holds a key: until so many bytes left, or the server ended it."""
    makes: dict[str, Callable[[], bytes]] = {
        "pings": lambda: framed(b"", 0x89) * 100,
        "fragments": lambda: framed(b"x" * 1000, 0x01) + framed(b"x" * 1000, 0x00) * 9,
        "endless": lambda: framed(b"", 0x00) * 1000,
        "frame": lambda: framed(b"x" * 200_000),
        "nonsense": lambda: framed(b'42["nothing",1]'),
        "binary": lambda: framed(b"x" * 1000, 0x82),
        "attachments": lambda: framed(b'4599999999-["act",{"_placeholder":true,"num":0}]'),
        "acts": lambda: framed(f'42["act",{json.dumps(post("Encore"))}]'.encode()),
    }
    one, sent = await line(key, small=True), 0
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(5 if what in ("pings", "acts", "endless") else SECONDS):
            if what == "endless":
                await loop.sock_sendall(one, framed(b"", 0x01))
            while sent < size:
                data = makes[what]()
                await loop.sock_sendall(one, data)
                sent += len(data)
            while await loop.sock_recv(one, 65536):
                pass
    except (OSError, TimeoutError):
        pass
    return {"sent": sent, "held": await held()}


async def sids(many: int) -> Any:
    """So many polling sessions, none of which says whose it is: their names."""
    names = []
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    for _ in range(many):
        writer.write(request("GET", "/socket.io/?EIO=4&transport=polling"))
        names.append(json.loads((await told(reader)).body[1:])["sid"])
    writer.close()
    return names


async def raw(text: str, many: int = 1) -> Any:
    """What is answered to this text, as the first line of it."""
    answers: Counter[str] = Counter()
    for _ in range(many):
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        try:
            writer.write(text.encode())
            answers[(await reader.readline()).decode().strip()] += 1
        except OSError:
            answers["reset"] += 1
        finally:
            writer.close()
    return answers


async def main() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    storms = {
        one.__name__: one
        for one in (join, connect, connected, lost, posts, converge, leave, hog, silent, held, ended, unread, pour, sids, raw)
    }
    loop = asyncio.get_running_loop()
    while text := await loop.run_in_executor(None, sys.stdin.readline):
        name, *given = json.loads(text)
        async with asyncio.timeout(SECONDS):
            answer = await storms[name](*given)
        print(json.dumps(answer), flush=True)
    os._exit(0)


asyncio.run(main())
