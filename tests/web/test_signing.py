"""Signing the attendance sheet over HTTP, as a phone without script and a program do, and the certificate that follows."""

import re
import urllib.request
from html import unescape
from typing import Any

import pytest
from harness.server import Server
from test_attendance import DRAWN, PHONE, SHEET
from web.http import Client, console, joined
from web.test_reception import Desk

FR = {"Accept_Language": "fr"}


@pytest.fixture
def day(server: Any) -> Server:
    started: Server = server(PHONE)
    return started


def sign(client: Client, day: Server, **sent: Any) -> Any:
    return client.json(f"/s/{day.code}/sign", sent)


def paper(client: Client, path: str) -> bytes:
    """A PDF, as that key gets it."""
    asked = urllib.request.Request(client.server.base + path, headers={"Authorization": f"Bearer {client.key}"})
    with urllib.request.urlopen(asked) as answer:
        assert answer.headers["Content-Type"] == "application/pdf"
        data: bytes = answer.read()
    return data


def test_a_phone_signs_once_and_the_desk_sees_it(day):
    nadia = joined(day, name="Nadia Fictive")
    first = sign(nadia, day, name="Nadia Fictive", structure="Agglo", drawn=DRAWN)
    assert first.status == 200, first.text
    assert (first.json["name"], sorted(first.json)) == ("Nadia Fictive", ["at", "half", "name"])
    assert sign(nadia, day, typed=True).json == first.json
    desk = Desk(day)
    assert "signature à" in desk.get(f"?half={first.json['half']}")
    (id,) = desk.ids().values()
    page = desk.get(f"/person/{id}")
    assert "<path" in page
    assert desk.post(f"/person/{id}", unsign=first.json["half"]).status == 303
    assert "<path" not in desk.get(f"/person/{id}")
    assert sign(nadia, day, name="Nadia Fictive", structure="Agglo", typed=True).status == 200


def test_whoever_came_in_without_a_name_signs_and_nothing_of_it_reaches_what_people_write(day):
    quiet = joined(day)
    assert sign(quiet, day, name="Mona Kappa", typed=True).status == 200
    assert "Kappa" not in console(day).get(f"/s/{day.code}/state?as=console").text
    assert "Kappa" not in console(day).get(f"/s/{day.code}/log.csv").text
    assert "Kappa" not in console(day).get(f"/s/{day.code}/restitution.html").text
    again = quiet.ask("GET", f"/s/{day.code}/sign", Accept="text/html", **FR)
    assert "Mona Kappa" in again.text
    other = joined(day).ask("GET", f"/s/{day.code}/sign", Accept="text/html", **FR)
    assert "Kappa" not in other.text


def test_what_is_refused_is_said_and_nothing_typed_is_lost(day):
    phone = joined(day, structure="Agglo")
    for sent, code in (
        ({"name": "Nadia", "drawn": "<svg>"}, "signature"),
        ({"name": "Nadia", "drawn": [[1, 2], [3, 4]]}, "signature"),
        ({"name": "Nadia"}, "signature"),
        ({"name": " \u202e", "typed": True}, "empty"),
        ({"name": "x" * 300, "typed": True}, "too-long"),
    ):
        answer = sign(phone, day, **sent)
        assert (answer.status, answer.json["code"]) == (422, code), sent
    given = phone.form(f"/s/{day.code}/sign", {"name": "", "structure": "Ma <b>structure</b>", "drawn": DRAWN}, **FR)
    assert given.status == 422
    assert "Écrivez vos prénom et nom" in given.text
    assert f'name="drawn" value="{DRAWN}"' in given.text
    assert 'value="Ma &lt;b&gt;structure&lt;/b&gt;"' in given.text
    assert Client(day).json(f"/s/{day.code}/sign", {"name": "X", "typed": True}).status == 403
    assert Client(day).get(f"/s/{day.code}/sign").status == 303
    assert Desk(day).ids() == {}
    # Without script a name is typed, and signs.
    phone = joined(day, name="Élodie Bêta")
    page = phone.ask("GET", f"/s/{day.code}/sign", Accept="text/html", **FR).text
    assert re.search(r'name="name" value="Élodie Bêta"', unescape(page))
    answer = phone.form(f"/s/{day.code}/sign", {"name": "Élodie Bêta", "structure": "", "drawn": "", "typed": "yes"})
    assert (answer.status, answer.headers["Location"]) == (303, f"/s/{day.code}/sign")
    assert "Votre présence" in phone.ask("GET", f"/s/{day.code}/sign", Accept="text/html", **FR).text


def test_phones_do_not_offer_to_sign_unless_the_sheet_says_so(server):
    other = server(SHEET)
    phone = joined(other)
    assert f"/s/{other.code}/sign" not in phone.get(f"/s/{other.code}").text
    assert sign(phone, other, name="Nadia", typed=True).json["code"] == "signing-closed"


def test_certificates_are_for_the_desk_and_one_s_own_for_whoever_signed(day):
    nadia, other = joined(day), joined(day)
    root = f"/reception/{day.code}/certificates.pdf"
    assert console(day).get(root).status == 404
    assert sign(nadia, day, name="Nadia Fictive", typed=True).status == 200
    assert paper(console(day), root).startswith(b"%PDF")
    (id,) = Desk(day).ids().values()
    assert paper(console(day), f"{root}?person={id}&lang=en").startswith(b"%PDF")
    assert nadia.get(root).status == 403
    assert Client(day).get(root).status == 403
    # The sheet's day is long past: nothing is left to wait for.
    assert other.ask("GET", f"/s/{day.code}/certificate.pdf").json["code"] == "no-attendance"
    assert Client(day).get(f"/s/{day.code}/certificate.pdf").status == 403
    assert paper(nadia, f"/s/{day.code}/certificate.pdf").startswith(b"%PDF")


def test_whoever_came_on_invitation_gives_no_name_and_needs_no_signature_for_a_certificate(server):
    day = server(SHEET.replace("lieu:", "accès: sur invitation\nlieu:"))
    added = console(day).json(f"/reception/{day.code}/registrations", {"do": "add", "first": "Nadia", "last": "Fictive"}).json
    key = Client(day).json(f"/j/{day.code}", {"invitation": added["invitation"]}).json["key"]
    nadia = Client(day, key)
    assert nadia.ask("GET", f"/s/{day.code}/certificate.pdf").json["code"] == "no-attendance"
    console(day).json(f"/reception/{day.code}/tick?half=am", {"person": added["person"], "set": "came", "hour": "9:40"})
    assert paper(nadia, f"/s/{day.code}/certificate.pdf").startswith(b"%PDF")
    page = nadia.ask("GET", f"/s/{day.code}/sign", Accept="text/html", **FR).text
    assert "Nadia Fictive" in page
    assert "notée à l’accueil" in page
    assert '<form class="stack" id="sign"' not in page
