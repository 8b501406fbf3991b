"""Rooms for browser tests."""

from collections.abc import Callable

import pytest
from browser.room import SHEET, Room
from harness.server import Server
from playwright.sync_api import Page


@pytest.fixture
def room(server: Callable[..., Server], open_page: Callable[..., Page]) -> Callable[..., Room]:
    """``room(sheet=SHEET, *arguments)`` opens a room on a server of its own."""

    def open(sheet: str = SHEET, *arguments: str) -> Room:
        return Room(server(sheet, *arguments), open_page)

    return open
