"""What simulated people and their facilitator do is what the kinds take: a day of every sheet, in memory."""

from pathlib import Path

import pytest
from activities.room import CONSOLE, KINDS, Room, participant

from facilitate.core.activity import Aloud
from facilitate.core.entry import Refused
from facilitate.rehearsal.people import Person, people_of

SHEETS = sorted((Path(__file__).parents[2] / "sessions_library").glob("*.md"))
ROUNDS = 60


def played(sheet: Path, count: int) -> Room:
    """The day of a sheet, every gesture taken; the facilitator has nothing more to do in any step."""
    room = Room(KINDS, sheet.read_text("utf-8"))
    voices, lead = [(participant(f"{one.place}"), one) for one in people_of(room.state.agenda, count, 1)], Person(room.state.agenda, 1, 100)
    for who, voice in voices:
        room.do(who, "join", **voice.profile)
    for activity in room.state.agenda.activities:
        room.do(CONSOLE, "open", activity.id)
        kind, settings = KINDS[activity.kind], activity.settings
        for round in range(ROUNDS):
            gesture = None if round == 1 else kind.conduct(settings, room.view(CONSOLE, activity.id))
            if round > 1 and gesture is None:
                break
            if gesture is not None:
                said = {key: lead.says(one.about, one.limit) if isinstance(one, Aloud) else one for key, one in gesture.content.items()}
                answer = room.act(CONSOLE, gesture.do, activity.id, said, gesture.on)
                assert not isinstance(answer, Refused), (activity.title, gesture, answer)
            for who, voice in voices:
                if voice.quiet(round):
                    continue
                for made in kind.rehearse(settings, room.view(who, activity.id), voice):
                    answer = room.act(who, made.do, activity.id, made.content, made.on)
                    assert not isinstance(answer, Refused), (activity.title, made, answer)
        else:
            pytest.fail(f"{activity.title}: no end to it")
    return room


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_every_gesture_of_a_rehearsed_day_is_taken(sheet: Path) -> None:
    room = played(sheet, 12)
    for activity in room.state.agenda.activities:
        summary = room.state.summaries[activity.id]
        match activity.kind:
            case "welcome" | "situations" | "evaluation":
                assert len(summary.contributions) > 2, activity.title
            case "input":
                assert summary.slide == room.view(CONSOLE, activity.id)["slides"]
            case "vote":
                assert summary.revealed
                assert len(summary.ballots) > 6
            case "exchange":
                assert len(summary.bound()) > 3
                assert {"offer", "need", "proposal", "debrief", "start"} <= {one.content["is"] for one in summary.contributions.values()}
            case "commitments" if activity.settings["starts"]:
                assert any(one.content.get("start") for one in summary.contributions.values())
            case "questions":
                states = [reply.state for reply in summary.replies.values()]
                assert [states.count(one) for one in ("answered", "promised", "aside")] == [4, 2, 1]
            case "decode":
                decodings = list(summary.decodings.values())
                assert len(decodings) == (1 if activity.settings["whole"] else 3)
                assert {one.phase for one in decodings} == {"done"}
                assert all(one.card for one in decodings)


def test_a_day_without_anyone_comes_to_its_end() -> None:
    room = played(SHEETS[0], 0)
    assert not any(summary.contributions for summary in room.state.summaries.values())
