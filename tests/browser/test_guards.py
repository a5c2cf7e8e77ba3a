"""The browser tests notice what they are there to notice."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.conftest import Complaints

INLINE = "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"


def test_what_the_policy_refuses_is_a_complaint(page: Page, complaints: Complaints) -> None:
    complaints.expect("Content Security Policy")
    page.goto("/sparql")
    page.evaluate(INLINE)
    page.evaluate("1")  # what the console said has come by now
    assert len(complaints.found) == 1


def test_errors_of_scripts_and_missing_files_are_complaints(
    page: Page, complaints: Complaints
) -> None:
    complaints.expect("broken on purpose|404")
    page.goto("/sparql")
    page.evaluate("setTimeout(() => { throw Error('broken on purpose') })")
    page.evaluate("fetch('static/nothing.js')")
    page.evaluate("1")
    assert {each.partition(":")[0] for each in complaints.found} == {
        "error in a script",
        "status 404",
        "console",
    }


def test_axe_finds_a_picture_without_a_text(page: Page, axe: Callable[[Page], list[str]]) -> None:
    page.goto("/sparql")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert [each.partition(":")[0] for each in axe(page)] == ["image-alt"]
