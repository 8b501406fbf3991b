"""A whole basket game in a room: four phones, a wall and a console, by what is seen and pressed; the last unit, the network, the server."""

import re
import time
from collections.abc import Callable
from typing import Any

from browser.room import Room, press, sees, state
from browser.test_network import CUT
from playwright.sync_api import Locator, Page, expect
from web.http import Client

SHEET = """---
titre: Une journée de réciprocités
---
## Programme

### 9 h 30 – Le jeu
- type : jeu des paniers
- durée : 120 min
- territoires : Métropole : des hôpitaux, peu de terres; Forez : des forêts, peu de médecins; Diois : des vergers, peu de cars
- quantités : oui
- événements : oui

### 11 h 30 – Nos engagements
- type : engagements
- durée : 30 min
- à partir de : Le jeu
"""

STEP = "le-jeu"
PATIENCE = 30_000  # ms: phones wait longer and longer between two tries
WOOD, VISITS, VEGETABLES = "Bois de chauffage", "Consultations de spécialistes", "Légumes"
EVEN = "Nous avons donné une fois et reçu autant : c’est équilibré."
GAME = "C’est un jeu : rien n’engage les structures."


def fold(page: Page, label: str, within: Locator | None = None) -> None:
    """Opens the fold that says this."""
    (within or page.locator("body")).locator("summary").get_by_text(label, exact=True).click()


def adds(phone: Page, side: str, good: str, text: str = "", quantity: str = "", unit: str = "") -> None:
    """Whoever holds the pen writes one more offer or need."""
    form = phone.locator("#good")
    form.get_by_text(side, exact=True).click()
    if good:
        form.get_by_label("Choisir dans le catalogue").select_option(label=good)
    for label, value in (("Quoi précisément", text), ("Combien", quantity), ("Unité", unit)):
        form.get_by_label(label).fill(value)
    press(phone, "Ajouter à notre inventaire")
    expect(phone.locator("[data-card]", has_text=text or good)).to_be_visible()


def view(who: Client) -> Any:
    """What that person is told of the game."""
    return who.state()["views"][STEP]


def towards(phone: Page, name: str) -> Locator:
    """Opens the form that proposes an exchange to this territory."""
    phone.get_by_role("link", name="Proposer un échange").click()
    fold(phone, name, phone.locator("#others"))
    return phone.locator("#others form:visible")


def gives(form: Locator, side: str, quantity: str, good: str = "") -> None:
    """One line of one side: ``good`` as the list says it, or what is there already."""
    lines = form.get_by_role("group", name=side)
    if good:
        option = lines.locator("option", has_text=good).first
        lines.get_by_role("combobox").first.select_option(value=option.get_attribute("value"))
    lines.get_by_label("Combien").first.fill(quantity)


def weighs(phone: Page, *labels: str) -> None:
    """Chooses the effort, the usefulness, or both."""
    for label in labels:
        phone.locator("label:visible").get_by_text(label, exact=True).click()


def title(phone: Page, text: str) -> None:
    """What stands first on that phone."""
    expect(phone.locator("h1")).to_contain_text(text)


def arrows(wall: Page, count: int) -> None:
    """As many flows are drawn, and the table beside tells the same."""
    expect(wall.locator("svg.flows .arrow")).to_have_count(count)
    given = wall.locator(".who-gives tbody td:nth-child(2)")
    expect(given).to_have_count(3)
    assert sum(int(one) for one in given.all_inner_texts()) == count


def told(report: str, heading: str) -> str:
    """What a section of the report says, without markup."""
    (found,) = re.findall(rf"<h3[^>]*>{heading}</h3>(.*?)<h[23]", report, re.S)
    return re.sub(r"<[^>]+>", " ", found)


def test_a_game_is_played_from_its_teams_to_its_report(room: Callable[..., Room]) -> None:
    day = room(SHEET)
    nadia, bruno, odile, lina = phones = [day.phone(name) for name in ("Nadia", "Bruno", "Odile", "Lina")]
    wall, console = day.wall(), day.console()
    press(console, "Ouvrir la journée : Le jeu")

    # Teams, as each chooses; the first to come holds the pen.
    for phone, name in zip(phones, ("Forez", "Forez", "Métropole", "Diois"), strict=True):
        title(phone, "Quel territoire jouez-vous ?")
        press(phone, name)
        title(phone, "Les règles, en cinq lignes")
    sees(bruno, "Nadia tient la plume")
    sees(wall, "Le jeu en cinq lignes", "4 personnes jouent")
    for screen in (*phones, wall):
        sees(screen, GAME)

    # One writes and the other reads; then the pen changes hands.
    press(console, "Tour suivant : Inventaire")
    adds(nadia, "Nous offrons", WOOD, "en bûches", "10", "stères")
    sees(bruno, "Dites-le à voix haute : Nadia l’écrit pour l’équipe.", "en bûches")
    expect(bruno.locator("#good")).to_have_count(0)
    fold(nadia, "Notre équipe")
    press(nadia, "Passer la plume")
    adds(bruno, "Nous avons besoin de", VISITS)
    sees(nadia, "Bruno tient la plume", VISITS)
    expect(nadia.locator("#good")).to_have_count(0)
    adds(odile, "Nous offrons", VISITS, "", "5", "jours")
    adds(odile, "Nous avons besoin de", WOOD)
    adds(lina, "Nous offrons", VEGETABLES, "", "20", "cageots")
    adds(lina, "Nous avons besoin de", "", "Un car le samedi")
    sees(wall, "Que pouvons-nous offrir ?", "Un car le samedi")

    # What one offers meets what another needs: both are told, and the proposal begins with it.
    press(console, "Tour suivant : Négociation 1/2")
    sees(nadia, f"Métropole offre : {VISITS}. Vous cherchez : {VISITS}.")
    expect(nadia.get_by_role("link", name="Proposer")).to_have_count(0)
    sees(odile, f"Forez cherche : {VISITS}. Vous offrez : {VISITS}.")
    bruno.get_by_role("link", name="Proposer Métropole").first.click()
    form = bruno.locator("#propose-metropole")
    gives(form, "Nous donnons", "3")
    gives(form, "et en échange, Métropole donne", "1")
    press(bruno, "Proposer à Métropole", form)
    for phone in (bruno, nadia):
        title(phone, "Proposé à Métropole : réponse attendue")

    # Another answer, accepted, weighed by one then by the other.
    title(odile, "Forez vous propose un échange")
    fold(odile, "Proposer autre chose")
    form = odile.locator("form[id^=counter]:visible")
    gives(form, "et en échange, Forez donne", "4")
    fold(odile, "Durée, conditions, points d’attention", form)
    form.get_by_label("Pour combien de temps").fill("un an")
    press(odile, "Proposer à Forez", form)
    title(bruno, "Métropole vous propose autre chose")
    sees(bruno, "un an", "(4 stères)")
    fold(bruno, "Accepter")
    weighs(bruno, "petit effort", "grande utilité")
    press(bruno, "Dire oui pour Forez")
    title(odile, "Accepté par Forez. Que pèse cet échange pour nous ?")
    arrows(wall, 0)
    weighs(odile, "effort moyen", "utilité moyenne")
    press(odile, "Dire oui pour Métropole")
    for phone, other in ((odile, "Forez"), (bruno, "Métropole"), (nadia, "Métropole")):
        title(phone, f"Conclu avec {other}")
        sees(phone, "Toutes les équipes ont dit oui aux mêmes mots.", EVEN)
    sees(wall, "2 biens et services échangés", "Forez donne :", "Ont donné autant que reçu : Métropole, Forez.")
    arrows(wall, 2)

    # A gift says why; it weighs for one side only; then the other leaves, and stands where it stood.
    form = towards(lina, "Forez")
    gives(form, "Nous donnons", "2", VEGETABLES)
    press(lina, "Proposer à Forez", form)
    sees(lina, "un don est bienvenu, avec sa raison")
    fold(lina, "Un don, ou un échange inégal ? Dites pourquoi", form)
    form.get_by_label("Pourquoi vous le voulez ainsi").fill("Pour faire connaissance.")
    press(lina, "Proposer à Forez", form)
    title(bruno, "Diois vous propose un don")
    sees(bruno, "Pour faire connaissance.")
    fold(bruno, "Accepter")
    weighs(bruno, "petite utilité")
    press(bruno, "Dire oui pour Forez")
    title(lina, "Accepté par Forez")
    weighs(lina, "petit effort")
    press(lina, "Dire oui pour Diois")
    sees(bruno, "Nous avons donné une fois et reçu deux fois : à nous de donner.")
    sees(lina, "Nous avons donné une fois et rien reçu : qui a ce qui nous manque ?")
    arrows(wall, 3)
    gift = bruno.locator("[data-key=bound] details", has_text="Diois").first
    gift.locator("summary").first.click()
    fold(bruno, "Quitter cet échange", gift)
    gift.get_by_label(re.compile("^Pourquoi")).fill("Trop loin de nos cantines.")
    press(bruno, "Quitter cet échange", gift)
    sees(bruno, EVEN)
    title(lina, "Forez a quitté l’échange")
    sees(lina, "Trop loin de nos cantines.")
    arrows(wall, 2)

    # One declines, and says why.
    form = towards(odile, "Diois")
    gives(form, "Nous donnons", "1", VISITS)
    gives(form, "et en échange, Diois donne", "3", VEGETABLES)
    press(odile, "Proposer à Diois", form)
    title(lina, "Métropole vous propose un échange")
    fold(lina, "Refuser")
    lina.get_by_label(re.compile("^Pourquoi")).locator("visible=true").fill("Nos cageots sont promis.")
    press(lina, "Refuser cette proposition")
    title(odile, "Diois a refusé")
    sees(odile, "Nos cageots sont promis.")

    # The facilitator plays a card, and announces the end: every screen says so.
    press(console, "Sécheresse")
    for screen in (*phones, wall, console):
        sees(screen, "Sécheresse", "l’eau est rationnée")
    press(console, "Fin dans 2 minutes")
    for phone in phones:
        expect(phone.get_by_text("Ce tour va se terminer")).to_be_visible()
    sees(wall, "Concluez")
    for name in ("Négociation 2/2", "Équilibrage", "Signature"):
        press(console, f"Tour suivant : {name}")

    # Baskets, signed by both pens.
    for phone in (bruno, nadia):
        title(phone, "Notre panier avec Métropole")
    expect(nadia.get_by_role("button", name=re.compile("^Signer le panier"))).to_have_count(0)
    title(lina, "Vous n’avez pas de panier à signer")
    press(bruno, "Signer le panier avec Métropole")
    sees(wall, "signé par Forez")
    press(odile, "Signer le panier avec Forez")
    title(bruno, "Tous nos paniers sont signés")
    sees(wall, "signé par toutes les équipes", "Paniers signés par toutes leurs équipes : 1 sur 1")

    # The debrief is everyone's, pen or not; what could start begins a commitment in the next step.
    press(console, "Tour suivant : Débriefing")
    title(nadia, "Que retenez-vous de ce jeu ?")
    nadia.get_by_label("Ce qui nous a surpris").fill("On se connaissait mal.")
    press(nadia, "Envoyer", nadia.locator("footer"))
    title(nadia, "Et au-delà du jeu")
    nadia.get_by_label("Ce qui pourrait vraiment démarrer").fill("Chauffer un lycée au bois du Forez.")
    nadia.get_by_label("À partir de quel panier ?").select_option(index=1)
    nadia.get_by_label("Avec qui").fill("la Région")
    nadia.get_by_label("Le premier pas").fill("Visiter la chaufferie.")
    press(nadia, "Envoyer", nadia.locator("footer"))
    sees(wall, "On se connaissait mal.", "Chauffer un lycée au bois du Forez.", "avec la Région")
    console.get_by_role("button", name=re.compile("^Passer( à| maintenant$)")).click()
    fold(nadia, "Chauffer un lycée au bois du Forez.")
    expect(nadia.get_by_label("L’engagement").first).to_have_value("Chauffer un lycée au bois du Forez.")
    nadia.get_by_label("Pour quand").first.fill("avant Noël")
    press(nadia, "Envoyer mon engagement", nadia.locator("details[open]", has_text="Chauffer un lycée"))
    sees(wall, "Chauffer un lycée au bois du Forez.", "avant Noël")

    report = day.restitution()
    for text in ("Pour faire connaissance.", "On se connaissait mal.", "Visiter la chaufferie.", "Sécheresse", "avant Noël"):
        assert text in report
    baskets = told(report, "Les paniers")
    assert all(text in baskets for text in ("Métropole", "Forez", "4 stères", "un an"))
    for heading, why in (
        ("Ce qui a été refusé, et pourquoi", "Nos cageots sont promis."),
        ("Les accords quittés avant la clôture, et pourquoi", "Trop loin de nos cantines."),
    ):
        said = told(report, heading)
        assert why in said
        assert not [name for name in ("Métropole", "Forez", "Diois") if name in said]


def test_of_two_phones_that_want_the_last_unit_one_has_it_through_network_and_server_failures(room: Callable[..., Room]) -> None:
    day = room(SHEET)
    day.open(STEP)
    nadia, odile, lina = phones = [day.phone(name, may_log=CUT) for name in ("Nadia", "Odile", "Lina")]
    wall, console = day.wall(may_log=CUT), day.console(may_log=CUT)
    for phone, team, good, quantity in (
        (nadia, "forez", "energy/Bois de chauffage", 10),
        (odile, "metropole", "skills/Des journées d’urbaniste", 1),
        (lina, "diois", "food/Légumes", 20),
    ):
        hand = day.hand(phone)
        assert hand.act("play", STEP, {"team": team}).status == 200
        assert hand.act("post", STEP, {"side": "offer", "what": good, "quantity": quantity}).status == 200
    assert day.drive.act("round", STEP, {"round": 2}).status == 200
    for phone in phones:
        title(phone, "À qui parlons-nous d’abord ?")

    def proposes(phone: Page, quantity: str, good: str) -> None:
        form = towards(phone, "Métropole")
        gives(form, "Nous donnons", quantity, good)
        gives(form, "et en échange, Métropole donne", "1", "urbaniste")
        press(phone, "Garder, cela partira seul", form)
        expect(state(phone)).to_have_text("En attente du réseau : 1")

    # One proposes without network, the other while the server is dead: each arrives, once.
    nadia.context.set_offline(True)
    expect(state(nadia)).to_have_text("Réseau absent")
    proposes(nadia, "3", WOOD)
    nadia.context.set_offline(False)
    # What comes next does not take the place of what is being answered.
    title(odile, "Forez vous propose un échange")
    fold(odile, "Accepter", odile.locator("#answer"))
    weighs(odile, "petit effort", "utilité moyenne")
    day.server.kill()
    expect(state(lina)).to_have_text("Serveur muet")
    proposes(lina, "6", VEGETABLES)
    day.server.restart()
    expect(odile.get_by_text("1 autre proposition vous attend")).to_be_visible(timeout=PATIENCE)
    for phone in (nadia, lina):
        expect(phone.locator("h1")).to_contain_text("Proposé à Métropole", timeout=PATIENCE)
    expect(console.get_by_role("link", name="2 propositions attendent une réponse")).to_be_visible(timeout=PATIENCE)
    assert len(view(day.drive)["deals"]) == 2

    # Both are accepted, though one day only is offered.
    title(odile, "Forez vous propose un échange")
    expect(odile.get_by_role("radio", name="petit effort")).to_be_checked()
    press(odile, "Dire oui pour Métropole")
    title(odile, "Diois vous propose un échange")
    fold(odile, "Accepter", odile.locator("#answer"))
    weighs(odile, "petit effort", "utilité moyenne")
    press(odile, "Dire oui pour Métropole")
    for phone in (nadia, lina):
        title(phone, "Accepté par Métropole. Que pèse cet échange pour nous ?")
        weighs(phone, "grand effort", "grande utilité")
    at = time.time() * 1000 + 500
    for phone in (nadia, lina):
        button = phone.get_by_role("button", name=re.compile("^Dire oui pour"))
        button.evaluate("(button, at) => { setTimeout(() => button.click(), at - Date.now()); }", at)
    expect(wall.locator("svg.flows .arrow")).to_have_count(2)
    (bound,) = [deal for deal in view(day.drive)["deals"] if deal["status"] == "bound"]
    wins, waits = (nadia, lina) if "forez" in {one["key"] for one in bound["parties"]} else (lina, nadia)
    title(wins, "Conclu avec Métropole")
    expect(waits.get_by_role("alert")).to_contain_text("une autre équipe a été un peu plus rapide. Rien n’a été changé.")
    title(waits, "Accepté par Métropole")
    for label in ("grand effort", "grande utilité"):
        expect(waits.get_by_role("radio", name=label)).to_be_checked()
    assert view(day.hand(odile))["offers"][0]["left"] == 0
    arrows(wall, 2)

    # Nothing is stuck: whoever came second takes the proposal back.
    fold(waits, "Retirer cette proposition")
    press(waits, "Retirer cette proposition")
    title(waits, "nous avons retiré notre proposition")
    sees(console, "Aucune proposition en attente")
