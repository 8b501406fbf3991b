"""Owns who plays for which territory: teams by choice, mixed, listed by the sheet, or those of the welcome; whoever comes late."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from facilitate.activities.exchange.catalogue import TERRITORIES, territories
from facilitate.activities.exchange.game import Game, Team
from facilitate.core.activity import Participant, Sources
from facilitate.core.reading import fold as plain
from facilitate.core.words import slug

SEATS = 8
"""People in a team, at most: more no longer speak."""


def teams_of(settings: Mapping[str, Any], held: Game, sources: Sources) -> dict[str, Team]:
    """The territories that play: the sheet's, or those of the people present, and all that entries have named. The sheet's stay in its
    order, whichever is first played: a list from which people choose does not move under their thumbs."""
    found = {key: held.teams[key] for key in held.order}
    written = [one.key for one in territories(settings)]
    for one in territories(settings):
        if one.key not in found and len(found) < TERRITORIES[1]:
            found[one.key] = Team(one.key, one.title, one.text)
    if settings["how"] == "welcome":
        come = Counter(one.territory for one in present(sources) if one.territory)
        for name, _ in sorted(come.items(), key=lambda pair: (-pair[1], pair[0])):
            if slug(name) not in found and len(found) < TERRITORIES[1]:
                found[slug(name)] = Team(slug(name), name)
    return dict(sorted(found.items(), key=lambda pair: written.index(pair[0]) if pair[0] in written else len(written)))


def present(sources: Sources) -> list[Participant]:
    """Who may play: those of the same workshop where there is one, in the order they came."""
    people = (one for one in sources.people.values() if not sources.track or one.track == sources.track)
    return sorted(people, key=lambda one: one.n)


def named(teams: Iterable[Team], held: Game) -> dict[str, tuple[str, str]]:
    """What an entry says of the teams it is the first to name."""
    return {one.key: (one.name, one.about) for one in teams if one.key not in held.teams}


def free(held: Game, team: str, seats: Mapping[str, str] | None = None) -> int:
    """How many seats a team has left; ``seats`` those that are being given."""
    return SEATS - sum(1 for key in {**held.seats, **(seats or {})}.values() if key == team)


def formed(settings: Mapping[str, Any], held: Game, sources: Sources, salt: str) -> dict[str, str]:
    """A seat for each person who has none: {participant: team}. Nobody who sits is moved; whoever finds no seat is left out.

    Each goes to a team that has the fewest people, the fewest of their own territory, then of their role; those alike are taken one
    after the other, so that they spread. ``salt`` decides between people of the same territory and role: the same gives the same.
    """
    teams, seats = teams_of(settings, held, sources), dict[str, str]()
    waiting = [one for one in present(sources) if not held.seats.get(one.id)]
    if settings["how"] == "mixed":
        drawn = {one.id: hashlib.sha256(f"{salt}:{one.n}".encode()).digest() for one in waiting}
        waiting.sort(key=lambda one: (one.territory, one.role, drawn[one.id]))
    for one in waiting:
        key = seat_for(settings, held, sources, one, teams, seats)
        if key:
            seats[one.id] = key
    return seats


def seat_for(
    settings: Mapping[str, Any],
    held: Game,
    sources: Sources,
    person: Participant,
    teams: Mapping[str, Team],
    seats: Mapping[str, str] | None = None,
) -> str:
    """The team the rules give this person, '' where every team is full."""
    own = home(settings, person, teams)
    if own and free(held, own, seats) > 0:
        return own
    sitting = {**held.seats, **(seats or {})}

    def burden(key: str) -> tuple[int, int, int]:
        mates = [sources.people[id] for id, at in sitting.items() if at == key and id in sources.people]
        alike = sum(1 for one in mates if person.territory and one.territory == person.territory)
        same = sum(1 for one in mates if person.role and one.role == person.role)
        return len(mates), alike, same

    open = [key for key in teams if free(held, key, seats) > 0]
    return min(open, key=burden) if open else ""


def home(settings: Mapping[str, Any], person: Participant, teams: Mapping[str, Team]) -> str:
    """Whose team someone is before anyone asks: the one the sheet lists them in, by their name or their territory; their own territory
    where real ones play; '' elsewhere."""
    if settings["how"] == "welcome":
        key = slug(person.territory) if person.territory else ""
        return key if key in teams else ""
    if settings["how"] != "listed":
        return ""
    mine = {plain(one) for one in (person.name, person.territory) if one}
    for line in settings["members"]:
        team, _, who = line.partition(":")
        if slug(team) in teams and mine & {plain(one) for one in who.replace(";", ",").split(",")}:
            return slug(team)
    return ""
