"""Owns what the restitution says of all that was not exchanged, left over, declined or left, and of what came out of the debrief."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from facilitate.activities.exchange.catalogue import families
from facilitate.activities.exchange.game import CANNOT, FIRST, OBSTACLE, SURPRISE, WHOM, Deal, Game
from facilitate.activities.exchange.matches import circles, needs_met
from facilitate.activities.exchange.rounds import ROUNDS, on
from facilitate.activities.exchange.telling import TAKEN_OFF, Telling
from facilitate.core.activity import Contribution, Policy, Sources, told
from facilitate.core.agenda import Activity
from facilitate.core.tree import Card, Listing, Node, Paragraph, Section, Table
from facilitate.core.words import N_, Say

_TALL = 400  # signs


def round_name(settings: Mapping[str, Any], key: str, say: Say) -> str:
    """'Negotiation 2'."""
    one = on(settings, key)
    return f"{say(ROUNDS[one.kind])} {one.number}" if one.of > 1 else say(ROUNDS[one.kind])


def _cells(goods: Iterable[str]) -> Iterator[Sequence[str]]:
    """As many at once as a row of a table holds: none is taller than a page."""
    some: list[str] = []
    for one in goods:
        if sum(map(len, some)) > _TALL:
            yield some
            some = []
        some.append(one)
    if some:
        yield some


class Afterwards(Telling):
    """What remains of one game besides its agreements."""

    def __init__(self, activity: Activity, held: Game, sources: Sources, policy: Policy) -> None:
        super().__init__(activity.settings, held, sources, policy)
        self.id = activity.id
        self.taken = held.taken()

    def nodes(self) -> Iterator[Node]:
        """Offers and needs left over, what was not agreed, the events, the circles found, the debrief, what could start."""
        yield from self._untaken()
        yield from self._ended()
        yield from self._events()
        yield from self._circles()
        yield from self._debrief()
        yield from self._starts()

    def _untaken(self) -> Iterator[Node]:
        """Offers nobody took beside needs nobody met, family by family: what could still meet stands together."""
        say, held, met = self.say, self.held, needs_met(self.held)
        goods = [one for one in held.goods() if one.status == "shown"]
        left = {one.id: self._left(one) if one.content["is"] == "offer" else self._lacking(one, met) for one in goods}
        rows: list[tuple[str, ...]] = []
        for family in (*(one.key for one in families(self.settings)), ""):
            mine = [one for one in goods if self._family(one) == family and left[one.id] is not None]
            sides = [[self._owned(one, left[one.id] or 0) for one in mine if one.content["is"] == side] for side in ("offer", "need")]
            named = self.families.get(family, say(N_("No family")))
            rows += [
                (named, "\n".join(some) or "–", "\n".join(others) or "–") for some, others in zip_longest(*map(_cells, sides), fillvalue=())
            ]
        if not goods:
            return
        children: tuple[Node, ...] = (Paragraph(say(N_("Every offer was taken and every need was met."))),)
        if rows:
            why = say(N_("Often the most useful page: what could still find a taker, and what no territory has."))
            head = (say(N_("Family")), say(N_("Offered")), say(N_("Needed")))
            children = (Paragraph(why), Table("", head, tuple(rows), said=(1, 2)))
        yield Section(say(N_("Offers nobody took, needs nobody met")), f"{self.id}-left-over", children)

    def _left(self, offer: Contribution) -> int | None:
        """How much of an offer is left, 0 where it is not counted; None where nothing is."""
        quantity = int(offer.content.get("quantity", 0))
        if offer.id not in self.taken:
            return quantity
        return (quantity - self.taken[offer.id] or None) if quantity else None

    def _lacking(self, need: Contribution, met: Collection[str]) -> int | None:
        """How much of a need nothing meets, 0 where it is not counted; None where something does."""
        return None if need.id in met else int(need.content.get("quantity", 0))

    def _owned(self, one: Contribution, quantity: int) -> str:
        return f"{self.good(one, quantity)} ({self.name(str(one.content['team']))})"

    def _family(self, one: Contribution) -> str:
        key = str(one.content.get("family", ""))
        return key if key in self.families else ""

    def _ended(self) -> Iterator[Node]:
        """What was declined, left or never answered: only the goods and the reason."""
        say = self.say
        for title, anchor, status, head in (
            (N_("What was declined, and why"), "declined", "declined", N_("What was proposed")),
            (N_("Agreements left before the closing, and why"), "left", "left", N_("What had been agreed")),
        ):
            rows = tuple((self._swap(deal), self._because(deal)) for deal in self.ended(status))
            if rows:
                note = Paragraph(say(N_("Without the names of the territories: goods and reasons alone.")), "note")
                yield Section(say(title), f"{self.id}-{anchor}", (note, Table("", (say(head), say(N_("Why"))), rows, said=(0, 1))))
        if open := [self._swap(deal) for deal in self.ended("open")]:
            yield Section(say(N_("Proposals without an answer")), f"{self.id}-open", (Listing(tuple(open)),))

    def _swap(self, deal: Deal) -> str:
        """What would have been exchanged for what, without whose it is; the money too."""
        if not self.readable(deal):
            return self.say(TAKEN_OFF)
        flows = self.held.flows(deal)
        sides = [
            ", ".join([*dict.fromkeys(map(self.unnamed, flow.lines)), *([self.money(flow.money)] if flow.money else [])]) for flow in flows
        ]
        if len(sides) > 2:
            return self.say(N_("In a circle: %(goods)s"), goods=" → ".join(sides))
        given = [side for side in sides if side]
        if len(given) == 1:
            return self.say(N_("%(goods)s, for nothing in return"), goods=given[0])
        return self.say(N_("%(goods)s, for: %(others)s"), goods=given[0], others=given[1]) if given else self.say(TAKEN_OFF)

    def _because(self, deal: Deal) -> str:
        why = self.why(deal) or self.say(N_("no reason told"))
        back = deal.status == "declined" and self.taken_back(deal)
        return self.say(N_("%(why)s (taken back by whoever proposed it)"), why=why) if back else why

    # Events, circles, debrief

    def _events(self) -> Iterator[Node]:
        say = self.say
        rows = tuple(
            (say(one.title), say(one.text) if one.text else "", round_name(self.settings, one.round, self.say)) for one in self.held.events
        )
        if rows:
            head = (say(N_("Event")), say(N_("What it changed")), say(N_("When")))
            yield Section(say(N_("The events")), f"{self.id}-events", (Table("", head, rows),))

    def _circles(self) -> Iterator[Node]:
        found = circles(self.held) if self.settings["circles"] else []
        lines = []
        for one in found:
            nexts = (*one.teams[1:], one.teams[0])
            steps = [
                {"giver": self.name(giver), "receiver": self.name(receiver), "goods": self.good(offer)}
                for giver, receiver, offer in zip(one.teams, nexts, one.offers, strict=True)
            ]
            lines.append(" ".join(self.say(N_("%(giver)s gives %(receiver)s: %(goods)s."), **step) for step in steps))
        if lines:
            note = Paragraph(self.say(N_("Each would give the next what it needs, where no two could simply swap.")), "note")
            yield Section(self.say(N_("Circles found, and not signed")), f"{self.id}-circles", (note, Listing(tuple(lines))))

    def _debrief(self) -> Iterator[Node]:
        cards, parts = self._written("debrief"), list[Node]()
        for field in (SURPRISE, CANNOT):
            ones = [one for one in cards if one.content.get(field.key)]
            if ones:
                listing = Listing(tuple(str(one.content[field.key]) for one in ones), beside=tuple(map(self._signature, ones)))
                parts.append(Section(self.say(field.label), f"{self.id}-{field.key}", (listing,)))
        if parts:
            yield Section(self.say(N_("What the game taught us")), f"{self.id}-debrief", tuple(parts))

    def _starts(self) -> Iterator[Node]:
        baskets, parts = self.held.baskets(), list[Node]()
        for one in self._written("start"):
            content, basket = one.content, baskets.get(str(one.content.get("basket", "")))
            fields = [(self.say(N_("From the basket")), self.title(basket[0].parties))] if basket else []
            fields += [(self.say(field.label), str(content[field.key])) for field in (WHOM, FIRST, OBSTACLE) if content.get(field.key)]
            parts.append(Card(str(content["what"]), tuple(fields), self.policy.signature(one), self.policy.number(one)))
        if parts:
            yield Section(self.say(N_("What could really start")), f"{self.id}-starts", tuple(parts))

    def _written(self, what: str) -> list[Contribution]:
        return [one for one in told(self.held.contributions) if one.content.get("is") == what]

    def _signature(self, one: Contribution) -> str:
        number = self.policy.number(one)
        return ", ".join(filter(None, (self.policy.signature(one), self.say(N_("no. %(number)s"), number=number) if number else "")))
