"""Owns the documents of styles that DOCX and ODT are written upon, where an organisation brings none: pandoc's own, on A4, with the
styles of a restitution, its colour, and page numbers. Staff restyle a document by changing these styles."""

import re
import subprocess
from functools import cache
from html import escape

from facilitate.restitution.pandoc import program
from facilitate.restitution.zips import Parts, parts_of, zipped

_FONT = "Calibri"

# What people wrote: Said, Signature, Detail (the other fields of a card), Quotation (what staff brought out). What staff wrote: Lede, Note.
# (style, built upon, size in points, bold, italic, coloured, points before, points after, indent in mm, kept with what follows)
_STYLES: tuple[tuple[str, str, float, bool, bool, bool, int, int, int, bool], ...] = (
    ("Said", "", 11, False, False, False, 8, 2, 5, True),
    ("Signature", "", 9.5, False, True, False, 0, 6, 5, False),
    ("Detail", "", 10, False, False, False, 0, 4, 5, False),
    ("Quotation", "", 15, False, False, True, 12, 4, 5, True),
    ("Lede", "", 13, False, False, False, 4, 8, 0, False),
    ("Note", "", 9.5, False, True, False, 2, 6, 0, False),
    ("Mention", "", 9, False, False, False, 0, 4, 0, False),
)
_HEADINGS = (20, 15, 12.5, 11.5, 11, 11)

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
        "Title": _docx_style("Title", "Title", "Normal", 26, before=0, after=4, bold=True, colour=colour),
        "Subtitle": _docx_style("Subtitle", "Subtitle", "Normal", 13, after=8),
        "Author": _docx_style("Author", "Author", "Normal", 11, after=2),
        "Date": _docx_style("Date", "Date", "Normal", 11, after=12),
        "BodyText": _docx_style("BodyText", "Body Text", "Normal", 11, before=3, after=6),
        "Compact": _docx_style("Compact", "Compact", "BodyText", 10, before=0, after=2),
        "TableCaption": _docx_style("TableCaption", "Table Caption", "Caption", 10, before=8, after=3, bold=True, keep=True),
        "ImageCaption": _docx_style("ImageCaption", "Image Caption", "Caption", 9.5, after=8, italic=True),
        "Footer": _docx_style("Footer", "footer", "Normal", 9),
        "TOCHeading": _docx_style("TOCHeading", "TOC Heading", "Normal", 15, before=12, after=6, bold=True, colour=colour, keep=True),
        "TOC1": _docx_style("TOC1", "toc 1", "Normal", 11, before=4, after=1),
        "TOC2": _docx_style("TOC2", "toc 2", "Normal", 10, after=1, indent=6),
        "Hyperlink": (
            '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink" /><w:rPr>'
            f'<w:color w:val="{colour}" /><w:u w:val="single" /></w:rPr></w:style>'
        ),
    }
    for place, size in enumerate(_HEADINGS, 1):
        name = f"Heading{place}"
        found[name] = _docx_style(
            name,
            f"heading {place}",
            "Normal",
            size,
            before=18 - 2 * place,
            after=4,
            bold=True,
            colour=colour,
            keep=True,
            level=place,
            next="BodyText",
        )
    for name, based, size, bold, italic, coloured, before, after, indent, keep in _STYLES:
        found[name] = _docx_style(
            name,
            name,
            based or "Normal",
            size,
            before=before,
            after=after,
            indent=indent,
            bold=bold,
            italic=italic,
            keep=keep,
            colour=colour if coloured else "",
            bar=colour if indent else "",
        )
    return found


def _docx_style(
    id: str,
    name: str,
    based: str,
    size: float,
    *,
    before: float = 0,
    after: float = 0,
    indent: int = 0,
    bold: bool = False,
    italic: bool = False,
    colour: str = "",
    keep: bool = False,
    level: int = 0,
    next: str = "",
    bar: str = "",
) -> str:
    paragraph = ["<w:keepNext />" if keep else "", "<w:keepLines />" if keep else ""]
    paragraph.append(f'<w:pBdr><w:left w:val="single" w:sz="12" w:space="8" w:color="{bar}" /></w:pBdr>' if bar else "")
    paragraph.append(f'<w:spacing w:before="{int(before * 20)}" w:after="{int(after * 20)}" />')
    paragraph.append(f'<w:ind w:left="{int(indent * 56.7)}" />' if indent else "")
    paragraph.append(f'<w:outlineLvl w:val="{level - 1}" />' if level else "")
    run = ["<w:b /><w:bCs />" if bold else "", "<w:i /><w:iCs />" if italic else "", f'<w:color w:val="{colour}" />' if colour else ""]
    run.append(f'<w:sz w:val="{int(size * 2)}" /><w:szCs w:val="{int(size * 2)}" />')
    return (
        f'<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{escape(name)}" /><w:basedOn w:val="{based}" />'
        f"{f'<w:next w:val={chr(34)}{next}{chr(34)} />' if next else ''}<w:qFormat /><w:pPr>{''.join(paragraph)}</w:pPr>"
        f"<w:rPr>{''.join(run)}</w:rPr></w:style>"
    )


def _odt_styles(colour: str) -> dict[str, str]:
    found = {
        "Title": _odt_style("Title", "Standard", 26, after=4, bold=True, colour=colour),
        "Subtitle": _odt_style("Subtitle", "Standard", 13, after=8),
        "Author": _odt_style("Author", "Standard", 11, after=2),
        "Date": _odt_style("Date", "Standard", 11, after=12),
        "TableCaption": _odt_style("TableCaption", "Caption", 10, before=8, after=3, bold=True, keep=True),
        "Table_20_Heading": _odt_style("Table Heading", "Table_20_Contents", 10, bold=True),
        "Table_20_Contents": _odt_style("Table Contents", "Standard", 10),
        "Contents_20_Heading": _odt_style("Contents Heading", "Standard", 15, before=12, after=6, bold=True, colour=colour, keep=True),
        "Contents_20_1": _odt_style("Contents 1", "Standard", 11, before=4, after=1),
        "Contents_20_2": _odt_style("Contents 2", "Standard", 10, after=1, indent=6),
        "Index_20_Link": '<style:style style:name="Index_20_Link" style:display-name="Index Link" style:family="text" />',
    }
    for place, size in enumerate(_HEADINGS, 1):
        found[f"Heading_20_{place}"] = _odt_style(
            f"Heading {place}", "Heading", size, before=18 - 2 * place, after=4, bold=True, colour=colour, keep=True, level=place
        )
    for name, based, size, bold, italic, coloured, before, after, indent, keep in _STYLES:
        found[name] = _odt_style(
            name,
            based or "Standard",
            size,
            before=before,
            after=after,
            indent=indent,
            bold=bold,
            italic=italic,
            keep=keep,
            colour=colour if coloured else "",
            bar=colour if indent else "",
        )
    return found


def _odt_style(
    name: str,
    based: str,
    size: float,
    *,
    before: float = 0,
    after: float = 0,
    indent: int = 0,
    bold: bool = False,
    italic: bool = False,
    colour: str = "",
    keep: bool = False,
    level: int = 0,
    bar: str = "",
) -> str:
    outline = f' style:default-outline-level="{level}" style:next-style-name="Text_20_body"' if level else ""
    paragraph = (
        f'fo:margin-top="{before}pt" fo:margin-bottom="{after}pt" fo:margin-left="{indent}mm" fo:margin-right="0mm" fo:text-indent="0mm"'
    )
    paragraph += ' fo:text-align="start"'
    paragraph += ' fo:keep-with-next="always" fo:keep-together="always"' if keep else ""
    paragraph += f' fo:border-left="1.5pt solid {bar}" fo:padding-left="3mm"' if bar else ""
    words = f'fo:font-size="{size}pt" style:font-size-complex="{size}pt" style:font-size-asian="{size}pt"'
    words += ' fo:font-weight="bold" style:font-weight-complex="bold"' if bold else ' fo:font-weight="normal"'
    words += ' fo:font-style="italic"' if italic else ' fo:font-style="normal"'
    words += f' fo:color="{colour}"' if colour else ""
    return (
        f'<style:style style:name="{name.replace(" ", "_20_")}" style:display-name="{name}" style:family="paragraph" '
        f'style:parent-style-name="{based}"{outline} style:class="text"><style:paragraph-properties {paragraph} />'
        f"<style:text-properties {words} /></style:style>"
    )


def _own(format: str) -> Parts:
    """What pandoc starts from itself."""
    data = subprocess.run([program(), f"--print-default-data-file=reference.{format}"], capture_output=True, check=True).stdout
    return parts_of(data)
