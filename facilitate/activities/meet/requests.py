"""Owns how people are put in touch: how each may be found and reached, who asks whom, and what each agreed to show the other.

A contact stands in ``Reach`` and nowhere else. It is read through ``contact_for``, which answers for one reader only.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from immutables import Map

from facilitate.core.activity import Accepted, Consent, Field, Participant, Summary, read_fields
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.words import N_, is_yes

WHERE = Field("where", N_("How to find me in the room"), 120)
CONTACT = Field("contact", N_("My contact: mail or telephone"), 120)
WORD = Field("word", N_("A word for this person"), 140)

MOST_TO, MOST_FROM = 5, 8
"""Requests that wait for one person, and that one person has waiting: nobody is flooded."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How someone may be found in the room, and reached afterwards; ``listed``: they stand in the directory, ``listed_contact`` with
    their contact."""

    where: str = ""
    contact: str = ""
    listed: bool = False
    listed_contact: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """``by`` asks to meet ``to``. ``offers``: ``by`` shows ``to`` their contact once agreed; ``answers``: ``to`` shows theirs to ``by``.
    ``met``: the facilitators have introduced them."""

    id: str
    n: int
    by: str
    to: str
    word: str = ""
    offers: bool = False
    answers: bool = False
    state: Literal["asked", "agreed", "declined"] = "asked"
    met: bool = False


@dataclass(frozen=True, slots=True)
class Meetings(Summary):
    """What people bring and look for, and beside it ``reaches`` by person and ``requests`` by id."""

    reaches: Map[str, Reach] = field(default_factory=Map)
    requests: Map[str, Request] = field(default_factory=Map)

    def between(self, one: str, other: str) -> Request | None:
        """What stands between two people, whoever asked."""
        return next((asked for asked in self.requests.values() if {asked.by, asked.to} == {one, other}), None)

    def of(self, person: str) -> list[Request]:
        """Every request from or to someone, in the order they came."""
        return sorted((one for one in self.requests.values() if person in (one.by, one.to)), key=lambda one: one.n)

    def contact_for(self, reader: str, asked: Request) -> str:
        """The other's contact, for one of the two, as far as the other agreed; ''."""
        if asked.state != "agreed" or reader not in (asked.by, asked.to):
            return ""
        other, agreed = (asked.to, asked.answers) if reader == asked.by else (asked.by, asked.offers)
        return self.reaches.get(other, Reach()).contact if agreed else ""


def consents(held: Meetings, me: str, people: Mapping[str, Participant]) -> tuple[Consent, ...]:
    """Standing in the directory, with a contact or not; and whom the contact is shown to, one by one. Taken back, a contact is no longer
    kept for the directory, nor shown."""
    reach = held.reaches.get(me, Reach())
    found = []
    if reach != Reach():
        said = {"where": reach.where, "contact": reach.contact}
        flags = {"listed": not reach.listed, "listed_contact": False}
        found.append(Consent(N_("To stand in the directory of the report"), reach.listed, "reach", said | flags))
    if reach.contact and reach.listed:
        flags = {"listed": True, "listed_contact": not reach.listed_contact}
        label = N_("That the directory gives my contact")
        found.append(Consent(label, reach.listed_contact, "reach", said | flags, about=reach.contact))
    for one in held.of(me) if reach.contact else ():
        other, shows = (one.to, one.offers) if one.by == me else (one.by, one.answers)
        if one.state == "agreed" and other in people:
            found.append(Consent(N_("That my contact is shown to"), shows, "agree", {"offers": not shows}, one.id, people[other].name))
    return tuple(found)


def decide(act: Act, actor: Actor, held: Meetings, people: Mapping[str, Participant]) -> Accepted | Refused:
    """What the journal keeps of *reach*, *ask*, *unask*, *agree*, *decline* or *met*."""
    if act.do == "reach":
        return _reached(act)
    if act.do == "ask":
        return _asked(act, actor, held, people)
    asked = held.requests.get(act.on)
    if asked is None:
        return Refused("unknown-request", N_("This request no longer exists."), status=404)
    if act.do == "met":
        return Accepted()
    may = {"unask": (asked.by,), "decline": (asked.to,)}.get(act.do, (asked.by, asked.to))
    # Nobody shows the contact of someone who has a phone of their own to say so.
    if actor.participant not in may or (act.do == "agree" and _entered(act, actor, people)):
        return Refused("not-yours", N_("This request is between two other people."), status=403)
    if act.do == "unask":
        if asked.state == "declined":
            return Refused("declined", N_("This request was answered: it is not made again."), status=409)
        # Whose phone is to forget it: once folded, nothing else says so.
        return Accepted({"to": asked.to})
    return Accepted({"offers": is_yes(act.content.get("offers"))} if act.do == "agree" else {})


def _reached(act: Act) -> Accepted | Refused:
    said = read_fields((WHERE, CONTACT), act.content)
    if isinstance(said, Refused):
        return said
    flags = {name: is_yes(act.content.get(name)) for name in ("listed", "listed_contact")}
    flags["listed_contact"] &= flags["listed"] and bool(said.get("contact"))
    return Accepted({**said, **flags})


def _asked(act: Act, actor: Actor, held: Meetings, people: Mapping[str, Participant]) -> Accepted | Refused:
    card, me = held.contributions.get(act.on), actor.participant
    if card is None or card.status != "shown" or card.by not in people:
        return Refused("unknown-contribution", N_("This line is no longer there: nothing was asked."), status=404)
    if card.by == me:
        return Refused("yourself", N_("This line is yours."), status=409)
    if me not in people or not people[me].name:
        return NO_NAME
    said = read_fields((WORD,), act.content)
    if isinstance(said, Refused):
        return said
    known, to = held.between(me, card.by), people[card.by].name
    if known and known.state == "declined":
        return Refused("declined", N_("This request was answered: it is not made again."), status=409)
    if known and (known.by != me or known.state == "agreed"):
        return Refused("asked-already", N_("%(name)s and you are in touch already: see your requests."), {"name": to}, status=409)
    waiting = [one for one in held.requests.values() if one.state == "asked" and one is not known]
    if sum(one.to == card.by for one in waiting) >= MOST_TO:
        text = N_("%(name)s already has %(most)s requests to answer: go and speak to them, or ask again later.")
        return Refused("many-requests", text, {"name": to, "most": MOST_TO}, status=409)
    if sum(one.by == me for one in waiting) >= MOST_FROM:
        text = N_("You have %(most)s requests waiting for an answer: take one back first.")
        return Refused("many-asked", text, {"most": MOST_FROM}, status=409)
    offers = is_yes(act.content.get("offers")) and not _entered(act, actor, people)
    return Accepted({"to": card.by, "word": said.get("word", ""), "offers": offers})


def _entered(act: Act, actor: Actor, people: Mapping[str, Participant]) -> bool:
    """Whether the staff asks this for someone who has a phone."""
    return bool(act.behalf) and act.behalf == actor.participant and people[act.behalf].phone


NO_NAME = Refused("no-name", N_("To be met one needs a name: give one first, a pseudonym will do. Your text is kept."), field="name")


def fold_requests(held: Meetings, entry: Entry) -> Meetings:
    """One entry further; one about a request that is gone changes nothing."""
    said = entry.content
    if entry.do == "reach":
        reach = Reach(str(said.get("where", "")), str(said.get("contact", "")), bool(said.get("listed")), bool(said.get("listed_contact")))
        return replace(held, reaches=held.reaches.set(entry.by, reach))
    if entry.do == "ask":
        to, known = str(said.get("to", "")), held.between(entry.by, str(said.get("to", "")))
        asked = Request(known.id if known else entry.id, entry.seq, entry.by, to, str(said.get("word", "")), bool(said.get("offers")))
        return replace(held, requests=held.requests.set(asked.id, asked))
    found = held.requests.get(entry.on)
    if found is None:
        return held
    match entry.do:
        case "unask":
            return replace(held, requests=held.requests.delete(found.id))
        case "agree":
            # Each of the two says for themselves whether their contact is shown.
            shows = bool(said.get("offers"))
            found = replace(found, offers=shows) if entry.by == found.by else replace(found, state="agreed", answers=shows)
        case "decline":
            found = replace(found, state="declined", answers=False)
        case "met":
            found = replace(found, met=True)
    return replace(held, requests=held.requests.set(found.id, found))


def touched(held: Meetings, entry: Entry) -> Collection[str]:
    """Whose phones show something else after this entry: the other of the two, or of each of the pairs."""
    if entry.do == "reach":
        return {person for one in held.of(entry.by) if one.state == "agreed" for person in (one.by, one.to)}
    if entry.do in ("ask", "unask"):
        return {str(entry.content.get("to", ""))}
    found = held.requests.get(entry.on)
    return {found.by, found.to} if found else ()
