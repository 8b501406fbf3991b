"""How far an erasure reaches: a day of every kind, in which one person marked each of their texts, signed or not, published in every
format, searched, taken up in a document over several days. Once all is erased, no byte of the mark is left: not in the data folder, its log
beside, the index, the files that people read, a backup made afterwards; nor in any table of PostgreSQL.
"""

import hashlib
import hmac
import io
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import gevent
import sqlalchemy as db
from activities.room import CONSOLE, KINDS, Room, participant
from PIL import Image
from restitution.test_hunt import ROUNDS, bytes_of, sheet

from facilitate import publications
from facilitate.app import Server, create_app
from facilitate.archive import export, import_
from facilitate.core.activity import Aloud
from facilitate.core.entry import Act, Actor, Caller
from facilitate.core.rules import decide
from facilitate.core.state import apply
from facilitate.journal import Journal, KeyRow
from facilitate.migrations import pseudonyms
from facilitate.pictures import Picture, photo
from facilitate.rehearsal.people import Person
from facilitate.render import Entrance
from facilitate.web.documents import packs
from facilitate.web.packs import Job, Ready
from facilitate.workshop import Session, Workshop, hash_key

MARK, INNER, STAYS = "Zwyxquolbarndopt", "quolbarnd", "Une légumerie commune"
"""An index may keep of a word neither its end nor the beginning that it shares with the one before."""
ONE, OTHERS = participant("q"), [participant(f"p{n}") for n in range(4)]


class Marked(Person):
    """Someone who leaves a mark in all that they write."""

    def says(self, about: str, limit: int) -> str:
        return f"{MARK} {super().says(about, limit)}"[:limit]


class Counted(Room):
    """A room whose pseudonyms are those that the workshop makes, of secrets that are kept beside the journal until the day's end."""

    @staticmethod
    def secret(activity: str) -> bytes:
        return hashlib.sha256(activity.encode()).digest()

    def voter(self, who: Caller, activity: str) -> str:
        kind = KINDS.get(self.state.steps[activity].activity.kind) if activity in self.state.steps else None
        if not who.participant or kind is None or not (kind.pseudonymous or kind.votes):
            return ""
        return hmac.new(self.secret(activity), who.participant.encode(), hashlib.sha256).hexdigest()[:32]

    def photographed(self, who: Caller, activity: str, picture: Mapping[str, Any], **content: Any) -> str:
        """The id of a card that came with a photo, nobody on it."""
        act = Act(str(uuid4()), "post", activity, content | {"photo_faces": "no"}, picture=picture)
        answer = decide(self.state, act, Actor(who.audience, who.participant, who.owner(act.id)), "2021-09-24T08:30:00.000Z", KINDS)
        assert isinstance(answer, tuple)
        for entry in answer:
            self.journal.append(entry)
            self.state = apply(self.state, entry, KINDS)
        return act.id


@cache
def lived() -> tuple[Counted, dict[str, bytes]]:
    """The day, not over yet, and its pictures: theirs alone."""
    room = Counted(KINDS, sheet())
    room.do(ONE, "join", name=f"{MARK} Vraisemblable", structure=f"Maison {MARK}", territory="Forez", role=f"Chargée de {MARK}", named=True)
    for n, who in enumerate(OTHERS):
        room.do(who, "join", name=f"Nom{n}", structure="Relais", territory=("Forez", "Diois")[n % 2], role="Élue", named=True)
    voices = [(ONE, Marked(room.state.agenda, 7, 0)), *((who, Person(room.state.agenda, 7, n)) for n, who in enumerate(OTHERS, 1))]
    first, out = room.state.order[0], io.BytesIO()
    Image.effect_noise((320, 240), 90).convert("RGB").save(out, "JPEG")
    picture = photo(out.getvalue())
    assert isinstance(picture, Picture)
    room.do(CONSOLE, "open", first)
    room.do(OTHERS[0], "post", first, title=STAYS)
    kept = {"media": picture.id, "width": picture.width, "height": picture.height}
    card = room.photographed(ONE, first, kept, title=f"{MARK} dit", context=f"Avec {MARK}", photo_says=f"Le jardin de {MARK}")
    room.do(ONE, "edit", first, on=card, title=f"{MARK} redit")
    room.do(ONE, "post", first, title=f"{MARK} sans nom", signed=False)
    room.do(CONSOLE, "hide", first, on=room.do(ONE, "post", first, title=f"{MARK} encore"), why=f"Trop de {MARK}")
    lead = Person(room.state.agenda, 7, 100)
    for activity in room.state.agenda.activities[:-1]:
        room.act(CONSOLE, "open", activity.id)
        rehearsed(room, activity.id, voices, lead)
    return room, {picture.id: picture.data}


def rehearsed(room: Room, step: str, voices: list[tuple[Caller, Person]], lead: Person) -> None:
    """Whatever simulated people do in it; what someone writes for their table is the table's, what the facilitators take over of it is
    theirs: neither is the matter here."""
    activity = room.step(step).activity
    kind = KINDS[activity.kind]
    for round in range(ROUNDS):
        gesture = None if round == 1 else kind.conduct(activity.settings, room.view(CONSOLE, step))
        if round > 1 and gesture is None:
            return
        if gesture is not None:
            said = {key: lead.says(one.about, one.limit) if isinstance(one, Aloud) else one for key, one in gesture.content.items()}
            said = {key: STAYS if MARK in str(one) else one for key, one in said.items()}
            room.act(CONSOLE, gesture.do, step, said, gesture.on)
        for who, voice in voices:
            for made in kind.rehearse(activity.settings, room.view(who, step), voice):
                if who is not ONE or made.do not in kind.together:
                    room.act(who, made.do, step, made.content, made.on)


class House:
    """A server in this process that holds the day, and what the staff made of it."""

    def __init__(self, journal: Journal) -> None:
        room, pictures = lived()
        row = journal.create(path=None, title="Une journée", created="2021-09-24T07:00:00.000Z", code="RVT482")
        journal.append(row.id, 0, room.journal, [KeyRow(hash_key(ONE.key), "participant", ONE.participant)])
        with journal.link() as link:
            secrets = [{"session": row.id, "activity": id, "secret": room.secret(id)} for id in room.state.steps]
            link.execute(db.insert(pseudonyms), secrets)
        for id, data in pictures.items():
            journal.keep_media(row.id, id, "image/jpeg", data)
        self.pictures, self.row, self.journal = list(pictures.values()), row, journal
        self.clock = iter(f"2021-10-{day:02d}T{hour:02d}:00:00.000Z" for day in range(1, 31) for hour in range(24))
        self.server: Server = create_app(journal, Entrance("http://room.test"), lambda: next(self.clock))
        session = self.server.workshop.session("RVT482")
        assert isinstance(session, Session)
        self.session = session
        self.staff = self.server.app.test_client()
        self.staff.get(f"/shelf?key={row.keys['shelf']}")

    def told(self, path: str, **sent: Any) -> Any:
        """What a program is answered; a form's where nothing is asked for."""
        answer = self.staff.post(path, json=sent) if sent else self.staff.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.text
        return answer.json

    def read(self, path: str) -> tuple[int, str]:
        answer = self.server.app.test_client().get(path, headers={"Accept": "text/html", "Accept-Language": "fr"})
        return answer.status_code, answer.text

    def made(self, *formats: str) -> str:
        """Everything that is made of a day but its pack; the code of the document over several days."""
        self.told("/s/RVT482/publishing", do="publish", formats=list(formats), language="fr")
        self.told("/s/RVT482/publishing", do="public", on=True)
        over = self.told("/shelf/collections", id=str(uuid4()), title="Ce qui reste", language="fr", sessions=[self.row.id])["code"]
        self.told(f"/s/{over}/publishing", do="publish", formats=["md"], language="fr")
        self.told(f"/s/{over}/publishing", do="public", on=True)
        assert self.told(f"/shelf/search?q={MARK}")["count"]
        return str(over)

    def erase(self) -> None:
        """As they ask it from their own phone: their cards without a name, then themselves."""
        unsigned = [
            one.id
            for summary in self.session.state.summaries.values()
            for one in summary.contributions.values()
            if not one.by and one.owner and one.owner == ONE.owner(one.id)
        ]
        assert unsigned
        for on in (*unsigned, ONE.participant):
            act = {"id": str(uuid4()), "do": "erase", "on": on}
            answer = self.server.app.test_client().post("/s/RVT482/act", json=act, headers={"Authorization": f"Bearer {ONE.key}"})
            assert answer.status_code == 200, answer.text


def until(true: Any) -> None:
    with gevent.Timeout(60):
        while not true():
            gevent.sleep(0.02)


def tables(journal: Journal) -> Iterator[tuple[str, bytes]]:
    """Every cell of every table, as the database gives it."""
    with journal.link() as link:
        for table in db.inspect(link).get_table_names():
            every = db.text(f'SELECT * FROM "{table}"')  # noqa: S608 - a name that the database gives
            for place, row in enumerate(link.execute(every).all()):
                for cell in row:
                    yield from bytes_of(f"{table}, {place}", bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode())


def marked(parts: Iterable[tuple[str, bytes]], pictures: list[bytes]) -> set[str]:
    """Where the mark stands, however it is written; or a slice of a picture."""
    found, slices = set(), [one[len(one) // 2 :][:40] for one in pictures]
    ways = [INNER.encode(), INNER.encode("utf-16-le"), INNER.encode("utf-16-be"), INNER.encode().hex().encode()]
    for place, data in parts:
        text = data.lower()
        spread = re.sub(rb"<[^<>]*>", b"", text) if b"</" in text else b""  # a word whose letters stand in several elements
        if any(way in text or way in spread for way in ways) or any(one in data for one in slices):
            found.add(place)
    return found


def test_no_byte_of_what_is_erased_is_left_in_the_data_folder_nor_in_a_backup_made_afterwards(tmp_path: Path) -> None:
    data, temporary = tmp_path / "data", tmp_path / "backup.db"
    house = House(Journal.in_folder(data))
    over = house.made(*publications.OFFERED)
    before = publications.last(house.journal, house.row.id)
    assert before is not None
    old = _files(house, before)
    with house.server.app.app_context():
        held = packs()
    for code in ("RVT482", over):
        packed = tmp_path / f"{code}.zip"
        packed.write_text(f"As if made of {MARK}.")
        held._jobs[code, "fr"], held._ready[code, "fr"] = Job("ready"), Ready(packed, 1)
    there = {place.partition(",")[0].rpartition(".")[2] for place in marked(tables(house.journal), house.pictures)}
    assert there >= {"entries", "found", "found_words_content", "found_words_data", "published", "media"}, there

    house.erase()
    until(lambda: not publications.stale(house.journal))
    for path in ("/public/RVT482", f"/public/{over}"):
        status, text = house.read(path)
        assert status == 200
        assert MARK not in text
    assert STAYS in house.read("/public/RVT482")[1]
    again = publications.last(house.journal, house.row.id)
    assert again is not None
    assert (again.id, again.at, again.formats, again.files.keys() - before.files.keys()) == (before.id, before.at, before.formats, set())
    new = b"".join(_files(house, again).values())
    cut = {
        name: {one[at : at + 48] for at in range(0, len(one) - 48, 499)}
        for name, one in old.items()
        if name.endswith(("docx", "odt", "pdf"))
    }
    gone = {name: [one for one in pieces if one not in new] for name, pieces in cut.items()}
    assert not list(tmp_path.glob("*.zip")), "the packs are let go"
    assert house.told(f"/shelf/search?q={MARK}")["count"] == 0
    assert house.told("/shelf/search?q=légumerie")["count"]
    assert marked(tables(house.journal), house.pictures) == set()
    house.server.close()

    with sqlite3.connect(data / "facilitate.db") as link, sqlite3.connect(temporary) as beside:
        link.backup(beside)
    files = [*(file for file in data.rglob("*") if file.is_file()), temporary]
    assert marked(((str(file), file.read_bytes()) for file in files), house.pictures) == set()
    left = b"".join(file.read_bytes() for file in files)
    for name, pieces in gone.items():
        assert pieces, f"{name} is not another file than it was"
        assert not [one for one in pieces if one in left], f"of the former {name}"


def test_no_table_of_postgresql_holds_what_was_erased(postgres: Any) -> None:
    house = House(Journal(postgres()))
    house.made("md")
    house.erase()
    until(lambda: not publications.stale(house.journal))
    assert marked(tables(house.journal), house.pictures) == set()
    assert STAYS in house.read("/public/RVT482")[1]
    house.server.close()


def test_what_a_power_cut_left_undone_is_made_again_at_the_next_start(tmp_path: Path) -> None:
    house = House(Journal.in_folder(tmp_path))
    over = house.made("md")
    # Erased in the journal alone, as where the program ended right after the commit.
    house.server.workshop.erasers.clear()
    house.server.workshop.subscribers.remove(house.server.remaking._told)
    house.erase()
    assert MARK in house.read("/public/RVT482")[1]
    house.server.close()

    journal = Journal.in_folder(tmp_path)
    journal.sweep_due()  # which a program that is closed sees to
    server = create_app(journal, Entrance("http://room.test"))
    until(lambda: not publications.stale(journal))
    until(lambda: marked(tables(journal), house.pictures) == set())
    for code in ("RVT482", over):
        text = server.app.test_client().get(f"/public/{code}").text
        assert MARK not in text
        assert STAYS in text
    server.close()


def test_an_erasure_that_an_archive_brings_is_followed_though_nobody_has_the_day_open(tmp_path: Path) -> None:
    house = House(Journal.in_folder(tmp_path / "here"))
    house.made("md")
    there, older, newer = Journal.in_folder(tmp_path / "there"), io.BytesIO(), io.BytesIO()
    export(house.journal, house.row.id, older)
    row, _ = import_(there, older)
    elsewhere = Workshop(there, KINDS, lambda: "2021-09-30T12:00:00.000Z")
    session = elsewhere.session(row.code)
    assert session is not None
    assert isinstance(session.act(Act(str(uuid4()), "erase", on=ONE.participant), CONSOLE), int)
    export(there, row.id, newer)
    elsewhere.close()
    assert "redit" in house.read("/public/RVT482")[1]
    house.server.workshop.let_go("RVT482")
    taken = house.staff.post("/shelf/import", data=newer.getvalue(), content_type="application/zip", headers={"Accept": "application/json"})
    assert taken.json["added"] == 1
    until(lambda: not publications.stale(house.journal))
    status, text = house.read("/public/RVT482")
    assert (status, "redit" in text, STAYS in text) == (200, False, True)
    assert house.told("/shelf/search?q=redit")["count"] == 0
    house.server.close()


def test_an_address_says_that_its_report_is_made_again(tmp_path: Path) -> None:
    house = House(Journal.in_folder(tmp_path))
    house.made("md")
    publications.take_down(house.journal, [house.row.id])
    status, text = house.read("/public/RVT482")
    assert status == 503
    assert "en train d’être refait," in text
    assert house.staff.get("/s/RVT482/publishing.zip").status_code == 404
    house.told("/s/RVT482/publishing", do="publish", formats=["md"], language="fr")
    assert house.read("/public/RVT482")[0] == 200
    house.server.close()


def _files(house: House, made: publications.Publication) -> dict[str, bytes]:
    return {name: kept[1] for name in made.files if (kept := publications.file(house.journal, house.row.id, made.id, name))}
