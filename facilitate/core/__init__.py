"""The pure core: what a day is and what may happen in it.

No Flask, SQLAlchemy, files, clock, randomness or discovery in this folder: facts come in, facts go out.
"""
