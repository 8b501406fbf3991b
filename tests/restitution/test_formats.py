import subprocess
import sys

import pytest
from restitution.sample import FRENCH, day

from facilitate.core.tree import Document, Facts, Paragraph, Section
from facilitate.restitution import FORMATS, write
from facilitate.restitution.pdf import payload, print_here


@pytest.mark.parametrize(("format", "begins"), [("html", b"<!doctype html>"), ("md", "# Réciprocités".encode()), ("pdf", b"%PDF-1.7")])
def test_each_format_is_written(format: str, begins: bytes) -> None:
    assert write(day(), format, FRENCH).startswith(begins)
    assert FORMATS[format].media.split(";")[0] in ("text/html", "text/markdown", "application/pdf")


def test_a_format_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        write(day(), "exe", FRENCH)


def test_nothing_heavy_is_loaded_before_something_is_written() -> None:
    code = "import sys, facilitate.restitution; sys.exit(any(name in sys.modules for name in ('typst', 'pypandoc', 'jinja2')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_section_without_a_title_makes_no_empty_heading() -> None:
    inner = Section("", "sans-titre", (Paragraph("Une phrase."),))
    document = Document("Une journée", "", "fr", "", Facts(()), (Section("La journée", "la-journee", (inner,)),))
    assert write(document, "md", FRENCH).decode() == "# Une journée\n\n## La journée\n\nUne phrase.\n"
    assert b"<h3" not in write(document, "html", FRENCH)
    assert print_here(payload(document, FRENCH)).accessible
