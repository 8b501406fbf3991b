"""Owns the game as rows for other programs: territories, goods, transactions, baskets, events and debrief.

What was not agreed stands here as in the report: its goods and its reason, and nothing that says whose it was.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from facilitate.activities.exchange.afterwards import round_name
from facilitate.activities.exchange.balance import balances, reciprocity
from facilitate.activities.exchange.game import Deal, Flow, Game, Line, basket_of
from facilitate.activities.exchange.matches import needs_met
from facilitate.activities.exchange.telling import Telling
from facilitate.core.activity import Policy, Rows, Sources, told
from facilitate.core.words import N_

Row = tuple[str | int | float | bool, ...]

_TERRITORY, _BASKET = N_("Name of the territory"), N_("Key of the basket, the same in every table")

COLUMNS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "territories": (
        ("territory", _TERRITORY),
        ("about", N_("Who lives there")),
        ("players", N_("How many people played for it")),
        ("offers", N_("How many offers stand in its inventory")),
        ("needs", N_("How many needs stand in its inventory")),
        ("given", N_("How many things it gave in agreed exchanges")),
        ("received", N_("How many things it received in agreed exchanges")),
        ("gave", N_("What it gave weighs: for each exchange, the mean of effort and usefulness, 1 to 3")),
        ("got", N_("What it received weighs, reckoned in the same way")),
        ("reciprocity", N_("1 − |gave − got| / (gave + got): 1 is even, 0 is one way; 0 too where nothing was exchanged")),
    ),
    "goods": (
        ("good", N_("Key of the good")),
        ("side", N_("offer or need")),
        ("territory", _TERRITORY),
        ("family", N_("Family of the good, empty where none was picked")),
        ("picked", N_("What was picked in the catalogue")),
        ("text", N_("What was written freely")),
        ("quantity", N_("How much, 0 where it is not counted")),
        ("unit", N_("Unit of the quantity")),
        ("met", N_("Whether an agreed exchange takes this offer, or meets this need")),
        ("left", N_("How much of the offer is left, 0 where it is not counted")),
    ),
    "transactions": (
        ("exchange", N_("Key of the exchange: one row for each thing it gives, one for a sum of money")),
        ("state", N_("agreed, open (without an answer), declined, taken back (by whoever proposed it) or left (before the closing)")),
        ("circle", N_("Whether more than two territories hold it")),
        ("way", N_("1 for what the first gives, 2 for what comes in return or goes on, and so forth")),
        ("giver", N_("Who gives; empty in what was not agreed")),
        ("receiver", N_("Who receives; empty in what was not agreed")),
        ("family", N_("Family of the good, empty where none was picked")),
        ("thing", N_("What is given, in words")),
        ("good", N_("Key of the offer it takes; empty where it was freely written, and in what was not agreed")),
        ("quantity", N_("How much, 0 where it is not counted")),
        ("unit", N_("Unit of the quantity")),
        ("euros", N_("Sum of money, 0 for a thing")),
        ("effort", N_("Effort of giving, as the giver says: 1 small, 2 medium, 3 large, 0 not said")),
        ("usefulness", N_("Usefulness of receiving, as the receiver says: 1 small, 2 medium, 3 large, 0 not said")),
        ("conditions", N_("Conditions of the exchange; as the next three, empty in what was not agreed")),
        ("duration", N_("For how long")),
        ("watch", N_("What to watch")),
        ("reason", N_("Why it is a gift, or uneven")),
        ("why", N_("Why it was declined or left, empty where no reason was told")),
        ("agreed", N_("When it was agreed, UTC; empty in what was not")),
        ("basket", _BASKET),
        ("signed", N_("Whether all its territories signed the basket it stands in")),
    ),
    "baskets": (
        ("basket", _BASKET),
        ("territories", N_("Names of its territories")),
        ("circle", N_("Whether more than two territories hold it")),
        ("exchanges", N_("How many exchanges it holds")),
        ("things", N_("How many things it gives, all ways together")),
        ("reciprocity", N_("1 is even, 0 is one way")),
        ("signed", N_("Whether all its territories signed it")),
        ("signers", N_("Names of the territories that signed it")),
        ("signing", N_("When the last of them signed, UTC")),
    ),
    "events": (
        ("event", N_("Title of the event card")),
        ("text", N_("What it changed")),
        ("round", N_("The round in which it was played")),
    ),
    "debrief": (
        ("about", N_("surprise, cannot (be exchanged) or start (what could really start)")),
        ("text", N_("What was written")),
        ("whom", N_("With whom it could start")),
        ("first", N_("The first step")),
        ("obstacle", N_("What stands in the way")),
        ("basket", _BASKET),
        ("by", N_("Who wrote it, named only where they agreed")),
    ),
}


def tables(settings: Mapping[str, Any], held: Game, sources: Sources, policy: Policy) -> dict[str, Rows]:
    """All tables of one game, empty ones too."""
    found = _Tables(settings, held, sources, policy)
    return {name: Rows(columns, tuple(getattr(found, name)())) for name, columns in COLUMNS.items()}


class _Tables(Telling):
    def territories(self) -> Iterator[Row]:
        held, found = self.held, balances(self.held)
        for key in self.keys:
            sides = [sum(1 for one in held.goods(side, key) if one.status == "shown") for side in ("offer", "need")]
            one, about = found[key], self.teams[key].about
            index = round(one.index, 4)
            told = self.say(about) if about else ""
            yield self.name(key), told, len(held.members(key)), *sides, one.given, one.received, one.gave, one.got, index

    def goods(self) -> Iterator[Row]:
        taken, met = self.held.taken(), needs_met(self.held)
        for one in self.held.goods():
            if one.status != "shown":
                continue
            content, quantity = one.content, int(one.content.get("quantity", 0))
            picked = self.say(content["good"]) if content.get("good") else ""
            family = self.families.get(str(content.get("family", "")), "")
            names = (one.id, content["is"], self.name(str(content["team"])), family, picked, str(content.get("text", "")))
            left = quantity - taken.get(one.id, 0) if content["is"] == "offer" else 0
            yield *names, quantity, str(content.get("unit", "")), one.id in taken or one.id in met, left

    def transactions(self) -> Iterator[Row]:
        baskets = self.held.baskets().items()
        whole = {key for key, deals in baskets if len(self.held.signers(deals)) == len(deals[0].parties)}
        for deal in (*self.held.bound(), *self.ended("open", "declined", "left")):
            if self.readable(deal):
                for way, flow in enumerate(self.held.flows(deal), 1):
                    yield from self._given(deal, way, flow, basket_of(deal.parties) in whole)

    def _given(self, deal: Deal, way: int, flow: Flow, signed: bool) -> Iterator[Row]:
        agreed = deal.status == "bound"
        state = "agreed" if agreed else "taken back" if deal.status == "declined" and self.taken_back(deal) else deal.status
        head = (deal.id, state, len(deal.parties) > 2, way, *((self.name(flow.giver), self.name(flow.receiver)) if agreed else ("", "")))
        ends: Row = (0, 0, "", "", "", "", self.why(deal), "", "", False)
        if agreed:
            weights = (deal.consents[flow.giver].effort, deal.consents[flow.receiver].use)
            words = tuple(self.said(deal, field) for field in ("conditions", "duration", "watch", "reason"))
            ends = (*weights, *words, "", deal.at, basket_of(deal.parties), signed)
        for line in flow.lines:
            yield *head, *self._thing(line, agreed), 0, *ends
        if flow.money:
            yield *head, "", "", "", 0, "", flow.money, *ends

    def _thing(self, line: Line, agreed: bool) -> Row:
        offer = self.offer(line)
        family = self.families.get(str(offer.content.get("family", "")), "") if offer else ""
        if not agreed:
            return family, self.unnamed(line), "", 0, ""
        unit = str(offer.content.get("unit", "")) if offer and line.quantity else ""
        return family, self.line(line, counted=False), line.good, line.quantity, unit

    def baskets(self) -> Iterator[Row]:
        for key, deals in self.held.baskets().items():
            parties, found = deals[0].parties, balances(self.held, deals).values()
            signers = self.held.signers(deals)
            last = max(signers.values(), default="")
            things, index = sum(one.given for one in found), round(reciprocity(found), 4)
            names = (key, self.names(parties), len(parties) > 2, len(deals), things, index)
            yield *names, len(signers) == len(parties), self.names(signers), last

    def events(self) -> Iterator[Row]:
        for one in self.held.events:
            yield self.say(one.title), self.say(one.text) if one.text else "", round_name(self.settings, one.round, self.say)

    def debrief(self) -> Iterator[Row]:
        for one in told(self.held.contributions):
            content, by = one.content, self.policy.signature(one)
            if content.get("is") == "debrief":
                for about in ("surprise", "cannot"):
                    if content.get(about):
                        yield about, str(content[about]), "", "", "", "", by
            elif content.get("is") == "start":
                more = (str(content.get(field, "")) for field in ("whom", "first", "obstacle", "basket"))
                yield "start", str(content["what"]), *more, by
