"""A template of an organisation: taken and mended, or refused with the reason."""

import io
import re
import subprocess
import zipfile
from functools import cache
from time import process_time

import pytest
from restitution.sample import FRENCH, day

from facilitate.core.entry import Refused
from facilitate.restitution import pandoc
from facilitate.restitution.brand import Brand
from facilitate.restitution.office import to_docx, to_odt
from facilitate.restitution.reference import mend

HEADER = "Relais {{ 7*7 }} {% for x in y %} des territoires"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
KINDS = ("docx", "odt")


@cache
def plain(kind: str) -> dict[str, bytes]:
    """Pandoc's own, without most of the styles that pandoc needs, and with a header: what an organisation sends."""
    data = subprocess.run([pandoc.program(), "--print-default-data-file", f"reference.{kind}"], capture_output=True, check=True).stdout
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    if kind == "docx":
        text = parts["word/styles.xml"].decode()
        kept = [
            one for one in re.findall(r"<w:style .*?</w:style>", text, re.S) if re.search('styleId="(?:Normal|Heading1|TableNormal)"', one)
        ]
        own = "".join(kept).replace("</w:style>", "<w:rPr><w:color w:val='C01234'/></w:rPr></w:style>")
        own = own.replace('w:styleId="Heading1"', 'w:styleId="Titre1"').replace('"heading 1"', '"Heading 1"')
        parts["word/styles.xml"] = re.sub(r"<w:style .*</w:style>", own, text, flags=re.S).encode()
        parts["word/header1.xml"] = f"<w:hdr {W} {R}><w:p><w:r><w:t>{HEADER}</w:t></w:r></w:p></w:hdr>".encode()
        link = b'<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"%s/>'
        links = link % (b"header", b"header1.xml", b"") + link % (b"image", b"http://spy.test/pixel.png", b' TargetMode="External"')
        names = "word/_rels/document.xml.rels"
        parts[names] = parts[names].replace(
            b"</Relationships>", links.replace(b"rId77", b"rId78", 2).replace(b"rId78", b"rId77", 1) + b"</Relationships>"
        )
        header = b"application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
        type = b'<Override PartName="/word/header1.xml" ContentType="' + header + b'"/>'
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", type + b"</Types>")
        body = re.sub(r"<w:sectPr[^>]*/>|<w:sectPr.*?</w:sectPr>", "", parts["word/document.xml"].decode(), flags=re.S)
        section = '<w:sectPr><w:headerReference w:type="default" r:id="rId77"/></w:sectPr></w:body>'
        parts["word/document.xml"] = body.replace("</w:body>", section).encode()
    else:
        text = parts["styles.xml"].decode()
        text = re.sub(
            r'<style:style style:name="(?!Standard"|Heading_20_1")[^"]*"[^>]*?(?:/>|[^/]>.*?</style:style>)', "", text, flags=re.S
        )
        picture = '<draw:frame svg:width="1cm" svg:height="1cm"><draw:image xlink:href="http://spy.test/pixel.png"/></draw:frame>'
        header = f"<style:header><text:p>{HEADER}{picture}</text:p></style:header>"
        parts["styles.xml"] = re.sub(r"(<style:master-page[^>]*[^/])/?>", rf"\1>{header}", text, count=1).encode()
    return parts


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return file.getvalue()


def read(document: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(document)) as opened:
        return {name: opened.read(name).decode("utf-8", "replace") for name in opened.namelist()}


def refused(data: bytes, kind: str) -> str:
    answer = mend(data, kind)
    assert isinstance(answer, Refused)
    return answer.code


@pytest.fixture(scope="module", params=KINDS)
def mended(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    answer = mend(packed(plain(request.param)), request.param)
    assert isinstance(answer, bytes)
    return request.param, answer


def test_a_template_keeps_its_own_and_gets_the_styles_it_lacks(mended: tuple[str, bytes]) -> None:
    kind, data = mended
    parts = read(data)
    styles = parts["word/styles.xml" if kind == "docx" else "styles.xml"]
    if kind == "docx":
        assert styles.count('w:styleId="Titre1"') == 1
        assert "Heading1" not in re.findall('styleId="([^"]*)"', styles)
        assert styles.count("C01234") == 2
        assert {"BodyText", "Compact", "Table", "Said", "Quotation"} <= set(re.findall('styleId="([^"]*)"', styles))
    else:
        names = re.findall('style:name="([^"]*)"', styles)
        assert names.count("Heading_20_1") == 1
        assert {"Text_20_body", "Quotations", "Table_20_Contents", "Said", "Quotation"} <= set(names)
        assert HEADER in styles
    assert not any("spy.test" in text for text in parts.values()), "nothing is fetched"


def test_a_document_upon_it_bears_its_header_and_runs_nothing(mended: tuple[str, bytes]) -> None:
    kind, data = mended
    made = to_docx(day(), FRENCH, brand=Brand(docx=data)) if kind == "docx" else to_odt(day(), FRENCH, brand=Brand(odt=data))
    assert any(HEADER in text for text in read(made).values()), "its words are words"


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_that_cannot_serve_is_refused_with_the_reason(kind: str) -> None:
    whole = plain(kind)
    data = packed(whole)
    main = "word/document.xml" if kind == "docx" else "content.xml"
    styles = "word/styles.xml" if kind == "docx" else "styles.xml"
    bomb = b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>" + whole[styles].partition(b"?>")[2]
    assert refused(b"", kind) == "no-file"
    assert refused(b"not a zip", kind) == "template-broken"
    assert refused(data[: len(data) // 2], kind) == "template-broken"
    assert refused(bytes(6_000_000), kind) == "too-large"
    assert refused(b"\xd0\xcf\x11\xe0" + bytes(600), kind) == "template-locked"
    assert refused(packed({name: part for name, part in whole.items() if name != main}), kind) == "template-kind"
    assert refused(packed(plain("odt" if kind == "docx" else "docx")), kind) == "template-kind"
    assert refused(packed({**whole, styles: whole[styles][:-200]}), kind) == "template-broken"
    assert refused(packed({**whole, styles: bomb}), kind) == "template-broken"
    assert refused(packed({**whole, "a.xml": bytes(41_000_000)}), kind) == "template-heavy"
    assert refused(packed({**whole, "../../etc/passwd": b"x"}), kind) == "template-broken"


def test_macros_are_refused_whatever_the_format() -> None:
    assert refused(packed({**plain("docx"), "word/vbaProject.bin": b"x"}), "docx") == "template-macros"
    assert refused(packed({**plain("odt"), "Basic/Standard/Module1.xml": b"<x/>"}), "odt") == "template-macros"
    event = plain("odt")["styles.xml"].replace(b"</office:styles>", b"<script:event-listener/></office:styles>")
    assert refused(packed({**plain("odt"), "styles.xml": event}), "odt") == "template-macros"


def test_a_template_of_word_or_of_libreoffice_serves_as_well() -> None:
    types = plain("docx")["[Content_Types].xml"].replace(b"document.main+xml", b"template.main+xml")
    assert isinstance(mend(packed({**plain("docx"), "[Content_Types].xml": types}), "docx"), bytes)
    assert isinstance(mend(packed({**plain("odt"), "mimetype": b"application/vnd.oasis.opendocument.text-template"}), "odt"), bytes)


def test_the_same_template_is_mended_the_same_way() -> None:
    assert mend(packed(plain("docx")), "docx") == mend(packed(plain("docx")), "docx")


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_of_nothing_but_openings_is_refused_at_once(kind: str) -> None:
    name, signs = ("word/_rels/document.xml.rels", b"<Relationship ") if kind == "docx" else ("content.xml", b"<")
    begun = process_time()
    assert refused(packed({**plain(kind), name: signs * 300_000}), kind) == "template-broken"
    assert process_time() - begun < 5  # it was hours, and phones waited


def test_what_would_be_fetched_is_seen_however_it_is_written() -> None:
    away = b"<Relationship Id='r9' Type='http://x/image' Target='http://spy.test/a.png' TargetMode='Ext&#101;rnal'/></Relationships>"
    name = "word/_rels/document.xml.rels"
    assert refused(packed({**plain("docx"), name: plain("docx")[name].replace(b"</Relationships>", away)}), "docx") == "template-broken"
    for written in (b"xlink:href='http://spy.test/a.png'", b'xlink:href="&#104;ttp://spy.test/a.png"'):
        drawn = b"<style:background-image " + written + b"/></office:styles>"
        styles = plain("odt")["styles.xml"].replace(b"</office:styles>", drawn)
        assert refused(packed({**plain("odt"), "styles.xml": styles}), "odt") == "template-broken"
