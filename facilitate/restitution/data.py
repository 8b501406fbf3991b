"""Owns what programs read of a day: every contribution as a table, the whole report as JSON, a step's own tables; and any table as CSV that
a spreadsheet opens without running a cell.

All of it is asked of ``Building``: what a document may not say (names, hours of the anonymous, what is withheld or hidden) is not here.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import zip_longest
from typing import Any

from facilitate.core.activity import Kinds, Rows
from facilitate.core.groups import grouped
from facilitate.core.state import SessionState, Step
from facilitate.core.tree import Card, Chart, Document, Listing, Paragraph, Section, Table
from facilitate.core.words import N_, Say
from facilitate.language import Language
from facilitate.restitution.build import Building
from facilitate.restitution.links import is_citation
from facilitate.restitution.typography import dressed, printable

# https://owasp.org/www-community/attacks/CSV_Injection; the wide signs are those of Asian keyboards.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Told:
    """One contribution as data. ``texts``: (label, text) as it was written; ``corrected``: its words with their spelling corrected, or '';
    ``by`` as the document names them; ``at`` 'YYYY-MM-DD HH:MM' where the day was held, '' where it is anonymous."""

    number: int
    texts: tuple[tuple[str, str], ...]
    words: str
    corrected: str
    by: str
    territory: str
    at: str
    status: str
    late: bool
    entered: bool
    masked: bool
    aside: bool
    highlighted: bool


@dataclass(frozen=True, slots=True)
class StepTold:
    """One step as data: its hours like ``Told.at``, what people wrote in it, and the tables of its kind."""

    id: str
    kind: str
    title: str
    workshop: str
    status: str
    minutes: int
    opened: str
    closed: str
    contributions: tuple[Told, ...]
    tables: Mapping[str, Rows]


@dataclass(frozen=True, slots=True)
class Data:
    """A day as data. ``people`` counts who took part: territories, types of organisation and roles; '' are those who did not
    say, and those of whom there are fewer than five."""

    naming: str
    people: int
    territories: Mapping[str, int]
    types: Mapping[str, int]
    roles: Mapping[str, int]
    steps: tuple[StepTold, ...]
    withheld: int
    reasons: Mapping[str, int]


COLUMNS = (
    ("number", N_("Its number in the annex")),
    ("step", N_("The step it was written in: its id")),
    ("title", N_("The title of that step")),
    ("kind", N_("What kind of step that is")),
    ("text", N_("As it was written")),
    ("corrected", N_("With its spelling corrected, where it was")),
    ("by", N_("Whose it is, as the report names them")),
    ("territory", N_("Their territory, where the report says it")),
    ("at", N_("Day and hour, where the day was held; nothing where it is anonymous")),
    ("status", N_("shown, hidden (from the wall) or waiting (not read yet by the facilitators)")),
    ("late", N_("It arrived after the closing")),
    ("entered", N_("A facilitator typed it for its author")),
    ("masked", N_("A name was masked in it")),
    ("aside", N_("It was set aside: it stands in the annex only")),
    ("highlighted", N_("It was brought out as a quotation")),
)
"""The table of all contributions: (name, what it holds), under names that no language changes."""


def told(building: Building) -> Data:
    """A day as data, as its document may tell it."""
    state = building.state
    withheld = [one for id in state.order for one in state.summaries[id].contributions.values() if one.status == "withheld"]
    joined = building.joined.values()
    return Data(
        state.edition.naming,
        len(joined),
        _grouped(one.territory for one in joined),
        _grouped(one.type for one in joined),
        _grouped(one.role for one in joined),
        tuple(_step(building, step) for step in state.ordered),
        len(withheld),
        _counted(one.why for one in withheld),
    )


def contributions(data: Data) -> Rows:
    """Every contribution, in the order of the annex."""
    return Rows(
        COLUMNS,
        tuple(
            (
                *(one.number, step.id, step.title, step.kind, one.words, one.corrected, one.by, one.territory, one.at, one.status),
                *(one.late, one.entered, one.masked, one.aside, one.highlighted),
            )
            for step in data.steps
            for one in step.contributions
        ),
    )


def to_json(document: Document, say: Say, data: Data | None = None) -> bytes:
    """The whole report as JSON: the facts, the sections as a tree and, of a day, its figures, steps and contributions."""
    document = dressed(document)
    whole: dict[str, Any] = {"report": 1}
    whole |= {name: getattr(document, name) for name in ("title", "subtitle", "language", "date", "organisation", "mentions")}
    whole["facts"] = [{"label": label, "text": text} for label, text in document.facts.pairs]
    if data is not None:
        whole["naming"] = data.naming
        whole["people"] = {"count": data.people, "territories": data.territories, "types": data.types, "roles": data.roles}
        whole["withheld"] = {"count": data.withheld, "reasons": data.reasons}
        kept = ("id", "kind", "title", "workshop", "status", "minutes", "opened", "closed")
        whole["steps"] = [{name: getattr(step, name) for name in kept} | {"tables": _plain(step.tables, say)} for step in data.steps]
        whole["contributions"] = _plain({"": contributions(data)}, say)[""]
    whole["sections"] = _tree(document.children)
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def to_csv(document: Document, say: Say, data: Data | None = None) -> bytes:
    """Every contribution of a day as a spreadsheet opens it; of another document, all that it tells one by one."""
    table = cards(document) if data is None else contributions(data)
    rows = ([_cell(value, document.language, say) for value in row] for row in table.rows)
    return _spreadsheet([[name for name, _ in table.columns], *rows], document.language)


def cards(document: Document) -> Rows:
    """What a document tells one by one: its cards, its paragraphs, the lines of its lists, the rows of its tables."""
    columns = (
        ("section", N_("The section it stands in")),
        ("text", N_("What it says")),
        ("by", N_("Whose it is, as the report names them")),
        ("number", N_("Its number in the annex")),
    )
    return Rows(columns, tuple(_rows(document.children, ())))


def _rows(nodes: Iterable[Any], within: tuple[str, ...]) -> Iterator[tuple[str | int, ...]]:
    place = " › ".join(within)
    for node in nodes:
        if isinstance(node, Section):
            yield from _rows(node.children, (*within, node.title) if node.title else within)
        elif isinstance(node, Card):
            texts = [node.title, *(f"{label} – {text}" if label else text for label, text in node.fields if text)]
            yield place, "\n".join(filter(None, texts)), node.by, node.number or ""
            yield from _rows(node.inside, within)
        elif isinstance(node, Listing):
            # What stands beside may be shorter than the list, or be nothing.
            for item, stretches, beside in zip_longest(node.items, node.runs, node.beside):
                runs = stretches or ()
                cited = ", ".join(run.text for run in runs if is_citation(run))
                said = "".join(run.text for run in runs if not is_citation(run)).strip() if cited else item
                yield place, said or "", beside or "", cited
        elif isinstance(node, Paragraph) and node.role != "note":
            yield place, node.text, "", ""
        elif isinstance(node, Table | Chart):
            head = node.head if isinstance(node, Table) else (node.label, node.unit)
            lines = node.rows if isinstance(node, Table) else [(label, shown) for label, _, shown in node.rows]
            for line in lines:
                said = "\n".join(f"{title} – {cell}" if title else cell for title, cell in zip(head, line, strict=False) if cell)
                yield place, said, "", ""


def _step(building: Building, step: Step) -> StepTold:
    activity, state = step.activity, building.state
    track = state.tracks.get(activity.track)
    return StepTold(
        activity.id,
        activity.kind,
        printable(activity.title),
        printable(track.name) if track else "",
        step.status,
        step.minutes,
        _instant(building, step.opened),
        _instant(building, step.closed),
        tuple(_contribution(building, step, one) for one in building.written[activity.id]),
        _tables(building, activity.id),
    )


def _contribution(building: Building, step: Step, one: Any) -> Told:
    state, kind, edition = building.state, building.kinds[step.activity.kind], building.state.edition
    body = building.body.summaries[step.activity.id].contributions[one.id]
    words = building.words(step, one)
    corrected = words if building.body is building.state else building.words(step, body)
    teller = kind.told_by(state.summaries[step.activity.id], one)
    person = None if teller else state.people.get(one.by)
    pairs = kind.texts(step.activity.settings, one)
    return Told(
        building.policy.number(one),
        tuple((printable(building.say(label)) if label else "", printable(text)) for label, text in pairs),
        printable(words),
        printable(corrected) if corrected != words else "",
        printable(building.signature(step, one)),
        printable(person.territory) if person else "",
        _instant(building, one.at),
        one.status,
        one.late,
        bool(one.entered),
        one.masked,
        one.id in edition.aside,
        one.id in edition.highlights,
    )


def _instant(building: Building, instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(building.zone).strftime("%Y-%m-%d %H:%M") if instant else ""


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(printable, values)).items(), key=lambda pair: (-pair[1], pair[0])))


def _grouped(values: Iterable[str]) -> dict[str, int]:
    told, others = grouped(map(printable, values))
    return told | ({"": others} if others else {})


def _tree(value: Any) -> Any:
    """A node as plain JSON: its kind under 'is', then its fields, those that say nothing left out."""
    if isinstance(value, tuple):
        return [_tree(one) for one in value]
    if isinstance(value, str | int | float):
        return value
    told = {one.name: _tree(getattr(value, one.name)) for one in fields(value)}
    return {"is": type(value).__name__.lower()} | {name: one for name, one in told.items() if one not in ("", [], 0)}


def tables(state: SessionState, kinds: Kinds, language: Language, step: str) -> Mapping[str, Rows]:
    """The tables of one step, by name, its words in ``language``; none where its kind has none, is not installed, or hides its answers."""
    return _tables(Building(state, kinds, language), step) if state.steps[step].activity.kind in kinds else {}


def _tables(building: Building, step: str) -> Mapping[str, Rows]:
    # As the body tells the day: where nobody is named it holds no name, and cards set aside are not counted there.
    body, at = building.body, building.body.steps[step]
    kind, summary = building.kinds.get(at.activity.kind), body.summaries[step]
    if kind is None:
        return {}
    sources = body.sources(at, building.kinds)
    return {} if kind.hides(summary, sources) else kind.rows(at.activity, summary, sources, building.policy)


def as_data(found: Mapping[str, Rows], language: Language) -> dict[str, Any]:
    """Tables as plain JSON: {name: {"columns": [{"name", "holds"}…], "rows": [{column: value}…]}}."""
    return _plain(found, language.say)


def _plain(found: Mapping[str, Rows], say: Say) -> dict[str, Any]:
    return {
        name: {
            "columns": [{"name": column, "holds": say(holds)} for column, holds in table.columns],
            "rows": [
                {column: printable(cell) if isinstance(cell, str) else cell for (column, _), cell in zip(table.columns, row, strict=True)}
                for row in table.rows
            ],
        }
        for name, table in found.items()
    }


def table_csv(table: Rows, language: Language) -> bytes:
    """One table as ``spreadsheet`` writes it, headed by its columns' names."""
    rows = ([_cell(value, language.name, language.say) for value in row] for row in table.rows)
    return spreadsheet([[name for name, _ in table.columns], *rows], language)


def spreadsheet(rows: Iterable[Iterable[str]], language: Language) -> bytes:
    """Rows as CSV: UTF-8 with its mark, parted by ';' in French and ',' in English. A cell that a spreadsheet would run begins with "'"."""
    return _spreadsheet(rows, language.name)


def _spreadsheet(rows: Iterable[Iterable[str]], language: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if language == "fr" else ",")
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: str | int | float | bool, language: str, say: Say) -> str:
    """A value as a spreadsheet of that language reads it."""
    if isinstance(value, bool):
        return say(N_("yes")) if value else say(N_("no"))
    return str(value).replace(".", ",") if isinstance(value, float) and language == "fr" else printable(str(value))
