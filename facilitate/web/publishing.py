"""Owns publishing: a link that can be taken back, a public page, a folder to put anywhere; and the days after."""

from flask import Blueprint

publishing = Blueprint("publishing", __name__)
