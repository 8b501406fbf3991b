"""Owns the zip that carries one session from a journal to another: the same entries always make the same bytes.

It holds ``journal.jsonl``: a header, then one entry per line, as canonical JSON; and ``media/ID``, the pictures that entries name, each
under the id that says its bytes. Keys, secrets and attendance never leave the journal.
"""

import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from io import BytesIO
from typing import IO, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from facilitate import __version__
from facilitate.core.activity import Kinds
from facilitate.core.contribution import MASK, Viewer
from facilitate.core.driving import CONSOLE_VERBS
from facilitate.core.entry import ERASED, MASKED, Entry, Refused
from facilitate.core.erasure import emptied_by, empty, left_by
from facilitate.core.state import MODERATION, SessionState, fold
from facilitate.core.words import N_
from facilitate.journal import Conflict, Journal, SessionRow, canonical, destroyed
from facilitate.language import Language
from facilitate.pictures import JPEG, is_jpeg, media_id
from facilitate.restitution.build import build
from facilitate.restitution.html import to_html

JOURNAL = "journal.jsonl"
LIMIT, LIMIT_LINE, LIMIT_PICTURE, LIMIT_PICTURES = 200, 8, 10, 4000  # megabytes, unpacked: the journal, one entry, one picture, all of them

_FIELDS = [field.name for field in fields(Entry)]
_COURSE = CONSOLE_VERBS - MODERATION | {"sheet", "capacity", "collect"}
_MEDIA = re.compile(r"media/([0-9a-f]{32})")
_DIFFERS = N_("This session is already here, and what happened in it differs from this archive. Nothing was imported.")


class BadArchive(Exception):
    """Why an archive was not imported. ``refused`` holds the msgid and its values; ``str()`` says it in English."""

    def __init__(self, code: str, text: str, **values: Any) -> None:
        super().__init__(text % values)
        self.refused = Refused(code, text, values)


def export(journal: Journal, session: str, file: IO[bytes]) -> None:
    """Writes a session's archive to a seekable file. LookupError if there is no such session."""
    row = journal.by_id(session)
    if row is None:
        raise LookupError(session)
    header = {"facilitate": __version__, "session": row.id, "code": row.code, "title": row.title, "created": row.created}
    lines = [canonical(header), *map(_line, journal.since(session))]
    with ZipFile(file, "w", ZIP_STORED) as archive:
        archive.writestr(_member(JOURNAL), "".join(line + "\n" for line in lines))
        for id in journal.media_ids(row.id):
            if found := journal.media(row.id, id):
                archive.writestr(_member(f"media/{id}"), found[1])


def _member(name: str) -> ZipInfo:
    info = ZipInfo(name)  # dated 1980-01-01 unless told otherwise
    info.create_system, info.external_attr = 3, 0o100644 << 16  # a plain file made on Unix, wherever it was made
    return info


def readable(kinds: Kinds, language: Language) -> Callable[[Sequence[Entry]], None]:
    """What ``import_`` asks of entries whose maker is not known: that the screens and the report of their day can be made. Raises whatever
    stands in the way."""

    def read(entries: Sequence[Entry]) -> None:
        state = fold(SessionState(), entries, kinds)
        if state.collects:
            return
        viewers = [Viewer("wall"), Viewer("console"), *(Viewer("participant", id) for id in state.people)]
        for step in state.ordered:
            kind, summary, sources = kinds.get(step.activity.kind), state.summaries[step.activity.id], state.sources(step, kinds)
            for viewer in viewers if kind else ():
                canonical(kind.view(step.activity.settings, summary, viewer, sources))  # type: ignore[union-attr]
        to_html(build(state, kinds, language), language.say)

    return read


def import_(journal: Journal, file: IO[bytes], read: Callable[[Sequence[Entry]], None] | None = None) -> tuple[SessionRow, int]:
    """Adds to the journal what an archive holds and the journal does not: the session, and how many entries were added.

    A new session keeps its id; it gets new staff keys, and a new code if another session has its code here. Raises ``BadArchive``,
    before anything is written; also where ``read`` raises anything upon the entries that the session would have.
    """
    raw, pictures = _unzip(file)
    header, entries = _parse(raw)
    row = journal.by_id(header["session"])
    if row is None and journal.was_removed(header["session"]):
        text = N_("This session was here and was removed, having been kept for as long as was decided. It does not come back.")
        raise BadArchive("archive_removed", text)
    stored = journal.since(row.id) if row else []
    # What was erased here stays so, whatever an older archive holds; what was erased there since is erased here too.
    since, less = emptied_by(entries[len(stored) :]), (ERASED, MASKED)
    both = list(zip(stored, entries, strict=False))
    emptied = [theirs for ours, theirs in both if ours != theirs and theirs.seq in since and _has_less(ours, theirs)]
    known = {ours.seq for ours, _ in both if ours.print in less} | {theirs.seq for theirs in emptied}
    if any(_line(empty(ours)) != _line(empty(theirs)) if ours.seq in known else ours != theirs for ours, theirs in both):
        raise BadArchive("archive_differs", _DIFFERS)
    if read is not None and len(entries) > len(stored):
        try:
            read([*stored, *entries[len(stored) :]])
        except Exception as error:
            text = N_("What this archive holds can be neither shown nor told: it was changed since it left. Nothing was imported.")
            raise BadArchive("archive_day", text) from error
    if row is None:
        code = None if journal.session(header["code"]) else header["code"]
        row = journal.create(path=None, title=header["title"], created=header["created"], code=code, id=header["session"])
    added = entries[len(stored) :]
    if added:
        try:
            journal.append(row.id, len(stored), added, emptied=emptied, leave=left_by(added))
        except Conflict as error:  # the session goes on here while it is imported
            raise BadArchive("archive_differs", _DIFFERS) from error
    with ZipFile(file) as archive:
        # An older archive does not bring back what was destroyed since.
        for id in sorted(set(pictures) - set(journal.media_ids(row.id)) - destroyed(journal.since(row.id))):
            journal.keep_media(row.id, id, JPEG, archive.read(f"media/{id}"))
    return row, len(added)


def _has_less(ours: Entry, theirs: Entry) -> bool:
    """Whether an erasure or a masked name makes theirs of ours: an archive takes words away, and puts none in anyone's mouth. How the day
    went is nobody's words."""
    if theirs.print == ERASED:
        return ours.do not in _COURSE and _line(theirs) == _line(empty(ours))
    same = replace(theirs, content={}, print="") == replace(ours, content={}, print="")
    return theirs.print == MASKED and same and _is_masked(ours.content, theirs.content)


def _is_masked(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, str) and isinstance(theirs, str):
        first, *rest = theirs.split(MASK)
        if not rest or not ours.startswith(first):
            return ours == theirs
        place = len(first)
        for part in rest[:-1]:
            place = ours.find(part, place) + len(part)
            if place < len(part):
                return False
        return place + len(rest[-1]) <= len(ours) and ours.endswith(rest[-1])
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return ours.keys() == theirs.keys() and all(_is_masked(one, theirs[name]) for name, one in ours.items())
    if isinstance(ours, list | tuple) and isinstance(theirs, list | tuple):
        return len(ours) == len(theirs) and all(map(_is_masked, ours, theirs))
    return bool(ours == theirs)


def _line(entry: Entry) -> str:
    return canonical({name: getattr(entry, name) for name in _FIELDS})


def _unzip(file: IO[bytes]) -> tuple[bytes, list[str]]:
    """The journal, and the ids of the pictures, each read once and found to be what its name says."""
    try:
        with ZipFile(file) as archive:
            names = archive.namelist()
            for name in names:
                if name != JOURNAL and not _MEDIA.fullmatch(name):  # a path that climbs out of its folder is only one more of these
                    text = N_("This archive holds a file that has no place in it: %(name)s. Nothing was imported.")
                    raise BadArchive("archive_unexpected", text, name=name)
            if names.count(JOURNAL) != 1 or len(set(names)) != len(names):
                raise BadArchive("archive_no_journal", N_("This archive does not hold one journal.jsonl. Nothing was imported."))
            if any(member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for member in archive.infolist()):
                raise BadZipFile  # the others fail each in its own way
            sizes = {member.filename: member.file_size for member in archive.infolist()}
            raw = sizes.pop(JOURNAL)
            for size, limit in ((raw, LIMIT), (max(sizes.values(), default=0), LIMIT_PICTURE), (sum(sizes.values()), LIMIT_PICTURES)):
                if size > limit * 1_000_000:
                    text = N_("This archive is too big: it may hold %(limit)d MB at most. Nothing was imported.")
                    raise BadArchive("archive_too_big", text, limit=limit)
            ids = [name.removeprefix("media/") for name in sizes]
            for id in ids:
                picture = archive.read(f"media/{id}")  # never more than the size just read
                if media_id(picture) != id or not is_jpeg(picture):
                    text = N_("A picture of this archive is not what it was when it left: %(name)s. Nothing was imported.")
                    raise BadArchive("archive_picture", text, name=f"media/{id}")
            return archive.read(JOURNAL), ids
    except (BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise BadArchive("archive_unreadable", N_("This file is not a zip archive, or it is damaged. Nothing was imported.")) from error


def _parse(raw: bytes) -> tuple[dict[str, str], list[Entry]]:
    header: dict[str, str] = {}
    entries: list[Entry] = []
    ids = {""}
    # Line by line: two hundred megabytes of line ends, all at once, would be two thousand.
    for number, line in enumerate(BytesIO(raw or b"\n"), 1):
        try:
            if len(line) > LIMIT_LINE * 1_000_000:
                raise ValueError
            facts = json.loads(line.decode())
            if number == 1:
                header = _header(facts)
            else:
                entries.append(_entry(facts, number - 1, ids))
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            text = N_("Line %(line)d of this archive’s journal.jsonl is broken. Nothing was imported.")
            raise BadArchive("archive_line", text, line=number) from error
    return header, entries


def _header(facts: dict[str, Any]) -> dict[str, str]:
    header = {name: _text(facts[name]) for name in ("session", "code", "title", "created")}
    if str(UUID(header["session"])) != header["session"] or not header["code"].isalnum():
        raise ValueError
    datetime.fromisoformat(header["created"])
    if not re.match(r"\d{4}-\d\d-\d\d(?:$|[T ])", header["created"]):
        raise ValueError
    return header


def _entry(facts: dict[str, Any], seq: int, ids: set[str]) -> Entry:
    entry = Entry(**facts)
    for name in ("id", "at", "by", "do", "activity", "on", "print"):
        _text(getattr(entry, name))
    if (type(entry.seq), entry.seq) != (int, seq) or entry.id in ids or not isinstance(entry.content, dict):
        raise ValueError
    if type(entry.v) is not int or not 0 < entry.v < 2**31:
        raise ValueError
    _line(entry).encode()  # no number that JSON does not have, no half of a surrogate pair
    ids.add(entry.id)
    return entry


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:  # PostgreSQL keeps no NUL
        raise ValueError
    value.encode()
    return value
