"""The search in a real page: on a phone, read by everyone, from a word to its place in the report."""

from collections.abc import Callable

from browser.reading import lost
from harness.pages import HOST
from harness.server import Server
from playwright.sync_api import Page
from web.http import console, joined
from web.test_search import SHEET


def test_the_page_is_accessible_and_nothing_of_it_falls_off(
    server: Callable[..., Server], open_page: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    day = server(SHEET)
    drive, ada = console(day), joined(day, name="Ada")
    drive.act("open", "situations")
    for text in ("Les haies du captage protègent l’eau : qui les plante ?", "x" * 140, "Une haie"):
        assert ada.act("post", "situations", {"title": text}).status == 200
    page = open_page(day.urls["shelf"].replace("127.0.0.1", HOST), width=360, height=640)
    for address in ("?q=haie", "?q=" + "x" * 140, "?q=tracteur", ""):
        page.goto(f"http://{HOST}:{day.port}/shelf/search{address}")
        axe(page)
        assert lost(page) == []
    page.get_by_label("Chercher dans tout ce qui s’est dit").fill('"les haies"')
    page.keyboard.press("Enter")
    page.get_by_role("link", name="n° 1 du compte rendu").click()
    page.locator("#word-1").wait_for()
    assert page.url.endswith(f"/s/{day.code}/restitution.html#word-1")
