"""One synthesis over the days of a series: themes compared, what each day left, every card with where it stands; nobody's rule is bent."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, Room, participant

from facilitate.core.activity import ActivityType, Policy, Setting, Sources, Verb
from facilitate.core.agenda import Activity
from facilitate.core.tree import Card, Chart, Document, Listing, Node, Section, Table
from facilitate.core.words import N_
from facilitate.library import Day, of_series, series, synthesis
from facilitate.restitution import write

FRENCH = LANGUAGES["fr"]


class Piles(ActivityType):
    """Every card whose first word is a theme's name belongs to it; what was found is left."""

    kind: ClassVar[str] = "piles"
    fr: ClassVar[str] = "tas"
    label: ClassVar[str] = N_("Piles")
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("source", "sur", "source", "", "", required=True),
        Setting("names", "noms", "list", (), ""),
    )
    verbs: ClassVar[Mapping[str, Verb]] = {}
    lasting: ClassVar[bool] = True

    def themes(self, activity: Activity, summary: Any, sources: Sources) -> tuple[tuple[str, tuple[str, ...]], ...]:
        cards = sources.named["source"].summary.contributions.values()
        return tuple(
            (name, tuple(one.id for one in cards if str(one.content["title"]).startswith(name))) for name in activity.settings["names"]
        )

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        cards = sources.named["source"].summary.contributions.values()
        kept = sorted((one for one in cards if policy.number(one)), key=policy.number)
        return (Section("Gardé", f"{activity.id}-kept", tuple(Card(str(one.content["title"]), number=policy.number(one)) for one in kept)),)


PILES = {**KINDS, "piles": Piles()}
SHEET = """---
titre: {title}
date: {date}
lieu: {place}
série: {series}
organisateur: Le Relais
financeurs: {funder}
---
## Programme

### 9 h – Cartes
- type : situations
- durée : 30
- signature : signée

### 9 h 30 – Tas
- type : tas
- durée : 30
- sur : Cartes
- noms : {names}
"""


def day(code: str, cards: Mapping[str, str], **facts: str) -> Day:
    """A day on which each of these people wrote one card, then the tas were opened."""
    usual = {
        "title": f"Jour {code}",
        "date": "2020-11-19",
        "place": "Lyon",
        "series": "Ateliers",
        "funder": "Région",
        "names": "Gouvernance",
    }
    room = Room(PILES, SHEET.format(**usual | facts))
    room.do(CONSOLE, "open", "cartes")
    for place, (who, text) in enumerate(cards.items()):
        room.do(participant(who), "join", name=who, structure=f"Structure de {who.title()}", territory="Drôme", named=place == 0)
        room.do(participant(who), "post", "cartes", title=text)
    room.do(CONSOLE, "open", "tas")
    return Day(code, room.state)


FIRST = day(
    "BCD001",
    {"Anna": "Gouvernance partagée", "Bob": "Logistique : un camion", "Zoé": "Gouvernance, encore"},
    names="Gouvernance; Logistique",
)
SECOND = day(
    "BCD002",
    {"Anna": "GOUVERNANCE du projet", "Mona": "Foncier à trouver"},
    date="2021-03-18",
    names="GOUVERNANCE; Foncier",
    place="Vichy",
    funder="État",
)
DAYS = [FIRST, SECOND]


def found(document: Document, title: str) -> Section:
    def within(nodes: tuple[Node, ...]) -> Section | None:
        for node in nodes:
            if isinstance(node, Section) and node.title == title:
                return node
            if isinstance(node, Section) and (inner := within(node.children)):
                return inner
        return None

    section = within(document.children)
    assert section is not None, title
    return section


def test_days_of_one_series_stand_together_in_order_whatever_its_accents() -> None:
    other = day("BCD003", {}, series="Autre", date="2021-01-01")
    undated = day("BCD004", {}, series="ATELIERS", date="")
    alone = day("BCD005", {}, series="")
    assert {name: [one.code for one in days] for name, days in series([undated, SECOND, other, alone, FIRST]).items()} == {
        "Ateliers": ["BCD001", "BCD002", "BCD004"],
        "Autre": ["BCD003"],
    }
    assert [one.code for one in of_series([SECOND, FIRST, other], " atéliers ")] == ["BCD001", "BCD002"]
    assert of_series([FIRST], "") == []
    with pytest.raises(ValueError, match="a day"):
        synthesis([], PILES, FRENCH)


def test_themes_are_compared_from_one_session_to_the_next() -> None:
    section = found(synthesis(DAYS, PILES, FRENCH), "Les thèmes, d’une session à l’autre")
    table = section.children[0]
    assert isinstance(table, Table)
    assert table.rows == (("Gouvernance", "2", "1", "3"), ("Logistique", "1", "–", "1"), ("Foncier", "–", "1", "1"))
    course = section.children[1]
    assert isinstance(course, Listing)
    assert [line.partition("\u00a0:")[2].strip() for line in course.items] == [
        "«\u00a0Gouvernance\u00a0».",
        "«\u00a0Foncier\u00a0».",
        "«\u00a0Logistique\u00a0».",
    ]


def test_every_card_says_in_which_session_it_stands_and_under_which_number() -> None:
    (table,) = found(synthesis(DAYS, PILES, FRENCH), "Gouvernance").children
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["BCD 001, n°\u00a01", "BCD 001, n°\u00a03", "BCD 002, n°\u00a01"]
    assert [row[1] for row in table.rows] == ["Gouvernance partagée", "Gouvernance, encore", "GOUVERNANCE du projet"]
    assert table.rows[0][2] == "Anna, Structure de Anna, Drôme"
    assert table.rows[1][2] == "Structure de Zoé, Drôme"


def test_what_a_session_left_stands_there_with_its_code() -> None:
    left = found(synthesis(DAYS, PILES, FRENCH), "Ce qu’a laissé BCD 002 : Jour BCD002".replace(" :", "\u00a0:"))
    card = left.children[0]
    assert isinstance(card, Section)
    kept = card.children[0]
    assert isinstance(kept, Section)
    assert kept.anchor == "bcd002-tas-kept"
    assert [one.by for one in kept.children if isinstance(one, Card)] == ["BCD 002, n°\u00a01", "BCD 002, n°\u00a02"]


def test_what_was_withheld_in_a_session_is_nowhere_and_what_was_hidden_says_so_there() -> None:
    room = Room(PILES, SHEET.format(title="Jour", date="2020-11-19", place="", series="Ateliers", funder="", names="Gouvernance"))
    room.do(CONSOLE, "open", "cartes")
    for who, text in (("Anna", "Gouvernance volée"), ("Bob", "Gouvernance cachée")):
        room.do(participant(who), "join", name=who)
        room.do(participant(who), "post", "cartes", title=text)
    first = min(room.state.summaries["cartes"].contributions.values(), key=lambda one: one.n).id
    room.do(CONSOLE, "withhold", on=first, why="données personnelles")
    written = write(synthesis([Day("BCD009", room.state)], PILES, FRENCH), "md", FRENCH.say).decode()
    assert "volée" not in written
    assert "Gouvernance cachée" in written


def test_the_figures_of_all_the_days_stand_together() -> None:
    document = synthesis(DAYS, PILES, FRENCH)
    assert document.title == "Ateliers"
    assert document.subtitle == "2 sessions, 5 participations, 5 contributions."
    facts = dict(document.facts.pairs)
    assert facts["Quand"] == "du 19 novembre 2020 au 18 mars 2021"
    assert facts["Où"] == "Lyon · Vichy"
    assert document.mentions == ("Avec le soutien de\u00a0: Région, État.",)
    (organisations, territories, people) = found(document, "Qui a participé").children
    assert isinstance(organisations, Chart)
    assert isinstance(territories, Chart)
    assert isinstance(people, Section)
    assert organisations.rows[0] == ("Structure de Anna", 2.0, "2")
    assert territories.rows == (("Drôme", 2.0, "2"),)
    assert people.children[0] == Listing(("Anna",))


def test_a_series_without_themes_says_so_and_every_format_is_written_alike_each_time() -> None:
    document = synthesis([day("BCD007", {}, names="Rien")], PILES, FRENCH)
    assert "aucune de ces sessions" in write(document, "md", FRENCH.say).decode()
    for format in ("html", "md"):
        assert write(synthesis(DAYS, PILES, FRENCH), format, FRENCH.say) == write(synthesis(DAYS, PILES, FRENCH), format, FRENCH.say)


def test_the_themes_of_the_kind_themes_are_those_of_its_board() -> None:
    assert KINDS["themes"].themes.__func__ is not ActivityType.themes  # type: ignore[attr-defined]
