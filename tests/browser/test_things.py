"""From a few letters to a thing, its passage and its article; forms; labels that mean harm."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from kg.rdf.namespaces import RDF, RDFS
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.store.embedded.store import EmbeddedStore
from tests.browser.conftest import Complaints, Readers
from tests.commands import Server, serving
from tests.rest import IRIS

HOSTILE = '</h1><img src=x onerror="alert(1)"><script>alert(2)</script>\u202egpj.exe' + "x" * 10_000
OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


def test_a_few_letters_lead_to_a_thing_its_passage_and_its_article(page: Page) -> None:
    page.goto("/")
    field = page.get_by_role("combobox").first
    field.press_sequentially("putin")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Vladimir Putin")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vladimir Putin")
    page.get_by_role("link", name="Paragraph 6, sentence 1").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paragraph 6, sentence 1")
    page.get_by_role("main").get_by_role("link", name="Yomiuri Shimbun editorial").first.click()
    expect(page).to_have_url(re.compile("/articles/yomiuri-2025-08-17$"))


def test_suggestions_go_away_and_keep_language_and_version(page: Page) -> None:
    page.goto("/actors/putin?lang=ja&version=1")
    field = page.get_by_role("combobox").first
    field.press_sequentially("トランプ")
    suggestions = page.locator("#site-search-list")
    expect(suggestions).to_be_visible()
    field.press("Escape")
    expect(suggestions).to_be_hidden()
    field.fill("ドナルド")
    suggestions.get_by_role("option").first.click()
    expect(page).to_have_url(re.compile(r"lang=ja&version=1|version=1&lang=ja"))


def test_an_id_is_filled_in_where_a_filter_asks_for_one(page: Page) -> None:
    page.goto("/claims")
    page.get_by_text("Filter and sort").click()
    field = page.get_by_role("combobox", name="according to")
    field.press_sequentially("trump")
    page.locator("#f-accordingTo-list").get_by_role("option", name="Donald Trump").click()
    expect(field).to_have_value("trump")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"/claims\?accordingTo=trump$"))
    expect(page.get_by_role("status")).to_have_text("4 things")


def test_all_of_it_works_without_scripts(reader: Readers) -> None:
    page = reader(scripts=False, width=390, language="ja")
    page.goto("/")
    page.get_by_role("searchbox").fill("制裁")
    page.get_by_role("button").first.click()
    page.get_by_role("main").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("制裁")
    page.goto("/claims")
    page.get_by_text("絞り込みと並べ替え").click()
    page.get_by_label("極性").select_option("denied")
    page.get_by_role("button", name="表示").click()
    expect(page).to_have_url(re.compile(r"/claims\?polarity=denied$"))


@pytest.fixture(scope="module")
def hostile(built_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over a graph in which somebody has been nasty."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(built_store, folder / "store")
    store, graph = EmbeddedStore(folder / "store"), IRIS.graph("entities")
    nasty, actor = IRIS.thing("id", "nasty"), NamedNode(f"{IRIS.namespace}ontology#Actor")
    added = (
        Quad(nasty, NamedNode(f"{RDF}type"), actor, graph),
        Quad(nasty, NamedNode(f"{RDFS}label"), Literal(HOSTILE, language="en"), graph),
    )
    with store.begin(author="test", message="Do harm") as change:
        change.replace(graph, [*store.snapshot().quads(graph), *added])
        change.publish()
    with serving("--store", folder / "store", "--workers", "1", log=folder / "log") as server:
        yield server


@pytest.mark.parametrize("path", ["/actors/nasty", "/actors", "/search?q=gpj", "/compare"])
def test_a_hostile_label_is_only_a_text(
    reader: Readers, complaints: Complaints, hostile: Server, path: str
) -> None:
    complaints.expect("another site: http://127.0.0.1")  # the readers' own server is another one
    page = reader(width=390)
    page.on("dialog", fail)
    page.goto(hostile.url + path)
    assert page.locator("img, main script:not([type])").count() == 0
    assert page.evaluate(OVERFLOW) <= 0
    assert complaints.unexpected == []


def fail(dialog: Dialog) -> None:
    """A script that asks something has run."""
    pytest.fail(dialog.message)
