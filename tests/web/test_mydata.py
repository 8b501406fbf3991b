"""What people are told of their data and what they do with it, over HTTP as a phone without script and a program do."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from harness.server import Server
from web.http import Client, console, joined

FR = {"Accept_Language": "fr"}
SHEET = """---
titre: Qui fait quoi
date: 2099-06-12
horaires: 9 h 30 – 12 h 30
organisateur: Le Réseau
série: Alimentation
émargement: téléphone
inscription avant: 2099-01-01
sensible: oui
mentions:
  données: Gardé **deux ans**.
  photos: Dites-nous si vous ne voulez pas y être.
---
## Programme

### 9 h 30 – Situations
- type : situations
- reste ouverte : oui
- signature : libre

### 10 h – Choisir
- type : vote
- reste ouverte : oui
- sur : Situations
- sensible : non

### 10 h 15 – Se rencontrer
- type : interconnaissance
- reste ouverte : oui

### 11 h – Photos
- type : cartes
- reste ouverte : oui
- photo : oui
- sensible : Aucun visage d’enfant.
"""
ANONYMOUS = "Quokka anonyme"


@pytest.fixture(scope="module")
def day(lasting_server: Any) -> Server:
    started: Server = lasting_server(SHEET)
    for step in ("photos", "se-rencontrer", "choisir", "situations"):
        assert console(started).act("open", step).status == 200
    return started


def page(client: Client, day: Server, place: str, **headers: str) -> str:
    """A page as its reader reads it."""
    answer = client.get(f"/s/{day.code}/{place}".replace("/?", "?"), **FR | headers)
    assert answer.status == 200, (answer.status, answer.text[:300])
    return spaced(answer.text)


def spaced(html: str) -> str:
    """Its words, whatever spaces stand between them."""
    return re.sub("[\u00a0\u202f]", " ", unescape(html))


def held(client: Client, day: Server) -> Any:
    return client.get(f"/s/{day.code}/my-data.json?lang=fr").json


def own_id(client: Client, day: Server) -> str:
    found = re.search(r'data-person="([^"]+)"', page(client, day, "data"))
    assert found
    return found[1]


def done(client: Client, do: str, activity: str = "", content: Any = None, on: str = "") -> None:
    answer = client.act(do, activity, content, on)
    assert answer.status == 200, answer.text


def writer(day: Server, said: str = "Zanzibar signé", **profile: Any) -> tuple[Client, dict[str, str]]:
    """Someone who wrote a signed card and an anonymous one: their key, and the id of each card by its text."""
    who = joined(day, **{"name": "Élodie Marchal", "structure": "Épicerie", "territory": "Drôme"} | profile)
    done(who, "post", "situations", {"title": said, "signed": "true"})
    done(who, "post", "situations", {"title": f"{ANONYMOUS} {said}", "signed": "false"})
    return who, {one["texts"][0]["text"]: one["id"] for one in held(who, day)["contributions"]}


def test_the_notice_says_who_why_how_long_and_whom_to_ask_to_anyone(day):
    office = Client(day, day.keys["shelf"])
    words = {"do": "data", "contact": "Mme Rivière, dpo@exemple.test", "data": "Mission de service public."}
    assert office.form("/shelf/house", words).status == 303
    told = page(Client(day), day, "privacy")
    for said in ("Le Réseau", "<strong>deux ans</strong>", "Mission de service public", "Mme Rivière, dpo@exemple.test", "CNIL"):
        assert said in told
    for said in ("Base légale", "Qui lit", "Combien de temps", "« Alimentation »", "samedi 12 juin 2100", "Dites-nous si vous"):
        assert said in told
    assert "Legal basis" in page(Client(day), day, "privacy", Accept_Language="en")
    # It is led to from wherever something is collected, and the first page says it in a line.
    link = f'href="/s/{day.code}/privacy'
    me = joined(day)
    places = [Client(day).get(f"/j/{day.code}", **FR), Client(day).get(f"/r/{day.code}", **FR), me.get(f"/s/{day.code}/sign", **FR)]
    assert all(link in one.text for one in [*places, me.get(f"/s/{day.code}?step=photos", **FR)])
    assert "avec les mots d’autres journées" in spaced(places[0].text)


def test_a_sensitive_subject_is_reminded_of_above_each_form_on_phones_and_on_the_scribe_s_page(day):
    me, scribe = joined(day), console(day)
    usual, own = "Ne nommez aucun usager", "Aucun visage d’enfant."
    assert usual in page(me, day, "?step=situations").partition("<textarea")[0]
    assert usual not in page(me, day, "?step=choisir")
    assert own in page(me, day, "?step=photos").partition("<textarea")[0]
    sheet = spaced(scribe.get(f"/scribe/{day.code}?step=photos&for=", **FR).text)
    assert own in sheet.partition("<textarea")[0]
    assert "Name no one" in page(me, day, "?step=situations", Accept_Language="en")


def test_each_reads_and_takes_along_all_they_gave_and_nothing_of_anyone_else(day):
    me, cards = writer(day, "Zanzibar à lire")
    other, theirs = writer(day, "Le verger d’à côté", name="Nadia")
    done(me, "vote", "choisir", {"dots": {theirs["Le verger d’à côté"]: 2}})
    done(me, "withdraw", "situations", on=cards["Zanzibar à lire"])
    told = held(me, day)
    assert told["me"]["name"] == "Élodie Marchal"
    # What was taken back stands in the journal until it is erased: it is said.
    assert {(one["texts"][0]["text"], one["signed"], one["status"]) for one in told["contributions"]} == {
        ("Zanzibar à lire", True, "withdrawn"),
        (f"{ANONYMOUS} Zanzibar à lire", False, "shown"),
    }
    (vote,) = told["answers"]
    assert (vote["what"], [spaced(one["text"]) for one in vote["texts"]]) == ("J’ai voté", ["Le verger d’à côté : 2"])
    assert {one["do"] for one in told["journal"]} == {"join", "post", "vote", "withdraw"}
    whole = json.dumps(told)
    assert me.key not in whole
    assert not {"owner", "voter"} & set(re.findall(r'"(\w+)":', whole))
    assert "Nadia" not in whole
    text = me.get(f"/s/{day.code}/my-data.txt?lang=fr").text
    shown = page(me, day, "data")
    for said in ("Zanzibar à lire", f"{ANONYMOUS} Zanzibar à lire", "J’ai voté", "Le verger d’à côté"):
        assert said in text
        assert said in shown
    assert "Zanzibar" not in page(other, day, "data")
    assert Client(day).get(f"/s/{day.code}/data").status == 303
    assert Client(day).get(f"/s/{day.code}/my-data.json").status == 403
    assert console(day).get(f"/s/{day.code}/my-data.json").status == 403


def test_attendance_that_a_phone_signed_is_shown_with_what_is_held(day):
    me = joined(day)
    assert "Rien ne relie ce téléphone" in page(me, day, "data")
    signed = me.json(f"/s/{day.code}/sign", {"name": "Mona Kappa", "typed": True})
    if signed.status == 409:  # the room's clock is past the day on which phones sign
        pytest.fail(signed.text)
    assert "Mona Kappa" in page(me, day, "data")
    assert [half["half"] for half in held(me, day)["attendance"]["halves"]]
    assert "attendance" not in held(joined(day), day)


def test_consents_are_apart_unticked_and_hold_at_once_when_they_are_taken_back(day):
    me, _ = writer(day, "Une carte à nommer", name="Oriane Lambda")
    other = joined(day, name="Nadia")
    done(me, "post", "se-rencontrer", {"brings": "Un four"})
    done(other, "post", "se-rencontrer", {"brings": "Du pain"})
    report = f"/s/{day.code}/restitution.html"

    def state() -> dict[str, bool]:
        return {f"{one['label']} {one['about']}".strip(): one["given"] for one in held(me, day)["consents"]}

    named, photo = "Être nommé dans le compte rendu", "Être reconnaissable sur les photos de la journée"
    assert state() == {named: False, photo: False}
    assert "Oriane" not in console(day).get(report).text
    told = page(me, day, "data")
    assert told.count("J’accepte<") == 2
    assert me.form(f"/s/{day.code}/data", {"do": "introduce", "content.named": "true"}).status == 303
    assert state() == {named: True, photo: False}
    assert "Oriane" in console(day).get(report).text
    assert me.form(f"/s/{day.code}/data", {"do": "introduce", "content.named": "false"}).status == 303
    assert state() == {named: False, photo: False}
    assert "Oriane" not in console(day).get(report).text
    # A contact: in the directory, and for one person; each taken back by itself.
    done(me, "reach", "se-rencontrer", {"contact": "oriane@exemple.test", "listed": True, "listed_contact": True})
    (line,) = [one["id"] for one in console(day).state()["views"]["se-rencontrer"]["cards"] if one["content"]["brings"] == "Du pain"]
    done(me, "ask", "se-rencontrer", {"offers": True}, on=line)
    (request,) = [one["id"] for one in other.state()["views"]["se-rencontrer"]["incoming"]]
    done(other, "agree", "se-rencontrer", on=request)
    assert sum(state().values()) == 3
    assert "oriane@exemple.test" in console(day).get(report).text
    forms = re.findall(r"<form.*?</form>", page(me, day, "data"), re.S)
    for label in ("Que l’annuaire donne mes coordonnées", "Que mes coordonnées soient montrées à"):
        (form,) = [one for one in forms if label in one and "Je n’accepte plus" in one]
        assert me.form(f"/s/{day.code}/data", dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))).status == 303
    assert sum(state().values()) == 1
    assert "oriane@exemple.test" not in console(day).get(report).text
    assert "oriane@exemple.test" not in json.dumps(other.state())


def test_what_is_not_one_s_own_is_neither_shown_nor_erased(day):
    me, cards = writer(day, "Zanzibar à moi")
    code = console(day).json(f"/c/{day.code}/rejoin", {"participant": own_id(me, day)}).json["rejoin"]
    again = Client(day, Client(day).json(f"/j/{day.code}", {"rejoin": code}).json["key"])
    # On another phone: what was signed, not what was anonymous.
    assert [one["texts"][0]["text"] for one in held(again, day)["contributions"]] == ["Zanzibar à moi"]
    stranger = joined(day)
    for who, on in ((again, f"{ANONYMOUS} Zanzibar à moi"), (stranger, "Zanzibar à moi"), (stranger, f"{ANONYMOUS} Zanzibar à moi")):
        assert who.json(f"/s/{day.code}/data", {"do": "erase", "on": cards[on]}).status == 403
    assert stranger.json(f"/s/{day.code}/data", {"do": "erase", "on": own_id(me, day)}).status == 403
    assert stranger.json(f"/s/{day.code}/data", {"do": "open", "activity": "choisir"}).status == 400
    assert stranger.json(f"/s/{day.code}/data", {"do": "erase", "id": "no id"}).json["code"] == "bad-id"
    assert Client(day).json(f"/s/{day.code}/data", {"do": "erase"}).status == 403
    assert len(held(me, day)["contributions"]) == 2


def until_held_back(ask: Callable[[], Any], most: int) -> Any:
    """The first answer that says 'later', of so many at the most."""
    answers = (ask() for _ in range(most))
    held_back = next((one for one in answers if one.status != 200), None)
    assert held_back is not None
    assert held_back.status == 429
    return held_back


def test_erasing_without_end_is_held_back_and_no_one_else_is(day):
    me, cards = writer(day)
    other, _ = writer(day, "Le verger", name="Nadia")
    erase = {"do": "erase", "on": cards["Zanzibar signé"]}
    told = until_held_back(lambda: me.json(f"/s/{day.code}/data", erase), 60)
    assert told.json["code"] == "often"
    assert other.json(f"/s/{day.code}/data", {"do": "introduce", "content": {"name": "Nadège"}}).status == 200
    # All that is held of someone is read as often as a screen is, no more.
    until_held_back(lambda: me.get(f"/s/{day.code}/my-data.json"), 600)
    assert other.get(f"/s/{day.code}/my-data.json").status == 200


def test_what_one_said_of_oneself_goes_alone_and_the_cards_stay(day):
    me, _ = writer(day, "Zanzibar sans nom", name="Ysoline Perdue")
    done(me, "introduce", content={"name": "Ysoline Retrouvée"})
    assert "Ysoline Perdue" in json.dumps(held(me, day), ensure_ascii=False)
    erased = me.form(f"/s/{day.code}/data", {"do": "erase", "on": own_id(me, day), "content.what": "profile"})
    assert erased.status == 303
    told = held(me, day)
    assert "Ysoline" not in json.dumps(told, ensure_ascii=False)
    assert len(told["contributions"]) == 2
    assert "Ysoline" not in page(me, day, "mine")


def test_an_address_that_anyone_may_send_makes_a_phone_forget_nothing(day):
    me, cards = writer(day, "Zanzibar à garder")
    for gone in ("facilitate", "out", cards["Zanzibar à garder"]):
        assert 'data-forget=""' in page(me, day, f"data?done=erase&gone={gone}")


def test_who_leaves_a_shared_phone_takes_their_key_and_the_other_goes_on(day):
    first, second = joined(day, name="Ada"), joined(day, name="Bo")
    phone = Client(day, cookies={f"participant-{day.code}": first.key, f"others-{day.code}": second.key})
    left = phone.form(f"/s/{day.code}/data", {"do": "erase", "on": own_id(first, day)}, **FR)
    assert left.status == 200
    assert left.cookies[f"participant-{day.code}"] == second.key
    assert first.get(f"/s/{day.code}/data").status == 303
    assert "Bo" in page(second, day, "data")


def test_what_one_erases_is_found_in_no_byte_of_the_data_folder(server):
    day = server(SHEET)
    console(day).act("open", "situations")
    me, cards = writer(day)
    other, _ = writer(day, "Le verger", name="Nadia")
    done(me, "introduce", content={"role": "Gérante Oméga"})
    kept = Client(day, day.keys["shelf"])
    assert console(day).get(f"/s/{day.code}/restitution.html").status == 200
    assert "signé" in kept.get("/shelf/search?q=Zanzibar", **FR).text
    console(day).act("open", "choisir")
    done(me, "vote", "choisir", {"dots": {next(iter(cards.values())): 1}})
    # One card first; then everything, as a phone without script presses it.
    answer = me.form(f"/s/{day.code}/data", {"id": str(uuid4()), "do": "erase", "on": cards["Zanzibar signé"]})
    assert answer.status == 303
    assert "C’est effacé" in spaced(me.get(answer.headers["Location"], **FR).text)
    assert [one["texts"][0]["text"] for one in held(me, day)["contributions"]] == [f"{ANONYMOUS} Zanzibar signé"]
    phone = Client(day, cookies={f"participant-{day.code}": me.key})
    gone = phone.form(f"/s/{day.code}/data", {"do": "erase", "on": own_id(me, day)}, **FR)
    assert (gone.status, gone.cookies[f"participant-{day.code}"]) == (200, "")
    assert "C’est fait" in spaced(gone.text)
    assert me.get(f"/s/{day.code}/data").status == 303
    assert me.act("introduce", content={"name": "Encore"}).status == 403
    # The search learns of it just after the answer.
    assert any("signé" not in kept.get("/shelf/search?q=Zanzibar", **FR).text for _ in range(200))
    view = console(day).state()["views"]["choisir"]
    assert view["given"] == 0
    day.stop()
    words = ("Zanzibar", "Quokka", "Marchal", "Oméga", "Le verger")
    files = [file for file in day.data_dir.rglob("*") if file.is_file()]
    found = {word: [file.name for file in files if word.encode() in file.read_bytes()] for word in words}
    # The neighbour's words, which are looked for in the same way, are there; and their anonymous card is all that bears that word.
    assert found.pop("Le verger")
    assert found.pop("Quokka")
    assert not any(found.values()), found
    day.restart()
    assert "Zanzibar" not in console(day).get(f"/s/{day.code}/restitution.html").text
    assert len(held(other, day)["contributions"]) == 2


def test_the_long_code_of_the_end_leads_to_one_s_data_and_opens_nothing_once_all_is_erased(server):
    day = server(SHEET)
    console(day).act("open", "situations")
    me, _ = writer(day)
    console(day).act("finish")
    (code,) = re.findall(r'class="keepsake"><b>([^<]+)', page(me, day, "mine"))
    later = Client(day, Client(day).json(f"/j/{day.code}", {"rejoin": code}).json["key"])
    assert [one["texts"][0]["text"] for one in held(later, day)["contributions"]] == ["Zanzibar signé"]
    erased = later.json(f"/s/{day.code}/data", {"do": "erase", "on": own_id(later, day)})
    assert erased.status == 200
    assert Client(day).json(f"/j/{day.code}", {"rejoin": code}).status == 403
    report = console(day).get(f"/s/{day.code}/restitution.html").text
    assert ("Marchal" in report, ">Zanzibar signé" in report) == (False, False)


def test_staff_erase_on_request_a_card_or_all_that_someone_gave_once_they_tick_that_they_know(day):
    me, cards = writer(day, "Zanzibar sur demande", name="Ulysse Fictif")
    office = Client(day, day.keys["shelf"])
    edition = f"/s/{day.code}/edition"
    first = {"do": "erase", "on": cards["Zanzibar sur demande"], "why": "À sa demande"}
    refused = office.form(edition, {**first, "id": str(uuid4())}, **FR)
    assert refused.status == 422
    assert "Cochez que vous savez" in spaced(refused.text)
    assert office.form(edition, {**first, "id": str(uuid4()), "sure": "yes"}, **FR).status == 303
    assert f"{ANONYMOUS} Zanzibar sur demande" in [one["texts"][0]["text"] for one in held(me, day)["contributions"]]
    assert len(held(me, day)["contributions"]) == 1
    assert "Ulysse Fictif, Épicerie, Drôme" in spaced(office.get(edition, **FR).text)
    all_of = {"do": "erase", "on": own_id(me, day), "why": "Par lettre", "sure": "yes", "id": str(uuid4())}
    assert joined(day).form(edition, all_of).status in (401, 403)
    assert office.form(edition, all_of, **FR).status == 303
    assert me.get(f"/s/{day.code}/data").status == 303
    assert "Ulysse" not in spaced(office.get(edition, **FR).text)
    assert "des mots effacés pour de bon, sur demande" in spaced(office.get(f"{edition}/history", **FR).text).lower()
