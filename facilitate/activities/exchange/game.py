"""Owns what the game adds up to: teams and who sits in them, goods, exchanges from proposal to agreement, the signatures of baskets."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from immutables import Map

from facilitate.core.activity import Contribution, Summary
from facilitate.core.contribution import Field, fold_contributions
from facilitate.core.entry import Entry
from facilitate.core.words import N_

TEXT = Field("text", N_("What exactly"), 140)
UNIT = Field("unit", N_("Unit"), 30)
CONDITIONS = Field("conditions", N_("Conditions"), 280)
DURATION = Field("duration", N_("For how long"), 80)
WATCH = Field("watch", N_("What to watch"), 280)
REASON = Field("reason", N_("Why you want it so"), 200)
WHY = Field("why", N_("Why"), 200)
SURPRISE = Field("surprise", N_("What surprised us"), 280)
CANNOT = Field("cannot", N_("What cannot be exchanged"), 280)
WHAT = Field("what", N_("What could really start"), 280, required=True)
WHOM = Field("whom", N_("With whom"), 140)
FIRST = Field("first", N_("The first step"), 200)
OBSTACLE = Field("obstacle", N_("What stands in the way"), 200)
FIELDS = (TEXT, UNIT, CONDITIONS, DURATION, WATCH, REASON, WHY, SURPRISE, CANNOT, WHAT, WHOM, FIRST, OBSTACLE)

WEIGHTS: Mapping[int, tuple[str, str]] = {
    1: (N_("small effort"), N_("small usefulness")),
    2: (N_("medium effort"), N_("medium usefulness")),
    3: (N_("large effort"), N_("large usefulness")),
}
"""What giving costs and what receiving is worth, as a team says it at the agreement."""

Status = Literal["open", "bound", "declined", "left"]


@dataclass(frozen=True, slots=True)
class Team:
    """A territory that plays. ``pen``: the participant who holds the pen, '' where nobody does."""

    key: str
    name: str
    about: str = ""
    pen: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing given: ``good`` the id of an offer, '' where it is freely written; ``text`` what it is, or says more precisely;
    ``quantity`` 0 where it is not counted."""

    good: str
    text: str
    quantity: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """What one team gives another in an exchange; ``money`` in euros."""

    giver: str
    receiver: str
    lines: tuple[Line, ...]
    money: int = 0

    @property
    def count(self) -> int:
        """How many things: money is not one."""
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class Consent:
    """A team agrees to one version, and says what giving costs it and what receiving is worth to it: 1 to 3, 0 where it gives or
    receives nothing."""

    version: str
    effort: int
    use: int


@dataclass(frozen=True, slots=True)
class Deal:
    """An exchange between ``parties``, from its first proposal on. ``versions``: contributions, the last one is on the table.
    ``consents`` by team. ``at``: when it bound. ``by`` and ``reason``: the team that declined or left, and the contribution
    that says why. ``changed``: the seq of the last thing that happened to it."""

    id: str
    parties: tuple[str, ...]
    versions: tuple[str, ...]
    status: Status = "open"
    consents: Map[str, Consent] = field(default_factory=Map)
    at: str = ""
    by: str = ""
    reason: str = ""
    changed: int = 0

    @property
    def version(self) -> str:
        return self.versions[-1]

    def agreed(self, team: str) -> bool:
        """Whether that team agrees to the version that is on the table."""
        given = self.consents.get(team)
        return given is not None and given.version == self.version


@dataclass(frozen=True, slots=True)
class Signature:
    """A team signs a basket for the ``versions`` that it then holds, at that hour."""

    versions: frozenset[str]
    at: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event card that the facilitator played, in the round of that key."""

    n: int
    round: str
    title: str
    text: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class Game(Summary):
    """``seats`` and ``roles`` by participant; ``signed``: the signatures of each basket, by its key, then by team; ``round``: the key of
    the one that is on, ``since`` when it began, both '' for the first; ``until``: its end where it was announced."""

    teams: Map[str, Team] = field(default_factory=Map)
    order: tuple[str, ...] = ()
    seats: Map[str, str] = field(default_factory=Map)
    roles: Map[str, str] = field(default_factory=Map)
    deals: Map[str, Deal] = field(default_factory=Map)
    signed: Map[str, Map[str, Signature]] = field(default_factory=Map)
    events: tuple[Event, ...] = ()
    round: str = ""
    since: str = ""
    until: str = ""
    listing: str = ""

    def members(self, team: str) -> list[str]:
        """Who sits in a team, in an order that is always the same."""
        return sorted(id for id, seat in self.seats.items() if seat == team)

    def goods(self, side: str = "", team: str = "") -> Iterator[Contribution]:
        """Offers or needs that still stand, in the order they came."""
        found = (one for one in self.contributions.values() if one.content.get("is") in ((side,) if side else ("offer", "need")))
        kept = (one for one in found if one.status not in ("withdrawn", "withheld", "hidden"))
        return iter(sorted((one for one in kept if not team or one.content["team"] == team), key=lambda one: one.n))

    def deal_of(self, version: str) -> Deal | None:
        """The exchange of which this is a version."""
        found = self.contributions.get(version)
        return self.deals.get(found.content.get("deal") or found.id) if found and found.content.get("is") == "proposal" else None

    def flows(self, deal: Deal) -> tuple[Flow, ...]:
        """What is given in the version on the table; nothing where its words are no longer kept."""
        return tuple(_flow(one) for one in self.contributions[deal.version].content.get("flows", ()))

    def bound(self) -> list[Deal]:
        """The agreements, in the order they bound."""
        return sorted((one for one in self.deals.values() if one.status == "bound"), key=lambda one: (one.changed, one.id))

    def taken(self) -> dict[str, int]:
        """How much of each offer the agreements take, 0 where it is not counted: the offers that someone took."""
        found: dict[str, int] = {}
        for deal in self.bound():
            for flow in self.flows(deal):
                for line in flow.lines:
                    if line.good:
                        found[line.good] = found.get(line.good, 0) + line.quantity
        return found

    def standing(self) -> set[str]:
        """The offers that stand in an exchange that is agreed or on the table: their words are those that were agreed to."""
        live = (one for one in self.deals.values() if one.status in ("open", "bound"))
        return {line.good for deal in live for flow in self.flows(deal) for line in flow.lines if line.good}

    def baskets(self) -> dict[str, tuple[Deal, ...]]:
        """The agreements of each pair or circle, by its key."""
        found: dict[str, list[Deal]] = {}
        for deal in self.bound():
            found.setdefault(basket_of(deal.parties), []).append(deal)
        return {key: tuple(deals) for key, deals in found.items()}

    def signers(self, deals: Sequence[Deal]) -> dict[str, str]:
        """Who signed the basket of these agreements as they now make it, and when: {team: hour}."""
        parties, now = deals[0].parties, versions(deals)
        given = self.signed.get(basket_of(parties), Map())
        return {team: given[team].at for team in parties if team in given and given[team].versions == now}


def versions(deals: Iterable[Deal]) -> frozenset[str]:
    """What these agreements say, by their versions: one that was taken back and agreed otherwise is another one."""
    return frozenset(deal.version for deal in deals)


def said(good: Contribution) -> str:
    """A good in words: what was picked, then what was added."""
    return ", ".join(one for one in (str(good.content.get("good", "")), str(good.content.get("text", ""))) if one)


@lru_cache(maxsize=1024)
def basket_of(parties: tuple[str, ...]) -> str:
    """The key of the basket of these teams, short however long their names are."""
    return f"basket-{hashlib.sha256('+'.join(sorted(parties)).encode()).hexdigest()[:12]}"


def _flow(raw: Mapping[str, Any]) -> Flow:
    lines = tuple(Line(str(one["good"]), str(one["text"]), int(one["quantity"])) for one in raw["lines"])
    return Flow(raw["from"], raw["to"], lines, int(raw.get("money", 0)))


def raw(flow: Flow) -> dict[str, Any]:
    """A flow as the journal keeps it."""
    lines = [{"good": one.good, "text": one.text, "quantity": one.quantity} for one in flow.lines]
    return {"from": flow.giver, "to": flow.receiver, "lines": lines} | ({"money": flow.money} if flow.money else {})


def bind(deal: Deal, at: str, seq: int) -> Deal:
    """An agreement, once all its parties agree to the same version; as it was until then."""
    if deal.status != "open" or not all(map(deal.agreed, deal.parties)):
        return deal
    return replace(deal, status="bound", at=at, changed=seq)


def fold(held: Game, entry: Entry) -> Game:
    """The game one entry further."""
    content = entry.content
    held = _settled(held, entry)
    match entry.do:
        case "round":
            return replace(held, round=str(content["round"]), since=entry.at, until="", listing="")
        case "ending":
            until = datetime.fromisoformat(entry.at) + timedelta(minutes=int(content["minutes"]))
            return replace(held, until=until.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
        case "listing":
            return replace(held, listing=str(content["as"]))
        case "event":
            past = tuple(replace(one, on=False) for one in held.events)
            if content.get("off"):
                return replace(held, events=past)
            return replace(held, events=(*past, Event(entry.seq, held.round, str(content["title"]), str(content["text"]))))
        case "role":
            return replace(held, roles=held.roles.set(entry.by, str(content["role"])))
        case "pen":
            team = held.teams[content["team"]]
            return replace(held, teams=held.teams.set(team.key, replace(team, pen=str(content["to"]))))
        case "sign" | "unsign":
            teams, team = held.signed.get(entry.on, Map()), content["team"]
            signed = entry.do == "sign"
            teams = teams.set(team, Signature(frozenset(content["deals"]), entry.at)) if signed else teams.delete(team)
            return replace(held, signed=held.signed.set(entry.on, teams))
        case "agree" | "undo":
            return _agreed(held, entry)
        case "propose" | "counter" | "slip":
            return _proposed(held, entry)
        case "decline" | "leave":
            return _ended(held, entry)
        case "post" | "tell" | "start":
            return _written(held, entry)
    return replace(held, contributions=fold_contributions(held.contributions, replace(entry, content=_words(entry))))


_BESIDE = frozenset(("teams", "seats", "leaving", "phoneless", "consents"))
"""What an entry says of the game, and not in the words of the contribution it makes."""


def _words(entry: Entry) -> dict[str, Any]:
    return {key: value for key, value in entry.content.items() if key not in _BESIDE}


def _written(held: Game, entry: Entry) -> Game:
    """What was written becomes a contribution, like those of any kind."""
    posted = replace(entry, do="post", on="", content=_words(entry))
    return replace(held, contributions=fold_contributions(held.contributions, posted))


def _settled(held: Game, entry: Entry) -> Game:
    """Teams that this entry is the first to name, and who sits down: the first of a team without a pen takes it."""
    for key, (name, about) in entry.content.get("teams", {}).items():
        held = replace(held, teams=held.teams.set(key, Team(key, name, about)), order=(*held.order, key))
    for person, key in entry.content.get("seats", {}).items():
        before = held.teams.get(held.seats.get(person, ""))
        if before and before.key != key:
            # Whoever leaves a team leaves its pen, or its errand, to those who stay.
            pen = "" if before.pen == person else before.pen
            held = replace(held, teams=held.teams.set(before.key, replace(before, pen=pen)), roles=held.roles.set(person, ""))
        if not key:
            held = replace(held, seats=held.seats.delete(person) if person in held.seats else held.seats)
            continue
        held = replace(held, seats=held.seats.set(person, key))
        team = held.teams[key]
        if not team.pen and person not in entry.content.get("phoneless", ()):
            held = replace(held, teams=held.teams.set(key, replace(team, pen=person)))
    return held


def _proposed(held: Game, entry: Entry) -> Game:
    """A first version, another one, or a paper slip, which is agreed to already."""
    held, content = _written(held, entry), entry.content
    id = str(content.get("deal") or entry.id)
    known = held.deals.get(id)
    parties = tuple(content["parties"])
    deal = replace(known, versions=(*known.versions, entry.id)) if known else Deal(id, parties, (entry.id,))
    # Another answer may turn a circle round; a pair stays as it began.
    deal = replace(deal, parties=parties if len(parties) > 2 else deal.parties, changed=entry.seq)
    for team, (effort, use) in content.get("consents", {}).items():
        deal = replace(deal, consents=deal.consents.set(team, Consent(entry.id, int(effort), int(use))))
    return replace(held, deals=held.deals.set(id, bind(deal, entry.at, entry.seq)))


def _agreed(held: Game, entry: Entry) -> Game:
    """A team agrees to the version on the table; or the facilitator takes the last thing that happened back."""
    content = entry.content
    deal = held.deals[content["deal"]]
    if entry.do == "undo":
        if deal.status == "left":
            deal = replace(deal, status="bound", by="", reason="", changed=entry.seq)
        else:
            deal = replace(deal, status="open", consents=Map(), at="", by="", reason="", changed=entry.seq)
    else:
        consent = Consent(deal.version, int(content["effort"]), int(content["use"]))
        deal = bind(
            replace(deal, consents=deal.consents.set(content["team"], consent), changed=entry.seq),
            entry.at,
            entry.seq,
        )
    return replace(held, deals=held.deals.set(deal.id, deal))


def _ended(held: Game, entry: Entry) -> Game:
    """A proposal declined, or an agreement left before the closing; the reason is a contribution."""
    content = entry.content
    deal, reason = held.deals[content["deal"]], ""
    if content.get("text"):
        held = _written(held, entry)
        reason = entry.id
    status: Status = "declined" if entry.do == "decline" else "left"
    deal = replace(deal, status=status, by=str(content["team"]), reason=reason, changed=entry.seq)
    return replace(held, deals=held.deals.set(deal.id, deal))
