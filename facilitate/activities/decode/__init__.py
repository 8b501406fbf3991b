"""Owns decoding, one situation at a time: its teller speaks, the room asks, everyone notes in columns, a scribe completes the card,
the teller confirms it. Notes may also be taken over the whole."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from facilitate.activities.decode.decodings import CARD_LIMIT, COLUMNS, NOTE, PHASES, QUESTION, Decoding, Decodings
from facilitate.activities.decode.outcome import decoded_card, outcome
from facilitate.core.activity import (
    Accepted,
    ActivityType,
    Contribution,
    Examples,
    Field,
    Gesture,
    Lesson,
    Policy,
    Setting,
    Source,
    Sources,
    Verb,
    Viewer,
    Voice,
    card,
    cards,
    fields_setting,
    read_fields,
    told,
)
from facilitate.core.agenda import Activity
from facilitate.core.contribution import fold_contributions, in_order, may_change
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.paper import Blank, Lines
from facilitate.core.tree import Node, Paragraph, Section
from facilitate.core.words import N_, Count, Say

_REHEARSED = 3
"""Situations that a rehearsal decodes."""


class Decode(ActivityType):
    """One situation at a time, in columns, into a card."""

    kind: ClassVar[str] = "decode"
    fr: ClassVar[str] = "décodage"
    label: ClassVar[str] = N_("Decoding")
    lasting: ClassVar[bool] = True
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("source", "situations", "source", "", N_("The earlier step whose situations are decoded."), required=True),
        Setting("question", "question", "text", "", N_("What the room asks of each situation.")),
        fields_setting("columns", "colonnes", N_("The columns of the notes, and how long a note may be."), COLUMNS),
        Setting("telling", "récit", "number", 5, N_("Minutes that each teller has; 0 for no clock."), low=0, high=120),
        Setting("whole", "ensemble", "flag", False, N_("Notes are taken over the whole instead of one situation.")),
    )
    together: ClassVar[frozenset[str]] = frozenset(("scribe", "complete", "confirm"))
    verbs: ClassVar[Mapping[str, Verb]] = {
        "post": Verb(late=True),
        "edit": Verb(when="opened"),
        "withdraw": Verb(when="opened"),
        "choose": Verb(by=frozenset({"console"})),
        "phase": Verb(by=frozenset({"console"})),
        "scribe": Verb(by=frozenset({"participant"})),
        "complete": Verb(when="opened"),
        "confirm": Verb(when="opened"),
    }
    examples: ClassVar[Examples] = Examples(
        accepts=(
            {"column": "benefits", "text": "Twelve jobs, seven of them for people coming back to work."},
            {"column": "reuse", "text": "The shared calendar of crops and menus."},
            {"column": "question", "text": "Who paid in the first year?"},
        ),
        refuses=(
            {"column": "benefits", "text": ""},
            {"column": "benefits", "text": "x" * 281},
            {"column": "weather", "text": "It rained."},
            {"text": "In no column."},
            {"column": "keys", "text": 3},
            {"column": "keys", "text": "About nothing known.", "about": "nowhere"},
        ),
    )

    def start(self, settings: Mapping[str, Any]) -> Decodings:
        return Decodings()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (NOTE,)

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Any, sources: Sources) -> Accepted | Refused:
        match act.do:
            case "post":
                return _noted(settings, summary, act.content, str(act.content.get("about", summary.current)))
            case "edit" | "withdraw" if "card" in getattr(summary.contributions.get(act.on), "content", ()):
                return Refused("not-a-note", N_("The card is the room’s: it is completed, never withdrawn by one person."), status=409)
            case "edit":
                mine = may_change(act, actor, summary.contributions)
                return (
                    mine if isinstance(mine, Refused) else _noted(settings, summary, {**mine.content, **act.content}, mine.content["about"])
                )
            case "choose":
                return _chosen(act, sources)
            case "phase":
                return _moved(settings, act, summary, sources)
            case "scribe":
                down = act.content.get("down") in (True, "true", "1")
                about = act.on or summary.current
                if down and summary.about(about).scribe != actor.participant:
                    return Refused("not-scribe", N_("Someone else holds the pen now."), status=409)
                return _begun(summary, about) or Accepted({"about": about, "down": down})
            case "complete":
                return _begun(summary, act.on) or _completed(settings, act, actor, summary)
            case "confirm":
                return _begun(summary, act.on) or _confirmed(act, actor, summary, sources)
        return super().accept(settings, act, actor, summary, sources)

    def fold(self, summary: Any, entry: Entry) -> Decodings:
        held: Decodings = summary
        about = str(entry.content.get("about", held.current))
        decoding = held.about(about)
        match entry.do:
            case "choose":
                if about not in held.decodings:
                    decoding = Decoding(about, entry.seq, "telling" if about else "notes", entry.at)
                elif decoding.phase == "done":
                    decoding = replace(decoding, phase="notes", since=entry.at)
                return replace(held.with_one(decoding), current=about)
            case "phase":
                return held.with_one(replace(decoding, phase=entry.content["phase"], since=entry.at))
            case "scribe":
                return held.with_one(replace(decoding, scribe="" if entry.content.get("down") else entry.by))
            case "confirm":
                return held.with_one(replace(decoding, confirmed="console" if entry.by == "console" else "teller"))
            case "complete":
                content = dict(entry.content)
                known = held.contributions.get(decoding.card)
                written = (
                    replace(known, content=content, by=entry.by, at=entry.at, edited=entry.seq)
                    if known
                    else Contribution(entry.id, entry.seq, entry.at, entry.by, "", content, entry.seq)
                )
                held = replace(held, contributions=held.contributions.set(written.id, written))
                return held.with_one(replace(decoding, card=written.id, confirmed=""))
        return replace(held, contributions=fold_contributions(held.contributions, entry))

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        held: Decodings = summary
        decoding = held.about(held.current)
        about, source, console = decoding.about, sources.named.get("source"), viewer.audience == "console"
        participant = viewer.audience == "participant"
        situation = source.summary.contributions.get(about) if source else None
        completed = held.contributions.get(decoding.card)
        scribe = sources.people.get(decoding.scribe)
        writes = bool(viewer.participant) and viewer.participant == decoding.scribe
        here = {id: one for id, one in held.contributions.items() if "column" in one.content and one.content["about"] == about}
        # The scribe writes from everyone's notes: those the wall shows.
        notes = cards(here, replace(viewer, audience="wall") if writes else viewer, sources.people)
        read = decoding.phase in ("card", "done")
        texts = _card_texts(completed, viewer) if read or writes or console else {}
        seen: dict[str, Any] = {
            "question": settings["question"],
            "waiting": not about and about not in held.decodings and source is not None and not settings["whole"],
            "about": about,
            "situation": _situation(source, situation, viewer, sources) if source and situation else None,
            "phase": decoding.phase,
            "until": _until(decoding, settings["telling"]),
            "columns": [
                {"key": one.key, "label": one.label, "limit": one.limit, "text": texts.get(one.key, ""), "notes": _in(one, notes)}
                for one in settings["columns"]
            ],
            "questions": _in(QUESTION, notes),
            "card": {
                "written": completed is not None,
                "limit": CARD_LIMIT,
                "edited": completed.edited if completed else 0,
                "status": completed.status if completed else "",
                "confirmed": decoding.confirmed,
            },
            "scribe": {"mine": writes, "taken": bool(decoding.scribe), "name": scribe.name if scribe else ""},
            "teller": situation is not None and viewer.wrote(situation),
            "cards": cards(_readable(held, viewer), viewer, sources.people),
        }
        if not participant or decoding.phase == "card":
            # Phones look again when what they all see changes: not at every note, while everyone writes.
            seen["count"] = sum(one.status == "shown" for one in here.values())
        if console:
            seen["phases"] = [{"key": key, "label": name} for key, name in PHASES.items() if about or key not in ("telling", "questions")]
            seen["situations"] = _situations(source, held, viewer, sources) if source else []
            seen["card"]["id"] = decoding.card
        return seen

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        held: Decodings = summary
        source = sources.named.get("source")
        chosen = sorted((one for one in held.decodings.values() if one.about), key=lambda one: one.n)
        nodes: list[Node] = [
            decoded_card(activity, held, decoding, source, policy, f"{activity.id}-{place}") for place, decoding in enumerate(chosen, 1)
        ]
        over_all = outcome(activity, held, held.about(""), policy, f"{activity.id}-whole")
        if over_all:
            nodes += [Section(policy.say(N_("Over the whole")), f"{activity.id}-whole", over_all)] if chosen else over_all
        if not nodes and sources.status in ("open", "closed"):
            nodes = [Paragraph(policy.say(N_("Nothing was decoded.")), "note")]
        return tuple(nodes)

    def lessons(self, activity: Activity, summary: Any, sources: Sources) -> tuple[Lesson, ...]:
        """Column by column: what the cards say, then the notes."""
        ones = sorted(told(summary.contributions), key=lambda one: "card" not in one.content)
        columns: tuple[Field, ...] = activity.settings["columns"]
        texts = (
            (column, one, one.content["card"].get(column.key, "") if "card" in one.content else one.content["text"])
            for column in columns
            for one in ones
            if "card" in one.content or one.content.get("column") == column.key
        )
        return tuple(
            Lesson(column.key, column.label, text, one.id, str(one.content["about"]), kept="card" in one.content)
            for column, one, text in texts
            if text
        )

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        """The situation it is about, then room under each column."""
        situation = Lines(say(N_("The situation")), 1, required=True)
        return (situation, *(Lines(say(one.label), max(3, 18 // len(settings["columns"])), required=True) for one in settings["columns"]))

    def texts(self, settings: Mapping[str, Any], contribution: Contribution) -> tuple[tuple[str, str], ...]:
        content = contribution.content
        if "card" in content:
            return tuple((one.label, content["card"][one.key]) for one in settings["columns"] if content["card"].get(one.key))
        column = _column(settings, content.get("column"))
        return ((column.label, str(content["text"])),) if column and content.get("text") else ()

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """What the moment asks: a question, notes, the pen, the card, its confirmation."""
        about, scribe, card = view["about"], view["scribe"], view["card"]
        if view["waiting"]:
            return ()
        match view["phase"]:
            case "questions" if voice.chance(0.15):
                question = {"about": about, "column": QUESTION.key, "text": voice.says(QUESTION.key, QUESTION.limit)}
                return (Gesture("post", question),)
            case "notes":
                noted = [
                    Gesture("post", {"about": about, "column": one["key"], "text": voice.says(one["key"], one["limit"])})
                    for one in view["columns"]
                    if voice.chance(0.35)
                ]
                pen = not scribe["taken"] and not view["teller"] and voice.chance(0.2)
                return (*noted, Gesture("scribe", on=about)) if pen else tuple(noted)
            case "card" if scribe["mine"] and not card["written"] and (noted_in := _gathered(view)):
                return (Gesture("complete", {key: voice.says(key, CARD_LIMIT // 2) for key in noted_in}, about),)
            case "card" | "done" if view["teller"] and card["written"] and not card["confirmed"]:
                return (Gesture("confirm", on=about),)
        return ()

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        """Three situations, those told at most length, each from its telling to its card; or the whole, from notes to card."""
        phases = list(PHASES)
        if not view["waiting"] and view["phase"] != "done":
            if not view["about"] and not view["count"]:
                return None
            if view["phase"] == "card" and not view["card"]["written"] and (texts := _gathered(view)):
                # Nobody took the pen, or whoever did is silent.
                return Gesture("complete", texts, view["about"])
            return Gesture("phase", {"phase": phases[phases.index(view["phase"]) + 1]})
        left = [one for one in view["situations"] if not one["phase"]]
        if settings["whole"] or not left or len(view["situations"]) - len(left) == _REHEARSED:
            return None
        return Gesture("choose", on=max(left, key=lambda one: len(one["fields"]))["id"])


def _gathered(view: Mapping[str, Any]) -> dict[str, str]:
    """The card as a hurried hand writes it: the first notes of each column, one after the other."""
    notes = {column["key"]: [note["content"]["text"] for note in column["notes"] if note["content"]][:3] for column in view["columns"]}
    return {key: "\n".join(texts)[:CARD_LIMIT] for key, texts in notes.items() if texts}


def _column(settings: Mapping[str, Any], key: Any) -> Field | None:
    return next((one for one in (*settings["columns"], QUESTION) if one.key == key), None)


def _noted(settings: Mapping[str, Any], held: Decodings, content: Mapping[str, Any], about: str) -> Accepted | Refused:
    """A note, or a question: it names the situation it was written about, since the room may have moved on meanwhile."""
    column = _column(settings, content.get("column"))
    if column is None:
        return Refused("unknown-column", N_("Choose the column this note goes into."), field="column")
    text = read_fields((replace(NOTE, limit=column.limit),), content)
    if isinstance(text, Refused):
        return text
    if refused := _begun(held, about):
        return refused
    if held.about(about).phase == "telling":
        return Refused("listening", N_("The situation is being told: notes come next. Your text stays here."), status=409)
    return Accepted({"about": about, "column": column.key, **text})


def _begun(held: Decodings, about: str) -> Refused | None:
    """Why nothing can be done about that situation, if it was never chosen."""
    if about and about not in held.decodings:
        return Refused("not-chosen", N_("This situation is not being decoded."), status=404)
    return None


def _chosen(act: Act, sources: Sources) -> Accepted | Refused:
    if not act.on and act.content.get("whole") in (True, "true", "1"):
        return Accepted({"about": ""})
    source = sources.named.get("source")
    found = source.summary.contributions.get(act.on) if source else None
    if found is None or found.status == "withdrawn":
        return Refused("unknown-contribution", N_("This contribution no longer exists."), status=404)
    if found.status != "shown":
        return Refused("not-shown", N_("This card was taken off the wall: show it again before it is decoded."), status=409)
    return Accepted({"about": act.on})


def _moved(settings: Mapping[str, Any], act: Act, held: Decodings, sources: Sources) -> Accepted | Refused:
    phase = act.content.get("phase")
    if not isinstance(phase, str) or phase not in PHASES:
        return Refused("unknown-phase", N_("There is no such moment in a decoding."), field="phase")
    if not held.current and phase in ("telling", "questions"):
        return Refused("no-teller", N_("Choose a situation first: over the whole, nobody tells."), status=409)
    return Accepted({"about": held.current, "phase": phase})


def _completed(settings: Mapping[str, Any], act: Act, actor: Actor, held: Decodings) -> Accepted | Refused:
    decoding = held.about(act.on)
    if actor.audience == "participant" and decoding.scribe != actor.participant:
        return Refused("not-scribe", N_("Take the pen first: one person writes the card at a time. Your text stays here."), status=403)
    texts = read_fields((Field(one.key, one.label, CARD_LIMIT) for one in settings["columns"]), act.content)
    if isinstance(texts, Refused):
        return texts
    known = held.contributions.get(decoding.card)
    if known is None and not texts:
        return Refused("empty", N_("The card is still empty. A few words in one column are enough."))
    if known and (act.base or 0) < known.edited:
        return Refused("stale", N_("This was changed while you were writing. Your text stays here: compare, then send again."), status=409)
    return Accepted({"about": act.on, "card": texts})


def _confirmed(act: Act, actor: Actor, held: Decodings, sources: Sources) -> Accepted | Refused:
    source = sources.named.get("source")
    situation = source.summary.contributions.get(act.on) if source else None
    if situation is None:
        return Refused("no-teller", N_("Over the whole, nobody tells: there is nothing to confirm."), status=409)
    console = actor.audience != "participant"
    mine = situation.by == actor.participant if situation.by else bool(actor.owner) and situation.owner == actor.owner
    if not console and not mine:
        return Refused("not-teller", N_("Only the person who told this situation can confirm its card."), status=403)
    written = held.contributions.get(held.about(act.on).card)
    if written is None:
        return Refused("empty", N_("Nothing has been written on this card yet."), status=409)
    if act.base is not None and act.base < written.edited:
        return Refused("stale", N_("The card was changed meanwhile: read it again, then confirm it."), status=409)
    # Whoever told it without a name confirms it without a name.
    return Accepted({"about": act.on}, unsigned=not console and not situation.by)


def _until(decoding: Decoding, minutes: int) -> str:
    """The instant at which the teller's time is up, ISO; '' where no clock runs."""
    if decoding.phase != "telling" or not minutes or not decoding.since:
        return ""
    until = datetime.fromisoformat(decoding.since) + timedelta(minutes=minutes)
    return until.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _card_texts(completed: Contribution | None, viewer: Viewer) -> Mapping[str, str]:
    """The texts of the completed card, none where this viewer may not read it."""
    shown = completed is not None and (completed.status == "shown" or (completed.status == "hidden" and viewer.audience == "console"))
    texts: Mapping[str, str] = completed.content["card"] if completed and shown else {}
    return texts


def _readable(held: Decodings, viewer: Viewer) -> dict[str, Contribution]:
    """A phone's own notes; for the wall also the cards their scribe has shown; for the console everything."""
    if viewer.audience == "console":
        return dict(held.contributions)
    read = {one.card for one in held.decodings.values() if viewer.audience == "wall" and one.phase in ("card", "done")}
    return {id: one for id, one in held.contributions.items() if id in read or "card" not in one.content}


def _in(column: Field, notes: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [note for note in notes if note["content"].get("column") == column.key]


def _situations(source: Source, held: Decodings, viewer: Viewer, sources: Sources) -> list[dict[str, Any]]:
    """Those the console may choose, and those already chosen with the moment they are at."""
    return [
        _situation(source, one, viewer, sources) | {"phase": held.about(one.id).phase if one.id in held.decodings else ""}
        for one in in_order(source.summary.contributions)
        if one.status == "shown" or one.id in held.decodings
    ]


def _situation(source: Source, situation: Contribution, viewer: Viewer, sources: Sources) -> dict[str, Any]:
    """A situation as this viewer may read it: no word of one that was taken off the wall, whoever asks but the console."""
    seen = card(situation, viewer, sources.people)
    shown = situation.status == "shown" or (situation.status in ("hidden", "waiting") and viewer.audience == "console")
    texts = source.type.texts(source.activity.settings, situation) if shown else ()
    # The room sees what its teller's first words were; the rest they tell themselves.
    more = texts[1:] if seen["mine"] or viewer.audience == "console" else ()
    said = {"text": texts[0][1] if texts else "", "fields": [list(pair) for pair in more]}
    return said | {key: seen[key] if shown or key in ("id", "status", "anonymous", "mine") else "" for key in _OF_A_SITUATION}


_OF_A_SITUATION = ("id", "status", "anonymous", "mine", "name", "territory")
