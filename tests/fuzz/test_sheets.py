"""Sheets as nobody should write them: those of the library cut, spliced, and filled with what breaks parsers. Each is read in bounded time,
as a day or with its problems, each at a line that is there; and what a day was read from says the same day again."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from activities.room import KINDS, LANGUAGES, ROOT
from harness.tally import LONG, Tally
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facilitate.core.entry import Entry
from facilitate.core.sheet import read_sheet
from facilitate.core.state import SessionState, apply, serialise
from facilitate.restitution.build import build

SHEETS = [file.read_text("utf-8") for file in sorted((ROOT / "sessions_library").glob("*.md"))]
LINES = sorted({line for sheet in SHEETS for line in sheet.splitlines()})
HANGS = 60
"""Seconds: only what never ends comes near."""

ODD = [
    *("\0", "\x1b[2J", "\u202e", "\ufeff", "\u2028", "\x85", "\r", "e\u0301" * 30, "👩‍🌾", "ß" * 99, "İ", "٣", "²", "\U0010ffff"),
    *(
        "---\n",
        "...\n",
        "```\n",
        "~~~",
        "<!--",
        "<script>",
        "{{ 7 }}",
        "%(x)s",
        "{% x %}",
        "$(id)",
        "../../etc/passwd",
        "\\",
        "|",
        "`" * 99,
    ),
    *(
        "&a [*a, *a]",
        "!!python/object/apply:os.system ['true']",
        "? x",
        "key: {a: [b",
        "- - - - -",
        "'",
        '"',
        ": :",
        "1e999",
        "0x7fffffffffff",
    ),
    *(
        "date: 2021-99-99",
        "time: 25:99 - 3",
        "timezone: Mars/Phobos",
        "capacity: -1",
        "capacity: 99999999999999999999",
        "series: [1, {a: 2}]",
    ),
    *(
        "- kind: vote\n- source: itself",
        "- durée : 999999 min",
        "### 99:99 – x",
        "### – ",
        "######## x",
        "- kind: tracks\n- workshops: ;;;;",
    ),
]
GROWN = [
    "#",
    ">",
    "- ",
    "  - x\n",
    "[",
    "(",
    "*",
    "_",
    "&amp;",
    "<",
    "| ",
    "![](",
    "[a](",
    "**a",
    "1. ",
    "\t",
    "a:\n ",
    "- a: ",
    "### x\n",
    "\n\n",
    "é",
]

NIBBLE = st.tuples(
    st.sampled_from(["cut", "splice", "put", "grow", "swap", "drop", "twice", "line"]), st.integers(0, 10**6), st.integers(0, 10**6)
)


@contextmanager
def ending() -> Iterator[None]:
    """What hangs ends in an error."""

    def hangs(*_: Any) -> None:
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(HANGS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def gnawed(text: str, nibbles: list[tuple[str, int, int]]) -> str:
    """A sheet after what was done to it."""
    for do, a, b in nibbles:
        at, to = sorted((a % (len(text) + 1), b % (len(text) + 1)))
        match do:
            case "cut":
                text = text[:at]
            case "splice":
                other = SHEETS[a % len(SHEETS)]
                text = text[:at] + other[b % len(other) :]
            case "put":
                text = text[:at] + ODD[b % len(ODD)] + text[at:]
            case "grow":
                text = text[:at] + GROWN[b % len(GROWN)] * (b % 3000) + text[at:]
            case "swap":
                lines = text.split("\n")
                one, other_ = a % len(lines), b % len(lines)
                lines[one], lines[other_] = lines[other_], lines[one]
                text = "\n".join(lines)
            case "drop":
                text = text[:at] + text[min(to, at + 200) :]
            case "twice":
                text = text[:to] + text[at:to] + text[to:]
            case _:
                text = text[:at] + "\n" + LINES[b % len(LINES)] + "\n" + text[at:]
    return text[:60_000]


@settings(max_examples=600 if LONG else 60, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SHEETS), st.lists(NIBBLE, min_size=1, max_size=6))
def gnaws(sheet: str, nibbles: list[tuple[str, int, int]]) -> None:
    text = gnawed(sheet, nibbles)
    with ending():
        agenda, problems = read_sheet(text, KINDS)
        lines = len(re.split("\r\n|\r|\n", text))
        assert all(0 < one.line <= lines + 1 for one in problems), (problems, lines)
        for say in LANGUAGES.values():
            assert all(say.say(one.text, **one.values) for one in problems)
        assert agenda is not None or problems, "neither a day nor a reason"
        if agenda is not None:
            again, _ = read_sheet(text, KINDS)
            assert again == agenda
            state = apply(SessionState(), Entry(1, "a", "2021-09-24T08:00:00.000Z", "system", "sheet", content={"text": text}), KINDS)
            assert not state.unknown
            assert state.order == tuple(activity.id for activity in agenda.activities)
            serialise(state).decode()
            build(state, KINDS, LANGUAGES["fr"])


def test_a_sheet_gnawed_at_any_place_is_read_or_refused_with_its_lines(tally: Tally) -> None:
    gnaws()
    tally("Sheets gnawed at", tries=600 if LONG else 60)
