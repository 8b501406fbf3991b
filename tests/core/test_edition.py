"""What staff may say over a report: each rule refused in words, two of them at once, and nothing they wrote ever lost."""

import pytest
from core.day import KINDS, SHEET, Day
from hypothesis import given, settings
from hypothesis import strategies as some

from facilitate.core.edition import NAMINGS, PARTS
from facilitate.core.entry import Entry, Refused
from facilitate.core.state import fold

WHERE = {"section": "step-situations", "part": "synthesis"}


@pytest.fixture
def day() -> Day:
    """A day that is over, with one card."""
    day = Day().join("nadia").open("situations")
    day.do("post", "situations", {"title": "Un car le vendredi soir, et les étudians reviennent."}, who="nadia")
    day.do("finish")
    return day


def card(day: Day) -> str:
    return next(entry.id for entry in day.entries if entry.do == "post")


def write(day: Day, text: str, base: int | None = None, who: str = "shelf", **where: str) -> object:
    return day.do("write", content={**WHERE, **where, "text": text}, base=base, who=who)


@pytest.mark.parametrize(
    ("do", "content", "on", "code"),
    [
        ("write", {"section": "Pas une ancre", "part": "synthesis", "text": "x"}, "", "unknown-section"),
        ("write", {"section": ["step"], "part": "synthesis", "text": "x"}, "", "unknown-section"),
        ("write", {"section": "people", "part": "conclusion", "text": "x"}, "", "unknown-section"),
        ("write", {"section": "people", "part": "title", "text": "x" * 201}, "", "too-long"),
        ("write", {"section": "people", "part": "introduction", "text": "x" * 20_001}, "", "too-long"),
        ("write", {"section": "people", "part": "synthesis", "text": "x" * 40_001}, "", "too-long"),
        ("write", {"section": "people", "part": "synthesis", "text": 12}, "", "not-text"),
        ("leave", {"section": ""}, "", "must-stay"),
        ("leave", {"section": "annex"}, "", "must-stay"),
        ("leave", {"section": "annex-situations"}, "", "must-stay"),
        ("leave", {"section": "method"}, "", "must-stay"),
        ("arrange", {"section": "", "after": "people"}, "", "unknown-section"),
        ("arrange", {"section": "people", "after": "people"}, "", "unknown-section"),
        ("arrange", {"section": "people", "after": 3}, "", "unknown-section"),
        ("naming", {"as": "initials"}, "", "unknown-naming"),
        ("naming", {}, "", "unknown-naming"),
        ("aside", {}, "no-such-card", "unknown-contribution"),
        ("highlight", {}, "", "unknown-contribution"),
        ("correct", {"field": "title", "text": "x"}, "no-such-card", "unknown-contribution"),
        ("correct", {"field": "colour", "text": "x"}, "CARD", "unknown-field"),
        ("correct", {"field": 3, "text": "x"}, "CARD", "unknown-field"),
        ("correct", {"field": "title", "text": "x" * 201}, "CARD", "too-long"),
        ("reopen", {"until": "bientôt"}, "", "not-a-day"),
        ("reopen", {"until": "2026-2-3"}, "", "not-a-day"),
        ("reopen", {"until": ["2026-02-03"]}, "", "not-a-day"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words_and_changes_nothing(day, do, content, on, code):
    before = day.state
    answer = day.do(do, content=content, on=card(day) if on == "CARD" else on, who="shelf")
    assert isinstance(answer, Refused)
    assert (answer.code, bool(answer.text)) == (code, True)
    assert day.state == before


@pytest.mark.parametrize("who", ["nadia", "wall", "scribe"])
def test_only_editors_and_whoever_drives_the_whole_day_edit(day, who):
    answer = write(day, "Une synthèse.", who=who)
    assert isinstance(answer, Refused)
    assert answer.code == "not-allowed"
    assert write(day, "Une synthèse.", who="console")


def test_two_of_the_staff_at_once_never_overwrite_one_another(day):
    (first,) = write(day, "De l’une.", base=0)
    second = write(day, "De l’autre.", base=0, who="console")
    assert isinstance(second, Refused)
    assert second.code == "stale"
    assert day.state.edition.text("step-situations", "synthesis") == "De l’une."
    assert write(day, "De l’une.", base=0, who="console") == (), "the same words are no conflict"
    (then,) = write(day, "Des deux.", base=first.seq, who="console")
    assert day.state.edition.texts["step-situations/synthesis"].by == "console"
    assert write(day, "", base=then.seq)
    assert day.state.edition.text("step-situations", "synthesis") == ""


def test_two_texts_of_one_section_are_two(day):
    assert write(day, "Une introduction.", base=0, part="introduction")
    assert write(day, "Une synthèse.", base=0)
    assert write(day, "Autrement.", base=0, part="title")


def test_each_gesture_has_its_contrary_and_twice_is_once(day):
    on, start = card(day), day.state.edition
    for do, content, where in (("aside", {}, on), ("highlight", {}, on), ("leave", {"section": "people"}, "")):
        assert day.do(do, content=content, on=where, who="shelf")
        assert day.do(do, content=content, on=where, who="shelf") == ()
        assert day.state.edition != start
        assert day.do(do, content={**content, "off": True}, on=where, who="shelf")
        assert day.do(do, content={**content, "off": True}, on=where, who="shelf") == ()
        assert day.state.edition == start


def test_a_spelling_is_corrected_beside_what_was_written(day):
    on, better = card(day), "Un car le vendredi soir, et les étudiants reviennent."
    written = day.state.contribution(on)[1]
    (kept,) = day.do("correct", content={"field": "title", "text": better}, on=on, base=written.edited, who="shelf")
    assert "étudians" in written.content["title"]
    assert day.state.edition.corrected(written).content["title"] == better
    other = day.do("correct", content={"field": "title", "text": "Un car."}, on=on, base=written.edited, who="console")
    assert isinstance(other, Refused)
    assert other.code == "stale"
    assert day.do("correct", content={"field": "title", "text": written.content["title"]}, on=on, base=kept.seq, who="shelf")
    assert day.state.edition.corrected(written) == written


def test_a_name_merged_is_told_apart_again_for_those_who_wrote_it():
    day = Day(SHEET.replace("capacity: 3", "capacity: 9"))
    for person, where in (("bruno", "Loire"), ("awa", "Haute-Loire"), ("zoe", "Haute-Loire")):
        day.do("join", content={"name": person, "territory": where}, who=person)
    merge = {"variant": "Loire", "name": "Haute-Loire"}
    assert day.do("merge", content=merge, who="shelf")
    day.do("join", content={"name": "lou", "territory": "Loire"}, who="lou")
    assert {day.state.people[one].territory for one in ("bruno", "awa", "zoe", "lou")} == {"Haute-Loire"}
    assert day.do("merge", content={**merge, "off": True}, who="shelf")
    assert [day.state.people[one].territory for one in ("bruno", "awa", "zoe", "lou")] == ["Loire", "Haute-Loire", "Haute-Loire", "Loire"]
    assert day.do("merge", content={**merge, "off": True}, who="shelf") == ()
    assert day.again() == day.state


ACTS = some.tuples(
    some.sampled_from(("write", "leave", "arrange", "aside", "highlight", "correct", "naming", "reopen")),
    some.sampled_from(("", "people", "step-situations", "annex", "nowhere", "9 h")),
    some.sampled_from((*PARTS, "conclusion")),
    some.text("aé [@\n", max_size=8),
    some.sampled_from((None, 0, -1)),
    some.booleans(),
    some.sampled_from(("shelf", "console", "nadia")),
)


@settings(max_examples=60)
@given(some.lists(ACTS, max_size=25))
def test_whatever_is_done_no_text_is_lost_and_the_journal_tells_it_again(acts):
    day = Day().join("nadia").open("situations")
    day.do("post", "situations", {"title": "Un car le vendredi soir."}, who="nadia")
    taken = []
    for do, section, part, text, base, off, who in acts:
        kept = day.state.edition.texts.get(f"{section}/{part}")
        seen = kept.seq if base == -1 and kept else base if base != -1 else 0
        content = {"section": section, "part": part, "text": text.strip(), "after": "people", "off": off, "field": "title"}
        content |= {"as": NAMINGS[len(text) % 3], "until": "2026-01-01" if off else ""}
        on = card(day) if do in ("aside", "highlight", "correct") else ""
        answer = day.do(do, content=content, on=on, base=seen, who=who)
        if isinstance(answer, tuple) and answer and do == "write":
            taken.append((section, part, text.strip()))
            assert seen is None or seen == (kept.seq if kept else 0), "over a version that was not seen"
    written = [(entry.content["section"], entry.content["part"], entry.content["text"]) for entry in day.entries if entry.do == "write"]
    assert written == taken
    assert {key: kept.text for key, kept in day.state.edition.texts.items()} == {f"{s}/{p}": text for s, p, text in taken}
    assert day.again() == day.state
    assert day.state.contribution(card(day))[1].content["title"] == "Un car le vendredi soir."


@pytest.mark.parametrize("content", [{}, {"title": 3, "language": "fr", "sessions": []}, {"title": "T", "language": "9", "sessions": []}])
def test_a_choice_of_days_that_is_none_is_kept_aside_as_a_strange_archive_may_bring_it(day, content):
    strange = Entry(day.state.seq + 1, "strange", "2021-09-24T09:00:00.000Z", "shelf", "collect", content=content)
    state = fold(day.state, [strange], KINDS)
    assert (dict(state.collects), state.unknown) == ({}, (strange,))


def test_a_way_to_name_people_that_is_not_known_here_names_nobody(day):
    strange = Entry(day.state.seq + 1, "strange", "2021-09-24T09:00:00.000Z", "shelf", "naming", content={"as": "initials"})
    assert fold(day.state, [strange], KINDS).edition.naming == "roles"
