"""Owns what is asked at the tables and what the journal keeps of it: plans, seats, rounds, pens, notes; or why it is refused."""

from collections.abc import Mapping
from typing import Any

from facilitate.activities.tables.dealing import answer, kept, laid, question, room_at, rounds_of, themes_of
from facilitate.activities.tables.notes import LINE, hands_on, notes_at, reconciled
from facilitate.activities.tables.plan import Seating, fold_seats, numbers, seatless
from facilitate.activities.tables.seating import seats_for
from facilitate.core.activity import Accepted, Field, Sources, read_fields
from facilitate.core.contribution import may_change
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.words import N_, is_yes

CHOSEN = ("chosen", "theme")
"""The ways in which people choose their table themselves."""


def decided(
    settings: Mapping[str, Any], fields: tuple[Field, ...], act: Act, actor: Actor, held: Seating, sources: Sources
) -> Accepted | Refused:
    """What the journal keeps of an act of this kind."""
    match act.do:
        case "deal":
            return _dealt(settings, act, held, sources)
        case "sit":
            return _sat(settings, act, actor, held, sources)
        case "seat" | "unseat":
            return _placed(settings, act, held, sources)
        case "write":
            return _written(settings, fields, act, actor, held, sources)
        case "round":
            number = _whole(act.content.get("round"))
            if not 0 < number <= len(held.rounds):
                return Refused("no-round", N_("There is no such round."), field="round", status=409)
            return Accepted({"round": number})
        case "shut" | "reopen":
            every = [f"{held.round}-{table}" for table in range(1, len(held.on.places) + 1)]
            keys = [act.on] if act.on else every
            # Opened again alone: once its step is closed, the others stay so even if the step is opened beside what is on.
            alone = act.do == "reopen" and act.on and sources.status == "closed"
            others = {"others": [key for key in every if key != act.on and key not in held.shut]} if alone else {}
            return Accepted({"tables": keys, **others}) if all(map(held.place, keys)) else _no_table()
        case "turn":
            key = str(act.content.get("table", "") or "")
            return Accepted({"table": key}) if not key or held.place(key) else _no_table()
        case "listing":
            way = act.content.get("as")
            if way not in ("tables", "names"):
                return Refused("unknown-listing", N_("The wall shows the plan by table or by name."), field="as")
            return Accepted({"as": way})
        case "host":
            return _hosts(settings, act, actor, held, sources)
        case "withdraw":
            return _withdrawn(act, actor, held)
    return _at_a_table(act, actor, held, sources)


def _dealt(settings: Mapping[str, Any], act: Act, held: Seating, sources: Sources) -> Accepted | Refused:
    if settings["how"] in CHOSEN:
        return Refused("chosen-here", N_("Here each person chooses their table. “Seat everyone” places those who have none."), status=409)
    if act.base is not None and act.base < held.dealt:
        text = N_("Someone has just made the tables: look at them first. Nothing has been changed.")
        return Refused("stale", text, status=409)
    asked = question(settings, act, held, sources)
    if isinstance(asked, Refused):
        return asked
    found = act.reckoned if isinstance(act.reckoned, Mapping) and act.reckoned["from"] == asked["from"] else answer(asked)
    names = themes_of(settings, held, sources)
    return Accepted(kept(found, held, sources) | ({"names": names} if names else {}))


def _written(
    settings: Mapping[str, Any], fields: tuple[Field, ...], act: Act, actor: Actor, held: Seating, sources: Sources
) -> Accepted | Refused:
    texts = read_fields(fields, act.content)
    if isinstance(texts, Refused):
        return texts
    key, seat = act.on or held.seat(actor.participant), dict[str, Any]()
    if not key and actor.participant:
        # Whoever writes without a table has one from now on: their words go somewhere.
        seat, held = _given(settings, held, sources, actor.participant)
        key = held.seat(actor.participant)
    if refused := _not_theirs(key, actor, held):
        return refused
    note = notes_at(held, key)[0]
    if note is None and not texts:
        return Refused("empty", N_("The note is still empty. A few words in one field are enough."), field=fields[0].key)
    holder = held.pens.get(key, "")
    standing, sent = note.content["note"] if note else {}, [one.key for one in fields if one.key in act.content]
    # The staff's form for a sheet of paper is blank: it has read nothing of what stands.
    blind = not actor.participant and act.base is None
    told = reconciled(standing, hands_on(held, key, fields), holder, actor.name, act.base, texts, sent, blind=blind)
    pen = {"pen": actor.participant} if actor.participant and not holder and held.seat(actor.participant) == key else {}
    late = {} if held.is_open(key, sources.status) else {"late": True}
    return Accepted({"at": key, "note": dict(told.texts), "aside": dict(told.aside), "by": told.by, **pen, **late, **seat})


def _sat(settings: Mapping[str, Any], act: Act, actor: Actor, held: Seating, sources: Sources) -> Accepted | Refused:
    """Someone takes a seat: the table they choose where one chooses, else the one that needs them most."""
    asked = act.content.get("table")
    chosen = settings["how"] in CHOSEN
    if not held.round and not chosen:
        return Refused("not-dealt", N_("The tables are not made yet: this page will say where you sit."), status=409)
    if asked in (None, ""):
        return Accepted(_given(settings, held, sources, actor.participant)[0])
    if not chosen:
        return Refused("not-chosen", N_("Here the facilitators make the tables: ask them if you wish to move."), status=403)
    seat, table = _laid(settings, held, sources), _whole(asked)
    places = laid(settings, held, sources, themes_of(settings, held, sources))
    if not 0 < table <= len(places):
        return _no_table()
    already = held.on.at(table)
    if actor.participant not in already and len(already) >= room_at(settings, held, sources, len(places)):
        return Refused("table-full", N_("This table is full now. Choose another one."), status=409)
    return Accepted({**seat, "seats": {actor.participant: {str(held.round or 1): table}}})


def _placed(settings: Mapping[str, Any], act: Act, held: Seating, sources: Sources) -> Accepted | Refused:
    """People are seated, moved or taken out by hand: those named, or all who have no table."""
    given = act.content.get("people")
    people = [given] if isinstance(given, str) and given else list(given) if isinstance(given, list | tuple) else []
    if any(not isinstance(id, str) or id not in sources.people for id in people):
        return Refused("unknown-participant", N_("No one of that name has joined this day."), status=404, field="people")
    asked = act.content.get("table")
    if not people and (act.do == "unseat" or asked not in (None, "")):
        return Refused("nobody", N_("Choose first whom it is about."), field="people")
    if act.do == "unseat":
        return Accepted({"people": people})
    if not held.round and settings["how"] not in CHOSEN:
        return Refused("not-dealt", N_("The tables are not made yet: make them first."), status=409)
    seat = _laid(settings, held, sources)
    held = _with(held, seat)
    if asked in (None, ""):
        whom = [sources.people[id] for id in people] or seatless(held, sources)
        return Accepted(seat | seats_for(settings, held, sources, whom))
    table = _whole(asked)
    if not 0 < table <= len(held.on.places):
        return _no_table()
    return Accepted({**seat, "seats": {id: {str(held.round): table} for id in people}})


def _hosts(settings: Mapping[str, Any], act: Act, actor: Actor, held: Seating, sources: Sources) -> Accepted | Refused:
    """Who stays at a table, in a World Café: whoever sits there and says so, or whom the facilitator names."""
    host = actor.participant or str(act.content.get("person", "") or "")
    place = held.place(held.seat(host))
    if settings["method"] != "cafe" or place is None:
        return Refused("no-host", N_("Nobody stays at a table here."), status=409)
    return Accepted({"at": place.at, "host": host})


def _withdrawn(act: Act, actor: Actor, held: Seating) -> Accepted | Refused:
    mine = may_change(act, actor, held.contributions)
    if isinstance(mine, Refused):
        return mine
    if act.on in held.notes.values():
        return Refused("table-note", N_("This note is the table’s: it is written together, never withdrawn by one person."), status=409)
    return Accepted({"at": mine.content["at"]})


def _at_a_table(act: Act, actor: Actor, held: Seating, sources: Sources) -> Accepted | Refused:
    """What those of a table do there: its pen, a line, what was written at the same time."""
    aside = held.contributions.get(act.on) if act.do == "settle" else None
    if act.do == "settle" and (aside is None or act.on not in held.asides or aside.status == "withheld"):
        return Refused("unknown-contribution", N_("This contribution no longer exists."), status=404)
    key = str(aside.content.get("at", "")) if aside else act.on or held.seat(actor.participant)
    if refused := _not_theirs(key, actor, held):
        return refused
    if act.do == "settle":
        return Accepted({"take": is_yes(act.content.get("take"))})
    if act.do == "line":
        said = read_fields((LINE,), act.content)
        late = {} if held.is_open(key, sources.status) else {"late": True}
        return said if isinstance(said, Refused) else Accepted({"at": key, **said, **late})
    down = is_yes(act.content.get("down"))
    if down and held.pens.get(key) != actor.participant:
        return Refused("not-scribe", N_("Someone else holds the pen now."), status=409)
    if held.seat(actor.participant, numbers(key)[0]) != key:
        return _elsewhere()
    return Accepted({"down": down, "at": key})


def _not_theirs(key: str, actor: Actor, held: Seating) -> Refused | None:
    """Why this person has nothing to write there, if so."""
    if not key:
        return Refused("which-table", N_("Choose the table first."), field="on")
    if held.place(key) is None:
        return _no_table()
    return _elsewhere() if actor.participant and not held.belongs(actor.participant, key) else None


def _elsewhere() -> Refused:
    return Refused("not-your-table", N_("You are at another table: what is written there is theirs. Your text stays here."), status=403)


def _no_table() -> Refused:
    return Refused(
        "unknown-table", N_("This table is not there any more. Look at the plan: nothing has been changed."), status=409, field="table"
    )


def _laid(settings: Mapping[str, Any], held: Seating, sources: Sources) -> dict[str, Any]:
    """The tables that stand once the first person sits down, as the journal keeps them; nothing where they stand already."""
    if held.round:
        return {}
    names = themes_of(settings, held, sources)
    places = [[one.at, one.part, one.remote] for one in laid(settings, held, sources, names)]
    return {"laid": places, "rounds": rounds_of(settings)} | ({"names": names} if names else {})


def _with(held: Seating, seat: Mapping[str, Any]) -> Seating:
    """The plan with seats that are about to be kept."""
    return fold_seats(held, Entry(0, "", "", "", "", content={"seats": {}, **seat}))


def _given(settings: Mapping[str, Any], held: Seating, sources: Sources, participant: str) -> tuple[dict[str, Any], Seating]:
    """A seat for someone who has none, and the plan with it."""
    if held.seat(participant):
        return {"seats": {}}, held
    seat = _laid(settings, held, sources)
    seat |= seats_for(settings, _with(held, seat), sources, [sources.people[participant]])
    return seat, _with(held, seat)


def _whole(value: Any) -> int:
    """A whole number given as a number or as text; 0 for anything else."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 6:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
