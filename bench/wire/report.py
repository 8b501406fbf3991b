"""Owns what is told of the runs: medians, ratios, goals, the table, and the page it stands in."""

import os
import platform
import sqlite3
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs/performance.md"
BEGINS, ENDS = "<!-- measured: facilitate bench --full --page -->", "<!-- /measured -->"
SERVERS = {"ours": "facilitate", "node": "Node", "naive": "Node, naive", "standard": "Flask-SocketIO"}
Run = Mapping[str, Any]


def machine() -> dict[str, Any]:
    """What it was measured on."""
    model = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    return {
        "processor": model[0] if model else platform.processor(), "cores": os.cpu_count(), "memory GB": round(int(memory) / 1e6, 1),
        "system": f"{platform.system()} {platform.release()}", "load before": [round(one, 2) for one in os.getloadavg()],
    }  # fmt: skip


def versions() -> dict[str, str]:
    """Of what it was measured with; the floor adds its own."""
    packages = ("facilitate", "flask-socketio", "python-socketio", "python-engineio", "gevent", "sqlalchemy")
    return {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version} | {name: version(name) for name in packages}


def _lines(file: str) -> list[str]:
    return Path(file).read_text(encoding="utf-8").splitlines() if Path(file).exists() else []


def value(runs: Iterable[Run], server: str, kind: str, clients: int, rate: float, read: Callable[[Run], Any]) -> list[float]:
    """What every run of that server at that point says, but for those that are void."""
    found = [one for one in runs if (one["server"], one["kind"], one["clients"]) == (server, kind, clients)]
    loads = [one for one in found if not rate or one.get("load", {}).get("rate") == rate]
    return [float(told) for one in loads if not one.get("load", {}).get("void") and (told := read(one)) is not None]


def divided(these: Sequence[float], those: Sequence[float]) -> float | None:
    """How many times those: the median of the rounds' ratios, since the pace of a machine changes less within a round than from one to the
    next; where a run was void, that of their medians. None where there is nothing to divide by."""
    if not these or not those or not all(those):
        return None
    if len(these) == len(those):
        return statistics.median(one / other for one, other in zip(these, those, strict=True))
    return statistics.median(these) / statistics.median(those)


def rows(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Every figure that is told: what it is, of each server the median, the least and the most, the ratio to Node, the goal."""
    points = list(dict.fromkeys((one["kind"], one["clients"], one.get("load", {}).get("rate", 0)) for one in runs))
    made = []

    def add(what: str, unit: str, kind: str, clients: int, rate: float, read: Callable[[Run], Any], goal: tuple[str, float] | None) -> None:
        row: dict[str, Any] = {"what": what, "unit": unit, "kind": kind, "clients": clients, "rate": rate, "servers": {}}
        each = {server: told for server in SERVERS if (told := value(runs, server, kind, clients, rate, read))}
        for server, told in each.items():
            row["servers"][server] = {"median": statistics.median(told), "least": min(told), "most": max(told), "runs": len(told)}
        if not each:
            return
        row["ratio"] = divided(each.get("ours", []), each.get("node", []))
        if goal:
            measure = row["ratio"] if goal[0] == "ratio" else row["servers"].get("ours", {}).get("median")
            row |= {"goal": goal[1], "goal of": goal[0], "met": None if measure is None else measure <= goal[1]}
        made.append(row)

    for kind, clients, rate in points:
        at = f"{clients:,} × {rate:g}" + (", over a minute" if kind == "pings" else "")
        if kind in ("wall", "pings"):
            heavy = kind == "wall" and rate and clients >= 1000
            post = kind == "wall" and (clients, rate) == (150, 500)
            add(f"{at}: CPU per frame", "µs", kind, clients, rate, _of("load", "us per frame"), ("ratio", 0.75) if heavy else None)
            add(f"{at}: CPU per post × phone", "µs", kind, clients, rate, _of("load", "us per delivery"), None)
            add(f"{at}: CPU per post", "µs", kind, clients, rate, _of("load", "us per post"), ("ratio", 2.0) if post else None)
            add(f"{at}: delivery, median", "ms", kind, clients, rate, _of("load", "delivery ms", "p50"), None)
            add(f"{at}: delivery, p99", "ms", kind, clients, rate, _of("load", "delivery ms", "p99"), ("ratio", 1.0) if heavy else None)
            add(f"{at}: acknowledged, p99", "ms", kind, clients, rate, _of("load", "ack ms", "p99"), None)
            if kind == "pings":
                add(f"{at}: pings answered", "", kind, clients, rate, _of("load", "pings"), None)
            add(f"{at}: deliveries lost", "", kind, clients, rate, _of("load", "lost"), ("ours", 0))
        elif kind == "own":
            add(f"{at}, on their own page: CPU per post", "µs", kind, clients, rate, _of("load", "us per post"), None)
            add(f"{at}, on their own page: frames for each post", "", kind, clients, rate, _per_post, None)
        elif kind == "storm":
            add(
                f"{clients:,} come again at once",
                "s",
                kind,
                clients,
                0,
                _of("storm", "seconds"),
                ("ratio", 1.5) if clients >= 3000 else None,
            )
            add(f"{clients:,} come again: CPU", "s", kind, clients, 0, _of("storm", "cpu"), None)
            add(f"memory per phone, {clients:,}", "kB", kind, clients, 0, _per_phone, ("ours", 60) if clients >= 5000 else None)
    aged = [
        value((one for one in runs if one["posts before"] == many), "ours", "aged", 150, 0, _of("load", "us per post"))
        for many in (100, 10_000)
    ]
    if (older := divided(aged[1], aged[0])) is not None:
        each = {"median": older, "least": min(aged[1]) / max(aged[0]), "most": max(aged[1]) / min(aged[0]), "runs": len(aged[1])}
        row = {
            "what": "a post after 10,000 posts ÷ after 100",
            "unit": "",
            "kind": "aged",
            "clients": 150,
            "rate": 0,
            "servers": {"ours": each},
        }
        made.append(row | {"ratio": None, "goal": 1.1, "goal of": "ours", "met": older <= 1.1})
    return made


def _of(*path: str) -> Callable[[Run], Any]:
    def read(run: Run) -> Any:
        found: Any = run
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    return read


def _per_post(run: Run) -> float:
    return int(run["load"]["frames"]) / int(run["load"]["posts"])


def _per_phone(run: Run) -> float:
    return (int(run["full"]) - int(run["empty"])) / int(run["clients"]) / 1000


def table(told: Mapping[str, Any]) -> str:
    """All of it, as the page has it."""
    made = told["rows"]
    shown = [server for server in SERVERS if any(server in row["servers"] for row in made)]
    lines = [
        "| clients × posts a second | " + " | ".join(SERVERS[one] for one in shown) + " | ÷ Node | goal |",
        "|---" * (len(shown) + 3) + "|",
    ]
    for row in made:
        cells = [_figure(row["servers"].get(server, {}).get("median"), row["unit"]) for server in shown]
        goal = f"{'≤ ' if row['goal'] else ''}{row['goal']:g}: {_met(row['met'])}" if "goal" in row else ""
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
        lines.append("| " + " | ".join([row["what"], *cells, f"**{ratio}**" if goal and ratio else ratio, goal]) + " |")
    lines = lines if made else []
    where, with_ = told["machine"], told["versions"]
    named = ", ".join(f"{name} {number}" for name, number in with_.items())
    lines += ["", f"{told['at'][:10]}, {where['processor']}, {where['cores']} cores, {where['memory GB']} GB, {where['system']}; {named}."]
    if (busy := where["load before"][0]) > where["cores"] / 4:
        lines.append(f"The machine did other things as it began (load {busy:g}): milliseconds say little of the servers.")
    each = f"Medians of {told['rounds']} runs each, servers in turn" if told["rounds"] > 1 else "One run each"
    lines.append(f"{each}. {_void(told['runs'])}")
    lines += [_soaked(one["soak"]) for one in told["runs"] if "soak" in one]
    if seen := told.get("browser", {}).get("table"):
        where = "a line of 400 ms and 50 kB/s, a processor four times slower; the wall beside a crowd"
        lines += ["", f"In a real browser (`bench/visit.py`: {where}):", "", seen.strip()]
    return "\n".join(lines)


def _figure(number: float | None, unit: str) -> str:
    if number is None:
        return ""
    digits = 0 if number >= 100 or number == 0 else 1 if number >= 10 else 2
    return f"{number:,.{digits}f}{' ' + unit if unit else ''}"


def _met(met: bool | None) -> str:
    return "not measured" if met is None else "met" if met else "**missed**"


def _void(runs: Sequence[Run]) -> str:
    loads = [one for one in runs if "load" in one]
    void = sum(one["load"]["void"] for one in loads)
    behind = [f"{SERVERS[one['server']]} at {one['clients']:,} × {one['load']['rate']:g}" for one in loads if not one["load"]["kept up"]]
    said = f"{void} of {len(loads)} runs void: the generator used more than 0.85 of its core." if void else "No run was void."
    acknowledged = [(one["acknowledged"], one["on disk"]) for one in loads]
    missing = sum(max(0, told - kept) for told, kept in acknowledged)
    said += f" Of {sum(told for told, _ in acknowledged):,} posts acknowledged, {missing} are not on disk."
    return said + (f" Fell behind: {', '.join(dict.fromkeys(behind))}." if behind else "")


def _soaked(soak: Mapping[str, Any]) -> str:
    held = [one / 1e6 for _, one in soak["memory"]]
    said = (
        f"Soak: {soak['phones']} phones, {soak['seconds']:.0f} s, {soak['posts']:,} posts, {soak['pings']:,} pings",
        f"{soak['came back']:,} lines lost and taken up again, {soak['lines ended']} ended by the server",
        f"memory {held[0]:.0f} MB at first, {held[-1]:.0f} MB at the end, {soak['MB an hour']:+.1f} MB an hour of that day once settled; "
        f"{soak['held anew'] / 1e6:.0f} MB in a server started anew on that day",
        f"{soak['posts'] - soak['on disk']} posts lost, {soak['behind']} screens behind at the end.",
    )
    return "; ".join(said)


def write_page(text: str) -> None:
    """Puts the table where the page has it."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGINS)
    _, found, after = rest.partition(ENDS)
    if not found:
        raise SystemExit(f"{PAGE} has no place for it, between {BEGINS} and {ENDS}")
    PAGE.write_text(f"{before}{BEGINS}\n{text}\n{ENDS}{after}", encoding="utf-8")
