"""How well tables are mixed, and how fast: against chance, for rooms of 20, 50 and 150 people as rehearsals draw them.

``python bench/tables.py`` prints the table that stands in docs/activities/tables.md. *Spread* is how many of the pairs of people seated
together share their role, their territory or their type of organisation; chance is the mean of 200 draws of tables of the same sizes.
"""

import random
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from math import ceil
from pathlib import Path
from typing import Any

from facilitate.activities.tables.mixing import ALIKE, mix
from facilitate.app import find_kinds
from facilitate.core.reading import fold
from facilitate.core.sheet import read_sheet
from facilitate.rehearsal.people import people_of

SHEET = Path(__file__).parents[1] / "sessions_library" / "2019-09-24-reciprocites-transactions-territoriales.md"
ROOMS = ((20, 5, 1), (20, 5, 3), (50, 5, 1), (50, 5, 3), (150, 5, 1), (150, 5, 3), (150, 8, 3))
SEEDS = (1, 2, 3)
DRAWS = 200

Plan = Sequence[Sequence[Sequence[int]]]


def alike(people: Sequence[dict[str, str]], plan: Plan, name: str) -> float:
    """The share of pairs at a table who give the same ``name``, in per cent of those who both give one."""
    pairs = [pair for tables in plan for table in tables for pair in combinations(table, 2)]
    told = [(people[one][name], people[other][name]) for one, other in pairs if people[one][name] and people[other][name]]
    return 100 * sum(one == other for one, other in told) / max(1, len(told))


def repeated(plan: Plan) -> int:
    """How often two people meet again."""
    met = Counter(pair for tables in plan for table in tables for pair in combinations(sorted(table), 2))
    return sum(times - 1 for times in met.values())


def by_chance(people: int, tables: int, rounds: int, draw: random.Random) -> Plan:
    """Everyone dealt to tables in an order of chance, each round anew."""
    orders = [draw.sample(range(people), people) for _ in range(rounds)]
    return [[order[table::tables] for table in range(tables)] for order in orders]


def main() -> None:
    agenda, _ = read_sheet(SHEET.read_text("utf-8"), find_kinds())
    if agenda is None:
        raise SystemExit(f"{SHEET} cannot be read")
    print("| people | at a table | rounds | same role | same territory | same type | meet again | seconds of processor |")
    print("|---|---|---|---|---|---|---|---|")
    for count, seats, rounds in ROOMS:
        found: list[dict[str, Any]] = []
        for seed in SEEDS:
            profiles = [one.profile for one in people_of(agenda, count, seed)]
            people = [{name: fold(str(one[name])) for name, _ in ALIKE} for one in profiles]
            tables = ceil(count / seats)
            began = time.process_time()
            plan = mix({"people": people, "tables": [tables] * rounds, "seed": str(seed), "alike": True})
            seconds = time.process_time() - began
            draw = random.Random(seed)  # noqa: S311 - the same draws each time
            draws = [by_chance(count, tables, rounds, draw) for _ in range(DRAWS)]
            found.append(
                {"seconds": seconds, "again": (repeated(plan), statistics.mean(map(repeated, draws)))}
                | {name: (alike(people, plan, name), statistics.mean(alike(people, one, name) for one in draws)) for name, _ in ALIKE}
            )
        cells = [str(count), str(seats), str(rounds)]
        for name in ("role", "territory", "type"):
            ours, chance = (statistics.mean(one[name][place] for one in found) for place in (0, 1))
            cells.append(f"{ours:.1f} % (chance {chance:.1f} %)")
        ours, chance = (statistics.mean(one["again"][place] for one in found) for place in (0, 1))
        cells += [f"{ours:.1f} (chance {chance:.1f})", f"{max(one['seconds'] for one in found):.2f}"]
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
