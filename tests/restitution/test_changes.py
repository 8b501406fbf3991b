"""What changed between two publications: compared by facts that hold no word, told by numbers that lead to the annex."""

import json
from dataclasses import replace

import pytest
from core.day import KINDS, Day

from facilitate.core.tree import Listing
from facilitate.language import languages
from facilitate.restitution.build import Building
from facilitate.restitution.changes import ANCHOR, Changes, Facts, Word, compare, facts_of, lines, pictures_in, with_changes
from facilitate.restitution.html import to_html

FR, EN = languages(KINDS)["fr"], languages(KINDS)["en"]
SHEET = """---
title: Une journée
---
## Programme

### 10:00 – Situations
- type : situations

### 10:30 – Questions
- type : questions

### 11:00 – Engagements
- type : engagements
- durée : 30 min
"""


@pytest.fixture
def day() -> Day:
    day = Day(SHEET).join("ada", "bo").open("situations")
    for title in ("Un bus", "Un marché"):
        day.do("post", "situations", {"title": title}, who="ada")
    day.open("questions").do("post", "questions", {"text": "Qui paie ?"}, who="ada")
    day.open("engagements").do("post", "engagements", {"what": "J’appelle."}, who="bo")
    return day


def facts(day: Day) -> Facts:
    building = Building(day.state, KINDS, FR)
    return Facts.read(json.loads(json.dumps(facts_of(building, building.document()).plain())))


def one(day: Day, step: str) -> str:
    return min(day.state.summaries[step].contributions.values(), key=lambda one: one.n).id


def told(changes: Changes) -> list[str]:
    return ["".join(run.text for run in line).replace("\u00a0", " ").replace("\u202f", " ") for line in lines(changes, FR.say, FR.count)]


def test_nothing_happened_nothing_changed(day: Day) -> None:
    assert not compare(facts(day), facts(day))
    assert told(compare(facts(day), facts(day))) == []


def test_what_was_added_corrected_and_withdrawn_is_told_by_its_numbers(day: Day) -> None:
    before = facts(day)
    day.do(
        "edit",
        "situations",
        {"title": "Deux marchés"},
        on=sorted(day.state.summaries["situations"].contributions.values(), key=lambda x: x.n)[1].id,
        who="ada",
    )
    day.do("withdraw", "situations", on=one(day, "situations"), who="ada")
    day.do("post", "engagements", {"what": "J’écris."}, who="ada")
    assert told(compare(before, facts(day))) == [
        "1 contribution ajoutée : 4 (Engagements)",
        "1 contribution corrigée : 1 (Situations)",
        "1 contribution retirée (numéros de la publication précédente) : 1 (Situations)",
    ]


def test_what_is_withheld_leaves_as_what_is_withdrawn_and_no_word_of_anyone_is_kept(day: Day) -> None:
    before = facts(day)
    assert not {"bus", "marché", "paie", "appelle"} & set(json.dumps(before.plain(), ensure_ascii=False).replace('"', " ").split())
    day.do("withhold", content={"why": "Nom d’un tiers"}, on=one(day, "situations"))
    assert [word.number for word in compare(before, facts(day)).gone] == [1]


def test_answers_that_came_and_commitments_marked_are_told(day: Day) -> None:
    before = facts(day)
    day.do("answer", "questions", {"text": "La Région."}, on=one(day, "questions"))
    day.do("mark", "engagements", {"state": "done"}, on=one(day, "engagements"), who="bo")
    found = compare(before, facts(day))
    assert sorted((word.became, word.number) for word in found.became) == [("Answered", 3), ("Carried out", 4)]
    assert not compare(facts(day), facts(day)).became


def test_texts_of_the_staff_and_sections_left_out_are_told_by_their_titles(day: Day) -> None:
    before = facts(day)
    day.do("write", content={"section": "step-situations", "part": "introduction", "text": "Deux récits."})
    day.do("write", content={"section": "", "part": "introduction", "text": "Une matinée."})
    day.do("leave", content={"section": "programme"})
    found = compare(before, facts(day))
    assert (found.texts, found.came, found.left) == (("Situations", ""), (), ("Le déroulement",))
    assert any("l’ensemble" in line for line in told(found))


def test_another_way_to_name_people_is_told_and_never_taken_for_corrections(day: Day) -> None:
    day.do("introduce", content={"name": "Nadia Fictive", "named": True}, who="ada")
    day.do("post", "situations", {"title": "Nadia Fictive conduit le bus"}, who="bo")
    before = facts(day)
    day.do("naming", content={"as": "roles"})
    found = compare(before, facts(day))
    assert (found.naming, found.corrected) == (True, ())


def test_a_change_of_look_alone_is_still_a_change(day: Day) -> None:
    before = facts(day)
    day.do("arrange", content={"section": "step-engagements", "after": "people"})
    assert compare(before, facts(day)) == Changes(other=True)


def test_they_stand_before_the_annex_and_lead_there(day: Day) -> None:
    document = Building(day.state, KINDS, EN).document()
    changes = Changes(added=(Word(2, "Situations"), Word(3, "Questions")))
    changed = with_changes(document, changes, "24 September 2021", EN.say, EN.count)
    anchors = [section.anchor for section in changed.children]
    assert anchors.index(ANCHOR) == anchors.index("annex") - 1
    page = to_html(changed, EN.say)
    assert "Changes since 24 September 2021" in page
    assert 'href="#word-2"' in page
    assert 'id="word-3"' in page
    nothing = with_changes(document, Changes(), "24 September 2021", EN.say, EN.count)
    assert not any(isinstance(node, Listing) for node in nothing.children[anchors.index(ANCHOR)].children)
    assert replace(changed, children=tuple(one for one in changed.children if one.anchor != ANCHOR)) == document


def test_every_picture_of_a_document_is_found_once(day: Day) -> None:
    day.do("photo", "situations", {"media": "a" * 32, "width": 4, "height": 3, "description": "La salle"})
    assert pictures_in(Building(day.state, KINDS, FR).document().children) == ["a" * 32]
