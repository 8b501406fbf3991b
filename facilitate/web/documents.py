"""Owns the documents of a day: its report in every format, what it says of one step, and the tables of a step."""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, Response, make_response, request
from gevent import get_hub

from facilitate.core.activity import Rows
from facilitate.core.entry import Refused
from facilitate.core.tree import Document
from facilitate.core.words import N_
from facilitate.language import LANGUAGES, Language
from facilitate.restitution import FORMATS, write
from facilitate.restitution.build import build, build_part
from facilitate.restitution.data import as_data, table_csv, tables
from facilitate.restitution.html import style_hash
from facilitate.web.door import CSP, as_json, reader_of, screens, session_of, stop, workshop
from facilitate.workshop import Session

documents = Blueprint("documents", __name__)


@documents.get("/s/<code>/restitution.<format>")
def restitution(code: str, format: str) -> Response:
    """The restitution at any moment of the day, in one format, with the console's or the shelf's key."""
    session = session_of(code)
    reader_of(session)
    state, kinds = session.state, workshop().kinds
    return written(lambda say: build(state, kinds, say), [session], format, f"{session.code}-restitution")


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
    response = as_json(answer)
    response.headers["Content-Disposition"] = f'attachment; filename="{session.code}-{id}.json"'
    return response


@documents.get("/s/<code>/step/<id>.csv")
def table(code: str, id: str) -> Response:
    """One of these tables, as a spreadsheet opens it."""
    session = _with_step(code, id)
    found, say = _tables(session, id)
    name = request.args.get("table", "")
    if name not in found:
        text = N_("There is no such table. These are there: %(tables)s.") if found else N_("This step has no tables.")
        stop(Refused("unknown-table", text, {"tables": ", ".join(found)} if found else {}, 404))
    response = Response(table_csv(found[name], say), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{session.code}-{id}-{name}.csv"'
    return response


def _with_step(code: str, id: str) -> Session:
    """The day that holds this step, with the shelf's or the console's key."""
    session = session_of(code)
    reader_of(session)
    if session.state.step(id) is None:
        stop(Refused("unknown-activity", N_("There is no such step in this day."), status=404))
    return session


def _tables(session: Session, id: str) -> tuple[Mapping[str, Rows], Language]:
    """The tables of a step and the language of their words, read in a thread like a document."""
    say, state, kinds = reader(session), session.state, workshop().kinds
    return get_hub().threadpool.apply(lambda: tables(state, kinds, say, id)), say


def reader(session: Session) -> Language:
    """The language asked for, else the sheet's."""
    asked = request.args.get("lang")
    return screens().say(str(asked) if asked in LANGUAGES else session.state.agenda.language)


def written(made: Callable[[Language], Document], sessions: Sequence[Session], format: str, name: str) -> Response:
    """A document in one format, in the reader's choice of language or that of the last of its days, with the pictures of all; ``made`` in a
    thread, of what it holds already."""
    if format not in FORMATS:
        stop(
            Refused("unknown-format", N_("There is no such format. These are offered: %(formats)s."), {"formats": ", ".join(FORMATS)}, 404)
        )
    say = reader(sessions[-1])
    shown = [workshop().journal.pictures(session.row.id) for session in sessions]

    def pictures(id: str) -> bytes | None:
        return next((data for one in shown if (data := one(id))), None)

    # Whatever takes longer than a blink leaves the hub: phones are answered while a document is made and written.
    data = get_hub().threadpool.apply(lambda: write(made(say), format, say.say, pictures=pictures))
    response = make_response(data)
    response.headers["Content-Type"] = FORMATS[format].media
    if format == "html":
        response.headers["Content-Security-Policy"] = CSP.replace("style-src 'self'", f"style-src {style_hash()}")
    response.headers["Content-Disposition"] = f'{"inline" if format == "html" else "attachment"}; filename="{name}.{format}"'
    return response
