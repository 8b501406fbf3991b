"""A poll: what is taken and refused, what stays hidden, what the figures say, what the room's hands add beside."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, STEP, WALL, Room, drawn, leaves, participant, screens, sections
from hypothesis import given
from hypothesis import strategies as st

from facilitate.activities.poll.figures import MOST_CLASSES, classes_of, of_answers
from facilitate.activities.poll.forms import Asked, asked, read_answer
from facilitate.core.entry import Caller, Refused
from facilitate.core.gradient import GRADIENT
from facilitate.core.paper import Lines, Note, Ticks
from facilitate.core.state import serialise
from facilitate.core.tree import Chart, Listing, Paragraph, Section
from facilitate.render import Asked as Screen
from facilitate.restitution.build import build

SCRIBE = Caller("scribe")
PEOPLE = ("Ada", "Bo", "Cy", "Di", "Eve", "Flo", "Gus")
PLACES = ("Valence, room 2", "Die", "Online")


class Poll(Room):
    """An open poll, in English."""

    def __init__(self, *settings: str, language: str = "en") -> None:
        head = ["---", "title: A day", f"language: {language}", "time: 9:00 - 17:00", "---", "## Programme"]
        step = ["### The step", "- kind: poll", "- duration: 10 min", "- question: Where next?", *settings]
        super().__init__(KINDS, "\n".join([*head, *step]))
        for name in PEOPLE:
            self.join(name, territory="Forez")
        self.do(CONSOLE, "open", STEP)

    def gives(self, name: str, answer: Any, **more: Any) -> str:
        """'' when this answer is taken, else why it is refused."""
        told = self.act(participant(name), "answer", STEP, {"answer": answer, **more})
        return told.code if isinstance(told, Refused) else ""

    def counts(
        self, *numbers: Any, by: str = "hands", people: Any = 20, on: str = "", who: Caller = SCRIBE, base: int | None = None
    ) -> str:
        """The id of a count; else why it is refused."""
        told = self.act(who, "count", STEP, {"by": by, "people": people, "counts": list(numbers)}, on=on, base=base)
        return told.code if isinstance(told, Refused) else on or told[0].id

    def reveal(self) -> None:
        self.do(CONSOLE, "reveal", STEP)

    def result(self, who: Caller = WALL, place: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = self.view(who, STEP)["results"][place]
        return found

    def told(self, language: str = "en") -> list[str]:
        return [str(leaf) for leaf in leaves(sections(self, language))]


CHOICE = ("- options:", *(f"  - {one}" for one in PLACES))
SEVERAL = ("- form: several", "- most: 2", *CHOICE)
SCALE = ("- form: scale", "- ends: not at all; entirely")
NUMBER = ("- form: number", "- unit: km", "- low: 0", "- high: 400")


# Answers


def test_the_last_answer_of_each_person_counts_and_no_one_answers_twice() -> None:
    room = Poll(*CHOICE)
    assert room.gives("Ada", "Die") == ""
    assert room.gives("Bo", "Die") == ""
    assert room.gives("Ada", "Online") == ""
    room.reveal()
    assert [(one["text"], one["count"]) for one in room.result()["rows"]] == [("Valence, room 2", 0), ("Die", 1), ("Online", 1)]
    assert room.result()["people"] == 2


def test_after_the_reveal_an_answer_is_refused_in_words_and_changes_nothing() -> None:
    room = Poll(*CHOICE)
    room.gives("Ada", "Die")
    room.reveal()
    before = serialise(room.state)
    assert room.gives("Bo", "Die") == "revealed"
    assert room.act(CONSOLE, "reveal", STEP).code == "revealed"  # type: ignore[union-attr]
    assert serialise(room.state) == before


@pytest.mark.parametrize(
    ("settings", "answer", "code"),
    [
        (CHOICE, "Paris", "unknown-option"),
        (CHOICE, "", "empty"),
        (CHOICE, None, "empty"),
        (CHOICE, ["Die", "Online"], "unknown-option"),
        (CHOICE, {"Die": True}, "unknown-option"),
        (SEVERAL, ["Die", "Online", PLACES[0]], "too-many"),
        (SEVERAL, [], "empty"),
        (SEVERAL, [""], "empty"),
        (SEVERAL, ["Die", "Paris"], "unknown-option"),
        (SEVERAL, [1], "unknown-option"),
        (SEVERAL, 3, "unknown-option"),
        (SCALE, 0, "out-of-range"),
        (SCALE, "6", "out-of-range"),
        (SCALE, 2.5, "out-of-range"),
        (SCALE, True, "out-of-range"),
        (("- form: gradient",), 8, "out-of-range"),
        (NUMBER, "many", "not-a-number"),
        (NUMBER, "1e3", "not-a-number"),
        (NUMBER, "1,2345", "not-a-number"),
        (NUMBER, "1 23", "not-a-number"),
        (NUMBER, True, "not-a-number"),
        (NUMBER, "401", "out-of-range"),
        (NUMBER, "-1", "out-of-range"),
        (NUMBER, "9" * 11, "not-a-number"),
        ((*NUMBER, "- whole: yes"), "3,5", "not-whole"),
        (("- form: number",), "9999999999", "out-of-range"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_in_words(settings: tuple[str, ...], answer: Any, code: str) -> None:
    room = Poll(*settings)
    before = serialise(room.state)
    assert room.gives("Ada", answer) == code
    assert serialise(room.state) == before


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("3,5", 3.5),
        ("3.5", 3.5),
        ("12", 12),
        (12, 12),
        (2.5, 2.5),
        ("1 250", 1250),
        ("1\u202f250,75", 1250.75),
        ("40 km", 40),
        ("40KM", 40),
        ("−3", -3),
        ("+3", 3),
        ("007", 7),
        (["8"], 8),
    ],
)
def test_a_number_is_read_as_french_writes_it(written: Any, read: float) -> None:
    assert read_answer(Asked("number", unit="km"), written) == read


def test_several_choices_are_kept_in_the_order_of_the_sheet_each_once() -> None:
    poll = Asked("several", PLACES)
    assert read_answer(poll, ["Online", "Valence, room 2", "Online"]) == ("Valence, room 2", "Online")
    assert read_answer(poll, "Die") == ("Die",)


def test_a_sheet_s_bounds_make_a_scale_whatever_their_order() -> None:
    settings = {one.name: one.default for one in KINDS["poll"].settings} | {"form": "scale"}
    assert asked(settings).options == ("1", "2", "3", "4", "5")
    assert asked(settings | {"low": 3, "high": 0}).options == ("0", "1", "2", "3")
    assert asked(settings | {"low": 6}).options == ("6", "7", "8", "9", "10")
    assert asked(settings | {"high": 0}).options == ("-4", "-3", "-2", "-1", "0")
    assert asked(settings | {"low": 2, "high": 2}).options == ("2", "3", "4", "5", "6")
    wide = asked(settings | {"low": 0, "high": 100})
    assert (wide.form, wide.low, wide.high, wide.whole) == ("number", 0, 100, True)
    assert asked(settings | {"form": "one", "options": ("A", "B", "A")}).options == ("A", "B")


def improvised(room: Room, kind: str, **settings: Any) -> Any:
    """The view of a step that the console has just added and opened; else why it is refused."""
    told = room.act(CONSOLE, "add", content={"kind": kind, "question": "Do we go on?", "minutes": "5", "settings": settings})
    if isinstance(told, Refused):
        return told.code
    room.do(CONSOLE, "open", told[0].activity)
    return room.view(participant("Bo"), told[0].activity)


def test_a_poll_improvised_with_a_question_alone_asks_yes_or_no() -> None:
    room = Poll(*CHOICE)
    view = improvised(room, "poll", options="")
    assert (view["question"], [one["value"] for one in view["options"]]) == ("Do we go on?", ["Yes", "No", "No opinion"])
    assert {"Oui", "Non", "Sans avis"} <= set(drawn(room, participant("Bo"), "fr").replace("<", ">").split(">"))


def test_a_poll_is_improvised_in_each_of_its_forms_and_with_one_s_own_answers() -> None:
    assert [improvised(Poll(), f"poll.{way}")["form"] for way in KINDS["poll"].improvised] == [
        "one",
        "several",
        "gradient",
        "scale",
        "number",
    ]
    assert improvised(Poll(), "poll.scale")["high"] == 5
    own = Poll()
    view = improvised(own, "poll.several", options="At noon\n\n At one, or two \n")
    assert (view["form"], [one["value"] for one in view["options"]]) == ("several", ["At noon", "At one, or two"])
    assert isinstance(own.act(participant("Ada"), "answer", own.state.now, {"answer": ["At one, or two"]}), tuple)
    assert improvised(Poll(), "poll", form="gradient")["form"] == "gradient"
    assert improvised(Poll(), "poll", form=["scale"])["form"] == "one"
    assert improvised(Poll(), "poll.dance") == "unknown-kind"
    assert improvised(Poll(), "poll", options="x" * 201) == "lines"
    assert improvised(Poll(), "poll", options="x\n" * 31) == "lines"


def test_the_console_proposes_each_way_of_a_poll() -> None:
    html = drawn(Poll(), CONSOLE, "fr")
    for way in KINDS["poll"].improvised:
        assert f'<option value="poll.{way}">Sondage' in html
    assert '<option value="poll">' not in html


# What stays hidden


@pytest.mark.parametrize(
    ("settings", "one", "other"), [(CHOICE, "Die", "Online"), (SCALE, 1, 5), (("- form: gradient",), 1, 7), (NUMBER, 3, 300)]
)
def test_before_the_reveal_nobody_but_its_author_learns_an_answer(settings: tuple[str, ...], one: Any, other: Any) -> None:
    rooms = [Poll(*settings), Poll(*settings)]
    for room, answer in zip(rooms, (one, other), strict=True):
        room.gives("Ada", answer)
    for who in (WALL, CONSOLE, SCRIBE, participant("Bo")):
        assert rooms[0].view(who, STEP) == rooms[1].view(who, STEP)
    drafts = [list(leaves(build(room.state, KINDS, LANGUAGES["en"]))) for room in rooms]
    assert drafts[0] == drafts[1]
    assert rooms[0].view(participant("Ada"), STEP)["mine"] == [str(one)]


def test_with_immediate_the_wall_follows_and_the_phones_have_it_at_the_closing() -> None:
    room = Poll(*CHOICE, "- immediate: yes")
    before = room.view(participant("Bo"), STEP)
    room.gives("Ada", "Die")
    assert room.view(participant("Bo"), STEP) == before
    assert [one["count"] for one in room.result()["rows"]] == [0, 1, 0]
    assert room.gives("Ada", "Online") == "", "it may change until the closing"
    assert [one["count"] for one in room.result()["rows"]] == [0, 0, 1]
    assert room.act(CONSOLE, "reveal", STEP).code == "revealed"  # type: ignore[union-attr]
    room.do(CONSOLE, "close", STEP)
    assert room.view(participant("Bo"), STEP)["results"] == room.view(WALL, STEP)["results"]


def test_the_journal_holds_neither_author_nor_hour_of_an_answer() -> None:
    room = Poll("- form: gradient", "- why: yes")
    room.gives("Ada", 7, why="Too soon.")
    entry = room.journal[-1]
    assert (entry.by, entry.at) == ("", "")
    assert "id-Ada" not in json.dumps(dict(entry.content))


# Reasons


def test_a_reason_is_read_after_the_reveal_without_the_answer_it_came_with() -> None:
    room = Poll("- form: gradient", "- why: yes")
    room.gives("Ada", 7, why="Too soon.")
    room.gives("Bo", 1, why="At last.")
    assert room.view(CONSOLE, STEP)["cards"] == []
    assert room.view(participant("Ada"), STEP)["reason"] == "Too soon."
    assert "Too soon." not in json.dumps(room.view(participant("Bo"), STEP))
    room.reveal()
    seen = {one["content"]["why"]: one for one in room.view(CONSOLE, STEP)["cards"]}
    assert set(seen) == {"Too soon.", "At last."}
    assert all((one["n"], one["at"], one["name"]) == (0, "", "") for one in seen.values())
    assert "7" not in json.dumps(list(seen["Too soon."]["content"].items()))
    (reasons,) = (one for one in sections(room) if isinstance(one, Section))
    assert isinstance(reasons.children[0], Listing)
    assert set(reasons.children[0].items) == {"Too soon.", "At last."}


def test_a_reason_that_is_withheld_or_hidden_leaves_the_answer_counted() -> None:
    room = Poll("- form: gradient", "- why: yes")
    room.gives("Ada", 7, why="zanzibar")
    room.gives("Bo", 1, why="tombouctou")
    room.reveal()
    cards = {one["content"]["why"]: one["id"] for one in room.view(CONSOLE, STEP)["cards"]}
    room.do(CONSOLE, "withhold", on=cards["zanzibar"], why="hurtful")
    room.do(CONSOLE, "hide", on=cards["tombouctou"])
    assert [one["count"] for one in room.result()["rows"]] == [1, 0, 0, 0, 0, 0, 1]
    for who in (WALL, participant("Ada"), participant("Bo")):
        assert "zanzibar" not in json.dumps(room.view(who, STEP))
    document = " ".join(str(leaf) for leaf in leaves(build(room.state, KINDS, LANGUAGES["en"])))
    assert "zanzibar" not in document
    assert document.count("tombouctou") == 1, "hidden from the wall, it stays in the annex"


def test_a_new_answer_takes_the_reason_of_the_one_before_with_it() -> None:
    room = Poll("- form: gradient", "- why: yes")
    room.gives("Ada", 7, why="Too soon.")
    room.gives("Ada", 3, why="With a date.")
    room.gives("Bo", 3, why="Yes.")
    room.gives("Bo", 3)
    room.reveal()
    assert [one["content"]["why"] for one in room.view(CONSOLE, STEP)["cards"]] == ["With a date."]


def test_with_immediate_reasons_are_read_at_the_closing() -> None:
    room = Poll(*CHOICE, "- why: yes", "- immediate: yes")
    room.gives("Ada", "Die", why="The train.")
    assert room.view(CONSOLE, STEP)["cards"] == room.view(WALL, STEP)["cards"] == []
    room.do(CONSOLE, "close", STEP)
    assert [one["content"]["why"] for one in room.view(CONSOLE, STEP)["cards"]] == ["The train."]


def test_a_name_masked_in_a_reason_stays_so_until_its_author_writes_another() -> None:
    room = Poll("- form: gradient", "- why: yes", "- immediate: yes")
    room.join("Ursule Dubreuil")
    room.gives("Ada", 2, why="Ask Ursule Dubreuil.")
    (id,) = room.state.summaries[STEP].contributions
    room.do(CONSOLE, "mask", on=id, name="Ursule Dubreuil")
    assert room.view(participant("Ada"), STEP)["reason"] == "Ask […]."
    room.gives("Ada", 3, why="Ask […].")
    assert room.state.summaries[STEP].contributions[id].masked
    room.gives("Ada", 3, why="Ask them.")
    assert not room.state.summaries[STEP].contributions[id].masked


def test_where_no_reason_is_asked_none_is_kept() -> None:
    room = Poll(*CHOICE)
    room.gives("Ada", "Die", why="Because.")
    assert "why" not in room.journal[-1].content
    assert 'name="content.why"' not in drawn(room, participant("Ada"))


# Figures


def said(room: Poll, who: Caller = WALL, language: str = "en") -> str:
    """The sentence of the wall."""
    html = drawn(room, who, language)
    part = html.split('data-key="telling">')[1].split("</section>" if 'class="stack wide telling"' in html else "</p>")[0]
    return part.split('class="said">')[-1].removesuffix("</p>").replace("\u00a0", " ").replace("\u202f", " ")


def test_the_lead_is_said_alone_or_level_in_both_languages() -> None:
    room = Poll(*CHOICE)
    for name, answer in zip(PEOPLE, (PLACES[0], PLACES[0], PLACES[0], "Die", "Die", "Online"), strict=False):
        room.gives(name, answer)
    room.reveal()
    assert said(room) == "6 people answered. In the lead: “Valence, room 2”, 3 people (50%)."
    assert said(room, language="fr") == "6 personnes ont répondu. En tête : « Valence, room 2 », 3 personnes (50 %)."
    assert "6 people answered. In the lead: “Valence, room 2”, 3 people (50%)." in room.told()
    level = Poll(*CHOICE)
    level.gives("Ada", "Die")
    level.gives("Bo", "Online")
    level.reveal()
    assert said(level) == "2 people answered. 2 answers come first, level."


def test_the_gradient_says_who_accepts_abstains_and_stands_against() -> None:
    room = Poll("- form: gradient")
    for name, degree in zip(PEOPLE, (1, 2, 3, 4, 5, 6, 7), strict=True):
        room.gives(name, degree)
    room.reveal()
    assert said(room) == "7 people answered. 4 people at least accept (57%), 1 abstains, 2 stand against."
    assert said(room, language="fr") == "7 personnes ont répondu. 4 l’acceptent ou s’y rallient (57 %), 1 s’abstient, 2 s’y opposent."
    assert [one["text"] for one in room.result()["rows"]] == list(GRADIENT)
    assert room.result()["mean"] is None, "a veto is not averaged away"


@pytest.mark.parametrize(
    ("degrees", "told"),
    [
        ((1, 1), "2 people at least accept (100%), nobody stands against."),
        ((4,), "Nobody accepts it, 1 abstains, nobody stands against."),
        ((7, 6), "Nobody accepts it, 2 stand against."),
    ],
)
def test_nobody_is_said_in_words(degrees: tuple[int, ...], told: str) -> None:
    room = Poll("- form: gradient")
    for name, degree in zip(PEOPLE, degrees, strict=False):
        room.gives(name, degree)
    room.reveal()
    assert said(room).endswith(told)


def test_a_scale_gives_its_mean_and_median() -> None:
    room = Poll(*SCALE)
    for name, degree in zip(PEOPLE, (1, 4, 4, 5), strict=False):
        room.gives(name, degree)
    room.reveal()
    assert said(room) == "4 people answered. On average 3.5, on a scale from 1 to 5; the median is 4."
    assert said(room, language="fr").startswith("4 personnes ont répondu. En moyenne 3,5, sur une échelle de 1 à 5 ; la médiane est 4.")
    assert [(one["low"], one["text"], one["count"]) for one in room.result()["rows"]][::4] == [(1, "not at all", 1), (5, "entirely", 1)]


def test_numbers_are_told_with_their_unit_and_drawn_one_bar_each_where_they_are_few() -> None:
    room = Poll(*NUMBER)
    for name, number in zip(PEOPLE, ("12,5", "40", "40", "3"), strict=False):
        room.gives(name, number)
    room.reveal()
    assert said(room, language="fr") == "4 personnes ont répondu. En moyenne 23,9 km ; la médiane est 26,3 km ; de 3 km à 40 km."
    assert [(one["low"], one["high"], one["count"]) for one in room.result()["rows"]] == [(3, None, 1), (12.5, None, 1), (40, None, 2)]


def test_many_numbers_stand_in_classes_and_an_empty_one_is_shown() -> None:
    numbers = [Decimal(one) for one in (1, 2, 4, 7, 11, 12, 13, 18, 19, 41)]
    assert [(int(low), int(high or 0), count) for low, high, count in classes_of(numbers, whole=True)] == [
        (0, 9, 4),
        (10, 19, 5),
        (20, 29, 0),
        (30, 39, 0),
        (40, 49, 1),
    ]
    room = Poll("- form: number")
    for name, number in zip(PEOPLE, (1, 2, 4, 7, 11, 12, 13), strict=True):
        room.gives(name, number)
    room.reveal()
    assert "number" in drawn(room, WALL)
    halves = [Decimal(one) / 2 for one in range(-5, 15)]
    assert classes_of(halves, whole=False)[0] == (Decimal(-4), Decimal(-2), 1)


@given(st.lists(st.decimals(-10_000, 10_000, places=2), min_size=1, max_size=200))
def test_every_number_stands_in_one_class_and_classes_are_few_and_alike(numbers: list[Decimal]) -> None:
    classes = classes_of(numbers, whole=False)
    assert 1 <= len(classes) <= MOST_CLASSES
    assert sum(count for _, _, count in classes) == len(numbers)
    for low, high, count in classes:
        held = [one for one in numbers if (one == low if high is None else low <= one < high)]
        assert len(held) == count
    assert len({high - low for low, high, _ in classes if high is not None}) <= 1
    assert classes[0][2]
    assert classes[-1][2]


@given(st.lists(st.integers(1, 7), min_size=1, max_size=150))
def test_the_figures_of_a_gradient_and_a_scale_are_those_of_the_answers(degrees: list[int]) -> None:
    result = of_answers(asked({"form": "gradient"}), degrees)
    assert [one.count for one in result.rows] == [degrees.count(degree) for degree in range(1, 8)]
    assert all(abs(one.percent - 100 * one.count / len(degrees)) <= 0.5 for one in result.rows)
    settings = {one.name: one.default for one in KINDS["poll"].settings} | {"form": "scale", "high": 7}
    told = of_answers(asked(settings), degrees)
    assert told.mean is not None
    assert abs(Fraction(str(told.mean)) - Fraction(sum(degrees), len(degrees))) <= Fraction(1, 20)
    assert told.said[1].median == median(degrees)


def test_an_option_the_sheet_no_longer_proposes_keeps_its_answers_and_says_so() -> None:
    room = Poll(*CHOICE)
    room.gives("Ada", "Die")
    room.do(Caller("system"), "sheet", text=room.state.sheet.replace("- Die", "- Crest"))
    room.reveal()
    assert [(one["text"], one["count"], one["gone"]) for one in room.result()["rows"]][1:] == [
        ("Crest", 0, False),
        ("Online", 0, False),
        ("Die", 1, True),
    ]
    assert "Die (no longer proposed)" in drawn(room, WALL)
    assert "Die (no longer proposed)" in room.told()


@pytest.mark.parametrize("form", ["scale", "gradient", "number", "several"])
def test_a_form_changed_in_the_sheet_once_people_have_answered_breaks_no_screen(form: str) -> None:
    room = Poll(*CHOICE)
    room.gives("Ada", "Die")
    room.do(Caller("system"), "sheet", text=room.state.sheet.replace("- question:", f"- form: {form}\n- question:"))
    room.counts(*[1] * len(asked(room.step(STEP).activity.settings).options))
    room.reveal()
    for who in (WALL, CONSOLE, participant("Ada")):
        assert "<main" in drawn(room, who)
    assert room.told()


# Counted in the room


def test_hands_stand_beside_the_answers_and_are_never_added_to_them() -> None:
    room = Poll(*CHOICE)
    room.gives("Ada", "Die")
    room.counts(4, "", 9)
    room.counts(0, 3, 1, by="paper", people=4)
    room.reveal()
    for who in (WALL, CONSOLE, participant("Bo")):
        results = room.view(who, STEP)["results"]
        assert [(one["by"], one["people"], [row["count"] for row in one["rows"]]) for one in results] == [
            ("", 1, [0, 1, 0]),
            ("hands", 20, [4, 0, 9]),
            ("paper", 4, [0, 3, 1]),
        ]
        html = drawn(room, who)
        assert "By show of hands" in html
        assert "On paper" in html
    charts = [one for one in sections(room) if isinstance(one, Chart)]
    assert [one.caption.rpartition(" · ")[2] for one in charts] == ["Person by person", "By show of hands", "On paper"]
    assert charts[1].rows == (("Valence, room 2", 4.0, "4 (20%)"), ("Die", 0.0, "0 (0%)"), ("Online", 9.0, "9 (45%)"))
    assert charts[1].sentence == "20 people took part. In the lead: “Online”, 9 people (45%)."


def test_before_the_reveal_only_whoever_types_a_count_reads_its_numbers() -> None:
    rooms = [Poll(*CHOICE), Poll(*CHOICE)]
    for room, numbers in zip(rooms, ((7, 1, 0), (1, 7, 0)), strict=True):
        room.counts(*numbers)
    for who in (WALL, CONSOLE, participant("Bo")):
        assert rooms[0].view(who, STEP) == rooms[1].view(who, STEP)
    assert rooms[0].view(WALL, STEP)["counted"] == [{"by": "hands", "way": "By show of hands", "people": 20}]
    assert rooms[0].view(SCRIBE, STEP)["counts"][0]["counts"] == [7, 1, ""]
    assert rooms[0].told() == ["Where next?", "lede", "By show of hands. 20 people took part.", "note", *rooms[0].told()[-2:]]


@pytest.mark.parametrize(
    ("numbers", "more", "code"),
    [
        ((), {}, "not-a-number"),
        ((1, 2), {}, "not-a-number"),
        ((0, "", 0), {}, "empty"),
        ((-1, 0, 0), {}, "not-a-number"),
        (("many", 0, 0), {}, "not-a-number"),
        ((1.5, 0, 0), {}, "not-a-number"),
        ((21, 0, 0), {}, "too-many"),
        ((10, 10, 1), {}, "too-many"),
        ((1, 0, 0), {"people": 0}, "people"),
        ((1, 0, 0), {"people": "x"}, "people"),
        ((1, 0, 0), {"by": ""}, "unknown-way"),
        ((1, 0, 0), {"by": "ear"}, "unknown-way"),
        ((1, 0, 0), {"by": ["hands"]}, "unknown-way"),
        ((1, 0, 0), {"on": "elsewhere"}, "unknown-count"),
        ((1, 0, 0), {"who": participant("Ada")}, "not-allowed"),
    ],
)
def test_a_count_that_cannot_be_is_refused_in_words(numbers: tuple[Any, ...], more: dict[str, Any], code: str) -> None:
    room = Poll(*CHOICE)
    before = serialise(room.state)
    assert room.counts(*numbers, **more) == code
    assert serialise(room.state) == before


def test_hands_may_choose_several_each_at_most_once_for_each_answer() -> None:
    room = Poll(*SEVERAL)
    assert room.counts(20, 20, 0) in room.state.summaries[STEP].counts
    assert room.counts(21, 0, 0) == "too-many"
    assert room.counts(20, 20, 1) == "too-many"


def test_a_number_is_not_counted_by_hand() -> None:
    room = Poll(*NUMBER)
    assert room.counts(3) == "one-by-one"
    html = screens().region(room, "scribe", Screen(SCRIBE, "en", step=STEP))
    assert "Hands cannot tell a number" in html


def test_a_count_is_corrected_or_taken_back_after_the_reveal_too_and_not_by_two_at_once() -> None:
    room = Poll(*CHOICE)
    first = room.counts(4, 0, 0)
    edited = room.state.summaries[STEP].counts[first].edited
    room.reveal()
    assert room.counts(5, 0, 0, on=first, who=CONSOLE) == first
    assert room.counts(6, 0, 0, on=first, base=edited) == "stale"
    assert [row["count"] for row in room.result()["rows"]] == [5, 0, 0]
    room.do(SCRIBE, "uncount", STEP, on=first)
    assert room.view(WALL, STEP)["results"] == []
    room.do(CONSOLE, "finish")
    assert room.counts(1, 0, 0) == "closed"


def test_a_count_alone_is_what_the_wall_shows() -> None:
    room = Poll("- form: gradient")
    room.counts(1, 2, 0, 0, 0, 0, 3, people=6)
    room.reveal()
    assert said(room) == "6 people took part. 3 people at least accept (50%), 3 stand against."
    assert "By show of hands" in drawn(room, WALL)


# Screens and paper


@pytest.mark.parametrize("settings", [CHOICE, SEVERAL, SCALE, ("- form: gradient",), NUMBER])
def test_a_phone_shows_its_own_answer_again_to_be_changed(settings: tuple[str, ...]) -> None:
    room = Poll(*settings, "- why: yes")
    answer = {CHOICE: "Die", SEVERAL: ["Die"], SCALE: 5, ("- form: gradient",): 5, NUMBER: "12,5"}[settings]
    room.gives("Ada", answer, why="Because.")
    html = drawn(room, participant("Ada"), "fr")
    assert ('value="12,5"' if settings == NUMBER else " checked>") in html
    assert "Because.</textarea>" in html
    assert " checked" not in drawn(room, participant("Bo"), "fr")
    assert "Revenir à" not in html, "it is the step that is on"


def test_what_was_refused_stays_in_the_form() -> None:
    room = Poll(*NUMBER)
    asked_ = replace(Screen(participant("Ada"), "fr"), typed={"answer": "beaucoup"}, refused="Non")
    assert 'value="beaucoup"' in screens().region(room, "now", asked_)


def test_its_paper_has_a_box_for_each_answer_or_a_line_for_a_number() -> None:
    say, count = LANGUAGES["en"].say, LANGUAGES["en"].count

    def paper(*settings: str) -> tuple[Any, ...]:
        room = Poll(*settings)
        return KINDS["poll"].paper(room.step(STEP).activity.settings, room.sources(STEP), say, count)

    assert paper(*CHOICE) == (Note("Anonymous: do not write your name.", nameless=True), Ticks("Where next?", PLACES))
    assert paper(*SEVERAL)[1] == Note("Tick 2 answers at most.")
    assert paper(*SCALE)[1] == Ticks("Where next?", ("1, not at all", "2", "3", "4", "5, entirely"))
    named = Note("Your name serves to enter your answer once; it is not kept with it.")
    assert paper(*NUMBER)[0] == named, "a number is entered person by person"
    assert paper("- form: gradient", "- why: yes")[0] == named, "so is a reason"
    assert paper("- form: gradient", "- why: yes")[1:] == (
        Ticks("Where next?", GRADIENT),
        Lines("Your reason, if you wish to give it", 3),
    )
    assert paper(*NUMBER)[1] == Lines("Your answer, in km", 1, required=True)


def test_a_poll_that_nobody_answered_says_so() -> None:
    room = Poll(*CHOICE)
    room.do(CONSOLE, "close", STEP)
    assert sections(room) == (Paragraph("Where next?", "lede"), Paragraph("Nobody answered.", "note"))
