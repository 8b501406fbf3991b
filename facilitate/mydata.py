"""Owns what a day holds of one person: all they gave, as they read it, take it along, and have it erased."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from facilitate.afterwards import texts_of
from facilitate.core.activity import Consent, Kinds, Viewer
from facilitate.core.contribution import NOT_SAID, in_order
from facilitate.core.entry import ERASED, Entry
from facilitate.core.rules import CONSENTS, PROFILE
from facilitate.core.state import SessionState
from facilitate.core.words import N_
from facilitate.language import Language
from facilitate.restitution import typography

STATES = {
    "shown": N_("In the report"),
    "waiting": N_("Not read yet by the organisers"),
    "hidden": N_("Hidden from the wall, in the annex of the report"),
    "withheld": N_("Withheld: it is in no document"),
    "proposed": N_("Sent after the day: the organisers read it before it is in the report"),
    "declined": N_("Declined by the organisers"),
    "withdrawn": N_("Taken back: nobody sees it any more, and it stays in the day’s journal until you erase it"),
}
"""Where a contribution stands, in words, for whoever wrote it."""

_TOLD_APART = frozenset(("join", "introduce", "post", "edit", "withdraw", "erase"))
_DEEDS = {
    "agree": N_("I agreed"),
    "answer": N_("I answered"),
    "ask": N_("I asked to meet someone"),
    "commit": N_("I joined a commitment"),
    "complete": N_("I completed a card"),
    "confirm": N_("I confirmed a card"),
    "counter": N_("I made another proposal"),
    "decline": N_("I declined"),
    "degree": N_("How far I agree"),
    "discard": N_("I took a photo back"),
    "enter": N_("The workshop I went to"),
    "line": N_("My line beneath a note"),
    "mark": N_("What I said came of it"),
    "post": N_("I answered"),
    "propose": N_("I made a proposal"),
    "reach": N_("How to find me, and my contact"),
    "sign": N_("I signed"),
    "sit": N_("The table I sat at"),
    "start": N_("What I start with"),
    "support": N_("I supported a card"),
    "tell": N_("I told what I take home"),
    "unask": N_("I took a request back"),
    "uncommit": N_("I left a commitment"),
    "unsign": N_("I took my signature back"),
    "unsupport": N_("I support a card no longer"),
    "vote": N_("I voted"),
    "write": N_("I wrote for my table"),
}
_DEED = N_("Something I did")
_NAMES = {
    "answer": N_("My answer"),
    "contact": N_("My contact: mail or telephone"),
    "degree": N_("Degree"),
    "dots": N_("Points"),
    "listed": N_("In the directory"),
    "listed_contact": N_("With my contact"),
    "offers": N_("They see my contact"),
    "reason": N_("Reason"),
    "roti": N_("What this was worth, 0 to 4"),
    "scales": N_("Marks"),
    "track": N_("Workshop"),
    "where": N_("How to find me in the room"),
    "word": N_("A word for this person"),
}


def held(
    code: str,
    state: SessionState,
    kinds: Kinds,
    entries: Iterable[Entry],
    viewer_in: Callable[[str], Viewer],
    say: Language,
    presence: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """All of it, plain JSON: no key in it, nor anything a key could be tried against.

    ``entries`` is the whole journal; ``viewer_in`` who they are in each step: it knows their anonymous cards, where this phone's key made
    them, and their votes, as long as anyone can. ``presence`` is what the list of those who came says of them, None where nothing does.
    """
    me = viewer_in("").participant
    mine = [entry for entry in entries if entry.print != ERASED and _is_of(entry, viewer_in(entry.activity))]
    person = state.people[me]
    given = [(one["label"], one["about"], one["given"]) for one in consents(state, kinds, me)]
    told: dict[str, Any] = {
        "day": {"code": code, "title": state.agenda.title, "date": state.agenda.date},
        "me": {name: getattr(person, name) for name in ("name", "role", "structure", "type", "territory", *CONSENTS, "remote")},
        "consents": [{"label": say.say(label), "about": about, "given": yes} for label, about, yes in given],
        "contributions": _contributions(state, kinds, mine, viewer_in, say),
        "answers": _answers(state, kinds, mine, say),
        "journal": [_line(state, entry) for entry in mine],
    }
    return told | ({"attendance": dict(presence)} if presence else {})


def consents(state: SessionState, kinds: Kinds, participant: str) -> list[dict[str, Any]]:
    """All they agreed to or may agree to: {step, label, about, given, do, on, content}, the act that says the contrary."""
    person = state.people[participant]
    labels = {"named": N_("To be named in the report"), "photo": N_("To be recognised on photos of the day")}
    found = [(Consent(labels[name], (given := getattr(person, name)), "introduce", {name: not given}), "") for name in CONSENTS]
    for step in state.ordered:
        if kind := kinds.get(step.activity.kind):
            of_kind = kind.consents(state.summaries[step.activity.id], participant, state.people)
            found += [(one, step.activity.id) for one in of_kind]
    return [{"step": step, **asdict(one)} for one, step in found]


def anonymous(state: SessionState, kinds: Kinds, viewer_in: Callable[[str], Viewer]) -> list[str]:
    """The contributions that only this phone's key knows to be theirs."""
    found = []
    for step in state.ordered:
        viewer = viewer_in(step.activity.id)
        for one in state.summaries[step.activity.id].contributions.values() if step.activity.kind in kinds else ():
            if not one.by and one.owner and viewer.wrote(one):
                found.append(one.id)
    return sorted(found)


def _is_of(entry: Entry, viewer: Viewer) -> bool:
    if entry.by:
        return entry.by == viewer.participant
    owner, voter = entry.content.get("owner"), entry.content.get("voter")
    return bool((voter and voter == viewer.voter) or (owner and owner == viewer.owner(entry.on or entry.id)))


def _contributions(
    state: SessionState, kinds: Kinds, mine: list[Entry], viewer_in: Callable[[str], Viewer], say: Language
) -> list[dict[str, Any]]:
    said = {entry.on or entry.id: entry.content for entry in mine if entry.do in ("post", "edit") and not entry.content.get("proposed")}
    found = []
    for step in state.ordered:
        kind, viewer = kinds.get(step.activity.kind), viewer_in(step.activity.id)
        for one in in_order(state.summaries[step.activity.id].contributions) if kind else ():
            if not viewer.wrote(one) or state.acts.get(one.id, ("",))[0] == ERASED:
                continue
            kept = replace(one, content=said.get(one.id, {})) if one.status == "withdrawn" else one
            told: dict[str, Any] = {"id": one.id, "step": step.activity.title, "at": one.at, "signed": bool(one.by), "status": one.status}
            told |= {"texts": [{"label": label, "text": text} for label, text in texts_of(kinds, step, kept, say)]}
            if one.proposed is not None:
                offered = texts_of(kinds, step, replace(one, content=one.proposed), say)
                told["proposed"] = [{"label": label, "text": text} for label, text in offered]
            for name, text in (("why", one.why), ("answer", one.answer), ("reason", one.reason), ("entered", one.entered and "staff")):
                told |= {name: text} if text else {}
            shot = kind.snapshots(state.summaries[step.activity.id]).get(one.id) if kind else None
            found.append(told | ({"photo": shot.media} if shot and shot.media else {}))
    return found


def _answers(state: SessionState, kinds: Kinds, mine: list[Entry], say: Language) -> list[dict[str, Any]]:
    """Votes, evaluations and all else they did, the last word of each: what came before it stands in the journal's lines."""
    last = {
        (entry.activity, entry.do, entry.on): entry
        for entry in mine
        if entry.do not in _TOLD_APART or "voter" in entry.content
        if entry.activity in state.steps
    }
    found = []
    for entry in last.values():
        step = state.steps[entry.activity]
        kind = kinds.get(step.activity.kind)
        labels = {**_NAMES, **{one.key: one.label for one in (kind.fields(step.activity.settings) if kind else ())}}
        about = _headline(state, kinds, entry.on, say)
        what = say.say(_DEEDS.get(entry.do, _DEED))
        texts = [
            {"label": say.say(labels.get(key, key)), "text": _said(value, state, kinds, labels, say)}
            for key, value in entry.content.items()
            if key not in (*NOT_SAID, "voter", "destroys", "to") and value not in ("", None, {}, [])
        ]
        found.append({"step": step.activity.title, "at": entry.at, "what": what, "about": about, "texts": texts})
    return found


def _said(value: Any, state: SessionState, kinds: Kinds, labels: Mapping[str, str], say: Language) -> str:
    """Any value as one reads it: an id of a card as its first words, yes or no, a list on one line."""
    if isinstance(value, bool):
        return say.say(N_("Yes") if value else N_("No"))
    if isinstance(value, Mapping):
        colon = say.say(N_(": "))
        pairs = ((_said(key, state, kinds, labels, say), _said(one, state, kinds, labels, say)) for key, one in value.items())
        return "; ".join(say.say(labels.get(key, key)) + colon + text for key, text in pairs)
    if isinstance(value, list | tuple):
        return ", ".join(_said(one, state, kinds, labels, say) for one in value)
    text = str(value)
    track = state.tracks.get(text)
    return _headline(state, kinds, text, say) or (track.name if track else text)


def _headline(state: SessionState, kinds: Kinds, id: str, say: Language) -> str:
    """The first words of a card that is shown; '' for anything else."""
    found = state.contribution(id) if id else None
    if found is None or found[1].status != "shown":
        return ""
    texts = texts_of(kinds, state.steps[found[0]], found[1], say)
    return texts[0][1] if texts else ""


def _line(state: SessionState, entry: Entry) -> dict[str, Any]:
    """An entry of the journal, without what ties an anonymous one to a key."""
    content = {key: value for key, value in entry.content.items() if key not in ("owner", "voter")}
    step = state.steps.get(entry.activity)
    return {"id": entry.id, "at": entry.at, "do": entry.do, "step": step.activity.title if step else "", "on": entry.on, "content": content}


def as_text(told: Mapping[str, Any], state: SessionState, say: Language) -> str:
    """The same as one reads it."""
    colon = say.say(N_(": "))
    day, me, zone = told["day"], told["me"], ZoneInfo(state.agenda.timezone)

    def hour(at: str) -> str:
        return datetime.fromisoformat(at).astimezone(zone).strftime(" (%Y-%m-%d %H:%M)") if at else ""

    def lines(texts: Iterable[Mapping[str, str]]) -> list[str]:
        return [f"{one['label']}{colon}{one['text']}" if one["label"] else one["text"] for one in texts]

    out = [f"{day['title']} ({day['code']})", "", say.say(N_("What I said of myself"))]
    out += [f"{say.say(field.label)}{colon}{me[field.key]}" for field in PROFILE if me[field.key]]
    out.append(say.say(N_("I agreed to be named in the report.")) if me["named"] else say.say(N_("I am not named in the report.")))
    for one in told["consents"][1:]:
        out.append(" ".join(filter(None, (one["label"], one["about"]))) + colon + say.say(N_("Yes") if one["given"] else N_("No")))
    out += ["", say.say(N_("What I wrote"))]
    for one in told["contributions"]:
        out += ["", one["step"] + hour(one["at"]), *lines(one["texts"])]
        stands = STATES[one["status"]]
        out.append("→ " + say.say(stands) + (f"{colon}{one['why']}" if one.get("why") else ""))
        if one.get("proposed"):
            out += [say.say(N_("My correction, not read yet")) + colon, *(text["text"] for text in one["proposed"])]
        elif one.get("reason"):
            out.append(say.say(N_("Declined, and why")) + colon + one["reason"])
    if told["answers"]:
        out += ["", say.say(N_("What I answered and did"))]
        for one in told["answers"]:
            out += [
                "",
                one["step"] + hour(one["at"]),
                one["what"] + (f"{colon}{one['about']}" if one["about"] else ""),
                *lines(one["texts"]),
            ]
    if state.finished:
        out += ["", say.say(N_("Votes and evaluations are not here: once the day is finished, nothing ties them to anyone."))]
    if presence := told.get("attendance"):
        out += ["", say.say(N_("Attendance")), presence["name"], *(f"{half['half']}{colon}{half['said']}" for half in presence["halves"])]
    return typography.spaced("\n".join(out), say.name) + "\n"
