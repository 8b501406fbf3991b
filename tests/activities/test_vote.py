"""The vote: a whole ballot replaces the one before, dots never exceed what a person has, nothing of the ranking before the reveal."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, WALL, Policy, Room, drawn, leaves, participant
from harness.server import Server
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map
from playwright.sync_api import Page, expect
from web.http import Client, console, joined

from facilitate.core.entry import Refused
from facilitate.core.tree import Chart, Listing, Node, Paragraph

PEOPLE = ("Ada", "Bo", "Cy")
TITLES = ("A shared kitchen.", "A night bus.", "Hedges around the spring.", "A town planner.")
SHEET = """---
title: A day
language: en
time: 9:00 - 17:00
---
## Programme
### Told
- kind: situations
- duration: 30 min
### Chosen
- kind: vote
- source: Told
- question: Which ones shall we decode?
- dots: 5
- most: 3
- duration: 10 min
"""


class Vote(Room):
    """A day whose vote is open on four cards: ``cards`` holds their ids, the third is anonymous."""

    def __init__(self) -> None:
        super().__init__(KINDS, SHEET)
        for name in PEOPLE:
            self.join(name, territory="Forez")
        self.do(CONSOLE, "open", "told")
        self.cards = [self.do(participant("Ada"), "post", "told", title=title, signed=place != 2) for place, title in enumerate(TITLES)]
        self.do(CONSOLE, "open", "chosen")

    def gives(self, name: str, *dots: Any) -> str:
        """'' when this ballot, a number for each card in turn, is taken; else why it is refused."""
        answer = self.act(participant(name), "vote", "chosen", {"dots": dict(zip(self.cards, dots, strict=False))})
        return answer.code if isinstance(answer, Refused) else ""

    def results(self) -> list[int]:
        """The dots of each card in turn, as the console reads them once revealed."""
        summary = replace(self.state.summaries["chosen"], revealed=True)
        settings, viewer = self.step("chosen").activity.settings, self.viewer(CONSOLE, "chosen")
        view = KINDS["vote"].view(settings, summary, viewer, self.sources("chosen"))
        found = {one["id"]: one["dots"] for one in view["results"]}
        return [found[card] for card in self.cards if card in found]

    def sections(self, status: str) -> tuple[Node, ...]:
        step, sources = self.step("chosen"), replace(self.sources("chosen"), status=status)
        return KINDS["vote"].sections(step.activity, self.state.summaries["chosen"], sources, Policy("en", self))


def test_the_last_ballot_of_each_person_is_the_one_that_counts() -> None:
    room = Vote()
    assert room.gives("Ada", 3, 2) == ""
    assert room.gives("Bo", 0, 1) == ""
    assert room.gives("Ada", 0, 0, 3) == ""
    assert room.results() == [0, 1, 3, 0]


def test_numbers_may_come_as_text_and_an_empty_field_is_none() -> None:
    room = Vote()
    assert room.gives("Ada", "2", "", "0") == ""
    assert room.results() == [2, 0, 0, 0]


@pytest.mark.parametrize(
    ("dots", "code"),
    [
        ((4,), "too-many-on-one"),
        ((3, 2, 1), "too-many"),
        ((-1,), "not-a-number"),
        ((1.0,), "not-a-number"),
        (("two",), "not-a-number"),
        (("²",), "not-a-number"),
        ((None,), "not-a-number"),
        ((True,), "not-a-number"),
        (([1],), "not-a-number"),
        (("9" * 5000,), "not-a-number"),
    ],
)
def test_a_ballot_that_breaks_a_rule_is_refused_whole(dots: tuple[Any, ...], code: str) -> None:
    room = Vote()
    room.gives("Ada", 1)
    assert room.gives("Ada", *dots) == code
    assert room.results() == [1, 0, 0, 0]


def test_a_card_of_no_step_or_of_another_cannot_be_voted_on() -> None:
    room = Vote()
    assert room.act(participant("Ada"), "vote", "chosen", {"dots": {"elsewhere": 1}}).code == "unknown-contribution"  # type: ignore[union-attr]


@pytest.mark.parametrize(("do", "code"), [("withdraw", "withdrawn"), ("hide", "not-shown"), ("withhold", "not-shown")])
def test_dots_on_a_card_that_goes_come_back(do: str, code: str) -> None:
    room = Vote()
    room.gives("Ada", 3, 1)
    room.gives("Bo", 2)
    room.do(participant("Ada") if do == "withdraw" else CONSOLE, do, "told" if do == "withdraw" else "", on=room.cards[0])
    assert room.results() == [1, 0, 0]
    assert room.view(participant("Ada"), "chosen")["left"] == 4
    assert room.gives("Ada", 3, 1) == code
    assert room.gives("Ada", 0, 3, 2) == ""


def test_a_card_shown_again_has_its_dots_again() -> None:
    room = Vote()
    room.gives("Ada", 3)
    room.do(CONSOLE, "hide", on=room.cards[0])
    room.do(CONSOLE, "restore", on=room.cards[0])
    assert room.results() == [3, 0, 0, 0]


def test_a_ballot_stands_in_the_journal_under_a_pseudonym_without_an_hour() -> None:
    room = Vote()
    room.gives("Bo", 1)
    entry = room.journal[-1]
    assert (entry.by, entry.at) == ("", "")
    assert entry.content == {"dots": {room.cards[0]: 1}, "voter": room.voter(participant("Bo"), "chosen")}


def test_before_the_reveal_no_one_is_told_more_than_how_many_voted() -> None:
    room = Vote()
    room.gives("Ada", 3, 2)
    assert room.view(WALL, "chosen")["voters"] == room.view(CONSOLE, "chosen")["voters"] == 1
    assert room.view(WALL, "chosen")["results"] == room.view(CONSOLE, "chosen")["results"] == []
    # Phones fetch again when what they all see changes: not at every vote.
    assert "voters" not in room.view(participant("Bo"), "chosen")
    assert [one["given"] for one in room.view(participant("Bo"), "chosen")["ballot"]] == [0, 0, 0, 0]


def test_once_revealed_the_ranking_is_there_and_no_dot_moves() -> None:
    room = Vote()
    room.gives("Ada", 3, 2)
    room.gives("Bo", 0, 1, 3)
    room.do(CONSOLE, "reveal", "chosen")
    assert room.gives("Cy", 1) == "revealed"
    results = room.view(WALL, "chosen")["results"]
    assert [(one["dots"], one["rank"], one["level"]) for one in results] == [(3, 1, True), (3, 1, True), (3, 1, True), (0, 0, False)]
    assert [one["given"] for one in room.view(participant("Ada"), "chosen")["results"]] == [3, 2, 0, 0]
    assert [one["share"] for one in results] == [100, 100, 100, 0]


def test_the_wall_says_what_is_level() -> None:
    room = Vote()
    room.gives("Ada", 2, 2, 1)
    room.do(CONSOLE, "reveal", "chosen")
    assert drawn(room, WALL).count("level") == 2


def test_a_ballot_from_a_phone_that_saw_the_vote_open_is_taken_after_the_closing_until_the_reveal() -> None:
    room = Vote()
    seen = room.state.seq
    room.do(CONSOLE, "close", "chosen")
    ballot = {"dots": {room.cards[0]: 1}}
    assert not isinstance(room.act(participant("Ada"), "vote", "chosen", ballot, seen=seen), Refused)
    assert room.act(participant("Bo"), "vote", "chosen", ballot).code == "closed"  # type: ignore[union-attr]
    room.do(CONSOLE, "reveal", "chosen")
    assert room.act(participant("Cy"), "vote", "chosen", ballot, seen=seen).code == "revealed"  # type: ignore[union-attr]
    assert room.results() == [1, 0, 0, 0]


def test_the_wall_shows_as_many_cards_as_it_holds_and_the_long_ones_take_more_room() -> None:
    room = Vote()
    settings, sources = room.step("chosen").activity.settings, room.sources("chosen")
    for text, held in (("x" * 50, 7), ("x" * 280, 2)):
        told = sources.named["source"].summary.contributions[room.cards[2]]
        many = {f"card-{n:02}": replace(told, id=f"card-{n:02}", content={"title": text}) for n in range(30)}
        source = replace(sources.named["source"], summary=replace(sources.named["source"].summary, contributions=Map(many)))
        summary = replace(room.state.summaries["chosen"], ballots=Map({"v": Map(dict.fromkeys(many, 1))}), revealed=True)
        view = KINDS["vote"].view(settings, summary, room.viewer(WALL, "chosen"), replace(sources, named={"source": source}))
        assert len(view["top"]) == held
        assert len(view["results"]) == 30


# Restitution


def test_the_restitution_holds_every_card_with_or_without_dots() -> None:
    room = Vote()
    room.gives("Ada", 0, 3, 1)
    room.gives("Bo", 0, 1)
    chart, others, listing = room.sections("closed")
    assert isinstance(chart, Chart)
    assert chart.rows == (("A night bus. (Forez, Ada)", 4.0, "4"), ("Hedges around the spring. (anonymous)", 1.0, "1"))
    assert chart.sentence == "2 people voted. 5 dots were given. 1 card comes first."
    assert others == Paragraph("2 cards received no dot:")
    assert isinstance(listing, Listing)
    assert listing.items == ("A shared kitchen.", "A town planner.")


def test_a_draft_of_the_restitution_does_not_tell_the_ranking_while_people_vote() -> None:
    room = Vote()
    room.gives("Ada", 0, 3)
    texts = [one.text for one in room.sections("open") if isinstance(one, Paragraph)]
    assert texts == ["1 person voted.", "The result is hidden until it is revealed."]
    assert not [leaf for leaf in leaves(room.sections("open")) if "bus" in str(leaf)]
    room.do(CONSOLE, "reveal", "chosen")
    assert isinstance(room.sections("open")[0], Chart)


def test_a_vote_that_was_never_opened_is_not_told_and_one_without_a_voter_is_told_honestly() -> None:
    room = Vote()
    assert room.sections("planned") == room.sections("skipped") == ()
    said, _, listing = room.sections("closed")
    assert said == Paragraph("Nobody voted.", "note")
    assert isinstance(listing, Listing)
    assert sorted(listing.items) == sorted(TITLES)


# In a browser


Serve, OpenPage, Axe = Callable[..., Server], Callable[..., Page], Callable[[Page], None]


def a_phone(server: Serve, open_page: OpenPage, **page: Any) -> tuple[Page, Client]:
    """A phone before the open vote, and the console beside it."""
    running = server(SHEET.replace("language: en", "language: fr"))
    drive, teller = console(running), joined(running, name="Ada")
    drive.act("open", "told")
    for title in TITLES:
        teller.act("post", "told", {"title": title})
    drive.act("open", "chosen")
    phone = open_page(running.urls["join"], language="fr", **page)
    phone.locator("button[form=join]").click()
    phone.wait_for_url(f"**/s/{running.code}")
    return phone, drive


def test_each_press_shows_at_once_and_is_saved(
    server: Callable[..., Server], open_page: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    phone, drive = a_phone(server, open_page)
    more = phone.get_by_role("button", name=f"Un point de plus\u00a0: {TITLES[0]}")
    for dots, left in ((1, 4), (2, 3), (3, 2)):
        more.click()
        expect(phone.locator("output").first).to_have_text(str(dots))
        expect(phone.locator("[data-left]")).to_have_text(str(left))
    more.click(force=True)  # it says that it is not possible
    expect(phone.locator("[data-left]")).to_have_text("2")
    expect(phone.get_by_text("Cette carte a déjà vos 3 points")).to_be_visible()
    expect(phone.locator("[data-state]")).to_have_text("Enregistré")
    axe(phone)
    phone.reload()
    expect(phone.locator("output").first).to_have_text("3")
    phone.get_by_role("button", name=f"Un point de moins\u00a0: {TITLES[0]}").click()
    expect(phone.locator("[data-left]")).to_have_text("3")
    expect(phone.locator("[data-state]")).to_have_text("Enregistré")
    drive.act("reveal", "chosen")
    expect(phone.get_by_text("2 points ont été donnés.")).to_be_visible()
    expect(phone.locator("li", has_text=TITLES[0])).to_contain_text("2 de vos points")


def test_a_press_just_before_the_phone_is_put_away_is_not_lost(server: Serve, open_page: OpenPage) -> None:
    phone, _ = a_phone(server, open_page)
    phone.get_by_role("button", name=f"Un point de plus\u00a0: {TITLES[0]}").click()
    phone.reload()
    expect(phone.locator("[data-state]")).to_have_text("Enregistré")
    expect(phone.locator("[data-left]")).to_have_text("4")


def test_without_script_numbers_and_one_button_do_the_same(server: Serve, open_page: OpenPage) -> None:
    phone, _ = a_phone(server, open_page, javascript=False)
    first = phone.get_by_role("spinbutton").first
    first.fill("2")
    phone.get_by_role("button", name="Envoyer mes points").click()
    expect(phone.locator("[data-left]")).to_have_text("3")
    expect(first).to_have_value("2")


# Any sequence of ballots

ballots = st.lists(st.tuples(st.sampled_from(PEOPLE), st.lists(st.integers(-1, 4), min_size=4, max_size=4)), max_size=12)


@given(ballots)
def test_totals_are_the_sum_of_the_last_ballots_and_no_one_counts_for_more_than_they_have(given_: list[tuple[str, list[int]]]) -> None:
    room, last = Vote(), dict[str, list[int]]()
    for name, dots in given_:
        fair = min(dots) >= 0 and max(dots) <= 3 and sum(dots) <= 5
        assert (room.gives(name, *dots) == "") is fair
        if fair:
            last[name] = dots
    assert room.results() == [sum(one[card] for one in last.values()) for card in range(4)]
    held: Mapping[str, Mapping[str, int]] = room.state.summaries["chosen"].ballots
    assert all(sum(one.values()) <= 5 and max(one.values()) <= 3 and min(one.values()) > 0 for one in held.values())
    assert len(held) == sum(any(dots) for dots in last.values())
    json.dumps(room.view(CONSOLE, "chosen"))
