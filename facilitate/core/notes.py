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
    """One note. ``at`` is when it was first written, UTC; ``by`` a member of the team or 'console', ``hand`` whoever changed it last where
    that is someone else; ``activity`` the step it stands beside, '' for none; ``speaker`` whom a quotation quotes, who ``agreed`` to be
    named or not; ``edited`` the seq of its last change; ``struck``: it was crossed out, and is told nowhere."""

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
    hand: str = ""


def decide_note(notes: Mapping[str, Note], act: Act, agreed: bool) -> dict[str, Any] | Refused | None:
    """What the journal keeps of *note* {mark, text, speaker, agreed}, *amend*, *strike* or *unstrike* (``act.on`` a note); None: nothing
    changes. An *amend* says the whole note again, and moves it beside ``act.activity`` where that is given.

    Two people at once overwrite nothing: an *amend* made against an older text than the one that stands is refused as stale.
    """
    found = notes.get(act.on) if act.do != "note" else None
    if act.do != "note" and found is None:
        return Refused("unknown-note", N_("There is no such note. Your text stays here."), status=404)
    if found and act.do != "amend":
        return None if found.struck == (act.do == "strike") else {}
    if found and found.struck:
        return Refused("struck", N_("This note was struck out. Your text stays here: put the note back, then send again."), status=409)
    said = read_fields(FIELDS, act.content)
    if isinstance(said, Refused):
        return said
    mark = act.content.get("mark", found.mark if found else "said")
    if not isinstance(mark, str) or mark not in MARKS:
        return Refused("unknown-mark", N_("Choose what this note is: said, question, decision, to do or quotation."), field="mark")
    if found and act.base is not None and act.base < found.edited:
        return Refused(
            "stale",
            N_("Someone else has just changed this note: it now reads as you see it here. Your text is kept: compare, then send again."),
            status=409,
        )
    speaker = said.get("speaker", "") if mark == "quotation" else ""
    content = {"mark": mark, "text": said["text"], "speaker": speaker, "agreed": agreed and bool(speaker)}
    same = found and all(getattr(found, name) == value for name, value in content.items()) and act.activity in ("", found.activity)
    return None if same else content


def fold_notes(notes: Map[str, Note], entry: Entry) -> Map[str, Note]:
    """One entry further."""
    if entry.do in ("strike", "unstrike"):
        return notes.set(entry.on, replace(notes[entry.on], struck=entry.do == "strike", edited=entry.seq))
    said = {name: entry.content[name] for name in ("mark", "text", "speaker", "agreed")}
    if entry.do == "amend":
        found = notes[entry.on]
        hand = entry.by if entry.by != found.by else ""
        return notes.set(entry.on, replace(found, **said, activity=entry.activity or found.activity, hand=hand, edited=entry.seq))
    return notes.set(entry.id, Note(entry.id, entry.seq, entry.at, entry.by, entry.activity, **said, edited=entry.seq))


def notes_of(notes: Mapping[str, Note], activity: str) -> list[Note]:
    """Those that stand beside a step, struck ones left out, in the order they were written."""
    return sorted((one for one in notes.values() if one.activity == activity and not one.struck), key=lambda one: one.seq)
