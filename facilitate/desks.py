"""Owns what each page of the staff is told besides the console: the remote, the note-takers' page, the scribe's, a panellist's."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from facilitate.core.activity import Kinds
from facilitate.core.agenda import Track
from facilitate.core.contribution import Viewer, card, in_order
from facilitate.core.notes import FIELDS, MARKS, Note
from facilitate.core.words import N_
from facilitate.hours import Day

_COMING, _SHOWN, _NOTES = 3, 30, 40


def remote(day: Day, kinds: Kinds, whole: bool) -> dict[str, Any]:
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


def notes(day: Day, kinds: Kinds, whole: bool) -> dict[str, Any]:
    """The latest that was noted, or the ``whole``, the step of the last note first; what is on, where the next one goes; the steps one
    may write beside."""
    state, say = day.state, day.language.say
    written, tracks = sorted(state.notes.values(), key=lambda one: -one.seq), state.tracks
    named = {id: _titled(day, id, tracks) for id in state.order}
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in written if whole else written[:_NOTES]:
        # A step that has left the sheet leaves its notes outside the others.
        groups.setdefault(one.activity if one.activity in named else "", []).append(_note(day, one))
    counts = Counter(one.mark for one in written if not one.struck)
    return {
        "groups": [{"id": id, "title": named.get(id, say(N_("Outside the steps"))), "notes": ones} for id, ones in groups.items()],
        "older": len(written) - sum(map(len, groups.values())),
        "marks": [(mark, say(label)) for mark, label in MARKS.items()],
        "counts": [(mark, counts[mark]) for mark in MARKS if counts[mark]],
        "several": len({who for one in written for who in (one.by, one.hand) if who}) > 1,
        "fields": {one.key: one for one in FIELDS},
        "on": [{"track": track, "id": id, "title": named[id]} for track, id in sorted(state.nows.items()) if id],
        "steps": [{"id": id, "title": title} for id, title in named.items()],
    }


def _note(day: Day, one: Note) -> dict[str, Any]:
    return {
        "id": one.id,
        "at": one.at,
        "by": _member(day, one.by),
        "hand": _member(day, one.hand) if one.hand else "",
        "mark": one.mark,
        "text": one.text,
        "speaker": one.speaker,
        "agreed": one.agreed,
        "edited": one.edited,
        "struck": one.struck,
    }


def _member(day: Day, id: str) -> str:
    """Who of the team that is."""
    return day.state.team[id].name if id in day.state.team else day.language.say(N_("who started the day"))


def _titled(day: Day, id: str, tracks: Mapping[str, Track]) -> str:
    """A step's title, its workshop's name before it."""
    activity = day.state.steps[id].activity
    track = tracks.get(activity.track)
    return day.language.say(N_("%(track)s: %(title)s"), track=track.name, title=activity.title) if track else activity.title


def waiting(day: Day, kinds: Kinds) -> list[dict[str, Any]]:
    """What nobody has read yet, by step: how many, and the cards where the console does not show that step now; there too, how many photos
    wait until the people on them are asked."""
    told = []
    for step in day.state.ordered:
        id, kind, here = step.activity.id, kinds.get(step.activity.kind), step is day.on
        ones = [one for one in in_order(day.state.summaries[id].contributions) if one.status == "waiting"]
        if kind is None or (day.track and step.activity.track != day.track):
            continue
        photos = [one for one in kind.snapshots(day.state.summaries[id]).values() if one.waits and not here]
        if not ones and not photos:
            continue
        cards = []
        for one in () if here else ones:
            texts = kind.texts(step.activity.settings, one)
            cards.append({"card": card(one, Viewer("console"), day.state.people), "text": "\n".join(text for _, text in texts)})
        told.append({"id": id, "title": step.activity.title, "here": here, "count": len(ones), "cards": cards, "photos": len(photos)})
    return told


def scribe(day: Day, kinds: Kinds, whole: bool) -> dict[str, Any]:
    """The steps one may enter for, the people, those without a phone first, and the papers that steps have of their own."""
    people = sorted(day.state.people.values(), key=lambda one: (one.phone, one.name == "", one.name, one.id))
    return {
        "steps": [day.step(step, kinds) for step in day.state.ordered if step.opened],
        "people": [{"id": one.id, "name": one.name, "territory": one.territory, "phone": one.phone} for one in people],
        "papers": [
            (step.activity, [(name, day.language.say(label)) for name, label in kind.papers.items()])
            for step in day.state.ordered
            if (kind := kinds.get(step.activity.kind)) and kind.papers and step.status != "skipped"
        ],
    }


def panel(day: Day, kinds: Kinds, whole: bool) -> dict[str, Any]:
    """The steps that ask something of a panel, the last opened first, the day over or not."""
    opened = sorted((one for one in day.state.ordered if one.opened), key=lambda one: one.opened_seq, reverse=True)
    return {"asked": [day.step(one, kinds) for one in opened if (kind := kinds.get(one.activity.kind)) and kind.asks_panel]}


DESKS: Mapping[str, Callable[[Day, Kinds, bool], dict[str, Any]]] = {
    "remote": remote,
    "notes": notes,
    "scribe": scribe,
    "panel": panel,
}
