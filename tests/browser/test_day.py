"""Two phones, a wall and a console play a day in real browsers, and everything a facilitator may do in the middle of it."""

import re

from browser.room import SHEET, boxes, card_of, press, sees, state
from playwright.sync_api import expect


def test_a_whole_day_is_played_from_the_code_to_the_restitution(room, open_page, axe):
    day = room()
    console, wall = day.console(), day.wall()
    expect(wall.locator("h1")).to_have_text("Une journée à deux")
    expect(console.locator(".glance")).to_contain_text("La journée n’est pas encore ouverte")

    # From the code to the first post, two screens: the join page, then the step itself.
    press(console, "Ouvrir la journée : Accueil")
    sees(wall, "Personne n’est encore entré : qui commence ?")
    nadia = open_page(day.server.urls["join"])
    screens = [nadia.url]
    nadia.on("framenavigated", lambda frame: screens.append(frame.url))
    nadia.get_by_label("Votre prénom et votre nom").fill("Nadia")
    nadia.get_by_label("Votre territoire").fill("Drôme")
    press(nadia, "Entrer dans la journée")
    nadia.get_by_label("Qu’attendez-vous de cette journée ?").fill("Des voisins à qui parler")
    press(nadia, "Envoyer ma réponse")
    expect(card_of(nadia, "Des voisins à qui parler").locator(".saved")).to_contain_text("Enregistrée")
    expect(state(nadia)).to_have_text("Enregistré")
    assert [url.rsplit("/", 2)[1] for url in screens] == ["j", "s"]
    bruno = day.phone(territory="Ardèche", width=360, height=640)
    sees(wall, "2 personnes sont là, de 2 territoires")

    # Slides follow the console, and a question may be asked.
    press(console, "Passer dans 1 minute : Trois financements")
    expect(nadia.get_by_text("Cette étape va se clore")).to_be_visible()
    press(console, "Passer maintenant : Trois financements")
    sees(nadia, "Un fonds pour étudier")
    press(console, "Diapositive suivante")
    for page in (nadia, bruno, wall):
        sees(page, "Un fonds pour construire")
    bruno.get_by_label("Votre question").fill("Et pour une commune de 300 habitants ?")
    press(bruno, "Poser ma question")
    sees(console, "Et pour une commune de 300 habitants ?")
    sees(wall, "1 question posée")

    # Situations: signed and anonymous; the wall takes them without moving those that are read.
    press(console, "Clore dans 1 minute")
    sees(wall, "Bientôt clos : envoyez ce que vous écrivez.")
    press(console, "Attendre encore")
    expect(wall.locator("#region")).not_to_contain_text("Bientôt clos")
    press(console, "Passer maintenant")
    for text, who in (("Un marché commun", nadia), ("Une navette le vendredi", bruno)):
        who.get_by_label("La situation, en une ou deux phrases").fill(text)
        if who is bruno:
            who.get_by_text("Anonyme", exact=True).click()
            expect(who.get_by_text("Votre nom n’est ni montré ni gardé avec la carte.")).to_be_visible()
        else:
            expect(who.get_by_text("Au mur, on lira : Nadia, Drôme.")).to_be_visible()
        before = boxes(wall)
        press(who, "Envoyer ma situation")
        expect(card_of(wall, text)).to_be_visible()
        after = boxes(wall)
        assert len(after) == len(before) + 1
        assert {card: after[card] for card in before} == before
    expect(card_of(wall, "Un marché commun")).to_contain_text("Drôme · Nadia")
    expect(card_of(wall, "Une navette le vendredi")).to_contain_text("anonyme")
    expect(bruno.get_by_label("La situation, en une ou deux phrases")).to_have_value("")

    # A break says until when.
    press(console, "Passer maintenant")
    for page in (nadia, bruno, wall):
        expect(page.locator("h1")).to_have_text(re.compile(r"^On reprend à\s\d+\sh(\s[0-5]\d)?$"))

    # The vote stays hidden, for the facilitator too, until it is revealed to all at once.
    press(console, "Passer à : Lesquelles décoder ?")
    nadia.get_by_role("button", name="Un point de plus : Un marché commun").click()
    nadia.get_by_role("button", name="Un point de plus : Un marché commun").click()
    bruno.get_by_role("button", name="Un point de plus : Un marché commun").click()
    bruno.get_by_role("button", name="Un point de plus : Une navette le vendredi").click()
    expect(bruno.locator("[data-left]")).to_have_text("1")
    sees(wall, "2 personnes ont voté")
    sees(console, "2 personnes ont voté")
    expect(wall.locator(".bars")).to_have_count(0)
    press(console, "Dévoiler le résultat")
    expect(wall.locator(".bars li .number")).to_have_text(["3", "1"])
    expect(nadia.locator("ol.cards li").first).to_contain_text("3 points")

    # One situation decoded: told, questioned, noted by all, written by a scribe, confirmed by its teller.
    press(console, "Passer maintenant")
    sees(wall, "Quelle situation d’abord ?")
    press(console, "La décoder", card_of(console, "Un marché commun"))
    sees(nadia, "C’est à vous : racontez votre situation.")
    sees(bruno, "Écoutez d’abord.")
    press(console, "Questions de clarification")
    bruno.get_by_label("Votre question, pour mieux comprendre").fill("Qui le tient ?")
    press(bruno, "Poser ma question")
    sees(wall, "Qui le tient ?")
    press(console, "Les notes de chacun")
    for who, column, text in ((nadia, "Bénéfices", "Douze emplois"), (bruno, "Points de vigilance", "Un seul bénévole")):
        who.get_by_text(column, exact=True).click()
        who.get_by_label("Votre note", exact=True).fill(text)
        press(who, "Envoyer ma note")
        expect(card_of(wall, text)).to_be_visible()
    press(bruno, "Prendre la plume")
    expect(bruno.get_by_text("Vous tenez la plume")).to_be_visible()
    sees(bruno, "Douze emplois")
    bruno.get_by_label("Bénéfices").fill("Douze emplois, dont sept de retour")
    press(bruno, "Enregistrer la fiche")
    expect(state(bruno)).to_have_text("Enregistré")
    press(console, "La fiche")
    sees(wall, "Douze emplois, dont sept de retour")
    press(nadia, "Oui, je confirme cette fiche")
    sees(wall, "Fiche confirmée par la personne qui l’a racontée.")

    # The evaluation, anonymous, and the end.
    press(console, "Passer maintenant")
    for who, value, useful in ((nadia, "4", "Entendre les autres"), (bruno, "3", "")):
        expect(who.get_by_text("Anonyme : ni votre nom ni l’heure ne sont gardés.")).to_be_visible()
        who.locator(".rate label", has_text=value).first.click()
        who.get_by_label("Qu’est-ce qui a été utile ?").fill(useful)
        press(who, "Envoyer ma réponse")
        expect(who.get_by_text("Votre réponse est enregistrée, sans votre nom.")).to_be_visible()
    press(console, "Dévoiler les résultats")
    sees(wall, "3,5")
    press(console, "Clore maintenant")
    console.locator("summary", has_text="Terminer la journée").click()
    press(console, "Terminer la journée")
    for page in (nadia, bruno):
        expect(page.locator("h1")).to_have_text("C’est fini pour aujourd’hui")
    sees(wall, "Merci !")

    # The restitution opens from the console, with everyone's words and only the names of those who agreed.
    with console.expect_popup() as opened:
        console.get_by_role("link", name="HTML", exact=True).click()
    restitution = opened.value
    for words in (
        "Des voisins à qui parler",
        "Et pour une commune de 300 habitants ?",
        "Un marché commun",
        "Une navette le vendredi",
        "Qui le tient ?",
        "Douze emplois, dont sept de retour",
        "Un seul bénévole",
        "Entendre les autres",
        "Fiche confirmée par la personne",
    ):
        expect(restitution.locator("main")).to_contain_text(words)
    expect(restitution.locator("body")).not_to_contain_text("Nadia")
    axe(restitution)


def test_what_is_hidden_or_withheld_leaves_the_screens_and_comes_back(room):
    day = room()
    day.open("vos-situations")
    author, reader = day.phone("Nadia", "Drôme"), day.phone()
    author.get_by_label("La situation, en une ou deux phrases").fill("Trop personnel")
    press(author, "Envoyer ma situation")
    expect(card_of(author, "Trop personnel")).to_be_visible()
    day.post("vos-situations", {"title": "Un marché commun", "signed": False})
    reader.get_by_role("link", name="Le mur").click()
    expect(card_of(reader, "Trop personnel")).to_be_visible()
    console, wall = day.console(), day.wall()
    assert "Trop personnel" in day.restitution()
    stayed = boxes(wall)[day.card("vos-situations", "Un marché commun")["id"]]

    # Hidden: off the wall and off the phones' wall; its author is told; the annex keeps it.
    press(console, "Masquer", card_of(console, "Trop personnel"))
    for screen in (wall, reader):
        expect(card_of(screen, "Trop personnel")).to_have_count(0)
    expect(author.locator(".card .state")).to_contain_text("masquée du mur")
    expect(console.locator("[data-key=log]")).to_contain_text("Carte masquée du mur")
    assert "Trop personnel" in day.restitution()

    # Withheld: off every format, its author included; the annex says that one was, and why.
    console.locator("summary", has_text="Retirer…").click()
    console.get_by_label("Pourquoi ? C’est tout ce que dira l’annexe.").fill("données personnelles")
    press(console, "Retirer partout")
    expect(console.locator(".card.withheld")).to_contain_text("seul le motif est noté : données personnelles")
    expect(author.locator("main")).to_contain_text("L’équipe d’animation a retiré cette contribution.")
    expect(author.locator("main")).not_to_contain_text("Trop personnel")
    assert "Trop personnel" not in day.restitution()
    assert "données personnelles" in day.restitution()

    # Restored: as if nothing had happened, and the log keeps all three.
    press(console, "Annuler")
    for screen in (wall, reader, author):
        expect(card_of(screen, "Trop personnel")).to_be_visible()
    assert boxes(wall)[day.card("vos-situations", "Un marché commun")["id"]] == stayed
    expect(console.locator("[data-key=log] li")).to_contain_text(
        ["Carte remontrée", "Carte retirée (données personnelles)", "Carte masquée"]
    )
    assert "Trop personnel" in day.restitution()


def test_a_full_wall_turns_its_page_when_the_console_says_so_and_shows_one_card_or_the_ways_in(room):
    day = room()
    day.open("vos-situations")
    someone = day.someone()
    said = [f"Situation {n} :" + " un marché commun" * (n % 5) for n in range(12)]
    cards = [day.post("vos-situations", {"title": text, "signed": False}, by=someone) for text in said]
    console, wall = day.console(), day.wall()
    expect(wall.locator(f"[data-card='{cards[-1]}']")).to_be_attached()
    first = boxes(wall)
    for n in range(12, 40):
        cards.append(day.post("vos-situations", {"title": f"Situation {n}", "signed": False}, by=someone))
    pages = wall.locator("[data-pages]")
    expect(wall.locator("[data-flow] [data-card]")).to_have_count(40)
    expect(pages).to_contain_text(re.compile(r"Page 1 sur [2-9] · \d+ à suivre"))
    now = boxes(wall)
    assert {card: now[card] for card in first} == first, "cards that were read have moved"
    hidden = {card for card, box in now.items() if box[-1] == "hidden"}
    assert hidden

    press(console, "Page suivante")
    expect(pages).to_contain_text(re.compile(r"Page 2 sur [2-9]"))
    turned = boxes(wall)
    assert {card for card, box in turned.items() if box[-1] == "visible"} <= hidden
    day.post("vos-situations", {"title": "Une de plus", "signed": False}, by=someone)
    expect(wall.locator("[data-flow] [data-card]")).to_have_count(41)
    expect(pages).to_contain_text("Page 2 sur")
    press(console, "Page précédente")
    expect(pages).to_contain_text("Page 1 sur")
    assert {card: box for card, box in boxes(wall).items() if card in now} == now

    # One card alone, very large; then the step, where everything still stands.
    press(console, "Seule au mur", console.locator(f"[data-card='{cards[1]}']"))
    alone = wall.locator("article .said")
    expect(alone).to_contain_text("Situation 1 : un marché commun")
    assert alone.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") > 48
    press(console, "Revenir à l’étape")
    expect(wall.locator("[data-flow] [data-card]")).to_have_count(41)
    assert {card: box for card, box in boxes(wall).items() if card in now} == now

    # The ways in at any moment: from the console, or with one key on the wall itself.
    ways = wall.get_by_role("img", name="Code à scanner pour rejoindre la journée")
    assert ways.bounding_box()["width"] < 200
    wall.keyboard.press("q")
    expect(wall.locator("#ways .qr")).to_be_visible()
    expect(wall.locator("#region")).to_be_hidden()
    assert wall.locator("#ways .qr").bounding_box()["width"] > 300
    wall.keyboard.press("q")
    expect(wall.locator("#ways")).to_have_count(0)
    assert {card: box for card, box in boxes(wall).items() if card in now} == now
    press(console, "Code QR")
    expect(wall.locator("main.halves .qr")).to_be_visible()
    press(console, "Mur noir")
    expect(wall.locator("main.black")).to_be_visible()
    press(console, "Revenir à l’étape")
    expect(wall.locator("[data-flow] [data-card]")).to_have_count(41)


def test_the_console_moves_time_and_steps(room):
    day = room()
    console, wall, phone = day.console(), day.wall(), day.phone("Nadia")
    on, left = console.locator(".glance .said").first, console.locator(".glance .clock")
    press(console, "Ouvrir la journée : Accueil")
    expect(on).to_have_text("Accueil")
    expect(left).to_have_text("15 min")
    expect(console.locator(".late")).to_have_text("à l’heure")
    turn = console.locator("[data-key=time]")
    press(console, "+ 1 min", turn)
    expect(left).to_have_text("16 min")
    press(console, "+ 5 min", turn)
    expect(left).to_have_text("21 min")
    expect(console.locator(".late")).to_have_text("en retard de 6 min")
    expect(console.locator("[data-key=log]")).to_contain_text("« Accueil » : 21 min")

    # Going on warns the room, then goes on by itself.
    assert day.drive.act("next", content={"leaving": "accueil", "in": 3}).status == 200
    expect(phone.get_by_text("Cette étape va se clore")).to_be_visible()
    expect(console.get_by_text("La salle est prévenue")).to_be_visible()
    expect(on).to_have_text("Trois financements")
    sees(phone, "Un fonds pour étudier")

    # Back to the step before, and forth over one that is skipped.
    press(console, "Revenir à « Accueil »")
    expect(on).to_have_text("Accueil")
    expect(phone.get_by_label("Qu’attendez-vous de cette journée ?")).to_be_visible()
    expect(console.get_by_role("button", name="Passer dans 1 minute : Trois financements")).to_be_visible()
    skipped = console.locator("[data-key=step-vos-situations]")
    skipped.locator("summary").click()
    press(console, "Sauter", skipped)
    expect(skipped).to_contain_text("passée")
    press(console, "Passer maintenant")
    expect(on).to_have_text("Trois financements")
    expect(console.locator(".glance .said").nth(1)).to_have_text("Pause")

    # A step that nobody had planned.
    console.locator("summary", has_text="Ajouter une étape").click()
    form = console.locator("#add")
    form.get_by_label("Type").select_option(label="Situations")
    form.get_by_label("Question, ou titre").fill("Ce qui manque")
    press(console, "+ 5 min", form)
    expect(console.locator(".agenda .title")).to_have_text(
        ["Accueil", "Trois financements", "Ce qui manque", "Vos situations", "Pause", "Lesquelles décoder ?", "Décodage", "Évaluation"]
    )
    press(console, "Passer maintenant")
    expect(phone.get_by_role("heading", name="Ce qui manque")).to_be_visible()
    phone.get_by_label("La situation, en une ou deux phrases").fill("Un bus")
    press(phone, "Envoyer ma situation")
    expect(card_of(wall, "Un bus")).to_be_visible()

    # Closed, it says so and can be opened again.
    press(console, "Clore dans 1 minute")
    press(console, "Attendre encore")
    step = console.locator("[data-key=step-ce-qui-manque]")
    step.locator("summary").click()
    press(console, "Clore", step)
    expect(phone.get_by_text("Cette étape est close depuis")).to_be_visible()
    press(console, "La rouvrir")
    expect(phone.get_by_text("Cette étape est close depuis")).to_have_count(0)


def test_territories_written_in_two_ways_become_one(room):
    day = room()
    day.someone(territory="Drome"), day.someone(territory="Drôme")
    day.open("accueil")
    console, wall = day.console(), day.wall()
    expect(wall.locator(".crowd dt")).to_have_text(["Drome", "Drôme"])
    console.locator("summary", has_text="Territoires").click()
    console.get_by_label("Celui-ci").select_option("Drome")
    console.get_by_label("s’appelle").fill("Drôme")
    press(console, "Réunir")
    expect(wall.locator(".crowd dt")).to_have_text(["Drôme"])
    expect(wall.locator(".crowd dd.number")).to_have_text(["2"])


def test_a_person_comes_back_on_the_same_phone_and_on_another(room, open_page):
    day = room(SHEET.replace("places: 200", "places: 2"))
    day.open("vos-situations")
    console, old = day.console(), day.phone("Nadia", "Drôme")
    day.someone(name="Bruno")
    old.get_by_label("La situation, en une ou deux phrases").fill("Un marché commun")
    press(old, "Envoyer ma situation")
    expect(card_of(old, "Un marché commun")).to_be_visible()

    # The same phone scans the code again: it is recognised, and goes straight to the day.
    again = open_page(day.server.urls["join"], beside=old)
    assert again.url.endswith(f"/s/{day.server.code}")
    expect(card_of(again, "Un marché commun")).to_be_visible()
    again.close()

    # The day is full, and says so; who was here before still enters with the code that the console gives.
    new = open_page(day.server.urls["join"], may_log=["403"])
    expect(new.get_by_text("Cette journée est complète.")).to_be_visible()
    expect(new.locator("#name")).to_have_count(0)
    console.locator("summary", has_text="Qui est là").click()
    person = console.locator("[data-key^=person]", has_text="Nadia")
    person.get_by_role("button").click()
    code = person.locator("b.number").inner_text()
    new.locator("summary", has_text="J’étais déjà là").click()
    new.get_by_label("Le code qu’on vous a donné").fill("000 000" if code != "000000" else "1")
    press(new, "Retrouver mes cartes")
    expect(new.get_by_role("alert")).to_contain_text("Ce code est inconnu ou n’est plus valable.")
    new.get_by_label("Le code qu’on vous a donné").fill(code)
    press(new, "Retrouver mes cartes")
    expect(card_of(new, "Un marché commun")).to_be_visible()
    expect(new.get_by_text("Au mur, on lira : Nadia, Drôme.")).to_be_visible()
    new.get_by_label("La situation, en une ou deux phrases").fill("Écrit ailleurs")
    press(new, "Envoyer ma situation")
    expect(card_of(old, "Écrit ailleurs")).to_be_visible()


def test_each_phone_speaks_its_own_language(room):
    day = room()
    day.open("vos-situations")
    french, english = day.phone("Nadia"), day.phone("Ann", language="en")
    expect(english.get_by_role("button", name="Send my situation")).to_be_visible()
    expect(english.locator("html")).to_have_attribute("lang", "en")
    english.get_by_role("link", name="My cards").click()
    english.get_by_role("link", name="Français").click()
    expect(english.get_by_role("heading", name="Mes cartes")).to_be_visible()
    english.get_by_role("link", name="En ce moment").click()
    expect(english.get_by_role("button", name="Envoyer ma situation")).to_be_visible()
    day.open("pause")
    for phone in (french, english):
        expect(phone.locator("h1")).to_contain_text("On reprend à")


def test_the_step_after_a_vote_has_its_button_whatever_the_phone_saw_of_the_reveal(room):
    day = room()
    phone = day.phone("Élue 3, Drôme", "Drôme")
    day.open("vos-situations")
    assert day.hand(phone).act("post", "vos-situations", {"title": "Une navette"}).status == 200
    day.open("lesquelles-decoder")
    expect(phone.get_by_role("button", name=re.compile("^Un point de plus")).first).to_be_visible()
    # The vote's button is put away where − and + send by themselves; what comes next has a button of its own.
    day.open("evaluation")
    expect(phone.get_by_role("button", name="Envoyer ma réponse", exact=True)).to_be_visible()
