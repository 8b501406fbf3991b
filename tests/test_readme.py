"""The README and the guides are held to their word: their commands exist, their links lead somewhere, their pictures are told in words."""

import re
import shlex
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pytest
from babel.messages.pofile import read_po

from facilitate.app import find_kinds
from facilitate.cli import commands
from facilitate.core.sheet import read_sheet

ROOT = Path(__file__).parents[1]
GUIDES = [ROOT / "docs" / "guide.fr.md", ROOT / "docs" / "guide.en.md"]
PAGES = [ROOT / "README.md", *GUIDES]
FENCE = re.compile(r"^```(.*)\n([\s\S]*?)^```$", re.M)
IMAGE = re.compile(r'<img src="([^"]+)"(?: width="\d+%")? alt="([^"]*)">')
LABEL = re.compile(r"\*{1,2}([^*\n]+)\*{1,2}")
MOST = 200_000

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def lines(page: Path) -> list[str]:
    """What one would type: the lines of its shell blocks, and what stands between backticks."""
    text = page.read_text(encoding="utf-8")
    typed = [line.partition("#")[0].strip() for info, block in FENCE.findall(text) if info == "sh" for line in block.splitlines()]
    return typed + re.findall("`([^`\n]+)`", FENCE.sub("", text))


def shown(page: Path, program: str) -> list[list[str]]:
    """The words after the name of a program, each time it is shown with any."""
    return [words for line in lines(page) if (words := shlex.split(line.removeprefix(".venv/bin/")))[1:] and words.pop(0) == program]


@each_page
def test_every_command_shown_is_taken_with_its_options(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown_here = shown(page, "facilitate")
    assert shown_here
    for name, *arguments in shown_here:
        for file in (Path(word) for word in arguments if word.endswith((".md", ".zip"))):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        # Lone names of commands stand in the text, without their arguments.
        with commands.commands[name].make_context(name, list(arguments), resilient_parsing=not arguments):
            pass


@each_page
def test_every_option_named_alone_exists(page: Path) -> None:
    options = {one for command in commands.commands.values() for param in command.params for one in param.opts}
    assert {line.split()[0] for line in lines(page) if line.startswith("--")} <= options


def test_the_readme_s_make_targets_exist() -> None:
    targets = re.findall("^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    named = [words[0] for words in shown(ROOT / "README.md", "make")]
    assert {"demo", "test"} <= set(named) <= set(targets)


@each_page
def test_every_link_and_picture_leads_to_a_file(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    paths = [path for path in re.findall(r'\]\(([^)]+)\)|src="([^"]+)"', text) for path in path if path]
    assert paths
    assert [path for path in paths if not (page.parent / unquote(path.partition("#")[0])).exists()] == []


@each_page
def test_every_picture_is_told_in_words(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    pictures = IMAGE.findall(text)
    assert len(pictures) == text.count("<img") + text.count("![")
    assert all(len(words) > 40 for _, words in pictures)
    assert len({words for _, words in pictures}) == len(pictures)


def test_every_picture_is_shown_and_light() -> None:
    used = {(page.parent / path).resolve() for page in PAGES for path, _ in IMAGE.findall(page.read_text(encoding="utf-8"))}
    kept = set((ROOT / "docs" / "pictures").glob("*/*.png"))
    assert kept == used
    assert max(path.stat().st_size for path in kept) < MOST


def test_the_two_guides_have_the_same_chapters_pictures_and_commands() -> None:
    french, english = (page.read_text(encoding="utf-8") for page in GUIDES)
    outlines = [re.findall("^(#+) ", FENCE.sub("", text), re.M) for text in (french, english)]
    assert outlines[0] == outlines[1]
    assert [path.replace("/fr/", "/en/") for path, _ in IMAGE.findall(french)] == [path for path, _ in IMAGE.findall(english)]
    assert [words[0] for words in shown(GUIDES[0], "facilitate")] == [words[0] for words in shown(GUIDES[1], "facilitate")]


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_the_sheet_of_a_guide_reads_without_a_problem(page: Path) -> None:
    [sheet] = [block for info, block in FENCE.findall(page.read_text(encoding="utf-8")) if info == "markdown sheet"]
    assert read_sheet(sheet, find_kinds())[1] == ()


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_every_label_a_guide_quotes_is_read_on_a_screen(page: Path) -> None:
    translated = page.name == "guide.fr.md"
    messages = [message for path in (ROOT / "facilitate").rglob("fr.po") for message in read_po(BytesIO(path.read_bytes())) if message.id]
    said = [text for one in messages for text in _forms(one.string if translated else one.id)]
    quoted = {plain(label) for label in LABEL.findall(FENCE.sub("", page.read_text(encoding="utf-8"))) if label[0] != "["}
    assert len(quoted) > 30
    assert [label for label in quoted if not any(label in plain(text) for text in said)] == []


def _forms(message: str | tuple[str, ...]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else message


def plain(text: str) -> str:
    """Without capitals, kinds of space, or the numbers of this moment."""
    return re.sub(r"\d+$", "{n}", " ".join(text.split()).casefold().rstrip("…"))
