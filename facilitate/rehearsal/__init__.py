"""Owns the rehearsal: simulated people who play a whole day against a real server, over the wire as phones do.

The server is a process of its own, whose clock the rehearsal gives: a day of eight hours takes seconds, with the hours of its
sheet. The same sheet, number of people and seed give the same journal, hence the same restitution.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
import webbrowser
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import aiohttp
import click
import socketio

from facilitate.core.activity import ActivityType, Aloud, Gesture
from facilitate.core.agenda import Activity, Agenda, tracks_of
from facilitate.core.sheet import read_sheet
from facilitate.core.state import SessionState, fold
from facilitate.core.words import N_
from facilitate.installed import beside, find_kinds
from facilitate.journal import Journal, SessionRow
from facilitate.language import Language, languages
from facilitate.rehearsal.people import Person, people_of
from facilitate.restitution import write
from facilitate.restitution.build import build

DEMO = "2021-09-24-reciprocites-ville-campagne.md"
_MOST_ROUNDS = 60
_LEFT = ("html", "pdf", "md")
"""The formats of the restitution that a rehearsal leaves."""
_CONNECTED = 30
"""Phones that hold a line where people act one after the other: all that each of 150 would be told, for nobody, is most of the work."""
_MOVED = 30
"""People who act at most between two later gestures of the facilitator."""
_LEAD = 100_000
"""The facilitator's place among the people drawn from a seed: no one else's."""

_USUAL = 30
"""Who comes where a sheet does not say how many may."""

_PATIENCE = 60
"""Seconds a phone waits for an answer: a whole room that acts at once on a slow computer takes a while."""

_SHOWN = 0.9
"""The part of a demo's time in which the day is played; the rest starts the server and writes the restitution."""


def rehearse(
    sheet: Path, language: Language, *, people: int | None, seed: int, together: bool, to: Path | None, data_dir: Path | None = None
) -> None:
    """Plays the day of ``sheet`` and says what came of it: with its own places filled unless ``people`` says how many come. The day is kept
    in ``data_dir`` where one is given, beside those played there before. Raises ClickException when an acknowledged act is lost or
    doubled."""
    with nullcontext(data_dir) if data_dir else tempfile.TemporaryDirectory(prefix="facilitate-") as data:
        options = ["--host", "127.0.0.1", "--port", "0"]
        # As many as asked for may come in, whatever the sheet says of places.
        options += [] if people is None else ["--capacity", str(max(people, 1))]
        play = _Play(sheet, people, seed, Path(data), together=together, options=options)
        asyncio.run(play.whole(_progress(language)))
        target = to or Path(f"{sheet.stem}-restitution")
        _leave(play, target, language)


def demo(language: Language, *, seconds: int, people: int, host: str, port: int, to: Path | None, wifi: tuple[str, str] | None) -> None:
    """Plays a day of the library in about ``seconds``; in a terminal it then goes on serving until Ctrl-C."""
    options = ["--host", host, "--port", str(port), *(["--wifi", *wifi] if wifi else []), "--capacity", str(people + 50)]
    with tempfile.TemporaryDirectory(prefix="facilitate-") as data:
        play = _Play(beside("sessions_library") / DEMO, people, 1, Path(data), seconds=seconds, options=options)
        target = to or Path("facilitate-demo")

        async def stay() -> None:
            _leave(play, target, language, whole=False)
            if sys.stdout.isatty():
                click.echo(language.say(N_("The server goes on: join with a phone, open the shelf. Ctrl-C ends it.")))
                await asyncio.Event().wait()

        try:
            asyncio.run(play.whole(_progress(language), announce=lambda line: _announce(language, play, line), then=stay))
        except KeyboardInterrupt:
            click.echo(language.say(N_("Ended. The restitution stays in %(folder)s."), folder=target))


def _announce(language: Language, play: "_Play", line: Mapping[str, Any]) -> None:
    from facilitate.serve import announce

    announce(language, play.agenda.title, str(line["code"]), line["urls"])
    if sys.stdout.isatty() and (sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(line["urls"]["wall"])


def _progress(language: Language) -> Callable[[str, int, int], None]:
    def told(title: str, done: int, of: int) -> None:
        click.echo(language.say(N_("%(done)s of %(of)s · %(title)s"), done=done, of=of, title=title), err=True)

    return told


def _leave(play: "_Play", folder: Path, language: Language, *, whole: bool = True) -> None:
    """Checks the journal against what the phones were told, and writes the restitution in every format."""
    journal = Journal.in_folder(play.data)
    try:
        row = cast(SessionRow, journal.session(play.code))
        entries, kinds = journal.since(row.id), find_kinds()
    finally:
        journal.close()
    stored = [entry.id for entry in entries if "+" not in entry.id]
    lost, doubled = len(play.acknowledged - set(stored)), len(stored) - len(set(stored))
    state = fold(SessionState(), entries, kinds)
    spoken = languages(kinds)[state.agenda.language]
    document = build(state, kinds, spoken)
    folder.mkdir(parents=True, exist_ok=True)
    for name in _LEFT:
        (folder / f"restitution.{name}").write_bytes(write(document, name, spoken.say))
    figures = {"people": len(state.people), "acts": len(play.acknowledged), "refused": len(play.refused), "lost": lost, "doubled": doubled}
    click.echo(
        language.say(
            N_("%(people)s people, %(acts)s acts acknowledged, %(refused)s refused, %(lost)s lost, %(doubled)s doubled."), **figures
        )
    )
    for reason in sorted(set(play.refused)):
        click.echo(f"    {reason} × {play.refused.count(reason)}", err=True)
    click.echo(language.say(N_("The restitution is in %(folder)s"), folder=folder.resolve()))
    if whole and (lost or doubled):
        raise click.ClickException(language.say(N_("The journal does not hold what the phones were told.")))


@dataclass
class _Phone:
    """One simulated person on one phone."""

    person: Person
    participant: str = ""
    key: str = ""
    socket: socketio.AsyncClient = field(default_factory=lambda: socketio.AsyncClient(reconnection=True, handle_sigint=False))


class _Play:
    """One rehearsal: the server it starts, its clock, its phones, and what they were told."""

    def __init__(
        self,
        sheet: Path,
        people: int | None,
        seed: int,
        data: Path,
        *,
        together: bool = False,
        seconds: float = 0,
        options: Sequence[str] = (),
    ) -> None:
        self.sheet, self.data, self.together, self.seconds, self.options = sheet, data, together, seconds, options
        self.kinds = find_kinds()
        agenda, problems = read_sheet(sheet.read_text("utf-8-sig"), self.kinds)
        if agenda is None:
            raise click.ClickException("\n".join(f"{sheet}:{one.line}: {one.text % one.values}" for one in problems))
        self.agenda: Agenda = agenda
        self.draw = random.Random(seed)  # noqa: S311 - plays people, guards nothing
        self.people = people_of(agenda, agenda.capacity or _USUAL if people is None else people, seed)
        self.phones = [_Phone(person) for person in self.people]
        self.lead = Person(agenda, seed, _LEAD)
        self.lead.language = agenda.language
        self.acknowledged: set[str] = set()
        self.refused: list[str] = []
        start = f"{agenda.date if len(agenda.date) == 10 else '2021-01-04'}T{agenda.start or '09:00'}:00"
        self.given: datetime | None = None
        self.now = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(agenda.timezone)) - timedelta(minutes=10)

    async def whole(
        self,
        told: Callable[[str, int, int], None],
        announce: Callable[[Mapping[str, Any]], None] = lambda _: None,
        then: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Starts the server, plays the day, ends the server."""
        command = [sys.executable, "-m", "facilitate", "run", str(self.sheet), "--new", "--print-urls", "json", "--clock", "stdin"]
        server = await asyncio.create_subprocess_exec(
            *command,
            "--data-dir",
            str(self.data),
            *self.options,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us: the server ends once we have let go of it
        )
        self.clock, self.told = cast(asyncio.StreamWriter, server.stdin), cast(asyncio.StreamReader, server.stdout)
        try:
            line = json.loads(await self.told.readline() or "{}")
            if not line:
                raise click.ClickException(N_("The server did not start."))
            announce(line)
            self.code, self.origin = line["code"], line["urls"]["join"].rsplit("/j/", 1)[0]
            self.console = line["keys"]["console"]
            connector = aiohttp.TCPConnector(limit=50)
            # From one process to the next on the same computer, packing costs more than it saves.
            plain, patience = {"Accept-Encoding": "identity"}, aiohttp.ClientTimeout(_PATIENCE)
            async with aiohttp.ClientSession(connector=connector, headers=plain, timeout=patience) as self.http:
                try:
                    await self._play(told)
                    if then is not None:
                        await then()
                finally:
                    for phone in self.phones:
                        await phone.socket.disconnect()
        finally:
            self.clock.close()
            await server.wait()

    async def _play(self, told: Callable[[str, int, int], None]) -> None:
        steps = [one for one in self.agenda.activities if not one.track]
        self.began, self.paces = asyncio.get_running_loop().time(), self._paces(0, self.now)
        await self._tell(self.now)
        arrivals = iter(self.phones)
        for place, activity in enumerate(steps):
            told(activity.title, place + 1, len(steps))
            await self._drive("next", {"leaving": steps[place - 1].id if place else ""})
            opened = self.now
            self.paces = self._paces(place, opened)
            if place == 0:
                await self._people([self._arrive(phone) for phone in arrivals], activity.minutes // 2)
            await self._step(activity.id, self.kinds[activity.kind], activity.settings, activity.minutes)
            if tracks_of(activity.settings):
                await self._workshops(activity)
            for other in steps[:place]:
                if other.stays:
                    await self._step(other.id, self.kinds[other.kind], other.settings, 0, rounds=1)
            ends = opened + timedelta(minutes=activity.minutes + self.draw.choice((-1, 0, 0, 1, 2, 3)))
            await self._tell(max(self.now, ends))
        await self._drive("close", {}, steps[-1].id)
        await self._drive("finish", {})

    async def _workshops(self, holds: Activity) -> None:
        """Each workshop plays its own steps, in turn so that the same seed gives the same day; then everyone is back and they report."""
        opened, kept, tracks = self.now, int(holds.settings.get("report", 0)), tracks_of(holds.settings)
        for track in tracks:
            leaving = ""
            inner = [one for one in self.agenda.activities if (one.within, one.track) == (holds.id, track.id)]
            for one in inner:
                await self._drive("next", {"leaving": leaving, "track": track.id})
                leaving = one.id
                await self._step(one.id, self.kinds[one.kind], one.settings, (holds.minutes - kept) // len(tracks) // len(inner), track.id)
        await self._tell(max(self.now, opened + timedelta(minutes=holds.minutes - kept)))
        await self._drive("close", {}, holds.id)
        await self._step(holds.id, self.kinds[holds.kind], holds.settings, kept)

    async def _step(
        self, id: str, kind: ActivityType, settings: Mapping[str, Any], minutes: int, track: str = "", rounds: int = _MOST_ROUNDS
    ) -> None:
        """The facilitator and the room, or those of one workshop, in turn, twice at least, until the facilitator has nothing more to do."""
        if not kind.verbs:
            return
        ends = self.now + timedelta(minutes=minutes)
        reads = any(one.approval for one in self.agenda.activities if one.id == id)
        for round in range(rounds):
            # Some are slow to begin: the facilitator lets the room act a second time before going on.
            gesture = None if round == 1 else kind.conduct(settings, (await self._state(self.console, id))["views"][id])
            if round > 1 and gesture is None:
                return
            if gesture is not None:
                await self._send_console(gesture, id)
            acting = [phone for phone in self._shuffled() if not phone.person.quiet(round)]
            if round > 1:
                # Once everyone has had two turns, each gesture of the facilitator moves a part of a large room.
                acting = acting[:_MOVED]
            # However many rounds it takes, the step keeps to its minutes.
            lasts = minutes // 3 if round == 0 else min(2, (ends - self.now) // timedelta(minutes=1))
            await self._people([self._act(phone, id, kind, settings, track) for phone in acting], max(0, lasts))
            if reads and any(one["status"] == "waiting" for one in (await self._state(self.console, id))["views"][id].get("cards", ())):
                await self._drive("approve", {}, id)

    def _shuffled(self) -> list[_Phone]:
        phones = list(self.phones)
        self.draw.shuffle(phones)
        return phones

    async def _people(self, coming: Sequence[Awaitable[None]], minutes: int) -> None:
        """People act over so many minutes: one after the other, or all at once."""
        if self.together:
            await asyncio.gather(*coming)
            return
        seconds = sorted(self.draw.uniform(0, minutes * 60) for _ in coming)
        start = self.now
        for second, one in zip(seconds, coming, strict=True):
            await self._tell(start + timedelta(seconds=round(second)))
            await one

    async def _arrive(self, phone: _Phone) -> None:
        id = self._id()
        said = phone.person.profile | {"id": id}
        if self.agenda.online == "hybrid":
            said["remote"] = phone.person.place % 3 == 2
        if self.agenda.access == "list":
            # What the list knows of them does not stand where they leave a blank.
            said |= {"invitation": await self._invite(phone.person), "known": True}
        async with self.http.post(f"{self.origin}/j/{self.code}", json=said) as answer:
            joined = await answer.json()
        if "key" not in joined:
            self.refused.append(str(joined.get("code")))
            self.phones.remove(phone)
            return
        self.acknowledged.add(id)
        phone.participant, phone.key = joined["participant"], joined["key"]
        if self.together or phone.person.place < _CONNECTED:
            auth = {"code": self.code, "key": phone.key, "lang": phone.person.language, "look": "mine"}
            await phone.socket.connect(self.origin, auth=auth, transports=["websocket"], wait_timeout=_PATIENCE)

    async def _invite(self, person: Person) -> str:
        """Puts someone on the list of a day on invitation: the code they come in with."""
        guest = {"do": "add", "last": person.profile.get("name") or f"{person.place + 1}"}
        where, key = f"{self.origin}/reception/{self.code}/registrations", {"Authorization": f"Bearer {self.console}"}
        async with self.http.post(where, json=guest, headers=key) as answer:
            return str((await answer.json())["invitation"])

    async def _act(self, phone: _Phone, id: str, kind: ActivityType, settings: Mapping[str, Any], track: str) -> None:
        state = await self._state(phone.key, id)
        view = state["views"].get(id)
        if view is None or (track and state["now"] != id):
            return
        for gesture in kind.rehearse(settings, view, phone.person):
            act = self._made(gesture, id)
            answer = await self._send(phone, act)
            self._answered(act["id"], answer)
            if phone.person.impatient() and "seq" in answer:
                # Some phones send twice: nothing must be kept twice.
                self._answered(act["id"], await self._send(phone, act))

    async def _send(self, phone: _Phone, act: Mapping[str, Any]) -> Mapping[str, Any]:
        """As a real phone does: a line that is lost comes back by itself, and what waited is sent again; beyond those that hold a line, as
        one without a script does."""
        if not self.together and phone.person.place >= _CONNECTED:
            return await self._post(act, phone.key)
        async with asyncio.timeout(_PATIENCE):
            while True:
                try:
                    answer: Mapping[str, Any] = await phone.socket.call("act", act, timeout=_PATIENCE)
                    return answer
                except (socketio.exceptions.BadNamespaceError, socketio.exceptions.DisconnectedError):
                    await asyncio.sleep(0.2)

    async def _send_console(self, gesture: Gesture, id: str) -> None:
        act = self._made(gesture, id)
        self._answered(act["id"], await self._post(act, self.console))

    async def _drive(self, do: str, content: Mapping[str, Any], activity: str = "") -> None:
        act = {"id": self._id(), "do": do, "activity": activity, "content": dict(content)}
        self._answered(act["id"], await self._post(act, self.console))

    async def _post(self, act: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        async with self.http.post(f"{self.origin}/s/{self.code}/act", json=act, headers={"Authorization": f"Bearer {key}"}) as answer:
            told: Mapping[str, Any] = await answer.json()
            return told

    async def _state(self, key: str, step: str) -> Mapping[str, Any]:
        async with self.http.get(f"{self.origin}/s/{self.code}/state?step={step}", headers={"Authorization": f"Bearer {key}"}) as answer:
            state: Mapping[str, Any] = await answer.json()
            return state

    def _made(self, gesture: Gesture, id: str) -> dict[str, Any]:
        content = {key: self.lead.says(one.about, one.limit) if isinstance(one, Aloud) else one for key, one in gesture.content.items()}
        return {"id": self._id(), "do": gesture.do, "activity": id, "content": content, "on": gesture.on}

    def _answered(self, id: Any, answer: Mapping[str, Any]) -> None:
        if "seq" in answer:
            self.acknowledged.add(id)
        else:
            self.refused.append(str(answer.get("code")))

    def _id(self) -> str:
        return str(UUID(int=self.draw.getrandbits(128), version=4))

    async def _tell(self, now: datetime) -> None:
        """Gives the server its time, unless it has it, and waits until it does."""
        if now != self.given:
            self.clock.write(now.astimezone(ZoneInfo("UTC")).isoformat(timespec="milliseconds").replace("+00:00", "Z\n").encode())
            await self.clock.drain()
            await self.told.readline()
        self.now = self.given = now
        if self.seconds:
            await asyncio.sleep(max(0.0, self.paces(now) - (asyncio.get_running_loop().time() - self.began)))

    def _paces(self, place: int, opened: datetime) -> Callable[[datetime], float]:
        """In a demo: an hour of this step → the second it is due at. Each step has its share of the time, a break a small one."""
        steps = [one for one in self.agenda.activities if not one.track]
        weights = [1.0 if self.kinds[one.kind].verbs else 0.3 for one in steps]
        begins, share = (sum(part) / sum(weights) * self.seconds * _SHOWN for part in (weights[:place], weights[place : place + 1]))
        length = timedelta(minutes=max(1, steps[place].minutes))
        return lambda now: begins + share * min(1.0, max(0.0, (now - opened) / length))
