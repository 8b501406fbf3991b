"""The board in real pages: cards grouped by mouse, touch, keyboard, form and suggestion; two consoles see the same."""

from collections.abc import Callable
from typing import Any

import pytest
from browser.kinds.themes import SHEET, STEP
from browser.room import Room, press
from playwright.sync_api import Locator, Page, expect

FOOD = ("La cantine achète ses légumes ici.", "Des légumes pour la cantine.", "Nos cantines, leurs légumes.")
BUSES = ("Un bus le vendredi soir.", "Le bus du soir relie la gare.", "Pas de bus le soir.")


@pytest.fixture
def day(room: Callable[..., Room]) -> Room:
    """A board with six cards and two themes."""
    made = room(SHEET)
    made.open("partage")
    for text in FOOD + BUSES:
        made.post("partage", {"title": text})
    made.open(STEP)
    for name in ("Se nourrir", "Se déplacer"):
        assert made.drive.act("theme", STEP, {"name": name}).status == 200
    return made


def theme(page: Page, name: str) -> Locator:
    return page.locator(f'.board [data-zone][data-said="{name}"]')


def card(page: Page, text: str) -> Locator:
    return page.locator(".board .card", has=page.locator(".said", has_text=text)).first


def holds(page: Page, name: str, text: str) -> None:
    expect(theme(page, name).locator(".card", has_text=text)).to_have_count(1)
    page.wait_for_function("() => live.socket.connected")
    page.reload()
    expect(theme(page, name).locator(".card", has_text=text)).to_have_count(1)


def middle(one: Locator) -> tuple[float, float]:
    one.scroll_into_view_if_needed()
    box = one.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 60)


def wide(page: Page) -> Page:
    page.set_viewport_size({"width": 1400, "height": 1400})
    page.get_by_label("Toute la largeur").check()
    return page


def test_a_card_is_grouped_by_mouse_by_touch_and_by_keyboard(day: Room) -> None:
    page = wide(day.console(has_touch=True))
    by_mouse(page)
    by_touch(page)
    by_keyboard(page)


def by_mouse(page: Page) -> None:
    """One card, then the two that are ticked."""
    for text, ghost in ((FOOD[0], FOOD[0]), (FOOD[1], "2 cartes")):
        if ghost != text:
            for one in FOOD[1:]:
                card(page, one).get_by_role("checkbox").check()
        page.mouse.move(*middle(card(page, text).locator(".said")))
        page.mouse.down()
        page.mouse.move(*middle(theme(page, "Se nourrir")), steps=4)
        expect(page.locator(".ghost")).to_have_text(ghost)
        page.mouse.up()
        expect(theme(page, "Se nourrir").locator(".card", has_text=text)).to_have_count(1)
    assert not page.locator(".board .card input:checked").count()
    holds(page, "Se nourrir", FOOD[2])


def by_touch(page: Page) -> None:
    """By the grip: elsewhere a finger scrolls."""
    wide(page)
    x, y = middle(card(page, BUSES[0]).locator(".grip"))
    to_x, to_y = middle(theme(page, "Se déplacer"))
    hand = page.context.new_cdp_session(page)

    def touch(what: str, *points: tuple[float, float]) -> None:
        hand.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    touch("touchStart", (x, y))
    for share in (0.3, 0.7, 1):
        touch("touchMove", (x + (to_x - x) * share, y + (to_y - y) * share))
    touch("touchEnd")
    holds(page, "Se déplacer", BUSES[0])


def by_keyboard(page: Page) -> None:
    """Taken, let go, taken again, put down; the next card then has the focus: a board is sorted without leaving the keys."""
    box = card(page, BUSES[1]).get_by_role("checkbox")
    box.focus()
    page.keyboard.press("Enter")
    told = page.locator(".board .told")
    expect(told).to_contain_text("Carte prise")
    page.keyboard.press("Escape")
    expect(page.locator(".board .held")).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    expect(told).to_contain_text("ici Se déplacer")
    expect(theme(page, "Se déplacer")).to_contain_text("La carte se posera ici")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("Posée dans Se déplacer")
    expect(theme(page, "Se déplacer").locator(".card", has_text=BUSES[1])).to_have_count(1)
    expect(theme(page, "À placer").locator("input:focus")).to_have_count(1)
    holds(page, "Se déplacer", BUSES[1])


def test_two_consoles_at_once_lose_nothing_and_undo_what_they_name(day: Room) -> None:
    one, other = wide(day.console()), wide(day.console())
    for page, text, name in ((one, FOOD[0], "Se nourrir"), (other, BUSES[0], "Se déplacer")):
        card(page, text).get_by_role("checkbox").check()
        page.get_by_label("Placer dans").select_option(label=name)
        press(page, "Placer")
    for page in (one, other):
        expect(theme(page, "Se nourrir").locator(".card")).to_have_count(1)
        expect(theme(page, "Se déplacer").locator(".card")).to_have_count(1)
    press(one, "Défaire : 1 carte déplacée")
    for page in (one, other):
        expect(theme(page, "À placer").locator(".card")).to_have_count(5)


def test_what_the_words_suggest_is_taken_by_one_press(day: Room) -> None:
    view: Any = day.drive.state()["views"][STEP]
    ids = {one["text"]: one["id"] for one in view["unplaced"]}
    for at, texts in enumerate((FOOD, BUSES)):
        assert day.drive.act("place", STEP, {"theme": view["themes"][at]["id"], "cards": [ids[text] for text in texts[:2]]}).status == 200
    page = wide(day.console())
    suggested = card(page, BUSES[2]).locator(".saying")
    expect(suggested).to_contain_text("bus", timeout=60_000)
    press(page, "Placer là", suggested)
    expect(theme(page, "Se déplacer").locator(".card", has_text=BUSES[2])).to_have_count(1)
    assert day.drive.act("undo", STEP).status == 200
    page.goto("/".join([*page.url.split("/")[:3], "s", day.server.code, "suggestions", STEP]))
    press(page, "Pas là", page.locator("li", has_text=BUSES[2]))
    expect(page.get_by_role("button", name="Défaire : suggestion écartée")).to_have_count(1)


def test_without_script_every_move_is_a_form(day: Room) -> None:
    page = day.console(javascript=False)
    page.get_by_label(FOOD[0]).check()
    page.get_by_label("Placer dans").select_option(label="Se nourrir")
    press(page, "Placer")
    expect(theme(page, "Se nourrir").locator(".card", has_text=FOOD[0])).to_have_count(1)
    page.get_by_label(BUSES[0]).check()
    page.get_by_label(BUSES[1]).check()
    press(page, "Réunir en une")
    expect(card(page, BUSES[0])).to_contain_text("2 cartes")
    press(page, "Défaire : cartes réunies")
    expect(theme(page, "À placer").locator(".card")).to_have_count(5)


def test_a_phone_proposes_a_place_in_two_taps_and_sees_it_taken(day: Room) -> None:
    phone, console = day.phone("Nadia"), wide(day.console())
    text = phone.locator(".picks .said").first.inner_text()
    phone.locator(".picks label").first.click()
    press(phone, "Se nourrir")
    expect(phone.locator('[data-key="mine"]')).to_contain_text(text)
    press(console, "Retenir")
    expect(theme(console, "Se nourrir").locator(".card")).to_have_count(1)
    expect(phone.locator('[data-key="mine"]')).to_contain_text("l’a retenu")
