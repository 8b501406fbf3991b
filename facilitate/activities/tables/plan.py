"""Owns the plan: the tables of each round, who sits where, which round is on, which tables are closed; and how entries change it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from immutables import Map

from facilitate.core.activity import Participant, Sources, Summary
from facilitate.core.entry import Entry


@dataclass(frozen=True, slots=True)
class Place:
    """One table of a round: ``at`` the number it bears in the room, 0 for the whole room; ``part`` the letter of a group within that table;
    ``remote``: it meets at a distance."""

    at: int
    part: str = ""
    remote: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """``seats``: participant's id → place, counted from 1."""

    places: tuple[Place, ...] = ()
    seats: Map[str, int] = field(default_factory=Map)

    def at(self, table: int) -> list[str]:
        """Who sits at a table."""
        return [id for id, one in self.seats.items() if one == table]


@dataclass(frozen=True, slots=True)
class Seating(Summary):
    """All that a step of tables holds. A table of a round goes by its key, 'ROUND-TABLE'.

    ``round`` is the one that is on, 0 before the first plan, ``since`` when it began; ``dealt`` the seq of the last plan, ``size`` the
    'seats' at a table or 'count' of tables it was made for; ``names`` those of the tables, where a step gave them; ``hosts`` table's
    number → who stays there; ``left`` who was taken out; ``was`` participant → the tables they sat at before they were moved; ``shut``
    key → closed by hand, or opened again by hand; ``pens`` key → who writes; ``notes`` key → the contribution that holds its note;
    ``hands`` 'KEY.FIELD' → who wrote that field of it last, at which seq;
    ``asides`` what was written at the same time as a note, by id → whether the table has settled it; ``turn`` the key of the table that
    reports; ``listing`` what the wall shows of the plan: '' as fits, 'tables' or 'names'.
    """

    rounds: tuple[Round, ...] = ()
    round: int = 0
    since: str = ""
    dealt: int = 0
    size: Map[str, int] = field(default_factory=Map)
    names: tuple[str, ...] = ()
    hosts: Map[str, str] = field(default_factory=Map)
    left: frozenset[str] = frozenset()
    was: Map[str, tuple[str, ...]] = field(default_factory=Map)
    shut: Map[str, bool] = field(default_factory=Map)
    pens: Map[str, str] = field(default_factory=Map)
    notes: Map[str, str] = field(default_factory=Map)
    hands: Map[str, tuple[str, int]] = field(default_factory=Map)
    asides: Map[str, bool] = field(default_factory=Map)
    turn: str = ""
    listing: str = ""

    @property
    def on(self) -> Round:
        """The round that is on; without tables before the first plan."""
        return self.rounds[self.round - 1] if self.round else Round()

    def seat(self, participant: str, round: int = 0) -> str:
        """The key of their table in that round, the one that is on unless said; '' where they have none."""
        round = round or self.round
        table = self.rounds[round - 1].seats.get(participant) if 0 < round <= len(self.rounds) else None
        return f"{round}-{table}" if table else ""

    def place(self, key: str) -> Place | None:
        """The table of that key, or None where there is none."""
        round, table = numbers(key)
        if not 0 < round <= len(self.rounds) or not 0 < table <= len(self.rounds[round - 1].places) or key != f"{round}-{table}":
            return None
        return self.rounds[round - 1].places[table - 1]

    def around(self, key: str) -> list[str]:
        """Who sits at the table of that key."""
        round, table = numbers(key)
        return self.rounds[round - 1].at(table) if self.place(key) else []

    def belongs(self, participant: str, key: str) -> bool:
        """Whether they sit at that table, or sat there when they wrote."""
        return self.seat(participant, numbers(key)[0]) == key or key in self.was.get(participant, ())

    def past(self, participant: str) -> list[str]:
        """The tables at which someone sat in the rounds before, the last first."""
        return [key for round in range(self.round - 1, 0, -1) if (key := self.seat(participant, round))]

    def is_open(self, key: str, status: str) -> bool:
        """Whether its note may be written now: a table closed or opened again by hand is, else that of the round that is on."""
        return not self.shut.get(key, status != "open" or numbers(key)[0] != self.round)


def numbers(key: str) -> tuple[int, int]:
    """'2-5' → (2, 5); (0, 0) for what is no key."""
    round, _, table = key.partition("-")
    return (int(round), int(table)) if round.isdecimal() and table.isdecimal() and len(key) < 12 else (0, 0)


def present(held: Seating, sources: Sources) -> dict[str, Participant]:
    """Who may be seated: those of this step's own workshop where it has one, without those who were taken out."""
    return {id: one for id, one in sources.people.items() if id not in held.left and (not sources.track or one.track == sources.track)}


def seatless(held: Seating, sources: Sources) -> list[Participant]:
    """Who has no table in the round that is on, in the order they came."""
    here = present(held, sources).values()
    return sorted((one for one in here if one.id not in held.on.seats), key=lambda one: one.n) if held.round else []


def fold_plan(held: Seating, entry: Entry) -> Seating:
    """One entry further: a plan, seats, rounds, tables closed and opened again, pens, hosts, turns."""
    content = entry.content
    match entry.do:
        case "deal":
            return _dealt(held, entry)
        case "unseat":
            return _unseated(held, content["people"])
        case "round":
            same = content["round"] == held.round
            return held if same else replace(held, round=content["round"], since=entry.at, turn="")
        case "shut" | "reopen":
            shut = dict.fromkeys(content.get("others", ()), True) | dict.fromkeys(content["tables"], entry.do == "shut")
            return replace(held, shut=held.shut.update(shut))
        case "pen":
            pens = held.pens.delete(entry.on) if content["down"] and entry.on in held.pens else held.pens
            return replace(held, pens=pens if content["down"] else pens.set(entry.on, entry.by))
        case "host":
            return _hosted(held, str(content["at"]), str(content["host"]))
        case "turn":
            return replace(held, turn=content["table"])
        case "listing":
            return replace(held, listing=content["as"])
    return held


def fold_seats(held: Seating, entry: Entry) -> Seating:
    """The seats that an entry gives, with the tables it adds for them; whoever takes one is back."""
    content = entry.content
    if "laid" in content and not held.rounds:
        # Tables that people choose stand from the first who sits down.
        laid = tuple(Place(*one) for one in content["laid"])
        held = replace(held, rounds=(Round(laid),) * content["rounds"], round=1, since=entry.at, names=tuple(content.get("names", ())))
    rounds, was = list(held.rounds), held.was
    for number, places in content.get("places", {}).items():
        one = rounds[int(number) - 1]
        rounds[int(number) - 1] = replace(one, places=(*one.places, *(Place(*place) for place in places)))
    for id, seats in content.get("seats", {}).items():
        for number, table in seats.items():
            one = rounds[int(number) - 1]
            before = one.seats.get(id)
            if before and before != table:
                was = was.set(id, (*was.get(id, ()), f"{number}-{before}"))
            rounds[int(number) - 1] = replace(one, seats=one.seats.set(id, table))
    left = held.left - frozenset(content.get("seats", {}))
    return _without_pens(replace(held, rounds=tuple(rounds), was=was, left=left), content.get("seats", {}))


def _dealt(held: Seating, entry: Entry) -> Seating:
    content = entry.content
    first = content["from"]
    rounds, was = list(held.rounds[: first - 1]), held.was
    for number, round in enumerate(held.rounds[first - 1 :], first):
        for id, table in round.seats.items() if number == held.round else ():
            was = was.set(id, (*was.get(id, ()), f"{number}-{table}"))
    for tables in content["rounds"]:
        places = tuple(Place(one["at"], one["part"], one["remote"]) for one in tables)
        rounds.append(Round(places, Map({id: number for number, one in enumerate(tables, 1) for id in one["people"]})))
    on = max(held.round, 1)
    return replace(
        held,
        rounds=tuple(rounds),
        was=was,
        round=on,
        since=entry.at if first <= on else held.since,
        dealt=entry.seq,
        size=Map(content["size"]),
        names=tuple(content.get("names", ())),
        hosts=Map(content["hosts"]),
        pens=Map({key: by for key, by in held.pens.items() if numbers(key)[0] < first}),
        shut=Map({key: closed for key, closed in held.shut.items() if numbers(key)[0] < first}),
    )


def _unseated(held: Seating, people: Iterable[str]) -> Seating:
    """They leave their tables, from the round that is on."""
    rounds, was = list(held.rounds), held.was
    for number in range(max(held.round, 1), len(rounds) + 1):
        one = rounds[number - 1]
        for id in people:
            if table := one.seats.get(id):
                was = was.set(id, (*was.get(id, ()), f"{number}-{table}"))
                one = replace(one, seats=one.seats.delete(id))
        rounds[number - 1] = one
    hosts = Map({at: id for at, id in held.hosts.items() if id not in people})
    return _without_pens(replace(held, rounds=tuple(rounds), was=was, hosts=hosts, left=held.left | frozenset(people)), people)


def _without_pens(held: Seating, people: Iterable[str]) -> Seating:
    """Whoever has left a table has put its pen down."""
    moved = set(people)
    gone = [key for key, by in held.pens.items() if by in moved and held.seat(by, numbers(key)[0]) != key]
    pens = held.pens
    for key in gone:
        pens = pens.delete(key)
    return replace(held, pens=pens)


def _hosted(held: Seating, at: str, host: str) -> Seating:
    """Who stays at a table changes: in the rounds to come the two take each other's way."""
    before = held.hosts.get(at, "")
    rounds = list(held.rounds)
    for number in range(held.round, len(rounds)):
        one = rounds[number]
        mine, theirs = one.seats.get(host), one.seats.get(before) or int(at)
        seats = one.seats.set(host, theirs)
        rounds[number] = replace(one, seats=seats.set(before, mine) if before and mine else seats)
    return replace(held, rounds=tuple(rounds), hosts=held.hosts.set(at, host))


def names_of(held: Seating, settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the tables, by their number; none where they have numbers alone."""
    return held.names or tuple(settings["names"])
