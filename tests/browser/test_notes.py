"""What is said aloud, noted by two people at once; and cards that wait for a facilitator to read them."""

import re
from typing import Any

import pytest
from browser.reading import lost
from browser.room import SHEET, Room, card_of, press, sees, sized, state
from browser.test_accessible import reach
from harness.axe import violations
from playwright.sync_api import Locator, Page, expect

READ_FIRST = SHEET.replace("- question : Quelle coopération", "- validation : oui\n- question : Quelle coopération").replace(
    "territoires:", "mentions:\n  modération: Aucune publicité.\nterritoires:"
)
LONG = "Anticonstitutionnellement" * 6


def notes(day: Room, **page: Any) -> Page:
    """The notes of whoever started the day, on a laptop unless told."""
    opened = day.console(**page)
    opened.goto(opened.url.replace("/c/", "/notes/"))
    if page.get("javascript", True):
        expect(state(opened)).to_have_text(re.compile("Connecté|Connected"))
    return opened


def note(page: Page, text: str, mark: str = "") -> None:
    if mark:
        page.get_by_role("radio", name=mark).check()
    page.get_by_label("Note", exact=True).first.fill(text)
    press(page, "Noter")


def beside(page: Page, step: str) -> Locator:
    """What was noted beside that step."""
    return page.locator("section[data-key^=beside-]", has=page.get_by_role("heading", name=step, exact=True))


def said(page: Page, text: str) -> Locator:
    """The note that says this."""
    return page.locator(".note", has=page.locator(".said", has_text=text))


def test_a_note_is_taken_with_its_hour_and_mark_and_the_field_is_ready_for_the_next(room):
    day = room()
    day.open("vos-situations")
    page = notes(day)
    field = page.get_by_label("Note", exact=True).first
    note(page, "Le calendrier est partagé", "Décision")
    kept = said(page, "Le calendrier est partagé")
    expect(kept.locator(".when")).to_have_text(re.compile(r"\d+\sh(\s\d\d)? Décision"))
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    expect(page.get_by_role("radio", name="Dit")).to_be_checked()
    note(page, "On s’est rendu visite", "Citation")
    expect(said(page, "« On s’est rendu visite »")).to_contain_text("Citation sans nom")
    expect(page.locator(".note .said")).to_have_text(["« On s’est rendu visite »", "Le calendrier est partagé"])
    assert "Le calendrier est partagé" in day.restitution()


def test_notes_need_no_more_than_a_keyboard(room):
    day = room()
    day.open("vos-situations")
    page = notes(day)
    field = page.get_by_label("Note", exact=True).first
    reach(page, field)
    page.keyboard.type("Qui décide")
    page.keyboard.press("Alt+2")
    expect(page.get_by_role("radio", name="Question")).to_be_checked()
    expect(field).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(said(page, "Qui décide").locator(".when")).to_contain_text("Question")
    page.keyboard.press("Alt+5")
    page.keyboard.type("Rien sans nous")
    reach(page, page.get_by_label("Qui l’a dit").first)
    page.keyboard.type("Hélène")
    reach(page, page.get_by_label("Cette personne accepte").first)
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(said(page, "Rien sans nous")).to_contain_text("Hélène : son nom peut être donné.")
    edit = said(page, "Qui décide").locator("summary")
    reach(page, edit)
    page.keyboard.press("Enter")
    again = said(page, "Qui décide").get_by_label("Note", exact=True)
    reach(page, again)
    page.keyboard.press("End")
    page.keyboard.type(" des achats")
    page.keyboard.press("Control+Enter")
    expect(said(page, "Qui décide des achats").locator(".said").first).to_be_visible()
    strike = said(page, "Qui décide des achats").get_by_role("button", name="Barrer")
    reach(page, strike)
    page.keyboard.press("Enter")
    back = said(page, "Qui décide des achats").get_by_role("button", name="Remettre")
    expect(back).to_be_focused()
    assert "Qui décide des achats" not in day.restitution()
    page.keyboard.press("Enter")
    expect(said(page, "Qui décide des achats").get_by_role("button", name="Barrer")).to_be_focused()
    assert "Qui décide des achats" in day.restitution()


def test_two_note_takers_at_once_overwrite_nothing(room):
    day = room()
    day.open("vos-situations")
    one, other = notes(day), notes(day)
    note(one, "Deux ans de trésorerie")
    for page, text in ((one, "Deux ans, dit Marc"), (other, "Trois ans, dit Mona")):
        said(page, "Deux ans de trésorerie").locator("summary").click()
        said(page, "Deux ans de trésorerie").get_by_label("Note", exact=True).fill(text)
    press(one, "Enregistrer", said(one, "Deux ans de trésorerie"))
    both = said(other, "Deux ans, dit Marc")
    expect(both.get_by_label("Note", exact=True)).to_have_value("Trois ans, dit Mona")
    press(other, "Enregistrer", both)
    expect(both.get_by_role("alert")).to_contain_text("Quelqu’un vient de modifier cette note")
    expect(both.get_by_label("Note", exact=True)).to_have_value("Trois ans, dit Mona")
    expect(both.locator(".said").first).to_have_text("Deux ans, dit Marc")
    press(other, "Enregistrer", both)
    for page in (one, other):
        expect(said(page, "Trois ans, dit Mona")).to_be_visible()


def test_what_is_typed_survives_a_reload_and_stays_beside_the_step_it_was_begun_in(room):
    day = room()
    day.open("vos-situations")
    page = notes(day)
    field = page.get_by_label("Note", exact=True).first
    field.fill("Commencé pendant les situations")
    day.open("pause")
    other = notes(day)
    note(other, "Dit pendant la pause")
    expect(said(page, "Dit pendant la pause")).to_be_visible()
    page.reload()
    expect(field).to_have_value("Commencé pendant les situations")
    press(page, "Noter")
    expect(beside(page, "Vos situations")).to_contain_text("Commencé pendant les situations")
    note(page, "Encore la pause")
    expect(beside(page, "Pause")).to_contain_text("Encore la pause")


def test_a_note_taken_without_network_leaves_by_itself(room):
    day = room()
    day.open("vos-situations")
    page = notes(day, may_log=["ERR_INTERNET_DISCONNECTED", "ERR_NETWORK"])
    page.context.set_offline(True)
    page.evaluate("() => live.socket.disconnect()")
    for text in ("Sans réseau", "Toujours sans réseau"):
        page.get_by_label("Note", exact=True).first.fill(text)
        page.keyboard.press("Control+Enter")
    expect(page.locator("[data-outbox]")).to_contain_text("Toujours sans réseau")
    page.context.set_offline(False)
    expect(said(page, "Toujours sans réseau")).to_be_visible()
    expect(said(page, re.compile("^Sans réseau$"))).to_be_visible()


def test_notes_work_without_javascript_and_keep_what_is_refused(room):
    day = room()
    day.open("vos-situations")
    page = notes(day, javascript=False, may_log=["422", "409"])
    note(page, "Deux ans de trésorerie", "Question")
    expect(said(page, "Deux ans de trésorerie")).to_be_visible()
    note(page, "x" * 2001, "Décision")
    expect(page.get_by_role("alert")).to_contain_text("1 signe de trop")
    expect(page.get_by_label("Note", exact=True).first).to_have_value("x" * 2001)
    expect(page.get_by_role("radio", name="Décision")).to_be_checked()
    page.goto(page.url.split("/s/")[0] + f"/notes/{day.server.code}")
    mine = said(page, "Deux ans de trésorerie")
    mine.locator("summary").click()
    (kept,) = re.findall(r'name="on" value="([^"]+)"', mine.locator("form").first.inner_html())
    assert day.drive.act("amend", content={"text": "Trois ans, dit Mona"}, on=kept).status == 200
    mine.get_by_label("Note", exact=True).fill("Deux ans, dit Marc")
    press(page, "Enregistrer", mine)
    both = said(page, "Trois ans, dit Mona")
    expect(both.get_by_role("alert")).to_contain_text("Quelqu’un vient de modifier cette note")
    expect(both.get_by_label("Note", exact=True)).to_have_value("Deux ans, dit Marc")
    press(page, "Enregistrer", both)
    expect(said(page, "Deux ans, dit Marc")).to_be_visible()


@pytest.mark.usefixtures("axe")
def test_axe_finds_nothing_on_the_notes_nor_on_what_waits_to_be_read(room):
    day, found = room(READ_FIRST), []
    day.open("vos-situations")
    day.someone(name="Nadia Untel")
    by = day.someone(name="Bruno")
    by.act("post", "vos-situations", {"title": "Avec NADIA UNTEL"})
    still = {"bypass_csp": True, "reduced_motion": "reduce", "height": 3000}
    pages = [notes(day, **still, language=language, color_scheme=scheme) for language, scheme in (("fr", "light"), ("en", "dark"))]
    pages += [notes(day, width=390, has_touch=True, **still), day.console(**still), day.phone("Camille", "Forez", **still)]
    for text in ("", "Deux ans de trésorerie"):
        for mark in ("said", "decision", "quotation") if text else ():
            assert day.drive.act("note", content={"text": text, "mark": mark, "speaker": "Marc"}).status == 200
        for page in pages:
            page.evaluate("() => live.fetch()")
            if text and "/notes/" in page.url:
                expect(page.locator(".note")).to_have_count(3)
                page.locator(".note summary").first.click()
            page.locator("details.law").evaluate_all("all => all.forEach((one) => (one.open = true))")
            found += [f"{page.url}: {line}" for line in violations(page)]
    assert not found, "\n".join(found)


def test_no_word_is_lost_on_the_notes_at_any_size_with_long_words_and_eighty_notes(room):
    day, found = room(), []
    day.open("vos-situations")
    for n in range(80):
        content = {
            "text": f"{n} {LONG if n % 7 == 0 else 'Envoyer la clause « lot réservé ». ' * (1 + n % 4)}",
            "mark": "quotation",
            "speaker": LONG[:80],
        }
        assert day.drive.act("note", content=content).status == 200
    page = notes(day)
    expect(page.locator(".note")).to_have_count(40)
    page.get_by_role("link", name="Voir les 40 notes précédentes").click()
    expect(page.locator(".note")).to_have_count(80)
    page.locator(".note summary").nth(1).click()
    for width, height in ((195, 422), (390, 844), (1024, 768), (1280, 800)):
        found += lost(sized(page, width, height))
    assert not found, "\n".join(found)


def test_a_step_read_first_goes_from_the_phone_to_the_wall_once_approved(room):
    day = room(READ_FIRST)
    day.open("vos-situations")
    phone, wall, console = day.phone("Bruno", "Forez"), day.wall(), day.console()
    sees(phone, "L’équipe d’animation lit chaque carte avant que le mur ne la montre.")
    phone.get_by_text("Ce que l’équipe d’animation peut retirer du mur").click()
    expect(phone.get_by_text("Aucune publicité.")).to_be_visible()
    phone.get_by_label("La situation, en une ou deux phrases").fill("Un bus de nuit")
    press(phone, "Envoyer ma situation")
    expect(card_of(phone, "Un bus de nuit")).to_contain_text("Envoyée, attend que l’équipe d’animation la montre")
    expect(console.locator(".glance")).to_contain_text("1 carte à lire")
    expect(console.get_by_role("status").filter(has_text="Des cartes attendent d’être lues.")).to_be_attached()
    day.post("vos-situations", {"title": "Un marché commun", "signed": False})
    sees(console, "2 cartes attendent d’être lues")
    expect(wall.locator("[data-card]")).to_have_count(0)
    assert "pas encore lue" in day.restitution()
    press(console, "Accepter", card_of(console, "Un bus de nuit"))
    expect(card_of(wall, "Un bus de nuit")).to_be_visible()
    expect(card_of(phone, "Un bus de nuit")).to_contain_text("Enregistrée")
    expect(card_of(wall, "Un marché commun")).to_have_count(0)
    press(console, "Tout accepter")
    expect(card_of(wall, "Un marché commun")).to_be_visible()
    expect(console.locator(".glance")).not_to_contain_text("à lire")


def test_the_phone_of_an_anonymous_author_learns_that_their_card_is_shown(room):
    day = room(READ_FIRST)
    day.open("vos-situations")
    phone = day.phone("Bruno", "Forez")
    phone.get_by_text("Anonyme", exact=True).click()
    phone.get_by_label("La situation, en une ou deux phrases").fill("Un bus de nuit")
    press(phone, "Envoyer ma situation")
    expect(card_of(phone, "Un bus de nuit")).to_contain_text("attend que l’équipe d’animation la montre")
    assert day.drive.act("approve", "vos-situations").status == 200
    expect(card_of(phone, "Un bus de nuit")).to_contain_text("Enregistrée · anonyme")


def test_cards_of_a_step_that_is_over_can_still_be_read_and_approved(room):
    day = room(READ_FIRST)
    day.open("vos-situations")
    day.someone(name="Bruno").act("post", "vos-situations", {"title": "Un bus de nuit"})
    day.open("pause")
    console = day.console()
    console.locator("summary", has_text="Vos situations").last.click()
    press(console, "Accepter", card_of(console, "Un bus de nuit"))
    expect(card_of(console, "Un bus de nuit")).to_have_count(0)
    assert day.card("vos-situations", "Un bus de nuit")["status"] == "shown"


def test_a_name_is_masked_at_one_press_and_its_author_is_told(room):
    day = room()
    day.someone(name="Nadia Untel")
    day.open("vos-situations")
    phone, wall, console = day.phone("Bruno", "Forez"), day.wall(), day.console()
    other = day.phone("Camille")
    phone.get_by_label("La situation, en une ou deux phrases").fill("Avec NADIA UNTEL, un marché")
    press(phone, "Envoyer ma situation")
    expect(card_of(wall, "Avec NADIA UNTEL, un marché")).to_be_visible()
    press(console, "Masquer le nom « NADIA UNTEL »")
    for page in (wall, console, phone):
        expect(card_of(page, "Avec […], un marché")).to_be_visible()
    expect(card_of(phone, "Avec […], un marché")).to_contain_text("L’équipe d’animation y a masqué un nom")
    day.go(other, "cards")
    sees(other, "Avec […], un marché")
    assert "untel" not in day.restitution().lower()


def test_who_noted_and_who_changed_it_is_said_where_several_take_notes(room, open_page):
    day = room()
    day.open("vos-situations")
    team = day.console()
    for name in ("Mona", "Yanis"):
        assert day.drive.act("invite", content={"name": name, "role": "notes"}).status == 200
    team.goto(team.url + "/team")
    links = [team.locator("details", has_text=name).locator("a").get_attribute("href") or "" for name in ("Mona", "Yanis")]
    mona, yanis = (open_page(day.server.base + link[link.index("/notes/") :], width=1280, height=800) for link in links)
    note(mona, "Deux ans de trésorerie")
    expect(said(mona, "Deux ans de trésorerie")).not_to_contain_text("Mona")
    said(yanis, "Deux ans de trésorerie").locator("summary").click()
    said(yanis, "Deux ans de trésorerie").get_by_label("Note", exact=True).fill("Trois ans de trésorerie")
    press(yanis, "Enregistrer", said(yanis, "Deux ans de trésorerie"))
    expect(said(mona, "Trois ans de trésorerie")).to_contain_text("Mona · modifiée par Yanis")


def test_in_parallel_workshops_a_note_stands_beside_the_step_of_the_one_chosen_which_stays_chosen(room):
    inner = [("Le puits", "Eau"), ("La source", "Eau"), ("La coupe", "Bois")]
    steps = "### 10 h – Ateliers\n- type : ateliers\n- ateliers : Eau ; Bois\n\n"
    steps += "".join(f"### 10 min – {title}\n- type : situations\n- atelier : {track}\n\n" for title, track in inner)
    day = room(SHEET.replace("### 10 h – Vos situations", steps + "### 10 h 20 – Vos situations"))
    day.open("ateliers")
    page = notes(day)
    day.open("le-puits")
    note(page, "Dans la salle")
    chosen = page.get_by_label("À côté de").first
    chosen.select_option(label="En ce moment : Eau : Le puits")
    note(page, "Au bord du puits")
    expect(said(page, "Au bord du puits")).to_be_visible()
    day.open("la-source")
    expect(chosen.locator("option:checked")).to_have_text("En ce moment : Eau : La source")
    note(page, "À la source")
    for title, text in (("Ateliers", "Dans la salle"), ("Eau : Le puits", "Au bord du puits"), ("Eau : La source", "À la source")):
        expect(beside(page, title)).to_contain_text(text)
