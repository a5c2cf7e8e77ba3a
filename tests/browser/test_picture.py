"""The picture of a neighbourhood: gone through by keys, widened, narrowed, and taken along."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Complaints, Readers

PUTIN = "/actors/putin/neighbourhood"


def opened(page: Page, path: str = PUTIN) -> Page:
    """The page with its picture drawn."""
    page.goto(path)
    page.locator(".graph").scroll_into_view_if_needed()
    expect(page.locator(".graph-canvas canvas").first).to_be_visible()
    return page


def things(page: Page) -> Locator:
    """The entries of the list of things."""
    return page.get_by_role("option")


def status(page: Page) -> Locator:
    """What is said of the selection."""
    return page.locator(".graph [role=status]")


def test_a_thing_expands_by_keys(page: Page) -> None:
    """Arrows go from thing to thing, and each is said with its links; Enter adds what is around."""
    opened(page)
    known = things(page).count()
    page.get_by_role("listbox", name="Things").focus()
    expect(status(page)).to_contain_text("Vladimir Putin (Person)")
    page.keyboard.press("ArrowDown")
    expect(things(page).nth(1)).to_have_attribute("aria-selected", "true")
    expect(status(page)).to_contain_text("Russia (State)")
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("Added: things")
    assert things(page).count() > known
    page.keyboard.press("Home")
    expect(status(page)).to_contain_text("Vladimir Putin")
    page.keyboard.press("End")
    expect(things(page).last).to_have_attribute("aria-selected", "true")


def test_a_thing_expands_by_click(page: Page) -> None:
    opened(page)
    known = things(page).count()
    things(page).filter(has_text="Alaska summit").click()
    details = page.locator(".details")
    expect(details).to_contain_text("principal")
    expect(details.locator(".mark").first).to_have_text("reported fact")
    expect(details.get_by_role("link", name="Open its page")).to_have_attribute(
        "href", "/events/alaska-summit-2025"
    )
    details.get_by_role("button", name="Expand").click()
    expect(things(page).filter(has_text="Donald Trump")).to_have_count(1)
    assert things(page).count() > known


def test_a_click_on_the_canvas_selects_a_thing(page: Page) -> None:
    """And one beside all things nothing."""
    opened(page, "/events/alaska-talks/neighbourhood")
    canvas = page.locator(".graph-canvas")
    box = canvas.bounding_box()
    assert box
    canvas.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(status(page)).to_contain_text("Talks between Trump and Putin")
    canvas.click(position={"x": 4, "y": 4})
    expect(status(page)).to_have_text("Nothing is selected.")


def test_one_finger_scrolls_the_page_past_the_picture_and_two_move_it(reader: Readers) -> None:
    """And a finger that taps still selects, while one that scrolls does not."""
    page = opened(reader(width=390, height=700, touch=True))
    expect(page.locator(".fingers")).to_be_visible()
    things(page).filter(has_text="Vladimir Putin").tap()
    canvas = page.locator(".graph-canvas")
    canvas.evaluate("each => each.scrollIntoView({block: 'center'})")
    before, scrolled = canvas.screenshot(), page.evaluate("scrollY")
    drag(page, canvas, fingers=1)
    page.wait_for_function("before => scrollY > before + 50", arg=scrolled)
    expect(status(page)).to_contain_text("Vladimir Putin")
    canvas.evaluate("each => each.scrollIntoView({block: 'center'})")
    assert canvas.screenshot() == before
    settled = page.evaluate("scrollY")
    drag(page, canvas, fingers=2)
    assert canvas.screenshot() != before
    assert page.evaluate("scrollY") == settled
    canvas.tap(position={"x": 2, "y": 2})
    expect(status(page)).to_have_text("Nothing is selected.")


def drag(page: Page, over: Locator, *, fingers: int) -> None:
    """Move fingers up over something, 120 pixels in steps."""
    box = over.bounding_box()
    assert box
    debugger = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 2

    def send(kind: str, up: int) -> None:
        points = [{"x": x + 60 * each, "y": y - up, "id": each} for each in range(fingers)]
        given = {"type": kind, "touchPoints": [] if kind == "touchEnd" else points}
        debugger.send("Input.dispatchTouchEvent", given)

    send("touchStart", 0)
    for up in range(10, 130, 10):
        send("touchMove", up)
    send("touchEnd", 0)


def test_links_are_kept_by_status(page: Page) -> None:
    """Things that nothing links any more go with them, and come back."""
    opened(page)
    known = things(page).count()
    box = page.get_by_role("checkbox", name="editorial judgement")
    box.uncheck()
    expect(things(page).filter(has_text="Aggression against other states")).to_have_count(0)
    expect(things(page).first).to_contain_text("Vladimir Putin")
    assert things(page).count() < known
    box.check()
    expect(things(page)).to_have_count(known)


def test_a_picture_is_made_larger_and_smaller_and_saved(page: Page) -> None:
    """As PNG, and as SVG that any program can read, with the same words."""
    opened(page)
    for name in ("Larger", "Smaller", "Show all"):
        page.get_by_role("button", name=name).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as PNG").click()
    assert saved.value.suggested_filename == "putin.png"
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as SVG").click()
    assert saved.value.suggested_filename == "putin.svg"
    drawing = page.evaluate(
        "text => { const read = new DOMParser().parseFromString(text, 'image/svg+xml');"
        " return [read.documentElement.localName, read.documentElement.textContent,"
        " read.querySelectorAll('[stroke-dasharray]').length]; }",
        saved.value.path().read_text(encoding="utf-8"),
    )
    assert drawing[0] == "svg"
    assert "Vladimir Putin" in drawing[1]
    assert "Intention ascription (denied)" in drawing[1]
    assert drawing[2] > 0  # claims are dashed


def test_the_page_does_not_move_when_the_picture_comes(page: Page) -> None:
    page.goto("/actors/putin")
    before = page.locator(".graph").bounding_box()
    page.locator(".graph").scroll_into_view_if_needed()
    expect(page.locator(".graph-canvas canvas").first).to_be_visible()
    after = page.locator(".graph").bounding_box()
    assert before
    assert after
    assert before["height"] == after["height"]


def test_the_picture_speaks_the_language_of_the_page(reader: Readers) -> None:
    page = opened(reader(language="ja"))
    page.get_by_role("listbox").focus()
    expect(status(page)).to_contain_text("ウラジーミル・プーチン")
    expect(page.get_by_role("checkbox", name="社説の判断")).to_be_checked()


def test_a_chosen_language_goes_along(page: Page) -> None:
    """With what a thing expands to, and to its page."""
    opened(page, f"{PUTIN}?lang=ja")
    things(page).nth(1).click()
    way = page.locator(".details .ways a")
    expect(way).to_have_attribute("href", "/actors/russia?lang=ja")
    page.locator(".details").get_by_role("button").click()
    expect(status(page)).to_contain_text("加えました")


def test_what_cannot_be_fetched_is_said(page: Page, complaints: Complaints) -> None:
    complaints.expect("neighbourhood|ERR_FAILED")
    page.route("**/neighbourhood?format=json*", lambda route: route.abort())
    page.goto(PUTIN)
    page.locator(".graph").scroll_into_view_if_needed()
    expect(page.locator(".graph")).to_have_text("The picture could not be loaded.")


def test_without_scripts_there_is_the_table(reader: Readers) -> None:
    page = reader(scripts=False)
    page.goto("/actors/putin")
    page.get_by_role("link", name="As a table").click()
    table = page.get_by_role("table")
    office = table.get_by_role("row").filter(
        has=page.get_by_role("link", name="president", exact=True)
    )
    expect(office).to_contain_text("Russia")
    expect(page.locator(".graph")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(reader: Readers, axe: Callable[[Page], list[str]], scheme: str) -> None:
    page = opened(reader(scheme="dark" if scheme == "dark" else "light"))
    things(page).nth(1).click()
    assert axe(page) == []


def test_a_phone_has_room_for_it(reader: Readers) -> None:
    page = opened(reader(width=360, height=740))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(things(page).first).to_be_visible()
