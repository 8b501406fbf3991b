"""Contributions as a map that knows its order: the same as a plain dict, whatever happens to it, and as it was before."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from facilitate.core.contribution import Contribution, Contributions, Participant, Viewer, card, cards

STATUSES = ("shown", "waiting", "hidden", "withheld", "withdrawn", "proposed", "declined")
CHANGES = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(STATUSES), st.sampled_from(["", "ana", "bo"])), max_size=40)


def played(changes):
    ones, plain = Contributions(), dict[str, Contribution]()
    for seq, (number, status, by) in enumerate(changes, 1):
        id = f"card-{number}"
        one = replace(plain[id], status=status, by=by) if id in plain else Contribution(id, seq, "", by, "", {}, seq, status)
        before, kept = ones, dict(ones)
        ones, plain[id] = ones.set(id, one), one
        assert dict(before) == kept, "what was is as it was"
    return ones, plain


@given(CHANGES)
def test_they_count_what_a_plain_dict_would(changes):
    ones, plain = played(changes)
    assert dict(ones) == plain
    assert ones == Contributions(plain) == Contributions().update(plain)
    assert len(ones) == len(plain)
    assert ones.shown == sum(one.status == "shown" for one in plain.values())
    assert ones.standing == sum(one.status != "withdrawn" for one in plain.values())
    assert ones.authors == {one.by for one in plain.values() if one.status == "shown"}
    for who in ("", "ana", "bo"):
        assert ones.by(who) == {id: one for id, one in plain.items() if one.by == who}
    assert ones.that_are("waiting") == [one for one in plain.values() if one.status == "waiting"]


@given(CHANGES, st.integers(1, 9))
def test_the_latest_are_the_end_of_all_and_a_console_has_those_that_wait_too(changes, most):
    ones, _ = played(changes)
    for viewer in (Viewer("wall"), Viewer("console")):
        whole = [one["id"] for one in cards(ones, viewer, {})]
        latest = [one["id"] for one in cards(ones, replace(viewer, most=most), {})]
        waiting = {one.id for one in ones.that_are("waiting")} if viewer.audience == "console" else set()
        assert latest == [id for id in whole if id in whole[-most:] or id in waiting]


def test_what_others_wrote_is_worked_out_once_for_all_who_look():
    one = Contribution("card-1", 1, "", "ana", "", {"text": "Une haie"}, 1, "shown")
    people = {who: Participant(id=who, n=1, name=who, at="") for who in ("ana", "bo")}
    wall, bo, ana = (card(one, viewer, people) for viewer in (Viewer("wall"), Viewer("participant", "bo"), Viewer("participant", "ana")))
    assert bo is wall
    assert ana == {**wall, "mine": True}
    renamed = people | {"ana": replace(people["ana"], name="Ana")}
    assert card(one, Viewer("wall"), renamed) == {**wall, "name": "Ana"}
