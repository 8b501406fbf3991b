"""Workshops side by side: each has its own now and its own order; the plenary opens and closes them all."""

from core.day import KINDS, Day

from facilitate.core.activity import Viewer
from facilitate.core.agenda import planned
from facilitate.core.entry import Actor, Entry, Refused
from facilitate.core.rules import decide
from facilitate.core.sheet import read_sheet

SHEET = """---
title: Une journée
date: 2021-09-24
time: 9:30-17:00
---
## Programme

### 9:30 – Accueil
- type : accueil
- durée : 30 min

### 10:00 – Ateliers
- type : ateliers
- durée : 1 h 30
- ateliers :
  - Produire (salle Rhône)
  - Manger
- mise en commun : 20 min

### 40 min – Ce qui se fait
- type : situations
- atelier : Produire

### Ce qui manque
- type : situations
- atelier : produire

### Nos assiettes
- type : situations
- atelier : manger

### 11:30 – Pause
- type : pause
- durée : 15 min
"""


def a_day() -> Day:
    return Day(SHEET).join("ada", "bo").open("accueil").open("ateliers")


def enter(day: Day, who: str, track: str) -> None:
    assert not isinstance(day.do("enter", "ateliers", {"track": track}, who=who), Refused)


def driver(day: Day, own: str, do: str, activity: str = "", on: str = "", **content: object) -> object:
    answer = decide(
        day.state, day.act(do, activity, content, on), Actor("console", member="m", track=own), "2021-09-24T09:00:00.000Z", KINDS
    )
    if isinstance(answer, tuple):
        for entry in answer:
            assert isinstance(entry, Entry)
        day.entries.extend(answer)
        day.state = day.again()
    return answer


def test_a_sheet_puts_steps_into_the_workshops_above_them() -> None:
    agenda, problems = read_sheet(SHEET, KINDS)
    assert agenda is not None, problems
    assert problems == ()
    found = {one.id: (one.within, one.track, one.minutes) for one in agenda.activities}
    assert found["ce-qui-se-fait"] == ("ateliers", "produire", 40)
    assert found["ce-qui-manque"] == ("ateliers", "produire", 30), "what the other and the report leave"
    assert found["nos-assiettes"] == ("ateliers", "manger", 70)
    assert found["pause"] == ("", "", 15)
    hours = planned(agenda.start, agenda.activities)
    assert hours["ce-qui-manque"] == (640, 670)
    assert hours["nos-assiettes"] == (600, 670)
    assert hours["pause"] == (690, 705)


def test_a_workshop_that_is_not_listed_above_is_an_error_with_its_line() -> None:
    wrong = SHEET.replace("- atelier : manger", "- atelier : mangr").replace(
        "### 9:30 – Accueil\n", "### 9:30 – Accueil\n- atelier : Produire\n"
    )
    agenda, problems = read_sheet(wrong, KINDS)
    assert agenda is None
    assert [(one.line, one.values.get("guess", one.values.get("kind"))) for one in problems] == [(8, "ateliers"), (29, "Manger")]


def test_each_workshop_has_its_own_now_and_the_plenary_keeps_its_own() -> None:
    day = a_day()
    day.do("next", content={"leaving": "", "track": "produire"})
    day.do("next", content={"leaving": "", "track": "manger"})
    day.do("next", content={"leaving": "ce-qui-se-fait", "track": "produire"})
    assert (day.state.now, day.state.on("produire"), day.state.on("manger")) == ("ateliers", "ce-qui-manque", "nos-assiettes")
    assert day.do("next", content={"leaving": "ce-qui-se-fait", "track": "produire"}) == (), "pressed twice, it advances once"
    assert day.state.steps["ce-qui-se-fait"].status == "closed"
    assert day.again() == day.state


def test_a_phone_follows_the_workshop_of_its_person_and_comes_back_with_everyone() -> None:
    day = a_day()
    enter(day, "ada", "produire")
    assert day.state.track_of("ada") == "", "nothing is on there yet"
    day.do("next", content={"leaving": "", "track": "produire"})
    assert (day.state.track_of("ada"), day.state.track_of("bo")) == ("produire", "")
    assert not isinstance(day.do("post", "ce-qui-se-fait", {"title": "Un marché"}, who="ada"), Refused)
    day.do("close", "ateliers")
    assert day.state.track_of("ada") == ""
    assert day.state.steps["ce-qui-se-fait"].status == "closed"
    assert day.state.on("produire") == ""
    late = day.do("post", "ce-qui-se-fait", {"title": "Trop tard"}, who="bo")
    assert isinstance(late, Refused)
    assert late.code == "closed"


def test_nobody_without_a_phone_is_awaited_in_a_workshop() -> None:
    day = a_day()
    day.do("welcome", content={"name": "Habitante 4"})
    enter(day, "ada", "produire")
    step = day.state.steps["ateliers"]
    kind, sources = KINDS["tracks"], day.state.sources(step, KINDS)
    view = kind.view(step.activity.settings, day.state.summaries["ateliers"], Viewer("wall"), sources)
    assert (view["nowhere"], [one["people"] for one in view["tracks"]]) == (1, [1, 0])


def test_next_in_plenary_goes_past_the_steps_of_the_workshops() -> None:
    day = a_day()
    day.do("next", content={"leaving": "", "track": "manger"})
    day.do("next", content={"leaving": "ateliers"})
    assert (day.state.now, day.state.steps["nos-assiettes"].status) == ("pause", "closed")


def test_no_workshop_begins_before_the_plenary_opens_them() -> None:
    day = Day(SHEET).open("accueil")
    for answer in (day.do("next", content={"leaving": "", "track": "manger"}), day.do("open", "nos-assiettes")):
        assert isinstance(answer, Refused)
        assert answer.code == "not-begun"


def test_whoever_drives_one_workshop_drives_no_other_nor_the_day() -> None:
    day = a_day()
    assert isinstance(driver(day, "produire", "next", leaving=""), tuple)
    assert day.state.on("produire") == "ce-qui-se-fait"
    refused = [
        driver(day, "produire", "open", "nos-assiettes"),
        driver(day, "produire", "next", leaving="", track="manger"),
        driver(day, "produire", "close", "ateliers"),
        driver(day, "produire", "finish"),
        driver(day, "produire", "invite", name="X", role="scribe"),
        driver(day, "produire", "turn", "ateliers", track="produire"),
    ]
    assert [one.code for one in refused if isinstance(one, Refused)] == ["not-allowed"] * len(refused)
    assert isinstance(driver(day, "produire", "post", "ateliers", track="manger", text="Nous"), tuple)
    assert [one.content["track"] for one in day.state.summaries["ateliers"].contributions.values()] == ["produire"], "for their own"


def test_whoever_drives_one_workshop_enters_for_others_there_alone() -> None:
    day = a_day()
    for track in ("produire", "manger"):
        day.do("next", content={"leaving": "", "track": track})

    def entered(step: str) -> object:
        act = day.act("post", step, {"title": "Un marché"}, behalf="ada")
        return decide(day.state, act, Actor("console", member="m", track="produire"), "2021-09-24T09:00:00.000Z", KINDS)

    assert isinstance(entered("ce-qui-se-fait"), tuple)
    for step in ("nos-assiettes", "accueil"):
        refused = entered(step)
        assert isinstance(refused, Refused)
        assert refused.code == "not-allowed"


def test_a_photo_stands_in_the_workshop_of_whoever_takes_it() -> None:
    day = a_day()
    day.do("next", content={"leaving": "", "track": "produire"})
    assert isinstance(driver(day, "produire", "photo", media="0" * 32, description="Le tableau"), tuple)
    assert [one.activity for one in day.state.photos.values()] == ["ce-qui-se-fait"]


def test_a_step_improvised_in_a_workshop_stays_in_it() -> None:
    day = a_day()
    day.do("next", content={"leaving": "", "track": "manger"})
    added = day.do("add", content={"kind": "situations", "question": "Et le midi ?", "minutes": 10, "track": "manger"})
    assert not isinstance(added, Refused)
    assert (day.state.steps["et-le-midi"].activity.track, day.state.steps["et-le-midi"].activity.within) == ("manger", "ateliers")
    day.do("next", content={"leaving": "nos-assiettes", "track": "manger"})
    assert day.state.on("manger") == "et-le-midi"


def test_moving_the_workshops_moves_their_steps_with_them() -> None:
    day = Day(SHEET)
    day.do("move", "ateliers", {"after": "pause"})
    assert day.state.order == ("accueil", "pause", "ateliers", "ce-qui-se-fait", "ce-qui-manque", "nos-assiettes")
    day.do("move", "pause", {"after": "ateliers"})
    assert day.state.order[-1] == "pause"
    wrong = day.do("move", "nos-assiettes", {"after": "accueil"})
    assert isinstance(wrong, Refused)
    assert wrong.code == "elsewhere"


def test_two_people_who_reorder_at_once_the_second_is_told() -> None:
    day = Day(SHEET)
    seen = day.state.seq
    day.do("move", "pause", {"after": "accueil"}, base=seen)
    order = day.state.order
    answer = day.do("move", "pause", {"after": "ateliers"}, base=seen)
    assert isinstance(answer, Refused)
    assert answer.code == "stale"
    assert day.state.order == order
    assert not isinstance(day.do("move", "pause", {"after": "ateliers"}, base=day.state.seq), Refused)


def test_a_step_played_again_counts_its_minutes_anew() -> None:
    day = Day(SHEET).open("accueil")
    first = day.state.steps["accueil"]
    day.minute = 40
    day.do("close", "accueil")
    day.open("accueil")
    step = day.state.steps["accueil"]
    assert (step.opened, step.again) == (first.opened, "2021-09-24T08:40:00.000Z")


def test_a_step_left_out_while_phones_write_in_it_still_takes_what_they_wrote() -> None:
    day = Day(SHEET).join("ada").open("ateliers")
    enter(day, "ada", "manger")
    day.do("next", content={"leaving": "", "track": "manger"})
    seen = day.state.seq
    day.do("skip", "nos-assiettes")
    assert day.state.steps["nos-assiettes"].status == "closed"
    day.do("close", "ateliers")
    assert not isinstance(day.do("post", "nos-assiettes", {"title": "La cantine"}, who="ada", seen=seen), Refused)
    (card,) = day.state.summaries["nos-assiettes"].contributions.values()
    assert (card.content["title"], card.late) == ("La cantine", True)
    revised = SHEET.replace("### Nos assiettes\n- type : situations\n- atelier : manger\n\n", "")
    answer = day.do("sheet", content={"text": revised}, who="system")
    assert isinstance(answer, Refused)
    assert (answer.code, answer.values["title"]) == ("sheet-removes", "Nos assiettes"), "it is told, and nothing is lost"


TWICE = (
    SHEET
    + """
### 11:45 – Encore
- type : ateliers
- durée : 1 h
- ateliers : Produire; Cuire

### Demain
- type : situations
- atelier : Produire
- durée : 20 min

### Après-demain
- type : situations
- atelier : Produire
- durée : 40 min
"""
)


def test_workshops_of_the_same_name_twice_in_a_day_are_two() -> None:
    day = Day(TWICE).join("ada").open("ateliers")
    enter(day, "ada", "produire")
    day.do("next", content={"leaving": "", "track": "produire"})
    day.do("show", content={"black": 1, "track": "produire"})
    day.open("encore")
    assert day.state.steps["ce-qui-se-fait"].status == "closed"
    assert day.state.wall("produire") == {}, "its wall is not black because another was"
    day.do("next", content={"leaving": "", "track": "produire"})
    assert day.state.on("produire") == "demain"
    # The first is opened again beside, to be told more of: the second goes on.
    day.do("open", "ateliers", {"beside": 1})
    assert day.state.within("produire") == "encore"
    day.do("close", "ateliers")
    assert (day.state.on("produire"), day.state.steps["demain"].status) == ("demain", "open")
    day.do("next", content={"leaving": "demain", "track": "produire"})
    assert day.state.on("produire") == "apres-demain"
    assert day.again() == day.state


def test_who_goes_to_another_workshop_later_still_reports_for_the_first() -> None:
    day = Day(TWICE).join("ada").open("ateliers")
    enter(day, "ada", "manger")
    day.open("encore")
    day.do("enter", "encore", {"track": "cuire"}, who="ada")
    assert not isinstance(day.do("post", "ateliers", {"track": "manger", "text": "Des cantines"}, who="ada"), Refused)
    assert [one.content["track"] for one in day.state.summaries["ateliers"].contributions.values()] == ["manger"]


def test_a_workshop_that_has_begun_keeps_its_name_when_the_sheet_is_revised() -> None:
    day = a_day()
    enter(day, "ada", "produire")
    day.do("post", "ateliers", {"text": "Un marché"}, who="ada")
    renamed = SHEET.replace("Produire (salle Rhône)", "Cultiver").replace("atelier : Produire", "atelier : Cultiver")
    answer = day.do("sheet", content={"text": renamed.replace("atelier : produire", "atelier : Cultiver")}, who="system")
    assert isinstance(answer, Refused)
    assert (answer.code, answer.values["name"]) == ("sheet-removes", "Produire")
    moved = SHEET.replace("(salle Rhône)", "(salle Loire)").replace("  - Manger\n", "  - Manger\n  - Cuire\n")
    assert not isinstance(day.do("sheet", content={"text": moved}, who="system"), Refused)
    assert [(one.id, one.room) for one in day.state.tracks.values()] == [("produire", "salle Loire"), ("manger", ""), ("cuire", "")]


def test_what_is_on_in_a_workshop_goes_to_no_other_by_a_revised_sheet() -> None:
    day = a_day()
    day.do("next", content={"leaving": "", "track": "produire"})
    moved = SHEET.replace("- atelier : Produire\n", "- atelier : Manger\n").replace(
        "- atelier : manger\n", "- atelier : manger\n- durée : 50 min\n"
    )
    answer = day.do("sheet", content={"text": moved}, who="system")
    assert isinstance(answer, Refused)
    assert (answer.code, answer.values["title"]) == ("sheet-removes", "Ce qui se fait")
    day.do("close", "ce-qui-se-fait")
    assert not isinstance(day.do("sheet", content={"text": moved}, who="system"), Refused)


def test_the_order_keeps_workshops_behind_the_step_that_holds_them() -> None:
    day = a_day()
    day.do("move", "ce-qui-manque", {"after": ""})
    assert day.state.order.index("ce-qui-manque") == day.state.order.index("ateliers") + 1, "first of its own workshop"
    for answer in (
        day.do("add", content={"kind": "break", "title": "Un café", "minutes": 5, "after": "nos-assiettes"}),
        day.do("add", content={"kind": "break", "title": "Un café", "minutes": 5, "after": "pause", "track": "manger"}),
    ):
        assert isinstance(answer, Refused)
        assert answer.code == "elsewhere"
