"""Owns what stands on the tables, printed: one card each, with its number and its name."""

from collections.abc import Mapping
from typing import Any

from facilitate.activities.tables.dealing import tables_for, themes_of
from facilitate.activities.tables.plan import Seating, present
from facilitate.core.activity import Sources
from facilitate.core.words import N_, Say

PAPERS: Mapping[str, str] = {"cards": N_("Table cards")}

_UNKNOWN = 8  # tables where neither the sheet nor the room tells how many


def cards(settings: Mapping[str, Any], held: Seating, sources: Sources, say: Say) -> dict[str, Any]:
    """A card for each table: of the plan once there is one, else as many as the sheet says, else as those who joined need."""
    names, people = themes_of(settings, held, sources), len(present(held, sources))
    size = {"seats": 0 if names else int(settings["seats"]), "count": int(settings["count"])}
    dealt = {place.at for round in held.rounds for place in round.places if place.at and not place.remote}
    asked = tables_for(people, size, len(names)) if people or size["count"] or names else _UNKNOWN
    numbers = sorted(dealt) or range(1, asked + 1)
    named = dict(enumerate(names, 1))
    return {
        "head": say(PAPERS["cards"]),
        "cards": [{"label": say(N_("Table")), "large": str(n), "beside": named.get(n, "")} for n in numbers],
    }
