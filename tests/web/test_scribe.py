"""The scribe's page and its sheets of paper over HTTP: whose key opens them, what a form is answered, what is printed."""

from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pypdfium2
import pytest
from harness.server import Server
from web.http import Client, console, joined

SHEET = """---
titre: Une journée à deux
date: 2021-09-24
horaires: 9 h 30 – 12 h 30
---
## Programme

### 9 h 30 – Accueil
- type : accueil

### 10 h – Vos situations
- type : situations
- question : Qu’avez-vous vu fonctionner ?

### 10 h 30 – Pause
- type : pause

### 10 h 45 – Lesquelles décoder ?
- type : vote
- sur : Vos situations

### 12 h – Évaluation
- type : évaluation
"""


@pytest.fixture
def day(server: Callable[..., Server]) -> Server:
    return server(SHEET)


def member(day: Server, role: str) -> Client:
    """Someone of the team, with a link of their own."""
    id = str(uuid4())
    assert console(day).act("invite", content={"name": "Bo", "role": role}, id=id).status == 200
    team = console(day).get(f"/c/{day.code}/team").text
    key = team.split(f"/{'c' if role == 'console' else role}/{day.code}?key=")[1].split('"')[0].split("<")[0].strip()
    return Client(day, key)


def pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [document[place].get_textpage().get_text_bounded() for place in range(len(document))]


def test_the_page_opens_with_the_scribe_s_link_or_the_console_s_and_no_other(day: Server) -> None:
    for who, status in (
        (console(day), 200),
        (member(day, "scribe"), 200),
        (member(day, "notes"), 403),
        (joined(day), 403),
        (Client(day), 403),
    ):
        assert who.get(f"/scribe/{day.code}").status == status
        # A step that asks nothing has no sheet: 404 once the door is open.
        assert who.get(f"/scribe/{day.code}/paper.pdf?step=pause").status == (404 if status == 200 else status)


def test_a_scribe_enters_for_someone_and_never_drives(day: Server) -> None:
    scribe = member(day, "scribe")
    id = str(uuid4())
    assert console(day).act("open", "vos-situations").status == 200
    assert scribe.act("welcome", content={"name": "Odile"}, id=id).status == 200
    assert scribe.act("post", "vos-situations", {"title": "Une navette."}, **{"for": id}).status == 200
    (card,) = console(day).state()["views"]["vos-situations"]["cards"]
    assert (card["name"], card["entered"], card["staff"]) == ("Odile", True, False)
    for do in ("next", "finish", "hide", "reveal"):
        assert scribe.act(do, "vos-situations", on=card["id"]).status in (400, 403)


def sent(day: Server, who: Client, do: str, activity: str = "", **fields: Any) -> tuple[int, dict[str, list[str]]]:
    """What a form without script is answered: where it leads."""
    answer = who.form(f"/s/{day.code}/act?as=scribe&back=scribe", {"id": str(uuid4()), "do": do, "activity": activity, **fields})
    return answer.status, parse_qs(urlsplit(answer.headers.get("Location", "")).query, keep_blank_values=True)


def test_a_form_leads_to_the_next_sheet_of_the_pile(day: Server) -> None:
    hand = console(day)
    hand.act("open", "vos-situations")
    odile = str(uuid4())
    assert hand.act("welcome", content={"name": "Odile"}, id=odile).status == 200
    posted = {"content.title": "Une navette.", "for": odile}
    assert sent(day, hand, "post", "vos-situations", **posted) == (303, {"step": ["vos-situations"], "after": [odile]})
    assert sent(day, hand, "post", "vos-situations", **{"content.title": "Un four."}) == (303, {"step": ["vos-situations"], "for": [""]})
    status, then = sent(day, hand, "welcome", **{"content.name": "Paul", "content.step": "vos-situations"})
    assert (status, then["step"]) == (303, ["vos-situations"])
    page = hand.get(f"/scribe/{day.code}?step=vos-situations&for={then['for'][0]}").text
    assert "Pour Paul" in page


def test_a_refused_sheet_comes_back_as_it_was_typed_for_the_same_person(day: Server) -> None:
    hand = console(day)
    hand.act("open", "vos-situations")
    odile = str(uuid4())
    hand.act("welcome", content={"name": "Odile"}, id=odile)
    fields = {
        "id": str(uuid4()),
        "do": "post",
        "activity": "vos-situations",
        "for": odile,
        "content.title": "x" * 281,
        "content.signed": "false",
    }
    answer = hand.form(f"/s/{day.code}/act?as=scribe&back=scribe", fields)
    assert answer.status == 422
    for said in ("Pour Odile", "x" * 281, 'value="false" checked', "1 signe de trop"):
        assert said in answer.text
    assert fields["id"] not in answer.text


def test_a_photo_goes_in_with_its_description_and_stands_on_the_page(day: Server) -> None:
    hand = console(day)
    hand.act("open", "vos-situations")
    answer = hand.act("photo", "vos-situations", {"media": "0" * 32, "description": "Deux colonnes."})
    assert answer.status == 200
    assert "Deux colonnes." in hand.get(f"/scribe/{day.code}").text


# Paper


def test_each_step_that_asks_has_a_sheet_of_paper(day: Server) -> None:
    hand = console(day)
    hand.act("open", "vos-situations")
    hand.act("posts", "vos-situations", {"lines": "Une navette.\nUn four à pain."})
    printed = pages(raw(day, f"/scribe/{day.code}/paper.pdf"))
    assert [page.split("\r\n")[1] for page in printed] == ["Accueil", "Vos situations", "Lesquelles décoder\u202f?", "Évaluation"]
    assert "24 septembre 2021" in printed[1]
    assert "Signée" in printed[1]
    assert "Un four à pain." in printed[2]
    assert "Prénom et nom" not in printed[3]
    (one,) = pages(raw(day, f"/scribe/{day.code}/paper.pdf?step=evaluation&lang=en"))
    assert "far more than the time it took" in one
    assert hand.get(f"/scribe/{day.code}/paper.pdf?step=pause").status == 404


def raw(day: Server, path: str) -> bytes:
    """A file, as it is."""
    with closing(HTTPConnection("127.0.0.1", day.port, timeout=60)) as link:
        link.request("GET", path, headers={"Authorization": f"Bearer {day.keys['console']}"})
        answer = link.getresponse()
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
        return answer.read()


# Papers that a kind has of its own


@pytest.fixture
def game(server: Callable[..., Server]) -> Server:
    step = "### 11 h 15 – Le jeu\n- type : jeu des paniers\n\n### 12 h – Évaluation"
    return server(SHEET.replace("### 12 h – Évaluation", step))


def test_a_game_s_papers_are_for_the_scribe_s_key_or_the_console_s_and_no_other(game: Server) -> None:
    for who, status in ((console(game), 200), (member(game, "scribe"), 200), (member(game, "notes"), 403), (joined(game), 403)):
        given = who.ask("HEAD", f"/s/{game.code}/step/le-jeu/leaflet.pdf")
        assert given.status == status
        assert given.headers["Content-Disposition"] == (f'inline; filename="{game.code}-le-jeu-leaflet.pdf"' if status == 200 else None)
    for path, code in (("le-jeu/tickets", "unknown-paper"), ("pause/leaflet", "unknown-paper"), ("rien/cards", "unknown-activity")):
        given = console(game).get(f"/s/{game.code}/step/{path}.pdf", Accept="application/json")
        assert (given.status, given.json["code"]) == (404, code)


def test_a_game_s_papers_are_found_before_it_is_opened_in_the_language_of_the_day_or_another(game: Server) -> None:
    page = console(game).get(f"/scribe/{game.code}").text
    for name in ("leaflet", "cards"):
        assert f'href="/s/{game.code}/step/le-jeu/{name}.pdf"' in page
    first, _ = pages(raw(game, f"/s/{game.code}/step/le-jeu/leaflet.pdf"))
    assert "Bourg-centre" in first
    assert "24 septembre 2021" in first
    assert "Market town" in pages(raw(game, f"/s/{game.code}/step/le-jeu/cards.pdf?lang=en"))[-1]
