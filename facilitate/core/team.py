"""Owns the team of a day: who drives it beside the facilitator, what each may do, and what of it the journal keeps."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from immutables import Map

from facilitate.core.contribution import Field, read_fields
from facilitate.core.entry import Act, Actor, Audience, Entry, Refused
from facilitate.core.words import N_

ROLES: Mapping[Audience, str] = {
    "console": N_("Facilitator"),
    "scribe": N_("Scribe"),
    "notes": N_("Note-taker"),
    "reception": N_("Reception"),
    "panel": N_("Panellist"),
}
"""What a member of the team does; a facilitator with a track drives that workshop alone, a panellist bears a name of the sheet's panel."""

_NAME = (Field("name", N_("Name"), 80, required=True),)

WHOLE_DAY = frozenset(("finish", "merge", "cut", "invite", "dismiss"))
"""Console verbs that someone who drives one workshop may not use."""


@dataclass(frozen=True, slots=True)
class Member:
    """Someone of the team. ``role`` is one of ``ROLES``; ``track`` the one workshop they drive, '' for the whole day; ``left``: their
    link no longer opens anything."""

    id: str
    name: str
    role: Audience
    track: str = ""
    left: bool = False


def decide_team(
    team: Mapping[str, Member], act: Act, actor: Actor, tracks: Mapping[str, str], panel: Collection[str]
) -> Mapping[str, str] | Refused | None:
    """What the journal keeps of *invite* {name, role, track} or *dismiss* (``act.on`` a member); None where nothing changes.

    ``panel``: the names that the sheet gives its panellists.
    """
    if actor.member:
        return Refused("not-allowed", N_("Only whoever started the day can invite someone, or take a link back."), status=403)
    if act.do == "dismiss":
        member = team.get(act.on)
        if member is None:
            return Refused("unknown-member", N_("No one of that name is in the team."), status=404)
        return None if member.left else {}
    name, role = act.content.get("name", ""), str(act.content.get("role", ""))
    if role == "panel":
        # The sheet's own words, however long.
        text = N_("“%(name)s” is not on the panel: choose one of those whom the sheet names.")
        known = {"name": name, "role": role, "track": ""}
        return known if name in panel else Refused("unknown-panellist", text, {"name": str(name)[:80]}, field="name")
    said = read_fields(_NAME, act.content)
    if isinstance(said, Refused):
        return said
    track = str(act.content.get("track", "") or "")
    if role not in ROLES:
        return Refused("unknown-role", N_("Choose what this person does."), field="role")
    if track and (track not in tracks or role != "console"):
        return Refused("unknown-track", N_("There is no such workshop in this day."), field="track")
    return {"name": said["name"], "role": role, "track": track}


def fold_team(team: Map[str, Member], entry: Entry) -> Map[str, Member]:
    """One entry further."""
    if entry.do == "dismiss":
        return team.set(entry.on, replace(team[entry.on], left=True))
    content = entry.content
    return team.set(entry.id, Member(entry.id, str(content["name"]), content["role"], str(content.get("track", ""))))
