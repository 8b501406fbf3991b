"""Entering for others: who may, for whom, until when; what the journal keeps of it, and what it never tells."""

import hashlib
import json
from typing import Any

import pytest
from core.day import Day

from facilitate.core.entry import Actor, Refused
from facilitate.core.rules import Known, fingerprints

STAFF = ("console", "scribe")


def day(*people: str) -> Day:
    """A day in its second step, with these people and Odile, who has no phone."""
    begun = Day().join("Ada", *people)
    begun.do("welcome", content={"name": "Odile", "territory": "Diois"}, who="scribe")
    return begun.open("situations")


def odile(begun: Day) -> str:
    return next(one.id for one in begun.state.people.values() if one.name == "Odile")


def refusal(answer: Any) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


def test_someone_without_a_phone_takes_part_under_the_id_of_the_act_that_welcomed_them() -> None:
    begun = Day()
    act = begun.act("welcome", content={"name": "Odile", "territory": "Diois", "named": "true"})
    begun.play(act, "scribe")
    person = begun.state.people[act.id]
    assert (person.name, person.territory, person.phone, person.named) == ("Odile", "Diois", False, True)
    assert isinstance(begun.play(act, "scribe"), Known)
    assert refusal(begun.do("welcome", content={}, who="scribe")) == "empty"
    assert refusal(begun.join("Ada").do("welcome", content={"name": "Bo"}, who="Ada")) == "not-allowed"


@pytest.mark.parametrize("who", STAFF)
def test_a_card_entered_for_someone_is_theirs_and_says_who_typed_it(who: str) -> None:
    begun = day()
    (entry,) = begun.do("post", "situations", {"title": "A night bus."}, who=who, behalf=odile(begun))
    card = begun.state.summaries["situations"].contributions[entry.id]
    assert (entry.by, card.by, card.entered, card.content) == (odile(begun), odile(begun), who, {"title": "A night bus."})


def test_only_the_staff_enters_for_others_and_only_for_someone_of_the_day() -> None:
    begun = day("Bo")
    assert refusal(begun.do("post", "situations", {"title": "A bus."}, who="scribe", behalf="nobody")) == "unknown-participant"
    (entry,) = begun.do("post", "situations", {"title": "A bus."}, who="Ada", behalf="Bo")
    assert entry.by == "Ada"
    for wall in ("wall", "shelf"):
        assert refusal(begun.do("post", "situations", {"title": "A bus."}, who=wall, behalf="Bo")) == "not-allowed"


def test_what_a_phone_may_not_do_nobody_does_for_it() -> None:
    begun = day()
    assert refusal(begun.do("reveal", "choisir", who="console", behalf=odile(begun))) == "unknown-participant"
    assert refusal(begun.do("post", "situations", {"title": "x" * 281}, who="scribe", behalf=odile(begun))) == "too-long"


def test_paper_is_entered_after_the_closing_until_the_end_of_the_day() -> None:
    begun = day()
    assert refusal(begun.do("post", "choisir", {}, who="scribe", behalf=odile(begun))) == "unknown-verb"
    assert refusal(begun.do("vote", "choisir", {"dots": {}}, who="scribe", behalf=odile(begun))) == "not-open"
    begun.do("close", "situations")
    (entry,) = begun.do("post", "situations", {"title": "A bus."}, who="scribe", behalf=odile(begun))
    assert "late" not in entry.content
    assert refusal(begun.do("post", "situations", {"title": "A bus."}, who="Ada")) == "closed"
    begun.do("finish")
    assert refusal(begun.do("post", "situations", {"title": "A bus."}, who="scribe", behalf=odile(begun))) == "closed"


def test_each_person_votes_once_and_a_room_is_counted_not_voted_for() -> None:
    begun = day()
    (card,) = begun.do("post", "situations", {"title": "A bus."}, who="Ada")
    begun.open("choisir")
    assert refusal(begun.do("vote", "choisir", {"dots": {card.id: 1}}, who="scribe")) == "for-whom"
    for dots in (1, 2):
        begun.do("vote", "choisir", {"dots": {card.id: dots}}, who="scribe", behalf=odile(begun))
    assert [dict(one) for one in begun.state.summaries["choisir"].ballots.values()] == [{card.id: 2}]


@pytest.mark.parametrize(("do", "step", "signed"), [("vote", "choisir", True), ("post", "situations", False)])
def test_the_journal_does_not_tell_for_whom_an_anonymous_answer_was_entered(do: str, step: str, signed: bool) -> None:
    begun = day("Bo")
    (card,) = begun.do("post", "situations", {"title": "A bus."}, who="Ada")
    begun.open("choisir")
    content = {"dots": {card.id: 1}} if do == "vote" else {"title": "A night bus.", "signed": signed}
    act = begun.act(do, step, content, behalf=odile(begun))
    (entry,) = begun.play(act, "scribe")
    line = json.dumps([entry.id, entry.by, entry.at, entry.content], default=dict)
    assert (entry.by, entry.at) == ("", "")
    assert odile(begun) not in line.replace(f"voter-{odile(begun)}", "")
    # Whoever holds the journal knows the act, the staff and everyone's id: no guess at the person gives the print.
    said = [act.id, act.do, act.activity, act.on, act.base, act.content]
    for guess in begun.state.people:
        for who in ("scribe", entry.content.get("voter", "")):
            for tried in ([*said, guess, who], [*said, who, guess]):
                assert hashlib.sha256(json.dumps(tried, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32] != entry.print
    assert isinstance(begun.play(act, "scribe"), Known)


def test_the_same_act_for_someone_else_is_another_act() -> None:
    begun = day()
    act = begun.act("post", "situations", {"title": "A bus."}, behalf="Ada")
    prints = fingerprints(act, Actor("scribe"))
    assert prints["signed"] != fingerprints(begun.act("post", "situations", {"title": "A bus."}), Actor("scribe"))["signed"]
    begun.play(act, "scribe")
    other = begun.act("post", "situations", {"title": "A bus."}, behalf=odile(begun))
    assert (
        refusal(
            begun.play(
                type(act)(act.id, *[getattr(other, name) for name in ("do", "activity", "content", "on", "base", "seen", "behalf")]),
                "scribe",
            )
        )
        == "conflict"
    )


# Correcting


def test_what_was_entered_for_someone_can_be_corrected_and_taken_back() -> None:
    begun = day()
    (entry,) = begun.do("post", "situations", {"title": "A nite bus."}, who="scribe", behalf=odile(begun))
    begun.do("edit", "situations", {"title": "A night bus."}, on=entry.id, who="console", behalf=odile(begun))
    assert begun.state.summaries["situations"].contributions[entry.id].content == {"title": "A night bus."}
    begun.do("withdraw", "situations", on=entry.id, who="scribe", behalf=odile(begun))
    assert begun.state.summaries["situations"].contributions[entry.id].status == "withdrawn"


def test_what_people_wrote_themselves_is_theirs_to_change() -> None:
    begun = day()
    (entry,) = begun.do("post", "situations", {"title": "A night bus."}, who="Ada")
    for do, content in (("edit", {"title": "A bus."}), ("withdraw", {})):
        assert refusal(begun.do(do, "situations", content, on=entry.id, who="scribe", behalf="Ada")) == "not-yours"


def test_an_anonymous_card_is_corrected_by_whoever_entered_it_and_by_no_one_else() -> None:
    begun = day()
    (entry,) = begun.do("post", "situations", {"title": "A nite bus.", "signed": False}, who="scribe", behalf=odile(begun))
    assert refusal(begun.do("edit", "situations", {"title": "A bus."}, on=entry.id, who="console")) == "not-yours"
    assert refusal(begun.do("edit", "situations", {"title": "A bus."}, on=entry.id, who="Ada")) == "not-yours"
    (edit,) = begun.do("edit", "situations", {"title": "A night bus."}, on=entry.id, who="scribe")
    assert (edit.by, edit.at) == ("", "")
    assert begun.state.summaries["situations"].contributions[entry.id].content == {"title": "A night bus."}


# Several at once


def test_one_card_a_line_is_one_act_that_can_be_sent_twice() -> None:
    begun = day()
    act = begun.act("posts", "situations", {"lines": "A night bus.\n\n  A shared kitchen. \nA town planner."})
    entries = begun.play(act, "scribe")
    assert isinstance(entries, tuple)
    assert [one.do for one in entries] == ["post"] * 3
    told = [one.content["title"] for one in begun.state.summaries["situations"].contributions.values()]
    assert sorted(told) == ["A night bus.", "A shared kitchen.", "A town planner."]
    assert isinstance(begun.play(act, "scribe"), Known)
    assert begun.again() == begun.state


def test_the_cards_of_a_row_are_signed_for_someone_or_by_no_one() -> None:
    begun = day()
    signed = begun.do("posts", "situations", {"lines": "A bus.\nA kitchen."}, who="scribe", behalf=odile(begun))
    unsigned = begun.do("posts", "situations", {"lines": "A hedge.\nA spring.", "signed": "false"}, who="scribe")
    assert {one.by for one in signed} == {odile(begun)}
    assert {(one.by, one.at) for one in unsigned} == {("", "")}


@pytest.mark.parametrize(
    ("step", "content", "who", "code"),
    [
        ("situations", {"lines": ""}, "scribe", "lines"),
        ("situations", {}, "scribe", "lines"),
        ("situations", {"lines": ["A bus."]}, "scribe", "lines"),
        ("situations", {"lines": "\n".join(["A bus."] * 101)}, "scribe", "lines"),
        ("situations", {"lines": "A bus.\n" + "x" * 281}, "scribe", "too-long"),
        ("situations", {"lines": "A bus.", "signed": "perhaps"}, "scribe", "signed-or-not"),
        ("situations", {"lines": "A bus."}, "Ada", "not-allowed"),
        ("choisir", {"lines": "A bus."}, "scribe", "unknown-verb"),
        ("pause", {"lines": "A bus."}, "scribe", "unknown-verb"),
        ("nowhere", {"lines": "A bus."}, "scribe", "unknown-verb"),
    ],
)
def test_a_row_is_taken_whole_or_not_at_all(step: str, content: dict[str, Any], who: str, code: str) -> None:
    begun = day()
    before = begun.state
    assert refusal(begun.do("posts", step, content, who=who)) == code
    assert begun.state == before
