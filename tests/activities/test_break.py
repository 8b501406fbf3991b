"""The break: until when, what is there, what comes next; no one does anything in it."""

import re

from activities.room import CONSOLE, KINDS, LANGUAGES, ROOT, WALL, Room, participant, sections

from facilitate.core.entry import Refused
from facilitate.render import Asked, Entrance, Screens

SHEET = """---
title: Une journée
horaires: 11h - 12h
fuseau: Europe/Paris
langue: fr
---
## Programme
### 11:00 – The step
- type: pause
- durée: 15 min
- quoi: Café dans le hall
### Décoder
- type: situations
- durée: 45 min
"""


def a_break() -> Room:
    room = Room(KINDS, SHEET)
    room.join("Ada")
    room.do(CONSOLE, "open", "the-step")
    return room


def drawn(room: Room, place: str, now: str) -> str:
    screens = Screens(KINDS, LANGUAGES, ROOT / "templates", Entrance("http://192.168.8.2"), lambda name: name, lambda: now)
    return screens.region(room, "now" if place == "now" else "wall", Asked(participant("Ada") if place == "now" else WALL, "fr"))


def walker(html: str) -> float:
    found = re.search(r'<circle cx="([\d.]+)"', html)
    assert found
    return float(found[1])


def test_phone_and_wall_say_what_there_is_when_the_day_goes_on_and_with_what() -> None:
    room = a_break()
    assert room.step("the-step").opened == "2021-09-24T08:03:00.000Z"
    for place in ("now", "wall"):
        html = drawn(room, place, "2021-09-24T08:06:00.000Z")
        assert "Café dans le hall" in html
        assert "On reprend à 10\u00a0h\u00a018" in html
        assert "Décoder" in html


def test_the_minutes_left_and_the_walker_are_right_without_any_script() -> None:
    room = a_break()
    began, middle, late = (drawn(room, "now", f"2021-09-24T08:{minute}.000Z") for minute in ("03:00", "10:30", "40:00"))
    assert "dans 15 minutes" in began
    assert "dans 8 minutes" in middle
    assert "dans 0 minute" in late
    assert walker(began) == 0
    assert walker(middle) == 800
    assert walker(late) == 1600


def test_a_break_over_midnight_still_counts() -> None:
    room = Room(KINDS, SHEET)
    room.join("Ada")
    room.minute = 15 * 60 + 54
    room.do(CONSOLE, "open", "the-step")
    assert room.step("the-step").opened == "2021-09-24T23:55:00.000Z"
    assert "dans 5 minutes" in drawn(room, "now", "2021-09-25T00:05:00.000Z")


def test_a_longer_break_moves_its_hour() -> None:
    room = a_break()
    room.do(CONSOLE, "retime", "the-step", minutes=20)
    assert "On reprend à 10\u00a0h\u00a023" in drawn(room, "wall", "2021-09-24T08:06:00.000Z")


def test_nothing_can_be_sent_and_the_restitution_has_nothing_to_tell() -> None:
    room = a_break()
    answer = room.act(participant("Ada"), "post", "the-step", {"text": "Hello"})
    assert isinstance(answer, Refused)
    assert answer.code == "unknown-verb"
    assert sections(room) == ()
