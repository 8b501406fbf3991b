"""The basket game: every round of it with all its options and twelve territories of long names; then a small one whose teams are full."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from browser.room import Room
from browser.scenes import together
from web.http import Client

LONG = "Communauté de communes des Hautes Terres et des Vallées de l’Anticonstitution {n}"

SHEET = f"""---
titre: Réciprocités
horaires: 9 h 30 – 12 h 30
---
## Programme

### 9 h 30 – Le jeu
- type : jeu des paniers
- durée : 120 min
- question : Que pouvons-nous échanger, entre villes et campagnes ?
- territoires : {"; ".join(LONG.format(n=n) + " : un plateau, des vergers, une gare sans train" for n in range(12))}
- cercles : oui
- quantités : oui
- monnaie : oui
- événements : oui

### 11 h 30 – À deux
- type : jeu des paniers
- durée : 60 min
- territoires : Forez; Drôme
- équipes : mélangées
- règles : 0
"""

STEP, SMALL = "le-jeu", "a-deux"


def scenes(day: Room, phones: Sequence[Client], says: Callable[[int], str]) -> Iterator[str]:
    drive, (one, other) = day.drive, phones

    def do(who: Client, verb: str, content: dict[str, Any] | None = None, on: str = "", step: str = STEP, **more: Any) -> None:
        answer = who.act(verb, step, content, on, **more)
        assert answer.status == 200, answer.text

    def view(who: Client) -> Any:
        return who.state()["views"][STEP]

    def post(who: Client, side: str, *goods: tuple[str, str]) -> list[dict[str, Any]]:
        quantity = {"quantity": 120, "unit": says(30)} if side == "offer" else {}
        for what, text in goods:
            do(who, "post", {"side": side, "what": what, "text": text, **quantity})
        return list(view(who)[f"{side}s"])

    def weigh(who: Client, deal: str) -> None:
        do(who, "agree", {"effort": 2, "use": 3}, next(each["version"] for each in view(who)["waiting"] if each["id"] == deal))

    def proposed(who: Client, content: dict[str, Any]) -> str:
        texts = {"conditions": says(280), "duration": says(80), "watch": says(280), "reason": says(200)}
        do(who, "propose", {**texts, **content})
        return str(view(who)["sent"][0]["id"])

    def round(kind: str) -> None:
        numbers = [each["n"] for each in view(drive)["rounds"] if each["kind"] == kind]
        do(drive, "round", {"round": numbers[0]})

    do(drive, "open")
    yield "choosing a territory"
    keys = [each["key"] for each in view(one)["choices"]]
    people = [{"name": says(80), "territory": says(80)} for _ in range(17)]
    third, *mates = together(lambda one: day.someone(**one), people)
    players = (one, other, third)
    for key, who in zip(keys, players, strict=False):
        do(who, "play", {"team": key})
    together(lambda place: do(mates[place], "play", {"team": keys[place % 12]}), range(16))
    for who in phones:
        do(who, "role", {"role": "envoy"})
    yield "rules"
    round("inventory")
    goods = [[(f"{family}/{says(60)}", says(most)) for family, most in (("food", 40), ("wood", 140), ("water", 80))] for _ in players]
    given = together(lambda place: post(players[place], "offer", *goods[place]), range(3))
    wanted = [(f"{offers[0]['family']}/{offers[0]['good']}", offers[0]["text"]) for offers in given]
    more = [("", says(most)) for most in (140, 40, 40, 80)]
    together(lambda place: post(players[(place + 1) % 3], "need", wanted[place], *(more if place == 0 else ())), range(3))
    said = [says(140) for _ in range(12)]
    together(lambda place: post(mates[place], "offer", ("health", said[place])), range(3, 12))
    yield "inventory, full"
    round("negotiation")
    yield "negotiation, nothing proposed yet"
    line = {"good": given[1][0]["id"], "text": says(140), "quantity": 3}
    back = {"good": given[0][0]["id"], "text": says(140), "quantity": 2}
    deal = proposed(other, {"to": keys[0], "give": [line], "get": [back], "give_money": 1200})
    gift = proposed(one, {"to": keys[1], "give": [back]})
    yield "a proposal waits on each phone"
    weigh(one, deal)
    do(other, "decline", {"why": says(200)}, gift)
    yield "accepted: to be weighed"
    weigh(other, deal)
    do(drive, "event", {"title": says(60), "text": says(280)})
    do(drive, "ending", {"minutes": 2})
    yield "signed; an event, the end announced"
    lines = {key: {"good": offers[1]["id"], "text": says(140), "quantity": 1} for key, offers in zip(keys, given, strict=False)}
    circle = proposed(one, {"circle": keys[:3], "lines": lines})
    round("balancing")
    yield "balancing, a circle proposed"
    weigh(other, circle)
    weigh(third, circle)
    weigh(one, circle)
    round("signature")
    for who in (other, third):
        for basket in view(who)["baskets"]:
            do(who, "sign", {"deals": basket["joined"]}, basket["key"])
    yield "baskets, signed by the others"
    for basket in view(one)["baskets"][1:]:
        do(one, "sign", {"deals": basket["joined"]}, basket["key"])
    round("debrief")
    yield "debrief"
    for who in phones:
        do(who, "tell", {"surprise": says(280), "cannot": says(280)})
    yield "debrief, one thing said"
    for who in phones:
        do(who, "start", {"what": says(280), "whom": says(140), "first": says(200), "obstacle": says(200)})
    do(drive, "close")
    yield "closed"
    do(drive, "open", step=SMALL)
    together(lambda who: do(who, "play", step=SMALL), mates)
    yield "every team is full"
