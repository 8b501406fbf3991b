"""Owns meeting: what each brings and looks for, and whom to meet."""

from facilitate.core.activity import ActivityType
from facilitate.core.words import N_


class Meet(ActivityType):
    kind = "meet"
    fr = "interconnaissance"
    label = N_("Who to meet")
