"""Owns what a joint contribution adds up to: its positions with every wording they had, what became of each amendment, the degrees, and
who signs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from immutables import Map

from facilitate.core.activity import Field, Summary
from facilitate.core.contribution import fold_contributions
from facilitate.core.entry import Entry
from facilitate.core.words import N_, slug

Stage = Literal["closed", "amending", "asking", "told"]

STAGES: Mapping[str, str] = {
    "closed": N_("to read"),
    "amending": N_("open to amendments"),
    "asking": N_("degrees asked"),
    "told": N_("degrees shown"),
}
"""Where a position stands, in the order it usually goes."""

OUTCOMES: Mapping[str, str] = {"accept": N_("accepted"), "adapt": N_("adapted"), "refuse": N_("not kept")}
"""What the drafter may do with an amendment, or with a position that was proposed."""

KEPT = frozenset(("accept", "adapt"))
"""Of these, what the text holds."""

TITLE = Field("title", N_("Title of the position"), 120, required=True)
TEXT = Field("text", N_("Text"), 1200, required=True)
REASON = Field("reason", N_("Reason"), 600)

SIGNATURE = (
    Field("name", N_("First and last name"), 80, required=True),
    Field("role", N_("Role"), 80),
    Field("structure", N_("Organisation"), 120),
)


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of a position. ``n`` is the seq of the entry that made it, 0 for the sheet's own; ``source`` the id of the amendment
    or proposal it came from, '' where the drafter wrote it."""

    n: int
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """Degrees asked once, of the wording ``version`` (its ``n``): pseudonym → degree. ``told``: the room has seen them."""

    version: int
    degrees: Map[str, int] = field(default_factory=Map)
    told: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """One position. ``number`` counts from 1 and stays; ``dropped``: it is no longer in the contribution, and why."""

    id: str
    number: int
    title: str
    versions: tuple[Version, ...]
    stage: Stage = "closed"
    rounds: tuple[Round, ...] = ()
    dropped: bool = False
    why: str = ""

    @property
    def now(self) -> Version:
        return self.versions[-1]

    @property
    def text(self) -> str:
        return self.now.text

    @property
    def round(self) -> Round | None:
        """The last degrees given of the present wording."""
        return self.rounds[-1] if self.rounds and self.rounds[-1].version == self.now.n else None

    def place(self, n: int) -> int:
        """Which wording that version is, from 1."""
        return next((place for place, one in enumerate(self.versions, 1) if one.n == n), 0)


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of an amendment or of a proposal: one of ``OUTCOMES``, the reason given, and the version it made, 0 for none."""

    outcome: str
    reason: str = ""
    position: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: in their organisation's name or their own; ``publish``: they agree to be listed. ``n`` is the seq."""

    n: int
    name: str
    role: str
    structure: str
    own: bool
    publish: bool


@dataclass(frozen=True, slots=True)
class Statements(Summary):
    """Positions by id, once something was done with them; decisions by the id of what they answer; signatures by participant.

    ``discussed``: the position, or the amendment, that the room looks at; '' for all of them. ``signing``: signatures are taken.
    """

    positions: Map[str, Position] = field(default_factory=Map)
    decisions: Map[str, Decision] = field(default_factory=Map)
    signatures: Map[str, Signature] = field(default_factory=Map)
    discussed: str = ""
    signing: bool = False


def of_sheet(settings: Mapping[str, Any]) -> list[Position]:
    """The positions a sheet drafts, each 'Title: text', a short first sentence standing as title where there is none."""
    found: list[Position] = []
    for number, line in enumerate(settings["positions"], 1):
        head, colon, text = (part.strip() for part in line.partition(":"))
        if not colon or not text or len(head) > TITLE.limit:
            head, text = title_of(line), line
        found.append(Position(slug(head, {one.id for one in found}), number, head, (Version(0, text),)))
    return found


def title_of(text: str) -> str:
    """The first words of a text, where nobody gave it a title."""
    words = text.split("\n")[0].split(". ")[0]
    return words.rstrip(" .;:") if len(words) <= 80 else words[:80].rpartition(" ")[0] + "…"


def in_force(settings: Mapping[str, Any], held: Statements) -> list[Position]:
    """Every position by its number: those something was done with, then those of the sheet that nobody has touched yet."""
    known = sorted(held.positions.values(), key=lambda one: one.number)
    fresh = [one for one in of_sheet(settings) if one.id not in held.positions]
    if not known:
        return fresh
    last = known[-1].number
    return [*known, *(replace(one, number=last + place) for place, one in enumerate(fresh, 1))]


def kept(positions: Iterable[Position], held: Statements) -> list[dict[str, Any]]:
    """What an entry says of positions that the journal does not hold yet: from then on a revised sheet changes them no more."""
    return [{"id": one.id, "number": one.number, "title": one.title, "text": one.text} for one in positions if one.id not in held.positions]


def fold(held: Statements, entry: Entry) -> Statements:
    """One entry further."""
    content = entry.content
    for one in content.get("kept", ()):
        position = Position(one["id"], one["number"], one["title"], (Version(0, one["text"]),))
        held = replace(held, positions=held.positions.set(position.id, position))
    match entry.do:
        case "draft":
            return _drafted(held, entry)
        case "drop":
            return _with(held, replace(held.positions[entry.on], dropped=True, why=content["reason"], stage="closed"))
        case "stage":
            for id in content["positions"]:
                held = _with(held, _staged(held.positions[id], content["stage"]))
            return held
        case "discuss":
            return replace(held, discussed=entry.on)
        case "decide":
            return _decided(held, entry)
        case "degree":
            return _given(held, entry)
        case "signing":
            return replace(held, signing=content["open"])
        case "sign":
            said = {name: str(content.get(name, "")) for name in ("name", "role", "structure")}
            signature = Signature(entry.seq, **said, own=content["as"] == "own", publish=content["publish"])
            return replace(held, signatures=held.signatures.set(entry.by, signature))
        case "unsign":
            return replace(held, signatures=held.signatures.delete(entry.by) if entry.by in held.signatures else held.signatures)
    return replace(held, contributions=fold_contributions(held.contributions, entry))


def _with(held: Statements, position: Position) -> Statements:
    return replace(held, positions=held.positions.set(position.id, position))


def _drafted(held: Statements, entry: Entry) -> Statements:
    """A new position, or another wording or title of one by its drafter."""
    found, text = held.positions.get(entry.on), entry.content["text"]
    if found is None:
        return _with(held, Position(entry.id, entry.content["number"], entry.content["title"], (Version(entry.seq, text),)))
    return _with(held, _worded(replace(found, title=entry.content["title"]), Version(entry.seq, text)))


def _worded(position: Position, version: Version) -> Position:
    """With another wording. Degrees that were being asked are about the one before: they stay with it, and the position is open to read."""
    if version.text == position.text:
        return position
    stage: Stage = "closed" if position.stage in ("asking", "told") else position.stage
    return replace(position, versions=(*position.versions, version), stage=stage)


def _staged(position: Position, stage: Stage) -> Position:
    """At another stage; asked again, degrees make a round of their own once the last were shown or are about an older wording."""
    rounds, last = position.rounds, position.round
    if stage == "asking" and (last is None or last.told):
        rounds = (*rounds, Round(position.now.n))
    elif stage == "told" and last is not None:
        rounds = (*rounds[:-1], replace(last, told=True))
    return replace(position, stage=stage, rounds=rounds, dropped=False, why="")


def _decided(held: Statements, entry: Entry) -> Statements:
    content = entry.content
    position = held.positions.get(content["position"])
    made = 0
    if content.get("removed") and position is not None:
        held = _with(held, replace(position, dropped=True, why=content["reason"], stage="closed"))
    elif position is not None and "text" in content and content["text"] != position.text:
        made = entry.seq
        held = _with(held, _worded(position, Version(made, content["text"], entry.on)))
    elif position is None and "text" in content:
        made = entry.seq
        new = Position(entry.id, content["number"], content["title"], (Version(made, content["text"], entry.on),))
        held = _with(held, new)
    about = content["position"] or (entry.id if made else "")
    return replace(held, decisions=held.decisions.set(entry.on, Decision(content["outcome"], content["reason"], about, made)))


def _given(held: Statements, entry: Entry) -> Statements:
    position, voter = held.positions[entry.on], str(entry.content.get("voter", ""))
    last = position.rounds[-1]
    given = replace(last, degrees=last.degrees.set(voter, entry.content["degree"]))
    return _with(held, replace(position, rounds=(*position.rounds[:-1], given)))
