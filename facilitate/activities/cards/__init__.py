"""Owns free contributions: cards of any form, signed or anonymous."""

from facilitate.core.activity import ActivityType
from facilitate.core.words import N_


class Cards(ActivityType):
    kind = "cards"
    fr = "cartes"
    label = N_("Cards")
