"""Owns what staff draw from days besides their reports: documents over several days, experience sheets, a joint contribution."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request
from gevent.lock import BoundedSemaphore

from facilitate.accounts import allows
from facilitate.core.collection import decide_collection
from facilitate.core.entry import Act, Caller, Refused
from facilitate.core.words import N_, clean, clean_all
from facilitate.journal import SessionRow
from facilitate.library import EDITABLE, Day, Experiences, contribution, drafts
from facilitate.library.experiences import ORDER, PART, Experience, heading
from facilitate.restitution import FORMATS
from facilitate.web.choosing import FILTERS, known, ticked_in, told
from facilitate.web.choosing import chooser as chooser_of
from facilitate.web.documents import written
from facilitate.web.door import (
    acknowledge,
    as_json,
    as_page,
    body,
    go,
    language,
    language_of,
    message,
    new_id,
    off_hub,
    office,
    on_shelf,
    reader_of,
    refusal,
    screens,
    session_of,
    stop,
    wants_json,
    words,
    workshop,
)
from facilitate.workshop import Answer, Later, Session

capitalisation = Blueprint("capitalisation", __name__)

_CREATING = BoundedSemaphore()  # a double tap is one document


@capitalisation.get("/shelf/collections")
def page() -> Response:
    """The documents over several days, and the days to choose from: ``series``, ``year``, ``theme``, ``kind`` narrow them."""
    office()
    return _page({name: request.args.get(name, "") for name in FILTERS})


@capitalisation.post("/shelf/collections")
def create() -> Response:
    """{"id", "title", "language", "sessions": ids}: a new document, {"code", "seq"}; the same id twice is one document. A form narrows
    its list with do=show, ticks all it shows with do=all."""
    who = office("editor")
    said = _said()
    if said.get("do") in ("show", "all"):
        return _page(said)
    answer = decide_collection({}, _collecting(said))
    if isinstance(answer, Refused):
        return refusal(answer) if wants_json() else _page(said, answer)
    session = _created(str(said.get("id", "")), str(said["title"]))
    taken = session.act(_collecting(said), who)
    if isinstance(taken, int):
        return as_json({"code": session.code, "seq": taken}) if wants_json() else go(f"/shelf/collections/{session.code}")
    return refusal(taken) if wants_json() else message(taken)


@capitalisation.get("/shelf/collections/<code>")
def one(code: str) -> Response:
    """One of these documents: its formats, its days, the choice made anew."""
    office()
    return _one(_collection(code))


@capitalisation.post("/shelf/collections/<code>")
def choose(code: str) -> Response:
    """The choice made anew."""
    who, session, said = office("editor"), _collection(code), _said()
    if said.get("do") in ("show", "all"):
        return _one(session, said)
    answer = session.act(_collecting(said), who)
    if isinstance(answer, Refused) and not wants_json():
        return _one(session, said, answer)
    return acknowledge(answer) or (go(f"/shelf/collections/{session.code}") if isinstance(answer, int) else message(answer))


@capitalisation.get("/s/<code>/contribution.<format>")
def letter(code: str, format: str) -> Response:
    """The joint contribution of a day as it is sent; ``step`` where several steps drafted one."""
    session = session_of(code)
    reader_of(session)
    state, kinds, step = session.state, workshop().kinds, request.args.get("step", "")
    spoken = language_of(session)
    found = off_hub(contribution, state, kinds, spoken, step)
    if found is None:
        stop(Refused("no-contribution", N_("No step of this day drafts a contribution."), status=404))
    return written(lambda _: found, [session], format, f"{session.code}-contribution")


@capitalisation.get("/s/<code>/experiences")
def experiences(code: str) -> Response:
    """The experience sheets of a day: one by one, and all together."""
    session = session_of(code)
    reader_of(session)
    told, kinds = _experiences(session), workshop().kinds
    sheets = [
        {
            "id": one.card.id,
            "title": told.title(one),
            "by": told.made.signature(one.step, one.card),
            "decoded": one.decoded,
            "completed": told.completed(one),
            "kind": kinds[one.step.activity.kind].label,
        }
        for one in sorted(told.all, key=lambda one: not one.decoded)
    ]
    context: dict[str, Any] = {"sheets": sheets, "formats": _formats(), "edits": _edits(), "drafted": drafts(session.state, kinds)}
    return _shown("experiences.html", session=screens().about(session), **context)


@capitalisation.get("/s/<code>/experiences.<format>")
def sheets(code: str, format: str) -> Response:
    """All of them as one document."""
    session = session_of(code)
    reader_of(session)
    state, kinds, blanks = session.state, workshop().kinds, format in EDITABLE

    def made(say: Any) -> Any:
        told = Experiences(Day(session.code, state), kinds, say)
        return told.document(blanks=blanks)

    return written(made, [session], format, f"{session.code}-experiences")


@capitalisation.get("/s/<code>/experience/<id>.<format>")
def sheet(code: str, id: str, format: str) -> Response:
    """One of them, alone."""
    session = session_of(code)
    reader_of(session)
    told, blanks = _experiences(session), format in EDITABLE
    found = _found(told, id)
    return written(lambda _: told.alone(found, blanks=blanks), [session], format, f"{session.code}-experience-{found.card.id[:8]}")


@capitalisation.get("/s/<code>/experiences/<id>")
def completing(code: str, id: str) -> Response:
    """What a sheet says, heading by heading, and what staff add to it."""
    office()
    session = session_of(code)
    return _completing(session, id)


@capitalisation.post("/s/<code>/experiences/<id>")
def complete(code: str, id: str) -> Response:
    """{"text": {heading: text}, "base": {heading: seq}}: what staff add, heading by heading; what they left as it was is not said again."""
    who, session, said = office("editor"), session_of(code), _said()
    told = _experiences(session)
    found = _found(told, id)
    texts, bases = said.get("text"), said.get("base")
    answer: Answer = session.state.seq
    for key, text in texts.items() if isinstance(texts, Mapping) else ():
        base = str(bases.get(key, "")) if isinstance(bases, Mapping) else ""
        if key in ("title", *ORDER) and isinstance(text, str):
            answer = session.act(_writing(told, found, key, text, int(base) if base.isdecimal() else None), who)
            if not isinstance(answer, int):
                return refusal(answer) if wants_json() or isinstance(answer, Later) else _completing(session, id, said, answer, key)
    return acknowledge(answer) or go(f"/s/{session.code}/experiences")


def _writing(told: Experiences, found: Experience, key: str, text: str, base: int | None) -> Act:
    section, part = (found.anchor, "title") if key == "title" else (f"{found.anchor}-{key}", PART)
    stored = told.made.citations.stored(clean(text)) if part == PART else clean(text)
    return Act(new_id(), "write", content={"section": section, "part": part, "text": stored}, base=base)


def _completing(
    session: Session, id: str, typed: Mapping[str, Any] | None = None, answer: Refused | None = None, wrong: str = ""
) -> Response:
    told = _experiences(session)
    found = _found(told, id)
    edition, said, mine = session.state.edition, told.said(found), (typed or {}).get("text", {})

    def field(key: str, label: str, section: str, part: str) -> dict[str, Any]:
        kept = edition.texts.get(f"{section}/{part}")
        text = told.made.citations.shown(kept.text) if kept else ""
        return {
            "key": key,
            "label": label,
            "said": said.get(key, []),
            "text": str(mine.get(key, text)) if isinstance(mine, Mapping) else text,
            "kept": text,
            "base": kept.seq if kept else 0,
            "refused": words(answer) if answer and wrong == key else "",
        }

    fields = [field(key, heading(key), f"{found.anchor}-{key}", PART) for key in ORDER]
    html = screens().page(
        "experience.html",
        language().name,
        session=screens().about(session),
        id=id,
        name=field("title", N_("Title"), found.anchor, "title"),
        title=told.title(found),
        whole=told.kinds[found.step.activity.kind].texts(found.step.activity.settings, found.card),
        fields=fields,
        formats=_formats(),
        edits=_edits(),
        stale=answer is not None and answer.code == "stale",
    )
    return as_page(html, answer.status if answer else 200)


def _experiences(session: Session) -> Experiences:
    """Those of a day, in the language of its document."""
    say, state, kinds = language_of(session), session.state, workshop().kinds
    return off_hub(Experiences, Day(session.code, state), kinds, say)


def _found(told: Experiences, id: str) -> Experience:
    found = told.find(id)
    if found is None:
        stop(Refused("unknown-contribution", N_("This contribution no longer exists."), status=404))
    return found


def _said() -> dict[str, Any]:
    """What a form or a program sends, every string cleaned."""
    try:
        return dict(clean_all(dict(body() or {})))
    except (RecursionError, ValueError):
        stop(Refused("malformed", N_("This message could not be read. Nothing was changed."), status=400))


def _collecting(said: Mapping[str, Any]) -> Act:
    return Act(new_id(), "collect", content={name: said[name] for name in ("title", "language", "sessions") if name in said})


def _created(id: str, title: str) -> Session:
    """The session that holds the document; sent twice, the same."""
    at, journal = workshop(), workshop().journal
    try:
        wanted = str(UUID(id))
    except ValueError:
        wanted = new_id()
    now = at.clock()

    def made() -> SessionRow | None:
        try:
            return journal.by_id(wanted) or journal.create(path=None, title=title, created=now, id=wanted)
        except ValueError:
            return journal.by_id(wanted)  # the other tap came to another worker

    with _CREATING:
        row = off_hub(made)
    return session_of(row.code if row else "")


def _collection(code: str) -> Session:
    session = session_of(code)
    if not session.state.collects:
        stop(Refused("is-a-day", N_("This code is that of a day: it gathers no others."), status=404))
    return session


def _page(said: Mapping[str, Any], answer: Refused | None = None) -> Response:
    every, _ = known()
    over = [{"code": one.session.code, "title": one.row.title, "days": one.row.collects} for one in every if one.row and one.row.collects]
    chooser = chooser_of(every, said, set(ticked_in(said)))
    chooser |= {"action": "/shelf/collections", "id": said.get("id") or new_id(), "refused": words(answer) if answer else ""}
    return _shown("capitalisation.html", answer.status if answer else 200, over=over, chooser=chooser, edits=_edits())


def _one(session: Session, said: Mapping[str, Any] | None = None, answer: Refused | None = None) -> Response:
    (every, _), collects = known(), session.state.collects
    here = {one.session.id: one for one in every}
    days = sorted((told(here[id]) for id in collects["sessions"] if id in here), key=lambda one: str(one["date"] or "9999"))
    ticked = set(collects["sessions"] if said is None else ticked_in(said))
    chooser = chooser_of(every, {"title": collects["title"], "language": collects["language"]} | dict(said or {}), ticked)
    chooser |= {"action": f"/shelf/collections/{session.code}", "id": "", "refused": words(answer) if answer else ""}
    return _shown(
        "capitalisation-one.html",
        answer.status if answer else 200,
        code=session.code,
        title=session.state.edition.text("", "title") or collects["title"],
        days=days,
        missing=len(collects["sessions"]) - len(days),
        chooser=chooser,
        opened=said is not None,
        formats=_formats(),
        edits=_edits(),
    )


def _formats() -> list[tuple[str, str]]:
    return [(name, one.label) for name, one in FORMATS.items()]


def _edits() -> bool:
    """Whether whoever looks may change anything."""
    found: tuple[str, Caller] | None = on_shelf()
    return found is not None and allows(found[0], "editor")


def _shown(template: str, status: int = 200, **context: Any) -> Response:
    return as_page(screens().page(template, language().name, **context), status)
