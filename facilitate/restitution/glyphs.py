"""Owns the fonts of the PDF: where they are, which characters they draw, and what stands for a character that none of them draws."""

import struct
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

MISSING = "□"

# Almarai for Arabic: Noto's builds letters out of dots and strokes, and nobody can copy or listen to what comes out.
_PACKAGES = ("fontpkg_source_serif_4", "fontpkg_source_sans_3", "fontpkg_almarai", "manimgx_fonts")
_JOINER = "\u200d"
# Drawn by nothing, and asked of no font: joiners, marks of direction, variation selectors, tags.
_INVISIBLE = (
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x180B, 0x180D),
    (0x200B, 0x200F),
    (0x2060, 0x206F),
    (0xFE00, 0xFE0F),
    (0xE0000, 0xE0FFF),
)


def folders() -> list[Path]:
    """Where the fonts stand. Raises ModuleNotFoundError when one of the packages that bring them is not installed."""
    found = []
    for name in _PACKAGES:
        package = find_spec(name)
        if package is None or package.origin is None:
            raise ModuleNotFoundError(f"the PDF needs the fonts of {name.replace('_', '-')}", name=name)
        folder = Path(package.origin).parent
        found.append(folder / "files" if (folder / "files").is_dir() else folder)
    return found


def undrawn(text: str) -> frozenset[str]:
    """The characters of a text that no font draws."""
    return frozenset(char for char in set(text) if char >= " " and ord(char) not in _drawn() and not _invisible(char))


def replaced(text: str, undrawn: frozenset[str]) -> str:
    """The text with one MISSING for each sign (a family joined out of four is one) that has an undrawn character."""
    kept: list[str] = []
    inside, last = False, ""
    for char in text:
        if not (inside and (_invisible(char) or unicodedata.category(char)[0] == "M" or last == _JOINER)):
            inside = char in undrawn
            kept.append(MISSING if inside else char)
        last = char
    return "".join(kept)


def _invisible(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in _INVISIBLE)


@cache
def _drawn() -> frozenset[int]:
    points: set[int] = set()
    for folder in folders():
        for path in folder.glob("*.ttf"):
            with path.open("rb") as file:
                points |= _points(file)
    return frozenset(points)


def _points(file: BinaryIO) -> set[int]:
    """The characters of one font, from its 'cmap' table: OpenType 1.9, subtables of format 4 and 12."""
    tables = struct.unpack(">4xH6x", file.read(12))[0]
    records = [struct.unpack(">4s4xII", file.read(16)) for _ in range(tables)]
    start, length = next((start, length) for tag, start, length in records if tag == b"cmap")
    file.seek(start)
    cmap = file.read(length)
    points: set[int] = set()
    for place in range(struct.unpack_from(">2xH", cmap)[0]):
        at = struct.unpack_from(">4xI", cmap, 4 + 8 * place)[0]
        kind = struct.unpack_from(">H", cmap, at)[0]
        if kind == 12:
            for group in range(struct.unpack_from(">I", cmap, at + 12)[0]):
                first, last = struct.unpack_from(">II", cmap, at + 16 + 12 * group)
                points.update(range(first, last + 1))
        elif kind == 4:
            points |= _points_of_segments(cmap, at)
    return points


def _points_of_segments(cmap: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">H", cmap, at + 6)[0] // 2
    row = f">{count}H"
    lasts, firsts, offsets = (struct.unpack_from(row, cmap, at + start) for start in (14, 16 + 2 * count, 16 + 6 * count))
    points: set[int] = set()
    for segment, (first, last, offset) in enumerate(zip(firsts, lasts, offsets, strict=True)):
        if not offset:
            points.update(range(first, last + 1))
            continue
        glyphs = at + 16 + 6 * count + 2 * segment + offset
        points.update(point for point in range(first, last + 1) if struct.unpack_from(">H", cmap, glyphs + 2 * (point - first))[0])
    return points - {0xFFFF}
