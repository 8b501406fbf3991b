"""The command line, as people type it."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from core.day import SHEET
from web.http import Client, console, joined

from facilitate.app import find_kinds

ROOT = Path(__file__).parents[1]
SHEETS = sorted((ROOT / "sessions_library").glob("*.md"))


def facilitate(*arguments: object, language: str = "en", cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "facilitate", *map(str, arguments)]
    environment = {**os.environ, "LANG": f"{language}_GB.UTF-8", "LC_ALL": ""}
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=cwd, env=environment, timeout=120, check=False)


@pytest.fixture(scope="module")
def finished(lasting_server):
    """A day that has been played and whose server has ended: what reads it changes nothing."""
    day = lasting_server(SHEET)
    anna = joined(day, name="Élue 3", territory="Drôme", named=True)
    console(day).act("open", "situations")
    anna.act("post", "situations", {"title": "Une légumerie partagée."})
    console(day).act("finish")
    day.stop()
    return day


def test_the_sheets_of_the_library_are_right():
    done = facilitate("check", *SHEETS)
    assert (done.returncode, done.stdout) == (0, "")


def test_check_lists_every_error_with_its_line_and_a_suggestion(tmp_path):
    wrong = tmp_path / "wrong.md"
    wrong.write_text(SHEET.replace("type : vote", "type : vot").replace("capacity: 3", "capacité: 3\nfondeurs: x"), encoding="utf-8")
    done = facilitate("check", wrong, language="fr")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line.split(":")[1] for line in lines] == ["6", "18"]
    assert "vote" in lines[1]
    assert done.stdout != facilitate("check", wrong).stdout


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"x" * 10_000_000, b"---\na: &a [1]\nb: *a\n---\n"])
def test_a_file_that_cannot_be_a_sheet_gets_one_clear_line(tmp_path, data):
    wrong = tmp_path / "wrong.md"
    wrong.write_bytes(data)
    done = facilitate("check", wrong)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith(f"{wrong}:")


def test_a_wrong_sheet_does_not_run(tmp_path):
    wrong = tmp_path / "wrong.md"
    wrong.write_text("# Rien\n", encoding="utf-8")
    done = facilitate("run", wrong, "--data-dir", tmp_path / "data", "--port", "0")
    assert done.returncode == 1
    assert f"{wrong}:1:" in done.stderr


def test_kinds_tells_programs_what_each_kind_takes():
    listed = json.loads(facilitate("kinds", "--format", "json").stdout)
    assert {one["kind"] for one in listed} == set(find_kinds())
    for one in listed:
        assert {"kind", "settings", "examples"} <= set(one)
        assert set(one["examples"]) == {"accepts", "refuses"}
    assert "situations" in facilitate("kinds").stdout


def test_a_day_leaves_its_restitution_in_every_format_twice_the_same(finished, tmp_path):
    written = []
    for name in ("one", "two"):
        done = facilitate("restitute", finished.code, "--to", tmp_path / name, "--data-dir", finished.data_dir)
        assert done.returncode == 0, done.stderr
        written.append({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()})
    assert {name.rsplit(".", 1)[1] for name in written[0]} == {"html", "pdf", "docx", "odt", "md", "xlsx", "csv", "json"}
    assert written[0] == written[1]
    assert "légumerie" in written[0][f"{finished.code}-restitution.html"].decode()


def test_a_day_leaves_its_pack(finished, tmp_path):
    done = facilitate("restitute", finished.code, "--to", tmp_path, "--pack", "--data-dir", finished.data_dir)
    assert done.returncode == 0, done.stderr
    assert f"9 of 9: {finished.code}-pack.zip" in done.stderr
    names = zipfile.ZipFile(tmp_path / f"{finished.code}-pack.zip").namelist()
    assert f"{finished.code}-restitution/README.txt" in names
    assert not [name for name in names if "attendance" in name], "nobody was on a list"


def test_an_exported_day_gives_the_same_restitution_elsewhere_and_comes_in_once(finished, tmp_path):
    archive, there = tmp_path / "day.zip", tmp_path / "there"
    assert facilitate("export", finished.code, archive, "--data-dir", finished.data_dir).returncode == 0
    assert zipfile.ZipFile(archive).namelist() == ["journal.jsonl"]
    assert "5 new entries" in facilitate("import", archive, "--data-dir", there).stdout
    assert "0 new entries" in facilitate("import", archive, "--data-dir", there).stdout
    pages = []
    for data, name in ((finished.data_dir, "here"), (there, "there")):
        facilitate("restitute", finished.code, "--to", tmp_path / name, "--format", "html", "--data-dir", data)
        pages.append((tmp_path / name / f"{finished.code}-restitution.html").read_bytes())
    assert pages[0] == pages[1]
    again = tmp_path / "again.zip"
    facilitate("export", finished.code, again, "--data-dir", there)
    assert again.read_bytes() == archive.read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ("restitute", "XXX000", "--to", "/nowhere"),
        ("export", "XXX000", os.devnull),
        ("restitute", "XXX000", "--to", "x", "--format", "exe"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(tmp_path, arguments):
    done = facilitate(*arguments, "--data-dir", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert len(done.stderr.splitlines()) == 1


def test_an_import_of_something_else_changes_nothing(tmp_path):
    other = tmp_path / "other.zip"
    other.write_bytes(b"not a zip")
    done = facilitate("import", other, "--data-dir", tmp_path / "data")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_the_same_sheet_goes_on_and_new_starts_another_day(server):
    day = server(SHEET)
    code, keys = day.code, day.keys
    joined(day, name="Élue 3")
    day.stop()
    day.restart()
    assert (day.code, day.keys) == (code, keys)
    assert Client(day).get(f"/j/{code}").status == 200


def test_a_changed_sheet_revises_the_day_and_one_that_drops_what_has_begun_is_refused(server):
    day = server(SHEET)
    console(day).act("open", "situations")
    day.stop()
    day.sheet.write_text(SHEET.replace("### 11:00 – Pause", "### 11:00 – Grande pause\n- id : pause"), encoding="utf-8")
    day.restart()
    assert [step["title"] for step in console(day).state()["agenda"]][-1] == "Grande pause"
    day.stop()
    dropped = SHEET.split("### 10:00")[0] + "### 11:00" + SHEET.split("### 11:00")[1]
    day.sheet.write_text(dropped, encoding="utf-8")
    done = facilitate("run", day.sheet, "--data-dir", day.data_dir, "--port", "0")
    assert done.returncode == 1
    assert "“Situations”" in done.stderr


def test_a_taken_port_is_said_with_another_to_try(server):
    day = server(SHEET)
    done = facilitate("run", day.sheet, "--host", "127.0.0.1", "--port", day.port, "--data-dir", day.data_dir.with_name("other"))
    assert done.returncode == 1
    assert str(day.port + 1) in done.stderr


@pytest.mark.parametrize(("host", "port", "code"), [("::", "0", 1), ("127.0.0.1", "99999", 2)])
def test_where_no_server_can_listen_is_said_in_one_line(tmp_path, host, port, code):
    (tmp_path / "day.md").write_text(SHEET, "utf-8")
    done = facilitate("run", tmp_path / "day.md", "--host", host, "--port", port, "--data-dir", tmp_path)
    assert done.returncode == code
    assert (host if code == 1 else port) in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_heavy_waits_until_it_is_needed():
    """Once the server's modules are loaded, nothing that only documents need is in memory."""
    code = (
        "import sys, facilitate.serve; heavy = ('typst', 'pypandoc', 'PIL', 'pypdfium2', 'sklearn', 'alembic'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=ROOT, timeout=60, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_library_tells_what_each_sheet_is_good_for():
    listed = json.loads(facilitate("library", "--format", "json").stdout)
    assert [one["name"] for one in listed] == [sheet.stem for sheet in SHEETS]
    assert all(one["good_for"] for one in listed)
    shown = facilitate("library").stdout
    assert all(one["title"] in shown and one["good_for"] in shown for one in listed)


def test_a_sheet_of_one_s_own_starts_from_one_of_the_library(tmp_path):
    made = facilitate("new", "Nos repas, nos terres", "--from", SHEETS[0].stem, "--date", "2027-03-12", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    written = tmp_path / "nos-repas-nos-terres.md"
    assert facilitate("check", str(written)).returncode == 0
    text, model = written.read_text("utf-8"), SHEETS[0].read_text("utf-8")
    assert "Nos repas, nos terres" in text
    assert "2027-03-12" in text
    assert text.count("\n### ") == model.count("\n### ")
    again = facilitate("new", "Nos repas, nos terres", "--from", SHEETS[0].stem, cwd=tmp_path)
    assert again.returncode == 1
    assert "nos-repas-nos-terres.md" in again.stderr
    assert written.read_text("utf-8") == text


def test_a_model_that_is_none_or_several_is_answered_with_the_names(tmp_path):
    for model in ("no-such-day", "20"):
        answer = facilitate("new", "A day", "--from", model, cwd=tmp_path)
        assert answer.returncode == 1
        assert all(sheet.stem in answer.stderr for sheet in SHEETS if sheet.stem.startswith(model) or model == "no-such-day")
        assert not list(tmp_path.iterdir())


def test_papers_makes_the_rules_and_the_cards_of_a_game_without_any_server(tmp_path):
    sheet = tmp_path / "game.md"
    sheet.write_text(SHEET + "\n### Le jeu\n- type : jeu des paniers\n", encoding="utf-8")
    done = facilitate("papers", sheet, "--to", tmp_path / "paper", "--language", "en")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(tmp_path / "paper" / f"{name}.pdf") for name in ("attendance", "le-jeu-leaflet", "le-jeu-cards")]
    assert all(Path(one).read_bytes().startswith(b"%PDF") for one in done.stdout.split())


def test_papers_makes_the_sheet_to_sign_and_the_cards_of_tables(tmp_path):
    sheet = tmp_path / "plain.md"
    sheet.write_text(SHEET + "\n### Les tables\n- type : tables\n- noms : L’eau; Le foncier\n", encoding="utf-8")
    done = facilitate("papers", sheet, "--to", tmp_path / "paper")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(tmp_path / "paper" / f"{name}.pdf") for name in ("attendance", "les-tables-cards")]
