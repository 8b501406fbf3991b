"""A workshop facilitation toolkit for live sessions: a sheet runs the day, phones post, the restitution is ready at the end."""

__version__ = "0.1.0"
