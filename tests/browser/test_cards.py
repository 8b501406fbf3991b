"""A photo in real pages: taken in on a phone, its words kept whatever happens to it, blurred on the console, then on the wall."""

from collections.abc import Callable
from pathlib import Path

import files
from browser.room import Room, fetched, press, sees
from playwright.sync_api import Page, expect

SHEET = """---
titre: Nos pratiques
langue: fr
---
## Programme

### 10 h – Qui fait quoi ?
- type : cartes
- durée : 30 min
- modèle : pratique
- photo : oui
"""
STEP = "qui-fait-quoi"
PATIENCE = 30_000  # ms: photos are made plain behind everything else that this machine does


def is_drawn(page: Page, width: int) -> None:
    """The photo is there, not only its frame, and no wider than the phone made it."""
    page.wait_for_function("(most) => [...document.querySelectorAll('.photo img')].some((one) => one.naturalWidth === most)", arg=width)


def test_a_phone_s_photo_waits_for_the_console_which_blurs_it_before_the_wall_shows_it(room: Callable[..., Room], tmp_path: Path) -> None:
    day = room(SHEET)
    day.open(STEP)
    phone, console, wall = day.phone("Ada", "Drôme", may_log=("Failed to load resource",)), day.console(), day.wall(1920, 1080)
    assert not phone.evaluate("() => window.isSecureContext")
    (tmp_path / "not-a-photo.jpg").write_bytes(b"words")
    (tmp_path / "four.jpg").write_bytes(files.photo((4000, 3000)))
    form = phone.locator("form#situation")
    form.get_by_label("Ce qui se fait, en une ou deux phrases").fill("Un four partagé.")
    form.get_by_text("Ajouter une photo").click()
    pick = form.locator("#photo-pick")
    pick.set_input_files(tmp_path / "not-a-photo.jpg")
    expect(form.get_by_role("alert").or_(form.get_by_role("status"))).to_contain_text("ne lit pas ce fichier comme une photo")
    pick.set_input_files(tmp_path / "four.jpg")
    expect(form).to_contain_text("La photo est prête")
    press(phone, "Envoyer ma carte")
    expect(form.get_by_role("alert")).to_contain_text("Dites ce que montre la photo")
    form.get_by_label("Ce que montre la photo").fill("Trois personnes devant un four")
    press(phone, "Envoyer ma carte")
    expect(form.get_by_role("alert")).to_contain_text("si l’on peut reconnaître quelqu’un")
    form.get_by_label("Oui", exact=True).check()
    phone.route("**/media?*", lambda route: route.abort())
    press(phone, "Envoyer ma carte")
    expect(form.get_by_role("alert")).to_contain_text("le réseau est perdu")
    expect(form.get_by_label("Ce qui se fait, en une ou deux phrases")).to_have_value("Un four partagé.")
    expect(form.get_by_role("button", name="Envoyer le texte sans la photo")).to_be_visible()
    phone.unroute("**/media?*")
    with phone.expect_request(lambda request: "/media?" in request.url and request.method == "POST") as sending:
        press(phone, "Envoyer ma carte")
    # A multipart body is told by its length alone.
    assert int(sending.value.all_headers()["content-length"]) < 300_000
    expect(phone.locator(".card", has_text="Un four partagé.")).to_contain_text("vous et de l’équipe", timeout=PATIENCE)
    expect(form.get_by_label("Ce qui se fait, en une ou deux phrases")).to_have_value("")
    is_drawn(phone, 1600)
    sees(wall, "Un four partagé.")
    assert wall.locator(".photo").count() == 0
    sees(console, "1 photo attend votre réponse")
    is_drawn(console, 1600)
    frame = console.locator("#faces .photo").bounding_box()
    assert frame is not None
    console.mouse.move(frame["x"] + frame["width"] * 0.3, frame["y"] + frame["height"] * 0.3)
    console.mouse.down()
    console.mouse.move(frame["x"] + frame["width"] * 0.6, frame["y"] + frame["height"] * 0.8)
    console.mouse.up()
    areas = console.locator("#faces [name='content.areas']")
    console.get_by_role("button", name="Ajouter un cadre").press("Enter")
    console.keyboard.press("ArrowLeft")
    console.keyboard.press("Shift+ArrowDown")
    asked, added = areas.input_value().split(";")
    assert added == "380,300,200,270"
    console.keyboard.press("Enter")
    expect(areas).to_have_value(asked)
    assert [abs(int(one) - wanted) < 15 for one, wanted in zip(asked.split(","), (300, 300, 300, 500), strict=True)] == [True] * 4
    press(console, "Flouter ce qui est encadré : 1".replace(" :", "\u00a0:"))
    expect(wall.get_by_role("img", name="Trois personnes devant un four")).to_be_visible(timeout=PATIENCE)
    is_drawn(wall, 1600)
    left = day.drive.state()["views"][STEP]["cards"][0]["photo"]
    assert (left["answer"], left["width"], left["height"]) == ("blurred", 1600, 1200)
    expect(phone.locator(".card", has_text="Un four partagé.")).to_contain_text("visages floutés")
    assert left["media"] in str(fetched(phone).locator(".photo img").get_attribute("src"))


def test_the_wall_on_a_phone_takes_in_what_is_new_and_asks_for_nothing_more(room):
    day = room()
    day.open("vos-situations")
    nadia, bruno = day.phone("Nadia", "Drôme"), day.phone("Bruno")
    nadia.get_by_role("link", name="Le mur", exact=True).click()
    sees(nadia, "Le mur")
    asked = list[str]()
    nadia.on("request", lambda request: asked.append(request.url) if "/region/" in request.url else None)
    for n in range(4):
        bruno.get_by_label("La situation, en une ou deux phrases").fill(f"Le bus n° {n} 🌳 ne passe plus\nle <b>samedi</b>")
        press(bruno, "Envoyer ma situation")
        expect(nadia.get_by_text(f"Le bus n° {n} 🌳 ne passe plus")).to_be_visible()
    assert len(asked) <= 1, "the page of the first card alone was not said whole yet"
    live = nadia.locator("#region main").inner_html()
    nadia.reload()
    expect(nadia.get_by_text("Le bus n° 3 🌳")).to_be_visible()
    assert nadia.locator("#region main").inner_html() == live
