"""Owns the PDF of a restitution: tagged (PDF/UA-1), set by typst from one fixed template that gets the tree as data.

``python -m facilitate.restitution.pdf`` is the door for the server: JSON on stdin, the PDF on stdout, in a process of its own.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from facilitate.core.tree import Card, Chart, Document, Table
from facilitate.core.words import N_, Say
from facilitate.restitution import glyphs
from facilitate.restitution.brand import HOUSE, Brand
from facilitate.restitution.typography import date, dressed, signature

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


def to_pdf(document: Document, say: Say, *, brand: Brand = HOUSE) -> bytes:
    """The document printed in this process, which it holds for as long as it takes: for the command line."""
    return print_here(payload(document, say, brand=brand)).data


def print_apart(document: Document, say: Say, *, brand: Brand = HOUSE) -> Printed:
    """The document printed by a process started afresh: for the server. Raises CalledProcessError, its stderr says why."""
    command = [sys.executable, "-m", "facilitate.restitution.pdf"]
    done = subprocess.run(command, input=payload(document, say, brand=brand).encode(), capture_output=True, check=False)
    if done.returncode not in (0, _NOT_STANDARD):
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return Printed(done.stdout, accessible=done.returncode == 0)


def payload(document: Document, say: Say, *, brand: Brand = HOUSE) -> str:
    """All that the printing process needs to know, as JSON: the tree, and the words of the template in the reader's language."""
    document = dressed(document)
    kind = say(N_("Report of the day"))
    day = date(document.date, document.language)
    words = {
        "colour": brand.colour,
        "kind": _joined(document.organisation, kind),
        "foot": _joined(document.organisation, say(N_("Report of %(date)s"), date=day) if day else kind),
        "running": document.title if len(document.title) < 90 else document.title[:89] + "…",
        "page": say(N_("page %(n)s of %(total)s"), n="{n}", total="{total}"),
        "contents": say(N_("Contents")),
        "note": say(
            N_("Some characters that were typed are not in the fonts of this document: □ stands for each of them. The web page shows them.")
        ),
    }
    tree = _tree(document, say)
    tree["title"] = tree["title"] or kind
    return json.dumps({"document": tree, "words": words}, ensure_ascii=False)


def print_here(payload: str) -> Printed:
    """A payload printed. The same payload gives the same bytes. Raises typst.TypstError, which no text of a document should cause."""
    import typst

    data = json.loads(payload)
    missing = glyphs.undrawn(payload)
    document, words = data["document"], data["words"]
    if missing:
        document = _replaced(document, missing)
        words |= {name: glyphs.replaced(words[name], missing) for name in ("kind", "foot", "running")}
    else:
        words["note"] = ""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=glyphs.folders())
    # Emoji last: they have digits and signs that a text font draws better.
    words["fallback"] = sorted(fonts.families(), key=lambda family: ("Emoji" in family, "Source" not in family, family))
    inputs = {"document": json.dumps(document), "words": json.dumps(words)}

    def compiled(standards: list[Any]) -> bytes:
        pdf, _ = typst.compile_with_warnings(
            _TEMPLATE,
            root=_TEMPLATE.parent,
            font_paths=fonts,
            ignore_system_fonts=True,
            sys_inputs=inputs,
            pdf_standards=standards,
            timestamp=_instant(document["date"]),
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


def _tree(node: Any, say: Say) -> Any:
    """A node as the template reads it: its kind under 'is', its fields, and what only Python can count."""
    if isinstance(node, str):
        return _breakable(node)
    if isinstance(node, tuple):
        return [_tree(item, say) for item in node]
    if isinstance(node, int | float):
        return node
    tree = {field.name: _tree(getattr(node, field.name), say) for field in fields(node)} | {"is": type(node).__name__}
    if isinstance(node, Card):
        tree["by"] = _breakable(signature(node, say))
        tree["long"] = len(node.title) + sum(len(text) for _, text in node.fields) > _LONG_CARD
    elif isinstance(node, Chart):
        tree["rows"] = [[_breakable(label), node.share(value), _breakable(shown)] for label, value, shown in node.rows]
    elif isinstance(node, Table):
        tree["widths"] = _widths(node)
    return tree


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
    printed = print_here(sys.stdin.buffer.read().decode())
    sys.stdout.buffer.write(printed.data)
    return 0 if printed.accessible else _NOT_STANDARD


if __name__ == "__main__":
    sys.exit(main())
