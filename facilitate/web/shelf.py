"""Owns the staff's list of days, the documents over the days of a series, and days that leave for another computer or come from one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, request
from gevent.lock import BoundedSemaphore
from werkzeug.exceptions import RequestEntityTooLarge

from facilitate import archive
from facilitate.accounts import allows
from facilitate.core.entry import Refused
from facilitate.core.reading import fold as folded
from facilitate.core.state import SessionState
from facilitate.core.words import N_, slug
from facilitate.journal import SWEEP, SessionRow, Unavailable
from facilitate.library import of_series, synthesis
from facilitate.restitution import FORMATS
from facilitate.shelf import Kept
from facilitate.web.choosing import known, matches, told
from facilitate.web.documents import written
from facilitate.web.door import (
    CANNOT_SAVE,
    as_json,
    as_page,
    go,
    keep,
    language,
    off_hub,
    office,
    on_shelf,
    refusal,
    screens,
    session_of,
    stop,
    wants_json,
    words,
    workshop,
)
from facilitate.web.gathered import day_of
from facilitate.web.registration import desk_of
from facilitate.workshop import Later, Session

shelf = Blueprint("shelf", __name__)

STATES: Mapping[str, str] = {
    "planned": N_("Not begun"),
    "running": N_("Under way"),
    "finished": N_("Finished, not published"),
    "published": N_("Published"),
}
_LOOKS = {"planned": "waiting", "running": "", "finished": "saved", "published": "saved"}
_QUICK = ("html", "pdf", "docx", "odt")
_PAGE = 50
_PATIENCE = 1.0  # seconds that a page waits for days whose journal grew
_MOST_THEMES = 200
_MOST_MEGABYTES = 500
_CHUNK = 256 * 1024
_LONGEST = 120.0  # seconds that an archive waits for another to be read, here or by another worker
_LEAVING, _COMING = BoundedSemaphore(2), BoundedSemaphore()  # the same archive sent twice at once is one day


@shelf.get("/shelf")
def page() -> Response:
    """The days of this data folder, by year; ``year``, ``series``, ``theme``, ``state`` choose among them, fifty on a ``page``. The printed
    address carries a key, which this browser keeps."""
    key = request.args.get("key")
    if key is not None and workshop().shelf(key):
        response = go("/shelf")
        keep(response, "shelf", key)
        return response
    office()
    return _page()


def _page(refused: str = "", status: int = 200, taken: SessionRow | None = None, added: int = 0) -> Response:
    every, reading = known(_PATIENCE)
    held, over = [one for one in every if not (one.row and one.row.collects)], [one for one in every if one.row and one.row.collects]
    asked = {name: request.args.get(name, "").strip()[:200] for name in ("year", "series", "theme", "state")}
    chosen = [one for one in held if matches(one, asked)]
    pages = max(1, -(-len(chosen) // _PAGE))
    number = min(max(request.args.get("page", 1, int), 1), pages)
    shown = chosen[(number - 1) * _PAGE : number * _PAGE]
    query = urlencode({name: value for name, value in asked.items() if value})
    role = (on_shelf() or ("reader",))[0]
    html = screens().page(
        "shelf.html",
        language().name,
        groups=[(year, [_told(one) for one in some]) for year, some in groupby(shown, key=lambda one: one.date[:4])],
        over=[_told(one) for one in over] if number == 1 and not query else [],
        series=_series(held) if number == 1 else [],
        years=sorted({one.date[:4] for one in held}, reverse=True),
        themes=_themes(held),
        states=[(name, language().say(label)) for name, label in STATES.items()],
        asked=asked,
        total=len(held),
        found=len(chosen),
        reading=reading,
        number=number,
        pages=pages,
        before=f"?{query}{'&' if query else ''}page={number - 1}" if number > 1 else "",
        after=f"?{query}{'&' if query else ''}page={number + 1}" if number < pages else "",
        query=query,
        quick=[(one, FORMATS[one].label) for one in _QUICK],
        rest=[(name, one.label) for name, one in FORMATS.items() if name not in _QUICK],
        edits=allows(role, "editor"),
        manages=allows(role, "administrator"),
        signed=bool((found := on_shelf()) and found[1].member),
        refused=refused,
        taken={"title": taken.title, "code": taken.code} if taken else None,
        added=added,
    )
    return as_page(html, status)


def _told(one: Kept) -> dict[str, Any]:
    row, session = one.row, one.session
    there = workshop().session(session.code) if row and row.registers and not row.finished else None
    return told(one) | {
        "over": row.collects if row else 0,
        "state": language().say(STATES[one.state]),
        "look": _LOOKS[one.state],
        "places": _places(there) if there else [],
    }


def _series(held: Iterable[Kept]) -> list[dict[str, Any]]:
    """Each series, spelt as its first day does, with how many sessions it has; the latest first."""
    names, counts = dict[str, str](), Counter[str]()
    for one in held:
        if one.row and one.row.series:
            names[folded(one.row.series)] = one.row.series
            counts[folded(one.row.series)] += 1
    return [{"name": name, "days": counts[key]} for key, name in names.items()]


def _themes(held: Iterable[Kept]) -> list[str]:
    """What can be asked for, the most frequent where there are many, in alphabetical order."""
    names, counts = dict[str, str](), Counter[str]()
    for one in held:
        for name in one.row.themes if one.row else ():
            names[folded(name)] = name
            counts[folded(name)] += 1
    return [names[key] for key in sorted(key for key, _ in counts.most_common(_MOST_THEMES))]


def _places(session: Session) -> list[str]:
    """How many places are kept and awaited, of a day that one registers for, or is invited to."""
    say, desk = language(), desk_of(session)
    kept, waiting = sum(one.expected for one in desk.people.values()), len(desk.waiting())
    counts = [(N_("%(count)s place kept"), N_("%(count)s places kept"), kept)]
    counts += [(N_("%(count)s on the waiting list"), N_("%(count)s on the waiting list"), waiting)] if waiting else []
    return [say.count(*one) for one in counts]


@dataclass(frozen=True, slots=True)
class _Held:
    """A day of a series, read without being opened."""

    row: SessionRow
    state: SessionState


@shelf.get("/shelf/series/<path:file>")
def over_all(file: str) -> Response:
    """The synthesis over all the days of a series, 'NAME.html', for whoever reads the shelf."""
    name, _, format = file.rpartition(".")
    office()
    every, _ = known(_PATIENCE)
    rows = {one.session.code: one.session for one in every if one.row is None or folded(one.row.series) == folded(name)}
    found = of_series(map(day_of, rows.values()), name)
    if not found:
        stop(Refused("unknown-series", N_("No day here belongs to a series of that name."), status=404))
    kinds, of = workshop().kinds, [_Held(rows[day.code], day.state) for day in found]
    return written(lambda say: synthesis(found, kinds, say), of, format, f"series-{slug(name)}")


@shelf.get("/s/<code>/export.zip")
def export(code: str) -> Response:
    """The whole day in one zip, for another computer: the same bytes as ``facilitate export``."""
    session = session_of(code)
    office("editor")
    try:
        with _LEAVING:
            file, size = off_hub(_exported, session)
    except (Unavailable, OSError):
        stop(CANNOT_SAVE)
    response = Response(_pieces(file), mimetype="application/zip")
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = f'attachment; filename="{session.code}.zip"'
    return response


def _exported(session: Session) -> tuple[IO[bytes], int]:
    file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    archive.export(session.workshop.journal, session.row.id, file)
    size = file.tell()
    file.seek(0)
    return file, size


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_CHUNK):
            yield piece


@shelf.post("/shelf/import")
def import_() -> Response:
    """Takes in a day from a zip, a form's ``file`` or the whole body; the same one twice changes nothing."""
    office("editor")
    request.max_content_length = _MOST_MEGABYTES * 1_000_000
    answer: tuple[SessionRow, int] | Refused | Later
    try:
        with TemporaryFile() as body:
            answer = _taken(_archive(body))
    except RequestEntityTooLarge:
        text = N_("This archive is too big for this page: %(limit)d MB at most. “facilitate import” takes it on the server itself.")
        answer = Refused("archive-too-big", text, {"limit": _MOST_MEGABYTES}, 413, "file")
    except (Unavailable, OSError):
        answer = CANNOT_SAVE
    if not isinstance(answer, tuple):
        return refusal(answer) if wants_json() else _page(words(answer), answer.status)
    row, added = answer
    if wants_json():
        return as_json({"code": row.code, "title": row.title, "added": added})
    return _page(taken=row, added=added)


def _archive(body: IO[bytes]) -> IO[bytes] | None:
    """The file that is sent, on disk beyond half a megabyte."""
    if request.mimetype == "multipart/form-data":
        file = request.files.get("file")
        return file.stream if file and file.filename else None
    while piece := request.stream.read(_CHUNK):
        body.write(piece)
    return body if body.tell() else None


def _taken(file: IO[bytes] | None) -> tuple[SessionRow, int] | Refused | Later:
    if file is None:
        return Refused("no-media", N_("Choose a file first."), field="file")
    journal, readable = workshop().journal, archive.readable(workshop().kinds, language())

    def read() -> tuple[SessionRow, int] | Refused | Later:
        # Not raised in a thread of the pool, which would log it as a defect of ours.
        with journal.alone("import", _LONGEST) as mine:
            if not mine:
                return CANNOT_SAVE
            try:
                return archive.import_(journal, file, readable)
            except archive.BadArchive as error:
                return error.refused

    with _COMING:
        answer = off_hub(read)
    if not isinstance(answer, tuple):
        return answer
    row, added = answer
    if added and (there := workshop().at_hand(row.code)):
        there.look_again()
    elif added and off_hub(journal.setting, SWEEP):
        # It brought an erasure to a day that nobody has open.
        current_app.extensions["remaking"].followed(row)
    return row, added
