"""Owns signing the attendance sheet on one's own phone, and the certificate that follows from it."""

import hashlib
from typing import Any

from flask import Blueprint, Response, request

from facilitate.attendance import printed
from facilitate.attendance.day import Half
from facilitate.attendance.person import Person
from facilitate.attendance.registrants import LONGEST
from facilitate.attendance.signing import read_drawing
from facilitate.core.entry import Caller, Refused
from facilitate.core.reading import fold
from facilitate.core.words import N_, clean, is_yes
from facilitate.prose import to_html
from facilitate.restitution import typography
from facilitate.web.door import (
    as_json,
    as_page,
    body,
    caller,
    go,
    language,
    refusal,
    screens,
    session_of,
    stop,
    wants_json,
    words,
)
from facilitate.web.papers import as_pdf
from facilitate.web.registration import desk_of, stored
from facilitate.workshop import Later, Session

signing = Blueprint("signing", __name__)


@signing.get("/s/<code>/sign")
def page(code: str) -> Response:
    """Where one signs for the half-day that is on, sees what one signed, and fetches one's certificate."""
    session = session_of(code)
    who = caller(session, "participant")
    return _page(session, who) if who and who.participant else go(f"/j/{session.code}")


@signing.post("/s/<code>/sign")
def sign(code: str) -> Response:
    """One signature: {"name", "structure"} of whoever is not known yet, and "drawn", or "typed": their name stands for it."""
    session, sent = session_of(code), body() or {}
    who = caller(session, "participant")
    if who is None or not who.participant:
        stop(Refused("not-joined", N_("This phone has not joined this day. Scan the code again."), status=403))
    typed = {name: " ".join(clean(str(sent.get(name) or "")).split()) for name in ("name", "structure")} | {
        "drawn": sent.get("drawn") or ""
    }
    desk = desk_of(session)
    one = desk.of_phone(print_of(session, who), who.participant)
    drawn = "" if is_yes(sent.get("typed")) else read_drawing(typed["drawn"])
    refused = drawn if isinstance(drawn, Refused) else None
    if one is None and not fold(typed["name"]):
        refused = Refused("empty", N_("Write your first and last name: an attendance sheet is signed by someone."), field="name")
    elif one is None and max(len(typed["name"]), len(typed["structure"])) > LONGEST:
        long = "name" if len(typed["name"]) > LONGEST else "structure"
        refused = Refused("too-long", N_("This answer is too long: %(most)s characters at most."), {"most": LONGEST}, field=long)
    if refused is None:
        with stored():
            known = {"id": one.id} if one else {"name": typed["name"], "structure": typed["structure"]}
            found = desk.sign(str(drawn), print_of(session, who), **known)
        if isinstance(found, Person):
            half = desk.half("").key
            told = {"half": half, "at": found.signatures[half].at, "name": found.name}
            return as_json(told) if wants_json() else go(f"/s/{session.code}/sign{_person()}")
        refused = found
    return refusal(refused) if wants_json() else _page(session, who, refused, typed)


@signing.get("/s/<code>/certificate.pdf")
def certificate(code: str) -> Response:
    """One's own certificate of attendance, once the day is over: for whoever signed on this phone, or came in with their invitation."""
    session = session_of(code)
    who, desk = caller(session, "participant"), desk_of(session)
    if who is None or not who.participant:
        stop(Refused("not-joined", N_("This phone has not joined this day. Scan the code again."), status=403))
    one = desk.of_phone(print_of(session, who), who.participant)
    if one is None or not one.came:
        text = N_("No attendance is noted for this phone. Whoever signed on paper asks the organiser for their certificate.")
        stop(Refused("no-attendance", text, status=404))
    if not desk.over:
        stop(Refused("not-over", N_("The certificate is made once the day is over: come back then."), status=409))
    return as_pdf(session, "certificate", lambda say, brand: printed.certificates(desk, [one], session.state.agenda, say, brand=brand))


def print_of(session: Session, who: Caller) -> str:
    """What a phone leaves with a signature: it finds it again, and says nothing of who writes in the room."""
    return hashlib.sha256(f"attendance {session.code} {who.key}".encode()).hexdigest()


def _person() -> str:
    person = request.args.get("person", "")
    return f"?person={person}" if person else ""


def _page(session: Session, who: Caller, refused: Refused | Later | None = None, typed: dict[str, Any] | None = None) -> Response:
    desk, agenda = desk_of(session), session.state.agenda
    one = desk.of_phone(print_of(session, who), who.participant)
    half, me = desk.half(""), session.state.people.get(who.participant)
    known = {"name": me.name if me else "", "structure": me.structure if me else "", "drawn": ""}
    html = screens().page(
        "sign.html",
        language().name,
        session=screens().about(session),
        desk=desk,
        half=half,
        spans=_spans(half),
        one=one,
        signed=one.signatures.get(half.key) if one else None,
        over=one is not None and one.came and desk.over,
        host=agenda.host or language().say(N_("the organiser of this day")),
        notice=to_html(agenda.notices["data"]) if agenda.notices.get("data") else "",
        typed=known | (typed or {}),
        refused=words(refused) if refused else "",
        field=getattr(refused, "field", ""),
        person=_person(),
    )
    return as_page(html, refused.status if refused else 200)


def _spans(half: Half) -> str:
    """'9 h 30 – 12 h 30'."""
    return " – ".join(typography.hour(hour, language().name) for hour in (half.start, half.end) if hour)
