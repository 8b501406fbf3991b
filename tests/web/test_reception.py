"""The welcome desk over HTTP, as a browser without script and a program use it; and two people who share one phone."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from harness.server import Server
from test_attendance import LIST, SHEET
from web.http import Answer, Client, console, joined

PAGE = {"Accept": "text/html", "Accept-Language": "fr"}


@pytest.fixture
def day(server: Any) -> Server:
    started: Server = server(SHEET)
    return started


UNDERSTOOD = [
    *("Voici ce qui a été compris", "3 personnes, dont 3 à ajouter.", "E-mail", "Les adresses électroniques ne sont pas gardées."),
    *("1 ligne n’a pas pu être lue", "elle ne porte aucun nom", "Élodie", "lignes 2, 6", "Mairie; service culture"),
]


class Desk:
    """A browser at the welcome desk, without script."""

    def __init__(self, day: Server) -> None:
        given = Client(day).get(f"/c/{day.code}?key={day.keys['console']}")
        self.link = Client(day, cookies=given.cookies)
        self.root = f"/reception/{day.code}"

    def get(self, path: str = "") -> str:
        answer = self.link.ask("GET", self.root + path, Accept="text/html", Accept_Language="fr")
        assert answer.status == 200, answer.text
        return answer.text

    def post(self, path: str, **fields: Any) -> Answer:
        return self.link.form(self.root + path, fields, Accept_Language="fr")

    def send(self, text: bytes, name: str = "list.csv") -> Answer:
        """A file, as a browser sends it."""
        mark = uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
        data = head.encode() + text + f"\r\n--{mark}--\r\n".encode()
        kind = f"multipart/form-data; boundary={mark}"
        return self.link.ask("POST", f"{self.root}/list", data, Content_Type=kind, Accept="text/html", Accept_Language="fr")

    def keep(self, preview: str) -> Answer:
        """Confirms what the page says was understood."""
        kept, left = (unescape(re.findall(f'name="{name}" value="([^"]*)"', preview)[0]) for name in ("kept", "left"))
        return self.post("/list", kept=kept, left=left)

    def ids(self) -> dict[str, str]:
        """Who is on the list: id by name."""
        return {unescape(name): id for id, name in re.findall(r'/person/([0-9a-f-]+)\?[^"]*">([^<]+)</a>', self.get())}


def test_the_desk_opens_to_the_staff_only(day):
    for path in ("", "/changes", "/list", "/attendance.pdf", "/badges.pdf", "/attendance.csv"):
        assert Client(day).get(f"/reception/{day.code}{path}").status == 403, path
        assert Client(day, joined(day, name="Nadia").key).get(f"/reception/{day.code}{path}").status == 403, path
        assert Client(day, day.keys["wall"]).get(f"/reception/{day.code}{path}").status == 403, path
    for path in ("/tick", "/arrive", "/list", "/forget"):
        assert Client(day).form(f"/reception/{day.code}{path}", {"name": "x"}).status == 403, path
    assert console(day).get(f"/reception/{day.code}").status == 200
    assert Client(day).get("/reception/XXX000").status == 404


def test_whoever_is_invited_to_the_desk_gets_it_and_no_more_until_they_are_dismissed(day):
    lead = console(day)
    for role in ("reception", "notes"):
        assert lead.json(f"/c/{day.code}/team", {"name": role, "role": role}).status == 303
    links = dict(re.findall(rf"/(reception|notes)/{day.code}\?key=([\w-]+)", lead.get(f"/c/{day.code}/team").text))
    given = Client(day).get(f"/reception/{day.code}?key={links['reception']}")
    assert (given.status, given.headers["Location"]) == (303, f"/reception/{day.code}")
    desk = Client(day, cookies=given.cookies)
    added = desk.json(f"/reception/{day.code}/arrive?half=am", {"name": "Mona", "phoneless": True})
    assert (added.status, len(added.json["rows"])) == (200, 1)
    assert 'data-is="here walkins phoneless"' in "".join(added.json["rows"].values())
    assert desk.get(f"/c/{day.code}").status == 403
    assert Client(day).get(f"/reception/{day.code}?key={links['notes']}").status == 403
    for member in re.findall(r"/team/([^/]+)/dismiss", lead.get(f"/c/{day.code}/team").text):
        lead.json(f"/c/{day.code}/team/{member}/dismiss", {})
    assert desk.get(f"/reception/{day.code}").status == 403


def test_a_list_is_shown_as_understood_then_kept_and_lines_that_say_nobody_come_back(day):
    desk = Desk(day)
    text = LIST + ";;Mairie;;;\nFICTIVE;nadia;agglomération;;;\n"
    preview = desk.send(text.encode("cp1252"))
    assert preview.status == 200
    for said in UNDERSTOOD:
        assert said in unescape(preview.text), said
    assert "example.org" not in preview.text
    assert desk.ids() == {}
    kept = desk.keep(preview.text)
    assert kept.status == 200
    assert "Nom;Prénom;Structure;Fonction;Territoire;E-mail\n;;Mairie;;;" in unescape(kept.text)
    assert set(desk.ids()) == {"Fictive Nadia", "Le Gamma, dit Lulu Jean-Baptiste", "Bêta Élodie"}
    # Again: nobody is doubled, and nothing that was ticked is undone.
    desk.post("/tick?half=am", person=desk.ids()["Fictive Nadia"], set="came")
    again = desk.post("/list", text=LIST)
    assert "3 personnes, dont 0 à ajouter." in unescape(again.text)
    assert desk.keep(again.text).status == 303
    assert len(desk.ids()) == 3
    assert "1 personne présente" in desk.get("?half=am")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "Cette liste est vide"),
        (b"PK\x03\x04" + bytes(40), "Ce fichier est un classeur"),
        (b"Structure;Fonction\nA;B", "Aucune colonne"),
        (b"Nom\n" + b"A" * 1_000_001, "Cette liste est trop grande"),
    ],
)
def test_what_is_no_list_is_said_and_nothing_is_kept(day, text, said):
    desk = Desk(day)
    answer = desk.send(text)
    assert 400 <= answer.status < 500
    assert said in unescape(answer.text)
    assert desk.ids() == {}


def test_a_large_list_passes_whole(day):
    desk = Desk(day)
    rows = "".join(f"Nom{n};Prénom{n};Communauté de communes du Val de Drôme en Biovallée;Chargée de mission;Drôme\n" for n in range(1500))
    preview = desk.post("/list", text="Nom;Prénom;Structure;Fonction;Territoire\n" + rows)
    assert "1500 personnes, dont 1500 à ajouter." in unescape(preview.text)
    assert desk.keep(preview.text).status == 303
    assert len(desk.ids()) == 1500


def test_people_are_ticked_found_put_right_and_taken_off_without_script(day):
    desk = Desk(day)
    desk.keep(desk.post("/list", text=LIST).text)
    nadia = desk.ids()["Fictive Nadia"]
    pressed = desk.post("/tick?half=pm", person=nadia, set="came", hour="13 h 40")
    assert (pressed.status, pressed.headers["Location"]) == (303, f"{desk.root}?half=pm#p-{nadia}")
    shown = unescape(desk.get("?half=pm"))
    assert "13\u00a0h\u00a040" in shown
    assert "1 personne présente" in shown
    assert "2 pas encore là" in shown
    assert "Élodie" not in desk.get("?half=pm&show=here")
    assert "Nadia" not in desk.get("?half=pm&show=awaited")
    assert set(re.findall(r"Nadia|Élodie", desk.get("?q=FICT"))) == {"Nadia"}
    desk.post("/tick?half=pm", person=nadia, set="left", hour="15:30")
    assert "départ à 15\u00a0h\u00a030" in unescape(desk.get("?half=pm"))
    desk.post("/tick?half=pm", person=nadia, set="back")
    arrived = desk.post("/arrive?half=am", name="Mona Kappa", structure="Tiers-lieu", phoneless="yes")
    assert arrived.status == 303
    shown = unescape(desk.get("?half=am"))
    assert "hors liste" in shown
    assert "sans téléphone" in shown
    # One person's page: hours, late, a name put right.
    page = f"/person/{nadia}?half=am"
    fields = {
        "first": "Nadia",
        "last": "Fictive-Ly",
        "structure": "",
        "am-came": "10:05",
        "am-late": "yes",
        "am-left": "11:30",
        "pm-came": "",
    }
    assert desk.post(page, **fields).status == 303
    assert "départ à 11\u00a0h\u00a030" in unescape(desk.get("?half=am"))
    assert "1 personne présente" in unescape(desk.get("?half=am"))
    assert desk.post(page, **(fields | {"am-came": "25:00"})).status == 422
    assert desk.post(page, first=" ", last="").status == 422
    assert desk.ids()["Fictive-Ly Nadia"] == nadia
    assert desk.post(page, remove="yes").status == 303
    assert nadia not in desk.ids().values()
    assert desk.post("/tick?half=am", person=nadia, set="came").status == 404
    assert desk.post("/tick?half=am", person=nadia, set="maybe").status == 400
    assert desk.post("/arrive?half=am", name=" ").status == 422


def test_two_desks_are_told_of_each_other(day):
    one, other = console(day), console(day)
    root = f"/reception/{day.code}"

    def press(who: Client, since: int, **sent: str) -> Any:
        return who.json(f"{root}/tick?half=am&since={since}", sent).json

    added = one.json(f"{root}/arrive?half=am", {"name": "Mona <b>Kappa"}).json
    (mona,) = added["rows"]
    assert "Mona &lt;b&gt;Kappa" in added["rows"][mona]
    told = other.ask("GET", f"{root}/changes?half=am&since=0", Accept="application/json").json
    assert (list(told["rows"]), told["seq"]) == ([mona], added["seq"])
    first, second = press(one, told["seq"], person=mona, set="left"), press(other, told["seq"], person=mona, set="none")
    assert second["seq"] > first["seq"]
    last = one.ask("GET", f"{root}/changes?half=am&since={first['seq']}", Accept="application/json").json
    assert last["rows"] == second["rows"]
    assert 'value="came"' in last["rows"][mona]
    quiet = one.ask("GET", f"{root}/changes?half=am&since={last['seq']}", Accept="application/json").json
    assert (quiet["rows"], quiet["gone"]) == ({}, [])


def test_papers_and_table_are_given_to_the_staff(day):
    desk = Desk(day)
    desk.keep(desk.post("/list", text=LIST).text)
    table = desk.link.get(f"{desk.root}/attendance.csv")
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "Fictive;Nadia" in table.text
    for name in ("attendance", "badges"):
        answer = desk.link.ask("HEAD", f"{desk.root}/{name}.pdf")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
        assert int(answer.headers["Content-Length"]) > 10_000


def test_the_list_says_when_it_ends_and_can_be_deleted_now_and_no_export_holds_it(day):
    desk = Desk(day)
    desk.keep(desk.post("/list", text=LIST).text)
    assert "Elle s’effacera d’elle-même le" in unescape(desk.get())
    assert "CNIL" in desk.get()
    assert "Fictive" not in desk.link.get(f"/s/{day.code}/restitution.md").text
    assert "Fictive" not in str(console(day).state())
    assert desk.post("/forget").status == 303
    assert desk.ids() == {}


def test_what_comes_from_another_site_ticks_nobody(day):
    desk = Desk(day)
    answer = desk.link.form(f"{desk.root}/arrive", {"name": "Mona"}, Origin="http://elsewhere.test")
    assert answer.status == 403
    assert desk.ids() == {}


# Two people, one phone


class Phone:
    """A browser without script, with its cookies."""

    def __init__(self, day: Server) -> None:
        self.day, self.link = day, Client(day)

    def send(self, path: str, **fields: str) -> Answer:
        answer = self.link.form(path, fields, Accept_Language="fr")
        self.link.cookies |= answer.cookies
        return answer

    def join(self, name: str, query: str = "") -> Answer:
        return self.send(f"/j/{self.day.code}{query}", name=name, id=str(uuid4()))

    @property
    def mine(self) -> str:
        return unescape(self.link.get(f"/s/{self.day.code}/mine", Accept_Language="fr").text)

    def people(self) -> dict[str, str]:
        """Who else this phone can be: id by name."""
        return {name: id for id, name in re.findall(r'name="to" value="([^"]+)"><button[^>]*>Continuer comme ([^<]+)<', self.mine)}


def test_two_people_share_one_phone_and_each_keeps_what_is_theirs(server):
    day = server("---\ntitre: A\n---\n## Programme\n### Situations\n- type : situations\n- question : Quoi ?\n- durée : 10 min\n")
    console(day).act("open", "situations")
    phone = Phone(day)
    phone.join("Nadia")
    # Pressed again, the ordinary way in makes no one else.
    assert phone.join("Nadia").status == 303
    assert phone.people() == {}
    page = phone.link.get(f"/j/{day.code}?another=1", Accept_Language="fr")
    assert "Ce que Nadia a écrit reste à son nom." in unescape(page.text)
    given = phone.join("Bruno", "?another=1")
    assert all("HttpOnly" in line for line in given.headers.get_all("Set-Cookie"))
    assert "Vous êtes ici\u00a0: Bruno." in phone.mine
    assert list(phone.people()) == ["Nadia"]

    def post(text: str, page: str) -> int:
        action = unescape(re.search(r'<form method="post" action="([^"]*)" id="situation"', page)[1])
        return phone.send(action, id=str(uuid4()), do="post", activity="situations", **{"content.title": text}).status

    old = phone.link.get(f"/s/{day.code}").text
    assert post("De Bruno", old) == 303
    assert phone.send(f"/s/{day.code}/person", to=phone.people()["Nadia"]).headers["Location"] == f"/s/{day.code}/mine"
    assert "Vous êtes ici\u00a0: Nadia." in phone.mine
    assert "De Bruno" not in phone.mine.split("Les dernières")[0].split("<h2>")[0]
    assert post("De Nadia", phone.link.get(f"/s/{day.code}").text) == 303
    # A page that stayed open from before still speaks for the one it was opened by.
    assert post("De Bruno encore", old) == 303
    cards = console(day).state()["views"]["situations"]["cards"]
    assert {card["content"]["title"]: card["name"] for card in cards} == {
        "De Bruno": "Bruno",
        "De Nadia": "Nadia",
        "De Bruno encore": "Bruno",
    }
    # No one takes the place of someone who has not joined on this phone.
    stranger = joined(day, name="Zoé")
    other = stranger.state()
    assert other is not None
    assert phone.send(f"/s/{day.code}/person", to=str(uuid4())).status == 404
    assert "Vous êtes ici\u00a0: Nadia." in phone.mine


def test_six_people_share_a_phone_and_a_seventh_is_told_so(day):
    phone = Phone(day)
    phone.join("Une")
    for name in ("Deux", "Trois", "Quatre", "Cinq", "Six"):
        assert phone.join(name, "?another=1").status == 303
    assert len(phone.people()) == 5
    assert "Quelqu’un d’autre utilise aussi ce téléphone" not in phone.mine
    refused = phone.join("Sept", "?another=1")
    assert refused.status == 409
    assert "Six personnes partagent déjà ce téléphone" in unescape(refused.text)
    assert len(phone.people()) == 5


def test_a_double_press_on_a_shared_phone_makes_no_one_twice(day):
    phone = Phone(day)
    phone.join("Nadia")
    id = str(uuid4())
    for _ in range(2):
        assert phone.send(f"/j/{day.code}?another=1", name="Bruno", id=id).status == 303
    assert list(phone.people()) == ["Nadia"]
