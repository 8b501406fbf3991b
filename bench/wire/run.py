"""How near the wire: this program against a bare Node Socket.IO server and standard Flask-SocketIO. ``facilitate bench`` runs it.

One point of one server, as often as one likes, for whoever makes something faster:

    python bench/wire/run.py --only ours --point 1000x50 --seconds 8
    python bench/wire/run.py --only ours --point 1000x50 --look mine          phones on their own page, told what concerns them alone
    python bench/wire/run.py --only ours node --storm 1000                    all phones lose their line and come again at once
    python bench/wire/run.py --only ours --point 150x500 --profile post.txt   where its processor time went (sampled.py)
    python bench/wire/run.py --only ours --point 150x20 --posts 10000         in a day that holds so many posts already
    python bench/wire/run.py --only ours --point 1000x50 --option=--no-direct

What each row says: server CPU in µs by accepted post, by delivered frame and by (post × phone); delivery and acknowledgement in ms.
CPU is what counts on a machine that does other things: hours of the clock say little then.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import report
from servers import NAMES, Server, anew, install, resident, rests, served

HERE = Path(__file__).parent
TRIO = ("ours", "node", "standard")
Task = dict[str, Any]
_TRIED = 2.0
"""Seconds of a point from which it is a measure, and no mere try: its server rests before."""
_QUICK = 105
"""Seconds in which a quick run begins its last measure."""


def quick() -> Iterator[Task]:
    """Two minutes of it, the most telling first: a busy machine leaves out the end."""
    points = ((1000, 50), (150, 500))
    for again in (False, True):
        for clients, rate in points:
            yield from (_point(name, clients, rate, 3) for name in ("ours", "node"))
        if not again:
            yield from (_storm(name, 1000) for name in ("ours", "node"))
            yield from (_point("standard", clients, rate, 3) for clients, rate in points)


def full(rounds: int, seconds: float) -> Iterator[Task]:
    """All of it: the servers in turn at each point, and all points again in each round."""
    for n in range(rounds):
        for clients, rate in ((150, 10), (1000, 50), (3000, 10), (5000, 50), (150, 500)):
            # The naive floor is there to compare with, once.
            yield from (_point(name, clients, rate, seconds) for name in (*TRIO, *(("naive",) if n == 0 else ())))
        yield from (
            _point("ours", clients, rate, seconds, kind="own", look="mine") for clients, rate in ((1000, 50), (5000, 50), (150, 500))
        )
        yield from (_storm(name, clients) for clients in (3000, 5000) for name in TRIO)
        yield from (_point("ours", 150, 20, 2 * seconds, kind="aged") | {"posts": posts} for posts in (100, 10_000))
    yield from (_point(name, 1000, 20, 70, kind="pings") for name in ("ours", "node"))


def _point(name: str, clients: int, rate: float, seconds: float, kind: str = "wall", look: str = "cards") -> Task:
    return {"name": name, "kind": kind, "clients": clients, "rate": rate, "seconds": seconds, "warm": min(2, seconds / 2), "look": look}


def _storm(name: str, clients: int) -> Task:
    return {"name": name, "kind": "storm", "clients": clients, "storm": True, "look": "mine"}


def played(
    name: str, clients: int, posts: int = 0, profile: Path | None = None, options: Sequence[str] = (), **plan: Any
) -> dict[str, Any]:
    """One server, started anew, and one crowd before it: what the crowd tells, and how many of its posts are on disk."""
    wrap = [str(HERE / "sampled.py"), str(profile.resolve())] if profile else []
    with served(name, plan.pop("people", clients), posts, wrap=wrap, options=options if name == "ours" else ()) as server:
        if plan.get("seconds", _TRIED) >= _TRIED:
            rests(server.process.pid)
        plan |= {"name": name, "clients": clients, "port": server.port, "pid": server.process.pid, "code": server.code, "keys": server.keys}
        plan |= {"profiled": bool(profile)} | {one: server.told["keys"][one] for one in ("wall", "console") if name == "ours"}
        crowd = subprocess.run(
            [sys.executable, str(HERE / "crowd.py")], input=json.dumps(plan), stdout=subprocess.PIPE, text=True, check=True
        )
        told: dict[str, Any] = json.loads(crowd.stdout)
        told |= {
            "server": name,
            "kind": plan.get("kind", "wall"),
            "clients": clients,
            "posts before": posts,
            "on disk": server.posts - posts,
        }
        if plan.get("soak"):
            told["held anew"] = _held(server)
        return told | {"versions": {name: server.told[name] for name in ("node", "sqlite", "socket.io") if name in server.told}}


def _held(server: Server) -> int:
    """Bytes that a process holds which was just started on what this one has written, once its wall was opened: what the words themselves
    take, without the hours."""
    with anew(server) as other:
        address = f"http://127.0.0.1:{other.port}/s/{other.code}/region/wall"
        wall = urllib.request.Request(address, headers={"Authorization": f"Bearer {other.told['keys']['wall']}"})
        with urllib.request.urlopen(wall) as region:  # noqa: S310 - loopback
            region.read()
        rests(other.process.pid)
        return resident(other.process.pid)


def soaked(seconds: float, phones: int) -> dict[str, Any]:
    """A day of eight hours in so many seconds."""
    told = played("ours", phones, people=phones * 3 // 5, soak=True, seconds=seconds, rate=30.0)
    named = {name: told.pop(name) for name in ("server", "kind", "clients", "posts before", "versions")}
    return named | {"kind": "soak", "soak": told}


def said(told: dict[str, Any]) -> str:
    """One run in one line."""
    parts = [told["server"]]
    for what in ("came", "storm"):
        if one := told.get(what):
            parts.append(f"{what} in {one['seconds']:.2f} s ({one['cpu']:.2f} s CPU){'' if one['all'] else f', NOT ALL {one}'}")
    if "full" in told:
        parts.append(f"{(told['full'] - told['empty']) / told['clients'] / 1000:.1f} kB a phone")
    if load := told.get("load"):
        parts.append(
            f"{load['clients']}×{load['rate']:g} {load['look']}: {load['us per post']:.0f} µs/post, {load['us per frame']:.1f} µs/frame"
        )
        if "lost" in load:
            parts.append(
                f"{load['us per delivery']:.2f} µs/(post×phone), delivery {load['delivery ms']['p50']}/{load['delivery ms']['p99']} ms"
            )
        parts.append(f"ack {load['ack ms']['p50']}/{load['ack ms']['p99']} ms, core {load['core']:.2f}, {load['frames']} frames")
        parts.append(f"{load['bytes'] / max(1, load['frames']):.0f} B/frame, {load['regions']} regions asked for, {load['pings']} pings")
        if load.get("lost") or load["refused"] or not load["kept up"]:
            parts.append(f"LOST {load.get('lost', 0)} of {load['expected']}, refused {load['refused']}")
        parts.append(f"generator {load['generator']:.2f}{', VOID' if load['void'] else ''}")
    return "; ".join(parts)


def whole(tasks: Sequence[Task], rounds: int, soak: float, phones: int, limit: float = 0) -> dict[str, Any]:
    """Plays them all, or those that can begin within ``limit`` seconds; what came of it, as the JSON file has it."""
    machine, runs, begun = report.machine(), [], time.monotonic()
    for n, task in enumerate(tasks):
        if limit and time.monotonic() - begun > limit:
            print(f"{limit:.0f} s are over: {len(tasks) - n} runs are left out", file=sys.stderr)
            break
        task = dict(task)
        try:
            told = played(task.pop("name"), task.pop("clients"), task.pop("posts", 0), **task)
        except subprocess.CalledProcessError as error:
            # The others are not lost with it; the table says how many there were of each.
            print(f"{n + 1}/{len(tasks)}: {error}", file=sys.stderr)
            continue
        runs.append(told)
        print(f"{n + 1}/{len(tasks)}, {time.monotonic() - begun:.0f} s: {said(told)}", file=sys.stderr, flush=True)
    if soak:
        runs.append(soaked(soak, phones))
    floor: dict[str, str] = next((one["versions"] for one in runs if "node" in one["versions"]), {})
    named = {"node": floor.get("node", "").lstrip("v"), "socket.io": floor.get("socket.io", ""), "node's sqlite": floor.get("sqlite", "")}
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine, "rounds": rounds,
        "versions": report.versions() | {name: number for name, number in named.items() if number}, "runs": runs, "rows": report.rows(runs),
    }  # fmt: skip


def in_a_browser() -> dict[str, Any]:
    """What visit.py measures of a phone's first visit and of the wall, and its table."""
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder) / "visit.json"
        done = subprocess.run([sys.executable, str(HERE.parent / "visit.py"), "--to", str(to)], stdout=subprocess.PIPE, text=True)
        return {"table": done.stdout} | (json.loads(to.read_text(encoding="utf-8")) if to.exists() else {})


def main() -> None:
    asked = argparse.ArgumentParser(prog="facilitate bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    how = asked.add_mutually_exclusive_group()
    how.add_argument("--quick", action="store_true", help="two minutes (the default)")
    how.add_argument("--full", action="store_true", help="every point, each server in turn, three times: half an hour")
    how.add_argument("--point", metavar="PHONESxRATE", help="one run, of so many phones and posts a second: 1000x50")
    how.add_argument("--storm", type=int, metavar="PHONES", help="one run in which so many come again at once")
    how.add_argument("--told", type=Path, metavar="FILE", help="the table of runs made before, from their JSON file")
    soak = "eight hours of a day in so many seconds, 600 unless said; alone, or after all else"
    asked.add_argument("--soak", type=float, nargs="?", const=600, default=0, metavar="SECONDS", help=soak)
    asked.add_argument("--page", action="store_true", help="put the table into docs/performance.md")
    asked.add_argument("--to", type=Path, help="where to leave all figures: facilitate-bench.json, unless it is one run")
    asked.add_argument("--seconds", type=float, default=0, help="of posts, in each run")
    asked.add_argument("--rounds", type=int, default=3, help="of --full")
    asked.add_argument("--only", nargs="+", choices=NAMES, default=["ours", "node"], help="which servers, of one run")
    asked.add_argument("--phones", type=int, default=500, help="of the soak")
    asked.add_argument("--look", choices=["cards", "mine"], default="cards", help="of one run")
    asked.add_argument("--posts", type=int, default=0, help="how many the day holds already (ours, one run)")
    asked.add_argument("--profile", type=Path, help="where to write where the time went (ours, one run)")
    asked.add_argument("--option", action="append", default=[], metavar="=--OPTION", help="of the server (ours, one run)")
    given = asked.parse_args()
    if given.told:
        told = json.loads(given.told.read_text(encoding="utf-8"))
        told["rows"] = report.rows([one for one in told["runs"] if "soak" not in one])
    else:
        tasks, rounds = asked_for(given)
        if any(task["name"] in ("node", "naive") for task in tasks):
            install()
        quickly = not (given.full or given.point or given.storm)
        told = whole(tasks, rounds, given.soak, given.phones, _QUICK * quickly)
        if given.full:
            told["browser"] = in_a_browser()
        to = given.to or (None if given.point or given.storm else Path("facilitate-bench.json"))
        if to:
            to.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(f"All figures are in {to}", file=sys.stderr)
    text = report.table(told)
    print(text)
    if given.page:
        report.write_page(text)


def asked_for(given: argparse.Namespace) -> tuple[list[Task], int]:
    """(the runs that are asked for, how often each server plays each)."""
    if given.full:
        return list(full(given.rounds, given.seconds or 8)), given.rounds
    if given.point or given.storm:
        clients, _, rate = (given.point or str(given.storm)).partition("x")
        kind = "wall" if given.look == "cards" else "own"
        tasks = [
            _point(name, int(clients), float(rate), given.seconds or 8, kind, given.look) if rate else _storm(name, int(clients))
            for name in given.only
        ]
        for task in tasks:
            if task["name"] == "ours":
                task |= {"posts": given.posts, "profile": given.profile, "options": given.option}
        return tasks, 1
    return ([], 1) if given.soak and not given.quick else (list(quick()), 2)


if __name__ == "__main__":
    main()
