"""Owns the reading of a list of registrants: a table pasted or sent as a file, in any of the ways offices write one.

What is kept is what a welcome desk needs: a name, an organisation, a role, a territory. E-mail addresses never are.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facilitate.core.entry import Refused
from facilitate.core.reading import fold
from facilitate.core.words import N_, clean

LARGEST, MOST = 1_000_000, 3000  # bytes of a list, people in it
LONGEST = 200  # characters of one answer

HEADS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "full name", "nom complet", "nom prenom", "prenom nom", "nom et prenom", "prenom et nom", "attendee", "participant",
             "participante", "participants", "inscrit", "inscrite", "personne", "invite", "invitee"),
    "last": ("nom", "last name", "lastname", "surname", "family name", "nom de famille", "nom d usage"),
    "first": ("prenom", "prenoms", "prenom s", "first name", "firstname", "given name"),
    "structure": ("structure", "organisation", "organization", "organisme", "institution", "etablissement", "entreprise", "company",
                  "collectivite", "employeur", "societe", "nom de la structure", "votre structure"),
    "role": ("fonction", "role", "poste", "position", "job", "job title", "function", "mandat", "qualite", "votre fonction"),
    "territory": ("territoire", "territory", "commune", "ville", "departement", "area", "votre territoire"),
    "mail": ("e mail", "email", "mail", "courriel", "adresse e mail", "adresse email", "adresse mail", "adresse electronique", "e mails",
             "adresse courriel", "email address", "e mail address", "mel"),
}  # fmt: skip
"""What a column holds → the heads it may have, folded."""

COLUMNS = {
    "name": N_("Name"),
    "last": N_("Last name"),
    "first": N_("First name"),
    "structure": N_("Organisation"),
    "role": N_("Role"),
    "territory": N_("Territory"),
}
_KNOWN = {head: column for column, heads in HEADS.items() for head in heads}
_MAIL = re.compile(r"\S+@\S+\.\S+")
_BRACKETED = re.compile(r"\s*[<(\[]\s*\S+@\S+\s*[>)\]]")
_WITHIN = re.compile(r"[^\s;,|\"<>]+@[^\s;,|\"<>]+")
_FOLLOWING = 5  # lines that a quoted answer may run over
_TOO_LARGE = N_("This list is too large: 1 MB and 3000 people at most.")


@dataclass(frozen=True, slots=True)
class Registrant:
    """Someone expected. ``first`` is '' where the list has one column for the whole name; ``lines`` are those of the list that say so."""

    last: str
    first: str = ""
    structure: str = ""
    role: str = ""
    territory: str = ""
    lines: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """As it is said: 'Nadia Haddad'."""
        return f"{self.first} {self.last}".strip()


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that says nobody: its number, its text, and why (a msgid)."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of a list.

    ``columns`` are (its head or '', what it holds); ``ignored`` the heads of what is not kept; ``head`` the list's first line, '' where
    it has no heads.
    """

    people: tuple[Registrant, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    mails: bool = False
    unread: tuple[Unread, ...] = ()
    head: str = ""


def decode(data: bytes) -> str | Refused:
    """The text of a file: UTF-8, UTF-16 or Windows-1252, with or without a byte order mark."""
    if len(data) > LARGEST:
        return Refused("too-large", _TOO_LARGE, status=413)
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"):
        text = N_("This file is a workbook or a document, not a list. In your spreadsheet, choose “Save as… CSV”, or paste the cells here.")
        return Refused("malformed", text)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    # Latin letters in UTF-16 have a zero for every other byte.
    for side, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(data) > 3 and data[side::2].count(0) > len(data) // 5:
            return data.decode(name, "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Five bytes mean nothing in Windows-1252: they become controls, which no name keeps.
        return data.decode("cp1252", "replace").replace("\ufffd", "")


def read(text: str) -> Reading | Refused:
    """The people of a list, whatever its separator, and every line that could not be read with its number."""
    if len(text) > LARGEST:
        return Refused("too-large", _TOO_LARGE, status=413)
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start, told = 0, re.fullmatch(r"sep=(.)", lines[0].strip(), re.I)
    if told:
        lines[0] = ""
    while start < len(lines) and not lines[start].strip():
        start += 1
    if start == len(lines):
        return Refused("empty", N_("This list is empty: paste it, or choose its file."))
    separator = told[1] if told else _separator(lines[start : start + 30])
    records, unread = _records(lines, start, separator)
    head = [_KNOWN.get(fold(cell), "") for cell in records[0][1]] if records else []
    headed = any(head)
    if not headed:
        head = _guessed([cells for _, cells in records])
    elif "name" in head and "first" in head and "last" not in head:
        head = ["last" if column == "name" else column for column in head]
    if not {"name", "last"} & set(head):
        return Refused("no-names", N_("No column of this list is said to hold names. Give it a first line like: name; organisation; role."))
    people, more = _people(records[1:] if headed else records, head, lines)
    if len(people) > MOST:
        return Refused("too-large", _TOO_LARGE, status=413)
    heads = records[0][1] if headed else [""] * len(head)
    columns = tuple((clean(told), COLUMNS[column]) for told, column in zip(heads, head, strict=False) if column in COLUMNS)
    ignored = tuple(clean(told) for told, column in zip(heads, head, strict=False) if column not in COLUMNS and told.strip())
    found = sorted([*unread, *more], key=lambda one: one.line)
    mails = "mail" in head or any(_MAIL.search(cell) for _, cells in records for cell in cells)
    return Reading(_merged(people), columns, ignored, mails, tuple(found), lines[start] if headed else "")


def written(people: Sequence[Registrant]) -> str:
    """A list that ``read`` reads as these people."""
    table = io.StringIO()
    writer = csv.writer(table, delimiter="\t", lineterminator="\n")
    writer.writerow(["last name", "first name", "organisation", "role", "territory"])
    writer.writerows([one.last, one.first, one.structure, one.role, one.territory] for one in people)
    return table.getvalue()


def same(one: Registrant, other: Registrant) -> bool:
    """Whether two lines speak of one person: the same name, whatever its order, accents and capitals, and no two organisations."""
    places = fold(one.structure), fold(other.structure)
    return name_key(one.name) == name_key(other.name) and (places[0] == places[1] or not all(places))


def name_key(name: str) -> str:
    """'HADDAD Nadia' and 'nadia haddad' have the same."""
    return " ".join(sorted(fold(name).split())) or name


def completed(one: Registrant, other: Registrant) -> Registrant:
    """The first, with what only the second tells."""
    named = other if other.first and not one.first else one
    return Registrant(
        named.last,
        named.first,
        one.structure or other.structure,
        one.role or other.role,
        one.territory or other.territory,
        (*one.lines, *other.lines),
    )


def _separator(lines: Sequence[str]) -> str:
    """The sign that cuts the first line into the most heads we know, else these lines into the most columns."""

    def worth(sign: str) -> tuple[int, int]:
        rows = [next(csv.reader([line[:2000]], delimiter=sign), []) for line in lines if line.strip()]
        known = [cell for cell in rows[0] if fold(cell) in _KNOWN]
        return len(known), sum(len(row) > 1 for row in rows) if sign != "," else sum(len(row) > 2 for row in rows)

    return max("\t;,|", key=worth)


def _records(lines: Sequence[str], start: int, separator: str) -> tuple[list[tuple[int, list[str]]], list[Unread]]:
    """(number of its line, cells) of each record; a quote that is never closed spoils its own line only."""
    records, unread, at = list[tuple[int, list[str]]](), list[Unread](), start
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        for last in range(at, min(at + _FOLLOWING, len(lines))):
            cells = _cells("\n".join(lines[at : last + 1]), separator)
            if cells is not None:
                if any(cell.strip() for cell in cells):
                    records.append((at + 1, cells))
                at = last + 1
                break
        else:
            unread.append(Unread(at + 1, _shown(lines[at]), N_("a quotation mark is opened and never closed")))
            at += 1
    return records, unread


def _cells(record: str, separator: str) -> list[str] | None:
    """Its cells, None where it ends within quotes."""
    try:
        return next(csv.reader(io.StringIO(record), delimiter=separator, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
        if "\n" in record:  # a quote closed by another one, lines below, in the middle of a word
            return None
    try:
        return next(csv.reader(io.StringIO(record), delimiter=separator))
    except csv.Error:
        return [record]


def _guessed(rows: Sequence[Sequence[str]]) -> list[str]:
    """Without heads: the first column is the name, the second the organisation; columns of e-mail addresses are passed over."""
    wide = max((len(row) for row in rows), default=0)
    mails = [sum(bool(_MAIL.fullmatch(row[n].strip())) for row in rows if n < len(row)) * 2 > len(rows) for n in range(wide)]
    names = iter(("name", "structure", "role", "territory"))
    return ["mail" if mail else next(names, "") for mail in mails]


def _people(records: Sequence[tuple[int, list[str]]], head: Sequence[str], lines: Sequence[str]) -> tuple[list[Registrant], list[Unread]]:
    people, unread = list[Registrant](), list[Unread]()
    for line, cells in records:
        facts = dict[str, str]()
        for column, cell in zip(head, cells, strict=False):
            if column in COLUMNS and not facts.get(column):
                facts[column] = _plain(cell)
        why = ""
        if any(cell.strip() for cell in cells[len(head) :]):
            why = N_("it has more cells than the first line has heads")
        elif max(map(len, facts.values()), default=0) > LONGEST:
            why = N_("one of its answers is too long")
        last, first = facts.get("last") or facts.get("name", ""), facts.get("first", "")
        if not first and last.count(", ") == 1:
            last, first = last.split(", ")
        if not why and not fold(last + first):
            why = N_("it holds no name")
        if why:
            unread.append(Unread(line, _shown(lines[line - 1]), why))
        else:
            structure, role, territory = (facts.get(name, "") for name in ("structure", "role", "territory"))
            people.append(Registrant(last or first, first if last else "", structure, role, territory, (line,)))
    return people, unread


def _shown(line: str) -> str:
    """A line as it came, without its e-mail addresses."""
    return clean(_WITHIN.sub("", line))[: 4 * LONGEST]


def _plain(cell: str) -> str:
    """One line of text, without an e-mail address, and without the mark that keeps a spreadsheet from reading a formula."""
    text = " ".join(clean(cell).split())
    if text[:1] == "'" and text[1:2] in "=+-@":
        text = text[1:]
    text = _BRACKETED.sub("", text)
    return "" if _MAIL.fullmatch(text) else text


def _merged(people: Sequence[Registrant]) -> tuple[Registrant, ...]:
    """Each person once, in the order of the list."""
    found = dict[str, list[Registrant]]()
    for one in people:
        alike = found.setdefault(name_key(one.name), [])
        place = next((n for n, other in enumerate(alike) if same(other, one)), None)
        if place is None:
            alike.append(one)
        else:
            alike[place] = completed(alike[place], one)
    return tuple(sorted((one for alike in found.values() for one in alike), key=lambda one: one.lines[:1]))
