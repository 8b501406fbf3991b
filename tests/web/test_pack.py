"""The formats and the pack over HTTP: made while the room is served, looked at until it is there, and said where it cannot be."""

import io
import json
import shutil
import time
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from core.day import SHEET
from harness.server import Server
from web.http import Client, console, joined

from facilitate.journal import Journal
from facilitate.restitution import FORMATS


def fetched(day: Server, path: str) -> tuple[str, bytes]:
    """(media type, bytes) of a file."""
    asked = urllib.request.Request(f"{day.base}{path}", headers={"Authorization": f"Bearer {day.keys['shelf']}"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return answer.headers["Content-Type"], answer.read()


def ready(who: Client, path: str) -> dict[str, object]:
    """What is said of the pack once it is made, or could not be."""
    until = time.monotonic() + 60
    while (said := json.loads(who.get(path, Accept="application/json").text))["state"] == "running":
        assert time.monotonic() < until
    return dict(said)


def test_every_format_is_given_and_the_pack_holds_them_all(server: Callable[..., Server]) -> None:
    day = server(SHEET)
    facilitator, anna = console(day), joined(day, name="Anna", territory="Drôme", named=True)
    facilitator.act("open", "situations")
    anna.act("post", "situations", {"title": "=1+1 <b>{{7*7}}</b>", "signed": True})
    for format, how in FORMATS.items():
        media, data = fetched(day, f"/s/{day.code}/restitution.{format}?lang=en")
        assert media == how.media
        assert data
    path = f"/s/{day.code}/pack"
    for who in (Client(day), anna):
        assert [who.get(path).status, who.form(path, {}).status, who.get(f"{path}.zip").status] == [403, 403, 403]
    facilitator.json(f"/reception/{day.code}/arrive?half=am", {"name": "Mona Absente"})
    assert facilitator.get(f"{path}.zip").status == 404
    assert "Faire le dossier" in facilitator.get(f"{path}?lang=fr").text
    begun = facilitator.form(f"{path}?lang=fr", {})
    assert (begun.status, begun.headers["Location"]) == (303, f"{path}?lang=fr")
    said = ready(facilitator, f"{path}?lang=fr")
    assert (said["state"], said["done"], said["of"], said["changed"]) == ("ready", 9, 9, False)
    media, data = fetched(day, str(said["file"]))
    assert media == "application/zip"
    names = {name.partition("/")[2] for name in zipfile.ZipFile(io.BytesIO(data)).namelist()}
    assert names == {f"{day.code}-restitution.{format}" for format in FORMATS} | {"README.txt", "attendance.pdf"}
    assert "Prendre le dossier" in facilitator.get(f"{path}?lang=fr").text
    anna.act("post", "situations", {"title": "Encore une.", "signed": True})
    assert "La journée a changé" in facilitator.get(f"{path}?lang=fr").text
    assert facilitator.get(f"{path}.zip?lang=en").status == 404, "none was made in English"
    facilitator.form(f"/reception/{day.code}/forget", {})
    assert facilitator.get(f"{path}.zip?lang=fr").status == 404, "it held the attendance sheet of a list that is deleted"
    shelf = Client(day, day.keys["shelf"])
    row = Journal.in_folder(day.data_dir).session(day.code)
    assert row
    gathered = {"id": str(uuid4()), "title": "Ce qu’une journée nous apprend", "language": "fr", "sessions": [row.id]}
    over = shelf.json("/shelf/collections", gathered).json["code"]
    begun = shelf.form(f"/s/{over}/pack?lang=fr", {})
    assert begun.status == 303, begun.text
    assert ready(shelf, f"/s/{over}/pack?lang=fr")["state"] == "ready"
    names = zipfile.ZipFile(io.BytesIO(fetched(day, f"/s/{over}/pack.zip?lang=fr")[1])).namelist()
    assert f"{over}-capitalisation/{over}-capitalisation.odt" in names


def test_a_disk_that_takes_nothing_is_said_and_the_day_goes_on(server: Callable[..., Server], tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    day = server(SHEET, environment={"TMPDIR": str(scratch)}, tracebacks=True)
    facilitator, path = console(day), f"/s/{day.code}/pack?lang=en"
    facilitator.form(path, {})
    assert ready(facilitator, path)["state"] == "ready"
    shutil.rmtree(scratch)
    facilitator.form(path, {})
    said = ready(facilitator, path)
    assert (said["state"], said["file"]) == ("failed", "")
    assert "disk is full, or cannot be written" in facilitator.get(path).text
    refused = facilitator.get(f"/s/{day.code}/restitution.docx?lang=en", Accept="application/json")
    assert refused.status == 503
    assert "could not be written" in refused.json["later"]
    assert facilitator.get(f"/s/{day.code}/restitution.html").status == 200
