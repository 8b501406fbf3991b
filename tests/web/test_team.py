"""The team: a link each, which opens what its person needs and nothing else; workshops' own walls and consoles."""

import re
from html import unescape

import pytest
from web.http import Client, console, joined

SHEET = """---
titre: Une journée
horaires: 9:30-12:30
---
## Programme

### 9:30 – Ateliers
- type : ateliers
- durée : 1 h
- ateliers : Produire (salle Rhône); Manger

### Ce qui se fait
- type : situations
- atelier : Produire

Tour de table d’abord.

### Nos assiettes
- type : situations
- atelier : Manger

### 10:30 – Pause
- type : pause
- durée : 10 min

### 10:40 – Et après
- type : situations
- durée : 20 min

### 11:00 – Évaluation
- type : évaluation
- durée : 20 min
"""
PAGES = {"console": "/c/{}", "scribe": "/scribe/{}", "notes": "/notes/{}", "reception": "/reception/{}"}


@pytest.fixture
def day(server):
    return server(SHEET)


@pytest.fixture(scope="module")
def team(lasting_server):
    """A day to whose team people are only added."""
    return lasting_server(SHEET)


def lead(day):
    """The browser of whoever started the day."""
    return Client(day, cookies=Client(day).get(f"/c/{day.code}?key={day.keys['console']}").cookies)


def links(day):
    return [unescape(one) for one in re.findall(r'<a href="(http[^"]+\?key=[^"]+)"', lead(day).get(f"/c/{day.code}/team").text)]


def invite(day, role, name="Samira", track=""):
    """The address of someone's link, as the page shows it."""
    before = set(links(day))
    answer = lead(day).form(f"/c/{day.code}/team", {"name": name, "role": role, "track": track})
    assert answer.status == 303, answer.text
    (link,) = set(links(day)) - before
    return "/" + link.split("/", 3)[3]


def opened(day, link):
    """The browser of whoever scanned a link."""
    given = Client(day).get(link)
    assert given.status == 303
    assert "key=" not in given.headers["Location"]
    return Client(day, cookies=given.cookies)


@pytest.mark.parametrize("role", PAGES)
def test_a_link_opens_its_own_page_and_no_other(team, role):
    browser = opened(team, invite(team, role))
    may = {name for name, path in PAGES.items() if browser.get(path.format(team.code)).status == 200}
    assert may == (set(PAGES) if role == "console" else {role})
    assert browser.get(f"/c/{team.code}/team").status == 403
    assert Client(team).get(PAGES[role].format(team.code)).status == 403


def test_a_link_taken_back_opens_nothing_any_more(day):
    link = invite(day, "notes")
    browser = opened(day, link)
    page = lead(day).get(f"/c/{day.code}/team").text
    (dismiss,) = re.findall(r'action="([^"]+/dismiss)"', page)
    assert lead(day).form(dismiss, {}).status == 303
    assert browser.get(f"/notes/{day.code}").status == 403
    assert Client(day).get(link).status == 403
    assert links(day) == [one for one in links(day) if "/remote/" in one]


def test_the_wall_that_a_co_facilitator_opened_ends_with_their_link(day):
    browser = opened(day, invite(day, "console"))
    given = browser.get(f"/w/{day.code}")
    assert given.status == 303
    wall = Client(day, cookies=given.cookies)
    assert wall.cookies[f"wall-{day.code}"] not in ("", day.keys["wall"])
    assert wall.get(f"/w/{day.code}").status == 200
    assert Client(day, wall.cookies[f"wall-{day.code}"]).act("open", "situations").status == 403
    (dismiss,) = re.findall(r'action="([^"]+/dismiss)"', lead(day).get(f"/c/{day.code}/team").text)
    assert lead(day).form(dismiss, {}).status == 303
    assert wall.get(f"/w/{day.code}").status == 403
    assert wall.get(f"/s/{day.code}/region/wall").status == 403


def test_keys_survive_a_restart_and_stand_on_no_page_but_the_team_s(day):
    link = invite(day, "scribe")
    key = link.split("key=")[1]
    day.restart()
    scribe = opened(day, link)
    for browser, path in ((lead(day), f"/c/{day.code}"), (scribe, f"/scribe/{day.code}"), (lead(day), f"/remote/{day.code}")):
        text = browser.get(path).text
        assert key not in text
        assert day.keys["console"] not in text
    assert key not in day.log


def test_what_was_typed_stays_where_an_invitation_is_refused(day):
    answer = lead(day).form(f"/c/{day.code}/team", {"name": "é" * 85, "role": "scribe"})
    assert answer.status == 422
    assert "é" * 85 in answer.text
    assert re.search(r'value="scribe" required checked', answer.text)


def test_the_console_says_who_did_what(day):
    samira = opened(day, invite(day, "console"))
    fields = {"id": "6f1e9c1e-5b0e-4a52-8d52-0d5c0b3f9a11", "do": "open", "activity": "ateliers"}
    assert samira.form(f"/s/{day.code}/act?as=console", fields).status == 303
    assert "« Ateliers » ouverte, par Samira" in unescape(lead(day).get(f"/c/{day.code}?lang=fr").text).replace("\u00a0", " ")


def test_a_workshop_is_driven_by_its_own_link_only(day):
    drive = console(day)
    drive.act("open", "ateliers")
    key = invite(day, "console", track="produire").split("key=")[1]
    samira = Client(day, key)
    assert samira.act("next", content={"leaving": ""}).status == 200
    assert samira.state()["now"] == "ce-qui-se-fait"
    assert drive.state()["tracks"] == {"produire": "ce-qui-se-fait"}
    assert samira.act("next", content={"leaving": "ateliers"}).json == {"seq": drive.state()["seq"]}, "there is nothing to leave"
    for verb, step in (("open", "nos-assiettes"), ("close", "ateliers"), ("finish", ""), ("open", "pause")):
        refused = samira.act(verb, step)
        assert (refused.status, refused.json["code"]) == (403, "not-allowed")
    assert "Ce qui se fait" in Client(day, cookies={f"console-{day.code}": key}).get(f"/c/{day.code}").text


def test_a_workshop_s_link_opens_nothing_of_the_whole_day(day):
    drive = console(day)
    drive.act("open", "ateliers")
    drive.act("next", content={"leaving": "", "track": "manger"})
    assert joined(day).act("post", "nos-assiettes", {"title": "Nadia doit cent francs"}).status == 200
    (card,) = drive.state()["views"]["nos-assiettes"]["cards"]
    drive.act("hide", on=card["id"])
    samira = opened(day, invite(day, "console", track="produire"))
    for path in (f"/reception/{day.code}", f"/c/{day.code}/ready", f"/c/{day.code}/log.csv", f"/c/{day.code}/team"):
        assert samira.get(path).status == 403
        assert opened(day, invite(day, "console")).get(path).status == (403 if path.endswith("team") else 200)
    assert samira.form(f"/reception/{day.code}/forget", {}).status == 403
    views = samira.get(f"/s/{day.code}/state?as=console").json["views"]
    assert views["nos-assiettes"]["cards"] == []
    assert [one["status"] for one in drive.state()["views"]["nos-assiettes"]["cards"]] == ["hidden"]
    assert "cent francs" not in samira.get(f"/c/{day.code}").text


def test_the_welcome_desk_s_link_reads_no_word_of_the_room(team):
    desk = Client(team, invite(team, "reception").split("key=")[1])
    assert desk.ask("GET", f"/s/{team.code}/state").status == 403
    assert desk.ask("GET", f"/reception/{team.code}/changes?since=" + "9" * 5000).status == 200


def test_each_room_has_its_wall_and_a_phone_follows_its_person(day):
    drive, ada, bo = console(day), joined(day, name="Ada"), joined(day, name="Bo")
    drive.act("open", "ateliers")
    ada.act("enter", "ateliers", {"track": "produire"})
    drive.act("next", content={"leaving": "", "track": "produire"})
    assert (ada.state()["now"], bo.state()["now"]) == ("ce-qui-se-fait", "ateliers")
    assert ada.act("post", "ce-qui-se-fait", {"title": "Un marché de plein vent"}).status == 200
    wall = Client(day, cookies={f"wall-{day.code}": day.keys["wall"]})
    assert "Un marché de plein vent" in wall.get(f"/w/{day.code}/produire").text
    assert "Un marché de plein vent" not in wall.get(f"/w/{day.code}").text
    assert "Un marché de plein vent" not in wall.get(f"/w/{day.code}/manger").text
    drive.act("show", content={"black": 1, "track": "produire"})
    assert "Un marché" not in wall.get(f"/w/{day.code}/produire").text
    drive.act("close", "ateliers")
    assert ada.state()["now"] == "ateliers"
    assert "Un marché" not in wall.get(f"/w/{day.code}/produire").text, "back in plenary"


def test_the_remote_drives_without_script(day):
    console(day).act("open", "ateliers")
    console(day).act("next", content={"leaving": "ateliers"})
    remote = Client(day, cookies=Client(day).get(f"/remote/{day.code}?key={day.keys['console']}").cookies)
    page = remote.get(f"/remote/{day.code}?lang=fr").text
    coming = re.findall(r'<li class="row coming">.*?<span>(.*?)</span>', page)
    assert coming == ["Et après", "Évaluation"]
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'value="retime"' in one)
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    answer = remote.form(unescape(re.search(r'action="([^"]+)"', form)[1]), fields)
    assert (answer.status, answer.headers["Location"]) == (303, f"/remote/{day.code}")
    minutes = re.findall(r'name="content.minutes" value="(\d+)"', remote.get(f"/remote/{day.code}").text)
    assert minutes == ["20"], "fifteen now, twenty at the next press"


def test_the_remote_shows_one_card_alone_and_its_facilitator_s_notes(day):
    drive, ada = console(day), joined(day, name="Ada")
    drive.act("open", "et-apres")
    posted = ada.act("post", "et-apres", {"title": "Une ferme ouverte le dimanche"})
    assert posted.status == 200
    remote = Client(day, cookies={f"console-{day.code}": day.keys["console"]})
    page = remote.get(f"/remote/{day.code}").text
    assert "Une ferme ouverte le dimanche" in page
    card = re.search(r'name="content.card" value="([^"]+)"', page)[1]
    drive.act("show", content={"card": card})
    assert "Une ferme ouverte le dimanche" in Client(day, cookies={f"wall-{day.code}": day.keys["wall"]}).get(f"/w/{day.code}").text
    drive.act("open", "ateliers")
    drive.act("next", content={"leaving": "", "track": "produire"})
    assert "Tour de table" in remote.get(f"/remote/{day.code}?track=produire").text


def test_the_remote_turns_the_slides_and_reveals(server):
    slides = "### 9:30 – Un fonds\n- type : apport\n- durée : 20 min\n\n#### Un\n\nPremière.\n\n---\n\n#### Deux\n\nSeconde.\n\n"
    day = server(SHEET.replace("### 9:30 – Ateliers", slides + "### 9:50 – Ateliers").replace("durée : 1 h\n", "durée : 40 min\n"))
    console(day).act("open", "un-fonds")
    remote = Client(day, cookies={f"console-{day.code}": day.keys["console"]})
    assert "Diapositive 1 sur 2" in remote.get(f"/remote/{day.code}?lang=fr").text.replace("\u00a0", " ")
    console(day).act("slide", "un-fonds", {"to": 2})
    page = remote.get(f"/remote/{day.code}?lang=fr").text.replace("\u00a0", " ")
    assert "Diapositive 2 sur 2" in page
    assert re.search(r'aria-disabled="true"[^>]*>Diapositive suivante', page)
    console(day).act("open", "evaluation")
    assert "Dévoiler les résultats" in remote.get(f"/remote/{day.code}?lang=fr").text


def test_a_workshop_s_link_reads_no_restitution_of_the_whole_day_and_moves_no_one(day):
    joined(day, name="Élue 3, Drôme")
    key = invite(day, "console", track="produire").split("key=")[1]
    samira = Client(day, cookies={f"console-{day.code}": key})
    assert samira.get(f"/s/{day.code}/restitution.html").status == 403
    assert lead(day).get(f"/s/{day.code}/restitution.html").status == 200
    (person,) = re.findall(r'name="participant" value="([^"]+)"', lead(day).get(f"/c/{day.code}").text)
    assert samira.form(f"/c/{day.code}/rejoin", {"participant": person}).status == 403
    assert lead(day).form(f"/c/{day.code}/rejoin", {"participant": person}).status == 303


def test_someone_without_a_phone_goes_to_a_workshop_too(day):
    drive = console(day)
    drive.act("open", "ateliers")
    drive.act("welcome", content={"name": "Habitante A", "territory": "Drôme"})
    scribe = Client(day, cookies={f"console-{day.code}": day.keys["console"]})
    page = scribe.get(f"/scribe/{day.code}?lang=fr").text
    form = re.search(r'<form[^>]*id="go-produire.*?</form>', page, re.DOTALL)[0]
    fields = {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)}
    answer = scribe.form(unescape(re.search(r'action="([^"]+)"', form)[1]), fields)
    assert answer.status == 303, answer.text
    wall = Client(day, cookies={f"wall-{day.code}": day.keys["wall"]}).get(f"/w/{day.code}?lang=fr").text
    assert re.findall(r"(\d) personne", wall.partition('data-key="track-produire"')[2])[0] == "1"
