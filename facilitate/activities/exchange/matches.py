"""Owns what the game suggests: where an offer meets a need, and the circles that close where no pair would."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache

from facilitate.activities.exchange.game import Game
from facilitate.core.activity import Contribution
from facilitate.core.reading import fold

LONGEST = 5
"""Territories in a circle that is shown: longer ones are hard to hold together."""
_SHOWN = 6
_COMMON = 20


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


@dataclass(frozen=True, slots=True)
class _Read:
    """A good as it is compared: its family with what was picked there, and the words that count."""

    family: str
    good: str
    words: frozenset[str]


@lru_cache(maxsize=4096)
def _read(family: str, good: str, text: str) -> _Read:
    words = frozenset(word.rstrip("sx") for word in fold(f"{good} {text}").split() if len(word) > 3)
    return _Read(family, fold(good) if family else "", words)


def _of(one: Contribution) -> _Read:
    content = one.content
    return _read(str(content.get("family", "")), str(content.get("good", "")), str(content.get("text", "")))


def _nearness(offer: _Read, need: _Read, common: Set[str]) -> int:
    """How well an offer meets a need, 0 where it does not."""
    family = bool(offer.family) and offer.family == need.family
    if family and offer.good and offer.good == need.good:
        return 3
    shared = offer.words & need.words
    return 2 if shared and not shared <= common else int(family)


def _common(goods: Iterable[_Read]) -> frozenset[str]:
    """Words that so many goods hold that they no longer say which."""
    counts = Counter(word for one in goods for word in one.words)
    return frozenset(word for word, count in counts.items() if count > _COMMON)


class _Same:
    """A game as far as goods and exchanges go: while these stay, every phone of a room is told from one reading."""

    __slots__ = ("held",)

    def __init__(self, held: Game) -> None:
        self.held = held

    def __hash__(self) -> int:
        return hash((id(self.held.contributions), id(self.held.deals)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.held.contributions is other.held.contributions and self.held.deals is other.held.deals


def matches(held: Game) -> tuple[Match, ...]:
    """Every offer that meets a need of another team which nothing has met yet, the nearest first, then as they came."""
    return _matches(_Same(held))


@lru_cache(maxsize=8)
def _matches(same: _Same) -> tuple[Match, ...]:
    held = same.held
    taken, met = held.taken(), needs_met(held)
    # What was given once and is not counted may be given again; what is counted until none is left.
    offers = [
        one
        for one in held.goods("offer")
        if one.status == "shown" and not (one.content.get("quantity") and taken.get(one.id, 0) >= int(one.content["quantity"]))
    ]
    needs = [(one, _of(one)) for one in held.goods("need") if one.id not in met and one.status == "shown"]
    read = {one.id: _of(one) for one in offers}
    common = _common([*read.values(), *(one for _, one in needs)])
    # Only what shares a family or a word with a need is looked at: 300 offers and 300 needs are compared in a few milliseconds.
    places: dict[str, list[Contribution]] = {}
    for offer in offers:
        mine = read[offer.id]
        for key in (f"family {mine.family}" if mine.family else "", *(mine.words - common)):
            places.setdefault(key, []).append(offer)
    found = []
    for need, wanted in needs:
        keys = (f"family {wanted.family}" if wanted.family else "", *wanted.words)
        near = {offer.id: offer for key in keys if key for offer in places.get(key, ())}
        for offer in near.values():
            if offer.content["team"] != need.content["team"]:
                found.append(Match(offer, need, _nearness(read[offer.id], wanted, common)))
    return tuple(sorted(found, key=lambda one: (-one.near, one.offer.n, one.need.n)))


def needs_met(held: Game) -> set[str]:
    """The needs that an agreement meets: it gives that team something near. What is freely written belongs to no family."""
    received: dict[str, set[_Read]] = {}
    for deal in held.bound():
        for flow in held.flows(deal):
            for line in flow.lines:
                offer = held.contributions.get(line.good)
                received.setdefault(flow.receiver, set()).add(_of(offer) if offer else _read("", "", line.text))
    met = set()
    for need in held.goods("need") if received else ():
        got, wanted = received.get(str(need.content["team"]), ()), _of(need)
        if any(_nearness(one, wanted, frozenset()) for one in got):
            met.add(need.id)
    return met


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
