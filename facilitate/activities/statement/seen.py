"""Owns what each viewer may see of a joint contribution: phones the texts and their own words, the wall what the room discusses, the
console the drafter's desk."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from facilitate.activities.statement.deciding import limited
from facilitate.activities.statement.degrees import SUPPORTS, told
from facilitate.activities.statement.positions import OUTCOMES, REASON, SIGNATURE, STAGES, TEXT, Position, Statements, in_force
from facilitate.activities.statement.wording import compared, moved_on
from facilitate.core.activity import Contribution, Sources, Viewer, card, cards
from facilitate.core.gradient import GRADIENT

_LONG = 160
"""Signs of an unchanged or removed stretch that screens show whole."""


_Written = defaultdict[tuple[str, str], list[dict[str, Any]]]
"""By what they are and the position they are about ('' for none): amendments, proposals and reasons that a viewer may see."""


def seen(settings: Mapping[str, Any], held: Statements, viewer: Viewer, sources: Sources) -> dict[str, Any]:
    """The whole view, plain JSON."""
    positions = in_force(settings, held)
    by_id = {one.id: one for one in positions}
    spot = held.contributions.get(held.discussed)
    about = str(spot.content.get("about", "")) if spot else held.discussed
    mine = held.signatures.get(viewer.participant)
    shown = _cards(held, viewer, sources)
    written = _Written(list)
    for one in shown:
        content = held.contributions[one["id"]].content
        written[str(content.get("what")), str(content.get("about", ""))].append(_amended(one, held, viewer))
    whole: dict[str, Any] = {
        "to": settings["to"],
        "preamble": settings["preamble"],
        "propose": settings["propose"],
        "signed": settings["signed"],
        "fields": [_field(TEXT), _field(REASON)],
        "degrees": [{"value": value, "label": label} for value, label in enumerate(GRADIENT, 1)],
        "supports": SUPPORTS,
        "discussed": about if about in by_id else "",
        "spot": _amended(card(spot, viewer, sources.people), held, viewer)
        if spot and spot.status == "shown" and "was" in spot.content
        else None,
        "signing": held.signing,
        "signature_fields": [_field(one) for one in SIGNATURE],
        "signature": {"name": mine.name, "role": mine.role, "structure": mine.structure, "own": mine.own, "publish": mine.publish}
        if mine
        else None,
        # A refusal changes no text: phones look again all the same, an anonymous author's too.
        "decided": len(held.decisions),
        "cards": shown,
        "proposals": written["position", ""],
        "positions": [_position(one, written, viewer) for one in positions if not one.dropped or viewer.audience == "console"],
    }
    if viewer.audience != "participant":
        # Phones look again when what they all see changes: they are not told what others send.
        signatures = sorted(held.signatures.values(), key=lambda one: one.n)
        whole["signatories"] = [
            {"name": one.name, "role": one.role, "structure": one.structure, "own": one.own} for one in signatures if one.publish
        ]
        whole["signed_by"] = len(signatures)
    person = sources.people.get(viewer.participant)
    whole["person"] = {name: getattr(person, name) if person else "" for name in ("name", "role", "structure", "named")}
    if viewer.audience == "console":
        whole["begun"] = bool(held.positions)
        whole["stages"] = [{"key": key, "label": label} for key, label in STAGES.items()]
    return whole


def _field(one: Any) -> dict[str, Any]:
    return {"key": one.key, "label": one.label, "limit": one.limit, "required": one.required}


def early(held: Statements) -> dict[str, Contribution]:
    """The reasons for not accepting a position whose degrees the room has not seen yet."""
    return {id: one for id, one in held.contributions.items() if one.content.get("what") == "divergence" and not _shown(held, one)}


def _cards(held: Statements, viewer: Viewer, sources: Sources) -> list[dict[str, Any]]:
    """What people wrote; reasons for not accepting stay the console's and their authors' until the degrees are shown."""
    kept = {id for id, one in early(held).items() if viewer.audience != "console" and not viewer.wrote(one)}
    return cards({id: one for id, one in held.contributions.items() if id not in kept}, viewer, sources.people)


def _shown(held: Statements, divergence: Contribution) -> bool:
    position = held.positions.get(str(divergence.content.get("about", "")))
    return position is not None and any(one.told for one in position.rounds)


def _position(position: Position, written: _Written, viewer: Viewer) -> dict[str, Any]:
    """One position as this viewer reads it."""
    last = position.round
    result = told(last.degrees.values()) if last and last.told else None
    one: dict[str, Any] = {
        "id": position.id,
        "number": position.number,
        "title": position.title,
        "text": position.text,
        "limit": limited(position).limit,
        "base": position.now.n,
        "version": len(position.versions),
        "stage": position.stage,
        "dropped": position.dropped,
        "why": position.why,
        "result": result,
        "again": any(given.degrees and given.version != position.now.n for given in position.rounds),
    }
    if viewer.audience in ("participant", "scribe"):
        one["degree"] = last.degrees.get(viewer.voter, 0) if last and viewer.voter else 0
        one["may_say"] = max((given.degrees.get(viewer.voter, 0) for given in position.rounds), default=0) > SUPPORTS
        one["mine"] = written["amendment", position.id] if viewer.participant else []
        one["reasons"] = written["divergence", position.id] if viewer.participant else []
    else:
        one["given"] = len(last.degrees) if last else 0
        one["amendments"] = written["amendment", position.id]
        one["pending"] = sum(not other["outcome"] and other["status"] == "shown" for other in one["amendments"])
        one["divergences"] = written["divergence", position.id]
    if viewer.audience == "console":
        one["wordings"] = [
            {"version": place, "text": version.text, "source": version.source} for place, version in enumerate(position.versions, 1)
        ]
        one["earlier"] = [
            {"version": position.place(given.version)} | told(given.degrees.values())
            for given in position.rounds
            if given is not last and given.degrees and given.told
        ]
    return one


def _amended(told_of: Mapping[str, Any], held: Statements, viewer: Viewer) -> dict[str, Any]:
    """One card of them: what it changes piece by piece, whether the text has moved on since, what the drafter said."""
    content, decision = told_of["content"], held.decisions.get(told_of["id"])
    position = held.positions.get(str(content.get("about", "")))
    was, wanted = str(content.get("was", "")), str(content.get("text", ""))
    said = {
        **told_of,
        "older": position is not None and content.get("version", position.now.n) != position.now.n,
        "on": position.place(content["version"]) if position and "version" in content else 0,
        "number": position.number if position else 0,
        "pieces": _brief(compared(was, wanted)) if content.get("what") == "amendment" and wanted else [],
        "outcome": decision.outcome if decision else "",
        "outcome_label": OUTCOMES[decision.outcome] if decision else "",
        "answer": decision.reason if decision else "",
    }
    if viewer.audience == "console" and content.get("what") == "amendment":
        now = position.text if position else ""
        said["merged"] = moved_on(was, wanted, now) if wanted else None
    return said


def _brief(pieces: Sequence[tuple[str, str]]) -> list[list[str]]:
    """The pieces as screens show them: what comes stands whole, what stays or leaves is cut short where all of it is long."""
    if sum(len(text) for _, text in pieces) < 4 * _LONG:
        return [list(piece) for piece in pieces]
    last = len(pieces) - 1
    return [
        [way, text if way == "new" or len(text) <= _LONG else _middle(text, way == "cut" or place > 0, way == "cut" or place < last)]
        for place, (way, text) in enumerate(pieces)
    ]


def _middle(text: str, begins: bool, ends: bool) -> str:
    """Its first words, its last, or both."""
    half = _LONG // 2
    first, last = text[:half].rpartition(" ")[0] if begins else "", text[-half:].partition(" ")[2] if ends else ""
    return f"{first} … {last}"
