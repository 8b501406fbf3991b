"""Owns the way through pandoc: the tree as pandoc's own JSON, in which every text is a string, and the program that writes it.

For Markdown, DOCX and ODT. No Raw element is ever made: what people typed is never markup, whatever the format.
"""

import json
import re
import subprocess
from functools import cache
from typing import Any

from facilitate.core.tree import Card, Chart, Document, Facts, Figure, Listing, Node, Paragraph, Section, Table
from facilitate.core.words import N_, Say
from facilitate.restitution.typography import signature

Element = dict[str, Any]
"""A block or an inline of pandoc's AST: {"t": kind, "c": content}."""

_API = [1, 23, 1]
_BARE = ["", [], []]
_LEFT, _RIGHT = {"t": "AlignLeft"}, {"t": "AlignRight"}


def blocks(document: Document, say: Say, *, level: int) -> list[Element]:
    """All that stands under the title: facts, sections with headings from ``level`` on, mentions."""
    found = _facts(document.facts, say)
    for section in document.children:
        found += _node(section, say, level)
    if document.mentions:
        found.append({"t": "HorizontalRule"})
    for mention in document.mentions:
        found += paragraphs(mention)
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
    """A text on one line."""
    words = text.replace("\n", " ").split(" ")
    found: list[Element] = []
    for word in filter(None, words):
        found += [{"t": "Space"}, {"t": "Str", "c": word}]
    return found[1:]


def as_json(content: list[Element], meta: dict[str, Any] | None = None) -> bytes:
    """Blocks as a whole pandoc document."""
    return json.dumps({"pandoc-api-version": _API, "meta": meta or {}, "blocks": content}, ensure_ascii=False).encode()


def convert(source: bytes, *options: str) -> bytes:
    """What pandoc makes of its standard input; it may read and write nothing else. Raises CalledProcessError."""
    return subprocess.run([_program(), "--sandbox", *options], input=source, capture_output=True, check=True).stdout


@cache
def _program() -> str:
    import pypandoc

    return str(pypandoc.get_pandoc_path())


def _lines(text: str) -> list[Element]:
    found: list[Element] = []
    for part in filter(None, map(line, text.split("\n"))):
        found += [{"t": "LineBreak"}, *part]
    return found[1:]


def _node(node: Node, say: Say, level: int) -> list[Element]:
    match node:
        case Section():
            found = [heading(level, node.title, node.anchor)] if node.title else []
            for child in node.children:
                found += _node(child, say, level + 1)
            return found
        case Paragraph():
            return paragraphs(node.text)
        case Listing():
            return _listing(node)
        case Facts():
            return _facts(node, say)
        case Card():
            return _card(node, say, level)
        case Figure():
            return paragraphs(node.alt, *_label(node.caption, say))
        case Table():
            return [_table(node.caption, node.head, node.rows, node.numeric)]
        case Chart():
            return [
                *paragraphs(node.sentence),
                _table(node.caption, (node.label, node.unit), tuple((label, shown) for label, _, shown in node.rows), (1,)),
            ]


def _card(card: Card, say: Say, level: int) -> list[Element]:
    said = paragraphs(card.title)
    if by := signature(card, say):
        said += paragraphs(by, {"t": "Str", "c": "—"})
    for label, text in card.fields:
        if text:
            said += paragraphs(text, *_label(label, say))
    found: list[Element] = [{"t": "BlockQuote", "c": said}] if said else []
    for node in card.inside:
        found += _node(node, say, level)
    return found


def _label(label: str, say: Say) -> list[Element]:
    return [{"t": "Strong", "c": line(say(N_("%(label)s:"), label=label))}] if label else []


def _facts(facts: Facts, say: Say) -> list[Element]:
    items = [paragraphs(text, *_label(label, say)) for label, text in facts.pairs]
    return [_items(items)] if items else []


def _listing(listing: Listing) -> list[Element]:
    items = []
    for place, text in enumerate(listing.items):
        if item := paragraphs(text):
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


def _table(caption: str, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], numeric: tuple[int, ...]) -> Element:
    columns = [[_RIGHT if place in numeric else _LEFT, {"t": "ColWidthDefault"}] for place in range(len(head))]
    return {
        "t": "Table",
        "c": [
            _BARE,
            [None, [{"t": "Plain", "c": line(caption)}] if line(caption) else []],
            columns,
            [_BARE, [_row(head, len(head))]],
            [[_BARE, 0, [], [_row(row, len(head)) for row in rows]]],
            [_BARE, []],
        ],
    }


def _row(cells: tuple[str, ...], width: int) -> list[Any]:
    texts = [*cells, *[""] * width][:width]
    return [_BARE, [[_BARE, {"t": "AlignDefault"}, 1, 1, _plain(paragraphs(text))] for text in texts]]
