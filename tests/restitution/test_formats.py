import subprocess
import sys

import pytest
from restitution.sample import FRENCH, day

from facilitate.restitution import FORMATS, write


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
