"""Fixtures for everyone: a real server, a real browser, pages that may not complain, accessibility. And no skipped test in CI."""

import os
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import postgres as real
import pytest
import redisserver
from harness import axe as accessibility
from harness.footing import ALONE, Footing
from harness.pages import CHROMIUM, Pages, chromium
from harness.server import TRACEBACK, Server
from harness.tally import pytest_terminal_summary, tally
from harness.workers import Workers
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
    """Sorts the tests by how long they are known to last. Those of faults mostly wait: one now and then, among those that compute, until
    two thirds of them are done."""
    items.sort(key=lambda item: next((place for place, part in enumerate(LONG) if part in item.nodeid), len(LONG)))
    waiting = [item for item in items if "tests/faults/" in item.nodeid]
    others = [item for item in items if "tests/faults/" not in item.nodeid]
    between = 2 * len(others) // (3 * len(waiting)) if waiting else 0
    for place, item in enumerate(waiting):
        others.insert(place * (between + 1), item)
    items[:] = others


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "footings(*footings): what the servers of these tests stand on, each in turn; see harness/footing.py"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test that starts a server does so once on each of its footings: its own, or its module's."""
    marker = metafunc.definition.get_closest_marker("footings")
    if marker and "footing" in metafunc.fixturenames:
        metafunc.parametrize("footing", marker.args, indirect=True, scope="session", ids=str)


@pytest.fixture(scope="session")
def footing(request: pytest.FixtureRequest) -> Footing:
    """What servers stand on: one process and SQLite, where a test names nothing else."""
    chosen: Footing = getattr(request, "param", ALONE)
    return chosen


@pytest.fixture(scope="session")
def ground(footing: Footing, request: pytest.FixtureRequest) -> Callable[[], list[str]]:
    """Each call gives the arguments that have a server stand on an empty database of its own."""

    def arguments() -> list[str]:
        new = ["--database-url", request.getfixturevalue("postgres")()] if footing.database == "postgres" else []
        bus = ["--redis-url", request.getfixturevalue("redis").url] if footing.workers > 1 else []
        return [*new, *bus, *([] if footing.direct else ["--no-direct"])]

    return arguments


@pytest.fixture
def server(tmp_path: Path, footing: Footing, ground: Callable[[], list[str]]) -> Iterator[Callable[..., Server]]:
    """``server(sheet, *arguments, environment={…}, tracebacks=False)`` starts ``facilitate run`` and returns it: see harness/server.py.

    ``sheet`` is a path, or the text of a sheet. What it wrote to stderr is shown where the test fails; a traceback there fails the test.
    """
    yield from _servers(tmp_path, footing, ground)


@pytest.fixture(scope="module")
def lasting_server(
    tmp_path_factory: pytest.TempPathFactory, footing: Footing, ground: Callable[[], list[str]]
) -> Iterator[Callable[..., Server]]:
    """The same, for all the tests of a module: those that leave nothing another of them could trip over."""
    yield from _servers(tmp_path_factory.mktemp("lasting"), footing, ground)


def _servers(folder: Path, footing: Footing, ground: Callable[[], list[str]]) -> Iterator[Callable[..., Server]]:
    started: list[tuple[Server, bool]] = []
    kind = Server if footing.workers == 1 else Workers

    def start(sheet: Path | str | None, *arguments: str, environment: Mapping[str, str] | None = None, tracebacks: bool = False) -> Server:
        home = folder / f"server-{len(started)}"
        if isinstance(sheet, str):
            sheet, text = home.with_suffix(".md"), sheet
            sheet.write_text(text, encoding="utf-8")
        started.append((kind(sheet, home, [*ground(), *arguments], environment), tracebacks))
        return started[-1][0]

    yield start
    for each, _ in started:
        each.close()
        print(each.log)
    for each, tracebacks in started:
        assert tracebacks or TRACEBACK not in each.log, "the server logged a traceback"


@pytest.fixture(scope="session")
def postgres() -> Iterator[real.Postgres]:
    """Each call makes an empty database and returns its URL."""
    yield from _postgres()


@pytest.fixture
def own_postgres() -> Iterator[real.Postgres]:
    """A server for this test alone, which may stop it."""
    yield from _postgres()


def _postgres() -> Iterator[real.Postgres]:
    programs = real.programs()
    if programs is None:
        pytest.skip("no PostgreSQL on this machine (Debian's package: postgresql)")
    pytest.importorskip("psycopg", reason="no PostgreSQL driver: pip install 'facilitate[postgres]'")
    with real.postgres(programs) as server:
        yield server


@pytest.fixture(scope="session")
def redis() -> Iterator[redisserver.Redis]:
    yield from _redis()


@pytest.fixture
def own_redis() -> Iterator[redisserver.Redis]:
    """A server for this test alone, which may stop it."""
    yield from _redis()


def _redis() -> Iterator[redisserver.Redis]:
    if redisserver.PROGRAM is None:
        pytest.skip("no Redis on this machine (Debian's package: redis-server)")
    pytest.importorskip("redis", reason="no Redis driver: pip install 'facilitate[redis]'")
    with redisserver.redis() as server:
        yield server


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
