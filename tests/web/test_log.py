"""The log as a table: who did what when, to what, and why, and no cell that a spreadsheet would run."""

import csv
import io
import re

from core.day import SHEET
from web.http import Client, console, joined

FORMULA = '=HYPERLINK("http://evil.example";"x")'


def table(text: str, delimiter: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=delimiter))


def test_the_log_is_a_table_in_the_reader_s_language_with_nothing_a_spreadsheet_runs(server):
    day = server(SHEET)
    drive, anna = console(day), joined(day, name="Anna")
    drive.act("open", "situations")
    assert anna.act("post", "situations", {"title": FORMULA}).status == 200
    assert anna.act("post", "situations", {"title": "Un mot de trop"}).status == 200
    shown, gone = [card["id"] for card in drive.state()["views"]["situations"]["cards"]]
    drive.act("hide", "situations", {"why": '@SUM(1;"deux")'}, on=shown)
    drive.act("withhold", "situations", {"why": "-2+3"}, on=gone)
    drive.act("add", content={"kind": "break", "title": "+33 pauses\nimprévues", "minutes": 5, "after": "situations"})
    drive.act("close", "situations")

    assert Client(day).get(f"/c/{day.code}/log.csv").status == 403
    assert anna.get(f"/c/{day.code}/log.csv").status == 403
    answer = drive.get(f"/c/{day.code}/log.csv", Accept_Language="fr")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    head, *rows = table(answer.text, ";")
    assert head == ["Heure", "Qui", "Quoi", "À propos de quoi", "Pourquoi"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row[0]) for row in rows)
    assert {row[1] for row in rows} == {"l’équipe d’animation"}
    assert [row[2] for row in rows][:3] == ["«\u00a0Situations\u00a0» ouverte", "Carte masquée du mur", "Carte retirée"]
    assert rows[1][3:] == [f"Situations – {FORMULA}", '\'@SUM(1;"deux")']
    # Of a withheld card no word remains.
    assert rows[2][3:] == ["Situations", "'-2+3"]
    assert "Un mot de trop" not in answer.text
    assert rows[3][3].startswith("'+33 pauses")
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert table(drive.get(f"/c/{day.code}/log.csv", Accept_Language="en").text, ",")[0] == ["Hour", "Who", "What", "About what", "Why"]
