"""The PDF is opened by other programs than the one that made it: poppler and qpdf."""

import json
import re
import subprocess
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from restitution.sample import CHINESE, ENGLISH, FRENCH, HOSTILE, SCRIPTS, crowd, day, edited, empty, hostile, one

from facilitate.core.tree import Document, Paragraph, Section
from facilitate.core.words import Say
from facilitate.restitution import europe, glyphs, pdf
from facilitate.restitution.brand import Brand, Logo
from facilitate.restitution.typography import printable

NOTE = "un □ remplace chacun d’eux"


class Opened:
    """A PDF on disk, and what poppler and qpdf say of it."""

    def __init__(self, path: Path, printed: pdf.Printed) -> None:
        assert printed.accessible
        path.write_bytes(printed.data)
        self.path = path
        self.facts = dict(re.findall(r"^([^:]+): +(.*)$", self._run("pdfinfo", path), re.MULTILINE))
        self.meta = self._run("pdfinfo", "-meta", path)
        self.text = self._run("pdftotext", "-raw", path, "-")
        self._run("qpdf", "--check", path)

    def structure(self) -> str:
        return self._run("pdfinfo", "-struct-text", self.path)

    def catalogue(self) -> dict[str, Any]:
        objects = json.loads(self._run("qpdf", "--json=2", "--json-key=qpdf", self.path))["qpdf"][1]
        found: dict[str, Any] = objects[f"obj:{objects['trailer']['value']['/Root']}"]["value"]
        return found

    @staticmethod
    def _run(*command: object) -> str:
        return subprocess.run([str(part) for part in command], capture_output=True, check=True).stdout.decode(errors="replace")


def opened(folder: Path, document: Document, say: Say = FRENCH) -> Opened:
    return Opened(folder / "document.pdf", pdf.print_here(pdf.payload(document, say)))


@pytest.fixture(scope="module")
def the_day(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return opened(tmp_path_factory.mktemp("day"), day())


def letters(text: str) -> str:
    """A text as it can be compared: no white space, no invisible sign, ligatures undone."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char)[0] not in "ZC")


def test_the_document_says_what_it_is(the_day: Opened) -> None:
    assert the_day.facts["Title"] == "Réciprocités entre villes et campagnes"
    assert the_day.facts["Author"] == "Relais des territoires"
    assert the_day.facts["Tagged"] == "yes"
    assert the_day.facts["CreationDate"] == "Fri Sep 24 15:04:00 2021 UTC"
    assert the_day.facts["Page size"].endswith("(A4)")
    assert "<pdfuaid:part>1</pdfuaid:part>" in the_day.meta
    catalogue = the_day.catalogue()
    assert catalogue["/Lang"] == "u:fr"
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"] is True
    assert "/Outlines" in catalogue


def test_every_word_can_be_found_and_pages_are_counted(the_day: Opened) -> None:
    for text in ("Sommaire", "Une légumerie partagée", "Vigilance", "Ce qui divise", "Avec le soutien de l’Union européenne", "anonyme"):
        assert letters(text) in letters(the_day.text)
    pages = int(the_day.facts["Pages"])
    assert all(f"page {page} sur {pages}" in the_day.text for page in range(1, pages + 1))
    assert the_day.text.count("Compte rendu établi le 24 septembre 2021") == pages
    assert NOTE not in the_day.text


def test_the_document_can_be_read_without_seeing_it(the_day: Opened) -> None:
    structure = the_day.structure()
    kinds = {line.split()[0].rstrip(":") for line in structure.splitlines() if line.strip() and not line.strip().startswith(('"', "/"))}
    assert {"H1", "H2", "P", "L", "LI", "TOC", "TOCI", "Link", "BlockQuote", "Table", "Caption", "THead", "TH", "TD"} <= kinds
    assert "/Scope /Column" in structure


def test_what_staff_wrote_leads_to_the_web_and_to_the_words_it_cites_and_nowhere_else(tmp_path: Path) -> None:
    found = opened(tmp_path, edited())
    said = " ".join(found.text.split())
    assert "Tout commence petit [2] [RVT 482, 3], disent-ils : le site, un piège, [9]." in said
    objects = json.loads(found._run("qpdf", "--json=2", "--json-key=qpdf", "--qdf", "--object-streams=disable", found.path))["qpdf"][1]
    links = [one["value"] for one in objects.values() if isinstance(one.get("value"), dict) and one["value"].get("/Subtype") == "/Link"]
    addresses = [one["/A"]["/URI"] for one in links if "/URI" in one.get("/A", {})]
    assert addresses == ["u:https://exemple.test/%C3%A9t%C3%A9?a=b%20c"]
    assert len(links) - len(addresses) == 2 + 3, "two lines of the contents, three citations"


def test_a_house_signs_its_document_at_the_head_and_at_the_foot(tmp_path: Path) -> None:
    emblem = europe.funded(FRENCH)
    brand = Brand(
        logo=Logo("Relais", emblem.png), funders=(emblem, Logo("Région", emblem.png)), legal=("Direction : #panic() <X>",), licence="CC"
    )
    found = Opened(tmp_path / "document.pdf", pdf.print_here(pdf.payload(edited(), FRENCH, brand=brand)))
    assert "Cofinancé par l’Union européenne" in " ".join(found.text.split())
    assert "Direction : #panic() <X>" in found.text
    objects = found._run("qpdf", "--json=2", "--json-key=qpdf", found.path)
    assert re.findall(r'"/Alt": "u:([^"]*)"', objects) == ["Relais", "Drapeau de l’Union européenne", "Région"]


def test_mentions_that_the_contents_leave_no_room_stand_at_the_end_and_no_page_is_left_to_them(tmp_path: Path) -> None:
    brand = Brand(funders=(europe.funded(FRENCH),), legal=tuple(f"Mention {n}" for n in range(9)))
    for many, paid, told in ((3, True, True), (19, True, False), (22, False, False)):
        sections = tuple(Section(f"Section {n}", f"section-{n}", (Paragraph("Mots."),)) for n in range(many))
        printed = pdf.print_here(pdf.payload(replace(day(), children=sections), FRENCH, brand=brand))
        first, second, *_ = (found := Opened(tmp_path / "document.pdf", printed)).text.split("\f")
        assert ("Cofinancé par" in first, "Mention 8" in first) == (paid, told)
        assert "Mots." in second
        assert found.text.count("Cofinancé par") == found.text.count("Mention 8") == 1


def test_each_bar_has_its_number_beside_it(the_day: Opened) -> None:
    assert "L’eau de la ville finance les haies du captage 23" in " ".join(the_day.text.split())


def test_every_hostile_text_stays_text(tmp_path: Path) -> None:
    found = opened(tmp_path, hostile())
    said = letters(found.text)
    for text in HOSTILE:
        assert letters(printable(text)) in said
    for text in SCRIPTS[3:]:
        assert letters(text.replace("★", "□")) in said
    assert CHINESE not in found.text
    assert "□" * len(CHINESE) in said
    assert letters(NOTE) in said


def test_a_text_without_a_space_is_broken_and_kept_whole(tmp_path: Path) -> None:
    found = opened(tmp_path, one("abcdefghij" * 20_000))
    body = letters(re.sub(r"Compte rendu établi.*\n?|page \d+ sur \d+|Une journée", "", found.text))
    assert "abcdefghij" * 100 in body
    assert body.count("abcdefghij") > 19_000
    assert int(found.facts["Pages"]) > 30


def test_emoji_and_scripts_of_the_fonts_are_drawn(tmp_path: Path) -> None:
    assert NOTE not in opened(tmp_path, one("\n".join(text.replace("★", "") for text in SCRIPTS))).text


def test_one_sign_stands_for_each_that_no_font_has() -> None:
    assert glyphs.undrawn(CHINESE + "a é 👍\n") == frozenset(CHINESE)
    assert glyphs.replaced("a👨‍👩‍👧b👍🏽c", frozenset("👨👩👧👍🏽")) == "a□b□□c"
    assert glyphs.replaced("x我\u0301y", frozenset("我")) == "x□y"


def test_typst_draws_every_character_that_the_fonts_claim() -> None:
    claimed = (char for char in map(printable, map(chr, range(0x20, 0x20000))) if char and not glyphs.undrawn(char))
    text = " ".join(char for char in claimed if unicodedata.category(char[0])[0] not in "ZC")
    assert len(text) > 15_000
    assert pdf.print_here(pdf.payload(one(text), FRENCH)).accessible


@pytest.mark.parametrize(("document", "say"), [(empty(), FRENCH), (one("A bus.", "en"), ENGLISH)])
def test_a_document_with_almost_nothing_is_printed(tmp_path: Path, document: Document, say: Say) -> None:
    found = opened(tmp_path, document, say)
    assert found.facts["Title"] == document.title
    assert found.facts["Pages"] == "1"
    assert "page 1" in found.text


def test_a_large_meeting_is_printed(tmp_path: Path) -> None:
    found = opened(tmp_path, crowd())
    assert found.text.count("Territoire") == 3000


def test_the_same_document_gives_the_same_bytes_in_every_process() -> None:
    brand = Brand("#003189")
    first, second = (pdf.print_apart(day(), FRENCH, brand=brand) for _ in range(2))
    assert first == second
    assert first == pdf.Printed(pdf.to_pdf(day(), FRENCH, brand=brand), accessible=True)
    assert first.data != pdf.to_pdf(day(), FRENCH)


def test_what_the_standard_refuses_is_printed_without_it_and_said() -> None:
    refused = pdf.payload(one("un MOT ici"), FRENCH).replace("MOT", "\ufeff")
    assert not pdf.print_here(refused).accessible
    done = subprocess.run([sys.executable, "-m", "facilitate.restitution.pdf"], input=refused.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stdout[:5]) == (3, b"%PDF-")


def test_typst_is_loaded_by_the_process_that_prints_only() -> None:
    code = "import sys, facilitate.restitution, facilitate.restitution.pdf; sys.exit('typst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
