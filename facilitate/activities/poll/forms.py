"""Owns what a poll asks: its form, what one may choose, and how an answer or a count of the room is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from facilitate.core.counts import whole
from facilitate.core.entry import Refused
from facilitate.core.gradient import GRADIENT
from facilitate.core.words import N_

OPTIONS = (N_("Yes"), N_("No"), N_("No opinion"))
"""What is proposed where nothing else is: a poll improvised with a question alone."""

MOST_DEGREES = 11
"""Beyond, a scale is asked as a whole number."""

_LARGEST = Decimal(10) ** 9
_NUMBER = re.compile(r"[-−+]?[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+(?:[.,][0-9]{1,3})?|[-−+]?[0-9]{1,10}(?:[.,][0-9]{1,3})?")

Answer = str | tuple[str, ...] | int | float


@dataclass(frozen=True, slots=True)
class Asked:
    """A poll as its sheet asks it.

    ``form`` 'one' | 'several' | 'scale' | 'gradient' | 'number'; ``options`` what one chooses among, by the text that answers carry, or the
    degrees as text ('1'…); ``most`` how many one may tick, 0 as many as one likes; ``low`` and ``high`` the bounds of a scale or number,
    None where there is none; ``ends`` the words of a scale's two ends; ``whole``: no decimals; ``unit`` '' or 'km'.
    """

    form: str
    options: tuple[str, ...] = ()
    most: int = 0
    low: int | None = None
    high: int | None = None
    ends: tuple[str, str] = ("", "")
    whole: bool = False
    unit: str = ""

    @property
    def counted(self) -> bool:
        """Whether a room can answer it by show of hands."""
        return self.form != "number"

    def label(self, option: str) -> str:
        """What stands beside a degree: what it means; '' where the number says all."""
        if self.form == "gradient":
            return GRADIENT[int(option) - 1]
        if self.form == "scale":
            return {str(self.low): self.ends[0], str(self.high): self.ends[1]}.get(option, "")
        return option

    def keys(self, answer: Answer) -> tuple[str, ...]:
        """The options that an answer chose."""
        return answer if isinstance(answer, tuple) else (str(answer),)


def asked(settings: Mapping[str, Any]) -> Asked:
    """What the settings of a step ask; bounds given the wrong way round are put right."""
    form = str(settings["form"])
    if form == "gradient":
        return Asked(form, tuple(str(degree) for degree in range(1, len(GRADIENT) + 1)), low=1, high=len(GRADIENT))
    low, high = (settings[name] if isinstance(settings[name], int) else None for name in ("low", "high"))
    if low is not None and high is not None and low > high:
        low, high = high, low
    if form == "number":
        return Asked(form, low=low, high=high, whole=bool(settings["whole"]), unit=str(settings["unit"]))
    if form == "scale":
        low = low if low is not None else 1 if high is None or high > 1 else high - 4
        high = high if high is not None and high > low else low + 4
        if high - low >= MOST_DEGREES:
            return Asked("number", low=low, high=high, whole=True, unit=str(settings["unit"]))
        ends = [str(one) for one in settings["ends"]]
        words = (ends[0] if ends else "", ends[-1] if len(ends) > 1 else "")
        return Asked(form, tuple(map(str, range(low, high + 1))), low=low, high=high, ends=words)
    options = tuple(dict.fromkeys(map(str, settings["options"]))) or OPTIONS
    most = 1 if form == "one" else min(int(settings["most"]), len(options))
    return Asked(form, options, most=most)


def read_answer(poll: Asked, given: Any) -> Answer | Refused:
    """An answer as it is kept: the text of an option, those of several in the sheet's order, a degree, a number. Numbers may come as text,
    as French writes them."""
    empty = Refused("empty", N_("Nothing is chosen yet: choose an answer, then send it."), field="answer")
    if poll.form == "several":
        return _several(poll, [given] if isinstance(given, str) else given, empty)
    if isinstance(given, list | tuple) and len(given) < 2:
        given = given[0] if given else ""
    if given is None or given == "":
        return empty
    if poll.form == "number":
        return _number(poll, given)
    if poll.form in ("scale", "gradient"):
        text = str(given).strip() if isinstance(given, int | str) and not isinstance(given, bool) else ""
        if text not in poll.options:
            values = {"low": poll.low, "high": poll.high}
            return Refused("out-of-range", N_("Choose a degree from %(low)s to %(high)s."), values, field="answer")
        return int(text)
    if not isinstance(given, str) or given not in poll.options:
        return _unknown()
    return given


def _several(poll: Asked, given: Any, empty: Refused) -> Answer | Refused:
    if given is None:
        return empty
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        return _unknown()
    chosen = {one for one in given if one}
    if not chosen:
        return empty
    if not chosen <= set(poll.options):
        return _unknown()
    if poll.most and len(chosen) > poll.most:
        return Refused(
            "too-many",
            N_("You may tick %(count)s answer at most: take one back."),
            {"count": poll.most},
            field="answer",
            plural=N_("You may tick %(count)s answers at most: take some back."),
        )
    return tuple(one for one in poll.options if one in chosen)


def _unknown() -> Refused:
    return Refused(
        "unknown-option", N_("This answer is not one of those proposed. The list may have changed: choose again."), field="answer"
    )


def _number(poll: Asked, given: Any) -> Answer | Refused:
    text = str(given).strip() if isinstance(given, int | float | str) and not isinstance(given, bool) else ""
    if poll.unit and text.casefold().endswith(poll.unit.casefold()):
        text = text[: -len(poll.unit)].rstrip()
    if not _NUMBER.fullmatch(text):
        text_ = N_("This is not a number that can be read: write it in figures, such as 12 or 3.5, three decimals at most.")
        return Refused("not-a-number", text_, field="answer")
    number = Decimal(re.sub(r"[ \u00a0\u202f+]", "", text).replace("−", "-").replace(",", "."))
    if poll.whole and number != number.to_integral_value():
        return Refused("not-whole", N_("A whole number is asked for: without decimals."), field="answer")
    low, high = (Decimal(one) if one is not None else None for one in (poll.low, poll.high))
    if (low is not None and number < low) or (high is not None and number > high) or abs(number) > _LARGEST:
        return _out_of_bounds(poll)
    return int(number) if number == number.to_integral_value() else float(number)


def _out_of_bounds(poll: Asked) -> Refused:
    values = {"low": poll.low, "high": poll.high}
    if poll.low is not None and poll.high is not None:
        return Refused("out-of-range", N_("Give a number from %(low)s to %(high)s."), values, field="answer")
    if poll.low is not None:
        return Refused("out-of-range", N_("Give a number of %(low)s or more."), values, field="answer")
    if poll.high is not None:
        return Refused("out-of-range", N_("Give a number of %(high)s or less."), values, field="answer")
    return Refused("out-of-range", N_("This number is too large to be counted with the others."), field="answer")


def read_counts(poll: Asked, given: Any, people: int) -> Mapping[str, Any] | Refused:
    """How many chose each option, in the sheet's order; numbers may come as text, an empty field is none."""
    if not poll.counted:
        return Refused("one-by-one", N_("Hands cannot tell a number: enter each person’s, one by one."), field="counts")
    values = [whole(0 if one == "" else one, 0, 99_999) for one in given] if isinstance(given, list | tuple) else []
    if len(values) != len(poll.options) or None in values:
        return Refused("not-a-number", N_("Give each answer a whole number of people, 0 or more."), field="counts")
    found = {option: value for option, value in zip(poll.options, values, strict=True) if value}
    if not found:
        return Refused("empty", N_("Nothing is counted yet: give at least one answer a number."), field="counts")
    largest, total = max(found.values()), sum(found.values())
    most = people * (poll.most or len(poll.options)) if poll.form == "several" else people
    if largest > people or total > most:
        values_ = {"given": largest, "most": people} if largest > people else {"given": total, "most": most}
        text = N_("Too many for this number of people: %(given)s answers, %(most)s at most. Check both numbers.")
        return Refused("too-many", text, values_, field="people")
    return {"counts": found}
