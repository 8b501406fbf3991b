"""Owns the page of the house's style: its name, colours, logos, mentions, templates; and what of it screens wear."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Flask, Response, request
from gevent import get_hub
from gevent.lock import BoundedSemaphore
from werkzeug.exceptions import RequestEntityTooLarge

from facilitate import pictures
from facilitate.core.agenda import Agenda
from facilitate.core.entry import Refused
from facilitate.core.tree import Card, Chart, Document, Facts, Listing, Paragraph, Run, Section, Table
from facilitate.core.words import N_, Say
from facilitate.house import (
    LICENCES,
    LIMITS,
    TEMPLATES,
    WORN,
    House,
    answering,
    coloured,
    keep,
    named,
    told,
    with_file,
    with_funder,
    without_funder,
)
from facilitate.house import brand as brand_of
from facilitate.house import house as read
from facilitate.journal import Unavailable
from facilitate.language import Language
from facilitate.restitution import FORMATS, Brand, write
from facilitate.restitution.colours import TEXT, contrast, read_colour, readable, theme
from facilitate.restitution.html import style_hash
from facilitate.restitution.reference import MOST, mend
from facilitate.web.door import (
    CANNOT_SAVE,
    as_file,
    as_json,
    as_page,
    go,
    language,
    off_hub,
    office,
    refusal,
    screens,
    stop,
    take_up,
    wants_json,
    wearing,
    words,
    workshop,
)

house = Blueprint("house", __name__)

_TURN = BoundedSemaphore()  # one change at a time, and one stranger's file
_MOST_SENT = 64  # megabytes read of a form before it is cut: what is over a file's own limit is told in words
_SAMPLES = ("html", "pdf", "docx", "odt")


def wear(app: Flask) -> None:
    """The screens in the organisation's colours and name, as they are kept."""
    worn: House = get_hub().threadpool.apply(read, (app.extensions["workshop"].journal,))
    app.extensions["assets"].wear(theme(worn.colour, worn.mark))
    logos = [{"address": f"/house/{worn.picture(one.id)}", "name": one.name} for one in worn.funders if worn.picture(one.id)]
    logo = f"/house/{worn.picture('logo')}" if worn.picture("logo") else ""
    app.extensions["screens"].house = {"name": worn.name, "logo": logo, "funders": logos, "contact": worn.contact, "data": worn.data}


def brand(agendas: Iterable[Agenda], say: Say) -> Brand:
    """What documents over these days bear, read off the hub."""
    return off_hub(brand_of, workshop().journal, tuple(agendas), say)


@house.get("/house/<name>")
def picture(name: str) -> Response:
    """A logo, kept for ever by browsers: its name says its bytes."""
    kept = _read()
    data = next((data for key, data in kept.files.items() if key not in TEMPLATES and kept.picture(key) == name), None)
    if data is None:
        stop(Refused("not-found", N_("There is nothing at this address. Scan the code again, or type it."), status=404))
    response = Response(data, mimetype="image/png")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@house.get("/shelf/house")
def page() -> Response:
    """Everything an organisation says of itself, each part a form of its own."""
    office("administrator")
    take_up()
    return _page(_read())


@house.get("/shelf/house/colours")
def colours() -> Response:
    """What becomes of two colours, as the page shows it."""
    office("administrator")
    given, mark = (read_colour(request.args.get(name, "")) for name in ("colour", "mark"))
    return as_page(screens().page("house-colours.html", language().name, seen=_seen(given, mark)))


@house.post("/shelf/house")
def change() -> Response:
    """One change, named ``do``: name, colours, words, data, logo, funder or template; these three take a ``file``, ``off`` removes one."""
    office("administrator")
    request.max_content_length = _MOST_SENT * 1_000_000
    try:
        do, sent = request.form.get("do", ""), request.form.to_dict()
        file = request.files.get("file")
        data = file.read(pictures.MOST_PHOTO * 1_000_000) if file else b""  # over every limit, and told so
    except RequestEntityTooLarge:
        do, sent, data = request.args.get("do", ""), {}, None
    with _TURN:
        while True:
            worn, kept = off_hub(workshop().journal.setting, WORN) or "", _read()
            answer = pictures.too_large(MOST) if data is None else _changed(kept, do, sent, data)
            try:
                # What another worker changed meanwhile stays.
                if not isinstance(answer, House) or workshop().writer.apply(keep, (workshop().journal, answer, worn)):
                    break
            except Unavailable:
                return refusal(CANNOT_SAVE) if wants_json() else _page(kept, do, sent, words(CANNOT_SAVE), CANNOT_SAVE.status)
        take_up()
    if isinstance(answer, Refused):
        return refusal(answer) if wants_json() else _page(kept, do, sent, words(answer), answer.status, answer.field)
    return as_json({"name": answer.name}) if wants_json() else go(f"/shelf/house?saved={do}#{do}")


def _changed(kept: House, do: str, sent: Mapping[str, str], data: bytes) -> House | Refused:
    off = sent.get("off", "")
    match do:
        case "name":
            return named(kept, sent.get("name", ""))
        case "colours":
            return coloured(kept, sent.get("colour", ""), sent.get("mark", ""))
        case "words":
            return told(kept, sent)
        case "data":
            return answering(kept, sent)
        case "logo" | "funder" if off:
            return with_file(kept, "logo", None) if do == "logo" else without_funder(kept, off)
        case "logo" | "funder":
            made = off_hub(pictures.logo, data) if data else Refused("no-file", N_("Choose a file first."), field="file")
            if isinstance(made, Refused):
                return made
            return with_file(kept, "logo", made.data) if do == "logo" else with_funder(kept, sent.get("funder", ""), made.data)
        case "template" if off in TEMPLATES:
            return with_file(kept, off, None)
        case "template":
            kind = "odt" if data[:2] == b"PK" and b"opendocument" in data[:200] else "docx"
            mended = off_hub(lambda: mend(data, kind, readable(kept.colour)))
            return mended if isinstance(mended, Refused) else with_file(kept, kind, mended)
    return Refused("malformed", N_("This message could not be read. Nothing was changed."), status=400)


@house.get("/shelf/house/sample.<format>")
def sample(format: str) -> Response:
    """An invented report in the house's style: what its colours, logos and templates come to."""
    office("administrator")
    if format not in _SAMPLES:
        text = N_("There is no such format. These are offered: %(formats)s.")
        stop(Refused("unknown-format", text, {"formats": ", ".join(_SAMPLES)}, 404))
    say = language()
    worn = brand([], say.say)
    made = off_hub(lambda: write(invented(say), format, say.say, brand=worn))
    response = as_file(made, FORMATS[format].media, f"sample.{format}", shown=format in ("html", "pdf"))
    return wearing(response, style_hash(worn)) if format == "html" else response


def invented(language: Language) -> Document:
    """A small report of nobody's day, with something of everything that a report holds."""
    say = language.say
    said = (
        (say(N_("A school kitchen buys its vegetables from six growers, one vegetable at a time.")), say(N_("Hills, Nadia"))),
        (say(N_("The agreement was signed three years ago, and nobody knows who keeps it alive.")), say(N_("anonymous"))),
        (say(N_("The town drinks our water: it now pays for the hedges of the spring.")), say(N_("Valley, Louis"))),
    )
    cited = [Run(str(number), href=f"#word-{number}") for number in (1, 2, 3)]
    synthesis = Paragraph(
        say(N_("What lasts began small.")),
        runs=(Run(say(N_("What lasts began small."))), Run(" "), cited[0], Run(" "), cited[2]),
    )
    told = Section(
        say(N_("What we keep")),
        "kept",
        (
            synthesis,
            Card(said[1][0], by=said[1][1], number=2, role="quotation"),
            Listing(
                (say(N_("Someone paid to keep the link")), say(N_("A first exchange so small that nobody refuses it"))), beside=("5", "3")
            ),
            Card(said[0][0], by=said[0][1], number=1),
        ),
    )
    chosen = Chart(
        say(N_("What was chosen")),
        say(N_("Situation")),
        say(N_("Points")),
        ((say(N_("Growers and the school kitchen")), 34, "34"), (say(N_("Water and hedges")), 23, "23")),
    )
    rows = tuple((str(number), text, by) for number, (text, by) in enumerate(said, 1))
    head = (say(N_("No.")), say(N_("As it was written")), say(N_("By")))
    annex = Table("", head, rows, (0,), (1,), tuple(f"word-{number}" for number in (1, 2, 3)))
    facts = Facts(
        ((say(N_("Place")), say(N_("Invented, like everything here"))), (say(N_("State")), say(N_("Sample of your house style"))))
    )
    return Document(
        say(N_("What towns and countryside can trade")),
        say(N_("An invented report, to see your name, colours, logos and templates at work.")),
        language.name,
        "2026-01-15T12:00:00Z",
        facts,
        (told, Section(say(N_("The vote")), "vote", (chosen,)), Section(say(N_("Annex")), "annex", (annex,))),
    )


def _read() -> House:
    return off_hub(read, workshop().journal)


def _page(
    kept: House, do: str = "", typed: Mapping[str, str] | None = None, refused: str = "", status: int = 200, field: str = ""
) -> Response:
    """``do``, ``typed``, ``refused``: the form just refused, what was typed in it, and why; ``field`` the one to look at."""
    typed = {} if typed is None else typed
    mine = {"colour": kept.colour, "mark": kept.mark} | {
        name: typed[name] for name in ("colour", "mark") if do == "colours" and name in typed
    }
    html = screens().page(
        "house.html",
        language().name,
        kept=kept,
        do=do,
        typed=typed,
        refused=refused,
        field=field,
        saved=request.args.get("saved", ""),
        licences=list(LICENCES.items()),
        limits=LIMITS,
        seen=_seen(read_colour(mine["colour"]), read_colour(mine["mark"])),
        logo=kept.picture("logo"),
        funders=[{"id": one.id, "name": one.name, "picture": kept.picture(one.id)} for one in kept.funders],
        templates=[(kind, kind in kept.files) for kind in TEMPLATES],
        samples=_SAMPLES,
    )
    return as_page(html, status)


def _seen(colour: str | None, mark: str | None) -> dict[str, Any]:
    """How two colours will be seen: ``used`` as text, ``ratio`` of the one given and of the one used, on white."""
    used = readable(colour) if colour else ""
    return {
        "colour": colour,
        "mark": mark,
        "used": used,
        "ratio": round(contrast(colour, "#ffffff"), 1) if colour else 0,
        "reached": round(contrast(used, "#ffffff"), 1) if used else 0,
        "least": TEXT,
        "changed": bool(colour) and used != colour,
    }
