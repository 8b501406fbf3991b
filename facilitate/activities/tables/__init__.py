"""Owns tables: who sits where, round after round, and the note that each table writes."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from facilitate.activities.tables.dealing import ROUNDS, SEATS, TABLES, answer, question, rounds_of
from facilitate.activities.tables.deciding import CHOSEN, decided
from facilitate.activities.tables.notes import FIELDS, LINE, fold_notes
from facilitate.activities.tables.outcome import outcome
from facilitate.activities.tables.plan import Seating, fold_plan, fold_seats, numbers
from facilitate.activities.tables.seen import view_of
from facilitate.activities.tables.standing import PAPERS, cards
from facilitate.core.activity import (
    Accepted,
    ActivityType,
    Contribution,
    Examples,
    Field,
    Gesture,
    Policy,
    Setting,
    Sources,
    Verb,
    Viewer,
    Voice,
    fields_setting,
)
from facilitate.core.agenda import Activity
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.paper import Blank, Lines, Note
from facilitate.core.state import MODERATION
from facilitate.core.tree import Node
from facilitate.core.words import N_, Count, Say

_CONSOLE = Verb(by=frozenset({"console"}), when="opened")
_ANYONE = Verb(when="opened")


class Tables(ActivityType):
    """Groups at tables, a note for each."""

    kind: ClassVar[str] = "tables"
    fr: ClassVar[str] = "tables"
    label: ClassVar[str] = N_("Tables")
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("question", "question", "text", "", N_("What the tables work on.")),
        Setting(
            "seats",
            "par table",
            "number",
            0,
            N_("People at a table; 5 unless a number of tables or names are given."),
            low=SEATS[0],
            high=SEATS[1],
        ),
        Setting(
            "count",
            "nombre de tables",
            "number",
            0,
            N_("How many tables there are, instead of people at each."),
            low=TABLES[0],
            high=TABLES[1],
        ),
        Setting(
            "how",
            "répartition",
            "choice",
            "mixed",
            N_("Who sits where: roles and territories mixed, by chance, as each chooses, or by theme."),
            choices={"mixed": "mélangée", "chance": "au hasard", "chosen": "au choix", "theme": "par thème"},
        ),
        Setting("names", "noms", "list", (), N_("The names of the tables, or their themes.")),
        Setting("source", "thèmes de", "source", "", N_("An earlier step whose themes name the tables.")),
        Setting(
            "method",
            "méthode",
            "choice",
            "plain",
            N_("How rounds follow each other: new tables, one host who stays at each, or groups that grow."),
            choices={"plain": "simple", "cafe": "world café", "pyramid": "1-2-4-tous"},
        ),
        Setting("rounds", "tours", "number", 0, N_("How many rounds; 1, or 3 in a World Café."), low=ROUNDS[0], high=ROUNDS[1]),
        Setting(
            "minutes",
            "durée du tour",
            "number",
            0,
            N_("Minutes that a round lasts; by default an equal share of the step."),
            low=1,
            high=240,
        ),
        Setting("together", "distance mêlée", "flag", False, N_("Whether people at a distance sit with people in the room.")),
        fields_setting("fields", "champs", N_("What each table writes, and how long it may be."), FIELDS),
    )
    papers: ClassVar[Mapping[str, str]] = PAPERS
    together: ClassVar[frozenset[str]] = frozenset(("write", "line", "settle", "host", "withdraw", "pen"))
    verbs: ClassVar[Mapping[str, Verb]] = {
        "write": Verb(when="opened", late=True),
        "sit": Verb(by=frozenset({"participant"})),
        "pen": Verb(by=frozenset({"participant"}), when="opened"),
        "line": _ANYONE,
        "withdraw": _ANYONE,
        "settle": _ANYONE,
        "host": _ANYONE,
        "deal": _CONSOLE,
        "seat": _CONSOLE,
        "unseat": _CONSOLE,
        "round": _CONSOLE,
        "shut": _CONSOLE,
        "reopen": _CONSOLE,
        "turn": _CONSOLE,
        "listing": _CONSOLE,
    }
    examples: ClassVar[Examples] = Examples(
        accepts=(
            {"keep": "One calendar for both markets, kept by the two town halls."},
            {"keep": "x" * 1000, "open": "Who pays in the second year?"},
            {"open": "<b>100 %</b> of **nothing**\nA second line."},
        ),
        refuses=(
            {},
            {"keep": ""},
            {"keep": "x" * 1001},
            {"keep": 3},
            {"open": ["a", "b"]},
            {"weather": "It rained."},
        ),
    )

    def start(self, settings: Mapping[str, Any]) -> Seating:
        return Seating()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return tuple(settings["fields"] or FIELDS)

    # What is asked

    def reckons(self, settings: Mapping[str, Any], act: Act, summary: Any, sources: Sources) -> tuple[str, Any] | None:
        """A plan is sought apart: a room of 150 takes half a second."""
        if act.do != "deal" or settings["how"] in CHOSEN:
            return None
        asked = question(settings, act, summary, sources)
        return None if isinstance(asked, Refused) else (answer.__module__, asked)

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Any, sources: Sources) -> Accepted | Refused:
        return decided(settings, self.fields(settings), act, actor, summary, sources)

    # What is kept

    def fold(self, summary: Any, entry: Entry) -> Seating:
        held: Seating = summary
        if "seats" in entry.content:
            held = fold_seats(held, entry)
        return fold_notes(fold_plan(held, entry), entry)

    def concerns(self, summary: Any, entry: Entry) -> Collection[str]:
        """Those at the table it is about, and at the tables that people came to or left."""
        held, content = summary, entry.content
        keys = {str(content.get("at", "")), entry.on, *content.get("tables", ())}
        if entry.do in MODERATION or entry.do == "settle":
            found = held.contributions.get(entry.on)
            keys.add(str(found.content.get("at", "")) if found else "")
        moved = {*content.get("seats", ()), *(content.get("people", ()) if entry.do == "unseat" else ())}
        for id in moved:
            keys |= {held.seat(id), *held.was.get(id, ())[-1:]}
        if entry.do == "host":
            keys = {held.seat(str(content["host"]))}
        return moved | {id for key in keys for id in held.around(key)}

    # What is seen

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        return view_of(settings, self.fields(settings), summary, viewer, sources)

    def texts(self, settings: Mapping[str, Any], contribution: Contribution) -> tuple[tuple[str, str], ...]:
        content = contribution.content
        if "at" not in content:
            return ()
        round, table = numbers(content["at"])
        where = [(N_("Table"), str(table))] + ([(N_("Round"), str(round))] if rounds_of(settings) > 1 else [])
        if "line" in content:
            return (("", str(content["line"])), *where)
        fields = [one for one in self.fields(settings) if content["note"].get(one.key)]
        said = tuple((one.label if place or len(fields) > 1 else "", str(content["note"][one.key])) for place, one in enumerate(fields))
        return (*said, *where) if said else ()

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        """One sheet for a table: who sits there, then its note."""
        return (
            Note(say(N_("One sheet for each table: one person writes, all say what.")), nameless=True),
            Lines(say(N_("Table")), 1, required=True),
            Lines(say(N_("Who is at the table")), 2),
            *(Lines(say(one.label), max(3, min(9, one.limit // 110)), required=True) for one in self.fields(settings)),
        )

    def printed(self, name: str, settings: Mapping[str, Any], summary: Any, sources: Sources, say: Say) -> Mapping[str, Any]:
        return cards(settings, summary, sources, say)

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        return outcome(activity, self.fields(activity.settings), summary, sources, policy)

    # A rehearsal

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """Sits down; then takes the pen where nobody has it, writes a little more of the note, or adds a line to someone else's."""
        seat = view["seat"]
        if seat is None:
            free = [one["table"] for one in view["choices"] if one["free"]]
            if view["how"] in CHOSEN and free:
                return (Gesture("sit", {"table": voice.pick(free)}),)
            return (Gesture("sit"),) if view["made"] and view["round"] and voice.chance(0.6) else ()
        if not seat["open"]:
            return ()
        if seat["pen"]["mine"]:
            blank = [one for one in self.fields(settings) if one.key not in seat["note"]["texts"]]
            if blank:
                said = {one.key: voice.says(one.label, one.limit) for one in blank[:2]}
                return (Gesture("write", {**seat["note"]["texts"], **said}, seat["key"]),)
        elif not seat["pen"]["taken"]:
            first = self.fields(settings)[0]
            return (Gesture("pen", on=seat["key"]), Gesture("write", {first.key: voice.says(first.label, first.limit)}, seat["key"]))
        elif voice.chance(0.12):
            return (Gesture("line", {"line": voice.says("remark", LINE.limit)}, seat["key"]),)
        return ()

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        """Makes the tables, seats who comes late, goes on to the next round; in the end two tables report."""
        if not view["round"]:
            # Where each person chooses, the first to sit down lays the tables.
            return None if view["how"] in CHOSEN else Gesture("deal")
        if view["seatless"]:
            return Gesture("seat")
        if view["round"] < view["rounds"]:
            return Gesture("round", {"round": view["round"] + 1})
        reports = ["", *(one["key"] for one in view["tables"] if one["people"])][:3]
        place = reports.index(view["turn"]) + 1 if view["turn"] in reports else len(reports)
        return Gesture("turn", {"table": reports[place]}) if place < len(reports) else None
