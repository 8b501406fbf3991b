"""Owns what is taken and what is refused in the game: the round it is, who plays where, the facilitator's hand."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from facilitate.activities.exchange.asking import STALE, Stop, no_pen
from facilitate.activities.exchange.bargaining import Bargaining, unknown_deal
from facilitate.activities.exchange.catalogue import deck
from facilitate.activities.exchange.game import Deal, Game
from facilitate.activities.exchange.rounds import MAY, on, rounds
from facilitate.activities.exchange.teams import formed, free, present
from facilitate.activities.exchange.writing import Writing
from facilitate.core.activity import Accepted, Field, Sources
from facilitate.core.entry import Act, Actor, Refused
from facilitate.core.words import N_

LISTINGS = ("", "rules", "goods", "flows", "baskets", "debrief")
ROLES = ("", "envoy", "keeper")

_EVENT = (Field("title", N_("Title"), 60, required=True), Field("text", N_("What it changes"), 280))
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


def decided(settings: Mapping[str, Any], act: Act, actor: Actor, held: Game, sources: Sources) -> Accepted | Refused:
    """What the journal keeps of this act, or why it is refused."""
    try:
        return Table(settings, act, actor, held, sources).decided()
    except Stop as stop:
        return stop.refused


class Table(Writing, Bargaining):
    """An act of any verb."""

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

    def _pen(self) -> Accepted:
        team = self._mine()
        to = self.content.get("to") or self.actor.participant
        if not isinstance(to, str) or self.held.seats.get(to) != team:
            raise Stop(Refused("not-here", N_("This person is not in your team."), status=409))
        pen = self.teams[team].pen
        if to != self.actor.participant and pen != self.actor.participant and not self.staff:
            raise Stop(no_pen())
        return Accepted({"team": team, "to": to})

    def _role(self) -> Accepted:
        self._mine()
        role = self.content.get("role", "")
        if role not in ROLES:
            raise Stop(Refused("unknown-role", N_("One travels, one stays: choose one of them."), field="role"))
        return Accepted({"role": role})

    # The facilitator

    def _form(self) -> Accepted:
        if not present(self.sources):
            raise Stop(Refused("nobody", N_("Nobody has come yet: teams are made of those who are here."), status=409))
        if self.settings["how"] == "welcome" and len(self.teams) < 2:
            text = N_("Fewer than two territories were said at the welcome. Add them, or name territories in the sheet.")
            raise Stop(Refused("few-teams", text, status=409))
        return self._sat(formed(self.settings, self.held, self.sources, self.act.id))

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

    def _sat(self, seats: dict[str, str]) -> Accepted:
        self._name(*(key for key in self.teams if key in seats.values()))
        self._sit(seats)
        phoneless = [id for id in seats if not self.sources.people[id].phone]
        return Accepted({"phoneless": phoneless} if phoneless else {})

    def _round(self) -> Accepted:
        number = _place_of(self.content.get("round"), len(rounds(self.settings)))
        if number is None:
            raise Stop(Refused("no-round", N_("There is no such round."), field="round", status=409))
        return Accepted({"round": rounds(self.settings)[number].key})

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
            raise Stop(unknown_deal())
        if self.act.seen is not None and self.act.seen < deal.changed:
            raise Stop(Refused("stale", STALE, status=409))
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


def _place_of(number: Any, many: int) -> int | None:
    """Which of so many it is, from 0; None where there is no such."""
    return next((place for place in range(many) if not isinstance(number, bool) and str(number) == str(place)), None)
