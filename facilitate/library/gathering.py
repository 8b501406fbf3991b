"""Owns what is told alike of any days side by side: each with its figures, who came, themes compared, what each left."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from facilitate.core.activity import ActivityType, Kinds
from facilitate.core.contribution import Contribution
from facilitate.core.edition import NAMINGS
from facilitate.core.reading import fold as folded
from facilitate.core.state import SessionState, Step
from facilitate.core.tree import Card, Chart, Document, Facts, Listing, Node, Paragraph, Section, Table
from facilitate.core.words import N_
from facilitate.language import Language
from facilitate.library.days import Day
from facilitate.restitution import typography
from facilitate.restitution.build import Building

MANY = 6
"""Beyond so many days, a table holds no column a day: it says in a cell where each thing stands."""


def synthesis(days: Sequence[Day], kinds: Kinds, language: Language) -> Document:
    """The one document over all the days of a series, in order. ValueError where there is none."""
    if not days:
        raise ValueError("a synthesis needs a day")
    return Gathering(days, kinds, language).document()


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme as its cards tell it: how many in each day, and (day, step, contribution) of each."""

    name: str
    counts: Mapping[str, int]
    cards: tuple[tuple[Day, Step, Contribution], ...]


class Gathering:
    """Days as a document over all of them tells them; ``made`` the restitution of each in the making, by code."""

    def __init__(self, days: Sequence[Day], kinds: Kinds, language: Language, naming: str = "named") -> None:
        self.days, self.kinds, self.language, self.say = days, kinds, language, language.say
        self.made = {day.code: Building(_named_at_most(day.state, naming), kinds, language) for day in days}
        self.themes, self.sorted = self._themes()

    def document(self) -> Document:
        first = self.days[0].state.agenda
        dated = self.dated
        children = [self.sessions(), self.people(), self.compared(), *map(self.left, self.days), self.method()]
        return Document(
            title=first.series or first.title,
            subtitle=self.subtitle(),
            language=self.language.name,
            date=max((day.state.at[:10] for day in self.days if day.state.at), default=dated[-1] if dated else ""),
            facts=self.facts(),
            children=tuple(one for one in children if one is not None),
            organisation=self.host,
            mentions=self.mentions(),
            kind=self.say(N_("Synthesis")),
        )

    @property
    def dated(self) -> list[str]:
        """The dates of the days that have one, in order."""
        return [day.state.agenda.date for day in self.days if len(day.state.agenda.date) == 10]

    @property
    def host(self) -> str:
        """The organiser of the last day."""
        return self.days[-1].state.agenda.host if self.days else ""

    def mentions(self) -> tuple[str, ...]:
        """The funders of all the days."""
        funders = dict.fromkeys(name for day in self.days for name in day.state.agenda.funders)
        return (self.say(N_("With the support of %(funders)s."), funders=", ".join(funders)),) if funders else ()

    def subtitle(self) -> str:
        count, written = self.language.count, sum(len(ones) for made in self.made.values() for ones in made.written.values())
        parts = [
            count(N_("%(count)s session"), N_("%(count)s sessions"), len(self.days)),
            count(N_("%(count)s participation"), N_("%(count)s participations"), sum(len(day.state.people) for day in self.days)),
            count(N_("%(count)s contribution"), N_("%(count)s contributions"), written),
        ]
        return ", ".join(parts) + "."

    def facts(self) -> Facts:
        """When, where, by whom, and how far."""
        say, agendas, dated = self.say, [day.state.agenda for day in self.days], self.dated
        when = typography.date(dated[0], self.language.name) if dated else ""
        if len(set(dated)) > 1:
            dates = {"first": when, "last": typography.date(dated[-1], self.language.name)}
            when = say(N_("from %(first)s to %(last)s"), **dates)
        finished = sum(bool(day.state.finished) for day in self.days)
        status = say(N_("Final version"))
        if finished < len(self.days):
            status = say(N_("Draft: %(finished)s of %(of)s sessions are finished"), finished=finished, of=len(self.days))
        pairs = (
            (N_("When"), when),
            (N_("Where"), " · ".join(dict.fromkeys(filter(None, (made.where() for made in self.made.values()))))),
            (N_("Organiser"), ", ".join(dict.fromkeys(filter(None, (one.host for one in agendas))))),
            (N_("Version"), status),
        )
        return Facts(tuple((say(label), text) for label, text in pairs if text))

    def sessions(self) -> Section:
        """Each day with its figures."""
        say = self.say
        rows = tuple(
            (
                f"{day.state.agenda.title} ({day.shown})",
                typography.date(day.state.agenda.date, self.language.name) if len(day.state.agenda.date) == 10 else day.state.agenda.date,
                str(len(day.state.people)),
                str(len({folded(one.structure) for one in day.state.people.values() if one.structure})),
                str(len({folded(one.territory) for one in day.state.people.values() if one.territory})),
                str(sum(map(len, self.made[day.code].written.values()))),
            )
            for day in self.days
        )
        head = (N_("Session"), N_("When"), N_("People"), N_("Organisations"), N_("Territories"), N_("Contributions"))
        table = Table(say(N_("The sessions, in order")), tuple(map(say, head)), rows, numeric=(2, 3, 4, 5))
        told: list[Node] = [table]
        if remote := sum(day.state.remote for day in self.days):
            far = self.language.count(
                N_("%(count)s participation was at a distance."), N_("%(count)s participations were at a distance."), remote
            )
            told.append(Paragraph(far, "note"))
        return Section(say(N_("The sessions")), "sessions", tuple(told))

    def people(self) -> Section | None:
        """Organisations and territories over all, with how many sessions each came to; people only where they agreed."""
        say, told = self.say, list[Node]()
        for caption, label, name in (
            (N_("Organisations, and to how many sessions they came"), N_("Organisation"), "structure"),
            (N_("Territories, and in how many sessions they were there"), N_("Territory"), "territory"),
        ):
            came, spelt = Counter[str](), dict[str, str]()
            for day in self.days:
                # As whoever came first wrote it.
                made = self.made[day.code]
                seen = made.state.people if name == "structure" else made.joined
                people = sorted(seen.values(), key=lambda one: -one.n)
                here = {folded(text): text for one in people if (text := getattr(one, name))}
                came.update(here.keys())
                spelt = here | spelt
            if came:
                rows = tuple((spelt[key], float(many), str(many)) for key, many in sorted(came.items(), key=lambda one: (-one[1], one[0])))
                told.append(Chart(say(caption), say(label), say(N_("Sessions")), rows, most=len(self.days)))
        named = sorted({one.name for made in self.made.values() for one in made.state.people.values() if one.named and one.name})
        if named:
            told += [Section(say(N_("People")), "names", (Listing(tuple(named)), Paragraph(say(N_("They agreed to be named.")), "note")))]
        return Section(say(N_("Who took part")), "people", tuple(told)) if told else None

    def _themes(self) -> tuple[list[Theme], list[Day]]:
        """The themes of all the days under their folded names, in the order they appear; and the days that sorted cards at all."""
        names, held = dict[str, str](), dict[str, dict[tuple[str, str], tuple[Day, Step, Contribution]]]()
        days = list[Day]()
        for day in self.days:
            numbers, state = self.made[day.code].policy.numbers, self.made[day.code].state
            for step in state.ordered:
                kind = self.kinds.get(step.activity.kind)
                told = kind.themes(step.activity, state.summaries[step.activity.id], state.sources(step, self.kinds)) if kind else ()
                for name, ids in told:
                    # A card that is not in its day's annex is not here either.
                    for id in filter(numbers.__contains__, ids):
                        at, contribution = state.contribution(id) or ("", None)
                        if contribution is not None and id not in state.edition.aside:
                            key = folded(name) or name
                            names.setdefault(key, name)
                            held.setdefault(key, {})[day.code, id] = (day, state.steps[at], contribution)
                            days += [day] if day not in days[-1:] else []
        themes, order = [], [day.code for day in self.days]
        for key, cards in held.items():
            counts = Counter(day.code for day, _, _ in cards.values())
            ordered = sorted(cards.values(), key=lambda one: (order.index(one[0].code), self.made[one[0].code].policy.number(one[2])))
            themes.append(Theme(names[key], counts, tuple(ordered)))
        return themes, days

    def compared(self) -> Section:
        """Theme by session, what appears, lasts and vanishes; then every card of each theme with where it stands."""
        say = self.say
        if not self.themes:
            none = Paragraph(say(N_("In none of these sessions were cards sorted into themes.")))
            return Section(say(N_("Themes, from one session to the next")), "themes", (none,))
        caption, counted = say(N_("How many cards each theme had, session by session")), [(one.name, one.counts) for one in self.themes]
        told: list[Node] = [self.crossed(caption, say(N_("Theme")), counted, self.sorted)]
        told += self._course()
        told += [self.theme(place, one) for place, one in enumerate(self.themes, 1)]
        return Section(say(N_("Themes, from one session to the next")), "themes", tuple(told))

    def _course(self) -> Iterable[Node]:
        """In sentences: what is there in several sessions, what comes later, what does not come back."""
        if len(self.sorted) < 2:
            return ()
        first, last = self.sorted[0].code, self.sorted[-1].code
        groups: tuple[tuple[str, Callable[[Theme], bool]], ...] = (
            (N_("Come back in several sessions: %(themes)s."), lambda one: len(one.counts) > 1),
            (N_("Appear after the first session: %(themes)s."), lambda one: not one.counts.get(first)),
            (N_("Are no longer there in the last one: %(themes)s."), lambda one: not one.counts.get(last)),
        )
        said = [(text, [one.name for one in self.themes if there(one)]) for text, there in groups]
        lines = tuple(self.say(text, themes=", ".join(self._quoted(name) for name in names)) for text, names in said if names)
        return (Listing(lines),) if lines else ()

    def crossed(
        self, caption: str, label: str, counted: Iterable[tuple[str, Mapping[str, int]]], days: Sequence[Day], *, listed: bool = True
    ) -> Table:
        """Something counted in each of these days, by code: a column a day; where the days are many, a column a year, then in which days
        it stands, ``listed`` or how many they are."""
        say, groups = self.say, {day.shown: [day.code] for day in days}
        many = len(days) > MANY
        if many:
            years = sorted({day.year for day in days if day.year})
            groups = {year: [day.code for day in days if day.year == year] for year in years if 1 < len(years) <= MANY}
        head = (label, *groups, say(N_("All")), *([say(N_("Sessions"))] if many else []))
        rows = []
        for name, counts in counted:
            cells = (sum(counts.get(code, 0) for code in codes) for codes in groups.values())
            where = [f"{day.shown} ({counts[day.code]})" for day in days if counts.get(day.code)]
            there = ", ".join(where) if listed else str(len(where))
            rows.append((name, *(str(cell or "–") for cell in cells), str(sum(counts.values())), *([there] if many else [])))
        return Table(caption, head, tuple(rows), numeric=tuple(range(1, len(groups) + (3 if many and not listed else 2))))

    def _quoted(self, name: str) -> str:
        return self.say(N_("“%(text)s”"), text=name)

    def theme(self, place: int, one: Theme) -> Section:
        say = self.say
        rows = tuple(
            (
                self.where(day, contribution),
                self.made[day.code].words(step, contribution),
                self.made[day.code].signature(step, contribution),
            )
            for day, step, contribution in one.cards
        )
        head = (say(N_("Card")), say(N_("As it was written")), say(N_("By")))
        return Section(one.name, f"theme-{place}", (Table("", head, rows, said=(1,)),))

    def where(self, day: Day, contribution: Contribution) -> str:
        return self.numbered(day, self.made[day.code].policy.number(contribution))

    def numbered(self, day: Day, number: int) -> str:
        """Where a card stands: 'RVT 482, no. 12'."""
        return self.say(N_("%(session)s, no. %(number)s"), session=day.shown, number=number)

    def left(self, day: Day, but: Callable[[ActivityType, Step, Day], bool] = lambda *_: False) -> Section | None:
        """What a session left behind it, as its own restitution says it; ``but`` the steps that are told elsewhere."""
        made, told = self.made[day.code], list[Node]()
        for step in made.body.ordered:
            kind, summary = self.kinds.get(step.activity.kind), made.body.summaries[step.activity.id]
            if kind is None or not kind.lasting or not step.opened or but(kind, step, day):
                continue
            nodes = kind.sections(step.activity, summary, made.body.sources(step, self.kinds), made.policy)
            if nodes:
                moved = tuple(self.moved(day, node) for node in nodes)
                told.append(Section(step.activity.title, f"{day.code.lower()}-{step.activity.id}-left", moved))
        title = self.say(N_("What %(session)s left: %(title)s"), session=day.shown, title=day.state.agenda.title)
        return Section(title, f"{day.code.lower()}-left", tuple(told)) if told else None

    def moved(self, day: Day, node: Node) -> Node:
        """A node of a day's restitution, as it stands in a document over several days."""
        match node:
            case Section():
                inside = tuple(self.moved(day, one) for one in node.children)
                return replace(node, anchor=f"{day.code.lower()}-{node.anchor}", children=inside)
            case Table() if node.anchors:
                return replace(node, anchors=tuple(f"{day.code.lower()}-{one}" if one else "" for one in node.anchors))
            case Card():
                stands = self.numbered(day, node.number) if node.number else day.shown
                inside = tuple(self.moved(day, one) for one in node.inside)
                return replace(node, number=0, by=" · ".join(filter(None, (node.by, stands))), inside=inside)
        return node

    def method(self, *more: str) -> Section:
        """How it is made; ``more`` lines of it, msgids."""
        lines = (
            N_("Each card is named by its session’s code and its number in the annex of that session’s report, where every word stands."),
            N_("A number alone, in what a session left, is of that session’s own annex."),
            N_("Themes are compared by their names, accents and capitals aside: two themes of one name may not hold the same idea."),
            N_("Names stand only where people agreed. What was withheld in a session is not here either."),
        )
        return Section(self.say(N_("Method")), "method", tuple(Paragraph(self.say(line)) for line in (*lines, *more)))


def _named_at_most(state: SessionState, naming: str) -> SessionState:
    """The day with people named as it says itself, or as the document over it does where that names fewer."""
    strictest = max(state.edition.naming, naming, key=NAMINGS.index)
    return replace(state, edition=replace(state.edition, naming=strictest))
