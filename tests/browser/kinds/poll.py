"""A poll in each of its forms: none yet, answered, counted by hand, revealed, closed; long answers; reasons, one hidden."""

from collections.abc import Callable, Iterator, Sequence

from browser.room import Room
from web.http import Client

SHEET = """---
titre: Choisir ensemble
horaires: 10 h – 12 h
---
## Programme

### 10 h – Où se revoir ?
- type : sondage
- durée : 10 min
- question : Où nous revoir au printemps ?
- réponses :
  - À Valence, dans la même salle, avec le train de 9 h 12 depuis Lyon et un repas sur place
  - À Die, au Campus, avec une navette depuis la gare de Crest et une visite l’après-midi
  - En ligne

### 10 h 10 – Quels sujets ?
- type : sondage
- durée : 10 min
- forme : choix multiple
- au plus : 2
- réponses : Se nourrir; Se loger; Se déplacer; Se soigner

### 10 h 20 – Où en êtes-vous ?
- type : sondage
- durée : 10 min
- question : Votre territoire est-il prêt ?
- forme : échelle
- de : 0
- à : 10
- extrémités : pas du tout; tout à fait

### 10 h 30 – Jusqu’où êtes-vous d’accord ?
- type : sondage
- durée : 10 min
- question : La Métropole et les communautés de communes paient ensemble un poste de coopération.
- forme : gradient d’accord
- pourquoi : oui

### 10 h 40 – Combien de kilomètres ?
- type : sondage
- durée : 10 min
- forme : nombre
- unité : km
- de : 0
- à : 400
- résultat immédiat : oui
"""


def scenes(day: Room, phones: Sequence[Client], says: Callable[[int], str]) -> Iterator[str]:
    """Two people and a dozen others answer; hands are counted beside."""
    others = [day.someone(name=says(80)) for _ in range(12)]

    def do(verb: str, step: str, **content: object) -> None:
        answer = day.drive.act(verb, step, content)
        assert answer.status == 200, answer.text

    def answer(step: str, choices: Sequence[object]) -> None:
        for place, one in enumerate((*phones, *others)):
            reason = {"why": says(280)} if place < 2 and step == "jusqu-ou-etes-vous-d-accord" else {}
            told = one.act("answer", step, {"answer": choices[place % len(choices)], **reason})
            assert told.status == 200, told.text

    options = (
        "À Valence, dans la même salle, avec le train de 9 h 12 depuis Lyon et un repas sur place",
        "À Die, au Campus, avec une navette depuis la gare de Crest et une visite l’après-midi",
    )
    day.open("ou-se-revoir")
    yield "one, none yet"
    answer("ou-se-revoir", (*options, options[0]))
    do("count", "ou-se-revoir", by="hands", people=9, counts=[4, "", 5])
    yield "one, answered and counted"
    do("reveal", "ou-se-revoir")
    yield "one, revealed"
    do("close", "ou-se-revoir")
    yield "one, closed"
    day.open("quels-sujets")
    answer("quels-sujets", (["Se nourrir", "Se loger"], ["Se nourrir"]))
    yield "several"
    do("reveal", "quels-sujets")
    yield "several, revealed"
    day.open("ou-en-etes-vous")
    answer("ou-en-etes-vous", (3, 5, 8, 10))
    yield "scale"
    do("reveal", "ou-en-etes-vous")
    yield "scale, revealed"
    day.open("jusqu-ou-etes-vous-d-accord")
    answer("jusqu-ou-etes-vous-d-accord", (1, 2, 2, 3, 4, 5, 7))
    yield "gradient"
    do("close", "jusqu-ou-etes-vous-d-accord")
    yield "gradient, closed and not revealed"
    do("reveal", "jusqu-ou-etes-vous-d-accord")
    reasons = [one["id"] for one in day.cards("jusqu-ou-etes-vous-d-accord")]
    assert day.drive.act("hide", on=reasons[0]).status == 200
    yield "gradient, revealed, a reason hidden"
    assert day.drive.act("show", content={"card": reasons[1]}).status == 200
    yield "gradient, a reason alone on the wall"
    day.open("combien-de-kilometres")
    yield "number, none yet"
    answer("combien-de-kilometres", ("12,5", "40", "3", "110", "7", "55", "18", "20", "33", "250", "64", "90"))
    yield "number, as they come"
    do("close", "combien-de-kilometres")
    yield "number, closed"
