"""Owns the files people bring: photos and slides, taken in from the staff's pages, a photo from a phone with its card; and their pictures
given back to whoever may see them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from gevent.lock import BoundedSemaphore
from werkzeug.exceptions import RequestEntityTooLarge

from facilitate import pictures
from facilitate.core.contribution import Viewer
from facilitate.core.entry import Act, Audience, Caller, Refused
from facilitate.core.photos import Snapshot
from facilitate.core.rules import read_act
from facilitate.core.state import Step
from facilitate.core.words import N_
from facilitate.journal import Unavailable
from facilitate.pictures import JPEG, Picture, Slides
from facilitate.web.door import (
    CANNOT_SAVE,
    acknowledge,
    as_json,
    as_page,
    body,
    caller,
    go,
    language,
    live,
    off_hub,
    on_shelf,
    refusal,
    screens,
    session_of,
    staff,
    stop,
    wants_json,
    words,
    workshop,
)
from facilitate.web.participant import page_after, page_again
from facilitate.workshop import Answer, Later, Session

files = Blueprint("files", __name__)

_TAKERS: tuple[Audience, ...] = ("console", "scribe", "notes")
_LOOKERS: tuple[Audience, ...] = ("participant", "wall", *_TAKERS, "shelf", "reception")
_TURN = BoundedSemaphore()  # one file at a time: the room is served meanwhile
_PHONES = BoundedSemaphore(2)  # phones wait for no PDF
_MOST_WAITING = 60
_MOST_EACH = 20
"""Photos that one phone may send in a day: counted in memory, so that nothing kept says who sent which."""
_NO_PHOTOS = Refused("no-photos", N_("No photo is taken in this step. Your text is kept: send it without the photo."), status=403)
_sent: Counter[tuple[str, str]] = Counter()
_waiting: Counter[str] = Counter()


@files.post("/s/<code>/media")
def take(code: str) -> Response:
    """A photo or a PDF, as a form's ``file`` or as the whole body. With ``do`` and an id, what is made of it goes into that act at once."""
    session = session_of(code)
    asked = [one for one in _TAKERS if one == request.args.get("as")]
    phone = None if asked else caller(session, "participant")
    if phone is not None and phone.audience != "participant":
        phone = None
    if phone is None or request.mimetype == "multipart/form-data":
        request.max_content_length = (pictures.MOST_PDF + 1) * 1_000_000
    if phone is not None:
        return _with_photo(session, phone)
    who = staff(session, *asked, *_TAKERS)
    try:
        data, name, fields = _file()
    except RequestEntityTooLarge:
        return _answered(session, pictures.too_large(pictures.MOST_PDF))
    if fields.get("do") == "faces":
        return _blurred(session, who, fields)
    if fields.get("do") not in (None, "", "photo", "slides"):
        return _answered(session, _NO_PHOTOS)
    if fields.get("do") and session.state.step(str(fields.get("activity", ""))) is None:
        return _answered(session, Refused("unknown-activity", N_("There is no such step in this day."), status=404))
    try:
        made = _made(session, data, name, str(fields.get("do", "")))
    except Unavailable:
        return _answered(session, CANNOT_SAVE)
    if isinstance(made, Refused):
        return _answered(session, made)
    if not fields.get("do"):
        return as_json(made)
    said = fields.get("content")
    act = read_act({**fields, "content": {**(said if isinstance(said, dict) else {}), **made}})
    answer = act if isinstance(act, Refused) else session.act(act, who)
    return _answered(session, answer, made)


def _file() -> tuple[bytes, str, dict[str, Any]]:
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
        made = off_hub(pictures.slides if is_pdf else pictures.photo, data)
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


def _with_photo(session: Session, who: Caller) -> Response:
    """A card from a phone, with its photo or without: the photo is made plain where one is asked for, and kept only if the card is."""
    if later := live().often(session, who):
        return _told_phone(session, who, later, None)
    try:
        asked = body() or {}
        act = read_act(asked) if asked.get("do") else _NO_PHOTOS
        given = [one for one in request.files.getlist("file") if one.filename]
    except RequestEntityTooLarge:
        return _told_phone(session, who, pictures.too_large(pictures.MOST_PHOTO), None)
    if isinstance(act, Refused) or not given or act.id in session.state.acts:
        return _told_phone(session, who, act if isinstance(act, Refused) else session.act(act, who), act)
    why = _may_send(session, who, act)
    if why is not None:
        return _told_phone(session, who, why, act)
    mine = session.code, who.participant
    _sent[mine] += 1  # counted while it waits: no phone sends more by sending all at once
    made = _made_plain(session, given[0].stream, act.id)
    answer = _kept_with(session, replace(act, picture=_named(made)), who, made) if isinstance(made, Picture) else made
    _sent[mine] -= not isinstance(answer, int)
    return _told_phone(session, who, answer, act)


def _may_send(session: Session, who: Caller, act: Act) -> Refused | None:
    """Why this phone sends no photo there; whether the step still takes the card is the core's to say."""
    step = session.state.step(act.activity)
    kind = workshop().kinds.get(step.activity.kind) if step else None
    if step is None or kind is None or act.do != "post" or not kind.takes_photos(step.activity.settings):
        return _NO_PHOTOS
    if step.status == "planned" or (step.status != "open" and not act.seen):
        return Refused("not-open", N_("This step is not open: no photo is taken. Your text stays here."), status=409)
    if _sent[session.code, who.participant] >= _MOST_EACH:
        text = N_("This phone has sent %(most)s photos: no more are taken. Your text is kept: send it without the photo.")
        return Refused("too-many-photos", text, {"most": _MOST_EACH}, 409, field="file")
    return None


def _made_plain(session: Session, file: IO[bytes], mark: str) -> Picture | Refused | Later:
    if _waiting[session.code] >= _MOST_WAITING:
        return Later("busy", N_("Many photos arrive at once. Your text is kept: send it again in a moment, or without the photo."))
    _waiting[session.code] += 1
    try:
        with _PHONES:
            # Read in its turn, so that those who wait lie on disk; one more byte than may be is enough to know.
            return off_hub(pictures.photo, file.read(pictures.MOST_PHOTO * 1_000_000 + 1), mark)
    finally:
        _waiting[session.code] -= 1


def _named(made: Picture) -> dict[str, Any]:
    return {"media": made.id, "width": made.width, "height": made.height}


def _kept_with(session: Session, act: Act, who: Caller, made: Picture) -> Answer:
    """The picture on disk before the act that names it; not for longer than it is named."""
    try:
        _keep(session, [made])
        answer = session.act(act, who)
        if not isinstance(answer, Later) and not any(made.id == one.media for _, one in _snapshots(session)):
            workshop().writer.apply(workshop().journal.forget_media, (session.row.id, made.id))
    except Unavailable:
        return CANNOT_SAVE
    return answer


def _snapshots(session: Session) -> Iterator[tuple[tuple[Step, str], Snapshot]]:
    """Every photo that came with a contribution: its step and the contribution's id, then what may be shown of it."""
    state = session.state
    for step in state.ordered:
        kind = workshop().kinds.get(step.activity.kind)
        for id, one in kind.snapshots(state.summaries[step.activity.id]).items() if kind else ():
            yield (step, id), one


def _told_phone(session: Session, who: Caller, answer: Answer, act: Act | Refused | None) -> Response:
    """A program, or our script, gets JSON; a form its page again, with what was typed where it was refused."""
    told = acknowledge(answer)
    if told is not None:
        return told
    if isinstance(answer, int):
        return go(page_after(session, who, act) if isinstance(act, Act) else f"/s/{session.code}")
    return page_again(session, who, answer, act)


def _blurred(session: Session, who: Caller, fields: dict[str, Any]) -> Response:
    """Parts of a card's photo, or the whole, are blurred apart; what it was made of is destroyed as the act is taken."""
    act = read_act(fields)
    if isinstance(act, Refused):
        return _answered(session, act)
    areas = pictures.read_areas(str(act.content.get("areas", "")))
    found = next((one for (_, id), one in _snapshots(session) if id == act.on and one.media), None)
    before = off_hub(workshop().journal.media, session.row.id, found.media) if found else None
    if areas is None:
        return _answered(session, Refused("areas", N_("The areas to blur could not be read. Mark them again."), status=400))
    if act.id in session.state.acts or found is None or before is None:
        return _answered(session, session.act(act, who))
    with _PHONES:
        made = off_hub(pictures.blurred, before[1], areas, act.id)
    if isinstance(made, Refused):
        return _answered(session, made)
    content = {"answer": "blurred", "of": found.media}
    return _answered(session, _kept_with(session, replace(act, content=content, picture=_named(made)), who, made))


@files.get("/s/<code>/media/<id>")
def show(code: str, id: str) -> Response:
    """A picture of the day, for whoever holds one of its keys: those of the staff never change, so browsers keep them; a photo from a phone
    only for who may see it now, and asked for each time."""
    session = session_of(code)
    callers = [one for one in (caller(session, audience) for audience in _LOOKERS) if one and one.audience in _LOOKERS]
    if not callers and on_shelf() is None:
        stop(Refused("not-joined", N_("This phone has not joined this day. Scan the code again."), status=403))
    private = next(((place, one) for place, one in _snapshots(session) if one.media == id), None)
    may = private is None or _sees(session, callers, *private)
    found = off_hub(workshop().journal.media, session.row.id, id) if may else None
    if found is None:
        stop(Refused("not-found", N_("There is no such picture in this day."), status=404))
    response = Response(found[1], mimetype=found[0])
    # What may be withheld tomorrow is kept by no browser.
    response.headers["Cache-Control"] = "no-store" if private else "private, max-age=31536000, immutable"
    response.set_etag(id)
    response.make_conditional(request)
    return response


def _sees(session: Session, callers: Sequence[Caller], place: tuple[Step, str], photo: Snapshot) -> bool:
    step, id = place
    contribution = session.state.summaries[step.activity.id].contributions[id]
    for who in callers:
        # Whoever drives one workshop sees of the others what their walls show.
        own = who.track in ("", step.activity.track)
        if photo.seen_by(session.viewer(who, step.activity.id) if own else Viewer("wall"), contribution):
            return True
    return photo.seen_by(Viewer("wall"), contribution)
