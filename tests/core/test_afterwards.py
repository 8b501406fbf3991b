"""The days after: until a date participants correct and add, the staff accepting; what is theirs they take back whenever they like."""

from dataclasses import replace
from typing import Any

import pytest
from core.day import KINDS, Day

from facilitate.core.contribution import Contribution, Viewer, cards, told
from facilitate.core.entry import Refused
from facilitate.core.rules import corrections_open
from facilitate.core.state import SessionState, fold, serialise
from facilitate.language import languages
from facilitate.restitution.build import build

SHEET = """---
title: Une journée
timezone: Europe/Paris
---
## Programme

### 10:00 – Situations
- type : situations
- question : Qu’avez-vous vécu ?

### 10:30 – Choisir
- type : vote
- sur : situations

### 11:00 – Engagements
- type : engagements

### 11:30 – Pas eu lieu
- type : situations
- durée : 30 min
"""


@pytest.fixture
def day() -> Day:
    """Ada wrote one card signed; the day is over, corrections are open on that day."""
    day = Day(SHEET).join("ada", "bo").open("situations")
    day.do("post", "situations", {"title": "Un bus"}, who="ada")
    day.open("engagements").do("finish")
    day.do("reopen", content={"until": "2021-09-24"}, who="shelf")
    return day


def the(day: Day, title: str = "Un bus") -> Contribution:
    held = day.state.summaries["situations"].contributions.values()
    return next(one for one in held if one.content.get("title") == title)


def code(answer: Any) -> str:
    return answer.code if isinstance(answer, Refused) else ""


def texts(day: Day) -> str:
    return str(build(day.state, KINDS, languages(KINDS)["fr"]))


def correct(day: Day, title: str = "Deux bus", who: str = "ada", **more: Any) -> Any:
    return day.do("edit", "situations", {"title": title}, on=the(day).id, who=who, **more)


def test_a_correction_stands_beside_the_text_until_the_staff_accept_it(day: Day) -> None:
    correct(day)
    one = the(day)
    assert (one.content["title"], one.proposed, one.answer, one.awaits) == ("Un bus", {"title": "Deux bus"}, "", True)
    assert "Deux bus" not in texts(day)
    day.do("approve", on=one.id, who="shelf")
    one = the(day, "Deux bus")
    assert (one.status, one.proposed, one.answer, one.awaits, one.by) == ("shown", None, "accepted", False, "ada")
    assert one.edited == day.state.seq
    assert "Deux bus" in texts(day)
    assert "Un bus" not in texts(day)


def test_a_correction_declined_leaves_the_text_and_says_why_to_its_author_alone(day: Day) -> None:
    correct(day)
    day.do("refuse", content={"why": "Le compte rendu cite déjà ce bus."}, on=the(day).id, who="shelf")
    one = the(day)
    assert (one.content["title"], one.proposed, one.answer, one.reason) == ("Un bus", None, "declined", "Le compte rendu cite déjà ce bus.")
    held = day.state.summaries["situations"].contributions
    (own,) = cards(held, Viewer("participant", "ada"), day.state.people)
    assert (own["answer"], own["reason"]) == ("declined", "Le compte rendu cite déjà ce bus.")
    (seen,) = cards(held, Viewer("wall"), day.state.people)
    assert not {"answer", "reason", "proposed"} & seen.keys()


def test_what_is_added_after_the_day_stands_nowhere_until_it_is_accepted(day: Day) -> None:
    day.do("post", "situations", {"title": "Un vélo"}, who="bo")
    added = the(day, "Un vélo")
    assert added.status == "proposed"
    assert "Un vélo" not in texts(day)
    assert [one.content["title"] for one in told(day.state.summaries["situations"].contributions)] == ["Un bus"]
    assert code(day.do("hide", on=added.id, who="shelf")) == "not-accepted"
    day.do("approve", on=added.id, who="shelf")
    assert "Un vélo" in texts(day)


def test_an_addition_may_be_put_right_while_it_waits_and_is_over_once_declined(day: Day) -> None:
    day.do("post", "situations", {"title": "Un vélo"}, who="bo")
    id = the(day, "Un vélo").id
    day.do("edit", "situations", {"title": "Un tandem"}, on=id, who="bo")
    assert (the(day, "Un tandem").status, the(day, "Un tandem").proposed) == ("proposed", None)
    day.do("refuse", content={"why": "Hors sujet"}, on=id, who="shelf")
    assert the(day, "Un tandem").status == "declined"
    assert "tandem" not in texts(day)
    assert code(day.do("edit", "situations", {"title": "Un vélo"}, on=id, who="bo")) == "declined"
    day.do("approve", on=id, who="shelf")
    assert the(day, "Un tandem").status == "shown"


def test_whoever_answers_has_read_what_is_offered_now(day: Day) -> None:
    correct(day)
    read = day.state.seq
    correct(day, "Trois bus")
    id = the(day).id
    for verb in ("approve", "refuse"):
        assert code(day.do(verb, on=id, who="shelf", seen=read)) == "stale"
    assert day.do("approve", on=id, who="shelf", seen=day.state.seq)
    assert day.do("refuse", on=id, who="shelf") == ()


@pytest.mark.parametrize("until", ["", "2021-09-23"])
def test_once_corrections_are_closed_one_may_only_take_back_and_say_who_one_is(day: Day, until: str) -> None:
    day.do("reopen", content={"until": until}, who="shelf")
    assert code(correct(day)) == "corrections-closed"
    assert code(day.do("post", "situations", {"title": "Un vélo"}, who="bo")) == "corrections-closed"
    assert day.do("introduce", content={"name": "Ada L.", "named": True}, who="ada")
    assert day.state.people["ada"].named
    assert day.do("withdraw", "situations", on=the(day).id, who="ada")
    assert "Un bus" not in texts(day)


def test_what_was_offered_is_withdrawn_with_the_card(day: Day) -> None:
    correct(day)
    id = the(day).id
    day.do("withdraw", "situations", on=id, who="ada")
    one = day.state.contribution(id)
    assert one is not None
    assert (one[1].content, one[1].proposed, one[1].awaits) == ({}, None, False)


def test_corrections_close_at_the_end_of_the_day_where_it_was_held(day: Day) -> None:
    assert corrections_open(day.state, "2021-09-24T21:59:00.000Z")
    assert not corrections_open(day.state, "2021-09-24T22:00:00.000Z")  # midnight in Paris


def test_a_correction_of_a_hidden_card_leaves_it_hidden(day: Day) -> None:
    day.do("hide", on=the(day).id, who="shelf")
    correct(day)
    day.do("approve", on=the(day).id, who="shelf")
    assert the(day, "Deux bus").status == "hidden"


def test_only_its_author_corrects_a_card_and_votes_are_never_taken_again(day: Day) -> None:
    assert code(correct(day, who="bo")) == "not-yours"
    day.do("open", "choisir")
    assert code(day.do("vote", "choisir", {"dots": {the(day).id: 1}}, who="ada")) != ""
    assert code(day.do("post", "pas-eu-lieu", {"title": "Un vélo"}, who="ada")) == "not-open"


def test_what_is_answered_once_under_a_pseudonym_is_never_taken_after_the_day() -> None:
    day = Day(SHEET.replace("- type : engagements", "- type : évaluation")).join("ada").open("engagements")
    day.do("finish")
    day.do("reopen", content={"until": "2021-09-24"}, who="shelf")
    assert code(day.do("post", "engagements", dict(KINDS["evaluation"].examples.accepts[0]), who="ada")) == "finished"


def test_what_was_written_while_the_step_was_open_and_comes_after_the_end_is_of_the_day() -> None:
    day = Day(SHEET).join("ada").open("situations")
    seen = day.state.seq
    day.do("finish")
    day.do("post", "situations", {"title": "Un bus"}, who="ada", seen=seen)
    assert (the(day).status, the(day).late) == ("shown", True)


def test_what_claims_to_be_of_the_day_long_after_its_end_is_for_the_staff_to_accept() -> None:
    day = Day(SHEET).join("ada").open("situations")
    seen = day.state.seq
    day.do("finish")
    day.state = replace(day.state, finished="2021-09-16T08:00:00.000Z")
    assert code(day.do("post", "situations", {"title": "Un bus"}, who="ada", seen=seen)) == "corrections-closed"
    day.do("reopen", content={"until": "2021-09-24"}, who="shelf")
    day.do("post", "situations", {"title": "Un bus"}, who="ada", seen=seen)
    assert the(day).status == "proposed"


def test_an_anonymous_card_is_corrected_by_the_phone_that_wrote_it_and_stays_anonymous() -> None:
    day = Day(SHEET.replace("- type : situations\n- question", "- type : cartes\n- signature : anonyme\n- question", 1))
    day.join("ada", "bo").open("situations")
    id = day.do("post", "situations", {"text": "Un bus"}, who="ada")[0].id
    day.do("finish")
    day.do("reopen", content={"until": "2021-09-24"}, who="shelf")
    assert code(day.do("edit", "situations", {"text": "Un vélo"}, on=id, who="bo")) == "not-yours"
    (entry,) = day.do("edit", "situations", {"text": "Deux bus"}, on=id, who="ada")
    assert (entry.by, entry.at) == ("", "")
    day.do("approve", on=id, who="shelf")
    one = day.state.summaries["situations"].contributions[id]
    assert (one.by, one.at, one.content["text"]) == ("", "", "Deux bus")


def test_a_commitment_is_marked_by_its_author_and_by_the_shelf_long_after(day: Day) -> None:
    day = Day(SHEET).join("ada").open("engagements")
    id = day.do("post", "engagements", {"what": "J’appelle."}, who="ada")[0].id
    day.do("finish")
    assert day.do("mark", "engagements", {"state": "not", "why": "Personne au bout du fil"}, on=id, who="ada")
    assert day.do("mark", "engagements", {"state": "done"}, on=id, who="shelf")
    marks = day.state.summaries["engagements"].marks[id]
    assert [one.state for one in marks] == ["not", "done"]


def test_the_journal_gives_the_same_state_again(day: Day) -> None:
    correct(day)
    day.do("post", "situations", {"title": "Un vélo"}, who="bo")
    day.do("approve", on=the(day).id, who="shelf")
    day.do("refuse", content={"why": "Hors sujet"}, on=the(day, "Un vélo").id, who="shelf")
    assert serialise(day.again()) == serialise(fold(SessionState(), day.entries, KINDS)) == serialise(day.state)
