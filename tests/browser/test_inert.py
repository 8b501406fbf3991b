"""What people write is words and nothing else, even in a browser that no policy protects: on every screen, and in the restitution."""

from itertools import cycle

from browser.room import SHEET, card_of, fetched, press
from browser.scenes import crowd, scenes
from playwright.sync_api import Page, expect

HOSTILE = (
    "<img src=x onerror=window.harmed=1>",
    "</script><script>window.harmed=1</script>",
    "</textarea></title></template><svg onload=window.harmed=1>",
    '"><input autofocus onfocus=window.harmed=1>',
    "' onmouseover='window.harmed=1",
    "[ici](javascript:window.harmed=1) **gras** # titre",
    "{{7*7}}{% set a = 1 %}${7*7}#{7*7}",
    "&lt;img src=x onerror=window.harmed=1&gt; &amp;",
    "#let a = 1; $x^2$ `raw` <b>b</b>",
)


class Hostile:
    """Writes one hostile text after the other, whole, and remembers those that screens show."""

    def __init__(self) -> None:
        self.texts = cycle(HOSTILE)

    def __call__(self, most: int) -> str:
        return next(text for text in self.texts if len(text) <= most)


def squeezed(text: str) -> str:
    """Without any space: those that typography adds are not what is asked about."""
    return "".join(text.split())


def test_nothing_that_is_written_ever_acts(room, open_page):
    day, says = room(SHEET.replace("territoires: Drôme; Ardèche; Forez\n", "")), Hostile()
    bare = {"bypass_csp": True}
    others = crowd(day, says, len(HOSTILE))
    phones = [day.phone(says(80), says(80), **bare) for _ in range(2)]
    wall, console, join = day.wall(**bare), day.console(**bare), open_page(day.server.urls["join"], **bare)
    pages = [*phones, wall, console]
    dialogs: list[str] = []
    for page in [*pages, join]:
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))

    def harmless(where: str, page: Page) -> None:
        assert page.evaluate("window.harmed") is None, f"{where}: {page.url}"
        assert page.locator("[onerror], [onload], [onfocus], [onmouseover], img, a[href^='javascript']").count() == 0, (
            f"{where}: {page.url}"
        )

    for scene in scenes(day, [day.hand(phone) for phone in phones], says, others):
        for page in pages:
            harmless(scene, fetched(page))
        if scene == "situations":
            day.go(phones[0], "cards")
            titles = [card["content"]["title"] for card in day.cards("vos-situations")]
            assert set(HOSTILE) <= set(titles)
            for page in (wall, console, phones[0]):
                shown = {squeezed(text) for text in page.locator("#region .said").all_text_contents()}
                assert {squeezed(text) for text in titles} <= shown, page.url
            signatures = squeezed(" ".join(wall.locator(".by").all_text_contents()))
            assert all(squeezed(text) in signatures for text in HOSTILE)
    day.go(phones[1], "mine")
    for page in (*phones, join):
        harmless("at the end", page)
    restitution = day.console(**bare)
    restitution.goto(restitution.url.replace("/c/", "/s/") + "/restitution.html")
    harmless("restitution", restitution)
    report = squeezed(restitution.locator("main").inner_text())
    assert all(squeezed(text) in report for text in HOSTILE)
    assert dialogs == []


def test_a_hostile_text_typed_sent_and_taken_up_again_stays_a_text(room):
    day = room()
    day.open("vos-situations")
    bare = {"bypass_csp": True, "may_log": ["409"]}
    phone, plain = day.phone(HOSTILE[0], HOSTILE[3], **bare), day.phone(HOSTILE[2], javascript=False, **bare)
    text = phone.get_by_label("La situation, en une ou deux phrases")
    for hostile in HOSTILE[:3]:
        text.fill(hostile)
        phone.reload()
        expect(text).to_have_value(hostile)
        day.open("pause")
        expect(phone.get_by_text("Cette étape vient de se clore")).to_be_visible()
        phone.reload()
        begun = phone.locator("[data-outbox] .said")
        expect(begun).to_have_text(hostile)
        day.open("vos-situations")
        press(phone, "Envoyer ma situation")
        expect(card_of(phone, hostile)).to_contain_text("Enregistrée")
    assert day.drive.act("close", "vos-situations").status == 200
    plain.reload()
    text = plain.get_by_label("La situation, en une ou deux phrases")
    for hostile in HOSTILE:
        text.fill(hostile)
        press(plain, "Envoyer ma situation")
        expect(plain.get_by_role("alert")).to_be_visible()
        expect(text).to_have_value(hostile)
    for page in (phone, plain):
        assert page.locator("[onerror], [onload], [onfocus]").count() == 0
    assert phone.evaluate("window.harmed") is None
