"""Owns the photo on a card: what is asked with it, whether it may be seen, and what of it is destroyed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from immutables import Map

from facilitate.core.activity import Contribution, Field, Summary, Viewer, read_fields
from facilitate.core.contribution import Same
from facilitate.core.entry import Act, Entry, Refused
from facilitate.core.photos import Snapshot
from facilitate.core.words import N_

SAYS = Field("photo_says", N_("What the photo shows, for those who do not see it"), 300, required=True)
"""Its words travel with those of the card: a name in them is masked as any other. No field of a sheet has a key with a '_'."""
KEPT = "photo_kept"
"""Where an entry's content holds the picture."""

FACES: Mapping[str, str] = {"yes": N_("Yes"), "no": N_("No"), "unknown": N_("I do not know")}
ANSWERS = ("agreed", "blurred", "withheld")


@dataclass(frozen=True, slots=True)
class Pictured(Summary):
    """Cards, and the photos that came with some of them, by the card's id."""

    photos: Map[str, Snapshot] = field(default_factory=Map)


def sent(act: Act) -> dict[str, Any] | Refused:
    """What the journal keeps of the photo that came with a post; {} where none did."""
    if not act.picture:
        if act.content.get(SAYS.key):
            text = N_("The photo is not there: choose it again, or erase what it shows. Your text is kept.")
            return Refused("photo-missing", text, field=SAYS.key)
        return {}
    says = read_fields((SAYS,), act.content)
    if isinstance(says, Refused):
        return says
    faces = act.content.get("photo_faces")
    if not isinstance(faces, str) or faces not in FACES:
        return Refused("faces", N_("Say whether someone can be recognised on the photo. Your text is kept."), field="photo_faces")
    return {**says, KEPT: {**act.picture, "faces": faces}}


def answered(act: Act, summary: Pictured) -> dict[str, Any] | Refused:
    """What the journal keeps of *faces* {answer}: what the people on the photo said, or what was done so that nobody is recognised."""
    found, photo = summary.contributions.get(act.on), summary.photos.get(act.on)
    if found is None or photo is None or not photo.media or found.status == "withdrawn":
        return Refused("photo-gone", N_("This photo no longer exists: its author took it back, or a colleague withheld it."), status=409)
    answer = act.content.get("answer")
    if answer not in ANSWERS:
        return Refused("answer", N_("Choose: they agreed, blur, or withhold."), field="answer")
    if answer == "agreed":
        return {"answer": answer}
    if answer == "withheld":
        return {"answer": answer, "destroys": [photo.media]}
    if not act.picture:
        return Refused("not-blurred", N_("Send the areas to blur through the photo’s own form."))
    if act.content.get("of") != photo.media:
        return Refused("stale", N_("A colleague has just blurred this photo: look at it again."), status=409)
    return {"answer": answer, KEPT: dict(act.picture), "destroys": [photo.media]}


def fold_photos(photos: Map[str, Snapshot], entry: Entry) -> Map[str, Snapshot]:
    """One entry further."""
    one, photo = entry.content.get(KEPT), photos.get(entry.on)
    match entry.do:
        case "post" if isinstance(one, Mapping):
            kept = Snapshot(str(one["media"]), int(one["width"]), int(one["height"]), str(one["faces"]))
            return photos.set(entry.id, kept)
        case "faces" if photo is not None:
            answer = str(entry.content["answer"])
            if isinstance(one, Mapping):
                photo = replace(photo, media=str(one["media"]), width=int(one["width"]), height=int(one["height"]))
            elif answer == "agreed" and photo.answer == "blurred":
                answer = "blurred"
            return photos.set(entry.on, replace(photo, answer=answer, media="" if answer == "withheld" else photo.media))
        case "withdraw" | "discard" if photo is not None:
            return photos.delete(entry.on)
    return photos


def without_words(content: Mapping[str, Any]) -> dict[str, Any]:
    """A card's own words, without those of its photo."""
    return {key: value for key, value in content.items() if key != SAYS.key}


def pictured(card: dict[str, Any], contribution: Contribution, photo: Snapshot | None, viewer: Viewer) -> dict[str, Any]:
    """A card as this viewer may see it, its photo with it: ``photo`` {media, width, height, says, faces, answer, waits}."""
    if photo is None or card["status"] == "withheld":
        return card if SAYS.key not in card["content"] else {**card, "content": without_words(card["content"])}
    sees, own = photo.seen_by(viewer, contribution), viewer.audience == "console" or card["mine"]
    # To a console, and to its author, a card is worked out at each drawing: nothing of that to remember.
    return _described(card, photo, sees, sees or (own and not photo.media)) if own else _of_others(Same(card, photo), sees)


@lru_cache(512)
def _of_others(shown: Same, sees: bool) -> dict[str, Any]:
    """The same dict as long as nothing changes, as the card's own is."""
    card, photo = shown.held
    return _described(card, photo, sees, sees)


def _described(card: dict[str, Any], photo: Snapshot, sees: bool, knows: bool) -> dict[str, Any]:
    seen = {**card, "content": without_words(card["content"])}
    if not knows:
        return seen
    known = {"faces": photo.faces, "answer": photo.answer, "waits": photo.waits, "media": photo.media if sees else ""}
    picture = {"width": photo.width, "height": photo.height, "says": card["content"].get(SAYS.key, "")} if sees else {}
    return seen | {"photo": known | picture}
