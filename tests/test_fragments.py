"""Pieces of a screen drawn once: the same values are taken from memory, any other value, place or language is drawn."""

from itertools import count

from jinja2 import DictLoader, Environment

from facilitate.core.contribution import Same
from facilitate.fragments import _EACH, _MOST, Kept, Lately
from facilitate.workshop import forget_words

SCREEN = "{% kept one in cards, more %}<li>{{ one.text }} {{ more }} {{ drawn() }}</li>{% endkept %}"


def screen() -> Environment:
    made = Environment(loader=DictLoader({"wall": SCREEN, "phone": SCREEN}), autoescape=True, extensions=[Kept])
    made.globals["drawn"] = count(1).__next__
    return made


def test_what_did_not_change_is_not_drawn_again():
    wall = screen().get_template("wall")
    one, other = {"text": "<b>"}, {"text": "new"}
    assert wall.render(cards=[one], more="a") == "<li>&lt;b&gt; a 1</li>"
    assert wall.render(cards=[one, other], more="a") == "<li>&lt;b&gt; a 1</li><li>new a 2</li>"
    assert wall.render(cards=[one], more="b") == "<li>&lt;b&gt; b 3</li>"
    assert wall.render(cards=[other, one], more="a") == "<li>new a 2</li><li>&lt;b&gt; a 1</li>"


def test_what_no_longer_stands_there_is_not_held():
    lately, made = Lately(), count(1)
    ones = [Same(object()) for _ in range(3)]
    assert lately.made("wall", ones, lambda _: next(made)) == [1, 2, 3]
    assert lately.made("wall", ones[1:], lambda _: next(made)) == [2, 3]
    assert lately.made("wall", ones, lambda _: next(made)) == [4, 2, 3]
    for place in range(2 * _MOST // _EACH):
        lately.made(place, [Same(object()) for _ in range(_EACH)], lambda _: 0)
    assert lately.made("wall", ones, lambda _: next(made)) == [5, 6, 7], "the place that was looked at longest ago goes first"
    many = [Same(object()) for _ in range(_EACH + 1)]
    assert lately.made("all", many, lambda _: next(made)) != lately.made("all", many, lambda _: next(made))


def test_lists_that_one_screen_holds_do_not_put_each_other_out():
    kept = "{% kept one in group.cards, group.id %}<li>{{ one.text }} {{ drawn() }}</li>{% endkept %}"
    screen = "{% for group in groups %}" + kept + "{% endfor %}"
    wall = Environment(extensions=[Kept], loader=DictLoader({"wall": screen}), autoescape=True)
    wall.globals["drawn"] = count(1).__next__
    groups = [{"id": "b", "cards": [{"text": "x"}, {"text": "y"}]}, {"id": "a", "cards": [{"text": "z"}]}, {"id": "none", "cards": []}]
    drawn = [wall.get_template("wall").render(groups=groups) for _ in range(2)]
    assert drawn == ["<li>x 1</li><li>y 2</li><li>z 3</li>"] * 2


def test_a_place_where_nothing_stands_is_not_held():
    lately = Lately()
    for place in range(1000):
        lately.made(place, [], lambda _: 0)
    assert not lately._places


def test_no_piece_stands_in_another_place_or_language():
    one, other = screen(), screen()
    card = {"text": "x"}
    drawn = [each.get_template(name).render(cards=[card], more="") for each in (one, other) for name in ("wall", "phone")]
    assert drawn == ["<li>x  1</li>", "<li>x  2</li>"] * 2


def test_what_is_erased_leaves_this_memory_too():
    wall = screen().get_template("wall")
    one = {"text": "x"}
    wall.render(cards=[one], more="")
    forget_words()
    assert wall.render(cards=[one], more="") == "<li>x  2</li>"
