"""Moderation: what waits for a facilitator before the wall shows it, and names taken out of someone else's words."""

from collections.abc import Mapping
from typing import Any

import pytest
from core.day import KINDS, Day
from core.test_team import ask, code

from facilitate.core.contribution import Contribution, Participant, names_in
from facilitate.core.sheet import read_sheet
from facilitate.core.state import SessionState, fold, serialise

SHEET = Day.sheet.replace("- question : Qu’avez-vous vécu ?", "- question : Quoi ?\n- validation : oui").replace(
    "capacity: 3", "capacity: 9"
)
PEOPLE = {
    id: Participant(id, name)
    for id, name in (
        ("n", "Nadia Untel"),
        ("h", "Hélène  Fictive"),
        ("r", "Rose Omicron"),
        ("c", "Claire"),
        ("j", "Jean-Pierre de Souza"),
        ("e", "Élue 3, Drôme"),
        ("b", "Bo"),
    )
}


@pytest.fixture
def day() -> Day:
    return Day(SHEET).join("ada", "bo").open("situations")


def post(day: Day, text: str, **content: Any) -> str:
    return str(day.do("post", "situations", {"title": text} | content, who="ada")[0].id)


def statuses(day: Day) -> dict[str, str]:
    return {one.content.get("title", ""): one.status for one in day.state.summaries["situations"].contributions.values()}


def test_all_that_waits_is_approved_at_once_but_what_came_since_it_was_read(day: Day) -> None:
    for text in ("Un bus", "Un marché"):
        post(day, text)
    read = day.state.seq
    post(day, "Pas encore lue")
    answer = day.do("approve", "situations", seen=read)
    assert [entry.do for entry in answer] == ["approve", "approve"]
    assert statuses(day) == {"Un bus": "shown", "Un marché": "shown", "Pas encore lue": "waiting"}
    assert day.do("approve", "situations", seen=read) == ()
    day.do("approve", "situations")
    assert statuses(day)["Pas encore lue"] == "shown"
    assert code(day.do("approve", "nowhere")) == "unknown-activity"


def test_a_card_changed_since_it_was_read_is_not_approved(day: Day) -> None:
    card, read = post(day, "Un bus"), day.state.seq
    day.do("edit", "situations", {"title": "Autre chose"}, on=card, who="ada")
    assert code(day.do("approve", on=card, seen=read)) == "stale"
    assert statuses(day) == {"Autre chose": "waiting"}
    day.do("approve", on=card, seen=day.state.seq)
    assert statuses(day) == {"Autre chose": "shown"}


@pytest.mark.parametrize(("verb", "status"), [("hide", "hidden"), ("withhold", "withheld")])
def test_what_a_colleague_has_hidden_meanwhile_stays_hidden(day: Day, verb: str, status: str) -> None:
    card = post(day, "Un bus")
    day.do(verb, on=card)
    assert day.do("approve", on=card) == ()
    assert day.do("approve", "situations") == ()
    assert statuses(day) == {"Un bus": status}


def test_only_the_console_approves_and_a_workshop_s_facilitator_only_their_own(day: Day) -> None:
    card = post(day, "Un bus")
    assert code(day.do("approve", on=card, who="ada")) == "not-allowed"
    assert code(ask(day, "notes", "approve", on=card)) == "not-allowed"
    assert code(ask(day, "scribe", "approve", "situations")) == "not-allowed"
    assert statuses(day) == {"Un bus": "waiting"}


def test_an_anonymous_answer_to_an_evaluation_does_not_wait() -> None:
    day = Day(Day.sheet + "\n### 11:15 – Bilan\n- type : évaluation\n- durée : 5 min\n- validation : oui\n").join("ada").open("bilan")
    day.do("post", "bilan", {"useful": "Tout."}, who="ada")
    (answer,) = day.state.summaries["bilan"].contributions.values()
    assert (answer.status, dict(answer.content)) == ("shown", {"useful": "Tout."})


def said(text: str, by: str = "", **content: Any) -> Contribution:
    return Contribution("x", 1, "", by, "", {"title": text} | content, 1)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Avec Nadia Untel, au marché", ["Nadia Untel"]),
        ("avec nadia untel", ["nadia untel"]),
        ("UNTEL NADIA l’a dit", ["UNTEL NADIA"]),
        ("Mme Untel refuse", ["Untel"]),
        ("Nadia Untel, puis Untel seul", ["Nadia Untel", "Untel"]),
        ("HELENE FICTIVE", ["HELENE FICTIVE"]),
        ("helene\nfictive", ["helene\nfictive"]),
        ("Hélène a proposé", ["Hélène"]),
        ("Jean Pierre de Souza, Jean-Pierre", ["Jean Pierre de Souza", "Pierre", "Jean"]),
        ("une rose, une eau claire, un martin-pêcheur", []),
        ("Claire", ["Claire"]),
        ("La Drôme, une élue", []),
        ("l’élue 3, Drôme", ["élue 3, Drôme"]),
        ("Nadiauntel et Untelin", []),
        ("Bo", []),
    ],
)
def test_a_participant_s_name_is_found_however_it_is_written(text: str, names: list[str]) -> None:
    assert names_in(said(text), PEOPLE) == names


def test_who_signs_names_themselves_as_they_like_unless_someone_else_bears_that_name() -> None:
    assert names_in(said("Nadia Untel", by="n"), PEOPLE) == []
    assert names_in(said("Nadia Untel", by="n"), PEOPLE | {"m": Participant("m", "Nadia Untel")}) == ["Nadia Untel"]


def test_a_column_or_an_id_is_no_one_s_word() -> None:
    people: Mapping[str, Participant] = {"q": Participant("q", "question"), "k": Participant("k", "Benefits")}
    assert names_in(said("", column="question", about="benefits"), people) == []


def test_masking_takes_every_way_of_writing_that_name_and_no_other_word(day: Day) -> None:
    day.join("Nadia Untel", "Claire")
    card = post(day, "NADIA UNTEL et nadia  untel ; Claire, l’eau claire", context="Avec Untel Nadia")
    for name in ("NADIA UNTEL", "Untel Nadia", "Claire"):
        day.do("mask", on=card, content={"name": name})
    kept = day.state.summaries["situations"].contributions[card]
    assert kept.content == {"title": "[…] et […] ; […], l’eau claire", "context": "Avec […]"}
    assert (kept.masked, kept.status) == (True, "waiting")
    assert names_in(kept, day.state.people) == []
    assert serialise(fold(SessionState(), day.entries, KINDS)) == serialise(day.state)


def test_a_card_written_again_without_its_mask_no_longer_says_that_it_is_masked(day: Day) -> None:
    day.join("Nadia Untel")
    card = post(day, "Avec Nadia Untel")
    day.do("mask", on=card, content={"name": "Nadia Untel"})
    for text, masked in (("Hier avec […]", True), ("Hier", False), ("[…]", False)):
        day.do("edit", "situations", {"title": text}, on=card, who="ada")
        assert day.state.summaries["situations"].contributions[card].masked is masked


def test_a_sheet_that_asks_to_read_what_no_card_is_warns() -> None:
    steps = "### A\n- kind: tables\n- duration: 30 min\n- approval: yes\n### B\n- kind: cards\n- duration: 5 min\n- approval: yes\n"
    agenda, problems = read_sheet(f"---\ntitle: T\nlanguage: en\ntime: 9:00 - 10:00\n---\n## Programme\n{steps}", KINDS)
    assert agenda is not None
    (problem,) = problems
    assert (problem.line, problem.values["title"]) == (7, "A")
