"""What each earlier version wrote, this one reads: journals kept from every release, data folders kept from every migration."""

import gzip
import os
from pathlib import Path

import pytest
from releases.keep import CODE, HERE, ID, KEYS, state_of

from facilitate import __version__, archive
from facilitate.app import find_kinds
from facilitate.core.state import SessionState, fold
from facilitate.journal import Journal
from facilitate.migrations import HEAD
from facilitate.verify import opened, verify

VERSIONS = sorted(one.name for one in HERE.iterdir() if (one / "day.zip").is_file())
MIGRATIONS = sorted(one.name.partition(".")[0] for one in (HERE / "migrations").glob("*.gz"))
KINDS = find_kinds()


def test_this_version_and_its_last_migration_are_kept():
    assert __version__ in VERSIONS
    assert [f"{n:04}" for n in range(1, int(HEAD) + 1)] == MIGRATIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_a_golden_journal_of_each_release_adds_up_to_the_same_day(version, tmp_path):
    journal = Journal.in_folder(tmp_path)
    with (HERE / version / "day.zip").open("rb") as file:
        row, added = archive.import_(journal, file)
    entries = journal.since(row.id)
    journal.close()
    assert (row.id, row.code, added) == (ID, CODE, len(entries))
    assert fold(SessionState(), entries, KINDS).unknown == (), "every entry is understood"
    kept = HERE / version / "state.json"
    if os.environ.get("GOLDEN") == "write":
        kept.write_text(state_of(entries), "utf-8")
    assert state_of(entries) == kept.read_text("utf-8")


@pytest.mark.parametrize("revision", MIGRATIONS)
def test_a_data_folder_of_each_migration_opens_whole(revision, tmp_path):
    file: Path = tmp_path / "facilitate.db"
    file.write_bytes(gzip.decompress((HERE / "migrations" / f"{revision}.db.gz").read_bytes()))
    with opened(tmp_path) as source:
        before = verify(source, KINDS)
    assert before.whole, "verify reads it without bringing it up to date"
    journal = Journal.in_folder(tmp_path)
    (row,) = journal.sessions()
    entries = journal.since(row.id)
    assert (row.id, row.code, row.keys) == (ID, CODE, KEYS)
    assert len(entries) > 50
    assert [key.participant for key in journal.keys(row.id)] == ["p1"]
    assert (journal.secret(row.id, "x"), journal.setting("shelf")) == (bytes(32), "shelf-key")
    assert journal.attendance(row.id) == ({"someone": {"first": "Ada"}} if revision >= "0002" else {})
    assert entries == before.days[ID].journal()
    journal.close()
    with opened(tmp_path) as source:
        assert verify(source, KINDS).whole
