"""Owns where each territory stands: what it gave and received, the sentence that says so, and how even an exchange is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from facilitate.activities.exchange.game import Deal, Game
from facilitate.core.words import N_

SENTENCES: Mapping[str, str] = {
    "nothing": N_("We have given nothing and received nothing yet: whom do we speak to first?"),
    "unrewarded": N_("We have given %(given)s and received nothing: who has what we lack?"),
    "indebted": N_("We have received %(received)s and given nothing: what can we offer?"),
    "even": N_("We have given %(given)s and received as much: it is even."),
    "owed": N_("We have given %(given)s and received %(received)s: something is owed to us."),
    "owing": N_("We have given %(given)s and received %(received)s: it is our turn to give."),
}
"""What a team reads of itself, in words."""

TOLD: Mapping[str, str] = {
    "nothing": N_("%(name)s has exchanged nothing yet: who begins?"),
    "unrewarded": N_("%(name)s has given %(given)s and received nothing: who proposes something?"),
    "indebted": N_("%(name)s has received %(received)s and given nothing: what can it offer?"),
    "even": N_("%(name)s has given %(given)s and received as much."),
    "owed": N_("%(name)s has given %(given)s and received %(received)s."),
    "owing": N_("%(name)s has given %(given)s and received %(received)s."),
}
"""The same, as the room reads it."""

TIMES = (
    N_("nothing"),
    N_("once"),
    N_("twice"),
    N_("three times"),
    N_("four times"),
    N_("five times"),
    N_("six times"),
    N_("seven times"),
    N_("eight times"),
    N_("nine times"),
    N_("ten times"),
)
_MANY = N_("many times")


@dataclass(frozen=True, slots=True)
class Balance:
    """What a team gave and received: how many things, and what they weigh."""

    given: int = 0
    received: int = 0
    gave: float = 0
    got: float = 0

    @property
    def key(self) -> str:
        """The sentence that says it."""
        if not self.given and not self.received:
            return "nothing"
        if not self.received:
            return "unrewarded"
        if not self.given:
            return "indebted"
        return "even" if self.given == self.received else "owed" if self.given > self.received else "owing"

    @property
    def index(self) -> float:
        """The reciprocity of this team, see ``reciprocity``."""
        return reciprocity((self,))


def times(count: int) -> str:
    """How often, in words."""
    return TIMES[count] if count < len(TIMES) else _MANY


def weight(deal: Deal, giver: str, receiver: str) -> float:
    """What a flow of an agreement weighs, 1 to 3: the mean of the effort its giver says and of the usefulness its receiver says.

    Our own measure: a thing is worth what it costs whoever gives it as much as what it brings whoever gets it; small, medium and large
    are 1, 2 and 3, as steps of one size, which is a convention. Money and how many things there are weigh nothing.
    """
    effort, use = deal.consents[giver].effort, deal.consents[receiver].use
    return (effort + use) / 2


def balances(held: Game, deals: Iterable[Deal] | None = None) -> dict[str, Balance]:
    """What each team gave and received in these agreements, in all of them by default."""
    found: dict[str, Balance] = dict.fromkeys(held.order, Balance())
    for deal in held.bound() if deals is None else deals:
        for flow in held.flows(deal):
            if not flow.lines and not flow.money:
                continue
            weighs = weight(deal, flow.giver, flow.receiver)
            one, other = found.get(flow.giver, Balance()), found.get(flow.receiver, Balance())
            found[flow.giver] = Balance(one.given + flow.count, one.received, one.gave + weighs, one.got)
            found[flow.receiver] = Balance(other.given, other.received + flow.count, other.gave, other.got + weighs)
    return found


def reciprocity(all: Iterable[Balance]) -> float:
    """How even these balances are: 1 where each team received what it gave, 0 where each only gave or only received.

    1 − Σ|gave − got| / Σ(gave + got): the normalised difference of what goes out and what comes in, over the teams; 0 where nothing was
    exchanged. Counting pairs only (Squartini et al., « Reciprocity of weighted networks », Scientific Reports 3, 2013) would call a
    perfect circle of three one-way: here it is even.
    """
    all = tuple(all)
    weighs = sum(one.gave + one.got for one in all)
    return 1 - sum(abs(one.gave - one.got) for one in all) / weighs if weighs else 0.0
