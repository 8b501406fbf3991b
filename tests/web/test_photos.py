"""Photos from phones over HTTP: who may send and see them, what the journal holds, and every bad one said in words, nothing lost."""

import io
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

import files
import pytest
from harness.server import ROOT, Server
from PIL import Image
from web.http import Answer, Client, console, joined
from web.test_files import form, picture

SHEET = """---
titre: Une journée à deux
date: 2021-09-24
horaires: 9 h – 12 h
langue: fr
---
## Programme

### 9 h – Nos pratiques
- type: cartes
- photo: oui

### 10 h – Sans photo
- type: cartes
"""
STEP, PLAIN = "nos-pratiques", "sans-photo"
CARD = {"content.text": "Un four partagé.", "content.photo_says": "Trois personnes et un four", "content.photo_faces": "yes"}


@pytest.fixture
def day(server: Callable[..., Server]) -> Server:
    begun = server(SHEET)
    console(begun).act("open", STEP)
    return begun


def sent(who: Client, file: bytes | None, query: str = "?lang=fr", accept: str = "application/json", **said: str) -> Answer:
    """A card with its photo, as a phone's form sends it."""
    fields = {"id": str(uuid4()), "do": "post", "activity": STEP} | CARD | {key.replace("__", "."): value for key, value in said.items()}
    body, kind = form(file or b"", "IMG_2041.jpg" if file is not None else "", **fields)
    return who.ask("POST", f"/s/{who.server.code}/media{query}", body, Content_Type=kind, Accept=accept)


def card(who: Client) -> dict[str, object]:
    """The last card this one is shown."""
    shown: dict[str, object] = who.state()["views"][STEP]["cards"][-1]
    return shown


def media(who: Client) -> str:
    return str(card(who)["photo"]["media"])  # type: ignore[index]


def seen(who: Client, id: str) -> int:
    return picture(who, id)[0]


def stored(day: Server) -> list[bytes]:
    """Every picture that the database itself holds."""
    with sqlite3.connect(day.data_dir / "facilitate.db") as link:
        return [row[0] for row in link.execute("SELECT data FROM media")]


def blurred(facilitator: Client, on: str, areas: str = "") -> Answer:
    fields = {"id": str(uuid4()), "do": "faces", "activity": STEP, "on": on, "content.areas": areas}
    body, kind = form(b"", "", **fields)
    path = f"/s/{facilitator.server.code}/media?as=console"
    return facilitator.ask("POST", path, body, Content_Type=kind, Accept="application/json")


def photo_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Fabricant"
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 45.0, 0.0)})
    return files.photo(exif=exif.tobytes())


def test_until_the_staff_answers_the_picture_is_its_author_s_and_the_console_s(day: Server) -> None:
    ada, bo, facilitator, wall = joined(day, name="Ada"), joined(day, name="Bo"), console(day), Client(day, day.keys["wall"])
    taken = sent(ada, photo_with_place())
    assert (taken.status, set(taken.json)) == (200, {"seq"}), taken.text
    id = media(ada)
    assert [seen(who, id) for who in (ada, facilitator, bo, wall, Client(day, day.keys["shelf"]))] == [200, 200, 404, 404, 404]
    _, headers, data = picture(ada, id)
    assert headers["Cache-Control"] == "no-store"
    opened = Image.open(io.BytesIO(data))
    assert not opened.getexif()
    assert b"Fabricant" not in data
    assert facilitator.act("faces", STEP, {"answer": "agreed"}, on=str(card(ada)["id"])).status == 200
    assert [seen(who, id) for who in (ada, facilitator, bo, wall)] == [200, 200, 200, 200]


def test_withheld_the_picture_is_in_no_database_export_or_restitution(day: Server, tmp_path: Path) -> None:
    ada, facilitator = joined(day, name="Ada"), console(day)
    sent(ada, files.photo())
    id, before = media(ada), day.data_dir / "before.zip"
    run("export", day.code, before, "--data-dir", day.data_dir)
    assert len(stored(day)) == 1
    facilitator.act("faces", STEP, {"answer": "withheld"}, on=str(card(ada)["id"]))
    assert stored(day) == []
    assert not [
        file for file in day.data_dir.rglob("*.db*") if id[:8].encode() in file.read_bytes() and b"\xff\xd8\xff" in file.read_bytes()
    ]
    assert [seen(who, id) for who in (ada, facilitator)] == [404, 404]
    report = facilitator.get(f"/s/{day.code}/restitution.html?lang=fr").text
    assert "1\u00a0photo a été écartée." in report or "1 photo a été écartée." in report
    assert "data:image/jpeg" not in report
    assert "Trois personnes" not in report
    assert "Un four partagé." in report
    run("import", before, "--data-dir", day.data_dir)
    assert stored(day) == [], "an archive of before brings nothing back"
    run("export", day.code, tmp_path / "after.zip", "--data-dir", day.data_dir)
    assert ZipFile(tmp_path / "after.zip").namelist() == ["journal.jsonl"]


def test_blurred_the_marked_area_is_gone_and_the_first_picture_destroyed(day: Server) -> None:
    ada, bo, facilitator = joined(day, name="Ada"), joined(day, name="Bo"), console(day)
    sent(ada, drawn_face())
    first, on = media(ada), str(card(ada)["id"])
    answer = blurred(facilitator, on, "400,300,200,400")
    assert answer.status == 200, answer.text
    second = media(facilitator)
    assert second != first
    assert seen(ada, first) == 404
    assert len(stored(day)) == 1
    left = Image.open(io.BytesIO(picture(bo, second)[2])).convert("L")
    face, beside = left.crop((400, 300, 600, 700)), left.crop((0, 0, 300, 300))
    assert len(face.quantize(64).getcolors() or []) <= 40
    assert face.getextrema()[1] - face.getextrema()[0] < 120 < beside.getextrema()[1] - beside.getextrema()[0]
    report = facilitator.get(f"/s/{day.code}/restitution.html?lang=fr").text
    assert "Les visages ont été floutés." in report
    whole = blurred(facilitator, on)
    assert whole.status == 200
    assert len(stored(day)) == 1
    again = blurred(facilitator, on, "1,2,3")
    assert (again.status, again.json["code"]) == (400, "areas")


def drawn_face() -> bytes:
    """Black and white lines everywhere: what is not blurred keeps them."""
    stripes = Image.new("L", (1000, 1000))
    stripes.putdata([255 * (x // 8 % 2) for _ in range(1000) for x in range(1000)])
    file = io.BytesIO()
    stripes.save(file, "JPEG", quality=95)
    return file.getvalue()


def test_two_people_who_send_the_same_photo_have_each_their_own(day: Server) -> None:
    ada, bo, facilitator = joined(day, name="Ada"), joined(day, name="Bo"), console(day)
    same = files.photo()
    assert sent(ada, same).status == sent(bo, same, content__photo_faces="no").status == 200
    assert media(ada) != media(bo)
    facilitator.act("faces", STEP, {"answer": "withheld"}, on=str(card(ada)["id"]))
    assert seen(ada, media(bo)) == 200


def test_the_same_card_sent_twice_is_one_card_and_one_picture(day: Server) -> None:
    ada, id = joined(day, name="Ada"), str(uuid4())
    first, second = sent(ada, files.photo(), id=id), sent(ada, files.photo(), id=id)
    assert first.json == second.json
    assert len(stored(day)) == len(ada.state()["views"][STEP]["cards"]) == 1


def test_an_anonymous_card_s_picture_is_linked_to_nobody(day: Server) -> None:
    ada = joined(day, name="Ada")
    sent(ada, files.photo(), content__signed="false")
    assert card(ada)["anonymous"]
    person = ada.ask("GET", f"/s/{day.code}/state").json
    with sqlite3.connect(day.data_dir / "facilitate.db") as link:
        columns = [row[1] for row in link.execute("PRAGMA table_info(media)")]
        (by, at), *_ = link.execute("SELECT by, at FROM entries WHERE do = 'post'").fetchall()
    assert set(columns) == {"session", "id", "type", "data"}
    assert (by, at) == ("", "")
    assert person["views"][STEP]["cards"][0]["mine"]
    assert seen(ada, media(ada)) == 200
    ada.act("discard", STEP, on=str(card(ada)["id"]))
    assert stored(day) == []


BAD = [
    (b"not a photo at all", "not-a-picture", "en JPEG ou en PNG"),
    (bytes(16_000_000), "too-large", "15\u00a0Mo au plus"),
    (bytes(40_000_000), "too-large", "15\u00a0Mo au plus"),
]


def test_a_bad_photo_is_said_in_words_and_leaves_nothing(day: Server) -> None:
    ada = joined(day, name="Ada")
    for file, code, word in BAD:
        answer = sent(ada, file)
        assert answer.status in (413, 422)
        assert answer.json["code"] == code
        assert word in answer.json["refused"]
    for said, code in (({"content__photo_faces": ""}, "faces"), ({"content__photo_says": ""}, "empty"), ({"content__text": ""}, "empty")):
        assert sent(ada, files.photo(), **said).json["code"] == code
    assert stored(day) == []
    assert ada.state()["views"][STEP]["cards"] == []


def test_without_script_the_page_comes_back_with_every_word_when_the_photo_fails(day: Server) -> None:
    ada = joined(day, name="Ada")
    browser = Client(day, cookies={f"participant-{day.code}": str(ada.key)})
    for file in (b"no photo", bytes(40_000_000)):
        page = sent(browser, file, "?as=participant&lang=fr", "text/html")
        assert page.status in (413, 422)
        assert "Un four partagé.</textarea>" in page.text
        assert "Trois personnes et un four</textarea>" in page.text
        assert 'value="yes" checked' in page.text
        assert 'role="alert"' in page.text
    done = sent(browser, None, "?as=participant", "text/html", content__photo_says="", content__photo_faces="")
    assert (done.status, done.headers["Location"]) == (303, f"/s/{day.code}"), "the words leave alone"
    done = sent(browser, files.photo(), "?as=participant", "text/html")
    assert (done.status, done.headers["Location"]) == (303, f"/s/{day.code}")
    assert media(ada)


def test_photos_are_taken_only_where_the_step_asks_and_from_people_of_the_day(day: Server) -> None:
    ada = joined(day, name="Ada")
    console(day).act("open", PLAIN, {"beside": True})
    for answer in (sent(ada, files.photo(), activity=PLAIN), sent(ada, files.photo(), do=""), sent(ada, files.photo(), activity="nowhere")):
        assert (answer.status, answer.json["code"]) == (403, "no-photos")
    whole = ada.ask("POST", f"/s/{day.code}/media", files.photo(), Content_Type="image/jpeg")
    assert (whole.status, whole.json["code"]) == (403, "no-photos")
    assert sent(Client(day), files.photo()).status == 403
    console(day).act("close", STEP)
    assert sent(ada, files.photo()).json["code"] == "not-open"
    assert ada.act("post", STEP, {"text": "T", "photo": {"media": "a" * 32}, "media": "a" * 32}, seen=1).status == 409
    assert stored(day) == []


def test_no_act_of_a_phone_names_a_picture_of_its_own(day: Server) -> None:
    ada = joined(day, name="Ada")
    act = {"id": str(uuid4()), "do": "post", "activity": STEP, "picture": {"media": "a" * 32, "width": 1, "height": 1}}
    answer = ada.json(f"/s/{day.code}/act", act | {"content": {"text": "T", "photo": {"media": "a" * 32}, "destroys": ["a" * 32]}})
    assert answer.status == 200
    assert "photo" not in card(ada)


def test_a_phone_sends_twenty_photos_and_no_more(day: Server) -> None:
    ada = joined(day, name="Ada")
    tiny = files.photo((40, 30))
    answers = [sent(ada, tiny).status for _ in range(20)]
    assert set(answers) == {200}
    answer = sent(ada, tiny)
    assert (answer.status, answer.json["code"]) == (409, "too-many-photos")
    assert sent(joined(day, name="Bo"), tiny).status == 200


def run(*arguments: object) -> None:
    """The command line, which must end well."""
    command = [sys.executable, "-m", "facilitate", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_the_console_tells_who_agreed_beforehand_to_be_recognised_as_long_as_they_do(day: Server) -> None:
    ada, bo = joined(day, name="Ada Fictive", photo=True), joined(day, name="Bo Fictif")
    assert sent(bo, photo_with_place()).status == 200
    # Someone without a phone says so to whoever writes for them.
    welcomed = [console(day).act("welcome", content={"name": name, "photo": photo}) for name, photo in (("Zoé", True), ("Max", False))]
    assert [one.status for one in welcomed] == [200, 200]
    asked = "Ont accepté d’avance d’être reconnaissables"
    screen = Client(day, cookies={f"console-{day.code}": day.keys["console"]})
    told = screen.get(f"/c/{day.code}", Accept_Language="fr").text
    assert f"{asked}\u00a0: Ada Fictive, Zoé." in told
    assert ada.act("introduce", content={"photo": False}).status == 200
    assert f"{asked}\u00a0: Zoé." in screen.get(f"/c/{day.code}", Accept_Language="fr").text
