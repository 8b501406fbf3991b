"""The log of accesses: who of the staff opened what, told to administrators, naming no participant."""

import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from html import unescape

import pytest
from core.day import SHEET
from test_doors import ROUTES, Routes
from web.http import Client, console, joined

from facilitate.accesses import DONE
from facilitate.web.accesses import COUNTED

SHOWS_NO_ONE = {
    *("shelf.page", "capitalisation.page", "capitalisation.one"),  # lists of days
    *("documents.pack", "edition.state", "reception.changes", "reception.incoming"),  # how far something is, or what follows a page told
    *("files.show", "ready.poster", "participant.state", "desks.page"),  # a part of a page that is told; nothing of anyone
}


def account(day, name: str, role: str) -> Client:
    made = Client(day, day.keys["shelf"]).json("/shelf/accounts", {"do": "invite", "name": name, "role": role}).json
    token = made["invitation"].rpartition("/")[2]
    signed = Client(day).json(f"/shelf/invitation/{token}", {"password": "cheval pile agrafe"})
    assert signed.status == 200
    return Client(day, cookies=signed.cookies)


@pytest.fixture
def day(server):
    started = server(SHEET)
    console(started).act("open", "situations")
    joined(started, name="Nadia Quokka").act("post", "situations", {"title": "Wombat", "text": "Wombat"})
    return started


def told(page: str) -> list[str]:
    text = re.sub(r"<[^>]+>", " ", page.partition("<ol")[2].partition("</ol>")[0].replace("</li>", "\n"))
    return [" ".join(unescape(line).split()) for line in text.splitlines() if line.strip()]


def test_who_opened_what_is_told_to_administrators_and_names_no_participant(day):
    reader, shelf = account(day, "Renée", "reader"), Client(day, cookies={"shelf": day.keys["shelf"]})
    root = f"/s/{day.code}"
    for _ in range(2):
        assert "Wombat" in reader.get(f"{root}/restitution.html").text
    assert reader.get("/shelf/search?q=quokka").status == 200
    assert reader.get(f"{root}/export.zip").status == 403
    assert shelf.ask("GET", f"{root}/restitution.json").status == 200
    assert console(day).get(f"/reception/{day.code}").status == 200
    assert Client(day).get(f"{root}/restitution.html").status == 303
    page = shelf.get("/shelf/accesses", Accept_Language="fr")
    lines = [line.partition(" · ")[2] for line in told(page.text)]
    assert lines == [
        f"la console de l’animation la liste des personnes attendues · Une journée ({day.code})",
        f"qui détient la clé de « Nos journées » le compte rendu (json) · Une journée ({day.code})",
        "Renée la recherche dans toutes les journées",
        f"Renée le compte rendu (html) · Une journée ({day.code})",
    ]
    assert reader.get("/shelf/accesses").status == 403
    rows = list(csv.reader(io.StringIO(shelf.get("/shelf/accesses.csv?lang=en").text.lstrip("\ufeff"))))
    assert rows[0] == ["Date and hour", "Who", "What", "Format", "Day", "Code"]
    assert [row[1:] for row in rows[-2:]] == [
        ["Renée", DONE["search"], "", "", ""],
        ["Renée", DONE["report"], "html", "Une journée", day.code],
    ]
    day.stop()
    with closing(sqlite3.connect(day.data_dir / "facilitate.db")) as link:
        kept = json.dumps(link.execute("select * from accesses").fetchall(), ensure_ascii=False)
    assert "staff:" in kept
    assert [word for word in ("Quokka", "quokka", "Nadia", "Wombat", *day.keys.values()) if word in kept] == []


def test_every_page_that_shows_staff_what_people_said_is_told(tmp_path):
    routes = Routes(tmp_path)
    staff = [row.what for row in ROUTES if {"reader", "reception"} & set(row.open) and row.what.startswith("GET")]
    shown = {routes.named(what)[1].endpoint for what in staff}
    assert sorted(shown - COUNTED.keys() - SHOWS_NO_ONE) == []
    there = {rule.endpoint for _, rule in routes.rules}
    assert sorted((COUNTED.keys() | SHOWS_NO_ONE) - there) == []
    assert set(COUNTED.values()) == set(DONE)
