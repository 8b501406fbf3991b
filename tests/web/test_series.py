"""The synthesis of a series over HTTP: offered on the shelf, given with its key and with no other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from web.test_registration import SHEET, Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room(tmp_path)
    for place in (1, 2):
        text = SHEET.replace("titre: Une journée", f"titre: Jour {place}\nsérie: Villes/Pays no. 2")
        opened.server.workshop.sheet(f"/{place}.md", text, f"Jour {place}")
    yield opened
    opened.server.close()


def test_a_series_is_on_the_shelf_and_its_synthesis_is_given_in_each_format(room: Room) -> None:
    shelf = room.phone()
    shelf.get(f"/shelf?key={room.session.row.keys['shelf']}")
    page = room.page("/shelf", shelf)
    assert "Villes/Pays no. 2" in page
    assert "2 sessions" in page
    assert 'href="/shelf/series/Villes/Pays%20no.%202.html"' in page
    for format, start in (("html", b"<!doctype html>"), ("md", b"# Villes/Pays"), ("pdf", b"%PDF")):
        given = shelf.get(f"/shelf/series/villes/pays no. 2.{format}")
        assert given.status_code == 200
        assert given.data.lower().startswith(start.lower())
    assert shelf.get("/shelf/series/Autre.html").status_code == 404
    assert shelf.get("/shelf/series/Villes/Pays no. 2.doc").status_code == 404


def test_without_the_shelf_s_key_nobody_reads_a_synthesis(room: Room) -> None:
    keys = room.session.row.keys
    where = "/shelf/series/Villes/Pays no. 2.md"
    assert room.phone().get(where).status_code == 403
    assert room.staff().get(where).status_code == 403
    assert room.phone().get(where, headers={"Authorization": f"Bearer {keys['console']}"}).status_code == 403
    assert room.phone().get(where, headers={"Authorization": f"Bearer {keys['shelf']}"}).status_code == 200
