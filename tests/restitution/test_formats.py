import subprocess
import sys

import pytest
from restitution.sample import FRENCH, day

from facilitate.core.tree import Document, Facts, Paragraph, Section
from facilitate.restitution import FORMATS, write
from facilitate.restitution.pdf import payload, print_here

BEGINNINGS = {
    "html": b"<!doctype html>",
    "pdf": b"%PDF-1.7",
    "docx": b"PK",
    "odt": b"PK",
    "md": "# Réciprocités".encode(),
    "xlsx": b"PK",
    "csv": b"\xef\xbb\xbfsection;text;by;number\r\n",
    "json": b'{\n "report": 1,',
}


@pytest.mark.parametrize("format", FORMATS)
def test_each_format_is_written(format: str) -> None:
    assert write(day(), format, FRENCH).startswith(BEGINNINGS[format])
    assert "/" in FORMATS[format].media


def test_a_format_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        write(day(), "exe", FRENCH)


def test_nothing_heavy_is_loaded_before_something_is_written() -> None:
    heavy = ("typst", "pypandoc", "jinja2", "xlsxwriter", "PIL")
    code = f"import sys, facilitate.restitution; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_section_without_a_title_makes_no_empty_heading() -> None:
    inner = Section("", "sans-titre", (Paragraph("Une phrase."),))
    document = Document("Une journée", "", "fr", "", Facts(()), (Section("La journée", "la-journee", (inner,)),))
    assert write(document, "md", FRENCH).decode() == "# Une journée\n\n## La journée\n\nUne phrase.\n"
    assert b"<h3" not in write(document, "html", FRENCH)
    assert print_here(payload(document, FRENCH)).accessible
