"""Tables: everyone has one seat a round, unlike people sit together, nobody moves for a late-comer, and no word of a note is lost."""

import json
from collections import Counter
from dataclasses import replace
from importlib import import_module
from itertools import combinations
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, WALL, Policy, Room, drawn, leaves, participant
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitate.activities.tables.mixing import MET, mix, unlike
from facilitate.activities.tables.notes import reconciled
from facilitate.core.entry import Act, Actor, Caller, Entry, Refused
from facilitate.core.sheet import read_sheet
from facilitate.core.state import SessionState, apply, serialise
from facilitate.core.tree import Card, Section

STEP = "tables"
ROLES, PLACES, TYPES = ("Élue", "Agent", "Chercheuse", "Bénévole"), ("Drôme", "Forez", "Ain"), ("Commune", "Association")


def sheet(*lines: str, head: str = "") -> str:
    return (
        "\n".join(["---", "title: A day", "language: en", *([head] if head else []), "---", "## Programme", "### Tables"])
        + "\n"
        + "\n".join(["- kind: tables", "- duration: 60 min", *(f"- {line}" for line in lines)])
    )


class Tables(Room):
    """A day whose tables are open, with so many people in the room."""

    def __init__(self, *lines: str, people: int = 12, head: str = "") -> None:
        super().__init__(KINDS, sheet(*lines, head=head))
        self.people = [self.someone(place) for place in range(people)]
        self.do(CONSOLE, "open", STEP)

    def someone(self, place: int, **said: Any) -> Caller:
        profile = {"role": ROLES[place % 4], "territory": PLACES[place % 3], "type": TYPES[place % 2]}
        return self.join(f"P{place}", **profile | said)

    @property
    def held(self) -> Any:
        return self.state.summaries[STEP]

    def seats(self, round: int = 0) -> dict[str, int]:
        """Name → table in that round, the one that is on unless said."""
        rounds = self.held.rounds
        return {self.state.people[id].name: table for id, table in rounds[(round or self.held.round) - 1].seats.items()}

    def sizes(self, round: int = 0) -> list[int]:
        return sorted(Counter(self.seats(round).values()).values())

    def key(self, who: Caller) -> str:
        found: str = self.held.seat(who.participant)
        return found

    def around(self, who: Caller) -> list[Caller]:
        """The others of someone's table."""
        return [one for one in self.people if one != who and self.key(one) == self.key(who)]

    def write(self, who: Caller, base: int | None = None, on: str = "", **texts: str) -> str:
        """'' when it is taken, else why not."""
        return code(self.act(who, "write", STEP, texts, on=on or self.key(who), base=base))

    def phone(self, who: Caller) -> dict[str, Any]:
        return self.view(who, STEP)

    def note(self, who: Caller) -> dict[str, str]:
        texts: dict[str, str] = self.phone(who)["seat"]["note"]["texts"]
        return texts

    def edited(self, who: Caller) -> int:
        seq: int = self.phone(who)["seat"]["note"]["edited"]
        return seq

    def sections(self) -> tuple[Any, ...]:
        step = self.step(STEP)
        return KINDS["tables"].sections(step.activity, self.held, self.sources(STEP), Policy("en", self))


def code(answer: object) -> str:
    return answer.code if isinstance(answer, Refused) else ""


def question(people: int, tables: int, rounds: int = 1, seed: str = "x", alike: bool = True, **more: Any) -> dict[str, Any]:
    whom = [{"role": ROLES[place % 4], "territory": PLACES[place % 3], "type": TYPES[place % 2]} for place in range(people)]
    return {"people": whom, "tables": [tables] * rounds, "seed": seed, "alike": alike} | more


def repeated(plan: list[list[list[int]]]) -> int:
    pairs = Counter(pair for tables in plan for table in tables for pair in combinations(sorted(table), 2))
    return sum(times - 1 for times in pairs.values())


# Mixing

sizes = st.tuples(st.integers(1, 40), st.integers(1, 12), st.integers(1, 3))


@settings(max_examples=40)
@given(sizes, st.text(max_size=3), st.booleans(), st.booleans())
def test_everyone_has_one_seat_a_round_and_tables_differ_by_one_person_at_most(size, seed, alike, hosted):
    people, tables, rounds = size
    tables = min(tables, people)
    asked = question(people, tables, rounds, seed, alike) | ({"hosts": list(range(tables))} if hosted else {})
    plan = mix(asked)
    assert len(plan) == rounds
    for round in plan:
        assert sorted(place for table in round for place in table) == list(range(people))
        assert max(map(len, round)) - min(map(len, round)) <= 1
        if hosted:
            assert all(place in round[place] for place in range(tables))
    assert mix(asked) == plan


def test_the_mixing_puts_unlike_people_together_and_never_the_same_two_twice_where_it_can_be_avoided():
    asked = question(48, 12, 3)
    plan = mix(asked)
    assert repeated(plan) == 0
    for round in plan:
        # Four roles, tables of four: each table has each role.
        assert all(len({asked["people"][place]["role"] for place in table}) == 4 for table in round)


def test_people_who_met_before_are_kept_apart():
    met = [[0, other, 1] for other in range(1, 5)]
    (round,) = mix(question(10, 2, met=met))
    table = next(table for table in round if 0 in table)
    # Five at a table: of the four they met, one at most could be avoided no further.
    assert len({1, 2, 3, 4} & set(table)) == 0
    assert sum(cost for _, cost in (("role", 2), ("territory", 2), ("type", 1))) < MET
    assert unlike({"role": ""}, {"role": ""}) == 0


def test_chance_alone_looks_at_nobody_and_another_seed_gives_another_plan():
    plans = {str(mix(question(20, 4, seed=seed, alike=False))) for seed in "abc"}
    assert len(plans) == 3
    silent = question(20, 4, alike=False) | {"people": [{}] * 20}
    assert mix(silent) == mix(question(20, 4, alike=False))


# Making the tables


def test_tables_are_made_as_the_sheet_says_and_the_journal_keeps_who_sits_where():
    room = Tables("seats: 5", people=23)
    assert not room.phone(room.people[0])["made"]
    room.do(CONSOLE, "deal", STEP)
    assert room.sizes() == [4, 4, 5, 5, 5]
    (entry,) = [one for one in room.journal if one.do == "deal"]
    assert sorted(id for table in entry.content["rounds"][0] for id in table["people"]) == sorted(room.state.people)
    again = SessionState()
    for one in room.journal:
        again = apply(again, one, KINDS)
    assert serialise(again) == serialise(room.state)


@pytest.mark.parametrize(("lines", "people", "sizes"), [
    (("count: 3",), 11, [3, 4, 4]),
    (("seats: 50",), 11, [11]),
    (("count: 40",), 3, [1, 1, 1]),
    (("names: Soil; Water",), 5, [2, 3]),
    (("seats: 5",), 1, [1]),
    (("seats: 5",), 0, []),
])  # fmt: skip
def test_there_are_as_many_tables_as_asked_and_never_more_than_people(lines, people, sizes):
    room = Tables(*lines, people=people)
    room.do(CONSOLE, "deal", STEP)
    assert room.sizes() == sizes
    assert "<main" in drawn(room, WALL) + drawn(room, CONSOLE)
    late = room.someone(99)
    room.do(late, "sit", STEP)
    assert room.key(late)


@pytest.mark.parametrize(("content", "why"), [
    ({"seats": "0"}, "seats"), ({"seats": 500}, "seats"), ({"seats": "many"}, "seats"), ({"seats": 2.5}, "seats"), ({"count": 0}, "count"),
    ({"count": "1000"}, "count"), ({"seats": True}, "seats"),
])  # fmt: skip
def test_a_table_asked_for_0_or_500_seats_is_refused_and_nothing_changes(content, why):
    room = Tables()
    before = serialise(room.state)
    assert code(room.act(CONSOLE, "deal", STEP, content)) == why
    assert serialise(room.state) == before


@pytest.mark.parametrize("line", ["seats: 0", "seats: 500", "count: 0", "rounds: 20", "how: alphabetical", "method: shouting"])
def test_the_sheet_is_told_of_bounds_too(line):
    agenda, problems = read_sheet(sheet(line), KINDS)
    assert agenda is None
    assert [one.line for one in problems]


def test_the_console_may_ask_for_other_numbers_than_the_sheet():
    room = Tables("seats: 5")
    room.do(CONSOLE, "deal", STEP, seats="3")
    assert room.sizes() == [3, 3, 3, 3]
    room.do(CONSOLE, "deal", STEP, count="2")
    assert room.sizes() == [6, 6]


def test_two_facilitators_who_make_the_tables_at_once_make_them_once():
    room = Tables()
    room.do(CONSOLE, "deal", STEP, base=0)
    seats = room.seats()
    assert code(room.act(CONSOLE, "deal", STEP, base=0)) == "stale"
    assert room.seats() == seats


def test_a_plan_worked_out_before_someone_left_or_came_still_holds_for_the_others():
    room = Tables()
    kind, step = KINDS["tables"], room.step(STEP)
    act = Act("d6b1e2ab-1f6c-4b5e-9c3b-111111111111", "deal", STEP)
    asked = kind.reckons(step.activity.settings, act, room.held, room.sources(STEP))
    assert asked is not None
    reckoned = json.loads(json.dumps(import_module(asked[0]).answer(json.loads(json.dumps(asked[1])))))
    room.do(CONSOLE, "unseat", STEP, people=["id-P0"])
    late = room.someone(50)
    answer = kind.accept(step.activity.settings, replace(act, reckoned=reckoned), Actor("console"), room.held, room.sources(STEP))
    assert not isinstance(answer, Refused)
    seated = {id for table in answer.content["rounds"][0] for id in table["people"]}
    assert seated == {one.participant for one in room.people[1:]}
    assert late.participant not in seated


def test_people_at_a_distance_have_tables_of_their_own_unless_the_sheet_mixes_them():
    for line, mixed in (("together: no", False), ("together: yes", True)):
        room = Tables("seats: 4", line, people=8, head="online: hybrid")
        far = [room.join(f"R{place}", remote=True) for place in range(3)]
        room.do(CONSOLE, "deal", STEP)
        tables = {room.key(one) for one in far}
        beside = {room.key(one) for one in room.people}
        assert bool(tables & beside) is mixed
        late = room.join("R9", remote=True)
        room.do(late, "sit", STEP)
        if not mixed:
            assert {room.key(late)} == tables
            assert room.phone(late)["seat"]["remote"]


# Rounds


def test_in_a_world_cafe_one_person_stays_at_each_table_and_may_hand_over():
    room = Tables("method: cafe", "seats: 4", people=16)
    room.do(CONSOLE, "deal", STEP)
    assert len(room.held.rounds) == 3
    for at, host in room.held.hosts.items():
        assert {round.seats[host] for round in room.held.rounds} == {int(at)}
    host = next(iter(room.held.hosts.values()))
    other = next(one for one in room.people if room.key(one) == room.held.seat(host) and one.participant != host)
    before = [room.sizes(round) for round in (1, 2, 3)]
    room.do(other, "host", STEP)
    assert room.phone(other)["seat"]["host"]["mine"]
    assert {round.seats[other.participant] for round in room.held.rounds} == {room.seats()[other.participant[3:]]}
    assert [room.sizes(round) for round in (1, 2, 3)] == before


def test_in_1_2_4_all_groups_grow_at_the_same_table():
    room = Tables("method: pyramid", people=13)
    room.do(CONSOLE, "deal", STEP)
    assert [len(round.places) for round in room.held.rounds] == [13, 6, 3, 1]
    for who in room.people:
        tables = {room.held.place(room.held.seat(who.participant, round)).at for round in (1, 2, 3)}
        assert len(tables) == 1
    late = room.someone(40)
    room.do(late, "sit", STEP)
    assert len({room.held.place(room.held.seat(late.participant, round)).at for round in (1, 2, 3)}) == 1
    assert room.sizes(1) == [1] * 14
    room.do(CONSOLE, "round", STEP, round=4)
    assert room.phone(late)["seat"]["at"] == 0


def test_1_2_4_all_made_anew_by_the_way_keeps_its_four_rounds():
    room = Tables("method: pyramid", people=9)
    assert code(room.act(CONSOLE, "deal", STEP, {"later": True})) == "no-round"
    room.do(CONSOLE, "deal", STEP)
    alone = room.seats(1)
    room.do(CONSOLE, "round", STEP, round=2)
    room.do(CONSOLE, "deal", STEP)
    assert [len(round.places) for round in room.held.rounds] == [9, 4, 2, 1]
    assert room.seats(1) == alone
    assert all(len(room.seats(round)) == 9 for round in (2, 3, 4))


def test_a_round_pressed_twice_advances_once_and_there_is_none_beyond_the_last():
    room = Tables("rounds: 2")
    assert code(room.act(CONSOLE, "round", STEP, {"round": 1})) == "no-round"
    room.do(CONSOLE, "deal", STEP)
    until = room.phone(room.people[0])["until"]
    room.do(CONSOLE, "round", STEP, round=2)
    after = room.phone(room.people[0])["until"]
    room.do(CONSOLE, "round", STEP, round="2")
    assert room.phone(room.people[0])["until"] == after > until
    for wrong in (0, 3, "x", None):
        assert code(room.act(CONSOLE, "round", STEP, {"round": wrong})) == "no-round"


def test_only_the_rounds_to_come_are_made_anew_and_whom_one_has_met_is_remembered():
    room = Tables("rounds: 2", "seats: 4", people=16)
    room.do(CONSOLE, "deal", STEP)
    first = room.seats(1)
    room.do(CONSOLE, "deal", STEP, later="true")
    assert room.seats(1) == first
    plan = [
        [[place for place, name in enumerate(sorted(first)) if seats[name] == table] for table in range(1, 5)]
        for seats in (first, room.seats(2))
    ]
    assert repeated(plan) == 0


# Late-comers, moves, departures


@settings(max_examples=15)
@given(st.integers(1, 20), st.integers(0, 8), st.sampled_from(["plain", "cafe", "pyramid"]))
def test_late_comers_are_seated_in_every_round_left_and_nobody_moves_for_them(people, late, method):
    room = Tables(f"method: {method}", people=people)
    room.do(CONSOLE, "deal", STEP)
    before = [dict(round.seats) for round in room.held.rounds]
    for place in range(late):
        room.someone(100 + place)
    room.do(CONSOLE, "seat", STEP)
    for round, seats in zip(room.held.rounds, before, strict=True):
        assert all(round.seats[id] == table for id, table in seats.items())
        assert set(round.seats) == set(room.state.people)
        assert all(0 < table <= len(round.places) for table in round.seats.values())
    if method != "pyramid":
        assert max(room.sizes()) <= 6


def test_a_late_comer_goes_to_the_smallest_table_and_there_to_people_unlike_them():
    room = Tables("seats: 4", people=7)
    room.do(CONSOLE, "deal", STEP)
    late = room.someone(99)
    room.do(late, "sit", STEP)
    assert room.sizes() == [4, 4]
    assert code(room.act(late, "sit", STEP, {"table": 1})) == "not-chosen"


def test_people_are_moved_by_hand_several_at_once_and_once_more_changes_nothing():
    room = Tables("seats: 4")
    room.do(CONSOLE, "deal", STEP)
    for _ in range(2):
        room.do(CONSOLE, "seat", STEP, people=["id-P0", "id-P1"], table="2")
        assert {room.seats()[name] for name in ("P0", "P1")} == {2}
    assert code(room.act(CONSOLE, "seat", STEP, {"people": ["id-P0"], "table": 9})) == "unknown-table"
    assert code(room.act(CONSOLE, "seat", STEP, {"people": ["nobody"], "table": 1})) == "unknown-participant"
    assert code(room.act(CONSOLE, "seat", STEP, {"table": 1})) == "nobody"
    assert code(room.act(CONSOLE, "unseat", STEP)) == "nobody"
    assert room.seats()["P0"] == 2


def test_someone_moved_to_a_table_that_no_longer_exists_stays_where_they_are():
    room = Tables("seats: 3")
    room.do(CONSOLE, "deal", STEP)
    room.do(CONSOLE, "deal", STEP, count=2)
    seats = room.seats()
    assert code(room.act(CONSOLE, "seat", STEP, {"people": "id-P0", "table": "4"})) == "unknown-table"
    assert code(room.act(CONSOLE, "shut", STEP, on="1-4")) == "unknown-table"
    assert code(room.act(CONSOLE, "turn", STEP, {"table": "1-4"})) == "unknown-table"
    assert room.seats() == seats


def test_whoever_left_has_no_seat_until_they_come_back():
    room = Tables("seats: 4", "rounds: 2")
    room.do(CONSOLE, "deal", STEP)
    who = room.people[0]
    room.do(who, "pen", STEP, on=room.key(who))
    key = room.key(who)
    room.do(CONSOLE, "unseat", STEP, people=[who.participant])
    assert who.participant not in [id for round in room.held.rounds for id in round.seats]
    assert key not in room.held.pens
    room.do(CONSOLE, "seat", STEP)
    assert not room.key(who)
    assert room.phone(who)["seat"] is None
    room.do(who, "sit", STEP)
    assert room.key(who)
    assert len(room.view(CONSOLE, STEP)["left"]) == 0


def test_people_without_a_phone_are_seated_like_anyone_and_the_console_says_whom_to_call():
    room = Tables()
    room.do(CONSOLE, "welcome", name="Odile")
    room.do(CONSOLE, "deal", STEP)
    assert "Odile" in room.seats()
    html = drawn(room, CONSOLE)
    assert "to call out" in html
    assert "Odile" in drawn(room, WALL)


# Choosing


def test_each_chooses_a_theme_and_no_table_takes_everyone():
    room = Tables("how: theme", "names: Soil; Water; Air", people=9)
    choices = room.phone(room.people[0])["choices"]
    assert [(one["name"], one["free"]) for one in choices] == [("Soil", 3), ("Water", 3), ("Air", 3)]
    answers = [code(room.act(who, "sit", STEP, {"table": 1})) for who in room.people[:4]]
    assert answers == ["", "", "", "table-full"]
    room.do(room.people[0], "sit", STEP, table="2")
    room.do(room.people[3], "sit", STEP, table=1)
    assert code(room.act(room.people[4], "sit", STEP, {"table": 7})) == "unknown-table"
    assert code(room.act(CONSOLE, "deal", STEP)) == "chosen-here"
    room.do(CONSOLE, "seat", STEP)
    assert room.sizes() == [3, 3, 3]


def test_before_the_tables_are_made_nobody_sits_down_yet_but_a_note_is_never_refused():
    room = Tables()
    assert code(room.act(room.people[0], "sit", STEP)) == "not-dealt"
    assert code(room.act(CONSOLE, "seat", STEP)) == "not-dealt"
    assert code(room.act(room.people[0], "write", STEP, {"keep": "Early."})) == ""
    assert room.note(room.people[0]) == {"keep": "Early."}


# Notes


def dealt(*lines: str, people: int = 8) -> Tables:
    room = Tables("seats: 4", *lines, people=people)
    room.do(CONSOLE, "deal", STEP)
    return room


def test_one_person_writes_and_the_others_of_the_table_read_it():
    room = dealt()
    ada, *others = room.people
    mates = room.around(ada)
    room.do(ada, "pen", STEP, on=room.key(ada))
    assert room.write(ada, keep="One calendar.") == ""
    for one in mates:
        seat = room.phone(one)["seat"]
        assert seat["note"]["texts"] == {"keep": "One calendar."}
        assert seat["pen"] == {"mine": False, "taken": True, "name": "P0"}
    elsewhere = next(one for one in others if one not in mates)
    assert "One calendar." not in str(room.phone(elsewhere))
    assert room.write(elsewhere, on=room.key(ada), keep="Mine!") == "not-your-table"
    assert code(room.act(elsewhere, "pen", STEP, on=room.key(ada))) == "not-your-table"


def test_another_takes_the_pen_and_goes_on_and_the_last_letters_of_the_first_are_kept():
    room = dealt()
    ada, bo = room.people[0], room.around(room.people[0])[0]
    key = room.key(ada)
    room.write(ada, keep="One cal")
    seen = room.edited(ada)
    room.do(bo, "pen", STEP, on=key)
    # What Ada had typed leaves her phone after the pen has.
    assert room.write(ada, base=seen, keep="One calendar") == ""
    assert room.note(bo) == {"keep": "One calendar"}
    assert room.write(bo, base=room.edited(bo), keep="One calendar for both.") == ""
    assert room.note(ada) == {"keep": "One calendar for both."}
    assert room.phone(ada)["seat"]["asides"] == []
    assert code(room.act(ada, "pen", STEP, {"down": True}, on=key)) == "not-scribe"


def test_a_scribe_who_was_offline_comes_back_and_both_texts_stand():
    room = dealt()
    ada, bo = room.people[0], room.around(room.people[0])[0]
    room.write(ada, keep="Start")
    seen = room.edited(ada)
    room.do(bo, "pen", STEP, on=room.key(ada))
    room.write(bo, base=seen, keep="Start small.")
    room.write(ada, base=seen, keep="Start with the school.", open="Who pays?")
    assert room.note(bo) == {"keep": "Start small.", "open": "Who pays?"}
    (aside,) = room.phone(bo)["seat"]["asides"]
    assert aside["content"]["note"]["keep"] == "Start with the school."
    assert aside["name"] == "P0"
    # Its author goes on offline: one text beside, not a row of them.
    room.write(ada, base=seen, keep="Start with the school and its cook.")
    (aside,) = room.phone(bo)["seat"]["asides"]
    assert aside["content"]["note"]["keep"] == "Start with the school and its cook."
    room.do(bo, "settle", STEP, on=aside["id"], take=True)
    assert room.note(bo)["keep"] == "Start small.\nStart with the school and its cook."
    assert room.phone(bo)["seat"]["asides"] == []


@pytest.mark.parametrize("away", ["withhold", "hide"])
def test_what_was_taken_away_with_a_note_does_not_come_back_beside_it(away):
    room = dealt()
    ada, bo = room.people[0], room.around(room.people[0])[0]
    room.write(ada, keep="Zebulon is a thief")
    note = room.held.notes[room.key(ada)]
    room.do(bo, "pen", STEP, on=room.key(ada))
    room.do(CONSOLE, away, on=note, why="A person is named")
    room.write(bo, keep="Other words")
    (aside,) = room.held.asides
    assert room.held.contributions[aside].content["note"] == {"keep": "Zebulon is a thief"}
    told = json.dumps([room.view(WALL, STEP), room.view(Caller("scribe"), STEP)]) + repr(room.sections())
    assert "Zebulon" not in told
    if away == "withhold":
        assert "Zebulon" not in json.dumps([room.phone(ada), room.phone(bo), room.view(CONSOLE, STEP)])
        answer = room.act(bo, "settle", STEP, {"take": True}, on=aside)
        assert isinstance(answer, Refused)
        assert answer.code == "unknown-contribution"
    room.do(CONSOLE, "restore", on=note)
    assert room.note(bo) == {"keep": "Other words"}


def test_whoever_holds_the_pen_keeps_the_note_and_what_stood_is_set_beside():
    room = dealt()
    ada, bo = room.people[0], room.around(room.people[0])[0]
    room.do(ada, "pen", STEP, on=room.key(ada))
    room.write(ada, keep="First")
    seen = room.edited(ada)
    room.write(bo, base=seen, keep="Other words")
    assert room.note(ada) == {"keep": "Other words"}
    room.write(ada, base=seen, keep="First, then second")
    assert room.note(ada) == {"keep": "First, then second"}
    (aside,) = room.phone(bo)["seat"]["asides"]
    assert aside["content"]["note"] == {"keep": "Other words"}
    room.do(bo, "settle", STEP, on=aside["id"], take=False)
    assert room.phone(bo)["seat"]["asides"] == []
    assert "Other words" in list(leaves(room.sections())), "nothing is dropped: the report holds it"


words = st.text("ab", max_size=4)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from("AB"), words, words, st.integers(0, 6), st.booleans()), max_size=8))
def test_no_text_is_overwritten_unseen_however_two_people_write_at_once(sent):
    """Each has read some version; a text that takes the place of another's was written by someone who had seen that one, or holds it."""
    note, hands = dict[str, str](), dict[str, tuple[str, int]]()
    for seq, (writer, keep, left, base, holds) in enumerate(sent, 1):
        texts = {key: text for key, text in (("keep", keep), ("open", left)) if text}
        told = reconciled(note, hands, writer if holds else "C", writer, base, texts, ("keep", "open"))
        for key in ("keep", "open"):
            mine, theirs, after = texts.get(key, ""), note.get(key, ""), told.texts.get(key, "")
            kept = (after, told.aside.get(key, ""))
            by, when = hands.get(key, ("", 0))
            assert any(mine in one for one in kept)
            assert by in ("", writer) or base >= when or any(theirs in one for one in kept)
            if after != theirs:
                hands[key] = (writer, seq)
        note = dict(told.texts)


def test_a_note_is_refused_in_words_where_it_cannot_be():
    room = dealt()
    ada = room.people[0]
    assert room.write(ada, keep="") == "empty"
    assert room.write(ada, keep="x" * 1001) == "too-long"
    assert room.write(ada, on="1-9", keep="Here") == "unknown-table"
    for wrong in ("nowhere", "01-1", "1-", "0-0", "-1-1", "1-1-1"):
        assert room.write(CONSOLE, on=wrong, keep="Here") == "unknown-table"
    assert code(room.act(CONSOLE, "write", STEP, {"keep": "Which?"})) == "which-table"
    assert code(room.act(ada, "line", STEP, {"line": "x" * 281})) == "too-long"
    assert code(room.act(ada, "settle", STEP, on="nothing")) == "unknown-contribution"
    assert code(room.act(ada, "host", STEP)) == "no-host"
    assert code(room.act(CONSOLE, "listing", STEP, {"as": "stars"})) == "unknown-listing"
    room.write(ada, keep="One calendar.")
    note = room.held.notes[room.key(ada)]
    assert code(room.act(ada, "withdraw", STEP, on=note)) == "table-note"


def test_a_note_may_be_emptied_by_whoever_saw_it():
    room = dealt()
    ada = room.people[0]
    room.write(ada, keep="Wrong", open="Right")
    room.write(ada, base=room.edited(ada), keep="", open="Right")
    assert room.note(ada) == {"open": "Right"}


def test_the_staff_writes_for_a_table_and_a_text_from_paper_stands_beside_what_is_there():
    room = dealt()
    ada = room.people[0]
    assert room.write(CONSOLE, on=room.key(ada), keep="From paper.") == ""
    assert room.note(ada) == {"keep": "From paper."}
    room.do(ada, "pen", STEP, on=room.key(ada))
    room.write(ada, base=room.edited(ada), keep="Ours now.")
    room.write(CONSOLE, on=room.key(ada), keep="A second sheet.")
    assert room.note(ada) == {"keep": "Ours now."}
    assert [one["content"]["note"] for one in room.phone(ada)["seat"]["asides"]] == [{"keep": "A second sheet."}]
    # Blank fields of a form that shows nothing empty nothing, not even what the staff itself wrote.
    other = next(one for one in room.people if room.key(one) != room.key(ada))
    for texts in ({"keep": "First sheet.", "open": ""}, {"keep": "", "open": "Second sheet."}, {"keep": "Third sheet.", "open": ""}):
        room.do(CONSOLE, "write", STEP, on=room.key(other), **texts)
    assert room.note(other) == {"keep": "First sheet.", "open": "Second sheet."}
    assert [one["content"]["note"] for one in room.phone(other)["seat"]["asides"]] == [{"keep": "Third sheet."}]


def test_others_add_lines_of_their_own_and_take_them_back():
    room = dealt()
    ada, bo = room.people[0], room.around(room.people[0])[0]
    line = room.do(bo, "line", STEP, on=room.key(bo), line="And the night bus.")
    assert [one["content"]["line"] for one in room.phone(ada)["seat"]["lines"]] == ["And the night bus."]
    assert code(room.act(ada, "withdraw", STEP, on=line)) == "not-yours"
    room.do(bo, "withdraw", STEP, on=line)
    assert room.phone(ada)["seat"]["lines"] == []


def test_a_closed_table_takes_no_pen_and_one_is_opened_again_alone():
    room = dealt()
    ada = room.people[0]
    room.do(CONSOLE, "shut", STEP)
    assert not any(one["open"] for one in room.view(CONSOLE, STEP)["tables"])
    room.do(CONSOLE, "reopen", STEP, on=room.key(ada))
    assert [one["open"] for one in room.view(CONSOLE, STEP)["tables"]].count(True) == 1
    assert room.phone(ada)["seat"]["open"]
    room.do(CONSOLE, "close", STEP)
    assert room.phone(ada)["seat"]["open"], "opened again by hand, it stays so when the step closes"
    # What was typed before the closing arrives after it: kept, and said to be late.
    other = next(one for one in room.people if room.key(one) != room.key(ada))
    assert room.write(other, keep="Typed in time.") == ""
    assert room.held.contributions[room.held.notes[room.key(other)]].late


def test_a_table_opened_again_alone_after_the_step_is_alone_even_when_the_step_stands_beside():
    room = dealt()
    ada = room.people[0]
    room.do(CONSOLE, "close", STEP)
    room.do(CONSOLE, "reopen", STEP, on=room.key(ada))
    assert "Open it beside" in drawn(room, CONSOLE)
    room.do(CONSOLE, "open", STEP, beside=True)
    assert [one["open"] for one in room.view(CONSOLE, STEP)["tables"]] == [
        one["key"] == room.key(ada) for one in room.view(CONSOLE, STEP)["tables"]
    ]


def test_a_table_of_an_earlier_round_opened_again_has_its_people_back():
    room = dealt("rounds: 2")
    ada = room.people[0]
    key = room.key(ada)
    room.do(CONSOLE, "round", STEP, round=2)
    assert room.phone(ada)["seat"]["round"] == 2
    room.do(CONSOLE, "reopen", STEP, on=key)
    assert room.phone(ada)["seat"]["key"] == key
    assert room.write(ada, on=key, keep="Finished.") == ""
    room.do(CONSOLE, "shut", STEP, on=key)
    assert room.phone(ada)["seat"]["round"] == 2


def test_only_the_phones_of_the_table_look_again():
    room = dealt()
    kind, ada = KINDS["tables"], room.people[0]
    others = {one.participant for one in room.people} - {ada.participant} - {one.participant for one in room.around(ada)}

    def concerned() -> set[str]:
        return set(kind.concerns(room.held, room.journal[-1]))

    room.write(ada, keep="One calendar.")
    assert {one.participant for one in room.around(ada)} <= concerned()
    assert not others & concerned()
    room.do(CONSOLE, "hide", on=room.held.notes[room.key(ada)])
    assert not others & concerned()
    assert ada.participant in concerned()
    elsewhere = next(one for one in room.people if one.participant in others)
    room.do(CONSOLE, "seat", STEP, people=[elsewhere.participant], table=room.seats()["P0"])
    assert {one.participant for one in room.people} == concerned() | {ada.participant}


def test_a_withheld_note_shows_no_word_anywhere_and_a_hidden_one_stays_its_table_s():
    room = dealt()
    ada = room.people[0]
    room.write(ada, keep="zanzibar")
    note = room.held.notes[room.key(ada)]
    room.do(CONSOLE, "hide", on=note)
    assert "zanzibar" in drawn(room, ada)
    assert "zanzibar" not in drawn(room, WALL) + str(room.view(WALL, STEP))
    room.do(CONSOLE, "turn", STEP, table=room.key(ada))
    assert "zanzibar" not in drawn(room, WALL)
    room.do(CONSOLE, "withhold", on=note, why="an address")
    for who in (ada, room.around(ada)[0], WALL, CONSOLE):
        assert "zanzibar" not in str(room.view(who, STEP))
    assert not [leaf for leaf in leaves(room.sections()) if "zanzibar" in str(leaf)]


def test_in_a_world_cafe_a_table_reads_what_it_wrote_in_the_round_before():
    room = Tables("method: cafe", "seats: 4", people=8)
    room.do(CONSOLE, "deal", STEP)
    host = participant(room.held.hosts["1"][3:])
    room.write(host, keep="What came first.")
    room.do(CONSOLE, "round", STEP, round=2)
    mate = room.around(host)[0]
    assert room.phone(mate)["seat"]["before"] == {"keep": "What came first."}
    assert room.note(mate) == {}


# Wall, restitution


def test_the_wall_lists_names_where_people_are_many_and_hides_them_when_asked():
    room = Tables(people=60)
    room.do(CONSOLE, "deal", STEP)
    assert room.view(WALL, STEP)["listing"] == "names"
    assert sum(len(one["people"]) for one in room.view(WALL, STEP)["index"]) == 60
    room.do(CONSOLE, "show", unnamed=1)
    assert "P59" not in drawn(room, WALL)
    room.do(CONSOLE, "listing", STEP, **{"as": "tables"})
    assert room.view(WALL, STEP)["listing"] == "tables"


def test_the_report_tells_each_round_by_field_with_who_sat_there_in_numbers():
    room = dealt("rounds: 2")
    named = room.join("Odile", named=True, role="Élue", territory="Drôme")
    room.do(named, "sit", STEP)
    ada = room.people[0]
    room.write(ada, keep="One calendar.", open="Who pays?")
    room.do(CONSOLE, "round", STEP, round=2)
    room.write(ada, keep="Two calendars.")
    rounds = room.sections()
    assert [one.title for one in rounds if isinstance(one, Section)] == ["Round 1", "Round 2"]
    said = [str(leaf) for leaf in leaves(rounds)]
    assert {"One calendar.", "Who pays?", "Two calendars."} <= set(said)
    assert any("Odile" in leaf for leaf in said)
    assert not any("P0" in leaf and "," not in leaf for leaf in said), "names stand only where people agreed"
    assert not [node for node in rounds if isinstance(node, Card)]


def test_a_step_never_opened_says_nothing_and_one_without_tables_says_so():
    room = Room(KINDS, sheet())
    step = room.step(STEP)
    assert KINDS["tables"].sections(step.activity, room.state.summaries[STEP], room.sources(STEP), Policy("en", room)) == ()
    assert [leaf for leaf in leaves(Tables().sections()) if leaf == "No table was made."]


def test_an_entry_keeps_what_it_decided_whatever_the_sheet_says_later():
    room = dealt()
    seats = room.seats()
    changed = sheet("seats: 2", "how: chance")
    room.do(Caller("system"), "sheet", text=changed)
    assert room.seats() == seats
    assert isinstance(room.journal[-1], Entry)


def test_a_table_that_has_written_nothing_at_half_of_its_time_is_seen_on_the_console():
    room = dealt()
    late = "nothing written yet, half the time is over"
    assert drawn(room, CONSOLE).count(f'<b class="look">{late}') == 2
    room.write(room.people[0], keep="One calendar.")
    assert drawn(room, CONSOLE).count(f'<b class="look">{late}') == 1
    assert 'data-half="' in drawn(room, CONSOLE)


def test_tables_may_take_the_names_of_the_themes_of_an_earlier_step():
    steps = [
        "### Told",
        "- kind: situations",
        "- duration: 10 min",
        "### Sorted",
        "- kind: themes",
        "- source: Told",
        "- themes: Soil; Water",
    ]
    text = sheet("how: theme", "source: Sorted").replace("### Tables", "\n".join([*steps, "- duration: 10 min", "### Tables"]))
    room = Room(KINDS, text)
    ada = room.join("Ada")
    for step in ("told", "sorted", STEP):
        room.do(CONSOLE, "open", step)
    assert [one["name"] for one in room.view(ada, STEP)["choices"]] == ["Soil", "Water"]
    room.do(ada, "sit", STEP, table=2)
    assert room.view(ada, STEP)["seat"]["name"] == "Water"
