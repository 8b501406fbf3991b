"""Owns how the server prints a paper of the day: in the house's style, in the language asked for, away from the hub."""

from collections.abc import Callable

from flask import Response

from facilitate.language import Language
from facilitate.papers import print_apart
from facilitate.restitution.brand import Brand
from facilitate.web.door import as_file, language_of, off_hub
from facilitate.web.house import brand
from facilitate.web.registration import stored
from facilitate.workshop import Session


def as_pdf(session: Session, name: str, made: Callable[[Language, Brand], str], *, kept: bool = False) -> Response:
    """A paper as it is ``made`` of its words and the house; ``kept`` as a file rather than shown. Its name holds nobody's."""
    say = language_of(session)
    with stored():
        house = brand([session.state.agenda], say.say)
    # What is said is gathered on the hub, where nothing changes under its hands; only the printing leaves it.
    return as_file(off_hub(print_apart, made(say, house)), "application/pdf", f"{session.code}-{name}.pdf", shown=not kept)
