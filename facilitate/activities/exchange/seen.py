"""Owns what each screen receives of the game: a phone its own territory, the wall what flows, the console everything."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from facilitate.activities.exchange.balance import SENTENCES, TOLD, balances, times
from facilitate.activities.exchange.catalogue import deck, families, territories
from facilitate.activities.exchange.game import FIELDS, Deal, Game, Team, said
from facilitate.activities.exchange.matches import Match, circles, matches, needs_met
from facilitate.activities.exchange.pictured import pictured
from facilitate.activities.exchange.rounds import ROUNDS, on, rounds
from facilitate.activities.exchange.teams import free, home, present, teams_of
from facilitate.activities.exchange.told import EXAMPLE, RULES
from facilitate.core.activity import Contribution, Sources, Viewer, cards
from facilitate.core.entry import Entry
from facilitate.core.state import MODERATION

_SUGGESTED = 8


def seen(settings: Mapping[str, Any], held: Game, viewer: Viewer, sources: Sources) -> dict[str, Any]:
    """All that a screen of the game shows this viewer."""
    return Sight(settings, held, viewer, sources).seen()


class Sight:
    """One look at the game."""

    def __init__(self, settings: Mapping[str, Any], held: Game, viewer: Viewer, sources: Sources) -> None:
        self.settings, self.held, self.viewer, self.sources = settings, held, viewer, sources
        # As the sheet names them: a territory keeps its place on every screen, whoever speaks first.
        place = {one.key: n for n, one in enumerate(territories(settings))}
        found = teams_of(settings, held, sources)
        self.teams = {key: found[key] for key in sorted(found, key=lambda one: place.get(one, len(place)))}
        self.families = {one.key: one.name for one in families(settings)}
        self.balances = balances(held)
        self.taken = held.taken()
        self.met = needs_met(held)
        self.standing = held.standing()
        self.open = viewer.audience != "participant"

    def seen(self) -> dict[str, Any]:
        told = self._common()
        if not self.open:
            return told | self._phone()
        told |= self._room()
        return told | self._driven() if self.viewer.audience in ("console", "scribe") else told

    # For all

    def _common(self) -> dict[str, Any]:
        held = self.held
        events = [{"n": one.n, "title": one.title, "text": one.text, "on": one.on} for one in held.events]
        return {
            "question": self.settings["question"],
            "how": self.settings["how"],
            "options": {name: self.settings[name] for name in ("circles", "quantities", "money", "events")},
            "rounds": self._rounds(),
            "round": self._now(),
            "families": [asdict(one) | {"goods": list(one.goods)} for one in families(self.settings)],
            "fields": {one.key: asdict(one) for one in FIELDS},
            "rules": {"lines": list(RULES), "example": list(EXAMPLE)},
            "teams": [self._team(one) for one in self.teams.values()],
            "events": events,
            "event": next((one for one in reversed(events) if one["on"]), None),
            "cards": self._cards(),
        }

    def _cards(self) -> list[dict[str, Any]]:
        """What people wrote, as any kind gives it: a phone what it may still change, the wall the debrief only, the staff everything."""
        kinds = {"wall": ("debrief", "start"), "participant": ("offer", "need", "debrief", "start")}.get(self.viewer.audience)
        shown = self.held.contributions
        ones = {id: one for id, one in shown.items() if one.content.get("is") in kinds} if kinds else shown
        return cards(ones, self.viewer, self.sources.people)

    def _rounds(self) -> list[dict[str, Any]]:
        all = rounds(self.settings)
        now = all.index(on(self.settings, self.held.round))
        states = ["done" if n < now else "on" if n == now else "coming" for n in range(len(all))]
        return [{**asdict(one), "n": n, "name": ROUNDS[one.kind], "state": states[n]} for n, one in enumerate(all)]

    def _now(self) -> dict[str, Any]:
        one = next(one for one in self._rounds() if one["state"] == "on")
        since = self.held.since or self.sources.opened
        until = self.held.until
        if since and not until:
            end = datetime.fromisoformat(since) + timedelta(minutes=one["minutes"])
            until = end.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return one | {"since": since, "until": until, "announced": bool(self.held.until), "last": one["n"] == len(self._rounds()) - 1}

    def _team(self, team: Team) -> dict[str, Any]:
        """A territory; its figures are for the wall, the staff and the paper."""
        held = self.held
        told: dict[str, Any] = {"key": team.key, "name": team.name, "about": team.about, "full": free(held, team.key) < 1}
        if not self.open:
            return told
        balance = self.balances.get(team.key)
        told |= {"count": len(held.members(team.key)), "free": free(held, team.key)}
        told |= {side: sum(1 for _ in held.goods(side[:-1], team.key)) for side in ("offers", "needs")}
        told |= {"given": balance.given if balance else 0, "received": balance.received if balance else 0}
        sentence = self._sentence(team.key)
        return told | {"balance": sentence | {"told": TOLD[sentence["key"]]}}

    def _sentence(self, team: str) -> dict[str, str]:
        """Where it stands, in words: the key of the sentence, the team's own, and how often, all as msgids."""
        balance = self.balances.get(team)
        given, received = (balance.given, balance.received) if balance else (0, 0)
        key = balance.key if balance else "nothing"
        return {"key": key, "ours": SENTENCES[key], "given": times(given), "received": times(received)}

    def _good(self, one: Contribution) -> dict[str, Any]:
        content = one.content
        side, team = content["is"], str(content["team"])
        quantity = int(content.get("quantity", 0))
        # What is on the table is for who sits at it.
        knows = self.viewer.audience in ("console", "scribe") or team == self.held.seats.get(self.viewer.participant)
        standing = side == "offer" and knows and one.id in self.standing
        state = "free"
        if side == "need":
            state = "met" if one.id in self.met else ""
        elif one.id in self.taken:
            state = "given"
        elif standing:
            state = "proposed"
        return {
            "id": one.id,
            "n": one.n,
            "edited": one.edited,
            "side": side,
            "team": team,
            "name": self.teams[team].name if team in self.teams else team,
            "family": content.get("family", ""),
            "family_name": self.families.get(str(content.get("family", "")), ""),
            "good": content.get("good", ""),
            "text": content.get("text", ""),
            "said": said(one),
            "quantity": quantity,
            "unit": content.get("unit", ""),
            "left": quantity - self.taken.get(one.id, 0),
            "status": one.status,
            "state": state,
            "locked": standing,
        }

    def _goods(self, side: str = "", team: str = "") -> list[dict[str, Any]]:
        return [self._good(one) for one in self.held.goods(side, team)]

    def _deal(self, deal: Deal) -> dict[str, Any]:
        held, version = self.held, self.held.contributions[deal.version]
        content = version.content
        withheld = version.status in ("withheld", "hidden", "withdrawn")
        reason = held.contributions.get(deal.reason)
        why = reason.content.get("text", "") if reason and reason.status == "shown" else ""
        told = {
            "id": deal.id,
            "version": deal.version,
            "number": len(deal.versions),
            "edited": deal.changed,
            "status": deal.status,
            "circle": len(deal.parties) > 2,
            "parties": [self._party(deal, key) for key in deal.parties],
            "author": content.get("team", ""),
            "author_name": self._name(str(content.get("team", ""))),
            "flows": [] if withheld else self._flows(deal),
            "gift": not withheld and any(not one["lines"] and not one["money"] for one in self._flows(deal)),
            "withheld": withheld,
            "words": version.status,
            "at": deal.at,
            "why": why,
            "ended_by": self._name(deal.by) if deal.by else "",
        }
        return told | {key: "" if withheld else content.get(key, "") for key in ("conditions", "duration", "watch", "reason")}

    def _party(self, deal: Deal, key: str) -> dict[str, Any]:
        consent = deal.consents.get(key) if deal.agreed(key) else None
        weights = {"effort": consent.effort, "use": consent.use} if consent else {"effort": 0, "use": 0}
        return {"key": key, "name": self._name(key), "agreed": consent is not None, **weights}

    def _flows(self, deal: Deal) -> list[dict[str, Any]]:
        return [
            {
                "from": flow.giver,
                "from_name": self._name(flow.giver),
                "to": flow.receiver,
                "to_name": self._name(flow.receiver),
                "lines": [self._line(one.good, one.text, one.quantity) for one in flow.lines],
                "money": flow.money,
            }
            for flow in self.held.flows(deal)
        ]

    def _line(self, good: str, text: str, quantity: int) -> dict[str, Any]:
        """One thing given: the offer's words then what was added; the words of an offer that was taken off the wall are not here."""
        found = self.held.contributions.get(good)
        words = [said(found) if found and found.status == "shown" else "", text]
        return {
            "good": good,
            "text": text,
            "said": ", ".join(filter(None, words)),
            "quantity": quantity,
            "unit": found.content.get("unit", "") if found and found.status == "shown" else "",
        }

    def _name(self, key: str) -> str:
        return self.teams[key].name if key in self.teams else key

    def _baskets(self) -> list[dict[str, Any]]:
        told = []
        for key, deals in self.held.baskets().items():
            parties = deals[0].parties
            signed = list(self.held.signers(deals))
            told.append(
                {
                    "key": key,
                    "teams": list(parties),
                    "names": [self._name(one) for one in parties],
                    "deals": [self._deal(one) for one in deals],
                    "joined": " ".join(one.version for one in deals),
                    "signed": [self._name(one) for one in signed],
                    "by": signed,
                    "all": len(signed) == len(parties),
                }
            )
        return told

    def _circles(self, found: Sequence[Match]) -> list[dict[str, Any]]:
        if not self.settings["circles"]:
            return []
        told = []
        for one in circles(self.held, found):
            nexts = (*one.teams[1:], one.teams[0])
            lines = [
                {"from": giver, "from_name": self._name(giver), "to": to, "to_name": self._name(to), "good": offer.id, "said": said(offer)}
                for giver, to, offer in zip(one.teams, nexts, one.offers, strict=True)
            ]
            told.append({"parties": list(one.teams), "names": [self._name(key) for key in one.teams], "lines": lines})
        return told

    # A phone

    def _phone(self) -> dict[str, Any]:
        held, me = self.held, self.viewer.participant
        mine = held.seats.get(me, "")
        told: dict[str, Any] = {
            "team": None,
            "choices": self._choices(mine),
            "told": self._written("debrief"),
            "started": self._written("start"),
        }
        if not mine:
            return told
        found = matches(held)
        wanted = [one for one in found if one.need.content["team"] == mine][:_SUGGESTED]
        asked = [one for one in found if one.offer.content["team"] == mine][:_SUGGESTED]
        deals = sorted((one for one in held.deals.values() if mine in one.parties), key=lambda one: -one.changed)
        open = [one for one in deals if one.status == "open"]
        ours = [one for one in open if not one.agreed(mine) and (self._author(one) != mine or self._accepted(one, mine))]
        return told | {
            "team": self._own(self.teams[mine]),
            "offers": self._goods("offer", mine),
            "needs": self._goods("need", mine),
            "others": [self._other(one) for one in self.teams.values() if one.key != mine],
            "wanted": [self._matched(one, str(one.offer.content["team"])) for one in wanted],
            "asked": [self._matched(one, str(one.need.content["team"])) for one in asked],
            "waiting": [self._deal(one) for one in ours],
            "sent": [self._deal(one) for one in open if one not in ours],
            "bound": [self._deal(one) for one in deals if one.status == "bound"],
            "ended": [self._deal(one) for one in deals if one.status in ("declined", "left")],
            "balance": self._sentence(mine),
            "circles": [one for one in self._circles(found) if mine in one["parties"]],
            "baskets": [one | {"mine": mine in one["by"]} for one in self._baskets() if mine in one["teams"]],
        }

    def _author(self, deal: Deal) -> str:
        return str(self.held.contributions[deal.version].content.get("team", ""))

    def _accepted(self, deal: Deal, team: str) -> bool:
        """Whether all the others agree: it is this team's turn to weigh and sign."""
        return all(deal.agreed(one) for one in deal.parties if one != team)

    def _choices(self, mine: str) -> list[dict[str, Any]]:
        """The teams one may go to, where that is one's own choice."""
        if self.settings["how"] not in ("chosen", "welcome") or not self.viewer.participant:
            return []
        person = self.sources.people.get(self.viewer.participant)
        own = home(self.settings, person, self.teams) if person else ""
        return [
            {"key": one.key, "name": one.name, "about": one.about, "full": free(self.held, one.key) < 1, "own": one.key == own}
            for one in self.teams.values()
            if one.key != mine
        ]

    def _own(self, team: Team) -> dict[str, Any]:
        held, me, people = self.held, self.viewer.participant, self.sources.people
        members = [
            {
                "id": id,
                "name": people[id].name if id in people else "",
                "role": "pen" if held.teams[team.key].pen == id else held.roles.get(id, ""),
                "me": id == me,
                "phone": id in people and people[id].phone,
            }
            for id in sorted(held.members(team.key), key=lambda id: people[id].n if id in people else 0)
        ]
        pen = held.teams[team.key].pen
        return {
            "key": team.key,
            "name": team.name,
            "about": team.about,
            "members": members,
            "pen": {"mine": pen == me, "taken": bool(pen), "name": people[pen].name if pen in people else ""},
            "role": held.roles.get(me, ""),
        }

    def _other(self, team: Team) -> dict[str, Any]:
        offers, needs = ([one for one in self._goods(side, team.key) if one["status"] == "shown"] for side in ("offer", "need"))
        return {"key": team.key, "name": team.name, "about": team.about, "offers": offers, "needs": needs}

    def _matched(self, one: Match, team: str) -> dict[str, Any]:
        return {"offer": self._good(one.offer), "need": self._good(one.need), "key": team, "name": self._name(team)}

    def _written(self, what: str) -> list[dict[str, Any]]:
        """What this phone wrote in the debrief."""
        ones = {one.id: one for one in self.held.contributions.values() if one.content.get("is") == what}
        return [one for one in cards(ones, self.viewer, self.sources.people) if one["mine"]]

    # The wall, and the console

    def _room(self) -> dict[str, Any]:
        held = self.held
        bound = held.bound()
        latest = bound[-1] if bound else None
        counts: dict[tuple[str, str], int] = {}
        for deal in bound:
            for flow in held.flows(deal):
                if flow.lines or flow.money:
                    counts[flow.giver, flow.receiver] = counts.get((flow.giver, flow.receiver), 0) + max(1, flow.count)
        last = {(flow.giver, flow.receiver) for flow in held.flows(latest)} if latest else set()
        pairs = [{"from": one, "to": other, "count": count, "last": (one, other) in last} for (one, other), count in sorted(counts.items())]
        told = self._deal(latest) if latest else None
        return pictured(held, list(self.teams.values()), self.balances, self.families, pairs, told) | {
            "made": bool(held.seats),
            "flows": pairs,
            "goods": [one for one in self._goods() if one["status"] == "shown"],
            "latest": told,
            "waiting": sum(1 for one in held.deals.values() if one.status == "open"),
            "agreed": sum(counts.values()),
            "baskets": self._baskets(),
            "circles": self._circles(matches(held)) if self.settings["circles"] else [],
            "listing": held.listing,
        }

    def _driven(self) -> dict[str, Any]:
        held, here = self.held, present(self.sources)
        people: dict[str, list[dict[str, Any]]] = {"": []}
        for one in here:
            seat = held.seats.get(one.id, "")
            role = "pen" if seat and held.teams[seat].pen == one.id else held.roles.get(one.id, "")
            told = {"id": one.id, "name": one.name, "territory": one.territory, "role": role, "phone": one.phone}
            people.setdefault(seat, []).append(told)
        drawn = {one.title for one in held.events}
        return {
            "people": people,
            "unplaced": people[""],
            "deals": [self._deal(one) for one in sorted(held.deals.values(), key=lambda one: -one.changed)],
            "matches": len(matches(held)),
            "deck": [
                {"n": n, "title": one.title, "text": one.text, "drawn": one.title in drawn} for n, one in enumerate(deck(self.settings))
            ],
        }


def concerned(held: Game, entry: Entry) -> Collection[str]:
    """Participants whose phone shows something else after this entry: the teams it is about; what is offered, whoever holds a pen; an offer
    or a need that the facilitators take away, everyone who plays."""
    content, found = entry.content, held.contributions.get(entry.on)
    about = found.content if found else {}
    if about.get("is") in ("offer", "need") and entry.do in MODERATION - {"approve"}:
        return set(held.seats)
    teams = {str(content.get("team", "")), str(about.get("team", "")), *content.get("leaving", ()), *content.get("seats", {}).values()}
    deal = held.deal_of(entry.on) or held.deals.get(str(content.get("deal") or about.get("deal") or entry.id))
    if deal:
        teams |= set(deal.parties)
    if entry.do == "role":
        teams.add(held.seats.get(entry.by, ""))
    if entry.do in ("sign", "unsign"):
        teams |= {key for one in held.baskets().get(entry.on, ()) for key in one.parties}
    people = {id for id, seat in held.seats.items() if seat in teams} | set(content.get("seats", {}))
    if entry.do in ("post", "edit", "withdraw", "approve", "agree", "leave", "undo", "slip"):
        people |= _pens(held.teams.values())
    return people - {""}


def _pens(teams: Iterable[Team]) -> set[str]:
    return {one.pen for one in teams if one.pen}
