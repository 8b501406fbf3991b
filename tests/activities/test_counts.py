"""Hands, stickers, sheets of paper: each count apart from each person’s answers, never summed with them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from activities.room import CONSOLE, WALL, drawn, leaves, participant, screens
from activities.test_evaluation import STEP, Evaluation
from activities.test_vote import Vote

from facilitate.core.entry import Caller, Refused
from facilitate.core.tree import Chart, Listing, Paragraph, Section
from facilitate.render import Asked

SCRIBE = Caller("scribe")


def counted(room: Vote, *dots: Any, by: str = "hands", people: Any = 15, on: str = "", who: Caller = SCRIBE) -> str:
    """The id of a count, a number for each card in turn; else why it is refused."""
    content = {"by": by, "people": people, "dots": dict(zip(room.cards, dots, strict=False))}
    answer = room.act(who, "count", "chosen", content, on=on)
    return answer.code if isinstance(answer, Refused) else on or answer[0].id


def piled(room: Evaluation, on: str = "", **content: Any) -> str:
    """The id of sheets typed together, or why they are refused."""
    answer = room.act(SCRIBE, "count", STEP, content, on=on)
    return answer.code if isinstance(answer, Refused) else on or answer[0].id


# Hands and stickers


def test_a_count_stands_beside_the_ballots_and_is_not_added_to_them() -> None:
    room = Vote()
    room.gives("Ada", 3, 2)
    counted(room, 0, 12, 9)
    counted(room, 1, 0, 2, by="stickers", people=4)
    room.do(CONSOLE, "reveal", "chosen")
    for who in (WALL, CONSOLE, participant("Bo")):
        view = room.view(who, "chosen")
        assert [one["dots"] for one in view["results"]] == [3, 2, 0, 0]
        assert [[other["dots"] for other in one["beside"]] for one in view["results"]] == [[0, 1], [12, 0], [0, 0], [9, 2]]
        assert view["counted"] == [
            {"by": "", "people": 1, "given": 5},
            {"by": "hands", "people": 15, "given": 21},
            {"by": "stickers", "people": 4, "given": 3},
        ]
        html = drawn(room, who)
        assert "Person by person" in html
        assert "By show of hands" in html
        assert "With stickers" in html


def test_where_nobody_voted_one_by_one_the_first_count_ranks_the_cards() -> None:
    room = Vote()
    counted(room, 0, 12, 9)
    room.do(CONSOLE, "reveal", "chosen")
    view = room.view(WALL, "chosen")
    assert [(one["dots"], one["rank"]) for one in view["results"]] == [(12, 1), (9, 2), (0, 0), (0, 0)]
    assert "Nobody voted" not in drawn(room, WALL)


def test_the_wall_shows_a_card_that_hands_alone_chose() -> None:
    room = Vote()
    room.gives("Ada", 3)
    counted(room, 0, 12)
    room.do(CONSOLE, "reveal", "chosen")
    assert [one["text"] for one in room.view(WALL, "chosen")["top"]] == ["A shared kitchen.", "A night bus."]


def test_before_the_reveal_a_count_says_how_many_people_and_only_the_scribe_reads_its_numbers_again() -> None:
    rooms = [Vote(), Vote()]
    for room, dots in zip(rooms, ((7, 1), (1, 7)), strict=True):
        counted(room, *dots)
    for who in (WALL, CONSOLE, participant("Bo")):
        assert rooms[0].view(who, "chosen") == rooms[1].view(who, "chosen")
    assert rooms[0].view(WALL, "chosen")["counted"] == [{"by": "hands", "people": 15, "given": 0}]
    assert list(leaves(rooms[0].sections("open"))) == list(leaves(rooms[1].sections("open")))
    assert rooms[0].view(SCRIBE, "chosen")["counts"][0]["dots"] == {rooms[0].cards[0]: 7, rooms[0].cards[1]: 1}


@pytest.mark.parametrize(
    ("dots", "more", "code"),
    [
        ((), {}, "empty"),
        (("0", ""), {}, "empty"),
        ((-1,), {}, "not-a-number"),
        (("a lot",), {}, "not-a-number"),
        ((1.5,), {}, "not-a-number"),
        ((46,), {}, "too-many-on-one"),
        ((45, 30, 1), {}, "too-many"),
        ((1,), {"people": ""}, "people"),
        ((1,), {"people": 0}, "people"),
        ((1,), {"people": "twelve"}, "people"),
        ((1,), {"people": True}, "people"),
        ((1,), {"people": 10**9}, "people"),
        ((1,), {"by": ""}, "unknown-way"),
        ((1,), {"by": "ear"}, "unknown-way"),
        ((1,), {"by": ["hands"]}, "unknown-way"),
        ((1,), {"on": "elsewhere"}, "unknown-count"),
    ],
)
def test_numbers_that_cannot_be_are_refused_in_words_and_change_nothing(dots: tuple[Any, ...], more: dict[str, Any], code: str) -> None:
    room = Vote()
    kept = counted(room, 3, 2)
    before = room.state.summaries["chosen"]
    assert counted(room, *dots, **more) == code
    assert room.state.summaries["chosen"] == before
    assert list(before.counts) == [kept]


def test_only_the_staff_counts() -> None:
    room = Vote()
    assert counted(room, 1, who=participant("Ada")) == "not-allowed"
    assert counted(room, 1, who=WALL) == "not-allowed"
    assert counted(room, 1, who=CONSOLE) in room.state.summaries["chosen"].counts


def test_a_count_is_corrected_or_taken_back_even_after_the_reveal_until_the_end() -> None:
    room = Vote()
    first, second = counted(room, 3), counted(room, 0, 4, by="stickers")
    room.do(CONSOLE, "reveal", "chosen")
    assert counted(room, 5, 2, on=first) == first
    room.do(SCRIBE, "uncount", "chosen", on=second)
    assert [(one.id, dict(one.given)) for one in room.state.summaries["chosen"].counts.values()] == [
        (first, {room.cards[0]: 5, room.cards[1]: 2})
    ]
    assert counted(room, 1, on=second) == "unknown-count"
    room.do(CONSOLE, "finish")
    assert counted(room, 1, on=first) == "closed"


def test_two_scribes_who_correct_the_same_count_do_not_overwrite_each_other() -> None:
    room = Vote()
    first = counted(room, 3)
    held = room.state.summaries["chosen"].counts[first].edited
    counted(room, 4, on=first)
    content = {"by": "hands", "people": 15, "dots": {room.cards[0]: 5}}
    assert room.act(SCRIBE, "count", "chosen", content, on=first, base=held).code == "stale"  # type: ignore[union-attr]


def test_dots_counted_on_a_card_that_goes_count_nowhere() -> None:
    room = Vote()
    counted(room, 3, 2)
    room.do(CONSOLE, "hide", on=room.cards[0])
    room.do(CONSOLE, "reveal", "chosen")
    assert [one["dots"] for one in room.view(WALL, "chosen")["results"]] == [2, 0, 0]


def test_the_restitution_gives_each_count_its_own_chart_and_the_cards_no_one_chose() -> None:
    room = Vote()
    room.gives("Ada", 3, 2)
    counted(room, 0, 0, 9)
    room.do(CONSOLE, "reveal", "chosen")
    ballots, hands, others, listing = room.sections("closed")
    assert isinstance(ballots, Chart)
    assert isinstance(hands, Chart)
    assert (ballots.caption, hands.caption) == (
        "Which ones shall we decode? · Person by person",
        "Which ones shall we decode? · By show of hands",
    )
    assert ballots.sentence == "1 person voted. 5 dots were given. 1 card comes first."
    assert hands.sentence == "15 people took part. 9 dots were given. 1 card comes first."
    assert others == Paragraph("1 card received no dot:")
    assert isinstance(listing, Listing)
    assert listing.items == ("A town planner.",)


# Evaluations on paper

SHEETS = {
    "people": 8,
    "roti": [0, 1, 1, 4, 2],
    "scales": {"facilitation": ["", "1", "3", "4"]},
    "texts": {"keep": "Start small.\n\nCall the neighbours.", "useful": ["The visit."]},
}


def test_sheets_of_paper_stand_apart_with_their_own_mean_and_words() -> None:
    room = Evaluation()
    room.answer("Ada", roti=0, keep="Nothing.")
    piled(room, **SHEETS)
    room.do(CONSOLE, "reveal", STEP)
    view = room.view(CONSOLE, STEP)
    assert view["results"]["roti"]["mean"] == 0
    assert [(one["people"], one["roti"]["count"], one["roti"]["mean"]) for one in view["paper"]] == [(8, 8, 2.9)]
    assert view["paper"][0]["scales"][0]["mean"] == 3.4
    for who in (WALL, CONSOLE, participant("Bo")):
        assert "On paper: 8 sheets" in drawn(room, who)
    told = [str(leaf) for leaf in leaves(room.sections())]
    assert "1 answer. On average 0 out of 4." in told
    assert "8 answers. On average 2.9 out of 4." in told
    (kept,) = (one for one in room.sections() if isinstance(one, Section) and one.title == "What I keep")
    assert kept.children == (
        Listing(("Nothing.",)),
        Paragraph("On paper: 8 sheets.", "note"),
        Listing(("Start small.", "Call the neighbours.")),
    )


def test_an_evaluation_on_paper_alone_is_shown_on_the_wall_as_such() -> None:
    room = Evaluation()
    piled(room, **SHEETS)
    assert "Nobody has answered" not in drawn(room, WALL)
    room.do(CONSOLE, "reveal", STEP)
    html = drawn(room, WALL)
    assert "On paper: 8 sheets" in html
    assert 'class="degrees"' in html
    assert not [leaf for leaf in leaves(room.sections()) if leaf == "Nobody answered."]


def test_before_the_reveal_sheets_are_a_number_and_nothing_else() -> None:
    room = Evaluation()
    piled(room, **SHEETS)
    for who in (WALL, CONSOLE, participant("Bo")):
        said = json.dumps(room.view(who, STEP))
        assert "neighbours" not in said
        assert room.view(who, STEP)["paper"] == []
    assert room.view(WALL, STEP)["sheets"] == 8
    assert "sheets" not in room.view(participant("Bo"), STEP)
    draft = [one.text for one in room.sections("open") if isinstance(one, Paragraph)]
    assert draft == ["0 answers.", "On paper: 8 sheets.", "The result is hidden until it is revealed."]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"people": ""}, "people"),
        ({"people": 0}, "people"),
        ({"people": 7}, "too-many"),
        ({"roti": [1, 2]}, "not-a-number"),
        ({"roti": [0, 0, 0, 0, -1]}, "not-a-number"),
        ({"roti": ["many", "", "", "", ""]}, "not-a-number"),
        ({"roti": 4}, "not-a-number"),
        ({"scales": {"weather": [1, 0, 0, 0]}}, "unknown-scale"),
        ({"scales": {"facilitation": [9, 0, 0, 0]}}, "too-many"),
        ({"scales": 3}, "unknown-scale"),
        ({"texts": {"keep": "x" * 501}}, "too-long"),
        ({"texts": {"keep": 3}}, "not-text"),
        ({"texts": 3}, "not-text"),
        ({"roti": "", "scales": {}, "texts": {}}, "empty"),
    ],
)
def test_sheets_that_do_not_add_up_are_refused_in_words(change: dict[str, Any], code: str) -> None:
    room = Evaluation()
    assert piled(room, **{**SHEETS, **change}) == code
    assert not room.state.summaries[STEP].piles


def test_sheets_typed_after_the_reveal_are_taken_corrected_and_taken_back() -> None:
    room = Evaluation()
    room.answer("Ada", roti=3)
    room.do(CONSOLE, "reveal", STEP)
    first = piled(room, **SHEETS)
    assert piled(room, **{**SHEETS, "people": 9}, on=first) == first
    assert [one["people"] for one in room.view(WALL, STEP)["paper"]] == [9]
    room.do(SCRIBE, "uncount", STEP, on=first)
    assert room.view(WALL, STEP)["paper"] == []
    assert piled(room, **SHEETS, on=first) == "unknown-count"
    assert room.results()["roti"]["mean"] == 3


# The scribe's page


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_scribe_s_page_shows_its_counts_again_to_be_mended(language: str) -> None:
    vote, evaluation = Vote(), Evaluation()
    first, pile = counted(vote, 3, 2), piled(evaluation, **SHEETS)
    html = screens().region(vote, "scribe", Asked(SCRIBE, language, step="chosen"))
    assert f'name="on" value="{first}"' in html
    assert f'name="content.dots.{vote.cards[0]}" min="0" value="3"' in html
    html = screens().region(evaluation, "scribe", Asked(SCRIBE, language, step=STEP))
    assert f'name="on" value="{pile}"' in html
    assert "Start small.\nCall the neighbours.</textarea>" in html


def test_what_was_refused_stays_in_the_form_it_was_typed_in() -> None:
    room = Vote()
    typed = {"by": "stickers", "people": "2", "dots": {room.cards[0]: "99"}}
    asked = replace(Asked(SCRIBE, "en", step="chosen", whom="id-Ada"), typed=typed, refused="Too many", verb="count")
    html = screens().region(room, "scribe", asked)
    assert f'name="content.dots.{room.cards[0]}" min="0" value="99"' in html
    assert f'name="content.dots.{room.cards[0]}" value=""' in html, "what was counted is no one's ballot"
    assert 'value="stickers" required checked' in html


def test_who_has_answered_is_told_and_not_what() -> None:
    rooms = [Vote(), Vote()]
    for room, dots in zip(rooms, ((3, 0), (0, 3)), strict=True):
        room.gives("Ada", *dots)
    pages = [screens().region(room, "scribe", Asked(SCRIBE, "en", step="chosen", whom="id-Ada")) for room in rooms]
    assert "Has answered already: what you send takes the place of it." in pages[0]
    assert '<optgroup label="With a phone, has answered"><option value="id-Ada"' in pages[0]

    def without_ids(html: str) -> str:
        return "".join(part.split('"')[-1] for part in html.split('name="id" value='))

    assert without_ids(pages[0]).count("Ada") == without_ids(pages[1]).count("Ada")
    ballots = [[one for one in page.split("<input") if "content.dots." in one] for page in pages]
    assert ballots[0] == ballots[1]
