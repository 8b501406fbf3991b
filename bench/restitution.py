"""What writing a report costs: `python bench/restitution.py [CONTRIBUTIONS…]`, 150, 1,500 and 10,000 unless told.

For each size a drawn day (150 people, six steps of cards) is put into a journal of its own; a fresh process then folds it, builds the
report and writes each format and the pack. It prints seconds, and the most memory that this process, or one that it started, ever held.
Then a server is started on the day of 1,500 and a phone writes a card every 30 ms, while nothing else happens and while a laptop takes
every format and the pack: the median time to be answered, both. Nothing is asserted.
"""

import http.client
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

PEOPLE, STEPS = 150, 6
WORDS = (
    *("Une", "légumerie", "partagée", "entre", "la", "ville", "et", "trois", "intercommunalités,", "un", "seul", "légume", "pour"),
    *("commencer", ":", "la", "carotte.", "Il", "a", "fallu", "deux", "ans", "d’accord", "sur", "les", "calendriers", ";", "qui"),
    *("paie", "le", "lien", "?", "Le", "jour", "où", "l’animatrice", "part,", "tout", "s’arrête."),
)

SHEET = "---\ntitre: Une rencontre régionale\ndate: 2023-07-05\nhoraires: 9 h – 17 h\nlangue: fr\n---\n## Programme\n" + "".join(
    f"\n### {9 + step} h – Ce que nous faisons, {step + 1}\n- type: cartes\n" for step in range(STEPS)
)


def drawn(folder: Path, count: int) -> str:
    """A day of so many cards in a journal of this folder; its code."""
    from facilitate.app import find_kinds
    from facilitate.core.entry import Entry
    from facilitate.core.state import SessionState, fold
    from facilitate.journal import Journal

    draw, at = random.Random(1), "2023-07-05T08:00:00.000Z"  # noqa: S311 - draws words, guards nothing
    (folder / "day.md").write_text(SHEET, encoding="utf-8")
    entries = [Entry(1, "sheet", at, "system", "sheet", content={"text": SHEET})]
    steps = [step.activity.id for step in fold(SessionState(), entries, find_kinds()).ordered]

    def add(by: str, do: str, activity: str = "", **content: object) -> None:
        entries.append(Entry(len(entries) + 1, str(UUID(int=draw.getrandbits(128), version=4)), at, by, do, activity, content=content))

    for n in range(PEOPLE):
        said = {"name": f"Personne {n}", "territory": f"Territoire {n % 20}", "structure": f"Structure {n % 60}", "named": n % 3 == 0}
        entries.append(Entry(len(entries) + 1, f"join-{n}", at, f"person-{n}", "join", content=said))
    for step in steps:
        add("console", "open", step)
    for n in range(count):
        add(f"person-{n % PEOPLE}", "post", steps[n % STEPS], text=" ".join(draw.choices(WORDS, k=draw.randint(6, 40))))
    journal = Journal.in_folder(folder)
    row = journal.create(path=str((folder / "day.md").resolve()), title="Une rencontre régionale", created=at)
    journal.append(row.id, 0, entries)
    journal.close()
    return row.code


def measured(folder: Path, code: str) -> Iterator[tuple[str, float]]:
    """(what, seconds), one thing after the other, in this process."""
    from facilitate.app import find_kinds
    from facilitate.core.state import SessionState, fold
    from facilitate.journal import Journal
    from facilitate.language import languages
    from facilitate.restitution import FORMATS, HOUSE, write
    from facilitate.restitution.build import Building
    from facilitate.restitution.data import told
    from facilitate.restitution.pack import ordered, pack_apart

    journal, kinds = Journal.in_folder(folder), find_kinds()
    french, row = languages(kinds)["fr"], journal.session(code)
    assert row is not None  # noqa: S101 - it was just made
    state = fold(SessionState(), journal.since(row.id), kinds)
    began = time.perf_counter()
    building = Building(state, kinds, french)
    document = building.document()
    yield "the tree", time.perf_counter() - began
    began = time.perf_counter()
    data = told(building)
    yield "the data", time.perf_counter() - began
    for format in FORMATS:
        began = time.perf_counter()
        written = write(document, format, french.say, data=data)
        yield f"{format} ({len(written) / 1e6:.1f} MB)", time.perf_counter() - began
    began = time.perf_counter()
    pack_apart(ordered("report", building, HOUSE, journal.pictures(row.id), {}), folder / "pack.zip")
    yield "the pack", time.perf_counter() - began
    journal.close()


def one(folder: Path, code: str) -> None:
    """What a fresh process prints: a line a thing, then its memory."""
    for what, seconds in measured(folder, code):
        print(json.dumps([what, seconds]), flush=True)
    most = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps(most))


def table(counts: list[int]) -> None:
    """Every size, in seconds and MB."""
    print("| contributions | what | seconds |\n|---|---|---|")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            code = drawn(Path(folder), count)
            done = subprocess.run([sys.executable, __file__, "--one", folder, code], capture_output=True, text=True, check=True)
            *lines, most = map(json.loads, done.stdout.splitlines())
            for what, seconds in lines:
                print(f"| {count} | {what} | {seconds:.2f} |")
            print(f"| {count} | most memory: this process, one it started | {most[0]:.0f} MB, {most[1]:.0f} MB |", flush=True)


def acknowledged() -> None:
    """A phone's answers while nothing happens, and while every format and the pack are made."""
    with tempfile.TemporaryDirectory() as folder:
        code = drawn(Path(folder), 1500)
        command = [sys.executable, "-m", "facilitate", "run", f"{folder}/day.md", "--host", "127.0.0.1", "--port", "0"]
        command += ["--print-urls", "json", "--data-dir", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            try:
                assert server.stdout is not None  # noqa: S101 - it was asked for
                told = json.loads(server.stdout.readline())
                port = int(told["urls"]["console"].split(":")[2].split("/")[0])
                room = Room(port, code, told["keys"]["console"])
                room.idle()
                room.compiling()
            finally:
                server.terminate()


class Room:
    """One phone and one laptop before a server."""

    def __init__(self, port: int, code: str, key: str) -> None:
        self.port, self.code, self.key = port, code, key
        self.phone = json.loads(self.ask("POST", f"/j/{code}", {"name": "Ada"}))["key"]
        self.step = "ce-que-nous-faisons-1"

    def ask(self, method: str, path: str, body: object = None, key: str = "") -> bytes:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Accept": "application/json", "Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        link.request(method, path, json.dumps(body).encode() if body is not None else None, headers)
        answer = link.getresponse().read()
        link.close()
        return answer

    def post(self) -> float:
        """Milliseconds until one card is acknowledged."""
        act = {"id": str(uuid4()), "do": "post", "activity": self.step, "content": {"text": "Une carte de plus."}}
        began = time.perf_counter()
        self.ask("POST", f"/s/{self.code}/act", act, self.phone)
        return 1000 * (time.perf_counter() - began)

    def answered(self, until: threading.Event) -> list[float]:
        times = []
        while not until.is_set():
            times.append(self.post())
            time.sleep(0.03)
        return times

    def idle(self) -> None:
        done = threading.Event()
        threading.Timer(6, done.set).start()
        self.quiet = statistics.median(self.answered(done))

    def compiling(self) -> None:
        done = threading.Event()
        thread = threading.Thread(target=self.compile, args=[done])
        thread.start()
        times = self.answered(done)
        thread.join()
        busy, slow = statistics.median(times), sorted(times)[int(0.95 * len(times))]
        print(
            f"a phone is answered in {self.quiet:.1f} ms (median) where nothing else happens, and while every format and the pack are made"
        )
        print(f"in {busy:.1f} ms ({busy / self.quiet:.1f} times; 95 in 100 within {slow:.0f} ms; {len(times)} answers)")

    def compile(self, done: threading.Event) -> None:
        for format in ("html", "pdf", "docx", "odt", "md", "xlsx", "csv", "json"):
            self.ask("GET", f"/s/{self.code}/restitution.{format}", key=self.key)
        self.ask("POST", f"/s/{self.code}/pack", {}, self.key)
        while json.loads(self.ask("GET", f"/s/{self.code}/pack", key=self.key))["state"] == "running":
            time.sleep(0.2)
        done.set()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(Path(sys.argv[2]), sys.argv[3])
    else:
        table([int(one) for one in sys.argv[1:]] or [150, 1500, 10_000])
        acknowledged()
