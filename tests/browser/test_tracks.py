"""Workshops side by side, the remote and the team's page, in real browsers: followed, read at every size, driven without a mouse."""

from collections.abc import Iterator
from typing import Any

import pytest
from browser.reading import lost
from browser.room import Room, fetched, press, sees, sized
from browser.test_accessible import CONSOLES, PHONES, WALLS, reach
from harness.axe import violations
from playwright.sync_api import Page, expect

SHEET = """---
titre: Rencontre régionale
horaires: 9:30-12:30
---
## Programme

### 9:30 – Accueil
- type : accueil
- durée : 15 min

### 9:45 – Ateliers
- type : ateliers
- durée : 1 h
- ateliers :
  - Produire et distribuer près d’ici, avec les communes et les paysans (salle de conférences du rez-de-chaussée)
  - Cuisiner (salle Isère)
  - Accompagner

### Ce qui se fait
- type : situations
- atelier : Produire et distribuer près d’ici, avec les communes et les paysans

Tour de table d’abord, puis chacun écrit.

### Ce que l’on cuisine
- type : situations
- atelier : Cuisiner

### 10:45 – Pause
- type : pause
- durée : 15 min
- fixe : oui

### 11:00 – Évaluation
- type : évaluation
- durée : 20 min
"""
LONG = "produire-et-distribuer-pres-d-ici-avec-l"


def page_of(day: Room, path: str, beside: Page | None = None, **page: Any) -> Page:
    """One of the team's pages, in a browser that holds the console's key."""
    name, _, query = path.partition("?")
    address = f"{day.server.base}/{name}?key={day.server.keys['console']}" if beside is None else f"{day.server.base}/{path}"
    opened = day._open(address, beside=beside, **page)
    if query and beside is None:
        opened.goto(f"{opened.url}?{query}")
    return opened


def played(day: Room, phone: Page) -> Iterator[str]:
    """A day of workshops that stops wherever a screen looks different."""
    nadia, others = day.hand(phone), [day.someone(name=f"Élue {n}, Drôme", territory="Drôme") for n in range(3)]
    day.open("ateliers")
    yield "to choose"
    for one in (nadia, *others):
        assert one.act("enter", "ateliers", {"track": LONG}).status == 200
    yield "chosen"
    day.drive.act("next", content={"leaving": "", "track": LONG})
    for one in (nadia, *others):
        assert one.act("post", "ce-qui-se-fait", {"title": "Un marché de plein vent, tenu par les habitants. " * 3}).status == 200
    yield "in the workshop"
    assert nadia.act("post", "ateliers", {"track": LONG, "text": "Commencer par ce qui pousse à une heure de marche. " * 6}).status == 200
    day.drive.act("close", "ateliers")
    yield "everyone is back"
    day.drive.act("turn", "ateliers", {"track": LONG})
    yield "reporting"


def screens(day: Room, **page: Any) -> list[Page]:
    console = page_of(day, f"c/{day.server.code}", width=1280, height=800, **page)
    wall = day.wall(**page)
    return [
        console,
        page_of(day, f"c/{day.server.code}?track={LONG}", console, width=1280, height=800, **page),
        wall,
        day._open(f"{day.server.base}/w/{day.server.code}/{LONG}", beside=wall, width=1024, height=768, **page),
        page_of(day, f"remote/{day.server.code}", **page),
    ]


@pytest.mark.usefixtures("axe")
def test_axe_finds_nothing_while_workshops_run_nor_on_the_team_s_pages(room, open_page):
    day, found = room(SHEET), []
    still: dict[str, Any] = {"bypass_csp": True, "reduced_motion": "reduce"}
    phone = day.phone("Nadia", "Drôme", height=3000, **still)
    open_screens = [phone, *screens(day, language="fr", **still), *screens(day, language="en", color_scheme="dark", **still)]
    day.drive.act("invite", content={"name": "Samira", "role": "console", "track": "cuisiner"})
    for scene in played(day, phone):
        for page in open_screens:
            found += [f"{scene}, {page.url}: {line}" for line in violations(fetched(page))]
        day.go(phone, "mine")
        found += [f"{scene}, {phone.url}: {line}" for line in violations(phone)]
        day.go(phone, "")
    for language in ("fr", "en"):
        team = page_of(day, f"c/{day.server.code}", language=language, **still)
        team.goto(f"{day.server.base.replace('127.0.0.1', 'room.test')}/c/{day.server.code}/team")
        team.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
        found += [f"team: {line}" for line in violations(team)]
    assert not found, "\n".join(found)


def test_nothing_is_lost_at_any_size_while_workshops_run(room):
    day, found = room(SHEET), []
    phone = day.phone("Une personne au nom assez long", "Communauté de communes du Diois")
    console, inner, wall, own, remote = screens(day)
    sizes = [(phone, PHONES), (remote, PHONES), (console, CONSOLES), (inner, CONSOLES)]
    for scene in played(day, phone):
        for page, each in sizes:
            for width, height in each:
                found += [f"{scene}, {page.url}: {line}" for line in lost(fetched(sized(page, width, height)))]
        for page in (wall, own):
            for width, height, least in WALLS:
                shown = fetched(sized(page, width, height))
                found += [f"{scene}, {page.url}: {line}" for line in lost(shown, least=least, picture=True)]
    assert not found, "\n".join(found)


def test_a_phone_follows_its_workshop_live_and_comes_back(room):
    day = room(SHEET)
    phone, remote = day.phone("Nadia", "Drôme"), page_of(day, f"remote/{day.server.code}")
    wall = day.wall()
    own = day._open(f"{day.server.base}/w/{day.server.code}/cuisiner", beside=wall)
    press(remote, "Ouvrir la journée : Accueil")
    press(remote, "Passer à : Ateliers")
    press(phone, "Cuisiner")
    sees(phone, "Votre atelier")
    sees(own, "1 personne")
    day.drive.act("next", content={"leaving": "", "track": "cuisiner"})
    sees(phone, "Ce que l’on cuisine")
    phone.locator("textarea").first.fill("Une cantine ouverte aux voisins")
    press(phone, "Envoyer ma situation")
    sees(own, "Une cantine ouverte aux voisins")
    expect(wall.locator("#region")).not_to_contain_text("Une cantine ouverte aux voisins")
    press(remote, "Faire revenir tout le monde dans 1 minute")
    sees(remote, "cette étape se clôt dans")
    day.drive.act("close", "ateliers")
    sees(phone, "chaque atelier rapporte")
    sees(own, "Ateliers")


def test_a_step_nobody_had_planned_takes_three_gestures(room):
    day = room(SHEET)
    day.open("accueil")
    console = day.console()
    console.locator("summary", has_text="Ajouter une étape").click()
    console.get_by_label("Type").select_option(label="Situations")
    console.get_by_label("Question, ou titre").fill("Que ferions-nous demain ?")
    press(console, "+ 10 min")
    expect(console.locator(".agenda .title", has_text="Que ferions-nous demain")).to_be_visible()
    step = day.drive.state()["agenda"][1]
    assert (step["title"], step["kind"]) == ("Que ferions-nous demain ?", "situations")
    press(console, "Passer dans 1 minute : Que ferions-nous demain ?")


def test_the_remote_and_an_improvised_step_need_no_more_than_a_keyboard(room):
    day = room(SHEET)
    remote = page_of(day, f"remote/{day.server.code}")
    reach(remote, remote.get_by_role("button", name="Ouvrir la journée : Accueil"))
    remote.keyboard.press("Enter")
    sees(remote, "Ateliers")
    expect(remote.locator("h1")).to_have_text("Accueil")
    reach(remote, remote.get_by_label("Mes notes"))
    remote.keyboard.type("Dire où sont les salles")
    reach(remote, remote.get_by_role("button", name="Mur noir"))
    remote.keyboard.press("Enter")
    expect(remote.get_by_role("button", name="Rallumer le mur")).to_be_visible()
    remote.reload()
    expect(remote.get_by_label("Mes notes")).to_have_value("Dire où sont les salles")
    console = day.console()
    reach(console, console.locator("summary", has_text="Ajouter une étape"))
    console.keyboard.press("Enter")
    reach(console, console.get_by_label("Question, ou titre"))
    console.keyboard.type("Et maintenant ?")
    reach(console, console.get_by_role("button", name="+ 5 min", exact=True).first)
    console.keyboard.press("Enter")
    expect(console.locator(".agenda .title", has_text="Et maintenant")).to_be_visible()


def test_the_console_says_who_else_drives(room):
    day = room(SHEET)
    console = day.console()
    member = day.drive.act("invite", content={"name": "Samira", "role": "console"})
    assert member.status == 200
    team = page_of(day, f"c/{day.server.code}")
    team.goto(f"{team.url.rstrip('/')}/team")
    link = team.locator("a[href*='/c/'][href*='key=']").first.get_attribute("href")
    team.close()
    assert link
    other = day._open(f"{day.server.base}/{link.split('/', 3)[3]}", width=1280, height=800)
    expect(console.locator(".glance")).to_contain_text("Samira")
    other.close()
    expect(console.locator(".glance")).not_to_contain_text("Samira")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1024, 768)])
def test_many_who_drive_leave_what_comes_next_its_width(room, width, height):
    day = room(SHEET)
    console = day.console(width=width, height=height)
    page_of(day, f"remote/{day.server.code}")
    sees(console, "Conduisent en ce moment")
    box = console.locator(".glance > div").nth(1).bounding_box()
    assert box is not None
    assert box["width"] > width / 5


def test_who_drives_with_a_link_sees_the_pages_that_link_opens_and_no_other(room):
    day = room(SHEET)
    team = page_of(day, f"c/{day.server.code}/team", beside=day.console())
    for name, workshop in (("Animatrice 2", ""), ("Animateur 3", "Cuisiner")):
        team.locator("#name").fill(name)
        team.locator("[name=role][value=console]").check()
        team.locator("#track").select_option(label=workshop or "Toute la journée")
        press(team, "Créer le lien")
        team.locator("summary", has_text=name).click()
        console = day._open(team.locator(".handed a:visible").get_attribute("href"), may_log=["403"])
        sees(console, "Saisir pour les autres")
        for link in console.locator("[data-key=pages] a, [data-key=draft] a").all():
            opens = console.evaluate("async (path) => (await fetch(path)).status", link.get_attribute("href")) == 200
            assert link.is_visible() is opens, (name, link.get_attribute("href"))
        team.locator("summary", has_text=name).click()


def test_a_phone_that_keeps_nothing_says_so_of_the_facilitator_s_notes(room):
    day = room(SHEET)
    remote = page_of(day, f"remote/{day.server.code}")
    expect(remote.locator("#keep-hint")).to_have_text("Elles restent sur ce téléphone.")
    remote.evaluate("() => (Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); })")
    remote.get_by_label("Mes notes").fill("Dire où sont les salles")
    expect(remote.locator("#keep-hint")).to_contain_text("copiez vos notes avant de fermer")
    press(remote, "Ouvrir la journée : Accueil")
    expect(remote.locator("h1")).to_have_text("Accueil")
    expect(remote.locator("#keep-hint")).to_contain_text("copiez vos notes avant de fermer")
    expect(remote.get_by_label("Mes notes")).to_have_value("Dire où sont les salles")
