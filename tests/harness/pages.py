"""Owns real pages in a real browser, on an insecure origin as in a room, and hears what they complain of."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Error, Page, Request, sync_playwright

# The shell first: the same engine without the windows around it, which cost more than the pages in them.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None)
HOST = "room.test"  # 127.0.0.1 counts as secure, where a laptop in a room does not
LOCALES = {"fr": "fr-FR", "en": "en-GB"}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium for which ``room.test`` is this machine."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


def launch(kind: BrowserType, program: str | None = CHROMIUM, address: str = "127.0.0.1") -> Browser:
    """One for which ``room.test`` is at ``address``."""
    quiet = ("no-first-run", "disable-background-networking", "disable-component-update", "disable-sync")
    rules = f"host-resolver-rules=MAP {HOST} {address}"
    return kind.launch(executable_path=program, args=[f"--{each}" for each in ("no-sandbox", "disable-gpu", *quiet, rules)])


class Pages:
    """Opens pages, each in a context of its own, and keeps what they complain of."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(
        self,
        url: str,
        *,
        width: int = 390,
        height: int = 844,
        language: str = "fr",
        javascript: bool = True,
        beside: Page | None = None,
        may_log: Sequence[str] = (),
        **context: Any,
    ) -> Page:
        """A page on ``url``, loaded, its host replaced by room.test.

        ``beside`` shares that page's context (its cookies); ``may_log`` names parts of the console errors the test expects, and
        ``context`` takes Playwright's own settings (``color_scheme``, ``reduced_motion``, ``has_touch``, …).
        """
        page = beside.context.new_page() if beside else self._context(width, height, language, javascript, context).new_page()
        if beside:
            page.set_viewport_size({"width": width, "height": height})

        def complain(text: str) -> None:
            if not any(part in text for part in may_log):
                self.complaints.append(f"{page.url}: {text}")

        def on_console(message: ConsoleMessage) -> None:
            if message.type == "error":
                complain(f"{message.text} ({message.location['url']})")

        def on_error(error: Error) -> None:
            complain(str(error))

        def on_request(request: Request) -> None:
            if urlsplit(request.url).hostname not in (HOST, None):
                complain(f"a remote asset, {request.url}")

        page.on("console", on_console)
        page.on("pageerror", on_error)
        page.on("request", on_request)
        page.goto(urlsplit(url)._replace(netloc=f"{HOST}:{urlsplit(url).port}").geturl())
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _context(self, width: int, height: int, language: str, javascript: bool, settings: dict[str, Any]) -> BrowserContext:
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, locale=LOCALES[language], java_script_enabled=javascript, **settings
        )
        context.set_default_timeout(15_000)
        self._contexts.append(context)
        return context
