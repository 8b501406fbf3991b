"""The wall on many phones: each is sent what it does not have yet, and holds the same page as one who has just come."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
import socketio
from core.day import SHEET
from harness.loop import run
from hypothesis import given
from hypothesis import strategies as st
from web.http import console, joined

from facilitate.live import cut

LINES = st.lists(st.sampled_from(["<li>", "one", "two", "three", ""]), max_size=12).map("\n".join)


def pasted(had: str, parts: list[Any]) -> str:
    """What static/live.js makes of them."""
    lines = had.split("\n")
    return "\n".join(line for part in parts for line in ([part] if isinstance(part, str) else lines[slice(*part)]))


@given(LINES, LINES)
def test_a_text_comes_out_whole(before, now):
    assert pasted(before, cut(before, now)) == now


def test_what_stays_is_not_said_again():
    had = "\n".join(f"<li>{n}</li>" for n in range(40))
    now = "\n".join(f"<li>{n}</li>" for n in range(1, 41))
    assert cut(had, now) == [[1, 40], "<li>40</li>"]


@pytest.fixture
def day(server):
    started = server(SHEET.replace("capacity: 3", "capacity: 50"))
    console(started).act("open", "situations")
    return started


def test_a_phone_that_looks_at_the_wall_is_sent_the_new_cards_alone(day):
    async def play() -> None:
        phone, news = joined(day, name="Élue 1"), asyncio.Event()
        told = list[dict[str, Any]]()
        line = socketio.AsyncClient(reconnection=False)
        line.on("update", lambda update: (told.append(update), news.set()))
        await line.connect(day.base, auth={"code": day.code, "key": phone.key, "lang": "fr", "look": "wall"}, transports=["websocket"])

        async def posted(title: str) -> None:
            act = {"id": str(uuid4()), "do": "post", "activity": "situations", "content": {"title": title}}
            seq = (await line.call("act", act, timeout=20))["seq"]
            async with asyncio.timeout(20):
                while not told or told[-1]["seq"] < seq:
                    news.clear()
                    await news.wait()

        for n in range(3):
            await posted(f"La carte {n} " + "mot " * 20)
        first = phone.ask("GET", f"/s/{day.code}/region/cards").json
        held, had = first["rooms"], first["html"]
        (room,) = held
        for n in range(3, 44):
            await posted(f"La carte {n} " + "mot " * 20)
        chain = [update for update in told if update["seq"] > held[room]]
        for update in chain:
            assert update["prev"] == held[room]
            assert len(str(update)) < len(had) / 2, "what it has travels again"
            held[room], had = update["seq"], pasted(had, update["cut"])
        assert had == phone.ask("GET", f"/s/{day.code}/region/cards").json["html"]
        assert had.count("data-card=") == 40
        await line.disconnect()

    run(play())
