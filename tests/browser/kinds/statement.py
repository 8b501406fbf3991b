"""A contribution written together: read, amended, answered, agreed upon, signed; texts as long as they may be."""

SHEET = """---
titre: Une contribution
---
## Programme

### 10 h – Notre contribution
- type : contribution collective
- durée : 2 h
- destinataire : le Conseil régional, direction de l’aménagement et des contractualisations territoriales
- positions :
  - Des services à portée de chacun : Chaque bassin de vie garde ses services. Les lieux sont choisis ensemble.
  - Une position dont le titre est aussi long qu’un titre peut l’être : Une phrase.

Nous écrivons **ensemble**.
"""

STEP, SERVICES = "notre-contribution", "des-services-a-portee-de-chacun"


def scenes(day, phones, says):
    def do(verb, content=None, on=""):
        answer = day.drive.act(verb, STEP, content or {}, on)
        assert answer.status == 200, answer.text

    def by(who, verb, content, on=""):
        answer = who.act(verb, STEP, content, on)
        assert answer.status == 200, answer.text

    others = [day.someone(name=says(80), territory=says(80), structure=says(120)) for _ in range(3)]
    day.open(STEP)
    yield "to read"
    do("stage", {"stage": "amending"})
    do("discuss", on=SERVICES)
    amendment = {"what": "amendment", "about": SERVICES}
    text = "Chaque bassin de vie garde ses services. Les lieux sont choisis ensemble."
    for who in phones:
        by(who, "post", amendment | {"text": text.replace("ensemble", "avec les habitants"), "reason": says(600)})
        by(who, "post", amendment | {"text": says(1200), "reason": says(600), "signed": False})
        by(who, "post", {"text": says(1200), "reason": says(600)})
    by(others[0], "post", amendment | {"remove": True, "reason": says(600)})
    yield "amended"
    ids = [card["id"] for card in day.cards(STEP)]
    do("discuss", on=ids[1])
    yield "one long amendment"
    do("decide", {"outcome": "accept", "reason": says(600)}, on=ids[0])
    do("decide", {"outcome": "refuse", "reason": says(600)}, on=ids[1])
    do("decide", {"outcome": "adapt", "title": says(120), "text": says(1200), "reason": says(600)}, on=ids[2])
    do("discuss")
    yield "answered, a long position beside"
    long = day.drive.state()["views"][STEP]["positions"][2]["id"]
    do("discuss", on=long)
    do("stage", {"stage": "asking"})
    yield "degrees asked"
    for place, who in enumerate([*phones, *others]):
        for on in (SERVICES, long):
            by(who, "degree", {"degree": 7 - place}, on)
    for who in phones:
        by(who, "post", {"what": "divergence", "about": long, "text": says(600)})
    do("stage", {"stage": "told"})
    yield "degrees shown"
    do("draft", {"title": says(120), "text": says(1200)}, on=SERVICES)
    do("discuss", on=SERVICES)
    do("signing", {"open": True})
    yield "changed since, to sign"
    do("discuss")
    for who in (*phones, *others):
        by(who, "sign", {"name": says(80), "role": says(80), "structure": says(120), "as": "structure", "publish": True})
    day.drive.act("close", STEP)
    yield "signed, closed"
