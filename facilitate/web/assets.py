"""Owns what browsers are given besides pages: one style and one script per audience, joined at start and served for ever.

``static/audiences.json`` lists the files of each. Scripts are plain modules whose one-line ``import`` and ``export`` words are
taken out as they are joined, so that a phone asks once; people who read the code read the modules.
"""

import gzip
import hashlib
import inspect
import json
import mimetypes
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path

import brotli

from facilitate.core.activity import Kinds

_IMPORT = re.compile(r"^import\s.*;[ \t]*$", re.MULTILINE)
_NAMED = re.compile(r"export\s*\{(?P<names>[^{}]*)\}\s*;?\s*(?://#.*)?\s*$")
_INDENT = re.compile(r"^\s+", re.MULTILINE)
_OWN_STYLES = {
    # A phone asks for a kind's own style with that kind's first screen: the way in stays light.
    "participant": ("style.css",),
    "desk": ("style.css", "participant.css", "desk.css"),
    "console": ("style.css", "console.css"),
}
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)\n", re.MULTILINE)
_ENCODINGS = ("br", "gzip")
_EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?(?:function|const|let|class)\b)", re.MULTILINE)

_BUILDS = 3
"""How many houses' colours are kept, the last included."""


class Assets:
    """The static files by name ('participant.css', 'activities/vote/participant.js'), with one ``build`` mark for them all."""

    def __init__(self, folder: Path, kinds: Kinds) -> None:
        folders = {kind.kind: Path(inspect.getfile(type(kind))).parent for kind in kinds.values()}
        self._files: dict[str, bytes] = {}
        for audience, lists in json.loads((folder / "audiences.json").read_text("utf-8")).items():
            if lists.get("css"):
                names = _OWN_STYLES.get(audience, ("style.css", f"{audience}.css"))
                own_styles = [own / name for _, own in sorted(folders.items()) for name in names]
                styles = [*(folder / name for name in lists["css"]), *own_styles]
                self._files[f"{audience}.css"] = _lean("".join(map(_read, styles))).encode()
            if lists.get("js"):
                self._files[f"{audience}.js"] = _joined([_read(folder / name) for name in lists["js"]]).encode()
        for kind, own in sorted(folders.items()):
            for script in sorted(own.glob("*.js")):
                self._files[f"activities/{kind}/{script.name}"] = script.read_bytes()
            if style := _read(own / "participant.css"):
                self._files[f"activities/{kind}/participant.css"] = _lean(style).encode()
        self._packed: dict[tuple[str, str], bytes] = {}
        self._bare = dict(self._files)
        self._builds = {self.build: (self._files, self._packed)}

    def wear(self, theme: Mapping[str, str]) -> None:
        """Every style in an organisation's colours, ``theme`` saying what to put for what: their addresses change with them."""
        any_role = re.compile("|".join(map(re.escape, theme)) or "$^")
        worn = {
            name: any_role.sub(lambda role: theme[role[0]], data.decode()).encode() if name.endswith(".css") else data
            for name, data in self._bare.items()
        }
        if worn == self._files:
            return
        self._files, self._packed = worn, {}
        self.__dict__.pop("build", None)
        # Pages made in the colours of before ask for theirs still, of this worker or of another.
        earlier = [one for one in self._builds.items() if one[0] != self.build][1 - _BUILDS :]
        self._builds = dict([*earlier, (self.build, (self._files, self._packed))])

    @cached_property
    def build(self) -> str:
        """Changes when any file does: addresses that hold it may be kept for ever."""
        digest = hashlib.sha256()
        for name, data in sorted(self._files.items()):
            digest.update(name.encode() + data)
        return digest.hexdigest()[:10]

    def address(self, name: str) -> str:
        """Where a file is served; '' for one that does not exist (a kind without a script)."""
        return f"/static/{self.build}/{name}" if name in self._files else ""

    def holds(self, build: str) -> bool:
        """Whether these are, or were a while ago, the files of this mark."""
        return build in self._builds

    def get(self, name: str, accepted: str, build: str = "") -> tuple[bytes, str, str] | None:
        """(bytes, media type, content encoding or '') for a file as it is, or as it was in that ``build``; packed once per encoding, which
        takes a while: see ``at_hand``."""
        files, packed = self._builds.get(build, (self._files, self._packed))
        data = files.get(name)
        if data is None:
            return None
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        kind = "text/javascript" if name.endswith(".js") else kind
        encoding = _encoding(accepted)
        if not encoding:
            return data, f"{kind}; charset=utf-8", ""
        if (name, encoding) not in packed:
            # What a phone waits for is worth the longest search.
            packed[name, encoding] = self._compressed(data, encoding, 11 if "participant." in name else 9)
        return packed[name, encoding], f"{kind}; charset=utf-8", encoding

    def at_hand(self, name: str, accepted: str, build: str = "") -> bool:
        """Whether ``get`` answers at once."""
        encoding, (files, packed) = _encoding(accepted), self._builds.get(build, (self._files, self._packed))
        return not encoding or name not in files or (name, encoding) in packed

    def pack(self, *, phones: bool) -> Iterator[str]:
        """Packs what phones take, or all else, before it is asked for: one file a step, its name told."""
        for name in [name for name in self._files if ("participant." in name) == phones]:
            for encoding in _ENCODINGS:
                self.get(name, encoding)
            yield name

    # In the class, where ``forget_words`` does not look: files are nobody's words, and packing them anew takes half a second.
    @staticmethod
    @lru_cache(256)
    def _compressed(data: bytes, encoding: str, quality: int) -> bytes:
        return brotli.compress(data, quality=quality) if encoding == "br" else gzip.compress(data, 9, mtime=0)


def _encoding(accepted: str) -> str:
    return next((one for one in _ENCODINGS if one in accepted), "")


def _read(file: Path) -> str:
    return file.read_text("utf-8") + "\n" if file.exists() else ""


def _joined(modules: list[str]) -> str:
    """One script: comments on lines of their own and indents are for those who read the modules."""
    return "".join(_enclosed(module) or _INDENT.sub("", _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", module)))) for module in modules)


def _enclosed(module: str) -> str:
    """A third-party module that closes with ``export { a as io, … }``: its names stay its own, only ``io`` comes out; '' for ours."""
    names = _NAMED.search(module)
    inner = names and re.search(r"([\w$]+)\s+as\s+io\b", names["names"])
    return f"const io=(()=>{{{module[: names.start()]};return {inner[1]}}})();\n" if names and inner else ""


@lru_cache(64)
def _lean(style: str) -> str:
    """Without comments, nor blanks around its marks: they are for those who read the files."""
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"/\*.*?\*/\s*", "", style, flags=re.DOTALL))
