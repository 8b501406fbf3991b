"""The power cut at any write: what was answered is there, and what opens is an exact part, from its beginning, of what was written."""

import random
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from faults.disk import Disk, Happened, Traced, happened
from faults.phones import SHEET, Phones, stored
from harness.loop import run
from harness.tally import LONG, rounds
from web.http import console

from facilitate.app import find_kinds
from facilitate.core.entry import Entry
from facilitate.journal import Journal
from facilitate.verify import Found, NotReadable, opened, salvage, verify

KINDS = find_kinds()
MANY = 600 if LONG else 60


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Happened], list[Entry]]:
    """What a server did to its files while phones posted and the day was finished, and the journal at the end."""
    if not shutil.which("strace"):
        pytest.skip("no strace on this machine: `make test` installs it where it may")
    folder = tmp_path_factory.mktemp("power")
    sheet = folder / "sheet.md"
    sheet.write_text(SHEET)
    day = Traced(sheet, folder / "server")
    phones = Phones(day, 10, 1, pause=0.01, words="Le camion frigorifique passe deux fois par semaine. " * 12)
    try:
        run(phones.play(lambda: phones.until(lambda: len(phones.kept) > MANY)))
        assert console(day).act("finish").status == 200
    finally:
        day.kill()
    return list(happened(day.trace)), stored(day.data_dir)


def laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def looked_at(folder: Path) -> Found:
    with opened(folder) as source:
        return verify(source, KINDS)


def test_a_power_cut_at_any_write_leaves_every_act_that_was_answered(recorded, tmp_path, tally):
    events, entries = recorded
    die, disk = random.Random(1), Disk()
    told = next(place for place, one in enumerate(events) if one.what == "told")
    writes = [place for place, one in enumerate(events) if place > told and one.what != "told"]
    chosen, tries = set(die.sample(writes, min(len(writes), 1500 if LONG else 40))), rounds(40, 1500)
    for place, one in enumerate(events):
        if place in chosen and next(tries, None) is not None:
            folder = laid_out(tmp_path / "cut", disk.cut(die, one))
            verified = looked_at(folder)
            kept = stored(folder)
            assert kept == entries[: len(kept)], f"at call {place}, what opens is a part of the journal from its beginning"
            tally("Power cut at any write", acknowledged=range(1, disk.told + 1), kept=[entry.seq for entry in kept])
            assert verified.whole
            (day,) = verified.days.values()
            assert max(day.entries) == len(kept), "verify says where it ends"
        disk.goes_on(one)
    assert disk.told == len(entries)


def moments(events: Sequence[Happened], die: random.Random, many: int) -> Iterator[dict[str, bytes]]:
    """The files, all that was written in them, at so many moments after the first answer."""
    disk, first = Disk(), next(place for place, one in enumerate(events) if one.what == "told")
    chosen = Counter(die.randrange(first, len(events)) for _ in range(many))
    for place, one in enumerate(events):
        disk.goes_on(one)
        for _ in range(chosen[place]):
            yield disk.files()


def test_a_log_cut_at_any_byte_opens_as_an_exact_beginning_of_the_journal(recorded, tmp_path, tally):
    events, entries = recorded
    die, ends = random.Random(2), set[int]()
    # Once a part of the log was copied into the database, a log cut before that is another matter: a damaged file, below.
    copied = next(
        (
            place
            for place, one in enumerate(events)
            if one.file == "facilitate.db" and one.what == "write" and any(before.what == "told" for before in events[:place])
        ),
        len(events),
    )
    for _, files in zip(rounds(25, 400), moments(events[:copied], die, 400 if LONG else 25), strict=False):
        log = files["facilitate.db-wal"]
        cut = die.randrange(len(log) + 1)
        manner = die.choice(("shorter", "zeros", "noise"))
        rest = {"shorter": b"", "zeros": bytes(len(log) - cut), "noise": die.randbytes(len(log) - cut)}[manner]
        folder = laid_out(tmp_path / "cut", files | {"facilitate.db-wal": log[:cut] + rest})
        try:
            found = looked_at(folder)
        except NotReadable:
            # Cut before the tables were there: nothing had been told to anyone.
            Journal.in_folder(folder).close()
            found = looked_at(folder)
        assert found.whole
        kept = stored(folder) if found.days else []
        assert kept == entries[: len(kept)]
        assert [max(day.entries, default=0) for day in found.days.values()] in ([], [len(kept)]), "verify says where it ends"
        ends.add(len(kept))
        tally("Log cut at any byte (it ends earlier)", kept=[entry.seq for entry in kept])
    assert len(ends) > 5


def test_a_database_cut_at_any_byte_is_told_and_the_rest_of_it_saved(recorded, tmp_path, tally):
    events, _ = recorded
    die = random.Random(3)
    for _, files in zip(rounds(6, 100), moments(events, die, 100 if LONG else 6), strict=False):
        whole = laid_out(tmp_path / "whole", files)
        left = stored(whole)
        cut = die.randrange(len(files["facilitate.db"]))
        folder = laid_out(tmp_path / "cut", files | {"facilitate.db": files["facilitate.db"][:cut]})
        with opened(folder) as source:
            found = verify(source, KINDS)
            read = {row["id"] for day in found.days.values() for row in day.entries.values()}
            assert read <= {entry.id for entry in left}
            if not found.whole:
                salvage(source, found, tmp_path / "cut" / "saved")
        if found.whole:
            assert stored(folder) == left
        else:
            # Where nothing could be read, there is no day to save.
            assert not read or {entry.id for entry in stored(folder / "saved")} >= read
        tally("Database cut at any byte (told, rest saved)")
