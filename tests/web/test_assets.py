"""What phones take and see first is packed and compiled before anyone asks for it."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from facilitate.app import Server, create_app
from facilitate.journal import Journal
from facilitate.render import Entrance, Screens
from facilitate.serve import warm
from facilitate.web.assets import Assets
from facilitate.workshop import forget_words

UNPACKED = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = create_app(Journal.in_folder(tmp_path), Entrance(""))
    yield server
    server.close()


def test_before_anyone_asks_all_is_ready_phones_first(server: Server) -> None:
    assets: Assets = server.app.extensions["assets"]
    screens: Screens = server.app.extensions["screens"]
    names = {*assets._files}
    assert {"participant.css", "participant.js", "wall.js", "activities/vote/participant.js"} <= names
    assert not any(assets.at_hand(name, coding) for name in names for coding in ("br", "gzip"))
    assert all("participant." in name for name in assets.pack(phones=True))
    order = list(screens.compile({"vote"}))
    assert order[0].startswith("activities/vote/")
    for shown in ("join.html", "participant.html", "region/participant-cards.html", "activities/cards/participant.html", "parts.html"):
        assert order.index(shown) < order.index("console.html"), shown
    warm(server)
    assert all(assets.at_hand(name, coding) for name in names for coding in ("br", "gzip"))
    for environment in screens._environments.values():
        assert len(environment.cache or ()) == len(environment.list_templates(extensions=["html"]))


def test_what_is_packed_stays_so_in_a_process_that_forgets_what_people_wrote(server: Server, tmp_path: Path) -> None:
    name, assets = "participant.js", server.app.extensions["assets"]
    packed = assets.get(name, "br")
    forget_words()
    other = create_app(Journal.in_folder(tmp_path / "other"), Entrance(""))
    assert other.app.extensions["assets"].get(name, "br")[0] is packed[0]
    other.close()


def test_a_file_is_the_same_however_it_is_packed_and_says_that_it_varies(server: Server) -> None:
    assets: Assets = server.app.extensions["assets"]
    for name in ("participant.js", "participant.css", "activities/vote/participant.js"):
        told = set()
        for accepted, encoding in (("identity", ""), ("gzip, deflate", "gzip"), ("gzip, deflate, br, zstd", "br")):
            answer = server.app.test_client().get(assets.address(name), headers={"Accept-Encoding": accepted})
            assert answer.headers.get("Content-Encoding", "") == encoding
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            told.add(UNPACKED[encoding](answer.data))
        assert len(told) == 1
    assert server.app.test_client().get("/static/0123456789/participant.js").headers["Cache-Control"] == "no-store"
