"""Publishing and the days after in real pages: the staff's page, the phone once the day is over, the report as others read it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from browser.reading import lost
from harness.pages import HOST
from harness.server import Server
from playwright.sync_api import Page, expect
from web.http import Client, console, joined

SHEET = """---
titre: Une journée
date: 2021-09-24
---
## Programme

### 9:30 – Situations
- type : situations

### 10:00 – Engagements
- type : engagements
- durée : 30 min
"""


@pytest.fixture
def day(server: Callable[..., Server]) -> Server:
    """Ada wrote a card and a commitment; the day is over, corrections are open for a week."""
    day = server(SHEET)
    drive, ada = console(day), joined(day, name="Ada Fictive", territory="Drôme")
    for step, content in (("situations", {"title": "Un bus qui passe"}), ("engagements", {"what": "J’appelle la mairie"})):
        drive.act("open", step)
        assert ada.act("post", step, content).status == 200
    drive.act("finish")
    until = (date.today() + timedelta(days=7)).isoformat()
    assert drive.act("reopen", content={"until": until}).status == 200
    day.ada = ada  # type: ignore[attr-defined]
    return day


def at(day: Server, path: str) -> str:
    return f"http://{HOST}:{day.port}{path}"


def whole(page: Page, axe: Callable[[Page], None]) -> None:
    """Accessible, the page as long as it is: what one scrolls past is nowhere half beneath the foot."""
    page.set_viewport_size({"width": 360, "height": 3200})
    axe(page)


def phone_of(day: Server, open_page: Callable[..., Page], ada: Client) -> Page:
    """Ada's phone, back after the day."""
    page = open_page(at(day, "/"), width=360, height=640)
    page.context.add_cookies([{"name": f"participant-{day.code}", "value": ada.key, "url": at(day, "/")}])
    return page


def test_the_staff_publish_hand_out_a_link_and_answer_what_came(
    day: Server, open_page: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    ada: Client = day.ada  # type: ignore[attr-defined]
    card = next(iter(ada.state()["views"]["situations"]["cards"]))["id"]
    ada.act("edit", "situations", {"title": "Deux bus, le matin et le soir"}, on=card)
    ada.act("post", "situations", {"title": "Un vélo partagé"})
    page = open_page(day.urls["shelf"].replace("127.0.0.1", HOST), width=1280, height=800)
    page.goto(at(day, f"/s/{day.code}/publishing"))
    for name in ("PDF", "Word (DOCX)", "LibreOffice (ODT)"):
        page.get_by_label(name).uncheck()
    page.get_by_role("button", name="Publier", exact=True).click()
    page.get_by_label("Un lien privé, pour qui").fill("Pour les financeurs")
    page.get_by_role("button", name="Créer un lien").click()
    link = page.get_by_role("textbox", name="Adresse du lien").input_value()
    page.get_by_role("button", name="Copier – Adresse du lien").click()
    expect(page.get_by_role("button", name="Copié – Adresse du lien")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Accepter Deux bus").click()
    page.locator("summary", has_text="Écarter").click()
    page.get_by_label("Pourquoi ? Son auteur").fill("Hors sujet")
    page.get_by_role("button", name="L’écarter").click()
    expect(page.get_by_role("heading", name="Rien n’attend votre réponse")).to_be_visible()
    expect(page.get_by_text("1 contribution corrigée")).to_be_visible()
    for width, height, language in ((1280, 800, "en"), (360, 640, "fr")):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(at(day, f"/s/{day.code}/publishing?lang={language}"))
        axe(page)
        assert lost(page) == []
    report = open_page(at(day, link.partition(f":{day.port}")[2] or link.partition(HOST)[2]), width=360, height=640)
    expect(report.get_by_role("heading", name="Une journée", level=1)).to_be_visible()
    axe(report)
    assert report.evaluate("document.documentElement.scrollWidth") == 360
    assert report.context.cookies() == []


def test_a_phone_corrects_adds_and_keeps_its_code_after_the_day(
    day: Server, open_page: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    page = phone_of(day, open_page, day.ada)  # type: ignore[attr-defined]
    page.goto(at(day, f"/s/{day.code}"))
    assert lost(page) == []
    whole(page, axe)
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(at(day, f"/s/{day.code}/mine"))
    page.locator("summary", has_text="Modifier").first.click()
    page.locator("details[open] textarea").first.fill("Deux bus, le matin et le soir")
    page.get_by_role("button", name="Envoyer la correction").first.click()
    expect(page.get_by_text("Votre correction attend l’équipe")).to_be_visible()
    page.locator("summary", has_text="Situations").click()
    page.locator("[data-key^=add-][open] textarea").first.fill("Un vélo partagé")
    page.locator("[data-key^=add-][open]").get_by_role("button", name="L’envoyer à l’équipe").click()
    expect(page.get_by_text("Envoyée après la journée")).to_be_visible()
    page.get_by_role("button", name="Vous pouvez me nommer").click()
    expect(page.get_by_text("Le compte rendu peut vous nommer.")).to_be_visible()
    code = page.locator(".keepsake").inner_text()
    assert lost(page) == []
    whole(page, axe)
    other = open_page(at(day, f"/j/{day.code}?rejoin={code.replace(' ', '')}"), width=390, height=844, language="en")
    other.get_by_role("button", name="Find my cards").click()
    other.goto(at(day, f"/s/{day.code}/mine"))
    expect(other.get_by_text("Un bus qui passe").first).to_be_visible()
    assert lost(other) == []
    whole(other, axe)
