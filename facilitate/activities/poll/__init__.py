"""Owns the poll: one question, answers counted, hidden until revealed."""

from facilitate.core.activity import ActivityType
from facilitate.core.words import N_


class Poll(ActivityType):
    kind = "poll"
    fr = "sondage"
    label = N_("Poll")
