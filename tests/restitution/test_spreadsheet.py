"""XLSX, read back by another program: a sheet for each activity, and never a formula, a link or a number made of what people typed."""

import io
from typing import Any

import pytest
from activities.room import LANGUAGES
from core.day import KINDS, Day
from openpyxl import load_workbook
from restitution.sample import FRENCH, HOSTILE, SCRIPTS, UNPRINTABLE, day, hostile, one

from facilitate.core.tree import Chart, Document, Facts, Section
from facilitate.restitution.build import Building
from facilitate.restitution.data import told
from facilitate.restitution.typography import printable
from facilitate.restitution.workbook import Sheet, _named, to_xlsx


def book(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data))


def lived() -> Building:
    one = Day(SHEET)
    step = one.state.order[0]
    one.join("anna", named=True).join("bo").open(step)
    for text in (*HOSTILE, *SCRIPTS[:1]):
        one.do("post", step, {"title": text[:240], "context": "Un bourg\net une ville", "signed": len(text) % 2 == 0}, who=who(one))
    return Building(one.state, KINDS, LANGUAGES["fr"])


def who(one: Day) -> str:
    return "anna" if one.count % 2 else "bo"


SHEET = """---
title: Une journée
date: 2021-09-24
---
## Programme

### 10:00 – Situations : [a/b]? * d’ici et d’ailleurs, racontées
- type : situations
- durée : 30 min
"""


def test_a_sheet_tells_what_is_in_it_then_all_contributions_then_each_activity() -> None:
    building = lived()
    read = book(to_xlsx(building.document(), FRENCH, told(building)))
    about, every, step, *_ = read.worksheets
    assert [one.title for one in read.worksheets] == [
        "À lire",
        "Contributions",
        "Situations a b d’ici et d’aille",
        "Le déroulement",
    ]
    assert ["Contributions", ""] in [[cell.value for cell in row] for row in about.iter_rows(max_col=2)]
    assert next(row[0].value for row in about.iter_rows() if row[1].value == "Son numéro dans l’annexe") == "N°"
    assert every.freeze_panes == step.freeze_panes == "A2"
    assert every.auto_filter.ref == f"A1:O{every.max_row}"
    head = [cell.value for cell in step[1]]
    assert head[:3] == ["N°", "Ce qui a été écrit", "Le contexte"]
    assert step["C2"].value == "Un bourg\net une ville"
    assert step["C2"].alignment.wrap_text
    assert [row[0].value for row in step.iter_rows(min_row=2)] == list(range(1, len(HOSTILE) + 2))


@pytest.mark.parametrize("whole", [True, False])
def test_no_cell_is_a_formula_or_a_link(whole: bool) -> None:
    building = lived()
    data = to_xlsx(building.document(), FRENCH, told(building)) if whole else to_xlsx(hostile(), FRENCH)
    texts = set()
    for sheet in book(data).worksheets:
        assert not sheet.merged_cells.ranges
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n"), cell.value
                assert cell.hyperlink is None
                texts.add(cell.value)
    for text in ("=1+1", "+SOMME(A1:A9)", "@cmd|' /C calc'!A0"):
        assert any(isinstance(one, str) and text in one for one in texts)
    assert whole or printable(UNPRINTABLE) in texts


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    cells = [cell.value for sheet in book(to_xlsx(one("🌳" * 30_000), FRENCH)).worksheets for row in sheet.iter_rows() for cell in row]
    long = next(text for text in cells if text and text.startswith("🌳🌳"))
    assert long.endswith("les autres formats ont le texte entier.")
    assert len(long.encode("utf-16-le")) // 2 <= 32_767


def test_another_document_gives_its_cards_and_tables_with_numbers_as_numbers() -> None:
    read = book(to_xlsx(day(), FRENCH))
    chosen = read["Ce que la salle a choisi de déc"]
    assert [cell.value for cell in chosen[3]] == ["Une légumerie partagée entre la ville et trois intercommunalités", 34]
    assert any("On a cru que la légumerie" in str(row[1].value) for row in read["Contributions"].iter_rows())


def test_names_of_sheets_are_taken_by_every_program() -> None:
    given = ["Vote", "vote", "a" * 40, "a" * 40, "", "[]:*?/\\", "'apos'", "History", "🌳" * 20]
    names = [one.name for one in _named([Sheet(name, ()) for name in given])]
    assert names == ["Vote", "vote (2)", "a" * 31, "a" * 27 + " (2)", "…", "… (2)", "apos", "History (2)", "🌳" * 15]


def test_the_same_document_gives_the_same_bytes() -> None:
    chart = Section("Vote", "vote", (Chart("Points", "Quoi", "Points", (("a", 2.5, "2,5"),)),))
    document = Document("Une journée", "", "fr", "2021-09-24T10:00:00Z", Facts(()), (chart,))
    assert to_xlsx(document, FRENCH) == to_xlsx(document, FRENCH)
    assert book(to_xlsx(document, FRENCH))["Vote"]["B3"].value == 2.5
