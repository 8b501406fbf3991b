"""A step that stays open beside what is on."""

SHEET = """---
titre: Une heure
---
## Programme

### 10 h – Vos situations
- type : situations
- reste ouverte : oui

### 10 h 20 – Accueil
- type : accueil
- durée : 20 min
"""


def scenes(day, phones, says):
    day.open("vos-situations")
    yield "none"
    for one in phones:
        assert one.act("post", "vos-situations", {"title": says(280), "context": says(600)}).status == 200
    yield "two"
    day.open("accueil")
    yield "beside"
    assert day.drive.act("show", content={"step": "vos-situations"}).status == 200
    yield "beside, on the wall"
