"""A session leaves in a zip and arrives whole, or not at all."""

import json
from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import files
import pytest

from facilitate.app import find_kinds
from facilitate.archive import BadArchive, export, import_
from facilitate.core.entry import Entry
from facilitate.core.state import SessionState, fold
from facilitate.journal import STAFF, Journal, KeyRow, SessionRow
from facilitate.language import languages
from facilitate.pictures import JPEG, media_id
from facilitate.restitution import FORMATS, write
from facilitate.restitution.build import build

DAY = "2021-09-24T08:32:10.123Z"
HEADER = {
    "facilitate": "0.1.0",
    "session": "8b1f0d6e-4c1f-4f0e-9d53-0d3f5a7c9f10",
    "code": "RVT482",
    "title": "Une journée",
    "created": DAY,
}
LINE = {"seq": 1, "id": "a", "at": DAY, "by": "p1", "do": "post", "activity": "x", "on": "", "content": {}, "print": "", "v": 1}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal.in_folder(tmp_path / "here")
    yield journal
    journal.close()


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal.in_folder(tmp_path / "there")
    yield journal
    journal.close()


def day(journal: Journal, posts: int = 3, **given: str) -> SessionRow:
    row = journal.create(path="/sheets/day.md", title="Une journée d’école", created=DAY, **given)  # type: ignore[arg-type]
    play(journal, row, posts)
    return row


def play(journal: Journal, row: SessionRow, posts: int, text: str = "Vécu :\u202f\n« \\u0000 » 👩‍🌾") -> None:
    last = len(journal.since(row.id))
    entries = [Entry(seq, f"{text[:1]}{seq}", DAY, "p1", "post", "x", "", {"text": text}, "f") for seq in range(last + 1, last + 1 + posts)]
    journal.append(row.id, last, entries, [KeyRow(f"{last}" * 64, "participant", "p1")])


def exported(journal: Journal, row: SessionRow) -> BytesIO:
    file = BytesIO()
    export(journal, row.id, file)
    return file


def zipped(*members: tuple[str, bytes], method: int = ZIP_STORED) -> BytesIO:
    file = BytesIO()
    with ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file


def linked(name: str, to: bytes) -> BytesIO:
    """A member that says it is a symbolic link."""
    member = ZipInfo(name)
    member.create_system, member.external_attr = 3, 0o120777 << 16
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr(member, to)
        if name != "journal.jsonl":
            archive.writestr("journal.jsonl", b"")
    return file


def archive_of(*lines: object) -> BytesIO:
    return zipped(("journal.jsonl", b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)))


def test_the_same_journal_makes_the_same_bytes_here_and_where_it_was_imported(here: Journal, there: Journal) -> None:
    row = day(here)
    first = exported(here, row)
    assert exported(here, row).getvalue() == first.getvalue()
    arrived, added = import_(there, first)
    assert added == 3
    assert there.since(arrived.id) == here.since(row.id)
    assert exported(there, arrived).getvalue() == first.getvalue()


def test_an_archive_is_stored_undated_and_its_lines_are_canonical_json(here: Journal) -> None:
    row = day(here)
    with ZipFile(exported(here, row)) as archive:
        infos = archive.infolist()
        lines = archive.read("journal.jsonl").decode().split("\n")
    assert [(i.filename, i.compress_type, i.date_time, i.external_attr >> 16) for i in infos] == [
        ("journal.jsonl", ZIP_STORED, (1980, 1, 1, 0, 0, 0), 0o100644)
    ]
    assert lines[0] == (
        f'{{"code":"{row.code}","created":"{DAY}","facilitate":"0.1.0","session":"{row.id}","title":"Une journée d’école"}}'
    )
    assert lines[2] == (
        f'{{"activity":"x","at":"{DAY}","by":"p1","content":{{"text":"Vécu :\u202f\\n« \\\\u0000 » 👩‍🌾"}},'
        '"do":"post","id":"V2","on":"","print":"f","seq":2,"v":1}'
    )
    assert len(lines) == 5
    assert lines[4] == ""


def test_keys_secrets_and_the_sheets_path_never_leave(here: Journal) -> None:
    row = day(here)
    secret = here.make_secret(row.id, "vote")
    out = exported(here, row).getvalue()
    private = [*row.keys.values(), *(key.hash for key in here.keys(row.id)), secret.hex(), "/sheets"]
    assert not [word for word in private if word.encode() in out]
    assert secret not in out


def test_a_session_unknown_here_is_not_exported(here: Journal) -> None:
    with pytest.raises(LookupError):
        export(here, "nobody's", BytesIO())


def test_an_imported_session_keeps_its_id_and_code_and_gets_new_staff_keys(here: Journal, there: Journal) -> None:
    row = day(here)
    arrived, _ = import_(there, exported(here, row))
    assert (arrived.id, arrived.code, arrived.title, arrived.created, arrived.path) == (row.id, row.code, row.title, DAY, None)
    assert tuple(arrived.keys) == STAFF
    assert not set(arrived.keys.values()) & set(row.keys.values())
    assert there.sessions() == [arrived]
    assert there.keys(row.id) == []


def test_a_code_that_another_session_has_here_is_replaced(here: Journal, there: Journal) -> None:
    row = day(here, code="RVT482")
    resident = day(there, code="RVT482")
    arrived, added = import_(there, exported(here, row))
    assert arrived.code != "RVT482"
    assert added == 3
    assert there.session("RVT482") == resident
    assert there.by_id(row.id) == there.session(arrived.code) == arrived


def test_importing_twice_changes_nothing(here: Journal, there: Journal) -> None:
    row = day(here)
    archive = exported(here, row)
    first, _ = import_(there, archive)
    assert import_(there, archive) == (first, 0)
    assert import_(here, archive) == (row, 0)
    assert there.since(row.id) == here.since(row.id)


def test_a_longer_archive_adds_what_is_missing_and_a_shorter_one_nothing(here: Journal, there: Journal) -> None:
    row = day(here)
    short = exported(here, row)
    first, _ = import_(there, short)
    play(here, row, 2)
    assert import_(there, exported(here, row)) == (first, 2)
    assert there.since(row.id) == here.since(row.id)
    assert import_(there, short) == (first, 0)
    assert len(there.since(row.id)) == 5


def test_an_archive_that_tells_another_story_is_refused(here: Journal, there: Journal) -> None:
    row = day(here)
    import_(there, exported(here, row))
    play(here, row, 1, "Une autre fin")
    play(there, row, 1, "La fin")
    with pytest.raises(BadArchive, match="differs") as caught:
        import_(there, exported(here, row))
    assert caught.value.refused.code == "archive_differs"
    assert [entry.id for entry in there.since(row.id)] == ["V1", "V2", "V3", "L4"]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (BytesIO(), "archive_unreadable"),
        (BytesIO(b"PK\x03\x04 or so it says"), "archive_unreadable"),
        (zipped(("journal.jsonl", b"{}"), method=ZIP_LZMA), "archive_unreadable"),
        (zipped(), "archive_no_journal"),
        (zipped(("../journal.jsonl", b"")), "archive_unexpected"),
        (zipped(("journal.jsonl", b""), ("media/../../x", b"")), "archive_unexpected"),
        (zipped(("/etc/passwd", b"")), "archive_unexpected"),
        (zipped(("journal.jsonl", b"")), "archive_line"),
        (linked("journal.jsonl", b"/etc/passwd"), "archive_line"),  # read as what it holds: nothing is ever unpacked into a folder
        (linked(f"media/{'a' * 32}", b"/etc/passwd"), "archive_picture"),
    ],
)
def test_a_file_that_is_no_archive_of_ours_is_refused_and_nothing_is_written(here: Journal, file: BytesIO, code: str) -> None:
    with pytest.raises(BadArchive, match="Nothing was imported") as caught:
        import_(here, file)
    assert caught.value.refused.code == code
    assert here.sessions() == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_journals_in_one_archive_are_refused(here: Journal) -> None:
    with pytest.raises(BadArchive, match=r"one journal\.jsonl"):
        import_(here, zipped(("journal.jsonl", b""), ("journal.jsonl", b"")))


def test_an_archive_that_unpacks_to_too_much_is_refused(here: Journal) -> None:
    file, megabyte = BytesIO(), bytes(1_000_000)
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as archive, archive.open("journal.jsonl", "w") as member:
        for _ in range(201):
            member.write(megabyte)
    with pytest.raises(BadArchive, match="200 MB at most"):
        import_(here, file)


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"[]",
        {k: v for k, v in HEADER.items() if k != "title"},
        HEADER | {"session": "../x"},
        HEADER | {"code": "<b>"},
        HEADER | {"created": "yesterday"},
        HEADER | {"title": "\ud800"},
        HEADER | {"title": "a\0b"},
        HEADER | {"title": 3},
    ],
)
def test_a_broken_header_is_told_by_its_line(here: Journal, header: object) -> None:
    with pytest.raises(BadArchive, match="Line 1 of"):
        import_(here, archive_of(header, LINE))
    assert here.sessions() == []


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        {k: v for k, v in LINE.items() if k != "by"},
        LINE | {"seq": 2, "more": ""},
        LINE | {"seq": 3, "id": "c"},
        LINE | {"seq": 2.0, "id": "c"},
        LINE | {"seq": 2, "id": "a"},
        LINE | {"seq": 2, "id": ""},
        LINE | {"seq": 2, "id": 7},
        LINE | {"seq": 2, "id": "c", "by": "\0"},
        LINE | {"seq": 2, "id": "c", "content": []},
        LINE | {"seq": 2, "id": "c", "content": {"text": "\udc00"}},
        LINE | {"seq": 2, "id": "c", "content": {"n": float("nan")}},
        json.dumps(LINE | {"seq": 2, "id": "c", "content": {"n": 0}}).replace("0}", "1e999}").encode(),
        LINE | {"seq": 2, "id": "c", "v": 2**40},
        LINE | {"seq": 2, "id": "c", "v": True},
    ],
)
def test_a_broken_line_is_told_by_its_number_and_nothing_is_written(here: Journal, line: object) -> None:
    with pytest.raises(BadArchive, match="Line 3 of this archive’s") as caught:
        import_(here, archive_of(HEADER, LINE, line, LINE))
    assert caught.value.refused.values == {"line": 3}
    assert here.sessions() == []


def test_the_lines_just_said_to_be_broken_are_fine_otherwise(here: Journal) -> None:
    row, added = import_(here, archive_of(HEADER, LINE, LINE | {"seq": 2, "id": "c", "content": {"n": 0}}))
    assert (row.id, row.code, added) == (HEADER["session"], "RVT482", 2)


def test_an_archive_damaged_in_any_of_its_bytes_never_changes_what_is_stored(here: Journal) -> None:
    row = day(here, posts=1)
    whole = exported(here, row).getvalue()
    refused = 0
    for place in range(len(whole)):
        for mask in (0x01, 0x80, 0xFF):
            torn = bytearray(whole)
            torn[place] ^= mask
            try:
                assert import_(here, BytesIO(torn)) == (row, 0)
            except BadArchive:
                refused += 1
    assert refused > len(whole)
    assert here.sessions() == [row]
    assert exported(here, row).getvalue() == whole


PICTURES = [files.photo((40, 30)), files.photo((30, 40))]


def with_pictures(journal: Journal, **given: str) -> SessionRow:
    row = day(journal, **given)
    for picture in PICTURES:
        journal.keep_media(row.id, media_id(picture), JPEG, picture)
    return row


def test_pictures_leave_and_arrive_with_the_day(here: Journal, there: Journal) -> None:
    row = with_pictures(here)
    archive = exported(here, row)
    with ZipFile(archive) as opened:
        infos = opened.infolist()
        assert [info.filename for info in infos] == ["journal.jsonl", *sorted(f"media/{media_id(one)}" for one in PICTURES)]
        assert {(info.compress_type, info.date_time) for info in infos} == {(ZIP_STORED, (1980, 1, 1, 0, 0, 0))}
    arrived, added = import_(there, archive)
    assert added == 3
    assert [there.media(arrived.id, media_id(one)) for one in PICTURES] == [(JPEG, one) for one in PICTURES]
    assert exported(there, arrived).getvalue() == archive.getvalue()
    assert import_(there, archive) == (arrived, 0)


def test_a_picture_that_came_later_is_added(here: Journal, there: Journal) -> None:
    row = day(here)
    import_(there, exported(here, row))
    here.keep_media(row.id, media_id(PICTURES[0]), JPEG, PICTURES[0])
    assert import_(there, exported(here, row))[1] == 0
    assert there.media_ids(row.id) == [media_id(PICTURES[0])]


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        ((f"media/{'0' * 32}", PICTURES[0]), "archive_picture"),
        ((f"media/{media_id(b'<svg/>')}", b"<svg/>"), "archive_picture"),
        ((f"media/{'0' * 32}", bytes(10_000_001)), "archive_too_big"),
        (("media/photo.jpg", PICTURES[0]), "archive_unexpected"),
        ((f"media/{'0' * 32}/..", PICTURES[0]), "archive_unexpected"),
    ],
    ids=["another's bytes", "no photo", "too big", "another name", "a path"],
)
def test_a_picture_that_is_not_what_its_name_says_is_refused_with_all_the_rest(
    here: Journal, there: Journal, picture: tuple[str, bytes], code: str
) -> None:
    with ZipFile(exported(here, day(here))) as archive:
        whole = archive.read("journal.jsonl")
    with pytest.raises(BadArchive, match="Nothing was imported") as caught:
        import_(there, zipped(("journal.jsonl", whole), picture))
    assert caught.value.refused.code == code
    assert there.sessions() == []


def test_the_restitution_is_the_same_byte_for_byte_where_a_day_with_photos_arrives(here: Journal, there: Journal) -> None:
    row = here.create(path=None, title="Une journée", created=DAY)
    sheet = "---\ntitre: Une journée\n---\n## Programme\n### Pause\n- type: pause\n- durée: 10 min\n"
    here.keep_media(row.id, media_id(PICTURES[0]), JPEG, PICTURES[0])
    photo = {"media": media_id(PICTURES[0]), "description": "Un tableau de papier"}
    entries = [
        Entry(1, "a", DAY, "system", "sheet", content={"text": sheet}),
        Entry(2, "b", DAY, "console", "open", "pause"),
        Entry(3, "c", DAY, "console", "photo", "pause", content=photo),
    ]
    here.append(row.id, 0, entries)
    arrived, _ = import_(there, exported(here, row))
    kinds = find_kinds()
    french = languages(kinds)["fr"]
    for format in FORMATS:
        pages = []
        for journal in (here, there):
            document = build(fold(SessionState(), journal.since(arrived.id), kinds), kinds, french)
            pages.append(write(document, format, french.say, pictures=journal.pictures(arrived.id)))
        assert pages[0] == pages[1]
        if format == "html":
            assert b64encode(PICTURES[0]) in pages[0]


def forged(archive: BytesIO, lines: list[dict[str, object]], **header: str) -> BytesIO:
    """The same archive, its entries changed."""
    first = json.loads(ZipFile(archive).read("journal.jsonl").splitlines()[0])
    made = BytesIO()
    with ZipFile(made, "w") as file:
        file.writestr("journal.jsonl", "".join(json.dumps(line) + "\n" for line in [first | header, *lines]))
    made.seek(0)
    return made


SAID = {"seq": 2, "do": "post", "activity": "x", "content": {"text": "Demandez à Ursule"}, "print": "f"}
LESS = [
    ({"content": {}, "print": "erased"}, True),
    ({"content": {"text": "Demandez à […]"}, "print": "masked"}, True),
    ({"content": {"text": "Une injure"}, "print": "erased"}, False),
    ({"content": {"text": "Une injure"}, "print": "masked"}, False),
    ({"content": {"text": "Une injure à […]"}, "print": "masked"}, False),
    ({"content": {"text": "Demandez à […]", "more": "Une injure"}, "print": "masked"}, False),
    ({"content": {"text": "Demandez à […]"}, "print": "masked", "by": "p2"}, False),
]


@pytest.mark.parametrize(("changed", "taken"), LESS)
def test_an_archive_takes_words_away_and_puts_none_in_anyones_mouth(here: Journal, changed: dict[str, object], taken: bool) -> None:
    row = here.create(path=None, title="Une journée", created=DAY)
    sheet = LINE | {"id": "s", "do": "sheet", "by": "system", "content": {"text": "# Une journée"}}
    said = LINE | SAID
    here.append(row.id, 0, [Entry(**sheet), Entry(**said)])  # type: ignore[arg-type]
    tomb = LINE | {"seq": 3, "id": "t", "do": "erase", "on": "a", "content": {"seqs": [1, 2]}}
    archive = forged(exported(here, row), [sheet, said | changed, tomb])
    if taken:
        import_(here, archive)
        assert here.since(row.id)[1].content == changed["content"]
    else:
        with pytest.raises(BadArchive, match="differs"):
            import_(here, archive)
        assert here.since(row.id)[1].content == SAID["content"]
    with pytest.raises(BadArchive, match="differs"):
        import_(here, forged(exported(here, row), [sheet | {"content": {}, "print": "erased"}, said | changed, tomb]))
    assert here.sheet(row.id) == "# Une journée"


def test_a_sheet_without_a_text_in_an_archive_stands_in_the_way_of_no_other_day(here: Journal, there: Journal) -> None:
    row = day(there)
    lines = [json.loads(line) for line in ZipFile(exported(there, row)).read("journal.jsonl").splitlines()[1:]]
    empty = LINE | {"seq": len(lines) + 1, "id": "s", "do": "sheet", "content": {}}
    brought, _ = import_(here, forged(exported(there, row), [*lines, empty]))
    assert here.sheet(brought.id) == ""


@pytest.mark.parametrize("created", ["20210924T083210", "2021-W38-5", "2021-09"])
def test_an_archive_says_on_which_day_it_was_begun_as_every_page_reads_it(here: Journal, there: Journal, created: str) -> None:
    with pytest.raises(BadArchive, match="Line 1"):
        import_(here, forged(exported(there, day(there)), [], created=created))
