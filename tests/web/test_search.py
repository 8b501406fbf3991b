"""The search over the wire: a page for people, JSON for programs, nothing typed ever run, and the shelf's door before it."""

from urllib.parse import quote

from web.http import Client, console, joined

SHEET = """---
title: Une journée
date: 2021-09-24
time: 9:30-17:00
---
## Programme

### 9:30 – Situations
- type : situations
- question : Quoi ?
- durée : 30 min
"""
EVIL = "<script>alert(1)</script> sur les haies"


def test_what_was_just_written_is_found_marked_and_led_to_its_place(server):
    day = server(SHEET)
    drive, ada = console(day), joined(day, name="Ada Fictive", territory="Forez")
    drive.act("open", "situations")
    for text in (EVIL, "Une haie de dix mètres", "Un puits"):
        assert ada.act("post", "situations", {"title": text}).status == 200
    staff = Client(day, cookies={"shelf": day.keys["shelf"], "lang": "fr"})
    page = staff.get("/shelf/search?q=haie").text
    assert "<b>2 textes</b> dans 1 journée." in page
    assert "Une <mark>haie</mark> de dix mètres" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; sur les <mark>haies</mark>" in page
    assert f'href="/s/{day.code}/restitution.html#word-2"' in page
    assert 'id="word-2"' in staff.get(f"/s/{day.code}/restitution.html").text
    assert "Ada" not in page
    told = Client(day, day.keys["shelf"]).get("/shelf/search?q=haie", Accept="application/json").json
    assert (told["count"], told["sessions"], told["pages"], told["behind"]) == (2, 1, 1, 0)
    assert [["Une ", False], ["haie", True], [" de dix mètres", False]] in [one["parts"] for one in told["found"][0]["texts"]]
    none = staff.get("/shelf/search?q=tracteur&kind=vote").text
    assert "Aucun texte ne contient tout cela." in none
    assert "Chercher partout" in none
    asked = staff.get(f"/shelf/search?q={quote(EVIL)}&lang=en").text
    assert "<script>alert" not in asked
    assert "1 text" in asked


def test_whatever_is_asked_gets_an_answer_and_only_the_staff_asks(server):
    day = server(SHEET)
    staff = Client(day, cookies={"shelf": day.keys["shelf"]})
    for query in (
        "",
        "q=",
        "q=%22",
        "q=%00",
        "q=%ED%A0%80",
        "q=" + "a+" * 2_000,
        "q=haie&page=x",
        "q=haie&page=99999999999999999999",
        "page=%C2%B2&q=x",
    ):
        assert staff.get(f"/shelf/search?{query}").status == 200, query
    for stranger in (Client(day), joined(day, name="Ada"), console(day)):
        assert stranger.get("/shelf/search?q=haie").status == 403
