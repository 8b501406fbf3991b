"""How near the wire: this program against a bare Node Socket.IO server and standard Flask-SocketIO. ``facilitate bench`` runs it.

One point of one server, as often as one likes, for whoever makes something faster:

    python bench/wire/run.py --only ours --point 1000x50 --seconds 8
    python bench/wire/run.py --only ours --point 1000x50 --look mine          phones on their own page, told what concerns them alone
    python bench/wire/run.py --only ours node --storm 1000                    all phones lose their line and come again at once
    python bench/wire/run.py --only ours --point 150x500 --profile post.txt   where its processor time went (sampled.py)
    python bench/wire/run.py --only ours --point 150x20 --posts 10000         in a day that holds so many posts already

What each row says: server CPU in µs by accepted post, by delivered frame and by (post × phone); delivery and acknowledgement in ms.
CPU is what counts on a machine that does other things: hours of the clock say little then.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from servers import NAMES, install, served

HERE = Path(__file__).parent


def played(name: str, clients: int, posts: int = 0, profile: Path | None = None, **plan: Any) -> dict[str, Any]:
    """One server, started anew, and one crowd before it: what the crowd tells, and whether all it was answered is on disk."""
    wrap = [str(HERE / "sampled.py"), str(profile.resolve())] if profile else []
    with served(name, clients, posts, wrap=wrap) as server:
        plan |= {
            "name": name,
            "clients": clients,
            "port": server.port,
            "pid": server.process.pid,
            "code": server.code,
            "keys": server.keys,
            "profiled": bool(profile),
        }
        crowd = subprocess.run(
            [sys.executable, str(HERE / "crowd.py")], input=json.dumps(plan), stdout=subprocess.PIPE, text=True, check=True
        )
        told: dict[str, Any] = json.loads(crowd.stdout)
        return told | {"server": name, "on disk": server.posts - posts}


def said(told: dict[str, Any]) -> str:
    """One run in one line."""
    parts = [told["server"]]
    for what in ("came", "storm"):
        if one := told.get(what):
            parts.append(f"{what} in {one['seconds']:.2f} s ({one['cpu']:.2f} s CPU){'' if one['all'] else ', NOT ALL'}")
    if "full" in told and told.get("storm"):
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
        parts.append(f"{load['bytes'] / max(1, load['frames']):.0f} B/frame, {load['regions']} regions asked for")
        if load.get("lost") or load["refused"] or not load["kept up"]:
            parts.append(f"LOST {load.get('lost', 0)} of {load['expected']}, refused {load['refused']}")
        parts.append(f"generator {load['generator']:.2f}{', VOID' if load['void'] else ''}")
    return "; ".join(parts)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", nargs="+", choices=NAMES, default=["ours", "node"], help="which servers")
    asked.add_argument("--point", help="phones x posts a second: 1000x50")
    asked.add_argument("--storm", type=int, metavar="PHONES")
    asked.add_argument("--seconds", type=float, default=8)
    asked.add_argument("--warm", type=float, default=1)
    asked.add_argument("--look", choices=["cards", "mine"], default="cards")
    asked.add_argument("--posts", type=int, default=0, help="how many the day holds already (ours)")
    asked.add_argument("--times", type=int, default=1)
    asked.add_argument("--profile", type=Path, help="where to write where the time went (ours)")
    given = asked.parse_args()
    if {"node", "naive"} & set(given.only):
        install()
    for _ in range(given.times):
        for name in given.only:
            profile = given.profile if name == "ours" else None
            if given.point:
                clients, rate = given.point.split("x")
                plan = {"rate": float(rate), "seconds": given.seconds, "warm": given.warm, "look": given.look}
                told = played(name, int(clients), given.posts, profile, **plan)
            else:
                told = played(name, given.storm or 1000, given.posts, profile, storm=True, look="mine")
            print(said(told | {"clients": told.get("load", {}).get("clients", given.storm or 1000)}), flush=True)


if __name__ == "__main__":
    main()
