"""Editing a report in a browser: saved by itself, two at once, cut off and back, by keyboard, read by everyone."""

import re
from typing import Any

from browser.reading import lost
from browser.room import SHEET, Room, press, sized
from harness.axe import violations
from playwright.sync_api import Locator, Page, expect

THEMES = "### 10 h 20 – Thèmes\n- type : thèmes\n- sur : Vos situations\n- noms : Mobilité\n\n### 10 h 30 – Pause"
LONG_DAY = SHEET.replace("### 10 h 30 – Pause", THEMES)
STILL = {"bypass_csp": True, "reduced_motion": "reduce"}  # axe sets styles of its own
WORD = "Anticonstitutionnellement"


def evening(day: Room, cards: int = 4) -> None:
    """A day that is over, what was said in it short and long."""
    texts = ["Un car le vendredi soir, et les étudians reviennent.", "La ville boit notre eau.", WORD * 8, "Le bois part en grumes. " * 8]
    people = [
        day.someone(name=f"Nadia {WORD} {n}", territory=("Drôme", "Drome", WORD * 3)[n % 3], structure="Le Relais", named=n % 2 == 0)
        for n in range(4)
    ]
    day.open("vos-situations")
    for n in range(cards):
        assert people[n % 4].act("post", "vos-situations", {"title": texts[n % 4].strip()[:200]}).status == 200
    day.drive.act("finish")


def editor(day: Room, open_page: Any, section: str = "step-vos-situations", **page: Any) -> Page:
    """A browser of the staff on that section."""
    shown: Page = open_page(day.server.urls["shelf"], **{"width": 1280, "height": 800} | page)
    shown.goto(f"{shown.url.split('/shelf')[0]}/s/{day.server.code}/edition?section={section}")
    return shown


def synthesis(page: Page) -> Locator:
    return page.locator("#synthesis-text")


def state(page: Page, part: str = "synthesis") -> Locator:
    return page.locator(f"#{part} [data-state]")


def document(page: Page) -> Any:
    return page.frame_locator("#preview").locator("body")


def card(page: Page, text: str) -> Locator:
    return page.locator(".word", has_text=text).first


def test_what_is_typed_is_saved_by_itself_and_two_at_once_lose_nothing(room, open_page):
    day = room(LONG_DAY)
    evening(day)
    one, other = editor(day, open_page), editor(day, open_page, may_log=["409"])
    one.evaluate("window.stayed = true")
    synthesis(one).fill("Le car ramène les étudiants")
    expect(state(one)).to_have_text("Pas encore enregistré")
    press(one, "Citer 1")
    expect(synthesis(one)).to_have_value("Le car ramène les étudiants [1]")
    expect(state(one)).to_have_text(re.compile(r"^Enregistré à \d+\sh"))
    expect(document(one)).to_contain_text("Le car ramène les étudiants")
    expect(document(one).locator("#step-vos-situations-synthesis a[href='#word-1']")).to_be_visible()
    # The other learns it, and is told.
    expect(other.locator("#colleague")).to_contain_text("La synthèse de «")
    expect(synthesis(other)).to_have_value("Le car ramène les étudiants [1]")
    expect(document(other)).to_contain_text("Le car ramène les étudiants")
    # Both at once: the second is asked, and keeps what they wrote.
    synthesis(other).fill("L’eau se partage [2]")
    synthesis(one).fill("Le car ramène les étudiants [1], chaque vendredi")
    synthesis(one).press("Control+s")
    expect(state(one)).to_have_class(re.compile("saved"))
    expect(other.locator("[data-theirs]")).to_have_text("Le car ramène les étudiants [1], chaque vendredi")
    expect(synthesis(other)).to_have_value("L’eau se partage [2]")
    press(other, "L’ajouter sous le mien")
    press(other, "Enregistrer le mien")
    expect(state(other)).to_have_class(re.compile("saved"))
    expect(other.locator("[data-theirs]")).to_have_count(0)
    both = "L’eau se partage [2]\n\nLe car ramène les étudiants [1], chaque vendredi"
    expect(synthesis(one)).to_have_value(both)
    assert one.evaluate("window.stayed"), "no page was loaded again"


def test_cut_off_nothing_typed_is_lost_and_all_works_by_keyboard(room, open_page):
    day = room(LONG_DAY)
    evening(day)
    page = editor(day, open_page, may_log=["ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Failed to load"])
    page.context.set_offline(True)
    page.locator("#introduction-text").fill("Ce que la journée a montré.")
    expect(state(page, "introduction")).to_contain_text("Votre texte est gardé sur cet ordinateur")
    page.context.set_offline(False)
    # The page is closed before it could be sent: it comes back with it, and leaves.
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#introduction-text")).to_have_value("Ce que la journée a montré.")
    expect(state(page, "introduction")).to_have_class(re.compile("saved"))
    assert "Ce que la journée a montré." in day.restitution()
    # A card is set aside and brought back without the mouse, and the keyboard stays on it.
    away = card(page, "La ville boit notre eau.").get_by_role("button", name="Mettre de côté")
    away.focus()
    page.keyboard.press("Enter")
    back = card(page, "La ville boit notre eau.").get_by_role("button", name="Remettre")
    expect(back).to_be_focused()
    expect(document(page).locator("#step-vos-situations")).not_to_contain_text("La ville boit notre eau.")
    expect(document(page).locator("#annex")).to_contain_text("La ville boit notre eau.")
    page.keyboard.press("Enter")
    expect(document(page).locator("#step-vos-situations")).to_contain_text("La ville boit notre eau.")
    # A spelling, beside what was written.
    row = card(page, "étudians")
    row.get_by_text("Rectifier, retirer, voir").press("Enter")
    row.locator("textarea").fill("Un car le vendredi soir, et les étudiants reviennent.")
    press(page, "Enregistrer la rectification", row)
    expect(card(page, "étudiants reviennent")).to_contain_text("Tel qu’écrit")
    # A section moves, goes and comes back.
    up = page.get_by_role("button", name="Monter")
    up.focus()
    page.keyboard.press("Enter")
    expect(up).to_be_focused()
    titles = page.locator(".sections > ol > li > a.go")
    expect(titles.nth(1)).to_contain_text("Vos situations")
    press(page, "Retirer")
    expect(page.locator(".sections")).to_contain_text("Retirées du document")
    expect(document(page).locator("#step-vos-situations")).to_have_count(0)
    press(page, "Remettre Vos situations")
    expect(document(page).locator("#step-vos-situations")).to_have_count(1)
    # Cards are found as one types, and another section is shown without a new page.
    page.evaluate("window.stayed = true")
    page.locator("#q").fill("EAU")
    expect(page.locator(".word")).to_have_count(1)
    page.get_by_role("link", name="L’ensemble du document").press("Enter")
    expect(page.locator("#title-text")).to_have_attribute("placeholder", "Une journée à deux")
    page.get_by_role("button", name="Fusionner Drome").click()
    expect(page.locator("#names-territory")).to_contain_text("Déjà fusionnés")
    page.get_by_label("Personne par son nom : chacun sous un numéro".replace(" :", "\u00a0:")).check()
    expect(document(page)).to_contain_text("Participant·e 1")
    page.go_back()
    expect(page.locator("#introduction-text")).to_have_value("Ce que la journée a montré.")
    assert page.evaluate("window.stayed")


def test_it_is_read_by_everyone_at_every_size(room, open_page):
    day, found = room(LONG_DAY), list[str]()
    page = editor(day, open_page, section="", **STILL)
    expect(page.locator("#cards")).to_contain_text("Personne n’a encore rien écrit")
    found += violations(page) + lost(sized(page, 360, 800))
    evening(day)
    text, where = f"{WORD * 6}\n\n- une ligne [1]", f"/s/{day.server.code}/edition"
    assert day.drive.json(where, {"do": "write", "section": "step-vos-situations", "part": "synthesis", "text": text}).status == 200
    for language, scheme, widths in (("fr", "light", (1280, 1024)), ("en", "dark", (360,))):
        page = editor(day, open_page, language=language, color_scheme=scheme, width=widths[0], **STILL)
        for query in ("?section=step-vos-situations", "", "/history"):
            page.goto(f"{page.url.split('/s/')[0]}{where}{query}")
            page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = !one.classList.contains('papers')))")
            found += [f"{query} {language}: {line}" for line in violations(page)]
            found += [f"{query} {language}: {line}" for width in widths for line in lost(sized(page, width, 800))]
    assert not found, "\n".join(found)
