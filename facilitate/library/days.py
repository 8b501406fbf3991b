"""Owns days side by side: their order, and the series they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass

from facilitate.core.reading import fold as folded
from facilitate.core.state import SessionState
from facilitate.core.words import code_shown


@dataclass(frozen=True, slots=True)
class Day:
    """One session: its code ('RVT482') and what its journal adds up to."""

    code: str
    state: SessionState

    @property
    def shown(self) -> str:
        """'RVT 482'."""
        return code_shown(self.code)

    @property
    def year(self) -> str:
        """'2021'; '' where the sheet gives no date."""
        year = self.state.agenda.date[:4]
        return year if year.isdecimal() else ""


def in_order(days: Iterable[Day]) -> list[Day]:
    """As they were held, those without a date last."""
    return sorted(days, key=lambda one: (one.state.agenda.date or "9999", one.state.agenda.start, one.state.at, one.code))


def series(days: Iterable[Day]) -> dict[str, list[Day]]:
    """Name of a series, as its first day writes it → its days in order. Accents and capitals do not matter."""
    found: dict[str, list[Day]] = {}
    for day in in_order(days):
        if day.state.agenda.series:
            found.setdefault(folded(day.state.agenda.series), []).append(day)
    return {some[0].state.agenda.series: some for some in found.values()}


def of_series(days: Iterable[Day], name: str) -> list[Day]:
    """The days of that series, in order; none where there is no such series."""
    return next((some for known, some in series(days).items() if folded(known) == folded(name)), [])
