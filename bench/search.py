"""How fast words are found over many days: `python bench/search.py [DAYS] [CONTRIBUTIONS]`, 100 days of 1,500 contributions unless said.

Days are written as rehearsals write. It prints how long the index takes to be made and how much it weighs, how long it takes to follow one
more contribution, and how long the first page of twenty queries takes, the best of three each: on SQLite, and on PostgreSQL where it is
installed. Nothing is asserted.
"""

import importlib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import sqlalchemy as db

from facilitate.app import find_kinds
from facilitate.core.agenda import Agenda
from facilitate.core.entry import Entry
from facilitate.core.sheet import read_sheet
from facilitate.journal import Journal
from facilitate.language import languages
from facilitate.rehearsal.people import people_of
from facilitate.search import Search
from facilitate.search.query import read

SHEET = """---
title: Journée {n}
date: {year}-03-14
time: 9:30-17:00
series: {series}
---
## Programme

### 9:30 – Situations
- type : situations
- question : Qu’avez-vous vécu ?
"""
QUERIES = (
    "foncier", "cantine", "alimentation locale", "l’eau", "trésorerie", '"circuit court"', "agriculteurs -ville", "habitants", "transport",
    "coopér", "territoire", "projet commun", "marché", "forêt bois énergie", "jeunes", "le", "santé école", "élus", "associations", "zzz",
)  # fmt: skip


def filled(journal: Journal, days: int, many: int) -> None:
    """Writes the days."""
    agenda, _ = read_sheet(SHEET.format(n=0, year=2000, series="Appui"), find_kinds())
    people = people_of(agenda or Agenda(""), 150, 1)
    for n in range(days):
        text = SHEET.format(n=n, year=2000 + n % 25, series=f"Série {n % 7}")
        entries = [entry("sheet", 1, n, {"text": text}, by="system")]
        for one in range(len(people)):
            entries.append(entry("join", len(entries) + 1, n, {"name": f"Personne {one}", "territory": f"Vallée {one % 12}"}, f"p{one}"))
        entries.append(entry("open", len(entries) + 1, n, {}, "console", "situations"))
        for place in range(many):
            voice = people[(place + n) % len(people)]
            said = {key: voice.says(key, limit) for key, limit in (("title", 140), ("context", 300), ("done", 300))}
            entries.append(entry("post", len(entries) + 1, n, said, f"p{place % len(people)}", "situations"))
        row = journal.create(path=None, title=f"Journée {n}", created=f"{2000 + n % 25}-03-14T08:00:{n % 60:02d}.000Z")
        journal.append(row.id, 0, entries)


def entry(do: str, seq: int, day: int, content: dict[str, str], by: str, activity: str = "") -> Entry:
    """One entry, as the journal holds it."""
    return Entry(seq, str(UUID(int=day << 32 | seq)), "2021-03-14T09:00:00.000Z", by, do, activity, "", content, f"{seq}", 1)


def measured(name: str, journal: Journal) -> None:
    """Makes the index and asks it; prints what it took."""
    kinds = find_kinds()
    before = weight(journal)
    search = Search(journal, kinds, languages(kinds))
    begun = time.perf_counter()
    search.update()
    made = time.perf_counter() - begun
    row = journal.sessions()[0]
    last = len(journal.since(row.id))
    journal.append(row.id, last, [entry("post", last + 1, 9999, {"title": "Une haie de plus"}, "p1", "situations")])
    begun = time.perf_counter()
    search.update()
    more = time.perf_counter() - begun
    took = []
    for typed in QUERIES:
        query, times = read(typed), []
        for _ in range(3):
            begun = time.perf_counter()
            answer = search.ask(query)
            times.append(1000 * (time.perf_counter() - begun))
        took.append((min(times), typed, answer.count))
    times = [one for one, _, _ in took]
    slowest = max(took)
    print(f"{name}: index made in {made:.1f} s, {(weight(journal) - before) / 1e6:.0f} MB; one more contribution {more:.2f} s;", end=" ")
    print(f"first page: median {statistics.median(times):.0f} ms, slowest {slowest[0]:.0f} ms ({slowest[1]!r}, {slowest[2]} found)")
    for time_, typed, count in sorted(took):
        print(f"    {time_:6.1f} ms  {count:6}  {typed}")


def weight(journal: Journal) -> int:
    """What the database weighs, in bytes."""
    with journal.link() as link:
        if link.dialect.name == "sqlite":
            return int(link.scalar(db.text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")) or 0)
        return int(link.scalar(db.text("SELECT pg_database_size(current_database())")) or 0)


@contextmanager
def addresses() -> Iterator[list[tuple[str, str]]]:
    """The databases there are."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    real = importlib.import_module("postgres")
    with tempfile.TemporaryDirectory() as folder:
        here = [("SQLite", f"sqlite:///{folder}/facilitate.db")]
        programs = real.programs()
        if programs is None:
            yield here
        else:
            with real.postgres(programs) as new:
                yield [*here, ("PostgreSQL", new())]


def main() -> None:
    days, many = (int(one) for one in (sys.argv[1:] + ["100", "1500"][len(sys.argv) - 1 :]))
    with addresses() as found:
        for name, url in found:
            journal = Journal(url)
            filled(journal, days, many)
            measured(f"{name}, {days} days of {many}", journal)
            journal.close()


if __name__ == "__main__":
    main()
