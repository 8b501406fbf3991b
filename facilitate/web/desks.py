"""Owns the pages of the staff besides the console: the remote on the facilitator's phone, the note-takers', the scribe's."""

from flask import Blueprint, Response, request

from facilitate.render import audience_of
from facilitate.web.door import as_page, screens, session_of, staff, take_key
from facilitate.web.participant import asked, place_of

desks = Blueprint("desks", __name__)


@desks.get("/<any(remote, notes, scribe):name>/<code>")
def page(name: str, code: str) -> Response:
    """One of these pages; its link carries a key. Whoever drives the day may open them all."""
    session, place = session_of(code), place_of(name)
    given = take_key(session, audience_of(place))
    if given is not None:
        return given
    who = staff(session, audience_of(place), "console")
    return as_page(screens().live_page(session, place, asked(session, place, who, request.args.get("track", ""))))
