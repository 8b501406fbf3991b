"""Owns what people are told of their data, and what they do with it: the notice, all that a day holds of them, what they agree to, taking
it along, erasing it."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, request

from facilitate import declarations, retention
from facilitate.attendance import Attendance, Desk
from facilitate.core.entry import ERASED, Act, Caller, Refused
from facilitate.core.rules import PROFILE, read_act
from facilitate.core.words import N_
from facilitate.live import keys_held
from facilitate.mydata import STATES, anonymous, as_text, consents, held
from facilitate.prose import to_html
from facilitate.restitution import typography
from facilitate.web.door import (
    as_file,
    as_json,
    as_page,
    body,
    caller,
    cookie_name,
    give_key,
    go,
    keep,
    language,
    live,
    new_id,
    off_hub,
    refusal,
    screens,
    session_of,
    stop,
    wants_json,
    words,
    workshop,
)
from facilitate.web.registration import stored
from facilitate.web.signing import print_of
from facilitate.workshop import Later, Session

mydata = Blueprint("mydata", __name__)

_MAY = frozenset(("introduce", "reach", "agree", "erase"))
"""What is done from one's own page: who one is, what one agrees to, and erasing."""


@mydata.get("/s/<code>/privacy")
def notice(code: str) -> Response:
    """What is collected on this day, why, who reads it, for how long, and what one may ask: for anyone, before joining too."""
    session = session_of(code)
    agenda, who, say, journal = session.state.agenda, caller(session, "participant"), language(), workshop().journal
    said, durations = off_hub(lambda: (declarations.words(journal), retention.rules(journal).durations))
    house = screens().house
    html = screens().page(
        "notice.html",
        say.name,
        session=screens().about(session),
        joined=who is not None and who.participant in session.state.people,
        capitalised=agenda.capitalised,
        series=agenda.series,
        deleted=_list(session).deleted_on.isoformat(),
        notices={name: to_html(text) for name, text in agenda.notices.items() if text},
        own=to_html(house["data"]) if house["data"] else "",
        contact=house["contact"],
        said=said,
        kept={name: declarations.period(period, say) for name, period in durations.items()},
        person=_person(),
    )
    return as_page(html)


@mydata.get("/s/<code>/data")
def page(code: str) -> Response:
    """All that this day holds of whoever asks, and what they may do with it."""
    session = session_of(code)
    who = caller(session, "participant")
    if who is None or who.participant not in session.state.people:
        return go(f"/j/{session.code}")
    return _page(session, who)


@mydata.post("/s/<code>/data")
def change(code: str) -> Response:
    """One act upon one's own data, as anywhere else: {"do", "content"}. *erase*, with ``on`` a contribution of theirs, or their own id:
    then all they gave goes, what only this phone's key knows to be theirs first, and the phone is told to forget them; with {what: profile}
    what they said of themselves alone."""
    session, sent = session_of(code), body()
    who = caller(session, "participant")
    if who is None or who.participant not in session.state.people:
        stop(Refused("not-joined", N_("This phone has not joined this day. Scan the code again."), status=403))
    act = read_act(({"id": new_id()} | dict(sent)) if sent else None)
    if isinstance(act, Act) and act.do not in _MAY:
        act = Refused("unknown-verb", N_("This step does not know “%(do)s”."), {"do": act.do}, status=400)
    if isinstance(act, Refused):
        return refusal(act) if wants_json() else _page(session, who, act)
    if later := live().often(session, who, act.do):
        return refusal(later) if wants_json() else _page(session, who, later)
    everything = act.do == "erase" and act.on == who.participant and act.content.get("what") != "profile"
    keys = keys_held(session, request.cookies)
    gone = anonymous(session.state, workshop().kinds, lambda step: session.viewer(who, step)) if everything else []
    for one in gone:
        answer = session.act(Act(new_id(), "erase", on=one), who)
        if isinstance(answer, Refused | Later):
            return refusal(answer) if wants_json() else _page(session, who, answer)
    answer = session.act(act, who)
    if isinstance(answer, Refused | Later):
        return refusal(answer) if wants_json() else _page(session, who, answer, dict(act.content))
    if not everything:
        done = f"done={act.do}" + (f"&gone={act.on}" if act.do == "erase" and act.on != who.participant else "")
        return as_json({"seq": answer}) if wants_json() else go(f"/s/{session.code}/data?{done}{_person('&')}")
    response = as_json({"seq": answer, "erased": [*gone, who.participant]}) if wants_json() else _gone(session, who)
    return _forgotten(response, session, who, keys)


def _gone(session: Session, who: Caller) -> Response:
    html = screens().page("erased.html", language().name, session=screens().about(session), person=who.participant)
    return as_page(html)


def _forgotten(response: Response, session: Session, who: Caller, keys: dict[str, str]) -> Response:
    """The browser without this person's key; who shares it with them goes on."""
    left = [key for person, key in keys.items() if person != who.participant]
    if len(left) == len(keys):
        return response
    if left:
        give_key(response, session, "participant", left[0])
        keep(response, f"others-{session.code}", ".".join(left[1:]))
    else:
        response.delete_cookie(cookie_name("participant", session.code), path="/")
        response.delete_cookie(f"others-{session.code}", path="/")
    return response


@mydata.get("/s/<code>/my-data.<any(json, txt):format>")
def along(code: str, format: str) -> Response:
    """The same as a file: who they said they are, what they wrote, answered and did, what became of it. No key in it."""
    session = session_of(code)
    who = caller(session, "participant")
    if who is None or who.participant not in session.state.people:
        stop(Refused("not-joined", N_("This phone has not joined this day. Scan the code again."), status=403))
    told = _held(session, who)
    if format == "json":
        text, media = json.dumps(told, ensure_ascii=False, indent=1), "application/json"
    else:
        text, media = as_text(told, session.state, language()), "text/plain; charset=utf-8"
    return as_file(text.encode(), media, f"{session.code}-my-data.{format}")


def _held(session: Session, who: Caller) -> dict[str, Any]:
    """Read off the hub: it takes the whole journal, and so is no more asked for than a screen is."""
    if later := live().often(session, who, looks=True):
        stop(later)
    state, kinds, say, journal = session.state, workshop().kinds, language(), workshop().journal
    # Looking makes no secret for a step that nobody voted in yet.
    viewers = {step: session.viewer(who, step) for step in ("", *(id for id, one in state.steps.items() if one.opened))}
    presence = _presence(session, who)

    def read() -> dict[str, Any]:
        entries = journal.since(session.row.id)
        return held(session.code, state, kinds, entries, lambda step: viewers.get(step, viewers[""]), say, presence)

    return off_hub(read)


def _list(session: Session) -> Desk:
    """Who is expected and who came, as it stands: reading it changes nothing."""
    service: Attendance = current_app.extensions["attendance"]
    with stored():
        return service.desk(session)


def _presence(session: Session, who: Caller) -> dict[str, Any] | None:
    """What the list of those who came says of whoever signed on this phone, or came in with their invitation."""
    desk, say = _list(session), language()
    one = desk.of_phone(print_of(session, who), who.participant)
    if one is None:
        return None
    halves = []
    for half in desk.halves:
        tick, mark = one.tick(half.key), one.signatures.get(half.key)
        if mark:
            said = say.say(N_("signed at %(hour)s"), hour=typography.hour(mark.at, say.name))
        elif tick.came:
            said = say.say(N_("noted at the welcome desk, %(hour)s"), hour=typography.hour(tick.came, say.name))
        else:
            continue
        halves.append({"half": say.say(half.label), "said": said, "drawn": mark.drawn if mark else ""})
    facts = {name: getattr(one, name) for name in ("name", "structure", "role", "territory")}
    return facts | {"halves": halves, "until": desk.deleted_on.isoformat()}


def _page(session: Session, who: Caller, refused: Refused | Later | None = None, typed: dict[str, Any] | None = None) -> Response:
    person, told, gone = session.state.people[who.participant], _held(session, who), request.args.get("gone", "")
    html = screens().page(
        "data.html",
        language().name,
        session=screens().about(session),
        me=person,
        fields=PROFILE,
        typed=typed or {},
        known=[one for one in PROFILE if told["me"][one.key]],
        told=told,
        consents=consents(session.state, workshop().kinds, who.participant),
        states=STATES,
        tz=ZoneInfo(session.state.agenda.timezone),
        codes=bool(session.state.finished),
        coded=session.state.agenda.access == "list" or bool(session.state.agenda.deadline),
        refused=words(refused) if refused else "",
        field=getattr(refused, "field", ""),
        done=request.args.get("done", ""),
        gone=gone if session.state.acts.get(gone, ("",))[0] == ERASED else "",
        person=_person(),
    )
    return as_page(html, refused.status if refused else 200)


def _person(mark: str = "?") -> str:
    person = request.args.get("person", "")
    return f"{mark}person={person}" if person else ""
