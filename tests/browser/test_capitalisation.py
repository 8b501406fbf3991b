"""Choosing days for one document over them, and completing an experience sheet, in a real browser: by keyboard, in both languages, on a
phone too, sound for everyone."""

from browser.test_shelf import STILL, sound
from harness.axe import violations
from harness.server import Server
from playwright.sync_api import expect
from test_capitalisation import SHEET, held
from web.http import Client

from facilitate.journal import Journal

TITLE = "Ce que trente rencontres entre villes et campagnes nous apprennent de la réciprocité, de ses conditions et de ses limites"


def test_staff_tick_days_by_keyboard_gather_them_and_complete_a_sheet(server, open_page):
    room: Server = server(SHEET.format(title="Une journée de plus, dont le titre est long", date="2023-01-01", series="Autres"))
    journal = Journal.in_folder(room.data_dir)
    for code in ("BCD001", "BCD002"):
        row = journal.create(path=None, title="Jour", created="2021-01-01T00:00:00.000Z", code=code)
        journal.append(row.id, 0, held(code, "2021-01-01").journal)
    journal.close()
    page = open_page(room.urls["shelf"], width=1280, may_log=("422",), **STILL)
    root = page.url.removesuffix("/shelf")
    sound(page, f"{root}/shelf/collections")
    page.get_by_label("Série").select_option("Ateliers")
    page.get_by_role("button", name="Montrer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox")).to_have_count(2)
    page.get_by_role("button", name="Tout cocher").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 journées cochées")).to_be_visible()
    page.get_by_role("button", name="Faire le document").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Titre")
    page.get_by_label("Titre du document").fill(TITLE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Titre du document")).to_have_value(TITLE)
    page.get_by_role("button", name="Faire le document").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    one = page.url
    sound(page, one)
    code = one.partition("/collections/")[2]
    page.goto(f"{root}/s/{code}/restitution.html")
    assert not violations(page)
    page.get_by_role("link", name="BCD 001, 4").first.click()
    expect(page.locator("tr:target")).to_contain_text("Le pain est bon.")
    page.goto(f"{root}/s/BCD002/experiences?lang=fr")
    sound(page, f"{root}/s/BCD002/experiences")
    page.get_by_role("link", name="Compléter").click()
    page.get_by_label("À compléter – Acteurs").fill("La commune, le boulanger [1]")
    page.keyboard.press("Tab")
    sheet = page.url
    page.get_by_role("button", name="Enregistrer la fiche").click()
    expect(page.get_by_text("complétée")).to_be_visible()
    sound(page, sheet)
    assert "boulanger" in Client(room, room.keys["shelf"]).get("/s/BCD002/experiences.md").text
