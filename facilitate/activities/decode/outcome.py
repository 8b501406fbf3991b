"""Owns what the restitution says of one decoding: the situation, and beneath it its card and its notes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from facilitate.activities.decode.decodings import PHASES, QUESTION, Decoding, Decodings
from facilitate.core.activity import Contribution, Policy, Source, told
from facilitate.core.agenda import Activity
from facilitate.core.tree import Card, Listing, Node, Paragraph, Section
from facilitate.core.words import N_


def decoded_card(activity: Activity, held: Decodings, decoding: Decoding, source: Source | None, policy: Policy, anchor: str) -> Card:
    """A decoded situation: its card, with what came out of it beneath."""
    situation = source.summary.contributions.get(decoding.about) if source else None
    inside = outcome(activity, held, decoding, policy, anchor) or (Paragraph(policy.say(N_("Nothing was noted.")), "note"),)
    if source is None or situation is None or situation.status == "withdrawn":
        return Card(policy.say(N_("A card that its author withdrew")), inside=inside)
    if situation.status == "withheld":
        return Card(policy.say(N_("A card that was withheld")), inside=inside)
    if situation.status in ("hidden", "waiting"):
        return Card(policy.say(N_("A card that was taken off the wall")), number=policy.number(situation), inside=inside)
    texts = source.type.texts(source.activity.settings, situation)
    return Card(texts[0][1] if texts else "", by=policy.signature(situation), number=policy.number(situation), inside=inside)


def outcome(activity: Activity, held: Decodings, decoding: Decoding, policy: Policy, anchor: str) -> tuple[Node, ...]:
    """What a decoding gave: per column the card's text then the notes, the questions asked, and whether the teller confirmed."""
    completed = held.contributions.get(decoding.card)
    texts: Mapping[str, str] = completed.content["card"] if completed and completed.status == "shown" else {}
    notes = [one for one in told(held.contributions) if one.content.get("about") == decoding.about]
    nodes: list[Node] = []
    for place, column in enumerate((*activity.settings["columns"], replace(QUESTION, label=PHASES["questions"])), 1):
        said = [one for one in notes if one.content.get("column") == column.key]
        children: tuple[Node, ...] = (*_paragraph(texts.get(column.key, "")), *_listing(said, policy))
        if children:
            nodes.append(Section(policy.say(column.label), f"{anchor}-{place}", children))
    if completed and completed.status == "withheld":
        nodes.append(Paragraph(policy.say(N_("The completed card was withheld.")), "note"))
    elif texts and decoding.about:
        nodes.append(Paragraph(policy.say(_CONFIRMED[decoding.confirmed]), "note"))
    return tuple(nodes)


_CONFIRMED = {
    "teller": N_("Card confirmed by the person who told the situation."),
    "console": N_("Card confirmed by the facilitators, on behalf of the person who told the situation."),
    "": N_("Card not confirmed by the person who told the situation."),
}


def _paragraph(text: str) -> tuple[Paragraph, ...]:
    return (Paragraph(text),) if text else ()


def _listing(notes: Iterable[Contribution], policy: Policy) -> tuple[Listing, ...]:
    notes = list(notes)
    return (Listing(tuple(str(one.content["text"]) for one in notes), beside=tuple(_from(one, policy) for one in notes)),) if notes else ()


def _from(note: Contribution, policy: Policy) -> str:
    number = policy.number(note)
    return ", ".join(part for part in (policy.signature(note), policy.say("no. %(number)s", number=number) if number else "") if part)
