"""Owns how a simulated facilitator groups cards: by the words that several of them share, always alike."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from facilitate.activities.themes.stopwords import STOPWORDS
from facilitate.core.activity import Gesture

_THEMES = 7
_SHARED = 3


def next_move(view: Mapping[str, Any]) -> Gesture | None:
    """Cards written twice are merged, then a theme for each word that many cards share, then proposals answered; None when all is done."""
    unplaced = view["unplaced"]
    texts: dict[str, list[str]] = {}
    for one in unplaced:
        texts.setdefault(" ".join(one["text"].casefold().split()), []).append(one["id"])
    if twice := next((ids for ids in texts.values() if len(ids) > 1), None):
        return Gesture("same", {"cards": twice})
    words = {one["id"]: _words(f"{one['text']} {one['more']}") for one in unplaced}
    taken = {one["name"].casefold() for one in view["themes"]}
    shared = Counter(word for found in words.values() for word in found if word not in taken)
    for one in view["themes"]:
        if more := [id for id, found in words.items() if one["name"].casefold() in found]:
            return Gesture("place", {"theme": one["id"], "cards": more})
    if shared and len(view["themes"]) < _THEMES:
        word, times = min(shared.items(), key=lambda pair: (-pair[1], -len(pair[0]), pair[0]))
        if times >= _SHARED:
            return Gesture("theme", {"name": word[:1].upper() + word[1:], "cards": [id for id, found in words.items() if word in found]})
    if view["proposals"]:
        first = view["proposals"][0]
        fits = first["theme"] and first["text"]
        return Gesture("take" if fits else "leave", on=first["id"])
    return None


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W\d_]{6,}", text.casefold()) if word not in STOPWORDS}
