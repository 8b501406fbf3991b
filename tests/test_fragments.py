"""Pieces of a screen drawn once: the same values are taken from memory, any other value, place or language is drawn."""

from itertools import count

from jinja2 import DictLoader, Environment

from facilitate.fragments import Kept
from facilitate.workshop import forget_words

SCREEN = "{% for one in cards %}{% kept one, more %}<li>{{ one.text }} {{ more }} {{ drawn() }}</li>{% endkept %}{% endfor %}"


def screen() -> Environment:
    made = Environment(loader=DictLoader({"wall": SCREEN, "phone": SCREEN}), autoescape=True, extensions=[Kept])
    made.globals["drawn"] = count(1).__next__
    return made


def test_what_did_not_change_is_not_drawn_again():
    wall = screen().get_template("wall")
    assert wall.render(cards=[{"text": "<b>"}], more="a") == "<li>&lt;b&gt; a 1</li>"
    assert wall.render(cards=[{"text": "<b>"}, {"text": "new"}], more="a") == "<li>&lt;b&gt; a 1</li><li>new a 2</li>"
    assert wall.render(cards=[{"text": "<b>"}], more="b") == "<li>&lt;b&gt; b 3</li>"


def test_no_piece_stands_in_another_place_or_language():
    one, other = screen(), screen()
    drawn = [each.get_template(name).render(cards=[{"text": "x"}], more="") for each in (one, other) for name in ("wall", "phone")]
    assert drawn == ["<li>x  1</li>", "<li>x  2</li>"] * 2


def test_what_is_erased_leaves_this_memory_too():
    wall = screen().get_template("wall")
    wall.render(cards=[{"text": "x"}], more="")
    forget_words()
    assert wall.render(cards=[{"text": "x"}], more="") == "<li>x  2</li>"
