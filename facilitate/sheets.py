"""Owns the sheets one prepares in a browser: those of the library, which nobody changes, and those of the data folder, one file each."""

import contextlib
import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from facilitate.core.sheet import LARGEST, decode_sheet
from facilitate.core.words import N_, slug

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 80


class NoSheet(Exception):
    """There is no such sheet, or nothing can be read or kept there: a msgid, its values."""

    def __init__(self, text: str, **values: str) -> None:
        self.text, self.values = text, values


class Changed(Exception):
    """The file is no longer the one that was read."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it stands on disk: its name, its text to the last byte, the print of that text, when it was written."""

    name: str
    text: str
    print: str
    written: float = 0.0


def print_of(text: str) -> str:
    """What tells two versions of a sheet apart."""
    return hashlib.sha256(text.encode()).hexdigest()


class Sheets:
    """``own``: the folder of the sheets that may be changed, None where nothing can be kept; ``library``: the folder of the models."""

    def __init__(self, own: Path | None, library: Path) -> None:
        self.own, self.library = own, library

    def names(self) -> list[str]:
        """The own sheets, the last written first."""
        found = [one for one in self.own.glob("*.md") if _plain(one)] if self.own and self.own.is_dir() else []
        return [one.stem for one in sorted(found, key=lambda one: -one.stat().st_mtime)]

    def models(self) -> list[str]:
        """The sheets of the library."""
        return sorted(one.stem for one in self.library.glob("*.md") if _plain(one))

    def path(self, name: str) -> Path:
        """Where an own sheet is, or would be. Raises ``NoSheet`` for what is no name of ours: a path, a link, another kind of file."""
        if self.own is None:
            raise NoSheet(N_("Sheets cannot be kept here: this server has no data folder. Write them in a text editor."))
        if len(name) > _LONGEST or not _NAME.fullmatch(name):
            raise NoSheet(N_("There is no sheet of that name here."))
        path = self.own / f"{name}.md"
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise NoSheet(N_("There is no sheet of that name here."))
        return path

    def read(self, name: str) -> Sheet:
        """An own sheet. Raises ``NoSheet``."""
        return _read(self.path(name))

    def model(self, name: str) -> Sheet:
        """A sheet of the library. Raises ``NoSheet``."""
        if name not in self.models():
            raise NoSheet(N_("There is no sheet of that name here."))
        return _read(self.library / f"{name}.md")

    def keep(self, name: str, text: str, print: str) -> Sheet:
        """Writes an own sheet whole, or not at all. ``print``: of the file as it was read. Raises ``Changed`` where it is another one now,
        and ``NoSheet`` where it cannot be written."""
        path = self.path(name)
        _is_still(path, print)
        if len(text.encode()) > LARGEST:
            raise NoSheet(N_("This file is too large for a sheet: 1 MB at most."))
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
            try:
                with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                _is_still(path, print)  # the disk took its time, in which another worker may have written
                os.replace(beside, path)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(beside)
        except OSError as error:
            raise NoSheet(N_("The sheet could not be written: %(why)s"), why=error.strerror or "") from error
        return _read(path)

    def add(self, title: str, text: str) -> Sheet:
        """A new own sheet, named after ``title``. Raises ``NoSheet``."""
        taken = set(self.names())
        while True:
            name = slug(title, taken)
            if not self.path(name).exists():
                with contextlib.suppress(Changed):  # another worker took that name
                    return self.keep(name, text, "")
            taken.add(name)


def _is_still(path: Path, print: str) -> None:
    if path.exists() and _read(path).print != print:
        raise Changed


def _plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and len(path.stem) <= _LONGEST and bool(_NAME.fullmatch(path.stem))


def _read(path: Path) -> Sheet:
    try:
        data = path.read_bytes()
        written = path.stat().st_mtime
    except OSError as error:
        raise NoSheet(N_("There is no sheet of that name here.")) from error
    read = decode_sheet(data)
    if not isinstance(read, str):
        raise NoSheet(read.text, **read.values)
    text = data.decode()
    return Sheet(path.stem, text, print_of(text), written)
