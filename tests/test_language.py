"""Both languages are complete: every word of the program stands in a French catalogue, and none that is no longer said."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from facilitate.app import find_kinds
from facilitate.core.entry import Refused
from facilitate.language import languages

ROOT = Path(__file__).parents[1]
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract"), ("**.json", "jinja2.ext:babel_extract")]
HTML = {"silent": "false", "extensions": "facilitate.fragments.Kept"}
KEYWORDS = {"N_": None, "_": None, "say": None, "ngettext": (1, 2), "gettext": None}
PLACES = re.compile(r"%\((\w+)\)|\{(\w+)\}")
FILES = sorted(ROOT.joinpath("facilitate").rglob("fr.po"))


def said_by(folder: Path) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for file, _, message, _, _ in extract_from_dir(folder, METHODS, keywords=KEYWORDS, options_map={"**.html": HTML}):
        yield file, message


def house() -> dict[str | tuple[str, ...], str]:
    """Every msgid of the house, with a file that says it; the kinds have their own catalogues and their own test."""
    found: dict[str | tuple[str, ...], str] = {}
    for folder in ("facilitate", "templates"):
        for file, message in said_by(ROOT / folder):
            if not file.startswith("activities/") and message:
                found[message if isinstance(message, str) else tuple(message)] = file
    return found


def read(file: Path) -> list[Message]:
    with file.open("rb") as lines:
        return [one for one in read_po(lines) if one.id]


def written() -> dict[str | tuple[str, ...], str | tuple[str, ...]]:
    """Every entry of the house's catalogues."""
    entries = {}
    for file in FILES:
        if "activities" not in file.parts:
            for one in read(file):
                entries[tuple(one.id) if isinstance(one.id, list | tuple) else one.id] = one.string
    return entries


def test_every_word_of_the_house_is_said_in_french():
    catalogue = written()
    missing = {message: file for message, file in house().items() if not catalogue.get(message) and not _covered(message, catalogue)}
    assert not missing, "\n".join(f"{file}: {message!r}" for message, file in missing.items())


def _covered(message: str | tuple[str, ...], catalogue: Mapping[str | tuple[str, ...], object]) -> bool:
    """A plural whose two forms stand one by one, or a form that stands in a plural: both are found when it is said."""
    if isinstance(message, tuple):
        return all(one in catalogue for one in message)
    return any(message in other for other in catalogue if isinstance(other, tuple))


def test_no_catalogue_says_what_the_program_no_longer_does():
    said = house()
    flat = {one for message in said for one in ((message,) if isinstance(message, str) else (message, *message))}
    stale = [message for message in written() if message not in flat and not (isinstance(message, tuple) and set(message) <= flat)]
    assert not stale, stale


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_translation_keeps_the_places_of_its_msgid_and_is_sure(file):
    for one in read(file):
        assert not one.fuzzy, one.id
        ids = one.id if isinstance(one.id, tuple | list) else (one.id,)
        strings = one.string if isinstance(one.string, tuple | list) else (one.string,)
        for id, string in zip(ids, strings, strict=True):
            assert string, one.id
            # A singular may say 'one' without its figure.
            free = {("count", ""), ("n", ""), ("", "n")} if len(ids) > 1 and id == ids[0] else set()
            assert set(PLACES.findall(string)) - free == set(PLACES.findall(id)) - free, (id, string)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_french_is_set_as_french_is(file):
    for one in read(file):
        for string in one.string if isinstance(one.string, tuple | list) else (one.string,):
            assert not re.search(r"(?<!«\u00a0)(?<![\u202f!?])[;!?](\s|$)", string), f"a narrow no-break space is missing: {string!r}"
            assert not re.search(r"[^\u00a0\d\s]: |[^\u00a0]:$", re.sub(r"https?://\S+|--\w+|\b(?:titre|horaires): ", "", string)), (
                f"a no-break space is missing: {string!r}"
            )
            assert "'" not in string, f"a straight apostrophe: {string!r}"
            assert "« " not in string, f"an ordinary space within guillemets: {string!r}"


def test_no_kind_says_the_house_s_words_otherwise():
    catalogue = written()
    for file in FILES:
        if "activities" in file.parts:
            for one in read(file):
                if not isinstance(one.id, list) and one.id in catalogue:
                    assert catalogue[one.id] == one.string, (file, one.id)


def test_no_word_of_the_house_stands_in_two_catalogues():
    found: dict[object, list[str]] = {}
    for file in FILES:
        if "activities" not in file.parts:
            for one in read(file):
                found.setdefault(tuple(one.id) if isinstance(one.id, list) else one.id, []).append(str(file.relative_to(ROOT)))
    assert not {id: files for id, files in found.items() if len(files) > 1}


def test_counts_follow_each_language():
    said = languages(find_kinds())
    one, many = "%(count)s card", "%(count)s cards"
    assert [said["fr"].count(one, many, n) for n in (0, 1, 2)] == ["0 carte", "1 carte", "2 cartes"]
    assert [said["en"].count(one, many, n) for n in (0, 1, 2)] == ["0 cards", "1 card", "2 cards"]


def test_a_form_of_a_plural_is_found_alone():
    said = languages(find_kinds())
    assert [said["fr"].say(one) for one in ("%(count)s card", "%(count)s cards")] == ["%(count)s carte", "%(count)s cartes"]


def test_a_refusal_counts_in_the_reader_s_language():
    refused = Refused("x", "%(count)s card", {"count": 2}, plural="%(count)s cards")
    said = languages(find_kinds())
    assert said["fr"].refusal(refused) == "2 cartes"
    assert said["en"].refusal(refused) == "2 cards"
