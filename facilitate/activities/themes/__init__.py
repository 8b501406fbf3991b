"""Owns themes: what came, grouped and named."""

from facilitate.core.activity import ActivityType
from facilitate.core.words import N_


class Themes(ActivityType):
    kind = "themes"
    fr = "thèmes"
    label = N_("Themes")
