"""Owns the Markdown of a restitution: what people edit again, or paste into a wiki."""

import re
from collections.abc import Mapping

from facilitate.core.tree import Document, Figure
from facilitate.core.words import N_, Say
from facilitate.restitution import pandoc
from facilitate.restitution.typography import mapped, printable

# Pipe tables are read nearly everywhere; a cell of several lines makes pandoc take a grid.
_OPTIONS = ("--from=json", "--to=markdown-smart-header_attributes-simple_tables-multiline_tables", "--wrap=none")

# pandoc 3.9 leaves some things as they are which then read back as markup: '&amp;' (its issue 11490), a list begun after a line
# break (11862), '---', ':::', '(@name', and '#' or '{…}' at the end of a heading. A private-use character, which no printable text
# has, holds the place of the backslash they need.
_ESCAPE = "\ue000"
_INSIDE = re.compile(r"(?=&#?\w+;)|(?<!\w)(?=@)|(?=\{[^{}]*\}\s*$)|(?<![^\s])(?=:::)")
_BEGINNING = re.compile(r"(?:^|(?<=\n))([ ]*)(?:(?=[-+:=%(#.])|(\w+)(?=[.)])|(Table)(?=:))")


def to_markdown(document: Document, say: Say, *, files: Mapping[str, str] | None = None) -> str:
    """pandoc's Markdown, which reads back as it was written (``--from=markdown-smart``). Texts keep the spaces that were typed.

    ``files``: media of a figure → the file that stands beside this one; a picture without one is told by its words."""

    def picture(figure: Figure) -> pandoc.Element | None:
        file = (files or {}).get(figure.media)
        return {"t": "Image", "c": [["", [], []], pandoc.line(figure.alt), [file, ""]]} if file else None

    document = mapped(document, _guarded)
    content = [pandoc.heading(1, document.title or say(N_("Report of the day"))), *pandoc.paragraphs(document.subtitle)]
    content += pandoc.blocks(document, pandoc.Shape(say, picture), level=2)
    return pandoc.convert(pandoc.as_json(content), *_OPTIONS).decode().replace(_ESCAPE, "\\")


def _guarded(text: str) -> str:
    text = printable(text)
    kept = text.rstrip()
    bare = kept.rstrip("#")  # no expression: it would look to the end from each of many '#'
    text = _INSIDE.sub(_ESCAPE, bare) + f"{_ESCAPE}#" * (len(kept) - len(bare)) + text[len(kept) :]
    return _BEGINNING.sub(rf"\1\2\3{_ESCAPE}", text)
