"""Words: none yet, a few, many, one hidden with all who said it, two folded by hand, hidden until shown, closed."""

from collections.abc import Callable, Iterator, Sequence

from browser.room import Room
from browser.scenes import together
from web.http import Client

SHEET = """---
titre: Tour de mots
horaires: 10 h – 12 h
---
## Programme

### 10 h – Tour de mots
- type : mots
- durée : 10 min
- question : La coopération entre villes et campagnes, en un mot ?

### 10 h 10 – Météo
- type : mots
- durée : 10 min
- question : Quel temps fait-il pour vous ?
- par personne : 1
- caché : oui
"""
SPOKEN = [
    "confiance",
    "Confiance",
    "la confiance",
    "lien",
    "liens",
    "coopération",
    "Coopérations",
    "écoute",
    "eau",
    "circuits courts",
    "circuit-court",
    "bien-être",
    "temps long",
    "mobilité",
    "logement",
    "habitants",
    "élus",
    "réciprocité",
    "entraide",
    "anticonstitutionnellement",
    "partage",
    "réseau",
    "réseaux",
    "lenteur",
]


def scenes(day: Room, phones: Sequence[Client], says: Callable[[int], str]) -> Iterator[str]:
    """Two people say a word as long as it may be, then forty others theirs."""

    def do(verb: str, step: str, on: str = "", **content: object) -> None:
        answer = day.drive.act(verb, step, content, on)
        assert answer.status == 200, answer.text

    day.open("tour-de-mots")
    yield "none yet"
    for one in phones:
        assert one.act("post", "tour-de-mots", {"word": "Anticonstitutionnellement-et-tout-court!"}).status == 200
    yield "two"

    def speak(place: int) -> None:
        one = day.someone()
        for word in (SPOKEN[place % len(SPOKEN)], f"mot {place}"):
            assert one.act("post", "tour-de-mots", {"word": word}).status == 200

    together(speak, range(40))
    yield "many"
    do("hush", "tour-de-mots", word="lenteur")
    do("fold", "tour-de-mots", word="entraide", **{"with": "partage"})
    for word in ("confiance", "lien"):
        assert phones[0].act("post", "tour-de-mots", {"word": word}).status == 200
    yield "one hidden, two folded, enough said"
    do("close", "tour-de-mots")
    yield "closed"
    day.open("meteo")
    for one in phones:
        assert one.act("post", "meteo", {"word": "☀️ éclaircies"}).status == 200
    yield "hidden"
    do("uncover", "meteo")
    yield "shown"
    do("close", "meteo")
    yield "shown and closed"
