"""Owns what may happen: ``decide(state, act, actor, …)`` answers with the entries of an act, or with why it is refused.

Everything that is checked before a word goes into the journal is checked here or in the activity's ``accept``; a refused act
changes nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from facilitate.core.activity import Accepted, ActivityType, Kinds, Verb
from facilitate.core.agenda import Activity, Track, tracks_of
from facilitate.core.contribution import Field, in_order, is_named, read_fields
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.notes import decide_note
from facilitate.core.photos import decide_photo
from facilitate.core.sheet import read_sheet
from facilitate.core.state import MODERATION, WALL_MANNERS, SessionState, Step
from facilitate.core.team import WHOLE_DAY, decide_team
from facilitate.core.words import N_, clean, clean_all, slug

PROFILE = (
    Field("name", N_("Name"), 80),
    Field("role", N_("Role"), 80),
    Field("structure", N_("Organisation"), 120),
    Field("type", N_("Type of organisation"), 80),
    Field("territory", N_("Territory"), 80),
)
"""What participants may say of themselves; none of it is required."""

_WHY = (Field("why", N_("Reason"), 200),)
_TITLE = (Field("title", N_("Title"), 200, required=True),)

CONSOLE_VERBS = MODERATION | frozenset(
    "open close closing next back skip add move retime cut show merge invite dismiss finish".split()  # noqa: SIM905
)
NOTES_VERBS = frozenset(("note", "amend", "strike", "unstrike"))
PHOTO_VERBS = frozenset(("photo", "unphoto"))
STAFF = frozenset(("console", "scribe"))
"""Who enters for others."""
_MOST_MINUTES = 600
_MOST_LINES = 100


class Known(int):
    """The act was taken before: the seq it was answered with."""


def read_act(data: Any) -> Act | Refused:
    """An Act out of what came over the wire, every string cleaned; refused where it is not one. Numbers may come as text."""
    malformed = Refused("malformed", N_("This message could not be read. Nothing was changed."), status=400)
    if not isinstance(data, Mapping):
        return malformed
    content = data.get("content") or {}
    words = [data.get(name) or "" for name in ("id", "do", "activity", "on", "for")]
    if not isinstance(content, Mapping) or not all(isinstance(word, str) for word in words):
        return malformed
    numbers: list[int | None] = []
    for name in ("base", "seen"):
        value = data.get(name)
        if value in (None, ""):
            numbers.append(None)
        elif isinstance(value, int | str) and not isinstance(value, bool) and str(value).isdecimal() and len(str(value)) < 16:
            numbers.append(int(value))
        else:
            return malformed
    try:
        id = str(UUID(words[0]))
    except ValueError:
        return Refused("bad-id", N_("Each act needs its own identifier, a UUID. Reload the page and try again."), status=400)
    try:
        cleaned = clean_all(content)
    except (RecursionError, ValueError):
        return malformed
    do, activity, on, behalf = (clean(word) for word in words[1:])
    base, seen = numbers
    return Act(id, do[:40], activity[:80], cleaned, on[:80], base, seen, behalf[:80])


def fingerprints(act: Act, actor: Actor) -> dict[str, str]:
    """The fingerprint an act may be remembered under, by who it is kept for: 'signed', 'unsigned' or 'vote'.

    An anonymous act is remembered through the owner's hash or the voter's pseudonym, never through the participant: from the
    journal no one can try who wrote it.
    """
    said = [act.id, act.do, act.activity, act.on, act.base, act.content]
    staff = actor.name if actor.audience in STAFF else ""
    # For whom it was asked stands in no anonymous print: nobody could try the names of the day one by one.
    whose = {
        "signed": [*([act.behalf] if act.behalf else []), actor.name],
        "unsigned": [actor.owner or staff],
        "vote": [actor.voter],
    }
    return {
        name: hashlib.sha256(json.dumps([*said, *who], ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32]
        for name, who in whose.items()
        if who[-1]
    }


def decide(state: SessionState, act: Act, actor: Actor, at: str, kinds: Kinds) -> tuple[Entry, ...] | Known | Refused:
    """What this act adds to the journal, decided against ``state``.

    ``at`` is now (UTC, ISO, milliseconds). No entries at all means that there is nothing to do any more, as when *next* is
    pressed twice.
    """
    prints = fingerprints(act, actor)
    if act.id in state.acts:
        kept, seq = state.acts[act.id]
        if kept in prints.values():
            return Known(seq)
        return Refused("conflict", N_("This identifier was already used for something else. Reload the page and try again."), status=409)
    answer = _decide(state, act, actor, at, kinds)
    if isinstance(answer, Refused):
        return answer
    at = max(at, state.at)
    entries = []
    for place, entry in enumerate(answer):
        kept_as = "signed" if entry.by else ("vote" if "voter" in entry.content else "unsigned")
        entries.append(
            replace(
                entry,
                seq=state.seq + 1 + place,
                id=act.id if place == 0 else f"{act.id}+{place}",
                at=at if entry.by else "",
                print=prints.get(kept_as, prints.get("signed", "")),
            )
        )
    return tuple(entries)


def _decide(state: SessionState, act: Act, actor: Actor, at: str, kinds: Kinds) -> tuple[Entry, ...] | Refused:
    by = actor.name
    if actor.audience in ("wall", "shelf", "reception"):
        return Refused("not-allowed", N_("This page only shows: it cannot change anything."), status=403)
    if (member := state.team.get(actor.member)) and member.left:
        # A page that stays open, or an act that waited, ends with its link.
        return Refused("not-allowed", N_("This page needs its own link: the one printed when the program started."), status=403)
    if actor.audience == "participant" and actor.participant not in state.people and act.do != "join":
        return Refused("not-joined", N_("This phone has not joined this day. Scan the code again."), status=403)
    if act.do == "join" and actor.audience != "system":
        by = actor.participant
    if act.do in ("join", "introduce"):
        return _introduced(state, act, actor, by)
    if act.do == "sheet" and actor.audience == "system":
        return _sheet(state, act, by, kinds)
    if act.do == "capacity" and actor.audience == "system":
        most = int(act.content["most"])
        return () if most == state.capacity else (_entry(act, by, {"most": most}),)
    if act.do in CONSOLE_VERBS:
        if actor.audience not in ("console", "system"):
            return Refused("not-allowed", N_("Only the facilitator can do this."), status=403)
        if actor.track and not _in_track(state, act, actor.track):
            return Refused("not-allowed", N_("Only whoever drives the whole day can do this."), status=403)
        return _moderated(state, act, by) if act.do in MODERATION else _driven(state, act, actor, at, kinds)
    if act.do in NOTES_VERBS | PHOTO_VERBS:
        if actor.audience not in ("console", "scribe", "notes"):
            return Refused("not-allowed", N_("Only the facilitator can do this."), status=403)
        return _noted(state, act, actor) if act.do in NOTES_VERBS else _photographed(state, act, actor)
    if act.do == "welcome":
        return _welcomed(state, act, actor, by)
    if act.do == "posts":
        return _in_a_row(state, act, actor, by, kinds)
    return _accepted(state, act, actor, by, kinds)


def _in_track(state: SessionState, act: Act, track: str) -> bool:
    """Whether an act of the console stays within one workshop."""
    found = state.contribution(act.on) if act.do in MODERATION else None
    about = found[0] if found else act.activity
    if act.do in WHOLE_DAY:
        return False
    return state.steps[about].activity.track == track if about in state.steps else act.content.get("track", track) == track


def _noted(state: SessionState, act: Act, actor: Actor) -> tuple[Entry, ...] | Refused:
    """A note stands beside the step that is on, in its writer's own workshop where they have one, unless it says which."""
    activity = act.activity or ("" if act.do != "note" else state.on(actor.track) or state.now)
    if activity and activity not in state.steps:
        return Refused("unknown-activity", N_("There is no such step in this day."), status=404)
    kept = decide_note(state.notes, act, is_yes(act.content.get("agreed")))
    if isinstance(kept, Refused):
        return kept
    return () if kept is None else (_entry(act, actor.name, kept, activity=activity, on=act.on),)


def _photographed(state: SessionState, act: Act, actor: Actor) -> tuple[Entry, ...] | Refused:
    """A photo stands beside the step that is on, in its taker's own workshop where they have one, unless it says which."""
    found = state.photos.get(act.on)
    activity = found.activity if found else act.activity or str(act.content.get("step", "") or "") or state.on(actor.track) or state.now
    if activity not in state.steps and act.do == "photo":
        return Refused("unknown-activity", N_("There is no such step in this day."), status=404)
    kept = decide_photo(state.photos, act)
    if isinstance(kept, Refused):
        return kept
    return () if kept is None else (_entry(act, actor.name, kept, activity=activity, on=act.on),)


def _welcomed(state: SessionState, act: Act, actor: Actor, by: str) -> tuple[Entry, ...] | Refused:
    """Someone without a phone takes part: the staff writes for them. The act's id becomes theirs; a full day still takes them."""
    if actor.audience not in STAFF:
        return Refused("not-allowed", N_("Only the facilitator can do this."), status=403)
    said = read_fields((replace(PROFILE[0], required=True), *PROFILE[1:]), act.content)
    if isinstance(said, Refused):
        return said
    more = {"named": is_yes(act.content.get("named")), "phone": False, "entered": by}
    return (_entry(act, act.id, {**said, **more}, do="join"),)


def _entry(act: Act, by: str, content: Mapping[str, Any] | None = None, *, do: str = "", activity: str = "", on: str = "") -> Entry:
    return Entry(0, act.id, "", by, do or act.do, activity, on, dict(content or {}))


def _introduced(state: SessionState, act: Act, actor: Actor, by: str) -> tuple[Entry, ...] | Refused:
    said = read_fields(PROFILE, act.content)
    if isinstance(said, Refused):
        return said
    if not actor.participant:
        return Refused("not-allowed", N_("Only someone who takes part can say who they are."), status=403)
    if act.do == "join":
        if actor.participant in state.people:
            return ()
        if state.full:
            return Refused(
                "full", N_("This day is full: %(capacity)s people have joined. Speak to the welcome desk."), {"capacity": state.most}, 409
            )
    blank = {} if act.do == "join" else {field.key: "" for field in PROFILE if field.key in act.content}
    named = {"named": is_yes(act.content["named"])} if "named" in act.content else {}
    return (_entry(act, by, blank | said | named),)


def is_yes(value: Any) -> bool:
    """True for what a form or a program sends as yes."""
    return value is True or value in (1, "1", "true", "on", "yes", "oui")


def _sheet(state: SessionState, act: Act, by: str, kinds: Kinds) -> tuple[Entry, ...] | Refused:
    text = str(act.content.get("text", ""))
    if text == state.sheet:
        return ()
    agenda, _ = read_sheet(text, kinds)
    if agenda is None:
        return Refused("sheet", N_("The sheet has errors: “facilitate check” lists them."))
    kept = {activity.id: activity for activity in agenda.activities}
    for step in state.ordered:
        told = kept.get(step.activity.id)
        if told and (gone := _gone(step, told)):
            text = N_("The workshop “%(name)s” has begun: it keeps its name and stays in its step. Put it back into “%(title)s”.")
            return Refused("sheet-removes", text, {"name": gone.name, "title": step.activity.title}, 409)
        if told and step.status == "open" and (told.within, told.track) != (step.activity.within, step.activity.track):
            text = N_("The step “%(title)s” is on: it stays where it is among the workshops until it is closed.")
            return Refused("sheet-removes", text, {"title": step.activity.title}, 409)
        values = {"title": step.activity.title, "id": step.activity.id, "line": step.activity.line}
        begun = step.opened or state.summaries[step.activity.id].contributions
        if begun and told and told.kind != step.activity.kind:
            return Refused(
                "sheet-removes",
                N_("The step “%(title)s” has begun: it cannot become another kind. Give the new step another “id” than %(id)s."),
                values,
                409,
            )
        if begun and not told and step.activity.line > 0:
            return Refused(
                "sheet-removes",
                N_(
                    "The step “%(title)s” (line %(line)s before) has begun: it cannot leave the sheet. Put it back, or keep its id: %(id)s."
                ),
                values,
                409,
            )
    return (_entry(act, by, {"text": text}),)


def _gone(step: Step, told: Activity) -> Track | None:
    """A workshop that people went to, and that a revised sheet no longer has: what is said in it would stand nowhere."""
    kept = {one.id for one in tracks_of(told.settings)}
    return next((one for one in tracks_of(step.activity.settings) if step.opened and one.id not in kept), None)


def _moderated(state: SessionState, act: Act, by: str) -> tuple[Entry, ...] | Refused:
    if act.do == "approve" and not act.on:
        return _approved(state, act, by)
    found = state.contribution(act.on)
    if found is None:
        return Refused("unknown-contribution", N_("This contribution no longer exists."), status=404)
    activity, contribution = found
    why = read_fields(_WHY, act.content)
    if isinstance(why, Refused):
        return why
    if contribution.status == "withdrawn":
        return Refused("withdrawn", N_("Its author has withdrawn this contribution."), status=409)
    if act.do == "mask":
        name = str(act.content.get("name", ""))
        if not is_named(contribution, name, state.people):
            return Refused("unknown-name", N_("This name no longer stands in this text."), status=409)
        return (_entry(act, by, {"name": name}, activity=activity, on=act.on),)
    wanted = {"hide": "hidden", "withhold": "withheld"}.get(act.do, "shown")
    if contribution.status == wanted or (act.do == "approve" and contribution.status != "waiting"):
        # What a colleague has hidden meanwhile stays hidden: an approval answers a card that waits, and that one only.
        return ()
    if act.do == "approve" and act.seen is not None and act.seen < contribution.edited:
        return Refused("stale", N_("Its author has just changed this card: read it again, then approve it."), status=409)
    return (_entry(act, by, why, activity=activity, on=act.on),)


def _approved(state: SessionState, act: Act, by: str) -> tuple[Entry, ...] | Refused:
    """Every card of a step that waits, as whoever presses has seen them: one that came meanwhile goes on waiting to be read."""
    if act.activity not in state.steps:
        return Refused("unknown-activity", N_("There is no such step in this day."), status=404)
    waiting = [one for one in in_order(state.summaries[act.activity].contributions) if one.status == "waiting"]
    read = [one for one in waiting if act.seen is None or one.edited <= act.seen]
    return tuple(_entry(act, by, activity=act.activity, on=one.id) for one in read)


def _driven(state: SessionState, act: Act, actor: Actor, at: str, kinds: Kinds) -> tuple[Entry, ...] | Refused:
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
            kept = decide_team(state.team, act, actor, {one.id: one.name for one in state.tracks.values()})
            if isinstance(kept, Refused):
                return kept
            return () if kept is None else (_entry(act, by, kept, on=act.on),)
        case "open":
            if state.steps[id].status == "open":
                return ()
            if (within := state.steps[id].activity.within) and state.steps[within].status != "open":
                return _not_begun()
            return (_entry(act, by, {"beside": True} if is_yes(content.get("beside")) else {}, activity=id),)
        case "close" | "closing":
            return _closed(state, act, by, at, id)
        case "next":
            return _next(state, act, by, at, track)
        case "back":
            before = state.before(state.on(track), track)
            return (_entry(act, by, do="open", activity=before.activity.id),) if before else ()
        case "skip":
            own = state.steps[id].activity.track
            if id == state.on(own):
                return _next(state, replace(act, content={"leaving": id}), by, at, own)
            return (_entry(act, by, activity=id),) if state.steps[id].status == "planned" else ()
        case "retime":
            minutes = _whole(content.get("minutes"), 1, _MOST_MINUTES)
            return _bad_minutes() if minutes is None else (_entry(act, by, {"minutes": minutes}, activity=id),)
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
            if not variant or not name or variant == name or len(name) > 80:
                return Refused("merge", N_("Choose two different names: the variant, and the one to keep."))
            return (_entry(act, by, {"variant": variant, "name": name}),)
        case _:
            return () if state.finished else (_entry(act, by),)


def _closed(state: SessionState, act: Act, by: str, at: str, id: str) -> tuple[Entry, ...] | Refused:
    """Closing at once, or announced: {"in": seconds} warns the room first, ``closing`` {"until": ""} takes the warning back."""
    step = state.steps[id]
    if step.status != "open":
        return ()
    seconds = _whole(act.content.get("in", 0), 0, 3600)
    if seconds is None:
        return _bad_minutes()
    if act.do == "close" and not seconds:
        return (_entry(act, by, activity=id),)
    return (_entry(act, by, {"until": _later(at, seconds) if seconds else "", "then": "close"}, do="closing", activity=id),)


def _not_begun() -> Refused:
    return Refused("not-begun", N_("The workshops have not begun: whoever drives the day opens them first."), status=409)


def _moved(state: SessionState, act: Act, by: str, id: str) -> tuple[Entry, ...] | Refused:
    """Two people who reorder at once: the second is told, and sees the order as it is now."""
    after, moved = str(act.content.get("after", "")), state.steps[id].activity
    if (after and after not in state.steps) or after == id:
        return Refused("unknown-activity", N_("There is no such step in this day."), status=404)
    if (
        after
        and after != moved.within
        and (state.steps[after].activity.track, state.steps[after].activity.within) != (moved.track, moved.within)
    ):
        return Refused("elsewhere", N_("A step moves among the steps of its own workshop, or of the plenary."), status=409)
    if act.base is not None and act.base < state.ordered_at:
        return Refused("stale", N_("Someone else has just moved a step: look at the order again, then move this one."), status=409)
    return (_entry(act, by, {"after": after}, activity=id),)


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
        return (_entry(act, by, {"until": _later(at, seconds), "then": "next"}, do="closing", activity=leaving),)
    following = state.after(leaving, track)
    if following is None:
        return (_entry(act, by, do="close", activity=leaving),) if leaving and state.steps[leaving].status == "open" else ()
    return (_entry(act, by, do="open", activity=following.activity.id),)


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
            entries.append(_entry(act, by, do="skip", activity=id))
        elif minutes != step.minutes:
            entries.append(_entry(act, by, {"minutes": minutes}, do="retime", activity=id))
    return tuple(entries)


def can_add(kind: ActivityType) -> bool:
    """Whether a step of this kind can be improvised: all it needs is a question, or an earlier step."""
    return not any(one.required and one.type not in ("text", "source") for one in kind.settings)


def _added(state: SessionState, act: Act, by: str, kinds: Kinds, track: str) -> tuple[Entry, ...] | Refused:
    """A step nobody had planned: a kind, a question or a title, minutes. Without a title, the question is the title."""
    content = act.content
    kind = kinds.get(str(content.get("kind", "")))
    if kind is None or not can_add(kind):
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
    after = str(content.get("after", state.on(track) or within))
    if after and after not in state.steps:
        return Refused("unknown-activity", N_("There is no such step in this day."), status=404)
    given = content.get("settings", {})
    settings: dict[str, Any] = {one.name: one.default for one in kind.settings}
    for one in kind.settings:
        value = given.get(one.name, content.get("question") if one.name == "question" else None) if isinstance(given, Mapping) else None
        if one.type in ("text", "markdown") and isinstance(value, str):
            settings[one.name] = value[:2000]
        elif one.type == "source":
            settings[one.name] = _source(state, kinds, value, after)
            if one.required and not settings[one.name]:
                return Refused("no-source", N_("This kind of step needs an earlier step with contributions."), field=one.name)
    # Field is not JSON: only what differs from the kind's defaults travels, the rest is the kind's own.
    plain = {name: value for name, value in settings.items() if isinstance(value, str | int | bool)}
    id = slug(title["title"], set(state.steps))
    added: dict[str, Any] = {"kind": kind.kind, "title": title["title"], "minutes": minutes, "after": after, "settings": plain}
    return (_entry(act, by, added | ({"track": track, "within": within} if track else {}), activity=id),)


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
    """What the wall shows: one card alone, its page, its QR code, nothing at all, or {} for the step as usual.

    How it shows it (larger, by night, without names) stays until asked otherwise.
    """
    asked = act.content
    wanted: dict[str, Any] = {name: value for name, value in state.wall(track).items() if name in WALL_MANNERS}
    if card := str(asked.get("card", "") or ""):
        found = state.contribution(card)
        if found is None or found[1].status != "shown":
            return Refused("unknown-contribution", N_("This contribution no longer exists."), status=404)
        wanted["card"] = card
    if (page := _whole(asked.get("page"), 1, 1000)) is not None:
        wanted["page"] = page
    if (zoom := _whole(asked.get("zoom"), 50, 200)) is not None:
        wanted["zoom"] = zoom
    for name in ("qr", "black", "night", "unnamed"):
        if is_yes(asked.get(name)):
            wanted[name] = True
        elif name in asked:
            wanted.pop(name, None)
    return () if wanted == dict(state.wall(track)) else (_entry(act, by, wanted | ({"track": track} if track else {})),)


def _accepted(state: SessionState, act: Act, actor: Actor, by: str, kinds: Kinds) -> tuple[Entry, ...] | Refused:
    """An act upon one activity: who may and when, then the kind's own ``accept``."""
    step = state.steps.get(act.activity)
    if step is None:
        return Refused("unknown-activity", N_("There is no such step in this day."), status=404)
    kind = kinds.get(step.activity.kind)
    verb = kind.verbs.get(act.do) if kind else None
    if kind is None or verb is None:
        return Refused("unknown-verb", N_("This step does not know “%(do)s”."), {"do": act.do}, status=400)
    staff = actor.audience in STAFF
    if actor.track and step.activity.track != actor.track and act.do not in kind.tracked:
        return Refused("not-allowed", N_("Only whoever drives the whole day can do this."), status=403)
    if staff and act.behalf:
        if act.behalf not in state.people or "participant" not in verb.by:
            return Refused("unknown-participant", N_("No one of that name has joined this day."), status=404)
        found = state.summaries[act.activity].contributions.get(act.on)
        if found is not None and not found.entered:
            return Refused("not-yours", N_("Only the person who wrote this can change it."), status=403)
        # Decided as if that person asked: what a phone may not do, nobody does for it.
        actor = replace(actor, audience="participant", participant=act.behalf, owner="")
    elif staff and "participant" in verb.by and not verb.by & {"console", actor.audience}:
        return Refused("for-whom", N_("Choose for whom: each person answers once. A show of hands is entered as a count."), field="for")
    elif actor.audience not in {*verb.by, "system"} and not (actor.audience == "scribe" and {"participant", "console"} <= verb.by):
        return Refused(
            "not-allowed",
            N_("Only the facilitator can do this.") if "console" in verb.by else N_("Only participants can do this."),
            status=403,
        )
    late = _late(step, verb, act, staff and not state.finished)
    if isinstance(late, Refused):
        return late
    accepted = kind.accept(step.activity.settings, act, actor, state.summaries[act.activity], state.sources(step, kinds))
    if isinstance(accepted, Refused):
        return accepted
    waiting = step.activity.approval and act.do in ("post", "edit") and not staff and not accepted.vote
    kept = (
        ({"late": True} if late else {})
        | ({"waiting": True} if waiting else {})
        | ({"entered": by} if staff and (act.behalf or accepted.unsigned) else {})
    )
    return _kept(replace(accepted, content={**accepted.content, **kept}), act, actor)


def _in_a_row(state: SessionState, act: Act, actor: Actor, by: str, kinds: Kinds) -> tuple[Entry, ...] | Refused:
    """Several cards at once, as from a flipchart: ``lines`` holds one card a line, each its first field; the rest of the content is theirs
    alike. All of them, or none."""
    step = state.steps.get(act.activity)
    kind = kinds.get(step.activity.kind) if step else None
    if actor.audience not in STAFF:
        return Refused("not-allowed", N_("Only the facilitator can do this."), status=403)
    fields = kind.fields(step.activity.settings) if step and kind and "post" in kind.verbs and not kind.pseudonymous else ()
    if not fields:
        return Refused("unknown-verb", N_("This step does not know “%(do)s”."), {"do": act.do}, status=400)
    given, rest = act.content.get("lines", ""), {key: value for key, value in act.content.items() if key != "lines"}
    lines = [line.strip() for line in given.split("\n") if line.strip()] if isinstance(given, str) else []
    if not lines or len(lines) > _MOST_LINES:
        return Refused("lines", N_("Write one card a line, from 1 to %(most)s lines."), {"most": _MOST_LINES}, field="lines")
    entries: list[Entry] = []
    for place, line in enumerate(lines, 1):
        if (over := len(line) - fields[0].limit) > 0:
            return Refused(
                "too-long",
                N_("Line %(line)s is %(count)s character too long. Shorten it and send again: nothing was sent."),
                {"line": place, "count": over},
                field="lines",
                plural=N_("Line %(line)s is %(count)s characters too long. Shorten it and send again: nothing was sent."),
            )
        kept = _accepted(state, replace(act, do="post", content={**rest, fields[0].key: line}), actor, by, kinds)
        if isinstance(kept, Refused):
            return kept
        entries.extend(kept)
    return tuple(entries)


def _late(step: Step, verb: Verb, act: Act, staff: bool) -> bool | Refused:
    """False on time, True when it was written while the step was open and arrives after the closing; else refused. What the room gave
    aloud or on paper is entered by the staff until the day is finished."""
    if step.status == "open" or verb.when == "always" or ((verb.when == "opened" or staff) and step.opened):
        return False
    if step.status == "closed":
        if verb.late and act.seen is not None and step.opened_seq <= act.seen < step.closed_seq:
            return True
        return Refused(
            "closed",
            N_("This step has been closed. Your text stays here; the facilitators can open it again."),
            {"at": step.closed},
            status=409,
        )
    return Refused("not-open", N_("This step is not open yet. Your text stays here."), status=409)


def _kept(accepted: Accepted, act: Act, actor: Actor) -> tuple[Entry, ...] | Refused:
    content = dict(accepted.content)
    if accepted.vote:
        content.pop("entered", None)
        if not actor.voter:
            return Refused("finished", N_("This day is finished: votes are no longer taken."), status=409)
        return (_entry(act, "", content | {"voter": actor.voter}, activity=act.activity, on=act.on),)
    if accepted.unsigned:
        return (_entry(act, "", content | ({"owner": actor.owner} if actor.owner else {}), activity=act.activity, on=act.on),)
    return (_entry(act, actor.name, content, activity=act.activity, on=act.on),)


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
