"""Owns tables: who sits where, round after round, and the note that each table writes."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from facilitate.activities.tables.dealing import (
    ROUNDS,
    SEATS,
    TABLES,
    answer,
    kept,
    laid,
    question,
    room_at,
    rounds_of,
    seats_for,
    themes_of,
)
from facilitate.activities.tables.notes import FIELDS, LINE, fold_notes, hands_on, notes_at, reconciled
from facilitate.activities.tables.outcome import outcome
from facilitate.activities.tables.plan import Seating, fold_plan, fold_seats, numbers, seatless
from facilitate.activities.tables.seen import CHOSEN, view_of
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
    read_fields,
)
from facilitate.core.agenda import Activity
from facilitate.core.contribution import may_change
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.paper import Blank, Lines, Note
from facilitate.core.state import MODERATION
from facilitate.core.tree import Node
from facilitate.core.words import N_, Count, Say, is_yes

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
        held: Seating = summary
        match act.do:
            case "deal":
                return self._dealt(settings, act, held, sources)
            case "sit":
                return _sat(settings, act, actor, held, sources)
            case "seat" | "unseat":
                return _placed(settings, act, held, sources)
            case "write":
                return self._written(settings, act, actor, held, sources)
            case "round":
                number = _whole(act.content.get("round"))
                if not 0 < number <= len(held.rounds):
                    return Refused("no-round", N_("There is no such round."), field="round", status=409)
                return Accepted({"round": number})
            case "shut" | "reopen":
                keys = [act.on] if act.on else [f"{held.round}-{table}" for table in range(1, len(held.on.places) + 1)]
                return Accepted({"tables": keys}) if all(map(held.place, keys)) else _no_table()
            case "turn":
                key = str(act.content.get("table", "") or "")
                return Accepted({"table": key}) if not key or held.place(key) else _no_table()
            case "listing":
                way = act.content.get("as")
                if way not in ("tables", "names"):
                    return Refused("unknown-listing", N_("The wall shows the plan by table or by name."), field="as")
                return Accepted({"as": way})
            case "host":
                return _hosts(settings, act, actor, held, sources)
            case "withdraw":
                return _withdrawn(act, actor, held)
        return _at_a_table(act, actor, held, sources)

    def _dealt(self, settings: Mapping[str, Any], act: Act, held: Seating, sources: Sources) -> Accepted | Refused:
        if settings["how"] in CHOSEN:
            return Refused(
                "chosen-here", N_("Here each person chooses their table. “Seat everyone” places those who have none."), status=409
            )
        if act.base is not None and act.base < held.dealt:
            text = N_("Someone has just made the tables: look at them first. Nothing has been changed.")
            return Refused("stale", text, status=409)
        asked = question(settings, act, held, sources)
        if isinstance(asked, Refused):
            return asked
        found = act.reckoned if isinstance(act.reckoned, Mapping) and act.reckoned["from"] == asked["from"] else answer(asked)
        names = themes_of(settings, held, sources)
        return Accepted(kept(found, held, sources) | ({"names": names} if names else {}))

    def _written(self, settings: Mapping[str, Any], act: Act, actor: Actor, held: Seating, sources: Sources) -> Accepted | Refused:
        fields = self.fields(settings)
        texts = read_fields(fields, act.content)
        if isinstance(texts, Refused):
            return texts
        key, seat = act.on or held.seat(actor.participant), dict[str, Any]()
        if not key and actor.participant:
            # Whoever writes without a table has one from now on: their words go somewhere.
            seat, held = _given(settings, held, sources, actor.participant)
            key = held.seat(actor.participant)
        if refused := _not_theirs(key, actor, held):
            return refused
        note = notes_at(held, key)[0]
        if note is None and not texts:
            return Refused("empty", N_("The note is still empty. A few words in one field are enough."), field=fields[0].key)
        holder = held.pens.get(key, "")
        standing, sent = note.content["note"] if note else {}, [one.key for one in fields if one.key in act.content]
        told = reconciled(standing, hands_on(held, key, fields), holder, actor.name, act.base, texts, sent)
        pen = {"pen": actor.participant} if actor.participant and not holder and held.seat(actor.participant) == key else {}
        late = {} if held.is_open(key, sources.status) else {"late": True}
        return Accepted({"at": key, "note": dict(told.texts), "aside": dict(told.aside), "by": told.by, **pen, **late, **seat})

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
        """Makes the tables, seats who comes late, waits for the notes, goes on to the next round."""
        if not view["tables"]:
            return Gesture("seat" if view["how"] in CHOSEN else "deal") if view["seatless"] or not view["round"] else None
        if view["seatless"]:
            return Gesture("seat")
        if view["round"] < view["rounds"]:
            return Gesture("round", {"round": view["round"] + 1})
        return None


def _sat(settings: Mapping[str, Any], act: Act, actor: Actor, held: Seating, sources: Sources) -> Accepted | Refused:
    """Someone takes a seat: the table they choose where one chooses, else the one that needs them most."""
    asked = act.content.get("table")
    chosen = settings["how"] in CHOSEN
    if not held.round and not chosen:
        return Refused("not-dealt", N_("The tables are not made yet: this page will say where you sit."), status=409)
    if asked in (None, ""):
        return Accepted(_given(settings, held, sources, actor.participant)[0])
    if not chosen:
        return Refused("not-chosen", N_("Here the facilitators make the tables: ask them if you wish to move."), status=403)
    seat, table = _laid(settings, held, sources), _whole(asked)
    places = laid(settings, held, sources, themes_of(settings, held, sources))
    if not 0 < table <= len(places):
        return _no_table()
    already = held.on.at(table)
    if actor.participant not in already and len(already) >= room_at(settings, held, sources, len(places)):
        return Refused("table-full", N_("This table is full now. Choose another one."), status=409)
    return Accepted({**seat, "seats": {actor.participant: {str(held.round or 1): table}}})


def _placed(settings: Mapping[str, Any], act: Act, held: Seating, sources: Sources) -> Accepted | Refused:
    """People are seated, moved or taken out by hand: those named, or all who have no table."""
    given = act.content.get("people")
    people = [given] if isinstance(given, str) and given else list(given) if isinstance(given, list | tuple) else []
    if any(not isinstance(id, str) or id not in sources.people for id in people):
        return Refused("unknown-participant", N_("No one of that name has joined this day."), status=404, field="people")
    asked = act.content.get("table")
    if not people and (act.do == "unseat" or asked not in (None, "")):
        return Refused("nobody", N_("Choose first whom it is about."), field="people")
    if act.do == "unseat":
        return Accepted({"people": people})
    if not held.round and settings["how"] not in CHOSEN:
        return Refused("not-dealt", N_("The tables are not made yet: make them first."), status=409)
    seat = _laid(settings, held, sources)
    held = _with(held, seat)
    if asked in (None, ""):
        whom = [sources.people[id] for id in people] or seatless(held, sources)
        return Accepted(seat | seats_for(settings, held, sources, whom))
    table = _whole(asked)
    if not 0 < table <= len(held.on.places):
        return _no_table()
    return Accepted({**seat, "seats": {id: {str(held.round): table} for id in people}})


def _hosts(settings: Mapping[str, Any], act: Act, actor: Actor, held: Seating, sources: Sources) -> Accepted | Refused:
    """Who stays at a table, in a World Café: whoever sits there and says so, or whom the facilitator names."""
    host = actor.participant or str(act.content.get("person", "") or "")
    place = held.place(held.seat(host))
    if settings["method"] != "cafe" or place is None:
        return Refused("no-host", N_("Nobody stays at a table here."), status=409)
    return Accepted({"at": place.at, "host": host})


def _withdrawn(act: Act, actor: Actor, held: Seating) -> Accepted | Refused:
    mine = may_change(act, actor, held.contributions)
    if isinstance(mine, Refused):
        return mine
    if act.on in held.notes.values():
        return Refused("table-note", N_("This note is the table’s: it is written together, never withdrawn by one person."), status=409)
    return Accepted({"at": mine.content["at"]})


def _at_a_table(act: Act, actor: Actor, held: Seating, sources: Sources) -> Accepted | Refused:
    """What those of a table do there: its pen, a line, what was written at the same time."""
    aside = held.contributions.get(act.on) if act.do == "settle" else None
    if act.do == "settle" and (aside is None or act.on not in held.asides):
        return Refused("unknown-contribution", N_("This contribution no longer exists."), status=404)
    key = str(aside.content.get("at", "")) if aside else act.on or held.seat(actor.participant)
    if refused := _not_theirs(key, actor, held):
        return refused
    if act.do == "settle":
        return Accepted({"take": is_yes(act.content.get("take"))})
    if act.do == "line":
        said = read_fields((LINE,), act.content)
        late = {} if held.is_open(key, sources.status) else {"late": True}
        return said if isinstance(said, Refused) else Accepted({"at": key, **said, **late})
    down = is_yes(act.content.get("down"))
    if down and held.pens.get(key) != actor.participant:
        return Refused("not-scribe", N_("Someone else holds the pen now."), status=409)
    if held.seat(actor.participant, numbers(key)[0]) != key:
        return _elsewhere()
    return Accepted({"down": down, "at": key})


def _not_theirs(key: str, actor: Actor, held: Seating) -> Refused | None:
    """Why this person has nothing to write there, if so."""
    if not key:
        return Refused("which-table", N_("Choose the table first."), field="on")
    if held.place(key) is None:
        return _no_table()
    return _elsewhere() if actor.participant and not held.belongs(actor.participant, key) else None


def _elsewhere() -> Refused:
    return Refused("not-your-table", N_("You are at another table: what is written there is theirs. Your text stays here."), status=403)


def _no_table() -> Refused:
    return Refused(
        "unknown-table", N_("This table is not there any more. Look at the plan: nothing has been changed."), status=409, field="table"
    )


def _laid(settings: Mapping[str, Any], held: Seating, sources: Sources) -> dict[str, Any]:
    """The tables that stand once the first person sits down, as the journal keeps them; nothing where they stand already."""
    if held.round:
        return {}
    names = themes_of(settings, held, sources)
    places = [[one.at, one.part, one.remote] for one in laid(settings, held, sources, names)]
    return {"laid": places, "rounds": rounds_of(settings)} | ({"names": names} if names else {})


def _with(held: Seating, seat: Mapping[str, Any]) -> Seating:
    """The plan with seats that are about to be kept."""
    return fold_seats(held, Entry(0, "", "", "", "", content={"seats": {}, **seat}))


def _given(settings: Mapping[str, Any], held: Seating, sources: Sources, participant: str) -> tuple[dict[str, Any], Seating]:
    """A seat for someone who has none, and the plan with it."""
    if held.seat(participant):
        return {"seats": {}}, held
    seat = _laid(settings, held, sources)
    seat |= seats_for(settings, _with(held, seat), sources, [sources.people[participant]])
    return seat, _with(held, seat)


def _whole(value: Any) -> int:
    """A whole number given as a number or as text; 0 for anything else."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 6:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
