"""Who takes part at a distance: asked where some do, known where everyone does, never said where nobody does."""

import pytest
from core.day import SHEET, Day


def day(online: str) -> Day:
    return Day(SHEET.replace("capacity: 3", f"en ligne: {online}"))


@pytest.mark.parametrize(
    ("online", "said", "remote"),
    [
        ("hybride", {"remote": "yes"}, True),
        ("hybride", {"remote": False}, False),
        ("hybride", {}, False),
        ("oui", {}, True),
        ("oui", {"remote": False}, True),
        ("non", {"remote": True}, False),
    ],
)
def test_who_joins_is_in_the_room_or_at_a_distance_as_the_sheet_has_it(online, said, remote):
    one = day(online)
    one.do("join", content={"name": "Anna"} | said, who="anna")
    assert one.state.people["anna"].remote is remote
    assert one.state.remote == remote


def test_someone_who_leaves_the_room_for_a_train_says_so_and_comes_back():
    one = day("hybride")
    one.do("join", content={"name": "Anna"}, who="anna")
    one.do("introduce", content={"remote": "yes"}, who="anna")
    assert one.state.people["anna"].remote
    one.do("introduce", content={"name": "Anna B."}, who="anna")
    assert one.state.people["anna"].remote
    one.do("introduce", content={"remote": ""}, who="anna")
    assert not one.state.people["anna"].remote


@pytest.mark.parametrize("online", ["oui", "hybride"])
def test_someone_the_staff_writes_for_is_in_the_room_unless_it_is_said(online):
    one = day(online)
    one.do("welcome", content={"name": "Paul"})
    one.do("welcome", content={"name": "Ruth", "remote": "yes"})
    assert one.state.remote == (online == "hybride")
