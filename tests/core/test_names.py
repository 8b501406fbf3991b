"""Names in other people's words, in a full room: found in time, and wherever they stand."""

import time

from immutables import Map

from facilitate.core.contribution import Contribution, Participant, names_in

FIRST = ("Alpha", "Bêta", "Gamma-Delta", "Epsilon", "Zêta", "Êta", "Thêta", "Iota", "Kappa", "Lambda")
LAST = ("Un", "Deux", "Trois", "Quatre", "Cinq", "Six", "Sept", "Huit", "Neuf", "Dix", "Onze", "Douze", "Treize", "Quatorze", "Quinze")
ROOM = Map({f"{n}-{m}": Participant(f"{n}-{m}", f"{first} {last}") for n, first in enumerate(FIRST) for m, last in enumerate(LAST)})


def card(n: int, text: str) -> Contribution:
    return Contribution(str(n), n, "", "0-0", "", {"title": text, "context": text * 4, "done": text * 3}, n)


def test_the_names_of_a_full_room_are_found_in_all_its_cards_while_phones_wait() -> None:
    cards = [card(n, f"Un marché commun, tenu par Bêta Deux et par Gamma avec les producteurs de la vallée, {n}. ") for n in range(300)]
    before = time.process_time()
    found = [names_in(one, ROOM) for one in cards]
    first = time.process_time()
    assert [names_in(one, ROOM) for one in cards] == found
    assert {name for names in found for name in names} >= {"Bêta Deux", "Gamma"}
    # Seconds of this process alone: each tick of the console does it again.
    assert time.process_time() - first < 0.5
    assert first - before < 3


def test_a_name_is_found_between_underscores_and_twice_in_a_row() -> None:
    people = Map({"b": Participant("b", "Bora Bora"), "k": Participant("k", "Kappa Trois")})
    assert names_in(card(1, "_Kappa Trois_ l’a dit"), people) == ["Kappa Trois"]
    assert names_in(card(2, "Bora Bora Bora"), people) == ["Bora Bora", "Bora"]
