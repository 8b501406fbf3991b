"""Owns what the restitution says of meeting: what was offered and sought, how many were put in touch, and the directory of those who
agreed to stand in it."""

from collections.abc import Sequence

from facilitate.activities.meet.matching import lines_of
from facilitate.activities.meet.requests import Meetings
from facilitate.core.activity import Contribution, Field, Policy, Sources, told
from facilitate.core.agenda import Activity
from facilitate.core.tree import Node, Paragraph, Section, Table
from facilitate.core.words import N_

HEADINGS = {"brings": N_("What the room brings"), "seeks": N_("What the room looks for")}


def outcome(activity: Activity, held: Meetings, fields: Sequence[Field], sources: Sources, policy: Policy) -> tuple[Node, ...]:
    """Both sides, each line with its signature, then the directory. No contact but of those who agreed to both."""
    say, shown = policy.say, told(held.contributions)
    lede = (Paragraph(activity.settings["question"], "lede"),) if activity.settings["question"] else ()
    if not shown and not held.requests:
        return (*lede, Paragraph(say(N_("Nobody wrote what they bring or look for.")), "note"))
    nodes: list[Node] = [*lede]
    for field in fields:
        rows = tuple((line, policy.signature(one)) for one in shown for line in lines_of(one, field.key))
        if rows:
            heading = say(HEADINGS[field.key])
            nodes.append(Section(heading, f"{activity.id}-{field.key}", (Table("", (heading, say(N_("By"))), rows, said=(0,)),)))
    nodes.append(Paragraph(_in_touch(held, policy), "note"))
    return (*nodes, *_directory(activity, held, shown, sources, policy))


def _in_touch(held: Meetings, policy: Policy) -> str:
    agreed = sum(one.state == "agreed" for one in held.requests.values())
    asked = policy.count(N_("%(count)s request to meet was made"), N_("%(count)s requests to meet were made"), len(held.requests))
    return asked + policy.count(N_(", %(count)s was agreed to."), N_(", %(count)s were agreed to."), agreed)


def _directory(activity: Activity, held: Meetings, shown: list[Contribution], sources: Sources, policy: Policy) -> tuple[Section, ...]:
    say, people = policy.say, sources.people
    listed = sorted(
        (id for id, one in held.reaches.items() if one.listed and id in people and people[id].name),
        key=lambda id: (people[id].name, people[id].n),
    )
    head = tuple(map(say, (N_("Who"), N_("Brings"), N_("Looks for"), N_("Contact"))))
    rows = []
    for id in listed:
        person, reach, own = people[id], held.reaches[id], [one for one in shown if one.by == id]
        sides = ("\n".join(line for one in own for line in lines_of(one, side)) for side in HEADINGS)
        who = " · ".join(filter(None, (person.name, person.structure, person.territory)))
        rows.append((who, *sides, reach.contact if reach.listed_contact else ""))
    others = len({one.by for one in shown} - set(listed))
    counted = policy.count(
        N_("%(count)s other person wrote and does not stand here."),
        N_("%(count)s other people wrote and do not stand here."),
        others,
    )
    if not rows and not others:
        return ()
    most = len(head) if any(row[-1] for row in rows) else -1
    table = (Table("", head[:most], tuple(row[:most] for row in rows), said=(1, 2)),) if rows else ()
    note = say(N_("Only those stand here who asked to; their contact only if they asked for that too.")) if rows else ""
    told_of = Paragraph(" ".join(filter(None, (note, counted if others else ""))), "note")
    return (Section(say(N_("Directory")), f"{activity.id}-directory", (*table, told_of)),)
