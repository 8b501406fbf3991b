"""Owns the emblem of the European Union, drawn after its guide: https://publications.europa.eu/code/en/en-5000100.htm.

A blue field half as long again as it is high; twelve golden stars, one point upwards, their centres on a circle of a third of the height,
as the hours on a clock; each within a circle of an eighteenth of the height.
"""

import io
import math
from functools import cache
from itertools import pairwise

from facilitate.core.words import N_, Say
from facilitate.restitution.brand import Logo

BLUE, GOLD = "#003399", "#FFCC00"
_WIDTH, _HEIGHT = 810, 540
_INNER = (3 - math.sqrt(5)) / 2  # where the sides of a five-pointed star cross, of its radius

Point = tuple[float, float]


def funded(say: Say) -> Logo:
    """The emblem with its statement, in the reader's language."""
    return Logo(say(N_("Emblem of the European Union")), png(), say(N_("Co-funded by the European Union")), svg())


def stars() -> list[list[Point]]:
    """The corners of the twelve stars."""
    radius, far = _HEIGHT / 18, _HEIGHT / 3
    found = []
    for hour in range(12):
        x, y = (_WIDTH / 2 + far * math.sin(hour * math.pi / 6), _HEIGHT / 2 - far * math.cos(hour * math.pi / 6))
        corners = [(radius * (_INNER if place % 2 else 1), place * math.pi / 5) for place in range(10)]
        found.append([(x + length * math.sin(angle), y - length * math.cos(angle)) for length, angle in corners])
    return found


@cache
def svg(more: str = 'xmlns="http://www.w3.org/2000/svg"') -> str:
    """As a file; with other attributes, as an element of a page."""
    sides = "".join(f"l{x - before_x:.1f} {y - before_y:.1f}" for (before_x, before_y), (x, y) in pairwise(stars()[0]))  # of each, alike
    path = "".join(f"M{star[0][0]:.1f} {star[0][1]:.1f}{sides}z" for star in stars())
    field = f'<path fill="{BLUE}" d="M0 0H{_WIDTH}V{_HEIGHT}H0z"/>'
    return f'<svg {more} viewBox="0 0 {_WIDTH} {_HEIGHT}">{field}<path fill="{GOLD}" d="{path}"/></svg>'


@cache
def png() -> bytes:
    """For what takes no drawing in lines."""
    from PIL import Image, ImageDraw

    fine = 4
    drawn = Image.new("RGB", (_WIDTH * fine, _HEIGHT * fine), BLUE)
    for star in stars():
        ImageDraw.Draw(drawn).polygon([(x * fine, y * fine) for x, y in star], fill=GOLD)
    packed = io.BytesIO()
    drawn.resize((_WIDTH, _HEIGHT), Image.Resampling.LANCZOS).quantize(32).save(packed, "PNG", optimize=True)
    return packed.getvalue()
