"""Backups of a live server, their way back, and what verify says of them."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import sqlalchemy as db
from click.testing import CliRunner, Result
from faults.phones import SHEET, Phones, stored
from harness.loop import run
from web.http import console

from facilitate.backup import backup
from facilitate.cli import commands
from facilitate.core.entry import Entry
from facilitate.journal import Journal

AT = "2021-09-24T08:32:10.123Z"


def facilitate(*arguments: object, path: str | None = None) -> Result:
    environment = {"LC_ALL": "en_GB.UTF-8"} | ({} if path is None else {"PATH": path})
    return CliRunner().invoke(commands, [*map(str, arguments)], env=environment, catch_exceptions=False)


def said(done: Result, code: int = 0) -> str:
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture(params=["sqlite", "postgres"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], tuple[str, str]]:
    """Each call gives a place of its own where days are kept, as the options of a command name it."""
    if request.param == "postgres":
        new: Callable[[], str] = request.getfixturevalue("postgres")
        return lambda: ("--database-url", new())
    names = iter("abc")
    return lambda: ("--data-dir", str(tmp_path / next(names)))


def journal_at(place: tuple[str, str]) -> Journal:
    return Journal(place[1]) if place[0] == "--database-url" else Journal.in_folder(Path(place[1]))


def test_a_backup_of_a_live_server_brings_back_every_act_answered_before_it(server, places, tmp_path, tally):
    first, second, file = places(), places(), tmp_path / "backup"
    day = server(SHEET, *first)  # the later --data-dir is the one that counts
    phones, before = Phones(day, 10, 1, pause=0.03), set[str]()

    async def back_up() -> None:
        await phones.until(lambda: len(phones.kept) > 20)
        before.update(phones.kept)
        assert "Everything is in" in said(await asyncio.to_thread(facilitate, "backup", file, *first))
        now = len(phones.kept)
        await phones.until(lambda: len(phones.kept) > now + 5)

    run(phones.play(back_up))
    assert file.stat().st_mode & 0o777 == 0o600
    assert "Everything is whole." in said(facilitate("verify", file))
    said(facilitate("restore", file, *second))
    assert "Everything is whole." in said(facilitate("verify", *second))
    refused = said(facilitate("restore", file, *second), 1)
    assert "already. To put the backup in its place: --replace" in refused
    said(facilitate("restore", file, *second, "--replace"))
    one, other = journal_at(first), journal_at(second)
    try:
        (session,) = one.sessions()
        assert other.sessions() == [session], "the same code, the same keys"
        assert other.keys(session.id) == one.keys(session.id)[: len(other.keys(session.id))]
        kept = other.since(session.id)
        assert kept == one.since(session.id)[: len(kept)], "as it was at one instant"
        tally(f"Backup of a live server ({first[0]})", acknowledged=before, kept=[one.content["title"] for one in kept if one.do == "post"])
    finally:
        one.close()
        other.close()


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("five") / "data"
    journal = Journal.in_folder(folder)
    row = journal.create(path=None, title="Une journée", created=AT, code="RVT482")
    journal.append(row.id, 0, [Entry(seq, f"id-{seq}", AT, "p1", "post", "x", "", {"title": f"Carte {seq}"}) for seq in range(1, 6)])
    journal.close()
    (folder / "sheets").mkdir()
    (folder / "sheets" / "une-journee.md").write_text("# Une journée\n")
    return folder


@pytest.fixture
def folder(five: Path, tmp_path: Path) -> Path:
    """A data folder with one day of five entries, and a sheet that is being prepared."""
    return Path(shutil.copytree(five, tmp_path / "data"))


def change(folder: Path, statement: str, *values: Any) -> None:
    with sqlite3.connect(folder / "facilitate.db") as link:
        link.execute(statement, values)
    link.close()


def test_a_backup_holds_the_sheets_too(folder, tmp_path):
    said(facilitate("backup", tmp_path / "b", "--data-dir", folder))
    said(facilitate("restore", tmp_path / "b", "--data-dir", tmp_path / "new"))
    assert (tmp_path / "new" / "sheets" / "une-journee.md").read_text() == "# Une journée\n"
    assert stored(tmp_path / "new") == stored(folder)


def test_what_waits_to_be_swept_is_in_no_backup(folder, tmp_path):
    words = b"Quatre mille arrosoirs"
    with closing(sqlite3.connect(folder / "facilitate.db", isolation_level=None)) as link:
        link.execute("PRAGMA secure_delete = OFF")
        link.execute("INSERT INTO settings VALUES ('words', ?)", (words.decode() * 1000,))
        link.execute("DELETE FROM settings WHERE name = 'words'")
        link.execute("INSERT INTO settings VALUES ('sweep', 'due')")
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert words in (folder / "facilitate.db").read_bytes()
    backup(folder, tmp_path / "kept.zip", "2026-11-22T10:00:00.000Z")
    assert words not in (tmp_path / "kept.zip").read_bytes()


def test_a_backup_never_takes_the_place_of_a_file_unasked(folder, tmp_path):
    (tmp_path / "b").write_text("mine")
    assert "--replace" in said(facilitate("backup", tmp_path / "b", "--data-dir", folder), 1)
    assert (tmp_path / "b").read_text() == "mine"
    said(facilitate("backup", tmp_path / "b", "--data-dir", folder, "--replace"))
    said(facilitate("verify", tmp_path / "b"))


def test_nothing_is_restored_under_a_running_server(server, tmp_path):
    day = server(SHEET)
    said(facilitate("backup", tmp_path / "b", "--data-dir", day.data_dir))
    assert "A server is running on" in said(facilitate("restore", tmp_path / "b", "--data-dir", day.data_dir, "--replace"), 1)
    assert console(day).act("open", "situations").status == 200


def test_nothing_is_restored_under_a_running_server_of_postgresql(postgres, tmp_path):
    url = postgres()
    running = Journal(url)
    said(facilitate("backup", tmp_path / "b", "--database-url", url))
    assert "A server is running on" in said(facilitate("restore", tmp_path / "b", "--database-url", url, "--replace"), 1)
    running.close()
    said(facilitate("restore", tmp_path / "b", "--database-url", url, "--replace"))


def test_an_older_journal_leaves_nothing_to_the_one_that_takes_its_place(folder, tmp_path):
    said(facilitate("backup", tmp_path / "b", "--data-dir", folder))
    journal = Journal.in_folder(folder)
    (row,) = journal.sessions()
    journal.append(row.id, 5, [Entry(6, "id-6", AT, "p1", "post")])
    link = journal._engine.raw_connection()  # what a killed server leaves: its log, with the last entry in it alone
    left = (folder / "facilitate.db-wal").read_bytes()
    link.close()
    journal.close()
    (folder / "facilitate.db-wal").write_bytes(left)
    said(facilitate("restore", tmp_path / "b", "--data-dir", folder, "--replace"))
    assert [entry.seq for entry in stored(folder)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("held", [b"", b"PK\x03\x04 and nothing", b"SQLite format 3\0 and nothing", b"words"])
def test_what_is_no_backup_is_told_in_one_line(folder, tmp_path, held):
    (tmp_path / "b").write_bytes(held)
    restored = said(facilitate("restore", tmp_path / "b", "--data-dir", folder, "--replace"), 1)
    assert restored.startswith("Error: ")
    assert restored.count("\n") == 1
    assert len(stored(folder)) == 5
    assert "Everything is whole" not in said(facilitate("verify", tmp_path / "b"), 1)


def test_a_damaged_backup_is_not_restored_and_verify_saves_the_rest(folder, tmp_path):
    said(facilitate("backup", tmp_path / "b", "--data-dir", folder))
    raw = bytearray((tmp_path / "b").read_bytes())
    place = raw.index(b"Carte 3")
    raw[place - 2000 : place] = os.urandom(2000)
    (tmp_path / "b").write_bytes(raw)
    assert "This backup is damaged" in said(facilitate("restore", tmp_path / "b", "--data-dir", tmp_path / "new"), 1)
    assert not (tmp_path / "new" / "facilitate.db").exists()
    told = said(facilitate("verify", tmp_path / "b", "--salvage", tmp_path / "saved"), 1)
    assert "lost entries:" in told
    kept = stored(tmp_path / "saved")
    assert [entry.seq for entry in kept] == [1, 2, 3, 4, 5]
    assert "entries that were lost before this was saved" in said(facilitate("verify", "--data-dir", tmp_path / "saved"))
    assert "There is a journal in" in said(facilitate("verify", tmp_path / "b", "--salvage", tmp_path / "saved"), 1)


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("UPDATE entries SET content = replace(content, 'Carte 3', 'Carte 4') WHERE seq = 3", "lost entries: 3"),
        ("UPDATE entries SET at = '2020' WHERE seq IN (2, 3)", "lost entries: 2–3"),
        ("DELETE FROM entries WHERE seq IN (1, 3, 4)", "lost entries: 1, 3–4"),
        ("UPDATE entries SET sum = '', content = '{' WHERE seq = 5", "lost entries: 5"),
        (
            "INSERT INTO media SELECT id, 'abc', 'image/jpeg', x'ffd8ff' FROM sessions",
            "lost pictures: abc",
        ),
        ("INSERT INTO attendance SELECT id, 'someone', '{' FROM sessions", "lines of the table “attendance” that cannot be read: 1"),
        ("DELETE FROM sessions", "A day whose code and keys are lost"),
    ],
)
def test_verify_names_what_is_not_as_it_was_written(folder, statement, line):
    assert "Everything is whole." in said(facilitate("verify", "--data-dir", folder))
    change(folder, statement)
    told = said(facilitate("verify", "--data-dir", folder), 1)
    assert line in told


def test_an_entry_of_an_older_program_has_no_checksum_and_is_whole(folder):
    change(folder, "UPDATE entries SET sum = ''")
    assert "Everything is whole." in said(facilitate("verify", "--data-dir", folder))


def test_verify_changes_nothing_and_a_copy_on_a_read_only_disk_is_read(folder):
    file = folder / "facilitate.db"
    before = file.read_bytes()
    folder.chmod(0o500)
    try:
        assert "entries: 5, the last is 5" in said(facilitate("verify", "--data-dir", folder))
    finally:
        folder.chmod(0o700)
    assert file.read_bytes() == before


def test_a_missing_program_of_postgresql_is_named(postgres, tmp_path):
    url = postgres()
    Journal(url).close()
    missing = said(facilitate("backup", tmp_path / "b", "--database-url", url, path=""), 1)
    assert "The program pg_dump is missing" in missing
    assert not (tmp_path / "b").exists()


def test_each_backup_goes_back_where_it_came_from(postgres, folder, tmp_path):
    url = postgres()
    Journal(url).close()
    said(facilitate("backup", tmp_path / "sqlite", "--data-dir", folder))
    said(facilitate("backup", tmp_path / "postgresql", "--database-url", url))
    assert "--data-dir" in said(facilitate("restore", tmp_path / "sqlite", "--database-url", url, "--replace"), 1)
    assert "--database-url" in said(facilitate("restore", tmp_path / "postgresql", "--data-dir", tmp_path / "new"), 1)


def test_verify_reads_a_damaged_entry_of_postgresql_and_of_its_backup(postgres, tmp_path):
    url = postgres()
    journal = Journal(url)
    row = journal.create(path=None, title="Une journée", created=AT)
    words = {"title": "Tab\t, retour\n, barre \\ et \\t"}
    journal.append(row.id, 0, [Entry(seq, f"id-{seq}", AT, "p1", "post", "x", "", words) for seq in range(1, 4)])
    journal.keep_setting("name", words["title"])
    said(facilitate("backup", tmp_path / "whole", "--database-url", url))
    assert "Everything is whole." in said(facilitate("verify", tmp_path / "whole"))
    with journal.link() as link:
        link.execute(db.text("UPDATE entries SET at = '2020' WHERE seq = 2"))
    journal.close()
    said(facilitate("backup", tmp_path / "b", "--database-url", url))
    for place in (["--database-url", url], [tmp_path / "b"]):
        assert "lost entries: 2" in said(facilitate("verify", *place), 1)
    said(facilitate("verify", tmp_path / "b", "--salvage", tmp_path / "saved"), 1)
    saved = Journal.in_folder(tmp_path / "saved")
    assert saved.setting("name") == words["title"]
    assert [entry.content for entry in saved.since(row.id)] == [words, {}, words]
    saved.close()


def test_names_with_signs_of_their_own_are_no_obstacle(folder, tmp_path):
    odd = tmp_path / "a b%20?c#d"
    folder.rename(odd)
    said(facilitate("backup", tmp_path / "b ?", "--data-dir", odd))
    said(facilitate("verify", tmp_path / "b ?"))
    with ZipFile(tmp_path / "b ?") as archive:
        assert sorted(archive.namelist()) == ["backup.json", "facilitate.db", "sheets/une-journee.md"]
