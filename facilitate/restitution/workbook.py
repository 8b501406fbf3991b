"""Owns the XLSX of a restitution: what it holds and what its columns say, every contribution, then a sheet for each activity.

No cell is ever a formula, a link or a number made out of what people typed.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from facilitate.core.tree import Card, Chart, Document, Facts, Section, Table
from facilitate.core.words import N_, Say
from facilitate.restitution.data import Data, Told, cards, contributions
from facilitate.restitution.typography import dressed

Cell = str | int | float | bool

_MOST = 32_767
"""UTF-16 units that a cell holds."""
_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True, slots=True)
class Block:
    """A table of a sheet, under a caption or none."""

    caption: str
    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name as Excel takes it, and its tables, one beneath the other. The first has a filter, and its head stays in sight."""

    name: str
    blocks: tuple[Block, ...]


def to_xlsx(document: Document, say: Say, data: Data | None = None) -> bytes:
    """The same document gives the same bytes."""
    import xlsxwriter

    document = dressed(document)
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        made = datetime.fromisoformat(document.date).replace(tzinfo=None) if document.date else datetime(1980, 1, 1)
        book.set_properties({"title": document.title[:255], "author": document.organisation[:255], "created": made})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#eeeeee", "bottom": 1})
        strong = book.add_format({"bold": True, "valign": "top"})
        cut = say(N_(" […] Too long for a spreadsheet: the other formats have the whole text."))
        for sheet in sheets(document, say, data):
            _write(book.add_worksheet(sheet.name), sheet, plain, head, strong, cut)
    return out.getvalue()


def sheets(document: Document, say: Say, data: Data | None) -> list[Sheet]:
    """What the workbook holds, names made fit for it."""
    found = list(_of_day(document, say, data) if data else _of_sections(document.children))
    whole = contributions(data) if data else cards(document)
    head = tuple(say(_HEADS.get(name, name)) for name, _ in whole.columns)
    words = [place for place, (name, _) in enumerate(whole.columns) if name == "status"]
    rows = [tuple(_said(say(_STATUS[str(cell)]) if place in words else cell, say) for place, cell in enumerate(row)) for row in whole.rows]
    everything = Sheet(say(N_("Contributions")), (Block("", head, rows),))
    named = _named([Sheet(say(N_("Read me")), ()), everything, *found])
    facts = [(document.title, ""), (document.subtitle, ""), *document.facts.pairs, *((one, "") for one in document.mentions)]
    columns = [(title, say(holds)) for title, (_, holds) in zip(head, whole.columns, strict=True)]
    inside = [(one.name, ", ".join(filter(None, (block.caption for block in one.blocks)))) for one in named[1:]]
    about = (
        Block("", (say(N_("Report of the day")), ""), facts),
        Block(say(N_("The sheets")), (say(N_("Sheet")), say(N_("Its tables"))), inside),
        Block(say(N_("The columns of “%(sheet)s”"), sheet=named[1].name), (say(N_("Column")), say(N_("What it holds"))), columns),
    )
    return [replace(named[0], blocks=about), *named[1:]]


_HEADS = {
    "number": N_("No."),
    "section": N_("Section"),
    "step": N_("Step (id)"),
    "title": N_("Step"),
    "kind": N_("Kind"),
    "text": N_("As it was written"),
    "corrected": N_("Corrected"),
    "by": N_("By"),
    "territory": N_("Territory"),
    "at": N_("Day and hour"),
    "status": N_("Status"),
    "late": N_("Late"),
    "entered": N_("Entered for them"),
    "masked": N_("A name masked"),
    "aside": N_("In the annex only"),
    "highlighted": N_("Brought out"),
}


_STATUS = {"shown": "", "hidden": N_("hidden from the wall"), "waiting": N_("not read yet by the facilitators")}


def _of_day(document: Document, say: Say, data: Data) -> Iterator[Sheet]:
    """A sheet for each step, then for each other section that has tables."""
    sections = {one.anchor: one for one in _all_sections(document.children)}
    for step in data.steps:
        told = (_contributed(step.contributions, say),) if step.contributions else ()
        section = sections.get(f"step-{step.id}")
        if found := (*told, *(_blocks(section.children, section.title) if section else ())):
            yield Sheet(step.title, tuple(found))
    yield from _of_sections([one for one in document.children if one.anchor != "annex" and not one.anchor.startswith("step-")])


def _of_sections(sections: Iterable[Section]) -> Iterator[Sheet]:
    for section in sections:
        told = [row[1:] for row in cards(Document("", "", "", "", Facts(()), (section,))).rows if row[2] or row[3]]
        if blocks := tuple(_blocks(section.children, section.title)):
            yield Sheet(section.title, blocks)
        elif told:
            yield Sheet(section.title, (Block(section.title, ("", "", ""), told),))


def _contributed(ones: tuple[Told, ...], say: Say) -> Block:
    """What people wrote in one step, a column for each thing that was asked."""
    first = say(N_("As it was written"))
    labels = list(dict.fromkeys(label or first for one in ones for label, _ in one.texts))
    head = (say(N_("No.")), *labels, say(N_("Corrected")), say(N_("By")), say(N_("Territory")), say(N_("Day and hour")), say(N_("Status")))
    rows: list[tuple[Cell, ...]] = []
    for one in ones:
        texts = {label: "\n".join(text for other, text in one.texts if (other or first) == label) for label in labels}
        rows.append((one.number, *texts.values(), one.corrected, one.by, one.territory, one.at, say(_STATUS[one.status])))
    return Block("", head, rows)


def _blocks(nodes: Iterable[Any], title: str) -> Iterator[Block]:
    """The tables and charts that stand under a section, but for those of the steps inside it."""
    for node in nodes:
        if isinstance(node, Table):
            rows: list[tuple[Cell, ...]] = [
                tuple(_number(cell) if place in node.numeric else cell for place, cell in enumerate(row)) for row in node.rows
            ]
            yield Block(node.caption or title, node.head, rows)
        elif isinstance(node, Chart):
            yield Block(node.caption or title, (node.label, node.unit), [(label, value) for label, value, _ in node.rows])
        elif isinstance(node, Section) and not node.anchor.startswith("step-"):
            yield from _blocks(node.children, node.title)
        elif isinstance(node, Card):
            yield from _blocks(node.inside, title)


def _all_sections(nodes: Iterable[Any]) -> Iterator[Section]:
    for node in nodes:
        if isinstance(node, Section):
            yield node
            yield from _all_sections(node.children)


def _named(sheets: Iterable[Sheet]) -> list[Sheet]:
    """Names that Excel takes: 31 signs, none of []:*?/\\, no two alike."""
    taken = {"history", "historique"}
    found = []
    for sheet in sheets:
        bare = " ".join(sheet.name.translate(_FORBIDDEN).split()).strip("' ") or "…"
        name, place = _units(bare, _NAME), 1
        while name.lower() in taken:
            place += 1
            end = f" ({place})"
            name = _units(bare, _NAME - len(end)).rstrip() + end
        taken.add(name.lower())
        found.append(replace(sheet, name=name.strip("' ") or "…"))
    return found


def _units(text: str, most: int) -> str:
    """The beginning of a text that fits in so many UTF-16 units."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def _said(value: Cell, say: Say) -> Cell:
    return (say(N_("yes")) if value else "") if isinstance(value, bool) else value


def _number(text: str) -> Cell:
    """A whole number of ours as a number; anything else as it is written."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else text


def _write(sheet: Any, what: Sheet, plain: Any, head: Any, strong: Any, cut: str) -> None:
    line, widths = 0, dict[int, float]()
    for place, block in enumerate(what.blocks):
        if place:
            line += 1
        if block.caption:
            _put(sheet, line, 0, block.caption, strong, cut)
            line += 1
        for column, title in enumerate(block.head):
            _put(sheet, line, column, title, head, cut)
            lengths = [len(str(row[column])) for row in block.rows if column < len(row)] or [0]
            wanted = max(10, min(len(title) + 2, 24), min(60, 1.1 * sum(lengths) / len(lengths) + 4))
            widths[column] = max(widths.get(column, 0), wanted)
        if not place and len(what.blocks[0].head) > 2:
            sheet.freeze_panes(line + 1, 0)
            sheet.autofilter(line, 0, line + max(1, len(block.rows)), len(block.head) - 1)
        for row in block.rows:
            line += 1
            for column, cell in enumerate(row):
                _put(sheet, line, column, cell, plain, cut)
        line += 1
    for column, width in widths.items():
        sheet.set_column(column, column, width)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _put(sheet: Any, line: int, column: int, cell: Cell, format: Any, cut: str) -> None:
    if isinstance(cell, int | float):
        sheet.write_number(line, column, cell, format)
        return
    if len(cell) > _MOST // 2 and len(cell.encode("utf-16-le")) > 2 * _MOST:
        cell = _units(cell, _MOST - len(cut)) + cut
    if sheet.write_string(line, column, cell, format) != 0:
        raise ValueError(f"a cell that the spreadsheet does not take, at line {line + 1}")
