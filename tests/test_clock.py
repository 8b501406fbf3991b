"""The hour of a running server."""

from facilitate.clock import Steady


class Computer:
    """A clock that is set by hand, and a count that is not."""

    def __init__(self) -> None:
        self.hour, self.count = "2021-09-24T08:00:00.000Z", 100.0

    def steady(self) -> Steady:
        return Steady(lambda: self.hour, lambda: self.count)


def test_a_steady_clock_follows_the_computer_s():
    computer = Computer()
    clock = computer.steady()
    assert clock.now() == "2021-09-24T08:00:00.000Z"
    computer.hour = "2021-09-24T09:30:00.000Z"
    assert clock.now() == "2021-09-24T09:30:00.000Z"


def test_a_clock_set_an_hour_back_goes_on_at_its_own_pace_until_the_computer_s_is_there():
    computer = Computer()
    clock = computer.steady()
    computer.hour, computer.count = "2021-09-24T07:00:00.000Z", 101.5
    assert clock.now() == "2021-09-24T08:00:01.500Z"
    computer.hour, computer.count = "2021-09-24T07:00:00.001Z", 101.5004
    assert clock.now() == "2021-09-24T08:00:01.500Z"
    computer.hour, computer.count = "2021-09-24T07:59:00.000Z", 3640.0
    assert clock.now() == "2021-09-24T08:59:00.000Z"
    computer.hour = "2021-09-24T09:00:01.000Z"
    assert clock.now() == "2021-09-24T09:00:01.000Z"
