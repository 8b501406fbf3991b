"""Cards: forms chosen by the sheet, and photos: who may see them, what the staff answers for faces, what is destroyed."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pytest
from activities.room import CONSOLE, KINDS, LANGUAGES, STEP, WALL, Room, drawn, leaves, participant, screens, sections
from hypothesis import given
from hypothesis import strategies as st

from facilitate.core.activity import Verb
from facilitate.core.entry import Act, Actor, Caller, Entry, Refused
from facilitate.core.rules import Known, decide
from facilitate.core.state import SessionState, apply, fold, serialise
from facilitate.core.tree import Card, Figure, Listing, Paragraph, Section
from facilitate.journal import destroyed
from facilitate.render import Asked
from facilitate.restitution.build import build

ADA, BO = participant("Ada"), participant("Bo")
PICTURE: dict[str, Any] = {"media": "a" * 32, "width": 1600, "height": 1200}
OTHER: dict[str, Any] = {"media": "b" * 32, "width": 1600, "height": 1200}


def a_room(*settings: str, kind: str = "cards") -> Room:
    head = ["---", "title: A day", "language: en", "time: 9:00 - 17:00", "---", "## Programme", "### The step"]
    room = Room(KINDS, "\n".join([*head, f"- kind: {kind}", "- duration: 30 min", *settings]))
    room.join("Ada", territory="Forez")
    room.join("Bo", territory="Diois")
    room.do(CONSOLE, "open", STEP)
    return room


def refusal(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


def taken(
    room: Room, who: Caller, content: dict[str, Any], do: str = "post", on: str = "", picture: dict[str, Any] = PICTURE
) -> tuple[Entry, ...] | Refused:
    """An act that came with a picture, which the server made."""
    room.minute += 1
    id = f"00000000-0000-4000-8000-{room.minute:012}"
    actor = Actor(who.audience, who.participant, who.owner(on or id))
    at = f"2021-09-24T{8 + room.minute // 60:02d}:{room.minute % 60:02d}:00.000Z"
    answer = decide(room.state, Act(id, do, STEP, content, on, picture=picture), actor, at, KINDS)
    assert not isinstance(answer, Known)
    for entry in () if isinstance(answer, Refused) else answer:
        room.journal.append(entry)
        room.state = apply(room.state, entry, KINDS)
    return answer


def photographed(room: Room, who: Caller = ADA, faces: str = "yes", picture: dict[str, Any] = PICTURE, **content: Any) -> str:
    """The id of a card with a photo."""
    said = {"text": "A shared oven.", "photo_says": "Zebulon beside an oven", "photo_faces": faces} | content
    answer = taken(room, who, said, picture=picture)
    assert not isinstance(answer, Refused), answer
    return answer[0].id


def told(room: Room, who: Caller) -> str:
    return json.dumps(room.view(who, STEP)) + drawn(room, who)


def figures(nodes: Sequence[Any]) -> list[Figure]:
    return [one for node in nodes if isinstance(node, Card) for one in node.inside if isinstance(one, Figure)]


# Forms


@pytest.mark.parametrize("kind", ["cards", "situations"])
def test_a_field_may_be_called_photo_beside_a_photo(kind):
    room = a_room("- fields: Text; Photo; Destroys", "- photo: yes", kind=kind)
    said = {"text": "An oven.", "photo": "Taken at dawn.", "destroys": "Nothing."}
    plain = room.do(ADA, "post", STEP, **said)
    assert room.state.summaries[STEP].contributions[plain].content == said
    both = photographed(room, **said)
    assert room.state.summaries[STEP].contributions[both].content == said | {"photo_says": "Zebulon beside an oven"}
    assert room.state.summaries[STEP].photos[both].media == PICTURE["media"]


def test_a_free_card_is_one_text_of_five_hundred_characters() -> None:
    room = a_room()
    assert [one.key for one in KINDS["cards"].fields(room.step(STEP).activity.settings)] == ["text"]
    assert refusal(room.act(ADA, "post", STEP, {"text": "x" * 501})) == "too-long"
    room.do(ADA, "post", STEP, text="x" * 500)
    assert "1 card" in drawn(room, WALL)


@pytest.mark.parametrize(
    ("preset", "keys", "beneath"),
    [
        ("practice", ["doing", "led_by", "how", "means", "open"], "The farmers’ group"),
        ("initiative", ["name", "does", "public", "find", "contact"], "Lends tools"),
    ],
)
def test_a_preset_gives_the_fields_and_what_stands_beneath_the_first_on_the_wall(preset: str, keys: list[str], beneath: str) -> None:
    room = a_room(f"- preset: {preset}")
    html = drawn(room, ADA)
    at_once, _, later = html.partition('<div class="rows">')
    for place, key in enumerate(keys):
        assert f'name="content.{key}"' in (at_once if place < 2 else later)
    room.do(ADA, "post", STEP, **{keys[0]: "A workshop for all", keys[1]: beneath, keys[2]: "On Fridays"})
    wall = drawn(room, WALL)
    assert f'<p class="beneath">{beneath}</p>' in wall
    assert "On Fridays" not in wall


def test_the_fields_of_the_sheet_take_the_place_of_the_preset() -> None:
    room = a_room("- preset: practice", "- fields:", "  - One thing (40)", "  - Another")
    assert [one.key for one in KINDS["cards"].fields(room.step(STEP).activity.settings)] == ["one-thing", "another"]
    assert room.view(WALL, STEP)["second"] == ""


def test_a_french_sheet_says_the_same() -> None:
    room = a_room("- modèle: pratique", "- photo: oui", "- signature: signée", kind="cartes")
    settings = room.step(STEP).activity.settings
    assert (settings["preset"], settings["photo"], settings["signed"]) == ("practice", True, "signed")


def test_the_questions_that_practices_leave_open_are_gathered_at_the_end() -> None:
    room = a_room("- preset: practice")
    room.do(ADA, "post", STEP, doing="An incubator for growers.", open="Who pays for the land?")
    room.do(BO, "post", STEP, doing="A cannery.")
    *cards, last = sections(room)
    assert [card.title for card in cards if isinstance(card, Card)] == ["An incubator for growers.", "A cannery."]
    assert last == Section(
        "The questions that remain open", f"{STEP}-open", (Listing(("Who pays for the land?",), beside=("Forez, Ada",)),)
    )
    room = a_room("- preset: practice")
    room.do(ADA, "post", STEP, doing="A cannery.")
    assert not [one for one in sections(room) if isinstance(one, Section)]


def test_a_day_where_nobody_wrote_says_so() -> None:
    assert sections(a_room(), "fr") == (Paragraph("Aucune carte n’a été écrite.", "note"),)


def test_a_situation_is_a_card_of_its_own_form_and_keeps_its_words() -> None:
    cards, situations = KINDS["cards"], KINDS["situations"]
    assert isinstance(situations, type(cards))
    assert cards.verbs == situations.verbs
    room = a_room("- photo: yes", kind="situations")
    html = drawn(room, ADA)
    assert "Send my situation" in html
    assert "Add a photo" in html
    photographed(room, faces="no", title="A night bus.")
    assert figures(sections(room))


def test_a_situation_of_a_journal_kept_since_before_photos_still_folds() -> None:
    room = a_room(kind="situations")
    room.do(ADA, "post", STEP, title="A night bus.", signed=False)
    lines = [json.loads(json.dumps(asdict(entry), default=dict)) for entry in room.journal]
    assert serialise(fold(SessionState(), [Entry(**line) for line in lines], KINDS)) == serialise(room.state)
    assert set(lines[-1]["content"]) == {"title", "owner"}


# A photo


def test_nothing_is_asked_of_photos_where_the_sheet_takes_none() -> None:
    assert 'type="file"' not in drawn(a_room(), ADA)
    html = drawn(a_room("- photo: yes"), ADA)
    assert html.count('type="file" name="file"') == 2
    assert 'accept="image/*" capture' in html
    assert 'formenctype="multipart/form-data" formaction="/s/RVT482/media?as=participant&amp;person=id-Ada"' in html


def test_a_photo_without_faces_is_shown_with_its_card_on_every_screen_and_in_the_restitution() -> None:
    room = a_room("- photo: yes")
    card = photographed(room, faces="no")
    for who in (ADA, WALL, CONSOLE):
        assert PICTURE["media"] in drawn(room, who)
        assert 'alt="Zebulon beside an oven"' in drawn(room, who)
    phone = screens().region(room, "cards", Asked(BO, "en"))
    assert PICTURE["media"] in phone
    room.do(CONSOLE, "show", card=card)
    assert 'class="alone pictured"' in drawn(room, WALL)
    assert figures(sections(room)) == [Figure(PICTURE["media"], "Zebulon beside an oven", "")]


@pytest.mark.parametrize("faces", ["yes", "unknown"])
def test_until_the_staff_answers_only_the_author_and_the_console_are_given_the_photo_and_what_it_shows(faces: str) -> None:
    room = a_room("- photo: yes")
    photographed(room, faces=faces)
    for who in (ADA, CONSOLE):
        assert PICTURE["media"] in told(room, who)
    assert "you alone and the facilitators see it" in drawn(room, ADA)
    assert "1 photo waits for your answer" in drawn(room, CONSOLE)
    for who in (BO, WALL, Caller("scribe"), Caller("shelf")):
        assert PICTURE["media"] not in json.dumps(room.view(who, STEP))
        assert "Zebulon" not in json.dumps(room.view(who, STEP))
    assert "A shared oven." in drawn(room, WALL)
    assert not figures(sections(room))
    whole = [str(leaf) for leaf in leaves(build(room.state, KINDS, LANGUAGES["en"]))]
    assert not [leaf for leaf in whole if "Zebulon" in leaf or PICTURE["media"] in leaf]
    assert Paragraph("1 photo waits for the agreement of the people on it.", "note") in sections(room)


def test_agreed_it_is_shown() -> None:
    room = a_room("- photo: yes")
    card = photographed(room)
    room.do(CONSOLE, "faces", STEP, on=card, answer="agreed")
    assert PICTURE["media"] in told(room, WALL)
    assert "Photo: shown with your card" in drawn(room, ADA)
    assert figures(sections(room))


def test_withheld_it_is_destroyed_with_what_it_was_said_to_show_and_only_counted() -> None:
    room = a_room("- photo: yes")
    card = photographed(room)
    room.do(CONSOLE, "faces", STEP, on=card, answer="withheld")
    assert destroyed(room.journal[-1:]) == {PICTURE["media"]}
    assert PICTURE["media"].encode() not in serialise(room.state)
    for who in (ADA, BO, WALL, CONSOLE):
        assert "Zebulon" not in told(room, who)
        assert PICTURE["media"] not in told(room, who)
    assert "have withheld this photo and destroyed it" in drawn(room, ADA)
    assert "A shared oven." in drawn(room, WALL)
    assert Paragraph("1 photo was withheld.", "note") in sections(room)
    assert refusal(room.act(CONSOLE, "faces", STEP, {"answer": "agreed"}, on=card)) == "photo-gone"


def test_blurred_the_new_picture_takes_the_place_of_the_first_which_is_destroyed() -> None:
    room = a_room("- photo: yes")
    card = photographed(room)
    assert refusal(room.act(CONSOLE, "faces", STEP, {"answer": "blurred"}, on=card)) == "not-blurred"
    asked = {"answer": "blurred", "of": PICTURE["media"]}
    assert not isinstance(taken(room, CONSOLE, asked, "faces", card, OTHER), Refused)
    assert destroyed(room.journal[-1:]) == {PICTURE["media"]}
    assert OTHER["media"] in told(room, WALL)
    assert figures(sections(room)) == [Figure(OTHER["media"], "Zebulon beside an oven", "Faces were blurred.")]
    assert refusal(taken(room, CONSOLE, asked, "faces", card, {**OTHER, "media": "c" * 32})) == "stale"
    room.do(CONSOLE, "faces", STEP, on=card, answer="agreed")
    assert "faces blurred" in drawn(room, ADA), "whoever agrees after a colleague blurred brings nothing back"


def test_an_author_takes_the_photo_back_or_the_whole_card_and_both_destroy_it() -> None:
    for do, words_stay in (("discard", True), ("withdraw", False)):
        room = a_room("- photo: yes")
        card = photographed(room, signed=False)
        assert refusal(room.act(BO, do, STEP, on=card)) == "not-yours"
        room.do(ADA, do, STEP, on=card)
        assert destroyed(room.journal[-1:]) == {PICTURE["media"]}
        assert PICTURE["media"].encode() not in serialise(room.state)
        assert ("A shared oven." in drawn(room, WALL)) == words_stay
        assert "Zebulon" not in told(room, CONSOLE)


def test_an_edit_leaves_the_photo_and_what_it_shows_as_they_are() -> None:
    room = a_room("- photo: yes")
    card = photographed(room, faces="no")
    room.do(ADA, "edit", STEP, on=card, text="A shared oven, on Fridays.")
    assert figures(sections(room)) == [Figure(PICTURE["media"], "Zebulon beside an oven", "")]
    assert room.view(ADA, STEP)["cards"][0]["content"] == {"text": "A shared oven, on Fridays."}


def test_a_name_in_what_a_photo_shows_is_masked_as_any_other() -> None:
    room = a_room("- photo: yes")
    room.join("Hector Lune")
    card = photographed(room, faces="no", photo_says="Hector Lune beside an oven")
    room.do(CONSOLE, "mask", on=card, name="Hector Lune")
    assert figures(sections(room))[0].alt == "[…] beside an oven"


@pytest.mark.parametrize("do", ["hide", "withhold"])
def test_a_card_taken_off_the_wall_takes_its_photo_along(do: str) -> None:
    room = a_room("- photo: yes")
    card = photographed(room, faces="no")
    room.do(CONSOLE, do, on=card, why="off the subject")
    assert PICTURE["media"] not in told(room, WALL)
    assert PICTURE["media"] not in told(room, BO)
    assert not figures(sections(room))
    assert (PICTURE["media"] in told(room, CONSOLE)) == (do == "hide")


def test_where_cards_are_read_first_the_photo_waits_with_its_card() -> None:
    room = a_room("- photo: yes", "- approval: yes")
    photographed(room, faces="no")
    assert PICTURE["media"] not in told(room, WALL)
    room.do(CONSOLE, "approve", STEP)
    assert PICTURE["media"] in told(room, WALL)


def test_an_anonymous_card_keeps_no_trace_of_who_sent_its_photo() -> None:
    room = a_room("- photo: yes")
    photographed(room, signed=False)
    entry = room.journal[-1]
    assert (entry.by, entry.at) == ("", "")
    assert "id-Ada" not in json.dumps(asdict(entry), default=dict)
    kind = KINDS["cards"]
    answer = room.act(CONSOLE, "faces", STEP, {"answer": "agreed"}, on=entry.id)
    assert not isinstance(answer, Refused)
    assert list(kind.concerns(room.state.summaries[STEP], answer[0])) == [""], "all phones look again: nobody knows whose it is"


@pytest.mark.parametrize(
    ("content", "code", "field"),
    [
        ({"photo_says": "An oven"}, "faces", "photo_faces"),
        ({"photo_says": "An oven", "photo_faces": "perhaps"}, "faces", "photo_faces"),
        ({"photo_says": "An oven", "photo_faces": ["yes"]}, "faces", "photo_faces"),
        ({"photo_faces": "no"}, "empty", "photo_says"),
        ({"photo_says": "x" * 301, "photo_faces": "no"}, "too-long", "photo_says"),
        ({"photo_says": 3, "photo_faces": "no"}, "not-text", "photo_says"),
    ],
)
def test_a_photo_without_its_words_or_its_answer_is_refused(content: dict[str, Any], code: str, field: str) -> None:
    answer = taken(a_room("- photo: yes"), ADA, {"text": "An oven.", **content})
    assert isinstance(answer, Refused)
    assert (answer.code, answer.field) == (code, field)


def test_words_of_a_photo_that_is_not_there_are_refused_and_not_lost() -> None:
    room = a_room("- photo: yes")
    assert refusal(room.act(ADA, "post", STEP, {"text": "An oven.", "photo_says": "An oven", "photo_faces": "no"})) == "photo-missing"
    html = screens().region(room, "now", Asked(ADA, "en", typed={"text": "T", "photo_says": "An oven", "photo_faces": "no"}, refused="No."))
    assert "An oven</textarea>" in html
    assert 'value="no" checked' in html


def test_an_answer_that_is_none_or_for_no_photo_is_refused() -> None:
    room = a_room("- photo: yes")
    plain = room.do(ADA, "post", STEP, text="No photo.")
    card = photographed(room)
    assert refusal(room.act(CONSOLE, "faces", STEP, {"answer": "perhaps"}, on=card)) == "answer"
    for on in (plain, "nowhere"):
        assert refusal(room.act(CONSOLE, "faces", STEP, {"answer": "agreed"}, on=on)) == "photo-gone"
    assert refusal(room.act(ADA, "faces", STEP, {"answer": "agreed"}, on=card)) == "not-allowed"


def test_the_staff_answers_once_the_step_is_closed_and_the_day_finished() -> None:
    room = a_room("- photo: yes")
    card = photographed(room)
    room.do(CONSOLE, "close", STEP)
    room.do(CONSOLE, "finish")
    room.do(CONSOLE, "faces", STEP, on=card, answer="agreed")
    assert figures(sections(room))


def test_another_step_being_on_the_console_still_says_that_photos_wait() -> None:
    room = a_room("- photo: yes", "### Later", "- kind: break", "- duration: 10 min")
    photographed(room)
    room.do(CONSOLE, "open", "later")
    html = drawn(room, CONSOLE)
    assert "1 photo waits for the facilitators’ answer" in html
    assert f"/c/RVT482?step={STEP}#faces" in html


def test_a_photo_is_asked_for_however_many_cards_came_since() -> None:
    room = a_room("- photo: yes")
    photographed(room)
    for number in range(61):
        room.do(BO, "post", STEP, text=f"Card {number}")
    html = drawn(room, CONSOLE)
    assert "1 photo waits for your answer" in html
    assert html.count(f"/media/{PICTURE['media']}") == 1


GESTURES = st.lists(
    st.tuples(st.sampled_from(["agreed", "withheld", "blurred", "discard", "withdraw", "hide", "restore", "edit"]), st.integers(0, 2)),
    max_size=8,
)


@given(GESTURES)
def test_whatever_is_done_a_picture_is_shown_only_where_nobody_waits_and_one_destroyed_never(gestures: list[tuple[str, int]]) -> None:
    room = a_room("- photo: yes")
    cards = [photographed(room, faces=faces, picture={**PICTURE, "media": f"{n}" * 32}) for n, faces in enumerate(("no", "yes", "unknown"))]
    for place, (do, n) in enumerate(gestures):
        on = cards[n]
        now = room.state.summaries[STEP].photos.get(on)
        if do == "blurred":
            made = {**PICTURE, "media": f"f{place:031}"}
            taken(room, CONSOLE, {"answer": do, "of": now.media if now else ""}, "faces", on, made)
        elif do in ("agreed", "withheld"):
            room.act(CONSOLE, "faces", STEP, {"answer": do}, on=on)
        else:
            room.act(
                CONSOLE if do in ("hide", "restore") else ADA, do, "" if do in ("hide", "restore") else STEP, {"text": "Again."}, on=on
            )
    gone = destroyed(room.journal)
    photos = room.state.summaries[STEP].photos
    wall = json.dumps(room.view(WALL, STEP))
    shown = {media for media in (*gone, *(one.media for one in photos.values() if one.media)) if media in wall}
    assert not gone & {one.media for one in photos.values()}
    assert not gone & shown
    assert all(one.faces == "no" or one.answer in ("agreed", "blurred") for one in photos.values() if one.media in shown)


def test_a_verb_of_photos_is_the_author_s_or_the_console_s() -> None:
    verbs = KINDS["cards"].verbs
    assert verbs["discard"] == Verb(by=frozenset({"participant"}), when="always")
    assert verbs["faces"] == Verb(by=frozenset({"console"}), when="opened")


def test_a_whole_day_folds_again_to_the_same_state() -> None:
    room = a_room("- photo: yes")
    card = photographed(room)
    taken(room, CONSOLE, {"answer": "blurred", "of": PICTURE["media"]}, "faces", card, OTHER)
    photographed(room, BO, "no", {**PICTURE, "media": "c" * 32})
    again = fold(SessionState(), [Entry(**json.loads(json.dumps(asdict(one), default=dict))) for one in room.journal], KINDS)
    assert serialise(again) == serialise(room.state)
