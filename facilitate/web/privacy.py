"""Owns the pages of what is kept and for how long: the durations, the visas, the register of removals; the register of processing
activities; the accessibility declaration."""

from flask import Blueprint

privacy = Blueprint("privacy", __name__)
