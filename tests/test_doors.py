"""Who may do what: docs/security.md says it in tables, and every cell of them is tried here, against a real server.

A cell is true both ways a key can be brought: as a browser's cookie, and as a program's bearer. What is refused changes no byte of what
is kept, and says no word of the day.
"""

import ast
import http.client
import json
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from files import photo
from harness.server import Server
from werkzeug.routing import Map, Rule

from facilitate.app import create_app, find_kinds
from facilitate.core import rules
from facilitate.core.driving import CONSOLE_VERBS
from facilitate.core.edition import EDITION_VERBS
from facilitate.core.rules import NOTES_VERBS, PHOTO_VERBS
from facilitate.journal import Journal
from facilitate.live import _LOOKS
from facilitate.migrations import metadata
from facilitate.render import Entrance, Place

PAGE = (Path(__file__).parents[1] / "docs" / "security.md").read_text("utf-8")
KINDS = find_kinds()
SECRET = "quokka"
SHEET = f"""---
title: A day of {SECRET}
place: The room of {SECRET}
---
## Programme

### 10 min – Hello
- kind: welcome
- id: welcome

### 3 h – Workshops
- kind: tracks
- id: tracks
- tracks: Produire; Manger
""" + "".join(
    f"\n### 10 min – {kind}\n- kind: {kind}\n- id: {kind}\n- track: Produire\n"
    + ("- source: situations\n" if kind in ("vote", "themes", "decode") else "")
    + (f"- panel: {SECRET}; Region\n" if kind == "questions" else "")
    for kind in sorted(set(KINDS) - {"tracks", "welcome"}, key=lambda kind: (kind != "situations", kind))
)
REFUSED = {"not-allowed", "not-joined", "not-signed-in"}
LED_AWAY = ("/shelf/signin", "/j/")


@dataclass(frozen=True)
class Row:
    """One line of a table: what is tried, and the roles it is open to."""

    what: str
    cells: Mapping[str, str]

    @property
    def open(self) -> list[str]:
        return [name for name, cell in self.cells.items() if cell != "·"]

    @property
    def closed(self) -> list[str]:
        return [name for name, cell in self.cells.items() if cell == "·"]


def tables(name: str) -> list[Row]:
    """The lines of every table whose first column bears this name."""
    rows, roles = [], list[str]()
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            roles = []
        elif not roles:
            roles = cells if cells[0] == name else ["", *cells]
        elif roles[0] == name and set(cells[0]) != {"-"}:
            assert len(cells) == len(roles), line
            found = re.findall(r"`([^`]+)`", cells[0])
            rows += [Row(what, dict(zip(roles[1:], cells[1:], strict=True))) for what in found]
    return rows


class Link:
    """One connection kept open to the server, for as many questions as there are cells."""

    def __init__(self, port: int) -> None:
        self._link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def close(self) -> None:
        self._link.close()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        self._link.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = self._link.getresponse()
        return answer.status, answer.headers, answer.read()


@dataclass
class Role:
    """Someone with what they hold. ``page`` is the audience they say they act as."""

    cookies: dict[str, str] = field(default_factory=dict)
    bearer: str = ""
    page: str = ""
    person: str = ""
    own: str = ""


@dataclass
class Asked:
    """What was answered, as one tells a refusal from anything else."""

    status: int
    code: str
    there: str
    text: str

    @property
    def refused(self) -> bool:
        if self.status in (301, 302, 303):
            return any(self.there.startswith(page) for page in LED_AWAY)
        return self.code in REFUSED if self.code else self.status in (401, 403)


OTHERWISE = {"join.change": "unknown-participant", "erase": "not-yours"}
"""Where it is the one who is named that opens, or not, it is said so."""


class Day:
    """One real server with a day of every kind in it, someone in each role, and what the routes need to be asked well enough."""

    def __init__(self, folder: Path) -> None:
        before = folder / "before.md"
        before.write_text("---\ntitle: Another day\n---\n## Programme\n\n### 10 min – Hello\n- kind: welcome\n")
        other = Server(before, folder / "day")
        with closing(Link(other.port)) as there:
            elsewhere = self._joined(there, other.code)
        other.kill()
        sheet = folder / "day.md"
        sheet.write_text(SHEET)
        self.server = Server(sheet, folder / "day")
        self.pages, self.bare = 0, list[str]()
        self.link, self.code, self.data = Link(self.server.port), self.server.code, folder / "day" / "facilitate.db"
        me, two, three, *self.spare = (self._joined(self.link, self.code, name=f"{SECRET} {n}") for n in range(9))
        keys, own = self.server.keys, f"-{self.code}"
        lead = Role({f"console{own}": keys["console"]}, keys["console"], "console")
        self.roles = {
            "nobody": Role(bearer="nobody-has-this-key"),
            "participant": Role({f"participant{own}": me[1]}, me[1], own=me[0]),
            "other day": Role({f"participant{own}": elsewhere[1], f"participant-{other.code}": elsewhere[1]}, elsewhere[1]),
            "shared phone": Role({f"participant{own}": three[1], f"others{own}": two[1]}, two[1], person=two[0], own=two[0]),
            "facilitator": lead,
            "wall": Role({f"wall{own}": keys["wall"]}, keys["wall"], "wall"),
            "shelf’s key": Role({"shelf": keys["shelf"]}, keys["shelf"]),
        }
        for name, role, track in TEAM:
            said = {"name": SECRET if role == "panel" else name, "role": role, "track": track}
            assert self.ask("POST", f"/c/{self.code}/team", lead, said).status == 303
        page = self.ask("GET", f"/c/{self.code}/team", lead).text
        self.fill = {"code": self.code, "token": "x" * 22, "track": "produire", "step": "situations"}
        told = {name: part for part in page.split("<details") for name in re.findall(r"<b>([^<]+)</b>", part)}
        for name, role, _ in TEAM:
            part = told[SECRET if role == "panel" else name]
            self.fill["member"] = re.findall(r"/team/([0-9a-f-]+)/dismiss", part)[0]
            key = re.findall(r'key=([\w-]+)"', part)[0]
            self.roles[name] = Role({f"{role}{own}": key}, key, role)
        assert self.ask("POST", f"/c/{self.code}/team/{self.fill['member']}/dismiss", lead, {}).status == 303
        shelf = self.roles["shelf’s key"]
        for name in ("reader", "editor", "administrator"):
            made = json.loads(self.ask("POST", "/shelf/accounts", shelf, {"do": "invite", "name": name, "role": name}).text)
            path = "/shelf/invitation/" + made["invitation"].rpartition("/")[2]
            _, headers, _ = self.link.ask(
                "POST", path, json.dumps({"password": f"cheval pile agrafe {name}"}).encode(), Content_Type="application/json", Accept="*/*"
            )
            token = re.findall(r"staff=([^;]+)", headers["Set-Cookie"])[0]
            self.roles[name] = Role({"staff": token})
        self._said(lead, me, two)

    @staticmethod
    def _joined(link: Link, code: str, **said: str) -> tuple[str, str]:
        sent = {"Content_Type": "application/json", "Accept": "application/json"}
        _, _, body = link.ask("POST", f"/j/{code}", json.dumps(said).encode(), **sent)
        told = json.loads(body)
        return told["participant"], told["key"]

    def _said(self, lead: Role, me: tuple[str, str], two: tuple[str, str]) -> None:
        """Words of the day that no refusal may hold."""
        for step in ("tracks", "situations"):
            assert self.act("open", step, lead)["seq"]
        self.card = str(uuid4())
        posted = {"title": SECRET, "text": SECRET}
        assert "seq" in self.act("post", "situations", self.roles["participant"], posted, id=self.card)
        assert "seq" in self.act("note", "situations", lead, {"mark": "said", "text": SECRET})
        assert self.ask("POST", f"/reception/{self.code}/arrive", lead, {"name": SECRET}).status == 200
        person = re.findall(r"/person/([0-9a-f-]+)\?", self.ask("GET", f"/reception/{self.code}", lead).text)[0]
        picture = json.loads(self.ask("POST", f"/s/{self.code}/media?as=console", lead, photo((40, 30))).text)["media"]
        for role in self.roles.values():
            role.own = role.own or self.card
        self.fill |= {"id": self.card, "me": me[0], "two": two[0], "person": person, "media": picture}

    def ask(self, method: str, path: str, role: Role, body: Any = None, *, bearer: bool = False) -> Asked:
        headers = {"Accept": "text/html" if method == "GET" and not bearer else "application/json"}
        if bearer:
            headers["Authorization"] = f"Bearer {role.bearer}"
        elif role.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in role.cookies.items())
        if isinstance(body, bytes):
            data, headers["Content-Type"] = body, "application/octet-stream"
        else:
            data, headers["Content-Type"] = json.dumps(body or {}).encode(), "application/json"
        status, sent, read = self.link.ask(method, path, data if method == "POST" else None, **headers)
        text, code = read.decode("utf-8", "replace"), ""
        self._protected(f"{method} {path.partition('?')[0]} {status}", sent, text)
        if sent.get_content_type() == "application/json":
            said = json.loads(text)
            code = str(said.get("code", "")) if isinstance(said, dict) and {"refused", "later"} & set(said) else ""
        assert status != 500, f"{method} {path}: {text[:300]}"
        return Asked(status, code, sent.get("Location", ""), text)

    def act(self, do: str, step: str, role: Role, content: Any = None, **more: str) -> Any:
        """One act by whatever this role holds."""
        sent = {"id": str(uuid4()), "do": do, "activity": step, "content": content or {}} | more
        query = urlencode({"as": role.page, "person": role.person})
        answer = self.ask("POST", f"/s/{self.code}/act?{query}", role, sent, bearer=bool(role.bearer))
        return json.loads(answer.text)

    def looks(self, look: str, role: Role, seen: list[str]) -> bool:
        """Whether real time opens this look to a role, its key a browser's cookie or in the message itself."""
        for key in (None, role.bearer):
            if key == "":
                continue
            cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in role.cookies.items())} if key is None else {}
            path = "/socket.io/?EIO=4&transport=polling"
            path += "&sid=" + json.loads(self.link.ask("GET", path, **cookies)[2][1:])["sid"]
            knock = {"code": self.code, "look": look, "lang": "fr", "person": role.person} | ({} if key is None else {"key": key})
            self.link.ask("POST", path, b"40" + json.dumps(knock).encode(), **cookies)
            told = self.link.ask("GET", path, **cookies)[2].decode().split("\x1e")
            self.link.ask("POST", path, b"1", **cookies)
            if any(one.startswith("40") for one in told):
                return True
            assert told[0].startswith("44"), told
            seen += told
        return False

    def _protected(self, what: str, headers: http.client.HTTPMessage, text: str) -> None:
        """Every answer says what it is; every page brings a policy that lets nothing act but files of ours, and holds nothing else."""
        if headers["X-Content-Type-Options"] != "nosniff":
            self.bare.append(f"{what}: nosniff")
        cookies = headers.get_all("Set-Cookie") or []
        self.bare += [f"{what}: {one.partition('=')[0]}" for one in cookies if not {"HttpOnly", "SameSite=Lax"} <= set(one.split("; "))]
        if headers.get_content_type() != "text/html":
            return
        self.pages += 1
        policy = dict(part.strip().partition(" ")[::2] for part in (headers["Content-Security-Policy"] or "").split(";"))
        sources = " ".join(said for name, said in policy.items() if name not in ("connect-src", "style-src"))
        styles = re.fullmatch(r"('self'|'sha256-[\w+/=]+'| )+", policy.get("style-src", ""))
        strict = policy.get("default-src") == "'none'" and policy.get("script-src", "'none'") in ("'self'", "'none'") and styles
        strict = strict and policy.get("base-uri") == "'none'" and policy.get("frame-ancestors") in ("'none'", "'self'")
        if not strict or re.search(r"unsafe|\*|https?:", sources):
            self.bare.append(f"{what}: {policy}")
        wanted = {"Permissions-Policy": "camera=()", "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": ""}
        self.bare += [f"{what}: {name}" for name, said in wanted.items() if said not in (headers[name] or "no")]
        if found := re.findall(r"<script(?![^>]* src=\"/)[^>]*>|<[^>]+ (?:style|on[a-z]+)=|(?:src|srcset)=\"(?:https?:)?//[^\"]*", text):
            self.bare.append(f"{what}: {found[0]}")

    def keys_stay(self) -> None:
        """No key stands in the log, nor in what leaves the day, nor in an address that a page would be loaded from."""
        for name in ("wall", "console", "shelf"):
            answer = self.ask("GET", f"/{self.server.urls[name].split('/', 3)[3]}", Role())
            assert (answer.status, "?" in answer.there) == (303, False)
        keys = {key for role in self.roles.values() for key in (role.bearer, *role.cookies.values()) if len(key) > 20}
        lead, shelf = self.roles["facilitator"], self.roles["shelf’s key"]
        leaves = [
            self.ask("GET", f"/s/{self.code}/{name}", lead).text for name in ("restitution.html", "restitution.json", "restitution.csv")
        ]
        leaves.append(self.ask("GET", f"/s/{self.code}/export.zip", shelf).text)
        self.server.stop()
        said = self.server.log + "".join(leaves)
        assert SECRET in said
        assert [key for key in keys if key in said] == []

    def close(self) -> None:
        self.link.close()
        if self.server.running:
            self.server.kill()
        print(self.server.log)

    def another(self, name: str) -> Role:
        """Someone else of the same role, a participant."""
        id, key = self.spare.pop()
        own = f"-{self.code}"
        if name == "participant":
            return Role({f"participant{own}": key}, key, own=id)
        # One more on that phone, beside those who share it.
        held = self.roles[name].cookies
        return Role(held | {f"others{own}": f"{held[f'others{own}']}.{key}"}, key, person=id, own=id)

    def kept(self) -> dict[str, str]:
        """All that is kept, table by table, and the sheets; but what the search reads again of it, and the secrets that steps have of their
        own, drawn by the first who asks."""
        with closing(sqlite3.connect(f"file:{self.data}?mode=ro", uri=True)) as link:
            names = metadata.tables.keys() - {"searched", "found", "secrets"}
            told = {name: repr(link.execute(f'select * from "{name}"').fetchall()) for name in names}  # noqa: S608 - its own tables
        return told | {one.name: one.read_text("utf-8") for one in self.data.parent.glob("sheets/*")}


TEAM = (
    ("co-facilitator", "console", ""),
    ("workshop", "console", "produire"),
    ("scribe", "scribe", ""),
    ("note-taker", "notes", ""),
    ("reception", "reception", ""),
    ("panellist", "panel", ""),
    ("dismissed", "console", ""),
)
"""Those who are given a link: (role of the table, role in the team, workshop); the last is dismissed."""


WHERE: Mapping[str, Mapping[str, Any]] = {
    "desks.own": {"id": "situations", "name": "none"},
    "documents.data": {"id": "none"},
    "documents.table": {"id": "none"},
    "documents.part": {"id": "none"},
    "prepare.edit": {"name": "none"},
    "prepare.page": {"name": "none"},
    "prepare.preview": {"name": "none"},
    "prepare.run_sheet_pdf": {"name": "none"},
    "reception.person": {"id": "person"},
    "reception.correct": {"id": "person"},
    "files.show": {"id": "media"},
    "shelf.over_all": {"file": "none.html"},
    "edition.page": {"?": {"section": "none"}},
    "desks.sheets": {"?": {"step": "none"}},
    "reception.certificates": {"?": {"person": "none"}},
    "shelf.page": {"?": {"year": "1900"}},
    "files.take": {"body": b""},
    "console.rejoin": {"body": {"participant": "me"}},
    "join.change": {"body": {"to": "two"}},
    "participant.act": {"body": {"id": "none"}},
    "accounts.sign_in": {"body": {"name": "nobody of that name", "password": "x"}},
}
"""What a route is asked with, where the usual is not enough to reach its door, or would have it print a document."""
PRINTED = ("ready.poster", "reception.paper", "reception.certificates")
"""What takes a fifth of a second each time: the short form has it made for one of those who may."""
LAST = ("accounts.sign_out", "reception.forget", "documents.make_pack")
"""What ends something others are asked about: tried after all the rest."""


class Routes:
    """The program's addresses, and how each is asked."""

    def __init__(self, folder: Path) -> None:
        made = create_app(Journal.in_folder(folder), Entrance("http://room.test"))
        self.map: Map = made.app.url_map
        made.close()
        self.rules = [(method, rule) for rule in self.map.iter_rules() for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]

    def named(self, what: str) -> tuple[str, Rule]:
        """The route that 'GET /c/<code>' or 'GET /s/<code>/region/wall' means."""
        method, _, path = what.partition(" ")
        plain = re.sub(r"<(?:\w+:)?\w+>", "x", path)
        rule, _ = self.map.bind("room.test").match(plain, method, return_rule=True)
        return method, rule

    def path(self, what: str, day: Day, role: Role) -> str:
        rule = self.named(what)[1]
        given = WHERE.get(rule.endpoint, {})

        def value(name: str) -> str:
            named = str(given.get(name, name))
            return quote(day.fill.get(named, named if name in given else "none"))

        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: value(found[1]), what.partition(" ")[2])
        query = dict(given.get("?", {})) | {"as": role.page, "person": role.person}
        return path + "?" + urlencode({name: said for name, said in query.items() if said})

    def body(self, what: str, day: Day) -> Any:
        body = WHERE.get(self.named(what)[1].endpoint, {}).get("body", {})
        if isinstance(body, bytes):
            return body
        return {name: day.fill.get(said, said) for name, said in body.items()}

    def open_to(self, what: str, day: Day, name: str, seen: list[str], *, bearer: bool = False) -> bool:
        """Whether this role gets past the door of a route: ``bearer`` with its key as a program brings it, where it has one, which every
        page reads as its own; else as a browser does."""
        role = day.roles[name]
        method, path, body = what.partition(" ")[0], self.path(what, day, role), self.body(what, day)
        answer = day.ask(method, path, role, body, bearer=bearer and bool(role.bearer))
        assert answer.code not in ("unknown-session", "over-days"), (what, path, answer)
        assert answer.status != 405, (what, path)
        if answer.refused or answer.code == OTHERWISE.get(self.named(what)[1].endpoint):
            seen.append(answer.text)
            # What is for programs alone, or for a browser's cookie.
            return not bearer and bool(role.bearer) and self.open_to(what, day, name, seen, bearer=True)
        return True


NOT_TAKEN = REFUSED | {"unknown-verb"}


def acted(what: str, day: Day, name: str, seen: list[str]) -> str:
    """The cell of a verb: '●' this role may ask it, 'for' for someone alone, '·' not."""
    kind, _, verb = what.rpartition(".")
    step = kind or ("" if verb in EDITION_VERBS | {"collect"} else "situations")
    answer = day.act(verb, step, day.roles[name], on=day.roles[name].own if verb == "erase" else day.card)
    if "later" in answer:
        # One phone may ask so much and no more: another one of the same role goes on.
        day.roles[name] = day.another(name)
        answer = day.act(verb, step, day.roles[name], on=day.roles[name].own if verb == "erase" else day.card)
    assert "later" not in answer, (what, name, answer)
    alone = answer.get("code") == "for-whom"
    if alone:
        answer = day.act(verb, step, day.roles[name], on=day.card, **{"for": day.fill["me"]})
    if answer.get("code") in NOT_TAKEN | {OTHERWISE.get(verb, "")}:
        seen.append(json.dumps(answer, ensure_ascii=False))
        return "·"
    return "for" if alone else "●"


ROUTES, LOOKS, ACTS = tables("route"), tables("look"), tables("act")
EVERYONE = [row.what for row in tables("open to everyone")]


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Routes:
    return Routes(tmp_path_factory.mktemp("routes"))


def test_every_route_has_its_line(routes: Routes) -> None:
    """One that is missing here is open to nobody knows whom: give it a line in docs/security.md, and what it is asked with in WHERE."""
    told = {(method, rule.rule) for method, rule in map(routes.named, [*EVERYONE, *(row.what for row in ROUTES)])}
    there = {(method, rule.rule) for method, rule in routes.rules}
    assert sorted(there - told) == []
    regions = {row.what.rpartition("/")[2] for row in ROUTES if "/region/" in row.what}
    assert regions == set(get_args(Place)), "each place of a day has its region"
    assert len({row.what for row in ROUTES}) == len(ROUTES)


def test_every_look_and_every_verb_has_its_line() -> None:
    assert sorted(row.what for row in LOOKS) == sorted({"mine", *_LOOKS})
    compared = [node for node in ast.walk(ast.parse(Path(rules.__file__).read_bytes())) if isinstance(node, ast.Compare)]
    asked = [one for one in compared if isinstance(one.left, ast.Attribute) and one.left.attr == "do"]
    named = {word.value for one in asked for word in ast.walk(one) if isinstance(word, ast.Constant)} - {"post", "edit", "withdraw"}
    house = named | CONSOLE_VERBS | EDITION_VERBS | NOTES_VERBS | PHOTO_VERBS
    kinds = {f"{kind}.{verb}" for kind in KINDS for verb in KINDS[kind].verbs}
    assert {"join", "sheet", "welcome", "posts", "collect"} <= named
    assert sorted(row.what for row in ACTS) == sorted(house | kinds)


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with closing(Day(tmp_path)) as made:
        yield made


def test_every_cell_of_the_tables_is_true(routes: Routes, day: Day) -> None:
    seen, wrong = list[str](), list[str]()
    before = day.kept()
    for row in sorted(ROUTES, key=lambda row: routes.named(row.what)[1].endpoint in LAST):
        wrong += [f"{row.what}: {name} may" for name in row.closed if routes.open_to(row.what, day, name, seen, bearer=True)]
    for row in LOOKS:
        wrong += [f"look {row.what}: {name} may" for name in row.closed if day.looks(row.what, day.roles[name], seen)]
        wrong += [f"look {row.what}: {name} may not" for name in row.open if not day.looks(row.what, day.roles[name], [])]
    for row in ACTS:
        wrong += [f"act {row.what}: {name} may" for name in row.closed if acted(row.what, day, name, seen) != "·"]
    assert wrong == []
    after = day.kept()
    assert [name for name in after.keys() | before if after.get(name) != before.get(name)] == [], "what was refused changed something"
    assert len(seen) > 1000
    assert [text for text in seen if SECRET in text] == []
    for what in EVERYONE:
        wrong += [] if routes.open_to(what, day, "nobody", []) else [f"{what}: nobody in particular may not"]
    for row in sorted(ROUTES, key=lambda row: routes.named(row.what)[1].endpoint in LAST):
        may = row.open[: 1 if routes.named(row.what)[1].endpoint in PRINTED and os.environ.get("FAULTS") != "long" else None]
        wrong += [f"{row.what}: {name} may not" for name in may if not routes.open_to(row.what, day, name, [])]
    for row in sorted(ACTS, key=lambda row: (row.what in ("finish", "erase"), row.what == "erase")):
        wrong += [f"act {row.what}: {name} {row.cells[name]}" for name in row.open if acted(row.what, day, name, []) != row.cells[name]]
    assert wrong == []
    assert day.pages > 100
    assert sorted(set(day.bare)) == [], "pages without a strict policy, or with what it would forbid"
    day.keys_stay()
