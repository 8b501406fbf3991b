"""Owns the basket game: territories say what they offer and need, bargain aloud, sign balanced exchanges, and fill baskets."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from facilitate.activities.exchange.deciding import decided
from facilitate.activities.exchange.game import (
    CANNOT,
    CONDITIONS,
    DURATION,
    FIRST,
    OBSTACLE,
    REASON,
    SURPRISE,
    TEXT,
    WATCH,
    WHAT,
    WHOM,
    Game,
    fold,
    said,
)
from facilitate.activities.exchange.outcome import outcome
from facilitate.activities.exchange.playing import conducted, rehearsed
from facilitate.activities.exchange.printed import PAPERS, printed, to_fill
from facilitate.activities.exchange.seen import concerned, seen
from facilitate.activities.exchange.tables import tables
from facilitate.activities.exchange.telling import teller
from facilitate.core.activity import (
    Accepted,
    ActivityType,
    Contribution,
    Examples,
    Field,
    Gesture,
    Policy,
    Rows,
    Setting,
    Sources,
    Teller,
    Verb,
    Viewer,
    Voice,
)
from facilitate.core.agenda import Activity
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.paper import Blank
from facilitate.core.tree import Node
from facilitate.core.words import N_, Count, Say

_PHONE = Verb(by=frozenset({"participant"}))
_TEAM = Verb(by=frozenset({"participant", "console", "scribe"}))
_DRIVEN = Verb(by=frozenset({"console"}), when="opened")


def _minutes(name: str, fr: str, minutes: int, help: str) -> Setting:
    return Setting(name, fr, "number", minutes, help, low=0, high=240)


def _option(name: str, fr: str, help: str) -> Setting:
    return Setting(name, fr, "flag", False, help)


class Exchange(ActivityType):
    """A serious game: baskets of reciprocal transactions."""

    kind: ClassVar[str] = "exchange"
    fr: ClassVar[str] = "jeu des paniers"
    label: ClassVar[str] = N_("The basket game")
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("question", "question", "text", "", N_("The question above the game and on the wall.")),
        Setting("territories", "territoires", "list", (), N_("The territories that play, 2 to 12, each “Name: who lives there”.")),
        Setting(
            "how",
            "équipes",
            "choice",
            "chosen",
            N_("Who plays for which territory: as each chooses, mixed, as listed here, or their own."),
            choices={"chosen": "au choix", "mixed": "mélangées", "listed": "selon la liste", "welcome": "de l’accueil"},
        ),
        Setting("members", "joueurs", "list", (), N_("Who plays where, each “Territory: names or home territories”.")),
        _minutes("rules", "règles", 10, N_("Minutes for the rules; 0 leaves a round out.")),
        _minutes("inventory", "inventaire", 20, N_("Minutes for the inventory of what each offers and needs.")),
        Setting("negotiations", "négociations", "number", 2, N_("How many rounds of negotiation."), low=1, high=6),
        Setting("negotiation", "négociation", "number", 20, N_("Minutes for each negotiation."), low=1, high=240),
        _minutes("balancing", "équilibrage", 15, N_("Minutes to balance what was agreed.")),
        _minutes("signature", "signature", 10, N_("Minutes to sign the baskets.")),
        _minutes("debrief", "débriefing", 25, N_("Minutes for the debrief.")),
        Setting(
            "catalogue", "catalogue", "list", (), N_("The families of goods, each “Family: a good, another”; ours where there are none.")
        ),
        _option("circles", "cercles", N_("Whether circles of three territories or more are looked for and may be signed.")),
        _option("quantities", "quantités", N_("Whether goods are counted, and never more promised than offered.")),
        _option("money", "monnaie", N_("Whether an exchange may hold a sum of money.")),
        _option("events", "événements", N_("Whether the facilitator may play event cards.")),
        Setting("deck", "cartes événement", "list", (), N_("The event cards, each “Title: what it changes”; ours where there are none.")),
    )
    together: ClassVar[frozenset[str]] = frozenset(
        ("post", "edit", "withdraw", "play", "pen", "propose", "counter", "agree", "decline", "leave", "sign", "unsign", "tell", "start")
    )
    verbs: ClassVar[Mapping[str, Verb]] = {
        "post": replace(_TEAM, late=True),
        "edit": replace(_TEAM, when="opened"),
        "withdraw": replace(_TEAM, when="opened"),
        "play": _PHONE,
        "pen": _TEAM,
        "role": _PHONE,
        "propose": replace(_TEAM, late=True),
        "counter": replace(_TEAM, late=True),
        "agree": _TEAM,
        "decline": _TEAM,
        "leave": _TEAM,
        "sign": _TEAM,
        "unsign": _TEAM,
        "tell": replace(_TEAM, when="opened"),
        "start": replace(_TEAM, when="opened"),
        "slip": Verb(by=frozenset({"console", "scribe"}), when="opened"),
        "form": _DRIVEN,
        "place": _DRIVEN,
        "round": _DRIVEN,
        "ending": _DRIVEN,
        "event": _DRIVEN,
        "undo": _DRIVEN,
        "listing": _DRIVEN,
    }
    papers: ClassVar[Mapping[str, str]] = PAPERS
    examples: ClassVar[Examples] = Examples(
        accepts=(
            {"text": "Forty places in the summer camp"},
            {"side": "need", "what": "food/Milk and cheese", "text": "for the school canteens"},
            {"side": "offer", "what": "wood", "text": "<b>100 %</b> of **nothing** {{ x }}"},
            {"text": "x" * 140},
        ),
        refuses=(
            {},
            {"text": ""},
            {"text": "x" * 141},
            {"text": 3},
            {"side": "gift", "text": "Wood"},
            {"what": "weather", "text": "Rain"},
            {"what": ["food"], "text": "Rain"},
            {"what": "food"},
        ),
    )

    def start(self, settings: Mapping[str, Any]) -> Game:
        return Game()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (TEXT,)

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Any, sources: Sources) -> Accepted | Refused:
        return decided(settings, act, actor, summary, sources)

    def fold(self, summary: Any, entry: Entry) -> Game:
        return fold(summary, entry)

    def concerns(self, summary: Any, entry: Entry) -> Collection[str]:
        return concerned(summary, entry)

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        return seen(settings, summary, viewer, sources)

    def answered(self, summary: Any) -> Collection[str]:
        """Who plays, and who wrote in the debrief."""
        held: Game = summary
        return {*held.seats, *super().answered(held)}

    def offered(self, settings: Mapping[str, Any], summary: Any) -> Mapping[str, Contribution]:
        """What could really start: a vote chooses among these, commitments begin with them."""
        return {id: one for id, one in super().offered(settings, summary).items() if one.content.get("is") == "start"}

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        return to_fill(say)

    def printed(self, name: str, settings: Mapping[str, Any], summary: Any, sources: Sources, say: Say) -> Mapping[str, Any]:
        return printed(name, settings, summary, sources, say)

    def texts(self, settings: Mapping[str, Any], contribution: Contribution) -> tuple[tuple[str, str], ...]:
        content = contribution.content
        what = content.get("is")
        if what in ("offer", "need"):
            return (("" if what == "offer" else N_("Need"), said(contribution)),)
        if what == "reason":
            return (("", str(content["text"])),)
        if what == "debrief":
            return tuple((one.label, str(content[one.key])) for one in (SURPRISE, CANNOT) if content.get(one.key))
        if what == "start":
            pairs = ((one.label if place else "", content.get(one.key)) for place, one in enumerate((WHAT, WHOM, FIRST, OBSTACLE)))
            return tuple((label, str(text)) for label, text in pairs if text)
        return tuple((label, text) for label, text in _proposed(content) if text)

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        return outcome(activity, summary, sources, policy)

    def told_by(self, summary: Any, contribution: Contribution) -> Teller | None:
        return teller(summary, contribution)

    def rows(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> Mapping[str, Rows]:
        return tables(activity.settings, summary, sources, policy)

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        return rehearsed(view, voice)

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        return conducted(view)


def _proposed(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The words of a version: what was freely written; what it takes of the inventory stands there."""
    lines = [str(line["text"]) for flow in content.get("flows", ()) for line in flow["lines"] if line["text"]]
    return [("", " · ".join(lines)), *((one.label, str(content.get(one.key, ""))) for one in (CONDITIONS, DURATION, WATCH, REASON))]
