"""Owns how a document over several days cites their contributions: 'RVT 482, 12', and the annex where each cited word stands whole."""

from collections.abc import Callable, Iterable

from facilitate.core.edition import CITED
from facilitate.core.tree import Listing, Node, Paragraph, Run, Section, Table
from facilitate.core.words import N_
from facilitate.library.days import Day
from facilitate.library.gathering import Gathering
from facilitate.restitution.edited import Citations


class Citing:
    """What has been cited so far of these days; ``annex`` holds it all, so it is made last."""

    def __init__(self, gathering: Gathering) -> None:
        self.gathering = gathering
        self.labels: dict[str, str] = {}
        self._anchors: dict[str, str] = {}
        for day in gathering.days:
            for id, number in gathering.made[day.code].policy.numbers.items():
                self.labels[f"{day.code}:{id}"] = f"{day.shown}, {number}"
                self._anchors[f"{day.code}:{id}"] = f"{day.code.lower()}-word-{number}"
        self._used: set[str] = set()

    @property
    def citations(self) -> Citations:
        """How texts cite what is cited here."""
        return Citations(self.labels, {id: self._anchors[id] for id in self._used})

    def cite(self, day: Day, id: str) -> Run | None:
        """The citation of a contribution; None where it is not in its day's annex."""
        whole = f"{day.code}:{id}"
        if whole not in self.labels:
            return None
        self._used.add(whole)
        return Run(self.labels[whole], href=f"#{self._anchors[whole]}")

    def read(self, texts: Iterable[str]) -> None:
        """What texts over several days cite is cited here."""
        self._used |= {id for text in texts for id in CITED.findall(text) if id in self.labels}

    def of(self, day: Day) -> Callable[[str], tuple[str, str] | None]:
        """What a citation stands for in a text of this day's own edition."""

        def cited(id: str) -> tuple[str, str] | None:
            run = self.cite(day, id)
            return (run.text, run.href[1:]) if run else None

        return cited

    def traced(self, told: Iterable[tuple[str, Day, str]], beside: Iterable[str] = ()) -> Listing:
        """Texts, each with the contribution it comes from: (text, day, id)."""
        items, runs = list[str](), list[tuple[Run, ...]]()
        for text, day, id in told:
            run = self.cite(day, id)
            items.append(f"{text} [{run.text}]" if run else text)
            runs.append((Run(f"{text} "), run) if run else (Run(text),))
        return Listing(tuple(items), beside=tuple(beside), runs=tuple(runs))

    def paragraph(self, text: str, day: Day, id: str) -> Paragraph:
        """A line that ends on the contribution it speaks of."""
        listing = self.traced([(text, day, id)])
        return Paragraph(listing.items[0], "note", listing.runs[0])

    def annex(self) -> Section:
        """Every contribution cited, whole, day by day."""
        say, told = self.gathering.say, list[Node]()
        head = (say(N_("No.")), say(N_("As it was written")), say(N_("By")))
        for day in self.gathering.days:
            made = self.gathering.made[day.code]
            rows, anchors = list[tuple[str, ...]](), list[str]()
            for step in made.state.ordered:
                for one in made.written[step.activity.id]:
                    whole = f"{day.code}:{one.id}"
                    if whole in self._used:
                        rows.append((str(made.policy.number(one)), made.words(step, one), made.signature(step, one)))
                        anchors.append(self._anchors[whole])
            if rows:
                title = f"{day.state.agenda.title} ({day.shown})"
                table = Table("", head, tuple(rows), said=(1,), anchors=tuple(anchors))
                told.append(Section(title, f"{day.code.lower()}-annex", (table,)))
        note = say(
            N_("Each contribution that this document cites, as it was written, under its number in the annex of its session’s report.")
        )
        if not told:
            note = say(N_("This document cites no contribution."))
        return Section(say(N_("Annex: the words cited")), "annex", (Paragraph(note, "note"), *told))
