"""The figure of the basket game: names never stand on each other, no arrow goes through a territory or a name."""

from itertools import combinations, permutations
from math import hypot

import pytest

from facilitate.activities.exchange.drawing import FIGURES, HEIGHT, LABEL, NAME, RADIUS, WIDTH, arrow, brief, broad, drawn, shortened

SHORT = ["Forez", "Diois", "Métropole", "Drôme", "Ardèche", "Haute-Loire", "Livradois", "Vercors", "Trièves"]
LONG = [f"Communauté de communes des Monts et Vallées du Haut-Pays de {name}, versant nord" for name in SHORT]
UNDER = "donne 12, reçoit 14"


def figure(names, flows=None, **more):
    keys = [f"t{place}" for place in range(len(names))]
    all = dict.fromkeys(permutations(keys, 2), 4) if flows is None else flows
    return drawn(list(zip(keys, names, strict=True)), all, **more)


def box(node):
    """Left, top, right, bottom of a label."""
    wide = max(broad(UNDER, FIGURES), *(broad(text) for text, _ in node["lines"]))
    left = node["at"] - {"start": 0, "middle": wide / 2, "end": wide}[node["anchor"]]
    return left, node["lines"][0][1] - NAME * 0.8, left + wide, node["under"] + FIGURES * 0.2


def curve(figure, one):
    """Points along an arrow, its tip included."""
    spots = {node["key"]: (node["x"], node["y"]) for node in figure["nodes"]}
    start, bend, end = arrow(spots[one["from"]], spots[one["to"]])
    for step in range(41):
        at = step / 40
        yield tuple((1 - at) ** 2 * a + 2 * at * (1 - at) * b + at**2 * c for a, b, c in zip(start, bend, end, strict=True))


@pytest.mark.parametrize("names", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("count", range(2, 10))
def test_no_name_stands_on_another_nor_leaves_the_picture(count, names):
    boxes = [box(node) for node in figure(names[:count])["nodes"]]
    for left, top, right, bottom in boxes:
        assert left >= -20
        assert right <= WIDTH + 20
        assert top >= 0
        assert bottom <= HEIGHT
    for one, other in combinations(boxes, 2):
        assert one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]


@pytest.mark.parametrize("names", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("count", range(2, 10))
def test_no_arrow_goes_through_another_territory_or_a_name(count, names):
    found = figure(names[:count])
    for one in found["arrows"]:
        half = one["width"] / 2
        for x, y in curve(found, one):
            for node in found["nodes"]:
                if node["key"] not in (one["from"], one["to"]):
                    assert hypot(x - node["x"], y - node["y"]) > RADIUS + half
                left, top, right, bottom = box(node)
                assert not (left < x + half and x - half < right and top < y + half and y - half < bottom), (one, node)


@pytest.mark.parametrize("count", range(2, 10))
def test_what_is_given_and_what_comes_back_have_each_their_way(count):
    found = figure(SHORT[:count])
    there = {(one["from"], one["to"]): list(curve(found, one))[20] for one in found["arrows"]}
    for (giver, receiver), middle in there.items():
        assert hypot(*(a - b for a, b in zip(middle, there[receiver, giver], strict=True))) >= 22


def test_a_territory_keeps_its_place_when_exchanges_come():
    before, after = figure(SHORT[:5], {}), figure(SHORT[:5])
    assert before["nodes"] == after["nodes"]
    assert before["arrows"] == []
    assert len(after["arrows"]) == 20


def test_a_wider_arrow_says_more_goods_and_the_latest_lies_on_top():
    flows = {("t0", "t1"): 1, ("t1", "t0"): 3, ("t2", "t3"): 1}
    found = {(one["from"], one["to"]): one for one in figure(SHORT[:4], flows, last={("t0", "t1")})["arrows"]}
    assert found["t1", "t0"]["width"] > found["t0", "t1"]["width"] == found["t2", "t3"]["width"]
    assert list(found)[-1] == ("t0", "t1")
    assert found["t0", "t1"]["last"]
    assert not found["t1", "t0"]["last"]


def test_a_flow_that_nothing_answers_is_marked_except_in_a_circle():
    flows = {("t0", "t1"): 1, ("t1", "t2"): 1, ("t2", "t0"): 1, ("t3", "t0"): 1}
    found = figure(SHORT[:4], flows, paired={("t0", "t1"), ("t1", "t2"), ("t2", "t0")})
    assert [one["from"] for one in found["arrows"] if one["lone"]] == ["t3"]


def test_a_long_name_is_shortened_by_words_and_two_never_read_alike():
    (one,) = shortened(["Communauté de communes du Pays entre Loire et Rhône"], 2)
    assert len(one) == 2
    assert one[-1].endswith("…")
    assert " ".join(one).removesuffix(" …") in "Communauté de communes du Pays entre Loire et Rhône"
    found = shortened(LONG, 2)
    assert len({tuple(lines) for lines in found}) == len(LONG)
    assert all(broad(line) <= LABEL for lines in found for line in lines)
    assert shortened(["Forez", "Haute-Loire"], 2) == [["Forez"], ["Haute-Loire"]]


def test_a_name_without_a_space_still_fits():
    ((line,),) = shortened(["W" * 80], 1)
    assert broad(line) <= LABEL
    assert line.endswith("…")


def test_a_long_text_is_said_in_brief_with_whole_words():
    assert brief("Du bois de chauffage", 40) == "Du bois de chauffage"
    assert brief("Du bois de chauffage, vingt stères", 22) == "Du bois de …"
    assert brief("x" * 80, 20) == "x" * 18 + " …"


def test_nobody_yet_is_an_empty_figure():
    assert drawn([], {})["nodes"] == []


def test_names_that_begin_alike_keep_their_first_words_where_there_is_room():
    names = [f"Communauté de communes des Hautes Terres et des Vallées du Ponant {n}" for n in range(3)]
    (first,) = shortened(names, 1, 600)[0]
    assert first.startswith("Communauté")
    assert first.endswith("… 0")
