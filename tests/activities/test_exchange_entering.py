"""Entering the basket game from paper: inventory lines, slips that both have signed; what was typed stays where it is refused."""

from activities.room import KINDS, LANGUAGES, ROOT, Room
from activities.test_exchange import SCRIBE, STEP, Play

from facilitate.core.entry import Caller
from facilitate.render import Asked, Entrance, Screens

SLIP = {"parties": ["forez", "drome"], "give": {"0": {"text": "Wood"}}, "get": {"0": {"text": "Peaches"}}}
WEIGHED = {"efforts": {"first": "1", "second": "2"}, "uses": {"first": "3", "second": "2"}}


def page(room: Room, **asked: object) -> str:
    screens = Screens(
        KINDS, LANGUAGES, ROOT / "templates", Entrance("http://192.168.8.2:8000"), lambda name: name, lambda: "2021-09-24T10:00:00.000Z"
    )
    return screens.region(room, "scribe", Asked(Caller("scribe"), "en", step=STEP, whom="", **asked))


def test_a_slip_from_a_form_calls_its_territories_first_and_second():
    play = Play()
    assert play.says(SCRIBE, "slip", **SLIP, **WEIGHED, signed=["first", "second"]) == ""
    (deal,) = play.held.bound()
    assert deal.parties == ("forez", "drome")
    assert {key: (one.effort, one.use) for key, one in deal.consents.items()} == {"forez": (1, 3), "drome": (2, 2)}


def test_a_slip_that_one_side_has_not_signed_is_refused_and_stays_typed():
    play = Play()
    said = {**SLIP, **WEIGHED, "signed": ["first"]}
    assert play.says(SCRIBE, "slip", **said) == "unsigned"
    shown = page(play, typed=said, refused="Both territories have to sign.", verb="slip")
    assert 'value="Wood"' in shown
    assert 'value="Peaches"' in shown
    assert '<option value="forez" selected>' in shown
    assert '<option value="drome" selected>' in shown
    assert 'name="content.uses.first" value="3" checked' in shown
    assert 'value="first" checked' in shown
    assert 'value="second" checked' not in shown


def test_a_circle_slip_calls_its_three_territories_by_their_places():
    play = Play("circles: yes")
    lines = {"first": {"text": "Wood"}, "second": {"text": "Peaches"}, "third": {"text": "Water"}}
    circle = {"circle": ["forez", "drome", "diois"], "lines": lines}
    each = dict.fromkeys(("first", "second", "third"), "2")
    said = {**circle, "efforts": each, "uses": each, "signed": ["first", "second"]}
    assert play.says(SCRIBE, "slip", **said) == "unsigned"
    shown = page(play, typed=said, verb="slip")
    assert 'name="content.lines.third.text" autocomplete="off" value="Water"' in shown
    assert play.says(SCRIBE, "slip", **{**said, "signed": ["first", "second", "third"]}) == ""
    (deal,) = play.held.bound()
    assert [(one.giver, one.receiver, one.lines[0].text) for one in play.held.flows(deal)] == [
        ("forez", "drome", "Wood"),
        ("drome", "diois", "Peaches"),
        ("diois", "forez", "Water"),
    ]


def test_what_was_typed_on_a_slip_stands_nowhere_else():
    play = Play()
    assert "Peaches" not in page(play, typed=SLIP, verb="post")


def test_each_line_of_an_inventory_is_entered_for_a_territory_one_by_one_or_in_a_row():
    play = Play(round="inventory")
    shown = page(play)
    assert 'id="enter.team" name="content.team"' in shown
    assert 'id="rows-team" name="content.team"' in shown
    assert '<option value="food/Milk and cheese">Milk and cheese</option>' in shown
    assert play.says(SCRIBE, "posts", lines="Wood\nWater", team="diois", side="need") == ""
    assert [one.content["text"] for one in play.held.goods("need", "diois")] == ["Wood", "Water"]


def test_correcting_the_words_of_a_good_keeps_its_family_and_how_much_there_is():
    play = Play("quantities: yes", round="inventory")
    good = play.offer("forez", "In logs", what="energy/Firewood", quantity=200, unit="cubic metres")
    assert play.says(SCRIBE, "edit", on=good, text="In dry logs") == ""
    content = play.held.contributions[good].content
    assert {key: content[key] for key in ("family", "good", "text", "quantity", "unit")} == {
        "family": "energy",
        "good": "Firewood",
        "text": "In dry logs",
        "quantity": 200,
        "unit": "cubic metres",
    }
