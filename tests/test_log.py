"""What a server writes to its log as JSON: enough to find a defect by, and nothing of anyone."""

import base64
import http.client
import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from harness.nursery import ROOT
from harness.server import Server
from web.http import Client, console, joined

import facilitate
from facilitate.logs import Json, _short

WORD = "quokka"
SHEET = f"""---
title: A day of {WORD}
time: 9:30-17:00
---
## Programme

### 30 min – Broken
- kind: broken
- id: broken
- question: What of {WORD}?
"""
BROKEN = '''
from facilitate.activities.cards import Cards
from facilitate.core.words import N_


class Broken(Cards):
    """Fails in ways that say what it was given."""

    kind = "broken"
    fr = "cassé"
    label = N_("Cards")

    def accept(self, settings, act, actor, summary, sources):
        if "accept" in act.content["text"]:
            error = ValueError(f"{act.content} by {actor}")
            error.add_note(str(act))
            try:
                raise KeyError(act.content["text"])
            except KeyError as cause:
                raise error from cause
        return super().accept(settings, act, actor, summary, sources)

    def view(self, settings, summary, viewer, sources):
        if summary.contributions:
            raise RuntimeError(str(summary))
        return super().view(settings, summary, viewer, sources)
'''


def installed(folder: Path) -> dict[str, str]:
    """The environment of a server that has a kind of somebody else's, which is broken."""
    told = folder / "broken-1.dist-info"
    told.mkdir()
    (folder / "broken.py").write_text(BROKEN, encoding="utf-8")
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (told / "entry_points.txt").write_text("[facilitate.activities]\nbroken = broken:Broken\n")
    return {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])}


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def raw(day: Server, *said: bytes) -> None:
    """Says this on a line of its own, and hears it answered or ended."""
    with socket.create_connection(("127.0.0.1", day.port), timeout=30) as line, suppress(ConnectionResetError, BrokenPipeError):
        for one in said:
            line.sendall(one)
        with suppress(OSError):  # it may have hung up already, without a word
            line.shutdown(socket.SHUT_WR)
        while line.recv(65536):
            pass


def hostile(day: Server) -> list[str]:
    """A day on which everything that someone can send holds the word, or a key; the keys."""
    anna, drive = joined(day, name=f"Anna {WORD}", territory=WORD), console(day)
    keys = [anna.key, *day.keys.values()]
    drive.act("open", "broken")
    assert anna.act("post", "broken", {"text": f"accept {WORD}"}).status == 500
    assert anna.act(WORD, WORD, {WORD: WORD}).status == 404
    assert anna.json(f"/s/{day.code}/act", {WORD: [WORD]}).status == 400
    assert anna.ask("POST", f"/s/{day.code}/act", f'{{"{WORD}'.encode(), Content_Type="application/json").status == 400
    assert anna.act("post", "broken", {"text": WORD * 9999}).status in (413, 422)
    doors = "/{word} /j/{word} /p/{key} /shelf?key={key} /w/{code}?key={key}x /shelf/invitation/{key} /s/{code}?person={key}"
    for path in doors.split():
        for key in keys:
            Client(day).get(path.format(word=WORD, key=key, code=day.code), Referer=f"http://{WORD}.test/{key}", User_Agent=WORD)
    assert Client(day, cookies={f"participant-{day.code}": WORD}).get(f"/s/{day.code}").status in (303, 403)
    polling = "/socket.io/?EIO=4&transport="
    for asked in (f"polling&sid={WORD}", f"{WORD}", f"polling&j={WORD}", f"websocket&sid={anna.key}"):
        Client(day).ask("GET", polling + asked, Origin=f"http://{WORD}.test")
        Client(day).ask(WORD.upper(), polling + asked)
    sid = json.loads(Client(day).ask("GET", polling + "polling").text[1:])["sid"]
    for packet in (f"4{WORD}", f'42["{WORD}"]', f'40{{"code": "{WORD}", "key": "{anna.key}"', f"b{WORD}", WORD):
        Client(day).ask("POST", f"{polling}polling&sid={sid}", packet.encode(), Content_Type="text/plain")
    raw(day, f"{WORD} /{WORD} {WORD}\r\n\r\n".encode())
    raw(day, f"GET /{WORD} HTTP/1.1\r\n{WORD}\r\n\r\n".encode())
    raw(day, f"GET / HTTP/1.1\r\nHost: {WORD}\r\nContent-Length: {WORD}\r\n\r\n".encode())
    raw(day, b"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + WORD.encode() * 9999 + b"\r\n\r\n")
    nonce = base64.b64encode(os.urandom(16))
    opening = b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    raw(day, opening + b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + nonce + b"\r\n\r\n", WORD.encode() * 99)
    # From here on whoever looks at the step meets the defect, the wall that is open too.
    wall = http.client.HTTPConnection("127.0.0.1", day.port, timeout=30)
    wall.request("GET", f"{polling}polling", headers={"Accept": "*/*"})
    seat = json.loads(wall.getresponse().read()[1:])["sid"]
    seated = json.dumps({"code": day.code, "key": day.keys["wall"], "look": "wall"})
    for method, body in (("POST", f"40{seated}"), ("GET", None)):
        wall.request(method, f"{polling}polling&sid={seat}", body, {"Content-Type": "text/plain"})
        wall.getresponse().read()
    wall.close()
    assert anna.act("post", "broken", {"text": f"A card of {WORD}"}).status == 200
    assert Client(day, day.keys["wall"]).get(f"/s/{day.code}/region/wall").status == 500
    assert drive.get(f"/s/{day.code}/restitution.html").status in (200, 500)
    assert Client(day).json(f"/j/{day.code}", {"id": str(uuid4()), "name": WORD, "rejoin": anna.key}).status >= 400
    return [*keys, sid, seat]


def test_a_hostile_day_leaves_nothing_of_anyone_in_the_log_and_every_defect(server: Callable[..., Server], tmp_path: Path) -> None:
    day = server(SHEET, "--log", "json", environment=installed(tmp_path))
    secrets = hostile(day)
    day.stop()
    said = lines(day.log)
    for secret in (WORD, WORD.upper(), "127.0.0.1", str(tmp_path), str(Path.home()), *secrets):
        assert secret not in day.log, [line for line in day.log.splitlines() if secret in line]
    for one in said:
        assert {"time", "level", "logger", "message", "place"} <= set(one)
    raised = [one for one in said if "exception" in one]
    refused = next(one for one in raised if one["exception"][0]["kind"] == "ValueError")
    assert refused["message"] == "an act of the kind '…' could not be decided"
    assert refused["place"].startswith("facilitate/workshop.py:")
    assert [one["kind"] for one in refused["exception"]] == ["ValueError", "KeyError"]
    assert refused["exception"][0]["trace"][-1].endswith(" accept")
    assert "broken.py:" in refused["exception"][0]["trace"][-1]
    unseen = {one["message"] for one in raised if one["exception"][0]["kind"] == "RuntimeError"}
    assert {"a screen could not be told", "/s/<code>/region/<name> could not be answered"} <= unseen


ODD = f"""
import gc, logging, sys, threading, warnings
import gevent
from facilitate import logs

logs.begin("json")
logging.getLogger("library").error("said %s", "{WORD}")
logging.getLogger().error("{WORD}")
logging.getLogger("library").error({{"a": "{WORD}"}})
warnings.warn("{WORD}")

def fails(*_):
    raise OSError(28, "{WORD}")

class Bad:
    __del__ = fails

gevent.spawn(fails).join()
threading.Thread(target=fails, name="{WORD}").start()
Bad()
gc.collect()
fails()
"""


def test_what_libraries_threads_tasks_and_a_last_breath_say_is_one_line_each_without_their_words() -> None:
    done = subprocess.run([sys.executable, "-c", ODD], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert done.returncode == 1
    assert WORD not in done.stderr
    said = lines(done.stderr)
    assert [one["logger"] for one in said[:4]] == ["library", "root", "library", "py.warnings"]
    assert sorted(one["message"] for one in said[4:]) == [
        "a task ended",
        "a thread ended",
        "something could not be ended cleanly",
        "the program ended",
    ]
    assert {one["exception"][0]["kind"] for one in said[4:]} == {"OSError ENOSPC"}


def message(text: Any, *values: Any) -> Any:
    """What JSON makes of a line of the program's own."""
    record = logging.LogRecord("facilitate.rooms", logging.ERROR, str(ROOT / "facilitate/workshop.py"), 1, text, values, None)
    return json.loads(Json().format(record))["message"]


def test_of_the_values_of_a_message_only_those_that_tell_nothing_of_anyone_are_kept() -> None:
    failed = RuntimeError(WORD)
    failed.__cause__ = OSError(28, WORD)
    assert message("%d of %s", 3, "RVT482") == "3 of RVT482"
    assert message("by %s: %s", WORD, failed) == "by …: RuntimeError < OSError ENOSPC"
    assert message("%r, %s", WORD, [WORD]) == "'…', …"
    assert message("%d", WORD) == "%d"
    assert message(f"said by {WORD}") == f"said by {WORD}", "which is why a message of ours is made of no one's words"


def test_a_place_is_named_as_its_package_names_it_wherever_that_is_installed():
    here = Path(facilitate.__file__)
    assert _short(str(here)) == "facilitate/__init__.py"
    assert _short(str(here.parents[1] / ".venv/lib/python3.11/site-packages/engineio/server.py")) == "engineio/server.py"
    assert _short("/home/someone/their.py") == "their.py"
