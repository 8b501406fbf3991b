"""Owns the photos of a day: those of the staff, of a flipchart say, each beside a step with the words that stand for it where it is
not seen; and what may be shown of those that people send with a contribution."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from immutables import Map

from facilitate.core.contribution import Contribution, Field, Viewer, read_fields
from facilitate.core.entry import Act, Entry, Refused
from facilitate.core.words import N_

FIELDS = (Field("description", N_("What this photo shows"), 500, required=True),)
MEDIA = re.compile(r"[0-9a-f]{32}")
"""The id of a picture in the journal."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo. ``media`` is its picture's id in the journal; ``by`` who took it in; ``hidden``: it was taken back."""

    id: str
    at: str
    by: str
    activity: str
    media: str
    description: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A photo that came with a contribution. ``media`` is its picture's id in the journal, '' once it was destroyed; ``width`` and
    ``height`` in points; ``faces`` what its author says of faces that can be recognised: 'yes' | 'no' | 'unknown'; ``answer`` the staff's:
    '' | 'agreed' | 'blurred' | 'withheld'."""

    media: str
    width: int
    height: int
    faces: str
    answer: str = ""

    @property
    def waits(self) -> bool:
        """Someone may be recognised, and nobody has asked them yet."""
        return self.faces != "no" and not self.answer

    @property
    def shown(self) -> bool:
        return bool(self.media) and not self.waits

    def seen_by(self, viewer: Viewer, contribution: Contribution) -> bool:
        """Whether this viewer may see the picture: while it or the words wait, or are hidden, its author and the console alone."""
        if not self.media or contribution.status in ("withheld", "withdrawn"):
            return False
        return viewer.audience == "console" or viewer.wrote(contribution) or (self.shown and contribution.status == "shown")


def decide_photo(photos: Mapping[str, Photo], act: Act) -> dict[str, Any] | Refused | None:
    """What the journal keeps of *photo* {media, description} or *unphoto* (``act.on`` a photo); None where nothing changes."""
    if act.do == "unphoto":
        if act.on not in photos:
            return Refused("unknown-photo", N_("This photo no longer exists."), status=404)
        return None if photos[act.on].hidden else {}
    said = read_fields(FIELDS, act.content)
    if isinstance(said, Refused):
        return said
    media = act.content.get("media")
    if not isinstance(media, str) or not MEDIA.fullmatch(media):
        return Refused("no-media", N_("Send the photo first, then say what it shows."), field="media")
    return {"media": media, **said}


def fold_photos(photos: Map[str, Photo], entry: Entry) -> Map[str, Photo]:
    """One entry further."""
    if entry.do == "unphoto":
        return photos.set(entry.on, replace(photos[entry.on], hidden=True))
    media, description = str(entry.content["media"]), str(entry.content["description"])
    return photos.set(entry.id, Photo(entry.id, entry.at, entry.by, entry.activity, media, description))


def photos_of(photos: Mapping[str, Photo], activity: str) -> list[Photo]:
    """Those of a step that were not taken back, in the order they came."""
    return sorted((one for one in photos.values() if one.activity == activity and not one.hidden), key=lambda one: (one.at, one.id))
