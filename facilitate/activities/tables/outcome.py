"""Owns what the restitution says of the tables: their notes, round by round and field by field, with who sat there, in numbers."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from facilitate.activities.tables.notes import notes_at
from facilitate.activities.tables.plan import Place, Round, Seating, names_of
from facilitate.core.activity import Field, Participant, Policy, Sources, told
from facilitate.core.agenda import Activity
from facilitate.core.groups import OTHERS, grouped
from facilitate.core.tree import Card, Node, Paragraph, Section, Table
from facilitate.core.words import N_


def outcome(activity: Activity, fields: tuple[Field, ...], held: Seating, sources: Sources, policy: Policy) -> tuple[Node, ...]:
    """Every round that was held, or one honest sentence."""
    settings, say = activity.settings, policy.say
    question = (Paragraph(settings["question"], "lede"),) if settings["question"] else ()
    if not held.round:
        return (*question, Paragraph(say(N_("No table was made.")), "note")) if sources.status in ("open", "closed") else ()
    rounds = [
        (number, _round(activity, fields, held, number, round, sources, policy))
        for number, round in enumerate(held.rounds[: held.round], 1)
    ]
    if len(held.rounds) == 1:
        return (*question, *rounds[0][1])
    return (
        *question,
        *(Section(_round_name(settings, number, policy), f"{activity.id}-round-{number}", nodes) for number, nodes in rounds if nodes),
    )


def _round(
    activity: Activity, fields: tuple[Field, ...], held: Seating, number: int, round: Round, sources: Sources, policy: Policy
) -> tuple[Node, ...]:
    """A round: each field, table after table; what was added; who sat where."""
    say, settings = policy.say, activity.settings
    keys = {f"{number}-{table}": (place, _people(round, table, sources)) for table, place in enumerate(round.places, 1)}
    keys = {key: one for key, one in keys.items() if one[1] or key in held.notes}
    names = {key: table_name(held, settings, place, policy) for key, (place, _) in keys.items()}
    notes = {key: note for key in keys if (note := notes_at(held, key)[0]) and note.status == "shown"}
    nodes: list[Node] = []
    for one in fields:
        rows = tuple((names[key], note.content["note"][one.key]) for key, note in notes.items() if note.content["note"].get(one.key))
        if rows:
            label = say(one.label)
            nodes.append(Section(label, f"{activity.id}-{number}-{one.key}", (Table("", (say(N_("Table")), label), rows, said=(1,)),)))
    beside = [
        Card(str(one.content["line"]), by=f"{names[key]} · {policy.signature(one)}", number=policy.number(one))
        for one in told(held.contributions)
        if "line" in one.content and (key := one.content["at"]) in keys
    ]
    beside += [
        Card(
            _first(fields, one.content["note"]),
            _others(fields, one.content["note"], policy),
            f"{names[key]} · {policy.signature(one)}",
            policy.number(one),
        )
        for one in told(held.contributions)
        if "beside" in one.content and (key := one.content["at"]) in keys and not _is_in(one.content["note"], notes.get(key))
    ]
    if beside:
        nodes.append(Section(say(N_("Added at the tables")), f"{activity.id}-{number}-added", tuple(beside)))
    silent = [names[key] for key in keys if key not in notes]
    if not notes:
        nodes.append(Paragraph(say(N_("No table has written a note.")), "note"))
    elif silent:
        nodes.append(Paragraph(say(N_("Without a note: %(tables)s."), tables=", ".join(silent)), "note"))
    if settings["method"] == "pyramid" and number in (1, len(held.rounds)):
        return tuple(nodes)
    sat = tuple((names[key], str(len(people)), *_who(people, sources, policy)) for key, (_, people) in keys.items() if people)
    if sat:
        head = (say(N_("Table")), say(N_("People")), say(N_("Roles")), say(N_("Territories")), say(N_("Named, as they agreed")))
        nodes.append(Section(say(N_("Who sat where")), f"{activity.id}-{number}-who", (Table("", head, sat, numeric=(1,)),)))
    return tuple(nodes)


def _round_name(settings: Mapping[str, Any], number: int, policy: Policy) -> str:
    if settings["method"] == "pyramid":
        return policy.say((N_("Alone"), N_("By two"), N_("By four"), N_("All together"))[min(number, 4) - 1])
    return policy.say(N_("Round %(number)s"), number=number)


def table_name(held: Seating, settings: Mapping[str, Any], place: Place, policy: Policy) -> str:
    """'Table 4', with its part and its name where it has them."""
    say, names = policy.say, names_of(held, settings)
    if not place.at:
        return say(N_("All together"))
    parts = [say(N_("Table %(number)s"), number=place.at), place.part, say(N_("at a distance")) if place.remote else ""]
    called = " ".join(part for part in parts if part)
    return f"{called} · {names[place.at - 1]}" if place.at <= len(names) else called


def _people(round: Round, table: int, sources: Sources) -> list[Participant]:
    return [sources.people[id] for id in round.at(table) if id in sources.people]


def _who(people: list[Participant], sources: Sources, policy: Policy) -> tuple[str, str, str]:
    """Roles and territories that enough people of the day share, with how many of each; the names of those who agreed to be named."""
    counted = []
    for name in ("role", "territory"):
        shared, _ = grouped(getattr(one, name) for one in sources.people.values())
        counts = Counter(text if (text := getattr(one, name)) in shared else "" for one in people)
        others = {policy.say(OTHERS): count} if (count := counts.pop("", 0)) else {}
        ordered = dict(sorted(counts.items(), key=lambda one: (-one[1], one[0]))) | others
        counted.append(", ".join(f"{text} ({count})" if count > 1 else text for text, count in ordered.items()))
    return counted[0], counted[1], "\n".join(sorted(one.name for one in people if one.named and one.name)) or "–"


def _first(fields: tuple[Field, ...], texts: Mapping[str, str]) -> str:
    return next((texts[one.key] for one in fields if texts.get(one.key)), "")


def _others(fields: tuple[Field, ...], texts: Mapping[str, str], policy: Policy) -> tuple[tuple[str, str], ...]:
    filled = [(policy.say(one.label), texts[one.key]) for one in fields if texts.get(one.key)]
    return tuple(filled[1:])


def _is_in(texts: Mapping[str, str], note: Any) -> bool:
    """Whether the note holds these words already."""
    return note is not None and all(text in note.content["note"].get(key, "") for key, text in texts.items())
