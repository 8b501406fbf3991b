"""Owns what many days teach together: the series they belong to, the documents over several of them, and those that a day's own cards make
apart from its report.

Each is a tree like a restitution's, written by the same writers. Its rules are those of each day: what was withheld or is still hidden is
not in it, people are told as that day tells them, and every statement says in which day, under which number of its annex, it stands.
"""

from facilitate.library.capitalisation import EDITABLE, Capitalisation, document_of
from facilitate.library.contribution import contribution, drafts
from facilitate.library.days import Day, in_order, of_series, series
from facilitate.library.experiences import Experiences
from facilitate.library.gathering import synthesis

__all__ = [
    "EDITABLE",
    "Capitalisation",
    "Day",
    "Experiences",
    "contribution",
    "document_of",
    "drafts",
    "in_order",
    "of_series",
    "series",
    "synthesis",
]
