"""Themes: every card in one place whatever is done and undone, nothing of what may not be shown, two at the board told what happened."""

import json
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, WALL, Policy, Room, drawn, leaves, participant, screens, sections
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitate.activities.themes import themes_of
from facilitate.core.entry import Act, Actor, Caller, Refused
from facilitate.core.tree import Card, Chart, Section

STEP = "the-step"
TITLES = ("A shared kitchen.", "A night bus.", "Hedges around the spring.", "A town planner.", "A kitchen we share.", "Buses at night.")
SHEET = """---
title: A day
language: en
time: 9:00 - 17:00
---
## Programme
### Told
- kind: situations
- duration: 30 min
### The step
- kind: themes
- duration: 30 min
- source: Told
"""


def board(*lines: str, cards: int = len(TITLES)) -> Room:
    """A room whose board is open: three people, some cards, each signed by one of them."""
    room = Room(KINDS, SHEET + "".join(f"- {line}\n" for line in lines))
    for name in ("Ada", "Bo", "Cy"):
        room.join(name, territory="Drôme")
    room.do(CONSOLE, "open", "told")
    for place in range(cards):
        room.do(participant(("Ada", "Bo", "Cy")[place % 3]), "post", "told", title=TITLES[place % len(TITLES)])
    room.do(CONSOLE, "open", STEP)
    return room


def seen(room: Room, who: Caller = CONSOLE) -> dict[str, Any]:
    return room.view(who, STEP)


def ids(room: Room) -> list[str]:
    """The cards as they were written."""
    return sorted(room.state.summaries["told"].contributions, key=lambda id: room.state.summaries["told"].contributions[id].n)


def texts(cards: list[dict[str, Any]]) -> set[str]:
    return {one["text"] for one in cards}


def every_card(view: dict[str, Any]) -> list[str]:
    """The ids of all that stands on a board, merged cards included."""
    drawn = view["unplaced"] + [one for theme in view["themes"] for one in theme["cards"]]
    return [each["id"] for one in drawn for each in (one, *one["same"])]


def refused(room: Room, do: str, on: str = "", who: Caller = CONSOLE, **content: Any) -> Refused:
    before = seen(room)
    answer = room.act(who, do, STEP, content, on)
    assert isinstance(answer, Refused), answer
    assert seen(room) == before
    return answer


def made(room: Room, name: str, *cards: str) -> str:
    """The id of a theme made with these cards."""
    return room.do(CONSOLE, "theme", STEP, name=name, cards=list(cards)) if cards else room.do(CONSOLE, "theme", STEP, name=name)


def undo(room: Room) -> None:
    room.do(CONSOLE, "undo", STEP, change=seen(room)["undo"]["change"])


# The board


def test_cards_come_in_to_be_placed_and_late_ones_too() -> None:
    room = board(cards=2)
    assert texts(seen(room)["unplaced"]) == set(TITLES[:2])
    room.do(CONSOLE, "post", "told", title="Late.")
    assert "Late." in texts(seen(room)["unplaced"])
    assert seen(room)["counts"] == {"cards": 3, "placed": 0, "left": 3, "themes": 0}


def test_a_sheet_may_name_themes_to_begin_with() -> None:
    assert [one["name"] for one in seen(board("themes: Food; Getting about; Food"))["themes"]] == ["Food", "Getting about"]


def test_a_card_goes_from_theme_to_theme_and_out_again() -> None:
    room = board()
    first, second = made(room, "Food", ids(room)[0]), made(room, "Buses")
    room.do(CONSOLE, "place", STEP, theme=second, cards=[ids(room)[0]])
    assert [one["count"] for one in seen(room)["themes"]] == [0, 1]
    room.do(CONSOLE, "place", STEP, theme="", cards=ids(room)[0])
    assert seen(room)["counts"]["placed"] == 0
    room.do(CONSOLE, "place", STEP, theme=first, cards=ids(room))
    assert seen(room)["counts"]["left"] == 0


def test_a_move_that_comes_twice_leaves_one_thing_to_undo() -> None:
    room = board()
    theme = made(room, "Food")
    for _ in range(2):
        room.do(CONSOLE, "place", STEP, theme=theme, cards=[ids(room)[0]])
    undo(room)
    assert seen(room)["counts"]["placed"] == 0
    assert seen(room)["undo"]["do"] == "theme"


def test_a_theme_dropped_gives_its_cards_back_and_undone_takes_them_again() -> None:
    room = board()
    theme = made(room, "Food", *ids(room)[:3])
    room.do(CONSOLE, "drop", STEP, theme=theme)
    assert seen(room)["counts"] == {"cards": 6, "placed": 0, "left": 6, "themes": 0}
    undo(room)
    assert seen(room)["themes"][0]["count"] == 3
    undo(room)
    assert not seen(room)["themes"]
    assert refused(room, "undo").code == "nothing-to-undo"


def test_a_theme_is_split_joined_renamed_and_moved() -> None:
    room = board()
    food, buses = made(room, "Food", *ids(room)[:3]), made(room, "Buses", ids(room)[0])
    assert [one["count"] for one in seen(room)["themes"]] == [2, 1]
    room.do(CONSOLE, "rename", STEP, theme=buses, name="Getting about")
    room.do(CONSOLE, "order", STEP, theme=buses, after="")
    assert [one["name"] for one in seen(room)["themes"]] == ["Getting about", "Food"]
    room.do(CONSOLE, "unite", STEP, theme=food, into=buses)
    assert [(one["name"], one["count"]) for one in seen(room)["themes"]] == [("Getting about", 3)]


def test_cards_that_say_the_same_count_for_all_and_come_apart_again() -> None:
    room = board()
    first, *_, again, _ = ids(room)
    theme = made(room, "Food", again)
    room.do(CONSOLE, "same", STEP, cards=[first, again])
    (one,) = seen(room)["themes"][0]["cards"]
    assert (one["id"], [each["id"] for each in one["same"]]) == (first, [again])
    assert seen(room)["themes"][0]["count"] == 2
    room.do(CONSOLE, "separate", STEP, card=first)
    assert {each["id"] for each in seen(room)["themes"][0]["cards"]} == {first, again}
    undo(room)
    undo(room)
    assert [each["id"] for each in seen(room)["themes"][0]["cards"]] == [again]
    assert theme == seen(room)["themes"][0]["id"]


def test_a_merged_card_merged_again_takes_along_what_it_holds() -> None:
    room = board()
    a, b, c, *_ = ids(room)
    room.do(CONSOLE, "same", STEP, cards=[a, b])
    room.do(CONSOLE, "same", STEP, cards=[c, a])
    assert sorted(every_card(seen(room))) == sorted(ids(room))
    merged = next(one for one in seen(room)["unplaced"] if one["id"] == c)
    assert {one["id"] for one in merged["same"]} == {a, b}
    assert refused(room, "same", cards=[b, a]).code == "merged"
    assert refused(room, "place", theme=made(room, "Food"), cards=[b]).code == "merged"


def test_whoever_speaks_for_merged_cards_may_have_to_leave() -> None:
    room = board()
    a, b, *_ = ids(room)
    theme = made(room, "Food", a)
    room.do(CONSOLE, "same", STEP, cards=[a, b])
    room.do(CONSOLE, "withhold", on=a, why="an address")
    assert [one["id"] for one in seen(room)["themes"][0]["cards"]] == [b]
    assert TITLES[0] not in json.dumps(seen(room))
    room.do(CONSOLE, "place", STEP, theme="", cards=[a])
    room.do(CONSOLE, "restore", on=a)
    assert seen(room)["counts"]["left"] == 6
    assert theme in {one["id"] for one in seen(room)["themes"]}


@pytest.mark.parametrize("do", ["hide", "withhold", "withdraw"])
def test_a_card_that_may_no_longer_be_shown_leaves_with_its_words(do: str) -> None:
    room = board()
    theme = made(room, "Food", ids(room)[0])
    room.do(participant("Ada") if do == "withdraw" else CONSOLE, do, "told" if do == "withdraw" else "", on=ids(room)[0])
    for who in (CONSOLE, WALL, participant("Bo")):
        assert TITLES[0] not in json.dumps(seen(room, who))
    assert not [leaf for leaf in leaves(sections(room)) if leaf == TITLES[0]]
    assert refused(room, "place", theme=theme, cards=[ids(room)[0]]).code == ("withdrawn" if do == "withdraw" else "not-shown")
    if do != "withdraw":
        room.do(CONSOLE, "restore", on=ids(room)[0])
        assert seen(room)["themes"][0]["count"] == 1


# Two at the board


def test_of_several_cards_those_that_have_gone_are_left_out() -> None:
    room = board()
    theme = made(room, "Food")
    room.do(CONSOLE, "hide", on=ids(room)[0])
    room.do(CONSOLE, "place", STEP, theme=theme, cards=ids(room)[:3])
    assert seen(room)["themes"][0]["count"] == 2


def test_what_a_colleague_has_just_placed_stays_and_one_is_told() -> None:
    room = board()
    food, buses = made(room, "Food"), made(room, "Buses")
    drawn_at = room.state.seq
    room.do(CONSOLE, "place", STEP, theme=food, cards=[ids(room)[0]])
    asked = Act("x", "place", STEP, {"theme": buses, "cards": [ids(room)[0]]}, seen=drawn_at)
    kind, step = KINDS["themes"], room.step(STEP)
    told = kind.accept(step.activity.settings, asked, Actor("console", member="m-1"), room.state.summaries[STEP], room.sources(STEP))
    assert isinstance(told, Refused)
    assert (told.code, told.values) == ("just-moved", {"theme": "Food"})


def test_an_undo_takes_back_only_what_its_button_names() -> None:
    room = board()
    made(room, "Food")
    change = seen(room)["undo"]["change"]
    made(room, "Buses")
    assert refused(room, "undo", change=change).code == "not-last"
    undo(room)
    room.do(CONSOLE, "undo", STEP, change=change)
    assert not seen(room)["themes"]


@pytest.mark.parametrize(
    ("do", "content", "code"),
    [
        ("theme", {}, "empty"),
        ("theme", {"name": "x" * 81}, "too-long"),
        ("theme", {"name": 3}, "not-text"),
        ("theme", {"name": "FOOD"}, "same-name"),
        ("theme", {"name": "Buses", "cards": ["no-such-card"]}, "unknown-contribution"),
        ("rename", {"theme": "gone", "name": "Buses"}, "unknown-theme"),
        ("drop", {"theme": "gone"}, "unknown-theme"),
        ("drop", {}, "unknown-theme"),
        ("order", {"theme": "theme-1", "after": "gone"}, "unknown-theme"),
        ("unite", {"theme": "theme-1", "into": "theme-1"}, "one-theme"),
        ("place", {"theme": "theme-1"}, "no-card"),
        ("place", {"theme": "theme-1", "cards": [3]}, "no-card"),
        ("place", {"theme": "theme-1", "cards": {"a": "b"}}, "no-card"),
        ("place", {"theme": ["theme-1"], "cards": []}, "unknown-theme"),
        ("same", {"cards": []}, "no-card"),
        ("separate", {"card": "no-such-card"}, "not-merged"),
        ("separate", {"card": ["a"]}, "not-merged"),
        ("take", {}, "withdrawn"),
        ("decline", {}, "empty"),
        ("decline", {"theme": "theme-1"}, "no-card"),
        ("undo", {}, "nothing-to-undo"),
    ],
)
def test_bad_input_is_refused_in_words(do: str, content: dict[str, Any], code: str) -> None:
    assert refused(board("themes: Food"), do, **content).code == code


def test_a_card_merged_with_itself_and_a_board_of_sixty_themes_are_refused() -> None:
    room = board("themes: " + "; ".join(f"Theme {n}" for n in range(60)))
    assert refused(room, "theme", name="One more").code == "too-many-themes"
    assert refused(room, "same", cards=[ids(room)[0], ids(room)[0]]).code == "two-cards"


def test_only_whoever_drives_moves_cards() -> None:
    room = board("themes: Food")
    answer = room.act(participant("Ada"), "place", STEP, {"theme": "theme-1", "cards": ids(room)[:1]})
    assert isinstance(answer, Refused)
    assert answer.status == 403


MOVES = st.lists(
    st.tuples(
        st.sampled_from(("theme", "place", "place", "drop", "unite", "same", "separate", "order", "hide", "restore", "undo", "undo")),
        *[st.integers(0, 7)] * 3,
    ),
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(moves=MOVES)
def test_whatever_is_done_and_undone_each_card_stands_in_one_place(moves: list[tuple[str, int, int, int]]) -> None:
    room = board("themes: Food; Buses")
    cards = ids(room)
    for n, (do, a, b, c) in enumerate(moves):
        themes = [one["id"] for one in seen(room)["themes"]] or ["none"]
        some = [cards[a % len(cards)], cards[b % len(cards)]]
        theme, other = themes[b % len(themes)], themes[c % len(themes)]
        content: dict[str, Any] = {
            "theme": {"name": f"Theme {n}", "cards": some},
            "place": {"theme": theme if c else "", "cards": some},
            "drop": {"theme": theme},
            "unite": {"theme": theme, "into": other},
            "same": {"cards": some},
            "separate": {"card": some[0]},
            "order": {"theme": theme, "after": other},
        }.get(do, {})
        hidden = do in ("hide", "restore")
        room.act(CONSOLE, do, "" if hidden else STEP, content, on=some[0] if hidden else "")
        view = seen(room)
        shown = [id for id in cards if room.state.summaries["told"].contributions[id].status == "shown"]
        assert sorted(every_card(view)) == sorted(shown)
        assert view["counts"]["cards"] == len(shown)
        told = [leaf for leaf in leaves(sections(room)) if leaf in TITLES]
        assert not view["themes"] or len(told) == len(shown)
    while seen(room)["undo"]:
        undo(room)
    assert [one["name"] for one in seen(room)["themes"]] == ["Food", "Buses"]
    assert seen(room)["counts"]["placed"] == 0


# Proposals


def test_a_proposal_is_taken_once_and_its_author_knows() -> None:
    room = board()
    ada = room.do(participant("Ada"), "post", STEP, name="Food", table="Table 4")
    room.do(participant("Bo"), "post", STEP, name="food")
    (asked,) = seen(room)["proposals"]
    assert (asked["asks"], asked["table"], asked["times"]) == ("Food", "Table 4", 2)
    room.do(CONSOLE, "take", STEP, on=ada)
    assert [one["name"] for one in seen(room)["themes"]] == ["Food"]
    assert not seen(room)["proposals"]
    assert seen(room, participant("Bo"))["answers"] == {seen(room, participant("Bo"))["cards"][0]["id"]: "taken"}
    assert refused(room, "take", on=ada).code == "answered"
    assert KINDS["themes"].concerns(room.state.summaries[STEP], room.journal[-1]) == {"id-Ada", "id-Bo"}


def test_a_place_proposed_is_taken_and_leaves_the_card_of_those_still_asked() -> None:
    room = board("themes: Food")
    card = seen(room, participant("Ada"))["unplaced"][0]["id"]
    asked = room.do(participant("Ada"), "post", STEP, card=card, theme="theme-1")
    assert card not in {one["id"] for one in seen(room, participant("Ada"))["unplaced"]}
    assert card in {one["id"] for one in seen(room, participant("Bo"))["unplaced"]}
    room.do(CONSOLE, "take", STEP, on=asked)
    assert seen(room)["themes"][0]["cards"][0]["id"] == card
    assert seen(room, participant("Ada"))["asked"][0]["answer"] == "taken"


def test_a_theme_loses_its_name_with_the_proposal_it_was_made_of() -> None:
    room = board()
    asked = room.do(participant("Ada"), "post", STEP, name="zanzibar")
    room.do(CONSOLE, "take", STEP, on=asked)
    room.do(CONSOLE, "withhold", on=asked, why="someone’s name")
    for who in (CONSOLE, WALL, participant("Bo")):
        assert "zanzibar" not in json.dumps(seen(room, who))
    assert not [leaf for leaf in leaves(sections(room)) if "zanzibar" in str(leaf)]
    assert "Theme without a name" in drawn(room, WALL)
    theme = seen(room)["themes"][0]["id"]
    room.do(CONSOLE, "rename", STEP, theme=theme, name="Islands")
    assert seen(room)["themes"][0]["name"] == "Islands"


def test_where_nothing_is_proposed_phones_ask_nothing() -> None:
    room = board("propose: no")
    answer = room.act(participant("Ada"), "post", STEP, {"name": "Food"})
    assert isinstance(answer, Refused)
    assert answer.code == "no-proposals"
    assert 'name="content.name"' not in drawn(room, participant("Ada"))


def test_phones_look_again_when_a_theme_changes_and_not_at_each_move() -> None:
    room = board("themes: Food")
    nobody = Caller("participant")
    before = seen(room, nobody)
    room.do(CONSOLE, "place", STEP, theme="theme-1", cards=[ids(room)[0]])
    assert seen(room, nobody) == before
    room.do(CONSOLE, "hide", on=ids(room)[0])
    assert seen(room, nobody) != before
    room.do(CONSOLE, "rename", STEP, theme="theme-1", name="Eating")
    assert [one["name"] for one in seen(room, nobody)["themes"]] == ["Eating"]


def test_each_phone_is_shown_some_cards_and_the_room_all() -> None:
    room = board("themes: Food", cards=40)
    shown = [{one["id"] for one in seen(room, participant(name))["unplaced"]} for name in ("Ada", "Bo", "Cy")]
    assert [len(one) for one in shown] == [8, 8, 8]
    assert len(set.union(*shown)) > 12


# Restitution, later steps


def test_every_card_is_in_the_restitution_under_its_theme_or_not_placed() -> None:
    room = board()
    made(room, "Food", ids(room)[0])
    room.do(CONSOLE, "same", STEP, cards=[ids(room)[0], ids(room)[4]])
    chart, food, left = sections(room)
    assert isinstance(chart, Chart)
    assert [row[0] for row in chart.rows] == ["Food", "Not placed"]
    assert isinstance(food, Section)
    assert isinstance(left, Section)
    card = food.children[1]
    assert isinstance(card, Card)
    assert (card.title, card.by) == (TITLES[0], "Drôme, Ada")
    assert TITLES[4] in list(leaves(card.inside))
    assert [one.title for one in left.children[1:] if isinstance(one, Card)] == [TITLES[1], TITLES[2], TITLES[3], TITLES[5]]


def test_themes_are_told_to_later_steps_with_the_cards_merged_into_others() -> None:
    room = board()
    made(room, "Food", ids(room)[0])
    room.do(CONSOLE, "same", STEP, cards=[ids(room)[0], ids(room)[4]])
    made(room, "Buses")
    assert themes_of(room.state.summaries[STEP], room.sources(STEP).named["source"]) == [
        ("Food", [ids(room)[0], ids(room)[4]]),
        ("Buses", []),
    ]


def test_a_rehearsal_s_facilitator_groups_the_cards_and_stops() -> None:
    room = board(cards=12)
    kind: Any = KINDS["themes"]
    room.do(participant("Ada"), "post", STEP, name="Hedges")
    for _ in range(40):
        gesture = kind.conduct({}, seen(room))
        if gesture is None:
            break
        room.do(CONSOLE, gesture.do, STEP, on=gesture.on, **gesture.content)
    assert gesture is None
    assert any(one["same"] for one in [*seen(room)["unplaced"], *(card for theme in seen(room)["themes"] for card in theme["cards"])])
    assert not seen(room)["proposals"]


def test_suggestions_are_asked_without_anything_of_who_wrote() -> None:
    room = board("themes: Food")
    room.do(CONSOLE, "decline", STEP, theme="theme-1", cards=[ids(room)[1]])
    room.do(CONSOLE, "decline", STEP, name="Buses")
    kind: Any = KINDS["themes"]
    asked = kind.asked(room.step(STEP).activity.settings, room.state.summaries[STEP], room.sources(STEP))
    assert json.loads(json.dumps(asked)) == asked
    assert "Ada" not in json.dumps(asked)
    assert asked["unwanted"] == ["Buses"]
    assert [one["apart"] for one in asked["cards"]].count(["theme-1"]) == 1


def test_the_report_is_written_in_french_too() -> None:
    room = board()
    made(room, "Food", ids(room)[0])
    step = room.step(STEP)
    french = KINDS["themes"].sections(step.activity, room.state.summaries[STEP], room.sources(STEP), Policy("fr", room))
    assert "Non placées" in list(leaves(french))


def test_where_suggestions_cannot_be_had_the_board_says_so() -> None:
    room = board("themes: Food")
    about = {"session": {"code": "RVT482"}, "step": {"id": STEP, "kind": "themes"}, "view": seen(room), "seq": 1, "audience": "console"}
    told = screens().page("activities/themes/suggestions.html", "en", answer=None, **about)
    assert "The board works without them." in told
    places = [{"card": ids(room)[0], "theme": "theme-1", "sure": 0.3, "words": ["kitchen"]}]
    told = screens().page("activities/themes/suggestions.html", "en", answer={"groups": [], "places": places}, **about)
    assert "Would perhaps go with" in told
    assert TITLES[0] in told


def test_a_vote_on_this_step_is_a_vote_on_its_themes() -> None:
    room = Room(KINDS, SHEET + "### Choose\n- kind: vote\n- duration: 5 min\n- source: The step\n")
    room.join("Ada")
    room.do(CONSOLE, "open", STEP)
    food = made(room, "Food")
    room.do(participant("Ada"), "post", STEP, name="Buses")
    room.do(CONSOLE, "open", "choose")
    assert [one["text"] for one in room.view(participant("Ada"), "choose")["ballot"]] == ["Food"]
    room.do(participant("Ada"), "vote", "choose", dots={food: 2})
    room.do(CONSOLE, "reveal", "choose")
    assert [(one["text"], one["dots"]) for one in room.view(WALL, "choose")["results"]] == [("Food", 2)]
    step = room.step("choose")
    told = KINDS["vote"].sections(step.activity, room.state.summaries["choose"], room.sources("choose"), Policy("en", room))
    assert "Food" in list(leaves(told))
    room.do(CONSOLE, "drop", STEP, theme=food)
    assert not room.view(WALL, "choose")["results"]
