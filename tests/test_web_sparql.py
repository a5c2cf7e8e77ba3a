"""The SPARQL endpoint by the SPARQL 1.1 Protocol §2 and our own promises, over a small store."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg.errors import QueryTimeout
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.settings import Settings
from kg.web.app import create_app
from tests.engines import Engine

EX = "http://example.org/"
SELECT = "SELECT ?o WHERE { <http://example.org/s> <http://example.org/p> ?o } ORDER BY ?o"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?count) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?p }"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def settings(engine: Engine) -> Iterator[Settings]:
    """A store with one triple in each of two graphs and many in a third."""
    content = [
        Quad(NamedNode(f"{EX}s"), NamedNode(f"{EX}p"), Literal(name), NamedNode(EX + name))
        for name in ("g", "h")
    ]
    content += [
        Quad(NamedNode(f"{EX}n{i}"), NamedNode(f"{EX}q"), Literal(str(i)), NamedNode(f"{EX}many"))
        for i in range(200)
    ]
    with engine.holding(content, Settings(query_timeout_max=4.0)) as found:
        yield found


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings)
    with app.test_client() as client:
        # The first query waits for the processes to start; the tests' deadlines are short.
        assert client.get("/sparql", query_string={"query": "ASK {}"}).status_code == 200
        yield client
    app.extensions["kg"].querying.close()


def values(response: TestResponse) -> list[str]:
    """The values of ?o in a JSON result."""
    assert response.status_code == 200, response.text
    rows = json.loads(response.data)["results"]["bindings"]
    return [row["o"]["value"] for row in rows]


def test_a_query_is_answered_alike_by_every_method(client: FlaskClient) -> None:
    """GET, form POST, direct POST and QUERY carry the same query."""
    body = f"query={quote(SELECT)}"
    answers = [
        client.get("/sparql", query_string={"query": SELECT}),
        client.post("/sparql", data=body, content_type=FORM),
        client.post("/sparql", data=SELECT, content_type="application/sparql-query"),
        client.open(
            "/sparql", method="QUERY", data=SELECT, content_type="application/sparql-query"
        ),
    ]
    assert [values(answer) for answer in answers] == [["g", "h"]] * 4


def test_bodies_are_decoded_once(client: FlaskClient) -> None:
    """A percent sign in a literal survives GET and form POST alike."""
    query = 'SELECT ("100%25 +" AS ?o) {}'
    by_get = client.get("/sparql", query_string={"query": query})
    by_form = client.post("/sparql", data={"query": query})
    assert values(by_get) == values(by_form) == ["100%25 +"]


def test_head_says_what_get_would_without_the_body(client: FlaskClient) -> None:
    """HEAD has the headers of GET."""
    head = client.head("/sparql", query_string={"query": SELECT})
    get = client.get("/sparql", query_string={"query": SELECT})
    assert head.status_code == 200
    assert not head.data
    assert head.headers.get("ETag") == get.headers.get("ETag")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, ["g", "h"]),
        ({"default-graph-uri": [EX + "g"]}, ["g"]),
        ({"default-graph-uri": [EX + "g", EX + "h"]}, ["g", "h"]),
        ({"named-graph-uri": [EX + "g"]}, []),
        ({"default-graph-uri": [EX + "none"]}, []),
    ],
)
def test_the_protocols_dataset_is_read(
    client: FlaskClient, parameters: dict[str, list[str]], expected: list[str]
) -> None:
    """default-graph-uri and named-graph-uri make the dataset (§2.1.4)."""
    assert values(client.get("/sparql", query_string={"query": SELECT, **parameters})) == expected


def test_the_protocols_dataset_overrides_from(client: FlaskClient) -> None:
    """Where both are given the protocol's counts."""
    query = SELECT.replace("WHERE", f"FROM <{EX}h> WHERE")
    assert values(client.get("/sparql", query_string={"query": query})) == ["h"]
    both = {"query": query, "default-graph-uri": EX + "g"}
    assert values(client.get("/sparql", query_string=both)) == ["g"]


def test_the_strict_reading_sees_the_default_graph_alone(settings: Settings) -> None:
    """KG_UNION_DEFAULT_GRAPH=false reads only what is in the default graph."""
    app = create_app(replace(settings, union_default_graph=False))
    with app.test_client() as client:
        assert values(client.get("/sparql", query_string={"query": SELECT})) == []
        in_graph = "SELECT ?o { GRAPH <http://example.org/g> { ?s ?p ?o } }"
        assert values(client.get("/sparql", query_string={"query": in_graph})) == ["g"]
    app.extensions["kg"].querying.close()


BAD = [
    ("a syntax error", "get", {"query_string": {"query": "SELECT ?x WHERE {\n ?x ?y }"}}, 400),
    ("an update", "get", {"query_string": {"query": "INSERT DATA { <x:s> <x:p> 1 }"}}, 400),
    ("two queries", "get", {"query_string": f"query={quote(SELECT)}&query={quote(SELECT)}"}, 400),
    ("no query in a form", "post", {"data": {"x": "y"}}, 400),
    ("an empty query", "get", {"query_string": {"query": ""}}, 400),
    (
        "a query in body and URL",
        "post",
        {
            "data": SELECT,
            "content_type": "application/sparql-query",
            "query_string": {"query": SELECT},
        },
        400,
    ),
    (
        "a body that is no UTF-8",
        "post",
        {"data": b"\xff", "content_type": "application/sparql-query"},
        400,
    ),
    ("a form that is no UTF-8", "post", {"data": b"query=\xff", "content_type": FORM}, 400),
    ("a URL that is no UTF-8", "get", {"query_string": "query=%FF"}, 400),
    (
        "a relative graph name",
        "get",
        {"query_string": {"query": SELECT, "default-graph-uri": "g"}},
        400,
    ),
    ("a timeout that is none", "get", {"query_string": {"query": SELECT, "timeout": "soon"}}, 400),
    ("an unknown format", "get", {"query_string": {"query": SELECT, "format": "pdf"}}, 400),
    ("an undeclared prefix", "get", {"query_string": {"query": "SELECT * { ?s no:p ?o }"}}, 400),
    ("plain text", "post", {"data": SELECT, "content_type": "text/plain"}, 415),
    ("no content type", "post", {"data": SELECT.encode()}, 415),
    (
        "another charset",
        "post",
        {"data": SELECT, "content_type": "application/sparql-query; charset=utf-16"},
        415,
    ),
    (
        "an unoffered type",
        "get",
        {"query_string": {"query": SELECT}, "headers": {"Accept": "text/turtle"}},
        406,
    ),
    (
        "SERVICE",
        "get",
        {"query_string": {"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}},
        403,
    ),
    ("a wrong method", "put", {"data": SELECT}, 405),
]


@pytest.mark.parametrize(
    ("_what", "method", "arguments", "status"), BAD, ids=[row[0] for row in BAD]
)
def test_a_bad_request_is_a_problem(
    client: FlaskClient, _what: str, method: str, arguments: dict[str, object], status: int
) -> None:
    """Every refusal is problem+json with its status, a stable type and a detail."""
    response = client.open("/sparql", method=method.upper(), **arguments)  # type: ignore[arg-type]
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    problem = json.loads(response.data)
    assert problem["status"] == status
    assert problem["type"].startswith("https://w3id.org/editorial-kg/problem/")
    assert problem["detail"]


@pytest.mark.own_engine("other engines have functions of their own")
def test_a_function_that_nobody_defined_has_no_value(client: FlaskClient) -> None:
    """A call of it is an error of its expression, not of the query (SPARQL 1.1 Query §17.6)."""
    query = (
        "SELECT (<urn:f>(<urn:g>(1)) AS ?none) (COALESCE(<urn:f>(1), 2) AS ?two)"
        " { FILTER(!BOUND(?none)) FILTER(COALESCE(<urn:h>(), true)) }"
    )
    response = client.get("/sparql", query_string={"query": query})
    assert response.status_code == 200
    (row,) = response.get_json(force=True)["results"]["bindings"]
    assert (row.keys(), row["two"]["value"]) == ({"two"}, "2")


def test_a_syntax_error_tells_line_and_column(client: FlaskClient) -> None:
    """Both are members of the problem, counted from 1."""
    response = client.get("/sparql", query_string={"query": "SELECT ?x WHERE {\n  ?x ?y }"})
    problem = json.loads(response.data)
    assert (problem["line"], problem["column"]) == (2, 9)


def test_405_names_what_is_allowed(client: FlaskClient) -> None:
    """Allow lists the methods."""
    allowed = client.delete("/sparql").headers["Allow"]
    assert {"GET", "HEAD", "POST", "OPTIONS", "QUERY"} <= set(allowed.split(", "))


def test_graph_results_have_their_own_formats(client: FlaskClient) -> None:
    """CONSTRUCT is Turtle unless asked otherwise, and never CSV."""
    query = {"query": CONSTRUCT}
    assert client.get("/sparql", query_string=query).mimetype == "text/turtle"
    as_json = client.get("/sparql", query_string=query, headers={"Accept": "application/ld+json"})
    assert as_json.mimetype == "application/ld+json"
    assert client.get("/sparql", query_string={**query, "format": "csv"}).status_code == 400


def test_without_a_query_programs_get_the_description_and_browsers_the_editor(
    client: FlaskClient,
) -> None:
    """Content negotiation decides what /sparql is."""
    bare = client.get("/sparql")
    assert bare.mimetype == "text/turtle"
    assert "sd:Service" in bare.text
    page = client.get("/sparql", headers={"Accept": "text/html"})
    assert "<textarea" in page.text
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]


@pytest.mark.own_engine("a digest tells all that a result depends on")
def test_a_result_is_known_by_its_etag(client: FlaskClient) -> None:
    """304 without running anything; another format has another tag."""
    first = client.get("/sparql", query_string={"query": SELECT})
    tag = first.headers["ETag"]
    again = client.get(
        "/sparql", query_string={"query": SELECT}, headers={"If-None-Match": f'"x", {tag}'}
    )
    assert again.status_code == 304
    assert not again.data
    other = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": "text/csv"})
    assert other.headers["ETag"] != tag
    assert "Accept" in other.headers["Vary"]


@pytest.mark.own_engine("a digest tells all that a result depends on")
def test_a_repeated_query_comes_from_the_cache(client: FlaskClient) -> None:
    """Server-Timing tells; what changes with every call is never kept."""
    query = {"query": "SELECT (1 + 41 AS ?o) {}"}
    timings = [client.get("/sparql", query_string=query).headers["Server-Timing"] for _ in "ab"]
    assert ['"hit"' in timing for timing in timings] == [False, True]
    changing = client.get("/sparql", query_string={"query": "SELECT (UUID() AS ?o) {}"})
    again = client.get("/sparql", query_string={"query": "SELECT (UUID() AS ?o) {}"})
    assert "ETag" not in changing.headers
    assert values(changing) != values(again)


def test_a_query_past_its_deadline_is_a_503(client: FlaskClient) -> None:
    """The problem has a type of its own, and the next query is answered."""
    response = client.get("/sparql", query_string={"query": ENDLESS, "timeout": "0.3"})
    assert response.status_code == 503
    assert json.loads(response.data)["type"].endswith("/query-timeout")
    assert values(client.get("/sparql", query_string={"query": SELECT})) == ["g", "h"]


@pytest.mark.own_engine("what others send in parts is passed on as it comes")
def test_a_large_result_comes_whole(client: FlaskClient) -> None:
    query = f"SELECT ?a ?c {{ ?a <{EX}q> ?b . ?c <{EX}q> ?d }}"
    response = client.get("/sparql", query_string={"query": query, "format": "csv"})
    lines = response.text.splitlines()
    assert len(response.data) > 1 << 20
    assert (len(lines), len(set(lines))) == (1 + 200 * 200, 1 + 200 * 200)


@pytest.mark.own_engine("other engines have ways of their own to stop in the middle")
def test_a_large_result_that_breaks_off_does_not_pass_for_whole(client: FlaskClient) -> None:
    """The connection is reset: a mere close is the end of a document in HTTP/1.0."""
    query = {"query": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "timeout": "1"}
    ours, theirs = socket.socketpair()
    with ours, theirs:
        response = client.get(
            "/sparql", query_string=query, environ_overrides={"gunicorn.socket": ours}
        )
        assert response.status_code == 200
        with pytest.raises(QueryTimeout):
            response.get_data()
        lingering = ours.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
        assert struct.unpack("ii", lingering) == (1, 0)


def test_the_timeout_is_capped(client: FlaskClient) -> None:
    """Asking for an hour gets the maximum of the settings, four seconds here."""
    response = client.get("/sparql", query_string={"query": ENDLESS, "timeout": "3600"})
    assert response.status_code == 503


def test_figures_are_shown(client: FlaskClient) -> None:
    """/metrics names what the issue promises."""
    text = client.get("/metrics").text
    for name in ("running", "queued", "killed_total", "refused_total"):
        assert f"kg_queries_{name} " in text


def test_other_sites_may_read(client: FlaskClient) -> None:
    """CORS is open for reads, preflight included."""
    response = client.options("/sparql", headers={"Origin": "https://example.org"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]


def test_describe_answers_for_an_iri(client: FlaskClient) -> None:
    """DESCRIBE gives what a node says, in every graph."""
    response = client.get("/sparql", query_string={"query": f"DESCRIBE <{EX}s>"})
    assert response.status_code == 200
    assert '"g"' in response.text
    assert '"h"' in response.text
