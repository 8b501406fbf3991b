"""Owns the crowd: phones that hold one WebSocket each and speak Engine.IO 4 and Socket.IO 5 by hand, all in one process.

``python crowd.py`` reads a plan (JSON) on stdin, plays it against a server that listens, and writes what came of it (JSON) on stdout. What
is delivered is counted exactly: every post carries a number, and each phone keeps one bit for each post whose words it received. Most
frames are the same for all phones: each distinct run of bytes is read once, and recognised afterwards, so that one process can be many
phones. A sample of the phones, spread evenly, takes the time of each delivery. A page's rules hold: an update that does not follow the one
held, or that carries no words, has the phone ask for its region over HTTP, as static/live.js does.

The run is void where this process used more than 0.85 of its core: what it measured would be itself.
"""

import errno
import gc
import json
import math
import os
import random
import re
import resource
import select
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from servers import CROWD_CORE, resident, spent, words

BUSY = 0.85
SAMPLE = 50
_NUMBER = re.compile(rb"zq(\d{7})z")
_PLAIN = {"room", "prev", "seq", "build"}
"""What an update says that carries no words."""
_READ = 1 << 16
_TURN = 256
_ADDRESS = 20_000
"""Phones on one address of the loopback: each address has some 28,000 ports."""
_ASKING = 8
_SILENT = 3.0
"""Seconds after the last byte came in which nothing more is waited for."""
_FAR = 0.4
"""Seconds within which phones ask for their region: not all at once."""


def framed(text: str, kind: int = 1) -> bytes:
    """A client's frame. Its mask is four zeros, which leaves the words as they are."""
    said = text.encode()
    if len(said) < 126:
        return bytes((0x80 | kind, 0x80 | len(said))) + b"\0\0\0\0" + said
    return bytes((0x80 | kind, 0x80 | 126)) + len(said).to_bytes(2, "big") + b"\0\0\0\0" + said


_PONG = framed("3")


@dataclass(slots=True)
class News:
    """What a run of bytes brought, the same for all who get it: frames of updates, the posts they hold as bits and as numbers, the seq
    they follow and the one they lead to, whether the region must be asked for, whether they only say what changed in it."""

    frames: int = 0
    bits: int = 0
    numbers: list[int] = field(default_factory=list)
    prev: int | None = None
    seq: int = 0
    asks: bool = False
    cut: bool = False


class Crowd:
    """So many phones before one server."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.ours = plan["name"] == "ours"
        self.many = plan["clients"]
        self.looks: list[str] = plan.get("looks") or [plan.get("look", "cards")] * self.many
        self.step = "situations-1"
        self.poll = select.epoll()
        # By handle: the phone behind it, what came of a frame that is not whole (None: nothing), the posts it has, the seq it holds.
        top = 2 * self.many + 1024
        self.phone = [-1] * top
        self.held: list[bytes | None] = [None] * top
        self.got = [0] * top
        self.seq = [0] * top
        self.socks: list[socket.socket | None] = [None] * top
        self.stage = [""] * top
        self.timed: list[set[int] | None] = [None] * top
        self.of: list[int] = [-1] * self.many
        # By phone: whether its page has the whole region, the seq it held when its line ended.
        self.had = bytearray(self.many)
        self.kept = [-1] * self.many
        self.known: dict[bytes, News] = {}
        self.ready = self.open = 0
        self.lost_lines = 0
        self.frames = self.bytes = self.pings = self.told_nothing = 0
        self.number = self.base = self.last = 0
        self.sent: dict[int, float] = {}
        self.late: list[float] = []
        self.acks: list[float] = []
        self.refused: dict[str, int] = {}
        self.answered = 0
        self.waits: dict[int, int] = {}
        self.asking: deque[tuple[float, int]] = deque()
        self.wants: set[int] = set()
        self.doors: list[Door] = []
        self.regions = 0
        self.ready_at = self.heard = 0.0

    def port(self, phone: int) -> int:
        """Where a phone finds its server."""
        return int(self.plan["port"])

    def code(self, phone: int) -> str:
        """The code of a phone's day."""
        return str(self.plan["code"])

    # Lines

    def connect(self, phone: int) -> None:
        """Opens a line for a phone; the rest follows as the server answers."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.many > _ADDRESS:
            sock.bind((f"127.0.0.{2 + phone // _ADDRESS}", 0))
        failed = sock.connect_ex(("127.0.0.1", self.port(phone)))
        if failed not in (0, errno.EINPROGRESS):
            raise OSError(failed, os.strerror(failed))
        fd = sock.fileno()
        self.socks[fd], self.phone[fd], self.of[phone] = sock, phone, fd
        self.held[fd], self.stage[fd] = b"", "knocks"
        self.poll.register(fd, select.EPOLLOUT)

    def close(self, fd: int) -> None:
        """Lets go of a line."""
        sock = self.socks[fd]
        if sock is not None:
            self.ready -= self.stage[fd] == "ready"
            self.kept[self.phone[fd]] = self.seq[fd]
            self.socks[fd], self.stage[fd], self.held[fd] = None, "", None
            sock.close()

    def ended(self, fd: int) -> None:
        """The other side let go of a line: nothing here makes it do so."""
        self.lost_lines += 1
        self.close(fd)

    def turn(self, wait: float) -> None:
        """Reads what has come, and answers it."""
        read, known, held, got, seq, timed = os.read, self.known, self.held, self.got, self.seq, self.timed
        frames = size = 0
        for fd, _ in self.poll.poll(wait, _TURN):
            try:
                data = read(fd, _READ)
            except BlockingIOError:
                self.knock(fd)
                continue
            except OSError:
                if self.stage[fd] == "knocks":
                    self.knock(fd)
                else:
                    self.gone(fd)
                continue
            size += len(data)
            if len(data) == _READ:
                self.poll.modify(fd, select.EPOLLIN | select.EPOLLET)
            if held[fd] is not None or (news := known.get(data)) is None:
                self.hear(fd, data)
                continue
            frames += news.frames
            if news.prev is not None and (news.prev != seq[fd] or news.asks or (news.cut and not self.had[self.phone[fd]])):
                self.follow(fd, news)
                continue
            got[fd] |= news.bits
            seq[fd] = news.seq or seq[fd]
            if timed[fd] is not None:
                self.timing(fd, news.numbers)
        if size:
            self.heard = time.perf_counter()
        self.frames += frames
        self.bytes += size
        if self.asking or self.doors:
            self.ask()

    def gone(self, fd: int) -> None:
        door = next((one for one in self.doors if one.fd == fd), None)
        if door is not None:
            door.heard(b"")
        elif self.socks[fd] is not None:
            self.ended(fd)

    def knock(self, fd: int) -> None:
        """A line that is open asks to be a WebSocket."""
        if self.stage[fd] != "knocks":
            return
        try:
            os.write(
                fd,
                b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n" % self.port(self.phone[fd]),
            )
        except OSError:
            self.ended(fd)
            return
        self.stage[fd] = "upgrades"
        # Told once of what comes: a read that does not fill its room has taken all there is.
        self.poll.modify(fd, select.EPOLLIN | select.EPOLLET)

    def hear(self, fd: int, data: bytes) -> None:
        """Bytes that were not met before, or that go on with others."""
        if self.phone[fd] < 0:
            next(one for one in self.doors if one.fd == fd).heard(data)
            return
        if not data:
            self.ended(fd)
            return
        whole, data = not self.held[fd], (self.held[fd] or b"") + data
        if self.stage[fd] == "upgrades":
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self.held[fd] = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.refuse(head.split(b"\r\n")[0].decode())
                self.ended(fd)
                return
            self.stage[fd] = "greets"
        at, told, alike = 0, list[bytes](), self.stage[fd] == "ready" and whole
        while len(data) - at >= 2:
            size, start = data[at + 1] & 127, at + 2
            if size > 125:
                more = 2 if size == 126 else 8
                size, start = int.from_bytes(data[start : start + more], "big"), start + more
            if len(data) < start + size or data[at + 1] > 127:
                break
            kind, said = data[at] & 15, data[start : start + size]
            at = start + size
            if kind == 1 and said.startswith(b'42["'):
                told.append(said)
                continue
            alike = False
            if kind == 1:
                self.said(fd, said)
            elif kind == 9:
                os.write(fd, framed(said.decode(), 10))
            elif kind == 8:
                self.refuse(f"closed {int.from_bytes(said[:2], 'big')}")
                self.ended(fd)
                return
        rest = data[at:]
        if told:
            was = self.stage[fd]
            if was != "ready":
                self.stage[fd] = "ready"
                self.ready += 1
                self.ready_at = time.perf_counter()
            news = self.read(told)
            self.frames += news.frames
            phone = self.phone[fd]
            if was != "ready":
                self.seq[fd] = news.seq if self.kept[phone] < 0 or not self.ours else self.kept[phone]
                self.follow(fd, news)
            elif news.prev is not None and (news.prev != self.seq[fd] or news.asks or (news.cut and not self.had[phone])):
                self.follow(fd, news)
            else:
                self.got[fd] |= news.bits
                self.seq[fd] = news.seq or self.seq[fd]
                if self.timed[fd] is not None:
                    self.timing(fd, news.numbers)
            if alike and not rest and was == "ready":
                if len(self.known) > 2000:
                    self.known.clear()
                self.known[data] = news
        self.held[fd] = rest if rest or self.stage[fd] != "ready" else None

    def said(self, fd: int, said: bytes) -> None:
        """One message of a line that is no event."""
        if said == b"2":
            self.pings += 1
            os.write(fd, _PONG)
        elif said.startswith(b"0{"):
            auth: dict[str, Any] = {"by": f"phone {self.phone[fd]}", "seq": self.last}
            if self.ours:
                auth = {"code": self.code(self.phone[fd]), "key": self.plan["keys"][self.phone[fd]], "lang": "en"}
                auth["look"] = "mine" if self.looks[self.phone[fd]] == "mine" else "wall"
            os.write(fd, framed("40" + json.dumps(auth)))
        elif said.startswith(b"43"):
            number, _, answer = said[2:].partition(b"[")
            if b'"seq"' in answer:
                self.answered += self.waits.pop(int(number), -1) >= 0
                self.acks.append(time.perf_counter() - self.sent[int(number)])
            else:
                self.refuse(answer[:80].decode())
        elif not said.startswith(b"40"):
            self.refuse(said[:80].decode(errors="replace"))

    def refuse(self, why: str) -> None:
        self.refused[why] = self.refused.get(why, 0) + 1

    def read(self, told: list[bytes]) -> News:
        """What these events bring."""
        news = News()
        for said in told:
            if not said.startswith(b'42["update"'):
                # A snapshot, or who is here.
                found = json.loads(said[2:])[1]
                news.seq = max(news.seq, found.get("seq", 0))
                continue
            numbers = {int(one) for one in _NUMBER.findall(said)}
            fields = json.loads(said[2:])[1]
            beats = fields.get("prev") == fields["seq"]
            if self.ours:
                news.prev = fields["prev"] if news.prev is None or fields["prev"] != news.seq else news.prev
                news.asks |= not beats and not fields.keys() - _PLAIN
                news.cut |= "cut" in fields
            news.seq = max(news.seq, fields["seq"])
            news.frames += not beats
            for number in numbers:
                if number >= self.base:
                    news.numbers.append(number)
                    news.bits |= 1 << (number - self.base)
        return news

    def timing(self, fd: int, numbers: list[int]) -> None:
        """A phone of the sample received these."""
        now, has = time.perf_counter(), self.timed[fd]
        for number in numbers:
            if has is not None and number in self.sent and number not in has:
                has.add(number)
                self.late.append(now - self.sent[number])

    # What a page asks for when it was not told

    def follow(self, fd: int, news: News) -> None:
        """An update that does not follow, or has no words: the region is asked for, once, in a moment."""
        if news.seq <= self.seq[fd]:
            return
        phone = self.phone[fd]
        if phone not in self.wants:
            self.wants.add(phone)
            self.asking.append((time.perf_counter() + random.random() * _FAR, phone))  # noqa: S311 - as Math.random does

    def ask(self) -> None:
        now = time.perf_counter()
        for _ in range(len(self.asking)):
            if self.asking[0][0] > now:
                self.asking.rotate(-1)
                continue
            free = next((one for one in self.doors if one.phone < 0), None)
            if free is None:
                if len(self.doors) >= _ASKING:
                    return
                free = Door(self)
            phone = self.asking.popleft()[1]
            self.wants.discard(phone)
            free.ask(phone)

    def answered_region(self, phone: int, body: bytes) -> None:
        """What a page got that asked for its region."""
        self.regions += 1
        fd = self.of[phone]
        numbers = [int(one) for one in _NUMBER.findall(body) if int(one) >= self.base]
        for number in numbers:
            self.got[fd] |= 1 << (number - self.base)
        told = json.loads(body)
        self.seq[fd] = max(self.seq[fd], *told["rooms"].values())
        self.had[phone] = told.get("whole", True)
        if self.timed[fd] is not None and self.looks[phone] != "mine":
            self.timing(fd, numbers)

    @property
    def quiet(self) -> bool:
        """Whether nobody waits for a region."""
        return not self.asking and all(one.phone < 0 for one in self.doors)

    # What is played

    def until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Reads until something is so; False where it is not in so many seconds."""
        end = time.perf_counter() + seconds
        while not done():
            if time.perf_counter() > end:
                return False
            self.turn(0.02)
        return True

    def come(self) -> dict[str, Any]:
        """All phones connect at once."""
        busy, begun, cpu = time.process_time(), time.perf_counter(), spent(self.plan["pid"])
        for phone in range(self.many):
            self.connect(phone)
            if phone % 64 == 63:
                self.turn(0)
        all_of_them = self.until(lambda: self.ready == self.many, 60)
        took = (self.ready_at if all_of_them else time.perf_counter()) - begun
        used = spent(self.plan["pid"]) - cpu
        core = (time.process_time() - busy) / (time.perf_counter() - begun)
        return {"seconds": took, "all": all_of_them, "cpu": used, "generator": core, "refused": dict(self.refused)}

    def storm(self) -> dict[str, Any]:
        """The network went and came back: every line ends, and every phone comes again at once."""
        self.last = max(self.seq)
        for fd, sock in enumerate(self.socks):
            if sock is not None:
                self.close(fd)
        return self.come()

    def post(self, rate: float, seconds: float, many: int = 0, first: int = 0) -> None:
        """So many posts a second, each by the next phone from ``first`` on, far from the one before; returns once the last was sent."""
        many, begun, number = (many or self.many) - first, time.perf_counter(), self.number
        stride = next(one for one in range(max(1, many * 618 // 1000), many + 2) if math.gcd(one, many) == 1)
        for one in range(round(rate * seconds)):
            while (wait := begun + one / rate - time.perf_counter()) > 0:
                self.turn(wait)
            self.send(number + one, first + (number + one) * stride % many)
            self.turn(0)

    def send(self, number: int, phone: int) -> None:
        fd = self.of[phone]
        post: dict[str, Any] = {"id": str(UUID(int=(2 << 64) + number, version=4)), "content": words(number)}
        if self.ours:
            post |= {"do": "post", "activity": self.step}
        event = json.dumps(["act" if self.ours else "post", post], separators=(",", ":"))
        self.sent[number] = time.perf_counter()
        self.number, self.waits[number] = max(self.number, number + 1), phone
        os.write(fd, framed(f"42{number}{event}"))

    def load(self, rate: float, seconds: float, drain: float = 10, *, profiled: bool = False) -> dict[str, Any]:
        """A window of posts, and what it cost until the last of them had been told to all."""
        self.base = self.number
        self.known.clear()
        self.late, self.acks, self.answered = [], [], 0
        self.frames = self.bytes = self.pings = self.regions = self.lost_lines = 0
        self.refused.clear()
        fds = sorted(fd for fd in self.of if fd >= 0)
        for fd in fds:
            self.got[fd], self.timed[fd] = 0, None
        for fd in fds[:: max(1, len(fds) // SAMPLE)]:
            self.timed[fd] = set()
        pid, begun, busy = self.plan["pid"], time.perf_counter(), time.process_time()
        if profiled:
            os.kill(pid, signal.SIGUSR1)
        cpu = spent(pid)
        self.post(rate, seconds)
        posts = self.number - self.base
        full = (1 << posts) - 1
        cards = self.looks[0] != "mine"

        def all_told() -> bool:
            return self.answered == posts and self.quiet and (not cards or all(self.got[fd] == full for fd in fds))

        self.until(lambda: all_told() or time.perf_counter() - self.heard > _SILENT, drain)
        kept_up = all_told()
        if not cards:
            self.until(lambda: False, 2 * _FAR)
        wall, used, own = time.perf_counter() - begun, spent(pid) - cpu, time.process_time() - busy
        if profiled:
            os.kill(pid, signal.SIGUSR1)
        delivered = sum(self.got[fd].bit_count() for fd in fds)
        told: dict[str, Any] = {
            "clients": self.many, "rate": rate, "seconds": seconds, "look": self.looks[0], "posts": posts, "accepted": self.answered,
            "refused": dict(self.refused), "frames": self.frames, "bytes": self.bytes, "regions": self.regions, "pings": self.pings,
            "lines ended": self.lost_lines, "delivered": delivered, "expected": posts * len(fds), "kept up": kept_up,
            "wall": wall, "cpu": used, "core": used / wall, "generator": own / wall, "void": own / wall > BUSY,
            "us per post": 1e6 * used / posts, "us per frame": 1e6 * used / max(1, self.frames), "ack ms": spread(self.acks),
        }  # fmt: skip
        if self.looks[0] != "mine":
            told |= {
                "lost": posts * len(fds) - delivered,
                "us per delivery": 1e6 * used / max(1, delivered),
                "delivery ms": spread(self.late),
            }
        return told


class Door:
    """One HTTP line by which pages ask for their regions, one after the other."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.phone = -1
        self.body = b""
        self.open()
        crowd.doors.append(self)

    def open(self) -> None:
        self.sock = socket.create_connection(("127.0.0.1", self.crowd.plan["port"]))
        self.sock.setblocking(False)
        self.fd = self.sock.fileno()
        self.crowd.phone[self.fd], self.crowd.held[self.fd] = -1, b""
        self.crowd.poll.register(self.fd, select.EPOLLIN)

    def ask(self, phone: int) -> None:
        plan = self.crowd.plan
        self.phone, self.body = phone, b""
        place = {"mine": "now"}.get(self.crowd.looks[phone], self.crowd.looks[phone])
        head = f"GET /s/{self.crowd.code(phone)}/region/{place} HTTP/1.1\r\nHost: 127.0.0.1:{plan['port']}\r\nAccept: application/json\r\n"
        self.sock.send(f"{head}Accept-Language: en\r\nAuthorization: Bearer {plan['keys'][phone]}\r\n\r\n".encode())

    def heard(self, data: bytes) -> None:
        """Some of an answer, or b'' where the line ended."""
        if not data:
            self.sock.close()
            self.open()
            if self.phone >= 0:
                self.ask(self.phone)
            return
        self.body += data
        head, end, body = self.body.partition(b"\r\n\r\n")
        size = re.search(rb"(?i)content-length: (\d+)", head)
        if not end or not size or len(body) < int(size[1]):
            return
        phone, self.phone = self.phone, -1
        if head.startswith(b"HTTP/1.1 200"):
            self.crowd.answered_region(phone, body)
        else:
            self.crowd.refuse(head.split(b"\r\n")[0].decode())


def at_rest(pid: int) -> None:
    """Returns once the server has nothing left to do of its start."""
    for _ in range(40):
        before = spent(pid)
        time.sleep(0.25)
        if spent(pid) - before < 0.005:
            return


def spread(seconds: list[float]) -> dict[str, float]:
    """Milliseconds: the median, the 99th in a hundred, the most."""
    if not seconds:
        return {"p50": 0.0, "p99": 0.0, "most": 0.0}
    ordered = sorted(seconds)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.99, 1.0)]
    return {name: round(1000 * one, 2) for name, one in zip(("p50", "p99", "most"), at, strict=True)}


def main() -> None:
    plan = json.load(sys.stdin)
    if CROWD_CORE in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {CROWD_CORE})
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    if plan.get("soak"):
        from soak import Day

        json.dump(Day(plan).lived(), sys.stdout)
        return
    crowd, told = Crowd(plan), dict[str, Any]()
    at_rest(plan["pid"])
    told["empty"] = resident(plan["pid"])
    told["came"] = crowd.come()
    if told["came"]["all"]:
        crowd.until(lambda: False, plan.get("rest", 0.5))
        told["full"] = resident(plan["pid"])
        if plan.get("storm"):
            told["storm"] = crowd.storm()
        if plan.get("rate"):
            # The first post has every page ask for the whole of what it shows; from the second on it is told what changed.
            crowd.load(1, 1, 60)
            crowd.load(plan["rate"], plan["warm"], 60)
            crowd.until(lambda: False, 0.2)
            told["load"] = crowd.load(plan["rate"], plan["seconds"], profiled=plan.get("profiled", False))
            told |= {"after": resident(plan["pid"]), "acknowledged": crowd.number - len(crowd.waits)}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
