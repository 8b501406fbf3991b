"""Tables: written at, two texts at once, closed, one reporting, a second round; then 150 people who chose a theme."""

from collections.abc import Callable, Iterator, Sequence

from browser.room import Room
from browser.scenes import crowd, together
from web.http import Client

SHEET = """---
titre: Des tables
horaires: 9 h 30 – 12 h 30
---
## Programme

### 9 h 30 – Tables
- type : tables
- durée : 40 min
- par table : 5
- tours : 2
- méthode : world café
- question : À quoi tient une coopération entre ville et campagne ?

### 10 h 10 – Par thème
- type : tables
- durée : 30 min
- répartition : par thème
- noms : Se nourrir; Se déplacer; Se loger
"""

STEP, THEMES = "tables", "par-theme"


def scenes(day: Room, phones: Sequence[Client], says: Callable[[int], str]) -> Iterator[str]:
    drive = day.drive

    def do(who: Client, verb: str, content: dict[str, object] | None = None, on: str = "", step: str = STEP, **more: object) -> None:
        answer = who.act(verb, step, content, on, **more)
        assert answer.status == 200, answer.text

    others = crowd(day, says, 40)
    do(drive, "welcome", {"name": says(80), "territory": says(80)}, step="")
    do(drive, "open")
    yield "not made yet"
    do(drive, "deal")
    late = day.someone(name=says(80), territory=says(80))
    seats = [one.state()["views"][STEP]["seat"]["key"] for one in phones]
    do(phones[0], "pen", on=seats[0])
    do(phones[0], "write", {"keep": says(1000), "open": says(500)}, on=seats[0])
    do(phones[1], "write", {"keep": "Un début."}, on=seats[1])
    for one in others:
        seat = one.state()["views"][STEP]["seat"]
        if seat["key"] == seats[0]:
            do(one, "line", {"line": says(280)}, on=seats[0])
            do(one, "write", {"keep": says(1000)}, on=seats[0], base=0)
    yield "written, someone without a seat"
    do(late, "sit")
    do(drive, "listing", {"as": "tables"})
    do(drive, "shut")
    do(drive, "reopen", on=seats[1])
    yield "closed but for one, the plan by table"
    do(drive, "turn", {"table": seats[0]})
    do(drive, "withhold", {"why": says(200)}, on=phones[1].state()["views"][STEP]["seat"]["note"]["id"], step="")
    yield "a table reports, another's note withheld"
    do(drive, "round", {"round": 2})
    yield "the second round"
    do(drive, "open", step=THEMES)
    crowd(day, says, 106)
    together(lambda one: do(one[1], "sit", {"table": one[0] % 3 + 1}, step=THEMES), enumerate([*phones, *others]))
    do(drive, "seat", step=THEMES)
    yield "themes chosen, 150 people"
