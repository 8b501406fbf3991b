"""Owns the staff's list of days, and the documents over the days of a series."""

from collections.abc import Iterable

from flask import Blueprint, Response, request

from facilitate.core.entry import Refused
from facilitate.core.words import N_, slug
from facilitate.library import Day, of_series, series, synthesis
from facilitate.web.documents import written
from facilitate.web.door import as_page, go, keep, language, office, screens, stop, workshop
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
    office()
    sessions = [session for row in workshop().journal.sessions() if (session := workshop().session(row.code))]
    days = [
        screens().about(session) | {"state": _state(session), "people": len(session.state.people), "places": _places(session)}
        for session in sessions
    ]
    found = [{"name": name, "days": len(some)} for name, some in series(_days(sessions)).items()]
    return as_page(screens().page("shelf.html", language().name, days=days, series=found))


def _days(sessions: Iterable[Session]) -> list[Day]:
    return [Day(session.code, session.state) for session in sessions]


@shelf.get("/shelf/series/<path:file>")
def over_all(file: str) -> Response:
    """The synthesis over all the days of a series, 'NAME.html', with the shelf's key."""
    name, _, format = file.rpartition(".")
    office()
    sessions = {session.code: session for row in workshop().journal.sessions() if (session := workshop().session(row.code))}
    days = of_series(_days(sessions.values()), name)
    if not days:
        stop(Refused("unknown-series", N_("No day here belongs to a series of that name."), status=404))
    kinds, of = workshop().kinds, [sessions[day.code] for day in days]
    return written(lambda say: synthesis(days, kinds, say), of, format, f"series-{slug(name)}")


def _places(session: Session) -> list[str]:
    """How many places are kept and awaited, of a day that one registers for, or is invited to."""
    if not session.state.agenda.deadline and session.state.agenda.access != "list":
        return []
    say, desk = language(), desk_of(session)
    if not desk.people and session.state.finished:
        return []
    kept, waiting = sum(one.expected for one in desk.people.values()), len(desk.waiting())
    counts = [(N_("%(count)s place kept"), N_("%(count)s places kept"), kept)]
    counts += [(N_("%(count)s on the waiting list"), N_("%(count)s on the waiting list"), waiting)] if waiting else []
    return [say.count(*one) for one in counts]


def _state(session: Session) -> str:
    state = session.state
    return "finished" if state.finished else "running" if any(step.opened for step in state.ordered) else "planned"
