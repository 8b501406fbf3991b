"""A disk that is full while phones post: what cannot be kept is answered 'later', and goes on by itself once there is room."""

import contextlib
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from faults.phones import SHEET, Phones, posts
from harness.loop import run
from harness.server import Server
from harness.tally import Tally, rounds
from web.http import joined

WORDS = "Le camion frigorifique passe deux fois par semaine. " * 20
SAID = "L’ordinateur de la salle ne peut pas enregistrer pour l’instant. Votre texte est gardé et partira seul."


@contextmanager
def small(folder: Path) -> Iterator[None]:
    """A file system of sixteen megabytes at ``folder``."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def may_mount() -> bool:
    """Whether this process may mount: root of its own machine may, root of most containers not."""
    tried = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    return tried.returncode == 0


def fill_and_free(day: Server, tally: Tally, fault: str, fill: Callable[[], None], free: Callable[[], None]) -> None:
    """Has fifteen phones post while the disk is filled and freed: each act answered is kept once, whoever cannot post hears why."""
    phones = Phones(day, 15, 1, pause=0.15, words=WORDS)
    tries = 0

    async def drive() -> None:
        nonlocal tries
        for _ in rounds(1, 30):
            before = len(phones.kept)
            await phones.until(lambda before=before: len(phones.kept) > before + 10)
            fill()
            before = len(phones.later)
            await phones.until(lambda before=before: len(phones.later) > before + 10)
            free()
            tries += 1

    run(phones.play(drive), 120)
    assert {(answer["later"], answer["code"]) for answer in phones.later} == {(SAID, "storage")}
    assert {int(answer["after"]) for answer in phones.later} == {3}
    assert phones.refused == []
    assert joined(day).act("post", "situations", {"title": "Après"}).status == 200
    day.kill()
    tally(fault, tries=tries, acknowledged=phones.kept, kept=posts(day.data_dir), refused=len(phones.later))


def heap(day: Server) -> tuple[Callable[[], None], Callable[[], None]]:
    """Fills the file system that the data folder is on, and frees it."""
    file = day.data_dir / "heap"

    def fill() -> None:
        with file.open("wb", buffering=0) as heap, contextlib.suppress(OSError):
            while True:
                heap.write(bytes(4096))

    return fill, file.unlink


def limit(day: Server) -> tuple[Callable[[], None], Callable[[], None]]:
    """Has the server write no further than the beginning of any file, and lets it again: a log that starts over is soon there too."""
    most = resource.RLIM_INFINITY

    def fill() -> None:
        resource.prlimit(day.pid, resource.RLIMIT_FSIZE, (1 << 16, most))

    return fill, lambda: resource.prlimit(day.pid, resource.RLIMIT_FSIZE, (most, most)) and None


# Root of its own machine may mount a small file system, root of most containers may not: the other way is there for everyone.
@pytest.mark.parametrize("way", ["no file may grow", *(["file system of 16 MB"] if may_mount() else [])])
def test_a_full_disk_has_acts_wait_and_none_lost(server, tally, tmp_path, way):
    mounted = way.startswith("file system")
    with small(tmp_path / "server-0") if mounted else contextlib.nullcontext():
        day = server(SHEET)
        fill_and_free(day, tally, f"Disk full ({way})", *(heap if mounted else limit)(day))
