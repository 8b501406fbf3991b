"""Owns the pages of what is kept and for how long: the durations, the visas, the register of removals; the register of processing
activities; the accessibility declaration."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from gevent import get_hub

from facilitate import declarations, retention
from facilitate.core.entry import Refused
from facilitate.core.words import N_, is_yes
from facilitate.declarations import FORMATS, STATUSES, Words
from facilitate.house import brand
from facilitate.house import house as house_of
from facilitate.journal import Unavailable
from facilitate.restitution import FORMATS as WRITERS
from facilitate.restitution import write
from facilitate.restitution.html import style_hash
from facilitate.retention import FATES, KEPT, NOTICE, Rules, Visa
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

privacy = Blueprint("privacy", __name__)

_SHOWN = 100


def declare(app: Flask) -> None:
    """The first page says how accessible the others are, as it is kept."""
    said: Words = get_hub().threadpool.apply(declarations.words, (app.extensions["workshop"].journal,))
    app.extensions["screens"].declared = STATUSES[said.status] if said.status else ""


@privacy.get("/shelf/privacy")
def page() -> Response:
    """How long things are kept, what falls due, what was removed; what the organisation declares. Each part a form of its own."""
    office("administrator")
    return _page()


@privacy.post("/shelf/privacy")
def change() -> Response:
    """One change, named ``do``: durations, visa {given, who, reference, fate, items[]}, register, accessibility."""
    who = office("administrator")
    do, sent, items = request.form.get("do", ""), request.form.to_dict(), request.form.getlist("items[]")
    journal, now, kinds = workshop().journal, workshop().clock(), workshop().kinds

    def done() -> Rules | Visa | Words | Refused:
        answer: Rules | Visa | Words | Refused
        match do:
            case "durations":
                answer = retention.read_rules(sent, is_yes(sent.get("public")), now[:10])
                if isinstance(answer, Rules):
                    retention.decide(journal, answer)
            case "visa":
                waiting = retention.due(journal, kinds, date.fromisoformat(now[:10]))
                answer = retention.read_visa(sent, items, waiting, now, who.member)
                if isinstance(answer, Visa):
                    retention.note_visa(journal, answer)
            case "register" | "accessibility":
                known = declarations.words(journal)
                answer = declarations.registered(known, sent) if do == "register" else declarations.declared(known, sent)
                if isinstance(answer, Words):
                    declarations.keep(journal, answer)
            case _:
                answer = Refused("malformed", N_("This message could not be read. Nothing was changed."), status=400)
        return answer

    try:
        answer = off_hub(done)
    except Unavailable:
        return refusal(CANNOT_SAVE) if wants_json() else _page(do, sent, words(CANNOT_SAVE), CANNOT_SAVE.status)
    if isinstance(answer, Refused):
        return refusal(answer) if wants_json() else _page(do, sent, words(answer), answer.status, answer.field)
    take_up()
    if not isinstance(answer, Words):
        _run()
    return as_json({"saved": do}) if wants_json() else go(f"/shelf/privacy?saved={do}#{do}")


def _run() -> None:
    """What was just decided is done before it is shown; what could not be done is at the next run."""
    try:
        current_app.extensions["retention"].run()
    except Unavailable:
        current_app.logger.exception("what may go could not be removed: this night, or at the next start")


def _page(do: str = "", typed: Mapping[str, str] | None = None, refused: str = "", status: int = 200, field: str = "") -> Response:
    """``do``, ``typed``, ``refused``: the form just refused, what was typed in it, and why; ``field`` the one to look at."""
    journal, kinds, today = workshop().journal, workshop().kinds, workshop().clock()[:10]

    def read() -> dict[str, Any]:
        return {
            "rules": retention.rules(journal),
            "due": retention.due(journal, kinds, date.fromisoformat(today)),
            "gone": retention.gone(journal, _SHOWN),
            "run": retention.last_run(journal),
            "kept": declarations.words(journal),
            "house": house_of(journal),
        }

    found, say = off_hub(read), language()
    durations = {name: declarations.period(found["rules"].durations.get(name, ""), say) for name in KEPT}
    html = screens().page(
        "privacy.html",
        say.name,
        **found,
        do=do,
        typed=typed or {},
        refused=refused,
        field=field,
        saved=request.args.get("saved", ""),
        durations=durations,
        labels=KEPT,
        notice=NOTICE,
        counted=lambda counts: declarations.counted(counts, say),
        fates=FATES,
        statuses=STATUSES,
        processings=declarations.PROCESSINGS,
        formats=[(one, WRITERS[one].label) for one in FORMATS],
    )
    return as_page(html, status)


@privacy.get("/shelf/privacy/<any(register, elimination):which>.<format>")
def file(which: str, format: str) -> Response:
    """The register of processing activities, or what waits for the archives' visa, as a document."""
    office("administrator")
    if format not in FORMATS:
        text = N_("There is no such format. These are offered: %(formats)s.")
        stop(Refused("unknown-format", text, {"formats": ", ".join(FORMATS)}, 404))
    journal, kinds, say, today = workshop().journal, workshop().kinds, language(), workshop().clock()[:10]

    def made() -> tuple[bytes, str]:
        house, said, rules = house_of(journal), declarations.words(journal), retention.rules(journal)
        if which == "register":
            document = declarations.register(house, said, rules, say, today)
        else:
            waiting = [one for one in retention.due(journal, kinds, date.fromisoformat(today)) if one.waits]
            document = declarations.elimination(house, said, rules, waiting, say, today)
        style = brand(journal, [], say.say)
        return write(document, format, say.say, brand=style), style_hash(style)

    data, hashes = off_hub(made)
    response = as_file(data, WRITERS[format].media, f"{which}-{today}.{format}", shown=format == "html")
    return wearing(response, hashes) if format == "html" else response


@privacy.get("/accessibility")
def accessibility() -> Response:
    """How accessible these pages are, whom one tells of what is not, and what one may do then: for everyone."""
    journal = workshop().journal
    said, house = off_hub(lambda: (declarations.words(journal), house_of(journal)))
    return as_page(screens().page("accessibility.html", language().name, said=said, house=house))
