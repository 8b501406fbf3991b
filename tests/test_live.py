"""Real time over real sockets: what each room is told, in which order, and what is said to whom."""

import asyncio
import json
import re
import socket
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from uuid import uuid4

import aiohttp
import gevent
import pytest
import socketio
from core.day import SHEET
from harness.footing import AT_LENGTH, FOOTINGS
from harness.loop import run
from harness.server import Server
from web.http import Client, console, joined

from facilitate.app import create_app
from facilitate.core.entry import Act, Caller
from facilitate.journal import Journal
from facilitate.render import Asked, Entrance, Place
from facilitate.workshop import Later, Session

pytestmark = pytest.mark.footings(*AT_LENGTH)
one_tells_another = pytest.mark.footings(*FOOTINGS)  # what happens at one worker is told on the screens of the other

TRACKS = """---
titre: Une journée
---
## Programme

### Ateliers
- type : ateliers
- durée : 1 h
- ateliers : Produire; Manger

### Ce qui se fait
- type : situations
- atelier : Produire

### Nos assiettes
- type : situations
- atelier : Manger
"""


class Screen:
    """A socket as a page holds one: what it was told, room by room."""

    def __init__(self) -> None:
        self.socket = socketio.AsyncClient(reconnection=False)
        self.updates: list[dict[str, Any]] = []
        self.news = asyncio.Event()
        self.socket.on("update", self.told)

    def told(self, update: dict[str, Any]) -> None:
        self.updates.append(update)
        self.news.set()

    async def until(self, holds: Callable[[], bool], seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                self.news.clear()
                await self.news.wait()

    async def act(self, do: str, activity: str = "", content: Any = None, **more: Any) -> Any:
        act = {"id": str(uuid4()), "do": do, "activity": activity, "content": content if content is not None else {}} | more
        return await self.socket.call("act", act, timeout=20)


async def screen(day: Server, key: str, look: str, **auth: Any) -> Screen:
    one = Screen()
    await one.socket.connect(day.base, auth={"code": day.code, "key": key, "lang": "fr", "look": look} | auth, transports=["websocket"])
    return one


@pytest.fixture
def day(server):
    started = server(SHEET.replace("capacity: 3", "capacity: 50"))
    console(started).act("open", "situations")
    return started


@one_tells_another
def test_the_wall_is_told_of_a_card_and_phones_are_not(day):
    async def play() -> None:
        anna, bob = joined(day, name="Élue 1"), joined(day, name="Élue 2")
        wall = await screen(day, day.keys["wall"], "wall")
        one, other = await screen(day, anna.key, "mine"), await screen(day, bob.key, "mine")
        await other.act("post", "situations", {"title": "La sienne"})
        await wall.until(lambda: any("La sienne" in update.get("html", "") for update in wall.updates))
        before = len(other.updates)
        answer = await one.act("post", "situations", {"title": "Une légumerie <b>partagée</b>"})
        await wall.until(lambda: any("légumerie" in update.get("html", "") for update in wall.updates))
        html = wall.updates[-1]["html"]
        assert "&lt;b&gt;partagée" in html
        assert "<b>partagée" not in html
        # Her own phone is told that something of hers changed, and asks for it; his hears nothing, and no card travels to either.
        await one.until(lambda: any(":mine:" in update["room"] and update["seq"] == answer["seq"] for update in one.updates))
        assert [update for update in other.updates[before:] if ":mine:" not in update["room"] and update["prev"] != update["seq"]] == []
        assert [update["seq"] for update in other.updates if update["seq"] == answer["seq"]] == []
        assert all("html" not in update for update in [*one.updates, *other.updates])
        for each in (wall, one, other):
            await each.socket.disconnect()

    run(play())


def test_each_update_names_the_one_before_it(day):
    async def play() -> None:
        anna = joined(day, name="Élue 1")
        wall, phone = await screen(day, day.keys["wall"], "wall"), await screen(day, anna.key, "mine")
        for n in range(5):
            answer = await phone.act("post", "situations", {"title": f"Carte {n}"})
            await wall.until(lambda answer=answer: wall.updates[-1]["seq"] >= answer["seq"])
        chain = [(update["prev"], update["seq"]) for update in wall.updates]
        assert all(before[1] == after[0] for before, after in pairwise(chain))
        for each in (wall, phone):
            await each.socket.disconnect()

    run(play())


def test_many_posts_at_once_make_few_updates(day):
    async def play() -> None:
        phones = [joined(day, name=f"Agent {n}") for n in range(10)]
        wall = await screen(day, day.keys["wall"], "wall")
        sockets = [await screen(day, phone.key, "mine") for phone in phones]
        start = len(wall.updates)
        answers = await asyncio.gather(*(one.act("post", "situations", {"title": f"Carte {n}"}) for n in range(4) for one in sockets))
        last = max(answer["seq"] for answer in answers)
        assert len({answer["seq"] for answer in answers}) == 40
        await wall.until(lambda: wall.updates[-1]["seq"] >= last)
        assert len(wall.updates) - start < 20
        assert wall.updates[-1]["html"].count('data-card="') == 40
        for each in [wall, *sockets]:
            await each.socket.disconnect()

    run(play())


def test_a_socket_says_the_same_as_http(day):
    async def play() -> None:
        anna = joined(day, name="Élue 1")
        phone = await screen(day, anna.key, "mine")
        same = {"id": str(uuid4()), "do": "post", "activity": "situations", "content": {"title": "Une carte"}}
        answer = await phone.socket.call("act", same, timeout=20)
        assert anna.json(f"/s/{day.code}/act", same).json == answer
        empty = await phone.act("post", "situations")
        assert empty["code"] == "empty"
        assert empty["field"] == "title"
        assert "refused" in empty
        for bad in (None, [], "x", {"id": 1}, {"id": "x", "do": "post"}, {"id": str(uuid4()), "do": "post", "content": "x"}):
            assert (await phone.socket.call("act", bad, timeout=20))["code"] in ("malformed", "bad-id")
        await phone.socket.disconnect()

    run(play())


@pytest.mark.parametrize(
    ("key", "look"), [("nothing", "mine"), ("wall", "console"), ("participant", "console"), ("wall", "mine"), ("", "wall")]
)
def test_a_key_opens_only_its_own_look(day, key, look):
    async def play() -> None:
        given = day.keys.get(key) or (joined(day).key if key == "participant" else key)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await screen(day, given, look)

    run(play())


def invited(day: Server, **content: str) -> tuple[str, str]:
    """Someone of the team: (their id, their key), as the team's page gives it to a browser, which stays with its worker."""
    lead, id = Client(day.each[0], cookies={f"console-{day.code}": day.keys["console"]}), str(uuid4())
    path = f"/c/{day.code}/team"
    before = set(re.findall(r"key=([\w-]+)", lead.get(path).text))
    assert lead.form(path, {"id": id, "name": "Samira"} | content).status == 303
    (key,) = set(re.findall(r"key=([\w-]+)", lead.get(path).text)) - before
    return id, key


@one_tells_another
def test_an_open_page_ends_with_the_link_that_was_taken_back(day):
    async def play() -> None:
        member, key = await asyncio.to_thread(invited, day, role="console")
        samira, wall = await screen(day, key, "console"), await screen(day, day.keys["wall"], "wall")
        assert "seq" in await samira.act("retime", "situations", {"minutes": 40})
        gone = asyncio.Event()
        samira.socket.on("disconnect", lambda *_: gone.set())
        dismissed = await asyncio.to_thread(console(day).act, "dismiss", on=member)
        async with asyncio.timeout(20):
            await gone.wait()
        told = samira.updates[-1]
        assert (told["prev"], told["seq"], "html" in told) == (-1, dismissed.json["seq"], False), "it asks again, and is refused"
        count = len(samira.updates)
        posted = await asyncio.to_thread(joined(day).act, "post", "situations", {"title": "Entre nous"})
        await wall.until(lambda: wall.updates[-1]["seq"] >= posted.json["seq"])
        assert len(samira.updates) == count
        with pytest.raises(socketio.exceptions.ConnectionError):
            await screen(day, key, "console")
        await wall.socket.disconnect()

    run(play())


@one_tells_another
def test_the_open_pages_of_whoever_erased_all_they_gave_end(day):
    async def play() -> None:
        me = await asyncio.to_thread(joined, day)
        gone = asyncio.Event()
        other_tab = await screen(day, me.key, "mine")
        other_tab.socket.on("disconnect", lambda *_: gone.set())
        await other_tab.until(lambda: len(other_tab.updates) == 2)
        (id,) = {one["room"].rpartition(":")[2] for one in other_tab.updates} - {"mine"}
        assert "seq" in await asyncio.to_thread(lambda: me.act("erase", on=id).json)
        async with asyncio.timeout(20):
            await gone.wait()
        with pytest.raises(socketio.exceptions.ConnectionError):
            await screen(day, me.key, "mine")

    run(play())


def test_a_link_taken_back_leaves_a_browser_its_other_keys(day):
    member, key = invited(day, role="scribe")
    console(day).act("dismiss", on=member)

    async def play() -> None:
        page = Screen()
        cookies = f"scribe-{day.code}={key}; console-{day.code}={day.keys['console']}"
        auth = {"code": day.code, "lang": "fr", "look": "scribe"}
        await page.socket.connect(day.base, {"Cookie": cookies}, auth=auth, transports=["websocket"])
        assert "seq" in await page.act("welcome", content={"name": "Odile"})
        await page.socket.disconnect()

    run(play())


def test_every_page_of_whoever_drives_one_workshop_is_told(server):
    day = server(TRACKS)
    console(day).act("open", "ateliers")

    async def play() -> None:
        _, key = await asyncio.to_thread(invited, day, role="console", track="produire")
        pages = [await screen(day, key, look) for look in ("console", "remote", "notes", "scribe")]
        answer = await pages[0].act("next", content={"leaving": ""})
        for one in pages:
            await one.until(lambda one=one: any(told["seq"] == answer["seq"] and "html" in told for told in one.updates))
        for one in pages:
            await one.socket.disconnect()

    run(play())


def test_a_workshop_that_is_not_in_the_day_is_the_plenary(day):
    async def play() -> None:
        wall = await screen(day, day.keys["wall"], "wall", track="nowhere:at:all")
        await wall.until(lambda: bool(wall.updates))
        assert {update["room"] for update in wall.updates} == {f"{day.code}:wall:fr"}
        await wall.socket.disconnect()

    run(play())


@one_tells_another
def test_people_are_counted_not_their_connections(day):
    async def play() -> None:
        anna = joined(day, name="Élue 1")
        console_ = await screen(day, day.keys["console"], "console")
        present: list[int] = []
        console_.socket.on("presence", lambda told: (present.append(told["here"]), console_.news.set()))
        phones = [await screen(day, anna.key, "mine") for _ in range(2)]
        await console_.until(lambda: present[-1:] == [1])
        await phones[0].socket.disconnect()
        await phones[1].socket.disconnect()
        await console_.until(lambda: present[-1:] == [0])
        await console_.socket.disconnect()

    run(play())


@one_tells_another
def test_the_phones_are_told_when_the_step_changes(day):
    async def play() -> None:
        phone = await screen(day, joined(day).key, "mine")
        answer = console(day).act("open", "choisir").json
        await phone.until(lambda: any(update["room"].endswith(":mine") and update["seq"] == answer["seq"] for update in phone.updates))
        await phone.socket.disconnect()

    run(play())


def test_a_screen_on_a_slow_line_gets_every_update_whole(day):
    """Its line is full while more comes: what is sent of a message then is sent to its end before the next one begins."""

    def narrow(address: tuple[Any, ...]) -> socket.socket:
        made = socket.socket(address[0], address[1])
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        return made

    async def play() -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(socket_factory=narrow)) as session:
            line = await session.ws_connect(f"{day.base}/socket.io/?EIO=4&transport=websocket", max_msg_size=0)
            auth = {"code": day.code, "key": day.keys["console"], "lang": "fr", "look": "console"}
            await line.send_str("40" + json.dumps(auth))
            phones = [joined(day) for _ in range(4)]
            text = "Un marché commun, tenu par des bénévoles. " * 14
            fields = dict.fromkeys(("context", "done", "results", "watch"), text[:600])
            for n in range(200):
                answer = await asyncio.to_thread(phones[n % 4].act, "post", "situations", {"title": f"Carte {n}", **fields, "signed": True})
                assert answer.status == 200, answer.text
            last = answer.json["seq"]
            async for message in line:
                assert message.type is aiohttp.WSMsgType.TEXT, message
                if message.data.startswith("42") and json.loads(message.data[2:])[1].get("seq") == last:
                    return
        pytest.fail("the line ended before the last update")

    run(play())


def test_a_screen_that_cannot_be_drawn_keeps_no_other_from_its_news(tmp_path, monkeypatch, caplog):
    server = create_app(Journal.in_folder(tmp_path), Entrance("http://127.0.0.1"))
    session = server.workshop.sheet("/day.md", SHEET, "Une journée")
    assert isinstance(session, Session)
    joined = session.join(str(uuid4()), {})
    assert isinstance(joined, tuple)
    draw = server.live.screens.region

    def broken(session: Session, place: Place, asked: Asked) -> str:
        if place == "console":
            raise RuntimeError("a defect of a template")
        return draw(session, place, asked)

    monkeypatch.setattr(server.live.screens, "region", broken)

    def look(name: str, key: str) -> Any:
        return server.socketio.test_client(server.app, auth={"code": session.code, "key": key, "look": name, "lang": "fr"})

    screens = [look("console", session.row.keys["console"]), look("mine", joined[1]), look("wall", session.row.keys["wall"])]
    opened = session.act(Act(str(uuid4()), "open", "situations"), Caller("console"))
    told: set[str] = set()
    with gevent.Timeout(10):
        while told != {"mine", "wall"}:
            gevent.sleep(0.02)
            updates = [one["args"][0] for screen in screens for one in screen.get_received() if one["name"] == "update"]
            told |= {update["room"].split(":")[1] for update in updates if update["seq"] == opened}
    assert "could not be told" in caplog.text
    server.close()


def test_who_looks_at_the_wall_is_told_of_a_card_that_a_newcomer_saw_first(tmp_path):
    server = create_app(Journal.in_folder(tmp_path), Entrance("http://127.0.0.1"))
    session = server.workshop.sheet("/day.md", SHEET, "Une journée")
    assert isinstance(session, Session)
    joined = session.join(str(uuid4()), {})
    assert isinstance(joined, tuple)
    auth = {"code": session.code, "key": joined[1], "look": "wall", "lang": "fr"}
    phone = server.socketio.test_client(server.app, auth=auth)
    server.workshop.subscribers.append(lambda session, *_: server.live.cards(session, "fr"))
    opened = session.act(Act(str(uuid4()), "open", "situations"), Caller("console"))
    told = set[int]()
    with gevent.Timeout(10):
        while opened not in told:
            gevent.sleep(0.02)
            told |= {one["args"][0]["seq"] for one in phone.get_received() if one["name"] == "update"}
    server.close()


def test_whole_rooms_that_come_back_after_a_restart_try_no_codes(tmp_path):
    server = create_app(Journal.in_folder(tmp_path), Entrance("http://127.0.0.1"))
    codes = [server.workshop.journal.create(path=None, title=f"Salle {n}", created="2026-03-12T08:00:00.000Z").code for n in range(3)]
    came = [gevent.spawn(server.live.guessed, code) for _ in range(400) for code in codes]
    gevent.joinall(came)
    assert [one.value for one in came] == [None] * 1200
    tried = [server.live.guessed(f"ZZZ{n:03}") for n in range(310)]
    assert tried[:300] == [None] * 300
    assert isinstance(tried[-1], Later)
    server.close()


def test_a_defect_of_ours_is_told_in_the_log_and_what_is_no_packet_is_not(tmp_path, monkeypatch, caplog):
    server = create_app(Journal.in_folder(tmp_path), Entrance("http://127.0.0.1"))
    session = server.workshop.sheet("/day.md", SHEET, "Une journée")
    assert isinstance(session, Session)
    page = server.socketio.test_client(server.app, auth={"code": session.code, "key": session.row.keys["wall"], "look": "wall"})
    server.live._hear(page.eio_sid, '2["act",{')
    assert caplog.text == ""
    page.disconnect()

    def broken(code: str) -> Session:
        raise ValueError("a defect")

    monkeypatch.setattr(server.workshop, "session", broken)
    server.live._hear(page.eio_sid, '0{"code":"RVT482"}')
    assert "could not be heard" in caplog.text
    server.close()
