"""Owns the papers of the welcome desk, as PDF/UA-1: the attendance sheet to sign and the badges; and the list as CSV.

``python -m facilitate.attendance.printed`` is the door for the server: JSON on stdin, the PDF on stdout, in a process of its own.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from facilitate.attendance import Desk
from facilitate.attendance.day import Half
from facilitate.attendance.person import Person
from facilitate.core.agenda import Agenda, minutes_of
from facilitate.core.words import N_
from facilitate.language import Language
from facilitate.restitution import glyphs, typography
from facilitate.restitution.brand import HOUSE
from facilitate.restitution.data import spreadsheet
from facilitate.restitution.pdf import typeset

_HERE = Path(__file__).parent
_PER_PAGE = 10  # badges
_LONG = re.compile(r"[^\s-]{20,}")


def sheet(desk: Desk, agenda: Agenda, language: Language) -> dict[str, Any]:
    """What the attendance sheet says: the day, one line a person, one box a half-day, blank lines for those nobody expected."""
    say, people = language.say, desk.listed()
    blank = max(6, len(people) // 8) if people else 15
    # Who runs each step is told in roles ("a facilitator, a scribe"): that is the team's business, and nobody's name.
    speakers = dict.fromkeys(filter(None, (step.settings.get("speaker", "") for step in agenda.activities)))
    facts = [
        (say(N_("Date")), _day(agenda.date, language)),
        (say(N_("Hours")), _hours(desk.halves, language)),
        (say(N_("Place")), agenda.place),
        (say(N_("Organiser")), agenda.host),
        (say(N_("Trainers and speakers")), ", ".join(speakers)),
    ]
    funders = say(N_("With the support of %(funders)s."), funders=", ".join(agenda.funders)) if agenda.funders else ""
    kept = say(
        N_(
            "Kept apart until %(date)s, then deleted. It tells who was here, serves nothing else, and is never joined to what people write."
        ),
        date=typography.date(desk.deleted_on.isoformat(), language.name),
    )
    return {
        "template": "attendance",
        "kind": " · ".join(filter(None, (agenda.host, say(N_("Attendance sheet"))))),
        "title": agenda.title,
        "date": agenda.date,
        "facts": [(label, text) for label, text in facts if text],
        "head": [say(N_("No.")), say(N_("Name")), say(N_("Organisation"))],
        "halves": [_heading(half, language) for half in desk.halves],
        "rows": [(_breakable(one.last), _breakable(one.first), _breakable(_place(one, say(N_("at a distance"))))) for one in people],
        "blank": blank,
        "certify": [
            say(N_("Certified correct, for the organiser: name, date and signature")),
            say(N_("Trainers and speakers: signatures")),
        ],
        "mentions": [text for text in (funders, kept) if text],
        "page": say(N_("page %(n)s of %(total)s"), n="{n}", total="{total}"),
    }


def badges(desk: Desk, agenda: Agenda, language: Language) -> dict[str, Any]:
    """What the badges say: a name, large, and an organisation; the last page is filled up with blank ones."""
    people = desk.listed()
    blank = -len(people) % _PER_PAGE or (0 if people else _PER_PAGE)
    day = typography.date(agenda.date, language.name) if len(agenda.date) == 10 else ""
    return {
        "template": "badges",
        "kind": language.say(N_("Badges")),
        "title": agenda.title,
        "date": agenda.date,
        "badges": [(one.first or one.last, one.last if one.first else "", one.structure or one.territory) for one in people],
        "blank": blank,
        "foot": " · ".join(filter(None, (agenda.title, day.replace(" ", "\u00a0")))),
    }


def print_apart(payload: dict[str, Any], language: Language) -> bytes:
    """A payload printed by a process started afresh. Raises CalledProcessError, its stderr says why."""
    dressed = _each(payload, lambda text: typography.spaced(typography.printable(text), language.name))
    text = json.dumps(dressed | {"language": language.name, "colour": HOUSE.colour}, ensure_ascii=False)
    command = [sys.executable, "-m", "facilitate.attendance.printed"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done.stdout


def print_here(text: str) -> bytes:
    """A payload printed; the same gives the same bytes."""
    missing = glyphs.undrawn(text)
    payload = _each(json.loads(text), lambda said: glyphs.replaced(said, missing)) if missing else json.loads(text)
    day = payload["date"] if len(payload["date"]) == 10 else "1970-01-01"
    made = int(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).timestamp())
    return typeset(_HERE / f"{payload['template']}.typ", {"data": json.dumps(payload)}, made).data


def to_csv(desk: Desk, language: Language) -> bytes:
    """The list and its hours for a spreadsheet: UTF-8 with its mark, semicolons in French; no cell is read as a formula."""
    say, halves = language.say, desk.halves
    yes, no = say(N_("yes")), say(N_("no"))
    head = [N_("Last name"), N_("First name"), N_("Organisation"), N_("Role"), N_("Territory"), N_("On the list"), N_("Phone")]
    hours = [(half, what) for half in halves for what in (N_("arrived"), N_("late"), N_("left"))]
    rows = [[*map(say, head), *(f"{say(half.label)}, {say(what)}" for half, what in hours)]]
    for one in desk.listed():
        ticks = [one.tick(half.key) for half in halves]
        told = [text for tick in ticks for text in (tick.came, yes if tick.late else "", tick.left)]
        facts = [one.last, one.first, one.structure, one.role, one.territory]
        flags = [no if one.walkin else yes, yes if one.phone else no]
        rows.append([*facts, *flags, *told])
    return spreadsheet(rows, language)


def _place(one: Person, far: str) -> str:
    return ", ".join(filter(None, (one.role, one.structure or one.territory, far if one.remote else "")))


def _breakable(text: str) -> str:
    """No word wider than its column."""
    return _LONG.sub(lambda word: "\u200b".join(re.findall(".{1,12}", word[0])), text)


def _day(iso: str, language: Language) -> str:
    return typography.date(iso, language.name) if len(iso) == 10 else iso


def _heading(half: Half, language: Language) -> str:
    named = language.say(half.label)
    return f"{named}, {typography.hour(half.start, language.name)}" if half.start else named


def _hours(halves: Sequence[Half], language: Language) -> str:
    """'9 h 30 – 12 h 30 et 13 h 45 – 17 h, soit 6 h 15'."""
    timed = [half for half in halves if half.start and half.end]
    if not timed:
        return ""
    spans = [f"{typography.hour(half.start, language.name)} – {typography.hour(half.end, language.name)}" for half in timed]
    minutes = sum((minutes_of(half.end) - minutes_of(half.start)) % 1440 for half in timed)
    lasts = f"{minutes // 60}\u00a0h" + (f"\u00a0{minutes % 60:02d}" if minutes % 60 else "")
    return language.say(N_("%(spans)s: %(lasts)s in all"), spans=language.say(N_(" and ")).join(spans), lasts=lasts)


def _each(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [_each(item, change) for item in value]
    return {key: _each(item, change) for key, item in value.items()} if isinstance(value, dict) else value


def main() -> int:
    """Reads a payload on stdin, writes the PDF on stdout."""
    sys.stdout.buffer.write(print_here(sys.stdin.buffer.read().decode()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
