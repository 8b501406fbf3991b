"""Owns what each page of the staff is told besides the console: the remote, the note-takers' page, the scribe's."""

from collections.abc import Callable, Mapping
from typing import Any

from facilitate.core.activity import Kinds
from facilitate.core.contribution import Viewer
from facilitate.core.notes import FIELDS, MARKS
from facilitate.hours import Day

_COMING, _SHOWN = 3, 30


def remote(day: Day, kinds: Kinds) -> dict[str, Any]:
    """One thumb: what is on, the next three steps, the cards that can be shown alone."""
    state, coming = day.state, list[dict[str, Any]]()
    step = state.after(state.on(day.track), day.track)
    while step is not None and len(coming) < _COMING and not state.finished:
        coming.append(day.timed(step, kinds))
        step = state.after(step.activity.id, day.track)
    shown = list[dict[str, Any]]()
    if day.on is not None and (kind := kinds.get(day.on.activity.kind)):
        activity, summary = day.on.activity, state.summaries[day.on.activity.id]
        for one in kind.view(activity.settings, summary, Viewer("wall"), state.sources(day.on, kinds)).get("cards", ())[-_SHOWN:]:
            texts = kind.texts(activity.settings, summary.contributions[one["id"]])
            shown.append(one | {"text": texts[0][1] if texts else ""})
    return {"coming": coming, "late": day.late(), "shown": shown[::-1]}


def notes(day: Day, kinds: Kinds) -> dict[str, Any]:
    """Every note of the day in order, the steps one may write beside, and the marks."""
    say, team = day.language.say, day.state.team
    told = [
        {
            "id": one.id,
            "at": one.at,
            "by": team[one.by].name if one.by in team else "",
            "activity": one.activity,
            "mark": one.mark,
            "text": one.text,
            "speaker": one.speaker,
            "agreed": one.agreed,
            "edited": one.edited,
        }
        for _, one in sorted((one.seq, one) for one in day.state.notes.values() if not one.struck)
    ]
    return {
        "notes": told,
        "marks": [(mark, say(label)) for mark, label in MARKS.items()],
        "fields": {one.key: one for one in FIELDS},
        "steps": [day.step(step, kinds) for step in day.state.ordered],
    }


def scribe(day: Day, kinds: Kinds) -> dict[str, Any]:
    """The steps one may enter for, and the people, those without a phone first."""
    people = sorted(day.state.people.values(), key=lambda one: (one.phone, one.name == "", one.name, one.id))
    return {
        "steps": [day.step(step, kinds) for step in day.state.ordered if step.opened],
        "people": [{"id": one.id, "name": one.name, "territory": one.territory, "phone": one.phone} for one in people],
    }


DESKS: Mapping[str, Callable[[Day, Kinds], dict[str, Any]]] = {"remote": remote, "notes": notes, "scribe": scribe}
