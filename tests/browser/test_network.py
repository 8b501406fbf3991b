"""When the network or the server fails: nothing is lost, nothing is double, and every screen says in words how things stand."""

import re

import pytest
from browser.room import Room, boxes, card_of, press, sees, state
from playwright.sync_api import Page, WebSocketRoute, expect

LABEL = "La situation, en une ou deux phrases"
SEND, KEEP = "Envoyer ma situation", "Garder, cela partira seul"
CUT = ["ERR_CONNECTION_REFUSED", "ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "WebSocket"]
CUT += ["ERR_CONTENT_LENGTH_MISMATCH"]  # it fell silent in the middle of an answer
CUT += ["ERR_SOCKET_NOT_CONNECTED"]  # it was killed as a line to it opened
PATIENCE = 30_000  # ms: phones wait longer and longer between two tries


def tell(phone: Page, text: str, button: str = SEND) -> None:
    """Writes a situation and presses."""
    phone.get_by_label(LABEL).fill(text)
    press(phone, button)


def told(day: Room) -> list[str]:
    """What the journal keeps, in order."""
    return [card["content"]["title"] for card in day.cards("vos-situations")]


def test_a_server_killed_in_the_middle_loses_nothing_and_doubles_nothing(room):
    day = room()
    day.open("vos-situations")
    nadia, bruno = day.phone("Nadia", "Drôme", may_log=CUT), day.phone("Bruno", may_log=CUT)
    wall, console = day.wall(may_log=CUT), day.console(may_log=CUT)
    tell(nadia, "Un marché commun")
    expect(card_of(wall, "Un marché commun")).to_be_visible()
    shown = boxes(wall)
    tell(bruno, "Envoyée juste avant la panne")
    day.server.kill()

    expect(wall.locator("#banner")).to_contain_text(re.compile(r"Sans nouvelles du serveur depuis \d+\sh\s\d\d"))
    expect(card_of(wall, "Un marché commun")).to_be_visible()
    assert {card: box for card, box in boxes(wall).items() if card in shown} == shown
    expect(console.locator("#banner")).to_contain_text(re.compile(r"plus de nouvelles du serveur depuis \d+\sh\s\d\d"))
    expect(console.get_by_role("button", name="Passer maintenant")).to_be_disabled()
    expect(console.get_by_text("relancez la même commande")).to_be_visible()
    for phone in (nadia, bruno):
        expect(phone.locator("#banner")).to_contain_text("Le serveur de la salle ne répond pas.")
        expect(phone.locator("#banner")).to_contain_text("Votre réseau va bien")
    expect(state(nadia)).to_have_text("Serveur muet")
    tell(nadia, "Pendant la panne", KEEP)
    tell(nadia, "Encore pendant la panne", KEEP)
    expect(state(nadia)).to_have_text("En attente du réseau : 2")
    expect(card_of(nadia, "Pendant la panne")).to_contain_text("En attente du réseau, partira seule")
    expect(nadia.get_by_label(LABEL)).to_have_value("")

    day.server.restart()
    expect(nadia.locator("#banner")).to_contain_text("Réseau revenu, vos 2 envois sont enregistrés.", timeout=PATIENCE)
    expect(state(nadia)).to_have_text("Enregistré")
    for screen in (wall, console):
        expect(card_of(screen, "Encore pendant la panne")).to_be_visible(timeout=PATIENCE)
        expect(screen.locator("#banner")).to_be_empty()
    expect(card_of(bruno, "Envoyée juste avant la panne")).to_contain_text("Enregistrée", timeout=PATIENCE)
    assert sorted(told(day)) == ["Encore pendant la panne", "Envoyée juste avant la panne", "Pendant la panne", "Un marché commun"]
    assert told(day).index("Pendant la panne") < told(day).index("Encore pendant la panne")
    expect(wall.locator("[data-flow] [data-card]")).to_have_count(4)
    press(console, "Passer maintenant")
    for phone in (nadia, bruno):
        sees(phone, "On reprend à")


def test_a_phone_without_network_keeps_what_is_sent_until_it_is_back(room):
    day = room()
    day.open("vos-situations")
    phone = day.phone("Nadia", may_log=CUT)
    phone.context.set_offline(True)
    expect(phone.locator("#banner")).to_contain_text("Votre téléphone n’a plus de réseau.")
    expect(phone.locator("#banner")).to_contain_text("Rapprochez-vous de la salle, ou vérifiez le Wi-Fi.")
    expect(state(phone)).to_have_text("Réseau absent")
    tell(phone, "Écrit hors réseau", KEEP)
    expect(state(phone)).to_have_text("En attente du réseau : 1")
    expect(card_of(phone, "Écrit hors réseau")).to_contain_text("En attente du réseau, partira seule")
    assert told(day) == []
    phone.context.set_offline(False)
    expect(phone.locator("#banner")).to_contain_text("Réseau revenu, votre envoi est enregistré.", timeout=PATIENCE)
    expect(state(phone)).to_have_text("Enregistré")
    expect(card_of(phone, "Écrit hors réseau")).to_contain_text("Enregistrée")
    expect(card_of(phone, "Écrit hors réseau")).to_have_count(1)
    expect(phone.get_by_role("button", name=SEND)).to_be_visible()
    assert told(day) == ["Écrit hors réseau"]


def test_what_is_typed_or_waits_survives_a_reload(room):
    day = room()
    day.open("vos-situations")
    phone = day.phone("Nadia", may_log=CUT)
    phone.get_by_text("Anonyme", exact=True).click()
    phone.get_by_label(LABEL).fill("À moitié écr")
    phone.reload()
    expect(phone.get_by_label(LABEL)).to_have_value("À moitié écr")
    expect(phone.get_by_label("Anonyme")).to_be_checked()
    expect(phone.get_by_text("encore 268 signes")).to_be_visible()

    # The step is over: what was begun is shown, and can still be sent.
    day.open("pause")
    expect(phone.get_by_text("Cette étape vient de se clore : envoyez ce que vous écrivez, il sera gardé.")).to_be_visible()
    phone.reload()
    begun = card_of(phone, "À moitié écr")
    expect(begun).to_contain_text("Vous aviez commencé à écrire ceci.")
    press(phone, "Envoyer", begun)
    expect(state(phone)).to_have_text("Enregistré")
    assert told(day) == ["À moitié écr"]

    # What waits in the outbox leaves from the page that comes after.
    day.open("vos-situations")
    expect(phone.get_by_label(LABEL)).to_have_value("")
    day.server.kill()
    expect(state(phone)).to_have_text("Serveur muet")
    tell(phone, "En attente", KEEP)
    day.server.restart()
    phone.reload()
    expect(card_of(phone, "En attente")).to_contain_text("Enregistrée")
    assert told(day) == ["À moitié écr", "En attente"]


def test_two_tabs_of_one_phone_send_each_card_once_and_one_for_the_other(room, open_page):
    day = room()
    day.open("vos-situations")
    phone = day.phone("Nadia", may_log=CUT)
    other = open_page(phone.url, beside=phone, may_log=CUT)
    expect(state(other)).to_have_text("Connecté")
    phone.bring_to_front()
    day.server.kill()
    for tab in (phone, other):
        expect(state(tab)).to_have_text("Serveur muet")
    tell(phone, "Une seule fois", KEEP)
    tell(other, "Et depuis l’autre", KEEP)
    expect(state(phone)).to_have_text("En attente du réseau : 2")
    day.server.restart()
    for tab in (phone, other):
        for text in ("Une seule fois", "Et depuis l’autre"):
            expect(card_of(tab, text).locator(".saved")).to_contain_text("Enregistrée", timeout=PATIENCE)
            expect(card_of(tab, text)).to_have_count(1)
        expect(state(tab)).to_have_text(re.compile("Enregistré|Connecté"))
    assert told(day) == ["Une seule fois", "Et depuis l’autre"]

    # One is closed before its words have left: the other sends them.
    sleeper = Sleeper(phone)
    phone.reload()
    expect(state(phone)).to_have_text("Connecté")
    sleeper.dead += sleeper.lines
    tell(phone, "Avant de fermer")
    phone.close()
    expect(card_of(other, "Avant de fermer").locator(".saved")).to_contain_text("Enregistrée", timeout=PATIENCE)
    assert told(day)[2:] == ["Avant de fermer"]


class Sleeper:
    """Stands between a page and the server: what the server says while it sleeps is lost, as is what the page says on a dead line."""

    def __init__(self, page: Page) -> None:
        self.asleep = False
        self.lines: list[WebSocketRoute] = []
        self.dead: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/socket.io/"), self._between)

    def _between(self, socket: WebSocketRoute) -> None:
        self.lines.append(socket)
        server = socket.connect_to_server()
        server.on_message(lambda message: None if self.asleep else socket.send(message))
        socket.on_message(lambda message: None if socket in self.dead else server.send(message))


def test_a_page_that_slept_catches_up_on_waking_or_at_the_next_news(room):
    day = room()
    phone, wall = day.phone("Nadia"), day.wall()
    sleeper = Sleeper(phone)
    phone.reload()
    day.open("accueil")
    expect(phone.get_by_label("Qu’attendez-vous de cette journée ?")).to_be_visible()

    sleeper.asleep = True
    day.open("vos-situations")
    sees(wall, "Quelle coopération avez-vous vue fonctionner ?")
    expect(phone.get_by_label("Qu’attendez-vous de cette journée ?")).to_be_visible()
    sleeper.asleep = False
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(phone.get_by_label(LABEL)).to_be_visible()

    # Awake without having noticed that it slept: the next news tells it that some was missed.
    sleeper.asleep = True
    assert day.drive.act("retime", "vos-situations", {"minutes": 5}).status == 200
    day.open("pause")
    sees(wall, "On reprend à")
    sleeper.asleep = False
    assert day.drive.act("retime", "pause", {"minutes": 50}).status == 200
    sees(phone, "On reprend à")
    assert phone.locator("h1").inner_text() == wall.locator("h1").inner_text()


def test_a_line_that_looks_open_and_answers_nothing_is_given_up(room):
    day = room()
    day.open("vos-situations")
    phone = day.phone("Nadia")
    sleeper = Sleeper(phone)
    phone.reload()
    tell(phone, "Par la première ligne")
    expect(card_of(phone, "Par la première ligne")).to_contain_text("Enregistrée")
    sleeper.dead += sleeper.lines
    tell(phone, "Dans le vide")
    expect(state(phone)).to_have_text("En attente du réseau : 1")
    expect(card_of(phone, "Dans le vide")).to_contain_text("Enregistrée", timeout=PATIENCE)
    assert told(day) == ["Par la première ligne", "Dans le vide"]


@pytest.mark.parametrize(
    "store",
    [
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })",
        "for (let size = 1 << 22, n = 0; size; ) try { localStorage.setItem(`of another ${n++}`, 'x'.repeat(size)) } catch { size >>= 1 }",
    ],
    ids=["forbidden", "full"],
)
def test_a_phone_that_can_keep_nothing_posts_and_says_so(room, store):
    day = room()
    day.open("vos-situations")
    phone = day.phone("Nadia", may_log=CUT)
    phone.add_init_script(store)
    phone.reload()
    phone.get_by_label(LABEL).fill("Sans mémoire")
    warning = phone.get_by_text("Ce téléphone ne peut rien mettre de côté : ne fermez pas cette page avant « Enregistré ».")
    expect(warning).to_be_visible()
    press(phone, SEND)
    expect(card_of(phone, "Sans mémoire")).to_contain_text("Enregistrée")
    expect(state(phone)).to_have_text("Enregistré")
    day.server.kill()
    expect(state(phone)).to_have_text("Serveur muet")
    tell(phone, "Toujours sans mémoire", KEEP)
    expect(state(phone)).to_have_text("En attente du réseau : 1")
    expect(card_of(phone, "Toujours sans mémoire")).to_contain_text("ne fermez pas cette page avant « Enregistré »")
    day.server.restart()
    expect(card_of(phone, "Toujours sans mémoire")).to_contain_text("Enregistrée", timeout=PATIENCE)
    assert told(day) == ["Sans mémoire", "Toujours sans mémoire"]


def test_what_was_written_while_the_step_was_open_is_taken_after_the_closing_and_marked(room):
    day = room()
    day.open("vos-situations")
    near, far, console = day.phone("Nadia"), day.phone("Bruno", may_log=CUT), day.console()
    near.get_by_label(LABEL).fill("Commencée avant")
    far.context.set_offline(True)
    expect(state(far)).to_have_text("Réseau absent")
    tell(far, "Envoyée avant, arrivée après", KEEP)
    press(console, "Clore dans 1 minute")
    expect(near.get_by_text("Cette étape va se clore")).to_be_visible()
    assert day.drive.act("close", "vos-situations").status == 200
    expect(near.get_by_text("Cette étape est close depuis")).to_be_visible()
    press(near, SEND)
    expect(card_of(near, "Commencée avant")).to_contain_text("arrivée après la clôture")
    far.context.set_offline(False)
    expect(card_of(far, "Envoyée avant, arrivée après")).to_contain_text("arrivée après la clôture", timeout=PATIENCE)
    for text in ("Commencée avant", "Envoyée avant, arrivée après"):
        expect(card_of(console, text)).to_contain_text("arrivée après la clôture")

    # Begun after the closing, it is refused in words, and the text stays where it was typed.
    tell(near, "Trop tard")
    expect(near.get_by_role("alert")).to_contain_text("Cette étape est close")
    expect(near.get_by_label(LABEL)).to_have_value("Trop tard")
    assert len(told(day)) == 2
    press(console, "La rouvrir")
    expect(near.get_by_text("Cette étape est close depuis")).to_have_count(0)
    press(near, SEND)
    expect(card_of(near, "Trop tard")).to_contain_text("Enregistrée")


def test_a_text_too_long_is_not_sent_and_says_by_how_much(room):
    day = room()
    day.open("vos-situations")
    phone = day.phone("Nadia")
    phone.get_by_label(LABEL).fill("é" * 283)
    expect(phone.locator(".counter.over")).to_have_text("3 signes de trop")
    press(phone, SEND)
    expect(phone.get_by_role("alert")).to_contain_text("Pas encore envoyée : il y a 3 signes de trop.")
    expect(phone.get_by_label(LABEL)).to_be_focused()
    expect(phone.get_by_label(LABEL)).to_have_value("é" * 283)
    phone.get_by_label(LABEL).fill("é" * 280)
    expect(phone.locator(".counter").first).to_have_text("encore 0 signe")
    press(phone, SEND)
    expect(card_of(phone, "é" * 280)).to_contain_text("Enregistrée")
    expect(phone.get_by_role("alert")).to_have_count(0)
    assert told(day) == ["é" * 280]
