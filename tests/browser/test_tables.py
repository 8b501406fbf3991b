"""Tables in a room: the phone says where to sit, one person writes and another takes over, offline or not, and no letter is lost."""

from typing import Any

from browser.room import Room, press, state
from playwright.sync_api import Page, expect

SHEET = """---
titre: Une heure de tables
---
## Programme

### 10 h – Tables
- type : tables
- durée : 40 min
- par table : 2
- question : Que retenir ?
- champs :
  - Ce que nous gardons (400)
  - Ce qui manque (200)
"""

STEP = "tables"
CUT = ["ERR_INTERNET_DISCONNECTED", "WebSocket"]


def view(day: Room, page: Page) -> Any:
    """What the person of that phone is told of their table."""
    return day.hand(page).state()["views"][STEP]["seat"]


def kept(page: Page) -> Any:
    """The field of the note, on the phone that has the pen."""
    return page.get_by_label("Ce que nous gardons")


def test_a_table_is_made_written_at_by_one_then_another_and_no_letter_is_lost(room):
    day = room(SHEET)
    first, second = day.phone("Nadia", "Drôme", may_log=CUT), day.phone("Bruno", "Forez", may_log=CUT)
    far = day.phone("Odile", "Diois")
    day.someone(name="Marc", territory="Drôme")
    day.open(STEP)
    console = day.console()
    expect(first.get_by_text("Les tables se composent. Cette page dira où vous asseoir.")).to_be_visible()
    press(console, "Composer les tables")
    expect(console.get_by_role("heading", name="2 tables, 4 personnes")).to_be_visible()
    # The two phones are brought to one table, as by a facilitator's hand.
    people = {one["name"]: one["id"] for table in day.drive.state()["views"][STEP]["tables"] for one in table["people"]}
    for table, names in ((1, ("Nadia", "Bruno")), (2, ("Odile", "Marc"))):
        assert day.drive.act("seat", STEP, {"people": [people[name] for name in names], "table": table}).status == 200
    for phone, other in ((first, "Bruno"), (second, "Nadia")):
        expect(phone.locator(".big-table")).to_have_text("Table 1")
        expect(phone.locator(".mates")).to_contain_text(f"Avec {other}")
    expect(far.locator(".big-table")).to_have_text("Table 2")

    # One writes: nothing is pressed, the other reads.
    press(first, "Prendre la plume")
    kept(first).press_sequentially("Un calendrier")
    expect(second.locator(".said", has_text="Un calendrier")).to_be_visible()
    expect(second.get_by_text("Nadia écrit…")).to_be_visible()
    assert "Un calendrier" not in far.locator("#region").inner_text()

    # The caret stays where it is when what was typed comes back saved.
    kept(first).evaluate("one => one.setSelectionRange(2, 2)")
    kept(first).press_sequentially(" seul")
    expect(second.locator(".said", has_text="Un seul calendrier")).to_be_visible()
    expect(kept(first)).to_be_focused()
    assert kept(first).evaluate("one => one.selectionStart") == 7

    # A word, a blank, a rest: what comes back saved takes no blank from under the caret.
    kept(first).press("End")
    kept(first).press_sequentially(" ")
    expect(first.locator("form[data-typed]")).to_have_count(0)
    assert kept(first).input_value() == "Un seul calendrier "

    # The other takes the pen while the first is typing: her last letters are in the note he goes on with.
    kept(first).press_sequentially("commun")
    press(second, "Prendre la plume à sa place")
    expect(kept(second)).to_have_value("Un seul calendrier commun")
    expect(kept(first)).to_have_count(0)
    expect(first.locator("[data-made]")).to_have_count(0)

    # He goes offline and goes on; she takes the pen back and writes; his words come back beside hers.
    second.context.set_offline(True)
    kept(second).press("End")
    kept(second).press_sequentially(", tenu à deux")
    expect(state(second)).to_have_text("En attente du réseau : 1")
    press(first, "Prendre la plume à sa place")
    kept(first).press("End")
    kept(first).press_sequentially(", affiché en mairie")
    expect(state(first)).to_have_text("Enregistré")
    expect(first.locator("form[data-typed]")).to_have_count(0)
    kept(first).blur()
    second.context.set_offline(False)
    beside = first.locator("section", has=first.get_by_role("heading", name="Écrit en même temps"))
    expect(beside.locator(".said", has_text="Un seul calendrier commun, tenu à deux")).to_be_visible(timeout=20_000)
    expect(second.locator("[data-key=words] .said")).to_have_text("Un seul calendrier commun, affiché en mairie")
    press(first, "L’ajouter à la note")
    expect(kept(first)).to_have_value("Un seul calendrier commun, affiché en mairie\nUn seul calendrier commun, tenu à deux")

    # All are closed, one is opened again alone.
    press(console, "Clore toutes les notes")
    for phone in (first, far):
        expect(phone.get_by_text("La note de cette table est close. Ce que vous avez écrit est gardé.")).to_be_visible()
    table = console.locator("[data-key='1-1']")
    table.get_by_text("Note, clôture, mur").click()
    press(console, "Rouvrir cette table", table)
    expect(kept(first)).to_be_visible()
    expect(far.get_by_text("La note de cette table est close. Ce que vous avez écrit est gardé.")).to_be_visible()


def test_without_script_a_table_is_found_and_its_note_written(room):
    day = room(SHEET)
    day.someone(name="Marc")
    day.open(STEP)
    assert day.drive.act("deal", STEP).status == 200
    phone = day.phone("Nadia", javascript=False)
    press(phone, "Trouver ma table")
    expect(phone.locator(".big-table")).to_have_text("Table 1")
    press(phone, "Prendre la plume")
    kept(phone).fill("Un calendrier")
    press(phone, "Enregistrer la note")
    expect(kept(phone)).to_have_value("Un calendrier")
    assert view(day, phone)["note"]["texts"] == {"ce-que-nous-gardons": "Un calendrier"}
