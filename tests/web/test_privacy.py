"""The pages of what is kept, over HTTP: durations, the visa and its list, what was removed, the two registers, the declaration."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from test_retention import held
from werkzeug.test import TestResponse

from facilitate import retention
from facilitate.app import Server, create_app
from facilitate.declarations import PROCESSINGS
from facilitate.journal import Journal
from facilitate.render import Entrance

FRENCH = {"Accept": "text/html", "Accept-Language": "fr"}


class Office:
    """A server in this process, its shelf opened by its own key; two days held long ago."""

    def __init__(self, folder: Path) -> None:
        self.now, self.journal = "2026-01-01T08:00:00.000Z", Journal.in_folder(folder)
        for code in ("BCD001", "BCD002"):
            held(self.journal, code, "2003-05-06")
        self.server: Server = create_app(self.journal, Entrance("http://room.test"), lambda: self.now)
        self.browser = self.server.app.test_client()
        self.browser.get(f"/shelf?key={self.server.workshop.own_shelf()}")

    def page(self, path: str = "/shelf/privacy") -> str:
        answer = self.browser.get(path, headers=FRENCH)
        assert answer.status_code == 200, answer.text
        return re.sub("[\u00a0\u202f]", " ", unescape(answer.text))

    def form(self, do: str, **fields: object) -> TestResponse:
        return self.browser.post("/shelf/privacy", data={"do": do, **fields}, headers=FRENCH)

    def stranger(self, path: str) -> TestResponse:
        return self.server.app.test_client().get(path, headers=FRENCH)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.server.close()


def test_only_an_administrator_comes_here(office: Office) -> None:
    for path in ("/shelf/privacy", "/shelf/privacy/register.html", "/shelf/privacy/elimination.html"):
        assert office.stranger(path).status_code == 403
    posted = office.server.app.test_client().post("/shelf/privacy", data={"do": "durations", "day": "1 jour"}, headers=FRENCH)
    assert posted.status_code == 403
    assert retention.rules(office.journal).durations == {}


def test_a_duration_is_kept_and_told_and_what_it_takes_is_listed_a_week_before(office: Office) -> None:
    assert (
        office.form("durations", day="24 mois", accesses="6 months")
        .headers["Location"]
        .endswith("/shelf/privacy?saved=durations#durations")
    )
    page = office.page()
    assert 'value="24 mois"' in page
    assert 'value="6 mois"' in page
    assert page.count("supprimé le jeudi 8 janvier 2026") == 2
    assert "BCD001" in page
    office.now = "2026-01-08T02:00:00.000Z"
    assert len(office.server.retention.run()) == 2
    page = office.page()
    assert "supprimé le" not in page
    assert page.count("2 personnes, 1 contribution, 1 photo") == 2
    assert page.count('Listes d’émargement et signatures<span class="quiet"> – 1 personne sur la liste') == 2, (
        "by themselves, when the program started"
    )
    assert office.stranger("/j/BCD001").status_code == 404


def test_what_is_no_duration_is_refused_in_words_and_nothing_is_lost_of_the_form(office: Office) -> None:
    answer = office.form("durations", day="24 mois", names="un certain temps", public="yes")
    assert answer.status_code == 422
    assert "un certain temps" in answer.text
    assert 'value="24 mois"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert retention.rules(office.journal).durations == {}
    assert office.browser.post("/shelf/privacy", data={"do": "else"}, headers={"Accept": "application/json"}).json["code"] == "malformed"  # type: ignore[index]


def test_a_public_body_prints_the_list_and_notes_the_visa_before_anything_goes(office: Office) -> None:
    office.form("durations", day="2 ans", public="yes")
    page = office.page()
    items = re.findall(r'name="items\[\]" value="([^"]+)"', page)
    assert len(items) == 2
    listed = office.page("/shelf/privacy/elimination.html")
    assert "Bordereau d’élimination d’archives" in listed
    assert listed.count("2 personnes, 1 contribution") == 2
    assert "6 mai 2005" in listed
    for format, begins in (("pdf", b"%PDF"), ("odt", b"PK"), ("docx", b"PK"), ("md", b"# ")):
        answer = office.browser.get(f"/shelf/privacy/elimination.{format}")
        assert answer.data.startswith(begins), format
        assert answer.headers["Content-Disposition"] == f'attachment; filename="elimination-2026-01-01.{format}"'
    assert office.browser.get("/shelf/privacy/elimination.exe").status_code == 404

    said = {"given": "24/09/2025", "who": "Directrice des archives", "reference": "2025-117"}
    assert office.form("visa", **said, fate="eliminated").status_code == 422, "nothing is ticked"
    assert office.form("visa", **said, **{"items[]": items[0]}).status_code == 422, "no fate"
    assert len(office.journal.sessions()) == 2
    assert office.form("visa", **said, fate="transferred", **{"items[]": items[0]}).status_code == 303
    assert len(office.journal.sessions()) == 1
    assert "Versé aux archives : visa 2025-117 du mercredi 24 septembre 2025, Directrice des archives" in office.page()


def test_the_register_tells_what_is_done_how_long_it_is_kept_and_what_the_organisation_adds(office: Office) -> None:
    office.form("durations", day="24 mois")
    whole = office.page("/shelf/privacy/register.html")
    assert "Registre des activités de traitement" in whole
    assert "à compléter" in whole
    assert "24 mois" in whole
    assert "12 mois après la journée" in whole
    assert whole.count("Base légale") == len(PROCESSINGS)
    assert (
        office.form("register", controller="Le Relais <b>, 1 place du Marché", **{"basis-day": "Mission de service public"}).status_code
        == 303
    )
    whole = office.page("/shelf/privacy/register.html")
    assert "Le Relais <b>, 1 place du Marché" in whole
    assert "<b>, 1" not in office.browser.get("/shelf/privacy/register.html").text, "as text, never as markup"
    assert "Mission de service public" in whole
    assert office.form("register", officer="x" * 401).status_code == 422
    english = office.browser.get("/shelf/privacy/register.md?lang=en").text
    assert english.startswith("# Register of processing activities")
    assert "24 months" in english


def test_everyone_reads_the_declaration_of_accessibility_from_the_first_page(office: Office) -> None:
    first = office.stranger("/").text
    assert '<a href="/accessibility">Accessibilité</a>' in first
    page = office.stranger("/accessibility").text
    assert "aucune conformité n’est revendiquée" in page
    assert "Défenseur des droits" in page
    assert office.form("accessibility", status="partial", date="").status_code == 422, "of which day?"
    assert office.form("accessibility", status="perfect", date="1er mars 2026").status_code == 422
    said = {
        "status": "partial",
        "date": "1 mars 2026",
        "failures": "Le mur,\nvu de loin",
        "audit": "60 % des critères",
        "report": "à l’accueil",
    }
    assert office.form("accessibility", **said).status_code == 303
    assert "Accessibilité : partiellement conforme" in re.sub("\u00a0", " ", office.stranger("/").text)
    page = office.stranger("/accessibility").text
    for text in ("en conformité partielle", "Le mur,\nvu de loin", "dimanche 1er mars 2026", "à l’accueil"):
        assert text in page, text
    assert "These pages comply partially" in office.stranger("/accessibility?lang=en").text
