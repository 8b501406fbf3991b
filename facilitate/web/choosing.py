"""Owns the choice among the days of the shelf: what is known of each, which match what is asked, which are ticked for a document."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import gevent
from flask import current_app
from gevent.lock import BoundedSemaphore

from facilitate.core.reading import fold as folded
from facilitate.core.words import clean, code_shown
from facilitate.journal import Damaged, Unavailable
from facilitate.shelf import Kept, Row, Shelf
from facilitate.web.door import language, off_hub, workshop
from facilitate.workshop import Workshop

FILTERS = ("series", "year", "theme", "kind")
"""What narrows the days to tick."""
_READING = BoundedSemaphore()


def ticked_in(said: Mapping[str, Any]) -> Sequence[str]:
    """The ids that a form or a program gives."""
    asked = said.get("sessions", ())
    return [one for one in asked if isinstance(one, str)] if isinstance(asked, list | tuple) else []


def known(patience: float | None = None) -> tuple[list[Kept], int]:
    """Every session, and how many of them are still being read: those whose journal grew are read now, waited for ``patience`` seconds
    at the most, without end where it is None."""
    days: Shelf = current_app.extensions["shelf"]
    every = off_hub(days.all)
    if all(one.fresh for one in every):
        return every, 0
    gevent.spawn(_read, days, workshop()).join(patience)
    every = off_hub(days.all)
    # A day that goes on grows while one looks at it.
    return every, sum(one.row is None for one in every)


def _read(days: Shelf, at: Workshop) -> None:
    """Reads what grew, a day after the other, in a thread: phones are answered meanwhile. One reader at a time."""
    with _READING:
        try:
            for one in off_hub(days.all):
                if not one.fresh:
                    there = at.at_hand(one.session.code)
                    off_hub(days.read, one.session, there.state if there else None)
        except (Unavailable, Damaged):
            pass  # what could not be read or kept now is the next time


def chooser(every: Iterable[Kept], said: Mapping[str, Any], ticked: set[str]) -> dict[str, Any]:
    """The days to tick: those that match, and those ticked already whatever is asked."""
    held = [(one, one.row) for one in every if one.row and not one.row.collects]
    asked = {name: clean(str(said.get(name) or ""))[:200] for name in FILTERS}
    matching = [one for one, _ in held if matches(one, asked)]
    if said.get("do") == "all":
        ticked |= {one.session.id for one in matching}
    kinds, say = workshop().kinds, language().say
    return {
        "asked": asked,
        "chosen": [told(one) for one, _ in held if one.session.id in ticked],
        "others": [told(one) for one in matching if one.session.id not in ticked],
        "hidden": len(held) - len({one.session.id for one in matching} | ticked),
        "title": str(said.get("title", "")),
        "spoken": said.get("language") or language().name,
        "lists": {
            "series": _spelt(row.series for _, row in held),
            "year": sorted({one.date[:4] for one, _ in held}, reverse=True),
            "theme": _spelt(name for _, row in held for name in row.themes),
            "kind": sorted(
                {(name, say(kinds[name].label)) for _, row in held for name in row.kinds if name in kinds},
                key=lambda pair: folded(pair[1]),
            ),
        },
    }


def _spelt(names: Iterable[str]) -> list[str]:
    """Each name once, as it was written last, in alphabetical order."""
    found = {folded(name): name for name in names if name}
    return [found[key] for key in sorted(found)]


def matches(one: Kept, asked: Mapping[str, str]) -> bool:
    """Whether it is of this ``year``, ``state``, ``series`` and ``kind``, and has a ``theme`` that holds this: what is '' is not asked."""
    row, sought = one.row or Row(0, ""), {name: value for name, value in asked.items() if value}
    return (
        sought.get("year", one.date[:4]) == one.date[:4]
        and sought.get("state", one.state) == one.state
        and folded(sought.get("series", row.series)) == folded(row.series)
        and ("theme" not in sought or any(folded(sought["theme"]) in folded(name) for name in row.themes))
        and ("kind" not in sought or sought["kind"] in row.kinds)
    )


def told(one: Kept) -> dict[str, Any]:
    """A day as a list shows it."""
    row, code = one.row or Row(0, one.session.title), one.session.code
    facts = {"title": row.title or one.session.title, "date": row.date, "place": row.place, "series": row.series, "people": row.people}
    return facts | {"id": one.session.id, "code": code, "shown": code_shown(code)}
