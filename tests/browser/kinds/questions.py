"""Questions to a panel: none yet, many, one being answered, answered and promised, united, set aside, hidden, closed."""

from collections.abc import Callable, Iterator, Sequence

from browser.room import Room
from web.http import Client

SHEET = """---
titre: Financer les projets alimentaires
horaires: 10 h – 12 h
---
## Programme

### 10 h – Vos questions
- type : questions
- durée : 60 min
- question : Que voulez-vous demander aux financeurs ?
- intervenants :
  - État (DRAAF)
  - Région Auvergne-Rhône-Alpes, direction de l’agriculture, de la forêt et de la ruralité
  - Fondation
"""
PANEL = ("État (DRAAF)", "Région Auvergne-Rhône-Alpes, direction de l’agriculture, de la forêt et de la ruralité", "Fondation")
STEP = "vos-questions"


def scenes(day: Room, phones: Sequence[Client], says: Callable[[int], str]) -> Iterator[str]:
    """Two people ask as much as they may, a third short ones; the facilitator deals with each in another way."""

    def do(verb: str, content: dict[str, object] | None = None, on: str = "", activity: str = STEP) -> None:
        answer = day.drive.act(verb, activity, content, on)
        assert answer.status == 200, answer.text

    day.open(STEP)
    yield "none yet"
    third = day.someone(name=says(80), territory=says(80))
    for place, who in enumerate((*phones, third) * 4):
        content = {
            "text": says(280) if who is not third else f"Et pour {place} communes ?",
            "signed": place % 2 == 0,
            "to": PANEL[place % 3],
        }
        assert who.act("post", STEP, content).status == 200
    asked = [one["id"] for one in day.cards(STEP)]
    for who, on in ((phones[0], asked[1]), (third, asked[1]), (phones[1], asked[0])):
        assert who.act("support", STEP, on=on).status == 200
    yield "asked and supported"
    do("take", on=asked[0])
    yield "one being answered"
    do("answer", {"text": says(1000), "who": PANEL[1]}, asked[0])
    do("promise", {"who": PANEL[1], "date": "2099-07-12"}, asked[1])
    do("aside", {"text": says(300)}, asked[2])
    do("answer", {}, asked[3])
    do("unite", {"these": asked[4:7]})
    do("hide", on=asked[7], activity="")
    do("withhold", {"why": says(200)}, asked[8], "")
    yield "answered, promised, set aside, united, one hidden and one withheld"
    do("close")
    yield "closed"
