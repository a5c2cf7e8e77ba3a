"""SPARQL Update over HTTP: the protocol, the policy, the deadline, and all or nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engines import Engine
from tests.writers import UPDATE, Writer, plain, writer

DATA = "INSERT DATA { GRAPH <urn:f> { <urn:a> <urn:b> 1 } GRAPH <urn:g> { <urn:a> <urn:b> 2 } }"
COPY = "INSERT { GRAPH <urn:new> { ?s ?p ?o } } WHERE { ?s ?p ?o }"
NAMED = "INSERT { GRAPH <urn:new> { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def anna(engine: Engine, tmp_path: Path) -> Iterator[Writer]:
    with engine.holding((), plain(tmp_path)) as settings, writer(settings) as found:
        yield found


def values(anna: Writer, graph: str) -> list[str]:
    """The integers that a graph holds, in order."""
    return sorted(line.split('"')[1] for line in anna.triples(f"/data?graph={graph}"))


@pytest.mark.parametrize("path", ["/update", "/sparql"])
def test_an_update_comes_as_a_body_or_a_form(anna: Writer, path: str) -> None:
    assert anna.send("POST", path, DATA, content_type=UPDATE).status_code == 204
    assert values(anna, "urn:g") == ["2"]
    cleared = anna.client.post(path, data={"update": "DROP GRAPH <urn:g>"}, headers=anna.headers)
    assert cleared.status_code == 204
    assert "urn:g" not in anna.live.graphs


def test_the_request_names_the_dataset_of_the_patterns(anna: Writer) -> None:
    anna.update(DATA)
    anna.update(COPY, query_string={"using-graph-uri": "urn:g"})
    assert values(anna, "urn:new") == ["2"]
    anna.update("DROP GRAPH <urn:new>")
    anna.update(NAMED, query_string={"using-named-graph-uri": "urn:nothing"})
    assert values(anna, "urn:new") == []
    anna.update("DELETE WHERE { ?s ?p ?o }", query_string={"using-graph-uri": "urn:g"})
    assert values(anna, "urn:g") == ["2"], "the template writes to the default graph"


@pytest.mark.parametrize("clause", ["WITH <urn:g> DELETE {?s ?p ?o} WHERE {?s ?p ?o}",
                                    "INSERT {?s ?p 3} USING <urn:g> WHERE {?s ?p ?o}"])  # fmt: skip
def test_a_dataset_in_both_places_is_400(anna: Writer, clause: str) -> None:
    response = anna.update(clause, query_string={"using-graph-uri": "urn:g"})
    assert (response.status_code, response.json["parameter"]) == (400, "using-graph-uri")
    assert anna.live.number == 0


def test_relative_iris_are_resolved_against_the_endpoint(anna: Writer) -> None:
    anna.update("INSERT DATA { GRAPH <urn:g> { <a> <urn:b> 1 } }")
    assert anna.triples("/data?graph=urn:g") == {
        '<http://localhost/a> <urn:b> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    }


def test_to_clear_a_graph_that_is_not_there_does_nothing(anna: Writer) -> None:
    assert anna.update("CLEAR GRAPH <urn:none> ; clear graph <urn:none>").status_code == 204
    assert "urn:none" not in anna.live.graphs
    assert anna.update("DROP GRAPH <urn:none>").status_code == 400


def test_an_update_by_get_is_400(anna: Writer) -> None:
    response = anna.client.get("/sparql?update=CLEAR%20ALL")
    assert (response.status_code, response.json["parameter"]) == (400, "update")


def test_a_request_is_atomic_and_tells_where_it_is_wrong(anna: Writer) -> None:
    anna.update(DATA)
    before = anna.live
    response = anna.update(f"DROP ALL ;\n{DATA} ;\nINSERT DATA {{ oops }}")
    assert (response.status_code, response.json["line"]) == (400, 3)
    failing = anna.update("DROP GRAPH <urn:g> ; CREATE GRAPH <urn:h> ; CREATE GRAPH <urn:h>")
    assert failing.status_code == 400
    assert anna.live == before


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status"),
    [
        ("GET", "/update?update=DROP%20ALL", "", None, 405),
        ("POST", "/update", "update=DROP%20ALL&update=DROP%20ALL", FORM, 400),
        ("POST", "/update", "query=ASK%7B%7D", FORM, 400),
        ("POST", "/update", "update=DROP%20ALL&query=ASK%7B%7D", FORM, 400),
        ("POST", "/update", "", FORM, 400),
        ("POST", "/update?update=DROP%20ALL", "DROP ALL", UPDATE, 400),
        ("POST", "/update", "DROP ALL", None, 415),
        ("POST", "/update", "DROP ALL", "text/plain", 415),
        ("POST", "/update", b"INSERT DATA {<urn:a> <urn:b> '\xff'}", UPDATE, 400),
        ("POST", "/update", "DROP ALL", f"{UPDATE}; charset=utf-16", 415),
        ("POST", "/update?using-graph-uri=relative", COPY, UPDATE, 400),
        ("POST", "/update", "LOAD <http://127.0.0.1:9/>", UPDATE, 403),
        ("POST", "/update", "INSERT {?s ?p 1} WHERE {SERVICE <http://x/> {?s ?p ?o}}", UPDATE, 403),
        ("POST", "/update", r"\u004COAD <http://127.0.0.1:9/>", UPDATE, 403),
    ],
)
def test_a_bad_request_is_refused(
    anna: Writer, method: str, path: str, body: str | bytes, kind: str | None, status: int
) -> None:
    options = {"content_type": kind} if kind else {}
    assert anna.send(method, path, body, **options).status_code == status
    assert anna.live.number == 0


def test_a_runaway_update_ends_at_its_deadline_and_the_next_one_runs(
    engine: Engine, tmp_path: Path
) -> None:
    given = replace(plain(tmp_path), update_timeout=1.0)
    many = " ".join(f"<urn:s{n}> <urn:p> {n} ." for n in range(2000))
    with engine.holding((), given) as settings, writer(settings) as ben:
        ben.put("/data?graph=urn:g", many)
        before = ben.live
        started = time.monotonic()
        response = ben.update(
            "INSERT { GRAPH <urn:g> { ?a ?b ?i } } USING <urn:g>"
            " WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        )
        assert (response.status_code, response.json["type"][-13:]) == (503, "query-timeout")
        assert time.monotonic() - started < 10
        assert ben.live == before
        assert ben.update(DATA).status_code == 204


def test_if_match_is_the_tag_of_the_version_that_is_current(anna: Writer) -> None:
    anna.update(DATA)
    tag = anna.client.get(f"/versions/{anna.live.number}").headers["ETag"]
    assert anna.update("DROP GRAPH <urn:g>", headers={"If-Match": tag}).status_code == 204
    assert anna.update("DROP ALL", headers={"If-Match": tag}).status_code == 412
    assert anna.live.triples == 1
