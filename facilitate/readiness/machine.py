"""Owns what this computer can tell of itself, on Linux, macOS and Windows: read without rights and within a time limit.

``None`` says that it cannot be known from here; whoever shows it asks. Every call blocks: none belongs on the hub. The functions
named ``read_…`` take what a program of the system printed.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address
from pathlib import Path
from typing import Literal, TypeVar

T = TypeVar("T")

_PATIENCE = 3.0
_VPN = re.compile(
    r"\b(?:utun|tun|tap|wg|ppp|ipsec|zt|cscotun|gpd)(?:\d|\b)|vpn|wintun|wireguard|tailscale|zerotier|nordlynx|proton|mullvad"
    r"|anyconnect|fortinet|globalprotect|pangp",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"^(?:docker|br-|veth|virbr|vmnet|vboxnet|vnic|lxc|lxd|cni|podman)|hyper-v|virtualbox|vmware|\bwsl\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Interface:
    """One IPv4 address of this computer. ``kind``: 'vpn', 'inside' (machines run by this one), or '' for a network a room may share."""

    name: str
    address: str
    kind: Literal["vpn", "inside", ""] = ""

    @property
    def shared(self) -> bool:
        """Whether phones may come by it."""
        address = IPv4Address(self.address)
        return not self.kind and not address.is_loopback and not address.is_link_local


@dataclass(frozen=True, slots=True)
class Power:
    """``charge`` in per cent; None where there is no battery, or where it is not told."""

    plugged: bool
    charge: int | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """What was found. ``system`` as sys.platform; ``answering``: its own addresses where this server answers; ``firewall``: is one on;
    ``lid``: whether closing it puts the computer to sleep; ``free`` bytes where the days are kept; ``unwritten``: why nothing can be
    written there, '' where it can."""

    system: str
    interfaces: tuple[Interface, ...] | None = None
    answering: frozenset[str] = frozenset()
    firewall: bool | None = None
    power: Power | None = None
    lid: bool | None = None
    free: int | None = None
    unwritten: str = ""

    @property
    def shared(self) -> list[Interface]:
        """The addresses by which phones may come."""
        return [one for one in self.interfaces or () if one.shared]

    def owns(self, address: str) -> bool:
        """Whether a caller from there is this computer itself."""
        return address.startswith("127.") or any(one.address == address for one in self.interfaces or ())


def survey(shown: str, port: int, folder: Path | None, write: Callable[[], object], *, secure: bool = False) -> Machine:
    """Looks at everything. ``shown`` is the address people are given, by HTTPS where ``secure``; ``write`` raises where the journal cannot
    be written."""
    found = interfaces()
    addresses = [shown, *(one.address for one in found or () if one.shared and one.address != shown)]
    with ThreadPoolExecutor() as pool:
        answering = pool.map(lambda address: answers(address, port, secure=secure), addresses)
        wall, source = pool.submit(firewall), pool.submit(power)
        closed, kept = pool.submit(lid), pool.submit(_unwritten, write)
    return Machine(
        system=sys.platform,
        interfaces=None if found is None else tuple(found),
        answering=frozenset(address for address, does in zip(addresses, answering, strict=True) if does),
        firewall=wall.result(),
        power=source.result(),
        lid=closed.result(),
        free=_free(folder),
        unwritten=kept.result(),
    )


def _free(folder: Path | None) -> int | None:
    try:
        return shutil.disk_usage(folder).free if folder else None
    except OSError:
        return None


def _unwritten(write: Callable[[], object]) -> str:
    try:
        write()
    except Exception as error:  # whatever stands in the way is what is asked for
        return str(error) or type(error).__name__
    return ""


def answers(address: str, port: int, *, secure: bool = False) -> bool:
    """Whether this server answers at one of its addresses, asked from this very computer; by HTTPS, with a certificate that holds."""
    link = (HTTPSConnection if secure else HTTPConnection)(address, port, timeout=_PATIENCE)
    try:
        link.request("GET", "/healthz")
        return link.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        link.close()


def interfaces() -> list[Interface] | None:
    """Every IPv4 address of this computer."""
    if sys.platform == "win32":
        return _read(read_ipconfig, "ipconfig", "/all")
    if sys.platform == "darwin":
        return _read(read_ifconfig, "/sbin/ifconfig")
    return _read(read_ip, "ip", "-j", "-4", "address", "show", "up")


def read_ip(text: str) -> list[Interface]:
    """``ip -j -4 address show up`` (iproute2)."""
    return [
        Interface(one["ifname"], each["local"], _kind(one["ifname"], "POINTOPOINT" in one.get("flags", ())))
        for one in json.loads(text)
        for each in one.get("addr_info", ())
        if each.get("family") == "inet"
    ]


def read_ifconfig(text: str) -> list[Interface]:
    """``ifconfig`` of macOS."""
    found, name, flags = list[Interface](), "", ""
    for line in text.splitlines():
        if head := re.match(r"(\S+): flags=\w+<(.*?)>", line):
            name, flags = head.groups()
        elif address := re.match(r"\s+inet (\d[\d.]+)", line):
            found.append(Interface(name, address[1], _kind(name, "POINTOPOINT" in flags)))
    return found


def read_ipconfig(text: str) -> list[Interface]:
    """``ipconfig /all`` of Windows: 'Description' and 'IPv4' are said alike in every language we know."""
    found, name, description = list[Interface](), "", ""
    for line in text.splitlines():
        if line[:1].strip():
            name, description = line.strip().removesuffix(":").strip(), ""
        elif said := re.match(r"\s+Description[ .]*: (.*)", line):
            description = said[1]
        elif address := re.match(r"\s+.*IPv4.*: (\d+\.\d+\.\d+\.\d+)", line):
            found.append(Interface(name, address[1], _kind(f"{name} {description}", False)))
    return found


def _kind(name: str, point_to_point: bool) -> Literal["vpn", "inside", ""]:
    return "vpn" if point_to_point or _VPN.search(name) else "inside" if _INSIDE.search(name) else ""


def firewall() -> bool | None:
    """Whether a firewall is on. Its rules need rights to be read: only a phone that comes proves that they let it in."""
    if sys.platform == "win32":
        return _read(read_netsh, "netsh", "advfirewall", "show", "currentprofile", "state")
    if sys.platform == "darwin":
        return _read(read_socketfilterfw, "/usr/libexec/ApplicationFirewall/socketfilterfw", "--getglobalstate")
    told = [_read(read_firewalld, "firewall-cmd", "--state"), _ufw(Path("/etc/ufw/ufw.conf"))]
    known = [one for one in told if one is not None]
    return any(known) if known else None


def read_firewalld(text: str) -> bool | None:
    """``firewall-cmd --state``."""
    return {"running": True, "not running": False}.get(text.strip())


def _ufw(file: Path) -> bool | None:
    """``ufw status`` asks for rights; its file does not."""
    try:
        said = re.search(r"^ENABLED=[\"']?(\w+)", file.read_text("utf-8"), re.MULTILINE)
    except (OSError, ValueError):
        return None
    return said[1].lower() == "yes" if said else None


def read_socketfilterfw(text: str) -> bool | None:
    """``socketfilterfw --getglobalstate``: 'Firewall is enabled. (State = 1)'; 2 blocks everything."""
    said = re.search(r"State = (\d)", text)
    return said[1] != "0" if said else None


def read_netsh(text: str) -> bool | None:
    """``netsh advfirewall show currentprofile state``: the word after the rule, in the language of Windows."""
    rule = re.search(r"^-{5,}\s*\n.*?(\S+)\s*$", text, re.MULTILINE)
    word = rule[1].lower() if rule else ""
    if word in ("on", "actif", "activé", "ein", "activo", "attivo"):
        return True
    return False if word in ("off", "inactif", "désactivé", "aus", "inactivo", "disattivato") else None


def power() -> Power | None:
    """What this computer lives on."""
    if sys.platform == "win32":
        return _windows_power()
    if sys.platform == "darwin":
        return _read(read_pmset, "/usr/bin/pmset", "-g", "batt")
    return linux_power(Path("/sys/class/power_supply"))


def linux_power(folder: Path) -> Power | None:
    """/sys/class/power_supply (Linux, Documentation/ABI/testing/sysfs-class-power); a mouse's battery is its own affair."""
    if not folder.is_dir():
        return None
    supplies = [one for one in folder.iterdir() if _line(one / "scope") != "Device"]
    batteries = [one for one in supplies if _line(one / "type") == "Battery"]
    if not batteries:
        return Power(plugged=True)
    online = any(_line(one / "online") == "1" for one in supplies if one not in batteries)
    charges = [int(charge) for one in batteries if (charge := _line(one / "capacity")).isdigit()]
    plugged = online or not any(_line(one / "status") == "Discharging" for one in batteries)
    return Power(plugged, max(charges, default=None))


def _line(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""


def read_pmset(text: str) -> Power | None:
    """``pmset -g batt``; a Mac without a battery has no percentage."""
    source = re.search(r"drawing from '(.+?)'", text)
    charge = re.search(r"(\d+)%", text)
    return Power(source[1] != "Battery Power", int(charge[1]) if charge else None) if source else None


def _windows_power() -> Power | None:
    if sys.platform != "win32":
        return None
    import ctypes

    class Status(ctypes.Structure):
        """SYSTEM_POWER_STATUS, winbase.h."""

        _fields_ = (
            ("line", ctypes.c_byte),
            ("battery", ctypes.c_ubyte),
            ("percent", ctypes.c_ubyte),
            ("saver", ctypes.c_byte),
            ("seconds", ctypes.c_ulong),
            ("full", ctypes.c_ulong),
        )

    status = Status()
    if not ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status)):
        return None
    return windows_power(status.line, status.battery, status.percent)


def windows_power(line: int, battery: int, percent: int) -> Power | None:
    """SYSTEM_POWER_STATUS: line 0 battery, 1 mains; battery 128: there is none; percent 255: not known."""
    if battery == 128:
        return Power(plugged=True)
    return Power(line == 1, percent if percent <= 100 else None) if line in (0, 1) else None


def lid() -> bool | None:
    """Whether closing the lid puts this computer to sleep, as far as its system says so; a desktop may decide otherwise."""
    if sys.platform == "win32":
        return _read(read_powercfg, "powercfg", "/query", "SCHEME_CURRENT", "SUB_BUTTONS", "LIDACTION")
    if sys.platform == "darwin":
        return None
    service = "org.freedesktop.login1"
    return _read(read_logind, "busctl", "get-property", service, "/org/freedesktop/login1", f"{service}.Manager", "HandleLidSwitch")


def read_powercfg(text: str) -> bool | None:
    """``powercfg /query … LIDACTION``: the two last numbers are what it does plugged in, then on battery; 0 is nothing."""
    numbers = re.findall(r"0x([0-9a-fA-F]{8})\s*$", text, re.MULTILINE)
    return int(numbers[-2], 16) != 0 if len(numbers) >= 2 else None


def read_logind(text: str) -> bool | None:
    """``busctl get-property … HandleLidSwitch``: 's "suspend"' (logind.conf(5))."""
    said = re.match(r's "(.+)"', text)
    return said[1] not in ("ignore", "lock") if said else None


def _read(read: Callable[[str], T], *command: str) -> T | None:
    """What a program of the system tells; None where there is none, where it takes too long, or says something else than expected."""
    text = _told(command)
    try:
        return None if text is None else read(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _told(command: Sequence[str]) -> str | None:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PATIENCE,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace")
