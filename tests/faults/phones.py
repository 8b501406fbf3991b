"""Fifty phones that post without end over HTTP and Socket.IO, each act sent again, with its id, until it is answered: as real ones do."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import socketio
from harness.server import Server
from web.http import console, joined

from facilitate.core.entry import Entry
from facilitate.journal import Journal

PATIENCE = 30  # seconds for an answer; a page waits eight, here everything shares one machine
SHEET = """---
title: Une journée
date: 2021-09-24
time: 9:30-17:00
---
## Programme

### 10:00 – Situations
- type : situations
- question : Qu’avez-vous vécu ?
"""


class Phones:
    """They post while ``up`` is set. ``kept`` is the number each act was answered with, by its text; ``later`` and ``refused`` the other
    answers; ``cut`` how often a line ended under one of them, ``silent`` how often nothing was answered for so long that they gave up."""

    def __init__(self, server: Server, many: int, seed: int = 0, pause: float = 0.1, words: str = "") -> None:
        self.server, self.many, self.pause, self.words = server, many, pause, words
        self.die = random.Random(seed)
        self.kept: dict[str, int] = {}
        self.later: list[dict[str, Any]] = []
        self.refused: list[dict[str, Any]] = []
        self.up, self.news = asyncio.Event(), asyncio.Event()
        self.cut = self.silent = 0
        self._over = False
        console(server).act("open", "situations")
        self._keys = [joined(server, name=f"Personne {n}").key for n in range(many)]

    async def play(self, drive: Callable[[], Any]) -> None:
        """Has them post until ``drive`` returns, then until the last act of each is answered."""
        self.up.set()
        connector, patience = aiohttp.TCPConnector(force_close=True), aiohttp.ClientTimeout(PATIENCE)
        async with aiohttp.ClientSession(connector=connector, timeout=patience) as web, asyncio.TaskGroup() as room:
            for n, key in enumerate(self._keys):
                room.create_task(self._phone(n, (self._by_socket if n % 2 else self._by_http)(web, key)))
            await drive()
            self._over = True

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for what the answers must lead to."""
        async with asyncio.timeout(60):
            while not holds():
                self.news.clear()
                await self.news.wait()

    async def _phone(self, n: int, send: Callable[[dict[str, Any]], Any]) -> None:
        sent = 0
        while not self._over:
            sent += 1
            act = {"id": str(UUID(int=self.die.getrandbits(128), version=4)), "do": "post", "activity": "situations"}
            act["content"] = {"title": f"Carte {n}.{sent}", "body": self.words}
            while not await self._answered(act, send):
                pass
            # A person thinks before the next card: the pause is what makes the moments of the fault vary.
            await asyncio.sleep(self.die.uniform(0, 2 * self.pause))
        await send({})

    async def _answered(self, act: dict[str, Any], send: Callable[[dict[str, Any]], Any]) -> bool:
        try:
            answer = await send(act)
        except (OSError, TimeoutError, aiohttp.ClientError, socketio.exceptions.SocketIOError) as error:
            silent = isinstance(error, TimeoutError | socketio.exceptions.TimeoutError)
            self.silent, self.cut = self.silent + silent, self.cut + (not silent)
            # The server is gone. Once it is back all try at once, as a room does.
            await asyncio.sleep(0.01)
            await self.up.wait()
            return False
        if "seq" in answer:
            self.kept[act["content"]["title"]] = answer["seq"]
        elif "later" in answer:
            self.later.append(answer)
            await asyncio.sleep(self.pause)
        else:
            self.refused.append(answer)
        self.news.set()
        return "later" not in answer

    def _by_http(self, web: aiohttp.ClientSession, key: str) -> Callable[[dict[str, Any]], Any]:
        headers = {"Authorization": f"Bearer {key}", "Accept": "application/json", "Accept-Language": "fr"}

        async def send(act: dict[str, Any]) -> Any:
            if act:
                async with web.post(f"{self.server.base}/s/{self.server.code}/act", json=act, headers=headers) as answer:
                    return await answer.json() | ({"after": answer.headers["Retry-After"]} if answer.status == 503 else {})

        return send

    def _by_socket(self, web: aiohttp.ClientSession, key: str) -> Callable[[dict[str, Any]], Any]:
        auth, opened = {"code": self.server.code, "key": key, "lang": "fr"}, list[tuple[Any, asyncio.Event]]()

        async def send(act: dict[str, Any]) -> Any:
            if not act:
                return [await socket.disconnect() for socket, _ in opened]
            if not opened:
                socket, gone = socketio.AsyncClient(reconnection=False, http_session=web), asyncio.Event()
                socket.on("disconnect", lambda *_: gone.set())
                await socket.connect(self.server.base, auth=auth, transports=["websocket"])
                opened.append((socket, gone))
            (socket, gone) = opened[0]
            answering, ended = asyncio.ensure_future(socket.call("act", act, timeout=PATIENCE)), asyncio.ensure_future(gone.wait())
            done, waiting = await asyncio.wait((answering, ended), return_when=asyncio.FIRST_COMPLETED)
            for one in waiting:
                one.cancel()
            if answering in done and not answering.exception():
                return answering.result()
            opened.clear()
            raise (answering in done and answering.exception()) or ConnectionError

        return send


def stored(where: Path | str) -> list[Entry]:
    """The entries of the only day of a data folder, or of a database."""
    journal = Journal(where) if isinstance(where, str) else Journal.in_folder(where)
    try:
        (session,) = journal.sessions()
        return journal.since(session.id)
    finally:
        journal.close()


def posts(where: Path | str) -> list[str]:
    """The texts of the cards in its journal, each as often as it is there."""
    return [entry.content["title"] for entry in stored(where) if entry.do == "post"]
