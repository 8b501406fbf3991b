"""Owns suggested themes: from the words of the cards alone, the same words give the same answer. Runs in a process apart.

Cards are compared by the stems of their words. A first grouping joins, pairs of words included, the cards that are closest on average,
until 1.5 groups for the root of their number are left; a group bears the words that tell it from the others, as the cards write them.
Once cards were placed by hand, what each theme's cards say, and what all cards say together with it (latent semantic analysis), tells
where the others might go. How well this does is measured by ``bench/themes.py``.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import snowballstemmer
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix, hstack
from scipy.spatial.distance import squareform
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from facilitate.activities.themes.stopwords import STOPWORDS

SURE = 0.2
"""How likely a theme must be at least for a card to be suggested there: where themes are few, twice as likely as by chance."""
_MOST_GROUPS = 8
_TOGETHER, _WEIGHT = 8, 0.6  # dimensions of the latent semantic analysis, and what they weigh beside the words themselves
_WORD = re.compile(r"[^\W\d_]+")
_STEMMERS = {name: snowballstemmer.stemmer(name) for name in ("french", "english")}
_ENGLISH = frozenset("the of and to is for with that are this be we our".split())  # noqa: SIM905


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """{"cards": [{"id", "text", "theme", "apart"}], "themes": [{"id", "name"}], "unwanted"} → {"groups": [{"name", "cards"}],
    "places": [{"card", "theme", "sure", "words"}]}: themes that unplaced cards would make, and themes that are there for unplaced cards."""
    cards = question["cards"]
    texts = [str(one["text"]) for one in cards]
    stem = _stemmer(texts)
    names = {one["id"]: one["name"] for one in question["themes"] if one["name"]}
    examples = [(at, str(one["theme"])) for at, one in enumerate(cards) if one["theme"]]
    free = [at for at, one in enumerate(cards) if not one["theme"]]
    apart = {at: set(cards[at].get("apart", ())) for at in free}
    least = max(SURE, min(0.6, 2 / max(1, len(question["themes"]))))
    places = [
        {"card": cards[at]["id"], "theme": theme, "sure": round(sure, 2), "words": words}
        for at, theme, sure, words in placed(texts, examples, free, names, stem, apart)
        if sure >= least and words
    ]
    known = {one["card"] for one in places}
    rest = [at for at in free if cards[at]["id"] not in known]
    taken = {_plain(name) for name in (*question["unwanted"], *names.values())}
    found = [
        {"name": name, "cards": [cards[rest[at]]["id"] for at in ones]}
        for name, ones in _named([texts[at] for at in rest], stem)
        if _plain(name) not in taken
    ]
    return {"groups": found[:_MOST_GROUPS], "places": places}


def grouped(texts: Sequence[str], stem: Callable[[str], str]) -> list[int]:
    """For each text the number of its group."""
    if len(texts) < 3:
        return list(range(len(texts)))
    near = _near(texts, stem)
    wanted = max(2, round(1.5 * len(texts) ** 0.5))
    tree = linkage(squareform(1 - near, checks=False), "average")
    return [int(one) for one in fcluster(tree, wanted, "maxclust")]


def placed(
    texts: Sequence[str],
    examples: Sequence[tuple[int, str]],
    free: Sequence[int],
    names: dict[str, str],
    stem: Callable[[str], str],
    apart: dict[int, set[str]],
) -> list[tuple[int, str, float, list[str]]]:
    """For each free text its likeliest theme, how likely (0 to 1), and the words that say so; nothing where there is no theme."""
    shown = [*texts, *names.values()]
    known = [at for at, _ in examples] + list(range(len(texts), len(shown)))
    themes = [theme for _, theme in examples] + list(names)
    if not free or not known:
        return []
    words = _weighed(shown, lambda text: _stems(text, stem, pairs=False))
    if len(set(themes)) == 1:
        return _with_one(words, shown, known, themes[0], free, stem, apart)
    told = hstack([words, csr_matrix(_WEIGHT * _together(words))]).tocsr()
    model = LogisticRegression(C=10, max_iter=300).fit(told[known], themes)
    likely = model.predict_proba(told[list(free)])
    found = []
    for row, at in enumerate(free):
        order = [each for each in np.argsort(-likely[row], kind="stable") if model.classes_[each] not in apart.get(at, ())]
        if order:
            theme = str(model.classes_[order[0]])
            shared = _shared(shown, at, [each for each, one in zip(known, themes, strict=True) if one == theme], stem)
            found.append((at, theme, float(likely[row, order[0]]), shared))
    return found


def _with_one(
    words: csr_matrix,
    shown: Sequence[str],
    known: list[int],
    theme: str,
    free: Sequence[int],
    stem: Callable[[str], str],
    apart: dict[int, set[str]],
) -> list[tuple[int, str, float, list[str]]]:
    """A single theme to learn from: how near each card is to what it says, for want of another to compare with."""
    middle = normalize(np.asarray(words[known].mean(axis=0)))
    near = np.asarray(words[list(free)] @ middle.T).ravel()
    wanted = [(at, float(one)) for at, one in zip(free, near, strict=True) if theme not in apart.get(at, ())]
    return [(at, theme, min(1.0, 2 * one), _shared(shown, at, known, stem)) for at, one in wanted]


def _named(texts: Sequence[str], stem: Callable[[str], str]) -> list[tuple[str, list[int]]]:
    """The groups that hold together and have words of their own, the largest first: (name, places of its texts)."""
    least = 2 if len(texts) < 15 else 3
    stems = [_stems(text, stem) for text in texts]
    everywhere = Counter(one for found in stems for one in set(found))
    groups: dict[int, list[int]] = {}
    for at, group in enumerate(grouped(texts, stem)):
        groups.setdefault(group, []).append(at)
    named: list[tuple[str, list[int]]] = []
    for ones in sorted(groups.values(), key=lambda ones: (-len(ones), ones[0])):
        here = Counter(one for at in ones for one in set(stems[at]))
        telling = sorted(here, key=lambda one: (-(here[one] ** 2) / everywhere[one] * (1 + (" " in one) * 0.2), one))
        telling = [one for one in telling if here[one] >= max(2, len(ones) / 3)]
        if len(ones) < least or not telling:
            continue
        first = telling[0]
        name = _written([texts[at] for at in ones], first, stem)
        other = next((one for one in telling[1:3] if " " not in one and one not in first.split()), "")
        if " " not in name and other and here[other] >= len(ones) / 3:
            name += ", " + _written([texts[at] for at in ones], other, stem)
        if all(name != known for known, _ in named):
            named.append((name[:1].upper() + name[1:], ones))
    return named


def _written(texts: Sequence[str], wanted: str, stem: Callable[[str], str]) -> str:
    """A stem, or a pair of stems, as most of the texts write it, with the small words between: 'transports en commun'."""
    ways: Counter[str] = Counter()
    for text in texts:
        found = [(_stem(one[0], stem), *one.span()) for one in _WORD.finditer(text) if _tells(one[0])]
        if " " in wanted:
            ways.update(text[a[1] : b[2]].lower() for a, b in pairwise(found) if f"{a[0]} {b[0]}" == wanted and b[1] - a[2] < 12)
        else:
            ways.update(text[start:end].lower() for word, start, end in found if word == wanted)
    ways = Counter({way: times for way, times in ways.items() if not re.search(r"[.;:!?,()\n]", way)}) or ways
    return min(ways, key=lambda way: (-ways[way], len(way), way)) if ways else wanted


def _shared(texts: Sequence[str], at: int, known: Sequence[int], stem: Callable[[str], str]) -> list[str]:
    """The words of a text that the cards of a theme have too, those said most there first, three at most."""
    there = Counter(one for each in known for one in set(_stems(texts[each], stem)) if " " not in one)
    mine = {one for one in _stems(texts[at], stem) if one in there}
    return [_written([texts[at]], one, stem) for one in sorted(mine, key=lambda one: (-there[one], one))[:3]]


def _near(texts: Sequence[str], stem: Callable[[str], str]) -> Any:
    """How alike each two texts are, 0 to 1."""
    words = _weighed(texts, lambda text: _stems(text, stem))
    near = np.clip((words @ words.T).toarray(), 0, 1)
    np.fill_diagonal(near, 1)
    return (near + near.T) / 2


def _weighed(texts: Sequence[str], read: Callable[[str], list[str]]) -> csr_matrix:
    return TfidfVectorizer(analyzer=read, sublinear_tf=True).fit_transform(texts)


def _together(words: csr_matrix) -> Any:
    """What is said together in all texts, in a few dimensions."""
    most = min(_TOGETHER, min(words.shape) - 1)
    if most < 1:
        return np.zeros((words.shape[0], 1))
    return normalize(TruncatedSVD(most, random_state=0).fit_transform(words))


def _stems(text: str, stem: Callable[[str], str], *, pairs: bool = True) -> list[str]:
    """The stems of the words that tell something, then of each two in a row. Where none does, all its words as one."""
    found = [_stem(word, stem) for word in _WORD.findall(text) if _tells(word)]
    return found + [f"{a} {b}" for a, b in pairwise(found) if pairs] or [" ".join(_WORD.findall(_plain(text))) or "–"]


def _tells(word: str) -> bool:
    return len(word) > 2 and word.lower() not in STOPWORDS


def _stem(word: str, stem: Callable[[str], str]) -> str:
    return stem(word.lower())


def _stemmer(texts: Sequence[str]) -> Callable[[str], str]:
    """French, or English where most of what is written is."""
    words = [word for text in texts for word in text.lower().split()]
    english = sum(word in _ENGLISH for word in words) > len(words) / 12
    stemmer = _STEMMERS["english" if english else "french"]
    return lru_cache(maxsize=20_000)(lambda word: _plain(stemmer.stemWord(word)))


def _plain(text: str) -> str:
    """Without capitals or accents."""
    return "".join(one for one in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(one))
