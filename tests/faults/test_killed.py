"""The server killed (kill -9) at random moments while fifty phones post: nothing acknowledged is lost, nothing doubled."""

import asyncio
from itertools import pairwise

import pytest
from faults.phones import SHEET, Phones, posts, stored
from harness.loop import run
from harness.tally import LONG, rounds


@pytest.mark.parametrize("seed", range(4 if LONG else 1))
def test_a_server_killed_while_fifty_phones_post_loses_no_act_and_doubles_none(server, tally, seed):
    day = server(SHEET)
    phones, tries = Phones(day, 50, seed), 0

    async def kill_and_kill_again() -> None:
        nonlocal tries
        for _ in rounds(4, 50):
            answered = len(phones.kept)
            await phones.until(lambda answered=answered: len(phones.kept) > answered)
            await asyncio.sleep(phones.die.uniform(0, 0.3))  # any moment: what is on its way then is somewhere else each time
            phones.up.clear()
            await asyncio.to_thread(day.kill)
            tries += 1
            await asyncio.to_thread(day.restart)
            phones.up.set()

    run(phones.play(kill_and_kill_again), 600)
    day.kill()
    tally("Server killed (kill -9)", tries=tries, acknowledged=phones.kept, kept=posts(day.data_dir))
    assert phones.refused == phones.later == []
    kept = {entry.content["title"]: entry.seq for entry in stored(day.data_dir) if entry.do == "post"}
    assert kept == phones.kept, "each act has the number it was answered with"
    assert all(after.seq == before.seq + 1 for before, after in pairwise(stored(day.data_dir)))
