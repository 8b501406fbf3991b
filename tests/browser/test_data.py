"""One's own data in a browser: read, agreed to, erased card by card and whole, by keyboard and without script; this phone forgets it."""

from typing import Any

import pytest
from browser.reading import lost
from browser.room import SHEET, press, sized
from browser.test_accessible import reach
from browser.test_reception import STILL
from harness.axe import violations
from playwright.sync_api import Page, expect

DAY = SHEET.replace("places: 200", "série: Alimentation\némargement: téléphone\nsensible: oui")
STEP = "vos-situations"
KEPT = "() => Object.entries(localStorage).filter(([key]) => key.startsWith('facilitate/')).map(([key, text]) => key + text)"


def write(day: Any, phone: Page, said: str) -> dict[str, str]:
    """A signed card and an anonymous one of that phone: their ids."""
    hand = day.hand(phone)
    for signed in (True, False):
        assert hand.act("post", STEP, {"title": f"{said} {'signé' if signed else 'anonyme'}", "signed": signed}).status == 200
    return {text: day.card(STEP, f"{said} {text}")["id"] for text in ("signé", "anonyme")}


def to_data(day: Any, phone: Page) -> None:
    day.go(phone, "mine")
    phone.get_by_role("link", name="Mes données : voir, emporter, effacer").click()
    phone.wait_for_url("**/data*")


def test_one_erases_a_card_then_everything_and_the_phone_forgets_it(room):
    day = room(DAY)
    day.open(STEP)
    phone, other = day.phone("Élodie Marchal", "Drôme"), day.phone("Nadia", "Forez", javascript=False)
    cards = write(day, phone, "Zanzibar")
    write(day, other, "Quokka")
    assert day.someone(name="Louis").act("post", STEP, {"title": "Le verger", "signed": True}).status == 200
    # Begun and not sent: of a card, and of another one.
    day.go(phone, "mine")
    phone.locator(f"[data-card='{cards['signé']}'] details.edit summary").click()
    phone.locator(f"[data-card='{cards['signé']}'] textarea").first.fill("Zanzibar autrement")
    day.go(phone, "")
    phone.locator("textarea").first.fill("Zanzibar en train")
    assert len(phone.evaluate(KEPT)) == 2

    to_data(day, phone)
    card = phone.locator(f"#card-{cards['signé']}")
    reach(phone, card.locator("summary"))
    phone.keyboard.press("Enter")
    expect(card).to_contain_text("On ne peut pas revenir en arrière")
    reach(phone, card.get_by_role("button", name="Effacer cette contribution"))
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status")).to_contain_text("C’est effacé")
    expect(card).to_have_count(0)
    (left,) = phone.evaluate(KEPT)
    assert "Zanzibar en train" in left

    phone.get_by_text("Effacer tout ce que j’ai donné, et m’oublier…").click()
    expect(phone.locator("main")).to_contain_text("Ce qui reste")
    press(phone, "Tout effacer")
    expect(phone.get_by_role("heading", name="C’est fait")).to_be_visible()
    assert phone.evaluate(KEPT) == []
    assert not [one for one in phone.context.cookies() if one["value"] and one["name"] != "lang"]
    day.go(phone, "data")
    phone.wait_for_url("**/j/*")

    # The same without script.
    to_data(day, other)
    other.locator("#all + details summary").click()
    press(other, "Tout effacer")
    expect(other.get_by_role("heading", name="C’est fait")).to_be_visible()

    day.server.stop()
    data = b"".join(file.read_bytes() for file in day.server.data_dir.rglob("*") if file.is_file())
    assert b"Le verger" in data
    assert [word for word in ("Zanzibar", "Quokka", "Marchal", "Nadia") if word.encode() in data] == []


@pytest.mark.usefixtures("axe")
def test_these_pages_are_accessible_and_lose_nothing_in_either_language(room):
    day, found = room(DAY), []
    day.open(STEP)

    def look(page: Page) -> None:
        page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
        found.extend(f"{page.url}: {line}" for line in violations(page))
        for width in (360, 195, 1280):
            found.extend(f"{page.url}: {line}" for line in lost(sized(page, width, 844)))
        sized(page, 390, 844)

    for language, scheme in (("fr", "light"), ("en", "dark")):
        phone = day.phone("Wolfeschlegelsteinhausen" * 3, "Territoire", language=language, color_scheme=scheme, **STILL)
        write(day, phone, "Donaudampfschifffahrtsgesellschaft" * 3 + language)
        for place in ("data", "privacy"):
            day.go(phone, place)
            look(phone)
        day.go(phone, "data")
        phone.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
        phone.locator("#all + details button").click()
        expect(phone.locator("[data-forget] h1")).to_be_visible()
        look(phone)
    assert not found, "\n".join(found)
