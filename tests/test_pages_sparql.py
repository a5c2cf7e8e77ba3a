"""The SPARQL page as it is served: a form that works alone, and what its editor has to know."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg.endpoint.examples import read_examples
from kg.settings import Settings
from kg.web.app import create_app
from kg.web.pages.assets import BUILT
from tests.knowledge import ROOT

QUERIES = ROOT / "queries"


@pytest.fixture(scope="module")
def client(built_store: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(store=str(built_store)))
    yield app.test_client()
    app.extensions["kg"].querying.close()


def page(client: FlaskClient, **parameters: str) -> str:
    """The page as it is served."""
    response = client.get("/sparql", query_string=parameters, headers={"Accept": "text/html"})
    assert response.status_code == 200, response.text
    return response.text


def editor(html: str) -> dict[str, Any]:
    """What the page tells its script."""
    found = re.search(r'<script type="application/json" id="sparql-page">(.*?)</script>', html)
    assert found
    told: dict[str, Any] = json.loads(found.group(1))
    return told


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_example_is_a_link_to_its_result(client: FlaskClient, language: str) -> None:
    links = dict(
        re.findall(r'<a href="(/sparql\?query=[^"]+)">([^<]+)</a>', page(client, lang=language))
    )
    examples = read_examples(QUERIES)
    assert [unescape(title) for title in links.values()] == [e.titles[language] for e in examples]
    for link in links:
        assert client.get(unescape(link)).mimetype == "text/csv"


def test_an_example_without_other_files_has_its_summary_for_a_title(tmp_path: Path) -> None:
    (tmp_path / "any.rq").write_text("#+ summary: Is there anything?\n\nASK {}\n")
    (tmp_path / "none.rq").write_text("ASK {}\n")
    assert [dict(each.titles) for each in read_examples(tmp_path)] == [
        {"en": "Is there anything?"},
        {"en": "none"},
    ]


needs_build = pytest.mark.skipif(
    not BUILT.is_dir(), reason="the front end is not built: with Node, run make serve once"
)


@needs_build
def test_the_editor_knows_every_class_and_property(client: FlaskClient) -> None:
    told = editor(page(client, lang="ja"))
    terms = {each["name"]: each for each in told["vocabulary"]["terms"]}
    assert terms["ekg:Event"]["label"] == "出来事"
    assert terms["ekg:accordingTo"]["kind"] == "property"
    assert len(terms) == len(told["vocabulary"]["terms"])
    assert told["prefixes"]["ekg"] == "https://w3id.org/editorial-kg/ontology#"
    assert told["vocabulary"]["things"] == ["c", "id", "scheme"]


@needs_build
def test_the_editor_asks_in_the_version_and_language_of_the_page(client: FlaskClient) -> None:
    told = editor(page(client, lang="ja", version="1"))
    assert told["endpoint"] == "/sparql?version=1&lang=ja"
    assert told["languages"][0] == "ja"
    response = client.post(
        told["endpoint"], data="ASK {}", headers={"Content-Type": "application/sparql-query"}
    )
    assert response.status_code == 200


def test_the_form_works_without_a_script(client: FlaskClient) -> None:
    html = page(client)
    assert '<form id="sparql-form" action="/sparql" method="get">' in html
    for name in ("application/sparql-results+json", "text/turtle"):
        assert f'<option value="{name}">' in html
