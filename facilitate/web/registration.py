"""Owns coming on a list: registering before the day, one's own page of it, the codes; and what the staff do with who asked for a place."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, request

from facilitate.attendance import Attendance, Desk
from facilitate.attendance.codes import link_to, shown
from facilitate.attendance.person import Person
from facilitate.attendance.registrants import LONGEST, name_key
from facilitate.core.entry import Refused
from facilitate.core.reading import fold
from facilitate.core.words import N_, clean, is_yes
from facilitate.journal import Damaged, Unavailable
from facilitate.language import Language
from facilitate.prose import to_html
from facilitate.restitution import typography
from facilitate.restitution.data import spreadsheet
from facilitate.web.door import (
    as_file,
    as_json,
    as_page,
    body,
    driver,
    go,
    language,
    language_of,
    new_id,
    refusal,
    screens,
    session_of,
    stop,
    take_key,
    wants_json,
    words,
)
from facilitate.workshop import Later, Session

registration = Blueprint("registration", __name__)

ASKED = ("first", "last", "structure", "role", "territory")
"""All that is asked of whoever registers."""


@contextmanager
def stored() -> Iterator[None]:
    """What cannot be saved is said, and can be pressed again."""
    try:
        yield
    except (Unavailable, Damaged):
        current_app.logger.exception("the list of those who come could not be reached")
        stop(Later("storage", N_("The room’s computer cannot save just now. Nothing was changed: press again in a moment.")))


def desk_of(session: Session) -> Desk:
    """The list of a day, every free place given and everyone with the code they need."""
    service: Attendance = current_app.extensions["attendance"]
    with stored():
        desk = service.desk(session)
        desk.settle()
    return desk


def invited(session: Session, typed: str) -> Person | Refused | Later:
    """Whose code this is."""
    found = desk_of(session).of_code(typed)
    if found is None:
        text = N_("Nobody on the list has this code. Check it: nine signs, letters and digits. Without it, ask %(host)s.")
        return Refused("invitation", text, {"host": _host(session)}, status=403, field="invitation")
    return found


def _host(session: Session) -> str:
    return session.state.agenda.host or language().say(N_("the organisers of this day"))


# Whoever comes


@registration.get("/r/<code>")
def page(code: str) -> Response:
    """The way to register; with one's own code, what became of it."""
    session = session_of(code)
    typed = request.args.get("invitation", "")
    if not typed:
        return _page(session)
    found = invited(session, typed)
    return _own(session, found) if isinstance(found, Person) else _page(session, found, {"invitation": typed})


@registration.post("/r/<code>")
def register(code: str) -> Response:
    """Asks for a place: {"id", "first", "last", "structure", "role", "territory", "remote"}. With "invitation", one's own page, or
    what "do" says: withdraw, or return."""
    session, sent = session_of(code), _sent()
    if sent.get("invitation"):
        return _mine(session, sent)
    if session.state.agenda.access == "list":
        return _answer(
            session,
            Refused("invitation", N_("One comes to this day on invitation: type the code you were given."), field="invitation", status=403),
            sent,
        )
    facts: dict[str, Any] = {name: " ".join(sent.get(name, "").split()) for name in ASKED}
    long = next((name for name in ASKED if len(facts[name]) > LONGEST), "")
    if long:
        return _answer(
            session, Refused("too-long", N_("This answer is too long: %(most)s characters at most."), {"most": LONGEST}, field=long), sent
        )
    if not fold(facts["first"] + facts["last"]):
        return _answer(session, Refused("empty", N_("Write your name: a place is kept for someone."), field="last"), sent)
    try:
        id = str(UUID(sent.get("id") or new_id()))
    except ValueError:
        return _answer(
            session, Refused("bad-id", N_("Each act needs its own identifier, a UUID. Reload the page and try again."), status=400), sent
        )
    facts["remote"] = session.state.agenda.online == "yes" or (session.state.agenda.online == "hybrid" and is_yes(sent.get("remote")))
    desk = desk_of(session)
    with stored():
        one = desk.register(id, facts)
    if isinstance(one, Refused):
        return _answer(session, _closed(session) or one, sent)
    return _went(session, desk, one)


def _mine(session: Session, sent: Mapping[str, str]) -> Response:
    one, desk = invited(session, sent["invitation"]), desk_of(session)
    if not isinstance(one, Person):
        return _answer(session, one, sent)
    with stored():
        if sent.get("do") == "withdraw":
            desk.withdraw(one.id)
        elif sent.get("do") == "return":
            desk.seat(one.id)
    after = desk.people.get(one.id)
    if after is not None:
        return _went(session, desk, after)
    if wants_json():
        return as_json({"standing": "withdrawn"})
    return _page(session, gone=True)


def _went(session: Session, desk: Desk, one: Person) -> Response:
    if wants_json():
        return as_json({"standing": one.standing or "place", "rank": desk.rank(one), "invitation": one.code})
    return go(f"/r/{session.code}?invitation={one.code}")


def _sent() -> dict[str, str]:
    sent = body() or {}
    return {name: "yes" if value is True else clean(str(value))[: 4 * LONGEST] for name, value in sent.items()}


def _closed(session: Session) -> Refused | None:
    """Why nobody can register now, None where they can."""
    agenda, desk = session.state.agenda, desk_of(session)
    if desk.registering:
        return None
    text = N_("Registration is closed since %(date)s. To come all the same, ask %(host)s.")
    if session.state.finished:
        text = N_("This day is over. To know more of it, ask %(host)s.")
    elif not agenda.deadline:
        text = N_("This day takes no registration. To know how one comes, ask %(host)s.")
    return Refused("registration-closed", text, {"host": _host(session), "date": _shown_date(agenda.deadline)}, 409)


def _shown_date(iso: str) -> str:
    return typography.date(iso, language().name) if len(iso) == 10 else iso


def _answer(session: Session, answer: Refused | Later, sent: Mapping[str, str]) -> Response:
    return refusal(answer) if wants_json() else _page(session, answer, sent)


def _page(
    session: Session, refused: Refused | Later | None = None, typed: Mapping[str, str] | None = None, *, gone: bool = False
) -> Response:
    agenda, desk, closed = session.state.agenda, desk_of(session), _closed(session)
    html = _screen(
        session,
        desk,
        typed=typed or {},
        id=(typed or {}).get("id") or new_id(),
        refused=words(refused) if refused else "",
        field=getattr(refused, "field", ""),
        closed=words(closed) if closed else "",
        deadline=agenda.deadline,
        access=agenda.access,
        left=max(0, desk.places - sum(one.expected for one in desk.people.values())) if desk.places else None,
        gone=gone,
    )
    return as_page(html, refused.status if refused else 200)


def _own(session: Session, one: Person) -> Response:
    desk, origin = desk_of(session), screens().entrance.origin
    links = {page: link_to(origin, page, session.code, one.code) for page in ("r", "j")}
    return as_page(
        _screen(session, desk, one=one, rank=desk.rank(one), shown=shown(one.code), links=links, over=bool(session.state.finished))
    )


def _screen(session: Session, desk: Desk, **more: Any) -> str:
    agenda = session.state.agenda
    return screens().page(
        "register.html",
        language().name,
        session=screens().about(session),
        desk=desk,
        host=_host(session),
        notice=to_html(agenda.notices["data"]) if agenda.notices.get("data") else "",
        **more,
    )


# The staff


@registration.get("/reception/<code>/registrations")
def registrations(code: str) -> Response:
    """Who has a place, who waits for one, who gives theirs back; the links to send."""
    given = take_key(session_of(code), "reception")
    if given is not None:
        return given
    session, desk = _opened(code)
    return _staff(session, desk)


def _opened(code: str) -> tuple[Session, Desk]:
    session = session_of(code)
    driver(session, "reception", "console")
    return session, desk_of(session)


@registration.post("/reception/<code>/registrations")
def change(code: str) -> Response:
    """One gesture: {"do": "add", "first", "last", "structure", "role", "territory"}, or seat, withdraw, renew or remove a "person"."""
    session, desk = _opened(code)
    sent = _sent()
    do, id = sent.get("do", ""), sent.get("person", "")
    if do == "add":
        facts = {name: " ".join(sent.get(name, "").split())[:LONGEST] for name in ASKED}
        if not fold(facts["first"] + facts["last"]):
            refused = Refused("empty", N_("Write the name of the person who comes."), field="last")
            return stop(refused) if wants_json() else _staff(session, desk, words(refused), sent, refused.status)
        with stored():
            one = desk.add(facts)
        return _done(session, desk, one)
    if id not in desk.people:
        stop(Refused("unknown-participant", N_("This person is no longer on the list."), status=404))
    with stored():
        match do:
            case "seat":
                desk.seat(id, first=True)
            case "withdraw":
                desk.withdraw(id)
            case "renew":
                desk.renew(id)
            case "remove":
                desk.forget(id)
            case _:
                stop(Refused("malformed", N_("This message could not be read. Nothing was changed."), status=400))
    return _done(session, desk, desk.people.get(id))


def _done(session: Session, desk: Desk, one: Person | None) -> Response:
    if wants_json():
        return as_json({"person": one.id, "standing": one.standing or "place", "invitation": one.code} if one else {"person": None})
    return go(f"/reception/{session.code}/registrations" + (f"#p-{one.id}" if one else ""))


def _staff(session: Session, desk: Desk, refused: str = "", typed: Mapping[str, str] | None = None, status: int = 200) -> Response:
    agenda, people = session.state.agenda, [one for one in desk.ordered() if not one.walkin]
    names = Counter(name_key(one.name) for one in people)
    html = screens().page(
        "reception/registrations.html",
        language().name,
        session=screens().about(session),
        desk=desk,
        deadline=agenda.deadline,
        access=agenda.access,
        seated=[one for one in people if one.expected],
        waiting=desk.waiting(),
        declined=[one for one in people if one.standing == "declined"],
        twice={one.id for one in people if names[name_key(one.name)] > 1},
        codes={one.id: shown(one.code) for one in people},
        joined={one.id for one in people if session.guest(one.id) in session.state.people},
        register=f"{screens().entrance.origin}/r/{session.code}",
        refused=refused,
        typed=typed or {},
    )
    return as_page(html, status)


@registration.get("/reception/<code>/registrations.csv")
def table(code: str) -> Response:
    """Everyone expected, with their code and their own address: what an organiser's mailing takes."""
    session, desk = _opened(code)
    return as_file(_csv(session, desk, language_of(session)), "text/csv; charset=utf-8", f"{session.code}-registrations.csv")


def _csv(session: Session, desk: Desk, language: Language) -> bytes:
    say, origin = language.say, screens().entrance.origin
    head = [
        N_("Last name"),
        N_("First name"),
        N_("Organisation"),
        N_("Role"),
        N_("Territory"),
        N_("Registration"),
        N_("Code"),
        N_("Own address"),
    ]
    rows = [list(map(say, head))]
    for one in desk.ordered():
        if one.walkin:
            continue
        place = say(N_("place kept")) if one.expected else say(N_("does not come"))
        if one.standing == "waiting":
            place = say(N_("waiting list, no. %(rank)s"), rank=desk.rank(one))
        link = link_to(origin, "j" if session.state.agenda.access == "list" else "r", session.code, one.code) if one.code else ""
        rows.append([one.last, one.first, one.structure, one.role, one.territory, place, shown(one.code), link])
    return spreadsheet(rows, language)
