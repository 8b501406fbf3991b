"""What is made of it: each thing good, to be done, to be checked or out of order, with its remedy, in both languages."""

from dataclasses import replace
from typing import Any

import pytest

from facilitate.app import find_kinds
from facilitate.language import languages
from facilitate.readiness.checks import Check, Room, checks, verdict
from facilitate.readiness.machine import Interface, Machine, Power
from facilitate.readiness.seen import Seen, Window, device

LANGUAGES = languages(find_kinds())
AT = "2021-09-24T07:01:00.000Z"
MACHINE = Machine(
    "linux",
    interfaces=(Interface("lo", "127.0.0.1"), Interface("wlan0", "192.168.8.2")),
    answering=frozenset({"192.168.8.2"}),
    firewall=False,
    power=Power(True, 87),
    lid=False,
    free=41 * 10**9,
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36"
CLOCK = 1632466860_000  # AT, as phones tell it


def room(machine: Machine = MACHINE, seen: Seen | None = None, **facts: Any) -> Room:
    given: dict[str, Any] = {
        "shown": ("192.168.8.2", 8000),
        "test": "192.168.8.2:8000/t/RVT482",
        "wifi": "",
        "walls": 0,
        "ahead": None,
        "now": "9 h 01",
        "end": "17 h",
        "hour": lambda instant: instant[11:16],
        "number": str,
    }
    return Room(machine=machine, seen=seen or Seen(), **given | facts)


def found(name: str, looked: Room, language: str = "en") -> Check:
    return next(one for _, group in checks(looked, LANGUAGES[language]) for one in group if one.name == name)


def came(address: str = "192.168.8.34", agent: str = IPHONE, trip: float = 12, ahead: float = 0) -> Seen:
    seen = Seen()
    seen.arrive(address, agent, "fr", AT)
    seen.measure(address, {"at": CLOCK + ahead * 1000, "trip": trip}, AT)
    return seen


def test_without_a_phone_the_causes_are_told_in_order() -> None:
    look = found("phone", room(wifi="Salle"))
    assert look.state == "todo"
    assert "“Salle”" in look.remedy[0]
    assert "192.168.8.2:8000/t/RVT482" in look.remedy[2]
    assert len(look.remedy) == 7
    assert found("isolation", room()).state == "ask"


def test_a_phone_that_comes_proves_the_network_the_firewall_and_the_vpn() -> None:
    firewalled = replace(MACHINE, firewall=True, interfaces=(*(MACHINE.interfaces or ()), Interface("tun0", "10.8.0.3", "vpn")))
    assert [found(name, room(firewalled)).state for name in ("isolation", "firewall", "vpn")] == ["ask", "todo", "todo"]
    looked = room(firewalled, came())
    assert [found(name, looked).state for name in ("phone", "isolation", "firewall", "vpn")] == ["good"] * 4
    told = found("phone", looked).more
    assert told == "iPhone, in French, 12 ms there and back, from 192.168.8.34, at 07:01"


@pytest.mark.parametrize("address", ["127.0.0.1", "192.168.8.2"])
def test_this_computer_s_own_visit_proves_nothing(address: str) -> None:
    look = found("phone", room(seen=came(address)))
    assert look.state == "todo"
    assert "Only this computer" in look.title


def test_a_slow_way_is_to_be_mended_and_a_second_phone_is_asked_for() -> None:
    assert found("phone", room(seen=came(trip=900))).state == "todo"
    seen = came()
    assert "second" in found("phone", room(seen=seen)).remedy[0]
    seen.arrive("192.168.8.35", ANDROID, "en", AT)
    both = found("phone", room(seen=seen))
    assert both.title.startswith("2 phones")
    assert both.more.startswith("Android phone, in English")
    assert both.remedy == ()


@pytest.mark.parametrize(("system", "word"), [("linux", "ufw allow 8000/tcp"), ("darwin", "System Settings"), ("win32", "Windows asks")])
def test_an_unknown_firewall_is_asked_with_the_remedy_of_the_system(system: str, word: str) -> None:
    look = found("firewall", room(replace(MACHINE, system=system, firewall=None)))
    assert (look.state, look.asked) == ("ask", True)
    assert word in look.remedy[0]
    assert found("sleep", room(replace(MACHINE, system=system, lid=None))).state == "ask"


@pytest.mark.parametrize(
    ("shown", "interfaces", "state", "choices"),
    [
        ("192.168.8.2", MACHINE.interfaces, "good", 0),
        ("127.0.0.1", MACHINE.interfaces, "bad", 1),
        ("169.254.1.2", (Interface("wlan0", "169.254.1.2"),), "bad", 0),
        ("192.168.1.9", MACHINE.interfaces, "bad", 1),
        ("192.168.8.2", (*(MACHINE.interfaces or ()), Interface("eth0", "10.0.0.5")), "ask", 1),
        ("room.example", MACHINE.interfaces, "good", 0),
        ("192.168.8.2", None, "good", 0),
    ],
)
def test_the_address_is_one_that_phones_can_reach(shown: str, interfaces: Any, state: str, choices: int) -> None:
    told = replace(MACHINE, interfaces=interfaces, answering=frozenset({"192.168.8.2", "10.0.0.5"}))
    look = found("address", room(told, shown=(shown, 8000)))
    assert look.state == state
    assert len(look.choices) == choices
    assert look.remedy or state == "good"


def test_an_address_where_this_server_does_not_answer_is_no_choice() -> None:
    told = replace(MACHINE, interfaces=(*(MACHINE.interfaces or ()), Interface("eth0", "10.0.0.5")))
    assert found("address", room(told)).choices == ()
    assert found("port", room(told)).state == "good"
    silent = found("port", room(replace(told, answering=frozenset())))
    assert silent.state == "bad"
    assert "--port 8001" in silent.remedy[0]


@pytest.mark.parametrize(
    ("power", "state", "more"),
    [
        (Power(True, 87), "good", "plugged in, battery at 87%"),
        (Power(True), "good", "plugged in"),
        (Power(False, 34), "todo", "battery at 34%, not plugged in"),
        (None, "ask", "this computer does not tell"),
    ],
)
def test_the_battery_has_to_last_all_day(power: Power | None, state: str, more: str) -> None:
    look = found("power", room(replace(MACHINE, power=power)))
    assert (look.state, look.more) == (state, more)
    assert state == "good" or "17 h" in look.remedy[0]


@pytest.mark.parametrize(("free", "state"), [(41 * 10**9, "good"), (10**9, "todo"), (10**8, "bad"), (None, "ask")])
def test_a_day_needs_some_disk(free: int | None, state: str) -> None:
    assert found("disk", room(replace(MACHINE, free=free))).state == state


def test_a_journal_that_cannot_be_written_is_out_of_order() -> None:
    look = found("journal", room(replace(MACHINE, unwritten="disk I/O error")))
    assert look.state == "bad"
    assert "disk I/O error" in look.more


@pytest.mark.parametrize(
    ("seen", "ahead", "state", "told"),
    [
        (Seen(), None, "ask", "9 h 01"),
        (came(ahead=2), None, "good", "the phone’s"),
        (Seen(), 1.5, "good", "the console’s"),
        (came(ahead=720), 0, "todo", "12 minutes behind"),
        (came(ahead=-60 * 60), 0, "todo", "60 minutes ahead"),
        (came("127.0.0.1", ahead=720), None, "ask", "9 h 01"),
    ],
)
def test_the_clock_is_held_against_a_phone_s(seen: Seen, ahead: float | None, state: str, told: str) -> None:
    look = found("clock", room(seen=seen, ahead=ahead))
    assert look.state == state
    assert told in look.more


@pytest.mark.parametrize(
    ("walls", "window", "state"),
    [
        (0, None, "todo"),
        (1, None, "good"),
        (1, Window(1920, 1080, True), "good"),
        (1, Window(1600, 900, False), "todo"),
        (1, Window(800, 600, True), "todo"),
    ],
)
def test_the_wall_is_open_whole_and_large_enough(walls: int, window: Window | None, state: str) -> None:
    look = found("wall", room(seen=Seen(window=window), walls=walls))
    assert look.state == state
    assert (look.remedy == ()) == (state == "good")


def test_what_cannot_be_known_is_ticked_and_what_is_known_cannot_be() -> None:
    seen = Seen(ticks={"sound": AT, "disk": AT, "journal": AT})
    broken = room(replace(MACHINE, unwritten="full"), seen)
    sound = found("sound", broken)
    assert (sound.state, sound.ticked, sound.more) == ("good", True, "seen to by you at 07:01")
    assert found("journal", broken).state == "bad"
    assert not found("disk", broken).ticked


def test_one_sentence_tells_how_many_are_good() -> None:
    every = [one for _, group in checks(room(), LANGUAGES["en"]) for one in group]
    assert verdict(every, LANGUAGES["en"]) == "Of 14 points, 2 are to be done, 5 are for you to check, 7 are good."
    assert verdict([replace(one, state="good") for one in every], LANGUAGES["fr"]) == "Tout est bon\u00a0: vous pouvez ouvrir les portes."
    one = [replace(every[0], state="bad"), replace(every[1], state="good")]
    assert verdict(one, LANGUAGES["fr"]) == "Sur 2 points, 1 ne marche pas, 1 est bon."


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_remedy_is_said_in_the_reader_s_language(language: str) -> None:
    machines = [
        replace(MACHINE, system=system, interfaces=interfaces, answering=frozenset(), firewall=None, power=None, lid=lid, free=10**8)
        for system in ("linux", "darwin", "win32")
        for interfaces in (None, (Interface("tun0", "10.8.0.3", "vpn"),))
        for lid in (None, True)
    ]
    for told in machines:
        for _, group in checks(room(replace(told, unwritten="x"), shown=("127.0.0.1", 8000)), LANGUAGES[language]):
            for one in group:
                assert one.remedy, one
                text = " ".join((one.title, one.more, *one.remedy))
                assert "%(" not in text
                assert ("“" in text) <= (language == "en"), text


def test_a_phone_that_comes_back_is_the_same_one_and_they_are_not_kept_without_end() -> None:
    seen = came()
    seen.arrive("192.168.8.34", IPHONE, "en", AT)
    assert [(one.trip, one.language) for one in seen.arrivals.values()] == [(12, "en")]
    for number in range(40):
        seen.arrive(f"192.168.9.{number}", ANDROID, "fr", AT)
    assert len(seen.arrivals) == 30
    assert "192.168.9.39" in seen.arrivals


@pytest.mark.parametrize(
    "told", [{}, {"at": "x", "trip": 1}, {"at": True, "trip": 2}, {"at": -5, "trip": 1}, {"at": 10**400, "trip": 1}, {"at": 1}]
)
def test_what_is_no_measure_is_left_aside(told: dict[str, Any]) -> None:
    seen = Seen()
    seen.arrive("192.168.8.34", IPHONE, "fr", AT)
    seen.measure("192.168.8.34", told, AT)
    seen.measure("192.168.8.99", {"at": CLOCK, "trip": 5}, AT)
    assert [(one.address, one.trip) for one in seen.arrivals.values()] == [("192.168.8.34", None)]


@pytest.mark.parametrize("told", [{}, {"width": "x", "height": 3}, {"width": 800}, {"width": 0, "height": 0, "screen": "x"}])
def test_what_is_no_window_is_left_aside(told: dict[str, Any]) -> None:
    seen = Seen()
    seen.show(told)
    assert seen.window is None


def test_devices_are_told_apart() -> None:
    assert [device(agent) for agent in (IPHONE, ANDROID, "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "curl/8")] == [
        "iPhone",
        "Android phone",
        "Windows computer",
        "Another device",
    ]
