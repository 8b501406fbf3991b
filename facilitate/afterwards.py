"""Owns what is told of a day in the days after: what waits for the staff, the letter that says where the report is, what each person may
take along of their own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from immutables import Map

from facilitate.core.activity import Kinds, Viewer
from facilitate.core.contribution import Contribution, in_order
from facilitate.core.rules import PROFILE
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
                    "texts": _texts(kinds, step, one, say),
                    "offered": _texts(kinds, step, replace(one, content=one.proposed), say) if one.proposed is not None else [],
                }
            )
    return found


def _texts(kinds: Kinds, step: Step, one: Contribution, say: Language) -> list[tuple[str, str]]:
    texts = kinds[step.activity.kind].texts(step.activity.settings, one)
    return [(say.say(label), text) for label, text in texts]


def _who(state: SessionState, one: Contribution, say: Language) -> str:
    person = state.people.get(one.by)
    if person is None:
        return say.say(N_("anonymous")) if not one.by else say.say(N_("entered by the facilitators"))
    return ", ".join(part for part in (person.name, person.structure, person.territory) if part) or say.say(N_("a participant"))


def own(code: str, state: SessionState, kinds: Kinds, viewer_in: Callable[[str], Viewer], say: Language) -> dict[str, Any]:
    """All that a day holds of one person, plain JSON. ``viewer_in`` who they are in each step: it knows their anonymous cards too."""
    person = state.people[viewer_in("").participant]
    profile = {name: getattr(person, name) for name in ("name", "role", "structure", "type", "territory", "named", "remote")}
    written = []
    for step in state.ordered:
        kind = kinds.get(step.activity.kind)
        viewer = viewer_in(step.activity.id)
        for one in in_order(state.summaries[step.activity.id].contributions) if kind else ():
            if viewer.wrote(one) and one.status != "withdrawn":
                told: dict[str, Any] = {"step": step.activity.title, "at": one.at, "signed": bool(one.by), "status": one.status}
                told["texts"] = [{"label": label, "text": text} for label, text in _texts(kinds, step, one, say)]
                if one.proposed is not None:
                    offered = _texts(kinds, step, replace(one, content=one.proposed), say)
                    told["proposed"] = [{"label": label, "text": text} for label, text in offered]
                for name, text in (("why", one.why), ("answer", one.answer), ("reason", one.reason)):
                    told |= {name: text} if text else {}
                written.append(told)
    return {"day": {"code": code, "title": state.agenda.title, "date": state.agenda.date}, "me": profile, "contributions": written}


STATES = {
    "shown": N_("In the report"),
    "waiting": N_("Not read yet by the organisers"),
    "hidden": N_("Hidden from the wall, in the annex of the report"),
    "withheld": N_("Withheld: it is in no document"),
    "proposed": N_("Sent after the day: the organisers read it before it is in the report"),
    "declined": N_("Declined by the organisers"),
}
"""Where a contribution stands, in words, for whoever wrote it."""


def own_text(held: dict[str, Any], state: SessionState, say: Language) -> str:
    """The same as one reads it."""
    colon = say.say(N_(": "))
    day, me, zone = held["day"], held["me"], ZoneInfo(state.agenda.timezone)
    out = [f"{day['title']} ({day['code']})", "", say.say(N_("What I said of myself"))]
    out += [f"{say.say(field.label)}{colon}{me[field.key]}" for field in PROFILE if me[field.key]]
    out.append(say.say(N_("I agreed to be named in the report.")) if me["named"] else say.say(N_("I am not named in the report.")))
    out += ["", say.say(N_("What I wrote"))]
    for one in held["contributions"]:
        at = datetime.fromisoformat(one["at"]).astimezone(zone).strftime(" (%Y-%m-%d %H:%M)") if one["at"] else ""
        out += ["", one["step"] + at]
        out += [f"{text['label']}{colon}{text['text']}" if text["label"] else text["text"] for text in one["texts"]]
        state_of = STATES[one["status"]]
        out.append("→ " + say.say(state_of) + (f"{colon}{one['why']}" if one.get("why") else ""))
        if one.get("proposed"):
            out += [say.say(N_("My correction, not read yet")) + colon, *(text["text"] for text in one["proposed"])]
        elif one.get("reason"):
            out.append(say.say(N_("Declined, and why")) + colon + one["reason"])
    out += ["", say.say(N_("Votes and evaluations are not here: once the day is finished, nothing ties them to anyone."))]
    return typography.spaced("\n".join(out), say.name) + "\n"
