"""Owns what a document over several days is made of: its title, its language, and the days that staff chose."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from facilitate.core.contribution import Field, read_fields
from facilitate.core.edition import EDITION_VERBS
from facilitate.core.entry import Act, Entry, Refused
from facilitate.core.words import N_

COLLECTION_VERBS = EDITION_VERBS - {"reopen"}
"""What is said over such a document, besides *collect*."""

MOST_DAYS = 500

_TITLE = Field("title", N_("Title"), 200, required=True)


def fold_collection(entry: Entry) -> Mapping[str, Any]:
    """What an entry chose. Raises ValueError where it is no choice, as one that came with a strange archive."""
    said, sessions = entry.content, entry.content.get("sessions")
    texts = isinstance(said.get("title"), str) and said.get("language") in ("fr", "en")
    if not texts or not isinstance(sessions, list | tuple) or not all(isinstance(one, str) for one in sessions):
        raise ValueError("collect")
    return said


def decide_collection(known: Mapping[str, Any], act: Act) -> Mapping[str, Any] | Refused | None:
    """What an act keeps of {title, language, sessions: ids of days, in the order given, each once}; None where it changes nothing."""
    said = read_fields((_TITLE,), act.content)
    if isinstance(said, Refused):
        return said
    language = act.content.get("language", "fr")
    if language not in ("fr", "en"):
        return Refused("unknown-language", N_("Choose French or English."), field="language")
    asked = act.content.get("sessions", ())
    try:
        sessions = list(dict.fromkeys(str(UUID(one)) for one in asked)) if isinstance(asked, list | tuple) else []
    except (ValueError, AttributeError, TypeError):
        return Refused("unknown-session", N_("One of the days chosen is not known here."))
    if not sessions or len(sessions) > MOST_DAYS:
        return Refused("no-days", N_("Tick at least one day, and %(most)s at most."), {"most": MOST_DAYS}, field="sessions")
    kept = {"title": said["title"], "language": language, "sessions": sessions}
    return None if kept == dict(known) else kept
