"""Owns the run sheet: the day of a sheet as one table on A4, for whoever runs it. ``python -m facilitate.restitution.runsheet`` prints it
apart from the server: JSON on stdin, the PDF on stdout."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facilitate.core.activity import Kinds
from facilitate.core.agenda import Activity, Agenda, hour_of, planned, tracks_of
from facilitate.core.prose import cut, heading, nodes
from facilitate.core.reading import fold
from facilitate.core.tree import Listing, Node, Paragraph, Section, Table
from facilitate.core.words import N_, Say
from facilitate.restitution import glyphs
from facilitate.restitution.brand import HOUSE, Brand
from facilitate.restitution.pdf import typeset
from facilitate.restitution.typography import FIXED, date, hour, printable, spaced

_TEMPLATE = Path(__file__).with_suffix(".typ")
_LONG = 700  # signs in a row: some third of a page, from where it may run on to the next one


def print_apart(payload: str) -> bytes:
    """A payload printed by a process of its own: for the server. Raises CalledProcessError."""
    command = [sys.executable, "-m", "facilitate.restitution.runsheet"]
    return subprocess.run(command, input=payload.encode(), capture_output=True, check=True).stdout


def run_sheet(agenda: Agenda, kinds: Kinds, say: Say, *, brand: Brand = HOUSE) -> str:
    """All that the printing process needs to know, as JSON: the facts of the day and one row a step, in the language of ``say``."""
    hours = planned(agenda.start, agenda.activities)
    tracks = {track.id: track for one in agenda.activities for track in tracks_of(one.settings)}
    words = {
        "language": agenda.language,
        "colour": brand.colour,
        "kind": say(N_("Run sheet")),
        "title": agenda.title,
        "facts": [fact for fact in (_day(agenda), _times(agenda), agenda.place, agenda.host) if fact],
        "page": say(N_("page %(n)s of %(total)s"), n="{n}", total="{total}"),
        "head": [
            say(N_("Time")),
            say(N_("Length")),
            say(N_("Sequence")),
            say(N_("Objective")),
            say(N_("Method and instructions")),
            say(N_("Material")),
            say(N_("Who")),
            say(N_("Expected trace")),
        ],
        "rows": [
            _row(one, hours[one.id], kinds, say, agenda, tracks[one.track].name if one.track in tracks else "") for one in agenda.activities
        ],
    }
    text = json.dumps(words, ensure_ascii=False)
    missing = glyphs.undrawn(text)
    return json.dumps(_each(words, lambda one: glyphs.replaced(spaced(printable(one), agenda.language), missing)), ensure_ascii=False)


def _day(agenda: Agenda) -> str:
    return date(agenda.date, agenda.language) if re.fullmatch(r"\d{4}-\d\d-\d\d", agenda.date) else agenda.date


def _times(agenda: Agenda) -> str:
    return " – ".join(hour(one, agenda.language) for one in (agenda.start, agenda.end) if one)


def _row(one: Activity, hours: tuple[int, int], kinds: Kinds, say: Say, agenda: Agenda, track: str) -> dict[str, Any]:
    kind = kinds.get(one.kind)
    slides = kind is not None and any(setting.type == "markdown" for setting in kind.settings)
    method: list[dict[str, Any]] = []
    if question := str(one.settings.get("question") or ""):
        method.append({"is": "question", "text": say(question)})
    if workshops := tracks_of(one.settings):
        told = [f"{track.name} ({track.room})" if track.room else track.name for track in workshops]
        method.append({"is": "list", "ordered": False, "items": told})
    if one.settings.get("speaker"):
        method.append({"is": "paragraph", "text": str(one.settings["speaker"])})
    if slides:
        titles = [title for slide in cut(one.instructions) if (title := heading(slide))]
        method += [{"is": "list", "ordered": True, "items": titles}] if titles else []
    else:
        method += _blocks(nodes(one.instructions, "x"))
    notes = [say(N_("fixed hour"))] * one.fixed + [say(N_("may be left out"))] * one.optional
    notes += [say(N_("%(minutes)s min at least"), minutes=one.minimum)] if one.minimum else []
    row = {
        "from": hour(hour_of(hours[0]), agenda.language) if agenda.start else "",
        "lasts": _lasting(one.minutes),
        "title": one.title,
        "notes": [label, *notes] if fold(label := say(kind.label) if kind else one.kind) != fold(one.title) else notes,
        "objective": one.objective,
        "method": method,
        "material": one.material,
        "who": one.who,
        "trace": one.trace,
        "track": track,
    }
    return row | {"long": len(json.dumps(row, ensure_ascii=False)) > _LONG * 2}


def _lasting(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours}{FIXED}h" if hours else "", f"{rest:02d}" if hours and rest else f"{rest}{FIXED}min" if rest else ""]
    return FIXED.join(part for part in parts if part)


def _blocks(found: Sequence[Node]) -> list[dict[str, Any]]:
    """Prose as the template sets it: paragraphs and lists, whatever they stood in."""
    blocks: list[dict[str, Any]] = []
    for node in found:
        if isinstance(node, Paragraph):
            blocks.append({"is": "paragraph", "text": node.text})
        elif isinstance(node, Listing):
            blocks.append({"is": "list", "ordered": node.ordered, "items": list(node.items)})
        elif isinstance(node, Section):
            blocks += [{"is": "head", "text": node.title}, *_blocks(node.children)]
        elif isinstance(node, Table):
            blocks.append({"is": "list", "ordered": False, "items": [" · ".join(row) for row in node.rows]})
    return blocks


def _each(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each(item, change) for key, item in value.items()}
    return [_each(item, change) for item in value] if isinstance(value, list) else value


def main() -> None:
    """Reads a payload on stdin, writes the PDF on stdout."""
    sys.stdout.buffer.write(typeset(_TEMPLATE, {"words": sys.stdin.buffer.read().decode()}).data)


if __name__ == "__main__":
    main()
