"""How long things are kept: what falls due and when, the visa that archives give, what goes with a day, and what nothing brings back."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest
import sqlalchemy as db
from activities.room import CONSOLE, KINDS, LANGUAGES, Room, participant
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as some

from facilitate import publications, retention
from facilitate.archive import BadArchive, export, import_
from facilitate.attendance import Attendance
from facilitate.attendance.person import Person
from facilitate.cli import commands
from facilitate.core.entry import Entry, Refused
from facilitate.core.period import after, before
from facilitate.core.state import SessionState, fold
from facilitate.core.tree import Document
from facilitate.journal import Journal, KeyRow, SessionRow
from facilitate.language import Language
from facilitate.library import Day, document_of
from facilitate.migrations import accesses, entries, metadata
from facilitate.remaking import Remaking
from facilitate.restitution.changes import Facts, facts_over
from facilitate.retention import Retention, Rules, due
from facilitate.search import Search
from facilitate.search.query import read
from facilitate.workshop import Workshop, hash_key

SHEET = """---
titre: {title}
date: {date}
langue: fr
---
## Programme
### 9 h – Nos situations
- type : situations
- durée : 30
- signature : signée
"""
PERIODS = some.builds("P{}{}".format, some.integers(1, 30), some.sampled_from("DMY"))
DAYS = some.dates(date(1980, 1, 1), date(2200, 1, 1))
LONG_AGO = "2001-01-01"


@given(DAYS, PERIODS)
def test_a_period_leads_forward_and_back_on_the_calendar(day: date, period: str) -> None:
    end = after(day, period)
    assert before(day, period) < day < end
    number, unit = int(period[1:-1]), period[-1]
    if unit == "D":
        assert (end - day).days == number
    else:
        months = (end.year - day.year) * 12 + end.month - day.month
        assert months == number * (12 if unit == "Y" else 1)
        assert end.day == day.day or (end + timedelta(days=1)).day == 1, "the end of a shorter month"
    assert after(day + timedelta(days=1), period) >= end, "a later day never ends sooner"


class House:
    """A workshop whose clock is set by hand, with all that an erasure and a removal reach."""

    def __init__(self, journal: Journal) -> None:
        self.now = "2026-01-01T08:00:00.000Z"
        self.shop = Workshop(journal, KINDS, lambda: self.now)
        self.search = Search(journal, KINDS, LANGUAGES)
        self.remaking = Remaking(self.shop, self.search, LANGUAGES)
        self.lists = Attendance(self.shop)
        self.retention = Retention(self.shop, self.lists, self.search, self.remaking)
        # What they do by themselves is done here when a test says so.
        for room in (self.retention, self.lists):
            room.stop()

    def decide(self, public: bool = False, since: str = LONG_AGO, **durations: str) -> None:
        retention.decide(self.shop.journal, Rules(durations, public, since))

    def due(self) -> list[retention.Due]:
        return due(self.shop.journal, KINDS, date.fromisoformat(self.now[:10]))

    def close(self) -> None:
        self.remaking.stop()
        self.shop.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Journal.in_folder(tmp_path))
    yield made
    made.close()


@pytest.fixture
def anywhere(url: str) -> Iterator[House]:
    """One in SQLite, then one in PostgreSQL."""
    made = House(Journal(url))
    yield made
    made.close()


def held(journal: Journal, code: str, day: str, text: str = "Un four au village", *, told: bool = False) -> SessionRow:
    """A day as it was held then: two people, a card, a photo, a list, keys; ``told``: published."""
    room = Room(KINDS, SHEET.format(title=f"Journée {code}", date=day))
    room.do(CONSOLE, "open", "nos-situations")
    for name in ("Nadia Faure", "Paul Rey"):
        room.do(participant(name), "join", name=name, structure="Le Relais", territory="Drôme", named=True)
    room.do(participant("Nadia Faure"), "post", "nos-situations", title=text)
    room.do(CONSOLE, "finish")
    row = journal.create(path=None, title=f"Journée {code}", created=f"{day}T07:00:00.000Z", code=code, id=str(uuid5(NAMESPACE_URL, code)))
    moved = [Entry(one.seq, one.id, f"{day}{one.at[10:]}", *[getattr(one, name) for name in _REST]) for one in room.journal]
    journal.append(row.id, 0, moved, [KeyRow(hash_key(f"key {code}"), "participant", "id-Nadia Faure")])
    journal.keep_media(row.id, "f" * 32, "image/jpeg", b"a picture")
    journal.make_secret(row.id, "nos-situations")
    journal.keep_code(row.id, f"code {code}", "id-Nadia Faure", "2999", day)
    journal.change_attendance(row.id, 0, 1, {"someone": Person("someone", "Faure", "Nadia").stored()})
    if told:
        at = f"{day}T18:00:00.000Z"
        publications.publish(journal, row, room.state, publications.of_day(room.state, KINDS), LANGUAGES["fr"], (), at)
        publications.add_link(journal, row.id, "le conseil", at)
    return row


_REST = ("by", "do", "activity", "on", "content", "print", "v")


def rows_of(journal: Journal, session: str) -> dict[str, int]:
    """How many rows of each table are of that session; its own table says it with its id."""
    found = {}
    with journal.link() as link:
        for table in metadata.sorted_tables:
            column = table.c.id if table.name == "sessions" else table.c.get("session")
            if column is not None and table.name != "removed":
                found[table.name] = link.scalar(db.select(db.func.count()).select_from(table).where(column == session)) or 0
        found["found_words"] = link.scalar(db.text("SELECT count(*) FROM found_words")) or 0
        named = db.text("SELECT count(*) FROM settings WHERE name LIKE :name")
        found["settings"] = link.scalar(named, {"name": f"%{session}%"}) or 0
    return found


def test_nothing_goes_before_someone_decided_it(house: House) -> None:
    row = held(house.shop.journal, "BCD001", "2003-05-06")
    assert house.due() == []
    assert house.retention.run() == []
    assert house.shop.journal.by_id(row.id) is not None


def test_a_day_goes_from_every_table_and_its_line_in_the_register_stays(anywhere: House) -> None:
    house = anywhere
    journal = house.shop.journal
    row, other = held(journal, "BCD001", "2003-05-06", told=True), held(journal, "BCD002", "2025-05-06")
    house.search.update()
    there = rows_of(journal, row.id)
    assert {name for name, count in there.items() if not count} == {"accesses"}, "or a table is emptied that nothing fills here"
    whole = io.BytesIO()
    export(journal, row.id, whole)
    house.decide(day="P2Y")
    (one,) = house.due()
    assert (one.what, one.day, one.end, dict(one.counts)) == (
        "day",
        "2003-05-06",
        date(2005, 5, 6),
        {"people": 2, "posts": 1, "photos": 1, "listed": 1, "files": 1},
    )
    assert [gone.code for gone in house.retention.run()] == ["BCD001"]
    assert {name for name, count in rows_of(journal, row.id).items() if count} == {"found_words"}, "those of the other day"
    assert journal.by_id(other.id) is not None
    assert house.search.ask(read("four")).sessions == 1
    (line,) = retention.gone(journal)
    assert line.session == row.id
    assert line.facts["title"] == "Journée BCD001"
    assert "village" not in str(line.facts)
    with pytest.raises(BadArchive):
        import_(journal, io.BytesIO(whole.getvalue()))
    assert house.retention.run() == [], "once is enough"


def test_no_byte_of_a_day_that_went_is_left_in_the_data_folder(tmp_path: Path) -> None:
    house = House(Journal.in_folder(tmp_path))
    held(house.shop.journal, "BCD001", "2003-05-06", "Xylographes du Vercors", told=True)
    house.search.update()
    assert b"Xylographes" in _bytes(tmp_path)
    house.decide(day="P2Y")
    assert house.retention.run()
    house.close()
    left = _bytes(tmp_path)
    assert [word for word in (b"Xylographes", b"xylograph", b"Nadia", b"Faure", b"a picture") if word in left] == []


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_a_day_counts_from_its_end_and_a_duration_just_set_waits_a_week(house: House) -> None:
    held(house.shop.journal, "BCD001", "2025-01-01")
    house.decide(since="2025-12-30", day="P12M")
    (one,) = house.due()
    assert (one.end, one.on) == (date(2026, 1, 1), date(2026, 1, 6))
    assert house.retention.run() == []
    house.now = "2026-01-06T02:00:00.000Z"
    assert [gone.what for gone in house.retention.run()] == ["day"]


def test_what_a_public_body_keeps_waits_for_the_visa_of_the_archives(anywhere: House) -> None:
    house = anywhere
    journal = house.shop.journal
    first, second = held(journal, "BCD001", "2003-05-06"), held(journal, "BCD002", "2004-05-06")
    house.decide(public=True, day="P2Y")
    assert [one.waits for one in house.due()] == [True, True]
    assert house.retention.run() == []
    said = {"given": "24 septembre 2021", "who": "Directrice des archives", "reference": "2021-117", "fate": "eliminated"}
    for wrong in ({"given": ""}, {"given": "demain"}, {"given": "2026-02-01"}, {"who": " "}, {"reference": ""}, {"fate": "?"}):
        assert isinstance(retention.read_visa(said | wrong, [f"day:{first.id}"], house.due(), house.now, "staff:1"), Refused), wrong
    assert isinstance(retention.read_visa(said, ["day:else"], house.due(), house.now, ""), Refused), "over nothing that waits"
    visa = retention.read_visa(said, [f"day:{first.id}"], house.due(), house.now, "staff:1")
    assert isinstance(visa, retention.Visa)
    first_due = house.due()[0]
    assert retention.visa_over([visa], first_due) is visa
    retention.note_visa(journal, visa)
    assert [one.code for one in house.retention.run()] == ["BCD001"]
    assert journal.by_id(second.id) is not None, "another visa's"
    assert retention.visa_over([visa], replace(first_due, end=date(2026, 1, 2))) is None, "what falls due anew needs another"
    (line,) = retention.gone(journal)
    assert line.facts["visa"] == {"given": "2021-09-24", "who": "Directrice des archives", "reference": "2021-117", "fate": "eliminated"}


def test_a_list_of_a_public_body_waits_too_and_goes_with_its_visa(house: House) -> None:
    journal = house.shop.journal
    row = held(journal, "BCD001", "2003-05-06")
    house.decide(public=True)
    session = house.shop.session("BCD001")
    assert session is not None
    assert house.lists.desk(session).people, "its twelve months are long over"
    (one,) = house.due()
    assert (one.what, one.waits) == ("attendance", True)
    said = {"given": "2021-09-24", "who": "Archives", "reference": "7", "fate": "transferred"}
    visa = retention.read_visa(said, [one.key], house.due(), house.now, "")
    assert isinstance(visa, retention.Visa)
    retention.note_visa(journal, visa)
    assert [gone.what for gone in house.retention.run()] == ["attendance"]
    assert journal.attendance(row.id) == {}
    assert [line.facts["visa"]["fate"] for line in retention.gone(journal)] == ["transferred"]


def test_a_list_goes_by_itself_after_what_the_sheet_says_else_the_house_else_twelve_months(house: House) -> None:
    journal = house.shop.journal
    held(journal, "BCD001", "2025-06-01")
    house.decide(attendance="P3M")
    house.retention.settle()
    session = house.shop.session("BCD001")
    assert session is not None
    assert not house.lists.desk(session).people
    assert [line.facts["what"] for line in retention.gone(journal)] == ["attendance"]


def test_names_go_and_words_stay(house: House) -> None:
    journal = house.shop.journal
    row = held(journal, "BCD001", "2003-05-06")
    house.decide(names="P1Y")
    assert [one.what for one in house.retention.run()] == ["names"]
    text = str(journal.since(row.id))
    assert "Faure" not in text.replace("id-Nadia Faure", "")
    assert "Un four au village" in text
    assert house.retention.run() == []


def test_a_publication_goes_with_its_links_and_the_day_stays(house: House) -> None:
    journal = house.shop.journal
    row = held(journal, "BCD001", "2003-05-06", told=True)
    house.decide(publication="P1Y")
    (link,) = publications.links(journal, row.id)
    assert [one.what for one in house.retention.run()] == ["publication"]
    assert publications.last(journal, row.id) is None
    assert publications.by_token(journal, link.token) is None
    assert journal.since(row.id)


def test_a_document_over_several_days_is_published_again_without_the_day_that_went(house: House) -> None:
    journal = house.shop.journal
    old, recent = held(journal, "BCD001", "2003-05-06", "Mots anciens"), held(journal, "BCD002", "2025-05-06", "Mots récents")
    over = journal.create(path=None, title="", created=house.now, code="BCD003")
    content = {"title": "Ce qui reste", "language": "fr", "sessions": [old.id, recent.id]}
    state = fold(SessionState(), [chosen := Entry(1, "one", house.now, "shelf", "collect", content=content)], KINDS)
    journal.append(over.id, 0, [chosen])
    days = [Day(row.code, fold(SessionState(), journal.since(row.id), KINDS)) for row in (old, recent)]

    def told(language: Language) -> tuple[Document, Facts]:
        document = document_of(state, days, KINDS, language)
        return document, facts_over(state.edition, document)

    publications.publish(journal, over, state, told, LANGUAGES["fr"], (), house.now)
    assert "Mots anciens" in page(journal, over)
    house.decide(day="P2Y")
    assert [one.code for one in house.retention.run()] == ["BCD001"]
    assert page(journal, over) == "", "taken down at once"
    house.remaking.make()
    again = page(journal, over)
    assert "Mots anciens" not in again
    assert "Mots récents" in again
    assert "Journée BCD001" not in again


def page(journal: Journal, row: SessionRow) -> str:
    """What is published of it; '' while it is made again."""
    made = publications.last(journal, row.id)
    assert made is not None
    found = publications.file(journal, row.id, made.id, publications.INDEX)
    return found[1].decode() if found else ""


def test_nobody_comes_back_once_keys_and_codes_are_gone(house: House) -> None:
    journal = house.shop.journal
    row = held(journal, "BCD001", "2003-05-06")
    session = house.shop.session("BCD001")
    assert session is not None
    assert session.caller("key BCD001") is not None
    house.decide(returns="P1Y")
    assert [one.what for one in house.retention.run()] == ["returns"]
    assert session.caller("key BCD001") is None
    assert journal.keys(row.id) == []
    assert house.shop.lapsed(session)


def test_the_log_of_what_staff_open_keeps_what_is_recent(house: House) -> None:
    journal = house.shop.journal
    with journal.link() as link:
        for at in ("2024-01-01T00:00:00.000Z", "2025-12-01T00:00:00.000Z"):
            link.execute(db.insert(accesses), {"at": at, "who": "a", "did": "read", "session": "", "facts": "{}"})
    house.decide(accesses="P6M")
    house.retention.run()
    with journal.link() as link:
        assert link.scalars(db.select(accesses.c.at)).all() == ["2025-12-01T00:00:00.000Z"]


def test_two_workers_never_run_at_once_and_a_turn_that_was_cut_off_ends_by_itself(house: House) -> None:
    journal = house.shop.journal
    held(journal, "BCD001", "2003-05-06")
    house.decide(day="P2Y")
    assert retention._take_turn(journal, house.now)
    assert house.retention.run() == []
    house.now = "2026-01-01T10:00:00.000Z"
    assert len(house.retention.run()) == 1


def test_a_removal_that_is_cut_off_leaves_the_day_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = house.shop.journal
    row = held(journal, "BCD001", "2003-05-06")
    before_that = rows_of(journal, row.id)
    house.decide(day="P2Y")
    (one,) = house.due()

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(retention, "_register", cut)
    with pytest.raises(KeyboardInterrupt):
        retention.remove(journal, one, house.now, house.search)
    assert rows_of(journal, row.id) == before_that
    assert retention.gone(journal) == []


def test_a_day_that_cannot_be_read_keeps_no_other_from_going(house: House) -> None:
    journal = house.shop.journal
    broken = held(journal, "BCD001", "2003-05-06")
    held(journal, "BCD002", "2003-05-06")
    with journal.link() as link:
        link.execute(db.update(entries).where(entries.c.session == broken.id, entries.c.do == "sheet").values(content="{"))
    house.decide(day="P2Y")
    assert [one.code for one in house.retention.run()] == ["BCD002"]


def test_a_day_that_did_not_come_or_is_lived_again_is_not_old(house: House) -> None:
    journal = house.shop.journal
    room = Room(KINDS, SHEET.format(title="À venir", date="2027-01-01"))
    row = journal.create(path=None, title="À venir", created="2001-01-01T00:00:00.000Z", code="BCD009")
    journal.append(row.id, 0, room.journal)
    house.decide(day="P12M")
    assert house.due() == []


@pytest.mark.parametrize(("typed", "kept"), [("24 mois", "P24M"), ("5 years", "P5Y"), ("90 jours", "P90D"), ("", None)])
def test_durations_are_read_as_one_writes_them(typed: str, kept: str | None) -> None:
    rules = retention.read_rules({"day": typed}, False, "2026-01-01")
    assert isinstance(rules, Rules)
    assert rules.durations.get("day") == kept


def test_a_duration_that_is_none_is_refused_where_it_was_typed() -> None:
    refused = retention.read_rules({"names": "bientôt"}, False, "2026-01-01")
    assert isinstance(refused, Refused)
    assert refused.field == "names"


def test_the_terminal_lists_what_falls_due_and_removes_nothing(tmp_path: Path) -> None:
    journal = Journal.in_folder(tmp_path)
    row = held(journal, "BCD001", "2003-05-06")

    def told() -> str:
        answer = CliRunner(env={"LC_ALL": "fr_FR.UTF-8"}).invoke(commands, ["retention", "--data-dir", str(tmp_path)])
        assert answer.exit_code == 0, answer.output
        return answer.output

    assert "Personne n’a décidé" in told()
    retention.decide(journal, Rules({"day": "P2Y"}, True, LONG_AGO))
    assert re.fullmatch(r"BCD001  2003-05-06  Journées.*2 personnes.*attend le visa des archives\n", told())
    assert journal.by_id(row.id) is not None
    journal.close()


def test_a_day_brought_in_that_no_longer_says_what_it_is_keeps_no_other_from_falling_due(tmp_path: Path) -> None:
    journal = Journal.in_folder(tmp_path)
    for place, verb in enumerate(("collect", "sheet")):
        row = journal.create(path=None, title=verb, created=f"2019-01-0{place + 1}T08:00:00.000Z")
        journal.append(row.id, 0, [Entry(1, verb, row.created, "system", verb)])
    retention.decide(journal, Rules({"day": "P1Y"}, False, "2020-01-01"))
    assert [one.day for one in retention.due(journal, {}, date(2021, 9, 24))] == ["2019-01-01", "2019-01-02"]
    journal.close()
