"""Archives that were not made here: zips bent at any byte, journals with anything in them. Each comes in whole, and its day can then be
looked at and told, or is refused and changes nothing; none writes a file, takes more memory than it may, or keeps anyone waiting."""

import json
import random
import shutil
import stat
import struct
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from activities.room import KINDS, LANGUAGES, WALL
from fuzz.test_sheets import ending
from harness.tally import LONG, Tally
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model.plain import SHEET
from model.test_model import on_sqlite, screens

from facilitate.archive import BadArchive, export, import_, readable
from facilitate.core.entry import Act, Caller
from facilitate.core.state import serialise
from facilitate.journal import Journal
from facilitate.restitution.build import build
from facilitate.restitution.html import to_html
from facilitate.workshop import Session, Workshop

CONSOLE = Caller("console")
MEGABYTE = 1_000_000
TRIES = 600 if LONG else 50


@cache
def archive() -> bytes:
    """A day with something of most things in it."""
    shop = Workshop(Journal(on_sqlite(Path(tempfile.mkdtemp()))), KINDS)
    session = shop.sheet("/day.md", SHEET, "A day")
    assert isinstance(session, Session)
    joined = session.join(str(uuid4()), {"name": "Élue 1", "territory": "Drôme"})
    assert isinstance(joined, tuple)
    anna = session.caller(joined[1])
    assert anna is not None

    def act(who: Caller, do: str, activity: str = "", on: str = "", **content: Any) -> str:
        one = Act(str(uuid4()), do, activity, content, on)
        assert isinstance(session.act(one, who), int)
        return one.id

    for step in ("welcome", "situations", "read-first", "choose", "evaluation"):
        act(CONSOLE, "open", step, beside=True)
    card, other = act(anna, "post", "situations", title="A card"), act(anna, "post", "situations", title="Another", signed=False)
    act(anna, "edit", "situations", card, title="A better card")
    act(anna, "post", "welcome", text="Hello")
    act(anna, "vote", "choose", dots={card: 2, other: 1})
    act(anna, "post", "evaluation", roti=3, useful="All of it", scales={"exchanges": 2})
    act(CONSOLE, "hide", on=other, why="a trial")
    act(CONSOLE, "note", text="Said aloud", mark="quotation", speaker="Élue 1", agreed=True)
    act(CONSOLE, "add", kind="questions", title="And now", minutes=5)
    act(CONSOLE, "invite", name="Sam", role="scribe")
    act(CONSOLE, "write", section="situations", part="synthesis", text=f"See [@{card}]")
    act(CONSOLE, "merge", variant="Drôme", name="La Drôme")
    act(CONSOLE, "finish")
    out = BytesIO()
    export(shop.journal, session.row.id, out)
    shop.close()
    return out.getvalue()


@cache
def lines() -> list[dict[str, Any]]:
    with ZipFile(BytesIO(archive())) as packed:
        return [json.loads(line) for line in packed.read("journal.jsonl").splitlines()]


def zipped(*members: tuple[str | ZipInfo, bytes], method: int = ZIP_STORED) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", method) as packed:
        for name, data in members:
            packed.writestr(name, data)
    return file.getvalue()


def comes_in(data: bytes) -> bool:
    """Whether it was taken: its day is then opened, looked at and told."""
    folder = Path(tempfile.mkdtemp())
    journal = Journal(on_sqlite(folder))
    try:
        with ending():
            return _opened(journal, data)
    finally:
        journal.close()
        shutil.rmtree(folder)


def _opened(journal: Journal, data: bytes) -> bool:
    try:
        row, added = import_(journal, BytesIO(data), readable(KINDS, LANGUAGES["fr"]))
    except BadArchive:
        return journal.sessions() != []
    assert len(journal.since(row.id)) == added
    shop = Workshop(journal, KINDS)
    session = shop.session(row.code)
    assert session is not None
    serialise(session.state).decode()
    people = [Caller("participant", id, "a key") for id in session.state.people]
    for who in (*people, WALL, CONSOLE, Caller("scribe")):
        json.dumps(screens().state(session, who)).encode()
    to_html(build(session.state, KINDS, LANGUAGES["fr"]), LANGUAGES["fr"].say)
    shop.close()
    return True


KEYS = ("title", "text", "a", "signed", "voter", "owner")
BROKEN = (b"", b"{", b"[" * 200_000, b'{"a":' * 5000, b"\xff\xfe", b"NaN", b"1" * 5000, b"null", b'"\\ud800"')
ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats()
    | st.sampled_from(["", "a", "situations", "2021-09-24T08:00:00.000Z", "9999-99-99", "\ud800", "\0", "x" * 5000, "\u202e", "1e5"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def journals(draw: Callable[..., Any]) -> bytes:
    """Its lines with some of their facts replaced, lost, added, in another order, or no JSON at all."""
    said = json.loads(json.dumps(lines()))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(said) - 1))
        one = said[at]
        match draw(st.sampled_from([*["word"] * 12, "fact", "lose", "add", "swap", "twice", "drop", "raw"])):
            case "fact" if isinstance(one, dict) and one:
                one[draw(st.sampled_from(sorted(one)))] = draw(ANY)
            case "word" if isinstance(one, dict) and isinstance(one.get("content"), dict) and one["content"]:
                one["content"][draw(st.sampled_from(sorted(one["content"])))] = draw(ANY)
            case "lose" if isinstance(one, dict) and one:
                one.pop(draw(st.sampled_from(sorted(one))))
            case "add" if isinstance(one, dict):
                one[draw(st.sampled_from(["session", "at", "more", "self", "content"]))] = draw(ANY)
            case "swap":
                other = draw(st.integers(0, len(said) - 1))
                said[at], said[other] = said[other], said[at]
            case "twice":
                said.insert(at, one)
            case "drop":
                said.pop(at)
                said = said or [{}]
            case _:
                said[at] = draw(st.sampled_from(BROKEN))
    return b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in said)


def test_a_journal_with_anything_in_it_comes_in_whole_or_not_at_all(tally: Tally) -> None:
    taken = []

    @settings(max_examples=TRIES, suppress_health_check=list(HealthCheck))
    @given(journals())
    def holds(journal: bytes) -> None:
        taken.append(comes_in(zipped(("journal.jsonl", journal))))

    assert comes_in(archive())
    holds()
    tally("Archives with anything in their journal", tries=len(taken), refused=taken.count(False))


def test_a_zip_bent_at_any_byte_comes_in_whole_or_not_at_all(tally: Tally) -> None:
    taken = []

    @settings(max_examples=TRIES, suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=False), st.booleans())
    def holds(chance: random.Random, packed: bool) -> None:
        data = bytearray(zipped(("journal.jsonl", journal()), method=ZIP_DEFLATED) if packed else archive())
        for _ in range(chance.randint(1, 8)):
            # The end is what says where all the rest is.
            at = chance.randrange(len(data)) if chance.random() < 0.4 else len(data) - 1 - min(chance.randrange(150), len(data) - 1)
            match chance.randrange(4):
                case 0:
                    data[at] ^= 1 << chance.randrange(8)
                case 1:
                    data[at : at + 4] = struct.pack("<I", chance.choice([0, 1, 2**31, 2**32 - 1]))
                case 2:
                    del data[at : at + chance.randint(1, 40)]
                case _:
                    data[at:at] = data[: chance.randint(1, 60)]
            data = data or bytearray(b"P")
        taken.append(comes_in(bytes(data)))

    holds()
    tally("Zips bent at any byte", tries=len(taken), refused=taken.count(False))


def journal() -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines())


def linked(name: str) -> ZipInfo:
    """A member that says it is a link."""
    info = ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


def bombs() -> Iterator[tuple[str, bytes]]:
    yield "newlines", zipped(("journal.jsonl", b"\n" * (60 * MEGABYTE)), method=ZIP_DEFLATED)
    yield "one line", zipped(("journal.jsonl", b'{"a":[' + b"0," * (20 * MEGABYTE) + b"0]}"), method=ZIP_DEFLATED)
    yield "too long", zipped(("journal.jsonl", b" " * (201 * MEGABYTE)), method=ZIP_DEFLATED)
    yield "deep", zipped(("journal.jsonl", b"[" * (7 * MEGABYTE)), method=ZIP_DEFLATED)


def test_a_bomb_is_refused_and_takes_no_more_memory_than_a_day_may(tmp_path: Path, tally: Tally) -> None:
    journal = Journal(on_sqlite(tmp_path))
    for name, bomb in bombs():
        assert len(bomb) < MEGABYTE
        tracemalloc.start()
        with ending(), pytest.raises(BadArchive):
            import_(journal, BytesIO(bomb))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 150 * MEGABYTE, f"{name}: {most / MEGABYTE:.0f} MB"
        tally("Zip bombs", refused=1)
    assert journal.sessions() == []
    journal.close()


def test_a_link_or_a_path_that_climbs_out_writes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["../evil", "/etc/evil", "media/../../evil", "C:\\evil", "media/" + "a" * 32 + "/x", "journal.jsonl/../x", "evil\0", "media/"]
    for name in names:
        assert not comes_in(zipped(("journal.jsonl", journal()), (name, b"x")))
    assert not comes_in(zipped(("journal.jsonl", journal()), (linked("media/" + "a" * 32), b"/etc/passwd")))
    # A journal that says it is a link is read as what it holds: nothing is ever unpacked to disk.
    assert comes_in(zipped((linked("journal.jsonl"), journal())))
    assert not comes_in(zipped((linked("journal.jsonl"), b"/etc/passwd")))
    assert list(tmp_path.iterdir()) == []
    tally("Zips with links, or paths that climb", tries=len(names) + 3, refused=len(names) + 2)
