"""Owns how a report says the game: goods and exchanges in words, and of what was not agreed nothing that says whose it was."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from facilitate.activities.exchange.catalogue import families, territories
from facilitate.activities.exchange.game import Deal, Flow, Game, Line
from facilitate.activities.exchange.teams import teams_of
from facilitate.core.activity import Contribution, Policy, Sources, Teller
from facilitate.core.contribution import masked
from facilitate.core.words import N_

TAKEN_OFF = N_("words taken off the wall")


def teller(held: Game, one: Contribution) -> Teller | None:
    """Goods and agreements are a team's words. What was not agreed, and why, is told without anything that says whose it was; what each
    wrote in the debrief, as they agreed."""
    what, team = one.content.get("is"), held.teams.get(str(one.content.get("team", "")))
    if what not in ("offer", "need", "proposal", "reason"):
        return None
    deal = held.deal_of(one.id)
    agreed = deal is not None and deal.status == "bound" and deal.version == one.id
    if what == "reason" or (what == "proposal" and not agreed) or team is None:
        return Teller(N_("a team"), unknown=True, names=_names(held))
    return Teller(team.name)


def _names(held: Game) -> tuple[str, ...]:
    """What names a territory: its name, and each of its longer words alone, for 'the Forez' is the Pays du Forez."""
    return tuple(name for team in held.teams.values() for name in (team.name, *re.findall(r"\w{4,}", team.name)))


class Telling:
    """One game in the words of one report."""

    def __init__(self, settings: Mapping[str, Any], held: Game, sources: Sources, policy: Policy) -> None:
        self.settings, self.held, self.policy, self.say = settings, held, policy, policy.say
        self.teams = teams_of(settings, held, sources)
        listed = (one.key for one in territories(settings) if one.key in held.teams)
        self.keys = tuple(dict.fromkeys((*listed, *held.order)))
        """The territories that play, in the order of the sheet."""
        self.families = {one.key: self.say(one.name) for one in families(settings)}
        names = _names(held)
        self._masks = {*names, *map(self.say, names)}

    def name(self, key: str) -> str:
        """A territory's name."""
        return self.say(self.teams[key].name) if key in self.teams else key

    def names(self, keys: Iterable[str]) -> str:
        """Several, in a row."""
        return ", ".join(map(self.name, keys))

    def title(self, parties: tuple[str, ...]) -> str:
        """A basket's name."""
        if len(parties) > 2:
            return " → ".join(map(self.name, (*parties, parties[0])))
        return self.say(N_("%(one)s and %(other)s"), one=self.name(parties[0]), other=self.name(parties[1]))

    # Goods

    def good(self, one: Contribution, quantity: int = 0) -> str:
        """A good in words: what was picked, what was added, how much of it."""
        words = [self.say(one.content["good"]) if one.content.get("good") else "", str(one.content.get("text", ""))]
        return ", ".join(filter(None, words)) + self.amount(one, quantity)

    def amount(self, one: Contribution, quantity: int) -> str:
        """', 200 litres' or ' × 20', '' where it is not counted."""
        if not quantity:
            return ""
        unit, figure = one.content.get("unit", ""), self.policy.figure(quantity)
        return f", {figure} {unit}" if unit else f"\u00a0×\u00a0{figure}"

    def line(self, line: Line, *, counted: bool = True) -> str:
        """One thing given, with how much of it."""
        offer = self.offer(line)
        if offer is None:
            return line.text or self.say(TAKEN_OFF)
        amount = self.amount(offer, line.quantity) if counted else ""
        return ", ".join(filter(None, (self.good(offer), line.text))) + amount

    def offer(self, line: Line) -> Contribution | None:
        """The offer it takes, if its words may be told."""
        found = self.held.contributions.get(line.good)
        return found if found and found.status == "shown" else None

    def money(self, euros: int) -> str:
        """A sum in euros."""
        return self.say(N_("€%(sum)s"), sum=self.policy.figure(euros))

    def given(self, flow: Flow) -> list[str]:
        """All that a flow gives, in words."""
        return [*map(self.line, flow.lines), *([self.money(flow.money)] if flow.money else [])]

    # Exchanges

    def readable(self, deal: Deal) -> bool:
        """Whether the words on the table may be told."""
        return self.held.contributions[deal.version].status == "shown"

    def said(self, deal: Deal, field: str) -> str:
        """What an exchange says in one of its fields."""
        return str(self.held.contributions[deal.version].content.get(field, "")) if self.readable(deal) else ""

    def ended(self, *statuses: str) -> list[Deal]:
        """The exchanges that were not agreed, in an order that no hour explains."""
        found = (one for one in self.held.deals.values() if one.status in statuses)
        return sorted(found, key=lambda one: hashlib.sha256(one.id.encode()).digest())

    def taken_back(self, deal: Deal) -> bool:
        """Whether whoever proposed it last took it back."""
        return deal.by == self.held.contributions[deal.version].content.get("team")

    def unnamed(self, line: Line) -> str:
        """A thing that was not exchanged in the end: what it is, without whose it is."""
        offer = self.offer(line)
        words = str(offer.content.get("good") or offer.content.get("text")) if offer else line.text
        return str(masked(self.say(words), self._masks)) if words else self.say(TAKEN_OFF)

    def why(self, deal: Deal) -> str:
        """Why it ended, without a territory's name; '' where it was not said, or may not be told."""
        reason = self.held.contributions.get(deal.reason)
        return str(masked(str(reason.content.get("text", "")), self._masks)) if reason and reason.status == "shown" else ""
