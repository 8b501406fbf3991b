"""How long a period is, at the ends of the calendar too."""

from datetime import date

import pytest

from facilitate.core.period import after, before


@pytest.mark.parametrize("period", ["P12M", "P2Y", "P90D"])
def test_a_period_that_leaves_the_calendar_ends_with_it(period: str) -> None:
    assert after(date(9999, 12, 31), period) == date.max
    assert before(date(1, 1, 1), period) == date.min


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    assert after(date(2021, 1, 31), "P1M") == date(2021, 2, 28)
    assert before(date(2021, 3, 1), "P1D") == date(2021, 2, 28)
