"""Owns the organisation's own style: its name, two colours, logos, mentions, licence and templates, kept once for all its days.

Every call blocks, and may come from any thread.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import sqlalchemy as db
from sqlalchemy.exc import IntegrityError

from facilitate.core.agenda import Agenda
from facilitate.core.entry import Refused
from facilitate.core.words import N_, Say, clean
from facilitate.journal import Journal
from facilitate.migrations import house as table
from facilitate.migrations import settings
from facilitate.restitution import europe
from facilitate.restitution.brand import Brand, Logo
from facilitate.restitution.colours import COLOUR, MARK, read_colour, readable

LICENCES = {
    "": N_("Nothing is said of it"),
    "cc-by": N_("Creative Commons Attribution (CC BY 4.0)"),
    "cc-by-sa": N_("Creative Commons Attribution – Share alike (CC BY-SA 4.0)"),
    "etalab": N_("Licence Ouverte 2.0 (Etalab)"),
    "reserved": N_("All rights reserved"),
    "own": N_("In our own words"),
}
_SAID = {
    "cc-by": N_(
        "May be reused by whoever names its source, under the licence Creative Commons Attribution 4.0: "
        "https://creativecommons.org/licenses/by/4.0/"
    ),
    "cc-by-sa": N_(
        "May be reused by whoever names its source and shares alike, under the licence Creative Commons Attribution – Share alike 4.0: "
        "https://creativecommons.org/licenses/by-sa/4.0/"
    ),
    "etalab": N_(
        "May be reused by whoever names its source, under the Licence Ouverte 2.0 of Etalab: https://www.etalab.gouv.fr/licence-ouverte-open-licence"
    ),
    "reserved": N_("All rights reserved."),
}

LIMITS = {"name": 120, "mentions": 1200, "director": 160, "host": 300, "terms": 400, "funder": 160, "contact": 400, "data": 4000}
"""How long each text may be, in signs."""
MOST_FUNDERS = 12
TEMPLATES = ("docx", "odt")
PNG = "image/png"
WORN = "worn"
"""The setting that changes with the style."""
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
}


@dataclass(frozen=True, slots=True)
class Funder:
    """Who pays: ``id`` of its logo's row, ``name``."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class House:
    """What an organisation said of itself. ``colour`` and ``mark`` as it gave them, '#rrggbb'; ``mentions`` a line each;
    ``licence`` one of LICENCES, ``terms`` its own words where that is 'own'; ``contact`` whom one writes to about one's data,
    ``data`` what it says of personal data itself, Markdown; ``files`` the bytes kept, by name: 'logo', a funder's id, 'docx', 'odt'."""

    name: str = ""
    colour: str = COLOUR
    mark: str = MARK
    mentions: str = ""
    director: str = ""
    host: str = ""
    licence: str = ""
    terms: str = ""
    contact: str = ""
    data: str = ""
    funders: tuple[Funder, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)

    def picture(self, name: str) -> str:
        """The name by which a logo is served, which changes with its bytes; '' where there is none."""
        return f"{hashlib.sha256(self.files[name]).hexdigest()[:24]}.png" if name in self.files else ""

    def brand(self, agendas: Iterable[Agenda], say: Say) -> Brand:
        """Itself as documents over these days bear it, its own words as they are, the others in ``say``'s language."""
        legal = [line for text in self.mentions.split("\n") if (line := text.strip())]
        if self.director:
            legal.append(say(N_("Director of publication: %(name)s"), name=self.director))
        if self.host:
            legal.append(say(N_("Host: %(name)s"), name=self.host))
        licence = self.terms if self.licence == "own" else say(_SAID[self.licence]) if self.licence in _SAID else ""
        funders = [Logo(one.name, self.files[one.id]) for one in self.funders if one.id in self.files]
        if any(one.european for one in agendas):
            funders.insert(0, europe.funded(say))
        return Brand(
            colour=readable(self.colour),
            mark=self.mark,
            name=self.name,
            logo=Logo(self.name, self.files["logo"]) if "logo" in self.files else None,
            funders=tuple(funders),
            legal=tuple(legal),
            licence=licence,
            docx=self.files.get("docx", b""),
            odt=self.files.get("odt", b""),
        )


def house(journal: Journal) -> House:
    """The organisation whose days a journal holds. Raises ``Unavailable``."""
    with journal.link() as link:
        rows = {row.name: bytes(row.data) for row in link.execute(db.select(table.c.name, table.c.data))}
    facts: dict[str, Any] = json.loads(rows.pop("facts", b"{}"))
    funders = tuple(Funder(**one) for one in facts.pop("funders", ()))
    return House(**facts, funders=funders, files=rows)


def brand(journal: Journal, agendas: Iterable[Agenda], say: Say) -> Brand:
    """What documents over these days bear: the organisation's style, and Europe's emblem where one of their sheets says so."""
    return house(journal).brand(agendas, say)


def keep(journal: Journal, given: House, worn: str | None = None) -> bool:
    """All of it, or nothing: what was there stays until this is on disk. False, and nothing done, where the setting ``WORN`` is no longer
    ``worn``. Raises ``Unavailable``."""
    facts = {name: value for name, value in asdict(replace(given, files={})).items() if name != "files"}
    rows = [{"name": "facts", "type": "application/json", "data": json.dumps(facts, ensure_ascii=False).encode()}]
    rows += [{"name": name, "type": _TYPES.get(name, PNG), "data": data} for name, data in sorted(given.files.items())]
    with journal.link() as link:
        mark, there = {"name": WORN, "value": str(uuid.uuid4())}, settings.c.name == WORN
        mine = there if worn is None else there & (settings.c.value == worn)
        if not link.execute(db.update(settings).where(mine).values(mark)).rowcount:
            if worn or link.scalar(db.select(settings.c.name).where(there)):
                return False
            try:
                link.execute(db.insert(settings), mark)
            except IntegrityError:
                return False  # two workers at the first change of all
        link.execute(db.delete(table))
        link.execute(db.insert(table), rows)
    return True


def named(given: House, name: str) -> House | Refused:
    """With another name."""
    read = _text("name", name)
    return read if isinstance(read, Refused) else replace(given, name=read)


def coloured(given: House, colour: str, mark: str) -> House | Refused:
    """With other colours, as people write them."""
    read = {"colour": read_colour(colour), "mark": read_colour(mark)}
    for name, one in read.items():
        if one is None:
            text = N_("This is not a colour. Write it as # and six signs, 0 to 9 and a to f, as in #17564b.")
            return Refused("not-a-colour", text, field=name)
    return replace(given, colour=read["colour"] or COLOUR, mark=read["mark"] or MARK)


def told(given: House, said: Mapping[str, str]) -> House | Refused:
    """With other mentions, director, host, licence and terms."""
    read: dict[str, str] = {}
    for name in ("mentions", "director", "host", "terms"):
        text = _text(name, said.get(name, ""))
        if isinstance(text, Refused):
            return text
        read[name] = text
    licence = said.get("licence", "")
    if licence not in LICENCES:
        return Refused("unknown-licence", N_("Choose one of the licences of the list."), field="licence")
    if licence == "own" and not read["terms"]:
        return Refused("no-terms", N_("Write your own words about reuse, or choose another answer."), field="terms")
    return replace(given, licence=licence, **read)  # type: ignore[arg-type]


def answering(given: House, said: Mapping[str, str]) -> House | Refused:
    """With other words about personal data: whom one writes to, and what the organisation says of it itself."""
    read: dict[str, str] = {}
    for name in ("contact", "data"):
        text = _text(name, said.get(name, ""))
        if isinstance(text, Refused):
            return text
        read[name] = text
    return replace(given, **read)  # type: ignore[arg-type]


def with_file(given: House, name: str, data: bytes | None) -> House:
    """With a logo or a template, or without it."""
    files = {key: value for key, value in given.files.items() if key != name}
    return replace(given, files=files if data is None else {**files, name: data})


def with_funder(given: House, name: str, png: bytes) -> House | Refused:
    """With one more funder, after the others."""
    read = _text("funder", name)
    if isinstance(read, Refused):
        return read
    if not read:
        text = N_("Say whose logo it is: the name is read to whoever does not see it.")
        return Refused("no-funder", text, field="funder")
    if len(given.funders) >= MOST_FUNDERS:
        text = N_("%(most)s funders’ logos at most: take one away first.")
        return Refused("too-many-funders", text, {"most": MOST_FUNDERS}, 409)
    id = f"funder-{1 + max((int(one.id.partition('-')[2]) for one in given.funders), default=0)}"
    return with_file(replace(given, funders=(*given.funders, Funder(id, read))), id, png)


def without_funder(given: House, id: str) -> House:
    """Without this one, if there is such a one."""
    if all(one.id != id for one in given.funders):
        return given
    return with_file(replace(given, funders=tuple(one for one in given.funders if one.id != id)), id, None)


def _text(name: str, text: str) -> str | Refused:
    read = clean(text.replace("\r\n", "\n"))
    if len(read) > LIMITS[name]:
        why = N_("There are %(over)s signs too many here: %(most)s at most.")
        return Refused("too-long", why, {"over": len(read) - LIMITS[name], "most": LIMITS[name]}, field=name)
    return read
