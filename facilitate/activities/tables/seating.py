"""Owns the seats of those who come once the tables are made: each at the table that needs them most, and nobody moves for them."""

from collections.abc import Iterable, Mapping
from typing import Any

from facilitate.activities.tables.dealing import FOUR, USUAL, what
from facilitate.activities.tables.mixing import MET, unlike
from facilitate.activities.tables.plan import Place, Seating
from facilitate.core.activity import Participant, Sources


def seats_for(settings: Mapping[str, Any], held: Seating, sources: Sources, people: Iterable[Participant]) -> dict[str, Any]:
    """A seat for each of them, from the round that is on to the last: {"seats", "places"}, as the journal keeps it.

    It is one of the smallest tables; of these, the one whose people are least like them and whom they have met least. Where every table has
    one person too many already, one more is set.
    """
    chairs = _Chairs(settings, held, sources)
    seats = {person.id: chairs.seat(person) for person in people}
    return {"seats": seats} | ({"places": chairs.added} if chairs.added else {})


class _Chairs:
    """The tables of the rounds to come while people sit down one after the other."""

    def __init__(self, settings: Mapping[str, Any], held: Seating, sources: Sources) -> None:
        self.pyramid, self.chosen = settings["method"] == "pyramid", settings["how"] in ("chosen", "theme")
        self.together, self.size = bool(settings["together"]), held.size
        self.people = sources.people
        self.what = {id: what(one) for id, one in sources.people.items()}
        numbers = range(held.round, (held.round if self.chosen else len(held.rounds)) + 1)
        # In 1-2-4-all the whole table first, then the groups within it.
        self.numbers = sorted(numbers, key=lambda number: number != FOUR) if self.pyramid else list(numbers)
        self.tables = [[(place, list[str]()) for place in round.places] for round in held.rounds]
        for tables, round in zip(self.tables, held.rounds, strict=True):
            for id, table in round.seats.items():
                tables[table - 1][1].append(id)
        self.added: dict[str, list[list[Any]]] = {}

    def seat(self, person: Participant) -> dict[str, int]:
        """Round → table, for someone who sits down now."""
        found: dict[str, int] = {}
        at = 0
        for number in self.numbers:
            tables = self.tables[number - 1]
            fits = [table for table, (place, around) in enumerate(tables, 1) if self._fits(number, place, around, person, at)]
            if not fits or self._is_short(number, fits):
                place = Place(at or 1 + max((one.at for one, _ in tables), default=0), remote=person.remote and not self.together)
                tables.append((place, []))
                self.added.setdefault(str(number), []).append([place.at, place.part, place.remote])
                fits = [len(tables)]
            table = self._needs(number, fits, person)
            tables[table - 1][1].append(person.id)
            found[str(number)] = table
            at = tables[table - 1][0].at if self.pyramid else 0
        return found

    def _fits(self, number: int, place: Place, around: list[str], person: Participant, at: int) -> bool:
        if not place.at:
            return True
        alone = self.pyramid and number == 1 and bool(around)
        return place.remote is (person.remote and not self.together) and (not at or place.at == at) and not alone

    def _is_short(self, number: int, fits: list[int]) -> bool:
        """Whether one table more is needed: fewer stand than were asked for, or each has one person too many already."""
        if self.chosen or (self.pyramid and number != FOUR):
            return False
        tables = self.tables[number - 1]
        if count := self.size.get("count"):
            return len(tables) < count
        return min(len(tables[table - 1][1]) for table in fits) > self.size.get("seats", USUAL)

    def _needs(self, number: int, fits: list[int], person: Participant) -> int:
        around = {table: self.tables[number - 1][table - 1][1] for table in fits}
        least = min(map(len, around.values()))
        smallest = [table for table in fits if len(around[table]) == least]
        if len(smallest) == 1:
            return smallest[0]
        met = {id for tables in self.tables for _, ids in tables if person.id in ids for id in ids}
        mine = self.what[person.id]

        def cost(table: int) -> int:
            return sum(unlike(mine, self.what[id]) + MET * (id in met) for id in around[table] if id in self.what)

        return min(smallest, key=lambda table: (cost(table), table))
