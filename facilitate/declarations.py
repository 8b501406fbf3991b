"""Owns what the organisation declares: its register of processing activities (GDPR, art. 30), filled from what the program does and what
the house decided; the list of what is to be eliminated, for its archives; how accessible its pages are.

Every function blocks, and may come from any thread.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from facilitate.core.entry import Refused
from facilitate.core.reading import Wrong, read_date
from facilitate.core.tree import Document, Facts, Listing, Paragraph, Section, Table
from facilitate.core.words import N_, clean
from facilitate.house import House
from facilitate.journal import Journal, canonical
from facilitate.language import Language
from facilitate.restitution import typography
from facilitate.retention import KEPT, Due, Rules, put

FORMATS = ("html", "pdf", "odt", "docx", "md")
"""Those in which these documents are had."""

STATUSES: Mapping[str, str] = {
    "": N_("Accessibility: not declared"),
    "full": N_("Accessibility: fully compliant"),
    "partial": N_("Accessibility: partially compliant"),
    "none": N_("Accessibility: not compliant"),
}
"""As RGAA has it said on the first page."""

PROCESSINGS: Mapping[str, str] = {
    "day": N_("Holding days and writing their reports"),
    "attendance": N_("Registering people, and keeping the list of those who came"),
    "publication": N_("Publishing reports, and drawing lessons from several days"),
    "staff": N_("Accounts of the staff, and the log of what they open"),
}

_BASES: Mapping[str, str] = {
    "day": N_("Legitimate interest of the organiser (GDPR, art. 6.1.f); for a public body, its task in the public interest (art. 6.1.e)."),
    "attendance": N_(
        "Legal and contractual duties of the organiser towards those who fund or certify the day (GDPR, art. 6.1.c and 6.1.b)."
    ),
    "publication": N_("Legitimate interest of the organiser; consent of those whom a report names (GDPR, art. 6.1.f and 6.1.a)."),
    "staff": N_("Legitimate interest of the organiser in knowing who opens what (GDPR, art. 6.1.f)."),
}

LIMITS = {"controller": 600, "officer": 400, "recipients": 600, "measures": 1200, "audit": 600, "failures": 2000, "report": 600}
DECLARED = "declarations"
"""The setting that holds them."""
_LONG = 600


@dataclass(frozen=True, slots=True)
class Words:
    """What only the organisation knows. ``controller`` with its address; ``officer`` its data protection officer; ``bases`` of PROCESSINGS,
    '' for the usual; ``recipients`` and ``measures`` besides those of the program. Then of accessibility: ``status`` of STATUSES, ``date``
    ISO, ``audit`` how it was measured, ``failures`` what is not accessible, ``report`` whom one tells of it."""

    controller: str = ""
    officer: str = ""
    bases: Mapping[str, str] | None = None
    recipients: str = ""
    measures: str = ""
    status: str = ""
    date: str = ""
    audit: str = ""
    failures: str = ""
    report: str = ""

    def basis(self, name: str) -> str:
        """A legal basis in the organisation's words; ''."""
        return (self.bases or {}).get(name, "")


def words(journal: Journal) -> Words:
    """Those of the house whose days a journal holds."""
    return Words(**json.loads(journal.setting(DECLARED) or "{}"))


def keep(journal: Journal, given: Words) -> None:
    """All of them, in place of those that were kept."""
    put(journal, DECLARED, canonical(asdict(given)))


def registered(known: Words, typed: Mapping[str, str]) -> Words | Refused:
    """With other words of the register."""
    read = _read(typed, "controller", "officer", "recipients", "measures", *(f"basis-{name}" for name in PROCESSINGS))
    if isinstance(read, Refused):
        return read
    bases = {name: text for name in PROCESSINGS if (text := read.pop(f"basis-{name}"))}
    return replace(known, bases=bases, **read)


def declared(known: Words, typed: Mapping[str, str]) -> Words | Refused:
    """With another declaration of accessibility."""
    read = _read(typed, "audit", "failures", "report")
    if isinstance(read, Refused):
        return read
    status, on = typed.get("status", ""), clean(typed.get("date", "")).strip()
    if status not in STATUSES:
        return Refused("unknown-status", N_("Choose one of the answers of the list."), field="status")
    try:
        on = read_date(on) if on else ""
    except Wrong as wrong:
        return Refused("bad-date", wrong.text, wrong.values, field="date")
    if status and not on:
        return Refused("bad-date", N_("Say on which day this was declared."), field="date")
    return replace(known, status=status, date=on, **read)  # type: ignore[arg-type]


def _read(typed: Mapping[str, str], *names: str) -> dict[str, str] | Refused:
    read = {}
    for name in names:
        read[name] = clean(typed.get(name, "").replace("\r\n", "\n")).strip()
        if (over := len(read[name]) - LIMITS.get(name, _LONG)) > 0:
            why = N_("There are %(over)s signs too many here: %(most)s at most.")
            return Refused("too-long", why, {"over": over, "most": LIMITS.get(name, _LONG)}, field=name)
    return read


def period(text: str, say: Language) -> str:
    """'P24M' → '24 months'."""
    forms = {"D": (N_("%(count)s day"), N_("%(count)s days")), "M": (N_("%(count)s month"), N_("%(count)s months"))}
    return say.count(*forms.get(text[-1], (N_("%(count)s year"), N_("%(count)s years"))), int(text[1:-1])) if text else ""


def counted(counts: Mapping[str, int], say: Language) -> str:
    """'12 people, 240 contributions'."""
    forms = {
        "people": (N_("%(count)s person"), N_("%(count)s people")),
        "named": (N_("%(count)s name"), N_("%(count)s names")),
        "posts": (N_("%(count)s contribution"), N_("%(count)s contributions")),
        "photos": (N_("%(count)s photo"), N_("%(count)s photos")),
        "listed": (N_("%(count)s person on the list"), N_("%(count)s people on the list")),
        "files": (N_("%(count)s published file"), N_("%(count)s published files")),
        "keys": (N_("%(count)s key"), N_("%(count)s keys")),
    }
    return ", ".join(say.count(*forms[name], counts[name]) for name in forms if counts.get(name))


# The register of processing activities


def register(house: House, said: Words, rules: Rules, say: Language, today: str) -> Document:
    """It, as GDPR art. 30 asks for it: what the program knows, and what the organisation said."""
    _ = say.say

    def kept(*names: str) -> str:
        told = list[str]()
        for name in names:
            length = period(rules.durations.get(name, ""), say)
            usual = (
                N_("12 months after the day, unless its sheet says otherwise") if name == "attendance" else N_("no duration decided yet")
            )
            told.append(f"{_(KEPT[name])}{_(N_(': '))}{length or _(usual)}")
        return " · ".join(told)

    people, rights = _(N_("People who take part, on a phone or on paper; those who speak, help or answer questions.")), _(_RIGHTS)
    facts: dict[str, Sequence[tuple[str, str]]] = {
        "day": (
            (N_("Purpose"), _(N_("To run a day of work together, keep what is said there, and write its report."))),
            (N_("People concerned"), people),
            (N_("Data"), _(_DATA)),
            (
                N_("Sensitive data"),
                _(N_("None is asked for. Where a day is on such a subject, its sheet has forms remind to name nobody.")),
            ),
            (N_("Read by"), _(N_("The facilitators; those who take part, as each form says before one writes; readers of the report."))),
            (N_("Kept"), kept("day", "names", "returns")),
        ),
        "attendance": (
            (N_("Purpose"), _(N_("To keep places, welcome people, and prove who was here to those who fund or certify the day."))),
            (N_("People concerned"), _(N_("People who register or come."))),
            (
                N_("Data"),
                _(N_("Name, organisation, role, territory; hours of coming and leaving; signature, on paper or drawn on a phone.")),
            ),
            (N_("Read by"), _(N_("The welcome desk, the organiser, those who check its accounts."))),
            (N_("Kept"), kept("attendance")),
        ),
        "publication": (
            (N_("Purpose"), _(N_("To make reports known, and draw lessons from several days."))),
            (N_("People concerned"), people),
            (N_("Data"), _(N_("What is in a report: contributions, the names of those who agreed to be named, photos."))),
            (N_("Read by"), _(N_("Those to whom a link is given; everyone, where the organiser opens a public page."))),
            (N_("Kept"), kept("publication")),
        ),
        "staff": (
            (N_("Purpose"), _(N_("To open days and reports to the staff alone, and know who opened what."))),
            (N_("People concerned"), _(N_("The organiser’s staff."))),
            (N_("Data"), _(N_("Name, role, print of a password, hours of signing in, pages opened."))),
            (N_("Read by"), _(N_("The administrators."))),
            (N_("Kept"), kept("accesses")),
        ),
    }
    sections = []
    for name, title in PROCESSINGS.items():
        first, *rest = facts[name]
        pairs = (first, (N_("Legal basis"), said.basis(name) or _(_BASES[name])), *rest, (N_("Rights"), rights))
        sections.append(Section(_(title), name, (Facts(tuple((_(label), text) for label, text in pairs)),)))
    measures = (*map(_, _MEASURES), *(line for line in said.measures.split("\n") if line.strip()))
    others = said.recipients or _(N_("None: no other company receives anything from this program."))
    where = Paragraph(
        _(N_("Nothing leaves the computer that runs it by itself: no page calls a third party, in the European Union or outside."))
    )
    sections += [
        Section(_(N_("Others who receive data")), "recipients", (Paragraph(others),)),
        Section(_(N_("Transfers outside the European Union")), "transfers", (where,)),
        Section(_(N_("Security measures")), "measures", (Listing(measures),)),
    ]
    about = (
        (N_("Controller"), said.controller or house.name or _(N_("to be completed"))),
        (N_("Data protection officer"), said.officer or _(N_("to be completed, or none"))),
        (N_("Rights are asked of"), house.contact),
        (N_("Host"), house.host),
    )
    return _document(_(N_("Register of processing activities")), house, say, today, about, sections)


_RIGHTS = N_(
    "To see, correct, take along or erase what one gave: on one’s phone, later with one’s code, or by asking the organiser. "
    "A complaint may be lodged with the data protection authority (in France, the CNIL)."
)
_DATA = N_(
    "Name, organisation, type of organisation, territory, role, all left to choice; what one writes, votes, photos. "
    "An anonymous contribution carries neither name nor exact hour; one vote per person is counted under a pseudonym, "
    "whose key is destroyed at the day’s end."
)
_MEASURES = (
    N_("Keys of 128 bits, of which phones’ are kept as prints alone; passwords as argon2id alone; guessing limited."),
    N_("Pages without any remote file, a strict content policy, cookies that no script reads; HTTPS where the organiser’s server has it."),
    N_("Three roles for the staff; a log of what they open; participants never have an account."),
    N_("Each entry is on disk before it is acknowledged, with a checksum; backups are made of a running server and can be verified."),
    N_("What is erased is emptied in the journal, the search, the reports and the files of the database; no older archive brings it back."),
)


# What is to be eliminated

_SHORT: Mapping[str, str] = {
    "day": N_("The whole day"),
    "names": N_("Names of participants"),
    "attendance": N_("Attendance list"),
    "publication": N_("Published report"),
}


def elimination(house: House, said: Words, rules: Rules, waiting: Iterable[Due], say: Language, today: str) -> Document:
    """The list that archives put their visa on: what waits for it, day by day."""
    _, rows = say.say, list[tuple[str, ...]]()
    for place, one in enumerate(waiting, 1):
        usual = "" if one.what in rules.durations else _(N_("as its sheet says"))
        day = f"{one.title} ({one.code})"
        when, since = typography.date(one.day, say.name), typography.date(one.end.isoformat(), say.name)
        length = period(rules.durations.get(one.what, ""), say) or usual
        rows.append((str(place), day, when, _(_SHORT[one.what]), counted(one.counts, say), length, since))
    heads = (N_("No."), N_("Day"), N_("Date"), N_("What"), N_("Extent"), N_("Kept for"), N_("Due since"))
    table = Table("", tuple(map(_, heads)), tuple(rows), numeric=(0,))
    lines = (
        N_("Date"),
        N_("Name and office"),
        N_("Reference of the visa"),
        N_("Eliminated, or transferred to the archives"),
        N_("Signature"),
    )
    visa = Facts(tuple((_(line), "…………………………") for line in lines))
    nothing = Paragraph(_(N_("Nothing waits for a visa.")))
    about = ((N_("Producer"), said.controller or house.name or _(N_("to be completed"))), (N_("Items"), str(len(rows))))
    note = Paragraph(
        _(N_("Nothing of this is removed before the visa of the archives was noted (code du patrimoine, art. L. 212-2).")), "note"
    )
    sections = (
        Section(_(N_("What falls due")), "due", (table, note) if rows else (nothing,)),
        Section(_(N_("Visa of the archives")), "visa", (visa,)),
    )
    return _document(_(N_("List of records to be eliminated")), house, say, today, about, sections)


def _document(
    title: str, house: House, say: Language, today: str, about: Iterable[tuple[str, str]], sections: Iterable[Section]
) -> Document:
    facts = (*about, (N_("Drawn up on"), typography.date(today, say.name)))
    pairs = Facts(tuple((say.say(label), text) for label, text in facts if text))
    return Document(title, house.name, say.name, f"{today}T00:00:00.000Z", pairs, tuple(sections), house.name, kind=title)
