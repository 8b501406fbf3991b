"""Input: slides cut from the step's prose, followed by phones, driven by the console, with questions."""

import pytest
from activities.room import CONSOLE, KINDS, STEP, WALL, Room, drawn, participant, sections

from facilitate.core.entry import Refused
from facilitate.core.prose import cut, heading, nodes
from facilitate.core.tree import Card, Facts, Listing, Paragraph, Section, Table

ADA = participant("Ada")
PROSE = """
#### What towns owe the country

- water
- **wood**

---

Only a sentence.

---

#### Three questions

1. Who decides?
"""


def a_room(*settings: str, prose: str = PROSE) -> Room:
    head = ["---", "title: A day", "language: en", "time: 9:00 - 17:00", "---", "## Programme", "### The step"]
    room = Room(KINDS, "\n".join([*head, "- kind: input", "- duration: 40 min", *settings, prose]))
    room.join("Ada", territory="Forez")
    room.do(CONSOLE, "open", STEP)
    return room


def test_a_line_of_dashes_between_blank_lines_cuts() -> None:
    assert cut("One\n\n---\n\nTwo\n\n-----\nThree") == ("One", "Two", "Three")


def test_dashes_right_under_a_line_make_it_a_heading() -> None:
    assert cut("Title\n---\n\ntext") == ("Title\n---\n\ntext",)


def test_empty_slides_are_left_out() -> None:
    assert cut("") == ()
    assert cut("---\n\n---\n\nOne\n\n---\n\n   \n\n---") == ("One",)


def test_the_highest_heading_of_a_slide_is_raised_to_the_second_level() -> None:
    assert cut("#### A\n\n##### B\n\n---\n\n# C") == ("## A\n\n### B", "## C")


def test_a_slide_is_read_as_plain_nodes() -> None:
    text = "A [map](https://example.org) of\nall, `x < y` &amp; <b>b</b> \\*so\\*."
    slide = f"## Towns & *country*\n\n{text}\n\n- one\n    - deep\n- two **2**\n\n1. first\n\n> said"
    assert nodes(slide, "step-1") == (
        Section(
            "Towns & country",
            "step-1",
            (
                Paragraph("A map (https://example.org) of all, x < y & <b>b</b> *so*."),
                Listing(("one", "deep", "two 2")),
                Listing(("first",), ordered=True),
                Paragraph("said"),
            ),
        ),
    )


def test_a_slide_without_a_heading_is_its_paragraphs_and_tables() -> None:
    assert nodes("![A map of the valley](map.png)\n\n| a | b |\n|---|--:|\n| 1 | 2 |", "step-1") == (
        Paragraph("A map of the valley"),
        Table("", ("a", "b"), (("1", "2"),)),
    )


def test_a_slide_is_named_by_its_first_words() -> None:
    assert heading("## Towns and *country*\n\nText") == "Towns and country"
    assert heading("- water\n- wood") == "water"


def test_phones_and_wall_show_the_slide_that_is_on_and_no_other() -> None:
    room = a_room("- speaker: A geographer")
    for who in (ADA, WALL):
        html = drawn(room, who)
        assert "<h2>What towns owe the country</h2>" in html
        assert "<strong>wood</strong>" in html
        assert "A geographer" in html
        assert "Only a sentence." not in html
    room.do(CONSOLE, "slide", STEP, to=2)
    for who in (ADA, WALL):
        html = drawn(room, who)
        assert "Only a sentence." in html
        assert "2 of 3" in html
        assert "What towns owe" not in html


def test_the_console_goes_back_and_forth_and_sees_every_heading() -> None:
    room = a_room()
    room.do(CONSOLE, "slide", STEP, to="3")
    html = drawn(room, CONSOLE)
    assert 'name="content.to" value="2"' in html
    assert "What towns owe the country" in html
    room.do(CONSOLE, "slide", STEP, to=2)
    assert room.view(WALL, STEP)["slide"] == 2


@pytest.mark.parametrize("to", [0, 4, -1, "0", "four", "", None, True, 2.0, [2], "9" * 5000])
def test_a_slide_that_is_not_there_is_refused(to: object) -> None:
    answer = a_room().act(CONSOLE, "slide", STEP, {"to": to})
    assert isinstance(answer, Refused)
    assert answer.code == "no-slide"


def test_only_the_console_turns_slides() -> None:
    answer = a_room().act(ADA, "slide", STEP, {"to": 2})
    assert isinstance(answer, Refused)
    assert answer.status == 403


def test_a_sheet_with_fewer_slides_shows_its_last() -> None:
    room = a_room()
    room.do(CONSOLE, "slide", STEP, to=3)
    kind, step = KINDS["input"], room.step(STEP)
    settings = {**step.activity.settings, "slides": "One\n\n---\n\nTwo"}
    view = kind.view(settings, room.state.summaries[STEP], room.viewer(WALL, STEP), room.sources(STEP))
    assert (view["slide"], view["text"]) == (2, "Two")


def test_a_step_without_slides_still_takes_questions() -> None:
    room = a_room("- speaker: A geographer", prose="")
    assert "Your question" in drawn(room, ADA)
    assert "This step has no slides." in drawn(room, CONSOLE)
    assert "A geographer" in drawn(room, WALL)


def test_a_question_is_signed_as_said_and_counted_on_the_wall() -> None:
    room = a_room()
    html = drawn(room, ADA)
    assert html.index("Your question will be signed: Ada, Forez.") < html.index("<textarea")
    room.do(ADA, "post", STEP, text="Who pays?")
    assert "1 question asked" in drawn(room, WALL)
    assert "Who pays?" not in drawn(room, WALL), "the wall keeps its slide"
    assert "Who pays?" in drawn(room, CONSOLE)
    assert "Who pays?" in drawn(room, ADA)


def test_where_no_questions_are_taken_none_is_asked_and_none_accepted() -> None:
    room = a_room("- questions: no")
    assert "<textarea" not in drawn(room, ADA)
    answer = room.act(ADA, "post", STEP, {"text": "Who pays?"})
    assert isinstance(answer, Refused)
    assert answer.code == "nothing-asked"


def test_the_restitution_says_who_presented_what_the_slides_say_and_what_was_asked() -> None:
    room = a_room("- speaker: A geographer")
    room.do(ADA, "post", STEP, text="Who pays?")
    assert sections(room) == (
        Facts((("Presented by", "A geographer"),)),
        Section("What towns owe the country", "the-step-1", (Listing(("water", "wood")),)),
        Paragraph("Only a sentence."),
        Section("Three questions", "the-step-3", (Listing(("Who decides?",), ordered=True),)),
        Section("Questions asked", "the-step-questions", (Card("Who pays?", by="Forez, Ada", number=room.state.seq),)),
    )
