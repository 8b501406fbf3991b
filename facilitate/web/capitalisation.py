"""Owns documents over several days that staff choose: what they gather, compare and write over it."""

from flask import Blueprint

capitalisation = Blueprint("capitalisation", __name__)
