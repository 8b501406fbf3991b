"""Owns what may be done with a question: supporting it, uniting it with another, putting it to someone, answering it now or later."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from facilitate.activities.questions.asked import Asked
from facilitate.core.activity import Accepted, Sources
from facilitate.core.contribution import Contribution, Field, may_change, read_fields
from facilitate.core.entry import Act, Actor, Refused
from facilitate.core.words import N_

NOTE = Field("text", N_("What was answered"), 1000)
WHY = Field("text", N_("Why it is set aside"), 300, required=True)


def decide(settings: Mapping[str, Any], act: Act, actor: Actor, held: Asked, sources: Sources) -> Accepted | Refused:
    """What the journal keeps of a verb of this kind's own, or why it is refused."""
    if act.do == "unite":
        return _united(act, held)
    if act.do == "take" and not act.on:
        return Accepted({})
    found = _found(act.on, held)
    if isinstance(found, Refused):
        return found
    match act.do:
        case "support" | "unsupport":
            return _supported(act, actor, held, found)
        case "take":
            return Accepted({}) if any(one.status == "shown" for one in held.alike(act.on)) else _off_the_wall()
        case "separate":
            return (
                Accepted({}) if act.on in held.united else Refused("not-united", N_("This question stands by itself already."), status=409)
            )
        case "route":
            to = panellist(settings, act.content.get("to", ""), "to")
            return to if isinstance(to, Refused) else Accepted({"to": to})
        case "answer":
            return _answered(settings, act, actor, held, sources)
        case "promise":
            return _promised(settings, act, actor, held, sources)
        case "aside":
            why = read_fields((WHY,), act.content)
            return why if isinstance(why, Refused) else _timely(act, actor, held, sources) or Accepted(why)
    if held.reply(act.on).state == "open":
        return Refused("open", N_("This question is open already."), status=409)
    return _timely(act, actor, held, sources) or Accepted({})


def steady(act: Act, actor: Actor, held: Asked) -> Refused | None:
    """Why the words of a question no longer change: others stand behind them, or it was dealt with."""
    mine = may_change(act, actor, held.contributions)
    if isinstance(mine, Refused):
        return mine
    if held.supporters(act.on) or held.reply(act.on).seq or len(held.alike(act.on)) > 1:
        text = N_("Others support this question, or it was dealt with: its words stay as they are. Ask another one, or withdraw it.")
        return Refused("steady", text, status=409)
    return None


def _found(id: str, held: Asked) -> Contribution | Refused:
    found = held.contributions.get(id)
    if found is None:
        return Refused("unknown-contribution", N_("This question is not part of this step."), status=404)
    if all(one.status == "withdrawn" for one in held.alike(id)):
        return Refused("withdrawn", N_("This question was withdrawn by its author. Nothing was changed."), status=409)
    return found


def _off_the_wall() -> Refused:
    return Refused("not-shown", N_("This question was taken off the wall, or waits to be read. Nothing was changed."), status=409)


def _supported(act: Act, actor: Actor, held: Asked, found: Contribution) -> Accepted | Refused:
    """Once each, whatever was united with it; taken back at will."""
    alike = held.alike(act.on)
    supports = actor.voter in held.supporters(act.on)
    if act.do == "unsupport":
        text = N_("You do not support this question: there is nothing to take back.")
        return Accepted({}, vote=True) if supports else Refused("not-supported", text, status=409)
    if found.status not in ("shown", "withdrawn") or not any(one.status == "shown" for one in alike):
        return _off_the_wall()
    if found.by == actor.participant or (found.owner and found.owner == actor.owner):
        return Refused("own", N_("This is your own question: the others support it."), status=409)
    if supports:
        return Refused("supported", N_("You support this question already: once is enough."), status=409)
    return Accepted({}, vote=True)


def _united(act: Act, held: Asked) -> Accepted | Refused:
    """``{"these": [ids]}``: the one that was dealt with, or has most support, or came first, speaks for all."""
    given = act.content.get("these")
    asked = list(dict.fromkeys(given)) if isinstance(given, list | tuple) and all(isinstance(one, str) for one in given) else []
    if len(asked) < 2:
        return Refused("two", N_("Tick the questions that ask the same: two or more."), field="these")
    for id in asked:
        found = _found(id, held)
        if isinstance(found, Refused):
            return found
        if id in held.united:
            values = {"text": _words(held.contributions[held.head(id)])}
            text = N_("One of these was united already, with “%(text)s”. Nothing was changed: unite the others with that one.")
            return Refused("united", text, values, status=409)

    def first(id: str) -> tuple[bool, int, int]:
        return not held.reply(id).seq, -len(held.supporters(id)), held.contributions[id].n

    into, *these = sorted(asked, key=first)
    return Accepted({"into": into, "these": these})


def _words(one: Contribution) -> str:
    text = str(one.content.get("text", "")) if one.status != "withheld" else "…"
    return text if len(text) <= 80 else text[:79] + "…"


def panellist(settings: Mapping[str, Any], name: Any, place: str) -> str | Refused:
    """A name of the panel, or ''; any name where the sheet gives none."""
    panel: Sequence[str] = settings["panel"]
    if not isinstance(name, str) or (name and name not in panel if panel else len(name) > 80):
        values = {"name": str(name)[:80]}
        return Refused("unknown-panellist", N_("“%(name)s” is not on the panel. Your text is kept: choose again."), values, field=place)
    return name


def _who(settings: Mapping[str, Any], act: Act, actor: Actor, held: Asked, sources: Sources) -> str | Refused:
    """Who answers: the panellist who writes, the one the facilitator names, the one it was put to."""
    member = sources.team.get(actor.member)
    if actor.audience == "panel" and member:
        return member.name
    return panellist(settings, act.content.get("who") or held.put_to(act.on), "who") if "who" in act.content else held.put_to(act.on)


def _timely(act: Act, actor: Actor, held: Asked, sources: Sources) -> Refused | None:
    """Why someone may not deal with a question that someone else has dealt with; who has read what was answered may put it right."""
    was = held.reply(act.on)
    seen = act.base is not None and act.base >= was.seq
    if was.state == "answered" and actor.audience == "panel" and was.by != actor.member:
        text = N_("This question was answered in the room. Your text stays here: the facilitators can change the answer.")
        if was.who:
            text = N_("%(who)s has answered this question: only they or the facilitators change it. Your text stays here.")
        return Refused("answered", text, {"who": was.who}, 409)
    if was.state == "answered" and not seen and act.do != "reopen":
        text = N_("This question has just been answered. Your text stays here: read the answer, then send again to put yours in its place.")
        return Refused("stale", text, status=409)
    if was.seq and act.base is not None and not seen:
        text = N_("Someone has dealt with this question meanwhile. Your text stays here: look again, then send it.")
        return Refused("stale", text, status=409)
    return None


def _answered(settings: Mapping[str, Any], act: Act, actor: Actor, held: Asked, sources: Sources) -> Accepted | Refused:
    """What was said; in the room the facilitator may mark it answered at once, and note it later."""
    required = Field(NOTE.key, NOTE.label, NOTE.limit, required=actor.audience == "panel")
    said = read_fields((required,), act.content)
    if isinstance(said, Refused):
        return said
    who = _who(settings, act, actor, held, sources)
    return who if isinstance(who, Refused) else _timely(act, actor, held, sources) or Accepted({**said, "who": who})


def _promised(settings: Mapping[str, Any], act: Act, actor: Actor, held: Asked, sources: Sources) -> Accepted | Refused:
    who, given = _who(settings, act, actor, held, sources), act.content.get("date", "")
    if isinstance(who, Refused):
        return who
    if not who:
        return Refused("nobody", N_("Say who will answer."), field="who")
    try:
        due = date.fromisoformat(str(given))
    except ValueError:
        return Refused("date", N_("Say by when: a day of the calendar. Your text is kept."), field="date")
    if sources.opened and due.isoformat() < sources.opened[:10]:
        return Refused("past", N_("This day is past: choose one to come. Your text is kept."), field="date")
    return _timely(act, actor, held, sources) or Accepted({"who": who, "date": due.isoformat()})
