"""Who is expected and who came: read from any office's list, ticked by two at once, printed, deleted by itself, never joined to words."""

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import gevent
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from facilitate.app import Server, create_app, find_kinds
from facilitate.archive import export
from facilitate.attendance import Desk, printed
from facilitate.attendance.day import deleted_on, halves, now_on
from facilitate.attendance.registrants import Reading, Registrant, decode, read, written
from facilitate.attendance.signing import Signature, drawn_svg, read_drawing
from facilitate.core.agenda import Agenda
from facilitate.core.entry import Refused
from facilitate.core.sheet import read_sheet
from facilitate.journal import Journal, Unavailable
from facilitate.language import languages
from facilitate.papers import print_apart, print_here
from facilitate.render import Entrance
from facilitate.restitution.brand import Brand, Logo
from facilitate.retention import gone
from facilitate.workshop import Session

KINDS = find_kinds()
FRENCH, ENGLISH = languages(KINDS)["fr"], languages(KINDS)["en"]
SHEET = """---
titre: Une journée
date: 2021-09-24
horaires: 9 h 30 – 17 h
lieu: Valence
organisateur: Le Relais
financeurs: Région; État
émargement conservé: 90 jours
---
## Programme

### 9 h 30 – Accueil
- type : accueil

### 12 h 30 – Déjeuner
- type : pause
- durée : 75 min
- fixe : oui

### 13 h 45 – Trois financements
- type : apport
- intervenant : Claire M.
- qui : Deux animateurs, un scribe
"""
QUIET = {"remote": 0, "waiting": 0, "signed": 0}
"""What the counts of a day in one room, without a waiting list, hold besides."""
LIST = """Nom;Prénom;Structure;Fonction;Territoire;E-mail
Fictive;Nadia;Agglomération;Directrice;Drôme;nadia@example.org
"Le Gamma, dit Lulu";Jean-Baptiste;"Mairie; service culture";;Forez;jb@example.org
Bêta;Élodie;;;;
"""


def agenda(text: str = SHEET) -> Agenda:
    found, problems = read_sheet(text, KINDS)
    assert found, problems
    return found


def understood(text: str) -> Reading:
    found = read(text)
    assert isinstance(found, Reading), found
    return found


# The list that comes in


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_list_is_read_whatever_its_encoding_its_separator_and_its_line_ends(encoding: str, separator: str, ends: str) -> None:
    table = io.StringIO()
    csv.writer(table, delimiter=separator, lineterminator=ends).writerows(csv.reader(io.StringIO(LIST), delimiter=";"))
    text = decode(table.getvalue().encode(encoding))
    assert isinstance(text, str)
    nadia, jean, elodie = understood(text).people
    assert (nadia.name, nadia.structure, nadia.role, nadia.territory) == ("Nadia Fictive", "Agglomération", "Directrice", "Drôme")
    assert (jean.last, jean.first, jean.structure) == ("Le Gamma, dit Lulu", "Jean-Baptiste", "Mairie; service culture")
    assert elodie.name == "Élodie Bêta"


@pytest.mark.parametrize(
    "head",
    [
        "Nom;Prénom;Structure",
        "NOM ;PRENOM;ORGANISME",
        "last name;first name;organisation",
        "Name;First name;Company",
        "Nom de famille;Prénom(s);Votre structure",
        "sep=;\nSurname;Given name;Institution",
        "\n\n Nom * ; Prénom * ; Établissement ",
    ],
)
def test_heads_are_known_in_french_and_in_english(head: str) -> None:
    (one,) = understood(f"{head}\nFictive;Nadia;Agglo").people
    assert (one.last, one.first, one.structure) == ("Fictive", "Nadia", "Agglo")


def test_one_column_may_hold_the_whole_name_and_a_list_may_have_no_heads() -> None:
    assert understood("Nom complet\nNadia Fictive\n").people[0].name == "Nadia Fictive"
    found = understood("Fictive, Nadia\tAgglo\tx@example.org\nDelta, Élodie\tMairie\ty@example.org")
    assert found.head == ""
    assert [(one.name, one.structure) for one in found.people] == [("Nadia Fictive", "Agglo"), ("Élodie Delta", "Mairie")]


def test_no_address_is_kept_wherever_it_stands_and_it_is_said() -> None:
    found = understood(
        "Nom;Structure;E-mail;Régime\nNadia Fictive <nadia@example.org>;agglo@example.org;x@example.org;sans sel\n;;z@example.org;"
    )
    assert found.mails
    assert found.ignored == ("E-mail", "Régime")
    assert "@" not in written(found.people) + "".join(one.text for one in found.unread)
    assert found.people[0].name == "Nadia Fictive"


def test_the_same_person_twice_is_kept_once_completed_and_said() -> None:
    found = understood("Nom;Prénom;Structure;Territoire\nDUPONT;élodie;;Drôme\nDupont;Elodie;Mairie;\nDupont;Élodie;MAIRIE;Forez\n")
    (one,) = found.people
    assert (one.name, one.structure, one.territory, one.lines) == ("élodie DUPONT", "Mairie", "Drôme", (2, 3, 4))


def test_two_people_of_one_name_in_two_organisations_are_two() -> None:
    assert len(understood("Nom;Structure\nJean Modèle;Mairie\nJean Modèle;Scierie\n").people) == 2


def test_what_cannot_be_read_is_listed_with_its_line_and_the_others_are_read() -> None:
    found = understood(
        'Nom;Prénom;Structure\nFictive;Nadia;Agglo\nPerdu;"Jean;Mairie\n;;Mairie\nDupont;Élodie;Mairie;a;b\nLy;Bo;"Deux\nlignes"\n'
    )
    assert [one.name for one in found.people] == ["Nadia Fictive", "Bo Ly"]
    assert found.people[1].structure == "Deux lignes"
    assert [one.line for one in found.unread] == [3, 4, 5]
    assert found.unread[0].text == 'Perdu;"Jean;Mairie'
    # Put right under the same head, they are read.
    assert understood(f'{found.head}\n{found.unread[0].text}"').people[0].last == "Perdu"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b" \n;;\n", "no-names"), (b"Structure;Fonction\nA;B", "no-names"), (b"x" * 1_000_001, "too-large")],
)
def test_what_is_no_list_is_refused_in_words(data: bytes, code: str) -> None:
    text = decode(data)
    found = text if isinstance(text, Refused) else read(text)
    assert isinstance(found, Refused), found
    assert found.code == code
    assert FRENCH.refusal(found) != found.text


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0"])
def test_a_workbook_is_told_from_a_list(start: bytes) -> None:
    found = decode(start + b"\x00" * 50)
    assert isinstance(found, Refused)
    assert "CSV" in found.text


@given(st.text() | st.text(alphabet='";,\n\taé@'))
def test_no_text_breaks_the_reading_and_no_line_is_lost(text: str) -> None:
    found = read(text)
    if isinstance(found, Reading):
        lines = [line for one in found.people for line in one.lines] + [one.line for one in found.unread]
        assert len(lines) == len(set(lines))
        again = read(written(found.people))
        if found.people:
            assert isinstance(again, Reading)
            assert [one.name for one in again.people] == [one.name for one in found.people]


@given(st.binary())
def test_no_bytes_break_the_decoding(data: bytes) -> None:
    assert isinstance(decode(data), str | Refused)


# Half-days and the end of the list


@pytest.mark.parametrize(
    ("hours", "meal", "keys"),
    [
        ("9 h 30 – 17 h", True, ["Morning", "Afternoon"]),
        ("9 h 30 – 17 h", False, ["Day"]),
        ("9 h – 12 h 30", False, ["Morning"]),
        ("13 h 45 – 17 h", False, ["Afternoon"]),
        ("18 h – 21 h", False, ["Evening"]),
    ],
)
def test_half_days_follow_the_hours_and_the_meal(hours: str, meal: bool, keys: list[str]) -> None:
    text = f"---\ntitre: A\nhoraires: {hours}\n---\n## Programme\n### Accueil\n- type : accueil\n- durée : 30 min\n"
    text += "### 12 h 30 – Déjeuner\n- type : pause\n- durée : 75 min\n### Apport\n- type : apport\n- durée : 60 min\n" if meal else ""
    found = halves(agenda(text), KINDS)
    assert [half.label for half in found] == keys
    if meal:
        assert [(half.start, half.end) for half in found] == [("09:30", "12:30"), ("13:45", "17:00")]
        assert [now_on(found, hour).key for hour in ("08:00", "12:29", "12:30", "18:00")] == ["am", "am", "pm", "pm"]


@pytest.mark.parametrize(
    ("day", "kept", "created", "deleted"),
    [
        ("2021-09-24", "P12M", "2021-09-01", date(2022, 9, 24)),
        ("2021-09-24", "P90D", "2021-09-01", date(2021, 12, 23)),
        ("2024-02-29", "P5Y", "2024-01-01", date(2029, 2, 28)),
        ("2021-08-31", "P6M", "2021-01-01", date(2022, 2, 28)),
        ("", "P1M", "2021-12-15", date(2022, 1, 15)),
        # A sheet of another year, tried today: the list would be gone before anyone came.
        ("2019-01-01", "P12M", "2021-09-24", date(2022, 9, 24)),
    ],
)
def test_the_list_is_deleted_so_long_after_the_day(day: str, kept: str, created: str, deleted: date) -> None:
    assert deleted_on(Agenda("A", date=day, attendance_kept=kept), f"{created}T08:00:00.000Z") == deleted


# The desk


class Room:
    """A server in this process, whose clock stands where it is put."""

    def __init__(self, folder: Path, text: str = SHEET) -> None:
        self.folder, self.now = folder, "2021-09-24T07:20:00.000Z"  # 9 h 20 in Valence
        self.sheet = folder / "sheet.md"
        self.sheet.write_text(text)
        self.start()

    def start(self) -> None:
        self.server: Server = create_app(Journal.in_folder(self.folder), Entrance("http://room.test"), lambda: self.now)
        session = self.server.workshop.sheet(str(self.sheet), self.sheet.read_text(), "Une journée")
        assert isinstance(session, Session)
        self.session = session

    @property
    def desk(self) -> Desk:
        return self.server.attendance.desk(self.session)

    def stored(self) -> Any:
        return self.server.workshop.journal.attendance(self.session.row.id)

    def restart(self) -> None:
        self.server.close()
        self.start()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room(tmp_path)
    yield opened
    opened.server.close()


def brought(room: Room) -> list[str]:
    """Three registrants; their ids by name."""
    assert room.desk.merge(understood(LIST).people) == (3, 0)
    return [one.id for one in room.desk.ordered()]


def test_a_press_keeps_the_hour_and_can_be_undone(room: Room) -> None:
    elodie, nadia, _ = brought(room)
    room.desk.tick(nadia, "am", "came")
    room.now = "2021-09-24T07:50:00.000Z"
    room.desk.tick(nadia, "am", "came")
    room.desk.tick(elodie, "am", "came")
    room.now = "2021-09-24T09:00:00.000Z"
    assert room.desk.tick(nadia, "am", "left")
    ticks = {one.name: one.tick("am") for one in room.desk.ordered()}
    assert (ticks["Nadia Fictive"].came, ticks["Nadia Fictive"].left, ticks["Nadia Fictive"].late) == ("09:20", "11:00", False)
    assert (ticks["Élodie Bêta"].came, ticks["Élodie Bêta"].late) == ("09:50", True)
    assert room.desk.counts("am") == {"expected": 3, "came": 2, "gone": 1, "absent": 1, "walkins": 0, "phoneless": 0} | QUIET
    assert room.desk.counts("pm")["absent"] == 3
    room.desk.tick(nadia, "am", "back")
    room.desk.tick(elodie, "am", "none")
    assert room.desk.counts("am") == {"expected": 3, "came": 1, "gone": 0, "absent": 2, "walkins": 0, "phoneless": 0} | QUIET
    assert room.desk.tick("nobody", "am", "came") is None


def test_ticks_outlive_the_program(room: Room) -> None:
    _, nadia, _ = brought(room)
    room.desk.tick(nadia, "am", "late")
    walkin = room.desk.arrive("Mona Kappa", "Tiers-lieu", "pm", phone=False)
    before, seq = room.desk.people, room.desk.seq
    room.restart()
    assert room.desk.people == before
    assert room.desk.people[walkin.id].walkin
    assert not room.desk.people[walkin.id].phone
    assert room.desk.seq == seq
    assert [one.id for one in room.desk.changes(seq - 1)[0]] == [walkin.id]
    assert (room.desk.knows(seq), room.desk.knows(seq - 1)) == (True, False)


def test_two_desks_at_once_lose_nothing_and_the_last_one_wins(room: Room) -> None:
    elodie, nadia, jean = brought(room)
    seq = room.desk.seq
    presses: list[tuple[str, str, Any]] = [(id, half, "came") for id in (elodie, nadia, jean) for half in ("am", "pm")]
    gevent.joinall([gevent.spawn(room.desk.tick, *press) for press in presses * 2], raise_error=True)
    assert all(one.tick("am").came and one.tick("pm").came for one in room.desk.people.values())
    gevent.joinall([gevent.spawn(room.desk.tick, nadia, "am", what) for what in ("none", "came", "left")], raise_error=True)
    assert room.desk.people[nadia].tick("am").left
    assert {one.id for one in room.desk.changes(seq)[0]} == {elodie, nadia, jean}
    room.desk.forget(nadia)
    assert room.desk.changes(seq)[1] == [nadia]
    assert set(room.stored()) == {elodie, jean}


def test_a_second_list_adds_completes_and_never_touches_a_tick(room: Room) -> None:
    _, nadia, _ = brought(room)
    room.desk.tick(nadia, "am", "came")
    mona = room.desk.arrive("Kappa Mona", "", "am")
    more = understood("Nom;Prénom;Structure;Territoire\nFICTIVE;nadia;Agglomération;Ailleurs\nKappa;Mona;Tiers-lieu;Ardèche\nLy;Bo;;\n")
    assert room.desk.merge(more.people) == (1, 2)
    assert (room.desk.people[nadia].name, room.desk.people[nadia].territory, room.desk.people[nadia].tick("am").came) == (
        "Nadia Fictive",
        "Drôme",
        "09:20",
    )
    known = room.desk.people[mona.id]
    assert (known.name, known.structure, known.walkin, known.tick("am").came) == ("Mona Kappa", "Tiers-lieu", False, "09:20")
    assert room.desk.merge(more.people) == (0, 3)


def test_two_of_one_name_stay_two_when_one_was_there_before(room: Room) -> None:
    room.desk.arrive("Jean Modèle", "", "am")
    assert room.desk.merge(understood("Nom;Structure\nJean Modèle;Mairie\nJean Modèle;Scierie\n").people) == (1, 1)
    assert sorted(one.structure for one in room.desk.people.values()) == ["Mairie", "Scierie"]


def test_who_is_on_the_list_is_not_added_as_a_walk_in(room: Room) -> None:
    _, nadia, _ = brought(room)
    assert room.desk.arrive("nadia FICTIVE", "", "am").id == nadia
    assert room.desk.people[nadia].tick("am").came == "09:20"
    assert not room.desk.people[nadia].walkin


def test_what_could_not_be_saved_is_not_shown(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    _, nadia, _ = brought(room)
    seq = room.desk.seq

    def full(*_: Any) -> None:
        raise Unavailable("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(room.server.workshop.journal, "change_attendance", full)
        with pytest.raises(Unavailable):
            room.desk.tick(nadia, "am", "came")
    assert (room.desk.people[nadia].tick("am").came, room.desk.seq) == ("", seq)
    assert room.desk.tick(nadia, "am", "came")


def test_two_workers_that_find_a_list_over_its_time_at_once_note_its_end_once(tmp_path: Path) -> None:
    room, other = Room(tmp_path), Room(tmp_path)
    brought(room)
    desks = [room.desk, other.desk]
    room.now = other.now = "2022-03-01T08:00:00.000Z"
    # Both decided it before either wrote.
    ends = [each.server.attendance.ends(each.session, each.session.state.agenda, 3) for each in (room, other)]
    for desk, also in zip(desks, ends, strict=True):
        assert also
        desk.forget(also=also)
    assert [one.facts["counts"] for one in gone(room.server.workshop.journal)] == [{"listed": 3}]
    assert (room.desk.people, other.desk.people, room.stored()) == ({}, {}, {})
    room.server.close()
    other.server.close()


def test_a_half_day_that_was_ticked_stays_when_the_sheet_loses_its_meal(room: Room) -> None:
    _, nadia, _ = brought(room)
    room.desk.tick(nadia, "am", "came")
    room.desk.tick(nadia, "pm", "came")
    room.sheet.write_text(SHEET.replace("- durée : 75 min\n- fixe : oui", "- durée : 20 min"))
    room.restart()
    assert [half.key for half in room.desk.halves] == ["am", "pm"]


def test_the_list_is_deleted_at_its_time_while_the_program_runs_and_when_it_starts(room: Room) -> None:
    brought(room)
    assert room.desk.deleted_on == date(2021, 12, 23)
    room.now = "2021-12-22T22:59:00.000Z"
    room.server.attendance.sweep()
    assert len(room.stored()) == 3
    room.now = "2021-12-22T23:00:00.000Z"  # midnight where the day is held
    room.server.attendance.sweep()
    assert room.stored() == {}
    assert room.desk.people == {}
    room.now = "2021-12-22T22:59:00.000Z"
    brought(room)
    room.now = "2021-12-24T08:00:00.000Z"
    room.restart()
    with gevent.Timeout(20):
        while room.stored():
            gevent.sleep(0.01)


def test_no_byte_of_a_deleted_list_stays_on_disk(room: Room) -> None:
    brought(room)
    assert b"Fictive" in b"".join(file.read_bytes() for file in room.folder.glob("facilitate.db*"))
    room.desk.forget()
    room.server.close()
    kept = b"".join(file.read_bytes() for file in room.folder.glob("facilitate.db*"))
    assert b"Fictive" not in kept
    room.start()


def test_nothing_of_it_is_in_the_journal_or_leaves_with_the_day(room: Room) -> None:
    _, nadia, _ = brought(room)
    room.desk.tick(nadia, "am", "came")
    journal = room.server.workshop.journal
    assert "Fictive" not in "".join(str(entry) for entry in journal.since(room.session.row.id))
    archive = io.BytesIO()
    export(journal, room.session.row.id, archive)
    assert archive.getvalue().startswith(b"PK")
    assert b"Fictive" not in archive.getvalue()


# The papers


def test_the_table_opens_in_a_spreadsheet_and_no_cell_is_a_formula(room: Room) -> None:
    _, nadia, _ = brought(room)
    room.desk.tick(nadia, "am", "came")
    room.desk.arrive("=HYPERLINK(1)", "@SUM(1)", "am", phone=False)
    data = printed.to_csv(room.desk, FRENCH)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:7] == ["Nom", "Prénom", "Structure", "Rôle", "Territoire", "Sur la liste", "Téléphone"]
    assert rows[0][7:] == [f"{half}, {what}" for half in ("Matin", "Après-midi") for what in ("arrivée", "en retard", "départ")]
    said = {row[0]: row for row in rows[1:]}
    assert said["Fictive"][1:3] + said["Fictive"][7:10] == ["Nadia", "Agglomération", "09:20", "", ""]
    assert said["'=HYPERLINK(1)"][2:7] == ["'@SUM(1)", "", "", "non", "non"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    # What went out comes in again.
    assert {one.name for one in understood(data.decode()).people} == {one.name for one in room.desk.people.values()}
    assert printed.to_csv(room.desk, ENGLISH).decode("utf-8-sig").startswith("Last name,First name")


SAID = [
    *("Une journée", "Feuille d’émargement", "24 septembre 2021", "Valence", "Le Relais", "Claire M.", "Région, État", "Certifié exact"),
    *("9 h 30 – 12 h 30 et 13 h 45 – 17 h, soit 6 h 15", "Matin, 9 h 30", "Après-midi, 13 h 45", "jusqu’au 23 décembre 2021"),
]
LONG = Registrant(
    "Wolfeschlegelsteinhausenbergerdorff-Vandenbroucke-Vanderstraeten", "Marie-Charlotte Anne-Laure", "Communauté de communes " * 6
)


@pytest.mark.skipif(not shutil.which("pdfinfo"), reason="no poppler on this machine")
@pytest.mark.parametrize("people", [0, 150])
def test_the_papers_are_tagged_say_everything_and_keep_to_their_pages(room: Room, tmp_path: Path, people: int) -> None:
    crowd = [Registrant(f"Nom{n}", f"Prénom{n}", "Mairie; <b>#set</b> *A*") for n in range(people - 2)]
    room.desk.merge([*crowd, LONG, Registrant("عبد الله", "محمد")] if people else [])
    texts = {}
    for name, made, pages in (("sheet", printed.sheet, 1 if not people else 9), ("badges", printed.badges, 1 if not people else 15)):
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(print_apart(made(room.desk, room.session.state.agenda, FRENCH)))
        assert b"<pdfuaid:part>1</pdfuaid:part>" in file.read_bytes()
        facts = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
        assert re.search(r"Tagged: +yes", facts)
        assert "(A4)" in facts
        assert abs(int(re.search(r"Pages: +(\d+)", facts)[1]) - pages) <= (1 if people else 0), facts
        texts[name] = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    for said in SAID:
        assert said in " ".join(texts["sheet"].split()).replace("\u202f", " "), said
    assert "scribe" not in texts["sheet"]
    for n in range(max(0, people - 2)):
        assert f"Nom{n}" in texts["sheet"]
        assert f"Nom{n}" in texts["badges"]
    if people:
        assert "<b>#set</b> *A*" in texts["sheet"]
        plain = re.sub(r"\s|\u200b", "", texts["badges"])
        assert "Wolfeschlegelsteinhausenbergerdorff" in plain


def test_the_same_list_gives_the_same_bytes(room: Room) -> None:
    brought(room)
    made: list[Callable[..., Any]] = [printed.sheet, printed.badges]
    for one in made:
        payload = one(room.desk, room.session.state.agenda, FRENCH)
        assert print_apart(payload) == print_apart(payload)


# Signing on one's own phone

PHONE = SHEET.replace("financeurs:", "émargement: téléphone\nfinanceurs:")
DRAWN = "100 200 300 80 500 300;520 90 520 90;600 200 900 210"


@pytest.fixture
def phones(tmp_path: Path) -> Iterator[Room]:
    """A room where one signs on phones."""
    opened = Room(tmp_path, PHONE)
    yield opened
    opened.server.close()


def signed(room: Room, key: str, **who: str) -> Any:
    found = room.desk.sign(DRAWN, key, **who)
    return found if isinstance(found, Refused) else room.desk.people[found.id]


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "1 2 3", "a b", "0 0 999 0;", "-1 5 300 5", "1001 0 0 0", "0 401 900 0", "0.5 0 900 0", "٣ ٣ ٩٠٠ ٣", "1e3 0 0 0"),
        *("10 10 20 20", "0 0 " * 1100, "9" * 5000, "<svg onload=alert(1)>", "M0 0L9 9", "0 0 NaN 5", "0  0 900 0", "0 0 900 0\n"),
        *(None, 5, True, [[1, 2]], {"x": 1}, b"0 0 900 0"),
    ],
)
def test_a_drawing_that_is_none_is_refused_in_words(text: object) -> None:
    found = read_drawing(text)
    assert isinstance(found, Refused), text
    assert (found.code, found.field) == ("signature", "drawn")
    assert FRENCH.refusal(found) != found.text


@given(st.text(alphabet="0123456789 ;.-", max_size=60) | st.text())
def test_no_text_breaks_the_reading_of_a_drawing_and_what_is_read_can_be_drawn(text: str) -> None:
    found = read_drawing(text)
    if isinstance(found, str):
        assert found == text
        assert re.fullmatch(r"[-\w\s=\"./:;<>#]+", drawn_svg(found))


def test_one_signs_for_the_half_day_that_is_on_and_is_then_here(phones: Room) -> None:
    _, nadia, _ = brought(phones)
    one = signed(phones, "k1", name="nadia FICTIVE")
    assert (one.id, one.tick("am").came, one.signatures) == (nadia, "09:20", {"am": Signature("09:20", DRAWN)})
    phones.now = "2021-09-24T08:00:00.000Z"
    assert signed(phones, "k1", id=nadia) == one  # a second one changes nothing
    phones.now = "2021-09-24T12:10:00.000Z"
    assert signed(phones, "k1", id=nadia).signatures["pm"].at == "14:10"
    assert phones.desk.people[nadia].tick("pm").late
    before = dict(phones.desk.people)
    phones.restart()
    assert phones.desk.people == before
    assert phones.desk.counts("pm")["signed"] == 1


def test_no_phone_signs_for_someone_whom_another_phone_signed_for(phones: Room) -> None:
    brought(phones)
    signed(phones, "k1", name="Nadia Fictive")
    refused = signed(phones, "k2", name="Fictive Nadia")
    assert (refused.code, refused.status) == ("signed", 409)
    # Someone else of that name, elsewhere, is someone else.
    assert signed(phones, "k2", name="Nadia Fictive", structure="Ailleurs").walkin
    assert phones.desk.of_phone("k1", "").structure == "Agglomération"  # type: ignore[union-attr]
    assert phones.desk.of_phone("", "") is None


def test_the_desk_takes_a_signature_off_and_the_next_phone_may_sign(phones: Room) -> None:
    _, nadia, _ = brought(phones)
    signed(phones, "k1", name="Nadia Fictive")
    seq = phones.desk.seq
    one = phones.desk.unsign(nadia, "am")
    assert one
    assert (one.signatures, one.key, one.tick("am").came) == ({}, "", "09:20")
    assert phones.desk.changes(seq)[0] == [one]
    assert signed(phones, "k2", name="Nadia Fictive").key == "k2"


def test_one_signs_on_a_phone_only_where_the_sheet_says_so_and_until_the_day_is_out(room: Room) -> None:
    assert signed(room, "k1", name="Nadia").code == "signing-closed"
    assert room.desk.people == {}


def test_a_signature_goes_with_the_list_leaves_no_byte_and_is_in_no_archive(phones: Room) -> None:
    brought(phones)
    signed(phones, "k1", name="Nadia Fictive")
    journal = phones.server.workshop.journal
    archive = io.BytesIO()
    export(journal, phones.session.row.id, archive)
    assert DRAWN.encode() not in archive.getvalue()
    assert DRAWN not in "".join(str(entry) for entry in journal.since(phones.session.row.id))
    assert DRAWN.encode() in b"".join(file.read_bytes() for file in phones.folder.glob("facilitate.db*"))
    phones.desk.forget()
    phones.server.close()
    assert DRAWN.encode() not in b"".join(file.read_bytes() for file in phones.folder.glob("facilitate.db*"))
    phones.start()


def test_hours_attended_are_those_that_were_noted_and_nothing_is_guessed(phones: Room) -> None:
    desk, (elodie, nadia, jean) = phones.desk, brought(phones)

    def hours(id: str) -> list[tuple[str, str, str, int]]:
        return [(each.half.key, each.start, each.end, each.minutes) for each in desk.attended(desk.people[id])]

    desk.tick(nadia, "am", "came")  # before the beginning
    assert hours(nadia) == [("am", "09:30", "", 0)]  # the morning is not over: no one knows until when
    phones.now = "2021-09-24T08:00:00.000Z"
    desk.tick(elodie, "am", "late")
    phones.now = "2021-09-24T09:00:00.000Z"
    desk.tick(elodie, "am", "left")
    phones.now = "2021-09-24T12:30:00.000Z"
    desk.tick(nadia, "pm", "came")
    assert (hours(nadia), desk.over) == ([("am", "09:30", "12:30", 180), ("pm", "14:30", "", 0)], False)
    phones.now = "2021-09-24T15:30:00.000Z"
    assert desk.over
    assert hours(nadia)[1] == ("pm", "14:30", "17:00", 150)
    assert hours(elodie) == [("am", "10:00", "11:00", 60)]
    assert hours(jean) == []


@pytest.mark.skipif(not shutil.which("pdfinfo"), reason="no poppler on this machine")
def test_certificates_are_a_page_each_tagged_and_say_what_was_noted(phones: Room, tmp_path: Path) -> None:
    desk = phones.desk
    desk.merge([Registrant("Fictive", "Nadia", "Agglomération", "Directrice"), LONG, Registrant("عبد الله", "محمد")])
    for one in desk.ordered():
        desk.tick(one.id, "am", "came")
    signed(phones, "k1", name="Nadia Fictive")
    phones.now = "2021-09-24T16:00:00.000Z"
    payload = printed.certificates(desk, desk.ordered(), phones.session.state.agenda, FRENCH)
    file = tmp_path / "certificates.pdf"
    file.write_bytes(print_apart(payload))
    assert b"<pdfuaid:part>1</pdfuaid:part>" in file.read_bytes()
    facts = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged: +yes", facts)
    assert re.search(r"Pages: +3\n", facts), facts
    text = " ".join(subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout.split())
    for said in (
        "Attestation de présence",
        "Le Relais atteste que",
        "Nadia Fictive Directrice, Agglomération",
        "a participé à Une journée",
    ):
        assert said in text, said
    assert "de 9 h 30 à 12 h 30, signature à 9 h 20" in text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Région, État" in text
    assert "Nadia" not in str(subprocess.run(["pdfinfo", "-meta", file], capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="no poppler on this machine")
def test_the_sheet_bears_what_was_signed_and_leaves_the_other_boxes_to_pens(phones: Room, tmp_path: Path) -> None:
    brought(phones)
    signed(phones, "k1", name="Nadia Fictive")
    assert not isinstance(phones.desk.sign("", "k2", name="Élodie Bêta"), Refused)
    rows = json.loads(printed.sheet(phones.desk, phones.session.state.agenda, ENGLISH))["rows"]
    assert [[sorted(box) if box else None for box in row["boxes"]] for row in rows] == [
        [["hour", "name", "typed"], None],
        [["hour", "name", "svg"], None],
        [None, None],
    ]
    file = tmp_path / "sheet.pdf"
    file.write_bytes(print_apart(printed.sheet(phones.desk, phones.session.state.agenda, FRENCH)))
    assert b"<pdfuaid:part>1</pdfuaid:part>" in file.read_bytes()
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    assert text.replace("\u202f", " ").replace("\u00a0", " ").count("9 h 20") == 2


def test_a_paper_bears_the_house_s_logo_and_those_who_pay(room: Room) -> None:
    png = io.BytesIO()
    Image.new("RGB", (60, 30), "#17564b").save(png, "PNG")
    logo, region = Logo("Le Relais", png.getvalue()), Logo("Région", png.getvalue(), "Avec la Région")
    brand = Brand("#0a3a6b", name="Le Relais", logo=logo, funders=(region,))
    for made in (printed.sheet, printed.badges):
        found = print_here(made(room.desk, room.session.state.agenda, FRENCH, brand=brand))
        assert found.accessible
    assert found.data != print_here(printed.badges(room.desk, room.session.state.agenda, FRENCH)).data
