"""Owns what the scribe's page is told: which step, for whom, who has answered (never what), what was entered and can be corrected."""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from facilitate.core.activity import ActivityType, Kinds
from facilitate.core.contribution import Contribution, Participant, Viewer, in_order
from facilitate.core.entry import Audience
from facilitate.core.photos import photos_of
from facilitate.core.reading import fold
from facilitate.core.state import SessionState, Step
from facilitate.hours import Day

STAFF: tuple[Audience, ...] = ("console", "scribe")
"""Who enters for others."""

_LATEST = 30


def step_of(state: SessionState, asked: str, track: str = "") -> Step | None:
    """The step one enters for: the one asked for, once it was opened; else what is on, else the last that was."""
    opened = [step for step in state.ordered if step.opened]
    wanted = (step for id in (asked, state.on(track), state.now) for step in opened if step.activity.id == id)
    return next(wanted, max(opened, key=lambda step: step.opened, default=None))


def verb_of(kind: ActivityType, settings: Mapping[str, Any]) -> str:
    """The verb that is entered for someone, the kind's first; '' where nothing is asked of people."""
    do = next(iter(kind.verbs), "")
    asks = do and "participant" in kind.verbs[do].by and (kind.fields(settings) or _own_form(inspect.getfile(type(kind))))
    return do if asks else ""


@cache
def _own_form(file: str) -> bool:
    return Path(file).with_name("scribe.html").is_file()


def entering(day: Day, kinds: Kinds, step: Step | None, asked: tuple[str | None, str], viewer: Callable[[str], Viewer]) -> dict[str, Any]:
    """All that the page shows besides the kind's own form.

    ``asked``: for whom (None: whoever comes next, '' someone without a name), and after whom. ``viewer`` gives the viewer that a
    participant is in this step, and for '' whoever looks.
    """
    kind = kinds.get(step.activity.kind) if step else None
    if step is None or kind is None:
        return {"entry": {"do": ""}, "whom": None, "groups": [], "photos": [], "entered": []}
    settings, summary = step.activity.settings, day.state.summaries[step.activity.id]
    do, answered = verb_of(kind, settings), frozenset(kind.answered(summary))
    people = [
        {
            "id": one.id,
            "name": one.name,
            "territory": one.territory,
            "phone": one.phone,
            "track": one.track,
            "answered": one.id in answered or viewer(one.id).voter in answered,
        }
        for one in sorted(day.state.people.values(), key=_in_turn)
    ]
    nameless = bool(do) and "console" in kind.verbs[do].by
    whom = _whom(people, *asked, nameless=nameless)
    without = [one for one in people if not one["phone"]]
    return {
        "entry": {
            "do": do,
            "nameless": nameless,
            "adds": do == "post" and not kind.pseudonymous,
            "rows": nameless and do == "post" and not kind.pseudonymous,
            "field": next(iter(kind.fields(settings)), None),
            "counts": "count" in kind.verbs,
        },
        "whom": whom,
        "groups": [
            (phone, done, [one for one in people if one["phone"] is phone and one["answered"] is done])
            for phone in (False, True)
            for done in (False, True)
        ],
        "without": len(without),
        "without_answered": sum(one["answered"] for one in without),
        "photos": [{"id": one.id, "description": one.description} for one in photos_of(day.state.photos, step.activity.id)],
        "entered": _entered(day.state, kind, step, viewer("")) if "edit" in kind.verbs else [],
    }


def _in_turn(one: Participant) -> tuple[bool, bool, str, str]:
    """Without a phone first, then by name."""
    return one.phone, not one.name, fold(one.name), one.id


def _whom(people: list[dict[str, Any]], wanted: str | None, after: str, *, nameless: bool) -> dict[str, Any] | None:
    """The one asked for; else, among those without a phone, the next after ``after`` who has not answered."""
    if wanted is not None:
        return next((one for one in people if one["id"] == wanted), None)
    ids = [one["id"] for one in people]
    place = ids.index(after) + 1 if after in ids else 0
    turn = [*people[place:], *people[: max(0, place - 1)]]
    return next((one for one in turn if not one["phone"] and not one["answered"]), None)


def _entered(state: SessionState, kind: ActivityType, step: Step, me: Viewer) -> list[dict[str, Any]]:
    """What was entered for others in this step and whoever looks may correct, the latest first."""
    fields, who = kind.fields(step.activity.settings), me.member or me.audience

    def mine(one: Contribution) -> bool:
        entered_for = one.by in state.people and bool(one.entered)
        return one.status in ("shown", "waiting", "hidden") and (entered_for or one.by == who or (not one.by and one.entered == who))

    summary = state.summaries[step.activity.id]
    found = [one for one in in_order(summary.contributions) if mine(one) and any(field.key in one.content for field in fields)]
    return [
        {
            "id": one.id,
            "edited": one.edited,
            "behalf": one.by if one.by in state.people else "",
            "name": state.people[one.by].name if one.by in state.people else "",
            "territory": state.people[one.by].territory if one.by in state.people else "",
            "anonymous": not one.by,
            "text": next((text for _, text in kind.texts(step.activity.settings, one)), ""),
            "fields": [(field, str(one.content.get(field.key, ""))) for field in fields],
        }
        for one in found[-_LATEST:][::-1]
    ]
