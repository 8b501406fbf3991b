"""Fixtures for everyone: a real server, a real browser, pages that may not complain, accessibility. And no skipped test in CI."""

import os
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import postgres as real
import pytest
from harness import axe as accessibility
from harness.pages import CHROMIUM, Pages, chromium
from harness.server import TRACEBACK, Server
from harness.tally import pytest_terminal_summary, tally
from hypothesis import settings
from playwright.sync_api import Browser, Page

__all__ = ["pytest_terminal_summary", "tally"]  # the table of the faults: a fixture and a hook

R = TypeVar("R", pytest.TestReport, pytest.CollectReport)
CI = os.environ.get("CI") == "true"

# A shared machine makes times vary; in CI the same examples every time, by hand new ones.
settings.register_profile("facilitate", deadline=None, derandomize=CI)
settings.load_profile("facilitate")


# The longest first: no worker is left alone at the end with one of them.
LONG = ("[2022-", "test_late_day", "test_kinds", "test_accessible", "test_rehearsal", "tests/browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sorts the tests by how long they are known to last."""
    items.sort(key=lambda item: next((place for place, part in enumerate(LONG) if part in item.nodeid), len(LONG)))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """``server(sheet, *arguments, environment={…}, tracebacks=False)`` starts ``facilitate run`` and returns it: see harness/server.py.

    ``sheet`` is a path, or the text of a sheet. What it wrote to stderr is shown where the test fails; a traceback there fails the test.
    """
    yield from _servers(tmp_path)


@pytest.fixture(scope="module")
def lasting_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """The same, for all the tests of a module: those that leave nothing another of them could trip over."""
    yield from _servers(tmp_path_factory.mktemp("lasting"))


def _servers(folder: Path) -> Iterator[Callable[..., Server]]:
    started: list[tuple[Server, bool]] = []

    def start(sheet: Path | str | None, *arguments: str, environment: Mapping[str, str] | None = None, tracebacks: bool = False) -> Server:
        home = folder / f"server-{len(started)}"
        if isinstance(sheet, str):
            sheet, text = home.with_suffix(".md"), sheet
            sheet.write_text(text, encoding="utf-8")
        started.append((Server(sheet, home, arguments, environment), tracebacks))
        return started[-1][0]

    yield start
    for each, _ in started:
        if each.running:
            each.kill()
        print(each.log)
    for each, tracebacks in started:
        assert tracebacks or TRACEBACK not in each.log, "the server logged a traceback"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    programs = real.programs()
    if programs is None:
        pytest.skip("no PostgreSQL on this machine (Debian's package: postgresql)")
    pytest.importorskip("psycopg", reason="no PostgreSQL driver: pip install 'facilitate[postgres]'")
    with real.postgres(programs) as new:
        yield new


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: each test that asks for one runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/facilitate.db"
    new: Callable[[], str] = request.getfixturevalue("postgres")
    return new()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: `make test` installs it where it may")
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """``open_page(url, width=390, height=844, language='fr', javascript=True, beside=None, may_log=())``: see harness/pages.py.

    A console error, a script error or a request to another host fails the test, unless ``may_log`` names a part of it.
    """
    pages = Pages(browser)
    yield pages.open
    pages.close()
    if pages.complaints:
        pytest.fail("\n".join(["The browser complained:", *pages.complaints]), pytrace=False)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """``axe(page)`` asserts that the page, as it is now, breaks no accessibility rule."""
    if not accessibility.SCRIPT.is_file():
        pytest.skip("no axe-core in node_modules: `make test` brings it where it can")

    def check(page: Page) -> None:
        found = accessibility.violations(page)
        if found:
            pytest.fail("\n".join([f"{page.url} is not accessible:", *found]), pytrace=False)

    return check


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _failed_if_skipped((yield))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _failed_if_skipped((yield))


def _failed_if_skipped(report: R) -> R:
    """In CI everything is there to run every test: a skip would hide that something is not."""
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"Skipped, which nothing may be in CI: {report.longrepr[2]}"
    return report
