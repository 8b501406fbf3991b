"""Before the doors: the page and its data, a phone that comes, what is ticked, the address chosen, the poster."""

import subprocess
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from core.day import SHEET
from web.http import Client, console, joined

from facilitate.app import Server, create_app
from facilitate.journal import Journal
from facilitate.readiness.machine import Interface
from facilitate.render import Entrance
from facilitate.workshop import Session

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari/604.1"
HTML = {"Accept": "text/html", "Accept-Language": "fr"}


@pytest.fixture
def day(server):
    return server(SHEET, "--wifi", "Salle", "bonjour")


def states(told: Any) -> dict[str, str]:
    return {one["name"]: one["state"] for one in told["checks"]}


def test_the_page_says_what_is_good_and_what_is_to_be_done_with_the_console_s_key_alone(day):
    assert Client(day).get(f"/c/{day.code}/ready").status == 403
    assert joined(day, name="Anna").get(f"/c/{day.code}/ready").status == 403
    assert Client(day, day.keys["wall"]).get(f"/c/{day.code}/ready.json").status == 403
    given = Client(day).get(f"/c/{day.code}/ready?key={day.keys['console']}")
    assert (given.status, given.headers["Location"]) == (303, f"/c/{day.code}/ready")
    page = Client(day, cookies=given.cookies).get(f"/c/{day.code}/ready", Accept_Language="fr")
    assert page.status == 200
    assert "Avant d’ouvrir les portes" in page.text
    assert "Aucun téléphone n’a encore ouvert la page d’essai." in page.text
    assert f"/t/{day.code}" in page.text


def test_what_this_computer_tells_is_really_looked_at(day):
    told = console(day).get(f"/c/{day.code}/ready.json", Accept_Language="en").json
    found = states(told)
    assert found["journal"] == "good"
    assert found["disk"] in ("good", "todo", "bad")
    assert found["port"] == "good"
    # The tests' server listens on 127.0.0.1: no phone could come.
    assert found["address"] == "bad"
    assert told["verdict"].startswith("Of 14 points,")
    assert (told["phones"], "<main" in told["html"]) == (0, True)


def test_this_computer_s_own_visit_is_seen_and_proves_nothing(day):
    page = Client(day).get(f"/t/{day.code}", User_Agent=IPHONE, Accept_Language="fr")
    assert page.status == 200
    assert "Ce téléphone est bien arrivé" in page.text
    assert Client(day).json(f"/t/{day.code}", {"at": 1632466860000, "trip": 7}).status == 204
    told = console(day).get(f"/c/{day.code}/ready.json", Accept_Language="fr").json
    assert told["phones"] == 0
    assert "iPhone" in told["html"]
    assert "7\u00a0ms aller-retour" in told["html"]
    assert states(told)["phone"] == "todo"


def test_a_day_that_does_not_exist_has_no_test_page(day):
    for path in ("/t/XXX000", "/c/XXX000/ready", "/c/XXX000/ready.json", "/c/XXX000/poster.pdf", "/c/XXX000/log.csv"):
        assert console(day).get(path).status == 404, path


def test_what_cannot_be_read_is_left_aside(day):
    Client(day).get(f"/t/{day.code}")
    for body in (b"", b"[]", b"{", b'{"at": NaN}', b"\xff"):
        for path in (f"/t/{day.code}", f"/w/{day.code}/window"):
            answer = Client(day, day.keys["wall"]).ask("POST", path, body, Content_Type="application/json")
            assert answer.status == 204, body
    for at in ("0", "x", "²", "9" * 400, "-1"):
        assert console(day).ask("GET", f"/c/{day.code}/ready.json?at={quote(at)}").status == 200, at


def test_a_wall_s_window_is_told_by_walls_only(day):
    size = {"width": 800, "height": 600, "screen": [1920, 1080]}
    assert Client(day).json(f"/w/{day.code}/window", size).status == 403
    assert Client(day, day.keys["wall"]).json(f"/w/{day.code}/window", size).status == 204


def test_what_was_ticked_stays_until_it_is_taken_back_and_a_restart_asks_again(day):
    who = console(day)
    assert who.json(f"/c/{day.code}/ready", {"tick": "sound"}).status == 200
    sent = who.form(f"/c/{day.code}/ready", {"tick": "saver"})
    assert (sent.status, sent.headers["Location"]) == (303, f"/c/{day.code}/ready#saver")
    found = states(who.get(f"/c/{day.code}/ready.json").json)
    assert (found["sound"], found["saver"]) == ("good", "good")
    assert who.json(f"/c/{day.code}/ready", {"untick": "sound"}).status == 200
    assert states(who.get(f"/c/{day.code}/ready.json").json)["sound"] == "ask"
    day.restart()
    assert states(console(day).get(f"/c/{day.code}/ready.json").json)["saver"] == "ask"


def test_only_what_is_asked_is_ticked_and_only_a_found_address_is_chosen(day):
    before = states(console(day).get(f"/c/{day.code}/ready.json").json)
    for sent in ({}, {"tick": "journal"}, {"tick": "elsewhere"}, {"address": "203.0.113.9:80"}, {"tick": ["sound"]}):
        assert console(day).json(f"/c/{day.code}/ready", sent).status == 400, sent
    assert joined(day).json(f"/c/{day.code}/ready", {"tick": "sound"}).status == 403
    assert states(console(day).get(f"/c/{day.code}/ready.json").json) == before


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Server, Session]]:
    """A server in this very process, for what no loopback can show: a caller from elsewhere."""
    server = create_app(Journal.in_folder(tmp_path), Entrance("http://127.0.0.1:9"))
    session = server.workshop.sheet("/day.md", SHEET, "Une journée")
    assert isinstance(session, Session)
    yield server, session
    server.close()


def test_a_phone_from_elsewhere_is_seen_to_arrive_with_what_it_is(house):
    server, session = house
    key = {"Authorization": f"Bearer {session.row.keys['console']}"}
    client, phone = server.app.test_client(), {"REMOTE_ADDR": "203.0.113.34"}
    path = f"/c/{session.code}/ready.json?lang=fr"
    assert states(client.get(path, headers=key).json)["isolation"] == "ask"
    page = client.get(f"/t/{session.code}", headers={**HTML, "User-Agent": IPHONE}, environ_overrides=phone)
    assert "Il a joint l’ordinateur de la salle" in page.text
    # Its clock is ten minutes ahead of ours.
    now = 1000 * (datetime.fromisoformat(server.workshop.clock()).timestamp() + 600)
    client.post(f"/t/{session.code}", json={"at": now, "trip": 12.4}, environ_overrides=phone)
    told = client.get(path, headers=key).json
    found = states(told)
    assert (told["phones"], found["phone"], found["isolation"], found["vpn"], found["clock"]) == (1, "good", "good", "good", "todo")
    text = next(one["more"] for one in told["checks"] if one["name"] == "phone")
    assert text.startswith("iPhone, en français, 12\u00a0ms aller-retour, depuis 203.0.113.34, à ")


def test_another_address_is_chosen_with_one_press_and_people_are_given_it(house, monkeypatch):
    server, session = house
    interfaces = [Interface("lo", "127.0.0.1"), Interface("wlan0", "192.168.8.2")]
    monkeypatch.setattr("facilitate.readiness.machine.interfaces", lambda: interfaces)
    monkeypatch.setattr("facilitate.readiness.machine.answers", lambda *_, **__: True)
    client, key = server.app.test_client(), {"Authorization": f"Bearer {session.row.keys['console']}"}
    wall = server.socketio.test_client(
        server.app, auth={"code": session.code, "key": session.row.keys["wall"], "look": "wall", "lang": "fr"}
    )
    sent = client.post(f"/c/{session.code}/ready", data={"address": "192.168.8.2:9"}, headers={**key, **HTML})
    assert sent.status_code == 303
    assert server.live.screens.entrance.join(session.code) == f"http://192.168.8.2:9/j/{session.code}"
    told = client.get(f"/c/{session.code}/ready.json", headers=key).json
    assert (states(told)["address"], "192.168.8.2:9/t/" in told["html"]) == ("good", True)
    assert "reload" in [one["name"] for one in wall.get_received()]
    assert states(told)["wall"] == "good"


def test_the_poster_is_one_page_with_the_way_in_in_both_languages(day, tmp_path):
    assert Client(day).get(f"/c/{day.code}/poster.pdf").status == 403
    for language, words in (
        ("fr", ("Le Wi-Fi de la salle", "Utiliser sans Internet", "Scannez")),
        ("en", ("The room’s Wi-Fi", "Use Without Internet", "Scan")),
    ):
        file = tmp_path / f"{language}.pdf"
        file.write_bytes(fetched(day, f"/c/{day.code}/poster.pdf?lang={language}"))
        facts = ran("pdfinfo", file)
        assert "Pages:           1" in facts
        assert "Tagged:          yes" in facts
        text = ran("pdftotext", "-layout", file, "-")
        for word in (*words, "Salle", "bonjour", "Une journée", f"127.0.0.1:{day.port}", f"{day.code[:3]} {day.code[3:]}"):
            assert word in text, word


def fetched(day: Any, path: str) -> bytes:
    request = urllib.request.Request(day.base + path, headers={"Authorization": f"Bearer {day.keys['console']}"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Type"] == "application/pdf"
        data: bytes = answer.read()
    return data


def ran(*command: object) -> str:
    return subprocess.run([str(part) for part in command], capture_output=True, check=True, encoding="utf-8").stdout
