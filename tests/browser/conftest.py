"""Rooms for browser tests: one of one's own, or one for a whole module whose tests leave each other alone."""

from collections.abc import Callable, Iterator

import pytest
from browser.room import SHEET, Room
from harness.server import TRACEBACK, Server
from playwright.sync_api import Page


@pytest.fixture
def room(server: Callable[..., Server], open_page: Callable[..., Page]) -> Callable[..., Room]:
    """``room(sheet=SHEET, *arguments)`` opens a room on a server of its own."""

    def open(sheet: str = SHEET, *arguments: str) -> Room:
        return Room(server(sheet, *arguments), open_page)

    return open


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all the tests of a module."""
    home = tmp_path_factory.mktemp("house") / "data"
    sheet = home.with_suffix(".md")
    sheet.write_text(SHEET, encoding="utf-8")
    server = Server(sheet, home)
    yield server
    server.kill()
    print(server.log)
    assert TRACEBACK not in server.log
