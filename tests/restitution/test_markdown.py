import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from restitution.sample import ENGLISH, FRENCH, crowd, day, empty, hostile, one

from facilitate.core.tree import Card, Document, Facts, Listing, Paragraph, Section, Table
from facilitate.restitution import pandoc
from facilitate.restitution.markdown import to_markdown
from facilitate.restitution.typography import mapped, printable


def meant(document: Document) -> list[Any]:
    document = mapped(document, printable)
    title = pandoc.heading(1, document.title or FRENCH("Report of the day"))
    blocks: list[Any] = bare([title, *pandoc.paragraphs(document.subtitle), *pandoc.blocks(document, pandoc.Shape(FRENCH), level=2)])
    return blocks


def read(markdown: str) -> list[Any]:
    found = json.loads(pandoc.convert(markdown.encode(), "--from=markdown-smart-auto_identifiers", "--to=json"))
    assert found["meta"] == {}
    blocks: list[Any] = bare(found["blocks"])
    return blocks


def bare(value: Any) -> Any:
    """An AST without what Markdown does not say (ids of headings, widths of columns), nor the comment pandoc sets between two lists; words
    that follow each other are one text."""
    if isinstance(value, list):
        return joined([bare(item) for item in value if item != {"t": "RawBlock", "c": ["html", "<!-- -->"]}])
    if not isinstance(value, dict):
        return value
    if value["t"] == "Header":
        level, _, title = value["c"]
        return {"t": "Header", "c": [level, "", bare(title)]}
    if value["t"] == "ColWidth":
        return {"t": "ColWidthDefault"}
    return {key: bare(item) for key, item in value.items()}


def joined(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        text = {"Str": lambda one: one["c"], "Space": lambda _: " "}.get(item.get("t") if isinstance(item, dict) else "")
        if text and found and isinstance(found[-1], dict) and found[-1]["t"] == "Str":
            found[-1] = {"t": "Str", "c": found[-1]["c"] + text(item)}
        else:
            found.append({"t": "Str", "c": text(item)} if text else item)
    return found


@pytest.mark.parametrize("document", [day(), hostile(), empty(), one("a" * 200_000), one("")])
def test_what_is_written_reads_back_as_it_was_meant(document: Document) -> None:
    assert read(to_markdown(document, FRENCH)) == meant(document)


SIGNS = "ab1é .-+*_#>|:=~`$%^&;@!?()[]{}<>\\/'\"\n"
STARTS = ["\n\n", "  ", "1. ", "- ", "&amp;", "http://x.y", "---", "```", "::: ", "(@a) ", "| a |", "[^1]:", "<b>", "a@b.c", "i) ", "***"]
MARKS = st.sampled_from([*SIGNS, *STARTS, "^[n]", "[a]: b", "* * *", "Table: ", "![a](b)", "{.c}"])
TYPED = st.lists(MARKS, max_size=12).map("".join)


@settings(max_examples=40)
@given(st.tuples(*[TYPED] * 7))
def test_nothing_that_is_typed_becomes_markup(texts: tuple[str, ...]) -> None:
    a, b, c, d, e, f, g = texts
    nodes = (
        Paragraph(a),
        Card(b, ((c, d), ("", e)), f),
        Listing((a, g), beside=(c,)),
        Paragraph("z"),
        Listing((d, e), ordered=True),
        Paragraph("z"),
        Table(f, (g, "h"), ((a, b), (c, ""))),
        Paragraph(d),
    )
    document = Document(a, "", "fr", "", Facts(((b, c),)), (Section(e, "a", nodes),))
    assert read(to_markdown(document, FRENCH)) == meant(document)


def test_a_day_is_pleasant_to_read_as_it_is() -> None:
    written = to_markdown(day(), FRENCH)
    assert written.startswith("# Réciprocités entre villes et campagnes\n\nQuatorze situations")
    assert "- **Où\u00a0:** Valence TGV (Drôme)\n" in written
    assert "- Des élus qui se sont d’abord rendu visite *3 cartes*\n" in written
    assert "> — Drôme, Nadia Benhaddou-Desgranges · 34 points · n°\u00a012\n" in written
    assert "> **Ce qui a été fait\u00a0:** Un tour de table" in written
    assert "| L’eau de la ville finance les haies du captage | 23 |\n" in written


def test_labels_follow_the_language() -> None:
    document = Document("A day", "", "en", "", Facts((("Where", "Valence"),)), ())
    assert to_markdown(document, ENGLISH) == "# A day\n\n- **Where:** Valence\n"


def test_a_large_meeting_is_written_and_always_the_same() -> None:
    written = to_markdown(crowd(), FRENCH)
    assert written.count("\n> — Territoire") == 1500
    assert to_markdown(day(), FRENCH) == to_markdown(day(), FRENCH)


def test_a_long_row_of_one_sign_is_written_at_once() -> None:
    begun = process_time()
    assert to_markdown(Document("T", "", "en", "", Facts(()), (Section("A", "a", (Paragraph("a " + "#" * 40_000 + " b"),)),)), ENGLISH)
    assert process_time() - begun < 5  # it was minutes
