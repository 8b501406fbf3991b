"""Owns the finding of what is installed: every kind of activity, and the folders that come with the program."""

from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from facilitate.core.activity import ActivityType, Kinds


def beside(name: str) -> Path:
    """``templates``, ``static`` and ``sessions_library`` stand in the package once installed, next to it in a checkout."""
    package = Path(__file__).parent
    return package / name if (package / name).is_dir() else package.parent / name


@cache
def find_kinds() -> Kinds:
    """Every kind of activity installed, built-ins included, by name."""
    found: list[ActivityType] = [point.load()() for point in entry_points(group="facilitate.activities")]
    return {kind.kind: kind for kind in sorted(found, key=lambda kind: kind.kind)}
