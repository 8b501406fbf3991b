"""What `deploy/` holds, as far as it can be tried without root, systemd or containers: nginx for real before two real workers of one
database, the unit, the compose file and the Dockerfile by their own checkers."""

import asyncio
import http.client
import json
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import click
import pytest
import socketio
from aiohttp.abc import AbstractResolver
from harness.loop import run
from harness.nursery import Born
from harness.server import PATIENCE, TRACEBACK, Server
from redisserver import Redis
from web.http import Answer, Client, console

from facilitate.app import create_app
from facilitate.cli import serve_
from facilitate.journal import LETTERS, Journal, new_code
from facilitate.readiness.machine import answers
from facilitate.render import Entrance
from hatch_build import BESIDE

DEPLOY = Path(__file__).parents[1] / "deploy"
NAME, METRICS, WORKER = "atelier.example.org", "a-key-for-figures", "X-Worker"
POLLED = "/socket.io/?EIO=4&transport=polling"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")  # where Debian keeps it, off the path of who is not root
SHEET = """---
title: Une journée
date: 2021-09-24
time: 9:30-17:00
---
## Programme

### 10:00 – Situations
- type : situations
- question : Qu’avez-vous vécu ?
"""


def free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def environment(**other: str) -> dict[str, str]:
    """`deploy/environment`, what stands there as a possibility included, with ``other`` values."""
    lines = [line.lstrip("#").partition("=") for line in (DEPLOY / "environment").read_text().splitlines() if "=" in line]
    assert other.keys() <= {name for name, _, _ in lines}
    return {name: value for name, _, value in lines} | other


def unit() -> dict[str, list[str]]:
    """The directives of the unit."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / "facilitate@.service").read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


class Worker:
    """The unit's command, in the environment that the unit names."""

    def __init__(self, folder: Path, told: Mapping[str, str], ends: ExitStack) -> None:
        self.file, self.told, self.port, self.said = folder.with_suffix(".log"), told, 0, ""
        self.start()
        ends.callback(self.close)

    def start(self) -> None:
        _, *arguments = shlex.split(unit()["ExecStart"][0])
        with self.file.open("a") as log:
            self.process = Born([one.replace("%i", str(self.port)) for one in arguments], {**os.environ, **self.told}, log, told=False)
        while not (found := re.search(r"port (\d+)", line := self.process.stdout.readline())):
            assert line, self.file.read_text()
            self.said += line
        self.port = int(found[1])

    def stop(self) -> None:
        """As systemd does."""
        self.process.send_signal(signal.Signals[unit()["KillSignal"][0]])
        assert self.process.wait(PATIENCE) == 0
        self.close()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        if not self.process.stdout.closed:
            with self.process.stdout as rest:
                self.said += rest.read()

    @property
    def upstream(self) -> str:
        return f"127.0.0.1:{self.port}"


class Nginx:
    """nginx as `deploy/nginx.conf` has it: ports, paths and certificate apart, two directives of who may not be root, and each answer says
    which worker gave it."""

    def __init__(self, folder: Path, port: int, workers: list[Worker]) -> None:
        self.folder, self.port, plain = folder, port, free_port()
        logs, site = folder / "logs", folder / "site"
        for each in (folder, logs, site, folder / "rest"):
            each.mkdir()
        text = (DEPLOY / "nginx.conf").read_text()
        for written, here in {
            "user www-data;": "",
            "/run/nginx.pid": f"{folder}/pid",
            "/var/log/nginx": str(logs),
            "listen 80 ": f"listen 127.0.0.1:{plain} ",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            "    listen [::]:80 default_server;\n": "",
            "    listen [::]:443 ssl http2 default_server;\n": "",
            "worker_rlimit_nofile 40000;": "daemon off;",
            "worker_processes auto;": "worker_processes 2;",
            "http {\n": "http {\n"
            + "".join(f"{one}_temp_path {folder}/rest;\n" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            + f"add_header {WORKER} $upstream_addr always;\n",
        }.items():
            assert written in text, written
            text = text.replace(written, here)
        self.plain, self.file = plain, folder / "nginx.conf"
        self.file.write_text(text)
        servers = (DEPLOY / "site" / "workers.conf").read_text()
        for number, worker in enumerate(workers, 1):
            assert f"127.0.0.1:800{number}" in servers
            servers = servers.replace(f"127.0.0.1:800{number}", worker.upstream)
        (site / "workers.conf").write_text(servers)
        key = [
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            site / "key.pem",
            "-out",
            site / "certificate.pem",
        ]
        name = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1", "-days", "2"]
        subprocess.run(["openssl", "req", "-x509", *key, *name], check=True, capture_output=True)
        self.trusted = ssl.create_default_context(cafile=str(site / "certificate.pem"))
        self.command = [NGINX or "", "-p", str(folder), "-c", str(self.file)]
        tried = subprocess.run([*self.command, "-t"], capture_output=True, text=True)
        assert tried.returncode == 0, tried.stderr
        assert "warn" not in tried.stderr, tried.stderr
        self.process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL)
        self._until_it_listens()

    def _until_it_listens(self) -> None:
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                assert self.process.poll() is None, "nginx ended"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

    @property
    def log(self) -> list[list[str]]:
        """The lines of the access log: time, status, method, page, worker, seconds, bytes."""
        # nginx writes a line once it has answered.
        return [line.replace(", ", ",").split(" ") for line in (self.folder / "logs" / "access.log").read_text().splitlines()]


class Site:
    """A day of one database, its workers, nginx before them; for the clients of ``web.http`` a server as any other."""

    def __init__(self, folder: Path, url: str, redis: str, ends: ExitStack) -> None:
        sheet, port = folder / "day.md", free_port()
        sheet.write_text(SHEET, encoding="utf-8")
        begun = Server(sheet, folder / "begun", ["--database-url", url])
        ends.callback(begun.close)
        self.code, self.keys, self.base = begun.code, begun.keys, f"https://{NAME}:{port}"
        console(begun).act("open", "situations")
        begun.stop()
        told = {"FACILITATE_PUBLIC_URL": self.base, "FACILITATE_DATABASE_URL": url, "FACILITATE_REDIS_URL": redis}
        told["FACILITATE_DATA_DIR"] = str(folder / "kept")
        self.workers = [Worker(folder / f"worker-{n}", environment(FACILITATE_METRICS_KEY=METRICS, **told), ends) for n in range(2)]
        self.nginx = Nginx(folder / "nginx", port, self.workers)
        ends.callback(self.nginx.stop)

    def written(self) -> str:
        """All that nginx and the workers keep of what they did."""
        files = [*(self.nginx.folder / "logs").iterdir(), *(each.file for each in self.workers)]
        return "\n".join([*(file.read_text() for file in files), *(each.said for each in self.workers)])

    def elsewhere(self) -> str:
        """The code of another day, at the worker where the day of this site is not."""
        own = at(Browser(self).get(f"/j/{self.code}"))
        return next(code for code in iter(new_code, "") if at(Browser(self).get(f"/j/{code}")) != own)


class Browser(Client):
    """A browser, or a program, that comes by https and looks at the certificate."""

    server: Any

    def link(self) -> http.client.HTTPConnection:
        """To nginx, whatever the name leads to."""
        opened = http.client.HTTPSConnection(NAME, self.server.nginx.port, timeout=30, context=self.server.nginx.trusted)
        opened._create_connection = lambda *_, **__: socket.create_connection(("127.0.0.1", opened.port))  # type: ignore[attr-defined]
        return opened

    def head(self, path: str, size: int) -> Answer:
        """What is answered to the announcement of a body of this size, before any of it is sent."""
        with closing(self.link()) as link:
            link.putrequest("POST", path)
            kept = {"Authorization": f"Bearer {self.key}", "Accept": "application/json", "Content-Length": str(size)}
            for name, value in {**kept, "Content-Type": "application/json"}.items():
                link.putheader(name, value)
            link.endheaders()
            answer = link.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())


def at(answer: Answer) -> str:
    """The worker that gave this answer, which may be the second that was asked."""
    return answer.headers[WORKER].split(", ")[-1]


class Loopback(AbstractResolver):
    """Every name leads here."""

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[Any]:
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        pass


@asynccontextmanager
async def web(site: Site, phone: Browser | None = None) -> AsyncIterator[aiohttp.ClientSession]:
    """A phone's browser; without one, many strangers'."""
    opened: list[socket.socket] = []

    def made(where: tuple[Any, ...]) -> socket.socket:
        opened.append(socket.socket(*where[:3]))
        opened[-1].setblocking(False)
        return opened[-1]

    connector = aiohttp.TCPConnector(limit=50, resolver=Loopback(), ssl=site.nginx.trusted, socket_factory=made)
    async with aiohttp.ClientSession(base_url=site.base, connector=connector, cookies=phone and phone.cookies) as session:
        yield session
    while any(one.fileno() >= 0 for one in opened):
        await asyncio.sleep(0)  # both sides say goodbye


async def connected(site: Site, phone: aiohttp.ClientSession, transport: str, **headers: str) -> socketio.AsyncClient:
    """The line that a phone's page opens."""
    line = socketio.AsyncClient(reconnection=False, http_session=phone)
    auth = {"code": site.code, "look": "mine", "lang": "fr"}
    await line.connect(site.base, headers={"Origin": site.base, **headers}, auth=auth, transports=[transport])
    return line


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, postgres: Callable[[], str], redis: Redis) -> Iterator[Site]:
    if not NGINX:
        pytest.skip("no nginx on this machine (Debian's package: nginx)")
    with ExitStack() as ends:
        opened = Site(tmp_path_factory.mktemp("site"), postgres(), redis.url, ends)
        yield opened
    assert TRACEBACK not in opened.written()


@pytest.fixture
def joined(site: Site) -> Callable[[str], Browser]:
    """Someone's phone, which has joined through nginx."""

    def join(name: str) -> Browser:
        answer = Browser(site).form(f"/j/{site.code}", {"name": name})
        assert answer.status == 303, answer.text
        return Browser(site, cookies=answer.cookies)

    return join


def test_a_phone_joins_and_posts_by_https_and_keeps_its_key_under_it(site, joined):
    opened = Browser(site).get(f"/j/{site.code}")
    assert opened.status == 200
    assert opened.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert opened.headers["Server"] == "nginx"
    answer = Browser(site).form(f"/j/{site.code}", {"name": "Ana"}, Origin=site.base)
    assert "; Secure" in answer.headers["Set-Cookie"]
    phone = Browser(site, cookies=answer.cookies)
    assert phone.act("post", "situations", {"title": "Par nginx."}).json["seq"]
    assert "Par nginx." in phone.get(f"/s/{site.code}/mine").text


def test_links_say_the_name_that_people_type(site):
    driver = Browser(site, site.keys["console"])
    assert f"{site.base}/remote/{site.code}?key=" in driver.get(f"/c/{site.code}/team").text


def test_under_another_name_nothing_is_told_and_http_leads_to_https(site):
    assert Browser(site).get(f"/j/{site.code}", Host="elsewhere.test").status == 421
    with closing(http.client.HTTPConnection("127.0.0.1", site.nginx.plain)) as link:
        link.request("GET", "/j/x", headers={"Host": NAME})
        answer = link.getresponse()
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/j/x")


def test_browsers_may_ask_by_http_2(site):
    context = ssl.create_default_context(cafile=str(site.nginx.folder / "site" / "certificate.pem"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("127.0.0.1", site.nginx.port)) as line, context.wrap_socket(line, server_hostname=NAME) as secure:
        assert secure.selected_alpn_protocol() == "h2"


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_real_time_passes(site, joined, transport):
    phones = [joined(f"{transport} {n}") for n in range(4)]

    async def play(phone: Browser, text: str) -> None:
        async with web(site, phone) as shared:
            line = await connected(site, shared, transport)
            act = {"id": str(uuid4()), "do": "post", "activity": "situations", "content": {"title": text}}
            assert (await line.call("act", act))["seq"]
            await line.disconnect()

    for n, phone in enumerate(phones):
        run(play(phone, f"{transport} {n}"))
    cards = Browser(site, site.keys["console"]).ask("GET", f"/s/{site.code}/state?step=situations").text
    assert all(f"{transport} {n}" in cards for n in range(4))


def test_a_room_behind_one_address_is_at_one_worker_where_each_of_its_polling_phones_finds_its_line(site):
    """150 phones; each opens the way in, its style before it has a cookie, then a line by polling, asked twice more."""
    many = 150

    async def phone(shared: aiohttp.ClientSession) -> list[tuple[int, str]]:
        own = {"Cookie": f"lang=fr; participant-{site.code}={secrets.token_urlsafe(16)}"}
        page, found = {"Referer": f"{site.base}/j/{site.code}?lang=fr"}, []

        async def ask(method: str, path: str, headers: dict[str, str], data: str | None = None) -> str:
            async with shared.request(method, path, headers=headers, data=data) as answer:
                found.append((answer.status, answer.headers[WORKER]))
                return await answer.text()

        await ask("GET", f"/j/{site.code}", {})
        await ask("GET", "/healthz", page)
        await ask("GET", "/healthz", own)
        line = json.loads((await ask("GET", POLLED, own))[1:])["sid"]
        await ask("POST", f"{POLLED}&sid={line}", own, "40{}")
        await ask("GET", f"{POLLED}&sid={line}", own)
        return found

    async def room() -> list[list[tuple[int, str]]]:
        async with web(site) as shared:
            return await asyncio.gather(*(phone(shared) for _ in range(many)))

    day = at(Browser(site).get(f"/j/{site.code}"))
    assert run(room()) == [[(200, day)] * 6] * many


def test_forty_days_are_spread_over_the_workers_however_their_codes_are_typed(site):
    found = Counter[str]()
    for code in (site.code, *(f"{letter * 3}{number}" for letter in LETTERS for number in (104, 204, 320))):
        small, number = code[:3].lower(), code[3:]
        ways = (f"/j/{code}", f"/s/{small}%20{number}/mine?lang=fr", f"/?code={small}+{number}+")
        (day,) = {at(Browser(site).get(way)) for way in ways}
        found[day] += 1
    assert found.keys() == {each.upstream for each in site.workers}
    assert found.total() == 40
    assert min(found.values()) >= 5, found


def test_every_address_that_carries_a_code_leads_to_the_worker_of_its_day(site, tmp_path):
    """Whatever other day the browser holds, and whatever page it comes from."""
    made = create_app(Journal.in_folder(tmp_path), Entrance(site.base))
    rules = [rule.rule for rule in made.app.url_map.iter_rules() if "code" in rule.arguments]
    made.close()
    day, other = at(Browser(site).get(f"/j/{site.code}")), site.elsewhere()
    stranger = Browser(site, cookies={f"participant-{other}": "x"})
    for rule in rules:
        path = re.sub("<[^>]+>", "x", rule.replace("<code>", site.code))
        assert at(stranger.get(path, Referer=f"{site.base}/s/{other}")) == day, rule
    assert len(rules) > 50


def test_a_browser_that_holds_several_days_has_each_of_them_at_its_worker(site):
    other = site.elsewhere()
    workers = {code: at(Browser(site).get(f"/j/{code}")) for code in (site.code, other)}
    for newest, eldest in ((site.code, other), (other, site.code)):
        browser = Browser(site, cookies={"staff": "x", f"others-{eldest}": "x", f"console-{newest}": "x", "lang": "fr"})
        for code, day in workers.items():
            assert at(browser.get(f"/w/{code}")) == day
            assert at(browser.get("/healthz", Referer=f"{site.base}/c/{code}/team")) == day
        assert at(browser.get("/healthz", Referer=f"{site.base}/shelf")) == workers[newest]
        assert at(browser.get("/healthz")) == workers[newest]


def test_a_polling_phone_keeps_its_line_when_another_day_comes_into_its_browser(site, joined):
    phone, page = joined("Sami"), f"{site.base}/s/{site.code}"
    line = json.loads(phone.get(POLLED, Referer=page).text[1:])["sid"]
    phone.cookies[f"participant-{site.elsewhere()}"] = "x"
    assert phone.ask("POST", f"{POLLED}&sid={line}", b"40{}", Referer=page).status == 200


def test_a_line_that_another_day_of_the_browser_led_to_the_other_worker_works_as_well(site, joined):
    """A WebSocket does not say which page opens it."""
    phone = joined("Noé")
    phone.cookies[f"wall-{site.elsewhere()}"] = "x"
    assert at(phone.get(POLLED)) != at(phone.get(f"/s/{site.code}"))
    kept = "; ".join(f"{name}={value}" for name, value in phone.cookies.items())

    async def play() -> None:
        async with web(site) as shared:
            line = await connected(site, shared, "websocket", Cookie=kept)
            act = {"id": str(uuid4()), "do": "post", "activity": "situations", "content": {"title": "De l’autre côté."}}
            assert (await line.call("act", act))["seq"]
            await line.disconnect()

    run(play())
    assert "De l’autre côté." in phone.get(f"/s/{site.code}/mine").text


def test_a_program_without_cookies_is_served_and_finds_the_worker_it_polls(site):
    assert Browser(site, site.keys["console"]).ask("GET", f"/s/{site.code}/state").status == 200
    for _ in range(5):
        line = json.loads(Browser(site).get(POLLED).text[1:])["sid"]
        assert Browser(site).ask("POST", f"{POLLED}&sid={line}", b"40{}").status == 200


def test_a_browser_without_a_day_stays_at_one_worker_and_browsers_are_spread(site):
    browsers = [Browser(site, cookies={"staff": secrets.token_urlsafe(16)}) for _ in range(30)]
    found = [{at(each.get("/healthz")) for _ in range(3)} for each in browsers]
    assert {len(one) for one in found} == {1}
    assert set.union(*found) == {each.upstream for each in site.workers}


@pytest.mark.parametrize(
    ("path", "program", "nginx"),
    [
        ("/s/{}/act", 64 * 1024, 80 * 1024),
        ("/s/{}/media", 51_000_000, 70 * 1024**2),
        ("/reception/{}/list", 4_000_000, 5 * 1024**2),
        ("/prepare", 4_000_000, 5 * 1024**2),
    ],
)
def test_what_is_too_large_is_told_by_the_program_and_much_more_by_nginx(site, path, program, nginx):
    driver = Browser(site, site.keys["shelf" if path == "/prepare" else "console"])
    assert "refused" in (told := driver.head(path.format(site.code), program + 1)).text, told
    assert told.status == 413
    cut = driver.head(path.format(site.code), nginx + 1)
    assert (cut.status, "nginx" in cut.text) == (413, True)


def test_a_sheet_begun_at_one_worker_is_there_at_the_other(site):
    made = Browser(site, site.keys["shelf"]).form("/prepare", {"title": "Une autre journée"})
    assert made.status == 303, made.text
    for worker in site.workers:
        with closing(http.client.HTTPConnection("127.0.0.1", worker.port)) as link:
            link.request("GET", made.headers["Location"], headers={"Authorization": f"Bearer {site.keys['shelf']}"})
            assert link.getresponse().status == 200


def test_figures_are_for_whoever_runs_the_server(site):
    assert Browser(site, METRICS).get("/metrics").status == 404
    with closing(http.client.HTTPConnection("127.0.0.1", site.workers[0].port)) as link:
        link.request("GET", "/metrics", headers={"Authorization": f"Bearer {METRICS}"})
        assert link.getresponse().status == 200


def test_workers_that_end_one_by_one_lose_nobody_and_nothing(site, joined):
    """As an upgrade does: a phone posts all the while, by the line it has, and opens another when it ends."""
    phone, kept = joined("Inès"), list[str]()

    async def play() -> None:
        async with web(site, phone) as shared:
            line = await connected(site, shared, "websocket")

            async def post() -> None:
                nonlocal line
                act = {"id": str(uuid4()), "do": "post", "activity": "situations", "content": {"title": f"Pendant {len(kept)}"}}
                kept.append(act["content"]["title"])
                answer: dict[str, Any] = {}
                while "seq" not in answer:
                    try:
                        answer = await line.call("act", act, timeout=2)
                        assert "refused" not in answer, answer
                    except socketio.exceptions.SocketIOError:
                        await line.disconnect()
                        with suppress(socketio.exceptions.SocketIOError):
                            line = await connected(site, shared, "websocket")

            for each in site.workers:
                await asyncio.gather(asyncio.to_thread(each.stop), post())
                await post()
                await asyncio.to_thread(each.start)
                await post()
            await line.disconnect()

    run(play())
    state = Browser(site, site.keys["console"]).ask("GET", f"/s/{site.code}/state?step=situations").text
    assert [state.count(json.dumps(text)) for text in kept] == [1] * 6


def test_a_day_is_served_by_the_other_worker_when_its_own_is_killed_and_said_to_come_when_none_is_there_and_goes_back(site, joined):
    phone = joined("Léo")
    day = at(phone.get(f"/s/{site.code}"))
    own, other = sorted(site.workers, key=lambda each: each.upstream != day)
    for each in (own, other):
        each.process.kill()
        each.close()
        if each is own:
            for _ in range(4):
                answer = phone.get(f"/s/{site.code}")
                assert (answer.status, at(answer)) == (200, other.upstream)
    none = phone.get(f"/w/{site.code}?key={site.keys['wall']}")
    assert (none.status, none.headers["Retry-After"]) == (503, "3")
    assert "L’atelier revient" in none.text
    other.start()
    while (answer := phone.get(f"/s/{site.code}")).status != 200:
        assert answer.status == 503
    assert at(answer) == other.upstream
    own.start()
    while at(answer := phone.get(f"/s/{site.code}")) != day:
        assert answer.status == 200


def test_neither_keys_nor_addresses_nor_codes_nor_words_are_in_any_log(site, joined):
    phone = joined("Personne-de-passage")
    paths = [f"/w/{site.code}?key={site.keys['wall']}", f"/c/{site.code}?key={site.keys['console']}", f"/shelf?key={site.keys['shelf']}"]
    for path in (*paths, "/p/a-private-token", "/shelf/invitation/a-private-token", f"/s/{site.code}?person=a-person"):
        phone.get(path)
    written = site.written()
    for secret in (*site.keys.values(), *phone.cookies.values(), site.code, "private-token", "Personne-de-passage", "a-person", "python"):
        assert secret not in written, secret
    lines = [" ".join(line) for line in site.nginx.log]
    assert len(lines) >= len(paths)
    for line in lines:
        assert re.fullmatch(r"\S+T\S+ \d{3} (GET|POST) /(-|[a-z.]+) (-|workers|[\d.:,]+) [\d.]+ \d+", line), line
    assert (site.nginx.folder / "logs" / "error.log").read_text() == ""


def test_an_administrator_is_invited_from_the_shell(site, tmp_path):
    assert "accounts invite" in site.workers[0].said
    with (tmp_path / "log").open("w") as log:
        asked = Born(["accounts", "invite", "Nadia", "--role", "administrator"], {**os.environ, **site.workers[0].told}, log, told=False)
    with asked.stdout as said:
        link = said.read().strip()
    assert asked.wait(PATIENCE) == 0
    assert link.startswith(f"{site.base}/shelf/invitation/")
    assert Browser(site).get(link.removeprefix(site.base)).status == 200


def test_the_check_before_the_doors_asks_by_https(site, monkeypatch):
    assert not answers("127.0.0.1", site.nginx.port)
    assert not answers("127.0.0.1", site.nginx.port, secure=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(site.nginx.folder / "site" / "certificate.pem"))
    assert answers("127.0.0.1", site.nginx.port, secure=True)


def test_the_unit_is_sound_and_gives_no_more_than_the_program_needs(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze on this machine (Debian's package: systemd)")
    program, *_ = shlex.split(unit()["ExecStart"][0])
    file = tmp_path / "facilitate@.service"
    file.write_text((DEPLOY / file.name).read_text().replace(program, sys.executable))
    one = file.with_name("facilitate@8001.service")
    said = subprocess.run(["systemd-analyze", "verify", one], capture_output=True, text=True)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    assert subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", one], capture_output=True).returncode == 0


def known() -> set[str]:
    """The variables that the command of a worker reads."""
    return {str(option.envvar) for option in serve_.params if isinstance(option, click.Option) and option.envvar}


def test_the_environment_is_read_by_a_shell_as_by_systemd_and_each_line_of_it_by_the_program(tmp_path):
    assert environment().keys() <= known()
    told = tmp_path / "environment"
    told.write_text("\n".join(f"{name}={value}" for name, value in environment().items()))
    read = subprocess.run(["sh", "-c", f"set -a; . {told}; env"], env={}, capture_output=True, text=True, check=True).stdout
    assert {f"{name}={value}" for name, value in environment().items()} <= {*read.splitlines()}


COMPOSED = {"FACILITATE_NAME": NAME, "FACILITATE_DATABASE_PASSWORD": "x", "FACILITATE_CERTIFICATES": "/certificates"}


def composed(told: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """What Docker Compose makes of the file, with no other environment than this."""
    program = tool("docker-compose")
    command = [program, "--file", str(DEPLOY / "compose.yaml"), "--env-file", os.devnull, "config", "--format", "json"]
    return subprocess.run(command, env={"PATH": os.environ["PATH"], **told}, capture_output=True, text=True)


def tool(name: str) -> str:
    """A checker that came with the development tools."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if not found:
        pytest.skip(f"no {name} for this system among the development tools")
    return found


def test_the_compose_file_is_sound_and_publishes_nginx_alone():
    done = composed(COMPOSED)
    assert (done.returncode, done.stderr) == (0, "")
    services = json.loads(done.stdout)["services"]
    assert {name for name, one in services.items() if one.get("ports")} == {"nginx"}
    for name, one in services.items():
        assert one["healthcheck"]["test"], name
        assert re.search(r":\d[\w.-]*$|^facilitate:local$", one["image"]), f"{name} may be any version"
        assert "/readyz" in str(one["healthcheck"]) or name in ("postgres", "redis"), name
    workers = [one for name, one in services.items() if name.startswith("worker-")]
    assert len(workers) == 2
    for one in workers:
        assert {name for name in one["environment"] if name != "PGPASSWORD"} <= known()
        assert one["networks"].keys() == {"inside"}


@pytest.mark.parametrize("missing", COMPOSED)
def test_nothing_of_the_compose_file_has_a_default_that_everyone_knows(missing):
    done = composed({name: value for name, value in COMPOSED.items() if name != missing})
    assert done.returncode
    assert missing in done.stderr


def test_the_dockerfile_is_sound_and_what_it_copies_is_there():
    done = subprocess.run([tool("hadolint"), DEPLOY / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    kept = [line[1:] for line in lines if line.startswith("!")]
    assert all((DEPLOY.parent / name).exists() for name in kept)
    # All that the package is built from: what hatch takes beside the package, what it reads of it, the versions that were tested.
    assert {"facilitate", *BESIDE, "pyproject.toml", "hatch_build.py", "package.json", "package-lock.json", "requirements-dev.lock"} <= {
        *kept
    }
