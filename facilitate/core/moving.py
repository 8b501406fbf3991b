"""Owns what hours become when steps of a sheet are moved, lengthened, added or taken away: those that are not fixed follow."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from facilitate.core.activity import Kinds
from facilitate.core.agenda import Agenda, minutes_of, planned
from facilitate.core.spelling import spoken_hour
from facilitate.core.writing import Form, Row, draft, read_form, rewrite


def followed(text: str, kinds: Kinds, form: Form) -> Form:
    """The form with the hours that its sheet would write: a step that has an hour, and is not fixed, begins when the one above ends, after
    the same pause if it was there before. Where nothing was moved no hour changes."""
    before, after = draft(text, kinds), draft(rewrite(text, kinds, form), kinds)
    if before is None or after is None or len(after.activities) != len(form.rows):
        return form
    read = read_form(text, kinds)
    old = read.rows
    # A day without hours of its own begins with its first step, and goes on beginning then whichever step that is.
    start = after.start if form.facts.get("time", read.facts.get("time")) else before.start
    hours = _hours(before, after, start, form.rows)
    rows = []
    for n, row in enumerate(form.rows):
        was = old[row.place].values["start"] if row.place is not None else ""
        if n not in hours or (row.place is not None and hours[n] == minutes_of(before.activities[row.place].at)):
            start = was if n in hours else row.values.get("start", was)
        else:
            start = spoken_hour(hours[n], after.language == "fr")
        rows.append(replace(row, values={**row.values, "start": start}))
    return replace(form, rows=tuple(rows))


def _hours(before: Agenda, after: Agenda, start: str, rows: Sequence[Row]) -> Mapping[int, int]:
    """By place in ``rows``, the hour of each step that has one of its own to follow with, in minutes since midnight."""
    plan = planned(before.start, before.activities)
    plenary = [n for n, one in enumerate(before.activities) if not one.track]
    spans = {n: plan[before.activities[n].id] for n in plenary}
    above = dict(zip(plenary[1:], plenary, strict=False))
    first = minutes_of(before.start) if before.start else 0
    pauses = {n: spans[n][0] - (spans[above[n]][1] if n in above else first) for n in plenary}
    timed = [n for n in plenary if before.activities[n].at]
    writes = len(timed) * 2 >= len(plenary)
    clock, last, hours = minutes_of(start) if start else first, None, dict[int, int]()
    for n, (row, one) in enumerate(zip(rows, after.activities, strict=True)):
        if one.track:
            continue
        place = row.place
        begins = clock + (pauses[place] if place in spans and place is not None and above.get(place) == last else 0)
        if one.fixed and one.at:
            begins = minutes_of(one.at)
        elif (place in timed or (place is None and writes)) and start:
            hours[n] = begins
        lasts = one.minutes if row.values.get("duration", "") or place is None or place not in spans else spans[place][1] - spans[place][0]
        clock, last = begins + lasts, -1 if place is None else place
    return hours
