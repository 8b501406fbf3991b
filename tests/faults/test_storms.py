"""Storms: everyone at once, one phone that never stops, readers that never read, thousands who say nothing. Who is in the room posts on."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from engineio.packet import MESSAGE, Packet
from faults.phones import SHEET, stored
from gevent.queue import Empty
from harness.footing import AT_LENGTH, FOOTINGS, SINGLE
from harness.server import Server
from harness.tally import LONG, rounds
from web.http import Client, console, joined

from facilitate.app import create_app
from facilitate.journal import Journal
from facilitate.lines import Outbox, Rooms
from facilitate.render import Entrance

# How much one may hold open, how often one may ask and how much memory goes with it is each worker's own affair: one tells it all.
pytestmark = pytest.mark.footings(*SINGLE)

PROGRAM = Path(__file__).parents[1] / "harness" / "storm.py"


class Storm:
    """A process that plays storms against one server: ``storm("posts", 3)`` asks for one and gives what came of it."""

    def __init__(self, day: Server) -> None:
        command = [sys.executable, str(PROGRAM), str(day.port), day.code]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def begin(self, *asked: Any) -> None:
        assert self.process.stdin is not None
        print(json.dumps(asked), file=self.process.stdin, flush=True)

    def end(self) -> Any:
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert said, "the storm broke down: see what it wrote"
        return json.loads(said)

    def __call__(self, *asked: Any) -> Any:
        self.begin(*asked)
        return self.end()


@pytest.fixture
def storms() -> Iterator[Callable[[Server], Storm]]:
    begun: list[Storm] = []

    def begin(day: Server) -> Storm:
        begun.append(Storm(day))
        return begun[-1]

    yield begin
    for one in begun:
        one.process.kill()
        one.process.communicate()


@pytest.fixture
def day(server) -> Server:
    started = server(SHEET)
    console(started).act("open", "situations")
    return started


def memory(day: Server) -> float:
    """Megabytes that its processes hold."""
    pages = sum(int(Path(f"/proc/{one.pid}/statm").read_text().split()[1]) for one in day.each)
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def files(day: Server) -> int:
    return sum(len(os.listdir(f"/proc/{one.pid}/fd")) for one in day.each)


def lines_of(day: Server) -> int:
    """Sockets alone: a file that the server was reading comes and goes."""
    found = 0
    for one in day.each:
        for entry in Path(f"/proc/{one.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                found += os.readlink(entry).startswith("socket:")
    return found


def looks() -> Iterator[None]:
    """Ten moments within a second."""
    for _ in range(10):
        time.sleep(0.1)
        yield


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Waits for a state."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def kept(day: Server) -> list[str]:
    return [entry.id for entry in stored(day.where) if entry.do == "post"]


@pytest.mark.footings(*FOOTINGS)
def test_phones_that_all_come_back_at_once_are_served_and_nothing_of_them_stays(day, storms, tally):
    many, storm = 1000 if LONG else 30, storms(day)
    keys = storm("join", many)
    before = files(day)
    assert storm("connect", keys)["connected"] == many
    storm("posts", 1)
    tries = 1
    for _ in rounds(1, 2):
        tries += 1
        day.kill()
        storm("lost")
        day.restart()
        assert storm("connected")["connected"] == many
    said = storm("posts", 1)
    seq = len(stored(day.where))
    for one in day.each:
        until(lambda one=one: console(one).state()["seq"] == seq)
    assert storm("converge", f"{day.code}:mine", 1) == many
    tally(f"{many} phones come back at once", tries=tries, acknowledged=said["ids"], kept=kept(day), refused=said["later"])
    assert len(said["ids"]) == 2 * many
    storm("leave")
    until(lambda: files(day) < before + 15)
    # Once more: what they took of the memory is what they take again.
    held = memory(day)
    storm("connect", keys)
    storm("leave")
    until(lambda: files(day) < before + 15)
    assert memory(day) < held + many * 0.03 + 5


def test_one_phone_that_posts_without_end_is_held_back_alone(day, storms, tally):
    room, hog = storms(day), storms(day)
    room("connect", room("join", 150 if LONG else 20))
    greedy = joined(day, name="Greedy").key
    hog.begin("hog", greedy, 10_000 if LONG else 400)
    said = room("posts", 5 if LONG else 2)
    told = hog.end()
    answers = told["answers"]
    assert set(answers) == {"200", "429", "often"}
    assert answers["429"] == answers["often"] > answers["200"]
    assert all(int(after) >= 1 for after in told["retry"])
    assert said["later"] == 0, "the others are asked to wait for nobody"
    tally("One phone posts without end", tries=1, acknowledged=[*said["ids"], *told["ids"]], kept=kept(day), refused=answers["429"])
    # By the same address, the same key, a moment later.
    until(lambda: Client(day, greedy).act("post", "situations", {"title": "Encore"}).status == 200)


@pytest.mark.footings(*AT_LENGTH)
def test_a_room_behind_one_address_is_never_held_back(day, storms):
    storm, many = storms(day), 150 if LONG else 40
    storm("connect", storm("join", many))
    said = storm("posts", 6)
    assert (len(said["ids"]), said["later"]) == (6 * many, 0)


def test_readers_that_never_read_are_let_go_and_hold_nobody_up(day, storms, tally):
    storm, readers, many = storms(day), storms(day), 50 if LONG else 8
    storm("connect", storm("join", 3))
    # The least of some looks: what brought the three in ends with its answer, a moment later.
    before, lines, held = memory(day), files(day), min(lines_of(day) for _ in looks())
    assert readers("unread", day.keys["wall"], "wall", many) == many
    assert lines_of(day) >= held + many
    # The wall's region sixty times for each of them: the system keeps a part of it, the program what is newest.
    said = storm("posts", 60)
    tally("Readers that never read", tries=many, acknowledged=said["ids"], kept=kept(day), refused=said["later"])
    assert memory(day) < before + 25
    assert readers("ended") == 0, "what the system kept for them is let go too"
    until(lambda: files(day) < lines + 10)
    assert readers("unread", day.keys["wall"], "wall", 1), "whoever comes back is let in"


def test_connections_that_say_nothing_or_half_keep_nobody_out_and_end(day, storms, tally):
    many = 10_000 if LONG else 150
    storm, room = storms(day), storms(day)
    room("connect", room("join", 20))
    before = memory(day)
    half = f"POST /s/{day.code}/act HTTP/1.1\r\nHost: x\r\nX: "
    slow = f"POST /j/{day.code} HTTP/1.1\r\nHost: 127.0.0.1:{day.port}\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{{"
    storm("silent", many // 2, "")
    storm("silent", many // 2 - 20, half)
    storm("silent", 20, slow)
    held = storm("ended", min(many, 4096 + 20))
    grown = memory(day) - before
    assert grown < 30 + held * 0.03
    said = room("posts", 2)
    assert joined(day, name="Une personne de plus").key
    ids = said["ids"]
    tally(f"{many:,} silent connections", tries=many, acknowledged=ids, kept=kept(day), refused=said["later"])
    print(f"{many} opened, {held} held at once, {grown:.0f} MB more")
    # They say a letter now and then, in a header or in a body: that is no more.
    assert storm("ended", 0, "x") == 0
    assert room("posts", 1)["later"] == 0


@pytest.mark.parametrize(
    ("what", "size"),
    [
        *(("frame", 10**6), ("fragments", 10**6), ("binary", 10**6), ("attachments", 10**6), ("nonsense", 10**6)),
        *(("pings", 10**8), ("endless", 10**8), ("acts", 10**8)),
    ],
)
def test_a_line_that_floods_is_slowed_or_ended_and_the_room_posts_on(lasting, storms, what, size):
    day, room = lasting
    storm, before = storms(day), memory(day)
    storm.begin("pour", joined(day, name="Flots").key, what, size)
    assert room("posts", 1)["later"] == 0
    told = storm.end()
    if what in ("pings", "endless", "acts"):
        assert told["sent"] < 900_000, "no faster than a phone could mean it"
    else:
        assert told["held"] == 0
    assert memory(day) < before + 15


@pytest.fixture(scope="module")
def lasting(lasting_server) -> Iterator[tuple[Server, Storm]]:
    day = lasting_server(SHEET)
    console(day).act("open", "situations")
    room = Storm(day)
    room("connect", room("join", 10))
    yield day, room
    room.process.kill()
    room.process.communicate()


HOST = "Host: x\r\n"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("GET / HTTP/1.1\r\n" + HOST + f"X: {'y' * 7000}\r\n" * 5 + "\r\n", "431"),
        ("GET / HTTP/1.1\r\n" + HOST + "X: y\r\n" * 8000 + "\r\n", "431"),
        ("GET / HTTP/1.1\r\n" + HOST + "X: y\r\n" * 200 + "\r\n", "400"),
        (f"GET /{'y' * 9000} HTTP/1.1\r\n", "414"),
        ("\0\1\2 nothing\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\n" + HOST + "Content-Length: minus\r\n\r\n", "400"),
        ("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 99999999999999\r\n\r\n", "400"),
        *(
            (f"POST /healthz HTTP/1.1\r\n{HOST}{lengths}\r\n\r\n0\r\n\r\n", "400")
            for lengths in (
                "Content-Length: 5\r\nContent-Length: 0",
                "Content-Length: +5",
                "Content-Length: 0_5",
                "Content-Length: \x0b5",
                "Content-Length: 5, 5",
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: \x0bchunked",
                "Transfer-Encoding : chunked",
                "X: y\r\n Transfer-Encoding: chunked",
                "X: y\rTransfer-Encoding: chunked",
            )
        ),
    ],
)
def test_a_request_that_is_none_is_refused_and_leaves_no_trace(lasting, text, answer):
    day, room = lasting
    (told,) = room("raw", text)
    assert told.startswith(f"HTTP/1.1 {answer} ")
    assert "127.0.0.1" not in day.log, "who sent nonsense is not written down"


def test_a_body_is_taken_no_further_than_it_may_go(lasting):
    day, room = lasting
    head = f"POST /j/{day.code} HTTP/1.1\r\nHost: 127.0.0.1:{day.port}\r\nContent-Type: application/json\r\n"
    (told,) = room("raw", f"{head}Content-Length: 70000\r\n\r\n{'x' * 70000}")
    assert told.startswith("HTTP/1.1 413 ")
    (told,) = room("raw", f"{head}Transfer-Encoding: chunked\r\n\r\n" + f"4000\r\n{'x' * 0x4000}\r\n" * 5 + "0\r\n\r\n")
    assert told.startswith("HTTP/1.1 4")


def test_sessions_that_say_nothing_make_room_for_those_who_do(day, storms, tally):
    storm, room, many = storms(day), storms(day), 8000 if LONG else 6200
    before = memory(day)
    sids = storm("sids", many)
    assert memory(day) < before + 60
    assert storm("raw", f"GET /socket.io/?EIO=4&transport=polling&sid={sids[0]} HTTP/1.1\r\nHost: 127.0.0.1:{day.port}\r\n\r\n").keys() == {
        "HTTP/1.1 400 BAD REQUEST"
    }
    room("connect", room("join", 10))
    tally("Sessions that say nothing", tries=many, acknowledged=room("posts", 1)["ids"], kept=kept(day))


def test_what_waits_for_a_reader_is_the_newest_of_a_kind_and_too_much_is_let_go():
    let_go: list[int] = []
    waiting = Outbox()
    waiting.full = lambda: let_go.append(1)
    for n in range(1000):
        for told in (f'2["update",{{"room":"A","prev":{n},"seq":{n + 1},"html":"x"}}]', '2["presence",{"here":3}]'):
            waiting.put(Packet(MESSAGE, told))
    assert [waiting.get().data.partition(",")[0] for _ in range(len(waiting))] == ['2["update"', '2["presence"']
    with pytest.raises(Empty):
        waiting.get(block=False)
    for n in range(300):
        assert len(waiting) < 257
        waiting.put(Packet(MESSAGE, f'3{n}[{{"seq":{n}}}]'))
    assert let_go == [1]


def test_a_socket_that_leaves_is_looked_for_in_no_room_but_its_own():
    class Unsearched(dict[Any, Any]):
        def _searched(self, *_: Any) -> Any:
            raise AssertionError("every room of the house was looked at")

        copy = items = keys = values = __iter__ = _searched

    rooms = Rooms()
    rooms.server = SimpleNamespace(eio=SimpleNamespace(generate_id=lambda: uuid4().hex))
    rooms.rooms["/"] = Unsearched()
    sockets = [rooms.connect(f"line {n}", "/") for n in range(100)]
    for n, socket in enumerate(sockets):
        rooms.enter_room(socket, "/", "all")
        rooms.enter_room(socket, "/", f"own {n}")
    for socket in sockets:
        rooms.pre_disconnect(socket, "/")
        rooms.disconnect(socket, "/")
    assert (rooms.rooms, rooms._of, rooms.pending_connect, rooms.pending_disconnect) == ({}, {}, {}, {})


def test_more_people_than_a_room_holds_wait_to_come_in_and_other_days_do_not(tmp_path):
    server = create_app(Journal.in_folder(tmp_path), Entrance("http://127.0.0.1"))
    full, other = SimpleNamespace(code="AAA111"), SimpleNamespace(code="BBB222")
    told = [server.live.crowded(full) for _ in range(1010)]
    assert told[:1000] == [None] * 1000
    assert [(one.status, one.code, one.seconds) for one in told[-3:]] == [(429, "crowded", 1)] * 3
    assert server.live.crowded(other) is None
    server.close()


def test_codes_tried_one_after_the_other_wait_and_the_day_under_way_is_found(tmp_path):
    server = create_app(Journal.in_folder(tmp_path), Entrance("http://127.0.0.1"))
    day = server.workshop.sheet("day.md", SHEET, "Une journée")
    web = server.app.test_client()
    assert {web.get(f"/j/AAA{n:03}").status_code for n in range(300)} == {404}
    for address in ("/j/AAB", "/?code=AAB"):
        assert 429 in (web.get(f"{address}{n:03}").status_code for n in range(300))
    assert web.get(f"/j/{day.code}").status_code == 200
    assert web.get(f"/?code={day.code[:3].lower()} {day.code[3:]}").status_code == 303
    server.close()


def test_a_key_that_opens_line_upon_line_loses_the_eldest(day, storms):
    storm = storms(day)
    key = joined(day, name="Tant d’onglets").key
    assert [storm("unread", key, "mine", 1) for _ in range(12)] == list(range(1, 13))
    storm("unread", key, "mine", 3)
    assert storm("ended", 12) == 12
