"""Owns the pages of the staff besides the console: the remote on the facilitator's phone, the note-takers', the scribe's and its papers,
a panellist's."""

import json

from flask import Blueprint, Response, request

from facilitate.core.entry import Refused
from facilitate.core.words import N_
from facilitate.entering import paper
from facilitate.poster import picture
from facilitate.render import audience_of
from facilitate.web.door import as_file, as_page, language_of, off_hub, screens, session_of, staff, stop, take_key, workshop
from facilitate.web.house import brand
from facilitate.web.participant import asked, place_of

desks = Blueprint("desks", __name__)


@desks.get("/<any(remote, notes, scribe, panel):name>/<code>")
def page(name: str, code: str) -> Response:
    """One of these pages; its link carries a key. Whoever drives the day may open them all, but a panellist's: nobody answers for them."""
    session, place = session_of(code), place_of(name)
    given = take_key(session, audience_of(place))
    if given is not None:
        return given
    who = staff(session, audience_of(place), *(() if name == "panel" else ("console",)))
    return as_page(screens().live_page(session, place, asked(session, place, who, request.args.get("track", ""))))


@desks.get("/scribe/<code>/paper.pdf")
def sheets(code: str) -> Response:
    """The sheets to fill by hand, of one step or of the whole day, in the language of the room unless another is asked for."""
    session = session_of(code)
    staff(session, "scribe", "console")
    wanted, kinds = request.args.get("step"), workshop().kinds
    steps = [step for step in paper.asking(session.state, kinds) if wanted in (None, "", step.activity.id)]
    say = language_of(session)
    given = paper.payload(session.state, steps, kinds, say, brand=brand([session.state.agenda], say.say))
    if not json.loads(given)["sheets"]:
        stop(Refused("nothing-asked", N_("Nothing is asked of people in this step."), status=404))
    return _pdf(given, f"{session.code}-paper")


@desks.get("/s/<code>/step/<id>/<name>.pdf")
def own(code: str, id: str, name: str) -> Response:
    """One of the papers that the kind of this step has of its own, in the same language."""
    session, kinds = session_of(code), workshop().kinds
    staff(session, "scribe", "console")
    step = session.state.step(id)
    if step is None:
        stop(Refused("unknown-activity", N_("There is no such step in this day."), status=404))
    kind = kinds.get(step.activity.kind)
    if kind is None or name not in kind.papers:
        stop(Refused("unknown-paper", N_("This step has no such paper."), status=404))
    say, about = language_of(session), screens().about(session)
    alt = say.say(N_("Code to scan to join the day"))
    way = {"svg": picture(about["join_url"]), "alt": alt, "address": about["address"], "code": about["shown"]}
    given = paper.own(session.state, step, name, kinds, say, brand=brand([session.state.agenda], say.say), way=way)
    return _pdf(given, f"{session.code}-{id}-{name}")


def _pdf(payload: str, name: str) -> Response:
    # Typst takes longer than a blink: phones are answered meanwhile.
    return as_file(off_hub(paper.print_apart, payload), "application/pdf", f"{name}.pdf", shown=True)
