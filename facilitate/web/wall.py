"""Owns the wall's page."""

from flask import Blueprint, Response, request

from facilitate.web.door import as_page, caller, give_key, go, screens, session_of, staff, take_key
from facilitate.web.participant import asked

wall = Blueprint("wall", __name__)


@wall.get("/w/<code>")
@wall.get("/w/<code>/<track>")
def page(code: str, track: str = "") -> Response:
    """The projector's picture, in plenary or in one workshop's room; its printed address carries the wall's key."""
    session = session_of(code)
    given = take_key(session, "wall")
    if given is not None:
        return given
    if caller(session, "wall") is None and (driving := caller(session, "console")) is not None:
        # Whoever drives the day may open its wall: this browser gets a key of it too, which ends with their own.
        response = go(request.path)
        give_key(response, session, "wall", session.wall_key(session.state.team.get(driving.member)))
        return response
    return as_page(screens().live_page(session, "wall", asked(session, "wall", staff(session, "wall"), track)))
