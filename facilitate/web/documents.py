"""Owns the documents of a day: its report in every format, all of them in one pack, what it says of one step, and the tables of a step."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from flask import Blueprint, Response, current_app, request, send_file

from facilitate import papers
from facilitate.attendance import printed
from facilitate.core.activity import Rows
from facilitate.core.agenda import Agenda
from facilitate.core.entry import Refused
from facilitate.core.tree import Document
from facilitate.core.words import N_
from facilitate.house import brand
from facilitate.journal import SessionRow
from facilitate.language import Language
from facilitate.restitution import FORMATS, Brand, typography, write
from facilitate.restitution.build import Building, build_part
from facilitate.restitution.data import as_data, table_csv, tables, told
from facilitate.restitution.html import style_hash
from facilitate.restitution.pack import ABOUT, SHEET, Order, ordered, shown
from facilitate.web.door import (
    Told,
    as_file,
    as_json,
    as_page,
    go,
    language_of,
    off_hub,
    reader_of,
    screens,
    session_of,
    stop,
    wants_json,
    wearing,
    workshop,
)
from facilitate.web.gathered import document_over
from facilitate.web.packs import Packs
from facilitate.web.registration import desk_of
from facilitate.workshop import Later, Session

documents = Blueprint("documents", __name__)

# A thread that makes a document lets the one that answers phones go on after a fifth of a millisecond, not after five.
sys.setswitchinterval(0.0002)


class Held(Told, Protocol):
    """What of a session its documents need."""

    @property
    def row(self) -> SessionRow: ...


@documents.get("/s/<code>/restitution.<format>")
def restitution(code: str, format: str) -> Response:
    """The restitution at any moment of the day, in one format, with the console's or the shelf's key."""
    session = session_of(code)
    reader_of(session)
    state, kinds = session.state, workshop().kinds
    if state.collects:
        made, agendas = document_over(session, format)
        return written(made, [session], format, f"{session.code}-capitalisation", agendas)
    return written(lambda say: Building(state, kinds, say), [session], format, f"{session.code}-restitution")


@documents.get("/s/<code>/pack")
def pack(code: str) -> Response:
    """Every format of the report, and how far its pack is: as a page, or {state, done, of, file, changed}."""
    session = session_of(code)
    at_office = reader_of(session).audience == "shelf"
    say = language_of(session)
    job, ready = packs().job(session.code, say.name), packs().ready(session.code, say.name)
    changed = ready is not None and ready.seq != session.state.seq
    if wants_json():
        address = f"/s/{session.code}/pack.zip?lang={say.name}" if ready else ""
        return as_json({"state": job.state, "done": job.done, "of": job.of, "file": address, "changed": changed})
    formats = [(name, one.label, say.say(ABOUT[name])) for name, one in FORMATS.items()]
    told = {"job": job, "ready": ready, "changed": changed, "formats": formats, "why": say.say(_WHY.get(job.why, _BROKEN))}
    told |= {"size": typography.number(ready.megabytes, say.name) if ready else "", "at_office": at_office}
    return as_page(screens().page("pack.html", say.name, session=screens().about(session), **told))


@documents.post("/s/<code>/pack")
def make_pack(code: str) -> Response:
    """Has the pack made; it is asked for again until it is there."""
    session = session_of(code)
    reader_of(session)
    say, state, journal, kinds = language_of(session), session.state, workshop().journal, workshop().kinds
    pictures, drops = journal.pictures(session.row.id), packs().drops[session.code]
    over = document_over(session, "html") if state.collects else None
    desk = desk_of(session) if state.edition.naming == "named" and not over else None
    sheet = ""
    if desk and desk.people:
        sheet = printed.sheet(desk, state.agenda, say, brand=off_hub(brand, journal, [state.agenda], say.say))

    def made() -> Order:
        if over:
            document = over[0](say)
            style = brand(journal, over[1], say.say)
            return Order(f"{session.code}-capitalisation", document, say, brand=style, pictures=shown(document, pictures))
        with_names = {"attendance.pdf": (say.say(SHEET), papers.print_apart(sheet))} if sheet else {}
        style = brand(journal, [state.agenda], say.say)
        return ordered(f"{session.code}-restitution", Building(state, kinds, say), style, pictures, with_names)

    packs().make(session.code, say.name, state.seq, made, drops)
    return as_json({"state": "running"}) if wants_json() else go(f"/s/{session.code}/pack?lang={say.name}")


@documents.get("/s/<code>/pack.zip")
def pack_file(code: str) -> Response:
    """The last pack that was made whole."""
    session = session_of(code)
    reader_of(session)
    if not session.state.collects:
        desk_of(session)  # whoever was taken off the list, at another worker too, is in no pack
    ready = packs().ready(session.code, language_of(session).name)
    if ready is None:
        stop(Refused("no-pack", N_("No pack has been made since the program started: make it first."), status=404))
    return send_file(ready.file, "application/zip", as_attachment=True, download_name=f"{session.code}-pack.zip", max_age=0)


def packs() -> Packs:
    """The packs of this server."""
    found: Packs | None = current_app.extensions.get("packs")
    if found is None:
        found = current_app.extensions["packs"] = Packs()
        current_app.extensions["attendance"].forgotten.append(found.drop)
        current_app.extensions["remaking"].dropped.append(found.drop)
    return found


_BROKEN = N_("The pack could not be made. Try again; each format can be had alone.")
_WHY = {"disk": N_("The pack could not be made: this computer’s disk is full, or cannot be written. Make room, then try again.")}


@documents.get("/s/<code>/step/<id>.<format>")
def part(code: str, id: str, format: str) -> Response:
    """What the restitution says of one step, alone: a document that can be sent."""
    session, kinds = _with_step(code, id), workshop().kinds
    state = session.state
    return written(lambda say: build_part(state, kinds, say, id), [session], format, f"{session.code}-{id}")


@documents.get("/s/<code>/step/<id>.json")
def data(code: str, id: str) -> Response:
    """The same as tables for other programs, each with what its columns hold."""
    session = _with_step(code, id)
    found, say = _tables(session, id)
    step = session.state.steps[id].activity
    answer = {"step": id, "kind": step.kind, "title": step.title, "language": say.name, "tables": as_data(found, say)}
    return as_file(json.dumps(answer, ensure_ascii=False).encode(), "application/json", f"{session.code}-{id}.json")


@documents.get("/s/<code>/step/<id>.csv")
def table(code: str, id: str) -> Response:
    """One of these tables, as a spreadsheet opens it."""
    session = _with_step(code, id)
    found, say = _tables(session, id)
    name = request.args.get("table", "")
    if name not in found:
        text = N_("There is no such table. These are there: %(tables)s.") if found else N_("This step has no tables.")
        stop(Refused("unknown-table", text, {"tables": ", ".join(found)} if found else {}, 404))
    return as_file(table_csv(found[name], say), "text/csv; charset=utf-8", f"{session.code}-{id}-{name}.csv")


def _with_step(code: str, id: str) -> Session:
    """The day that holds this step, with the shelf's or the console's key."""
    session = session_of(code)
    reader_of(session)
    if session.state.step(id) is None:
        stop(Refused("unknown-activity", N_("There is no such step in this day."), status=404))
    return session


def _tables(session: Session, id: str) -> tuple[Mapping[str, Rows], Language]:
    """The tables of a step and the language of their words, read in a thread like a document."""
    say, state, kinds = language_of(session), session.state, workshop().kinds
    return off_hub(tables, state, kinds, say, id), say


def written(
    made: Callable[[Language], Document | Building],
    sessions: Sequence[Held],
    format: str,
    name: str,
    agendas: Sequence[Agenda] = (),
) -> Response:
    """A document in one format, in the reader's choice of language or that of the last of its days, in the organisation's style, with the
    pictures of all; ``made`` in a thread, of what it holds already. A ``Building`` is a day's, whose data some formats tell too;
    ``agendas`` are those of the days it is over, where they are not the sessions' own."""
    if format not in FORMATS:
        stop(
            Refused("unknown-format", N_("There is no such format. These are offered: %(formats)s."), {"formats": ", ".join(FORMATS)}, 404)
        )
    say, journal = language_of(sessions[-1]), workshop().journal
    looked = [journal.pictures(session.row.id) for session in sessions]
    told_of = agendas or [session.state.agenda for session in sessions]

    def pictures(id: str) -> bytes | None:
        return next((data for one in looked if (data := one(id))), None)

    def file() -> tuple[bytes, Brand]:
        style, found = brand(journal, told_of, say.say), made(say)
        document, data = (found.document(), told(found)) if isinstance(found, Building) else (found, None)
        return write(document, format, say.say, brand=style, pictures=pictures, data=data), style

    # Whatever takes longer than a blink leaves the hub: phones are answered while a document is made and written.
    try:
        data, style = off_hub(file)
    except (OSError, subprocess.CalledProcessError):
        current_app.logger.exception("%s.%s could not be written", name, format)
        stop(Later("unwritten", N_("This document could not be written: the disk may be full. Nothing that people wrote is lost."), 30))
    response = as_file(data, FORMATS[format].media, f"{name}.{format}", shown=format == "html")
    return wearing(response, style_hash(style)) if format == "html" else response
