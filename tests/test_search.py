"""The search over every word of every day, on real databases: what is found, what is not any more, and whatever may be typed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from core.day import KINDS, Day
from core.test_team import ask as told_by
from hypothesis import given
from hypothesis import strategies as some

from facilitate.core.entry import Refused
from facilitate.core.state import SessionState
from facilitate.journal import Journal, SessionRow
from facilitate.language import languages
from facilitate.search import ALONE, EACH, EVERYWHERE, SESSIONS, Among, Answer, Search
from facilitate.search.query import MOST_TYPED, excerpt, marked, read
from facilitate.search.words import places, stems, token, words

SHEET = """---
title: {title}
date: {date}
series: {series}
language: fr
capacity: 400
time: 9:30-17:00
---
## Programme

### 9:30 – Situations
- type : situations
- question : Quoi ?

### 10:00 – Trier
- type : vote
- sur : situations

### 11:00 – Un mot
- type : mots
- durée : 20 min
- caché : oui
"""


@dataclass
class Shelf:
    """Some days in a journal, and the search over them."""

    journal: Journal
    search: Search = field(init=False)
    kept: list[tuple[Day, SessionRow]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.search = Search(self.journal, KINDS, languages(KINDS))

    def day(self, title: str = "Une journée", date: str = "2021-09-24", series: str = "Appui") -> Day:
        """A new day, Ada there with her name, Bob without, its first step open."""
        day = Day(SHEET.format(title=title, date=date, series=series))
        day.do("join", content={"name": "Ada Vandermolen", "territory": "Forez", "named": True}, who="ada")
        day.do("join", content={"name": "Quentin Fictif", "territory": "Diois"}, who="bob")
        self.kept.append((day, self.journal.create(path=None, title=title, created=date)))
        return day.open("situations")

    def keep(self, day: Day) -> str:
        """Writes what happened since; its code."""
        row = next(row for one, row in self.kept if one is day)
        done = len(self.journal.since(row.id))
        self.journal.append(row.id, done, day.entries[done:])
        return row.code

    def ask(self, typed: str, among: Among = EVERYWHERE, page: int = 1) -> Answer:
        return self.search.ask(read(typed), among, page, seconds=60)

    def found(self, typed: str, **among: str) -> list[str]:
        """The texts found, in any order: no two databases weigh words alike."""
        return sorted(one.text for group in self.ask(typed, Among(**among)).groups for one in group.told)


@pytest.fixture
def shelf(url: str) -> Iterator[Shelf]:
    shelf = Shelf(Journal(url))
    yield shelf
    shelf.journal.close()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Shelf]:
    """The same on SQLite alone, for what no database makes different."""
    shelf = Shelf(Journal.in_folder(tmp_path))
    yield shelf
    shelf.journal.close()


def post(day: Day, text: str, who: str = "bob", **more: str) -> str:
    answer = day.do("post", "situations", {"title": text} | more, who=who)
    assert not isinstance(answer, Refused), answer
    return str(answer[0].id)


HEDGES, CANTEEN, STUDENTS = "Les haies du captage", "La cantine achète local", "Les étudiants reviennent l’été : ils plantent des haies !"


def test_a_word_is_found_whatever_its_ending_its_accents_and_its_capitals(shelf: Shelf) -> None:
    day = shelf.day()
    for text in (HEDGES, CANTEEN, STUDENTS):
        post(day, text)
    code = shelf.keep(day)
    assert shelf.found("haie") == shelf.found("HAIES") == sorted([HEDGES, STUDENTS])
    assert shelf.found("etudiante") == shelf.found("ÉTUDIANT") == shelf.found("reviennent haies") == [STUDENTS]
    assert shelf.found("haies captage") == [HEDGES]
    assert shelf.found("haies -étudiants") == shelf.found('haies -"reviennent l’été"') == [HEDGES]
    assert shelf.found("canti") == [CANTEEN], "a word begun"
    assert shelf.found("canti local") == [], "only the last may be"
    assert shelf.found('"les haies"') == [HEDGES]
    assert shelf.found("l’été") == shelf.found("de l'ete la") == [STUDENTS]
    assert shelf.found("le les la") == []
    assert shelf.found("tracteur") == []
    (group,) = shelf.ask("captage").groups
    (told,) = group.told
    assert (group.about.code, group.about.title, group.count, told.number, told.anchor, told.title, told.kind, told.by) == (
        code, "Une journée", 1, 1, "word-1", "Situations", "situations", "Diois",
    )  # fmt: skip


def test_english_days_are_read_with_english_endings(here: Shelf) -> None:
    day = here.day()
    here.keep(day)
    english = here.day()
    english.do("sheet", content={"text": english.sheet.replace("language: fr", "language: en")}, who="system")
    post(english, "Hedges were planted near the wells")
    here.keep(english)
    assert here.found("hedge well planting") == ["Hedges were planted near the wells"]


def test_nothing_withdrawn_withheld_or_masked_is_found_however_soon_one_asks(shelf: Shelf) -> None:
    day = shelf.day()
    withdrawn, withheld, masked = (
        post(day, "Un secret zinc"),
        post(day, "Un secret cuivre"),
        post(day, "Un secret fer, dit Quentin Fictif", "ada"),
    )
    shelf.keep(day)
    assert len(shelf.found("secret")) == 3
    assert shelf.found("quentin") == ["Un secret fer, dit Quentin Fictif"]
    day.do("withdraw", "situations", on=withdrawn, who="bob")
    day.do("withhold", "situations", {"why": "Hors sujet"}, on=withheld)
    day.do("mask", "situations", {"name": "Quentin Fictif"}, on=masked)
    shelf.keep(day)
    assert shelf.found("secret") == ["Un secret fer, dit […]"]
    assert shelf.found("zinc") == shelf.found("cuivre") == shelf.found("quentin") == []
    day.do("restore", "situations", on=withheld)
    shelf.keep(day)
    assert shelf.found("cuivre") == ["Un secret cuivre"]


def test_what_is_hidden_until_the_reveal_is_not_found_before(here: Shelf) -> None:
    day = here.day().open("un-mot")
    answer = day.do("post", "un-mot", {"word": "Confiance"}, who="ada")
    assert not isinstance(answer, Refused), answer
    here.keep(day)
    assert here.found("confiance") == []
    day.do("close", "un-mot")
    here.keep(day)
    assert here.found("confiance") == ["Confiance"]


def test_who_wrote_is_searched_by_only_as_the_report_signs(here: Shelf) -> None:
    day = here.day()
    post(day, "De l’une", who="ada")
    post(day, "De l’autre", who="bob")
    here.keep(day)
    assert here.found("Vandermolen") == here.found("forez") == ["De l’une"]
    assert here.found("Quentin") == here.found("Fictif") == []
    day.do("naming", content={"as": "roles"}, who="shelf")
    here.keep(day)
    assert here.found("Vandermolen") == here.found("forez") == []
    assert here.found("autre") == ["De l’autre"]
    day.do("write", content={"section": "", "part": "title", "text": "La journée d’Ada Vandermolen"}, who="shelf")
    here.keep(day)
    assert "Vandermolen" not in here.ask("autre").groups[0].about.title


def test_notes_said_aloud_and_texts_of_staff_are_found_and_told_apart(here: Shelf) -> None:
    day = here.day()
    first = post(day, "Un marché")
    note = told_by(day, "notes", "note", "", {"text": "Deux ans de trésorerie", "mark": "quotation", "speaker": "Zoé", "agreed": False})
    day.do("write", content={"section": "step-situations", "part": "synthesis", "text": f"La **solidarité** [@{first}]"}, who="shelf")
    here.keep(day)
    (told,) = here.ask("trésorerie").groups[0].told
    assert (told.kind, told.anchor, told.number, told.by) == ("note", "ran-situations", 0, "")
    (told,) = here.ask("solidarité").groups[0].told
    assert (told.kind, told.anchor, told.text) == ("edition", "step-situations", "La **solidarité** [1]")
    assert here.found("Zoé") == []
    told_by(day, "notes", "strike", on=note[0].id)
    day.do("leave", content={"section": "step-situations"}, who="shelf")
    here.keep(day)
    assert here.found("trésorerie") == here.found("solidarité") == []


def test_what_staff_wrote_over_several_days_is_found_too(here: Shelf) -> None:
    here.keep(here.day())
    over = Day("")
    over.entries, over.state = [], SessionState()
    over.do("collect", content={"title": "Dix ans d’appui", "sessions": [here.kept[0][1].id]}, who="shelf")
    over.do("write", content={"section": "", "part": "synthesis", "text": "La solidarité tient"}, who="shelf")
    here.kept.append((over, here.journal.create(path=None, title="Dix ans d’appui", created="2022")))
    here.keep(over)
    (group,) = here.ask("solidarité").groups
    assert (group.about.title, group.about.date, group.told[0].anchor) == ("Dix ans d’appui", "", "synthesis")


def test_a_spelling_corrected_is_found_as_the_report_tells_it(here: Shelf) -> None:
    day = here.day()
    id = post(day, "La receprocité")
    day.do("correct", content={"field": "title", "text": "La réciprocité"}, on=id, who="shelf")
    here.keep(day)
    assert here.found("réciprocité") == ["La réciprocité"]


def test_days_are_grouped_counted_paged_and_chosen_by_series_year_and_kind(shelf: Shelf) -> None:
    for n in range(SESSIONS + 2):
        day = shelf.day(f"Jour {n}", date=f"20{10 + n}-01-01", series="Appui" if n % 2 else "Élan")
        for m in range(n + 1):
            post(day, f"Une haie {m}")
        shelf.keep(day)
    answer = shelf.ask("haies")
    assert (answer.count, answer.sessions, answer.pages, answer.behind) == (sum(range(1, SESSIONS + 3)), SESSIONS + 2, 2, 0)
    other = shelf.ask("haies", page=2)
    seen = [group.about.title for group in (*answer.groups, *other.groups)]
    assert sorted(seen) == sorted(f"Jour {n}" for n in range(SESSIONS + 2))
    assert all(len(group.told) == min(EACH, group.count) for group in answer.groups)
    assert shelf.ask("haies", page=99).page == 2
    assert shelf.ask("haies", Among(series="elan")).sessions == SESSIONS / 2 + 1
    (alone,) = shelf.ask("haies", Among(year="2013")).groups
    assert (alone.about.title, alone.count, len(alone.told)) == ("Jour 3", 4, 4)
    assert shelf.found("haies", kind="vote") == shelf.found("haies", kind="nothing") == shelf.found("haies", code="AAA000") == []
    assert shelf.ask("haies", Among(kind="situations")).count == answer.count
    for odd in ('"', "' | 'haies", '" OR "haies', "\x1f", "\ud800", "SITUATIONS) NOT ("):
        assert shelf.found("haies", kind=odd) == []
    assert [one.date[:4] for one in shelf.search.abouts()][:2] == ["2021", "2020"]


def test_a_day_found_alone_is_read_through_page_after_page(here: Shelf) -> None:
    day = here.day()
    for n in range(ALONE + 3):
        post(day, f"Une haie {n}")
    code = here.keep(day)
    first, second = here.ask("haie", Among(code=code)), here.ask("haie", Among(code=code), page=2)
    assert (len(first.groups[0].told), len(second.groups[0].told), first.pages) == (ALONE, 3, 2)
    assert len({one.id for answer in (first, second) for one in answer.groups[0].told}) == ALONE + 3


def test_a_word_in_so_many_texts_that_none_is_weighed_is_found_all_the_same(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facilitate.search._RANKED", 1)
    for n in range(2):
        day = shelf.day(f"Jour {n}", date=f"202{n}-01-01")
        post(day, f"Une haie {n}")
        shelf.keep(day)
    assert [group.about.title for group in shelf.ask("haie").groups] == ["Jour 1", "Jour 0"]


def test_a_day_that_could_not_be_read_yet_is_in_no_answer_and_is_counted(here: Shelf) -> None:
    one, other = here.day("Un"), here.day("Autre")
    for day in (one, other):
        post(day, "Une haie")
        here.keep(day)
    assert here.ask("haie").sessions == 2
    id = post(one, "Un mot de trop")
    here.keep(one)
    assert here.ask("trop").sessions == 1
    one.do("withhold", "situations", on=id)
    here.keep(one)
    hurried = here.search.ask(read("haie"), seconds=-1)
    assert (hurried.sessions, hurried.behind) == (1, 1)
    assert here.search.ask(read("trop"), seconds=-1).count == 0
    assert here.ask("haie").sessions == 2


def test_a_day_already_read_is_not_written_again_but_for_what_changed(here: Shelf) -> None:
    day = here.day()
    first = post(day, "Une haie")
    post(day, "Une mare")
    here.keep(day)
    here.search.update()
    with here.journal.link() as link:
        before = link.exec_driver_sql("SELECT id, place FROM found").all()
    day.do("withdraw", "situations", on=first, who="bob")
    post(day, "Un puits")
    here.keep(day)
    assert here.search.update() == 0
    with here.journal.link() as link:
        after = dict(tuple(row) for row in link.exec_driver_sql("SELECT id, place FROM found").all())
    assert len(after) == 2
    assert all(after[id] == place for id, place in before if id in after)
    # The number moved with the one withdrawn; the words did not.
    assert here.ask("mare").groups[0].told[0].number == 1


def test_a_day_that_stands_in_memory_is_read_there_unless_the_journal_moved_on(url: str) -> None:
    written = Shelf(Journal(url))
    day, other = written.day(), written.day()
    post(day, "Une haie")
    post(other, "Une mare")
    written.keep(day)
    search = Search(written.journal, KINDS, languages(KINDS), {written.kept[0][1].id: other.state}.get)

    def found(typed: str) -> int:
        return search.ask(read(typed), seconds=60).count

    assert (found("haie"), found("mare")) == (0, 1)
    post(day, "Un puits")
    written.keep(day)
    assert (found("haie"), found("mare"), found("puits")) == (1, 0, 1)
    written.journal.close()


def test_two_who_read_the_same_days_at_once_find_the_same(url: str) -> None:
    one = Shelf(Journal(url))
    other = Search(Journal(url), KINDS, languages(KINDS))
    day = one.day()
    post(day, "Une haie")
    one.keep(day)
    assert one.ask("haie").count == other.ask(read("haie")).count == 1
    post(day, "Une autre haie")
    one.keep(day)
    assert other.ask(read("haie")).count == one.ask("haie").count == 2
    one.journal.close()
    other._journal.close()


def test_what_is_forgotten_leaves_no_byte_in_the_files(tmp_path: Path) -> None:
    shelf = Shelf(Journal.in_folder(tmp_path))
    day = shelf.day()
    for n in range(40):
        post(day, f"Une haie {n}")
    erased = post(day, "Le mot zyxwvutsr")
    shelf.keep(day)
    shelf.search.update()
    # As erasure does: the journal's own line first.
    with shelf.journal.link() as link:
        link.exec_driver_sql("""UPDATE entries SET content = '{"title":"Redacted"}' WHERE id = ?""", (erased,))

    def stored() -> bytes:
        return b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert b"zyxwvutsr" in stored()
    shelf.search.forget(shelf.kept[0][1].id, [erased])
    assert b"zyxwvuts" not in stored()
    assert shelf.found("zyxwvutsr") == []
    assert shelf.found("redacted") == ["Redacted"]
    assert shelf.ask("haie").count == 40
    shelf.journal.close()


def test_an_index_of_another_make_is_made_anew_by_itself_and_one_may_begin_anew(shelf: Shelf) -> None:
    day = shelf.day()
    post(day, "Une haie")
    shelf.keep(day)
    shelf.search.update()
    with shelf.journal.link() as link:
        link.exec_driver_sql("UPDATE searched SET made = 'other'")
    assert len(shelf.search.behind()) == 1
    assert shelf.found("haie") == ["Une haie"]
    shelf.search.rebuild()
    assert (shelf.search.behind(), shelf.found("haie")) == ([], ["Une haie"])


HOSTILE = (
    'a" OR b', '"', '""', '"""', "' OR 1=1 --", "NEAR(a b)", "a AND", "NOT", "^a", "a*", "*", "{words}:a", "words:a", "(", ")", "a:*",
    "!a", "a <-> b",
    "\\", "%", "_", "\0", "a\0b", "-", "--", '-"', "- -", "🙂", "👨‍👩‍👧‍👦", "مرحبا", "种植", "ภาษาไทย", "\u202e", "-haie",
    '-"une haie"', "x" * 10_000,
    "haie " * 2_000, '"' + "a " * 5_000 + '"', "\ud800", "é" * 300, "00situations", "u0000a", "0hai", "\n\t", "<script>alert(1)</script>",
)  # fmt: skip


def test_nothing_that_may_be_typed_is_an_error(shelf: Shelf) -> None:
    day = shelf.day()
    for text in ("Une haie", "我们一起种植蔬菜", "مَرحَباً بكم", "เราทำงานร่วมกัน", "<script>alert(1)</script>", "x" * 140):
        post(day, text)
    shelf.keep(day)
    for typed in HOSTILE:
        assert shelf.ask(typed).behind == 0
    assert shelf.found("种植") == ["我们一起种植蔬菜"]
    assert shelf.found("植种") == []
    assert shelf.found("مرحبا") == ["مَرحَباً بكم"]
    assert shelf.found("ร่วม") == ["เราทำงานร่วมกัน"]
    assert shelf.found("script alert") == ["<script>alert(1)</script>"]
    assert shelf.found("haie " * 2_000) == ["Une haie"]
    assert shelf.found("-haie") == shelf.found("🙂") == []


@given(some.text(max_size=60))
def test_whatever_is_typed_is_read_into_letters_and_digits(typed: str) -> None:
    query = read(typed)
    for term in (*query.wanted, *query.unwanted):
        assert term.words
        assert all(one.isascii() and one.isalnum() for one in (*term.words, *term.stems))


@given(some.text(max_size=60))
def test_words_are_the_same_with_and_without_their_places(text: str) -> None:
    found = list(places(text))
    assert [word for word, _, _ in found] == words(text)
    assert all(start < end and words(text[start:end]) == [word] for word, start, end in found)


@given(some.text(max_size=400), some.text(max_size=20))
def test_a_text_in_pieces_is_the_text(text: str, typed: str) -> None:
    pieces = marked(text, read(typed), "fr")
    assert "".join(piece for piece, _ in pieces) == text
    assert sum(len(piece) for piece, _ in excerpt(pieces)) <= 310


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("Les Haies du captage, une haie", "haie", ["Haies", "haie"]),
        ("Un circuit  court et un court circuit", '"circuit court"', ["circuit  court"]),
        ("Réciprocités", "reciproc", ["Réciprocités"]),
        ("L’eau de l’été", "l'ete", ["été"]),
        ("我们一起种植蔬菜", "种植", ["种植"]),
        ("Une mare", "haie", []),
        ("<b>haie</b>", "haie b", ["b", "haie", "b"]),
    ],
)
def test_what_was_looked_for_is_marked_as_it_was_written(text: str, typed: str, expected: list[str]) -> None:
    assert [piece for piece, found in marked(text, read(typed), "fr") if found] == expected


def test_a_long_text_is_shown_from_a_little_before_what_was_looked_for() -> None:
    pieces = excerpt(marked("Avant. " * 100 + "Une haie ici. " + "Après. " * 100, read("haie"), "fr"))
    shown = "".join(piece for piece, _ in pieces)
    assert shown.startswith("…Avant. ")
    assert shown.endswith("…")
    assert ("haie", True) in pieces
    assert len(shown) <= 302


def test_a_query_is_read_up_to_its_limit_and_says_so() -> None:
    assert not read("haie " * 20).cut
    assert read("x " * MOST_TYPED).cut
    assert read(" ".join(f"mot{n}" for n in range(30))).cut


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("financée", "financer"),
        ("nationale", "nationaux"),
        ("réciprocité", "reciprocites"),
        ("œuvre", "OEUVRES"),
        ("coopérer", "coopération"),
    ],
)
def test_words_of_one_family_have_a_stem_in_common(one: str, other: str) -> None:
    assert stems(one.lower(), "fr") & stems(other.lower(), "fr")


def test_a_token_is_ascii_and_short() -> None:
    assert [token(word) for word in ("été", "œuvre", "straße", "łódź", "x" * 100)] == ["ete", "oeuvre", "strasse", "lodz", "x" * 64]
