"""What the restitution says of the basket game: who gave what to whom, what found no taker, and never who declined or was declined."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, STEP, Policy, Room, leaves, sections

from facilitate.activities.exchange.game import Game
from facilitate.activities.exchange.tables import COLUMNS
from facilitate.core.activity import Rows
from facilitate.core.entry import Caller
from facilitate.core.tree import Card, Chart, Facts, Listing, Paragraph, Section, Table
from facilitate.restitution.build import build
from facilitate.restitution.html import to_html

SCRIBE = Caller("scribe")
TEAMS = {"forez": "Forez", "pays-de-drome": "Pays de Drôme", "diois": "Diois"}
ENGLISH = LANGUAGES["en"]


class Play(Room):
    """A game of three territories, with two people in each of the first two; ``Ada`` alone agreed to be named."""

    def __init__(self, *lines: str, names: str = "Forez: hills; Pays de Drôme; Diois", people: int = 4) -> None:
        head = ["---", "title: A day", "language: en", "---", "## Programme", "### The step", "- kind: exchange", "- duration: 2 h"]
        super().__init__(KINDS, "\n".join([*head, f"- territories: {names}", *(f"- {line}" for line in lines)]))
        who = ("Ada", "Bo", "Cleo", "Dan")[:people]
        self.people = [self.join(name, territory="Loire", structure="A town", named=name == "Ada") for name in who]
        self.do(CONSOLE, "open", STEP)
        for place, one in enumerate(self.people):
            self.do(one, "play", STEP, team=list(TEAMS)[place % 2])
        self.go("negotiation")

    @property
    def held(self) -> Game:
        found: Game = self.state.summaries[STEP]
        return found

    def go(self, round: str) -> None:
        self.do(CONSOLE, "round", STEP, round=next(one["n"] for one in self.view(CONSOLE, STEP)["rounds"] if one["kind"] == round))

    def good(self, team: str = "forez", text: str = "", side: str = "offer", **said: Any) -> str:
        return self.do(SCRIBE, "post", STEP, team=team, side=side, text=text, **said)

    def propose(self, team: str = "forez", to: str = "pays-de-drome", **said: Any) -> str:
        return self.do(SCRIBE, "propose", STEP, team=team, to=to, **({"give": [{"text": "Wood"}], "get": [{"text": "Milk"}]} | said))

    def agree(self, deal: str, efforts: Mapping[str, int] | None = None, uses: Mapping[str, int] | None = None) -> str:
        found = self.held.deals[deal]
        for team in found.parties:
            effort, use = (efforts or {}).get(team, 2), (uses or {}).get(team, 2)
            self.do(SCRIBE, "agree", STEP, on=found.version, team=team, effort=effort, use=use)
        return deal

    def sign(self, *teams: str) -> None:
        for key, deals in self.held.baskets().items():
            for team in deals[0].parties:
                if team in teams:
                    self.do(SCRIBE, "sign", STEP, on=key, team=team, deals=" ".join(one.id for one in deals))

    def rows(self, language: str = "en") -> Mapping[str, Rows]:
        step = self.step(STEP)
        return self.kinds["exchange"].rows(step.activity, self.held, self.sources(STEP), Policy(language, self))

    def table(self, name: str) -> list[dict[str, Any]]:
        found = self.rows()[name]
        return [dict(zip((column for column, _ in found.columns), row, strict=True)) for row in found.rows]

    def annex(self) -> list[tuple[str, ...]]:
        """Number, words and signature of every contribution, as the whole report tells them."""
        document = build(self.state, KINDS, ENGLISH)
        section = next(one for one in document.children if one.anchor == "annex")
        return [row for one in nodes(section.children, Table) for row in one.rows]

    def everything(self) -> str:
        """All that the report of the day says."""
        return to_html(build(self.state, KINDS, ENGLISH), ENGLISH.say)


def nodes(children: Any, kind: type) -> Iterator[Any]:
    for one in children:
        if isinstance(one, kind):
            yield one
        if isinstance(one, Section | Card):
            yield from nodes(one.children if isinstance(one, Section) else one.inside, kind)


def section(room: Room, title: str, language: str = "en") -> Section | None:
    return next((one for one in nodes(sections(room, language), Section) if one.title == title), None)


def words(room: Room, title: str) -> str:
    found = section(room, title)
    assert found is not None, title
    return " ".join(str(leaf) for leaf in leaves(found))


def matrix(room: Room) -> Table:
    found = section(room, "Who gives what to whom")
    assert found is not None
    return next(nodes(found.children, Table))


# That it is a game, and who played


def test_where_nobody_played_one_sentence_says_so():
    (only,) = sections(Play(people=0))
    assert only == Paragraph("Nobody played: there is nothing to tell.")


def test_it_says_first_that_it_is_a_game_then_its_rules_in_five_lines():
    first, *_ = sections(Play())
    assert first == Paragraph("It is a game: nothing here binds anyone’s institution.", "lede")
    rules = section(Play(), "The rules, in five lines")
    assert rules is not None
    (lines,) = rules.children
    assert isinstance(lines, Listing)
    assert len(lines.items) == 5


def test_territories_are_told_with_how_many_played_each_and_nobody_by_name():
    room = Play()
    room.good("forez", "Firewood")
    room.good("forez", "Milk", side="need")
    found = section(room, "The territories")
    assert found is not None
    (table,) = nodes(found.children, Table)
    assert table.rows == (("Forez", "hills", "2", "1", "1"), ("Pays de Drôme", "", "2", "0", "0"))
    assert "Nobody played for: Diois." in words(room, "The territories")
    told = " ".join(map(str, leaves(sections(room))))
    assert not [name for name in ("Ada", "Bo", "Cleo", "Dan") if name in told.split()]


def test_a_game_without_agreement_says_so():
    assert Paragraph("No exchange was agreed.") in sections(Play())


# The matrix


@pytest.mark.parametrize("draw", range(6))
def test_the_sums_of_the_matrix_are_those_of_the_agreements(draw: int):
    room, teams = Play(), list(TEAMS)
    for n in range(7):
        one, other = teams[(n + draw) % 3], teams[(n * 2 + draw + 1 + n % 2) % 3]
        if one == other:
            continue
        give = [{"text": f"Thing {n} {place}"} for place in range(1 + (n * draw) % 3)]
        deal = room.propose(one, other, give=give, get=[{"text": "Back"}] * (n % 2), reason="so")
        if (n + draw) % 3:
            room.agree(deal)
    agreed = [flow for deal in room.held.bound() for flow in room.held.flows(deal)]
    names = {key: room.held.teams[key].name for key in room.held.teams}
    head, *rows = matrix(room).head, *matrix(room).rows
    keys = [next(key for key, name in names.items() if row[0].endswith(name)) for row in rows[:-1]]
    for row, key in zip(rows[:-1], keys, strict=True):
        for cell, other in zip(row[1:-1], keys, strict=True):
            things = sum(flow.count for flow in agreed if (flow.giver, flow.receiver) == (key, other))
            assert cell == (str(things) if things else "" if key == other else "–")
        assert row[-1] == str(sum(flow.count for flow in agreed if flow.giver == key))
    assert rows[-1][1:-1] == tuple(str(sum(flow.count for flow in agreed if flow.receiver == key)) for key in keys)
    assert rows[-1][-1] == str(sum(flow.count for flow in agreed)) == str(sum(one["given"] for one in room.table("territories")))
    assert len(head) == len(keys) + 2


def test_a_sentence_for_each_pair_says_the_same_in_words():
    room = Play()
    offer = room.good("forez", "for the school", what="energy/Firewood")
    room.agree(room.propose(give=[{"good": offer, "text": "in spring"}]))
    room.agree(room.propose("diois", "forez", give=[{"text": "Goats"}], get=[], reason="a welcome"))
    found = section(room, "Who gives what to whom")
    assert found is not None
    (listing,) = nodes(found.children, Listing)
    assert listing.items == (
        "Forez gives Pays de Drôme: Firewood, for the school, in spring.\nPays de Drôme gives Forez: Milk.",
        "Diois gives Forez: Goats.",
    )


def test_beyond_a_few_short_names_the_columns_are_numbered_as_the_rows_are():
    room = Play()
    room.agree(room.propose())
    assert matrix(room).head == ("Gives ↓ to →", "1", "2", "Given")
    assert [row[0] for row in matrix(room).rows] == ["1. Forez", "2. Pays de Drôme", "Received"]
    room = Play(names="Forez; Ain", people=0)
    deal = room.do(SCRIBE, "propose", STEP, team="forez", to="ain", give=[{"text": "Wood"}], get=[{"text": "Milk"}])
    room.agree(deal)
    assert matrix(room).head == ("Gives ↓ to →", "Forez", "Ain", "Given")


# Baskets


def facts(room: Room, basket: str) -> dict[str, str]:
    found = section(room, basket)
    assert found is not None
    return {label: text for one in nodes(found.children, Facts) for label, text in one.pairs}


def test_a_basket_says_who_gives_what_its_conditions_and_what_each_said_it_weighs():
    room = Play()
    deal = room.propose(give=[{"text": "Wood"}, {"text": "Stone"}], conditions="Dry", duration="A year", watch="Rain", reason="We owe them")
    room.agree(deal, {"forez": 1, "pays-de-drome": 3}, {"forez": 2, "pays-de-drome": 3})
    found = section(room, "Forez and Pays de Drôme")
    assert found is not None
    (table,) = nodes(found.children, Table)
    assert [tuple(cell.replace("\u00a0", " ") for cell in row) for row in table.rows] == [
        ("Forez gives Pays de Drôme", "Wood\nStone", "small effort\nlarge usefulness"),
        ("Pays de Drôme gives Forez", "Milk", "large effort\nmedium usefulness"),
    ]
    told = facts(room, "Forez and Pays de Drôme")
    assert (told["Conditions"], told["Duration"]) == ("Dry", "A year")
    assert (told["To watch"], told["Uneven by choice, and why"]) == ("Rain", "We owe them")
    assert told["Agreement"] == room.held.bound()[0].at[11:16]


def test_a_gift_is_told_as_one_with_its_reason():
    room = Play()
    room.agree(room.propose(get=[], reason="They helped us"))
    assert facts(room, "Forez and Pays de Drôme")["A gift, and why"] == "They helped us"
    assert "Pays de Drôme gives Forez nothing" in words(room, "Forez and Pays de Drôme")


def test_a_basket_is_signed_by_whom_and_when_or_not_signed_and_no_longer_once_it_changed():
    room = Play()
    room.agree(room.propose())
    room.go("signature")
    signed = "Signatures"
    assert facts(room, "Forez and Pays de Drôme")[signed] == "not signed"
    room.sign("forez")
    hour = room.journal[-1].at[11:16]
    assert facts(room, "Forez and Pays de Drôme")[signed] == f"Forez at {hour}, not signed by Pays de Drôme"
    room.sign("pays-de-drome")
    later = room.journal[-1].at[11:16]
    assert facts(room, "Forez and Pays de Drôme")[signed] == f"Forez at {hour}, Pays de Drôme at {later}"
    assert room.table("baskets")[0] | {"basket": ""} == {
        "basket": "",
        "territories": "Forez, Pays de Drôme",
        "circle": False,
        "exchanges": 1,
        "things": 2,
        "reciprocity": 1.0,
        "signed": True,
        "signers": "Forez, Pays de Drôme",
        "signing": room.journal[-1].at,
    }
    room.go("negotiation")
    room.agree(room.propose())
    assert facts(room, "Forez and Pays de Drôme")[signed] == "not signed"


@pytest.mark.parametrize(
    ("efforts", "uses", "get", "index"),
    [
        ({}, {}, 1, "1"),  # all is medium: what goes out is what comes in
        ({"forez": 3, "pays-de-drome": 1}, {"forez": 1, "pays-de-drome": 3}, 1, "0.5"),  # 3 for 1: 1 − (2 + 2) / (4 + 4)
        ({"forez": 3}, {"pays-de-drome": 3}, 1, "0.8"),  # 3 for 2: 1 − (1 + 1) / (5 + 5)
        ({}, {}, 0, "0"),  # a gift
    ],
)
def test_the_reciprocity_of_a_basket_and_of_its_territories(efforts: dict[str, int], uses: dict[str, int], get: int, index: str):
    room = Play()
    room.agree(room.propose(get=[{"text": "Milk"}] * get, reason="so"), efforts, uses)
    assert facts(room, "Forez and Pays de Drôme")["Reciprocity"] == f"{index} (1: even, 0: one way)"
    charts = {one.caption: one for one in nodes(sections(room), Chart)}
    chart = charts["Reciprocity of each territory: 1 is even, 0 is one way"]
    assert [(name, shown) for name, _, shown in chart.rows] == [("Forez", index), ("Pays de Drôme", index)]
    assert chart.sentence == f"Over the whole game: {index}."
    assert chart.most == 1


def test_balances_are_charts_of_what_each_gave_and_received_and_a_sentence():
    room = Play()
    room.agree(room.propose(give=[{"text": "Wood"}, {"text": "Stone"}]))
    room.good("diois", "Goats")
    charts = {one.caption: one for one in nodes(sections(room), Chart)}
    given, received = (charts[f"How many things each territory {what}"] for what in ("gave", "received"))
    assert [(name, value) for name, value, _ in given.rows] == [("Forez", 2), ("Pays de Drôme", 1), ("Diois", 0)]
    assert [(name, value) for name, value, _ in received.rows] == [("Forez", 1), ("Pays de Drôme", 2), ("Diois", 0)]
    assert given.most == received.most == 2
    told = words(room, "Where each stands")
    assert "More given than received: Forez. More received than given: Pays de Drôme. Nothing exchanged: Diois." in told
    # No index for whoever exchanged nothing.
    assert [row[0] for row in charts["Reciprocity of each territory: 1 is even, 0 is one way"].rows] == ["Forez", "Pays de Drôme"]


# What was not exchanged


def test_offers_nobody_took_stand_beside_needs_nobody_met_family_by_family():
    room = Play()
    taken = room.good("forez", what="energy/Firewood")
    room.good("pays-de-drome", side="need", what="energy/Firewood")
    room.good("forez", "Old stones")
    room.good("diois", "from the hills", what="food/Milk and cheese")
    room.good("pays-de-drome", "for the canteens", side="need", what="food/Vegetables")
    room.agree(room.propose(give=[{"good": taken}]))
    found = section(room, "Offers nobody took, needs nobody met")
    assert found is not None
    (table,) = nodes(found.children, Table)
    assert table.rows == (
        ("Food", "Milk and cheese, from the hills (Diois)", "Vegetables, for the canteens (Pays de Drôme)"),
        ("No family", "Old stones (Forez)", "–"),
    )
    assert [(one["text"], one["met"]) for one in room.table("goods")][:3] == [("", True), ("", True), ("Old stones", False)]


def test_what_is_left_of_a_counted_offer_is_still_offered():
    room = Play("quantities: yes")
    some = room.good("forez", "Milk", quantity="200", unit="litres")
    all = room.good("forez", "Goats", quantity="3")
    for good, quantity in ((some, "50"), (all, "3")):
        room.agree(room.propose(give=[{"good": good, "quantity": quantity}], get=[], reason="so"))
    told = words(room, "Offers nobody took, needs nobody met")
    assert "Milk, 150 litres (Forez)" in told
    assert "Goats" not in told
    assert "Milk, 50 litres" in words(room, "Who gives what to whom")
    assert [(one["quantity"], one["left"]) for one in room.table("goods")] == [(200, 150), (3, 0)]


def test_where_all_is_taken_and_met_it_says_so():
    room = Play()
    room.agree(room.propose(give=[{"good": room.good("forez", "Wood")}]))
    assert "Every offer was taken and every need was met." in words(room, "Offers nobody took, needs nobody met")


UNNAMED = ("Forez", "Drôme", "Pays", "forez", "pays-de-drome")


def names_in(told: Any) -> list[str]:
    return [name for name in UNNAMED for leaf in leaves(told) if name in str(leaf)]


def declined(room: Play, why: str = "Forez is too far for the Drôme") -> str:
    deal = room.propose(
        give=[{"good": room.good("forez", "Wood of Forez")}], conditions="Forez pays the lorry", watch="Rain in Pays de Drôme"
    )
    room.do(SCRIBE, "decline", STEP, on=deal, team="pays-de-drome", why=why)
    return deal


def left(room: Play) -> str:
    deal = room.agree(room.propose(give=[{"text": "Stones of Forez"}], duration="As long as Drôme wants"))
    room.do(SCRIBE, "leave", STEP, on=deal, team="forez", why="Drôme changed its mind")
    return deal


def test_what_was_declined_is_told_with_its_reason_and_without_the_name_of_a_territory():
    room = Play()
    declined(room)
    found = section(room, "What was declined, and why")
    assert found is not None
    (table,) = nodes(found.children, Table)
    assert table.rows == (("Wood of […], for: Milk", "[…] is too far for the […]"),)
    assert names_in(found.children) == []


def test_an_agreement_that_was_left_is_told_in_the_same_way():
    room = Play()
    left(room)
    found = section(room, "Agreements left before the closing, and why")
    assert found is not None
    (table,) = nodes(found.children, Table)
    assert table.rows == (("Stones of […], for: Milk", "[…] changed its mind"),)
    assert names_in(found.children) == []
    assert section(room, "Forez and Pays de Drôme") is None


def test_the_annex_tells_neither_who_declined_nor_who_was_declined_nor_when():
    room = Play()
    declined(room)
    left(room)
    room.propose(conditions="Still open, says Forez")
    rows = [row for row in room.annex() if "a team" in row[2]]
    # Two proposals and their two reasons, and the one without an answer.
    assert len(rows) == 5
    assert names_in(rows) == []
    assert {row[2] for row in rows} <= {"a team", "a team · a name was masked"}
    assert any("[…] pays the lorry" in row[1] for row in rows)
    # They stand at the end: no place among the others says when.
    assert [row[2].startswith("a team") for row in room.annex()] == [False] * 1 + [True] * 5


def test_what_is_agreed_is_told_as_the_team_s_words_whoever_typed_them():
    room = Play()
    room.do(room.people[0], "post", STEP, text="Firewood")
    room.agree(room.propose(conditions="Dry wood"))
    slip = {"parties": ["diois", "forez"], "give": [{"text": "Goats"}], "get": [{"text": "Hay"}], "signed": ["diois", "forez"]}
    weighed = {"efforts": {"diois": 1, "forez": 1}, "uses": {"diois": 1, "forez": 1}}
    room.do(SCRIBE, "slip", STEP, conditions="On paper", **slip, **weighed)
    told = [(words.split("\n")[-1], by.split(" · ")[0]) for _, words, by in room.annex()]
    assert told == [("Firewood", "Forez"), ("Conditions – Dry wood", "Forez"), ("Conditions – On paper", "Diois")]


def test_an_agreement_taken_back_by_the_facilitator_is_nobody_s_until_it_is_agreed_again():
    room = Play()
    deal = room.agree(room.propose(conditions="Dry wood"))
    room.do(CONSOLE, "undo", STEP, on=deal)
    assert [row[2] for row in room.annex()] == ["a team"]
    room.agree(deal)
    assert [row[2].split(" · ")[0] for row in room.annex()] == ["Forez"]


def test_rows_of_what_was_not_agreed_hold_goods_and_reason_alone():
    room = Play()
    declined(room)
    left(room)
    rows = room.table("transactions")
    assert {one["state"] for one in rows} == {"declined", "left"}
    assert [one for one in rows if names_in(tuple(one.values()))] == []
    kept = {"exchange", "state", "circle", "way", "thing", "why", "family"}
    assert {key for one in rows for key, value in one.items() if value and key not in kept} == set()
    assert {one["thing"] for one in rows} == {"Wood of […]", "Milk", "Stones of […]"}


def test_whoever_takes_a_proposal_of_their_own_back_is_not_told_as_declining():
    room = Play()
    deal = room.propose()
    room.do(SCRIBE, "decline", STEP, on=deal, team="forez")
    assert "no reason told (taken back by whoever proposed it)" in words(room, "What was declined, and why")
    assert {one["state"] for one in room.table("transactions")} == {"taken back"}


def test_a_proposal_nobody_answered_is_told_without_names():
    room = Play()
    room.propose(get=[], reason="A gift of Forez")
    assert "Wood, for nothing in return" in words(room, "Proposals without an answer")
    found = section(room, "Proposals without an answer")
    assert found is not None
    assert names_in(found.children) == []


# What was hidden or withheld


@pytest.mark.parametrize("verb", ["hide", "withhold"])
def test_words_taken_off_the_wall_are_not_in_the_body_and_withheld_ones_nowhere(verb: str):
    room = Play()
    offer = room.good("forez", "zanzibar wood")
    room.good("forez", "zanzibar need", side="need")
    bound = room.agree(room.propose(give=[{"good": offer}], conditions="zanzibar roads"))
    room.go("debrief")
    room.do(room.people[1], "tell", STEP, surprise="zanzibar surprise")
    room.do(room.people[1], "start", STEP, what="zanzibar start")
    room.go("negotiation")
    refused = declined(room, "zanzibar reason")
    left(room)
    for one in list(room.held.contributions.values()):
        if "zanzibar" in str(one.content) or one.id in (bound, refused):
            room.do(CONSOLE, verb, on=one.id, why="off the subject")
    assert not [leaf for leaf in leaves(sections(room)) if "zanzibar" in str(leaf)]
    assert not [leaf for leaf in leaves(list(room.rows().values())) if "zanzibar" in str(leaf)]
    assert "words taken off the wall" in words(room, "Who gives what to whom")
    assert "An exchange whose words were taken off the wall." in words(room, "Forez and Pays de Drôme")
    assert ("zanzibar" in room.everything()) == (verb == "hide")
    # The numbers stay: an agreement is one, whatever its words were.
    assert matrix(room).rows[-1][-1] == "2"


# Options


def test_without_its_options_the_report_knows_no_circle_no_money_no_event_and_no_quantity():
    room = Play()
    room.good("forez", "Wood")
    room.agree(room.propose(give_money="100", give=[{"text": "Stone", "quantity": "3"}]))
    told = " ".join(map(str, leaves(sections(room))))
    assert not [word for word in ("€", "Circle", "The events", "× ") if word in told]


def test_money_stands_in_the_matrix_the_words_and_a_table_of_its_own():
    room = Play("money: yes")
    room.agree(room.propose(give=[], give_money="1500"))
    room.agree(room.propose(give_money="20"))
    assert [row[1:] for row in matrix(room).rows[:2]] == [("", "1 + €", "1"), ("2", "", "2")]
    assert "€1500 · Wood · €20" in words(room, "Who gives what to whom")
    found = section(room, "Where each stands")
    assert found is not None
    (table,) = nodes(found.children, Table)
    assert table.rows == (("Forez", "€1520", "–"), ("Pays de Drôme", "–", "€1520"))
    assert [(one["thing"], one["euros"]) for one in room.table("transactions")] == [
        ("", 1500),
        ("Milk", 0),
        ("Wood", 0),
        ("", 20),
        ("Milk", 0),
    ]


def test_the_events_that_were_played_are_told_with_their_round():
    room = Play("events: yes")
    room.do(CONSOLE, "event", STEP, card=0)
    room.go("balancing")
    room.do(CONSOLE, "event", STEP, title="Snow", text="The pass is closed.")
    found = section(room, "The events")
    assert found is not None
    (table,) = nodes(found.children, Table)
    assert [(row[0], row[2]) for row in table.rows] == [("Drought", "Negotiation 1"), ("Snow", "Balancing")]
    assert [one["round"] for one in room.table("events")] == ["Negotiation 1", "Balancing"]


def test_a_circle_that_would_close_is_told_and_an_agreed_one_is_a_basket():
    room = Play("circles: yes")
    ring = [("forez", "Firewood", "energy"), ("pays-de-drome", "Vegetables", "food"), ("diois", "Timber", "wood")]
    offers = {}
    for place, (team, what, family) in enumerate(ring):
        offers[team] = room.good(team, what=f"{family}/{what}")
        room.good(ring[(place + 1) % 3][0], side="need", what=f"{family}/{what}")
    told = "Forez gives Pays de Drôme: Firewood. Pays de Drôme gives Diois: Vegetables. Diois gives Forez: Timber."
    found = section(room, "Circles found, and not signed")
    assert found is not None
    (listing,) = nodes(found.children, Listing)
    # It begins with any of the three.
    assert sorted(listing.items[0].replace(".", "").split()) == sorted(told.replace(".", "").split())
    lines = {team: {"good": good} for team, good in offers.items()}
    room.agree(room.do(SCRIBE, "propose", STEP, team="forez", circle=list(TEAMS), lines=lines))
    assert section(room, "Circles found, and not signed") is None
    assert facts(room, "Forez → Pays de Drôme → Diois → Forez")["Reciprocity"].startswith("1 ")


# Debrief


def test_the_debrief_is_told_by_whoever_wrote_it_as_they_agreed():
    room = Play()
    room.agree(room.propose())
    room.go("debrief")
    room.do(room.people[0], "tell", STEP, surprise="Nobody wanted money", cannot="Trust")
    (basket,) = room.held.baskets()
    room.do(
        room.people[1], "start", STEP, what="A shared kitchen", basket=basket, whom="The farmers", first="Call them", obstacle="Lorries"
    )
    assert "Nobody wanted money" in words(room, "What surprised us")
    assert "Trust" in words(room, "What cannot be exchanged")
    (card,) = nodes(sections(room), Card)
    assert (card.title, [text for _, text in card.fields]) == (
        "A shared kitchen",
        ["Forez and Pays de Drôme", "The farmers", "Call them", "Lorries"],
    )
    assert [row[2].split(" · ")[0] for row in room.annex()] == ["Forez", "Ada, A town, Loire", "A town, Loire"]
    assert [(one["about"], one["text"]) for one in room.table("debrief")] == [
        ("surprise", "Nobody wanted money"),
        ("cannot", "Trust"),
        ("start", "A shared kitchen"),
    ]


# All of it, at its largest


@pytest.fixture(scope="module")
def largest() -> Play:
    """Twelve territories with the longest names, 300 goods with the longest words, and an agreement between all of them."""
    names = [f"{chr(65 + place)}{'bcdefghij ' * 8}"[:78] for place in range(12)]
    room = Play("quantities: yes", names="; ".join(names), people=0)
    keys = [one["key"] for one in room.view(CONSOLE, STEP)["teams"]]
    offers: dict[str, list[str]] = {key: [] for key in keys}
    for n in range(300):
        key, side = keys[n % 12], "need" if n % 5 == 4 else "offer"
        id = room.good(key, f"{n} {'long word ' * 13}"[:140].strip(), side, what="food", quantity="9", unit="litres")
        offers[key] += [id] * (side == "offer")
    for n in range(66):
        one, other = keys[n % 12], keys[(n + 1 + n // 12) % 12]
        give = [{"good": offers[one][n // 12], "text": "x y " * 35, "quantity": "1"}]
        room.agree(room.propose(one, other, give=give, get=[], reason="so", conditions="a b " * 70))
    return room


def test_twelve_territories_and_three_hundred_goods_are_told_readably_and_fast(largest: Play):
    began = time.perf_counter()
    told = sections(largest)
    assert time.perf_counter() - began < 2
    assert len(matrix(largest).head) == 14
    assert matrix(largest).rows[-1][-1] == "66"
    # No row is taller than a page: some 3000 signs in half of its width.
    left = section(largest, "Offers nobody took, needs nobody met")
    assert left is not None
    assert max(len(cell) for table in nodes(left.children, Table) for row in table.rows for cell in row) < 1200
    anchors = [one.anchor for one in nodes(told, Section)]
    assert len(anchors) == len(set(anchors))
    assert len(largest.table("goods")) == 300


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_table_holds_plain_values_under_columns_that_say_what_they_hold(language: str, largest: Play):
    for name, table in largest.rows(language).items():
        assert table.columns == COLUMNS[name]
        for row in table.rows:
            assert len(row) == len(table.columns)
            assert all(isinstance(value, str | int | float | bool) for value in row)


def test_the_report_speaks_french_without_a_word_of_english():
    room = Play("circles: yes", "money: yes", "events: yes")
    room.agree(room.propose(give_money="3"))
    declined(room, "trop loin")
    left(room)
    told = " ".join(str(leaf) for leaf in leaves(sections(room, "fr")))
    english = [" gives ", "Reciprocity", "Offered", "signed", "Given", "Agreement ", "large", "medium"]
    assert [word for word in english if word in told] == []
    assert "Forez donne à Pays de Drôme" in told
