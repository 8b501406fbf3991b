"""A day in memory, for tests of kinds: acts are decided and folded as the workshop does, without journal or network.

Its screens and its restitution's sections are drawn by the real parts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from facilitate.core.activity import ActivityType, Contribution, Kinds, Sources, Viewer
from facilitate.core.entry import Act, Actor, Caller, Entry, Refused
from facilitate.core.rules import Known, decide
from facilitate.core.sheet import read_sheet
from facilitate.core.state import SessionState, Step, apply
from facilitate.core.tree import Node
from facilitate.language import languages
from facilitate.render import Asked, Entrance, Place, Screens

ROOT = Path(__file__).parents[2]
KINDS: dict[str, ActivityType] = {point.name: point.load()() for point in sorted(entry_points(group="facilitate.activities"))}
LANGUAGES = languages(KINDS)
STEP = "the-step"
"""The id of the step that a test is about: its title is 'The step'."""

CONSOLE = Caller("console")
WALL = Caller("wall")


def participant(name: str) -> Caller:
    """The phone of the person of that name."""
    return Caller("participant", f"id-{name}", f"key of {name}")


def participant_of(id: str) -> Caller:
    """The same, by the person's id."""
    return Caller("participant", id)


class Room:
    """One session. ``code`` and ``viewer`` make it what ``Screens`` asks for."""

    code = "RVT482"

    def __init__(self, kinds: Kinds, sheet: str) -> None:
        agenda, problems = read_sheet(sheet, kinds)
        assert agenda is not None, problems
        self.kinds, self.state, self.journal, self.minute = kinds, SessionState(), list[Entry](), 0
        self.do(Caller("system"), "sheet", text=sheet)

    def act(
        self,
        who: Caller,
        do: str,
        activity: str = "",
        content: Mapping[str, Any] | None = None,
        on: str = "",
        base: int | None = None,
        seen: int | None = None,
        behalf: str = "",
    ) -> tuple[Entry, ...] | Refused:
        """What an act gives, a minute after the one before."""
        self.minute += 1
        id = str(uuid5(NAMESPACE_URL, str(self.minute)))
        act = Act(id, do, activity, content or {}, on, base, seen, behalf)
        actor = Actor(who.audience, who.participant, who.owner(on or id), self.voter(participant_of(behalf) if behalf else who, activity))
        at = f"2021-09-24T{8 + self.minute // 60:02d}:{self.minute % 60:02d}:00.000Z"
        answer = decide(self.state, act, actor, at, self.kinds)
        assert not isinstance(answer, Known)
        if isinstance(answer, Refused):
            return answer
        for entry in answer:
            self.journal.append(entry)
            self.state = apply(self.state, entry, self.kinds)
        return answer

    def do(self, who: Caller, do: str, activity: str = "", on: str = "", base: int | None = None, **content: Any) -> str:
        """An act that must be taken; the id of what it made."""
        answer = self.act(who, do, activity, content, on, base)
        assert not isinstance(answer, Refused), answer
        return answer[0].id if answer else ""

    def join(self, name: str, **said: Any) -> Caller:
        """Someone comes in."""
        who = participant(name)
        self.do(who, "join", name=name, **said)
        return who

    def voter(self, who: Caller, activity: str) -> str:
        return f"voter-{uuid5(NAMESPACE_URL, who.participant + activity)}" if who.participant else ""

    def viewer(self, who: Caller, activity: str) -> Viewer:
        return Viewer(who.audience, who.participant, self.voter(who, activity), who.owner)

    def rejoins(self) -> Mapping[str, str]:
        return {}

    def keepsake(self, participant: str) -> str:
        return ""

    def step(self, activity: str) -> Step:
        return self.state.steps[activity]

    def sources(self, activity: str) -> Sources:
        return self.state.sources(self.step(activity), self.kinds)

    def view(self, who: Caller, activity: str) -> dict[str, Any]:
        """What this one may see of a step."""
        step = self.step(activity)
        kind = self.kinds[step.activity.kind]
        return kind.view(step.activity.settings, self.state.summaries[activity], self.viewer(who, activity), self.sources(activity))


class Policy:
    """How a restitution of these tests is written."""

    def __init__(self, language: str, room: Room) -> None:
        self.language, self.room = language, room
        self.say, self.count = LANGUAGES[language].say, LANGUAGES[language].count

    def signature(self, contribution: Contribution) -> str:
        person = self.room.state.people.get(contribution.by)
        return f"{person.territory}, {person.name}" if person else self.say("anonymous")

    def number(self, contribution: Contribution) -> int:
        return contribution.n

    def figure(self, value: float) -> str:
        return f"{value:g}"

    def day(self, iso: str) -> str:
        return iso

    def hour(self, instant: str) -> str:
        return instant[11:16]


def sections(room: Room, language: str = "en") -> tuple[Node, ...]:
    step = room.step(STEP)
    return room.kinds[step.activity.kind].sections(step.activity, room.state.summaries[STEP], room.sources(STEP), Policy(language, room))


def leaves(node: Any) -> Iterator[Any]:
    if is_dataclass(node) and not isinstance(node, type):
        for one in fields(node):
            yield from leaves(getattr(node, one.name))
    elif isinstance(node, list | tuple):
        for item in node:
            yield from leaves(item)
    else:
        yield node


@cache
def screens() -> Screens:
    return Screens(
        KINDS, LANGUAGES, ROOT / "templates", Entrance("http://192.168.8.2:8000"), lambda name: name, lambda: "2021-09-24T10:00:00.000Z"
    )


def drawn(room: Room, who: Caller, language: str = "en") -> str:
    place: Place = "now" if who.audience == "participant" else "wall" if who.audience == "wall" else "console"
    return screens().region(room, place, Asked(who, language))
