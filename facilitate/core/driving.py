"""Owns what driving a day may do: the console's verbs upon the agenda, its workshops, its wall and its team."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from facilitate.core.activity import ActivityType, Kinds
from facilitate.core.contribution import Field, read_fields
from facilitate.core.entry import Act, Actor, Entry, Refused, entry_of
from facilitate.core.state import MODERATION, WALL_MANNERS, SessionState
from facilitate.core.team import WHOLE_DAY, decide_team
from facilitate.core.words import N_, is_yes, slug

CONSOLE_VERBS = MODERATION | frozenset(
    "open close closing next back skip add move retime cut show merge invite dismiss finish".split()  # noqa: SIM905
)
_TITLE = (Field("title", N_("Title"), 200, required=True),)
_MOST_MINUTES = 600
_MOST_LINES, _LONGEST = 30, 200


def stays_in(state: SessionState, act: Act, track: str) -> bool:
    """Whether an act of the console stays within one workshop."""
    found = state.contribution(act.on) if act.do in MODERATION else None
    about = found[0] if found else act.activity
    if act.do in WHOLE_DAY:
        return False
    return state.steps[about].activity.track == track if about in state.steps else act.content.get("track", track) == track


def driven(state: SessionState, act: Act, actor: Actor, at: str, kinds: Kinds) -> tuple[Entry, ...] | Refused:
    """The verbs of the console. Where several workshops run, ``content`` says in which ``track`` *next*, *back*, *add* and *show* act."""
    content, by, track = act.content, actor.name, actor.track or str(act.content.get("track", "") or "")
    id = act.activity or state.on(track)
    unknown = Refused("unknown-activity", N_("There is no such step in this day."), status=404)
    if act.do not in ("next", "back", "add", "cut", "show", "merge", "finish", "invite", "dismiss") and id not in state.steps:
        return unknown
    if track and track not in state.tracks:
        return Refused("unknown-track", N_("There is no such workshop in this day."), status=404)
    match act.do:
        case "invite" | "dismiss":
            kept = decide_team(state.team, act, actor, {one.id: one.name for one in state.tracks.values()}, state.panel)
            if isinstance(kept, Refused):
                return kept
            return () if kept is None else (entry_of(act, by, kept, on=act.on),)
        case "open":
            if state.steps[id].status == "open":
                return ()
            if (within := state.steps[id].activity.within) and state.steps[within].status != "open":
                return _not_begun()
            return (entry_of(act, by, {"beside": True} if is_yes(content.get("beside")) else {}, activity=id),)
        case "close" | "closing":
            return _closed(state, act, by, at, id)
        case "next":
            return _next(state, act, by, at, track)
        case "back":
            before = state.before(state.on(track), track)
            return (entry_of(act, by, do="open", activity=before.activity.id),) if before else ()
        case "skip":
            own = state.steps[id].activity.track
            if id == state.on(own):
                return _next(state, replace(act, content={"leaving": id}), by, at, own)
            return (entry_of(act, by, activity=id),) if state.steps[id].status == "planned" else ()
        case "retime":
            minutes = _whole(content.get("minutes"), 1, _MOST_MINUTES)
            return _bad_minutes() if minutes is None else (entry_of(act, by, {"minutes": minutes}, activity=id),)
        case "cut":
            return _cut(state, act, by)
        case "add":
            return _added(state, act, by, kinds, track)
        case "move":
            return _moved(state, act, by, id)
        case "show":
            return _shown(state, act, by, track)
        case "merge":
            variant, name = str(content.get("variant", "")), str(content.get("name", ""))
            if not variant or not name or variant == name or len(name) > (120 if content.get("what") == "structure" else 80):
                return Refused("merge", N_("Choose two different names: the variant, and the one to keep."))
            what = {"what": "structure"} if content.get("what") == "structure" else {}
            if not is_yes(content.get("off")):
                return (entry_of(act, by, {"variant": variant, "name": name, **what}),)
            merged = (state.alike if what else state.same).get(variant) == name
            return (entry_of(act, by, {"variant": variant, "name": name, **what, "off": True}),) if merged else ()
        case _:
            return () if state.finished else (entry_of(act, by, {"codes": dict(act.reckoned)} if act.reckoned else {}),)


def _closed(state: SessionState, act: Act, by: str, at: str, id: str) -> tuple[Entry, ...] | Refused:
    """Closing at once, or announced: {"in": seconds} warns the room first, ``closing`` {"until": ""} takes the warning back."""
    step = state.steps[id]
    if step.status != "open":
        return ()
    seconds = _whole(act.content.get("in", 0), 0, 3600)
    if seconds is None:
        return _bad_minutes()
    if act.do == "close" and not seconds:
        return (entry_of(act, by, activity=id),)
    return (entry_of(act, by, {"until": _later(at, seconds) if seconds else "", "then": "close"}, do="closing", activity=id),)


def _not_begun() -> Refused:
    return Refused("not-begun", N_("The workshops have not begun: whoever drives the day opens them first."), status=409)


def _moved(state: SessionState, act: Act, by: str, id: str) -> tuple[Entry, ...] | Refused:
    """Two people who reorder at once: the second is told, and sees the order as it is now."""
    moved = state.steps[id].activity
    after = str(act.content.get("after", "")) or moved.within
    if (after and after not in state.steps) or after == id:
        return Refused("unknown-activity", N_("There is no such step in this day."), status=404)
    if _elsewhere(state, after, moved.track, moved.within):
        return Refused("elsewhere", N_("A step moves among the steps of its own workshop, or of the plenary."), status=409)
    if act.base is not None and act.base < state.ordered_at:
        return Refused("stale", N_("Someone else has just moved a step: look at the order again, then move this one."), status=409)
    return (entry_of(act, by, {"after": after}, activity=id),)


def _elsewhere(state: SessionState, after: str, track: str, within: str) -> bool:
    """Whether ``after`` is a step of another workshop, or of the plenary."""
    if not after or after == within:
        return False
    place = state.steps[after].activity
    return (place.track, place.within) != (track, within)


def _next(state: SessionState, act: Act, by: str, at: str, track: str) -> tuple[Entry, ...] | Refused:
    """*next* names the step it leaves: pressed twice, or by two people, it advances once."""
    leaving = str(act.content.get("leaving", act.activity) or "")
    if leaving != state.on(track):
        return ()
    if track and not state.within(track):
        return _not_begun()
    seconds = _whole(act.content.get("in", 0), 0, 3600)
    if seconds is None:
        return _bad_minutes()
    if seconds and leaving and state.steps[leaving].status == "open":
        return (entry_of(act, by, {"until": _later(at, seconds), "then": "next"}, do="closing", activity=leaving),)
    following = state.after(leaving, track)
    if following is None:
        return (entry_of(act, by, do="close", activity=leaving),) if leaving and state.steps[leaving].status == "open" else ()
    return (entry_of(act, by, do="open", activity=following.activity.id),)


def _cut(state: SessionState, act: Act, by: str) -> tuple[Entry, ...] | Refused:
    """Shortens several coming steps at one press: {"minutes": {step: minutes}}; 0 leaves an optional one out."""
    asked = act.content.get("minutes")
    if not isinstance(asked, Mapping) or not asked:
        return _bad_minutes()
    entries = []
    for id, value in asked.items():
        step, minutes = state.steps.get(id), _whole(value, 0, _MOST_MINUTES)
        if step is None or step.status != "planned":
            return Refused("unknown-activity", N_("There is no such step in this day."), status=404)
        if minutes is None or minutes < step.activity.minimum or (not minutes and not step.activity.optional):
            return _bad_minutes()
        if not minutes:
            entries.append(entry_of(act, by, do="skip", activity=id))
        elif minutes != step.minutes:
            entries.append(entry_of(act, by, {"minutes": minutes}, do="retime", activity=id))
    return tuple(entries)


def can_add(kind: ActivityType) -> bool:
    """Whether a step of this kind can be improvised: all it needs is a question, or an earlier step."""
    return not any(one.required and one.type not in ("text", "source") for one in kind.settings)


def _added(state: SessionState, act: Act, by: str, kinds: Kinds, track: str) -> tuple[Entry, ...] | Refused:
    """A step nobody had planned: a kind, a question or a title, minutes. Without a title, the question is the title.

    The kind may name one of the ways it is proposed: 'poll.scale'.
    """
    content = act.content
    name, _, way = str(content.get("kind", "")).partition(".")
    kind = kinds.get(name)
    if kind is None or not can_add(kind) or (way and way not in kind.improvised):
        return Refused("unknown-kind", N_("There is no such kind of step."), field="kind")
    if not content.get("title") and isinstance(question := content.get("question"), str):
        content = {**content, "title": question if len(question) <= 200 else question[:199] + "…"}
    title = read_fields(_TITLE, content)
    if isinstance(title, Refused):
        return title
    minutes = _whole(content.get("minutes"), 1, _MOST_MINUTES)
    if minutes is None:
        return _bad_minutes()
    within = state.within(track)
    if track and not within:
        return _not_begun()
    after = str(content.get("after", state.on(track) or within)) or within
    if after and after not in state.steps:
        return Refused("unknown-activity", N_("There is no such step in this day."), status=404)
    if _elsewhere(state, after, track, within):
        return Refused("elsewhere", N_("A step moves among the steps of its own workshop, or of the plenary."), status=409)
    given = content.get("settings", {})
    settings: dict[str, Any] = {one.name: one.default for one in kind.settings} | dict(kind.improvised[way][1] if way else {})
    for one in kind.settings:
        value = given.get(one.name, content.get("question") if one.name == "question" else None) if isinstance(given, Mapping) else None
        if one.type in ("text", "markdown") and isinstance(value, str):
            settings[one.name] = value[:2000]
        elif one.type == "choice" and isinstance(value, str) and value in one.choices:
            settings[one.name] = value
        elif one.type == "list" and isinstance(value, str) and (lines := [line.strip() for line in value.split("\n") if line.strip()]):
            if len(lines) > _MOST_LINES or max(map(len, lines)) > _LONGEST:
                text = N_("One answer a line, %(most)s at most, of %(longest)s characters each.")
                return Refused("lines", text, {"most": _MOST_LINES, "longest": _LONGEST}, field=f"settings.{one.name}")
            settings[one.name] = lines
        elif one.type == "source":
            settings[one.name] = _source(state, kinds, value, after)
            if one.required and not settings[one.name]:
                return Refused("no-source", N_("This kind of step needs an earlier step with contributions."), field=one.name)
    # Field is not JSON: only what differs from the kind's defaults travels, the rest is the kind's own.
    plain = {name: value for name, value in settings.items() if isinstance(value, str | int | bool | list)}
    id = slug(title["title"], set(state.steps))
    added: dict[str, Any] = {"kind": kind.kind, "title": title["title"], "minutes": minutes, "after": after, "settings": plain}
    return (entry_of(act, by, added | ({"track": track, "within": within} if track else {}), activity=id),)


def _source(state: SessionState, kinds: Kinds, named: Any, after: str) -> str:
    """The step an improvised one draws on: the one named, else the last with cards up to where it stands, else the last; or ''.

    Anonymous answers, hidden until they are revealed, are nobody's cards.
    """
    known = ((id, kinds.get(state.steps[id].activity.kind)) for id in state.order)
    readable = [id for id, kind in known if kind is not None and not kind.pseudonymous]
    if named in readable:
        return str(named)
    told = [id for id in readable if state.summaries[id].contributions]
    earlier = [id for id in told if after and state.order.index(id) <= state.order.index(after)]
    return (earlier or told or [""])[-1]


def _shown(state: SessionState, act: Act, by: str, track: str) -> tuple[Entry, ...] | Refused:
    """What the wall shows: one card alone, a step open beside, a page, the QR code, nothing at all, or {} for the step that is on.

    How it shows it (larger, by night, without names) stays until asked otherwise.
    """
    asked = act.content
    wanted: dict[str, Any] = {name: value for name, value in state.wall(track).items() if name in WALL_MANNERS}
    if card := str(asked.get("card", "") or ""):
        found = state.contribution(card)
        if found is None or found[1].status != "shown":
            return Refused("unknown-contribution", N_("This contribution no longer exists."), status=404)
        wanted["card"] = card
    if id := str(asked.get("step", "") or ""):
        if id not in [one.activity.id for one in state.beside(track)]:
            return Refused("not-open", N_("This step is not open: the wall cannot show it."), status=409)
        wanted["step"] = id
    elif "page" in asked and "step" in state.wall(track):
        # Its pages are turned: it stays on the wall.
        wanted["step"] = state.wall(track)["step"]
    if (page := _whole(asked.get("page"), 1, 1000)) is not None:
        wanted["page"] = page
    if (zoom := _whole(asked.get("zoom"), 50, 200)) is not None:
        wanted["zoom"] = zoom
    for name in ("qr", "black", "night", "unnamed"):
        if is_yes(asked.get(name)):
            wanted[name] = True
        elif name in asked:
            wanted.pop(name, None)
    return () if wanted == dict(state.wall(track)) else (entry_of(act, by, wanted | ({"track": track} if track else {})),)


def _whole(value: Any, low: int, high: int) -> int | None:
    """A whole number between bounds, given as a number or as text; else None."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None


def _bad_minutes() -> Refused:
    return Refused("minutes", N_("Give a length in whole minutes, from 1 to %(most)s."), {"most": _MOST_MINUTES}, field="minutes")


def _later(at: str, seconds: int) -> str:
    then = datetime.fromisoformat(at) + timedelta(seconds=seconds)
    return then.isoformat(timespec="milliseconds").replace("+00:00", "Z")
