"""Owns the way from a session's state to HTML: the context of each screen, per audience and language, and the templates.

First paint, live update and catch-up are the same ``region``; a ``page`` is a region in its shell.
"""

import inspect
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

import segno
from babel.dates import format_date
from jinja2 import BytecodeCache, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, TemplateError, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup, escape

from facilitate.core.activity import ActivityType, Kinds
from facilitate.core.agenda import tracks_of
from facilitate.core.contribution import Contribution, Same, Viewer
from facilitate.core.entry import Audience, Caller
from facilitate.core.rules import corrections_open
from facilitate.core.state import SessionState, Step
from facilitate.core.words import N_, code_shown
from facilitate.desks import DESKS, waiting
from facilitate.entering import entering, step_of
from facilitate.fragments import Kept, Lately
from facilitate.hours import Day
from facilitate.language import Language
from facilitate.prose import to_html
from facilitate.restitution import europe, typography

Place = Literal["now", "mine", "cards", "wall", "console", "remote", "notes", "scribe", "panel"]

_AUDIENCES: Mapping[str, Audience] = {
    "wall": "wall",
    "console": "console",
    "remote": "console",
    "notes": "notes",
    "scribe": "scribe",
    "panel": "panel",
}
"""Whose place it is; the others are a phone's."""

_PHONES = re.compile(r"(^|/)(participant|join|page|parts|message|code|notice)")

_LATEST: Mapping[Place, int] = {"mine": 3, "cards": 40, "console": 60, "wall": 300}
"""How many cards each place shows unless it is asked for all."""


class Shown(Protocol):
    """What of a session the screens need."""

    code: str
    state: SessionState

    def viewer(self, caller: Caller, activity: str) -> Viewer: ...

    def rejoins(self) -> Mapping[str, str]: ...

    def keepsake(self, participant: str) -> str: ...


@dataclass(frozen=True)
class Entrance:
    """How people come in: ``origin`` 'http://192.168.8.2:8000', and the room's Wi-Fi where it is shown."""

    origin: str
    wifi: Mapping[str, str] | None = None

    @property
    def address(self) -> str:
        """What one types: without 'http://'."""
        return self.origin.partition("://")[2]

    def join(self, code: str) -> str:
        """What the QR code says."""
        return f"{self.origin}/j/{code}"


@dataclass(frozen=True)
class Asked:
    """Who asks for a screen, and in what circumstances.

    ``here``: the participants connected; ``others``: those who share this phone with the one who asks;
    ``typed`` and ``refused``: what a form without script just sent, and why not; ``all``: every
    card, where console and phones are otherwise shown the latest (what is sent to all of them at each tick stays light); ``track``: the
    workshop whose wall or console it is; ``whom`` and ``after``: for whom the scribe writes (None: whoever comes next, after that one), and
    ``verb`` what was just refused, ``on`` what; ``driving``: the staff pages that are open, as (page, member of the team or '').
    """

    caller: Caller
    language: str
    here: Collection[str] = ()
    typed: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""
    step: str = ""
    rooms: Mapping[str, int] = field(default_factory=dict)
    others: Collection[str] = ()
    all: bool = False
    track: str = ""
    whom: str | None = None
    after: str = ""
    verb: str = ""
    on: str = ""
    driving: Collection[tuple[str, str]] = ()


class Screens:
    """Every screen. ``asset(name)`` gives the address of a static file; ``clock`` the present instant, as entries write it."""

    def __init__(
        self,
        kinds: Kinds,
        languages: Mapping[str, Language],
        templates: Path,
        entrance: Entrance,
        asset: Callable[[str], str],
        clock: Callable[[], str],
    ) -> None:
        self.kinds = kinds
        self.languages = languages
        self.entrance = entrance
        self.clock = clock
        self.declared = ""
        """What the first page says of accessibility, a msgid; '' where nothing was declared."""
        self.house: Mapping[str, Any] = {"name": "", "logo": "", "funders": (), "contact": "", "data": ""}
        self._environments = {name: _environment(language, kinds, templates, asset) for name, language in languages.items()}

    def compile(self, kinds: Collection[str] = ()) -> Iterator[str]:
        """Compiles every template before it is asked for, one a step, and tells its name: first what phones are shown, and what these kinds
        of activity need. One that cannot be is told as it is asked for."""
        ours = tuple(f"activities/{kind}/" for kind in kinds)
        names = next(iter(self._environments.values())).list_templates(extensions=["html"])
        for name in sorted(names, key=lambda name: (not name.startswith(ours), not _PHONES.search(name), name)):
            for environment in self._environments.values():
                with suppress(TemplateError):
                    environment.get_template(name)
            yield name

    def say(self, language: str) -> Language:
        """The words of a language."""
        return self.languages[language]

    def page(self, template: str, language: str, /, **context: Any) -> str:
        """A whole page that shows no session's state: join, message, shelf, code."""
        return self._environments[language].get_template(template).render(lang=language, declared=self.declared, **context)

    def live_page(self, session: Shown, place: Place, asked: Asked) -> str:
        """A whole live page: the shell of its audience around its region."""
        shell = "participant.html" if place in ("now", "mine", "cards") else "desk.html" if place in DESKS else f"{place}.html"
        context = self._context(session, place, asked)
        region = Markup(self._region(session.state, place, asked.language, context))  # noqa: S704 - a template's own output
        query = "&".join([*(["all=1"] if asked.all else []), *_query(context)])
        who = "workshop" if asked.caller.track else "member" if asked.caller.member else "lead"
        return self.page(
            shell, asked.language, region=region, place=place, rooms=asked.rooms, query=query, room=asked.track, who=who, **_shell(context)
        )

    def region(self, session: Shown, place: Place, asked: Asked) -> str:
        """What an update or a re-fetch puts into the page."""
        return self._region(session.state, place, asked.language, self._context(session, place, asked))

    def shared(self, session: Shown) -> tuple[Any, ...]:
        """What all phones show alike: when it changes, each fetches its own region again."""
        state = session.state
        shown: list[Any] = [state.wall().get("unnamed"), state.finished, state.agenda.title, state.edition.until]
        ons = {id for _, id in state.nows.items()}
        for step in (one for one in state.ordered if one.status == "open" or one.activity.id in ons):
            kind = self.kinds.get(step.activity.kind)
            # Who joined is left out: 150 arrivals are not to send each phone back 150 times for a count.
            sources = replace(state.sources(step, self.kinds), people={})
            view = kind.view(step.activity.settings, state.summaries[step.activity.id], Viewer("participant"), sources) if kind else {}
            shown += [step, view]
        return tuple(shown)

    def about(self, session: Shown) -> dict[str, Any]:
        """The facts of a day, for pages that show nothing of what was written."""
        return self._session(session, 0)

    def state(self, session: Shown, caller: Caller, only: str = "") -> dict[str, Any]:
        """All that a key may see: {"seq", "agenda", "now", "open", "views"}, plain JSON; where a step is named, ``only`` its view."""
        state = session.state
        views = {}
        for step in state.ordered:
            if step.opened and step.activity.kind in self.kinds and only in ("", step.activity.id):
                # Whoever drives one workshop sees of the others what their walls show.
                own = not caller.track or caller.track in (step.activity.track, *(one.id for one in tracks_of(step.activity.settings)))
                viewer = session.viewer(caller, step.activity.id) if own else Viewer("wall")
                views[step.activity.id] = self._view(state, step, viewer)
        agenda = [
            {"id": one.activity.id, "kind": one.activity.kind, "title": one.activity.title, "status": one.status} for one in state.ordered
        ]
        opened = [one.activity.id for one in state.ordered if one.status == "open"]
        return {
            "seq": state.seq,
            "agenda": agenda,
            "now": state.on(caller.track or state.track_of(caller.participant)) or None,
            "tracks": {track: id for track, id in sorted(state.nows.items()) if track},
            "open": opened,
            "views": views,
            "finished": state.finished or None,
        }

    def _region(self, state: SessionState, place: Place, language: str, context: Mapping[str, Any]) -> str:
        template = self._environments[language].get_template(self._template(state, place, context))
        return template.render(lang=language, place=place, **context)

    def _template(self, state: SessionState, place: Place, context: Mapping[str, Any]) -> str:
        if place in ("mine", "cards"):
            return f"region/participant-{place}.html"
        if place == "console" or place in DESKS:
            return f"region/{place}.html"
        if place == "wall":
            for asked, name in (("black", "black"), ("qr", "join"), ("card", "alone")):
                if context["wall"].get(asked) and (asked != "card" or context["alone"]):
                    return f"region/wall-{name}.html"
        audience = "wall" if place == "wall" else "participant"
        step = context["step"]
        return f"activities/{step['kind']}/{audience}.html" if step and step["kind"] in self.kinds else f"region/{audience}-waiting.html"

    def _context(self, session: Shown, place: Place, asked: Asked) -> dict[str, Any]:
        state, caller = session.state, asked.caller
        track = self._track(state, place, asked)
        on = state.step(state.on(track)) or (state.step(state.within(track)) if place == "wall" else None)
        chosen = self._chosen(state, place, asked, track)
        step = on if chosen is None or place == "console" else chosen
        if place == "scribe":
            step = step_of(state, asked.step, track)
        if place == "panel":
            step = None  # a panellist is shown what is put to the panel, and nothing else of the day
        most = None if asked.all else _LATEST.get(place)
        person = state.people.get(caller.participant)
        day = Day(state, self.clock(), self.languages[asked.language], track)
        context: dict[str, Any] = {
            "session": self._session(session, len(asked.here)),
            "step": day.step(step, self.kinds) if step else None,
            "view": self._view(state, step, self._viewer(session, place, caller, step), most) if step and place != "cards" else {},
            "me": {name: getattr(person, name) for name in ("id", "name", "role", "structure", "type", "territory", "named", "remote")}
            if person
            else None,
            "typed": asked.typed,
            "refused": asked.refused,
            "picked": asked.on,
            "all": asked.all,
            "next": day.next(self.kinds),
            "seq": state.seq,
            "now": self.clock(),
            "tz": ZoneInfo(state.agenda.timezone),
            "audience": audience_of(place),
            "wall": state.wall(track),
            "track": state.tracks.get(track),
            "alone": self._alone(state, day) if place == "wall" else None,
            "chosen": chosen.activity.id if chosen else "",
        }
        if place in ("now", "console"):
            context["standing"] = [day.step(one, self.kinds) for one in state.beside(track)]
            context["current"] = {"id": on.activity.id, "title": on.activity.title} if on else None
        holder = state.step(state.within(track))
        if holder is not None and place in ("mine", "console"):
            seen = self._view(state, holder, session.viewer(caller, holder.activity.id))
            context["holder"] = {"step": day.step(holder, self.kinds), "view": seen}
        if place == "mine":
            context |= {"mine": self._mine(session, caller, day), "latest": self._latest(state, day)}
            context["others"] = [state.people[id] for id in asked.others if id in state.people]
        if state.finished and place in ("now", "mine"):
            code = session.keepsake(caller.participant) if caller.participant else ""
            groups = " ".join(code[at : at + 3] for at in range(0, len(code), 3))
            context["after"] = {"open": corrections_open(state, self.clock()), "until": state.edition.until, "code": groups}
        if place == "cards":
            context["groups"] = self._groups(session, day, most)
        if place in DESKS:
            context |= DESKS[place](day, self.kinds, asked.all)
        if place == "panel":
            context["panellist"] = state.team[caller.member].name if caller.member in state.team else ""
            for one in context["asked"]:
                one["view"] = self._view(state, state.steps[one["id"]], session.viewer(caller, one["id"]))
        if place == "scribe":
            seen_by = partial(self._seen_by, session, caller, step)
            context |= entering(day, self.kinds, step, (asked.whom, asked.after), seen_by) | {"verb": asked.verb, "on": asked.on}
        if place == "console":
            # Each kind's console lists the last first: those that wait to be read come before all others.
            shown = sorted(context["view"].get("cards", []), key=lambda one: one.get("status") == "waiting")
            if chosen:
                seen = self._view(state, chosen, self._viewer(session, place, caller, chosen))
                context["aside"] = {"step": day.step(chosen, self.kinds), "view": seen}
            context["waiting"] = waiting(day, self.kinds)
            context["older"] = max(0, self._count(state, step, shown, "console") - most) if most else 0
            context["view"] = context["view"] | {"cards": shown[-most:] if most else shown}
            context |= day.console(self.kinds, asked.here, session.rejoins()) | {"preview": self._mirror(session, asked)}
            context["driving"] = self._driving(state, asked, day.language)
        return context

    def _chosen(self, state: SessionState, place: Place, asked: Asked, track: str) -> Step | None:
        """The step a screen is asked for instead of what is on: one that has been opened, and that its reader may see."""
        step = state.step(str(state.wall(track).get("step", "")) if place == "wall" else asked.step)
        if step is None or not step.opened or (place == "wall" and step.status != "open"):
            return None
        may = step.activity.track == asked.caller.track if asked.caller.track else step.activity.track in ("", track)
        return step if may and (place == "console" or step.activity.id != state.on(track)) else None

    def _track(self, state: SessionState, place: Place, asked: Asked) -> str:
        """The workshop a screen belongs to: a phone's follows its person, a wall without a step of its own shows the plenary."""
        if place in ("now", "mine") and (asked.caller.participant or not state.on(asked.track)):
            return state.track_of(asked.caller.participant)
        return asked.track if asked.track in state.tracks and (place in ("console", "remote") or state.within(asked.track)) else ""

    def _viewer(self, session: Shown, place: Place, caller: Caller, step: Step | None) -> Viewer:
        if place == "scribe":
            return Viewer("scribe")
        # Whoever looks at the wall sees what the wall shows, on a phone too.
        return Viewer("wall") if place in ("cards", "wall") or step is None else session.viewer(caller, step.activity.id)

    def _seen_by(self, session: Shown, caller: Caller, step: Step | None, person: str) -> Viewer:
        """The viewer that a participant is in a step, or whoever asks where there is none."""
        return session.viewer(Caller("participant", person) if person else caller, step.activity.id if step else "")

    def _view(self, state: SessionState, step: Step, viewer: Viewer, most: int | None = None) -> dict[str, Any]:
        kind = self.kinds.get(step.activity.kind)
        if kind is None:
            return {"cards": []}
        if kind.streams and viewer.audience != "participant":
            viewer = replace(viewer, most=most)
        return kind.view(step.activity.settings, state.summaries[step.activity.id], viewer, state.sources(step, self.kinds))

    def _count(self, state: SessionState, step: Step | None, cards: Sequence[Any], audience: Audience) -> int:
        """How many cards there are for the wall or the console, where the latest of them were drawn."""
        kind = self.kinds.get(step.activity.kind) if step else None
        if step is None or kind is None or not kind.streams:
            return len(cards)
        contributions = state.summaries[step.activity.id].contributions
        return int(contributions.standing if audience == "console" else contributions.shown)

    def _alone(self, state: SessionState, day: Day) -> dict[str, Any] | None:
        """The one card the wall was asked to show, while it may be shown."""
        found = state.contribution(str(state.wall(day.track).get("card", "")))
        if found is None or found[1].status != "shown":
            return None
        step = state.steps[found[0]]
        shown = [card for card in self._view(state, step, Viewer("wall")).get("cards", ()) if card["id"] == found[1].id]
        return self._with_texts(state, step, shown[0], day.language) if shown else None

    def _groups(self, session: Shown, day: Day, most: int | None) -> list[dict[str, Any]]:
        """The cards the wall shows or has shown today, the newest step first: what a phone sees of the wall, ``most`` in all."""
        groups, state = [], session.state
        for step in reversed(state.ordered):
            if not step.opened or step.activity.kind not in self.kinds:
                continue
            shown = self._view(state, step, Viewer("wall"), most).get("cards", [])
            latest = shown if most is None else shown[max(0, len(shown) - most) :]
            held, kind = state.summaries[step.activity.id].contributions, self.kinds[step.activity.kind]
            ones = (Same(kind, step.activity.settings, held[card["id"]], card, day.language) for card in latest)
            # Of those that many look at, one is new at a time.
            told = _told.made((session.code, step.activity.id, day.language.name, most is None), ones, _with_texts)
            count = self._count(state, step, shown, "wall")
            most = None if most is None else most - len(latest)
            groups.append(day.step(step, self.kinds) | {"cards": told, "count": count, "older": count - len(told)})
        return groups

    def _mine(self, session: Shown, caller: Caller, day: Day) -> list[dict[str, Any]]:
        """What this phone wrote, step by step, with what it may still do there."""
        groups, corrects = [], corrections_open(session.state, self.clock())
        for step in session.state.ordered:
            kind = self.kinds.get(step.activity.kind)
            if kind is None or not step.opened:
                continue
            view = self._view(session.state, step, session.viewer(caller, step.activity.id))
            own = [self._with_texts(session.state, step, card, day.language) for card in view.get("cards", ()) if card["mine"]]
            can = [
                verb for verb in ("edit", "withdraw") if verb in kind.verbs and (step.status == "open" or kind.verbs[verb].when != "open")
            ]
            post = kind.verbs.get("post")
            adds = corrects and post is not None and "participant" in post.by and not kind.pseudonymous
            if session.state.finished and not corrects:
                can = [verb for verb in can if verb == "withdraw"]
            groups.append(day.step(step, self.kinds) | {"can": can, "cards": own, "view": view, "adds": adds})
        return groups

    def _latest(self, state: SessionState, day: Day) -> list[dict[str, Any]]:
        """The last cards the wall shows, newest first."""
        step = day.on
        if step is None:
            return []
        shown = self._view(state, step, Viewer("wall"), _LATEST["mine"]).get("cards", ())
        return [self._with_texts(state, step, card, day.language) for card in reversed(shown[-_LATEST["mine"] :])]

    def _with_texts(self, state: SessionState, step: Step, card: Mapping[str, Any], words: Language) -> dict[str, Any]:
        contribution = state.summaries[step.activity.id].contributions[card["id"]]
        return _with_texts(self.kinds[step.activity.kind], step.activity.settings, contribution, card, words)

    def _driving(self, state: SessionState, asked: Asked, words: Language) -> list[dict[str, str]]:
        """Who drives the day at this moment, one for each open console or remote."""
        pages = {"console": "", "remote": words.say(N_("remote"))}
        names = [
            (state.team[one].name if one in state.team else words.say(N_("who started the day")), place) for place, one in asked.driving
        ]
        return [{"said": " · ".join(filter(None, (name, pages[place])))} for name, place in names if place in pages]

    def _mirror(self, session: Shown, asked: Asked) -> Markup:
        """The phone as someone who has just joined sees it, for the console's preview."""
        asked = Asked(Caller("participant"), asked.language, asked.here, track=asked.track)
        return Markup(self.region(session, "now", asked))  # noqa: S704 - a template's own output

    def _session(self, session: Shown, here: int) -> dict[str, Any]:
        state, agenda = session.state, session.state.agenda
        return {
            "code": session.code,
            "shown": code_shown(session.code),
            "title": state.title,
            "language": state.language,
            "host": agenda.host or self.house["name"],
            "house": self.house,
            "europe": agenda.european,
            "place": agenda.place,
            "date": agenda.date,
            "start": agenda.start,
            "end": agenda.end,
            "funders": agenda.funders,
            "notices": agenda.notices,
            "territories": _territories(Same(state.people), *agenda.territories),
            "structure_types": agenda.structure_types,
            "address": self.entrance.address,
            "join_url": self.entrance.join(session.code),
            "wifi": self.entrance.wifi,
            "capacity": state.most,
            "full": state.full,
            "joined": len(state.people),
            "online": agenda.online,
            "remote": state.remote if agenda.online else 0,
            "here": here,
            "finished": state.finished,
            "attendance": agenda.attendance,
            "coded": agenda.access == "list" or bool(agenda.deadline),
        }


_told = Lately()


def _with_texts(
    kind: ActivityType, settings: Mapping[str, Any], contribution: Contribution, card: Mapping[str, Any], words: Language
) -> dict[str, Any]:
    """A card, with its texts as (label, text) in a language."""
    texts = () if card["status"] == "withheld" else kind.texts(settings, contribution)
    told = {"card": card, "texts": [(words.say(label), text) for label, text in texts]}
    if card.get("proposed"):
        offered = kind.texts(settings, replace(contribution, content=card["proposed"]))
        told["offered"] = [(words.say(label), text) for label, text in offered]
    return told


@lru_cache(64)
def _territories(people: Same, *named: str) -> list[str]:
    """Those of the sheet and of the people: a room of a thousand is asked at each drawing."""
    return sorted({*named, *(one.territory for one in people.held[0].values() if one.territory)})


def _shell(context: Mapping[str, Any]) -> dict[str, Any]:
    return {name: context[name] for name in ("session", "step", "seq", "now", "audience", "wall", "track", "tz", "me")}


def _query(context: Mapping[str, Any]) -> list[str]:
    """The step that a page was asked for, and the scribe's person, so that an update shows the same."""
    if context["audience"] in ("participant", "console"):
        return [f"{name}={quote(context[key])}" for name, key in (("step", "chosen"), ("on", "picked")) if context[key]]
    if context["audience"] == "panel":
        return ["own=1"]  # each panellist's page is their own: what all are sent only says that there is news
    if context["audience"] != "scribe" or not context["step"]:
        return []
    return [f"step={context['step']['id']}", f"for={context['whom']['id'] if context['whom'] else ''}"]


def audience_of(place: Place) -> Audience:
    """Whose place it is."""
    return _AUDIENCES.get(place, "participant")


@lru_cache(maxsize=200)
def qr_path(text: str) -> tuple[str, int]:
    """(SVG path, side in modules, quiet zone of 4 included) of a QR code."""
    matrix = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=4)]
    path = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            width = 0
            while x + width < len(row) and row[x + width]:
                width += 1
            if width:
                path.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width or 1
    return "".join(path), len(matrix)


def qr(text: str, label: str) -> Markup:
    """A QR code as inline SVG, dark on white always, with its label for those who cannot see it."""
    path, side = qr_path(text)
    return Markup(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<path fill="currentColor" d="{2}"/></svg>'
    ).format(side, escape(label), path)


class _Compiled(BytecodeCache):
    """What templates were compiled to, once for all languages: it takes longer than rendering them."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def _environment(language: Language, kinds: Kinds, templates: Path, asset: Callable[[str], str]) -> Environment:
    folders = {kind.kind: FileSystemLoader(Path(inspect.getfile(type(kind))).parent) for kind in kinds.values()}
    environment = Environment(
        loader=ChoiceLoader([PrefixLoader({"activities": PrefixLoader(folders)}), FileSystemLoader(templates)]),
        autoescape=True,
        extensions=["jinja2.ext.i18n", Kept],
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
        auto_reload=False,
    )
    # Each takes the context: what a template is compiled to then holds no word of one language, and serves them all.
    environment.filters |= {
        "hour": _hour(language.name),
        "clock": pass_context(lambda _, hour: typography.hour(hour, language.name) if hour else ""),
        "minutes": pass_context(lambda _, count: _lasting(language, count)),
        "date": pass_context(lambda _, iso: _date(iso, language.name)),
        "spaced": pass_context(lambda _, text: typography.spaced(str(text), language.name)),
        "number": pass_context(lambda _, value: typography.number(value, language.name)),
        "markdown": to_html,
    }
    environment.install_gettext_callables(language.say, language.form, newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {"_": _said(language), "gettext": _said(language), "ngettext": _counted(language)}
    environment.globals |= {"qr": qr, "fresh": lambda: str(uuid4()), "asset": asset, "emblem": _emblem, "languages": ("fr", "en")}
    return environment


def _emblem() -> Markup:
    """Europe's, to stand beside its words."""
    return Markup(europe.svg('width="54" height="36" aria-hidden="true"'))  # noqa: S704 - drawn by us


def _said(language: Language) -> Callable[..., str]:
    def said(text: str, /, **values: Any) -> str:
        """A msgid in this language: a plain string, escaped as it is printed, or safe markup where a value is."""
        return _filled(language.say(text), values)

    return said


def _counted(language: Language) -> Callable[..., str]:
    def counted(one: str, many: str, count: float, /, **values: Any) -> str:
        """The form for this count, with ``%(count)s`` among its values."""
        return _filled(language.form(one, many, count), {"count": count} | values)

    return counted


def _filled(text: str, values: Mapping[str, Any]) -> str:
    if any(isinstance(value, Markup) for value in values.values()):
        return escape(text) % values
    return text % values if values else text


def _lasting(language: Language, count: int) -> str:
    """45 → '45 min', 75 → '1 h 15', 120 → '2 h'."""
    hours, minutes = divmod(count, 60)
    if not hours:
        return language.say(N_("%(minutes)s min"), minutes=minutes)
    if not minutes:
        return language.say(N_("%(hours)s h"), hours=hours)
    return language.say(N_("%(hours)s h %(minutes)s"), hours=hours, minutes=f"{minutes:02}")


def _hour(language: str) -> Callable[..., str]:
    @pass_context
    def hour(context: Context, instant: str) -> str:
        """'2021-09-24T09:15:00.000Z' → '11 h 15', where the session is."""
        if not instant:
            return ""
        zone = context.get("tz")
        local = datetime.fromisoformat(instant).astimezone(zone if isinstance(zone, ZoneInfo) else ZoneInfo("Europe/Paris"))
        return typography.hour(local.strftime("%H:%M"), language)

    return hour


def _date(iso: str, language: str) -> str:
    """'2021-09-24' → 'vendredi 24 septembre 2021'; what is not a whole date comes back as it is."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    weekday = format_date(day, "EEEE", locale="fr" if language == "fr" else "en_GB")
    return f"{weekday} {typography.date(iso, language)}"
