"""Owns publications: a report frozen in chosen formats, made whole or not at all; the links that show it, its public page, its folder.

What a link or the public page shows is the last publication: one that fails leaves the one before. A link's token is made from a secret of
this database and the link's own nonce, so that staff can see it again; the database keeps only its hash beside it, and taking a link
back is final. None of this leaves with an exported day.
"""

import base64
import hashlib
import hmac
import json
import logging
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as db
from sqlalchemy.engine import Connection

from facilitate.core.activity import Kinds
from facilitate.core.entry import Refused
from facilitate.core.erasure import ERASURES
from facilitate.core.state import SessionState
from facilitate.core.tree import Document, Pictures
from facilitate.core.words import N_
from facilitate.journal import Damaged, Journal, SessionRow, Unavailable, canonical
from facilitate.language import Language
from facilitate.migrations import entries, publications, published, sessions
from facilitate.restitution import FORMATS, HOUSE, Brand, Report, typography, zips
from facilitate.restitution.build import Building
from facilitate.restitution.changes import Changes, Facts, compare, facts_of, pictures_in, with_changes

log = logging.getLogger(__name__)

INDEX = "index.html"
OFFERED = ("html", "pdf", "docx", "odt", "md")
"""The formats one may publish; HTML is always there."""
_MADE, _LINK, _PUBLIC = "made:", "link:", "public"
_OWN = re.compile(r"[0-9a-f]{32}\.jpg")


class NotPublished(Exception):
    """The report could not be made or kept: the last publication stands. ``refused`` says why, in a msgid."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.text % refused.values)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Publication:
    """A report as it was frozen. ``seq`` of the day it tells; ``at`` when; ``files``: name → size in bytes, none while it is made again;
    ``since``: when the one before was made, ''; ``facts`` by which the next says what changed; ``again``: when it was last made again
    without what was erased, ''."""

    id: str
    seq: int
    at: str
    language: str
    title: str
    formats: tuple[str, ...]
    files: Mapping[str, int]
    since: str
    facts: Facts
    again: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A private address of the last publication. ``label`` for whom; ``revoked`` since when it opens nothing, ''; ``token`` its secret."""

    id: str
    label: str
    made: str
    revoked: str
    token: str


Told = Callable[[Language], tuple[Document, Facts]]
"""The report as it stands in a language, with its facts."""


def of_day(state: SessionState, kinds: Kinds) -> Told:
    """The report of one day."""

    def told(language: Language) -> tuple[Document, Facts]:
        building = Building(state, kinds, language)
        document = building.document()
        return document, facts_of(building, document)

    return told


def file_name(code: str, format: str) -> str:
    """Names hold the code of the day: never anyone's."""
    return INDEX if format == "html" else f"{code}-restitution.{format}"


def publish(
    journal: Journal, row: SessionRow, state: SessionState, told: Told, language: Language, formats: Sequence[str], at: str,
    brand: Brand = HOUSE, pictures: Pictures | None = None,
) -> Publication:  # fmt: skip
    """Makes every file of a new publication, then keeps them all at once in place of the last one's. Blocks for seconds.

    Raises ``NotPublished``.
    """
    before = last(journal, row.id)
    chosen = tuple(name for name in OFFERED if name == "html" or name in formats)
    document, facts = told(language)
    if before is not None and before.files:
        day = typography.date(local_day(before.at, state.agenda.timezone), language.name)
        document = with_changes(document, compare(before.facts, facts), day, language.say, language.count)
    files = _files(document, row.code, chosen, language, pictures or journal.pictures(row.id), brand)
    made = Publication(
        _MADE + at, state.seq, at, language.name, document.title, chosen,
        {name: len(data) for name, (_, data) in files.items()}, before.at if before else "", facts,
    )  # fmt: skip
    try:
        with journal.link() as link:
            _keep(link, row.id, made, files)
    except (Unavailable, Damaged) as error:
        log.error("a publication of %s could not be kept: %s", row.code, error)
        text = N_("The report was made but could not be kept: is the disk full? What was published before still stands. Try again.")
        raise NotPublished(Refused("not-published", text, status=503)) from error
    return made


def _keep(link: Connection, session: str, made: Publication, files: Mapping[str, tuple[str, bytes]]) -> None:
    """In place of the last one."""
    names = ("seq", "at", "language", "title", "formats", "files", "since", "again")
    kept = {name: getattr(made, name) for name in names} | {"facts": made.facts.plain()}
    of_session = publications.c.session == session
    # Two workers that publish at once do so one after the other; what people write meanwhile waits for neither.
    link.execute(db.select(sessions.c.id).where(sessions.c.id == session).with_for_update(key_share=True))
    link.execute(db.delete(published).where(published.c.session == session))
    link.execute(db.delete(publications).where(of_session, publications.c.id.startswith(_MADE)))
    link.execute(db.insert(publications), {"session": session, "id": made.id, "facts": canonical(kept)})
    for name, (type, data) in files.items():
        link.execute(db.insert(published), {"session": session, "id": made.id, "name": name, "type": type, "data": data})


# Without what was erased


def stale(journal: Journal) -> list[str]:
    """The sessions whose publication is to be made again: its files are gone, or something of what it tells was erased since."""
    with journal.link() as link:
        asked = db.select(publications.c.session, publications.c.facts).where(publications.c.id.startswith(_MADE))
        made = {row.session: json.loads(row.facts) for row in link.execute(asked)}
        days = _collected(link) if made else {}
        among = {one for session in made for one in (session, *days.get(session, ()))}
        erased = db.select(entries.c.session, entries.c.seq, entries.c.at).where(entries.c.session.in_(among), entries.c.do.in_(ERASURES))
        tombs = link.execute(erased).all()
    found = []
    for session, facts in made.items():
        since, told = facts.get("again") or facts["at"], {session, *days.get(session, ())}
        new = any(one.session in told and one.at >= since for one in tombs)
        missed = not facts.get("again") and any(one.session == session and one.seq > facts["seq"] for one in tombs)
        if new or missed or not facts["files"]:
            found.append(session)
    return found


def over(journal: Journal, session: str) -> list[str]:
    """The documents over several days that collect this one: ids."""
    with journal.link() as link:
        return sorted(document for document, days in _collected(link).items() if session in days)


def _collected(link: Connection) -> dict[str, list[str]]:
    # Its choice is the first thing that such a document says: no other journal is read.
    first = db.select(entries.c.session).join_from(sessions, entries).where(entries.c.seq == 1, entries.c.do == "collect")
    asked = db.select(entries.c.session, entries.c.content).where(entries.c.session.in_(first), entries.c.do == "collect")
    asked = asked.order_by(entries.c.seq)
    return {row.session: json.loads(row.content).get("sessions", []) for row in link.execute(asked)}


def take_down(journal: Journal, sessions: Iterable[str]) -> None:
    """Deletes the files of what these sessions published, and all that is kept of its words: it is to be made again."""
    with journal.link() as link:
        for session in sessions:
            for id, facts in _facts(link, session, _MADE).items():
                bare = canonical(facts | {"title": "", "files": {}, "facts": Facts().plain()})
                link.execute(db.delete(published).where(published.c.session == session))
                link.execute(db.update(publications).where(publications.c.session == session, publications.c.id == id).values(facts=bare))


def remake(journal: Journal, row: SessionRow, made: Publication, told: Told, language: Language, at: str, brand: Brand) -> None:
    """Makes a publication again, under its own date and addresses; ``at`` when one began to read what it tells. Blocks for seconds.

    Raises ``NotPublished``, ``Unavailable`` or ``Damaged``.
    """
    document, facts = told(language)
    files = _files(document, row.code, made.formats, language, journal.pictures(row.id), brand)
    again = replace(made, title=document.title, files={name: len(data) for name, (_, data) in files.items()}, facts=facts, again=at)
    with journal.link() as link:
        mine = db.select(publications.c.id).where(publications.c.session == row.id, publications.c.id == made.id)
        if link.scalar(mine.with_for_update()):  # else another was published meanwhile
            _keep(link, row.id, again, files)


def _files(
    document: Document, code: str, formats: Sequence[str], language: Language, pictures: Pictures, brand: Brand
) -> dict[str, tuple[str, bytes]]:
    """Every file by name, (media type, bytes): the formats, and the photos that the document shows."""
    media = {id: data for id in pictures_in(document.children) if (data := pictures(id))}
    report = Report(document, language.say, brand, media.get, files={id: _media(id) for id in media})
    files: dict[str, tuple[str, bytes]] = {}
    for format in formats:
        try:
            data = FORMATS[format].write(report)
        except Exception as error:
            # Whatever breaks in a writer, or beneath it, the last publication stands and the page says so.
            log.exception("the %s of %s could not be made", format, code)
            text = N_("The report could not be written as %(format)s. What was published before still stands. Try again, or without it.")
            raise NotPublished(Refused("not-published", text, {"format": FORMATS[format].label}, 503)) from error
        files[file_name(code, format)] = (FORMATS[format].media, data)
    return files | {_media(id): ("image/jpeg", data) for id, data in media.items()}


def _media(id: str) -> str:
    return f"media/{id}.jpg"


def last(journal: Journal, session: str) -> Publication | None:
    """The publication that stands, or None."""
    with journal.link() as link:
        found = _facts(link, session, _MADE)
    if not found:
        return None
    id, facts = max(found.items())
    return Publication(id, **{**facts, "formats": tuple(facts["formats"]), "facts": Facts.read(facts["facts"])})


def file(journal: Journal, session: str, publication: str, name: str) -> tuple[str, bytes] | None:
    """(media type, bytes) of one of its files."""
    asked = (published.c.session == session) & (published.c.id == publication) & (published.c.name == name)
    with journal.link() as link:
        found = link.execute(db.select(published.c.type, published.c.data).where(asked)).first()
    return (found.type, bytes(found.data)) if found else None


def folder(journal: Journal, session: str, made: Publication, language: Language) -> dict[str, bytes]:
    """The publication as files that stand anywhere, their links relative: index.html leads to the others. None while it is made again."""
    found = {name: kept[1] for name in made.files if (kept := file(journal, session, made.id, name))}
    if not found:
        return {}
    return found | {INDEX: with_downloads(found[INDEX], made, language)}


def leave(files: Mapping[str, bytes], to: Path) -> None:
    """Writes them into a folder, index.html last, each in place of the file of that name: what fails leaves what was there. Photos that no
    longer stand in the report go. Raises OSError."""
    to.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=to, prefix=".publishing-") as made:
        for place, data in enumerate(files.values()):
            (Path(made) / str(place)).write_bytes(data)
        (to / "media").mkdir(exist_ok=True)
        for place, name in sorted(enumerate(files), key=lambda one: one[1] == INDEX):
            (Path(made) / str(place)).replace(to / name)
    for old in (to / "media").glob("*.jpg"):
        if f"media/{old.name}" not in files and _OWN.fullmatch(old.name):
            old.unlink()
    if not any((to / "media").iterdir()):
        (to / "media").rmdir()


def zipped(files: Mapping[str, bytes], name: str) -> bytes:
    """The same folder, called ``name``, as one zip."""
    return zips.zipped({f"{name}/{file}": data for file, data in sorted(files.items())})


def since_then(made: Publication, told: Told, language: Language) -> Changes:
    """What a new publication would say that this one does not. Blocks as long as building the report takes."""
    return compare(made.facts, told(language)[1])


_ASIDE = (
    ".downloads{margin-block-end:var(--s-5);font:var(--t-s)/1.5 var(--tool)}.downloads a{display:inline-block;padding-block:.3125rem}"
    "@media print{.downloads{display:none}}"
)


def with_downloads(page: bytes, made: Publication, language: Language, at: str = "") -> bytes:
    """A report's HTML with the way to its other formats; ``at`` stands before their names where the page has no folder of its own."""
    names = [name for format in made.formats for name in made.files if name != INDEX and name.endswith(f".{format}")]
    if not names:
        return page
    links = " · ".join(
        f'<a href="{at}{name}" download>{FORMATS[name.rpartition(".")[2]].label}</a> ({_size(made.files[name], language)})'
        for name in names
    )
    said = language.say(N_("This report as a file"))
    aside = f'<style>{_ASIDE}</style><aside class="downloads" aria-label="{said}">{said}{language.say(N_(": "))}{links}</aside>'
    before, mark, after = page.partition(b'<div class="paper">')
    return before + mark + aside.encode() + after if mark else page


def _size(count: int, language: Language) -> str:
    if count < 1_000_000:
        return language.say(N_("%(size)s kB"), size=typography.number(max(1, round(count / 1000)), language.name))
    return language.say(N_("%(size)s MB"), size=typography.number(round(count / 1_000_000, 1), language.name))


def style_hashes(page: bytes) -> str:
    """The page's own styles as sources of a Content-Security-Policy: what people wrote is escaped, and brings none."""
    styles = [part.partition(b"</style>")[0] for part in page.split(b"<style>")[1:]]
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(one).digest()).decode()}'" for one in styles)


def local_day(at: str, timezone: str) -> str:
    """The day of an instant where the session was held: '2021-09-24'."""
    return datetime.fromisoformat(at).astimezone(ZoneInfo(timezone)).date().isoformat()


# Who may see it


def links(journal: Journal, session: str) -> list[Link]:
    """Every private link of a day, those taken back included, in the order they were made."""
    secret = _secret(journal)
    with journal.link() as link:
        found = _facts(link, session, _LINK)
    ones = [Link(id, one["label"], one["made"], one["revoked"], _token(secret, one["nonce"])) for id, one in found.items()]
    return sorted(ones, key=lambda one: (one.made, one.id))


def add_link(journal: Journal, session: str, label: str, at: str) -> Link:
    """A new private link: whoever holds its address reads what is published, until it is taken back."""
    nonce = secrets.token_hex(16)
    token = _token(_secret(journal), nonce)
    made = Link(_LINK + _hash(token), label, at, "", token)
    with journal.link() as link:
        facts = {"label": label, "made": at, "revoked": "", "nonce": nonce}
        link.execute(db.insert(publications), {"session": session, "id": made.id, "facts": canonical(facts)})
    return made


def revoke(journal: Journal, session: str, id: str, at: str) -> None:
    """From now on this link opens nothing, for good; one that is unknown or taken back already stays as it is."""
    with journal.link() as link:
        facts = _facts(link, session, _LINK).get(id)
        if facts and not facts["revoked"]:
            # Its nonce goes with it: nobody can show its address again.
            kept = canonical(facts | {"revoked": at, "nonce": ""})
            link.execute(db.update(publications).where(publications.c.session == session, publications.c.id == id).values(facts=kept))


def by_token(journal: Journal, token: str) -> tuple[str, Link] | None:
    """(session id, link) of a token as an address holds it; None for one that never was."""
    with journal.link() as link:
        asked = db.select(publications.c.session, publications.c.facts).where(publications.c.id == _LINK + _hash(token))
        found = link.execute(asked).first()
    if found is None:
        return None
    one = json.loads(found.facts)
    return found.session, Link(_LINK + _hash(token), one["label"], one["made"], one["revoked"], token)


def is_public(journal: Journal, session: str) -> str:
    """Since when the last publication has a page for everyone; '' where it has none."""
    with journal.link() as link:
        return str(_facts(link, session, _PUBLIC).get(_PUBLIC, {}).get("since", ""))


def make_public(journal: Journal, session: str, since: str) -> None:
    """Opens the public page, or closes it where ``since`` is ''."""
    with journal.link() as link:
        link.execute(db.delete(publications).where(publications.c.session == session, publications.c.id == _PUBLIC))
        if since:
            link.execute(db.insert(publications), {"session": session, "id": _PUBLIC, "facts": canonical({"since": since})})


def _facts(link: Connection, session: str, beginning: str) -> dict[str, dict[str, Any]]:
    asked = (publications.c.session == session) & publications.c.id.startswith(beginning)
    return {row.id: json.loads(row.facts) for row in link.execute(db.select(publications.c.id, publications.c.facts).where(asked))}


def _secret(journal: Journal) -> str:
    return journal.keep_setting("publishing", secrets.token_urlsafe(32))


def _token(secret: str, nonce: str) -> str:
    """128 bits, as an address holds them; '' where the link was taken back."""
    made = hmac.new(secret.encode(), f"link:{nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made[:16]).decode().rstrip("=") if nonce else ""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
