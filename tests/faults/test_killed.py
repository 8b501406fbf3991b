"""The server killed (kill -9) at random moments while fifty phones post: nothing acknowledged is lost, nothing doubled."""

import asyncio
from itertools import pairwise
from uuid import uuid4

import pytest
from faults.phones import SHEET, Phones, posts, stored
from harness.footing import AT_LENGTH
from harness.loop import run
from harness.server import Server
from harness.tally import rounds
from web.http import Client, console

pytestmark = pytest.mark.footings(*AT_LENGTH)


def test_a_server_killed_while_fifty_phones_post_loses_no_act_and_doubles_none(server, tally):
    day = server(SHEET)
    phones, tries = Phones(day, 50), 0

    async def kill_and_kill_again() -> None:
        nonlocal tries
        for _ in rounds(3, 30):
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
    tally("Server killed (kill -9)", tries=tries, acknowledged=phones.kept, kept=posts(day.where))
    assert phones.refused == phones.later == []
    kept = {entry.content["title"]: entry.seq for entry in stored(day.where) if entry.do == "post"}
    assert kept == phones.kept, "each act has the number it was answered with"
    assert all(after.seq == before.seq + 1 for before, after in pairwise(stored(day.where)))


def test_someone_whose_answer_to_joining_was_lost_with_the_server_is_one_person(server, tally):
    day, join = server(SHEET, "--clock", "stdin"), {"id": str(uuid4()), "name": "Élue 1"}
    day.tell("2021-09-24T08:00:00.000Z")
    first = Client(day).json(f"/j/{day.code}", join).json
    day.kill()
    day.restart()
    day.tell("2021-09-24T08:09:00.000Z")
    again = Client(day).json(f"/j/{day.code}", join)
    assert again.json["participant"] == first["participant"]
    assert Client(day).json(f"/j/{day.code}", join).json["participant"] == first["participant"], "and once more is nobody new"
    console(day).act("open", "situations")
    for key in (first["key"], again.json["key"]):
        assert Client(day, key).act("post", "situations", {"title": "Une carte"}).status == 200
    day.kill()
    tally("Server killed between joining and the answer", acknowledged=[first["participant"]], kept=people(day))
    day.restart()
    day.tell("2021-09-24T08:20:00.000Z")
    assert Client(day).json(f"/j/{day.code}", join).json["code"] == "conflict", "whoever finds this identifier later becomes no one with it"


def people(day: Server) -> list[str]:
    """Who joined, each as often as they did."""
    return [entry.by for entry in stored(day.where) if entry.do == "join"]
