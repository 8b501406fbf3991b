"""A day is prepared in a real browser: by keyboard, by hand, without script; looked at as it goes; and the file says what the page said."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from browser.reading import lost
from browser.room import press, sized
from harness.axe import violations
from harness.server import Server
from playwright.sync_api import Locator, Page, expect

MODEL = Path(__file__).parents[2] / "sessions_library" / "2020-10-08-innovation-democratique.md"
SMALL = "# Un essai\n## Programme\n### 9 h – Accueil\n- type : accueil\n- durée : 5\n"
CAUSE = "À quoi cela a-t-il vraiment tenu ?"


@pytest.fixture
def desk(server: Callable[..., Server], open_page: Callable[..., Page]) -> Callable[..., tuple[Page, Path]]:
    """``desk(**page)`` opens a copy of the model: its page, and its file."""

    def open(**page: object) -> tuple[Page, Path]:
        running = server(SMALL)
        found = open_page(running.urls["shelf"], width=1280, height=800, **page)
        found.get_by_role("link", name=re.compile("Préparer une journée|Prepare a day")).click()
        found.locator(f"form:has(input[value='{MODEL.stem}'])").get_by_role("button").click()
        found.wait_for_url("**/prepare/innovation-democratique")
        return found, running.data_dir / "sheets" / "innovation-democratique.md"

    return open


def row(page: Page, title: str) -> Locator:
    """The line of the step of that title, the first if there are several."""
    return page.locator(".steps > li", has=page.locator(f'.name input[value="{title}"]')).first


def titles(page: Page) -> list[str]:
    found: list[str] = page.locator(".steps .name input").evaluate_all("all => all.map((one) => one.value)")
    return found


def saved(page: Page) -> None:
    expect(page.locator("[data-status]")).to_have_text(re.compile("^(Enregistré|Saved)$"))


def test_a_day_is_prepared_by_keyboard_and_its_file_says_what_the_page_said(desk):
    page, file = desk()
    text = MODEL.read_text("utf-8")
    assert file.read_text("utf-8") == text
    # Alt and an arrow move the step one is in; one stays there, and the hours follow.
    row(page, "Nos expériences de participation").locator(".name input").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".steps > li").nth(1).locator(".name input")).to_have_value("Nos expériences de participation")
    expect(page.locator(".steps > li").nth(1).locator(".hour")).to_have_text("9 h 55")
    expect(page.locator(".steps > li").nth(2).locator(".hour")).to_have_text("10 h 40")
    expect(page.locator(":focus")).to_have_value("Nos expériences de participation")
    # What is typed is seen at once as the room would see it.
    decode = row(page, "Décodage")
    decode.locator("summary").focus()
    page.keyboard.press("Enter")
    decode.get_by_label("Question", exact=True).fill(CAUSE)
    expect(page.locator("#preview-title + p")).to_have_text("Décodage")
    phone, wall = (page.frame_locator(f"iframe[title='{title}']") for title in ("Sur un téléphone", "Au mur"))
    expect(phone.locator("body")).to_contain_text("Décodage")
    expect(wall.locator("body")).to_contain_text("Décodage")
    decode.get_by_label("Durée : Décodage").fill("bientôt")
    expect(page.locator(".problems")).to_contain_text("« bientôt » n’est pas une durée")
    expect(decode.locator("[aria-invalid]")).to_have_count(1)
    decode.get_by_label("Durée : Décodage").fill("45 min")
    expect(page.locator(".problems")).to_have_count(0)
    assert file.read_text("utf-8") == text
    press(page, "Enregistrer")
    saved(page)
    expected = (
        text.replace("À quoi cela a-t-il tenu\u202f?", CAUSE)
        .replace("- type : décodage\n- durée : 50 min", "- type : décodage\n- durée : 45 min")
        .replace("### 12 h 30 – Déjeuner", "### 12 h 30 – Déjeuner")
    )
    blocks = re.split(r"(?=^### )", expected, flags=re.M)
    blocks[2], blocks[3] = (
        blocks[3].replace("### 10 h 30", "### 9 h 55"),
        blocks[2].replace("### 9 h 55", "### 10 h 40"),
    )
    assert file.read_text("utf-8") == "".join(blocks)
    # Nothing left to save: leaving asks nothing, and the day opens.
    press(page, "Ouvrir cette journée")
    page.wait_for_url("**/c/*")
    expect(page.locator(".agenda")).to_contain_text("Décodage")


def test_a_step_is_dragged_added_taken_out_and_put_back(desk):
    page, file = desk()
    hold, target = row(page, "Évaluation").locator("[data-hold]"), row(page, "Accueil")
    hold.scroll_into_view_if_needed()
    page.mouse.move(*middle(hold))
    page.mouse.down()
    for _ in range(14):
        page.mouse.wheel(0, -400)
    target.scroll_into_view_if_needed()
    page.mouse.move(middle(target)[0], middle(target)[1] - 30, steps=4)
    page.mouse.up()
    expect(page.locator(".steps > li").first.locator(".hour")).to_have_text("9 h 30")
    expect(page.locator(".steps > li").nth(1).locator(".hour")).to_have_text("9 h 55")
    assert titles(page)[:2] == ["Évaluation", "Accueil"]
    press(page, "Ajouter une étape à la fin")
    expect(page.locator(".steps > li")).to_have_count(14)
    expect(page.locator(":focus")).to_have_attribute("name", re.compile(r"row\..*\.title"))
    page.keyboard.type("Au revoir")
    meal = row(page, "Déjeuner")
    meal.locator("summary").click()
    meal.get_by_role("button", name=re.compile("^L’enlever")).click()
    expect(page.locator(".gone")).to_contain_text("Déjeuner")
    page.locator(".gone").get_by_role("button", name=re.compile("^Remettre")).click()
    expect(page.locator(".gone")).to_have_count(0)
    press(page, "Enregistrer")
    saved(page)
    heads = re.findall(r"^### (.*)$", file.read_text("utf-8"), re.M)
    assert [re.sub("^[0-9h ]* – ", "", one) for one in heads] == titles(page)
    assert heads[-1].endswith("Au revoir")
    assert "12 h 30 – Déjeuner" in heads


def middle(one: Locator) -> tuple[float, float]:
    box = one.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_without_javascript_every_button_gives_back_all_that_was_typed(desk):
    page, file = desk(javascript=False)
    page.get_by_label("Lieu").fill("Lyon")
    page.get_by_role("button", name="Descendre : Accueil").click()
    # Without a script the answer is another page: it is waited for.
    expect(page.locator(".steps .name input").nth(1)).to_have_value("Accueil")
    assert titles(page)[:2] == ["De nouvelles façons de participer", "Accueil"]
    expect(page.get_by_label("Lieu")).to_have_value("Lyon")
    expect(page.frame_locator("iframe[title='Sur un téléphone']").locator("body")).to_contain_text("Accueil")
    press(page, "Voir le texte")
    expect(page.locator("#text")).to_have_value(re.compile("lieu: Lyon"))
    press(page, "Voir le formulaire")
    press(page, "Enregistrer")
    saved(page)
    assert "lieu: Lyon\n" in file.read_text("utf-8")


@pytest.mark.parametrize(("language", "scheme"), [("fr", "light"), ("en", "dark")])
@pytest.mark.usefixtures("axe")
def test_the_pages_are_accessible_and_lose_nothing_at_any_size(desk, language, scheme):
    page, _ = desk(language=language, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    found: list[str] = []

    def look(where: str) -> None:
        for width in (1280, 360, 195):
            # Tall, so that nothing lies half under the foot.
            found.extend(f"{where}, {line}" for line in lost(sized(page, width, 9000)))
            if width > 300:
                found.extend(f"{where}, {width}: {line}" for line in violations(page))
        page.set_viewport_size({"width": 1280, "height": 800})

    look("a sheet just opened")
    page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    page.locator(".steps .lasts input").nth(2).fill("x")
    expect(page.locator(".problems")).to_have_count(1)
    look("every fold open, an error said")
    page.get_by_role("button", name=re.compile("^(Voir le texte|See the text)$")).click()
    page.locator("#text").wait_for()
    look("the text")
    page.goto(page.url.rpartition("/")[0])
    look("the list")
    assert not found, "\n".join(found)
