"""Owns how a plan is made and kept whole: what is asked of the mixing, the tables that come of it, a seat for whoever comes later."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations
from math import ceil
from typing import Any

from facilitate.activities.tables.mixing import ALIKE, drawn, mix
from facilitate.activities.tables.plan import Place, Round, Seating, names_of, present
from facilitate.core.activity import Participant, Sources, Viewer
from facilitate.core.entry import Act, Refused
from facilitate.core.reading import fold
from facilitate.core.words import N_, is_yes

USUAL = 5
"""People at a table where the sheet does not say how many."""

SEATS, TABLES, ROUNDS = (2, 50), (1, 100), (1, 8)
"""The bounds of what may be asked: people at a table, tables, rounds."""

_PYRAMID, FOUR = 4, 3
"""Rounds of 1-2-4-all: alone, by two, by four, all; and the one by four."""


def rounds_of(settings: Mapping[str, Any]) -> int:
    """How many rounds there are: 1-2-4-all has four, a World Café three unless the sheet says otherwise."""
    if settings["method"] == "pyramid":
        return _PYRAMID
    return int(settings["rounds"]) or (3 if settings["method"] == "cafe" else 1)


def read_size(settings: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, int] | Refused:
    """People at a table or number of tables, as the console asks for them, else as the sheet does; 0 where neither says."""
    asked = {"seats": int(settings["seats"]), "count": int(settings["count"])}
    told = {name: given for name in asked if (given := content.get(name)) not in (None, "")}
    for name, given in told.items():
        low, high = SEATS if name == "seats" else TABLES
        value = int(given) if isinstance(given, str) and given.isdecimal() and len(given) < 6 else given
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            text = N_("A table takes %(low)s to %(high)s people. Nothing has been changed.")
            if name == "count":
                text = N_("There can be %(low)s to %(high)s tables. Nothing has been changed.")
            return Refused(name, text, {"low": low, "high": high}, field=name)
        asked = dict.fromkeys(asked, 0) | {name: value}
    return asked


def tables_for(people: int, size: Mapping[str, int], named: int = 0) -> int:
    """How many tables so many people need: as many as asked for, else one for each name, else by the people at each."""
    if size["seats"] and not size["count"]:
        return max(1, ceil(people / size["seats"]))
    return size["count"] or named or max(1, ceil(people / USUAL))


def question(settings: Mapping[str, Any], act: Act, held: Seating, sources: Sources) -> dict[str, Any] | Refused:
    """What is asked of the mixing: for those in the room and for those at a distance, apart unless the sheet lets them sit together."""
    size = read_size(settings, act.content)
    if isinstance(size, Refused):
        return size
    first, total = max(held.round, 1), rounds_of(settings)
    later = is_yes(act.content.get("later"))
    first += later
    if first > total or (later and not held.round):
        return Refused("no-round", N_("There is no such round."), field="round", status=409)
    here = sorted(present(held, sources).values(), key=lambda one: one.n)
    apart = not settings["together"]
    groups = [[one for one in here if (one.remote and apart) is remote] for remote in (False, True)]
    method, pools, per, standing = settings["method"], list[dict[str, Any]](), 0, 0
    for remote, people in enumerate(groups):
        if not people and (remote or len(here)):
            continue
        count = max(1, len(people) // 4) if method == "pyramid" else tables_for(len(people), size, len(settings["names"]))
        if remote and not size["seats"] and per:
            count = ceil(len(people) / per)
        count = max(1, min(count, len(people)))
        per = ceil(len(people) / count)
        seed = f"{act.id} {remote}"
        ids = [one.id for one in people]
        pools.append(
            {
                "ids": ids,
                "remote": bool(remote),
                "people": [what(one) for one in people],
                "tables": [count] * (1 if method == "pyramid" else total - first + 1),
                "standing": standing,
                "met": _met(held.rounds[: first - 1], ids),
                "hosts": _hosts(held if first > 1 else Seating(), people, range(standing + 1, standing + 1 + min(count, len(people))), seed)
                if method == "cafe"
                else [],
                "seed": seed,
                "alike": settings["how"] == "mixed",
            }
        )
        standing += count
    wanted = size["count"] or (0 if size["seats"] or method == "pyramid" else len(settings["names"]))
    kept_as = {"count": wanted} if wanted and method != "pyramid" else {"seats": USUAL if method == "pyramid" else size["seats"] or USUAL}
    return {"from": first, "method": method, "size": kept_as, "pools": pools}


def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The plan, as the journal keeps it: rounds of tables with who sits at each, and who stays where."""
    rounds: list[list[dict[str, Any]]] = []
    hosts: dict[str, str] = {}
    for pool in asked["pools"]:
        found = mix(pool)
        ids, standing = pool["ids"], pool["standing"]
        seated = [[[ids[place] for place in table] for table in tables] for tables in found]
        if asked["method"] == "pyramid":
            made = _pyramid(seated[0], standing, pool)
        else:
            made = [[_table(number, people, pool) for number, people in enumerate(tables, standing + 1)] for tables in seated]
        rounds = [[*before, *after] for before, after in zip(rounds or [[] for _ in made], made, strict=True)]
        hosts |= {str(standing + table): ids[place] for table, place in enumerate(pool["hosts"], 1)}
    if asked["method"] == "pyramid":
        rounds.append([{"at": 0, "part": "", "remote": False, "people": [id for one in rounds[-1] for id in one["people"]]}])
        rounds = rounds[asked["from"] - 1 :]
    return {"from": asked["from"], "size": asked["size"], "rounds": rounds, "hosts": hosts}


def kept(plan: Mapping[str, Any], held: Seating, sources: Sources) -> dict[str, Any]:
    """A plan as it still holds: who has gone since it was made is in it no more. Who came since sits down later."""
    here = present(held, sources)
    rounds = [[{**one, "people": [id for id in one["people"] if id in here]} for one in tables] for tables in plan["rounds"]]
    return {**plan, "rounds": rounds, "hosts": {at: id for at, id in plan["hosts"].items() if id in here}}


def laid(settings: Mapping[str, Any], held: Seating, sources: Sources, names: tuple[str, ...]) -> tuple[Place, ...]:
    """The tables that people choose among: those of the round that is on, or before anyone sits those that so many people need."""
    if held.round:
        return held.on.places
    size = {"seats": 0 if names else int(settings["seats"]), "count": int(settings["count"])}
    return tuple(Place(number) for number in range(1, tables_for(len(present(held, sources)), size, len(names)) + 1))


def room_at(settings: Mapping[str, Any], held: Seating, sources: Sources, tables: int) -> int:
    """How many people a table takes where one chooses: the sheet's, else an equal share, so that no table takes them all."""
    return max(int(settings["seats"]), ceil(len(present(held, sources)) / max(1, tables)), 1)


def what(person: Participant) -> dict[str, str]:
    """What someone is, so that 'élue ' and 'Élue' are alike."""
    return {name: fold(getattr(person, name)) for name, _ in ALIKE}


def _met(rounds: Iterable[Round], ids: list[str]) -> list[list[int]]:
    """Who has met in these rounds, with how often, as places in ``ids``."""
    places = {id: place for place, id in enumerate(ids)}
    pairs: Counter[tuple[int, int]] = Counter()
    for round in rounds:
        for table in range(1, len(round.places) + 1):
            pairs.update(combinations(sorted(places[id] for id in round.at(table) if id in places), 2))
    return [[one, other, times] for (one, other), times in sorted(pairs.items())]


def _hosts(held: Seating, people: list[Participant], tables: range, seed: str) -> list[int]:
    """Who stays at each table: who does already, else someone drawn by lot, with a phone if they can."""
    ids = [one.id for one in people]
    stay = {at: id for at in tables if (id := held.hosts.get(str(at), "")) in ids}
    lots = iter(sorted((one for one in people if one.id not in stay.values()), key=lambda one: (not one.phone, drawn(seed, one.n))))
    return [ids.index(stay[at] if at in stay else next(lots).id) for at in tables]


def _table(number: int, people: list[str], pool: Mapping[str, Any], part: str = "") -> dict[str, Any]:
    return {"at": number, "part": part, "remote": pool["remote"], "people": people}


def _pyramid(fours: list[list[str]], standing: int, pool: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """Alone, by two, by four, at the same table of the room throughout."""
    alone, pairs, tables = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    for number, people in enumerate(fours, standing + 1):
        order = [people[place] for place in sorted(range(len(people)), key=lambda place: drawn(pool["seed"], (number, place)))]
        alone += [_table(number, [id], pool) for id in order]
        parts = max(1, len(order) // 2)
        pairs += [_table(number, order[part::parts], pool, chr(65 + part) if parts > 1 else "") for part in range(parts)]
        tables.append(_table(number, people, pool))
    return [alone, pairs, tables]


def themes_of(settings: Mapping[str, Any], held: Seating, sources: Sources) -> tuple[str, ...]:
    """The names of the tables: the sheet's, else the themes of the step it names, as that step shows them now."""
    if names := names_of(held, settings):
        return names
    source = sources.named.get("source")
    if source is None:
        return ()
    seen = source.type.view(source.activity.settings, source.summary, Viewer("wall"), Sources(people=sources.people))
    return tuple(str(one["name"]) for one in seen.get("themes", ()) if one.get("name"))[: TABLES[1]]
