"""Owns words: a few from each person, anonymous, those that differ only in writing folded, shown in rows by how often they were said."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any, ClassVar

from immutables import Map

from facilitate.activities.words.likeness import Group, groups, key, real_words
from facilitate.core.activity import (
    Accepted,
    ActivityType,
    Contributions,
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
)
from facilitate.core.agenda import Activity
from facilitate.core.contribution import fold_contributions
from facilitate.core.entry import Act, Actor, Audience, Entry, Refused
from facilitate.core.paper import Blank, Lines, Note
from facilitate.core.tree import Chart, Node, Paragraph
from facilitate.core.words import N_, Count, Say

WORD = Field("word", N_("A word, or a short expression"), 40, required=True)

MOST_REAL = 3
"""The real words that an expression may have."""

SIZES = 6
ON_WALL = 120
"""The words that a wall is given; it shows as many of them as it holds."""
IN_CHART = 40

_NOT_WORDS = ("slot", "hushed", "covered")
_CONSOLE: frozenset[Audience] = frozenset({"console"})


@dataclass(frozen=True, slots=True)
class Said(Summary):
    """What was said.

    ``slots``: a hash that only whoever may write can be led to → the word that takes this place among theirs: no one gives more than the
    sheet says, and no two words are known to be one person's. ``folds``: the pairs that a facilitator folded, ``hushed``: the words they
    took off, both by the id of their act. ``covered``: the words came hidden until the reveal, which ``uncovered`` says has been.
    """

    slots: Map[str, str] = field(default_factory=Map)
    folds: Map[str, tuple[str, str]] = field(default_factory=Map)
    hushed: Map[str, str] = field(default_factory=Map)
    covered: bool = False
    uncovered: bool = False
    at: str = ""


class Words(ActivityType):
    """A word from each."""

    kind: ClassVar[str] = "words"
    fr: ClassVar[str] = "mots"
    label: ClassVar[str] = N_("Words")
    votes: ClassVar[bool] = True
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("question", "question", "text", "", N_("What each answers in a word.")),
        Setting("most", "par personne", "number", 3, N_("The most words that one person may give."), low=1, high=10),
        Setting("hidden", "caché", "flag", False, N_("Yes: the wall shows no word until they are all shown at once.")),
    )
    verbs: ClassVar[Mapping[str, Verb]] = {
        "post": Verb(late=True),
        "edit": Verb(when="opened"),
        "withdraw": Verb(when="opened"),
        "uncover": Verb(by=_CONSOLE, when="opened"),
        "hush": Verb(by=_CONSOLE, when="opened"),
        "unhush": Verb(by=_CONSOLE, when="opened"),
        "fold": Verb(by=_CONSOLE, when="opened"),
        "unfold": Verb(by=_CONSOLE, when="opened"),
    }
    examples: ClassVar[Examples] = Examples(
        accepts=({"word": "cooperation"}, {"word": "quality of life"}, {"word": "🙂"}, {"word": "bien-être à l’école"}),
        refuses=({}, {"word": ""}, {"word": "x" * 41}, {"word": 3}, {"word": ["a"]}, {"word": "one two three four"}),
    )

    def start(self, settings: Mapping[str, Any]) -> Said:
        return Said()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (WORD,)

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Any, sources: Sources) -> Accepted | Refused:
        held: Said = summary
        match act.do:
            case "uncover":
                shown = held.uncovered or not settings["hidden"]
                return Refused("revealed", N_("The words are shown already."), status=409) if shown else Accepted()
            case "hush" | "unhush":
                return _hushed(held, act)
            case "fold" | "unfold":
                return _folded(held, act)
        accepted = super().accept(settings, act, actor, summary, sources)
        if isinstance(accepted, Refused) or act.do == "withdraw":
            return accepted
        word = str(accepted.content["word"])
        if real_words(word) > MOST_REAL:
            text = N_("%(most)s words at most in an expression: shorten it, or give them one by one. Your text is kept.")
            return Refused("too-many-words", text, {"most": MOST_REAL}, field="word")
        slot = _slot(held, act, actor.voter, settings["most"], word)
        if isinstance(slot, Refused):
            return slot
        more = {"slot": slot} if slot and act.do == "post" else {}
        flags = {"hushed": _is_hushed(held, word), "covered": bool(settings["hidden"])}
        return Accepted({"word": word, **more, **{name: True for name, value in flags.items() if value}}, unsigned=True)

    def fold(self, summary: Any, entry: Entry) -> Said:
        held: Said = summary
        content = entry.content
        match entry.do:
            case "uncover":
                return replace(held, uncovered=True, at=entry.at)
            case "hush":
                status = _turned(held, content["ids"], ("shown", "waiting"), "hidden")
                return replace(held, contributions=status, hushed=held.hushed.set(entry.id, content["word"]))
            case "unhush":
                kept = held.hushed.delete(entry.on) if entry.on in held.hushed else held.hushed
                return replace(held, contributions=_turned(held, content["ids"], ("hidden",), "shown"), hushed=kept)
            case "fold":
                return replace(held, folds=held.folds.set(entry.id, (content["word"], content["with"])))
            case "unfold":
                return replace(held, folds=held.folds.delete(entry.on)) if entry.on in held.folds else held
        said = {name: value for name, value in content.items() if name not in _NOT_WORDS}
        held = replace(held, contributions=fold_contributions(held.contributions, replace(entry, content=said)))
        if entry.do not in ("post", "edit"):
            return held
        if content.get("hushed"):
            id = entry.on if entry.do == "edit" else entry.id
            held = replace(held, contributions=_turned(held, [id], ("shown", "waiting"), "hidden"))
        if slot := content.get("slot"):
            held = replace(held, slots=held.slots.set(str(slot), entry.id))
        return replace(held, covered=bool(content.get("covered")))

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        held: Said = summary
        uncovered = held.uncovered or not settings["hidden"]
        seen: dict[str, Any] = {
            "question": settings["question"],
            "fields": [asdict(WORD)],
            "most": settings["most"],
            "hidden": settings["hidden"],
            "uncovered": uncovered,
            "at": held.at,
        }
        own = cards(held.contributions, viewer, sources.people)
        if viewer.audience == "participant":
            # What others say is the wall's, until it is over: phones would all ask again at each word.
            over = uncovered and sources.status == "closed"
            seen |= {"cards": own, "left": max(0, settings["most"] - len(own)), "groups": _drawn(_shown(held)) if over else []}
            return seen | {"said": sum(one["count"] for one in seen["groups"])}
        found = _shown(held)
        seen["said"] = sum(one.count for one in found)
        if viewer.audience == "console":
            known = {key(text) for text in _texts(held, ("shown", "waiting", "hidden")).values()}
            seen |= {"cards": own, "groups": _drawn(found), "words": sorted(one.word for one in found)}
            seen["hushed"] = [{"id": id, "word": word} for id, word in sorted(held.hushed.items()) if key(word) in known]
            pairs = sorted(held.folds.items())
            seen["folds"] = [{"id": id, "word": one, "with": other} for id, (one, other) in pairs if {key(one), key(other)} <= known]
            return seen
        different = {"cards": own if uncovered else [], "different": len(found) if uncovered else 0}
        return seen | different | {"groups": _drawn(found)[:ON_WALL] if uncovered else []}

    def hides(self, summary: Any, sources: Sources) -> bool:
        """Until they are shown, or the step is closed."""
        return bool(sources.status == "open" and summary.covered and not summary.uncovered)

    def paper(self, settings: Mapping[str, Any], sources: Sources, say: Say, count: Count) -> tuple[Blank, ...]:
        """A line for each word."""
        most = count(N_("%(count)s word at most"), N_("%(count)s words at most"), settings["most"])
        return (Note(say(N_("Anonymous: do not write your name.")), nameless=True), Lines(most, settings["most"], required=True))

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        held: Said = summary
        say, question = policy.say, activity.settings["question"]
        lede = (Paragraph(question, "lede"),) if question else ()
        found = _shown(held)
        if not found:
            told = () if sources.status in ("planned", "skipped") else (Paragraph(say(N_("No word was said.")), "note"),)
            return (*lede, *told) if told else ()
        said = policy.count(N_("%(count)s word was said,"), N_("%(count)s words were said,"), sum(one.count for one in found))
        if self.hides(held, sources):
            hidden = say(N_("The words are hidden until they are shown to all."))
            return (*lede, Paragraph(f"{said.rstrip(',')}. {hidden}", "note"))
        different = policy.count(N_("%(count)s different one."), N_("%(count)s different ones."), len(found))
        folded = say(N_("Capitals, accents and plurals are not told apart; the annex holds each word as it was written."))
        often = [one for one in found if one.count > 1]
        rows = tuple((one.word, float(one.count), policy.figure(one.count)) for one in often[:IN_CHART])
        caption = say(N_("The words said, the most frequent first"))
        chart = (Chart(caption, say(N_("Word")), say(N_("Times said")), rows, f"{said} {different}"),) if rows else ()
        note = Paragraph(folded if rows else f"{said} {different} {folded}", "note")
        rest = [f"{one.word} ({policy.figure(one.count)})" for one in often[IN_CHART:]]
        once = ", ".join(one.word for one in found if one.count == 1)
        told_once = (Paragraph(say(N_("Said once: %(words)s."), words=once)),) if once else ()
        told_more = (Paragraph(say(N_("And also: %(words)s."), words=", ".join(rest))),) if rest else ()
        return (*lede, *chart, *told_more, *told_once, note)

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """One word, or as many as one may."""
        if not view["left"] or view["cards"]:
            return ()
        said = (" ".join(voice.says("word", WORD.limit).split()[:MOST_REAL]) for _ in range(voice.whole(1, view["left"])))
        return tuple(Gesture("post", {"word": word}) for word in {key(word): word for word in said}.values())

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        """Shows them all, once there are some."""
        return Gesture("uncover") if view["said"] and not view["uncovered"] else None


def _texts(held: Said, statuses: Iterable[str] = ("shown",)) -> dict[str, str]:
    """Id → text of what was said and stands so."""
    return {one.id: str(one.content["word"]) for one in held.contributions.values() if one.status in statuses and one.content.get("word")}


def _shown(held: Said) -> list[Group]:
    return groups(_texts(held), held.folds.values())


def _drawn(found: list[Group]) -> list[dict[str, Any]]:
    """The words as they are drawn: ``size`` from 1, said least, to 6, said most; ``share`` of the most frequent in per cent."""
    most = max((one.count for one in found), default=1)
    return [
        {
            "word": one.word,
            "count": one.count,
            "size": 1 + ((SIZES - 1) * (one.count - 1) // (most - 1) if most > 1 else 0),
            "share": round(100 * one.count / most, 1),
            "forms": [{"text": text, "count": count} for text, count in one.forms],
        }
        for one in found
    ]


def _slot(held: Said, act: Act, voter: str, most: int, word: str) -> str | Refused:
    """The place that this word takes among those of whoever says it; '' where the staff writes what the room says."""
    if not voter:
        return ""
    slots = [sha256(f"{voter} {place}".encode()).hexdigest()[:24] for place in range(most)]
    said = {slot: one for slot in slots if (one := held.contributions.get(held.slots.get(slot, ""))) and one.status != "withdrawn"}
    if any(key(str(one.content.get("word", ""))) == key(word) for one in said.values() if one.id != act.on):
        return Refused("said-already", N_("You have said this word already: it counts once for each person."), status=409, field="word")
    free = [slot for slot in slots if slot not in said]
    if not free and act.do == "post":
        return Refused(
            "enough",
            N_("You have given your %(count)s word: change it under “My cards”."),
            {"count": most},
            status=409,
            field="word",
            plural=N_("You have given your %(count)s words: change one under “My cards”."),
        )
    return free[0] if free else ""


def _alike(held: Said, word: str, statuses: Iterable[str]) -> list[str]:
    """The ids of what stands so and says that word, however written or folded by hand; the oldest id by alphabet first."""
    said = _texts(held, statuses)
    found = groups({**said, "": word}, held.folds.values())
    return sorted(id for one in found if "" in one.ids for id in one.ids if id)


def _is_hushed(held: Said, word: str) -> bool:
    return any("" in one.ids and len(one.ids) > 1 for one in groups({"": word, **dict(held.hushed.items())}, held.folds.values()))


def _hushed(held: Said, act: Act) -> Accepted | Refused:
    """Takes a word off the wall with all who said it, or gives it back."""
    if act.do == "unhush":
        if act.on not in held.hushed:
            return _unknown()
        return Accepted({"ids": _alike(held, held.hushed[act.on], ("hidden",))})
    word = act.content.get("word")
    ids = _alike(held, word, ("shown", "waiting")) if isinstance(word, str) and word else []
    return Accepted({"word": str(word), "ids": ids}) if ids else _unknown()


def _folded(held: Said, act: Act) -> Accepted | Refused:
    """Says that two words are the same, or takes it back."""
    if act.do == "unfold":
        return Accepted() if act.on in held.folds else _unknown()
    word, other = act.content.get("word"), act.content.get("with")
    if not (isinstance(word, str) and isinstance(other, str) and _alike(held, word, ("shown",)) and _alike(held, other, ("shown",))):
        return _unknown()
    if set(_alike(held, word, ("shown",))) == set(_alike(held, other, ("shown",))):
        return Refused("same-word", N_("These are one word already."), status=409, field="with")
    return Accepted({"word": word, "with": other})


def _unknown() -> Refused:
    return Refused("unknown-word", N_("Nobody says this word any more: look at the list again."), status=404, field="word")


def _turned(held: Said, ids: Iterable[str], those: Iterable[str], status: Any) -> Contributions:
    """The contributions, those of ``ids`` that stand so turned to another status."""
    contributions = held.contributions
    for id in ids:
        if (one := contributions.get(id)) and one.status in those:
            contributions = contributions.set(id, replace(one, status=status))
    return contributions
