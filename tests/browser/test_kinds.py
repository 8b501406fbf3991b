"""Every screen of a kind can be read and used by everyone: each module of ``kinds`` plays one of them, scene by scene.

A module gives ``SHEET`` and ``scenes(day, phones, says)``, which yields the name of each moment a screen looks different;
``says(most)`` is a text as long as it may be.
"""

from importlib import import_module
from pathlib import Path

import pytest
from browser.reading import lost
from browser.room import fetched, sized
from browser.test_accessible import CONSOLES, PHONES, WALLS, Tired
from harness.axe import violations
from playwright.sync_api import Page

UNROLLED = (390, 6000)
"""A phone scrolled through: nothing lies half under its foot."""
KINDS = sorted(file.stem for file in (Path(__file__).parent / "kinds").glob("*.py"))


@pytest.mark.usefixtures("axe")
@pytest.mark.parametrize("kind", KINDS)
def test_every_screen_of_a_kind_can_be_read_and_used_by_everyone(kind, room):
    plays, says, found = import_module(f"browser.kinds.{kind}"), Tired(), []
    day = room(plays.SHEET)
    still = {"bypass_csp": True, "reduced_motion": "reduce"}
    dark = {"language": "en", "color_scheme": "dark", **still}
    phones = [day.phone(says(80), says(80), **still), day.phone(says(80), says(80), **dark)]
    walls = [(day.wall(width, height, **still), width, height, least) for width, height, least in WALLS if least]
    consoles = [day.console(**still), day.console(**dark)]

    def look(where: str, page: Page, width: int, height: int, **reading: object) -> None:
        found.extend(f"{where}: {line}" for line in lost(sized(page, width, height), **reading))  # type: ignore[arg-type]

    def check(where: str, page: Page) -> None:
        found.extend(f"{where}: {line}" for line in violations(page))

    for place, scene in enumerate(plays.scenes(day, [day.hand(phone) for phone in phones], says)):
        # Used by everyone in French by day and in English by night; read at every size in one of them in turn.
        for one in phones:
            sized(fetched(one), *UNROLLED)
            check(f"phone, {scene}", one)
        phone, console = phones[place % 2], consoles[place % 2]
        for width, height in PHONES:
            look(f"phone, {scene}", phone, width, height)
        for wall, width, height, least in walls:
            look(f"wall, {scene}", fetched(wall), width, height, least=least, picture=True)
        check(f"wall, {scene}", walls[0][0])
        for one in consoles:
            check(f"console, {scene}", fetched(one))
        for width, height in CONSOLES:
            look(f"console, {scene}", console, width, height)
    for place in ("mine", "cards"):
        day.go(phones[1], place)
        sized(phones[1], *UNROLLED)
        check(place, phones[1])
        for width, height in PHONES:
            look(place, phones[1], width, height)
    assert not found, "\n".join(sorted(set(found)))
