"""Owns the choice of days for a document over several: which are here, which match what is asked, which are ticked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import current_app

from facilitate.core.reading import fold as folded
from facilitate.core.words import clean, code_shown
from facilitate.shelf import Kept, Row, Shelf
from facilitate.web.door import language, off_hub, workshop

FILTERS = ("series", "year", "theme", "kind")
"""What narrows the list of days."""


def ticked_in(said: Mapping[str, Any]) -> Sequence[str]:
    """The ids that a form or a program gives."""
    asked = said.get("sessions", ())
    return [one for one in asked if isinstance(one, str)] if isinstance(asked, list | tuple) else []


def known() -> list[Kept]:
    """Every session with what the shelf knows of it; those it never read are read now."""
    found: Shelf = current_app.extensions["shelf"]
    every = off_hub(found.all)
    stale = [one.session for one in every if not one.fresh]
    for session in stale:
        there = workshop().at_hand(session.code)
        off_hub(found.read, session, there.state if there else None)
    return off_hub(found.all) if stale else every


def chooser(every: Iterable[Kept], said: Mapping[str, Any], ticked: set[str]) -> dict[str, Any]:
    """The days to tick: those that match, and those ticked already whatever is asked."""
    held = [(one, one.row) for one in every if one.row and not one.row.collects]
    asked = {name: clean(str(said.get(name) or ""))[:200] for name in FILTERS}
    matching = [one for one, row in held if _matches(one, row, asked)]
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


def _matches(one: Kept, row: Row, asked: Mapping[str, str]) -> bool:
    return (
        asked["year"] in ("", one.date[:4])
        and (not asked["series"] or folded(row.series) == folded(asked["series"]))
        and (not asked["theme"] or any(folded(asked["theme"]) == folded(name) for name in row.themes))
        and (not asked["kind"] or asked["kind"] in row.kinds)
    )


def told(one: Kept) -> dict[str, Any]:
    """A day as a list shows it."""
    row, code = one.row or Row(0, one.session.title), one.session.code
    facts = {"title": row.title, "date": row.date, "place": row.place, "series": row.series, "people": row.people}
    return facts | {"id": one.session.id, "code": code, "shown": code_shown(code)}
