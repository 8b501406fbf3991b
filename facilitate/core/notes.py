"""Owns the note-takers' notes: timed, marked, beside any step; what was said aloud, so that nobody types it again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from immutables import Map

from facilitate.core.contribution import Field, read_fields
from facilitate.core.entry import Act, Entry, Refused
from facilitate.core.words import N_

MARKS: Mapping[str, str] = {
    "said": N_("Said"),
    "question": N_("Question"),
    "decision": N_("Decision"),
    "todo": N_("To do"),
    "quotation": N_("Quotation"),
}
"""What a note is."""

FIELDS = (Field("text", N_("Note"), 2000, required=True), Field("speaker", N_("Who said it"), 80))


@dataclass(frozen=True, slots=True)
class Note:
    """One note. ``at`` is when it was first written, UTC; ``by`` a member of the team or 'console'; ``activity`` the step it stands beside,
    '' for none; ``agreed``: its speaker agrees to be named; ``edited`` the seq of its last change; ``struck``: its author took it back."""

    id: str
    seq: int
    at: str
    by: str
    activity: str
    mark: str
    text: str
    speaker: str = ""
    agreed: bool = False
    edited: int = 0
    struck: bool = False


def decide_note(notes: Mapping[str, Note], act: Act, agreed: bool) -> dict[str, Any] | Refused | None:
    """What the journal keeps of *note* {mark, text, speaker, agreed}, *amend* or *strike* (``act.on`` a note); None: nothing changes.

    Two people at once overwrite nothing: an *amend* made against an older text than the one that stands is refused as stale.
    """
    found = notes.get(act.on)
    if act.do != "note" and (found is None or found.struck):
        return Refused("unknown-note", N_("This note no longer exists. Your text stays here."), status=404)
    if act.do == "strike":
        return {}
    said = read_fields(FIELDS, act.content)
    if isinstance(said, Refused):
        return said
    mark = str(act.content.get("mark", found.mark if found else "said"))
    if mark not in MARKS:
        return Refused("unknown-mark", N_("Choose what this note is: said, question, decision, to do or quotation."), field="mark")
    if found and act.base is not None and act.base < found.edited:
        return Refused("stale", N_("This was changed while you were writing. Your text stays here: compare, then send again."), status=409)
    content = {"mark": mark, "text": said["text"], "speaker": said.get("speaker", ""), "agreed": agreed}
    same = found and all(getattr(found, name) == value for name, value in content.items())
    return None if same else content


def fold_notes(notes: Map[str, Note], entry: Entry) -> Map[str, Note]:
    """One entry further."""
    if entry.do == "strike":
        # What was taken back leaves the memory; the journal's own line is redacted by erasure.
        return notes.set(entry.on, replace(notes[entry.on], struck=True, text="", speaker="", edited=entry.seq))
    said = {name: entry.content[name] for name in ("mark", "text", "speaker", "agreed")}
    if entry.do == "amend":
        return notes.set(entry.on, replace(notes[entry.on], **said, edited=entry.seq))
    return notes.set(entry.id, Note(entry.id, entry.seq, entry.at, entry.by, entry.activity, **said, edited=entry.seq))
