"""Two servers on one database, neither told of the other: what is done at one is seen at the other; what both do at once is done once."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from core.day import KINDS, Day
from harness.server import PATIENCE, Server
from harness.workers import Workers
from web.http import Answer, Client, console, joined

from facilitate.archive import export
from facilitate.journal import Journal
from facilitate.language import languages
from facilitate.search import Search

SHEET = """---
titre: Une journée
date: 2099-09-24
horaires: 9 h 30 – 17 h
lieu: Valence
places: 3
inscription avant: 2099-09-20
langue: fr
---
## Programme

### 9 h 30 – Situations
- type : situations

### 12 h 30 – Déjeuner
- type : pause
- durée : 75 min
- fixe : oui
"""
PASSWORD = "quatre mots mis ensemble"


@contextmanager
def pair(folder: Path, *arguments: str) -> Iterator[Workers]:
    """Two workers, without anything that tells one what the other did."""
    sheet = folder / "sheet.md"
    sheet.write_text(SHEET, "utf-8")
    both = Workers(sheet, folder / "data", arguments)
    try:
        yield both
        both.stop()
    finally:
        both.close()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgres: Callable[[], str]) -> Iterator[Workers]:
    with pair(tmp_path_factory.mktemp("shared"), "--database-url", postgres()) as workers:
        yield workers


def offices(both: Workers) -> tuple[Client, Client]:
    one, other = (Client(each, both.keys["shelf"]) for each in both.each)
    return one, other


def desks(both: Workers) -> tuple[Client, Client]:
    one, other = (console(each) for each in both.each)
    return one, other


def at_once(*asks: Callable[[], Answer]) -> list[Answer]:
    """All of them, begun together."""
    answers: dict[int, Answer] = {}
    begin = threading.Barrier(len(asks))

    def ask(place: int) -> None:
        begin.wait(PATIENCE)
        answers[place] = asks[place]()

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(asks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[place] for place in range(len(asks))]


def until(found: Callable[[], Any]) -> Any:
    """What is found once the other worker has looked."""
    wait, over = threading.Event(), 0
    while not (told := found()):
        over += 1
        assert over < PATIENCE * 20
        wait.wait(0.05)
    return told


def looks_up(each: Server) -> None:
    """A page of the other worker was opened: its style is asked for."""
    assert Client(each).get("/static/another/participant.css").status == 200


def test_two_welcome_desks_see_each_other_and_lose_nothing(both: Workers) -> None:
    one, other = desks(both)
    desk = f"/reception/{both.code}"

    def told(who: Client, since: int) -> Any:
        return who.get(f"{desk}/changes?half=am&since={since}").json

    start = told(other, 0)["seq"]
    names = [f"Personne {letter}" for letter in "ABCDEFGHIJ"]
    made = at_once(
        *(lambda who=who, name=name: who.json(f"{desk}/arrive?half=am", {"name": name}) for who in (one, other) for name in names)
    )
    assert {answer.status for answer in made} == {200}
    here = told(one, start)
    assert (told(other, start)["rows"], len(here["rows"])) == (here["rows"], len(names)), "who is on the list is not put there twice"
    someone, else_ = sorted(here["rows"])[:2]
    presses = [
        one.json(f"{desk}/tick?half=am", {"person": someone, "set": "left"}),
        other.json(f"{desk}/tick?half=pm", {"person": someone, "set": "came"}),
    ]
    assert [answer.status for answer in presses] == [200, 200]
    page = one.get(f"{desk}/person/{someone}?half=am").text
    assert len(re.findall(r'name="(?:am-came|am-left|pm-came)"[^>]*value="[^"]+"', page)) == 3, "each pressed another half-day"
    seq = told(one, 0)["seq"]
    assert other.form(f"{desk}/person/{else_}", {"remove": "yes"}).status == 303
    gone = told(one, seq)
    assert (gone["gone"], gone["rows"], gone["seq"] > seq) == ([else_], {}, True)


def test_places_are_given_once_whichever_worker_is_asked(both: Workers) -> None:
    one, other = (Client(each) for each in both.each)
    asked = at_once(
        *(
            lambda who=who, n=n: who.json(f"/r/{both.code}", {"id": str(uuid4()), "last": f"Inscrite {n}"})
            for n in range(4)
            for who in (one, other)
        )
    )
    standings = sorted(answer.json["standing"] for answer in asked)
    assert standings == ["place"] * 3 + ["waiting"] * 5
    codes = {answer.json["invitation"] for answer in asked}
    assert len({code[:3] for code in codes}) == 8, "each code begins as no other"
    seated = next(answer.json["invitation"] for answer in asked if answer.json["standing"] == "place")
    assert one.json(f"/r/{both.code}", {"invitation": seated, "do": "withdraw"}).status == 200
    assert other.json(f"/r/{both.code}", {"invitation": seated}).status == 403, "nobody has this code any more"
    standings = [other.json(f"/r/{both.code}", {"invitation": code}).json["standing"] for code in codes - {seated}]
    assert sorted(standings) == ["place"] * 3 + ["waiting"] * 4


def test_who_signs_in_at_one_is_signed_in_at_the_other_until_they_sign_out(both: Workers) -> None:
    one, _ = offices(both)
    made = one.json("/shelf/accounts", {"do": "invite", "name": "Nadia", "role": "administrator"}).json
    link = "/shelf/invitation/" + made["invitation"].rpartition("/")[2]
    accepted = Client(both.each[1]).json(link, {"password": PASSWORD})
    assert Client(both.each[0]).json(link, {"password": PASSWORD}).status == 404, "once"
    staff = [Client(each, cookies={"staff": accepted.cookies["staff"]}) for each in both.each]
    assert [who.get("/shelf/accounts").status for who in staff] == [200, 200]
    for _ in range(6):
        wrong = Client(both.each[1]).json("/shelf/signin", {"name": "Nadia", "password": "un autre mot de passe"})
    assert wrong.status == 429
    again = one.json("/shelf/accounts", {"do": "again", "account": made["account"]}).json
    assert again["invitation"] != made["invitation"]
    signed = Client(both.each[1]).json("/shelf/signin", {"name": "Nadia", "password": PASSWORD})
    assert signed.status == 200, "another link lets one try again, at the other worker too"
    assert staff[1].ask("POST", "/shelf/signout", Origin=both.each[1].base).status in (200, 303)
    assert staff[0].get("/shelf/accounts", Accept="application/json").status == 401


def test_what_the_house_wears_is_worn_by_both_and_pages_of_before_keep_their_colours(both: Workers) -> None:
    one, other = offices(both)

    def style(each: Server) -> str:
        return re.findall(r'href="(/static/[^"]+participant.css)"', Client(each).get(f"/j/{both.code}").text)[0]

    before = style(both.each[0])
    assert before == style(both.each[1])
    plain = Client(both.each[1]).get(before).text
    assert one.form("/shelf/house", {"do": "colours", "colour": "#ffd400", "mark": "#e1000f"}).status == 303
    after = style(both.each[0])
    assert after != before
    # A page of one worker asks the other for what it names.
    given = Client(both.each[1]).get(after)
    assert "--mark: #e1000f;" in given.text
    assert "immutable" in given.headers["Cache-Control"]
    assert style(both.each[1]) == after
    for each in both.each:
        kept = Client(each).get(before)
        assert (kept.text, "immutable" in kept.headers["Cache-Control"]) == (plain, True)
    changes = at_once(
        lambda: one.form("/shelf/house", {"do": "name", "name": "Le Relais"}),
        lambda: other.form("/shelf/house", {"do": "data", "contact": "à l’accueil", "data": ""}),
    )
    assert [answer.status for answer in changes] == [303, 303]
    page = other.get("/shelf/house").text
    assert ("Le Relais" in page, "à l’accueil" in page, "#e1000f" in page) == (True, True, True)
    assert one.form("/shelf/privacy", {"do": "accessibility", "status": "partial", "date": "24/09/2024"}).status == 303
    looks_up(both.each[1])
    assert "partiellement conforme" in Client(both.each[1]).get("/?lang=fr").text


def test_a_report_published_at_one_is_read_and_taken_back_at_the_other(both: Workers) -> None:
    one, other = offices(both)
    page = f"/s/{both.code}/publishing"
    published = at_once(*(lambda who=who: who.json(page, {"do": "publish", "formats": [], "language": "fr"}) for who in (one, other)))
    assert {answer.status for answer in published} == {200}
    link = one.json(page, {"do": "link", "label": "le conseil"}).json
    address = "/p/" + link["address"].rpartition("/")[2]
    assert [Client(each).get(address).status for each in both.each] == [200, 200]
    assert other.json(page, {"do": "revoke", "link": link["link"]}).status == 200
    assert [Client(each).get(address).status for each in both.each] == [410, 410]
    assert other.json(page, {"do": "public", "on": True}).status == 200
    assert Client(both.each[0]).get(f"/public/{both.code}").status == 200


def test_what_is_erased_at_one_leaves_the_search_the_report_and_the_editing_of_the_other(both: Workers) -> None:
    one, other = offices(both)
    facilitator = console(both.each[0])
    facilitator.act("open", "situations")
    anna = joined(both.each[0], name="Anna")
    card = str(uuid4())
    assert (
        anna.json(
            f"/s/{both.code}/act",
            {"id": card, "do": "post", "activity": "situations", "content": {"title": "Un four cocagne", "signed": True}},
        ).status
        == 200
    )
    edition, search = f"/s/{both.code}/edition?show=", "/shelf/search?q=cocagne"
    assert until(lambda: "cocagne" in other.get(edition).text)
    assert until(lambda: other.get(search, Accept="application/json").json["count"] == 1)
    assert at_once(*(lambda who=who: who.get(search, Accept="application/json") for who in (one, other) * 2))[0].json["count"] == 1
    assert one.json(f"/s/{both.code}/publishing", {"do": "publish", "formats": [], "language": "fr"}).status == 200
    assert other.json(f"/s/{both.code}/publishing", {"do": "public", "on": True}).status == 200
    assert "cocagne" in Client(both.each[1]).get(f"/public/{both.code}").text
    assert Client(both.each[0], anna.key).json(f"/s/{both.code}/data", {"do": "erase", "on": card}).status == 200
    assert until(lambda: "cocagne" not in other.get(edition).text)
    assert until(lambda: other.get(search, Accept="application/json").json["count"] == 0)
    assert until(lambda: (told := Client(both.each[1]).get(f"/public/{both.code}")).status == 200 and "cocagne" not in told.text)


def test_what_is_sent_twice_to_two_workers_is_one(both: Workers) -> None:
    one, other = offices(both)
    elsewhere, day, archive = Journal("sqlite://"), Day(), BytesIO()
    row = elsewhere.create(path=None, title="Une autre journée", created="2021-09-24T07:00:00.000Z")
    elsewhere.append(row.id, 0, day.entries)
    export(elsewhere, row.id, archive)
    elsewhere.close()
    told = {"Accept": "application/json", "Content_Type": "application/zip"}
    taken = at_once(*(lambda who=who: who.ask("POST", "/shelf/import", archive.getvalue(), **told) for who in (one, other)))
    assert [answer.status for answer in taken] == [200, 200]
    assert sorted(answer.json["added"] for answer in taken) == [0, len(day.entries)]
    for _ in range(6):
        gathered = {"id": str(uuid4()), "title": "Ce qu’elles nous apprennent", "language": "fr", "sessions": [row.id]}
        made = at_once(*(lambda who=who, gathered=gathered: who.json("/shelf/collections", gathered) for who in (one, other)))
        assert len({answer.json["code"] for answer in made}) == 1


def test_one_worker_at_a_time_writes_the_index_of_the_search(tmp_path: Path) -> None:
    journal, other, day = Journal.in_folder(tmp_path), Journal.in_folder(tmp_path), Day()
    row = journal.create(path=None, title="Une journée", created="2021-09-24T07:00:00.000Z")
    journal.append(row.id, 0, day.entries)
    search = Search(journal, KINDS, languages(KINDS))
    with other.alone("search") as mine:
        assert mine
        assert (search.update(0.1), search.update(gently=True)) == (1, 1)
    assert search.update() == 0
    for each in (journal, other):
        each.close()


def test_two_servers_on_one_file_are_as_one(tmp_path: Path) -> None:
    with pair(tmp_path) as both:
        one, other = desks(both)
        desk = f"/reception/{both.code}"
        made = at_once(
            *(lambda who=who, n=n: who.json(f"{desk}/arrive?half=am", {"name": f"Personne {n}"}) for n in "AB" for who in (one, other))
        )
        assert {answer.status for answer in made} == {200}
        told = other.get(f"{desk}/changes?half=am&since=0").json
        assert len(told["rows"]) == 2
        # A third who comes to read the list later does not know who left it since: who is there is told then.
        gone, here = told["rows"]
        assert one.form(f"{desk}/person/{gone}", {"remove": "yes"}).status == 303
        both.each[1].restart()
        late = other.get(f"{desk}/changes?half=am&since={told['seq']}").json
        assert (late["gone"], late["all"]) == ([], [here])
        assert "all" not in other.get(f"{desk}/changes?half=am&since={late['seq']}").json
        assert offices(both)[0].form("/shelf/house", {"do": "name", "name": "Le Relais"}).status == 303
        assert until(lambda: "Le Relais" in Client(both.each[1]).get(f"/j/{both.code}").text)
