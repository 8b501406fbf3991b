"""Whatever people and facilitators do, in whatever order: the day holds, every screen is drawn, and what was taken back stands nowhere."""

import json
import re
from dataclasses import asdict
from typing import Any

from activities.room import CONSOLE, KINDS, LANGUAGES, WALL, Room, participant, screens
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitate.core.entry import Caller, Entry
from facilitate.core.state import SessionState, fold, serialise
from facilitate.core.words import clean_all
from facilitate.render import Asked, Place
from facilitate.restitution.build import build
from facilitate.restitution.html import to_html

STEPS = ["welcome", "talk", "situations", "decode", "vote", "pause", "evaluation"]
SHEET = """---
title: A day
language: en
date: 2021-09-24
time: 9:00 - 17:00
---
## Programme

### 20 min – Welcome
- kind: welcome

### 20 min – Talk
- kind: input

#### One

---

#### Two

### 20 min – Situations
- kind: situations

### 20 min – Decode
- kind: decode
- source: situations

### 20 min – Vote
- kind: vote
- source: situations

### 20 min – Pause
- kind: break

### 20 min – Evaluation
- kind: evaluation
"""
WORDS = re.compile(r"zanzibar\d+")
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "1", "true", "note", "%(x)s {{ 7 }} <b>", "\u202e\ud800\0", *STEPS]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", *STEPS]), inner, max_size=2),
    max_leaves=4,
)
NOTE = {"column": "benefits", "text": "W"}
ROOM: list[tuple[str, str, dict[str, Any]]] = [
    ("welcome", "post", {"text": "W"}),
    ("talk", "post", {"text": "W"}),
    *(("situations", "post", {"title": "W", "context": "W", "signed": signed}) for signed in (True, False)),
    ("evaluation", "post", {"roti": 3, "useful": "W", "keep": "W", "scales": {"exchanges": 2}}),
    *(("decode", "post", NOTE | more) for more in ({}, {"column": "question"}, {"about": "ON"})),
    *((step, "edit", {"text": "W", "title": "W"}) for step in ("welcome", "situations", "decode")),
    *((step, "withdraw", {}) for step in ("welcome", "situations", "decode")),
    *(("decode", do, {"benefits": "W"}) for do in ("scribe", "complete", "confirm")),
    ("vote", "vote", {"dots": {"ON": 2}}),
    ("", "introduce", {"name": "<i>Ada</i>", "territory": "Diois"}),
]
CONSOLES: list[tuple[str, str, dict[str, Any]]] = [
    *(("", do, {"why": "a trial"}) for do in ("hide", "withhold", "restore")),
    *(("", "show", asked) for asked in ({"card": "ON"}, {"qr": 1}, {"page": 2}, {"unnamed": 1})),
    *(("decode", "choose", asked) for asked in ({}, {"whole": True})),
    *(("decode", "phase", {"phase": phase}) for phase in ("telling", "questions", "notes", "card", "done")),
    *(("decode", do, {"benefits": "W"}) for do in ("post", "complete", "confirm")),
    *((step, "reveal", {}) for step in ("vote", "evaluation")),
    ("talk", "slide", {"to": 2}),
    *(("", "add", {"kind": kind, "title": "Vote", "minutes": 5}) for kind in ("vote", "break", "decode")),
    *(("", "merge", {"variant": one, "name": other}) for one, other in (("Drôme", "Diois"), ("Diois", "Drôme"))),
    *(("", do, {"leaving": "ON"}) for do in ("next", "back", "finish")),
]
STEERED = st.tuples(
    st.sampled_from(STEPS), st.sampled_from(["open", "close", "skip", "move", "retime"]), st.just({"after": "vote", "minutes": 5})
)
JUNK = st.dictionaries(
    st.sampled_from(["text", "title", "dots", "phase", "after", "in", "settings", "card", "scales", "to"]), ANY, max_size=2
)
ACTS = st.lists(
    st.tuples(
        st.one_of(
            st.tuples(st.sampled_from(["Ada", "Bo"]), st.sampled_from(ROOM)),
            st.tuples(st.just("console"), st.sampled_from(CONSOLES)),
            st.tuples(st.sampled_from(["console", "Ada"]), STEERED),
        ),
        st.integers(0, 9),
        st.one_of(*[st.just({})] * 4, JUNK),
    ),
    min_size=10,
    max_size=60,
)


def played(acts: list[Any]) -> Room:
    """A day on which every step is open, and these acts were tried."""
    room = Room(KINDS, SHEET)
    for name in ("Ada", "Bo"):
        room.join(name, territory="Drôme")
    for step in STEPS:
        room.act(CONSOLE, "open", step, {"beside": True})
    for count, ((name, (activity, do, said)), place, junk) in enumerate(acts):
        ids = sorted(id for summary in room.state.summaries.values() for id in summary.contributions) or [""]
        on = ids[place % len(ids)]
        text = json.dumps(said | junk).replace('"W"', f'"zanzibar{count}"').replace("ON", on)
        who = CONSOLE if name == "console" else participant(name)
        room.act(who, do, activity, clean_all(json.loads(text)), "" if do in ("post", "vote") else on)
    return room


def words(room: Room, *status: str) -> dict[str, Any]:
    """The words of the contributions of these statuses, with each its contribution."""
    every = (one for summary in room.state.summaries.values() for one in summary.contributions.values())
    return {word: one for one in every if one.status in status for word in WORDS.findall(json.dumps(dict(one.content)))}


def looks(room: Room) -> dict[tuple[str, str], str]:
    """(who looks, in which language) → all they are shown."""
    places: list[tuple[Place, Caller]] = [("wall", WALL), ("cards", WALL), ("console", CONSOLE)]
    places += [(place, participant(name)) for name in ("Ada", "Bo") for place in ("now", "mine")]
    shown: dict[tuple[str, str], str] = {}
    for language, say in LANGUAGES.items():
        for place, who in places:
            key = (who.participant or who.audience, language)
            shown[key] = shown.get(key, "") + screens().region(room, place, Asked(who, language, all=True))
            shown[key] += json.dumps(screens().state(room, who))
        shown["document", language] = to_html(build(room.state, KINDS, say), say.say)
    return shown


@settings(max_examples=60)
@given(ACTS)
def test_any_day_is_drawn_kept_and_tells_nothing_that_was_taken_back(acts: list[Any]) -> None:
    room = played(acts)
    again = [Entry(**json.loads(json.dumps(asdict(entry), default=dict))) for entry in room.journal]
    assert serialise(fold(SessionState(), again, KINDS)) == serialise(room.state)
    kept, gone, hidden = words(room, "shown", "hidden"), words(room, "withheld", "withdrawn"), words(room, "hidden")
    for (who, language), shown in looks(room).items():
        found = set(WORDS.findall(shown))
        assert not found & (gone.keys() - kept.keys()), (who, language)
        if who not in ("console", "document"):
            # An evaluation's answer is its voter's, whom nothing here can tell.
            others = {word for word, one in hidden.items() if (one.by or one.owner) and not room.viewer(_caller(who), "").wrote(one)}
            assert not found & (others - words(room, "shown").keys()), (who, language)


def _caller(who: str) -> Caller:
    return participant(who.removeprefix("id-")) if who.startswith("id-") else WALL
