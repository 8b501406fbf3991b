"""The sheet is read whole: everything it says is in the agenda, and everything wrong with it is said at once, by line."""

import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitate.core.activity import ActivityType, Field, Kinds, Setting
from facilitate.core.agenda import REMINDER, Activity, Agenda
from facilitate.core.reading import Problem
from facilitate.core.sheet import HEAD, decode_sheet, read_sheet

COLUMNS = (Field("title", "The situation", 280, required=True), Field("watch", "What to watch", 600))


class Coffee(ActivityType):
    kind, fr, label = "coffee", "café", "Coffee"
    settings = (Setting("what", "quoi", "text", "", ""),)


class Cards(ActivityType):
    kind, fr, label = "cards", "cartes", "Cards"
    settings = (
        Setting("question", "question", "text", "", ""),
        Setting("fields", "champs", "fields", COLUMNS, ""),
        Setting("signed", "signature", "choice", "free", "", choices={"free": "libre", "signed": "signée"}),
        Setting("topics", "sujets", "list", ("a",), ""),
        Setting("until", "jusqu’à", "hour", "", ""),
    )


class Dots(ActivityType):
    kind, fr, label = "dots", "points", "Dots"
    settings = (
        Setting("source", "sur", "source", "", "", required=True),
        Setting("most", "maximum", "number", 3, "", low=1, high=50),
        Setting("hidden", "caché", "flag", False, ""),
    )


class Talk(ActivityType):
    kind, fr, label = "talk", "exposé", "Talk"
    settings = (Setting("slides", "diapositives", "markdown", "", ""), Setting("speaker", "intervenant", "text", "", ""))


KINDS: Kinds = {kind.kind: kind for kind in (Coffee(), Cards(), Dots(), Talk())}

HEADLINES = "---\ntitre: Une journée\nhoraires: 9:30-17:00\n---\n"
"""Four lines: the programme begins on the fifth."""


def read(text: str) -> Agenda:
    agenda, problems = read_sheet(text, KINDS)
    assert problems == ()
    assert agenda is not None
    return agenda


def steps(programme: str) -> tuple[Activity, ...]:
    return read(f"{HEADLINES}## Programme\n{programme}").activities


def step(lines: str, heading: str = "9:30 – Un temps") -> Activity:
    return steps(f"### {heading}\n{lines}")[0]


def said(text: str) -> list[tuple[int, str]]:
    """What is wrong, in English, with its line."""
    agenda, problems = read_sheet(text, KINDS)
    assert (agenda is None) == any(one.level == "error" for one in problems)
    return [(one.line, one.text % one.values) for one in problems]


def wrong(programme: str) -> list[tuple[int, str]]:
    """What is wrong in a programme, its own first line counted as 1."""
    return [(line - 5, words) for line, words in said(f"{HEADLINES}## Programme\n{programme}")]


SHEET = """---
titre: "Villes et campagnes : que s’échanger ?"
date: vendredi 24 septembre 2021
horaires: 9 h 30 – 17 h
fuseau: Europe/Lisbon
lieu: Gare de Valence TGV (26)
organisateur: Cap Rural
places: 20
inscription avant: 15 septembre 2021
langue: français
format: Session d’exploration
série: Relations villes-campagnes
financeurs:
  - Union européenne (FEDER)
  - Région, département
mentions:
  données: Vos mots restent ici.
  photos: Des photos sont prises.
territoires: Drôme, Ardèche
types de structure: Collectivité ; Association
---

# Villes et campagnes : que s’échanger ?

Une journée pour parler.

## Pour qui ?

Les élus, *et* les autres.

## Programme

Tout se tient dans la même salle.

### 9 h 30 – Café

- type : café
- durée : 20 min

### 9 h 50 – Vos cartes

- type : cartes
- question : Quelle coopération avez-vous vue
  fonctionner ?
- champs :
  - Le contexte (280)
  - What to watch
- signature : signée
- minimum : 30 min
- jusqu’à : 11 h 45

Écrivez ce que vous avez vu.

- Une carte par personne.

### 12 h – Déjeuner

- type : café
- durée : 1 h 30
- fixe : oui
- id : repas

### 30 min – Points

- type : points
- sur : Vos cartes
- optionnel : oui

## En pratique

À deux pas de la gare.
"""


def test_a_whole_sheet_becomes_an_agenda() -> None:
    agenda = read(SHEET)
    assert agenda.title == "Villes et campagnes : que s’échanger ?"
    assert (agenda.date, agenda.start, agenda.end, agenda.timezone) == ("2021-09-24", "09:30", "17:00", "Europe/Lisbon")
    assert (agenda.place, agenda.host, agenda.capacity, agenda.deadline) == ("Gare de Valence TGV (26)", "Cap Rural", 20, "2021-09-15")
    assert (agenda.language, agenda.format, agenda.series) == ("fr", "Session d’exploration", "Relations villes-campagnes")
    assert agenda.funders == ("Union européenne (FEDER)", "Région, département")
    assert agenda.notices == {"data": "Vos mots restent ici.", "photos": "Des photos sont prises."}
    assert (agenda.territories, agenda.structure_types) == (("Drôme", "Ardèche"), ("Collectivité", "Association"))
    assert agenda.sections == (
        ("", "Une journée pour parler."),
        ("Pour qui ?", "Les élus, *et* les autres."),
        ("Programme", "Tout se tient dans la même salle."),
        ("En pratique", "À deux pas de la gare."),
    )
    coffee, cards, lunch, dots = agenda.activities
    assert coffee == Activity("cafe", "coffee", "Café", 20, "09:30", settings={"what": ""}, line=35)
    assert cards == Activity(
        "vos-cartes",
        "cards",
        "Vos cartes",
        130,
        "09:50",
        minimum=30,
        settings={
            "question": "Quelle coopération avez-vous vue fonctionner ?",
            "fields": (Field("le-contexte", "Le contexte", 280, required=True), Field("watch", "What to watch", 600)),
            "signed": "signed",
            "topics": ("a",),
            "until": "11:45",
        },
        instructions="Écrivez ce que vous avez vu.\n\n- Une carte par personne.",
        line=40,
    )
    assert (lunch.id, lunch.at, lunch.fixed, lunch.minutes) == ("repas", "12:00", True, 90)
    assert (dots.at, dots.minutes, dots.optional) == ("", 30, True)
    assert dots.settings == {"source": "vos-cartes", "most": 3, "hidden": False}


def test_reading_is_pure() -> None:
    assert read_sheet(SHEET, KINDS) == read_sheet(SHEET, KINDS)


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_any_system_and_a_byte_order_mark_change_nothing(ends: str) -> None:
    data = ("\ufeff" + SHEET.replace("\n", ends)).encode()
    text = decode_sheet(data)
    assert isinstance(text, str)
    assert read(text) == read("\ufeff" + SHEET) == read(SHEET)


def test_a_sheet_needs_no_front_matter() -> None:
    agenda = read("# Une soirée\n## Agenda\n### 18 h – Café\n- type : café\n- durée : 1 h\n")
    assert (agenda.title, agenda.start, agenda.end, agenda.date) == ("Une soirée", "18:00", "", "")


def test_every_key_of_the_head_is_taken_in_each_of_its_names() -> None:
    values = {"title": "A", "date": "2021-09-24", "time": "9:30-17:00", "timezone": "Europe/Paris", "capacity": "20"}
    values |= {
        "deadline": "2021-09-15",
        "language": "en",
        "notices": "{data: A}",
        "attendance": "téléphone",
        "europe": "oui",
        "attendance_kept": "5 ans",
        "capitalisation": "oui",
        "sensitive": "non",
    }
    values |= {"online": "hybride", "access": "sur invitation"}
    for ours, names in HEAD.items():
        for name in names:
            title = "" if ours == "title" else "title: A\n"
            agenda = read(f"---\n{title}{name}: {values.get(ours, 'A')}\n---\n## Programme\n### 9:30 – A\n- kind: coffee\n- duration: 5\n")
            assert agenda.title == "A"
            assert ours == "time" or getattr(agenda, ours)


def test_a_sensitive_subject_is_reminded_of_in_every_step_that_does_not_say_otherwise_and_is_no_error() -> None:
    steps = "### A\n- kind: coffee\n- duration: 5\n### B\n- kind: coffee\n- duration: 5\n- sensible: Ni famille, ni école.\n"
    steps += "### C\n- kind: coffee\n- duration: 5\n- sensitive: no\n"
    agenda, problems = read_sheet(f"---\ntitle: A\ntime: 9:30\nsensible: oui\n---\n## Programme\n{steps}", KINDS)
    assert agenda
    assert [agenda.reminder(one) for one in agenda.activities] == [REMINDER, "Ni famille, ni école.", ""]
    # Said once, on the first line that says so.
    assert [(one.line, one.level) for one in problems] == [(4, "warning"), (4, "warning")]
    assert "article 9" in problems[0].text
    assert "DPIA" in problems[1].text
    quiet, problems = read_sheet(f"---\ntitle: A\ntime: 9:30\nsensible: non\n---\n## Programme\n{steps}", KINDS)
    assert quiet
    assert [quiet.reminder(one) for one in quiet.activities] == ["", "Ni famille, ni école.", ""]
    assert {one.line for one in problems} == {13}


def test_a_day_of_a_series_is_to_be_capitalised_unless_it_says_no() -> None:
    body = "---\n## Programme\n### 9:30 – A\n- kind: coffee\n- duration: 5\n"
    heads = {"": False, "series: S\n": True, "series: S\ncapitalisation: non\n": False, "capitalisation: yes\n": True}
    assert {head: read(f"---\ntitle: A\n{head}{body}").capitalised for head in heads} == heads


def test_an_empty_key_of_the_head_is_as_if_it_were_not_there() -> None:
    agenda = read("---\ntitle: A\ncapacity:\ndate: ~\nfunders:\ntime: 9:30\n---\n## Programme\n### A\n- kind: coffee\n- duration: 5\n")
    assert (agenda.capacity, agenda.date, agenda.funders) == (0, "", ())


# Everything wrong, at once


def test_every_problem_is_said_at_once_with_its_line() -> None:
    text = """---
titre: A
datte: 2021-09-24
places: vingt
horaires: 9 h
---
## Programme
### Accueil
- type : caffé
- durée : 20 min
### 9h20 – Cartes
- type : cartes
- dure : 20 min
- signature : signé
###
- durée : 5
"""
    assert said(text) == [
        (3, "“datte” is not a key known here. Did you mean “date”?"),
        (4, "“vingt” is not a whole number from 0 to 100000."),
        (9, "“caffé” is not a kind of step. Did you mean “café”?"),
        (11, "“Cartes” needs a length: write “- durée: 30 min”."),
        (13, "“dure” is not a key known here. Did you mean “durée”?"),
        (14, "“signé” is not one of the answers. Did you mean “signée”?"),
        (15, "This step has no title: write one like “### 9:30 – Welcome”."),
        (15, "This step has no kind: write “- type: …” right under its heading. The kinds: café, cartes, points, exposé."),
    ]


def test_hints_come_in_the_language_of_the_sheet() -> None:
    text = "---\nxyz: 1\ntitle: A\nlanguage: en\n---\n## Programme\n### 9:30 – A\n- kind: zzz\n- duration: 5\n"
    (_, keys), (_, kinds) = said(text)
    last = (
        "series, good for, funders, europe, capitalisation, sensitive, notices, territories, structure types, attendance, attendance kept."
    )
    assert keys.endswith(last)
    assert kinds == "“zzz” is not a kind of step. These are: coffee, cards, dots, talk."


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "no title"),
        ("", 1, "no programme"),
        ("# A\n## Programe\n", 2, "Did you mean “programme” here?"),
        ("# A\n\n## Programme\n", 3, "programme is empty"),
        ("---\ntitle: A\n", 1, "never closed"),
        ("---\ntitle: A\n---\n# B\n", 4, "title is given twice"),
        ("---\ntitle: A\ntitre: B\n---\n", 3, "“titre” is given twice"),
        ("---\ntitle: Villes : A\n---\n", 2, "holds a colon"),
        ("---\ntitle: A\nplace: [a\n---\n", 3, "cannot be read"),
        ("---\ntitle: A\nplace: [a, b]\n---\n", 3, "not a list"),
        ("---\ntitle: A\nfunders: [[a]]\n---\n", 3, "nothing deeper"),
        ("---\n- title\n---\n", 2, "“key: value” lines are expected here."),
        ("---\ntitle: A\nnotices: Bla\n---\n", 3, "“key: value” lines are expected here."),
        ("---\ntitle: A\nnotices:\n  fotos: Bla\n---\n", 4, "Did you mean “photos”?"),
        ("---\ntitle: A\ntimezone: Europe/Pari\n---\n", 3, "Did you mean “Europe/Paris”?"),
        ("---\ntitle: A\ntimezone: ../../etc/passwd\n---\n", 3, "is not a time zone"),
        ("---\ntitle: A\ntimezone: Europe\n---\n", 3, "is not a time zone"),
        ("---\ntitle: A\ndate: 2015\n---\n", 3, "is not a date"),
        ("---\ntitle: A\n? [a]\n: b\n---\n", 3, "is not a key known here"),
        ('---\ntitle: "\\UFFFFFFFF"\n---\n', 2, "cannot be read"),
        ("---\ntitle: a\x07b\n---\n", 2, "cannot be read"),
        ("# A\n##Programme\n", 2, "Put a space"),
        ("# A\n```\n## Programme\n", 2, "never closed"),
    ],
)
def test_what_is_wrong_in_a_sheet_is_said_with_its_line(text: str, line: int, words: str) -> None:
    assert any(at == line and words in message for at, message in said(text)), said(text)


@pytest.mark.parametrize(
    ("programme", "line", "words"),
    [
        ("### 9h30 Un\n- type : café\n- durée : 5", 1, "Write the hour or the length, a dash"),
        ("### 25h – Un\n- type : café\n- durée : 5", 1, "“25h” is not an hour"),
        ("### 10h – 9h – Un\n- type : café", 1, "ends before it begins"),
        ("### 9h30 – Un\n- type : café\n- type : cartes\n- durée : 5", 3, "“type” is given twice"),
        ("### 9h30 – Un\n- type : café\n- début : 9h30\n- durée : 5", 3, "“début” is given twice"),
        ("### 9h30 – Un\n- type : café\n- durée : 5\n- duration : 5", 4, "“duration” is given twice"),
        ("### 9h30 – Un\n- type : café\n- durée : longtemps", 3, "is not a length"),
        ("### 9h30 – Un\n- type : café\n- durée :", 3, "“durée” is empty"),
        ("### 9h30 – Un\n- type : café\n- durée : 5\n  - six", 3, "not a list"),
        ("### 9h30 – Un\n- type : café\n- durée : 5\nDu texte.", 4, "Leave an empty line"),
        ("### 9h30 – Un\n- type : café\n- durée : 5\n- du texte", 4, "begin the text with a sentence"),
        ("### 9h30 – Un\n- type : café\n- durée : 5\n- minimum : 10", 1, "shorter than its own minimum"),
        ("### 9h30 – Un\n- type : café\n- durée : 5\n- id : Café noir", 4, "like “cafe-noir”"),
        ("### 9h30 – Un\n- type : café\n- durée : 5\n- id : a\n### Deux\n- type : café\n- durée : 5\n- id : a", 8, "already the id"),
        ("### 9h30 – Un\n- type : cartes\n- champs : a\n  - b\n- durée : 5", 3, "not both"),
        ("### 9h30 – Un\n- type : cartes\n- champs : Contexte (9000)\n- durée : 5", 3, "from 1 to 5000"),
        ("### 9h30 – Un\n- type : points\n- durée : 5", 1, "“Un” needs “- sur: …”"),
        ("### 9h30 – Un\n- type : points\n- durée : 5\n- sur : Deux\n### Deux\n- type : café\n- durée : 5", 4, "does not come before"),
        ("### 9h30 – Un\n- type : points\n- durée : 5\n- sur : Un", 4, "does not come before"),
        ("### 9h30 – Café\n- type : café\n- durée : 5\n### Deux\n- type : points\n- durée : 5\n- sur : Caffé", 7, "Did you mean “Café”?"),
        ("### 9h30 – Café\n- type : café\n- durée : 5\n### Deux\n- type : points\n- durée : 5\n- sur : zzz", 7, "its title or its id"),
        (
            "### A\n- type : café\n- durée : 5\n### A\n- type : café\n- durée : 5\n### B\n- type : points\n- durée : 5\n- sur : A",
            10,
            "Several steps",
        ),
        ("### A\n- type : café\n### B\n- type : café", 1, "needs a length"),
        (
            "### 9h30 – A\n- type : café\n### 16h – B\n- type : café\n- durée : 5\n### 9h – C\n- type : café\n### 9h – D\n- type : café",
            6,
            "No time",
        ),
    ],
)
def test_what_is_wrong_in_a_step_is_said_with_its_line(programme: str, line: int, words: str) -> None:
    assert any(at == line and words in message for at, message in wrong(programme)), wrong(programme)


def test_an_hour_that_cannot_be_read_is_the_only_thing_said_of_it() -> None:
    programme = "### 25h – Un\n- type : café\n### 10h – Deux\n- type : café\n### 10h70 – Trois\n- type : café\n"
    assert [line for line, _ in wrong(programme)] == [1, 5]


@pytest.mark.parametrize("head", ["title: A\ntime: soon", "title: A : B"])
def test_hours_of_the_day_that_cannot_be_read_are_the_only_thing_said_of_them(head: str) -> None:
    assert len(said(f"---\n{head}\n---\n## Programme\n### Un\n- type : café\n### 11 h – Deux\n- type : café\n")) == 1


def test_the_keys_of_an_unknown_kind_are_not_blamed() -> None:
    assert len(wrong("### 9h30 – Un\n- type : zzz\n- durée : 5\n- sujet : a")) == 1


# Warnings leave the agenda as it is


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (
            "### 9:30 – A\n- type : café\n- durée : 45\n### 10h – B\n- type : café\n- durée : 5",
            4,
            "B” begins at 10 h; the step above ends at 10 h 15.",
        ),
        ("### 9h – A\n- type : café\n- durée : 5", 1, "“A” begins at 9 h; the day begins at 9 h 30."),
        ("### 16h50 – A\n- type : café\n- durée : 20", 1, "“A” goes past the end of the day, 17 h."),
        ("### A\n- type : café\n- durée : 5\n- fixe : oui", 1, "“A” is fixed, but no starting hour is given."),
        ("### A\n- type : café\n- durée : 5\n\nBla.\n\n- quoi : thé", 7, "“quoi” comes after the text"),
    ],
)
def test_a_warning_says_what_looks_odd_and_the_sheet_is_read(text: str, line: int, words: str) -> None:
    agenda, problems = read_sheet(f"{HEADLINES}## Programme\n{text}", KINDS)
    assert agenda is not None
    assert [(one.line - 5, one.level) for one in problems] == [(line, "warning")]
    assert words in (problems[0].text % problems[0].values).replace("\xa0", " ")


def test_no_places_and_no_starting_hour_are_warned_of() -> None:
    agenda, problems = read_sheet("---\ntitle: A\nplaces: 0\n---\n## Programme\n### A\n- type : café\n- durée : 5\n", KINDS)
    assert agenda is not None
    assert [(one.line, one.level) for one in problems] == [(1, "warning"), (3, "warning")]


# Steps


@pytest.mark.parametrize(
    ("heading", "at", "minutes"),
    [
        ("9:30 – Un temps", "09:30", 450),
        ("9h30 · Un temps", "09:30", 450),
        ("9 h 30 : Un temps", "09:30", 450),
        ("9 h 30 – 10 h 15 – Un temps", "09:30", 45),
        ("9h30-10h : Un temps", "09:30", 30),
        ("20 min – Un temps", "", 20),
        ("1 h 30 min – Un temps", "", 90),
        ("1 h 30 – Un temps", "", 90),
        ("2 h – Un temps", "", 120),
        ("10 h 30 – Un temps", "10:30", 390),
        ("Un temps", "", 450),
    ],
)
def test_a_heading_may_give_the_hour_both_hours_or_the_length(heading: str, at: str, minutes: int) -> None:
    found = step("- type : café", heading)
    assert (found.title, found.at, found.minutes) == ("Un temps", at, minutes)


def test_a_number_in_a_title_is_no_hour() -> None:
    assert step("- type : café", "3 questions").title == "3 questions"
    assert step("- type : café", "9h30 – 2 heures de route").title == "2 heures de route"


def test_a_step_without_a_length_takes_what_is_left_before_the_next_hour() -> None:
    programme = "### A\n- type : café\n### B\n- type : café\n- durée : 20\n### 11h – C\n- type : café\n- durée : 5\n### D\n- type : café\n"
    assert [one.minutes for one in steps(programme)] == [70, 20, 5, 355]


def test_kinds_and_keys_are_taken_in_both_languages() -> None:
    english = step(
        "- kind: cards\n- fields: A; B\n- signed: signed\n- topics: x\n- until: 11:00\n- duration: 5\n- optional: yes\n- question: Q"
    )
    french = step(
        "- type : cartes\n- champs : A ; B\n- signature : signée\n- sujets : x\n- jusqu'à : 11 h\n- durée : 5\n- optionnel : oui\n"
        "- question : Q"
    )
    assert english == french


def test_ids_are_slugs_of_titles_that_leave_given_ids_alone() -> None:
    programme = "".join(f"### Café\n- type : café\n- durée : 5\n{own}" for own in ("", "", "- id : cafe\n"))
    assert [one.id for one in steps(programme)] == ["cafe-2", "cafe-3", "cafe"]


def test_slides_are_the_prose_with_their_rules_and_lists() -> None:
    slides = "#### Un\n\n- un\n\n---\n\n#### Deux\n\n```\n### code\n```\n\n- durée : longue"
    found = step(f"- type : exposé\n- intervenant : Agence\n\n{slides}\n")
    assert found.settings == {"slides": slides, "speaker": "Agence"}
    assert found.instructions == slides


def test_slides_may_begin_with_a_rule_right_under_the_settings() -> None:
    assert step("- type : exposé\n---\n#### Un").settings["slides"] == "---\n#### Un"


def test_a_card_of_the_sheet_keeps_the_keys_its_kind_knows_and_never_takes_the_journals() -> None:
    fields = step("- type : cartes\n- champs :\n  - Owner\n  - watch (90 signes)\n  - Late").settings["fields"]
    assert [(one.key, one.label, one.limit, one.required) for one in fields] == [
        ("owner-2", "Owner", 500, True),
        ("watch", "watch", 90, False),
        ("late-2", "Late", 500, False),
    ]


def test_no_step_draws_on_anonymous_answers() -> None:
    class Secret(ActivityType):
        kind, fr, label, pseudonymous = "secret", "secret", "Secret", True

    text = HEADLINES + "## Programme\n### Un\n- type : secret\n- durée : 5\n### 10h – Deux\n- type : points\n- durée : 5\n- sur : Un\n"
    agenda, problems = read_sheet(text, {**KINDS, "secret": Secret()})
    assert agenda is None
    assert [(one.line, "anonymous answers" in one.text) for one in problems] == [(12, True)]


# What a sheet can never do


def test_a_file_that_is_no_utf_8_gets_one_line() -> None:
    problem = decode_sheet("titre: A\nlieu: Drôme".encode("latin-1"))
    assert isinstance(problem, Problem)
    assert (problem.line, "UTF-8" in problem.text) == (2, True)


BOMB = "---\na: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(9 * [f'*{a}'])}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB + "---\n# A\n## Programme\n### 9h – A\n- type : café\n- durée : 5\n",
        "---\ntitle: " + "[" * 60_000 + "\n---\n# A\n## Programme\n### 9h – A\n- type : café\n- durée : 5\n",
        "---\nfunders: [" + "a, " * 40_000 + "]\n---\n# A\n## Programme\n### 9h – A\n- type : café\n- durée : 5\n",
        "a" * 10_000_000,
    ],
    ids=["bomb", "deep", "long head", "10 MB"],
)
def test_a_sheet_made_to_hurt_gets_one_clear_line_at_once(text: str) -> None:
    started = time.perf_counter()
    assert len(said(text)) == 1
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "text",
    [
        HEADLINES + "## Programme\n" + "### 9h – A\n- type : cartes\n" * 30_000,
        HEADLINES + "## Programme\n### A\n- type : cartes\n" + "- champ : a\n" * 80_000,
        HEADLINES + "## Programme\n" + "##A\n" * 200_000,
        HEADLINES + "## Programme\n### A\n- type : cartes\n- champs : " + "( " * 400_000,
        HEADLINES + "## Programme\n### " + "9 " * 400_000,
        "---\n" + "aa: b\n" * 10_000 + "---\n# A",
        "---\ntitle: A\nfunders: [" + "a, " * 20_000 + "]\n---\n",
    ],
    ids=["steps", "keys", "signs", "brackets", "digits", "head", "texts"],
)
def test_a_long_sheet_is_read_within_seconds_and_its_problems_are_counted(text: str) -> None:
    started = time.perf_counter()
    assert len(said(text)) <= 201
    assert time.perf_counter() - started < 5


def test_a_file_of_10_mb_is_refused_before_it_is_read() -> None:
    problem = decode_sheet(b"\xff" * 10_000_000)
    assert isinstance(problem, Problem)
    assert "1 MB" in problem.text


LINES = st.sampled_from(
    """---|title: A|titre: A : B|time: 9h-17h|date: 2021-09-24|places: 0|language: en|notices:|  data: x|funders: [a, b]|- a|&a b|*a
# A|## Programme|## Pour qui ?|### 9 h 30 – Accueil|### Accueil|### 30 min : A|### 25h – B|##B|#### C|```|~~~|Des mots.||  suite
- type : café|- type : cartes|- kind: dots|- type : exposé|- type : zzz|- durée : 30 min|- durée : longue|- début : 11 h|- id : a|- id : A
- champs :|  - Contexte (280)|  - (0)|- champs : a ; b|- sur : Accueil|- sur : A|- signature : signée|- fixe : oui|- optionnel : peut-être
- minimum : 1 h|- maximum : 9999999|- jusqu’à : 11 h|* quoi : thé|1. un|- : |- a|---|***|- - -|\u2028|\x85|\t- x : y""".replace(
        "\n", "|"
    ).split("|")
)


def holds(text: str) -> None:
    lines = len(re.split("\r\n|\r|\n", text))
    agenda, problems = read_sheet(text, KINDS)
    assert (agenda is None) == any(one.level == "error" for one in problems)
    assert [one.line for one in problems] == sorted(one.line for one in problems)
    for one in problems:
        assert 1 <= one.line <= lines
        assert one.text % one.values
    for activity in agenda.activities if agenda else ():
        assert activity.kind in KINDS
        assert activity.minutes > 0
        assert set(activity.settings) == {one.name for one in KINDS[activity.kind].settings}
    assert len({activity.id for activity in (agenda.activities if agenda else ())}) == len(agenda.activities if agenda else ())


@given(st.text())
def test_any_text_gives_an_agenda_or_problems_within_its_lines(text: str) -> None:
    holds(text)


@given(st.lists(LINES, max_size=40), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=300)
def test_any_sheet_gives_an_agenda_or_problems_within_its_lines(lines: list[str], ends: str) -> None:
    holds(ends.join(lines))
    holds(HEADLINES + "## Programme\n### Accueil\n- type : cartes\n- durée : 5\n" + ends.join(lines))


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_front_matter_gives_facts_or_problems_within_its_lines(text: str) -> None:
    holds(f"---\ntitle: A\n{text}\n---\n## Programme\n### 9h – A\n- type : café\n- durée : 5\n")


@given(st.binary())
def test_any_bytes_give_a_text_or_one_problem(data: bytes) -> None:
    found: Any = decode_sheet(data)
    assert isinstance(found, str) or 1 <= found.line <= data.count(b"\n") + 1


@pytest.mark.parametrize(
    ("head", "european"),
    [
        ("europe: oui", True),
        ("europe: non\nfinanceurs: Union européenne", False),
        ("financeurs: Région, Union européenne (LEADER)", True),
        ("funders: the European Union", True),
        ("financeurs: Région", False),
        ("", False),
    ],
)
def test_a_day_that_europe_pays_for_says_so_or_names_it_among_its_funders(head: str, european: bool) -> None:
    agenda, _ = read_sheet(f"---\ntitre: A\n{head}\n---\n## Programme\n### 9 h – A\n- type: café\n- durée: 5\n", KINDS)
    assert agenda
    assert agenda.european is european
