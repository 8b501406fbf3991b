"""Owns what the restitution says of themes: one section for each with all its cards, then those that were not placed."""

from typing import Any

from facilitate.activities.themes.board import Boards, Group, groups
from facilitate.core.activity import Contribution, Policy, Source, Sources
from facilitate.core.agenda import Activity
from facilitate.core.tree import Card, Chart, Listing, Node, Paragraph, Section
from facilitate.core.words import N_


def told_by_theme(activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
    """No card is dropped: what was merged stands beneath the card it was merged into."""
    held: Boards = summary
    say, source = policy.say, sources.named.get("source")
    found = groups(held.board, source)
    if source is None or (not held.board.order and sources.status in ("planned", "skipped")):
        return ()
    lede = (Paragraph(activity.settings["question"], "lede"),) if activity.settings["question"] else ()
    if not held.board.order:
        return (*lede, Paragraph(say(N_("No theme was named: the cards stand where they were told.")), "note"))
    parts = [(held.name(id) or say(N_("Theme without a name")), [one for one in found if one.theme == id]) for id in held.board.order]
    sections = [_section(activity, f"{place}", name, ones, source, policy) for place, (name, ones) in enumerate(parts, 1)]
    left = [one for one in found if not one.theme]
    if left:
        sections.append(_section(activity, "left", say(N_("Not placed")), left, source, policy))
    rows = tuple((name, float(_count(ones)), policy.figure(_count(ones))) for name, ones in parts)
    if left:
        rows += ((say(N_("Not placed")), float(_count(left)), policy.figure(_count(left))),)
    chart = (Chart(say(N_("Cards in each theme")), say(N_("Theme")), say(N_("Cards")), rows),) if len(rows) > 1 else ()
    return (*lede, *chart, *sections)


def _section(activity: Activity, place: str, name: str, ones: list[Group], source: Source, policy: Policy) -> Section:
    count = policy.count(N_("%(count)s card"), N_("%(count)s cards"), _count(ones))
    cards = tuple(_card(one, source, policy) for one in ones)
    return Section(name, f"{activity.id}-theme-{place}", (Paragraph(count, "note"), *cards))


def _card(group: Group, source: Source, policy: Policy) -> Card:
    first, *same = group.cards
    inside: tuple[Node, ...] = ()
    if same:
        note = policy.count(N_("%(count)s card says this:"), N_("%(count)s cards say this:"), len(group.cards))
        told = Listing(tuple(_text(one, source) for one in same), beside=tuple(_by(one, policy) for one in same))
        inside = (Paragraph(note, "note"), told)
    return Card(_text(first, source), (), policy.signature(first), policy.number(first), inside)


def _text(contribution: Contribution, source: Source) -> str:
    texts = source.type.texts(source.activity.settings, contribution)
    return texts[0][1] if texts else ""


def _by(contribution: Contribution, policy: Policy) -> str:
    number = policy.number(contribution)
    told = policy.say(N_("no. %(number)s"), number=number) if number else ""
    return " · ".join(part for part in (policy.signature(contribution), told) if part)


def _count(ones: list[Group]) -> int:
    return sum(len(one.cards) for one in ones)
