"""Whole days, played by simulated people against a real server: nothing lost, nothing double, and the same document each time.

The golden restitutions stand in tests/golden; `make golden` writes them again when a change is meant, to be read in the diff.
"""

import contextlib
import hashlib
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
SHEETS = sorted((ROOT / "sessions_library").glob("*.md"))
WORKSHOPS = [sheet for sheet in SHEETS if "-appui-alimentaire-" in sheet.stem]
LARGE = 1_000_000  # characters: beyond, nobody reads a difference
S1 = ROOT / "sessions_library" / "2021-09-24-reciprocites-ville-campagne.md"


def rehearse(sheet: Path, folder: Path, *arguments: object) -> dict[str, int]:
    """The figures that ``facilitate rehearse`` closes with."""
    command = [sys.executable, "-m", "facilitate", "rehearse", str(sheet), "--to", str(folder), *map(str, arguments)]
    environment = {**os.environ, "LANG": "en_GB.UTF-8", "LC_ALL": ""}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, env=environment, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"(\d+) people, (\d+) acts acknowledged, (\d+) refused, (\d+) lost, (\d+) doubled", done.stdout)
    assert found, done.stdout
    return dict(zip(("people", "acts", "refused", "lost", "doubled"), map(int, found.groups()), strict=True))


def plays(sheet: Path, folder: Path, *arguments: object) -> None:
    """Its own number of people play it; what the restitution says is what the golden one says."""
    figures = rehearse(sheet, folder, *arguments)
    places = re.search(r"^(?:places|capacity) *: *(\d+)$", sheet.read_text("utf-8"), re.MULTILINE)
    assert places, sheet
    assert (figures["people"], figures["lost"], figures["doubled"]) == (int(places[1]), 0, 0)
    golden(sheet.stem, (folder / "restitution.md").read_text("utf-8"))


def golden(name: str, written: str) -> None:
    """As it stands in its file; of a very large one, all that comes before the annex, and the print of the whole."""
    if len(written) > LARGE:
        print_of_all = hashlib.sha256(written.encode()).hexdigest()
        written = f"{written.partition('## Annexe')[0]}\nThe whole, annex included: {len(written)} characters, {print_of_all}\n"
    file = GOLDEN / f"{name}.md"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(written, "utf-8")
    assert written == file.read_text("utf-8")


@pytest.mark.parametrize("sheet", [one for one in SHEETS if one not in WORKSHOPS], ids=lambda sheet: sheet.stem)
def test_a_sheet_of_the_library_plays_to_its_golden_restitution(sheet, tmp_path):
    plays(sheet, tmp_path)


def test_the_workshops_of_a_series_play_into_one_folder_and_end_in_their_golden_synthesis(tmp_path):
    for place, sheet in enumerate(WORKSHOPS):
        plays(sheet, tmp_path / f"{place}", "--data-dir", tmp_path / "data")
    command = [sys.executable, "-m", "facilitate", "series", "filieres et territoires : accompagner ensemble l’alimentation"]
    command += ["--data-dir", str(tmp_path / "data"), "--to", str(tmp_path / "out"), "--format", "md"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "out").iterdir()
    written = file.read_text("utf-8")
    # Codes are drawn by lot.
    codes = list(dict.fromkeys(re.findall(r"\(([A-Z]{3} \d{3})\) \|", written)))
    assert len(codes) == len(WORKSHOPS)
    for place, code in enumerate(codes):
        written = written.replace(code, f"ABC 00{place + 1}")
    golden("series-appui-alimentaire", written)


def test_the_same_rehearsal_twice_gives_the_same_bytes_in_every_format(tmp_path):
    written = []
    for name in ("one", "two"):
        rehearse(SHEETS[0], tmp_path / name, "--people", 6, "--seed", 7)
        written.append({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()})
    assert set(written[0]) == {"restitution.html", "restitution.md", "restitution.pdf"}
    assert written[0] == written[1]


def test_cards_that_wait_to_be_read_are_approved_as_they_come(tmp_path):
    steps = "### 10:00 – Situations\n- kind: situations\n- duration: 10 min\n- approval: yes\n"
    sheet = tmp_path / "read-first.md"
    sheet.write_text(f"---\ntitle: Read first\nlanguage: en\n---\n## Programme\n{steps}", encoding="utf-8")
    figures = rehearse(sheet, tmp_path / "out", "--people", 6)
    assert (figures["people"], figures["lost"], figures["doubled"]) == (6, 0, 0)
    written = (tmp_path / "out" / "restitution.md").read_text("utf-8")
    assert "No situation was told" not in written
    assert "not read yet" not in written


def test_150_phones_at_once_lose_nothing_and_double_nothing(tmp_path):
    figures = rehearse(S1, tmp_path, "--people", 150, "--together")
    assert (figures["people"], figures["lost"], figures["doubled"]) == (150, 0, 0)
    assert figures["acts"] > 1000


def test_a_day_without_anyone_still_leaves_a_document(tmp_path):
    assert rehearse(SHEETS[0], tmp_path, "--people", 0)["people"] == 0
    assert (tmp_path / "restitution.pdf").read_bytes().startswith(b"%PDF")


def test_the_demo_run_by_a_script_ends_by_itself_and_names_its_folder(tmp_path):
    command = [
        sys.executable,
        "-m",
        "facilitate",
        "demo",
        "--seconds",
        "3",
        "--people",
        "8",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--to",
        str(tmp_path / "d"),
    ]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, cwd=ROOT, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "d") in done.stdout
    assert (tmp_path / "d" / "restitution.html").is_file()


def test_the_demo_in_a_terminal_goes_on_serving_until_ctrl_c(tmp_path):
    terminal, inside = os.openpty()
    command = [sys.executable, "-m", "facilitate", "demo", "--seconds", "1", "--people", "3", "--host", "127.0.0.1", "--port", "0"]
    environment = {**os.environ, "LANG": "en_GB.UTF-8", "LC_ALL": "", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    with subprocess.Popen([*command, "--to", str(tmp_path)], stdin=inside, stdout=inside, stderr=inside, cwd=ROOT, env=environment) as demo:
        os.close(inside)
        said = b""
        with contextlib.suppress(OSError):  # the terminal closes with the program
            while chunk := os.read(terminal, 4096):
                said += chunk
                if b"The server goes on" in said and demo.poll() is None and b"Ended." not in said:
                    join = re.search(rb"http://\S+/j/\w+", said)
                    assert join
                    with urllib.request.urlopen(join[0].decode(), timeout=30) as page:
                        assert page.status == 200
                    demo.send_signal(signal.SIGINT)
        os.close(terminal)
    assert demo.returncode == 0, said.decode()
    assert b"Traceback" not in said
    assert b"Ended." in said
