"""A room as people have it: phones, a wall and a console, real pages on one server; and what its sheet says."""

import re
from collections.abc import Callable
from typing import Any

from harness.server import Server
from playwright.sync_api import Locator, Page, expect
from web.http import Client, console, joined

SHEET = """---
titre: Une journée à deux
date: 2021-09-24
horaires: 9 h 30 – 12 h 30
lieu: Gare de Valence TGV
organisateur: Le Réseau
places: 200
territoires: Drôme; Ardèche; Forez
---
## Programme

### 9 h 30 – Accueil
- type : accueil
- question : Qu’attendez-vous de cette journée ?

### 9 h 45 – Trois financements
- type : apport
- intervenant : La Région
- questions : oui

#### Un fonds pour étudier

Avant la fin de juin.

---

#### Un fonds pour construire

- Après les études

### 10 h – Vos situations
- type : situations
- question : Quelle coopération avez-vous vue fonctionner ?

### 10 h 30 – Pause
- type : pause
- quoi : Café dans le hall

### 10 h 45 – Lesquelles décoder ?
- type : vote
- sur : Vos situations
- points : 3
- maximum : 2

### 11 h – Décodage
- type : décodage
- situations : Vos situations

### 12 h – Évaluation
- type : évaluation
"""


class Room:
    """Pages on one server. ``drive`` is the facilitator's hand where the console itself is not what a test is about."""

    def __init__(self, server: Server, open_page: Callable[..., Page]) -> None:
        self.server, self._open = server, open_page
        self.drive = console(server)

    def phone(self, name: str = "", territory: str = "", **page: Any) -> Page:
        """The phone of someone who scanned the code and entered; ``page`` as in ``open_page``."""
        phone = self._open(self.server.urls["join"], **page)
        phone.locator("#name").fill(name)
        phone.locator("#territory").fill(territory)
        phone.locator("button[form=join]").click()
        phone.wait_for_url(f"**/s/{self.server.code}")
        if page.get("javascript", True):
            expect(state(phone)).to_have_text(re.compile("Connecté|Connected"))
        return phone

    def hand(self, phone: Page) -> Client:
        """The person of that phone, as a program."""
        keys = {cookie["name"]: cookie["value"] for cookie in phone.context.cookies()}
        return Client(self.server, keys[f"participant-{self.server.code}"])

    def go(self, phone: Page, place: str) -> None:
        """That phone looks at another place of its day: '' | 'mine' | 'cards'."""
        phone.goto("/".join([*phone.url.split("/")[:3], "s", self.server.code, place]).rstrip("/"))

    def wall(self, width: int = 1280, height: int = 800, **page: Any) -> Page:
        return self._open(self.server.urls["wall"], width=width, height=height, **page)

    def console(self, width: int = 1280, height: int = 800, **page: Any) -> Page:
        return self._open(self.server.urls["console"], width=width, height=height, **page)

    def open(self, step: str) -> None:
        """That step is on, for everyone."""
        assert self.drive.act("open", step).status == 200

    def post(self, step: str, content: dict[str, Any], **who: Any) -> str:
        """Someone else in the room posts; the card's id."""
        by = who.pop("by", None) or joined(self.server, **who)
        assert by.act("post", step, content).status == 200
        return str(self.card(step, next(iter(content.values())))["id"])

    def cards(self, step: str) -> list[Any]:
        """What is kept of a step, as the console sees it."""
        cards: list[Any] = self.drive.state()["views"][step]["cards"]
        return cards

    def card(self, step: str, text: str) -> Any:
        """The one card that says that."""
        (found,) = [card for card in self.cards(step) if text in card["content"].values()]
        return found

    def restitution(self) -> str:
        """The report as it stands now."""
        return self.drive.get(f"/s/{self.server.code}/restitution.html").text

    def someone(self, **profile: Any) -> Client:
        """A person whose phone is a program."""
        return joined(self.server, **profile)


def fetched(page: Page) -> Page:
    """The page once it shows the room as it stands now."""
    page.evaluate("() => live.fetch()")
    return page


def sized(page: Page, width: int, height: int) -> Page:
    """The page once it is laid out at that size: what reads it meanwhile would take one element for another."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("([width, height]) => innerWidth === width && innerHeight === height", arg=[width, height])
    return page


def press(page: Page, label: str, within: Locator | None = None) -> None:
    """Presses the button that says this, and only this."""
    (within or page.locator("body")).get_by_role("button", name=label, exact=True).click()


def state(page: Page) -> Locator:
    """The line of a phone that says how things stand."""
    return page.locator("[data-state]")


def card_of(page: Page, text: str) -> Locator:
    """The card that says this."""
    return page.locator(".card", has=page.locator(".said", has_text=re.compile(f"^{re.escape(text)}$")))


def boxes(page: Page) -> dict[str, Any]:
    """Where each card of the wall stands."""
    found: dict[str, Any] = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('[data-flow] [data-card]')].map((card) => "
        "[card.dataset.card, [card.offsetLeft, card.offsetTop, card.offsetWidth, getComputedStyle(card).visibility]]))"
    )
    return found


def sees(page: Page, *texts: str) -> None:
    """The page shows all these words, within a few seconds."""
    for text in texts:
        expect(page.locator("#region")).to_contain_text(text)
