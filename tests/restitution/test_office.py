"""DOCX and ODT: their XML read as it is, then both opened by LibreOffice, whose pages are read."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from restitution.sample import CHINESE, FRENCH, HOSTILE, SCRIPTS, crowd, day, empty, hostile, one

from facilitate.core.tree import Card, Document, Facts, Figure, Listing, Paragraph, Run, Section, Table
from facilitate.restitution import HOUSE, styles
from facilitate.restitution.brand import Logo
from facilitate.restitution.office import to_docx, to_odt
from facilitate.restitution.typography import printable, spaced

Writer = Callable[..., bytes]
WRITERS = pytest.mark.parametrize(("write", "main"), [(to_docx, "word/document.xml"), (to_odt, "content.xml")], ids=["docx", "odt"])
LARGE, TALL = "a" * 32, "b" * 32


def jpeg(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 40, 30)).save(out, "JPEG")
    return out.getvalue()


PICTURES = {LARGE: jpeg(800, 600), TALL: jpeg(300, 900)}


def told() -> Document:
    """A day with what staff wrote over it, citations, pictures, and a text that reads from right to left."""
    runs = (
        Run("Tout "),
        Run("tient", "strong"),
        Run(" à peu\u00a0: "),
        Run("3", href="#word-3"),
        Run(", "),
        Run("ici", href="https://a.test/?b=c&d"),
    )
    synthesis = Section(
        "Synthèse",
        "synthese",
        (
            Paragraph("Tout tient à peu : 3, ici", runs=runs),
            Listing(("un 3",), runs=((Run("un "), Run("3", "emphasis", "#word-3")),)),
            Card("Une parole mise en avant.", by="Drôme", number=3, role="quotation"),
            Paragraph(SCRIPTS[1]),
        ),
    )
    photos = Section(
        "Photos", "photos", (Figure(LARGE, 'Un tableau <de> "papier"', "Photo, 11 h"), Figure(TALL, "Un mât"), Figure("c" * 32, "Perdue"))
    )
    annex = Section("Mots", "mots", (Table("Tous", ("N°", "Mot"), (("3", "un mot"), ("4", "x" * 6000)), anchors=("word-3", "word-4")),))
    return replace(day(), children=(synthesis, *day().children, photos, annex))


def parts(data: bytes) -> dict[str, bytes]:
    """A document's members, each XML one well-formed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    for name, part in found.items():
        if name.endswith((".xml", ".rels", ".rdf")):
            ElementTree.fromstring(part)  # noqa: S314 - our own file
    return found


def words(part: bytes) -> str:
    """All the text of a part; spaces of every kind alike."""
    return " ".join("".join(said(ElementTree.fromstring(part))).split())  # noqa: S314 - our own file


def said(node: ElementTree.Element) -> Iterator[str]:
    blank = node.tag.rpartition("}")[2] in ("p", "h", "br", "line-break", "s", "tab", "tc")
    yield f"{' ' * blank}{node.text or ''}"
    for child in node:
        yield from said(child)
        yield child.tail or ""


@WRITERS
def test_the_same_document_gives_the_same_bytes(write: Writer, main: str) -> None:
    assert write(told(), FRENCH, pictures=PICTURES.get) == write(told(), FRENCH, pictures=PICTURES.get)


def test_a_docx_has_styles_headings_rows_of_heads_words_for_pictures_and_its_language() -> None:
    found = parts(to_docx(told(), FRENCH, pictures=PICTURES.get))
    text, known = found["word/document.xml"].decode(), found["word/styles.xml"].decode()
    used = set(re.findall(r'<w:(?:p|r|tbl)Style w:val="([^"]+)"', text))
    assert {"Title", "Heading1", "Heading2", "Said", "Signature", "Detail", "Quotation", "Note", "Mention", "TOC1", "TableCaption"} <= used
    assert used <= set(re.findall(r'w:styleId="([^"]+)"', known))
    assert text.count("<w:tbl>") == text.count("<w:tblHeader ") == 6
    assert text.count("<w:cantSplit />") == text.count("<w:tr>") - 1, "only the row that is longer than a page may be cut"
    assert re.findall(r'<wp:docPr descr="([^"]*)"', text) == ["Un tableau &lt;de&gt; &quot;papier&quot;", "Un mât"]
    assert "data:image" not in text
    assert [found[name] for name in sorted(found) if name.startswith("word/media/")] == list(PICTURES.values())
    assert 'w:val="fr-FR"' in known
    core = found["docProps/core.xml"].decode()
    assert "<dc:title>Réciprocités entre villes et campagnes</dc:title><dc:creator>Relais des territoires</dc:creator>" in core
    assert "<dc:language>fr-FR</dc:language>" in core
    assert core.count("2021-09-24T15:04:00Z") == 2
    assert re.search(r'<w:pgSz (?=.*w:w="11906").*w:h="16838"', text)
    assert "PAGE" in found["word/footer1.xml"].decode()
    assert 'w:name="word-3"' in text
    assert 'w:name="word-4"' not in text, "nothing leads there"
    assert '<w:hyperlink w:anchor="word-3">' in text
    assert "Tout tient à peu : [3], ici" in words(found["word/document.xml"])
    assert 'Target="https://a.test/?b=c&amp;d"' in found["word/_rels/document.xml.rels"].decode()
    assert text.count("<w:bidi />") == 2
    assert '<w:lang w:bidi="ar" />' in text
    assert "w:dirty" not in text, "Word would ask a question at each opening"
    contents = re.findall(r'<w:pStyle w:val="TOC1" /></w:pPr>.*?<w:hyperlink w:anchor="([^"]+)">', text)
    assert contents[:2] == ["synthese", "ce-que-l-on-retient"]
    assert set(contents) <= set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', text))


def test_each_line_of_the_contents_leads_to_its_section_however_long_its_name_is() -> None:
    anchors = ("mots", "step-" + "un-titre-bien-long-" * 4, "9-h")
    document = replace(told(), children=tuple(Section(f"Titre {n}", anchor, (Paragraph("Un."),)) for n, anchor in enumerate(anchors)))
    text = parts(to_docx(document, FRENCH))["word/document.xml"].decode()
    contents = re.findall(r'<w:pStyle w:val="TOC1" /></w:pPr>.*?<w:hyperlink w:anchor="([^"]+)">', text)
    assert len(contents) == 3
    assert set(contents) <= set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', text))


def test_an_odt_has_the_same() -> None:
    found = parts(to_odt(told(), FRENCH, pictures=PICTURES.get))
    assert next(iter(found)) == "mimetype"
    text, known = found["content.xml"].decode(), found["styles.xml"].decode()
    used = {name for name in re.findall(r'<text:[ph] text:style-name="([^"]+)"', text) if not name.startswith("Turned")}
    assert {"Title", "Heading_20_1", "Said", "Signature", "Detail", "Quotation", "Note", "Mention", "Contents_20_1", "TableCaption"} <= used
    assert used <= set(re.findall(r'style:name="([^"]+)"', known + text))
    assert text.count("<table:table ") == text.count("<table:table-header-rows>") == 6
    assert text.count('<table:table-row table:style-name="WholeRow">') == text.count("<table:table-row") - 1
    assert re.findall(r"<svg:desc>(.*?)</svg:desc>", text) == ["Un tableau &lt;de&gt; &quot;papier&quot;", "Un mât"]
    assert sorted(found[name] for name in found if name.startswith("Pictures/")) == sorted(PICTURES.values())
    assert 'fo:language="fr"' in known
    assert 'fo:language="en"' not in known
    meta = found["meta.xml"].decode()
    assert "<dc:title>Réciprocités entre villes et campagnes</dc:title>" in meta
    assert "<dc:language>fr-FR</dc:language>" in meta
    assert meta.count("2021-09-24T15:04:00Z") == 2
    assert 'fo:page-width="21cm"' in known
    assert "<text:page-number" in known
    assert 'xlink:href="#word-3"' in text
    assert '<text:bookmark-start text:name="word-3" />' in text
    assert "Tout tient à peu : [3], ici" in words(found["content.xml"])
    turned = re.findall(r'style:name="(Turned\d+)".*?style:writing-mode="rl-tb"', text)
    assert [f'<text:p text:style-name="{name}">' in text for name in turned] == [True, True]
    assert '<text:a xlink:type="simple" xlink:href="#synthese"' in text


@WRITERS
def test_what_was_typed_is_in_it_as_it_was_typed(write: Writer, main: str) -> None:
    found = parts(write(hostile(), FRENCH))
    shown = words(found[main])
    for text in (*HOSTILE, *SCRIPTS, CHINESE):
        for line in spaced(printable(text), "fr").split("\n"):
            assert " ".join(line.split()) in shown, line
    everything = b"".join(data for name, data in found.items() if name.endswith((".xml", ".rels")))
    assert b"<script" not in everything
    assert not re.search(rb'Target="[a-z]+:', found.get("word/_rels/document.xml.rels", b""))
    assert b'xlink:href="http' not in found.get("content.xml", b"")


@WRITERS
@pytest.mark.parametrize("document", [empty(), one("a" * 200_000), one("")], ids=["nothing yet", "200 kB without a space", "an empty card"])
def test_a_strange_day_is_a_document_all_the_same(write: Writer, main: str, document: Document) -> None:
    assert words(parts(write(document, FRENCH))[main])


@WRITERS
def test_a_picture_that_cannot_be_read_leaves_its_words(write: Writer, main: str) -> None:
    figure = Section("Photos", "photos", (Figure(LARGE, "Un tableau de papier", "Photo"),))
    document = Document("Une journée", "", "fr", "", Facts(()), (figure,))
    assert "Photo : Un tableau de papier" in words(parts(write(document, FRENCH, pictures=lambda _: b"no picture"))[main])


@WRITERS
def test_the_organisation_s_style_is_worn(write: Writer, main: str) -> None:
    png = io.BytesIO()
    Image.new("RGB", (200, 80), (0, 50, 150)).save(png, "PNG")
    logo = Logo("Relais des territoires", png.getvalue())
    brand = replace(HOUSE, colour="#123456", logo=logo, funders=(Logo("Europe", png.getvalue(), "Cofinancé par l’Union européenne"),))
    brand = replace(brand, legal=("Directrice de la publication : N. B.",), licence="Licence Ouverte 2.0")
    found = parts(write(one("Une parole"), FRENCH, brand=brand))
    shown = words(found[main])
    for text in ("Cofinancé par l’Union européenne", "Directrice de la publication : N. B.", "Licence Ouverte 2.0"):
        assert text in shown
    text = found[main].decode()
    assert "Relais des territoires" in text, "the logo's words"
    assert re.findall('<draw:frame|<w:drawing|-name="Title"|w:val="Title"', text)[1].endswith('"Title"'), "the logo over the title"
    everything = b"".join(found.values())
    assert b"#123456" in everything or b'w:val="123456"' in everything


def test_an_organisation_s_own_template_is_written_upon() -> None:
    own = parts(styles.docx("#101010"))
    own["word/styles.xml"] = own["word/styles.xml"].replace(b"Calibri", b"Futura Maison")
    template = io.BytesIO()
    with zipfile.ZipFile(template, "w") as archive:
        for name, data in own.items():
            archive.writestr(name, data)
    found = parts(to_docx(one("Une parole"), FRENCH, brand=replace(HOUSE, docx=template.getvalue())))
    assert b"Futura Maison" in found["word/styles.xml"]


def test_libreoffice_opens_both_and_every_page_is_there(tmp_path: Path) -> None:
    if not shutil.which("soffice") or not shutil.which("pdftotext"):
        pytest.skip("no LibreOffice on this machine (Debian's package: libreoffice-writer-nogui)")
    for format, write in (("docx", to_docx), ("odt", to_odt)):
        (tmp_path / f"{format}-day.{format}").write_bytes(write(told(), FRENCH, pictures=PICTURES.get))
        (tmp_path / f"{format}-hostile.{format}").write_bytes(write(hostile(), FRENCH))
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run([*command, *map(str, sorted(tmp_path.glob("*-*")))], capture_output=True, check=True, timeout=120)
    for format in ("docx", "odt"):
        pages = read(tmp_path / f"{format}-day.pdf")
        whole = " ".join("\n".join(pages).split())
        assert "Une légumerie partagée entre la ville et trois intercommunalités" in whole
        assert "Tout tient à peu : [3], ici" in whole
        annex = [page for page in pages if "Le bois part en grumes" in page]
        assert len(annex) > 1
        assert all("Ce qui a été écrit" in page for page in annex), "the head of a table stands on each of its pages"
        assert f"{len(pages)}/{len(pages)}" in "".join(pages[-1].split())
        assert "{{7*7}}" in "".join(read(tmp_path / f"{format}-hostile.pdf"))


def read(pdf: Path) -> list[str]:
    """The text of each page."""
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, encoding="utf-8", check=True)
    return done.stdout.split("\f")[:-1]


@WRITERS
def test_a_large_meeting_is_written(write: Writer, main: str) -> None:
    shown = words(parts(write(crowd(cards=600), FRENCH))[main])
    assert shown.count("— Territoire") == 600
