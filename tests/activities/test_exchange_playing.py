"""The basket game, played to its end by simulated teams and their facilitator, with each option on and off."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, STEP, Room, participant, sections

from facilitate.activities.exchange.game import Game
from facilitate.core.activity import Gesture
from facilitate.core.entry import Refused
from facilitate.rehearsal.people import Person, people_of

KIND = KINDS["exchange"]
RACES = {"no-pen", "stale", "answered", "agreed", "not-bound", "short", "team-full"}
"""What is refused because another phone was a moment quicker."""


class Play:
    """A whole game. ``together``: in each turn all phones read their screens before any of them acts, as in a room."""

    def __init__(self, *settings: str, people: int = 20, seed: int = 1, together: bool = False, language: str = "fr") -> None:
        head = ["---", "title: Villes et campagnes", f"language: {language}", "time: 9:00 - 17:00", "---", "## Programme", "### The step"]
        self.room = Room(
            KINDS,
            "\n".join(
                [*head, "- kind: exchange", "- duration: 120 min", *(one if one.startswith(" ") else f"- {one}" for one in settings)]
            ),
        )
        self.voices = [(participant(f"{one.place}"), one) for one in people_of(self.room.state.agenda, people, seed)]
        self.refused, self.driven, self.acts, self.together = list[str](), list[Gesture](), Counter[str](), together
        for who, voice in self.voices:
            self.room.do(who, "join", **voice.profile)
        self.room.do(CONSOLE, "open", STEP)
        self.settings = self.room.step(STEP).activity.settings
        for turn in range(60):
            gesture = None if turn == 1 else KIND.conduct(self.settings, self.room.view(CONSOLE, STEP))
            if turn > 1 and gesture is None:
                return
            if gesture is not None:
                self.driven.append(gesture)
                self.made(CONSOLE, gesture)
            for who, one in self.turn(turn):
                self.made(who, one)
        pytest.fail("no end to it")

    def turn(self, turn: int) -> Iterator[tuple[Any, Gesture]]:
        acting = [(who, voice) for who, voice in self.voices if not voice.quiet(turn)]
        if self.together:
            yield from [(who, one) for who, voice in acting for one in self.rehearsed(who, voice)]
            return
        for who, voice in acting:
            for one in self.rehearsed(who, voice):
                yield who, one

    def rehearsed(self, who: Any, voice: Person) -> tuple[Gesture, ...]:
        return KIND.rehearse(self.settings, self.room.view(who, STEP), voice)

    def made(self, who: Any, gesture: Gesture) -> None:
        answer = self.room.act(who, gesture.do, STEP, gesture.content, gesture.on)
        if isinstance(answer, Refused):
            self.refused.append(answer.code)
        else:
            self.acts[gesture.do] += 1

    @property
    def held(self) -> Game:
        held: Game = self.room.state.summaries[STEP]
        return held


OPTIONS = (
    ("how: mixed",),
    ("how: mixed", "circles: yes"),
    ("how: mixed", "quantities: yes"),
    ("how: chosen", "money: yes"),
    ("how: chosen", "circles: yes", "quantities: yes", "money: yes", "events: yes"),
)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: ", ".join(options))
def test_twenty_people_play_it_to_the_end_and_nothing_they_do_is_refused(options: tuple[str, ...], seed: int) -> None:
    play = Play(*options, seed=seed)
    held = play.held
    assert play.refused == []
    assert len(held.seats) == 20
    assert len(held.bound()) >= 6
    assert {"post", "propose", "agree", "sign", "tell", "start"} <= set(play.acts)
    assert all(3 <= sum(1 for _ in held.goods("offer", team)) <= 6 for team in held.order)
    assert all(2 <= sum(1 for _ in held.goods("need", team)) <= 4 for team in held.order)
    flows = [flow for deal in held.bound() for flow in held.flows(deal)]
    assert any(flow.money for flow in flows) == ("money: yes" in options)
    assert all(bool(line.quantity) == ("quantities: yes" in options) for flow in flows for line in flow.lines)
    assert [one.on for one in held.events] == ([False] if "events: yes" in options else [])
    assert sections(play.room, "fr")


def test_the_same_seed_plays_the_same_game() -> None:
    one, other = Play("how: mixed", people=10), Play("how: mixed", people=10)
    assert [(entry.do, entry.content) for entry in one.room.journal] == [(entry.do, entry.content) for entry in other.room.journal]


@pytest.mark.parametrize("seed", [1, 2])
def test_of_phones_that_all_act_at_once_only_what_a_race_explains_is_refused(seed: int) -> None:
    play = Play("how: chosen", "circles: yes", "quantities: yes", "money: yes", seed=seed, people=15, together=True)
    assert set(play.refused) <= RACES
    assert len(play.held.bound()) > 2


def test_over_a_few_games_all_that_can_happen_happens() -> None:
    plays = [Play("how: mixed", "circles: yes", seed=seed) for seed in range(1, 5)]
    deals = [(play, deal) for play in plays for deal in play.held.deals.values()]
    assert {deal.status for _, deal in deals} >= {"bound", "declined", "left"}
    assert any(len(deal.parties) > 2 for _, deal in deals)
    reasons = [play.held.contributions[deal.version].content.get("reason") for play, deal in deals if deal.status == "bound"]
    assert any(reasons)
    baskets = [(play, key, held) for play in plays for key, held in play.held.baskets().items()]
    signed = [len(play.held.signers(deals)) == len(deals[0].parties) for play, _, deals in baskets]
    assert True in signed
    assert False in signed
    assert all(any(play.acts[do] for play in plays) for do in ("pen", "counter", "decline", "leave"))
    roles = {role for play in plays for role in play.held.roles.values()}
    assert roles == {"envoy", "keeper"}


def test_the_facilitator_goes_through_every_round_in_order_and_the_wall_shows_the_lists() -> None:
    driven = Play("how: mixed", "events: yes").driven
    assert driven[0].do == "form"
    rounds = [one.content["round"] for one in driven if one.do == "round"]
    assert rounds == [1, 2, 3, 4, 5, 6]
    assert sum(1 for one in driven if one.do == "ending") == len(rounds)
    assert {one.content["as"] for one in driven if one.do == "listing"} == {"rules", "goods", "flows", "baskets", "debrief"}
    assert [one.content for one in driven if one.do == "event"] == [{"card": 0}, {"off": True}]
    assert all((one.do, one.content) != (other.do, other.content) for one, other in pairwise(driven))


def test_a_sheet_s_own_territories_and_catalogue_are_played_with() -> None:
    goods = ("  - Alimentation: lait, légumes", "  - Ingénierie: une juriste", "  - Forêt: bois, sentiers", "  - Silence")
    play = Play("how: mixed", "territories:", "  - Forez: montagne", "  - Lyon", "  - Diois", "catalogue:", *goods)
    posted = [one.content for one in play.held.goods()]
    assert {one["good"] for one in posted if one["family"] == "alimentation"} <= {"lait", "légumes"}
    assert {one["family"] for one in posted} == {"alimentation", "ingenierie", "foret", "silence"}
    assert play.held.bound()
    assert play.refused == []


def test_the_territories_people_came_from_play_as_many_as_there_are() -> None:
    play = Play("how: welcome", people=15)
    assert play.refused == []
    assert len(play.held.bound()) > 2


def test_an_english_game_is_played_in_english() -> None:
    play = Play("how: mixed", people=10, language="en")
    assert play.refused == []
    assert play.held.bound()
    said = [str(one.content["text"]).casefold() for one in play.held.goods()]
    assert sum(text.startswith(("de ", "des ", "du ", "de l", "un ", "une ", "les ", "la ")) for text in said) < len(said) / 4
    assert sections(play.room, "en")


def test_whoever_finds_no_seat_still_writes_the_debrief() -> None:
    play = Play("how: mixed", people=45)
    assert len(play.held.seats) == 40
    alone = [one for one in play.held.contributions.values() if one.content.get("is") in ("debrief", "start") and not one.content["team"]]
    assert alone
    assert play.refused == []


def test_nobody_comes_and_the_facilitator_waits_for_no_one() -> None:
    assert Play("how: mixed", people=0).driven == []
