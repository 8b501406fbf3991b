"""Owns the documents of styles that DOCX and ODT are written upon, where an organisation brings none: pandoc's own, on A4, with the
styles of a restitution, its colour, and page numbers. Staff restyle a document by changing these styles."""

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from html import escape

from facilitate.restitution.pandoc import program
from facilitate.restitution.zips import Parts, parts_of, zipped

_FONT = "Calibri"


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph looks, in either format: ``size``, ``before`` and ``after`` in points, ``indent`` in mm; ``coloured`` as the
    organisation's titles; ``keep`` with what follows; ``level`` of a heading; ``bar`` a line beside it, in that colour."""

    size: float
    before: int = 0
    after: int = 0
    indent: int = 0
    bold: bool = False
    italic: bool = False
    coloured: bool = False
    keep: bool = False
    level: int = 0
    bar: bool = False


_TITLE, _SUBTITLE = Look(26, after=4, bold=True, coloured=True), Look(13, after=8)
_AUTHOR, _DATE = Look(11, after=2), Look(11, after=12)
_CAPTION = Look(10, before=8, after=3, bold=True, keep=True)
_CONTENTS = (Look(15, before=12, after=6, bold=True, coloured=True, keep=True), Look(11, before=4, after=1), Look(10, after=1, indent=6))
_HEADINGS = [
    Look(size, before=18 - 2 * level, after=4, bold=True, coloured=True, keep=True, level=level)
    for level, size in enumerate((20, 15, 12.5, 11.5, 11, 11), 1)
]
# What people wrote: Said, Signature, Detail (the other fields of a card), Quotation (what staff brought out). What staff wrote: Lede, Note.
_OURS = {
    "Said": Look(11, before=8, after=2, indent=5, keep=True, bar=True),
    "Signature": Look(9.5, after=6, indent=5, italic=True, bar=True),
    "Detail": Look(10, after=4, indent=5, bar=True),
    "Quotation": Look(15, before=12, after=4, indent=5, coloured=True, keep=True, bar=True),
    "Lede": Look(13, before=4, after=8),
    "Note": Look(9.5, before=2, after=6, italic=True),
    "Mention": Look(9, after=4),
}

HEAD_CELL = (
    '<style:style style:name="TableHeaderRowCell" style:family="table-cell"><style:table-cell-properties fo:background-color="#eeeeee" '
    'fo:border="0.5pt solid #999999" fo:padding="0.06in" style:vertical-align="bottom" /></style:style>'
)
CELL = (
    '<style:style style:name="TableRowCell" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #999999" '
    'fo:padding="0.06in" /></style:style>'
)
ROW = '<style:style style:name="WholeRow" style:family="table-row"><style:table-row-properties fo:keep-together="always" /></style:style>'
"""Styles of the tables of an ODT, which stand in the document itself."""


@cache
def docx(colour: str) -> bytes:
    """The styles of a DOCX; ``colour`` '#rrggbb' for titles."""
    parts = _own("docx")
    text = parts["word/styles.xml"].decode()
    text = re.sub(r"<w:rFonts w:asciiTheme[^>]*/>", f'<w:rFonts w:ascii="{_FONT}" w:hAnsi="{_FONT}" w:cs="{_FONT}" />', text)
    text = text.replace('<w:sz w:val="24" />', '<w:sz w:val="22" />', 1).replace('<w:szCs w:val="24" />', '<w:szCs w:val="22" />', 1)
    for name, style in _docx_styles(colour.lstrip("#")).items():
        known = re.compile(rf'<w:style [^>]*w:styleId="{name}">.*?</w:style>', re.S)
        text = known.sub("", text).replace("</w:styles>", f"{style}</w:styles>")
    parts["word/styles.xml"] = text.encode()
    parts["word/footer1.xml"] = _FOOTER.encode()
    parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(
        b"</Relationships>", _FOOTER_LINK + b"</Relationships>"
    )
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", _FOOTER_TYPE + b"</Types>")
    body = parts["word/document.xml"].decode()
    body = (
        body.replace("<w:document ", '<w:document xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ', 1)
        if "xmlns:r=" not in body
        else body
    )
    parts["word/document.xml"] = re.sub(r"<w:sectPr>.*</w:sectPr>", _PAGE, body, flags=re.S).encode()
    return zipped(parts)


@cache
def odt(colour: str) -> bytes:
    """The styles of an ODT; ``colour`` '#rrggbb' for titles."""
    parts = _own("odt")
    text = parts["styles.xml"].decode()
    text = text.replace('style:font-name="Times New Roman" fo:font-size="12pt"', f'style:font-name="{_FONT}" fo:font-size="11pt"')
    face = (
        f'<style:font-face style:name="{_FONT}" svg:font-family="{_FONT}" style:font-family-generic="swiss" style:font-pitch="variable" />'
    )
    text = text.replace("</office:font-face-decls>", f"{face}</office:font-face-decls>", 1)
    found = _odt_styles(colour)
    for name in found:
        text = re.sub(rf'<style:style style:name="{name}"[^>]*?(?:/>|[^/]>.*?</style:style>)', "", text, flags=re.S)
    text = text.replace("</office:styles>", "".join(found.values()) + "</office:styles>", 1)
    text = re.sub(r'fo:page-width="8.5in"\s+fo:page-height="11in"', 'fo:page-width="21cm" fo:page-height="29.7cm"', text)
    text = re.sub(r'fo:margin-top="1in"\s+fo:margin-bottom="1in" fo:margin-left="1in"\s+fo:margin-right="1in"', _MARGINS, text)
    text = re.sub(
        r"(<text:page-number[^>]*>)\s*1</text:page-number>", r"\g<1>1</text:page-number> / <text:page-count>1</text:page-count>", text
    )
    parts["styles.xml"] = text.encode()
    return zipped(parts)


_MARGINS = 'fo:margin-top="2cm" fo:margin-bottom="1.5cm" fo:margin-left="2.3cm" fo:margin-right="2.3cm"'
_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_FOOTER = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:ftr {_NAMESPACES}><w:p><w:pPr><w:pStyle w:val="Footer" />'
    '<w:jc w:val="right" /></w:pPr><w:r><w:fldChar w:fldCharType="begin" /></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r>'
    '<w:fldChar w:fldCharType="separate" /></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end" /></w:r><w:r>'
    '<w:t xml:space="preserve"> / </w:t></w:r><w:r><w:fldChar w:fldCharType="begin" /></w:r><w:r><w:instrText>NUMPAGES</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate" /></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end" /></w:r></w:p></w:ftr>'
)
_FOOTER_LINK = (
    b'<Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Id="rId90" Target="footer1.xml" />'
)
_FOOTER_TYPE = (
    b'<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml" />'
)
# A4, in twentieths of a point: 21 × 29.7 cm, margins of 2 and 2.3 cm.
_PAGE = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rId90" /><w:pgSz w:w="11906" w:h="16838" /><w:pgMar w:top="1134" w:right="1304" '
    'w:bottom="1134" w:left="1304" w:header="709" w:footer="567" w:gutter="0" /></w:sectPr>'
)


def _docx_styles(colour: str) -> dict[str, str]:
    found = {
        "Table": (
            '<w:style w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table" /><w:basedOn w:val="TableNormal" /><w:qFormat />'
            "<w:tblPr><w:tblBorders>"
            + "".join(
                f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="999999" />'
                for side in ("top", "left", "bottom", "right", "insideH", "insideV")
            )
            + '</w:tblBorders><w:tblCellMar><w:top w:w="40" w:type="dxa" /><w:left w:w="85" w:type="dxa" />'
            '<w:bottom w:w="40" w:type="dxa" /><w:right w:w="85" w:type="dxa" /></w:tblCellMar></w:tblPr>'
            '<w:tblStylePr w:type="firstRow"><w:rPr><w:b /></w:rPr><w:tcPr>'
            '<w:shd w:val="clear" w:color="auto" w:fill="EEEEEE" /><w:vAlign w:val="bottom" /></w:tcPr></w:tblStylePr></w:style>'
        ),
        "Title": _docx_style("Title", "Title", _TITLE, colour),
        "Subtitle": _docx_style("Subtitle", "Subtitle", _SUBTITLE, colour),
        "Author": _docx_style("Author", "Author", _AUTHOR, colour),
        "Date": _docx_style("Date", "Date", _DATE, colour),
        "BodyText": _docx_style("BodyText", "Body Text", Look(11, before=3, after=6), colour),
        "Compact": _docx_style("Compact", "Compact", Look(10, after=2), colour, based="BodyText"),
        "TableCaption": _docx_style("TableCaption", "Table Caption", _CAPTION, colour, based="Caption"),
        "ImageCaption": _docx_style("ImageCaption", "Image Caption", Look(9.5, after=8, italic=True), colour, based="Caption"),
        "Footer": _docx_style("Footer", "footer", Look(9), colour),
        "TOCHeading": _docx_style("TOCHeading", "TOC Heading", _CONTENTS[0], colour),
        "TOC1": _docx_style("TOC1", "toc 1", _CONTENTS[1], colour),
        "TOC2": _docx_style("TOC2", "toc 2", _CONTENTS[2], colour),
        "Hyperlink": (
            '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink" /><w:rPr>'
            f'<w:color w:val="{colour}" /><w:u w:val="single" /></w:rPr></w:style>'
        ),
    }
    for look in _HEADINGS:
        name = f"Heading{look.level}"
        found[name] = _docx_style(name, f"heading {look.level}", look, colour, next="BodyText")
    return found | {name: _docx_style(name, name, look, colour) for name, look in _OURS.items()}


def _docx_style(id: str, name: str, look: Look, colour: str, *, based: str = "Normal", next: str = "") -> str:
    paragraph = ["<w:keepNext />" if look.keep else "", "<w:keepLines />" if look.keep else ""]
    paragraph.append(f'<w:pBdr><w:left w:val="single" w:sz="12" w:space="8" w:color="{colour}" /></w:pBdr>' if look.bar else "")
    paragraph.append(f'<w:spacing w:before="{look.before * 20}" w:after="{look.after * 20}" />')
    paragraph.append(f'<w:ind w:left="{int(look.indent * 56.7)}" />' if look.indent else "")
    paragraph.append(f'<w:outlineLvl w:val="{look.level - 1}" />' if look.level else "")
    run = ["<w:b /><w:bCs />" if look.bold else "", "<w:i /><w:iCs />" if look.italic else ""]
    run.append(f'<w:color w:val="{colour}" />' if look.coloured else "")
    run.append(f'<w:sz w:val="{int(look.size * 2)}" /><w:szCs w:val="{int(look.size * 2)}" />')
    return (
        f'<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{escape(name)}" /><w:basedOn w:val="{based}" />'
        f"{f'<w:next w:val={chr(34)}{next}{chr(34)} />' if next else ''}<w:qFormat /><w:pPr>{''.join(paragraph)}</w:pPr>"
        f"<w:rPr>{''.join(run)}</w:rPr></w:style>"
    )


def _odt_styles(colour: str) -> dict[str, str]:
    found = {
        "Title": _odt_style("Title", _TITLE, colour),
        "Subtitle": _odt_style("Subtitle", _SUBTITLE, colour),
        "Author": _odt_style("Author", _AUTHOR, colour),
        "Date": _odt_style("Date", _DATE, colour),
        "TableCaption": _odt_style("TableCaption", _CAPTION, colour, based="Caption"),
        "Table_20_Heading": _odt_style("Table Heading", Look(10, bold=True), colour, based="Table_20_Contents"),
        "Table_20_Contents": _odt_style("Table Contents", Look(10), colour),
        "Contents_20_Heading": _odt_style("Contents Heading", _CONTENTS[0], colour),
        "Contents_20_1": _odt_style("Contents 1", _CONTENTS[1], colour),
        "Contents_20_2": _odt_style("Contents 2", _CONTENTS[2], colour),
        "Index_20_Link": '<style:style style:name="Index_20_Link" style:display-name="Index Link" style:family="text" />',
    }
    for look in _HEADINGS:
        found[f"Heading_20_{look.level}"] = _odt_style(f"Heading {look.level}", look, colour, based="Heading")
    return found | {name: _odt_style(name, look, colour) for name, look in _OURS.items()}


def _odt_style(name: str, look: Look, colour: str, *, based: str = "Standard") -> str:
    outline = f' style:default-outline-level="{look.level}" style:next-style-name="Text_20_body"' if look.level else ""
    paragraph = f'fo:margin-top="{look.before}pt" fo:margin-bottom="{look.after}pt" fo:margin-left="{look.indent}mm" '
    paragraph += 'fo:margin-right="0mm" fo:text-indent="0mm" fo:text-align="start"'
    paragraph += ' fo:keep-with-next="always" fo:keep-together="always"' if look.keep else ""
    paragraph += f' fo:border-left="1.5pt solid {colour}" fo:padding-left="3mm"' if look.bar else ""
    words = f'fo:font-size="{look.size}pt" style:font-size-complex="{look.size}pt" style:font-size-asian="{look.size}pt"'
    words += ' fo:font-weight="bold" style:font-weight-complex="bold"' if look.bold else ' fo:font-weight="normal"'
    words += ' fo:font-style="italic"' if look.italic else ' fo:font-style="normal"'
    words += f' fo:color="{colour}"' if look.coloured else ""
    return (
        f'<style:style style:name="{name.replace(" ", "_20_")}" style:display-name="{name}" style:family="paragraph" '
        f'style:parent-style-name="{based}"{outline} style:class="text"><style:paragraph-properties {paragraph} />'
        f"<style:text-properties {words} /></style:style>"
    )


def _own(format: str) -> Parts:
    """What pandoc starts from itself."""
    data = subprocess.run([program(), f"--print-default-data-file=reference.{format}"], capture_output=True, check=True).stdout
    return parts_of(data)
