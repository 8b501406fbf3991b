"""Owns the figure of who gives to whom: territories on an ellipse, an arrow each way between two, their names around. Pure geometry."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import cos, hypot, pi, sin
from typing import Any

MOST = 9
"""Territories in a figure; more are read better in a table."""
WIDTH, HEIGHT, RADIUS = 1120, 780, 19
LABEL = 300
"""How wide a name may be; the figure's widths are those of a picture of 1920 × 1080 points."""
NAME, FIGURES = 34, 30
"""Size of a name, and of the words under it."""
_LEAD, _GAP, _MARGIN = 1.16, 16, 8
_TIP = 24
_LITTLE = 10
"""Signs of a name's end that do not say by themselves whose they are."""
_NARROW, _BROAD = frozenset("iljftrI.,’'-() "), frozenset("mwMWŒœÆæ@%")


def drawn(
    teams: Sequence[tuple[str, str]],
    counts: Mapping[tuple[str, str], int],
    last: Collection[tuple[str, str]] = (),
    paired: Collection[tuple[str, str]] = (),
) -> dict[str, Any]:
    """The figure of these (key, name), in their order, and of how many goods go from one to another: plain JSON.

    ``last``: the flows of the latest exchange; ``paired``: those that something answers though nothing comes straight back, as in a
    circle. A node is {key, x, y, anchor, at (x of its label), lines [[text, y]…], under (y of the words below)}, an arrow {from, to, path,
    width, last, lone}.
    """
    count = len(teams)
    labels = dict(zip((key for key, _ in teams), shortened([name for _, name in teams], 2 if count > 6 else 3), strict=True))
    nodes = _placed([key for key, _ in teams], labels)
    spots = {one["key"]: (one["x"], one["y"]) for one in nodes}
    arrows = []
    for (giver, receiver), goods in sorted(counts.items(), key=lambda one: (one[0] in last, one[0])):
        if giver in spots and receiver in spots:
            width = min(4, goods) * (3 if count > 6 else 4) + 3
            arrows.append(
                {
                    "from": giver,
                    "to": receiver,
                    "path": _path(*arrow(spots[giver], spots[receiver])),
                    "width": width,
                    "last": (giver, receiver) in last,
                    "lone": (receiver, giver) not in counts and (giver, receiver) not in paired,
                }
            )
    return {"width": WIDTH, "height": HEIGHT, "radius": RADIUS, "tip": _TIP, "nodes": nodes, "arrows": arrows}


def _placed(keys: Sequence[str], labels: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Each on the ellipse from the top on, clockwise, with the box of its label; two face each other from the sides."""
    count = len(keys)
    turn = pi / 2 if count == 2 else 0.0
    angles = [turn + 2 * pi * place / max(1, count) for place in range(count)]
    tall = {key: len(labels[key]) * NAME * _LEAD + FIGURES * _LEAD for key in keys}
    highest = min((-cos(angle) for angle in angles), default=0.0)
    lowest = max((-cos(angle) for angle in angles), default=0.0)
    above = max((tall[key] + _GAP for key, angle in zip(keys, angles, strict=True) if -cos(angle) < -0.4), default=60.0) + RADIUS
    below = max((tall[key] + _GAP for key, angle in zip(keys, angles, strict=True) if -cos(angle) > 0.4), default=60.0) + RADIUS
    across = WIDTH / 2 - LABEL - RADIUS - _GAP - _MARGIN
    up = (HEIGHT - above - below - 2 * _MARGIN) / (lowest - highest) if lowest - highest > 0.1 else 0.0
    middle = _MARGIN + above - highest * up if up else HEIGHT / 2
    nodes = []
    for key, angle in zip(keys, angles, strict=True):
        x, y = WIDTH / 2 + across * sin(angle), middle - up * cos(angle)
        side = 0 if abs(sin(angle)) < 0.15 else 1 if sin(angle) > 0 else -1
        top = y - tall[key] / 2 * (1 + cos(angle)) if side else y - RADIUS - _GAP - tall[key] if cos(angle) > 0 else y + RADIUS + _GAP
        first = top + NAME * 0.92
        lines = [[text, round(first + place * NAME * _LEAD)] for place, text in enumerate(labels[key])]
        nodes.append(
            {
                "key": key,
                "x": round(x),
                "y": round(y),
                "anchor": ("middle", "start", "end")[side],
                "at": round(x + side * (RADIUS + _GAP)),
                "lines": lines,
                "under": round(first + (len(lines) - 1) * NAME * _LEAD + FIGURES * _LEAD),
            }
        )
    return nodes


Point = tuple[float, float]


def arrow(one: Point, other: Point) -> tuple[Point, Point, Point]:
    """Start, control and end of the curve from a node to another: it leaves on the right of the line between them, so that what comes
    back has its own way; both are drawn towards the middle, away from the names."""
    across = hypot(other[0] - one[0], other[1] - one[1])
    along = ((other[0] - one[0]) / across, (other[1] - one[1]) / across)
    middle = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
    inwards = (WIDTH / 2 - middle[0], HEIGHT / 2 - middle[1])
    apart = min(60.0, 26 + across * 0.08)
    bend = (middle[0] + inwards[0] * 0.3 - along[1] * apart, middle[1] + inwards[1] * 0.3 + along[0] * apart)
    return _towards(one, bend, RADIUS + 4), bend, _towards(other, bend, RADIUS + _TIP + 2)


def _towards(one: Point, other: Point, by: float) -> Point:
    far = hypot(other[0] - one[0], other[1] - one[1])
    return one[0] + (other[0] - one[0]) * by / far, one[1] + (other[1] - one[1]) * by / far


def _path(start: Point, bend: Point, end: Point) -> str:
    return "M{:.0f} {:.0f}Q{:.0f} {:.0f} {:.0f} {:.0f}".format(*start, *bend, *end)


# Names


def broad(text: str, size: float = NAME) -> float:
    """How wide a text stands in this size, in a common sans: an estimate, rather too wide."""
    return size * sum(0.36 if one in _NARROW else 0.92 if one in _BROAD else 0.74 if one.isupper() else 0.62 for one in text)


def brief(text: str, most: int) -> str:
    """A text of at most so many signs, whole words, ended by '…' where some are left out."""
    if len(text) <= most:
        return text
    return f"{text[: most - 1].rpartition(' ')[0] or text[: most - 2]} …"


def shortened(names: Sequence[str], lines: int, width: float = LABEL) -> list[list[str]]:
    """Each name on a few lines, whole words; one that is too long ends on '…', and two that would then read alike lose what they have
    in common first."""
    found = [_wrapped(name.split(), lines, width) for name in names]
    for place, name in enumerate(names):
        alike = [other for spot, other in enumerate(names) if other != name and found[spot] == found[place]]
        if alike:
            words = name.split()
            skip = min(_common(words, other.split()) for other in alike)
            for spot, other in enumerate(names):
                if other == name or other in alike:
                    found[spot] = _told_apart(other.split(), skip, lines, width)
    return found


def _told_apart(words: Sequence[str], skip: int, lines: int, width: float) -> list[str]:
    """What is a name's own where others share its first ``skip`` words; after as many of these as there is room for, if it says little."""
    little = len(" ".join(words[skip:])) < _LITTLE
    for kept in range(skip if little else 0, -1, -1):
        if kept and len(words[kept - 1]) < 4:
            continue
        tried = _wrapped([*words[:kept], "…", *words[skip:]] if kept < skip else words, lines, width)
        if not kept or not tried[-1].endswith("…"):
            return tried
    return [""]


def _common(words: Sequence[str], others: Sequence[str]) -> int:
    """How many words two names begin with alike; the last one of a name always stands."""
    count = 0
    while count < min(len(words), len(others)) - 1 and words[count] == others[count]:
        count += 1
    return count


def _wrapped(words: Iterable[str], lines: int, width: float) -> list[str]:
    found: list[str] = []
    for word in words:
        if found and broad(f"{found[-1]} {word}") <= width:
            found[-1] = f"{found[-1]} {word}"
        elif len(found) < lines:
            found.append(_cut(word, width))
        else:
            kept = found[-1] if broad(f"{found[-1]} …") <= width else found[-1].rpartition(" ")[0] or found[-1]
            found[-1] = _cut(f"{kept} …", width)
            break
    return found or [""]


def _cut(word: str, width: float) -> str:
    """A word wider than the label: the one case where letters go."""
    if broad(word) <= width:
        return word
    while broad(f"{word}…") > width:
        word = word[:-1]
    return f"{word}…"
