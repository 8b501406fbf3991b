"""What is kept and declared, in a real page: read by everyone in both languages, a visa noted with the keyboard."""

from collections.abc import Callable
from pathlib import Path

from browser.reading import lost
from harness.pages import HOST
from harness.server import Server
from playwright.sync_api import Page, expect
from test_retention import held

from facilitate import retention
from facilitate.journal import Journal
from facilitate.retention import Rules

SHEET = "---\ntitre: Aujourd’hui\n---\n## Programme\n### 9 h – Accueil\n- type: accueil\n- durée: 30 min\n"


def test_the_page_of_what_is_kept_and_the_declaration_are_accessible_and_a_visa_is_noted_by_keyboard(
    server: Callable[..., Server], open_page: Callable[..., Page], axe: Callable[[Page], None], tmp_path: Path
) -> None:
    data = tmp_path / "office"
    journal = Journal.in_folder(data)
    for code in ("BCD001", "BCD002"):
        held(journal, code, "2003-05-06")
    retention.decide(journal, Rules({"day": "P2Y"}, True, "2004-01-01"))
    journal.close()
    day = server(SHEET, "--data-dir", str(data))
    page = open_page(day.urls["shelf"].replace("127.0.0.1", HOST), width=1280, height=800, may_log=("422",))
    page.get_by_role("link", name="Conservation et déclarations").click()
    axe(page)
    assert lost(page) == []
    page.get_by_label("Journée BCD002").focus()
    page.keyboard.press("Space")
    page.get_by_label("Date du visa").fill("le mois dernier")
    page.get_by_label("Référence du visa").fill("2025-117")
    page.get_by_label("Qui l’a donné").fill("Directrice des archives")
    page.get_by_label("Éliminé").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Noter le visa et supprimer").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("le mois dernier")
    expect(page.get_by_label("Qui l’a donné")).to_have_value("Directrice des archives")
    expect(page.get_by_label("Éliminé")).to_be_checked()
    axe(page)
    page.get_by_label("Journée BCD001").check()
    page.get_by_label("Date du visa").fill("24 septembre 2025")
    page.get_by_role("button", name="Noter le visa et supprimer").press("Enter")
    expect(page.get_by_text("visa 2025-117 du mercredi 24 septembre 2025")).to_be_visible()
    expect(page.get_by_label("Journée BCD002")).to_be_visible()
    expect(page.get_by_label("Journée BCD001")).to_have_count(0)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"http://{HOST}:{day.port}/shelf/privacy?lang=en")
    page.get_by_text("Complete it").click()
    page.get_by_text("Draw it up").click()
    axe(page)
    assert lost(page) == []
    for language in ("fr", "en"):
        page.goto(f"http://{HOST}:{day.port}/accessibility?lang={language}")
        axe(page)
        assert lost(page) == []
