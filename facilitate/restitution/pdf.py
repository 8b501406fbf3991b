"""Owns the PDF of a restitution: tagged (PDF/UA-1), set by typst from one fixed template that gets the tree as data.

``python -m facilitate.restitution.pdf`` is the door for the server: JSON on stdin, the PDF on stdout, in a process of its own.
"""

import base64
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from facilitate.core.tree import Card, Chart, Document, Figure, Pictures, Run, Section, Table
from facilitate.core.words import N_, Say
from facilitate.restitution import glyphs
from facilitate.restitution.brand import HOUSE, Brand, Logo
from facilitate.restitution.links import cited, is_citation, linked
from facilitate.restitution.pandoc import after_all_else
from facilitate.restitution.typography import date, dressed, printable, signature, spaced

_TEMPLATE = Path(__file__).with_name("restitution.typ")
_NOT_STANDARD = 3
_LONG_CARD = 1200  # signs: some third of a page, from where a card may run on to the next one

# A run of letters, digits and signs that no line could hold; a web address is left whole, typst knows where to break it.
_RUN = re.compile(r"(?!\S{0,99}(?:\s|$))[!-~\u00a1-\u058f]{40,}|(?!\S*(?:://|www\.))[!-~\u00a1-\u058f]{40,}")
_PIECE = re.compile(r".{20}(?=.)")
_BREAK = "\u200b"


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF. ``accessible`` is False where typst refused it as PDF/UA-1 and it was printed tagged, but without the standard."""

    data: bytes
    accessible: bool


def to_pdf(document: Document, say: Say, *, brand: Brand = HOUSE, pictures: Pictures = lambda _: None) -> bytes:
    """The document printed in this process, which it holds for as long as it takes: for the command line."""
    return print_here(payload(document, say, brand=brand, pictures=pictures)).data


def print_apart(document: Document, say: Say, *, brand: Brand = HOUSE, pictures: Pictures = lambda _: None) -> Printed:
    """The document printed by a process started afresh: for the server. Raises CalledProcessError, its stderr says why."""
    command = [sys.executable, "-m", "facilitate.restitution.pdf"]
    given = payload(document, say, brand=brand, pictures=pictures).encode()
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    if done.returncode not in (0, _NOT_STANDARD):
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return Printed(done.stdout, accessible=done.returncode == 0)


def payload(document: Document, say: Say, *, brand: Brand = HOUSE, pictures: Pictures = lambda _: None) -> str:
    """All that the printing process needs to know, as JSON: the tree, the words of the template in the reader's language, the pictures."""
    files = {f"{media}.jpg": data for media in _media(document) if (data := pictures(media))} | logo_files(brand)
    document = dressed(linked(document))

    def set_as_text(text: str) -> str:
        return spaced(printable(text), document.language)

    organisation = document.organisation or set_as_text(brand.name)
    kind = document.kind or say(N_("Report of the day"))
    day = date(document.date, document.language)
    words = {
        "colour": brand.colour,
        "mark": brand.mark,
        "kind": _joined(organisation, kind),
        "foot": _joined(organisation, say(N_("Report of %(date)s"), date=day) if day and not document.kind else _joined(kind, day)),
        "running": document.title if len(document.title) < 90 else document.title[:89] + "…",
        "page": say(N_("page %(n)s of %(total)s"), n="{n}", total="{total}"),
        "contents": say(N_("Contents")),
        "note": say(
            N_("Some characters that were typed are not in the fonts of this document: □ stands for each of them. The web page shows them.")
        ),
    } | logo_words(brand, set_as_text)
    tree = _tree(document, say, frozenset(cited(document.children)))
    tree["title"] = tree["title"] or kind
    tree["mentions"] += [_breakable(set_as_text(line)) for line in (*brand.legal, brand.licence) if line]
    packed = {name: base64.b64encode(data).decode() for name, data in files.items()}
    return json.dumps({"pictures": packed, "document": tree, "words": words}, ensure_ascii=False)


def print_here(payload: str) -> Printed:
    """A payload printed. The same payload gives the same bytes. Raises typst.TypstError, which no text of a document should cause."""
    data = json.loads(payload)
    missing = glyphs.undrawn(payload)
    document, words = data["document"], data["words"]
    if missing:
        document = _replaced(document, missing)
        words = _replaced(words, missing)
    else:
        words["note"] = ""
    inputs = {"document": json.dumps(document), "words": json.dumps(words)}
    at, pictures = _instant(document["date"]), data.get("pictures")
    return with_pictures(_TEMPLATE, inputs, pictures, at) if pictures else typeset(_TEMPLATE, inputs, at)


def logo_files(brand: Brand) -> dict[str, bytes]:
    """The pictures of a house under the names by which ``logo_words`` calls them."""
    logos = [("logo", brand.logo), *((f"funder-{place}", one) for place, one in enumerate(brand.funders))]
    return {f"{name}.{'svg' if one.svg else 'png'}": one.svg.encode() if one.svg else one.png for name, one in logos if one}


def logo_words(brand: Brand, change: Callable[[str], str]) -> dict[str, Any]:
    """What a template knows of the house's pictures: the file of each, what it shows, the words beside it."""

    def told(name: str, one: Logo) -> dict[str, str]:
        return {"file": f"{name}.{'svg' if one.svg else 'png'}", "alt": change(one.name), "beside": change(one.beside)}

    funders = [told(f"funder-{place}", one) for place, one in enumerate(brand.funders)]
    return {"logo": told("logo", brand.logo) if brand.logo else None, "funders": funders}


def with_pictures(template: Path, inputs: Mapping[str, str], packed: Mapping[str, str], at: int = 0) -> Printed:
    """Typst reads pictures from files only: for a while they stand beside the template, their names in its input ``pictures``.

    ``packed``: the name of each file and its bytes in base64. One that cannot be read leaves all to their words.
    """
    import typst

    with tempfile.TemporaryDirectory() as folder:
        copied = Path(shutil.copy(template, folder))
        for name, data in packed.items():
            Path(folder, name).write_bytes(base64.b64decode(data))
        try:
            return typeset(copied, {**inputs, "pictures": json.dumps(list(packed))}, at)
        except typst.TypstError:
            return typeset(template, inputs, at)


def typeset(template: Path, inputs: Mapping[str, str], at: int = 0) -> Printed:
    """A template of ours with its inputs, set with the fonts of the program; ``at`` the PDF's date, in seconds since 1970.

    ``fallback`` is one more input: the families to fall back on, as a JSON list. Raises typst.TypstError.
    """
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=glyphs.folders())
    # Emoji last: they have digits and signs that a text font draws better.
    families = sorted(fonts.families(), key=lambda family: ("Emoji" in family, "Source" not in family, family))

    def compiled(standards: list[Any]) -> bytes:
        pdf, _ = typst.compile_with_warnings(
            template,
            root=template.parent,
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs={**inputs, "fallback": json.dumps(families)},
            pdf_standards=standards,
            timestamp=at,
        )
        return pdf

    try:
        return Printed(compiled(["ua-1"]), accessible=True)
    except typst.TypstError:
        return Printed(compiled([]), accessible=False)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _instant(iso: str) -> int:
    if not iso:
        return 0
    at = datetime.fromisoformat(iso)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def _tree(node: Any, say: Say, cited: frozenset[str]) -> Any:
    """A node as the template reads it: its kind under 'is', its fields, and what only Python can count."""
    if isinstance(node, str):
        return _breakable(node)
    if isinstance(node, tuple):
        return [
            {"is": "Figures", "items": trees} if together else trees[0]
            for together, trees in _side_by_side([(isinstance(item, Figure), _tree(item, say, cited)) for item in node])
        ]
    if isinstance(node, int | float):
        return node
    if isinstance(node, Run):
        return {"text": _breakable(node.text), "style": node.style, "href": node.href, "cites": is_citation(node)}
    tree = {field.name: _tree(getattr(node, field.name), say, cited) for field in fields(node)} | {"is": type(node).__name__}
    if isinstance(node, Section):
        tree["anchor"] = node.anchor
    elif isinstance(node, Card):
        tree["by"] = _breakable(signature(node, say))
        tree["long"] = len(node.title) + sum(len(text) for _, text in node.fields) > _LONG_CARD
    elif isinstance(node, Chart):
        tree["rows"] = [[_breakable(label), node.share(value), _breakable(shown)] for label, value, shown in node.rows]
    elif isinstance(node, Table):
        tree["widths"] = _widths(node)
        tree["anchors"] = {str(place): anchor for place, anchor in enumerate(node.anchors) if anchor in cited}
    return tree


def _side_by_side(trees: list[tuple[bool, Any]]) -> Iterator[tuple[bool, list[Any]]]:
    """Figures that follow each other, together; anything else alone."""
    for is_figure, group in groupby(trees, key=lambda pair: pair[0]):
        found = [tree for _, tree in group]
        yield from [(True, found)] if is_figure else ((False, [tree]) for tree in found)


def _media(node: Any) -> Iterator[str]:
    """The pictures of a tree."""
    if isinstance(node, Figure):
        yield node.media
    elif isinstance(node, tuple):
        for item in node:
            yield from _media(item)
    elif isinstance(node, Document | Section | Card):
        yield from _media(node.inside if isinstance(node, Card) else node.children)


def _widths(table: Table) -> list[float]:
    """The share of the width each column gets: what is short stays on one line, what is long gets its mean, within bounds.

    0 is a column of numbers, as wide as they are.
    """
    shares: list[float] = []
    for column, head in enumerate(table.head):
        lengths = [len(row[column]) for row in table.rows if column < len(row)] or [0]
        if column in table.numeric and max(lengths) <= 12 and len(head) <= 12:
            shares.append(0)
        else:
            shares.append(max(8, min(len(head), 14), min(max(lengths), 20), min(sum(lengths) / len(lengths), 44)))
    return shares


def _breakable(text: str) -> str:
    return _RUN.sub(lambda run: _PIECE.sub(rf"\g<0>{_BREAK}", run[0]), text) if len(text) >= 40 else text


def _replaced(value: Any, missing: frozenset[str]) -> Any:
    if isinstance(value, str):
        return glyphs.replaced(value, missing)
    if isinstance(value, list):
        return [_replaced(item, missing) for item in value]
    if isinstance(value, dict):
        return {key: _replaced(item, missing) for key, item in value.items()}
    return value


def main() -> int:
    """Reads a payload on stdin, writes the PDF on stdout; 3 says that it could not be PDF/UA-1."""
    after_all_else(0)
    printed = print_here(sys.stdin.buffer.read().decode())
    sys.stdout.buffer.write(printed.data)
    return 0 if printed.accessible else _NOT_STANDARD


if __name__ == "__main__":
    sys.exit(main())
