"""How long `facilitate run` takes from its start until it listens, and what a phone's first visit weighs.

Run it with the project's own Python: `python bench/start.py [RUNS]`. It prints a table; nothing is asserted.
"""

import http.client
import json
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
SHEET = ROOT / "sessions_library" / "2021-09-24-reciprocites-ville-campagne.md"


def started(data: Path) -> tuple[float, dict[str, object]]:
    """(seconds until it listens, sizes of a first visit) for one start on ``data``."""
    command = [sys.executable, "-m", "facilitate", "run", str(SHEET), "--host", "127.0.0.1", "--port", "0", "--data-dir", str(data)]
    began = time.perf_counter()
    server = subprocess.Popen([*command, "--print-urls", "json"], stdout=subprocess.PIPE, cwd=ROOT)
    try:
        line = json.loads((server.stdout or sys.exit("no stdout")).readline())
        seconds = time.perf_counter() - began
        return seconds, visit(line["urls"]["join"])
    finally:
        server.terminate()
        server.wait()


def visit(url: str) -> dict[str, object]:
    """Bytes over the wire, headers included, of the join page and all it asks for, compressed as a browser takes it over plain HTTP."""
    there, weights = urlsplit(url), {}

    def get(path: str) -> str:
        link = http.client.HTTPConnection(there.hostname or "", there.port)
        link.request("GET", path, headers={"Accept": "text/html", "Accept-Encoding": "identity"})
        text = link.getresponse().read().decode()
        link.close()
        link = http.client.HTTPConnection(there.hostname or "", there.port)
        link.request("GET", path, headers={"Accept": "text/html", "Accept-Encoding": "gzip, deflate"})
        answer = link.getresponse()
        weights[path] = len(answer.read()) + sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
        link.close()
        return text

    for file in sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', get(there.path)))):
        get(file)
    return {"requests": len(weights), "bytes": sum(weights.values())}


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as folder:
        first, sizes = started(Path(folder))
        later = [started(Path(folder))[0] for _ in range(runs)]
    print(f"Python {platform.python_version()}, {platform.machine()}, {runs} runs after a first one")
    print(f"  a new data folder                {first:.2f} s")
    print(f"  going on with a day              {min(later):.2f} / {statistics.median(later):.2f} / {max(later):.2f} s (min, median, max)")
    print(f"  join page and what it asks for   {sizes['requests']} requests, {sizes['bytes']} bytes")


if __name__ == "__main__":
    main()
