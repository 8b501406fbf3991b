"""Owns how long a period is: 'P12M', 'P5Y' or 'P90D', as ``core.reading`` writes what people type, counted on the calendar."""

from datetime import date, timedelta


def after(day: date, period: str) -> date:
    """The day so long after: 31 January and a month is the last day of February."""
    return _shifted(day, period, 1)


def before(day: date, period: str) -> date:
    """The day so long before."""
    return _shifted(day, period, -1)


def _shifted(day: date, period: str, sign: int) -> date:
    number, unit = sign * int(period[1:-1]), period[-1]
    edge = date.max if sign > 0 else date.min  # a sheet may say the year 9999
    if unit == "D":
        return day + timedelta(days=number) if abs(number) <= abs((edge - day).days) else edge
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "Y" else 1)
    if not date.min.year <= months // 12 <= date.max.year:
        return edge
    for last in (day.day, 30, 29, 28):
        try:
            return date(months // 12, months % 12 + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(period)
