"""Entering for others: a pile of twelve sheets by keyboard, a ballot and an evaluation for each, a show of hands; without script too."""

from typing import Any

import pytest
from browser.reading import lost
from browser.room import Room, fetched, sees, sized
from browser.scenes import together
from browser.test_accessible import reach
from harness.axe import violations
from PIL import Image
from playwright.sync_api import Page, expect

PEOPLE = [f"Habitante {letter}" for letter in "ABCDEFGHIJKL"]
TITLES = [f"La navette du {place} au {place + 1}." for place in range(12)]


def welcome(day: Room, *people: str) -> None:
    """People without a phone."""
    for name in people:
        assert day.drive.act("welcome", content={"name": name, "territory": "Drôme"}).status == 200


def scribe(day: Room, page: Page, query: str = "") -> Page:
    """That console's browser, on the scribe's page."""
    page.goto("/".join([*page.url.split("/")[:3], "scribe", day.server.code]) + query)
    return page


def by_console(day: Room, **page: Any) -> Page:
    return scribe(day, day.console(**page))


def views(day: Room, step: str) -> Any:
    return day.drive.state()["views"][step]


def is_for(page: Page, name: str) -> None:
    """The sheet on the page is that person's, and its first field is under the hands."""
    expect(page.locator("#sheet")).to_have_text(f"Pour {name}, Drôme")
    expect(page.locator("[data-then] form :focus")).to_have_count(1)


def test_twelve_sheets_are_typed_one_after_the_other_by_keyboard_alone(room):
    day = room()
    welcome(day, *PEOPLE)
    day.open("vos-situations")
    page = by_console(day)
    reach(page, page.get_by_label("Signée").first)
    for name, title in zip(PEOPLE, TITLES, strict=True):
        if name != PEOPLE[0]:
            is_for(page, name)
        page.keyboard.press("Tab")
        page.keyboard.type(title)
        page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Sans téléphone : 12 sur 12 ont répondu.")).to_be_visible()
    assert [(card["name"], card["content"]["title"], card["entered"]) for card in day.cards("vos-situations")] == [
        (name, title, True) for name, title in zip(PEOPLE, TITLES, strict=True)
    ]
    # The vote: numbers alone. Nobody on the staff reads a ballot again.
    day.open("lesquelles-decoder")
    scribe(day, page, "?after=")
    for name in PEOPLE:
        is_for(page, name)
        page.keyboard.type("2")
        page.keyboard.press("Tab")
        page.keyboard.type("1")
        page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Sans téléphone : 12 sur 12 ont répondu.")).to_be_visible()
    expect(page.locator(".sheet")).to_have_count(0)
    # A show of hands beside it.
    page.get_by_role("heading", name="À main levée").click()
    page.get_by_label("Combien de personnes ont pris part ?").fill("30")
    page.get_by_label(TITLES[2]).fill("25")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("À main levée : 30 personnes")).to_be_visible()
    assert day.drive.act("reveal", "lesquelles-decoder").status == 200
    results = views(day, "lesquelles-decoder")["results"]
    assert [(one["text"], one["dots"], one["beside"][0]["dots"]) for one in results[:3]] == [
        (TITLES[0], 24, 0),
        (TITLES[1], 12, 0),
        (TITLES[2], 0, 25),
    ]
    # The evaluation: numbers by the arrows, then words.
    day.open("evaluation")
    scribe(day, page, "?after=")
    for place, name in enumerate(PEOPLE):
        is_for(page, name)
        page.keyboard.press("Space")
        for _ in range(place % 5):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
        page.keyboard.type(f"La visite {place}.")
        page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Sans téléphone : 12 sur 12 ont répondu.")).to_be_visible()
    assert day.drive.act("reveal", "evaluation").status == 200
    assert views(day, "evaluation")["results"]["roti"]["counts"] == [3, 3, 2, 2, 2]
    report = day.restitution()
    for said in (*TITLES, "saisie pour elle ou lui", "Personne par personne", "À main levée", "La visite 11."):
        assert said in report


def test_someone_is_added_on_the_spot_and_their_sheet_comes(room):
    day = room()
    day.open("vos-situations")
    page = by_console(day)
    expect(page.locator("#sheet")).to_have_text("Pour quelqu’un qui ne donne pas de nom")
    page.get_by_role("heading", name="Quelqu’un qui n’est pas dans la liste").click()
    page.get_by_label("Prénom et nom").fill("Élue 3")
    page.get_by_label("Territoire").last.fill("Drôme")
    page.keyboard.press("Control+Enter")
    is_for(page, "Élue 3")
    page.get_by_label("Anonyme").first.check()
    page.get_by_label("La situation, en une ou deux phrases").first.fill("Un four à pain.")
    page.get_by_role("button", name="Envoyer pour cette personne").click()
    page.wait_for_url("**after=*")
    (card,) = day.cards("vos-situations")
    assert (card["anonymous"], card["name"], card["at"], card["entered"]) == (True, "", "", True)


def test_a_flipchart_goes_in_one_card_a_line_and_is_corrected(room):
    day = room()
    day.open("vos-situations")
    page = by_console(day)
    page.get_by_role("heading", name="Plusieurs cartes à la fois").click()
    lines = page.locator("#rows-lines")
    lines.fill("Un four à pain.\n" + "x" * 281)
    page.get_by_role("button", name="Envoyer ces cartes").click()
    expect(page.get_by_text("La ligne 2 a 1 signe de trop")).to_be_visible()
    expect(lines).to_have_value("Un four à pain.\n" + "x" * 281)
    lines.fill("Un four à pin.\n\nUne navette.")
    page.get_by_role("button", name="Envoyer ces cartes").click()
    expect(page.get_by_role("heading", name="Saisi dans cette étape")).to_contain_text("2")
    page.get_by_role("heading", name="Saisi dans cette étape").click()
    card = page.locator(".card", has_text="Un four à pin.")
    expect(card).to_contain_text("saisie par l’équipe d’animation")
    card.get_by_text("Modifier").click()
    card.get_by_label("La situation, en une ou deux phrases").fill("Un four à pain.")
    card.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator(".card .said", has_text="Un four à pain.").first).to_be_visible()
    assert sorted(card["content"]["title"] for card in day.cards("vos-situations")) == ["Un four à pain.", "Une navette."]


def test_a_photo_of_the_flipchart_goes_in_with_what_it_shows(room, tmp_path):
    day, picture = room(), tmp_path / "flipchart.png"
    Image.new("RGB", (320, 200), "white").save(picture)
    day.open("vos-situations")
    day.open("pause")
    page = scribe(day, by_console(day), "?step=vos-situations")
    page.get_by_role("heading", name="Une photo du paperboard").click()
    page.get_by_label("La photo", exact=True).set_input_files(picture)
    page.get_by_role("button", name="Ajouter cette photo").click()
    expect(page.get_by_label("Ce que montre cette photo")).to_be_focused()  # without its words it does not leave
    page.get_by_label("Ce que montre cette photo").fill("Deux colonnes : ce qui tient, ce qui lâche.")
    page.get_by_role("button", name="Ajouter cette photo").click()
    expect(page.get_by_role("heading", name="Une photo du paperboard")).to_contain_text("1")
    expect(page.locator("#pick-step")).to_have_value("vos-situations")
    page.get_by_role("heading", name="Une photo du paperboard").click()
    expect(page.get_by_text("Deux colonnes")).to_be_visible()
    assert 'alt="Deux colonnes' in day.restitution()
    page.get_by_role("button", name="La retirer").click()
    expect(page.get_by_text("Deux colonnes")).to_have_count(0)
    assert "Deux colonnes" not in day.restitution()


def test_without_script_the_next_person_comes_and_a_refused_count_keeps_what_was_typed(room):
    day = room()
    welcome(day, *PEOPLE[:2])
    day.open("vos-situations")
    page = by_console(day, javascript=False, may_log=["422"])
    for name, title in zip(PEOPLE[:2], TITLES, strict=False):
        expect(page.locator("#sheet")).to_have_text(f"Pour {name}, Drôme")
        page.get_by_label("La situation, en une ou deux phrases").first.fill(title)
        page.get_by_role("button", name="Envoyer pour cette personne").click()
    assert [card["name"] for card in day.cards("vos-situations")] == list(PEOPLE[:2])
    day.open("lesquelles-decoder")
    scribe(day, page)
    page.locator("summary", has_text="À main levée").click()
    page.get_by_label("Combien de personnes ont pris part ?").fill("3")
    page.get_by_label(TITLES[0]).last.fill("99")
    page.get_by_role("button", name="Enregistrer ce décompte").click()
    sees(page, "Trop pour ce nombre de personnes : 99 points sur une carte, 6 au plus.")
    expect(page.get_by_label("Combien de personnes ont pris part ?")).to_have_value("3")
    page.get_by_label(TITLES[0]).last.fill("4")
    page.get_by_role("button", name="Enregistrer ce décompte").click()
    sees(page, "À main levée : 3 personnes")


def test_another_s_news_leave_the_sheet_in_the_hand_as_it_is(room):
    day = room()
    welcome(day, *PEOPLE[:3])
    day.open("vos-situations")
    page = by_console(day)
    text = page.get_by_label("La situation, en une ou deux phrases").first
    text.fill("La navette")
    ids = {person.get_attribute("value"): person.inner_text() for person in page.locator("#pick-for option").all()}
    first = next(id for id, name in ids.items() if id and name.startswith(PEOPLE[0]))
    assert day.drive.act("post", "vos-situations", {"title": "Un four."}, **{"for": first}).status == 200
    expect(page.get_by_text("A déjà répondu.")).to_be_visible()
    expect(page.locator("#sheet")).to_have_text(f"Pour {PEOPLE[0]}, Drôme")
    expect(text).to_have_value("La navette")


@pytest.mark.usefixtures("axe")
def test_the_page_can_be_read_by_everyone_empty_and_with_150_people(room):
    day, found = room(), []
    still = {"bypass_csp": True, "reduced_motion": "reduce"}
    pages = [by_console(day, width=width, height=height, language=language, **still) for width, height, language in SIZES]

    def look(where: str) -> None:
        for page, (width, height, _) in zip(pages, SIZES, strict=True):
            scribe(day, page)
            page.locator(".enter > :last-child > details").evaluate_all("all => all.forEach((one) => (one.open = true))")
            found.extend(f"{where}, {page.url}, {width}: {line}" for line in [*violations(page), *lost(page)])
            sized(page, width, height)

    look("nothing open")
    day.open("vos-situations")
    look("nobody")
    together(lambda name: welcome(day, name), [*PEOPLE, *(f"Anticonstitutionnellement {place}" for place in range(28))])
    together(lambda place: day.someone(name=f"Personne {place}", territory="Ardèche"), range(110))
    assert day.drive.act("posts", "vos-situations", {"lines": "\n".join(TITLES)}).status == 200
    look("150 people")
    for step in ("lesquelles-decoder", "decodage", "evaluation"):
        day.open(step)
        look(step)
    fetched(pages[0])
    assert not found, "\n".join(found)


SIZES = ((195, 422, "en"), (390, 844, "fr"), (768, 1024, "en"), (1280, 800, "fr"))
