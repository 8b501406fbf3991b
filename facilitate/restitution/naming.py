"""Owns who is seen in a document: where it names nobody, the day it is made from holds no name at all, whatever a writer reaches for."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from immutables import Map

from facilitate.core.contribution import Contribution, Participant, masked, names_in, without
from facilitate.core.state import SessionState


def seen(state: SessionState) -> SessionState:
    """The day as its document may tell it. By name: as it is, people consenting one by one. Otherwise without names, organisations of
    persons or who said what aloud, each name of a participant masked wherever it was written; by role alone, without their territory."""
    naming = state.edition.naming
    if naming == "named":
        return state
    people = Map({id: _unnamed(one, naming) for id, one in state.people.items()})

    def nameless(text: str) -> str:
        return str(masked(text, _names(text, state.people)))

    edition = state.edition
    said, spelt = (
        Map({key: replace(kept, text=nameless(kept.text)) for key, kept in some.items()}) for some in (edition.texts, edition.corrections)
    )
    return replace(
        state,
        people=people,
        summaries=Map({id: _nameless(summary, state.people) for id, summary in state.summaries.items()}),
        notes=Map({id: replace(one, text=nameless(one.text), speaker="", agreed=False) for id, one in state.notes.items()}),
        photos=Map({id: replace(one, description=nameless(one.description)) for id, one in state.photos.items()}),
        edition=replace(edition, texts=said, corrections=spelt),
        wrote=Map(),
        unknown=(),
    )


def pseudonyms(people: Mapping[str, Participant]) -> dict[str, int]:
    """Each participant's number: in the order of their ids, which chance drew."""
    return {id: number for number, id in enumerate(sorted(people), 1)}


def _unnamed(one: Participant, naming: str) -> Participant:
    return replace(one, name="", structure="", named=False, territory="" if naming == "roles" else one.territory)


def _nameless(value: Any, people: Map[str, Participant]) -> Any:
    """Whatever a kind holds, without these names in any text of it: replies, reasons, decisions, not contributions alone."""
    if isinstance(value, str):
        return masked(value, _names(value, people))
    if isinstance(value, Contribution):
        return _masked(value, people)
    if isinstance(value, Mapping):
        return type(value)({key: _nameless(one, people) for key, one in value.items()})  # type: ignore[call-arg]
    if type(value) in (tuple, list):
        return type(value)(_nameless(one, people) for one in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    held = {one.name: getattr(value, one.name) for one in fields(value) if one.init}
    changed = {name: new for name, old in held.items() if (new := _nameless(old, people)) != old}
    return replace(value, **changed) if changed else value


def _masked(one: Contribution, people: Map[str, Participant]) -> Contribution:
    # Whoever wrote their own name is named by it too.
    names = names_in(replace(one, by=""), people)
    return without(one, names) if names else one


def _names(text: str, people: Map[str, Participant]) -> list[str]:
    return names_in(Contribution("", 0, "", "", "", {"text": text}, 0), people)
