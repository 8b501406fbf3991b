"""Anonymous means anonymous: whoever holds the data folder and every export cannot tell whose an anonymous word or a closed day's vote is.

The same day is played twice over a real journal, the second time with other authors of all that is anonymous: what is kept and what leaves
is compared byte by byte, but for what chance drew. Then whoever holds all of it tries every name and every id against every print.
"""

import hashlib
import hmac
import io
import itertools
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from activities.room import KINDS, LANGUAGES
from core.day import Day
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitate.app import Server, create_app
from facilitate.archive import export
from facilitate.core.entry import Act, Actor, Caller
from facilitate.core.groups import LEAST, grouped
from facilitate.core.rules import fingerprints
from facilitate.core.words import code_shown
from facilitate.journal import Journal, canonical, seal
from facilitate.render import Entrance
from facilitate.restitution import FORMATS
from facilitate.restitution.build import Building
from facilitate.restitution.data import to_json, told
from facilitate.restitution.html import to_html
from facilitate.restitution.markdown import to_markdown
from facilitate.workshop import Session, hash_key

SHEET = """---
titre: Une journée
date: 2021-09-24
langue: fr
---
## Programme

### 9 h – Accueil
- type : accueil

### 9 h 30 – Situations
- type : situations

### 10 h – Mots
- type : mots

### 10 h 30 – Questions
- type : questions

### 11 h – Choisir
- type : vote
- sur : Situations

### 11 h 30 – Sondage
- type : sondage
- question : Combien ?
- forme : nombre

### 12 h – Évaluation
- type : évaluation
- durée : 30 min
"""
CONSOLE, SHELF = Caller("console"), Caller("shelf")
NAMES = ("Quitterie", "Balthazar", "Zulmée", "Ildefonse", "Philomène", "Théodule", "Witness")
PEOPLE = tuple(str(UUID(int=1000 + n, version=4)) for n in range(len(NAMES)))
WITNESS = len(PEOPLE) - 1
"""Wrote nothing but a signed card."""
UNSIGNED = ("situations", "mots", "questions")
VOTED = ("choisir", "questions", "sondage", "evaluation")
DOCUMENTS = ("json", "csv", "xlsx", "md", "html")
AUTHORS = (0, 1, 2, 3, 4, 5)
FEW = (4,) * 6 + (5, 2) * 3 + (3,) * 6


@dataclass
class Played:
    """A day over a journal in ``folder``. ``wrote``: who asks for each anonymous contribution; ``voted``: who gives each ballot."""

    folder: Path
    wrote: tuple[int, ...]
    voted: dict[str, tuple[int, ...]]
    asked: dict[str, Act] = field(default_factory=dict)
    secrets: dict[str, bytes] = field(default_factory=dict)
    instants: Iterator[int] = field(default_factory=itertools.count)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.server: Server = create_app(Journal.in_folder(self.folder), Entrance("http://room.test"), self._now)
        session = self.server.workshop.sheet("/sheet.md", SHEET, "Une journée")
        assert isinstance(session, Session)
        self.session, self.journal = session, self.server.workshop.journal
        self.phones = [self._joined(n) for n in range(len(PEOPLE))]
        self._written()
        self._voted()

    def _now(self) -> str:
        minutes, seconds = divmod(next(self.instants), 60)
        return f"2021-09-24T08:{minutes:02}:{seconds:02}.000Z"

    def _joined(self, n: int) -> Caller:
        profile = {
            "name": NAMES[n],
            "territory": ("Forez", "Diois")[n == 1],
            "role": ("Élue", "Maire")[n == 2],
            "structure": f"Structure {n}",
        }
        joined = self.session.join(str(UUID(int=2000 + n, version=4)), profile, PEOPLE[n])
        assert isinstance(joined, tuple)
        return Caller("participant", *joined)

    def ask(self, who: Caller, do: str, activity: str = "", on: str = "", **content: Any) -> str:
        act = Act(str(UUID(int=next(self.ids), version=4)), do, activity, content, on)
        answer = self.session.act(act, who)
        assert isinstance(answer, int), answer
        self.asked[act.id] = act
        return act.id

    def _written(self) -> None:
        """By whoever ``wrote`` says: cards, words, questions; some changed, withdrawn, hidden, erased."""
        writers = iter(self.wrote)
        for step in UNSIGNED:
            self.ask(CONSOLE, "open", step)
            for place in range(len(self.wrote) // len(UNSIGNED)):
                phone = self.phones[next(writers)]
                said = {"mots": {"word": f"mot {place}"}, "questions": {"text": f"Question {place} ?", "signed": False}}
                card = self.ask(phone, "post", step, **said.get(step, {"title": f"Situation {place}", "signed": False}))
                if step == "situations":
                    self._changed(phone, card, place)
        self.signed = self.ask(self.phones[WITNESS], "post", "questions", text="Je signe ?", signed=True)
        self.ask(CONSOLE, "open", "situations")
        self.ask(self.phones[WITNESS], "post", "situations", title="Je signe", signed=True)

    def _changed(self, phone: Caller, card: str, place: int) -> None:
        match place:
            case 0:
                self.ask(phone, "edit", "situations", card, title="Situation changée", signed=False)
            case 1:
                self.ask(phone, "withdraw", "situations", card)
            case 2:
                self.ask(CONSOLE, "hide", on=card, why="doublon")
            case 3:
                self.ask(phone, "erase", on=card)

    def _voted(self) -> None:
        """Ballots, answers, supports, evaluations: the place in ``voted`` says what, the number who."""
        cards = [one.id for one in self.session.state.summaries["situations"].contributions.values() if one.status == "shown"]
        ballots = {
            "choisir": lambda place: ("vote", "", {"dots": {cards[place % len(cards)]: 1}}),
            "questions": lambda _: ("support", self.signed, {}),
            "sondage": lambda place: ("answer", "", {"answer": str(place)}),
            "evaluation": lambda place: ("post", "", {"roti": place % 5, "keep": f"Je garde {place}"}),
        }
        for step, ballot in ballots.items():
            self.ask(CONSOLE, "open", step)
            # Who came first changes their mind.
            for place, who in enumerate((*self.voted[step], *self.voted[step][: step != "questions"])):
                do, on, content = ballot(place)
                self.ask(self.phones[who], do, step, on, **content)

    def finish(self) -> None:
        """The day is closed for good: its secrets are destroyed."""
        self.secrets = {step: secret for step in self.voted if (secret := self.journal.secret(self.session.row.id, step))}
        self.ask(CONSOLE, "finish")
        self.server.app.extensions["search"].update()

    def bytes_kept(self) -> dict[str, bytes]:
        return {str(file.relative_to(self.folder)): file.read_bytes() for file in self.folder.rglob("*") if file.is_file()}

    def exports(self) -> dict[str, str]:
        """Whatever leaves, as text, every archive unpacked: the day's zip, its documents, what screens and their programs are given."""
        archive, texts = io.BytesIO(), dict[str, str]()
        export(self.journal, self.session.row.id, archive)
        texts |= unpacked("day.zip", archive.getvalue())
        keys, code, browser = self.session.row.keys, self.session.code, self.server.app.test_client()
        paths = {f"restitution.{form}?lang=fr": keys["shelf"] for form in DOCUMENTS}
        paths |= {f"step/{step}.json": keys["console"] for step in self.session.state.order}
        for path, key in paths.items():
            answer = browser.get(f"/s/{code}/{path}", headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code == 200, (path, answer.text)
            texts |= unpacked(path, answer.data)
        for name, key in (("wall", keys["wall"]), ("console", keys["console"]), ("witness", self.phones[WITNESS].key)):
            answer = browser.get(f"/s/{code}/state", headers={"Authorization": f"Bearer {key}"})
            texts[name] = answer.text
        return texts

    def drawn(self) -> dict[str, str]:
        """What chance drew in this day, and a name for it that is the same in another."""
        row, state = self.session.row, self.session.state
        known = {
            row.id: "<day>",
            row.code: "<code>",
            code_shown(row.code): "<code>",
            **{key: f"<{name}>" for name, key in row.keys.items()},
        }
        known |= {hash_key(phone.key): f"<phone {NAMES[n]}>" for n, phone in enumerate(self.phones)}
        known |= {code: f"<code of {person}>" for code, person in state.codes.items()}
        entries = self.journal.since(row.id)
        for entry in entries:
            if entry.by == "system":
                known |= {entry.id: f"<{entry.do}>", entry.print: f"<print of {entry.do}>"}
        for key in ("owner", "voter", "slot"):
            seen = dict.fromkeys(value for entry in entries if isinstance(value := entry.content.get(key), str))
            known |= {value: f"<{key} {place}>" for place, value in enumerate(seen)}
        # The prints of what is not signed hold an owner or a voter; 'erased' is the same for all.
        return known | {entry.print: f"<print {entry.seq}>" for entry in entries if not entry.by and len(entry.print) == 32}

    def close(self) -> None:
        self.server.close()


def unpacked(name: str, data: bytes) -> dict[str, str]:
    if not data.startswith(b"PK"):
        return {name: data.decode()}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {f"{name}/{one}": archive.read(one).decode() for one in archive.namelist()}


def tables(folder: Path) -> dict[str, list[Any]]:
    """Every row of every table, in the order in which it lies there, with its number."""
    with closing(sqlite3.connect(f"file:{folder / 'facilitate.db'}?mode=ro", uri=True)) as link:
        names = [name for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        found = dict[str, list[Any]]()
        for name in names:
            bare = "WITHOUT ROWID" in link.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
            read = link.execute(f'SELECT {"" if bare else "rowid, "}* FROM "{name}"')  # noqa: S608 - its own names
            heads = [head[0] for head in read.description]
            found[name] = [dict(zip(heads, row, strict=True)) for row in read]
        # Which sweep is due is a number drawn by chance.
        found["settings"] = [row | {"value": ""} if row["name"] == "sweep" else row for row in found["settings"]]
        return found


def alike(value: Any, drawn: dict[str, str]) -> Any:
    """The same with what chance drew under its other name, and every JSON text in the order of those names."""
    if isinstance(value, dict):
        return {alike(key, drawn): alike(one, drawn) for key, one in value.items()}
    if isinstance(value, list):
        return [alike(one, drawn) for one in value]
    if isinstance(value, bytes):
        return alike(value.decode("utf-8", "replace"), drawn)
    if isinstance(value, str):
        for one in drawn:
            value = value.replace(one, drawn[one]) if one in value else value
        if all(line[:1] == "{" and line[-1:] == "}" for line in value.splitlines()):
            return "\n".join(canonical(json.loads(line)) for line in value.splitlines())
    return value


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Played, Played]]:
    """The same day twice: every anonymous word by everyone in turn, then by one or two; other voters behind each ballot."""
    many = tuple(AUTHORS[place % 6] for place in range(18))
    voters = dict.fromkeys(VOTED, AUTHORS)
    others = {step: AUTHORS[turn:] + AUTHORS[:turn] for turn, step in enumerate(voters, 1)}
    others["sondage"] = AUTHORS[::-1]
    days = Played(tmp_path_factory.mktemp("one"), many, voters), Played(tmp_path_factory.mktemp("other"), FEW, others)
    for day in days:
        day.finish()
    yield days
    for day in days:
        day.close()


def test_nothing_that_is_kept_depends_on_who_wrote_or_voted(played: tuple[Played, Played]) -> None:
    one, other = ({name: alike(rows, day.drawn()) for name, rows in tables(day.folder).items()} for day in played)
    for rows in (one["entries"], other["entries"]):
        for row in rows:
            row.pop("sum")  # of its row alone: see below
    assert one.keys() == other.keys()
    for name in one:
        if not name.startswith("found_words_"):  # the index's own pages, of the texts that ``found`` holds
            assert one[name] == other[name], name
    files = [{name for name, kept in day.bytes_kept().items() if kept and "-wal" not in name and "-shm" not in name} for day in played]
    assert files[0] == files[1] == {"facilitate.db"}


def test_the_checksum_of_an_entry_is_of_what_stands_in_its_row_alone(played: tuple[Played, Played]) -> None:
    rows = tables(played[0].folder)["entries"]
    assert rows
    assert all(row["sum"] == seal(row) for row in rows)


def test_nothing_that_leaves_depends_on_who_wrote_or_voted(played: tuple[Played, Played]) -> None:
    one, other = ({name: alike(text, day.drawn()) for name, text in day.exports().items()} for day in played)
    assert len(one) > 20
    assert one.keys() == other.keys()
    for name in one:
        assert one[name] == other[name], name


def test_an_anonymous_card_carries_no_name_no_place_and_no_hour(played: tuple[Played, Played]) -> None:
    day = played[0]
    unsigned = [entry for entry in day.journal.since(day.session.row.id) if not entry.by]
    assert len(unsigned) > 30
    assert {entry.at for entry in unsigned} == {""}
    said = canonical([dict(entry.content) for entry in unsigned])
    assert not [one for one in (*PEOPLE, *NAMES, "Forez", "Diois", "Élue", "Maire", "Structure") if one in said]
    owners = [entry.content["owner"] for entry in unsigned if "owner" in entry.content and entry.do == "post"]
    assert len(set(owners)) == len(owners) > 8, "two cards of one person cannot be told to be"


WHOSE = ("id", "by", "on", "hash", "participant", "session", "code")
"""The columns of all tables that say who or which."""


@cache
def hashes(one: str, other: str) -> frozenset[str]:
    """What a print could be of these words, made as anyone would."""
    joined = ("".join((one, other)), ":".join((one, other)), json.dumps((one, other)), other + one)
    made = {how(text.encode()).hexdigest() for text in joined for how in (hashlib.sha256, hashlib.blake2b)}
    keyed = {hmac.digest(key.encode(), said.encode(), "sha256").hex() for key, said in ((one, other), (other, one), (one, f"own:{other}"))}
    return frozenset(each[:32] for each in made | keyed)


def attacks(day: Played) -> Callable[[str], set[str]]:
    """Of an act, every print, owner and voter that whoever holds the data folder can make of anyone: whatever there could be a person, a
    phone or a secret is tried as each of them."""
    row = day.session.row
    rows = [one for rows in tables(day.folder).values() for one in rows]
    held = {value for one in rows for name, value in one.items() if isinstance(value, str) and name in WHOSE}
    held |= {*NAMES, *row.keys.values(), *map(day.session._long_code, PEOPLE), *PEOPLE}
    keys = sorted(one for one in held if 0 < len(one) < 70)

    def tried(id: str) -> set[str]:
        act, made = day.asked[id], set[str]()
        for key in keys:
            owner = Caller("participant", key, key).owner(act.on or id)
            made |= {key[:32], owner, *hashes(key, id), *hashes(key, act.activity), *hashes(key, row.id)}
            made |= set(fingerprints(act, Actor("participant", key, owner, key)).values())
        return made

    return tried


def test_whoever_holds_all_of_it_makes_no_print_of_an_anonymous_word_and_every_print_of_a_signed_one(
    played: tuple[Played, Played],
) -> None:
    day, tried, signed = played[1], attacks(played[1]), 0
    for entry in day.journal.since(day.session.row.id):
        if entry.id not in day.asked or entry.print == "erased":
            continue
        marks = {entry.print, str(entry.content.get("owner", "")), str(entry.content.get("voter", ""))} - {""}
        found = marks & tried(entry.id)
        assert bool(found) == bool(entry.by), (entry, found)
        signed += bool(entry.by)
    assert signed > 8, "the attack is one that works where there is something to find"


def test_votes_are_told_apart_until_the_day_is_closed_and_never_after(tmp_path: Path) -> None:
    voters = dict.fromkeys(VOTED, AUTHORS[:2])
    day = Played(tmp_path, (0, 1, 2, 3, 4, 5), voters)

    def whose() -> list[str]:
        """Each ballot's voter, by the secret that lies in the folder."""
        secret = next((row["secret"] for row in tables(tmp_path)["secrets"] if row["activity"] == "choisir"), b"")
        made = {hmac.new(secret, person.encode(), hashlib.sha256).hexdigest()[:32]: person for person in PEOPLE}
        ballots = [entry.content["voter"] for entry in day.journal.since(day.session.row.id) if entry.do == "vote"]
        return [made[voter] for voter in ballots if voter in made]

    assert whose() == [PEOPLE[0], PEOPLE[1], PEOPLE[0]], "a pseudonym, and nothing more, until then"
    day.finish()
    assert whose() == []
    assert set(day.secrets) == set(voters)
    for name, data in day.bytes_kept().items():
        for secret in day.secrets.values():
            assert secret not in data, name
            assert secret.hex().encode() not in data, name
        for phone in day.phones:
            assert phone.key.encode() not in data, name
    archive = io.BytesIO()
    export(day.journal, day.session.row.id, archive)
    assert not [secret for secret in day.secrets.values() if secret in archive.getvalue()]
    day.close()


GROUPS = st.lists(st.sampled_from(("", "Xertigny", "Quercy", "Wallonie", "Zélande", "Yvelines")), max_size=60)


@given(GROUPS)
def test_no_figure_singles_out_a_group_of_fewer_than_five(said: list[str]) -> None:
    told, others = grouped(said)
    assert sum(told.values()) + others == len(said)
    assert all(count == said.count(text) >= LEAST for text, count in told.items())
    left = [text for text in said if text and text not in told]
    assert not told or not left or others >= LEAST, "nor by what is missing"
    # And no more is left out than that takes.
    small = [text for text in left if said.count(text) < LEAST]
    assert bool(left) == bool(small)


@settings(max_examples=15)
@given(st.lists(st.tuples(*[st.sampled_from(("", "Xertigny", "Quercy", "Wallonie"))] * 2), max_size=16))
def test_no_document_and_no_data_file_singles_out_a_territory_or_a_role_of_fewer_than_five(people: list[tuple[str, str]]) -> None:
    day = Day(SHEET)
    for n, (territory, role) in enumerate(people):
        day.join(f"p{n}", name="", territory=territory, role=role and f"{role}-role", type=role and f"{role}-type")
    building = Building(day.state, KINDS, LANGUAGES["fr"])
    document, say = building.document(), LANGUAGES["fr"].say
    written = [to_markdown(document, say), to_html(document, say), to_json(document, say, told(building)).decode()]
    for place, kept in ((0, "{}"), (1, "{}-role"), (1, "{}-type")):
        for name in ("Xertigny", "Quercy", "Wallonie"):
            if sum(one[place] == name for one in people) < LEAST:
                word = re.compile(re.escape(kept.format(name)) + r"(?!-)")
                assert not any(word.search(data.replace("\u2011", "-")) for data in written), (name, place)


def test_every_format_of_a_document_is_made_of_the_same_tree() -> None:
    """What is compared above in five formats holds for the others."""
    assert set(DOCUMENTS) < set(FORMATS)
