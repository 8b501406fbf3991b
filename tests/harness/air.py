"""Owns an air between phones and a server where packets are lost, late and doubled: a network namespace and a TUN device.

The kernel's own netem does the same where it is built in; this needs no module, and no rights beyond a user namespace of one's own.
The device swaps the two addresses of each packet, so that one namespace is both ends: who connects to ``Air.HOST`` reaches, through the
air, what listens beside them. Swapping them changes no checksum.
"""

import fcntl
import heapq
import itertools
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

_NEAR, _FAR = "10.77.0.1", "10.77.0.2"
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


class Air:
    """An air of its own until ``close``, clear until told otherwise. ``listener``, for a Proxy, listens in it; ``within(command)`` runs a
    phone there. Raises OSError where this machine gives no namespace or no TUN device.
    """

    HOST = _FAR

    def __init__(self, seed: int = 1) -> None:
        self._told, theirs = socket.socketpair()
        apart = ["unshare", "--user", "--map-root-user", "--net", sys.executable, __file__, str(theirs.fileno()), str(seed)]
        with theirs:
            self._process = subprocess.Popen(apart, pass_fds=[theirs.fileno()], stderr=subprocess.DEVNULL)
        _, handles, _, _ = socket.recv_fds(self._told, 1, 1)
        if not handles:
            self._process.wait()
            self._told.close()
            raise OSError("this machine gives no network namespace, or no TUN device in it")
        self.listener = socket.socket(fileno=handles[0])

    def blow(self, loss: float = 0.0, late: float = 0.0, doubled: float = 0.0) -> None:
        """From now on: ``loss`` is the part of the packets that never arrives, ``late`` seconds each way, ``doubled`` those sent twice."""
        self._told.send(struct.pack("ddd", loss, late, doubled))

    def within(self, *command: str) -> list[str]:
        """The command that runs this one in the air."""
        return ["nsenter", "--target", str(self._process.pid), "--user", "--net", "--preserve-credentials", *command]

    def browser(self, program: str, folder: Path) -> Path:
        """A program that starts this browser in the air."""
        script = folder / "browser-in-the-air"
        script.write_text(f'#!/bin/sh\nexec {" ".join(self.within(program))} "$@"\n')
        script.chmod(0o755)
        return script

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._told.close()
        self.listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _carry(told: socket.socket, seed: int) -> None:
    """In the namespace: sets the device up, hands over a socket that listens there, then carries packets until it is killed."""
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH", b"air", _IFF_TUN | _IFF_NO_PI))
    for step in (f"addr add {_NEAR} peer {_FAR} dev air", "link set air up", "link set lo up"):
        subprocess.run(["ip", *step.split()], check=True)
    with socket.create_server((_NEAR, 0)) as listener:
        socket.send_fds(told, [b"-"], [listener.fileno()])
    chance, order = random.Random(seed), itertools.count()
    flying: list[tuple[float, int, bytes]] = []
    loss = late = doubled = 0.0
    while True:
        wait = max(0.0, flying[0][0] - time.monotonic()) if flying else None
        ready = select.select([tun, told], [], [], wait)[0]
        if told in ready:
            loss, late, doubled = struct.unpack("ddd", told.recv(24))
        if tun in ready:
            packet = os.read(tun, 65536)
            if packet[0] >> 4 == 4 and chance.random() >= loss:
                swapped = packet[:12] + packet[16:20] + packet[12:16] + packet[20:]
                for _ in range(2 if chance.random() < doubled else 1):
                    heapq.heappush(flying, (time.monotonic() + late, next(order), swapped))
        while flying and flying[0][0] <= time.monotonic():
            os.write(tun, heapq.heappop(flying)[2])


if __name__ == "__main__":
    _carry(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))
