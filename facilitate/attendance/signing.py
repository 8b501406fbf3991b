"""Owns what a signature is: strokes drawn on a phone, as whole numbers in a box, never a picture; or a name typed in their place."""

import re
from dataclasses import dataclass

from facilitate.core.entry import Refused
from facilitate.core.words import N_

WIDE, HIGH = 1000, 400
"""The box one draws in, whatever the screen."""
LARGEST = 4000
"""Characters of a drawing: what a phone sends once its lines are made simple."""

_DRAWING = re.compile(r"\d{1,4} \d{1,4}(?: \d{1,4} \d{1,4})*(?:;\d{1,4} \d{1,4}(?: \d{1,4} \d{1,4})*)*", re.ASCII)
_LEAST = 60  # a signature is at least so wide or so high: what is less is a finger that slipped


@dataclass(frozen=True, slots=True)
class Signature:
    """``at`` the hour 'HH:MM' of the room; ``drawn`` its strokes as 'x y x y;x y x y', '' where a name was typed instead."""

    at: str
    drawn: str = ""


def read_drawing(text: object) -> str | Refused:
    """Strokes as a phone sends them: 'x y x y' a stroke, ';' between two, from 0 to 1000 across and from 0 to 400 down."""
    if text == "":
        return Refused("signature", N_("Nothing is drawn yet. Draw your signature in the box, or sign without drawing."), field="drawn")
    if not isinstance(text, str) or len(text) > LARGEST:
        return Refused("signature", N_("This drawing has too many lines to be kept. Clear it, and sign more simply."), field="drawn")
    points = _points(text) if _DRAWING.fullmatch(text) else []
    if not points or any(x > WIDE or y > HIGH for stroke in points for x, y in stroke):
        return Refused("signature", N_("This drawing could not be read. Clear it and draw again, or sign without drawing."), field="drawn")
    left, top, right, bottom = _bounds(points)
    if max(right - left, bottom - top) < _LEAST:
        return Refused(
            "signature", N_("This is hardly a line. Draw your whole signature in the box, or sign without drawing."), field="drawn"
        )
    return text


def drawn_svg(drawn: str) -> str:
    """A drawing that was read, as an SVG that it fills: lines, without one word."""
    points = _points(drawn)
    left, top, right, bottom = _bounds(points)
    # As thick on paper whatever its size: a page gives it about a third as much height as width.
    thick = max(right - left, 3 * (bottom - top), _LEAST) // 100 + 1
    paths = "".join("M" + "L".join(f"{x} {y}" for x, y in (stroke * 2 if len(stroke) == 1 else stroke)) for stroke in points)
    box = f"{left - thick} {top - thick} {right - left + 2 * thick} {bottom - top + 2 * thick}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><path fill="none" stroke="#101815" stroke-width="{thick}" '
        f'stroke-linecap="round" stroke-linejoin="round" d="{paths}"/></svg>'
    )


def _points(drawn: str) -> list[list[tuple[int, int]]]:
    strokes = [[int(one) for one in stroke.split()] for stroke in drawn.split(";")]
    return [list(zip(stroke[::2], stroke[1::2], strict=True)) for stroke in strokes]


def _bounds(points: list[list[tuple[int, int]]]) -> tuple[int, int, int, int]:
    xs, ys = zip(*(point for stroke in points for point in stroke), strict=True)
    return min(xs), min(ys), max(xs), max(ys)
