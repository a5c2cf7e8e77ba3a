"""Take the screenshots of ``docs/screenshots`` from the shipped graph: ``make screenshots``."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from playwright.sync_api import Browser, Page

from kg.web.pages.assets import BUILT
from tests.browser import chromium
from tests.commands import run_kg, serving
from tests.knowledge import ROOT

FOLDER = ROOT / "docs" / "screenshots"
DESK, PHONE = (1280, 800), (390, 844)
QUERY = """PREFIX ekg: <https://w3id.org/editorial-kg/ontology#>

# Who is said to breach which norm, and according to whom?
SELECT ?who ?norm ?by {
  ?stance a ekg:NormStance ;
    ekg:ascribedTo ?who ; ekg:norm ?norm ; ekg:accordingTo ?by
}
ORDER BY ?norm"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screenshot:
    """A page as some reader sees it, scrolled to ``at``; taken once ``until`` is there."""

    name: str
    path: str
    size: tuple[int, int] = DESK
    scheme: Literal["light", "dark"] = "light"
    language: str = "en"
    at: str | None = None
    until: str | None = None


SCREENSHOTS = (
    Screenshot(name="home", path="/"),
    Screenshot(name="person", path="/actors/putin"),
    Screenshot(
        name="picture", path="/actors/ukraine", scheme="dark", at=".graph", until=".graph canvas"
    ),
    Screenshot(name="article", path="/articles/yomiuri-2025-08-17"),
    Screenshot(
        name="sparql", path=f"/sparql#query={quote(QUERY, safe='')}", until="#results tbody tr"
    ),
    Screenshot(
        name="norm-on-a-phone",
        path="/norms/norm-no-aggression",
        size=PHONE,
        scheme="dark",
        language="ja",
    ),
)


def main() -> None:
    """Write every screenshot anew. Ends with a line where something it needs is missing."""
    if chromium.executable() is None:
        sys.exit("screenshots: Chromium is not installed (Debian: apt-get install chromium)")
    if not (BUILT / "manifest.json").is_file():
        sys.exit("screenshots: the front end is not built: with Node, run make serve once")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        store = Path(temporary) / "store"
        run_kg("build", "--quiet", "--store", store).check_returncode()
        log = Path(temporary) / "log"
        with serving("--store", store, log=log) as server, chromium.started() as browser:
            for each in SCREENSHOTS:
                take(browser, server.url, each)


def take(browser: Browser, url: str, wanted: Screenshot) -> None:
    """Write one screenshot."""
    width, height = wanted.size
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme=wanted.scheme,
        locale=wanted.language,
        reduced_motion="reduce",
    )
    page.goto(f"{url}{wanted.path}", wait_until="networkidle")
    show(page, wanted)
    page.screenshot(path=FOLDER / f"{wanted.name}.png")
    page.close()


def show(page: Page, wanted: Screenshot) -> None:
    """Bring what the screenshot is of into the window, and wait for it."""
    if wanted.at:
        page.locator(wanted.at).first.scroll_into_view_if_needed()
        page.evaluate("at => document.querySelector(at).scrollIntoView()", wanted.at)
    if wanted.until:
        page.locator(wanted.until).first.wait_for()
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
