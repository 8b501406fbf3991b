"""Owns the table of the faults: what each did to the acts that were acknowledged, told at the end of the tests.

A fault's test is one test in two lengths: a few tries in `make test`, as many as are worth it in `make faults` (FAULTS=long)::

    def test_a_server_killed_at_any_moment_loses_no_act(server, tally):
        for n in rounds(6, 200):
            ...
            tally("Server killed (kill -9)", acknowledged=ids, kept=read_again, refused=2)

Each call is one try, or ``tries`` of them, and adds up with the others of its name: in a loop, in several tests, in several workers.
``acknowledged`` is what was answered as kept, ``kept`` what is found afterwards, each act by whatever names it (its id; its text where
an act sent twice would have two ids). What is missing from ``kept`` is lost, what is there twice is doubled: either fails the test at
once. ``refused`` counts the answers that kindly said no, or later. A fault that acknowledges nothing gives its tries alone.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterator
from typing import Any

import pytest

LONG = os.environ.get("FAULTS") == "long"
_ENDS = time.monotonic() + 480  # a long form begins no other round after this: all of them are to end within ten minutes
_HEADINGS = ("Fault", "Tries", "Acknowledged", "Lost", "Doubled", "Refused kindly")

Tally = Callable[..., None]


def rounds(short: int, long: int) -> Iterator[int]:
    """0, 1, 2 …: so many rounds in the short form, so many in the long one, fewer on a machine too slow for them."""
    for n in range(long if LONG else short):
        if n >= short and time.monotonic() > _ENDS:
            return
        yield n


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    """``tally(fault, tries=1, acknowledged=(), kept=(), refused=0)``: a row of the table, or more of one, and the test of it."""

    def add(
        fault: str, *, tries: int = 1, acknowledged: Collection[Hashable] = (), kept: Collection[Hashable] = (), refused: int = 0
    ) -> None:
        times = Counter(kept)
        lost = [one for one in acknowledged if one not in times]
        doubled = [one for one, found in times.items() if found > 1]
        request.node.user_properties.append(("fault", [fault, tries, len(acknowledged), len(lost), len(doubled), refused]))
        assert not lost, f"{fault}: {len(lost)} of {len(acknowledged)} acknowledged acts are lost, as {lost[:3]}"
        assert not doubled, f"{fault}: {len(doubled)} acts are there twice, as {doubled[:3]}"

    return add


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints the table, where any of the tests that ran added to it."""
    table: dict[str, list[int]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                for name, row in report.user_properties:
                    if name == "fault":
                        table[row[0]] = [sum(pair) for pair in zip(table.get(row[0], [0] * 5), row[1:], strict=True)]
    if table:
        lines = [_HEADINGS, *((fault, *(f"{one:,}" for one in row)) for fault, row in sorted(table.items()))]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        terminalreporter.section("faults")
        for line in lines:
            cells = (cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))
            terminalreporter.write_line("   ".join([line[0].ljust(widths[0]), *cells]))
