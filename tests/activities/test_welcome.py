"""Welcome: who is here as counts, what each may add of themselves, and a first question."""

import re

from activities.room import CONSOLE, KINDS, LANGUAGES, ROOT, STEP, WALL, Room, drawn, participant, sections

from facilitate.activities.welcome import tally
from facilitate.core.entry import Refused
from facilitate.core.tree import Card, Paragraph
from facilitate.render import Asked, Entrance, Screens

ADA = participant("Ada")


def a_room(*settings: str) -> Room:
    head = [
        "---",
        "title: A day",
        "language: en",
        "time: 9:00 - 17:00",
        "structure types: Town, Association",
        "---",
        "## Programme",
        "### The step",
    ]
    room = Room(KINDS, "\n".join([*head, "- kind: welcome", "- duration: 10 min", *settings]))
    room.do(CONSOLE, "open", STEP)
    return room


def test_a_tally_counts_each_name_the_most_frequent_first_and_those_who_said_nothing() -> None:
    assert tally(["Forez", "Drôme", "", "Drôme", "ardèche", ""]) == {
        "rows": [{"name": "Drôme", "count": 2}, {"name": "ardèche", "count": 1}, {"name": "Forez", "count": 1}],
        "others": 0,
        "names": 3,
        "silent": 2,
    }


def test_a_tally_holds_twelve_names_and_counts_the_others() -> None:
    counted = tally(f"Valley {number:02d}" for number in range(20))
    assert len(counted["rows"]) == 12
    assert counted["others"] == 8
    assert counted["names"] == 20


def test_nobody_here_yet_is_said() -> None:
    assert "Nobody has joined yet" in drawn(a_room(), WALL)


def test_the_wall_shows_one_dot_a_person_and_counts_types_and_roles() -> None:
    room = a_room()
    for number, territory in enumerate(("Forez", "Forez", "Diois")):
        room.join(f"Person {number}", territory=territory, type="Town", role="Mayor")
    html = drawn(room, WALL)
    assert html.count("●") == 3
    assert re.search(r">3</b> people are here, from <b class=\"number\">2</b> territories", html)
    assert re.search(r"Town <b class=\"number\">3</b>", html)
    assert re.search(r"Mayor <b class=\"number\">3</b>", html)
    assert "Person 0" not in html


def test_many_people_of_one_territory_are_a_bar_and_many_territories_a_number() -> None:
    room = a_room()
    for number in range(30):
        room.join(f"Person {number}", territory="Forez" if number < 10 else f"Valley {number}")
    html = drawn(room, WALL)
    assert "●" not in html
    assert '<rect width="100.0%"' in html
    assert "and 9 other territories" in html


def test_the_wifi_comes_before_the_day_where_there_is_one() -> None:
    entrance = Entrance("http://192.168.8.2:8000", {"name": "Journee", "password": "tilleul"})
    screens = Screens(KINDS, LANGUAGES, ROOT / "templates", entrance, lambda name: name, lambda: "2021-09-24T10:00:00.000Z")
    html = screens.region(a_room(), "wall", Asked(WALL, "en"))
    assert html.index("Journee") < html.index("RVT 482")
    assert "Journee" not in drawn(a_room(), WALL)


def test_only_what_this_person_said_is_filled_in() -> None:
    room = a_room()
    room.join("Ada", territory="Forez")
    html = drawn(room, ADA)
    filled = dict(re.findall(r'name="content\.(\w+)" value="([^"]*)"(?! checked)', html))
    assert {key: filled[key] for key in ("name", "role", "structure", "type", "territory")} == {
        "name": "Ada",
        "role": "",
        "structure": "",
        "type": "",
        "territory": "Forez",
    }
    assert re.search(r'name="content\.named" value="false" checked', html), "to be named is chosen, never assumed"


def test_what_one_adds_of_oneself_goes_to_the_day_and_not_to_the_step() -> None:
    room = a_room()
    room.join("Ada")
    form = drawn(room, ADA).split('id="me"')[1].split("</form>")[0]
    assert 'name="do" value="introduce"' in form
    assert 'name="activity" value=""' in form
    room.do(ADA, "introduce", role="Mayor", name="Ada", structure="", type="Town", territory="Diois", named="true")
    html = drawn(room, ADA)
    assert 'value="Mayor"' in html
    assert re.search(r'name="content\.named" value="true" checked', html)
    assert room.view(WALL, STEP)["territories"]["rows"] == [{"name": "Diois", "count": 1}]


def test_the_question_is_the_sheets_and_its_answers_are_signed() -> None:
    room = a_room("- question: What brings you?")
    room.join("Ada", territory="Forez")
    html = drawn(room, ADA)
    assert html.index("What brings you?") < html.index("Your answer will be signed: Ada, Forez.") < html.index("<textarea")
    room.do(ADA, "post", STEP, text="Two names to call.")
    assert "Two names to call." in drawn(room, ADA)
    assert "Two names to call." in drawn(room, CONSOLE)
    assert sections(room) == (Paragraph("What brings you?", "lede"), Card("Two names to call.", by="Forez, Ada", number=room.state.seq))


def test_where_nothing_is_asked_the_form_about_oneself_is_open_and_posts_are_refused() -> None:
    room = a_room("- ask: no")
    room.join("Ada")
    html = drawn(room, ADA)
    assert '<details class="more" open' in html
    assert 'value="post"' not in html
    answer = room.act(ADA, "post", STEP, {"text": "Hello"})
    assert isinstance(answer, Refused)
    assert answer.code == "nothing-asked"
    assert sections(room) == ()


def test_the_default_question_is_asked_in_the_readers_language() -> None:
    room = a_room()
    room.join("Ada")
    assert "What do you expect of this day?" in drawn(room, ADA)
    assert "Qu’attendez-vous de cette journée\u202f?" in drawn(room, ADA, "fr")
