"""The basket game: an exchange binds by all its parties' consent to the same words, nothing is promised twice, leaving restores exactly."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, WALL, Room
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitate.activities.exchange.balance import balances, reciprocity
from facilitate.activities.exchange.game import Game
from facilitate.activities.exchange.matches import circles, matches
from facilitate.activities.exchange.rounds import ROUNDS
from facilitate.core.entry import Caller, Entry, Refused
from facilitate.core.state import SessionState, apply, serialise

STEP = "game"
TEAMS = ("forez", "drome", "diois")
SCRIBE = Caller("scribe")


class Play(Room):
    """A day whose game is on, with two people in each of three territories; ``first`` and ``second`` of a territory hold or do not hold
    the pen."""

    def __init__(
        self, *lines: str, people: int = 6, names: str = "Forez: hills; Drôme; Diois", round: str = "negotiation", how: str = "chosen"
    ) -> None:
        told = [f"- territories: {names}"] if names else []
        head = [
            "---",
            "title: A day",
            "language: en",
            "---",
            "## Programme",
            "### Game",
            "- kind: exchange",
            "- duration: 2 h",
            f"- how: {how}",
        ]
        super().__init__(KINDS, "\n".join([*head, *told, *(f"- {line}" for line in lines)]))
        self.people = [self.join(f"P{place}", territory=("Ain", "Loire")[place % 2], role="Mayor") for place in range(people)]
        self.do(CONSOLE, "open", STEP)
        if how == "chosen" and names:
            for place, who in enumerate(self.people):
                self.do(who, "play", STEP, team=TEAMS[place % 3])
        self.go(round)

    def go(self, kind: str) -> None:
        """To the first round of that kind."""
        number = next(one["n"] for one in self.phone(self.people[0])["rounds"] if one["kind"] == kind) if self.people else 0
        self.do(CONSOLE, "round", STEP, round=number)

    @property
    def held(self) -> Game:
        found: Game = self.state.summaries[STEP]
        return found

    def first(self, team: str) -> Caller:
        return self.people[TEAMS.index(team)]

    def phone(self, who: Caller) -> dict[str, Any]:
        return self.view(who, STEP)

    def offer(self, team: str, text: str = "Wood", **said: Any) -> str:
        return self.do(SCRIBE, "post", STEP, team=team, text=text, **said)

    def need(self, team: str, text: str = "Wood", **said: Any) -> str:
        return self.do(SCRIBE, "post", STEP, team=team, side="need", text=text, **said)

    def says(self, who: Caller, do: str, on: str = "", base: int | None = None, **content: Any) -> str:
        """'' where it is taken, else why not."""
        answer = self.act(who, do, STEP, content, on, base)
        return answer.code if isinstance(answer, Refused) else ""

    def propose(self, one: str = "forez", other: str = "drome", **said: Any) -> str:
        """A proposal, simply: its id."""
        return self.do(self.first(one), "propose", STEP, to=other, **{"give": [{"text": "Wood"}], "get": [{"text": "Milk"}]} | said)

    def agree(self, deal: str, *teams: str) -> None:
        for team in teams or self.held.deals[deal].parties:
            self.do(self.first(team), "agree", STEP, on=self.held.deals[deal].version, effort=1, use=2)

    def given(self, one: str = "forez", other: str = "drome", **said: Any) -> str:
        """A gift on a slip of paper, signed by both."""
        slip = {"parties": [one, other], "give": [{"text": "Figs"}], "reason": "A gift", "signed": [one, other]} | said
        return self.do(SCRIBE, "slip", STEP, **slip, efforts={one: 3}, uses={other: 1})

    def bound(self, one: str = "forez", other: str = "drome", **said: Any) -> str:
        deal = self.propose(one, other, **said)
        self.agree(deal)
        return deal


# Who plays


def test_a_territory_is_chosen_and_the_first_who_comes_holds_the_pen():
    play = Play()
    mine = play.phone(play.people[0])["team"]
    assert (mine["name"], mine["about"], mine["pen"]["mine"]) == ("Forez", "hills", True)
    assert [one["role"] for one in mine["members"]] == ["pen", ""]
    assert play.phone(play.people[3])["team"]["pen"] == {"mine": False, "taken": True, "name": "P0"}


def test_only_the_pen_writes_and_it_can_be_handed_over_or_taken():
    play = Play()
    pen, other, stranger = play.people[0], play.people[3], play.people[1]
    assert play.says(other, "post", text="Wood") == "no-pen"
    assert play.says(other, "pen", to=stranger.participant) == "not-here"
    assert play.says(pen, "pen", to=other.participant) == ""
    assert play.says(pen, "post", text="Wood") == "no-pen"
    assert play.says(other, "post", text="Wood") == ""
    assert play.says(pen, "pen") == ""
    assert play.says(other, "pen", to=other.participant) == ""


def test_whoever_holds_the_pen_and_leaves_gives_it_back():
    play = Play()
    play.do(play.people[0], "play", STEP, team="diois")
    assert play.held.teams["forez"].pen == ""
    assert play.says(play.people[3], "post", text="Wood") == ""
    assert play.held.teams["forez"].pen == play.people[3].participant


def test_one_travels_one_stays():
    play = Play()
    assert play.says(play.people[3], "role", role="envoy") == ""
    assert play.says(play.people[3], "role", role="queen") == "unknown-role"
    assert [one["role"] for one in play.phone(play.people[0])["team"]["members"]] == ["pen", "envoy"]


def test_a_team_is_full_at_eight_and_nobody_is_lost():
    play = Play(people=0)
    people = [play.join(f"P{place}") for place in range(9)]
    assert [play.says(who, "play", team="forez") for who in people] == [""] * 8 + ["team-full"]
    assert play.says(people[8], "play") == ""
    assert play.phone(people[8])["team"]["key"] != "forez"


@pytest.mark.parametrize("people", [2, 7, 20, 23])
def test_mixed_teams_are_even_and_spread_territories(people):
    play = Play(how="mixed", people=people)
    assert play.says(play.people[0], "play", team="forez") == "not-chosen"
    play.do(CONSOLE, "form", STEP)
    sizes = Counter(play.held.seats.values())
    assert max(sizes.values()) - min(sizes.values()) <= 1
    homes = {team: Counter(play.state.people[id].territory for id in play.held.members(team)) for team in sizes}
    assert all(abs(one["Ain"] - one["Loire"]) <= 1 for one in homes.values())
    before = dict(play.held.seats)
    late = play.join("Late")
    play.do(late, "play", STEP)
    assert {id: play.held.seats[id] for id in before} == before


def test_the_sheet_says_who_plays_where_by_name_or_by_territory():
    play = Play("members: Forez: P1, Loire; Diois: p0", how="listed", people=4)
    play.do(CONSOLE, "form", STEP)
    teams = {play.state.people[id].name: team for id, team in play.held.seats.items()}
    assert (teams["P0"], teams["P1"], teams["P3"]) == ("diois", "forez", "forez")


def test_real_territories_are_those_of_the_welcome():
    play = Play(how="welcome", names="", people=4)
    assert {one["name"] for one in play.phone(play.people[0])["teams"]} == {"Ain", "Loire"}
    play.do(CONSOLE, "form", STEP)
    assert {play.held.teams[team].name for team in play.held.seats.values()} == {"Ain", "Loire"}


def test_someone_without_a_phone_sits_and_never_holds_the_pen():
    play = Play(people=0, how="mixed")
    play.do(SCRIBE, "welcome", name="Odette", step=STEP)
    play.do(CONSOLE, "form", STEP)
    assert [one.pen for one in play.held.teams.values()] == [""]


def test_people_are_moved_by_hand():
    play = Play()
    ids = [play.people[0].participant, play.people[3].participant]
    play.do(CONSOLE, "place", STEP, people=ids, team="diois")
    assert sorted(play.held.members("diois")) == sorted([*ids, play.people[2].participant, play.people[5].participant])
    assert play.says(CONSOLE, "place", people=["nobody"], team="diois") == "unknown-person"
    assert play.says(CONSOLE, "place", people=ids, team="paris") == "unknown-team"
    play.do(CONSOLE, "place", STEP, people=ids[0], team="")
    assert ids[0] not in play.held.seats


def test_nothing_said_of_territories_five_invented_ones_play():
    play = Play(names="", people=1)
    assert [one["name"] for one in play.phone(play.people[0])["teams"]] == ["Metropolis", "Market town", "Valley", "Plateau", "Forest"]


# Rounds


def test_the_rounds_are_the_sheet_s_and_last_two_hours_by_default():
    all = Play().phone(Play().people[0])["rounds"]
    assert [one["minutes"] for one in all] == [10, 20, 20, 20, 15, 10, 25]
    assert [one["kind"] for one in all] == ["rules", "inventory", "negotiation", "negotiation", "balancing", "signature", "debrief"]
    short = Play("rules: 0", "negotiations: 1", "negotiation: 12", "balancing: 0").phone(Play().people[0])["rounds"]
    assert [(one["kind"], one["minutes"]) for one in short] == [("inventory", 20), ("negotiation", 12), ("signature", 10), ("debrief", 25)]


def test_each_thing_has_its_round():
    play = Play(round="rules")
    assert play.says(play.first("forez"), "propose", to="drome", give=[{"text": "Wood"}], get=[{"text": "Milk"}]) == "not-this-round"
    play.go("negotiation")
    deal = play.bound()
    assert play.says(play.first("forez"), "tell", surprise="It worked") == "not-this-round"
    play.go("signature")
    assert play.says(play.first("forez"), "post", text="Wood") == "not-this-round"
    assert play.says(play.first("forez"), "counter", on=deal, give=[{"text": "Wood"}]) == "not-this-round"
    assert play.says(play.first("forez"), "leave", on=deal, why="Too dear") == ""
    play.go("debrief")
    assert play.says(play.first("forez"), "agree", on=deal, effort=1, use=1) == "not-this-round"
    assert play.says(play.first("forez"), "tell", surprise="It worked") == ""
    assert play.says(CONSOLE, "round", round=9) == "no-round"


def test_the_end_of_a_round_is_announced():
    play = Play()
    before = play.phone(play.people[0])["round"]
    play.do(CONSOLE, "ending", STEP, minutes=2)
    now = play.phone(play.people[0])["round"]
    assert (before["announced"], now["announced"]) == (False, True)
    assert now["until"] < before["until"]
    assert play.says(CONSOLE, "ending", minutes="soon") == "not-a-number"
    play.do(CONSOLE, "round", STEP, round=3)
    assert not play.phone(play.people[0])["round"]["announced"]


def test_the_list_of_territories_keeps_the_order_of_the_sheet_whichever_is_first_played():
    play = Play(people=1)
    late = play.join("Late")
    before = play.phone(late)["choices"]
    assert [one["key"] for one in before] == list(TEAMS)
    play.do(play.join("Other"), "play", STEP, team="diois")
    assert play.phone(late)["choices"] == before


# The inventory


def test_goods_are_picked_in_the_catalogue_or_freely_written():
    play = Play("catalogue: Food: milk, bread; Wind")
    play.do(play.first("forez"), "post", STEP, what="food/milk", text="for canteens")
    (good,) = play.phone(play.people[0])["offers"]
    assert (good["said"], good["family_name"], good["state"]) == ("milk, for canteens", "Food", "free")
    assert play.says(play.first("forez"), "post", what="energy/sun") == "unknown-family"
    assert play.says(play.first("forez"), "post", what="food") == "empty"


def test_a_good_whose_words_alone_are_changed_stays_of_its_family_and_as_many():
    play = Play("quantities: yes")
    good = play.do(play.first("forez"), "post", STEP, what="food/Meat", text="Beef", quantity="3", unit="cows")
    assert play.says(play.first("forez"), "edit", good, text="Lamb") == ""
    (now,) = play.phone(play.first("forez"))["offers"]
    assert (now["said"], now["family"], now["quantity"], now["unit"]) == ("Meat, Lamb", "food", 3, "cows")


def test_an_offer_that_stands_in_an_exchange_keeps_its_words():
    play = Play()
    wood = play.offer("forez")
    deal = play.propose(give=[{"good": wood}])
    assert play.says(play.first("forez"), "edit", on=wood, text="Stone") == "promised"
    assert play.says(play.first("forez"), "withdraw", on=wood) == "promised"
    assert play.says(play.first("drome"), "edit", on=wood, text="Stone") == "not-yours"
    play.do(play.first("drome"), "decline", STEP, on=deal, why="We have some")
    assert play.says(play.first("forez"), "edit", on=wood, text="Stone") == ""
    assert play.phone(play.people[0])["offers"][0]["said"] == "Stone"


def test_where_an_offer_meets_a_need_both_are_told():
    play = Play()
    play.offer("forez", "Planks of beech", what="wood")
    play.need("drome", "Planks for a school", what="wood")
    play.need("diois", "Somebody who reads maps")
    assert [one["key"] for one in play.phone(play.first("forez"))["asked"]] == ["drome"]
    assert [one["key"] for one in play.phone(play.first("drome"))["wanted"]] == ["forez"]
    assert play.phone(play.first("diois"))["wanted"] == []
    play.bound("forez", "drome", give=[{"text": "some planks"}])
    assert play.phone(play.first("drome"))["wanted"] == []
    assert [one["state"] for one in play.phone(play.first("drome"))["needs"]] == ["met"]


# Exchanges


def test_it_binds_when_all_agree_to_the_same_version():
    play = Play()
    deal = play.propose()
    one, other = play.first("forez"), play.first("drome")
    assert [found["id"] for found in play.phone(other)["waiting"]] == [deal]
    assert [found["id"] for found in play.phone(one)["sent"]] == [deal]
    play.agree(deal, "drome")
    assert play.held.deals[deal].status == "open"
    assert [found["id"] for found in play.phone(one)["waiting"]] == [deal]
    version = play.do(other, "counter", STEP, on=deal, give=[{"text": "Cheese"}], get=[{"text": "Wood"}])
    assert play.says(one, "agree", on=deal, effort=1, use=1) == "stale"
    play.do(one, "agree", STEP, on=version, effort=1, use=1)
    assert play.held.deals[deal].status == "open", "the other side agreed to the version before"
    play.agree(deal, "drome")
    assert play.held.deals[deal].status == "bound"
    assert play.says(one, "agree", on=version, effort=1, use=1) == "answered"
    weights = {found["name"]: (found["effort"], found["use"]) for found in play.phone(one)["bound"][0]["parties"]}
    assert weights == {"Forez": (1, 1), "Drôme": (1, 2)}


def test_an_answer_written_on_what_has_changed_is_not_taken():
    play = Play()
    deal = play.propose()
    base = play.phone(play.first("drome"))["waiting"][0]["edited"]
    play.do(play.first("forez"), "counter", STEP, on=deal, give=[{"text": "More wood"}], get=[{"text": "Milk"}])
    assert play.says(play.first("drome"), "counter", on=deal, base=base, give=[{"text": "Milk"}]) == "stale"
    assert play.says(play.first("drome"), "decline", on=deal) == "stale"


def test_a_gift_is_signed_with_its_reason():
    play = Play()
    assert play.says(play.first("forez"), "propose", to="drome", give=[{"text": "Wood"}]) == "no-reason"
    deal = play.propose(get=[], reason="They lent us a hand last year")
    assert play.says(play.first("drome"), "agree", on=deal, use=3) == ""
    assert play.says(play.first("forez"), "agree", on=deal, use=3) == "not-weighed"
    assert play.says(play.first("forez"), "agree", on=deal, effort=2) == ""
    assert play.phone(play.first("forez"))["bound"][0]["gift"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"to": "forez"}, "same-team"),
        ({"to": "paris"}, "unknown-team"),
        ({"give": [], "get": []}, "nothing-given"),
        ({"give": [{"text": "x" * 141}]}, "too-long"),
        ({"give": [{"good": "none"}]}, "unknown-good"),
        ({"give": [{"text": str(one)} for one in range(5)]}, "too-many"),
        ({"give": "wood"}, "unreadable"),
        ({"give": ["wood"]}, "unreadable"),
        ({"circle": ["forez", "drome", "diois"]}, "no-circles"),
        ({"conditions": "x" * 281}, "too-long"),
    ],
)
def test_what_cannot_be_proposed_is_said(said, why):
    play = Play()
    assert play.says(play.first("forez"), "propose", **{"to": "drome", "give": [{"text": "Wood"}], "get": [{"text": "Milk"}]} | said) == why


def test_an_exchange_is_between_its_parties_alone():
    play = Play()
    deal = play.propose()
    stranger = play.first("diois")
    for do, content in (("agree", {"effort": 1, "use": 1}), ("decline", {}), ("counter", {"give": [{"text": "Me too"}]})):
        assert play.says(stranger, do, on=deal, **content) == "not-party"
    assert deal not in str(play.phone(stranger))
    assert play.says(stranger, "agree", on="nothing") == "unknown-deal"


def test_until_the_closing_a_party_may_leave_and_the_facilitator_may_take_that_back():
    play = Play()
    deal = play.propose()
    assert play.says(play.first("drome"), "leave", on=deal) == "not-bound"
    play.agree(deal)
    empty = balances(Play().held)
    play.do(play.first("drome"), "leave", STEP, on=deal, why="Our council says no")
    assert {key: (one.given, one.received) for key, one in balances(play.held).items()} == dict.fromkeys(empty, (0, 0))
    assert play.phone(play.first("forez"))["ended"][0]["why"] == "Our council says no"
    play.do(CONSOLE, "undo", STEP, on=deal)
    assert play.held.deals[deal].status == "bound"
    play.do(CONSOLE, "undo", STEP, on=deal)
    assert play.held.deals[deal].status == "open"
    assert play.says(CONSOLE, "undo", on=deal) == "nothing-to-undo"


def test_a_slip_of_paper_binds_with_both_signatures_only():
    play = Play()
    slip = {"parties": ["forez", "drome"], "give": [{"text": "Wood"}], "get": [{"text": "Milk"}]}
    weights = {"efforts": {"forez": 1, "drome": 2}, "uses": {"forez": 3, "drome": 2}}
    assert play.says(SCRIBE, "slip", **slip, **weights, signed=["forez"]) == "unsigned"
    assert play.says(SCRIBE, "slip", **slip, signed=["forez", "drome"]) == "not-weighed"
    assert play.says(SCRIBE, "slip", **slip | {"parties": ["forez", "forez"]}) == "same-team"
    assert play.says(play.first("forez"), "slip", **slip, **weights, signed=["forez", "drome"]) == "not-allowed"
    assert play.says(SCRIBE, "slip", **slip, **weights, signed=["forez", "drome"]) == ""
    assert [one.status for one in play.held.deals.values()] == ["bound"]


def test_a_slip_of_a_circle_is_signed_by_all_of_it():
    play = Play("circles: yes")
    lines = {team: {"text": f"From {team}"} for team in TEAMS}
    slip = {"circle": list(TEAMS), "lines": lines, "efforts": dict.fromkeys(TEAMS, 1), "uses": dict.fromkeys(TEAMS, 2)}
    assert play.says(SCRIBE, "slip", **slip, signed=["forez", "drome"]) == "unsigned"
    assert play.says(SCRIBE, "slip", **slip, signed=list(TEAMS)) == ""
    assert [one.status for one in play.held.deals.values()] == ["bound"]


# Options


def test_two_phones_race_for_the_last_one_and_the_second_is_told_so_kindly():
    play = Play("quantities: yes")
    wood = play.offer("forez", quantity=1, unit="truck")
    first = play.propose("forez", "drome", give=[{"good": wood}], get=[], reason="A gift")
    second = play.propose("forez", "diois", give=[{"good": wood}], get=[], reason="A gift")
    for deal, team in ((first, "drome"), (second, "diois")):
        play.do(play.first(team), "agree", STEP, on=deal, use=3)
    play.do(play.first("forez"), "agree", STEP, on=second, effort=1)
    answer = play.act(play.first("forez"), "agree", STEP, {"effort": 1}, on=first)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.values) == ("short", {"label": "Wood", "left": 0})
    assert [play.held.deals[deal].status for deal in (first, second)] == ["open", "bound"]
    play.do(play.first("diois"), "leave", STEP, on=second)
    assert play.says(play.first("forez"), "agree", on=first, effort=1) == ""
    assert play.says(CONSOLE, "undo", on=second) == "short", "what was left cannot come back once it is given"


def test_quantities_are_counted_from_the_inventory():
    play = Play("quantities: yes")
    assert play.says(play.first("forez"), "post", text="Wood") == "no-quantity"
    assert play.says(play.first("forez"), "post", text="Wood", quantity="a lot") == "not-a-number"
    wood = play.offer("forez", quantity="3")
    assert play.says(play.first("forez"), "propose", to="drome", give=[{"text": "Air"}], get=[], reason="r") == "not-counted"
    assert play.says(play.first("forez"), "propose", to="drome", give=[{"good": wood, "quantity": 4}], get=[], reason="r") == "short"
    deal = play.propose(give=[{"good": wood, "quantity": "2"}], get=[], reason="r")
    play.do(play.first("drome"), "agree", STEP, on=deal, use=1)
    play.do(play.first("forez"), "agree", STEP, on=deal, effort=1)
    assert play.phone(play.first("forez"))["offers"][0]["left"] == 1


def test_a_slip_with_the_same_good_twice_does_not_promise_more_than_there_is():
    play = Play("quantities: yes")
    wood = play.offer("forez", quantity=3)
    lines = [{"good": wood, "text": "in May", "quantity": 2}, {"good": wood, "text": "in June", "quantity": 2}]
    slip = {"parties": ["forez", "drome"], "give": lines, "reason": "r", "signed": ["forez", "drome"]}
    assert play.says(SCRIBE, "slip", **slip, efforts={"forez": 1}, uses={"drome": 1}) == "short"


def test_a_circle_is_found_where_no_pair_would_balance_and_binds_by_all():
    play = Play("circles: yes")
    for giver, taker, what in (("forez", "drome", "Timber"), ("drome", "diois", "Peaches"), ("diois", "forez", "Lavender")):
        play.offer(giver, what)
        play.need(taker, what)
    (circle,) = play.phone(play.people[0])["circles"]
    assert circle["parties"] == ["diois", "forez", "drome"]
    lines = {line["from"]: {"good": line["good"]} for line in circle["lines"]}
    deal = play.do(play.first("drome"), "propose", STEP, circle=circle["parties"], lines=lines)
    play.agree(deal, "forez", "drome")
    assert play.held.deals[deal].status == "open"
    play.agree(deal, "diois")
    assert play.held.deals[deal].status == "bound"
    assert reciprocity(balances(play.held).values()) == 1
    assert play.phone(play.people[0])["circles"] == []
    assert play.says(play.first("forez"), "propose", circle=["forez", "drome"], lines=lines) == "bad-circle"
    assert play.says(play.first("forez"), "propose", circle=["forez", "drome", "diois"], lines={}) == "nothing-given"


def test_a_pair_that_could_swap_makes_no_circle():
    play = Play("circles: yes")
    for giver, taker, what in (
        ("forez", "drome", "Timber"),
        ("drome", "diois", "Peaches"),
        ("diois", "forez", "Lavender"),
        ("drome", "forez", "Trout"),
    ):
        play.offer(giver, what)
        play.need(taker, what)
    assert circles(play.held) == []


def test_money_is_there_where_the_sheet_says():
    plain = Play()
    plain.bound(give_money=500)
    assert plain.phone(plain.people[0])["bound"][0]["flows"][0]["money"] == 0
    play = Play("money: yes")
    deal = play.propose(give=[], give_money="500")
    assert play.says(play.first("forez"), "propose", to="drome", give_money=-5, get=[{"text": "Milk"}]) == "not-a-number"
    play.agree(deal)
    assert balances(play.held)["forez"].given == 0, "money is no good that is given"


def test_event_cards_are_played_by_the_facilitator():
    assert Play().says(CONSOLE, "event", card=0) == "no-card"
    play = Play("events: yes", "deck: Frost: the blossom is lost; Strike")
    assert [one["title"] for one in play.view(CONSOLE, STEP)["deck"]] == ["Frost", "Strike"]
    play.do(CONSOLE, "event", STEP, card="0")
    assert play.phone(play.people[0])["event"]["text"] == "the blossom is lost"
    play.do(CONSOLE, "event", STEP, off=True)
    assert play.phone(play.people[0])["event"] is None
    play.do(CONSOLE, "event", STEP, title="A visit", text="The minister comes by.")
    assert [one["title"] for one in play.view(WALL, STEP)["events"]] == ["Frost", "A visit"]


# Balance


def test_a_team_reads_where_it_stands_in_words_without_any_figure():
    play = Play()
    assert play.phone(play.people[0])["balance"]["key"] == "nothing"
    play.given()
    mine = play.phone(play.first("forez"))["balance"]
    assert (mine["key"], mine["given"], mine["received"]) == ("unrewarded", "once", "nothing")
    assert play.phone(play.first("drome"))["balance"]["key"] == "indebted"
    assert all("given" not in one for one in play.phone(play.people[0])["teams"])


def test_reciprocity_is_one_where_it_is_even_and_none_where_it_is_one_way():
    even, gift = Play(), Play()
    even.bound()
    gift.given()
    assert reciprocity(balances(even.held).values()) == 1
    assert reciprocity(balances(gift.held).values()) == 0
    assert reciprocity(()) == 0
    both = Play()
    deal = both.propose()
    both.do(both.first("forez"), "agree", STEP, on=deal, effort=3, use=1)
    both.do(both.first("drome"), "agree", STEP, on=deal, effort=1, use=3)
    # Forez gives what weighs 3 and receives what weighs 1: 1 - (2 + 2) / (4 + 4).
    assert reciprocity(balances(both.held).values()) == 0.5


# Baskets and debrief


def test_a_basket_is_signed_as_it_was_read():
    play = Play()
    first = play.bound()
    play.go("signature")
    (basket,) = play.phone(play.first("forez"))["baskets"]
    assert play.says(play.first("forez"), "sign", on=basket["key"], deals="other") == "stale"
    for team in ("forez", "drome"):
        play.do(play.first(team), "sign", STEP, on=basket["key"], deals=basket["joined"])
    assert play.view(WALL, STEP)["baskets"][0]["all"]
    assert play.says(play.first("diois"), "sign", on=basket["key"], deals=first) == "no-basket"
    play.do(play.first("forez"), "unsign", STEP, on=basket["key"])
    assert play.says(play.first("forez"), "unsign", on=basket["key"]) == "not-signed"
    play.given("drome", "forez")
    assert play.view(WALL, STEP)["baskets"][0]["signed"] == [], "what was signed is no longer what the basket holds"


def test_everyone_writes_in_the_debrief_pen_or_not():
    play = Play()
    play.bound()
    play.go("debrief")
    outsider = play.join("Late")
    for who in (play.people[3], outsider):
        assert play.says(who, "tell", cannot="Trust") == ""
        assert play.says(who, "tell") == "empty"
    basket = next(iter(play.held.baskets()))
    start = play.do(play.people[3], "start", STEP, what="The school benches", basket=basket, whom="Drôme", first="A call", obstacle="Rules")
    assert play.says(play.people[3], "start", what="x", basket="none") == "no-basket"
    assert play.says(play.people[0], "edit", on=start, what="Mine now") == "not-yours"
    assert play.says(play.people[3], "edit", on=start, what="The benches") == ""
    kind = KINDS["exchange"]
    offered = kind.offered(play.step(STEP).activity.settings, play.held)
    assert [one.content["what"] for one in offered.values()] == ["The benches"]


# Whatever happens

MANY = ("propose", "propose", "agree", "agree", "agree", "agree", "slip", "leave", "undo", "edit")
VERBS = (*MANY, *MANY, *MANY, "post", "counter", "circle", "decline", "edit", "withdraw", "sign", "pen", "place", "round", "hide")
doings = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 5), st.integers(0, 9), st.integers(0, 9), st.integers(1, 2)), min_size=20, max_size=50
)


class Doing:
    """Anything that anybody may try: often what is sensible, often what is refused."""

    def __init__(self, play: Play) -> None:
        self.play = play

    def pen(self, team: str) -> Caller:
        """Whoever holds the pen of a team; anyone where nobody does."""
        held = self.play.held.teams[team].pen
        return next((one for one in self.play.people if one.participant == held), self.play.people[0])

    def line(self, owner: str, place: int, size: int) -> dict[str, Any]:
        """One of a team's offers; something freely written where it has none."""
        own = list(self.play.held.goods("offer", owner))
        return {"good": own[place % len(own)].id, "quantity": size} if own else {"text": "Air", "quantity": size}

    def do(self, verb: str, person: int, one: int, other: int, size: int) -> None:
        play, held = self.play, self.play.held
        team, partner = TEAMS[person % 3], TEAMS[(person + 1 + other % 2) % 3]
        who = self.pen(team) if one % 5 else play.people[person]
        goods = list(held.goods("offer"))
        if one % 2 and (
            left := {line.good for deal in held.deals.values() if deal.status == "left" for flow in held.flows(deal) for line in flow.lines}
        ):
            # What was left is what one may change, and what must not come back changed.
            goods = [good for good in goods if good.id in left] or goods
        wanted = {"agree": "open", "counter": "open", "decline": "open", "leave": "bound", "undo": "left" if other % 2 else ""}.get(verb)
        deals = [deal for deal in held.deals.values() if deal.status == wanted] or list(held.deals.values())
        deal = deals[one % len(deals)] if deals else None
        content: dict[str, Any] = {}
        on, activity = "", STEP
        match verb:
            case "post":
                content = {"text": f"Good {other}", "what": "wood", "quantity": size, "side": "offer" if other % 3 else "need"}
            case "propose" | "counter":
                gift = other % 4 == 0
                content = {"to": partner, "give": [self.line(team, other, size)], "get": [] if gift else [self.line(partner, one, size)]}
                content |= {"reason": "A gift" if gift and one % 3 else ""}
                if deal and verb == "counter":
                    on, team = deal.id, deal.parties[person % len(deal.parties)]
                    partner = next(key for key in deal.parties if key != team)
                    who, content = self.pen(team), {"give": [self.line(team, other, size)], "get": [self.line(partner, one, size)]}
            case "circle":
                verb, content = "propose", {"circle": list(TEAMS), "lines": {key: self.line(key, other, size) for key in TEAMS}}
            case "agree":
                content = {"effort": size, "use": size}
                if deal:
                    on = deal.version if other % 6 else deal.versions[0]
                    who = self.pen(deal.parties[person % len(deal.parties)])
            case "decline" | "leave":
                on = "" if deal is None else deal.version if verb == "decline" else deal.id
                who = self.pen(deal.parties[person % len(deal.parties)]) if deal and other % 3 else who
            case "slip":
                who, signed = SCRIBE, [team, partner] if other % 4 else [team]
                content = {
                    "parties": [team, partner],
                    "signed": signed,
                    "efforts": dict.fromkeys(TEAMS, size),
                    "uses": dict.fromkeys(TEAMS, size),
                }
                content |= {"give": [self.line(team, one, size)] * (1 + one % 2), "get": [self.line(partner, other, size)]}
            case "undo":
                who, on = CONSOLE, deal.id if deal else ""
            case "edit" | "withdraw":
                on = goods[other % len(goods)].id if goods else ""
                who = self.pen(str(goods[other % len(goods)].content["team"])) if goods else who
                content = {"text": "Else", "quantity": 1} if verb == "edit" else {}
            case "sign":
                baskets = sorted(held.baskets().items())
                on, found = baskets[other % len(baskets)] if baskets else ("", ())
                content = {"deals": " ".join(one.version for one in found)}
            case "place":
                who, content = CONSOLE, {"people": play.people[person].participant, "team": TEAMS[one % 3]}
            case "round":
                who, content = CONSOLE, {"round": (2, 3, 4, 2, 5)[one % 5]}
            case "hide":
                who, content, activity = CONSOLE, {"why": "w"}, ""
                on = goods[other % len(goods)].id if goods else ""
        play.act(who, verb, activity, content, on)


class Plain:
    """The same game told once more from the journal alone, as plainly as can be."""

    def __init__(self, journal: list[Entry]) -> None:
        self.offered: dict[str, int] = {}
        self.words: dict[str, str] = {}
        self.read: dict[str, dict[str, str]] = {}
        self.flows: dict[str, list[Mapping[str, Any]]] = {}
        self.on_the_table: dict[str, str] = {}
        self.parties: dict[str, list[str]] = {}
        self.consents: dict[str, dict[str, str]] = {}
        self.status: dict[str, str] = {}
        for entry in journal:
            getattr(self, entry.do, self.nothing)(entry)

    def nothing(self, entry: Entry) -> None: ...

    def post(self, entry: Entry) -> None:
        if entry.content.get("is") == "offer":
            self.offered[entry.id], self.words[entry.id] = int(entry.content.get("quantity", 0)), entry.content["text"]

    def edit(self, entry: Entry) -> None:
        if entry.on in self.offered:
            self.offered[entry.on], self.words[entry.on] = int(entry.content.get("quantity", 0)), entry.content["text"]

    def withdraw(self, entry: Entry) -> None:
        self.words.pop(entry.on, None)

    def goods(self, deal: str) -> dict[str, str]:
        """The offers that a version on the table takes, in the words they have now."""
        lines = (line for flow in self.flows[self.on_the_table[deal]] for line in flow["lines"])
        return {line["good"]: self.words.get(line["good"], "gone") for line in lines if line["good"]}

    def propose(self, entry: Entry) -> None:
        deal = entry.content["deal"] or entry.id
        self.flows[entry.id] = entry.content["flows"]
        self.on_the_table[deal], self.parties[deal], self.status[deal] = entry.id, entry.content["parties"], "open"

    counter = propose

    def slip(self, entry: Entry) -> None:
        self.propose(entry)
        for team in entry.content["consents"]:
            self.consented(entry.id, team, entry.id)

    def agree(self, entry: Entry) -> None:
        self.consented(entry.content["deal"], entry.content["team"], entry.on)

    def consented(self, deal: str, team: str, version: str) -> None:
        self.consents.setdefault(deal, {})[team] = version
        if all(self.consents[deal].get(one) == self.on_the_table[deal] for one in self.parties[deal]):
            self.status[deal], self.read[deal] = "bound", self.goods(deal)

    def decline(self, entry: Entry) -> None:
        self.status[entry.content["deal"]] = entry.do

    leave = decline

    def undo(self, entry: Entry) -> None:
        if self.status[entry.on] == "leave":
            self.status[entry.on] = "bound"
        else:
            self.status[entry.on], self.consents[entry.on] = "open", {}

    def bound(self) -> list[Mapping[str, Any]]:
        """What is given in all that is agreed."""
        return [flow for deal, status in self.status.items() if status == "bound" for flow in self.flows[self.on_the_table[deal]]]


@pytest.mark.parametrize(
    "options", [(), ("quantities: yes", "circles: yes", "money: yes", "events: yes")], ids=["plain", "with every option"]
)
@settings(max_examples=60)
@given(doings)
def test_over_anything_that_is_done_what_is_agreed_was_agreed_by_all_and_nothing_is_promised_twice(options, done):
    play = Play(*options)
    doing = Doing(play)
    for team in TEAMS:
        play.offer(team, "A first good", quantity=4)
        play.offer(team, "Another", quantity=2)
    for one in done:
        doing.do(*one)
    held, plain = play.held, Plain(play.journal)
    promised: Counter[str] = Counter()
    given: Counter[str] = Counter()
    received: Counter[str] = Counter()
    for flow in plain.bound():
        given[flow["from"]] += len(flow["lines"])
        received[flow["to"]] += len(flow["lines"])
        for line in flow["lines"]:
            if line["good"]:
                promised[line["good"]] += line["quantity"]
    if options:
        assert all(quantity <= plain.offered[good] for good, quantity in promised.items())
    assert {deal.id for deal in held.bound()} == {deal for deal, status in plain.status.items() if status == "bound"}
    for deal in held.bound():
        assert {team: plain.consents[deal.id][team] for team in deal.parties} == dict.fromkeys(deal.parties, deal.version)
        assert plain.read[deal.id] == plain.goods(deal.id), "the words are still those that all agreed to"
    assert {key: one.given for key, one in balances(held).items() if one.given} == +given
    assert {key: one.received for key, one in balances(held).items() if one.received} == +received
    again = SessionState()
    for entry in play.journal:
        again = apply(again, entry, KINDS)
    assert serialise(again) == serialise(play.state)
    assert again.summaries[STEP].baskets() == held.baskets()
    for who in (*play.people[:2], CONSOLE, WALL):
        assert play.phone(who)


@settings(max_examples=40)
@given(doings)
def test_leaving_restores_exactly_what_was_before(done):
    play = Play("quantities: yes")
    doing = Doing(play)
    for team in TEAMS:
        play.offer(team, quantity=3)
    for one in done:
        doing.do(*one)
    play.do(CONSOLE, "round", STEP, round=2)

    def stands() -> tuple[Any, ...]:
        held = play.held
        found = [(one.offer.id, one.need.id, one.near) for one in matches(held)]
        return balances(held), held.taken(), {key: [deal.id for deal in deals] for key, deals in held.baskets().items()}, found

    good = play.do(SCRIBE, "post", STEP, team="forez", text="Something new", quantity=5)
    before = stands()
    deal = play.given(give=[{"good": good, "quantity": 5}])
    assert stands() != before
    play.do(SCRIBE, "leave", STEP, on=deal, team="drome")
    assert stands() == before


def test_every_round_has_a_name_in_both_languages():
    assert set(ROUNDS) == {one["kind"] for one in Play().phone(Play().people[0])["rounds"]}
