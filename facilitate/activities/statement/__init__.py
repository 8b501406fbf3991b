"""Owns a joint contribution: positions, amendments, degrees of agreement, signatories."""

from facilitate.core.activity import ActivityType
from facilitate.core.words import N_


class Statement(ActivityType):
    kind = "statement"
    fr = "contribution collective"
    label = N_("Joint contribution")
