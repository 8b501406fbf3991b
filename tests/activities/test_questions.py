"""Questions to a panel: supported once each, united without losing anyone, answered now or later, by a panellist too."""

import json
from dataclasses import replace
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, STEP, WALL, Room, drawn, leaves, participant, screens, sections
from hypothesis import given
from hypothesis import strategies as st

from facilitate.core.entry import Act, Actor, Caller, Refused
from facilitate.core.rules import decide
from facilitate.core.state import apply
from facilitate.core.tree import Card, Section, Table
from facilitate.render import Asked as Asks

PEOPLE = ("Ada", "Bo", "Cy")
SHEET = """---
title: A day
language: en
time: 9:00 - 17:00
---
## Programme
### The step
- kind: questions
- question: What do you ask?
- panel: The Region; The State
- duration: 30 min
### After
- kind: vote
- source: The step
- duration: 10 min
"""


class Panel(Room):
    """A day whose questions are open: ``ids`` those asked by Ada (signed), Bo (anonymous) and Cy (signed)."""

    def __init__(self) -> None:
        super().__init__(KINDS, SHEET)
        for name in PEOPLE:
            self.join(name, territory="Forez")
        self.do(CONSOLE, "open", STEP)
        texts = ("May one add both grants?", "Who reads the file?", "May one add the two grants?")
        self.ids = [
            self.do(participant(name), "post", STEP, text=text, signed=name != "Bo") for name, text in zip(PEOPLE, texts, strict=True)
        ]

    def said(self, who: Caller, do: str, on: int | str, content: dict[str, Any] | None = None, base: int | None = None) -> str:
        """'' when this is taken, else why it is refused; ``on`` a question by its place."""
        answer = self.act(who, do, STEP, content, self.ids[on] if isinstance(on, int) else on, base)
        return answer.code if isinstance(answer, Refused) else ""

    def invite(self, name: str) -> Caller:
        """The link of a panellist."""
        return Caller("panel", member=self.do(CONSOLE, "invite", name=name, role="panel"))

    def act(self, who: Caller, do: str, *rest: Any, **more: Any) -> Any:
        """As the room's, for a member of the team too."""
        if not who.member:
            return super().act(who, do, *rest, **more)
        activity, content, on, base = (*rest, *("", None, "", None)[len(rest) :])
        self.minute += 1
        act = Act(f"00000000-0000-4000-8000-{self.minute:012d}", do, activity, content or {}, on, base)
        answer = decide(self.state, act, Actor(who.audience, member=who.member), "2021-09-24T12:00:00.000Z", self.kinds)
        for entry in answer if isinstance(answer, tuple) else ():
            self.journal.append(entry)
            self.state = apply(self.state, entry, self.kinds)
        return answer

    def viewer(self, who: Caller, activity: str) -> Any:
        return replace(super().viewer(who, activity), member=who.member)

    def listed(self, who: Caller = CONSOLE) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.view(who, STEP)["questions"]
        return found

    def question(self, place: int, who: Caller = CONSOLE) -> dict[str, Any]:
        """The question under which that one is counted."""
        id = self.ids[place]
        (found,) = [one for one in self.listed(who) if id in (one["id"], *(other["id"] for other in one["alike"]))]
        return found


def test_a_question_is_supported_once_by_each_and_the_support_is_taken_back() -> None:
    room = Panel()
    assert room.said(participant("Bo"), "support", 0) == ""
    assert room.said(participant("Bo"), "support", 0) == "supported"
    assert room.said(participant("Cy"), "support", 0) == ""
    assert (room.question(0)["supports"], room.question(0, participant("Bo"))["supported"]) == (2, True)
    assert room.said(participant("Bo"), "unsupport", 0) == ""
    assert room.said(participant("Bo"), "unsupport", 0) == "not-supported"
    assert (room.question(0)["supports"], room.question(0, participant("Bo"))["supported"]) == (1, False)


def test_nobody_supports_their_own_question_signed_or_not() -> None:
    room = Panel()
    assert room.said(participant("Ada"), "support", 0) == "own"
    assert room.said(participant("Bo"), "support", 1) == "own"


def test_who_supports_what_stands_nowhere() -> None:
    room = Panel()
    room.said(participant("Bo"), "support", 0)
    entry = room.journal[-1]
    assert (entry.by, entry.at, set(entry.content)) == ("", "", {"voter"})
    views = json.dumps([room.view(who, STEP) for who in (CONSOLE, WALL, participant("Ada"))])
    assert room.voter(participant("Bo"), STEP) not in views


def test_what_was_withdrawn_or_taken_off_the_wall_is_not_supported() -> None:
    room = Panel()
    room.do(participant("Ada"), "withdraw", STEP, on=room.ids[0])
    assert room.said(participant("Bo"), "support", 0) == "withdrawn"
    room.do(CONSOLE, "hide", on=room.ids[1])
    assert room.said(participant("Ada"), "support", 1) == "not-shown"
    assert room.said(participant("Ada"), "support", "no-such-question") == "unknown-contribution"


def test_a_support_that_left_before_the_closing_is_taken_and_none_after() -> None:
    room = Panel()
    seen = room.journal[-1].seq
    room.do(CONSOLE, "close", STEP)
    assert not isinstance(room.act(participant("Bo"), "support", STEP, None, room.ids[0], seen=seen), Refused)
    assert room.said(participant("Cy"), "support", 0) == "closed"


def test_phones_look_again_when_a_question_comes_and_not_at_each_support() -> None:
    room = Panel()
    nobody = Caller("participant")
    before = room.view(nobody, STEP)
    room.said(participant("Bo"), "support", 0)
    room.said(participant("Ada"), "support", 2)
    assert room.view(nobody, STEP) == before
    room.do(participant("Ada"), "post", STEP, text="And cooks?")
    assert room.view(nobody, STEP) != before


def test_those_with_most_support_come_first_and_what_was_dealt_with_last() -> None:
    room = Panel()
    room.said(participant("Ada"), "support", 2)
    assert [one["id"] for one in room.listed()] == [room.ids[2], room.ids[0], room.ids[1]]
    room.said(CONSOLE, "answer", 2, {"text": "Yes."})
    room.said(CONSOLE, "promise", 0, {"who": "The Region", "date": "2021-10-08"})
    assert [one["state"] for one in room.listed()] == ["open", "promised", "answered"]


# United


def test_united_questions_count_each_supporter_once_and_keep_who_asked() -> None:
    room = Panel()
    for name, place in (("Bo", 0), ("Bo", 2), ("Cy", 0), ("Ada", 2)):
        assert room.said(participant(name), "support", place) == ""
    assert room.said(CONSOLE, "unite", "", {"these": [room.ids[2], room.ids[0]]}) == ""
    found = room.question(0)
    assert (found["id"], found["supports"], [one["text"] for one in found["alike"]]) == (room.ids[0], 3, ["May one add the two grants?"])
    assert room.said(participant("Bo"), "support", 0) == "supported"
    assert room.said(participant("Bo"), "unsupport", 0) == ""
    assert room.question(0)["supports"] == 2
    assert room.question(0, participant("Cy"))["mine"], "their own stands for it"
    assert room.said(CONSOLE, "separate", 2) == ""
    assert [room.question(place)["supports"] for place in (0, 2)] == [1, 1]


def test_a_journal_made_elsewhere_leads_round_in_no_circle() -> None:
    room = Panel()
    room.said(CONSOLE, "unite", "", {"these": [room.ids[0], room.ids[1]]})
    one = room.journal[-1]
    for into, these in ((1, [0]), (0, [0, 1]), (2, [1, 2])):
        content = {"into": room.ids[into], "these": [room.ids[place] for place in these]}
        room.state = apply(room.state, replace(one, seq=room.state.seq + 1, id=f"more-{into}", content=content), KINDS)
    assert room.view(WALL, STEP)["questions"]


def test_uniting_what_was_united_is_refused_with_the_question_it_is_under() -> None:
    room = Panel()
    room.said(CONSOLE, "unite", "", {"these": [room.ids[0], room.ids[2]]})
    answer = room.act(CONSOLE, "unite", STEP, {"these": [room.ids[1], room.ids[2]]})
    assert isinstance(answer, Refused)
    assert (answer.code, answer.values["text"]) == ("united", "May one add both grants?")
    room.do(CONSOLE, "withhold", on=room.ids[0])
    again = room.act(CONSOLE, "unite", STEP, {"these": [room.ids[1], room.ids[2]]})
    assert isinstance(again, Refused)
    assert again.values["text"] == "…", "of a withheld question no word remains"
    room.do(CONSOLE, "restore", on=room.ids[0])
    assert room.said(CONSOLE, "separate", 1) == "not-united"
    for these in ([room.ids[0]], [room.ids[0], room.ids[0]], "x", [1, 2], None):
        assert room.said(CONSOLE, "unite", "", {"these": these}) == "two"
    assert room.said(CONSOLE, "unite", "", {"these": [room.ids[0], "no-such"]}) == "unknown-contribution"


def test_one_answer_serves_those_that_were_united_and_the_one_that_has_it_speaks() -> None:
    room = Panel()
    room.said(CONSOLE, "answer", 2, {"text": "Up to 80 %."})
    room.said(participant("Bo"), "support", 0)
    room.said(CONSOLE, "unite", "", {"these": [room.ids[0], room.ids[2]]})
    assert (room.question(0)["id"], room.question(0)["state"], room.question(0)["said"]) == (room.ids[2], "answered", "Up to 80 %.")


def test_when_the_author_of_the_one_that_speaks_withdraws_the_next_speaks() -> None:
    room = Panel()
    room.said(CONSOLE, "unite", "", {"these": [room.ids[0], room.ids[2]]})
    room.said(CONSOLE, "promise", 0, {"who": "The State", "date": "2021-10-08"})
    room.do(participant("Ada"), "withdraw", STEP, on=room.ids[0])
    found = room.question(2)
    assert (found["text"], found["state"], found["who"]) == ("May one add the two grants?", "promised", "The State")
    assert room.said(participant("Bo"), "support", 2) == ""
    assert room.said(CONSOLE, "answer", 2, {"text": "Yes."}, base=found["dealt"]) == ""


acts = st.lists(
    st.tuples(
        st.sampled_from(["support", "unsupport", "unite", "separate", "withdraw", "hide", "answer", "reopen"]),
        st.sampled_from(PEOPLE),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
    max_size=25,
)


@given(acts)
def test_whatever_is_done_no_support_counts_twice_and_no_shown_question_is_lost(done: list[tuple[str, str, int, int]]) -> None:
    room = Panel()
    for do, name, place, other in done:
        if do == "unite":
            room.said(CONSOLE, do, "", {"these": [room.ids[place], room.ids[other]]})
        elif do == "hide":
            room.act(CONSOLE, do, "", {}, room.ids[place])
        else:
            who = CONSOLE if do in ("separate", "answer", "reopen") else participant(name)
            room.said(who, do, place)
    held = room.state.summaries[STEP]
    shown = {one.id for one in held.contributions.values() if one.status == "shown"}
    listed = [id for one in room.listed() for id in (one["id"], *(other["id"] for other in one["alike"]))]
    assert sorted(listed) == sorted(shown)
    assert all(0 <= one["supports"] <= len(PEOPLE) for one in room.listed())
    told = {one.title for part in sections(room) for one in inside(part) if isinstance(one, Card)}
    assert told == {one["text"] for one in room.listed()}


# Dealt with


def test_a_question_is_put_to_someone_of_the_panel_by_its_author_or_by_the_facilitator() -> None:
    room = Panel()
    asked = room.do(participant("Ada"), "post", STEP, text="Cooks?", to="The State")
    assert next(one["to"] for one in room.listed() if one["id"] == asked) == "The State"
    assert room.said(CONSOLE, "route", asked, {"to": "The Region"}) == ""
    assert next(one["to"] for one in room.listed() if one["id"] == asked) == "The Region"
    assert room.said(CONSOLE, "route", asked, {"to": "The Moon"}) == "unknown-panellist"
    assert room.said(participant("Ada"), "post", "", {"text": "Cooks?", "to": "The Moon"}) == "unknown-panellist"


def test_an_answer_to_come_says_who_and_when() -> None:
    room = Panel()
    for content, code in (
        ({"date": "2021-10-08"}, "nobody"),
        ({"who": "The Moon", "date": "2021-10-08"}, "unknown-panellist"),
        ({"who": "The State"}, "date"),
        ({"who": "The State", "date": "soon"}, "date"),
        ({"who": "The State", "date": "2021-09-23"}, "past"),
        ({"who": "The State", "date": "2021-10-08"}, ""),
    ):
        assert room.said(CONSOLE, "promise", 0, content) == code
    assert (room.question(0)["who"], room.question(0)["date"]) == ("The State", "2021-10-08")


def test_an_answer_after_another_is_refused_until_the_first_was_read() -> None:
    room = Panel()
    assert room.said(CONSOLE, "answer", 0, {"text": "Yes."}, base=0) == ""
    assert room.said(CONSOLE, "answer", 0, {"text": "No."}, base=0) == "stale"
    assert room.said(CONSOLE, "answer", 0, {"text": "No."}) == "stale"
    assert room.said(CONSOLE, "promise", 0, {"who": "The State", "date": "2021-10-08"}) == "stale"
    assert room.said(CONSOLE, "answer", 0, {"text": "Yes, up to 80 %."}, base=room.question(0)["dealt"]) == ""
    assert room.question(0)["said"] == "Yes, up to 80 %."
    assert room.said(CONSOLE, "answer", 1, {"text": "x" * 1001}) == "too-long"


def test_a_question_set_aside_says_why_and_may_be_opened_again() -> None:
    room = Panel()
    assert room.said(CONSOLE, "aside", 1) == "empty"
    assert room.said(CONSOLE, "aside", 1, {"text": "Another day."}) == ""
    assert (room.question(1)["state"], room.question(1)["said"]) == ("aside", "Another day.")
    assert room.said(CONSOLE, "reopen", 1) == ""
    assert room.said(CONSOLE, "reopen", 1) == "open"


def test_the_question_being_answered_leaves_the_wall_once_it_is_dealt_with_or_taken_off() -> None:
    room = Panel()
    assert room.said(CONSOLE, "take", 0) == ""
    assert "Being answered now" in drawn(room, WALL)
    room.do(CONSOLE, "hide", on=room.ids[0])
    assert "both grants" not in drawn(room, WALL)
    assert room.said(CONSOLE, "take", 0) == "not-shown"
    room.said(CONSOLE, "take", 1)
    room.said(CONSOLE, "answer", 1)
    assert room.view(WALL, STEP)["on"] == ""
    room.said(CONSOLE, "take", 2)
    assert room.said(CONSOLE, "take", "") == ""
    assert room.view(WALL, STEP)["on"] == ""


def test_words_that_others_support_no_longer_change() -> None:
    room = Panel()
    assert room.said(participant("Ada"), "edit", 0, {"text": "May one add both?", "to": "The State"}) == ""
    assert room.question(0)["to"] == "The State"
    room.said(participant("Bo"), "support", 0)
    assert room.said(participant("Ada"), "edit", 0, {"text": "Is it free?"}) == "steady"
    assert room.said(participant("Bo"), "edit", 0, {"text": "Is it free?"}) == "not-yours"
    assert room.said(participant("Ada"), "withdraw", 0) == ""


@pytest.mark.parametrize("signed", ["signed", "anonymous"])
def test_a_sheet_may_ask_that_questions_be_signed_or_not(signed: str) -> None:
    room = Room(KINDS, SHEET.replace("- panel", f"- signed: {signed}\n- panel"))
    who = room.join("Ada")
    room.do(CONSOLE, "open", STEP)
    answer = room.act(who, "post", STEP, {"text": "Who?", "signed": False})
    assert isinstance(answer, Refused) is (signed == "signed")
    room.do(who, "post", STEP, text="When?", signed=True)
    assert bool(room.journal[-1].by) is (signed == "signed")


# The panel


def test_a_panellist_answers_in_their_own_name_after_the_day_too() -> None:
    room = Panel()
    state, region = room.invite("The State"), room.invite("The Region")
    assert room.said(state, "promise", 0, {"date": "2021-10-08"}) == ""
    room.do(CONSOLE, "finish")
    assert room.said(state, "answer", 0, {}) == "empty"
    assert room.said(state, "answer", 0, {"text": "Yes."}, base=room.question(0)["dealt"]) == ""
    assert (room.question(0)["who"], room.question(0)["said"]) == ("The State", "Yes.")
    assert room.said(region, "answer", 0, {"text": "No."}, base=room.question(0)["dealt"]) == "answered"
    assert room.said(state, "answer", 0, {"text": "Yes, twice."}, base=room.question(0)["dealt"]) == ""
    assert any(
        isinstance(one, Card) and ("Answer by The State", "Yes, twice.") in one.fields for part in sections(room) for one in inside(part)
    )
    room.do(CONSOLE, "dismiss", on=state.member)
    assert room.said(state, "answer", 1, {"text": "Me again."}) == "not-allowed"


def inside(node: Any) -> tuple[Any, ...]:
    return node.children if isinstance(node, Section) else (node,)


def test_a_panellist_may_do_nothing_else() -> None:
    room = Panel()
    state = room.invite("The State")
    for do in ("post", "support", "take", "route", "unite", "aside", "reopen"):
        assert room.said(state, do, 0, {"text": "x", "to": ""}) == "not-allowed", do
    for do in ("open", "finish", "hide", "welcome", "note", "posts", "show", "photo"):
        answer = room.act(state, do, STEP, {"text": "x", "name": "x"}, room.ids[0])
        assert isinstance(answer, Refused)
        assert answer.code == "not-allowed", do
    assert room.act(CONSOLE, "invite", "", {"name": "The Moon", "role": "panel"}).code == "unknown-panellist"


def test_a_panellist_s_page_shows_what_is_put_to_them_first_and_never_who_asked_anonymously() -> None:
    room = Panel()
    state = room.invite("The State")
    room.said(CONSOLE, "route", 2, {"to": "The State"})
    page = screens().region(room, "panel", Asks(state, "en"))
    assert page.index("May one add the two grants?") < page.index("Put to all") < page.index("Who reads the file?")
    assert "Ada" in page
    assert "Bo" not in page
    room.do(CONSOLE, "withhold", on=room.ids[0], why="a name")
    assert "both grants" not in screens().region(room, "panel", Asks(state, "en"))


# After


def test_the_restitution_tells_each_by_what_became_of_it_then_who_still_owes_an_answer() -> None:
    room = Panel()
    room.said(participant("Bo"), "support", 0)
    room.said(CONSOLE, "answer", 0, {"text": "Up to 80 %.", "who": "The Region"})
    room.said(CONSOLE, "promise", 1, {"who": "The State", "date": "2021-10-08"})
    told = sections(room)
    titles = [one.title for one in told if isinstance(one, Section)]
    assert titles == ["Answered questions", "Answers to come", "Questions still open", "Unanswered questions"]
    (table,) = [one for part in told for one in inside(part) if isinstance(one, Table)]
    assert table.rows == (("Who reads the file?", "The State", "2021-10-08"), ("May one add the two grants?", "–", "–"))
    assert "3 questions were asked, 1 was answered, 1 answer is to come." in list(leaves(told))
    assert "Forez, Ada · 1 support" in list(leaves(told))


def test_what_united_questions_said_and_were_answered_stands_in_the_restitution() -> None:
    room = Panel()
    for place, text in ((0, "Yes."), (2, "Up to 80 %.")):
        room.said(CONSOLE, "answer", place, {"text": text})
    room.said(CONSOLE, "unite", "", {"these": [room.ids[0], room.ids[2]]})
    words = list(leaves(sections(room)))
    for text in ("Yes.", "Up to 80 %.", "May one add both grants?", "May one add the two grants?"):
        assert text in words


def test_questions_are_cards_that_another_step_may_vote_on_and_that_a_scribe_types_in_a_row() -> None:
    room = Panel()
    answer = room.act(Caller("scribe"), "posts", STEP, {"lines": "From the room?\nAnd again?", "signed": "false"})
    assert not isinstance(answer, Refused)
    room.do(CONSOLE, "open", "after")
    assert room.state.sources(room.step("after"), KINDS).named["source"].activity.id == STEP
    assert len(room.view(participant("Ada"), "after")["ballot"]) == 5


def test_someone_without_a_phone_asks_and_supports_through_the_scribe() -> None:
    room = Panel()
    person = room.do(CONSOLE, "welcome", name="Dee")
    scribe = Caller("scribe")
    assert not isinstance(room.act(scribe, "post", STEP, {"text": "And by bus?"}, behalf=person), Refused)
    assert not isinstance(room.act(scribe, "support", STEP, {}, room.ids[0], behalf=person), Refused)
    assert room.act(scribe, "support", STEP, {}, room.ids[0], behalf=person).code == "supported"  # type: ignore[union-attr]
    assert "What Dee supports" in screens().region(room, "scribe", Asks(scribe, "en", step=STEP, whom=person))
