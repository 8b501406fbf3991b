"""Owns what is taken and what is refused: amendments, proposals and reasons from phones, the drafter's hand, degrees, signatures."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from facilitate.activities.statement.degrees import SUPPORTS
from facilitate.activities.statement.positions import (
    OUTCOMES,
    REASON,
    SIGNATURE,
    STAGES,
    TEXT,
    TITLE,
    Position,
    Statements,
    in_force,
    kept,
    title_of,
)
from facilitate.activities.statement.wording import kind_of, moved_on
from facilitate.core.activity import Accepted, Field, read_fields
from facilitate.core.contribution import Contribution, may_change
from facilitate.core.entry import Act, Actor, Refused
from facilitate.core.gradient import GRADIENT
from facilitate.core.words import N_, is_yes

_STALE = N_("This was changed while you were writing. Your text stays here: compare, then send again.")


def decided(settings: Mapping[str, Any], act: Act, actor: Actor, held: Statements) -> Accepted | Refused | None:
    """What the journal keeps of this act, or why it is refused; None for a verb that is every kind's."""
    match act.do:
        case "post":
            return _signed(settings, act, _posted(settings, act, actor, held))
        case "edit":
            return _edited(act, actor, held)
        case "degree":
            return _degree(act, held)
        case "sign":
            return _signature(act, held)
        case "unsign":
            if actor.participant not in held.signatures:
                return Refused("not-signed", N_("There is no signature of yours to take back."), status=409)
            return Accepted()
        case "draft":
            return _draft(settings, act, held)
        case "drop":
            return _drop(settings, act, held)
        case "stage":
            return _stage(settings, act, held)
        case "discuss":
            known = not act.on or act.on in held.contributions or any(one.id == act.on for one in in_force(settings, held))
            return Accepted() if known else _unknown()
        case "decide":
            return _decision(settings, act, held)
        case "signing":
            return Accepted({"open": is_yes(act.content.get("open"))})
    return None


def limited(position: Position | None) -> Field:
    """The text of a position, with room for all it holds already."""
    return replace(TEXT, limit=max(TEXT.limit, len(position.text))) if position else TEXT


def _unknown() -> Refused:
    return Refused("unknown-position", N_("This position is not part of the contribution."), status=404)


# From phones


def _signed(settings: Mapping[str, Any], act: Act, accepted: Accepted | Refused) -> Accepted | Refused:
    """Signed or anonymous, as its author chose or as the sheet says."""
    asked = act.content.get("signed", True)
    if isinstance(accepted, Refused):
        return accepted
    if asked not in (True, False, "true", "false"):
        return Refused("signed-or-not", N_("Choose: signed or anonymous."), field="signed")
    signed = asked in (True, "true")
    if not signed and settings["signed"] == "signed":
        return Refused("signed-only", N_("Cards are signed here. Nothing was sent: your text is kept."), field="signed")
    return replace(accepted, unsigned=not signed or settings["signed"] == "anonymous")


def _posted(settings: Mapping[str, Any], act: Act, actor: Actor, held: Statements) -> Accepted | Refused:
    about = act.content.get("about", "")
    if not about:
        return _proposed(settings, act, actor)
    position = held.positions.get(about) if isinstance(about, str) else None
    if position is None and any(one.id == about for one in in_force(settings, held)):
        return _not_amendable()
    if position is None:
        return _unknown()
    what = act.content.get("what", "amendment")
    if what == "divergence":
        return _divergence(act, actor, position)
    if what != "amendment":
        return Refused("unknown-what", N_("This is neither an amendment nor a reason."), field="what")
    return _amendment(act, position)


def _proposed(settings: Mapping[str, Any], act: Act, actor: Actor) -> Accepted | Refused:
    if not settings["propose"] and actor.audience == "participant":
        return Refused("no-proposals", N_("Positions are drafted by the organisers here: propose an amendment to one of them."), status=409)
    texts = read_fields((TEXT, REASON), act.content)
    return texts if isinstance(texts, Refused) else Accepted({"what": "position", **texts})


def _not_amendable() -> Refused:
    return Refused("not-amendable", N_("This position is not open to amendments. Your text stays here."), status=409)


def _amendment(act: Act, position: Position) -> Accepted | Refused:
    """Another wording of a position, with the one it was written from: should the text move on, it still says what it said."""
    if position.stage != "amending" or position.dropped:
        return _not_amendable()
    whole = is_yes(act.content.get("remove"))
    fields = (replace(REASON, required=True),) if whole else (limited(position), REASON)
    texts = read_fields(fields, act.content)
    if isinstance(texts, Refused):
        return texts
    seen = next((one for one in reversed(position.versions) if act.base is None or one.n <= act.base), position.versions[0])
    base = {"what": "amendment", **_about(position), "version": seen.n, "was": seen.text}
    if whole:
        return Accepted(base | texts | {"change": "whole"})
    if texts["text"].split() == seen.text.split():
        return Refused("unchanged", N_("Nothing is changed yet: write the position as you would have it."), field="text")
    return Accepted(base | texts | {"change": kind_of(seen.text, texts["text"])})


def _divergence(act: Act, actor: Actor, position: Position) -> Accepted | Refused:
    """What holds someone back from a position: theirs to say once they gave a degree that does not support it."""
    texts = read_fields((replace(REASON, key="text", required=True),), act.content)
    if isinstance(texts, Refused):
        return texts
    given = max((one.degrees.get(actor.voter, 0) for one in position.rounds), default=0)
    if actor.audience == "participant" and given <= SUPPORTS:
        return Refused("no-divergence", N_("Give your degree first: a reason goes with a degree from 4 to 7."), status=409)
    return Accepted({"what": "divergence", **_about(position), "version": position.now.n, **texts})


def _about(position: Position) -> dict[str, str]:
    return {"about": position.id, "heading": f"{position.number}. {position.title}"}


def _edited(act: Act, actor: Actor, held: Statements) -> Accepted | Refused:
    mine = may_change(act, actor, held.contributions)
    if isinstance(mine, Refused):
        return mine
    if mine.id in held.decisions:
        return Refused("decided", N_("The drafter has answered this already: propose another amendment. Your text stays here."), status=409)
    content, what = dict(mine.content), mine.content.get("what")
    # Another text written where all was to go: it asks to be put in its place.
    whole = content.get("change") == "whole" and not act.content.get("text")
    text = replace(TEXT, limit=max(TEXT.limit, len(str(content.get("was", "")))))
    if whole or what == "divergence":
        fields: tuple[Field, ...] = (replace(REASON, key="reason" if whole else "text", required=True),)
    else:
        fields = (text, REASON)
    texts = read_fields(fields, act.content)
    if isinstance(texts, Refused):
        return texts
    content = {key: value for key, value in content.items() if key not in ("text", "reason")} | texts
    if what == "amendment" and not whole:
        if texts["text"].split() == str(content["was"]).split():
            return Refused("unchanged", N_("Nothing is changed yet: write the position as you would have it."), field="text")
        content["change"] = kind_of(str(content["was"]), texts["text"])
    return Accepted(content, unsigned=not mine.by)


def _degree(act: Act, held: Statements) -> Accepted | Refused:
    position = held.positions.get(act.on)
    if position is None or position.dropped:
        return _unknown()
    if position.stage == "told":
        return Refused("told", N_("The degrees of this position have been shown: they no longer change."), status=409)
    if position.stage != "asking":
        return Refused("not-asked", N_("Degrees are not asked of this position now."), status=409)
    if act.base is not None and act.base < position.now.n:
        return Refused("changed", N_("The text has changed since you read it: read it again, then give your degree."), status=409)
    degree = act.content.get("degree")
    number = int(degree) if isinstance(degree, str) and degree.isdecimal() and len(degree) < 3 else degree
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= len(GRADIENT):
        return Refused("out-of-range", N_("Choose one of the seven degrees."), field="degree")
    return Accepted({"degree": number}, vote=True)


def _signature(act: Act, held: Statements) -> Accepted | Refused:
    if not held.signing:
        return Refused("not-signing", N_("Signatures are not taken yet."), status=409)
    own, publish = act.content.get("as", "own"), is_yes(act.content.get("publish"))
    if own not in ("own", "structure"):
        return Refused("as-whom", N_("Choose: in your own name, or in your organisation’s."), field="as")
    fields = tuple(replace(one, required=one.required or (one.key == "structure" and own == "structure")) for one in SIGNATURE)
    said = read_fields(fields, act.content)
    return said if isinstance(said, Refused) else Accepted({**said, "as": own, "publish": publish})


# From the drafter


def _stale(act: Act, position: Position) -> Refused | None:
    return Refused("stale", _STALE, status=409) if act.base is not None and act.base < position.now.n else None


def _draft(settings: Mapping[str, Any], act: Act, held: Statements) -> Accepted | Refused:
    """A new position, or with ``on`` another wording of one."""
    positions = in_force(settings, held)
    found = next((one for one in positions if one.id == act.on), None)
    if act.on and found is None:
        return _unknown()
    texts = read_fields((TITLE, limited(found)), act.content)
    if isinstance(texts, Refused):
        return texts
    if found and (stale := _stale(act, found)):
        return stale
    number = found.number if found else len(positions) + 1
    return Accepted({**texts, "number": number, "kept": kept(positions, held)})


def _drop(settings: Mapping[str, Any], act: Act, held: Statements) -> Accepted | Refused:
    positions = in_force(settings, held)
    if not any(one.id == act.on and not one.dropped for one in positions):
        return _unknown()
    why = read_fields((replace(REASON, required=True),), act.content)
    return why if isinstance(why, Refused) else Accepted({**why, "kept": kept(positions, held)})


def _stage(settings: Mapping[str, Any], act: Act, held: Statements) -> Accepted | Refused:
    """Where one position stands from now on, or all of them where ``on`` names none."""
    stage, positions = act.content.get("stage"), in_force(settings, held)
    if not isinstance(stage, str) or stage not in STAGES:
        return Refused("unknown-stage", N_("A position does not stand there."), field="stage")
    chosen = [one for one in positions if one.id == act.on] if act.on else [one for one in positions if not one.dropped]
    if act.on and not chosen:
        return _unknown()
    if stage == "told":
        chosen = [one for one in chosen if one.stage == "asking" and one.round and one.round.degrees]
    if not chosen:
        return Refused("nobody", N_("Nobody has given a degree yet."), status=409)
    return Accepted({"stage": stage, "positions": [one.id for one in chosen], "kept": kept(positions, held)})


def _decision(settings: Mapping[str, Any], act: Act, held: Statements) -> Accepted | Refused:
    found, before = held.contributions.get(act.on), held.decisions.get(act.on)
    if found is None or found.content.get("what") not in ("amendment", "position"):
        return Refused("unknown-contribution", N_("This contribution no longer exists."), status=404)
    if found.status == "withheld":
        return Refused("not-shown", N_("This was withheld: none of its words go into a position."), status=409)
    if before and before.outcome != "refuse":
        return Refused("decided-before", N_("This was taken up already: write another wording of the position instead."), status=409)
    outcome = act.content.get("outcome")
    if not isinstance(outcome, str) or outcome not in OUTCOMES:
        return Refused("unknown-outcome", N_("Choose: accept, adapt or do not keep."), field="outcome")
    reason = read_fields((replace(REASON, required=outcome != "accept"),), act.content)
    if isinstance(reason, Refused):
        return reason
    said = {"outcome": outcome, "reason": reason.get("reason", "")}
    if found.content["what"] == "position":
        return _taken_up(settings, act, held, found, said)
    position = held.positions[found.content["about"]]
    said["position"] = position.id
    if outcome == "refuse":
        return Accepted(said)
    if outcome == "adapt":
        text = read_fields((limited(position),), act.content)
        return text if isinstance(text, Refused) else _stale(act, position) or Accepted(said | text)
    if found.content["change"] == "whole":
        return Accepted({**said, "removed": True})
    merged = moved_on(str(found.content["was"]), str(found.content["text"]), position.text)
    if merged is None:
        moved = N_("The text has changed where this amendment changes it: adapt it to the present wording.")
        return Refused("changed-meanwhile", moved, status=409)
    fits = read_fields((limited(position),), {"text": merged})
    return fits if isinstance(fits, Refused) else Accepted({**said, "text": merged})


def _taken_up(settings: Mapping[str, Any], act: Act, held: Statements, found: Contribution, said: Mapping[str, str]) -> Accepted | Refused:
    """A proposal becomes a position, in its author's words or in others."""
    if said["outcome"] == "refuse":
        return Accepted({**said, "position": ""})
    texts = read_fields((replace(TITLE, required=False), replace(TEXT, required=said["outcome"] == "adapt")), act.content)
    if isinstance(texts, Refused):
        return texts
    text = texts["text"] if said["outcome"] == "adapt" else str(found.content["text"])
    positions = in_force(settings, held)
    made = {"title": texts.get("title") or title_of(text), "text": text, "number": len(positions) + 1}
    return Accepted({**said, **made, "position": "", "kept": kept(positions, held)})
