"""Clients that are not ours work against the endpoint unchanged."""

from __future__ import annotations

import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyoxigraph
import pytest
from rdflib import Graph
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

from tests.commands import Server

EVENT = "<https://w3id.org/editorial-kg/ontology#Event>"
SELECT = f"SELECT ?s WHERE {{ ?s a {EVENT} }}"
CONSTRUCT = f"CONSTRUCT WHERE {{ ?s a {EVENT} }}"
EVENTS = 13
COMUNICA = Path(__file__).parent / "comunica"


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_reads_the_endpoint_as_a_graph(live_server: Server, method: str) -> None:
    """rdflib's SPARQLStore selects, asks, constructs and walks triples."""
    graph = Graph(SPARQLStore(f"{live_server.url}/sparql", method=method))
    assert len(graph.query(SELECT)) == EVENTS
    assert graph.query("ASK { ?s ?p ?o }").askAnswer is True
    constructed = graph.query(CONSTRUCT).graph
    assert constructed is not None
    assert len(constructed) == EVENTS


def converted(server: Server, method: str, result: str, query: str) -> Any:
    """What SPARQLWrapper makes of the answer."""
    asked = SPARQLWrapper(f"{server.url}/sparql")
    asked.setMethod(method)
    asked.setReturnFormat(result)
    asked.setQuery(query)
    return asked.query().convert()


@pytest.mark.parametrize("method", [GET, POST])
@pytest.mark.parametrize("result", [JSON, XML, CSV, TSV])
def test_sparqlwrapper_selects(live_server: Server, method: str, result: str) -> None:
    """Every result format that SPARQLWrapper asks for is what it understands."""
    found = converted(live_server, method, result, SELECT)
    if result == JSON:
        assert len(found["results"]["bindings"]) == EVENTS
    elif result == XML:
        assert len(found.getElementsByTagName("result")) == EVENTS
    else:
        assert len(found.splitlines()) == EVENTS + 1


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("method", [GET, POST])
@pytest.mark.parametrize("result", [TURTLE, N3, RDFXML, XML, JSONLD])
def test_sparqlwrapper_constructs(live_server: Server, method: str, result: str) -> None:
    """Every graph format likewise."""
    found = converted(live_server, method, result, CONSTRUCT)
    graph = Graph().parse(data=found, format="turtle") if isinstance(found, bytes) else found
    assert len(graph) == EVENTS


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("json", pyoxigraph.QueryResultsFormat.JSON),
        ("xml", pyoxigraph.QueryResultsFormat.XML),
        ("tsv", pyoxigraph.QueryResultsFormat.TSV),
    ],
)
def test_oxigraphs_parser_reads_the_results(
    live_server: Server, name: str, result: pyoxigraph.QueryResultsFormat
) -> None:
    """The engine's own result parser takes what the endpoint writes."""
    url = f"{live_server.url}/sparql?{urlencode({'query': SELECT, 'format': name})}"
    with urllib.request.urlopen(url, timeout=30) as answer:
        solutions = pyoxigraph.parse_query_results(answer.read(), result)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    assert len(list(solutions)) == EVENTS


@pytest.mark.skipif(
    not (shutil.which("node") and (COMUNICA / "node_modules").is_dir()),
    reason="Comunica is not installed: with Node, run npm ci in tests/comunica",
)
def test_comunica_selects(live_server: Server) -> None:
    """The JavaScript query engine reads the endpoint as a source."""
    ran = subprocess.run(
        ["node", "select.js", f"{live_server.url}/sparql", SELECT],
        check=True,
        capture_output=True,
        text=True,
        cwd=COMUNICA,
        timeout=60,
    )
    assert ran.stdout.strip() == str(EVENTS)
