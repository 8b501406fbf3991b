"""Phones on a bad network, or before a server that changed: what was posted arrives once, or the phone says plainly that it has not."""

import copy
import re
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from browser.room import SHEET as ROOM
from browser.room import Room, card_of, press, state
from browser.test_network import CUT, KEEP, LABEL, PATIENCE, SEND, tell, told
from faults.phones import SHEET, Phones, posts
from harness.air import Air
from harness.footing import ALONE, TOGETHER
from harness.loop import run
from harness.pages import CHROMIUM, Pages, launch
from harness.proxy import Proxy
from harness.server import Server
from harness.tally import LONG, rounds
from playwright.sync_api import Browser, Page, expect
from web.http import Client

MAY_LOG = [*CUT, "ERR_ABORTED", "ERR_TIMED_OUT", "ERR_ADDRESS_UNREACHABLE", "403 (FORBIDDEN)", "404 (NOT FOUND)"]
UNKNOWN = "Le serveur de la salle ne reconnaît plus cette page\u00a0: rien ne part d’ici."

# A phone sees little of what its server stands on: at length, on two workers too, where it meets one and then the other.
on_two_workers = pytest.mark.footings(*([ALONE, TOGETHER] if LONG else [ALONE]))


@pytest.fixture
def room(server: Callable[..., Server], open_page: Callable[..., Page]) -> Callable[[], Room]:
    """``room()`` opens a room where situations are asked for."""

    def open() -> Room:
        day = Room(server(ROOM), open_page)
        day.open("vos-situations")
        return day

    return open


def beyond(server: Server, proxy: Proxy) -> Server:
    """That server as those beyond the proxy reach it."""
    far = copy.copy(server)
    far.urls = {name: url.replace(f":{server.port}", f":{proxy.port}") for name, url in server.urls.items()}
    return far


def left(page: Page, patience: int = PATIENCE) -> None:
    """Nothing waits any more, and the phone says so."""
    page.wait_for_function("() => !acts.outbox.list().length", timeout=patience)
    expect(page.locator("[data-outbox] > *")).to_have_count(0)
    expect(state(page)).to_have_text(re.compile("^(Enregistré|Connecté)$"), timeout=patience)


@on_two_workers
def test_ten_posts_of_an_hour_without_network_leave_in_order(room, tally):
    day = room()
    phone = day.phone("Nadia", may_log=MAY_LOG)
    phone.clock.install()
    phone.reload()
    expect(state(phone)).to_have_text("Connecté")
    phone.context.set_offline(True)
    expect(phone.locator("#banner")).to_contain_text("Votre téléphone n’a plus de réseau.")
    texts = [f"Sans réseau {n}" for n in range(10)]
    for text in texts:
        tell(phone, text, KEEP)
    phone.clock.fast_forward("01:00:00")
    expect(state(phone)).to_have_text("En attente du réseau : 10")
    expect(phone.locator("[data-outbox] .said")).to_have_text(texts)
    assert told(day) == []
    phone.context.set_offline(False)
    expect(phone.locator("#banner")).to_contain_text("Réseau revenu, vos 10 envois sont enregistrés.", timeout=PATIENCE)
    left(phone)
    assert told(day) == texts
    tally("Phone an hour without network", acknowledged=texts, kept=told(day))


@on_two_workers
def test_a_line_that_swallows_what_is_said_is_noticed_even_by_a_tab_opened_anew(room, open_page, tally):
    day = room()
    with Proxy(day.server.port) as proxy:
        phone = Room(beyond(day.server, proxy), open_page).phone("Nadia", may_log=MAY_LOG)
        # Their words arrive, no answer does; nor does the tab live to hear one.
        proxy.silence("down")
        tell(phone, "Reçue sans réponse")
        expect(state(phone)).to_have_text("En attente du réseau : 1")
        assert told(day) == ["Reçue sans réponse"]
        phone.close()
        proxy.relent()
        proxy.cut()
        again = open_page(beyond(day.server, proxy).urls["join"], beside=phone, may_log=MAY_LOG)
        expect(card_of(again, "Reçue sans réponse")).to_contain_text("Enregistrée")
        left(again)

        # Nothing arrives any more, on this line or another, and nobody says so.
        proxy.silence()
        tell(again, "Dans le vide")
        expect(again.locator("#banner")).to_contain_text("Votre téléphone n’a plus de réseau.", timeout=PATIENCE)
        tell(again, "Et la suivante", KEEP)
        expect(again.locator("[data-outbox] .said")).to_have_text(["Dans le vide", "Et la suivante"])
        proxy.relent()
        left(again)
    texts = ["Reçue sans réponse", "Dans le vide", "Et la suivante"]
    assert told(day) == texts
    tally("Half-open lines, tab closed before the answer", acknowledged=texts, kept=told(day))


def may_lose() -> bool:
    """Whether this machine gives an air that loses packets."""
    try:
        Air().close()
    except OSError:
        return False
    return True


WAYS = {
    "proxy": "Line 800 ms slower, 30 % lost, resets, all said twice",
    "slow": "Line ten seconds slower",
    "air": "Air 800 ms slower, 30 % of packets lost, 5 % doubled",
}


@pytest.fixture
def network(browser: Browser, open_page: Callable[..., Page], tmp_path: Path, request: Any) -> Iterator[tuple[Any, ...]]:
    """A network: what it listens with, how a page beyond it is opened, and what makes it bad."""
    if request.param != "air":
        faults = {"latency": 5.0} if request.param == "slow" else {"latency": 0.4, "loss": 0.3, "resets": 0.02, "doubled": 1.0}
        yield request.param, None, open_page, lambda proxy: vars(proxy).update(faults)
        return
    with Air() as air:
        there = launch(browser.browser_type, str(air.browser(str(CHROMIUM), tmp_path)), Air.HOST)
        yield request.param, air.listener, Pages(there).open, lambda _: air.blow(loss=0.3, late=0.4, doubled=0.05)
        there.close()


@pytest.mark.parametrize("network", ["proxy", *(["slow", *(["air"] if may_lose() else [])] if LONG else [])], indirect=True)
def test_a_network_that_loses_delays_and_doubles_keeps_each_post_once_and_in_order(room, network, tally):
    day, (way, listener, open_page, spoil) = room(), network
    with Proxy(day.server.port, listener) as proxy:
        phone = Room(beyond(day.server, proxy), open_page).phone(may_log=MAY_LOG)
        spoil(proxy)
        proxy.cut()
        for n in rounds(1, 1 if way == "slow" else 6):
            texts = [f"Tour {n}, carte {one}" for one in range(4)]
            for text in texts:
                phone.get_by_label(LABEL).fill(text)
                phone.locator("[data-send]").click()
            if n:
                proxy.cut()
            left(phone, 8 * PATIENCE)
            assert told(day)[-4:] == texts
            tally(WAYS[way], acknowledged=texts, kept=[one for one in told(day) if one in texts])


@on_two_workers
def test_phones_that_follow_the_protocol_lose_nothing_through_a_bad_network(server, tally):
    many, most = (50, 200) if LONG else (6, 9)
    for seed in rounds(1, 2):
        day = server(SHEET)
        with Proxy(day.port, seed=seed) as proxy:
            phones = Phones(day, many, seed, pause=0.5)
            phones.server = beyond(day, proxy)
            phones.server.port = proxy.port
            proxy.latency, proxy.loss, proxy.resets, proxy.doubled = 0.4, 0.3, 0.05, 0.5
            run(phones.play(lambda phones=phones, most=most: phones.until(lambda: len(phones.kept) >= most)), 150)
        assert phones.refused == []
        day.kill()
        tally("Many phones at once through such a line", acknowledged=phones.kept, kept=posts(day.where))


def test_a_server_that_says_later_is_left_alone_and_its_words_are_shown(room, tally):
    day = room()
    phone = day.phone("Nadia", may_log=MAY_LOG)
    asked: list[str] = []
    phone.on("websocket", lambda line: line.on("framesent", lambda said: "post" in str(said) and asked.append(str(said))))
    phone.reload()
    expect(state(phone)).to_have_text("Connecté")
    phone.clock.install()
    size, free = (day.server.data_dir / "facilitate.db-wal").stat().st_size, resource.RLIM_INFINITY
    resource.prlimit(day.server.pid, resource.RLIMIT_FSIZE, (size, free))
    texts = [f"Disque plein {n}" for n in range(3)]
    tell(phone, texts[0])
    why = "L’ordinateur de la salle ne peut pas enregistrer pour l’instant. Votre texte est gardé et partira seul."
    expect(card_of(phone, texts[0])).to_contain_text(why)
    for text in texts[1:]:
        tell(phone, text)
    expect(phone.locator("[data-outbox] .said")).to_have_text(texts)
    assert len(asked) == 1, "what is written meanwhile waits as long as the server asked"
    rounds = 0
    while rounds < 4 or (len(asked) < 3 and rounds < 60):
        # The clock is the page's alone: an answer that takes its time in the server's delays the next asking.
        phone.clock.run_for(40_000)
        rounds += 1
    assert 3 <= len(asked) <= 3 * rounds, "about as often as twice a minute"
    resource.prlimit(day.server.pid, resource.RLIMIT_FSIZE, (free, free))
    phone.clock.run_for(40_000)
    left(phone)
    assert told(day) == texts
    tally("Server that says later, for long", acknowledged=texts, kept=told(day), refused=len(asked) - len(texts))


def test_a_server_started_on_other_data_is_told_plainly_and_words_stay_until_the_right_one_is_back(room, tally):
    day = room()
    server, home, code = day.server, day.server.data_dir, day.server.code
    phone, idle = day.phone("Nadia", may_log=MAY_LOG), day.phone("Bruno", may_log=MAY_LOG)
    server.kill()
    expect(state(phone)).to_have_text("Serveur muet")
    tell(phone, "Écrite pendant la panne", KEEP)
    phone.get_by_label(LABEL).fill("Pas encore envo")
    server.data_dir = home.with_name("elsewhere")
    server.restart()

    expect(phone.locator("#banner")).to_contain_text(UNKNOWN, timeout=PATIENCE)
    expect(phone.locator("#banner")).to_contain_text("Vos mots restent ci-dessous\u00a0: copiez-les, puis scannez de nouveau le code.")
    expect(state(phone)).to_have_text("Refusée : voir plus bas")
    expect(card_of(phone, "Écrite pendant la panne")).to_contain_text(UNKNOWN)
    expect(phone.get_by_label(LABEL)).to_have_value("Pas encore envo")
    expect(idle.locator("body")).to_contain_text("Ce code", timeout=PATIENCE)

    server.stop()
    server.data_dir = home
    server.restart()
    assert server.code == code
    expect(card_of(phone, "Écrite pendant la panne")).to_contain_text("Enregistrée", timeout=PATIENCE)
    left(phone)
    expect(phone.get_by_label(LABEL)).to_have_value("Pas encore envo")
    assert told(day) == ["Écrite pendant la panne"]
    tally("Server on other data, then on its own", acknowledged=told(day), kept=told(day), refused=1)


def test_a_link_taken_back_while_its_page_was_away_leaves_the_words_on_it(room, open_page, tally):
    day = room()
    member = str(uuid4())
    assert day.drive.act("invite", content={"name": "Samira", "role": "notes"}, id=member).status == 200
    link = re.search(r"/notes/\w+\?key=[\w-]+", day.drive.get(f"/c/{day.server.code}/team").text)
    assert link
    notes = open_page(day.server.base + link[0], may_log=MAY_LOG)
    expect(state(notes)).to_have_text("Connecté")
    notes.context.set_offline(True)
    expect(state(notes)).to_have_text("Réseau absent")
    notes.locator("[id='note.text']").fill("Noté hors réseau")
    notes.locator("[data-send]").first.click()
    assert day.drive.act("dismiss", on=member).status == 200
    notes.context.set_offline(False)
    expect(notes.locator("#banner")).to_contain_text(UNKNOWN, timeout=PATIENCE)
    expect(card_of(notes, "Noté hors réseau")).to_contain_text(UNKNOWN)
    tally("Key taken back while its page was away", refused=1)


@on_two_workers
def test_a_day_that_ended_while_a_phone_was_away_takes_what_it_wrote_before(room, tally):
    day = room()
    phone = day.phone("Nadia", may_log=MAY_LOG)
    phone.context.set_offline(True)
    expect(state(phone)).to_have_text("Réseau absent")
    tell(phone, "Écrite avant la fin", KEEP)
    assert day.drive.act("finish").status == 200
    phone.context.set_offline(False)
    left(phone)
    assert told(day) == ["Écrite avant la fin"]
    assert day.card("vos-situations", "Écrite avant la fin")["late"]
    day.go(phone, "mine")
    expect(card_of(phone, "Écrite avant la fin")).to_contain_text("arrivée après la clôture")
    tally("Day ended while a phone was away", acknowledged=["Écrite avant la fin"], kept=told(day))


@on_two_workers
def test_a_page_of_before_an_upgrade_sends_what_it_holds_then_renews_itself(room, tally):
    day = room()
    phone = day.phone("Nadia", may_log=MAY_LOG)
    phone.add_init_script("Math.random = () => 0")
    phone.reload()
    expect(state(phone)).to_have_text("Connecté")
    style = phone.locator("link[rel=stylesheet]").first.get_attribute("href")
    day.server.kill()
    expect(state(phone)).to_have_text("Serveur muet")
    tell(phone, "Écrite sur l’ancienne page", KEEP)
    phone.get_by_label(LABEL).fill("Commencée sur l’ancienne")
    day.server.restart()
    office = Client(day.server, day.server.keys["shelf"])
    assert office.form("/shelf/house", {"do": "colours", "colour": "#ffd400", "mark": "#e1000f"}).status == 303
    day.server.restart()
    expect(card_of(phone, "Écrite sur l’ancienne page")).to_contain_text("Enregistrée", timeout=PATIENCE)
    expect(phone.get_by_label(LABEL)).to_have_value("Commencée sur l’ancienne")
    assert phone.locator("link[rel=stylesheet]").first.get_attribute("href") == style, "not under the hands of who writes"
    press(phone, SEND)
    expect(card_of(phone, "Commencée sur l’ancienne")).to_contain_text("Enregistrée")
    expect(phone.locator("link[rel=stylesheet]").first).not_to_have_attribute("href", str(style))
    texts = ["Écrite sur l’ancienne page", "Commencée sur l’ancienne"]
    assert told(day) == texts
    tally("Page of before an upgrade", acknowledged=texts, kept=told(day))
