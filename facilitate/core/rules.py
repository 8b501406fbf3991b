"""Owns what may happen: ``decide(state, act, actor, …)`` answers with the entries of an act, or with why it is refused.

Everything that is checked before a word goes into the journal is checked here or in the activity's ``accept``; a refused act
changes nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from facilitate.core.activity import Accepted, ActivityType, Kinds, Verb
from facilitate.core.agenda import Activity, Track, tracks_of
from facilitate.core.collection import COLLECTION_VERBS, decide_collection
from facilitate.core.contribution import Contribution, Field, in_order, is_named, read_fields
from facilitate.core.driving import CONSOLE_VERBS, driven, stays_in
from facilitate.core.edition import EDITION_VERBS, decide_edition
from facilitate.core.entry import ERASED, MASKED, Act, Actor, Entry, Refused, entry_of
from facilitate.core.erasure import Erasure, decide_erasure
from facilitate.core.notes import decide_note
from facilitate.core.photos import decide_photo
from facilitate.core.sheet import read_sheet
from facilitate.core.state import MODERATION, SessionState, Step
from facilitate.core.words import N_, clean, clean_all, is_yes

PROFILE = (
    Field("name", N_("Name"), 80),
    Field("role", N_("Role"), 80),
    Field("structure", N_("Organisation"), 120),
    Field("type", N_("Type of organisation"), 80),
    Field("territory", N_("Territory"), 80),
)
"""What participants may say of themselves; none of it is required."""

CONSENTS = ("named", "photo")
"""What they may agree to, each for itself: to be named in the restitution, to be recognised on photos."""

_WHY = (Field("why", N_("Reason"), 200),)

NOTES_VERBS = frozenset(("note", "amend", "strike", "unstrike"))
PHOTO_VERBS = frozenset(("photo", "unphoto"))
STAFF = frozenset(("console", "scribe"))
"""Who enters for others."""
_MOST_LINES = 100
_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
_ON_THE_WAY = timedelta(days=7)
"""How long after the day a phone that was off may still bring what was written in it."""


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
    return {name: _fingerprint(act, who) for name, who in _whose(act, actor).items()}


def _whose(act: Act, actor: Actor) -> dict[str, list[str]]:
    staff = actor.name if actor.audience in STAFF else ""
    # For whom it was asked stands in no anonymous print: nobody could try the names of the day one by one.
    whose = {
        "signed": [*([act.behalf] if act.behalf else []), actor.name],
        "unsigned": [actor.owner or staff],
        "vote": [actor.voter],
    }
    return {name: who for name, who in whose.items() if who[-1]}


def _fingerprint(act: Act, who: list[str]) -> str:
    said = [act.id, act.do, act.activity, act.on, act.base, act.content, *who]
    return hashlib.sha256(_ENCODE(said).encode()).hexdigest()[:32]


def decide(state: SessionState, act: Act, actor: Actor, at: str, kinds: Kinds) -> tuple[Entry, ...] | Known | Refused:
    """What this act adds to the journal, decided against ``state``.

    ``at`` is now (UTC, ISO, milliseconds). No entries at all means that there is nothing to do any more, as when *next* is
    pressed twice.
    """
    if act.id in state.acts:
        kept, seq = state.acts[act.id]
        if kept == ERASED:
            return Refused("erased", N_("This was erased: it is not taken again."), status=410)
        if kept == MASKED or kept in fingerprints(act, actor).values():
            return Known(seq)
        return _conflict()
    # A card that bore someone's id could be erased as theirs, and they with it.
    answer = _decide(state, act, actor, at, kinds) if act.id not in state.people else _conflict()
    if isinstance(answer, Refused):
        return answer
    at, whose = max(at, state.at), _whose(act, actor)
    entries = []
    for place, entry in enumerate(answer):
        kept_as = "signed" if entry.by else ("vote" if "voter" in entry.content else "unsigned")
        entries.append(
            replace(
                entry,
                seq=state.seq + 1 + place,
                id=act.id if place == 0 else f"{act.id}+{place}",
                at=at if entry.by else "",
                print=entry.print or _fingerprint(act, whose.get(kept_as, whose["signed"])),
            )
        )
    return tuple(entries)


def _conflict() -> Refused:
    return Refused("conflict", N_("This identifier was already used for something else. Reload the page and try again."), status=409)


def _decide(state: SessionState, act: Act, actor: Actor, at: str, kinds: Kinds) -> tuple[Entry, ...] | Refused:
    by = actor.name
    if act.do == "collect" and not act.activity:
        return _collected(state, act, actor)
    if state.collects and act.do not in COLLECTION_VERBS:
        return Refused("over-days", N_("This code is that of a document over several days: nothing happens in it."), status=409)
    if act.do in EDITION_VERBS and not act.activity:
        return _edited(state, act, actor)
    if actor.audience in ("wall", "reception") or (actor.audience == "shelf" and act.do in CONSOLE_VERBS - MODERATION - {"merge"}):
        return Refused("not-allowed", N_("This page only shows: it cannot change anything."), status=403)
    if (member := state.team.get(actor.member)) and member.left:
        # A page that stays open, or an act that waited, ends with its link.
        return Refused("not-allowed", N_("This page needs its own link: the one printed when the program started."), status=403)
    if actor.audience == "participant" and actor.participant not in state.people and act.do != "join":
        return Refused("not-joined", N_("This phone has not joined this day. Scan the code again."), status=403)
    if act.do == "join" and actor.audience != "system":
        by = actor.participant
    if act.do == "erase":
        found = None if act.on in state.people else state.contribution(act.on)
        return decide_erasure(act, actor, state.people, found[1] if found else None, by)
    if act.do in ("join", "introduce"):
        return _introduced(state, act, actor, by)
    if act.do == "sheet" and actor.audience == "system":
        return _sheet(state, act, by, kinds)
    if act.do == "capacity" and actor.audience == "system":
        most = int(act.content["most"])
        return () if most == state.capacity else (entry_of(act, by, {"most": most}),)
    if act.do in CONSOLE_VERBS:
        if actor.audience not in ("console", "shelf", "system"):
            return Refused("not-allowed", N_("Only the facilitator can do this."), status=403)
        if actor.track and not stays_in(state, act, actor.track):
            return Refused("not-allowed", N_("Only whoever drives the whole day can do this."), status=403)
        return _moderated(state, act, by) if act.do in MODERATION else driven(state, act, actor, at, kinds)
    if act.do in NOTES_VERBS | PHOTO_VERBS:
        if actor.audience not in ("console", "scribe", "notes"):
            return Refused("not-allowed", N_("Only the facilitator can do this."), status=403)
        return _noted(state, act, actor) if act.do in NOTES_VERBS else _photographed(state, act, actor)
    if act.do == "welcome":
        return _welcomed(state, act, actor, by)
    if act.do == "posts":
        return _in_a_row(state, act, actor, by, kinds)
    return _accepted(state, act, actor, by, kinds, at)


def _edited(state: SessionState, act: Act, actor: Actor) -> tuple[Entry, ...] | Refused:
    """What staff say over the report: from the shelf, or from the console of the whole day."""
    if actor.audience not in ("shelf", "console", "system") or actor.track:
        return Refused("not-allowed", N_("Only whoever drives the whole day can do this."), status=403)
    found = state.contribution(act.on) if act.on else None
    kept = decide_edition(state.edition, act, found[1] if found else None)
    if isinstance(kept, Refused):
        return kept
    return () if kept is None else (entry_of(act, actor.name, kept, on=act.on),)


def _collected(state: SessionState, act: Act, actor: Actor) -> tuple[Entry, ...] | Refused:
    """Which days a document over several gathers: said first of all in its journal, and again whenever staff choose anew."""
    if actor.audience not in ("shelf", "system"):
        return Refused("not-allowed", N_("Only the organisation’s staff can do this, from its list of days."), status=403)
    if state.seq and not state.collects:
        return Refused("is-a-day", N_("This code is that of a day: it gathers no others."), status=409)
    kept = decide_collection(state.collects, act)
    if isinstance(kept, Refused):
        return kept
    return () if kept is None else (entry_of(act, actor.name, kept),)


def _noted(state: SessionState, act: Act, actor: Actor) -> tuple[Entry, ...] | Refused:
    """A note stands beside the step that is on, in its writer's own workshop where they have one, unless it says which."""
    activity = act.activity or ("" if act.do != "note" else state.on(actor.track) or state.now)
    if activity and activity not in state.steps:
        return Refused("unknown-activity", N_("There is no such step in this day."), status=404)
    kept = decide_note(state.notes, act, is_yes(act.content.get("agreed")))
    if isinstance(kept, Refused):
        return kept
    return () if kept is None else (entry_of(act, actor.name, kept, activity=activity, on=act.on),)


def _photographed(state: SessionState, act: Act, actor: Actor) -> tuple[Entry, ...] | Refused:
    """A photo stands beside the step that is on, in its taker's own workshop where they have one, unless it says which."""
    found = state.photos.get(act.on)
    activity = found.activity if found else act.activity or str(act.content.get("step", "") or "") or state.on(actor.track) or state.now
    if activity not in state.steps and act.do == "photo":
        return Refused("unknown-activity", N_("There is no such step in this day."), status=404)
    kept = decide_photo(state.photos, act)
    if isinstance(kept, Refused):
        return kept
    return () if kept is None else (entry_of(act, actor.name, kept, activity=activity, on=act.on),)


def _welcomed(state: SessionState, act: Act, actor: Actor, by: str) -> tuple[Entry, ...] | Refused:
    """Someone without a phone takes part: the staff writes for them. The act's id becomes theirs; a full day still takes them."""
    if actor.audience not in STAFF:
        return Refused("not-allowed", N_("Only the facilitator can do this."), status=403)
    said = read_fields((replace(PROFILE[0], required=True), *PROFILE[1:]), act.content)
    if isinstance(said, Refused):
        return said
    more = {"named": is_yes(act.content.get("named")), "phone": False, "entered": by}
    more |= {"photo": True} if is_yes(act.content.get("photo")) else {}
    if state.agenda.online == "hybrid" and is_yes(act.content.get("remote")):
        more["remote"] = True
    return (entry_of(act, act.id, {**said, **more}, do="join"),)


def _introduced(state: SessionState, act: Act, actor: Actor, by: str) -> tuple[Entry, ...] | Refused:
    said = read_fields(PROFILE, act.content)
    if isinstance(said, Refused):
        return said
    if not actor.participant:
        return Refused("not-allowed", N_("Only someone who takes part can say who they are."), status=403)
    if act.do == "join":
        if actor.participant in state.people:
            return ()
        if state.full and not act.content.get("kept"):
            return Refused(
                "full", N_("This day is full: %(capacity)s people have joined. Speak to the welcome desk."), {"capacity": state.most}, 409
            )
    blank = {} if act.do == "join" else {field.key: "" for field in PROFILE if field.key in act.content}
    agreed = {name: is_yes(act.content[name]) for name in CONSENTS if name in act.content}
    return (entry_of(act, by, blank | said | agreed | _where(state.agenda.online, act)),)


def _where(online: str, act: Act) -> dict[str, bool]:
    """Whether they take part at a distance: asked where some do, known where everyone does."""
    if online == "hybrid" and "remote" in act.content:
        return {"remote": is_yes(act.content["remote"])}
    return {"remote": True} if online == "yes" and act.do == "join" else {}


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
    return (entry_of(act, by, {"text": text}),)


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
        if not isinstance(act.reckoned, Erasure):
            return (entry_of(act, by, {"name": name}, activity=activity, on=act.on),)
        # Which places it was taken out of; the name stands nowhere any more.
        seqs = [entry.seq for entry in act.reckoned.emptied]
        return (replace(entry_of(act, by, {"seqs": seqs}, activity=activity, on=act.on), print=MASKED),)
    if act.do == "refuse":
        # A card of the day that waits is hidden or withheld; what came after it is declined.
        if contribution.status != "proposed" and contribution.proposed is None:
            return ()
    elif act.do == "approve":
        # What a colleague has hidden meanwhile stays hidden: an approval answers what waits for one, and that only.
        if not contribution.awaits and contribution.status != "declined":
            return ()
    elif contribution.status in ("proposed", "declined"):
        text = N_("This came after the day and stands nowhere yet: accept it, or decline it with the reason.")
        return Refused("not-accepted", text, status=409)
    elif contribution.status == {"hide": "hidden", "withhold": "withheld"}.get(act.do, "shown"):
        return ()
    if act.do in ("approve", "refuse") and act.seen is not None and act.seen < max(contribution.edited, contribution.offered):
        return Refused("stale", N_("Its author has just changed this card: read it again, then approve it."), status=409)
    return (entry_of(act, by, why, activity=activity, on=act.on),)


def _approved(state: SessionState, act: Act, by: str) -> tuple[Entry, ...] | Refused:
    """Every card of a step that waits, as whoever presses has seen them: one that came meanwhile goes on waiting to be read."""
    if act.activity not in state.steps:
        return Refused("unknown-activity", N_("There is no such step in this day."), status=404)
    waiting = [one for one in in_order(state.summaries[act.activity].contributions) if one.status == "waiting"]
    read = [one for one in waiting if act.seen is None or one.edited <= act.seen]
    return tuple(entry_of(act, by, activity=act.activity, on=one.id) for one in read)


def _accepted(state: SessionState, act: Act, actor: Actor, by: str, kinds: Kinds, at: str = "") -> tuple[Entry, ...] | Refused:
    """An act upon one activity: who may and when, then the kind's own ``accept``."""
    step = state.steps.get(act.activity)
    if step is None:
        return Refused("unknown-activity", N_("There is no such step in this day."), status=404)
    kind = kinds.get(step.activity.kind)
    verb = kind.verbs.get(act.do) if kind else None
    if kind is None or verb is None:
        return Refused("unknown-verb", N_("This step does not know “%(do)s”."), {"do": act.do}, status=400)
    if actor.audience == "shelf" and not act.behalf:
        # After the day its staff does what the console did: an answer that came, a commitment kept.
        actor = replace(actor, audience="console", member=actor.name)
    staff = actor.audience in STAFF
    if act.behalf and not staff:
        # A phone asks for itself alone, whatever it says.
        act = replace(act, behalf="")
    if actor.track and step.activity.track != actor.track and act.do not in kind.tracked:
        return Refused("not-allowed", N_("Only whoever drives the whole day can do this."), status=403)
    if staff and act.behalf:
        if act.behalf not in state.people or "participant" not in verb.by:
            return Refused("unknown-participant", N_("No one of that name has joined this day."), status=404)
        found = state.summaries[act.activity].contributions.get(act.on)
        if found is not None and found.by == act.behalf and not found.entered:
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
    after = bool(state.finished) and actor.audience == "participant" and not staff and not _written_then(state, step, act, at)
    late = _afterwards(state, step, act, kind, at) if after else _late(step, verb, act, staff and not state.finished)
    if isinstance(late, Refused):
        return late
    accepted = kind.accept(step.activity.settings, act, actor, state.summaries[act.activity], state.sources(step, kinds))
    if isinstance(accepted, Refused):
        return accepted
    waiting = step.activity.approval and act.do in ("post", "edit") and not staff and not accepted.vote
    kept = (
        ({"late": True} if late else {})
        | ({"waiting": True} if waiting and not after else {})
        | ({"proposed": True} if after and _is_offer(act, state.summaries[act.activity].contributions) and not accepted.vote else {})
        | ({"entered": by} if staff and (act.behalf or accepted.unsigned) else {})
    )
    return _kept(replace(accepted, content={**accepted.content, **kept}) if kept else accepted, act, actor)


def _in_a_row(state: SessionState, act: Act, actor: Actor, by: str, kinds: Kinds) -> tuple[Entry, ...] | Refused:
    """Several cards at once, as from a flipchart: ``lines`` holds one card a line, each its first field; the rest of the content is theirs
    alike. All of them, or none."""
    step = state.steps.get(act.activity)
    kind = kinds.get(step.activity.kind) if step else None
    if actor.audience not in STAFF:
        return Refused("not-allowed", N_("Only the facilitator can do this."), status=403)
    fields = kind.fields(step.activity.settings) if step and kind and "post" in kind.verbs and not kind.pseudonymous else ()
    if kind is None or not fields:
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
        # The next line is decided with those above it in place: what a team may hold counts them.
        for one in kept:
            placed = replace(one, seq=state.seq + place, id=f"{act.id}+{place}", at=state.at if one.by else "")
            summary = kind.fold(state.summaries[act.activity], placed)
            state = replace(state, summaries=state.summaries.set(act.activity, summary))
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


def corrections_open(state: SessionState, at: str) -> bool:
    """Whether participants may still correct and add, the day finished: until the last day that staff gave, where the day was held."""
    today = datetime.fromisoformat(at).astimezone(ZoneInfo(state.agenda.timezone)).date().isoformat()
    return bool(state.finished) and today <= state.edition.until


def _written_then(state: SessionState, step: Step, act: Act, at: str) -> bool:
    """Whether it was written on a screen that showed the step open: it comes late, and counts as of the day. Only so long after the end: it
    is the phone that says what it saw, and what comes once the report stands is for staff to accept."""
    until = datetime.fromisoformat(state.finished) + _ON_THE_WAY
    return act.seen is not None and step.opened_seq <= act.seen < step.closed_seq and datetime.fromisoformat(at) <= until


def _afterwards(state: SessionState, step: Step, act: Act, kind: ActivityType, at: str) -> Literal[False] | Refused:
    """What a participant may do once the day is finished: take back, always; add and correct, while corrections are open."""
    if not step.opened:
        return Refused("not-open", N_("This step was not held: nothing can be added to it."), status=409)
    if kind.verbs[act.do].when == "always" or act.do == "withdraw":
        return False
    if kind.pseudonymous:
        return Refused("finished", N_("This day is finished: votes are no longer taken."), status=409)
    if act.do not in ("post", "edit"):
        return Refused(
            "corrections-closed", N_("This day is finished: only what you wrote can still be corrected or withdrawn."), status=409
        )
    if not corrections_open(state, at):
        text = N_("Corrections are closed for this day: the report stands. You can still withdraw what you wrote.")
        return Refused("corrections-closed", text, status=409)
    found = state.summaries[act.activity].contributions.get(act.on)
    if act.do == "edit" and found is not None and found.status == "declined":
        return Refused("declined", N_("The organisers have declined this card. Write another one, or speak to them."), status=409)
    return False


def _is_offer(act: Act, contributions: Mapping[str, Contribution]) -> bool:
    """A card, or other words for one that stands; what was offered and not answered yet is simply changed."""
    found = contributions.get(act.on)
    return act.do == "post" or (act.do == "edit" and (found is None or found.status != "proposed"))


def _kept(accepted: Accepted, act: Act, actor: Actor) -> tuple[Entry, ...] | Refused:
    content = dict(accepted.content)
    if accepted.vote:
        content.pop("entered", None)
        if not actor.voter:
            return Refused("finished", N_("This day is finished: votes are no longer taken."), status=409)
        return (entry_of(act, "", content | {"voter": actor.voter}, activity=act.activity, on=act.on),)
    if accepted.unsigned:
        return (entry_of(act, "", content | ({"owner": actor.owner} if actor.owner else {}), activity=act.activity, on=act.on),)
    return (entry_of(act, actor.name, content, activity=act.activity, on=act.on),)
