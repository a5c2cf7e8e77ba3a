"""Every constraint over HTTP: the write is refused with its name, and the store stays as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.rdf.namespaces import PREFIXES
from kg.settings import Settings
from tests.engines import Engine
from tests.knowledge import ROOT
from tests.rest import IRIS, quads
from tests.test_shapes import LISTED, MINIMAL, NOTICES, WARNINGS
from tests.writers import Writer, writer

GRAPH = "/graph/invented"
STRICT = {"Prefer": "handling=strict"}


@pytest.fixture(scope="module")
def anna(engine: Engine) -> Iterator[Writer]:
    """A writer to a store with nothing but the vocabulary and the concepts."""
    wanted = {IRIS.graph(name) for name in ("ontology", "shapes", "concepts")}
    vocabulary = [quad for quad in quads() if quad.graph_name in wanted]
    with engine.holding(vocabulary, Settings()) as settings, writer(settings) as found:
        yield found


@pytest.mark.own_engine("other engines have no part in validation")
@pytest.mark.parametrize("name", LISTED)
def test_a_broken_constraint_is_named_and_nothing_is_written(anna: Writer, name: str) -> None:
    before, path = anna.live, ROOT / f"tests/data/invalid/{name}.ttl"
    response = anna.put(GRAPH, path.read_bytes(), headers=STRICT)
    if name in NOTICES:
        assert response.status_code == 201
        anna.send("DELETE", GRAPH)
    else:
        assert response.status_code == 422, response.text
        assert response.mimetype == "application/problem+json"
        results = response.json["results"]
        assert {each["shape"] for each in results} == {f"{PREFIXES['ekgs']}{name}"}
        assert all(each["message"] and each["focusNode"] for each in results)
    assert anna.live.digest == before.digest


def test_a_warning_comes_back_with_the_success_unless_it_is_to_block(anna: Writer) -> None:
    bad = (ROOT / "tests/data/invalid/C32.ttl").read_bytes()
    assert "C32" in WARNINGS
    strict = anna.put(GRAPH, bad, headers=STRICT)
    assert strict.status_code == 422
    response = anna.put(GRAPH, bad)
    assert response.status_code == 201
    assert [each["shape"][-3:] for each in response.json["warnings"]] == ["C32"]
    assert response.json["version"] == anna.live.number
    anna.send("DELETE", GRAPH)


def test_the_report_comes_in_the_form_and_language_asked_for(anna: Writer) -> None:
    bad = (ROOT / "tests/data/invalid/C18.ttl").read_bytes()
    japanese = anna.put(GRAPH, bad, headers={"Accept-Language": "ja"})
    assert any(not each["message"].isascii() for each in japanese.json["results"])
    for kind in ("text/turtle", "application/ld+json"):
        response = anna.put(GRAPH, bad, headers={"Accept": kind})
        assert (response.status_code, response.mimetype) == (422, kind)
        assert "ValidationReport" in response.text
        assert "C18" in response.text


def test_superclass_types_are_filled_in_and_an_update_is_validated_like_a_put(
    anna: Writer,
) -> None:
    assert anna.put(GRAPH, MINIMAL.read_bytes(), headers=STRICT).status_code == 201
    ask = "ASK { GRAPH ?g { ?x a <https://w3id.org/editorial-kg/ontology#Claim> } }"
    assert anna.client.get("/sparql", query_string={"query": ask}).json["boolean"] is True
    before = anna.live
    status = "?x <https://w3id.org/editorial-kg/ontology#status> ?s"
    for text in (
        f"DELETE WHERE {{ GRAPH ?g {{ {status} }} }}",
        "DROP GRAPH <https://w3id.org/editorial-kg/graph/concepts>",
        "CLEAR GRAPH <https://w3id.org/editorial-kg/graph/invented>",
    ):
        assert anna.update(text).status_code == 422, text
        assert anna.live == before
    anna.send("DELETE", GRAPH)


@pytest.mark.parametrize("body", ["", "<urn:a> <urn:b> <urn:c> ."])
def test_a_graph_that_describes_nothing_is_refused(anna: Writer, body: str) -> None:
    before = anna.live
    response = anna.put(GRAPH, body)
    assert (response.status_code, response.json["type"][-11:]) == (422, "empty-graph")
    assert anna.live == before


def test_the_vocabulary_is_for_admins(anna: Writer) -> None:
    for name in ("ontology", "shapes"):
        response = anna.put(f"/graph/{name}", "<urn:a> <urn:b> 1 .")
        assert response.status_code == 403
        assert "admin" in response.json["detail"]
