"""Owns which answers count as accesses of the staff, and the pages that show their log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, request

from facilitate.accesses import DONE, Access, Accesses
from facilitate.core.agenda import Agenda
from facilitate.core.words import N_
from facilitate.language import Language
from facilitate.restitution.data import spreadsheet
from facilitate.web.door import accounts, as_file, as_page, caller, language, off_hub, office, on_shelf, screens, workshop

accesses = Blueprint("accesses", __name__)

_PAGE = 100
_ALL = 100_000
COUNTED: Mapping[str, str] = {
    "documents.restitution": "report",
    "documents.pack_file": "pack",
    "documents.part": "step",
    "documents.data": "tables",
    "documents.table": "tables",
    "capitalisation.letter": "contribution",
    "capitalisation.experiences": "experiences",
    "capitalisation.completing": "experiences",
    "capitalisation.sheet": "experiences",
    "capitalisation.sheets": "experiences",
    "edition.page": "edition",
    "edition.preview": "report",
    "edition.history": "edition",
    "publishing.page": "publication",
    "publishing.folder": "publication",
    "shelf.export": "archive",
    "shelf.over_all": "series",
    "search.page": "search",
    "reception.page": "desk",
    "reception.person": "desk",
    "registration.registrations": "desk",
    "reception.paper": "attendance",
    "reception.table": "attendance",
    "reception.certificates": "attendance",
    "registration.table": "attendance",
    "log.table": "log",
    "accesses.page": "accesses",
    "accesses.table": "accesses",
}
"""The routes that show staff what people said, or who they are: what each is told as. A route of the office that is not here, a test asks
why."""


def kept() -> Accesses:
    """The log of this server."""
    found: Accesses = current_app.extensions["accesses"]
    return found


@accesses.after_app_request
def note(response: Response) -> Response:
    """Notes what was shown to someone of the staff, once it is sure that it is."""
    did = COUNTED.get(request.endpoint or "")
    if did is None or response.status_code not in (200, 206):
        return response
    given = request.view_args or {}
    session = workshop().at_hand("".join(str(given.get("code", "")).split()).upper())
    found = on_shelf()
    who = found[1] if found else None
    if who is None and session is not None:
        who = next(filter(None, (caller(session, page) for page in ("console", "reception", "shelf"))), None)
    if who is None:
        return response
    member = session.state.team.get(who.member) if session else None
    format = str(given.get("format") or (response.mimetype or "").rpartition("/")[2].removeprefix("html"))
    facts = ({"format": format[:20]} if format else {}) | ({"name": member.name} if member else {})
    kept().note(Access(workshop().clock(), who.member or who.audience, did, session.row.id if session else "", facts))
    return response


@accesses.get("/shelf/accesses")
def page() -> Response:
    """Who of the staff opened what, the last first, a hundred on a ``page``."""
    office("administrator")
    # By the thread that notes: what was shown a moment ago stands there too.
    count = workshop().writer.apply(kept().count)
    pages = max(1, -(-count // _PAGE))
    number = min(max(request.args.get("page", 1, int), 1), pages)
    rows = _told(off_hub(kept().latest, _PAGE, (number - 1) * _PAGE), language())
    html = screens().page(
        "accesses.html",
        language().name,
        rows=rows,
        count=count,
        number=number,
        before=f"?page={number - 1}" if number > 1 else "",
        after=f"?page={number + 1}" if number < pages else "",
        pages=pages,
        tz=_zone(),
    )
    return as_page(html)


@accesses.get("/shelf/accesses.csv")
def table() -> Response:
    """The same, all of it, for a spreadsheet."""
    office("administrator")
    say, zone = language(), _zone()
    head = [say.say(one) for one in (N_("Date and hour"), N_("Who"), N_("What"), N_("Format"), N_("Day"), N_("Code"))]
    rows = [
        [datetime.fromisoformat(one["at"]).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"), *list(one.values())[1:]]
        for one in _told(off_hub(kept().latest, _ALL), say)
    ]
    return as_file(spreadsheet([head, *rows], say), "text/csv; charset=utf-8", "accesses.csv")


def _zone() -> ZoneInfo:
    """The office's hours are those of a day that says no other."""
    return ZoneInfo(Agenda("").timezone)


def _told(ones: list[Access], say: Language) -> list[dict[str, Any]]:
    named = {f"staff:{one.id}": one.name for one in off_hub(accounts().all)}
    days = {row.id: row for row in off_hub(workshop().journal.sessions)}
    known = {"shelf": say.say(N_("whoever holds the shelf’s key")), "console": say.say(N_("the facilitator’s console"))}
    return [
        {
            "at": one.at,
            "who": named.get(one.who) or one.facts.get("name") or known.get(one.who) or say.say(N_("an account that is no more")),
            "what": say.say(DONE[one.did]) if one.did in DONE else one.did,
            "format": one.facts.get("format", ""),
            "day": days[one.session].title if one.session in days else say.say(N_("a day that was removed")) if one.session else "",
            "code": days[one.session].code if one.session in days else "",
        }
        for one in ones
    ]
