"""Owns the wall's page."""

from flask import Blueprint, Response

from facilitate.web.door import as_page, screens, session_of, staff, take_key
from facilitate.web.participant import asked

wall = Blueprint("wall", __name__)


@wall.get("/w/<code>")
def page(code: str) -> Response:
    """The projector's picture; its printed address carries the wall's key."""
    session = session_of(code)
    return take_key(session, "wall") or as_page(screens().live_page(session, "wall", asked(session, "wall", staff(session, "wall"))))
