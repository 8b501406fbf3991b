"""Input: slides cut from the step's prose, followed by phones, driven by the console, with questions."""

import pytest
from activities.room import CONSOLE, KINDS, STEP, WALL, Room, drawn, participant, sections

from facilitate.core.entry import Refused
from facilitate.core.prose import cut, heading, nodes
from facilitate.core.tree import Card, Facts, Figure, Listing, Paragraph, Section, Table

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


PAGES = [{"media": f"{n}" * 32, "small": f"{n + 3}" * 32, "text": f"Title {n}\n- point {n}"} for n in range(3)]
BLANK = {"media": "a" * 32, "small": "b" * 32, "text": ""}


def with_pdf(permission: str = "yes", pages: list[dict[str, str]] = PAGES, **more: object) -> Room:
    room = a_room("- speaker: A geographer")
    room.do(CONSOLE, "slides", STEP, pages=pages, name="towns.pdf", permission=permission, **more)
    return room


def test_a_pdf_takes_the_place_of_the_sheets_slides_on_every_screen() -> None:
    room = with_pdf()
    wall, phone, console = (drawn(room, who) for who in (WALL, ADA, CONSOLE))
    assert f'src="/s/RVT482/media/{"0" * 32}" alt="Slide 1: Title 0"' in wall
    assert "Title 0\n- point 0" in wall, "the words are there for who does not see the picture"
    assert "Title 0\n- point 0" in phone
    assert "What towns owe" not in wall + phone + console
    assert [f'value="{n}"' in console for n in (1, 2, 3)] == [True, True, True]
    room.do(CONSOLE, "slide", STEP, to=3)
    assert "Title 2" in drawn(room, ADA)
    assert f"/media/{'2' * 32}" in drawn(room, WALL)
    assert isinstance(room.act(CONSOLE, "slide", STEP, {"to": 4}), Refused)


def test_a_phone_loads_the_picture_of_a_page_only_when_it_is_asked_for_and_small() -> None:
    html = drawn(with_pdf(), ADA)
    see = html[html.index("<details") : html.index("</details>")]
    assert f'src="/s/RVT482/media/{"3" * 32}" loading="lazy" alt="Slide 1: Title 0"' in see
    assert html.count("<img") == 1


def test_a_page_without_words_says_so() -> None:
    room = with_pdf(pages=[BLANK])
    assert "This slide holds no text." in drawn(room, ADA)
    assert 'alt="Slide 1"' in drawn(room, WALL)
    assert "no text" in drawn(room, CONSOLE)


def test_the_words_of_a_page_are_never_markup() -> None:
    room = with_pdf(pages=[{**BLANK, "text": "<script>alert(1)</script> # **x**"}])
    for who in (ADA, WALL, CONSOLE):
        html = drawn(room, who)
        assert "&lt;script&gt;alert(1)&lt;/script&gt; # **x**" in html
        assert "<script>" not in html


def test_a_long_pdf_is_named_around_the_page_that_is_on() -> None:
    pages = [{**BLANK, "text": f"Page {n}"} for n in range(1, 151)]
    room = with_pdf(pages=pages)
    assert [one["n"] for one in room.view(CONSOLE, STEP)["pages"]] == [1, 2, 3, 4, 5, 6, 7, 8]
    room.do(CONSOLE, "slide", STEP, to=100)
    assert [one["n"] for one in room.view(CONSOLE, STEP)["pages"]] == [97, 98, 99, 100, 101, 102, 103, 104]
    room.do(CONSOLE, "slide", STEP, to=150)
    assert room.view(CONSOLE, STEP)["pages"][-1]["n"] == 150
    assert len(drawn(room, CONSOLE)) < 60_000


def test_another_pdf_begins_at_its_first_page() -> None:
    room = with_pdf()
    room.do(CONSOLE, "slide", STEP, to=3)
    room.do(CONSOLE, "slides", STEP, pages=PAGES[1:], name="", permission="no")
    assert (room.view(WALL, STEP)["slide"], room.view(WALL, STEP)["slides"]) == (1, 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"pages": []}, "no-pages"),
        ({"pages": None}, "no-pages"),
        ({"pages": "x"}, "no-pages"),
        ({"pages": [BLANK] * 151}, "no-pages"),
        ({"pages": [{**BLANK, "media": "../../etc"}]}, "no-pages"),
        ({"pages": [{**BLANK, "text": "x" * 2001}]}, "no-pages"),
        ({"pages": [{"media": "a" * 32}]}, "no-pages"),
        ({"pages": ["a"]}, "no-pages"),
        ({"name": 3}, "no-pages"),
        ({"permission": ""}, "permission"),
        ({"permission": "maybe"}, "permission"),
        ({"permission": ["yes"]}, "permission"),
    ],
)
def test_pages_that_are_none_are_refused_and_the_slides_stay(change: dict[str, object], code: str) -> None:
    room = a_room()
    answer = room.act(CONSOLE, "slides", STEP, {"pages": PAGES, "name": "", "permission": "yes"} | change)
    assert isinstance(answer, Refused)
    assert answer.code == code
    assert "What towns owe" in drawn(room, WALL)


@pytest.mark.parametrize("do", ["slides", "permission", "elsewhere"])
def test_only_the_console_takes_slides_in(do: str) -> None:
    answer = a_room().act(ADA, do, STEP, {"pages": PAGES, "permission": "yes", "on": True})
    assert isinstance(answer, Refused)
    assert answer.status == 403


def test_slides_may_be_taken_in_before_the_step_is_open() -> None:
    room = Room(KINDS, "---\ntitle: A day\nlanguage: en\n---\n## Programme\n### The step\n- kind: input\n- duration: 10 min")
    room.do(CONSOLE, "slides", STEP, pages=PAGES, name="", permission="ask")
    room.do(CONSOLE, "open", STEP)
    assert "Title 0" in drawn(room, WALL)


def test_the_restitution_shows_and_says_the_slides_the_speaker_let_be_published() -> None:
    assert sections(with_pdf(pages=[PAGES[0], BLANK])) == (
        Facts((("Presented by", "A geographer"),)),
        Section(
            "The slides", "the-step-slides", (Figure("3" * 32, "Title 0", "Slide 1"), Figure("b" * 32, "A slide without text.", "Slide 2"))
        ),
        Section("What the slides say", "the-step-text", (Facts((("Slide 1", "Title 0\n- point 0"),)),)),
    )


@pytest.mark.parametrize(("permission", "why"), [("no", "did not agree"), ("ask", "has not said")])
def test_without_the_speakers_word_nothing_of_the_slides_is_published(permission: str, why: str) -> None:
    room = with_pdf(permission)
    speaker, said = sections(room)
    assert speaker == Facts((("Presented by", "A geographer"),))
    assert isinstance(said, Paragraph)
    assert why in said.text
    room.do(CONSOLE, "permission", STEP, permission="yes")
    assert len(sections(room)) == 3


def test_the_console_says_what_the_speaker_agreed_to_and_what_was_left_of_the_file() -> None:
    html = drawn(with_pdf("ask", scripts=True), CONSOLE)
    assert "still to be asked" in html
    assert "This PDF held scripts" in html
    assert "This PDF held scripts" not in drawn(with_pdf(), CONSOLE)


def test_while_another_computer_projects_the_wall_is_calm_and_phones_keep_their_questions() -> None:
    for room in (a_room("- elsewhere: yes", "- speaker: A geographer"), with_pdf()):
        room.act(CONSOLE, "elsewhere", STEP, {"on": True})
        room.do(ADA, "post", STEP, text="Who pays?")
        wall = drawn(room, WALL)
        assert "Projected from another computer." in wall
        assert "A geographer" in wall
        assert "1 question asked" in wall
        assert "What towns owe" not in wall
        assert "/media/" not in wall + drawn(room, ADA)
        assert "<textarea" in drawn(room, ADA)
        room.act(CONSOLE, "elsewhere", STEP, {"on": "false"})
        assert "Projected from another computer." not in drawn(room, WALL)


def test_the_sheet_may_say_that_another_computer_projects() -> None:
    assert "Projected from another computer." in drawn(a_room("- elsewhere: yes"), WALL)
    assert "Projected from another computer." not in drawn(a_room(), WALL)


def test_each_person_keeps_notes_of_their_own_for_each_step() -> None:
    room = a_room()
    bo = room.join("Bo")
    assert f'data-notes="id-Ada/{STEP}"' in drawn(room, ADA)
    assert f'data-notes="id-Bo/{STEP}"' in drawn(room, bo)
    assert "data-notes" not in drawn(room, WALL)
