"""Owns the comparison of publics and years: who came to which days, and what each year held."""

from collections import Counter
from collections.abc import Sequence

from facilitate.core.groups import OTHERS, grouped
from facilitate.core.reading import fold as folded
from facilitate.core.tree import Node, Section, Table
from facilitate.core.words import N_
from facilitate.library.gathering import MANY, Gathering


def publics(over: Gathering) -> Section | None:
    """People by type of organisation, territory and role, day by day, as each day tells them."""
    say, told = over.say, list[Node]()
    for caption, label, name in (
        (N_("People by type of organisation, session by session"), N_("Type of organisation"), "type"),
        (N_("People by territory, session by session"), N_("Territory"), "territory"),
        (N_("People by role, session by session"), N_("Role"), "role"),
    ):
        spelt, counted = dict[str, str](), dict[str, Counter[str]]()
        for day in over.days:
            said = [getattr(one, name) for one in sorted(over.made[day.code].joined.values(), key=lambda one: one.n)]
            for text in said:
                spelt.setdefault(folded(text), text)
            told_apart, others = grouped(map(folded, said))
            for key, count in told_apart.items() | {("", others)}:
                counted.setdefault(key, Counter())[day.code] = count
        rest = counted.pop("", Counter())
        if counted:
            rows = [(spelt[key], counts) for key, counts in sorted(counted.items(), key=lambda pair: (-pair[1].total(), pair[0]))]
            rows += [(say(OTHERS), rest)] if rest.total() else []
            told.append(over.crossed(say(caption), say(label), rows, over.days, listed=False))
            if len(over.days) > MANY and name == "type":
                told.append(_by_day(over, rows))
    return Section(say(N_("Publics compared")), "publics", tuple(told)) if told else None


def _by_day(over: Gathering, rows: Sequence[tuple[str, Counter[str]]]) -> Table:
    """Of many days, each with its public in one cell."""
    say = over.say
    told = [(day.shown, ", ".join(f"{name} ({counts[day.code]})" for name, counts in rows if counts[day.code]) or "–") for day in over.days]
    return Table(say(N_("The public of each session")), (say(N_("Session")), say(N_("Type of organisation"))), tuple(told))


def years(over: Gathering, experiences: Counter[str]) -> Section | None:
    """What each year held; None where there is one only. ``experiences``: how many were decoded, by code of day."""
    say, held = over.say, sorted({day.year for day in over.days}, key=lambda year: year or "9999")
    if len(held) < 2:
        return None
    rows = []
    for year in held:
        days = [day for day in over.days if day.year == year]
        people = [one for day in days for one in over.made[day.code].joined.values()]
        counts = (
            len(days),
            len(people),
            len({folded(one.structure) for one in people if one.structure}),
            len({folded(one.territory) for one in people if one.territory}),
            sum(len(ones) for day in days for ones in over.made[day.code].written.values()),
            sum(experiences[day.code] for day in days),
        )
        rows.append((year or say(N_("no date")), *map(str, counts)))
    head = (N_("Year"), N_("Sessions"), N_("Participations"), N_("Organisations"), N_("Territories"), N_("Contributions"))
    heads = (*map(say, head), say(N_("Experiences decoded")))
    table = Table(say(N_("What each year held")), heads, tuple(rows), numeric=tuple(range(1, len(heads))))
    return Section(say(N_("Years compared")), "years", (table,))
