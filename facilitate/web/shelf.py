"""Owns the staff's list of days, and the documents of each."""

from flask import Blueprint, Response, make_response, request
from gevent import get_hub

from facilitate.core.entry import Refused
from facilitate.core.words import N_
from facilitate.language import LANGUAGES
from facilitate.restitution import FORMATS, write
from facilitate.restitution.build import build
from facilitate.restitution.html import style_hash
from facilitate.web.door import CSP, as_page, driver, go, keep, language, screens, session_of, stop, workshop
from facilitate.web.registration import desk_of
from facilitate.workshop import Session

shelf = Blueprint("shelf", __name__)


@shelf.get("/shelf")
def page() -> Response:
    """Every day of this data folder; the printed address carries a key, which this browser keeps."""
    key = request.args.get("key")
    if key is not None and workshop().shelf(key):
        response = go("/shelf")
        keep(response, "shelf", key)
        return response
    if not workshop().shelf(request.cookies.get("shelf", "")):
        stop(Refused("not-allowed", N_("This page needs its own link: the one printed when the program started."), status=403))
    sessions = [session for row in workshop().journal.sessions() if (session := workshop().session(row.code))]
    days = [
        screens().about(session) | {"state": _state(session), "people": len(session.state.people), "places": _places(session)}
        for session in sessions
    ]
    return as_page(screens().page("shelf.html", language().name, days=days))


def _places(session: Session) -> list[str]:
    """How many places are kept and awaited, of a day that one registers for, or is invited to."""
    say, desk = language(), desk_of(session)
    if not desk.coded:
        return []
    kept, waiting = sum(one.expected for one in desk.people.values()), len(desk.waiting())
    counts = [(N_("%(count)s place kept"), N_("%(count)s places kept"), kept)]
    counts += [(N_("%(count)s on the waiting list"), N_("%(count)s on the waiting list"), waiting)] if waiting else []
    return [say.count(*one) for one in counts]


def _state(session: Session) -> str:
    state = session.state
    return "finished" if state.finished else "running" if any(step.opened for step in state.ordered) else "planned"


@shelf.get("/s/<code>/restitution.<format>")
def restitution(code: str, format: str) -> Response:
    """The restitution at any moment of the day, in one format, with the console's or the shelf's key."""
    session = session_of(code)
    if not workshop().shelf(request.cookies.get("shelf", "")):
        driver(session, "shelf", "console")
    if format not in FORMATS:
        stop(
            Refused("unknown-format", N_("There is no such format. These are offered: %(formats)s."), {"formats": ", ".join(FORMATS)}, 404)
        )
    session_language = request.args.get("lang") if request.args.get("lang") in LANGUAGES else session.state.agenda.language
    say = screens().say(str(session_language))
    document = build(session.state, workshop().kinds, say)
    # Whatever takes longer than a blink leaves the hub: phones are answered while a document is written.
    pictures = workshop().journal.pictures(session.row.id)
    data = get_hub().threadpool.apply(write, (document, format, say.say), {"pictures": pictures})
    response = make_response(data)
    response.headers["Content-Type"] = FORMATS[format].media
    if format == "html":
        response.headers["Content-Security-Policy"] = CSP.replace("style-src 'self'", f"style-src {style_hash()}")
    name = f"{session.code}-restitution.{format}"
    response.headers["Content-Disposition"] = f'{"inline" if format == "html" else "attachment"}; filename="{name}"'
    return response
