"""The basket game on paper: rules on two pages whatever the sheet, and all that is cut, written on and hung, in both languages."""

import json
from collections.abc import Mapping
from typing import Any

import pypdfium2
import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, STEP, Room

from facilitate.activities.exchange.catalogue import FAMILIES, deck, territories
from facilitate.activities.exchange.rounds import ROUNDS
from facilitate.entering import paper

HEAD = """---
titre: Réciprocités
date: 2021-09-24
---
## Programme
### The step
- type : jeu des paniers
- durée : 120 min
"""
OPTIONS = "- cercles : oui\n- quantités : oui\n- monnaie : oui\n- événements : oui\n"
ODD = "#set page(fill: red) $x$ *gras* \\ <a> @b 💧 {{ x }}"
LONG = "%d, communauté de communes du Pays de Saint-Bonnet et de ses environs, en entier"
WORST = (
    HEAD.replace("titre: Réciprocités", f"titre: {'Une journée qui porte un titre très long ' * 8}")
    + f"- question : {'Que pouvons-nous nous donner ? ' * 20}\n- négociations : 6\n{OPTIONS}- territoires :\n"
    + "".join(f"  - {LONG % n} {'x' * 90}{ODD} : {'un territoire qui a beaucoup à dire ' * 9}\n" for n in range(12))
    + "- catalogue :\n"
    + "".join(f"  - Famille {n} {'au nom sans fin ' * 9} : {'un bien assez long, ' * 9}\n" for n in range(60))
)
A4, FLAT = (595, 842), (842, 595)
FOOT = 16 / 25.4 * 72  # what stands lower is the foot of the page


class Pages:
    """What a paper says, page by page, as machines read it."""

    def __init__(self, sheet: str, name: str, language: str = "fr") -> None:
        self.room = Room(KINDS, sheet)
        made = paper.print_here(paper.own(self.room.state, self.room.step(STEP), name, KINDS, LANGUAGES[language]))
        self.data, self.accessible = made.data, made.accessible
        with pypdfium2.PdfDocument(made.data) as document:
            texts = [page.get_textpage() for page in document]
            self.said = [plain(one.get_text_bounded()) for one in texts]
            self.foot = [plain(one.get_text_bounded(top=FOOT)) for one in texts]
            self.sizes = [tuple(round(side) for side in page.get_size()) for page in document]

    @property
    def settings(self) -> Mapping[str, Any]:
        return self.room.step(STEP).activity.settings


def plain(text: str) -> str:
    """One line, without the places where a word may part."""
    return " ".join(text.replace("\u200b", "").replace("\ufffe", "").replace("\x02", "").split()).replace("- ", "-")


def told(text: str, language: str) -> str:
    return plain(LANGUAGES[language].say(text))


GAME = "It is a game: nothing here binds anyone’s institution."


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_rules_hold_every_territory_round_and_family_on_two_pages(language: str) -> None:
    pages = Pages(HEAD, "leaflet", language)
    assert pages.accessible
    assert pages.sizes == [A4, A4]
    first, second = pages.said
    assert all(told(one.title, language) in first and told(one.text, language) in first for one in territories(pages.settings))
    assert all(told(name, language) in first for name in ROUNDS.values())
    assert all(told(one.name, language) in second for one in FAMILIES)
    assert all(told(GAME, language) in one for one in pages.foot)


def test_the_rules_say_the_minutes_of_this_sheet_and_leave_out_rounds_it_leaves_out() -> None:
    first, second = Pages(HEAD + "- négociations : 3\n- négociation : 17\n- équilibrage : 0\n- signature : 0\n", "leaflet").said
    assert "Négociation 3 17" in first
    assert f"En tout {10 + 20 + 3 * 17 + 25}" in first
    assert "Équilibrage" not in first + second
    assert not any(word in first + second for word in ("Signature", "Signé par", "signent"))


def test_the_rules_tell_of_an_option_only_where_it_is_on() -> None:
    names = [LANGUAGES["fr"].say(one) for one in ("Circles", "Quantities", "Money", "Events")]
    assert all(one in Pages(HEAD + OPTIONS, "leaflet").said[1] for one in names)
    assert not any(one in Pages(HEAD, "leaflet").said[1] for one in names)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_rules_hold_on_two_pages_whatever_the_sheet_and_nothing_runs_into_the_foot(language: str) -> None:
    pages = Pages(WORST, "leaflet", language)
    assert pages.accessible
    assert pages.sizes == [A4, A4]
    first, second = pages.said
    assert all(plain(LONG % n)[:70] in first for n in range(12))
    assert all(f"Famille {n} " in second for n in range(40))
    day = "Une journée qui porte un titre très long Une journée qui porte un titr…"
    assert pages.foot == [f"{told(GAME, language)} {day}"] * 2


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_cards_are_what_a_table_needs_to_play_with_pens(language: str) -> None:
    pages = Pages(HEAD + OPTIONS, "cards", language)
    assert pages.accessible
    named = [told(one.title, language) for one in territories(pages.settings)]
    guide, *others, map = pages.said
    inventories, slips, (circle, *rest) = others[:5], others[5:10], others[10:]
    baskets, events = rest[:5], rest[5:]
    assert all(name in page for name, page in zip(named, inventories, strict=True))
    assert all(told(one.name, language) in page for page in inventories for one in FAMILIES)
    for page in slips:
        assert page.count(told("Exchange slip", language)) == page.count(told(GAME, language)) == 2
        assert page.count(told("small effort", language)) == page.count(told("large usefulness", language)) == 4
    assert told("Circle slip", language) in circle
    assert all(told("Basket between", language) in page for page in baskets)
    assert all(told(one.title, language) in " ".join(events) for one in deck(pages.settings))
    assert all(name in map for name in named)
    assert pages.sizes == [A4] * (len(pages.sizes) - 1) + [FLAT]
    for line in ("2 à 6", "7 à 11", "13 à 17", "18 à 19") if language == "fr" else ("2 to 6", "7 to 11", "13 to 17", "18 to 19"):
        assert f"pages {line}" in guide
    assert all(told(GAME, language) in page for page in pages.said)


def test_what_is_off_has_no_card() -> None:
    said = " ".join(Pages(HEAD, "cards").said)
    assert not any(word in said for word in ("Fiche de cercle", "Événement", "combien ?", "en euros"))


def test_where_territories_come_with_the_people_there_is_a_sheet_to_copy() -> None:
    pages = Pages(HEAD + "- équipes : de l’accueil\n", "cards")
    assert "à photocopier" in pages.said[0]
    room = Room(KINDS, HEAD + "- équipes : de l’accueil\n")
    room.join("Ada", territory="Drôme")
    room.join("Bea", territory="Forez")
    room.do(CONSOLE, "open", STEP)
    words = json.loads(paper.own(room.state, room.step(STEP), "cards", KINDS, LANGUAGES["fr"]))
    assert [name for name, _ in words["inventory"]["teams"]] == ["Drôme", "Forez"]


def test_words_are_words_on_the_cards_whatever_they_look_like() -> None:
    pages = Pages(
        f"{HEAD}{OPTIONS}- territoires :\n  - {ODD.replace(':', '')}\n  - Forez\n- cartes événement :\n  - Orage : {ODD}\n", "cards"
    )
    assert pages.accessible
    assert "#set page(fill red) $x$ *gras* \\ <a> @b" in pages.said[1]
    assert "#set page(fill: red) $x$ *gras* \\ <a> @b" in " ".join(pages.said[-3:])


def test_the_same_sheet_gives_the_same_bytes_from_a_process_of_its_own() -> None:
    room = Room(KINDS, HEAD)
    given = paper.own(room.state, room.step(STEP), "leaflet", KINDS, LANGUAGES["fr"])
    assert paper.print_apart(given) == paper.print_here(given).data


def test_the_sheet_to_fill_is_for_the_debrief() -> None:
    room = Room(KINDS, HEAD)
    words = json.loads(paper.payload(room.state, [room.step(STEP)], KINDS, LANGUAGES["fr"]))
    assert [one.get("label") for one in words["sheets"][0]["blanks"][1:]][:2] == ["Ce qui nous a surpris", "Ce qui ne s’échange pas"]
