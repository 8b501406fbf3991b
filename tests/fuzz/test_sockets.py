"""What a socket may be told: events that are none, acts of any form, packets of Engine.IO bent at will. The server goes on, logs no error,
answers within the bounds, and whatever is refused changes nothing."""

import asyncio
import json
import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
import socketio
from harness.loop import run
from harness.server import Server
from harness.tally import LONG, Tally
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model.plain import SHEET
from web.http import Client, console, joined

TRIES = 1500 if LONG else 150
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
VERBS = [
    "post",
    "edit",
    "withdraw",
    "vote",
    "open",
    "close",
    "next",
    "erase",
    "welcome",
    "note",
    "hide",
    "reveal",
    "join",
    "sheet",
    "collect",
    "capacity",
]
KEYS = ["id", "do", "activity", "content", "on", "base", "seen", "for", "title", "text", "signed", "dots", "self"]
MEANT: list[dict[str, Any]] = [
    *({"do": "post", "activity": "situations", "content": {"title": "A card", "signed": signed}, "seen": 3} for signed in (True, False)),
    {"do": "vote", "activity": "choose", "content": {"dots": {}}},
    {"do": "post", "activity": "evaluation", "content": {"roti": 3, "useful": "All", "scales": {"exchanges": 2}}},
    {"do": "introduce", "content": {"name": "Ada", "territory": "Diois", "named": True}},
    {"do": "note", "content": {"text": "Said", "mark": "quotation", "speaker": "Ada", "agreed": True}},
    {"do": "posts", "activity": "situations", "content": {"lines": "One\nTwo", "signed": True}},
    {"do": "retime", "activity": "situations", "content": {"minutes": 40}},
    {"do": "add", "content": {"kind": "poll.scale", "title": "Now", "minutes": 5, "after": "choose", "settings": {"choices": "a\nb"}}},
    {"do": "cut", "content": {"minutes": {"pause": 5}}},
    {"do": "move", "activity": "pause", "content": {"after": "situations"}, "base": 5},
    {"do": "show", "content": {"page": 2, "zoom": 120, "qr": True}},
    {"do": "merge", "content": {"variant": "Diois", "name": "Le Diois", "what": "structure"}},
    {"do": "write", "content": {"section": "situations", "part": "synthesis", "text": "So", "numbers": "x"}, "base": 0},
]
"""Acts as pages send them; each is then sent with a fact or two of it replaced."""


@st.composite
def acts(draw: Callable[..., Any]) -> Any:
    act = json.loads(json.dumps(draw(st.sampled_from(MEANT)))) | {"id": draw(st.uuids().map(str))}
    for _ in range(draw(st.integers(0, 2))):
        within = act["content"] if isinstance(act["content"], dict) and act["content"] and draw(st.booleans()) else act
        within[draw(st.sampled_from([*sorted(within), *KEYS]))] = draw(ANY | st.sampled_from([*VERBS, "situations"]))
        act.setdefault("content", {})
    return act


@pytest.fixture(scope="module")
def day(lasting_server: Callable[..., Server]) -> Server:
    server = lasting_server(SHEET)
    for step in ("situations", "choose", "evaluation"):
        assert console(server).act("open", step, {"beside": True}).status == 200
    return server


def seq(day: Server) -> int:
    return int(console(day).ask("GET", f"/s/{day.code}/state?as=console").json["seq"])


def test_no_act_over_a_socket_breaks_it_and_a_refused_one_changes_nothing(day: Server, tally: Tally) -> None:
    drawn: list[Any] = []

    @settings(max_examples=TRIES, suppress_health_check=list(HealthCheck), database=None)
    @given(acts() | acts() | acts() | ANY)
    def draw(act: Any) -> None:
        drawn.append(act)

    draw()
    anna = joined(day, name="Élue 1")

    async def play() -> int:
        refused, sockets = 0, {}
        for look, key in (("mine", anna.key), ("console", day.keys["console"]), ("wall", day.keys["wall"])):
            sockets[look] = socketio.AsyncClient(reconnection=False)
            auth = {"code": day.code, "key": key, "lang": "fr", "look": look}
            await sockets[look].connect(day.base, auth=auth, transports=["websocket"])
        last = await asyncio.to_thread(seq, day)
        for n, act in enumerate(drawn):
            look = ("mine", "console", "console", "wall")[n % 4]
            answer = await sockets[look].call("act", act, timeout=60)
            assert isinstance(answer, dict), answer
            if "seq" in answer:
                last = max(last, answer["seq"])
            else:
                refused += 1
                assert isinstance(answer.get("refused", answer.get("later")), str), answer
                assert answer["code"] != "broken", act
        assert await asyncio.to_thread(seq, day) == last, "what was refused was written"
        for one in sockets.values():
            await one.disconnect()
        return refused

    tally("Acts of any form over a socket", tries=len(drawn), refused=run(play(), 600))


def packets(chance: random.Random, day: Server, key: str) -> list[str | bytes]:
    """What a client may say once it is connected, and much that none says."""
    act = json.dumps({"id": str(uuid4()), "do": "post", "activity": "situations", "content": {"title": "Bent"}})
    auth = json.dumps({"code": day.code, "key": key, "lang": "fr", "look": "mine"})
    known = [
        *(
            "40" + auth,
            "41",
            '421["act",' + act + "]",
            '42["act"]',
            "42[]",
            "42{}",
            "42",
            '42["connect",{}]',
            '42["disconnect"]',
            '42["__init__"]',
        ),
        *(
            "42[1,2]",
            '42[["act"],{}]',
            '42["act",' + act * 2 + "]",
            '4299999999999999999999["act",{}]',
            "42/other,1[]",
            "40/other,{}",
            "40[]",
        ),
        *(
            "40" + '{"code":' * 500,
            "43",
            "431[]",
            '43999999["x"]',
            "44",
            '44{"message":1}',
            "45",
            '451-["act",{"_placeholder":true,"num":0}]',
        ),
        *(
            '4599-["act",{"_placeholder":true,"num":98}]',
            '45999999999999-["x"]',
            '451-["act",{"_placeholder":true,"num":-1}]',
            "46",
            "460-[]",
            "47",
            "4é",
        ),
        *("0", '0{"sid":"x"}', "1", "2", "2probe", "3", "3probe", "4", "5", "6", "7", "9", "", "x", "\0", "4" * 5000, "42" + "[" * 30_000),
        *(
            '42["act",' + "1" * 5000 + "]",
            '42["act",NaN]',
            '42["act","\\ud800"]',
            '42["act",{"content":' * 400,
            '42["act",' + '"a",' * 9000 + "1]",
        ),
    ]
    said: list[str | bytes] = [*known, b"", b"\x00", b"\xff" * 100, b"4" + act.encode()]
    for one in chance.sample(known, 12 if not LONG else len(known)):
        bent = list(one)[:400]
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(bent) + 1)
            bent[at : at + chance.randint(0, 3)] = chance.choice(
                ["4", "2", "5", "-", "[", "]", "{", '"', "/", ",", "\\", "é", "\u2028", "9" * 20]
            )
        said.append("".join(bent))
    return said


def test_packets_bent_at_will_end_their_own_line_and_no_other(day: Server, tally: Tally) -> None:
    """Each is said on a line of its own, some before it is anyone's; another phone, beside them, is served all along."""
    anna, bob = joined(day, name="Élue 2"), joined(day, name="Élue 3")
    before = seq(day)

    async def bent(session: aiohttp.ClientSession, said: str | bytes, greeted: bool) -> None:
        async with session.ws_connect(f"{day.base}/socket.io/?EIO=4&transport=websocket") as line:
            await line.receive(timeout=60)
            if greeted:
                await line.send_str("40" + json.dumps({"code": day.code, "key": anna.key, "lang": "fr", "look": "mine"}))
                await line.receive(timeout=60)
            try:
                await (line.send_bytes(said) if isinstance(said, bytes) else line.send_str(said))
                await line.send_str("41")
            except (ConnectionError, aiohttp.ClientError):
                pass  # it was hung up on

    async def play() -> int:
        tried = 0
        async with aiohttp.ClientSession() as session:
            beside = socketio.AsyncClient(reconnection=False)
            auth = {"code": day.code, "key": bob.key, "lang": "fr", "look": "mine"}
            await beside.connect(day.base, auth=auth, transports=["websocket"])
            for n in range(6 if LONG else 1):
                for said in packets(random.Random(n), day, anna.key):
                    await bent(session, said, bool(tried % 3))
                    tried += 1
            nothing = {"id": str(uuid4()), "do": "withdraw", "activity": "situations", "on": "nothing"}
            assert (await beside.call("act", nothing, timeout=60))["code"] == "unknown-contribution"
            # Over the other way in, long polling: bodies that are no packets, a line that is nobody's.
            for body in (
                b"",
                b"x",
                b"\x1e" * 3000,
                b"2\x1e" * 100,
                b"4" + b"2" * 60_000,
                b"b" + b"!" * 99,
                b"bAAA",
                b"\xff\xfe",
                b"42[" * 9000,
            ):
                async with session.get(f"{day.base}/socket.io/?EIO=4&transport=polling") as opened:
                    sid = json.loads((await opened.text())[1:])["sid"]
                async with session.post(f"{day.base}/socket.io/?EIO=4&transport=polling&sid={sid}", data=body) as answer:
                    assert answer.status < 500, body[:20]
                tried += 1
            for query in (
                "EIO=3&transport=polling",
                "EIO=4",
                "EIO=4&transport=carrier",
                "EIO=4&transport=polling&sid=nobody",
                "EIO=x&sid=%00",
                "",
            ):
                async with session.get(f"{day.base}/socket.io/?{query}") as answer:
                    assert answer.status < 500, query
                async with session.post(f"{day.base}/socket.io/?{query}", data=b"42[]") as answer:
                    assert answer.status < 500, query
                tried += 2
            await beside.disconnect()
        return tried

    tried = run(play(), 600)
    # An act in a whole packet is one like any other; what is bent is none, or is answered on its own line.
    assert seq(day) - before <= 6 * 3
    assert Client(day).ask("GET", "/readyz").status == 200
    tally("Packets bent at will", tries=tried)
