"""What a server counts of itself: right, told in Prometheus' form, to nobody without the key, and of nobody. Whether it is ready."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from core.day import SHEET
from harness.server import Server
from postgres import Postgres
from web.http import Client, joined

from facilitate.app import create_app
from facilitate.journal import Journal
from facilitate.metrics import Counter, Gauge, Histogram
from facilitate.render import Entrance

KEY = "a-key-of-sixteen-signs-or-more"
SAMPLE = re.compile(r"([a-z_]+)(?:\{((?:[a-z]+=\"[^\"\\\n]*\",?)+)\})? (-?[0-9.e+-]+)")
ROOMY = SHEET.replace("capacity: 3", "capacity: 99")


def read(text: str) -> dict[str, float]:
    """Each sample by its name and labels as written; whatever is not in Prometheus' form fails."""
    kinds, samples = dict[str, str](), dict[str, float]()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in kinds, f"{name} is told twice"
            kinds[name] = kind
        elif not line.startswith("# HELP "):
            found = SAMPLE.fullmatch(line)
            assert found, line
            name = re.sub("_(bucket|sum|count)$", "", found[1])
            assert kinds.get(found[1]) or kinds.get(name) == "histogram", line
            assert line.rpartition(" ")[0] not in samples, line
            samples[line.rpartition(" ")[0]] = float(found[3])
    return samples


def figures(server: Server) -> dict[str, float]:
    answer = Client(server, KEY).ask("GET", "/metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return read(answer.text)


def listening(server: Server, key: str) -> tuple[Client, str]:
    """A page that says whose it is, over long polling: (its browser, where it asks)."""
    client = Client(server)
    path = "/socket.io/?EIO=4&transport=polling"
    sid = json.loads(client.ask("GET", path).text[1:])["sid"]
    there = f"{path}&sid={sid}"
    client.ask("POST", there, ("40" + json.dumps({"code": server.code, "key": key})).encode(), Content_Type="text/plain")
    assert client.ask("GET", there).text.rpartition("\x1e")[2].startswith("40{")
    return client, there


@pytest.fixture(scope="module")
def counted(lasting_server: Callable[..., Server]) -> Server:
    return lasting_server(ROOMY, "--metrics-key", KEY)


def test_what_happens_is_counted(counted: Server) -> None:
    def grown(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    before = figures(counted)
    anna = joined(counted, name="Anna")
    Client(counted, counted.keys["console"]).act("open", "situations")
    acts = [{"id": str(uuid4()), "do": "post", "activity": "situations", "content": {"title": f"Card {n}"}} for n in range(7)]
    assert all(anna.json(f"/s/{counted.code}/act", act).status == 200 for act in [*acts, acts[0]])
    assert anna.act("next").status == 403
    assert anna.act("post", "nowhere", {"title": "A card"}).status == 404
    page, there = listening(counted, anna.key)
    after = figures(counted)
    assert grown('facilitate_acts_total{result="accepted",code=""}') == 10  # joining, opening, seven cards, one of them twice
    assert [grown(f'facilitate_acts_total{{result="refused",code="{code}"}}') for code in ("not-allowed", "unknown-activity")] == [1, 1]
    assert grown("facilitate_batch_acts_sum") >= grown("facilitate_batch_acts_count") >= 9
    assert grown("facilitate_commit_seconds_count") == 9, "what was kept already is not written again"
    assert 0 < grown("facilitate_commit_seconds_sum") < 60
    assert grown("facilitate_lines_connected") == grown("facilitate_participants_connected") == 1
    assert (after["facilitate_sessions_loaded"], after["facilitate_acts_waiting"], after["facilitate_database_up"]) == (1, 0, 1)
    assert "facilitate_redis_up" not in after, "there is none"
    assert after["process_resident_memory_bytes"] > 10_000_000
    assert after["process_cpu_seconds_total"] > 0
    page.ask("POST", there, b"1", Content_Type="text/plain")
    after = figures(counted)
    assert grown("facilitate_lines_connected") == grown("facilitate_participants_connected") == 0


def test_whoever_sends_too_much_is_counted_as_turned_away(counted: Server) -> None:
    anna = joined(counted, name="Anna")
    before = figures(counted)['facilitate_turned_away_total{code="often"}']
    answers = [anna.act("next").status for _ in range(110)]
    assert answers.count(429) == figures(counted)['facilitate_turned_away_total{code="often"}'] - before > 0


def test_figures_are_told_to_no_one_without_the_key_and_name_nobody(counted: Server, lasting_server: Callable[..., Server]) -> None:
    anna = joined(counted, name="Zebulon", territory="Zebuland")
    for key in ("", KEY[:-1], KEY + "x", anna.key, *counted.keys.values()):
        answer = Client(counted, key).ask("GET", "/metrics")
        assert (answer.status, answer.json["code"]) == (403, "not-allowed")
        assert "facilitate_" not in answer.text
    assert Client(counted, cookies={"metrics": KEY}).ask("GET", f"/metrics?key={KEY}").status == 403
    # Nor do words that someone sends where the program has its own.
    anna.act("zebulon", "zebulon")
    Client(counted).get("/j/ZEB123")
    told = Client(counted, KEY).ask("GET", "/metrics").text
    assert not re.search(f"(?i)zebul|zeb123|127.0.0.1|{counted.code}|{anna.key}", told)
    without = lasting_server(ROOMY)
    for key in ("", "None", "0"):
        assert Client(without, key).ask("GET", "/metrics", Authorization=f"Bearer {key}").status == 403


def test_a_key_that_could_be_guessed_is_refused_at_the_start(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "facilitate", "prepare", "--data-dir", str(tmp_path), "--metrics-key", "short"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "16" in done.stderr


def test_a_label_is_a_word_of_the_program_and_there_are_so_many_at_most() -> None:
    count = Counter("some_total", "Some.", "code")
    for code in ("full", "not-yours", "Jean Dupont", 'x"} 1\nfake 2', "é", "full"):
        count.add(code)
    assert count.counts == {("full",): 2, ("not-yours",): 1, ("other",): 3}
    for number in range(10_000):
        count.add(f"word-{number}")
    assert len(count.counts) <= 101
    assert sum(count.counts.values()) == 10_006


def test_a_histogram_counts_up_to_each_bound_and_times_what_fails_too() -> None:
    spread = Histogram("some_seconds", "Some.", (1, 2, 5))
    for value in (0.5, 1, 1.5, 2, 4, 6, 7):
        spread.observe(value)
    assert [line.rpartition(" ")[2] for line in spread.lines()] == ["2", "4", "5", "7", "22", "7"]

    @spread.timed
    def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert sum(spread.counts) == 8


def test_what_is_unknown_is_not_told() -> None:
    gauge = Gauge("some_up", "Some.")
    assert (gauge.value, list(gauge.lines())) == (None, [])
    gauge.set(0)
    assert list(gauge.lines()) == ["some_up 0"]


def test_a_server_is_ready_and_says_without_redis_that_there_is_none(counted: Server) -> None:
    answer = Client(counted).ask("GET", "/readyz")
    assert (answer.status, answer.text.split("\n")) == (200, ["ready", "database: up", "redis: none", ""])
    assert Client(counted).ask("GET", "/healthz").text == "ok\n"


@pytest.fixture
def ended(tmp_path: Path) -> Iterator[Client]:
    server = create_app(Journal.in_folder(tmp_path), Entrance(""))
    server.app.extensions["health"].ending = True
    yield server.app.test_client()
    server.close()


def test_a_server_that_ends_is_not_ready_and_still_answers(ended: Client) -> None:
    assert ended.get("/readyz").status == "503 SERVICE UNAVAILABLE"
    assert ended.get("/healthz").status == "200 OK"


def test_a_database_that_hangs_makes_a_server_unready_which_answers_all_the_same(postgres: Postgres, server: Callable[..., Server]) -> None:
    day = server(ROOMY, "--database-url", postgres(), "--metrics-key", KEY)
    assert Client(day).ask("GET", "/readyz").status == 200
    postgres.hang()
    try:
        for _ in range(2):
            answer = Client(day).ask("GET", "/readyz")
            assert (answer.status, answer.text.split("\n")[:2]) == (503, ["not ready", "database: down"])
        assert figures(day)["facilitate_database_up"] == 0
        assert Client(day).ask("GET", "/healthz").status == 200
    finally:
        postgres.go_on()
    while Client(day).ask("GET", "/readyz").status != 200:
        pass
    postgres.stop()
    try:
        assert Client(day).ask("GET", "/readyz").status == 503
    finally:
        postgres.start()
    while Client(day).ask("GET", "/readyz").status != 200:
        pass
