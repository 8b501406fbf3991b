"""What staff write in Markdown, whatever it holds, is read in a time that grows with its length."""

from time import process_time

import pytest

from facilitate.core.prose import written
from facilitate.core.tree import Listing, Paragraph
from facilitate.prose import to_html

LONG = 40_000


@pytest.mark.parametrize("sign", ["[", "[a](", "[x][", "[\\]", "a\n=\n", "***\n", "1. ", "* + "])
def test_forty_thousand_signs_are_read_at_once(sign: str) -> None:
    text = (sign * LONG)[: LONG - 1] + "a"
    begun = process_time()
    assert written(text, "kept", lambda id: None)
    assert process_time() - begun < 5  # it was minutes, or no end at all


def test_the_prose_of_a_sheet_is_too() -> None:
    begun = process_time()
    assert to_html("[" * LONG)
    assert process_time() - begun < 5


def test_a_long_text_with_many_links_and_citations_keeps_them_all() -> None:
    text = "Some [words](https://example.org/a) here [@00000000-0000-0000-0000-000000000001]. " * 400
    (said,) = written(text, "kept", lambda id: ("12", "word-12"))
    assert isinstance(said, Paragraph)
    assert sum(run.href == "https://example.org/a" for run in said.runs) == 400
    assert sum(run.href == "#word-12" for run in said.runs) == 400


def test_a_list_of_many_items_and_a_line_of_dashes_are_what_they_were() -> None:
    (some, *others) = written("\n".join(f"- item {n}" for n in range(90)) + "\n\n- - - - - - - - - - - -\n\nAfter", "kept", lambda id: None)
    assert isinstance(some, Listing)
    assert len(some.items) == 90
    assert [one.text for one in others if isinstance(one, Paragraph)] == ["After"]
