"""Owns what may be done to the board: each move is read, checked against the board as it is now, and written out whole, or refused."""

from collections.abc import Mapping
from typing import Any

from facilitate.activities.themes.board import Boards
from facilitate.core.activity import Accepted, Field, Source, Sources, read_fields
from facilitate.core.entry import Act, Actor, Refused
from facilitate.core.words import N_

NAME = Field("name", N_("Name of the theme"), 80, required=True)
TABLE = Field("table", N_("For which table"), 40)
MOST = 60
"""Themes on one board."""
_MOST_CARDS = 2000


def proposed(settings: Mapping[str, Any], act: Act, held: Boards, sources: Sources) -> Accepted | Refused:
    """A theme's name, or a theme for a card."""
    if not settings["propose"]:
        return Refused("no-proposals", N_("The facilitators place the cards here: nothing is proposed from phones."), status=409)
    table = read_fields((TABLE,), act.content)
    if isinstance(table, Refused):
        return table
    if act.content.get("card") and not act.content.get("name"):
        theme = _theme(held, act.content.get("theme"))
        cards = _cards({"cards": act.content["card"]}, held, sources)
        if isinstance(theme, Refused):
            return theme
        return cards if isinstance(cards, Refused) else Accepted({"card": cards[0], "theme": theme, **table})
    name = read_fields((NAME,), act.content)
    return name if isinstance(name, Refused) else Accepted({**name, **table})


def moved(act: Act, actor: Actor, held: Boards, sources: Sources) -> Accepted | Refused:
    """A change of the board, with all that its entry needs to be folded."""
    content = act.content
    match act.do:
        case "theme":
            return _new(act, actor, held, sources)
        case "rename":
            theme, name = _theme(held, content.get("theme")), _name(held, content, but=str(content.get("theme", "")))
            return theme if isinstance(theme, Refused) else name if isinstance(name, Refused) else Accepted({"theme": theme, "name": name})
        case "drop":
            theme = _theme(held, content.get("theme"))
            return theme if isinstance(theme, Refused) else Accepted({"theme": theme})
        case "unite":
            theme, into = _theme(held, content.get("theme")), _theme(held, content.get("into"))
            if isinstance(theme, Refused):
                return theme
            if isinstance(into, Refused):
                return into
            if theme == into:
                return Refused("one-theme", N_("Choose two different themes."), field="into")
            return Accepted({"theme": theme, "into": into})
        case "order":
            theme = _theme(held, content.get("theme"))
            after = _theme(held, content.get("after")) if content.get("after") else ""
            if isinstance(theme, Refused):
                return theme
            if isinstance(after, Refused):
                return after
            return Accepted({"theme": theme, "after": after})
        case "place":
            return _place(act, actor, held, sources)
        case "same":
            cards = _cards(content, held, sources)
            if isinstance(cards, Refused):
                return cards
            if len(cards) < 2:
                return Refused("two-cards", N_("Choose at least two cards that say the same: the first is the one that is kept."))
            return Accepted({"cards": cards})
        case "separate":
            kept = content.get("card")
            if not isinstance(kept, str) or not held.board.within(kept):
                return Refused("not-merged", N_("These cards already stand apart: look at the board again."), status=409)
            return Accepted({"card": kept})
        case "take" | "leave":
            return _answered(act, held, sources)
        case "decline":
            return _declined(content, held, sources)
    return _undone(act, held)


def _new(act: Act, actor: Actor, held: Boards, sources: Sources) -> Accepted | Refused:
    """A theme, empty or begun with cards; those of another theme leave it, which splits that one."""
    name = _name(held, act.content)
    if isinstance(name, Refused):
        return name
    if len(held.board.themes) >= MOST:
        return Refused("too-many-themes", N_("A board holds at most %(most)s themes: join some of them first."), {"most": MOST}, 409)
    if not act.content.get("cards"):
        return Accepted({"name": name})
    cards = _cards(act.content, held, sources)
    if isinstance(cards, Refused):
        return cards
    cards = _as_seen(cards, act, actor, held)
    return cards if isinstance(cards, Refused) else Accepted({"name": name, "cards": cards})


def _place(act: Act, actor: Actor, held: Boards, sources: Sources) -> Accepted | Refused:
    theme = _theme(held, act.content.get("theme")) if act.content.get("theme") else ""
    cards = _cards(act.content, held, sources)
    if isinstance(theme, Refused):
        return theme
    if isinstance(cards, Refused):
        return cards
    cards = _as_seen(cards, act, actor, held)
    return cards if isinstance(cards, Refused) else Accepted({"theme": theme, "cards": cards})


def _as_seen(cards: list[str], act: Act, actor: Actor, held: Boards) -> list[str] | Refused:
    """Without those that a colleague has placed since this page was drawn: they have just decided, and are asked."""
    places = held.board.places
    fresh = [
        one for one in cards if one not in places or act.seen is None or places[one].n <= act.seen or places[one].by in ("", actor.name)
    ]
    if fresh:
        return fresh
    text = N_("A colleague has just placed this card in “%(theme)s”. Look at the board, then move it if you still wish to.")
    return Refused("just-moved", text, {"theme": held.name(places[cards[0]].theme)}, 409, field="cards")


def _answered(act: Act, held: Boards, sources: Sources) -> Accepted | Refused:
    """A proposal is taken or left, once."""
    found = held.contributions.get(act.on)
    if found is None or found.status in ("withdrawn", "withheld"):
        return Refused("withdrawn", N_("This proposal has been withdrawn. Nothing was changed."), status=409)
    if act.on in held.board.answered:
        return Refused("answered", N_("A colleague has already answered this proposal."), status=409)
    alike = {"alike": held.alike(found.id)}
    if act.do == "leave":
        return Accepted(alike)
    if found.status != "shown":
        return Refused("not-shown", N_("This proposal is hidden: show it again before you take it."), status=409)
    content = found.content
    if content.get("name"):
        name = _name(held, content)
        return name if isinstance(name, Refused) else Accepted(alike)
    theme, cards = _theme(held, content.get("theme")), _cards({"cards": content.get("card")}, held, sources)
    if isinstance(theme, Refused):
        return theme
    return cards if isinstance(cards, Refused) else Accepted({"theme": theme, "cards": cards, **alike})


def _declined(content: Mapping[str, Any], held: Boards, sources: Sources) -> Accepted | Refused:
    """A suggestion that is not wanted: a theme for cards, or the name of a theme to be."""
    if not content.get("theme"):
        name = read_fields((NAME,), content)
        return name if isinstance(name, Refused) else Accepted(name)
    theme, cards = _theme(held, content["theme"]), _cards(content, held, sources)
    if isinstance(theme, Refused):
        return theme
    return cards if isinstance(cards, Refused) else Accepted({"theme": theme, "cards": cards})


def _undone(act: Act, held: Boards) -> Accepted | Refused:
    """The last change, which the page names: pressed twice, or by two people, it takes back one."""
    if not held.past:
        return Refused("nothing-to-undo", N_("There is nothing left to undo."), status=409)
    last = held.past[-1].id
    if act.content.get("change", last) != last:
        text = N_("The board has changed since: what you wanted to undo is no longer the last change. Look at the board again.")
        return Refused("not-last", text, status=409)
    return Accepted({"change": last})


def _theme(held: Boards, given: Any) -> str | Refused:
    if isinstance(given, str) and given in held.board.themes:
        return given
    text = N_("This theme no longer exists: it was dropped, or joined with another. The cards stay where they are.")
    return Refused("unknown-theme", text, status=409, field="theme")


def _name(held: Boards, content: Mapping[str, Any], but: str = "") -> str | Refused:
    read = read_fields((NAME,), content)
    if isinstance(read, Refused):
        return read
    name = read["name"]
    if any(held.name(id).casefold() == name.casefold() for id in held.board.themes if id != but):
        return Refused(
            "same-name", N_("There is already a theme “%(name)s”. Place the cards there, or choose another name."), read, 409, "name"
        )
    return name


def _cards(content: Mapping[str, Any], held: Boards, sources: Sources) -> list[str] | Refused:
    """The cards named, once each, without those that have left the board or stand within another; refused when none is left."""
    given = content.get("cards")
    ids = [given] if isinstance(given, str) else given
    if not isinstance(ids, list | tuple) or not ids or len(ids) > _MOST_CARDS or not all(isinstance(one, str) for one in ids):
        return Refused("no-card", N_("Choose at least one card."), field="cards")
    source = sources.named.get("source")
    answers = [_card(one, held, source) for one in dict.fromkeys(ids)]
    kept = [one for one in answers if isinstance(one, str)]
    return kept or next(one for one in answers if isinstance(one, Refused))


def _card(id: str, held: Boards, source: Source | None) -> str | Refused:
    found = source.summary.contributions.get(id) if source else None
    if found is None:
        return Refused("unknown-contribution", N_("This card is not part of this board."), status=404, field="cards")
    if id in held.board.same:
        text = N_("This card has been merged with another one, and goes where that one goes. Look at the board again.")
        return Refused("merged", text, status=409, field="cards")
    if found.status == "withdrawn":
        return Refused("withdrawn", N_("This card has been withdrawn by its author. Nothing was changed."), status=409, field="cards")
    # A merged card speaks for others that may still be shown, while it may not.
    speaks = any(source.summary.contributions[one].status == "shown" for one in held.board.within(id)) if source else False
    if found.status != "shown" and not speaks:
        return Refused("not-shown", N_("This card has been taken off the wall. Nothing was changed."), status=409, field="cards")
    return id
