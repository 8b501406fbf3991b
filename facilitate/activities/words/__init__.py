"""Owns words: one to three each, near-duplicates folded."""

from facilitate.core.activity import ActivityType
from facilitate.core.words import N_


class Words(ActivityType):
    kind = "words"
    fr = "mots"
    label = N_("Words")
