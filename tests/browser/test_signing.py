"""Signing on one's own phone in a browser: with the mouse, by keyboard alone, refused and signed, in both languages and themes."""

from typing import Any

import pytest
from browser.reading import lost
from browser.room import SHEET, press, sized
from browser.test_accessible import reach
from browser.test_reception import STILL, desk
from harness.axe import violations
from playwright.sync_api import Page, expect

PHONE = SHEET.replace("places: 200", "places: 200\némargement: téléphone")
PATHS = (((40, 60), (120, 20), (160, 80), (230, 30)), ((60, 90), (240, 90)))


def draw(page: Page) -> None:
    """Two strokes with the mouse."""
    canvas = page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    for path in PATHS:
        for place, (x, y) in enumerate(path):
            page.mouse.move(box["x"] + x, box["y"] + y, steps=8)
            if place == 0:
                page.mouse.down()
        page.mouse.up()


def strokes(page: Page) -> int:
    drawn = page.locator("[name=drawn]").input_value()
    return len(drawn.split(";")) if drawn else 0


def test_one_signs_with_the_mouse_and_another_by_keyboard_alone(room, open_page):
    day = room(PHONE)
    phone = day.phone("Nadia Fictive", width=360, height=640)
    phone.get_by_role("link", name="Signer la feuille d’émargement").click()
    expect(phone.get_by_label("Prénom et nom")).to_have_value("Nadia Fictive")
    press(phone, "Signer avec ce dessin")
    expect(phone.get_by_role("alert")).to_contain_text("Rien n’est encore dessiné")
    draw(phone)
    assert strokes(phone) == 2
    expect(phone.get_by_role("alert")).to_have_count(0)
    press(phone, "Annuler le dernier trait")
    assert strokes(phone) == 1
    press(phone, "Effacer")
    assert strokes(phone) == 0
    draw(phone)
    press(phone, "Signer avec ce dessin")
    expect(phone.locator(".facts .saved")).to_contain_text("signature à")
    expect(phone.get_by_role("link", name="Mon attestation (PDF)")).to_be_visible()

    other = day.phone()
    reach(other, other.get_by_role("link", name="Signer la feuille d’émargement"))
    other.keyboard.press("Enter")
    other.wait_for_url("**/sign")
    reach(other, other.get_by_label("Prénom et nom"))
    other.keyboard.type("Mona Kappa")
    reach(other, other.get_by_role("button", name="Signer sans dessiner"))
    other.keyboard.press("Enter")
    expect(other.locator(".facts .saved")).to_contain_text("signature à")
    page = desk(day, open_page)
    expect(page.locator("#counts")).to_contain_text("2 signatures sur téléphone")


@pytest.mark.usefixtures("axe")
def test_signing_is_accessible_and_loses_nothing_in_either_language(room, open_page):
    day, found = room(PHONE), []

    def look(page: Page, *sizes: tuple[int, int]) -> None:
        page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
        found.extend(f"{page.url}: {line}" for line in violations(page))
        for width, height in sizes:
            found.extend(f"{page.url}: {line}" for line in lost(sized(page, width, height)))
        sized(page, 390, 3000)

    narrow = ((360, 640), (195, 422), (1280, 800))
    for language, scheme in (("fr", "light"), ("en", "dark")):
        settings: dict[str, Any] = {"language": language, "color_scheme": scheme, **STILL}
        phone = day.phone("Wolfeschlegelsteinhausen" * 3, may_log=("422",), **settings)
        day.go(phone, "sign")
        phone.locator("#name").fill("")
        phone.locator("#name").evaluate("one => one.removeAttribute('required')")
        phone.locator("#typed").click()
        expect(phone.locator("#wrong")).to_be_visible()
        look(phone, *narrow)
        phone.locator("#name").fill("Anticonstitutionnellement " * 4 + language)
        draw(phone)
        phone.locator("#send").click()
        expect(phone.locator(".facts .saved")).to_be_visible()
        look(phone, narrow[0])
        page = desk(day, open_page, **settings)
        page.locator("#list .who a").first.click()
        look(page, (390, 844))
    assert not found, "\n".join(found)
