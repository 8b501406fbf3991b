"""Commitments: what a game says could start, one's own, those of others to join, what became of them."""

SHEET = """---
titre: Une heure
---
## Programme

### 9 h – Le jeu
- type : jeu des paniers
- durée : 1 h

### 10 h – Nos engagements
- type : engagements
- durée : 15 min
- à partir de : Le jeu
- question : Que ferez-vous d’ici à la fin de l’année, et avec qui ?
- aide : Une seule chose, même petite.
"""
STEP = "nos-engagements"


def scenes(day, phones, says):
    def done(answer):
        assert answer.status == 200, answer.text

    def card(one):
        return next(card["id"] for card in one.state()["views"][STEP]["cards"])

    day.open(STEP)
    yield "none"
    day.open("le-jeu")
    done(day.drive.act("round", "le-jeu", {"round": 6}))
    for text in (says(280), "Un car le samedi."):
        done(phones[0].act("start", "le-jeu", {"what": text, "whom": says(140), "first": says(200)}))
    day.open(STEP)
    yield "what could start"
    whole = {"called": says(120), "whom": says(140), "when": says(60), "first": says(200)}
    for one in phones:
        done(one.act("post", STEP, {"what": says(280), "whose": "group", **whole}))
    for n, when in enumerate(("15 septembre", "avant l’été", "30/9", "fin octobre", "")):
        someone = day.someone(name=f"Élue {n}", territory="Drôme", named=n % 2 == 0)
        done(someone.act("post", STEP, {"what": f"Réunir les cuisiniers des {n + 2} cantines.", "when": when}))
    yield "written"
    done(phones[0].act("commit", STEP, on=card(phones[1])))
    done(day.drive.act("gather", STEP))
    yield "everyone's"
    done(phones[0].act("mark", STEP, {"state": "partly", "why": says(280)}, on=card(phones[0])))
    done(day.drive.act("mark", STEP, {"state": "not", "why": says(280)}, on=card(phones[0])))
    yield "marked"
    done(day.drive.act("finish"))
    yield "after the day"
