"""Owns the pieces of a screen that stay as they are from one drawing to the next: ``{% kept one, two %}…{% endkept %}`` in a template.

What stands inside is drawn once for the same values and language, and taken from memory afterwards: a wall of 300 cards to which one
comes draws one. All that the inside depends on has to be named.
"""

import marshal
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

_KEPT = 4096
"""Pieces: the cards of a dozen walls."""


class Kept(Extension):
    """The tag."""

    tags = {"kept"}  # noqa: RUF012 - as its base has it

    def parse(self, parser: Parser) -> nodes.Node:
        """``{% kept VALUES %}``: a call of ``draw`` around what stands inside."""
        line = next(parser.stream).lineno
        values = parser.parse_tuple()
        inside = parser.parse_statements(("name:endkept",), drop_needle=True)
        where = nodes.Const(f"{parser.name}:{line}")
        return nodes.CallBlock(self.call_method("draw", [where, values]), [], [], inside).set_lineno(line)

    def draw(self, where: str, values: Any, caller: Callable[[], Markup]) -> Markup:
        """The piece of that place for these values: plain JSON, as views are."""
        # Version 2: the same bytes for the same values, whoever else holds them.
        return _drawn(_Piece((id(self.environment), where, marshal.dumps(values, 2)), caller))


class _Piece:
    """What is to be drawn: known by its values."""

    __slots__ = ("_values", "draw")

    def __init__(self, values: tuple[Any, ...], draw: Callable[[], Markup] | None) -> None:
        self._values, self.draw = values, draw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Piece) and self._values == other._values

    def __hash__(self) -> int:
        return hash(self._values)


@lru_cache(_KEPT)
def _drawn(piece: _Piece) -> Markup:
    draw, piece.draw = piece.draw, None  # the state it draws from is held no longer than that
    return draw() if draw else Markup()
