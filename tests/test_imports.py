"""Imports point down only, and the core stays pure: read from the source, so that nothing needs to run."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "facilitate"

# From the top down. A room imports from rooms further down only; rooms on one line do not know each other.
HOUSE = [
    {"__main__"},
    {"cli"},
    {"rehearsal"},
    {"serve"},
    {"app", "connections"},
    {"web"},
    {"declarations"},
    {"retention"},
    {"remaking", "workers"},
    {"live", "attendance", "accounts", "accesses", "backup"},
    {"shelf", "workshop", "archive", "verify", "readiness", "poster", "search", "house", "publications", "decided"},
    {"journal", "render", "pictures", "suggestions", "mydata"},
    {"entering", "library", "afterwards"},
    {"papers"},
    {"restitution"},
    {"desks", "direct"},
    {"hours"},
    {"installed", "migrations", "sqlite_pages", "clock", "language", "prose", "sheets", "limits", "lines", "fragments"},
    {"metrics", "logs"},
    {"activities"},
    {"core"},
]
FLOOR = {room: floor for floor, rooms in enumerate(HOUSE) for room in rooms}

# All that the core may lean on: nothing here reads a file, the clock, chance or what is installed.
PURE = [
    "abc bisect collections copy dataclasses datetime decimal difflib enum fractions functools hashlib hmac html itertools json math",
    "operator re statistics string textwrap types typing unicodedata urllib.parse uuid.UUID xml.etree.ElementTree zoneinfo",
    "immutables markdown yaml",
]
PURE_NAMES = {name for line in PURE for name in line.split()}
IMPURE_CALLS = {"open", "now", "today", "utcnow", "eval", "exec", "__import__"}

SOURCES = sorted(PACKAGE.rglob("*.py"))


def place(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Each imported module with its line; ``from x import y`` gives 'x.y', for y may be a module."""
    package = ("facilitate", *path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(ast.parse(path.read_bytes(), path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{module}.{name.name}") for name in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_imports_point_down_only(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        assert not list(imports(path)), "the package itself imports nothing"
        return
    assert here in FLOOR, f"{here} has no place in the house yet: give it one in HOUSE"
    for line, module in imports(path):
        if module.startswith("facilitate."):
            there = module.split(".")[1]
            if there in FLOOR and there != here:
                assert FLOOR[there] > FLOOR[here], f"{place(path)}:{line}: {here} imports {there}"


KINDS = sorted(path for path in SOURCES if room(path) == "activities" and len(path.relative_to(PACKAGE).parts) > 2)


@pytest.mark.parametrize("path", KINDS, ids=place)
def test_a_kind_knows_no_other_kind_but_cards_the_general_form_of_some(path: Path) -> None:
    kind = path.relative_to(PACKAGE).parts[1]
    for line, module in imports(path):
        if module.startswith("facilitate.activities."):
            assert module.split(".")[2] in (kind, "cards"), f"{place(path)}:{line}: {kind} imports {module}"


@pytest.mark.parametrize("path", [path for path in SOURCES if room(path) == "core"], ids=place)
def test_the_core_touches_nothing_outside_itself(path: Path) -> None:
    for line, module in imports(path):
        if not module.startswith("facilitate.core"):
            assert any(f"{module}.".startswith(f"{pure}.") for pure in PURE_NAMES), f"{place(path)}:{line}: the core imports {module}"
    for node in ast.walk(ast.parse(path.read_bytes(), path)):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            assert called not in IMPURE_CALLS, f"{place(path)}:{node.lineno}: the core calls {called}"


def test_the_words_of_the_core_are_standard_or_declared() -> None:
    assert {name.split(".")[0] for name in PURE_NAMES} - set(sys.stdlib_module_names) == {"immutables", "markdown", "yaml"}
