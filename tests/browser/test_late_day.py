"""A whole day as it really goes: prepared in the browser, begun late, with a PDF, workshops, people without phones, notes, a hand count, an
improvised step and one left out; down to a golden restitution that holds them all."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import files
from browser.room import press, sees
from harness.server import Server
from playwright.sync_api import Locator, Page, expect

GOLDEN = Path(__file__).parents[1] / "golden" / "a-late-day.md"
SMALL = "---\ndate: 2020-10-08\n---\n# Un essai\n## Programme\n### 9 h – Accueil\n- type : accueil\n- durée : 5\n"
PEOPLE = [f"Habitante {letter}" for letter in "ABCDEFGHIJKL"]
OUTSIDE, TOGETHER = "Aller vers ceux qui ne viennent pas", "Se mettre d’accord à cent"
MODEL = "2020-10-08-innovation-democratique"


class LateDay:
    """One server whose clock is told, the pages of its team, and the hands that press on them."""

    def __init__(self, server: Callable[..., Server], open_page: Callable[..., Page]) -> None:
        self.server, self.open_page = server(SMALL, "--clock", "stdin"), open_page
        self.at("09:20")

    def at(self, hour: str) -> None:
        """It is that hour in the room, on the day of the sheet: two hours ahead of UTC."""
        hours, minutes = hour.split(":")
        self.server.tell(f"2020-10-08T{int(hours) - 2:02}:{minutes}:00.000Z")

    def prepare(self) -> None:
        """From the library's sheet: two workshops in place of a step."""
        page = self.open_page(self.server.urls["shelf"], width=1280, height=800)
        page.get_by_role("link", name="Préparer une journée").click()
        page.locator(f"form:has(input[value='{MODEL}'])").get_by_role("button").click()
        page.wait_for_url("**/prepare/*")
        unfold(row(page, "Les points de vigilance"))
        row(page, "Les points de vigilance").get_by_role("button", name=re.compile("^L’enlever")).click()
        expect(page.locator(".gone")).to_contain_text("Les points de vigilance")
        self.add(page, "Celles qui comptent le plus", "Deux ateliers", "Ateliers en parallèle", "30 min")
        row(page, "Deux ateliers").locator("[name$='.v.tracks']").fill("Mobiliser (salle Loire)\nDécider ensemble")
        self.add(page, "Deux ateliers", OUTSIDE, "Situations", "20 min")
        row(page, OUTSIDE).locator("[name$='.v.track']").select_option(label="Mobiliser")
        self.add(page, OUTSIDE, TOGETHER, "Situations", "20 min")
        row(page, TOGETHER).locator("[name$='.v.track']").select_option(label="Décider ensemble")
        press(page, "Enregistrer")
        expect(page.locator("[data-status]")).to_have_text("Enregistré")
        press(page, "Ouvrir cette journée")
        page.wait_for_url("**/c/*")
        self.console, self.code = page, page.url.rpartition("/c/")[2]
        self.origin = page.url.partition("/c/")[0]

    def add(self, page: Page, above: str, title: str, kind: str, length: str) -> None:
        """A step below another one, in the form."""
        unfold(row(page, above))
        row(page, above).get_by_role("button", name=re.compile("^Ajouter une étape dessous")).click()
        expect(page.locator(":focus")).to_have_attribute("name", re.compile(r"row\..*\.title"))
        expect(page.locator(":focus")).to_have_value("")
        page.keyboard.type(title)
        step = row(page, title)
        step.locator(".kind select").select_option(label=kind)
        step.get_by_label(f"Durée : {title}").fill(length)
        unfold(step)

    def team(self, page: str) -> Page:
        """Another page of the team, in the console's browser."""
        return self.open_page(f"{self.origin}/{page}/{self.code}", width=1280, height=800, beside=self.console)

    def phone(self, name: str, territory: str) -> Page:
        phone = self.open_page(f"{self.origin}/j/{self.code}")
        phone.locator("#name").fill(name)
        phone.locator("#territory").fill(territory)
        phone.locator("button[form=join]").click()
        phone.wait_for_url(f"**/s/{self.code}")
        expect(phone.locator("[data-state]")).to_have_text("Connecté")
        return phone

    def post(self, phone: Page, text: str, button: str) -> None:
        """Someone writes on their phone, and it is kept."""
        phone.locator("main textarea").first.fill(text)
        press(phone, button)
        self.keeps(text)

    def keeps(self, text: str) -> None:
        """The day holds these words."""
        told = f"async (text) => (await (await fetch('/s/{self.code}/state?as=console')).text()).includes(text)"
        self.console.wait_for_function(told, arg=text)

    def report(self, format: str) -> tuple[int, str]:
        """(status, text) of the restitution in that format."""
        asked = f"fetch('/s/{self.code}/restitution.' + format)"
        told = f"async (format) => {{ const answer = await {asked}; return [answer.status, await answer.text()]; }}"
        status, text = self.console.evaluate(told, format)
        return status, text


def row(page: Page, title: str) -> Locator:
    return page.locator(".steps > li", has=page.locator(f'.name input[value="{title}"]')).first


def unfold(step: Locator) -> None:
    if step.locator("details.more").first.get_attribute("open") is None:
        step.locator("summary").first.click()


def go_on(console: Page) -> None:
    """To the next step, without a warning."""
    console.locator(".turn").get_by_role("button", name=re.compile("^Passer (maintenant|à)")).click()


def now(title: str, console: Page, *phones: Page) -> None:
    """The console says that this is on, and the phones have followed."""
    expect(console.locator(".glance .said").first).to_contain_text(title)
    for phone in phones:
        expect(phone.locator("main")).to_have_attribute("data-title", re.compile(re.escape(title)))


def test_a_late_day_comes_to_a_restitution_that_holds_it_all(server, open_page, tmp_path):
    day = LateDay(server, open_page)
    day.prepare()
    console, nadia, bruno = day.console, day.phone("Agent 1, Drôme", "Drôme"), day.phone("Élue 2, Ain", "Ain")
    scribe, notes = day.team("scribe"), day.team("notes")

    day.at("10:10")
    press(console, "Ouvrir la journée : Accueil")
    sees(nadia, "À quoi avez-vous participé")
    day.post(nadia, "À la réunion sur la place du village", "Envoyer ma réponse")
    for person in PEOPLE:
        fold = scribe.locator("details[data-key=welcome]")
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()
        scribe.get_by_label("Prénom et nom").fill(person)
        scribe.get_by_label("Territoire").last.fill("Ardèche")
        press(scribe, "Ajouter cette personne")
        expect(scribe.locator("#sheet")).to_have_text(f"Pour {person}, Ardèche")

    # An input of 35 minutes, begun forty minutes late, with the speaker's own PDF.
    day.at("10:35")
    go_on(console)
    now("De nouvelles façons de participer", console, nadia, bruno)
    expect(console.locator(".glance .late")).to_have_text("en retard de 40 min")
    file = tmp_path / "diapos.pdf"
    file.write_bytes(files.deck(3))
    console.wait_for_load_state("networkidle")
    console.locator("details[data-key=pdf] summary").click()
    console.locator("#pdf-file").set_input_files(file)
    console.locator("form[data-upload]").get_by_text("Oui", exact=True).check()
    press(console, "Le prendre")
    expect(console.get_by_role("heading", name="Diapositive 1 sur 3")).to_be_visible(timeout=60_000)
    press(console, "Diapositive suivante")
    sees(nadia, "La ville et la campagne, 2")
    day.post(bruno, "Qui ne vient jamais ?", "Poser ma question")
    notes.bring_to_front()
    for mark, text in (("Dit", "On confond consulter et décider ensemble"), ("Décision", "La charte est relue avant la fin de l’année")):
        notes.get_by_role("radio", name=mark).check()
        notes.get_by_label("Note", exact=True).first.fill(text)
        press(notes, "Noter")
        sees(notes, text)
    notes.get_by_role("radio", name="Citation").check()
    notes.get_by_label("Note", exact=True).first.fill("Rien sur nous sans nous")
    notes.get_by_label("Qui l’a dit").first.fill("Agent 1, Drôme")
    notes.get_by_label("Cette personne accepte").first.check()
    press(notes, "Noter")
    sees(notes, "Rien sur nous sans nous")

    # What is to come gives minutes back, at one press.
    console.locator("details[data-key=cuts] summary").click()
    press(console, "Raccourcir ainsi")
    day.at("11:05")
    go_on(console)
    now("Nos expériences de participation", console, nadia, bruno)
    day.post(nadia, "Un budget participatif de quartier", "Envoyer ma situation")
    day.post(bruno, "Une carte des chemins, faite avec les écoles", "Envoyer ma situation")
    scribe.goto(f"{day.origin}/scribe/{day.code}?after=")
    for person in PEOPLE:
        expect(scribe.locator("#sheet")).to_have_text(f"Pour {person}, Ardèche")
        scribe.get_by_label("L’expérience, en une ou deux phrases").first.fill(f"La réunion racontée par : {person}")
        press(scribe, "Envoyer pour cette personne")
    sees(scribe, "12 sur 12 ont répondu")

    # The break is left out; a vote, on phones and by a show of hands.
    day.at("11:30")
    press(console, "Sauter « Pause »")
    expect(console.locator(".agenda .skipped")).to_have_count(1)
    go_on(console)
    now("Lesquelles décoder", console, nadia, bruno)
    for phone in (nadia, bruno):
        give(phone, "Un budget participatif de quartier", 2)
    expect(console.get_by_role("heading", name="2 personnes ont voté")).to_be_visible()
    scribe.goto(f"{day.origin}/scribe/{day.code}?after=")
    scribe.get_by_role("heading", name="À main levée").click()
    scribe.get_by_label("Combien de personnes ont pris part").fill("14")
    scribe.get_by_label("Une carte des chemins, faite avec les écoles").last.fill("9")
    press(scribe, "Enregistrer ce décompte")
    sees(scribe, "À main levée : 14 personnes")
    press(console, "Dévoiler le résultat")

    # Nobody had planned this one: a kind, a question, minutes.
    console.locator("details[data-key=add] > summary").click()
    console.get_by_label("Type", exact=True).select_option(label="Situations")
    console.get_by_label("Question, ou titre").fill("Que ferions-nous dès lundi ?")
    press(console, "+ 10 min")
    day.at("11:45")
    go_on(console)
    now("Que ferions-nous dès lundi", console, nadia, bruno)
    day.post(bruno, "Appeler trois personnes qui ne viennent jamais", "Envoyer ma situation")
    for hour, title in (("11:55", "Décodage"), ("12:30", "Déjeuner"), ("13:45", "Les conditions de réussite")):
        day.at(hour)
        go_on(console)
        now(title, console, nadia, bruno)
    day.post(nadia, "Dire d’avance ce qui est ouvert", "Envoyer ma situation")
    day.at("14:20")
    go_on(console)
    now("Celles qui comptent le plus", console, nadia, bruno)

    # Two workshops side by side, then everyone is back.
    day.at("14:35")
    go_on(console)
    now("Deux ateliers", console, nadia, bruno)
    press(nadia, "Mobiliser")
    press(bruno, "Décider ensemble")
    for title in (OUTSIDE, TOGETHER):
        press(console, f"Commencer : {title}")
    sees(nadia, OUTSIDE)
    sees(bruno, TOGETHER)
    day.at("14:45")
    day.post(nadia, "Aller au marché plutôt que d’inviter en mairie", "Envoyer ma situation")
    day.post(bruno, "Un tour de parole, puis un second", "Envoyer ma situation")
    for track, text in (("Mobiliser", "Aller là où sont les gens"), ("Décider ensemble", "Deux tours de parole avant de décider")):
        fold = console.locator("details[data-key=report-for]")
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()
        console.get_by_label("Atelier", exact=True).select_option(label=track)
        fold.locator("textarea").fill(text)
        press(console, "Noter", fold)
        sees(console, text)
    day.at("14:55")
    press(console, "Faire revenir tout de suite")
    sees(nadia, "chaque atelier rapporte")
    press(console, "Mobiliser")
    sees(nadia, "« Mobiliser » rapporte")

    for hour, title in (("15:05", "Pause"), ("15:20", "Ce que ces expériences"), ("15:50", "Évaluation")):
        day.at(hour)
        go_on(console)
        now(title, console, nadia, bruno)
    for phone, roti in ((nadia, "4"), (bruno, "3")):
        phone.get_by_role("radio", name=re.compile(f"^{roti}")).first.check()
        press(phone, "Envoyer ma réponse")
        sees(phone, "Votre réponse est enregistrée, sans votre nom.")
    scribe.goto(f"{day.origin}/scribe/{day.code}?after=")
    scribe.get_by_role("heading", name="Feuilles comptées ensemble").click()
    scribe.get_by_label("Combien de feuilles").fill("12")
    for place, count in enumerate((0, 1, 2, 6, 3)):
        scribe.locator("[name='content.roti[]']").nth(place).fill(str(count))
    press(scribe, "Enregistrer ces feuilles")
    sees(scribe, "Sur papier : 12 feuilles")
    day.at("16:15")
    press(console, "Clore maintenant")
    console.locator("details[data-key=finish] summary").click()
    press(console, "Terminer la journée")
    sees(nadia, "C’est fini pour aujourd’hui")

    status, written = day.report("md")
    assert status == 200
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(written, "utf-8")
    assert written == GOLDEN.read_text("utf-8")
    for format, begins in (("pdf", "%PDF-"), ("html", "<!doctype html>")):
        status, written = day.report(format)
        assert (status, written[: len(begins)].lower()) == (200, begins.lower())


def give(phone: Page, card: str, dots: int) -> None:
    """So many dots on that card: each press is saved."""
    line = phone.locator(".card", has_text=card)
    for _ in range(dots):
        line.get_by_role("button", name=re.compile("^Un point de plus")).click()
