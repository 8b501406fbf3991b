"""Owns themes, making sense of what came: cards of an earlier step grouped under names; the room proposes, whoever drives decides."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar

from facilitate.activities.themes.board import Boards, Group, changed, counted, groups, named, themes_of
from facilitate.activities.themes.moves import NAME, TABLE, moved, proposed
from facilitate.activities.themes.rehearsed import next_move
from facilitate.activities.themes.report import told_by_theme
from facilitate.core.activity import (
    Accepted,
    ActivityType,
    Contribution,
    Examples,
    Field,
    Gesture,
    Policy,
    Setting,
    Source,
    Sources,
    Verb,
    Viewer,
    Voice,
    card,
    cards,
)
from facilitate.core.agenda import Activity
from facilitate.core.contribution import Same, fold_contributions
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.tree import Node
from facilitate.core.words import N_

__all__ = ["Themes", "themes_of"]

ON_PHONE = 8
"""Cards to place that one phone is shown: not the same on all, so that a room reads them all."""
_ON_WALL = 3
"""Cards of a theme that the wall shows, the last placed first; fewer where themes are many, so that eight stand on one page."""
_LONG = 600
"""Characters of a card beyond which suggestions read no further."""

_CONSOLE = Verb(by=frozenset({"console"}), when="opened")


class Themes(ActivityType):
    """Cards into named themes."""

    kind: ClassVar[str] = "themes"
    fr: ClassVar[str] = "thèmes"
    label: ClassVar[str] = N_("Themes")
    suggests: ClassVar[str] = "facilitate.activities.themes.suggesting"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("source", "sur", "source", "", N_("The earlier step whose cards are grouped."), required=True),
        Setting("question", "question", "text", "", N_("What the room looks for in these cards.")),
        Setting("propose", "proposer", "flag", True, N_("Whether phones may propose themes and places.")),
        Setting("themes", "noms", "list", (), N_("Names of themes to begin with.")),
    )
    verbs: ClassVar[Mapping[str, Verb]] = {
        "post": Verb(late=True),
        "withdraw": Verb(when="opened"),
        **dict.fromkeys(
            ("theme", "rename", "drop", "order", "place", "unite", "same", "separate", "take", "leave", "decline", "undo"),
            _CONSOLE,
        ),
    }
    examples: ClassVar[Examples] = Examples(
        accepts=({"name": "Food"}, {"name": "x" * 80, "table": "Table 4"}),
        refuses=(
            {},
            {"name": ""},
            {"name": "x" * 81},
            {"name": 3},
            {"name": "Food", "table": "t" * 41},
            {"card": "no-such-card", "theme": "no-such-theme"},
        ),
    )

    def start(self, settings: Mapping[str, Any]) -> Boards:
        names = dict.fromkeys(str(name)[: NAME.limit] for name in settings["themes"])
        return named(Boards(), names)

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (replace(NAME, label=N_("A theme you see in these cards")), TABLE) if settings["propose"] else ()

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Any, sources: Sources) -> Accepted | Refused:
        if act.do == "post":
            return proposed(settings, act, summary, sources)
        if act.do == "withdraw":
            return super().accept(settings, act, actor, summary, sources)
        return moved(act, actor, summary, sources)

    def fold(self, summary: Any, entry: Entry) -> Boards:
        held: Boards = summary
        if entry.do in self.verbs and entry.do not in ("post", "withdraw"):
            return changed(held, entry)
        return replace(held, contributions=fold_contributions(held.contributions, entry))

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        held: Boards = summary
        source, board = sources.named.get("source"), held.board
        found = groups(board, source)
        counts = counted(found)
        themes = [{"id": id, "name": held.name(id)} for id in board.order]
        seen: dict[str, Any] = {
            "question": settings["question"],
            "propose": settings["propose"],
            "cards": [] if viewer.audience == "wall" else cards(_names(held), viewer, sources.people),
        }
        if viewer.audience == "participant" and not viewer.participant:
            # What all phones see alike: they look again when a theme changes, every ten cards placed, and when a card must go.
            left = ("hidden", "withheld", "withdrawn")
            gone = sum(one.status in left for one in source.summary.contributions.values()) if source else 0
            return seen | {"themes": [one | {"cards": []} for one in themes], "unplaced": [], "stage": counts["placed"] // 10, "gone": gone}
        drawn = [_seen(one, source, sources) for one in found]
        by_theme = {id: sorted((one for one in drawn if one["theme"] == id), key=lambda one: -one["n"]) for id in board.order}
        unplaced = [one for one in drawn if not one["theme"]]
        seen["counts"] = counts | {"themes": len(board.order)}
        if viewer.audience == "participant":
            seen["answers"] = {one["id"]: held.board.answered.get(one["id"], "") for one in seen["cards"]}
            seen["asked"] = _mine(held, viewer, found, source)
            mine = {one["card"] for one in seen["asked"]}
            unplaced = [one for one in unplaced if one["id"] not in mine]
            me = sources.people.get(viewer.participant)
            unplaced = sorted(unplaced, key=lambda one: hashlib.sha256(f"{me.n if me else 0} {one['id']}".encode()).digest())[:ON_PHONE]
        seen["unplaced"] = unplaced
        seen["themes"] = [one | {"cards": by_theme[one["id"]], "count": _count(by_theme[one["id"]])} for one in themes]
        if viewer.audience == "wall":
            most = _ON_WALL - (len(themes) > 3) - (len(themes) > 8)
            seen["themes"] = [one | {"cards": one["cards"][:most]} for one in seen["themes"]]
            seen |= {"unplaced": unplaced[:most], "left": held.left}
        if viewer.audience == "console":
            seen["proposals"] = [_asked(one, held, found, source, viewer, sources) for one in held.proposals()]
            seen["undo"] = _undo(held)
        return seen

    def concerns(self, summary: Any, entry: Entry) -> Collection[str]:
        """Whoever made a proposal sees that it was answered."""
        held: Boards = summary
        return {held.contributions[id].by for id in entry.content.get("alike", ()) if id in held.contributions}

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        return told_by_theme(activity, summary, sources, policy)

    def themes(self, activity: Activity, summary: Any, sources: Sources) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return tuple((name, tuple(ids)) for name, ids in themes_of(summary, sources.named.get("source")))

    def texts(self, settings: Mapping[str, Any], contribution: Contribution) -> tuple[tuple[str, str], ...]:
        """A proposed name; a theme proposed for a card has no words of its own."""
        content = contribution.content
        if not content.get("name"):
            return ()
        table = ((TABLE.label, str(content["table"])),) if content.get("table") else ()
        return (("", str(content["name"])), *table)

    def offered(self, settings: Mapping[str, Any], summary: Any) -> Mapping[str, Contribution]:
        """Its themes that have a name: a vote on this step is a vote on them."""
        held: Boards = summary
        named = [(held.board.themes[id], held.name(id)) for id in held.board.order]
        return {one.id: Contribution(one.id, one.n, "", "console", "", {"name": name}, one.n) for one, name in named if name}

    def asked(self, settings: Mapping[str, Any], summary: Any, sources: Sources) -> dict[str, Any]:
        """What suggestions are made from: the words of each card, where it was placed, and what was declined. Nothing of who wrote them."""
        held: Boards = summary
        source, board = sources.named.get("source"), held.board
        told = [
            {
                "id": one.card.id,
                "text": " ".join(_words(source, one.card))[:_LONG],
                "theme": one.theme,
                "apart": sorted(board.apart.get(board.root(one.card.id), ())),
            }
            for one in groups(board, source)
            if source
        ]
        themes = [{"id": id, "name": held.name(id)} for id in board.order]
        return {"cards": told, "themes": themes, "unwanted": sorted(board.unwanted)}

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """Now and then a name, or a place for one of the cards this phone was shown."""
        if not view["propose"] or view["cards"] or not view.get("counts", {}).get("cards"):
            return ()
        if view["unplaced"] and view["themes"] and voice.chance(0.1):
            there = {"card": voice.pick(view["unplaced"])["id"], "theme": voice.pick(view["themes"])["id"]}
            return (Gesture("post", there),)
        return (Gesture("post", {"name": voice.says("theme", NAME.limit)}),) if voice.chance(0.08) else ()

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        return next_move(view)


def _names(held: Boards) -> dict[str, Contribution]:
    """The proposals that have words: names of themes."""
    return {id: one for id, one in held.contributions.items() if "card" not in one.content}


def _mine(held: Boards, viewer: Viewer, found: list[Group], source: Source | None) -> list[dict[str, str]]:
    """The places this person has proposed, for cards and themes that are still there."""
    own = [one for one in held.contributions.values() if one.content.get("card") and viewer.wrote(one) and one.status == "shown"]
    shown = {each.id: one.card for one in found for each in one.cards}
    return [
        {
            "id": one.id,
            "card": shown[one.content["card"]].id,
            "text": next(iter(_words(source, shown[one.content["card"]])), ""),
            "theme": held.name(one.content["theme"]),
            "answer": held.board.answered.get(one.id, ""),
        }
        for one in sorted(own, key=lambda one: one.n)
        if source and one.content["card"] in shown and one.content["theme"] in held.board.themes
    ]


def _words(source: Source, contribution: Contribution) -> list[str]:
    return [text for _, text in source.type.texts(source.activity.settings, contribution)]


def _seen(group: Group, source: Source | None, sources: Sources) -> dict[str, Any]:
    """A card of the board, and the cards merged into it."""
    kind, activity = (source.type, source.activity) if source else (None, None)
    first, *others = (_shown(Same(one, sources.people.get(one.by), activity), kind) for one in group.cards)
    return first | {"theme": group.theme, "n": group.n, "same": others}


@lru_cache(2048)
def _shown(written: Same, kind: ActivityType | None) -> dict[str, Any]:
    """What a card says first, and next (a name alone says too little), and who signed it: the same dict as long as nothing changes, for
    whoever looks."""
    one, author, activity = written.held
    seen = card(one, Viewer("wall"), {one.by: author} if author else {})
    text, more, *_ = (*(text for _, text in (kind.texts(activity.settings, one) if kind else ())), "", "")
    return {key: seen[key] for key in ("id", "anonymous", "name", "territory", "entered", "staff")} | {"text": text, "more": more}


def _count(drawn: list[dict[str, Any]]) -> int:
    """Cards as they were written: a merged one counts for each."""
    return sum(1 + len(one["same"]) for one in drawn)


def _asked(
    ones: list[Contribution], held: Boards, found: list[Group], source: Source | None, viewer: Viewer, sources: Sources
) -> dict[str, Any]:
    """One proposal on the console; ``times`` how many asked the same. '' for what is no longer there."""
    first = ones[0]
    seen = card(first, viewer, sources.people)
    told = {key: seen[key] for key in ("id", "anonymous", "name", "territory", "entered", "staff", "status", "names")}
    content, theme = first.content, str(first.content.get("theme", ""))
    about = next((one.card for one in found for each in one.cards if each.id == content.get("card")), None)
    return told | {
        "times": len(ones),
        "asks": str(content.get("name", "")),
        "table": str(content.get("table", "")),
        "theme": held.name(theme) if theme in held.board.themes else "",
        "text": next(iter(_words(source, about)), "") if source and about else "",
    }


def _undo(held: Boards) -> dict[str, Any] | None:
    if not held.past:
        return None
    last = held.past[-1]
    theme = held.name(last.theme) if last.theme in held.board.themes else ""
    return {"change": last.id, "do": last.do, "cards": last.cards, "theme": theme}
