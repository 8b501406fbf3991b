"""Owns the contract of an activity type: what a kind of activity says of itself, and the pure functions it answers with."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Protocol

from facilitate.core.agenda import Activity
from facilitate.core.contribution import (
    Contribution,
    Contributions,
    Field,
    Participant,
    Summary,
    Viewer,
    card,
    cards,
    fold_contributions,
    may_change,
    read_fields,
    territories,
    told,
)
from facilitate.core.entry import Act, Actor, Audience, Entry, Refused
from facilitate.core.paper import Blank, Lines
from facilitate.core.photos import Snapshot
from facilitate.core.team import Member
from facilitate.core.tree import Node
from facilitate.core.words import N_, Count, Say

__all__ = [
    "Accepted",
    "ActivityType",
    "Aloud",
    "Consent",
    "Contribution",
    "Contributions",
    "Examples",
    "Field",
    "Gesture",
    "Kinds",
    "Lesson",
    "Letter",
    "Participant",
    "Policy",
    "Rows",
    "Setting",
    "Source",
    "Sources",
    "Summary",
    "Teller",
    "Verb",
    "Viewer",
    "Voice",
    "card",
    "cards",
    "fields_setting",
    "read_fields",
    "territories",
    "told",
]

SettingType = Literal["text", "number", "flag", "list", "fields", "choice", "source", "markdown", "hour"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One key a sheet may set on a step of this kind.

    ``fr`` is the key in French; ``help`` a msgid, one line, for the docs and the form. ``type``: 'text' a line · 'number' a whole
    number between ``low`` and ``high`` · 'flag' yes/no, oui/non → bool · 'list' → tuple of texts · 'fields' a list of
    ``Label`` or ``Label (280)`` → tuple of Field · 'choice' one of ``choices`` (name → French name) · 'source' an earlier step,
    by id or title → its id · 'markdown' the step's prose · 'hour' 'HH:MM'.
    """

    name: str
    fr: str
    type: SettingType
    default: Any
    help: str
    choices: Mapping[str, str] = field(default_factory=dict)
    low: int = 0
    high: int = 1000
    required: bool = False


def fields_setting(name: str, fr: str, help: str, default: tuple[Field, ...]) -> Setting:
    """A setting that lists the fields of a card or the columns of a table."""
    return Setting(name, fr, "fields", default, help)


@dataclass(frozen=True, slots=True)
class Verb:
    """Who may do this, and when.

    ``by``: audiences. ``when``: 'open' only while the step is open, 'opened' once it has been opened (closed or not), 'always'.
    ``late``: what a phone wrote while it saw the step open is still taken after the closing.
    """

    by: frozenset[Audience] = frozenset({"participant", "console"})
    when: Literal["open", "opened", "always"] = "open"
    late: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """What of an act goes into the journal. ``unsigned``: no author and no time, the owner's hash instead; ``vote``: no author
    and no time, the voter's pseudonym instead."""

    content: Mapping[str, Any] = field(default_factory=dict)
    unsigned: bool = False
    vote: bool = False


@dataclass(frozen=True, slots=True)
class Examples:
    """Contents for the kind's first verb, with default settings (a required list holding 'One' and 'Two') and no one else in the room:
    taken, and refused with a reason."""

    accepts: tuple[Mapping[str, Any], ...]
    refuses: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """An earlier step that a setting of type 'source' names, with what it holds now."""

    activity: Activity
    type: "ActivityType"
    summary: Summary


@dataclass(frozen=True, slots=True)
class Sources:
    """What stands around an activity: the steps its settings name (by setting name), who joined, the team, the step's own hours, and its
    ``track``: the workshop it belongs to, '' in plenary."""

    named: Mapping[str, Source] = field(default_factory=dict)
    people: Mapping[str, Participant] = field(default_factory=dict)
    status: str = "planned"
    opened: str = ""
    minutes: int = 0
    team: Mapping[str, Member] = field(default_factory=dict)
    track: str = ""


@dataclass(frozen=True, slots=True)
class Teller:
    """In whose name a restitution tells a contribution: ``name``, a name or a msgid. ``unknown``: nothing may say who that is, so it stands
    with the anonymous ones, without its hour, and ``names`` are taken out of its words."""

    name: str
    unknown: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of a step's data file. ``columns``: (name, what it holds, a msgid); each of ``rows`` has one plain value a column."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str | int | float | bool, ...], ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a step teaches beyond its day. ``column`` it stands in, by its key, and its ``label`` (a msgid, or the sheet's own words);
    ``text`` as written in the contribution ``id``; ``about`` the contribution that tells the experience, '' over all of them; ``kept``: it
    is what the room kept of it together, where the others are what each noted."""

    column: str
    label: str
    text: str
    id: str
    about: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """What someone agreed to, or may agree to: ``label`` a msgid, ``about`` whom or what in plain words; whether it is ``given``; and the
    act that says the contrary: ``do``, ``on``, ``content``."""

    label: str
    given: bool
    do: str
    content: Mapping[str, Any] = field(default_factory=dict)
    on: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a step makes that can be sent by itself: ``to`` whom, '' where nobody said; what it says, then who signs."""

    to: str
    children: tuple[Node, ...]
    signatories: tuple[Node, ...] = ()


class Policy(Protocol):
    """How a restitution is written: its language, and who may be named in it."""

    @property
    def language(self) -> str: ...

    @property
    def say(self) -> Say: ...

    @property
    def count(self) -> Count: ...

    def signature(self, contribution: Contribution) -> str:
        """'Drôme, Nadia' where named, 'Drôme' where not, 'anonymous' when it is."""

    def number(self, contribution: Contribution) -> int:
        """Its number in the annex, 0 when it is not there."""

    def figure(self, value: float) -> str:
        """A number as this language writes it."""

    def day(self, iso: str) -> str:
        """A day as this language writes it: '2023-07-12' → '12 juillet 2023'."""

    def hour(self, instant: str) -> str:
        """The hour of an instant of the journal, where the day is held: '14 h 46'."""


class Voice(Protocol):
    """A simulated person, drawn from a seed: the same seed says the same things."""

    def says(self, about: str, limit: int) -> str:
        """A plausible text for a field ('title', 'context', 'what_to_watch', 'question'…), at most ``limit`` characters."""

    def chance(self, of: float) -> bool:
        """True ``of`` the time, 0 to 1."""

    def pick(self, among: Sequence[Any]) -> Any:
        """One of them."""

    def whole(self, low: int, high: int) -> int:
        """A whole number between bounds, both included."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """What a simulated person or facilitator does: a verb of the kind, its content, and the contribution it is about."""

    do: str
    content: Mapping[str, Any] = field(default_factory=dict)
    on: str = ""


@dataclass(frozen=True, slots=True)
class Aloud:
    """A text of a simulated facilitator's gesture, drawn when it is made: what the room has just said aloud, as a ``Voice`` says it."""

    about: str
    limit: int


class ActivityType:
    """A kind of activity. Everything here is pure: the same arguments give the same answer, and nothing else is touched.

    A kind's folder also holds ``participant.html``, ``wall.html``, ``console.html`` and its ``fr.po``; where the staff enters for others,
    ``scribe.html`` is the inside of one person's form (else its ``fields``), ``rows.html`` what several cards entered at once have alike,
    ``count.html`` the forms of its verb *count*, if it has one; ``printed.typ`` sets its ``papers``, if it has any of its own;
    without it they are ``cards`` that stand on tables, each {label, large, beside}.
    """

    kind: ClassVar[str]
    fr: ClassVar[str]
    """The kind's name in a French sheet."""
    label: ClassVar[str]
    """Its name on screens, a msgid."""
    settings: ClassVar[tuple[Setting, ...]] = ()
    verbs: ClassVar[Mapping[str, Verb]] = {}
    """Its own verbs, the one people use first; hide, restore and withhold are every kind's."""
    examples: ClassVar[Examples] = Examples((), ())
    tracked: ClassVar[frozenset[str]] = frozenset()
    """Verbs of a plenary step that whoever drives one of its workshops may use."""
    pseudonymous: ClassVar[bool] = False
    """Whether it takes one answer per person under a pseudonym (``Accepted(vote=True)``): a secret is then kept for it."""
    lasting: ClassVar[bool] = False
    """Whether what it says of a day stands in the synthesis of a series too: cards decoded, promises, answers still to come."""
    suggests: ClassVar[str] = ""
    """A module whose ``answer`` makes suggestions in a process apart from what ``asked`` gives; the console shows them through the kind's
    ``suggestions.html``. They are a reading of the state: nothing of them is kept unless someone takes one."""
    improvised: ClassVar[Mapping[str, tuple[str, Mapping[str, Any]]]] = {}
    """The ways it is proposed where a step is improvised: name → (label, settings). None: under its own label, with its defaults."""
    papers: ClassVar[Mapping[str, str]] = {}
    """Papers of its own besides the sheet to fill: name → label, a msgid. ``printed.typ`` beside the kind sets what ``printed`` says,
    else the house does."""
    votes: ClassVar[bool] = False
    """Whether people also vote under a pseudonym upon its cards, which stay cards like any other: a secret is kept for it too."""
    experiences: ClassVar[bool] = False
    """Whether each of its cards tells an experience: a capitalisation makes a sheet of it, from its fields and what was decoded of it."""
    together: ClassVar[frozenset[str]] = frozenset()
    """Verbs by which someone writes for their table or group: it is the group's, and stays when its writer erases what they gave."""
    streams: ClassVar[bool] = False
    """Whether its ``view`` gives the latest cards alone where the viewer asks for so many (``Viewer.most``): a room may write thousands."""
    read_by_all: ClassVar[bool] = False
    """Whether every phone shows what anyone writes, and so looks again when something comes."""

    @property
    def asks_panel(self) -> bool:
        """Whether panellists answer in it, from a page of their own."""
        return any("panel" in verb.by for verb in self.verbs.values())

    def start(self, settings: Mapping[str, Any]) -> Summary:
        """The summary before anything happened."""
        return Summary()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        """The texts of one contribution; the first is the one asked at once."""
        return ()

    def reckons(self, settings: Mapping[str, Any], act: Act, summary: Any, sources: Sources) -> tuple[str, Any] | None:
        """What must be worked out before this act is decided and would keep everyone waiting: a module, and the question, plain JSON, that
        its ``answer`` is asked by a process apart. ``accept`` finds the answer in ``act.reckoned``, None where it could not be had."""
        return None

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Any, sources: Sources) -> Accepted | Refused:
        """What the journal keeps of this act, or why it is refused. ``act.content`` is cleaned already; who may and when is checked."""
        if act.do not in self.verbs or act.do not in ("post", "edit", "withdraw"):
            return Refused("unknown-verb", N_("This step does not know “%(do)s”."), {"do": act.do}, status=400)
        if act.do == "withdraw":
            mine = may_change(act, actor, summary.contributions)
            return mine if isinstance(mine, Refused) else Accepted({}, unsigned=not mine.by)
        fields = self.fields(settings)
        if not fields:
            return Refused("nothing-asked", N_("Nothing is asked here."))
        texts = read_fields(fields, act.content)
        if isinstance(texts, Refused):
            return texts
        if act.do == "edit":
            mine = may_change(act, actor, summary.contributions)
            return mine if isinstance(mine, Refused) else Accepted(texts, unsigned=not mine.by)
        return Accepted(texts)

    def fold(self, summary: Any, entry: Entry) -> Any:
        """The summary one entry further."""
        return replace(summary, contributions=fold_contributions(summary.contributions, entry))

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        """All that templates and the HTTP state receive for this viewer, as plain JSON."""
        return {"cards": cards(summary.contributions, viewer, sources.people)}

    def hides(self, summary: Any, sources: Sources) -> bool:
        """Whether what people answered is hidden from everyone for now, a draft of the restitution included."""
        return False

    def answered(self, summary: Any) -> Collection[str]:
        """Who has answered, whatever they said: ids of participants, or pseudonyms where it is ``pseudonymous``."""
        return {one.by for one in summary.contributions.values() if one.by and one.status != "withdrawn"}

    def takes_photos(self, settings: Mapping[str, Any]) -> bool:
        """Whether a phone may send a photo with a contribution."""
        return False

    def snapshots(self, summary: Any) -> Mapping[str, Snapshot]:
        """The photos that came with contributions and are kept, by the contribution's id."""
        return {}

    def concerns(self, summary: Any, entry: Entry) -> Collection[str]:
        """Participants besides the one who asked whose own phone shows something else after this entry, which ``summary`` holds."""
        return ()

    def offered(self, settings: Mapping[str, Any], summary: Any) -> Mapping[str, Contribution]:
        """Its cards, by id, as a later step votes on them: those a restitution tells, unless it says otherwise."""
        return {one.id: one for one in told(summary.contributions)}

    def asked(self, settings: Mapping[str, Any], summary: Any, sources: Sources) -> Any:
        """Where it ``suggests``: the question its module answers, plain JSON."""
        return None

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        """What a sheet of paper asks of whoever writes by hand, in the reader's words; nothing where none is. By default its fields."""
        return tuple(
            Lines(say(one.label), 4 if one.required else max(1, min(3, one.limit // 80)), one.required) for one in self.fields(settings)
        )

    def printed(self, name: str, settings: Mapping[str, Any], summary: Any, sources: Sources, say: Say) -> Mapping[str, Any]:
        """What one of its ``papers`` says, plain JSON in the reader's words; all its texts are set as plain text."""
        return {}

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        """What the restitution says of it, beneath its title. Nothing happened: nothing, or one honest sentence."""
        return ()

    def told_by(self, summary: Any, contribution: Contribution) -> Teller | None:
        """In whose name a restitution tells this contribution; None: its author's, as they agreed."""
        return None

    def rows(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> Mapping[str, Rows]:
        """What its data files hold: tables by name, a word in English. No table: it has none."""
        return {}

    def became(self, summary: Any) -> Mapping[str, str]:
        """What became of its contributions, by id, a msgid each ('Carried out'): what may still come long after the day."""
        return {}

    def consents(self, summary: Any, participant: str, people: Mapping[str, Participant]) -> tuple[Consent, ...]:
        """What this person agreed to in it and may take back at any moment, the day finished too."""
        return ()

    def themes(self, activity: Activity, summary: Any, sources: Sources) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The themes its cards were sorted into: (name, ids of contributions, of any step of the day). A series compares them by name."""
        return ()

    def lessons(self, activity: Activity, summary: Any, sources: Sources) -> tuple[Lesson, ...]:
        """What it teaches, column by column: a capitalisation gathers it over many days. Of what is shown only."""
        return ()

    def letter(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> Letter | None:
        """What it makes that can be sent by itself, as a contribution to a consultation is; None where it makes nothing of the sort."""
        return None

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """What one simulated participant does, once, on what their phone shows. By default: fills the form, mostly its first field."""
        texts = {
            one.key: voice.says(one.key, one.limit) for place, one in enumerate(self.fields(settings)) if place == 0 or voice.chance(0.5)
        }
        return (Gesture("post", texts),) if texts and "post" in self.verbs else ()

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        """What a simulated facilitator does next on what the console shows, between two rounds of the room; None when all is done."""
        return None

    def texts(self, settings: Mapping[str, Any], contribution: Contribution) -> tuple[tuple[str, str], ...]:
        """One contribution as (label, text) pairs. A '' label is a plain text: the first field's, which answers the question itself."""
        content = contribution.content
        fields = enumerate(self.fields(settings))
        return tuple((one.label if place else "", str(content[one.key])) for place, one in fields if content.get(one.key))


Kinds = Mapping[str, ActivityType]
