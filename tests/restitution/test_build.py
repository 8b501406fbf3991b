"""What the restitution of a day holds, and what it must not."""

import re
from collections import Counter
from typing import Any

from activities.room import LANGUAGES
from core.day import KINDS, SHEET, Day

from facilitate.core.state import SessionState, fold
from facilitate.core.tree import Document
from facilitate.restitution.build import build
from facilitate.restitution.html import to_html

EVALUATED = SHEET + "\n### 11:15 – Bilan\n- type : évaluation\n- durée : 15 min\n"


def document(state: SessionState, kinds: Any = KINDS) -> Document:
    return build(state, kinds, LANGUAGES["fr"])


def html(state: SessionState, kinds: Any = KINDS) -> str:
    return to_html(document(state, kinds), LANGUAGES["fr"].say)


def test_a_draft_tells_no_answer_before_its_reveal() -> None:
    day = Day(EVALUATED).join("anna").open("bilan")
    day.do("post", "bilan", {"useful": "La visite du hangar."}, who="anna")
    assert "hangar" not in html(day.state)
    day.do("reveal", "bilan")
    assert "hangar" in html(day.state)


def test_a_closed_step_tells_its_answers_revealed_or_not() -> None:
    day = Day(EVALUATED).join("anna").open("bilan")
    day.do("post", "bilan", {"useful": "La visite du hangar."}, who="anna")
    day.do("close", "bilan")
    assert "hangar" in html(day.state)


def test_where_a_kind_is_missing_what_was_withheld_stays_so_and_no_pseudonym_is_told() -> None:
    day = Day().join("anna").open("situations")
    kept, gone = (day.do("post", "situations", {"title": title, "signed": False}, who="anna")[0] for title in ("Une carte", "Une insulte"))
    day.do("withhold", on=gone.id, content={"why": "propos blessants"})
    without = {name: kind for name, kind in KINDS.items() if name != "situations"}
    told = html(fold(SessionState(), day.entries, without), without)
    assert "Une carte" in told
    assert "Une insulte" not in told
    assert kept.content["owner"] not in told


def test_a_day_without_hours_tells_how_long_its_steps_should_last() -> None:
    steps = "### Accueil\n- type : accueil\n- durée : 25 min\n### Pause\n- type : pause\n- durée : 5 min\n"
    sheet = f"---\ntitle: Une journée\n---\n## Programme\n{steps}"
    programme = next(section for section in document(Day(sheet).state).children if section.anchor == "programme")
    assert [row[:2] for row in programme.children[0].rows] == [("Accueil", "25\xa0min"), ("Pause", "5\xa0min")]


def test_every_anchor_stands_once() -> None:
    day = Day(SHEET.replace("## Programme", "## Pourquoi\n\n### Un sous-titre\n\nDu texte.\n\n## Programme"))
    found = Counter(re.findall(r'\sid="([^"]+)"', html(day.state)))
    assert found["frame-1"] == 1
    assert set(found.values()) == {1}
