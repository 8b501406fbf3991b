"""Owns the files people bring: photos and slides, taken in from the staff's pages, and their pictures given back to the day's screens."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from gevent import get_hub
from gevent.lock import BoundedSemaphore
from werkzeug.exceptions import RequestEntityTooLarge

from facilitate import pictures
from facilitate.core.contribution import Viewer
from facilitate.core.entry import Audience, Refused
from facilitate.core.rules import read_act
from facilitate.core.words import N_
from facilitate.journal import Unavailable
from facilitate.pictures import JPEG, Picture, Slides
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
    staff,
    stop,
    wants_json,
    words,
    workshop,
)
from facilitate.workshop import Answer, Later, Session

files = Blueprint("files", __name__)

_TAKERS: tuple[Audience, ...] = ("console", "scribe", "notes")
_LOOKERS: tuple[Audience, ...] = ("participant", "wall", *_TAKERS, "shelf", "reception")
_TURN = BoundedSemaphore()  # one file at a time: the room is served meanwhile


@files.post("/s/<code>/media")
def take(code: str) -> Response:
    """A photo or a PDF, as a form's ``file`` or as the whole body. With ``do`` and an id, what is made of it goes into that act at once."""
    session = session_of(code)
    asked = [one for one in _TAKERS if one == request.args.get("as")]
    who = staff(session, *asked, *_TAKERS)
    request.max_content_length = (pictures.MOST_PDF + 1) * 1_000_000
    try:
        data, name, fields = _sent()
    except RequestEntityTooLarge:
        return _answered(session, pictures.too_large(pictures.MOST_PDF))
    if fields.get("do") and session.state.step(str(fields.get("activity", ""))) is None:
        return _answered(session, Refused("unknown-activity", N_("There is no such step in this day."), status=404))
    try:
        made = _made(session, data, name, str(fields.get("do", "")))
    except Unavailable:
        return _answered(session, Later("storage", N_("The room’s computer cannot save just now. Try again in a moment.")))
    if isinstance(made, Refused):
        return _answered(session, made)
    if not fields.get("do"):
        return as_json(made)
    said = fields.get("content")
    act = read_act({**fields, "content": {**(said if isinstance(said, dict) else {}), **made}})
    answer = act if isinstance(act, Refused) else session.act(act, who)
    return _answered(session, answer, made)


def _sent() -> tuple[bytes, str, dict[str, Any]]:
    """The file, its name, and the form around it."""
    if request.mimetype != "multipart/form-data":
        return request.get_data(cache=False), request.args.get("name", ""), {}
    file = request.files.get("file")
    return (file.read(), file.filename or "", dict(body() or {})) if file else (b"", "", dict(body() or {}))


def _made(session: Session, data: bytes, name: str, do: str) -> dict[str, Any] | Refused:
    """What the day keeps of a file: its pictures on disk, and what an act says of them."""
    if not data:
        return Refused("no-media", N_("Choose a file first."), field="file")
    is_pdf = do == "slides" or (do != "photo" and b"%PDF-" in data[:1024])
    with _TURN:
        made = get_hub().threadpool.apply(pictures.slides if is_pdf else pictures.photo, (data,))
    if isinstance(made, Refused):
        return made
    if isinstance(made, Picture):
        _keep(session, [made])
        return {"media": made.id, "type": JPEG}
    _keep(session, [picture for page in made.pages for picture in (page.large, page.small)])
    return {"pages": _told(made), "name": name.rpartition("/")[2].rpartition("\\")[2][:120], "scripts": made.scripts, "type": JPEG}


def _told(made: Slides) -> list[dict[str, str]]:
    return [{"media": page.large.id, "small": page.small.id, "text": page.text} for page in made.pages]


def _keep(session: Session, made: Sequence[Picture]) -> None:
    for one in made:
        workshop().writer.apply(workshop().journal.keep_media, (session.row.id, one.id, JPEG, one.data))


def _answered(session: Session, answer: Answer, made: dict[str, Any] | None = None) -> Response:
    """A program gets JSON; a form its page again, or a page that says why not, from which one goes back."""
    if wants_json():
        return as_json((made or {}) | {"seq": answer}) if isinstance(answer, int) else refusal(answer)
    back = request.args.get("back", "")
    home = {"notes": f"/notes/{session.code}", "scribe": f"/scribe/{session.code}", "slides": f"/c/{session.code}/slides"}.get(
        back, f"/c/{session.code}"
    )
    if "step" in request.args:
        home += f"?{urlencode({'step': request.args['step']})}"
    if isinstance(answer, int):
        return go(home)
    say = language().say
    link = {"href": home, "label": say(N_("Back to the day"))}
    title = say(N_("This file was not taken"))
    told = screens().page("message.html", language().name, title=title, what=words(answer), safe="", todo="", link=link)
    return as_page(told, answer.status)


@files.get("/c/<code>/slides")
def waiting(code: str) -> Response:
    """Every step that shows slides, to take a PDF in before it is on."""
    session = session_of(code)
    who = staff(session, "console")
    state, kinds = session.state, workshop().kinds
    steps = []
    for step in state.ordered:
        kind = kinds.get(step.activity.kind)
        if kind is not None and "slides" in kind.verbs and who.track in ("", step.activity.track):
            activity, summary = step.activity, state.summaries[step.activity.id]
            view = kind.view(activity.settings, summary, Viewer("console"), state.sources(step, kinds))
            steps.append({"id": activity.id, "title": activity.title, "view": view})
    return as_page(screens().page("slides.html", language().name, session=screens().about(session), steps=steps))


@files.post("/c/<code>/slides")
def permit(code: str) -> Response:
    """What the speaker says of publishing their slides, which one often learns once the day is over."""
    session = session_of(code)
    who = staff(session, "console")
    act = read_act({**(body() or {}), "do": "permission"})
    return _answered(session, act if isinstance(act, Refused) else session.act(act, who))


@files.get("/s/<code>/media/<id>")
def show(code: str, id: str) -> Response:
    """A picture of the day, for whoever holds one of its keys; it never changes, so browsers keep it."""
    session = session_of(code)
    if not any(caller(session, audience) for audience in _LOOKERS) and not workshop().shelf(request.cookies.get("shelf", "")):
        stop(Refused("not-joined", N_("This phone has not joined this day. Scan the code again."), status=403))
    found = get_hub().threadpool.apply(workshop().journal.media, (session.row.id, id))
    if found is None:
        stop(Refused("not-found", N_("There is no such picture in this day."), status=404))
    response = Response(found[1], mimetype=found[0])
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.set_etag(id)
    response.make_conditional(request)
    return response
