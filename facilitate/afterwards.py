"""Owns what is told of a day in the days after: what waits for the staff, and the letter that says where the report is."""

from dataclasses import replace
from typing import Any

from immutables import Map

from facilitate.core.activity import Kinds
from facilitate.core.contribution import Contribution, in_order
from facilitate.core.state import SessionState, Step
from facilitate.core.words import N_
from facilitate.language import Language
from facilitate.restitution import typography
from facilitate.restitution.naming import seen


def letter(state: SessionState, say: Language, address: str, join: str) -> str:
    """The e-mail to paste, plain text: what the document is, its ``address``, until when one may correct what one wrote, and how: from
    ``join``, the address of the day."""
    agenda, until = state.agenda, state.edition.until
    when = typography.date(agenda.date, say.name) if len(agenda.date) == 10 else agenda.date
    about = ", ".join(one for one in (when, agenda.place) if one)
    # As the report itself names people.
    title = seen(replace(state, summaries=Map(), notes=Map(), photos=Map())).edition.text("", "title") or state.title
    said = [
        say.say(N_("Hello,")),
        say.say(N_("The report of “%(title)s” (%(about)s) can be read here:"), title=title, about=about)
        if about
        else say.say(N_("The report of “%(title)s” can be read here:"), title=title),
        address,
        say.say(N_("It says what the people who came wrote, in their own words, and what the organisers drew from it.")),
    ]
    if state.finished and until:
        day = typography.date(until, say.name)
        said.append(
            say.say(
                N_("Did you take part? Until %(date)s you can correct or complete what you wrote; withdrawing it stays possible after."),
                date=day,
            )
            + " "
            + say.say(
                N_("On the phone you used that day, or on any other with the code your phone gave you at the end: %(address)s"),
                address=join,
            )
        )
    said += [say.say(N_("A question, or a mistake to report? Reply to this message.")), agenda.host]
    return typography.spaced("\n\n".join(one for one in said if one), say.name)


def corrections(state: SessionState, kinds: Kinds, say: Language) -> list[dict[str, Any]]:
    """What the staff have to answer, in the order of the day: cards never read, cards and corrections that came after. ``texts`` are what
    stands or is added, ``offered`` what would stand instead."""
    found = []
    for step in state.ordered:
        kind = kinds.get(step.activity.kind)
        for one in in_order(state.summaries[step.activity.id].contributions) if kind else ():
            if not one.awaits or one.status in ("withheld", "withdrawn") or kind is None:
                continue
            sort = "correction" if one.proposed is not None else "addition" if one.status == "proposed" else "card"
            found.append(
                {
                    "id": one.id,
                    "title": step.activity.title,
                    "sort": sort,
                    "by": _who(state, one, say),
                    "texts": texts_of(kinds, step, one, say),
                    "offered": texts_of(kinds, step, replace(one, content=one.proposed), say) if one.proposed is not None else [],
                }
            )
    return found


def texts_of(kinds: Kinds, step: Step, one: Contribution, say: Language) -> list[tuple[str, str]]:
    """A contribution as (label, text) pairs, in the reader's words."""
    texts = kinds[step.activity.kind].texts(step.activity.settings, one)
    return [(say.say(label), text) for label, text in texts]


def _who(state: SessionState, one: Contribution, say: Language) -> str:
    person = state.people.get(one.by)
    if person is None:
        return say.say(N_("anonymous")) if not one.by else say.say(N_("entered by the facilitators"))
    return ", ".join(part for part in (person.name, person.structure, person.territory) if part) or say.say(N_("a participant"))
