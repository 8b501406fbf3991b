"""Owns the suggestions of a step, for whoever drives it: a reading of the state as it is, that changes nothing."""

from flask import Blueprint, Response, current_app
from gevent.lock import BoundedSemaphore

from facilitate.core.contribution import Viewer
from facilitate.core.entry import Refused
from facilitate.core.words import N_
from facilitate.suggestions import Suggestions
from facilitate.web.door import as_json, as_page, language, off_hub, screens, session_of, staff, stop, wants_json, workshop

suggestions = Blueprint("suggestions", __name__)

_TURN = BoundedSemaphore()  # whoever waits for the process holds no thread


@suggestions.get("/s/<code>/suggestions/<step>")
def suggest(code: str, step: str) -> Response:
    """What a kind suggests of its step: as JSON {"seq", "answer", "html"}, ``answer`` null where it could not be had; else as a page."""
    session = session_of(code)
    who = staff(session, "console")
    found = session.state.step(step)
    kind = workshop().kinds.get(found.activity.kind) if found else None
    if found is None or kind is None or not kind.suggests:
        stop(Refused("unknown-activity", N_("There is no such step in this day."), status=404))
    if who.track not in ("", found.activity.track):
        stop(Refused("not-allowed", N_("Only whoever drives the whole day can do this."), status=403))
    state, settings, here = session.state, found.activity.settings, language().name
    summary, sources = state.summaries[step], state.sources(found, workshop().kinds)
    process: Suggestions = current_app.extensions["suggestions"]
    with _TURN:
        answer = off_hub(process.ask, kind.suggests, kind.asked(settings, summary, sources))
    context = {
        "session": screens().about(session),
        "step": {"id": step, "kind": kind.kind, "title": found.activity.title, "status": found.status, "settings": settings},
        "view": kind.view(settings, summary, Viewer("console", member=who.member), sources),
        "answer": answer,
        "seq": state.seq,
        "audience": "console",
        "place": "console",
        "chosen": step if step != state.on(found.activity.track) else "",
    }
    html = screens().page(f"activities/{kind.kind}/suggestions.html", here, **context)
    if wants_json():
        return as_json({"seq": state.seq, "answer": answer, "html": html})
    return as_page(screens().page("suggestions.html", here, **context))
