"""Owns questions to a panel: asked and supported by the room, put to someone, answered now or later, by a panellist too."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import date, timedelta
from math import ceil
from typing import Any, ClassVar

from facilitate.activities.questions.answers import NOTE, WHY, decide, panellist, steady
from facilitate.activities.questions.asked import STATES, Asked, fold_asked
from facilitate.activities.questions.outcome import told_of
from facilitate.core.activity import (
    Accepted,
    ActivityType,
    Aloud,
    Contribution,
    Examples,
    Field,
    Gesture,
    Policy,
    Setting,
    Sources,
    Verb,
    Viewer,
    Voice,
    card,
    cards,
)
from facilitate.core.agenda import Activity
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.paper import Blank, Note, Ticks
from facilitate.core.tree import Node
from facilitate.core.words import N_, Count, Say

QUESTION = Field("text", N_("Your question"), 280, required=True)
ORDER = {"open": 0, "promised": 1, "answered": 2, "aside": 3}
"""What still awaits an answer comes first."""

WALL_LINES, SIGNS = 16, 48
"""Lines of text and bars that the wall holds under the question, and signs on a line, at 1024 × 768: 1920 × 1080 holds more."""

_SOON = timedelta(days=14)
_PEOPLE = frozenset[Any]({"participant"})
_STAFF = frozenset[Any]({"console"})
_ANSWERS = frozenset[Any]({"console", "panel"})


class Questions(ActivityType):
    """Questions to a panel."""

    kind = "questions"
    fr = "questions"
    label = N_("Questions")
    lasting = True
    votes = True
    read_by_all = True
    settings = (
        Setting("question", "question", "text", "", N_("What is asked of the room.")),
        Setting("panel", "intervenants", "list", (), N_("Those who answer, each as one calls them: a name, an organisation.")),
        Setting(
            "signed",
            "signature",
            "choice",
            "free",
            N_("Whether questions are signed: as each person chooses, always, or never."),
            choices={"free": "libre", "signed": "signée", "anonymous": "anonyme"},
        ),
    )
    verbs: ClassVar[Mapping[str, Verb]] = {
        "post": Verb(late=True),
        "edit": Verb(when="opened"),
        "withdraw": Verb(when="opened"),
        "support": Verb(by=_PEOPLE, late=True),
        "unsupport": Verb(by=_PEOPLE, late=True),
        "take": Verb(by=_STAFF, when="opened"),
        "route": Verb(by=_STAFF, when="always"),
        "unite": Verb(by=_STAFF, when="always"),
        "separate": Verb(by=_STAFF, when="always"),
        "answer": Verb(by=_ANSWERS, when="always"),
        "promise": Verb(by=_ANSWERS, when="always"),
        "aside": Verb(by=_STAFF, when="always"),
        "reopen": Verb(by=_STAFF, when="always"),
    }
    examples = Examples(
        accepts=(
            {"text": "May one add the regional grant to European funds?"},
            {"text": "x" * 280, "signed": "true", "to": ""},
            {"text": "Who reads <b>our</b> file, 100 % _here_?", "signed": False},
        ),
        refuses=(
            {},
            {"text": ""},
            {"text": "x" * 281},
            {"text": 3},
            {"text": ["a", "b"]},
            {"text": "Fine", "signed": "perhaps"},
            {"text": "Fine", "to": 3},
            {"text": "Fine", "to": "x" * 81},
        ),
    )

    def start(self, settings: Mapping[str, Any]) -> Asked:
        return Asked()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (QUESTION,)

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Asked, sources: Sources) -> Accepted | Refused:
        if act.do not in ("post", "edit", "withdraw"):
            return decide(settings, act, actor, summary, sources)
        if act.do == "edit" and (changed := steady(act, actor, summary)):
            return changed
        accepted = super().accept(settings, act, actor, summary, sources)
        if isinstance(accepted, Refused) or act.do == "withdraw":
            return accepted
        to = _asked_of(settings, act, summary)
        if isinstance(to, Refused):
            return to
        accepted = replace(accepted, content={**accepted.content, **({"to": to} if to else {})})
        return accepted if act.do == "edit" else _signed(settings, act, accepted)

    def fold(self, summary: Asked, entry: Entry) -> Asked:
        folded: Asked = super().fold(summary, entry)
        return fold_asked(folded, entry)

    def concerns(self, summary: Asked, entry: Entry) -> Collection[str]:
        """Whoever asked what was just dealt with, or the same in other words."""
        return {one.by for one in summary.alike(entry.on) if one.by} if entry.do in STATES else ()

    def view(self, settings: Mapping[str, Any], summary: Asked, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        seen = [_seen(summary, ones, viewer, sources) for ones in summary.groups()]
        counted = viewer.audience != "participant" or bool(viewer.participant)
        # What all phones show alike knows no count: they look again when a question comes or is dealt with, not at each support.
        ranked = sorted(seen, key=lambda one: (ORDER[one["state"]], -one["supports"] if counted else 0, one["n"]))
        shown = ranked if counted else [one | {"supports": 0} for one in ranked]
        states = [one["state"] for one in seen]
        known = {one["id"] for one in shown}
        view: dict[str, Any] = {
            "question": settings["question"],
            "panel": list(settings["panel"]),
            "signed": settings["signed"],
            "fields": [asdict(one) for one in self.fields(settings)],
            "counts": {state: states.count(state) for state in ORDER},
            "on": next((one["id"] for one in shown if summary.head(one["id"]) == summary.on), ""),
            "questions": shown,
            "cards": cards(summary.contributions, viewer, sources.people),
        }
        match viewer.audience:
            case "wall":
                # A question that stands for several is shown once.
                view["cards"] = [one for one in view["cards"] if one["id"] in known]
                view["top"] = _top([one for one in shown if one["state"] == "open" and one["id"] != view["on"]])
            case "console":
                view["others"] = [one for one in view["cards"] if one["status"] != "shown"]
                view["forms"] = {"note": asdict(NOTE), "why": asdict(WHY)}
                opened = sources.opened[:10]
                view["soon"] = (date.fromisoformat(opened) + _SOON).isoformat() if opened else ""
            case "panel":
                member = sources.team.get(viewer.member)
                view["name"], view["cards"] = member.name if member else "", []
                view["forms"] = {"note": asdict(replace(NOTE, required=True))}
        return view

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        """Signed or anonymous, whom it is put to, the question."""
        signs: tuple[Blank, ...] = ()
        if settings["signed"] == "anonymous":
            signs = (Note(say(N_("The question will be anonymous.")), nameless=True),)
        elif settings["signed"] == "free":
            signs = (Ticks(say(N_("Your question will be")), (say(N_("Signed")), say(N_("Anonymous")))),)
        to = (Ticks(say(N_("To whom?")), (say(N_("To all")), *settings["panel"])),) if len(settings["panel"]) > 1 else ()
        return (*signs, *to, *super().paper(settings, sources, say, count))

    def sections(self, activity: Activity, summary: Asked, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        return told_of(activity, summary, policy)

    def became(self, summary: Asked) -> Mapping[str, str]:
        told = {"answered": N_("Answered"), "promised": N_("Answer to come")}
        states = {id: summary.reply(id).state for id in summary.contributions}
        return {id: told[state] for id, state in states.items() if state in told}

    def texts(self, settings: Mapping[str, Any], contribution: Contribution) -> tuple[tuple[str, str], ...]:
        """The question, then whom its author put it to."""
        to = contribution.content.get("to")
        texts = super().texts(settings, contribution)
        return (*texts, (N_("To whom"), str(to))) if texts and to else texts

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """A question from some, then support for what others ask."""
        gestures: list[Gesture] = []
        if not any(one["mine"] for one in view["cards"]) and voice.chance(0.4):
            content: dict[str, Any] = {"text": voice.says(f"question {settings['question']}", QUESTION.limit)}
            if settings["signed"] == "free":
                content["signed"] = voice.chance(0.6)
            if settings["panel"] and voice.chance(0.4):
                content["to"] = voice.pick(settings["panel"])
            gestures.append(Gesture("post", content))
        new = [one for one in view["questions"] if one["state"] == "open" and not one["supported"] and not one["mine"]]
        if new and voice.chance(0.7):
            # What stands first is read by more people.
            gestures.append(Gesture("support", on=new[min(voice.whole(0, len(new) - 1), voice.whole(0, len(new) - 1))]["id"]))
        return tuple(gestures)

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        """Unites what is asked twice, puts a question to someone; takes the most supported one by one: most are answered, some promised
        for later, one set aside."""
        counts, opened = view["counts"], [one for one in view["questions"] if one["state"] == "open"]
        twice: dict[str, list[str]] = {}
        for one in opened:
            twice.setdefault(_letters(one["text"]), []).append(one["id"])
        if alike := next((ids for ids in twice.values() if len(ids) > 1), None):
            return Gesture("unite", {"these": alike})
        panel = settings["panel"]
        if not opened or (counts["answered"] >= 4 and (counts["promised"] >= 2 or not panel) and counts["aside"]):
            return None
        one = next((one for one in opened if one["id"] == view["on"]), opened[0])
        if panel and not one["to"]:
            return Gesture("route", {"to": panel[len(one["text"]) % len(panel)]}, one["id"])
        if not view["on"]:
            return Gesture("take", on=one["id"])
        if counts["answered"] >= 4 and (counts["promised"] >= 2 or not panel):
            return Gesture("aside", {"text": Aloud("why aside", WHY.limit)}, view["on"])
        if panel and counts["answered"] > 2 * counts["promised"]:
            return Gesture("promise", {"who": one["to"], "date": view["soon"]}, view["on"])
        return Gesture("answer", {"text": Aloud("answer given", NOTE.limit), "who": one["to"]}, view["on"])


def _asked_of(settings: Mapping[str, Any], act: Act, held: Asked) -> str | Refused:
    """Whom a question is put to, '' for all. A correction that does not say leaves it as it was."""
    was = str(held.contributions[act.on].content.get("to", "")) if act.do == "edit" else ""
    asked = act.content.get("to", was)
    return was if asked == was else panellist(settings, asked, "to")


def _signed(settings: Mapping[str, Any], act: Act, accepted: Accepted) -> Accepted | Refused:
    asked = act.content.get("signed", True)
    if asked not in (True, False, "true", "false"):
        return Refused("signed-or-not", N_("Choose: signed or anonymous."), field="signed")
    signed = asked in (True, "true")
    if not signed and settings["signed"] == "signed":
        return Refused("signed-only", N_("Questions are signed here. Nothing was sent: your text is kept."), field="signed")
    return replace(accepted, unsigned=not signed or settings["signed"] == "anonymous")


def _seen(held: Asked, ones: list[Contribution], viewer: Viewer, sources: Sources) -> dict[str, Any]:
    """A question as this viewer sees it, with those that ask the same; ``dealt`` is the seq of what became of it."""
    first, *others = ones
    reply, supporters = held.reply(first.id), held.supporters(first.id)
    return card(first, viewer, sources.people) | {
        "text": str(first.content.get("text", "")),
        "to": held.put_to(first.id),
        "state": reply.state,
        "said": reply.text,
        "who": reply.who,
        "date": reply.date,
        "own": bool(viewer.member) and reply.by == viewer.member,
        "dealt": reply.seq,
        "supports": len(supporters),
        "supported": bool(viewer.voter) and viewer.voter in supporters,
        "mine": any(viewer.wrote(one) for one in ones),
        "alike": [card(one, viewer, sources.people) | {"text": str(one.content.get("text", ""))} for one in others],
    }


def _top(ranked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first questions, as many as a wall holds: by the lines that their words and names take, and a bar each."""
    room, top = WALL_LINES, []
    for one in ranked:
        room -= 1 + ceil(len(one["text"]) / SIGNS) + ceil(len(one["to"]) / SIGNS)
        if room < 0:
            break
        top.append(one)
    return top or ranked[:1]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
