"""A phone's first visit over a poor line, and how soon a post is drawn on the wall, both in a real Chromium. Under two minutes.

    python bench/visit.py                       both, a table
    python bench/visit.py --to FILE             all figures as JSON too
    python bench/visit.py --phones 1000 --rate 20 --seconds 20

*First visit*: a phone that was never here opens the address of the QR code, presses “Enter the day” as soon as it can, and can write. The
browser waits 400 ms for each answer and takes 50 kB/s, on a processor four times slower (Chromium's own throttling, over plain HTTP as in a
room). From the scan to the form that can be sent; the hand and the eye take longer. Bytes are those on the wire, headers included.

*Post → wall*: so many phones hold their lines (bench/wire/crowd.py), some of them post; the wall is open in the browser beside them. From
the moment a post is written to its socket until the frame after the one that put its words into the page: clocks are compared before.
The server has core 0 to itself; phones, browser and this program share core 1.
"""

import argparse
import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "wire"))

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright  # noqa: E402
from report import machine, versions  # noqa: E402
from servers import CROWD_CORE, rests, served, spent  # noqa: E402

LATENCY, RATE, SLOWER = 400, 50_000, 4
BROWSER = "browser's core"
KEY = "what-the-server-counts-of-itself"
HOST = "room.test"
"""Of a laptop in a room, which is no secure place to a browser: it packs with gzip."""
CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None)
WATCH = """() => {
  const seen = (window.seen = {});
  window.long = [];
  new PerformanceObserver((list) => window.long.push(...list.getEntries().map((one) => one.duration))).observe({type: "longtask"});
  const late = new MessageChannel();
  let fresh = [];
  late.port1.onmessage = () => {
    const now = performance.now();
    for (const [number, there] of fresh) seen[number] ??= [there, now];
    fresh = [];
  };
  new MutationObserver((changes) => {
    const now = performance.now();
    for (const change of changes)
      for (const node of [...change.addedNodes, ...(change.type === "characterData" ? [change.target] : [])])
        for (const [, number] of node.textContent.matchAll(/zq(\\d{7})z/g)) if (!(+number in seen)) fresh.push([+number, now]);
    // After the frame that shows them.
    if (fresh.length) requestAnimationFrame(() => late.port2.postMessage(0));
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium on the crowd's core."""
    os.sched_setaffinity(0, {CROWD_CORE})
    quiet = ("no-sandbox", "disable-gpu", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync")
    arguments = [f"--{one}" for one in (*quiet, f"host-resolver-rules=MAP {HOST} 127.0.0.1")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


# A phone's first visit


def visited(browser: Browser, port: int, code: str) -> dict[str, Any]:
    """One visit, by a phone that was never here: seconds from the scan, bytes, what was asked."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR", is_mobile=True, has_touch=True)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    asked = _slow(tools)
    began = time.perf_counter()
    page.goto(f"http://{HOST}:{port}/j/{code}", wait_until="commit")
    button = page.locator("button.full")
    button.wait_for(state="visible")
    _painted(page)
    seen = time.perf_counter() - began
    button.tap(no_wait_after=True)
    page.wait_for_url("**/s/*", wait_until="commit")
    page.locator("#region form textarea, #region form input:not([type=hidden])").first.wait_for(state="visible")
    _painted(page)
    can = time.perf_counter() - began
    # With its script: what is typed is kept, and leaves without a new page.
    page.wait_for_load_state("load")
    ready = time.perf_counter() - began
    context.close()
    return {
        "join page seen, s": seen, "first post possible, s": can, "with its script, s": ready,
        "requests": len(asked), "bytes": sum(one["bytes"] for one in asked.values()), "asked": list(asked.values()),
    }  # fmt: skip


def _slow(tools: CDPSession) -> dict[str, dict[str, Any]]:
    """Makes a page's line and processor slow; what it asks, as it comes."""
    asked: dict[str, dict[str, Any]] = {}
    began = time.perf_counter()

    def asks(said: dict[str, Any]) -> None:
        # A form's answer leads elsewhere under the same number.
        if "redirectResponse" in said and (before := asked.pop(said["requestId"], None)):
            asked[f"{said['requestId']}, led on"] = before | {"bytes": said["redirectResponse"]["encodedDataLength"]}
        what = f"{said['request']['method']} {said['request']['url'].partition(HOST)[2]}"
        asked[said["requestId"]] = {"what": what, "asked, s": time.perf_counter() - began, "bytes": 0}

    def ends(said: dict[str, Any]) -> None:
        if one := asked.get(said["requestId"]):
            one |= {"bytes": said["encodedDataLength"], "had, s": time.perf_counter() - began}

    tools.on("Network.requestWillBeSent", asks)
    tools.on("Network.loadingFinished", ends)
    tools.send("Network.enable")
    slow = {"offline": False, "latency": LATENCY, "downloadThroughput": RATE, "uploadThroughput": RATE}
    tools.send("Network.emulateNetworkConditions", slow)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return asked


def _painted(page: Page) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


# From a post to the wall


def drawn(browser: Browser, server: Any, phones: int, rate: float, seconds: float) -> dict[str, Any]:
    """Milliseconds from each post to the wall."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB")
    page = context.new_page()
    page.goto(server.told["urls"]["wall"])
    page.evaluate(WATCH)
    plan = {"name": "ours", "clients": phones, "port": server.port, "pid": server.process.pid, "code": server.code, "keys": server.keys}
    plan |= {"look": "mine", "rate": rate, "seconds": seconds}
    before, began, used = _skew(page), time.perf_counter(), spent(os.getpid())
    crowd = subprocess.Popen([sys.executable, __file__, "--crowd"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if crowd.stdin is None or crowd.stdout is None:
        raise SystemExit("no crowd")
    crowd.stdin.write(json.dumps(plan))
    crowd.stdin.close()
    told: dict[str, Any] = json.loads(crowd.stdout.read())
    crowd.wait()
    core = (spent(os.getpid()) - used) / (time.perf_counter() - began)
    sent = {int(number): at for number, at in told.pop("sent").items()}
    page.wait_for_function("(many) => Object.keys(window.seen).length >= many", arg=len(sent), timeout=20_000)
    skew = (before + _skew(page)) / 2
    long = page.evaluate("() => window.long")
    seen = {int(number): times for number, times in page.evaluate("() => window.seen").items()}
    context.close()
    there, shown = ([1000 * (skew - sent[n]) + times[one] for n, times in sorted(seen.items())] for one in (0, 1))
    return {
        "posts": len(sent), "seen": len(seen), "in the page, ms": spread(there), "drawn, ms": spread(shown),
        "each, ms": [round(one, 1) for one in shown], "page busy over 50 ms, ms": spread(long), BROWSER: round(core, 2),
        "clocks differ, ms": 1000 * abs(before - skew), "crowd": told,
    }  # fmt: skip


def _skew(page: Page) -> float:
    """What to add to the page's clock (in seconds) to have this program's: from the swiftest of some answers."""
    best = (1.0, 0.0)
    for _ in range(30):
        began = time.perf_counter()
        there = page.evaluate("() => performance.now()")
        ended = time.perf_counter()
        best = min(best, (ended - began, (began + ended) / 2 - there / 1000))
    return best[1]


def spread(found: Sequence[float]) -> dict[str, float]:
    """The median, the 99th in a hundred, the most."""
    ordered = sorted(found) or [0.0]
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 1)
        for name, part in (("p50", 0.5), ("p99", 0.99), ("most", 1))
    }


def crowd() -> None:
    """In a process of its own: the phones, and what they post."""
    import crowd as wire

    plan = json.load(sys.stdin)
    os.sched_setaffinity(0, {CROWD_CORE})
    phones = wire.Crowd(plan)
    came = phones.come()
    phones.until(lambda: False, 2)
    load = phones.load(plan["rate"], plan["seconds"])
    json.dump({"came": came, "load": load, "sent": phones.sent}, sys.stdout)


def measured(phones: int, rate: float, seconds: float, visits: int) -> dict[str, Any]:
    """Both, as the JSON file has them."""
    told: dict[str, Any] = {"machine": machine(), "versions": versions()}
    with served("ours", phones, options=["--metrics-key", KEY]) as server:
        rests(server.process.pid)
        with chromium() as browser:
            told["versions"]["chromium"] = browser.version
            told["visits"] = [visited(browser, server.port, server.code) for _ in range(visits)]
            told["wall"] = drawn(browser, server, phones, rate, seconds)
        told["server"] = counted(server.port)
    told["machine"]["load after"] = [round(one, 2) for one in os.getloadavg()]
    return told


def counted(port: int) -> dict[str, float]:
    """What the server counted of itself: where its part of the time went."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    link.request("GET", "/metrics", headers={"Authorization": f"Bearer {KEY}"})
    said = link.getresponse().read().decode()
    link.close()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in said.splitlines() if line.startswith("facilitate_"))}


def table(told: dict[str, Any]) -> str:
    """The figures and their goals, in Markdown."""
    visits, wall = told["visits"], told["wall"]
    middle = {name: sorted(one[name] for one in visits)[len(visits) // 2] for name in visits[0] if isinstance(visits[0][name], int | float)}
    load = wall["crowd"]["load"]
    line = f"{load['clients']:,} phones, {load['rate']:g} posts/s"
    times = {name: f"p50 {wall[name]['p50']} ms, p99 {wall[name]['p99']} ms" for name in ("in the page, ms", "drawn, ms")}
    rows = [
        ("First visit: bytes on the wire, join page and day's page", f"{middle['bytes']:,}", "30,000"),
        ("First visit: join page seen", f"{middle['join page seen, s']:.2f} s", ""),
        ("First visit: first post possible", f"{middle['first post possible, s']:.2f} s", "3 s"),
        ("First visit: its script too", f"{middle['with its script, s']:.2f} s", ""),
        (f"Post → in the wall's page, {line}", times["in the page, ms"], ""),
        (f"Post → drawn on the wall, {line}", times["drawn, ms"], "p99 150 ms"),
        ("Cores meanwhile: server, browser", f"{load['core']:.2f}, {wall[BROWSER]:.2f}", ""),
        (
            "Load of the machine before, after",
            " ".join(f"{one:g}" for one in (told["machine"]["load before"][0], told["machine"]["load after"][0])),
            "",
        ),
    ]
    return "\n".join(["| | measured | goal |", "|---|---|---|", *(f"| {what} | {figure} | {goal} |" for what, figure, goal in rows)])


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--crowd", action="store_true", help=argparse.SUPPRESS)
    asked.add_argument("--phones", type=int, default=1000)
    asked.add_argument("--rate", type=float, default=20)
    asked.add_argument("--seconds", type=float, default=20)
    asked.add_argument("--visits", type=int, default=3)
    asked.add_argument("--to", type=Path, help="where to leave all figures, as JSON")
    given = asked.parse_args()
    if given.crowd:
        crowd()
        return
    told = measured(given.phones, given.rate, given.seconds, given.visits)
    if given.to:
        given.to.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(table(told))


if __name__ == "__main__":
    main()
