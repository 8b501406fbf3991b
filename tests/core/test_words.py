"""What is done to typed text before it is kept: as little as possible."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facilitate.core.words import clean, clean_all, slug


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\u202eb\u2066c", "abc"),
        ("a\x00\x1bb\x7fc", "abc"),
        ("e\u0301", "é"),
        ("une\r\ndeux\rtrois", "une\ndeux\ntrois"),
        ("\ud800seul", "seul"),
        ("  au bord  ", "au bord"),
        ("👩\u200d👩\u200d👧 famille", "👩\u200d👩\u200d👧 famille"),
        ("<b>{{7*7}}</b> #panic() *gras*", "<b>{{7*7}}</b> #panic() *gras*"),
        ("مرحبا 你好 สวัสดี", "مرحبا 你好 สวัสดี"),
    ],
)
def test_what_is_typed_is_kept_but_for_what_deceives_or_breaks(typed, kept):
    assert clean(typed) == kept


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)
    clean(text).encode()


def test_cleaning_reaches_every_corner_of_a_message():
    assert clean_all({"a\x00": ["b\u202e", {"c": "d\x07"}], "n": 1, "y": True}) == {"a": ["b", {"c": "d"}], "n": 1, "y": True}


@given(st.text(), st.sets(st.text(max_size=5), max_size=3))
def test_a_slug_is_a_name_not_taken(text, taken):
    name = slug(text, taken)
    assert name
    assert name not in taken
    assert name.isascii()
