"""Before the doors: a phone opens the test page and the facilitator sees it arrive; the wall opens; what is asked is ticked."""

import pytest
from browser.reading import lost
from browser.room import press, sized
from playwright.sync_api import expect

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari/604.1"
SOON = 20_000  # ms: asked every two seconds, of a computer that looks at itself


def opened(day, open_page, **page):
    address = day.server.urls["console"].replace("?", "/ready?")
    return open_page(address, **({"width": 1280, "height": 800} | page))


@pytest.mark.usefixtures("axe")
def test_a_phone_and_a_wall_are_seen_to_arrive_and_what_is_asked_is_ticked(room, open_page, axe):
    day = room()
    page = opened(day, open_page, bypass_csp=True)
    check = {name: page.locator(f"#{name}") for name in ("phone", "wall", "sound")}
    expect(check["phone"]).to_contain_text("Aucun téléphone n’a encore ouvert la page d’essai.")
    expect(check["wall"]).to_have_attribute("data-state", "todo")
    axe(page)
    phone = open_page(f"{day.server.base}/t/{day.server.code}", user_agent=IPHONE, bypass_csp=True)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Ce téléphone est bien arrivé")
    expect(phone.get_by_role("status")).to_contain_text("millièmes de seconde")
    axe(phone)
    arrivals = page.locator(".came")
    expect(arrivals).to_contain_text("iPhone", timeout=SOON)
    expect(arrivals).to_contain_text("en français, 127.0.0.1,")
    expect(arrivals).to_contain_text("ms aller-retour", timeout=SOON)
    expect(check["phone"]).to_contain_text("Seul cet ordinateur a ouvert la page d’essai")
    day.wall(width=900, height=700)
    expect(check["wall"]).to_contain_text("un mur est ouvert, 900 × 700", timeout=SOON)
    expect(check["wall"]).to_have_attribute("data-state", "todo")
    page.keyboard.press("Tab")
    check["sound"].get_by_role("button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/ready#sound")
    expect(check["sound"]).to_have_attribute("data-state", "good")
    expect(check["sound"]).to_contain_text("vu par vous à")
    press(page, "Revenir, Son et notifications\u00a0:", check["sound"])
    expect(check["sound"]).to_have_attribute("data-state", "ask")


@pytest.mark.usefixtures("axe")
def test_it_is_read_in_english_at_night_on_a_phone_without_script_and_when_the_server_is_gone(room, open_page, axe):
    day = room()
    night = {"language": "en", "color_scheme": "dark", "bypass_csp": True}
    for address in (day.server.urls["console"].replace("?", "/ready?"), f"{day.server.base}/t/{day.server.code}"):
        page = open_page(address, **night)
        axe(page)
        for width, height in ((390, 844), (360, 640), (195, 422), (1280, 800)):
            assert lost(sized(page, width, height)) == []
        page.close()
    plain = opened(day, open_page, javascript=False, language="en")
    expect(plain.get_by_role("heading", level=1)).to_contain_text("Of 14 points")
    press(plain, "It is done, Screen saver:")
    expect(plain.locator("#saver")).to_contain_text("seen to by you at")
    plain.get_by_role("link", name="Look again").click()
    expect(plain.locator("#saver")).to_contain_text("seen to by you at")
    watched = opened(day, open_page, language="en", may_log=["Failed to load resource"])
    day.server.stop()
    expect(watched.get_by_role("alert")).to_contain_text("The server no longer answers", timeout=SOON)
    day.server.restart()
    expect(watched.get_by_role("alert")).to_be_hidden(timeout=SOON)
