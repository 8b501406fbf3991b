"""Owns contributions: what participants write in any activity, how it is folded, and what of it each viewer may see."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from immutables import Map

from facilitate.core.entry import Act, Actor, Audience, Entry, Refused
from facilitate.core.words import N_

Status = Literal["shown", "waiting", "hidden", "withheld", "withdrawn", "proposed", "declined"]

_WORD = re.compile(r"[^\W_]+")

MASK = "[…]"
"""What stands in place of a name that was masked."""

NOT_SAID = ("owner", "late", "entered", "waiting", "proposed")
"""Keys of a content that are no one's words."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Someone who joined. Every field may be ''; ``named`` is the consent to be named in the restitution, ``photo`` that to be
    recognised on photos; ``phone`` is False for someone
    whom the staff writes for; ``track`` the parallel workshop they are in; ``remote``: they take part at a distance; ``n`` the
    seq of the entry with which they came: an order that no chance makes, as ids do."""

    id: str
    name: str = ""
    role: str = ""
    structure: str = ""
    type: str = ""
    territory: str = ""
    named: bool = False
    photo: bool = False
    at: str = ""
    phone: bool = True
    track: str = ""
    remote: bool = False
    n: int = 0


@dataclass(frozen=True, slots=True)
class Contribution:
    """What someone wrote.

    ``n`` is the seq of the entry that posted it; ``by`` the id of a participant or of a member of the team, 'console', or '' when
    anonymous, and then ``owner`` holds the hash its phone can make again; ``edited`` the seq of the last edit or of the post; ``late``:
    written while the step was open, arrived after its closing; ``why`` the reason it was hidden or withheld; ``entered`` who of the staff
    typed it for its author; ``masked``: a name was taken out of it. While ``waiting``, only its author and the console see it.

    After the day the staff accept what is added or corrected. A card added is ``proposed``, told nowhere, then shown or ``declined``; a
    correction stands in ``proposed`` beside the words that hold. ``offered`` is the seq of that offer, ``answer`` what the staff said
    to it ('' while they have not: 'accepted', 'declined'), ``reason`` why not.
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
    masked: bool = False
    proposed: Mapping[str, Any] | None = None
    offered: int = 0
    answer: Literal["", "accepted", "declined"] = ""
    reason: str = ""

    @property
    def awaits(self) -> bool:
        """Whether the staff have to answer: a card that waits to be read, one added or corrected after the day."""
        return self.status in ("waiting", "proposed") or self.proposed is not None


class Contributions(Mapping[str, Contribution]):
    """Contributions by id: persistent, as ``Map`` is. They know in which order they came, how many stand how, and whose they are, so that a
    screen of the latest, or of one's own, costs no more after ten thousand than after a hundred."""

    __slots__ = ("_aside", "_authors", "_came", "_ones", "_whose")

    def __init__(self, ones: Mapping[str, Contribution] | None = None) -> None:
        self._ones: Map[str, Contribution] = Map()
        self._came: Map[int, str] = Map()
        self._aside: Map[Status, Map[str, None]] = Map()
        self._whose: Map[str, Map[str, None]] = Map()
        self._authors: Map[str, int] = Map()
        if ones:
            whole = self.update(ones)
            self._ones, self._came, self._aside = whole._ones, whole._came, whole._aside
            self._whose, self._authors = whole._whose, whole._authors

    def __getitem__(self, id: str) -> Contribution:
        return self._ones[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ones)

    def __len__(self) -> int:
        return len(self._ones)

    def __contains__(self, id: object) -> bool:
        return id in self._ones

    def __eq__(self, other: object) -> bool:
        return other is self or (isinstance(other, Contributions) and other._ones == self._ones)

    __hash__ = None  # type: ignore[assignment]

    def update(self, ones: Mapping[str, Contribution]) -> "Contributions":
        """With these, each in place of the one of its id."""
        made = self
        for id, one in ones.items():
            made = made.set(id, one)
        return made

    def set(self, id: str, one: Contribution) -> "Contributions":
        """With this one, in place of the one of that id."""
        made, before = Contributions.__new__(Contributions), self._ones.get(id)
        made._ones = self._ones.set(id, one)
        made._came = self._came if before else self._came.set(len(self._came), id)
        made._aside = _moved(self._aside, id, before.status if before else "shown", one.status, "shown")
        made._whose = _moved(self._whose, id, before.by if before else None, one.by, None)
        made._authors = self._authors
        if before is None or (before.status, before.by) != (one.status, one.by):
            for each, more in ((before, -1), (one, 1)):
                if each is not None and each.status == "shown":
                    count = made._authors.get(each.by, 0) + more
                    made._authors = made._authors.set(each.by, count) if count else made._authors.delete(each.by)
        return made

    def that_are(self, status: Status) -> list[Contribution]:
        """Those that stand so, but for 'shown', in the order they came."""
        return sorted((self._ones[id] for id in self._aside.get(status, ())), key=lambda one: one.n)

    @property
    def shown(self) -> int:
        """How many are shown."""
        return len(self._ones) - sum(map(len, self._aside.values()))

    @property
    def standing(self) -> int:
        """How many were not withdrawn."""
        return len(self._ones) - len(self._aside.get("withdrawn", ()))

    @property
    def authors(self) -> frozenset[str]:
        """Who wrote those that are shown; '' where nobody knows."""
        return frozenset(self._authors)

    def by(self, author: str) -> dict[str, Contribution]:
        """All that this one wrote; '' for what nobody signed."""
        return {id: self._ones[id] for id in self._whose.get(author, ())}

    def latest(self, most: int, may: Callable[[Contribution], bool]) -> list[Contribution]:
        """The last ``most`` that ``may`` be seen, in the order they came."""
        found = list[Contribution]()
        for place in range(len(self._came) - 1, -1, -1):
            if len(found) == most:
                break
            if may(one := self._ones[self._came[place]]):
                found.append(one)
        return found[::-1]


def _moved(places: Map[Any, Map[str, None]], id: str, before: Any, now: Any, none: Any) -> Map[Any, Map[str, None]]:
    """An id goes from one place to another; ``none`` is no place."""
    if before != now and before != none:
        places = places.set(before, places[before].delete(id))
    return places.set(now, places.get(now, Map()).set(id, None)) if before != now and now != none else places


class Same:
    """Things that never change, as one key: themselves and no others, so that looking it up costs nothing, however much they hold."""

    __slots__ = ("_ids", "held")

    def __init__(self, *held: Any) -> None:
        self.held = held
        self._ids = (*map(id, held),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other._ids == self._ids

    def __hash__(self) -> int:
        return hash(self._ids)


def territories(people: Mapping[str, Participant]) -> Mapping[str, str]:
    """Each participant's, by id, '' where it is not known: gathered once for the same people."""
    return _territories(Same(people))


@lru_cache(64)
def _territories(people: Same) -> dict[str, str]:
    return {id: one.territory for id, one in people.held[0].items()}


@dataclass(frozen=True, slots=True)
class Summary:
    """What an activity's entries add up to. A kind that holds more than contributions extends it."""

    contributions: Contributions = field(default_factory=Contributions)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. ``voter`` is this participant's pseudonym in the activity looked at; ``owner(id)`` the hash this phone makes; ``member``
    who of the team it is; ``most`` how many of the latest cards of others are shown to it, None for all."""

    audience: Audience
    participant: str = ""
    voter: str = ""
    owner: Callable[[str], str] = lambda _: ""
    member: str = ""
    most: int | None = None

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
    if not mine and not (actor.audience in ("console", "scribe") and not found.by and found.entered == actor.name):
        return Refused("not-yours", N_("Only the person who wrote this can change it."), status=403)
    if act.base is not None and act.base < found.edited:
        return Refused("stale", N_("This was changed while you were writing. Your text stays here: compare, then send again."), status=409)
    return found


def fold_contributions(contributions: Contributions, entry: Entry) -> Contributions:
    """One entry further: post, edit, withdraw, hide, restore, approve, refuse, withhold or mask. Any other verb changes nothing."""
    said = {key: value for key, value in entry.content.items() if key not in NOT_SAID}
    offered = entry.seq if entry.content.get("proposed") else 0
    waiting: Status = "waiting" if entry.content.get("waiting") else "shown"
    if entry.do == "post":
        owner, late, entered = entry.content.get("owner", ""), bool(entry.content.get("late")), str(entry.content.get("entered", ""))
        status: Status = "proposed" if offered else waiting
        posted = Contribution(
            entry.id, entry.seq, entry.at, entry.by, owner, said, entry.seq, status, late=late, entered=entered, offered=offered
        )
        return contributions.set(entry.id, posted)
    found = contributions.get(entry.on)
    if found is None:
        return contributions
    match entry.do:
        case "edit" if offered:
            found = replace(found, proposed=said, offered=offered, answer="", reason="")
        case "edit":
            status, masked = waiting if found.status == "shown" else found.status, found.masked and any(MASK in one for one in _words(said))
            found = replace(found, content=said, edited=entry.seq, status=status, masked=masked)
        case "withdraw":
            # What its author took back leaves the memory; the journal's own line is redacted by erasure.
            found = replace(found, content={}, status="withdrawn", edited=entry.seq, proposed=None)
        case "hide" | "withhold":
            found = replace(found, status="hidden" if entry.do == "hide" else "withheld", why=str(entry.content.get("why", "")))
        case "restore":
            found = replace(found, status="shown", why="")
        case "approve":
            shown: Status = "shown" if found.status in ("waiting", "proposed", "declined") else found.status
            found = replace(found, status=shown, proposed=None, answer="accepted" if found.offered else "", reason="")
        case "refuse":
            status = "declined" if found.status == "proposed" else found.status
            found = replace(found, status=status, proposed=None, answer="declined", reason=str(entry.content.get("why", "")))
        case "mask":
            # The name has left the journal's own lines too, and this one. Where it says it, as that of an older program, it leaves here.
            name = str(entry.content.get("name", ""))
            proposed = _masked(found.proposed, name) if found.proposed else None
            found = replace(found, content=_masked(found.content, name), edited=entry.seq, masked=True, proposed=proposed)
        case _:
            return contributions
    return contributions.set(found.id, found)


def without(contribution: Contribution, names: Iterable[str]) -> Contribution:
    """The same with these names taken out of its words."""
    content = masked(contribution.content, names)
    return replace(contribution, content=content, masked=contribution.masked or _words(content) != _words(contribution.content))


def masked(content: Any, names: Iterable[str]) -> Any:
    """A text, or every text of a content, with these names taken out of it, the longest first."""
    for name in sorted(names, key=len, reverse=True):
        content = _masked(content, name)
    return content


def _masked(content: Any, name: str) -> Any:
    """Every text of a content, with a name taken out of it."""
    if isinstance(content, str):
        spans = _places(content, _plain(name)) if _are_words(content) else []
        for start, end in reversed(spans):
            content = content[:start] + MASK + content[end:]
        return content
    if isinstance(content, Mapping):
        return {key: _masked(value, name) for key, value in content.items()}
    return tuple(_masked(value, name) for value in content) if isinstance(content, list | tuple) else content


def names_in(contribution: Contribution, people: Mapping[str, Participant]) -> list[str]:
    """The names of participants that stand in someone else's words, as they are written there, longest first: to be masked where they
    did not agree. 'HELENE  FAURE', 'Faure Hélène' and 'Mme Faure' name Hélène Faure; 'une rose' does not name Rose Martin."""
    texts = _words(contribution.content)
    by_word, by_name = _bearers(people if isinstance(people, Map) else Map(people))
    said = {name for text in texts for word in by_word.keys() & set(_plain(text).split()) for name in by_word[word]}
    found: dict[str, str] = {}
    for name in sorted(said):
        if by_name[name] - {contribution.by}:
            for text in texts:
                found = {_plain(one): one for one in reversed(_named(text, name))} | found
    return sorted(found.values(), key=lambda written: (-len(written), written))


def is_named(contribution: Contribution, name: str, people: Mapping[str, Participant]) -> bool:
    """Whether that name of a participant stands in it, however it is accented or capitalised."""
    return _plain(name) in map(_plain, names_in(contribution, people))


@lru_cache(maxsize=65536)
def _named(text: str, name: str) -> tuple[str, ...]:
    """As ``_written``, kept: the console of a full room looks for 150 names in 300 cards at each tick."""
    return tuple(_written(text, name))


def _written(text: str, name: str) -> Iterable[str]:
    """How a text writes that name: whole, in either order, else one part of it alone ('Élue 3, Drôme' has none)."""
    parts = _plain(name).split()
    for whole in (parts, parts[1:] + parts[:1], parts[-1:] + parts[:-1]):
        for start, end in _places(text, " ".join(whole)):
            yield text[start:end]
            text = text[:start] + " " * (end - start) + text[end:]
    for part in parts if len(parts) > 1 and re.fullmatch(r"[^\W\d_]+([ .’'-]+[^\W\d_]+)+", name) else ():
        yield from (text[start:end] for start, end in _places(text, part) if len(part) > 2)


def _places(text: str, plain: str) -> list[tuple[int, int]]:
    """Where a text holds these plain words, whole, whatever stands between them (three characters at most) and however they are accented
    or capitalised; a word alone only where it begins with a capital, as a name does."""
    wanted = plain.split()
    words, places = _read(text)
    spans, free = list[tuple[int, int]](), 0
    for at in places.get(wanted[0], ()) if wanted else ():
        found = words[at : at + len(wanted)]
        near = all(after[1] - before[2] <= 3 for before, after in pairwise(found))
        if at >= free and near and [word for word, _, _ in found] == wanted:
            spans.append((found[0][1], found[-1][2]))
            free = at + len(wanted)
    return [(start, end) for start, end in spans if len(wanted) > 1 or not text[start].islower()]


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[list[tuple[str, int, int]], dict[str, list[int]]]:
    """The plain words of a text, each with where it begins and ends; and at which places each stands."""
    words = [(found[0], *found.span()) for found in _WORD.finditer(_letters(text))]
    places: dict[str, list[int]] = {}
    for at, (word, _, _) in enumerate(words):
        places.setdefault(word, []).append(at)
    return words, places


def _letters(text: str) -> str:
    """Each character as one plain one, so that places stay the same: 'É' → 'e'."""
    return "".join(map(_letter, text))


@lru_cache(maxsize=4096)
def _letter(one: str) -> str:
    return (unicodedata.normalize("NFD", one)[0].lower() or one)[0]


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    return " ".join(_WORD.findall(_letters(text)))


@lru_cache(maxsize=16)
def _bearers(people: Map[str, Participant]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The names that hold each word, so that a text is compared with few; and the ids of who bears each name."""
    by_word, by_name = dict[str, set[str]](), dict[str, set[str]]()
    for one in people.values():
        plain = _plain(one.name) if len(one.name) > 2 else ""
        for part in plain.split():
            if len(part) > 2 or part == plain:
                by_word.setdefault(part, set()).add(one.name)
        by_name.setdefault(one.name, set()).add(one.id)
    return by_word, by_name


def _are_words(text: str) -> bool:
    """Whether someone wrote it: an id or the key of a column is no one's word."""
    return not re.fullmatch(r"[a-z0-9_-]+", text)


def _words(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content] if _are_words(content) else []
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
    """One contribution as this viewer may see it, plain JSON that nobody changes. A withheld one shows no word, only its reason."""
    if viewer.audience == "console" or viewer.wrote(contribution):
        return _card(contribution, viewer, people)
    return _of_others(Same(contribution, people.get(contribution.by)))


_ANYONE = Viewer("wall")


@lru_cache(2048)
def _of_others(written: Same) -> dict[str, Any]:
    """The same dict as long as nothing changes: a wall shows hundreds at each tick, of which one is new, and each phone of the room its own
    handful among them."""
    contribution, author = written.held
    return _card(contribution, _ANYONE, {contribution.by: author} if author else {})


def _card(contribution: Contribution, viewer: Viewer, people: Mapping[str, Participant]) -> dict[str, Any]:
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
        "entered": bool(contribution.entered),
        "staff": bool(contribution.by) and person is None,
        "masked": contribution.masked,
        "edited": contribution.edited,
        "content": dict(contribution.content),
    }
    if contribution.offered and (seen["mine"] or viewer.audience == "console"):
        seen |= {"proposed": dict(contribution.proposed or {}), "answer": contribution.answer, "reason": contribution.reason}
    if viewer.audience == "console":
        seen |= {"why": contribution.why, "names": names_in(contribution, people)}
    if contribution.status == "withheld":
        seen |= {"content": {}, "name": "", "territory": "", "why": contribution.why}
    return seen


def cards(contributions: Mapping[str, Contribution], viewer: Viewer, people: Mapping[str, Participant]) -> list[dict[str, Any]]:
    """Those this viewer may see, in order: the console all not withdrawn, a participant their own, anyone else the shown ones."""

    def may(one: Contribution) -> bool:
        if viewer.audience == "console":
            return one.status != "withdrawn"
        return one.status == "shown" if viewer.audience != "participant" else one.status != "withdrawn" and viewer.wrote(one)

    if viewer.audience == "participant" and isinstance(contributions, Contributions):
        contributions = {**contributions.by(viewer.participant), **contributions.by("")} if viewer.participant else {}
    if viewer.most is None or not isinstance(contributions, Contributions):
        return [card(one, viewer, people) for one in in_order(contributions) if may(one)]
    latest = contributions.latest(viewer.most, may)
    if viewer.audience == "console" and (unread := contributions.that_are("waiting")):
        latest = in_order({one.id: one for one in (*unread, *latest)})
    return [card(one, viewer, people) for one in latest]
