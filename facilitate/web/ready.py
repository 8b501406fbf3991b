"""Owns the page that is looked at before the doors open, the test page that phones open, and the poster of the way in."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, request
from gevent import get_hub
from gevent.lock import BoundedSemaphore

from facilitate.core.entry import Refused
from facilitate.core.words import N_
from facilitate.poster import payload
from facilitate.readiness.checks import STATES, Room, checks, verdict
from facilitate.readiness.machine import Machine, survey
from facilitate.readiness.seen import Seen, ahead
from facilitate.render import Entrance
from facilitate.restitution import typography
from facilitate.web.door import (
    as_json,
    as_page,
    body,
    driver,
    go,
    language,
    live,
    off_hub,
    screens,
    session_of,
    staff,
    stop,
    take_key,
    wants_json,
    workshop,
)
from facilitate.web.papers import as_pdf
from facilitate.workshop import Session

ready = Blueprint("ready", __name__)

_FRESH = 4.0  # seconds: what this computer told is asked again after that


class Watch:
    """What was seen of each day since the program started, and what this computer last told of itself."""

    def __init__(self) -> None:
        self._days: dict[str, Seen] = {}
        self._machine: tuple[float, str, Machine] | None = None
        self._turn = BoundedSemaphore()

    def day(self, session: Session) -> Seen:
        """What was seen of one day."""
        return self._days.setdefault(session.code, Seen())

    def machine(self) -> Machine:
        """This computer: looked at off the hub, once for all who ask within a few seconds."""
        with self._turn:
            shown, now = screens().entrance.origin, get_hub().loop.now()
            if self._machine is None or self._machine[1] != shown or now - self._machine[0] > _FRESH:
                journal = workshop().journal
                host, port = _host(shown)
                told = off_hub(survey, host, port, journal.folder, journal.prove, secure=shown.startswith("https:"))
                self._machine = (get_hub().loop.now(), shown, told)
            return self._machine[2]


def watch() -> Watch:
    """The one of this server."""
    found: Watch = current_app.extensions.setdefault("watch", Watch())
    return found


def _host(origin: str) -> tuple[str, int]:
    parts = urlsplit(origin)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


@ready.get("/c/<code>/ready")
def page(code: str) -> Response:
    """May the doors be opened? If not, what is to be done."""
    session = session_of(code)
    given = take_key(session, "console")
    if given is not None:
        return given
    driver(session, "console")
    return as_page(screens().page("ready.html", language().name, **_shown(session)))


@ready.get("/c/<code>/ready.json")
def state(code: str) -> Response:
    """The same, for the page's script and for programs; ``?at=`` is the clock of the one who asks, in ms since 1970."""
    session = session_of(code)
    driver(session, "console")
    shown = _shown(session)
    found = [check for _, group in shown["groups"] for check in group]
    told = [{"name": one.name, "state": one.state, "title": one.title, "more": one.more, "remedy": one.remedy} for one in found]
    html = screens().page("region/ready.html", language().name, **shown)
    return as_json({"verdict": shown["verdict"], "checks": told, "phones": len(shown["phones"]), "html": html})


@ready.post("/c/<code>/ready")
def change(code: str) -> Response:
    """{"tick": a check} that the facilitator saw to, {"untick": a check}, or {"address": 'host:port'} that people are given from now on."""
    session, sent = session_of(code), body() or {}
    driver(session, "console")
    found = {check.name: check for _, group in _shown(session)["groups"] for check in group}
    tick, untick, address = (str(sent.get(name) or "") for name in ("tick", "untick", "address"))
    seen = watch().day(session)
    if tick in found and found[tick].asked:
        seen.ticks[tick] = workshop().clock()
    elif untick in found:
        seen.ticks.pop(untick, None)
    elif address in dict(found["address"].choices):
        entrance = screens().entrance
        screens().entrance = Entrance(f"{urlsplit(entrance.origin).scheme}://{address}", entrance.wifi)
        seen.ticks["address"] = workshop().clock()
        # Open walls show the address, in a page that no update makes again.
        for name in tuple(live().rooms):
            if ":wall:" in name:
                live().socketio.emit("reload", to=name)
    else:
        stop(Refused("malformed", N_("This message could not be read. Nothing was changed."), status=400))
    return as_json({}) if wants_json() else go(f"/c/{session.code}/ready#{tick or untick or 'address'}")


def _shown(session: Session) -> dict[str, Any]:
    machine, seen, say = watch().machine(), watch().day(session), language()
    entrance, agenda, now = screens().entrance, session.state.agenda, workshop().clock()
    zone = ZoneInfo(agenda.timezone)
    mine = request.args.get("at", "")
    apart = ahead(float(mine), now) if mine.isdecimal() and len(mine) < 15 and not machine.owns(request.remote_addr or "") else None

    def hour(instant: str) -> str:
        return typography.hour(datetime.fromisoformat(instant).astimezone(zone).strftime("%H:%M"), say.name)

    today = typography.date(datetime.fromisoformat(now).astimezone(zone).date().isoformat(), say.name)
    room = Room(
        machine=machine,
        seen=seen,
        shown=_host(entrance.origin),
        test=f"{entrance.address}/t/{session.code}",
        wifi=(entrance.wifi or {}).get("name", ""),
        walls=sum(len(one.members) for name, one in live().rooms.items() if name.startswith(f"{session.code}:wall")),
        ahead=apart,
        now=say.say("%(hour)s, %(date)s", hour=hour(now), date=today),
        end=typography.hour(agenda.end, say.name) if agenda.end else "",
        hour=hour,
        number=lambda value: typography.number(value, say.name),
    )
    groups = checks(room, say)
    return {
        "session": screens().about(session),
        "groups": groups,
        "states": STATES,
        "verdict": verdict([check for _, group in groups for check in group], say),
        "phones": room.phones,
        "arrivals": list(seen.arrivals.values()),
        "test": f"{entrance.origin}/t/{session.code}",
        "papers": [
            (step.activity, [(name, say.say(label)) for name, label in kind.papers.items()])
            for step in session.state.ordered
            if step.status != "skipped" and (kind := workshop().kinds.get(step.activity.kind)) and kind.papers
        ],
        "now": now,
        "tz": zone,
    }


@ready.get("/c/<code>/poster.pdf")
def poster(code: str) -> Response:
    """The way in as one A4 page, in the language of the day or in the one asked for."""
    session = session_of(code)
    staff(session, "console", "reception")
    about = screens().about(session)
    return as_pdf(session, "poster", lambda say, brand: payload(about, say, brand=brand))


@ready.get("/t/<code>")
def arrive(code: str) -> Response:
    """The test page: a phone that shows it has reached this computer, and the console sees it arrive."""
    session = session_of(code)
    watch().day(session).arrive(request.remote_addr or "", request.user_agent.string, language().name, workshop().clock())
    return as_page(
        screens().page(
            "try.html",
            language().name,
            session=screens().about(session),
            now=workshop().clock(),
            tz=ZoneInfo(session.state.agenda.timezone),
        )
    )


@ready.post("/t/<code>")
def measure(code: str) -> Response:
    """What the test page's script measured: {"at", "trip"}."""
    session = session_of(code)
    watch().day(session).measure(request.remote_addr or "", body() or {}, workshop().clock())
    return Response(status=204)


@ready.post("/w/<code>/window")
def window(code: str) -> Response:
    """What a wall says of its window: {"width", "height", "screen"}."""
    session = session_of(code)
    staff(session, "wall", "console")
    watch().day(session).show(body() or {})
    return Response(status=204)
