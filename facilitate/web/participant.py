"""Owns the phone's pages, and the one address that takes acts: for phones, consoles and programs alike."""

from dataclasses import replace
from typing import get_args
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from facilitate.core.entry import Act, Audience, Caller, Refused
from facilitate.core.rules import read_act
from facilitate.core.words import N_
from facilitate.live import keys_held
from facilitate.render import Asked, Place, audience_of
from facilitate.web.door import (
    acknowledge,
    as_json,
    as_page,
    body,
    caller,
    go,
    language,
    live,
    message,
    refusal,
    screens,
    session_of,
    stop,
    wants_json,
    words,
)
from facilitate.workshop import Later, Session

participant = Blueprint("participant", __name__)

_PLACES: dict[str, Place] = {name: name for name in get_args(Place)}
_STAFF: dict[str, Audience] = {name: name for name in ("console", "scribe", "notes", "panel")}
_HOMES: dict[Audience, tuple[Place, ...]] = {
    "participant": ("now", "mine"),
    "console": ("console", "remote", "notes", "scribe"),
    "scribe": ("scribe",),
    "notes": ("notes",),
    "panel": ("panel",),
}
"""The pages that each may be given back without script, its own first."""


def place_of(name: str) -> Place:
    """A place by its name in an address, or a page that says there is none."""
    if name not in _PLACES:
        stop(Refused("not-found", N_("There is nothing at this address. Scan the code again, or type it."), status=404))
    return _PLACES[name]


def asked(session: Session, place: Place, who: Caller, track: str = "") -> Asked:
    """The circumstances of a screen; ``track`` the workshop it is asked for, where its caller drives no other."""
    here = language().name
    track = who.track or (track if track in session.state.tracks else "")
    rooms = live().rooms_of(session, place, who, here, track)
    plain = Asked(who, here, live().here(session), rooms=rooms, all="all" in request.args, track=track, driving=live().driving(session))
    if place == "mine":
        return replace(plain, others=[id for id in keys_held(session, request.cookies) if id != who.participant])
    if place in ("now", "console"):
        return replace(plain, step=request.args.get("step", ""), on=request.args.get("on", "") if place == "console" else "")
    if place != "scribe":
        return plain
    chosen = request.args
    return replace(plain, step=chosen.get("step", ""), whom=chosen.get("for"), after=chosen.get("after", ""))


@participant.get("/s/<code>")
@participant.get("/s/<code>/<any(mine, cards):place>")
def page(code: str, place: str = "now") -> Response:
    """What is on, what I wrote, the wall: the three places of a phone."""
    session = session_of(code)
    who = caller(session, "participant")
    if who is None or who.audience != "participant":
        return go(f"/j/{session.code}")
    where = place_of(place)
    return as_page(screens().live_page(session, where, asked(session, where, who)))


@participant.get("/s/<code>/region/<name>")
def region(code: str, name: str) -> Response:
    """The region of a live page, as an update would have brought it: {"rooms": {room: seq}, "html"}."""
    session, place = session_of(code), place_of(name)
    who = caller(session, audience_of(place))
    if who is None or who.audience not in (audience_of(place), "console" if place in ("notes", "scribe") else ""):
        return refusal(Refused("not-joined", N_("This phone has not joined this day. Scan the code again."), status=403))
    if later := live().often(session, who, looks=True):
        return refusal(later)
    if request.args.get("seq", 0, int) > session.state.seq:
        session.newest()  # its page was told more by another worker
    circumstances = asked(session, place, who, request.args.get("track", ""))
    if place == "cards" and not circumstances.all and (told := live().cards(session, circumstances.language)):
        (room,), (seq, html) = circumstances.rooms, told
        return as_json({"rooms": {room: seq}, "seq": seq, "html": html})
    return as_json({"rooms": circumstances.rooms, "seq": session.state.seq, "html": screens().region(session, place, circumstances)})


@participant.post("/s/<code>/act")
def act(code: str) -> Response:
    """The one address of acts. A program gets JSON; a form gets a 303, or its page back with what was typed."""
    session = session_of(code)
    who = caller(session, _STAFF.get(request.args.get("as", ""), "participant"))
    if who is None:
        return page_again(session, None, Refused("not-joined", N_("This phone has not joined this day. Scan the code again."), status=403))
    sent = read_act(body())
    answer = sent if isinstance(sent, Refused) else live().often(session, who, sent.do) or session.act(sent, who)
    told = acknowledge(answer)
    if told is not None:
        return told
    if isinstance(answer, int):
        return go(page_after(session, who, sent) if isinstance(sent, Act) else f"/s/{session.code}")
    return page_again(session, who, answer, sent)


def page_after(session: Session, who: Caller, sent: Act) -> str:
    """Where a form leads once its act is taken."""
    back = request.args.get("back", "")
    if back == "scribe" and who.audience != "participant":
        # The next sheet of the pile: the same step, and whoever comes next.
        chosen = {"step": sent.activity or str(sent.content.get("step", ""))}
        if sent.do == "welcome":
            chosen["for"] = sent.id
        elif sent.behalf:
            chosen["after"] = sent.behalf
        elif "on" not in request.form and sent.do not in ("count", "posts"):
            chosen["for"] = ""
        return f"/scribe/{session.code}?{urlencode(chosen)}"
    if who.audience != "participant":
        return f"/{back}/{session.code}" if back in ("remote", "notes", "scribe", "panel") else f"/c/{session.code}" + _beside()
    return f"/s/{session.code}/mine" if back == "mine" else f"/s/{session.code}" + _beside()


def _beside() -> str:
    """The step beside what is on that the page showed, if it did."""
    step = request.args.get("step", "")
    return f"?{urlencode({'step': step})}" if step else ""


def page_again(session: Session, who: Caller | None, answer: Refused | Later, sent: Act | Refused | None = None) -> Response:
    """Without script: the page again, what was typed still in it, and why it was refused."""
    if wants_json():
        return refusal(answer)
    if who is None or who.audience not in _HOMES:
        return message(answer)
    back = request.args.get("back", "")
    places = _HOMES[who.audience]
    place: Place = next((one for one in places if one == back), places[0])
    circumstances = asked(session, place, who)
    typed = dict(sent.content) if isinstance(sent, Act) else {}
    step = sent.activity if isinstance(sent, Act) and place == "now" and _opened(session, sent.activity) else ""
    again = replace(circumstances, typed=typed, refused=words(answer), step=step, on=sent.on if isinstance(sent, Act) else "")
    if place == "scribe" and isinstance(sent, Act):
        step = sent.activity or str(typed.get("step", ""))
        again = replace(again, step=step, whom=sent.behalf, verb=sent.do)
    return as_page(screens().live_page(session, place, again), answer.status)


def _opened(session: Session, id: str) -> bool:
    """Whether a step has been shown: no one reads of a step still to come."""
    step = session.state.step(id)
    return step is not None and bool(step.opened)


@participant.get("/s/<code>/state")
def state(code: str) -> Response:
    """What this key may see, as JSON."""
    session = session_of(code)
    audience = request.args.get("as", "participant")
    who = caller(session, audience if audience in ("wall", "console") else "participant")  # type: ignore[arg-type]
    # The welcome desk's link shows the welcome desk, and no word of the room; a panellist's, what is put to the panel.
    if who is None or who.audience in ("reception", "panel"):
        return refusal(Refused("not-joined", N_("This phone has not joined this day. Scan the code again."), status=403))
    return as_json(screens().state(session, who, request.args.get("step", "")))
