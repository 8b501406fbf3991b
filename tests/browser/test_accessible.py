"""Every screen can be read and used by everyone: by rules, by keyboard, at twice the size, without motion, at every size, in a crowd."""

from typing import Any

import pytest
from browser.reading import lost
from browser.room import card_of, fetched, press, sized
from browser.scenes import crowd, scenes
from harness.axe import violations
from playwright.sync_api import Locator, Page, expect

PHONES = ((360, 640), (390, 844), (195, 422))  # the last is 390 × 844 at 200 %
WALLS = ((1024, 768, 24), (1280, 800, 0), (1920, 1080, 28))  # and the smallest letters that may be read from the back
CONSOLES = ((1024, 768), (1280, 800), (1920, 1080))


def sentence(most: int) -> str:
    return "Un marché commun entre deux villages, tenu le samedi par des bénévoles."[:most].strip()


class Tired:
    """Writes as much as it may, now in one word that nothing breaks, now in sentences."""

    def __init__(self) -> None:
        self.texts = 0

    def __call__(self, most: int) -> str:
        self.texts += 1
        text = "Anticonstitutionnellement" if self.texts % 2 else "Un marché commun, tenu le samedi par des bénévoles. "
        return (f"{self.texts} " + text * 30)[:most].strip()


@pytest.mark.usefixtures("axe")
def test_axe_finds_nothing_on_any_screen_in_either_language(room, open_page):
    day, found = room(), []
    still = {"bypass_csp": True, "reduced_motion": "reduce"}  # axe sets styles of its own; a card that arrives is pale for a second
    tall = {"height": 3000, **still}  # a phone scrolled through: nothing lies half under its foot

    def look(where: str, page: Page) -> None:
        found.extend(f"{where}, {page.url}: {line}" for line in violations(page))

    for language, scheme in (("fr", "light"), ("en", "dark")):
        settings: dict[str, Any] = {"language": language, "color_scheme": scheme, "may_log": ["404"], **still}
        page = open_page(day.server.urls["join"], **settings)
        page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
        look("join", page)
        for path in ("/", "/?code=XXX000", "/w/XXX000"):
            look("code or message", open_page(day.server.base + path, **settings))
    dark = {"language": "en", "color_scheme": "dark", "width": 360, **tall}
    phones = [day.phone("Nadia", "Drôme", **tall), day.phone("Bruno", "Forez", **dark)]
    screens = [*phones, *(page(language=language, **still) for page in (day.wall, day.console) for language in ("fr", "en"))]
    for scene in scenes(day, [day.hand(phone) for phone in phones], sentence, crowd(day, sentence, 3)):
        for page in screens:
            look(scene, fetched(page))
        if scene in ("before", "situations", "situations, closing, one hidden and one withheld"):
            for phone in phones:
                for place in ("mine", "cards", ""):
                    day.go(phone, place)
                    look(scene, phone)
    for language in ("fr", "en"):
        look("shelf", open_page(day.server.urls["shelf"], width=1280, height=800, language=language, **still))
        page = day.console(language=language, **still)
        page.goto(page.url.replace("/c/", "/s/") + f"/restitution.html?lang={language}")
        look("restitution", page)
    assert not found, "\n".join(found)


def test_nothing_is_lost_at_any_size_with_long_names_long_words_and_150_people(room, open_page):
    day, says, found = room(), Tired(), []
    others = crowd(day, says, 148)

    def look(where: str, page: Page, width: int, height: int, **reading: Any) -> None:
        found.extend(f"{where}, {line}" for line in lost(sized(page, width, height), **reading))

    for width, height in PHONES:
        look("join", open_page(day.server.urls["join"]), width, height)
    phones = [day.phone(says(80), says(80)), day.phone(says(80), says(80), language="en")]
    walls = [(day.wall(width, height), width, height, least) for width, height, least in WALLS]
    console = day.console()
    for scene in scenes(day, [day.hand(phone) for phone in phones], says, others):
        for phone in phones:
            fetched(phone)
            for width, height in PHONES:
                look(f"phone, {scene}", phone, width, height)
        for wall, width, height, least in walls:
            look(f"wall, {scene}", fetched(wall), width, height, least=least, picture=True)
        fetched(console)
        for width, height in CONSOLES:
            look(f"console, {scene}", console, width, height)
    for place in ("Mes cartes", "Le mur"):
        phones[0].get_by_role("link", name=place, exact=True).click()
        for width, height in PHONES:
            look(place, phones[0], width, height)
    assert not found, "\n".join(found)


FOCUS = """
() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  return one === document.body || (style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2) ? '' : one.outerHTML;
}
"""


def reach(page: Page, wanted: Locator) -> None:
    """Goes there by Tab; wherever it stops on the way, one sees where one is."""
    for _ in range(60):
        page.keyboard.press("Tab")
        unseen = page.evaluate(FOCUS)
        assert not unseen, f"the focus is not seen on {unseen}"
        if wanted.evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"Tab does not lead to {wanted}")


def test_joining_posting_and_driving_need_no_more_than_a_keyboard(room, open_page):
    day = room()
    console = day.console()
    reach(console, console.get_by_role("button", name="Ouvrir la journée : Accueil"))
    console.keyboard.press("Enter")
    expect(console.locator(".glance .said").first).to_have_text("Accueil")
    day.open("vos-situations")
    phone = open_page(day.server.urls["join"])
    reach(phone, phone.locator("#name"))
    phone.keyboard.type("Nadia")
    reach(phone, phone.get_by_role("button", name="Entrer dans la journée"))
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/s/*")
    reach(phone, phone.get_by_label("Signée"))
    phone.keyboard.press("ArrowRight")
    expect(phone.get_by_label("Anonyme")).to_be_checked()
    text = phone.get_by_label("La situation, en une ou deux phrases")
    reach(phone, text)
    phone.keyboard.type("Un marché commun")
    reach(phone, phone.get_by_role("button", name="Envoyer ma situation"))
    phone.keyboard.press("Enter")
    expect(card_of(phone, "Un marché commun")).to_contain_text("Enregistrée")
    reach(phone, phone.get_by_role("link", name="Mes cartes"))
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/mine")
    edit = phone.locator("summary", has_text="Modifier")
    reach(phone, edit)
    phone.keyboard.press("Enter")
    reach(phone, text)
    phone.keyboard.press("End")
    phone.keyboard.type(", le samedi")
    reach(phone, phone.get_by_role("button", name="Enregistrer"))
    phone.keyboard.press("Enter")
    expect(card_of(phone, "Un marché commun, le samedi").first).to_be_visible()
    expect(edit).to_be_focused()


def test_what_happens_is_said_to_those_who_do_not_see_it(room):
    day = room()
    day.open("vos-situations")
    phone = day.phone("Nadia")
    expect(phone.get_by_role("status").filter(has_text="Connecté")).to_be_visible()
    phone.get_by_label("La situation, en une ou deux phrases").fill("Un marché commun")
    press(phone, "Envoyer ma situation")
    expect(phone.get_by_role("status").filter(has_text="Enregistré")).to_be_visible()
    # Said once: an update that changes nothing of it does not have it said again.
    phone.evaluate(
        "() => new MutationObserver(() => (window.said = true)).observe(document.querySelector('[data-state]'),"
        " { childList: true, characterData: true, subtree: true })"
    )
    assert day.drive.act("closing", "vos-situations", {"in": 600}).status == 200
    expect(phone.get_by_text("Cette étape va se clore")).to_be_visible()
    assert phone.evaluate("window.said") is None
    day.open("pause")
    expect(phone.locator("#say[role=status]")).to_have_text("Étape : Pause")
    expect(phone).to_have_title("Pause")


def test_words_being_typed_the_focus_and_the_place_read_stay_when_the_page_changes(room):
    day = room()
    day.open("vos-situations")
    phone, console = day.phone("Nadia", height=500), day.console()
    phone.locator("summary", has_text="Le contexte").click()
    context = phone.get_by_label("Le contexte")
    context.fill("Une vallée de neuf communes")
    context.evaluate("one => one.setSelectionRange(4, 10)")
    top = phone.evaluate("scrollY")
    press(console, "Clore dans 1 minute")
    expect(phone.get_by_text("Cette étape va se clore")).to_be_attached()
    expect(context).to_be_focused()
    expect(context).to_have_value("Une vallée de neuf communes")
    assert context.evaluate("one => [one.selectionStart, one.selectionEnd]") == [4, 10]
    assert top > 0
    expect(context).to_be_in_viewport()
    # The next step takes the page, and what was begun stays on top, still under the hand.
    press(console, "Passer maintenant : Pause")
    expect(phone.get_by_text("Cette étape vient de se clore")).to_be_visible()
    expect(context).to_be_focused()
    assert context.evaluate("one => [one.selectionStart, one.selectionEnd]") == [4, 10]


@pytest.mark.parametrize(("motion", "lasts"), [("reduce", "0.001s"), ("no-preference", "1.2s")])
def test_who_asks_for_no_motion_sees_none(room, motion, lasts):
    day = room()
    day.open("vos-situations")
    wall = day.wall(reduced_motion=motion)
    wall.evaluate("() => addEventListener('animationstart', ({ target }) => (window.lasts = getComputedStyle(target).animationDuration))")
    day.post("vos-situations", {"title": "Un marché commun", "signed": False})
    wall.wait_for_function("() => window.lasts")
    assert wall.evaluate("window.lasts") == lasts
