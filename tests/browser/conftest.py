"""Debian's Chromium, driven by Playwright against a real server, and readers who use it.

A reader's page complains about whatever goes wrong in the browser: what the policy refuses, errors
of scripts, requests that fail. A test fails at its end on what it has not said it expects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kg.web.pages.assets import BUILT
from tests.browser import chromium
from tests.commands import Server
from tests.knowledge import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GIVEN_UP = "net::ERR_ABORTED"  # by a script or by leaving the page: nothing has failed
# Of a page with more elements, only the first children of each are looked at: a page of 25,000
# would keep axe-core busy for half a minute.
LONG, KEPT = 3000, 12
THIN_OUT = """([long, kept]) => {
    if (document.querySelectorAll("*").length <= long) return;
    for (const each of document.querySelectorAll("main, main *"))
        while (each.childElementCount > kept) each.lastElementChild.remove();
}"""
WAIT = 20_000  # ms that anything may take: the machine may be busy


@dataclass(slots=True)
class Complaints:
    """What went wrong in the browser, and what of it a test expects."""

    found: list[str] = field(default_factory=list)
    _expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Let what ``pattern`` is found in happen without failing the test."""
        self._expected.append(pattern)

    @property
    def unexpected(self) -> list[str]:
        """What has happened that nobody expected."""
        return [each for each in self.found if not any(re.search(p, each) for p in self._expected)]

    def watch(self, page: Page, home: str) -> None:
        """Listen to a page; what the policy refuses comes as an error on its console.

        A request to any other site than ``home`` is a complaint too.
        """
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((home, "blob:", "data:"))
                else self.found.append(f"request to another site: {asked.url}")
            ),
        )
        page.on("pageerror", lambda error: self.found.append(f"error in a script: {error}"))
        page.on(
            "console",
            lambda said: (
                self.found.append(f"console: {said.text} ({said.location['url']})")
                if said.type in {"error", "warning"}
                else None
            ),
        )
        page.on(
            "requestfailed",
            lambda asked: (
                None
                if asked.failure == GIVEN_UP
                else self.found.append(f"request failed: {asked.url} {asked.failure}")
            ),
        )
        page.on(
            "response",
            lambda got: (
                self.found.append(f"status {got.status}: {got.url}") if got.status >= 400 else None
            ),
        )


@dataclass(frozen=True, slots=True)
class Readers:
    """Opens the browser for readers who differ."""

    browser: Browser
    server: Server
    complaints: Complaints
    contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(
        self,
        *,
        width: int = 1280,
        height: int = 900,
        scheme: Literal["light", "dark"] = "light",
        language: str = "en",
        scripts: bool = True,
        touch: bool = False,
    ) -> Page:
        """An empty page of a new reader: nothing is kept from others. Paths are the server's."""
        context = self.browser.new_context(
            base_url=self.server.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=language,
            java_script_enabled=scripts,
            has_touch=touch,
            is_mobile=touch,
            reduced_motion="reduce",
        )
        context.set_default_timeout(WAIT)
        self.contexts.append(context)
        page = context.new_page()
        self.complaints.watch(page, self.server.url)
        return page


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; skips where it or the built front end is missing."""
    # Of this package, not of the session: while it runs, this thread has an event loop, which
    # other tests' own loops do not go with.
    if chromium.executable() is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    if not (BUILT / "manifest.json").is_file():
        pytest.skip("the front end is not built: with Node, run make serve once")
    expect.set_options(timeout=WAIT)
    with chromium.started() as found:
        yield found


@pytest.fixture
def complaints() -> Complaints:
    """What goes wrong in the browser during this test."""
    return Complaints()


@pytest.fixture(scope="module")
def server(live_server: Server) -> Server:
    """The server that readers ask; a module may put one of its own in its place."""
    return live_server


@pytest.fixture
def reader(browser: Browser, server: Server, complaints: Complaints) -> Iterator[Readers]:
    """Makes readers' pages; fails at the end on complaints that the test does not expect."""
    readers = Readers(browser, server, complaints)
    yield readers
    for context in readers.contexts:
        context.close()
    assert not complaints.unexpected, "\n".join(complaints.unexpected)


@pytest.fixture
def page(reader: Readers) -> Page:
    """The page of a reader of English on a wide screen in daylight."""
    return reader()


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """Asks axe-core what of WCAG 2.2 AA a page breaks: a line per kind of violation."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: with Node, run npm ci in frontend")
    return violations


def violations(page: Page) -> list[str]:
    """What axe-core finds on a page as it stands; of a very long page it reads a sample."""
    # The debugger's way in, which the policy of the page does not bar.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate(THIN_OUT, [LONG, KEPT])
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found: dict[str, Any] = page.evaluate("options => axe.run(options)", options)
    return [
        f"{each['id']}: {each['help']}: "
        + "; ".join(f"{node['target']} {node['failureSummary']}" for node in each["nodes"][:3])
        for each in found["violations"]
    ]
