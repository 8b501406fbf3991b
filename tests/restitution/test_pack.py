"""The pack: every format, photos, papers, and what each file is; nothing of anyone in it that the report may not say."""

import io
import json
import pickle
import re
import resource
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from activities.room import LANGUAGES
from core.day import KINDS, Day
from PIL import Image
from restitution.sample import day

from facilitate.core.entry import Entry
from facilitate.core.state import apply
from facilitate.core.tree import Document, Facts, Figure, Section
from facilitate.restitution import FORMATS
from facilitate.restitution.build import Building
from facilitate.restitution.pack import Failed, Order, ordered, pack, pack_apart

FRENCH = LANGUAGES["fr"]


def members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {name: archive.read(name) for name in archive.namelist()}


def jpeg(colour: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), (colour, 40, 30)).save(out, "JPEG")
    return out.getvalue()


def test_a_pack_holds_every_format_the_photos_under_their_own_names_and_what_each_file_is(tmp_path: Path) -> None:
    photos = Section("Photos", "photos", tuple(Figure(f"{n:032x}", f"Photo {n}", "") for n in (7, 3, 7, 9)))
    document = Document("Une journée", "Dix personnes.", "fr", "2021-09-24", Facts(()), (photos,))
    order = Order("RVT482-restitution", document, FRENCH, pictures={f"{n:032x}": jpeg(n) for n in (7, 3)})
    said: list[tuple[str, int, int]] = []
    pack(order, tmp_path / "pack.zip", lambda *one: said.append(one))
    found = members(tmp_path / "pack.zip")
    formats = {f"RVT482-restitution/RVT482-restitution.{format}" for format in FORMATS}
    photos_kept = {"RVT482-restitution/photos/photo-01.jpg", "RVT482-restitution/photos/photo-02.jpg"}
    assert set(found) == {*formats, *photos_kept, "RVT482-restitution/README.txt"}
    assert found["RVT482-restitution/photos/photo-01.jpg"] == jpeg(7)
    markdown = found["RVT482-restitution/RVT482-restitution.md"].decode()
    assert re.findall(r"!\[(.*?)\]\((.*?)\)", markdown) == [
        ("Photo 7", "photos/photo-01.jpg"),
        ("Photo 3", "photos/photo-02.jpg"),
        ("Photo 7", "photos/photo-01.jpg"),
    ]
    assert "Photo 9" in markdown
    readme = found["RVT482-restitution/README.txt"].decode("utf-8-sig")
    assert all(f"RVT482-restitution.{format}\r\n" in readme for format in FORMATS)
    assert "2 photos" in readme
    assert [done for _, done, _ in said] == list(range(1, len(FORMATS) + 2))
    assert {of for _, _, of in said} == {len(FORMATS) + 1}
    assert not list(tmp_path.glob("*.part"))


def test_the_same_day_gives_the_same_pack_and_in_english_an_english_one(tmp_path: Path) -> None:
    order = Order("report", day(), LANGUAGES["en"], papers={"attendance.pdf": ("the attendance sheet", b"%PDF-")})
    pack_apart(order, tmp_path / "one.zip")
    pack(order, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    readme = members(tmp_path / "one.zip")["report/README.txt"].decode("utf-8-sig")
    assert "attendance.pdf\r\n    the attendance sheet\r\n" in readme
    assert "the report for LibreOffice" in readme


NAMES = ("Nadia Benhaddou", "Zéphyrine Quatrebarbes")
WITHHELD = "Un secret de famille"
ANONYMOUS = "Je n’ose pas le dire sous mon nom"


def lived(naming: str) -> Building:
    """Someone who agreed to be named, someone who did not, and who are named by others; one card withheld, one anonymous."""
    one = Day()
    one.do("join", content={"name": NAMES[0], "territory": "Diois", "role": "Élue", "named": True}, who="anna")
    one.do("join", content={"name": NAMES[1], "territory": "Forez", "structure": "Une SCOP", "role": "Agente"}, who="zoe")
    one.open("situations")
    one.do("post", "situations", {"title": "Une légumerie.", "signed": True}, who="anna")
    one.do("post", "situations", {"title": f"Demandez à {NAMES[0]}.", "signed": True}, who="zoe")
    one.do("post", "situations", {"title": ANONYMOUS, "signed": False}, who="zoe")
    posted = one.do("post", "situations", {"title": WITHHELD, "signed": True}, who="zoe")
    one.do("withhold", "situations", {"why": "une personne absente"}, on=posted[0].id)
    if naming != "named":
        one.state = apply(
            one.state, Entry(one.state.seq + 1, "n", "2021-09-24T09:00:00.000Z", "shelf", "naming", content={"as": naming}), KINDS
        )
    return Building(one.state, KINDS, FRENCH)


def readable(data: bytes) -> bytes:
    """Every byte of a file, what is packed in it unpacked: members of a zip, streams of a PDF."""
    found = [data]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found += [part for name in archive.namelist() for part in (name.encode(), readable(archive.read(name)))]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            found.append(stream)
    return b"\n".join(found)


def spellings(text: str) -> list[bytes]:
    """How a text may stand in bytes."""
    escaped = json.dumps(text)[1:-1]
    return [text.encode(), text.encode("utf-16-be"), text.encode("utf-16-le"), text.encode("latin-1", "ignore"), escaped.encode()]


@pytest.mark.parametrize("naming", ["named", "pseudonyms", "roles"])
def test_no_name_and_no_withheld_word_is_in_any_byte_of_it_that_may_not_be(naming: str, tmp_path: Path) -> None:
    pack(ordered("RVT482-restitution", lived(naming), _brand(), {}.get, {}), tmp_path / "pack.zip")
    whole = readable((tmp_path / "pack.zip").read_bytes())
    pdf = next(data for name, data in members(tmp_path / "pack.zip").items() if name.endswith(".pdf"))
    (tmp_path / "report.pdf").write_bytes(pdf)
    whole += b"\n" + read_pdf(tmp_path / "report.pdf")
    assert "légumerie".encode() in whole
    gone = [WITHHELD, *NAMES[1].split(), *(NAMES if naming != "named" else ())]
    for text in gone:
        assert not [one for one in spellings(text) if one in whole], text
    assert (NAMES[0].encode() in whole) == (naming == "named")
    rows = json.loads(next(data for name, data in members(tmp_path / "pack.zip").items() if name.endswith(".json")))["contributions"][
        "rows"
    ]
    assert len(rows) == 3
    hidden = next(row for row in rows if row["text"] == ANONYMOUS)
    assert (hidden["at"], hidden["territory"], hidden["number"]) == ("", "", 3)


def read_pdf(file: Path) -> bytes:
    from pypdfium2 import PdfDocument

    book = PdfDocument(file)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in book).encode()
    finally:
        book.close()


def _brand() -> Any:
    from facilitate.restitution import HOUSE

    return HOUSE


def test_a_full_disk_is_said_and_the_last_pack_stays(tmp_path: Path) -> None:
    file = tmp_path / "pack.zip"
    file.write_bytes(b"the last good one")
    command = [sys.executable, "-m", "facilitate.restitution.pack", str(file)]
    photos = Section("Photos", "photos", tuple(Figure(one * 32, "Une photo") for one in "ab"))
    document = Document("Une journée", "", "fr", "", Facts(()), (photos,))
    order = Order("report", document, FRENCH, pictures={one * 32: bytes(1_500_000) for one in "ab"})
    limit = (2_000_000, 2_000_000)
    done = subprocess.run(
        command,
        input=pickle.dumps(order),
        capture_output=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )
    assert json.loads(done.stdout.splitlines()[-1])["failed"] == "disk"
    assert file.read_bytes() == b"the last good one"
    assert [one.name for one in tmp_path.iterdir()] == ["pack.zip"]


def test_a_folder_that_is_not_there_is_said_too(tmp_path: Path) -> None:
    with pytest.raises(Failed) as failed:
        pack_apart(Order("report", day(), FRENCH), tmp_path / "nowhere" / "pack.zip")
    assert failed.value.what == "disk"
