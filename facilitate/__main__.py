"""Owns nothing: ``python -m facilitate`` is the ``facilitate`` command."""

from facilitate.cli import main

main()
