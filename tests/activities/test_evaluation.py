"""The evaluation: anonymous to the end, one answer per person, the last one counts, nothing shown before the reveal."""

import json
from dataclasses import replace
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, WALL, Policy, Room, drawn, leaves, participant
from hypothesis import given
from hypothesis import strategies as st

from facilitate.core.entry import Refused
from facilitate.core.tree import Chart, Listing, Node, Paragraph, Section, Table

PEOPLE = ("Ada", "Bo", "Cy")
SHEET = """---
title: A day
language: en
time: 9:00 - 17:00
---
## Programme
### Evaluated
- kind: evaluation
- duration: 10 min
"""
STEP = "evaluated"


class Evaluation(Room):
    """A day whose evaluation is open."""

    def __init__(self, sheet: str = SHEET) -> None:
        super().__init__(KINDS, sheet)
        for name in PEOPLE:
            self.join(name, territory="Forez", role="Mayor")
        self.do(CONSOLE, "open", STEP)

    def answer(self, name: str, **content: Any) -> str:
        """'' when this answer is taken, else why it is refused."""
        answer = self.act(participant(name), "post", STEP, content)
        return answer.code if isinstance(answer, Refused) else ""

    def results(self) -> dict[str, Any]:
        """The numbers, as the console reads them once revealed."""
        summary = replace(self.state.summaries[STEP], revealed=True)
        found: dict[str, Any] = KINDS["evaluation"].view(
            self.step(STEP).activity.settings, summary, self.viewer(CONSOLE, STEP), self.sources(STEP)
        )
        return dict(found["results"])

    def sections(self, status: str = "closed", language: str = "en") -> tuple[Node, ...]:
        step, sources = self.step(STEP), replace(self.sources(STEP), status=status)
        return KINDS["evaluation"].sections(step.activity, self.state.summaries[STEP], sources, Policy(language, self))


def test_it_is_said_anonymous_before_anything_is_typed() -> None:
    before, _, _ = drawn(Evaluation(), participant("Ada"), "fr").partition("<form")
    assert "Anonyme\u00a0: ni votre nom ni l’heure ne sont gardés." in before


def test_an_answer_stands_in_the_journal_and_the_state_without_author_or_hour() -> None:
    room = Evaluation()
    room.answer("Ada", roti=3, useful="The visit.")
    entry = room.journal[-1]
    assert (entry.by, entry.at) == ("", "")
    assert set(entry.content) == {"roti", "useful", "voter"}
    (held,) = room.state.summaries[STEP].contributions.values()
    assert (held.by, held.at, held.owner) == ("", "", "")
    assert held.content == {"roti": 3, "useful": "The visit."}


def test_numbers_may_come_as_text() -> None:
    room = Evaluation()
    assert room.answer("Ada", roti="4", scales={"facilitation": "3", "exchanges": ""}) == ""
    (held,) = room.state.summaries[STEP].contributions.values()
    assert held.content == {"roti": 4, "scales": {"facilitation": 3}}


def test_the_last_answer_of_each_person_counts_and_replaces_the_whole_of_the_one_before() -> None:
    room = Evaluation()
    room.answer("Ada", roti=1, useful="The visit.", keep="Patience.")
    room.answer("Bo", roti=2)
    room.answer("Ada", roti=4, useful="The break.")
    assert room.view(participant("Ada"), STEP)["mine"] == {"roti": 4, "useful": "The break."}
    assert room.results()["roti"] == {"count": 2, "mean": 3.0, "counts": [0, 0, 1, 0, 1], "shares": [0, 0, 100, 0, 100]}
    assert "Patience." not in json.dumps(room.view(CONSOLE, STEP)) + str(room.sections())


def test_an_answer_comes_back_into_its_own_form_and_no_other() -> None:
    room = Evaluation()
    room.answer("Ada", roti=3, useful="The visit.", scales={"relevance": 2})
    html = drawn(room, participant("Ada"))
    assert "The visit.</textarea>" in html
    assert 'name="content.roti" value="3" checked' in html
    assert 'name="content.scales.relevance" value="2" checked' in html
    assert "Change my answer" in html
    assert "The visit." not in drawn(room, participant("Bo"))


def test_the_wall_and_the_console_are_told_how_many_and_nothing_else_before_the_reveal() -> None:
    room = Evaluation()
    room.answer("Ada", roti=0, useful="Zanzibar.")
    for who in (WALL, CONSOLE):
        view = room.view(who, STEP)
        assert (view["count"], view["results"]) == (1, None)
        assert "Zanzibar" not in drawn(room, who)
    # Phones fetch again when what they all see changes: not at every answer.
    assert "count" not in room.view(participant("Bo"), STEP)


def test_words_are_never_on_the_wall_and_the_console_reads_them_without_numbers() -> None:
    room = Evaluation()
    room.answer("Ada", roti=0, useful="Zanzibar.")
    room.do(CONSOLE, "reveal", STEP)
    assert "Zanzibar" not in json.dumps(room.view(WALL, STEP))
    (answer,) = room.view(CONSOLE, STEP)["answers"]
    assert answer["texts"] == [{"label": "What was useful?", "text": "Zanzibar."}]
    assert (answer["content"], answer["n"], answer["at"]) == ({}, 0, "")


def test_once_revealed_answers_no_longer_change() -> None:
    room = Evaluation()
    room.answer("Ada", roti=3)
    room.do(CONSOLE, "reveal", STEP)
    assert room.answer("Ada", roti=4) == room.answer("Bo", roti=4) == "revealed"
    again = room.act(CONSOLE, "reveal", STEP)
    assert isinstance(again, Refused)
    assert room.results()["roti"]["mean"] == 3.0


def test_withholding_takes_the_words_away_and_never_mends_the_mean() -> None:
    room = Evaluation()
    room.answer("Ada", roti=0, useful="Zanzibar.")
    room.answer("Bo", roti=4)
    room.do(CONSOLE, "reveal", STEP)
    (answer,) = room.view(CONSOLE, STEP)["answers"]
    room.do(CONSOLE, "withhold", on=answer["id"], why="a name")
    assert room.results()["roti"]["mean"] == 2.0
    for who in (participant("Ada"), WALL, CONSOLE):
        assert "Zanzibar" not in json.dumps(room.view(who, STEP))
    assert "Zanzibar" not in str(room.sections())


def test_the_scales_are_those_of_the_sheet() -> None:
    room = Evaluation(SHEET + "- scales:\n  - Room & meals\n  - Room  meals\n")
    first, second = (one["key"] for one in room.view(WALL, STEP)["scales"])
    assert first != second
    assert room.answer("Ada", scales={first: 1, second: 4}) == ""
    assert room.answer("Bo", scales={"facilitation": 4}) == "unknown-scale"
    assert [one["mean"] for one in room.results()["scales"]] == [1.0, 4.0]


@pytest.mark.parametrize("scales", [{"facilitation": 5}, {"facilitation": 0}, {"facilitation": True}, {"facilitation": "good"}])
def test_a_degree_is_a_whole_number_from_1_to_4(scales: dict[str, Any]) -> None:
    assert Evaluation().answer("Ada", scales=scales) == "out-of-range"


def test_an_answer_from_a_phone_that_saw_it_open_is_taken_after_the_closing() -> None:
    room = Evaluation()
    seen = room.state.seq
    room.do(CONSOLE, "close", STEP)
    assert not isinstance(room.act(participant("Ada"), "post", STEP, {"roti": 4}, seen=seen), Refused)
    (held,) = room.state.summaries[STEP].contributions.values()
    assert held.late


# Restitution


def test_the_restitution_gives_the_chart_the_scales_and_the_words() -> None:
    room = Evaluation()
    room.answer("Ada", roti=4, useful="The visit.", scales={"facilitation": 4}, will="Call the cook.")
    room.answer("Bo", roti=3, useful="The break.", scales={"facilitation": 3})
    note, chart, table, useful, will = room.sections()
    assert isinstance(note, Paragraph)
    assert isinstance(chart, Chart)
    assert chart.sentence == "2 answers. On average 3.5 out of 4."
    assert [row[1] for row in chart.rows] == [1, 1, 0, 0, 0]
    assert chart.rows[-1][0] == "0, lost time"
    assert isinstance(table, Table)
    assert table.rows == (("Facilitation", "0", "0", "1", "1", "3.5"),)
    assert isinstance(useful, Section)
    assert isinstance(will, Section)
    listing = useful.children[0]
    assert isinstance(listing, Listing)
    assert sorted(listing.items) == ["The break.", "The visit."]
    assert not listing.beside
    assert "Forez" not in str(room.sections())


def test_words_come_in_an_order_drawn_from_their_ids_not_in_the_order_of_arrival() -> None:
    orders = set()
    for first in range(8):
        room = Evaluation()
        for _ in range(first):
            room.act(participant("Ada"), "post", STEP, {})  # refused, it only moves the ids
        for name in PEOPLE:
            room.answer(name, useful=name)
        section = next(one for one in room.sections() if isinstance(one, Section))
        orders.add(section.children[0].items)  # type: ignore[union-attr]
    assert len(orders) > 1


def test_a_draft_of_the_restitution_tells_only_how_many_while_people_answer() -> None:
    room = Evaluation()
    room.answer("Ada", roti=0, useful="Zanzibar.")
    assert [one.text for one in room.sections("open") if isinstance(one, Paragraph)] == [
        "1 answer.",
        "The result is hidden until it is revealed.",
    ]
    assert not [leaf for leaf in leaves(room.sections("open")) if "Zanzibar" in str(leaf)]


def test_an_evaluation_nobody_answered_is_told_honestly_and_one_never_opened_not_at_all() -> None:
    room = Evaluation()
    assert room.sections("planned") == room.sections("skipped") == ()
    assert room.sections() == (Paragraph("Nobody answered.", "note"),)


# Any sequence of answers

answers = st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(0, 4)), min_size=1, max_size=12)


@given(answers)
def test_each_person_counts_once_with_their_last_answer(given_: list[tuple[str, int]]) -> None:
    room = Evaluation()
    for name, roti in given_:
        assert room.answer(name, roti=roti) == ""
    last = dict(given_)
    found = room.results()["roti"]
    assert found["count"] == sum(found["counts"]) == len(last)
    assert found["counts"] == [list(last.values()).count(value) for value in range(5)]
    assert found["mean"] == round(sum(last.values()) / len(last), 1)
