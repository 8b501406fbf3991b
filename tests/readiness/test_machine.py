"""What this computer tells of itself: the real thing here, and what other systems print, as recorded."""

import json
import socket
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from facilitate.readiness import machine
from facilitate.readiness.machine import Interface, Machine, Power

IP = json.dumps(
    [
        {"ifname": "lo", "flags": ["LOOPBACK", "UP"], "addr_info": [{"family": "inet", "local": "127.0.0.1", "prefixlen": 8}]},
        {},
        {"ifname": "wlp2s0", "flags": ["BROADCAST", "UP"], "addr_info": [{"family": "inet", "local": "192.168.8.2", "prefixlen": 24}]},
        {"ifname": "enp3s0", "flags": ["BROADCAST", "UP"], "addr_info": []},
        {"ifname": "docker0", "flags": ["BROADCAST", "UP"], "addr_info": [{"family": "inet", "local": "172.17.0.1"}]},
        {"ifname": "work", "flags": ["POINTOPOINT", "NOARP", "UP"], "addr_info": [{"family": "inet", "local": "10.8.0.3"}]},
    ]
)
IFCONFIG = """lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
	inet 127.0.0.1 netmask 0xff000000
	inet6 ::1 prefixlen 128
en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
	ether 3c:22:fb:00:00:00
	inet6 fe80::10c4:1%en0 prefixlen 64 secured scopeid 0xb
	inet 192.168.1.23 netmask 0xffffff00 broadcast 192.168.1.255
	status: active
utun0: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> mtu 1380
	inet6 fe80::aede:48ff:fe00:1122%utun0 prefixlen 64 scopeid 0xf
utun4: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> mtu 1280
	inet 100.100.7.2 --> 100.100.7.2 netmask 0xffffffff
"""
IPCONFIG = """
Configuration IP de Windows

   Nom de l’hôte . . . . . . . . . . : PORTABLE

Carte Ethernet vEthernet (WSL) :

   Suffixe DNS propre à la connexion. . . :
   Description. . . . . . . . . . . . . . : Hyper-V Virtual Ethernet Adapter
   Adresse IPv4. . . . . . . . . . . . . .: 172.29.176.1(préféré)

Carte réseau sans fil Connexion au réseau local* 2 :

   Description. . . . . . . . . . . . . . : Microsoft Wi-Fi Direct Virtual Adapter #2
   Adresse IPv4. . . . . . . . . . . . . .: 192.168.137.1(préféré)

Carte réseau sans fil Wi-Fi :

   Description. . . . . . . . . . . . . . : Realtek 8821CE Wireless LAN 802.11ac PCI-E NIC
   Adresse IPv6 de liaison locale. . . . .: fe80::3d1c:c538:f0bf:62e9%14(préféré)
   Adresse IPv4. . . . . . . . . . . . . .: 192.168.1.10(préféré)
   Masque de sous-réseau. . . . . . . . . : 255.255.255.0

Unknown adapter Travail:

   Description . . . . . . . . . . . : Cisco AnyConnect Virtual Miniport Adapter for Windows x64
   IPv4 Address. . . . . . . . . . . : 10.20.30.40(Preferred)
"""
POWERCFG = """GUID du mode de gestion de l’alimentation : 381b4222-f694-41f0-9685-ff5bb260df2e  (Utilisation normale)
    GUID du paramètre d’alimentation : 5ca83367-6e45-459f-a27b-476b1d01c936  (Action de fermeture du capot)
      Index du paramètre possible : 000
      Nom convivial du paramètre possible : Ne rien faire
    Index actuel du paramètre d’alimentation en courant alternatif : 0x0000000{plugged}
    Index actuel du paramètre d’alimentation en courant continu : 0x00000001
"""


def test_linux_tells_its_addresses_and_what_each_is_for() -> None:
    assert machine.read_ip(IP) == [
        Interface("lo", "127.0.0.1"),
        Interface("wlp2s0", "192.168.8.2"),
        Interface("docker0", "172.17.0.1", "inside"),
        Interface("work", "10.8.0.3", "vpn"),
    ]


def test_macos_tells_its_addresses_and_an_idle_tunnel_is_no_vpn() -> None:
    assert machine.read_ifconfig(IFCONFIG) == [
        Interface("lo0", "127.0.0.1"),
        Interface("en0", "192.168.1.23"),
        Interface("utun4", "100.100.7.2", "vpn"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_windows_tells_its_addresses_in_french_and_in_english(end: str) -> None:
    found = machine.read_ipconfig(IPCONFIG.replace("\n", end))
    assert [(one.address, one.kind) for one in found] == [
        ("172.29.176.1", "inside"),
        ("192.168.137.1", ""),
        ("192.168.1.10", ""),
        ("10.20.30.40", "vpn"),
    ]
    assert found[2].name == "Carte réseau sans fil Wi-Fi"


def test_phones_come_by_networks_that_are_shared_only() -> None:
    interfaces = (*machine.read_ip(IP), Interface("wlan0", "169.254.3.4"))
    told = Machine("linux", interfaces)
    assert [one.address for one in told.shared] == ["192.168.8.2"]
    assert told.owns("127.0.0.1")
    assert told.owns("10.8.0.3")
    assert not told.owns("192.168.8.34")


@pytest.mark.parametrize(
    ("text", "on"),
    [
        (
            "\nPrivate Profile Settings: \n-----------------------\nState            ON\nOk.\n",
            True,
        ),
        ("\r\nPublic Profile Settings: \r\n-----------------------\r\nState                                 OFF\r\nOk.\r\n", False),
        ("\nParamètres Profil privé :\n-----------------------\n�tat                                  Actif\nOk.\n", True),
        ("\nParamètres Profil privé :\n-----------------------\nÉtat                                  Inactif\n", False),
        ("\nプライベート\n-----------------------\n状態                                  オン\n", None),
        ("Accès refusé.\n", None),
    ],
)
def test_windows_firewall_is_read_or_not_known(text: str, on: bool | None) -> None:
    assert machine.read_netsh(text) is on


def test_macos_and_linux_firewalls_are_read_or_not_known(tmp_path: Path) -> None:
    assert machine.read_socketfilterfw("Firewall is enabled. (State = 1)\n") is True
    assert machine.read_socketfilterfw("Firewall is disabled. (State = 0)\n") is False
    assert machine.read_socketfilterfw("must be root\n") is None
    assert machine.read_firewalld("running\n") is True
    assert machine.read_firewalld("not running\n") is False
    assert machine.read_firewalld("Authorization failed.\n") is None
    file = tmp_path / "ufw.conf"
    assert machine._ufw(file) is None
    file.write_text("# ufw\nENABLED=yes\nLOGLEVEL=low\n")
    assert machine._ufw(file) is True
    file.write_text("ENABLED=no\n")
    assert machine._ufw(file) is False


@pytest.mark.parametrize(
    ("text", "power"),
    [
        ("Now drawing from 'AC Power'\n -InternalBattery-0 (id=1)\t85%; charged; 0:00 remaining present: true\n", Power(True, 85)),
        ("Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t19%; discharging; 1:02 remaining\n", Power(False, 19)),
        ("Now drawing from 'AC Power'\n", Power(True)),
        ("pmset: not found\n", None),
    ],
)
def test_macos_tells_what_it_lives_on(text: str, power: Power | None) -> None:
    assert machine.read_pmset(text) == power


@pytest.mark.parametrize(
    ("told", "power"), [((1, 1, 87), Power(True, 87)), ((0, 2, 34), Power(False, 34)), ((1, 128, 255), Power(True)), ((-1, 255, 255), None)]
)
def test_windows_tells_what_it_lives_on(told: tuple[int, int, int], power: Power | None) -> None:
    assert machine.windows_power(*told) == power


def test_linux_tells_what_it_lives_on_and_a_mouse_s_battery_is_not_it(tmp_path: Path) -> None:
    assert machine.linux_power(tmp_path / "none") is None
    assert machine.linux_power(tmp_path) == Power(True)

    def supply(name: str, **files: str) -> None:
        (tmp_path / name).mkdir(exist_ok=True)
        for file, text in files.items():
            (tmp_path / name / file).write_text(text + "\n")

    supply("mouse", type="Battery", scope="Device", capacity="12", status="Discharging")
    assert machine.linux_power(tmp_path) == Power(True)
    supply("BAT0", type="Battery", capacity="34", status="Discharging")
    supply("AC", type="Mains", online="0")
    assert machine.linux_power(tmp_path) == Power(False, 34)
    supply("AC", type="Mains", online="1")
    assert machine.linux_power(tmp_path) == Power(True, 34)


def test_what_the_lid_does_is_read_or_not_known() -> None:
    assert machine.read_logind('s "suspend"\n') is True
    assert machine.read_logind('s "ignore"\n') is False
    assert machine.read_logind("Failed to get property: No such file or directory\n") is None
    assert machine.read_powercfg(POWERCFG.format(plugged=0)) is False
    assert machine.read_powercfg(POWERCFG.format(plugged=1)) is True
    assert machine.read_powercfg("Paramètres non valides\n") is None


def test_a_program_that_is_not_there_that_fails_or_that_hangs_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_PATIENCE", 0.2)
    assert machine._read(str, "no-such-program-here") is None
    assert machine._read(json.loads, sys.executable, "-c", "print('{')") is None
    assert machine._read(str, sys.executable, "-c", "import time; time.sleep(30)") is None


def test_this_very_computer_is_surveyed(tmp_path: Path) -> None:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        found = machine.survey("127.0.0.1", server.server_port, tmp_path, lambda: None)
        server.shutdown()
    assert "127.0.0.1" in found.answering
    assert found.system == sys.platform
    assert found.free is not None
    assert found.free > 0
    assert found.unwritten == ""
    assert found.interfaces is None or any(one.address == "127.0.0.1" for one in found.interfaces)
    assert found.firewall in (True, False, None)


def test_a_port_where_nobody_answers_is_seen() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert not machine.answers("127.0.0.1", taken.getsockname()[1])


def test_a_journal_that_cannot_be_written_says_why() -> None:
    def full() -> None:
        raise OSError("No space left on device")

    assert machine.survey("127.0.0.1", 1, None, full).unwritten == "No space left on device"
