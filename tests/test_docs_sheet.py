"""docs/sheet.md is held to its word: its examples read, its errors are those given, its tables are the keys there are."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from facilitate.app import find_kinds
from facilitate.core.activity import ActivityType, Setting, SettingType
from facilitate.core.programme import STEP
from facilitate.core.reading import Names, fold
from facilitate.core.sheet import HEAD, NOTICES, PROGRAMME, read_sheet

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "sheet.md").read_text(encoding="utf-8")
KINDS = find_kinds()
FENCE = re.compile(r"^```(.*)\n([\s\S]*?)^```$", re.M)
BLOCKS = FENCE.findall(PAGE)
SHEETS = [text for info, text in BLOCKS if info == "markdown sheet"]
ERRORS = [(text, BLOCKS[n + 1]) for n, (info, text) in enumerate(BLOCKS) if info == "markdown error"]

BUILT_IN = {"break", "decode", "evaluation", "input", "situations", "vote", "welcome"}


def problems_of(text: str) -> str:
    _, problems = read_sheet(text, KINDS)
    return "".join(f"{one.line}: {'warning: ' if one.level == 'warning' else ''}{one.text % one.values}\n" for one in problems)


def rows(heading: str) -> Iterator[list[str]]:
    """The cells of the table that has this heading."""
    table = PAGE[PAGE.index(heading) :].split("\n\n")[0]
    yield from ([cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:])


@pytest.mark.parametrize("text", SHEETS)
def test_every_sheet_of_the_docs_reads_without_a_problem(text: str) -> None:
    assert problems_of(text) == ""


@pytest.mark.parametrize(("text", "answer"), ERRORS)
def test_every_error_of_the_docs_is_said_word_for_word(text: str, answer: tuple[str, str]) -> None:
    assert answer == ("text", problems_of(text))


def test_the_docs_hold_examples_of_both() -> None:
    assert len(SHEETS) >= 4
    assert len(ERRORS) >= 3


@pytest.mark.parametrize(("heading", "names"), [("| Key | En français | Also |", HEAD), ("| Key | En français | What it takes |", STEP)])
def test_the_tables_of_keys_are_those_that_are_read(heading: str, names: Names) -> None:
    listed = [re.findall("`([^`]+)`", " ".join(row[:-1])) for row in rows(heading)]
    assert listed == [[some[0], *(some[1:] or some)] for some in names.values()]


def test_notices_names_of_the_programme_and_types_are_all_there() -> None:
    assert all(f"`{name}`" in PAGE for names in NOTICES.values() for name in names)
    assert all(f"`## {name.capitalize()}`" in PAGE for name in PROGRAMME["programme"])
    assert {row[0] for row in rows("| Type | What to write |")} == set(get_args(SettingType))


def example(setting: Setting, french: bool) -> tuple[str, Any]:
    """Something other than its default, as a sheet says it and as it is read."""
    choice = next((name for name in setting.choices if name != setting.default), "")
    return {
        "text": ("Deux mots", "Deux mots"),
        "markdown": ("Deux mots", "Deux mots"),
        "number": (str(setting.high), setting.high),
        "flag": ("non", False) if setting.default else ("oui", True),
        "choice": (setting.choices.get(choice, "") if french else choice, choice),
        "list": ("A ; B", ("A", "B")),
        "fields": ("A (90) ; B", ("A", "B")),
        "hour": ("11 h", "11:00"),
        "source": ("Avant", "avant"),
    }[setting.type]


@pytest.mark.parametrize("french", [False, True], ids=["English", "French"])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_setting_of_every_kind_is_taken_in_both_languages(kind: ActivityType, french: bool) -> None:
    lines = [f"- {one.fr if french else one.name}: {example(one, french)[0]}" for one in kind.settings]
    first = "# A\n## Programme\n### 9h – Avant\n- kind: break\n- duration: 5\n"
    agenda, problems = read_sheet("\n".join([f"{first}### Ici\n- type: {kind.fr if french else kind.kind}\n- durée: 5", *lines]), KINDS)
    assert problems == ()
    assert agenda is not None
    read = agenda.activities[1]
    assert read.kind == kind.kind
    for one in kind.settings:
        found = tuple(field.label for field in read.settings[one.name]) if one.type == "fields" else read.settings[one.name]
        assert found == example(one, french)[1]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_setting_of_a_kind_hides_behind_a_key_of_every_step(kind: ActivityType) -> None:
    taken = {fold(name) for names in STEP.values() for name in names}
    assert not taken & {fold(name) for one in kind.settings for name in (one.name, one.fr)}


SHELF = sorted((ROOT / "sessions_library").glob("*.md"))


@pytest.mark.parametrize("path", SHELF, ids=lambda path: path.stem)
def test_every_sheet_of_the_library_reads_without_a_problem(path: Path) -> None:
    assert problems_of(path.read_text(encoding="utf-8")) == ""


def test_the_sheets_of_the_library_use_every_kind_there_is() -> None:
    agendas = [read_sheet(path.read_text(encoding="utf-8"), KINDS)[0] for path in SHELF]
    assert {activity.kind for agenda in agendas if agenda for activity in agenda.activities} >= BUILT_IN


@pytest.mark.parametrize("path", SHELF, ids=lambda path: path.stem)
def test_no_sheet_of_the_library_carries_a_phone_number_or_an_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"@|(\+33|\b0)[ .]?[1-9]([ .]?\d\d){4}", text)
