"""What staff say over a report: where it stands in the document, and that nothing of the day is lost by it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import pytest
from activities.room import LANGUAGES
from core.day import KINDS, Day

from facilitate.core.entry import Refused
from facilitate.core.tree import Card, Document, Listing, Node, Paragraph, Run, Section, Table
from facilitate.restitution.build import Building, build, build_part
from facilitate.restitution.edited import Citations
from facilitate.restitution.typography import mapped

ANCHOR = "step-situations"


def made(day: Day) -> Document:
    return build(day.state, KINDS, LANGUAGES["fr"])


def building(day: Day) -> Building:
    return Building(day.state, KINDS, LANGUAGES["fr"])


def inside(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for one in nodes:
        yield one
        yield from inside(one.children if isinstance(one, Section) else one.inside if isinstance(one, Card) else ())


def section(document: Document, anchor: str) -> Section:
    return next(one for one in inside(document.children) if isinstance(one, Section) and one.anchor == anchor)


def words(part: Any) -> str:
    found: list[str] = []
    mapped(part, lambda text: found.append(text) or text)  # type: ignore[func-returns-value]
    return "\n".join(found)


def annex(document: Document) -> str:
    return words(section(document, "annex"))


def body(document: Document) -> str:
    return words(tuple(one for one in document.children if one.anchor != "annex"))


def edit(day: Day, do: str, content: Mapping[str, Any] | None = None, *, on: str = "", base: int | None = None) -> Any:
    return day.do(do, "", content or {}, who="shelf", on=on, base=base)


@dataclass
class Written(Day):
    """A day on which three cards were written: ``posts``."""

    posts: list[str] = field(default_factory=list)


@pytest.fixture
def day() -> Written:
    told = Written().open("situations")
    told.join("Anna", name="Anna Perrin", territory="Drôme", role="Élue", structure="Ferme des Hauts", named=True)
    told.join("Bo", name="Bo Vasseur", territory="Ain", role="Agent de développement", named=False)
    for n, who in enumerate(("Anna", "Bo", "Anna"), 1):
        told.posts.append(told.do("post", "situations", {"title": f"La cantine numéro {n}"}, who=who)[0].id)
    return told


def test_a_synthesis_stands_over_its_section_and_cites_cards_by_their_number(day: Written) -> None:
    first, second, _ = day.posts
    text = f"La cantine **reste** un sujet [@{first}], *partout* [@{second}].\n\n- le prix [@{first}]\n- [le guide](https://exemple.fr/a)"
    edit(day, "write", {"section": ANCHOR, "part": "synthesis", "text": text})
    edit(day, "write", {"section": ANCHOR, "part": "introduction", "text": "Ce matin-là."})
    there = section(made(day), ANCHOR)
    assert isinstance(there.children[0], Paragraph)
    assert there.children[0].text == "Ce matin-là."
    synthesis = section(made(day), f"{ANCHOR}-synthesis")
    paragraph, listing = synthesis.children
    assert isinstance(paragraph, Paragraph)
    assert isinstance(listing, Listing)
    assert paragraph.text == "La cantine reste un sujet [1], partout [2]."
    assert Run("reste", "strong") in paragraph.runs
    assert Run("1", "", "#word-1") in paragraph.runs
    assert listing.items == ("le prix [1]", "le guide")
    assert listing.runs[1] == (Run("le guide", "", "https://exemple.fr/a"),)
    rows = next(one for one in section(made(day), "annex-situations").children if isinstance(one, Table))
    assert rows.anchors == ("word-1", "word-2", "word-3")


def test_what_a_text_cites_is_typed_and_read_by_number(day: Written) -> None:
    first, second, _ = day.posts
    citations = building(day).citations
    assert citations.stored("Vu [1] et [1, 2], pas [99] ni [deux](https://a.fr) ni [ ].") == (
        f"Vu [@{first}] et [@{first}][@{second}], pas [99] ni [deux](https://a.fr) ni [ ]."
    )
    assert citations.shown(f"Vu [@{first}].") == "Vu [1]."
    gone = "00000000-0000-4000-8000-00000000ffff"
    assert citations.shown(citations.stored(f"[@{gone}]")) == f"[@{gone}]"


def test_a_number_that_no_card_bears_is_told_to_whoever_typed_it(day: Written) -> None:
    citations = building(day).citations
    assert citations.unknown(citations.stored("Vu [1], [1, 99], [99; 120], en [note] et [ici, là] [5](https://a.fr).")) == ["99", "120"]
    assert citations.unknown(citations.stored("Vu [1, 2] et [n° 1].")) == []
    over_days = Citations({"a": "RVT 482, 12"}, {})
    assert over_days.unknown("Vu [RVT482, 12] et [RVT 482, 99].") == ["RVT 482, 99"]


def test_markup_and_raw_html_in_a_synthesis_are_words_or_nothing(day: Written) -> None:
    hostile = "<script>alert(1)</script> {{ 7*7 }} ![photo](https://mal.fr/p.png) [x](javascript:alert(1)) &amp; #let x"
    edit(day, "write", {"section": ANCHOR, "part": "synthesis", "text": hostile})
    (paragraph,) = section(made(day), f"{ANCHOR}-synthesis").children
    assert isinstance(paragraph, Paragraph)
    assert "<script>alert(1)</script>" in paragraph.text
    assert "photo" in paragraph.text
    assert not [run for run in paragraph.runs if run.href]


def test_sections_are_renamed_moved_and_left_out_and_come_back(day: Written) -> None:
    before = [one.anchor for one in made(day).children]
    edit(day, "write", {"section": ANCHOR, "part": "title", "text": "Ce que vous vivez"})
    edit(day, "arrange", {"section": ANCHOR, "after": ""})
    edit(day, "leave", {"section": "people"})
    after = made(day)
    assert [one.anchor for one in after.children] == [ANCHOR, *(one for one in before if one not in (ANCHOR, "people"))]
    assert after.children[0].title == "Ce que vous vivez"
    edit(day, "leave", {"section": "people", "off": "yes"})
    edit(day, "arrange", {"section": ANCHOR, "after": "people"})
    assert [one.anchor for one in made(day).children] == before
    for anchor in ("annex", "method", ""):
        refused = edit(day, "leave", {"section": anchor})
        assert isinstance(refused, Refused)
        assert refused.code == "must-stay"


def test_a_card_set_aside_stands_in_the_annex_only(day: Written) -> None:
    edit(day, "aside", on=day.posts[1])
    document = made(day)
    assert "La cantine numéro 2" not in body(document)
    assert "La cantine numéro 2" in annex(document)
    edit(day, "aside", {"off": True}, on=day.posts[1])
    assert "La cantine numéro 2" in body(made(day))


def test_a_corrected_spelling_stands_above_and_the_original_in_the_annex(day: Written) -> None:
    edit(day, "correct", {"field": "title", "text": "La cantine n° 2"}, on=day.posts[1])
    document = made(day)
    assert "La cantine n° 2" in body(document)
    assert "La cantine numéro 2" in annex(document)
    assert "La cantine n° 2" not in annex(document)
    assert LANGUAGES["fr"].say("spelling corrected above") in annex(document)
    day.do("edit", "situations", {"title": "La cantine du bourg"}, who="Bo", on=day.posts[1])
    assert "La cantine n° 2" not in words(made(day)), "its author's own change comes after the correction"


def test_a_card_brought_out_opens_its_section_in_the_order_chosen(day: Written) -> None:
    for one in (day.posts[2], day.posts[0]):
        edit(day, "highlight", on=one)
    first, second = (one for one in section(made(day), ANCHOR).children if isinstance(one, Card) and one.role == "quotation")
    assert (first.title, first.number, second.title) == ("La cantine numéro 3", 3, "La cantine numéro 1")
    day.do("withhold", on=day.posts[2])
    assert "La cantine numéro 3" not in words(made(day))


def test_what_was_written_over_a_section_that_is_gone_is_kept_in_sight(day: Written) -> None:
    edit(day, "write", {"section": "step-never", "part": "introduction", "text": "Trois heures de travail."})
    assert "Trois heures de travail." in words(section(made(day), "unplaced"))
    edit(day, "write", {"section": "step-accueil", "part": "introduction", "text": "Un café."})
    assert "Un café." in words(section(made(day), "step-accueil"))


def test_what_is_said_over_the_whole_stands_first(day: Written) -> None:
    edit(day, "write", {"section": "", "part": "synthesis", "text": "Trois idées."})
    edit(day, "write", {"section": "", "part": "title", "text": "Manger ici"})
    document = made(day)
    assert document.title == "Manger ici"
    assert document.children[0].anchor == "synthesis"


def test_one_step_alone_is_edited_too_and_its_citations_lead_nowhere(day: Written) -> None:
    edit(day, "write", {"section": ANCHOR, "part": "synthesis", "text": f"Vu [@{day.posts[0]}]."})
    part = build_part(day.state, KINDS, LANGUAGES["fr"], "situations")
    (paragraph,) = section(part, f"{ANCHOR}-synthesis").children
    assert isinstance(paragraph, Paragraph)
    assert paragraph.text == "Vu [1]."
    assert not [run for run in paragraph.runs if run.href]


@pytest.mark.parametrize(
    ("naming", "there", "never"),
    [
        ("named", ("Anna Perrin, Ferme des Hauts, Drôme", "Ain"), ("Bo Vasseur",)),
        ("pseudonyms", ("Participant·e 1, Drôme", "Participant·e 2, Ain"), ("Anna", "Perrin", "Vasseur", "Ferme des Hauts · n")),
        ("roles", ("Élue · ", "Agent de développement"), ("Anna", "Perrin", "Vasseur", "Élue, Drôme")),
    ],
)
def test_people_are_told_as_the_document_names_them(day: Written, naming: str, there: tuple[str, ...], never: tuple[str, ...]) -> None:
    day.do("post", "situations", {"title": "Mme Perrin l’a dit à ANNA PERRIN."}, who="Bo")
    edit(day, "naming", {"as": naming})
    document = made(day)
    text = words(document)
    for one in there:
        assert one in text
    for one in never:
        assert one not in text
    assert ("PERRIN" in text) == (naming == "named")
    assert words(replace(document, children=())).count("Perrin") == 0


def test_two_names_of_one_organisation_become_one(day: Written) -> None:
    day.do("introduce", "", {"structure": "ferme des hauts"}, who="Bo")
    day.do("merge", "", {"variant": "ferme des hauts", "name": "Ferme des Hauts", "what": "structure"}, who="shelf")
    day.join("Cyr", structure="ferme des hauts")
    assert {one.structure for one in day.state.people.values()} == {"Ferme des Hauts"}
    told = [one for one in chain(section(made(day), "organisations").children) if isinstance(one, Listing)]
    assert told[0].items == ("Ferme des Hauts",)
