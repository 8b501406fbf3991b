"""Owns the break: what it is, until when, and what comes next."""

from collections.abc import Mapping
from typing import Any

from facilitate.core.activity import ActivityType, Setting, Sources, Summary, Viewer
from facilitate.core.words import N_


class Break(ActivityType):
    kind = "break"
    fr = "pause"
    label = N_("Break")
    settings = (Setting("what", "quoi", "text", "", N_("What is there: coffee in the hall, lunch at the station.")),)

    def view(self, settings: Mapping[str, Any], summary: Summary, viewer: Viewer, sources: Sources) -> dict[str, Any]:
        return {"what": settings["what"]}
