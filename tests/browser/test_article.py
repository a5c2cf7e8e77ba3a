"""The reader's own copy of an article against its passages, in the browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kg.rdf.formats import TURTLE
from kg.rdf.namespaces import PREFIXES
from kg.rdf.parsing import parse
from kg.rdf.terms import NamedNode
from kg.store.embedded.store import EmbeddedStore
from tests.browser.conftest import Readers
from tests.commands import Server, serving

ARTICLE = "pier-post-2031"
SENTENCES = ("Harbour fees rise 🚢.", "Boats stay away.", "Who pays, asks the “Pier Post” of 2031.")
TEXT = f"{SENTENCES[0]} {SENTENCES[1]}\n\n{SENTENCES[2]}"


def turtle() -> str:
    """An article of two paragraphs, and an item that rests on its second sentence."""
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    base = f"{PREFIXES['id']}{ARTICLE}"
    head = f"""
        id:{ARTICLE} a ekg:Article ; rdfs:label "Pier Post editorial"@en ;
            ekg:textLength {len(TEXT)} ; schema:sha256 "{sha256(TEXT.encode()).hexdigest()}" .
        <{base}/away> a ekg:Statement , ekg:Claim , ekg:SourcedItem ;
            rdfs:label "Boats stay away"@en ; ekg:status c:reported-fact ;
            ekg:evidence <{base}/p1s2> ."""
    passages = "".join(
        f"""
        <{base}/{name}> a ekg:Passage ; ekg:passageOf id:{ARTICLE} ;
            rdfs:label "Passage {name}"@en ;
            ekg:paragraph {name[1]} ; ekg:sentence {name[3]} ;
            ekg:charStart {TEXT.index(words)} ; ekg:charEnd {TEXT.index(words) + len(words)} ;
            schema:sha256 "{sha256(words.encode()).hexdigest()}" ."""
        for name, words in zip(("p1s1", "p1s2", "p2s1"), SENTENCES, strict=True)
    )
    return prefixes + head + passages


@pytest.fixture(scope="module")
def server(built_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of a store with the article."""
    folder = tmp_path_factory.mktemp("article")
    store = EmbeddedStore(shutil.copytree(built_store, folder / "store"))
    with store.begin(author="test", message="an article") as change:
        graph = NamedNode(f"{PREFIXES['graph']}{ARTICLE}")
        change.replace(graph, parse(turtle().encode(), TURTLE))
        change.publish()
    store.close()
    with serving("--store", folder / "store", log=folder / "log") as found:
        yield found


@pytest.fixture
def article(reader: Readers) -> Page:
    """The article's page."""
    page = reader()
    page.goto(f"/articles/{ARTICLE}")
    return page


def give(page: Page, text: str) -> None:
    """Open a file with a text."""
    file = {"name": "copy.txt", "mimeType": "text/plain", "buffer": text.encode()}
    page.locator("#own-copy input[type=file]").set_input_files(file)  # type: ignore[arg-type]


def test_the_very_text_is_shown_with_each_passage_linked(article: Page) -> None:
    give(article, TEXT)
    status = article.locator("#own-copy [role=status]")
    expect(status).to_have_text("All 3 passages match: this is the very text.")
    links = article.locator(".own-text a")
    assert links.all_text_contents() == list(SENTENCES)
    assert [each.get_attribute("href") for each in links.all()] == ["#p1s1", "#p1s2", "#p2s1"]
    links.nth(1).click()
    expect(article.locator("#p1s2")).to_contain_text("Boats stay away")


def test_line_ends_a_mark_and_a_last_newline_are_no_part_of_the_text(article: Page) -> None:
    give(article, "\ufeff" + TEXT.replace("\n", "\r\n") + "\r\n")
    expect(article.locator("#own-copy [role=status]")).to_contain_text("this is the very text")


def test_a_changed_word_is_found_and_named(article: Page) -> None:
    give(article, TEXT.replace("stay", "keep"))
    status = article.locator("#own-copy [role=status]")
    expect(status).to_have_text("Other words than the graph was read from: Passage p1s2")
    expect(article.locator(".own-text mark")).to_have_count(1)
    expect(article.locator(".own-text mark")).to_contain_text("Boats keep away.")


def test_a_longer_beginning_moves_what_follows(article: Page) -> None:
    give(article, TEXT.replace("fees", "feeeees"))
    status = article.locator("#own-copy [role=status]")
    expect(status).to_have_text("Other words than the graph was read from: Passage p1s1")
    assert article.locator(".own-text > a").all_text_contents() == list(SENTENCES[1:])


def test_a_pasted_text_is_checked_and_nothing_of_it_is_sent(article: Page) -> None:
    article.wait_for_load_state("networkidle")
    asked: list[str] = []
    article.on("request", lambda sent: asked.append(f"{sent.method} {sent.url} {sent.post_data}"))
    article.locator("#own-copy summary").click()
    article.get_by_label("The article's text").fill(TEXT)
    article.get_by_role("button", name="Check").click()
    expect(article.locator("#own-copy [role=status]")).to_contain_text("this is the very text")
    assert sum("sha256" in each for each in asked) == 2  # the article's hash and the passages'
    assert all(each.startswith("GET ") and each.endswith(" None") for each in asked)
    assert not any("Harbour" in each for each in asked)


def test_what_is_no_utf_8_is_said(article: Page) -> None:
    file = {"name": "copy.txt", "mimeType": "text/plain", "buffer": b"\xff\xfe\x00"}
    article.locator("#own-copy input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(article.locator("#own-copy [role=status]")).to_contain_text("The text cannot be checked")


def test_the_page_meets_the_guidelines_before_and_after(
    article: Page, axe: Callable[[Page], list[str]]
) -> None:
    assert axe(article) == []
    give(article, TEXT.replace("stay", "keep"))
    expect(article.locator(".own-text mark")).to_be_visible()
    assert axe(article) == []


def test_without_scripts_the_sentences_and_the_command_are_there(reader: Readers) -> None:
    page = reader(scripts=False)
    page.goto(f"/articles/{ARTICLE}")
    expect(page.locator(".without-script")).to_contain_text("kg verify --text")
    expect(page.locator("#own-copy input[type=file]")).to_be_hidden()
    expect(page.locator("#p1s2")).to_contain_text("Boats stay away")
    expect(page.locator("#p1s1")).to_contain_text("No item rests on this sentence.")
