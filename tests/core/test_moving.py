"""Hours follow lengths and order; what is fixed stays; what nobody touched keeps its hour, pauses and all."""

from dataclasses import replace
from pathlib import Path

import pytest

from facilitate.app import find_kinds
from facilitate.core.moving import followed
from facilitate.core.writing import Form, Row, read_form, rewrite

KINDS = find_kinds()
LIBRARY = sorted((Path(__file__).parents[2] / "sessions_library").glob("*.md"))
SHEET = """---
titre: A
horaires: 9 h – 12 h
---
## Programme
### 9 h 10 – A
- type : pause
- durée : 20 min
### 9 h 30 – B
- type : pause
- durée : 30 min
### 10 h 15 – C
- type : pause
- durée : 15 min
### 11 h – Repas
- type : pause
- fixe : oui
- durée : 30 min
### 11 h 30 – D
- type : pause
"""


def heads(form: Form, text: str = SHEET) -> list[str]:
    written = rewrite(text, KINDS, followed(text, KINDS, form))
    return [line.removeprefix("### ") for line in written.splitlines() if line.startswith("### ")]


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_no_hour_of_the_library_moves_by_itself(path):
    text = path.read_text("utf-8")
    assert rewrite(text, KINDS, followed(text, KINDS, read_form(text, KINDS))) == text


def test_a_longer_step_moves_those_beneath_it_up_to_a_fixed_one():
    form = read_form(SHEET, KINDS)
    longer = replace(form.rows[0], values=form.rows[0].values | {"duration": "30 min"})
    rows = (longer, *form.rows[1:])
    assert heads(Form(form.facts, rows)) == ["9 h 10 – A", "9 h 40 – B", "10 h 25 – C", "11 h – Repas", "11 h 30 – D"]


def test_steps_in_another_order_begin_one_after_the_other():
    form = read_form(SHEET, KINDS)
    a, b, c, *rest = form.rows
    assert heads(Form(form.facts, (b, a, c, *rest))) == ["9 h – B", "9 h 30 – A", "9 h 50 – C", "11 h – Repas", "11 h 30 – D"]


def test_a_day_without_hours_of_its_own_still_begins_when_it_began():
    plain = SHEET.replace("horaires: 9 h – 12 h\n", "")
    form = read_form(plain, KINDS)
    a, b, *rest = form.rows
    assert heads(Form(form.facts, (b, a, *rest)), plain)[:2] == ["9 h 10 – B", "9 h 40 – A"]


def test_a_day_that_begins_earlier_begins_with_its_first_step():
    form = read_form(SHEET, KINDS)
    assert heads(Form({"time": "8 h – 12 h"}, form.rows))[:3] == ["8 h 10 – A", "8 h 30 – B", "9 h 15 – C"]


def test_a_new_step_gets_an_hour_where_the_others_have_one():
    form = read_form(SHEET, KINDS)
    new = Row("new", None, "Jeu", "", {"kind": "break", "duration": "5 min"})
    assert heads(Form(form.facts, (form.rows[0], new, *form.rows[1:])))[:3] == ["9 h 10 – A", "9 h 30 – Jeu", "9 h 35 – B"]
    plain = SHEET.replace("9 h 30 – ", "").replace("10 h 15 – ", "").replace("11 h 30 – ", "")
    form = read_form(plain, KINDS)
    assert heads(Form(form.facts, (form.rows[0], new, *form.rows[1:])), plain)[:3] == ["9 h 10 – A", "Jeu", "B"]


def test_what_takes_the_time_that_is_left_keeps_its_length():
    form = read_form(SHEET, KINDS)
    *first, last = form.rows
    assert heads(Form(form.facts, (last, *first)))[:2] == ["9 h – D", "9 h 30 – A"]
