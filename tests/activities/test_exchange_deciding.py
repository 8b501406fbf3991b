"""What the basket game refuses although nobody's page asks it, what it keeps whatever changes around it, and whom it tells."""

import json
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, WALL, Policy, participant_of
from activities.test_exchange import SCRIBE, STEP, TEAMS, Play

from facilitate.core.entry import Caller, Refused
from facilitate.core.state import SessionState, apply, serialise
from facilitate.core.words import clean_all
from facilitate.restitution.build import build

SYSTEM = Caller("system")


def told(play: Play, do: str, who: Any = CONSOLE, on: str = "", **said: Any) -> set[str]:
    """Whose phones look again after an act that must be taken, by name."""
    answer = play.act(who, do, "" if do in ("hide", "withhold", "mask") else STEP, said, on)
    assert not isinstance(answer, Refused), answer
    found = {id for entry in answer for id in KINDS["exchange"].concerns(play.held, entry)}
    return {play.state.people[id].name for id in found}


# What is agreed


def test_what_was_left_does_not_come_back_with_other_words_than_were_agreed():
    play = Play()
    wood, milk = play.offer("forez", "Wood"), play.offer("drome", "Milk")
    deal, other = play.bound(give=[{"good": wood}]), play.bound(get=[{"good": milk}])
    for one in (deal, other):
        play.do(play.first("drome"), "leave", STEP, on=one)
    play.do(play.first("forez"), "edit", STEP, on=wood, text="A promise of wood")
    play.do(play.first("drome"), "withdraw", STEP, on=milk)
    assert [play.says(CONSOLE, "undo", on=one) for one in (deal, other)] == ["offer-changed"] * 2
    assert play.held.bound() == []


@pytest.mark.parametrize("taken", ["proposal", "offer"])
def test_nobody_agrees_to_words_that_were_taken_away(taken):
    play = Play()
    wood = play.offer("forez")
    deal = play.propose(give=[{"good": wood}])
    play.do(CONSOLE, "withhold", on=deal if taken == "proposal" else wood, why="off the subject")
    assert play.says(play.first("drome"), "agree", on=deal, effort=1, use=1) == "taken-off"
    play.do(CONSOLE, "restore", on=deal if taken == "proposal" else wood)
    assert play.says(play.first("drome"), "agree", on=deal, effort=1, use=1) == ""


def test_a_proposal_put_back_on_the_table_is_not_agreed_to_once_its_offer_is_gone():
    play = Play()
    wood = play.offer("forez")
    deal = play.propose(give=[{"good": wood}])
    play.do(play.first("drome"), "decline", STEP, on=deal)
    play.do(play.first("forez"), "withdraw", STEP, on=wood)
    play.do(CONSOLE, "undo", STEP, on=deal)
    assert play.says(play.first("drome"), "agree", on=deal, effort=1, use=1) == "taken-off"


def test_two_facilitators_who_take_the_same_thing_back_take_it_back_once():
    play = Play()
    deal = play.bound()
    play.do(play.first("drome"), "leave", STEP, on=deal)
    seen = play.state.seq
    first, second = (play.act(CONSOLE, "undo", STEP, on=deal, seen=seen) for _ in range(2))
    assert not isinstance(first, Refused)
    assert isinstance(second, Refused)
    assert (second.code, play.held.deals[deal].status) == ("stale", "bound")


def test_a_basket_whose_exchange_was_agreed_otherwise_is_signed_again():
    play = Play()
    deal = play.bound()
    play.go("signature")
    (basket,) = play.phone(play.first("forez"))["baskets"]
    for team in ("forez", "drome"):
        play.do(play.first(team), "sign", STEP, on=basket["key"], deals=basket["joined"])
    play.do(CONSOLE, "undo", STEP, on=deal)
    play.do(SCRIBE, "counter", STEP, on=deal, team="forez", give=[{"text": "A cow"}], get=[{"text": "Milk"}])
    play.agree(deal)
    assert play.view(WALL, STEP)["baskets"][0]["signed"] == []
    assert play.says(play.first("forez"), "sign", on=basket["key"], deals=basket["joined"]) == "stale"


def test_what_was_proposed_before_goods_were_counted_is_counted_before_it_binds():
    play = Play("quantities: no")
    wood = play.offer("forez")
    deal = play.propose(give=[{"good": wood}], get=[], reason="r")
    play.do(SYSTEM, "sheet", text=play.state.sheet.replace("quantities: no", "quantities: yes"))
    play.do(play.first("drome"), "agree", STEP, on=deal, use=1)
    assert play.says(play.first("forez"), "agree", on=deal, effort=1) == "not-counted"


def test_a_circle_that_is_turned_round_is_told_as_it_goes():
    play = Play("circles: yes")
    lines = {team: {"text": f"From {team}"} for team in TEAMS}
    deal = play.do(play.first("forez"), "propose", STEP, circle=list(TEAMS), lines=lines)
    play.do(play.first("drome"), "counter", STEP, on=deal, circle=["drome", "forez", "diois"], lines=lines)
    assert play.held.deals[deal].parties == ("drome", "forez", "diois")


# Who plays, and for whom


def test_whoever_asks_for_a_team_twice_stays_where_they_sit():
    play = Play(how="mixed")
    play.do(CONSOLE, "form", STEP)
    before = dict(play.held.seats)
    assert [play.says(who, "play") for who in play.people] == [""] * 6
    assert dict(play.held.seats) == before


def test_whoever_is_moved_travels_no_longer_for_anyone():
    play = Play()
    play.do(play.people[3], "role", STEP, role="envoy")
    play.do(CONSOLE, "place", STEP, people=play.people[3].participant, team="diois")
    assert [one["role"] for one in play.phone(play.people[3])["team"]["members"]] == ["pen", "", ""]


def test_what_is_entered_for_someone_needs_no_pen_and_takes_none():
    play = Play()
    beside = play.people[3].participant
    assert not isinstance(play.act(SCRIBE, "post", STEP, {"text": "Wood"}, behalf=beside), Refused)
    assert [one.content["team"] for one in play.held.goods()] == ["forez"]
    assert play.held.teams["forez"].pen == play.people[0].participant
    answer = play.act(play.people[3], "post", STEP, {"text": "Mine"}, behalf=beside)
    assert isinstance(answer, Refused)
    assert answer.code == "no-pen", "a phone does not enter for anyone"


def test_an_inventory_entered_at_once_is_no_longer_than_another_and_names_its_team_once():
    play = Play(people=2)
    lines = "\n".join(f"Good {place}" for place in range(41))
    assert play.says(SCRIBE, "posts", lines=lines, team="diois") == "too-many"
    assert play.says(SCRIBE, "posts", lines=lines.partition("\n")[2], team="diois") == ""
    assert play.held.order == ("forez", "drome", "diois")


def test_the_debrief_is_of_a_territory_that_plays():
    play = Play(round="debrief")
    assert play.says(SCRIBE, "tell", team="x" * 500, surprise="It worked") == "unknown-team"
    assert play.says(SCRIBE, "tell", surprise="It worked") == ""
    assert play.says(SCRIBE, "tell", team="diois", surprise="It worked") == ""


def test_a_revised_sheet_leaves_the_game_in_the_round_it_is_in():
    play = Play("negotiations: 2", "events: yes", round="balancing")
    play.do(CONSOLE, "event", STEP, card=0)

    def revised(before: str, after: str) -> tuple[str, int]:
        play.do(SYSTEM, "sheet", text=play.state.sheet.replace(before, after))
        found = play.phone(play.people[0])["round"]
        return found["kind"], found["number"]

    assert revised("- negotiations: 2", "- negotiations: 3") == ("balancing", 1)
    assert revised("- negotiations: 3", "- negotiations: 3\n- rules: 0") == ("balancing", 1)
    tables = KINDS["exchange"].rows(play.step(STEP).activity, play.held, play.sources(STEP), Policy("en", play))
    assert [row[-1] for row in tables["events"].rows] == ["Balancing"]
    play.do(CONSOLE, "round", STEP, round=3)
    assert revised("- negotiations: 3", "- negotiations: 2") == ("negotiation", 2), "the third is no longer there"
    assert play.says(play.first("forez"), "propose", to="drome", give=[{"text": "Wood"}], reason="r") == ""


# Correcting


def test_a_good_of_no_family_and_one_of_a_family_that_left_the_sheet_are_corrected():
    play = Play("catalogue: Food: milk; Wind")
    plain = play.do(play.first("forez"), "post", STEP, what="/Sun", text="in May")
    milk = play.do(play.first("forez"), "post", STEP, what="food/milk", text="in May")
    play.do(SYSTEM, "sheet", text=play.state.sheet.replace("Food: milk; Wind", "Wind"))
    assert [play.says(play.first("forez"), "edit", on=one, text="in June") for one in (plain, milk)] == ["", ""]
    assert [(one.content["family"], one.content["good"]) for one in play.held.goods()] == [("", "Sun"), ("food", "milk")]


def test_a_correction_by_whoever_takes_a_free_pen_says_the_good_and_nothing_else():
    play = Play()
    good = play.offer("forez")
    play.do(play.people[0], "play", STEP, team="diois")
    before = play.held.contributions[good].content
    assert play.says(play.people[3], "edit", on=good, text="Planks") == ""
    assert play.held.teams["forez"].pen == play.people[3].participant
    assert play.held.contributions[good].content == {**before, "text": "Planks"}


def test_what_could_start_keeps_its_basket_where_only_its_words_are_corrected():
    play = Play()
    deal = play.bound()
    basket = next(iter(play.held.baskets()))
    play.go("debrief")
    start = play.do(play.people[3], "start", STEP, what="Benches", basket=basket)
    play.do(SCRIBE, "leave", STEP, on=deal, team="drome")
    assert play.says(play.people[3], "edit", on=start, what="Ten benches") == ""
    assert play.held.contributions[start].content["basket"] == basket


def test_an_offer_that_runs_short_is_named_in_the_reader_s_language():
    play = Play("quantities: yes")
    meat = play.do(play.first("forez"), "post", STEP, what="food/Meat", text="Beef", quantity=1)
    answer = play.act(play.first("forez"), "propose", STEP, {"to": "drome", "give": [{"good": meat, "quantity": 2}], "reason": "r"})
    assert isinstance(answer, Refused)
    assert "« Viande »" in LANGUAGES["fr"].refusal(answer).replace("\u00a0", " ")


# Who is told


def test_a_proposal_shows_nowhere_but_to_its_parties_and_the_staff():
    play = Play("circles: yes")
    wood = play.offer("forez", what="wood")
    play.need("diois", what="wood")
    before = {name: json.dumps(play.view(who, STEP)) for name, who in (("stranger", play.first("diois")), ("wall", WALL))}
    play.propose(give=[{"good": wood, "text": "a secret price"}])
    assert json.dumps(play.phone(play.first("diois"))) == before["stranger"]
    wall = play.view(WALL, STEP)
    assert wall.pop("waiting") == 1
    assert json.dumps(wall | {"waiting": 0}, sort_keys=True) == json.dumps(json.loads(before["wall"]), sort_keys=True)
    assert play.phone(play.first("forez"))["offers"][0]["state"] == "proposed"


def test_words_taken_away_leave_the_phones_that_show_them():
    play = Play()
    wood, deal = play.offer("forez"), play.propose()
    everyone = {f"P{place}" for place in range(6)}
    assert told(play, "withhold", on=wood) == everyone
    assert told(play, "hide", on=deal) == {"P0", "P1", "P3", "P4"}


def test_a_team_sees_who_leaves_it_who_travels_and_what_was_taken_out():
    play = Play()
    good = play.offer("forez")
    assert told(play, "role", who=play.people[3], role="envoy") >= {"P0"}
    assert told(play, "withdraw", who=play.people[0], on=good) >= {"P3"}
    assert told(play, "place", people=play.people[3].participant, team="diois") >= {"P0", "P2", "P3", "P5"}
    assert told(play, "place", people=play.people[0].participant, team="") >= {"P0"}
    assert told(play, "play", who=play.people[3], team="forez") >= {"P2", "P3", "P5"}


def test_what_an_agreement_said_before_it_was_agreed_is_nobody_s_in_the_annex():
    play = Play()
    deal = play.propose(give=[{"text": "A bad first idea"}])
    play.do(play.first("drome"), "counter", STEP, on=deal, give=[{"text": "Cheese"}], get=[{"text": "A good idea"}])
    play.agree(deal)
    kind = KINDS["exchange"]
    said = {id: kind.told_by(play.held, play.held.contributions[id]) for id in play.held.deals[deal].versions}
    assert [(one.name, one.unknown) for one in said.values() if one] == [("a team", True), ("Drôme", False)]


# Whatever comes

ODD: tuple[Any, ...] = ("", "x" * 3000, "9" * 5000, "²", "٣", "-1", 0, 3, -1, 10**40, 1.5, True, None, [], [[]], {}, {"a": {"b": [None]}})


def _odd(draw: Random, content: Any) -> Any:
    """A content with one of its values, at any depth, made into something that no page sends."""
    if isinstance(content, Mapping) and content and draw.random() < 0.8:
        key = draw.choice(sorted(content))
        return {**content, key: _odd(draw, content[key])}
    if isinstance(content, list) and content and draw.random() < 0.8:
        place = draw.randrange(len(content))
        return [*content[:place], _odd(draw, content[place]), *content[place + 1 :]]
    return draw.choice((*ODD, [content, content], {"text": content}))


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_sent_under_any_key_nothing_fails_and_the_journal_tells_the_same(seed):
    draw = Random(seed)
    play = Play("quantities: yes", "circles: yes", "money: yes", "events: yes")
    goods = {team: play.offer(team, quantity=9) for team in TEAMS}
    deal, bound = play.propose(give=[{"good": goods["forez"]}], get=[{"good": goods["drome"]}]), play.given(give=[{"good": goods["forez"]}])
    basket = next(iter(play.held.baskets()))
    line, weights = {"good": goods["forez"], "text": "dry", "quantity": 1}, dict.fromkeys(TEAMS, 2)
    terms = {"conditions": "c", "duration": "d", "watch": "w", "reason": "r"}
    pair = {"give": [line], "get": [{"good": goods["drome"]}], "give_money": 5, "get_money": "7", **terms}
    circle = {"circle": list(TEAMS), "lines": {team: {"good": goods[team]} for team in TEAMS}, **terms}
    good = {"team": "forez", "side": "offer", "what": "food/Meat", "text": "Beef", "quantity": 3, "unit": "kg"}
    signed = {"efforts": weights, "uses": weights, "signed": list(TEAMS)}
    someone = play.people[3].participant
    acts: list[tuple[str, str, dict[str, Any]]] = [
        ("post", "", good),
        ("posts", "", {**good, "lines": "One\nTwo"}),
        ("edit", goods["diois"], good),
        ("withdraw", goods["diois"], {}),
        ("play", "", {"team": "diois"}),
        ("pen", "", {"team": "forez", "to": someone}),
        ("role", "", {"role": "envoy"}),
        *((do, on, {"team": "forez", "to": "drome", **said}) for do, on in (("propose", ""), ("counter", deal)) for said in (pair, circle)),
        ("agree", deal, {"team": "forez", "effort": 1, "use": 2}),
        ("decline", deal, {"team": "forez", "why": "no"}),
        ("leave", bound, {"team": "forez", "why": "no"}),
        *((do, basket, {"team": "forez", "deals": bound}) for do in ("sign", "unsign")),
        ("tell", "", {"team": "forez", "surprise": "s", "cannot": "c"}),
        ("start", "", {"team": "forez", "what": "w", "basket": basket, "whom": "x", "first": "f", "obstacle": "o"}),
        ("slip", "", {"parties": ["forez", "drome"], **pair, **signed}),
        ("slip", "", {**circle, **signed}),
        ("form", "", {}),
        ("place", "", {"people": [someone], "team": "diois"}),
        ("round", "", {"round": 2}),
        ("ending", "", {"minutes": 2}),
        ("event", "", {"card": 1}),
        ("event", "", {"title": "t", "text": "u", "off": False}),
        ("undo", bound, {}),
        ("listing", "", {"as": "goods"}),
    ]
    known = [*goods.values(), deal, bound, basket, "", "none"]
    for do, on, content in draw.sample(acts * 6, len(acts) * 6):
        said = clean_all(_odd(draw, content) if draw.random() < 0.9 else content)
        if isinstance(said, Mapping):
            who = draw.choice((*play.people, CONSOLE, CONSOLE, SCRIBE))
            play.act(who, do, STEP, said, on if draw.random() < 0.8 else draw.choice(known), behalf=draw.choice(("", "", someone)))
    again = SessionState()
    for entry in play.journal:
        again = apply(again, entry, KINDS)
    assert serialise(again) == serialise(play.state)
    assert all(json.dumps(play.view(who, STEP)) for who in (*play.people, WALL, CONSOLE, SCRIBE, participant_of("")))
    assert build(play.state, KINDS, LANGUAGES["fr"]).children
    longest = max(len(json.dumps(entry.content, default=dict)) for entry in play.journal[1:])
    assert longest < 6000, "what is kept of an act is bounded"
