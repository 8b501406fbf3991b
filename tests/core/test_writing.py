"""A sheet goes through a form and comes back: unchanged to the byte where nothing was changed, and saying what was asked where it was."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_docs_sheet import BLOCKS

from facilitate.app import find_kinds
from facilitate.core.programme import STEP
from facilitate.core.sheet import read_sheet
from facilitate.core.words import clean
from facilitate.core.writing import Form, Row, draft, locate, read_form, retyped, rewrite

KINDS = find_kinds()
LIBRARY = {path.stem: path.read_text("utf-8") for path in sorted((Path(__file__).parents[2] / "sessions_library").glob("*.md"))}
DOCS = {str(n): text for n, (info, text) in enumerate(BLOCKS) if info.startswith("markdown")}
COMMENTED = (
    "\ufeff"
    + """---
# à relire
titre: Ici   # provisoire

territoires:   # ceux de la carte
  - Drôme  # 26
  # et puis
  - 'Ardèche'
mentions:
  données: >-
    On garde
    un an.
  # fin
---

## Programme

Avant.

### 9 h – 9 h 20 · Accueil ##

*  type :   accueil
* question : Deux
  lignes ?

~~~
### pas une étape
~~~

### 10 min – Pause
- type: pause



### Suite
+ type: situations
+ durée: 20
+ champs:
   1. Un (20)
   2) Deux
      et demi
+ couleur: bleu
- rien

## Ailleurs

### ceci non

## Agenda
### 12 h – Fin
- type: pause
- durée: 5

## Après""".replace("\n", "\r\n")
)
ODD = {
    "nothing": "",
    "a title": "# Un jour",
    "no step": "---\ntitre: A\n---\n\n## Programme\n",
    "never closed": "---\ntitre: A\n## Programme\n### A\n",
    "broken head": "---\ntitre: A: B\nx\n---\n## Programme\n### 9 h – A\n- type : pause\n- durée : 5",
    "flow": '---\n{titre: A, territoires: [B, "C, D"]}\n---\n## Programme\n### 9 h – A\n- type: break\n- durée: 5\n',
    "commented": COMMENTED,
    "mixed ends": "# A\n## Programme\r### 9 h – A\r\n- type: break\n- durée: 5\r\r\n### B\n- type: vote\n- sur: A\n- durée: 5",
}
EVERY = LIBRARY | DOCS | ODD


@pytest.mark.parametrize("name", EVERY)
def test_a_sheet_that_nobody_changed_keeps_every_byte(name):
    assert rewrite(EVERY[name], KINDS, read_form(EVERY[name], KINDS)) == EVERY[name]


ODD_LINES = """
---
## Programme
### 9 h – A
### 10 min – B
### C #
### C
##x
- type : situations
- type: vote
- sur: A
- sur: c
- id : c
- question : a : b
- champs:
  - Un (20)
* durée: 5
  suite
```
texte
- x
- - -
# T
titre: A
titre: "A: b" # c
territoires: [A, B]
  - A
mentions:
  photos: |-
lieu: >
langue: en
&a: *b
"""


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["\t", "\u2028", "\ufeff", "\x00", *ODD_LINES.split("\n")]) | st.text(max_size=9),
            st.sampled_from(["\n", "\r\n", "\r"]),
        ),
        max_size=25,
    )
)
def test_whatever_the_text_nothing_changes_by_itself_and_steps_are_those_that_are_read(pairs):
    text = "".join(line + end for line, end in pairs)
    form = read_form(text, KINDS)
    assert rewrite(text, KINDS, form) == text
    agenda = draft(text, KINDS)
    if agenda:
        assert [one.title for one in agenda.activities] == [row.title for row in form.rows]
        assert [one.instructions for one in agenda.activities] == [row.text for row in form.rows]


def test_one_value_changes_one_line():
    text = LIBRARY["2020-10-08-innovation-democratique"]
    form = read_form(text, KINDS)
    row = form.rows[0]
    written = rewrite(text, KINDS, Form({"place": "Lyon"}, (replace(row, values={"question": "Qui êtes-vous ?"}), *form.rows[1:])))
    old, new = text.splitlines(), written.splitlines()
    assert [line for line in new if line not in old] == ["lieu: Lyon", "- question : Qui êtes-vous ?"]
    assert [line for line in old if line not in new] == [
        "- question : À quoi avez-vous participé, comme citoyen, ces dernières années\u202f?"
    ]
    assert new.index("lieu: Lyon") == new.index("horaires: 9 h 30 – 16 h 30") + 1


def test_comments_orders_ends_and_odd_spaces_stay_around_what_changes():
    text = ODD["commented"]
    form = read_form(text, KINDS)
    facts = {"title": "Là : ailleurs", "territories": "Drôme\nLoire\nArdèche", "notices.photos": "Aucune."}
    first = replace(form.rows[0], title="Bienvenue", values=form.rows[0].values | {"duration": "40 min"})
    last = form.rows[2]
    fields = replace(last, values=last.values | {"fields": "Un (20)\nTrois", "optional": "yes"})
    written = rewrite(text, KINDS, Form(facts, (first, form.rows[1], fields, form.rows[3])))
    assert written == (
        text.replace("titre: Ici   # provisoire", 'titre: "Là : ailleurs"   # provisoire')
        .replace("# 26\r\n", "# 26\r\n  - Loire\r\n")
        .replace("    un an.\r\n", "    un an.\r\n  photos: Aucune.\r\n")
        .replace("### 9 h – 9 h 20 · Accueil ##", "### 9 h – 9 h 40 · Bienvenue")
        .replace("   2) Deux\r\n      et demi\r\n", "   - Trois\r\n")
        .replace("+ durée: 20\r\n", "+ durée: 20\r\n- optionnel: oui\r\n")
    )


TEXTS = (
    st.text(st.characters(codec="utf-8") | st.sampled_from(list(" :#-'\"|>[]{},;&*!%@`?\n")), min_size=1, max_size=40)
    .map(clean)
    .map(clean)
    .filter(bool)
)
LINE = TEXTS.map(lambda text: clean(" ".join(text.replace("\u2028", " ").replace("\u2029", " ").split("\n")))).map(clean).filter(bool)


@given(st.sampled_from(sorted(LIBRARY)), LINE, st.lists(LINE.filter(lambda one: len(one) < 30), min_size=1, max_size=4), TEXTS)
def test_facts_read_back_as_they_were_asked(name, title, territories, notice):
    text = LIBRARY[name]
    for base in (text, "# Un jour\n## Programme\n### 9 h – A\n- type : pause\n- durée : 5\n"):
        form = Form(
            {"title": title, "place": title, "territories": "\n".join(territories), "notices.data": notice}, read_form(base, KINDS).rows
        )
        agenda, problems = read_sheet(rewrite(base, KINDS, form), KINDS)
        assert agenda is not None, problems
        assert (agenda.place, agenda.territories) == (title, tuple(territories))
        assert agenda.notices["data"] == notice
        assert agenda.title == title


@given(LINE, LINE, TEXTS, st.lists(LINE, min_size=1, max_size=4), st.booleans())
def test_steps_read_back_as_they_were_asked(title, value, prose, entries, fresh):
    text = "---\ntitre: A\nlangue: fr\n---\n## Programme\n### 9 h – Avant\n\n- type : situations\n- durée : 20 min\n\nDit.\n\n## Fin\n"
    values = {
        "kind": "situations",
        "start": "10 h",
        "duration": "15 min",
        "question": value,
        "objective": value,
        "fields": "\n".join(entries),
    }
    values |= {"signed": "anonymous", "optional": "yes", "minimum": "5 min", "approval": "yes", "expected trace": value, "trace": value}
    rows = (*read_form(text, KINDS).rows, Row("new", None, title, prose, values)) if fresh else (Row("0", 0, title, prose, values),)
    written = rewrite(text, KINDS, Form({}, rows))
    agenda = draft(written, KINDS)
    assert agenda is not None
    assert len(agenda.activities) == len(rows)
    step = agenda.activities[-1]
    assert (step.title, step.at, step.minutes, step.minimum, step.optional, step.approval) == (title, "10:00", 15, 5, True, True)
    assert (step.settings["question"], step.objective, step.trace) == (value, value, value)
    assert step.settings["signed"] == "anonymous"
    form = read_form(written, KINDS)
    assert form.rows[-1].values["fields"] == "\n".join(entries)
    assert [heading for heading, _ in agenda.sections] == ["Fin"]
    assert rewrite(written, KINDS, form) == written


@pytest.mark.parametrize("name", LIBRARY)
@given(seed=st.integers(0, 2**32))
def test_steps_in_any_order_keep_their_words_and_their_sources(name, seed):
    text, dice = LIBRARY[name], random.Random(seed)
    form = read_form(text, KINDS)
    rows = [replace(row, title=f"{row.title} {dice.randint(1, 3)}" if dice.random() < 0.3 else row.title) for row in form.rows]
    dice.shuffle(rows)
    written = rewrite(text, KINDS, Form(form.facts, tuple(rows)))
    again = read_form(written, KINDS)
    assert again.facts == form.facts
    assert [row.title for row in again.rows] == [row.title for row in rows]
    keys = {row.key: n for n, row in enumerate(rows)}
    for row, now in zip(rows, again.rows, strict=True):
        for key, value in row.values.items():
            meant = f"@{keys[value[1:]]}" if value.startswith("@") else value
            assert now.values[key] == meant or (key == "id" and not value)
        assert now.text == row.text
    back = {row.title: row for row in again.rows}
    if all(row.title == form.rows[int(row.key)].title for row in rows) and len(back) == len(rows):
        home = [back[row.title] for row in form.rows]
        assert rewrite(written, KINDS, Form(again.facts, tuple(home))) == text


def test_a_step_that_others_name_may_be_renamed_and_keep_its_id():
    text = "# A\n## Programme\n### 9 h – Vos cas\n- type: situations\n- durée: 5\n"
    text += "### B\n- type: vote\n- durée: 5\n- sur: vos-cas\n### C\n- type: decode\n- durée: 5\n- situations: Vos cas\n"
    form = read_form(text, KINDS)
    renamed = Form({}, (replace(form.rows[0], title="Vos récits"), *form.rows[1:]))
    written = rewrite(text, KINDS, renamed)
    assert [line for line in written.split("\n") if line not in text.split("\n")] == [
        "### 9 h – Vos récits",
        "- sur: Vos récits",
        "- situations: Vos récits",
    ]
    kept = rewrite(text, KINDS, renamed, keep_ids=True)
    assert [line for line in kept.split("\n") if line not in text.split("\n")] == [
        "### 9 h – Vos récits",
        "- id: vos-cas",
        "- situations: Vos récits",
    ]


def test_two_steps_of_one_name_are_told_apart_by_an_id():
    text = "# A\n## Programme\n### 9 h – Cas\n- type: situations\n- durée: 5\n### B\n- type: vote\n- durée: 5\n- sur: Cas\n"
    form = read_form(text, KINDS)
    twin = Row("new", None, "Cas", "", {"kind": "situations", "duration": "5 min"})
    written = rewrite(text, KINDS, Form({}, (twin, *form.rows)))
    agenda, problems = read_sheet(written, KINDS)
    assert agenda, problems
    assert agenda.activities[2].settings["source"] == agenda.activities[1].id != agenda.activities[0].id
    assert "- sur: cas-2" in written


def test_another_kind_leaves_the_settings_of_the_first_and_keeps_what_both_have():
    text = "# A\n## Programme\n### 9 h – Cas\n- type: situations\n- durée: 5\n- question: Quoi ?\n- champs: A; B\n- signature: libre\n"
    row = read_form(text, KINDS).rows[0]
    written = rewrite(text, KINDS, Form({}, (replace(row, values={"kind": "welcome"}),)))
    assert written == "# A\n## Programme\n### 9 h – Cas\n- type: accueil\n- durée: 5\n- question: Quoi ?\n"


def test_instructions_cannot_break_the_sheet_they_stand_in():
    text = LIBRARY["2015-cooperation-territoriale-europeenne"]
    form = read_form(text, KINDS)
    rows = (replace(form.rows[0], text="- type : vote\n\n## Un titre\n\n```\n### ouvert"), *form.rows[1:])
    written = rewrite(text, KINDS, Form({}, rows))
    agenda, problems = read_sheet(written, KINDS)
    assert agenda, problems
    assert len(agenda.activities) == len(rows)
    assert agenda.activities[0].instructions.endswith("- type : vote\n\n#### Un titre\n\n```\n### ouvert\n```")


def test_a_day_begun_from_nothing_reads_as_the_library_does():
    rows = (
        Row("a", None, "Accueil", "Inviter chacun.", {"kind": "welcome", "start": "9 h", "duration": "20 min", "question": "Et vous ?"}),
        Row("b", None, "Vos cas", "", {"kind": "situations", "start": "9 h 20", "duration": "40 min", "fields": "Le cas (280)\nLa suite"}),
        Row("c", None, "Choisir", "", {"kind": "vote", "duration": "10 min", "source": "@b", "material": "Feutres"}),
    )
    written = rewrite("", KINDS, Form({"title": "Un jour : lequel ?", "date": "2021-09-24", "notices.data": "Rien."}, rows))
    assert (
        written
        == """---
titre: "Un jour : lequel ?"
date: 2021-09-24
mentions:
  données: Rien.
---

## Programme

### 9 h – Accueil

- type : accueil
- durée : 20 min
- question : Et vous ?

Inviter chacun.

### 9 h 20 – Vos cas

- type : situations
- durée : 40 min
- champs :
  - Le cas (280)
  - La suite

### Choisir

- type : vote
- durée : 10 min
- sur : Vos cas
- matériel : Feutres
"""
    )


@pytest.mark.parametrize("name", DOCS)
def test_each_problem_is_shown_where_it_is(name):
    text = DOCS[name]
    for place, key, problem in locate(text, KINDS, read_sheet(text, KINDS)[1]):
        line = text.split("\n")[problem.line - 1]
        if key and not key.startswith("?") and place is not None and key in STEP:
            assert any(word in line for word in STEP[key])
        assert (place is None) == (text.split("\n").index("## Programme") >= problem.line)


@pytest.mark.parametrize("name", EVERY)
def test_a_text_typed_over_keeps_the_line_ends_of_what_stayed(name):
    text = EVERY[name]
    typed = "\r\n".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert retyped(text, typed) == text
    assert retyped(text, "Avant\r\n" + typed.removeprefix("\ufeff")).removeprefix("\ufeff").lstrip("Avant").lstrip(
        "\r\n"
    ) == text.removeprefix("\ufeff")
