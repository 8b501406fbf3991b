"""Suggestions: the same words give the same answer, whatever is asked; a process that fails is started again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from facilitate.suggestions import Suggestions

PLAIN = "tests.answering"
THEMES = "facilitate.activities.themes.suggesting"
FOOD = (
    "La cantine du collège achète ses légumes à six maraîchers.",
    "Une légumerie fournit les cantines de trois vallées.",
    "Les légumes du marché de gros arrivent enfin dans nos cantines.",
    "Des cantines achètent ensemble, les légumes viennent du pays.",
)
BUSES = (
    "Un bus le vendredi soir a tout changé pour les étudiants.",
    "Le bus à la demande relie le bourg à la gare.",
    "Sans bus le soir, personne ne reste.",
    "La gare est à vingt minutes de bus du marché.",
)
OTHER = ("Monnaie commune : abandonnée.",)


@pytest.fixture(scope="module")
def process() -> Iterator[Suggestions]:
    started = Suggestions()
    yield started
    started.stop()


def question(texts: tuple[str, ...], placed: dict[int, str] | None = None, apart: dict[int, list[str]] | None = None, **more: Any) -> Any:
    """A board with these cards; ``placed``: the place of a card → its theme's name."""
    placed, names = placed or {}, sorted(set((placed or {}).values()))
    cards = [
        {"id": f"c{at}", "text": text, "theme": f"t-{placed[at]}" if at in placed else "", "apart": (apart or {}).get(at, [])}
        for at, text in enumerate(texts)
    ]
    return {"cards": cards, "themes": [{"id": f"t-{name}", "name": name} for name in names], "unwanted": []} | more


def groups(answer: Any) -> dict[str, set[str]]:
    return {one["name"]: set(one["cards"]) for one in answer["groups"]}


def places(answer: Any) -> dict[str, str]:
    return {one["card"]: one["theme"] for one in answer["places"]}


def test_cards_that_speak_of_the_same_are_a_theme_named_by_their_words(process: Suggestions) -> None:
    found = groups(process.ask(THEMES, question(FOOD + BUSES + OTHER)))
    assert len(found) >= 2
    for name, cards in found.items():
        assert all(word.lower() in " ".join(FOOD + BUSES + OTHER).lower() for word in name.split(", ")), name
        assert cards <= {f"c{at}" for at in range(4)} or cards <= {f"c{at}" for at in range(4, 8)}, found
    assert "c8" not in set().union(*found.values())


def test_a_name_that_was_declined_is_not_suggested_again(process: Suggestions) -> None:
    first = next(iter(groups(process.ask(THEMES, question(FOOD + BUSES)))))
    assert first not in groups(process.ask(THEMES, question(FOOD + BUSES, unwanted=[first])))


def test_the_same_cards_give_the_same_answer_in_another_process(process: Suggestions) -> None:
    asked = question(FOOD + BUSES + OTHER, {0: "Food", 4: "Buses"})
    other = Suggestions()
    assert other.ask(THEMES, asked) == process.ask(THEMES, asked)
    other.stop()


def test_each_move_teaches_where_the_others_might_go(process: Suggestions) -> None:
    told = process.ask(THEMES, question(FOOD + BUSES + OTHER, {0: "A", 1: "A", 4: "B", 5: "B"}))
    assert {card: theme for card, theme in places(told).items() if card != "c8"} == {"c2": "t-A", "c3": "t-A", "c6": "t-B", "c7": "t-B"}
    assert "c8" not in places(told)
    assert all(0 < one["sure"] <= 1 and one["words"] for one in told["places"])
    assert "cantines" in next(one["words"] for one in told["places"] if one["card"] == "c2")
    swapped = process.ask(THEMES, question(FOOD + BUSES + OTHER, {0: "B", 1: "B", 4: "A", 5: "A"}))
    assert places(swapped)["c2"] == "t-B"


def test_a_card_is_not_suggested_where_it_was_said_not_to_belong(process: Suggestions) -> None:
    told = process.ask(THEMES, question(FOOD + BUSES, {0: "A", 1: "A", 4: "B", 5: "B"}, {2: ["t-A"]}))
    assert places(told).get("c2") != "t-A"


@pytest.mark.parametrize(
    "texts",
    [
        (),
        ("",),
        ("Seule.",),
        ("", "", ""),
        ("Aucun", "Aucun", "aucun"),
        ("🙂", "123", "…"),
        ("x" * 600,) * 3,
        ("The night bus.", "A bus at night.", "No bus."),
    ],
)
@pytest.mark.parametrize("placed", [{}, {0: "A"}, {0: "A", 1: "B"}])
def test_whatever_stands_on_the_board_there_is_an_answer(process: Suggestions, texts: tuple[str, ...], placed: dict[int, str]) -> None:
    told = process.ask(THEMES, question(texts, {at: name for at, name in placed.items() if at < len(texts)}))
    assert set(told) == {"groups", "places"}


def test_themes_without_cards_teach_by_their_names(process: Suggestions) -> None:
    board = question(FOOD + BUSES) | {
        "themes": [{"id": "t-1", "name": "Les cantines"}, {"id": "t-2", "name": "Le bus"}, {"id": "t-3", "name": ""}]
    }
    assert {"c0", "c4"} & set(places(process.ask(THEMES, board)))


def test_three_hundred_cards_have_an_answer(process: Suggestions) -> None:
    texts = tuple(f"{one} Numéro {at}." for at in range(34) for one in FOOD + BUSES + OTHER)[:300]
    told = process.ask(THEMES, question(texts, {at: "AB"[at % 9 > 3] for at in range(30)}))
    assert told["places"]
    assert len(told["groups"]) <= 8


# The process


@pytest.fixture
def plain() -> Iterator[Suggestions]:
    """One that weighs nothing."""
    started = Suggestions()
    yield started
    started.stop()


def test_a_question_that_breaks_is_answered_by_none_and_the_next_one_is_not(plain: Suggestions) -> None:
    assert plain.ask(PLAIN, "break") is None
    assert plain.ask("no.such.module", {}) is None
    assert plain.ask(PLAIN, {"é": ["’"]}) == {"é": ["’"]}


def test_a_process_that_is_killed_is_started_again(plain: Suggestions) -> None:
    assert plain.ask(PLAIN, 1) == 1
    assert plain.process is not None
    os.kill(plain.process.pid, signal.SIGKILL)
    plain.process.wait()
    assert plain.ask(PLAIN, 2) == 2


def test_an_answer_that_takes_too_long_is_none_and_one_that_is_known_is_not_asked_again(plain: Suggestions) -> None:
    plain.seconds = 0
    assert plain.ask(PLAIN, 1) is None
    plain.seconds = 60
    assert plain.ask(PLAIN, 1) == 1
    plain.stop()
    plain.seconds = 0
    assert plain.ask(PLAIN, 1) == 1
    assert plain.process is None


def test_it_ends_by_itself_when_nobody_asks(plain: Suggestions) -> None:
    plain.quiet = 0
    assert plain.ask(PLAIN, 1) == 1
    assert plain._rest is not None
    plain._rest.join()
    assert plain.process is None


def test_the_server_never_loads_what_suggestions_are_made_with() -> None:
    heavy = ("sklearn", "scipy", "numpy", "snowballstemmer")
    code = f"import sys, facilitate.serve, facilitate.app as app; app.find_kinds(); print([one for one in {heavy} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, timeout=60)
    assert done.stdout.strip() == "[]"
