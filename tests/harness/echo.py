"""Owns the echo: the program's own gate and wires, with a handler that says back each message. Run as a script: it says its port.

A message that begins with 'flood ' is answered by as many messages of 20 kB as it says, all at once, each with its number.
"""

from typing import Any, cast

from gevent import get_hub
from gevent.event import Event

from facilitate.connections import Gate
from facilitate.direct import TEXT, Watch, Wire, accepted
from facilitate.lines import Outbox
from facilitate.serve import listen

MOST = 65536


class Said:
    """A message, as a wire sends one."""

    def __init__(self, text: str | bytes) -> None:
        self.text = text

    def encode(self) -> str | bytes:
        return self.text


def echo(environ: Any, start_response: Any) -> list[bytes]:
    answer, visit = accepted(environ), environ["facilitate.visit"]
    if answer is None:
        start_response("400 Bad Request", [("Content-Length", "0")])
        return []

    def hear(kind: int, said: bytes) -> None:
        if said.startswith(b"flood "):
            for n in range(int(said[6:])):
                wire.send(Said(f"{n} ".ljust(20_000, "x")))
        else:
            wire.send(Said(said.decode() if kind == TEXT else said))

    sock, early = visit.leave()
    waiting = Outbox()
    wire = Wire(sock, MOST, watch, waiting, hear=hear, over=lambda: None, left=visit.server.left)
    waiting.full = wire.drop
    wire.say(answer)
    wire.go()
    wire.listen(early)
    return []


if __name__ == "__main__":
    watch = Watch()
    listener = listen("127.0.0.1", 0, cast(Any, str))
    Gate(listener, echo, log=None).start()
    print(listener.getsockname()[1], flush=True)
    get_hub()
    Event().wait()
