"""The timeline in a browser: without scripts, in both schemes, on a phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Readers


def test_the_timeline_shows_without_scripts(reader: Readers) -> None:
    """Bars where things can have been, under the line of dates; rows lead to the things."""
    page = reader(scripts=False)
    page.goto("/timeline")
    war = page.get_by_role("row").filter(has_text="military campaign")
    expect(war).to_contain_text("since 2022, end open")
    certain = war.locator("rect.certain")
    expect(certain).to_be_visible()
    possible = war.locator("rect.possible").first.bounding_box()
    sure = certain.bounding_box()
    assert possible
    assert sure
    assert possible["x"] < sure["x"]
    war.get_by_role("link").click()
    expect(page).to_have_url("/events/russia-ukraine-war-2022")


def test_an_actor_leads_to_the_timeline_of_its_events(page: Page) -> None:
    page.goto("/actors/trump")
    page.get_by_role("link", name="The events of Donald Trump as a timeline").click()
    expect(page.get_by_role("row").filter(has_text="Alaska summit")).to_be_visible()
    page.get_by_role("link", name="As a list with filters").click()
    expect(page).to_have_url("/events?actor=trump")


def test_axe_finds_nothing_in_daylight_and_at_night(
    reader: Readers, axe: Callable[[Page], list[str]]
) -> None:
    for page in (reader(language="en"), reader(scheme="dark", language="ja")):
        page.goto("/timeline/events")
        assert axe(page) == []


def test_a_phone_shows_words_and_bars_beside_one_another(reader: Readers) -> None:
    page = reader(width=360, height=740)
    page.goto("/timeline/events")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    bar = page.locator("tbody .line svg").first.bounding_box()
    assert bar
    assert bar["width"] > 100
