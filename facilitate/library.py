"""Owns what is read across sessions: the series they belong to, and the one synthesis over all the days of a series.

A synthesis is a tree like a restitution's, written by the same writers. Its rules are those of each day: what was withheld or is still
hidden is not in it, names stand only where people agreed, and every card says in which day, under which number of its annex, it stands.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from facilitate.core.activity import Kinds
from facilitate.core.contribution import Contribution
from facilitate.core.reading import fold as folded
from facilitate.core.state import SessionState, Step
from facilitate.core.tree import Card, Chart, Document, Facts, Listing, Node, Paragraph, Section, Table
from facilitate.core.words import N_
from facilitate.language import Language
from facilitate.restitution import typography
from facilitate.restitution.build import Building


@dataclass(frozen=True, slots=True)
class Day:
    """One session: its code ('RVT482') and what its journal adds up to."""

    code: str
    state: SessionState

    @property
    def shown(self) -> str:
        """'RVT 482'."""
        return f"{self.code[:3]} {self.code[3:]}"


def series(days: Iterable[Day]) -> dict[str, list[Day]]:
    """Name of a series, as its first day writes it → its days in order, those without a date last. Accents and capitals do not matter."""
    found: dict[str, list[Day]] = {}
    for day in sorted(days, key=lambda one: (one.state.agenda.date or "9999", one.state.agenda.start, one.state.at, one.code)):
        if day.state.agenda.series:
            found.setdefault(folded(day.state.agenda.series), []).append(day)
    return {some[0].state.agenda.series: some for some in found.values()}


def of_series(days: Iterable[Day], name: str) -> list[Day]:
    """The days of that series, in order; none where there is no such series."""
    return next((some for known, some in series(days).items() if folded(known) == folded(name)), [])


def synthesis(days: Sequence[Day], kinds: Kinds, language: Language) -> Document:
    """The one document over all the days of a series, in order. ValueError where there is none."""
    if not days:
        raise ValueError("a synthesis needs a day")
    return _Synthesis(days, kinds, language).document()


@dataclass(frozen=True, slots=True)
class _Theme:
    """A theme as its cards tell it: how many in each day, and (day, step, contribution) of each."""

    name: str
    counts: Mapping[str, int]
    cards: tuple[tuple[Day, Step, Contribution], ...]


class _Synthesis:
    def __init__(self, days: Sequence[Day], kinds: Kinds, language: Language) -> None:
        self.days, self.kinds, self.language, self.say = days, kinds, language, language.say
        self.made = {day.code: Building(day.state, kinds, language) for day in days}
        self.themes, self.sorted = self._themes()

    def document(self) -> Document:
        first, last = self.days[0].state.agenda, self.days[-1].state
        children = [self._sessions(), self._people(), self._compared(), *map(self._left, self.days), self._method()]
        funders = dict.fromkeys(name for day in self.days for name in day.state.agenda.funders)
        mentions = (self.say(N_("With the support of %(funders)s."), funders=", ".join(funders)),) if funders else ()
        dated = [day.state.agenda.date for day in self.days if len(day.state.agenda.date) == 10]
        return Document(
            title=first.series or first.title,
            subtitle=self._subtitle(),
            language=self.language.name,
            date=max((day.state.at[:10] for day in self.days if day.state.at), default=dated[-1] if dated else ""),
            facts=self._facts(dated),
            children=tuple(one for one in children if one is not None),
            organisation=last.agenda.host,
            mentions=mentions,
        )

    def _subtitle(self) -> str:
        count, written = self.language.count, sum(len(ones) for made in self.made.values() for ones in made.written.values())
        parts = [
            count(N_("%(count)s session"), N_("%(count)s sessions"), len(self.days)),
            count(N_("%(count)s participation"), N_("%(count)s participations"), sum(len(day.state.people) for day in self.days)),
            count(N_("%(count)s contribution"), N_("%(count)s contributions"), written),
        ]
        return ", ".join(parts) + "."

    def _facts(self, dated: Sequence[str]) -> Facts:
        say, agendas = self.say, [day.state.agenda for day in self.days]
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

    def _sessions(self) -> Section:
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

    def _people(self) -> Section | None:
        """Organisations and territories over all, with how many sessions each came to; people only where they agreed."""
        say, told = self.say, list[Node]()
        for caption, label, name in (
            (N_("Organisations, and to how many sessions they came"), N_("Organisation"), "structure"),
            (N_("Territories, and in how many sessions they were there"), N_("Territory"), "territory"),
        ):
            came, spelt = Counter[str](), dict[str, str]()
            for day in self.days:
                # As whoever came first wrote it.
                people = sorted(day.state.people.values(), key=lambda one: -one.n)
                here = {folded(text): text for one in people if (text := getattr(one, name))}
                came.update(here.keys())
                spelt = here | spelt
            if came:
                rows = tuple((spelt[key], float(many), str(many)) for key, many in sorted(came.items(), key=lambda one: (-one[1], one[0])))
                told.append(Chart(say(caption), say(label), say(N_("Sessions")), rows, most=len(self.days)))
        named = sorted({one.name for day in self.days for one in day.state.people.values() if one.named and one.name})
        if named:
            told += [Section(say(N_("People")), "names", (Listing(tuple(named)), Paragraph(say(N_("They agreed to be named.")), "note")))]
        return Section(say(N_("Who took part")), "people", tuple(told)) if told else None

    def _themes(self) -> tuple[list[_Theme], list[Day]]:
        """The themes of all the days under their folded names, in the order they appear; and the days that sorted cards at all."""
        names, held = dict[str, str](), dict[str, dict[tuple[str, str], tuple[Day, Step, Contribution]]]()
        days = list[Day]()
        for day in self.days:
            numbers = self.made[day.code].policy.numbers
            for step in day.state.ordered:
                kind = self.kinds.get(step.activity.kind)
                told = (
                    kind.themes(step.activity, day.state.summaries[step.activity.id], day.state.sources(step, self.kinds)) if kind else ()
                )
                for name, ids in told:
                    # A card that is not in its day's annex is not here either.
                    for id in filter(numbers.__contains__, ids):
                        at, contribution = day.state.contribution(id) or ("", None)
                        if contribution is not None:
                            key = folded(name) or name
                            names.setdefault(key, name)
                            held.setdefault(key, {})[day.code, id] = (day, day.state.steps[at], contribution)
                            days += [day] if day not in days[-1:] else []
        themes, order = [], [day.code for day in self.days]
        for key, cards in held.items():
            counts = Counter(day.code for day, _, _ in cards.values())
            ordered = sorted(cards.values(), key=lambda one: (order.index(one[0].code), self.made[one[0].code].policy.number(one[2])))
            themes.append(_Theme(names[key], counts, tuple(ordered)))
        return themes, days

    def _compared(self) -> Section:
        """Theme by session, what appears, lasts and vanishes; then every card of each theme with where it stands."""
        say = self.say
        if not self.themes:
            none = Paragraph(say(N_("In none of these sessions were cards sorted into themes.")))
            return Section(say(N_("Themes, from one session to the next")), "themes", (none,))
        head = (say(N_("Theme")), *(day.shown for day in self.sorted), say(N_("All")))
        rows = tuple(
            (one.name, *(str(one.counts.get(day.code, 0) or "–") for day in self.sorted), str(len(one.cards))) for one in self.themes
        )
        told: list[Node] = [
            Table(say(N_("How many cards each theme had, session by session")), head, rows, numeric=tuple(range(1, len(head))))
        ]
        told += self._course()
        told += [self._theme(place, one) for place, one in enumerate(self.themes, 1)]
        return Section(say(N_("Themes, from one session to the next")), "themes", tuple(told))

    def _course(self) -> Iterable[Node]:
        """In sentences: what is there in several sessions, what comes later, what does not come back."""
        if len(self.sorted) < 2:
            return ()
        first, last = self.sorted[0].code, self.sorted[-1].code
        groups: tuple[tuple[str, Callable[[_Theme], bool]], ...] = (
            (N_("Come back in several sessions: %(themes)s."), lambda one: len(one.counts) > 1),
            (N_("Appear after the first session: %(themes)s."), lambda one: not one.counts.get(first)),
            (N_("Are no longer there in the last one: %(themes)s."), lambda one: not one.counts.get(last)),
        )
        said = [(text, [one.name for one in self.themes if there(one)]) for text, there in groups]
        lines = tuple(self.say(text, themes=", ".join(self._quoted(name) for name in names)) for text, names in said if names)
        return (Listing(lines),) if lines else ()

    def _quoted(self, name: str) -> str:
        return self.say(N_("“%(text)s”"), text=name)

    def _theme(self, place: int, one: _Theme) -> Section:
        say = self.say
        rows = tuple(
            (
                self._where(day, contribution),
                self.made[day.code].words(step, contribution),
                self.made[day.code].signature(step, contribution),
            )
            for day, step, contribution in one.cards
        )
        head = (say(N_("Card")), say(N_("As it was written")), say(N_("By")))
        return Section(one.name, f"theme-{place}", (Table("", head, rows, said=(1,)),))

    def _where(self, day: Day, contribution: Contribution) -> str:
        return self._numbered(day, self.made[day.code].policy.number(contribution))

    def _numbered(self, day: Day, number: int) -> str:
        """Where a card stands: 'RVT 482, no. 12'."""
        return self.say(N_("%(session)s, no. %(number)s"), session=day.shown, number=number)

    def _left(self, day: Day) -> Section | None:
        """What a session left behind it, as its own restitution says it."""
        made, told = self.made[day.code], list[Node]()
        for step in day.state.ordered:
            kind = self.kinds.get(step.activity.kind)
            if kind is None or not kind.lasting or not step.opened:
                continue
            sources = day.state.sources(step, self.kinds)
            nodes = kind.sections(step.activity, day.state.summaries[step.activity.id], sources, made.policy)
            if nodes:
                moved = tuple(self._moved(day, node) for node in nodes)
                told.append(Section(step.activity.title, f"{day.code.lower()}-{step.activity.id}-left", moved))
        title = self.say(N_("What %(session)s left: %(title)s"), session=day.shown, title=day.state.agenda.title)
        return Section(title, f"{day.code.lower()}-left", tuple(told)) if told else None

    def _moved(self, day: Day, node: Node) -> Node:
        """A node of a day's restitution, as it stands in a document over several days."""
        match node:
            case Section():
                inside = tuple(self._moved(day, one) for one in node.children)
                return replace(node, anchor=f"{day.code.lower()}-{node.anchor}", children=inside)
            case Card():
                stands = self._numbered(day, node.number) if node.number else day.shown
                inside = tuple(self._moved(day, one) for one in node.inside)
                return replace(node, number=0, by=" · ".join(filter(None, (node.by, stands))), inside=inside)
        return node

    def _method(self) -> Section:
        lines = (
            N_("Each card is named by its session’s code and its number in the annex of that session’s report, where every word stands."),
            N_("A number alone, in what a session left, is of that session’s own annex."),
            N_("Themes are compared by their names, accents and capitals aside: two themes of one name may not hold the same idea."),
            N_("Names stand only where people agreed. What was withheld in a session is not here either."),
        )
        return Section(self.say(N_("Method")), "method", tuple(Paragraph(self.say(line)) for line in lines))
