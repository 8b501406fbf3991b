"""Owns the page where staff edit the report of a day: its texts, its sections, its cards, beside a live preview."""

from flask import Blueprint

edition = Blueprint("edition", __name__)
