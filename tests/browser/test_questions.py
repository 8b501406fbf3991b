"""Questions to a panel, as people have them: a phone asks, another supports, the facilitator puts it to someone, who answers later."""

import re

import pytest
from browser.kinds.questions import STEP
from browser.room import Room, card_of, fetched, press, sees
from playwright.sync_api import Page, expect

SHEET = """---
titre: Financer les projets alimentaires
horaires: 10 h – 12 h
---
## Programme

### 10 h – Vos questions
- type : questions
- durée : 60 min
- intervenants : État (DRAAF); Région
"""
FIRST, SECOND = "Le matériel d’occasion est-il éligible ?", "Qui relit notre dossier avant le dépôt ?"


@pytest.fixture
def day(room) -> Room:
    day = room(SHEET)
    day.open(STEP)
    return day


def ask(phone: Page, text: str) -> None:
    phone.get_by_label("Votre question").fill(text)
    press(phone, "Poser ma question")


def texts(phone: Page) -> list[str]:
    """The questions, in the order they stand."""
    return [text.replace("\u202f", " ") for text in phone.locator("ol.asked .said").all_inner_texts()]


def said(text: str) -> re.Pattern[str]:
    """However it is spaced."""
    return re.compile(re.escape(text).replace(r"\ \?", r"\s\?").replace(r"\ ", r"\s"))


def panellist(day: Room, open_page, console: Page, name: str) -> Page:
    """The page of whoever scanned the link made for that name."""
    console.goto(f"{console.url.split('/c/')[0]}/c/{day.server.code}/team")
    console.get_by_role("button", name=f"Créer son lien {name}").click()
    console.locator("summary", has_text=name).click()
    return open_page(console.locator("a[href*='/panel/']").get_attribute("href"))


def test_a_question_asked_and_supported_is_put_to_someone_who_answers_after_the_day(day, open_page):
    nadia, bruno, console, wall = day.phone("Nadia", "Drôme"), day.phone("Bruno", "Forez"), day.console(), day.wall()
    ask(nadia, FIRST)
    expect(nadia.locator("li.card", has_text=said(FIRST))).to_contain_text("Votre question")
    theirs = bruno.locator("li.card", has_text=said(FIRST))
    theirs.get_by_role("button", name="Soutenir").click()
    expect(theirs.get_by_role("button", name="Vous soutenez · 1")).to_have_attribute("aria-pressed", "true")
    expect(wall.locator(".bars .number")).to_have_text("1")
    # The facilitator puts it to someone, then on the wall, very large.
    one = console.locator("ol[data-key=open] > li", has_text=said(FIRST))
    one.get_by_role("link", name="Traiter…").click()
    one.get_by_label("À qui l’adresser").select_option("Région")
    press(console, "L’adresser", one)
    press(console, "On y répond", one)
    expect(wall.locator("article .said")).to_have_text(said(FIRST))
    # The panellist has it first on their phone, and promises an answer.
    region = panellist(day, open_page, console, "Région")
    sees(region, "Pour vous")
    region.locator("summary", has_text="Répondre plus tard").click()
    region.get_by_label("Je réponds au plus tard le").fill("2999-07-12")
    press(region, "Promettre une réponse")
    expect(region.get_by_role("heading", name="Vous avez promis une réponse")).to_be_visible()
    sees(nadia, "Réponse à venir", "au plus tard le vendredi 12 juillet 2999")
    # The day is over; the answer comes all the same.
    assert day.drive.act("finish").status == 200
    sees(region, "La journée est finie")
    region.locator("summary", has_text="Répondre").first.click()
    region.get_by_label("Ce qui a été répondu").fill("Oui, jusqu’à la moitié du projet.")
    press(region, "Envoyer la réponse")
    expect(region.locator("#region")).to_contain_text("Répondue · Région")
    assert "Oui, jusqu’à la moitié du projet." in day.restitution()
    day.go(nadia, "mine")
    sees(nadia, "Oui, jusqu’à la moitié du projet.")


def test_the_order_one_reads_stays_and_what_others_ask_is_shown_while_one_types(day):
    phone, other = day.phone("Nadia", "Drôme"), day.someone(name="Ada")
    for text in (FIRST, SECOND):
        day.post(STEP, {"text": text}, name="Bo")
    expect(phone.locator("ol.asked > li")).to_have_count(2)
    second = day.card(STEP, SECOND)["id"]
    assert other.act("support", STEP, on=second).status == 200
    day.post(STEP, {"text": "Et pour une régie communale ?"}, name="Cy")
    expect(phone.locator("ol.asked > li")).to_have_count(3)
    assert texts(phone)[:2] == [FIRST, SECOND], "nothing jumps under the finger"
    press(phone, "Reclasser par soutiens")
    expect(phone.locator("ol.asked .said").first).to_have_text(said(SECOND))
    phone.get_by_label("Votre question").fill("Qui peut relire le dossier avant qu’on le dépose ?")
    near = phone.locator("[data-near]")
    expect(near).to_contain_text(said(SECOND))
    near.get_by_role("button", name="Soutenir").click()
    expect(card_of(phone, SECOND).or_(phone.locator(f'[data-card="{second}"]')).first).to_contain_text("Vous soutenez · 2")
    expect(phone.get_by_label("Votre question")).to_have_value("Qui peut relire le dossier avant qu’on le dépose ?")


def test_what_is_asked_twice_is_ticked_and_united_then_separated(day):
    for text in (FIRST, SECOND):
        day.post(STEP, {"text": text}, name="Bo")
    console = day.console()
    for box in console.get_by_label("à réunir").all():
        box.check()
    press(console, "Réunir celles qui sont cochées")
    expect(console.locator("ol[data-key=open] > li")).to_have_count(1)
    expect(console.locator("#region")).to_contain_text(re.compile("Aussi demandé"))
    press(fetched(console), "Séparer")
    expect(console.locator("ol[data-key=open] > li")).to_have_count(2)


def test_a_phone_without_script_asks_and_supports_too(day):
    phone = day.phone("Nadia", "Drôme", javascript=False)
    day.post(STEP, {"text": FIRST}, name="Bo")
    ask(phone, SECOND)
    expect(phone.locator("ol.asked > li")).to_have_count(2)
    press(phone, "Soutenir")
    expect(phone.get_by_role("button", name="Vous soutenez · 1")).to_be_visible()
