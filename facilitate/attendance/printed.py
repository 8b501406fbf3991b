"""Owns what the papers of the welcome desk say: the attendance sheet, the badges, the certificates; and the list as CSV."""

import re
from collections.abc import Sequence
from typing import Any

from facilitate.attendance import Desk
from facilitate.attendance.day import Attended, Half
from facilitate.attendance.person import Person
from facilitate.attendance.signing import drawn_svg
from facilitate.core.agenda import Agenda, minutes_of
from facilitate.core.words import N_
from facilitate.language import Language
from facilitate.papers import dressed
from facilitate.restitution import typography
from facilitate.restitution.brand import HOUSE, Brand
from facilitate.restitution.data import spreadsheet

_PER_PAGE = 10  # badges
_LONG = re.compile(r"[^\s-]{20,}")


def sheet(desk: Desk, agenda: Agenda, language: Language, *, brand: Brand = HOUSE) -> str:
    """The attendance sheet of a day: one line a person, one box a half-day, signed or to be, blank lines for those nobody expected."""
    return blank_sheet(agenda, desk.halves, desk.deleted_on.isoformat(), language, people=desk.listed(), brand=brand)


def blank_sheet(
    agenda: Agenda, halves: Sequence[Half], kept: str, language: Language, *, people: Sequence[Person] = (), brand: Brand = HOUSE
) -> str:
    """The same for a day that has no desk yet; ``kept`` the ISO date until when it is kept, or ''."""
    say = language.say
    # Who runs each step is told in roles ("a facilitator, a scribe"): that is the team's business, and nobody's name.
    speakers = dict.fromkeys(filter(None, (step.settings.get("speaker", "") for step in agenda.activities)))
    facts = [
        (say(N_("Date")), _day(agenda.date, language)),
        (say(N_("Hours")), _hours(halves, language)),
        (say(N_("Place")), agenda.place),
        (say(N_("Organiser")), agenda.host),
        (say(N_("Trainers and speakers")), ", ".join(speakers)),
    ]
    until = N_(
        "Kept apart until %(date)s, then deleted. It tells who was here, serves nothing else, and is never joined to what people write."
    )
    words = {
        "kind": " · ".join(filter(None, (agenda.host, say(N_("Attendance sheet"))))),
        "title": agenda.title,
        "facts": [(label, text) for label, text in facts if text],
        "head": [say(N_("No.")), say(N_("Name")), say(N_("Organisation"))],
        "halves": [_heading(half, language) for half in halves],
        "rows": [
            {
                "last": _breakable(one.last),
                "first": _breakable(one.first),
                "place": _breakable(_place(one, say(N_("at a distance")))),
                "boxes": [_box(one, half, language) for half in halves],
            }
            for one in people
        ],
        "blank": max(6, len(people) // 8) if people else 15,
        "certify": [
            say(N_("Certified correct, for the organiser: name, date and signature")),
            say(N_("Trainers and speakers: signatures")),
        ],
        "mentions": [*_funded(agenda, language), *([say(until, date=typography.date(kept, language.name))] if kept else [])],
        "page": say(N_("page %(n)s of %(total)s"), n="{n}", total="{total}"),
    }
    return dressed("attendance", words, language, brand=brand, day=agenda.date)


def _box(one: Person, half: Half, language: Language) -> dict[str, str] | None:
    """What a box holds once it is signed: the drawing or the name, and the hour."""
    signed = one.signatures.get(half.key)
    if signed is None:
        return None
    said = {"name": language.say(N_("Signature of %(name)s"), name=one.name), "hour": typography.hour(signed.at, language.name)}
    return said | ({"svg": drawn_svg(signed.drawn)} if signed.drawn else {"typed": one.name})


def certificates(desk: Desk, people: Sequence[Person], agenda: Agenda, language: Language, *, brand: Brand = HOUSE) -> str:
    """One page for each of these people: who they are, the day, and the hours they attended, as ticked or signed."""
    say = language.say
    facts = [(say(N_("Date")), _day(agenda.date, language)), (say(N_("Place")), agenda.place), (say(N_("Organiser")), agenda.host)]
    words = {
        "kind": say(N_("Certificate of attendance")),
        "title": agenda.title,
        "host": agenda.host or say(N_("The organiser of the day")),
        "certifies": say(N_("certifies that")),
        "attended": say(N_("attended")),
        "facts": [(label, text) for label, text in facts if text],
        "pages": [_certified(one, desk.attended(one), language) for one in people],
        "sign": say(N_("For the organiser: place and date, name, signature")),
        "source": say(N_("Hours noted at the welcome desk or by signing on a phone, within those of the programme.")),
        "mentions": _funded(agenda, language),
    }
    return dressed("certificates", words, language, brand=brand, day=agenda.date)


def _certified(one: Person, attended: Sequence[Attended], language: Language) -> dict[str, Any]:
    say = language.say
    minutes = [each.minutes for each in attended]
    return {
        "name": _breakable(one.name),
        "place": _breakable(", ".join(filter(None, (one.role, one.structure or one.territory)))),
        "hours": [(say(each.half.label), _spent(each, language), _lasting(each.minutes) if each.minutes else "") for each in attended],
        "total": say(N_("In all: %(time)s"), time=_lasting(sum(minutes))) if len(minutes) > 1 and all(minutes) else "",
    }


def _spent(each: Attended, language: Language) -> str:
    """'de 9 h 30 à 12 h 30, signature à 9 h 32'."""
    say, hour = language.say, {name: typography.hour(at, language.name) for name, at in (("start", each.start), ("end", each.end)) if at}
    told = say(N_("from %(start)s to %(end)s"), **hour) if each.minutes else say(N_("arrived at %(start)s"), **hour)
    signed = say(N_("signed at %(hour)s"), hour=typography.hour(each.signature.at, language.name)) if each.signature else ""
    return ", ".join(filter(None, (told, signed)))


def badges(desk: Desk, agenda: Agenda, language: Language, *, brand: Brand = HOUSE) -> str:
    """What the badges say: a name, large, and an organisation; the last page is filled up with blank ones."""
    people = desk.listed()
    blank = -len(people) % _PER_PAGE or (0 if people else _PER_PAGE)
    day = typography.date(agenda.date, language.name) if len(agenda.date) == 10 else ""
    words = {
        "kind": language.say(N_("Badges")),
        "title": agenda.title,
        "badges": [(one.first or one.last, one.last if one.first else "", one.structure or one.territory) for one in people],
        "blank": blank,
        "foot": " · ".join(filter(None, (agenda.title, day.replace(" ", "\u00a0")))),
    }
    return dressed("badges", words, language, brand=brand, day=agenda.date)


def to_csv(desk: Desk, language: Language) -> bytes:
    """The list and its hours for a spreadsheet: UTF-8 with its mark, semicolons in French; no cell is read as a formula."""
    say, halves = language.say, desk.halves
    yes, no = say(N_("yes")), say(N_("no"))
    head = [N_("Last name"), N_("First name"), N_("Organisation"), N_("Role"), N_("Territory"), N_("On the list"), N_("Phone")]
    hours = [(half, what) for half in halves for what in (N_("arrived"), N_("late"), N_("left"))]
    rows = [[*map(say, head), *(f"{say(half.label)}, {say(what)}" for half, what in hours)]]
    for one in desk.listed():
        ticks = [one.tick(half.key) for half in halves]
        told = [text for tick in ticks for text in (tick.came, yes if tick.late else "", tick.left)]
        facts = [one.last, one.first, one.structure, one.role, one.territory]
        flags = [no if one.walkin else yes, yes if one.phone else no]
        rows.append([*facts, *flags, *told])
    return spreadsheet(rows, language)


def _place(one: Person, far: str) -> str:
    return ", ".join(filter(None, (one.role, one.structure or one.territory, far if one.remote else "")))


def _breakable(text: str) -> str:
    """No word wider than its column."""
    return _LONG.sub(lambda word: "\u200b".join(re.findall(".{1,12}", word[0])), text)


def _day(iso: str, language: Language) -> str:
    return typography.date(iso, language.name) if len(iso) == 10 else iso


def _heading(half: Half, language: Language) -> str:
    named = language.say(half.label)
    return f"{named}, {typography.hour(half.start, language.name)}" if half.start else named


def _hours(halves: Sequence[Half], language: Language) -> str:
    """'9 h 30 – 12 h 30 et 13 h 45 – 17 h, soit 6 h 15'."""
    timed = [half for half in halves if half.start and half.end]
    if not timed:
        return ""
    spans = [f"{typography.hour(half.start, language.name)} – {typography.hour(half.end, language.name)}" for half in timed]
    minutes = sum((minutes_of(half.end) - minutes_of(half.start)) % 1440 for half in timed)
    return language.say(N_("%(spans)s: %(lasts)s in all"), spans=language.say(N_(" and ")).join(spans), lasts=_lasting(minutes))


def _lasting(minutes: int) -> str:
    """375 → '6 h 15'."""
    return f"{minutes // 60}\u00a0h" + (f"\u00a0{minutes % 60:02d}" if minutes % 60 else "")


def _funded(agenda: Agenda, language: Language) -> list[str]:
    return [language.say(N_("With the support of %(funders)s."), funders=", ".join(agenda.funders))] if agenda.funders else []
