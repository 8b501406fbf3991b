"""The house's style in a real page: its form read by everyone, its colours said as they are typed, its logos on the welcome wall."""

from collections.abc import Callable

from browser.reading import lost
from harness.pages import HOST
from harness.server import Server
from playwright.sync_api import Page, expect
from web.http import Client
from web.test_house import SHEET, png, sent


def test_the_page_is_accessible_and_says_what_becomes_of_a_colour_as_it_is_typed(
    server: Callable[..., Server], open_page: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    day = server(SHEET)
    office = Client(day, day.keys["shelf"])
    for fields in ({"do": "logo"}, {"do": "funder", "funder": "Conseil départemental " * 6}):
        assert sent(office, fields, png()).status == 303
    page = open_page(day.urls["shelf"].replace("127.0.0.1", HOST), width=1280, height=800, may_log=("422",))
    page.goto(f"http://{HOST}:{day.port}/shelf/house?lang=fr")
    axe(page)
    assert lost(page) == []
    page.get_by_label("Première couleur", exact=True).fill("#ffd400")
    expect(page.get_by_text("Les écrans et les documents emploient #705c00")).to_be_visible()
    page.get_by_role("button", name="Enregistrer les couleurs").click()
    expect(page.get_by_role("status")).to_have_text("Enregistré")
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--brand')").strip() == "#705c00"
    page.get_by_label("Première couleur", exact=True).fill("vert pomme")
    page.get_by_role("button", name="Enregistrer les couleurs").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce n’est pas une couleur")
    expect(page.get_by_label("Première couleur", exact=True)).to_have_value("vert pomme")
    axe(page)
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"http://{HOST}:{day.port}/shelf/house?lang=en")
    axe(page)
    assert lost(page) == []


def test_the_welcome_wall_bears_the_logos_and_the_join_page_says_who_pays(
    server: Callable[..., Server], open_page: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    day = server(SHEET, "--wifi", "Salle", "bonjour")
    office = Client(day, day.keys["shelf"])
    for fields in ({"do": "logo"}, {"do": "funder", "funder": "Région"}, {"do": "funder", "funder": "Département"}):
        assert sent(office, fields, png()).status == 303
    page = open_page(day.urls["wall"].replace("127.0.0.1", HOST), width=1920, height=1080)
    for width, height in ((1920, 1080), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.get_by_text("Cofinancé par l’Union européenne")).to_be_visible()
        assert page.locator(".marks img").evaluate_all("all => all.map((one) => one.complete && one.naturalWidth > 0)") == [True] * 3
        assert lost(page, picture=True) == []
    axe(page)
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"http://{HOST}:{day.port}/j/{day.code}?lang=en")
    expect(page.get_by_text("Co-funded by the European Union")).to_be_in_viewport()
    axe(page)
