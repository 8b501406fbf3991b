"""Owns the facts that travel: what someone asks (Act), who asks (Caller, Actor), what the journal keeps (Entry), why not (Refused)."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ERASED = "erased"
"""The print of an entry whose words were taken out: no act has it."""

MASKED = "masked"
"""The same, of one out of whose words a name was taken: what is left of them stands."""

Audience = Literal["participant", "wall", "console", "shelf", "scribe", "notes", "reception", "panel", "system"]


@dataclass(frozen=True, slots=True)
class Act:
    """What someone asks. ``id`` is the caller's UUID; ``seen`` the seq of the state it was written against; ``behalf`` the participant for
    whom a member of the staff asks it ('for' on the wire). Only the server makes these, they are never read from the wire: ``reckoned``
    what was worked out apart for it; ``picture`` {media, width, height} the one that came with it."""

    id: str
    do: str
    activity: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    on: str = ""
    base: int | None = None
    seen: int | None = None
    behalf: str = ""
    reckoned: Any = None
    picture: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone at the door: an audience; for a participant their id and the raw key their phone holds; for a member of the team their id,
    and the one track they drive, if any."""

    audience: Audience
    participant: str = ""
    key: str = field(default="", repr=False)
    member: str = ""
    track: str = ""

    def owner(self, contribution: str) -> str:
        """The hash only this phone can make for a contribution: it says 'mine' of an anonymous card, and to no one whose."""
        return hmac.digest(self.key.encode(), f"own:{contribution}".encode(), "sha256").hex()[:32] if self.key else ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, as plain facts worked out at the door.

    ``owner`` is the hash only the asking phone can make again for this contribution (anonymous cards are edited with it);
    ``voter`` the pseudonym of this participant, or of the one they ask for, within the act's activity; ``member`` who of the team it is,
    and ``track`` the only workshop they may drive.
    """

    audience: Audience
    participant: str = ""
    owner: str = ""
    voter: str = ""
    member: str = ""
    track: str = ""

    @property
    def name(self) -> str:
        """Whose act the journal says it is: a participant, a member of the team, or the audience."""
        return self.participant or self.member or self.audience


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal.

    ``at`` is UTC, ISO 8601 with milliseconds ('2021-09-24T08:32:10.123Z'), or '' where the time would tell who an anonymous
    person is. ``by`` is the id of a participant or of a member of the team, 'console' or 'system', or '' for an anonymous act.
    ``print`` is the fingerprint of the act that made it: the same id with another one is a conflict.
    """

    seq: int
    id: str
    at: str
    by: str
    do: str
    activity: str = ""
    on: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    print: str = ""
    v: int = 1


def entry_of(act: Act, by: str, content: Mapping[str, Any] | None = None, *, do: str = "", activity: str = "", on: str = "") -> Entry:
    """What the journal would keep of an act: its seq, hour and fingerprint come when it is decided."""
    return Entry(0, act.id, "", by, do or act.do, activity, on, dict(content or {}))


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal for good: a stable ``code``, a msgid with ``%(name)s`` places, its values, an HTTP status hint, the field at fault.

    Where there is a ``plural``, ``values["count"]`` chooses between it and ``text``.
    """

    code: str
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 422
    field: str = ""
    plural: str = ""
