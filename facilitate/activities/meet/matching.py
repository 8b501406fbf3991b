"""Owns whom to suggest to whom: from the words alone of what people bring and look for; the same words give the same answer.

Words are compared folded: no accent, no capital, no plural, French feminines as masculines, stop words of French and English left out.
A word said by few people counts more: log(1 + people / people who say it). One that more than a fifth of them say, and more than five
people, counts for nothing.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log

from facilitate.core.contribution import Contribution, Contributions, Same
from facilitate.core.reading import fold

SIDES = ("brings", "seeks")
_ELSEWHERE = 1.25
"""How much more someone of another territory counts: those of one's own are met anyway."""

_STOP = frozenset(
    fold(
        """
        au aux avec ce ces cet cette comme dans des donc dont du elle elles en entre est et etc etre eu faire fait font ici il ils
        je la le les leur leurs lui ma mais me mes mieux moi mon ne nos notre nous on ont ou par pas peu peut plus pour pouvoir qu
        que quel quelle quelles quels qui quoi sa sans se sera ses si son sont sous sur ta tes ton tous tout toute toutes tres tu
        un une vers veut vos votre vous y apport apporte apporter apports avoir autour aussi autre autres besoin bien bon bonne
        bonnes cherche chercher chez deux echanger envie gens idee idees interessee interesse mise monter nouveau nouveaux
        nouvelle nouvelles offre partager personne personnes petit petits petite petites premier proposer propose quelque quelques
        quelqu quelquun recherche rencontrer savoir souhaite trois trouver about and any are can for from have her his how into
        its look looking need not one our out share some someone than that the their them there they this those want was what when
        where which who will with would you your bring brings help other people
        quatre cinq six sept huit neuf dix vingt trente cent cents two three four five seven eight nine ten twenty thirty hundred
        """
    ).split()
)
_ENDINGS = (("trice", "teur"), ("euse", "eur"), ("enne", "en"), ("elle", "el"), ("ere", "er"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what someone brings or looks for, with its folded words."""

    card: str
    by: str
    side: str
    text: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """Why two people should meet: ``mine`` and ``theirs`` share words; complementary where one brings and the other looks for."""

    mine: Line
    theirs: Line
    score: float

    @property
    def complementary(self) -> bool:
        return self.mine.side != self.theirs.side


@dataclass(frozen=True, slots=True)
class Index:
    """Every line shown, in the order they came; where each word stands, by side; how much each weighs; whose are which."""

    lines: tuple[Line, ...]
    places: Mapping[tuple[str, str], tuple[int, ...]]
    weights: Mapping[str, float]
    own: Mapping[str, tuple[int, ...]]


@lru_cache(maxsize=8192)
def words(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, folded: 'Animatrices de réseaux' and 'animateur, réseau' have the same."""
    return frozenset(_stem(word) for word in re.findall(r"[a-z0-9]{3,}", fold(text.lower().replace("œ", "oe"))) if word not in _STOP)


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("aux"):
        word = word[:-1] if word.endswith("eaux") else f"{word[:-3]}al"
    elif len(word) > 3 and word[-1] in "sx" and not word.endswith("ss"):
        word = word[:-1]
    for feminine, masculine in _ENDINGS:
        if len(word) > 5 and word.endswith(feminine):
            return word.removesuffix(feminine) + masculine
    return f"{word[:-1]}i" if word.endswith("y") else word[:-1] if len(word) > 4 and word.endswith("e") else word


def index_of(contributions: Contributions) -> Index:
    """The lines of the cards shown, made once for each state of them."""
    return _indexed(Same(contributions))


@lru_cache(maxsize=8)
def _indexed(key: Same) -> Index:
    lines = [
        Line(one.id, one.by, side, text, words(text))
        for one in sorted(key.held[0].values(), key=lambda one: one.n)
        if one.status == "shown"
        for side in SIDES
        for text in lines_of(one, side)
    ]
    places, own, says = defaultdict[tuple[str, str], list[int]](list), defaultdict[str, list[int]](list), defaultdict[str, set[str]](set)
    for place, line in enumerate(lines):
        own[line.by].append(place)
        for word in line.words:
            places[line.side, word].append(place)
            says[word].add(line.by)
    # What everyone says brings no one together.
    most = max(5, len(own) // 5)
    weights = {word: log(1 + len(own) / len(people)) for word, people in says.items() if len(people) <= most}
    return Index(tuple(lines), {key: tuple(ones) for key, ones in places.items()}, weights, {by: tuple(ones) for by, ones in own.items()})


def lines_of(contribution: Contribution, side: str) -> list[str]:
    """One line each."""
    return [line.strip() for line in str(contribution.content.get(side, "")).split("\n") if line.strip()]


def suggested(index: Index, me: str, territory: Callable[[str], str], known: Collection[str], most: int) -> list[Match]:
    """At most ``most`` people for ``me``, one match each: those who bring what I look for or look for what I bring, then those with the
    same subject. Each of my lines has its best match first, then its second; among these, by the weight of the words shared. Nobody of
    ``known``."""
    scores: dict[tuple[int, int], float] = {}
    for place in index.own.get(me, ()):
        for word in index.lines[place].words & index.weights.keys():
            for side in SIDES:
                for other in index.places.get((side, word), ()):
                    if index.lines[other].by != me:
                        scores[place, other] = scores.get((place, other), 0.0) + index.weights[word]
    home, best = territory(me), dict[str, tuple[tuple[bool, float, int], Match]]()
    for (mine, theirs), score in scores.items():
        match = Match(index.lines[mine], index.lines[theirs], score)
        who = match.theirs.by
        if who not in known:
            rank = (match.complementary, round(score * (_ELSEWHERE if territory(who) != home else 1), 6), -theirs)
            if who not in best or rank > best[who][0]:
                best[who] = (rank, match)
    turns = Counter[tuple[bool, str]]()
    ordered = list[tuple[bool, int, Match]]()
    for _, match in sorted(best.values(), key=lambda one: one[0], reverse=True):
        of = (match.complementary, match.mine.text)
        ordered.append((not match.complementary, turns[of], match))
        turns[of] += 1
    # Sorting keeps the order by weight where the turn is the same.
    return [match for _, _, match in sorted(ordered, key=lambda one: one[:2])[:most]]


def meetings_possible(contributions: Contributions) -> int:
    """How many pairs of people have one who brings what the other looks for."""
    return _possible(Same(contributions))


@lru_cache(maxsize=8)
def _possible(key: Same) -> int:
    index = _indexed(key)
    pairs = set()
    for line in index.lines:
        if line.side == "seeks":
            for word in line.words & index.weights.keys():
                for other in index.places.get(("brings", word), ()):
                    if (by := index.lines[other].by) != line.by:
                        pairs.add((line.by, by) if line.by < by else (by, line.by))
    return len(pairs)
