"""The protocol page names every refusal, verb and option that other programs may meet."""

import ast
from pathlib import Path

from facilitate.cli import commands
from facilitate.core.driving import CONSOLE_VERBS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "protocol.md").read_text("utf-8")


def codes() -> set[str]:
    """The first argument of every Refused(…) and Later(…) of the house."""
    found = set()
    for file in (ROOT / "facilitate").rglob("*.py"):
        if "activities" in file.parts or file.name in ("journal.py", "archive.py"):
            continue
        for node in ast.walk(ast.parse(file.read_bytes())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in ("Refused", "Later")
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(node.args[0].value)
    return found


def test_every_refusal_s_code_is_documented():
    assert [code for code in sorted(codes()) if f"`{code}`" not in PAGE] == []


def test_every_verb_of_the_console_is_documented():
    assert [verb for verb in sorted(CONSOLE_VERBS) if f"`{verb}`" not in PAGE] == []


def test_every_command_and_option_is_documented():
    for name, command in commands.commands.items():
        assert f"facilitate {name}" in PAGE, name
        for option in command.params:
            for flag in option.opts:
                if flag.startswith("--") and not getattr(option, "hidden", False):
                    assert flag in PAGE, (name, flag)
