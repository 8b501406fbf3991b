"""Commitments: what, who, with whom, by when; named only by consent; joined once; marked done or not, and why, long after the day."""

import json
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, STEP, WALL, Room, drawn, leaves, participant, screens, sections
from hypothesis import given
from hypothesis import strategies as st

from facilitate.activities.commitments.dates import read_due
from facilitate.core.entry import Caller, Entry, Refused
from facilitate.core.tree import Paragraph, Table
from facilitate.render import Asked
from facilitate.restitution.build import build

ADA, BO, CY = participant("Ada"), participant("Bo"), participant("Cy")
SCRIBE = Caller("scribe")


def a_room(*settings: str, language: str = "en") -> Room:
    head = ["---", "title: A day", f"language: {language}", "time: 9:00 - 17:00", "---", "## Programme", "### The step"]
    room = Room(KINDS, "\n".join([*head, "- kind: commitments", "- duration: 15 min", *settings]))
    room.join("Ada", territory="Forez", structure="The mill", named=True)
    room.join("Bo", territory="Diois")
    room.join("Cy", named=True)
    room.do(CONSOLE, "open", STEP)
    return room


def refusal(answer: object) -> str:
    assert isinstance(answer, Refused)
    assert LANGUAGES["fr"].refusal(answer)
    return answer.code


def concerned(room: Room) -> set[str]:
    return set(KINDS["commitments"].concerns(room.state.summaries[STEP], room.journal[-1]))


def table(room: Room) -> Table:
    (found,) = [one for one in sections(room) if isinstance(one, Table)]
    return found


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("15 septembre", "2021-09-15"),
        ("avant le 15 septembre 2022", "2022-09-15"),
        ("lundi 1er novembre", "2021-11-01"),
        ("15/9", "2021-09-15"),
        ("le 15.09.22, à midi", "2022-09-15"),
        ("2022-03-04", "2022-03-04"),
        ("3 mars", "2022-03-03"),
        ("Sept 15th", "2021-09-15"),
        ("September 15, 2023", "2023-09-15"),
        ("fin octobre", "2021-10-31"),
        ("en février 2024", "2024-02-29"),
        ("mi-octobre", "2021-10-15"),
        ("début décembre", "2021-12-10"),
        ("avant décembre", "2021-11-30"),
        ("before December", "2021-11-30"),
        ("before May", "2022-04-30"),
        ("avant l’été", ""),
        ("au prochain conseil", ""),
        ("31 février", ""),
        ("45/13", ""),
        ("dans 3 mois", ""),
        ("as soon as we may", ""),
        ("", ""),
    ],
)
def test_a_real_date_is_read_and_nothing_else_is_guessed(text: str, due: str) -> None:
    assert read_due(text, "2021-07-05") == due


@given(st.text(max_size=60), st.sampled_from(["", "2024-02-29"]))
def test_any_words_are_read_as_a_date_or_as_none(text: str, today: str) -> None:
    due = read_due(text, today)
    assert due == "" or (len(due) == 10 and due[4] == due[7] == "-")


def test_the_nearest_date_comes_first_and_what_has_none_comes_last() -> None:
    room = a_room()
    for what, when in (("Third", "avant l’été"), ("Second", "fin octobre"), ("First", "30/9"), ("Fourth", "")):
        room.do(ADA, "post", STEP, what=what, when=when)
    assert [one["content"]["what"] for one in room.view(WALL, STEP)["cards"]] == ["First", "Second", "Third", "Fourth"]
    assert [row[3] for row in table(room).rows] == ["30/9", "fin octobre", "avant l’été", ""]


def test_who_commits_is_me_my_organisation_or_a_group() -> None:
    room = a_room()
    for content in ({}, {"whose": "structure"}, {"whose": "group", "called": "Four villages"}, {"called": "The baker’s"}):
        room.do(ADA, "post", STEP, what="A bus", **content)
    assert [row[1] for row in table(room).rows] == ["Forez, Ada", "The mill", "Four villages", "The baker’s"]
    assert refusal(room.act(BO, "post", STEP, {"what": "A bus", "whose": "structure"})) == "no-called"
    assert refusal(room.act(BO, "post", STEP, {"what": "A bus", "whose": "group"})) == "no-called"
    wrong: list[Any] = ["moon", ["me"], 3]
    for whose in wrong:
        assert refusal(room.act(BO, "post", STEP, {"what": "A bus", "whose": whose})) == "unknown-who"


def test_a_change_keeps_who_commits_and_loses_no_word() -> None:
    room = a_room()
    card = room.do(ADA, "post", STEP, what="A bus", whose="structure", when="30/9")
    room.do(ADA, "edit", STEP, on=card, what="Two buses", called="The mill", when="fin octobre")
    content = room.view(ADA, STEP)["cards"][0]["content"]
    assert content == {"what": "Two buses", "whose": "structure", "called": "The mill", "when": "fin octobre", "due": "2021-10-31"}
    mine = room.do(ADA, "post", STEP, what="A call")
    room.do(ADA, "edit", STEP, on=mine, what="A call", called="All of us")
    assert room.view(ADA, STEP)["cards"][1]["content"] == {"what": "A call", "whose": "group", "called": "All of us"}


def test_a_person_is_named_only_if_they_agreed_and_reads_beforehand_what_others_will() -> None:
    room = a_room()
    assert "people will read: Ada, Forez." in drawn(room, ADA)
    assert "Your name is not shown. People will read: Diois." in drawn(room, BO)
    room.do(ADA, "post", STEP, what="A bus")
    room.do(BO, "post", STEP, what="A barn")
    for who in (WALL, CY):
        room.do(CONSOLE, "gather", STEP)
        text = json.dumps(room.view(who, STEP))
        assert "Ada" in text
        assert "Bo" not in text.replace("id-Bo", "")
    assert "Bo" in drawn(room, CONSOLE)
    everything = " ".join(map(str, leaves(build(room.state, KINDS, LANGUAGES["en"]))))
    assert "Ada" in everything
    assert "Bo" not in everything


def test_each_writes_first_and_then_reads_those_of_others() -> None:
    room = a_room()
    room.do(ADA, "post", STEP, what="A bus")
    assert room.view(BO, STEP)["others"] == []
    assert [one["content"]["what"] for one in room.view(ADA, STEP)["others"]] == []
    room.do(BO, "post", STEP, what="A barn")
    assert [one["content"]["what"] for one in room.view(BO, STEP)["others"]] == ["A bus"]
    assert room.view(CY, STEP)["others"] == []
    room.do(CONSOLE, "gather", STEP)
    assert len(room.view(CY, STEP)["others"]) == 2
    assert "I join it" in drawn(room, CY)
    assert room.view(Caller("participant"), STEP)["others"] == []


def test_one_joins_once_and_takes_it_back() -> None:
    room = a_room()
    card = room.do(ADA, "post", STEP, what="A bus", whom="The mayor")
    room.do(BO, "commit", STEP, on=card)
    assert concerned(room) == {"id-Ada", "id-Bo"}
    room.do(BO, "commit", STEP, on=card)
    room.do(CY, "commit", STEP, on=card)
    assert room.view(WALL, STEP)["cards"][0]["with"] == 2
    assert table(room).rows[0][2] == "The mayor\n, Cy\n1 person of the room"
    assert [one["id"] for one in room.view(BO, STEP)["joined"]] == [card]
    room.do(BO, "uncommit", STEP, on=card)
    assert room.view(WALL, STEP)["cards"][0]["with"] == 1
    assert room.view(BO, STEP)["joined"] == []
    assert refusal(room.act(ADA, "commit", STEP, {}, on=card)) == "yours"
    assert refusal(room.act(BO, "commit", STEP, {}, on="nowhere")) == "unknown-contribution"
    room.do(CONSOLE, "hide", on=card)
    assert refusal(room.act(BO, "commit", STEP, {}, on=card)) == "not-shown"
    room.do(ADA, "withdraw", STEP, on=card)
    assert refusal(room.act(BO, "commit", STEP, {}, on=card)) == "unknown-contribution"


def test_long_after_the_day_its_author_or_the_facilitators_say_what_became_of_it_and_each_word_is_kept() -> None:
    room = a_room()
    card = room.do(ADA, "post", STEP, what="A bus", when="30/9")
    room.do(CONSOLE, "finish")
    assert 'value="mark"' in screens().region(room, "mine", Asked(ADA, "en"))
    room.do(ADA, "mark", STEP, on=card, state="partly", why="The driver is ill.")
    room.do(CONSOLE, "mark", STEP, on=card, state="done")
    assert table(room).rows[0][4] == "Carried out (2021-09-24)\nPartly done (2021-09-24): The driver is ill."
    assert Paragraph("1 commitment. Carried out: 1", "") in sections(room)
    html = screens().region(room, "mine", Asked(ADA, "en"))
    assert "The driver is ill." in html
    assert "the facilitators" in html
    assert "The driver is ill." in screens().region(room, "console", Asked(CONSOLE, "en", step=STEP))


def test_what_cannot_be_marked_is_refused_with_its_reason() -> None:
    room = a_room()
    card = room.do(ADA, "post", STEP, what="A bus")
    assert refusal(room.act(BO, "mark", STEP, {"state": "done"}, on=card)) == "not-yours"
    wrong: list[Any] = ["soon", "", None, ["done"]]
    for state in wrong:
        assert refusal(room.act(ADA, "mark", STEP, {"state": state}, on=card)) == "unknown-state"
    assert refusal(room.act(ADA, "mark", STEP, {"state": "not", "why": "x" * 281}, on=card)) == "too-long"
    assert refusal(room.act(ADA, "mark", STEP, {"state": "not"}, on="nowhere")) == "unknown-contribution"
    assert isinstance(room.act(WALL, "mark", STEP, {"state": "done"}, on=card), Refused)


def test_a_withheld_commitment_leaves_no_word_not_even_why() -> None:
    room = a_room()
    card = room.do(ADA, "post", STEP, what="zanzibar one", called="zanzibar two")
    room.do(ADA, "mark", STEP, on=card, state="not", why="zanzibar three")
    room.do(CONSOLE, "withhold", on=card, why="personal data")
    for who in (ADA, BO, WALL, CONSOLE):
        assert "zanzibar" not in json.dumps(room.view(who, STEP))
    assert "zanzibar" not in " ".join(map(str, leaves(build(room.state, KINDS, LANGUAGES["en"]))))
    assert "zanzibar" not in screens().region(room, "mine", Asked(ADA, "en"))


def test_ten_each_and_no_more() -> None:
    room = a_room()
    for _ in range(10):
        room.do(ADA, "post", STEP, what="Again")
    assert refusal(room.act(ADA, "post", STEP, {"what": "Again"})) == "many"


def test_what_became_of_one_is_said_twenty_times_and_no_more() -> None:
    room = a_room()
    card = room.do(ADA, "post", STEP, what="A bus")
    for _ in range(20):
        room.do(ADA, "mark", STEP, on=card, state="partly")
    assert refusal(room.act(ADA, "mark", STEP, {"state": "done"}, on=card)) == "many"


def test_a_flipchart_gives_several_at_once_for_one_group() -> None:
    room = a_room()
    answer = room.act(SCRIBE, "posts", STEP, {"lines": "A bus\nA barn", "called": "Table 3", "when": "fin octobre"})
    assert not isinstance(answer, Refused)
    assert [(row[0], row[1], row[3]) for row in table(room).rows] == [
        ("A bus", "Table 3", "fin octobre"),
        ("A barn", "Table 3", "fin octobre"),
    ]
    who = room.do(SCRIBE, "welcome", name="Odile", structure="The dairy")
    (entry,) = room.act(SCRIBE, "post", STEP, {"what": "Cheese", "whose": "structure"}, behalf=who)  # type: ignore[misc]
    assert isinstance(entry, Entry)
    assert entry.content["called"] == "The dairy"
    page = screens().region(room, "scribe", Asked(SCRIBE, "fr", step=STEP, whom=who))
    assert "Qui s’engage" in page


def test_the_restitution_tells_the_first_step_and_an_empty_day_says_so() -> None:
    room = a_room("- question: What will you do?")
    assert sections(room, "fr")[-1] == Paragraph("Personne ne s’est engagé.", "note")
    room.do(ADA, "post", STEP, what="A bus", first="Call the mayor")
    assert table(room).rows[0][0] == "A bus\nFirst step: Call the mayor"
    assert sections(room)[0] == Paragraph("What will you do?", "lede")


GAME = "the-game"


def after_a_game() -> tuple[Room, list[str]]:
    """A game whose debrief says three things that could start, then commitments; Ada's phone and Bo's wrote them."""
    head = ["---", "title: A day", "language: en", "time: 9:00 - 17:00", "---", "## Programme"]
    game = ["### The game", "- kind: exchange", "- duration: 60 min"]
    room = Room(KINDS, "\n".join([*head, *game, "### The step", "- kind: commitments", "- duration: 15 min", "- starts: The game"]))
    for name in ("Ada", "Bo", "Cy"):
        room.join(name)
    room.do(CONSOLE, "open", GAME)
    room.do(CONSOLE, "round", GAME, round=6)
    bus = {"what": "A bus on <Saturdays>", "whom": "The town", "first": "Count who would come", "obstacle": "Who pays"}
    ids = [room.do(ADA, "start", GAME, **bus), room.do(BO, "start", GAME, what="A barn"), room.do(BO, "start", GAME, what="A mill")]
    room.do(BO, "tell", GAME, surprise="Nobody wanted the mill.")
    room.do(CONSOLE, "open", STEP)
    return room, ids


def test_what_could_start_stands_above_the_blank_form_filled_in_already() -> None:
    room, (bus, barn, _) = after_a_game()
    assert [one["what"] for one in room.view(CY, STEP)["starts"]] == ["A bus on <Saturdays>", "A barn", "A mill"]
    html = drawn(room, CY)
    form = html[html.index(f'id="start-{bus}"') : html.index(f'id="start-{barn}"')]
    for said in (
        "A bus on &lt;Saturdays&gt;</textarea>",
        'value="The town"',
        "Count who would come</textarea>",
        f'name="content.start" value="{bus}"',
    ):
        assert said in form
    assert "Said in “The game”." in html
    assert html.index(f'id="start-{bus}"') < html.index('id="commitment"')
    assert "Nobody wanted the mill" not in html
    assert html.count("Send my commitment") == 4, "each form its own button, none beneath all of them"
    assert "Dit pendant « The game »" in drawn(room, CY, "fr").replace("\u00a0", " ")


def test_a_start_taken_up_remembers_where_it_comes_from_even_once_its_words_are_changed() -> None:
    room, (bus, *_) = after_a_game()
    card = room.do(CY, "post", STEP, start=bus, what="A bus on Saturdays", when="30/9")
    assert [one["what"] for one in room.view(CY, STEP)["starts"]] == ["A barn", "A mill"]
    assert len(room.view(BO, STEP)["starts"]) == 3
    room.do(CY, "edit", STEP, on=card, what="A bus, on Sundays too")
    assert table(room).rows[0][0] == "A bus, on Sundays too\nFrom “The game”"
    assert "From “The game”" in drawn(room, CY)
    room.do(CY, "withdraw", STEP, on=card)
    assert len(room.view(CY, STEP)["starts"]) == 3


def test_a_start_that_is_hidden_withheld_or_withdrawn_is_not_offered_and_whoever_had_it_on_screen_loses_no_word() -> None:
    room, (bus, barn, mill) = after_a_game()
    room.do(CONSOLE, "hide", on=bus)
    room.do(CONSOLE, "withhold", on=barn, why="personal data")
    room.do(BO, "withdraw", GAME, on=mill)
    assert room.view(CY, STEP)["starts"] == []
    assert "What could start" not in drawn(room, CY)
    room.do(CY, "post", STEP, start=bus, what="A bus")
    assert table(room).rows[0][0] == "A bus"


def test_a_start_that_nobody_said_is_refused() -> None:
    room, _ = after_a_game()
    wrong: list[Any] = ["nowhere", ["a", "b"], {"a": 1}, 3]
    for start in wrong:
        assert refusal(room.act(CY, "post", STEP, {"what": "A bus", "start": start})) == "unknown-start"
    assert refusal(a_room().act(ADA, "post", STEP, {"what": "A bus", "start": "nowhere"})) == "unknown-start"


def test_without_script_a_refused_start_comes_back_in_its_own_form_with_what_was_typed() -> None:
    room, (bus, barn, _) = after_a_game()
    typed = {"start": barn, "what": "A barn, and a very long name", "whose": "group"}
    html = screens().region(room, "now", Asked(CY, "en", typed=typed))
    assert f'data-key="start-{barn}" open' in html
    assert html.count("A barn, and a very long name</textarea>") == 1
    assert f'data-key="start-{bus}" open' not in html
