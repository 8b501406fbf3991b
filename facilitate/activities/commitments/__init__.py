"""Owns commitments: what, who, with whom, by when; later done or not."""

from facilitate.core.activity import ActivityType
from facilitate.core.words import N_


class Commitments(ActivityType):
    kind = "commitments"
    fr = "engagements"
    label = N_("Commitments")
