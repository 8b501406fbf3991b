"""Owns the formats of a restitution: one canonical tree (``facilitate.core.tree``), one writer a format."""

from collections.abc import Callable
from dataclasses import dataclass

from facilitate.core.tree import Document, Pictures
from facilitate.core.words import Say
from facilitate.restitution.brand import HOUSE, Brand

__all__ = ["FORMATS", "HOUSE", "Brand", "Format", "write"]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a document. ``media`` is its media type; ``write`` gives the same bytes for the same document."""

    media: str
    write: Callable[[Document, Say, Brand, Pictures], bytes]


# Writers are imported when first used: a server that never prints never loads them.
def _html(document: Document, say: Say, brand: Brand, pictures: Pictures) -> bytes:
    from facilitate.restitution.html import to_html

    return to_html(document, say, brand=brand, pictures=pictures).encode()


def _markdown(document: Document, say: Say, brand: Brand, pictures: Pictures) -> bytes:
    from facilitate.restitution.markdown import to_markdown

    return to_markdown(document, say).encode()


def _pdf(document: Document, say: Say, brand: Brand, pictures: Pictures) -> bytes:
    from facilitate.restitution.pdf import print_apart

    return print_apart(document, say, brand=brand, pictures=pictures).data


FORMATS = {
    "html": Format("text/html; charset=utf-8", _html),
    "md": Format("text/markdown; charset=utf-8", _markdown),
    "pdf": Format("application/pdf", _pdf),
}


def write(document: Document, format: str, say: Say, *, brand: Brand = HOUSE, pictures: Pictures = lambda _: None) -> bytes:
    """The document in one of FORMATS, its own words in ``say``'s language. Raises KeyError for a format that is not there."""
    return FORMATS[format].write(document, say, brand, pictures)
