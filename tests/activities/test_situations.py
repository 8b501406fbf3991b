"""Situations: one field at once, the others later; signed or anonymous, as chosen before typing; one's own to edit and withdraw."""

import json
import re

import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, STEP, WALL, Room, drawn, leaves, participant, screens, sections

from facilitate.core.activity import Field
from facilitate.core.entry import Refused
from facilitate.core.tree import Card, Paragraph
from facilitate.render import Asked

ADA, BO = participant("Ada"), participant("Bo")


def a_room(*settings: str) -> Room:
    head = ["---", "title: A day", "language: en", "time: 9:00 - 17:00", "---", "## Programme", "### The step"]
    room = Room(KINDS, "\n".join([*head, "- kind: situations", "- duration: 30 min", *settings]))
    room.join("Ada", territory="Forez")
    room.join("Bo", territory="Diois")
    room.do(CONSOLE, "open", STEP)
    return room


def refusal(answer: object) -> str:
    assert isinstance(answer, Refused)
    return answer.code


def test_the_form_asks_the_first_field_and_keeps_the_others_for_later() -> None:
    html = drawn(a_room(), ADA)
    before, _, later = html.partition('<div class="rows">')
    assert re.findall(r'name="content\.(\w+)"', before) == ["signed", "signed", "title"]
    assert re.findall(r'name="content\.(\w+)"', later) == ["territory", "context", "done", "results", "watch"]
    assert "<details" not in before
    assert later.count('<details class="more"') == 5


def test_what_the_wall_will_read_is_said_before_the_first_field() -> None:
    before, _, _ = drawn(a_room(), ADA).partition("<textarea")
    assert "On the wall people will read: Ada, Forez." in before
    assert "Your name is neither shown nor kept with the card." in before


def test_someone_who_gave_no_name_is_told_so() -> None:
    room = a_room()
    room.do(ADA, "introduce", name="", territory="")
    assert "On the wall people will read: signed, no name given." in drawn(room, ADA)


def test_a_refused_form_comes_back_with_what_was_typed_and_chosen() -> None:
    typed = {"title": "x" * 284, "signed": "false", "watch": "The calendar."}
    html = screens().region(a_room(), "now", Asked(ADA, "en", typed=typed, refused="Too long."))
    assert "x" * 284 in html
    assert re.search(r'id="unsigned"[^>]* checked', html)
    assert not re.search(r'id="signed"[^>]* checked', html)
    assert re.search(r"<details[^>]* open>.*The calendar", html, re.DOTALL)


def test_the_fields_are_the_sheets_and_the_first_is_required() -> None:
    room = a_room("- fields:", "  - What happened (120)", "  - What it cost")
    fields = KINDS["situations"].fields(room.step(STEP).activity.settings)
    assert fields == (Field("what-happened", "What happened", 120, required=True), Field("what-it-cost", "What it cost", 500))
    assert refusal(room.act(ADA, "post", STEP, {"what-it-cost": "Little."})) == "empty"
    assert refusal(room.act(ADA, "post", STEP, {"what-happened": "x" * 121})) == "too-long"
    assert not isinstance(room.act(ADA, "post", STEP, {"what-happened": "A bus.", "what-it-cost": "Little."}), Refused)


def test_a_label_with_any_sign_is_shown_as_written() -> None:
    room = a_room("- fields:", "  - The share, in % of <all> (120)", "  - 100 % {{ sure }}")
    assert not isinstance(room.act(ADA, "post", STEP, {"the-share-in-of-all": "Half", "100-sure": "Yes"}), Refused)
    for who in (ADA, WALL, CONSOLE):
        assert "<all>" not in drawn(room, who)
    assert "The share, in % of &lt;all&gt;" in drawn(room, ADA)


def test_an_anonymous_card_shows_no_name_no_territory_and_no_hour_anywhere() -> None:
    room = a_room()
    card = room.do(ADA, "post", STEP, title="A night bus.", signed=False)
    for who in (ADA, BO, WALL, CONSOLE):
        for one in room.view(who, STEP)["cards"]:
            assert one["anonymous"]
            assert (one["name"], one["territory"], one["at"]) == ("", "", "")
    assert room.state.summaries[STEP].contributions[card].owner
    assert room.view(WALL, STEP)["territories"] == 0
    for who in (WALL, CONSOLE):
        main = re.sub(r"<(nav|header|aside).*?</\1>", "", drawn(room, who), flags=re.DOTALL)
        line = main[main.index("A night bus.") :].split("</li>")[0]
        assert "anonymous" in line
        assert "Ada" not in line
        assert "Forez" not in line


def test_only_the_phone_that_wrote_an_anonymous_card_edits_and_withdraws_it() -> None:
    room = a_room()
    card = room.do(ADA, "post", STEP, title="A night bus.", signed="false")
    assert refusal(room.act(BO, "edit", STEP, {"title": "Mine now."}, on=card)) == "not-yours"
    assert refusal(room.act(CONSOLE, "edit", STEP, {"title": "Ours now."}, on=card)) == "not-yours"
    room.do(ADA, "edit", STEP, on=card, title="A night bus, on Fridays.", context="Students.")
    assert room.journal[-1].by == room.journal[-1].at == ""
    assert room.view(WALL, STEP)["cards"][0]["content"] == {"title": "A night bus, on Fridays.", "context": "Students."}
    room.do(ADA, "withdraw", STEP, on=card)
    assert room.view(ADA, STEP)["cards"] == []
    assert "night bus" not in json.dumps(room.view(CONSOLE, STEP))


def test_an_edit_never_makes_a_signed_card_anonymous_nor_the_other_way() -> None:
    room = a_room()
    card = room.do(ADA, "post", STEP, title="A night bus.")
    room.do(ADA, "edit", STEP, on=card, title="A bus.", signed=False)
    assert room.view(WALL, STEP)["cards"][0]["name"] == "Ada"


def test_an_edit_against_an_older_text_is_refused() -> None:
    room = a_room()
    card = room.do(ADA, "post", STEP, title="A night bus.")
    seen = room.state.seq
    room.do(ADA, "edit", STEP, on=card, base=seen, title="A bus.")
    assert refusal(room.act(ADA, "edit", STEP, {"title": "The bus."}, on=card, base=seen)) == "stale"


def test_where_cards_are_signed_a_wish_for_none_is_refused_and_named_nowhere() -> None:
    room = a_room("- signed: signed")
    assert "content.signed" not in drawn(room, ADA)
    assert refusal(room.act(ADA, "post", STEP, {"title": "A bus.", "signed": False})) == "signed-only"
    assert room.view(WALL, STEP)["cards"] == []
    room.do(ADA, "post", STEP, title="A bus.")
    assert room.view(WALL, STEP)["cards"][0]["name"] == "Ada"


def test_where_cards_are_anonymous_every_card_is() -> None:
    room = a_room("- signed: anonymous")
    assert "Your card will be anonymous" in drawn(room, ADA)
    room.do(ADA, "post", STEP, title="A bus.", signed=True)
    assert room.view(WALL, STEP)["cards"][0]["anonymous"]


@pytest.mark.parametrize("signed", ["perhaps", 3, None, ["true"], {"a": 1}])
def test_a_signature_that_is_neither_is_refused(signed: object) -> None:
    assert refusal(a_room().act(ADA, "post", STEP, {"title": "A bus.", "signed": signed})) == "signed-or-not"


def test_a_card_written_before_the_closing_is_taken_after_it() -> None:
    room = a_room()
    seen = room.state.seq
    room.do(CONSOLE, "close", STEP)
    assert refusal(room.act(ADA, "post", STEP, {"title": "A bus."})) == "closed"
    assert not isinstance(room.act(ADA, "post", STEP, {"title": "A bus."}, seen=seen), Refused)
    assert room.view(CONSOLE, STEP)["cards"][0]["late"]
    assert "This step has been closed since" in drawn(room, ADA)


def test_the_wall_counts_the_cards_it_shows_and_their_territories() -> None:
    room = a_room()
    assert "No situation yet" in drawn(room, WALL)
    for who, title in ((ADA, "A bus."), (ADA, "A mill."), (BO, "A kitchen.")):
        room.do(who, "post", STEP, title=title)
    assert "3 situations from 2 territories" in drawn(room, WALL)
    room.do(CONSOLE, "hide", on=room.view(CONSOLE, STEP)["cards"][2]["id"])
    assert "2 situations from 1 territory" in drawn(room, WALL)


def test_the_facilitator_writes_for_someone_without_a_phone() -> None:
    room = a_room()
    assert "Write for someone without a phone" in drawn(room, CONSOLE)
    room.do(CONSOLE, "post", STEP, title="A bus.", signed="false")
    assert room.view(WALL, STEP)["cards"][0]["anonymous"]


def test_the_restitution_tells_the_signed_in_order_then_the_anonymous_in_another() -> None:
    room = a_room("- question: What have you lived?")
    for number in range(8):
        room.do(ADA, "post", STEP, title=f"Signed {number}", context="There.")
        room.do(BO, "post", STEP, title=f"Unsigned {number}", signed=False)
    question, *cards = sections(room)
    assert question == Paragraph("What have you lived?", "lede")
    titles = [card.title for card in cards if isinstance(card, Card)]
    assert titles[:8] == [f"Signed {number}" for number in range(8)]
    assert sorted(titles[8:]) == [f"Unsigned {number}" for number in range(8)]
    assert titles[8:] != sorted(titles[8:]), "an anonymous card's place would tell its hour"
    first = cards[0]
    assert isinstance(first, Card)
    assert first.fields == (("The context", "There."),)
    assert first.by == "Forez, Ada"


def test_a_day_where_nobody_told_anything_says_so() -> None:
    (sentence,) = sections(a_room(), "fr")
    assert sentence == Paragraph(LANGUAGES["fr"].say("No situation was told."), "note")
    assert list(leaves(sentence)) == ["Aucune situation n’a été racontée.", "note"]
