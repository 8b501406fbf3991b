"""The journal on real databases: every test of the store itself runs on SQLite and on PostgreSQL."""

import resource
import secrets
import sqlite3
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as db
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from facilitate.core.entry import Entry
from facilitate.journal import STAFF, SWEEP, Conflict, Damaged, Journal, KeyRow, SessionRow, Unavailable, canonical
from facilitate.migrations import HEAD, metadata, settings

DAY = "2021-09-24T08:32:10.123Z"
WORDS = {"text": "Vécu à l’école\u00a0: « 2\u202f€ »\n\t\\u0000 \0 👩‍🌾", "n": [1, 1.0, True, None, 1e-9, 10**20], "a": {"z": {}, "b": []}}


@pytest.fixture
def opened(url: str) -> Iterator[Callable[[], Journal]]:
    """Each call opens the same database once more."""
    journals: list[Journal] = []

    def open_one() -> Journal:
        journals.append(Journal(url))
        return journals[-1]

    yield open_one
    for journal in journals:
        journal.close()


@pytest.fixture
def journal(opened: Callable[[], Journal]) -> Journal:
    return opened()


def day(journal: Journal, path: str | None = None, created: str = DAY) -> SessionRow:
    return journal.create(path=path, title="Un titre", created=created)


def post(seq: int, id: str | None = None, **content: object) -> Entry:
    return Entry(seq, id or f"id-{seq}", DAY, "p1", "post", "situations", "", content, "print", 1)


def test_a_reopened_journal_returns_the_same_entries_byte_for_byte(opened: Callable[[], Journal]) -> None:
    first = opened()
    session = day(first)
    anonymous = Entry(2, "b", "", "", "post")
    first.append(session.id, 0, [Entry(1, "a", DAY, "p1", "post", "situations", "c", WORDS, "f" * 64, 3), anonymous])
    first.append(session.id, 2, [post(3)])
    first.close()
    again = opened()
    assert again.since(session.id) == [Entry(1, "a", DAY, "p1", "post", "situations", "c", WORDS, "f" * 64, 3), anonymous, post(3)]
    assert canonical(again.since(session.id)[0].content) == canonical(WORDS)
    assert again.since(session.id, 2) == [post(3)]
    assert again.since(session.id, 3) == again.since("elsewhere") == []
    assert again.sessions() == [session]


def test_a_second_writer_meets_a_conflict_and_writes_nothing(opened: Callable[[], Journal]) -> None:
    one, other = opened(), opened()
    session = day(one)
    one.append(session.id, 0, [post(1)])
    with pytest.raises(Conflict):
        other.append(session.id, 0, [post(1, "late"), post(2, "later")], [KeyRow("hash", "participant", "p2")])
    with pytest.raises(Conflict):
        other.append(session.id, 2, [post(3, "early")])
    assert other.since(session.id) == [post(1)]
    assert other.keys(session.id) == []
    other.append(session.id, 1, [post(2, "late")])
    assert [entry.id for entry in one.since(session.id)] == ["id-1", "late"]


def test_writers_in_a_race_lose_nothing_and_number_without_a_gap(opened: Callable[[], Journal]) -> None:
    journals = [opened(), opened(), opened()]
    session = day(journals[0])
    start = threading.Barrier(len(journals), timeout=10)
    conflicts = []

    def write(name: int, journal: Journal) -> None:
        start.wait()
        for number in range(20):
            while True:
                last = len(journal.since(session.id))
                try:
                    journal.append(session.id, last, [post(last + 1, f"{name}-{number}"), post(last + 2, f"{name}-{number}+1")])
                    break
                except Conflict as conflict:
                    conflicts.append(conflict)

    threads = [threading.Thread(target=write, args=each) for each in enumerate(journals)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = journals[0].since(session.id)
    assert [entry.seq for entry in entries] == list(range(1, 121))
    assert [entry.id + "+1" for entry in entries[::2]] == [entry.id for entry in entries[1::2]]
    assert len({entry.id for entry in entries}) == 120


def test_two_workers_that_erase_at_once_both_do_and_a_sweep_that_began_before_leaves_their_mark(opened: Callable[[], Journal]) -> None:
    one, other = opened(), opened()
    start = threading.Barrier(2, timeout=10)
    failed: list[Exception] = []

    def erase(journal: Journal, session: str) -> None:
        for seq in range(1, 11):
            start.wait()
            try:
                journal.append(session, seq, [post(seq + 1)], emptied=[post(1)])
            except Exception as error:
                failed.append(error)
            start.wait()
            with journal.link() as link:
                link.execute(db.delete(settings).where(settings.c.name == SWEEP))

    days = [day(journal) for journal in (one, other)]
    for session in days:
        one.append(session.id, 0, [post(1, text="Zanzibar")])
    threads = [threading.Thread(target=erase, args=(journal, session.id)) for journal, session in zip((one, other), days, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    one.sweep_due()
    db.event.listen(one._engine, "after_cursor_execute", lambda *given: given[2] == "VACUUM" and other.sweep_due())
    assert one.sweep()
    assert one.setting(SWEEP) is not None


def test_an_id_is_kept_once_in_a_session(journal: Journal) -> None:
    session, other = day(journal), day(journal)
    journal.append(session.id, 0, [post(1, "same")])
    with pytest.raises(ValueError, match=r"(?i)unique"):
        journal.append(session.id, 1, [post(2), post(3, "same")], [KeyRow("hash", "participant", "p2")])
    assert journal.since(session.id) == [post(1, "same")]
    assert journal.keys(session.id) == []
    journal.append(other.id, 0, [post(1, "same")])


def test_a_picture_that_an_entry_destroys_leaves_with_it_or_not_at_all(journal: Journal) -> None:
    session, other = day(journal), day(journal)
    for one in (session, other):
        journal.keep_media(one.id, "a" * 32, "image/jpeg", b"a face")
        journal.keep_media(one.id, "b" * 32, "image/jpeg", b"a tree")
    destroys = replace(post(1), content={"destroys": ["a" * 32, "c" * 32]})
    with pytest.raises(Conflict):
        journal.append(session.id, 7, [replace(destroys, seq=8)])
    assert journal.media_ids(session.id) == ["a" * 32, "b" * 32]
    journal.append(session.id, 0, [destroys, replace(post(2), content={"destroys": "b" * 32})])
    assert journal.media_ids(session.id) == ["b" * 32]
    assert journal.media_ids(other.id) == ["a" * 32, "b" * 32]
    journal.forget_media(other.id, "b" * 32)
    assert journal.media_ids(other.id) == ["a" * 32]


def test_an_error_tells_no_word_that_was_being_written(journal: Journal) -> None:
    session, word = day(journal), secrets.token_hex(8)
    with pytest.raises(ValueError, match=r"(?i)unique") as error:
        journal.append(session.id, 0, [post(1, "same"), replace(post(2, "same"), content={"text": word})])
    assert word not in "".join(traceback.format_exception(error.value))


def test_entries_that_leave_a_gap_or_belong_to_no_session_are_refused(journal: Journal) -> None:
    session = day(journal)
    for entries in ([post(2)], [post(1), post(3)], [post(2), post(1)]):
        with pytest.raises(ValueError, match="do not follow"):
            journal.append(session.id, 0, entries)
    with pytest.raises(ValueError, match=r"(?i)foreign key"):
        journal.append("nobody's", 0, [post(1)])
    assert journal.since(session.id) == journal.since("nobody's") == []


def test_a_session_is_found_by_its_code_however_typed_by_its_id_and_by_its_newest_sheet(journal: Journal) -> None:
    old = day(journal, "/sheets/day.md", "2021-09-24T08:00:00.000Z")
    new = day(journal, "/sheets/day.md", "2021-09-25T08:00:00.000Z")
    other = journal.create(path=None, title="Ailleurs", created="2021-09-23T08:00:00.000Z", code="rvt 482", id="x", keys={"wall": "k"})
    assert journal.sessions() == [new, old, other]
    assert journal.at_path("/sheets/day.md") == new
    assert journal.at_path("/sheets/other.md") is None
    assert (
        journal.session(" rvT4 82 ")
        == journal.by_id("x")
        == other
        == SessionRow("x", "RVT482", None, other.created, "Ailleurs", {"wall": "k"})
    )
    assert journal.session("RVT483") is journal.by_id("y") is None


def test_a_session_gets_a_code_easy_to_read_and_three_long_keys_of_its_own(journal: Journal) -> None:
    made = [day(journal) for _ in range(20)]
    assert all(len(row.code) == 6 and row.code[:3].isalpha() and row.code[3:].isdigit() for row in made)
    assert not set("IOQL") & set("".join(row.code for row in made))
    assert all(tuple(row.keys) == STAFF and min(map(len, row.keys.values())) >= 22 for row in made)
    assert len({key for row in made for key in row.keys.values()}) == 60
    assert len({row.id for row in made}) == 20


def test_a_code_or_an_id_is_never_given_twice(journal: Journal) -> None:
    row = day(journal)
    for code, id in ((row.code.lower(), None), (None, row.id)):
        with pytest.raises(ValueError, match="already there"):
            journal.create(path=None, title="", created=DAY, code=code, id=id)
    assert journal.sessions() == [row]


def test_phones_are_added_with_their_entry_or_alone_and_revoked_one_by_one(journal: Journal) -> None:
    session = day(journal)
    first, second = KeyRow("1" * 64, "participant", "p1"), KeyRow("2" * 64, "participant", "p1")
    journal.append(session.id, 0, [post(1)], [first])
    journal.append(session.id, 1, [], [second])
    journal.add_key(session.id, second)
    assert sorted(journal.keys(session.id), key=lambda key: key.hash) == [first, second]
    journal.revoke_key(session.id, first.hash)
    assert journal.keys(session.id) == [second]
    with pytest.raises(ValueError, match="no session"):
        journal.add_key("nobody's", first)


def test_two_writers_who_make_a_secret_get_the_same_and_it_can_be_destroyed(opened: Callable[[], Journal]) -> None:
    one, other = opened(), opened()
    session, next_day = day(one), day(one)
    assert one.secret(session.id, "vote") is None
    start, got = threading.Barrier(2, timeout=10), []

    def make(journal: Journal) -> None:
        start.wait()
        got.append(journal.make_secret(session.id, "vote"))

    threads = [threading.Thread(target=make, args=(journal,)) for journal in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [one.secret(session.id, "vote")] * 2
    assert len(got[0]) == 32
    kept = {got[0], one.make_secret(session.id, "vote-2"), one.make_secret(next_day.id, "vote")}
    assert len(kept) == 3
    other.destroy_secrets(session.id)
    assert one.secret(session.id, "vote") is one.secret(session.id, "vote-2") is None
    assert one.secret(next_day.id, "vote") in kept
    with pytest.raises(ValueError, match="no session"):
        one.make_secret("nobody's", "vote")


def test_a_destroyed_secret_leaves_no_byte_in_the_files(tmp_path: Path) -> None:
    journal = Journal.in_folder(tmp_path)
    session = day(journal)
    made = [journal.make_secret(session.id, f"vote-{number}") for number in range(40)]

    def stored() -> bytes:
        return b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert all(secret in stored() for secret in made)
    journal.destroy_secrets(session.id)
    assert not any(secret[:8] in stored() for secret in made)
    journal.close()


def test_a_setting_keeps_its_first_value(opened: Callable[[], Journal]) -> None:
    one, other = opened(), opened()
    assert one.setting("name") is None
    assert one.keep_setting("name", "first") == other.keep_setting("name", "second") == other.setting("name") == "first"


def test_the_migrations_make_the_tables_that_the_journal_uses(journal: Journal, url: str) -> None:
    engine = db.create_engine(url, poolclass=db.NullPool)
    with engine.connect() as link:
        context = MigrationContext.configure(link, opts={"include_name": lambda name, *_: not str(name).startswith("found_words")})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD


def test_processes_that_open_a_new_database_at_once_all_succeed(url: str) -> None:
    code = f"from facilitate.journal import Journal; Journal({url!r}).create(path=None, title='', created='')"
    started = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    journal = Journal(url)
    assert len(journal.sessions()) == 3
    journal.close()


def test_a_journal_already_there_opens_without_alembic(journal: Journal, url: str) -> None:
    code = f"import sys; from facilitate.journal import Journal; Journal({url!r}).sessions(); sys.exit('alembic' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_database_at_a_revision_of_the_future_is_refused_in_words(journal: Journal, url: str) -> None:
    engine = db.create_engine(url, poolclass=db.NullPool)
    with engine.begin() as link:
        link.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Damaged, match=r"written by a newer version of the program \(revision 9999\)") as caught:
        Journal(url)
    assert caught.value.refused.code == "journal_newer"


@pytest.mark.parametrize("url", ["nonsense", "nonsense://here", "postgresql+psycopg://nobody:opensesame@127.0.0.1:9/none"])
def test_an_address_that_leads_nowhere_is_said_without_its_password(url: str) -> None:
    with pytest.raises(Damaged, match="cannot be read") as caught:
        Journal(url)
    assert "opensesame" not in str(caught.value)


def test_a_lost_connection_is_a_passing_trouble(postgres: Callable[[], str]) -> None:
    url = db.make_url(postgres())
    journal, admin = Journal(url), db.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=db.NullPool)
    session = day(journal)
    with admin.connect() as link:
        link.exec_driver_sql(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
        link.exec_driver_sql("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", (url.database,))
        with pytest.raises(Unavailable):
            journal.append(session.id, 0, [post(1)])
        link.exec_driver_sql(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")
    journal.append(session.id, 0, [post(1)])
    assert journal.since(session.id) == [post(1)]
    journal.close()


def test_a_journal_proves_that_it_can_be_written_and_leaves_nothing_of_it(opened: Callable[[], Journal], tmp_path: Path) -> None:
    journal = opened()
    journal.prove()
    journal.prove()
    with journal._begin() as link:
        assert link.exec_driver_sql("SELECT count(*) FROM settings WHERE name LIKE 'proof%%'").scalar() == 0
    assert journal.folder == (tmp_path if journal._sqlite else None)


def test_a_journal_that_cannot_be_written_proves_it(tmp_path: Path) -> None:
    journal = Journal.in_folder(tmp_path)
    with sqlite3.connect(tmp_path / "facilitate.db") as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(Unavailable):
            journal.prove()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    journal.prove()
    assert Journal("sqlite://").folder is None
    journal.close()


def test_a_full_disk_is_a_passing_trouble(tmp_path: Path) -> None:
    journal = Journal.in_folder(tmp_path)
    session = day(journal)
    journal.append(session.id, 0, [post(1)])
    full, before = (tmp_path / "facilitate.db-wal").stat().st_size, resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (full, before[1]))  # no file may grow beyond this one
    try:
        with pytest.raises(Unavailable):
            journal.append(session.id, 1, [post(2, text="x" * 10_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert journal.since(session.id) == [post(1)]
    journal.append(session.id, 1, [post(2)])
    assert journal.since(session.id, 1) == [post(2)]
    journal.close()


def test_a_folder_and_its_file_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    Journal.in_folder(tmp_path / "a" / "b%20?c").close()
    assert (tmp_path / "a" / "b%20?c").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "b%20?c" / "facilitate.db").stat().st_mode & 0o777 == 0o600


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Damaged, match=r"cannot be read: .*file"):
        Journal.in_folder(tmp_path / "file")


def test_a_file_that_is_not_a_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "facilitate.db").write_bytes(secrets.token_bytes(8192))
    with pytest.raises(Damaged, match=r"cannot be read: .*facilitate.db: file is not a database"):
        Journal.in_folder(tmp_path)


def test_a_torn_database_is_told_when_it_is_read(tmp_path: Path) -> None:
    journal = Journal.in_folder(tmp_path)
    session = day(journal)
    journal.append(session.id, 0, [post(seq, text="x" * 500) for seq in range(1, 400)])
    journal.close()
    with (tmp_path / "facilitate.db").open("r+b") as file:
        file.seek(160_000)
        file.write(b"\xff" * 40_000)
    torn = Journal.in_folder(tmp_path)
    with pytest.raises(Damaged, match=r"cannot be read: .*facilitate.db: database disk image is malformed") as caught:
        torn.since(session.id)
    assert caught.value.refused.code == "journal_unreadable"
    torn.close()


def test_content_that_is_not_json_is_told(tmp_path: Path) -> None:
    journal = Journal.in_folder(tmp_path)
    session = day(journal)
    journal.append(session.id, 0, [post(1)])
    with sqlite3.connect(tmp_path / "facilitate.db") as link:
        link.execute("UPDATE entries SET content = '{'")
    link.close()
    with pytest.raises(Damaged, match="cannot be read"):
        journal.since(session.id)
    journal.close()


def test_sqlite_is_told_to_wait_for_the_disk(tmp_path: Path) -> None:
    journal = Journal.in_folder(tmp_path)
    with journal._engine.connect() as link:  # nothing else shows it, short of cutting the power
        asked = {name: link.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    journal.close()


ALONE = """
import sys
from facilitate.journal import Journal
with Journal(sys.argv[1]).alone("sheets") as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""


def test_one_process_alone_does_what_several_would_and_a_killed_one_lets_the_next_begin(url: str, journal: Journal) -> None:
    def begun() -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", ALONE, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    with begun() as first:
        assert first.stdout.readline() == "True\n"
        with journal.alone("sheets") as mine, journal.alone("others") as others:
            assert (mine, others) == (False, True)
        with begun() as second:
            assert second.communicate()[0] == "False\n"
        with journal.alone("sheets", 0.2) as mine:
            assert not mine
        first.kill()
    with journal.alone("sheets", 20) as mine:
        assert mine
        with journal.alone("sheets") as twice:
            assert not twice
    with journal.alone("sheets") as again:
        assert again
