"""Owns the pack: one zip with a report in every format, its photos, the papers that go with it, and a page that says what each file is.

``python -m facilitate.restitution.pack FILE`` is the door for the server: an ``Order`` on stdin, FILE written; on stdout one line of JSON
for each thing done. It is a process of its own: the room is served meanwhile, and what it took is given back. Where it fails, FILE is as it
was.
"""

import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from facilitate.core.tree import Card, Document, Figure, Pictures, Section
from facilitate.core.words import N_
from facilitate.language import Language
from facilitate.restitution import FORMATS, HOUSE, Brand, Report
from facilitate.restitution.build import Building
from facilitate.restitution.data import Data, told
from facilitate.restitution.pandoc import after_all_else
from facilitate.restitution.zips import write_zip

_SLOWEST_FIRST = ("pdf", "odt", "docx", "md", "html", "xlsx", "json", "csv")

ABOUT = {
    "html": N_("the report to read in a browser: the accessible reference"),
    "pdf": N_("the report to print or to send"),
    "docx": N_("the report for Word"),
    "odt": N_("the report for LibreOffice"),
    "md": N_("the report as plain text, to be edited again or put into a wiki"),
    "xlsx": N_("every contribution and every table, a sheet for each activity"),
    "csv": N_("every contribution in one table, for any program; its columns are told in the XLSX"),
    "json": N_("all of it as data, for programs"),
}
"""What each format is for."""

SHEET = N_("the attendance sheet, with full names: for the file of whoever funds the day, not to be published")
"""What the attendance sheet is, where a pack holds it."""


@dataclass(frozen=True, slots=True)
class Order:
    """All that a pack is made of. ``name`` begins its files: a code, or the slug of a title. ``pictures``: its JPEGs, by media;
    ``papers``: file → (what it is, in the reader's words; its bytes)."""

    name: str
    document: Document
    language: Language
    data: Data | None = None
    brand: Brand = HOUSE
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    papers: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)


class Failed(Exception):
    """A pack that was not made: ``what`` is 'disk', or the format whose writer failed, or 'process'; ``why`` its own words, for the log."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")
        self.what, self.why = what, why


def ordered(name: str, building: Building, brand: Brand, pictures: Pictures, papers: Mapping[str, tuple[str, bytes]]) -> Order:
    """The pack of a day."""
    document = building.document()
    return Order(name, document, building.language, told(building), brand, shown(document, pictures), papers)


def shown(document: Document, pictures: Pictures) -> dict[str, bytes]:
    """The pictures of a document that are there, in its order."""
    return {media: data for media in dict.fromkeys(_media(document.children)) if (data := pictures(media))}


def pack(order: Order, file: Path, done: Callable[[str, int, int], None] = lambda *_: None) -> None:
    """Writes a pack, or leaves what was there. The same order gives the same members, and the same bytes of each but DOCX, ODT and XLSX, in
    which a change of version may show. ``done``: (the file written, how many are, of how many). Raises ``Failed``."""
    photos = {media: f"photos/photo-{place:02}.jpg" for place, media in enumerate(order.pictures, 1)}
    formats = [one for one in _SLOWEST_FIRST if one in FORMATS]
    report = Report(order.document, order.language.say, order.brand, order.pictures.get, order.data, photos)
    members = {photos[media]: data for media, data in order.pictures.items()}
    members |= {name: data for name, (_, data) in order.papers.items()}
    members["README.txt"] = _readme(order, formats, photos).encode("utf-8-sig")
    part = file.with_name(file.name + ".part")
    try:
        # Most of the time is spent in pandoc and in the process that prints: two at once fill two cores.
        with ThreadPoolExecutor(2) as pool:
            jobs = {pool.submit(FORMATS[one].write, report): one for one in formats}
            for place, job in enumerate(as_completed(jobs), 1):
                format = jobs[job]
                members[f"{order.name}.{format}"] = _result(job.result, format)
                done(f"{order.name}.{format}", place, len(formats) + 1)
        with part.open("wb") as archive:
            write_zip({f"{order.name}/{name}": members[name] for name in sorted(members)}, archive)
        os.replace(part, file)
    except OSError as error:
        raise Failed("disk", str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    done(file.name, len(formats) + 1, len(formats) + 1)


def pack_apart(order: Order, file: Path, done: Callable[[str, int, int], None] = lambda *_: None) -> None:
    """The same by a process of its own: for the server, in a thread. Raises ``Failed``."""
    command = [sys.executable, "-m", "facilitate.restitution.pack", str(file)]
    given = pickle.dumps(order)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        stdin, stdout, stderr = cast(Any, (process.stdin, process.stdout, process.stderr))
        with suppress(BrokenPipeError):  # then it says why on its stderr
            stdin.write(given)
            stdin.close()
        for line in stdout:
            said = json.loads(line)
            if "failed" in said:
                raise Failed(said["failed"], said["why"])
            done(said["file"], said["done"], said["of"])
        trace = stderr.read().decode(errors="replace")
    if process.returncode:
        raise Failed("process", trace)


def main() -> int:
    """Reads an order of our own server on stdin, writes the pack."""
    after_all_else(0)
    order = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - written by pack_apart, the parent of this process
    try:
        pack(order, Path(sys.argv[1]), lambda file, done, of: _say(file=file, done=done, of=of))
    except Failed as error:
        _say(failed=error.what, why=error.why)
    return 0


def _say(**said: Any) -> None:
    print(json.dumps(said), flush=True)


def _result(result: Callable[[], bytes], format: str) -> bytes:
    """What a writer gave. A disk without room is said as such; whatever else went wrong, by the format."""
    try:
        return result()
    except OSError:
        raise
    except Exception as error:
        why = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)
        why = why.decode(errors="replace") if isinstance(why, bytes) else str(why)
        raise Failed("disk" if _NO_ROOM.search(why) else format, why) from error


_NO_ROOM = re.compile("No space left|Disk quota exceeded|File too large|resource exhausted", re.IGNORECASE)
"""How the programs that write say that the disk is full."""


def _readme(order: Order, formats: list[str], photos: Mapping[str, str]) -> str:
    """What each file is, as plain text."""
    say, count = order.language.say, order.language.count
    title = order.document.title or say(N_("Report of the day"))
    files = [(f"{order.name}.{one}", say(ABOUT[one])) for one in FORMATS if one in formats]
    files += [(name, what) for name, (what, _) in sorted(order.papers.items())]
    if photos:
        said = count(
            N_("%(count)s photo, under the name by which the Markdown shows it"),
            N_("%(count)s photos, under the names by which the Markdown shows them"),
            len(photos),
        )
        files.append(("photos/", said))
    lines = [title, "=" * min(len(title), 72), "", order.document.subtitle, "", *(f"{name}\r\n    {what}" for name, what in files), ""]
    lines.append(say(N_("All formats tell the same report. What was withheld is in none of them.")))
    if order.data is not None:
        lines.append(say(_NAMING[order.data.naming]))
        if not order.papers:
            lines.append(
                say(N_("There is no attendance sheet here: it holds names, and goes with a report that names people, where one was kept."))
            )
    return "\r\n".join(lines) + "\r\n"


_NAMING = {
    "named": N_("Whoever agreed is named in the report; nobody else is."),
    "pseudonyms": N_("Nobody is named: each participant bears a number."),
    "roles": N_("Nobody is named: people are told by their role alone."),
}


def _media(nodes: tuple[Any, ...]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Figure):
            yield node.media
        elif isinstance(node, Section):
            yield from _media(node.children)
        elif isinstance(node, Card):
            yield from _media(node.inside)


if __name__ == "__main__":
    sys.exit(main())
