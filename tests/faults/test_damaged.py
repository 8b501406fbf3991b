"""A page of the database file damaged: no more is lost than it held, `facilitate verify` names it, and the rest is saved."""

import random
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from harness.tally import rounds
from PIL import Image

from facilitate.app import find_kinds
from facilitate.core.entry import Entry
from facilitate.journal import Journal, KeyRow
from facilitate.pictures import JPEG, media_id
from facilitate.verify import LOST, opened, salvage, verify

PAGE = 4096
KINDS = find_kinds()
AT = "2021-09-24T08:32:10.123Z"

WAYS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "zeros": lambda page, die: bytes(PAGE),
    "ones": lambda page, die: b"\xff" * PAGE,
    "noise": lambda page, die: die.randbytes(PAGE),
    "half": lambda page, die: page[: PAGE // 2] + bytes(PAGE // 2),
    "bits": lambda page, die: bytes(one ^ (die.random() < 0.02) << die.randrange(8) for one in page),
}


def picture(n: int) -> bytes:
    made = BytesIO()
    Image.effect_noise((60, 60 + n), 50).save(made, "JPEG")
    return made.getvalue()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of two days: entries that bear their name in every part of them, pictures, phones."""
    folder = tmp_path_factory.mktemp("kept")
    journal = Journal.in_folder(folder)
    for day in ("Lundi", "Mardi"):
        row = journal.create(path=None, title=day, created=AT)
        pictures = [picture(n) for n in range(4)]
        for data in pictures:
            journal.keep_media(row.id, media_id(data), JPEG, data)
        for first in range(0, 150, 10):
            entries = []
            for seq in range(first + 1, first + 11):
                name = f"<{day} {seq:03}>"
                content = {"title": name * (200 if seq % 40 == 0 else 8)}
                if seq <= len(pictures):
                    content |= {"photo": {"media": media_id(pictures[seq - 1])}}
                entries.append(Entry(seq, name, AT, name, "post", "situations", "", content, name, 1))
            hash = f"{first:064x}"
            journal.append(row.id, first, entries, [KeyRow(hash, "participant", str(UUID(int=first)))])
    journal.close()
    return folder


def test_a_damaged_page_loses_at_most_what_it_held_and_verify_says_which(kept, tmp_path, tally):
    die, whole = random.Random(1), (kept / "facilitate.db").read_bytes()
    numbers = [*range(len(whole) // PAGE)]
    die.shuffle(numbers)
    with opened(kept) as source:
        found = verify(source, KINDS)
    assert found.whole
    every = {row["id"]: (day.id, seq) for day in found.days.values() for seq, row in day.entries.items()}
    assert len(every) == 300
    for n in rounds(5, len(numbers)):
        number, way = numbers[n % len(numbers)], die.choice([*WAYS])
        page = whole[number * PAGE : (number + 1) * PAGE]
        held = {name for name in every if name.encode() in page}
        folder = tmp_path / str(n)
        folder.mkdir()
        (folder / "facilitate.db").write_bytes(whole[: number * PAGE] + WAYS[way](page, die) + whole[(number + 1) * PAGE :])
        with opened(folder) as source:
            found = verify(source, KINDS)
            left = {row["id"] for day in found.days.values() for row in day.entries.values()}
            where = f"page {number + 1}, {way}"
            assert every.keys() - left <= held, where
            assert left == every.keys() or not found.whole, where
            said = {(day.id, seq) for day in found.days.values() for seq in day.lost}
            assert said == {every[name] for name in every.keys() - left}, f"{where}: what is lost is named, and nothing else"
            salvage(source, found, folder / "saved")
        with opened(folder / "saved") as source:
            again = verify(source, KINDS)
        saved = [row["id"] for day in again.days.values() for row in day.entries.values() if row["do"] != LOST]
        assert again.complaints == []
        assert {(day.id, seq) for day in again.days.values() for seq in day.gaps} == said
        assert all(not day.lost for day in again.days.values())
        tally("Database page damaged", acknowledged=every.keys() - held, kept=saved)
        shutil.rmtree(folder)
