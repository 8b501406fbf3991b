"""Owns what becomes of an organisation's two colours: roles that can be read on every ground, by day and by night.

Lightness moves in OKLCH, where equal steps look equal and the hue stays: https://bottosson.github.io/posts/oklab/. Contrast is that of
WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
"""

import math
import re
from collections.abc import Iterable, Mapping

COLOUR, MARK = "#17564b", "#f0b323"
"""The two of the house where it chose none: what ``DAY`` and ``NIGHT`` were made from."""

DAY: Mapping[str, str] = {
    "--brand": COLOUR,
    "--on-brand": "#fff",
    "--brand-wash": "#def2ed",
    "--mark": MARK,
    "--mark-line": "#af810f",
    "--mark-wash": "#feeed1",
}
NIGHT: Mapping[str, str] = {
    "--brand": "#74afa2",
    "--on-brand": "#101815",
    "--brand-wash": "#16312c",
    "--mark-line": MARK,
    "--mark-wash": "#392c11",
}
"""The roles as ``static/tokens.css`` and its night hold them."""

TEXT, LINE = 5.5, 3.0
"""The least contrast of a text, and of a line that says something, on every ground where it stands."""

_GROUNDS = {"day": ("#f5f7f4", "#ffffff"), "night": ("#101815", "#18221e")}
_STEP = 0.005
_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)

Lch = tuple[float, float, float]


def read_colour(text: str) -> str | None:
    """'#17564b', '17564B' or '#abc' as '#rrggbb'; None where it is no colour."""
    found = _HEX.fullmatch(text.strip())
    if not found:
        return None
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * one for one in digits))


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str) -> str:
    """The colour as text: itself, or the nearest of its hue that is dark enough on paper, on white and on its own wash."""
    return roles(colour, MARK, night=False)["--brand"]


def roles(colour: str, mark: str, *, night: bool) -> dict[str, str]:
    """The roles of two colours '#rrggbb', as custom properties."""
    if (colour, mark) == (COLOUR, MARK):
        return dict(NIGHT if night else DAY)
    brand_wash = _wash(colour, *((0.29, 0.035) if night else (0.945, 0.022)))
    mark_wash = _wash(mark, *((0.30, 0.045) if night else (0.955, 0.045)))
    grounds = (*_GROUNDS["night" if night else "day"], brand_wash, mark_wash)
    brand = _moved(colour, grounds, TEXT, lighter=night)
    found = {
        "--brand": brand,
        "--on-brand": "#fff" if contrast("#ffffff", brand) > contrast("#101815", brand) else "#101815",
        "--brand-wash": brand_wash,
        "--mark-line": _moved(mark, grounds, LINE, lighter=night),
        "--mark-wash": mark_wash,
    }
    return found if night else found | {"--mark": mark}


def theme(colour: str, mark: str) -> dict[str, str]:
    """What to put for what in the style of the screens: '--brand: #17564b' → '--brand: #003189'; nothing for the house's own two."""
    changes: dict[str, str] = {}
    for defaults, night in ((DAY, False), (NIGHT, True)):
        found = roles(colour, mark, night=night)
        changes |= {f"{role}: {before};": f"{role}: {found[role]};" for role, before in defaults.items() if found[role] != before}
    return changes


def _moved(colour: str, grounds: Iterable[str], least: float, *, lighter: bool) -> str:
    """The colour, its lightness moved step by step until it is read on all of these."""
    lightness, chroma, hue = _lch(colour)
    for _ in range(round(1 / _STEP)):
        if all(contrast(colour, ground) >= least for ground in grounds):
            break
        lightness = min(max(lightness + (_STEP if lighter else -_STEP), 0), 1)
        colour = _shown((lightness, chroma, hue))
    return colour


def _wash(colour: str, lightness: float, most: float) -> str:
    _, chroma, hue = _lch(colour)
    return _shown((lightness, min(chroma, most), hue))


def _linear(colour: str) -> list[float]:
    values = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in values]


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lch(colour: str) -> Lch:
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _shown(lch: Lch) -> str:
    """The colour that a screen can show: of the same lightness and hue, with as much of its chroma as there is room for."""
    lightness, chroma, hue = lch
    while chroma > 0 and not all(-0.0005 <= one <= 1.0005 for one in _rgb(lightness, chroma, hue)):
        chroma = max(chroma - 0.001, 0)
    return "#" + "".join(f"{round(_gamma(min(max(one, 0), 1)) * 255):02x}" for one in _rgb(lightness, chroma, hue))


def _gamma(one: float) -> float:
    return 12.92 * one if one <= 0.0031308 else 1.055 * one ** (1 / 2.4) - 0.055


def _rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
