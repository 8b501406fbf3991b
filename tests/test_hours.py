"""The hours of a day at one instant, whatever its sheet gives of them."""

from activities.room import LANGUAGES
from core.day import SHEET, Day

from facilitate.hours import Day as Hours

BARE = "---\ntitle: Une journée\n---\n## Programme\n" + "".join(
    f"### {title}\n- type : pause\n- durée : {minutes} min\n" for title, minutes in (("Café", 10), ("Air", 20))
)


def hours(day: Day, now: str) -> Hours:
    return Hours(day.state, f"2021-09-24T{now}:00.000Z", LANGUAGES["fr"])


def test_a_sheet_without_hours_plans_from_the_first_opening() -> None:
    day = Day(BARE)
    assert (hours(day, "08:00").planned, hours(day, "08:00").estimates) == ({}, {})
    day.open("cafe")
    assert hours(day, "08:00").planned == {"cafe": (600, 610), "air": (610, 630)}
    assert hours(day, "08:15").late() == 5


def test_a_trial_that_begins_with_an_improvised_step_plans_from_the_sheet_s_first() -> None:
    day = Day(SHEET.replace("date: 2021-09-24", "date: 2021-10-01"))
    day.do("add", content={"kind": "break", "title": "Air", "minutes": 5, "after": ""})
    day.open("air")
    day.minute = 10
    day.open("accueil")
    assert hours(day, "08:10").planned["accueil"] == (610, 640)


def test_a_step_that_runs_past_midnight_is_on_time_while_it_is() -> None:
    night = "---\ntitle: Une nuit\ndate: 2021-09-24\ntimezone: Pacific/Kiritimati\n---\n## Programme\n"
    day = Day(night + "### 22:00 – Veillée\n- type : pause\n- durée : 180 min\n### Aube\n- type : pause\n- durée : 20 min\n").open(
        "veillee"
    )
    assert (hours(day, "09:30").late(), hours(day, "11:30").late()) == (0, 30)
    assert hours(day, "09:30").estimates == {"aube": 60}
