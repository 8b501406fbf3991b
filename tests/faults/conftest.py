"""Faults, each with its figures. tests/harness/tally.py says how a test adds its row to the table (``tally``) and how it has a short and
a long form (``rounds``, ``LONG``); `make faults` runs the long forms and prints the table."""
