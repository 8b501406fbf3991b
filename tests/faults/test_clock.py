"""The computer's clock set an hour back while the day is on: nothing is refused, no entry goes back in time, closings fall due."""

import re
import threading
from datetime import datetime, timedelta
from itertools import pairwise

from faults.phones import SHEET, posts, stored
from harness.server import Server
from web.http import console, joined

START = datetime.fromisoformat("2021-09-24T08:00:00.000Z")


def written(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def hour_of(day: Server) -> datetime:
    """What the console takes for now."""
    shown = console(day).ask("GET", f"/s/{day.code}/region/console", Accept="application/json").json["html"]
    return datetime.fromisoformat(re.search(r'data-now="([^"]+)"', shown)[1])  # type: ignore[index]


def test_a_clock_set_an_hour_back_refuses_nothing_and_the_hours_of_entries_never_go_back(server, tally):
    day = server(SHEET, "--clock", "stdin")
    kept: list[str] = []

    def post(times: int) -> None:
        for n in range(times):
            title = f"Carte {len(kept)}.{n}"
            assert anna.act("post", "situations", {"title": title}).status == 200
            kept.append(title)

    day.tell(written(START))
    drives, anna = console(day), joined(day, name="Élue 1")
    assert drives.act("open", "situations").status == 200
    assert drives.act("close", "situations", {"in": 300}).status == 200
    post(3)
    for back in (1, 2, 3):
        day.tell(written(START + timedelta(minutes=back) - timedelta(hours=back)))
        post(3)
    closing = next(entry.content["until"] for entry in stored(day.data_dir) if entry.do == "closing")
    left = datetime.fromisoformat(closing) - hour_of(day)
    assert timedelta(0) < left <= timedelta(seconds=300), "what was announced for in five minutes is not an hour away"
    assert drives.act("close", "situations", {"in": 1}).status == 200
    looks = threading.Event()
    for _ in range(100):
        if any(entry.do == "close" for entry in stored(day.data_dir)):
            break
        looks.wait(0.2)
    entries = stored(day.data_dir)
    assert entries[-1].do == "close", "it fell due by itself"
    hours = [entry.at for entry in entries if entry.at]
    assert all(before <= after for before, after in pairwise(hours))
    assert hours[-1] < written(START + timedelta(minutes=30))
    day.kill()
    assert len(stored(day.data_dir)) == len(entries)
    tally("Clock set back an hour", tries=3, acknowledged=kept, kept=posts(day.data_dir))
