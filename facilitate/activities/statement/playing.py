"""Owns how a joint contribution is rehearsed: what simulated people write and give, and what their drafter answers."""

import re
from collections.abc import Mapping
from typing import Any

from facilitate.core.activity import Aloud, Gesture, Voice

_DISCUSSED = 20
"""Amendments that a rehearsed drafter answers; beyond, they stay as not examined."""


def rehearsed(view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
    """Some amend one position, a few propose one; each gives a degree of each, sometimes a reason, and most sign."""
    open = [one for one in view["positions"] if one["stage"] == "amending"]
    amended = any(one["mine"] for one in view["positions"])
    if open and not amended:
        if voice.chance(0.35):
            return (_amendment(voice.pick(open), view, voice),)
        if view["propose"] and voice.chance(0.03):
            return (Gesture("post", {"text": voice.says("position", 400), "reason": voice.says("justification", 200)}),)
    if view["signing"] and view["signature"] is None:
        return _signature(view["person"], voice)
    return tuple(gesture for one in view["positions"] for gesture in _agreed(one, view, voice))


def _amendment(position: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> Gesture:
    """A sentence more, another last sentence, or one less."""
    sentences = _sentences(position["text"])
    more = _tidy(voice.says("amendment", 220))
    way = voice.whole(1, 6)
    if way == 1 and len(sentences) > 1:
        sentences.pop(voice.whole(1, len(sentences) - 1))
    elif way < 4 and len(sentences) > 1:
        sentences[-1] = more
    else:
        sentences.insert(voice.whole(1, len(sentences)), more)
    content: dict[str, Any] = {"what": "amendment", "about": position["id"], "text": " ".join(sentences)[: position["limit"]]}
    if voice.chance(0.8):
        content["reason"] = voice.says("justification", 240)
    if view["signed"] == "free":
        content["signed"] = voice.chance(0.8)
    return Gesture("post", content)


def _agreed(position: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
    if position["stage"] != "asking" or position["degree"]:
        return ()
    # The first positions are those that bring people together.
    common = (1, 1, 1, 2, 2, 2, 3, 3, 4) if position["number"] % 3 else (1, 2, 3, 3, 4, 5, 6)
    degree = voice.pick((*common, 5, 6) if voice.chance(0.3) else common)
    given = Gesture("degree", {"degree": degree}, position["id"])
    if degree <= view["supports"] or not voice.chance(0.7):
        return (given,)
    reason: dict[str, Any] = {"what": "divergence", "about": position["id"], "text": voice.says("divergence", 300)}
    if view["signed"] == "free":
        reason["signed"] = voice.chance(0.6)
    return (given, Gesture("post", reason))


def _signature(person: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
    if not person["name"] or not voice.chance(0.8):
        return ()
    said = {name: person[name] for name in ("name", "role", "structure")} | {"publish": person["named"]}
    return (Gesture("sign", said | {"as": "structure" if person["structure"] and voice.chance(0.6) else "own"}),)


def conducted(view: Mapping[str, Any]) -> Gesture | None:
    """Opens all to amendments, closes, answers them one by one, asks for degrees, shows them, then takes signatures."""
    positions = [one for one in view["positions"] if not one["dropped"]]
    if not positions:
        return None
    if view["signing"]:
        return Gesture("discuss") if view["discussed"] else None
    if not view["begun"]:
        return Gesture("stage", {"stage": "amending"})
    if any(one["stage"] == "amending" for one in positions):
        return Gesture("stage", {"stage": "closed"})
    queue = [other for one in positions for other in one["amendments"] if other["status"] == "shown"] + view["proposals"]
    left = [one for one in queue if not one["outcome"]]
    if left and view["decided"] < _DISCUSSED and all(one["stage"] == "closed" for one in positions):
        about = left[0]["content"].get("about", "")
        return Gesture("discuss", on=about) if about != view["discussed"] else _answer(left[0], positions, view["decided"])
    if any(one["stage"] == "asking" and one["given"] for one in positions):
        # Time for all to read them once more.
        if view["discussed"] != positions[0]["id"]:
            return Gesture("discuss", on=positions[0]["id"])
        return Gesture("stage", {"stage": "told"})
    if all(one["stage"] == "closed" for one in positions):
        return Gesture("discuss") if view["discussed"] else Gesture("stage", {"stage": "asking"})
    return Gesture("signing", {"open": True})


def _answer(one: Mapping[str, Any], positions: list[Mapping[str, Any]], place: int) -> Gesture:
    """One in four is not kept; of the others, what can stand as it is goes in as it is."""
    content, reworded = one["content"], Aloud("reworded", 240)
    if place % 4 == 3:
        return Gesture("decide", {"outcome": "refuse", "reason": Aloud("refusal", 240)}, one["id"])
    if content["what"] == "position":
        words = " ".join(content["text"].split()[:7]).strip(" ,.;:")
        return Gesture("decide", {"outcome": "adapt", "title": words, "text": _tidy(content["text"]), "reason": reworded}, one["id"])
    position = next(other for other in positions if other["id"] == content["about"])
    if one["merged"] and one["merged"] == _tidy(one["merged"]):
        return Gesture("decide", {"outcome": "accept"}, one["id"])
    came = " ".join(one for one in _sentences(content.get("text", "")) if one not in _sentences(content.get("was", "")))
    text = _tidy(one["merged"] or f"{position['text']} {came}")
    return Gesture("decide", {"outcome": "adapt", "text": text[: position["limit"]], "reason": reworded}, one["id"])


def _tidy(text: str) -> str:
    """As a drafter leaves it: curly apostrophes, no smile, each sentence with its capital and its full stop."""
    text = re.sub(r"\s*[\U0001F300-\U0001FAFF]", "", text.replace("'", "’")).strip()
    text = " ".join(one[0].upper() + one[1:] for one in _sentences(text))
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.;!?])\s+", text) if one]
