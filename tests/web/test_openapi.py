"""No address is forgotten: each is described for programs, or named as a page for people."""

from pathlib import Path

from facilitate.app import create_app
from facilitate.journal import Journal
from facilitate.render import Entrance
from facilitate.web.openapi import DESCRIBED, PAGES, described


def test_every_route_is_described_or_named_as_a_page(tmp_path: Path) -> None:
    server = create_app(Journal.in_folder(tmp_path), Entrance("http://127.0.0.1"))
    endpoints = {rule.endpoint for rule in server.app.url_map.iter_rules()}
    programs = {endpoint for endpoint, _ in DESCRIBED}
    assert sorted(endpoints - programs - PAGES) == [], "say in facilitate/web/openapi.py what travels there, or that it is a page"
    assert sorted((programs | PAGES) - endpoints) == [], "no such route any more"
    assert not programs & PAGES
    told = described(server.app, server.workshop.kinds)
    named = {operation["operationId"] for one in told["paths"].values() for operation in one.values()}
    assert named == {f"{endpoint}.{method.lower()}" for endpoint, method in DESCRIBED}
    assert all(operation["summary"] for one in told["paths"].values() for operation in one.values())
    server.close()
