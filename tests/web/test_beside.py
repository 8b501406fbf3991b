"""Steps open beside what is on, as pages show them: the phone's links, the console, the wall, forms without script."""

from uuid import uuid4

import pytest
from core.test_stays import SHEET
from web.http import Client, console, joined


@pytest.fixture(scope="module")
def day(lasting_server):
    started = lasting_server(SHEET)
    drive = console(started)
    drive.act("next", content={"leaving": ""})
    drive.act("next", content={"leaving": "parking-lot"})
    return started


def phone(day) -> Client:
    entered = Client(day).form(f"/j/{day.code}", {"name": "Élue 3"})
    return Client(day, cookies=entered.cookies)


def staff(day) -> Client:
    given = Client(day).get(f"/c/{day.code}?key={day.keys['console']}")
    return Client(day, cookies=given.cookies)


def test_a_phone_reaches_it_by_a_link_and_comes_back_to_what_is_on(day):
    mine = phone(day)
    assert f'href="/s/{day.code}?step=parking-lot"' in mine.get(f"/s/{day.code}").text
    shown = mine.get(f"/s/{day.code}?step=parking-lot", Accept_Language="en").text
    assert 'name="content.title"' in shown
    assert 'data-query="step=parking-lot"' in shown
    assert "Back to “Talk”" in shown


def test_a_form_without_script_comes_back_to_it(day):
    mine = phone(day)
    fields = {"id": str(uuid4()), "do": "post", "activity": "parking-lot", "content.title": "Who pays for the bus?"}
    answer = mine.form(f"/s/{day.code}/act?as=participant&step=parking-lot", fields)
    assert (answer.status, answer.headers["Location"]) == (303, f"/s/{day.code}?step=parking-lot")


def test_no_phone_reads_a_step_that_has_not_been_opened(day):
    shown = phone(day).get(f"/s/{day.code}?step=end").text
    assert 'data-step="talk"' in shown
    assert "step=end" not in shown


def test_the_console_shows_its_cards_while_something_else_is_on(day):
    joined_client = joined(day, name="Élue 3")
    joined_client.act("post", "parking-lot", {"title": "Who pays for the bus?"})
    shown = staff(day).get(f"/c/{day.code}?step=parking-lot").text
    assert "Who pays for the bus?" in shown
    assert "Who pays for the bus?" not in staff(day).get(f"/c/{day.code}").text
    assert f'href="/c/{day.code}?step=parking-lot"' in staff(day).get(f"/c/{day.code}").text


def test_the_wall_shows_it_when_asked(day):
    joined(day, name="Élue 3").act("post", "parking-lot", {"title": "Who pays for the bus?"})
    wall = Client(day, cookies=Client(day).get(f"/w/{day.code}?key={day.keys['wall']}").cookies)
    assert "Who pays for the bus?" not in wall.get(f"/w/{day.code}").text
    console(day).act("show", content={"step": "parking-lot"})
    assert "Who pays for the bus?" in wall.get(f"/w/{day.code}").text


def test_a_program_may_ask_for_the_view_of_one_step(day):
    asked = console(day).get(f"/s/{day.code}/state?step=talk", Accept="application/json").json
    assert list(asked["views"]) == ["talk"]
    assert asked["open"] == ["parking-lot", "talk"]
    assert "end" not in console(day).get(f"/s/{day.code}/state?step=end", Accept="application/json").json["views"]
