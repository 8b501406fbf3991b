"""Owns what was decoded, gathered over many days: column by column, and by theme within a column."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from facilitate.core.activity import Kinds, Lesson
from facilitate.core.reading import fold as folded
from facilitate.core.tree import Node, Paragraph, Section
from facilitate.core.words import N_, Say, slug
from facilitate.library.citing import Citing
from facilitate.library.days import Day
from facilitate.library.gathering import Gathering
from facilitate.restitution.build import Building

COLUMNS = {
    "benefits": N_("Benefits"),
    "keys": N_("Key success factors"),
    "vigilance": N_("Points of vigilance"),
    "reuse": N_("Methods and tools to reuse"),
}
"""The columns of a decoding where the sheet names no others, in their order."""


@dataclass(frozen=True, slots=True)
class Taught:
    """A lesson, and the day that taught it."""

    day: Day
    lesson: Lesson


def lessons_of(made: Building, kinds: Kinds) -> list[Lesson]:
    """What a day taught, as its report tells it: nothing that is hidden, withheld or not in its annex."""
    found = list[Lesson]()
    for step in made.body.ordered:
        kind, summary, sources = kinds.get(step.activity.kind), made.body.summaries[step.activity.id], made.body.sources(step, kinds)
        if kind is not None and step.opened and not kind.hides(summary, sources):
            found += (one for one in kind.lessons(step.activity, summary, sources) if one.id in made.policy.numbers)
    return found


def column_of(lesson: Lesson, say: Say) -> str:
    """The key of its column: one of ``COLUMNS`` where it bears that name, whatever a sheet's own key; else its label, plain."""
    label = folded(say(lesson.label))
    known = (key for key, name in COLUMNS.items() if key == lesson.column or label in (folded(name), folded(say(name))))
    return next(known, label)


def lines(lesson: Lesson) -> list[str]:
    """What it says, statement by statement: whoever completes a card writes one a line."""
    return [line.strip() for line in lesson.text.split("\n") if line.strip()]


def lessons(over: Gathering, taught: Sequence[Taught], citing: Citing, titles: dict[tuple[str, str], str]) -> Section:
    """Each column over all the days. ``titles``: (code, id) of an experience → its name in few words."""
    say, columns = over.say, dict[str, list[Taught]]()
    decided = {(one.day.code, one.lesson.about, column_of(one.lesson, say)) for one in taught if one.lesson.kept and one.lesson.about}
    said = set[tuple[str, str, str, str]]()
    for one in taught:
        column = one.day.code, one.lesson.about, column_of(one.lesson, say)
        # What a room kept of an experience stands for what each noted of it, which its day holds.
        for line in lines(one.lesson) if one.lesson.kept or column not in decided else ():
            # A note taken over word for word stands there once.
            if (*column, folded(line)) not in said:
                said.add((*column, folded(line)))
                columns.setdefault(column[-1], []).append(replace(one, lesson=replace(one.lesson, text=line)))
    if not columns:
        nothing = Paragraph(say(N_("Nothing was decoded in these sessions.")), "note")
        return Section(say(N_("What was decoded")), "lessons", (nothing,))
    themed = {(day.code, card.id): theme.name for theme in reversed(over.themes) for day, _, card in theme.cards}
    told, taken = list[Node](), set[str]()
    for key in sorted(columns, key=lambda key: list(COLUMNS).index(key) if key in COLUMNS else len(COLUMNS)):
        ones = columns[key]
        title = say(COLUMNS.get(key, ones[0].lesson.label))
        name = slug(title, taken)
        taken.add(name)
        groups = dict[str, list[Taught]]()
        for one in ones:
            theme = themed.get((one.day.code, one.lesson.id)) or themed.get((one.day.code, one.lesson.about), "")
            groups.setdefault(theme, []).append(one)
        order = [theme.name for theme in over.themes if theme.name in groups]
        children: list[Node] = []
        for place, theme in enumerate(order, 1):
            children.append(Section(theme, f"lessons-{name}-{place}", (_listed(groups[theme], citing, titles),)))
        if "" in groups and order:
            children.append(Section(say(N_("In no theme")), f"lessons-{name}-0", (_listed(groups[""], citing, titles),)))
        elif "" in groups:
            children.append(_listed(groups[""], citing, titles))
        told.append(Section(title, f"lessons-{name}", tuple(children)))
    days, count = len({one.day.code for one in taught}), over.language.count
    statements = count(N_("%(count)s statement"), N_("%(count)s statements"), sum(map(len, columns.values())))
    whence = count(N_("from %(count)s session"), N_("from %(count)s sessions"), days)
    note = say(N_("%(statements)s, %(whence)s, each with where it comes from."), statements=statements, whence=whence)
    return Section(say(N_("What was decoded")), "lessons", (Paragraph(note, "note"), *told))


def _listed(ones: Sequence[Taught], citing: Citing, titles: dict[tuple[str, str], str]) -> Node:
    about = [(one.day.code, one.lesson.about) for one in ones]
    beside = ["" if place and about[place - 1] == key else titles.get(key, "") for place, key in enumerate(about)]
    return citing.traced(((one.lesson.text, one.day, one.lesson.id) for one in ones), beside if any(beside) else ())
