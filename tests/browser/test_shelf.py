"""The shelf and its accounts in a real browser: by keyboard alone, in both languages, on a phone too, sound for everyone."""

from browser.reading import lost
from harness.axe import violations
from harness.server import Server
from playwright.sync_api import Page, expect
from web.http import Client

HEAD = """---
titre: {title}
date: 2021-09-24
horaires: 9 h 30 – 17 h
lieu: Gare de Valence TGV
organisateur: Le Relais
série: Nos rencontres
---
"""
STEPS = "## Programme\n\n### 9 h 30 – Accueil\n- type : accueil\n"
LONG = "Réciprocités et transactions entre villes et campagnes, dans les vallées et les piémonts réunis du Grand Pic"
STILL = {"bypass_csp": True, "reduced_motion": "reduce", "height": 3000}  # axe sets styles of its own
PASSWORD = "trois chats gris"


def sound(page: Page, address: str) -> None:
    """In both languages, on a desk and on a phone: nothing that axe finds, no word cut off."""
    for language, width in (("en", 360), ("fr", 1280)):
        page.set_viewport_size({"width": width, "height": 3000})
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        found = [*violations(page), *lost(page)]
        assert not found, (address, language, found)


def test_someone_invited_signs_in_by_keyboard_reads_the_list_and_leaves(server, open_page):
    day: Server = server(HEAD.format(title=LONG) + STEPS)
    holder = open_page(day.urls["shelf"], width=1280, **STILL)
    root = holder.url.removesuffix("/shelf")
    name = "Maximilienne-Alexandrine de La Rochefoucauld du Vercors"
    holder.goto(f"{root}/shelf/accounts?lang=fr")
    holder.get_by_label("Le nom avec lequel").fill(name)
    holder.get_by_label("Édition").check()
    holder.keyboard.press("Enter")
    link = holder.get_by_label("Adresse à copier")
    expect(link).to_be_focused()
    assert not [*violations(holder), *lost(holder)]
    invitation = link.input_value()
    Client(day, day.keys["shelf"]).json("/shelf/accounts", {"do": "invite", "name": "Bo", "role": "administrator"})
    sound(holder, f"{root}/shelf/accounts")
    assert Client(day, day.keys["shelf"]).get(f"/s/{day.code}/restitution.html").status == 200
    sound(holder, f"{root}/shelf/accesses")
    expect(holder.get_by_text("le compte rendu (html)")).to_be_visible()
    # The one invited chooses a password, typed wrongly once.
    page = open_page(f"{root}/shelf/signin?next=/shelf%3Fyear%3D2021", width=1280, may_log=("403", "422"), **STILL)
    sound(page, f"{root}/shelf/signin?next=/shelf%3Fyear%3D2021")
    sound(page, invitation)
    page.get_by_label("Mot de passe").focus()
    for typed in (PASSWORD, "\t", "trois chats noirs", "\n", "\t", PASSWORD):
        page.keyboard.press("Tab") if typed == "\t" else page.keyboard.press("Enter") if typed == "\n" else page.keyboard.type(typed)
        if typed == "\n":
            expect(page.get_by_role("alert")).to_have_text("Les deux mots de passe diffèrent. Tapez deux fois le même.")
            expect(page.get_by_label("Le même, une seconde fois")).to_be_focused()
            page.get_by_label("Mot de passe").focus()
            page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{root}/shelf")
    expect(page.get_by_role("link", name=LONG[:40])).to_be_visible()
    sound(page, f"{root}/shelf")
    sound(page, f"{root}/shelf?state=published")
    # Out, then in again with the keys alone, to where one was going.
    page.goto(f"{root}/shelf?lang=fr")
    page.get_by_role("button", name="Se déconnecter").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{root}/shelf/signin")
    page.goto(f"{root}/shelf?year=2021")
    page.get_by_label("Votre nom").focus()
    page.keyboard.type(name.lower())
    page.keyboard.press("Tab")
    page.keyboard.type("pas celui-ci")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Ce nom et ce mot de passe ne vont pas ensemble.")
    expect(page.get_by_label("Mot de passe")).to_be_focused()
    assert not violations(page)
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{root}/shelf?year=2021")
    expect(page.get_by_role("heading", name="2021")).to_be_visible()
