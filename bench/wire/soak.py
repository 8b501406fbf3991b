"""Owns the soak: eight hours of a day in ten minutes, before a real server, with all that a day brings.

Each hour a step opens, people join over HTTP, posts come in three bursts, one phone in ten loses its line and comes back, the step closes.
At noon everyone's network goes and comes back. Two walls, one phone in five that looks at the cards, the others on their own page. What the
server holds in memory is read every five seconds.
"""

import http.client
import json
import time
from typing import Any
from uuid import UUID

from crowd import Crowd
from servers import STEPS, resident, spent

EVERY = 5.0
WALLS = 2
_CARDS = 5
_BURSTS = 3
_COMES_BACK = 10
_WARM = 0.2
"""The part of the day that memory takes to settle, as every phone comes and every kind of page is drawn once."""


class Day(Crowd):
    """A crowd that lives a whole day."""

    def __init__(self, plan: dict[str, Any]) -> None:
        people = len(plan["keys"])
        self.late_comers = plan["clients"] - WALLS - people
        looks = ["wall"] * WALLS + ["mine" if one % _CARDS else "cards" for one in range(people + self.late_comers)]
        keys = [plan["wall"]] * WALLS + plan["keys"]
        super().__init__(plan | {"looks": looks, "keys": keys})
        self.present = WALLS + people
        self.resident: list[tuple[float, int]] = []
        self.begun = self.due = time.perf_counter()
        self.pong = self.came_back = self.asked = 0

    def turn(self, wait: float) -> None:
        """As ever, and looks at the memory from time to time."""
        super().turn(wait)
        if (now := time.perf_counter()) >= self.due:
            self.due += EVERY
            self.resident.append((now - self.begun, resident(self.plan["pid"])))

    def tell(self, path: str, said: dict[str, Any] | None, key: str = "") -> dict[str, Any]:
        """One request over HTTP, as a form or the console makes it; a question where nothing is ``said``."""
        line = http.client.HTTPConnection("127.0.0.1", self.plan["port"], timeout=30)
        more = {"Authorization": f"Bearer {key}"} if key else {}
        line.request(
            "POST" if said else "GET", path, json.dumps(said), {"Content-Type": "application/json", "Accept": "application/json", **more}
        )
        answer = line.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        line.close()
        if answer.status >= 400:
            self.refuse(f"{path}: {told}")
        return told

    def drives(self, do: str, step: str) -> None:
        """The console opens or closes a step."""
        self.asked += 1
        act = {"id": str(UUID(int=(3 << 64) + self.asked, version=4)), "do": do, "activity": step, "content": {}}
        self.tell(f"/s/{self.plan['code']}/act?as=console", act, self.plan["console"])

    def joins(self) -> None:
        """Someone comes in."""
        who = {"id": str(UUID(int=(4 << 64) + self.present, version=4)), "name": f"Late {self.present}"}
        self.plan["keys"].append(self.tell(f"/j/{self.plan['code']}", who)["key"])
        self.connect(self.present)
        self.present += 1

    def back(self, phones: range) -> None:
        """These lose their line and come again."""
        for phone in phones:
            self.close(self.of[phone])
            self.connect(phone)
            self.came_back += 1
        self.until(lambda: self.ready == self.present, 30)
        # What was not acknowledged leaves again, as from any phone's storage.
        for number, phone in tuple(self.waits.items()):
            if phone in phones:
                self.send(number, phone)

    def lived(self) -> dict[str, Any]:
        """The whole day, and what is left of it."""
        hour, rate = self.plan["seconds"] / len(STEPS), self.plan["rate"]
        cpu = spent(self.plan["pid"])
        for phone in range(self.present):
            self.connect(phone)
        self.until(lambda: self.ready == self.present, 60)
        for n, step in enumerate(STEPS):
            end = time.perf_counter() + hour
            self.step = step
            if n:
                self.drives("open", step)
            for _ in range((n + 1) * self.late_comers // len(STEPS) - n * self.late_comers // len(STEPS)):
                self.joins()
                self.turn(0.02)
            for burst in range(_BURSTS):
                self.post(rate, hour / 12, self.present, WALLS)
                if burst == 1 and n == len(STEPS) // 2:
                    self.back(range(self.present))
                elif burst == 1:
                    self.back(range(n, self.present, _COMES_BACK))
                self.until(lambda: False, hour / 12)
            self.until(lambda: self.answered == self.number, 30)
            self.drives("close", step)
            self.until(lambda: False, max(0.0, end - time.perf_counter()))
        self.until(lambda: self.quiet, 10)
        self.until(lambda: False, 1)
        return {
            "phones": self.present, "seconds": time.perf_counter() - self.begun, "posts": self.number, "accepted": self.answered,
            "refused": self.refused, "lines ended": self.lost_lines, "connected": self.ready,
            "behind": self.behind(), "came back": self.came_back,
            "pings": self.pings, "frames": self.frames, "regions": self.regions, "cpu": spent(self.plan["pid"]) - cpu,
            "memory": [(round(at, 1), held) for at, held in self.resident], "MB an hour": self.slope(hour),
        }  # fmt: skip

    def behind(self) -> int:
        """How many of the screens that show cards are not where the server is."""
        many = 0
        for phone, look in enumerate(self.looks[: self.present]):
            if look != "mine":
                told = self.tell(f"/s/{self.plan['code']}/region/{look}", None, self.plan["keys"][phone])
                many += self.seq[self.of[phone]] != max(told["rooms"].values())
        return many

    def slope(self, hour: float) -> float:
        """By how many megabytes an hour of that day memory grows once it has settled: the least squares' line."""
        settled = [(at / hour, held / 1e6) for at, held in self.resident if at > _WARM * self.plan["seconds"]]
        if len(settled) < 2:
            return 0.0
        mean_at, mean_held = (sum(one[place] for one in settled) / len(settled) for place in (0, 1))
        return sum((at - mean_at) * (held - mean_held) for at, held in settled) / sum((at - mean_at) ** 2 for at, _ in settled)
