"""Owns the search over every word of every day."""

from flask import Blueprint

search = Blueprint("search", __name__)
