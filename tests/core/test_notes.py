"""Notes: beside which step they stand, what they must say, and two people who write at once."""

from typing import Any

import pytest
from core.day import KINDS, Day
from core.test_team import ask, code, invited

from facilitate.core.entry import Actor
from facilitate.core.notes import MARKS, Note, notes_of
from facilitate.core.rules import decide
from facilitate.core.state import SessionState, fold, serialise


@pytest.fixture
def day() -> Day:
    return Day().join("ada").open("situations")


def note(day: Day, **content: Any) -> Note:
    """Someone of the team notes it; the note that is kept."""
    beside = content.pop("beside", "")
    answer = ask(day, "notes", "note", beside, {"text": "Deux ans de trésorerie"} | content)
    assert not code(answer), answer
    return day.state.notes[answer[0].id]


def test_a_note_stands_beside_the_step_that_is_on_with_its_hour_and_its_writer(day: Day) -> None:
    kept = note(day)
    assert (kept.activity, kept.mark, kept.by, kept.at) == ("situations", "said", "m", "2021-09-24T08:50:00.000Z")
    assert [one.id for one in notes_of(day.state.notes, "situations")] == [kept.id]


def test_a_note_may_say_its_step_and_one_before_the_day_opens_stands_beside_none(day: Day) -> None:
    assert note(day, beside="accueil").activity == "accueil"
    assert note(Day()).activity == ""
    assert code(ask(day, "notes", "note", "nowhere", {"text": "Quoi ?"})) == "unknown-activity"


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        ({}, "empty"),
        ({"text": ""}, "empty"),
        ({"text": "x" * 2001}, "too-long"),
        ({"text": ["x"]}, "not-text"),
        ({"text": "x", "mark": "joke"}, "unknown-mark"),
        ({"text": "x", "mark": ["said"]}, "unknown-mark"),
        ({"text": "x", "mark": "quotation", "speaker": "x" * 81}, "too-long"),
    ],
)
def test_a_note_that_says_nothing_that_can_be_kept_is_refused(day: Day, content: dict[str, Any], refused: str) -> None:
    assert code(ask(day, "notes", "note", "", content)) == refused
    assert not day.state.notes


@pytest.mark.parametrize("mark", MARKS)
def test_only_a_quotation_keeps_who_said_it_and_whether_they_agreed(day: Day, mark: str) -> None:
    kept = note(day, mark=mark, speaker="Hélène Fictive", agreed="true")
    assert (kept.speaker, kept.agreed) == (("Hélène Fictive", True) if mark == "quotation" else ("", False))


def test_no_one_agrees_to_be_named_without_a_name(day: Day) -> None:
    assert not note(day, mark="quotation", agreed="true").agreed


def test_a_team_writes_together_and_the_note_says_whose_hand_changed_it(day: Day) -> None:
    kept = note(day)
    ask(day, "notes", "amend", "", {"text": "Trois ans"}, on=kept.id, base=kept.edited, member="other")
    changed = day.state.notes[kept.id]
    assert (changed.text, changed.by, changed.hand, changed.at, changed.mark) == ("Trois ans", "m", "other", kept.at, "said")
    ask(day, "notes", "amend", "", {"text": "Deux ans"}, on=kept.id)
    assert day.state.notes[kept.id].hand == ""


def test_two_note_takers_at_once_overwrite_nothing(day: Day) -> None:
    kept = note(day)
    assert not code(ask(day, "notes", "amend", "", {"text": "La première"}, on=kept.id, base=kept.edited))
    assert code(ask(day, "notes", "amend", "", {"text": "La seconde"}, on=kept.id, base=kept.edited, member="other")) == "stale"
    assert day.state.notes[kept.id].text == "La première"
    assert not code(ask(day, "notes", "amend", "", {"text": "Les deux"}, on=kept.id, base=day.state.notes[kept.id].edited))


def test_a_note_moves_beside_another_step_and_the_same_again_changes_nothing(day: Day) -> None:
    kept = note(day)
    assert ask(day, "notes", "amend", "", {"text": kept.text, "mark": "said"}, on=kept.id) == ()
    ask(day, "notes", "amend", "accueil", {"text": kept.text}, on=kept.id)
    assert day.state.notes[kept.id].activity == "accueil"
    assert code(ask(day, "notes", "amend", "nowhere", {"text": "x"}, on=kept.id)) == "unknown-activity"


def test_a_note_struck_out_is_told_nowhere_and_can_be_put_back(day: Day) -> None:
    kept = note(day)
    ask(day, "notes", "strike", on=kept.id, member="other")
    assert notes_of(day.state.notes, "situations") == []
    assert ask(day, "notes", "strike", on=kept.id) == ()
    assert code(ask(day, "notes", "amend", "", {"text": "Encore"}, on=kept.id)) == "struck"
    ask(day, "notes", "unstrike", on=kept.id)
    assert [one.text for one in notes_of(day.state.notes, "situations")] == [kept.text]
    assert {code(ask(day, "notes", verb, "", {"text": "x"}, on="nothing")) for verb in ("amend", "strike", "unstrike")} == {"unknown-note"}


def test_phones_and_the_reception_take_no_notes_and_the_console_does(day: Day) -> None:
    assert code(day.do("note", content={"text": "x"}, who="ada")) == "not-allowed"
    assert code(ask(day, "reception", "note", "", {"text": "x"})) == "not-allowed"
    assert not code(ask(day, "console", "note", "", {"text": "x"}, member=""))
    assert [one.by for one in day.state.notes.values()] == ["console"]


def test_a_note_is_still_taken_when_the_day_is_finished(day: Day) -> None:
    kept = note(day)
    day.do("finish")
    ask(day, "notes", "amend", "", {"text": "Relue le soir"}, on=kept.id)
    assert day.state.notes[kept.id].text == "Relue le soir"
    assert note(day, beside="situations").activity == "situations"


def test_a_workshop_s_facilitator_notes_beside_their_own_step() -> None:
    steps = "### 10:00 – Ateliers\n- type : ateliers\n- ateliers : Eau ; Bois\n\n### Le puits\n- type : situations\n- atelier : Eau\n"
    day = Day(Day.sheet.replace("### 10:00 – Situations", steps + "\n### 10:20 – Situations")).open("ateliers").open("le-puits")
    driver = Actor("console", member=invited(day, role="console", track="eau"), track="eau")
    (entry,) = decide(day.state, day.act("note", content={"text": "x"}), driver, "2021-09-24T08:50:00.000Z", KINDS)  # type: ignore[misc]
    assert (entry.activity, note(day).activity) == ("le-puits", "ateliers")


def test_notes_come_back_from_the_journal(day: Day) -> None:
    kept = [note(day, text=text) for text in "abc"]
    ask(day, "notes", "amend", "accueil", {"text": "d", "mark": "decision"}, on=kept[0].id, member="other")
    ask(day, "notes", "strike", on=kept[1].id)
    assert serialise(fold(SessionState(), day.entries, KINDS)) == serialise(day.state)
