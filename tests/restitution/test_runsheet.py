"""The run sheet is opened by poppler: tagged, its head on every page, each step with all that was said of it."""

import re
import subprocess
from pathlib import Path

import pytest

from facilitate.app import find_kinds
from facilitate.core.sheet import read_sheet
from facilitate.core.words import Say
from facilitate.core.writing import draft
from facilitate.language import languages
from facilitate.restitution.pdf import Printed, typeset
from facilitate.restitution.runsheet import _TEMPLATE, print_apart, run_sheet

KINDS = find_kinds()
SAYS = languages(KINDS)
LIBRARY = Path(__file__).parents[2] / "sessions_library"
TRACKS = """---
titre: "Une journée en ateliers ; « essai » : fin"
date: 2021-09-24
horaires: 9 h 30 – 12 h
---
## Programme
### 9 h 30 – Deux ateliers
- type : ateliers
- durée : 1 h 30
- optionnel : oui
- ateliers :
  - Alimentation (salle Drôme)
  - Mobilités
### Ce qui existe
- type : situations
- atelier : Alimentation
- durée : 30 min
- question : Quel circuit ?
- objectif : *Ne pas* juger #1 $x$ [lien]
- qui : Nadia 🙂 漢

Faire le tour.

- un
- deux

### 11 h – Pause
- type : pause
- durée : 15 min
- fixe : oui
"""


def say(language: str) -> Say:
    return SAYS[language].say


def printed(text: str) -> Printed:
    agenda, problems = read_sheet(text, KINDS)
    assert agenda, problems
    return typeset(_TEMPLATE, {"words": run_sheet(agenda, KINDS, say(agenda.language))})


def words(path: Path, *options: str) -> str:
    told = subprocess.run(["pdftotext", *options, str(path), "-"], capture_output=True, check=True).stdout.decode()
    return re.sub(r"\s+", " ", told.replace("\u00a0", " ").replace("\u202f", " "))


def test_a_day_of_the_library_is_a_tagged_table_whose_head_stands_on_every_page(tmp_path):
    result = printed((LIBRARY / "2020-10-08-innovation-democratique.md").read_text("utf-8"))
    assert result.accessible
    path = tmp_path / "run.pdf"
    path.write_bytes(result.data)
    facts = subprocess.run(["pdfinfo", str(path)], capture_output=True, check=True).stdout.decode()
    assert "Tagged:          yes" in facts
    assert "841.89 x 595.276 pts (A4)" in facts
    pages = int(re.findall(r"Pages: +(\d+)", facts)[0])
    assert pages > 1
    for page in range(1, pages + 1):
        assert "Méthode et consignes" in words(path, "-f", str(page), "-l", str(page))
    whole = words(path)
    for text in (
        "9 h 30",
        "1 h 15",
        "heure fixe",
        "30 min au moins",
        "Démocratie Ouverte",
        "De quoi parlons-nous ?",
        "Une vingtaine d’expériences",
    ):
        assert text in whole


def test_workshops_stand_beneath_their_step_and_what_was_typed_is_never_markup(tmp_path):
    path = tmp_path / "run.pdf"
    path.write_bytes(printed(TRACKS).data)
    whole = words(path, "-raw")
    for text in (
        "Alimentation (salle Drôme)",
        "Alimentation Ce qui existe",
        "*Ne pas* juger #1 $x$ [lien]",
        "Quel circuit",
        "facultatif",
        "– un",
    ):
        assert text in whole
    # Nobody said what remains, nor what is needed: those columns leave their room.
    assert "Trace attendue" not in whole
    assert "Matériel" not in whole
    assert "Objectif" in whole


@pytest.mark.parametrize(
    "text",
    ["# A\n## Programme\n### 5 min – B\n- type: break\n", "---\ntitle: A\nlanguage: en\n---\n## Agenda\n### 9:00 – B\n- kind: vote\n"],
)
def test_a_draft_is_printed_as_far_as_it_can_be_read(text):

    agenda = draft(text, KINDS)
    assert agenda is not None
    assert typeset(_TEMPLATE, {"words": run_sheet(agenda, KINDS, say(agenda.language))}).accessible


def test_a_process_of_its_own_prints_the_same():
    agenda, _ = read_sheet(TRACKS, KINDS)
    assert agenda is not None
    payload = run_sheet(agenda, KINDS, say("fr"))
    assert print_apart(payload) == typeset(_TEMPLATE, {"words": payload}).data
