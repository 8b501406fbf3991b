"""Several workers on one database: what is done at one holds at the others, told by Redis or not. Two in this process, or real ones."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import gevent
import pytest
import redisserver
from core.day import SHEET
from harness.server import Server as Process
from web.http import Client, console

from facilitate import retention, workers
from facilitate.app import Server, create_app
from facilitate.core.entry import Act, Caller, Entry
from facilitate.core.state import serialise
from facilitate.journal import Journal, Unavailable
from facilitate.render import Entrance
from facilitate.retention import Due
from facilitate.workshop import Session, hash_key

CONSOLE = Caller("console")
Open = Callable[..., Server]


def act(do: str, activity: str = "", on: str = "", **content: object) -> Act:
    return Act(str(uuid4()), do, activity, content, on)


def until(holds: Callable[[], Any]) -> Any:
    with gevent.Timeout(20):
        while not (found := holds()):
            gevent.sleep(0.01)
    return found


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Open]:
    """Each call opens one more on the same database."""
    opened: list[Server] = []

    def open_one(redis_url: str | None = None) -> Server:
        opened.append(create_app(Journal.in_folder(tmp_path), Entrance("http://127.0.0.1"), redis_url=redis_url))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def day(at: Server) -> Session:
    session = at.workshop.sheet("/day.md", SHEET, "Une journée")
    assert isinstance(session, Session)
    return session


def someone(session: Session) -> Caller:
    joined = session.join(str(uuid4()), {"name": "Élue 1"})
    assert isinstance(joined, tuple)
    return Caller("participant", *joined)


class Page:
    """A page that is open at a worker, and what it was told."""

    def __init__(self, at: Server, session: Session, look: str, key: str) -> None:
        auth = {"code": session.code, "key": key, "look": look, "lang": "fr"}
        self.line = at.socketio.test_client(at.app, auth=auth)
        self.told: list[Any] = []

    def heard(self, name: str) -> list[Any]:
        if self.line.is_connected():
            self.told += self.line.get_received()
        return [one["args"][0] for one in self.told if one["name"] == name]

    def shows(self, words: str) -> bool:
        return any(words in str(update.get("html", "")) for update in self.heard("update"))


def quiet(one: Server) -> None:
    """No poll: what it knows it was told."""
    one.workers._greenlets[0].kill()


def test_without_redis_each_worker_looks_for_itself(worker: Open) -> None:
    one, other = worker(), worker()
    here, there = day(one), day(other)
    wall = Page(other, there, "wall", there.row.keys["wall"])
    here.act(act("open", "situations"), CONSOLE)
    assert isinstance(here.act(act("post", "situations", title="De l’autre côté"), someone(here)), int)
    until(lambda: wall.shows("De l’autre côté"))
    assert serialise(here.state) == serialise(there.state)


def test_with_redis_each_is_told_and_who_is_where(worker: Open, redis: redisserver.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = worker(redis.url), worker(redis.url)
    here, there = day(one), day(other)
    until(lambda: one.workers._bus.hears and other.workers._bus.hears)
    quiet(other)
    wall = Page(other, there, "wall", there.row.keys["wall"])
    here.act(act("open", "situations"), CONSOLE)
    anna = someone(here)
    assert isinstance(here.act(act("post", "situations", title="Dit aussitôt"), anna), int)
    until(lambda: wall.shows("Dit aussitôt"))
    phone, remote = Page(one, here, "mine", anna.key), Page(one, here, "remote", here.row.keys["console"])
    until(lambda: other.live.here(there) == {anna.participant} and other.live.driving(there) == [("remote", "")])
    assert until(lambda: wall.heard("presence"))[-1]["here"] == 1
    # A third that comes later is told too, and forgets whoever ends without a word.
    monkeypatch.setattr(workers, "_LAPSES", 0.5)
    late = worker(redis.url)
    coming = day(late)
    Page(late, coming, "console", coming.row.keys["console"])
    until(lambda: late.live.here(coming) == {anna.participant})
    assert ("console", "") in until(lambda: [one for one in other.live.driving(there) if one[0] == "console"])
    gevent.killall(one.workers._greenlets)
    until(lambda: late.live.here(coming) == set())
    phone.line.disconnect()
    remote.line.disconnect()


def test_a_redis_that_is_gone_is_waited_for_by_nobody_and_found_again(
    worker: Open, own_redis: redisserver.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = worker(own_redis.url), worker(own_redis.url)
    here, there = day(one), day(other)
    wall = Page(other, there, "wall", there.row.keys["wall"])
    anna = someone(here)
    here.act(act("open", "situations"), CONSOLE)
    until(lambda: other.workers._bus.hears)
    own_redis.kill()
    for n in range(20):
        with gevent.Timeout(5):
            assert isinstance(here.act(act("post", "situations", title=f"Carte {n}"), anna), int)
    until(lambda: wall.shows("Carte 19"))
    assert "does not answer" in until(lambda: caplog.text)
    own_redis.start()
    until(lambda: caplog.text.count("answers again") == 2)
    quiet(other)
    here.act(act("post", "situations", title="De retour"), anna)
    until(lambda: wall.shows("De retour"))


def test_a_phone_let_in_by_one_worker_is_known_to_the_others_and_guessing_costs_next_to_nothing(worker: Open) -> None:
    one, other = worker(), worker()
    here, there = day(one), day(other)
    quiet(other)
    anna = someone(here)
    assert there.caller(anna.key) == anna
    assert anna.participant in there.state.people
    invited = act("invite", name="Sam", role="scribe")
    here.act(invited, CONSOLE)
    key = here.member_key(here.state.team[invited.id])
    assert there.caller(key) == Caller("scribe", member=invited.id)
    asked: list[str] = []
    keys = other.workshop.journal.keys
    other.workshop.journal.keys = lambda id: asked.append(id) or keys(id)  # type: ignore[method-assign, func-returns-value]
    guesses = [gevent.spawn_later(n / 1000, there.caller, f"{n:022}") for n in range(300)]
    assert not any(one.get() for one in guesses)
    assert (before := len(asked)) <= 3
    assert there.caller(f"{7:022}") is None
    assert len(asked) == before, "one that is nobody's is not looked for again"


def test_a_phone_that_cannot_be_looked_for_is_not_told_that_it_never_joined(worker: Open, caplog: pytest.LogCaptureFixture) -> None:
    one, other = worker(), worker()
    here, there = day(one), day(other)
    quiet(other)
    browser = other.app.test_client()
    browser.set_cookie(f"participant-{there.code}", someone(here).key)
    since = other.workshop.journal.since

    def gone(*_: object) -> list[Entry]:
        raise Unavailable("no connection")

    other.workshop.journal.since = gone  # type: ignore[method-assign]
    answer = browser.get(f"/s/{there.code}/region/now")
    assert (answer.status_code, answer.json["code"]) == (503, "storage")
    other.workshop.journal.since = since  # type: ignore[method-assign]
    assert browser.get(f"/s/{there.code}/region/now").status_code == 200


def test_the_same_joining_at_two_workers_makes_one_person(worker: Open) -> None:
    one, other = worker(), worker()
    here, there = day(one), day(other)
    id = str(uuid4())
    taps = [gevent.spawn(session.join, id, {"name": "Élue 1"}) for session in (here, there)]
    first, second = (tap.get() for tap in taps)
    assert first[0] == second[0]
    for session in (here, there):
        assert {session.caller(key).participant for _, key in (first, second)} == {first[0]}  # type: ignore[union-attr]
        assert len(session.state.people) == 1


def test_a_code_to_come_back_with_works_once_at_any_worker(worker: Open) -> None:
    one, other = worker(), worker()
    here, there = day(one), day(other)
    anna, bob = someone(here), someone(here)
    there.look_again()
    code = here.issue_rejoin(anna.participant)
    assert code
    there.look_again()
    assert there.rejoins() == here.rejoins() == {anna.participant: code}
    came = [gevent.spawn(session.rejoin, code) for session in (here, there)]
    (moved,) = [found for one in came if (found := one.get())]
    assert moved[0] == anna.participant
    assert here.caller(moved[1]) == there.caller(moved[1]) == Caller("participant", *moved)
    # Codes go with whoever leaves, and all of them with too many guesses, wherever they are made.
    assert here.issue_rejoin(anna.participant)
    here.act(act("erase", on=anna.participant, what="all"), anna)
    assert one.workshop.journal.codes(here.row.id) == {}
    code = here.issue_rejoin(bob.participant)
    assert code
    for n in range(20):
        assert there.rejoin(f"x{n}") is None
    assert here.rejoin(code) is None


def test_whoever_erased_all_they_gave_is_shut_out_of_every_worker(worker: Open) -> None:
    one, other = worker(), worker()
    here, there = day(one), day(other)
    anna = someone(here)
    here.act(act("open", "situations"), CONSOLE)
    here.act(act("post", "situations", title="Zanzibar"), anna)
    assert there.caller(anna.key) == anna
    forgot: list[str] = []
    other.workshop.forgetters.append(lambda row: forgot.append(row.code))
    page = Page(other, there, "mine", anna.key)
    assert page.line.is_connected()
    assert isinstance(here.act(act("erase", on=anna.participant, what="all"), anna), int)
    until(lambda: not page.line.is_connected())
    assert there.caller(anna.key) is None
    assert b"Zanzibar" not in serialise(there.state)
    assert until(lambda: forgot) == [there.code]


def test_an_announced_closing_takes_effect_once(worker: Open) -> None:
    one, other = worker(), worker()
    here, there = day(one), day(other)
    here.act(act("open", "situations"), CONSOLE)
    here.act(act("close", "situations", **{"in": 1}), CONSOLE)
    there.look_again()
    assert there._timer is not None
    until(lambda: all(session.state.steps["situations"].status == "closed" for session in (here, there)))
    there.look_again()
    done = [entry for entry in one.workshop.journal.since(here.row.id) if entry.by == "system" and entry.do == "close"]
    assert len(done) == 1


def test_a_day_s_end_at_one_worker_destroys_the_secrets_of_its_votes_at_all(worker: Open) -> None:
    one, other = worker(), worker()
    here, there = day(one), day(other)
    anna = someone(here)
    here.act(act("open", "choisir"), CONSOLE)
    assert there.caller(anna.key)
    assert isinstance(there.act(act("vote", "choisir", dots={}), anna), int)
    assert there._secrets
    here.act(act("finish"), CONSOLE)
    there.look_again()
    assert there._secrets == {}
    assert one.workshop.journal.secret(here.row.id, "choisir") is None


def removed(one: Server, session: Session) -> None:
    today = date(2021, 9, 24)
    due = Due(session.row.id, session.code, "Une journée", "2021-09-24", "day", today, today, {})
    retention.remove(one.workshop.journal, due, "2026-01-01T00:00:00.000Z", one.app.extensions["search"])


def test_a_day_removed_at_one_worker_is_let_go_by_the_others(worker: Open) -> None:
    one, other = worker(), worker()
    here, there = day(one), day(other)
    wall = Page(other, there, "wall", there.row.keys["wall"])
    removed(one, here)
    until(lambda: other.workshop.at_hand(there.code) is None and not wall.line.is_connected())
    assert other.workshop.session(there.code) is None


def test_a_day_that_nobody_was_at_is_looked_at_as_someone_comes(worker: Open) -> None:
    one, other = worker(), worker()
    here, there = day(one), day(other)
    quiet(other)
    anna = someone(here)
    assert there.caller(anna.key) == anna
    seq = here.act(act("open", "situations"), CONSOLE)
    # As when a day has been kept long enough for nobody to come back.
    one.workshop.journal.revoke_key(here.row.id, hash_key(anna.key))
    assert there.state.seq != seq
    there.asked -= 1000
    assert other.workshop.session(there.code) is there
    assert there.state.seq == seq
    assert there.caller(anna.key) is None
    removed(one, here)
    assert other.workshop.session(there.code) is there
    there.asked -= 1000
    assert other.workshop.session(there.code) is None


def test_a_page_that_was_told_more_by_another_worker_is_drawn_from_as_much(worker: Open) -> None:
    one, other = worker(), worker()
    here, there = day(one), day(other)
    quiet(other)
    anna = someone(here)
    browser = other.app.test_client()
    browser.set_cookie(f"participant-{there.code}", anna.key)
    assert browser.get(f"/s/{there.code}/region/now").status_code == 200
    seq = here.act(act("open", "situations"), CONSOLE)
    region = f"/s/{there.code}/region/now"
    assert browser.get(region).json["seq"] < seq
    assert browser.get(f"{region}?seq={seq}").json["seq"] == seq


def test_a_look_that_failed_is_made_again_though_nobody_writes_any_more(worker: Open) -> None:
    one, other = worker(), worker()
    here, there = day(one), day(other)
    lasts, failed = other.workshop.journal.lasts, list[object]()

    def gone(ids: object) -> dict[str, int]:
        failed.append(ids)
        raise Unavailable("no connection")

    other.workshop.journal.lasts = gone  # type: ignore[method-assign]
    seq = here.act(act("open", "situations"), CONSOLE)
    until(lambda: failed)
    other.workshop.journal.lasts = lasts  # type: ignore[method-assign]
    until(lambda: there.state.seq == seq)


def held(work: Callable[..., Any]) -> tuple[Callable[..., Any], threading.Event, threading.Event]:
    """That work, whose answer is held back until the last event, and what tells that it was done."""
    done, go = threading.Event(), threading.Event()

    def slow(*given: Any) -> Any:
        found = work(*given)
        done.set()
        assert go.wait(20)
        return found

    return slow, done, go


def test_what_was_written_while_a_day_was_loaded_is_taken_in(worker: Open) -> None:
    one, other = worker(), worker()
    here = day(one)
    quiet(other)
    other.workshop.journal.since, read, go = held(other.workshop.journal.since)  # type: ignore[method-assign]
    loading = gevent.spawn(other.workshop.session, here.code)
    until(read.is_set)
    seq = here.act(act("open", "situations"), CONSOLE)
    other.workers._poll()
    go.set()
    there = loading.get()
    assert there.state.seq != seq
    other.workers._poll()
    assert there.state.seq == seq


def test_a_phone_that_comes_while_the_keys_are_read_is_looked_for_again(worker: Open) -> None:
    one, other = worker(), worker()
    here, there = day(one), day(other)
    quiet(other)
    keys = other.workshop.journal.keys
    other.workshop.journal.keys, read, go = held(keys)  # type: ignore[method-assign]
    first = gevent.spawn(there.look_again)
    until(read.is_set)
    anna = someone(here)
    coming = gevent.spawn(there.caller, anna.key)
    until(lambda: there.waiting)
    go.set()
    assert coming.get() == anna
    first.get()


def test_a_secret_that_is_asked_for_as_the_day_ends_is_kept_nowhere(worker: Open) -> None:
    one = worker()
    here = day(one)
    anna = someone(here)
    here.act(act("open", "choisir"), CONSOLE)
    one.workshop.journal.append, stored, go = held(one.workshop.journal.append)  # type: ignore[method-assign]
    end = gevent.spawn(here.act, act("finish"), CONSOLE)
    until(stored.is_set)
    page = gevent.spawn(here.viewer, anna, "choisir")
    gevent.sleep(0)
    go.set()
    gevent.joinall([end, page], raise_error=True)
    assert here.state.finished
    assert here._secrets == {}
    assert one.workshop.journal.secret(here.row.id, "choisir") is None


def test_a_day_is_let_go_once_what_is_being_written_is_answered(worker: Open) -> None:
    one = worker()
    here = day(one)
    one.workshop.journal.append, stored, go = held(one.workshop.journal.append)  # type: ignore[method-assign]
    asking = gevent.spawn(here.act, act("open", "situations"), CONSOLE)
    until(stored.is_set)
    letting = gevent.spawn(one.workshop.let_go, here.code)
    until(lambda: one.workshop.at_hand(here.code) is None)
    go.set()
    assert isinstance(asking.get(), int)
    letting.get()


def test_a_redis_whose_address_says_what_nobody_knows_is_tried_again_all_the_same(worker: Open, caplog: pytest.LogCaptureFixture) -> None:
    one = worker("redis://127.0.0.1:1?nonsense=1")
    until(lambda: "does not answer" in caplog.text)
    assert all(thread.is_alive() for thread in one.workers._bus._threads)


def test_a_worker_alone_asks_its_database_nothing_while_nobody_writes(worker: Open) -> None:
    alone = worker()
    day(alone)
    asked: list[int] = []
    lasts = alone.workshop.journal.lasts
    alone.workshop.journal.lasts = lambda ids: asked.append(len(ids)) or lasts(ids)  # type: ignore[method-assign, func-returns-value]
    rounds = alone.workers._round
    until(lambda: alone.workers._round > rounds + 1)
    asked.clear()
    until(lambda: alone.workers._round > rounds + 3)
    assert asked == []


def test_one_sheet_begun_at_two_workers_at_once_is_one_day(worker: Open) -> None:
    one, other = worker(), worker()
    for n in range(5):
        begun = [gevent.spawn(at.workshop.sheet, f"/{n}.md", SHEET, "Une journée") for at in (one, other)]
        here, there = (each.get() for each in begun)
        assert isinstance(here, Session)
        assert isinstance(there, Session)
        assert here.row == there.row


def test_workers_started_at_once_on_one_sheet_run_one_day_and_say_no_password(tmp_path: Path) -> None:
    sheet = tmp_path / "day.md"
    sheet.write_text(SHEET, encoding="utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # where nothing listens
        bus = f"redis://someone:not-to-be-told@127.0.0.1:{taken.getsockname()[1]}/0"
        started: list[Process] = []
        begin = [threading.Thread(target=lambda: started.append(Process(sheet, tmp_path / "data", ["--redis-url", bus]))) for _ in range(2)]
        for one in begin:
            one.start()
        for one in begin:
            one.join()
        first, second = started
        try:
            assert first.code == second.code
            assert console(first).act("open", "situations").status == 200
            joined = Client(first).json(f"/j/{first.code}", {"name": "Élue 1"}).json
            phone = Client(second, joined["key"])
            assert phone.act("post", "situations", {"title": "Une carte"}).status == 200
            # The one worker ends without a word: the other goes on.
            first.kill()
            assert phone.act("post", "situations", {"title": "Une autre"}).status == 200
        finally:
            for one in started:
                one.close()
    kept = Journal.in_folder(tmp_path / "data")
    posted = [entry.content["title"] for entry in kept.since(kept.sessions()[0].id) if entry.do == "post"]
    assert (len(kept.sessions()), posted) == (1, ["Une carte", "Une autre"])
    kept.close()
    assert "does not answer" in second.log
    assert "not-to-be-told" not in second.log
