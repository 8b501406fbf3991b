"""How long the game takes to find where offers meet needs and which circles would close: twelve territories, 300 offers, 300 needs.

``python bench/circles.py`` prints the table that stands in docs/activities/exchange.md: the slowest and the median of 30 looks at five
drawn games each, on one core. *Dense*: every territory deals in every family; *one-way*: a territory offers what the six after it in the
list need, so that no pair could swap and circles are as many as they can be.
"""

import gc
import random
import statistics
import time
from collections.abc import Callable

from facilitate.activities.exchange.catalogue import FAMILIES
from facilitate.activities.exchange.game import Game, fold
from facilitate.activities.exchange.matches import _matches, circles, matches
from facilitate.activities.exchange.seen import seen
from facilitate.app import find_kinds
from facilitate.core.activity import Participant, Sources, Viewer
from facilitate.core.entry import Entry

TEAMS, GOODS, GAMES, LOOKS = 12, 300, 5, 30


def game(one_way: bool, draw: random.Random) -> Game:
    """A drawn game at the end of its inventory; one phone sits in the first team."""
    teams = {f"t{number}": (f"Territory {number}", "") for number in range(TEAMS)}
    held = fold(Game(), Entry(1, "sit", "2021-09-24T09:00:00.000Z", "p0", "play", content={"teams": teams, "seats": {"p0": "t0"}}))
    for place in range(2 * GOODS):
        team, side = place % TEAMS, "offer" if place < GOODS else "need"
        family = draw.choice(FAMILIES)
        if one_way:
            # What a team offers is in its own family; what it needs, in one of the six before it.
            family = FAMILIES[team if side == "offer" else (team - draw.randint(1, 6)) % TEAMS]
        content = {"is": side, "team": f"t{team}", "family": family.key, "good": draw.choice(family.goods), "text": f"number {place}"}
        held = fold(held, Entry(place + 2, f"g{place}", "2021-09-24T09:01:00.000Z", "p0", "post", content=content))
    return held


def slowest(look: Callable[[], object]) -> tuple[float, float]:
    """The slowest and the median of the looks, in milliseconds of processor."""
    spent = []
    for _ in range(LOOKS):
        # What was read before is not remembered: each look is the first after something happened.
        _matches.cache_clear()
        before = time.process_time()
        look()
        spent.append(1000 * (time.process_time() - before))
    return max(spent), statistics.median(spent)


def main() -> None:
    settings = {one.name: one.default for one in find_kinds()["exchange"].settings} | {"circles": True}
    sources = Sources(people={"p0": Participant("p0")}, opened="2021-09-24T09:00:00.000Z", status="open")
    print("| game | circles found | what | slowest, ms | median, ms |\n|---|---|---|---|---|")
    for name, one_way in (("dense", False), ("one-way", True)):
        held = [game(one_way, random.Random(seed)) for seed in range(GAMES)]  # noqa: S311
        found = [len(circles(one)) for one in held]
        # The pauses of Python's collector over all that is loaded are no part of the search.
        gc.freeze()
        for what, look in (
            ("matches", matches),
            ("matches and circles", circles),
            ("a phone's view", lambda one: seen(settings, one, Viewer("participant", "p0"), sources)),
            ("the console's view", lambda one: seen(settings, one, Viewer("console"), sources)),
        ):
            times = [slowest(lambda one=one, look=look: look(one)) for one in held]  # type: ignore[misc]
            worst, median = max(one for one, _ in times), statistics.median(one for _, one in times)
            print(f"| {name} | {min(found)}–{max(found)} | {what} | {worst:.1f} | {median:.1f} |")


if __name__ == "__main__":
    main()
