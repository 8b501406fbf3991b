"""The HTTP surface: join · participant · wall · console · shelf · files, all through one door (``door.py``)."""
