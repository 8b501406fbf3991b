"""What the model found, each told by itself."""

import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

from activities.room import KINDS
from model.plain import SHEET

from facilitate.archive import export, import_
from facilitate.core.entry import Act, Caller
from facilitate.journal import Journal
from facilitate.workshop import Session, Workshop

CONSOLE = Caller("console")


def act(do: str, activity: str = "", on: str = "", **content: Any) -> Act:
    return Act(str(uuid.uuid4()), do, activity, content, on)


def begun(shop: Workshop) -> Session:
    session = shop.sheet("/day.md", SHEET, "A day")
    assert isinstance(session, Session)
    return session


def test_a_worker_that_is_behind_says_of_nothing_that_it_is_done_already(tmp_path: Path) -> None:
    """Another worker has shown the card again: hidden here means hidden there too, or the answer is a lie."""
    one, other = (Workshop(Journal.in_folder(tmp_path), KINDS) for _ in range(2))
    here = begun(one)
    here.act(act("open", "situations"), CONSOLE)
    card = act("post", "situations", title="A card")
    here.act(card, CONSOLE)
    there = other.session(here.code)
    assert there is not None
    there.act(act("hide", on=card.id), CONSOLE)
    here.look_again()
    there.act(act("restore", on=card.id), CONSOLE)
    assert isinstance(here.act(act("hide", on=card.id), CONSOLE), int)
    there.look_again()
    assert there.state.summaries["situations"].contributions[card.id].status == "hidden"
    # What is refused is refused of the day as it stands.
    there.act(act("open", "welcome"), CONSOLE)
    assert isinstance(here.act(act("post", "welcome", text="In time"), CONSOLE), int)
    for shop in (one, other):
        shop.close()


def test_someone_erased_after_a_card_of_theirs_leaves_the_day_fit_to_go_where_it_had_been_taken(tmp_path: Path) -> None:
    """The tombstone of the card says which words are gone: without it the older copy would be another story."""
    journal, copy = Journal.in_folder(tmp_path / "here"), Journal.in_folder(tmp_path / "copy")
    shop = Workshop(journal, KINDS)
    session = begun(shop)
    session.act(act("open", "situations"), CONSOLE)
    joined = session.join(str(uuid.uuid4()), {"name": "Ursule"})
    assert isinstance(joined, tuple)
    ursule = session.caller(joined[1])
    assert ursule is not None
    card = act("post", "situations", title="Four thousand watering cans")
    session.act(card, ursule)

    def taken() -> int:
        out = BytesIO()
        export(journal, session.row.id, out)
        return import_(copy, out)[1]

    taken()
    session.act(act("erase", on=card.id), ursule)
    session.act(act("erase", on=ursule.participant), ursule)
    assert taken() == 2
    assert copy.since(session.row.id) == journal.since(session.row.id)
    shop.close()
    copy.close()
