"""Owns the sheets of paper that people fill by hand: one A4 page a step, what it asks and the room to answer; and the papers that a kind
has of its own, which its folder's ``printed.typ`` sets.

``python -m facilitate.entering.paper`` prints them apart from the server: JSON on stdin, the PDF on stdout.
"""

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from facilitate import papers
from facilitate.core.activity import Kinds
from facilitate.core.paper import Blank, Note
from facilitate.core.state import SessionState, Step
from facilitate.entering import verb_of
from facilitate.language import Language
from facilitate.restitution import glyphs, typography
from facilitate.restitution.brand import HOUSE, Brand
from facilitate.restitution.pdf import Printed, typeset

_TEMPLATE = Path(__file__).with_name("paper.typ")


def asking(state: SessionState, kinds: Kinds) -> list[Step]:
    """The steps that ask something of people, skipped ones left out, in the order of the day."""
    found = [(step, kinds.get(step.activity.kind)) for step in state.ordered if step.status != "skipped"]
    return [step for step, kind in found if kind and verb_of(kind, step.activity.settings)]


def print_apart(payload: str) -> bytes:
    """The sheets of a payload, printed by a process of its own: for the server. Raises CalledProcessError."""
    command = [sys.executable, "-m", "facilitate.entering.paper"]
    return subprocess.run(command, input=payload.encode(), capture_output=True, check=True).stdout


def payload(state: SessionState, steps: Iterable[Step], kinds: Kinds, language: Language, *, brand: Brand = HOUSE) -> str:
    """All that the printing process needs to know, as JSON."""
    say = language.say
    words = {
        "language": language.name,
        "colour": brand.colour,
        "title": state.agenda.title or say("Sheets of paper"),
        "day": _day(state, language),
        "optional": say("optional"),
        "give": say("Give this sheet to the facilitators: your words are entered as you write them."),
        "sheets": [sheet for step in steps if (sheet := _sheet(state, step, kinds, language))],
    }
    return json.dumps(_dressed(words, language), ensure_ascii=False)


def own(
    state: SessionState,
    step: Step,
    name: str,
    kinds: Kinds,
    language: Language,
    *,
    brand: Brand = HOUSE,
    way: Mapping[str, str] | None = None,
) -> str:
    """The same for one of the ``papers`` that the kind of this step has of its own; cards for tables bear the ``way`` in, once it is known:
    its code to scan as an SVG, {svg, alt}, and what is typed instead, {address, code}."""
    kind, activity = kinds[step.activity.kind], step.activity
    said = kind.printed(name, activity.settings, state.summaries[activity.id], state.sources(step, kinds), language.say)
    words = {"language": language.name, "colour": brand.colour, "title": activity.title, "day": _day(state, language), **said}
    template = Path(inspect.getfile(type(kind))).with_name("printed.typ")
    if not template.exists():
        asked = {"way": way, "code": language.say("or type this code on %(address)s", address=way["address"]) if way else ""}
        return papers.dressed("cards", {"title": activity.title, "day": _day(state, language), **asked, **said}, language, brand=brand)
    return json.dumps(_dressed(words, language) | {"template": str(template)}, ensure_ascii=False)


def print_here(payload: str) -> Printed:
    """A payload printed in this process, which it holds for as long as it takes: for the command line."""
    given = json.loads(payload)
    return papers.print_here(payload) if "house" in given else typeset(Path(given.get("template", _TEMPLATE)), {"words": payload})


def _day(state: SessionState, language: Language) -> str:
    agenda = state.agenda
    day = typography.date(agenda.date, language.name) if re.fullmatch(r"\d{4}-\d\d-\d\d", agenda.date) else agenda.date
    return ", ".join(part for part in (agenda.title, day) if part)


def _dressed(words: Mapping[str, Any], language: Language) -> dict[str, Any]:
    missing = glyphs.undrawn(json.dumps(words, ensure_ascii=False))
    dressed: dict[str, Any] = _each(
        words, lambda one: glyphs.replaced(typography.spaced(typography.printable(one), language.name), missing)
    )
    return dressed


def _sheet(state: SessionState, step: Step, kinds: Kinds, language: Language) -> dict[str, Any] | None:
    kind, activity = kinds[step.activity.kind], step.activity
    blanks = kind.paper(activity.settings, state.sources(step, kinds), language.say, language.count)
    if not blanks:
        return None
    if reminder := state.agenda.reminder(activity):
        blanks = (Note(language.say(reminder)), *blanks)
    question = str(activity.settings.get("question", "") or "")
    return {
        "title": activity.title,
        "question": "" if any(getattr(one, "label", "") == language.say(question) for one in blanks) else language.say(question),
        "who": []
        if any(isinstance(one, Note) and one.nameless for one in blanks)
        else [language.say("First and last name"), language.say("Territory")],
        "blanks": [_told(one) for one in blanks],
    }


def _told(blank: Blank) -> Mapping[str, Any]:
    return {"is": type(blank).__name__, **asdict(blank)}


def _each(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each(item, change) for key, item in value.items()}
    return [_each(item, change) for item in value] if isinstance(value, list | tuple) else value


def main() -> None:
    """Reads a payload on stdin, writes the PDF on stdout."""
    sys.stdout.buffer.write(print_here(sys.stdin.buffer.read().decode()).data)


if __name__ == "__main__":
    main()
