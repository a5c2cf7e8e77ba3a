"""The product over the engines that the tests of the HTTP faces are not run over as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.web.app import create_app
from kg.writing.access import Scope, Tokens
from tests.engines import ENGINES
from tests.knowledge import ROOT
from tests.rest import quads
from tests.servers.kinds import KINDS
from tests.servers.started import Servers

OTHERS = tuple(kind for kind in KINDS if kind not in ENGINES)
# Virtuoso 7.2.5 leaves rows out of nested unions with VALUES, so it is held to the rest only.
WHOLE = tuple(kind for kind in OTHERS if kind != "virtuoso")
PAGES = (
    "/actors/putin",
    "/actors/putin?include=all",
    "/claims?limit=5",
    "/events?sort=-label",
    "/norm-stances",
    "/search?q=putin",
    "/questions",
)
VOLATILE = ("version", "time", "next", "cursor")


@pytest.fixture
def home(built_store: Path, tmp_path: Path) -> FlaskClient:
    """The app over its own store."""
    return create_app(Settings(store=str(built_store), cache=tmp_path / "home")).test_client()


@pytest.fixture
def away(servers: Servers, kind: str, tmp_path: Path) -> Iterator[FlaskClient]:
    """The app over a server with the same graph, which looks for changes each time."""
    with servers.holding(kind, quads()) as server:
        settings = replace(
            server.settings,
            cache=tmp_path / "away",
            tokens=str(tmp_path / "tokens.json"),
            store_watch=1e-9,
        )
        yield create_app(settings).test_client()


def _plain(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: _plain(value) for key, value in document.items() if key not in VOLATILE}
    return [_plain(each) for each in document] if isinstance(document, list) else document


@pytest.mark.parametrize("kind", WHOLE)
def test_rest_and_search_answer_as_at_home(away: FlaskClient, home: FlaskClient) -> None:
    for path in PAGES:
        here, there = home.get(path), away.get(path)
        assert there.status_code == here.status_code, path
        assert _plain(there.get_json()) == _plain(here.get_json()), path


@pytest.mark.parametrize("kind", KINDS)
def test_every_question_is_answered_in_every_format(away: FlaskClient, home: FlaskClient) -> None:
    for path in sorted((ROOT / "queries").glob("*.rq"))[:6]:
        expected = json.loads(path.with_suffix(".srj").read_text(encoding="utf-8"))
        text = quote(path.read_text(encoding="utf-8"))
        found = away.get(f"/sparql?query={text}&format=json")
        assert found.status_code == 200, found.text
        assert len(found.get_json()["results"]["bindings"]) == len(expected["results"]["bindings"])
        for form in ("xml", "csv", "tsv"):
            answer = away.get(f"/sparql?query={text}&format={form}")
            assert (answer.status_code, answer.mimetype) == (
                200,
                home.get(f"/sparql?query={text}&format={form}").mimetype,
            )
    assert away.get("/sparql?query=ASK{?s ?p ?o}&format=json").get_json()["boolean"] is True
    nothing = away.get("/sparql?query=ASK{?s <urn:x> ?o}&format=json")
    assert nothing.get_json()["boolean"] is False
    construct = quote("CONSTRUCT WHERE { ?s a <https://w3id.org/editorial-kg/ontology#State> }")
    for form in ("turtle", "ntriples", "nquads", "trig", "rdfxml", "jsonld"):
        assert away.get(f"/sparql?query={construct}&format={form}").status_code == 200, form


@pytest.mark.parametrize("kind", OTHERS)
def test_errors_of_a_query_have_the_status_that_they_have_at_home(away: FlaskClient) -> None:
    assert away.get("/sparql?query=SELECT nonsense").status_code == 400
    service = quote("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    assert away.get(f"/sparql?query={service}").status_code == 403


@pytest.mark.parametrize("kind", OTHERS)
def test_a_write_is_validated_here_and_then_stands_there(away: FlaskClient, tmp_path: Path) -> None:
    secret = Tokens(Path(tmp_path / "tokens.json")).add("writer", Scope.WRITE)
    head = {"Authorization": f"Bearer {secret}", "Content-Type": "application/sparql-update"}
    putin = "<https://w3id.org/editorial-kg/id/putin>"
    graph = "<https://w3id.org/editorial-kg/graph/entities>"
    skos = "<http://www.w3.org/2004/02/skos/core#altLabel>"
    good = f'INSERT DATA {{ GRAPH {graph} {{ {putin} {skos} "V. Putin"@en }} }}'
    bad = f"DELETE WHERE {{ GRAPH {graph} {{ {putin} ?p ?o }} }}"
    assert away.post("/update", data=bad, headers=head).status_code == 422
    assert away.get("/actors/putin").status_code == 200
    done = away.post("/update", data=good, headers=head)
    assert done.status_code in {200, 204}, done.text
    assert "V. Putin" in away.get("/actors/putin").text
    undone = away.post("/update", data=good.replace("INSERT", "DELETE"), headers=head)
    assert undone.status_code in {200, 204}, undone.text
    assert "V. Putin" not in away.get("/actors/putin").text
