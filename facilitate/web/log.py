"""Owns the log of the day as a table that spreadsheets open: who did what when, to what, and why."""

from dataclasses import replace
from datetime import datetime

from flask import Blueprint, Response

from facilitate.core.state import Line, SessionState
from facilitate.hours import Day
from facilitate.language import Language
from facilitate.restitution.data import spreadsheet
from facilitate.web.door import as_file, driver, language, session_of, workshop

log = Blueprint("log", __name__)

_WORDS = 80


@log.get("/c/<code>/log.csv")
def table(code: str) -> Response:
    """Every line of the log, in order, with the console's key. In French spreadsheets a semicolon parts the columns."""
    session, say = session_of(code), language()
    driver(session, "console")
    day = Day(session.state, workshop().clock(), say)
    head = [say.say("Hour"), say.say("Who"), say.say("What"), say.say("About what"), say.say("Why")]
    rows = [_row(line, day, say) for _, line in sorted(session.state.log.items())]
    return as_file(spreadsheet([head, *rows], say), "text/csv; charset=utf-8", f"{session.code}-log.csv")


def _row(line: Line, day: Day, say: Language) -> list[str]:
    hour = datetime.fromisoformat(line.at).astimezone(day.zone).strftime("%Y-%m-%d %H:%M:%S") if line.at else ""
    what = day.told(replace(line, why=""), workshop().kinds)
    return [hour, _who(line.by, day.state, say), what, _about(line.about, day.state), line.why]


def _who(by: str, state: SessionState, say: Language) -> str:
    if by in state.team:
        return state.team[by].name
    if by in state.people:
        return state.people[by].name or say.say("a participant")
    return {"console": say.say("the facilitator"), "system": say.say("the program")}.get(by, by)


def _about(id: str, state: SessionState) -> str:
    """A step's title, a member's name, or a card's step and first words; of a withheld card no word remains."""
    if id in state.steps:
        return state.steps[id].activity.title
    if id in state.team:
        return state.team[id].name
    found = state.contribution(id)
    if found is None:
        return ""
    activity, card = state.steps[found[0]].activity, found[1]
    kind = workshop().kinds.get(activity.kind)
    texts = kind.texts(activity.settings, card) if kind and card.status != "withheld" else ()
    words = " ".join(texts[0][1].split()) if texts else ""
    return " – ".join(filter(None, (activity.title, words if len(words) <= _WORDS else words[: _WORDS - 1] + "…")))
