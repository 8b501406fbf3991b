"""Owns how the server prints a paper of the day: in the house's style, in the language asked for, away from the hub."""

from collections.abc import Callable

from flask import Response, request

from facilitate.language import LANGUAGES, Language
from facilitate.papers import print_apart
from facilitate.restitution.brand import Brand
from facilitate.web.door import off_hub, screens
from facilitate.web.house import brand
from facilitate.web.registration import stored
from facilitate.workshop import Session


def language_of(session: Session) -> Language:
    """The one asked for in the address, else the day's."""
    asked = request.args.get("lang", "")
    return screens().say(asked if asked in LANGUAGES else session.state.agenda.language)


def as_pdf(session: Session, name: str, made: Callable[[Language, Brand], str], *, kept: bool = False) -> Response:
    """A paper as it is ``made`` of its words and the house; ``kept`` as a file rather than shown. Its name holds nobody's."""
    say = language_of(session)
    with stored():
        house = brand([session.state.agenda], say.say)
    # What is said is gathered on the hub, where nothing changes under its hands; only the printing leaves it.
    response = Response(off_hub(print_apart, made(say, house)), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'{"attachment" if kept else "inline"}; filename="{session.code}-{name}.pdf"'
    return response
