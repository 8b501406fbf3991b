"""Meeting: what each brings and looks for, whom to meet, a request and its answers."""

SHEET = """---
titre: Une heure
territoires: Drôme; Ardèche
---
## Programme

### 10 h – Qui apporte, qui cherche ?
- type : interconnaissance
- durée : 20 min
- question : Qu’apportez-vous, que cherchez-vous pour votre projet alimentaire ?
- aide : Une idée par ligne.
"""
STEP = "qui-apporte-qui-cherche"
WITHOUT = "3d6f0a52-8f0e-4c53-9d5b-0d2c8f7f6a11"
"""Someone without a phone."""


def scenes(day, phones, says):
    def done(answer):
        assert answer.status == 200, answer.text

    def card(one):
        return next(card["id"] for card in one.state()["views"][STEP]["cards"])

    day.open(STEP)
    yield "nothing written"
    one, other = phones
    done(one.act("introduce", content={"name": ""}))
    yield "no name yet"
    done(one.act("introduce", content={"name": says(80)}))
    done(one.act("post", STEP, {"brings": says(280), "seeks": says(280)}))
    done(other.act("post", STEP, {"brings": f"{says(80)}\n{says(80)}", "seeks": says(120)}))
    done(other.act("reach", STEP, {"where": says(120), "contact": says(120), "listed": True, "listed_contact": True}))
    for name in ("Élue 3", "Agent 4", "Odile 5", says(80), ""):
        someone = day.someone(name=name or "x", territory="Drôme", structure=says(120))
        done(someone.act("post", STEP, {"brings": "Un camion frigorifique, le mardi", "seeks": "Un animateur de réseau"}))
        done(someone.act("reach", STEP, {"where": "Près de la fenêtre", "contact": says(60)}))
        if name.startswith("Élue"):
            third = someone
    done(one.act("post", STEP, {"seeks": "Camions frigorifiques"}))
    yield "suggestions"
    done(one.act("ask", STEP, {"word": says(140), "offers": True}, on=card(other)))
    done(third.act("ask", STEP, {"word": says(140), "offers": True}, on=card(one)))
    done(day.drive.act("welcome", content={"name": says(80), "territory": "Ardèche"}, id=WITHOUT))
    done(day.drive.act("post", STEP, {"brings": says(280)}, **{"for": WITHOUT}))
    done(day.drive.act("ask", STEP, {"word": says(140)}, on=card(one), **{"for": WITHOUT}))
    yield "asked"
    (asked,) = other.state()["views"][STEP]["incoming"]
    done(other.act("agree", STEP, {"offers": True}, on=asked["id"]))
    asked = one.state()["views"][STEP]["incoming"][0]
    done(one.act("decline", STEP, on=asked["id"]))
    yield "in touch"
    done(day.drive.act("close", STEP))
    yield "closed"
