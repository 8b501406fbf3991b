"""The HTTP surface, as programs and browsers without script use it, against a real server."""

import json
import re
from html import unescape
from uuid import uuid4

import pytest
from core.day import SHEET
from web.http import Client, console, joined

HTML = {"Accept": "text/html"}


ROOMY = SHEET.replace("capacity: 3", "capacity: 99")


@pytest.fixture
def day(server):
    return server(ROOMY)


@pytest.fixture(scope="module")
def quiet(lasting_server):
    """A day in which no step is ever opened; people join."""
    return lasting_server(ROOMY)


def hidden(page: str, form: str) -> dict[str, str]:
    """The hidden fields of one form of a page."""
    found = re.search(rf'<form[^>]*id="{form}".*?</form>', page, re.DOTALL)
    assert found, f"no form {form} in the page"
    return {name: unescape(value) for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0])}


def test_a_day_is_joined_and_written_without_script(day):
    page = Client(day).get(f"/j/{day.code}")
    assert page.status == 200
    entered = Client(day).form(f"/j/{day.code}", {"name": "Élue 3", "territory": "Drôme", "type": "", "structure": ""})
    assert (entered.status, entered.headers["Location"]) == (303, f"/s/{day.code}")
    phone = Client(day, cookies=entered.cookies)
    console(day).act("open", "situations")
    shown = phone.get(f"/s/{day.code}")
    fields = hidden(shown.text, "situation") | {"content.title": "Un marché <b>commun</b> & {{7*7}}", "content.signed": "true"}
    sent = phone.form(f"/s/{day.code}/act?as=participant", fields)
    assert sent.status == 303
    again = phone.form(f"/s/{day.code}/act?as=participant", fields)
    assert again.status == 303
    mine = phone.get(f"/s/{day.code}/mine").text
    assert mine.count("Un marché &lt;b&gt;commun&lt;/b&gt; &amp; {{7*7}}") >= 1
    assert "<b>commun" not in mine
    assert len(console(day).state()["views"]["situations"]["cards"]) == 1


def test_a_refused_form_comes_back_with_what_was_typed_and_a_fresh_id(day):
    entered = Client(day).form(f"/j/{day.code}", {"name": "Élue 3"})
    phone = Client(day, cookies=entered.cookies)
    console(day).act("open", "situations")
    fields = hidden(phone.get(f"/s/{day.code}").text, "situation")
    typed = "é" * 285
    back = phone.form(f"/s/{day.code}/act?as=participant", fields | {"content.title": typed, "content.context": "Le contexte"})
    assert back.status == 422
    assert typed in back.text
    assert "Le contexte" in back.text
    assert hidden(back.text, "situation")["id"] != fields["id"]
    assert console(day).state()["views"]["situations"]["cards"] == []


def test_a_printed_address_gives_its_key_to_a_cookie_and_loses_it(quiet):
    for audience, path in (("wall", f"/w/{quiet.code}"), ("console", f"/c/{quiet.code}"), ("shelf", "/shelf")):
        answer = Client(quiet).get(f"{path}?key={quiet.keys[audience]}")
        assert answer.status == 303
        assert "key" not in answer.headers["Location"]
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert Client(quiet, cookies=answer.cookies).get(answer.headers["Location"]).status == 200


@pytest.mark.parametrize(
    "path",
    ["/w/{code}", "/c/{code}", "/shelf", "/w/{code}?key=x", "/s/{code}/restitution.html", "/s/{code}/state", "/s/{code}/region/console"],
)
def test_what_needs_a_key_says_so_without_one(quiet, path):
    answer = Client(quiet).get(path.format(code=quiet.code))
    assert answer.status == 403
    assert "Traceback" not in answer.text


def test_a_participant_s_key_opens_neither_wall_nor_console(quiet):
    anna = joined(quiet, name="Anna 1")
    assert anna.get(f"/c/{quiet.code}").status == 403
    assert anna.act("next", content={"leaving": ""}).json["code"] == "not-allowed"
    assert anna.get(f"/s/{quiet.code}/restitution.html").status == 403


@pytest.mark.parametrize("path", ["/j/XXX000", "/nowhere", "/s/XXX000", "/static/x/y.css", "/s/{code}/region/elsewhere"])
def test_an_address_that_leads_nowhere_says_what_to_do(quiet, path):
    answer = Client(quiet).get(path.format(code=quiet.code), Accept_Language="fr")
    assert answer.status == 404
    assert "code" in answer.text.lower()


def test_refusals_speak_the_reader_s_language(quiet):
    anna = joined(quiet)
    path, act = f"/s/{quiet.code}/act", json.dumps({"id": str(uuid4()), "do": "post", "activity": "situations", "content": {}}).encode()
    said = {}
    for language in ("fr", "en"):
        headers = {"Content_Type": "application/json", "Accept": "application/json", "Accept_Language": language}
        answer = anna.ask("POST", path, act, **headers)
        assert answer.status == 409
        said[language] = answer.json["refused"]
    assert said["fr"] != said["en"]
    assert "étape" in said["fr"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"id": 3}', b'"x"', b"[" * 20_000, b'{"id": "x", "do": "post"}', b'{"content": {"a": NaN}}', b"\xff\xfe"]
)
def test_a_malformed_message_is_refused_and_changes_nothing(quiet, body):
    anna = joined(quiet)
    before = console(quiet).state()
    answer = anna.ask("POST", f"/s/{quiet.code}/act", body, Content_Type="application/json", Accept="application/json")
    assert answer.status == 400
    assert answer.json["refused"]
    assert console(quiet).state() == before


def test_what_is_too_large_is_refused_in_words(quiet):
    anna = joined(quiet)
    answer = anna.ask("POST", f"/s/{quiet.code}/act", b"x" * 200_000, Content_Type="application/json", Accept="application/json")
    assert answer.status == 413
    assert answer.json["code"] == "too-large"


def test_a_request_from_another_site_changes_nothing(quiet):
    entered = Client(quiet).form(f"/j/{quiet.code}", {"name": "Élue 3"})
    phone = Client(quiet, cookies=entered.cookies)
    fields = {"id": str(uuid4()), "do": "introduce", "content.name": "Autre"}
    answer = phone.form(f"/s/{quiet.code}/act", fields, Origin="http://elsewhere.test")
    assert answer.status == 403
    assert phone.form(f"/s/{quiet.code}/act", fields, Origin=quiet.base).status == 303


def test_every_page_comes_with_a_strict_policy(quiet):
    for path in (f"/j/{quiet.code}", "/"):
        headers = Client(quiet).get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_a_phone_s_first_visit_is_light(day):
    """From the code to the form: the pages, the style and the script, compressed, and nothing from elsewhere."""
    # Over plain HTTP browsers take gzip, not brotli.
    squeezed = {"Accept_Encoding": "gzip, deflate"}
    link = Client(day)

    def weight(path: str, cookies: dict[str, str] | None = None) -> tuple[int, bytes]:
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", day.port, timeout=30)
        headers = {"Accept": "text/html", "Accept-Encoding": squeezed["Accept_Encoding"]}
        headers |= {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return len(data) + sum(len(name) + len(value) + 4 for name, value in answer.getheaders()), data

    entered = link.form(f"/j/{day.code}", {"name": "Élue 3"})
    console(day).act("open", "situations")
    pages = [f"/j/{day.code}", f"/s/{day.code}"]
    html = link.get(pages[0]).text + Client(day, cookies=entered.cookies).get(pages[1]).text
    files = sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', html)))
    assert not re.findall(r'(?:href|src)="https?://', html)
    weights = {path: weight(path, entered.cookies if path == pages[1] else None)[0] for path in [*pages, *files]}
    assert len(weights) <= 4, weights
    assert sum(weights.values()) <= 30_000, weights


def test_a_capacity_given_on_the_command_line_counts(server):
    small = server(SHEET, "--capacity", "1")
    joined(small, name="Première")
    answer = Client(small).json(f"/j/{small.code}", {"name": "Seconde"})
    assert (answer.status, answer.json["code"]) == (409, "full")
    assert "full" in Client(small).get(f"/j/{small.code}", Accept_Language="en").text


def test_a_rejoin_code_brings_a_person_to_another_phone(day):
    anna = joined(day, name="Élue 3", territory="Diois")
    participant = console(day).json(f"/c/{day.code}/rejoin", {"participant": "nobody"})
    assert participant.status == 404
    who = next(
        iter(
            re.findall(
                r'name="participant" value="([^"]+)"',
                Client(day, cookies={f"console-{day.code}": day.keys["console"]}).get(f"/c/{day.code}").text,
            )
        )
    )
    code = console(day).json(f"/c/{day.code}/rejoin", {"participant": who}).json["rejoin"]
    moved = Client(day).json(f"/j/{day.code}", {"rejoin": code})
    assert moved.json["participant"] == who
    assert Client(day).json(f"/j/{day.code}", {"rejoin": code}).status == 403
    console(day).act("open", "situations")
    assert anna.act("post", "situations", {"title": "De l’ancien"}).status == 200
    assert Client(day, moved.json["key"]).act("post", "situations", {"title": "Du nouveau"}).status == 200


def test_a_kill_loses_nothing_that_was_answered(day):
    anna = joined(day)
    console(day).act("open", "situations")
    posted = [anna.act("post", "situations", {"title": f"Carte {n}"}).json["seq"] for n in range(20)]
    before = console(day).state()
    day.kill()
    day.restart()
    assert console(day).state() == before
    assert len(posted) == len(console(day).state()["views"]["situations"]["cards"])


def test_the_restitution_is_there_at_any_moment(day):
    anna = joined(day, name="Élue 3", territory="Drôme", named=True)
    console(day).act("open", "situations")
    anna.act("post", "situations", {"title": "Une légumerie partagée."})
    for format, mark in (("html", "<!doctype html>"), ("md", "légumerie")):
        answer = console(day).ask("GET", f"/s/{day.code}/restitution.{format}")
        assert answer.status == 200
        assert mark.lower() in answer.text.lower()
    assert console(day).ask("GET", f"/s/{day.code}/restitution.exe").status == 404


def test_a_key_of_another_day_opens_nothing_of_this_one(server):
    first = server(SHEET)
    stranger, code = joined(first, name="Élue 1"), first.code
    first.stop()
    other = server(first.sheet, "--new", "--data-dir", str(first.data_dir))
    assert other.code != code
    console(other).act("open", "situations")
    assert Client(other, stranger.key).act("post", "situations", {"title": "Intruse"}).status == 403
    assert Client(other, first.keys["console"]).act("next", content={"leaving": "situations"}).status == 403
    assert Client(other, stranger.key).state()["code"] == "not-joined"
    # Its own day is still there, on the same server.
    assert Client(other, stranger.key).ask("GET", f"/s/{code}/state").status == 200


def test_a_join_form_tapped_twice_is_one_person(day):
    page = Client(day).get(f"/j/{day.code}").text
    fields = hidden(page, "join") | {"name": "Élue 3"}
    phones = [Client(day, Client(day).form(f"/j/{day.code}", fields).cookies[f"participant-{day.code}"]) for _ in range(2)]
    first, second = (phone.get(f"/s/{day.code}/my-data.json").json["journal"] for phone in phones)
    assert first == second != []
    assert Client(day, day.keys["wall"]).get(f"/s/{day.code}/region/wall").json["html"].count('<b class="number">1</b>') == 1


def test_a_type_of_organisation_counts_once_whatever_the_phone_s_language(day):
    kept = {
        language: re.findall(r'<option value="([^"]*)"', Client(day).get(f"/j/{day.code}", Accept_Language=language).text)
        for language in ("fr", "en")
    }
    assert kept["fr"] == kept["en"]
    assert "Commune" in kept["en"]


def test_a_phone_that_says_no_language_reads_the_sheet_s(server):
    english = server(SHEET.replace("title: Une journée", "title: A day\nlanguage: en"))
    assert '<html lang="en"' in Client(english).get(f"/j/{english.code}").text
    assert '<html lang="fr"' in Client(english).get(f"/j/{english.code}", Accept_Language="fr").text


def test_an_address_can_add_no_header_to_the_answer(quiet):
    phone = Client(quiet, cookies=Client(quiet).form(f"/j/{quiet.code}", {}).cookies)
    answer = phone.get(f"/j/{quiet.code}?lang=fr%0d%0aX-Added:%201")
    assert (answer.status, answer.headers["Location"]) == (303, f"/s/{quiet.code}?lang=fr")
    assert "X-Added" not in answer.headers


def test_only_a_key_that_is_carried_excuses_another_origin(quiet):
    driver = Client(quiet, cookies={f"console-{quiet.code}": quiet.keys["console"]})
    fields = {"id": str(uuid4()), "do": "next", "content.leaving": ""}
    assert driver.form(f"/s/{quiet.code}/act?as=console", fields, Origin="http://elsewhere.test", Authorization="Basic eDp5").status == 403
    assert console(quiet).state()["now"] is None


def test_no_one_reads_of_a_step_still_to_come_by_writing_to_it(quiet):
    phone = Client(quiet, cookies=Client(quiet).form(f"/j/{quiet.code}", {}).cookies)
    back = phone.form(f"/s/{quiet.code}/act", {"id": str(uuid4()), "do": "post", "activity": "situations", "content.title": "x"})
    assert back.status == 409
    assert "Qu’avez-vous vécu" not in back.text


def test_a_form_of_another_shape_is_refused_like_any_other(day):
    phone = Client(day, cookies=Client(day).form(f"/j/{day.code}", {}).cookies)
    console(day).act("open", "situations")
    phone.form(f"/s/{day.code}/act", {"id": str(uuid4()), "do": "post", "activity": "situations", "content.title": "x"})
    console(day).act("open", "choisir")
    back = phone.form(f"/s/{day.code}/act", {"id": str(uuid4()), "do": "vote", "activity": "choisir", "content.dots": "3"})
    assert back.status == 400
    assert "<form" in back.text


def test_a_page_may_open_its_socket_in_every_browser(quiet):
    policy = Client(quiet).get(f"/j/{quiet.code}", Host="room.test:8000").headers["Content-Security-Policy"]
    assert "connect-src 'self' ws://room.test:8000;" in policy


def test_names_hidden_on_the_wall_are_hidden_on_the_phones_too(day):
    console(day).act("open", "situations")
    joined(day, name="Zoé Untel", territory="Drôme").act("post", "situations", {"title": "Un marché commun"})
    phone = Client(day, cookies=Client(day).form(f"/j/{day.code}", {}).cookies)
    assert "Zoé" in phone.get(f"/s/{day.code}/cards").text
    console(day).act("show", content={"unnamed": 1})
    hidden_now = phone.get(f"/s/{day.code}/cards").text
    assert "Un marché commun" in hidden_now
    assert "Zoé" not in hidden_now
