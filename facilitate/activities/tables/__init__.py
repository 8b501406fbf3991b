"""Owns tables: who sits where, and what each table writes."""

from facilitate.core.activity import ActivityType
from facilitate.core.words import N_


class Tables(ActivityType):
    kind = "tables"
    fr = "tables"
    label = N_("Tables")
