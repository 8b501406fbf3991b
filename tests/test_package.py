"""The wheel of this checkout is a complete program: nothing is left beside it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    [path] = folder.glob("*.whl")
    with ZipFile(path) as wheel:
        yield wheel


@pytest.mark.parametrize("folder", ["facilitate", "templates", "static", "sessions_library"])
def test_every_file_of_the_checkout_is_in_the_wheel(wheel: ZipFile, folder: str) -> None:
    here = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert here
    within = Path() if folder == "facilitate" else Path("facilitate")
    assert {str(within / path) for path in here} <= set(wheel.namelist())


def test_the_socket_io_client_is_the_declared_one(wheel: ZipFile) -> None:
    version = json.loads((ROOT / "package.json").read_text())["dependencies"]["socket.io-client"]
    assert f"Socket.IO v{version}\n".encode() in wheel.read("facilitate/static/vendor/socket.io.esm.min.js")[:200]


def test_the_licence_is_in_the_wheel(wheel: ZipFile) -> None:
    [licence] = [name for name in wheel.namelist() if name.endswith("licenses/LICENSE")]
    assert wheel.read(licence) == (ROOT / "LICENSE").read_bytes()


def test_nothing_made_by_running_is_in_the_wheel(wheel: ZipFile) -> None:
    assert not [name for name in wheel.namelist() if "__pycache__" in name or name.endswith((".db", ".sqlite", ".map"))]
