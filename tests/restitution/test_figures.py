"""Figures: a picture with its words in every format, and its words alone where the picture is not there."""

import base64
import re
import shutil
import subprocess
from pathlib import Path

import files
import pytest
from restitution.sample import FRENCH

from facilitate.core.tree import Card, Document, Facts, Figure, Paragraph, Section
from facilitate.restitution import write
from facilitate.restitution.pdf import payload, print_here

PHOTO = files.photo((800, 600))
BROKEN = PHOTO[:300]
MEDIA = "0123456789abcdef" * 2
ALT = "Un tableau de papier : trois colonnes, « qui », <b>quoi</b> & quand"


def pictures(media: str) -> bytes | None:
    return {MEDIA: PHOTO, "broken": BROKEN}.get(media)


def a_document(*figures: Figure) -> Document:
    section = Section("Décodage", "step-decodage", (Paragraph("Une phrase."), *figures, Card("Un mot", inside=figures[:1])))
    return Document("Une journée", "", "fr", "2021-09-24", Facts(()), (section,))


def written(document: Document, format: str) -> str:
    return write(document, format, FRENCH, pictures=pictures).decode()


def test_the_page_holds_the_picture_itself_and_what_it_shows() -> None:
    page = written(a_document(Figure(MEDIA, ALT, "Photo, 10 h 32")), "html")
    (source, alt) = re.findall(r'<img src="data:image/jpeg;base64,([^"]+)" alt="([^"]+)">', page)[0]
    assert base64.b64decode(source) == PHOTO
    assert alt == "Un tableau de papier\u00a0: trois colonnes, «\u00a0qui\u00a0», &lt;b&gt;quoi&lt;/b&gt; &amp; quand"
    assert '<figcaption dir="auto">Photo, 10 h 32</figcaption>' in page


def test_pictures_that_follow_each_other_stand_side_by_side() -> None:
    page = written(a_document(Figure(MEDIA, "un"), Figure(MEDIA, "deux")), "html")
    assert page.count('<div class="pictures">') == 2
    assert page.count("<figure") == 3


@pytest.mark.parametrize("format", ["html", "md"])
def test_a_picture_that_is_not_there_leaves_its_words(format: str) -> None:
    told = written(a_document(Figure("f" * 32, "Un tableau de papier", "Photo")), format)
    assert "Un tableau de papier" in told
    assert "<img" not in told


def test_markdown_says_what_the_picture_shows() -> None:
    assert "**Photo\u00a0:** Un tableau de papier" in written(a_document(Figure(MEDIA, "Un tableau de papier", "Photo")), "md")


def test_the_printed_page_holds_the_picture_and_reads_what_it_shows(tmp_path: Path) -> None:
    printed = print_here(payload(a_document(Figure(MEDIA, ALT, "Photo"), Figure(MEDIA, "deux")), FRENCH, pictures=pictures))
    assert printed.accessible
    file = tmp_path / "day.pdf"
    file.write_bytes(printed.data)
    if shutil.which("pdfimages"):
        listed = subprocess.run(["pdfimages", "-list", file], capture_output=True, encoding="utf-8", check=True).stdout
        assert re.search(r"\s800\s+600\s.*jpeg", listed)
    if not files.NEEDS_QPDF:
        plain = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", file, "-"], capture_output=True, check=True).stdout
        assert b"/Alt" in plain


def test_a_picture_that_cannot_be_read_leaves_the_others_document_whole() -> None:
    printed = print_here(payload(a_document(Figure("broken", "cassée")), FRENCH, pictures=pictures))
    assert printed.accessible
    assert printed.data.startswith(b"%PDF")


@pytest.mark.parametrize("format", ["html", "md", "pdf"])
def test_the_same_pictures_give_the_same_bytes(format: str) -> None:
    document = a_document(Figure(MEDIA, ALT), Figure("f" * 32, "absente"))
    assert write(document, format, FRENCH, pictures=pictures) == write(document, format, FRENCH, pictures=pictures)
