"""Owns the reading of a damaged SQLite file without SQLite: the rows that its pages hold, where what led to them is lost.

The format: https://www.sqlite.org/fileformat2.html. A row is found on any leaf of any table, its columns in the order of the table, without
the table's name: whoever asks knows their rows by what they hold.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PAGE = 4096  # what SQLite makes, and says in a header that may be the very page that is damaged
_LEAF = 0x0D
_WHOLE = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 7: 8, 8: 0, 9: 0}
"""The bytes of a value, by its type."""

Row = tuple[Any, ...]


def rows(file: Path) -> Iterator[Row]:
    """Every row that can be read whole, from the file as its log (-wal) leaves it."""
    data = file.read_bytes()
    size = _size(data[:18])
    later = _committed(file.with_name(f"{file.name}-wal"), size)

    def page(number: int) -> bytes:
        return later.get(number) or data[(number - 1) * size : number * size]

    for number in range(1, max(len(data) // size, *later, 0) + 1):
        held = page(number)
        head = 100 if number == 1 else 0
        if len(held) < size or held[head] != _LEAF:
            continue
        count = int.from_bytes(held[head + 3 : head + 5])
        for place in range(head + 8, min(head + 8 + 2 * count, size), 2):
            try:
                yield _values(_payload(held, int.from_bytes(held[place : place + 2]), page, size))
            except (IndexError, ValueError, KeyError, struct.error):
                continue  # this row is what the damage took


def _size(head: bytes) -> int:
    said = int.from_bytes(head[16:18]) if head.startswith(b"SQLite format 3\0") else _PAGE
    return 65536 if said == 1 else said if said >= 512 and said & (said - 1) == 0 else _PAGE


def _committed(wal: Path, size: int) -> dict[int, bytes]:
    """The pages that the log holds, each as the last whole commit left it: what follows the first frame that is not right counts for
    nothing, as for SQLite."""
    data = wal.read_bytes() if wal.is_file() else b""
    pages, open_ = dict[int, bytes](), dict[int, bytes]()
    if len(data) < 32:
        return pages
    words = ">" if data[3] & 1 else "<"
    sums = _summed(data[:24], words, (0, 0))
    for place in range(32, len(data) - 24 - size + 1, 24 + size):
        number, commits, *salts_and_sums = struct.unpack(">6I", data[place : place + 24])
        held = data[place + 24 : place + 24 + size]
        sums = _summed(held, words, _summed(data[place : place + 8], words, sums))
        if (data[place + 8 : place + 16], tuple(salts_and_sums[2:])) != (data[16:24], sums):
            break
        open_[number] = held
        if commits:
            pages |= open_
            open_.clear()
    return pages


def _summed(data: bytes, words: str, sums: tuple[int, int]) -> tuple[int, int]:
    """The log's running checksum: section 4.2 of the format."""
    one, two = sums
    for first, second in struct.iter_unpack(f"{words}2I", data):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for count in range(8):
        value = value << 7 | data[place + count] & 0x7F
        if data[place + count] < 0x80:
            return value, place + count + 1
    return value << 8 | data[place + 8], place + 9


def _payload(held: bytes, place: int, page: Any, size: int) -> bytes:
    """The record of one cell, with what of it lies on other pages."""
    length, place = _varint(held, place)
    _, place = _varint(held, place)
    here = length
    if length > size - 35:
        least = (size - 12) * 32 // 255 - 23
        here = least + (length - least) % (size - 4)
        here = here if here <= size - 35 else least
    parts, left = [held[place : place + here]], length - here
    following = int.from_bytes(held[place + here : place + here + 4]) if left else 0
    while left > 0:
        more = page(following)
        if not following or len(more) < size:
            raise ValueError
        parts.append(more[4 : 4 + left])
        left -= size - 4
        following = int.from_bytes(more[:4])
    record = b"".join(parts)
    if len(record) != length:
        raise ValueError
    return record


def _values(record: bytes) -> Row:
    head, place = _varint(record, 0)
    values, at = list[Any](), head
    while place < head:
        kind, place = _varint(record, place)
        length = _WHOLE[kind] if kind < 12 else (kind - 12) // 2
        raw = record[at : at + length]
        if len(raw) < length:
            raise ValueError
        if kind >= 12:
            values.append(raw.decode() if kind % 2 else raw)
        elif kind == 7:
            values.append(struct.unpack(">d", raw)[0])
        else:
            values.append({0: None, 9: 1}.get(kind, int.from_bytes(raw, signed=True)))
        at += length
    return tuple(values)
