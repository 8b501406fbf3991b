"""Owns commitments: what, who, with whom, by when; others may join one; later each is marked done, partly or not, and why."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from typing import Any, ClassVar

from facilitate.activities.commitments.dates import read_due
from facilitate.activities.commitments.outcome import STATES, Kept, Mark, by_date, origin, outcome
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
    cards,
    read_fields,
)
from facilitate.core.agenda import Activity
from facilitate.core.contribution import fold_contributions, in_order
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.paper import Blank, Note, Ticks
from facilitate.core.tree import Node
from facilitate.core.words import N_, Count, Say

FIELDS = (
    Field("what", N_("The commitment"), 280, required=True),
    Field("called", N_("Which organisation, which group"), 120),
    Field("whom", N_("With whom"), 140),
    Field("when", N_("When, at the latest"), 60),
    Field("first", N_("The first step"), 200),
)
WHO: Mapping[str, str] = {"me": N_("Me"), "structure": N_("My organisation"), "group": N_("We, a group")}
WHY = Field("why", N_("Why, or how it went"), 280)
MOST = 10
"""Commitments that one person may make: more are no longer kept."""
_OTHERS, _STARTS, MOST_MARKS = 60, 20, 20


class Commitments(ActivityType):
    """What people will do."""

    kind: ClassVar[str] = "commitments"
    fr: ClassVar[str] = "engagements"
    label: ClassVar[str] = N_("Commitments")
    lasting: ClassVar[bool] = True
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("question", "question", "text", "", N_("The question above the form and on the wall.")),
        Setting("hint", "aide", "text", "", N_("One line beneath the question.")),
        Setting("starts", "à partir de", "source", "", N_("An earlier step that says what could start: each may take one up.")),
    )
    verbs: ClassVar[Mapping[str, Verb]] = {
        "post": Verb(late=True),
        "edit": Verb(when="opened"),
        "withdraw": Verb(when="opened"),
        "gather": Verb(by=frozenset({"console"}), when="opened"),
        "commit": Verb(by=frozenset({"participant"}), when="opened"),
        "uncommit": Verb(by=frozenset({"participant"}), when="always"),
        "mark": Verb(when="always"),
    }
    examples: ClassVar[Examples] = Examples(
        accepts=(
            {"what": "I call the mayor of the next village."},
            {"what": "We open the kitchen.", "whose": "group", "called": "The four villages", "when": "before the summer"},
            {"what": "x" * 280, "whose": "structure", "whom": "w" * 140, "when": "15/9", "first": "<b>f</b>"},
        ),
        refuses=(
            {},
            {"what": ""},
            {"what": "x" * 281},
            {"what": "Fine.", "whose": "the moon"},
            {"what": "Fine.", "whose": "group"},
            {"what": "Fine.", "when": 3},
        ),
    )

    def start(self, settings: Mapping[str, Any]) -> Kept:
        return Kept()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return FIELDS

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Any, sources: Sources) -> Accepted | Refused:
        held: Kept = summary
        if act.do == "gather":
            return Accepted()
        if act.do in ("commit", "uncommit", "mark"):
            return _upon(act, actor, held)
        accepted = super().accept(settings, act, actor, summary, sources)
        if isinstance(accepted, Refused) or act.do == "withdraw":
            return accepted
        mine = [one for one in held.contributions.values() if one.by == actor.participant and one.status != "withdrawn"]
        if act.do == "post" and actor.participant and len(mine) >= MOST:
            return Refused("many", N_("You have made %(most)s commitments: change or withdraw one first."), {"most": MOST}, 409)
        texts = dict(accepted.content)
        known = held.contributions[act.on].content.get("whose") if act.do == "edit" else None
        who = _who(act.content.get("whose"), known, actor, texts)
        if isinstance(who, Refused):
            return who
        if who == "me":
            texts.pop("called", None)
        elif actor.participant and not texts.get("called"):
            person = sources.people.get(actor.participant)
            if who == "group" or person is None or not person.structure:
                return Refused("no-called", N_("Say which organisation or which group commits itself."), field="called")
            texts["called"] = person.structure
        start = held.contributions[act.on].content.get("start") if act.do == "edit" else _start(act.content.get("start"), sources)
        if isinstance(start, Refused):
            return start
        due = read_due(str(texts.get("when", "")), sources.opened[:10])
        return replace(accepted, content=texts | {"whose": who} | ({"due": due} if due else {}) | ({"start": start} if start else {}))

    def fold(self, summary: Any, entry: Entry) -> Kept:
        held: Kept = summary
        match entry.do:
            case "gather":
                return replace(held, gathered=True)
            case "commit" | "uncommit":
                others = tuple(id for id in held.joined.get(entry.on, ()) if id != entry.by)
                return replace(held, joined=held.joined.set(entry.on, (*others, entry.by) if entry.do == "commit" else others))
            case "mark":
                mark = Mark(entry.seq, entry.at, entry.by, str(entry.content["state"]), str(entry.content.get("why", "")))
                return replace(held, marks=held.marks.set(entry.on, (*held.marks.get(entry.on, ()), mark)))
        return replace(held, contributions=fold_contributions(held.contributions, entry))

    def concerns(self, summary: Any, entry: Entry) -> Collection[str]:
        """Whoever made the commitment and those who joined it; a new one concerns nobody before they look."""
        held: Kept = summary
        one = held.contributions.get(entry.on)
        return {one.by, *held.joined.get(one.id, ())} - {""} if one else ()

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        held: Kept = summary
        own = [_told(one, held, viewer, sources) for one in _nearest(cards(held.contributions, viewer, sources.people))]
        seen: dict[str, Any] = {
            "fields": [asdict(one) for one in FIELDS],
            "who": [list(one) for one in WHO.items()],
            "why": asdict(WHY),
            "gathered": held.gathered,
            "cards": own,
        }
        taken = {one["content"].get("start") for one in own}
        seen["starts"] = [one for one in _starts(sources) if one["id"] not in taken][:_STARTS]
        seen["from"] = sources.named["starts"].activity.title if "starts" in sources.named else ""
        if viewer.audience != "participant":
            return seen | {"count": sum(one["status"] == "shown" for one in own)}
        others = [one for one in in_order(held.contributions) if one.status == "shown" and not viewer.wrote(one)]
        mine = {id for id, who in held.joined.items() if viewer.participant in who}
        # Others' stand on a phone once its own is written, or once the facilitators say so: nobody copies the first one.
        read = viewer.participant and (held.gathered or bool(own))
        told = [_told(_plain(one, viewer, sources), held, viewer, sources) for one in by_date(others) if read or one.id in mine]
        seen["joined"] = [one for one in told if one["id"] in mine]
        seen["others"] = [one for one in told if one["id"] not in mine][:_OTHERS]
        return seen

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        return outcome(activity, summary, sources, policy)

    def became(self, summary: Any) -> Mapping[str, str]:
        held: Kept = summary
        return {id: STATES[marks[-1].state] for id, marks in held.marks.items() if marks}

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        """Who commits, then every field; what to do afterwards."""
        who = Ticks(say(N_("Who commits")), tuple(map(say, WHO.values())))
        return (who, *super().paper(settings, sources, say, count), Note(say(N_("By when: a date, or a time in your own words."))))

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """A commitment each, what could start taken up by some; then some join another's."""
        if not view["cards"]:
            if view["starts"] and voice.chance(0.4):
                start = voice.pick(view["starts"])
                said = {key: start[key] for key in ("what", "whom", "first") if start[key]}
                return (Gesture("post", said | {"start": start["id"], "when": voice.says("due", FIELDS[3].limit)}),)
            content: dict[str, Any] = {"what": voice.says("pledge", FIELDS[0].limit), "when": voice.says("due", FIELDS[3].limit)}
            if voice.chance(0.5):
                content["whom"] = voice.says("partner", FIELDS[2].limit)
            if voice.chance(0.4):
                content["first"] = voice.says("begin", FIELDS[4].limit)
            return (Gesture("post", content),)
        return (Gesture("commit", on=voice.pick(view["others"])["id"]),) if view["others"] and voice.chance(0.4) else ()

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        """Once some have written, everyone's on every phone."""
        return Gesture("gather") if view["count"] and not view["gathered"] else None


def _who(asked: Any, known: Any, actor: Actor, texts: Mapping[str, str]) -> str | Refused:
    """Who commits: as said; where nothing is, as it was, or as what was written tells."""
    if asked:
        wrong = Refused("unknown-who", N_("Say who commits: you, your organisation, or a group."), field="whose")
        return asked if isinstance(asked, str) and asked in WHO else wrong
    if isinstance(known, str) and (known != "me" or not texts.get("called")):
        return known
    return "group" if texts.get("called") or not actor.participant else "me"


def _starts(sources: Sources) -> list[dict[str, str]]:
    """What an earlier step says could start, in our own fields: none that was taken off the wall."""
    source = sources.named.get("starts")
    offered = source.type.offered(source.activity.settings, source.summary).values() if source else ()
    known = [one for one in offered if one.status == "shown" and one.content.get("what")]
    return [{"id": one.id} | {key: str(one.content.get(key, "")) for key in ("what", "whom", "first")} for one in known]


def _start(asked: Any, sources: Sources) -> str | Refused:
    """What is taken up. Taken off the wall while someone was writing, it is no longer named: the words sent are theirs."""
    source = sources.named.get("starts")
    if not asked:
        return ""
    if not isinstance(asked, str) or source is None or asked not in source.summary.contributions:
        return Refused("unknown-start", N_("This is not what an earlier step said could start."), field="start")
    return asked if asked in {one["id"] for one in _starts(sources)} else ""


def _nearest(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cards already told, the nearest date first."""
    return sorted(told, key=lambda one: str(one["content"].get("due", "") or "9999"))


def _plain(one: Contribution, viewer: Viewer, sources: Sources) -> dict[str, Any]:
    (told,) = cards({one.id: one}, replace(viewer, audience="wall"), sources.people)
    return told


def _told(one: dict[str, Any], held: Kept, viewer: Viewer, sources: Sources) -> dict[str, Any]:
    """A card with who commits, who joined and what became of it. Named on the wall, as in the restitution, only by consent."""
    found = held.contributions[one["id"]]
    person = sources.people.get(found.by)
    if viewer.audience not in ("console", "scribe") and not (person and person.named) and not one["mine"]:
        one = one | {"name": ""}
    marks = held.marks.get(found.id, ()) if one["status"] != "withheld" else ()
    return one | {
        "from": origin(found, sources),
        "marks": [
            {"state": mark.state, "label": STATES[mark.state], "why": mark.why, "at": mark.at, "own": mark.by == found.by} for mark in marks
        ],
        "with": len(held.joined.get(found.id, ())),
    }


def _upon(act: Act, actor: Actor, held: Kept) -> Accepted | Refused:
    """Joining one, taking that back, or saying what became of it."""
    one = held.contributions.get(act.on)
    if one is None or one.status == "withdrawn":
        return Refused("unknown-contribution", N_("This commitment no longer exists."), status=404)
    if act.do == "mark":
        if actor.audience == "participant" and one.by != actor.participant:
            return Refused("not-yours", N_("Only whoever made it, or the facilitators, can say what became of it."), status=403)
        state = act.content.get("state")
        if not isinstance(state, str) or state not in STATES:
            return Refused("unknown-state", N_("Say what became of it: done, partly done, or not done."), field="state")
        if len(held.marks.get(one.id, ())) >= MOST_MARKS:
            return Refused("many", N_("What became of it was said %(most)s times already."), {"most": MOST_MARKS}, 409)
        why = read_fields((WHY,), act.content)
        return why if isinstance(why, Refused) else Accepted({"state": state, **why})
    if one.by == actor.participant:
        return Refused("yours", N_("This commitment is yours already."), status=409)
    if act.do == "commit" and one.status != "shown":
        return Refused("not-shown", N_("This commitment was taken off the wall."), status=409)
    return Accepted()
