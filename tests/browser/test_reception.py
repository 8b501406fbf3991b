"""The welcome desk in a browser: one press a person, two desks at once, a list brought in, by keyboard; and one phone for two people."""

import re
from typing import Any

import pytest
from browser.reading import lost
from browser.room import SHEET, Room, card_of, press, sized, state
from browser.test_accessible import reach
from browser.test_network import CUT, KEEP, LABEL, PATIENCE, SEND
from harness.axe import violations
from playwright.sync_api import Page, expect

from facilitate.core.reading import fold

MEAL = "### 12 h – Déjeuner\n- type : pause\n- durée : 60 min\n- fixe : oui\n\n### 13 h – Évaluation"
LONG_DAY = SHEET.replace("9 h 30 – 12 h 30", "9 h 30 – 17 h").replace("### 12 h – Évaluation", MEAL)
STILL = {"bypass_csp": True, "reduced_motion": "reduce", "height": 3000}  # axe sets styles of its own


def crowd(count: int) -> str:
    """A list of people whose names are long, some in one word."""
    lasts = ["Fictive", "de La Rochefoucauld-Montmorency", "Vandenbroucke-Vanderstraeten", "Anticonstitutionnellement", "Ly"]
    firsts = ["Nadia", "Marie-Charlotte Anne-Laure", "Élodie", "Bo", "Jean-Baptiste", "Zoé", "Awa"]
    place = "Communauté de communes du Val de Drôme en Biovallée et des vallées associées"
    rows = [f"{lasts[n % 5]} {n};{firsts[n % 7]};{place if n % 3 else 'Mairie'};Drôme;x@example.org" for n in range(count)]
    return "\n".join(["Nom;Prénom;Structure;Territoire;E-mail", *rows])


def desk(day: Room, open_page: Any, text: str = "", **page: Any) -> Page:
    """A browser at the welcome desk, a list brought in."""
    shown: Page = open_page(day.server.urls["console"], **{"width": 1024, "height": 768} | page)
    root = f"{shown.url.split('/c/')[0]}/reception/{day.server.code}"
    if text:
        shown.goto(f"{root}/list")
        shown.locator("#text").fill(text)
        shown.locator("main form button").first.click()
        shown.locator("main form button").first.click()
    shown.goto(f"{root}?half=am")
    return shown


def row(page: Page, name: str) -> Any:
    return page.locator("#list li", has=page.get_by_role("link", name=name, exact=True))


def test_one_press_keeps_the_hour_and_two_desks_see_each_other(room, open_page):
    day = room(LONG_DAY)
    one = desk(day, open_page, crowd(12))
    other = desk(day, open_page, width=390, height=844)
    expect(one.locator("h1")).to_contain_text("Matin\u00a0: 0 personne présente")
    one.evaluate("window.stayed = true")
    press(one, "Est là Fictive 0 Nadia", row(one, "Fictive 0 Nadia"))
    expect(row(one, "Fictive 0 Nadia").locator(".state.saved")).to_have_text(re.compile(r"^\d+\sh(\s\d\d)?$"))
    expect(row(one, "Fictive 0 Nadia").get_by_role("button").first).to_be_focused()
    expect(one.locator("#say")).to_have_text("Enregistré\u00a0: Nadia Fictive 0")
    expect(row(other, "Fictive 0 Nadia").locator(".state.saved")).to_be_visible()
    expect(other.locator("h1")).to_contain_text("1 personne présente")
    press(other, "S’en va Fictive 0 Nadia")
    expect(row(one, "Fictive 0 Nadia").locator(".state")).to_contain_text("départ à")
    press(one, "Annuler Fictive 0 Nadia")
    expect(row(one, "Fictive 0 Nadia").locator(".state.saved")).to_be_visible()
    press(one, "Annuler Fictive 0 Nadia")
    expect(row(other, "Fictive 0 Nadia").get_by_role("button", name="Est là")).to_be_visible()
    # Someone nobody expected, in two fields: in their place on both lists.
    one.locator(".walkin summary").click()
    one.get_by_label("Prénom et nom").fill("Mona Kappa")
    one.get_by_label("Structure").fill("Tiers-lieu")
    one.get_by_label("Sans téléphone").check()
    press(one, "Ajouter, présence notée")
    for page in (one, other):
        expect(row(page, "Mona Kappa")).to_contain_text("hors liste · sans téléphone")
        expect(page.locator("#counts")).to_contain_text("1 sans téléphone")
    names = one.locator("#list .who a").all_inner_texts()
    assert names == sorted(names, key=fold)
    expect(one.get_by_label("Prénom et nom")).to_be_focused()
    expect(one.get_by_label("Prénom et nom")).to_have_value("")
    # Found as one types, whatever the accents and capitals.
    one.get_by_label("Chercher un nom").fill("ELODIE  fictive")
    expect(one.locator("#list li:visible")).to_have_count(0)
    expect(one.get_by_text("Personne de ce nom sur la liste.")).to_be_visible()
    one.get_by_label("Chercher un nom").fill("elodie")
    expect(one.locator("#list li:visible").first).to_contain_text("Élodie")
    one.get_by_label("Chercher un nom").fill("")
    one.get_by_label("Montrer").select_option("phoneless")
    expect(one.locator("#list li:visible")).to_have_count(1)
    assert one.evaluate("window.stayed")


def test_a_desk_that_is_cut_off_says_so_and_catches_up(room, open_page):
    day = room(LONG_DAY)
    page = desk(day, open_page, crowd(3), may_log=CUT)
    day.server.kill()
    press(page, "Est là Fictive 0 Nadia")
    expect(page.get_by_role("alert")).to_contain_text("L’ordinateur de la salle ne répond pas")
    day.server.restart()
    expect(page.locator("#lost")).to_be_hidden(timeout=PATIENCE)
    press(page, "Est là Fictive 0 Nadia")
    expect(row(page, "Fictive 0 Nadia").locator(".state.saved")).to_be_visible()
    page.reload()
    expect(row(page, "Fictive 0 Nadia").locator(".state.saved")).to_be_visible()


def test_a_desk_needs_no_more_than_a_keyboard(room, open_page):
    day = room(LONG_DAY)
    page = desk(day, open_page, crowd(2))
    reach(page, page.get_by_role("link", name="Après-midi"))
    page.keyboard.press("Enter")
    page.wait_for_url("**half=pm")
    reach(page, page.get_by_label("Chercher un nom"))
    page.keyboard.type("marie")
    reach(page, page.locator("#list li:visible button"))
    page.keyboard.press("Enter")
    expect(page.locator("#list li:visible .state.saved")).to_be_visible()
    expect(page.locator("#list li:visible button").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/person/**")
    reach(page, page.get_by_label("Sans téléphone"))
    page.keyboard.press("Space")
    reach(page, page.get_by_role("button", name="Enregistrer"))
    page.keyboard.press("Enter")
    page.wait_for_url("**half=pm#p-*")
    expect(page.locator("#list")).to_contain_text("sans téléphone")


@pytest.mark.usefixtures("axe")
def test_the_desk_is_accessible_and_loses_nothing_in_either_language(room, open_page):
    day, found = room(LONG_DAY), []
    sizes = ((390, 844), (1024, 768), (1280, 800), (195, 422))

    def look(page: Page) -> None:
        page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
        found.extend(f"{page.url}: {line}" for line in violations(page))
        for width, height in sizes:
            found.extend(f"{page.url}: {line}" for line in lost(sized(page, width, height)))
        sized(page, 1024, 3000)

    for language, scheme in (("fr", "light"), ("en", "dark")):
        settings: dict[str, Any] = {"language": language, "color_scheme": scheme, **STILL}
        page = desk(day, open_page, **settings)
        root = page.url.split("?")[0]
        look(page)
        page.goto(f"{root}/list")
        look(page)
        page.locator("#text").fill(crowd(20) + '\nPerdu;"Jean\n;;\n;;Mairie\nFictive 0;nadia\n')
        page.locator("main form button").first.click()
        found.extend(f"preview: {line}" for line in violations(page))
        page.locator("main form button").first.click()
        look(page)
        page.goto(f"{root}?half=am")
        page.locator("#list .here").first.click()
        expect(page.locator("#list .state.saved").first).to_be_visible()
        look(page)
        page.locator("#list .who a").first.click()
        look(page)
        phone = day.phone("Nadia" * 8, **settings)
        day.go(phone, "mine")
        look(phone)
        phone.locator("[data-key=person] button").last.click()
        look(phone)
        page.goto(root)
        page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
        page.locator("form[action$=forget] button").click()
        expect(page.locator("#list li")).to_have_count(0)
    assert not found, "\n".join(found)


def test_two_people_share_a_phone_and_nothing_leaves_under_the_other_name(room):
    day = room()
    day.open("vos-situations")
    phone = day.phone("Nadia", may_log=CUT)
    phone.get_by_label(LABEL).fill("Commencée par Nadia")
    day.go(phone, "mine")
    phone.locator("[data-key=person] summary").click()
    press(phone, "Quelqu’un d’autre utilise aussi ce téléphone")
    expect(phone.get_by_text("Ce que Nadia a écrit reste à son nom.")).to_be_visible()
    phone.locator("#name").fill("Bruno")
    press(phone, "Entrer dans la journée")
    # Her draft is not his.
    expect(phone.get_by_label(LABEL)).to_have_value("")
    expect(state(phone)).to_have_text("Connecté")

    # The server stops while he writes: the phone does not change hands until his words have left.
    day.server.kill()
    expect(state(phone)).to_have_text("Serveur muet")
    phone.get_by_label(LABEL).fill("Écrite par Bruno")
    press(phone, KEEP)
    expect(state(phone)).to_have_text("En attente du réseau\u00a0: 1")
    day.server.restart()
    expect(card_of(phone, "Écrite par Bruno")).to_contain_text("Enregistrée", timeout=PATIENCE)
    day.go(phone, "mine")
    expect(state(phone)).to_have_text("Connecté")
    day.server.kill()
    expect(state(phone)).to_have_text("Serveur muet")
    phone.locator("[data-key=person] summary").click()
    press(phone, "Continuer comme Nadia")
    expect(phone.get_by_role("alert")).to_contain_text("Pas maintenant")
    expect(phone.get_by_text("Vous êtes ici\u00a0: Bruno.")).to_be_visible()
    day.server.restart()
    expect(state(phone)).to_have_text("Connecté", timeout=PATIENCE)
    press(phone, "Continuer comme Nadia")
    expect(phone.get_by_text("Vous êtes ici\u00a0: Nadia.")).to_be_visible()
    day.go(phone, "")
    expect(phone.get_by_label(LABEL)).to_have_value("Commencée par Nadia")
    press(phone, SEND)
    expect(card_of(phone, "Commencée par Nadia")).to_contain_text("Enregistrée")
    assert {card["content"]["title"]: card["name"] for card in day.cards("vos-situations")} == {
        "Écrite par Bruno": "Bruno",
        "Commencée par Nadia": "Nadia",
    }


def test_a_tab_left_open_goes_on_for_the_one_it_was_opened_by(room, open_page):
    day = room()
    day.open("vos-situations")
    phone = day.phone("Nadia", may_log=CUT)
    old = open_page(phone.url, beside=phone, may_log=CUT)
    day.go(phone, "mine")
    phone.locator("[data-key=person] summary").click()
    press(phone, "Quelqu’un d’autre utilise aussi ce téléphone")
    phone.locator("#name").fill("Bruno")
    press(phone, "Entrer dans la journée")
    expect(state(phone)).to_have_text("Connecté")
    # The server is lost and comes back: the old tab's words wait, then leave under her name, though he holds the phone.
    day.server.kill()
    for tab in (old, phone):
        tab.bring_to_front()
        expect(state(tab)).to_have_text("Serveur muet")
        tab.get_by_label(LABEL).fill("De Nadia" if tab is old else "De Bruno")
        press(tab, KEEP)
        expect(state(tab)).to_have_text("En attente du réseau\u00a0: 1")
    day.server.restart()
    expect(card_of(old, "De Nadia")).to_contain_text("Enregistrée", timeout=PATIENCE)
    expect(card_of(phone, "De Bruno")).to_contain_text("Enregistrée", timeout=PATIENCE)
    expect(card_of(old, "De Bruno")).to_have_count(0)
    assert {card["content"]["title"]: card["name"] for card in day.cards("vos-situations")} == {"De Nadia": "Nadia", "De Bruno": "Bruno"}


def test_presence_counts_people_not_tabs(room, open_page):
    day = room()
    console = day.console()
    phone = day.phone("Nadia")
    expect(console.locator("[data-here-number]")).to_have_text("1")
    tab = open_page(phone.url, beside=phone)
    expect(state(tab)).to_have_text("Connecté")
    day.phone("Bruno")
    expect(console.locator("[data-here-number]")).to_have_text("2")
    phone.close()
    # She still has a tab open: she is here.
    day.phone("Zoé")
    expect(console.locator("[data-here-number]")).to_have_text("3")
