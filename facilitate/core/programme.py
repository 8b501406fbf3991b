"""Owns the programme of a sheet: its ``###`` blocks read into activities, with their kinds, their settings and their lengths."""

import re
from dataclasses import dataclass, field
from typing import Any

from facilitate.core.activity import ActivityType, Field, Kinds, Setting
from facilitate.core.agenda import Activity, Track, hour_of, minutes_of, planned, tracks_of
from facilitate.core.contribution import NOT_SAID
from facilitate.core.reading import (
    HOURS,
    LENGTH,
    Enough,
    Names,
    Problems,
    Wrong,
    closest,
    fold,
    read_choice,
    read_flag,
    read_hour,
    read_hours,
    read_length,
    read_number,
    read_reminder,
    split,
    table,
)
from facilitate.core.words import N_, clean, slug

MOST_STEPS = 300

STEP: Names = {
    "kind": ("kind", "type"),
    "start": ("start", "début"),
    "duration": ("duration", "durée"),
    "minimum": ("minimum",),
    "fixed": ("fixed", "fixe"),
    "optional": ("optional", "optionnel"),
    "id": ("id",),
    "track": ("track", "atelier"),
    "approval": ("approval", "validation"),
    "stays": ("stays", "reste ouverte"),
    "sensitive": ("sensitive", "sensible"),
    "objective": ("objective", "objectif"),
    "material": ("material", "matériel"),
    "who": ("who", "qui"),
    "trace": ("expected trace", "trace attendue", "trace"),
}
"""The keys every step takes; its kind's settings come with them."""

HEADING = re.compile(rf"(?:(?P<length>{LENGTH})|(?P<hours>{HOURS}))\s*[-–—·:|]\s*(?P<title>.*)", re.I)
_TIMED = re.compile(r"[0-9]+\s*(?:h(?![a-z])|:|min)", re.I)
BULLET = re.compile(r"([-*+]|[0-9]{1,3}[.)])[ \t]+(\S.*)")
RULE = re.compile(r"([-*_])(?:[ \t]*\1){2,}")
_LIMITED = re.compile(r"(.*\S)\s*\(([0-9]{1,6})(?:\s*(?:signes|caractères|characters))?\)")


@dataclass(slots=True)
class Block:
    """A heading, its line, and the lines beneath it."""

    line: int
    heading: str
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Item:
    """A ``- key : value`` line, with the list nested under it."""

    line: int
    key: str
    value: str
    nested: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Step:
    """A step being read. ``facts``: the keys of STEP, hours and lengths in minutes, None if unreadable; ``items``: the settings."""

    line: int
    title: str
    prose: str
    id: str = ""
    kind: ActivityType | None = None
    track: str = ""
    within: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    items: dict[str, _Item] = field(default_factory=dict)

    def called(self, word: str) -> bool:
        return word == self.id or fold(word) == fold(self.title)


class Programme:
    """One reading of one programme: the kinds it may use, what is wrong so far, and the ids given."""

    def __init__(self, kinds: Kinds, problems: Problems) -> None:
        self.problems = problems
        self.types = {kind.kind: kind for kind in kinds.values()}
        self.kinds: Names = {kind.kind: (kind.kind, kind.fr) for kind in kinds.values()}
        self.ids: set[str] = set()

    def read(self, blocks: list[Block], hours: tuple[str, str] | None) -> tuple[Activity, ...]:
        """The activities of a day with these hours: its start and end, 'HH:MM' or '' each; None where they could not be read."""
        if len(blocks) > MOST_STEPS:
            self.problems.add(blocks[MOST_STEPS].line, N_("A day has at most %(count)s steps."), count=str(MOST_STEPS))
            raise Enough
        steps = [self.step(block) for block in blocks]
        for step in steps:
            step.id = step.facts.get("id") or slug(step.title, self.ids)
            self.ids.add(step.id)
        # What could not be read was said already: it counts as None, and nothing more is said because of it.
        first, last = [minutes_of(hour) if hour else -1 for hour in hours] if hours else (None, None)
        self.assign(steps)
        self.measure([step for step in steps if not step.track], first, last)
        self.measure_tracks(steps)
        activities = tuple(self.activity(step, steps[:n], steps[n:]) for n, step in enumerate(steps))
        if hours:
            self.compare(activities, *hours)
        return activities

    def step(self, block: Block) -> _Step:
        """One step: its heading, its settings, its prose; what depends on its neighbours comes later."""
        items, prose = self.items(block)
        step = _Step(block.line, block.heading, clean("\n".join(prose)))
        if timed := HEADING.fullmatch(block.heading):
            step.title = timed["title"]
            if timed["length"]:
                step.facts["duration"] = self.problems.tried(block.line, None, read_length, timed["length"])
            elif hours := self.problems.tried(block.line, None, read_hours, timed["hours"]):
                step.facts["start"] = minutes_of(hours[0])
                step.facts |= {"duration": minutes_of(hours[1]) - minutes_of(hours[0])} if hours[1] else {}
            else:
                step.facts["start"] = None
        elif _TIMED.match(block.heading):
            self.problems.add(block.line, N_("Write the hour or the length, a dash, then the title: “### 9:30 – Welcome”."))
        if not step.title:
            self.problems.add(block.line, N_("This step has no title: write one like “### 9:30 – Welcome”."))
        own = table(STEP)
        named = next((item for item in items if own.get(fold(item.key)) == "kind"), None)
        step.kind = self.kind(block, named)
        names = {**{one.name: (one.name, one.fr) for one in step.kind.settings}, **STEP} if step.kind else STEP
        known = table(names) | own
        for item in items:
            name = known.get(fold(item.key), "")
            if not name:
                # Without its kind nobody can tell which keys a step takes.
                if step.kind:
                    self.problems.unknown_key(item.line, item.key, names)
            elif name in step.facts or name in step.items:
                self.problems.add(item.line, N_("“%(key)s” is given twice: keep one."), key=item.key)
            elif name in STEP:
                step.facts[name] = self.problems.tried(item.line, None, self.fact, name, item)
            else:
                step.items[name] = item
        if step.kind and not any(one.type == "markdown" for one in step.kind.settings):
            self.look_for_keys(prose, block.line + 1 + len(block.lines) - len(prose), known)
        return step

    def kind(self, block: Block, named: _Item | None) -> ActivityType | None:
        if not named:
            text = N_("This step has no kind: write “- %(key)s: …” right under its heading. The kinds: %(known)s.")
            self.problems.add(block.line, text, key="type" if self.problems.french else "kind", known=self.problems.listed(self.kinds))
            return None
        if found := table(self.kinds).get(fold(named.value)):
            return self.types[found]
        guess = closest(named.value, self.kinds)
        text = N_("“%(word)s” is not a kind of step. These are: %(known)s.")
        if guess:
            text = N_("“%(word)s” is not a kind of step. Did you mean “%(guess)s”?")
        self.problems.add(named.line, text, word=named.value, guess=guess, known=self.problems.listed(self.kinds))
        return None

    def items(self, block: Block) -> tuple[list[_Item], list[str]]:
        """The list right under a step's heading, and the prose after it."""
        items: list[_Item] = []
        blank = True
        for n, line in enumerate(block.lines):
            words, nested = line.strip(), bool(items) and line[:1] in (" ", "\t")
            rule, bullet = RULE.fullmatch(words), BULLET.fullmatch(words)
            if not words:
                blank = True
                continue
            if rule:
                return items, block.lines[n:]
            if nested and bullet:
                items[-1].nested.append(bullet[2])
            elif nested and items[-1].nested:
                items[-1].nested[-1] += f" {words}"
            elif nested:
                items[-1].value += f" {words}"
            elif bullet and not bullet[1][0].isdigit() and line[0] not in " \t":
                key, colon, value = bullet[2].partition(":")
                items.append(_Item(block.line + 1 + n, clean(key), value.strip()))
                if not colon:
                    text = N_("Under a heading, write “- key: value”, or begin the text with a sentence.")
                    self.problems.add(block.line + 1 + n, text)
            elif blank or bullet or not items:
                return items, block.lines[n:]
            else:
                text = N_("Leave an empty line between the settings and the text, or begin this line with two spaces.")
                self.problems.add(block.line + 1 + n, text)
            blank = False
        return items, []

    def look_for_keys(self, prose: list[str], first: int, known: dict[str, str]) -> None:
        """Warns of a setting that stands after the text, where it is text."""
        for number, line in enumerate(prose, first):
            bullet = re.fullmatch(r"[-*+]\s+([^:]+):.*", line)
            if bullet and fold(bullet[1]) in known:
                text = N_("“%(key)s” comes after the text, so it is read as text. If it is a setting, move it up, under the heading.")
                self.problems.warn(number, text, key=bullet[1].strip())

    def fact(self, name: str, item: _Item) -> Any:
        """The value of a key that every step takes."""
        text = _line(item)
        if name in ("fixed", "optional", "approval", "stays"):
            return read_flag(text)
        if name == "sensitive":
            if (said := read_reminder(text)) != "no":
                self.problems.sensitive(item.line)
            return said
        if name == "start":
            return minutes_of(read_hour(text))
        if name in ("duration", "minimum"):
            return read_length(text)
        return self.own_id(text) if name == "id" else text

    def own_id(self, text: str) -> str:
        guess = slug(text)
        if text != guess:
            raise Wrong(N_("“%(word)s” cannot be an id: use small letters, digits and hyphens, like “%(guess)s”."), word=text, guess=guess)
        if text in self.ids:
            raise Wrong(N_("“%(word)s” is already the id of a step above."), word=text)
        self.ids.add(text)
        return text

    def measure(self, steps: list[_Step], clock: int | None, end: int | None) -> None:
        """Between two known hours, the one step without a length takes what is left. Hours are in minutes, -1 where none is given."""
        run: list[_Step] = []
        for step in [*steps, None]:
            hour: int | None = step.facts.get("start", -1) if step else end
            if hour != -1 or not step:
                lacking = [one for one in run if "duration" not in one.facts]
                taken = sum(one.facts.get("duration") or 0 for one in run)
                for one in lacking:
                    if clock is None or hour is None:
                        continue
                    if len(lacking) > 1 or -1 in (clock, hour):
                        key = "durée" if self.problems.french else "duration"
                        self.problems.add(one.line, N_("“%(title)s” needs a length: write “- %(key)s: 30 min”."), title=one.title, key=key)
                    elif hour - clock <= taken:
                        text = N_("No time is left for “%(title)s” before %(hour)s.")
                        self.problems.add(one.line, text, title=one.title, hour=self.problems.hour(hour))
                    else:
                        one.facts["duration"] = hour - clock - taken
                run, clock = [], hour
            run += [step] if step else []

    def assign(self, steps: list[_Step]) -> None:
        """Puts each step that names a workshop into it: those of the step above that holds workshops."""
        parent: _Step | None = None
        tracks: tuple[Track, ...] = ()
        for step in steps:
            if "track" not in step.facts:
                item = step.items.get("tracks")
                parent, tracks = (step, tracks_of({"tracks": _listed(item)})) if item else (None, ())
                continue
            word = step.facts["track"] or ""
            found = next((one for one in tracks if word and (one.id == word or fold(one.name) == fold(word))), None)
            if found and parent:
                step.track, step.within = found.id, parent.id
            elif not tracks:
                text = N_("No parallel workshops stand right above: write first a step of the kind “%(kind)s” that lists them.")
                self.problems.add(step.line, text, kind="ateliers" if self.problems.french else "tracks")
                step.track = "?"
            else:
                guess = closest(word, (one.name for one in tracks)) or tracks[0].name
                text = N_("“%(word)s” is not one of the workshops above. Did you mean “%(guess)s”?")
                self.problems.add(step.line, text, word=word, guess=guess)
                step.track = "?"

    def measure_tracks(self, steps: list[_Step]) -> None:
        """In a workshop, the one step without a length takes what the others leave of the step that holds it."""
        lines: dict[tuple[str, str], list[_Step]] = {}
        for step in steps:
            if step.within:
                lines.setdefault((step.within, step.track), []).append(step)
        lengths = {step.id: step.facts.get("duration") and step.facts["duration"] - _reporting(step) for step in steps if not step.track}
        for (within, _), line in lines.items():
            lacking = [one for one in line if "duration" not in one.facts]
            whole, taken = lengths.get(within), sum(one.facts.get("duration") or 0 for one in line)
            for one in lacking:
                if whole and len(lacking) == 1 and whole > taken:
                    one.facts["duration"] = whole - taken
                elif whole is not None or len(lacking) > 1:
                    key = "durée" if self.problems.french else "duration"
                    self.problems.add(one.line, N_("“%(title)s” needs a length: write “- %(key)s: 30 min”."), title=one.title, key=key)

    def activity(self, step: _Step, earlier: list[_Step], later: list[_Step]) -> Activity:
        facts = step.facts
        minutes, minimum = facts.get("duration") or 0, facts.get("minimum") or 0
        if minimum > minutes > 0:
            self.problems.add(step.line, N_("“%(title)s” is shorter than its own minimum."), title=step.title)
        if facts.get("approval") and step.kind and "post" not in step.kind.verbs:
            text = N_("Nothing in “%(title)s” waits until it is read: “%(key)s” holds back the cards of a step, and there are none here.")
            self.problems.warn(step.line, text, title=step.title, key="validation" if self.problems.french else "approval")
        settings: dict[str, Any] = {}
        for one in step.kind.settings if step.kind else ():
            settings[one.name] = one.default
            if item := step.items.get(one.name):
                settings[one.name] = self.problems.tried(item.line, one.default, self.setting, one, item, earlier, later)
            elif one.type == "markdown" and step.prose:
                settings[one.name] = step.prose
            elif one.required:
                key = one.fr if self.problems.french else one.name
                self.problems.add(step.line, N_("“%(title)s” needs “- %(key)s: …” under its heading."), title=step.title, key=key)
        return Activity(
            id=step.id,
            kind=step.kind.kind if step.kind else "",
            title=step.title,
            minutes=minutes,
            at="" if facts.get("start") is None else hour_of(facts["start"]),
            fixed=bool(facts.get("fixed")),
            optional=bool(facts.get("optional")),
            minimum=minimum,
            settings=settings,
            instructions=step.prose,
            line=step.line,
            track=step.track,
            within=step.within,
            approval=bool(facts.get("approval")),
            stays=bool(facts.get("stays")),
            **{name: facts.get(name) or "" for name in ("sensitive", "objective", "material", "who", "trace")},
        )

    def setting(self, setting: Setting, item: _Item, earlier: list[_Step], later: list[_Step]) -> Any:
        """What a line of the sheet says, as its kind wants it."""
        if setting.type == "list":
            return _entries(item)
        if setting.type == "fields":
            return _fields(_entries(item), setting.default)
        text = _line(item)
        match setting.type:
            case "number":
                return read_number(text, setting.low, setting.high)
            case "flag":
                return read_flag(text)
            case "choice":
                return read_choice(text, {name: (name, fr) for name, fr in setting.choices.items()}, self.problems.french)
            case "hour":
                return read_hour(text)
            case "source":
                return _source(text, earlier, later)
            case _:
                return text

    def compare(self, activities: tuple[Activity, ...], start: str, end: str) -> None:
        """Warns where the hours of the day do not hold together."""
        clock = minutes_of(start) if start else 0
        last = minutes_of(end) if end else 0
        if activities and not start and not activities[0].at:
            self.problems.warn(1, N_("The day has no starting hour: write “time: 9:30-17:00” in the sheet’s head."))
        hours = planned(start, activities)
        plenary = [one for one in activities if not one.track]
        kept = {one.id: int(one.settings.get("report", 0)) for one in plenary if tracks_of(one.settings)}
        for one in activities:
            over = hours[one.within][1] - kept.get(one.within, 0) if one.within in hours else hours[one.id][1]
            if hours[one.id][1] > over:
                text = N_("“%(title)s” ends after the workshops do, at %(ends)s.")
                self.problems.warn(one.line, text, title=one.title, ends=self.problems.hour(over))
        for n, one in enumerate(plenary):
            begins, ends = hours[one.id]
            if begins < clock:
                text = N_("“%(title)s” begins at %(begins)s; the step above ends at %(ends)s.")
                if n == 0:
                    text = N_("“%(title)s” begins at %(begins)s; the day begins at %(ends)s.")
                values = {"begins": self.problems.hour(begins), "ends": self.problems.hour(clock)}
                self.problems.warn(one.line, text, title=one.title, **values)
            if one.fixed and not one.at:
                self.problems.warn(one.line, N_("“%(title)s” is fixed, but no starting hour is given."), title=one.title)
            if last and ends > last:
                text = N_("“%(title)s” goes past the end of the day, %(ends)s.")
                self.problems.warn(one.line, text, title=one.title, ends=self.problems.hour(last))
                last = 0
            clock = ends


def _line(item: _Item) -> str:
    if item.nested:
        raise Wrong(N_("“%(key)s” takes one line of text, not a list."), key=item.key)
    if text := clean(item.value):
        return text
    raise Wrong(N_("“%(key)s” is empty: write its value after the colon."), key=item.key)


def _reporting(step: _Step) -> int:
    """The minutes that a step of workshops keeps for their report; what cannot be read is said by its own reading."""
    item = step.items.get("report")
    found = re.match(r"[0-9]{1,3}", item.value.strip()) if item else None
    return int(found[0]) if found else 0


def _listed(item: _Item) -> tuple[str, ...]:
    """A list as it stands, without a word on what is wrong with it: its own reading says that."""
    return tuple(filter(None, map(clean, item.nested))) or split(item.value)


def _entries(item: _Item) -> tuple[str, ...]:
    if item.nested and item.value:
        raise Wrong(N_("“%(key)s” takes a list: either on its own line or under it, not both."), key=item.key)
    if texts := tuple(filter(None, map(clean, item.nested))) or split(item.value):
        return texts
    raise Wrong(N_("“%(key)s” is empty: write its value after the colon."), key=item.key)


def _fields(texts: tuple[str, ...], default: tuple[Field, ...]) -> tuple[Field, ...]:
    """'Context' or 'Context (280)' each. A label of the kind's own keeps its key; the first is required where the kind's first is."""
    own = {fold(name): one for one in default for name in (one.key, one.label)}
    taken = {*NOT_SAID, "voter", "signed"}  # keys of a content that are not fields
    fields: list[Field] = []
    for text in texts:
        limited = _LIMITED.fullmatch(text)
        label = limited[1] if limited else text
        known = own.get(fold(label), Field("", label))
        key = known.key if known.key and known.key not in taken else slug(label, taken)
        limit = read_number(limited[2], 1, 5000) if limited else known.limit
        fields.append(Field(key, label, limit, bool(default) and default[0].required and not fields))
        taken.add(key)
    return tuple(fields)


def _source(text: str, earlier: list[_Step], later: list[_Step]) -> str:
    """The id of the earlier step that has this id or this title."""
    found = [step for step in earlier if step.id == text] or [step for step in earlier if step.called(text)]
    if len(found) > 1:
        raise Wrong(N_("Several steps are called “%(word)s”: give the right one an “id”, and write it here."), word=text)
    if found and found[0].kind and found[0].kind.pseudonymous:
        raise Wrong(N_("“%(word)s” takes anonymous answers, which no other step may show: name a step with cards."), word=text)
    if found:
        return found[0].id
    if any(step.called(text) for step in later):
        raise Wrong(N_("“%(word)s” does not come before this step: there is nothing to take up yet."), word=text)
    if guess := closest(text, (name for step in earlier for name in (step.id, step.title))):
        raise Wrong(N_("No step above is called “%(word)s”. Did you mean “%(guess)s”?"), word=text, guess=guess)
    raise Wrong(N_("No step above is called “%(word)s”. Write its title or its id."), word=text)
