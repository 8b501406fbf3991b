"""What people write is words and nothing else, even in a browser that no policy protects: on every screen, and in the restitution."""

import json
import os
import re
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from itertools import cycle
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from browser.room import SHEET, Room, card_of, fetched, press
from browser.scenes import crowd, scenes
from browser.test_kinds import KINDS
from files import photo
from harness.pages import HOST
from playwright.sync_api import Page, expect
from test_doors import Routes
from web.http import Client, joined

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
LONG = os.environ.get("FAULTS") == "long"
SHORT = "<x-y a=1>"
ACTS = "[onerror], [onload], [onfocus], [onmouseover], x-y, img[src='x'], a[href^='javascript']"


class Hostile:
    """Writes one hostile text after the other, whole, and remembers those that screens show."""

    def __init__(self) -> None:
        self.texts = cycle(HOSTILE)

    def __call__(self, most: int) -> str:
        return next(text for text in self.texts if len(text) <= most) if most >= 31 else SHORT[:most]


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


def regions(day: Room, hands: list[Client], *, most: bool) -> Iterator[str]:
    """What the looks of a day show now, as an update brings it; ``most`` of them, or those that change with each scene."""
    root = f"/s/{day.server.code}/region"
    for one in hands if most else hands[:1]:
        yield from (one.ask("GET", f"{root}/{name}").json["html"] for name in (("now", "mine", "cards") if most else ("now",)))
    yield Client(day.server, day.server.keys["wall"]).ask("GET", f"{root}/wall").json["html"]
    for name in ("console", "remote", "notes", "scribe?for=") if most else ("console",):
        yield day.drive.ask("GET", f"{root}/{name}").json["html"]


def test_what_any_kind_shows_in_any_scene_never_acts(server, browser):
    """All of it in pages that no policy protects: a text that gets out of its place does so there as on its own screen."""
    seen, says = dict[str, str](), Hostile()
    for kind in KINDS:
        plays = import_module(f"browser.kinds.{kind}")
        day = Room(server(plays.SHEET), None)
        hands = [joined(day.server, name=says(80), territory=says(80)) for _ in range(2)]
        for place, _ in enumerate(plays.scenes(day, hands, says)):
            # The long form looks at each scene; what is written mostly stays for the next two.
            if LONG or place % 3 == 2:
                seen |= dict.fromkeys(regions(day, hands, most=LONG), kind)
        seen |= dict.fromkeys(regions(day, hands, most=True), kind)
        seen[day.restitution()] = kind
        day.server.kill()
    shown = ""
    with browser.new_context() as context:
        page = context.new_page()
        # Such a text does act, here, where it is not written as one.
        page.set_content(HOSTILE[0])
        assert page.evaluate("window.harmed") == 1
        page.goto("about:blank")
        for kind in KINDS:
            # Nothing is laid out: what acts, acts all the same, but what waits to be in focus, which is looked for.
            page.set_content("<div hidden>".join(["", *(html for html, of in seen.items() if of == kind)]))
            assert page.locator(ACTS).evaluate_all("(ones) => ones.map((one) => one.outerHTML)") == [], kind
            assert page.evaluate("window.harmed") is None, kind
            shown += squeezed(page.locator("body").evaluate("(body) => body.textContent"))
    assert [text for text in HOSTILE if squeezed(text) not in shown] == []


STAFF = f"""---
title: {json.dumps(HOSTILE[0])}
date: {date.today().isoformat()}
time: 8:00 - 23:00
place: {json.dumps(HOSTILE[3])}
host: {json.dumps(HOSTILE[2])}
series: {json.dumps(HOSTILE[8])}
registration deadline: {(date.today() + timedelta(days=2)).isoformat()}
attendance: phone
capitalisation: yes
---
## Programme

### 8:00 – {HOSTILE[0]}
- kind: situations
- id: situations
- question: {HOSTILE[1]}

### 9:00 – {HOSTILE[2]}
- kind: decode
- id: decode
- source: situations

### 10:00 – {HOSTILE[3]}
- kind: questions
- id: questions
- panel: {HOSTILE[0]}; Region

### 11:00 – {HOSTILE[6]}
- kind: statement
- id: statement
- positions: {HOSTILE[1]}
"""


def test_what_anyone_writes_is_inert_on_every_page_of_the_program(server, open_page, tmp_path):
    """Every address that shows a page, found by itself, after a day where each text that someone can write was hostile."""
    says = Hostile()
    day = Room(server(STAFF), open_page)
    code, drive, shelf = day.server.code, day.drive, Client(day.server, day.server.keys["shelf"])
    fill = {"code": code, "step": "situations", "track": "none"} | told(day, drive, shelf, says)
    cookies = {f"{name}-{code}": key for name, key in day.server.keys.items()} | {"shelf": day.server.keys["shelf"]}
    page = open_page(day.server.urls["join"], bypass_csp=True, width=1280, may_log=("404", "409", "403"))
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    held = cookies | {f"participant-{code}": fill["key"], f"panel-{code}": fill["panel"]}
    page.context.add_cookies([{"name": name, "value": value, "domain": HOST, "path": "/"} for name, value in held.items()])
    root, found, wrong = f"http://{HOST}:{day.server.port}", 0, []
    for path in [*pages(Routes(tmp_path), fill), *MORE]:
        answer = page.goto(root + path.format(**fill))
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        acting = page.locator(ACTS).evaluate_all("(ones) => ones.map((one) => one.outerHTML)")
        if acting or page.evaluate("window.harmed"):
            wrong.append(f"{path}: {acting}")
        found += "harmed=1" in squeezed(page.locator("body").evaluate("(body) => body.textContent"))
    assert wrong == []
    assert dialogs == []
    assert found > 20


MORE = (
    "/s/{code}/restitution.html",
    "/s/{code}/experiences.html",
    "/s/{code}/experience/{card}.html",
    "/s/{code}/contribution.html",
    "/shelf/series/{series}.html",
    "/shelf/search?q={hostile}",
    "/shelf/signin?next={hostile}",
    "/prepare/{sheet}/preview/{first}",
    "/scribe/{code}?step=situations&for=",
    "/c/{code}?step=situations",
    "/shelf?theme={hostile}",
    "/j/{code}?another=1&invitation={invitation}",
    "/r/{code}?invitation={invitation}",
)
"""Documents, and what an address itself brings back."""
OTHERWISE = (
    *("health.figures", "desks.own", "signing.certificate", "prepare.preview", "suggestions.suggest", "accounts.invitation_page"),
    "capitalisation.one",
)
"""Files; and pages visited otherwise, or of nothing that is written."""


def pages(routes: Routes, fill: dict[str, str]) -> Iterator[str]:
    """Every address that answers with a page."""
    for method, rule in routes.rules:
        files = re.search(r"<format>|\.(pdf|csv|json|zip|txt|ico)|/(region|state|static|media|house/<|my-data)|z$|<path", rule.rule)
        if method != "GET" or files or rule.endpoint in OTHERWISE:
            continue
        alike = re.search(r"<any\(([^)]*)\):\w+>", rule.rule)
        for one in alike[1].split(",") if alike else [""]:
            path = rule.rule.replace(alike[0], one.strip()) if alike else rule.rule
            mine = {"capitalisation.completing": {"id": fill["card"]}, "prepare.page": {"name": fill["sheet"]}}.get(rule.endpoint, {})
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda name, mine=mine: (fill | mine)[name[1]], path)


def told(day: Room, drive: Client, shelf: Client, says: Hostile) -> dict[str, str]:
    """Everything that someone can write, written hostile; and what pages of it are found by."""

    def done(answer: Any) -> Any:
        assert answer.status in (200, 303), answer.text
        return answer

    def act(who: Client, do: str, step: str = "", on: str = "", **content: Any) -> str:
        id = str(uuid4())
        done(who.act(do, step, content, on, id=id))
        return id

    root = f"/s/{day.server.code}"
    profile = {"name": says(80), "role": says(80), "structure": says(120), "type": says(80), "territory": says(80)}
    entered = done(Client(day.server).json(f"/j/{day.server.code}", profile)).json
    me = Client(day.server, entered["key"])
    for name, role in ((HOSTILE[0], "scribe"), (HOSTILE[1], "notes"), (HOSTILE[0], "panel")):
        done(drive.json(f"/c/{day.server.code}/team", {"name": name, "role": role}))
    panel = re.findall(r"/panel/\w+\?key=([\w-]+)", drive.get(f"/c/{day.server.code}/team").text)[0]
    act(drive, "open", "situations")
    cards = [act(me, "post", "situations", title=text, context=says(600), watch=says(600)) for text in HOSTILE]
    picture = done(drive.ask("POST", f"{root}/media?as=console", photo((40, 30)))).json["media"]
    act(drive, "photo", "situations", media=picture, description=says(200))
    for mark in ("said", "question", "decision", "todo"):
        act(drive, "note", "situations", mark=mark, text=says(400))
    act(drive, "note", "situations", mark="quotation", text=says(400), speaker=says(80), agreed=True)
    act(drive, "withhold", on=cards[4], why=says(200))
    act(drive, "open", "decode")
    act(drive, "choose", "decode", on=cards[0])
    act(drive, "phase", "decode", phase="notes")
    act(me, "post", "decode", about=cards[0], column="reuse", text=says(280))
    act(drive, "open", "questions")
    asked = act(me, "post", "questions", text=says(280), to=HOSTILE[0])
    act(Client(day.server, panel), "answer", "questions", on=asked, text=says(600))
    act(drive, "open", "statement")
    act(drive, "stage", "statement", stage="amending")
    act(me, "post", "statement", text=says(1200), reason=says(600))
    desk = f"/reception/{day.server.code}"
    done(drive.json(f"{desk}/arrive", {"name": says(80), "structure": says(80)}))
    asks = {"first": says(80), "last": says(80), "structure": says(80), "role": says(80), "territory": says(80)}
    kept = done(Client(day.server).json(f"/r/{day.server.code}", asks)).json
    done(me.json(f"{root}/sign", {"name": says(80), "structure": says(80), "typed": "yes"}))
    done(shelf.json("/shelf/accounts", {"do": "invite", "name": says(80), "role": "reader"}))
    done(shelf.form("/shelf/house", {"do": "name", "name": says(60)}))
    done(shelf.form("/shelf/house", {"do": "words", **{name: says(200) for name in ("mentions", "director", "host", "terms")}}))
    for do, names in (("register", REGISTER), ("accessibility", ACCESSIBILITY)):
        done(shelf.form("/shelf/privacy", {"do": do} | {name: says(100) for name in names} | {"status": "partial", "date": "2026-01-01"}))
    for part in ("title", "introduction", "synthesis"):
        act(drive, "write", section="", part=part, text=says(200))
    act(drive, "correct", on=cards[1], field="title", text=says(280))
    act(drive, "merge", variant=profile["territory"], name=says(80) + "!")
    done(shelf.json(f"{root}/experiences/{cards[0]}", {"text": {"benefits": says(280)}}))
    act(drive, "finish")
    act(drive, "reopen", until=(date.today() + timedelta(days=2)).isoformat())
    act(me, "edit", "situations", on=cards[2], title=says(280))
    done(shelf.json(f"{root}/publishing", {"do": "publish", "formats": [], "language": "en"}))
    link = done(shelf.json(f"{root}/publishing", {"do": "link", "label": says(80)})).json["address"]
    done(shelf.json(f"{root}/publishing", {"do": "public", "on": True}))
    session = day.server.data_dir and shelf.get("/shelf/collections").text
    (chosen,) = re.findall(r'name="sessions\[\]" value="([^"]+)"', session)
    done(shelf.json("/shelf/collections", {"id": str(uuid4()), "title": says(120), "language": "en", "sessions": [chosen]}))
    made = done(shelf.form("/prepare", {"title": says(80)})).headers["Location"]
    step = re.findall(r'/preview/([^"?]+)', shelf.get(made).text)
    person = re.findall(r"/person/([0-9a-f-]+)\?", drive.get(desk).text)[0]
    return {
        "key": entered["key"],
        "panel": panel,
        "card": cards[0],
        "id": person,
        "token": link.rpartition("/")[2],
        "sheet": made.rpartition("/")[2],
        "first": step[0] if step else "",
        "series": quote(HOSTILE[8]),
        "hostile": quote(HOSTILE[3]),
        "invitation": kept["invitation"],
    }


REGISTER = ("controller", "officer", "recipients", "measures", "basis-day")
ACCESSIBILITY = ("audit", "failures", "report")
