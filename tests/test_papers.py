"""The cards that stand on tables: as many as the sheet says, one page each, with the way in where it is known."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from facilitate.app import find_kinds
from facilitate.core.entry import Entry
from facilitate.core.state import SessionState, fold
from facilitate.entering import paper
from facilitate.language import languages
from facilitate.poster import picture

KINDS = find_kinds()
LANGUAGES = languages(KINDS)
WAY = {"svg": picture("http://192.168.8.2:8000/j/RVT482"), "alt": "Code", "address": "192.168.8.2:8000", "code": "RVT 482"}
HOSTILE = '#eval("1") $x$ [*] _a_ 漢字 👨\u200d👩\u200d👧 محمد <svg>'
LONG = "Restauration collective, circuits courts et légumeries des communes rurales (salle des Mariages)"


def made(settings: str, language: str = "fr", way: Any = WAY) -> dict[str, Any]:
    """What the cards of the only step of a sheet say."""
    text = f"---\ntitre: Une journée\ndate: 2021-09-24\n---\n## Programme\n### 9 h – À l’œuvre\n- durée : 30 min\n{settings}\n"
    state = fold(SessionState(), [Entry(1, "sheet", "", "system", "sheet", content={"text": text})], KINDS)
    (step,) = state.ordered
    found: dict[str, Any] = json.loads(paper.own(state, step, "cards", KINDS, LANGUAGES[language], way=way))
    return found


@pytest.mark.parametrize(
    ("settings", "cards"),
    [
        ("- type : tables\n- nombre de tables : 3", [("1", ""), ("2", ""), ("3", "")]),
        ("- type : tables\n- noms : L’eau; Le foncier", [("1", "L’eau"), ("2", "Le foncier")]),
        ("- type : tables", [(str(n), "") for n in range(1, 9)]),
        ("- type : ateliers\n- ateliers : Foncier (salle 2); Énergie", [("Foncier", "salle 2"), ("Énergie", "")]),
    ],
)
def test_there_are_as_many_cards_as_the_sheet_says(settings: str, cards: list[tuple[str, str]]) -> None:
    assert [(one["large"], one["beside"]) for one in made(settings)["cards"]] == cards


def test_cards_speak_the_language_asked_for_and_need_no_address() -> None:
    french, english = (made("- type : tables\n- nombre de tables : 2", language, None) for language in ("fr", "en"))
    assert (french["head"], english["head"]) == ("Chevalets de table", "Table cards")
    assert french["way"] is None


@pytest.mark.parametrize("way", [WAY, None])
def test_a_card_is_one_accessible_page_whatever_its_name(way: Any, tmp_path: Path) -> None:
    given = made(f"- type : ateliers\n- ateliers :\n  - {HOSTILE}\n  - {LONG}\n  - {'x' * 80}", way=way)
    printed = paper.print_here(json.dumps(given, ensure_ascii=False))
    assert printed.accessible
    file = tmp_path / "cards.pdf"
    file.write_bytes(printed.data)
    facts = subprocess.run(["pdfinfo", file], capture_output=True, check=True, encoding="utf-8").stdout
    assert re.search(r"^Pages: +3$", facts, re.MULTILINE), facts
    text = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, check=True, encoding="utf-8").stdout
    assert '#eval("1") $x$ [*] _a_' in " ".join(text.split())
    assert ("RVT 482" in text) is bool(way)
