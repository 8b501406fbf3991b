"""Owns the pictures of the README and of the guides: a day in French and one in English, then a morning of workshops, an afternoon
and a game in each, played on the running program by people who are evidently made up, and looked at with Chromium. ``make pictures`` makes
them all again, in ``docs/pictures/fr`` and ``/en``.

Needs port 8000, and what the tests need; run with ``tests`` on the path, for the harness.
"""

import base64
import json
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

from harness.pages import CHROMIUM, LOCALES
from playwright.sync_api import Browser, Page, expect, sync_playwright

from facilitate.app import find_kinds
from facilitate.core.agenda import Agenda, planned
from facilitate.core.sheet import read_sheet

HERE = Path(__file__).parent
SHEETS = {
    "fr": (HERE.parent / "sessions_library/2021-09-24-reciprocites-ville-campagne.md").read_text("utf-8"),
    "en": re.findall(r"^```markdown sheet\n([\s\S]*?)^```$", (HERE / "sheet.md").read_text("utf-8"), re.M)[0],
}
WORKSHOPS = {language: (HERE / f"pictures/workshops.{language}.md").read_text("utf-8") for language in SHEETS}
AFTERNOON = {language: (HERE / f"pictures/afternoon.{language}.md").read_text("utf-8") for language in SHEETS}
GAME = {language: (HERE / f"pictures/game.{language}.md").read_text("utf-8") for language in SHEETS}
STORY = json.loads((HERE / "pictures/story.json").read_text("utf-8"))

# The network of an imaginary room: this machine's own address has no place in a document.
HOST, PORT = "192.168.8.2", 8000
COMPUTER = f"Machine('win32', (Interface('Wi-Fi', {HOST!r}),), frozenset([{HOST!r}]), True, Power(False, 34), None, 41 * 10**9)"
PROGRAM = f"""
import flask
from facilitate import cli, serve
from facilitate.readiness.machine import Interface, Machine, Power
from facilitate.web import ready

serve.lan_address = lambda: {HOST!r}
ready.survey = lambda *_: {COMPUTER}
flask.Request.remote_addr = property(lambda _: "192.168.8.34", lambda *_: None)
cli.main()
"""
WIFI = ("Salle", "bonjour-2021")


IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 1.5}
WALL = {"viewport": {"width": 1280, "height": 720}}
DESK = {"viewport": {"width": 1280, "height": 800}}

COLOURS = 96
PALETTE = """async ([png, colours]) => {
    const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const {data} = canvas.getImageData(0, 0, image.width, image.height);
    const seen = new Map(), of = new Uint32Array(data.buffer);
    for (const one of of) seen.set(one, (seen.get(one) || 0) + 1);
    const split = (one) => [one & 255, (one >> 8) & 255, (one >> 16) & 255];
    const palette = [...seen].sort((one, other) => other[1] - one[1]).slice(0, colours).map(([one]) => split(one));
    const far = (one, other) => one.reduce((sum, value, at) => sum + (value - other[at]) ** 2, 0);
    const nearest = new Map([...seen.keys()].map((one) => [one, palette.reduce((best, other, at) =>
        far(split(one), other) < far(split(one), palette[best]) ? at : best, 0)]));
    let pixels = "";
    for (const one of of) pixels += String.fromCharCode(nearest.get(one));
    return {width: image.width, palette, pixels: btoa(pixels)};
}"""

POST = """async ([as, act]) => {
    const headers = {"Content-Type": "application/json", Accept: "application/json"};
    const answer = await fetch(`/s/${document.body.dataset.code}/act${as}`, {method: "POST", headers, body: JSON.stringify(act)});
    return answer.json();
}"""


class Program:
    """``facilitate run SHEET`` on this machine, told what time it is, killed and started again at will."""

    def __init__(self, sheet: Path, agenda: Agenda) -> None:
        self.sheet = sheet
        self.midnight = datetime.fromisoformat(agenda.date).replace(tzinfo=ZoneInfo(agenda.timezone))
        self.start()

    def start(self) -> None:
        """``code`` and ``urls`` are what it says once it listens."""
        command = [sys.executable, "-c", PROGRAM, "run", str(self.sheet), "--port", str(PORT), "--wifi", *WIFI]
        command += ["--data-dir", str(self.sheet.parent / "data"), "--print-urls", "json", "--clock", "stdin"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        self.clock, self.said = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)
        said = json.loads(self.said.readline())
        self.code, self.urls = said["code"], said["urls"]

    def tell(self, minutes: float) -> None:
        """It is so many minutes past midnight."""
        self.now = (self.midnight + timedelta(minutes=minutes)).astimezone(ZoneInfo("UTC"))
        print(self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"), file=self.clock, flush=True)
        self.said.readline()

    def kill(self) -> None:
        """As a power cut does."""
        self.process.kill()
        self.process.wait()


@dataclass
class Room:
    """The program, the pages open on it, and where their pictures go. ``people[0]`` is the phone that is looked at."""

    browser: Browser
    program: Program
    agenda: Agenda
    language: str

    def __post_init__(self) -> None:
        self.told: Mapping[str, Any] = STORY[self.language]
        self.now = 0.0
        self.wall = self.page(self.program.urls["wall"], WALL)
        self.console = self.page(self.program.urls["console"], DESK)
        self.table = self.browser.new_page()
        self.people: list[Page] = []

    def page(self, url: str, shape: Mapping[str, Any]) -> Page:
        context = self.browser.new_context(locale=LOCALES[self.language], reduced_motion="reduce", **shape)
        page = context.new_page()
        page.goto(url)
        return page

    def look(self, page: Page, name: str, *, again: bool = True) -> None:
        """Takes a picture, of the page as it is now from a fresh start unless ``again`` is false."""
        if again:
            page.reload()
        page.evaluate("document.fonts.ready")
        page.evaluate("scrollTo(0, 0)")
        self.keep(page, name)

    def keep(self, page: Page, name: str) -> None:
        """The picture, in as few colours as its letters need: a third of the weight."""
        taken = self.table.evaluate(PALETTE, [base64.b64encode(page.screenshot()).decode(), COLOURS])
        pixels, width = base64.b64decode(taken["pixels"]), taken["width"]
        rows = b"".join(b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
        parts = (
            (b"IHDR", struct.pack(">IIBBBBB", width, len(pixels) // width, 8, 3, 0, 0, 0)),
            (b"PLTE", b"".join(bytes(colour) for colour in taken["palette"])),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        )
        packed = (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts)
        (HERE / "pictures" / self.language / f"{name}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(packed))

    def wait(self, minutes: float) -> None:
        self.now += minutes
        self.program.tell(self.now)

    def act(self, page: Page, do: str, activity: str = "", content: Mapping[str, Any] | None = None, on: str = "") -> None:
        act = {"id": str(uuid4()), "do": do, "activity": activity, "on": on, "content": dict(content or {})}
        answer = page.evaluate(POST, ["?as=console" if page is self.console else "", act])
        if "seq" not in answer:
            raise SystemExit(f"{do} {activity}: {answer}")

    def view(self, activity: str) -> Any:
        """What the console sees of a step."""
        state = self.console.evaluate("async () => (await fetch(`/s/${document.body.dataset.code}/state?as=console`)).json()")
        return state["views"][activity]

    def day(self) -> None:
        """The whole day: the first step of each kind is played, the others are opened in their turn."""
        hours, played, before = planned(self.agenda.start, self.agenda.activities), set[str](), ""
        begins = min(start for start, _ in hours.values())
        self.sheet()
        self.doors(begins - 28)
        self.desk(begins - 20)
        for place, activity in enumerate(self.agenda.activities):
            self.now = hours[activity.id][0] + min(place, 4)
            self.program.tell(self.now)
            self.act(self.console, "next", content={"leaving": before})
            before = activity.id
            if activity.kind not in played:
                played.add(activity.kind)
                getattr(self, f"play_{activity.kind}", lambda _: None)(activity.id)
        self.paper(next(one.id for one in self.agenda.activities if one.kind == "situations"))
        self.wait(15)
        self.act(self.console, "close", before)
        self.act(self.console, "finish")
        self.document()

    def sheet(self) -> None:
        """The page where this day is prepared, at its situations."""
        folder = self.program.sheet.parent / "data" / "sheets"
        folder.mkdir()
        (folder / "day.md").write_text(self.program.sheet.read_text("utf-8"), encoding="utf-8")
        page = self.page(self.program.urls["shelf"], DESK)
        page.goto(f"http://{HOST}:{PORT}/prepare/day")
        step = page.locator(".steps > li", has=page.locator("option[value=situations][selected]")).first.locator(".name input")
        step.focus()
        expect(page.locator("#preview-title + p")).to_have_text(step.input_value())
        page.frame_locator(".phone-frame").get_by_role("button").last.wait_for()
        page.locator("#steps-title").evaluate("one => { one.scrollIntoView(); scrollBy(0, -24); }")
        self.keep(page, "prepare")

    def doors(self, minutes: float) -> None:
        """Before they open: a phone that tries, and what the facilitator is told."""
        self.program.tell(minutes)
        phone = self.page("about:blank", {**PHONE, "user_agent": IPHONE})
        phone.clock.set_fixed_time(self.program.now)
        phone.goto(self.program.urls["join"].replace("/j/", "/t/"))
        expect(phone.locator(".state")).to_have_class(re.compile("saved"))
        page = self.console.context.new_page()
        page.goto(f"http://{HOST}:{PORT}/c/{self.program.code}/ready")
        self.look(page, "ready", again=False)

    def desk(self, minutes: float) -> None:
        """The welcome desk: those who are expected, and most of them here."""
        self.now = minutes
        page = self.console.context.new_page()
        address = f"http://{HOST}:{PORT}/reception/{self.program.code}"
        page.goto(f"{address}/list")
        rows = (";".join((one[0], one[2], one[4])) for one in self.told["people"])
        page.locator("#text").fill("\n".join(["name;organisation;territory", *rows]))
        for _ in range(2):
            page.locator("main form button").first.click()
        page.goto(f"{address}?half=am")
        awaited = page.locator("#list .here")
        while (left := awaited.count()) > 3:
            self.wait(0.7)
            awaited.nth(left * 2 // 3).click()
            expect(awaited).to_have_count(left - 1)
        self.look(page, "reception")

    def arrive(self) -> None:
        """Everyone joins with a phone."""
        for name, role, structure, type, territory in self.told["people"]:
            page = self.page(self.program.urls["join"], PHONE)
            page.locator("#name").fill(name)
            page.locator("#structure").fill(structure)
            page.locator("#type").select_option(type)
            page.locator("#territory").fill(territory)
            page.locator("button[form=join]").click()
            page.locator("body[data-code]").wait_for()
            self.people.append(page)
            self.act(page, "introduce", content={"role": role})

    def play_welcome(self, id: str) -> None:
        self.look(self.page(self.program.urls["join"], PHONE), "join")
        self.arrive()
        for page, text in zip(self.people[1:], self.told["expected"], strict=False):
            self.wait(0.5)
            self.act(page, "post", id, {"text": text})
        self.look(self.wall, "wall-welcome")

    def play_situations(self, id: str) -> None:
        mine, others = self.told["situations"][0], self.told["situations"][1:]
        field = next(one.settings["fields"][0].key for one in self.agenda.activities if one.id == id)
        phone = self.people[0]
        self.wait(6)
        phone.reload()
        phone.locator("textarea").first.fill(mine)
        self.look(phone, "situation", again=False)
        phone.locator("[data-send]").click()
        phone.get_by_text(mine).wait_for()
        for page, (text, signed) in zip(self.people[1:], others, strict=False):
            if page is self.people[-5]:
                self.wall.reload()
            self.wait(1)
            self.act(page, "post", id, {field: text, "signed": signed})
        expect(self.wall.locator("[data-card]")).to_have_count(len(others) + 1)
        self.look(self.wall, "wall-situations", again=False)
        self.look(self.console, "console")
        self.remote()
        self.notes()
        phone.locator(".places a").nth(1).click()
        self.look(phone, "mine")
        phone.locator(".places a").first.click()
        phone.locator("textarea").first.wait_for()
        phone.context.set_offline(True)
        phone.locator("#banner > *").first.wait_for()
        phone.locator("textarea").first.fill(self.told["offline"])
        phone.locator("[data-send]").click()
        phone.locator(".state.waiting").first.wait_for()
        self.look(phone, "offline", again=False)
        phone.context.set_offline(False)
        expect(self.console.get_by_text(self.told["offline"])).to_be_visible()

    def remote(self) -> None:
        """The phone that drives, in the facilitator's hand."""
        page = self.page(self.program.urls["console"].replace("/c/", "/remote/"), {**PHONE, "viewport": {"width": 390, "height": 960}})
        page.locator("#keep").fill(self.told["keep"])
        page.locator("#keep").blur()
        self.look(page, "remote", again=False)
        page.context.close()

    def notes(self) -> None:
        """What is said aloud while the cards are read, and what is being noted."""
        page = self.console.context.new_page()
        page.goto(f"http://{HOST}:{PORT}/notes/{self.program.code}")
        for mark, text, speaker in self.told["said"]:
            self.wait(1)
            self.act(self.console, "note", content={"mark": mark, "text": text, "speaker": speaker, "agreed": bool(speaker)})
        expect(page.locator(".note")).to_have_count(len(self.told["said"]))
        page.locator("textarea").first.fill(self.told["saying"])
        self.look(page, "notes", again=False)
        page.close()

    def paper(self, id: str) -> None:
        """Those without a phone wrote on paper: one sheet is typed, then another."""
        page = self.console.context.new_page()
        for name, territory in self.told["paper"]:
            self.act(self.console, "welcome", content={"name": name, "territory": territory})
        page.goto(f"http://{HOST}:{PORT}/scribe/{self.program.code}?step={id}")
        for (name, _), text in zip(self.told["paper"], self.told["typed"], strict=False):
            expect(page.locator("#sheet")).to_contain_text(name)
            page.locator(".sheet textarea").first.fill(text)
            if text is not self.told["typed"][-1]:
                page.keyboard.press("Control+Enter")
        self.look(page, "scribe", again=False)
        page.close()

    def play_break(self, id: str) -> None:
        self.wait(4)
        self.look(self.wall, "wall-break")

    def play_vote(self, id: str) -> None:
        phone = self.people[0]
        phone.reload()
        for nth in (0, 0, 2):
            phone.locator("li .give button:last-child").nth(nth).click()
        self.look(phone, "vote", again=False)
        cards = self.cards
        for place, page in enumerate(self.people[1:]):
            self.wait(0.3)
            most, some = self.told["ballots"][place % len(self.told["ballots"])]
            self.act(page, "vote", id, {"dots": {cards[most]: 2, cards[some]: 1}})
        self.act(self.console, "close", id)
        self.act(self.console, "reveal", id)
        self.look(self.wall, "wall-vote")

    @property
    def cards(self) -> Sequence[str]:
        """The ids of the situations, in the order they came."""
        return [one["id"] for one in self.view(self.first("situations"))["cards"]]

    def first(self, kind: str) -> str:
        """The id of the first step of a kind."""
        return next(one.id for one in self.agenda.activities if one.kind == kind)

    def play_decode(self, id: str) -> None:
        self.act(self.console, "choose", id, on=self.cards[1])
        self.wait(6)
        self.act(self.console, "phase", id, {"phase": "notes"})
        columns = [one["key"] for one in self.view(id)["columns"]]
        phone = self.people[0]
        phone.reload()
        phone.locator(".ways label").nth(1).click()
        phone.locator("textarea").first.fill(self.told["note"])
        self.look(phone, "note", again=False)
        phone.locator("[data-send]").click()
        for nth, (column, text) in enumerate(self.told["notes"]):
            self.wait(0.5)
            self.act(self.people[nth + 1], "post", id, {"column": columns[column], "text": text, "about": self.cards[1]})
        self.look(self.wall, "wall-decode")
        self.cut()
        self.act(self.console, "phase", id, {"phase": "card"})
        self.act(self.people[3], "scribe", id, on=self.cards[1])
        self.act(self.people[3], "complete", id, dict(zip(columns, self.told["card"], strict=True)), on=self.cards[1])
        self.act(self.people[1], "confirm", id, on=self.cards[1])
        self.act(self.console, "phase", id, {"phase": "done"})

    def cut(self) -> None:
        """The server dies; each screen says so; it comes back, and the day goes on."""
        self.program.kill()
        for page, name in ((self.wall, "wall-lost"), (self.console, "console-lost"), (self.people[0], "server")):
            page.locator("#banner > *").first.wait_for(timeout=60_000)
            self.look(page, name, again=False)
        self.program.start()
        self.program.tell(self.now)
        for page in (self.wall, self.console, *self.people):
            page.reload()

    def play_evaluation(self, id: str) -> None:
        phone = self.people[0]
        phone.reload()
        phone.locator(".rate label").nth(3).click()
        phone.locator("textarea").first.fill(self.told["useful"][0])
        self.look(phone, "evaluation", again=False)
        phone.locator("[data-send]").click()
        scales = [one["key"] for one in self.view(id)["scales"]]
        for place, page in enumerate(self.people[1:]):
            given = {key: 4 - (place + nth) % 3 // 2 for nth, key in enumerate(scales)}
            useful = self.told["useful"][place + 1] if place + 1 < len(self.told["useful"]) else ""
            self.act(page, "post", id, {"roti": (3, 4, 3, 2, 4)[place % 5], "useful": useful, "scales": given})
        self.act(self.console, "close", id)
        self.act(self.console, "reveal", id)
        self.look(self.wall, "wall-evaluation")

    def document(self) -> None:
        """What is left of the day."""
        page = self.console.context.new_page()
        page.goto(f"http://{HOST}:{PORT}/s/{self.program.code}/restitution.html")
        self.look(page, "restitution", again=False)
        page.locator(f"#step-{self.first('decode')}").evaluate("one => { one.scrollIntoView(); scrollBy(0, -24); }")
        self.keep(page, "restitution-decode")
        self.look(self.page(self.program.urls["shelf"], {"viewport": {"width": 1280, "height": 240}}), "shelf")

    def workshops(self) -> None:
        """A morning of workshops: who drives them, then the console while they run."""
        welcome, tracks, *steps, _ = self.agenda.activities
        self.now = planned(self.agenda.start, self.agenda.activities)[welcome.id][0]
        self.program.tell(self.now)
        driving = self.team()
        self.arrive()
        self.act(self.console, "next", content={"leaving": ""})
        self.wait(20)
        self.act(self.console, "next", content={"leaving": welcome.id})
        rooms = [one["id"] for one in self.view(tracks.id)["tracks"]]
        for place, page in enumerate(self.people):
            self.act(page, "enter", tracks.id, {"track": rooms[(0, 1, 0, 2, 1)[place % 5]]})
        for room in rooms:
            self.wait(1)
            self.act(self.console, "next", content={"leaving": "", "track": room})
        self.wait(40)
        self.act(self.console, "next", content={"leaving": steps[0].id, "track": rooms[0]})
        self.wait(2)
        driving.reload()
        self.console.reload()
        expect(self.console.locator(".glance")).to_contain_text(self.told["team"][0][0])
        self.look(self.console, "tracks", again=False)

    def afternoon(self) -> None:
        """An afternoon: who meets, what came and its themes, tables, degrees of agreement, and what becomes of commitments."""
        hours, before = planned(self.agenda.start, self.agenda.activities), ""
        self.program.tell(hours[self.agenda.activities[0].id][0])
        self.arrive()
        for activity in self.agenda.activities:
            self.now = hours[activity.id][0]
            self.program.tell(self.now)
            self.act(self.console, "next", content={"leaving": before})
            before = activity.id
            getattr(self, activity.kind)(activity.id, self.told["afternoon"])

    def meet(self, id: str, told: Mapping[str, Any]) -> None:
        for page, (brings, seeks) in zip(self.people, told["meeting"], strict=False):
            self.wait(0.5)
            self.act(page, "post", id, {"brings": brings, "seeks": seeks})
        phone = self.people[0]
        phone.reload()
        phone.get_by_text(re.compile("^Connect")).first.wait_for()
        self.look(phone, "meet", again=False)

    def situations(self, id: str, told: Mapping[str, Any]) -> None:
        field = next(one.settings["fields"][0].key for one in self.agenda.activities if one.id == id)
        mine, *others = self.told["situations"]
        texts = [mine, *told["more"], *(text for text, signed in others if signed)]
        for page, text in zip(self.people, texts, strict=False):
            self.act(page, "post", id, {field: text, "signed": True})

    def themes(self, id: str, told: Mapping[str, Any]) -> None:
        for theme, cards in zip(self.view(id)["themes"], told["board"], strict=True):
            self.act(self.console, "place", id, {"theme": theme["id"], "cards": [self.cards[one] for one in cards]})
        self.act(self.people[4], "post", id, {"name": told["theme"]})
        self.console.reload()
        self.console.locator("#wide").check()
        self.console.locator(".card > .saying").first.wait_for()
        self.console.locator("[data-key=board]").evaluate("one => { one.scrollIntoView(); scrollBy(0, -12); }")
        self.keep(self.console, "themes")

    def tables(self, id: str, told: Mapping[str, Any]) -> None:
        self.act(self.console, "deal", id)
        phone = self.people[0]
        phone.reload()
        phone.get_by_role("button", name=re.compile("plume|pen")).first.click()
        phone.locator("textarea").first.fill(told["table"])
        phone.locator("textarea").first.blur()
        self.look(phone, "table", again=False)

    def poll(self, id: str, told: Mapping[str, Any]) -> None:
        for page, degree in zip(self.people, told["degrees"], strict=True):
            self.act(page, "answer", id, {"answer": degree})
        self.act(self.console, "close", id)
        self.act(self.console, "reveal", id)
        self.look(self.wall, "wall-agree")

    def commitments(self, id: str, told: Mapping[str, Any]) -> None:
        for page, (what, when, first) in zip(self.people, told["promises"], strict=False):
            self.act(page, "post", id, {"what": what, "whose": "me", "when": when, "first": first})
        self.act(self.people[3], "commit", id, on=self.view(id)["cards"][0]["id"])
        self.act(self.console, "close", id)
        self.act(self.console, "finish")
        self.wait(40 * 24 * 60)
        phone = self.people[0]
        phone.reload()
        phone.locator(".places a").nth(1).click()
        phone.locator("details.edit summary", has_text=told["promises"][0][0]).click()
        phone.locator("[name='content.state'][value=partly]").check()
        phone.locator("[name='content.why']").fill(told["became"])
        phone.locator("details[open]").evaluate("one => { one.closest('.card').scrollIntoView(); scrollBy(0, -96); }")
        self.keep(phone, "commitments")

    def game(self) -> None:
        """A basket game: who is who, what each has, four exchanges and one that waits, baskets, and what was said of it."""
        told = self.told["game"]
        (activity,) = self.agenda.activities
        id = activity.id
        self.now = planned(self.agenda.start, self.agenda.activities)[id][0]
        self.program.tell(self.now)
        self.arrive()
        self.act(self.console, "next", content={"leaving": ""})
        teams = [one["key"] for one in self.view(id)["teams"]]
        pens = dict(zip(teams, self.people, strict=False))
        for place, page in enumerate(self.people):
            self.act(page, "play", id, {"team": teams[place % len(teams)]})

        def turn(number: int) -> None:
            self.wait(9)
            self.act(self.console, "round", id, {"round": number})

        def propose(deal: Mapping[str, Any]) -> tuple[Page, Page]:
            one, other = deal["who"]
            goods = [good["id"] for good in self.view(id)["goods"]]
            terms = {key: deal[key] for key in ("duration", "conditions", "watch", "reason") if key in deal}
            lines = {side: [{"good": goods[n]} for n in deal[side]] for side in ("give", "get")}
            self.wait(1)
            self.act(pens[one], "propose", id, {"to": other, **lines, **terms})
            return pens[one], pens[other]

        turn(1)
        for team, side, family, text in told["goods"]:
            self.wait(0.5)
            self.act(pens[team], "post", id, {"side": side, "what": family, "text": text})
        turn(2)
        for deal in told["deals"]:
            one, other = propose(deal)
            given, got, back, use = deal["weighs"]
            for page, weights in ((other, {"effort": back, "use": use}), (one, {"effort": given, "use": got})):
                version = self.view(id)["deals"][0]["version"]
                self.act(page, "agree", id, {key: n for key, n in weights.items() if n}, on=version)
        propose(told["asked"])
        phone = self.people[0]
        phone.reload()
        phone.get_by_text(re.compile("^Connect")).first.wait_for()
        self.look(phone, "game", again=False)
        self.look(self.wall, "wall-game")
        self.look(self.console, "console-game")
        self.act(phone, "decline", id, on=self.view(id)["deals"][0]["version"])
        turn(5)
        for basket in self.view(id)["baskets"]:
            for team in basket["teams"]:
                self.act(pens[team], "sign", id, {"deals": basket["joined"]}, on=basket["key"])
        turn(6)
        for page, text in zip(self.people, told["surprises"], strict=False):
            self.act(page, "tell", id, {"surprise": text})
        self.act(self.people[3], "tell", id, {"cannot": told["cannot"]})
        self.act(self.people[2], "start", id, dict(zip(("what", "whom", "first"), told["start"], strict=True)))
        self.act(self.console, "close", id)
        self.act(self.console, "finish")
        page = self.console.context.new_page()
        page.goto(f"http://{HOST}:{PORT}/s/{self.program.code}/restitution.html")
        page.locator(f"#{id}-matrix").evaluate("one => { one.scrollIntoView(); scrollBy(0, -24); }")
        self.keep(page, "restitution-game")

    def team(self) -> Page:
        """The team's page, one link open, and the console that another of these links opens."""
        page = self.console.context.new_page()
        page.goto(f"http://{HOST}:{PORT}/c/{self.program.code}/team")
        for place, (name, role, track) in enumerate(self.told["team"]):
            page.locator("#name").fill(name)
            page.locator(f"[name=role][value={role}]").check()
            page.locator("#track").select_option(label=track) if track else None
            page.locator("main form button").last.click()
            expect(page.locator(".rows > details")).to_have_count(place + 2)
        first = page.locator(".rows > details", has_text=self.told["team"][0][0])
        first.locator("summary").click()
        self.look(page, "team", again=False)
        return self.page(cast(str, first.locator(".handed a").get_attribute("href")), DESK)


def main() -> None:
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*flags, f"--host-resolver-rules=MAP {HOST} 127.0.0.1"])
        for language in SHEETS:
            (HERE / "pictures" / language).mkdir(parents=True, exist_ok=True)
            for text, play in (
                (SHEETS[language], Room.day),
                (WORKSHOPS[language], Room.workshops),
                (AFTERNOON[language], Room.afternoon),
                (GAME[language], Room.game),
            ):
                with tempfile.TemporaryDirectory() as folder:
                    sheet = Path(folder, "day.md")
                    sheet.write_text(text, encoding="utf-8")
                    agenda = cast(Agenda, read_sheet(text, find_kinds())[0])
                    room = Room(browser, Program(sheet, agenda), agenda, language)
                    try:
                        play(room)
                    finally:
                        room.program.kill()
                        for context in browser.contexts:
                            context.close()


if __name__ == "__main__":
    main()
