"""Owns what the game's papers say besides the rules: the cards to play with pens. Words only: ``printed.typ`` sets them."""

from collections.abc import Mapping
from textwrap import shorten
from typing import Any

from facilitate.activities.exchange.catalogue import deck, families
from facilitate.activities.exchange.game import (
    CANNOT,
    CONDITIONS,
    DURATION,
    FIRST,
    OBSTACLE,
    SURPRISE,
    WATCH,
    WEIGHTS,
    WHAT,
    WHOM,
    Game,
)
from facilitate.activities.exchange.leaflet import LEAFLET, leaflet
from facilitate.activities.exchange.teams import teams_of
from facilitate.activities.exchange.told import GAME
from facilitate.core.activity import Sources
from facilitate.core.paper import Blank, Lines, Note
from facilitate.core.words import N_, Say

_CARDS = N_("Everything to play on paper")
PAPERS: Mapping[str, str] = {"leaflet": LEAFLET, "cards": _CARDS}

_HINT = 120  # signs of a family's goods, beside the room to write
_UNKNOWN = 8  # places on the map where territories are not known yet


def printed(name: str, settings: Mapping[str, Any], held: Game, sources: Sources, say: Say) -> dict[str, Any]:
    """What one of ``PAPERS`` says, in the reader's words, for a sheet and whoever plays so far."""
    known = [(say(one.name), say(one.about)) for one in teams_of(settings, held, sources).values()]
    goods = [(say(one.name), [say(good) for good in one.goods]) for one in families(settings)]
    told = (leaflet if name == "leaflet" else _cards)(settings, known, goods, say)
    return {"paper": name, "game": say(GAME), "question": say(str(settings["question"])), **told}


def to_fill(say: Say) -> tuple[Blank, ...]:
    """The sheet that each person fills at the end: the game itself is played with its cards."""
    first = [Lines(say(one.label), 3) for one in (SURPRISE, CANNOT)]
    begun = [Lines(say(one.label), 2) for one in (WHAT, WHOM, FIRST, OBSTACLE)]
    return (Note(say(N_("For the debrief. The game itself is played with its own cards."))), *first, *begun)


def _cards(settings: Mapping[str, Any], known: list[tuple[str, str]], goods: list[tuple[str, list[str]]], say: Say) -> dict[str, Any]:
    told = [(say(one.title), say(one.text)) for one in deck(settings)]
    teams = known or [("", "")]
    counted = bool(settings["quantities"])
    return {
        "head": say(_CARDS),
        "guide": _guide(bool(told), bool(settings["circles"]), bool(known), say),
        "pages": say(N_("pages %(first)s to %(last)s"), first="{first}", last="{last}"),
        "page": say(N_("page %(n)s"), n="{n}"),
        "inventory": {
            "teams": teams,
            "families": [(name, shorten("\u00a0· ".join(ones), _HINT, placeholder="\u00a0…")) for name, ones in goods],
            "head": [
                say(N_("Family")),
                say(N_("We can offer (how much?)")) if counted else say(N_("We can offer")),
                say(N_("We need (how much?)")) if counted else say(N_("We need")),
            ],
            "other": say(N_("Anything else")),
            "roles": [say(N_("The pen")), say(N_("The envoy")), say(N_("Whoever stays"))],
            "foot": say(N_("As precise as you can: not “wood” but “firewood for a school”. Leave blank what is not for you.")),
        },
        "slip": {
            "copies": len(teams),
            "head": say(N_("Exchange slip")),
            "number": say(N_("no.")),
            "territory": say(N_("Territory")),
            "gives": say(N_("gives")),
            "much": say(N_("how much")) if counted else "",
            "money": say(N_("and in euros")) if settings["money"] else "",
            "effort": say(N_("What giving costs us")),
            "efforts": [say(effort) for effort, _ in WEIGHTS.values()],
            "use": say(N_("What receiving is worth to us")),
            "uses": [say(use) for _, use in WEIGHTS.values()],
            "texts": [say(DURATION.label), say(CONDITIONS.label), say(WATCH.label), say(N_("A gift, or uneven: why"))],
            "signature": say(N_("Signature")),
            "foot": say(N_("Signed by all? Take it to whoever enters the slips, and draw your arrows on the map.")),
            "circle": (
                [
                    say(N_("Circle slip")),
                    say(N_("Each gives to the next, the last to the first.")),
                    *((f"{say(N_('Territory'))} {one}", say(N_("gives to %(other)s"), other=other)) for one, other in ("AB", "BC", "CA")),
                ]
                if settings["circles"]
                else []
            ),
        },
        "basket": {
            "copies": len(teams),
            "head": say(N_("Basket between")),
            "note": say(N_("Fasten your signed slips behind this sheet, then read it aloud together before you sign.")),
            "gives": say(N_("gives")),
            "texts": [say(CONDITIONS.label), say(WATCH.label), say(N_("Is it even? If not, why we want it so"))],
            "signature": say(N_("Signature")),
            "debrief": (say(N_("At the debrief")), [say(one.label) for one in (WHAT, WHOM, FIRST, OBSTACLE)]),
        },
        "events": {"head": say(N_("Event")), "cards": told},
        "map": {
            "head": say(N_("Who gives to whom?")),
            "note": say(N_("One arrow for each thing given, from whoever gives to whoever receives. Write on it what is given.")),
            "teams": known or [("", "")] * _UNKNOWN,
        },
    }


def _guide(events: bool, circles: bool, known: bool, say: Say) -> dict[str, Any]:
    """The first page: what is in the pile, how many, and how paper joins the screens."""
    each = say(N_("one for each territory: its table writes what it offers and needs"))
    kinds = [
        ("inventory", say(N_("Inventory sheets")), each if known else say(N_("copy it: one for each territory"))),
        ("slip", say(N_("Exchange slips")), say(N_("cut in two; print these pages again as you need more"))),
        *([("circle", say(N_("Circle slips")), say(N_("cut in two; where three territories give in turn")))] if circles else []),
        ("basket", say(N_("Basket sheets")), say(N_("one for each two territories that exchange, in the last rounds"))),
        *([("event", say(N_("Event cards")), say(N_("cut in four; the facilitator keeps them")))] if events else []),
        ("map", say(N_("The map for the wall")), say(N_("one, enlarged to A3 if you can"))),
    ]
    return {
        "what": (say(N_("What is in this pile")), kinds),
        "how": (
            say(N_("How paper and screens go together")),
            [
                say(N_("Before: print the leaflet of the rules as well, one for each table.")),
                say(N_("During: teams may play with phones, with paper, or some with one and some with the other.")),
                say(
                    N_(
                        "A slip counts once both territories have signed it."
                        " One of the facilitators enters it on the page “Enter for others”."
                    )
                ),
                say(N_("Once entered it stands on the wall and in the report, like an exchange made by phone.")),
            ],
        ),
    }
