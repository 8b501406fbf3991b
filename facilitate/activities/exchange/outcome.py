"""Owns what the restitution says of the game: its rules, who gave what to whom, each basket, where each stands; then all the rest."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from facilitate.activities.exchange.afterwards import Afterwards
from facilitate.activities.exchange.balance import Balance, balances, reciprocity
from facilitate.activities.exchange.game import CONDITIONS, WEIGHTS, Deal, Flow, Game
from facilitate.activities.exchange.telling import TAKEN_OFF, Telling
from facilitate.activities.exchange.told import GAME, RULES
from facilitate.core.activity import Policy, Sources
from facilitate.core.agenda import Activity
from facilitate.core.tree import Chart, Facts, Listing, Node, Paragraph, Section, Table
from facilitate.core.words import N_

_NAMED = 6
"""Territories whose short names head the columns of the matrix; beyond, their numbers do."""
_SHORT = 12


def outcome(activity: Activity, held: Game, sources: Sources, policy: Policy) -> tuple[Node, ...]:
    """That it was a game; then its rules, who played, the matrix, the baskets, the balances, what found no taker, what was not agreed, the
    events, the circles and the debrief."""
    if not held.seats and not held.contributions:
        return (Paragraph(policy.say(N_("Nobody played: there is nothing to tell."))),)
    return (*_Outcome(activity, held, sources, policy).nodes(), *Afterwards(activity, held, sources, policy).nodes())


class _Outcome(Telling):
    def __init__(self, activity: Activity, held: Game, sources: Sources, policy: Policy) -> None:
        super().__init__(activity.settings, held, sources, policy)
        self.id = activity.id
        self.bound = held.bound()
        self.balances = balances(held)

    def nodes(self) -> Iterator[Node]:
        say = self.say
        yield Paragraph(say(GAME), "lede")
        if self.settings["question"]:
            yield Paragraph(self.settings["question"])
        yield Section(say(N_("The rules, in five lines")), f"{self.id}-rules", (Listing(tuple(map(say, RULES)), ordered=True),))
        yield Section(say(N_("The territories")), f"{self.id}-territories", tuple(self._territories()))
        if self.bound:
            yield Section(say(N_("Who gives what to whom")), f"{self.id}-matrix", (self._matrix(), self._pairs()))
            yield Section(say(N_("The baskets")), f"{self.id}-baskets", tuple(self._baskets()))
            yield Section(say(N_("Where each stands")), f"{self.id}-balances", tuple(self._balances()))
        else:
            yield Paragraph(say(N_("No exchange was agreed.")))

    # Who, and what to whom

    def _territories(self) -> Iterator[Node]:
        held, say = self.held, self.say
        rows = []
        for key in self.keys:
            goods = [sum(1 for one in held.goods(side, key) if one.status == "shown") for side in ("offer", "need")]
            counts = map(self.policy.figure, (len(held.members(key)), *goods))
            rows.append((self.name(key), say(self.teams[key].about) if self.teams[key].about else "", *counts))
        head = (N_("Territory"), N_("Who lives there"), N_("People"), N_("Offered"), N_("Needed"))
        told = any(row[1] for row in rows)
        # A column that says nothing is left out.
        kept = [place for place in range(len(head)) if told or place != 1]
        table = [tuple(row[place] for place in kept) for row in rows]
        numeric = tuple(kept.index(place) for place in (2, 3, 4))
        yield Table(say(N_("Who played")), tuple(say(head[place]) for place in kept), tuple(table), numeric=numeric)
        if empty := [key for key in self.teams if key not in self.keys]:
            yield Paragraph(say(N_("Nobody played for: %(names)s."), names=self.names(empty)), "note")

    def _flows(self) -> dict[tuple[str, str], list[tuple[Deal, Flow]]]:
        """What was agreed, by who gives and who receives."""
        found: dict[tuple[str, str], list[tuple[Deal, Flow]]] = {}
        for deal in self.bound:
            for flow in self.held.flows(deal):
                if flow.lines or flow.money:
                    found.setdefault((flow.giver, flow.receiver), []).append((deal, flow))
        return found

    def _matrix(self) -> Table:
        """How many things each gives each; the sums are what each gave and received."""
        say, figure, flows = self.say, self.policy.figure, self._flows()
        names = [self.name(key) for key in self.keys]
        short = len(names) <= _NAMED and all(len(name) <= _SHORT for name in names)
        heads = names if short else [str(place) for place in range(1, len(names) + 1)]
        labels = names if short else [f"{place}. {name}" for place, name in enumerate(names, 1)]

        def cell(one: str, other: str) -> str:
            things = sum(flow.count for _, flow in flows.get((one, other), ()))
            money = any(flow.money for _, flow in flows.get((one, other), ()))
            return " + ".join([figure(things)] * bool(things) + ["€"] * money) or ("" if one == other else "–")

        rows = [
            (label, *(cell(key, other) for other in self.keys), figure(self.balances[key].given))
            for label, key in zip(labels, self.keys, strict=True)
        ]
        received = [self.balances[key].received for key in self.keys]
        rows.append((say(N_("Received")), *map(figure, received), figure(sum(received))))
        head = (say(N_("Gives ↓ to →")), *heads, say(N_("Given")))
        return Table(say(N_("How many things each territory gives each other one")), head, tuple(rows), tuple(range(1, len(head))))

    def _pairs(self) -> Listing:
        """The matrix in words: a line for each pair."""
        flows, lines = self._flows(), []
        for one, other in combinations(self.keys, 2):
            said = [self._gives(pair, flows[pair]) for pair in ((one, other), (other, one)) if pair in flows]
            if said:
                lines.append("\n".join(said))
        return Listing(tuple(lines))

    def _gives(self, pair: tuple[str, str], flows: Iterable[tuple[Deal, Flow]]) -> str:
        goods = [good for deal, flow in flows for good in (self.given(flow) if self.readable(deal) else [self.say(TAKEN_OFF)])]
        named = {"giver": self.name(pair[0]), "receiver": self.name(pair[1]), "goods": " · ".join(goods)}
        return self.say(N_("%(giver)s gives %(receiver)s: %(goods)s."), **named)

    # Baskets

    def _baskets(self) -> Iterator[Node]:
        for key, deals in self.held.baskets().items():
            children: list[Node] = []
            for deal in deals[:-1]:
                children += [*self._exchange(deal), *([Facts(facts)] if (facts := self._facts(deal)) else [])]
            # Its last exchange's facts and its own are one list.
            children += self._exchange(deals[-1])
            index = reciprocity(balances(self.held, deals).values())
            even = self.say(N_("%(index)s (1: even, 0: one way)"), index=self.policy.figure(round(index, 2)))
            ends = ((self.say(N_("Reciprocity")), even), (self.say(N_("Signatures")), self._signed(deals)))
            yield Section(self.title(deals[0].parties), f"{self.id}-{key}", (*children, Facts((*self._facts(deals[-1]), *ends))))

    def _exchange(self, deal: Deal) -> list[Node]:
        say, flows = self.say, self.held.flows(deal)
        if not self.readable(deal):
            return [Paragraph(say(N_("An exchange whose words were taken off the wall.")), "note")]
        rows = tuple((self._from(flow), "\n".join(self.given(flow)) or say(N_("nothing")), self._weighs(deal, flow)) for flow in flows)
        head = (say(N_("Who gives to whom")), say(N_("What")), say(N_("Effort, usefulness")))
        return [Table("", head, rows, said=(1,))]

    def _facts(self, deal: Deal) -> tuple[tuple[str, str], ...]:
        """Its conditions, why it is a gift, or uneven, and when it was agreed."""
        flows = self.held.flows(deal)
        gift = any(not flow.lines and not flow.money for flow in flows)
        uneven = len({flow.count for flow in flows}) > 1
        reason = N_("A gift, and why") if gift else N_("Uneven by choice, and why") if uneven else N_("Why so")
        pairs = ((CONDITIONS.label, "conditions"), (N_("Duration"), "duration"), (N_("To watch"), "watch"), (reason, "reason"))
        told = tuple((self.say(label), text) for label, field in pairs if (text := self.said(deal, field)))
        return (*told, (self.say(N_("Agreement")), self.policy.hour(deal.at)))

    def _from(self, flow: Flow) -> str:
        return self.say(N_("%(giver)s gives %(receiver)s"), giver=self.name(flow.giver), receiver=self.name(flow.receiver))

    def _weighs(self, deal: Deal, flow: Flow) -> str:
        weights = (deal.consents[flow.giver].effort, deal.consents[flow.receiver].use)
        given = flow.lines or flow.money
        # Two short lines: neither is broken where the column is narrow.
        told = (self.say(WEIGHTS[weight][side]).replace(" ", "\u00a0") for side, weight in enumerate(weights) if weight)
        return "\n".join(told) if given else ""

    def _signed(self, deals: tuple[Deal, ...]) -> str:
        """Who signed the basket as it is, at what hour, and who did not."""
        say, signed = self.say, self.held.signers(deals)
        if not signed:
            return say(N_("not signed"))
        hours = {one: self.policy.hour(at) for one, at in signed.items()}
        told = [say(N_("%(name)s at %(hour)s"), name=self.name(one), hour=hour) for one, hour in hours.items()]
        missing = [one for one in deals[0].parties if one not in signed]
        return ", ".join([*told, *([say(N_("not signed by %(names)s"), names=self.names(missing))] if missing else [])])

    # Balances

    def _balances(self) -> Iterator[Node]:
        say, figure, found = self.say, self.policy.figure, self.balances
        yield Paragraph(" ".join(self._stands()))
        most = float(max(max(found[key].given, found[key].received) for key in self.keys))
        for caption, unit, side in (
            (N_("How many things each territory gave"), N_("Given"), "given"),
            (N_("How many things each territory received"), N_("Received"), "received"),
        ):
            counts = [(self.name(key), getattr(found[key], side)) for key in self.keys]
            rows = tuple((name, float(count), figure(count)) for name, count in counts)
            yield Chart(say(caption), say(N_("Territory")), say(unit), rows, most=most)
        yield from self._money()
        played = [key for key in self.keys if found[key].gave + found[key].got]
        indexes = tuple((self.name(key), found[key].index, figure(round(found[key].index, 2))) for key in played)
        caption = say(N_("Reciprocity of each territory: 1 is even, 0 is one way"))
        sentence = say(N_("Over the whole game: %(index)s."), index=figure(round(reciprocity(found.values()), 2)))
        yield Chart(caption, say(N_("Territory")), say(N_("Reciprocity")), indexes, sentence, most=1)
        limits = N_(
            "The index compares what giving cost and what receiving brought, as each team said it: small, medium or large. It does not say "
            "that an exchange is fair, nor what it would be worth outside the game."
        )
        yield Paragraph(say(limits), "note")

    def _stands(self) -> Iterator[str]:
        """Every territory in one of four sentences."""
        groups: Mapping[str, tuple[str, ...]] = {
            N_("As much given as received: %(names)s."): ("even",),
            N_("More given than received: %(names)s."): ("owed", "unrewarded"),
            N_("More received than given: %(names)s."): ("owing", "indebted"),
            N_("Nothing exchanged: %(names)s."): ("nothing",),
        }
        for text, keys in groups.items():
            if names := [key for key in self.keys if self._key(self.balances[key]) in keys]:
                yield self.say(text, names=self.names(names))

    def _key(self, balance: Balance) -> str:
        """The sentence of a balance; '' for one of money alone, of which no thing tells."""
        return "" if balance.key == "nothing" and balance.gave + balance.got else balance.key

    def _money(self) -> Iterator[Node]:
        flows = [flow for deal in self.bound for flow in self.held.flows(deal) if flow.money]
        if not flows:
            return
        rows = []
        for key in self.keys:
            sums = [sum(flow.money for flow in flows if getattr(flow, side) == key) for side in ("giver", "receiver")]
            rows += [(self.name(key), *(self.money(sum) if sum else "–" for sum in sums))] if any(sums) else []
        head = (self.say(N_("Territory")), self.say(N_("Given")), self.say(N_("Received")))
        yield Table(self.say(N_("Money given and received")), head, tuple(rows), numeric=(1, 2))
