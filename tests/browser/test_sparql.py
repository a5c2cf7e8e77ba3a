"""The SPARQL page in a browser: queries run, fail where they are wrong, and are cancelled."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Complaints, Readers
from tests.commands import Server
from tests.processes import busy_seconds, query_processes, soon

PREFIX = "PREFIX ekg: <https://w3id.org/editorial-kg/ontology#>\n"
EVENTS = PREFIX + "SELECT ?event { ?event a ekg:Event }"
WRONG = "SELECT ?s {\n  ?s ?p 'élan 𠮷' ; foo:x ?o\n}"
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?h) }"
MANY = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 1000"
CONSTRUCT = PREFIX + "CONSTRUCT { ?e ekg:place ?p } WHERE { ?e a ekg:Event ; ekg:place ?p }"
EDITOR = ".cm-content"


def shared(query: str) -> str:
    """The link by which the page opens with a query and runs it."""
    return f"/sparql#query={quote(query, safe='')}"


def write(page: Page, text: str) -> None:
    """Replace what the editor holds, by the keyboard."""
    page.locator(EDITOR).focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def test_a_query_runs_by_ctrl_enter(page: Page) -> None:
    page.goto("/sparql")
    write(page, EVENTS)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#status")).to_contain_text("13 rows")
    rows = page.get_by_role("table").locator("tbody tr")
    expect(rows).to_have_count(13)
    rows.get_by_role("link", name="Talks between Trump and Putin at the summit").click()
    expect(page).to_have_url(re.compile(r"/events/alaska-talks$"))


def test_results_are_sorted_by_what_readers_see(page: Page) -> None:
    page.goto(shared(EVENTS))
    head = page.get_by_role("columnheader", name="event")
    for direction in ("ascending", "descending"):
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", direction)
        shown = page.get_by_role("table").locator("tbody td").all_inner_texts()
        assert shown == sorted(shown, key=str.casefold, reverse=direction == "descending")


def test_names_give_way_to_iris(page: Page) -> None:
    page.goto(shared(EVENTS))
    expect(page.get_by_role("link", name="id:alaska-talks")).to_have_count(0)
    page.get_by_label("Names in place of IRIs").uncheck()
    expect(page.get_by_role("link", name="id:alaska-talks")).to_be_visible()


def test_a_mistake_is_marked_at_its_line_and_column(page: Page, complaints: Complaints) -> None:
    complaints.expect("400")
    page.goto("/sparql")
    write(page, WRONG)
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("the prefix 'foo' is not declared")
    marked = page.locator(".cm-lintRange-error")
    expect(marked).to_have_text("foo:x")
    expect(page.locator(".cm-line", has=marked)).to_contain_text("élan")
    page.get_by_role("button", name="Line 2, column 20").click()
    page.keyboard.type("bar:")
    expect(page.locator(".cm-line").nth(1)).to_contain_text("; bar:foo:x ?o")


def test_cancelling_ends_the_query_on_the_server(page: Page, live_server: Server) -> None:
    page.goto("/sparql")
    write(page, LONG)
    page.get_by_role("button", name="Run").click()
    assert soon(lambda: busy(live_server), within=10)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#status")).to_contain_text("Cancelled after")
    assert soon(lambda: not busy(live_server), within=3)
    expect(page.get_by_role("button", name="Cancel")).to_be_disabled()


def busy(server: Server) -> bool:
    """Whether any query process of the server computes."""
    before = {pid: busy_seconds(pid) for pid in worker_processes(server)}
    return soon(
        lambda: any(busy_seconds(pid) > used + 0.05 for pid, used in before.items()), within=0.3
    )


def worker_processes(server: Server) -> list[int]:
    """The query processes of all workers of a server."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return [pid for child in children for pid in query_processes(int(child))]


def test_classes_are_completed_by_name_and_their_prefix_declared(page: Page) -> None:
    page.goto("/sparql")
    write(page, "SELECT * { ?norm a ")
    page.locator(EDITOR).press_sequentially("NormSt")
    page.get_by_role("option", name="ekg:NormStance").click()
    expect(page.locator(".cm-line").first).to_have_text(PREFIX.strip())
    expect(page.locator(".cm-line").nth(1)).to_have_text("SELECT * { ?norm a ekg:NormStance")


def test_ids_are_completed_by_the_search(page: Page) -> None:
    page.goto("/sparql")
    write(page, "DESCRIBE ")
    page.locator(EDITOR).press_sequentially("id:putin")
    page.get_by_role("option", name="id:putin Vladimir Putin").click()
    expect(page.locator(".cm-line").nth(1)).to_have_text("DESCRIBE id:putin")


def test_the_example_questions_are_a_menu(reader: Readers) -> None:
    page = reader(language="ja")
    page.goto("/sparql")
    page.get_by_role("link", name="この記事は、誰がいつ公表したか。").click()
    expect(page.locator("#status")).to_contain_text("1 行")
    expect(page.get_by_role("link", name="読売新聞")).to_be_visible()


def test_queries_asked_before_are_kept_in_this_browser(page: Page) -> None:
    page.goto(shared("ASK { ?s ?p ?o }"))
    expect(page.get_by_text("Yes", exact=True)).to_be_visible()
    page.goto("/versions")
    page.goto("/sparql")
    page.get_by_role("region", name="Asked before").get_by_role("link", name="ASK").click()
    expect(page.get_by_text("Yes", exact=True)).to_be_visible()
    page.get_by_role("button", name="Forget them all").click()
    page.goto("/sparql")
    expect(page.get_by_role("region", name="Asked before")).to_have_count(0)


def test_a_shared_link_opens_with_query_and_result_and_back_leads_back(page: Page) -> None:
    page.goto(shared(EVENTS))
    expect(page.locator("#status")).to_contain_text("13 rows")
    expect(page.locator(EDITOR)).to_contain_text("?event a ekg:Event")
    write(page, "ASK {}")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Yes", exact=True)).to_be_visible()
    assert page.url.endswith(shared("ASK {}"))
    page.go_back()
    expect(page.locator("#status")).to_contain_text("13 rows")


def test_triples_are_drawn_and_listed(page: Page) -> None:
    page.goto(shared(CONSTRUCT))
    expect(page.locator("#status")).to_contain_text("4 triples")
    expect(page.locator(".graph canvas").first).to_be_visible()
    things = page.locator(".graph-side").get_by_role("option")
    expect(things.filter(has_text="Alaska summit").first).to_be_visible()
    expect(page.get_by_role("table").locator("tbody tr")).to_have_count(4)


def test_a_large_result_is_counted_whole_and_shown_in_parts(page: Page) -> None:
    page.goto(shared(MANY))
    expect(page.locator("#status")).to_contain_text("1,000 rows")
    rows = page.get_by_role("table").locator("tbody tr")
    expect(rows).to_have_count(200)
    page.get_by_role("button", name="200 of 1,000 shown").click()
    expect(rows).to_have_count(400)


def test_a_result_that_breaks_off_is_an_error(page: Page, complaints: Complaints) -> None:
    """Half a document never passes for a whole one."""
    half = '{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"urn:a"}}'
    page.route(
        "**/sparql",
        lambda route: (
            route.fulfill(content_type="application/json", body=half)
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    page.goto("/sparql")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("broke off")
    expect(page.get_by_role("table")).to_have_count(0)
    assert complaints.found == []


@pytest.mark.parametrize(
    ("query", "label", "name", "content"),
    [
        (EVENTS, "CSV", "result.csv", "event\n"),
        (EVENTS, "XML", "result.srx", "<?xml"),
        (CONSTRUCT, "Turtle", "result.ttl", "ekg:place"),
    ],
)
def test_results_are_saved_in_every_format(
    page: Page, query: str, label: str, name: str, content: str
) -> None:
    page.goto(shared(query))
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label, exact=True).click()
    assert waiting.value.suggested_filename == name
    assert content in Path(waiting.value.path()).read_text(encoding="utf-8")


def test_tab_leaves_the_editor(page: Page) -> None:
    page.goto("/sparql")
    page.locator(EDITOR).focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_editor_and_result_are_accessible(
    reader: Readers, axe: Callable[[Page], list[str]], scheme: str, complaints: Complaints
) -> None:
    complaints.expect("400")
    page = reader(scheme="dark" if scheme == "dark" else "light")
    page.goto(shared(EVENTS))
    expect(page.locator("#status")).to_contain_text("13 rows")
    assert axe(page) == []
    write(page, WRONG)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("foo")
    assert axe(page) == []


def shifted(page: Page) -> float:
    """How far the content of a page has moved since it was opened (cumulative layout shift)."""
    score: float = page.evaluate(
        """() => new Promise(done => {
            let score = 0;
            new PerformanceObserver(list => {
                for (const each of list.getEntries()) score += each.value;
            }).observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done(score), 200);
        })"""
    )
    return score


def test_the_editor_comes_without_moving_anything(page: Page) -> None:
    page.goto("/sparql")
    expect(page.locator(EDITOR)).to_be_visible()
    assert shifted(page) == 0


def test_without_scripts_the_form_gives_files(reader: Readers) -> None:
    page = reader(scripts=False)
    page.goto("/sparql")
    page.get_by_label("Query").fill(EVENTS)
    page.get_by_label("Result as").select_option("TSV")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Run").click()
    assert Path(waiting.value.path()).read_text(encoding="utf-8").startswith("?event\n")
