"""Owns the DOCX and ODT of a restitution: written by pandoc upon a document of styles, ours or the organisation's, then mended.

What pandoc leaves open is set here, part by part: dates, table of contents, rows that stay whole, words for those who see no picture,
texts that read from right to left. The same document gives the same bytes.
"""

import base64
import hashlib
import io
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from facilitate.core.tree import Document, Figure, Pictures, Section
from facilitate.core.words import N_, Say
from facilitate.restitution import pandoc, styles
from facilitate.restitution.brand import HOUSE, Brand, Logo
from facilitate.restitution.typography import date, dressed
from facilitate.restitution.zips import Parts, parts_of, zipped

_DEPTH = 1
"""Levels of headings in the table of contents."""
_WIDE, _HIGH = 16.0, 10.5
"""The room a picture has, in centimetres."""
_LONG_ROW = 4000
"""Signs of XML from where a row of a table may run on to the next page."""


def to_docx(document: Document, say: Say, *, brand: Brand = HOUSE, pictures: Pictures = lambda _: None) -> bytes:
    """For Word and LibreOffice. Raises CalledProcessError where pandoc cannot, OSError where there is no room on disk."""
    made = _Made(document, say, brand, pictures)
    parts = parts_of(made.written("docx", brand.docx or styles.docx(brand.colour)))
    parts["docProps/core.xml"] = _changed(parts["docProps/core.xml"], r"1970-01-01T00:00:00Z", made.instant)
    # Pandoc says the picture itself, in base 64, where Word looks for words.
    text = re.sub(r'(<pic:cNvPr) descr="data:[^"]*"', r"\1", parts["word/document.xml"].decode())
    text = re.sub(r'<w:lang w:val="(ar|he|syr|dv|nqo)" />', r'<w:lang w:bidi="\1" />', text)
    text = re.sub(r"<w:tr>.*?</w:tr>", _whole_row, text, flags=re.S)
    text = re.sub(r'<w:p><w:r><w:fldChar w:fldCharType="begin" w:dirty="true" />.*?</w:p>', lambda _: _toc(made.contents), text, count=1)
    text = made.with_logo_first(text, "<w:p>", "</w:p>", "<w:drawing>")
    parts["word/document.xml"] = text.encode()
    return zipped(made.with_pictures(parts, "word/media/"))


def to_odt(document: Document, say: Say, *, brand: Brand = HOUSE, pictures: Pictures = lambda _: None) -> bytes:
    """For LibreOffice. Raises as ``to_docx``."""
    made = _Made(document, say, brand, pictures)
    parts = parts_of(made.written("odt", brand.odt or styles.odt(brand.colour)))
    parts["meta.xml"] = _changed(parts["meta.xml"], r"1970-01-01T00:00:00Z", made.instant)
    text = parts["content.xml"].decode()
    told = iter(made.told)
    text = re.sub(
        r"(<draw:frame [^>]*>.*?)(</draw:frame>)", lambda at: f"{at[1]}<svg:desc>{next(told, '')}</svg:desc>{at[2]}", text, flags=re.S
    )
    text = made.with_logo_first(text, "<text:p ", "</text:p>", "<draw:frame ")
    text = text.replace("</text:table-of-content-source>", f"</text:table-of-content-source>{_index(made.contents, say)}", 1)
    turned: dict[str, str] = {}
    text = _FROM_THE_RIGHT.sub(lambda at: f'<text:p text:style-name="{turned.setdefault(at[1], f"Turned{len(turned)}")}">{at[2]}', text)
    text = _CELLS.sub(lambda at: _CELL[at[1]], text)
    text = text.replace(
        "<office:automatic-styles>", "<office:automatic-styles>" + styles.ROW + "".join(map(_turned, turned, turned.values())), 1
    )
    text = re.sub(r"<table:table-row>(?=(.*?)</table:table-row>)", _whole_line, text, flags=re.S)
    parts["content.xml"] = text.encode()
    return zipped(made.with_pictures(parts, "Pictures/"))


@dataclass
class _Made:
    """One document on its way through pandoc. ``held``: stand-in → its picture; ``told``: the words of each, in order, escaped."""

    document: Document
    say: Say
    brand: Brand
    pictures: Pictures
    held: dict[bytes, bytes] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    @property
    def instant(self) -> str:
        """When the document was made: its last entry's hour."""
        if not self.document.date:
            return "1980-01-01T00:00:00Z"
        return datetime.fromisoformat(self.document.date).strftime("%Y-%m-%dT%H:%M:%SZ")

    def __post_init__(self) -> None:
        self.document = dressed(self.document)

    @property
    def contents(self) -> list[tuple[int, str, str]]:
        """(level, title, anchor) of what the table of contents leads to."""
        return list(_headings(self.document.children))

    def written(self, format: str, reference: bytes) -> bytes:
        """What pandoc makes of it upon that document of styles."""
        document, say = self.document, self.say
        shape = pandoc.Shape(say, self._picture, office=True)
        logo = [{"t": "Para", "c": [self._logo(self.brand.logo)]}] if self.brand.logo else []
        content = [*logo, *pandoc.blocks(document, shape, level=1)]
        for mention in (*self.brand.legal, self.brand.licence):
            content += [_in_style("Mention", one) for one in pandoc.paragraphs(mention)]
        paid: list[pandoc.Element] = []
        for funder in self.brand.funders:  # side by side, with the words that some must have
            beside = [{"t": "Space"}, *pandoc.line(funder.beside)] if funder.beside else []
            paid += [self._logo(funder), *beside, {"t": "Str", "c": "\u2003"}, {"t": "Space"}]
        content += [{"t": "Para", "c": paid[:-2]}] if paid else []
        kind = document.kind or say(N_("Report of the day"))
        day = date(document.date, document.language)
        made = say(N_("Report of %(date)s"), date=day)
        meta = {
            "title": _words(document.title or kind),
            "subtitle": _words(document.subtitle),
            "author": {"t": "MetaList", "c": [_words(one) for one in [document.organisation or self.brand.name] if one]},
            "date": _words(made if day and not document.kind else " · ".join(one for one in (kind, day) if one)),
            "lang": _words("fr-FR" if document.language.startswith("fr") else "en-GB"),
            "toc-title": _words(say(N_("Contents"))),
        }
        options = ["--from=json", f"--to={format}", "--output=-"]
        options += ["--toc", f"--toc-depth={_DEPTH}"] if self.contents else []
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"reference.{format}")
            file.write_bytes(reference)
            source = pandoc.as_json(content, meta)
            # In an ODT pandoc cannot tell where one reads from right to left: ``to_odt`` does.
            if format == "docx" and _ANY_FROM_THE_RIGHT.search(source.decode()):
                source = pandoc.as_json(pandoc.turned(content), meta)
            return pandoc.convert(source, *options, f"--reference-doc={file}")

    def with_pictures(self, parts: Parts, folder: str) -> Parts:
        """Each stand-in gives its place to its picture."""
        return {name: self.held.get(data, data) if name.startswith(folder) else data for name, data in parts.items()}

    def with_logo_first(self, text: str, begin: str, end: str, picture: str) -> str:
        """The house's logo over the title: pandoc sets it under the contents."""
        at = text.find(picture)
        if at < 0 or not self.brand.logo or self.told[:1] != [self.brand.logo.name]:
            return text
        start, stop = text.rindex(begin, 0, at), text.index(end, at) + len(end)
        head = text.index(begin)
        return text[:head] + text[start:stop] + text[head:start] + text[stop:]

    def _picture(self, figure: Figure) -> pandoc.Element | None:
        data = self.pictures(figure.media)
        return self._image(data, figure.alt, _WIDE, _HIGH, "jpeg") if data else None

    def _logo(self, logo: Logo) -> pandoc.Element:
        return self._image(logo.png, logo.name, 4.5, 1.8, "png") or {"t": "Str", "c": logo.name}

    def _image(self, data: bytes, alt: str, wide: float, high: float, type: str) -> pandoc.Element | None:
        """A picture as large as its room lets it be. Pandoc gets a stand-in of a few bytes: it would hold each picture several times."""
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
        except (UnidentifiedImageError, OSError):
            return None
        ratio = min(wide / width, high / height)
        stand_in = f"picture {len(self.told)}".encode()
        self.held[stand_in] = data
        self.told.append(escape(alt.replace("\n", " ")))
        size = [["width", f"{width * ratio:.2f}cm"], ["height", f"{height * ratio:.2f}cm"]]
        uri = f"data:image/{type};base64,{base64.b64encode(stand_in).decode()}"
        return {"t": "Image", "c": [["", [], size], pandoc.line(alt), [uri, ""]]}


def _headings(nodes: tuple[Any, ...], level: int = 1) -> Iterator[tuple[int, str, str]]:
    for node in nodes:
        if isinstance(node, Section):
            if node.title:
                yield level, node.title, node.anchor
            if level < _DEPTH:
                yield from _headings(node.children, level + 1)


def _in_style(style: str, block: pandoc.Element) -> pandoc.Element:
    return {"t": "Div", "c": [["", [], [["custom-style", style]]], [block]]}


def _words(text: str) -> dict[str, Any]:
    return {"t": "MetaInlines", "c": pandoc.line(text)}


# DOCX


def _whole_row(row: re.Match[str]) -> str:
    if len(row[0]) > _LONG_ROW:
        return row[0]
    text = row[0].replace("<w:trPr>", "<w:trPr><w:cantSplit />", 1)
    return text if text != row[0] else row[0].replace("<w:tr>", "<w:tr><w:trPr><w:cantSplit /></w:trPr>", 1)


def _toc(contents: list[tuple[int, str, str]]) -> str:
    """The field of a table of contents as it stands before someone asks for page numbers: links, and no question at opening."""
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin" /></w:r>'
        f'<w:r><w:instrText xml:space="preserve">TOC \\o "1-{_DEPTH}" \\h \\z \\u</w:instrText></w:r>'
    )
    begin += '<w:r><w:fldChar w:fldCharType="separate" /></w:r>'
    lines = [
        f'<w:p><w:pPr><w:pStyle w:val="TOC{level}" /></w:pPr>{"" if place else begin}<w:hyperlink w:anchor="{escape(_bookmark(anchor))}">'
        f'<w:r><w:t xml:space="preserve">{escape(_one_line(title))}</w:t></w:r></w:hyperlink></w:p>'
        for place, (level, title, anchor) in enumerate(contents)
    ]
    return "".join(lines) + '<w:p><w:r><w:fldChar w:fldCharType="end" /></w:r></w:p>'


def _bookmark(anchor: str) -> str:
    """The name pandoc gives it: Word takes 40 signs, the first a letter; any other is known by its digest."""
    if len(anchor) <= 40 and anchor[:1].isalpha():
        return anchor
    return "X" + hashlib.sha1(anchor.encode(), usedforsecurity=False).hexdigest()[1:]


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))


# ODT

_RIGHT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_ANY_FROM_THE_RIGHT = re.compile(f"[{_RIGHT}]")
_FROM_THE_RIGHT = re.compile(rf'<text:p text:style-name="([^"]+)">((?:<text:span [^>]*>)?[^<A-Za-z\u00c0-\u024f{_RIGHT}]*[{_RIGHT}])')
_CELL = {"TableHeaderRowCell": styles.HEAD_CELL, "TableRowCell": styles.CELL}
_CELLS = re.compile(r'<style:style style:name="(TableHeaderRowCell|TableRowCell)" style:family="table-cell">.*?</style:style>', re.S)


def _turned(parent: str, name: str) -> str:
    return (
        f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="{parent}"><style:paragraph-properties '
        'style:writing-mode="rl-tb" fo:text-align="right" /><style:text-properties style:language-complex="ar" '
        'style:country-complex="none" /></style:style>'
    )


def _whole_line(row: re.Match[str]) -> str:
    return row[0] if len(row[1]) > _LONG_ROW else '<table:table-row table:style-name="WholeRow">'


def _index(contents: list[tuple[int, str, str]], say: Say) -> str:
    title = f'<text:p text:style-name="Contents_20_Heading">{escape(say(N_("Contents")))}</text:p>'
    title = f'<text:index-title text:name="contents">{title}</text:index-title>'
    lines = [
        f'<text:p text:style-name="Contents_20_{level}"><text:a xlink:type="simple" xlink:href="#{escape(anchor)}" '
        f'text:style-name="Index_20_Link" text:visited-style-name="Index_20_Link">{escape(_one_line(name))}</text:a></text:p>'
        for level, name, anchor in contents
    ]
    return f"<text:index-body>{title}{''.join(lines)}</text:index-body>"


def _changed(part: bytes, found: str, text: str) -> bytes:
    return re.sub(found, text, part.decode()).encode()
