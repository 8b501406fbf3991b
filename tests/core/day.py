"""A small day played in memory, for tests of the core: acts in, entries and state out."""

from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from facilitate.app import find_kinds
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.rules import Known, decide
from facilitate.core.state import SessionState, apply

KINDS = find_kinds()
SHEET = """---
title: Une journée
date: 2021-09-24
time: 9:30-17:00
capacity: 3
---
## Programme

### 9:30 – Accueil
- type : accueil

### 10:00 – Situations
- type : situations
- question : Qu’avez-vous vécu ?

### 10:30 – Choisir
- type : vote
- sur : situations

### 11:00 – Pause
- type : pause
- durée : 15 min
"""


@dataclass
class Day:
    """``do`` plays one act and answers as the door would: the entries it made, or the refusal."""

    sheet: str = SHEET
    state: SessionState = field(default_factory=SessionState)
    entries: list[Entry] = field(default_factory=list)
    count: int = 0
    minute: int = 0

    def __post_init__(self) -> None:
        self.do("sheet", content={"text": self.sheet}, who="system")

    def act(self, do: str, activity: str = "", content: dict[str, Any] | None = None, on: str = "", **more: Any) -> Act:
        self.count += 1
        return Act(str(UUID(int=self.count, version=4)), do, activity, content or {}, on, **more)

    def do(
        self, do: str, activity: str = "", content: dict[str, Any] | None = None, on: str = "", who: str = "console", **more: Any
    ) -> Any:
        return self.play(self.act(do, activity, content, on, **more), who)

    def play(self, act: Act, who: str = "console") -> tuple[Entry, ...] | Known | Refused:
        audience = who if who in ("console", "system", "wall", "shelf", "scribe") else "participant"
        person = "" if audience != "participant" else who
        owner = f"owner-{person}-{act.on or act.id}" if person else ""
        voter = person or act.behalf
        actor = Actor(audience, person, owner, f"voter-{voter}" if voter else "")  # type: ignore[arg-type]
        answer = decide(self.state, act, actor, f"2021-09-24T08:{self.minute:02d}:00.000Z", KINDS)
        if isinstance(answer, tuple):
            for entry in answer:
                self.state = apply(self.state, entry, KINDS)
                self.entries.append(entry)
        return answer

    def join(self, *people: str, **said: Any) -> Self:
        for person in people:
            self.do("join", content={"name": person, "territory": "Forez"} | said, who=person)
        return self

    def open(self, id: str) -> Self:
        self.do("open", id)
        return self

    def again(self) -> SessionState:
        """The state that a restart would fold from the journal."""
        state = SessionState()
        for entry in self.entries:
            state = apply(state, entry, KINDS)
        return state
