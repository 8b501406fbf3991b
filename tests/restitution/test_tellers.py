"""In whose name a contribution is told: its author's, its kind's, or nobody's, and then nothing says whose it was."""

from typing import Any

from activities.room import LANGUAGES
from core.day import KINDS, Day

from facilitate.activities.situations import Situations
from facilitate.core.activity import Teller
from facilitate.restitution.build import Building, build
from facilitate.restitution.html import to_html

SAY = LANGUAGES["fr"].say
WORDS = ("Du lait contre du bois", "Trop loin de Forez", "Un cri du Pays de Forez")


class Teams(Situations):
    """Tells the first card as a team's, the others as nobody's."""

    def told_by(self, summary: Any, contribution: Any) -> Teller:
        first = min(summary.contributions.values(), key=lambda one: one.n)
        return Teller("Diois") if contribution.id == first.id else Teller("a participant", unknown=True, names=("Forez", "Pays de Forez"))


def played() -> Day:
    day = Day().join("anna").open("situations")
    for words in WORDS:
        day.do("post", "situations", {"title": words, "signed": True}, who="anna")
    return day


def annex(day: Day, kind: Situations) -> list[tuple[str, ...]]:
    kinds = {**KINDS, "situations": kind}
    document = build(day.state, kinds, LANGUAGES["fr"])
    (section,) = next(one for one in document.children if one.anchor == "annex").children[1:]
    return [row for table in section.children for row in table.rows]  # type: ignore[union-attr]


def test_what_a_kind_tells_in_another_name_keeps_its_hour_and_its_place() -> None:
    rows = annex(played(), Teams())
    number, words, by = rows[0]
    assert (number, words) == ("1", WORDS[0])
    name, hour = by.split(" · ")
    assert name == "Diois"
    assert "h" in hour


def test_what_nothing_may_name_stands_without_author_hour_or_name_in_its_words() -> None:
    rows = annex(played(), Teams())[1:]
    assert {row[1] for row in rows} == {"Trop loin de […]", "Un cri du […]"}
    assert {row[2] for row in rows} == {f"{SAY('a participant')} · {SAY('a name was masked')}"}


def test_its_order_is_drawn_by_lot_like_that_of_the_anonymous() -> None:
    day = played()
    for place in range(8):
        day.do("post", "situations", {"title": f"Carte {place}", "signed": True}, who="anna")
    told = Building(day.state, {**KINDS, "situations": Teams()}, LANGUAGES["fr"]).written["situations"]
    assert [one.n for one in told] != sorted(one.n for one in told)
    assert told[0].n == min(one.n for one in told)
    assert {one.at for one in told[1:]} == {""}


def test_elsewhere_the_author_is_named_as_they_agreed() -> None:
    day = played()
    page = to_html(build(day.state, KINDS, LANGUAGES["fr"]), LANGUAGES["fr"].say)
    assert "Trop loin de Forez" in page
    assert "masqué" not in page
