"""Owns the way through pandoc: the tree as pandoc's own JSON, in which every text is a string, and the program that writes it.

For Markdown, DOCX and ODT. No Raw element is ever made: what people typed is never markup, whatever the format.
"""

import json
import os
import re
import subprocess
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from facilitate.core.tree import Card, Chart, Document, Facts, Figure, Listing, Node, Paragraph, Run, Section, Table
from facilitate.core.words import N_, Say
from facilitate.restitution.links import cited, is_citation, linked
from facilitate.restitution.typography import signature

Element = dict[str, Any]
"""A block or an inline of pandoc's AST: {"t": kind, "c": content}."""

_API = [1, 23, 1]
_BARE = ["", [], []]
_LEFT, _RIGHT = {"t": "AlignLeft"}, {"t": "AlignRight"}
_SIGNS_A_LINE = 90
"""Of a table that is as wide as the page."""
_GAPS = ("Space", "LineBreak")
_SCRIPTS = {"HEBREW": "he", "SYRIAC": "syr", "THAANA": "dv", "NKO": "nqo"}


@dataclass(frozen=True, slots=True)
class Shape:
    """How a tree is told. ``picture``: the image of a figure, None where its words stand for it. ``office``: in named styles, tables with
    widths, for a word processor. ``cited``: the anchors that texts lead to, which ``blocks`` finds."""

    say: Say
    picture: Callable[[Figure], Element | None] = lambda _: None
    office: bool = False
    cited: frozenset[str] = frozenset()


def blocks(document: Document, shape: Shape, *, level: int) -> list[Element]:
    """All that stands under the title: facts, sections with headings from ``level`` on, mentions."""
    document = linked(document)
    shape = replace(shape, cited=frozenset(cited(document.children)))
    found = _facts(document.facts, shape)
    for section in document.children:
        found += _node(section, shape, level)
    if document.mentions and not shape.office:
        found.append({"t": "HorizontalRule"})
    for mention in document.mentions:
        found += _styled("Mention", paragraphs(mention), shape)
    return found


def heading(level: int, title: str, anchor: str = "") -> Element:
    """A heading on one line, whatever its title holds; pandoc knows six levels."""
    return {"t": "Header", "c": [min(level, 6), [anchor, [], []], line(title)]}


def paragraphs(text: str, *before: Element) -> list[Element]:
    """A text as paragraphs, cut where a line was left blank; ``before`` opens the first."""
    found = [_lines(part) for part in re.split(r"\n\s*\n", text)]
    found[0] = [*before, {"t": "Space"}, *found[0]] if before and found[0] else [*before, *found[0]]
    return [{"t": "Para", "c": part} for part in found if part]


def line(text: str) -> list[Element]:
    """A text on one line, as one string: word by word, pandoc took twice as long to read it."""
    words = " ".join(filter(None, text.replace("\n", " ").split(" ")))
    return [{"t": "Str", "c": words}] if words else []


def as_json(content: list[Element], meta: dict[str, Any] | None = None) -> bytes:
    """Blocks as a whole pandoc document."""
    return json.dumps({"pandoc-api-version": _API, "meta": meta or {}, "blocks": content}, ensure_ascii=False).encode()


def convert(source: bytes, *options: str) -> bytes:
    """What pandoc makes of its standard input; it may read and write nothing else. Raises CalledProcessError."""
    command = [program(), "--sandbox", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        after_all_else(process.pid)
        written, said = process.communicate(source)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, written, said)
    return written


def after_all_else(pid: int) -> None:
    """Has a process of ours work when no phone waits for an answer, where the system knows how."""
    if hasattr(os, "setpriority"):
        with suppress(OSError):  # it may have ended already
            os.setpriority(os.PRIO_PROCESS, pid, 5)


@cache
def program() -> str:
    """Where pandoc is: it came with a wheel."""
    import pypandoc

    return str(pypandoc.get_pandoc_path())


def _lines(text: str) -> list[Element]:
    found: list[Element] = []
    for part in filter(None, map(line, text.split("\n"))):
        found += [{"t": "LineBreak"}, *part]
    return found[1:]


def _node(node: Node, shape: Shape, level: int) -> list[Element]:
    match node:
        case Section():
            found = [heading(level, node.title, node.anchor)] if node.title else []
            for child in node.children:
                found += _node(child, shape, level + 1)
            return found
        case Paragraph():
            content = [{"t": "Para", "c": said}] if (said := _stretches(node.runs)) else paragraphs(node.text)
            return _styled(node.role.capitalize(), content, shape)
        case Listing():
            return _listing(node)
        case Facts():
            return _facts(node, shape)
        case Card():
            return _card(node, shape, level)
        case Figure():
            return _figure(node, shape)
        case Table():
            return [_table(node.caption, node.head, node.rows, node.numeric, shape, node.anchors)]
        case Chart():
            rows = tuple((label, shown) for label, _, shown in node.rows)
            return [*paragraphs(node.sentence), _table(node.caption, (node.label, node.unit), rows, (1,), shape)]


def _card(card: Card, shape: Shape, level: int) -> list[Element]:
    said = _styled("Quotation" if card.role == "quotation" else "Said", paragraphs(card.title), shape)
    if by := signature(card, shape.say):
        said += _styled("Signature", paragraphs(by, {"t": "Str", "c": "—"}), shape)
    for label, text in card.fields:
        if text:
            said += _styled("Detail", paragraphs(text, *_label(label, shape.say)), shape)
    found: list[Element] = said if shape.office else [{"t": "BlockQuote", "c": said}] if said else []
    for node in card.inside:
        found += _node(node, shape, level)
    return found


def _figure(figure: Figure, shape: Shape) -> list[Element]:
    image = shape.picture(figure)
    if image is None:
        return paragraphs(figure.alt, *_label(figure.caption, shape.say))
    if not shape.office:
        label = [*_label(figure.caption, shape.say), {"t": "Space"}] if figure.caption else []
        return [{"t": "Para", "c": [*label, image]}]
    caption = [{"t": "Plain", "c": line(figure.caption)}] if line(figure.caption) else []
    return [{"t": "Figure", "c": [_BARE, [None, caption], [{"t": "Plain", "c": [image]}]]}] if caption else [{"t": "Para", "c": [image]}]


def _styled(style: str, content: list[Element], shape: Shape) -> list[Element]:
    """Blocks in a named style, which staff may change in the document or in their template."""
    if not (shape.office and style and content):
        return content
    return [{"t": "Div", "c": [["", [], [["custom-style", style]]], content]}]


def turned(content: Any) -> Any:
    """The same blocks, each paragraph that reads from right to left told so, with the language its letters are most often of."""
    if isinstance(content, dict):
        same = {**content, "c": turned(content["c"])} if content["t"] not in ("Para", "Plain") and "c" in content else content
        if content["t"] in ("Para", "Plain") and (language := _from_the_right(content["c"])):
            return {"t": "Div", "c": [["", [], [["dir", "rtl"], ["lang", language]]], [{**content, "t": "Para"}]]}
        return same
    return [turned(one) for one in content] if isinstance(content, list) else content


def _from_the_right(content: Any) -> str:
    """'ar', 'he'… where the first letter is of a script that reads from right to left."""
    for char in _letters(content):
        way = unicodedata.bidirectional(char)
        if way in ("R", "AL"):
            return _SCRIPTS.get(unicodedata.name(char, "").split(" ")[0], "ar")
        if way == "L":
            break
    return ""


def _letters(content: Any) -> Any:
    if isinstance(content, list):
        for one in content:
            yield from _letters(one)
    elif isinstance(content, dict) and content["t"] == "Str":
        yield from content["c"]
    elif isinstance(content, dict):
        yield from _letters(content.get("c"))


def _stretches(runs: tuple[Run, ...]) -> list[Element]:
    """What staff wrote, with what they set apart and where it leads; a citation shows as its number, '[12]'."""
    found: list[Element] = []
    for run in runs:
        text = f"[{run.text}]" if is_citation(run) else run.text
        bare = text.strip(" \n")
        before, after = text[: len(text) - len(text.lstrip(" \n"))], text[len(text.rstrip(" \n")) :] if bare else ""
        inner = _lines(bare)
        if run.style and inner:
            inner = [{"t": "Strong" if run.style == "strong" else "Emph", "c": inner}]
        if inner and run.href:
            inner = [{"t": "Link", "c": [_BARE, inner, [run.href, ""]]}]
        for part in ([_gap(before)] if before else [], inner, [_gap(after)] if after else []):
            if part and found and part[0]["t"] == found[-1]["t"] == "Str":
                found[-1] = {"t": "Str", "c": found[-1]["c"] + part[0]["c"]}
                part = part[1:]
            if part and part[0]["t"] in _GAPS and (not found or found[-1]["t"] in _GAPS):
                part = part[1:]
            found += part
    return found[:-1] if found and found[-1]["t"] in _GAPS else found


def _gap(blank: str) -> Element:
    return {"t": "LineBreak" if "\n" in blank else "Space"}


def _label(label: str, say: Say) -> list[Element]:
    return [{"t": "Strong", "c": line(say(N_("%(label)s:"), label=label))}] if label else []


def _facts(facts: Facts, shape: Shape) -> list[Element]:
    items = [paragraphs(text, *_label(label, shape.say)) for label, text in facts.pairs]
    return [_items(items)] if items else []


def _listing(listing: Listing) -> list[Element]:
    items: list[list[Element]] = []
    for place, text in enumerate(listing.items):
        runs = listing.runs[place] if place < len(listing.runs) else ()
        item: list[Element] = [{"t": "Para", "c": said}] if (said := _stretches(runs)) else paragraphs(text)
        if item:
            if source := line("".join(listing.beside[place : place + 1])):
                item[-1]["c"] += [{"t": "Space"}, {"t": "Emph", "c": source}]
            items.append(item)
    return [_items(items, ordered=listing.ordered)] if items else []


def _items(items: list[list[Element]], *, ordered: bool = False) -> Element:
    """A list, close-set where each item is one paragraph."""
    if all(len(item) < 2 for item in items):
        items = [_plain(item) for item in items]
    if ordered:
        return {"t": "OrderedList", "c": [[1, {"t": "Decimal"}, {"t": "Period"}], items]}
    return {"t": "BulletList", "c": items}


def _plain(content: list[Element]) -> list[Element]:
    return [{"t": "Plain", "c": content[0]["c"]}] if len(content) == 1 else content


def _table(
    caption: str,
    head: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    numeric: tuple[int, ...],
    shape: Shape,
    anchors: tuple[str, ...] = (),
) -> Element:
    widths = [{"t": "ColWidth", "c": share} for share in _shares(head, rows)] if shape.office else [{"t": "ColWidthDefault"}] * len(head)
    columns = [[_RIGHT if place in numeric else _LEFT, width] for place, width in enumerate(widths)]
    told = [_row(row, len(head)) for row in rows]
    for place, anchor in enumerate(anchors[: len(told)]):
        if anchor in shape.cited:
            _mark(told[place], anchor)
    return {
        "t": "Table",
        "c": [
            _BARE,
            [None, [{"t": "Plain", "c": line(caption)}] if line(caption) else []],
            columns,
            [_BARE, [_row(head, len(head))]],
            [[_BARE, 0, [], told]],
            [_BARE, []],
        ],
    }


def _row(cells: tuple[str, ...], width: int) -> list[Any]:
    texts = [*cells, *[""] * width][:width]
    return [_BARE, [[_BARE, {"t": "AlignDefault"}, 1, 1, _plain(paragraphs(text))] for text in texts]]


def _mark(row: list[Any], anchor: str) -> None:
    """Makes the first cell of a row a place that a link leads to."""
    inside = row[1][0][4]
    if inside:
        inside[0]["c"] = [{"t": "Span", "c": [[anchor, [], []], inside[0]["c"]]}]


def _shares(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> list[float]:
    """The share of the page's width each column gets: room for its words of usual length, then by the mean length of its texts."""
    least, more = [], []
    for place, title in enumerate(head):
        texts = [row[place] for row in rows if place < len(row)]
        word = max((len(one) for text in (title, *texts) for one in text[:2000].split()), default=0)
        mean = sum(map(len, texts)) / max(1, len(texts))
        least.append(min(word, 14) + 3)
        more.append(max(0, min(mean, 60) - least[-1]))
    free = max(0, _SIGNS_A_LINE - sum(least)) / max(1, sum(more))
    wanted = [one + other * min(1, free) for one, other in zip(least, more, strict=True)]
    return [round(one / sum(wanted), 4) for one in wanted]
