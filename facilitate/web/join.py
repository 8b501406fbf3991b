"""Owns the way in: the code typed, the join page that the QR opens, joining, and coming back on another phone."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from facilitate.attendance.codes import shown
from facilitate.attendance.person import Person
from facilitate.core.entry import Refused
from facilitate.core.rules import CONSENTS, PROFILE, read_act
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
    live,
    message,
    new_id,
    refusal,
    screens,
    session_of,
    wants_json,
    words,
    workshop,
)
from facilitate.web.registration import invited
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
        later = live().guessed(typed)
        found = None if later else workshop().session(typed)
        if found is not None:
            return go(f"/j/{found.code}")
        refused = Refused(
            "unknown-session", N_("This code belongs to no day. Check it on the poster: three letters, three digits."), status=404
        )
        return as_page(
            screens().page("code.html", language().name, typed={"code": typed}, refused=words(later or refused)), (later or refused).status
        )
    return as_page(screens().page("code.html", language().name, typed={}, refused=""))


@join.get("/j/<code>")
def page(code: str) -> Response:
    """The join page; a phone that has joined goes straight to the day. ``invitation`` says whose page it is, ``remote`` where they are."""
    session = session_of(code)
    if caller(session, "participant") and "another" not in request.args:
        return go(f"/s/{session.code}" + (f"?lang={language().name}" if "lang" in request.args else ""))
    typed = {name: request.args[name] for name in ("invitation", "remote", "rejoin") if request.args.get(name)}
    if "invitation" not in typed:
        return _page(session, typed=typed)
    found = invited(session, typed["invitation"])
    if not isinstance(found, Person):
        return _page(session, words(found), typed, found.status, "invitation")
    return _page(session, typed=_of_list(found) | typed, guest=found)


@join.post("/j/<code>")
def enter(code: str) -> Response:
    """Joins: every answer is optional. ``rejoin`` with a code brings a person to this phone instead; an ``invitation`` says who of the
    day's list this is, and on a second phone brings them there once ``again`` says that it is theirs."""
    session, sent = session_of(code), body()
    if sent is None:
        return refusal(Refused("malformed", N_("This message could not be read. Nothing was changed."), status=400))
    if str(sent.get("rejoin") or "").strip():
        found = session.rejoin(str(sent["rejoin"])[:60])
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
    profile |= {name: is_yes(sent[name]) for name in (*CONSENTS, "remote") if name in sent}
    invitation = str(sent.get("invitation") or "").strip()
    if invitation:
        return _as_guest(session, invitation, profile, sent)
    if session.state.agenda.access == "list":
        asked = N_("One comes to this day on invitation: type the code you were given.")
        return _refused(session, Refused("invitation", asked, status=403, field="invitation"), sent)
    act = read_act({"id": sent.get("id") or new_id(), "do": "join", "content": profile})
    answer = act if isinstance(act, Refused) else live().crowded(session) or session.join(act.id, act.content)
    if isinstance(answer, Refused | Later):
        return _refused(session, answer, sent)
    return _joined(session, *answer)


def _as_guest(session: Session, invitation: str, profile: dict[str, Any], sent: Mapping[str, Any]) -> Response:
    """Someone of the list comes in: what the list knows of them stands where they left a blank."""
    one = invited(session, invitation)
    if not isinstance(one, Person):
        return _refused(session, one, sent)
    guest = session.guest(one.id)
    came = guest in session.state.people
    act = read_act({"id": sent.get("id") or new_id(), "do": "join", "content": profile})
    if isinstance(act, Refused):
        return _refused(session, act, sent)
    if came and not wants_json() and not is_yes(sent.get("again")) and not session.let_in(act.id):
        return _page(session, typed={"invitation": one.code}, guest=one)
    if session.state.agenda.access == "list" and one.standing == "waiting" and not came:
        waiting = N_("You are on the waiting list: no place is free yet. Speak to those who receive you.")
        return _refused(session, Refused("waiting", waiting, status=409), sent)
    # A page that showed what the list knows sends what its reader made of it; a blank there is their wish.
    known = {} if is_yes(sent.get("known")) else _of_list(one)
    said = {name: text for name, text in act.content.items() if text or isinstance(text, bool)}
    answer = session.join(act.id, known | said, guest, kept=not one.standing)
    if isinstance(answer, Refused | Later):
        return _refused(session, answer, sent)
    return _joined(session, *answer, again=came)


def _of_list(one: Person) -> dict[str, Any]:
    """What the list knows of someone, as the join page has it."""
    facts = {field.key: str(getattr(one, field.key, ""))[: field.limit] for field in PROFILE}
    return {name: text for name, text in facts.items() if text} | ({"remote": "yes"} if one.remote else {})


def _joined(session: Session, participant: str, key: str, *, again: bool = False) -> Response:
    told = {"participant": participant, "key": key} | ({"again": True} if again else {})
    response = as_json(told) if wants_json() else go(f"/s/{session.code}")
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
    return _page(session, words(answer), sent, answer.status, getattr(answer, "field", ""))


def _page(
    session: Session, refused: str = "", typed: Any = None, status: int = 200, wrong: str = "", guest: Person | None = None
) -> Response:
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
        wrong=wrong,
        guest=guest,
        again=guest is not None and session.guest(guest.id) in session.state.people,
        invitation=shown(guest.code) if guest else "",
        access=agenda.access,
        coded=agenda.access == "list" or bool(agenda.deadline),
        full=session.state.full and (guest is None or bool(guest.standing)),
        id=new_id(),
        types=[(one, one) for one in agenda.structure_types] or [(kept(one), say(one)) for one in _TYPES],
        territories=about["territories"],
        another=session.state.people.get(known.participant) if known and "another" in request.args else None,
        capitalised=agenda.capitalised,
        notice=to_html(agenda.notices["data"]) if agenda.notices.get("data") else "",
    )
    return as_page(html, status)
