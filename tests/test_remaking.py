"""What a publication that is made again tells: its own date, without what people took back since."""

from core.day import KINDS
from test_erasing import CONSOLE, Day, act
from test_erasing import day as day

from facilitate.core.entry import Entry
from facilitate.core.state import SessionState, fold
from facilitate.remaking import stood


def again(day: Day, seq: int) -> SessionState:
    """The day as a publication of that seq tells it when it is made again."""
    return fold(SessionState(), stood(day.shop.journal.since(day.session.row.id), lambda entry: entry.seq > seq), KINDS)


def test_it_names_nobody_who_agrees_no_more_and_holds_no_card_taken_back_since(day: Day) -> None:
    day.session.act(act("introduce", named="yes"), day.other)
    kept, taken_back, withheld = (day.posted(day.other, title=title) for title in ("Reste", "Reprise", "Retenue"))
    seq = day.session.state.seq
    assert again(day, seq).people[day.other.participant].named
    day.session.act(act("introduce", named=""), day.other)
    day.session.act(act("withdraw", "situations", taken_back), day.other)
    day.session.act(act("withhold", on=withheld, why="un nom"), CONSOLE)
    later = day.posted(day.other, title="Plus tard")
    state = again(day, seq)
    assert not state.people[day.other.participant].named
    cards = state.summaries["situations"].contributions
    assert (cards[kept].status, cards[taken_back].status, cards[withheld].status) == ("shown", "withdrawn", "withheld")
    assert later not in cards


def test_what_has_no_hour_came_before_what_follows_it() -> None:
    signed, unsigned = Entry(1, "a", "2021-09-24T09:00", "p", "post"), Entry(2, "b", "", "", "post")
    after, last = Entry(3, "c", "2021-09-25T09:00", "p", "post"), Entry(4, "d", "", "", "post")
    assert stood([signed, unsigned, after, last], lambda entry: entry.at > "2021-09-24T10:00") == [signed, unsigned]
