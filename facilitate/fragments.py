"""Owns the pieces of a screen that stay as they are from one drawing to the next: ``{% kept one in those, more %}…{% endkept %}`` in a
template.

What stands inside is drawn for each of those, and taken from memory as long as the very same stands there: a wall of 300 cards to which one
comes draws one. All that the inside depends on has to be named (MORE is plain JSON), and none of it is changed after it was made; so has
what tells one list on a screen from another, such as its step's id.
"""

import marshal
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from facilitate.core.contribution import Same

_MOST, _EACH = 16_384, 512
"""Things that are kept in all: the cards of fifty walls. Of one place: whoever asks for every card of a long day is not kept in mind."""


class Lately:
    """What was made of each of some things when they were last looked at together, by place: kept as long as they stand there, so that
    memory holds what is on screens and no more. The place that was looked at longest ago goes first."""

    def __init__(self) -> None:
        self._places: OrderedDict[Hashable, dict[Same, Any]] = OrderedDict()
        self._held = 0

    def made(self, place: Hashable, those: Iterable[Same], make: Callable[..., Any]) -> list[Any]:
        """``make(*held)`` of each of those, or what it was when it stood there before."""
        before = self._places.get(place, {})
        now = {one: before[one] if one in before else make(*one.held) for one in those}
        self._held -= len(self._places.pop(place, ()))
        if 0 < len(now) <= _EACH:
            self._places[place] = now
            self._held += len(now)
        while self._held > _MOST:
            self._held -= len(self._places.popitem(last=False)[1])
        return list(now.values())

    def cache_clear(self) -> None:
        """Forgets all of it."""
        self._places.clear()
        self._held = 0


_pieces = Lately()


class Kept(Extension):
    """The tag."""

    tags = {"kept"}  # noqa: RUF012 - as its base has it

    def parse(self, parser: Parser) -> nodes.Node:
        """``{% kept NAME in VALUES, MORE %}``: a call of ``draw`` around what stands inside."""
        line = next(parser.stream).lineno
        name = parser.parse_assign_target(name_only=True)
        parser.stream.expect("name:in")
        values = parser.parse_tuple()
        those, *more = values.items if isinstance(values, nodes.Tuple) else [values]
        inside = parser.parse_statements(("name:endkept",), drop_needle=True)
        name.set_ctx("param")
        draw = self.call_method("draw", [nodes.Const(f"{parser.name}:{line}"), those, nodes.List(more)])
        return nodes.CallBlock(draw, [name], [], inside).set_lineno(line)

    def draw(self, where: str, those: Iterable[Any], more: list[Any], caller: Callable[[Any], Markup]) -> Markup:
        """The pieces of that place: those that are the very same as at its last drawing are not drawn again."""
        place = id(self.environment), where, marshal.dumps(more, 2)
        return Markup("").join(_pieces.made(place, map(Same, those), caller))
