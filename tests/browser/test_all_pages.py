"""Every kind of page: accessible, whole at every width and on paper, and nobody else told of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Complaints, Readers

ARTICLE = "yomiuri-2025-08-17"
KINDS = {
    "home": "/",
    "list": "/events",
    "person": "/actors/putin",
    "norm": "/norms/norm-no-aggression",
    "event": "/events/alaska-talks",
    "claim": f"/intentions/{ARTICLE}/int-putin-no-ceasefire",
    "passage": f"/passages/{ARTICLE}/p6s1",
    "article": f"/articles/{ARTICLE}",
    "concept": "/concepts/affirmed",
    "neighbourhood": "/actors/icc/neighbourhood",
    "positions": "/actors/trump/positions",
    "evidence": f"/intentions/{ARTICLE}/int-putin-no-ceasefire/evidence",
    "timeline": "/timeline/events",
    "search": "/search?q=putin",
    "comparison": "/compare?actor=putin&actor=trump",
    "path": "/path?from=icc&to=ukraine",
    "ontology": "/ontology",
    "shapes": "/shapes",
    "annotations": "/api",
    "history": "/versions",
    "version": "/versions/1",
    "difference": "/versions/1..1",
    "downloads": "/dumps/",
    "contents": "/void",
    "files": "/dumps/1/",
    "past": "/actors/icc?version=1",
    "sparql": "/sparql",
    "docs": "/docs",
    "mistake": "/actors/nobody",
}
PAPER = 720  # CSS pixels that a sheet of A4 is wide within its margins
OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


@pytest.fixture
def visit(reader: Readers, complaints: Complaints) -> Callable[[str], Page]:
    """Opens a page of some kind."""

    def visited(kind: str) -> Page:
        if kind == "mistake":
            complaints.expect("404")
        page = reader()
        page.goto(KINDS[kind], wait_until="networkidle")
        return page

    return visited


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_accessible_and_fits_wherever_it_is_read(
    visit: Callable[[str], Page], axe: Callable[[Page], list[str]], kind: str
) -> None:
    """In English by day on a desk, and in Japanese by night on a phone, and on paper."""
    page = visit(kind)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate(OVERFLOW) <= 0
    assert axe(page) == []
    _print(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(media="screen", color_scheme="dark")
    page.goto(with_language(KINDS[kind], "ja"), wait_until="networkidle")
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    assert page.evaluate(OVERFLOW) <= 0
    assert axe(page) == []
    assert page.context.cookies() == []


def with_language(path: str, language: str) -> str:
    """A path with the language chosen."""
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


def _print(page: Page) -> None:
    """Look at a page as it is printed: its content alone, and all of it."""
    page.set_viewport_size({"width": PAPER, "height": 1000})
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("banner")).to_be_hidden()
    assert page.evaluate(OVERFLOW) <= 0
