"""Owns contributions: what participants write in any activity, how it is folded, and what of it each viewer may see."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from immutables import Map

from facilitate.core.entry import Act, Actor, Audience, Entry, Refused
from facilitate.core.words import N_

Status = Literal["shown", "waiting", "hidden", "withheld", "withdrawn"]

MASK = "[…]"
"""What stands in place of a name that was masked."""

NOT_SAID = ("owner", "late", "entered", "waiting")
"""Keys of a content that are no one's words."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Someone who joined. Every field may be ''; ``named`` is the consent to be named in the restitution; ``phone`` is False for someone
    whom the staff writes for; ``track`` the parallel workshop they are in."""

    id: str
    name: str = ""
    role: str = ""
    structure: str = ""
    type: str = ""
    territory: str = ""
    named: bool = False
    at: str = ""
    phone: bool = True
    track: str = ""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What someone wrote.

    ``n`` is the seq of the entry that posted it; ``by`` the id of a participant or of a member of the team, 'console', or '' when
    anonymous, and then ``owner`` holds the hash its phone can make again; ``edited`` the seq of the last edit or of the post; ``late``:
    written while the step was open, arrived after its closing; ``why`` the reason it was hidden or withheld; ``entered`` who of the staff
    typed it for its author. While ``waiting``, only its author and the console see it.
    """

    id: str
    n: int
    at: str
    by: str
    owner: str
    content: Mapping[str, Any]
    edited: int
    status: Status = "shown"
    why: str = ""
    late: bool = False
    entered: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an activity's entries add up to. A kind that holds more than contributions extends it."""

    contributions: Map[str, Contribution] = field(default_factory=Map)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. ``voter`` is this participant's pseudonym in the activity looked at; ``owner(id)`` the hash this phone makes; ``member``
    who of the team it is."""

    audience: Audience
    participant: str = ""
    voter: str = ""
    owner: Callable[[str], str] = lambda _: ""
    member: str = ""

    def wrote(self, contribution: Contribution) -> bool:
        """Whether this viewer wrote it, signed or not."""
        if contribution.by:
            return contribution.by == (self.participant or self.member or self.audience)
        return bool(contribution.owner) and contribution.owner == self.owner(contribution.id)


@dataclass(frozen=True, slots=True)
class Field:
    """A text one may fill: ``key`` in the content, ``label`` (a msgid or the sheet's words), ``limit`` in characters (code points)."""

    key: str
    label: str
    limit: int = 500
    required: bool = False


def read_fields(fields: Iterable[Field], content: Mapping[str, Any]) -> dict[str, str] | Refused:
    """The texts of ``fields`` out of ``content``, blank ones left out; refused when one is missing, too long or not a text."""
    texts: dict[str, str] = {}
    for one in fields:
        value = content.get(one.key, "")
        if not isinstance(value, str):
            return Refused("not-text", N_("“%(label)s” must be a text."), {"label": one.label}, field=one.key)
        over = len(value) - one.limit
        if over > 0:
            return Refused(
                "too-long",
                N_("“%(label)s” is %(count)s character too long. Shorten it and send it again: your text is kept."),
                {"label": one.label, "count": over},
                field=one.key,
                plural=N_("“%(label)s” is %(count)s characters too long. Shorten it and send it again: your text is kept."),
            )
        if one.required and not value:
            return Refused("empty", N_("“%(label)s” is still empty. A few words are enough."), {"label": one.label}, field=one.key)
        if value:
            texts[one.key] = value
    return texts


def may_change(act: Act, actor: Actor, contributions: Mapping[str, Contribution]) -> Contribution | Refused:
    """The contribution that ``act.on`` names, if this actor wrote it and it stands as they last saw it."""
    found = contributions.get(act.on)
    if found is None or found.status == "withdrawn":
        return Refused("unknown-contribution", N_("This contribution no longer exists."), status=404)
    mine = found.by == actor.name if found.by else bool(actor.owner) and found.owner == actor.owner
    if not mine:
        return Refused("not-yours", N_("Only the person who wrote this can change it."), status=403)
    if act.base is not None and act.base < found.edited:
        return Refused("stale", N_("This was changed while you were writing. Your text stays here: compare, then send again."), status=409)
    return found


def fold_contributions(contributions: Map[str, Contribution], entry: Entry) -> Map[str, Contribution]:
    """One entry further: post, edit, withdraw, hide, restore, approve, withhold or mask. Any other verb changes nothing."""
    said = {key: value for key, value in entry.content.items() if key not in NOT_SAID}
    waiting: Status = "waiting" if entry.content.get("waiting") else "shown"
    if entry.do == "post":
        owner, late, entered = entry.content.get("owner", ""), bool(entry.content.get("late")), str(entry.content.get("entered", ""))
        posted = Contribution(entry.id, entry.seq, entry.at, entry.by, owner, said, entry.seq, waiting, late=late, entered=entered)
        return contributions.set(entry.id, posted)
    found = contributions.get(entry.on)
    if found is None:
        return contributions
    match entry.do:
        case "edit":
            found = replace(found, content=said, edited=entry.seq, status=waiting if found.status == "shown" else found.status)
        case "withdraw":
            # What its author took back leaves the memory; the journal's own line is redacted by erasure.
            found = replace(found, content={}, status="withdrawn", edited=entry.seq)
        case "hide" | "withhold":
            found = replace(found, status="hidden" if entry.do == "hide" else "withheld", why=str(entry.content.get("why", "")))
        case "restore" | "approve":
            found = replace(found, status="shown", why="")
        case "mask":
            # The name leaves the memory and every reading; the journal's own line is redacted by erasure.
            found = replace(found, content=_masked(found.content, str(entry.content["name"])), edited=entry.seq)
        case _:
            return contributions
    return contributions.set(found.id, found)


def _masked(content: Any, name: str) -> Any:
    """Every text of a content, with a name taken out of it."""
    if isinstance(content, str):
        return re.sub(_whole_word(name), MASK, content, flags=re.I)
    if isinstance(content, Mapping):
        return {key: _masked(value, name) for key, value in content.items()}
    return tuple(_masked(value, name) for value in content) if isinstance(content, list | tuple) else content


def _whole_word(name: str) -> str:
    return rf"(?<!\w){re.escape(name)}(?!\w)"


def names_in(contribution: Contribution, people: Mapping[str, Participant]) -> list[str]:
    """The names of participants that stand in someone else's words, longest first: to be masked where they did not agree."""
    words = " ".join(_words(contribution.content)).lower()
    said = set(re.findall(r"\w+", words))
    found = {one.name for one in people.values() if one.id != contribution.by and len(one.name) > 2}
    # Few names share a word with a text: only those are looked for as a whole.
    near = [name for name in found if said.issuperset(re.findall(r"\w+", name.lower()))]
    return sorted((name for name in near if re.search(_whole_word(name.lower()), words)), key=lambda name: (-len(name), name))


def _words(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content]
    inner = content.values() if isinstance(content, Mapping) else content if isinstance(content, list | tuple) else ()
    return [word for value in inner for word in _words(value)]


def in_order(contributions: Mapping[str, Contribution]) -> list[Contribution]:
    """In the order they came."""
    return sorted(contributions.values(), key=lambda one: one.n)


def told(contributions: Mapping[str, Contribution]) -> list[Contribution]:
    """Those a restitution tells: the signed in the order they came, then the anonymous by their id, which chance drew: between two
    signed ones, a place would be an hour."""
    shown = (one for one in contributions.values() if one.status == "shown")
    return sorted(shown, key=lambda one: (not one.by, one.n if one.by else 0, one.id))


def card(contribution: Contribution, viewer: Viewer, people: Mapping[str, Participant]) -> dict[str, Any]:
    """One contribution as this viewer may see it, plain JSON. A withheld one shows no word, only its reason."""
    person = people.get(contribution.by)
    seen: dict[str, Any] = {
        "id": contribution.id,
        "n": contribution.n,
        "status": contribution.status,
        "anonymous": not contribution.by,
        "name": person.name if person else "",
        "territory": person.territory if person else "",
        "at": contribution.at,
        "mine": viewer.wrote(contribution),
        "late": contribution.late,
        "edited": contribution.edited,
        "content": dict(contribution.content),
    }
    if viewer.audience == "console":
        seen |= {"why": contribution.why, "entered": bool(contribution.entered), "names": names_in(contribution, people)}
    if contribution.status == "withheld":
        seen |= {"content": {}, "name": "", "territory": "", "why": contribution.why}
    return seen


def cards(contributions: Mapping[str, Contribution], viewer: Viewer, people: Mapping[str, Participant]) -> list[dict[str, Any]]:
    """Those this viewer may see, in order: the console all not withdrawn, a participant their own, anyone else the shown ones."""
    seen = []
    for one in in_order(contributions):
        if one.status == "withdrawn":
            continue
        may = {"console": True, "participant": viewer.wrote(one)}.get(viewer.audience, one.status == "shown")
        if may:
            seen.append(card(one, viewer, people))
    return seen
