"""Owns how a zip is read and written here: the same parts make the same bytes, whenever and wherever they are put together."""

import io
import zipfile
from collections.abc import Mapping
from typing import BinaryIO

Parts = dict[str, bytes]
"""A zip's members, in order."""

_PACKED = (".docx", ".odt", ".xlsx", ".jpg", ".jpeg", ".png", ".pdf")
"""What is not worth packing once more."""


def parts_of(data: bytes) -> Parts:
    """The members of a zip of our own making: nothing of it is bounded."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """These parts as a zip, in this order; an office document says first, and unpacked, what it is ('mimetype')."""
    out = io.BytesIO()
    write_zip(parts, out)
    return out.getvalue()


def write_zip(parts: Mapping[str, bytes], file: BinaryIO) -> None:
    """The same into a file. Raises OSError."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in sorted(parts.items(), key=lambda part: part[0] != "mimetype"):
            info = zipfile.ZipInfo(name)  # dated 1980-01-01 unless told otherwise
            info.create_system, info.external_attr = 3, 0o100644 << 16  # a plain file made on Unix, wherever it was made
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" or name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
