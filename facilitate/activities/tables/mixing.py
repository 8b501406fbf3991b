"""Owns who sits with whom: tables that differ by one person at most, unlike people together, and round after round as few repeated meetings
as possible. Pure: the same question gives the same plan; chance is a hash of ``seed``.

Two problems that operations research knows: the *maximally diverse grouping problem* (groups of equal size, as unlike inside as possible)
and the *social golfer problem* (several rounds, no two people twice in one group). Both are solved as their literature found best in
practice, by local search from a constructed start: every swap of two people between two tables that lowers the cost is made, until none
does; then the plan is shaken and searched again, and the best one kept. R. R. Weitz and S. Lakshminarayanan, 'An empirical comparison of
heuristic methods for creating maximally diverse groups', Journal of the Operational Research Society 49 (1998); I. Dotú and
P. Van Hentenryck, 'Scheduling social golfers locally', CPAIOR 2005 (LNCS 3524).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

ALIKE = (("role", 2), ("territory", 2), ("type", 1))
"""What makes two people alike, and what it costs to seat them together."""

MET = 12
"""What it costs to seat two people together once more: more than all their likeness."""

_EFFORT = 4_000_000
"""Pairs of people looked at, in all: half a second for a room of 150, over several rounds."""
_SHAKES = 30


def mix(question: Mapping[str, Any]) -> list[list[list[int]]]:
    """Rounds of tables of people, each person by their place in ``people``.

    ``people``: for each, what they are by name of ``ALIKE``, plain texts, '' where they do not say. ``tables``: how many, round by
    round, at least 1. ``met``: pairs of places who have met before, with how often. ``hosts``: places who stay at table 1, 2, 3… in
    every round, one a table or none; ``alike``: whether likeness counts, or chance alone decides (and, over several rounds, whom one has
    met). ``seed``: any text.
    """
    people, tables = question["people"], question["tables"]
    if not people:
        return [[[] for _ in range(count)] for count in tables]
    return _Search(people, tables, question["seed"], question.get("met", ()), question.get("hosts", ()), alike=question["alike"]).best()


def drawn(seed: str, word: object) -> str:
    """A lot that ``seed`` draws for a word: any order by it is one of chance."""
    return hashlib.sha256(f"{seed} {word}".encode()).hexdigest()


def unlike(one: Mapping[str, str], other: Mapping[str, str]) -> int:
    """What it costs to seat two people together, from what they are."""
    return sum(cost for name, cost in ALIKE if one.get(name) and one.get(name) == other.get(name))


class _Search:
    """A plan of all rounds, made better swap by swap."""

    def __init__(
        self,
        people: Sequence[Mapping[str, str]],
        tables: Sequence[int],
        seed: str,
        met: Sequence[Sequence[int]],
        hosts: Sequence[int],
        *,
        alike: bool,
    ) -> None:
        self.size, self.tables, self.seed, self.hosts = len(people), tables, seed, hosts
        self.likeness = [[unlike(one, other) if alike and one is not other else 0 for other in people] for one in people]
        self.met = [[0] * self.size for _ in people]
        for one, other, times in met:
            self.met[one][other] = self.met[other][one] = times
        self.effort = _EFFORT
        self.searched = alike or len(tables) > 1 or bool(met)
        key = {place: tuple(one.get(name, "") for name, _ in ALIKE) if alike else () for place, one in enumerate(people)}
        order = sorted(range(self.size), key=lambda place: (key[place], drawn(seed, place)))
        self.order = [place for place in order if place not in set(hosts)]

    def best(self) -> list[list[list[int]]]:
        """The cheapest plan found."""
        plan = [self._dealt(round, count) for round, count in enumerate(self.tables)]
        for seats in plan:
            self._meet(seats, 1)
        if self.searched:
            self._descend(plan)
            cost = self._cost(plan)
            for shake in range(_SHAKES):
                if self.effort <= 0:
                    break
                tried = [list(seats) for seats in plan]
                self._shake(tried, shake)
                self._descend(tried)
                if (found := self._cost(tried)) < cost:
                    plan, cost = tried, found
                else:
                    for seats, kept in zip(tried, plan, strict=True):
                        self._meet(seats, -1)
                        self._meet(kept, 1)
        return [
            [[one for one in range(self.size) if seats[one] == table] for table in range(count)]
            for seats, count in zip(plan, self.tables, strict=True)
        ]

    def _dealt(self, round: int, count: int) -> list[int]:
        """A start: people in order of what they are, dealt like cards, each row one table further at each round: neighbours in the order,
        who are alike, sit apart, and two people of different rows meet again only where their steps coincide."""
        seats = [0] * self.size
        for table, host in enumerate(self.hosts):
            seats[host] = table
        for place, one in enumerate(self.order, len(self.hosts)):
            row, column = divmod(place, count)
            seats[one] = (column + row * round) % count
        return seats

    def _shake(self, plan: list[list[int]], shake: int) -> None:
        """Some people change places, drawn by lot."""
        for round, seats in enumerate(plan):
            lots = sorted(self.order, key=lambda one: drawn(self.seed, (shake, round, one)))
            moved = lots[: max(2, self.size // 8)]
            self._meet(seats, -1)
            places = [seats[one] for one in moved]
            for one, place in zip(moved, places[1:] + places[:1], strict=True):
                seats[one] = place
            self._meet(seats, 1)

    def _meet(self, seats: Sequence[int], times: int) -> None:
        """Counts the meetings of a round in, or out."""
        for one, other in _pairs(seats):
            self.met[one][other] += times
            self.met[other][one] += times

    def _cost(self, plan: Sequence[Sequence[int]]) -> int:
        likeness = sum(self.likeness[one][other] for seats in plan for one, other in _pairs(seats))
        return likeness + MET * sum(times * (times - 1) // 2 for one, row in enumerate(self.met) for times in row[:one])

    def _descend(self, plan: list[list[int]]) -> None:
        """Round after round, every swap that lowers the cost, until a whole pass finds none."""
        better = True
        while better and self.effort > 0:
            better = False
            for round, seats in enumerate(plan):
                self._meet(seats, -1)
                better = self._improve(seats, round) or better
                self._meet(seats, 1)
            better = better and len(plan) > 1

    def _improve(self, seats: list[int], round: int) -> bool:
        """One round, all others as they are: the best swap of each person, again and again."""
        count, free = self.tables[round], self.order
        self.effort -= self.size**2
        costs = [[like + MET * met for like, met in zip(*rows, strict=True)] for rows in zip(self.likeness, self.met, strict=True)]
        near = [[0] * count for _ in range(self.size)]
        for one, row in enumerate(costs):
            mine = near[one]
            for other, cost in enumerate(row):
                if cost:
                    mine[seats[other]] += cost
        changed, better = False, True
        while better and self.effort > 0:
            better = False
            for one in free:
                self.effort -= len(free)
                here, mine, row = seats[one], near[one], costs[one]
                if not mine[here]:
                    continue
                least, swap = 0, -1
                for other in free:
                    there = seats[other]
                    if there != here:
                        gain = mine[there] + near[other][here] - mine[here] - near[other][there] - 2 * row[other]
                        if gain < least:
                            least, swap = gain, other
                if swap >= 0:
                    there, theirs = seats[swap], costs[swap]
                    for third, nearby in enumerate(near):
                        change = theirs[third] - row[third]
                        if change:
                            nearby[here] += change
                            nearby[there] -= change
                    seats[one], seats[swap] = there, here
                    changed = better = True
        return changed


def _pairs(seats: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Everyone with everyone else of their table."""
    tables: dict[int, list[int]] = {}
    for one, table in enumerate(seats):
        for other in tables.setdefault(table, []):
            yield one, other
        tables[table].append(one)
