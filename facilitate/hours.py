"""Owns the hours of a day at one instant: planned, real, estimated, how late; and its steps and log as screens tell them."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from facilitate.core.activity import ActivityType, Kinds
from facilitate.core.agenda import Track, hour_of, minutes_of, planned, tracks_of
from facilitate.core.cuts import Coming, Cuts, propose
from facilitate.core.driving import can_add
from facilitate.core.state import Line, SessionState, Step
from facilitate.core.words import N_
from facilitate.language import Language

_LOG_LINES = 30


class Day:
    """The hours of one state at one instant, in plenary or in one ``track``: planned, real, estimated, and how late the day is."""

    def __init__(self, state: SessionState, now: str, language: Language, track: str = "") -> None:
        self.state = state
        self.track = track
        self.on = state.step(state.on(track))
        self.language = language
        self.zone = ZoneInfo(state.agenda.timezone)
        self.now = now
        hours = planned(state.agenda.start, state.agenda.activities)
        shift = self._shift(hours)
        self.planned = {id: (start + shift, end + shift) for id, (start, end) in hours.items()} if shift is not None else {}
        self.shift = shift or 0
        self.estimates = self._estimates()

    def _shift(self, hours: Mapping[str, tuple[int, int]]) -> int | None:
        """0 on the day of the sheet. On another one, a trial say, or where the sheet gives no hour, the plan begins when its first step
        was opened; None before that, where there is no hour to plan with."""
        opened = [(step.opened, step.activity.id) for step in self.state.ordered if step.opened and step.activity.id in hours]
        begun, first = min(opened, default=("", ""), key=lambda pair: pair[0])
        if not self.state.agenda.start:
            return self.minute(begun) - hours[first][0] if begun else None
        if not begun or datetime.fromisoformat(begun).astimezone(self.zone).date().isoformat() == self.state.agenda.date:
            return 0
        return self.minute(begun) - hours[first][0]

    def minute(self, instant: str) -> int:
        """An instant as minutes since midnight, where the session is."""
        local = datetime.fromisoformat(instant).astimezone(self.zone)
        return local.hour * 60 + local.minute

    def until(self, step: Step) -> str:
        """The instant at which what is on in an opened step should end: workshops leave time to report."""
        kept = int(step.activity.settings.get("report", 0)) if tracks_of(step.activity.settings) and step.status == "open" else 0
        return self._ends(step, kept)

    def _ends(self, step: Step, kept: int = 0) -> str:
        if not step.opened:
            return ""
        return (
            (datetime.fromisoformat(step.again or step.opened) + timedelta(minutes=max(1, step.minutes - kept)))
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z")
        )

    def _estimates(self) -> dict[str, int]:
        """When each step still to come should start: after what is on ends, a fixed hour never before its time."""
        on, line = self.on, self.state.line(self.track)
        if on is None or not on.opened or on.activity.id not in line:
            return {id: start for id, (start, _) in self.planned.items()}
        clock, estimates, place = self.minute(max(self._ends(on), self.now)), {}, line.index(on.activity.id)
        for id in line[place + 1 :]:
            step = self.state.steps[id]
            if step.status != "planned":
                continue
            if step.activity.fixed and step.activity.at:
                clock = max(clock, minutes_of(step.activity.at) + self.shift)
            estimates[id] = clock
            clock += step.minutes
        return estimates

    def late(self) -> int:
        """Minutes behind the plan at the end of what is on; negative when ahead."""
        on = self.on
        if on is None or on.activity.id not in self.planned or on.status != "open":
            return 0
        ends = self.minute(max(self._ends(on), self.now))
        behind = ends - self.planned[on.activity.id][1] % 1440
        return (behind + 720) % 1440 - 720

    def cuts(self) -> Cuts:
        """What the steps to come can give back, so that fixed hours and the end of the day are kept; nothing while the day is on time."""
        coming = [self.state.steps[id] for id in self.estimates if self.on]
        if self.on is None or self.track or not coming or self.late() <= 0:
            return Cuts((), 0)

        def fixed(step: Step) -> int | None:
            return minutes_of(step.activity.at) + self.shift if step.activity.fixed and step.activity.at else None

        steps = [Coming(one.activity.id, one.minutes, one.activity.minimum, one.activity.optional, fixed(one)) for one in coming]
        end = minutes_of(self.state.agenda.end) + self.shift if self.state.agenda.end else None
        return propose(steps, self.minute(max(self._ends(self.on), self.now)), end)

    def step(self, step: Step, kinds: Kinds) -> dict[str, Any]:
        """One step as templates receive it."""
        activity, kind = step.activity, kinds.get(step.activity.kind)
        return {
            "id": activity.id,
            "kind": activity.kind,
            "label": self.language.say(kind.label) if kind else activity.kind,
            "title": activity.title,
            "status": step.status,
            "minutes": step.minutes,
            "opened": step.opened,
            "closed": step.closed,
            "closing": step.closing,
            "until": self.until(step),
            "optional": activity.optional,
            "fixed": activity.fixed,
            "minimum": activity.minimum,
            "track": activity.track,
            "within": activity.within,
            "approval": activity.approval,
            "stays": activity.stays,
            "reminder": self.language.say(said) if (said := self.state.agenda.reminder(activity)) else "",
            # What is given under a pseudonym is counted, not shown card by card.
            "moderated": kind is not None and not kind.pseudonymous,
            "settings": activity.settings,
            # An input's prose is its slides: it is shown as such, once.
            "instructions": "" if kind and any(one.type == "markdown" for one in kind.settings) else activity.instructions,
            "fields": kind.fields(activity.settings) if kind else (),
            "slides": kind is not None and "slides" in kind.verbs,
            "collects": kind is not None and any("participant" in verb.by for verb in kind.verbs.values()),
        }

    def next(self, kinds: Kinds) -> dict[str, Any] | None:
        """The step that *next* would open, with its hours."""
        step = self.state.after(self.state.on(self.track), self.track)
        return self.timed(step, kinds) if step and not self.state.finished else None

    def timed(self, step: Step, kinds: Kinds) -> dict[str, Any]:
        """One step as templates receive it, with its hours."""
        return self.step(step, kinds) | self._hours(step)

    def _hours(self, step: Step) -> dict[str, str]:
        id = step.activity.id
        return {
            "planned": hour_of(self.planned[id][0]) if id in self.planned else "",
            "estimate": hour_of(self.estimates[id]) if id in self.estimates else "",
            "real": hour_of(self.minute(step.opened)) if step.opened else "",
        }

    def console(self, kinds: Kinds, here: Collection[str], rejoins: Mapping[str, str]) -> dict[str, Any]:
        """What only the console is told."""
        state = self.state
        agenda = []
        for step in state.ordered:
            lasted = 0
            if step.closed and step.opened:
                lasted = round((datetime.fromisoformat(step.closed) - datetime.fromisoformat(step.opened)).total_seconds() / 60)
            track = state.tracks.get(step.activity.track)
            more = {"lasted": lasted, "planned_minutes": step.activity.minutes, "track_name": track.name if track else ""}
            agenda.append(self.timed(step, kinds) | {"current": step is self.on} | more)
        counts: dict[str, int] = {}
        for person in state.people.values():
            counts[person.territory] = counts.get(person.territory, 0) + 1
        cuts = self.cuts()
        return {
            "agenda": agenda,
            "late": self.late(),
            "cuts": [
                {"id": one.id, "title": self.state.steps[one.id].activity.title, "minutes": one.minutes, "was": one.was}
                for one in cuts.cuts
            ],
            "short": cuts.short,
            "log": [{"at": line.at, "text": self.told(line, kinds)} for _, line in sorted(state.log.items(), reverse=True)[:_LOG_LINES]],
            "territories": sorted((name, count) for name, count in counts.items() if name),
            "people": sorted(
                (
                    {
                        "id": one.id,
                        "name": one.name,
                        "territory": one.territory,
                        "here": one.id in here,
                        "remote": one.remote,
                        "rejoin": rejoins.get(one.id, ""),
                    }
                    for one in state.people.values()
                ),
                key=lambda one: (one["name"] == "", one["name"], one["id"]),
            ),
            "kinds": sorted((one for kind in kinds.values() if can_add(kind) for one in self._proposed(kind)), key=lambda one: one[1]),
            "ordered_at": state.ordered_at,
            "tracks": [self._track(track, kinds) for track in tracks_of(self.on.activity.settings)] if self.on and not self.track else [],
            "before": before.activity.title if (before := state.before(state.on(self.track), self.track)) else "",
        }

    def _proposed(self, kind: ActivityType) -> list[tuple[str, str]]:
        """The ways a step of this kind can be improvised, as the console lists them."""
        ways = [(f"{kind.kind}.{name}", self.language.say(label)) for name, (label, _) in kind.improvised.items()]
        return ways or [(kind.kind, self.language.say(kind.label))]

    def _track(self, track: Track, kinds: Kinds) -> dict[str, Any]:
        """One workshop as whoever drives the whole day follows it."""
        day = Day(self.state, self.now, self.language, track.id)
        return {
            "id": track.id,
            "name": track.name,
            "room": track.room,
            "step": day.step(day.on, kinds) if day.on else None,
            "next": day.next(kinds),
            "late": day.late(),
            "people": sum(one.track == track.id for one in self.state.people.values()),
            "drives": sorted(one.name for one in self.state.team.values() if one.track == track.id and not one.left),
        }

    def told(self, line: Line, kinds: Kinds) -> str:
        """A line of the log, in words."""
        say = self.language.say
        step = self.state.step(line.about)
        words = {
            "open": N_("“%(what)s” opened"),
            "close": N_("“%(what)s” closed"),
            "skip": N_("“%(what)s” skipped"),
            "retime": N_("“%(what)s”: %(minutes)s min"),
            "add": N_("“%(what)s” added"),
            "move": N_("“%(what)s” moved"),
            "hide": N_("Card hidden from the wall"),
            "restore": N_("Card shown again"),
            "withhold": N_("Card withheld"),
            "approve": N_("Card approved"),
            "refuse": N_("Card or correction declined"),
            "mask": N_("Name masked in a card"),
            "invite": N_("%(what)s was given a link"),
            "dismiss": N_("The link of %(what)s was taken back"),
            "finish": N_("Day finished"),
        }
        member, about = self.state.team.get(line.by), self.state.team.get(line.about)
        what = step.activity.title if step else about.name if about else ""
        text = say(words.get(line.do, line.do), what=what, minutes=line.minutes)
        if member:
            text += say(N_(", by %(name)s"), name=member.name)
        return text + say(N_(" (%(why)s)"), why=line.why) if line.why else text
