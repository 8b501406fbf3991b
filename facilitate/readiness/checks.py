"""Owns what is made of it before the doors open: one check a thing, tested where it can be, asked where it cannot, with its remedy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Literal

from facilitate.core.words import N_
from facilitate.language import Language
from facilitate.readiness.machine import Machine
from facilitate.readiness.seen import Arrival, Seen

State = Literal["bad", "todo", "ask", "good"]
STATES: dict[State, str] = {"bad": N_("Does not work"), "todo": N_("To do"), "ask": N_("To check"), "good": N_("Good")}

_SLOW = 500  # ms: from there one waits for one's own card
_APART = 60  # s: a phone's hour comes from its network, to the second
_GIGABYTE = 10**9
_LEAST = (1024, 600)  # pixels: under that the wall's words are too small, or too few


@dataclass(frozen=True, slots=True)
class Check:
    """``title`` and ``more`` say what was found, ``remedy`` what to do, in order. ``asked``: the facilitator may tick it. ``choices``:
    addresses to show instead, each with its label."""

    name: str
    state: State
    title: str
    more: str = ""
    remedy: tuple[str, ...] = ()
    asked: bool = False
    ticked: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Room:
    """What the checks look at. ``shown``: host and port that people are given; ``test``: the address of the test page; ``walls`` open;
    ``ahead``: by how many seconds the console's own clock is; ``now``, ``end`` in words; ``hour`` says an instant in words."""

    machine: Machine
    seen: Seen
    shown: tuple[str, int]
    test: str
    wifi: str
    walls: int
    ahead: float | None
    now: str
    end: str
    hour: Callable[[str], str]
    number: Callable[[float], str]

    @property
    def phones(self) -> list[Arrival]:
        """The devices that came from elsewhere than this computer, the latest last."""
        return [one for one in self.seen.arrivals.values() if not self.machine.owns(one.address)]


def checks(room: Room, language: Language) -> list[tuple[str, list[Check]]]:
    """Every check, under three headings (msgids)."""
    groups = (
        (N_("The phones and the network"), (_phone, _isolation, _firewall, _vpn, _address, _port)),
        (N_("This computer"), (_power, _sleep, _disk, _journal, _clock)),
        (N_("The wall"), (_wall, _saver, _sound)),
    )
    return [(heading, [_ticked(look(room, language), room, language) for look in looks]) for heading, looks in groups]


def verdict(found: Sequence[Check], language: Language) -> str:
    """One sentence: how many points are good, and how many are not."""
    counts = {state: sum(one.state == state for one in found) for state in STATES}
    if counts["good"] == len(found):
        return language.say("Everything is good: you may open the doors.")
    parts: dict[State, str] = {
        "bad": language.count(N_("%(count)s does not work"), N_("%(count)s do not work"), counts["bad"]),
        "todo": language.count(N_("%(count)s is to be done"), N_("%(count)s are to be done"), counts["todo"]),
        "ask": language.count(N_("%(count)s is for you to check"), N_("%(count)s are for you to check"), counts["ask"]),
        "good": language.count(N_("%(count)s is good"), N_("%(count)s are good"), counts["good"]),
    }
    told = ", ".join(part for state, part in parts.items() if counts[state])
    return language.say("Of %(count)s points, %(told)s.", count=len(found), told=told)


def _ticked(check: Check, room: Room, language: Language) -> Check:
    at = room.seen.ticks.get(check.name)
    if not check.asked or at is None:
        return check
    more = language.say("seen to by you at %(hour)s", hour=room.hour(at))
    return replace(check, state="good", more=more, remedy=(), choices=(), ticked=True)


def _phone(room: Room, language: Language) -> Check:
    say, phones = language.say, room.phones
    if not phones:
        title = say("No phone has opened the test page yet.")
        if room.seen.arrivals:
            title = say("Only this computer has opened the test page, which proves nothing for phones.")
        wifi = say("The phone is on the room’s Wi-Fi, “%(name)s”, with its mobile data off.", name=room.wifi)
        if not room.wifi:
            wifi = say("The phone is on the same Wi-Fi as this computer, with its mobile data off.")
        causes = (
            wifi,
            say("It hesitates (“no Internet”)? Choose “stay connected”, or “use anyway”."),
            say("An address that is typed is typed whole: %(address)s", address=room.test),
            say("The phone has no VPN and no private relay of its own."),
            say("This computer’s firewall and VPN let it in: see below."),
            say("The Wi-Fi lets devices speak to each other: see “Client isolation”, below."),
            say("Still nothing? Bring your own access point, or share this computer’s connection, and start again."),
        )
        return Check("phone", "todo", title, remedy=causes)
    last = phones[-1]
    facts = [say(last.device), say("in French") if last.language == "fr" else say("in English")]
    if last.trip is not None:
        facts.append(say("%(ms)s ms there and back", ms=round(last.trip)))
    facts += [say("from %(address)s", address=last.address), say("at %(hour)s", hour=room.hour(last.at))]
    title = language.count(
        N_("%(count)s phone has opened the page:"), N_("%(count)s phones have opened the page, the latest:"), len(phones)
    )
    slow = last.trip is not None and last.trip > _SLOW
    remedy: tuple[str, ...] = ()
    if slow:
        remedy = (say("That is slow. Bring the access point closer to the room, away from walls and metal, and try from the back."),)
    elif len(phones) == 1:
        remedy = (say("Try a second one, of another make, from the back of the room."),)
    return Check("phone", "todo" if slow else "good", title, ", ".join(facts), remedy)


def _isolation(room: Room, language: Language) -> Check:
    say = language.say
    if room.phones:
        return Check("isolation", "good", say("Client isolation:"), say("none, a phone has reached this computer"))
    return Check(
        "isolation",
        "ask",
        say("Client isolation:"),
        say("only a phone can tell"),
        (
            say(
                "Many Wi-Fi networks, guests’ above all, forbid devices to speak to each other: the phone is connected, and no page opens."
            ),
            say(
                "Ask whoever looks after the Wi-Fi to switch off “client isolation” (“AP isolation”, “private Wi-Fi”), or for another one."
            ),
            say("Without anyone to ask, bring your own access point: Internet is not needed."),
        ),
    )


def _firewall(room: Room, language: Language) -> Check:
    say, on, port = language.say, room.machine.firewall, room.shown[1]
    if room.phones:
        return Check("firewall", "good", say("Firewall:"), say("it lets phones in"))
    if on is False:
        return Check("firewall", "good", say("Firewall:"), say("off on this computer"))
    remedies = {
        "win32": (
            say("Windows asks the first time whether Python may be reached: tick “private networks”, then “Allow access”."),
            say("Too late? Windows Security, Firewall, “Allow an app through firewall”: tick Python, private and public."),
        ),
        "darwin": (say("System Settings, Network, Firewall, Options: Python must “allow incoming connections”."),),
        "linux": (
            say("Let phones in, from a terminal: sudo ufw allow %(port)s/tcp", port=port),
            say("or, on Fedora and its kin: sudo firewall-cmd --add-port=%(port)s/tcp", port=port),
        ),
    }
    remedy = remedies.get(room.machine.system, remedies["linux"])
    more = say("on, and no phone has come through it yet") if on else say("this computer does not tell whether one is on")
    return Check("firewall", "todo" if on else "ask", say("Firewall:"), more, remedy, asked=True)


def _vpn(room: Room, language: Language) -> Check:
    say, interfaces = language.say, room.machine.interfaces
    title = say("Private network (VPN):")
    if interfaces is None:
        return Check("vpn", "ask", title, say("this computer does not tell"), (say("Switch it off for the day, if there is one."),), True)
    names = ", ".join(dict.fromkeys(one.name for one in interfaces if one.kind == "vpn"))
    if not names:
        return Check("vpn", "good", title, say("none to be seen"))
    if room.phones:
        return Check("vpn", "good", title, say("%(names)s, and phones come in all the same", names=names))
    remedy = (say("Switch it off for the day: it may lead what phones are sent elsewhere than to the room."),)
    return Check("vpn", "todo", title, say("one is on, %(names)s", names=names), remedy, True)


def _address(room: Room, language: Language) -> Check:
    say, machine, (host, port) = language.say, room.machine, room.shown
    title = say("Address:")
    others = tuple(
        (f"{one.address}:{port}", f"{one.address} ({one.name})")
        for one in machine.shared
        if one.address != host and one.address in machine.answering
    )
    names = {one.address: one.name for one in machine.interfaces or ()}
    restart = say("Join the room’s Wi-Fi, end the program with Ctrl-C, and start it again: the day is kept.")
    try:
        address = IPv4Address(host)
    except ValueError:  # a name, or IPv6: given by whoever started the program
        return Check("address", "good", title, host)
    if address.is_loopback:
        said = say("%(address)s is known to this computer alone: no phone can come", address=host)
        wide = say("End the program with Ctrl-C, and start it again without --host, or with the address of this computer on the Wi-Fi.")
        remedy = (say("Choose the address that the phones share:"),) if others else (wide,) if machine.shared else (restart,)
        return Check("address", "bad", title, said, remedy, choices=others)
    if address.is_link_local:
        said = say("%(address)s: the network gave this computer none", address=host)
        return Check("address", "bad", title, said, (restart,), choices=others)
    if machine.interfaces is not None and host not in names:
        said = say("%(address)s is no longer this computer’s: it has changed network", address=host)
        remedy = (say("Choose the new one, then print the poster again:"),) if others else (restart,)
        return Check("address", "bad", title, said, remedy, choices=others)
    if others and not room.phones:
        said = say("%(address)s (%(name)s), one of several", address=host, name=names.get(host, ""))
        return Check("address", "ask", title, said, (say("Is it the one of the room’s Wi-Fi? Otherwise choose:"),), True, choices=others)
    return Check("address", "good", title, host, choices=others)


def _port(room: Room, language: Language) -> Check:
    say, (host, port) = language.say, room.shown
    title = say("Port %(port)s:", port=port)
    if host in room.machine.answering:
        return Check("port", "good", title, say("it answers at %(address)s", address=host))
    remedy = (say("End the program with Ctrl-C, and start it again, with another port if need be: --port %(port)s", port=port + 1),)
    return Check("port", "bad", title, say("it does not answer at %(address)s", address=host), remedy)


def _power(room: Room, language: Language) -> Check:
    say, power = language.say, room.machine.power
    title = say("Power:")
    until = say("Plug the computer in: it has to last until %(hour)s.", hour=room.end) if room.end else ""
    plug = until or say("Plug the computer in: it has to last all day.")
    if power is None:
        return Check("power", "ask", title, say("this computer does not tell"), (plug,), True)
    charge = "" if power.charge is None else say("battery at %(charge)s%%", charge=power.charge)
    if not power.plugged:
        return Check("power", "todo", title, ", ".join(filter(None, (charge, say("not plugged in")))), (plug,))
    return Check("power", "good", title, ", ".join(filter(None, (say("plugged in"), charge))))


def _sleep(room: Room, language: Language) -> Check:
    say, lid = language.say, room.machine.lid
    remedies = {
        "win32": (
            say("Settings, System, Power: screen and sleep on “Never” while plugged in."),
            say("Control Panel, Power Options, “Choose what closing the lid does”: “Do nothing”."),
        ),
        "darwin": (
            say("System Settings, Battery or Energy, Options: prevent automatic sleeping when the display is off."),
            say("A Mac sleeps when it is closed: leave it open."),
        ),
        "linux": (
            say("Settings, Power: no automatic suspend; screen blank on “Never”."),
            say("Leave the lid open, or write HandleLidSwitch=ignore in /etc/systemd/logind.conf and restart the computer."),
        ),
    }
    more = say("cannot be known from here")
    if lid is not None:
        more = (
            say("closing the lid puts this computer to sleep") if lid else say("closing the lid does nothing; the rest is for you to see")
        )
    remedy = remedies.get(room.machine.system, remedies["linux"])
    return Check("sleep", "todo" if lid else "ask", say("Sleep, lid closed or nobody at the keyboard:"), more, remedy, asked=True)


def _disk(room: Room, language: Language) -> Check:
    say, free = language.say, room.machine.free
    title = say("Disk:")
    if free is None:
        more = say("the days are kept in a database elsewhere")
        return Check("disk", "ask", title, more, (say("Ask whoever looks after it whether there is room."),), asked=True)
    gigabytes = free / _GIGABYTE
    more = say("%(size)s GB free; a day takes less than one", size=room.number(round(gigabytes, 0 if gigabytes >= 10 else 1)))
    remedy = (say("Empty the bin, or move large files elsewhere."),)
    if gigabytes < 2:
        return Check("disk", "bad" if gigabytes < 0.5 else "todo", title, more, remedy)
    return Check("disk", "good", title, more)


def _journal(room: Room, language: Language) -> Check:
    say, why = language.say, room.machine.unwritten
    if not why:
        return Check("journal", "good", say("What people write"), say("can be kept: it has just been tried"))
    remedy = (
        say("Free some disk; see that no other program holds the folder where days are kept (a backup, a shared drive)."),
        say("Otherwise start again with --data-dir and a folder of this computer."),
    )
    return Check("journal", "bad", say("What people write"), say("cannot be kept: %(why)s", why=why), remedy)


def _clock(room: Room, language: Language) -> Check:
    say, told = language.say, [one.ahead for one in room.phones if one.ahead is not None]
    title = say("Clock:")
    apart = told[-1] if told else room.ahead
    if apart is None:
        more = say("it is %(now)s on this computer", now=room.now)
        return Check("clock", "ask", title, more, (say("Is that so? A phone that comes will tell as well."),), asked=True)
    if abs(apart) <= _APART:
        more = say("the same as the phone’s") if told else say("the same as the console’s")
        return Check("clock", "good", title, more)
    minutes = max(1, round(abs(apart) / 60))
    late = language.count(N_("%(count)s minute behind"), N_("%(count)s minutes behind"), minutes)
    early = language.count(N_("%(count)s minute ahead"), N_("%(count)s minutes ahead"), minutes)
    more = say("it is %(now)s on this computer, %(apart)s", now=room.now, apart=late if apart > 0 else early)
    remedy = (say("Set this computer’s date and hour to automatic: hours in the restitution come from it."),)
    return Check("clock", "todo", title, more, remedy)


def _wall(room: Room, language: Language) -> Check:
    say, window = language.say, room.seen.window
    title = say("Projector:")
    if not room.walls:
        open_it = (
            say("Open the wall on the computer of the projector, and press F11 for the whole screen."),
            say("Then go to the back of the room: can the smallest words be read?"),
        )
        return Check("wall", "todo", title, say("no wall is open"), open_it)
    if window is None:
        return Check("wall", "good", title, say("a wall is open"))
    size = say("a wall is open, %(width)s × %(height)s", width=window.width, height=window.height)
    if window.width < _LEAST[0] or window.height < _LEAST[1]:
        remedy = (
            say("That is too small to be read from the back. Enlarge the window, or choose a finer picture in the display settings."),
        )
        return Check("wall", "todo", title, size, remedy)
    if not window.whole:
        return Check("wall", "todo", title, size, (say("It does not fill its screen: press F11."),))
    return Check("wall", "good", title, size)


def _saver(room: Room, language: Language) -> Check:
    say = language.say
    remedy = (
        say("On the computer of the projector: no screen saver, no sleep, and the display on “duplicate” or on the projector alone."),
    )
    return Check("saver", "ask", say("Screen saver:"), say("cannot be known from here"), remedy, asked=True)


def _sound(room: Room, language: Language) -> Check:
    say = language.say
    remedy = (
        say("Set both computers to “do not disturb”, their sound off, and close what might show a message on the wall."),
        say("Is there a microphone? Try it from the back of the room, with the door open."),
    )
    return Check("sound", "ask", say("Sound and notifications:"), say("cannot be known from here"), remedy, asked=True)
