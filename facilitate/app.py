"""Owns the wiring: ``create_app`` finds the kinds, opens the journal, and puts workshop, screens, live and web together.

It is the only place that does.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import Flask, Response, abort, request
from flask_socketio import SocketIO
from gevent import get_hub

from facilitate.accesses import Accesses
from facilitate.accounts import Accounts
from facilitate.attendance import Attendance
from facilitate.clock import Steady
from facilitate.decided import Decided
from facilitate.declarations import DECLARED
from facilitate.house import WORN
from facilitate.installed import beside, find_kinds
from facilitate.journal import Damaged, Journal, Unavailable
from facilitate.language import languages
from facilitate.live import Live
from facilitate.remaking import Remaking
from facilitate.render import Entrance, Screens
from facilitate.retention import RULES, RUN, Retention
from facilitate.sheets import Sheets
from facilitate.shelf import Shelf
from facilitate.suggestions import Suggestions
from facilitate.web.accesses import accesses
from facilitate.web.accounts import accounts
from facilitate.web.assets import Assets
from facilitate.web.capitalisation import capitalisation
from facilitate.web.console import console
from facilitate.web.desks import desks
from facilitate.web.documents import documents
from facilitate.web.door import door
from facilitate.web.edition import edition
from facilitate.web.files import files
from facilitate.web.health import Health, health
from facilitate.web.house import house, wear
from facilitate.web.join import join
from facilitate.web.log import log
from facilitate.web.mydata import mydata
from facilitate.web.openapi import openapi
from facilitate.web.outside import outside
from facilitate.web.participant import participant
from facilitate.web.prepare import prepare
from facilitate.web.privacy import declare, privacy
from facilitate.web.publishing import publishing
from facilitate.web.ready import ready
from facilitate.web.reception import reception
from facilitate.web.registration import registration
from facilitate.web.search import search
from facilitate.web.shelf import shelf
from facilitate.web.signing import signing
from facilitate.web.suggestions import suggestions
from facilitate.web.team import team
from facilitate.web.wall import wall
from facilitate.workers import Workers
from facilitate.workshop import Session, Workshop, forget_words, utc_now

_MOST_BYTES = 64 * 1024


@dataclass(frozen=True)
class Server:
    """What ``create_app`` put together."""

    app: Flask
    socketio: SocketIO
    workshop: Workshop
    live: Live
    workers: Workers
    attendance: Attendance
    suggestions: Suggestions
    retention: Retention
    remaking: Remaking
    decided: Decided

    def close(self) -> None:
        """Lets go of everything once what is being written is on disk."""
        self.workers.stop()
        self.decided.stop()
        self.live.stop()
        self.retention.stop()
        self.remaking.stop()
        self.attendance.stop()
        self.suggestions.stop()
        self.workshop.close()


def create_app(
    journal: Journal, entrance: Entrance, clock: Callable[[], str] = utc_now, *, proxies: int = 0, names: Collection[str] = (),
    metrics_key: str = "", direct: bool = True, redis_url: str | None = None, folder: Path | None = None,
) -> Server:  # fmt: skip
    """The whole server around one journal. ``clock`` gives the time of entries and screens; it stands behind so many ``proxies``, and
    answers under these ``names``: see ``outside``. ``metrics_key`` opens /metrics; without one nobody reads them. ``redis_url`` is where
    several workers on one database tell each other what they wrote; ``folder`` keeps what is no database's, where the journal has none."""
    kinds = find_kinds()
    app = Flask("facilitate", static_folder=None, template_folder=None)
    app.config |= {"MAX_CONTENT_LENGTH": _MOST_BYTES, "METRICS_KEY": metrics_key}
    assets = Assets(beside("static"), kinds)
    clock = Steady(clock).now
    workshop = Workshop(journal, kinds, clock)
    screens = Screens(kinds, languages(kinds), beside("templates"), entrance, assets.address, clock)
    socketio = SocketIO(app, async_mode="gevent", max_http_buffer_size=_MOST_BYTES, manage_session=False, ping_interval=20, ping_timeout=20)
    app.wsgi_app = outside(app.wsgi_app, proxies, names)  # type: ignore[method-assign, assignment]
    live = Live(socketio, workshop, screens, lambda: assets.build, direct=direct)
    workers = Workers(workshop, live, redis_url)
    attendance = Attendance(workshop)
    workshop.parted.append(lambda session: attendance.let_go(session.code))
    app.extensions |= {"assets": assets, "workshop": workshop, "screens": screens, "live": live, "attendance": attendance}
    app.extensions |= {"accounts": Accounts(journal, clock), "shelf": Shelf(journal, kinds)}
    app.extensions["health"] = Health(workshop)
    app.extensions["accesses"] = Accesses(journal, workshop.writer.spawn)
    apart = Suggestions()
    workshop.apart = apart.ask
    app.extensions["suggestions"] = apart
    app.extensions["sheets"] = Sheets(own / "sheets" if (own := journal.folder or folder) else None, beside("sessions_library"))
    live_pages = (door, join, participant, wall, console, team, desks, suggestions, files, log, openapi, health)
    around = (prepare, ready, reception, registration, signing, mydata)
    afterwards = (shelf, documents, edition, publishing, house, capitalisation, search, accounts, privacy, accesses)
    for blueprint in (*live_pages, *around, *afterwards):
        app.register_blueprint(blueprint)

    def forget(*_: object) -> None:
        """Whatever read words that were erased reads again."""
        for name in ("suggestions", "edition", "readings"):
            if kept := app.extensions.get(name):
                kept.forget()

    workshop.forgetters.append(forget)
    remaking = Remaking(workshop, app.extensions["search"], screens.languages)
    retention = Retention(workshop, attendance, app.extensions["search"], remaking)
    app.extensions |= {"remaking": remaking, "retention": retention}
    decided = app.extensions["decided"] = Decided(journal)
    decided.follow(WORN, partial(wear, app))
    decided.follow(DECLARED, partial(declare, app))
    decided.follow(RULES, retention.settle)

    def removed() -> None:
        """What was kept too long went, here or at another worker: nothing here holds it any more."""
        forget()
        forget_words()

    def parted(session: Session) -> None:
        for drop in remaking.dropped:
            drop(session.code)

    decided.follow(RUN, removed)
    workshop.parted.append(parted)

    @app.get("/static/<build>/<path:name>")
    def static(build: str, name: str) -> Response:
        """A joined file, kept for ever by browsers: its address changes when it does."""
        if not assets.holds(build):
            # A page of another worker, which wears what the house has just put on.
            with suppress(Unavailable, Damaged):
                decided.look()
        asked = name, request.headers.get("Accept-Encoding", ""), build
        # What is not packed yet takes a while: not on the hub.
        found = assets.get(*asked) if assets.at_hand(*asked) else get_hub().threadpool.apply(assets.get, asked)
        if found is None:
            abort(404)
        data, media, encoding = found
        response = Response(data, content_type=media)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if assets.holds(build) else "no-store"
        response.headers["Vary"] = "Accept-Encoding"
        if encoding:
            response.headers["Content-Encoding"] = encoding
        return response

    @app.get("/favicon.ico")
    def icon() -> Response:
        """Browsers ask for one beside a document that names none, as the restitution: there is none, and no error either."""
        return Response(status=204)

    return Server(app, socketio, workshop, live, workers, attendance, apart, retention, remaking, decided)
