"""A panellist's link: the questions to answer and nothing else of the day; it stays open after the day, until it is taken back."""

import json
import re
from html import unescape
from uuid import uuid4

import pytest
from web.http import Client, console, joined

SHEET = """---
titre: Une matinée
horaires: 9:30-12:30
---
## Programme

### 9:30 – Vos questions
- type : questions
- durée : 1 h
- reste ouverte : oui
- intervenants : État (DRAAF); Région

### 10:30 – Vos situations
- type : situations
- durée : 30 min
"""
STEP = "vos-questions"


@pytest.fixture
def day(server):
    return server(SHEET)


def lead(day):
    return Client(day, cookies={f"console-{day.code}": day.keys["console"]})


def link_of(day, name):
    """The address of that panellist's link, made on the team's page."""
    page = lead(day).get(f"/c/{day.code}/team").text
    assert name in unescape(page)
    assert lead(day).form(f"/c/{day.code}/team", {"name": name, "role": "panel"}).status == 303
    found = re.findall(r'<a href="http[^/]+//[^/]+(/panel/[^"]+)"', lead(day).get(f"/c/{day.code}/team").text)
    return unescape(found[-1])


def panellist(day, link):
    given = Client(day).get(link)
    assert given.status == 303
    assert "key=" not in given.headers["Location"]
    return Client(day, cookies=given.cookies)


def asked(day, text, **content):
    answer = joined(day, name="Ada").act("post", STEP, {"text": text, **content})
    assert answer.status == 200, answer.text
    return next(one["id"] for one in console(day).state()["views"][STEP]["questions"] if one["text"] == text)


def page_of(browser, day):
    return unescape(browser.get(f"/panel/{day.code}?lang=fr").text).replace("\u00a0", " ").replace("\u202f", " ")


def send(browser, day, do, on, **content):
    """The form of the page, without script."""
    fields = {"id": str(uuid4()), "do": do, "activity": STEP, "on": on}
    said = {f"content.{key}": value for key, value in content.items()}
    return browser.form(f"/s/{day.code}/act?as=panel&back=panel", fields | said)


def test_a_panellist_sees_the_questions_and_nothing_else_of_the_day(day):
    drive = console(day)
    drive.act("open", STEP)
    asked(day, "Qui instruit ?", signed=False, to="Région")
    drive.act("open", "vos-situations")
    joined(day, name="Zoé").act("post", "vos-situations", {"title": "Une situation"})
    link = link_of(day, "Région")
    browser = panellist(day, link)
    page = page_of(browser, day)
    assert "Pour vous 1" in re.sub(r"<[^>]+>", "", page)
    assert "Qui instruit ?" in page
    for word in ("Ada", "Une situation", "Vos situations"):
        assert word not in page
    key = link.split("key=")[1]
    for path in ("/c/{}", "/w/{}", "/remote/{}", "/notes/{}", "/scribe/{}", "/reception/{}", "/c/{}/team", "/s/{}/restitution.html"):
        for who in (browser, Client(day, key)):
            assert who.get(path.format(day.code)).status == 403, path
    for name in ("now", "wall", "console", "notes", "scribe", "remote"):
        assert Client(day, key).get(f"/s/{day.code}/region/{name}").status == 403, name
    assert Client(day, key).get(f"/s/{day.code}/state").status == 403
    assert lead(day).get(f"/panel/{day.code}").status == 403, "nobody answers for them"
    assert "Une situation" not in send(browser, day, "open", "").text


def test_the_page_gives_back_what_was_typed_where_it_is_refused(day):
    console(day).act("open", STEP)
    question = asked(day, "Qui instruit ?")
    browser = panellist(day, link_of(day, "Région"))
    answer = send(browser, day, "answer", question, text="é" * 1001)
    assert answer.status == 422
    assert "é" * 1001 in answer.text
    assert '<html lang="fr" class="phone panel">' in answer.text


def test_an_answer_to_come_is_written_after_the_day_and_the_restitution_has_it(day):
    drive = console(day)
    drive.act("open", STEP)
    question = asked(day, "Qui instruit ?")
    someone = Client(day).form(f"/j/{day.code}", {"name": "Bo"}).cookies
    browser = panellist(day, link_of(day, "État (DRAAF)"))
    assert send(browser, day, "promise", question, date="2999-07-12").status == 303
    drive.act("finish")
    assert "La journée est finie. Cette page reste ouverte" in page_of(browser, day)
    report = drive.get(f"/s/{day.code}/restitution.html?lang=fr").text
    assert "12 juillet 2999" in report
    assert send(browser, day, "answer", question, text="Deux personnes, une par rive.").status == 303
    assert "Deux personnes, une par rive." in drive.get(f"/s/{day.code}/restitution.html?lang=fr").text
    mine = Client(day, cookies=someone).get(f"/s/{day.code}/mine?lang=fr").text
    assert "Deux personnes, une par rive." in mine
    refused = joined(day, name="Cy").act("support", STEP, on=question)
    assert (refused.status, refused.json["code"]) == (409, "corrections-closed")


def test_a_link_taken_back_opens_nothing_any_more_the_day_over_or_not(day):
    drive = console(day)
    drive.act("open", STEP)
    question = asked(day, "Qui instruit ?")
    link = link_of(day, "Région")
    browser, key = panellist(day, link), link.split("key=")[1]
    drive.act("finish")
    member = re.findall(r'action="([^"]+/dismiss)"', lead(day).get(f"/c/{day.code}/team").text)[0]
    assert lead(day).form(member, {}).status == 303
    assert browser.get(f"/panel/{day.code}").status == 403
    assert Client(day).get(link).status == 403
    assert Client(day, key).act("answer", STEP, {"text": "Encore moi."}, on=question).status == 403
    assert json.loads(drive.get(f"/s/{day.code}/state").text)["views"][STEP]["questions"][0]["state"] == "open"


def test_the_panel_s_links_are_offered_for_the_names_of_the_sheet_only(day, server):
    refused = lead(day).form(f"/c/{day.code}/team", {"name": "Quelqu’un", "role": "panel"}, Accept="application/json")
    assert (refused.status, refused.json["code"]) == (422, "unknown-panellist")
    link_of(day, "Région")
    page = unescape(lead(day).get(f"/c/{day.code}/team?lang=fr").text)
    assert re.findall(r'name="role" value="panel"><input type="hidden" name="name" value="([^"]+)"', page) == ["État (DRAAF)"]
    other = server(SHEET.replace("- intervenants : État (DRAAF); Région\n", ""))
    assert "Les intervenants" not in lead(other).get(f"/c/{other.code}/team?lang=fr").text
