"""Owns capitalisation sheets: of each experience that was told, what its card, its decoding and then the staff say, under the headings that
such sheets have everywhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from facilitate.core.activity import Kinds, Lesson, told
from facilitate.core.contribution import Contribution
from facilitate.core.prose import written
from facilitate.core.reading import fold as folded
from facilitate.core.state import Step
from facilitate.core.tree import Document, Facts, Listing, Node, Paragraph, Section
from facilitate.core.words import N_, slug
from facilitate.language import Language
from facilitate.library.citing import Citing
from facilitate.library.days import Day
from facilitate.library.lessons import COLUMNS, column_of, lessons_of, lines
from facilitate.restitution import typography
from facilitate.restitution.build import Building

HEADINGS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "vigilance": (COLUMNS["vigilance"], ("watch", "vigilance", "attention")),
    "problems": (N_("Problems, and how they were handled"), ("difficil", "difficult", "problem", "obstacle", "frein")),
    "results": (N_("Results, against what was expected"), ("result", "change", "effet", "effect", "donne")),
    "recommendations": (N_("Recommendations"), ("recomm", "conseil", "advice", "adapt")),
    "worked": (N_("What worked"), ("marche", "reussi", "worked", "succe")),
    "milestones": (N_("What was done, and when"), ("done", "fait", "mene", "etape", "jalon", "milestone")),
    "actors": (N_("Actors"), ("acteur", "actor", "particip", "partenaire", "partner")),
    "context": (N_("Context"), ("context",)),
}
"""The headings of a sheet under which a card's own fields come, with the beginnings of words by which a field shows that it does: the first
that fits."""

ORDER = ("context", "actors", "milestones", "worked", "problems", "results", "recommendations", *COLUMNS)
"""As a sheet is read."""

PART = "introduction"
"""The part of a section that staff write to complete it."""

_SHORT = 90
_LINE = 120


@dataclass(frozen=True, slots=True)
class Experience:
    """A card that tells one, as the body of its day's report tells it, with what was decoded of it."""

    step: Step
    card: Contribution
    lessons: tuple[Lesson, ...]

    @property
    def decoded(self) -> bool:
        return any(one.id != self.card.id for one in self.lessons)

    @property
    def anchor(self) -> str:
        return f"experience-{self.card.id.replace('+', '-')}"


def heading(key: str) -> str:
    """A heading of a sheet, a msgid."""
    return COLUMNS.get(key) or HEADINGS[key][0]


class Experiences:
    """Those of one day; ``all`` in the order of the day."""

    def __init__(self, day: Day, kinds: Kinds, language: Language, made: Building | None = None) -> None:
        self.day, self.kinds, self.say = day, kinds, language.say
        self.language, self.made = language, made or Building(day.state, kinds, language)
        self.lessons = lessons_of(self.made, kinds)
        self.all = [
            Experience(step, one, tuple(lesson for lesson in self.lessons if lesson.about == one.id))
            for step in self.made.body.ordered
            if (kind := kinds.get(step.activity.kind)) and kind.experiences and step.opened
            for one in told(self.made.body.summaries[step.activity.id].contributions)
            if one.id in self.made.policy.numbers and kind.texts(step.activity.settings, one)
        ]

    def find(self, id: str) -> Experience | None:
        """By its card's id."""
        return next((one for one in self.all if one.card.id == id), None)

    def completed(self, one: Experience) -> bool:
        """Whether staff wrote anything on its sheet."""
        return any(key.startswith(f"{one.anchor}") and kept.text for key, kept in self.made.state.edition.texts.items())

    def title(self, one: Experience, most: int = _SHORT) -> str:
        """As staff call it, else its first words, ``most`` characters of them."""
        return self.made.state.edition.text(one.anchor, "title") or _short(self._texts(one)[0][1], most)

    def document(self, *, blanks: bool = False) -> Document:
        """All the sheets as one document; ``blanks`` where what is missing is to be completed in it."""
        title = self.say(N_("Experience sheets"))
        sheets = tuple(self.sheet(one, blanks=blanks) for one in self.all)
        nothing = Section(title, "experiences", (Paragraph(self.say(N_("No experience was told on this day.")), "note"),))
        return self._document(title, self.made.plain().title, sheets or (nothing,))

    def alone(self, one: Experience, *, blanks: bool = False) -> Document:
        """One sheet as a document of its own."""
        sheet = self.sheet(one, blanks=blanks)
        before = tuple(node for node in sheet.children if not isinstance(node, Section))
        after = [node for node in sheet.children if isinstance(node, Section)]
        first = Section(self.say(N_("The experience")), sheet.anchor, before)
        return self._document(sheet.title, self.say(N_("Experience sheet")), (first, *after))

    def _document(self, title: str, subtitle: str, children: tuple[Section, ...]) -> Document:
        plain, say = self.made.plain(), self.say
        facts = Facts(tuple(pair for pair in plain.facts.pairs if pair[0] in map(say, (N_("When"), N_("Where"), N_("Organiser")))))
        return Document(
            title,
            subtitle,
            plain.language,
            plain.date,
            facts,
            children,
            organisation=plain.organisation,
            mentions=plain.mentions,
            kind=say(N_("Experience sheets")),
        )

    def sheet(self, one: Experience, *, blanks: bool = False, citing: Citing | None = None) -> Section:
        """One sheet. Within a document over several days, ``citing`` says where each word stands."""
        say, edition = self.say, self.made.state.edition
        first, *others = self._texts(one)
        title = self.title(one)
        children: list[Node] = [Paragraph(first[1], "lede")] if first[1] != title else []
        held, rest = self._placed(others)
        children += [*self._text(one.anchor, citing), *self._facts(one, [pair for pair in rest if _is_line(pair[1])], citing)]
        for place, (label, text) in enumerate(rest, 1):
            if not _is_line(text):
                children.append(Section(say(label), f"{one.anchor}-said-{place}", _paragraphs(text)))
        for key in ORDER:
            anchor = f"{one.anchor}-{key}"
            inside: list[Node] = [node for text in held.get(key, ()) for node in _paragraphs(text)]
            inside += self._decoded([lesson for lesson in one.lessons if column_of(lesson, say) == key], one, citing)
            inside += self._text(anchor, citing)
            if not inside and blanks:
                inside = [Paragraph(say(N_("To complete.")), "note")]
            if inside:
                children.append(Section(edition.text(anchor, "title") or say(heading(key)), anchor, tuple(inside)))
        own = dict[str, list[Lesson]]()
        for lesson in one.lessons:
            if (column := column_of(lesson, say)) not in COLUMNS:
                own.setdefault(column, []).append(lesson)
        for place, some in enumerate(own.values(), 1):
            children.append(Section(say(some[0].label), f"{one.anchor}-column-{place}", tuple(self._decoded(some, one, citing))))
        return Section(title, one.anchor, tuple(children))

    def said(self, one: Experience) -> dict[str, list[str]]:
        """By key of ``ORDER``: what the card and its decoding say there already."""
        held, _ = self._placed(self._texts(one)[1:])
        for lesson in one.lessons:
            if lesson.id != one.card.id:
                held.setdefault(column_of(lesson, self.say), []).extend(lines(lesson))
        return {key: list(dict.fromkeys(texts)) for key, texts in held.items()}

    def _placed(self, fields: Sequence[tuple[str, str]]) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
        """The texts of a card under the headings they belong to; and those that belong to none, under their own."""
        held, rest = dict[str, list[str]](), list[tuple[str, str]]()
        for label, text in fields:
            words = [word for name in (label, self.say(label)) for word in slug(name).split("-")]
            key = next((key for key, (_, stems) in HEADINGS.items() if any(word.startswith(stems) for word in words)), "")
            if key:
                held.setdefault(key, []).append(text)
            else:
                rest.append((label, text))
        return held, rest

    def _texts(self, one: Experience) -> Sequence[tuple[str, str]]:
        return self.kinds[one.step.activity.kind].texts(one.step.activity.settings, one.card)

    def _facts(self, one: Experience, more: Sequence[tuple[str, str]], citing: Citing | None) -> list[Node]:
        say, agenda, number = self.say, self.day.state.agenda, self.made.policy.number(one.card)
        when = typography.date(agenda.date, self.language.name) if len(agenda.date) == 10 else agenda.date
        pairs = (
            *more,
            (N_("Told by"), self.made.signature(one.step, one.card)),
            (N_("Session"), ", ".join(filter(None, (f"{agenda.title} ({self.day.shown})", when)))),
            (N_("Card"), "" if citing else say(N_("no. %(number)s in the annex of its report"), number=number)),
        )
        told: list[Node] = [Facts(tuple((say(label), text) for label, text in pairs if text))]
        if citing:
            told.append(citing.paragraph(say(N_("As it was told:")), self.day, one.card.id))
        return told

    def _decoded(self, lessons: Sequence[Lesson], one: Experience, citing: Citing | None) -> list[Node]:
        """What a column holds; what the card itself says stands there already."""
        found = dict[str, tuple[str, str]]()
        if citing and any(lesson.kept for lesson in lessons):
            # Over several days, what the room kept stands for what each noted: its day's own sheet and report hold that.
            lessons = [lesson for lesson in lessons if lesson.kept]
        for lesson in lessons:
            for line in lines(lesson) if lesson.id != one.card.id else ():
                # A note that whoever completed the card took over word for word stands there once.
                found.setdefault(folded(line), (line, lesson.id))
        said = list(found.values())
        if not said:
            return []
        if citing:
            return [citing.traced((line, self.day, id) for line, id in said)]
        beside = tuple(self.say(N_("no. %(number)s"), number=self.made.policy.numbers[id]) for _, id in said)
        return [Listing(tuple(line for line, _ in said), beside=beside)]

    def _text(self, anchor: str, citing: Citing | None) -> tuple[Node, ...]:
        text = self.made.state.edition.text(anchor, PART)
        cited: Callable[[str], tuple[str, str] | None] = citing.of(self.day) if citing else self._number
        return written(text, f"{anchor}-text", cited) if text else ()

    def _number(self, id: str) -> tuple[str, str] | None:
        number = self.made.policy.numbers.get(id)
        return (str(number), "") if number else None


def _is_line(text: str) -> bool:
    return len(text) <= _LINE and "\n" not in text


def _paragraphs(text: str) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(line.strip()) for line in text.split("\n") if line.strip())


def _short(text: str, most: int) -> str:
    """The first words of a text, as a title."""
    words = text.split("\n")[0].split(". ")[0].rstrip(" .;:")
    return words if len(words) <= most else (words[:most].rpartition(" ")[0] or words[:most]).rstrip(" ,;:.") + "…"
