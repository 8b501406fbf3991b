"""Owns the running server: the address phones can reach, what the terminal says, listening, and a clean end."""

import contextlib
import errno
import gc
import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

import click
import gevent
import segno
from gevent.fileobject import FileObjectThread

from facilitate import logs
from facilitate.app import Server, create_app
from facilitate.connections import Gate
from facilitate.core.agenda import Agenda
from facilitate.core.entry import Act, Caller, Refused
from facilitate.core.words import N_, code_shown
from facilitate.journal import Journal
from facilitate.language import Language
from facilitate.render import Entrance
from facilitate.workshop import Session, utc_now

_BACKLOG = 2048
_BREATH = 0.01
"""Seconds in which pieces are made ready beforehand, one at least, and seconds to the next."""
_KEPT = 256 * 1024
"""Bytes that the system keeps of a line, each way, for whoever is slow to read them; left to itself it may come to keep megabytes."""
_HOTSPOTS = ("192.168.137.2", "10.42.0.2", "192.168.2.2", "192.168.43.2", "172.20.10.2")
"""Neighbours on the networks that Windows, Linux, macOS and phones share as hotspots: such a laptop may have no other route."""


def lan_address() -> str:
    """This machine's address on the network that phones share; nothing is sent to find it. Loopback where there is no network."""
    for there in ("192.0.2.1", *_HOTSPOTS):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
            probe.connect((there, 9))
            return str(probe.getsockname()[0])
    return "127.0.0.1"


def listen(host: str, port: int, say: Callable[..., str]) -> socket.socket:
    """A listening socket that sends at once (TCP_NODELAY: without it each small answer waits some 40 ms)."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KEPT)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KEPT)
    try:
        opened.bind((host, port))
    except OSError as error:
        text = say(N_("This computer cannot listen at %(host)s, port %(port)s: %(why)s"), host=host, port=port, why=error.strerror)
        if error.errno == errno.EADDRINUSE:
            text = say(N_("Port %(port)s is taken on this computer. Try another one: --port %(other)s"), port=port, other=port + 1)
        raise click.ClickException(text) from error
    opened.listen(_BACKLOG)
    opened.setblocking(False)
    return opened


def serve(
    journal: Journal,
    sheet: Path | None,
    agenda: Agenda,
    language: Language,
    *,
    host: str,
    port: int,
    wifi: tuple[str, str] | None = None,
    print_urls: str | None = None,
    new: bool = False,
    capacity: int | None = None,
    clock: str | None = None,
    behind_proxy: int = 0,
    answer_to: Sequence[str] = (),
    metrics_key: str = "",
    redis_url: str | None = None,
    log: str = "text",
    public_url: str = "",
    quiet: bool = False,
    folder: Path | None = None,
    direct: bool = True,
) -> None:
    """Serves the day of ``sheet`` until Ctrl-C; without one, the pages where a day is prepared and then opened. People are given
    ``public_url``, where it is reached by another address than its own. ``quiet`` prints no key: what a service prints is kept. ``folder``
    keeps the sheets of a journal that has none."""
    logs.begin(log)
    listener = listen(host, port, language.say)
    shown = lan_address() if host in ("0.0.0.0", "::") else host  # noqa: S104 - any address
    port = listener.getsockname()[1]
    entrance = Entrance(public_url or f"http://{shown}:{port}", {"name": wifi[0], "password": wifi[1]} if wifi else None)
    names = [*answer_to, *filter(None, [urlsplit(public_url).hostname])]
    told = _Told(agenda) if clock else None
    now = told.now if told else utc_now
    more: dict[str, Any] = {"metrics_key": metrics_key, "redis_url": redis_url, "direct": direct}
    server = create_app(journal, entrance, now, proxies=behind_proxy, names=names, folder=folder, **more)
    session = server.workshop.sheet(str(sheet.resolve()), sheet.read_text("utf-8-sig"), agenda.title, new=new) if sheet else None
    if isinstance(session, Refused):
        raise click.ClickException(language.refusal(session))
    if session and capacity:
        session.act(Act(str(uuid4()), "capacity", content={"most": capacity}), Caller("system"))
    wsgi = Gate(listener, server.app, log=None, error_log=logging.getLogger("http"))
    wsgi.start()
    stopped = gevent.event.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, stopped.set)
    keys = dict(session.row.keys) if session else {"shelf": server.workshop.own_shelf()}
    urls = _urls(entrance, session) if session else {"prepare": f"{entrance.origin}/prepare?key={keys['shelf']}"}
    if print_urls:
        click.echo(json.dumps({"code": session.code if session else None, "pid": os.getpid(), "urls": urls, "keys": keys}))
        sys.stdout.flush()
    elif session:
        announce(language, session.state.agenda.title, session.code, urls)
    elif quiet:
        if not server.app.extensions["accounts"].any():
            click.echo(
                language.say(N_("Nobody has an account yet. To invite someone: facilitate accounts invite NAME --role administrator"))
            )
        click.echo(language.say(N_("%(origin)s is served at %(host)s, port %(port)s."), origin=entrance.origin, host=host, port=port))
        sys.stdout.flush()
    else:
        click.echo(f"{language.say(N_('Prepare a day'))}\n    {urls['prepare']}")
        click.echo(language.say(N_("Ctrl-C ends the server; your sheets are kept.")))
    # What was made at start lives until the end: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    # A rehearsal's people wait for no page.
    warming = None if told else gevent.spawn(warm, server, {one.kind for one in session.state.agenda.activities} if session else ())
    _until(stopped, wsgi, server, told)
    if warming:
        warming.kill()
    if session and not print_urls and log == "text":
        click.echo("\n" + language.say(N_("The day is kept. Run the same command again to go on with it.")), err=True)


def _urls(entrance: Entrance, session: Session) -> dict[str, str]:
    keys, origin, code = session.row.keys, entrance.origin, session.code
    return {
        "join": entrance.join(code),
        "wall": f"{origin}/w/{code}?key={keys['wall']}",
        "console": f"{origin}/c/{code}?key={keys['console']}",
        "shelf": f"{origin}/shelf?key={keys['shelf']}",
    }


def announce(language: Language, title: str, code: str, urls: Mapping[str, str]) -> None:
    """What the terminal shows once the server listens: a QR code to join, and the addresses with their keys."""
    say = language.say
    click.echo(title + "\n")
    segno.make_qr(urls["join"], error="l").terminal(sys.stdout, border=2, compact=True)
    labels = {
        "join": N_("Phones"),
        "wall": N_("Wall, for the projector"),
        "console": N_("Console, for you alone"),
        "shelf": N_("Shelf, for the documents"),
    }
    for name, label in labels.items():
        click.echo(f"{say(label)}\n    {urls[name]}")
    if "127.0.0.1" in urls["join"]:
        click.echo(say(N_("No network found: only this computer can open these addresses. Join the room’s Wi-Fi, then run this again.")))
    click.echo(say(N_("Code %(code)s. Ctrl-C ends the server; the day is kept."), code=code_shown(code)))


def warm(server: Server, kinds: Collection[str] = ()) -> None:
    """Makes ready, before anyone asks for it, what is packed or compiled once: for phones and these kinds of activity first. In a thread, a
    little at a time."""
    screens, assets = server.app.extensions["screens"], server.app.extensions["assets"]
    for pieces in (assets.pack(phones=True), screens.compile(kinds), assets.pack(phones=False)):
        while gevent.get_hub().threadpool.apply(_some, (pieces,)):
            gevent.sleep(_BREATH)


def _some(pieces: Iterator[str]) -> bool:
    """Whether more is left."""
    until = time.monotonic() + _BREATH
    while more := bool(next(pieces, "")):
        if time.monotonic() > until:
            break
    return more


def _until(stopped: gevent.event.Event, wsgi: Gate, server: Server, told: "_Told | None") -> None:
    reader = gevent.spawn(told.listen, stopped) if told else None
    stopped.wait()
    server.app.extensions["health"].ending = True
    if reader is not None:
        reader.kill(block=False)
    wsgi.stop(timeout=1)
    server.close()


class _Told:
    """A rehearsal's clock: it stands still until a line on stdin says what time it is, and is answered once it is so."""

    def __init__(self, agenda: Agenda) -> None:
        start = f"{agenda.date if len(agenda.date) == 10 else '2021-01-04'}T{agenda.start or '09:00'}:00"
        at = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(agenda.timezone)).astimezone(ZoneInfo("UTC"))
        self._now = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def now(self) -> str:
        """The time it was last told."""
        return self._now

    def listen(self, stopped: Any) -> None:
        """Reads instants until the rehearsal lets go of stdin, which ends the server."""
        for line in FileObjectThread(sys.stdin.fileno(), "rb", closefd=False):
            self._now = line.decode().strip()
            click.echo(self._now)
            sys.stdout.flush()
        stopped.set()
