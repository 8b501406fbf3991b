"""One of two workers killed, stopped, replaced while phones post through both: the other goes on, and each act is kept once."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest
from faults.phones import SHEET, Phones, posts, stored
from faults.test_storms import until
from harness.footing import SEVERAL
from harness.loop import run
from harness.server import Server
from harness.tally import LONG, rounds
from test_live import screen
from web.http import console, joined

pytestmark = pytest.mark.footings(*SEVERAL)


def told(phones: Phones, day: Server, tally: Callable[..., None], fault: str, tries: int) -> None:
    """What phones were answered is what is kept, under the same numbers, and nobody was refused."""
    tally(fault, tries=tries, acknowledged=phones.kept, kept=posts(day.where), refused=len(phones.later))
    entries = stored(day.where)
    assert {entry.content["title"]: entry.seq for entry in entries if entry.do == "post"} == phones.kept
    assert all(after.seq == before.seq + 1 for before, after in pairwise(entries))
    assert (phones.refused, phones.later, phones.silent) == ([], [], 0)
    assert phones.cut > 0, "whom the worker left tried again"
    for worker in day.each:
        until(lambda worker=worker: console(worker).state()["seq"] == len(entries))
    first, second = (console(worker).state() for worker in day.each)
    assert first == second


def test_a_worker_killed_while_phones_post_through_both_loses_no_act_and_doubles_none(server, tally):
    day = server(SHEET)
    phones, tries = Phones(day, 50 if LONG else 12, 1), 0

    async def more(many: int) -> None:
        before = len(phones.kept)
        await phones.until(lambda: len(phones.kept) > before + many)

    async def kill_and_kill_again() -> None:
        nonlocal tries
        for n in rounds(2, 15):
            worker = day.each[n % 2]
            await more(10)
            await asyncio.sleep(phones.die.uniform(0, 0.3))  # any moment
            await asyncio.to_thread(worker.kill)
            await more(2 * phones.many)
            await asyncio.to_thread(worker.restart)
            tries += 1

    run(phones.play(kill_and_kill_again), 400)
    told(phones, day, tally, "One of two workers killed (kill -9)", tries)


def test_workers_replaced_one_by_one_stop_nobody(server, tally):
    day = server(SHEET)
    phones, tries = Phones(day, 50 if LONG else 12, 2), 0

    async def replace() -> None:
        nonlocal tries
        for n in rounds(2, 10):
            before = len(phones.kept)
            await phones.until(lambda before=before: len(phones.kept) > before + 10)
            await asyncio.to_thread(day.each[n % 2].restart)
            tries += 1

    run(phones.play(replace), 400)
    told(phones, day, tally, "Workers replaced one by one", tries)


def test_what_a_killed_worker_had_announced_happens_and_its_people_are_counted_no_more(server, tally):
    day = server(SHEET)
    console(day).act("open", "situations")
    dies, stays = day.each
    keys = [joined(day, name=f"Élue {n}").key for n in range(2)]

    async def play() -> None:
        drives = await screen(stays, day.keys["console"], "console")
        present: list[int] = []
        drives.socket.on("presence", lambda told: (present.append(told["here"]), drives.news.set()))
        phones = [await screen(worker, key, "mine") for worker, key in zip(day.each, keys, strict=True)]
        await drives.until(lambda: present[-1:] == [2])
        closing = await asyncio.to_thread(console(dies).act, "close", "situations", {"in": 5})
        assert closing.status == 200
        dies.kill()
        await drives.until(lambda: any(entry.do == "close" for entry in stored(day.where)))
        if LONG:
            # What a worker told of its people holds for half a minute.
            await drives.until(lambda: present[-1:] == [1], 90)
        for one in (drives, phones[1]):
            await one.socket.disconnect()

    run(play(), 120)
    tally(
        "Closing announced by a worker that was killed",
        acknowledged=["close"],
        kept=[one.do for one in stored(day.where) if one.do == "close"],
    )
