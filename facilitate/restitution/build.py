"""Owns the way from a day's state to its restitution: the outline, what each activity says of itself, and the annex.

The same state gives the same document. Nothing is left out because nobody voted on it; only withheld contributions are in no
format, their number and reasons alone.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from facilitate.core.activity import Kinds, Teller
from facilitate.core.agenda import hour_of, planned, tracks_of
from facilitate.core.contribution import Contribution, Participant, in_order, without
from facilitate.core.groups import OTHERS, grouped
from facilitate.core.notes import MARKS, Note, notes_of
from facilitate.core.photos import photos_of
from facilitate.core.prose import nodes
from facilitate.core.state import SessionState, Step
from facilitate.core.tree import Card, Chart, Document, Facts, Figure, Listing, Node, Paragraph, Section, Table
from facilitate.core.words import N_, Count, Say
from facilitate.language import Language
from facilitate.restitution import typography
from facilitate.restitution.edited import Citations, edited, edited_section
from facilitate.restitution.naming import pseudonyms, seen


def build(state: SessionState, kinds: Kinds, language: Language) -> Document:
    """The restitution of a day, at any moment of it, in ``language``."""
    return Building(state, kinds, language).document()


def build_part(state: SessionState, kinds: Kinds, language: Language, step: str) -> Document:
    """What it says of one step, as a document of its own, without the numbers of an annex that is not there."""
    building = Building(state, kinds, language)
    whole, quotations = building.plain(), building.quotations()
    building.policy = replace(building.policy, numbers={})
    told = building.activity(state.steps[step])
    if told is None:
        return replace(whole, children=())
    return replace(whole, children=(edited_section(told, building.state.edition, building.citations, quotations, building.say),))


@dataclass(frozen=True)
class _Policy:
    """How this document is written: its language, its annex numbers, and who agreed to be named."""

    words: Language
    state: SessionState
    numbers: dict[str, int]
    pseudonyms: Mapping[str, int]

    @property
    def language(self) -> str:
        return self.words.name

    @property
    def say(self) -> Say:
        return self.words.say

    @property
    def count(self) -> Count:
        return self.words.count

    def signature(self, contribution: Contribution) -> str:
        """Named only by consent; otherwise the territory and the organisation; a number or a role where the document names nobody."""
        if contribution.by in ("console", "scribe", "shelf") or contribution.by.startswith("staff:") or contribution.by in self.state.team:
            return self.words.say(N_("entered by the facilitators"))
        person, entered = self.state.people.get(contribution.by), [self.words.say(N_("entered for them"))] if contribution.entered else []
        if person is None:
            return ", ".join([self.words.say(N_("anonymous")), *entered])
        match self.state.edition.naming:
            case "pseudonyms":
                told = [self.say(N_("Participant %(number)s"), number=self.pseudonyms[person.id]), person.territory]
            case "roles":
                told = [person.role]
            case _:
                told = [person.name if person.named else "", person.structure, person.territory]
        known = [one for one in told if one]
        return ", ".join([*(known or [self.words.say(N_("a participant"))]), *entered])

    def number(self, contribution: Contribution) -> int:
        return self.numbers.get(contribution.id, 0)

    def figure(self, value: float) -> str:
        return typography.number(value, self.words.name)

    def day(self, iso: str) -> str:
        return typography.date(iso, self.words.name)

    def hour(self, instant: str) -> str:
        here = datetime.fromisoformat(instant).astimezone(ZoneInfo(self.state.agenda.timezone))
        return typography.hour(here.strftime("%H:%M"), self.words.name)


class Building:
    """One day's restitution in the making; ``written`` its annex, step by step. A synthesis over several days asks it the same.

    ``state`` is the day as its document may tell it: where nobody is named, it holds no name. ``body`` is that day as the body tells
    it, with spellings corrected and what was set aside left to the annex; ``citations`` how texts cite its contributions.
    """

    def __init__(self, state: SessionState, kinds: Kinds, language: Language) -> None:
        self.joined = state.people
        self.state = state = seen(state)
        self.body = _as_edited(state)
        self.kinds = kinds
        self.language = language
        self.say = language.say
        self.zone = ZoneInfo(state.agenda.timezone)
        self.written = {step.activity.id: self._annexed(step) for step in state.ordered}
        numbers = {one.id: place + 1 for place, one in enumerate(one for id in state.order for one in self.written[id])}
        self.policy = _Policy(language, state, numbers, pseudonyms(self.joined))
        anchors = {id: f"word-{number}" for id, number in numbers.items()}
        self.citations = Citations({id: str(number) for id, number in numbers.items()}, anchors)

    def document(self) -> Document:
        """The whole, as staff edited it."""
        return edited(self.plain(), self.state.edition, self.citations, self.quotations(), self.say)

    def plain(self) -> Document:
        """The whole as the day left it, before its edition but for cards set aside and spellings."""
        agenda, state = self.state.agenda, self.state
        children = [
            self._frame(),
            self._people(),
            *(self.activity(step) for step in state.ordered if not step.activity.track),
            self._programme(),
            self._annex(),
            self._method(),
        ]
        return Document(
            title=agenda.title,
            subtitle=self._subtitle(),
            language=self.language.name,
            date=self._day(state.at) if state.at else agenda.date,
            facts=self._facts(),
            children=tuple(child for child in children if child is not None),
            organisation=agenda.host,
            mentions=self._mentions(),
        )

    def _subtitle(self) -> str:
        """One sentence of what there is: people, territories, contributions."""
        people, count = self.joined, self.language.count
        written = sum(len(ones) for ones in self.written.values())
        territories = len({one.territory for one in people.values() if one.territory})
        if not people and not written:
            return self.say(N_("Nothing has been written yet."))
        parts = [count(N_("%(count)s person"), N_("%(count)s people"), len(people))]
        if territories:
            parts.append(count(N_("%(count)s territory"), N_("%(count)s territories"), territories))
        parts.append(count(N_("%(count)s contribution"), N_("%(count)s contributions"), written))
        return ", ".join(parts) + "."

    def _facts(self) -> Facts:
        agenda, say = self.state.agenda, self.say
        when = typography.date(agenda.date, self.language.name) if len(agenda.date) == 10 else agenda.date
        if agenda.start and agenda.end:
            hours = {"start": self._clock(agenda.start), "end": self._clock(agenda.end)}
            when = ", ".join(part for part in (when, say(N_("from %(start)s to %(end)s"), **hours)) if part)
        structures = {one.structure for one in self.joined.values() if one.structure}
        who = self.language.count(N_("%(count)s person"), N_("%(count)s people"), len(self.joined))
        if structures:
            who += ", " + self.language.count(N_("%(count)s organisation"), N_("%(count)s organisations"), len(structures))
        status = say(N_("Final version")) if self.state.finished else say(N_("Draft"))
        if self.state.at:
            status += say(
                N_(", %(date)s at %(hour)s"),
                date=typography.date(self._day(self.state.at), self.language.name),
                hour=self._hour(self.state.at),
            )
        pairs = (
            (N_("When"), when),
            (N_("Where"), self.where()),
            (N_("Who"), who),
            (N_("Organiser"), agenda.host),
            (N_("Form"), agenda.format),
            (N_("Series"), agenda.series),
            (N_("Version"), status),
        )
        return Facts(tuple((say(label), text) for label, text in pairs if text))

    def where(self) -> str:
        """The place, and whether one took part from elsewhere."""
        far = {"yes": N_("Online"), "hybrid": N_("online too")}.get(self.state.agenda.online, "")
        return ", ".join(filter(None, (self.state.agenda.place, self.say(far) if far else "")))

    def _frame(self) -> Section | None:
        """The sheet's own prose: why this day, for whom."""
        children: list[Node] = []
        for place, (heading, text) in enumerate(self.state.agenda.sections, 1):
            told = nodes(text, f"frame-{place}-1")
            children += (Section(heading, f"frame-{place}", told),) if heading else told
        return Section(self.say(N_("The day")), "frame", tuple(children)) if children else None

    def _people(self) -> Section:
        say, people = self.say, sorted(self.joined.values(), key=lambda one: one.id)
        if not people:
            return Section(say(N_("Who took part")), "people", (Paragraph(say(N_("No one has joined yet."))),))
        children: list[Node] = []
        for caption, label, name in (
            (N_("By territory"), N_("Territory"), "territory"),
            (N_("By type of organisation"), N_("Type of organisation"), "type"),
            (N_("By role"), N_("Role"), "role"),
        ):
            told, others = grouped(getattr(one, name) for one in people)
            if told:
                rows = [(text, float(count), str(count)) for text, count in told.items()]
                rows += [(say(OTHERS), float(others), str(others))] if others else []
                children.append(Chart(say(caption), say(label), say(N_("People")), tuple(rows)))
        structures = sorted({one.structure for one in self.state.people.values() if one.structure})
        if structures:
            children.append(Section(say(N_("Organisations")), "organisations", (Listing(tuple(structures)),)))
        named = sorted(_named(one) for one in self.state.people.values() if one.named and one.name)
        if named:
            note = Paragraph(say(N_("They agreed to be named.")), "note")
            children.append(Section(say(N_("People")), "names", (Listing(tuple(named)), note)))
        joined = self.language.count(N_("%(count)s person joined the day."), N_("%(count)s people joined the day."), len(people))
        if self.state.agenda.online != "no" and (remote := self.state.remote):
            places = say(N_("In the room: %(room)s. At a distance: %(remote)s."), room=len(people) - remote, remote=remote)
            joined += " " + (places if remote < len(people) else say(N_("Everyone took part at a distance.")))
        return Section(say(N_("Who took part")), "people", (Paragraph(joined), *children))

    def activity(self, step: Step) -> Section | None:
        """One step, with all that was written, told and photographed in it; None where there is nothing."""
        kind = self.kinds.get(step.activity.kind)
        children: tuple[Node, ...] = ()
        if kind is not None and step.opened:
            summary = self.body.summaries[step.activity.id]
            children = kind.sections(step.activity, summary, self.body.sources(step, self.kinds), self.policy)
        children = (*self._workshops(step), *children)
        children += self._photos(step)
        anchor = f"step-{step.activity.id}"
        said = any(key.startswith(f"{anchor}/") for key in self.state.edition.texts)
        return Section(step.activity.title, anchor, children) if children or said else None

    def quotations(self) -> dict[str, list[Card]]:
        """Of each step, what staff chose to bring out, in the order they did."""
        chosen = self.state.edition.highlights
        found: dict[str, list[tuple[int, Card]]] = {}
        for step in self.state.ordered:
            for one in self.written[step.activity.id]:
                if one.id in chosen:
                    corrected = self.body.summaries[step.activity.id].contributions[one.id]
                    texts = self.kinds[step.activity.kind].texts(step.activity.settings, self._as_told(step, corrected))
                    card = Card(texts[0][1], by=self.signature(step, one), number=self.policy.number(one), role="quotation")
                    found.setdefault(f"step-{step.activity.id}", []).append((chosen[one.id], card))
        return {anchor: [card for _, card in sorted(cards, key=lambda pair: pair[0])] for anchor, cards in found.items()}

    def _photos(self, step: Step) -> tuple[Section, ...]:
        """What was photographed beside a step, at its end."""
        say, photos = self.say, photos_of(self.state.photos, step.activity.id)
        figures = tuple(Figure(one.media, one.description, say(N_("Photo, %(hour)s"), hour=self._hour(one.at))) for one in photos)
        return (Section(say(N_("Photos")), f"{step.activity.id}-photos", figures),) if figures else ()

    def _workshops(self, step: Step) -> Iterable[Section]:
        """Each workshop that this step held, with its own steps: then comes what they report."""
        for track in tracks_of(step.activity.settings):
            inner = [one for one in self.state.ordered if (one.activity.within, one.activity.track) == (step.activity.id, track.id)]
            if told := tuple(section for one in inner if (section := self.activity(one))):
                title = f"{track.name} ({track.room})" if track.room else track.name
                yield Section(title, f"track-{step.activity.id}-{track.id}", told)

    def _programme(self) -> Section | None:
        """Hours planned and real."""
        say = self.say
        hours = planned(self.state.agenda.start, self.state.agenda.activities)
        rows = []
        for step in self.state.ordered:
            plan = hours.get(step.activity.id)
            if plan is None:
                due = say(N_("improvised"))
            elif self.state.agenda.start:
                due = f"{self._clock(hour_of(plan[0]))} – {self._clock(hour_of(plan[1]))}"
            else:
                due = say(N_("%(minutes)s min"), minutes=step.activity.minutes)
            track = self.state.tracks.get(step.activity.track)
            title = f"{track.name} · {step.activity.title}" if track else step.activity.title
            rows.append((title, due, self._real(step)))
        if not rows:
            return None
        head = (say(N_("Step")), say(N_("Planned")), say(N_("Real")))
        hours_told = Table(say(N_("The steps of the day, planned and real")), head, tuple(rows))
        return Section(say(N_("How it ran")), "programme", (hours_told, *self._notes([row[0] for row in rows])))

    def _notes(self, titles: Iterable[str]) -> list[Node]:
        """What was said aloud, step by step: ``titles`` are theirs, in the order of the day."""
        say, notes, steps = self.say, self.state.notes, self.state.steps
        beside = [(f"ran-{id}", title, notes_of(notes, id)) for id, title in zip(self.state.order, titles, strict=True)]
        outside = [one for id in sorted({one.activity for one in notes.values()} - set(steps)) for one in notes_of(notes, id)]
        beside.append(("ran", say(N_("Outside the steps")), sorted(outside, key=lambda one: one.seq)))
        head = (say(N_("Hour")), say(N_("Note")))
        told: list[Node] = []
        for anchor, title, ones in beside:
            rows = tuple(self._noted(one) for one in ones)
            told += [Section(title, anchor, (Table("", head, rows, said=(1,)),))] if rows else []
        return [Paragraph(say(N_("What was said aloud stands here as the note-takers wrote it.")), "note"), *told] if told else []

    def _noted(self, one: Note) -> tuple[str, str]:
        """Its hour with its mark, unless it is simply said, and its words; a quotation's speaker only where they agreed."""
        words = one.text
        if one.mark == "quotation":
            words = words if words[0] in '«“"' else self.say(N_("“%(text)s”"), text=words)
            words += f"\n— {one.speaker}" if one.agreed else ""
        return " · ".join([self._hour(one.at), *([] if one.mark == "said" else [self.say(MARKS[one.mark])])]), words

    def _real(self, step: Step) -> str:
        if step.status == "skipped":
            return self.say(N_("skipped"))
        if not step.opened:
            return self.say(N_("not opened"))
        if not step.closed:
            return self.say(N_("since %(hour)s"), hour=self._hour(step.opened))
        return f"{self._hour(step.opened)} – {self._hour(step.closed)}"

    def _annex(self) -> Section:
        say = self.say
        children: list[Node] = []
        for step in self.state.ordered:
            kind, ones = self.kinds.get(step.activity.kind), self.written[step.activity.id]
            if kind is None or not ones:
                continue
            rows = tuple((str(self.policy.number(one)), self.words(step, one), self._by(step, one)) for one in ones)
            head = (say(N_("No.")), say(N_("As it was written")), say(N_("By")))
            anchors = tuple(self.citations.anchors[one.id] for one in ones)
            table = Table(step.activity.title, head, rows, anchors=anchors)
            children.append(Section(step.activity.title, f"annex-{step.activity.id}", (table,)))
        note = self.language.count(
            N_("%(count)s contribution, as it was written."), N_("%(count)s contributions, as they were written."), len(self.policy.numbers)
        )
        note += " " + say(
            N_("The signed ones stand in the order they came; the anonymous ones follow, without hour, in an order drawn by lot.")
        )
        if not self.policy.numbers:
            note = say(N_("Nothing has been written."))
        return Section(say(N_("Annex: every word")), "annex", (Paragraph(note, "note"), *self._withheld(), *children, *self._unknown()))

    def _annexed(self, step: Step) -> list[Contribution]:
        """Contributions with words, not withheld nor withdrawn: the signed in order, then the anonymous in one that no hour explains."""
        kind, summary = self.kinds.get(step.activity.kind), self.state.summaries[step.activity.id]
        if kind is None or kind.hides(summary, self.state.sources(step, self.kinds)):
            return []
        ones = in_order(summary.contributions)
        kept = [one for one in ones if one.status in ("shown", "waiting", "hidden") and kind.texts(step.activity.settings, one)]
        kept = [self._as_told(step, one) for one in kept]
        anonymous = sorted((one for one in kept if not one.by), key=lambda one: hashlib.sha256(one.id.encode()).digest())
        return [one for one in kept if one.by] + anonymous

    def _teller(self, step: Step, one: Contribution) -> Teller | None:
        return self.kinds[step.activity.kind].told_by(self.state.summaries[step.activity.id], one)

    def _as_told(self, step: Step, one: Contribution) -> Contribution:
        """As it is, or without author, hour and names where nothing may say whose it is."""
        teller = self._teller(step, one)
        if teller is None or not teller.unknown:
            return one
        names = {*teller.names, *map(self.say, teller.names)}
        return replace(without(one, names), by="", at="", late=False, entered="")

    def signature(self, step: Step, one: Contribution) -> str:
        """Whose a contribution is: its author's, as they agreed, unless its kind tells it in another name."""
        teller = self._teller(step, one)
        return self.say(teller.name) if teller else self.policy.signature(one)

    def words(self, step: Step, one: Contribution) -> str:
        """All that a contribution says, a line for each text."""
        texts = self.kinds[step.activity.kind].texts(step.activity.settings, self._as_told(step, one))
        return "\n".join(f"{self.say(label)} – {text}" if label else text for label, text in texts)

    def _by(self, step: Step, one: Contribution) -> str:
        parts = [self.signature(step, one)]
        if one.at:
            parts.append(self._hour(one.at))
        if one.late:
            parts.append(self.say(N_("arrived after the closing")))
        if one.status == "hidden":
            parts.append(self.say(N_("hidden from the wall")))
        if one.status == "waiting":
            parts.append(self.say(N_("not read yet by the facilitators")))
        if one.masked:
            parts.append(self.say(N_("a name was masked")))
        if self.state.edition.corrected(one) != one:
            parts.append(self.say(N_("spelling corrected above")))
        return " · ".join(parts)

    def _withheld(self) -> Iterable[Node]:
        """That some were withheld, and why; never a word of them."""
        reasons = Counter(
            one.why for id in self.state.order for one in self.state.summaries[id].contributions.values() if one.status == "withheld"
        )
        if not reasons:
            return ()
        total = self.language.count(
            N_("%(count)s contribution was withheld."), N_("%(count)s contributions were withheld."), sum(reasons.values())
        )
        given = [f"{why} ({count})" if count > 1 else why for why, count in sorted(reasons.items()) if why]
        said = self.say(N_("Reasons given: %(reasons)s."), reasons=", ".join(given))
        return (Paragraph(f"{total} {said}" if given else total, "note"),)

    def _unknown(self) -> Iterable[Node]:
        """Entries of a kind that is not installed here: kept, and said; not those that were withheld or withdrawn, nor any pseudonym."""
        gone = {entry.on: entry.do in ("withhold", "withdraw") for entry in self.state.unknown if entry.do in _TAKEN_OR_GIVEN_BACK}
        rows = tuple(
            (str(entry.seq), f"{entry.activity} {entry.do}".strip(), typography.printable(str(_without_names(entry.content))))
            for entry in self.state.unknown
            if not gone.get(entry.id) and not gone.get(entry.on)
        )
        if not rows:
            return ()
        head = (self.say(N_("Entry")), self.say(N_("What")), self.say(N_("Content")))
        return (
            Section(
                self.say(N_("Entries of kinds not installed here")), "annex-unknown", (Table(self.say(N_("Kept as they are")), head, rows),)
            ),
        )

    def _method(self) -> Section:
        say = self.say
        lines = [
            say(N_("This report is written with the participants’ own words: none was rewritten, and all stand in the annex.")),
            say(_NAMED[self.state.edition.naming]),
            say(N_("Votes and evaluations are counted one per person; no one can tell whose they were once the day is finished.")),
        ]
        return Section(say(N_("Method")), "method", tuple(Paragraph(line) for line in lines))

    def _mentions(self) -> tuple[str, ...]:
        agenda = self.state.agenda
        funders = (self.say(N_("With the support of %(funders)s."), funders=", ".join(agenda.funders)),) if agenda.funders else ()
        return (*funders, *(text for _, text in sorted(agenda.notices.items())))

    def _clock(self, hour: str) -> str:
        return typography.hour(hour, self.language.name)

    def _day(self, instant: str) -> str:
        return datetime.fromisoformat(instant).astimezone(self.zone).date().isoformat()

    def _hour(self, instant: str) -> str:
        return self.policy.hour(instant)


_NAMED = {
    "named": N_("Names stand only where people agreed. An anonymous contribution keeps neither name nor hour."),
    "pseudonyms": N_(
        "Nobody is named: each participant bears a number, the same throughout, and names that were written are masked. "
        "An anonymous contribution keeps neither number nor hour."
    ),
    "roles": N_(
        "Nobody is named: people are told by their role alone, and names that were written are masked. "
        "An anonymous contribution keeps neither role nor hour."
    ),
}
"""How people are named, as the method says it."""


def _as_edited(state: SessionState) -> SessionState:
    """With spellings corrected; what was set aside is hidden, which every kind leaves to the annex."""
    edition = state.edition
    if not edition.aside and not edition.corrections:
        return state

    def told(one: Contribution) -> Contribution:
        aside = one.id in edition.aside and one.status == "shown"
        return replace(edition.corrected(one), status="hidden") if aside else edition.corrected(one)

    touched = {*edition.aside, *(key.rpartition("/")[0] for key in edition.corrections)}
    summaries = state.summaries
    for id, summary in state.summaries.items():
        if here := touched & set(summary.contributions):
            changed = summary.contributions.update({one: told(summary.contributions[one]) for one in here})
            summaries = summaries.set(id, replace(summary, contributions=changed))
    return replace(state, summaries=summaries)


_TAKEN_OR_GIVEN_BACK = ("withhold", "withdraw", "restore")


def _without_names(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in ("owner", "voter")}


def _named(one: Participant) -> str:
    return ", ".join(part for part in (one.name, one.role, one.structure, one.territory) if part)
