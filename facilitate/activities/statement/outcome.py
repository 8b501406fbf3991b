"""Owns what the restitution says of a joint contribution: a text that can be sent, then how it came about."""

from collections.abc import Iterable, Mapping
from typing import Any

from facilitate.activities.statement.degrees import sentence, told
from facilitate.activities.statement.positions import KEPT, OUTCOMES, REASON, Decision, Position, Round, Statements, in_force
from facilitate.activities.statement.wording import Change, changes
from facilitate.core.activity import Contribution, Letter, Policy, Sources
from facilitate.core.activity import told as told_of
from facilitate.core.agenda import Activity
from facilitate.core.gradient import GRADIENT
from facilitate.core.prose import nodes
from facilitate.core.tree import Card, Chart, Listing, Node, Paragraph, Section, Table
from facilitate.core.words import N_

_MOST_CHANGES = 5
"""Beyond this, an amendment is told by its whole wording."""


def outcome(activity: Activity, held: Statements, sources: Sources, policy: Policy) -> tuple[Node, ...]:
    """To whom, the preamble, each position with its degree of agreement and its divergences; then signatories, amendments, wordings."""
    id, settings, say = activity.id, activity.settings, policy.say
    positions = [one for one in in_force(settings, held) if not one.dropped]
    parts: list[Node] = []
    if settings["to"]:
        parts.append(Paragraph(say(N_("Addressed to: %(to)s"), to=settings["to"]), "lede"))
    if settings["preamble"]:
        parts.append(Section(say(N_("Preamble")), f"{id}-preamble", nodes(settings["preamble"], f"{id}-preamble-1")))
    for one in positions:
        parts.append(_position(one, f"{id}-{one.number}", held, sources, policy))
    if not positions:
        parts.append(Paragraph(say(N_("No position was drafted.")), "note"))
    more = (
        _signatories(held, f"{id}-signatories", policy),
        _amendments(activity, held, policy),
        _wordings(activity, held, sources, policy),
    )
    return (*parts, *(one for one in more if one))


def letter(activity: Activity, held: Statements, sources: Sources, policy: Policy) -> Letter:
    """The same as it is sent: the positions with their degrees and divergences, the amendments kept, who signs."""
    id, settings, say = activity.id, activity.settings, policy.say
    positions = [one for one in in_force(settings, held) if not one.dropped]
    parts: list[Node] = list(nodes(settings["preamble"], f"{id}-preamble-1")) if settings["preamble"] else []
    parts += [_position(one, f"{id}-{one.number}", held, sources, policy) for one in positions]
    if not positions:
        parts.append(Paragraph(say(N_("No position was drafted.")), "note"))
    made = [
        (one, held.decisions[one.id])
        for one in told_of(held.contributions)
        if one.id in held.decisions and held.decisions[one.id].outcome in KEPT and one.content.get("what") in ("amendment", "position")
    ]
    if made:
        cards = []
        for one, decision in made:
            position = held.positions.get(decision.position)
            amends = position is not None and one.content["what"] == "amendment"
            cards.append(_amendment(one, position, held, policy) if amends and position else _proposal(one, held, policy))
        parts.append(Section(say(N_("Amendments kept")), f"{id}-kept", tuple(cards)))
    return Letter(settings["to"], tuple(parts), _signed_by_organisation(held, policy))


def _signed_by_organisation(held: Statements, policy: Policy) -> tuple[Node, ...]:
    """Those who agreed to be listed, under the organisation they sign for, then those who sign for themselves; the others counted."""
    signatures = sorted(held.signatures.values(), key=lambda one: one.n)
    listed = [one for one in signatures if one.publish]
    say, told, organised = policy.say, list[Node](), dict[str, list[str]]()
    for one in listed:
        if not one.own and one.structure:
            organised.setdefault(one.structure, []).append(", ".join(filter(None, (one.name, one.role))))
    if organised:
        rows = tuple((name, "\n".join(people)) for name, people in sorted(organised.items(), key=lambda pair: pair[0].casefold()))
        told.append(Table(say(N_("Organisations that sign")), (say(N_("Organisation")), say(N_("Represented by"))), rows))
    alone = [", ".join(filter(None, (one.name, one.role, one.structure))) for one in listed if one.own or not one.structure]
    if alone:
        told += [Paragraph(say(N_("Sign in their own name:"))), Listing(tuple(alone))]
    return (*told, *_others(len(signatures) - len(listed), bool(listed), policy))


def _paragraphs(text: str) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(line.strip()) for line in text.split("\n") if line.strip())


def _position(position: Position, anchor: str, held: Statements, sources: Sources, policy: Policy) -> Section:
    say = policy.say
    children: list[Node] = [*_paragraphs(position.text)]
    last = position.round
    older = [one for one in position.rounds if one is not last and one.degrees]
    if last and (last.told or sources.status != "open"):
        children += _agreement(position, last, policy)
    elif last and last.degrees:
        children.append(Paragraph(say(N_("Degrees of agreement are being given: they will be shown all together.")), "note"))
    elif older:
        children.append(Paragraph(say(N_("Degrees of agreement were given of an earlier wording: they stand with it below.")), "note"))
    # Before the degrees are shown, nobody reads why others do not accept.
    said = [one for one in _about(held, position, "divergence") if sources.status != "open" or any(given.told for given in position.rounds)]
    if said:
        listing = Listing(tuple(str(one.content["text"]) for one in said), beside=tuple(_from(one, position, policy) for one in said))
        children.append(Section(say(N_("Divergences, with their reasons")), f"{anchor}-divergences", (listing,)))
    return Section(say(N_("Position %(number)s: %(title)s"), number=position.number, title=position.title), anchor, tuple(children))


def _agreement(position: Position, given: Round, policy: Policy) -> Iterable[Node]:
    """The degrees in one sentence and a chart; the sentence alone where they are few."""
    seen = told(given.degrees.values())
    if not seen["people"]:
        return ()
    said = sentence(seen, policy.say, policy.count)
    if seen["few"]:
        few = policy.say(N_("They are too few to be shown: one could tell who gave which."))
        return (Paragraph(f"{said} {few}"),)
    rows = tuple(
        (f"{degree}. {policy.say(label)}", float(people), policy.figure(people))
        for degree, (label, people) in enumerate(zip(GRADIENT, seen["counts"], strict=True), 1)
    )
    caption = policy.say(N_("Degrees of agreement with position %(number)s"), number=position.number)
    return (Chart(caption, policy.say(N_("Degree")), policy.say(N_("People")), rows, said),)


def _about(held: Statements, position: Position, what: str) -> list[Contribution]:
    return [one for one in told_of(held.contributions) if (one.content.get("what"), one.content.get("about")) == (what, position.id)]


def _from(one: Contribution, position: Position, policy: Policy) -> str:
    """Who said it, its number in the annex, and the wording it was said of where the text has changed since."""
    number, wording = policy.number(one), position.place(one.content["version"])
    parts = (
        policy.signature(one),
        policy.say(N_("no. %(number)s"), number=number) if number else "",
        policy.say(N_("about wording %(number)s"), number=wording) if wording < len(position.versions) else "",
    )
    return ", ".join(part for part in parts if part)


def _signatories(held: Statements, anchor: str, policy: Policy) -> Section | None:
    """Those who agreed to be listed; the others are counted."""
    signatures = sorted(held.signatures.values(), key=lambda one: one.n)
    if not signatures:
        return None
    listed = [one for one in signatures if one.publish]
    say, children = policy.say, list[Node]()
    if listed:
        whose = {True: say(N_("themselves")), False: say(N_("their organisation"))}
        rows = tuple((one.name, one.role, one.structure, whose[one.own]) for one in listed)
        head = (say(N_("Name")), say(N_("Role")), say(N_("Organisation")), say(N_("Signs for")))
        children.append(Table(say(N_("Those who sign, and agreed to be listed")), head, rows))
    children += _others(len(signatures) - len(listed), bool(listed), policy)
    return Section(say(N_("Signatories")), anchor, tuple(children))


def _others(count: int, beside: bool, policy: Policy) -> tuple[Node, ...]:
    """How many more sign than are listed."""
    one, many = (
        (N_("And %(count)s other person, not listed."), N_("And %(count)s other people, not listed."))
        if beside
        else (N_("%(count)s person signs, not listed."), N_("%(count)s people sign, not listed."))
    )
    return (Paragraph(policy.count(one, many, count)),) if count else ()


# How it came about


def _amendments(activity: Activity, held: Statements, policy: Policy) -> Section | None:
    """Every amendment with what became of it, position by position; then what was proposed beside."""
    id, say, children = f"{activity.id}-amendments", policy.say, list[Node]()
    for position in in_force(activity.settings, held):
        made = [_amendment(one, position, held, policy) for one in _about(held, position, "amendment")]
        if made:
            title = say(N_("To position %(number)s: %(title)s"), number=position.number, title=position.title)
            children.append(Section(title, f"{id}-{position.number}", tuple(made)))
    proposals = [one for one in told_of(held.contributions) if one.content.get("what") == "position"]
    if proposals:
        cards = tuple(_proposal(one, held, policy) for one in proposals)
        children.append(Section(say(N_("Positions proposed")), f"{id}-proposed", cards))
    return Section(say(N_("Amendments, and what became of them")), id, tuple(children)) if children else None


def _amendment(one: Contribution, position: Position, held: Statements, policy: Policy) -> Card:
    content, say = one.content, policy.say
    fields = [(say(REASON.label), str(content["reason"]))] if content.get("reason") else []
    if content["version"] != position.now.n and len(position.versions) > 1:
        fields.append((say(N_("Written from wording")), str(position.place(content["version"]))))
    fields.append((say(N_("What became of it")), _became(held.decisions.get(one.id), position, policy)))
    return Card(_says(content, policy), tuple(fields), policy.signature(one), policy.number(one))


def _proposal(one: Contribution, held: Statements, policy: Policy) -> Card:
    content, decision = one.content, held.decisions.get(one.id)
    fields = [(policy.say(REASON.label), str(content["reason"]))] if content.get("reason") else []
    position = held.positions.get(decision.position) if decision else None
    fields.append((policy.say(N_("What became of it")), _became(decision, position, policy)))
    return Card(str(content["text"]), tuple(fields), policy.signature(one), policy.number(one))


def _became(decision: Decision | None, position: Position | None, policy: Policy) -> str:
    if decision is None:
        return policy.say(N_("not examined"))
    said = policy.say(OUTCOMES[decision.outcome])
    place = position.place(decision.version) if position and decision.version else 0
    if position and place > 1:
        said = policy.say(N_("%(outcome)s in wording %(number)s"), outcome=said, number=place)
    elif position and place:
        said = policy.say(N_("%(outcome)s as position %(number)s"), outcome=said, number=position.number)
    return policy.say(N_("%(outcome)s. Reason: %(reason)s"), outcome=said, reason=decision.reason) if decision.reason else said


def _says(content: Mapping[str, Any], policy: Policy) -> str:
    """An amendment as it is read out: what it adds, removes or replaces."""
    if content["change"] == "whole":
        return policy.say(N_("Remove the position."))
    found = changes(str(content["was"]), str(content["text"]))
    if not 0 < len(found) <= _MOST_CHANGES or sum(len(one.cut) for one in found) > 0.7 * len(str(content["was"])):
        return policy.say(N_("Write: “%(text)s”"), text=content["text"])
    return " ".join(_change(one, policy) for one in found)


def _change(one: Change, policy: Policy) -> str:
    if one.cut and one.new:
        return policy.say(N_("Replace “%(cut)s” with “%(new)s”."), cut=one.cut, new=one.new)
    if one.cut:
        return policy.say(N_("Remove “%(cut)s”."), cut=one.cut)
    if one.after:
        return policy.say(N_("After “%(after)s”, add “%(new)s”."), after=one.after, new=one.new)
    return policy.say(N_("At the beginning, add “%(new)s”."), new=one.new)


def _wordings(activity: Activity, held: Statements, sources: Sources, policy: Policy) -> Section | None:
    """The wordings that were left behind, with the degrees given of them; and the positions that were dropped."""
    id, say, children = f"{activity.id}-wordings", policy.say, list[Node]()
    for position in in_force(activity.settings, held):
        nodes: list[Node] = []
        earlier = position.versions if position.dropped else position.versions[:-1]
        for place, version in enumerate(earlier, 1):
            nodes.append(Paragraph(say(N_("Wording %(number)s: “%(text)s”"), number=place, text=version.text)))
            for given in position.rounds:
                if given.version == version.n and given.degrees and (given.told or sources.status != "open"):
                    nodes.append(Paragraph(sentence(told(given.degrees.values()), policy.say, policy.count), "note"))
        # Asked twice of the present wording: what was given before the debate is kept too.
        for given in position.rounds[:-1]:
            if given.version == position.now.n and given.degrees and not position.dropped:
                before = sentence(told(given.degrees.values()), policy.say, policy.count)
                nodes.append(Paragraph(say(N_("Asked a first time: %(said)s"), said=before), "note"))
        if position.dropped:
            nodes.append(Paragraph(say(N_("Left out of the contribution. Reason: %(reason)s"), reason=position.why or "–"), "note"))
        if nodes:
            title = say(N_("Position %(number)s: %(title)s"), number=position.number, title=position.title)
            children.append(Section(title, f"{id}-{position.number}", tuple(nodes)))
    return Section(say(N_("Earlier wordings")), id, tuple(children)) if children else None
