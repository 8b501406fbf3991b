"""Documents over several days, over HTTP: days are chosen, gathered, written over and given in the formats; their code is no day's."""

from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import gevent
import pytest
from flask.testing import FlaskClient
from web.test_registration import Room
from werkzeug.test import TestResponse

from facilitate.core.entry import Act, Caller
from facilitate.workshop import Session

SHEET = """---
titre: Jour {place}
date: 202{place}-09-24
lieu: Valence
série: {series}
---
## Programme

### 9 h – Nos situations
- type : situations
- durée : 30
- signature : signée

### 10 h – Décodage
- type : décodage
- durée : 30
- situations : Nos situations
"""


class Office(Room):
    """A server with three days: two of a series, the third of another, where nothing was said."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.days = [self._day(place, "Ateliers" if place < 3 else "Autres") for place in (1, 2, 3)]
        for place, day in enumerate(self.days[:2], 1):
            self._told(day, place)
        self.clerk = self.phone()
        self.clerk.get(f"/shelf?key={self.session.row.keys['shelf']}")

    def _day(self, place: int, series: str) -> Session:
        day = self.server.workshop.sheet(f"/{place}.md", SHEET.format(place=place, series=series), f"Jour {place}")
        assert isinstance(day, Session)
        return day

    def _told(self, day: Session, place: int) -> None:
        """Someone tells a situation; the room decodes it."""
        console = Caller("console")
        self.act(day, console, "open", "nos-situations")
        joined = day.join(str(uuid4()), {"name": f"Nadia {place}", "territory": "Drôme", "type": "Commune"})
        assert isinstance(joined, tuple)
        who = Caller("participant", *joined)
        situation = self.act(day, who, "post", "nos-situations", title=f"Un four à pain, jour {place}", context="Une vallée")
        self.act(day, console, "open", "decodage")
        self.act(day, console, "choose", "decodage", on=situation)
        self.act(day, console, "phase", "decodage", phase="notes")
        self.act(day, who, "post", "decodage", about=situation, column="reuse", text=f"Le calendrier {place}")

    def act(self, day: Session, who: Caller, do: str, activity: str = "", on: str = "", **content: Any) -> str:
        act = Act(str(uuid4()), do, activity, content, on)
        answer = day.act(act, who)
        assert isinstance(answer, int), answer
        return act.id

    def post(self, path: str, phone: FlaskClient | None = None, **said: Any) -> TestResponse:
        return (phone or self.clerk).post(path, json=said)

    def collected(self, *days: Session, title: str = "Ce que trois jours nous apprennent") -> str:
        answer = self.post("/shelf/collections", id=str(uuid4()), title=title, language="fr", sessions=[one.row.id for one in days])
        assert answer.status_code == 200, answer.text
        return str(answer.json["code"])  # type: ignore[index]

    def given(self, path: str, phone: FlaskClient | None = None) -> str:
        answer = (phone or self.clerk).get(path)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    opened = Office(tmp_path_factory.mktemp("office"))
    yield opened
    opened.server.close()


def test_days_are_ticked_narrowed_and_gathered_without_script(office: Office) -> None:
    first, second, third = (one.row.id for one in office.days)
    page = office.page("/shelf/collections", office.clerk)
    assert [id in page for id in (first, second, third)] == [True] * 3
    narrowed: Mapping[str, Any] = {"sessions[]": [first], "year": "2023", "title": "Dit", "do": "show"}
    page = unescape(office.form("/shelf/collections", office.clerk, **narrowed).text)
    assert f'value="{first}" checked' in page
    assert f'value="{third}">' in page
    assert second not in page
    assert 'value="Dit"' in page
    page = unescape(office.form("/shelf/collections", office.clerk, **{"series": "Ateliers", "do": "all"}).text)
    assert [f'value="{id}" checked' in page for id in (first, second, third)] == [True, True, False]
    page = unescape(office.form("/shelf/collections", office.clerk, **{"kind": "decode", "do": "show"}).text)
    assert [id in page for id in (first, second, third)] == [True, True, False]
    id = str(uuid4())
    kept = {"id": id, "title": "Deux jours", "language": "fr", "sessions[]": [first, second], "do": "keep"}
    made = [office.form("/shelf/collections", office.clerk, **kept) for _ in range(2)]
    assert {one.status_code for one in made} == {303}
    assert made[0].location == made[1].location
    one = office.page(made[0].location, office.clerk)
    assert "Jour 1" in one
    assert f"/s/{office.days[1].code}/experiences" in one


def test_a_double_tap_makes_one_document(office: Office) -> None:
    said = {"id": str(uuid4()), "title": "Deux fois", "language": "fr", "sessions": [office.days[0].row.id]}
    phones = [office.phone() for _ in range(3)]
    for phone in phones:
        phone.get(f"/shelf?key={office.session.row.keys['shelf']}")
    taps = [gevent.spawn(phone.post, "/shelf/collections", json=said) for phone in phones]
    answers = [one.get(timeout=30) for one in taps]
    assert [one.status_code for one in answers] == [200, 200, 200]
    assert len({one.json["code"] for one in answers}) == 1


def test_a_choice_without_title_or_days_says_so_and_keeps_what_was_ticked(office: Office) -> None:
    first = office.days[0].row.id
    refused = office.form("/shelf/collections", office.clerk, **{"sessions[]": [first], "title": "", "do": "keep"})
    assert refused.status_code == 422
    assert f'value="{first}" checked' in unescape(refused.text)
    answer = office.post("/shelf/collections", id=str(uuid4()), title="Rien", language="fr", sessions=[])
    assert (answer.status_code, answer.json["code"]) == (422, "no-days")  # type: ignore[index]
    answer = office.post("/shelf/collections", id=str(uuid4()), title="Rien", language="fr", sessions=["x"])
    assert answer.json["code"] == "unknown-session"  # type: ignore[index]


def test_its_document_cites_each_day_and_is_given_in_the_formats(office: Office) -> None:
    code = office.collected(*office.days[:2])
    codes = [f"{one.code[:3]} {one.code[3:]}" for one in office.days]
    written = office.given(f"/s/{code}/restitution.md")
    assert written.startswith("# Ce que trois jours nous apprennent")
    assert "Le calendrier 1" in written
    assert f"{codes[0]}, " in written
    assert f"{codes[1]}, " in written
    assert "À compléter" in written
    page = office.given(f"/s/{code}/restitution.html")
    assert f'href="#{office.days[0].code.lower()}-word-' in page
    assert "À compléter" not in page
    assert office.clerk.get(f"/s/{code}/restitution.pdf").data.startswith(b"%PDF")


def test_what_staff_write_over_it_cites_any_of_its_days(office: Office) -> None:
    day, code = office.days[0], office.collected(*office.days[:2])
    session = office.server.workshop.session(code)
    assert session is not None
    card = next(iter(day.state.summaries["decodage"].contributions))
    office.act(session, Caller("shelf"), "write", section="lessons", part="synthesis", text=f"Le temps compte [@{day.code}:{card}].")
    page = office.given(f"/s/{code}/restitution.html")
    assert "Le temps compte" in page
    number = page.partition("Le temps compte")[2].partition("</p>")[0]
    assert f'href="#{day.code.lower()}-word-' in number
    assert f'id="{number.partition(chr(35))[2].partition(chr(34))[0]}"' in page


def test_the_choice_is_made_anew_and_a_day_that_is_gone_is_said(office: Office) -> None:
    code = office.collected(*office.days[:2])
    answer = office.post(
        f"/shelf/collections/{code}", title="Un seul", language="en", sessions=[office.days[0].row.id, str(uuid4())], do="keep"
    )
    assert answer.status_code == 200
    assert "1 journée choisie n’est plus là." in office.page(f"/shelf/collections/{code}", office.clerk)
    written = office.given(f"/s/{code}/restitution.md")
    assert "# Un seul" in written
    assert "not here any more" in written
    assert "Le calendrier 2" not in written


def test_its_code_is_no_day_s(office: Office) -> None:
    code, day = office.collected(*office.days[:1]), office.days[0].code
    for path in (f"/j/{code}", f"/s/{code}", f"/w/{code}", f"/c/{code}", f"/r/{code}"):
        answer = office.clerk.get(path, headers={"Accept": "text/html", "Accept-Language": "fr"})
        assert answer.status_code == 404, path
        assert "document sur plusieurs journées" in unescape(answer.text)
    answer = office.post(f"/j/{code}", name="Nadia")
    assert answer.json["code"] == "over-days"  # type: ignore[index]
    session = office.server.workshop.session(code)
    assert session is not None
    refused = session.act(Act(str(uuid4()), "finish"), Caller("console"))
    assert getattr(refused, "code", "") == "over-days"
    assert office.clerk.get(f"/shelf/collections/{day}").status_code == 404
    refused = office.days[0].act(Act(str(uuid4()), "collect", content={"title": "x", "sessions": [str(uuid4())]}), Caller("shelf"))
    assert getattr(refused, "code", "") == "is-a-day"


def test_a_sheet_of_an_experience_is_completed_and_stands_alone_and_in_the_document(office: Office) -> None:
    day, code = office.days[0], office.collected(*office.days[:2])
    situation = next(iter(day.state.summaries["nos-situations"].contributions))
    where = f"/s/{day.code}/experiences/{situation}"
    assert "Une vallée" in office.page(where, office.clerk)
    kept = office.form(where, office.clerk, **{"text.actors": "La commune et le [1]", "base.actors": "0", "text.title": "Le four"})
    assert kept.status_code == 303
    alone = office.given(f"/s/{day.code}/experience/{situation}.md")
    assert alone.startswith("# Le four")
    assert "La commune et le \\[1\\]" in alone
    assert "Le calendrier 1" in alone
    assert "À compléter" in alone
    assert "À compléter" not in office.given(f"/s/{day.code}/experience/{situation}.html")
    assert "### Le four" in office.given(f"/s/{code}/restitution.md")
    assert "# Fiches d’expérience" in office.given(f"/s/{day.code}/experiences.md")
    assert "dont la section" not in office.given(f"/s/{day.code}/restitution.md"), "a sheet's text is not lost in the day's own report"
    stale = office.form(where, office.clerk, **{"text.actors": "Une autre", "base.actors": "0"})
    assert stale.status_code == 409
    assert "Une autre" in stale.text
    assert "La commune et le" in unescape(stale.text)
    assert office.clerk.get(f"/s/{day.code}/experience/{uuid4()}.md").status_code == 404


def test_without_a_key_nobody_reads_or_chooses(office: Office) -> None:
    code, stranger, day = office.collected(*office.days[:1]), office.phone(), office.days[0]
    for path in ("/shelf/collections", f"/shelf/collections/{code}", f"/s/{code}/restitution.md", f"/s/{day.code}/experiences"):
        assert stranger.get(path).status_code in (302, 303, 401, 403), path
    assert office.post("/shelf/collections", stranger, title="x", sessions=[day.row.id]).status_code in (401, 403)


def test_a_day_that_drafts_a_contribution_offers_it_as_it_is_sent(office: Office) -> None:
    text = "---\ntitre: Le schéma\n---\n## Programme\n\n### 9 h – Notre texte\n- type : contribution collective\n- durée : 30\n"
    text += "- destinataire : la Région\n- positions :\n  - Des trains : Un train par heure.\n"
    day = office.server.workshop.sheet("/text.md", text, "Le schéma")
    assert isinstance(day, Session)
    assert office.clerk.get(f"/s/{day.code}/contribution.md").status_code == 404
    office.act(day, Caller("console"), "open", "notre-texte")
    letter = office.given(f"/s/{day.code}/contribution.md")
    sent = office.given(f"/s/{day.code}/contribution.html")
    assert "Contribution collective" in sent
    assert "Compte rendu" not in sent
    assert letter.startswith("# Notre texte")
    assert "Un train par heure." in letter
    assert "Elle ne porte encore aucune signature." in letter
    assert f"/s/{day.code}/contribution.docx" in office.page(f"/s/{day.code}/experiences", office.clerk)
    assert "#drafted" in office.page(f"/s/{day.code}/edition", office.clerk)


def test_a_day_that_drafts_no_contribution_says_so(office: Office) -> None:
    answer = office.clerk.get(f"/s/{office.days[0].code}/contribution.md")
    assert answer.status_code == 404
    assert answer.json["code"] == "no-contribution"  # type: ignore[index]


def test_its_edition_page_offers_the_cards_of_every_day_to_be_cited(office: Office) -> None:
    code, (first, second, _) = office.collected(*office.days[:2]), office.days
    page = office.page(f"/s/{code}/edition?section=lessons", office.clerk)
    label = f"{second.code[:3]} {second.code[3:]}, "
    assert "Le calendrier 1" in page
    assert label in page
    for where in (page, office.page(f"/shelf/collections/{code}", office.clerk)):
        assert f'href="/s/{code}/publishing"' in where
    kept = office.form(
        f"/s/{code}/edition?section=lessons",
        office.clerk,
        do="write",
        section="lessons",
        part="synthesis",
        base="0",
        text=f"Partager [{second.code}, 2] et [{first.code[:3]} {first.code[3:]}, 1]",
    )
    assert kept.status_code == 303, kept.text
    session = office.server.workshop.session(code)
    assert session is not None
    stored = session.state.edition.text("lessons", "synthesis")
    assert f"[@{second.code}:" in stored
    assert f"[@{first.code}:" in stored
