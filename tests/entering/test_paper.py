"""Sheets of paper: what each step asks, readable by machines too, whatever was typed; those a person may not answer have none."""

import json
from typing import Any

import pypdfium2
import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, Room, participant

from facilitate.entering import paper
from facilitate.restitution.pdf import typeset

SHEET = """---
title: "Une journée — {{ x }} #strong[y]"
date: 2021-09-24
time: 9:00 - 17:00
---
## Programme
### Situations
- type : situations
- durée : 10 min
- question : Qu’avez-vous *vu* fonctionner ?
- signature : SIGNED
### Pause
- type : pause
- durée : 10 min
### Choisir
- type : vote
- durée : 10 min
- sur : Situations
- points : 5
- maximum : 3
### Évaluation
- type : évaluation
- durée : 10 min
"""


def day(*cards: str, signed: str = "libre") -> Room:
    room = Room(KINDS, SHEET.replace("SIGNED", signed))
    room.join("Ada", territory="Drôme")
    room.do(CONSOLE, "open", "situations")
    for title in cards:
        room.do(participant("Ada"), "post", "situations", title=title)
    return room


def printed(room: Room, language: str = "fr", step: str = "") -> tuple[list[str], bool]:
    """The words of each page, and whether a machine reads them in order."""
    steps = [one for one in paper.asking(room.state, KINDS) if step in ("", one.activity.id)]
    made = typeset(paper._TEMPLATE, {"words": paper.payload(room.state, steps, KINDS, LANGUAGES[language])})
    with pypdfium2.PdfDocument(made.data) as document:
        return [document[place].get_textpage().get_text_bounded() for place in range(len(document))], made.accessible


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_step_that_asks_has_its_page_and_machines_read_it_too(language: str) -> None:
    pages, accessible = printed(day("Une navette."), language)
    assert accessible
    assert len(pages) == 3
    assert all(
        LANGUAGES[language].say("Give this sheet to the facilitators: your words are entered as you write them.")[:20] in one
        for one in pages
    )


def test_words_are_words_whatever_they_look_like() -> None:
    odd = "#set page(fill: red) $x$ *gras* \\ <a> @b 💧 \u202e " + "x" * 60
    pages, accessible = printed(day(odd), step="choisir")
    said = "".join(pages)
    assert accessible
    assert "#set page(fill: red) $x$ *gras* \\ <a> @b" in said
    assert "{{ x }} #strong[y]" in said


def test_a_vote_on_many_cards_goes_on_over_the_next_pages() -> None:
    cards = [f"Une carte assez longue pour tenir sur deux lignes de la feuille, numéro {place}." for place in range(40)]
    pages, _ = printed(day(*cards), step="choisir")
    assert len(pages) > 1
    assert all(f"numéro {place}." in "".join(pages).replace("\r\n", " ") for place in range(40))


@pytest.mark.parametrize(
    ("signed", "asks", "name"),
    [("libre", True, True), ("signée", False, True), ("anonyme", False, False)],
    ids=["free", "signed", "anonymous"],
)
def test_a_sheet_asks_for_a_name_only_where_it_may_be_signed(signed: str, asks: bool, name: bool) -> None:
    (page,), _ = printed(day(signed=signed), step="situations")
    assert ("Signée" in page) is asks
    assert ("Prénom et nom" in page) is name


def test_the_same_day_gives_the_same_bytes() -> None:
    payloads: list[Any] = [paper.payload(day("A.").state, paper.asking(day("A.").state, KINDS), KINDS, LANGUAGES["fr"]) for _ in range(2)]
    assert typeset(paper._TEMPLATE, {"words": payloads[0]}).data == typeset(paper._TEMPLATE, {"words": payloads[1]}).data


def test_a_sheet_on_a_sensitive_subject_reminds_to_name_no_one() -> None:
    sheet = SHEET.replace("SIGNED", "libre").replace("time:", "sensible: oui\ntime:") + "- sensible : non\n"
    room = Room(KINDS, sheet)
    said = json.loads(paper.payload(room.state, paper.asking(room.state, KINDS), KINDS, LANGUAGES["en"]))
    reminded = {one["title"]: "Name no one who is not in the room" in json.dumps(one["blanks"]) for one in said["sheets"]}
    assert (reminded["Situations"], reminded["Évaluation"]) == (True, False)
