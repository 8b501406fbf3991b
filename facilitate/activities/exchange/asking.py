"""Owns who asks for something in the game: for which team, whether its pen is theirs, what they typed; and why an act goes no further."""

from collections.abc import Mapping
from typing import Any

from facilitate.activities.exchange.game import Game
from facilitate.activities.exchange.teams import free, named, seat_for, teams_of
from facilitate.core.activity import Field, Sources, read_fields
from facilitate.core.entry import Act, Actor, Refused
from facilitate.core.words import N_

MOST_QUANTITY = 1_000_000
STALE = N_("The other side has answered meanwhile: read what is on the table first. Nothing was changed.")


class Stop(Exception):
    """Why an act goes no further: what the one who asked is told."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


class Asking:
    """One act, with all that is looked at to decide it."""

    def __init__(self, settings: Mapping[str, Any], act: Act, actor: Actor, held: Game, sources: Sources) -> None:
        self.settings, self.act, self.actor, self.held, self.sources = settings, act, actor, held, sources
        self.content = act.content
        self.staff = actor.audience in ("console", "scribe") and not actor.participant
        self.teams = teams_of(settings, held, sources)
        self.beside: dict[str, Any] = {}

    # For whom

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
            raise Stop(no_pen())
        if not pen and self.beside.get("seats", {}).get(person) is None:
            self.beside["seats"] = {person: key}
        return key

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

    # What is typed

    def _texts(self, *fields: Field) -> dict[str, str]:
        texts = read_fields(fields, self.content)
        if isinstance(texts, Refused):
            raise Stop(texts)
        return texts

    def _number(self, field: str, most: int, within: Mapping[str, Any] | None = None) -> int:
        """A whole number of that field, of the content unless ``within`` is given; 0 where nothing is said."""
        value = (self.content if within is None else within).get(field)
        if value in (None, ""):
            return 0
        if isinstance(value, bool) or not str(value).isdecimal() or len(str(value)) > 12 or int(str(value)) > most:
            raise Stop(Refused("not-a-number", N_("Write a whole number, %(most)s at most."), {"most": most}, field=field))
        return int(str(value))


def no_pen() -> Refused:
    """Only the pen writes for a team."""
    return Refused("no-pen", N_("Another phone of your team holds the pen. Ask for it, or tell them what to write."), status=409)


def unreadable(field: str) -> Refused:
    """No page of ours sends this."""
    return Refused("unreadable", N_("This could not be read: fill the form again."), field=field)
