"""Owns publishing: a link that can be taken back, a public page, a folder to put anywhere; and the days after: what waits for the staff."""

from collections.abc import Mapping
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, request

from facilitate import publications
from facilitate.afterwards import corrections, letter
from facilitate.core.activity import Viewer
from facilitate.core.agenda import Agenda
from facilitate.core.entry import Act, Caller, Refused
from facilitate.core.rules import corrections_open, read_act
from facilitate.core.tree import Document
from facilitate.core.words import N_, is_yes
from facilitate.house import brand
from facilitate.journal import Unavailable
from facilitate.language import LANGUAGES, Language
from facilitate.publications import NotPublished, Publication, Told
from facilitate.restitution import FORMATS, typography
from facilitate.restitution.changes import Facts, facts_over, lines
from facilitate.web.door import (
    CANNOT_SAVE,
    as_file,
    as_json,
    as_page,
    body,
    go,
    language,
    new_id,
    off_hub,
    office,
    refusal,
    screens,
    session_of,
    stop,
    told,
    wants_json,
    wearing,
    words,
    workshop,
)
from facilitate.web.gathered import document_over
from facilitate.workshop import Later, Session

publishing = Blueprint("publishing", __name__)

_ACTS = frozenset(("reopen", "approve", "refuse", "hide", "withhold", "restore", "mark", "answer", "promise"))
"""What the page asks of the day itself; all else is about what is published."""
_LABEL = 80
LABELS = {name: FORMATS[name].label for name in publications.OFFERED} | {"docx": "Word (DOCX)", "odt": "LibreOffice (ODT)"}


def report_of(session: Session) -> tuple[Told, list[Agenda]]:
    """The report to publish: a day's, or the document that tells several; and what its days say of themselves."""
    if not session.state.collects:
        return publications.of_day(session.state, workshop().kinds), [session.state.agenda]
    edition, (made, agendas) = session.state.edition, document_over(session, "html")

    def report(say: Language) -> tuple[Document, Facts]:
        document = made(say)
        return document, facts_over(edition, document)

    return report, agendas


# The staff's page


@publishing.get("/s/<code>/publishing")
def page(code: str) -> Response:
    """What is published and since when, what changed since, who may read it; what waits after the day."""
    session = session_of(code)
    office("editor")
    return _page(session)


@publishing.post("/s/<code>/publishing")
def change(code: str) -> Response:
    """One gesture, named ``do``: publish {formats, language}, link {label}, revoke {link}, public {on}; or an act upon the day."""
    session, sent = session_of(code), body()
    who = office("editor")
    if sent is None:
        return refusal(Refused("malformed", N_("This message could not be read. Nothing was changed."), status=400))
    do = str(sent.get("do", ""))
    if do in _ACTS:
        return _acted(session, who, read_act({**sent, "id": sent.get("id") or new_id()}))
    answer: dict[str, Any] | Refused | Later
    try:
        answer = _done(session, do, sent, workshop().clock())
    except Unavailable:
        answer = CANNOT_SAVE
    if isinstance(answer, Refused | Later):
        return refusal(answer) if wants_json() else _page(session, words(answer), status=answer.status)
    return as_json(answer) if wants_json() else go(f"/s/{session.code}/publishing")


def _done(session: Session, do: str, sent: Mapping[str, Any], at: str) -> dict[str, Any] | Refused:
    """What was done with the publication, as a program is told."""
    journal, id = workshop().journal, session.row.id
    match do:
        case "publish":
            made = _published(session, sent, at)
            return made if isinstance(made, Refused) else {"at": made.at, "seq": made.seq, "formats": list(made.formats)}
        case "link":
            label = " ".join(str(sent.get("label", "")).split())[:_LABEL]
            link = off_hub(publications.add_link, journal, id, label, at)
            return {"link": link.id, "address": _private(link.token)}
        case "revoke":
            off_hub(publications.revoke, journal, id, str(sent.get("link", "")), at)
            return {"link": str(sent.get("link", ""))}
        case "public":
            on = is_yes(sent.get("on"))
            off_hub(publications.make_public, journal, id, at if on else "")
            return {"public": on}
    return Refused("unknown-verb", N_("This step does not know “%(do)s”."), {"do": do[:40]}, status=400)


def _published(session: Session, sent: Any, at: str) -> Publication | Refused:
    asked = sent.get("formats", [])
    formats = [str(one) for one in asked] if isinstance(asked, list) else [str(asked)]
    name = str(sent.get("language", ""))
    say = screens().say(name if name in LANGUAGES else session.state.language)
    journal, state, (report, agendas) = workshop().journal, session.state, report_of(session)

    def made() -> Publication | Refused:
        try:
            look = brand(journal, agendas, say.say)
            return publications.publish(journal, session.row, state, report, say, formats, at, look)
        except NotPublished as error:
            return error.refused

    published = off_hub(made)
    # Something may have been erased while it was made.
    current_app.extensions["remaking"].soon()
    return published


def _acted(session: Session, who: Caller, act: Act | Refused) -> Response:
    answer = act if isinstance(act, Refused) else session.act(act, who)
    if wants_json():
        return as_json({"seq": answer}) if isinstance(answer, int) else refusal(answer)
    if isinstance(answer, Refused | Later):
        return _page(session, words(answer), status=answer.status)
    back = "edition" if request.args.get("back") == "edition" else "publishing"
    return go(f"/s/{session.code}/{back}" + ("#after" if back == "publishing" else ""))


def _page(session: Session, refused: str = "", status: int = 200) -> Response:
    say, state, journal = language(), session.state, workshop().journal
    (report, _), id, every = report_of(session), session.row.id, {name: screens().say(name) for name in LANGUAGES}

    def known() -> tuple[Any, ...]:
        made = publications.last(journal, id)
        news = publications.since_then(made, report, every[made.language]) if made else None
        return made, news, publications.links(journal, id), publications.is_public(journal, id)

    made, news, links, public = off_hub(known)
    kept = [{"id": one.id, "label": one.label, "made": one.made, "address": _private(one.token)} for one in links if not one.revoked]
    open_address = f"{screens().entrance.origin}/public/{session.code}"
    spoken = made.language if made else session.state.language
    join = screens().entrance.join(session.code)
    shown = open_address if public else kept[0]["address"] if kept else ""
    html = screens().page(
        "publishing.html",
        language().name,
        session=screens().about(session),
        over=bool(state.collects),
        tz=ZoneInfo(state.agenda.timezone),
        seq=state.seq,
        made=made,
        news=["".join(run.text for run in line) for line in lines(news, say.say, say.count)] if news is not None else [],
        gone=bool(news and news.gone),
        day=lambda at: typography.date(publications.local_day(at, state.agenda.timezone), say.name),
        named=[LABELS[one] for one in made.formats] if made else [],
        labels=LABELS,
        offered=publications.OFFERED,
        chosen=made.formats if made else publications.OFFERED,
        spoken=spoken,
        links=kept,
        revoked=[one for one in links if one.revoked],
        public=public,
        public_address=open_address,
        letters=[(name, letter(state, screens().say(name), shown, join)) for name in _first(state.agenda.language)]
        if made and shown
        else [],
        until=state.edition.until,
        corrects=corrections_open(state, workshop().clock()),
        waiting=corrections(state, workshop().kinds, say),
        after=_after(session),
        refused=refused,
    )
    return as_page(html, status)


def _first(name: str) -> list[str]:
    return sorted(LANGUAGES, key=lambda one: one != name)


def _private(token: str) -> str:
    return f"{screens().entrance.origin}/p/{token}"


# What waits for the staff


def _after(session: Session) -> list[dict[str, Any]]:
    """The steps in which something may still come: each kind that says so has a form for it."""
    state, kinds = session.state, workshop().kinds
    found = []
    for step in state.ordered:
        kind = kinds.get(step.activity.kind)
        if kind is not None and step.opened and {"mark", "promise"} & kind.verbs.keys():
            summary = state.summaries[step.activity.id]
            view = kind.view(step.activity.settings, summary, Viewer("console"), state.sources(step, kinds))
            found.append({"id": step.activity.id, "kind": step.activity.kind, "title": step.activity.title, "view": view})
    return found


# What others read


@publishing.get("/p/<token>")
@publishing.get("/p/<token>/<path:name>")
def private(token: str, name: str = publications.INDEX) -> Response:
    """What is published, for whoever holds the address: no key, no cookie; nothing once the link was taken back."""
    found = off_hub(publications.by_token, workshop().journal, token) if len(token) < 80 else None
    if found is None:
        _closed(N_("This address leads to no report. Copy it whole, or ask whoever gave it to you."), "unknown-link", 404)
    id, link = found
    if link.revoked:
        _closed(N_("This link was taken back by the organisers: ask them for another one."), "revoked", 410)
    return _served(id, name, f"/p/{token}", robots=False)


@publishing.get("/public/<code>")
@publishing.get("/public/<code>/<path:name>")
def public(code: str, name: str = publications.INDEX) -> Response:
    """What is published, for everyone, while staff leave it open."""
    session = session_of(code)
    if not off_hub(publications.is_public, workshop().journal, session.row.id):
        _closed(N_("Nothing is published for everyone at this address."), "not-public", 404)
    return _served(session.row.id, name, f"/public/{session.code}", robots=True)


_REMADE = N_("This report is being made again, without what someone asked to have erased. Come back in a few minutes.")


def _closed(text: str, code: str, status: int) -> NoReturn:
    answer = Refused(code, text, status=status)
    response = refusal(answer) if wants_json() else told(language().say(N_("There is nothing to read here")), words(answer), status)
    _discreet(response, robots=False)
    abort(response)


def _served(session: str, name: str, at: str, *, robots: bool) -> Response:
    journal = workshop().journal

    def read() -> tuple[Publication, tuple[str, bytes]] | None:
        made = publications.last(journal, session)
        if made and not made.files:
            return made, ("", b"")
        found = publications.file(journal, session, made.id, name) if made and name in made.files else None
        return (made, found) if made and found else None

    found = off_hub(read)
    if found is None:
        _closed(N_("The organisers have not published this yet, or no longer: ask them."), "not-published-yet", 404)
    made, (type, data) = found
    if not made.files:
        _closed(_REMADE, "remade", 503)
    if name == publications.INDEX:
        data = publications.with_downloads(data, made, screens().say(made.language), f"{at}/")
    response = as_file(data, type, name.rpartition("/")[2], shown=name == publications.INDEX or name.startswith("media/"))
    if name == publications.INDEX:
        wearing(response, publications.style_hashes(data))
    _discreet(response, robots=robots)
    return response


def _discreet(response: Response, *, robots: bool) -> None:
    """No other site learns the address; a private one is in no search engine."""
    response.headers["Referrer-Policy"] = "no-referrer"
    if not robots:
        response.headers["X-Robots-Tag"] = "noindex, nofollow"


@publishing.get("/s/<code>/publishing.zip")
def folder(code: str) -> Response:
    """The publication as a folder to put anywhere."""
    session = session_of(code)
    office("editor")
    journal, id, every = workshop().journal, session.row.id, {name: screens().say(name) for name in LANGUAGES}

    def made() -> bytes | None:
        found = publications.last(journal, id)
        files = publications.folder(journal, id, found, every[found.language]) if found else None
        return publications.zipped(files, f"{session.code}-report") if files else None

    data = off_hub(made)
    if data is None:
        stop(Refused("not-published-yet", N_("Nothing is published yet: publish the report first."), status=404))
    return as_file(data, "application/zip", f"{session.code}-report.zip")
