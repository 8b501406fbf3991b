"""Owns what the sheet sets out for the game: territories, families of goods, event cards; and what stands where it says nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from facilitate.core.words import N_, slug

TERRITORIES = (2, 12)
"""How many may play."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family of goods: its key in the journal, its name, some goods one may pick. Ours are msgids, a sheet's as they are written."""

    key: str
    name: str
    goods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Titled:
    """A title and what it means: a territory and who lives there, an event and what it changes."""

    key: str
    title: str
    text: str = ""


FAMILIES = (
    Family("food", N_("Food"), (N_("Vegetables"), N_("Milk and cheese"), N_("Meat"), N_("Cereals and bread"), N_("Orders for canteens"))),
    Family("land", N_("Land"), (N_("Farm land to let"), N_("A building plot"), N_("Land for compensation planting"))),
    Family("water", N_("Water"), (N_("Drinking water"), N_("Protection of a spring"), N_("Flood storage"))),
    Family("energy", N_("Energy"), (N_("Firewood"), N_("Solar power"), N_("Wind power"), N_("Energy renovation advice"))),
    Family("wood", N_("Wood and materials"), (N_("Timber"), N_("Stone and earth"), N_("Reused materials"))),
    Family("housing", N_("Housing"), (N_("Lodging for students"), N_("Lodging for seasonal workers"), N_("Empty houses to do up"))),
    Family("mobility", N_("Mobility"), (N_("A bus line"), N_("Car sharing"), N_("Bicycles to lend"))),
    Family("health", N_("Health"), (N_("A doctor's visits"), N_("Specialist consultations"), N_("Places of rest"))),
    Family("culture", N_("Culture and leisure"), (N_("Shows on tour"), N_("A festival's stage"), N_("Loans of a library"))),
    Family("tourism", N_("Tourism"), (N_("Weekend visitors"), N_("School classes outdoors"), N_("Places to stay"))),
    Family("waste", N_("Waste and recycling"), (N_("Compost"), N_("Sorting capacity"), N_("A repair workshop"))),
    Family("skills", N_("Engineering and skills"), (N_("A planner's days"), N_("Help with grant files"), N_("Know-how of a trade"))),
    Family("jobs", N_("Employment"), (N_("Shared jobs"), N_("Apprenticeships"), N_("A place for remote work"))),
    Family("landscape", N_("Environment and landscapes"), (N_("Hedges kept"), N_("Nature to walk in"), N_("Carbon stored in forests"))),
    Family("solidarity", N_("Solidarity"), (N_("Welcome for newcomers"), N_("Volunteers"), N_("Emergency stocks"))),
)

_TERRITORIES = (
    Titled("metropolis", N_("Metropolis"), N_("Half a million people, universities, hospitals; little land, and dear housing.")),
    Titled("town", N_("Market town"), N_("Thirty thousand people, a station, a hospital that lacks doctors, empty shops.")),
    Titled("valley", N_("Valley"), N_("Orchards and vegetables, a river, commuters on the road each morning.")),
    Titled("plateau", N_("Plateau"), N_("Milk, wind and space; young people who leave, houses that stand empty.")),
    Titled("forest", N_("Forest"), N_("Wood, springs and paths; few people, few services, many weekend visitors.")),
)

_EVENTS = (
    Titled("drought", N_("Drought"), N_("No rain since May: water is rationed and fodder is short. Who can help whom?")),
    Titled("line", N_("A line closes"), N_("The train no longer stops in the small stations. What of your exchanges needed it?")),
    Titled("grant", N_("A grant"), N_("A fund pays half of any exchange that at least three territories build together.")),
    Titled(
        "arrivals", N_("Newcomers"), N_("Two hundred families look for a home and work outside the city. Who welcomes them, with what?")
    ),
    Titled("prices", N_("Energy doubles"), N_("Heating and fuel cost twice as much. What becomes worth exchanging?")),
)


def _read(lines: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    """'Forez : montagne boisée' → (key, title, what follows the colon), each key once."""
    taken = set[str]()
    for line in lines:
        title, _, text = line.partition(":")
        if title.strip():
            key = slug(title, taken)
            taken.add(key)
            yield key, title.strip(), text.strip()


def families(settings: Mapping[str, Any]) -> tuple[Family, ...]:
    """The sheet's, or ours."""
    found = tuple(
        Family(key, name, tuple(good.strip() for good in goods.replace(";", ",").split(",") if good.strip()))
        for key, name, goods in _read(settings["catalogue"])
    )
    return found or FAMILIES


def territories(settings: Mapping[str, Any]) -> tuple[Titled, ...]:
    """Those that play, as the sheet names them, twelve at most; ours where it names none; none yet where they come from the welcome."""
    if settings["how"] == "welcome":
        return ()
    named = tuple(Titled(*one) for one in _read(settings["territories"]))
    return (named if len(named) >= TERRITORIES[0] else _TERRITORIES)[: TERRITORIES[1]]


def deck(settings: Mapping[str, Any]) -> tuple[Titled, ...]:
    """The event cards that the facilitator holds: none where the option is off."""
    if not settings["events"]:
        return ()
    return tuple(Titled(*one) for one in _read(settings["deck"])) or _EVENTS
