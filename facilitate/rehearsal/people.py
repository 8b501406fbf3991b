"""Owns the people of a rehearsal: who they say they are, what they write, how often they act; all of it drawn from a seed."""

import random
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from facilitate.core.agenda import Agenda

TYPES = ("Commune", "Intercommunalité", "Association", "Service de l’État", "Recherche", "Entreprise", "Autre")
"""Where the sheet names none."""

_FAMILIES: Mapping[str, str] = {
    "food": "alimentation, agriculture",
    "landscape": "environnement, paysage",
    "land": "foncier, terres",
    "water": "eau",
    "energy": "energie",
    "wood": "bois, materiaux",
    "housing": "logement, habitat",
    "mobility": "mobilite, transport",
    "health": "sante",
    "culture": "culture",
    "tourism": "tourisme",
    "waste": "dechets",
    "skills": "ingenierie, competences",
    "jobs": "emploi",
    "solidarity": "solidarite",
}
"""Families of goods that territories exchange: the key, and how a French sheet may call it."""

_GAME: Mapping[str, str] = {
    **{
        f"{side} {family}": ", ".join(f"{side} {name}" for name in (family, *names.split(", ")))
        for side in ("gives", "lacks")
        for family, names in _FAMILIES.items()
    },
    **{f"deal {about}": f"deal {about}" for about in ("precision", "condition", "duration", "watch", "reason", "why", "left", "unit")},
    **{f"game {about}": f"game {about}" for about in ("surprise", "cannot", "start", "whom", "first", "obstacle")},
}

TOPICS: Mapping[str, str] = {
    **_GAME,
    "funding": "demander aux financ, ask the funders",
    "answer": "answer given",
    "aside": "why aside",
    "expectation": "attend, expect, souhait, espér, hope, venu chercher",
    "country": "quel pays, country",
    "citizen": "avez vous particip, have you taken part",
    "who": "qui a particip, qui particip, avec qui, who, acteur, actor, participants",
    "find": "trouver, find",
    "adapt": "adapt",
    "sign": "reconn, recogn",
    "alert": "apercev, notice",
    "offer": "apporter, offr, offer",
    "need": "besoin, need",
    "vigilance": "vigilan, watch, attention, risk, risqu, frein, diffic, échou, fail, crainte, fear, obstacle",
    "benefit": "bénéf, benefit",
    "result": "résult, result, outcome, came, chang, a servi, effet, effect",
    "key": "key, clé, condition, success, réuss, facteur, factor",
    "reuse": "reuse, tool, outil, method, méthod, réutil, reprendr",
    "question": "question",
    "useful": "utile, useful",
    "keep": "keep, gard, retien, reten",
    "will": "will, ferai, engag, commit",
    "context": "context, pourquoi, why, origin",
    "done": "done, did, fait, action",
    "territory": "territ, where, lieu, place",
    "bring": "brings",
    "seek": "seeks",
    "spot": "spot",
    "meeting": "meeting",
    "pledge": "pledge",
    "due": "due",
    "partner": "partner",
    "begin": "begin",
    "report": "report",
    "amendment": "amend",
    "justification": "justif",
    "divergence": "diverg",
    "position": "position",
    "refusal": "refus",
    "reworded": "reword",
    "situation": "title, titre, situation, what, expérience, story, récit, projet, project, pratique, practice",
    "word": "word, en un mot",
    "doing": "doing",
    "leader": "led by",
    "how": "how",
    "means": "means",
    "open": "open, reste ouvert",
    "named": "name",
    "does": "does",
    "public": "public",
    "contact": "contact",
    "theme": "theme",
}
"""Topic → how the words of a field that asks for it begin. The first topic wins; where none does it is a remark."""

SENTENCES: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("bring", "seek", "spot", "meeting", "pledge", "due", "partner", "begin"), (1,)),
    **dict.fromkeys(("amendment", "position", "refusal", "reworded"), (1,)),
    **dict.fromkeys(("doing", "leader", "means", "open", "named", "does", "public", "contact"), (1,)),
    "situation": (1,),
    "question": (1,),
    "funding": (1,),
    "answer": (1,),
    "aside": (1,),
    "who": (1,),
    "find": (1,),
    "country": (1,),
    "word": (1,),
    **dict.fromkeys(_GAME, (1,)),
    "context": (1, 2, 2, 3),
    "done": (1, 2, 2),
    "result": (1, 2, 2),
    "theme": (1,),
}
"""How many one text is made of, each as often as it stands here; elsewhere one or two."""

EMOJI = ("🙂", "👍", "🌱", "🚲", "🙏", "🥕", "😊", "👏")
ODDITIES = (
    "(voir <b>annexe</b>)",
    "*important*",
    "{{ à compléter }}",
    "R&D & co",
    "# 1er point",
    "l'eau, l’air, l`école",
    "intercommunalo-transfrontalièrement-anticonstitutionnellement",
    "C:\\projets\\bilan_v2 <fin>",
)
"""What has broken a page somewhere: each is plain text."""

_HEADING = re.compile(r"\[(.+)\]")
_SLOT = re.compile(r"\{([^{}]+)\}")


def people_of(agenda: Agenda, count: int, seed: int) -> list["Person"]:
    """``count`` people for this day. Whoever has the same place and seed is the same person, however many others come."""
    return [Person(agenda, seed, place) for place in range(count)]


class Person:
    """A simulated person, who is a ``Voice``.

    ``profile`` is what they say of themselves when they join, blanks included; ``language`` 'fr' or 'en', mostly the day's. What someone
    writes depends on the seed, their place and how often they wrote about that topic: not on who acts before whom.
    """

    def __init__(self, agenda: Agenda, seed: int, place: int) -> None:
        self.place, self._seed = place, seed
        self._draw = random.Random(f"{seed} {place}")  # noqa: S311 - plays people, guards nothing
        home, other = ("en", "fr") if agenda.language == "en" else ("fr", "en")
        self.language = other if self._draw.random() < 1 / 15 else home
        self.profile: dict[str, Any] = _profile(agenda, self._draw, self.language, place)
        self._home = _theme_of(agenda)
        self._theme = ""
        self._said: dict[str, int] = {}

    def says(self, about: str, limit: int) -> str:
        """A text for the field of that key or label, in this person's language, at most ``limit`` characters."""
        topic, places = topic_of(about), self.profile["territory"].strip()
        if topic == "territory":
            return _cut(", ".join(part for part in (places, self._one("where")) if part), limit)
        nth = self._said[topic] = self._said.get(topic, -1) + 1
        # Now and then, two who sit side by side write the same thing.
        author = self.place + 1 if nth == 0 and self.chance(1 / 40) else self.place
        return self._written(topic, limit, author, nth)

    def chance(self, of: float) -> bool:
        """True ``of`` the time."""
        return self._draw.random() < of

    def pick(self, among: Sequence[Any]) -> Any:
        """One of them."""
        return self._draw.choice(among)

    def whole(self, low: int, high: int) -> int:
        """A whole number between bounds, both included."""
        return self._draw.randint(low, high)

    def quiet(self, round: int) -> bool:
        """Whether this person lets this round pass."""
        return self.chance(0.3 if round == 0 else 0.5)

    def impatient(self) -> bool:
        """Whether this person sends the same act twice."""
        return self.chance(0.04)

    def _one(self, topic: str) -> str:
        return _filled(self._draw.choice(_stock(self.language)[topic]), self._draw)

    def _written(self, topic: str, limit: int, author: int, nth: int) -> str:
        stock, lines = _stock(self.language), self._lines(topic)
        draw = random.Random(f"{self._seed} {author} {topic} {nth}")  # noqa: S311 - plays people
        theme, first = lines.pop((author + nth * 29) % len(lines))
        if topic == "situation":
            # What follows on the same card stays with its subject.
            self._theme = theme
            lines = self._lines("context") + self._lines("done")
        many = draw.choice(SENTENCES.get(topic, (1, 1, 2))) - 1
        on = draw.random() < 1 / 60
        # Someone goes on until the counter says stop.
        more = [line for _, line in draw.sample(lines, len(lines) if on else min(len(lines), many))]
        parts = [_filled(line, draw) for line in (first, *more)]
        if draw.random() < 0.15 and " : " not in parts[0] and (before := stock.get(f"before {topic}")):
            parts[0] = f"{draw.choice(before)} {parts[0][0].lower()}{parts[0][1:]}"
        if draw.random() < 0.35 and (after := stock.get(f"after {topic}")):
            parts.append(_filled(draw.choice(after), draw))
        if on:
            return _cut(" ".join(parts), limit)
        text = parts[0]
        for part in parts[1:]:
            if len(text) + len(part) < limit:
                text = f"{text} {part}"
        # A few words of an exchange are read again wherever it is told: they are clean.
        return _cut(_slipped(text, draw, short=topic in _GAME and limit < 200), limit)

    def _lines(self, topic: str) -> list[tuple[str, str]]:
        """(theme, line) in the order of this day and seed: neighbours write from different lines, the day's own theme comes first."""
        # A game has a subject of its own, whatever situation someone told before.
        stock, theme = _stock(self.language), self._home if topic in _GAME else self._theme or self._home
        if topic == "situation":
            lines = [(one.partition(" ")[2], line) for one in stock if one.split(" ")[0] == topic for line in stock[one]]
        else:
            lines = [(theme, line) for line in stock.get(f"{topic} {theme}") or stock.get(topic) or stock["remark"]]
        draw = random.Random(f"{self._seed} {topic} {theme}")  # noqa: S311 - plays people
        ranks = [draw.random() * 0.25 if topic == "situation" and one[0] == self._home else 0.1 + draw.random() * 0.9 for one in lines]
        return [line for _, line in sorted(zip(ranks, lines, strict=True))]


def topic_of(about: str) -> str:
    """What a field asks for, from its key or its label: 'what_to_watch', 'Ce que nous pouvons apporter'."""
    words = _words(about)
    for topic, stems in TOPICS.items():
        if any(f" {_plain(stem)}" in words for stem in stems.split(", ")):
            return topic
    return "remark"


def _plain(text: str) -> str:
    """Without capitals or accents."""
    return unicodedata.normalize("NFKD", text.lower().replace("’", " ")).encode("ascii", "ignore").decode()


def _words(text: str) -> str:
    """Its plain words, a space before each."""
    return "".join(f" {word}" for word in re.findall(r"[a-z0-9]+", _plain(text)))


def _profile(agenda: Agenda, draw: random.Random, language: str, place: int) -> dict[str, Any]:
    stock = _stock(language)
    role, _, usual = draw.choice(stock["people"]).partition(" = ")
    types = agenda.structure_types or TYPES
    fitting = [one for one in types if any(word.strip().casefold() in one.casefold() for word in usual.split(","))]
    kind = draw.choice(fitting or types)
    structures = dict(line.split(" = ") for line in _stock("fr")["structures"])
    territories = agenda.territories or _stock("fr")["territories"]
    territory = draw.choices(territories, [1 / (rank + 1) for rank in range(len(territories))])[0]
    variants = (territory.lower(), _plain(territory), f"{territory} ", territory.upper())
    written = draw.choice(variants) if draw.random() < 1 / 12 else territory
    return {
        "name": "" if draw.random() < 1 / 6 else f"{role} {place + 1}, {territory}",
        "role": role,
        "structure": "" if draw.random() < 1 / 8 else f"{structures.get(kind, kind)} no {draw.randint(1, 9)}",
        "type": kind,
        "territory": written,
        "named": draw.random() < 0.6,
    }


@cache
def _stock(language: str) -> Mapping[str, tuple[str, ...]]:
    """Heading → its lines."""
    stock: dict[str, tuple[str, ...]] = {}
    headings: list[str] = []
    text = files(__package__).joinpath({"fr": "french.txt", "en": "english.txt"}[language]).read_text("utf-8")
    for line in text.splitlines():
        if heading := _HEADING.fullmatch(line):
            first, _, rest = heading[1].partition(" ")
            headings = [f"{first} {one.strip()}".strip() for one in rest.split(",")]
        elif line and not line.startswith("#"):
            for one in headings:
                stock[one] = (*stock.get(one, ()), line)
    return stock


def _theme_of(agenda: Agenda) -> str:
    """The theme that the day's title names first; relations between town and country where it names none."""
    title = _words(agenda.title)
    found = [
        (title.index(f" {_plain(stem)}"), heading.removeprefix("words "))
        for heading, stems in _stock("fr").items()
        if heading.startswith("words ")
        for stem in stems
        if f" {_plain(stem)}" in title
    ]
    return min(found)[1] if found else "réciprocité"


def _filled(line: str, draw: random.Random) -> str:
    def one(slot: re.Match[str]) -> str:
        low, between, high = slot[1].partition("..")
        return str(draw.randint(int(low), int(high))) if between else draw.choice(slot[1].split("|"))

    return _SLOT.sub(one, line)


def _slipped(text: str, draw: random.Random, *, short: bool = False) -> str:
    """As people type: straight apostrophes, no capital, no full stop; but where it is ``short`` a typo, a smile, and what breaks pages."""
    if draw.random() < 0.6:
        text = text.replace("’", "'")
    if not short and draw.random() < 1 / 12:
        text = _mistyped(text, draw)
    if draw.random() < 1 / 10:
        text = text[0].lower() + text[1:]
    if draw.random() < 1 / 4:
        text = text.removesuffix(".")
    if short:
        return text
    if draw.random() < 1 / 100:
        text = f"{text} {draw.choice(ODDITIES)}"
    if draw.random() < 1 / 15:
        text = f"{text} {draw.choice(EMOJI)}"
    return text


def _mistyped(text: str, draw: random.Random) -> str:
    """One long word with two letters swapped, one missing, one twice, or without its accents."""
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 5 and word.isalpha()]
    if not long:
        return text
    place = draw.choice(long)
    word, at = words[place], draw.randint(1, len(words[place]) - 3)
    slips = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode(),
    )
    words[place] = draw.choice(slips)
    return " ".join(words)


def _cut(text: str, limit: int) -> str:
    """At most ``limit`` characters, ended between two words."""
    if len(text) <= limit:
        return text
    whole, space, _ = text[: limit + 1].rpartition(" ")
    return whole.rstrip(" ,;:(«") if space else text[:limit]
