"""How cost grows with people, rooms and workers: ``python bench/wire/rooms.py --page`` writes the table of docs/scale.md (five minutes).

Each room has 150 phones, one in fifteen of which looks at the wall; the others are on their own page, as in a real day. The workers share
one PostgreSQL and one Redis, all on core 0; the crowd has core 1. All phones of a room are at one worker, as deploy/nginx.conf has it, or
spread over all in turn. What is told is processor time, by process: on two cores, hours of the clock say little.
"""

import argparse
import hashlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from crowd import Crowd, at_rest  # noqa: E402
from postgres import postgres, programs  # noqa: E402
from redisserver import redis  # noqa: E402
from report import machine, versions  # noqa: E402
from servers import CROWD_CORE, SERVER_CORE, entries_of, resident, spent  # noqa: E402

PAGE, BEGINS, ENDS = HERE.parents[1] / "docs/scale.md", "<!-- measured: bench/wire/rooms.py --page -->", "<!-- /measured -->"
PEOPLE, WALLS = 150, 15
PLAN = [(1, 1, 4.0, False), (5, 1, 20.0, False), (20, 1, 20.0, False), (20, 1, 80.0, False)]
PLAN += [(20, 2, 80.0, False), (20, 4, 80.0, False), (20, 2, 80.0, True), (20, 4, 20.0, True)]
"""(rooms, workers, posts a second in all, whether the phones of a room are spread over the workers)."""


class Rooms(Crowd):
    """The phones of several rooms, before several workers."""

    def port(self, phone: int) -> int:
        ports = self.plan["ports"]
        return int(ports[(phone if self.plan["spread"] else phone // PEOPLE) % len(ports)])

    def code(self, phone: int) -> str:
        return str(self.plan["codes"][phone // PEOPLE])


@dataclass(slots=True)
class House:
    """A PostgreSQL with its days, a Redis, and the workers; ``pids`` by what they are."""

    codes: list[str]
    keys: list[str]
    ports: list[int]
    pids: dict[str, list[int]]


@contextmanager
def housed(rooms: int, workers: int) -> Iterator[House]:
    """So many rooms of 150 who have joined, behind so many workers."""
    found = programs()
    if found is None:
        raise SystemExit("PostgreSQL is needed: Debian's package postgresql")
    with ExitStack() as stack:
        os.sched_setaffinity(0, {SERVER_CORE})
        database, bus = stack.enter_context(postgres(found, durable=True)), stack.enter_context(redis())
        url = database()
        codes, keys = _days(url, rooms)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="facilitate-rooms-")))
        serve = [sys.executable, "-m", "facilitate", "serve", "--host", "127.0.0.1"]
        serve += ["--database-url", url, "--redis-url", bus.url, "--data-dir", str(folder)]
        started = [stack.enter_context(_worker(serve)) for _ in range(workers)]
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
        pids = {"workers": [one for one, _ in started], "PostgreSQL": [database.pid], "Redis": [bus.pid]}
        yield House(codes, keys, [port for _, port in started], pids)


@contextmanager
def _worker(command: Sequence[str]) -> Iterator[tuple[int, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=30) as knock:
                    knock.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                    if knock.recv(1):
                        break
            except ConnectionRefusedError:
                if process.poll() is not None:
                    raise SystemExit(f"a worker ended with {process.returncode}") from None
                time.sleep(0.1)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait()


def _days(url: str, rooms: int) -> tuple[list[str], list[str]]:
    from facilitate.journal import Journal, KeyRow
    from facilitate.workshop import hash_key, utc_now

    journal, codes, keys = Journal(url), list[str](), list[str]()
    for room in range(rooms):
        entries, names = entries_of(PEOPLE, 0, room + 1)
        mine = [hashlib.sha256(f"room {room} phone {one}".encode()).hexdigest()[:22] for one in range(PEOPLE)]
        row = journal.create(path=None, title=f"Room {room + 1}", created=utc_now())
        journal.append(row.id, 0, entries, [KeyRow(hash_key(key), "participant", name) for key, name in zip(mine, names, strict=True)])
        codes.append(row.code)
        keys += mine
    journal.close()
    return codes, keys


def measured(rooms: int, workers: int, rate: float, spread: bool, seconds: float) -> dict[str, Any]:
    """One house, one crowd, one window of posts."""
    with housed(rooms, workers) as house:
        every = [pid for pids in house.pids.values() for pid in pids]
        at_rest(house.pids["workers"][0])
        empty = [resident(pid) for pid in house.pids["workers"]]
        looks = ["cards" if one % WALLS == WALLS - 1 else "mine" for one in range(rooms * PEOPLE)]
        plan = {"name": "ours", "clients": rooms * PEOPLE, "looks": looks, "keys": house.keys, "codes": house.codes}
        crowd = Rooms(plan | {"spread": spread, "ports": house.ports, "port": house.ports[0], "pid": house.pids["workers"][0]})
        os.sched_setaffinity(0, {CROWD_CORE})
        came = crowd.come()
        if not came["all"]:
            raise SystemExit(f"not all came: {came}")
        crowd.load(rate, 2)
        before = {pid: spent(pid) for pid in every}
        load = crowd.load(rate, seconds)
        used = {name: sum(spent(pid) - before[pid] for pid in pids) for name, pids in house.pids.items()}
        full = [resident(pid) for pid in house.pids["workers"]]
        grown = sum(full) - sum(empty)
        grown = sum(full) - sum(empty)
        return {
            "rooms": rooms, "workers": workers, "spread": spread, "rate": rate, "posts": load["posts"], "accepted": load["accepted"],
            "cpu": used, "us per post": {name: 1e6 * one / load["posts"] for name, one in used.items()}, "ack ms": load["ack ms"],
            "regions": load["regions"], "refused": load["refused"], "generator": load["generator"], "void": load["void"],
            "memory MB": statistics.mean(full) / 1e6, "kB a phone": 1e-3 * grown / plan["clients"], "wall": load["wall"],
        }  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=8, help="of posts, in each run")
    asked.add_argument("--only", nargs=3, metavar=("ROOMS", "WORKERS", "RATE"), help="one run")
    asked.add_argument("--page", action="store_true", help="put the table into docs/scale.md")
    asked.add_argument("--spread", action="store_true", help="with --only: the phones of a room over all workers")
    asked.add_argument("--to", type=Path, default=Path("bench-rooms.json"), help="where to leave all figures")
    given = asked.parse_args()
    plan = [(int(given.only[0]), int(given.only[1]), float(given.only[2]), given.spread)] if given.only else PLAN
    runs, heads = [], ["rooms × 150", "workers", "posts/s", "core: workers", "PostgreSQL", "Redis", "µs/post: workers", "all"]
    heads += ["ack p50/p99 ms", "MB a worker", "kB a phone"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    print(*lines, sep="\n")
    for rooms, workers, rate, spread in plan:
        one = measured(rooms, workers, rate, spread, given.seconds)
        runs.append(one)
        cores = [f"{one['cpu'][name] / one['wall']:.2f}" for name in ("workers", "PostgreSQL", "Redis")]
        cells = [str(rooms), f"{workers}{', spread' * spread}", f"{rate:g}", *cores]
        cells += [f"{one['us per post']['workers']:,.0f}", f"{sum(one['us per post'].values()):,.0f}"]
        cells += [f"{one['ack ms']['p50']:.0f}/{one['ack ms']['p99']:.0f}", f"{one['memory MB']:.0f}", f"{one['kB a phone']:.1f}"]
        lines.append("| " + " | ".join(cells) + " |")
        print(lines[-1] + " VOID" * bool(one["void"]) + f" {one['refused']}" * bool(one["refused"]), flush=True)
    given.to.write_text(json.dumps({"machine": machine(), "versions": versions(), "runs": runs}, indent=1), encoding="utf-8")
    if given.page:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGINS)
        PAGE.write_text(f"{before}{BEGINS}\n" + "\n".join(lines) + f"\n{ENDS}{rest.partition(ENDS)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
