"""Owns what the restitution says of commitments: what, who, with whom, by when, done or not and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from immutables import Map

from facilitate.core.activity import Contribution, Policy, Sources, Summary, told
from facilitate.core.agenda import Activity
from facilitate.core.tree import Node, Paragraph, Table
from facilitate.core.words import N_

STATES: Mapping[str, str] = {"done": N_("Carried out"), "partly": N_("Partly done"), "not": N_("Not carried out")}


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a commitment, as someone said it: ``state`` one of STATES; ``by`` a participant or of the staff."""

    n: int
    at: str
    by: str
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Kept(Summary):
    """The commitments; by commitment, who else ``joined`` it, in the order they did, and its ``marks``, the last one last. ``gathered``:
    phones show everyone's."""

    joined: Map[str, tuple[str, ...]] = field(default_factory=Map)
    marks: Map[str, tuple[Mark, ...]] = field(default_factory=Map)
    gathered: bool = False


def by_date(ones: list[Contribution]) -> list[Contribution]:
    """The nearest date first, those without one after them, each in the order given."""
    return sorted(ones, key=lambda one: str(one.content.get("due", "") or "9999"))


def origin(one: Contribution, sources: Sources) -> str:
    """The title of the step whose start it takes up, '' where it takes up none."""
    source = sources.named.get("starts")
    return source.activity.title if source and one.content.get("start") in source.summary.contributions else ""


def outcome(activity: Activity, held: Kept, sources: Sources, policy: Policy) -> tuple[Node, ...]:
    """One table; each mark ever made stands in it with its day."""
    say, shown = policy.say, by_date(told(held.contributions))
    lede = (Paragraph(activity.settings["question"], "lede"),) if activity.settings["question"] else ()
    if not shown:
        return (*lede, Paragraph(say(N_("Nobody made a commitment.")), "note"))
    heads = (N_("What"), N_("Who"), N_("With whom"), N_("When, at the latest"), N_("Done or not, and why"))
    rows = []
    for one in shown:
        first = say(N_("First step: %(text)s"), text=one.content["first"]) if one.content.get("first") else ""
        source = origin(one, sources)
        begun = say(N_("From “%(title)s”"), title=source) if source else ""
        what = "\n".join(filter(None, (str(one.content.get("what", "")), first, begun)))
        when = str(one.content.get("when", ""))
        rows.append((what, _who(one, policy), _with(one, held, sources, policy), when, _became(one, held, policy)))
    # Before anyone has said what became of any, there is no column for it.
    most = len(heads) if any(held.marks.get(one.id) for one in shown) else -1
    table = Table(say(N_("Commitments, the nearest first")), tuple(map(say, heads[:most])), tuple(row[:most] for row in rows), said=(0,))
    return (*lede, Paragraph(_counted([one.id for one in shown], held, policy)), table)


def _who(one: Contribution, policy: Policy) -> str:
    """The organisation or the group it was made for, else whoever made it, named only by consent."""
    return str(one.content.get("called", "")) or policy.signature(one)


def _with(one: Contribution, held: Kept, sources: Sources, policy: Policy) -> str:
    joined = [id for id in held.joined.get(one.id, ()) if id in sources.people]
    named = [policy.signature(replace(one, by=id, entered="")) for id in joined if sources.people[id].named and sources.people[id].name]
    others = len(joined) - len(named)
    counted = policy.count(N_("%(count)s person of the room"), N_("%(count)s people of the room"), others)
    return "\n".join([*filter(None, [str(one.content.get("whom", ""))]), *named, *([counted] if others else [])])


def _became(one: Contribution, held: Kept, policy: Policy) -> str:
    """Each mark on a line, the last one first."""
    lines = []
    for mark in reversed(held.marks.get(one.id, ())):
        said = f"{policy.say(STATES[mark.state])} ({policy.day(mark.at[:10])})"
        lines.append(policy.say(N_("%(state)s: %(why)s"), state=said, why=mark.why) if mark.why else said)
    return "\n".join(lines)


def _counted(ids: list[str], held: Kept, policy: Policy) -> str:
    last = [held.marks[id][-1].state for id in ids if held.marks.get(id)]
    made = policy.count(N_("%(count)s commitment"), N_("%(count)s commitments"), len(ids))
    became = [f"{policy.say(label)}{policy.say(N_(': '))}{last.count(state)}" for state, label in STATES.items() if state in last]
    return f"{made}. {' · '.join(became)}" if became else f"{made}."
