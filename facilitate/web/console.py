"""Owns the facilitator's page, and the codes that bring a person to another phone."""

from flask import Blueprint, Response, request

from facilitate.core.entry import Refused
from facilitate.core.words import N_
from facilitate.web.door import as_json, as_page, body, driver, go, message, refusal, screens, session_of, staff, take_key, wants_json
from facilitate.web.participant import asked

console = Blueprint("console", __name__)


@console.get("/c/<code>")
def page(code: str) -> Response:
    """The console; its printed address carries its key."""
    session = session_of(code)
    given = take_key(session, "console")
    if given is not None:
        return given
    return as_page(
        screens().live_page(session, "console", asked(session, "console", staff(session, "console"), request.args.get("track", "")))
    )


@console.post("/c/<code>/rejoin")
def rejoin(code: str) -> Response:
    """A code that moves one participant to another phone: {"participant"} → {"rejoin"}, good once, for ten minutes."""
    session = session_of(code)
    driver(session, "console")
    participant = str((body() or {}).get("participant", ""))
    made = session.issue_rejoin(participant)
    if made is None:
        unknown = Refused("unknown-participant", N_("No one of that name has joined this day."), status=404)
        return refusal(unknown) if wants_json() else message(unknown)
    return as_json({"rejoin": made}) if wants_json() else go(f"/c/{session.code}")
