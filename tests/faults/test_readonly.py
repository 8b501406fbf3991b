"""A data folder that cannot be written: said in one line at the start; while phones post, they wait, and go on once it can be again."""

import os
import shutil
import subprocess
import sys

import pytest
from faults.phones import SHEET, Phones, posts
from harness.loop import run
from harness.server import ROOT, Server
from harness.tally import LONG, rounds
from web.http import Client

# Root writes wherever it likes, unless it goes without this.
OBEDIENT = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []


def test_a_folder_that_cannot_be_written_is_said_in_one_line_at_the_start(server, tally, tmp_path):
    day = server(SHEET)
    day.stop()
    files = {one: one.read_bytes() for one in day.data_dir.iterdir() if one.is_file()}
    for one in (*files, day.data_dir):
        one.chmod(0o400 if one.is_file() else 0o500)
    command = [*OBEDIENT, sys.executable, "-m", "facilitate", "run", str(day.sheet), "--port", "0", "--data-dir", str(day.data_dir)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "LC_ALL": "fr_FR.UTF-8"}, capture_output=True, text=True, timeout=60)
    day.data_dir.chmod(0o700)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert str(day.data_dir) in line
    assert {one: one.read_bytes() for one in day.data_dir.iterdir() if one.is_file()} == files, "nothing was touched"
    for one in files:
        one.chmod(0o600)
    day.restart()
    tally("Data folder read-only at the start", refused=1)


class Denied:
    """While it holds, whatever the server writes to its database fails, as on a disk that the system has made read-only."""

    def __init__(self, day: Server, error: str, calls: str = "pwrite64,ftruncate,fdatasync,fsync") -> None:
        files = [part for one in ("", "-wal", "-shm") for part in ("-P", str(day.data_dir / f"facilitate.db{one}"))]
        command = ["strace", "-f", "-p", str(day.pid), *files, "-e", f"inject={calls}:error={error}", "-e", "quiet=none"]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        assert self._process.stderr is not None
        told = self._process.stderr.readline()
        assert "attached" in told, told

    def end(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=60)


@pytest.mark.parametrize("error", ["EROFS", "EIO"] if LONG else ["EROFS"])
def test_a_folder_that_can_no_longer_be_written_has_acts_wait_and_none_lost(server, tally, error):
    if not shutil.which("strace"):
        pytest.skip("no strace on this machine")
    day = server(SHEET)
    phones, tries = Phones(day, 15, 1, pause=0.15), 0

    async def drive() -> None:
        nonlocal tries
        for _ in rounds(1, 20):
            before = len(phones.kept)
            await phones.until(lambda before=before: len(phones.kept) > before + 10)
            denied = Denied(day, error)
            before = len(phones.later)
            await phones.until(lambda before=before: len(phones.later) > before + 10)
            refused = Client(day).json(f"/j/{day.code}", {"name": "Retard"})
            assert (refused.status, refused.json["code"]) == (503, "storage")
            denied.end()
            tries += 1

    run(phones.play(drive), 300)
    assert {answer["code"] for answer in phones.later} == {"storage"}
    assert phones.refused == []
    day.kill()
    tally(
        f"Data folder read-only while it runs ({error})",
        tries=tries,
        acknowledged=phones.kept,
        kept=posts(day.data_dir),
        refused=len(phones.later),
    )
