"""Owns the languages of the program: the catalogues of the house and of every kind, read once, and the choice of a reader's language.

Catalogues are plain .po files, read as they are: nothing to compile.
"""

import inspect
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from facilitate.core.activity import Kinds
from facilitate.core.entry import Refused

LANGUAGES = ("fr", "en")
"""English is the language of the msgids; French has a catalogue."""


@dataclass(frozen=True)
class Language:
    """One language: ``name`` 'fr' or 'en'; ``words`` msgid → translation, or (singular, plural) → its forms."""

    name: str
    words: dict[Any, Any] = field(default_factory=dict)

    def say(self, text: str, /, **values: Any) -> str:
        """The msgid in this language, its ``%(name)s`` places filled. A text without translation comes back as it is."""
        said: str = self.words.get(text, text)
        return said % values if values else said

    def form(self, one: str, many: str, count: float) -> str:
        """The msgid's form for this count, its places not filled. French uses the singular for 0 and 1, English for 1 only."""
        first, second = self.words.get((one, many)) or (self.say(one), self.say(many))
        single = count < 2 if self.name == "fr" else count == 1
        return str(first if single else second)

    def count(self, one: str, many: str, count: int) -> str:
        """The form for this count, ``%(count)s`` filled."""
        return self.form(one, many, count) % {"count": count}

    def refusal(self, refused: Refused) -> str:
        """Why an act was refused, or is to be sent later, in words."""
        values = {name: self.say(value) if name == "label" else value for name, value in refused.values.items()}
        text = self.form(refused.text, refused.plural, int(values["count"])) if refused.plural else self.say(refused.text)
        return text % values if values else text


def languages(kinds: Kinds) -> dict[str, Language]:
    """Every language by name, with the words of the house and of each kind."""
    here = Path(__file__).parent
    folders = {here, *(Path(inspect.getfile(type(kind))).parent for kind in kinds.values())}
    own = [folder for folder in folders if folder == here or here not in folder.parents]
    return {name: Language(name, _words(name, sorted(file for folder in own for file in folder.rglob(f"{name}.po")))) for name in LANGUAGES}


def _words(name: str, files: Iterable[Path]) -> dict[Any, Any]:
    words: dict[Any, Any] = {}
    for file in files:
        words |= _catalogue(file)
    # A form is found alone too, where nothing else says it.
    alone = {one: said for id, forms in words.items() if isinstance(id, tuple) for one, said in zip(id, forms, strict=True)}
    return alone | words


@cache
def _catalogue(file: Path) -> dict[Any, Any]:
    with file.open("rb") as lines:
        messages = [message for message in read_po(lines) if message.id and message.string and not message.fuzzy]
    return {tuple(one.id) if isinstance(one.id, list | tuple) else one.id: one.string for one in messages}
