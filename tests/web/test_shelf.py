"""The shelf over HTTP: who opens it and as what, the days it lists and how they are chosen, a day that leaves and comes in."""

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import gevent
import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from harness.server import Server
from web.http import Answer, Client
from web.test_registration import SHEET, Room
from werkzeug.test import TestResponse

from facilitate.accounts import Accounts
from facilitate.app import find_kinds
from facilitate.archive import export
from facilitate.core.entry import Act, Caller
from facilitate.journal import Journal
from facilitate.language import languages
from facilitate.publications import of_day, publish
from facilitate.web.accounts import own_page
from facilitate.workshop import Session

PASSWORD = "trois chats gris"
HTML = {"Accept": "text/html", "Accept-Language": "fr"}
JSON = {"Accept": "application/json"}


class House(Room):
    """A server in this process, and who comes to its shelf. Passwords are hashed alike, but cheaply: their cost is tested apart."""

    def open(self, sheet: str) -> None:
        super().open(sheet)
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.server.app.extensions["accounts"] = Accounts(self.server.workshop.journal, lambda: self.now, cheap)

    def holder(self) -> FlaskClient:
        """Whoever has the shelf's own key."""
        found = self.phone()
        found.get(f"/shelf?key={self.session.row.keys['shelf']}")
        return found

    def invited(self, name: str, role: str) -> str:
        """The path of their invitation."""
        given = self.holder().post("/shelf/accounts", json={"do": "invite", "name": name, "role": role})
        assert given.status_code == 200, given.text
        address: str = given.json["invitation"]
        assert address.startswith("http://room.test/shelf/invitation/")
        return address.removeprefix("http://room.test")

    def member(self, role: str, name: str = "") -> FlaskClient:
        """Someone signed in with that role."""
        found = self.phone()
        assert found.post(self.invited(name or role, role), json={"password": PASSWORD}).json == {"role": role}
        return found

    def day(self, number: int, head: str) -> Session:
        text = SHEET.replace("titre: Une journée", f"titre: Jour {number}\n{head}").replace("inscription avant: 15 septembre 2021\n", "")
        begun = self.server.workshop.sheet(f"/{number}.md", text.replace("date: 2021-09-24\n", "", "date:" in head), f"Jour {number}")
        assert isinstance(begun, Session)
        return begun


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = House(tmp_path / "data")
    yield opened
    opened.server.close()


def titles(answer: TestResponse) -> list[str]:
    return re.findall(r'<h3 class="said"><a href="/s/\w+/\S+">([^<]+)</a>', answer.text)


def test_without_an_account_the_shelf_needs_its_link_and_with_one_it_asks_to_sign_in(house):
    stranger = house.phone()
    assert stranger.get("/shelf", headers=HTML).status_code == 403
    house.member("administrator")
    asked = stranger.get("/shelf?state=planned", headers=HTML)
    assert (asked.status_code, asked.headers["Location"]) == (303, "/shelf/signin?next=%2Fshelf%3Fstate%3Dplanned")
    told = stranger.get("/shelf", headers=JSON)
    assert (told.status_code, told.json["code"]) == (401, "not-signed-in")
    for path in (f"/s/{house.code}/restitution.html", "/prepare", "/shelf/accounts", f"/s/{house.code}/export.zip"):
        assert stranger.get(path, headers=HTML).headers["Location"].startswith("/shelf/signin?next=")
    assert stranger.post("/shelf/import", headers=HTML).headers["Location"] == "/shelf/signin?next=%2Fshelf"
    # The key of a laptop still opens all of it, and what is no key opens nothing.
    assert house.holder().get("/shelf/accounts", headers=HTML).status_code == 200
    assert stranger.get("/shelf", headers=JSON | {"Authorization": "Bearer x"}).status_code == 401


def test_signing_in_leads_where_one_was_going_and_signing_out_ends_it(house):
    house.member("editor", "Claire Dupré")
    browser = house.phone()
    page = browser.get("/shelf/signin?next=/shelf%3Fstate%3Dplanned", headers=HTML)
    assert 'value="/shelf?state=planned"' in page.text
    wrong = house.form("/shelf/signin", browser, name="claire dupre", password="pas celui-ci", next="/prepare")
    assert wrong.status_code == 403
    assert 'value="claire dupre"' in wrong.text
    assert "pas celui-ci" not in wrong.text
    right = house.form("/shelf/signin", browser, name="claire dupre", password=PASSWORD, next="/prepare")
    assert (right.status_code, right.headers["Location"]) == (303, "/prepare")
    cookie = right.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Secure" not in cookie
    assert browser.get("/shelf", headers=HTML).status_code == 200
    out = house.form("/shelf/signout", browser)
    assert (out.status_code, out.headers["Location"]) == (303, "/shelf/signin")
    assert browser.get("/shelf", headers=HTML).status_code == 303
    # The cookie that was kept elsewhere is worth nothing either.
    browser.set_cookie("staff", cookie.partition("=")[2].partition(";")[0])
    assert browser.get("/shelf", headers=HTML).status_code == 303


def test_behind_https_the_cookie_is_for_https_alone(house):
    house.member("reader", "Bo")
    # What anyone may write of it is not believed: tests/web/test_outside.py has the proxies that are.
    for more, secure in (({"base_url": "https://room.test"}, True), ({"headers": {"X-Forwarded-Proto": "https"}}, False)):
        given = house.phone().post("/shelf/signin", json={"name": "Bo", "password": PASSWORD}, **more)
        assert ("Secure" in given.headers["Set-Cookie"]) is secure


@pytest.mark.parametrize(
    "address",
    ["", "//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", "/a\nb", "/a b", "\\\\x", "/" * 3000, "/x\\y"],
)
def test_no_address_of_another_site_is_gone_on_to(address):
    assert own_page(address) == "/shelf"


def test_an_address_of_ours_is_gone_on_to():
    assert own_page("/s/RVT482/edition?section=a#b") == "/s/RVT482/edition?section=a#b"


def test_an_invitation_says_its_rules_first_keeps_nothing_typed_and_serves_once(house):
    path = house.invited("Claire", "reader")
    browser = house.phone()
    page = browser.get(path, headers=HTML).text
    assert page.index("au moins 12 caractères") < page.index('id="password"')
    for typed, again, said in (
        ("onze signes", "onze signes", "de 12 à 200"),
        (PASSWORD, "autre chose", "diffèrent"),
        ("a" * 20, "a" * 20, "premiers"),
    ):
        refused = house.form(path, browser, password=typed, again=again)
        assert refused.status_code == 422
        assert said in refused.text
        assert typed not in refused.text
    taken = house.form(path, browser, password=PASSWORD, again=PASSWORD)
    assert (taken.status_code, taken.headers["Location"]) == (303, "/shelf")
    for gone in (browser.get(path, headers=HTML), house.form(path, browser, password=PASSWORD, again=PASSWORD)):
        assert gone.status_code == 404
        assert "Demandez-en une autre" in gone.text


def test_each_role_does_what_is_its_own(house):
    asked: list[tuple[str, Callable[[FlaskClient], TestResponse]]] = [
        ("reader", lambda who: who.get("/shelf", headers=HTML)),
        ("reader", lambda who: who.get(f"/s/{house.code}/restitution.md", headers=HTML)),
        ("editor", lambda who: who.get("/prepare", headers=HTML)),
        ("editor", lambda who: who.get(f"/s/{house.code}/export.zip", headers=HTML)),
        ("editor", lambda who: who.post("/shelf/import", data={"file": (io.BytesIO(b"x"), "x.zip")}, headers=HTML)),
        ("administrator", lambda who: who.get("/shelf/accounts", headers=HTML)),
        ("administrator", lambda who: who.post("/shelf/accounts", data={"do": "invite", "name": "Z", "role": "reader"}, headers=HTML)),
    ]
    order = ["reader", "editor", "administrator"]
    for role in order:
        who = house.member(role)
        found = [ask(who).status_code != 403 for _, ask in asked]
        assert found == [order.index(role) >= order.index(least) for least, _ in asked], role
    page = house.member("reader", "Another").get("/shelf", headers=HTML).text
    assert f"/s/{house.code}/restitution.html" in page
    for beyond in ("/edition", "/publishing", "export.zip", "/shelf/import", "/shelf/accounts", "/prepare"):
        assert beyond not in page


def test_what_a_member_writes_over_a_report_is_in_their_name(house):
    who = house.member("editor", "Bo")
    account = next(one for one in house.server.app.extensions["accounts"].all() if one.name == "Bo")
    with house.server.app.test_request_context(headers={"Cookie": f"staff={who.get_cookie('staff').value}"}):
        from facilitate.web.door import office

        caller = office("editor")
    assert caller == Caller("shelf", member=f"staff:{account.id}")
    house.session.act(
        Act("0c9e5f5e-6d4c-4f3e-9f3a-3f0f6f1d2c11", "write", content={"section": "", "part": "title", "text": "Un titre"}), caller
    )
    assert house.session.state.edition.texts["/title"].by == f"staff:{account.id}"


def test_the_days_are_listed_by_year_and_chosen_by_year_series_theme_and_state(house):
    house.day(1, "date: 2020-03-02\nsérie: Villes")
    tracks = "\n### 10 h – Ateliers\n- type : ateliers\n- ateliers :\n  - Se nourrir (salle 1)\n  - Se loger\n"
    second = house.day(2, "date: 2022-05-06\nsérie: villes")
    house.server.workshop.sheet("/2.md", second.state.sheet + tracks, "Jour 2")
    second.act(Act("0c9e5f5e-6d4c-4f3e-9f3a-3f0f6f1d2c12", "finish"), Caller("console"))
    holder = house.holder()

    def asked(**query: str) -> list[str]:
        return titles(holder.get("/shelf", query_string=query, headers=HTML))

    assert asked() == ["Jour 2", "Une journée", "Jour 1"]
    page = holder.get("/shelf", headers=HTML).text
    assert re.findall(r"<h2 id=\"y(\d+)\">", page) == ["2022", "2021", "2020"]
    assert asked(year="2020") == ["Jour 1"]
    assert asked(series="VILLES") == ["Jour 2", "Jour 1"]
    assert asked(theme="nourrir") == ["Jour 2"]
    assert asked(state="planned", year="2020") == ["Jour 1"]
    assert asked(state="finished") == ["Jour 2"]
    assert asked(state="published") == []
    assert "Aucune journée ne correspond" in holder.get("/shelf?state=published", headers=HTML).text
    assert asked(page="7", state="nonsense") == []
    journal = house.server.workshop.journal
    publish(journal, second.row, second.state, of_day(second.state, find_kinds()), languages(find_kinds())["fr"], (), house.now)
    assert (asked(state="finished"), asked(state="published")) == ([], ["Jour 2"])


def test_the_list_reads_no_journal_again_until_it_grows(house, monkeypatch):
    house.day(1, "date: 2020-03-02")
    holder = house.holder()
    holder.get("/shelf", headers=HTML)
    read = []
    since = Journal.since
    monkeypatch.setattr(Journal, "since", lambda self, id, seq=0: read.append(id) or since(self, id, seq))
    house.open(SHEET)  # the server starts again: nothing of a day is at hand
    read.clear()
    holder = house.holder()
    assert titles(holder.get("/shelf", headers=HTML)) == ["Une journée", "Jour 1"]
    assert read == []


def test_more_than_fifty_days_stand_on_several_pages(house):
    for number in range(60):
        house.server.workshop.journal.create(path=None, title=f"Jour {number:02}", created=f"2020-01-01T00:00:{number:02}.000Z")
    holder = house.holder()
    first, second = (holder.get(f"/shelf?page={page}", headers=HTML) for page in (1, 2))
    assert len(titles(first)) == 50
    assert len(titles(second)) == 11
    assert titles(second)[-1] == "Jour 00"
    assert 'rel="next"' in first.text
    assert 'rel="prev"' in second.text


def test_a_document_over_several_days_is_no_day(house):
    over = house.server.workshop.journal.create(path=None, title="", created="2022-01-01T00:00:00.000Z")
    document = house.server.workshop.session(over.code)
    content = {"title": "Ce que trente jours apprennent", "language": "fr", "sessions": [house.session.row.id]}
    answer = document.act(Act("0c9e5f5e-6d4c-4f3e-9f3a-3f0f6f1d2c13", "collect", content=content), Caller("shelf"))
    assert isinstance(answer, int), answer
    page = house.holder().get("/shelf", headers=HTML)
    assert titles(page) == ["Une journée"]
    assert f'<a href="/shelf/collections/{over.code}">Ce que trente jours apprennent</a>' in page.text
    for path in ("/j/", "/w/", "/c/"):
        assert house.phone().get(path + over.code, headers=HTML).status_code == 404
    assert house.phone().post(f"/j/{over.code}", json={"name": "Ada"}).status_code == 404


def test_a_day_goes_from_a_laptop_to_the_office_twice_without_doubling_and_back_the_same(house, tmp_path):
    assert isinstance(house.session.join("join-Ada", {"name": "Ada"}), tuple)
    laptop = house.holder()
    given = laptop.get(f"/s/{house.code}/export.zip", headers=HTML)
    assert given.headers["Content-Disposition"] == f'attachment; filename="{house.code}.zip"'
    assert given.headers["Content-Length"] == str(len(given.data))
    told = io.BytesIO()
    export(house.server.workshop.journal, house.session.row.id, told)
    assert given.data == told.getvalue()
    office = House(tmp_path / "office")
    try:
        who = office.holder()
        first = who.post("/shelf/import", data={"file": (io.BytesIO(given.data), "jour.zip")}, headers=HTML)
        assert first.status_code == 200
        assert f"«\u00a0Une journée\u00a0» ({house.code}) est ici maintenant." in first.text
        assert "2 entrées nouvelles" in first.text
        # What it holds is shown, and comes out as it went in; twice changes nothing.
        assert len(office.server.workshop.session(house.code).state.people) == 1
        again = who.post("/shelf/import", data=given.data, content_type="application/zip", headers=JSON)
        assert again.json == {"code": house.code, "title": "Une journée", "added": 0}
        assert who.get(f"/s/{house.code}/export.zip").data == given.data
        # The day went on: what came since is taken in by a day that is looked at.
        assert isinstance(house.session.join("join-Bo", {"name": "Bo"}), tuple)
        more = who.post("/shelf/import", data=laptop.get(f"/s/{house.code}/export.zip").data, content_type="application/zip", headers=JSON)
        assert more.json["added"] == 1
        assert len(office.server.workshop.session(house.code).state.people) == 2
        assert "2 personnes" in who.get("/shelf", headers=HTML).text
        # Its sheet, opened here, goes on with it.
        begun = office.server.workshop.sheet("/d-ailleurs.md", house.session.state.sheet, "Une journée")
        assert isinstance(begun, Session)
        assert begun.code == house.code
    finally:
        office.server.close()


def test_the_same_archive_sent_twice_at_once_is_one_day(house, tmp_path):
    given, office = house.holder().get(f"/s/{house.code}/export.zip").data, House(tmp_path / "office")
    try:
        taps = [gevent.spawn(who.post, "/shelf/import", data=given, headers=JSON) for who in (office.holder(), office.holder())]
        assert sorted(one.get(timeout=30).json.get("added", -1) for one in taps) == [0, 1]
    finally:
        office.server.close()


def test_an_archive_that_is_none_is_refused_in_words_and_nothing_comes_in(house):
    holder, before = house.holder(), house.server.workshop.journal.sessions()
    for data in (b"not a zip", b"PK\x03\x04" + bytes(500)):
        refused = holder.post("/shelf/import", data={"file": (io.BytesIO(data), "x.zip")}, headers=HTML)
        assert refused.status_code == 422
        assert "n’est pas une archive zip" in refused.text
        assert 'id="import" open' in refused.text
    assert holder.post("/shelf/import", data={}, headers=HTML).status_code == 422
    other = io.BytesIO()
    with ZipFile(other, "w") as made:
        made.writestr("../../etc/passwd", "x")
    assert holder.post("/shelf/import", data=other.getvalue(), headers=JSON).json["code"] == "archive_unexpected"
    big = holder.post("/shelf/import", data=b"", headers=JSON, environ_overrides={"CONTENT_LENGTH": "600000000"})
    assert (big.status_code, big.json["code"]) == (413, "archive-too-big")
    assert house.server.workshop.journal.sessions() == before


def test_an_account_closed_loses_its_page_at_once(house):
    house.member("administrator", "Ada")
    bo = house.member("editor", "Bo")
    assert bo.get("/shelf", headers=HTML).status_code == 200
    listed = house.holder().get("/shelf/accounts", headers=HTML).text
    id = next(one.id for one in house.server.app.extensions["accounts"].all() if one.name == "Bo")
    assert id in listed
    closed = house.form("/shelf/accounts", house.holder(), do="close", account=id)
    assert closed.status_code == 303
    assert bo.get("/shelf", headers=HTML).status_code == 303
    refused = house.form(
        "/shelf/accounts",
        house.holder(),
        do="close",
        account=next(one.id for one in house.server.app.extensions["accounts"].all() if one.name == "Ada"),
    )
    assert refused.status_code == 409
    assert "dernier compte d’administration" in refused.text


def signed_in(server: Server) -> Answer:
    """By the wire: an invitation, its password, then signing in with it."""
    holder = Client(server, server.keys["shelf"])
    address = holder.json("/shelf/accounts", {"do": "invite", "name": "Claire", "role": "editor"}).json["invitation"]
    path = "/shelf/" + address.partition("/shelf/")[2]
    assert Client(server).form(path, {"password": PASSWORD, "again": PASSWORD}).status == 303
    return Client(server).json("/shelf/signin", {"name": "Claire", "password": PASSWORD})


def test_a_real_server_signs_in_hashes_off_its_hub_and_writes_no_secret_in_its_log(server):
    running = server(SHEET)
    answer = signed_in(running)
    assert answer.json == {"role": "editor"}
    who = Client(running, cookies=answer.cookies)
    assert who.get("/shelf").status == 200
    assert Client(running).json("/shelf/signin", {"name": "Claire", "password": "pas le bon du tout"}).status == 403
    assert json.loads(Client(running).json("/shelf/signin", {"name": 3}).text)["code"] == "wrong-password"
    running.stop()
    for secret in (PASSWORD, "pas le bon", answer.cookies["staff"], "invitation/"):
        assert secret not in running.log
