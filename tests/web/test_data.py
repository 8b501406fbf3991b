"""The tables of one step over the wire: who may have them, in which language, and no cell that a spreadsheet would run."""

import csv
import io

from web.http import Client, console, joined

SHEET = """---
title: Une journée
date: 2021-09-24
---
## Programme

### Paniers
- type : jeu des paniers
- durée : 2 h
- territoires : Forez : des bois; Diois

### Pause
- type : pause
- durée : 5 min
"""
STEP = "paniers"
FORMULA = '=HYPERLINK("http://evil.example";"x")'


def played(server):
    """A game in which one territory offers something that a spreadsheet would run."""
    day = server(SHEET)
    drive, ada = console(day), joined(day, name="Ada", territory="Loire")
    drive.act("open", STEP)
    assert ada.act("play", STEP, {"team": "forez"}).status == 200
    for text in (FORMULA, "Du bois", "-2 vaches"):
        assert ada.act("post", STEP, {"text": text}).status == 200
    return day, drive, ada


def test_a_step_is_told_as_tables_with_what_each_column_holds(server):
    day, drive, _ada = played(server)
    path = f"/s/{day.code}/step/{STEP}.json"
    told = drive.get(path).json
    assert (told["step"], told["kind"], told["language"]) == (STEP, "exchange", "fr")
    assert set(told["tables"]) == {"territories", "goods", "transactions", "baskets", "events", "debrief"}
    goods = told["tables"]["goods"]
    assert goods["columns"][2] == {"name": "territory", "holds": "Le nom du territoire"}
    assert [(row["territory"], row["text"], row["met"]) for row in goods["rows"]] == [
        ("Forez", FORMULA, False),
        ("Forez", "Du bois", False),
        ("Forez", "-2 vaches", False),
    ]
    assert "Ada" not in drive.get(path).text
    # Names stay in every language: a program reads them.
    english = drive.get(f"{path}?lang=en").json["tables"]["goods"]
    assert english["columns"][2] == {"name": "territory", "holds": "Name of the territory"}


def test_one_table_opens_in_a_spreadsheet_and_runs_nothing(server):
    day, drive, _ada = played(server)
    answer = drive.get(f"/s/{day.code}/step/{STEP}.csv?table=goods")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{day.code}-{STEP}-goods.csv"'
    assert answer.text.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(answer.text[1:]), delimiter=";")
    assert head[:3] == ["good", "side", "territory"]
    assert [row[5] for row in rows] == [f"'{FORMULA}", "Du bois", "'-2 vaches"]
    english = drive.get(f"/s/{day.code}/step/{STEP}.csv?table=goods&lang=en").text
    assert english.splitlines()[0].startswith("\ufeffgood,side,territory")


def test_tables_are_the_staff_s_and_only_those_there_are(server):
    day, drive, ada = played(server)
    for path in (f"/s/{day.code}/step/{STEP}.json", f"/s/{day.code}/step/{STEP}.csv?table=goods"):
        assert ada.get(path).status == 403
        assert Client(day).get(path).status == 403
        assert Client(day, cookies={"shelf": day.keys["shelf"]}).get(path).status == 200
    unknown = drive.get(f"/s/{day.code}/step/{STEP}.csv?table=people", Accept="application/json")
    assert (unknown.status, unknown.json["code"]) == (404, "unknown-table")
    assert "transactions" in unknown.json["refused"]
    assert drive.get(f"/s/{day.code}/step/{STEP}.csv", Accept="application/json").json["code"] == "unknown-table"
    assert drive.get(f"/s/{day.code}/step/pause.csv?table=goods", Accept="application/json").json["code"] == "unknown-table"
    assert drive.get(f"/s/{day.code}/step/pause.json").json["tables"] == {}
    assert drive.get(f"/s/{day.code}/step/nowhere.json").status == 404
    assert drive.get(f"/s/{day.code}/step/nowhere.csv?table=goods").status == 404
