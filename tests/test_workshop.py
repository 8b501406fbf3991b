"""The one door, on SQLite and on PostgreSQL: decided in order, stored before it is answered, the same after a restart."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import gevent
import pytest
from core.day import KINDS, SHEET

from facilitate.core.activity import Accepted, Sources
from facilitate.core.entry import Act, Caller, Entry, Refused
from facilitate.core.state import serialise
from facilitate.journal import Journal, Unavailable
from facilitate.workshop import Later, Session, Workshop

CONSOLE = Caller("console")


def act(do: str, activity: str = "", **content: object) -> Act:
    return Act(str(uuid.uuid4()), do, activity, content)


def workshop(url: str) -> Workshop:
    return Workshop(Journal(url), KINDS)


def begun(shop: Workshop, path: str = "/sheets/day.md") -> Session:
    session = shop.sheet(path, SHEET, "Une journée")
    assert isinstance(session, Session)
    return session


def someone(session: Session) -> Caller:
    joined = session.join(str(uuid.uuid4()), {"name": "Élue 1, Drôme"})
    assert isinstance(joined, tuple)
    found = session.caller(joined[1])
    assert found is not None
    return found


def test_an_answer_means_that_the_entry_is_on_disk(url):
    shop = workshop(url)
    session = begun(shop)
    anna = someone(session)
    session.act(act("open", "situations"), CONSOLE)
    seq = session.act(act("post", "situations", title="Une carte"), anna)
    read = Journal(url)
    assert [entry.seq for entry in read.since(session.row.id)][-1] == seq
    read.close()
    shop.close()


def test_a_restart_gives_the_same_state_and_the_same_keys(url):
    shop = workshop(url)
    session = begun(shop)
    anna = someone(session)
    session.act(act("open", "situations"), CONSOLE)
    session.act(act("post", "situations", title="Une carte", signed=False), anna)
    state, keys = serialise(session.state), dict(session.row.keys)
    shop.close()
    again = workshop(url)
    back = begun(again)
    assert serialise(back.state) == state
    assert dict(back.row.keys) == keys
    assert back.caller(anna.key) == anna
    again.close()


def test_the_same_sheet_goes_on_with_its_day_and_new_starts_another(url):
    shop = workshop(url)
    first = begun(shop)
    assert begun(shop) is first
    other = shop.sheet("/sheets/day.md", SHEET, "Une journée", new=True)
    assert isinstance(other, Session)
    assert other.code != first.code
    shop.close()


def test_acts_that_come_at_once_are_committed_together_and_in_order(url):
    shop = workshop(url)
    session = begun(shop)
    people = [someone(session) for _ in range(3)]
    session.act(act("open", "situations"), CONSOLE)
    batches: list[int] = []
    shop.subscribers.append(lambda session, entries, callers, before: batches.append(len(entries)))
    asked = [gevent.spawn(session.act, act("post", "situations", title=f"Carte {n}"), people[n % 3]) for n in range(60)]
    answers = [one.get() for one in asked]
    assert answers == sorted(answers)
    assert len(set(answers)) == 60
    assert len(batches) < 60
    shop.close()


def test_what_a_crowd_writes_is_committed_once_a_tick_and_whoever_comes_alone_waits_for_nobody(url):
    shop = workshop(url)
    session = begun(shop)
    session.act(act("capacity", most=12), Caller("system"))
    people = [someone(session) for _ in range(12)]
    session.act(act("open", "situations"), CONSOLE)
    shop.close()
    shop, commits = workshop(url), list[int]()
    session = begun(shop)
    shop.subscribers.append(lambda _, entries, *__: commits.append(len(entries)))
    posts = [gevent.spawn_later(0.003 * n, session.act, act("post", "situations", title=f"Carte {n}"), people[n % 12]) for n in range(60)]
    gevent.joinall(posts)
    assert sorted(one.value for one in posts) == list(range(session.state.seq - 59, session.state.seq + 1))
    assert sum(commits) == 60
    assert len(commits) < 20
    commits.clear()
    for anna in people:
        session.act(act("post", "situations", title="Une carte"), anna)
    assert commits == [1] * len(people)
    shop.close()


def test_what_cannot_be_stored_leaves_no_trace_and_is_to_be_sent_again(url, caplog):
    shop = workshop(url)
    session = begun(shop)
    anna = someone(session)
    session.act(act("open", "situations"), CONSOLE)
    before = serialise(session.state)
    append = shop.journal.append

    def full(*_: object) -> None:
        raise Unavailable("database or disk is full")

    shop.journal.append = full  # type: ignore[method-assign]
    one = act("post", "situations", title="Une carte")
    answer = session.act(one, anna)
    assert isinstance(answer, Later)
    assert serialise(session.state) == before
    shop.journal.append = append  # type: ignore[method-assign]
    assert isinstance(session.act(one, anna), int)
    shop.close()


def test_a_second_worker_on_the_same_journal_catches_up_and_decides_again(url):
    one, two = workshop(url), workshop(url)
    here = begun(one)
    here.act(act("open", "situations"), CONSOLE)
    there = begun(two)
    anna, bob = someone(here), someone(there)
    assert isinstance(there.act(act("post", "situations", title="De l’autre côté"), bob), int)
    assert isinstance(here.act(act("post", "situations", title="D’ici"), anna), int)
    assert isinstance(there.act(act("post", "situations", title="Encore"), bob), int)
    assert len(there.state.summaries["situations"].contributions) == 3
    again = workshop(url)
    assert serialise(begun(again).state) == serialise(there.state)
    for shop in (one, two, again):
        shop.close()


def test_a_double_tap_makes_one_person(url):
    shop = workshop(url)
    session = begun(shop)
    id = str(uuid.uuid4())
    taps = [gevent.spawn(session.join, id, {"name": "Élue 1"}) for _ in range(2)]
    first, second = (tap.get() for tap in taps)
    assert first == second
    assert isinstance(first, tuple)
    assert len(session.state.people) == 1
    shop.close()


def test_whoever_reads_the_id_of_a_joining_in_an_archive_gets_no_key_that_a_phone_holds(url):
    shop = workshop(url)
    session, id = begun(shop), str(uuid.uuid4())
    joined = session.join(id, {"name": "Élue 1"})
    again = session.join(id, {"name": "Élue 1"})
    assert isinstance(joined, tuple)
    assert isinstance(again, tuple)
    assert joined[0] == again[0]
    assert joined[1] != again[1]
    assert session.caller(again[1]) == Caller("participant", *again)
    assert not {joined[1], again[1]} & {kept for pair in session._joined.values() for kept in pair}
    # Nor, once a phone no longer asks again, one of its own.
    later = (datetime.fromisoformat(session.state.at) + timedelta(minutes=11)).isoformat()
    shop.clock = lambda: later
    assert getattr(session.join(id, {"name": "Élue 1"}), "code", "") == "conflict"
    shop.close()


def test_a_commit_that_seemed_lost_is_answered_and_shown_when_its_acts_come_again(url, caplog):
    shop = workshop(url)
    session = begun(shop)
    append = shop.journal.append

    def cut(*given: Any) -> None:
        append(*given)
        raise Unavailable("the connection was lost")

    id, shown = str(uuid.uuid4()), list[str]()
    shop.subscribers.append(lambda session, entries, callers, before: shown.extend(entry.id for entry in entries))
    shop.journal.append = cut  # type: ignore[method-assign]
    assert isinstance(session.join(id, {"name": "Élue 1"}), Later)
    shop.journal.append = append  # type: ignore[method-assign]
    joined = session.join(id, {"name": "Élue 1"})
    assert isinstance(joined, tuple)
    assert session.caller(joined[1]) == Caller("participant", *joined)
    assert (len(session.state.people), shown) == (1, [id])
    shop.close()


def test_a_screen_that_cannot_be_told_unsays_nothing(url, caplog):
    shop = workshop(url)
    session = begun(shop)

    def broken(*_: object) -> None:
        raise RuntimeError("a defect of a template")

    shop.subscribers.append(broken)
    assert isinstance(session.act(act("open", "situations"), CONSOLE), int)
    assert isinstance(session.join(str(uuid.uuid4()), {}), tuple)
    assert "could not be told" in caplog.text
    shop.close()


def test_a_day_with_an_entry_that_nobody_can_read_still_opens(url):
    shop = workshop(url)
    session = begun(shop)
    seq = session.state.seq
    strangers = [
        Entry(seq + 1, "a", "", "console", "open", "nulle-part"),
        Entry(seq + 2, "b", "", "", "vote", "choisir", content={"dots": 3}),
        Entry(seq + 3, "c", "", "console", "retime", "accueil", content={"minutes": "long"}),
        Entry(seq + 4, "d", "", "console", "merge"),
    ]
    shop.journal.append(session.row.id, seq, strangers)
    shop.close()
    again = workshop(url)
    back = begun(again)
    assert list(back.state.unknown) == strangers
    assert isinstance(back.act(act("open", "accueil"), CONSOLE), int)
    again.close()


def test_a_rejoin_code_moves_a_person_once_and_the_old_phone_may_still_send(url):
    shop = workshop(url)
    session = begun(shop)
    anna = someone(session)
    code = session.issue_rejoin(anna.participant)
    assert code is not None
    moved = session.rejoin(f"{code[:3]} {code[3:]}")
    assert moved is not None
    assert moved[0] == anna.participant
    assert session.rejoin(code) is None
    assert session.issue_rejoin("nobody") is None
    session.act(act("open", "situations"), CONSOLE)
    assert isinstance(session.act(act("post", "situations", title="De l’ancien téléphone"), anna), int)
    shop.close()


def test_a_rejoin_code_cannot_be_guessed(url):
    shop = workshop(url)
    session = begun(shop)
    code = session.issue_rejoin(someone(session).participant)
    assert code is not None
    for wrong in range(20):
        assert session.rejoin(f"x{wrong}") is None
    assert session.rejoin(code) is None
    shop.close()


def test_no_file_of_the_data_folder_holds_a_phone_s_key(tmp_path):
    shop = workshop(f"sqlite:///{tmp_path}/facilitate.db")
    anna = someone(begun(shop))
    shop.close()
    assert all(anna.key.encode() not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_an_announced_closing_falls_by_itself_even_after_a_restart(url):
    shop = workshop(url)
    session = begun(shop)
    session.act(act("open", "situations"), CONSOLE)
    session.act(act("close", "situations", **{"in": 1}), CONSOLE)
    assert session.state.steps["situations"].status == "open"
    shop.close()
    again = workshop(url)
    back = begun(again)
    with gevent.Timeout(10):
        while back.state.steps["situations"].status == "open":
            gevent.sleep(0.02)
    again.close()


def test_an_announced_closing_that_could_not_be_stored_is_tried_again(tmp_path):
    shop = workshop(f"sqlite:///{tmp_path}/facilitate.db")
    session = begun(shop)
    session.act(act("open", "situations"), CONSOLE)
    session.act(act("close", "situations", **{"in": 1}), CONSOLE)
    append, tried = shop.journal.append, list[object]()

    def full_once(*given: object) -> None:
        tried.append(given)
        if len(tried) == 1:
            raise Unavailable("database or disk is full")
        append(*given)  # type: ignore[arg-type]

    shop.journal.append = full_once  # type: ignore[method-assign]
    with gevent.Timeout(20):
        while session.state.steps["situations"].status == "open":
            gevent.sleep(0.02)
    assert len(tried) == 2
    shop.close()


def test_the_day_s_end_destroys_the_secrets_of_its_votes(url):
    shop = workshop(url)
    session = begun(shop)
    anna = someone(session)
    session.act(act("open", "choisir"), CONSOLE)
    assert isinstance(session.act(act("vote", "choisir", dots={}), anna), int)
    assert shop.journal.secret(session.row.id, "choisir")
    session.act(act("finish"), CONSOLE)
    assert shop.journal.secret(session.row.id, "choisir") is None
    answer = session.act(act("vote", "choisir", dots={}), anna)
    assert isinstance(answer, Refused)
    shop.close()


def test_secrets_that_outlived_their_day_are_destroyed_when_it_is_next_opened(url, caplog):
    shop = workshop(url)
    session = begun(shop)
    session.act(act("open", "choisir"), CONSOLE)
    session.act(act("vote", "choisir", dots={}), someone(session))

    def full(_: object) -> None:
        raise Unavailable("database or disk is full")

    shop.journal.destroy_secrets = full  # type: ignore[method-assign]
    assert isinstance(session.act(act("finish"), CONSOLE), int)
    shop.close()
    again = workshop(url)
    back = begun(again)
    again.writer.join()
    assert again.journal.secret(back.row.id, "choisir") is None
    again.close()


@pytest.mark.parametrize("key", ["", "x", "x" * 5000, "é", "\ud800"])
def test_a_wrong_key_is_no_one_s(url, key):
    shop = workshop(url)
    assert begun(shop).caller(key) is None
    shop.close()


class Reckoning(type(KINDS["situations"])):  # type: ignore[misc]
    """Situations whose every card waits for something to be worked out apart."""

    def reckons(self, settings: Any, act: Act, summary: Any, sources: Sources) -> tuple[str, Any] | None:
        return ("a.module", {"title": act.content["title"]}) if act.do == "post" else None

    def accept(self, settings: Any, act: Act, actor: Any, summary: Any, sources: Sources) -> Any:
        return Accepted({"title": f"{act.content['title']}: {act.reckoned}"})


def test_what_an_act_needs_worked_out_first_is_asked_apart_and_the_day_goes_on_without_it(url, caplog):
    shop = Workshop(Journal(url), {**KINDS, "situations": Reckoning()})
    session = begun(shop)
    anna = someone(session)
    session.act(act("open", "situations"), CONSOLE)
    asked = []

    def apart(module: str, question: Any) -> str:
        asked.append((module, question))
        if question["title"] == "Broken":
            raise OSError("no process")
        return "reckoned"

    shop.apart = apart
    for title in ("Whole", "Broken"):
        assert isinstance(session.act(act("post", "situations", title=title), anna), int)
    assert asked == [("a.module", {"title": "Whole"}), ("a.module", {"title": "Broken"})]
    told = [one.content["title"] for one in session.state.summaries["situations"].contributions.values()]
    assert sorted(told) == ["Broken: None", "Whole: reckoned"]
    # Whoever may not ask it makes nobody work for it.
    session.act(act("post", "situations", title="Wall"), Caller("wall"))
    session.act(act("post", "nowhere", title="Nowhere"), anna)
    assert len(asked) == 2
    shop.close()
