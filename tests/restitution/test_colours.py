import math
import random

import pytest

from facilitate.app import beside
from facilitate.restitution import europe
from facilitate.restitution.colours import COLOUR, DAY, LINE, MARK, NIGHT, TEXT, contrast, read_colour, readable, roles, theme


def test_whatever_two_colours_an_organisation_has_its_words_can_be_read() -> None:
    chance = random.Random(7)
    some = [f"#{chance.randrange(1 << 24):06x}" for _ in range(40)] + ["#000000", "#ffffff", "#ffff00", "#808080"]
    for colour, mark in zip(some, reversed(some), strict=True):
        for night, plain in ((False, ("#f5f7f4", "#ffffff")), (True, ("#101815", "#18221e"))):
            found = roles(colour, mark, night=night)
            for ground in (*plain, found["--brand-wash"], found["--mark-wash"]):
                assert contrast(found["--brand"], ground) >= TEXT, (colour, night)
                assert contrast(found["--mark-line"], ground) >= LINE, (mark, night)
            assert contrast(found["--on-brand"].replace("#fff", "#ffffff")[:7], found["--brand"]) >= TEXT - 1
        assert roles(colour, mark, night=False)["--mark"] == mark


@pytest.mark.parametrize(("given", "kept"), [("#003189", "#003189"), ("#ffd400", "#705c00"), ("#ffffff", "#5d5d5d")])
def test_a_colour_too_light_to_be_read_is_darkened_and_keeps_its_hue(given: str, kept: str) -> None:
    assert readable(given) == kept


@pytest.mark.parametrize(
    ("typed", "read"), [(" 17564B ", "#17564b"), ("#abc", "#aabbcc"), ("vert", None), ("#12345", None), ("#17564b;}", None), ("", None)]
)
def test_a_colour_is_read_as_people_write_it(typed: str, read: str | None) -> None:
    assert read_colour(typed) == read


def test_screens_hold_the_roles_that_a_theme_replaces() -> None:
    static = beside("static")
    day, night = ((static / name).read_text("utf-8") for name in ("tokens.css", "night.css"))
    assert all(f"{role}: {value};" in day for role, value in DAY.items())
    assert all(f"{role}: {value};" in text for role, value in NIGHT.items() for text in (night, (static / "dark.css").read_text("utf-8")))
    assert theme(COLOUR, MARK) == {}
    changes = theme("#003189", "#e1000f")
    assert changes["--brand: #17564b;"] == "--brand: #003189;"
    assert changes["--mark: #f0b323;"] == "--mark: #e1000f;"


def test_the_emblem_of_the_european_union_is_drawn_after_its_guide() -> None:
    stars = europe.stars()
    assert len(stars) == 12
    for hour, star in enumerate(stars):
        top, points = star[0], star[::2]
        centre = (405 + 180 * math.sin(hour * math.pi / 6), 270 - 180 * math.cos(hour * math.pi / 6))
        assert top == pytest.approx((centre[0], centre[1] - 30)), "one point upwards"
        assert [math.dist(one, centre) for one in points] == pytest.approx([30] * 5)
    assert europe.svg().count("M") == 13
    assert "#003399" in europe.svg()
    assert "#FFCC00" in europe.svg()
    assert europe.png().startswith(b"\x89PNG")
    assert len(europe.png()) < 20_000
