"""Themes: nothing to group, cards to place, proposals, themes with long names, cards merged, a card that left, closed."""

from collections.abc import Callable, Iterator, Sequence

from browser.room import Room
from web.http import Client

SHEET = """---
titre: Donner du sens
horaires: 10 h – 12 h
---
## Programme

### 10 h – Partage
- type : situations
- durée : 30 min

### 10 h 30 – De quoi parlons-nous
- type : thèmes
- durée : 30 min
- sur : Partage
- question : De quoi parlent nos situations ?
"""
STEP = "de-quoi-parlons-nous"
NAMES = ("Se nourrir", "Se déplacer", "Accueillir", "L’eau et le bois", "Partager des métiers")


def scenes(day: Room, phones: Sequence[Client], says: Callable[[int], str]) -> Iterator[str]:
    """Two people write as much as they may, others in few words; the board fills, and one card leaves it."""

    def do(verb: str, content: dict[str, object] | None = None, on: str = "", activity: str = STEP) -> None:
        answer = day.drive.act(verb, activity, content, on)
        assert answer.status == 200, answer.text

    day.open(STEP)
    yield "nothing to group"
    day.open("partage")
    short = day.someone(name="Nadia", territory="Drôme")
    for who in phones:
        assert who.act("post", "partage", {"title": says(280)}).status == 200
    for place in range(10):
        assert short.act("post", "partage", {"title": f"Le bus numéro {place} du vendredi soir.", "signed": place % 2 == 0}).status == 200
    day.open(STEP)
    yield "cards to place"
    cards = [one["id"] for one in day.drive.state()["views"][STEP]["unplaced"]]
    for place, name in enumerate((says(80), *NAMES)):
        do("theme", {"name": name, "cards": cards[place : place + 1]})
    assert phones[0].act("post", STEP, {"name": says(80), "table": says(40)}).status == 200
    assert short.act("post", STEP, {"name": "La jeunesse"}).status == 200
    themes = [one["id"] for one in day.drive.state()["views"][STEP]["themes"]]
    for who in phones:
        seen = who.state()["views"][STEP]["unplaced"]
        assert who.act("post", STEP, {"card": seen[0]["id"], "theme": themes[0]}).status == 200
    yield "six themes, proposals"
    do("same", {"cards": cards[:3]})
    proposals = day.drive.state()["views"][STEP]["proposals"]
    do("take", on=proposals[0]["id"])
    do("leave", on=proposals[1]["id"])
    do("withhold", {"why": says(200)}, cards[4], "")
    do("withhold", {"why": says(200)}, proposals[0]["id"], "")
    yield "cards merged, a theme that lost its name"
    do("close")
    yield "closed"
