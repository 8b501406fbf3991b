"""A whole day played from outside, that stops wherever a screen looks different: for what must hold on every screen."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from browser.room import Room
from web.http import Client

One, Made = TypeVar("One"), TypeVar("Made")
Says = Callable[[int], str]
"""What someone writes where so many characters are allowed."""

WRITERS = 12


def crowd(day: Room, says: Says, people: int) -> list[Client]:
    """So many people who say everything of themselves, and come all at once, as a room does."""
    told = [
        {"name": says(80), "role": says(80), "structure": says(120), "territory": says(76) + f" {n % 16}", "type": says(76) + f" {n % 9}"}
        for n in range(people)
    ]
    return together(lambda one: day.someone(**one), told)


def together(do: Callable[[One], Made], each: Iterable[One]) -> list[Made]:
    """The same from many phones at once: the server takes them in batches, its screens are drawn once for several."""
    with ThreadPoolExecutor(12) as phones:
        return list(phones.map(do, each))


def scenes(day: Room, me: Sequence[Client], says: Says, others: Sequence[Client] = ()) -> Iterator[str]:
    """Plays the day and yields the name of each moment; ``me`` are the two whose phones are looked at, of ``others`` some write too."""
    drive = day.drive

    def do(verb: str, step: str = "", content: dict[str, object] | None = None, on: str = "") -> None:
        answer = drive.act(verb, step, content, on)
        assert answer.status == 200, answer.text

    def all_write(who: Sequence[Client], verb: str, step: str, **content: object) -> None:
        for one in who:
            answer = one.act(verb, step, content)
            assert answer.status == 200, answer.text

    yield "before"
    room = [*me, *others[:WRITERS]]
    do("open", "accueil")
    all_write(me, "post", "accueil", text=says(280))
    yield "welcome"
    do("open", "trois-financements")
    all_write(me, "post", "trois-financements", text=says(280))
    yield "input"
    do("open", "vos-situations")
    yield "situations, none yet"
    for one in room:
        fields = {"territory": says(120), "context": says(600), "watch": says(600)}
        for signed in (True, False) if one in me else (True,):
            all_write([one], "post", "vos-situations", title=says(280), signed=signed, **fields)
    cards = [card["id"] for card in day.cards("vos-situations")]
    yield "situations"
    do("hide", on=cards[0])
    do("hide", on=cards[1])
    do("withhold", on=cards[1], content={"why": says(200)})
    do("closing", "vos-situations", {"in": 600})
    yield "situations, closing, one hidden and one withheld"
    do("restore", on=cards[0])
    do("restore", on=cards[1])
    for asked in ({"card": cards[0]}, {"qr": 1}, {"black": 1}):
        do("show", content=asked)
        yield f"situations, the wall showing {next(iter(asked))}"
    do("show")
    do("close", "vos-situations")
    yield "situations, closed"
    do("open", "pause")
    yield "break"
    do("open", "lesquelles-decoder")
    for one in room:
        all_write([one], "vote", "lesquelles-decoder", dots={cards[0]: 2, cards[-1]: 1})
    yield "vote"
    do("reveal", "lesquelles-decoder")
    yield "vote, revealed"
    do("open", "decodage")
    yield "decode, before the choice"
    do("choose", "decodage", on=cards[0])
    yield "decode, telling"
    do("phase", "decodage", {"phase": "questions"})
    all_write(room, "post", "decodage", column="question", text=says(280), about=cards[0])
    yield "decode, questions"
    do("phase", "decodage", {"phase": "notes"})
    for place, one in enumerate(room):
        all_write([one], "post", "decodage", column=("benefits", "keys", "vigilance", "reuse")[place % 4], text=says(280), about=cards[0])
    yield "decode, notes"
    all_write(me[1:2], "scribe", "decodage", about=cards[0])
    written = {column: says(500) for column in ("benefits", "keys", "vigilance", "reuse")}
    assert me[1].act("complete", "decodage", written, on=cards[0]).status == 200
    do("phase", "decodage", {"phase": "card"})
    yield "decode, the card"
    assert me[0].act("confirm", "decodage", on=cards[0]).status == 200
    do("phase", "decodage", {"phase": "done"})
    yield "decode, done"
    do("open", "evaluation")
    for place, one in enumerate(room):
        texts = {"useful": says(280), "keep": says(500), "will": says(500)}
        all_write([one], "post", "evaluation", roti=place % 5, scales={"facilitation": place % 4 + 1}, **texts)
    yield "evaluation"
    do("reveal", "evaluation")
    yield "evaluation, revealed"
    do("finish")
    yield "finished"
