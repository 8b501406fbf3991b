"""Cards of each form, with photos: none yet, one that waits, one shown, long ones beside short ones, one alone, withheld, closed."""

from collections.abc import Callable, Iterator, Sequence
from uuid import uuid4

import files
from browser.room import Room
from web.http import Client
from web.test_files import form

SHEET = """---
titre: Nos pratiques
langue: fr
---
## Programme

### 10 h – Qui fait quoi ?
- type : cartes
- durée : 30 min
- question : Sur votre territoire, qui fait quoi pour créer de l’activité, et comment ?
- modèle : pratique
- photo : oui

### 10 h 30 – Outils et initiatives
- type : cartes
- durée : 30 min
- modèle : initiative
- signature : anonyme
"""
WHO, TOOLS = "qui-fait-quoi", "outils-et-initiatives"


def scenes(day: Room, phones: Sequence[Client], says: Callable[[int], str]) -> Iterator[str]:
    """Two phones and seven others write; two photos arrive, upright and wide."""
    others = [day.someone(name=says(80), territory=says(80)) for _ in range(7)]

    def photo(who: Client, faces: str, size: tuple[int, int]) -> str:
        said = {"doing": says(280), "led_by": says(120), "photo_says": says(300), "photo_faces": faces}
        fields = {"id": (id := str(uuid4())), "do": "post", "activity": WHO} | {f"content.{key}": text for key, text in said.items()}
        body, kind = form(files.photo(size), "photo.jpg", **fields)
        assert who.ask("POST", f"/s/{day.server.code}/media", body, Content_Type=kind, Accept="application/json").status == 200
        return id

    day.open(WHO)
    yield "cards, none yet"
    waits, wide = photo(phones[0], "yes", (900, 1600)), photo(phones[1], "no", (1600, 900))
    yield "cards, a photo that waits and one that is shown"
    assert day.drive.act("faces", WHO, {"answer": "agreed"}, on=waits).status == 200
    for place, who in enumerate(others):
        content = {"doing": says(280) if place % 2 else "Un four partagé.", "signed": bool(place % 3)}
        more = {"led_by": says(120), "how": says(600), "means": says(400), "open": says(280)} if place % 2 else {}
        assert who.act("post", WHO, content | more).status == 200
    yield "cards, long and short"
    assert day.drive.act("show", content={"card": wide}).status == 200
    yield "cards, one alone with its photo"
    assert day.drive.act("show").status == 200
    assert day.drive.act("faces", WHO, {"answer": "withheld"}, on=waits).status == 200
    assert day.drive.act("close", WHO).status == 200
    yield "cards, a photo withheld, closed"
    day.open(TOOLS)
    for who in (*phones, *others):
        assert who.act("post", TOOLS, {"name": says(120), "does": says(500), "contact": says(160)}).status == 200
    yield "cards, initiatives, anonymous"
