"""Registering, coming on invitation or from a distance, a series on the shelf: no page leaves anyone out, in either language."""

from typing import Any
from uuid import uuid4

from browser.reading import lost
from harness.axe import violations
from harness.server import Server
from playwright.sync_api import Page, expect
from web.http import Client, console

HEAD = "---\ntitre: {title}\ndate: 2099-09-24\nhoraires: 9 h 30 – 17 h\nlieu: Gare de Valence TGV\norganisateur: Le Relais\n{more}\n---\n"
STEPS = "## Programme\n\n### 9 h 30 – Accueil\n- type : accueil\n"
STILL = {"bypass_csp": True, "reduced_motion": "reduce", "height": 3000}  # axe sets styles of its own; a sticky foot covers nothing
LONG = "Communauté d’agglomération du Grand Pic, des Vallées associées et des Piémonts réunis"


def sheet(more: str, title: str = "Réciprocités et transactions entre villes et campagnes") -> str:
    return HEAD.format(title=title, more=more) + STEPS


def sound(page: Page, *addresses: str) -> None:
    """Every address, in both languages: nothing that axe finds, no word cut off."""
    for address in addresses:
        for language in ("fr", "en"):
            page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
            found = [*violations(page), *lost(page)]
            assert not found, (address, language, found)


def registered(day: Server, last: str, **more: str) -> Any:
    answer = Client(day).json(f"/r/{day.code}", {"id": str(uuid4()), "last": last} | more)
    assert answer.status == 200, answer.text
    return answer.json


def test_registering_is_sound_for_everyone_whatever_becomes_of_it(server, open_page):
    day: Server = server(sheet("places: 2\ninscription avant: 2099-09-15\nen ligne: hybride\nsérie: Nos rencontres"))
    page = open_page(day.urls["join"].replace("/j/", "/r/"), width=360, color_scheme="dark", may_log=("403",), **STILL)
    root = page.url.split("/r/")[0]
    sound(page, f"{root}/r/{day.code}")
    page.goto(f"{root}/r/{day.code}?lang=fr")
    page.get_by_label("Prénom").fill("Jean-Baptiste")
    page.get_by_label("Nom", exact=True).fill("de la Fontaine-Saint-Hilaire-du-Touvet")
    page.get_by_label("Structure").fill(LONG)
    page.get_by_label("À distance").check()
    page.get_by_role("button", name="Gardez-moi une place").click()
    expect(page.get_by_role("heading", name="votre place est gardée")).to_be_visible()
    own = page.url
    registered(day, "Fictive", first="Nadia")
    waiting = registered(day, "Fictive", first="Nadia")["invitation"]
    sound(page, own, f"{root}/r/{day.code}?invitation={waiting}", f"{root}/r/{day.code}", own.replace("/r/", "/j/"))
    page.goto(f"{root}/r/{day.code}?invitation=nothing", wait_until="load")
    assert not violations(page)
    staff = open_page(day.urls["console"], width=1024, **STILL)
    sound(staff, f"{root}/reception/{day.code}/registrations", f"{root}/reception/{day.code}", f"{root}/c/{day.code}")
    staff.set_viewport_size({"width": 390, "height": 3000})
    staff.goto(f"{root}/reception/{day.code}/registrations?lang=fr")
    staff.locator("details.inline summary").first.click()
    assert not [*violations(staff), *lost(staff)]
    shelf = open_page(day.urls["shelf"], width=1280, **STILL)
    sound(shelf, f"{root}/shelf")
    shelf.goto(f"{root}/shelf/series/Nos rencontres.html")
    expect(shelf.get_by_role("heading", name="Nos rencontres")).to_be_visible()
    assert not violations(shelf)


def test_an_invitation_opens_its_day_on_one_phone_then_on_another(server, open_page):
    day: Server = server(sheet("accès: sur invitation\nen ligne: oui"))
    added = console(day).json(f"/reception/{day.code}/registrations", {"do": "add", "first": "Nadia", "last": "Fictive"}).json
    page = open_page(day.urls["join"], width=360, may_log=("403",), **STILL)
    root = page.url.split("/j/")[0]
    sound(page, f"{root}/j/{day.code}", f"{root}/r/{day.code}", f"{root}/j/{day.code}?invitation={added['invitation']}")
    page.goto(f"{root}/j/{day.code}?lang=fr")
    page.get_by_label("Votre code d’invitation").fill("bcd ghj mrt")
    page.get_by_role("button", name="Entrer dans la journée").click()
    expect(page.get_by_label("Votre code d’invitation")).to_be_focused()
    assert not violations(page)
    page.get_by_label("Votre code d’invitation").fill(added["invitation"].lower())
    page.get_by_role("button", name="Entrer dans la journée").click()
    page.wait_for_url("**/s/**")
    second = open_page(f"{root}/j/{day.code}?invitation={added['invitation']}", **STILL)
    sound(second, second.url)
    second.goto(f"{root}/j/{day.code}?invitation={added['invitation']}&lang=fr")
    second.get_by_role("button", name="Oui, c’est moi").click()
    second.wait_for_url("**/s/**")
    second.goto(f"{root}/s/{day.code}/mine")
    expect(second.get_by_text("Vous êtes ici sous le nom de").or_(second.get_by_text("Nadia Fictive")).first).to_be_visible()
    wall = open_page(day.urls["wall"], width=1024, **STILL | {"height": 768})
    expect(wall.locator(".entrance .address")).to_be_visible()
    assert not [*violations(wall), *lost(wall)]
