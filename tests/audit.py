"""Asks whether a version that we lock has a known weakness, of the registry that the tools come from. A finding fails; a registry that
cannot be reached, or does not tell, is said plainly and fails nothing: it is no finding."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[1] / "requirements-dev.lock"


def audited(*requirements: str) -> list[dict[str, Any]] | str:
    """What is told of each of these, or why nothing is."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", "/dev/stdin", "--no-deps", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off"]
    asked = subprocess.run(command, input="\n".join(requirements), capture_output=True, encoding="utf-8")
    try:
        told: list[dict[str, Any]] = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        return (asked.stderr.strip().splitlines() or [f"it ended with {asked.returncode}"])[-1]
    return told


def main() -> int:
    lines = LOCK.read_text("utf-8").split()
    # One first: where that one is not told of, none is, and a hundred need not be asked for.
    told = audited(next(line for line in lines if line.lower().startswith("werkzeug==")))
    if not isinstance(told, str) and any("vulns" in one for one in told):
        told = audited(*lines)
    if isinstance(told, str):
        print(f"Known weaknesses: NOT LOOKED FOR, the registry did not answer ({told}).")
        return 0
    looked = [one for one in told if "vulns" in one]
    if not looked:
        print("Known weaknesses: NOT LOOKED FOR, this registry tells of none, of no package.")
        return 0
    found = [(one, weakness) for one in looked for weakness in one["vulns"]]
    for one, weakness in found:
        print(f"{one['name']} {one['version']}: {weakness['id']}, mended in {', '.join(weakness['fix_versions']) or 'no version yet'}")
    print(f"Known weaknesses: {len(found)} in {len(looked)} packages looked at, {len(told) - len(looked)} of which nothing is told.")
    return bool(found)


if __name__ == "__main__":
    raise SystemExit(main())
