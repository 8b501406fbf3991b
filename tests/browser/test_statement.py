"""A contribution on real screens: a phone amends, the drafter adapts, another phone agrees, all is shown together, someone signs."""

from browser.room import press, sees
from playwright.sync_api import expect

SHEET = """---
titre: Une contribution
---
## Programme

### 10 h – Notre contribution
- type : contribution collective
- durée : 2 h
- positions :
  - Services : Chaque bassin garde ses services. Les lieux sont choisis ensemble.
  - Terres : Les terres proches des villes restent à l’agriculture.
"""
STEP = "notre-contribution"
BEFORE = "Chaque bassin garde ses services. Les lieux sont choisis ensemble."
AFTER = "Chaque bassin garde ses services. Les lieux sont choisis avec les habitants."
TEXT = "Modifiez le texte comme vous le voudriez"


def position(day, place=0):
    return day.drive.state()["views"][STEP]["positions"][place]


def drafting(room):
    """The room is at the first position, open to amendments."""
    day = room(SHEET)
    day.open(STEP)
    assert day.drive.act("stage", STEP, {"stage": "amending"}, "services").status == 200
    assert day.drive.act("discuss", STEP, on="services").status == 200
    return day


def test_a_position_is_amended_adapted_agreed_upon_and_signed(room):
    day = drafting(room)
    nadia, paul, wall, console = day.phone("Nadia", "Drôme"), day.phone("Paul", "Forez"), day.wall(), day.console()
    sees(nadia, "Services", BEFORE)
    # A phone starts from the present text; the difference is made by the words themselves.
    nadia.get_by_text("Proposer un amendement").click()
    expect(nadia.get_by_label(TEXT)).to_have_value(BEFORE)
    nadia.get_by_label(TEXT).fill(AFTER)
    nadia.get_by_label("Pourquoi ?").fill("Ils savent où ils vont.")
    press(nadia, "Envoyer mon amendement")
    for page in (nadia, wall, console):
        expect(page.locator("ins").first).to_contain_text("avec les habitants")
        expect(page.locator("del").first).to_contain_text("ensemble")
    expect(nadia.get_by_label(TEXT)).to_have_value(BEFORE)
    # The drafter keeps it in other words, and says why.
    queue = console.locator(".card", has=console.locator("ins"))
    queue.get_by_text("L’adapter", exact=True).click()
    queue.get_by_label("La rédaction retenue").fill(f"{AFTER} Chaque année.")
    queue.get_by_label("Pourquoi d’autres mots ?").fill("Avec un rythme.")
    press(console, "Garder cette rédaction", queue)
    sees(nadia, "Repris dans d’autres mots", "Avec un rythme.")
    sees(wall, f"{AFTER} Chaque année.")
    # Degrees in private, then all at once.
    press(console, "Demander les degrés", console.locator("[data-key=position-services]"))
    for phone, degree in ((nadia, "1. "), (paul, "6. ")):
        phone.locator("label", has_text=degree).click()
        press(phone, "Donner mon degré")
        expect(phone.get_by_text("Votre degré est gardé")).to_be_visible()
    assert day.someone(name="Luc").act("degree", STEP, {"degree": 2}, "services").status == 200
    paul.get_by_label("Votre raison").fill("Qui paie ?")
    press(paul, "Envoyer ma raison")
    sees(paul, "Qui paie ?")
    expect(wall.locator(".given .number")).to_have_text("3")
    assert "Qui paie ?" not in wall.content()
    press(console, "Dévoiler les degrés", console.locator("[data-key=position-services]"))
    for page in (wall, nadia):
        expect(page.locator(".gradient li b")).to_have_text(["1", "1", "0", "0", "0", "1", "0"])
    # Who wants to signs, and is listed by consent.
    press(console, "Toutes les positions au mur")
    press(console, "Recueillir les signatures")
    nadia.get_by_text("Signer", exact=True).first.click()
    nadia.get_by_label("J’accepte de figurer").check()
    nadia.locator("#sign [data-send]").click()
    sees(nadia, "Vous signez : Nadia")
    sees(wall, "Qui signe cette contribution ?", "Nadia", "1 signature")


def test_an_amendment_begun_before_the_text_changed_says_what_it_was_written_from(room):
    day = drafting(room)
    nadia = day.phone("Nadia", "Drôme")
    nadia.get_by_text("Proposer un amendement").click()
    nadia.get_by_label(TEXT).fill(AFTER)
    change = {"title": "Services", "text": BEFORE.replace("Chaque bassin", "Chaque bassin de vie")}
    assert day.drive.act("draft", STEP, change, "services").status == 200
    sees(nadia, "Chaque bassin de vie garde")
    # A page loaded again, a phone that slept: what is begun is still begun from the text it was begun from.
    nadia.reload()
    expect(nadia.get_by_label(TEXT)).to_have_value(AFTER)
    press(nadia, "Envoyer mon amendement")
    sees(nadia, "Écrit à partir de la rédaction 1")
    (amendment,) = position(day)["amendments"]
    assert amendment["content"]["was"] == BEFORE
    assert day.drive.act("decide", STEP, {"outcome": "accept"}, amendment["id"]).status == 200
    assert position(day)["text"] == AFTER.replace("Chaque bassin", "Chaque bassin de vie")


def test_an_amendment_to_a_position_closed_meanwhile_stays_on_the_phone(room):
    day = drafting(room)
    nadia = day.phone("Nadia", "Drôme")
    nadia.get_by_text("Proposer un amendement").click()
    nadia.get_by_label(TEXT).fill(AFTER)
    assert day.drive.act("stage", STEP, {"stage": "closed"}).status == 200
    expect(nadia.get_by_text("Proposer un amendement")).to_have_count(0)
    # The form is gone from the page, what is written in it is not.
    expect(nadia.locator("textarea").first).to_have_value(AFTER)
    nadia.locator("form[data-typed] button").first.click()
    sees(nadia, "Cette position n’est pas ouverte aux amendements.", AFTER)
    assert not position(day)["amendments"]


def test_without_script_a_position_is_amended_and_agreed_upon_too(room):
    day = drafting(room)
    plain = day.phone("Zoé", "Drôme", javascript=False, may_log=("422", "409"))
    plain.get_by_text("Proposer un amendement").click()
    plain.get_by_label(TEXT).fill(BEFORE)
    press(plain, "Envoyer mon amendement")
    expect(plain.get_by_role("alert")).to_have_text("Rien n’est encore changé\u00a0: écrivez la position telle que vous la voudriez.")
    plain.get_by_label(TEXT).fill(AFTER)
    press(plain, "Envoyer mon amendement")
    assert [one["content"]["text"] for one in position(day)["amendments"]] == [AFTER]
    plain.get_by_text("Proposer un amendement").click()
    plain.get_by_label(TEXT).fill("Closed meanwhile.")
    assert day.drive.act("stage", STEP, {"stage": "closed"}).status == 200
    press(plain, "Envoyer mon amendement")
    sees(plain, "Cette position n’est pas ouverte aux amendements.")
    expect(plain.get_by_label(TEXT)).to_have_value("Closed meanwhile.")
    assert day.drive.act("stage", STEP, {"stage": "asking"}, "services").status == 200
    day.go(plain, "")
    plain.get_by_label("2. D’accord, à un détail près").check()
    press(plain, "Donner mon degré")
    expect(plain.get_by_text("Votre degré est gardé")).to_be_visible()
