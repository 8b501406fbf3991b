"""Editing a report over plain HTTP: every gesture as a form, refused with what was typed still there, told in the document; who may."""

from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from immutables import Map
from werkzeug.test import TestResponse

from facilitate.app import create_app
from facilitate.core.contribution import Participant
from facilitate.core.entry import Act, Caller
from facilitate.core.state import SessionState
from facilitate.journal import Journal
from facilitate.language import languages
from facilitate.render import Entrance
from facilitate.restitution.build import build
from facilitate.restitution.markdown import to_markdown
from facilitate.web.proofs import names_of
from facilitate.workshop import Session

SHEET = """---
titre: Une journée
date: 2021-09-24
horaires: 9 h 30 – 17 h
organisateur: Le Relais
territoires: Drôme
langue: fr
---
## Programme

### 9 h 30 – Vos situations
- type : situations
- id : situations

### 10 h – Thèmes
- type : thèmes
- sur : situations
- noms : Mobilité
- id : themes

### 11 h – Choisir
- type : vote
- sur : situations
"""
WORDS = (
    "Un car le vendredi soir, et les étudians reviennent.",
    "La ville boit notre eau.",
    "Nadia Fictive sait qui anime le contrat.",
    "=Du bois <b>en grumes</b>",
)
PEOPLE = (("Nadia Fictive", "Drôme", "Agglomération"), ("Bruno", "Drome", "Agglomeration"), ("Awa", "Forez", "Le Relais"), ("Zoé", "", ""))


class Evening:
    """A day that is over, and its staff: ``page`` and ``form`` as a browser without script."""

    def __init__(self, folder: Path) -> None:
        self.server = create_app(Journal.in_folder(folder), Entrance("http://room.test"))
        session = self.server.workshop.sheet("/sheet.md", SHEET, "Une journée")
        assert isinstance(session, Session)
        self.session, self.code = session, session.code
        self.people = [str(uuid4()) for _ in PEOPLE]
        for id, (name, territory, structure) in zip(self.people, PEOPLE, strict=True):
            said = {"name": name, "territory": territory, "structure": structure, "role": "élue", "named": True}
            self.act("join", content=said, who=Caller("participant", id, f"key-{id}"))
        self.act("open", "situations")
        for id, text in zip(self.people, WORDS, strict=True):
            self.act("post", "situations", {"title": text}, who=Caller("participant", id, f"key-{id}"))
        self.act("open", "themes")
        self.act("place", "themes", {"cards": [self.card(1)], "theme": "theme-1"})
        self.act("finish")
        self.staff = self.client()

    def act(self, do: str, activity: str = "", content: dict[str, Any] | None = None, on: str = "", who: Caller | None = None) -> None:
        answer = self.session.act(Act(str(uuid4()), do, activity, content or {}, on), who or Caller("console"))
        assert isinstance(answer, int), answer

    def client(self, key: str = "shelf") -> FlaskClient:
        phone = self.server.app.test_client()
        where = {"shelf": "/shelf", "console": f"/c/{self.code}"}
        phone.get(f"{where[key]}?key={self.session.row.keys[key]}")
        return phone

    def card(self, number: int) -> str:
        """The card of that number: those who signed, in the order they came."""
        ones = sorted(self.session.state.summaries["situations"].contributions.values(), key=lambda one: one.n)
        return ones[number - 1].id

    def page(self, query: str = "", path: str = "/s/{}/edition") -> str:
        answer = self.staff.get(path.format(self.code) + query, headers={"Accept": "text/html", "Accept-Language": "fr"})
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def form(self, do: str, query: str = "", **fields: Any) -> TestResponse:
        return self.staff.post(
            f"/s/{self.code}/edition{query}",
            data={"id": str(uuid4()), "do": do, **fields},
            headers={"Accept": "text/html", "Accept-Language": "fr"},
        )

    def done(self, do: str, query: str = "", **fields: Any) -> TestResponse:
        answer = self.form(do, query, **fields)
        assert answer.status_code == 303, unescape(answer.text)
        return answer

    def write(self, text: str, section: str = "step-situations", part: str = "synthesis", base: Any = "", **more: Any) -> TestResponse:
        return self.form("write", f"?section={section}", section=section, part=part, text=text, base=base, **more)

    @property
    def document(self) -> str:
        """The report as it stands, in Markdown."""
        made = build(self.session.state, self.server.workshop.kinds, languages(self.server.workshop.kinds)["fr"])
        return to_markdown(made, languages({})["fr"].say)

    @property
    def edition(self) -> Any:
        return self.session.state.edition

    def base(self, section: str = "step-situations", part: str = "synthesis") -> int:
        kept = self.edition.texts.get(f"{section}/{part}")
        return int(kept.seq) if kept else 0


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    """One day for all: each test leaves it as it was."""
    evening = Evening(tmp_path_factory.mktemp("evening"))
    yield evening
    evening.server.close()


@pytest.fixture
def evening(opened: Evening) -> Iterator[Evening]:
    yield opened
    edition = opened.edition
    for key, kept in edition.texts.items():
        section, _, part = key.rpartition("/")
        if kept.text:
            opened.done("write", section=section, part=part, text="")
    for section in edition.left:
        opened.done("leave off", section=section)
    for do, ones in (("aside", edition.aside), ("highlight", edition.highlights)):
        for one in ones:
            opened.done(f"{do} off", on=one)
    for key in edition.corrections:
        opened.done("correct off", on=key.rpartition("/")[0], field=key.rpartition("/")[2])
    opened.done("naming", **{"as": "named"})


def test_a_synthesis_is_written_cites_cards_and_is_told_in_the_document(evening):
    page = evening.page("?section=step-situations")
    assert "1" in page
    assert WORDS[0] in page
    assert evening.write("Le car **ramène** les étudiants [1], et l’eau se partage [2].").status_code == 303
    assert evening.edition.text("step-situations", "synthesis").count(f"[@{evening.card(1)}]") == 1
    page = evening.page("?section=step-situations")
    assert "Le car **ramène** les étudiants [1], et l’eau se partage [2]." in page
    assert "Enregistré à" in page
    assert "Le car **ramène** les étudiants" in evening.document


def test_a_card_is_cited_by_its_button_at_the_end_of_what_was_typed(evening):
    query = "?section=step-situations"
    answer = evening.form("", query, cite="2", section="step-situations", part="synthesis", text="L’eau se partage", base=evening.base())
    assert answer.status_code == 303
    assert evening.edition.text("step-situations", "synthesis") == f"L’eau se partage [@{evening.card(2)}]"


def test_over_a_colleague_s_text_both_are_shown_and_mine_stays_in_the_form(evening):
    seen = evening.base()
    evening.write("De l’une.", base=seen)
    refused = evening.write("De l’autre, plus longue.", base=seen)
    page = unescape(refused.text)
    assert refused.status_code == 409
    assert 'rows="5" data-limit="40000" spellcheck="true">De l’autre, plus longue.</textarea>' in page
    assert '<p class="said theirs" data-theirs>De l’une.</p>' in page
    assert f'name="base" value="{evening.base()}"' in page
    assert evening.write("Des deux.", base=evening.base()).status_code == 303


def test_numbers_are_those_that_the_form_saw(evening):
    page = evening.page("?section=step-situations")
    digest = page.partition('name="numbers" value="')[2].partition('"')[0]
    evening.done("withhold", on=evening.card(1), why="Une personne y est nommée")
    try:
        assert evening.write("L’eau [2].", numbers=digest).status_code == 303
        assert f"[@{evening.card(2)}]" in evening.edition.text("step-situations", "synthesis"), "it was number 2 when it was typed"
        assert "L’eau [1]." in evening.page("?section=step-situations")
        unknown = evening.write("L’eau [1].", part="introduction", numbers="forgotten")
        assert unknown.status_code == 409
        assert "renumérotées" in unescape(unknown.text)
        assert "L’eau [1].</textarea>" in unescape(unknown.text)
        assert evening.write("Sans citation.", part="introduction", numbers="forgotten").status_code == 303
        assert "1 contribution est retirée" in evening.page("?section=step-situations")
    finally:
        evening.done("restore", on=evening.card(1))


def test_a_text_that_is_too_long_is_told_and_stays(evening):
    refused = evening.write("é" * 40_001)
    assert refused.status_code == 422
    assert "é" * 40_001 in unescape(refused.text)
    assert evening.write("é" * 40_000).status_code == 303, "and the longest one passes"


def test_a_section_is_renamed_left_out_put_back_and_moved(evening):
    evening.write("Ce qui marche", part="title")
    assert "## Ce qui marche" in evening.document
    evening.done("write off", section="step-situations", part="title", base=evening.base(part="title"))
    assert "## Vos situations" in evening.document
    moved = evening.done("up", "?section=step-themes", section="step-themes")
    assert moved.location.endswith("#sections")
    assert evening.document.index("## Thèmes") < evening.document.index("## Vos situations")
    evening.done("leave", section="step-themes")
    assert "## Thèmes" not in evening.document
    page = evening.page("?section=step-themes")
    assert "Cette section est retirée du document" in page
    assert "Remettre" in page
    evening.done("leave off", section="step-themes")
    assert evening.document.index("## Thèmes") < evening.document.index("## Vos situations"), "it comes back to where it was moved"
    evening.done("down", section="step-themes")
    assert evening.document.index("## Thèmes") > evening.document.index("## Vos situations")
    still = evening.edition
    evening.done("down", section="method")
    assert evening.edition == still, "it goes no further"
    for refused in (evening.form("leave", section="nowhere"), evening.write("x", section="nowhere")):
        assert refused.status_code == 404
    assert evening.staff.get(f"/s/{evening.code}/edition?section=nowhere").status_code == 404
    stays = evening.form("leave", section="annex")
    assert stays.status_code == 409
    assert "L’annexe et la méthode restent" in unescape(stays.text)


def test_what_was_moved_behind_a_section_that_is_left_out_stays_there(evening):
    evening.done("up", section="step-themes")
    evening.done("leave", section="people")
    assert evening.document.index("## Thèmes") < evening.document.index("## Vos situations")
    evening.done("down", section="step-themes")


def test_a_card_is_set_aside_brought_out_and_corrected_each_with_its_contrary(evening):
    on = evening.card(1)
    evening.done("aside", on=on)
    body, _, annex = evening.document.partition("## Annexe")
    assert (WORDS[0] in body, WORDS[0] in annex) == (False, True)
    assert "mise de côté : dans l’annexe seulement" in evening.page("?section=step-situations").replace("\u00a0", " ")
    assert WORDS[0] in evening.page("?section=themes-theme-1"), "it is listed where it stood"
    evening.done("aside off", on=on)
    evening.done("highlight", on=on)
    assert "mise en avant" in evening.page("?section=step-situations&show=highlight")
    evening.done("highlight off", on=on)
    right = WORDS[0].replace("étudians", "étudiants")
    evening.done("correct", on=on, field="title", text=right)
    body, _, annex = evening.document.partition("## Annexe")
    assert right in body
    assert WORDS[0] in annex
    assert f"Tel qu’écrit : {WORDS[0]}" in evening.page("?show=correct").replace("\u00a0", " ")
    evening.done("correct off", on=on, field="title")
    assert right not in evening.document


def test_cards_are_found_by_words_by_number_and_by_what_became_of_them(evening):
    def found(query: str) -> list[str]:
        page = evening.page(query)
        return [word for word in WORDS if word in page.partition('id="list"')[2]]

    assert found("?q=ETUDIANS+car") == [WORDS[0]]
    assert found("?q=2") == [WORDS[1]]
    assert found("?q=fictive") == [WORDS[0], WORDS[2]], "by whom, and what is said"
    assert found("?section=themes-theme-1") == [WORDS[0]]
    assert found("?section=people") == list(WORDS), "a section without cards of its own offers them all"
    evening.write("[1] et [2]")
    assert found("?show=free") == [WORDS[2], WORDS[3]]
    assert "Aucune carte ne correspond" in evening.page("?q=introuvable")
    assert "&lt;b&gt;" in evening.staff.get(f"/s/{evening.code}/edition").text


def test_where_nobody_is_named_neither_texts_nor_spellings_name_anyone(evening):
    evening.write("Nadia Fictive l’a dit [1].")
    evening.done("correct", on=evening.card(2), field="title", text="La ville de Nadia Fictive boit notre eau.")
    assert "Nadia Fictive l’a dit" in evening.document
    for way, told in (("pseudonyms", "Participant"), ("roles", "élue")):
        evening.done("naming", **{"as": way})
        document = evening.document
        assert "Nadia" not in document
        assert "Fictive" not in document
        assert told in document
        assert "à la place de Nadia Fictive" in evening.page("?section=step-situations")


def test_names_that_look_alike_are_merged_in_one_press_and_told_apart_again(evening):
    page = evening.page()
    assert "Drome" in page.partition("names-territory")[2].partition("</ul>")[0]
    assert "Agglomeration" in page.partition("names-structure")[2].partition("</ul>")[0]
    merge = {"what": "territory", "variant": "Drome", "name": "Drôme"}
    evening.done("merge", **merge)
    assert [one.territory for one in evening.session.state.people.values()].count("Drôme") == 2
    evening.done("merge off", **merge)
    assert [one.territory for one in evening.session.state.people.values()].count("Drome") == 1
    assert evening.form("merge", what="territory", variant="Drome", name="").status_code == 422


def test_the_history_tells_each_gesture_and_gives_each_text_back(evening):
    evening.write("Une première version [1].")
    evening.write("Une seconde.", base=evening.base())
    page = evening.page("/history")
    assert page.index("Une seconde.") < page.index("Une première version [1].")
    assert "La synthèse de" in page
    assert "C’est celui du document." in page
    assert evening.write("Une première version [1].", base=evening.base()).status_code == 303
    assert "Une première version [1]." in evening.page("?section=step-situations")


def test_colleagues_learn_what_changed_and_nothing_where_nothing_did(evening):
    start = evening.session.state.seq
    where = f"/s/{evening.code}/edition/state.json"
    evening.write("Une synthèse.")
    told = evening.staff.get(f"{where}?since={start}&lang=fr")
    assert told.json["seq"] == evening.session.state.seq
    assert [one["text"].replace("\u00a0", " ") for one in told.json["said"]] == ["La synthèse de « Vos situations »"]
    again = evening.staff.get(where, headers={"If-None-Match": told.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_program_gets_json_and_the_same_act_twice_is_once(evening):
    act = {"id": str(uuid4()), "do": "write", "section": "people", "part": "introduction", "text": "Douze territoires."}
    first, again = (evening.staff.post(f"/s/{evening.code}/edition?section=people", json=act) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json["seq"] == again.json["seq"]
    assert "Douze territoires." in unescape(first.json["html"])
    refused = evening.staff.post(f"/s/{evening.code}/edition", json={"do": "sing"})
    assert (refused.status_code, refused.json["code"]) == (400, "unknown-verb")
    malformed = evening.staff.post(f"/s/{evening.code}/edition", data=b"[1", content_type="application/json")
    assert (malformed.status_code, malformed.json["code"]) == (400, "malformed")


def test_only_editors_and_whoever_drives_the_whole_day_come_in(evening):
    where = f"/s/{evening.code}/edition"
    for path in (where, f"{where}/preview.html", f"{where}/state.json", f"{where}/history"):
        assert evening.server.app.test_client().get(path).status_code == 403, path
        assert evening.client("console").get(path).status_code == 200, path
    assert evening.server.app.test_client().post(where, json={"do": "leave", "section": "people"}).status_code == 403
    keys = evening.session.row.keys
    answer = evening.server.app.test_client().get(where, headers={"Authorization": f"Bearer {keys['wall']}"})
    assert answer.status_code == 403


def test_a_reader_s_account_does_not_edit_and_an_editor_s_says_who_saved(evening):
    accounts, where = evening.server.app.extensions["accounts"], f"/s/{evening.code}/edition"
    for name, role, status in (("Lou Lectrice", "reader", 403), ("Awa Éditrice", "editor", 200)):
        _, token = accounts.invite(name, role)
        person = evening.server.app.test_client()
        person.set_cookie("staff", accounts.accept(token, "quatre mots mis ensemble"))
        assert person.get(where, headers={"Accept": "text/html"}).status_code == status
        act = {"do": "write", "section": "people", "part": "synthesis", "text": f"De {name}."}
        assert person.post(where, json=act).status_code == status
    assert "par Awa Éditrice" in evening.page("?section=people")
    assert "(Awa Éditrice)" in evening.page(path="/s/{}/edition/history")


def test_the_preview_is_the_document_and_only_this_site_may_frame_it(evening):
    evening.write("Une synthèse qui se voit.")
    shown = evening.staff.get(f"/s/{evening.code}/edition/preview.html")
    assert "Une synthèse qui se voit." in shown.text
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert "script-src 'self'" in shown.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in evening.staff.get(f"/s/{evening.code}/restitution.html").headers["Content-Security-Policy"]


def test_what_participants_correct_after_the_day_waits_here_for_an_answer(evening):
    evening.act("reopen", content={"until": "2999-12-31"})
    who = Caller("participant", evening.people[1], f"key-{evening.people[1]}")
    evening.act("edit", "situations", {"title": "La ville boit notre eau, et la paie."}, on=evening.card(2), who=who)
    page = evening.page()
    assert page.count("votre réponse") == 2, "in the list of sections, and where it is answered"
    assert "La ville boit notre eau, et la paie." in page
    assert "votre réponse" not in evening.page("?section=step-situations").partition("<main")[2]
    said = {"do": "refuse", "on": evening.card(2)}
    answer = evening.staff.post(f"/s/{evening.code}/publishing?back=edition", data=said, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.location) == (303, f"/s/{evening.code}/edition")
    evening.act("reopen", content={"until": ""})
    assert "votre réponse" not in evening.page()


def test_a_document_over_several_days_is_edited_on_the_same_page(evening):
    made = evening.staff.post(
        "/shelf/collections", json={"id": str(uuid4()), "title": "Dix ans", "language": "fr", "sessions": [evening.session.row.id]}
    )
    where, shown = f"/s/{made.json['code']}/edition", f"{evening.code[:3]} {evening.code[3:]}"
    page = unescape(evening.staff.get(where, headers={"Accept": "text/html", "Accept-Language": "fr"}).text)
    assert "Dix ans" in page
    assert f'value="{shown}, 1" data-cite' in page
    assert "Mettre de côté" not in page, "a card is changed where it was written"
    act = {"do": "write", "section": "", "part": "synthesis", "text": f"D’une journée à l’autre [{shown}, 2]."}
    assert evening.staff.post(where, json=act).status_code == 200
    preview = unescape(evening.staff.get(f"{where}/preview.html").text)
    assert WORDS[1] in preview, "what is cited stands in its annex"
    assert f"{shown}, 2" in preview
    moved = evening.staff.post(where, json={"do": "up", "section": "people"})
    assert moved.status_code == 200
    preview = evening.staff.get(f"{where}/preview.html").text
    assert preview.index('id="people"') < preview.index('id="sessions"')
    for path in ("", "/history", "/state.json"):
        assert evening.staff.get(where + path).status_code == 200


@pytest.mark.parametrize(
    ("names", "alike"),
    [
        ("Drome, Drôme", {"Drome": "Drôme"}),
        ("C.C. du Val, CC du Val, cc du val", {"C.C. du Val": "CC du Val", "cc du val": "CC du Val"}),
        (
            "Communauté du Dios, Communauté du Diois",
            {"Communauté du Dios": "Communauté du Diois"},
        ),
        ("Loire, Haute-Loire", {}),
        ("Mairie 1, Mairie 2", {}),
        ("Ain, Aine", {}),
    ],
)
def test_names_are_alike_where_spelling_alone_parts_them(names, alike):
    said = names.split(", ")
    people = {str(n): Participant(str(n), structure=name) for n, name in enumerate([*said, *said[1:2]])}
    found = names_of(replace(SessionState(), people=Map(people)), "structure")
    assert {one.name: one.like for one in found if one.like} == alike
