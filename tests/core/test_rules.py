"""What may happen in a day, and what is refused without changing anything."""

from uuid import UUID

import pytest
from core.day import SHEET, Day
from hypothesis import given
from hypothesis import strategies as st

from facilitate.core.entry import Act, Refused
from facilitate.core.rules import Known, read_act
from facilitate.core.state import serialise

CARD = {"title": "Une légumerie partagée."}


def refused(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    assert answer.text
    return answer.code


def test_a_post_sent_twice_is_kept_once():
    day = Day().join("anna").open("situations")
    act = day.act("post", "situations", CARD)
    first, again = day.play(act, "anna"), day.play(act, "anna")
    assert isinstance(again, Known)
    assert int(again) == first[-1].seq
    assert len(day.state.summaries["situations"].contributions) == 1


def test_an_anonymous_post_sent_twice_is_kept_once():
    day = Day().join("anna").open("situations")
    act = day.act("post", "situations", CARD | {"signed": False})
    day.play(act, "anna")
    assert isinstance(day.play(act, "anna"), Known)


@pytest.mark.parametrize("signed", [True, False])
def test_an_id_used_again_for_something_else_or_by_someone_else_is_a_conflict(signed):
    day = Day().join("anna", "bob").open("situations")
    act = day.act("post", "situations", CARD | {"signed": signed})
    day.play(act, "anna")
    before = serialise(day.state)
    assert refused(day.play(Act(act.id, "post", "situations", {"title": "Autre chose", "signed": signed}), "anna")) == "conflict"
    assert refused(day.play(act, "bob")) == "conflict"
    assert serialise(day.state) == before


def test_next_pressed_twice_or_by_two_people_advances_once():
    day = Day()
    day.do("next", content={"leaving": ""})
    assert day.state.now == "accueil"
    day.do("next", content={"leaving": "accueil"})
    assert day.do("next", content={"leaving": "accueil"}) == ()
    assert day.state.now == "situations"


def test_an_anonymous_card_keeps_no_author_and_no_hour():
    day = Day().join("anna").open("situations")
    entry = day.do("post", "situations", CARD | {"signed": False}, who="anna")[0]
    assert (entry.by, entry.at) == ("", "")
    assert entry.content == {"title": CARD["title"], "owner": f"owner-anna-{entry.id}"}
    signed = day.do("post", "situations", CARD, who="anna")[0]
    assert (signed.by, signed.at) == ("anna", "2021-09-24T08:00:00.000Z")


def test_only_the_phone_that_wrote_an_anonymous_card_may_change_it():
    day = Day().join("anna", "bob").open("situations")
    act = day.act("post", "situations", CARD | {"signed": False})
    day.play(act, "anna")
    assert refused(day.do("edit", "situations", {"title": "Autre"}, on=act.id, who="bob")) == "not-yours"
    assert day.do("edit", "situations", {"title": "Mieux dit"}, on=act.id, who="anna")
    assert day.state.summaries["situations"].contributions[act.id].content["title"] == "Mieux dit"


def test_two_edits_of_the_same_version_do_not_overwrite_each_other():
    day = Day().join("anna").open("situations")
    act = day.act("post", "situations", CARD)
    seq = day.play(act, "anna")[0].seq
    day.do("edit", "situations", {"title": "Première correction"}, on=act.id, who="anna", base=seq)
    assert refused(day.do("edit", "situations", {"title": "Seconde"}, on=act.id, who="anna", base=seq)) == "stale"


def test_what_was_written_while_the_step_was_open_is_taken_after_its_closing_and_marked():
    day = Day().join("anna").open("situations")
    seen = day.state.seq
    day.do("close", "situations")
    late = day.do("post", "situations", CARD, who="anna", seen=seen)
    assert day.state.summaries["situations"].contributions[late[0].id].late
    assert refused(day.do("post", "situations", CARD, who="anna")) == "closed"
    assert refused(day.do("post", "situations", CARD, who="anna", seen=day.state.seq)) == "closed"


def test_a_vote_already_revealed_takes_nothing_more_however_early_it_was_written():
    day = Day().join("anna", "bob").open("situations")
    card = day.do("post", "situations", CARD, who="anna")[0].id
    day.open("choisir")
    seen = day.state.seq
    assert day.do("vote", "choisir", {"dots": {card: 2}}, who="anna")
    day.do("close", "choisir")
    assert day.do("vote", "choisir", {"dots": {card: 1}}, who="bob", seen=seen)
    day.do("reveal", "choisir")
    assert refused(day.do("vote", "choisir", {"dots": {card: 3}}, who="bob", seen=seen)) == "revealed"


def test_closing_can_warn_the_room_first():
    day = Day().open("situations")
    day.do("close", "situations", {"in": "60"})
    assert day.state.steps["situations"].status == "open"
    assert day.state.steps["situations"].closing == "2021-09-24T08:01:00.000Z"
    day.do("closing", "situations", {"until": ""})
    assert day.state.steps["situations"].closing == ""


def test_leaving_a_step_already_closed_warns_no_one_and_does_not_wait():
    day = Day().open("accueil")
    day.do("close", "accueil")
    day.do("next", content={"leaving": "accueil", "in": 60})
    assert day.state.now == "situations"


def test_a_full_day_says_so():
    day = Day().join("a", "b", "c")
    assert refused(day.do("join", who="d")) == "full"
    assert "d" not in day.state.people


def test_hide_and_withhold_are_undone_at_will_and_logged():
    day = Day().join("anna").open("situations")
    card = day.do("post", "situations", CARD, who="anna")[0].id
    for verb, status in (("hide", "hidden"), ("withhold", "withheld"), ("restore", "shown")):
        day.do(verb, on=card, content={"why": "essai"})
        assert day.state.summaries["situations"].contributions[card].status == status
    assert [line.do for _, line in sorted(day.state.log.items())][-3:] == ["hide", "withhold", "restore"]


@pytest.mark.parametrize(
    ("act", "who", "code"),
    [
        (("post", "situations", {}), "anna", "empty"),
        (("post", "situations", {"title": "x" * 281}), "anna", "too-long"),
        (("post", "situations", {"title": 3}), "anna", "not-text"),
        (("post", "nulle-part", CARD), "anna", "unknown-activity"),
        (("dance", "situations", CARD), "anna", "unknown-verb"),
        (("post", "pause", CARD), "anna", "unknown-verb"),
        (("post", "choisir", CARD), "anna", "unknown-verb"),
        (("vote", "choisir", {"dots": {}}), "anna", "not-open"),
        (("next", "", {"leaving": "situations"}), "anna", "not-allowed"),
        (("reveal", "choisir", {}), "anna", "not-allowed"),
        (("post", "situations", CARD), "stranger", "not-joined"),
        (("post", "situations", CARD), "wall", "not-allowed"),
        (("sheet", "", {"text": SHEET}), "console", "unknown-activity"),
        (("retime", "situations", {"minutes": "0"}), "console", "minutes"),
        (("add", "", {"kind": "dance", "title": "x", "minutes": 5}), "console", "unknown-kind"),
        (("hide", "", {}), "console", "unknown-contribution"),
        (("show", "", {"card": "nope"}), "console", "unknown-contribution"),
        (("open", "nulle-part", {}), "console", "unknown-activity"),
        (("merge", "", {"variant": "a", "name": "a"}), "console", "merge"),
    ],
)
def test_bad_acts_are_refused_with_a_reason_and_change_nothing(act, who, code):
    day = Day().join("anna").open("situations")
    before = serialise(day.state)
    assert refused(day.do(*act, who=who)) == code
    assert serialise(day.state) == before


def test_a_refusal_counts_the_characters_too_many():
    day = Day().join("anna").open("situations")
    answer = day.do("post", "situations", {"title": "x" * 284}, who="anna")
    assert answer.values["count"] == 4
    assert answer.field == "title"


def test_a_console_adds_moves_shortens_and_skips():
    day = Day().open("accueil")
    day.do("add", content={"kind": "situations", "title": "À chaud", "minutes": "7", "after": "accueil", "question": "Et là ?"})
    assert day.state.order[:2] == ("accueil", "a-chaud")
    assert day.state.steps["a-chaud"].activity.settings["question"] == "Et là ?"
    day.do("move", "a-chaud", {"after": "situations"})
    assert day.state.order[:3] == ("accueil", "situations", "a-chaud")
    day.do("retime", "a-chaud", {"minutes": 3})
    assert day.state.steps["a-chaud"].minutes == 3
    day.do("skip", "situations")
    day.do("next", content={"leaving": "accueil"})
    assert day.state.now == "a-chaud"
    day.do("back")
    assert day.state.now == "accueil"


def test_several_steps_are_shortened_at_one_press_and_minimums_hold():
    sheet = SHEET.replace("- sur : situations", "- sur : situations\n- optionnel : oui").replace(
        "- durée : 15 min", "- durée : 15 min\n- minimum : 5 min"
    )
    day = Day(sheet).open("accueil")
    made = day.do("cut", content={"minutes": {"situations": "20", "choisir": 0, "pause": 5}})
    assert [(entry.do, entry.activity) for entry in made] == [("retime", "situations"), ("skip", "choisir"), ("retime", "pause")]
    assert len({entry.id for entry in made}) == 3
    assert refused(day.do("cut", content={"minutes": {"pause": 4}})) == "minutes"
    assert refused(day.do("cut", content={"minutes": {"situations": 0}})) == "minutes"
    assert refused(day.do("cut", content={"minutes": {"accueil": 5}})) == "unknown-activity"
    assert refused(day.do("cut")) == "minutes"


def test_next_returns_to_the_step_that_was_left_by_going_back():
    day = Day().open("accueil").open("situations").open("choisir")
    day.do("back")
    assert day.state.now == "situations"
    day.do("next", content={"leaving": "situations"})
    assert day.state.now == "choisir"
    day.open("accueil")
    day.do("next", content={"leaving": "accueil"})
    assert day.state.now == "choisir"
    day.do("next", content={"leaving": "choisir"})
    assert day.state.now == "pause"


def test_an_improvised_vote_is_on_cards_never_on_anonymous_answers():
    day = Day(SHEET + "\n### 11:15 – Bilan\n- type : évaluation\n- durée : 15 min\n").join("anna").open("situations")
    day.do("post", "situations", CARD, who="anna")
    day.open("bilan")
    day.do("post", "bilan", {"useful": "La visite."}, who="anna")
    for settings in ({}, {"source": "bilan"}):
        added = day.do("add", content={"kind": "vote", "title": "Vote", "minutes": 5, "settings": settings})
        assert day.state.steps[added[0].activity].activity.settings["source"] == "situations"


def test_a_step_that_has_begun_cannot_leave_the_sheet():
    day = Day().open("situations")
    shorter = SHEET.replace("### 10:00 – Situations\n- type : situations\n- question : Qu’avez-vous vécu ?\n", "").replace(
        "- sur : situations", "- sur : autre"
    )
    assert refused(day.do("sheet", content={"text": shorter}, who="system")) in ("sheet", "sheet-removes")


def test_a_step_that_has_begun_cannot_become_another_kind():
    changed = SHEET.replace("- type : accueil", "- type : pause")
    assert refused(Day().open("accueil").do("sheet", content={"text": changed}, who="system")) == "sheet-removes"
    day = Day()
    day.do("sheet", content={"text": changed}, who="system")
    assert day.state.steps["accueil"].activity.kind == "break"


def test_no_word_of_an_act_holds_what_no_archive_can_carry():
    act = read_act({"id": str(UUID(int=1)), "do": "post", "activity": "a\0", "on": "a\0b\ud800", "content": {"text": "\0x\ud800"}})
    assert isinstance(act, Act)
    assert (act.activity, act.on, act.content) == ("a", "ab", {"text": "x"})


@pytest.mark.parametrize("value", [b"bytes", float("nan"), {"deep": {1, 2}}])
def test_what_json_does_not_know_is_no_act(value):
    assert refused(read_act({"id": str(UUID(int=1)), "do": "post", "content": {"text": value}})) == "malformed"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_comes_over_the_wire_is_an_act_or_a_refusal(data):
    assert isinstance(read_act(data), Act | Refused)


@given(
    st.sampled_from(
        ["post", "edit", "withdraw", "vote", "join", "introduce", "open", "close", "next", "add", "show", "retime", "finish", "x"]
    ),
    st.sampled_from(["", "accueil", "situations", "choisir", "pause", "x"]),
    st.dictionaries(
        st.sampled_from(["title", "signed", "dots", "leaving", "in", "minutes", "kind", "after", "card", "page", "name", "named", "why"]),
        st.none()
        | st.booleans()
        | st.integers(-5, 10**12)
        | st.text(max_size=20)
        | st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
    ),
    st.sampled_from(["anna", "bob", "console", "wall"]),
)
def test_no_act_ever_breaks_the_day_and_a_restart_gives_the_same_state(do, activity, content, who):
    day = Day().join("anna").open("situations")
    before = serialise(day.state)
    if isinstance(day.do(do, activity, content, who=who), Refused):
        assert serialise(day.state) == before
    assert serialise(day.again()) == serialise(day.state)
