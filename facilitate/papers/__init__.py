"""Owns the hand in which the papers of a day are set: their templates stand here side by side, and take from ``house.typ`` what all share.

``python -m facilitate.papers`` is the door for the server: JSON on stdin, the PDF on stdout, in a process of its own.
"""

import base64
import json
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from facilitate.language import Language
from facilitate.restitution import glyphs, typography
from facilitate.restitution.brand import HOUSE, Brand, Logo
from facilitate.restitution.pdf import Printed, typeset

__all__ = ["dressed", "print_apart", "print_here"]

FOLDER = Path(__file__).parent
_DRAWN = "svg"
"""The key under which a payload holds a drawing of ours, in SVG: all other texts are words."""


def dressed(template: str, words: Mapping[str, Any], language: Language, *, brand: Brand = HOUSE, day: str = "") -> str:
    """All that the printing process needs to know, as JSON: ``words`` as their language writes them, the house, the template's name.

    ``day`` (ISO, or anything else) dates the PDF, so that the same words give the same bytes.
    """
    house = {
        "name": brand.name,
        "colour": brand.colour,
        "logo": _logo(brand.logo) if brand.logo else None,
        "funders": [_logo(one) for one in brand.funders],
        "legal": [*brand.legal, *filter(None, [brand.licence])],
    }
    whole = _each({**words, "house": house}, lambda text: typography.spaced(typography.printable(text), language.name))
    return json.dumps(whole | {"language": language.name, "template": template, "made": _instant(day)}, ensure_ascii=False)


def print_apart(payload: str) -> bytes:
    """A payload printed by a process started afresh: for the server. Raises CalledProcessError, its stderr says why."""
    command = [sys.executable, "-m", "facilitate.papers"]
    done = subprocess.run(command, input=payload.encode(), capture_output=True, check=False)
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done.stdout


def print_here(payload: str) -> Printed:
    """A payload printed in this process, which it holds for as long as it takes. The same payload gives the same bytes."""
    given, missing = json.loads(payload), glyphs.undrawn(payload)
    if missing:
        given = _each(given, lambda text: glyphs.replaced(text, missing))
    return typeset(FOLDER / f"{given['template']}.typ", {"words": json.dumps(given)}, given["made"])


def _logo(one: Logo) -> dict[str, str]:
    """A logo as the templates read it: a PNG stands in an SVG, for typst takes no other picture than files and texts."""
    drawn = one.svg
    if not drawn:
        wide, high = struct.unpack(">II", one.png[16:24])
        data = base64.b64encode(one.png).decode()
        drawn = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}">'
            f'<image width="{wide}" height="{high}" href="data:image/png;base64,{data}"/></svg>'
        )
    return {_DRAWN: drawn, "name": one.name, "beside": one.beside}


def _each(value: Any, change: Callable[[str], str], key: str = "") -> Any:
    if isinstance(value, str):
        return value if key == _DRAWN else change(value)
    if isinstance(value, Mapping):
        return {name: _each(item, change, name) for name, item in value.items()}
    return [_each(item, change) for item in value] if isinstance(value, Sequence) else value


def _instant(day: str) -> int:
    """Its midnight, in seconds since 1970; 0 for what is no ISO date."""
    try:
        return int(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).timestamp())
    except ValueError:
        return 0
