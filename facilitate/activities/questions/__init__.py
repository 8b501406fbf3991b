"""Owns questions to a panel: asked, supported, routed, answered now or later."""

from facilitate.core.activity import ActivityType
from facilitate.core.words import N_


class Questions(ActivityType):
    kind = "questions"
    fr = "questions"
    label = N_("Questions")
