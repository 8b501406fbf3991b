"""Owns the formats of a restitution: one canonical tree (``facilitate.core.tree``), one writer a format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from facilitate.core.tree import Document, Pictures
from facilitate.core.words import Say
from facilitate.restitution.brand import HOUSE, Brand

if TYPE_CHECKING:
    from facilitate.restitution.data import Data

__all__ = ["FORMATS", "HOUSE", "Brand", "Format", "Report", "write"]


@dataclass(frozen=True, slots=True)
class Report:
    """What is written: the tree, its own words in ``say``'s language; ``data``, of a day, what programs read of it besides; ``files``, by
    media, where its pictures lie beside it, for the format that holds none."""

    document: Document
    say: Say
    brand: Brand = HOUSE
    pictures: Pictures = lambda _: None
    data: "Data | None" = None
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a report, by the ``label`` that people know it by. ``media`` is its media type; ``write`` gives the same bytes for
    the same report."""

    label: str
    media: str
    write: Callable[[Report], bytes]


# Writers are imported when first used: a server that never prints never loads them.
def _html(one: Report) -> bytes:
    from facilitate.restitution.html import to_html

    return to_html(one.document, one.say, brand=one.brand, pictures=one.pictures).encode()


def _markdown(one: Report) -> bytes:
    from facilitate.restitution.markdown import to_markdown

    return to_markdown(one.document, one.say, files=one.files).encode()


def _pdf(one: Report) -> bytes:
    from facilitate.restitution.pdf import print_apart

    return print_apart(one.document, one.say, brand=one.brand, pictures=one.pictures).data


def _docx(one: Report) -> bytes:
    from facilitate.restitution.office import to_docx

    return to_docx(one.document, one.say, brand=one.brand, pictures=one.pictures)


def _odt(one: Report) -> bytes:
    from facilitate.restitution.office import to_odt

    return to_odt(one.document, one.say, brand=one.brand, pictures=one.pictures)


def _xlsx(one: Report) -> bytes:
    from facilitate.restitution.workbook import to_xlsx

    return to_xlsx(one.document, one.say, one.data)


def _csv(one: Report) -> bytes:
    from facilitate.restitution.data import to_csv

    return to_csv(one.document, one.say, one.data)


def _json(one: Report) -> bytes:
    from facilitate.restitution.data import to_json

    return to_json(one.document, one.say, one.data)


FORMATS = {
    "html": Format("HTML", "text/html; charset=utf-8", _html),
    "pdf": Format("PDF", "application/pdf", _pdf),
    "docx": Format("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _docx),
    "odt": Format("ODT", "application/vnd.oasis.opendocument.text", _odt),
    "md": Format("Markdown", "text/markdown; charset=utf-8", _markdown),
    "xlsx": Format("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    "csv": Format("CSV", "text/csv; charset=utf-8", _csv),
    "json": Format("JSON", "application/json", _json),
}


def write(
    document: Document,
    format: str,
    say: Say,
    *,
    brand: Brand = HOUSE,
    pictures: Pictures = lambda _: None,
    data: "Data | None" = None,
) -> bytes:
    """The document in one of FORMATS, its own words in ``say``'s language; ``data``, where it is the report of a day, what programs read
    of it. Raises KeyError for a format that is not there, CalledProcessError or OSError where its writer fails."""
    return FORMATS[format].write(Report(document, say, brand, pictures, data))
