"""Owns the state of a session: what its journal adds up to, one entry at a time.

``apply(state, entry, kinds)`` is the only way from one state to the next, ``fold`` what a stored journal adds up to. Everything is
immutable: maps are persistent (``immutables.Map``), so that a day of 10,000 entries costs no more per entry than a short one, and a
state that could not be committed is simply dropped.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from immutables import Map

from facilitate.core.activity import ActivityType, Kinds, Source, Sources, Summary
from facilitate.core.agenda import Activity, Agenda, Track, tracks_of
from facilitate.core.collection import fold_collection
from facilitate.core.contribution import Contribution, Participant, Same, fold_contributions
from facilitate.core.edition import EDITION_VERBS, Edition, fold_edition
from facilitate.core.entry import ERASED, Entry
from facilitate.core.notes import Note, fold_notes
from facilitate.core.photos import Photo, fold_photos
from facilitate.core.sheet import read_sheet
from facilitate.core.team import Member, fold_team

WALL_MANNERS = ("zoom", "night", "unnamed")
"""How the wall shows things, kept from step to step; what it shows is not."""

MODERATION = frozenset(("hide", "restore", "withhold", "approve", "refuse", "mask"))
"""What the console does to a contribution, whatever its kind."""

StepStatus = Literal["planned", "open", "closed", "skipped"]


@dataclass(frozen=True, slots=True)
class Step:
    """One activity as the day goes.

    ``minutes`` is its length now (planned, then retimed); ``opened`` and ``closed`` are instants, with the seqs at which they happened;
    ``again`` the instant of its last opening, from which its minutes count; ``closing`` the instant at which an announced closing falls, ''
    when none is announced, and ``then`` what it does: 'close' or 'next'.
    """

    activity: Activity
    minutes: int
    status: StepStatus = "planned"
    opened: str = ""
    again: str = ""
    closed: str = ""
    opened_seq: int = 0
    closed_seq: int = 0
    closing: str = ""
    then: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the console's log: who did what when; ``about`` a contribution or step, ``why`` the reason given."""

    seq: int
    at: str
    by: str
    do: str
    about: str = ""
    why: str = ""
    minutes: int = 0


@dataclass(frozen=True)
class SessionState:
    """The day so far.

    ``order`` holds the ids of all steps, ``ordered_at`` the seq of the last change of it, ``same`` territory variants → the name kept,
    ``alike`` the same of organisations, ``wrote`` 'PARTICIPANT/territory' or '/structure' → as they wrote it, ``unknown`` entries of
    kinds not installed, ``capacity`` the limit that the run asked for (0: the sheet's). ``edition`` is what staff say over the report;
    ``collects`` is {title, language, sessions} where this is no day of its own but a document over others. ``codes`` are those by which
    participants come back after the day, SHA-256 → who: what was asked of their phones to keep.

    By track, '' for the plenary: ``nows`` the step that is on, ``walls`` what the wall was asked to show (a card, a page, its QR),
    ``resumes`` the step left by going back, to which *next* returns.
    """

    seq: int = 0
    at: str = ""
    sheet: str = ""
    agenda: Agenda = field(default_factory=lambda: Agenda(""))
    order: tuple[str, ...] = ()
    steps: Map[str, Step] = field(default_factory=Map)
    ordered_at: int = 0
    nows: Map[str, str] = field(default_factory=Map)
    people: Map[str, Participant] = field(default_factory=Map)
    summaries: Map[str, Any] = field(default_factory=Map)
    acts: Map[str, tuple[str, int]] = field(default_factory=Map)
    walls: Map[str, Mapping[str, Any]] = field(default_factory=Map)
    team: Map[str, Member] = field(default_factory=Map)
    notes: Map[str, Note] = field(default_factory=Map)
    photos: Map[str, Photo] = field(default_factory=Map)
    same: Map[str, str] = field(default_factory=Map)
    alike: Map[str, str] = field(default_factory=Map)
    wrote: Map[str, str] = field(default_factory=Map)
    edition: Edition = field(default_factory=Edition)
    collects: Mapping[str, Any] = field(default_factory=Map)
    log: Map[int, Line] = field(default_factory=Map)
    unknown: tuple[Entry, ...] = ()
    finished: str = ""
    capacity: int = 0
    resumes: Map[str, str] = field(default_factory=Map)
    codes: Map[str, str] = field(default_factory=Map)

    @property
    def now(self) -> str:
        """The step that is on in plenary, or ''."""
        return self.on()

    def on(self, track: str = "") -> str:
        """The step that is on in a track, or in plenary; ''."""
        return self.nows.get(track, "")

    def wall(self, track: str = "") -> Mapping[str, Any]:
        """What a track's wall, or the plenary's, was asked to show."""
        return self.walls.get(track, {})

    @property
    def tracks(self) -> dict[str, Track]:
        """Every workshop of the day that runs beside others, by id."""
        return {track.id: track for step in self.ordered for track in tracks_of(step.activity.settings)}

    @property
    def panel(self) -> tuple[str, ...]:
        """Those who answer the questions of the day, as its steps name them."""
        named = (name for step in self.ordered for name in step.activity.settings.get("panel") or ())
        return tuple(dict.fromkeys(named))

    def within(self, track: str) -> str:
        """The open step that holds this track now, or ''. Of two that do, as a step opened again beside the other: that of what is on."""
        found = [
            id
            for id in self.order
            if self.steps[id].status == "open" and any(one.id == track for one in tracks_of(self.steps[id].activity.settings))
        ]
        on = self.steps.get(self.on(track))
        first = on.activity.within if on else self.now
        return (first if first in found else next(iter(found), "")) if track else ""

    def track_of(self, participant: str) -> str:
        """The track whose step this participant's phone shows: the one they are in, while it runs; '' in plenary."""
        person = self.people.get(participant)
        track = person.track if person else ""
        step = self.steps.get(self.on(track)) if track else None
        return track if step is not None and self.within(track) == step.activity.within == self.now else ""

    def beside(self, track: str = "") -> tuple[Step, ...]:
        """The open steps that stand beside what is on, in the order of the day: of the plenary, and of a track where it is given."""
        ons, lines = (self.on(), self.on(track)), ("", track)
        opened = (one for one in self.ordered if one.status == "open" and one.activity.track in lines)
        return tuple(one for one in opened if one.activity.id not in ons)

    @property
    def title(self) -> str:
        """Of the sheet, or of the document over several days as it was chosen."""
        return str(self.collects.get("title", "")) or self.agenda.title

    @property
    def language(self) -> str:
        """The same: in which one speaks here."""
        return str(self.collects.get("language", "")) or self.agenda.language

    @property
    def most(self) -> int:
        """How many people may join, 0 without limit: what the run asked for, else what the sheet says."""
        return self.capacity or self.agenda.capacity

    @property
    def remote(self) -> int:
        """How many take part at a distance."""
        return _remote(Same(self.people))

    @property
    def full(self) -> bool:
        """Whether no one else may join."""
        return bool(self.most) and len(self.people) >= self.most

    def step(self, id: str) -> Step | None:
        """The step of that id, or None."""
        return self.steps.get(id)

    @property
    def ordered(self) -> tuple[Step, ...]:
        """Every step in the order of the day."""
        return tuple(self.steps[id] for id in self.order)

    def line(self, track: str = "") -> tuple[str, ...]:
        """The steps of the plenary in order, or those of a track within the step that holds it now."""
        within = self.within(track)
        return tuple(one for one in self.order if (self.steps[one].activity.track, self.steps[one].activity.within) == (track, within))

    def after(self, id: str, track: str = "") -> Step | None:
        """The next step after ``id``: still to come, or the one left by going back; from the start when ``id`` is ''."""
        line = self.line(track)
        place = line.index(id) + 1 if id in line else 0
        resume = self.resumes.get(track)
        return next((self.steps[one] for one in line[place:] if self.steps[one].status == "planned" or one == resume), None)

    def before(self, id: str, track: str = "") -> Step | None:
        """The last step before ``id`` that was opened."""
        line = self.line(track)
        place = line.index(id) if id in line else len(line)
        return next((self.steps[one] for one in reversed(line[:place]) if self.steps[one].opened), None)

    def contribution(self, id: str) -> tuple[str, Contribution] | None:
        """(activity id, contribution) for a contribution's id, or None."""
        for activity, summary in self.summaries.items():
            if id in summary.contributions:
                return activity, summary.contributions[id]
        return None

    def sources(self, step: Step, kinds: Kinds) -> Sources:
        """What an activity's functions may look at around it."""
        named = {}
        kind = kinds.get(step.activity.kind)
        for setting in kind.settings if kind else ():
            other = self.steps.get(step.activity.settings.get(setting.name, "")) if setting.type == "source" else None
            if other is not None and other.activity.kind in kinds:
                of, held = kinds[other.activity.kind], self.summaries[other.activity.id]
                # What is still hidden there is not shown here either.
                hidden = of.hides(held, Sources(status=other.status))
                named[setting.name] = Source(other.activity, of, of.start(other.activity.settings) if hidden else held)
        return Sources(named, self.people, step.status, step.opened, step.minutes, self.team, step.activity.track)


@lru_cache(64)
def _remote(people: Same) -> int:
    return sum(one.remote for one in people.held[0].values())


def apply(state: SessionState, entry: Entry, kinds: Kinds) -> SessionState:
    """The state one entry further. An entry of a verb or kind that this program does not know is kept aside, never lost."""
    state = _with(state, seq=entry.seq, at=max(state.at, entry.at), acts=state.acts.set(entry.id, (entry.print, entry.seq)))
    if entry.print == ERASED and entry.do not in ("join", "introduce"):
        return _emptied(state, entry)
    if entry.do in EDITION_VERBS and not entry.activity:
        return replace(state, edition=fold_edition(state.edition, entry))
    if entry.activity:
        return _apply_to_activity(state, entry, kinds)
    match entry.do:
        case "collect":
            return replace(state, collects=fold_collection(entry))
        case "sheet":
            return _with_sheet(state, entry, kinds)
        case "join" | "introduce":
            return _with_participant(state, entry)
        case "merge":
            said, what = entry.content, str(entry.content.get("what", "territory"))
            return _with_same(state, str(said["variant"]), str(said["name"]), what, bool(said.get("off")))
        case "capacity":
            return replace(state, capacity=int(entry.content["most"]))
        case "show":
            asked = {name: value for name, value in entry.content.items() if name != "track"}
            return replace(state, walls=state.walls.set(str(entry.content.get("track", "")), asked))
        case "invite" | "dismiss":
            return _logged(replace(state, team=fold_team(state.team, entry)), entry)
        case "note" | "amend" | "strike" | "unstrike":
            return replace(state, notes=fold_notes(state.notes, entry))
        case "erase":
            if entry.content.get("leaves"):
                # Nor does the code they were given at the end bring anyone back.
                state = replace(state, codes=Map({print: one for print, one in state.codes.items() if one != entry.on}))
            # What it emptied is read as it now stands. Only what the staff erased is told: a person's own needs no line.
            return state if not entry.by or entry.by in state.people else _logged(state, entry)
        case "finish":
            for id in state.order:
                state = _close(state, id, entry)
            codes = Map({str(print): str(one) for print, one in dict(entry.content.get("codes", {})).items()})
            return _logged(replace(state, nows=Map(), finished=entry.at, codes=codes), entry)
        case _:
            return replace(state, unknown=(*state.unknown, entry))


def fold(state: SessionState, entries: Iterable[Entry], kinds: Kinds) -> SessionState:
    """The state that stored entries lead to. One that this program cannot read, as another version may leave, is kept aside, never lost,
    and never stands in the way of the others."""
    for entry in entries:
        try:
            state = apply(state, entry, kinds)
        except Exception:
            acts = state.acts.set(entry.id, (entry.print, entry.seq))
            # What was done upon something erased since has nothing left to stand on.
            lost = () if entry.on in acts and acts[entry.on][0] == ERASED else (entry,)
            state = replace(state, seq=entry.seq, acts=acts, unknown=(*state.unknown, *lost))
    return state


def _emptied(state: SessionState, entry: Entry) -> SessionState:
    """What an erased entry leaves: a card as if its author had withdrawn it, since others may stand by it; of the rest nothing."""
    summary = state.summaries.get(entry.activity)
    if entry.do != "post" or entry.content.get("counted") or summary is None:
        return state
    gone = Contribution(entry.id, entry.seq, entry.at, entry.by, "", {}, entry.seq, "withdrawn")
    summary = replace(summary, contributions=summary.contributions.set(gone.id, gone))
    return replace(state, summaries=state.summaries.set(entry.activity, summary))


def _apply_to_activity(state: SessionState, entry: Entry, kinds: Kinds) -> SessionState:
    match entry.do:
        case "open":
            return _logged(_open(state, entry), entry)
        case "close":
            return _logged(_close(state, entry.activity, entry), entry)
        case "closing":
            until, then = str(entry.content.get("until", "")), str(entry.content.get("then", ""))
            return replace(state, steps=state.steps.set(entry.activity, replace(state.steps[entry.activity], closing=until, then=then)))
        case "skip":
            step = replace(state.steps[entry.activity], status="skipped", closing="")
            return _logged(replace(state, steps=state.steps.set(entry.activity, step)), entry)
        case "retime":
            step = replace(state.steps[entry.activity], minutes=int(entry.content["minutes"]))
            return _logged(replace(state, steps=state.steps.set(entry.activity, step)), entry)
        case "add":
            return _logged(_added(state, entry, kinds), entry)
        case "move":
            within = state.steps[entry.activity].activity.within
            order = _moved(state.order, entry.activity, str(entry.content.get("after", "")), within, state)
            return _logged(replace(state, order=order, ordered_at=entry.seq), entry)
        case "note" | "amend" | "strike" | "unstrike":
            return replace(state, notes=fold_notes(state.notes, entry))
        case "photo" | "unphoto":
            return replace(state, photos=fold_photos(state.photos, entry))
        case "enter":
            person = state.people.get(entry.by)
            if person:
                state = replace(state, people=state.people.set(person.id, replace(person, track=str(entry.content["track"]))))
    found = state.steps.get(entry.activity)
    kind = kinds.get(found.activity.kind) if found else None
    if kind is None:
        return replace(state, unknown=(*state.unknown, entry))
    summary = state.summaries[entry.activity]
    if entry.do == "edit" and entry.content.get("proposed"):
        # What its author offers after the day stands beside the words that hold: their kind knows nothing of it.
        return replace(state, summaries=state.summaries.set(entry.activity, _offered(summary, entry)))
    if entry.do in MODERATION:
        offer = summary.contributions.get(entry.on) if entry.do == "approve" else None
        if offer is not None and offer.proposed is not None:
            # Accepted, it becomes the text as an edit of the day would have made it.
            summary = kind.fold(summary, replace(entry, do="edit", by=offer.by, content=offer.proposed))
        folded = replace(summary, contributions=fold_contributions(summary.contributions, entry))
        return _logged(replace(state, summaries=state.summaries.set(entry.activity, folded)), entry)
    return _with(state, summaries=state.summaries.set(entry.activity, kind.fold(summary, entry)))


def _with(state: SessionState, **what: Any) -> SessionState:
    """As ``replace``, for what every act changes: the thirty fields are taken over in one go, not one by one."""
    made = SessionState.__new__(SessionState)
    vars(made).update(vars(state), **what)
    return made


def _offered(summary: Summary, entry: Entry) -> Summary:
    return replace(summary, contributions=fold_contributions(summary.contributions, entry))


def _open(state: SessionState, entry: Entry) -> SessionState:
    """Opening makes a step the one that is on, and closes the one that was, unless that one stays or the entry says ``beside``.

    Played again, a step counts its minutes anew: ``again`` is the instant its clock starts from.
    """
    beside = bool(entry.content.get("beside"))
    track = state.steps[entry.activity].activity.track
    on = state.on(track)
    if on and on != entry.activity and not beside and not state.steps[on].activity.stays:
        state = _close(state, on, entry)
    step = state.steps[entry.activity]
    wall = {name: value for name, value in state.wall(track).items() if name in WALL_MANNERS}
    opened = replace(
        step,
        status="open",
        opened=step.opened or entry.at,
        again=entry.at,
        opened_seq=step.opened_seq or entry.seq,
        closed="",
        closed_seq=0,
        closing="",
    )
    state = replace(state, steps=state.steps.set(entry.activity, opened), walls=state.walls.set(track, wall))
    if beside:
        return state
    resumes = state.resumes.set(track, _resume(state, track, entry.activity))
    return replace(state, nows=state.nows.set(track, entry.activity), resumes=resumes)


def _resume(state: SessionState, track: str, id: str) -> str:
    """Where *next* returns after going back to ``id``: the furthest step that was left; '' once it is reached again."""
    left = max((one for one in (state.on(track), state.resumes.get(track, "")) if one), key=state.order.index, default="")
    return left if left and state.order.index(left) > state.order.index(id) else ""


def _close(state: SessionState, id: str, entry: Entry) -> SessionState:
    """Closes a step, and with a step that holds workshops everything that is on in them."""
    step = state.steps[id]
    if step.status != "open":
        return state
    for other in state.order:
        if state.steps[other].activity.within == id:
            state = _close(state, other, entry)
    for track in tracks_of(step.activity.settings):
        if (on := state.on(track.id)) and state.steps[on].activity.within == id:
            # Its wall is the plenary's again; the workshop of that name which comes later begins with a wall of its own.
            wall = {name: value for name, value in state.wall(track.id).items() if name in WALL_MANNERS}
            state = replace(state, nows=state.nows.delete(track.id), walls=state.walls.set(track.id, wall))
    closed = replace(step, status="closed", closed=entry.at, closed_seq=entry.seq, closing="")
    return replace(state, steps=state.steps.set(id, closed))


def _with_sheet(state: SessionState, entry: Entry, kinds: Kinds) -> SessionState:
    """The sheet, first or revised. What is under way keeps its hours, a length changed on the console stays unless the sheet changes it;
    improvised steps stay behind the step they followed."""
    agenda, _ = read_sheet(str(entry.content["text"]), kinds)
    if agenda is None:
        # A sheet that an older program took and this one does not: the day goes on with what it had.
        return replace(state, unknown=(*state.unknown, entry))
    steps, summaries, order = state.steps, state.summaries, [activity.id for activity in agenda.activities]
    for activity in agenda.activities:
        known = steps.get(activity.id)
        if known is None or known.activity.kind != activity.kind:
            steps = steps.set(activity.id, Step(activity, activity.minutes))
            summaries = summaries.set(activity.id, _start(activity, kinds))
        else:
            minutes = known.minutes if known.activity.minutes == activity.minutes else activity.minutes
            steps = steps.set(activity.id, replace(known, activity=activity, minutes=minutes))
    for place, id in enumerate(state.order):
        if id in order:
            continue
        if state.steps[id].activity.line == 0 or state.steps[id].opened:
            before = next((one for one in reversed(state.order[:place]) if one in order), "")
            order.insert(order.index(before) + 1 if before else 0, id)
        else:
            steps, summaries = steps.delete(id), summaries.delete(id)
    return replace(state, sheet=str(entry.content["text"]), agenda=agenda, order=tuple(order), steps=steps, summaries=summaries)


def _start(activity: Activity, kinds: Kinds) -> Any:
    kind: ActivityType | None = kinds.get(activity.kind)
    return kind.start(activity.settings) if kind else Summary()


def _added(state: SessionState, entry: Entry, kinds: Kinds) -> SessionState:
    content, kind = entry.content, kinds.get(str(entry.content["kind"]))
    settings = {one.name: one.default for one in kind.settings} if kind else {}
    settings |= dict(content.get("settings", {}))
    track, within = str(content.get("track", "")), str(content.get("within", ""))
    activity = Activity(
        entry.activity, str(content["kind"]), str(content["title"]), int(content["minutes"]), settings=settings, track=track, within=within
    )
    return replace(
        state,
        steps=state.steps.set(activity.id, Step(activity, activity.minutes)),
        summaries=state.summaries.set(activity.id, _start(activity, kinds)),
        order=_moved((*state.order, activity.id), activity.id, str(content.get("after", "")), within, state),
        ordered_at=entry.seq,
    )


def _moved(order: tuple[str, ...], id: str, after: str, within: str, state: SessionState) -> tuple[str, ...]:
    """``id``, ``within`` the step of that id or in plenary, taken out with the steps of its workshops and put after ``after``: behind the
    steps of its workshops unless it is one of them; first where ``after`` is ''."""
    taken = [one for one in order if one == id or (one in state.steps and state.steps[one].activity.within == id)]
    rest = [one for one in order if one not in taken]
    place = rest.index(after) + 1 if after in rest else 0
    while place and place < len(rest) and state.steps[rest[place]].activity.within == after != within:
        place += 1
    return (*rest[:place], *taken, *rest[place:])


def _with_participant(state: SessionState, entry: Entry) -> SessionState:
    known = state.people.get(entry.by) or Participant(entry.by, at=entry.at, n=entry.seq)
    said = {
        one.name: entry.content[one.name] for one in fields(Participant) if one.name in entry.content and one.name not in ("id", "at", "n")
    }
    wrote = state.wrote
    for what, same in (("territory", state.same), ("structure", state.alike)):
        if what in said:
            wrote = wrote.set(f"{entry.by}/{what}", said[what])
            said[what] = same.get(said[what], said[what])
    return replace(state, people=state.people.set(entry.by, replace(known, **said)), wrote=wrote)


def _with_same(state: SessionState, variant: str, name: str, what: str, off: bool) -> SessionState:
    """A territory or an organisation written in two ways: everyone of the variant, present and to come, counts under the name kept; or,
    ``off``, whoever wrote the variant counts under it again."""
    known = state.same if what == "territory" else state.alike
    if off:
        kept = Map({other: one for other, one in known.items() if other != variant})
    else:
        kept = Map({other: name if one == variant else one for other, one in known.items() if other != name}).set(variant, name)
    people = state.people
    for person in state.people.values():
        wrote = state.wrote.get(f"{person.id}/{what}", "")
        now = kept.get(wrote, wrote)
        if getattr(person, what) != now:
            people = people.set(person.id, replace(person, territory=now) if what == "territory" else replace(person, structure=now))
    return replace(state, people=people, same=kept) if what == "territory" else replace(state, people=people, alike=kept)


def _logged(state: SessionState, entry: Entry) -> SessionState:
    line = Line(
        entry.seq,
        entry.at,
        entry.by,
        entry.do,
        entry.on or entry.activity or (entry.id if entry.do == "invite" else ""),
        str(entry.content.get("why", "")),
        int(entry.content.get("minutes", 0) or 0),
    )
    return replace(state, log=state.log.set(entry.seq, line))


def plain(value: Any) -> Any:
    """Any part of a state as JSON values: maps with sorted keys, dataclasses as objects, tuples and sets as lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping | Map):
        return {str(key): plain(item) for key, item in sorted(value.items(), key=lambda pair: str(pair[0]))}
    if isinstance(value, frozenset | set):
        return sorted(plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def serialise(state: SessionState) -> bytes:
    """The state as canonical JSON: the same journal gives the same bytes."""
    return json.dumps(plain(state), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
