"""The page of the house's style over HTTP: what it keeps, what it refuses in words, and who wears it."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from uuid import uuid4

import pytest
from harness.server import Server
from PIL import Image
from web.http import Answer, Client, console

SHEET = """---
titre: Réciprocités
financeurs: Union européenne, Région
---
## Programme
### 9 h – Accueil
- type: accueil
- durée: 30 min
"""
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(scope="module")
def day(lasting_server: Callable[..., Server]) -> Server:
    return lasting_server(SHEET)


def png(colour: str = "#123456") -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (60, 30), colour).save(file, "PNG")
    return file.getvalue()


def shelf(day: Server) -> Client:
    return Client(day, day.keys["shelf"])


def sent(client: Client, fields: Mapping[str, str], data: bytes = b"", name: str = "file.png", **headers: str) -> Answer:
    """A form with its file, as a browser sends it."""
    mark = uuid4().hex
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()]
    if data:
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        )
        parts.append(head.encode() + data + b"\r\n")
    body = b"".join(parts) + f"--{mark}--\r\n".encode()
    headers = {"Accept": "text/html", "Accept_Language": "fr"} | headers
    return client.ask("POST", "/shelf/house", body, Content_Type=f"multipart/form-data; boundary={mark}", **headers)


def test_what_an_administrator_says_is_worn_by_screens_and_documents(server: Callable[..., Server]) -> None:
    day = server(SHEET)
    office = shelf(day)
    before = Client(day).get(f"/j/{day.code}").text
    assert sent(office, {"do": "name", "name": "Relais & Cie"}).status == 303
    assert sent(office, {"do": "colours", "colour": "#ffd400", "mark": "#e1000f"}).status == 303
    assert sent(office, {"do": "logo"}, png()).status == 303
    assert sent(office, {"do": "funder", "funder": "Région"}, png("#ff0000")).status == 303
    words = {"do": "words", "director": "Ada Martin", "host": "", "mentions": "", "licence": "cc-by", "terms": ""}
    assert sent(office, words).status == 303

    join = Client(day).get(f"/j/{day.code}").text
    assert "Relais &amp; Cie" in join
    assert "Cofinancé par l’Union européenne" in join
    (style,) = set(re.findall(r'href="(/static/[^"]+participant.css)"', join))
    assert style not in before, "its address changed with its colours"
    css = Client(day).get(style).text
    assert "--brand: #705c00;" in css
    assert "--mark: #e1000f;" in css

    wall = Client(day, day.keys["wall"]).get(f"/w/{day.code}").text
    logos = re.findall(r'<img src="(/house/[0-9a-f]+\.png)" alt="([^"]*)">', wall)
    assert [name for _, name in logos] == ["Relais &amp; Cie", "Région"]
    picture = Client(day).ask("HEAD", logos[0][0])
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/png")
    assert "immutable" in picture.headers["Cache-Control"]
    assert Client(day).get("/house/0.png").status == 404

    report = office.get(f"/s/{day.code}/restitution.html?lang=fr")
    assert report.headers["Content-Security-Policy"].count("sha256-") == 1
    for told in ("--brand:#705c00", "Ada Martin", "Attribution 4.0", "Drapeau de l’Union européenne", 'alt="Région"'):
        assert told in report.text, told

    day.restart()
    assert "--brand: #705c00;" in Client(day).get(style).text, "as it was before"


def test_what_is_refused_is_said_in_words_and_the_last_good_one_stays(day: Server) -> None:
    office = shelf(day)
    assert sent(office, {"do": "logo"}, png()).status == 303
    kept = re.findall(r"/house/[0-9a-f]+\.png", office.get("/shelf/house").text)
    svg = sent(office, {"do": "logo"}, SVG, "logo.svg")
    assert svg.status == 422
    assert "exportez-le en PNG" in svg.text
    assert "programmes" in svg.text
    broken = sent(office, {"do": "logo"}, png()[:40])
    assert broken.status == 422
    assert 'role="alert"' in broken.text
    large = sent(office, {"do": "template"}, bytes(50_000_000), "template.docx")
    assert large.status == 413
    assert "5 Mo au plus" in large.text
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name in ("[Content_Types].xml", "word/document.xml", "word/styles.xml", "word/vbaProject.bin"):
            packed.writestr(name, "<x/>")
    macros = sent(office, {"do": "template"}, file.getvalue(), "template.docx", Accept="application/json")
    assert (macros.status, macros.json["code"]) == (422, "template-macros")
    colour = sent(office, {"do": "colours", "colour": "vert pomme", "mark": "#123456"})
    assert colour.status == 422
    assert 'value="vert pomme"' in colour.text, "what was typed stays"
    assert "Ce n’est pas une couleur" in colour.text
    funder = sent(office, {"do": "funder", "funder": " "}, png(), Accept="application/json")
    assert funder.json["code"] == "no-funder"
    assert re.findall(r"/house/[0-9a-f]+\.png", office.get("/shelf/house").text) == kept


def test_a_sample_is_given_in_each_format_and_the_page_is_an_administrator_s(day: Server) -> None:
    office = shelf(day)
    page = office.get("/shelf/house/sample.html?lang=fr")
    assert page.status == 200
    assert "Une cantine achète ses légumes" in page.text
    assert office.get("/shelf/house/sample.exe").status == 404
    seen = office.get("/shelf/house/colours?colour=%23ffd400&mark=nothing&lang=fr").text
    assert "#705c00" in seen
    assert "6,3" not in seen.partition("#705c00")[0]
    for path in ("/shelf/house", "/shelf/house/sample.pdf", "/shelf/house/colours"):
        assert Client(day).get(path).status in (303, 403)
        assert console(day).get(path).status in (303, 403)
    assert sent(console(day), {"do": "name", "name": "X"}).status in (303, 403)
    assert "X" not in re.findall(r'id="house-name"[^>]*value="([^"]*)"', office.get("/shelf/house").text)
