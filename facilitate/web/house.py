"""Owns the page of the house's style: its name, colours, logos, mentions, templates."""

from flask import Blueprint

house = Blueprint("house", __name__)
