"""Owns an input: someone presents, slide by slide, phones follow, keep notes and may ask a question.

The slides are the sheet's own prose, or a PDF taken in on the day; or another computer projects them, and the wall is calm meanwhile.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

from facilitate.core.activity import (
    Accepted,
    ActivityType,
    Examples,
    Field,
    Gesture,
    Policy,
    Setting,
    Sources,
    Summary,
    Verb,
    Viewer,
    Voice,
    cards,
    told,
)
from facilitate.core.agenda import Activity
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.photos import MEDIA
from facilitate.core.prose import cut, heading, nodes
from facilitate.core.tree import Card, Facts, Figure, Node, Paragraph, Section
from facilitate.core.words import N_, is_yes

MOST_PAGES, MOST_TEXT = 150, 2000
PERMISSIONS: Mapping[str, str] = {
    "yes": N_("The speaker agrees that the slides are published with the restitution."),
    "no": N_("The speaker does not want the slides published."),
    "ask": N_("The speaker is still to be asked whether the slides may be published."),
}
"""What the speaker says of publishing their slides."""

_DRIVES = Verb(by=frozenset({"console"}), when="always")
_BEFORE, _NAMED = 3, 8  # pages the console names: before the one that is on, in all


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a PDF: its pictures for the wall and for phones, by id, and its words."""

    media: str
    small: str
    text: str

    @property
    def title(self) -> str:
        """Its first line, '' where it holds no word."""
        line = self.text.split("\n", 1)[0]
        return line if len(line) <= 120 else line[:119] + "…"


@dataclass(frozen=True, slots=True)
class InputSummary(Summary):
    """The questions asked, and the slide that is on, from 1.

    ``pages`` are the PDF's, in place of the sheet's slides, with its file's ``name``, what the speaker said of publishing them
    (one of ``PERMISSIONS``), and whether it held ``scripts``, which were left behind. ``elsewhere``: another computer projects, as said on
    the day; None where only the sheet says.
    """

    slide: int = 1
    pages: tuple[Page, ...] = ()
    name: str = ""
    permission: str = ""
    scripts: bool = False
    elsewhere: bool | None = None


class Input(ActivityType):
    kind = "input"
    fr = "apport"
    label = N_("Input")
    settings = (
        Setting("slides", "diapositives", "markdown", "", N_("The slides, in Markdown, a line “---” between two.")),
        Setting("speaker", "intervenant", "text", "", N_("Who presents.")),
        Setting("questions", "questions", "flag", True, N_("Whether phones may ask questions.")),
        Setting("elsewhere", "ailleurs", "flag", False, N_("Whether another computer projects the slides.")),
    )
    verbs: ClassVar[Mapping[str, Verb]] = {
        "post": Verb(late=True),
        "edit": Verb(when="opened"),
        "withdraw": Verb(when="opened"),
        "slide": Verb(by=frozenset({"console"}), when="opened"),
        "slides": _DRIVES,
        "permission": _DRIVES,
        "elsewhere": _DRIVES,
    }
    examples = Examples(
        accepts=({"text": "How many villages take part?"}, {"text": "x" * 280}, {"text": "What does <b>100 %</b> mean, _here_?"}),
        refuses=({}, {"text": ""}, {"text": "x" * 281}, {"text": 3}, {"text": ["a", "b"]}, {"text": None}),
    )

    def start(self, settings: Mapping[str, Any]) -> InputSummary:
        return InputSummary()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (Field("text", N_("Your question"), 280, required=True),) if settings["questions"] else ()

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: InputSummary, sources: Sources) -> Accepted | Refused:
        match act.do:
            case "slide":
                return _turned(act, len(summary.pages) or len(cut(settings["slides"])))
            case "slides":
                return _taken(act)
            case "permission":
                return _permitted(act)
            case "elsewhere":
                return Accepted({"on": is_yes(act.content.get("on"))})
        return super().accept(settings, act, actor, summary, sources)

    def fold(self, summary: InputSummary, entry: Entry) -> Any:
        match entry.do:
            case "slide":
                return replace(summary, slide=entry.content["to"])
            case "slides":
                pages = tuple(Page(**page) for page in entry.content["pages"])
                said = {name: entry.content[name] for name in ("name", "permission", "scripts")}
                return replace(summary, slide=1, pages=pages, **said)
            case "permission":
                return replace(summary, permission=entry.content["permission"])
            case "elsewhere":
                return replace(summary, elsewhere=entry.content["on"])
        return super().fold(summary, entry)

    def view(self, settings: Mapping[str, Any], summary: InputSummary, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        pages, slides = summary.pages, cut(settings["slides"])
        count = len(pages) or len(slides)
        slide = min(summary.slide, count)
        seen: dict[str, Any] = {
            "fields": [asdict(field) for field in self.fields(settings)],
            "speaker": settings["speaker"],
            "elsewhere": settings["elsewhere"] if summary.elsewhere is None else summary.elsewhere,
            "slide": slide,
            "slides": count,
            "text": slides[slide - 1] if slides and not pages else "",
            "page": _seen(pages[slide - 1]) if pages else None,
            "cards": cards(summary.contributions, viewer, sources.people),
        }
        if viewer.audience != "participant":
            # Phones look again when what they all see changes: they are not told how many questions others asked.
            seen["questions"] = len(told(summary.contributions))
            seen["coming"] = pages[slide].media if slide < len(pages) else ""
        if viewer.audience == "console":
            seen["headings"] = [] if pages else [heading(one) for one in slides]
            first = max(0, min(slide - 1 - _BEFORE, len(pages) - _NAMED))
            seen["pages"] = [{"n": n, **_seen(page)} for n, page in enumerate(pages[first : first + _NAMED], first + 1)]
            seen |= {"name": summary.name, "permission": summary.permission, "scripts": summary.scripts, "permissions": dict(PERMISSIONS)}
        return seen

    def sections(self, activity: Activity, summary: InputSummary, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        """Who spoke, what the slides show and say where they may be published, and the questions asked."""
        parts: list[Node] = []
        if activity.settings["speaker"]:
            parts.append(Facts(((policy.say(N_("Presented by")), activity.settings["speaker"]),)))
        if summary.pages:
            parts.extend(_published(activity.id, summary, policy))
        else:
            for number, slide in enumerate(cut(activity.settings["slides"]), 1):
                parts.extend(nodes(slide, f"{activity.id}-{number}"))
        if questions := told(summary.contributions):
            asked = tuple(Card(one.content["text"], by=policy.signature(one), number=policy.number(one)) for one in questions)
            parts.append(Section(policy.say(N_("Questions asked")), f"{activity.id}-questions", asked))
        return tuple(parts)

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """A question now and then."""
        if not settings["questions"] or not voice.chance(0.05):
            return ()
        return (Gesture("post", {"text": voice.says("question", 280)}),)

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        """The next slide, until the last."""
        return Gesture("slide", {"to": view["slide"] + 1}) if view["slide"] < view["slides"] else None


def _turned(act: Act, last: int) -> Accepted | Refused:
    asked = str(act.content.get("to", ""))
    if asked.isdecimal() and len(asked) < 5 and 1 <= int(asked) <= last:
        return Accepted({"to": int(asked)})
    return Refused("no-slide", N_("There is no slide %(to)s: they go from 1 to %(last)s."), {"to": asked[:8], "last": last}, field="to")


def _taken(act: Act) -> Accepted | Refused:
    """The pages of a PDF, as ``POST /s/CODE/media`` made them."""
    given, name = act.content.get("pages"), act.content.get("name", "")
    pages = [one for one in given if _is_page(one)] if isinstance(given, list | tuple) else []
    if not isinstance(given, list | tuple) or not 0 < len(pages) == len(given) <= MOST_PAGES or not isinstance(name, str):
        return Refused("no-pages", N_("These pages cannot be read. Send the PDF again."), field="pages")
    said = _permitted(act)
    if isinstance(said, Refused):
        return said
    kept = [{key: page[key] for key in ("media", "small", "text")} for page in pages]
    return Accepted({"pages": kept, "name": name[:120], "scripts": act.content.get("scripts") is True, **said.content})


def _is_page(one: Any) -> bool:
    if not isinstance(one, Mapping) or not all(isinstance(one.get(key), str) for key in ("media", "small", "text")):
        return False
    return all(MEDIA.fullmatch(one[key]) for key in ("media", "small")) and len(one["text"]) <= MOST_TEXT


def _permitted(act: Act) -> Accepted | Refused:
    permission = act.content.get("permission")
    if isinstance(permission, str) and permission in PERMISSIONS:
        return Accepted({"permission": permission})
    return Refused(
        "permission", N_("Say whether the speaker agrees that the slides are published: yes, no, or to be asked."), field="permission"
    )


def _seen(page: Page) -> dict[str, str]:
    return asdict(page) | {"title": page.title}


def _published(id: str, summary: InputSummary, policy: Policy) -> list[Node]:
    """The pages two by two, then their words; or why they are not there."""
    if summary.permission != "yes":
        why = N_("The slides are not published: the speaker did not agree to it.")
        if summary.permission == "ask":
            why = N_("The slides are not published: the speaker has not said whether they may be.")
        return [Paragraph(policy.say(why), "note")]
    slide, pages = N_("Slide %(slide)s"), list(enumerate(summary.pages, 1))
    untitled = policy.say(N_("A slide without text."))
    figures = tuple(Figure(page.small, page.title or untitled, policy.say(slide, slide=n)) for n, page in pages)
    words = Facts(tuple((policy.say(slide, slide=n), page.text) for n, page in pages if page.text))
    parts: list[Node] = [Section(policy.say(N_("The slides")), f"{id}-slides", figures)]
    return [*parts, Section(policy.say(N_("What the slides say")), f"{id}-text", (words,))] if words.pairs else parts
