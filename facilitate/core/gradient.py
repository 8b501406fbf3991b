"""Owns the degrees of agreement: the seven that a poll or a joint contribution asks, and what each is worth."""

from facilitate.core.words import N_

# Sam Kaner et al., Facilitator's Guide to Participatory Decision-Making, Jossey-Bass, 3rd edition, 2014, “Gradients of Agreement”. The book
# has an eighth, “More discussion needed”: it asks for time and says no degree, so it is left to the facilitator.
GRADIENT = (
    N_("I endorse it fully"),
    N_("I agree, but for a detail"),
    N_("I support it, with reservations"),
    N_("I abstain"),
    N_("I do not like it, but will go along"),
    N_("I seriously disagree"),
    N_("I stand against it: veto"),
)
"""What each degree from 1 to 7 means."""

ACCEPTS = frozenset((1, 2, 3, 5))
"""The degrees of those who at least accept: they would go along."""
ABSTAINS = 4
AGAINST = frozenset((6, 7))
