"""Owns the welcome desk's pages: who is expected, who came, the list that comes in, the papers that go out."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from facilitate.attendance import SETS, Desk, codes, printed, registrants
from facilitate.attendance.day import Half
from facilitate.attendance.person import Person, Tick
from facilitate.attendance.signing import drawn_svg
from facilitate.core.entry import Refused
from facilitate.core.reading import Wrong, fold, read_hour
from facilitate.core.words import N_, clean, is_yes
from facilitate.web.door import (
    as_file,
    as_json,
    as_page,
    body,
    driver,
    go,
    language,
    language_of,
    off_hub,
    screens,
    session_of,
    stop,
    take_key,
    wants_json,
    words,
)
from facilitate.web.papers import as_pdf
from facilitate.web.registration import desk_of, stored
from facilitate.workshop import Session

reception = Blueprint("reception", __name__)

SHOWN = {
    "": N_("The whole list"),
    "awaited": N_("Not here yet"),
    "here": N_("Here"),
    "walkins": N_("Not on the list"),
    "phoneless": N_("Without a phone"),
}
_LARGEST = 4 * registrants.LARGEST  # a form writes 'é' with six characters


def _opened(code: str) -> tuple[Session, Desk]:
    session = session_of(code)
    driver(session, "reception", "console")
    return session, desk_of(session)


@reception.get("/reception/<code>")
def page(code: str) -> Response:
    """The list, and what is pressed when someone comes in."""
    given = take_key(session_of(code), "reception")
    if given is not None:
        return given
    session, desk = _opened(code)
    return _page(session, desk)


def _page(session: Session, desk: Desk, refused: str = "", status: int = 200) -> Response:
    half, shown, sought = desk.half(request.args.get("half", "")), request.args.get("show", ""), request.args.get("q", "")
    halves = desk.halves
    people = [one for one in (_row(one, halves) for one in desk.ordered()) if _seen(one, half.key, shown, sought)]
    html = screens().page(
        "reception.html",
        language().name,
        session=screens().about(session),
        desk=desk,
        half=half,
        halves=halves,
        people=people,
        counts=desk.counts(half.key),
        shown=shown if shown in SHOWN else "",
        ways=SHOWN,
        sought=sought,
        refused=refused,
        query=request.query_string.decode("ascii", "ignore"),
    )
    return as_page(html, status)


def _row(one: Person, halves: Sequence[Half]) -> dict[str, Any]:
    """A person as the template shows them; ``find`` is what a search looks through."""
    return {
        "id": one.id,
        # By family name, as lists are looked through.
        "name": f"{one.last} {one.first}".strip(),
        "place": ", ".join(filter(None, (one.structure, one.territory))),
        "find": fold(" ".join((one.last, one.first, one.structure, one.territory))),
        "walkin": one.walkin,
        "phone": one.phone,
        "remote": one.remote,
        "standing": one.standing,
        "ticks": {half.key: one.tick(half.key) for half in halves},
        "signatures": one.signatures,
    }


def _seen(one: dict[str, Any], half: str, shown: str, sought: str) -> bool:
    tick = one["ticks"].get(half)
    kept = {
        "awaited": not (tick and tick.came) and not one["standing"],
        "here": bool(tick and tick.came and not tick.left),
        "walkins": one["walkin"],
        "phoneless": not one["phone"],
    }
    return kept.get(shown, True) and all(word in one["find"] for word in fold(sought).split())


@reception.get("/reception/<code>/changes")
def changes(code: str) -> Response:
    """What changed since a page was told last: {"seq", "rows": {id: html}, "gone": [ids], "counts": html}; "all" the ids of the list
    where it is not known who was taken off it since."""
    session, desk = _opened(code)
    return _told(session, desk)


def _told(session: Session, desk: Desk, said: str = "") -> Response:
    given = request.args.get("since", "")
    since = int(given) if given.isdecimal() and len(given) < 16 else 0
    changed, gone = desk.changes(since)
    half, halves = desk.half(request.args.get("half", "")), desk.halves
    show = {"half": half, "halves": halves, "session": {"code": session.code}, "query": f"half={half.key}"}
    rows = {one.id: screens().page("reception/row.html", language().name, one=_row(one, halves), **show) for one in changed}
    counts = screens().page("reception/counts.html", language().name, counts=desk.counts(half.key), **show)
    all = {} if desk.knows(since) else {"all": [*desk.people]}
    return as_json({"seq": desk.seq, "rows": rows, "gone": gone, "counts": counts, "said": said} | all)


def _back(session: Session, place: str = "") -> Response:
    query = request.query_string.decode("ascii", "ignore")
    return go(f"/reception/{session.code}" + (f"?{query}" if query else "") + place)


def _sent() -> dict[str, str]:
    sent = body() or {}
    return {name: "yes" if value is True else clean(str(value))[: registrants.LONGEST] for name, value in sent.items()}


def _unknown() -> Refused:
    return Refused("unknown-participant", N_("This person is no longer on the list."), status=404)


@reception.post("/reception/<code>/tick")
def tick(code: str) -> Response:
    """One press: {"person", "set": came | late | left | back | none, "hour"?} in the half-day of the address."""
    session, desk = _opened(code)
    sent, half = _sent(), desk.half(request.args.get("half", ""))
    what = next((one for one in SETS if one == sent.get("set")), None)
    if what is None:
        stop(Refused("malformed", N_("This message could not be read. Nothing was changed."), status=400))
    with stored():
        one = desk.tick(sent.get("person", ""), half.key, what, _hour(sent.get("hour", "")))
    if one is None:
        stop(_unknown())
    return _told(session, desk, one.name) if wants_json() else _back(session, f"#p-{one.id}")


def _hour(text: str) -> str:
    try:
        return read_hour(text) if text else ""
    except Wrong as wrong:
        stop(Refused("hour", wrong.text, wrong.values))


@reception.post("/reception/<code>/arrive")
def arrive(code: str) -> Response:
    """Someone comes in who is not on the list: {"name", "structure", "phoneless"}."""
    session, desk = _opened(code)
    sent, half = _sent(), desk.half(request.args.get("half", ""))
    name = " ".join(sent.get("name", "").split())
    if not fold(name):
        refused = Refused("empty", N_("Write the name of the person who comes in."), field="name")
        return stop(refused) if wants_json() else _page(session, desk, words(refused), refused.status)
    with stored():
        one = desk.arrive(name, sent.get("structure", ""), half.key, phone=not is_yes(sent.get("phoneless")))
    return _told(session, desk, one.name) if wants_json() else _back(session, f"#p-{one.id}")


@reception.get("/reception/<code>/person/<id>")
def person(code: str, id: str) -> Response:
    """What is known of one person, to put it right."""
    session, desk = _opened(code)
    return _person(session, desk, id)


def _person(session: Session, desk: Desk, id: str, refused: str = "", status: int = 200) -> Response:
    one = desk.people.get(id)
    if one is None:
        stop(_unknown())
    half = desk.half(request.args.get("half", ""))
    html = screens().page(
        "reception/person.html",
        language().name,
        session=screens().about(session),
        one=one,
        code=codes.shown(one.code),
        desk=desk,
        half=half,
        refused=refused,
        drawn={key: Markup(drawn_svg(signed.drawn)) for key, signed in one.signatures.items() if signed.drawn},  # noqa: S704 - numbers only
    )
    return as_page(html, status)


@reception.post("/reception/<code>/person/<id>")
def correct(code: str, id: str) -> Response:
    """Puts one person right, hours included; {"remove": yes} takes them off the list, {"unsign": a half-day} their signature."""
    session, desk = _opened(code)
    sent = _sent()
    if is_yes(sent.get("remove")):
        with stored():
            desk.forget(id)
        return _back(session)
    if sent.get("unsign"):
        with stored():
            if desk.unsign(id, sent["unsign"]) is None:
                stop(_unknown())
        return go(f"/reception/{session.code}/person/{id}?half={desk.half(request.args.get('half', '')).key}")
    facts: dict[str, Any] = {name: sent[name] for name in ("first", "last", "structure", "role", "territory") if name in sent}
    if not fold("".join((sent.get("first", ""), sent.get("last", "")))):
        refused = Refused("empty", N_("A name is needed: what signs the attendance sheet."), field="last")
        return _person(session, desk, id, words(refused), refused.status)
    try:
        ticks = {half.key: _tick(*(sent.get(f"{half.key}-{name}", "") for name in ("came", "left", "late"))) for half in desk.halves}
    except Wrong as wrong:
        return _person(session, desk, id, words(Refused("hour", wrong.text, wrong.values)), 422)
    with stored():
        if session.state.agenda.online == "hybrid":
            facts["remote"] = is_yes(sent.get("remote"))
        if desk.correct(id, facts | {"phone": not is_yes(sent.get("phoneless")), "ticks": ticks}) is None:
            stop(_unknown())
    return _back(session, f"#p-{id}")


def _tick(came: str, left: str, late: str) -> Tick:
    hours = [read_hour(text) if text else "" for text in (came, left)]
    if hours[1] and not hours[0]:
        hours[0] = hours[1]
    return Tick(hours[0], hours[1], bool(hours[0]) and is_yes(late))


@reception.get("/reception/<code>/list")
def incoming(code: str) -> Response:
    """Where a list of registrants is pasted, or its file chosen."""
    session, desk = _opened(code)
    return _incoming(session, desk)


def _incoming(session: Session, desk: Desk, status: int = 200, **more: Any) -> Response:
    context = {"refused": "", "reading": None, "kept": "", "left": "", "typed": "", "added": None, "unread": (), "known": set()} | more
    about = screens().about(session)
    return as_page(screens().page("reception/list.html", language().name, session=about, desk=desk, **context), status)


@reception.post("/reception/<code>/list")
def read(code: str) -> Response:
    """Reads a list and says what was understood; nothing is kept before it is confirmed ("kept": what the page showed)."""
    request.max_content_length = request.max_form_memory_size = _LARGEST
    session, desk = _opened(code)
    if request.form.get("kept"):
        return _confirmed(session, desk)
    sheet = request.files.get("file")
    data = sheet.read() if sheet and sheet.filename else b""
    text = registrants.decode(data) if data else request.form.get("text", "")
    # A long list takes longer than a blink: phones are answered meanwhile.
    reading = text if isinstance(text, Refused) else off_hub(registrants.read, text)
    if isinstance(reading, Refused):
        typed = "" if isinstance(text, Refused) else text
        return _incoming(session, desk, reading.status, refused=words(reading), typed=typed)
    known = desk.known(reading.people)
    kept, left = registrants.written(reading.people), "\n".join(filter(None, (reading.head, *(one.text for one in reading.unread))))
    return _incoming(session, desk, reading=reading, kept=kept, left=left if reading.unread else "", unread=reading.unread, known=known)


def _confirmed(session: Session, desk: Desk) -> Response:
    reading = off_hub(registrants.read, request.form["kept"])
    if isinstance(reading, Refused):
        stop(reading)
    with stored():
        desk.merge(reading.people)
    left = request.form.get("left", "")
    # Lines that said nobody stay under the eye, to be put right and read again.
    return _incoming(session, desk, typed=left, added=len(reading.people)) if left else _back(session)


@reception.post("/reception/<code>/forget")
def forget(code: str) -> Response:
    """Deletes the whole list, now."""
    session, desk = _opened(code)
    with stored():
        desk.forget()
    return _back(session)


@reception.get("/reception/<code>/<any(attendance, badges):name>.pdf")
def paper(code: str, name: str) -> Response:
    """The attendance sheet to sign, or the badges, in the language of the day."""
    session, desk = _opened(code)
    made = printed.sheet if name == "attendance" else printed.badges
    return as_pdf(session, name, lambda say, brand: made(desk, session.state.agenda, say, brand=brand), kept=True)


@reception.get("/reception/<code>/certificates.pdf")
def certificates(code: str) -> Response:
    """A certificate of attendance for everyone who came, or for one "person"."""
    session, desk = _opened(code)
    wanted = request.args.get("person", "")
    people = [one for one in desk.ordered() if one.came and wanted in ("", one.id)]
    if not people:
        text = N_("Nobody is noted as here yet: a certificate tells who came.")
        stop(Refused("no-attendance", text, status=404))
    name, agenda = "certificate" if wanted else "certificates", session.state.agenda
    return as_pdf(session, name, lambda say, brand: printed.certificates(desk, people, agenda, say, brand=brand), kept=True)


@reception.get("/reception/<code>/attendance.csv")
def table(code: str) -> Response:
    """The list and its hours, for a spreadsheet."""
    session, desk = _opened(code)
    return as_file(printed.to_csv(desk, language_of(session)), "text/csv; charset=utf-8", f"{session.code}-attendance.csv")
