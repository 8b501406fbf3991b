"""Owns tables for other programs: a step's data file as JSON, and any table as CSV that a spreadsheet opens without running a cell."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from facilitate.core.activity import Kinds, Rows
from facilitate.core.state import SessionState
from facilitate.core.words import N_
from facilitate.language import Language
from facilitate.restitution.build import Building

# https://owasp.org/www-community/attacks/CSV_Injection; the wide signs are those of Asian keyboards.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def tables(state: SessionState, kinds: Kinds, language: Language, step: str) -> Mapping[str, Rows]:
    """The tables of one step, by name, its words in ``language``; none where its kind has none, is not installed, or hides its answers."""
    at = state.steps[step]
    kind, summary = kinds.get(at.activity.kind), state.summaries[step]
    if kind is None:
        return {}
    sources = state.sources(at, kinds)
    return {} if kind.hides(summary, sources) else kind.rows(at.activity, summary, sources, Building(state, kinds, language).policy)


def as_data(found: Mapping[str, Rows], language: Language) -> dict[str, Any]:
    """Tables as plain JSON: {name: {"columns": [{"name", "holds"}…], "rows": [{column: value}…]}}."""
    return {
        name: {
            "columns": [{"name": column, "holds": language.say(holds)} for column, holds in table.columns],
            "rows": [dict(zip((column for column, _ in table.columns), row, strict=True)) for row in table.rows],
        }
        for name, table in found.items()
    }


def table_csv(table: Rows, language: Language) -> bytes:
    """One table as ``spreadsheet`` writes it, headed by its columns' names."""
    return spreadsheet([[name for name, _ in table.columns], *([_cell(value, language) for value in row] for row in table.rows)], language)


def spreadsheet(rows: Iterable[Iterable[str]], language: Language) -> bytes:
    """Rows as CSV: UTF-8 with its mark, parted by ';' in French and ',' in English. A cell that a spreadsheet would run begins with "'"."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if language.name == "fr" else ",")
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: str | int | float | bool, language: Language) -> str:
    """A value as a spreadsheet of that language reads it."""
    if isinstance(value, bool):
        return language.say(N_("yes")) if value else language.say(N_("no"))
    return str(value).replace(".", ",") if isinstance(value, float) and language.name == "fr" else str(value)
