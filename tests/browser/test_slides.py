"""Slides in real pages: a PDF taken in on the console, another computer that projects, and notes that stay on their phone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import files
import pytest
from browser.room import Room, fetched, press, sees
from harness.pages import HOST
from playwright.sync_api import Page, expect

STEP = "trois-financements"
PATIENCE = 60_000  # ms: pages are made ready behind everything else that this machine does


@pytest.fixture
def presenting(room: Callable[..., Room]) -> Room:
    """A room where the input is on."""
    held = room()
    held.open(STEP)
    return held


def take_in(page: Page, folder: Path, data: bytes, permission: str = "Oui") -> None:
    """Takes a PDF in, through the console's form, once its script is there."""
    page.wait_for_load_state("networkidle")
    file = folder / "diapos.pdf"
    file.write_bytes(data)
    fold = page.locator("details[data-key=pdf]")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    page.locator("#pdf-file").set_input_files(file)
    page.locator("form[data-upload]").get_by_text(permission, exact=True).check()
    press(page, "Le prendre")


def slide(page: Page, n: int, of: int) -> None:
    """The console says which slide is on."""
    expect(page.get_by_role("heading", name=f"Diapositive {n} sur {of}")).to_be_visible(timeout=PATIENCE)


def is_drawn(page: Page, picture: str) -> None:
    """That picture is there, not only its frame."""
    expect(page.locator(picture)).to_have_js_property("complete", True, timeout=PATIENCE)
    page.wait_for_function("(one) => document.querySelector(one).naturalWidth > 0", arg=picture)


def test_a_pdf_is_taken_in_while_the_day_goes_on_and_every_screen_follows(presenting: Room, tmp_path: Path) -> None:
    console, wall, phone = presenting.console(), presenting.wall(1920, 1080), presenting.phone("Ada")
    sees(wall, "Un fonds pour étudier")
    take_in(console, tmp_path, files.deck(12))
    slide(console, 1, 12)
    expect(console.locator("details[data-key=pdf]")).not_to_have_attribute("open", "")
    expect(wall.get_by_role("img", name="Diapositive 1\u00a0: La ville et la campagne, 1")).to_be_visible()
    is_drawn(wall, "img[data-key=page]")
    sees(phone, "La ville et la campagne, 1", "l’efficacité")
    press(console, "Diapositive suivante")
    slide(console, 2, 12)
    sees(phone, "Point n° 2")
    is_drawn(wall, f"img[src$='{presenting.drive.state()['views'][STEP]['page']['media']}']")
    console.get_by_role("button", name="4 La ville et la campagne, 4").click()
    sees(phone, "Point n° 4")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_nothing_where_slides_come_from_a_pdf_or_from_elsewhere(
    presenting: Room, tmp_path: Path, axe: Any, language: str
) -> None:
    take_in(presenting.console(), tmp_path, files.deck(3))
    still = {"bypass_csp": True, "language": language}  # axe sets styles of its own
    phone = presenting.phone("Ada", height=3000, **still)
    console, walls = presenting.console(**still), [presenting.wall(*size, **still) for size in ((1920, 1080), (1024, 768))]
    is_drawn(walls[1], "img[data-key=page]")
    for fold in (phone.locator("details[data-key=see]"), console.locator("details[data-key=pdf]")):
        fold.evaluate("(one) => (one.open = true)")
    is_drawn(phone, "img.page")
    for page in (console, *walls, phone):
        axe(page)
    presenting.drive.act("elsewhere", STEP, {"on": True})
    for page in (console, *walls, phone):
        axe(fetched(page))


def test_a_phone_asks_for_a_picture_only_when_its_fold_is_opened_and_then_follows(presenting: Room, tmp_path: Path) -> None:
    phone, console = presenting.phone("Ada"), presenting.console()
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url) if "/media/" in request.url else None)
    take_in(console, tmp_path, files.deck(3))
    slide(console, 1, 3)
    sees(phone, "Point n° 1")
    fetched(phone)
    assert asked == []
    phone.get_by_text("Voir la diapositive").click()
    is_drawn(phone, "img.page")
    press(console, "Diapositive suivante")
    sees(phone, "Point n° 2")
    expect(phone.locator("details[data-key=see]")).to_have_attribute("open", "")
    is_drawn(phone, "img.page")
    assert len(asked) == 2


def test_a_bad_pdf_is_said_beside_its_form_and_the_slides_stay(presenting: Room, tmp_path: Path) -> None:
    console = presenting.console(may_log=("422",))
    for data, said in ((files.deck(200), "Ce PDF a 200"), (files.deck(3)[:9000], "abîmé ou incomplet"), (b"%PDF?", "n’est pas un PDF")):
        take_in(console, tmp_path, data)
        expect(console.locator("[data-told]")).to_contain_text(said, timeout=PATIENCE)
        slide(console, 1, 2)
    take_in(console, tmp_path, files.deck(3))
    slide(console, 1, 3)


def test_the_arrows_turn_the_slides_and_w_gives_the_wall_away_and_takes_it_back(presenting: Room) -> None:
    console, wall = presenting.console(), presenting.wall()
    slide(console, 1, 2)
    console.keyboard.press("ArrowRight")
    slide(console, 2, 2)
    console.keyboard.press("PageDown")
    console.keyboard.press("PageUp")
    slide(console, 1, 2)
    console.keyboard.press("w")
    sees(wall, "Projeté depuis un autre ordinateur.", "La Région")
    sees(console, "Un autre ordinateur projette.")
    console.keyboard.press("ArrowRight")
    console.locator("summary", has_text="Ajouter une étape").click()
    console.get_by_label("Titre").fill("w")
    console.get_by_label("Titre").press("w")
    expect(wall.get_by_text("Projeté depuis")).to_be_visible()
    press(console, "Reprendre le mur")
    sees(wall, "Un fonds pour étudier")


def test_a_clicker_turns_the_slides_on_a_wall_that_holds_the_console_too_and_only_there(
    presenting: Room, open_page: Callable[..., Page]
) -> None:
    console = presenting.console()
    wall = open_page(f"{presenting.server.base}/w/{presenting.server.code}", beside=console, width=1280, height=800)
    alone = presenting.wall(may_log=("403",))
    for page in (wall, alone):
        page.wait_for_load_state("networkidle")
    with alone.expect_response(lambda answer: answer.url.endswith("/act?as=console") and answer.status == 403):
        alone.keyboard.press("PageDown")
    sees(wall, "Un fonds pour étudier")
    wall.keyboard.press("PageDown")
    sees(alone, "Un fonds pour construire")
    wall.keyboard.press("PageUp")
    sees(alone, "Un fonds pour étudier")
    wall.keyboard.press("w")
    sees(alone, "Projeté depuis un autre ordinateur.")
    wall.keyboard.press("w")
    sees(alone, "Un fonds pour étudier")


def test_notes_stay_on_the_phone_and_are_found_after_the_step(presenting: Room, axe: Any) -> None:
    phone = presenting.phone("Ada", bypass_csp=True)
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.post_data or ""))
    phone.get_by_label("Mes notes").fill("Appeler Jeanne")
    axe(phone)
    presenting.post(STEP, {"text": "Qui paie ?"}, name="Bo")
    fetched(phone)
    expect(phone.get_by_label("Mes notes")).to_have_value("Appeler Jeanne")
    presenting.open("vos-situations")
    sees(phone, "Quelle coopération")
    presenting.go(phone, "mine")
    expect(phone.get_by_label("Mes notes\u00a0: Trois financements")).to_have_value("Appeler Jeanne")
    axe(phone)
    assert not any("Jeanne" in text for text in sent)
    assert "Jeanne" not in presenting.restitution()
    other = presenting.phone("Bo")
    presenting.go(other, "mine")
    expect(other.get_by_text("Vous n’avez pas encore écrit.")).to_be_visible()
    expect(other.get_by_label("Mes notes\u00a0: Trois financements")).to_have_count(0)


def test_without_script_a_pdf_is_taken_in_all_the_same(presenting: Room, tmp_path: Path) -> None:
    console = presenting.console(javascript=False, may_log=("422",))
    take_in(console, tmp_path, files.deck(3), "Non")
    slide(console, 1, 3)
    assert console.url == f"http://{HOST}:{presenting.server.port}/c/{presenting.server.code}"
    phone = presenting.phone("Ada", javascript=False)
    sees(phone, "Point n° 1")
    take_in(console, tmp_path, b"nothing")
    expect(console.get_by_text("n’est pas un PDF")).to_be_visible(timeout=PATIENCE)
    console.get_by_role("link", name="Revenir à la journée").click()
    slide(console, 1, 3)


@pytest.mark.parametrize("size", [(1920, 1080), (1024, 768)])
def test_the_picture_of_a_page_takes_most_of_the_wall_and_hides_nothing(presenting: Room, tmp_path: Path, size: tuple[int, int]) -> None:
    take_in(presenting.console(), tmp_path, files.deck(3))
    wall = presenting.wall(*size)
    is_drawn(wall, "img[data-key=page]")
    frame, beside = (wall.locator(one).bounding_box() for one in (".shown", ".beside"))
    assert frame is not None
    assert beside is not None
    assert frame["width"] * frame["height"] > 0.6 * size[0] * size[1]
    for box in (frame, beside):
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert box["y"] + box["height"] <= size[1]
    cut = "(all) => all.filter((one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1).length"
    assert wall.locator(".beside, .beside *").evaluate_all(cut) == 0


def test_the_report_with_slides_is_accessible(presenting: Room, tmp_path: Path, open_page: Callable[..., Page], axe: Any) -> None:
    console = presenting.console()
    take_in(console, tmp_path, files.deck(3))
    slide(console, 1, 3)
    report = open_page(f"{presenting.server.base}/s/{presenting.server.code}/restitution.html", beside=console)
    is_drawn(report, "figure:first-child img")
    axe(report)
