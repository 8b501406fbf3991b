"""What many days teach together: lessons by column, publics and years compared, sheets of experiences, everything led back to its words."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, Room, participant
from click.testing import CliRunner
from rehearsal.test_gestures import played
from rehearsal.test_rehearsal import golden
from test_library import found

from facilitate.cli import commands
from facilitate.core.entry import Entry, Refused
from facilitate.core.state import SessionState, fold
from facilitate.core.tree import Document, Listing, Section, Table
from facilitate.journal import Journal
from facilitate.library import Capitalisation, Day, Experiences, contribution, document_of
from facilitate.restitution import write

FRENCH = LANGUAGES["fr"]
LIBRARY = Path(__file__).parents[1] / "sessions_library"
SHEET = """---
titre: {title}
date: {date}
série: {series}
langue: fr
---
## Programme

### 9 h – Nos situations
- type : situations
- durée : 30
- signature : signée

### 10 h – Décodage
- type : décodage
- durée : 30
- situations : Nos situations

### 11 h – Ensemble
- type : décodage
- durée : 30
- situations : Nos situations
- ensemble : oui
- colonnes :
  - Points de vigilance (280)
  - Ce qui étonne (280)
"""


def day(code: str, date: str, *, decoded: bool = True, naming: str = "named") -> Day:
    """A day held, as it stands."""
    return Day(code, held(code, date, decoded=decoded, naming=naming).state)


def held(code: str, date: str, *, decoded: bool = True, naming: str = "named") -> Room:
    """Two people of different publics; the first tells a situation, which the room may decode."""
    room = Room(KINDS, SHEET.format(title=f"Jour {code}", date=date, series="Ateliers"))
    room.do(CONSOLE, "open", "nos-situations")
    for place, (name, type) in enumerate((("Nadia Faure", "Commune"), ("Paul Rey", "Association"))):
        room.do(participant(name), "join", name=name, type=type, role="Élue", structure=f"Structure {place}", territory="Drôme", named=True)
        if not place:
            said = {
                "title": "Un four à pain au village. Il sert à tous.",
                "territory": "Diois",
                "context": "Une vallée",
                "watch": "Le bois",
            }
            situation = room.do(participant(name), "post", "nos-situations", **said)
    if decoded:
        room.do(CONSOLE, "open", "decodage")
        room.do(CONSOLE, "choose", "decodage", on=situation)
        room.do(CONSOLE, "phase", "decodage", phase="notes")
        room.do(participant("Paul Rey"), "post", "decodage", about=situation, column="reuse", text="Le calendrier, dit Nadia Faure")
        room.do(participant("Paul Rey"), "post", "decodage", about=situation, column="benefits", text="On se parle")
        room.do(CONSOLE, "complete", "decodage", on=situation, benefits="On se parle.\nLe pain est bon.")
        room.do(CONSOLE, "open", "ensemble")
        room.do(CONSOLE, "choose", "ensemble", whole=True)
        room.do(participant("Paul Rey"), "post", "ensemble", about="", column="points-de-vigilance", text="Qui coupe le bois ?")
        room.do(participant("Paul Rey"), "post", "ensemble", about="", column="ce-qui-etonne", text="Les enfants viennent")
    if naming != "named":
        room.do(CONSOLE, "naming", **{"as": naming})
    return room


FIRST, SECOND, SILENT = day("BCD001", "2020-11-19"), day("BCD002", "2021-03-18"), day("BCD003", "2021-06-24", decoded=False)


def collected(*days: Day, entries: tuple[Entry, ...] = (), missing: int = 0) -> SessionState:
    """The journal of a document over these days."""
    content = {"title": "Ce que nous avons appris", "language": "fr", "sessions": [one.code for one in days] + ["?"] * missing}
    return fold(SessionState(), [Entry(1, "one", "2022-01-05T10:00:00.000Z", "shelf", "collect", content=content), *entries], KINDS)


def over(*days: Day, **more: object) -> Document:
    return document_of(collected(*days), days, KINDS, FRENCH, **more)  # type: ignore[arg-type]


def text(document: Document) -> str:
    return write(document, "md", FRENCH.say).decode()


def test_lessons_stand_by_column_whatever_each_sheet_calls_it_each_with_its_source() -> None:
    document = over(FIRST, SECOND)
    lessons = found(document, "Ce qui a été décodé")
    assert [one.title for one in lessons.children if isinstance(one, Section)] == [
        "Bénéfices",
        "Points de vigilance",
        "Méthodes et outils à réutiliser",
        "Ce qui étonne",
    ]
    (benefits,) = found(document, "Bénéfices").children
    assert isinstance(benefits, Listing)
    assert [runs[0].text.strip() for runs in benefits.runs] == ["On se parle.", "Le pain est bon."] * 2, "the card stands for its notes"
    assert benefits.runs[0][1].text.startswith("BCD 001, ")
    assert benefits.beside == ("Un four à pain au village", "", "Un four à pain au village", "")
    (watched,) = found(document, "Points de vigilance").children
    assert isinstance(watched, Listing)
    assert {runs[0].text.strip() for runs in watched.runs} == {"Le bois", "Qui coupe le bois ?"}


def test_every_citation_leads_to_the_whole_words_in_the_annex_and_no_other_word_is_there() -> None:
    page = write(over(FIRST, SECOND, SILENT), "html", FRENCH.say).decode()
    led = set(re.findall(r'href="#([a-z0-9]+-word-\d+)"', page))
    there = re.findall(r'<tr id="([a-z0-9]+-word-\d+)"', page)
    assert led == set(there)
    assert len(there) == len(set(there)) == 11


def crowded(code: str, date: str, **others: int) -> Day:
    """The same day with others, so many of each type of organisation."""
    room = held(code, date)
    for type, many in others.items():
        for place in range(many):
            room.do(participant(f"{type} {place}"), "join", type=type, role="Élue", territory=("Drôme", "Forez")[place == 0])
    return Day(code, room.state)


def test_publics_and_years_are_compared() -> None:
    document = over(crowded("BCD001", "2020-11-19", Association=4, Commune=6), crowded("BCD002", "2021-03-18", Association=5), SILENT)
    # Two came from Forez: told beside Drôme, the others would be they.
    types, roles = found(document, "Les publics comparés").children
    assert isinstance(types, Table)
    assert types.head == ("Type de structure", "BCD 001", "BCD 002", "BCD 003", "En tout")
    assert types.rows == (
        ("Commune", "7", "–", "–", "7"),
        ("Association", "5", "–", "–", "5"),
        ("autres, ou non précisé", "–", "7", "2", "9"),
    )
    assert isinstance(roles, Table)
    assert roles.rows == (("Élue", "12", "7", "–", "19"), ("autres, ou non précisé", "–", "–", "2", "2"))
    (years,) = found(document, "Les années comparées").children
    assert isinstance(years, Table)
    assert [row[:3] for row in years.rows] == [("2020", "1", "12"), ("2021", "2", "9")]
    assert [row[-1] for row in years.rows] == ["1", "1"]


def test_of_small_days_no_public_is_told_apart() -> None:
    assert "Les publics comparés" not in text(over(FIRST, SECOND, SILENT))


def test_many_days_are_counted_by_year_and_told_where_each_thing_stands() -> None:
    first, second = crowded("", "2020-11-19", Association=4, Commune=4), crowded("", "2021-03-18", Association=4, Commune=4)
    days = [Day(f"BCD{place:03}", first.state if place % 2 else second.state) for place in range(1, 10)]
    types = found(over(*days), "Les publics comparés").children[0]
    assert isinstance(types, Table)
    assert types.head == ("Type de structure", "2020", "2021", "En tout", "Sessions")
    assert types.rows[0] == ("Association", "25", "20", "45", "9")
    each = found(over(*days), "Les publics comparés").children[1]
    assert isinstance(each, Table)
    assert each.rows[3] == ("BCD 007", "Association (5), Commune (5)")


def test_a_sheet_of_an_experience_is_filled_from_what_was_said_and_its_blanks_show_only_where_one_writes_on() -> None:
    sheet = found(over(FIRST, blanks=True), "Un four à pain au village")
    said = {one.title: one.children for one in sheet.children if isinstance(one, Section)}
    assert list(said) == [
        "Contexte",
        "Acteurs",
        "Ce qui a été fait, et quand",
        "Ce qui a marché",
        "Difficultés, et comment elles ont été traitées",
        "Résultats, au regard de ce qui était attendu",
        "Recommandations",
        "Bénéfices",
        "Clés de réussite",
        "Points de vigilance",
        "Méthodes et outils à réutiliser",
    ]
    written = text(over(FIRST, blanks=True))
    assert "À compléter" in written
    assert "Le territoire\u00a0:** Diois" in written
    assert "À compléter" not in text(over(FIRST))
    told = Experiences(FIRST, KINDS, FRENCH)
    alone = text(told.alone(told.all[0], blanks=True))
    assert "Il sert à tous." in alone
    assert "Le bois" in alone
    assert alone.count("Le pain est bon") == 1


def test_an_experience_that_nobody_decoded_is_listed_and_a_day_without_any_decoding_says_so() -> None:
    document = over(SILENT)
    assert "Expériences racontées" in text(document)
    assert found(document, "Points de vigilance")
    empty = Room(KINDS, SHEET.format(title="Vide", date="2021-01-01", series=""))
    assert "Rien n’a été décodé pendant ces sessions." in text(over(Day("BCD004", empty.state)))
    assert "Aucune des sessions choisies ne se trouve ici." in text(document_of(collected(missing=2), [], KINDS, FRENCH))


@pytest.mark.parametrize("where", ["day", "document"])
def test_the_strictest_naming_holds_and_leaves_no_name(where: str) -> None:
    days = [day("BCD001", "2020-11-19", naming="roles" if where == "day" else "named")]
    entry = Entry(2, "two", "2022-01-05T10:01:00.000Z", "shelf", "naming", content={"as": "roles"})
    state = collected(*days, entries=() if where == "day" else (entry,))
    written = text(document_of(state, days, KINDS, FRENCH))
    assert "On se parle" in written
    assert "Nadia" not in written
    assert "Faure" not in written
    assert "Paul" not in written
    assert "Nadia Faure" in text(over(FIRST))


def test_what_was_withheld_or_set_aside_in_a_day_teaches_nothing_here() -> None:
    ids = {str(one.content.get("text")): one.id for one in FIRST.state.summaries["ensemble"].contributions.values()}
    state = FIRST.state
    for place, (do, words) in enumerate((("withhold", "Qui coupe le bois ?"), ("aside", "Les enfants viennent"))):
        at = "decodage" if do == "never" else "ensemble" if do == "withhold" else ""
        state = fold(state, [Entry(state.seq + 1, f"more-{place}", state.at, "shelf", do, at, ids[words])], KINDS)
    written = text(over(Day("BCD001", state)))
    assert "Qui coupe le bois" not in written
    assert "Les enfants viennent" not in written
    assert "Le pain est bon" in written


def test_a_choice_is_kept_only_if_it_can_be_read() -> None:
    room = Room(KINDS, SHEET.format(title="Jour", date="", series=""))
    fresh = replace(SessionState())
    room.state = fresh
    shelf = participant("x")
    refused = room.act(shelf, "collect", content={"title": "x", "sessions": ["8a7e6b0e-1111-4111-8111-111111111111"]})
    assert isinstance(refused, Refused)
    assert refused.code == "not-allowed"
    staff = replace(CONSOLE, audience="shelf")
    for content, code in (
        ({"sessions": ["8a7e6b0e-1111-4111-8111-111111111111"]}, "empty"),
        ({"title": "x", "sessions": ["no id"]}, "unknown-session"),
        ({"title": "x", "sessions": {}}, "no-days"),
        ({"title": "x", "sessions": [3]}, "unknown-session"),
        ({"title": "x", "language": "de", "sessions": ["8a7e6b0e-1111-4111-8111-111111111111"]}, "unknown-language"),
    ):
        answer = room.act(staff, "collect", content=content)
        assert isinstance(answer, Refused), content
        assert answer.code == code
    room.do(staff, "collect", title="x", sessions=["8a7e6b0e-1111-4111-8111-111111111111"] * 2)
    assert room.state.collects == {"title": "x", "language": "fr", "sessions": ["8a7e6b0e-1111-4111-8111-111111111111"]}
    assert room.act(staff, "collect", content=dict(room.state.collects)) == ()


def test_two_days_of_the_library_give_their_golden_document_each_time() -> None:
    names = ("2015-cooperation-territoriale-europeenne", "2020-10-08-innovation-democratique")
    days = [Day(f"ABC00{place}", played(LIBRARY / f"{name}.md", 6).state) for place, name in enumerate(names, 1)]
    made = Capitalisation(collected(*days), days, KINDS, FRENCH)
    once, twice = text(made.document()), text(document_of(collected(*days), days, KINDS, FRENCH))
    assert once == twice
    golden("capitalisation-two-days", once)
    assert "## Fiches d’expérience" in once
    for column in ("Bénéfices", "Clés de réussite", "Points de vigilance", "Méthodes et outils à réutiliser"):
        assert f"### {column}" in once


def test_a_joint_contribution_is_a_letter_of_its_own() -> None:
    room = played(LIBRARY / "2018-06-14-contribution-sraddet.md", 8)
    document = contribution(room.state, KINDS, FRENCH)
    assert document is not None
    facts = dict(document.facts.pairs)
    assert facts["À l’attention de"] == "le Conseil régional Auvergne-Rhône-Alpes"
    assert facts["De la part de"] == "Cap Rural, Aradel et Labo Cités"
    titles = [one.title for one in document.children]
    assert titles[0] == "Pourquoi cette contribution"
    assert titles[1].startswith("Position 1")
    assert titles[-2:] == ["Signataires", "Méthode"]
    written = text(document)
    assert "Fait à Lyon, le 14 juin 2018." in written
    assert "n°" not in written, "the annex it would number is not sent along"
    assert contribution(FIRST.state, KINDS, FRENCH) is None


def test_the_command_line_writes_them(tmp_path: Path) -> None:
    journal = Journal.in_folder(tmp_path / "data")
    rooms = [Room(KINDS, SHEET.format(title=f"Jour {place}", date=f"202{place}-01-01", series="Ateliers")) for place in (1, 2)]
    for place, room in enumerate(rooms, 1):
        row = journal.create(path=None, title="Jour", created=f"202{place}-01-01T00:00:00.000Z", code=f"BCD00{place}")
        journal.append(row.id, 0, room.journal)
    journal.close()
    where = ["--data-dir", str(tmp_path / "data"), "--to", str(tmp_path / "out")]
    done = CliRunner().invoke(commands, ["capitalise", "BCD001", "bcd002", "--title", "Nos leçons", "--format", "md", *where])
    assert done.exit_code == 0, done.output
    written = (tmp_path / "out" / "capitalisation-nos-lecons.md").read_text("utf-8")
    assert "Jour 1 (BCD 001)" in written
    assert "Jour 2 (BCD 002)" in written
    done = CliRunner().invoke(commands, ["capitalise", "--series", "ateliers", "--format", "md", *where])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "capitalisation-ateliers.md").exists()
    assert CliRunner().invoke(commands, ["capitalise", *where]).exit_code == 1
    assert CliRunner().invoke(commands, ["contribution", "BCD001", *where]).exit_code == 1


def test_a_sheet_as_a_table_holds_what_it_says_with_its_source() -> None:
    told = Experiences(FIRST, KINDS, FRENCH)
    rows = write(told.document(), "csv", FRENCH.say).decode()
    assert "Un four à pain au village › Contexte;Une vallée" in rows
    assert "Méthodes et outils à réutiliser;Le calendrier, dit Nadia Faure;n°" in rows
    assert re.search(r"Bénéfices;Le pain est bon\.;[^;]*;BCD 001, \d", write(over(FIRST), "csv", FRENCH.say).decode())
