"""Decoding: one situation at a time, notes that find their situation again, one scribe at a time, a teller who confirms."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, WALL, Policy, Room, drawn, leaves, participant
from hypothesis import given
from hypothesis import strategies as st

from facilitate.core.entry import Caller, Refused
from facilitate.core.tree import Card, Listing, Node, Paragraph, Section

ADA, BO, CY = participant("Ada"), participant("Bo"), participant("Cy")
SHEET = """---
title: A day
language: en
time: 9:00 - 17:00
---
## Programme
### Told
- kind: situations
- duration: 30 min
### Decoded
- kind: decode
- source: Told
- question: What made it possible?
- telling: 5
- duration: 60 min
"""
STEP = "decoded"


class Decoding(Room):
    """A day whose decoding is open. Ada told a shared kitchen and signed it; Bo told a night bus anonymously."""

    def __init__(self, sheet: str = SHEET) -> None:
        super().__init__(KINDS, sheet)
        for name, territory in (("Ada", "Forez"), ("Bo", "Diois"), ("Cy", "Drôme")):
            self.join(name, territory=territory)
        self.do(CONSOLE, "open", "told")
        self.kitchen = self.do(ADA, "post", "told", title="A shared kitchen.", context="A school had closed.")
        self.bus = self.do(BO, "post", "told", title="A night bus.", signed=False)
        self.do(CONSOLE, "open", STEP)

    def choose(self, situation: str, phase: str = "") -> None:
        self.do(CONSOLE, "choose", STEP, on=situation)
        if phase:
            self.do(CONSOLE, "phase", STEP, phase=phase)

    def note(self, who: Caller, column: str, text: str, **more: Any) -> str:
        """'' when this note is taken, else why it is refused."""
        return code(self.act(who, "post", STEP, {"column": column, "text": text, **more}))

    def complete(self, who: Caller, on: str = "", base: int | None = None, **texts: Any) -> str:
        return code(self.act(who, "complete", STEP, texts, on=on, base=base))

    def notes(self, who: Caller = WALL) -> dict[str, list[str]]:
        """What is read in each column."""
        columns = self.view(who, STEP)["columns"]
        return {one["key"]: [note["content"]["text"] for note in one["notes"]] for one in columns if one["notes"]}

    def sections(self, status: str = "closed") -> tuple[Node, ...]:
        step, sources = self.step(STEP), replace(self.sources(STEP), status=status)
        return KINDS["decode"].sections(step.activity, self.state.summaries[STEP], sources, Policy("en", self))


def code(answer: object) -> str:
    return answer.code if isinstance(answer, Refused) else ""


# One situation at a time


def test_a_situation_that_is_chosen_is_told_against_a_clock() -> None:
    room = Decoding()
    assert room.view(WALL, STEP)["waiting"]
    room.choose(room.kitchen)
    view = room.view(WALL, STEP)
    assert view["situation"]["text"] == "A shared kitchen."
    assert view["phase"] == "telling"
    began = datetime.fromisoformat(room.journal[-1].at)
    assert datetime.fromisoformat(view["until"]) - began == timedelta(minutes=5)
    room.do(CONSOLE, "phase", STEP, phase="questions")
    assert room.view(WALL, STEP)["until"] == ""


def test_without_minutes_for_the_teller_there_is_no_clock() -> None:
    room = Decoding(SHEET.replace("- telling: 5", "- telling: 0"))
    room.choose(room.kitchen)
    assert room.view(WALL, STEP)["until"] == ""


def test_what_each_situation_gave_is_kept_and_a_finished_one_can_be_taken_up_again() -> None:
    room = Decoding()
    room.choose(room.kitchen, "notes")
    room.note(CY, "keys", "Start small.")
    room.do(CONSOLE, "phase", STEP, phase="done")
    room.choose(room.bus, "notes")
    assert room.notes() == {}
    room.note(CY, "keys", "One hour, easy to remember.")
    room.choose(room.kitchen)
    assert room.notes() == {"keys": ["Start small."]}
    assert room.view(WALL, STEP)["phase"] == "notes"


@pytest.mark.parametrize("do", ["hide", "withhold", "withdraw"])
def test_a_situation_that_was_taken_away_cannot_be_chosen(do: str) -> None:
    room = Decoding()
    room.do(ADA if do == "withdraw" else CONSOLE, do, "told" if do == "withdraw" else "", on=room.kitchen)
    answer = room.act(CONSOLE, "choose", STEP, on=room.kitchen)
    assert code(answer) == ("unknown-contribution" if do == "withdraw" else "not-shown")
    assert room.kitchen not in [one["id"] for one in room.view(CONSOLE, STEP)["situations"]]


@pytest.mark.parametrize("do", ["hide", "withhold", "withdraw"])
def test_a_situation_taken_away_while_it_is_decoded_leaves_no_word_and_its_notes_stay(do: str) -> None:
    room = Decoding()
    room.choose(room.kitchen, "notes")
    room.note(CY, "keys", "Start small.")
    room.do(ADA if do == "withdraw" else CONSOLE, do, "told" if do == "withdraw" else "", on=room.kitchen)
    for who in (WALL, ADA, CY, CONSOLE) if do != "hide" else (WALL, ADA, CY):
        assert "kitchen" not in str(room.view(who, STEP))
        assert "A shared kitchen" not in drawn(room, who)
    assert room.notes() == {"keys": ["Start small."]}
    assert not [leaf for leaf in leaves(room.sections()) if "kitchen" in str(leaf)]
    assert "Start small." in list(leaves(room.sections()))


def test_over_the_whole_nobody_tells() -> None:
    room = Decoding()
    room.do(CONSOLE, "choose", STEP, whole="true")
    assert room.view(WALL, STEP)["phase"] == "notes"
    assert code(room.act(CONSOLE, "phase", STEP, {"phase": "telling"})) == "no-teller"
    assert code(room.act(CONSOLE, "confirm", STEP)) == "no-teller"
    for phase in ("lunch", ["notes"]):
        assert code(room.act(CONSOLE, "phase", STEP, {"phase": phase})) == "unknown-phase"
    assert code(room.act(CONSOLE, "choose", STEP)) == "unknown-contribution"


# Notes


def test_nothing_is_noted_while_the_teller_speaks() -> None:
    room = Decoding()
    room.choose(room.kitchen)
    assert room.note(CY, "keys", "Start small.") == "listening"


def test_a_note_goes_under_the_situation_it_was_written_about_though_the_room_has_moved_on() -> None:
    room = Decoding()
    room.choose(room.kitchen, "notes")
    room.choose(room.bus, "notes")
    assert room.note(CY, "keys", "Start small.", about=room.kitchen) == ""
    assert room.notes() == {}
    room.choose(room.kitchen)
    assert room.notes() == {"keys": ["Start small."]}


def test_a_phone_reads_its_own_notes_and_the_scribe_everyones() -> None:
    room = Decoding()
    room.choose(room.kitchen, "notes")
    room.note(ADA, "keys", "Start small.")
    room.note(CY, "benefits", "Twelve jobs.")
    assert room.notes(CY) == {"benefits": ["Twelve jobs."]}
    room.do(CY, "scribe", STEP)
    assert room.notes(CY) == room.notes(WALL) == {"benefits": ["Twelve jobs."], "keys": ["Start small."]}
    assert room.notes(ADA) == {"keys": ["Start small."]}


def test_a_note_is_edited_and_withdrawn_by_its_author_alone_and_stays_in_its_column() -> None:
    room = Decoding()
    room.choose(room.kitchen, "notes")
    note = room.do(CY, "post", STEP, column="keys", text="Start smal.")
    assert code(room.act(ADA, "edit", STEP, {"text": "No."}, on=note)) == "not-yours"
    room.do(CY, "edit", STEP, on=note, text="Start small.")
    assert room.notes() == {"keys": ["Start small."]}
    room.do(CY, "edit", STEP, on=note, text="Start small.", column="vigilance", about="elsewhere")
    assert room.notes() == {"vigilance": ["Start small."]}
    room.do(CY, "withdraw", STEP, on=note)
    assert room.notes() == {}


def test_each_column_has_its_own_limit() -> None:
    room = Decoding(SHEET + "- columns:\n  - Short (10)\n  - Long (20)\n")
    room.choose(room.kitchen, "notes")
    short, long = (one["key"] for one in room.view(WALL, STEP)["columns"])
    assert room.note(CY, short, "x" * 11) == "too-long"
    assert room.note(CY, long, "x" * 11) == ""


def test_a_question_stands_apart_from_the_notes() -> None:
    room = Decoding()
    room.choose(room.kitchen, "questions")
    room.note(CY, "question", "Who paid?")
    view = room.view(WALL, STEP)
    assert [one["content"]["text"] for one in view["questions"]] == ["Who paid?"]
    assert room.notes() == {}


# The card


def test_one_person_writes_the_card_at_a_time_and_another_may_take_the_pen() -> None:
    room = Decoding()
    room.choose(room.kitchen, "card")
    assert room.complete(CY, room.kitchen, keys="Start small.") == "not-scribe"
    room.do(CY, "scribe", STEP)
    assert room.complete(CY, room.kitchen, keys="Start small.") == ""
    room.do(BO, "scribe", STEP)
    assert room.complete(CY, room.kitchen, keys="Mine again.", base=99) == "not-scribe"
    assert room.view(WALL, STEP)["scribe"] == {"mine": False, "taken": True, "name": "Bo"}
    assert code(room.act(CY, "scribe", STEP, {"down": True})) == "not-scribe"
    room.do(BO, "scribe", STEP, down=True)
    assert not room.view(WALL, STEP)["scribe"]["taken"]


def test_two_who_write_the_card_never_overwrite_each_other_in_silence() -> None:
    room = Decoding()
    room.choose(room.kitchen, "card")
    room.do(CY, "scribe", STEP)
    assert room.complete(CY, room.kitchen, keys="Start small.") == ""
    first = room.view(CY, STEP)["card"]["edited"]
    assert room.complete(CONSOLE, room.kitchen, keys="From an empty card.") == "stale"
    assert room.complete(CONSOLE, room.kitchen, first, keys="Start small, with one kitchen.") == ""
    assert room.complete(CY, room.kitchen, first, keys="Late.") == "stale"
    assert room.view(WALL, STEP)["columns"][1]["text"] == "Start small, with one kitchen."


def test_a_card_is_shown_once_its_moment_has_come() -> None:
    room = Decoding()
    room.choose(room.kitchen, "notes")
    room.do(CY, "scribe", STEP)
    room.complete(CY, room.kitchen, keys="Start small.")
    assert "Start small." in str(room.view(CY, STEP))
    assert "Start small." not in str(room.view(WALL, STEP)) + str(room.view(ADA, STEP))
    room.do(CONSOLE, "phase", STEP, phase="card")
    for who in (WALL, ADA):
        assert "Start small." in str(room.view(who, STEP))


def test_a_card_that_is_hidden_or_withheld_leaves_the_screens() -> None:
    for do in ("hide", "withhold"):
        room = Decoding()
        room.choose(room.kitchen, "card")
        room.complete(CONSOLE, room.kitchen, keys="Zanzibar.")
        room.do(CONSOLE, do, on=room.view(CONSOLE, STEP)["card"]["id"])
        for who in (WALL, ADA, CONSOLE) if do == "withhold" else (WALL, ADA):
            assert "Zanzibar" not in str(room.view(who, STEP))
        assert not [leaf for leaf in leaves(room.sections()) if "Zanzibar" in str(leaf)]


def test_a_card_is_the_rooms_its_scribe_cannot_withdraw_it() -> None:
    room = Decoding()
    room.choose(room.kitchen, "card")
    room.do(CY, "scribe", STEP)
    room.complete(CY, room.kitchen, keys="Start small.")
    card = room.view(CONSOLE, STEP)["card"]["id"]
    assert code(room.act(CY, "withdraw", STEP, on=card)) == "not-a-note"
    assert code(room.act(CY, "edit", STEP, {"column": "keys", "text": "Gone."}, on=card)) == "not-a-note"
    assert card not in [one["id"] for one in room.view(CY, STEP)["cards"]]


def test_an_empty_card_is_neither_kept_nor_confirmed() -> None:
    room = Decoding()
    room.choose(room.kitchen, "card")
    assert room.complete(CONSOLE, room.kitchen) == room.complete(CONSOLE, room.kitchen, keys="") == "empty"
    assert room.complete(CONSOLE, room.kitchen, keys="x" * 1001) == "too-long"
    assert room.complete(CONSOLE, room.bus, keys="Not chosen yet.") == "not-chosen"
    assert code(room.act(ADA, "confirm", STEP, on=room.kitchen)) == "empty"


# The teller


def test_the_teller_confirms_and_a_later_change_undoes_it() -> None:
    room = Decoding()
    room.choose(room.kitchen, "card")
    room.complete(CONSOLE, room.kitchen, keys="Start small.")
    assert room.view(ADA, STEP)["teller"]
    assert "I confirm this card" in drawn(room, ADA)
    assert "I confirm this card" not in drawn(room, CY)
    assert code(room.act(CY, "confirm", STEP, on=room.kitchen)) == "not-teller"
    assert code(room.act(ADA, "confirm", STEP, on=room.kitchen, base=1)) == "stale"
    room.do(ADA, "confirm", STEP, on=room.kitchen)
    assert room.view(WALL, STEP)["card"]["confirmed"] == "teller"
    room.complete(CONSOLE, room.kitchen, room.view(CONSOLE, STEP)["card"]["edited"], keys="Start smaller.")
    assert room.view(WALL, STEP)["card"]["confirmed"] == ""


def test_who_told_anonymously_confirms_anonymously() -> None:
    room = Decoding()
    room.choose(room.bus, "card")
    room.complete(CONSOLE, room.bus, keys="One hour, easy to remember.")
    assert room.view(BO, STEP)["teller"]
    room.do(BO, "confirm", STEP, on=room.bus)
    entry = room.journal[-1]
    assert (entry.by, entry.at) == ("", "")
    assert BO.participant not in str(entry)
    assert room.view(WALL, STEP)["card"]["confirmed"] == "teller"
    assert not room.view(ADA, STEP)["teller"]


def test_the_console_confirms_on_behalf_and_that_is_said() -> None:
    room = Decoding()
    room.choose(room.bus, "card")
    room.complete(CONSOLE, room.bus, keys="One hour.")
    room.do(CONSOLE, "confirm", STEP, on=room.bus)
    assert room.view(WALL, STEP)["card"]["confirmed"] == "console"
    assert "Card confirmed by the facilitators, on behalf of the person who told the situation." in list(leaves(room.sections()))


def test_a_card_may_be_completed_and_confirmed_after_the_closing() -> None:
    room = Decoding()
    room.choose(room.kitchen, "card")
    room.do(CONSOLE, "close", STEP)
    assert room.complete(CONSOLE, room.kitchen, keys="Start small.") == ""
    assert code(room.act(ADA, "confirm", STEP, on=room.kitchen)) == ""
    assert room.note(CY, "keys", "Too late.") == "closed"


# Restitution


def test_the_restitution_puts_beneath_each_situation_what_it_gave_then_the_whole() -> None:
    room = Decoding()
    room.choose(room.kitchen, "questions")
    room.note(CY, "question", "Who paid?")
    room.do(CONSOLE, "phase", STEP, phase="notes")
    room.note(CY, "keys", "Start small.")
    room.note(BO, "keys", "Someone paid to link.")
    room.complete(CONSOLE, room.kitchen, keys="Small steps.", reuse="The calendar.")
    room.choose(room.bus)
    room.do(CONSOLE, "choose", STEP, whole=True)
    room.note(ADA, "benefits", "We met.")
    kitchen, bus, whole = room.sections()
    assert isinstance(kitchen, Card)
    assert (kitchen.title, kitchen.by, kitchen.number > 0) == ("A shared kitchen.", "Forez, Ada", True)
    keys, reuse, questions, confirmed = kitchen.inside
    assert isinstance(keys, Section)
    assert (keys.title, keys.children[0]) == ("Key success factors", Paragraph("Small steps."))
    listing = keys.children[1]
    assert isinstance(listing, Listing)
    assert listing.items == ("Start small.", "Someone paid to link.")
    assert [beside.split(", no.")[0] for beside in listing.beside] == ["Drôme, Cy", "Diois, Bo"]
    assert isinstance(reuse, Section)
    assert isinstance(questions, Section)
    assert questions.title == "Clarifying questions"
    assert confirmed == Paragraph("Card not confirmed by the person who told the situation.", "note")
    assert isinstance(bus, Card)
    assert (bus.by, bus.inside) == ("anonymous", (Paragraph("Nothing was noted.", "note"),))
    assert isinstance(whole, Section)
    assert "We met." in list(leaves(whole))


def test_notes_without_a_situation_stand_over_the_whole() -> None:
    room = Decoding()
    room.note(ADA, "benefits", "We met.")
    (benefits,) = room.sections()
    assert isinstance(benefits, Section)
    assert benefits.title == "Benefits"


def test_hidden_and_withheld_notes_are_not_in_the_body_of_the_restitution() -> None:
    room = Decoding()
    room.choose(room.kitchen, "notes")
    for do in ("hide", "withhold", "withdraw"):
        note = room.do(CY, "post", STEP, column="keys", text=f"Zanzibar {do}.")
        room.do(CY if do == "withdraw" else CONSOLE, do, STEP if do == "withdraw" else "", on=note)
    assert not [leaf for leaf in leaves(room.sections()) if "Zanzibar" in str(leaf)]


def test_nothing_decoded_is_said_once_the_step_was_opened_and_not_before() -> None:
    room = Decoding()
    assert room.sections("planned") == ()
    assert room.sections("closed") == (Paragraph("Nothing was decoded.", "note"),)


# Screens


def test_the_phone_asks_one_thing_at_a_time() -> None:
    room = Decoding()
    assert "<form" not in drawn(room, CY)
    room.choose(room.kitchen)
    assert "<form" not in drawn(room, CY)
    room.do(CONSOLE, "phase", STEP, phase="questions")
    html = drawn(room, CY)
    assert 'value="question"' in html
    assert 'type="radio"' not in html
    room.do(CONSOLE, "phase", STEP, phase="notes")
    assert drawn(room, CY).count('type="radio"') == 4
    room.do(CY, "scribe", STEP)
    html = drawn(room, CY)
    assert html.count("<textarea") == 4
    assert 'type="radio"' not in html


def test_what_a_scribe_typed_comes_back_beside_what_was_saved_meanwhile() -> None:
    from activities.room import screens

    from facilitate.render import Asked

    room = Decoding()
    room.choose(room.kitchen, "card")
    room.do(CY, "scribe", STEP)
    room.complete(CONSOLE, room.kitchen, keys="Saved by the console.")
    html = screens().region(room, "now", Asked(CY, "en", typed={"keys": "Typed by the scribe."}, refused="This was changed."))
    assert "Typed by the scribe.</textarea>" in html
    assert '<p class="said">Saved by the console.</p>' in html


# Any sequence of moments

moves = st.lists(
    st.tuples(
        st.sampled_from(("kitchen", "bus", "whole")), st.sampled_from(("notes", "card", "done")), st.text("ab", min_size=1, max_size=3)
    )
)


@given(moves)
def test_every_note_is_kept_under_the_situation_that_was_on_when_it_was_written(steps: list[tuple[str, str, str]]) -> None:
    room = Decoding()
    abouts = {"kitchen": room.kitchen, "bus": room.bus, "whole": ""}
    written: dict[str, list[str]] = {about: [] for about in abouts.values()}
    for name, phase, text in steps:
        about = abouts[name]
        room.do(CONSOLE, "choose", STEP, on=about, **({} if about else {"whole": True}))
        room.do(CONSOLE, "phase", STEP, phase=phase)
        assert room.note(CY, "keys", text) == ""
        written[about].append(text)
    for about, texts in written.items():
        room.do(CONSOLE, "choose", STEP, on=about, **({} if about else {"whole": True}))
        assert room.notes().get("keys", []) == texts
