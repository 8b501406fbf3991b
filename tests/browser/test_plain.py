"""With JavaScript off, phones, wall and console are plain pages and plain forms: one joins, writes, votes, reads and drives."""

from browser.room import card_of, press
from playwright.sync_api import expect

LABEL = "La situation, en une ou deux phrases"


def test_a_day_is_taken_part_in_without_javascript(room):
    day = room()
    day.open("vos-situations")
    phone = day.phone("Nadia", "Drôme", javascript=False, may_log=["422"])
    expect(phone.locator("#banner .notice")).to_contain_text("Sans JavaScript, cette page n’avance pas seule.")
    expect(phone.locator("[data-state]")).to_be_hidden()

    # Writing: refused with the text still there, then kept.
    phone.get_by_label(LABEL).fill("é" * 281)
    press(phone, "Envoyer ma situation")
    expect(phone.get_by_role("alert")).to_contain_text("1 signe de trop")
    expect(phone.get_by_label(LABEL)).to_have_value("é" * 281)
    expect(phone.locator(".counter.over")).to_have_text("1 signe de trop")
    phone.get_by_label(LABEL).fill("Un marché\ncommun")
    phone.locator("summary", has_text="Le territoire").click()
    phone.get_by_label("Le territoire").fill("Valence")
    press(phone, "Envoyer ma situation")
    expect(phone.locator(".card .saved")).to_contain_text("Enregistrée")
    assert day.cards("vos-situations")[0]["content"] == {"title": "Un marché\ncommun", "territory": "Valence"}
    phone.get_by_label("Anonyme").check()
    phone.get_by_label(LABEL).fill("À retirer")
    press(phone, "Envoyer ma situation")
    expect(card_of(phone, "À retirer")).to_contain_text("anonyme")

    # Correcting and withdrawing one's own.
    phone.get_by_role("link", name="Mes cartes").click()
    mine = phone.locator(".card", has_text="Un marché")
    mine.locator("summary").click()
    mine.get_by_label(LABEL).fill("Un marché commun, le samedi")
    press(phone, "Enregistrer", mine)
    phone.get_by_role("link", name="Mes cartes").click()
    expect(card_of(phone, "Un marché commun, le samedi")).to_have_count(2)
    press(phone, "Retirer", phone.locator(".card", has_text="À retirer").first)
    assert [card["content"]["title"] for card in day.cards("vos-situations") if card["status"] == "shown"] == [
        "Un marché commun, le samedi"
    ]
    day.post("vos-situations", {"title": "Une navette", "signed": False})

    # Reading the wall.
    phone.get_by_role("link", name="Le mur", exact=True).click()
    expect(phone.locator(".card .said").filter(has_text="Un")).to_have_text(["Un marché commun, le samedi", "Une navette"])

    # Voting, in numbers; too many dots are refused in words.
    day.open("lesquelles-decoder")
    phone.get_by_role("link", name="En ce moment").click()
    phone.get_by_role("spinbutton", name="Points pour : Un marché commun, le samedi").fill("2")
    phone.get_by_role("spinbutton", name="Points pour : Une navette").fill("2")
    press(phone, "Envoyer mes points")
    expect(phone.get_by_role("alert")).to_be_visible()
    expect(phone.get_by_role("spinbutton", name="Points pour : Une navette")).to_have_value("2")
    phone.get_by_role("spinbutton", name="Points pour : Une navette").fill("1")
    press(phone, "Envoyer mes points")
    expect(phone.locator("[data-left]")).to_have_text("0")
    assert day.drive.act("reveal", "lesquelles-decoder").status == 200
    phone.reload()
    expect(phone.locator("ol.cards li").first).to_contain_text("2 points")

    # A note while a situation is decoded, then the pen, then the confirmation by its teller.
    day.open("decodage")
    teller = day.card("vos-situations", "Un marché commun, le samedi")["id"]
    for act in (("choose", {}, teller), ("phase", {"phase": "notes"}, "")):
        assert day.drive.act(act[0], "decodage", act[1], on=act[2]).status == 200
    phone.reload()
    phone.get_by_label("Bénéfices").check()
    phone.get_by_label("Votre note", exact=True).fill("Douze emplois")
    press(phone, "Envoyer ma note")
    expect(card_of(phone, "Douze emplois")).to_contain_text("Enregistrée")
    press(phone, "Prendre la plume")
    phone.get_by_label("Bénéfices").fill("Douze emplois, en un an")
    press(phone, "Enregistrer la fiche")
    press(phone, "Poser la plume")
    assert day.drive.act("phase", "decodage", {"phase": "card"}).status == 200
    phone.reload()
    press(phone, "Oui, je confirme cette fiche")
    expect(phone.get_by_text("Confirmée par la personne qui l’a racontée.")).to_be_visible()

    # Evaluating, and changing one's answer.
    day.open("evaluation")
    phone.get_by_role("link", name="En ce moment").click()
    phone.get_by_role("radio", name="4 bien plus que le temps passé").check()
    phone.get_by_label("Qu’est-ce qui a été utile ?").fill("Les voisins")
    press(phone, "Envoyer ma réponse")
    expect(phone.get_by_text("Votre réponse est enregistrée, sans votre nom.")).to_be_visible()
    expect(phone.get_by_label("Qu’est-ce qui a été utile ?")).to_have_value("Les voisins")
    press(phone, "Changer ma réponse")
    assert day.drive.act("finish").status == 200
    phone.get_by_role("link", name="En ce moment").click()
    expect(phone.locator("h1")).to_have_text("C’est fini pour aujourd’hui")
    for text in ("Un marché commun, le samedi", "Une navette", "Douze emplois, en un an", "Les voisins"):
        assert text in day.restitution()
    assert "À retirer" not in day.restitution()


def test_the_console_drives_and_the_wall_shows_without_javascript(room):
    day = room()
    console, wall = day.console(javascript=False), day.wall(javascript=False)
    press(console, "Ouvrir la journée : Accueil")
    expect(console.locator(".glance .said").first).to_have_text("Accueil")
    press(console, "Passer maintenant")
    press(console, "Diapositive suivante")
    wall.reload()
    expect(wall.get_by_role("heading", name="Un fonds pour construire")).to_be_visible()
    press(console, "Passer maintenant")
    for n in range(3):
        day.post("vos-situations", {"title": f"Situation {n}", "signed": False})
    wall.reload()
    for n in range(3):
        expect(card_of(wall, f"Situation {n}")).to_be_visible()
    console.reload()
    press(console, "Masquer", card_of(console, "Situation 1"))
    console.locator("summary", has_text="Retirer…").click()
    console.get_by_label("Pourquoi ? C’est tout ce que dira l’annexe.").fill("un essai")
    press(console, "Retirer partout")
    expect(console.locator(".card.withheld")).to_contain_text("un essai")
    press(console, "Code QR")
    wall.reload()
    expect(wall.get_by_role("img", name="Code à scanner pour rejoindre la journée")).to_be_visible()
    press(console, "Revenir à l’étape")
    wall.reload()
    expect(wall.locator(".card")).to_have_count(2)
