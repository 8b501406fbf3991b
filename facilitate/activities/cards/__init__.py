"""Owns free contributions: cards of any form, signed or anonymous, the first field asked at once and the others later, with a photo
where the sheet allows one."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any, ClassVar

from facilitate.activities.cards.photos import FACES, KEPT, SAYS, Pictured, answered, fold_photos, pictured, sent, without_words
from facilitate.activities.cards.presets import OPEN, PRESETS, SECOND
from facilitate.core.activity import (
    Accepted,
    ActivityType,
    Contribution,
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
    fields_setting,
    territories,
    told,
)
from facilitate.core.agenda import Activity
from facilitate.core.contribution import fold_contributions, may_change
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.paper import Blank, Note, Ticks
from facilitate.core.photos import Snapshot
from facilitate.core.tree import Card, Figure, Listing, Node, Paragraph, Section
from facilitate.core.words import N_, Count, Say

ASKED = (
    Setting("question", "question", "text", "", N_("The question above the form and on the wall.")),
    Setting("hint", "aide", "text", "", N_("One line beneath the question.")),
)
SIGNED = Setting(
    "signed",
    "signature",
    "choice",
    "free",
    N_("Whether cards are signed: as each person chooses, always, or never."),
    choices={"free": "libre", "signed": "signée", "anonymous": "anonyme"},
)
PHOTO = Setting("photo", "photo", "flag", False, N_("Whether a phone may send a photo with its card."))


class Cards(ActivityType):
    kind = "cards"
    fr = "cartes"
    label = N_("Cards")
    none: ClassVar[str] = N_("No card was written.")
    streams = True
    presets: ClassVar[Mapping[str, tuple[Field, ...]]] = PRESETS
    settings: ClassVar[tuple[Setting, ...]] = (
        *ASKED,
        Setting(
            "preset",
            "modèle",
            "choice",
            "free",
            N_("The form of a card: one free text, who does what and how, or an initiative or tool to share."),
            choices={"free": "libre", "practice": "pratique", "initiative": "initiative"},
        ),
        fields_setting("fields", "champs", N_("What each card tells, in place of the preset; only the first is asked at once."), ()),
        SIGNED,
        PHOTO,
    )
    verbs: ClassVar[Mapping[str, Verb]] = {
        "post": Verb(late=True),
        "edit": Verb(when="opened"),
        "withdraw": Verb(when="opened"),
        "discard": Verb(by=frozenset({"participant"}), when="always"),
        "faces": Verb(by=frozenset({"console"}), when="opened"),
    }
    examples = Examples(
        accepts=(
            {"text": "A town planner comes two days a month for four of our villages."},
            {"text": "x" * 500, "signed": "true"},
            {"text": "We were invited once all was settled.", "signed": False},
            {"text": "<i>d</i>\n**w** 100 %", "signed": True, "photo_faces": "no"},
        ),
        refuses=(
            {},
            {"text": ""},
            {"title": "Another field."},
            {"text": "x" * 501},
            {"text": 3},
            {"text": "Fine", "signed": "perhaps"},
            {"text": "Fine", "photo_says": "A photo that is not there."},
        ),
    )

    def start(self, settings: Mapping[str, Any]) -> Pictured:
        return Pictured()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return _required(*(settings["fields"] or self.presets[settings.get("preset", "free")]))

    def second(self, settings: Mapping[str, Any]) -> str:
        """The key of the field that stands beneath the first on the wall; '' where none does."""
        return "" if settings["fields"] else SECOND.get(settings.get("preset", ""), "")

    def takes_photos(self, settings: Mapping[str, Any]) -> bool:
        return bool(settings.get("photo"))

    def snapshots(self, summary: Pictured) -> Mapping[str, Snapshot]:
        return summary.photos

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Pictured, sources: Sources) -> Accepted | Refused:
        if act.do == "faces":
            answer = answered(act, summary)
            return answer if isinstance(answer, Refused) else Accepted(answer)
        if act.do == "discard":
            mine = may_change(act, actor, summary.contributions)
            if isinstance(mine, Refused):
                return mine
            return Accepted(_destroyed(summary, act.on), unsigned=not mine.by)
        accepted = super().accept(settings, act, actor, summary, sources)
        if isinstance(accepted, Refused):
            return accepted
        if act.do == "withdraw":
            return replace(accepted, content=_destroyed(summary, act.on))
        if act.do == "edit":
            says = summary.contributions[act.on].content.get(SAYS.key)
            return replace(accepted, content={**accepted.content, SAYS.key: says}) if says else accepted
        asked = act.content.get("signed", True)
        if asked not in (True, False, "true", "false"):
            return Refused("signed-or-not", N_("Choose: signed or anonymous."), field="signed")
        signed = asked in (True, "true")
        if not signed and settings["signed"] == "signed":
            return Refused("signed-only", N_("Cards are signed here. Nothing was sent: your text is kept."), field="signed")
        photo = sent(act)
        if isinstance(photo, Refused):
            return photo
        return replace(accepted, content={**accepted.content, **photo}, unsigned=not signed or settings["signed"] == "anonymous")

    def fold(self, summary: Summary, entry: Entry) -> Pictured:
        said = entry
        if KEPT in entry.content:
            said = replace(entry, content={key: value for key, value in entry.content.items() if key != KEPT})
        contributions = fold_contributions(summary.contributions, said)
        gone = entry.do == "discard" or (entry.do == "faces" and entry.content["answer"] == "withheld")
        if gone and (found := contributions.get(entry.on)):
            # What is destroyed is not described either.
            contributions = contributions.set(found.id, replace(found, content=without_words(found.content)))
        photos = summary.photos if isinstance(summary, Pictured) else Pictured().photos
        return Pictured(contributions, fold_photos(photos, entry))

    def concerns(self, summary: Pictured, entry: Entry) -> Collection[str]:
        """The author of a photo that was answered for; '', all phones, where nobody knows whose it is."""
        return [summary.contributions[entry.on].by] if entry.do == "faces" else ()

    def view(self, settings: Mapping[str, Any], summary: Pictured, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        written = summary.contributions
        seen: dict[str, Any] = {
            "fields": _as_json(self.fields(settings)),
            "second": self.second(settings),
            "signed": settings["signed"],
            "photo": {"says": asdict(SAYS), "faces": dict(FACES)} if self.takes_photos(settings) else None,
            "cards": _seen(written, summary, viewer, sources),
        }
        if viewer.audience != "participant":
            # Phones look again when what they all see changes: they are not told how many others wrote.
            seen["shown"] = written.shown
            # A console that lists the latest cards alone still asks for every photo.
            asked = {id: written[id] for id, photo in summary.photos.items() if photo.waits and viewer.audience == "console"}
            seen["asks"] = _seen(asked, summary, viewer, sources)
            # Who said beforehand that they may be recognised, as long as they do: the others are asked.
            seen["agreed"] = sorted(one.name for one in sources.people.values() if one.photo and one.name) if seen["asks"] else []
            theirs = territories(sources.people)
            seen["territories"] = len({theirs.get(one, "") for one in written.authors} - {""})
        return seen

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        """Signed or anonymous, then every field."""
        fields = super().paper(settings, sources, say, count)
        if settings["signed"] == "anonymous":
            return (Note(say(N_("The card will be anonymous.")), nameless=True), *fields)
        return (
            (Ticks(say(N_("Your card will be")), (say(N_("Signed")), say(N_("Anonymous")))), *fields)
            if settings["signed"] == "free"
            else fields
        )

    def sections(self, activity: Activity, summary: Pictured, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        question = (Paragraph(activity.settings["question"], "lede"),) if activity.settings["question"] else ()
        ones = told(summary.contributions)
        cards = tuple(self._told(activity.settings, one, summary.photos.get(one.id), policy) for one in ones)
        return (
            *question,
            *(cards or (Paragraph(policy.say(self.none), "note"),)),
            *_not_shown(summary, policy),
            *self._still_open(activity, ones, policy),
        )

    def _told(self, settings: Mapping[str, Any], one: Contribution, photo: Snapshot | None, policy: Policy) -> Card:
        first, *others = self.fields(settings)
        caption = policy.say(N_("Faces were blurred.")) if photo is not None and photo.answer == "blurred" else ""
        return Card(
            one.content.get(first.key, ""),
            tuple((policy.say(field.label), one.content[field.key]) for field in others if one.content.get(field.key)),
            policy.signature(one),
            policy.number(one),
            (Figure(photo.media, str(one.content.get(SAYS.key, "")), caption),) if photo is not None and photo.shown else (),
        )

    def _still_open(self, activity: Activity, ones: list[Contribution], policy: Policy) -> tuple[Section, ...]:
        """The questions that practices leave open, together, each with who asks it."""
        if activity.settings["fields"] or activity.settings.get("preset") != "practice":
            return ()
        asked = [one for one in ones if one.content.get(OPEN)]
        questions = Listing(tuple(one.content[OPEN] for one in asked), beside=tuple(policy.signature(one) for one in asked))
        return (Section(policy.say(N_("The questions that remain open")), f"{activity.id}-open", (questions,)),) if asked else ()

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """A card, sometimes two; whoever has one may complete it later."""
        first, *others = self.fields(settings)
        if mine := [one for one in view["cards"] if one["mine"]]:
            card = voice.pick(mine)
            blank = [one for one in others if one.key not in card["content"]]
            if not blank or not voice.chance(0.3):
                return ()
            more = voice.pick(blank)
            return (Gesture("edit", {**card["content"], more.key: voice.says(more.key, more.limit)}, card["id"]),)
        posts = []
        for _ in range(2 if voice.chance(0.2) else 1):
            content: dict[str, Any] = {first.key: voice.says(first.key, first.limit)}
            content |= {one.key: voice.says(one.key, one.limit) for one in others if voice.chance(0.5)}
            if settings["signed"] == "free":
                content["signed"] = voice.chance(0.75)
            posts.append(Gesture("post", content))
        return tuple(posts)


@lru_cache(256)
def _as_json(fields: tuple[Field, ...]) -> list[dict[str, Any]]:
    return [asdict(one) for one in fields]


@lru_cache(256)
def _required(first: Field, *others: Field) -> tuple[Field, ...]:
    return (replace(first, required=True), *others)


def _seen(those: Mapping[str, Contribution], summary: Pictured, viewer: Viewer, sources: Sources) -> list[dict[str, Any]]:
    told = cards(those, viewer, sources.people)
    return [pictured(one, those[one["id"]], summary.photos.get(one["id"]), viewer) for one in told]


def _destroyed(summary: Pictured, card: str) -> dict[str, Any]:
    photo = summary.photos.get(card)
    return {"destroys": [photo.media]} if photo is not None and photo.media else {}


def _not_shown(summary: Pictured, policy: Policy) -> tuple[Node, ...]:
    """How many photos are not there, and why: of a photo withheld nothing else is left."""
    photos = [summary.photos[one.id] for one in summary.contributions.values() if one.id in summary.photos]
    withheld, waits = sum(one.answer == "withheld" for one in photos), sum(one.waits for one in photos)
    said = []
    if withheld:
        said.append(policy.count(N_("%(count)s photo was withheld."), N_("%(count)s photos were withheld."), withheld))
    if waits:
        one = N_("%(count)s photo waits for the agreement of the people on it.")
        said.append(policy.count(one, N_("%(count)s photos wait for the agreement of the people on them."), waits))
    return (Paragraph(" ".join(said), "note"),) if said else ()
