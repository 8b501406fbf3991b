"""Coming on a list: a place asked for, awaited and given back; a code of one's own; who comes in with it, once or on a second phone."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from facilitate.app import Server, create_app
from facilitate.attendance import Desk
from facilitate.attendance.codes import SIGNS, Guesses, new_code, read_code, shown
from facilitate.attendance.person import Person
from facilitate.attendance.registrants import Reading, decode, read
from facilitate.journal import Journal
from facilitate.render import Entrance
from facilitate.workshop import Later, Session

SHEET = """---
titre: Une journée
date: 2021-09-24
horaires: 9 h 30 – 17 h
lieu: Valence
organisateur: Le Relais
places: 2
inscription avant: 15 septembre 2021
---
## Programme

### 9 h 30 – Accueil
- type : accueil
"""
ON_INVITATION = SHEET.replace("places: 2\ninscription avant: 15 septembre 2021", "accès: sur invitation")
GUESTS = "Nom;Prénom;Structure;Fonction;Territoire\nFictive;Nadia;Agglomération;Élue;Drôme\nBêta;Élodie;Mairie;;Forez\n"


class Room:
    """A server in this process, whose clock stands where it is put."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, "2021-09-10T08:00:00.000Z"
        self.open(SHEET)

    def open(self, sheet: str) -> None:
        """The same day, its sheet as it reads now."""
        if hasattr(self, "server"):
            self.server.close()
        self.server: Server = create_app(Journal.in_folder(self.folder), Entrance("http://room.test"), lambda: self.now)
        session = self.server.workshop.sheet("/sheet.md", sheet, "Une journée")
        assert isinstance(session, Session)
        self.session, self.code = session, session.code

    @property
    def desk(self) -> Desk:
        return self.server.attendance.desk(self.session)

    def phone(self) -> FlaskClient:
        return self.server.app.test_client()

    def form(self, path: str, phone: FlaskClient | None = None, **fields: Any) -> TestResponse:
        """As a browser without script sends it."""
        accept = {"Accept": "text/html", "Accept-Language": "fr"}
        return (phone or self.phone()).post(path.format(self.code), data=fields, headers=accept)

    def json(self, path: str, **fields: Any) -> TestResponse:
        return self.phone().post(path.format(self.code), json=fields)

    def page(self, path: str, phone: FlaskClient | None = None) -> str:
        answer = (phone or self.phone()).get(path.format(self.code), headers={"Accept": "text/html", "Accept-Language": "fr"})
        return unescape(answer.text)

    def staff(self) -> FlaskClient:
        phone = self.phone()
        phone.get(f"/c/{self.code}?key={self.session.row.keys['console']}")
        return phone

    def register(self, name: str, **more: Any) -> Any:
        later = datetime.fromisoformat(self.now) + timedelta(seconds=1)
        self.now = later.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        answer = self.json("/r/{}", id=str(uuid4()), last=name, **more)
        assert answer.status_code == 200, answer.text
        return answer.json

    def by_name(self, name: str) -> Person:
        return next(one for one in self.desk.people.values() if one.last == name)

    @property
    def people(self) -> list[str]:
        return sorted(one.name for one in self.session.state.people.values())


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room(tmp_path)
    yield opened
    opened.server.close()


@pytest.fixture
def invited(room: Room) -> Room:
    """The same day on invitation, two people on its list."""
    room.open(ON_INVITATION)
    reading = read(GUESTS)
    assert isinstance(reading, Reading)
    room.desk.merge(reading.people)
    return room


# Before the day


def test_a_place_is_asked_for_without_script_and_told_on_a_page_of_ones_own(room: Room) -> None:
    page = room.page("/r/{}")
    assert "Inscrivez-vous avant la fin du mercredi 15 septembre 2021. Il reste 2 places." in page
    assert "Controller" not in page
    assert "Finalité" in page
    kept = room.form("/r/{}", id=str(uuid4()), first="Nadia", last="Fictive", structure="Agglo")
    assert kept.status_code == 303
    own = room.page(kept.location)
    assert "Nadia Fictive, votre place est gardée" in own
    assert shown(room.by_name("Fictive").code) in own
    assert "Il reste 1 place." in room.page("/r/{}")


def test_a_form_sent_twice_is_one_registration(room: Room) -> None:
    id = str(uuid4())
    first, again = (room.form("/r/{}", id=id, last="Fictive") for _ in range(2))
    assert first.location == again.location
    assert len(room.desk.people) == 1


def test_who_comes_too_late_for_a_place_waits_and_gets_the_first_one_given_back(room: Room) -> None:
    a, _, c, d = (room.register(name) for name in ("A", "B", "C", "D"))
    assert (a["standing"], c["standing"], c["rank"], d["rank"]) == ("place", "waiting", 1, 2)
    assert "vous êtes sur la liste d’attente" in room.page(f"/r/{{}}?invitation={d['invitation']}")
    assert "1 personne est avant vous." in room.page(f"/r/{{}}?invitation={d['invitation']}")
    gone = room.form("/r/{}", invitation=a["invitation"], do="withdraw")
    assert "Votre place a été rendue" in gone.text
    assert "A" not in [one.last for one in room.desk.people.values()]
    assert "votre place est gardée" in room.page(f"/r/{{}}?invitation={c['invitation']}")
    assert "Vous êtes en tête de la liste." in room.page(f"/r/{{}}?invitation={d['invitation']}")


def test_more_places_in_the_sheet_let_in_those_who_wait_and_fewer_put_nobody_out(room: Room) -> None:
    for name in "ABCD":
        room.register(name)
    room.open(SHEET.replace("places: 2", "places: 3"))
    room.page("/r/{}")
    assert [one.last for one in room.desk.waiting()] == ["D"]
    room.open(SHEET.replace("places: 2", "places: 1"))
    room.page("/r/{}")
    assert [one.last for one in room.desk.waiting()] == ["D"]
    assert sum(one.expected for one in room.desk.people.values()) == 3


@pytest.mark.parametrize(("now", "open"), [("2021-09-15T21:59:00.000Z", True), ("2021-09-15T22:01:00.000Z", False)])
def test_registration_ends_with_the_last_day_where_the_room_is(room: Room, now: str, open: bool) -> None:
    room.now = now
    answer = room.json("/r/{}", id=str(uuid4()), last="Tard")
    assert (answer.status_code == 200) is open
    if not open:
        assert answer.json["code"] == "registration-closed"
        page = room.page("/r/{}")
        assert "Les inscriptions sont closes depuis le 15 septembre 2021. Pour venir malgré tout, demandez à Le Relais." in page
        assert 'name="last"' not in page


def test_a_day_without_a_deadline_takes_no_registration(room: Room) -> None:
    room.open(SHEET.replace("inscription avant: 15 septembre 2021\n", ""))
    assert "ne prend pas d’inscriptions" in room.page("/r/{}")
    assert room.json("/r/{}", last="A").json["code"] == "registration-closed"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"last": "   "}, "empty"),
        ({"first": "…", "last": "!"}, "empty"),
        ({"last": "L" * 201}, "too-long"),
        ({"last": "A", "id": "not-one"}, "bad-id"),
        ({"invitation": "nothing"}, "invitation"),
    ],
)
def test_what_is_no_registration_is_refused_and_what_was_typed_stays(room: Room, sent: dict[str, str], code: str) -> None:
    assert room.json("/r/{}", **sent).json["code"] == code
    assert room.desk.people == {}
    page = room.form("/r/{}", structure="La Ferme", **sent)
    assert page.status_code >= 400
    assert "invitation" in sent or 'value="La Ferme"' in page.text


def test_the_staff_see_promote_add_and_remove_and_nobody_else_does(room: Room) -> None:
    for name in "ABC":
        room.register(name)
    where = "/reception/{}/registrations"
    assert room.phone().get(where.format(room.code)).status_code == 403
    assert room.form(where, do="add", last="X").status_code == 403
    assert room.phone().get(f"{where}.csv".format(room.code)).status_code == 403
    staff = room.staff()
    page = room.page(where, staff)
    assert "2 places gardées" in page
    assert shown(room.by_name("C").code) in page
    room.form(where, staff, do="seat", person=room.by_name("C").id)
    assert [one.last for one in room.desk.ordered() if one.expected] == ["A", "B", "C"]
    room.form(where, staff, do="add", last="Kappa", first="Mona", structure="=1+1")
    assert room.by_name("Kappa").expected
    room.form(where, staff, do="remove", person=room.by_name("A").id)
    room.form(where, staff, do="withdraw", person=room.by_name("Kappa").id)
    assert room.by_name("Kappa").standing == "declined"
    assert room.form(where, staff, do="juggle", person=room.by_name("B").id).status_code == 400
    assert room.form(where, staff, do="add", last=" ").status_code == 422
    table = list(csv.reader(io.StringIO(staff.get(f"{where}.csv".format(room.code)).data.decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in table[1:]] == ["B", "C", "Kappa"]
    assert table[1][5:7] == ["place gardée", shown(room.by_name("B").code)]
    assert table[1][7] == f"http://room.test/r/{room.code}?invitation={room.by_name('B').code}"
    assert table[3][2] == "'=1+1"


def test_two_of_one_name_are_both_kept_and_the_staff_are_told(room: Room) -> None:
    room.register("Fictive", first="Nadia")
    room.register("nadia", first="FICTIVE")
    assert len(room.desk.people) == 2
    assert "deux fois ce nom" in room.page("/reception/{}/registrations", room.staff())


def test_the_shelf_and_the_reception_show_who_has_a_place_and_who_waits(room: Room) -> None:
    for name in "ABC":
        room.register(name)
    phone = room.phone()
    phone.get(f"/shelf?key={room.session.row.keys['shelf']}")
    shelf = room.page("/shelf", phone)
    assert "2 places gardées · 1 en liste d’attente" in shelf
    desk = room.page("/reception/{}", room.staff())
    assert "sur 2 attendues" in desk or "sur 2" in desk
    assert "en liste d’attente" in desk
    assert [one.last for one in room.desk.listed()] == ["A", "B"]
    room.desk.tick(room.by_name("C").id, "am", "came")
    assert [one.last for one in room.desk.listed()] == ["A", "B", "C"]


def test_who_registered_comes_in_with_their_own_link_however_full_the_room_is(room: Room) -> None:
    a, b = room.register("Fictive", first="Nadia", structure="Agglo"), room.register("Bêta")
    for n in range(2):
        assert room.json("/j/{}", name=f"Passant {n}").status_code == 200
    assert room.json("/j/{}", name="Passant 3").json["code"] == "full"
    page = room.page(f"/j/{{}}?invitation={a['invitation']}")
    assert 'value="Nadia Fictive"' in page
    assert "Votre place est gardée" in page
    assert room.form("/j/{}", invitation=a["invitation"], known="yes", name="Nadia F.", structure="").status_code == 303
    assert room.json("/j/{}", invitation=b["invitation"]).status_code == 200
    assert room.people == ["Bêta", "Nadia F.", "Passant 0", "Passant 1"]
    assert "est entré" in room.page("/reception/{}/registrations", room.staff())


def test_the_list_goes_with_its_codes_and_no_byte_of_it_is_in_the_journal(room: Room) -> None:
    own = room.register("Fictive")["invitation"]
    room.json("/j/{}", invitation=own)
    assert own not in str(room.server.workshop.journal.since(room.session.row.id))
    room.now = "2022-10-01T08:00:00.000Z"
    assert "Personne sur la liste n’a ce code" in room.page(f"/r/{{}}?invitation={own}")
    assert room.desk.people == {}


# On invitation


def test_nobody_comes_in_without_a_code_and_what_was_typed_stays(invited: Room) -> None:
    refused = invited.form("/j/{}", name="Mona Kappa")
    assert refused.status_code == 403
    assert 'value="Mona Kappa"' in refused.text
    wrong = invited.form("/j/{}", name="Mona Kappa", invitation="BCD-GHJ-MRT")
    assert wrong.status_code == 403
    assert "Personne sur la liste n’a ce code" in wrong.text
    assert 'value="Mona Kappa"' in wrong.text
    assert 'value="BCD-GHJ-MRT"' in wrong.text
    assert invited.json("/r/{}", last="Mona").json["code"] == "invitation"
    assert invited.people == []


def test_a_code_typed_in_any_way_says_who_it_is(invited: Room) -> None:
    code = shown(invited.by_name("Fictive").code).lower().replace(" ", "-")
    assert invited.form("/j/{}", invitation=f" {code} ", name="", structure="Une autre structure").status_code == 303
    (one,) = invited.session.state.people.values()
    assert (one.name, one.structure, one.role, one.territory) == ("Nadia Fictive", "Une autre structure", "Élue", "Drôme")


def test_a_code_used_on_a_second_phone_says_so_then_brings_the_same_person(invited: Room) -> None:
    code = invited.by_name("Fictive").code
    first = invited.json("/j/{}", invitation=code).json
    asked = invited.form("/j/{}", invitation=code)
    assert asked.status_code == 200
    assert "Cette invitation sert déjà, à Nadia Fictive." in unescape(asked.text)
    phone = invited.phone()
    assert invited.form("/j/{}", phone, invitation=code, again="yes").status_code == 303
    assert "Nadia Fictive" in invited.page("/s/{}/mine", phone)
    again = invited.json("/j/{}", invitation=code).json
    assert again["participant"] == first["participant"]
    assert again["again"] is True
    assert again["key"] != first["key"]
    assert invited.people == ["Nadia Fictive"]


def test_a_double_tap_is_no_second_phone_and_where_one_is_follows_what_one_says(room: Room) -> None:
    room.open(SHEET.replace("places: 2", "en ligne: hybride"))
    code, id = room.register("Fictive", remote="yes")["invitation"], str(uuid4())
    for _ in range(2):
        assert room.form("/j/{}", id=id, invitation=code, remote="no", name="").status_code == 303
    (one,) = room.session.state.people.values()
    assert (one.name, one.remote) == ("Fictive", False)


def test_someone_who_comes_unannounced_has_a_code_the_desk_can_read_to_them(invited: Room) -> None:
    one = invited.desk.arrive("Mona Kappa", "Tiers-lieu", "am")
    assert shown(one.code) in invited.page(f"/reception/{{}}/person/{one.id}", invited.staff())
    assert invited.json("/j/{}", invitation=one.code).status_code == 200


def test_a_renewed_code_brings_the_same_person_and_the_old_one_opens_nothing(invited: Room) -> None:
    one = invited.by_name("Fictive")
    first = invited.json("/j/{}", invitation=one.code).json["participant"]
    invited.form("/reception/{}/registrations", invited.staff(), do="renew", person=one.id)
    assert invited.json("/j/{}", invitation=one.code).status_code == 403
    assert invited.json("/j/{}", invitation=invited.by_name("Fictive").code).json["participant"] == first


def test_guessing_one_code_stops_and_holds_nobody_else_back(invited: Room) -> None:
    code, other = invited.by_name("Fictive").code, invited.by_name("Bêta").code
    end = "".join(next(sign for sign in SIGNS if sign != each) for each in code[3:])
    for _ in range(10):
        assert invited.json("/j/{}", invitation=code[:3] + end).status_code == 403
    held = invited.json("/j/{}", invitation=code)
    assert (held.status_code, held.json["code"], held.headers["Retry-After"]) == (429, "guesses", "600")
    assert invited.json("/j/{}", invitation=other).status_code == 200


def test_who_declines_stays_on_the_list_and_may_come_after_all(invited: Room) -> None:
    code = invited.by_name("Fictive").code
    assert invited.json("/r/{}", invitation=code, do="withdraw").json["standing"] == "declined"
    assert "Finalement, je peux venir" in invited.page(f"/r/{{}}?invitation={code}")
    assert invited.json("/r/{}", invitation=code, do="return").json["standing"] == "place"


def test_who_comes_back_after_all_waits_where_no_place_is_left(room: Room) -> None:
    reading = read(GUESTS)
    assert isinstance(reading, Reading)
    room.desk.merge(reading.people)
    code = room.by_name("Fictive").code
    assert room.json("/r/{}", invitation=code, do="withdraw").json["standing"] == "declined"
    room.register("Delta")
    back = room.json("/r/{}", invitation=code, do="return").json
    assert (back["standing"], back["rank"]) == ("waiting", 1)


def test_a_list_of_invitations_from_an_office_gives_everyone_a_code_and_lines_that_say_nobody_are_told(invited: Room) -> None:
    data = "NOM;Prénom;Structure\r\nLÉPINE;Zoé;Communauté de communes de l’Œil\r\n;;Mairie\r\nŒuf;Noël;\r\n".encode("cp1252")
    text = decode(data)
    assert isinstance(text, str)
    reading = read(text)
    assert isinstance(reading, Reading)
    assert [(one.line, one.text) for one in reading.unread] == [(3, ";;Mairie")]
    assert invited.desk.merge(reading.people) == (2, 0)
    codes = [one.code for one in invited.desk.people.values()]
    assert len({code[:3] for code in codes}) == 4
    assert all(read_code(code) == code for code in codes)
    assert invited.by_name("LÉPINE").structure == "Communauté de communes de l’Œil"


def test_codes_are_told_apart_by_their_beginning_and_read_however_they_are_typed() -> None:
    begun: set[str] = set()
    codes = [new_code(begun) for _ in range(300)]
    assert len({code[:3] for code in codes}) == len(begun) == 300
    assert read_code(" bcd ghj-mrt ") == "BCDGHJMRT"
    assert [read_code(text) for text in ("", "BCDGHJMR", "BCDGHJMRTV", "BCDGHJMRA", "ÉÉÉÉÉÉÉÉÉ")] == [""] * 5
    guesses = Guesses()
    assert guesses.find(codes[0], codes) == codes[0]
    assert guesses.find("", [""]) is None
    assert not isinstance(guesses.find(codes[1], codes), Later)


# From a distance


def test_a_hybrid_day_asks_where_one_is_and_an_online_one_speaks_of_no_room(room: Room) -> None:
    room.open(SHEET.replace("lieu: Valence", "lieu: Valence\nen ligne: hybride"))
    assert re.search(r'value="no" checked', room.page("/j/{}"))
    assert re.search(r'value="yes" checked', room.page("/j/{}?remote=yes"))
    room.form("/j/{}", name="Anna", remote="yes")
    room.form("/j/{}", name="Bob", remote="no")
    assert {one.name: one.remote for one in room.session.state.people.values()} == {"Anna": True, "Bob": False}
    assert "en salle 1 · à distance 1" in room.page("/c/{}", room.staff())
    code = room.register("Loin", remote="yes")["invitation"]
    assert room.by_name("Loin").remote
    assert re.search(r'value="yes" checked', room.page(f"/j/{{}}?invitation={code}"))
    room.open(SHEET.replace("places: 2", "en ligne: oui"))
    page = room.page("/j/{}")
    assert 'name="remote"' not in page
    assert "accueil" not in page.split("<form")[1].lower()


def test_who_tries_the_codes_of_a_whole_list_gets_one_try_of_each_and_keeps_nobody_out():
    codes, guesses, begun = [], Guesses(), set()
    for _ in range(300):
        codes.append(new_code(begun))

    def wrong(code):
        return code[:3] + ("B" if code[3] != "B" else "C") + code[4:]

    tried = 0
    for code in codes[:-1]:
        tried += sum(guesses.find(wrong(code), codes) is None for _ in range(20))
    assert 299 <= tried < 450, "a hundred at once, then each code once"
    assert guesses.find(codes[-1], codes) == codes[-1]
