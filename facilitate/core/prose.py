"""Owns Markdown as plain nodes: the sheet's prose and slides, and what staff write over a report."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension

from facilitate.core.edition import CITED
from facilitate.core.tree import Listing, Node, Paragraph, Run, Section, Table

_MARKS = re.compile(r"^#{1,6}(?=\s)", re.M)
_RULE = re.compile(r" {0,3}-{3,}\s*")
_WRAP = re.compile(r"\s*\n\s*")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LEAVES = (*_HEADINGS, "p", "li", "td", "th", "pre")
_SQUARE = ("reference", "link", "image_link", "image_reference", "short_reference", "short_image_ref")
_STEPS, _LINES = 20, 100
_DEEP = re.compile(r"^(?! *([-*])[ \t]*(?:\1[ \t]*)+$)((?:[ >]*(?:\d+\.|[-*+])[ \t]+){8}[ >]*\d*)(?=[-*+.])", re.M)


def cut(text: str) -> tuple[str, ...]:
    """The slides of a text, empty ones left out. A line of three dashes or more separates after a blank line; right under a line of
    text, Markdown makes that line a heading.

    Inside a step of a sheet headings begin at '####': the highest of a slide becomes '##', under the step's own title.
    """
    slides: list[list[str]] = [[]]
    blank = True
    for line in text.splitlines():
        if blank and _RULE.fullmatch(line):
            slides.append([])
        else:
            slides[-1].append(line)
        blank = not line.strip()
    return tuple(_raised(slide) for lines in slides if (slide := "\n".join(lines).strip("\n")).strip())


def _raised(slide: str) -> str:
    shift = min((len(marks) for marks in _MARKS.findall(slide)), default=2) - 2
    return _MARKS.sub(lambda found: "#" * (len(found[0]) - shift), slide)


def heading(slide: str) -> str:
    """The first words of a slide, as plain text: its heading where it has one."""
    return next((_words(one) for block in _blocks(slide) for one in block.iter() if one.tag in _LEAVES), "")


def nodes(slide: str, anchor: str) -> tuple[Node, ...]:
    """A slide as restitution nodes: a section where it begins with a heading, otherwise its paragraphs and lists."""
    blocks = list(_blocks(slide))
    if blocks and blocks[0].tag in _HEADINGS:
        title = _words(blocks[0])
        return (Section(title, anchor, tuple(_node(block, title) for block in blocks[1:])),)
    return tuple(_node(block, "") for block in blocks)


Cited = Callable[[str], tuple[str, str] | None]
"""What a citation's id stands for: (how it is shown, '12'; the anchor it leads to, or ''); None where it is in no document."""


def written(text: str, anchor: str, cited: Cited) -> tuple[Node, ...]:
    """What staff wrote, as nodes: paragraphs and lists with emphasis, links to the web and citations; each heading opens a section."""
    told: list[Node] = []
    sections: list[Section] = []
    for block in _blocks(text):
        if block.tag in _HEADINGS:
            sections.append(Section(_words(block), f"{anchor}-{len(sections) + 1}"))
        elif sections:
            last = sections[-1]
            sections[-1] = Section(last.title, last.anchor, (*last.children, _said(block, cited)))
        else:
            told.append(_said(block, cited))
    return (*told, *sections)


def _said(block: Element, cited: Cited) -> Node:
    if block.tag in ("ul", "ol"):
        items = tuple(_trimmed(_runs(item, cited)) for item in block.iter("li"))
        return Listing(tuple(map(_plain, items)), ordered=block.tag == "ol", runs=items)
    if block.tag == "table":
        head, *rows = (tuple(_plain(_trimmed(_runs(cell, cited))) for cell in row) for row in block.iter("tr"))
        return Table("", head, tuple(rows))
    runs = _trimmed(_runs(block, cited))
    return Paragraph(_plain(runs), runs=runs)


def _runs(element: Element, cited: Cited, style: str = "", href: str = "") -> Iterator[Run]:
    """The stretches of a text, without the lists inside it; a picture gives its description, an address that is not of the web none."""
    yield from _pieces(_text(element.text, element), cited, style, href)
    for child in element:
        if child.tag == "img":
            yield Run(child.get("alt", ""), style, href)
        elif child.tag == "br":
            yield Run("\n", style, href)
        elif child.tag not in ("ul", "ol"):
            inner = {"strong": "strong", "em": style or "emphasis"}.get(child.tag, style)
            address = child.get("href", "")
            yield from _runs(child, cited, inner, address if address.lower().startswith(("http://", "https://")) else href)
        yield from _pieces(_text(child.tail, element), cited, style, href)


def _pieces(text: str, cited: Cited, style: str, href: str) -> Iterator[Run]:
    """A text cut at its citations; one that stands for nothing any more is left out."""
    at = 0
    for found in CITED.finditer(text):
        yield Run(text[at : found.start()], style, href)
        if known := cited(found[1]):
            label, anchor = known
            yield Run(label, "", f"#{anchor}") if anchor else Run(f"[{label}]", style, href)
        at = found.end()
    yield Run(text[at:], style, href)


def _trimmed(runs: Iterator[Run]) -> tuple[Run, ...]:
    kept = [run for run in runs if run.text]
    if kept:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip())
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
    return tuple(run for run in kept if run.text)


def _plain(runs: tuple[Run, ...]) -> str:
    return "".join(f"[{run.text}]" if run.href.startswith("#") else run.text for run in runs)


class Bounded(Extension):
    """Brackets are looked for so many times the length of a text, whatever it holds: the reader seeks the end of each one anew, and a text
    of nothing but brackets would take minutes. Beyond, they are as typed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._left = _STEPS * len(text) + 10_000

    def extendMarkdown(self, md: Markdown) -> None:
        for name in _SQUARE:
            for scan, none in (("getText", ("",)), ("getLink", ("", None))):
                setattr(md.inlinePatterns[name], scan, self._counted(getattr(md.inlinePatterns[name], scan), none))

    def _counted(self, scan: Callable[[str, int], Any], none: tuple[Any, ...]) -> Callable[[str, int], Any]:
        def counted(data: str, index: int) -> Any:
            if self._left < 0:
                return (*none, index, False)
            *found, end, is_one = scan(data, index)
            # What does not begin as a link's address is not even read.
            self._left -= end - index if is_one else len(data) - index if len(none) == 1 or data.startswith("(", index) else 1
            return (*found, end, is_one)

        return counted


def plainly_set(text: str) -> str:
    """The same text, so that the reader takes a time that grows with its length: a block of very many lines as several, a list in a list
    in a list only so deep."""
    lines: list[str] = []
    since = 0
    for line in _DEEP.sub(r"\2\\", text).split("\n"):
        since = since + 1 if line.strip() else 0
        if since > _LINES:
            lines.append("")
            since = 1
        lines.append(line)
    return "\n".join(lines)


def _blocks(slide: str) -> Iterator[Element]:
    """Paragraphs, headings, lists and tables of a slide, in order. Raw HTML is text: it comes out as typed."""
    slide = plainly_set(slide)
    reader = Markdown(extensions=["sane_lists", "tables", Bounded(slide)])
    reader.preprocessors.deregister("html_block")
    for pattern in ("html", "entity"):
        reader.inlinePatterns.deregister(pattern)
    lines = slide.split("\n")
    for preprocessor in reader.preprocessors:
        lines = preprocessor.run(lines)
    root = Element("div")
    reader.parser.parseChunk(root, "\n".join(lines))
    for name in ("inline", "unescape"):
        reader.treeprocessors[name].run(root)
    return _flat(root)


def _flat(root: Element) -> Iterator[Element]:
    for block in root:
        if block.tag == "blockquote":
            yield from _flat(block)
        elif block.tag != "hr":
            yield block


def _node(block: Element, title: str) -> Node:
    if block.tag in ("ul", "ol"):
        return Listing(tuple(_words(item) for item in block.iter("li")), ordered=block.tag == "ol")
    if block.tag == "table":
        head, *rows = (tuple(_words(cell) for cell in row) for row in block.iter("tr"))
        return Table(title, head, tuple(rows))
    return Paragraph(_words(block))


def _words(element: Element) -> str:
    """The text of an element without the lists inside it; a link keeps its address, a picture its description."""
    words = _text(element.text, element)
    for child in element:
        if child.tag == "img":
            words += child.get("alt", "")
        elif child.tag == "br":
            words += "\n"
        elif child.tag not in ("ul", "ol"):
            said = _words(child)
            words += said
            if (address := child.get("href", "")) not in ("", said):
                words += f" ({address})"
        words += _text(child.tail, element)
    return words.strip() if element.tag in _LEAVES else words


def _text(text: str | None, element: Element) -> str:
    """A line that only wraps is a space; what the reader escaped is as it was typed."""
    words = unescape(text or "")
    return words if element.tag == "code" else _WRAP.sub(" ", words)
