"""Owns how exchanges come about: proposed, answered otherwise, agreed, declined, left, entered from a slip; and their baskets, signed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from facilitate.activities.exchange.asking import MOST_QUANTITY, STALE, Asking, Stop, unreadable
from facilitate.activities.exchange.game import CONDITIONS, DURATION, REASON, TEXT, WATCH, WHY, Deal, Flow, Line, raw, versions
from facilitate.core.activity import Accepted, Contribution, read_fields
from facilitate.core.entry import Refused
from facilitate.core.words import N_

MOST_LINES = 4
"""Goods that one side of an exchange holds."""
MOST_VERSIONS = 20
MOST_MONEY = 1_000_000_000
PARTIES = (2, 6)


class Bargaining(Asking):
    """An act that bargains."""

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
            raise Stop(unreadable(field))
        found: dict[tuple[str, str], Line] = {}
        for one in asked or ():
            if not isinstance(one, Mapping):
                raise Stop(unreadable(field))
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
            raise Stop(_not_counted(field))
        quantity = self._number("quantity", MOST_QUANTITY, one) or 1
        self._enough(found, quantity)
        return Line(str(good), text, quantity)

    # The answers

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
                if line.good and self.settings["quantities"] and not line.quantity:
                    # It was proposed before the sheet had goods counted.
                    raise Stop(_not_counted("quantity"))
                if line.good and line.quantity:
                    wanted[line.good] = wanted.get(line.good, 0) + line.quantity
        for good, quantity in wanted.items():
            self._enough(self.held.contributions[good], quantity)

    def _enough(self, good: Contribution, quantity: int) -> None:
        """Never more than is left: whoever comes second is told so."""
        left = int(good.content.get("quantity", 0)) - self.held.taken().get(good.id, 0)
        if quantity > left:
            text = N_("Of “%(label)s”, only %(left)s is left: someone was a moment quicker. Nothing was changed.")
            # What was picked in the catalogue is said in the reader's language.
            values = {"label": str(good.content.get("good") or good.content.get("text", "")), "left": left}
            raise Stop(Refused("short", text, values, 409))

    def _decline(self) -> Accepted:
        team = self._writer()
        deal = self._at(self.act.on)
        self._party(deal, team)
        return Accepted({"is": "reason", "deal": deal.id, "team": team, **self._why()})

    def _leave(self) -> Accepted:
        team = self._writer()
        deal = self.held.deals.get(self.act.on)
        if deal is None:
            raise Stop(unknown_deal())
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
            raise Stop(Refused("stale", STALE, status=409))
        return deal

    def _open(self, deal: Deal | None) -> Deal:
        if deal is None:
            raise Stop(unknown_deal())
        if deal.status != "open":
            raise Stop(Refused("answered", N_("This proposal has been answered already."), status=409))
        return deal

    def _party(self, deal: Deal, team: str) -> None:
        if team not in deal.parties:
            raise Stop(Refused("not-party", N_("This exchange is between other territories."), status=403))

    # On paper

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

    # Baskets

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


def _by_place(asked: Any, keys: list[str]) -> dict[str, Any]:
    """What is said of each territory of a slip: a form, written before they are chosen, calls them “first”, “second”, “third”."""
    places = dict(zip(("first", "second", "third"), keys, strict=False))
    return {places.get(str(key), str(key)): value for key, value in asked.items()} if isinstance(asked, Mapping) else {}


def _not_counted(field: str) -> Refused:
    text = N_("Quantities are counted here: choose an offer in the list, or add it to the inventory first.")
    return Refused("not-counted", text, field=field)


def unknown_deal() -> Refused:
    """No exchange has this id."""
    return Refused("unknown-deal", N_("This exchange does not exist."), status=404)
