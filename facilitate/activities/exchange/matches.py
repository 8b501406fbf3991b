"""Owns what the game suggests: where an offer meets a need, and the circles that close where no pair would."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from facilitate.activities.exchange.game import Game
from facilitate.core.activity import Contribution
from facilitate.core.reading import fold

LONGEST = 5
"""Territories in a circle that is shown: longer ones are hard to hold together."""
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Match:
    """An offer that meets a need. ``near``: 3 the same good, 2 a word in common, 1 the same family."""

    offer: Contribution
    need: Contribution
    near: int


@dataclass(frozen=True, slots=True)
class Circle:
    """Each team gives the next what it needs, the last gives the first: ``offers`` in the order of ``teams``."""

    teams: tuple[str, ...]
    offers: tuple[Contribution, ...]


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    """The words that count in a text: four letters or more, without accents, capitals or the mark of a plural."""
    return frozenset(word.rstrip("sx") for word in fold(text).split() if len(word) > 3)


def nearness(offer: Contribution, need: Contribution) -> int:
    """How well an offer meets a need; 0 where it does not."""
    one, other = offer.content, need.content
    family = bool(one.get("family")) and one.get("family") == other.get("family")
    if family and one.get("good") and fold(str(one["good"])) == fold(str(other.get("good", ""))):
        return 3
    words = [_words(f"{content.get('good', '')} {content.get('text', '')}") for content in (one, other)]
    return 2 if words[0] & words[1] else int(family)


def matches(held: Game) -> list[Match]:
    """Every offer that meets a need of another team which nothing has met yet, the nearest first, then as they came."""
    taken, met = held.taken(), needs_met(held)
    open = [need for need in held.goods("need") if need.id not in met and need.status == "shown"]
    found = []
    for offer in held.goods("offer"):
        if offer.status != "shown":
            continue
        # What was given once and is not counted may be given again; what is counted until none is left.
        if offer.content.get("quantity") and taken.get(offer.id, 0) >= int(offer.content["quantity"]):
            continue
        for need in open:
            if offer.content["team"] != need.content["team"] and (near := nearness(offer, need)):
                found.append(Match(offer, need, near))
    return sorted(found, key=lambda one: (-one.near, one.offer.n, one.need.n))


def needs_met(held: Game) -> set[str]:
    """The needs that an agreement meets: it gives that team something near. What is freely written belongs to no family."""
    received: dict[str, list[Contribution]] = {}
    for deal in held.bound():
        for flow in held.flows(deal):
            for line in flow.lines:
                offer = held.contributions.get(line.good) or Contribution("", 0, "", "", "", {"text": line.text}, 0)
                received.setdefault(flow.receiver, []).append(offer)
    return {need.id for need in held.goods("need") if any(nearness(one, need) for one in received.get(str(need.content["team"]), ()))}


def circles(held: Game, found: Iterable[Match] | None = None) -> list[Circle]:
    """The circles that would close: three to five teams, each offering what the next needs, where no two of them that follow each other
    could simply swap. The shortest first; each team stands in the first place in turn, so that none comes twice."""
    best: dict[tuple[str, str], Match] = {}
    for one in matches(held) if found is None else found:
        best.setdefault((one.offer.content["team"], one.need.content["team"]), one)
    nexts: dict[str, list[str]] = {}
    for giver, receiver in best:
        if (receiver, giver) not in best:
            nexts.setdefault(giver, []).append(receiver)
    closed = sorted(_closed(nexts), key=lambda one: (len(one), -min(best[pair].near for pair in _pairs(one)), one))
    return [Circle(teams, tuple(best[pair].offer for pair in _pairs(teams))) for teams in closed[:_SHOWN]]


def _pairs(teams: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return ((one, teams[(place + 1) % len(teams)]) for place, one in enumerate(teams))


def _closed(nexts: Mapping[str, list[str]]) -> Iterator[tuple[str, ...]]:
    """Every circle of three to ``LONGEST``, begun at its smallest key: the shortest are found first, and enough of one length is enough."""
    for length in range(3, LONGEST + 1):
        count = 0
        for start in sorted(nexts):
            for found in _walks(nexts, (start,), length):
                count += 1
                yield found
        if count >= _SHOWN:
            return


def _walks(nexts: Mapping[str, list[str]], path: tuple[str, ...], length: int) -> Iterator[tuple[str, ...]]:
    for following in nexts.get(path[-1], ()):
        if following == path[0] and len(path) == length:
            yield path
        elif len(path) < length and following > path[0] and following not in path:
            yield from _walks(nexts, (*path, following), length)
