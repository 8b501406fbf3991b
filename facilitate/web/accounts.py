"""Owns the accounts of the shelf: who may come in, by invitation, and for how long."""

from flask import Blueprint

accounts = Blueprint("accounts", __name__)
