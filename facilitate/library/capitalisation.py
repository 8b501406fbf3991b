"""Owns the capitalisation: one document over the days that staff chose, with what they wrote over it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from facilitate.core.activity import ActivityType, Kinds
from facilitate.core.state import SessionState, Step
from facilitate.core.tree import Card, Document, Node, Paragraph, Section
from facilitate.core.words import N_
from facilitate.language import Language
from facilitate.library.citing import Citing
from facilitate.library.days import Day, in_order
from facilitate.library.experiences import Experiences
from facilitate.library.gathering import Gathering
from facilitate.library.lessons import Taught, lessons
from facilitate.library.publics import publics, years
from facilitate.restitution.edited import Citations, edited

EDITABLE = frozenset(("docx", "odt", "md"))
"""The formats that one goes on writing in: what is missing on a sheet is told there."""

_MARGIN = 40
"""Characters of an experience's name beside what it taught: the margin is narrow."""


def document_of(state: SessionState, days: Sequence[Day], kinds: Kinds, language: Language, *, blanks: bool = False) -> Document:
    """The document over several days whose journal adds up to ``state``; ``days`` those of its ``collects`` that are here."""
    return Capitalisation(state, days, kinds, language, blanks=blanks).document()


class Capitalisation(Gathering):
    """It in the making, as ``Building`` is of one day's report; ``blanks``: sheets say what is still to be completed in them."""

    def __init__(self, state: SessionState, days: Sequence[Day], kinds: Kinds, language: Language, *, blanks: bool = False) -> None:
        super().__init__(in_order(days), kinds, language, state.edition.naming)
        self.state, self.blanks = state, blanks
        self.told = {day.code: Experiences(day, kinds, language, self.made[day.code]) for day in self.days}
        self.citing = Citing(self)
        self.citing.read(kept.text for kept in state.edition.texts.values())

    @property
    def citations(self) -> Citations:
        """How its texts cite the contributions of its days: '[@RVT482:ID]', shown as '[RVT 482, 12]'."""
        return self.citing.citations

    def document(self) -> Document:
        """The whole, as staff edited it."""
        plain = self.plain()
        return edited(plain, self.state.edition, self.citations, {}, self.say)

    def plain(self) -> Document:
        """The whole as its days left it, before its own edition."""
        say = self.say
        decoded = Counter({code: sum(one.decoded for one in told.all) for code, told in self.told.items()})
        titles = {(code, one.card.id): told.title(one, _MARGIN) for code, told in self.told.items() for one in told.all}
        taught = [Taught(day, lesson) for day in self.days for lesson in self.told[day.code].lessons]
        children: list[Node | None] = []
        if self.days:
            children += [self.sessions(), self.people(), publics(self), years(self, decoded)]
            children += [lessons(self, taught, self.citing, titles), self.experiences(), self.compared(), self.highlights()]
            children += [self.left(day, self._is_told) for day in self.days]
        else:
            children.append(Section(say(N_("The sessions")), "sessions", (Paragraph(say(N_("None of the sessions chosen is here."))),)))
        # What the annex holds is known once all that cites is made.
        children += [self.citing.annex(), self.method(*self._said())]
        return Document(
            title=str(self.state.collects.get("title", "")),
            subtitle=self.subtitle(),
            language=self.language.name,
            date=max((at[:10] for at in (self.state.at, *(day.state.at for day in self.days)) if at), default=""),
            facts=self.facts(),
            children=tuple(one for one in children if isinstance(one, Section)),
            organisation=self.host,
            mentions=self.mentions(),
            kind=say(N_("Capitalisation")),
        )

    def experiences(self) -> Section | None:
        """The sheet of each experience that was decoded or that staff completed; the others by their title."""
        say, sheets, others = self.say, list[Node](), list[tuple[str, Day, str]]()
        for day in self.days:
            told = self.told[day.code]
            for one in told.all:
                if one.decoded or told.completed(one):
                    sheets.append(self.moved(day, told.sheet(one, blanks=self.blanks, citing=self.citing)))
                else:
                    others.append((told.title(one), day, one.card.id))
        if others:
            title = say(N_("Experiences told, and not decoded")) if sheets else say(N_("Experiences told"))
            sheets.append(Section(title, "experiences-told", (self.citing.traced(others),)))
        return Section(say(N_("Experience sheets")), "experiences", tuple(sheets)) if sheets else None

    def highlights(self) -> Section | None:
        """What staff brought out of each day, with where it stands."""
        told = [
            replace(moved, role="quotation")
            for day in self.days
            for cards in self.made[day.code].quotations().values()
            for card in cards
            if isinstance(moved := self.moved(day, card), Card)
        ]
        return Section(self.say(N_("Brought out of the sessions")), "highlights", tuple(told)) if told else None

    def _said(self) -> list[str]:
        """How it is made, besides what is true of every document over several days."""
        lines = [
            N_("What a room kept of an experience stands here; what each person noted of it stands in that session’s report."),
            N_("Where sessions tell people in different ways, each is told as its own report tells it, or with fewer names."),
        ]
        if len(self.state.collects.get("sessions", ())) > len(self.days):
            lines.append(N_("Some of the sessions that were chosen are not here any more."))
        return lines

    def _is_told(self, kind: ActivityType, step: Step, day: Day) -> bool:
        """Whether a step's outcome stands above already, as lessons and sheets."""
        return type(kind).lessons is not ActivityType.lessons
