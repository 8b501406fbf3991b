"""How fast a document over many days is made: `python bench/capitalisation.py [DAYS] [CONTRIBUTIONS]`, 30 days of 300 unless said.

Days are written as rehearsals write: situations, then notes and cards that decode them. It prints how long reading the journals, gathering
and HTML take of the processor, how long the other formats take by the clock, and how large each is. Nothing is asserted.
"""

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from facilitate.app import find_kinds
from facilitate.core.agenda import Agenda
from facilitate.core.entry import Entry
from facilitate.core.state import SessionState, fold
from facilitate.language import languages
from facilitate.library import Day, document_of
from facilitate.rehearsal.people import people_of
from facilitate.restitution import write

SHEET = """---
titre: Rencontre {n}
date: {year}-03-{day:02}
série: Rencontres
---
## Programme

### 9 h 30 – Situations
- type : situations
- durée : 60

### 11 h – Décodage
- type : décodage
- durée : 60
- situations : Situations
"""
COLUMNS = ("benefits", "keys", "vigilance", "reuse")
PEOPLE = 30
T = TypeVar("T")


def journal(n: int, many: int) -> list[Entry]:
    """One day: a third of what is written are situations; the first five are decoded, each into a card."""
    people, entries = people_of(Agenda(""), PEOPLE, n), list[Entry]()

    def add(do: str, by: str, activity: str = "", **content: object) -> str:
        seq = len(entries) + 1
        id = f"{n:08x}-0000-4000-8000-{seq:012x}"
        entries.append(Entry(seq, id, f"{2010 + n % 15}-03-14T09:00:00.000Z", by, do, activity, content=content))
        return id

    add("sheet", "system", text=SHEET.format(n=n, year=2010 + n % 15, day=1 + n % 28))
    for place, one in enumerate(people):
        add("join", f"p{place}", **one.profile)
    add("open", "console", "situations")
    told = []
    for place in range(many // 3):
        voice = people[place % PEOPLE]
        said = {key: voice.says(key, 280) for key in ("title", "context", "done", "results", "watch")}
        told.append(add("post", f"p{place % PEOPLE}", "situations", **said))
    add("open", "console", "decodage")
    for about in told[:5]:
        add("choose", "console", "decodage", about=about)
    for place in range(many - many // 3 - 5):
        voice, column = people[place % PEOPLE], COLUMNS[place % 4]
        add("post", f"p{place % PEOPLE}", "decodage", about=told[place % 5], column=column, text=voice.says(column, 200))
    for about in told[:5]:
        add("complete", "p0", "decodage", about=about, card={column: people[0].says(column, 600) for column in COLUMNS})
    return entries


def timed(what: str, done: Callable[[], T], clock: Callable[[], float]) -> T:
    begun = clock()
    made = done()
    size = f", {len(made) / 1e6:.1f} MB" if isinstance(made, bytes) else ""
    print(f"{what}: {clock() - begun:.2f} s{size}")
    return made


def main(days: int = 30, many: int = 300) -> None:
    kinds = find_kinds()
    say, journals = languages(kinds)["fr"], [journal(n, many) for n in range(days)]
    states = timed("reading the journals", lambda: [fold(SessionState(), one, kinds) for one in journals], time.process_time)
    found = [Day(f"BCD{n:03}", state) for n, state in enumerate(states)]
    said = {"title": "Rencontres", "language": "fr", "sessions": []}
    collects = Entry(1, "one", "2026-01-01T00:00:00.000Z", "shelf", "collect", content=said)
    over = fold(SessionState(), [collects], kinds)
    document = timed("gathering", lambda: document_of(over, found, kinds, say), time.process_time)
    timed("HTML", lambda: write(document, "html", say.say), time.process_time)
    # These are written by programs of their own: what passes on the clock counts.
    for format in ("pdf", "docx", "odt"):
        timed(format.upper(), lambda format=format: write(document, format, say.say), time.monotonic)  # type: ignore[misc]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
