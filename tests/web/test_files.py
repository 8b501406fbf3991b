"""Photos and slides over HTTP: who may bring them and see them, what is kept, and every bad file said in words with nothing lost."""

import http.client
import subprocess
import sys
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import files
import pytest
from harness.server import ROOT, Server
from PIL import Image
from web.http import Answer, Client, console, joined

from facilitate.pictures import media_id

SHEET = """---
titre: Une journée à deux
date: 2021-09-24
horaires: 9 h – 12 h
langue: fr
---
## Programme

### 9 h – Trois financements
- type: apport
- intervenant: La Région

Le fonds de la feuille.

### 10 h – Pause
- type: pause
"""
STEP = "trois-financements"


@pytest.fixture
def day(server: Callable[..., Server]) -> Server:
    return server(SHEET)


def form(file: bytes, name: str, **fields: str) -> tuple[bytes, str]:
    """A form with its file, as a browser sends it."""
    parts = [f'--a-line\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()]
    head = f'--a-line\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    return b"".join([*parts, head.encode(), file, b"\r\n--a-line--\r\n"]), "multipart/form-data; boundary=a-line"


def sent(who: Client, file: bytes, name: str = "a file", query: str = "", accept: str = "application/json", **fields: str) -> Answer:
    body, kind = form(file, name, **fields)
    return who.ask("POST", f"/s/{who.server.code}/media{query}", body, Content_Type=kind, Accept=accept)


def slides(who: Client, file: bytes, permission: str = "yes", query: str = "", **more: str) -> Answer:
    fields = {"id": str(uuid4()), "do": "slides", "activity": STEP, "content.permission": permission} | more
    return sent(who, file, "diapos.pdf", query, **fields)


def picture(who: Client, id: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """A picture asked for, its bytes as they are."""
    link = http.client.HTTPConnection("127.0.0.1", who.server.port, timeout=30)
    link.request("GET", f"/s/{who.server.code}/media/{id}", headers={"Authorization": f"Bearer {who.key}", **headers})
    answer = link.getresponse()
    data = answer.read()
    link.close()
    return answer.status, dict(answer.getheaders()), data


def test_a_photo_is_made_plain_kept_once_and_given_to_whoever_holds_a_key(day: Server) -> None:
    facilitator, ada = console(day), joined(day, name="Ada")
    taken = sent(facilitator, files.photo((3000, 1000)))
    assert taken.status == 200, taken.text
    id = taken.json["media"]
    assert taken.json == {"media": id, "type": "image/jpeg"}
    assert sent(facilitator, files.photo((3000, 1000))).json["media"] == id
    status, headers, data = picture(ada, id)
    assert (status, headers["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(BytesIO(data)).size == (2000, 667)
    assert media_id(data) == id
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert picture(ada, id, **{"If-None-Match": headers["ETag"]})[::2] == (304, b"")


def test_a_file_may_be_the_whole_body(day: Server) -> None:
    answer = console(day).ask("POST", f"/s/{day.code}/media?name=a.pdf", files.deck(2), Content_Type="application/pdf")
    assert answer.status == 200
    assert (len(answer.json["pages"]), answer.json["name"], answer.json["scripts"]) == (2, "a.pdf", False)


def test_participants_and_strangers_bring_no_file_and_strangers_see_none(day: Server) -> None:
    id = sent(console(day), files.photo()).json["media"]
    for who in (joined(day, name="Ada"), Client(day), Client(day, day.keys["wall"])):
        assert sent(who, files.photo()).status == 403
    assert picture(Client(day, "nobody"), id)[0] == 403
    assert picture(Client(day, day.keys["wall"]), id)[0] == 200
    assert picture(console(day), "0" * 32)[0] == 404
    assert picture(console(day), "..%2Fx")[0] == 404


def test_a_pdf_becomes_the_slides_of_a_step_at_once(day: Server) -> None:
    facilitator = console(day)
    taken = slides(facilitator, files.deck(3), "ask")
    assert taken.status == 200, taken.text
    assert taken.json["seq"] == facilitator.state()["seq"]
    facilitator.act("open", STEP)
    view = joined(day, name="Ada").state()["views"][STEP]
    assert (view["slides"], view["page"]["text"].split("\n")[0]) == (3, "La ville et la campagne, 1")
    wide, small = (picture(facilitator, view["page"][size])[2] for size in ("media", "small"))
    assert [Image.open(BytesIO(one)).width for one in (wide, small)] == [1920, 960]
    console_view = facilitator.ask("GET", f"/s/{day.code}/state?as=console").json["views"][STEP]
    assert (console_view["permission"], console_view["name"]) == ("ask", "diapos.pdf")


def test_the_same_form_sent_twice_is_taken_once(day: Server) -> None:
    facilitator, id = console(day), str(uuid4())
    first, second = (slides(facilitator, files.deck(1), id=id) for _ in range(2))
    assert first.json["seq"] == second.json["seq"] == facilitator.state()["seq"]


BAD = [
    (b"", "no-media", "Choisissez"),
    (b"PK\x03\x04", "not-a-pdf", "Exporter en PDF"),
    (files.deck(3)[:9000], "pdf-broken", "incomplet"),
    (files.deck(200), "pdf-pages", "Ce PDF a 200\u00a0pages"),
    (files.by_hand(box="0 0 100000000 1"), "pdf-page", "La page 1"),
    (files.endless(), "too-heavy", "La page 1"),
    (bytes(50_500_000), "too-large", "50\u00a0Mo au plus"),
    (bytes(53_000_000), "too-large", "50\u00a0Mo au plus"),
]


def test_bad_pdfs_are_said_in_words_and_the_slides_stay(day: Server) -> None:
    facilitator = console(day)
    facilitator.act("open", STEP)
    before = facilitator.state()["seq"]
    for file, code, word in BAD:
        answer = slides(facilitator, file, query="?lang=fr")
        assert answer.status in (413, 422), answer.text
        assert answer.json["code"] == code
        assert word in answer.json["refused"]
    assert facilitator.state()["seq"] == before
    assert "Le fonds de la feuille." in Client(day, cookies={f"wall-{day.code}": day.keys["wall"]}).get(f"/w/{day.code}").text


@pytest.mark.skipif(files.NEEDS_QPDF, reason="there is no qpdf here: `make test` installs it where it may")
def test_a_pdf_behind_a_password_is_said_in_words(day: Server, tmp_path: Path) -> None:
    answer = slides(console(day), files.locked(files.deck(1), tmp_path), query="?lang=fr")
    assert answer.json["code"] == "pdf-locked"
    assert "mot de passe" in answer.json["refused"]


def test_a_pdf_with_scripts_is_taken_without_them_and_the_console_says_so(day: Server) -> None:
    facilitator = console(day)
    facilitator.act("open", STEP)
    assert slides(facilitator, files.with_scripts()).json["scripts"] is True
    page = Client(day, cookies={f"console-{day.code}": day.keys["console"]}).get(f"/c/{day.code}?lang=fr").text
    assert "Ce PDF contenait des scripts" in page


def test_slides_for_a_step_that_is_not_there_are_refused_before_anything_is_made(day: Server) -> None:
    answer = slides(console(day), files.deck(1), activity="nowhere")
    assert (answer.status, answer.json["code"]) == (404, "unknown-activity")


def test_a_form_without_script_goes_back_to_its_page_or_says_why_not(day: Server) -> None:
    browser = Client(day, cookies={f"console-{day.code}": day.keys["console"]})
    fields = {"id": str(uuid4()), "do": "slides", "activity": STEP, "content.permission": "no"}
    done = sent(browser, files.deck(1), "x.pdf", "?as=console", "text/html", **fields)
    assert (done.status, done.headers["Location"]) == (303, f"/c/{day.code}")
    refused = sent(browser, b"x", "x.pdf", "?as=console&lang=fr", "text/html", **fields | {"id": str(uuid4())})
    assert refused.status == 422
    assert "n’est pas un PDF" in refused.text
    assert f'href="/c/{day.code}"' in refused.text


def test_a_photo_of_a_flipchart_stands_in_the_restitution_with_its_words(day: Server) -> None:
    facilitator = console(day)
    facilitator.act("open", "pause")
    fields = {"id": str(uuid4()), "do": "photo", "activity": "pause", "content.description": "Un tableau : trois colonnes"}
    taken = sent(facilitator, files.photo(), "tableau.jpg", **fields)
    assert taken.status == 200, taken.text
    report = facilitator.get(f"/s/{day.code}/restitution.html?lang=fr").text
    assert 'alt="Un tableau\u00a0: trois colonnes"' in report
    assert "data:image/jpeg;base64," in report
    assert facilitator.act("unphoto", on=fields["id"]).status == 200
    assert "trois colonnes" not in facilitator.get(f"/s/{day.code}/restitution.html").text


def test_a_photo_without_words_is_refused(day: Server) -> None:
    answer = sent(console(day), files.photo(), do="photo", activity="pause", id=str(uuid4()))
    assert (answer.status, answer.json["code"], answer.json["field"]) == (422, "empty", "description")


def test_only_this_address_takes_large_messages(day: Server) -> None:
    answer = console(day).ask("POST", f"/s/{day.code}/act", b'{"id": "' + b"x" * 70_000 + b'"}', Content_Type="application/json")
    assert answer.status == 413


def test_the_room_is_served_while_a_pdf_is_made_ready(day: Server) -> None:
    """Phones are answered meanwhile: nothing of a file is opened on the hub."""
    answers: list[Answer] = []
    making = threading.Thread(target=lambda: answers.append(slides(console(day), files.deck(12))))
    making.start()
    served = 0
    while making.is_alive():
        assert Client(day).get("/healthz").status == 200
        served += 1
        making.join(0.02)
    assert served > 5
    assert answers[0].status == 200


def test_slides_are_taken_in_before_their_step_is_on(day: Server) -> None:
    browser = Client(day, cookies={f"console-{day.code}": day.keys["console"]})
    page = browser.get(f"/c/{day.code}/slides?lang=fr")
    assert page.status == 200
    assert "La feuille contient 1 diapositive." in page.text
    assert 'value="pause"' not in page.text
    assert f'href="/c/{day.code}/slides#{STEP}"' in browser.get(f"/c/{day.code}").text
    fields = {"id": str(uuid4()), "do": "slides", "activity": STEP, "content.permission": "ask"}
    done = sent(browser, files.deck(2), "ville.pdf", "?as=console&back=slides", "text/html", **fields)
    assert (done.status, done.headers["Location"]) == (303, f"/c/{day.code}/slides")
    page = browser.get(f"/c/{day.code}/slides?lang=fr")
    assert "ville.pdf" in page.text
    assert "2 pages sont là." in page.text
    assert "Il reste à demander à l’intervenant" in page.text
    assert console(day).act("finish").status == 200
    asked = {"id": str(uuid4()), "activity": STEP, "content.permission": "yes"}
    assert browser.form(f"/c/{day.code}/slides?back=slides", asked).headers["Location"] == f"/c/{day.code}/slides"
    assert "L’intervenant accepte que" in browser.get(f"/c/{day.code}/slides?lang=fr").text
    assert browser.form(f"/c/{day.code}/slides?back=slides&lang=fr", asked | {"id": str(uuid4()), "content.permission": "?"}).status == 422
    assert "La ville et la campagne" not in Client(day, cookies={f"wall-{day.code}": day.keys["wall"]}).get(f"/w/{day.code}").text
    assert joined(day, name="Ada").get(f"/c/{day.code}/slides").status == 403


def test_a_day_with_slides_and_photos_gives_the_same_restitution_where_it_arrives(day: Server, tmp_path: Path) -> None:
    facilitator = console(day)
    facilitator.act("open", STEP)
    assert slides(facilitator, files.deck(2)).status == 200
    fields = {"id": str(uuid4()), "do": "photo", "activity": STEP, "content.description": "Un tableau"}
    assert sent(facilitator, files.photo(), **fields).status == 200
    written = []
    for place in (day.data_dir, tmp_path / "there"):
        if written:
            run("export", day.code, tmp_path / "day.zip", "--data-dir", day.data_dir)
            run("import", tmp_path / "day.zip", "--data-dir", place)
        run("restitute", day.code, "--to", tmp_path / place.name / "report", "--data-dir", place)
        written.append({file.name: file.read_bytes() for file in (tmp_path / place.name / "report").iterdir()})
    assert written[0] == written[1]
    page, printed, text = (written[0][f"{day.code}-restitution.{format}"] for format in ("html", "pdf", "md"))
    assert page.count(b"data:image/jpeg;base64,") == 3
    assert printed.count(b"/DCTDecode") == 3
    assert "Un tableau" in text.decode()


def run(*arguments: object) -> None:
    """The command line, which must end well."""
    command = [sys.executable, "-m", "facilitate", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
