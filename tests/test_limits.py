"""How much each may ask: never more than said, whatever is asked in whatever names, in a memory that does not grow."""

import tracemalloc
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitate.limits import Allowance

ASKED = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(0, 3), st.sampled_from((1.0, 2.5))), max_size=80)


class Plain:
    """The same, as a bucket that is filled a drop at a time, for as many keys as there are."""

    def __init__(self, burst: float, rate: float) -> None:
        self.burst, self.rate, self.buckets = burst, rate, {}

    def allows(self, key: str, now: float, cost: float) -> bool:
        level, at = self.buckets.get(key, (self.burst, now))
        level = min(self.burst, level + (now - at) * self.rate)
        allowed = level - cost >= -1e-6
        self.buckets[key] = (level - cost if allowed else level), now
        return allowed


@given(ASKED)
def test_each_key_is_counted_apart_as_a_bucket_is(asked):
    allowance, plain, now = Allowance(5, 2), Plain(5, 2), 100.0
    for key, later, cost in asked:
        now += later
        assert (allowance.wait(key, now, cost) == 0) == plain.allows(key, now, cost)


@given(ASKED, st.integers(1, 4))
def test_nobody_gains_by_being_forgotten(asked, most):
    allowance, now, taken = Allowance(5, 2, most), 100.0, defaultdict(list)
    for key, later, cost in asked:
        now += later
        if not allowance.wait(key, now, cost):
            taken[key].append((now, cost))
        assert len(allowance) <= most
    for times in taken.values():
        for first, (began, _) in enumerate(times):
            for last in range(first, len(times)):
                assert sum(cost for _, cost in times[first : last + 1]) <= 5 + 2 * (times[last][0] - began) + 1e-6


@given(ASKED)
def test_who_waits_as_long_as_they_are_told_is_allowed(asked):
    allowance, now = Allowance(5, 2), 100.0
    for key, later, cost in asked:
        now += later
        if wait := allowance.wait(key, now, cost):
            now += wait
            assert allowance.wait(key, now, cost) == 0


@given(st.lists(st.sampled_from("bcdefgh"), max_size=60))
def test_who_asks_too_much_holds_nobody_back(others):
    alone, beside = Allowance(5, 2), Allowance(5, 2)
    for n, other in enumerate(others):
        for _ in range(20):
            beside.wait("hog", n * 0.1)
        assert beside.wait(other, n * 0.1) == alone.wait(other, n * 0.1)


def test_a_million_made_up_names_neither_fill_the_memory_nor_free_who_is_held_back():
    allowance, now, granted = Allowance(10, 1, 1000), 0.0, 0
    for n in range(1_000_000):
        now += 0.0001
        allowance.wait(f"made up {n}", now)
        if n % 500 == 0:
            granted += not allowance.wait("hog", now)
        if n == 990_000:
            tracemalloc.start()  # once it is as large as it gets: it slows everything
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(allowance) == 1000
    assert grown < 250_000
    assert granted == pytest.approx(10 + now, abs=2)
    assert allowance.wait("someone new", now) <= 1


def test_what_is_given_back_may_be_asked_again():
    allowance = Allowance(2, 1)
    assert [allowance.wait("", 10.0) for _ in range(2)] == [0.0, 0.0]
    assert allowance.wait("", 10.0) == 1.0
    assert allowance.wait("", 10.0, -1) == 0.0
    assert allowance.wait("", 10.0) == 0.0
    assert allowance.wait("", 10.0) == 1.0
