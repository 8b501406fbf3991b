"""Owns a joint contribution to a consultation: positions drafted together, amended from phones, agreed upon by degrees, signed by whoever
wants to."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from facilitate.activities.statement.deciding import decided
from facilitate.activities.statement.outcome import letter, outcome
from facilitate.activities.statement.playing import conducted, rehearsed
from facilitate.activities.statement.positions import REASON, TEXT, Statements, fold, in_force
from facilitate.activities.statement.seen import early, seen
from facilitate.core.activity import (
    Accepted,
    ActivityType,
    Contribution,
    Examples,
    Field,
    Gesture,
    Letter,
    Policy,
    Setting,
    Sources,
    Verb,
    Viewer,
    Voice,
)
from facilitate.core.agenda import Activity
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.paper import Blank, Lines, Note, Ticks
from facilitate.core.tree import Node
from facilitate.core.words import N_, Count, Say

_DRIVEN = Verb(by=frozenset({"console"}), when="opened")
_GIVEN = Verb(by=frozenset({"participant"}), when="opened")
_HEADINGS = {"amendment": N_("Amends the position"), "divergence": N_("Divergence on the position")}


class Statement(ActivityType):
    """Positions, amendments, degrees of agreement, signatories."""

    kind: ClassVar[str] = "statement"
    fr: ClassVar[str] = "contribution collective"
    label: ClassVar[str] = N_("Joint contribution")
    lasting: ClassVar[bool] = True
    pseudonymous: ClassVar[bool] = True
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("to", "destinataire", "text", "", N_("Whom the contribution is addressed to.")),
        Setting("positions", "positions", "list", (), N_("The positions to begin with, each “Title: text”.")),
        Setting("propose", "propositions", "flag", True, N_("Whether phones may propose positions of their own.")),
        Setting(
            "signed",
            "signature",
            "choice",
            "free",
            N_("Whether amendments are signed: as each person chooses, always, or never."),
            choices={"free": "libre", "signed": "signée", "anonymous": "anonyme"},
        ),
        Setting("preamble", "préambule", "markdown", "", N_("What the contribution says before its positions.")),
    )
    verbs: ClassVar[Mapping[str, Verb]] = {
        "post": Verb(late=True),
        "edit": Verb(when="opened"),
        "withdraw": Verb(when="opened"),
        "degree": replace(_GIVEN, when="open", late=True),
        "sign": _GIVEN,
        "unsign": _GIVEN,
        "draft": _DRIVEN,
        "drop": _DRIVEN,
        "stage": _DRIVEN,
        "discuss": _DRIVEN,
        "decide": _DRIVEN,
        "signing": _DRIVEN,
    }
    examples: ClassVar[Examples] = Examples(
        accepts=(
            {"text": "Each valley keeps a station where every bus of the day stops."},
            {"text": "x" * 1200, "reason": "r" * 600, "signed": "true"},
            {"text": "<b>100 %</b> of **nothing** {{ x }}\nThat is all.", "signed": True},
        ),
        refuses=(
            {},
            {"text": ""},
            {"text": "x" * 1201},
            {"text": "Fine", "reason": "x" * 601},
            {"text": 3},
            {"text": ["a", "b"]},
            {"text": "Fine", "signed": "perhaps"},
            {"text": "Fine", "about": "nowhere"},
            {"text": "Fine", "about": ["nowhere"]},
        ),
    )

    def start(self, settings: Mapping[str, Any]) -> Statements:
        return Statements()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (TEXT, REASON)

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Any, sources: Sources) -> Accepted | Refused:
        return decided(settings, act, actor, summary) or super().accept(settings, act, actor, summary, sources)

    def fold(self, summary: Any, entry: Entry) -> Statements:
        return fold(summary, entry)

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        return seen(settings, summary, viewer, sources)

    def hides(self, summary: Any, sources: Sources) -> bool:
        """While someone's reason for not accepting waits for the degrees to be told: a draft's annex is read by others too."""
        return sources.status == "open" and bool(early(summary))

    def answered(self, summary: Any) -> Collection[str]:
        """Who wrote or signed, by id; who gave a degree, by pseudonym."""
        held: Statements = summary
        voters = {voter for one in held.positions.values() for given in one.rounds for voter in given.degrees}
        return {*super().answered(held), *held.signatures, *voters}

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        """Which position, another wording, why; signed or not."""
        signing: tuple[Blank, ...] = ()
        if settings["signed"] == "anonymous":
            signing = (Note(say(N_("The amendment will be anonymous.")), nameless=True),)
        elif settings["signed"] == "free":
            signing = (Ticks(say(N_("Your amendment will be")), (say(N_("Signed")), say(N_("Anonymous")))),)
        titles = tuple(f"{one.number}. {one.title}" for one in in_force(settings, Statements()))
        about: tuple[Blank, ...] = (Ticks(say(N_("It is about")), titles),) if titles else ()
        return (*signing, *about, Lines(say(N_("What you would write")), 8, required=True), Lines(say(REASON.label), 4))

    def texts(self, settings: Mapping[str, Any], contribution: Contribution) -> tuple[tuple[str, str], ...]:
        content = contribution.content
        if content.get("change") == "whole":
            pairs: tuple[tuple[str, str], ...] = (("", "reason"), (N_("Asks to remove the position"), "heading"))
        else:
            pairs = (("", "text"), (REASON.label, "reason"), (_HEADINGS.get(str(content.get("what")), ""), "heading"))
        return tuple((label, str(content[key])) for label, key in pairs if content.get(key))

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        return outcome(activity, summary, sources, policy)

    def letter(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> Letter:
        return letter(activity, summary, sources, policy)

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        return rehearsed(view, voice)

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        return conducted(view)
