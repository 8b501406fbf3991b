"""Owns the pages where a day is prepared: the list of sheets, the form and the text of one, its pictures, its run sheet, its opening."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, abort, current_app, request

from facilitate.accounts import allows
from facilitate.core.entry import Refused
from facilitate.core.sheet import LARGEST, read_sheet
from facilitate.core.words import N_
from facilitate.core.writing import draft, read_form, rewrite
from facilitate.restitution import typography
from facilitate.restitution.runsheet import print_apart, run_sheet
from facilitate.sheets import Changed, NoSheet, Sheet, Sheets
from facilitate.web.door import (
    CSP,
    as_file,
    as_json,
    as_page,
    caller,
    give_key,
    go,
    keep,
    language,
    message,
    off_hub,
    office,
    on_shelf,
    refusal,
    screens,
    stop,
    wants_json,
    workshop,
)
from facilitate.web.editor import Editor, Typed, packed
from facilitate.web.house import brand
from facilitate.web.trial import picture
from facilitate.workshop import Session

prepare = Blueprint("prepare", __name__, url_prefix="/prepare")

_GESTURES = ("up", "down", "remove", "back", "add", "look")


def sheets() -> Sheets:
    """The sheets of this server."""
    found: Sheets = current_app.extensions["sheets"]
    return found


@prepare.before_request
def guard() -> None:
    """An editor's account, the shelf's key, or the console's own of any day: opening a day gives its console. A sheet, and what is
    typed over it, may be larger than an act."""
    request.max_content_length = request.max_form_memory_size = 4 * LARGEST
    key = request.args.get("key", "")
    if key and workshop().shelf(key):
        # A printed address carries the key: it becomes a cookie, and the address loses it.
        response = go(request.path)
        keep(response, "shelf", key)
        abort(response)
    if (found := on_shelf()) and allows(found[0], "editor"):
        return
    codes = [name.removeprefix("console-") for name in request.cookies if name.startswith("console-")]
    days = [session for code in codes if (session := workshop().session(code))]
    if not any((who := caller(session, "console")) and who.audience == "console" and not who.member for session in days):
        office("editor")


@prepare.errorhandler(NoSheet)
def missing(error: NoSheet) -> Response:
    """No such sheet, or none that can be read or written."""
    answer = Refused("no-sheet", error.text, error.values, status=404)
    return refusal(answer) if wants_json() else message(answer)


@prepare.get("")
def shelf() -> Response:
    """The models of the library and the own sheets."""
    kept = sheets()
    own, models = [_card(kept.read, name) for name in kept.names()], [_card(kept.model, name) for name in kept.models()]
    return as_page(screens().page("prepare/list.html", language().name, own=own, models=models))


def _card(read: Callable[[str], Sheet], name: str) -> dict[str, Any]:
    try:
        sheet = read(name)
    except NoSheet as error:
        return {"name": name, "title": name, "wrong": language().say(error.text, **error.values)}
    agenda, problems = read_sheet(sheet.text, workshop().kinds)
    known = agenda or draft(sheet.text, workshop().kinds)
    errors = sum(one.level == "error" for one in problems)
    return {
        "name": name,
        "title": known.title if known and known.title else name,
        "date": known.date if known else "",
        "place": known.place if known else "",
        "good_for": known.good_for if known else "",
        "steps": len(known.activities) if known else 0,
        "errors": errors,
        "written": datetime.fromtimestamp(sheet.written).astimezone().isoformat(),
    }


@prepare.post("")
def begin() -> Response:
    """A new sheet: from a model where one is named, else from nothing."""
    model, title = request.form.get("model", ""), request.form.get("title", "").strip()
    text = sheets().model(model).text if model else Path(__file__).with_name(f"begin.{language().name}.md").read_text("utf-8")
    if title:
        text = rewrite(text, workshop().kinds, replace(read_form(text, workshop().kinds), facts={"title": title}))
    made = sheets().add(title or model.lstrip("0123456789-") or "sheet", text)
    return go(f"/prepare/{made.name}")


@prepare.get("/<name>")
def page(name: str) -> Response:
    """The form of a sheet; ``?as=text`` its text."""
    sheet = sheets().read(name)
    typed = Typed.of(sheet, workshop().kinds)
    if request.args.get("as") == "text":
        typed = replace(typed, text=sheet.text)
    return _shown(name, typed, said=N_("Saved") if "saved" in request.args else "")


@prepare.post("/<name>")
def edit(name: str) -> Response:
    """One gesture upon what was typed: see docs/protocol.md. Nothing is written but by 'save' and what follows it."""
    typed = _typed()
    what, _, key = request.form.get("do", "check").partition(":")
    if what in _GESTURES:
        typed = typed.done(what, key, f"n{uuid4().hex[:8]}")
    editor = _editor(name, typed)
    if what == "text":
        return _shown(name, replace(typed, text=editor.written))
    if what == "form":
        return _shown(name, Typed.of(Sheet(name, editor.written, typed.print), workshop().kinds))
    if what in ("save", "open", "copy", "replace"):
        return _saved(name, what, editor)
    return _shown(name, typed, editor, what=what)


def _typed() -> Typed:
    """The page that is sent."""
    try:
        return Typed.read(request.form, workshop().kinds)
    except ValueError:
        stop(Refused("malformed", N_("This message could not be read. Nothing was changed."), status=400))


def _editor(name: str, typed: Typed) -> Editor:
    # A day begun from this sheet finds its steps again by their ids.
    begun = workshop().journal.at_path(str(sheets().path(name).resolve())) is not None
    # A long sheet takes a while: phones are answered meanwhile.
    editor = off_hub(Editor, typed, workshop().kinds, language(), begun)
    return editor


def _saved(name: str, what: str, editor: Editor) -> Response:
    """Writes the sheet; the file that someone else wrote meanwhile is never lost."""
    kept, typed = sheets(), editor.typed
    if what == "copy":
        return go(f"/prepare/{kept.add(name, editor.written).name}?saved=1")
    if what == "replace":
        theirs = kept.read(name) if kept.path(name).exists() else None
        if theirs:
            kept.add(name, theirs.text)
            typed = replace(typed, print=theirs.print)
    try:
        sheet = kept.keep(name, editor.written, typed.print)
    except Changed:
        return _shown(name, typed, editor, theirs=kept.read(name), status=409)
    if what == "open":
        return _opened(name, sheet, editor)
    if wants_json():
        fresh = replace(typed, print=sheet.print)
        return _shown(name, fresh, said=N_("Saved"))
    return go(f"/prepare/{name}?saved=1{'&as=text' if typed.text is not None else ''}")


def _opened(name: str, sheet: Sheet, editor: Editor) -> Response:
    """Opens the day and leads to its console, with its key. A day that was finished gives way to a new one."""
    if not editor.sound or editor.agenda is None:
        return _shown(
            name,
            replace(editor.typed, print=sheet.print),
            editor,
            said=N_("This sheet still has errors: it is kept as a draft."),
            status=422,
        )
    path = str(sheets().path(name).resolve())
    row = workshop().journal.at_path(path)
    known = workshop().session(row.code) if row else None
    answer = workshop().sheet(path, sheet.text.removeprefix("\ufeff"), editor.agenda.title, new=bool(known and known.state.finished))
    if not isinstance(answer, Session):
        stop(answer)
    response = go(f"/c/{answer.code}")
    give_key(response, answer, "console", answer.row.keys["console"])
    return response


def _shown(
    name: str, typed: Typed, editor: Editor | None = None, *, said: str = "", what: str = "", theirs: Sheet | None = None, status: int = 200
) -> Response:
    """The page, or for our script its region: {"html", "saved"}."""
    editor = editor if editor and editor.typed is typed else _editor(name, typed)
    keys = [row.key for row in editor.form.rows]
    shown = typed.shown if typed.shown in keys else keys[0] if keys else ""
    place = keys.index(shown) if shown else -1
    activity = editor.activity(place) if shown else None
    pictures = {}
    if typed.text is None and editor.agenda and activity and activity.kind in workshop().kinds:
        pictures = {one: picture(editor.agenda, activity, one, screens()) for one in ("now", "wall")}
    lines = editor.lines() if typed.text is None else []
    context = {
        "name": name,
        "editor": editor,
        "typed": typed,
        "source": packed(typed.source),
        "lines": lines,
        "facts": editor.facts() if typed.text is None else ((), ()),
        "shown": shown,
        "place": place,
        "activity": activity,
        "pictures": pictures,
        "said": language().say(said) if said else _moved(lines, shown) if shown and what in ("up", "down") else "",
        "theirs": theirs,
    }
    template = "prepare/region.html" if wants_json() else "prepare/sheet.html"
    html = off_hub(screens().page, template, language().name, **context)
    if wants_json():
        return as_json({"html": html, "saved": editor.saved}, status)
    response = as_page(html, status)
    # The pictures are frames of this very page.
    response.headers["Content-Security-Policy"] = f"{CSP}; frame-src 'self'"
    return response


def _moved(lines: Sequence[Mapping[str, Any]], key: str) -> str:
    """Where a step stands now, for those who do not see it move."""
    kept = [line for line in lines if not line["gone"]]
    row = next(line for line in kept if line["key"] == key)
    at = typography.hour(row["from"], language().name) if row["from"] else "–"
    text = N_("%(title)s: step %(n)s of %(total)s, at %(hour)s")
    return language().say(text, title=row["title"], n=kept.index(row) + 1, total=len(kept), hour=at)


@prepare.get("/<name>/preview/<step>")
def preview(name: str, step: str) -> Response:
    """One step of the sheet as saved, on a phone; ``?place=wall`` on the wall."""
    agenda = draft(sheets().read(name).text, workshop().kinds)
    found = next((one for one in (agenda.activities if agenda else ()) if one.id == step and one.kind in workshop().kinds), None)
    if agenda is None or found is None:
        stop(Refused("unknown-step", N_("This step is not in the sheet as it was saved."), status=404))
    response = as_page(picture(agenda, found, "wall" if request.args.get("place") == "wall" else "now", screens()))
    response.headers["Content-Security-Policy"] = CSP.replace("form-action 'self'", "form-action 'none'")
    return response


@prepare.route("/<name>/run-sheet.pdf", methods=["GET", "POST"])
def run_sheet_pdf(name: str) -> Response:
    """The run sheet, for printing: of the sheet as saved, or as it stands on the page that is sent."""
    text = sheets().read(name).text if request.method == "GET" else _editor(name, _typed()).written
    agenda = draft(text, workshop().kinds)
    if agenda is None or not agenda.activities:
        stop(Refused("sheet", N_("The sheet has errors: “facilitate check” lists them."), status=422))
    say = screens().say(agenda.language)
    given = run_sheet(agenda, workshop().kinds, say.say, brand=brand([agenda], say.say))
    return as_file(off_hub(print_apart, given), "application/pdf", f"{name}-run-sheet.pdf", shown=True)
