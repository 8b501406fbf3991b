"""Owns a sheet as a page shows it for editing: what was typed, the hours that follow, what is wrong and where, the fields of each step.

Nothing is kept between two requests: the page carries the text it was made from, and all that was typed over it.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from facilitate.core.activity import ActivityType, Kinds, Setting
from facilitate.core.agenda import Track, hour_of, minutes_of, planned, tracks_of
from facilitate.core.moving import followed
from facilitate.core.programme import STEP
from facilitate.core.reading import LANGUAGES, Names, Problem, Wrong, fold, read_choice, read_language
from facilitate.core.sheet import CHOICES, HEAD, LARGEST, LISTS, NOTICES, read_sheet
from facilitate.core.words import N_
from facilitate.core.writing import Form, Row, draft, locate, read_form, retyped, rewrite
from facilitate.language import Language
from facilitate.sheets import Sheet, print_of

_LISTS = ("list", "fields")
_FACTS = {
    "title": "",
    "date": N_("24 September 2021"),
    "time": N_("9:30-17:00"),
    "place": "",
    "online": N_("Yes: everyone is at a distance. Hybrid: the join page asks who is in the room."),
    "host": "",
    "capacity": N_("Empty: no limit"),
    "deadline": N_("24 September 2021"),
    "access": N_("On invitation: everyone comes in with a code of their own."),
    "language": N_("The one the room speaks: phones, wall and restitution."),
    "format": N_("Exploration day, evening, online slot…"),
    "series": N_("The name that days which belong together share."),
    "good_for": N_("One line for whoever looks for a model: what kind of day it suits."),
    "timezone": "Europe/Paris",
    "funders": N_("One a line"),
    "europe": N_("Yes: the European emblem stands on screens and papers, with “Co-funded by the European Union”."),
    "capitalisation": N_("Yes: people are told, where they write, that their words may be taken up with those of other days."),
    "sensitive": N_("Yes: a reminder to name no one stands above every form. Or the reminder in your own words."),
    "territories": N_("One a line; the join page proposes them"),
    "structure_types": N_("One a line; the join page proposes them"),
    "attendance": N_("Phone: everyone signs on their own, half-day by half-day. Paper: on the printed sheet."),
    "attendance_kept": N_("How long the list of those who came is kept: 12 months, 5 years…"),
    "notices.data": N_("What becomes of what people write. Without it, the screen says the usual."),
    "notices.photos": N_("What people should know of photos and recordings."),
    "notices.moderation": N_("What may be taken off the wall, and why. Without it, the screen says the usual."),
}
_MAIN = ("title", "date", "time", "place", "host", "capacity")
_STEP = {
    "objective": N_("What this step is for."),
    "who": N_("Who runs it, who speaks."),
    "material": N_("What must be in the room."),
    "trace": N_("What is expected to remain of it."),
    "minimum": N_("The length under which it makes no sense."),
    "start": N_("Only for what may not move: a meal, a train. Empty, its hour follows the step above."),
    "optional": N_("The first to go when time is short."),
    "approval": N_("What phones post waits for a facilitator before the wall shows it."),
    "stays": N_("Once opened, it stays open beside the steps that follow."),
    "sensitive": N_(
        "Yes: a reminder to name no one stands above the form. Or the reminder in your own words. No: none, whatever the day says."
    ),
    "track": N_("The parallel workshop it belongs to, as written in the step that holds the workshops."),
    "id": N_("Its name in addresses and in other steps; made from the title when empty."),
}
_SHEET, _ORDER = (
    ("objective", "who", "material", "trace"),
    ("start", "minimum", "optional", "approval", "stays", "sensitive", "track", "id"),
)


def packed(text: str) -> str:
    """A text as a form can carry it without touching its line ends."""
    return base64.b64encode(zlib.compress(text.encode())).decode()


def unpacked(data: str) -> str:
    """The text again. ValueError for anything else, or more than a sheet may hold."""
    try:
        plain = zlib.decompressobj()
        text = plain.decompress(base64.b64decode(data, validate=True), LARGEST)
        if not plain.eof:
            raise ValueError("cut short, or too large")
        return text.decode()
    except (zlib.error, binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("not a text of ours") from error


@dataclass(frozen=True)
class Typed:
    """What a page sends: ``source`` the text it was made from, ``print`` of the file then; the form; the rows taken out but not forgotten;
    ``shown`` the key of the row that is looked at; ``text`` where the page held the whole text instead, else None."""

    source: str
    print: str
    form: Form
    gone: frozenset[str] = frozenset()
    shown: str = ""
    text: str | None = None

    @classmethod
    def of(cls, sheet: Sheet, kinds: Kinds) -> "Typed":
        """A page that was just opened."""
        return cls(sheet.text, sheet.print, read_form(sheet.text, kinds))

    @classmethod
    def read(cls, sent: "MultiDict[str, str]", kinds: Kinds) -> "Typed":
        """A page as it comes back. ValueError where it is none of ours."""
        source = unpacked(sent.get("source", ""))
        known = {row.key: row for row in read_form(source, kinds).rows}
        facts: dict[str, str] = {}
        rows: dict[str, dict[str, str]] = {}
        for name, value in sent.items(multi=True):
            kind, _, rest = name.partition(".")
            if kind == "facts":
                facts[rest] = value
            elif kind == "row":
                key, _, one = rest.partition(".")
                rows.setdefault(key, {})[one] = value
        told = []
        for key in dict.fromkeys(sent.getlist("rows")):
            said = rows.get(key, {})
            values = {name[2:]: value for name, value in said.items() if name.startswith("v.")}
            place = known[key].place if key in known else None
            row = Row(
                key,
                place,
                said.get("title", known[key].title if key in known else ""),
                said.get("text", known[key].text if key in known else ""),
                values,
            )
            told.append(_plain(_fixed(row, known.get(key)), known.get(key), kinds))
        gone = frozenset(sent.getlist("gone"))
        text = sent.get("text")
        form = Form(facts, tuple(told))
        if text is not None:
            # Without rows of its own the page was the whole text.
            return cls(source, sent.get("print", ""), form, gone, sent.get("shown", ""), retyped(source, text))
        return cls(source, sent.get("print", ""), form, gone, sent.get("shown", ""))

    def done(self, what: str, key: str, fresh: str) -> "Typed":
        """After one gesture: 'up', 'down', 'remove', 'back', 'look' on a row; 'add' one called ``fresh`` beneath it, at the end without."""
        rows, keys = list(self.form.rows), [row.key for row in self.form.rows]
        at = keys.index(key) if key in keys else -1
        if what == "add":
            at = at if at >= 0 else len(rows) - 1
            above = rows[at].kind if rows else ""
            rows.insert(at + 1, Row(fresh, None, "", "", {"kind": above, "duration": "30 min"}))
            return replace(self, form=replace(self.form, rows=tuple(rows)), shown=fresh)
        if at < 0:
            return self
        if what in ("up", "down"):
            # Rows that were taken out do not count as a place.
            step = -1 if what == "up" else 1
            to = at + step
            while 0 <= to < len(rows) and keys[to] in self.gone:
                to += step
            if 0 <= to < len(rows):
                rows.insert(to, rows.pop(at))
        gone = self.gone | {key} if what == "remove" else self.gone - {key} if what == "back" else self.gone
        return replace(self, form=replace(self.form, rows=tuple(rows)), gone=gone, shown=self.shown if what == "remove" else key)


def _fixed(row: Row, was: Row | None) -> Row:
    """The field 'fixed hour' is two keys of the sheet: its start, and that it may not move."""
    values = dict(row.values)
    if "at" not in values:
        return row
    at, old = values.pop("at").strip(), was.values if was else {}
    if at != (old.get("start", "") if old.get("fixed") == "yes" else ""):
        values["fixed"] = "yes" if at else ""
        values["start"] = at or old.get("start", "")
    return replace(row, values=values)


def _plain(row: Row, was: Row | None, kinds: Kinds) -> Row:
    """A box that stands as the sheet, or the kind, has it says nothing new."""
    old = was.values if was else {}
    kind = kinds.get(row.kind or old.get("kind", ""))
    usual = {"optional": "no", "approval": "no", "stays": "no"}
    usual |= {one.name: "yes" if one.default else "no" for one in (kind.settings if kind else ()) if one.type == "flag"}
    values = {
        name: old.get(name, "") if name in usual and value == (old.get(name) or usual[name]) else value
        for name, value in row.values.items()
    }
    return replace(row, values=values)


@dataclass(frozen=True)
class Input:
    """One field: ``type`` 'text' | 'long' | 'list' | 'flag' | 'choice'; ``options`` [(value, label)]; ``wrong`` what is said beneath it."""

    name: str
    label: str
    value: str
    type: str = "text"
    help: str = ""
    options: Sequence[tuple[str, str]] = ()
    wrong: Sequence[str] = ()
    wide: bool = False


@dataclass
class Editor:
    """One look at a sheet being edited, in the reader's ``language``. ``written``: the text as it would be saved."""

    typed: Typed
    kinds: Kinds
    language: Language
    keep_ids: bool = False
    written: str = ""
    problems: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        typed, say = self.typed, self.language.say
        self.base = read_form(typed.source, self.kinds)
        self._old = {one.key: one for one in self.base.rows}
        self.french = self.language.name == "fr"
        self.shown = typed.form.rows
        kept = tuple(row for row in typed.form.rows if row.key not in typed.gone)
        form = replace(typed.form, rows=kept)
        if typed.text is None:
            form = followed(typed.source, self.kinds, form)
            self.written = rewrite(typed.source, self.kinds, form, self.keep_ids)
        else:
            self.written = typed.text
        agenda, self.problems = read_sheet(self.written, self.kinds)
        self.agenda = agenda or draft(self.written, self.kinds)
        self.sound = agenda is not None
        self.spots = locate(self.written, self.kinds, self.problems)
        self.told = [(problem.level, problem.line, say(problem.text, **problem.values), place, name) for place, name, problem in self.spots]
        self.form = form
        self.hours = planned(self.agenda.start, self.agenda.activities) if self.agenda else {}

    @property
    def saved(self) -> bool:
        """Whether the file says this already."""
        return print_of(self.written) == self.typed.print

    @property
    def errors(self) -> list[str]:
        return [text for level, _, text, _, _ in self.told if level == "error"]

    def activity(self, place: int) -> Any:
        """The step of a place in the new order, as it can be read; None."""
        found = self.agenda.activities if self.agenda else ()
        return found[place] if place < len(found) else None

    def left(self) -> int | None:
        """Minutes between the last step and the end of the day; negative where it runs on; None where there is no end."""
        if not self.agenda or not self.agenda.end or not self.hours:
            return None
        return minutes_of(self.agenda.end) - max(end for _, end in self.hours.values())

    def span(self) -> tuple[str, str]:
        """When the first step begins and the last one ends, 'HH:MM'; '' each where nothing is known."""
        if not self.hours or not self.agenda or not (self.agenda.start):
            return "", ""
        return hour_of(min(start for start, _ in self.hours.values())), hour_of(max(end for _, end in self.hours.values()))

    def facts(self) -> tuple[list[Input], list[Input]]:
        """The facts of the day: those that every day has, and the others."""
        main, more = list[Input](), list[Input]()
        for name, was in self.base.facts.items():
            value, help = self.typed.form.facts.get(name, was), _FACTS.get(name, "")
            type = "long" if name.startswith("notices.") else "list" if name in LISTS else "text"
            options: Sequence[tuple[str, str]] = ()
            if name == "language":
                type, options, value = self._spoken(value)
            elif name in CHOICES:
                type, options = self._chosen(value, CHOICES[name])
            wrong = [text for _, _, text, place, about in self.told if place is None and about == name]
            one = Input(f"facts.{name}", self._head(name), value, type, self.language.say(help) if help else "", options, wrong)
            (main if name in _MAIN else more).append(one)
        return main, more

    def _head(self, name: str) -> str:
        names = NOTICES[name.partition(".")[2]] if "." in name else HEAD[name]
        label = names[1] if self.french and len(names) > 1 else names[0]
        if "." in name:
            above = HEAD["notices"][1 if self.french else 0]
            label = f"{above} : {label}" if self.french else f"{above}: {label}"
        return label[:1].upper() + label[1:]

    @staticmethod
    def _spoken(value: str) -> tuple[str, Sequence[tuple[str, str]], str]:
        options = [("", "–"), ("fr", "français"), ("en", "English")]
        try:
            name = read_language(value) if value else ""
        except Wrong:
            return "text", (), value
        # The word of the sheet stays where it says the same.
        return "choice", [(value if one == name else one, label) for one, label in options], value

    def _chosen(self, value: str, names: Names) -> tuple[str, Sequence[tuple[str, str]]]:
        """One of a few answers; the word of the sheet stays where it says the same."""
        try:
            known = read_choice(value, names) if value else ""
        except Wrong:
            return "text", ()
        said = {name: some[1] if self.french else some[0] for name, some in names.items()}
        return "choice", [("", "–"), *((value if name == known else one, one) for name, one in said.items())]

    def lines(self) -> list[dict[str, Any]]:
        """Every row, those taken out included, with all its fields."""
        places = {row.key: n for n, row in enumerate(self.form.rows)}
        names = self._sources()
        return [self._line(row, places.get(row.key), names) for row in self.shown]

    def _sources(self) -> list[tuple[str, str, str]]:
        """(key, title, kind) of the rows, in order."""
        return [(row.key, row.title, self._value(row, "kind")) for row in self.form.rows]

    def _value(self, row: Row, name: str) -> str:
        """What was typed, or what the text said."""
        if name in row.values:
            return row.values[name]
        was = self._old.get(row.key)
        return was.values.get(name, "") if was else ""

    def _line(self, row: Row, place: int | None, names: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
        kind = self.kinds.get(self._value(row, "kind"))
        activity = self.activity(place) if place is not None else None
        hours = self.hours.get(activity.id) if activity else None
        wrong: dict[str, list[str]] = {}
        for _, _, said, where, name in self.told:
            if place is not None and where == place:
                wrong.setdefault(name, []).append(said)
        fixed = self._value(row, "fixed") == "yes"
        prefix = f"row.{row.key}"

        def own(name: str) -> Input:
            label = STEP[name][1] if self.french and len(STEP[name]) > 1 else STEP[name][0]
            help = self.language.say(_STEP[name])
            if name == "start":
                label = self.language.say(N_("fixed hour"))
                value = self._value(row, "start") if fixed else ""
                return Input(f"{prefix}.v.at", _capital(label), value, "text", help, (), [*wrong.get("start", ()), *wrong.get("fixed", ())])
            type = "flag" if name in ("optional", "approval", "stays") else "text"
            value = self._value(row, name)
            if name == "track":
                offered = [("", self.language.say(N_("None: everyone together"))), *self._workshops(value)]
                return Input(f"{prefix}.v.{name}", _capital(label), value, "choice", help, offered, wrong.get(name, ()))
            type = "text" if type == "flag" and value not in ("", "yes", "no") else type
            return Input(f"{prefix}.v.{name}", _capital(label), value, type, help, (), wrong.get(name, ()), wide=name in _SHEET)

        settings = [self._setting(one, row, names, wrong) for one in (kind.settings if kind else ()) if self._asked(one, row)]
        odd = [
            Input(f"{prefix}.v.{name}", self.language.say(N_("a line that is not understood")), value, wrong=wrong.get(name, ()), wide=True)
            for name, value in sorted(self._odd(row).items())
        ]
        listed = {one.name for one in settings} | {
            f"{prefix}.v.{name}" for name in (*_SHEET, *_ORDER, "kind", "duration", "fixed", "start", "at")
        }
        # What belongs to another kind waits, should one come back to it.
        waiting = [
            (f"{prefix}.v.{name}", value)
            for name, value in row.values.items()
            if f"{prefix}.v.{name}" not in listed and not name.startswith("?")
        ]
        slides = next((one for one in (kind.settings if kind else ()) if one.type == "markdown"), None)
        text = Input(
            f"{prefix}.text",
            _capital((slides.fr if self.french else slides.name) if slides else self.language.say(N_("how to run it"))),
            row.text,
            "long",
            self.language.say(
                slides.help if slides else N_("For whoever runs it: the console shows it, in Markdown. The run sheet prints it.")
            ),
            (),
            wrong.get("text", ()),
            wide=True,
        )
        every = [*settings, *map(own, _SHEET), *map(own, _ORDER), *odd, text]
        here = [why for texts in wrong.values() for why in texts if not any(why in one.wrong for one in every)]
        excerpt = self._value(row, "question") or row.text.split("\n")[0].lstrip("# ")
        return {
            "key": row.key,
            "place": place,
            "title": row.title,
            "kind": self._value(row, "kind"),
            "label": self.language.say(kind.label) if kind else self._value(row, "kind"),
            "duration": self._value(row, "duration"),
            "minutes": activity.minutes if activity else 0,
            "from": hour_of(hours[0]) if hours and self.agenda and self.agenda.start else "",
            "to": hour_of(hours[1]) if hours and self.agenda and self.agenda.start else "",
            "fixed": fixed,
            "optional": self._value(row, "optional") == "yes",
            "minimum": self._value(row, "minimum"),
            "track": self._track(activity),
            "gone": row.key in self.typed.gone,
            "excerpt": excerpt,
            "settings": settings,
            "sheet": [own(name) for name in _SHEET],
            "order": [own(name) for name in _ORDER if name != "track" or self._workshops(self._value(row, name))],
            "odd": odd,
            "text": text,
            "waiting": waiting,
            "wrong": here,
            "faulty": bool(wrong),
            "wrong_duration": wrong.get("duration", ()),
        }

    def _tracks(self) -> list[Track]:
        return [track for one in (self.agenda.activities if self.agenda else ()) for track in tracks_of(one.settings)]

    def _track(self, activity: Any) -> str:
        """The name of the workshop a step belongs to."""
        if not activity or not activity.track:
            return ""
        return next((one.name for one in self._tracks() if one.id == activity.track), activity.track)

    def _workshops(self, value: str) -> list[tuple[str, str]]:
        """The workshops of the day; the word of the sheet stays where it means one of them, or none."""
        offered, known = list[tuple[str, str]](), not value
        for track in self._tracks():
            same = bool(value) and (track.id == value or fold(track.name) == fold(value))
            offered.append((value if same else track.name, track.name))
            known |= same
        return offered if known else [*offered, (value, value)]

    def _asked(self, setting: Setting, row: Row) -> bool:
        """Slides are the step's text, unless the sheet gives them a line of their own."""
        return setting.type != "markdown" or bool(self._value(row, setting.name))

    def _odd(self, row: Row) -> dict[str, str]:
        was = self._old.get(row.key)
        names = [name for name in (was.values if was else {}) if name.startswith("?")]
        return {name: self._value(row, name) for name in names}

    def _setting(self, setting: Setting, row: Row, names: Sequence[tuple[str, str, str]], wrong: Mapping[str, Sequence[str]]) -> Input:
        value, say = self._value(row, setting.name), self.language.say
        type, options, help = "text", list[tuple[str, str]](), say(setting.help)
        usual = self._usual(setting)
        if setting.type in _LISTS:
            type = "list"
            parts = [help, say(N_("One a line.")), say(N_("Without any: %(usual)s."), usual=usual) if usual else ""]
            help = " ".join(filter(None, parts))
        elif setting.type == "flag" and value in ("", "yes", "no"):
            type, value = "flag", value or ("yes" if setting.default else "no")
        elif setting.type == "choice" and (not value or value in setting.choices):
            type = "choice"
            told = {name: fr if self.french else name for name, fr in setting.choices.items()}
            options = [("", say(N_("%(usual)s, as usual"), usual=told.get(str(setting.default), "–"))), *told.items()]
        elif setting.type == "source":
            type, options = "choice", self._offered(row, value, names)
        elif usual:
            help = " ".join((help, say(N_("Without it: %(usual)s."), usual=usual).replace("?.", "?")))
        label = setting.fr if self.french else setting.name.replace("_", " ")
        return Input(
            f"row.{row.key}.v.{setting.name}",
            _capital(label),
            value,
            type,
            help,
            options,
            wrong.get(setting.name, ()),
            wide=setting.type in ("text", "list", "fields"),
        )

    def _usual(self, setting: Setting) -> str:
        """What a setting is when the sheet does not say."""
        if setting.type == "fields":
            return ", ".join(self.language.say(one.label) for one in setting.default)
        if setting.type == "list":
            return ", ".join(self.language.say(str(one)) for one in setting.default)
        if setting.type == "number" or (setting.type == "text" and setting.default):
            return self.language.say(str(setting.default)).rstrip(".")
        return ""

    def _offered(self, row: Row, value: str, names: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
        """The steps above that take cards; and what is written, where it is none of them."""
        keys = [key for key, _, _ in names]
        above = names[: keys.index(row.key)] if row.key in keys else ()
        offered = [(f"@{key}", title) for key, title, kind in above if _lends(self.kinds.get(kind))]
        if value and value not in [one for one, _ in offered]:
            title = next((title for key, title, _ in names if f"@{key}" == value), value.removeprefix("@"))
            offered.append((value, title))
        return [("", "–"), *offered]

    def choices(self) -> list[tuple[str, str]]:
        """The kinds a step may be of, by the names people see."""
        return sorted(((name, self.language.say(kind.label)) for name, kind in self.kinds.items()), key=lambda one: fold(one[1]))


def _lends(kind: ActivityType | None) -> bool:
    return kind is not None and not kind.pseudonymous and "post" in kind.verbs


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


__all__ = ["LANGUAGES", "Editor", "Input", "Typed", "packed", "unpacked"]
