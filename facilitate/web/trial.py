"""Owns the trial of one step: phone and wall as the room would see it, from a sheet that no day runs yet, errors elsewhere in it or not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from immutables import Map
from markupsafe import Markup

from facilitate.core.agenda import Activity, Agenda
from facilitate.core.contribution import Viewer
from facilitate.core.entry import Caller, Entry
from facilitate.core.state import SessionState, Step, apply
from facilitate.core.words import N_
from facilitate.render import Asked, Place, Screens

CODE = "ABC123"
_PASSING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:[\d:.]+Z")


@dataclass
class Trial:
    """A day in memory, opened at one step."""

    state: SessionState
    code: str = CODE

    def viewer(self, caller: Caller, activity: str) -> Viewer:
        """Someone who has just come in."""
        return Viewer(caller.audience)

    def rejoins(self) -> Mapping[str, str]:
        """Nobody is here."""
        return {}

    def keepsake(self, participant: str) -> str:
        """It has no end."""
        return ""


def opened(agenda: Agenda, step: Activity, screens: Screens) -> Trial:
    """The day of an agenda with this step on; in a workshop, with the step that holds it."""
    kinds = screens.kinds
    state = SessionState(
        agenda=agenda,
        order=tuple(one.id for one in agenda.activities),
        steps=Map({one.id: Step(one, one.minutes) for one in agenda.activities}),
        summaries=Map({one.id: kinds[one.kind].start(one.settings) for one in agenda.activities if one.kind in kinds}),
    )
    state = _lent(state, step, screens)
    for id in filter(None, (step.within, step.id)):
        state = apply(state, Entry(state.seq + 1, id, screens.clock(), "system", "open", id), kinds)
    return Trial(state)


def _lent(state: SessionState, step: Activity, screens: Screens) -> SessionState:
    """A few cards in the steps that this one takes up: without any there would be nothing to see."""
    kinds, say = screens.kinds, screens.say(state.agenda.language).say
    for setting in kinds[step.kind].settings:
        source = state.step(str(step.settings.get(setting.name, ""))) if setting.type == "source" else None
        kind = kinds.get(source.activity.kind) if source else None
        if source is None or kind is None or not kind.fields(source.activity.settings):
            continue
        first, id = kind.fields(source.activity.settings)[0], source.activity.id
        state = apply(state, Entry(state.seq + 1, f"open {id}", screens.clock(), "system", "open", id), kinds)
        for n in range(1, 5):
            said = {first.key: say(N_("An example of a card, number %(n)s"), n=n)}
            state = apply(state, Entry(state.seq + 1, f"{id}-{n}", screens.clock(), "", "post", id, content=said), kinds)
    return state


def picture(agenda: Agenda, step: Activity, place: Place, screens: Screens) -> str:
    """A whole page, without script: the step on a phone ('now') or on the wall ('wall'), in the language of the room."""
    asked = Asked(Caller("wall" if place == "wall" else "participant"), agenda.language, step=step.id, track=step.track)
    region = Markup(screens.region(opened(agenda, step, screens), place, asked))  # noqa: S704 - a template's own output
    html = screens.page("prepare/picture.html", agenda.language, region=region, place=place, title=step.title)
    # Nothing is sent from here: the same step gives the same page, which is then not drawn again.
    return _PASSING.sub("", html)
