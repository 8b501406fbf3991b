"""A late day finds its minutes again where it may."""

from hypothesis import given
from hypothesis import strategies as st

from facilitate.core.cuts import Coming, propose


def test_a_day_on_time_cuts_nothing():
    assert propose([Coming("a", 30), Coming("b", 60, fixed=720)], 600, 690 + 60 + 30) == propose([], 0, None)


def test_the_break_before_a_fixed_lunch_gives_its_minutes():
    found = propose([Coming("pause", 15), Coming("repas", 60, fixed=720)], 711, None)
    assert [(cut.id, cut.minutes, cut.was) for cut in found.cuts] == [("pause", 9, 15)]
    assert found.short == 0


def test_a_minimum_is_kept_and_what_is_still_missing_is_said():
    found = propose([Coming("situations", 50, minimum=45), Coming("repas", 60, fixed=720)], 700, None)
    assert [(cut.id, cut.minutes) for cut in found.cuts] == [("situations", 45)]
    assert found.short == 25


def test_an_optional_step_is_left_out_only_when_shortening_is_not_enough():
    steps = [Coming("a", 30), Coming("option", 20, optional=True), Coming("repas", 60, fixed=720)]
    little = propose(steps, 680, None)
    assert all(cut.minutes for cut in little.cuts)
    much = propose(steps, 705, None)
    assert ("option", 0) in [(cut.id, cut.minutes) for cut in much.cuts]


def test_the_end_is_kept_by_the_steps_after_the_last_fixed_hour():
    found = propose([Coming("repas", 60, fixed=720), Coming("b", 60), Coming("c", 30)], 690, 840)
    assert sum(cut.was - cut.minutes for cut in found.cuts) == 30
    assert "repas" not in [cut.id for cut in found.cuts] or found.short == 0


steps = st.lists(
    st.builds(
        lambda minutes, minimum, optional, fixed: (minutes, minimum, optional, fixed),
        st.integers(1, 120),
        st.integers(0, 120),
        st.booleans(),
        st.none() | st.integers(500, 1100),
    ),
    max_size=8,
)


@given(steps, st.integers(480, 1000), st.none() | st.integers(600, 1300))
def test_no_cut_breaks_a_minimum_or_gives_more_than_is_needed(drawn, starts, end):
    coming = [
        Coming(str(n), minutes, min(minimum, minutes), optional, fixed) for n, (minutes, minimum, optional, fixed) in enumerate(drawn)
    ]
    found = propose(coming, starts, end)
    lengths = {step.id: step.minutes for step in coming} | {cut.id: cut.minutes for cut in found.cuts}
    for step in coming:
        assert (lengths[step.id] == 0 and step.optional) or step.least <= lengths[step.id] <= step.minutes
    assert found.short >= 0
    assert propose(coming, starts, end) == found
    if not found.short:
        clock = starts
        for step in coming:
            if step.fixed is not None:
                assert clock <= step.fixed
                clock = step.fixed
            clock += lengths[step.id]
        assert end is None or clock <= end
