"""Owns what each screen is told of the tables: a phone its own table and nothing of the others, the wall the plan, the console all."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from facilitate.activities.tables.dealing import laid, room_at, rounds_of, themes_of
from facilitate.activities.tables.deciding import CHOSEN
from facilitate.activities.tables.notes import LINE, notes_at
from facilitate.activities.tables.plan import Place, Seating, names_of, numbers, seatless
from facilitate.core.activity import Contribution, Field, Participant, Sources, Viewer, card, cards
from facilitate.core.reading import fold


def view_of(settings: Mapping[str, Any], fields: tuple[Field, ...], held: Seating, viewer: Viewer, sources: Sources) -> dict[str, Any]:
    """All of it. What every phone sees alike changes with the plan and its rounds, not with what is written."""
    total = rounds_of(settings)
    since = held.since or sources.opened
    minutes = int(settings["minutes"]) or sources.minutes / total
    seen: dict[str, Any] = {
        "question": settings["question"],
        "how": settings["how"],
        "method": settings["method"],
        "made": bool(held.round) or settings["how"] in CHOSEN,
        "dealt": held.dealt,
        "round": held.round,
        "rounds": total,
        "until": _later(since, minutes) if held.round and minutes else "",
        "fields": [asdict(one) for one in fields],
        "cards": [],
    }
    if viewer.audience == "participant":
        return seen | (_phone(settings, held, viewer, sources) if viewer.participant else {"seat": None, "choices": []})
    places = laid(settings, held, sources, themes_of(settings, held, sources)) if settings["how"] in CHOSEN else held.on.places
    seen |= {
        "tables": [_table(settings, held, number, place, viewer, sources) for number, place in enumerate(places, 1)],
        "turn": held.turn,
        "listing": held.listing or ("names" if len(held.on.seats) > _MANY else "tables"),
        "seatless": [_person(one, viewer) for one in seatless(held, sources)],
        "cards": cards(held.contributions, viewer, sources.people),
    }
    if turn := held.place(held.turn):
        seen["reports"] = _named(settings, held, turn) | _written(held, held.turn, viewer, sources)
    if viewer.audience == "wall":
        seen["tables"] = _joined(seen["tables"])
        seen["index"] = _index(seen["tables"])
    if viewer.audience == "console":
        seen["half"] = _later(since, minutes / 2) if held.round and minutes else ""
        gone = (sources.people[id] for id in held.left if id in sources.people)
        seen["left"] = [_person(one, viewer) for one in sorted(gone, key=lambda one: one.n)]
        seen["past"] = [
            {"key": f"{number}-{table}", "round": number, "open": held.is_open(f"{number}-{table}", sources.status)}
            | _named(settings, held, place)
            for number, round in enumerate(held.rounds[: max(0, held.round - 1)], 1)
            for table, place in enumerate(round.places, 1)
            if held.around(f"{number}-{table}")
        ]
    return seen


_MANY = 48
"""People beyond whom the wall lists names rather than tables."""


def _phone(settings: Mapping[str, Any], held: Seating, viewer: Viewer, sources: Sources) -> dict[str, Any]:
    me = viewer.participant
    # A table opened again alone has its people back.
    again = [key for key in held.past(me) if held.shut.get(key) is False]
    key = next(iter(again), held.seat(me))
    place = held.place(key)
    own = {id: one for id, one in held.contributions.items() if "line" in one.content}
    seen: dict[str, Any] = {"seat": None, "choices": [], "cards": cards(own, viewer, sources.people)}
    if settings["how"] in CHOSEN:
        names = themes_of(settings, held, sources)
        places = laid(settings, held, sources, names)
        room = room_at(settings, held, sources, len(places))
        seen["choices"] = [
            {"table": number, "free": max(0, room - len(held.on.at(number)))} | _named(settings, held, one, names)
            for number, one in enumerate(places, 1)
        ]
    if place is None:
        return seen
    holder, host = held.pens.get(key, ""), held.hosts.get(str(place.at), "")
    around = [sources.people[id] for id in held.around(key) if id in sources.people]
    writes = holder == me or len(around) < 2
    seen["seat"] = {
        "key": key,
        "round": numbers(key)[0],
        "open": held.is_open(key, sources.status),
        "mates": [_person(one, viewer) for one in sorted(around, key=lambda one: (not one.name, one.name, one.n)) if one.id != me],
        "host": {"mine": host == me, "name": _name(sources.people.get(host))} if settings["method"] == "cafe" else None,
        "pen": {"mine": writes, "taken": bool(holder), "name": _name(sources.people.get(holder))},
        "limit": LINE.limit,
        **_named(settings, held, place),
        **_written(held, key, viewer, sources),
        "before": _before(held, key, viewer, sources) if settings["method"] == "cafe" else {},
    }
    return seen


def _written(held: Seating, key: str, viewer: Viewer, sources: Sources) -> dict[str, Any]:
    """The note of a table, the lines added, and what was written at the same time."""
    note, lines, asides = notes_at(held, key)
    open = viewer.audience == "participant"
    return {
        "note": {
            "id": note.id if note else "",
            "edited": note.edited if note else 0,
            "at": note.at if note else "",
            "by": _name(sources.people.get(note.by)) if note else "",
            "status": note.status if note else "",
            "texts": _texts(note, viewer, open=open),
        },
        "lines": [card(one, viewer, sources.people) for one in lines if _may_read(one, viewer, open=open)],
        "asides": [card(one, viewer, sources.people) for one in asides if _may_read(one, viewer, open=open)],
    }


def _may_read(one: Contribution, viewer: Viewer, *, open: bool) -> bool:
    """A table reads what it wrote, hidden from the wall or not; anyone else what is shown; the console all but what is withdrawn."""
    return one.status == "shown" or (one.status == "hidden" and (open or viewer.audience == "console"))


def _texts(note: Contribution | None, viewer: Viewer, *, open: bool) -> dict[str, str]:
    return dict(note.content["note"]) if note and _may_read(note, viewer, open=open) else {}


def _before(held: Seating, key: str, viewer: Viewer, sources: Sources) -> dict[str, str]:
    """What the same table wrote in the round before: who stays there tells it to those who come."""
    round, table = numbers(key)
    return _texts(notes_at(held, f"{round - 1}-{table}")[0], viewer, open=True)


def _table(settings: Mapping[str, Any], held: Seating, number: int, place: Place, viewer: Viewer, sources: Sources) -> dict[str, Any]:
    key = f"{held.round}-{number}"
    people = [sources.people[id] for id in held.on.at(number) if id in sources.people]
    host = held.hosts.get(str(place.at), "")
    seen: dict[str, Any] = {
        "key": key,
        "table": number,
        **_named(settings, held, place),
        "people": [
            _person(one, viewer) | {"host": one.id == host} for one in sorted(people, key=lambda one: (not one.name, one.name, one.n))
        ],
    }
    if viewer.audience == "wall":
        return seen
    told = _written(held, key, viewer, sources)
    return seen | {
        "open": held.is_open(key, sources.status),
        "pen": _name(sources.people.get(held.pens.get(key, ""))),
        "note": told["note"],
        "lines": len(told["lines"]),
        "asides": len(told["asides"]),
    }


def _joined(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those who think alone at one table of the room, together under its number."""
    joined: dict[tuple[int, str], dict[str, Any]] = {}
    for one in tables:
        before = joined.setdefault((one["at"], one["part"]), one | {"people": []})
        before["people"] = [*before["people"], *one["people"]]
    return [one | {"few": _by_few(one["people"])} for one in joined.values()]


def _index(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Everyone who gave a name, by its first letter, with the table they look for."""
    letters: dict[str, list[dict[str, Any]]] = {}
    found = [(fold(one["name"]), one["name"], table) for table in tables for one in table["people"] if one["name"]]
    for word, name, table in sorted(found, key=lambda one: one[:2]):
        letters.setdefault(word[:1].upper() or "–", []).append({"name": name, "at": table["at"], "part": table["part"]})
    return [{"letter": letter, "people": people} for letter, people in letters.items()]


def _by_few(people: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """People a few at a time, as the wall holds them under one head: some lines, of some 24 signs each."""
    few: list[list[dict[str, Any]]] = []
    room = 0
    for one in people:
        lines = ceil(len(one["name"] or one.get("territory", "")) / 24) or 1
        if lines > room:
            few, room = [*few, []], _LINES
        few[-1].append(one)
        room -= lines
    return few


_LINES = 9
"""Lines of names under one head before it goes on further."""


def _named(settings: Mapping[str, Any], held: Seating, place: Place, names: tuple[str, ...] = ()) -> dict[str, Any]:
    """A table by what it is called: its number, its part, its name where it has one."""
    names = names or names_of(held, settings)
    return {"at": place.at, "part": place.part, "remote": place.remote, "name": names[place.at - 1] if 0 < place.at <= len(names) else ""}


def _person(one: Participant, viewer: Viewer) -> dict[str, Any]:
    """Someone as they gave themselves; the staff also sees whom to call out."""
    seen: dict[str, Any] = {"name": one.name, "territory": one.territory}
    if viewer.audience in ("console", "scribe"):
        seen |= {"id": one.id, "role": one.role, "phone": one.phone, "remote": one.remote}
    return seen


def _name(one: Participant | None) -> str:
    return one.name if one else ""


def _later(instant: str, minutes: float) -> str:
    """That instant so many minutes later, as entries write it; '' for none."""
    if not instant:
        return ""
    later = datetime.fromisoformat(instant) + timedelta(minutes=minutes)
    return later.isoformat(timespec="milliseconds").replace("+00:00", "Z")
