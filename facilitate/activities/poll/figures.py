"""Owns the figures of a poll: how many chose what, the mean and the median, and the sentence that says them. Every figure is exact, or
rounded half up to the decimals shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from facilitate.activities.poll.forms import Answer, Asked
from facilitate.core.counts import Tally
from facilitate.core.gradient import ABSTAINS, ACCEPTS, AGAINST
from facilitate.core.words import N_

MOST_CLASSES = 8
"""The most bars that numbers are drawn in."""


@dataclass(frozen=True, slots=True)
class Row:
    """One bar: ``count`` people. ``text`` an option, what a degree means or nothing; ``low`` a degree or number, ``high`` a class’s end,
    included where the numbers are whole (``up``); ``share`` of the longest bar, ``percent`` of the people, both in per cent; ``first``:
    none is longer; ``gone``: the sheet no longer proposes it."""

    key: str
    text: str
    count: int
    share: float
    percent: int
    low: float | None = None
    high: float | None = None
    up: bool = False
    first: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of the sentence. With ``many`` it only counts ``count``; else its places are filled with the others."""

    text: str
    many: str = ""
    count: int = 0
    share: int = 0
    mean: float = 0
    median: float = 0
    low: float = 0
    high: float = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one way of answering: ``by`` a key of ``WAYS``, how many ``people``, the bars, the sentence; ``mean`` of degrees or
    numbers, to one decimal, or to as many as the answers have."""

    by: str
    people: int
    rows: tuple[Row, ...]
    said: tuple[Phrase, ...]
    mean: float | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "rows": [asdict(one) for one in self.rows], "said": [asdict(one) for one in self.said]}


def of_answers(poll: Asked, answers: Iterable[Answer]) -> Result:
    """Of what people answered one by one."""
    given = list(answers)
    if poll.form == "number":
        return _of_numbers([Decimal(str(one)) for one in given if isinstance(one, int | float)])
    counts = Counter(key for one in given for key in poll.keys(one))
    return _of_counts(poll, "", len(given), counts)


def of_tally(poll: Asked, tally: Tally) -> Result:
    """Of one count of the room."""
    return _of_counts(poll, tally.by, tally.people, tally.given)


def _of_counts(poll: Asked, by: str, people: int, counts: Mapping[str, int]) -> Result:
    gone = sorted(key for key, count in counts.items() if count and key not in poll.options)
    most = max(counts.values(), default=0)
    rows = tuple(
        Row(
            key,
            poll.label(key) if key in poll.options else key,
            counts.get(key, 0),
            _bar(counts.get(key, 0), most),
            _percent(counts.get(key, 0), people),
            low=int(key) if poll.form == "scale" and key in poll.options else None,
            first=0 < counts.get(key, 0) == most,
            gone=key in gone,
        )
        for key in (*poll.options, *gone)
    )
    told: Iterable[Phrase]
    mean = None
    if poll.form == "gradient":
        told = _agreement(counts, people)
    elif poll.form == "scale":
        mean, told = _middle(poll, counts)
    else:
        told = _lead(poll, rows)
    return Result(by, people, rows, (_people(by, people), *(told if most else ())), mean)


def _middle(poll: Asked, counts: Mapping[str, int]) -> tuple[float | None, Iterable[Phrase]]:
    """The mean and the median of a scale."""
    values = [Decimal(key) for key in poll.options for _ in range(counts.get(key, 0))]
    if not values:
        return None, ()
    mean = _rounded(sum(values, Decimal()) / len(values), 1)
    said = N_("On average %(mean)s, on a scale from %(low)s to %(high)s; the median is %(median)s.")
    return mean, (Phrase(said, mean=mean, median=float(median(values)), low=poll.low or 0, high=poll.high or 0),)


def _people(by: str, people: int) -> Phrase:
    if by:
        return Phrase(N_("%(count)s person took part."), N_("%(count)s people took part."), people)
    return Phrase(N_("%(count)s person answered."), N_("%(count)s people answered."), people)


def _lead(poll: Asked, rows: Sequence[Row]) -> Iterable[Phrase]:
    """What comes first, alone or level."""
    first = [one for one in rows if one.first]
    if len(first) == 1:
        yield Phrase(N_("In the lead: “%(label)s”,"), label=first[0].text)
        yield Phrase(N_("%(count)s person"), N_("%(count)s people"), first[0].count)
        yield Phrase(N_("(%(share)s%%)."), share=first[0].percent)
    elif first:
        yield Phrase(N_("%(count)s answer comes first."), N_("%(count)s answers come first, level."), len(first))
    if poll.form == "several":
        yield Phrase(N_("Several answers were possible."))


def _agreement(counts: Mapping[str, int], of: int) -> Iterable[Phrase]:
    """How many at least accept, abstain, stand against."""
    accept, against = (sum(counts.get(str(degree), 0) for degree in degrees) for degrees in (ACCEPTS, AGAINST))
    abstain = counts.get(str(ABSTAINS), 0)
    if accept:
        yield Phrase(N_("%(count)s person at least accepts"), N_("%(count)s people at least accept"), accept)
        yield Phrase(N_("(%(share)s%%),"), share=_percent(accept, of))
    else:
        yield Phrase(N_("Nobody accepts it,"))
    if abstain:
        yield Phrase(N_("%(count)s abstains,"), N_("%(count)s abstain,"), abstain)
    if against:
        yield Phrase(N_("%(count)s stands against."), N_("%(count)s stand against."), against)
    else:
        yield Phrase(N_("nobody stands against."))


def _of_numbers(numbers: Sequence[Decimal]) -> Result:
    people = Phrase(N_("%(count)s person answered."), N_("%(count)s people answered."), len(numbers))
    if not numbers:
        return Result("", 0, (), (people,))
    decimals = max(_decimals(one) for one in numbers)
    mean = _rounded(sum(numbers, Decimal()) / len(numbers), max(decimals, 1))
    said = N_("On average %(mean)s; the median is %(median)s; from %(low)s to %(high)s.")
    if len(set(numbers)) == 1:
        said = N_("All said %(low)s.") if len(numbers) > 1 else N_("The number is %(low)s.")
    middle = _rounded(median(numbers), max(decimals, 1))
    told = Phrase(said, mean=mean, median=middle, low=float(min(numbers)), high=float(max(numbers)))
    classes = classes_of(numbers, whole=decimals == 0)
    most = max(count for _, _, count in classes)
    rows = tuple(
        Row(
            f"{low:f}",
            "",
            count,
            _bar(count, most),
            _percent(count, len(numbers)),
            low=float(low),
            high=None if high is None else float(high),
            up=decimals == 0,
            first=count == most,
        )
        for low, high, count in classes
    )
    return Result("", len(numbers), rows, (people, told), mean)


def classes_of(numbers: Sequence[Decimal], *, whole: bool) -> list[tuple[Decimal, Decimal | None, int]]:
    """The bars that numbers are drawn in, as (from, to, how many).

    Up to eight different numbers have a bar each (to: None). More stand in classes of equal width, the smallest of 1, 2 or 5 × 10ⁿ for
    which eight classes at most, beginning on a multiple of that width, go from the smallest number to the largest. A class holds its lower
    bound and not its upper one; of whole numbers it is named by the last it holds. An empty class between two others is shown.
    """
    counts = Counter(numbers)
    if len(counts) <= MOST_CLASSES:
        return [(number, None, counts[number]) for number in sorted(counts)]
    smallest, largest = min(numbers), max(numbers)
    width = next(one for one in _widths(whole=whole) if _floor(largest / one) - _floor(smallest / one) < MOST_CLASSES)
    begin = _floor(smallest / width) * width
    found = Counter(int((one - begin) // width) for one in numbers)
    step = width - 1 if whole else width
    return [(begin + place * width, begin + place * width + step, found[place]) for place in range(max(found) + 1)]


def _floor(number: Decimal) -> Decimal:
    return number.to_integral_value(ROUND_FLOOR)


def _widths(*, whole: bool) -> Iterable[Decimal]:
    for power in range(0 if whole else -3, 11):
        for digit in (1, 2, 5):
            if not whole or digit * 10**power > 1:
                yield Decimal(digit).scaleb(power)


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _rounded(number: Decimal, decimals: int) -> float:
    return float(number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def _percent(count: int, of: int) -> int:
    return int((Decimal(100 * count) / of).quantize(Decimal(1), ROUND_HALF_UP)) if of else 0


def _bar(count: int, most: int) -> float:
    return round(100 * count / most, 1) if most else 0
