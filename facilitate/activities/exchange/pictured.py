"""Owns what a wall says of the game at a glance: who gives to whom as a figure or a table, the latest exchange in few words, whom to
look at, what is offered and needed by family."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from facilitate.activities.exchange.balance import Balance
from facilitate.activities.exchange.drawing import MOST, brief, drawn, shortened
from facilitate.activities.exchange.game import Game, Team
from facilitate.core.reading import fold as plain

_SHORT = 480
"""How wide a short name is, see ``drawing.broad``."""
_BRIEF = 130
"""Signs of what an exchange gives, in all; the whole stands on the phones and on the console."""


def pictured(
    held: Game,
    teams: Sequence[Team],
    balances: Mapping[str, Balance],
    families: Mapping[str, str],
    flows: Sequence[Mapping[str, Any]],
    latest: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """What the wall's view holds besides: ``flows`` and ``latest`` are its own.

    ``short``: by key, a name of some twenty signs that no other territory's reads like; ``rows``: the territories by alphabet, each with
    those it exchanges with; ``even`` and ``look``: keys of who gave as much as they received, of whom the room might look at; ``stock``:
    offers and needs by family.
    """
    counts = {(one["from"], one["to"]): one["count"] for one in flows}
    last = {(one["from"], one["to"]) for one in flows if one["last"]}
    circled = {(flow.giver, flow.receiver) for deal in held.bound() if len(deal.parties) > 2 for flow in held.flows(deal)}
    short = {one.key: label for one, (label,) in zip(teams, shortened([one.name for one in teams], 1, _SHORT), strict=True)}
    stands = {one.key: balances.get(one.key, Balance()) for one in teams}
    return {
        "figure": drawn([(one.key, one.name) for one in teams], counts, last, circled) if len(teams) <= MOST else None,
        "short": short,
        "rows": _rows(teams, flows),
        "brief": _brief(latest) if latest else [],
        "even": [key for key, one in stands.items() if one.key == "even"],
        "look": _look(stands) if flows else [],
        "stock": _stock(held, families),
    }


def _rows(teams: Sequence[Team], flows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    met: dict[str, list[str]] = {one.key: [] for one in teams}
    for one in flows:
        for here, there in ((one["from"], one["to"]), (one["to"], one["from"])):
            if there not in met[here]:
                met[here].append(there)
    return [{"key": one.key, "with": met[one.key]} for one in sorted(teams, key=lambda one: plain(one.name))]


def _brief(deal: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What each side gives, in few words: two things at most, the others are counted."""
    given = [one for one in deal["flows"] if one["lines"] or one["money"]]
    most = max(20, _BRIEF // max(1, sum(min(2, len(one["lines"])) for one in given)))
    return [
        {
            "from": one["from"],
            "lines": [line | {"said": brief(line["said"], most)} for line in one["lines"][:2]],
            "more": max(0, len(one["lines"]) - 2),
            "money": one["money"],
        }
        for one in given
    ]


def _look(stands: Mapping[str, Balance]) -> list[str]:
    """Who only gave or only received, then who is far from even, then who has exchanged nothing yet."""
    alone = [key for key, one in stands.items() if one.key in ("unrewarded", "indebted")]
    pairs = {key: sorted((one.given, one.received)) for key, one in stands.items()}
    far = [key for key, (less, more) in pairs.items() if less and more >= 2 * less and more - less > 1]
    return [*alone, *far, *(key for key, one in stands.items() if one.key == "nothing")]


def _stock(held: Game, families: Mapping[str, str]) -> list[dict[str, Any]]:
    """Offers and needs of each family in the catalogue's order, then those of none."""
    counts = Counter((str(one.content.get("family", "")), str(one.content["is"])) for one in held.goods() if one.status == "shown")
    found = [
        {"key": key, "name": name, "offers": counts[key, "offer"], "needs": counts[key, "need"]}
        for key, name in {**families, "": ""}.items()
    ]
    return [one for one in found if one["offers"] or one["needs"]]
