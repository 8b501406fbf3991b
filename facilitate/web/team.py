"""Owns the team's page: who drives the day beside the facilitator, each with a link of their own, and the facilitator's own remote."""

from flask import Blueprint, Response

from facilitate.core.entry import Act, Caller, Refused
from facilitate.core.rules import read_act
from facilitate.core.team import ROLES, Member
from facilitate.core.words import N_
from facilitate.web.door import (
    as_page,
    body,
    go,
    language,
    new_id,
    refusal,
    screens,
    session_of,
    staff,
    stop,
    wants_json,
    words,
)
from facilitate.workshop import Answer, Session

team = Blueprint("team", __name__)

_PAGES = {"console": "c", "scribe": "scribe", "notes": "notes", "reception": "reception", "panel": "panel"}
"""Where a member of the team works."""


def _lead(session: Session) -> Caller:
    who = staff(session, "console")
    if who.member:
        stop(Refused("not-allowed", N_("Only whoever started the day can invite someone, or take a link back."), status=403))
    return who


@team.get("/c/<code>/team")
def page(code: str) -> Response:
    """The team, with a link and a QR code for each."""
    session = session_of(code)
    _lead(session)
    return _page(session)


@team.post("/c/<code>/team")
def invite(code: str) -> Response:
    """Someone joins the team: {"name", "role", "track"}."""
    session, sent = session_of(code), body() or {}
    who = _lead(session)
    content = {name: sent.get(name, "") for name in ("name", "role", "track")}
    act = read_act({"id": sent.get("id") or new_id(), "do": "invite", "content": content})
    return _answer(session, act if isinstance(act, Refused) else session.act(act, who), content)


@team.post("/c/<code>/team/<member>/dismiss")
def dismiss(code: str, member: str) -> Response:
    """Their link no longer opens anything."""
    session = session_of(code)
    return _answer(session, session.act(Act(new_id(), "dismiss", on=member), _lead(session)), {})


def _answer(session: Session, answer: Answer, typed: dict[str, object]) -> Response:
    if isinstance(answer, int):
        return go(f"/c/{session.code}/team")
    return refusal(answer) if wants_json() else _page(session, words(answer), typed, answer.status)


def _page(session: Session, refused: str = "", typed: dict[str, object] | None = None, status: int = 200) -> Response:
    say, tracks = language().say, session.state.tracks

    def told(member: Member) -> dict[str, str]:
        does = say(ROLES[member.role])
        if member.track in tracks:
            does = say(N_("Drives the workshop “%(name)s”"), name=tracks[member.track].name)
        link = f"{screens().entrance.origin}/{_PAGES[member.role]}/{session.code}?key={session.member_key(member)}"
        return {"id": member.id, "name": member.name, "does": does, "link": link}

    present = [one for one in session.state.team.values() if not one.left]
    linked = {one.name for one in present if one.role == "panel"}
    html = screens().page(
        "team.html",
        language().name,
        session=screens().about(session),
        team=[told(one) for one in sorted(present, key=lambda one: (one.name.casefold(), one.id))],
        panel=[name for name in session.state.panel if name not in linked],
        remote=f"{screens().entrance.origin}/remote/{session.code}?key={session.row.keys['console']}",
        roles=[(role, say(label)) for role, label in ROLES.items() if role != "panel"],
        tracks=list(tracks.values()),
        id=new_id(),
        typed=typed or {},
        refused=refused,
    )
    return as_page(html, status)
