"""Owns the board: which themes there are, in which one each card stands, which cards say the same, and every change undone in turn.

What is hidden, withheld or withdrawn where it was written stands nowhere here while it is; a card that comes later is not placed yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from immutables import Map

from facilitate.core.activity import Contribution, Source, Summary, told
from facilitate.core.contribution import in_order
from facilitate.core.entry import Entry

_KEPT = 300
"""Changes that can be undone."""


@dataclass(frozen=True, slots=True)
class Theme:
    """``name`` is '' for one made of a proposal and not renamed: its name is that proposal's words, while these may be shown."""

    id: str
    name: str
    n: int
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """In which theme a card stands, since which entry, put there by whom."""

    theme: str
    n: int
    by: str


@dataclass(frozen=True, slots=True)
class Board:
    """All that *undo* brings back. ``same``: a card → the one it was merged into, never itself merged; ``apart``: a card → themes it was
    said not to belong to; ``unwanted``: suggested names that were declined; ``answered``: proposals that were taken or left."""

    themes: Map[str, Theme] = field(default_factory=Map)
    order: tuple[str, ...] = ()
    places: Map[str, Place] = field(default_factory=Map)
    same: Map[str, str] = field(default_factory=Map)
    apart: Map[str, frozenset[str]] = field(default_factory=Map)
    unwanted: frozenset[str] = frozenset()
    answered: Map[str, str] = field(default_factory=Map)

    def root(self, card: str) -> str:
        """The card this one was merged into, or itself."""
        return self.same.get(card, card)

    def within(self, card: str) -> list[str]:
        """The cards that were merged into this one."""
        return sorted(one for one, kept in self.same.items() if kept == card)


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the act that made it, what it did ('place'…), to how many cards, and the board before it."""

    id: str
    do: str
    cards: int
    theme: str
    before: Board


@dataclass(frozen=True, slots=True)
class Boards(Summary):
    """The board, what can be undone, and how often a theme left it: the wall then lays itself out anew. Contributions are proposals."""

    board: Board = field(default_factory=Board)
    past: tuple[Change, ...] = ()
    left: int = 0

    def name(self, theme: str) -> str:
        """A theme's name; '' where it was someone's words that may no longer be shown."""
        found = self.board.themes[theme]
        proposal = self.contributions.get(found.proposal)
        return found.name or (str(proposal.content.get("name", "")) if proposal and proposal.status == "shown" else "")

    def proposals(self) -> list[list[Contribution]]:
        """The proposals that await an answer, those that ask the same together, in the order they came."""
        alike: dict[tuple[str, str, str], list[Contribution]] = {}
        for one in in_order(self.contributions):
            if one.status == "shown" and one.id not in self.board.answered:
                name, card, theme = (str(one.content.get(key, "")) for key in ("name", "card", "theme"))
                alike.setdefault((name.casefold(), card, theme), []).append(one)
        return list(alike.values())

    def alike(self, proposal: str) -> list[str]:
        """The ids of the proposals that ask the same as this one, itself included."""
        return next(([one.id for one in ones] for ones in self.proposals() if proposal in [one.id for one in ones]), [proposal])


@dataclass(frozen=True, slots=True)
class Group:
    """One card of the board and those merged into it that are shown; ``theme`` '' while it is not placed, ``n`` since when it is."""

    cards: tuple[Contribution, ...]
    theme: str
    n: int

    @property
    def card(self) -> Contribution:
        """The one that speaks for all: the one that was kept, or the first left where that one may not be shown."""
        return self.cards[0]


def groups(board: Board, source: Source | None) -> list[Group]:
    """Every card that may be shown, in exactly one group, in the order a restitution tells them."""
    gathered: dict[str, list[Contribution]] = {}
    for one in told(source.summary.contributions) if source else ():
        gathered.setdefault(board.root(one.id), []).append(one)
    found = []
    for root, cards in gathered.items():
        place = board.places.get(root)
        cards.sort(key=lambda one: one.id != root)
        found.append(Group(tuple(cards), place.theme if place else "", place.n if place else 0))
    return found


def themes_of(summary: Boards, source: Source | None) -> list[tuple[str, list[str]]]:
    """Each theme in order: its name, and the ids of its cards, those merged into another included; cards of no theme are not in it."""
    held = groups(summary.board, source)
    return [(summary.name(id), [one.id for group in held if group.theme == id for one in group.cards]) for id in summary.board.order]


def named(held: Boards, names: Iterable[str]) -> Boards:
    """A board that begins with these themes."""
    themes = [Theme(f"theme-{place}", name, 0) for place, name in enumerate(names, 1)]
    return replace(held, board=Board(Map({one.id: one for one in themes}), tuple(one.id for one in themes)))


def changed(held: Boards, entry: Entry) -> Boards:
    """One change further; *undo* takes the last one back. What changes nothing leaves nothing to undo."""
    if entry.do == "undo":
        last = held.past[-1:]
        if not last or last[0].id != entry.content["change"]:
            return held
        gone = len(set(held.board.themes) - set(last[0].before.themes))
        return replace(held, board=last[0].before, past=held.past[:-1], left=held.left + gone)
    board = _moved(held.board, entry)
    if board == held.board:
        return held
    content = entry.content
    change = Change(entry.id, entry.do, len(content.get("cards", ())), str(content.get("theme", "")), held.board)
    gone = len(set(held.board.themes) - set(board.themes))
    return replace(held, board=board, past=(*held.past, change)[-_KEPT:], left=held.left + gone)


def _moved(board: Board, entry: Entry) -> Board:
    content = entry.content
    theme, cards = str(content.get("theme", "")), tuple(content.get("cards", ()))
    match entry.do:
        case "theme":
            return _placed(_begun(board, Theme(entry.id, content["name"], entry.seq)), cards, entry.id, entry)
        case "rename":
            one = board.themes.get(theme)
            return replace(board, themes=board.themes.set(theme, replace(one, name=content["name"]))) if one else board
        case "drop":
            return _dropped(board, theme)
        case "unite":
            into = str(content["into"])
            if not {theme, into} <= set(board.themes) or theme == into:
                return board
            places = board.places
            for card, place in board.places.items():
                if place.theme == theme:
                    places = places.set(card, replace(place, theme=into))
            return _dropped(replace(board, places=places), theme)
        case "order":
            others = [one for one in board.order if one != theme]
            at = others.index(content["after"]) + 1 if content["after"] in others else 0
            return replace(board, order=(*others[:at], theme, *others[at:])) if theme in board.themes else board
        case "place":
            return _placed(board, cards, theme, entry)
        case "same":
            return _merged(board, cards, entry)
        case "separate":
            return _separated(board, entry)
        case "take":
            board = _answered(board, entry, "taken")
            if not cards:
                return _begun(board, Theme(entry.id, "", entry.seq, entry.on))
            return _placed(board, cards, theme, entry)
        case "leave":
            return _answered(board, entry, "left")
        case "decline":
            if content.get("name"):
                return replace(board, unwanted=board.unwanted | {content["name"]})
            apart = board.apart
            for card in cards:
                apart = apart.set(card, apart.get(card, frozenset()) | {theme})
            return replace(board, apart=apart)
    return board


def _answered(board: Board, entry: Entry, how: str) -> Board:
    answered = board.answered
    for id in entry.content["alike"]:
        answered = answered.set(id, how)
    return replace(board, answered=answered)


def _begun(board: Board, theme: Theme) -> Board:
    return replace(board, themes=board.themes.set(theme.id, theme), order=(*board.order, theme.id))


def _placed(board: Board, cards: Iterable[str], theme: str, entry: Entry) -> Board:
    """Cards into a theme, or out of all where it is '': into one that is gone, they stay where they are."""
    if theme and theme not in board.themes:
        return board
    places = board.places
    for card in map(board.root, cards):
        place = places.get(card)
        if theme and (place is None or place.theme != theme):
            places = places.set(card, Place(theme, entry.seq, entry.by))
        elif not theme and place is not None:
            places = places.delete(card)
    return replace(board, places=places)


def _dropped(board: Board, theme: str) -> Board:
    if theme not in board.themes:
        return board
    places = board.places
    for card, place in board.places.items():
        if place.theme == theme:
            places = places.delete(card)
    return replace(board, themes=board.themes.delete(theme), order=tuple(one for one in board.order if one != theme), places=places)


def _merged(board: Board, cards: tuple[str, ...], entry: Entry) -> Board:
    """All into the first, with what had been merged into them; the first keeps its place, or takes that of another."""
    kept, *others = [board.root(one) for one in cards]
    same, places = board.same, board.places
    for other in others:
        if other == kept:
            continue
        for one in (other, *board.within(other)):
            same = same.set(one, kept)
        place = places.get(other)
        if place is not None:
            places = places.delete(other)
            if kept not in places:
                places = places.set(kept, Place(place.theme, entry.seq, entry.by))
    return replace(board, same=same, places=places)


def _separated(board: Board, entry: Entry) -> Board:
    """What was merged into a card stands apart again, each in the theme where that card is."""
    kept = board.root(str(entry.content["card"]))
    same, places, place = board.same, board.places, board.places.get(kept)
    for one in board.within(kept):
        same = same.delete(one)
        if place is not None:
            places = places.set(one, replace(place, n=entry.seq))
    return replace(board, same=same, places=places)


def counted(found: Iterable[Group]) -> dict[str, int]:
    """What stands on a board in figures: cards, as many as were written, and those that are placed."""
    counts = [(len(one.cards), bool(one.theme)) for one in found]
    cards, placed = sum(count for count, _ in counts), sum(count for count, there in counts if there)
    return {"cards": cards, "placed": placed, "left": cards - placed}
