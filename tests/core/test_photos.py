"""Photos: who may take one in, what it must say, and how one is taken back."""

import pytest
from activities.room import CONSOLE, KINDS, STEP, Room

from facilitate.core.entry import Caller, Refused
from facilitate.core.photos import photos_of
from facilitate.core.state import SessionState, fold, serialise

MEDIA = "0123456789abcdef" * 2
STEPS = "### The step\n- kind: situations\n- duration: 10 min\n### Another\n- kind: break\n- duration: 10 min\n"
SHEET = "---\ntitle: A day\nlanguage: en\n---\n## Programme\n" + STEPS


@pytest.fixture
def room() -> Room:
    room = Room(KINDS, SHEET)
    room.do(CONSOLE, "open", STEP)
    return room


@pytest.mark.parametrize("audience", ["console", "scribe", "notes"])
def test_the_staff_takes_in_a_photo_beside_the_step_that_is_on(room: Room, audience: str) -> None:
    id = room.do(Caller(audience), "photo", media=MEDIA, description="A flipchart: three columns")  # type: ignore[arg-type]
    (photo,) = photos_of(room.state.photos, STEP)
    assert (photo.id, photo.media, photo.description, photo.by) == (id, MEDIA, "A flipchart: three columns", audience)


def test_a_photo_may_say_its_step(room: Room) -> None:
    room.do(CONSOLE, "photo", media=MEDIA, description="Coffee", step="another")
    room.do(CONSOLE, "photo", "another", media=MEDIA, description="More coffee")
    assert [one.description for one in photos_of(room.state.photos, "another")] == ["Coffee", "More coffee"]
    assert photos_of(room.state.photos, STEP) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"media": MEDIA}, "empty"),
        ({"media": MEDIA, "description": "x" * 501}, "too-long"),
        ({"media": MEDIA, "description": ["x"]}, "not-text"),
        ({"description": "x"}, "no-media"),
        ({"description": "x", "media": "../" + MEDIA[3:]}, "no-media"),
        ({"description": "x", "media": [MEDIA]}, "no-media"),
        ({"description": "x", "media": MEDIA, "step": "nowhere"}, "unknown-activity"),
    ],
)
def test_a_photo_without_words_picture_or_step_is_refused(room: Room, content: dict[str, object], code: str) -> None:
    answer = room.act(CONSOLE, "photo", "", content)
    assert isinstance(answer, Refused)
    assert answer.code == code
    assert not room.state.photos


def test_a_photo_taken_back_is_shown_no_more_and_only_once(room: Room) -> None:
    id = room.do(CONSOLE, "photo", media=MEDIA, description="A mistake")
    room.do(CONSOLE, "unphoto", on=id)
    assert photos_of(room.state.photos, STEP) == []
    assert room.act(CONSOLE, "unphoto", on=id) == ()
    unknown = room.act(CONSOLE, "unphoto", on="nothing")
    assert isinstance(unknown, Refused)
    assert unknown.code == "unknown-photo"


def test_participants_take_in_no_photo(room: Room) -> None:
    ada = room.join("Ada")
    answer = room.act(ada, "photo", "", {"media": MEDIA, "description": "x"})
    assert isinstance(answer, Refused)
    assert answer.status == 403


def test_photos_come_back_from_the_journal(room: Room) -> None:
    id = room.do(CONSOLE, "photo", media=MEDIA, description="A flipchart")
    room.do(CONSOLE, "photo", media=MEDIA, description="Another")
    room.do(CONSOLE, "unphoto", on=id)
    assert serialise(fold(SessionState(), room.journal, KINDS)) == serialise(room.state)
