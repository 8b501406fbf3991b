"""Owns the moment when workshops run side by side: each person enters one, each workshop brings something back to everyone."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

from facilitate.core.activity import (
    Accepted,
    ActivityType,
    Contribution,
    Examples,
    Field,
    Gesture,
    Policy,
    Setting,
    Sources,
    Summary,
    Verb,
    Viewer,
    Voice,
    cards,
    told,
)
from facilitate.core.agenda import Activity, Track, tracks_of
from facilitate.core.entry import Act, Actor, Entry, Refused
from facilitate.core.tree import Card, Node, Paragraph, Section
from facilitate.core.words import N_, Say


@dataclass(frozen=True, slots=True)
class Reports(Summary):
    """What the workshops bring back, and the one whose turn it is, by id; '' before the first."""

    turn: str = ""


class Tracks(ActivityType):
    """Workshops side by side. While it is open each runs on its own; closed, everyone is back and each reports."""

    kind: ClassVar[str] = "tracks"
    fr: ClassVar[str] = "ateliers"
    label: ClassVar[str] = N_("Parallel workshops")
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("tracks", "ateliers", "list", (), N_("The workshops, each as “Name” or “Name (room)”."), required=True),
        Setting("question", "question", "text", N_("What do we bring back to everyone?"), N_("What each workshop is asked to bring back.")),
        Setting("report", "mise en commun", "number", 0, N_("Minutes kept at the end for the workshops to report."), high=240),
    )
    papers: ClassVar[Mapping[str, str]] = {"cards": N_("Table cards")}
    verbs: ClassVar[Mapping[str, Verb]] = {
        "post": Verb(when="opened"),
        "edit": Verb(when="opened"),
        "withdraw": Verb(when="opened"),
        "enter": Verb(by=frozenset({"participant"}), when="open"),
        "turn": Verb(by=frozenset({"console"}), when="opened"),
    }
    tracked: ClassVar[frozenset[str]] = frozenset({"post", "edit", "withdraw"})
    examples: ClassVar[Examples] = Examples(
        accepts=(
            {"track": "one", "text": "Start with what is grown within an hour’s walk."},
            {"track": "two", "text": "x" * 500},
            {"track": "one", "text": "<b>100 %</b> of **nothing**"},
        ),
        refuses=(
            {},
            {"track": "one", "text": ""},
            {"text": "Fine"},
            {"track": "three", "text": "Fine"},
            {"track": "one", "text": "x" * 501},
            {"track": "one", "text": 3},
            {"track": ["one"], "text": "Fine"},
        ),
    )

    def start(self, settings: Mapping[str, Any]) -> Reports:
        return Reports()

    def fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (Field("text", settings["question"], 500, required=True),)

    def accept(self, settings: Mapping[str, Any], act: Act, actor: Actor, summary: Any, sources: Sources) -> Accepted | Refused:
        known = {one.id for one in tracks_of(settings)}
        asked = str(act.content.get("track", "") or "")
        if act.do in ("enter", "turn"):
            if asked and asked not in known:
                return _unknown()
            return Accepted({"track": asked})
        accepted = super().accept(settings, act, actor, summary, sources)
        if act.do == "withdraw" or isinstance(accepted, Refused):
            return accepted
        # Whoever speaks for a workshop speaks for their own.
        person = sources.people.get(actor.participant)
        track = actor.track or (person.track if person and person.track in known else "") or asked
        if act.do == "edit":
            track = str(summary.contributions[act.on].content["track"])
        if track not in known:
            return _unknown()
        return replace(accepted, content={**accepted.content, "track": track})

    def fold(self, summary: Any, entry: Entry) -> Any:
        if entry.do == "enter":
            return summary
        return replace(summary, turn=entry.content["track"]) if entry.do == "turn" else super().fold(summary, entry)

    def view(self, settings: Mapping[str, Any], summary: Any, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        """``reporting``: everyone is back. A phone sees what its person wrote and, while workshops report, what the wall shows."""
        tracks, reporting = tracks_of(settings), sources.status == "closed"
        person = sources.people.get(viewer.participant)
        chosen = person.track if person else ""
        seen: dict[str, Any] = {
            "fields": [asdict(field) for field in self.fields(settings)],
            "reporting": reporting,
            "turn": summary.turn,
            "chosen": chosen if any(one.id == chosen for one in tracks) else "",
            "cards": cards(summary.contributions, viewer, sources.people),
            "tracks": [asdict(one) for one in tracks],
        }
        if viewer.audience != "participant":
            # Phones look again when what they all see changes: they are not told of each person who enters.
            people = Counter(one.track for one in sources.people.values())
            for one in seen["tracks"]:
                one["people"] = people[one["id"]]
            # Without a phone nobody chooses here: they are not waited for.
            seen["nowhere"] = sum(one.phone and not any(track.id == one.track for track in tracks) for one in sources.people.values())
        return seen

    def printed(self, name: str, settings: Mapping[str, Any], summary: Any, sources: Sources, say: Say) -> Mapping[str, Any]:
        """A card for the table or the door of each workshop, with its room."""
        told = [{"label": say(N_("Workshop")), "large": one.name, "beside": one.room} for one in tracks_of(settings)]
        return {"head": say(self.papers["cards"]), "cards": told}

    def sections(self, activity: Activity, summary: Any, sources: Sources, policy: Policy) -> tuple[Node, ...]:
        """What each workshop brought back; what happened in each is told by its own steps."""
        points = told(summary.contributions)
        if not points:
            return ()
        reports = [
            Section(one.name, f"{activity.id}-report-{one.id}", tuple(_card(point, policy) for point in points if _of(point, one)))
            for one in tracks_of(activity.settings)
            if any(_of(point, one) for point in points)
        ]
        lede = Paragraph(policy.say(activity.settings["question"]), "lede")
        return (Section(policy.say(N_("Report-back")), f"{activity.id}-report", (lede, *reports)),)

    def rehearse(self, settings: Mapping[str, Any], view: Mapping[str, Any], voice: Voice) -> tuple[Gesture, ...]:
        """Enters a workshop; later, one in eight brings something back for it."""
        if not view["chosen"] and not view["reporting"]:
            return (Gesture("enter", {"track": voice.pick(view["tracks"])["id"]}),)
        if view["cards"] or not view["chosen"] or not voice.chance(0.125):
            return ()
        return (Gesture("post", {"track": view["chosen"], "text": voice.says("report", 500)}),)

    def conduct(self, settings: Mapping[str, Any], view: Mapping[str, Any]) -> Gesture | None:
        """Once everyone is back: one workshop after the other."""
        tracks = [one["id"] for one in view["tracks"]]
        place = tracks.index(view["turn"]) + 1 if view["turn"] in tracks else 0
        return Gesture("turn", {"track": tracks[place]}) if view["reporting"] and place < len(tracks) else None


def _of(point: Contribution, track: Track) -> bool:
    return point.content.get("track") == track.id


def _card(point: Contribution, policy: Policy) -> Card:
    return Card(point.content["text"], by=policy.signature(point), number=policy.number(point))


def _unknown() -> Refused:
    return Refused("unknown-track", N_("There is no such workshop in this day."), field="track")
