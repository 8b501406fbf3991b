"""How a day ran, as the note-takers tell it; and what waits to be read, or was masked, in the annex."""

from typing import Any

import pytest
from activities.room import LANGUAGES
from core.day import Day
from core.test_team import ask, code
from restitution.test_build import document, html

from facilitate.core.tree import Section, Table
from facilitate.restitution.markdown import to_markdown

APPROVED = Day.sheet.replace("- question : Qu’avez-vous vécu ?", "- question : Quoi ?\n- validation : oui")


def noted(day: Day, text: str, mark: str = "said", beside: str = "", **more: Any) -> str:
    answer = ask(day, "notes", "note", beside, {"text": text, "mark": mark} | more)
    assert not code(answer), answer
    return str(answer[0].id)


def ran(day: Day) -> dict[str, list[tuple[str, ...]]]:
    """The rows of each step's notes, by its title."""
    (programme,) = (one for one in document(day.state).children if one.anchor == "programme")
    sections = [one for one in programme.children if isinstance(one, Section)]
    return {one.title: [row for table in one.children if isinstance(table, Table) for row in table.rows] for one in sections}


def annex(day: Day) -> str:
    return html(day.state).partition('<section id="annex">')[2]


@pytest.mark.parametrize("finished", [False, True])
def test_notes_tell_how_each_step_ran_in_order_with_their_hour_and_mark(finished: bool) -> None:
    day = Day().join("ada").open("situations")
    noted(day, "Deux ans de trésorerie")
    noted(day, "Qui décide ?", "question")
    noted(day, "Le calendrier est partagé", "decision")
    noted(day, "Envoyer la clause", "todo", beside="accueil")
    if finished:
        day.do("finish")
    assert ran(day) == {
        "Accueil": [("10\xa0h\xa050 · À faire", "Envoyer la clause")],
        "Situations": [
            ("10\xa0h\xa050", "Deux ans de trésorerie"),
            ("10\xa0h\xa050 · Question", "Qui décide ?"),
            ("10\xa0h\xa050 · Décision", "Le calendrier est partagé"),
        ],
    }


def test_a_quotation_names_its_speaker_only_where_they_agreed() -> None:
    day = Day().open("situations")
    noted(day, "On s’est rendu visite", "quotation", speaker="Hélène Fictive", agreed=True)
    noted(day, "Personne ne nous a demandé", "quotation", speaker="Marc Omicron")
    noted(day, "« Déjà entre guillemets »", "quotation")
    assert [row[1] for row in ran(day)["Situations"]] == [
        "«\xa0On s’est rendu visite\xa0»\n— Hélène Fictive",
        "«\xa0Personne ne nous a demandé\xa0»",
        "« Déjà entre guillemets »",
    ]
    assert "Marc Omicron" not in html(day.state)


def test_a_note_struck_out_stands_nowhere_until_it_is_put_back() -> None:
    day = Day().open("situations")
    id = noted(day, "Une erreur")
    ask(day, "notes", "strike", on=id)
    assert "Une erreur" not in html(day.state)
    assert ran(day) == {}
    ask(day, "notes", "unstrike", on=id)
    assert "Une erreur" in html(day.state)


def test_a_note_beside_no_step_is_told_all_the_same() -> None:
    day = Day()
    noted(day, "Il neige : trois trains en retard")
    assert [row[1] for row in ran(day)["En dehors des étapes"]] == ["Il neige : trois trains en retard"]


def test_a_day_without_notes_says_nothing_of_them() -> None:
    assert "preneurs de notes" not in html(Day().open("situations").state)


def test_what_a_note_says_is_plain_text() -> None:
    day = Day().open("situations")
    noted(day, "<b>Gras</b> et **gras**")
    assert "&lt;b&gt;Gras&lt;/b&gt; et **gras**" in html(day.state)
    assert "\\*\\*gras\\*\\*" in to_markdown(document(day.state), LANGUAGES["fr"].say)


def test_what_waits_is_in_the_annex_flagged_and_not_in_the_body() -> None:
    day = Day(APPROVED).join("ada").open("situations")
    card = day.do("post", "situations", {"title": "Un bus de nuit"}, who="ada")[0].id
    assert html(day.state).count("Un bus de nuit") == 1
    assert "Un bus de nuit" in annex(day)
    assert "pas encore lue par l’équipe d’animation" in annex(day)
    day.do("approve", on=card)
    assert html(day.state).count("Un bus de nuit") == 2
    assert "pas encore lue" not in html(day.state)


def test_a_masked_name_is_nowhere_and_the_annex_says_that_one_was_masked() -> None:
    day = Day().join("Nadia Untel", "ada").open("situations")
    card = day.do("post", "situations", {"title": "Avec NADIA UNTEL"}, who="ada")[0].id
    day.do("mask", on=card, content={"name": "Nadia Untel"})
    assert "untel" not in html(day.state).lower()
    assert html(day.state).count("Avec […]") == 2
    assert "un nom a été masqué" in annex(day)
