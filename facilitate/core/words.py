"""Owns the marker of translatable words, the cleaning of what people type, and how names and codes are made of text.

The core never translates: it carries msgids (plain English) marked with ``N_``; whoever shows them translates.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from typing import Any, Protocol


def N_(text: str) -> str:
    """Marks a msgid for the catalogue and returns it as it is."""
    return text


class Say(Protocol):
    """Translates a msgid into one language and fills its ``%(name)s`` places."""

    def __call__(self, text: str, /, **values: Any) -> str: ...


Count = Callable[[str, str, int], str]

# Controls but line end and tab; surrogates; bidirectional overrides, embeddings and isolates, which can make a text read as something it
# is not.
_NEVER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """The text as it is kept: NFC, line ends as ``\\n``, no control, surrogate or bidi-override character, no blank edge.

    Nothing else is touched: what a participant typed is never rewritten.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _NEVER.sub("", text).strip()


def clean_all(value: Any) -> Any:
    """``clean`` for every string of a JSON value, keys included. ValueError for what JSON does not know (NaN, infinity, bytes)."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): clean_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_all(item) for item in value]
    if not isinstance(value, int | float | None) or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError("not a JSON value")
    return value


def slug(text: str, taken: frozenset[str] | set[str] | tuple[str, ...] = ()) -> str:
    """A short ASCII name made from a title, different from those ``taken``: 'Décoder à deux' → 'decoder-a-deux'."""
    plain = unicodedata.normalize("NFKD", text.replace("’", " ")).encode("ascii", "ignore").decode().lower()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    stem = "-".join(words)[:40].strip("-") or "step"
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name


def code_shown(code: str) -> str:
    """The code of a day as it is read aloud: 'RVT482' → 'RVT 482'."""
    return f"{code[:3]} {code[3:]}"


def is_yes(value: Any) -> bool:
    """True for what a form or a program sends as yes."""
    return value is True or value in (1, "1", "true", "on", "yes", "oui")
