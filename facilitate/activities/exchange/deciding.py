"""Owns what is taken and what is refused in the game: who plays where, the goods, the exchanges, the signatures, the facilitator's hand."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from facilitate.activities.exchange.catalogue import deck, families
from facilitate.activities.exchange.game import (
    CANNOT,
    CONDITIONS,
    DURATION,
    FIRST,
    OBSTACLE,
    REASON,
    SURPRISE,
    TEXT,
    UNIT,
    WATCH,
    WHAT,
    WHOM,
    WHY,
    Deal,
    Flow,
    Game,
    Line,
    raw,
    versions,
)
from facilitate.activities.exchange.rounds import MAY, on, rounds
from facilitate.activities.exchange.teams import formed, free, named, present, seat_for, teams_of
from facilitate.core.activity import Accepted, Contribution, Field, Sources, read_fields
from facilitate.core.contribution import may_change
from facilitate.core.entry import Act, Actor, Refused
from facilitate.core.words import N_

MOST_LINES = 4
"""Goods that one side of an exchange holds."""
MOST_GOODS = 40
"""Offers and needs of one team: more are no longer read."""
MOST_VERSIONS = 20
MOST_QUANTITY, MOST_MONEY = 1_000_000, 1_000_000_000
PARTIES = (2, 6)
LISTINGS = ("", "rules", "goods", "flows", "baskets", "debrief")
ROLES = ("", "envoy", "keeper")

_STALE = N_("The other side has answered meanwhile: read what is on the table first. Nothing was changed.")
_EVENT = (Field("title", N_("Title"), 60, required=True), Field("text", N_("What it changes"), 280))


class Stop(Exception):
    """Why an act goes no further: what the one who asked is told."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


def decided(settings: Mapping[str, Any], act: Act, actor: Actor, held: Game, sources: Sources) -> Accepted | Refused:
    """What the journal keeps of this act, or why it is refused."""
    try:
        return Table(settings, act, actor, held, sources).decided()
    except Stop as stop:
        return stop.refused


class Table:
    """One act, with all that is looked at to decide it."""

    def __init__(self, settings: Mapping[str, Any], act: Act, actor: Actor, held: Game, sources: Sources) -> None:
        self.settings, self.act, self.actor, self.held, self.sources = settings, act, actor, held, sources
        self.content = act.content
        self.staff = actor.audience in ("console", "scribe") and not actor.participant
        self.teams = teams_of(settings, held, sources)
        self.beside: dict[str, Any] = {}

    def decided(self) -> Accepted:
        do = self.act.do
        if not self.staff and do in MAY and on(self.settings, self.held.round).kind not in MAY[do]:
            raise Stop(Refused("not-this-round", _NOT_NOW[do], status=409))
        found: Accepted = getattr(self, f"_{do}")()
        return replace(found, content={**found.content, **self.beside})

    # Who plays where

    def _play(self) -> Accepted:
        """Comes into a team: the one chosen where teams are chosen, else the one the rules give."""
        asked = self.content.get("team", "")
        if asked and (self.settings["how"] not in ("chosen", "welcome") or not isinstance(asked, str)):
            raise Stop(Refused("not-chosen", N_("Here the teams are made for everyone: yours will be shown."), status=409))
        if asked:
            self._seat(self._known(asked))
        else:
            self._seat("")
        return Accepted()

    def _seat(self, key: str) -> str:
        """Sits whoever asks down: in that team, or where the rules say."""
        person = self.actor.participant
        one = self.sources.people.get(person)
        if one is None:
            raise Stop(Refused("no-team", N_("Choose a territory first."), status=409))
        key = key or self.held.seats.get(person) or seat_for(self.settings, self.held, self.sources, one, self.teams)
        if not key or (free(self.held, key) < 1 and self.held.seats.get(person) != key):
            text = N_("This team is full. Choose another one, or speak to the facilitator: your text stays here.")
            raise Stop(Refused("team-full", text, status=409))
        self._name(key)
        self._sit({person: key})
        if not one.phone:
            self.beside["phoneless"] = [person]
        return key

    def _sit(self, seats: dict[str, str]) -> None:
        """The entry says who sits where, and the teams that they leave: these look again."""
        leaving = {self.held.seats.get(one, key) for one, key in seats.items()} - {*seats.values()}
        self.beside |= {"seats": seats} | ({"leaving": sorted(leaving)} if leaving else {})

    def _name(self, *keys: str) -> None:
        """The entry names the teams that no entry named before."""
        if new := named([self.teams[key] for key in keys], self.held):
            self.beside["teams"] = {**self.beside.get("teams", {}), **new}

    def _known(self, key: Any) -> str:
        if not isinstance(key, str) or key not in self.teams:
            raise Stop(Refused("unknown-team", N_("This territory does not play."), status=404, field="team"))
        return key

    def _pen(self) -> Accepted:
        team = self._mine()
        to = self.content.get("to") or self.actor.participant
        if not isinstance(to, str) or self.held.seats.get(to) != team:
            raise Stop(Refused("not-here", N_("This person is not in your team."), status=409))
        pen = self.teams[team].pen
        if to != self.actor.participant and pen != self.actor.participant and not self.staff:
            raise Stop(_no_pen())
        return Accepted({"team": team, "to": to})

    def _role(self) -> Accepted:
        self._mine()
        role = self.content.get("role", "")
        if role not in ROLES:
            raise Stop(Refused("unknown-role", N_("One travels, one stays: choose one of them."), field="role"))
        return Accepted({"role": role})

    def _mine(self) -> str:
        """The team of whoever asks; the one that the staff names."""
        if self.staff:
            key = self._known(self.content.get("team"))
            self._name(key)
            return key
        key = self.held.seats.get(self.actor.participant, "")
        if not key:
            raise Stop(Refused("no-team", N_("Choose a territory first."), status=409))
        return key

    def _writer(self) -> str:
        """The team for which whoever asks holds the pen. Who has no team gets one; who is alone with a free pen takes it; what is entered
        from paper for someone of the team needs none."""
        if self.staff:
            return self._mine()
        person = self.actor.participant
        key = self.held.seats.get(person, "")
        if not key:
            key = self._seat("")
        pen = self.teams[key].pen
        if self.act.behalf:
            return key
        if pen and pen != person:
            raise Stop(_no_pen())
        if not pen and self.beside.get("seats", {}).get(person) is None:
            self.beside["seats"] = {person: key}
        return key

    # The goods

    def _post(self) -> Accepted:
        team = self._writer()
        mine = list(self.held.goods(team=team))
        if len(mine) >= MOST_GOODS:
            text = N_("Your inventory holds %(most)s lines already: take one out first. Your text stays here.")
            raise Stop(Refused("too-many", text, {"most": MOST_GOODS}, 409))
        return Accepted({**self._good(), "team": team})

    def _edit(self) -> Accepted:
        mine = self._changed()
        if mine.content.get("is") in ("offer", "need"):
            self._unlocked(mine)
            # A form that asks for the words only, among one's cards, leaves the rest as it is.
            was = {"what": f"{mine.content['family']}/{mine.content['good']}"}
            self.content = {**was, **{key: mine.content[key] for key in ("quantity", "unit") if key in mine.content}, **self.content}
            said = self._good(str(mine.content["is"]), str(mine.content["family"]))
            if said["is"] != mine.content["is"]:
                raise Stop(_unreadable("side"))
            return Accepted({**said, "team": mine.content["team"]})
        if mine.content.get("is") == "debrief":
            return Accepted({**self._debrief(), "team": mine.content["team"]})
        if mine.content.get("is") == "start":
            self.content = {"basket": mine.content["basket"], **self.content}
            return Accepted({**self._begun(str(mine.content["basket"])), "team": mine.content["team"]})
        raise Stop(Refused("not-edited", N_("A proposal is not rewritten: propose something else in its place."), status=409))

    def _withdraw(self) -> Accepted:
        mine = self._changed()
        if mine.content.get("is") not in ("offer", "need", "debrief", "start"):
            raise Stop(Refused("not-edited", N_("A proposal is not rewritten: propose something else in its place."), status=409))
        self._unlocked(mine)
        return Accepted({"team": mine.content["team"]})

    def _changed(self) -> Contribution:
        """The contribution to change: a good by whoever holds its team's pen now, anything else by its author."""
        found = self.held.contributions.get(self.act.on)
        if found is not None and found.content.get("is") in ("offer", "need") and not self.staff and found.status == "shown":
            if self._writer() != found.content["team"]:
                raise Stop(Refused("not-yours", N_("This is another team's: it cannot be changed from here."), status=403))
            if self.act.base is not None and self.act.base != found.edited:
                raise Stop(Refused("stale", _STALE, status=409))
            return found
        mine = may_change(self.act, self.actor, self.held.contributions)
        if isinstance(mine, Refused):
            raise Stop(mine)
        return mine

    def _unlocked(self, good: Contribution) -> None:
        if good.content.get("is") == "offer" and good.id in self.held.standing():
            text = N_("This offer stands in an exchange: its words are what was agreed. Add another line instead.")
            raise Stop(Refused("promised", text, status=409))

    def _good(self, side: str = "offer", kept: str = "") -> dict[str, Any]:
        """A good as it is written; ``kept``: a family that it has already, which a revised sheet may no longer name."""
        side = str(self.content.get("side", side))
        if side not in ("offer", "need"):
            raise Stop(_unreadable("side"))
        what = self.content.get("what", "")
        family, _, good = what.partition("/") if isinstance(what, str) else ("?", "", "")
        if (family and family not in {kept, *(one.key for one in families(self.settings))}) or len(good) > 60:
            raise Stop(Refused("unknown-family", N_("Choose a family in the list, or none."), field="what"))
        texts = self._texts(TEXT, UNIT)
        text = texts.get("text", "")
        if not good and not text:
            raise Stop(Refused("empty", N_("Say what it is, in a few words."), field="text"))
        said: dict[str, Any] = {"is": side, "family": family, "good": good, "text": text}
        if self.settings["quantities"]:
            quantity = self._number("quantity", MOST_QUANTITY)
            if side == "offer" and not quantity:
                raise Stop(Refused("no-quantity", N_("Say how much you offer: a whole number."), field="quantity"))
            said |= {"quantity": quantity, "unit": texts.get("unit", "")}
        return said

    # Exchanges

    def _propose(self) -> Accepted:
        return Accepted(self._version(self._writer(), None))

    def _counter(self) -> Accepted:
        team = self._writer()
        deal = self._open(self.held.deals.get(self.act.on))
        self._party(deal, team)
        if self.act.base is not None and self.act.base < deal.changed:
            raise Stop(
                Refused("stale", N_("Someone has answered while you were writing: read it first. Your text stays here."), status=409)
            )
        if len(deal.versions) >= MOST_VERSIONS:
            text = N_("This proposal went back and forth %(most)s times: decline it and begin anew.")
            raise Stop(Refused("too-many", text, {"most": MOST_VERSIONS}, 409))
        return Accepted(self._version(team, deal))

    def _version(self, team: str, deal: Deal | None) -> dict[str, Any]:
        """What a proposal or another answer says, its goods checked."""
        flows = self._circled(team) if self.content.get("circle") else self._paired(team, deal)
        if deal and {flow.giver for flow in flows} != set(deal.parties):
            raise Stop(Refused("other-parties", N_("Another answer keeps the same territories."), status=409))
        return self._said(team, flows, deal)

    def _said(self, team: str, flows: tuple[Flow, ...], deal: Deal | None) -> dict[str, Any]:
        """All that one version says: something is given, and a gift says why it is one."""
        parties = [flow.giver for flow in flows]
        self._name(*parties)
        texts = self._texts(CONDITIONS, DURATION, WATCH, REASON)
        given = [flow for flow in flows if flow.lines or flow.money]
        if not given:
            raise Stop(Refused("nothing-given", N_("Say at least one thing that is given."), field="give"))
        if len(given) < len(flows) and not texts.get("reason"):
            text = N_("One side gives nothing: a gift is welcome, with its reason. Say why.")
            raise Stop(Refused("no-reason", text, field="reason"))
        return {
            "is": "proposal",
            "deal": deal.id if deal else "",
            "team": team,
            "parties": parties,
            "circle": len(parties) > 2,
            "flows": [raw(flow) for flow in flows],
            **texts,
        }

    def _paired(self, team: str, deal: Deal | None) -> tuple[Flow, ...]:
        others = [one for one in deal.parties if one != team] if deal else [self._known(self.content.get("to"))]
        if len(others) != 1:
            raise Stop(Refused("other-parties", N_("Another answer keeps the same territories."), status=409))
        if others[0] == team:
            raise Stop(Refused("same-team", N_("An exchange needs another territory than yours."), field="to"))
        return self._both(team, others[0])

    def _both(self, one: str, other: str) -> tuple[Flow, ...]:
        money = {side: self._number(f"{side}_money", MOST_MONEY) if self.settings["money"] else 0 for side in ("give", "get")}
        return (
            Flow(one, other, self._lines(one, self.content.get("give"), "give"), money["give"]),
            Flow(other, one, self._lines(other, self.content.get("get"), "get"), money["get"]),
        )

    def _circled(self, team: str) -> tuple[Flow, ...]:
        """Each gives to the next, the last to the first."""
        if not self.settings["circles"]:
            raise Stop(Refused("no-circles", N_("Exchanges are between two territories here."), status=409))
        asked, lines = self.content["circle"], self.content.get("lines")
        keys = [self._known(one) for one in asked] if isinstance(asked, list) else []
        if not PARTIES[0] < len(set(keys)) == len(keys) <= PARTIES[1] or (team and team not in keys) or not isinstance(lines, Mapping):
            raise Stop(Refused("bad-circle", N_("A circle holds three territories or more, yours among them, each once."), field="circle"))
        found, told = [], _by_place(lines, keys)
        for place, giver in enumerate(keys):
            given = self._lines(giver, [told.get(giver) or {}], "lines")
            if not given:
                raise Stop(Refused("nothing-given", N_("In a circle, each gives something to the next."), field="lines"))
            found.append(Flow(giver, keys[(place + 1) % len(keys)], given))
        return tuple(found)

    def _lines(self, giver: str, asked: Any, field: str) -> tuple[Line, ...]:
        """What one side gives: blank lines are skipped; a good is an offer of that side; quantities are there where they count."""
        if isinstance(asked, Mapping):
            asked = [asked[key] for key in sorted(asked)]
        if not isinstance(asked, list | None):
            raise Stop(_unreadable(field))
        found: dict[tuple[str, str], Line] = {}
        for one in asked or ():
            if not isinstance(one, Mapping):
                raise Stop(_unreadable(field))
            line = self._line(giver, one, field)
            if line is not None:
                known = found.get((line.good, line.text))
                found[line.good, line.text] = replace(line, quantity=line.quantity + known.quantity) if known else line
        if len(found) > MOST_LINES:
            raise Stop(Refused("too-many", N_("One side gives %(most)s things at most."), {"most": MOST_LINES}, field=field))
        return tuple(found.values())

    def _line(self, giver: str, one: Mapping[str, Any], field: str) -> Line | None:
        texts = read_fields((TEXT,), one)
        if isinstance(texts, Refused):
            raise Stop(replace(texts, field=field))
        good, text = one.get("good") or "", texts.get("text", "")
        if not good and not text:
            return None
        found = self.held.contributions.get(good) if isinstance(good, str) else None
        if good and (found is None or found.content.get("is") != "offer" or found.content["team"] != giver or found.status != "shown"):
            text = N_("This offer is no longer there: choose another one. The rest of your text stays here.")
            raise Stop(Refused("unknown-good", text, status=409, field=field))
        if not self.settings["quantities"]:
            return Line(str(good), text)
        if not good or found is None:
            text = N_("Quantities are counted here: choose an offer in the list, or add it to the inventory first.")
            raise Stop(Refused("not-counted", text, field=field))
        quantity = self._number("quantity", MOST_QUANTITY, one) or 1
        self._enough(found, quantity)
        return Line(str(good), text, quantity)

    def _enough(self, good: Contribution, quantity: int) -> None:
        """Never more than is left: whoever comes second is told so."""
        left = int(good.content.get("quantity", 0)) - self.held.taken().get(good.id, 0)
        if quantity > left:
            text = N_("Of “%(label)s”, only %(left)s is left: someone was a moment quicker. Nothing was changed.")
            # What was picked in the catalogue is said in the reader's language.
            values = {"label": str(good.content.get("good") or good.content.get("text", "")), "left": left}
            raise Stop(Refused("short", text, values, 409))

    def _agree(self) -> Accepted:
        team = self._writer()
        deal = self._at(self.act.on)
        self._party(deal, team)
        self._readable(deal)
        if deal.agreed(team):
            raise Stop(Refused("agreed", N_("Your team has agreed to this already."), status=409))
        effort, use = self._weighed(self.held.flows(deal), team, self.content.get("effort"), self.content.get("use"))
        if all(deal.agreed(one) for one in deal.parties if one != team):
            self._all_there(self.held.flows(deal))
        return Accepted({"deal": deal.id, "team": team, "effort": effort, "use": use})

    def _readable(self, deal: Deal) -> None:
        """Nobody agrees to words that were taken away, by the facilitators or by whoever offered."""
        taken = [deal.version, *(line.good for flow in self.held.flows(deal) for line in flow.lines if line.good)]
        if any(self.held.contributions[one].status != "shown" for one in taken):
            text = N_("Some words of this proposal were taken away: propose something else in its place.")
            raise Stop(Refused("taken-off", text, status=409))

    def _weighed(self, flows: Iterable[Flow], team: str, effort: Any, use: Any) -> tuple[int, int]:
        """What giving costs and what receiving is worth, each where there is something."""
        found = []
        gives = any(flow.giver == team and (flow.lines or flow.money) for flow in flows)
        gets = any(flow.receiver == team and (flow.lines or flow.money) for flow in flows)
        for applies, value, field in ((gives, effort, "effort"), (gets, use, "use")):
            if applies and str(value) not in ("1", "2", "3"):
                text = N_("Say what giving costs you and what receiving is worth to you: small, medium or large.")
                raise Stop(Refused("not-weighed", text, field=field))
            found.append(int(value) if applies else 0)
        return found[0], found[1]

    def _all_there(self, flows: Iterable[Flow]) -> None:
        """The moment an exchange would bind, all it takes must be left."""
        wanted: dict[str, int] = {}
        for flow in flows:
            for line in flow.lines:
                if line.good and line.quantity:
                    wanted[line.good] = wanted.get(line.good, 0) + line.quantity
        for good, quantity in wanted.items():
            self._enough(self.held.contributions[good], quantity)

    def _decline(self) -> Accepted:
        team = self._writer()
        deal = self._at(self.act.on)
        self._party(deal, team)
        return Accepted({"is": "reason", "deal": deal.id, "team": team, **self._why()})

    def _leave(self) -> Accepted:
        team = self._writer()
        deal = self.held.deals.get(self.act.on)
        if deal is None:
            raise Stop(_unknown())
        self._party(deal, team)
        if deal.status != "bound":
            raise Stop(Refused("not-bound", N_("This exchange is not agreed: there is nothing to leave."), status=409))
        return Accepted({"is": "reason", "deal": deal.id, "team": team, **self._why()})

    def _why(self) -> dict[str, str]:
        texts = self._texts(WHY)
        return {"text": texts["why"]} if texts.get("why") else {}

    def _at(self, version: str) -> Deal:
        """The exchange of which this version is on the table; refused where another one has taken its place."""
        deal = self._open(self.held.deal_of(version))
        if deal.version != version:
            raise Stop(Refused("stale", _STALE, status=409))
        return deal

    def _open(self, deal: Deal | None) -> Deal:
        if deal is None:
            raise Stop(_unknown())
        if deal.status != "open":
            raise Stop(Refused("answered", N_("This proposal has been answered already."), status=409))
        return deal

    def _party(self, deal: Deal, team: str) -> None:
        if team not in deal.parties:
            raise Stop(Refused("not-party", N_("This exchange is between other territories."), status=403))

    def _slip(self) -> Accepted:
        """A slip of paper that every side has signed: between two territories, or a circle."""
        flows = self._circled("") if self.content.get("circle") else self._opposite()
        keys = [flow.giver for flow in flows]
        signed = self.content.get("signed")
        if not isinstance(signed, list) or not set(keys) <= set(_by_place({key: True for key in signed if isinstance(key, str)}, keys)):
            text = N_("Every territory has to sign: a slip that one side has not signed is not an agreement.")
            raise Stop(Refused("unsigned", text, field="signed"))
        version = self._said(keys[0], flows, None)
        efforts, uses = (_by_place(self.content.get(name), keys) for name in ("efforts", "uses"))
        weights = {key: list(self._weighed(flows, key, efforts.get(key), uses.get(key))) for key in keys}
        self._all_there(flows)
        self.beside["consents"] = weights
        return Accepted(version)

    def _opposite(self) -> tuple[Flow, ...]:
        asked = self.content.get("parties")
        keys = [self._known(one) for one in asked] if isinstance(asked, list) and len(asked) == 2 else []
        if len(set(keys)) != 2:
            raise Stop(Refused("same-team", N_("An exchange needs two different territories."), field="parties"))
        return self._both(keys[0], keys[1])

    # Baskets and debrief

    def _sign(self) -> Accepted:
        team = self._writer()
        deals = versions(self._basket(team))
        if frozenset(str(self.content.get("deals", "")).split()) != deals:
            raise Stop(Refused("stale", N_("This basket has changed meanwhile: read it again, then sign."), status=409))
        return Accepted({"team": team, "deals": sorted(deals)})

    def _unsign(self) -> Accepted:
        team = self._writer()
        if team not in self.held.signers(self._basket(team)):
            raise Stop(Refused("not-signed", N_("Your team has not signed this basket."), status=409))
        return Accepted({"team": team})

    def _basket(self, team: str) -> tuple[Deal, ...]:
        """The agreements of the basket that is meant."""
        deals = self.held.baskets().get(self.act.on, ())
        if not deals or team not in deals[0].parties:
            raise Stop(Refused("no-basket", N_("There is no such basket between you."), status=404))
        return deals

    def _tell(self) -> Accepted:
        return Accepted(self._debrief())

    def _debrief(self) -> dict[str, Any]:
        texts = self._texts(SURPRISE, CANNOT)
        if not texts:
            raise Stop(Refused("empty", N_("Nothing is written yet. A few words in one field are enough."), field="surprise"))
        return {"is": "debrief", "team": self._whose(), **texts}

    def _start(self) -> Accepted:
        return Accepted(self._begun())

    def _begun(self, kept: str = "") -> dict[str, Any]:
        """What could start; ``kept``: the basket it was said of, which someone may have left since."""
        texts = self._texts(WHAT, WHOM, FIRST, OBSTACLE)
        basket = self.content.get("basket", "")
        if basket and (not isinstance(basket, str) or basket not in {kept, *self.held.baskets()}):
            raise Stop(Refused("no-basket", N_("There is no such basket."), field="basket"))
        return {"is": "start", "team": self._whose(), "basket": basket or "", **texts}

    def _whose(self) -> str:
        """The team of whoever writes, '' where they have none: everyone has something to say at the end."""
        if self.staff:
            return self._mine() if self.content.get("team") else ""
        return self.held.seats.get(self.actor.participant, "")

    # The facilitator

    def _form(self) -> Accepted:
        if not present(self.sources):
            raise Stop(Refused("nobody", N_("Nobody has come yet: teams are made of those who are here."), status=409))
        if self.settings["how"] == "welcome" and len(self.teams) < 2:
            text = N_("Fewer than two territories were said at the welcome. Add them, or name territories in the sheet.")
            raise Stop(Refused("few-teams", text, status=409))
        return self._sat(formed(self.settings, self.held, self.sources, self.act.id))

    def _sat(self, seats: dict[str, str]) -> Accepted:
        self._name(*(key for key in self.teams if key in seats.values()))
        self._sit(seats)
        phoneless = [id for id in seats if not self.sources.people[id].phone]
        return Accepted({"phoneless": phoneless} if phoneless else {})

    def _place(self) -> Accepted:
        asked = self.content.get("people")
        people = [asked] if isinstance(asked, str) else asked
        if not isinstance(people, list) or not people or not all(isinstance(one, str) and one in self.sources.people for one in people):
            raise Stop(Refused("unknown-person", N_("Choose people who have joined this day."), field="people"))
        key = self.content.get("team") or ""
        if key:
            self._known(key)
            coming = [one for one in people if self.held.seats.get(one) != key]
            if len(coming) > free(self.held, key):
                raise Stop(Refused("team-full", N_("This team is full: eight people at most."), status=409))
        return self._sat(dict.fromkeys(people, key))

    def _round(self) -> Accepted:
        number = _place_of(self.content.get("round"), len(rounds(self.settings)))
        if number is None:
            raise Stop(Refused("no-round", N_("There is no such round."), field="round", status=409))
        return Accepted({"round": number})

    def _ending(self) -> Accepted:
        minutes = self._number("minutes", 240)
        if not minutes:
            raise Stop(Refused("no-minutes", N_("Say in how many minutes this round ends."), field="minutes"))
        return Accepted({"minutes": minutes})

    def _event(self) -> Accepted:
        if self.content.get("off"):
            return Accepted({"off": True})
        if self.content.get("title"):
            texts = self._texts(*_EVENT)
            return Accepted({"title": texts["title"], "text": texts.get("text", "")})
        cards = deck(self.settings)
        number = _place_of(self.content.get("card"), len(cards))
        if number is None:
            raise Stop(Refused("no-card", N_("There is no such event card."), field="card"))
        card = cards[number]
        return Accepted({"title": card.title, "text": card.text})

    def _undo(self) -> Accepted:
        deal = self.held.deals.get(self.act.on)
        if deal is None:
            raise Stop(_unknown())
        if self.act.seen is not None and self.act.seen < deal.changed:
            raise Stop(Refused("stale", _STALE, status=409))
        if deal.status == "open":
            raise Stop(Refused("nothing-to-undo", N_("This proposal waits for an answer: there is nothing to take back."), status=409))
        if deal.status == "left":
            self._as_agreed(deal)
            self._all_there(self.held.flows(deal))
        return Accepted({"deal": deal.id})

    def _as_agreed(self, deal: Deal) -> None:
        """What was left comes back with the words that were agreed to, or not at all."""
        offers = (self.held.contributions.get(line.good) for flow in self.held.flows(deal) for line in flow.lines)
        if any(one is not None and (one.status == "withdrawn" or one.edited > deal.changed) for one in offers):
            text = N_("An offer that this exchange takes has changed since it was left: they propose it anew.")
            raise Stop(Refused("offer-changed", text, status=409))

    def _listing(self) -> Accepted:
        way = self.content.get("as", "")
        if way not in LISTINGS:
            raise Stop(Refused("unknown-listing", N_("The wall cannot show this."), field="as"))
        return Accepted({"as": way})

    # What is typed

    def _texts(self, *fields: Field) -> dict[str, str]:
        texts = read_fields(fields, self.content)
        if isinstance(texts, Refused):
            raise Stop(texts)
        return texts

    def _number(self, field: str, most: int, within: Mapping[str, Any] | None = None) -> int:
        """A whole number, 0 where nothing is said."""
        value = (self.content if within is None else within).get(field)
        if value in (None, ""):
            return 0
        if isinstance(value, bool) or not str(value).isdecimal() or len(str(value)) > 12 or int(str(value)) > most:
            raise Stop(Refused("not-a-number", N_("Write a whole number, %(most)s at most."), {"most": most}, field=field))
        return int(str(value))


_NOT_NOW = {
    "post": N_("The inventory is closed. What is missing can be written in an exchange."),
    "propose": N_("Proposals are made during the negotiations. Your text stays here."),
    "counter": N_("Proposals are made during the negotiations. Your text stays here."),
    "agree": N_("Exchanges are no longer agreed: the closing has passed."),
    "decline": N_("Exchanges are no longer answered: the closing has passed."),
    "leave": N_("An exchange can be left until the closing, which has passed."),
    "sign": N_("Baskets are signed in their own round."),
    "unsign": N_("Baskets are signed in their own round."),
    "tell": N_("The debrief comes at the end. Your text stays here."),
    "start": N_("The debrief comes at the end. Your text stays here."),
}


def _place_of(number: Any, many: int) -> int | None:
    """Which of so many it is, from 0; None where there is no such."""
    return next((place for place in range(many) if not isinstance(number, bool) and str(number) == str(place)), None)


def _by_place(asked: Any, keys: list[str]) -> dict[str, Any]:
    """What is said of each territory of a slip: a form, written before they are chosen, calls them “first”, “second”, “third”."""
    places = dict(zip(("first", "second", "third"), keys, strict=False))
    return {places.get(str(key), str(key)): value for key, value in asked.items()} if isinstance(asked, Mapping) else {}


def said(good: Contribution) -> str:
    """A good in words: what was picked, then what was added."""
    return ", ".join(one for one in (str(good.content.get("good", "")), str(good.content.get("text", ""))) if one)


def _no_pen() -> Refused:
    return Refused("no-pen", N_("Another phone of your team holds the pen. Ask for it, or tell them what to write."), status=409)


def _unknown() -> Refused:
    return Refused("unknown-deal", N_("This exchange does not exist."), status=404)


def _unreadable(field: str) -> Refused:
    return Refused("unreadable", N_("This could not be read: fill the form again."), field=field)
