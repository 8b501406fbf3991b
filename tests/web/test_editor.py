"""Whatever a page sends, the editor reads it, says what is wrong, and writes what it was asked or nothing."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_docs_sheet import BLOCKS
from werkzeug.datastructures import MultiDict

from facilitate.app import beside, find_kinds
from facilitate.core.writing import read_form
from facilitate.language import languages
from facilitate.render import Entrance, Screens
from facilitate.sheets import Sheet, print_of
from facilitate.web.editor import Editor, Typed, packed
from facilitate.web.trial import picture

KINDS = find_kinds()
SAYS = languages(KINDS)
SCREENS = Screens(
    KINDS,
    SAYS,
    beside("templates"),
    Entrance("http://192.168.8.2:8000"),
    lambda name: f"/static/{name}",
    lambda: "2021-09-24T08:00:00.000Z",
)
LIBRARY = [path.read_text("utf-8") for path in sorted((Path(__file__).parents[2] / "sessions_library").glob("*.md"))]
TEXTS = [LIBRARY[0], *(text for info, text in BLOCKS if info.startswith("markdown"))]
WORDS = st.sampled_from(
    [
        "",
        "9 h",
        "12:00",
        "30 min",
        "une heure",
        "yes",
        "no",
        "A\nB (20)",
        "@0",
        "@1",
        "@n1",
        "vote",
        "situations",
        "nulle",
        "# x",
        "```",
        "- a: b",
    ]
)


def sent(editor: Editor) -> list[tuple[str, str]]:
    """All the fields of a page, as a browser sends them untouched."""
    typed = editor.typed
    pairs = [("source", packed(typed.source)), ("print", typed.print)]
    pairs += [(one.name, one.value) for group in editor.facts() for one in group]
    for line in editor.lines():
        at = f"row.{line['key']}"
        pairs += [
            ("rows", line["key"]),
            (f"{at}.title", line["title"]),
            (f"{at}.v.kind", line["kind"]),
            (f"{at}.v.duration", line["duration"]),
        ]
        pairs += [
            (one.name, one.value or ("no" if one.type == "flag" else ""))
            for one in (*line["settings"], *line["sheet"], *line["order"], *line["odd"], line["text"])
        ]
        pairs += line["waiting"]
    return pairs


def edited(text: str) -> Editor:
    return Editor(Typed.of(Sheet("a", text, print_of(text)), KINDS), KINDS, SAYS["fr"])


@settings(max_examples=30)
@given(st.sampled_from(TEXTS))
def test_a_page_sent_back_as_it_came_changes_nothing(text):
    editor = edited(text)
    assert editor.written == text
    assert editor.saved
    again = Editor(Typed.read(MultiDict(sent(editor)), KINDS), KINDS, SAYS["en"])
    assert again.written == text


@settings(max_examples=60)
@given(st.sampled_from(TEXTS), st.lists(st.tuples(st.integers(0, 400), WORDS), max_size=8), st.integers(0, 2**32))
def test_whatever_is_typed_the_page_comes_back_with_it(text, changes, seed):
    dice = random.Random(seed)
    pairs = sent(edited(text))
    for at, word in changes:
        name, _ = pairs[2 + at % (len(pairs) - 2)] if len(pairs) > 2 else pairs[0]
        if name != "source":
            pairs[pairs.index(next(pair for pair in pairs if pair[0] == name))] = (name, word)
    typed = Typed.read(MultiDict(pairs), KINDS)
    for _ in range(dice.randint(0, 4)):
        key = dice.choice([row.key for row in typed.form.rows] or [""])
        typed = typed.done(dice.choice(["up", "down", "remove", "back", "add", "look"]), key, f"n{dice.randint(0, 99)}")
    editor = Editor(typed, KINDS, SAYS["fr"])
    # One step a row: nothing that is typed breaks the sheet into others.
    assert len(read_form(editor.written, KINDS).rows) == len(editor.form.rows)
    assert len(editor.lines()) == len(typed.form.rows)
    back = Editor(Typed.read(MultiDict([*sent(editor), *(("gone", key) for key in typed.gone)]), KINDS), KINDS, SAYS["fr"])
    assert back.written == editor.written


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "text", [*TEXTS, "", "# A", "---\ntitre: A", "---\na: b: c\n---\n## Programme\n### 9 h – A\n", "## Programme\n### \n- type : x\n"]
)
def test_any_sheet_has_its_page_in_both_languages(text, language):
    editor = Editor(Typed.of(Sheet("a", text, print_of(text)), KINDS), KINDS, SAYS[language])
    context = {
        "name": "a",
        "editor": editor,
        "typed": editor.typed,
        "source": packed(text),
        "lines": editor.lines(),
        "facts": editor.facts(),
    }
    html = SCREENS.page("prepare/sheet.html", language, **context, shown="", activity=None, pictures={}, said="", theirs=None)
    assert html.count('name="rows"') == len(editor.form.rows)
    assert "?." not in html
    # Each field has a name of its own, and is told in words.
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'for="([^"]+)"', html)) <= set(ids)


@settings(max_examples=25)
@given(st.sampled_from(LIBRARY), st.integers(0, 20))
def test_every_step_of_the_library_has_its_picture_and_the_same_each_time(text, n):
    agenda = edited(text).agenda
    assert agenda is not None
    step = agenda.activities[n % len(agenda.activities)]
    for place in ("now", "wall"):
        drawn = picture(agenda, step, place, SCREENS)
        assert drawn == picture(agenda, step, place, SCREENS)
        assert "<script" not in drawn
        assert step.kind in KINDS
