"""Owns the way in: the code typed, the join page that the QR opens, joining, and coming back on another phone."""

from typing import Any

from flask import Blueprint, Response, request

from facilitate.core.entry import Refused
from facilitate.core.rules import PROFILE, read_act
from facilitate.core.words import N_, is_yes
from facilitate.live import keys_held
from facilitate.prose import to_html
from facilitate.web.door import (
    as_json,
    as_page,
    body,
    caller,
    give_key,
    go,
    keep,
    language,
    message,
    new_id,
    refusal,
    screens,
    session_of,
    wants_json,
    words,
    workshop,
)
from facilitate.workshop import Later, Session

join = Blueprint("join", __name__)

MOST = 6
"""How many people may share one phone."""

_TYPES = (
    N_("Municipality"),
    N_("Group of municipalities"),
    N_("Association"),
    N_("State service"),
    N_("Research"),
    N_("Company"),
    N_("Other"),
)


@join.get("/")
def code() -> Response:
    """Type the code that the poster or the wall shows."""
    typed = request.args.get("code", "")
    if typed:
        found = workshop().session(typed)
        if found is not None:
            return go(f"/j/{found.code}")
        refused = Refused(
            "unknown-session", N_("This code belongs to no day. Check it on the poster: three letters, three digits."), status=404
        )
        return as_page(screens().page("code.html", language().name, typed={"code": typed}, refused=words(refused)), 404)
    return as_page(screens().page("code.html", language().name, typed={}, refused=""))


@join.get("/j/<code>")
def page(code: str) -> Response:
    """The join page; a phone that has joined goes straight to the day."""
    session = session_of(code)
    if caller(session, "participant") and "another" not in request.args:
        return go(f"/s/{session.code}" + (f"?lang={language().name}" if "lang" in request.args else ""))
    return _page(session)


@join.post("/j/<code>")
def enter(code: str) -> Response:
    """Joins: every answer is optional. ``rejoin`` with a code brings a person to this phone instead."""
    session, sent = session_of(code), body()
    if sent is None:
        return refusal(Refused("malformed", N_("This message could not be read. Nothing was changed."), status=400))
    if str(sent.get("rejoin") or "").strip():
        found = session.rejoin(str(sent["rejoin"])[:40])
        if found is None:
            return _refused(
                session,
                Refused("rejoin", N_("This code is unknown or has expired. Ask the facilitators for another one."), status=403),
                sent,
            )
        return _joined(session, *found)
    # A phone that has joined already stays who it is: pressing twice makes no one twice.
    known = caller(session, "participant")
    if known and known.audience == "participant" and not wants_json() and "another" not in request.args:
        return go(f"/s/{session.code}")
    if len(keys_held(session, request.cookies)) >= MOST and "another" in request.args:
        return _refused(session, Refused("shared", N_("Six people share this phone already: no more can."), status=409), sent)
    profile = {field.key: sent[field.key] for field in PROFILE if field.key in sent}
    profile |= {name: is_yes(sent[name]) for name in ("named", "remote") if name in sent}
    act = read_act({"id": sent.get("id") or new_id(), "do": "join", "content": profile})
    answer = act if isinstance(act, Refused) else session.join(act.id, act.content)
    if isinstance(answer, Refused | Later):
        return _refused(session, answer, sent)
    return _joined(session, *answer)


def _joined(session: Session, participant: str, key: str) -> Response:
    response = as_json({"participant": participant, "key": key}) if wants_json() else go(f"/s/{session.code}")
    if "another" in request.args:
        _hand(response, session, participant, key)
    else:
        give_key(response, session, "participant", key)
    return response


@join.post("/s/<code>/person")
def change(code: str) -> Response:
    """Another of the people who share this phone takes it: {"to": participant}. The keys of all stay with this browser."""
    session = session_of(code)
    to = str((body() or {}).get("to", ""))
    key = keys_held(session, request.cookies).get(to)
    if key is None:
        unknown = Refused("unknown-participant", N_("This person has not joined on this phone."), status=404)
        return refusal(unknown) if wants_json() else message(unknown)
    response = as_json({"participant": to}) if wants_json() else go(f"/s/{session.code}/mine")
    _hand(response, session, to, key)
    return response


def _hand(response: Response, session: Session, participant: str, key: str) -> None:
    """Puts the phone in someone's hand; the keys of those who share it stay beside."""
    others = [one for id, one in keys_held(session, request.cookies).items() if id != participant]
    give_key(response, session, "participant", key)
    keep(response, f"others-{session.code}", ".".join(others))


def _refused(session: Session, answer: Refused | Later, sent: Any) -> Response:
    if wants_json():
        return refusal(answer)
    return _page(session, words(answer), sent, answer.status)


def _page(session: Session, refused: str = "", typed: Any = None, status: int = 200) -> Response:
    agenda, say, about = session.state.agenda, language().say, screens().about(session)
    known = caller(session, "participant")
    # Kept in the language of the day, whatever the reader's: the same type counts once.
    kept = screens().say(agenda.language).say
    html = screens().page(
        "join.html",
        language().name,
        session=about,
        typed=typed or {},
        refused=refused,
        full=session.state.full,
        id=new_id(),
        types=[(one, one) for one in agenda.structure_types] or [(kept(one), say(one)) for one in _TYPES],
        territories=about["territories"],
        another=session.state.people.get(known.participant) if known and "another" in request.args else None,
        notice=to_html(agenda.notices["data"]) if agenda.notices.get("data") else "",
    )
    return as_page(html, status)
