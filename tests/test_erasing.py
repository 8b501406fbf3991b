"""An erasure through the one door: gone from the journal, from memory, from every byte of the data folder; and nothing brings it back."""

import io
import uuid
from collections.abc import Iterator
from pathlib import Path

import gevent
import pytest
import sqlalchemy as db
from core.day import KINDS, SHEET

from facilitate.archive import BadArchive, export, import_
from facilitate.core.entry import ERASED, Act, Caller, Entry, Refused
from facilitate.core.state import SessionState, fold, serialise
from facilitate.journal import SWEEP, Journal, KeyRow, Unavailable
from facilitate.migrations import removed
from facilitate.workshop import Later, Session, Workshop

CONSOLE = Caller("console")
NAME, WORDS, UNSIGNED, OTHER = "Ursule Vraisemblable", "Quatre mille arrosoirs", "Sous aucun nom, ceci", "Ce que dit quelqu’un d’autre"


def act(do: str, activity: str = "", on: str = "", **content: object) -> Act:
    return Act(str(uuid.uuid4()), do, activity, content, on)


class Day:
    """Someone who wrote a signed card, edited it, and an anonymous one; and someone else."""

    def __init__(self, journal: Journal) -> None:
        self.shop = Workshop(journal, KINDS)
        session = self.shop.sheet("/sheets/day.md", SHEET, "Une journée")
        assert isinstance(session, Session)
        self.session = session
        session.act(act("open", "situations"), CONSOLE)
        self.ursule, self.other = self.joined(NAME), self.joined("Élue 2, Drôme")
        self.signed = self.posted(self.ursule, title=WORDS)
        session.act(act("edit", "situations", self.signed, title=f"{WORDS} de plus"), self.ursule)
        session.act(act("hide", on=self.signed, why=f"On y lit {WORDS}"), CONSOLE)
        self.unsigned = self.posted(self.ursule, title=UNSIGNED, signed=False)
        self.posted(self.other, title=OTHER)

    def joined(self, name: str) -> Caller:
        joined = self.session.join(str(uuid.uuid4()), {"name": name, "territory": "Vercors"})
        assert isinstance(joined, tuple)
        found = self.session.caller(joined[1])
        assert found is not None
        return found

    def posted(self, who: Caller, **content: object) -> str:
        post = act("post", "situations", **content)
        assert isinstance(self.session.act(post, who), int)
        return post.id

    def all_erased(self) -> None:
        assert isinstance(self.session.act(act("erase", on=self.unsigned), self.ursule), int)
        assert isinstance(self.session.act(act("erase", on=self.ursule.participant), self.ursule), int)


@pytest.fixture
def day(url: str) -> Iterator[Day]:
    made = Day(Journal(url))
    yield made
    made.shop.close()


def read(day: Day) -> bytes:
    return "".join(map(str, day.shop.journal.since(day.session.row.id))).encode()


def test_what_a_person_erases_leaves_journal_and_memory_and_no_one_elses_words(day: Day) -> None:
    day.all_erased()
    for text in (NAME, WORDS, UNSIGNED):
        assert text.encode() not in read(day)
        assert text.encode() not in serialise(day.session.state)
    assert OTHER.encode() in read(day)
    assert serialise(fold(SessionState(), day.shop.journal.since(day.session.row.id), KINDS)) == serialise(day.session.state)
    assert day.session.caller(day.ursule.key) is None
    assert day.ursule.participant not in {key.participant for key in day.shop.journal.keys(day.session.row.id)}


def test_no_byte_of_it_is_left_in_the_data_folder(tmp_path: Path) -> None:
    journal = Journal.in_folder(tmp_path)
    day = Day(journal)
    whole = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert all(text.encode() in whole for text in (NAME, WORDS, UNSIGNED))
    day.all_erased()
    assert journal.setting(SWEEP) is not None
    day.shop.close()
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [text for text in (NAME, WORDS, UNSIGNED) if text.encode() in left] == []
    assert OTHER.encode() in left


def test_a_sweep_that_a_crash_prevented_is_made_at_the_next_start(tmp_path: Path) -> None:
    first = Day(Journal.in_folder(tmp_path))
    first.all_erased()
    first.shop._sweeping.kill()  # as if the program had ended here
    first.session.stop()
    first.shop.journal.close()
    again = Workshop(Journal.in_folder(tmp_path), KINDS)
    again._sweeping.join()
    assert again.journal.setting(SWEEP) is None
    again.close()


def test_what_could_not_be_forgotten_beside_the_journal_stays_due(day: Day) -> None:
    def fails(_: object) -> None:
        raise OSError("no room")

    day.shop.erasers.append(fails)
    day.all_erased()
    day.shop.erased(day.session.row)
    day.shop._sweep()
    assert day.shop.journal.setting(SWEEP) is not None


def test_an_erased_act_is_never_taken_again_and_erasing_again_changes_nothing(day: Day) -> None:
    post = Act(day.signed, "post", "situations", {"title": WORDS})
    day.session.act(act("erase", on=day.signed), day.ursule)
    answer = day.session.act(post, day.ursule)
    assert isinstance(answer, Refused)
    assert answer.code == "erased"
    seq = day.session.state.seq
    assert day.session.act(act("erase", on=day.signed), day.ursule) == seq
    assert day.session.state.seq == seq


def test_no_card_bears_the_id_of_someone_else_so_that_erasing_it_would_take_them_away(day: Day) -> None:
    hers = day.ursule.participant
    answer = day.session.act(Act(hers, "post", "situations", {"title": OTHER}), day.other)
    assert isinstance(answer, Refused)
    assert answer.code == "conflict"
    # Nor in a day that was brought in with such a card.
    forged = Entry(day.session.state.seq + 1, hers, "", day.other.participant, "post", "situations", content={"title": OTHER}, print="x")
    day.shop.journal.append(day.session.row.id, day.session.state.seq, [forged])
    day.session.look_again()
    assert day.session.state.contribution(hers) is not None
    assert getattr(day.session.act(act("erase", on=hers), day.other), "code", "") == "not-yours"
    assert WORDS.encode() in read(day)


def test_whoever_first_erased_their_profile_alone_still_erases_everything(day: Day) -> None:
    hers = day.ursule.participant
    assert isinstance(day.session.act(act("erase", on=hers, what="profile"), day.ursule), int)
    assert day.session.caller(day.ursule.key) is not None
    assert isinstance(day.session.act(act("erase", on=hers), day.ursule), int)
    assert WORDS.encode() not in read(day)
    assert day.session.caller(day.ursule.key) is None
    seq = day.session.state.seq
    assert day.session.act(act("erase", on=hers), CONSOLE) == seq == day.session.state.seq
    # Who had said their name, and nothing else, and erased it, goes too.
    other = day.joined("Élue 3, Drôme")
    for more in ({"what": "profile"}, {}):
        assert isinstance(day.session.act(act("erase", on=other.participant, **more), other), int)
    assert day.session.caller(other.key) is None


def test_nothing_is_taken_from_whoever_erased_all_they_gave_and_no_code_brings_them_back(day: Day, url: str) -> None:
    other = Workshop(Journal(url), KINDS)
    there = other.session(day.session.code)
    assert there is not None
    codes = [session.issue_rejoin(day.ursule.participant) for session in (day.session, there)]
    late = act("post", "situations", title=WORDS)
    asked = [gevent.spawn(day.session.act, one, day.ursule) for one in (act("erase", on=day.ursule.participant), late)]
    gevent.joinall(asked)
    assert [getattr(one.value, "code", "") for one in asked] == ["", "not-joined"]
    # A worker that has not heard of it yet either.
    assert getattr(there.act(late, day.ursule), "code", "") == "not-joined"
    assert [session.rejoin(str(code)) for session, code in zip((day.session, there), codes, strict=True)] == [None, None]
    assert WORDS.encode() not in read(day)
    other.close()


def test_what_is_left_of_an_erased_act_says_no_more_what_it_was_about(day: Day) -> None:
    day.session.act(act("withdraw", "situations", day.signed), day.ursule)
    day.all_erased()
    emptied = [entry for entry in day.shop.journal.since(day.session.row.id) if entry.print == ERASED]
    assert {entry.do for entry in emptied} >= {"join", "post", "edit", "withdraw", "hide"}
    assert {(entry.on, *entry.content.values()) for entry in emptied} == {("",)}


def test_a_masked_name_leaves_the_journal_and_the_rest_of_the_words_stand(day: Day, url: str) -> None:
    card = day.posted(day.other, title=f"Demandez à {NAME}, elle sait")
    day.session.act(act("edit", "situations", card, title=f"Demandez donc à {NAME}, elle sait"), day.other)
    there = Workshop(Journal(url), KINDS)
    assert isinstance(day.session.act(act("mask", on=card, name=NAME), CONSOLE), int)
    day.session.act(act("erase", on=day.ursule.participant), CONSOLE)
    found = day.session.state.contribution(card)
    assert found is not None
    assert found[1].masked
    assert "elle sait" in found[1].content["title"]
    assert NAME.encode() not in read(day)
    state = serialise(day.session.state)
    assert serialise(fold(SessionState(), day.shop.journal.since(day.session.row.id), KINDS)) == state
    other = there.session(day.session.code)
    assert other is not None
    assert serialise(other.state) == state
    again = Act(card, "post", "situations", {"title": f"Demandez à {NAME}, elle sait"})
    assert isinstance(day.session.act(again, day.other), int)
    assert NAME.encode() not in read(day)
    there.close()


def test_another_worker_forgets_too(day: Day, url: str) -> None:
    other = Workshop(Journal(url), KINDS)
    there = other.session(day.session.code)
    assert there is not None
    assert WORDS.encode() in serialise(there.state)
    day.all_erased()
    assert isinstance(there.act(act("close", "situations"), CONSOLE), int)
    assert WORDS.encode() not in serialise(there.state)
    assert there.caller(day.ursule.key) is None
    other.close()


def test_two_workers_who_erase_at_once_take_it_out_once(day: Day, url: str) -> None:
    other = Workshop(Journal(url), KINDS)
    there = other.session(day.session.code)
    assert there is not None
    asked = [gevent.spawn(session.act, act("erase", on=day.signed), CONSOLE) for session in (day.session, there)]
    gevent.joinall(asked)
    assert [type(one.value) for one in asked] == [int, int]
    assert [entry.do for entry in day.shop.journal.since(day.session.row.id)].count("erase") == 1
    other.close()


def archived(day: Day) -> io.BytesIO:
    file = io.BytesIO()
    export(day.shop.journal, day.session.row.id, file)
    file.seek(0)
    return file


def test_an_older_archive_never_brings_it_back(day: Day) -> None:
    older = archived(day)
    day.all_erased()
    _, added = import_(day.shop.journal, older)
    assert added == 0
    assert NAME.encode() not in read(day)


def test_a_day_that_was_removed_is_never_brought_back(day: Day, tmp_path: Path) -> None:
    there = Journal.in_folder(tmp_path / "there")
    with there.link() as link:
        link.execute(db.insert(removed), {"session": day.session.row.id, "at": "2026-11-22T10:00:00.000Z", "facts": "{}"})
    with pytest.raises(BadArchive) as refused:
        import_(there, archived(day))
    assert refused.value.refused.code == "archive_removed"
    assert there.sessions() == []
    there.close()


def test_a_newer_archive_brings_the_erasure(day: Day, tmp_path: Path) -> None:
    there = Journal.in_folder(tmp_path / "there")
    import_(there, archived(day))
    assert WORDS in str(there.since(day.session.row.id))
    # Who came back with another phone there is let in no more either.
    there.add_key(day.session.row.id, KeyRow("0" * 64, "participant", day.ursule.participant))
    day.all_erased()
    newer = archived(day)
    assert WORDS.encode() not in newer.getvalue()
    row, added = import_(there, newer)
    assert added == 2
    assert there.since(row.id) == day.shop.journal.since(row.id)
    assert there.setting(SWEEP) is not None
    assert there.keys(row.id) == []
    there.close()


def test_a_journal_of_before_an_erasure_made_elsewhere_is_not_mixed_with_another(day: Day, tmp_path: Path) -> None:
    there = Journal.in_folder(tmp_path / "there")
    row, _ = import_(there, archived(day))
    elsewhere = Workshop(there, KINDS)
    session = elsewhere.session(row.code)
    assert session is not None
    session.act(act("close", "situations"), CONSOLE)
    day.all_erased()
    with pytest.raises(Exception, match="differs from this archive"):
        import_(there, archived(day))
    assert WORDS in str(there.since(row.id))
    elsewhere.close()


def test_a_day_that_could_not_be_read_anew_is_at_the_next_act(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    day.shop.erasers.append(lambda row: told.append(row.code))
    since = day.shop.journal.since

    def torn(session: str, *seq: int) -> list[Entry]:
        if seq == (0,):
            raise Unavailable("the disk is gone")
        return since(session, *seq)

    monkeypatch.setattr(day.shop.journal, "since", torn)
    assert isinstance(day.session.act(act("erase", on=day.signed), day.ursule), Later)
    monkeypatch.undo()
    assert WORDS.encode() not in read(day)
    assert isinstance(day.session.act(act("close", "situations"), CONSOLE), int)
    assert WORDS.encode() not in serialise(day.session.state)
    with gevent.Timeout(20):
        while not told:
            gevent.sleep(0.01)


def test_whoever_erases_is_told_to_those_who_keep_words_beside_the_journal(day: Day) -> None:
    told = []
    day.shop.erasers.append(lambda row: told.append(row.code))
    day.session.act(act("erase", on=day.signed), day.ursule)
    gevent.sleep(0)
    with gevent.Timeout(20):
        while not told:
            gevent.sleep(0.01)
    assert told == [day.session.code]
    assert [entry.do for entry in day.shop.journal.since(day.session.row.id) if entry.print == ERASED] == ["post", "edit", "hide"]
