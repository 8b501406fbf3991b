"""Steps that stay open beside the others: what opens, what closes, what a wall may show of them."""

from core.day import Day

from facilitate.core.entry import Refused

SHEET = """---
title: Two hours
language: en
---
## Programme

### 10:00 – Parking lot
- kind: situations
- stays: yes

### 10:10 – Talk
- kind: welcome

### 10:20 – Groups
- kind: tracks
- duration: 30 min
- tracks: North; South

#### Nothing yet

### 11:00 – End
- kind: break
- duration: 5 min
"""


def begun() -> Day:
    day = Day(SHEET.replace("#### Nothing yet\n\n", ""))
    day.do("next", content={"leaving": ""})
    day.do("next", content={"leaving": "parking-lot"})
    return day


def test_a_step_that_stays_is_open_beside_the_next_until_it_is_closed_by_hand():
    day = begun()
    assert day.state.now == "talk"
    assert [one.activity.id for one in day.state.beside()] == ["parking-lot"]
    day.do("next", content={"leaving": "talk"})
    assert day.state.steps["talk"].status == "closed"
    assert [one.activity.id for one in day.state.beside("north")] == ["parking-lot"]
    day.do("close", "parking-lot")
    assert day.state.beside() == ()


def test_the_end_of_the_day_closes_it():
    day = begun()
    day.do("finish")
    assert day.state.steps["parking-lot"].status == "closed"


def test_what_is_on_does_not_stand_beside_itself():
    day = Day(SHEET.replace("#### Nothing yet\n\n", ""))
    day.do("next", content={"leaving": ""})
    assert day.state.beside() == ()


def test_the_wall_shows_it_while_it_is_open_and_keeps_it_as_pages_are_turned():
    day = begun()
    assert isinstance(refused := day.do("show", content={"step": "talk"}), Refused)
    assert refused.code == "not-open"
    day.do("show", content={"step": "parking-lot"})
    day.do("show", content={"page": 2})
    assert dict(day.state.wall()) == {"step": "parking-lot", "page": 2}
    day.do("show")
    assert dict(day.state.wall()) == {}
    day.do("show", content={"step": "parking-lot"})
    day.do("next", content={"leaving": "talk"})
    assert dict(day.state.wall()) == {}
