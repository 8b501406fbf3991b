"""What an erasure takes out of a journal, over a day of every kind: the words go, the day stands, and everyone else's words with it."""

import json
from collections.abc import Iterator

import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, WALL, Room, participant, screens
from restitution.test_hunt import lived

from facilitate.core.entry import ERASED, Act, Actor, Caller, Entry, Refused
from facilitate.core.erasure import Erasure, decide_erasure, emptied_by, erasure
from facilitate.core.rules import decide
from facilitate.core.state import SessionState, fold, serialise
from facilitate.render import Asked
from facilitate.restitution.build import Building

PEOPLE = [f"p{n}" for n in range(7)]


@pytest.fixture(scope="module")
def day() -> Room:
    return lived().room


def taken_out(room: Room, on: str, **more: bool) -> Erasure:
    steps = {id: step.activity.kind for id, step in room.state.steps.items()}
    voters = {id: room.voter(Caller("participant", on), id) for id in steps if on in room.state.people}
    kept = {one: shot.media for id, kind in steps.items() for one, shot in KINDS[kind].snapshots(room.state.summaries[id]).items()}
    return erasure(room.journal, on, steps, KINDS, voters, kept, **more)


def without(room: Room, gone: Erasure, on: str, by: str) -> tuple[list[Entry], SessionState]:
    """The journal as it is kept then, and what it adds up to."""
    emptied = {entry.seq: entry for entry in gone.emptied}
    tombstone = Entry(room.state.seq + 1, "the-erasure", room.state.at, by, "erase", on=on, content={"seqs": sorted(emptied)}, print="x")
    journal = [*(emptied.get(entry.seq, entry) for entry in room.journal), tombstone]
    return journal, fold(SessionState(), journal, KINDS)


def reads(room: Room, state: SessionState) -> None:
    """Every screen and every document of that day can be made."""
    assert len(state.unknown) == len(room.state.unknown)
    before, room.state = room.state, state
    try:
        callers = [CONSOLE, WALL, *(participant(name) for name in PEOPLE)]
        for id, step in state.steps.items():
            if step.opened:
                for who in callers:
                    json.dumps(room.view(who, id))
        for who in callers[:3]:
            screens().region(room, "now" if who.audience == "participant" else who.audience, Asked(who, "fr"))  # type: ignore[arg-type]
        Building(state, KINDS, LANGUAGES["fr"]).document()
    finally:
        room.state = before


def texts(content: object) -> Iterator[str]:
    if isinstance(content, str) and len(content) > 12 and " " in content:
        yield content
    elif isinstance(content, dict):
        for one in content.values():
            yield from texts(one)
    elif isinstance(content, list | tuple):
        for one in content:
            yield from texts(one)


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_goes_with_all_they_gave_and_the_day_stands(day: Room, name: str) -> None:
    who = participant(name).participant
    gone = taken_out(day, who)
    journal, state = without(day, gone, who, who)
    assert gone.leave == {who}
    assert gone.emptied
    together = {(id, verb) for id, step in day.state.steps.items() for verb in KINDS[step.activity.kind].together}
    left = [entry for entry in journal if entry.by == who and entry.print != ERASED and entry.do != "erase"]
    assert all((entry.activity, entry.do) in together for entry in left)
    person = state.people[who]
    assert (person.name, person.territory, person.structure, person.named) == ("", "", "", False)
    kept = json.dumps([entry.content for entry in journal], ensure_ascii=False)
    told = [one for one in day.state.summaries[day.state.order[0]].contributions.values() if one.by == who]
    others = json.dumps([entry.content for entry in day.journal if entry.by != who], ensure_ascii=False)
    said = [json.dumps(text, ensure_ascii=False)[1:-1] for one in told for text in texts(dict(one.content))]
    assert not [text for text in said if text in kept and text not in others]
    reads(day, state)


def test_each_contribution_goes_alone(day: Room) -> None:
    for step in day.state.ordered:
        found = list(day.state.summaries[step.activity.id].contributions.values())
        for one in found[:: max(1, len(found) // 3)]:
            journal, state = without(day, taken_out(day, one.id), one.id, "console")
            kept = json.dumps([entry.content for entry in journal], ensure_ascii=False)
            others = json.dumps([entry.content for entry in day.journal if entry.id != one.id and entry.on != one.id], ensure_ascii=False)
            for text in texts(dict(one.content)):
                assert json.dumps(text, ensure_ascii=False)[1:-1] not in kept or json.dumps(text, ensure_ascii=False)[1:-1] in others
            reads(day, state)


def test_a_profile_goes_alone_and_the_words_stay(day: Room) -> None:
    who = participant("p0").participant
    gone = taken_out(day, who, profile=True)
    _, state = without(day, gone, who, "system")
    assert (state.people[who].name, gone.leave) == ("", frozenset())
    first = day.state.order[0]
    words = {id: one.content for id, one in state.summaries[first].contributions.items() if one.by == who}
    assert words == {id: one.content for id, one in day.state.summaries[first].contributions.items() if one.by == who} != {}


def test_erasing_twice_takes_nothing_more_out(day: Room) -> None:
    who = participant("p0").participant
    journal, state = without(day, taken_out(day, who), who, who)
    steps = {id: step.activity.kind for id, step in state.steps.items()}
    again = erasure(journal, who, steps, KINDS, {}, {})
    # The tombstone itself names nothing but places.
    assert [entry.seq for entry in again.emptied] in ([], [journal[-1].seq])


def asks(room: Room, who: Caller, on: str, behind: str = "") -> tuple[Entry, ...] | Refused:
    act = Act("00000000-0000-4000-8000-000000000000", "erase", on=on, reckoned=taken_out(room, on))
    answer = decide(room.state, act, Actor(who.audience, who.participant, who.owner(on), "", "", who.track), room.state.at, KINDS)
    assert isinstance(answer, tuple | Refused)
    return answer


def test_only_its_author_and_the_staff_of_the_whole_day_erase(day: Room) -> None:
    first = day.state.order[0]
    mine = next(one for one in day.state.summaries[first].contributions.values() if one.by == participant("p0").participant)
    unsigned = next(one for one in day.state.summaries[first].contributions.values() if one.owner)
    author = participant("p3")
    for who, on, may in (
        (participant("p0"), mine.id, True),
        (participant("p1"), mine.id, False),
        (author, unsigned.id, True),
        (participant("p0"), unsigned.id, False),
        (participant("p0"), participant("p0").participant, True),
        (participant("p0"), participant("p1").participant, False),
        (CONSOLE, mine.id, True),
        (Caller("shelf"), unsigned.id, True),
        (Caller("console", track="one"), mine.id, False),
        (Caller("scribe"), mine.id, False),
        (Caller("notes"), mine.id, False),
        (WALL, mine.id, False),
        (Caller("panel", member="m"), mine.id, False),
    ):
        answer = asks(day, who, on)
        assert isinstance(answer, tuple) is may, (who, on, answer)
        if may and on == unsigned.id and who is author:
            assert isinstance(answer, tuple)
            assert (answer[0].by, answer[0].at) == ("", "")


def test_what_was_erased_is_never_taken_again(day: Room) -> None:
    first = day.state.order[0]
    mine = next(one for one in day.state.summaries[first].contributions.values() if one.by == participant("p0").participant)
    _, state = without(day, taken_out(day, mine.id), mine.id, mine.by)
    act = Act(mine.id, "post", first, dict(mine.content))
    answer = decide(state, act, Actor("participant", mine.by), state.at, KINDS)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.status) == ("erased", 410)


def test_a_journal_read_again_is_the_same_state(day: Room) -> None:
    who = participant("p2").participant
    journal, state = without(day, taken_out(day, who), who, who)
    read = [Entry(**json.loads(json.dumps({name: getattr(entry, name) for name in Entry.__slots__}))) for entry in journal]
    assert serialise(fold(SessionState(), read, KINDS)) == serialise(state)
    assert emptied_by(journal) == {entry.seq for entry in journal if entry.print == ERASED}


def test_nothing_left_to_erase_is_no_entry() -> None:
    act = Act("id", "erase", on="p", reckoned=Erasure(()))
    assert decide_erasure(act, Actor("console"), {"p": None}, None, "console") == ()  # type: ignore[dict-item]
