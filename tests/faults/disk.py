"""What a power cut may leave of a disk: strace records every write and fsync of a server's database, and the disk is rebuilt from them."""

import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from harness.server import ROOT, Server

SECTOR = 512
_CALLS = "pwrite64,ftruncate,fsync,fdatasync,unlink,sendto,sendmsg"
_LINE = re.compile(r"(\d+) +(?:<\.\.\. )?(\w+)(.*)")
_FILE = re.compile(r"\((?:\d+<|\")([^>\"]*)[>\"]")
_SEQ = re.compile(rb'"seq": ?(\d+)')


class Traced(Server):
    """A server under strace, killed by its own number: strace ends with it. ``trace`` is where its calls are told."""

    @property
    def trace(self) -> Path:
        return self.data_dir.with_suffix(".trace")

    def _begin(self, command: Sequence[str], log: IO[str]) -> Any:
        traced = [
            "strace",
            "-f",
            "--seccomp-bpf",
            "-y",
            "-xx",
            "-s",
            "10000000",
            "-e",
            f"trace={_CALLS}",
            "-e",
            "signal=none",
            "-o",
            str(self.trace),
        ]
        program = [*traced, sys.executable, "-m", "facilitate", *command]
        return subprocess.Popen(program, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, encoding="utf-8")

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self._wait()


@dataclass(frozen=True, slots=True)
class Happened:
    """One call upon a ``file``: 'write' (``at``, ``data``), 'truncate' (``at``), 'sync', 'gone'; or 'told': ``at`` is the number of an
    entry that someone has just heard of."""

    what: str
    file: str = ""
    at: int = 0
    data: bytes = b""


def happened(trace: Path, name: str = "facilitate.db") -> Iterator[Happened]:
    """What strace recorded, in order: a write counts from its end, an answer from its beginning."""
    begun: dict[str, str] = {}
    with trace.open() as lines:
        for line in lines:
            match = _LINE.match(line)
            if match is None:
                continue
            pid, call, rest = match.groups()
            if call.startswith("send") and not line.partition(" ")[2].lstrip().startswith("<..."):
                for seq in _SEQ.findall(_bytes("".join(re.findall(r'"((?:\\x[0-9a-f]{2})*)"', rest)))):
                    yield Happened("told", at=int(seq))
                continue
            if rest.endswith("<unfinished ...>"):
                begun[pid] = rest
                continue
            if line.partition(" ")[2].lstrip().startswith("<..."):
                rest = begun.pop(pid, "") + rest
            found = _FILE.search(rest)
            path = Path(_bytes(found[1]).decode()) if found else Path()
            if not path.name.startswith(name) or path.name.endswith("-shm") or " = -1 " in rest:
                continue
            match call:
                case "fsync" | "fdatasync":
                    yield Happened("sync", path.name)
                case "unlink":
                    yield Happened("gone", path.name)
                case "ftruncate":
                    yield Happened("truncate", path.name, int(re.search(r">, (\d+)", rest)[1]))  # type: ignore[index]
                case "pwrite64":
                    said = re.search(r'"((?:\\x[0-9a-f]{2})*)", \d+, (\d+)', rest)
                    assert said, rest[-200:]
                    yield Happened("write", path.name, int(said[2]), _bytes(said[1]))


def _bytes(told: str) -> bytes:
    """As strace writes them: each as \\xNN."""
    return bytes.fromhex(told.replace("\\x", ""))


class Disk:
    """The files as they are for sure, and what was written since their last fsync, of which a cut leaves anything."""

    def __init__(self) -> None:
        self.sure: dict[str, bytearray] = {}
        self.since: dict[str, list[Happened]] = {}
        self.told = 0

    def goes_on(self, one: Happened) -> None:
        if one.what == "told":
            self.told = max(self.told, one.at)
        elif one.what == "gone":
            self.sure.pop(one.file, None)
            self.since.pop(one.file, None)
        elif one.what == "sync":
            for write in self.since.pop(one.file, []):
                _apply(self.sure.setdefault(one.file, bytearray()), write, write.at, write.data)
        else:
            self.since.setdefault(one.file, []).append(one)

    def files(self) -> dict[str, bytes]:
        """With all that was written, as a program that reads them finds them."""
        files = {name: bytearray(data) for name, data in self.sure.items()}
        for name, writes in self.since.items():
            for write in writes:
                _apply(files.setdefault(name, bytearray()), write, write.at, write.data)
        return {name: bytes(data) for name, data in files.items()}

    def cut(self, die: random.Random, running: Happened) -> dict[str, bytes]:
        """The files after a cut: what was synced is whole; of each later write, and of the one ``running``, nothing, all, or some sectors
        or bytes of it are there, in any order."""
        files = {name: bytearray(data) for name, data in self.sure.items()}
        for name in {*self.since, *([running.file] if running.data else [])}:
            writes = [*self.since.get(name, []), *([running] if running.file == name and running.data else [])]
            manner = die.choice(("none", "all", "any", "any", "first"))
            if manner == "any":
                die.shuffle(writes)
            if manner in ("none", "first"):
                writes = writes[: die.randrange(len(writes) + 1) if manner == "first" else 0]
            data = files.setdefault(name, bytearray())
            for write in writes:
                torn = 1.0 if manner == "all" else die.random()
                if torn > 0.5:
                    _apply(data, write, write.at, write.data)
                elif torn > 0.3:
                    _apply(data, write, write.at, write.data[: die.randrange(len(write.data) + 1)])
                elif torn > 0.1:
                    for place in range(0, len(write.data), SECTOR):
                        if die.random() < 0.5:
                            _apply(data, write, write.at + place, write.data[place : place + SECTOR])
        return {name: bytes(data) for name, data in files.items()}


def _apply(data: bytearray, write: Happened, at: int, what: bytes) -> None:
    if write.what == "truncate":
        del data[at:]
    if write.what == "truncate" or what:
        data.extend(bytes(max(0, at - len(data))))
        data[at : at + len(what)] = what
