"""What a journal adds up to."""

from dataclasses import replace

from core.day import KINDS, SHEET, Day

from facilitate.core.entry import Entry
from facilitate.core.state import apply, plain, serialise


def a_day() -> Day:
    day = Day().join("anna", "bob").open("accueil").open("situations")
    card = day.do("post", "situations", {"title": "Une carte"}, who="anna")[0].id
    day.do("post", "situations", {"title": "Une autre", "signed": False}, who="bob")
    day.do("hide", on=card, content={"why": "essai"})
    day.open("choisir")
    day.do("vote", "choisir", {"dots": {}}, who="bob")
    return day


def test_a_restart_gives_the_same_state_to_the_byte():
    day = a_day()
    assert serialise(day.again()) == serialise(day.state)


def test_a_state_is_never_changed_in_place():
    day = a_day()
    before, text = day.state, serialise(day.state)
    day.do("post", "situations", {"title": "Encore"}, who="anna", seen=before.steps["situations"].opened_seq)
    assert serialise(before) == text
    assert serialise(day.state) != text


def test_an_entry_of_an_unknown_kind_is_kept_aside():
    day = a_day()
    stranger = Entry(day.state.seq + 1, "x", "", "console", "dance", "nulle-part", content={"tango": 1})
    state = apply(day.state, stranger, KINDS)
    assert state.unknown == (stranger,)
    without = {name: kind for name, kind in KINDS.items() if name != "vote"}
    folded = Day().state
    for entry in day.entries[1:]:
        folded = apply(folded, entry, without)
    assert [entry.do for entry in folded.unknown] == ["vote"]


def test_the_hours_of_a_session_never_go_back():
    day = Day()
    day.minute = 30
    day.open("accueil")
    day.minute = 10
    day.open("situations")
    assert [entry.at for entry in day.entries] == sorted(entry.at for entry in day.entries)


def test_opening_a_step_closes_the_one_that_was_on_unless_it_stays_beside():
    day = Day().open("accueil")
    day.do("open", "situations", {"beside": True})
    assert (day.state.now, day.state.steps["situations"].status) == ("accueil", "open")
    day.open("choisir")
    assert [day.state.steps[id].status for id in ("accueil", "situations", "choisir")] == ["closed", "open", "open"]


def test_variants_of_a_territory_count_as_one_for_those_here_and_those_to_come():
    day = Day()
    day.do("join", content={"territory": "drome"}, who="anna")
    day.do("merge", content={"variant": "drome", "name": "Drôme"})
    day.do("join", content={"territory": "drome"}, who="bob")
    assert {one.territory for one in day.state.people.values()} == {"Drôme"}


def test_a_name_kept_may_be_merged_again_or_taken_back():
    day = Day()
    for variant, name in (("drome", "Dromme"), ("Dromme", "Drôme")):
        day.do("merge", content={"variant": variant, "name": name})
    day.do("join", content={"territory": "drome"}, who="anna")
    assert day.state.people["anna"].territory == "Drôme"
    day.do("merge", content={"variant": "Drôme", "name": "drome"})
    day.do("join", content={"territory": "drome"}, who="bob")
    assert {one.territory for one in day.state.people.values()} == {"drome"}


def test_finishing_closes_what_was_open_beside_too():
    day = Day().open("accueil")
    day.do("open", "situations", {"beside": True})
    day.do("finish")
    assert [day.state.steps[id].status for id in ("accueil", "situations")] == ["closed", "closed"]


def test_a_revised_sheet_keeps_what_is_under_way_and_what_was_improvised():
    day = Day().open("accueil")
    day.do("add", content={"kind": "break", "title": "Air", "minutes": 5, "after": "accueil"})
    day.do("sheet", content={"text": SHEET.replace("### 11:00 – Pause", "### 11:10 – Pause")}, who="system")
    assert day.state.order == ("accueil", "air", "situations", "choisir", "pause")
    assert day.state.steps["accueil"].status == "open"
    assert day.state.steps["pause"].activity.at == "11:10"


def test_a_step_whose_kind_the_sheet_changes_before_it_begins_starts_as_that_kind():
    day = Day()
    day.do("sheet", content={"text": SHEET.replace("- type : pause", "- type : évaluation")}, who="system")
    assert type(day.state.summaries["pause"]) is type(KINDS["evaluation"].start({}))
    assert day.state.steps["pause"].activity.kind == "evaluation"


def test_an_improvised_step_stays_when_the_sheet_drops_the_one_before_it():
    day = Day()
    for title, after in (("Air", "pause"), ("Encore", "air")):
        day.do("add", content={"kind": "break", "title": title, "minutes": 5, "after": after})
    day.do("sheet", content={"text": SHEET.partition("### 11:00")[0].replace("- sur", "- durée : 30 min\n- sur")}, who="system")
    assert day.state.order == ("accueil", "situations", "choisir", "air", "encore")


def test_a_length_changed_on_the_console_outlives_a_sheet_that_keeps_it():
    day = Day().open("accueil")
    day.do("retime", "accueil", {"minutes": 40})
    day.do("sheet", content={"text": SHEET.replace("Une journée", "Une belle journée")}, who="system")
    assert day.state.steps["accueil"].minutes == 40
    day.do("sheet", content={"text": SHEET.replace("### 10:00", "### 10:15")}, who="system")
    assert day.state.steps["accueil"].minutes == 45


def test_plain_sorts_what_has_no_order():
    assert list(plain({"b": 1, "a": (1, {"d": 2, "c": 3})})) == ["a", "b"]
    assert plain(replace(Entry(1, "a", "", "", "x"), content={"k": (1, 2)}))["content"] == {"k": [1, 2]}
